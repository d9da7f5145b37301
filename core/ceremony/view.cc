// The view: how things stand, told in one JSON value (the shape is in ceremony.h).
#include <algorithm>

#include "ceremony/raw_value.h"
#include "ceremony/standing.h"
#include "values/plain_json.h"

namespace countersign::ceremony {
namespace {

using templates::Field;
using templates::FieldKind;
using values::Kind;

constexpr uint32_t kLongText = 200;  // code points: from here on a text is written on several lines
constexpr size_t kWordsPerMinute = 200;
constexpr size_t kFieldsPerMinute = 3;

json::Value Text(std::string_view text) { return json::Value::String(text); }
json::Value Bool(bool value) { return json::Value::Bool(value); }
json::Value Number(size_t number) { return json::Value::Int(static_cast<int64_t>(number)); }

void AddText(std::string_view name, std::string_view text, json::Object* members) {
  if (!text.empty()) members->push_back({std::string(name), Text(text)});
}

std::string_view KindName(FieldKind kind) {
  return kind == FieldKind::kValue ? "input" : document::BlankKindName(kind);
}

// Attributes for the on-screen keyboard and autofill: what the template says, else by type.
json::Value InputOf(const Field& field) {
  json::Object input;
  std::string_view control = "text";
  std::string_view type;
  std::string_view mode = field.input_mode;
  std::string_view capitals;
  switch (field.kind) {
    case FieldKind::kCheck:
      control = "checkbox";
      break;
    case FieldKind::kSelect:
      control = "select";
      break;
    case FieldKind::kSign:
    case FieldKind::kInitial:
      control = "mark";
      break;
    case FieldKind::kSignDate:
      control = "none";
      break;
    default:
      switch (field.type.kind) {
        case Kind::kBool:
          control = "checkbox";
          break;
        case Kind::kDate:
          control = "date";
          type = "date";
          break;
        case Kind::kInt:
          type = "text";
          if (mode.empty()) mode = "numeric";
          break;
        case Kind::kDecimal:
        case Kind::kMoney:
          type = "text";
          if (mode.empty()) mode = "decimal";
          break;
        default:
          type = "text";
          if (field.max_length == 0 || field.max_length > kLongText) control = "textarea";
          if (!field.autocomplete.empty() || !field.input_mode.empty()) control = "text";
          if (field.autocomplete == "email" || field.input_mode == "email") {
            type = "email";
            mode = "email";
            capitals = "off";
          } else if (field.autocomplete == "tel" || field.input_mode == "tel") {
            type = "tel";
            mode = "tel";
          } else if (field.autocomplete.find("name") != std::string::npos) {
            capitals = "words";
          }
      }
  }
  AddText("control", control, &input);
  if (control != "textarea") AddText("type", type, &input);
  AddText("inputMode", mode, &input);
  AddText("autocomplete", field.autocomplete, &input);
  AddText("autocapitalize", capitals, &input);
  if (field.max_length > 0) input.push_back({"maxLength", Number(field.max_length)});
  if (field.min) AddText("min", WriteRaw(field, *field.min), &input);
  if (field.max) AddText("max", WriteRaw(field, *field.max), &input);
  return json::Value::Make(std::move(input));
}

json::Value FieldView(const Scene& scene, const Draft& draft, const OwnField& own) {
  const Field& field = *own.field;
  const bool takes_mark = field.kind == FieldKind::kSign || field.kind == FieldKind::kInitial;
  json::Object members{{"id", Text(field.id)},
                       {"kind", Text(KindName(field.kind))},
                       {"type", Text(field.type.ToString())},
                       {"label", Text(field.label)},
                       {"required", Bool(own.required || takes_mark)},
                       {"readOnly", Bool(field.kind == FieldKind::kSignDate)},
                       {"sensitive", Bool(field.sensitivity == templates::Sensitivity::kSensitive)},
                       {"input", InputOf(field)},
                       {"text", Text(own.text)},
                       {"committed", Bool(own.committed)}};
  AddText("help", field.help, &members);
  AddText("placeholder", field.placeholder, &members);
  AddText("unit", own.unit, &members);
  AddText("context", own.context, &members);
  if (!field.options.empty()) {
    json::Array options;
    for (const templates::Option& option : field.options) {
      options.push_back(
          json::Value::Make({{"value", Text(option.value)}, {"label", Text(option.label)}}));
    }
    members.push_back({"options", json::Value::List(std::move(options))});
  }
  std::string_view state = "empty";
  if (takes_mark) {
    state = draft.mark && draft.IsPlaced(field.id) ? "placed" : "empty";
  } else if (own.error) {
    state = "wrong";
    members.push_back({"code", Text(own.error->name())});
    AddText("message", own.message, &members);
  } else if (own.value) {
    state = "filled";
    if (auto plain = values::ToJson(*own.value)) members.push_back({"value", *std::move(plain)});
  }
  members.push_back({"state", Text(state)});
  members.push_back(
      {"display", Text(own.value ? templates::DisplayValue(scene.contract, field, *own.value)
                                 : std::string())});
  return json::Value::Make(std::move(members));
}

json::Value NamesOf(const Scene& scene, const envelope::Recipient& recipient) {
  json::Object members{{"id", Text(recipient.id)}, {"role", Text(recipient.role)}};
  AddText("name", envelope::DetailText(scene.ledger, recipient.invited.detail, "name"), &members);
  return json::Value::Make(std::move(members));
}

json::Value EnvelopeView(const Scene& scene, const Standing& standing) {
  const envelope::State& state = scene.ledger.state();
  json::Object members{{"id", Text(state.id.ToBase64Url())},
                       {"status", Text(envelope::StatusName(state.status))},
                       {"revision", Text(standing.revision.hash.ToBase64Url())},
                       {"number", json::Value::Int(standing.revision.number)},
                       {"tiePolicy", Text(envelope::TiePolicyName(state.genesis.tie_policy))},
                       {"locale", Text(standing.revision.inputs.locale)}};
  AddText("deadlineAt", standing.revision.inputs.deadline_at, &members);
  if (const auto detail = envelope::ReadDetailOf(scene.ledger, state.created.detail)) {
    for (const std::string_view name : {"title", "sender"}) {
      if (const json::Value* member = detail->Find(name))
        members.push_back({std::string(name), *member});
    }
  }
  return json::Value::Make(std::move(members));
}

json::Value ConsentView(const Scene& scene, const Standing& standing, const Draft& draft) {
  const envelope::ConsentIdentity& consent = standing.revision.inputs.consent;
  json::Value slots;
  json::Value summary;
  if (const Bytes* blob = scene.ledger.blobs().Find(consent.text)) {
    if (auto text = json::ReadCanonical(AsText(*blob), json::kDocumentLimits)) {
      if (const json::Value* member = text->Find("slots")) slots = *member;
      if (const json::Value* member = text->Find("summary")) summary = *member;
    }
  }
  return json::Value::Make({{"id", Text(consent.id)},
                            {"version", Text(consent.version)},
                            {"locale", Text(consent.locale)},
                            {"text", Text(consent.text.ToBase64Url())},
                            {"summary", std::move(summary)},
                            {"slots", std::move(slots)},
                            {"ticked", Bool(draft.ticked)},
                            {"given", Bool(standing.me.consent.has_value())}});
}

json::Value AccessView(const Scene& scene, const Standing& standing, const Draft& draft) {
  const std::string code =
      envelope::AccessCode(scene.ledger.state().id, standing.me.id, standing.revision.hash);
  std::string_view state = "todo";
  if (standing.me.access) {
    state = "demonstrated";
  } else if (draft.code == code) {
    state = "typed";
  } else if (draft.code.size() >= code.size()) {
    state = "wrong";
  }
  return json::Value::Make(
      {{"code", Text(code)}, {"typed", Text(draft.code)}, {"state", Text(state)}});
}

size_t CountWords(std::string_view text) {
  size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space && !inside) ++words;
    inside = !space;
  }
  return words;
}

