// The view: how things stand, told in one JSON value (the shape is in ceremony.h).
// Long because every member of that shape is told here, in its order.
#include <algorithm>

#include "ceremony/raw_value.h"
#include "ceremony/standing.h"
#include "json/builder.h"
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

// Attributes for the on-screen keyboard and autofill: what the template says, else by type.
json::Value InputOf(const Field& field) {
  json::Builder input;
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
    case FieldKind::kFile:
      control = "file";
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
          } else if (field.autocomplete.find("name") != String::npos) {
            capitals = "words";
          }
      }
  }
  input.TextIfAny("control", control);
  if (control != "textarea") input.TextIfAny("type", type);
  input.TextIfAny("inputMode", mode);
  input.TextIfAny(field.kind == FieldKind::kFile ? "accept" : "autocomplete", field.autocomplete);
  input.TextIfAny("autocapitalize", capitals);
  if (field.max_length > 0) input.Add("maxLength", Number(field.max_length));
  if (field.min) input.TextIfAny("min", WriteRaw(field, *field.min));
  if (field.max) input.TextIfAny("max", WriteRaw(field, *field.max));
  return input.Take();
}

json::Value FieldView(const Scene& scene, const Draft& draft, const OwnField& own) {
  const Field& field = *own.field;
  json::Builder members;
  members.Text("id", field.id)
      .Text("kind", templates::KindWord(field.kind))
      .Text("type", field.type.ToString())
      .Text("label", field.label)
      .Flag("required", own.required || templates::TakesMark(field.kind))
      .Flag("readOnly", field.kind == FieldKind::kSignDate)
      .Flag("sensitive", field.sensitivity == templates::Sensitivity::kSensitive)
      .Add("input", InputOf(field))
      .Text("text", own.text)
      .Flag("committed", own.committed);
  members.TextIfAny("help", field.help);
  members.TextIfAny("placeholder", field.placeholder);
  members.TextIfAny("unit", own.unit);
  members.TextIfAny("context", own.context);
  if (!field.options.empty()) {
    json::Array options;
    for (const templates::Option& option : field.options) {
      options.push_back(
          json::Builder().Text("value", option.value).Text("label", option.label).Take());
    }
    members.AddList("options", std::move(options));
  }
  std::string_view state = "empty";
  if (templates::TakesMark(field.kind)) {
    state = draft.mark && draft.IsPlaced(field.id) ? "placed" : "empty";
  } else if (own.error) {
    state = "wrong";
    members.Text("code", own.error->name());
    members.TextIfAny("message", own.message);
  } else if (own.value) {
    state = "filled";
    if (auto plain = values::ToJson(*own.value)) members.Add("value", *std::move(plain));
  }
  members.Text("state", state);
  members.Text("display",
               own.value ? templates::DisplayValue(scene.contract, field, *own.value) : String());
  return members.Take();
}

json::Value NamesOf(const Scene& scene, const envelope::Recipient& recipient) {
  json::Builder members;
  members.Text("id", recipient.id).Text("role", recipient.role);
  members.TextIfAny("name", envelope::DetailText(scene.ledger, recipient.invited.detail, "name"));
  return members.Take();
}

json::Value EnvelopeView(const Scene& scene, const Standing& standing) {
  const envelope::State& state = scene.ledger.state();
  json::Builder members;
  members.Base64("id", state.id.view())
      .Text("status", envelope::StatusName(state.status))
      .Base64("revision", standing.revision.hash.view())
      .Int("number", standing.revision.number)
      .Text("tiePolicy", envelope::TiePolicyName(state.genesis.tie_policy))
      .Text("locale", standing.revision.inputs.locale);
  members.TextIfAny("deadlineAt", standing.revision.inputs.deadline_at);
  if (const auto detail = envelope::ReadDetailOf(scene.ledger, state.created.detail)) {
    for (const std::string_view name : {"title", "sender"}) {
      if (const json::Value* member = detail->Find(name)) members.Add(name, *member);
    }
  }
  return members.Take();
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
  return json::Builder()
      .Text("id", consent.id)
      .Text("version", consent.version)
      .Text("locale", consent.locale)
      .Base64("text", consent.text.view())
      .Add("summary", std::move(summary))
      .Add("slots", std::move(slots))
      .Flag("ticked", draft.ticked)
      .Flag("given", standing.me.consent.has_value())
      .Take();
}

