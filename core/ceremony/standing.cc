#include "ceremony/standing.h"

#include <algorithm>

#include "ceremony/raw_value.h"
#include "values/plain_json.h"

namespace countersign::ceremony {
namespace {

using document::Block;
using document::Inline;
using templates::Answer;
using templates::Field;
using templates::TakesMark;

constexpr size_t kMaxContext = 300;  // bytes of a field's sentence of context

// Where a field's blank stands: its unit, the words around it, and the place in reading order.
struct BlankPlace {
  String field, unit, context;
};

bool HasBlank(const Vector<Inline>& inlines, Vector<String>* fields) {
  bool any = false;
  for (const Inline& item : inlines) {
    if (item.kind == document::InlineKind::kBlank) {
      fields->push_back(item.text);
      any = true;
    }
    any = HasBlank(item.inlines, fields) || any;
  }
  return any;
}

// The words of one block alone, cut at a space.
String ContextOf(const Block& block) {
  String text = WordsOf(block.inlines);
  if (text.size() <= kMaxContext) return text;
  const size_t space = text.rfind(' ', kMaxContext);
  text.resize(space != String::npos ? space
                                    : WithoutCutCharacter({text.data(), kMaxContext}).size());
  return text + "\xE2\x80\xA6";  // …
}

void CollectBlanks(const Vector<Block>& blocks, Vector<BlankPlace>* places) {
  for (const Block& block : blocks) {
    Vector<String> fields;
    if (HasBlank(block.inlines, &fields)) {
      const String context = ContextOf(block);
      for (const String& field : fields) {
        const bool met = std::any_of(places->begin(), places->end(),
                                     [&](const BlankPlace& place) { return place.field == field; });
        if (!met) places->push_back({field, block.id, context});
      }
    }
    CollectBlanks(block.blocks, places);
  }
}

const templates::FieldState* StateOf(const templates::Assembly& assembly, std::string_view field) {
  for (const templates::FieldState& state : assembly.fields) {
    if (state.id == field) return &state;
  }
  return nullptr;
}

json::Value PlainOf(const std::optional<values::Value>& value) {
  if (!value) return json::Value();
  auto plain = values::ToJson(*value);
  return plain ? *std::move(plain) : json::Value();
}

const envelope::CommittedValue* FindCommitted(const Vector<envelope::CommittedValue>& committed,
                                              std::string_view field) {
  for (const envelope::CommittedValue& entry : committed) {
    if (entry.field == field) return &entry;
  }
  return nullptr;
}

using Committed = Vector<envelope::CommittedValue>;

// One that broke a rule (made before the text was presented, say) is no signature: it is made
// again.
bool HasSigned(const envelope::Recipient& me) {
  const auto& signature = me.signature;
  return signature && (signature->counts() || signature->code == ErrorCode::kSignatureContested ||
                       signature->code == ErrorCode::kSignatureOverruled ||
                       signature->code == ErrorCode::kSignatureLate);
}

// The values that the log has: the sender's, and over them what recipients committed.
Result<templates::Values> LoggedValues(const Scene& scene, const Committed& committed) {
  const std::optional<json::Value> sender =
      envelope::SenderValues(scene.ledger, *scene.ledger.state().revision);
  if (!sender) return ErrorCode::kDocumentMissing;
  templates::Values values = CS_TRY(templates::ReadValues(scene.contract, *sender));
  for (const envelope::CommittedValue& entry : committed) {
    const Field* field = scene.contract.FindField(entry.field);
    if (field == nullptr || !entry.value) continue;
    const auto value = values::FromJson(*entry.value, field->type);
    const bool given = !entry.value->is_null() && value;
    templates::PutValue(entry.field, given ? &*value : nullptr, &values);
  }
  return values;
}

// Own fields: what is typed here goes before what the log says, and that before the template's
// default. The values in force become theirs.
Vector<OwnField> ReadOwnFields(const Scene& scene, const Draft& draft, const Committed& committed,
                               Standing* standing) {
  Vector<OwnField> own;
  for (const Field& field : scene.contract.fields()) {
    if (field.role != standing->me.role || field.role.empty()) continue;
    OwnField entry;
    entry.field = &field;
    entry.by_signing = templates::IsFilledBySigning(field.kind);
    if (!entry.by_signing) {
      const envelope::CommittedValue* logged = FindCommitted(committed, field.id);
      if (const String* typed = standing->signed_now ? nullptr : draft.Find(field.id)) {
        entry.text = *typed;
        auto value = ReadRaw(field, *typed);
        if (value) {
          entry.value = *std::move(value);
        } else {
          entry.error = std::move(value).error();
        }
      } else if (logged != nullptr && logged->value) {
        const values::Value* value = templates::FindValue(standing->values, field.id);
        if (value != nullptr) entry.value = *value;
        if (entry.value) entry.text = WriteRaw(field, *entry.value);
      } else if (field.initial) {
        entry.value = field.initial;
        entry.text = WriteRaw(field, *field.initial);
      } else {
        entry.value = Untouched(field);
      }
      templates::PutValue(field.id, entry.value ? &*entry.value : nullptr, &standing->values);
    }
    own.push_back(std::move(entry));
  }
  return own;
}

// Makes the text. A field that does not apply has no say: its value is left out, which may decide
// about others. Each round takes out at least one, so the rounds are bounded by the fields.
Result<void> AssembleWhatApplies(const Scene& scene, Vector<OwnField>* own, Standing* standing) {
  standing->assembly = CS_TRY(templates::Assemble(scene.contract, standing->values));
  for (size_t round = 0; round <= own->size(); ++round) {
    bool dropped = false;
    for (OwnField& entry : *own) {
      const templates::FieldState* state = StateOf(standing->assembly, entry.field->id);
      if (state == nullptr || state->applies != Answer::kNo || !entry.value) continue;
      entry.value.reset();
      templates::PutValue(entry.field->id, nullptr, &standing->values);
      dropped = true;
    }
    if (!dropped) break;
    standing->assembly = CS_TRY(templates::Assemble(scene.contract, standing->values));
  }
  if (auto terms = templates::SettleText(scene.contract, standing->values))
    standing->terms = *std::move(terms);
  return {};
}

// What the template says of each field here, and what of it the log does not say yet.
void CompareWithLog(const Committed& committed, Vector<OwnField>* own, Standing* standing) {
  for (OwnField& entry : *own) {
    if (const templates::FieldState* state = StateOf(standing->assembly, entry.field->id)) {
      entry.shown = state->applies == Answer::kYes;
      entry.required = entry.shown && state->required == Answer::kYes;
      // An empty field is open, not wrong; the blockers say that it is required. (Empty is also the
      // box or text that another device, or the template's default, left so.)
      if (!entry.error && state->error) {
        if (state->error->code() == ErrorCode::kFieldRequired) {
          entry.value.reset();
        } else {
          entry.error = state->error;
        }
      }
      entry.message = state->message;
    }
    if (entry.by_signing) continue;
    const envelope::CommittedValue* logged = FindCommitted(committed, entry.field->id);
    const json::Value plain = PlainOf(entry.value);
    const bool conflict = std::any_of(
        standing->me.committed.begin(), standing->me.committed.end(),
        [&](const envelope::CommittedField& c) { return c.id == entry.field->id && c.conflict; });
    if (logged == nullptr) {
      // What is always required is committed even where it does not apply: the log knows no
      // conditions (FORMAT.md section 10, a signature, 4).
      entry.committed = plain.is_null() && entry.field->need != templates::Need::kRequired;
    } else {
      entry.committed = !conflict && logged->value && *logged->value == plain;
    }
    if (!entry.committed) standing->to_commit.push_back({entry.field->id, plain});
  }
}

// Those without a place in the text first, then in its order.
void OrderFields(Vector<OwnField> own, Standing* standing) {
  Vector<BlankPlace> places;
  CollectBlanks(standing->assembly.document.blocks, &places);
  for (OwnField& entry : own) {
    const bool placed = std::any_of(places.begin(), places.end(), [&](const BlankPlace& p) {
      return p.field == entry.field->id;
    });
    if (entry.shown && !placed && !TakesMark(entry.field->kind)) standing->fields.push_back(entry);
  }
  for (const BlankPlace& place : places) {
    for (OwnField& entry : own) {
      if (entry.field->id != place.field || !entry.shown) continue;
      entry.unit = place.unit;
      entry.context = place.context;
      standing->fields.push_back(entry);
    }
  }
}

// What is open in consent, text, fields and mark, in the order in which one meets it.
void FindOpenSteps(const Draft& draft, Standing* standing) {
  Vector<Blocker>& blockers = standing->blockers;
  if (!standing->me.consent)
    blockers.push_back({ErrorCode::kRecipientNotConsented, Step::kConsent, {}, {}, {}});
  if (!draft.reviewed && !standing->me.presented) {
    blockers.push_back({ErrorCode::kRecipientNotPresented, Step::kReview, {}, {}, {}});
  }
  for (const OwnField& entry : standing->fields) {
    if (entry.by_signing) continue;
    if (entry.error) {
      blockers.push_back({entry.error->code(), Step::kFill, entry.field->id, entry.unit, {}});
    } else if (entry.required && !entry.value) {
      blockers.push_back({ErrorCode::kFieldRequired, Step::kFill, entry.field->id, entry.unit, {}});
    }
  }
  for (const templates::ValidationOutcome& outcome : standing->assembly.validations) {
    if (outcome.level != templates::Level::kError || outcome.holds != Answer::kNo) continue;
    blockers.push_back({ErrorCode::kFieldCheckFailed, Step::kFill, outcome.field, {}, {}});
  }
  for (const templates::PendingUnit& unit : standing->assembly.pending) {
    const String& field = unit.fields.empty() ? unit.unit : unit.fields.front();
    blockers.push_back({ErrorCode::kDocumentPending,
                        Step::kFill,
                        unit.fields.empty() ? "" : field,
                        unit.unit,
                        {}});
  }
  for (const templates::Problem& problem : standing->assembly.problems) {
    blockers.push_back({problem.error.code(), Step::kFill, {}, problem.unit, {}});
  }
  if (blockers.empty() && !standing->terms) {
    blockers.push_back({ErrorCode::kDocumentPending, Step::kFill, {}, {}, {}});
  }
  if (!draft.mark) {
    blockers.push_back({ErrorCode::kCeremonyNoMark, Step::kAdopt, {}, {}, {}});
  } else {
    for (const OwnField& entry : standing->fields) {
      if (!TakesMark(entry.field->kind) || draft.IsPlaced(entry.field->id)) continue;
      blockers.push_back(
          {ErrorCode::kCeremonyMarkNotPlaced, Step::kAdopt, entry.field->id, entry.unit, {}});
    }
  }
}

// What stands against the signature itself.
void FindObjections(const Scene& scene, const Committed& committed, Standing* standing) {
  Vector<Blocker>& blockers = standing->blockers;
  for (const String& recipient : standing->me.waiting_for) {
    blockers.push_back({ErrorCode::kRecipientOutOfTurn, Step::kSign, {}, {}, recipient});
  }
  // What somebody signed before may be more than the template allows: his own program would have
  // stopped him. Nobody signs over it. (Whether his `check` held is for verifiers to say: it may
  // ask values that came after him.)
  for (const envelope::CommittedValue& entry : committed) {
    const templates::FieldState* state_of = StateOf(standing->assembly, entry.field);
    const envelope::Recipient& by = *scene.ledger.state().Find(entry.recipient);
    if (&by == &standing->me || !by.signature || !by.signature->counts()) continue;
    if (state_of == nullptr || !state_of->error) continue;
    const ErrorCode fault = state_of->error->code();
    if (fault == ErrorCode::kFieldCheckFailed || fault == ErrorCode::kFieldRequired) continue;
    blockers.push_back({fault, Step::kSign, entry.field, {}, by.id});
  }
  const auto code = envelope::Can(scene.ledger, scene.author, Command("sign"), scene.now);
  if (code) {
    switch (*code) {
      case ErrorCode::kRecipientNotConsented:  // said above, with its step
      case ErrorCode::kRecipientOutOfTurn:
      case ErrorCode::kRecipientNotPresented:  // signing does these by itself
      case ErrorCode::kRecipientFieldsIncomplete:
      case ErrorCode::kRecipientFieldsConflict:
      case ErrorCode::kStatementNotPresented:
        break;
      case ErrorCode::kRecipientAccessNotDemonstrated:
        blockers.insert(blockers.begin(), {*code, Step::kConsent, {}, {}, {}});
        break;
      default:
        blockers.push_back({*code, Step::kSign, {}, {}, {}});
    }
  }
}

}  // namespace

String WordsOf(const document::Inlines& inlines) {
  document::Document alone;
  Block paragraph;
  paragraph.id = "unit";
  paragraph.inlines = inlines;
  alone.blocks.push_back(std::move(paragraph));
  String text = document::LinearText(alone, {});
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) text.erase(0, 1);
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

json::Value Command(std::string_view name, json::Builder members) {
  return members.Text("do", name).Take();
}

bool OwnField::IsDone(const Draft& draft) const {
  if (TakesMark(field->kind)) return draft.mark.has_value() && draft.IsPlaced(field->id);
  if (by_signing) return true;
  return !error && (value.has_value() || !required);
}

Draft Adapt(const Scene& scene, const Draft& draft) {
  const Hash& current = scene.ledger.state().revision->hash;
  if (draft.revision == current) return draft;
  Draft adapted;
  adapted.revision = current;
  adapted.texts = draft.texts;
  adapted.mark = draft.mark;
  return adapted;
}

Result<Standing> Stand(const Scene& scene, const Draft& draft) {
  const envelope::State& state = scene.ledger.state();
  Standing standing(*state.Find(scene.author.recipient), *state.revision);
  standing.signs = envelope::Signs(standing.me.type) && standing.me.routed;
  standing.signed_now = HasSigned(standing.me);

  const Committed committed = envelope::CommittedValues(scene.ledger);
  standing.values = CS_TRY(LoggedValues(scene, committed));
  Vector<OwnField> own = ReadOwnFields(scene, draft, committed, &standing);
  CS_TRY(AssembleWhatApplies(scene, &own, &standing));
  CompareWithLog(committed, &own, &standing);
  OrderFields(std::move(own), &standing);

  if (!standing.signs || standing.signed_now) {
    const auto code = envelope::Can(scene.ledger, scene.author, Command("sign"), scene.now);
    standing.blockers.push_back(
        {code.value_or(ErrorCode::kRecipientNotASigner), Step::kSign, {}, {}, {}});
    return standing;
  }
  FindOpenSteps(draft, &standing);
  FindObjections(scene, committed, &standing);
  return standing;
}

bool Standing::Applies(Step step) const {
  switch (step) {
    case Step::kOpen:
    case Step::kReview:
    case Step::kCopy:
      return true;
    case Step::kFill:
      return signs && std::any_of(fields.begin(), fields.end(),
                                  [](const OwnField& entry) { return !entry.by_signing; });
    default:
      return signs;
  }
}

std::optional<ErrorCode> Standing::Gate(Step step, const Draft& draft) const {
  if (signed_now && step != Step::kCopy) return std::nullopt;
  switch (step) {
    case Step::kOpen:
      if (!draft.opened) return ErrorCode::kCeremonyNotOpened;
      break;
    case Step::kConsent:
      if (!me.consent) return ErrorCode::kRecipientNotConsented;
      break;
    case Step::kReview:
      if (!draft.reviewed && !me.presented) return ErrorCode::kRecipientNotPresented;
      break;
    case Step::kFill:
    case Step::kAdopt:
      for (const Blocker& blocker : blockers) {
        if (blocker.step == step) return blocker.code;
      }
      break;
    case Step::kCheck:
      if (!draft.checked) return ErrorCode::kCeremonyNotChecked;
      break;
    case Step::kSign:
      if (signs) return ErrorCode::kCeremonyNotSigned;
      break;
    case Step::kCopy:
      break;
  }
  return std::nullopt;
}

std::optional<Step> Standing::After(Step step) const {
  for (int next = static_cast<int>(step) + 1; next < kStepCount; ++next) {
    if (Applies(static_cast<Step>(next))) return static_cast<Step>(next);
  }
  return std::nullopt;
}

std::optional<Step> Standing::Before(Step step) const {
  for (int before = static_cast<int>(step) - 1; before >= 0; --before) {
    if (Applies(static_cast<Step>(before))) return static_cast<Step>(before);
  }
  return std::nullopt;
}

const OwnField* Standing::Find(std::string_view field) const {
  for (const OwnField& entry : fields) {
    if (entry.field->id == field) return &entry;
  }
  return nullptr;
}

String Standing::NextField(std::string_view from, const Draft& draft) const {
  size_t at = fields.size();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].field->id == from) at = i;
  }
  const size_t start = at == fields.size() ? 0 : at + 1;
  for (size_t i = 0; i < fields.size(); ++i) {
    const OwnField& entry = fields[(start + i) % fields.size()];
    if (!entry.IsDone(draft) && entry.field->id != from) return entry.field->id;
  }
  return at + 1 < fields.size() ? fields[at + 1].field->id : String();
}

}  // namespace countersign::ceremony