size_t CountUnits(const std::vector<document::Block>& blocks) {
  size_t units = blocks.size();
  for (const document::Block& block : blocks) units += CountUnits(block.blocks);
  return units;
}

json::Value SummaryView(const Scene& scene, const Standing& standing) {
  json::Array documents;
  const document::Document& document = standing.assembly.document;
  documents.push_back(json::Value::Make(
      {{"title", Text(document.title)},
       {"text", Text(standing.terms ? standing.terms->text.ToBase64Url() : std::string())},
       {"size", Number(standing.terms ? standing.terms->bytes.size() : 0)}}));

  json::Array terms;
  const auto add_term = [&](const std::string& id, const std::string& label, std::string value) {
    if (value.empty()) return;
    terms.push_back(
        json::Value::Make({{"id", Text(id)}, {"label", Text(label)}, {"value", Text(value)}}));
  };
  for (const templates::FieldValue& entry : standing.values) {
    const Field* field = scene.contract.FindField(entry.id);
    if (field == nullptr || !field->role.empty()) continue;
    add_term(field->id, field->label, templates::DisplayValue(scene.contract, *field, entry.value));
  }
  for (const templates::Computed& computed : scene.contract.computed()) {
    if (computed.label == computed.id)
      continue;  // an author's name for a step of a sum, not for people
    for (const templates::ComputedValue& entry : standing.assembly.computed) {
      if (entry.id != computed.id || !entry.value) continue;
      Field as_field;
      as_field.id = computed.id;
      as_field.type = computed.type;
      add_term(computed.id, computed.label,
               templates::DisplayValue(scene.contract, as_field, *entry.value));
    }
  }

  json::Array own;
  for (const OwnField& entry : standing.fields) {
    if (entry.by_signing) continue;
    const std::string display =
        entry.value ? templates::DisplayValue(scene.contract, *entry.field, *entry.value)
                    : std::string();
    own.push_back(json::Value::Make({{"id", Text(entry.field->id)},
                                     {"label", Text(entry.field->label)},
                                     {"display", Text(display)},
                                     {"missing", Bool(entry.required && !entry.value)}}));
  }

  json::Array warnings;
  switch (scene.ledger.state().genesis.tie_policy) {
    case envelope::TiePolicy::kOwnerWins:
      warnings.push_back(Text("ownerMayWithdraw"));
      break;
    case envelope::TiePolicy::kSignatureWins:
      warnings.push_back(Text("signatureWins"));
      break;
    case envelope::TiePolicy::kOwnerSettles:
      warnings.push_back(Text("ownerSettles"));
      break;
  }
  if (!standing.revision.inputs.deadline_at.empty()) warnings.push_back(Text("deadline"));

  const templates::Role* role = scene.contract.FindRole(standing.me.role);
  json::Object as_whom{{"role", Text(role != nullptr ? role->label : standing.me.role)}};
  AddText("name", envelope::DetailText(scene.ledger, standing.me.invited.detail, "name"), &as_whom);
  return json::Value::Make({{"documents", json::Value::List(std::move(documents))},
                            {"terms", json::Value::List(std::move(terms))},
                            {"values", json::Value::List(std::move(own))},
                            {"asWhom", json::Value::Make(std::move(as_whom))},
                            {"effect", Text("signature")},
                            {"warnings", json::Value::List(std::move(warnings))}});
}