json::Value AccessView(const Scene& scene, const Standing& standing, const Draft& draft) {
  const String code =
      envelope::AccessCode(scene.ledger.state().id, standing.me.id, standing.revision.hash);
  std::string_view state = "todo";
  if (standing.me.access) {
    state = "demonstrated";
  } else if (draft.code == code) {
    state = "typed";
  } else if (draft.code.size() >= code.size()) {
    state = "wrong";
  }
  return json::Builder().Text("code", code).Text("typed", draft.code).Text("state", state).Take();
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

size_t CountUnits(const Vector<document::Block>& blocks) {
  size_t units = blocks.size();
  for (const document::Block& block : blocks) units += CountUnits(block.blocks);
  return units;
}

json::Value SummaryView(const Scene& scene, const Standing& standing) {
  json::Array documents;
  const document::Document& document = standing.assembly.document;
  documents.push_back(
      json::Builder()
          .Text("title", document.title)
          .Text("text", standing.terms ? standing.terms->text.ToBase64Url() : String())
          .Add("size", Number(standing.terms ? standing.terms->bytes.size() : 0))
          .Take());

  json::Array terms;
  const auto add_term = [&](const String& id, const String& label, String value) {
    if (value.empty()) return;
    terms.push_back(
        json::Builder().Text("id", id).Text("label", label).Text("value", value).Take());
  };
  for (const Field& field : scene.contract.fields()) {  // in the template's order
    const values::Value* value = templates::FindValue(standing.values, field.id);
    if (value == nullptr || !field.role.empty()) continue;
    add_term(field.id, field.label, templates::DisplayValue(scene.contract, field, *value));
  }
  for (const templates::Computed& computed : scene.contract.computed()) {
    if (computed.label == computed.id)
      continue;  // an author's name for a step of a sum, not for people
    for (const templates::ComputedValue& entry : standing.assembly.computed) {
      if (entry.id != computed.id || !entry.value) continue;
      add_term(computed.id, computed.label,
               templates::DisplayComputed(scene.contract, computed, *entry.value));
    }
  }

  json::Array own;
  for (const OwnField& entry : standing.fields) {
    if (entry.by_signing) continue;
    const String display = entry.value
                               ? templates::DisplayValue(scene.contract, *entry.field, *entry.value)
                               : String();
    own.push_back(json::Builder()
                      .Text("id", entry.field->id)
                      .Text("label", entry.field->label)
                      .Text("display", display)
                      .Flag("missing", entry.required && !entry.value)
                      .Take());
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
  json::Builder as_whom;
  as_whom.Text("role", role != nullptr ? role->label : standing.me.role);
  as_whom.TextIfAny("name", envelope::DetailText(scene.ledger, standing.me.invited.detail, "name"));
  return json::Builder()
      .AddList("documents", std::move(documents))
      .AddList("terms", std::move(terms))
      .AddList("values", std::move(own))
      .Add("asWhom", as_whom.Take())
      .Text("effect", "signature")
      .AddList("warnings", std::move(warnings))
      .Take();
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
    // The newest one that a newer revision replaced: the newest comes first.
    for (const envelope::Mark& other : standing.me.other_marks) {
      if (other.code != ErrorCode::kSignatureSuperseded) continue;
      mark = &other;
      state = "superseded";
      break;
    }
  }
  json::Builder members;
  members.Text("state", state);
  if (mark != nullptr) {
    members.Base64("event", mark->mention.event.view());
    members.Int("at", mark->mention.at);
    if (mark->code) members.Text("code", CodeName(*mark->code));
  }
  return members.Take();
}

json::Value AllowedView(const Scene& scene, const Standing& standing) {
  const auto may = [&](std::string_view command) {
    return Bool(
        !envelope::Can(scene.ledger, scene.author, Command(command), scene.now).has_value());
  };
  return json::Builder()
      .Add("consent", may("consent"))
      .Add("present", may("present"))
      .Add("commitFields", may("commitFields"))
      .Flag("sign", standing.blockers.empty())
      .Add("decline", may("decline"))
      .Add("recordCopy", may("recordCopy"))
      .Take();
}

json::Value BlockersView(const Standing& standing) {
  json::Array blockers;
  for (const Blocker& blocker : standing.blockers) {
    json::Builder members;
    members.Text("code", CodeName(blocker.code)).Text("step", StepName(blocker.step));
    members.TextIfAny("field", blocker.field);
    members.TextIfAny("unit", blocker.unit);
    members.TextIfAny("recipient", blocker.recipient);
    blockers.push_back(members.Take());
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
    json::Builder members;
    members.Text("id", StepName(step)).Text("state", state);
    if (code) members.Text("code", CodeName(*code));
    steps.push_back(members.Take());
  }
  return json::Value::List(std::move(steps));
}

json::Value DocumentView(const Standing& standing, const Draft& draft) {
  json::Array pending;
  for (const templates::PendingUnit& unit : standing.assembly.pending)
    pending.push_back(Text(unit.unit));
  json::Array changed;
  for (const UnitChange& change : draft.changed) {
    json::Builder members;
    members.Text("unit", change.unit).Text("what", change.what);
    members.TextIfAny("title", change.title);
    changed.push_back(members.Take());
  }
  return json::Builder()
      .Text("text", standing.terms ? standing.terms->text.ToBase64Url() : String())
      .AddList("pending", std::move(pending))
      .AddList("changed", std::move(changed))
      .Take();
}

}  // namespace

