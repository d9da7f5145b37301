// What a template says of itself, and live documents: for whoever prepares an envelope. Not in the
// sign module.
#include <emscripten/bind.h>

#include "ceremony/raw_value.h"
#include "envelope/event_types.h"
#include "json/shape.h"
#include "template/admission.h"
#include "template/terms.h"
#include "template_calls.h"
#include "values/plain_json.h"

namespace countersign::boundary {

Handles<templates::Assembler>& Assemblies() {
  static Handles<templates::Assembler> open;
  return open;
}

namespace {

using json::Value;
using templates::Answer;
using templates::Template;

Value Word(std::string_view text) { return Value::String(text); }
void SetText(std::string_view name, std::string_view text, Value* object) {
  if (!text.empty()) object->Set(name, Word(text));
}
Value Texts(const Vector<String>& texts) {
  json::Array list;
  for (const String& text : texts) list.push_back(Word(text));
  return Value::List(std::move(list));
}
// true, false, null for "waits".
Value ToJson(Answer answer) {
  return answer == Answer::kUnknown ? Value() : Value::Bool(answer == Answer::kYes);
}

// null for what has no plain form, which a checked template does not hold.
Value Plain(const values::Value& value) {
  auto plain = values::ToJson(value);
  return plain ? *std::move(plain) : Value();
}

Value Describe(const templates::Field& field) {
  Value out = Value::Make(
      {{"id", Word(field.id)},
       {"kind", Word(document::BlankKindName(field.kind))},
       {"type", Word(field.type.ToString())},
       {"label", Word(field.label)},
       {"sensitive", Value::Bool(field.sensitivity == templates::Sensitivity::kSensitive)}});
  out.Set("required", field.need == templates::Need::kConditional
                          ? Word("conditional")
                          : Value::Bool(field.need == templates::Need::kRequired));
  SetText("role", field.role, &out);
  SetText("help", field.help, &out);
  SetText("message", field.message, &out);
  SetText("placeholder", field.placeholder, &out);
  SetText("autocomplete", field.autocomplete, &out);
  SetText("inputMode", field.input_mode, &out);
  SetText("unit", field.unit, &out);
  if (!field.options.empty()) {
    json::Array options;
    for (const templates::Option& option : field.options) {
      options.push_back(
          Value::Make({{"value", Word(option.value)}, {"label", Word(option.label)}}));
    }
    out.Set("options", Value::List(std::move(options)));
  }
  if (field.initial) out.Set("default", Plain(*field.initial));
  if (field.min) out.Set("min", Plain(*field.min));
  if (field.max) out.Set("max", Plain(*field.max));
  if (field.max_length) out.Set("maxLength", Value::Int(field.max_length));
  return out;
}

Value Describe(const Template& contract) {
  json::Array roles, fields, computed;
  for (const templates::Role& role : contract.roles()) {
    roles.push_back(Value::Make({{"id", Word(role.id)},
                                 {"label", Word(role.label)},
                                 {"signs", Value::Bool(role.part == templates::Part::kSigner)},
                                 {"order", Value::Int(role.order)}}));
  }
  for (const templates::Field& field : contract.fields()) fields.push_back(Describe(field));
  for (const templates::Computed& value : contract.computed()) {
    computed.push_back(Value::Make({{"id", Word(value.id)},
                                    {"label", Word(value.label)},
                                    {"type", Word(value.type.ToString())}}));
  }
  Value consent;
  if (contract.consent()) {
    auto read = json::Read(contract.consent()->Write(), json::kDocumentLimits);
    if (read) consent = *std::move(read);
  }
  return Value::Make(
      {{"id", Word(contract.id())},
       {"version", Value::Int(contract.version())},
       {"title", Word(contract.title())},
       {"locale", Word(contract.locale())},
       {"roles", Value::List(std::move(roles))},
       {"fields", Value::List(std::move(fields))},
       {"computed", Value::List(std::move(computed))},
       {"consent", std::move(consent)},
       {"expires", contract.expires() ? Word(contract.expires()->ToString()) : Value()},
       {"textRoles", Texts(contract.text_roles())},
       {"lockedUnits", Texts(contract.locked_units())},
       {"library", Texts(contract.library())},
       {"sourceRef", Word(contract.source_ref())},
       {"compiledRef", Word(contract.compiled_ref())}});
}

Value Problem(const Error& error) {
  return Value::Make({{"code", Word(error.name())}, {"message", Word(error.message())}});
}

Value StatusOf(const Template& contract, const templates::Values& values,
               const templates::Assembly& assembly) {
  json::Array fields, computed, validations, pending, problems;
  for (const templates::FieldState& state : assembly.fields) {
    Value out = Value::Make({{"id", Word(state.id)},
                             {"applies", ToJson(state.applies)},
                             {"required", ToJson(state.required)},
                             {"answered", Value::Bool(state.answered)}});
    const templates::Field* field = contract.FindField(state.id);
    String display;
    for (const templates::FieldValue& value : values) {
      if (field && value.id == state.id)
        display = templates::DisplayValue(contract, *field, value.value);
    }
    out.Set("display", Word(display));
    if (state.error) {
      Value error = Problem(*state.error);
      if (!state.message.empty()) error.Set("message", Word(state.message));
      out.Set("error", std::move(error));
    }
    fields.push_back(std::move(out));
  }
  for (const templates::ComputedValue& value : assembly.computed) {
    Value out = Value::Make({{"id", Word(value.id)}, {"waitsFor", Texts(value.waits_for)}});
    for (const templates::Computed& declared : contract.computed()) {
      if (declared.id != value.id) continue;
      out.Set("label", Word(declared.label));
      if (!value.value) continue;
      out.Set("value", Plain(*value.value));
      out.Set("display", Word(templates::DisplayComputed(contract, declared, *value.value)));
    }
    computed.push_back(std::move(out));
  }
  for (const templates::ValidationOutcome& outcome : assembly.validations) {
    Value out = Value::Make(
        {{"id", Word(outcome.id)},
         {"level", Word(outcome.level == templates::Level::kError ? "error" : "warning")},
         {"holds", ToJson(outcome.holds)},
         {"message", Word(outcome.message)}});
    SetText("field", outcome.field, &out);
    validations.push_back(std::move(out));
  }
  for (const templates::PendingUnit& unit : assembly.pending) {
    pending.push_back(Value::Make({{"unit", Word(unit.unit)}, {"fields", Texts(unit.fields)}}));
  }
  for (const templates::Problem& problem : assembly.problems) {
    Value out = Problem(problem.error);
    out.Set("unit", Word(problem.unit));
    problems.push_back(std::move(out));
  }
  return Value::Make({{"final", Value::Bool(assembly.IsFinal())},
                      {"fields", Value::List(std::move(fields))},
                      {"computed", Value::List(std::move(computed))},
                      {"validations", Value::List(std::move(validations))},
                      {"pending", Value::List(std::move(pending))},
                      {"problems", Value::List(std::move(problems))}});
}

// JSON, as `Template` in web/src/types.ts.
boundary::Answer DescribeTemplate(int32_t handle) {
  Template* contract = Templates().Find(handle);
  return contract ? Json(Describe(*contract)) : Fail(Closed());
}
// Whom an envelope asks: JSON [{"recipient","role","recipientType","order"}].
struct Asked {
  Vector<templates::RoleHolder> holders;
  Vector<templates::RoutedSigner> signers;
};
Result<Asked> ReadAsked(const std::string& recipients) {
  const Value value = CS_TRY(InJson(recipients));
  if (!value.is_array()) return Error(ErrorCode::kSchemaWrongType);
  Asked asked;
  for (const Value& entry : value.items()) {
    json::Shape shape(entry, "/recipients");
    const String& recipient = shape.Text("recipient");
    const String& role = shape.Text("role");
    const size_t type = envelope::kRecipientTypes.Find(shape.Text("recipientType"));
    const int64_t order = shape.Int("order", 1, envelope::kMaxOrder);
    CS_TRY(shape.Fault());
    if (type == Names::kNone) return Error(ErrorCode::kSchemaBadValue, recipient, "/recipientType");
    asked.holders.push_back({recipient, role});
    if (envelope::Signs(static_cast<envelope::RecipientType>(type))) {
      asked.signers.push_back({role, static_cast<int>(order)});
    }
  }
  return asked;
}
// The fields blob for these recipients, canonical text. Once all are among them whose answers
// change the text, the routing is checked too. Errors: template.later_signer.
boundary::Answer FieldsFor(int32_t handle, const std::string& recipients) {
  Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  auto asked = ReadAsked(recipients);
  if (!asked) return Fail(asked.error());
  if (templates::HasTextRoles(*contract, asked->signers)) {
    auto routed = templates::CheckRouting(*contract, asked->signers);
    if (!routed) return Fail(routed.error());
  }
  return boundary::Text(templates::WriteFields(*contract, std::move(asked->holders)));
}
// Errors: template.later_signer.
boundary::Answer CheckRouting(int32_t handle, const std::string& recipients) {
  Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  auto asked = ReadAsked(recipients);
  if (!asked) return Fail(asked.error());
  auto routed = templates::CheckRouting(*contract, asked->signers);
  return routed ? Nothing() : Fail(routed.error());
}
// What the template has against the sender's values ({"field": plain}), as the verifier would say
// once somebody signed them, and against texts that are not what they look like. Errors: as
// ReadValues and Objections, field.bad_text; the path is the field's.
boundary::Answer CheckSenderValues(int32_t handle, const std::string& plain) {
  Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  auto value = InJson(plain);
  if (!value) return Fail(value.error());
  auto values = templates::ReadValues(*contract, *value);
  if (!values) return Fail(values.error());
  auto objections = templates::Objections(*contract, *values, "");
  if (!objections) return Fail(objections.error());
  for (templates::Objection& text : templates::TextObjections(*values)) {
    objections->push_back(std::move(text));
  }
  if (objections->empty()) return Nothing();
  const templates::Objection& first = objections->front();
  const String& what = first.validation.empty() ? first.field : first.validation;
  return Fail(Error(first.error.code(), what, first.field.empty() ? "" : "/" + first.field));
}
// RFC 3339 in, the deadline of what is sent then out; "" where the template sets none.
boundary::Answer DeadlineFor(int32_t handle, const std::string& sent_at) {
  Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  auto deadline = templates::DeadlineOf(*contract, sent_at);
  return deadline ? boundary::Text(*deadline) : Fail(deadline.error());
}
// JSON {"values","problems":[{"field","code","message","path"}]} from a CRM record.
boundary::Answer PrefillFrom(int32_t handle, const std::string& record) {
  Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  auto value = InJson(record);
  if (!value) return Fail(value.error());
  templates::Prefill prefill = templates::FillFromRecord(*contract, *value);
  json::Array problems;
  for (const templates::PrefillProblem& problem : prefill.problems) {
    Value out = Problem(problem.error);
    out.Set("field", Word(problem.field));
    out.Set("path", Word(problem.error.path()));
    problems.push_back(std::move(out));
  }
  return Json(Value::Make({{"values", templates::WriteValues(prefill.values)},
                           {"problems", Value::List(std::move(problems))}}));
}

// JSON handle of a live document. Errors: values.*, template.*.
boundary::Answer OpenAssembly(int32_t handle, const std::string& plain) {
  Template* contract = Templates().Find(handle);
  if (!contract) return Fail(Closed());
  auto value = InJson(plain);
  if (!value) return Fail(value.error());
  auto values = templates::ReadValues(*contract, *value);
  if (!values) return Fail(values.error());
  auto assembler = std::make_unique<templates::Assembler>(*contract);
  auto reset = assembler->Reset(*values);
  if (!reset) return Fail(reset.error());
  return Number(Assemblies().Add(std::move(assembler)));
}
void CloseAssembly(int32_t handle) { Assemblies().Close(handle); }
// ASCII HTML.
boundary::Answer AssemblyHtml(int32_t handle) {
  templates::Assembler* assembler = Assemblies().Find(handle);
  return assembler ? boundary::Text(assembler->Html()) : Fail(Closed());
}
boundary::Answer AssemblyText(int32_t handle) {
  templates::Assembler* assembler = Assemblies().Find(handle);
  if (!assembler) return Fail(Closed());
  return boundary::Text(
      document::LinearText(assembler->Snapshot().document,
                           templates::FillsOf(assembler->contract(), assembler->values())));
}
boundary::Answer AssemblyValues(int32_t handle) {
  templates::Assembler* assembler = Assemblies().Find(handle);
  return assembler ? Json(templates::WriteValues(assembler->values())) : Fail(Closed());
}
// JSON, as `AssemblyStatus` in web/src/types.ts.
boundary::Answer AssemblyStatus(int32_t handle) {
  templates::Assembler* assembler = Assemblies().Find(handle);
  if (!assembler) return Fail(Closed());
  return Json(StatusOf(assembler->contract(), assembler->values(), assembler->Snapshot()));
}
// {"field": plain | null, …} in, JSON patches out, in order. A refused value changes nothing.
boundary::Answer SetValues(int32_t handle, const std::string& plain) {
  templates::Assembler* assembler = Assemblies().Find(handle);
  if (!assembler) return Fail(Closed());
  auto value = InJson(plain);
  if (!value) return Fail(value.error());
  auto given = templates::ReadValues(assembler->contract(), *value);
  if (!given) return Fail(given.error());
  Vector<templates::Patch> patches;
  for (const json::Member& member : value->members()) {
    std::optional<values::Value> next;
    for (const templates::FieldValue& field : *given) {
      if (field.id == member.name) next = field.value;
    }
    auto part = assembler->Set(member.name, std::move(next));
    if (!part) return Fail(part.error());
    for (templates::Patch& patch : *part) patches.push_back(std::move(patch));
  }
  return Json(templates::ToJson(patches));
}
boundary::Answer ExplainUnit(int32_t handle, const std::string& unit) {
  templates::Assembler* assembler = Assemblies().Find(handle);
  return assembler ? Reply(assembler->Explain(unit)) : Fail(Closed());
}

// What a person typed for a field: JSON {"field","text"} in, the plain value out, null where
// nothing was typed. Errors: as ReadRaw, with the field as path; template.unknown_field.
boundary::Answer ParseTyped(int32_t contract, const std::string& typed) {
  templates::Template* open = Templates().Find(contract);
  if (!open) return Fail(Closed());
  auto value = InJson(typed);
  if (!value) return Fail(value.error());
  json::Shape shape(*value, "");
  const String& id = shape.Text("field");
  const String& text = shape.Text("text");
  if (auto fault = shape.Fault(); !fault) return Fail(fault.error());
  const templates::Field* field = open->FindField(id);
  if (!field) return Fail(Error(ErrorCode::kTemplateUnknownField, id, id));
  auto read = ceremony::ReadRaw(*field, text);
  if (!read) return Fail(Error(read.error().code(), read.error().detail(), id));
  if (!*read) return Nothing();
  return Reply(values::ToJson(**read));
}
// {"field": plain value}, one member, in; the text to type over out.
boundary::Answer TypedText(int32_t contract, const std::string& plain) {
  templates::Template* open = Templates().Find(contract);
  if (!open) return Fail(Closed());
  auto value = InJson(plain);
  if (!value) return Fail(value.error());
  auto values = templates::ReadValues(*open, *value);
  if (!values) return Fail(values.error());
  if (values->size() != 1) return boundary::Text("");
  const templates::Field* field = open->FindField(values->front().id);
  return boundary::Text(field ? ceremony::WriteRaw(*field, values->front().value) : "");
}

}  // namespace

// By the names that web/src/open-template.ts calls. embind hands texts over itself (boundary.h).
EMSCRIPTEN_BINDINGS(countersign_authoring) {
  emscripten::function("cs_template_describe", &DescribeTemplate);
  emscripten::function("cs_template_fields", &FieldsFor);
  emscripten::function("cs_template_check_routing", &CheckRouting);
  emscripten::function("cs_template_check_values", &CheckSenderValues);
  emscripten::function("cs_template_deadline", &DeadlineFor);
  emscripten::function("cs_template_prefill", &PrefillFrom);
  emscripten::function("cs_assembly_open", &OpenAssembly);
  emscripten::function("cs_assembly_close", &CloseAssembly);
  emscripten::function("cs_assembly_html", &AssemblyHtml);
  emscripten::function("cs_assembly_text", &AssemblyText);
  emscripten::function("cs_assembly_values", &AssemblyValues);
  emscripten::function("cs_assembly_status", &AssemblyStatus);
  emscripten::function("cs_assembly_set", &SetValues);
  emscripten::function("cs_assembly_explain", &ExplainUnit);
  emscripten::function("cs_template_parse", &ParseTyped);
  emscripten::function("cs_template_typed", &TypedText);
}

}  // namespace countersign::boundary