json::Value OwnMarkView(const Standing& standing) {
  std::string_view state = "none";
  const envelope::Mark* mark = nullptr;
  if (standing.signed_now) {
    mark = &*standing.me.signature;
    state = mark->counts() ? "counted" : "signed";
    if (mark->code == ErrorCode::kSignatureContested) state = "contested";
  } else if (standing.me.declined && standing.me.declined->counts()) {
    mark = &*standing.me.declined;
    state = "declined";
  } else {
    // The newest one that a newer revision replaced.
    for (const envelope::Mark& other : standing.me.other_marks) {
      if (other.code != ErrorCode::kSignatureSuperseded) continue;
      mark = &other;
      state = "superseded";
    }
  }
  json::Object members{{"state", Text(state)}};
  if (mark != nullptr) {
    members.push_back({"event", Text(mark->mention.event.ToBase64Url())});
    members.push_back({"at", json::Value::Int(mark->mention.at)});
    if (mark->code) members.push_back({"code", Text(CodeName(*mark->code))});
  }
  return json::Value::Make(std::move(members));
}

json::Value AllowedView(const Scene& scene, const Standing& standing) {
  const auto may = [&](std::string_view command) {
    return Bool(
        !envelope::Can(scene.ledger, scene.author, Command(command), scene.now).has_value());
  };
  return json::Value::Make({{"consent", may("consent")},
                            {"present", may("present")},
                            {"commitFields", may("commitFields")},
                            {"sign", Bool(standing.blockers.empty())},
                            {"decline", may("decline")},
                            {"recordCopy", may("recordCopy")}});
}