Result<json::Value> View(const Scene& scene, const Draft& stored) {
  const Draft draft = Adapt(scene, stored);
  const Standing standing = CS_TRY(Stand(scene, draft));

  json::Builder recipient;
  recipient.Text("id", standing.me.id)
      .Text("role", standing.me.role)
      .Text("recipientType", envelope::RecipientTypeName(standing.me.type))
      .Int("order", standing.me.order);
  recipient.TextIfAny("name",
                      envelope::DetailText(scene.ledger, standing.me.invited.detail, "name"));

  json::Array fields;
  size_t index = standing.fields.size();
  size_t to_fill = 0;
  size_t todo = 0;
  size_t done = 0;
  for (size_t i = 0; i < standing.fields.size(); ++i) {
    const OwnField& entry = standing.fields[i];
    if (entry.field->id == draft.field) index = i;
    fields.push_back(FieldView(scene, draft, entry));
    if (!entry.by_signing) ++to_fill;
    // The signing date fills itself.
    const bool counts = (entry.required && entry.field->kind != FieldKind::kSignDate) ||
                        templates::TakesMark(entry.field->kind) ||
                        (entry.error && !entry.by_signing);
    if (!counts) continue;
    ++todo;
    if (entry.IsDone(draft) || standing.signed_now) ++done;
  }
  json::Array waiting;
  for (const String& id : standing.me.waiting_for) {
    if (const envelope::Recipient* other = scene.ledger.state().Find(id))
      waiting.push_back(NamesOf(scene, *other));
  }
  const size_t words = CountWords(document::LinearText(standing.assembly.document, {}));
  const size_t minutes = (words + kWordsPerMinute - 1) / kWordsPerMinute +
                         (standing.fields.size() + kFieldsPerMinute - 1) / kFieldsPerMinute;
  const bool presented = standing.me.presented && standing.terms &&
                         standing.me.presented->text == standing.terms->text;

  json::Builder view;
  view.Text("format", "countersign-ceremony/1")
      .Add("recipient", recipient.Take())
      .Add("envelope", EnvelopeView(scene, standing))
      .Add("estimate", json::Builder()
                           .Add("fields", Number(to_fill))
                           .Add("minutes", Number(std::max<size_t>(minutes, 1)))
                           .Take())
      .Text("step", StepName(draft.step))
      .Add("steps", StepsView(standing, draft))
      .Add("access", AccessView(scene, standing, draft))
      .Add("consent", ConsentView(scene, standing, draft))
      .Add("review", json::Builder()
                         .Int("units", draft.units)
                         .Add("of", Number(CountUnits(standing.assembly.document.blocks)))
                         .Flag("presented", presented)
                         .Take())
      .Add("document", DocumentView(standing, draft))
      .AddList("fields", std::move(fields))
      .Add("progress", json::Builder().Add("done", Number(done)).Add("of", Number(todo)).Take())
      .Add("blockers", BlockersView(standing))
      .AddList("waitingFor", std::move(waiting))
      .Add("allowed", AllowedView(scene, standing))
      .Add("summary", SummaryView(scene, standing))
      .Add("own", OwnMarkView(standing));
  if (const auto before = standing.Before(draft.step)) view.Text("previousStep", StepName(*before));
  if (const auto after = standing.After(draft.step)) {
    view.Text("nextStep", StepName(*after));
    if (const auto gate = standing.Gate(draft.step, draft)) {
      view.Text("nextBlocked", CodeName(*gate));
    }
  }
  if (index < standing.fields.size()) {
    view.Text("field", draft.field);
    view.Add("fieldIndex", Number(index));
    if (index > 0) view.Text("previousField", standing.fields[index - 1].field->id);
  }
  view.TextIfAny("nextField", standing.NextField(draft.field, draft));
  if (draft.mark) view.Add("mark", *draft.mark);
  return view.Take();
}

}  // namespace countersign::ceremony
