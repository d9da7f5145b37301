// The sender's fields from a CRM record, by the template's own `source` expressions.

#include "base/sort.h"
#include "expression/wide.h"
#include "template/admission.h"
#include "template/body.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using values::Kind;

// Records are JSON: a money amount or a date is a string there, a decimal may be an integer.
// Anything else is a mistake that must be seen.
void Adapt(const values::Type& type, json::Value* plain) {
  if (plain->is_int() && (type.kind == Kind::kDecimal || type.kind == Kind::kMoney)) {
    *plain = json::Value::String(NumberText(plain->int_value()));
  }
  if (plain->is_string() && type.kind == Kind::kMoney && !type.currency.IsNone()) {
    *plain = json::Value::List({*plain, json::Value::String(type.currency.Code())});
  }
  if (type.kind == Kind::kList && plain->is_array()) {
    for (json::Value& item : plain->items()) Adapt(type.items[0], &item);
  }
  if (type.kind != Kind::kRecord || !plain->is_object()) return;
  // A record of a CRM has members that the template does not ask for.
  json::Value kept = json::Value::Make({});
  for (size_t i = 0; i < type.names.size(); ++i) {
    const json::Value* member = plain->Find(type.names[i]);
    if (member == nullptr || member->is_null()) continue;
    json::Value value = *member;
    Adapt(type.items[i], &value);
    kept.Set(type.names[i], std::move(value));
  }
  *plain = std::move(kept);
}

// A line end of another system is one line end here: addresses come with them.
json::Value WithPlainLineEnds(const json::Value& value) {
  if (value.is_string()) {
    const String& text = value.string_value();
    if (text.find('\r') == String::npos) return value;
    String plain;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
      plain += text[i] == '\r' ? '\n' : text[i];
    }
    return json::Value::String(std::move(plain));
  }
  json::Value out = value;
  if (value.is_array()) {
    for (json::Value& item : out.items()) item = WithPlainLineEnds(item);
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      out.Set(member.name, WithPlainLineEnds(member.value));
    }
  }
  return out;
}

Result<values::Value> Fit(const values::Value& found, const values::Type& type) {
  if (values::Fits(found, type)) return found;
  auto plain = values::ToJson(found, &values::kWideForms);
  if (!plain) return ErrorCode::kPrefillWrongType;
  Adapt(type, &*plain);
  auto value = values::FromJson(*plain, type);
  if (!value) {
    return Error(ErrorCode::kPrefillWrongType, "expected " + type.ToString() + ", found " +
                                                   String(values::KindName(found.kind())));
  }
  return value;
}

}  // namespace

Prefill FillFromRecord(const Template& contract, const json::Value& record) {
  Prefill prefill;
  expression::Bindings bindings(1);
  auto crm = values::FromJson(WithPlainLineEnds(record), values::Type::Of(Kind::kDyn));
  if (crm) bindings.Set(0, *crm);
  expression::Fuel fuel{expression::kDocumentFuel};
  for (const Field& field : contract.fields()) {
    if (field.initial && field.source == kNoExpression) {
      prefill.values.push_back({field.id, *field.initial});
    }
    if (field.source == kNoExpression) continue;
    auto fail = [&](Error error) {
      prefill.problems.push_back({field.id, std::move(error)});
      if (field.initial) prefill.values.push_back({field.id, *field.initial});
    };
    if (!crm) {
      fail(Error(ErrorCode::kPrefillWrongType, crm.error().message()));
      continue;
    }
    std::string_view text = contract.ExpressionText(field.source);
    expression::Outcome outcome = RunWide(contract.body().At(field.source).program, bindings, fuel);
    if (!outcome.IsValue()) {
      bool missing = outcome.error && outcome.error->code() == ErrorCode::kExpressionNoSuchKey;
      String detail(text);
      if (!missing && outcome.error) detail = outcome.error->message() + " in " + detail;
      fail(
          Error(missing ? ErrorCode::kPrefillMissingMember : ErrorCode::kPrefillWrongType, detail));
      continue;
    }
    if (outcome.value.Is(Kind::kNull)) {
      fail(Error(ErrorCode::kPrefillMissingMember, text));
      continue;
    }
    auto value = Fit(outcome.value, field.type);
    if (!value) {
      fail(Error(value.error().code(), String(text) + ": " + String(value.error().detail())));
      continue;
    }
    // A value outside the field's limits is filled in all the same: the form shows it with its
    // error.
    if (auto checked = CheckValue(field, *value); !checked) {
      prefill.problems.push_back({field.id, checked.error()});
    } else if (HasMisleadingText(*value)) {
      prefill.problems.push_back({field.id, Error(ErrorCode::kFieldBadText)});
    }
    prefill.values.push_back({field.id, *std::move(value)});
  }
  Sort(&prefill.values, [](const FieldValue& a, const FieldValue& b) { return a.id < b.id; });
  return prefill;
}

}  // namespace countersign::templates