json::Value BlockersView(const Standing& standing) {
  json::Array blockers;
  for (const Blocker& blocker : standing.blockers) {
    json::Object members{{"code", Text(CodeName(blocker.code))},
                         {"step", Text(StepName(blocker.step))}};
    AddText("field", blocker.field, &members);
    AddText("unit", blocker.unit, &members);
    AddText("recipient", blocker.recipient, &members);
    blockers.push_back(json::Value::Make(std::move(members)));
  }
  return json::Value::List(std::move(blockers));
}

json::Value StepsView(const Standing& standing, const Draft& draft) {
  json::Array steps;
  // Done: its gate is open and the signer has been there. Blocked: signing cannot happen for a
  // reason that lies outside this screen.
  for (int i = 0; i < kStepCount; ++i) {
    const Step step = static_cast<Step>(i);
    if (!standing.Applies(step)) continue;
    std::string_view state = "todo";
    std::optional<ErrorCode> code;
    const bool open = !standing.Gate(step, draft).has_value();
    const bool copied = step == Step::kCopy && standing.me.copies > 0;
    if (step == draft.step) {
      state = "current";
    } else if (step == Step::kCopy ? copied : open && (step < draft.step || standing.signed_now)) {
      state = "done";
    } else if (step == Step::kSign && !standing.signed_now) {
      for (const Blocker& blocker : standing.blockers) {
        if (blocker.step == Step::kSign && !code) code = blocker.code;
      }
      if (code) state = "blocked";
    }
    json::Object members{{"id", Text(StepName(step))}, {"state", Text(state)}};
    if (code) members.push_back({"code", Text(CodeName(*code))});
    steps.push_back(json::Value::Make(std::move(members)));
  }
  return json::Value::List(std::move(steps));
}

json::Value DocumentView(const Standing& standing, const Draft& draft) {
  json::Array pending;
  for (const templates::PendingUnit& unit : standing.assembly.pending)
    pending.push_back(Text(unit.unit));
  json::Array changed;
  for (const UnitChange& change : draft.changed) {
    json::Object members{{"unit", Text(change.unit)}, {"what", Text(change.what)}};
    AddText("title", change.title, &members);
    changed.push_back(json::Value::Make(std::move(members)));
  }
  return json::Value::Make(
      {{"text", Text(standing.terms ? standing.terms->text.ToBase64Url() : std::string())},
       {"pending", json::Value::List(std::move(pending))},
       {"changed", json::Value::List(std::move(changed))}});
}

}  // namespace

