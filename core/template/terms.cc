#include "template/terms.h"

#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "document/render.h"
#include "values/timestamp.h"

#ifndef COUNTERSIGN_VERSION
#error "COUNTERSIGN_VERSION comes from the project's version in CMakeLists.txt"
#endif

namespace countersign::templates {
namespace {

Hash HashOf(std::string_view tag, const json::Value& value) {
  return crypto::TaggedHash(tag, AsBytes(json::Write(value)));
}

json::Value Text(std::string_view text) { return json::Value::String(text); }

}  // namespace

std::string_view CoreVersion() { return COUNTERSIGN_VERSION; }

Values UsedValues(const Template& contract, const Values& values) {
  Values used;
  for (const FieldValue& value : values) {
    const Field* field = contract.FindField(value.id);
    if (field == nullptr) continue;
    const Vector<String>& roles = contract.text_roles();
    if (field->role.empty() || std::find(roles.begin(), roles.end(), field->role) != roles.end()) {
      used.push_back(value);
    }
  }
  return used;
}

Result<Terms> SettleText(const Template& contract, const Values& values) {
  const Values used = UsedValues(contract, values);
  Assembly assembly = CS_TRY(Assemble(contract, used));
  if (!assembly.IsFinal()) {
    const std::string_view unit = assembly.pending.empty()
                                      ? std::string_view(assembly.problems.front().unit)
                                      : std::string_view(assembly.pending.front().unit);
    return Error(ErrorCode::kDocumentPending, unit);
  }
  Terms terms;
  terms.document = std::move(assembly.document);
  terms.bytes = document::Write(terms.document);
  terms.text = document::TextRef(terms.bytes);
  return terms;
}

void BindTerms(const Template& contract, const Values& values, Terms* terms) {
  const Values used = UsedValues(contract, values);
  terms->inputs = HashOf("countersign-evaluation-inputs/v1",
                         json::Value::Make({{"compiled", Text(contract.compiled_ref())},
                                            {"values", WriteValues(used)}}));
  terms->trace = HashOf("countersign-trace/v1", Trace(contract, used));
  terms->rendering = document::RenderingHash(terms->document);
}

Result<Terms> Settle(const Template& contract, const Values& values) {
  Terms terms = CS_TRY(SettleText(contract, values));
  BindTerms(contract, values, &terms);
  return terms;
}

json::Value EvaluationOf(const Terms& terms) {
  return json::Value::Make({{"engine", Text(kEngine)},
                            {"version", Text(CoreVersion())},
                            {"inputs", Text(terms.inputs.ToBase64Url())},
                            {"output", Text(terms.text.ToBase64Url())},
                            {"trace", Text(terms.trace.ToBase64Url())}});
}

String WriteFields(const Template& contract, Vector<RoleHolder> holders) {
  Sort(&holders,
       [](const RoleHolder& a, const RoleHolder& b) { return a.recipient < b.recipient; });
  Vector<const Field*> fields;
  for (const Field& field : contract.fields()) fields.push_back(&field);
  Sort(&fields, [](const Field* a, const Field* b) { return a->id < b->id; });
  json::Array entries;
  for (const Field* field : fields) {
    json::Object entry{{"id", Text(field->id)},
                       {"kind", Text(KindWord(field->kind))},
                       {"type", Text(field->type.ToString())},
                       {"label", Text(field->label)}};
    entry.push_back({"required", field->need == Need::kConditional
                                     ? Text("conditional")
                                     : json::Value::Bool(field->need == Need::kRequired)});
    if (!field->role.empty()) {
      const auto holder = std::find_if(holders.begin(), holders.end(),
                                       [&](const RoleHolder& h) { return h.role == field->role; });
      if (holder == holders.end()) continue;  // nobody has the role: nobody can be asked to fill it
      entry.push_back({"recipient", Text(holder->recipient)});
    }
    entries.push_back(json::Value::Make(std::move(entry)));
  }
  return json::Write(json::Value::Make({{"fields", json::Value::List(std::move(entries))},
                                        {"format", Text("countersign-fields/v1")}}));
}

String DisplayComputed(const Template& contract, const Computed& computed,
                       const values::Value& value) {
  Field as_field;
  as_field.id = computed.id;
  as_field.type = computed.type;
  return DisplayValue(contract, as_field, value);
}

bool HasTextRoles(const Template& contract, const Vector<RoutedSigner>& signers) {
  return std::ranges::all_of(contract.text_roles(), [&](const String& role) {
    return std::ranges::any_of(signers,
                               [&](const RoutedSigner& signer) { return signer.role == role; });
  });
}

Result<void> CheckRouting(const Template& contract, const Vector<RoutedSigner>& signers) {
  for (const String& role : contract.text_roles()) {
    const RoutedSigner* own = nullptr;
    for (const RoutedSigner& signer : signers) {
      if (signer.role == role) own = &signer;
    }
    if (own == nullptr) return Error(ErrorCode::kTemplateLaterSigner, role);
    for (const RoutedSigner& other : signers) {
      if (&other != own && other.order <= own->order) {
        return Error(ErrorCode::kTemplateLaterSigner, role);
      }
    }
  }
  return {};
}

Result<String> DeadlineOf(const Template& contract, std::string_view sent_at) {
  if (!contract.expires()) return String();
  constexpr int64_t kDay = 86'400;
  const int64_t sent = CS_TRY(values::Timestamp::Parse(sent_at)).seconds();
  const int64_t time_of_day = (sent % kDay + kDay) % kDay;
  const values::Date day = CS_TRY(values::Date::FromDays((sent - time_of_day) / kDay));
  const values::Date last = CS_TRY(values::Add(day, *contract.expires()));
  return CS_TRY(values::Timestamp::FromUnix(last.days() * kDay + time_of_day, 0)).ToString();
}

}  // namespace countersign::templates
