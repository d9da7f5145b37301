// The acts: each is one small function of the scene, the draft and what the act says.
// Long because the acts are many: they stand together, in the order in which a signer meets them.
#include <algorithm>

#include "base/names.h"
#include "base/sort.h"
#include "ceremony/standing.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::ceremony {
namespace {

using document::Block;

constexpr size_t kMaxCode = 16;    // bytes kept of what is typed as access code
constexpr size_t kMaxTitle = 120;  // bytes of a changed unit's title
constexpr int64_t kMaxUnits = 1'000'000;

// Everything one act reads and writes.
struct Turn {
  const Scene& scene;
  json::Shape act;
  Outcome outcome;
  Draft& draft;
  const Standing& standing;
};

// --- what changed

struct UnitText {
  String id;
  String title;
  String own;  // its own words, without those of units inside it
};

void CollectUnits(const Vector<Block>& blocks, Vector<UnitText>* units) {
  for (const Block& block : blocks) {
    UnitText unit{block.id, {}, WordsOf(block.inlines)};
    if (block.kind == document::BlockKind::kSection) unit.title = unit.own;
    if (unit.title.size() > kMaxTitle) {
      unit.title.resize(WithoutCutCharacter({unit.title.data(), kMaxTitle}).size());
    }
    if (block.kind == document::BlockKind::kOmitted) unit.own = "(omitted) " + unit.own;
    units->push_back(std::move(unit));
    CollectUnits(block.blocks, units);
  }
}

Vector<UnitText> UnitsOf(const document::Document& document) {
  Vector<UnitText> units;
  CollectUnits(document.blocks, &units);
  Sort(&units, [](const UnitText& a, const UnitText& b) { return a.id < b.id; });
  return units;
}

// Added to what the signer has not seen yet; what came and went again is no change.
void NoteChange(std::string_view unit, std::string_view what, std::string_view title,
                Vector<UnitChange>* changed) {
  for (auto at = changed->begin(); at != changed->end(); ++at) {
    if (at->unit != unit) continue;
    if (at->what != what && what != "changed" && at->what != "changed") {
      changed->erase(at);
    } else if (at->what == "changed") {
      at->what = what;
    }
    return;
  }
  if (changed->size() >= kMaxChanges) return;
  changed->push_back({String(unit), String(what), String(title)});
}

void NoteChanges(const document::Document& before, const document::Document& after,
                 Vector<UnitChange>* changed) {
  const Vector<UnitText> old_units = UnitsOf(before);
  const Vector<UnitText> new_units = UnitsOf(after);
  size_t o = 0;
  size_t n = 0;
  while (o < old_units.size() || n < new_units.size()) {
    if (n == new_units.size() || (o < old_units.size() && old_units[o].id < new_units[n].id)) {
      NoteChange(old_units[o].id, "removed", old_units[o].title, changed);
      ++o;
    } else if (o == old_units.size() || new_units[n].id < old_units[o].id) {
      NoteChange(new_units[n].id, "added", new_units[n].title, changed);
      ++n;
    } else {
      if (old_units[o].own != new_units[n].own) {
        NoteChange(new_units[n].id, "changed", new_units[n].title, changed);
      }
      ++o;
      ++n;
    }
  }
}

// --- commands

json::Value PresentCommand(const Turn& turn) {
  const templates::Terms& terms = *turn.standing.terms;
  const int64_t of = turn.draft.of > 0 ? turn.draft.of : 1;
  const int64_t units = turn.draft.of > 0 ? std::min(turn.draft.units, of) : 1;
  json::Builder members;
  members.Base64("text", terms.text.view())
      .Base64("rendering", terms.rendering.view())
      .Text("locale", turn.scene.interface_locale)
      .Add("reached", json::Builder().Int("units", units).Int("of", of).Take());
  return Command("present", std::move(members));
}

bool IsPresented(const Standing& standing) {
  return standing.terms && standing.me.presented &&
         standing.me.presented->text == standing.terms->text &&
         standing.me.presented->rendering == standing.terms->rendering;
}

json::Value CommitCommand(const Standing& standing) {
  json::Builder members;
  members.Add("values", json::Value::Make(standing.to_commit));
  return Command("commitFields", std::move(members));
}

Result<void> Allowed(const Turn& turn, const json::Value& command) {
  if (const auto code =
          envelope::Can(turn.scene.ledger, turn.scene.author, command, turn.scene.now))
    return Error(*code);
  return {};
}

Result<void> Issue(Turn& turn, json::Value command) {
  CS_TRY(Allowed(turn, command));
  turn.outcome.commands.push_back(std::move(command));
  return {};
}

Result<void> AllowedKind(const Turn& turn, std::string_view name) {
  return Allowed(turn, Command(name));
}

Result<void> StillOpen(const Turn& turn) {
  if (turn.standing.signed_now) return ErrorCode::kCeremonyAlreadySigned;
  return {};
}

// --- steps

void Enter(Step step, Turn* turn) {
  turn->draft.step = step;
  if (step != Step::kFill && step != Step::kAdopt) return;
  const bool marks = step == Step::kAdopt;
  for (const OwnField& entry : turn->standing.fields) {
    if (entry.by_signing != marks || entry.IsDone(turn->draft)) continue;
    turn->draft.field = entry.field->id;
    return;
  }
}

Result<void> Start(Turn& turn) {
  turn.draft.opened = true;
  if (turn.draft.step == Step::kOpen) {
    if (const auto after = turn.standing.After(Step::kOpen)) Enter(*after, &turn);
  }
  return {};
}

Result<void> Next(Turn& turn) {
  if (turn.draft.step == Step::kCheck) turn.draft.checked = true;
  if (const auto gate = turn.standing.Gate(turn.draft.step, turn.draft)) return Error(*gate);
  const auto after = turn.standing.After(turn.draft.step);
  if (!after) return ErrorCode::kCeremonyStepNotThere;
  Enter(*after, &turn);
  return {};
}

Result<void> Previous(Turn& turn) {
  const auto before = turn.standing.Before(turn.draft.step);
  if (!before) return ErrorCode::kCeremonyStepNotThere;
  Enter(*before, &turn);
  return {};
}

Result<void> GoTo(Turn& turn) {
  Step target = Step::kOpen;
  if (!FindStep(turn.act.Text("step"), &target)) {
    turn.act.Fail(ErrorCode::kSchemaBadValue, {}, "step");
    return turn.act.Fault();
  }
  if (!turn.standing.Applies(target)) return ErrorCode::kCeremonyStepNotThere;
  for (int i = 0; i < static_cast<int>(target); ++i) {
    const Step step = static_cast<Step>(i);
    if (!turn.standing.Applies(step)) continue;
    if (const auto gate = turn.standing.Gate(step, turn.draft)) return Error(*gate);
  }
  Enter(target, &turn);
  return {};
}

Result<void> GoToField(Turn& turn) {
  const String& id = turn.act.Text("field");
  CS_TRY(turn.act.Fault());
  if (turn.scene.contract.FindField(id) == nullptr)
    return Error(ErrorCode::kTemplateUnknownField, id);
  const OwnField* entry = turn.standing.Find(id);
  if (entry == nullptr) return Error(ErrorCode::kFieldNotShown, id);
  turn.draft.field = id;
  const Step step = entry->by_signing ? Step::kAdopt : Step::kFill;
  if (turn.draft.step > Step::kReview && turn.draft.step < Step::kSign) turn.draft.step = step;
  return {};
}

// --- consent and reading

Result<void> TypeCode(Turn& turn) {
  const String& text = turn.act.Text("text");
  CS_TRY(turn.act.Fault());
  turn.draft.code.clear();
  for (const char c : text) {  // pasted with spaces, as people do
    if (c >= '0' && c <= '9' && turn.draft.code.size() < kMaxCode) turn.draft.code.push_back(c);
  }
  return {};
}

Result<void> TickConsent(Turn& turn) {
  turn.draft.ticked = turn.act.Bool("ticked");
  return {};
}

Result<void> GiveConsent(Turn& turn) {
  const Standing& standing = turn.standing;
  if (!standing.me.access) {
    if (turn.draft.code.empty()) return ErrorCode::kRecipientAccessNotDemonstrated;
    const String code =
        envelope::AccessCode(turn.scene.ledger.state().id, standing.me.id, standing.revision.hash);
    if (turn.draft.code != code) return ErrorCode::kRecipientWrongCode;
    CS_TRY(AllowedKind(turn, "demonstrateAccess"));
    json::Builder members;
    members.Text("code", code);
    turn.outcome.commands.push_back(Command("demonstrateAccess", std::move(members)));
  }
  if (!standing.me.consent) {
    if (!turn.draft.ticked) return ErrorCode::kCeremonyNotTicked;
    // Whether it may be given is asked with its whole content only after the code is in the log:
    // the envelope may want access demonstrated first.
    const auto code =
        envelope::Can(turn.scene.ledger, turn.scene.author, Command("consent"), turn.scene.now);
    if (code && *code != ErrorCode::kRecipientAccessNotDemonstrated) return Error(*code);
    json::Builder members;
    members.Add("consent", envelope::WriteConsentIdentity(standing.revision.inputs.consent));
    turn.outcome.commands.push_back(Command("consent", std::move(members)));
  }
  if (turn.draft.step == Step::kConsent) {
    if (const auto after = standing.After(Step::kConsent)) Enter(*after, &turn);
  }
  return {};
}

Result<void> Reach(Turn& turn) {
  const int64_t of = turn.act.Int("of", 1, kMaxUnits);
  const int64_t units = turn.act.Int("units", 0, of);
  CS_TRY(turn.act.Fault());
  turn.draft.of = of;
  turn.draft.units = std::max(turn.draft.units, units);
  if (turn.draft.units > of) turn.draft.units = of;
  return {};
}

Result<void> Seen(Turn& turn) {
  turn.draft.changed.clear();
  return {};
}

// While a part of the text waits for this signer's own answer there is nothing final to record yet:
// reading is noted here, and signing presents the final text.
Result<void> Present(Turn& turn) {
  turn.draft.reviewed = true;
  if (turn.standing.terms && !IsPresented(turn.standing)) {
    CS_TRY(AllowedKind(turn, "present"));
    turn.outcome.commands.push_back(PresentCommand(turn));
  }
  if (turn.draft.step == Step::kReview) {
    if (const auto after = turn.standing.After(Step::kReview)) Enter(*after, &turn);
  }
  return {};
}

// --- fields and marks

Result<void> SetValue(Turn& turn) {
  CS_TRY(StillOpen(turn));
  const String& id = turn.act.Text("field");
  const String& text = turn.act.Text("text");
  CS_TRY(turn.act.Fault());
  const templates::Field* field = turn.scene.contract.FindField(id);
  if (field == nullptr) return Error(ErrorCode::kTemplateUnknownField, id);
  if (templates::IsFilledBySigning(field->kind) || field->role.empty() ||
      field->role != turn.standing.me.role) {
    return Error(ErrorCode::kFieldNotYours, id);
  }
  if (text.size() > kMaxText) return Error(ErrorCode::kFieldTooLong, id);
  turn.draft.SetText(id, text);
  turn.draft.field = id;
  turn.draft.checked = false;  // the summary has to be looked at again
  auto after = Stand(turn.scene, turn.draft);
  if (!after) return std::move(after).error();
  NoteChanges(turn.standing.assembly.document, after->assembly.document, &turn.draft.changed);
  return {};
}

Result<void> AdoptMark(Turn& turn) {
  CS_TRY(StillOpen(turn));
  const json::Value& mark = turn.act.Object("mark");
  CS_TRY(turn.act.Fault());
  CS_TRY(CheckMark(mark));
  turn.draft.mark = mark;
  return {};
}

Result<void> ClearMark(Turn& turn) {
  CS_TRY(StillOpen(turn));
  turn.draft.mark.reset();
  turn.draft.placed.clear();
  return {};
}

bool IsMarkPlace(const OwnField& entry) { return templates::TakesMark(entry.field->kind); }

Result<void> PlaceMark(Turn& turn) {
  CS_TRY(StillOpen(turn));
  const String& id = turn.act.Text("field");
  CS_TRY(turn.act.Fault());
  if (!turn.draft.mark) return ErrorCode::kCeremonyNoMark;
  const OwnField* entry = turn.standing.Find(id);
  if (entry == nullptr || !IsMarkPlace(*entry)) return Error(ErrorCode::kFieldNotYours, id);
  InsertSorted(id, &turn.draft.placed);
  turn.draft.field = id;
  for (const OwnField& other : turn.standing.fields) {  // on to the next place
    if (!IsMarkPlace(other) || turn.draft.IsPlaced(other.field->id)) continue;
    turn.draft.field = other.field->id;
    break;
  }
  return {};
}

Result<void> PlaceAll(Turn& turn) {
  CS_TRY(StillOpen(turn));
  if (!turn.draft.mark) return ErrorCode::kCeremonyNoMark;
  for (const OwnField& entry : turn.standing.fields) {
    if (IsMarkPlace(entry)) InsertSorted(entry.field->id, &turn.draft.placed);
  }
  return {};
}

Result<void> TakeBack(Turn& turn) {
  CS_TRY(StillOpen(turn));
  const String& id = turn.act.Text("field");
  CS_TRY(turn.act.Fault());
  EraseIf(turn.draft.placed, [&](const auto& placed) { return placed == id; });
  return {};
}

// --- the acts that bind

Result<void> CommitFields(Turn& turn) {
  CS_TRY(StillOpen(turn));
  for (const Blocker& blocker : turn.standing.blockers) {
    if (blocker.step == Step::kFill) return Error(blocker.code, blocker.field);
  }
  if (turn.standing.to_commit.empty()) return {};
  return Issue(turn, CommitCommand(turn.standing));
}

Result<void> Sign(Turn& turn) {
  const String& gesture = turn.act.Text("gesture");
  const String& label = turn.act.Text("label");
  CS_TRY(turn.act.Fault());
  CS_TRY(StillOpen(turn));
  const Standing& standing = turn.standing;
  if (!standing.blockers.empty()) {
    const Blocker& first = standing.blockers.front();
    return Error(first.code, first.field.empty() ? first.recipient : first.field);
  }
  // First what the statement will name: the very text, and the values.
  if (!IsPresented(standing)) turn.outcome.commands.push_back(PresentCommand(turn));
  if (!standing.to_commit.empty()) turn.outcome.commands.push_back(CommitCommand(standing));
  turn.draft.step = Step::kSign;
  turn.draft.checked = true;
  if (!turn.outcome.commands.empty()) {
    turn.outcome.again = Outcome::Again::kYes;
    return {};
  }
  const templates::Terms& terms = *standing.terms;
  String name = envelope::DetailText(turn.scene.ledger, standing.me.invited.detail, "name");
  if (name.empty()) {
    if (const json::Value* text = turn.draft.mark->Find("text")) name = text->string_value();
  }
  json::Builder document, locale, intent, rendering, core, members;
  document.Base64("sha256", terms.text.view())
      .Int("size", static_cast<int64_t>(terms.bytes.size()));
  locale.Text("contract", standing.revision.inputs.locale)
      .Text("interface", turn.scene.interface_locale);
  intent.Text("text", label).Text("gesture", gesture);
  rendering.Base64("text", terms.rendering.view());
  core.Text("name", "countersign").Text("version", templates::CoreVersion());
  members.Add("document", document.Take())
      .Add("evaluation", templates::EvaluationOf(terms))
      .Add("locale", locale.Take())
      .Text("timeZone", turn.scene.time_zone)
      .Add("intent", intent.Take())
      .Add("rendering", rendering.Take())
      .Add("mark", *turn.draft.mark)
      .Text("name", name)
      .Add("core", core.Take());
  turn.outcome.commands.push_back(Command("sign", std::move(members)));
  turn.draft.step = Step::kCopy;
  return {};
}

Result<void> Decline(Turn& turn) {
  json::Builder members;
  members.TextIfAny("reason", turn.act.OptionalText("reason"));
  CS_TRY(turn.act.Fault());
  return Issue(turn, Command("decline", std::move(members)));
}

Result<void> RecordCopy(Turn& turn) {
  json::Builder members;
  members.Text("form", turn.act.Text("form"));
  if (const auto sha256 = turn.act.OptionalFixed64<Hash>("sha256")) {
    members.Base64("sha256", sha256->view());
  }
  CS_TRY(turn.act.Fault());
  return Issue(turn, Command("recordCopy", std::move(members)));
}

constexpr Names kActs(
    "start|next|previous|goTo|goToField|typeCode|tickConsent|giveConsent|reach|"
    "seen|present|setValue|adoptMark|clearMark|placeMark|placeAll|takeBack|"
    "commitFields|sign|decline|recordCopy");
constexpr Result<void> (*kPerform[])(Turn&) = {
    Start,       Next,     Previous, GoTo,         GoToField, TypeCode,  TickConsent,
    GiveConsent, Reach,    Seen,     Present,      SetValue,  AdoptMark, ClearMark,
    PlaceMark,   PlaceAll, TakeBack, CommitFields, Sign,      Decline,   RecordCopy,
};
static_assert(std::size(kPerform) == kActs.Count());

}  // namespace

Result<Outcome> Perform(const Scene& scene, const Draft& stored, const json::Value& act) {
  Outcome outcome;
  outcome.draft = Adapt(scene, stored);
  Standing standing = CS_TRY(Stand(scene, outcome.draft));
  if (standing.terms) templates::BindTerms(scene.contract, standing.values, &*standing.terms);
  Turn turn{scene, json::Shape(act, ""), std::move(outcome), turn.outcome.draft, standing};
  const String& name = turn.act.Text("do");
  CS_TRY(turn.act.Fault());
  const size_t found = kActs.Find(name);
  if (found == Names::kNone) return Error(ErrorCode::kSchemaBadValue, name, "/do");
  CS_TRY(kPerform[found](turn));
  CS_TRY(turn.act.Finish());
  return std::move(turn.outcome);
}

json::Value ToJson(const Outcome& outcome) {
  json::Array commands(outcome.commands.begin(), outcome.commands.end());
  return json::Builder()
      .Add("draft", WriteDraft(outcome.draft))
      .AddList("commands", std::move(commands))
      .Flag("again", outcome.again == Outcome::Again::kYes)
      .Take();
}

}  // namespace countersign::ceremony