Result<json::Value> View(const Scene& scene, const Draft& stored) {
  const Draft draft = Adapt(scene, stored);
  const Standing standing = CS_TRY(Stand(scene, draft));

  json::Object recipient{{"id", Text(standing.me.id)},
                         {"role", Text(standing.me.role)},
                         {"recipientType", Text(envelope::RecipientTypeName(standing.me.type))},
                         {"order", json::Value::Int(standing.me.order)}};
  AddText("name", envelope::DetailText(scene.ledger, standing.me.invited.detail, "name"),
          &recipient);

  json::Array fields;
  size_t index = standing.fields.size();
  size_t todo = 0;
  size_t done = 0;
  for (size_t i = 0; i < standing.fields.size(); ++i) {
    const OwnField& entry = standing.fields[i];
    if (entry.field->id == draft.field) index = i;
    fields.push_back(FieldView(scene, draft, entry));
    const bool counts = entry.required || entry.field->kind == FieldKind::kSign ||
                        entry.field->kind == FieldKind::kInitial ||
                        (entry.error && !entry.by_signing);
    if (!counts) continue;
    ++todo;
    if (entry.IsDone(draft) || standing.signed_now) ++done;
  }
  json::Array waiting;
  for (const std::string& id : standing.me.waiting_for) {
    if (const envelope::Recipient* other = scene.ledger.state().Find(id))
      waiting.push_back(NamesOf(scene, *other));
  }
  const size_t words = CountWords(document::LinearText(standing.assembly.document, {}));
  const size_t minutes = (words + kWordsPerMinute - 1) / kWordsPerMinute +
                         (standing.fields.size() + kFieldsPerMinute - 1) / kFieldsPerMinute;
  const bool presented = standing.me.presented && standing.terms &&
                         standing.me.presented->text == standing.terms->text;

  json::Object view{
      {"format", Text("countersign-ceremony/1")},
      {"recipient", json::Value::Make(std::move(recipient))},
      {"envelope", EnvelopeView(scene, standing)},
      {"estimate", json::Value::Make({{"fields", Number(standing.fields.size())},
                                      {"minutes", Number(std::max<size_t>(minutes, 1))}})},
      {"step", Text(StepName(draft.step))},
      {"steps", StepsView(standing, draft)},
      {"access", AccessView(scene, standing, draft)},
      {"consent", ConsentView(scene, standing, draft)},
      {"review", json::Value::Make({{"units", json::Value::Int(draft.units)},
                                    {"of", Number(CountUnits(standing.assembly.document.blocks))},
                                    {"presented", Bool(presented)}})},
      {"document", DocumentView(standing, draft)},
      {"fields", json::Value::List(std::move(fields))},
      {"progress", json::Value::Make({{"done", Number(done)}, {"of", Number(todo)}})},
      {"blockers", BlockersView(standing)},
      {"waitingFor", json::Value::List(std::move(waiting))},
      {"allowed", AllowedView(scene, standing)},
      {"summary", SummaryView(scene, standing)},
      {"own", OwnMarkView(standing)}};
  if (const auto before = standing.Before(draft.step))
    view.push_back({"previousStep", Text(StepName(*before))});
  if (const auto after = standing.After(draft.step)) {
    view.push_back({"nextStep", Text(StepName(*after))});
    if (const auto gate = standing.Gate(draft.step, draft)) {
      view.push_back({"nextBlocked", Text(CodeName(*gate))});
    }
  }
  if (index < standing.fields.size()) {
    view.push_back({"field", Text(draft.field)});
    view.push_back({"fieldIndex", Number(index)});
    if (index > 0) view.push_back({"previousField", Text(standing.fields[index - 1].field->id)});
  }
  AddText("nextField", standing.NextField(draft.field, draft), &view);
  if (draft.mark) view.push_back({"mark", *draft.mark});
  return json::Value::Make(std::move(view));
}

}  // namespace countersign::ceremony
