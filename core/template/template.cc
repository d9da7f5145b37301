#include "template/template.h"

#include <algorithm>
#include <utility>

#include "base/sort.h"
#include "template/body.h"
#include "template/file_value.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using values::Kind;

json::Value Text(std::string_view text) { return json::Value::String(text); }

size_t CodePoints(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

bool IsFieldTypeWithin(const values::Type& type, Kind around, int levels) {
  switch (type.kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kMoney:
    case Kind::kDate:
    case Kind::kPeriod:
    case Kind::kString:
      return true;
    case Kind::kList:
    case Kind::kRecord:
      if (levels == 0 || (type.kind == Kind::kList && around == Kind::kList)) return false;
      for (const values::Type& item : type.items) {
        if (!IsFieldTypeWithin(item, type.kind, levels - 1)) return false;
      }
      return true;
    default:
      return false;
  }
}

}  // namespace

const values::Value* FindValue(const Values& values, std::string_view id) {
  const FieldValue* found = FindSorted(values, &FieldValue::id, id);
  return found != nullptr ? &found->value : nullptr;
}

void PutValue(std::string_view id, const values::Value* value, Values* values) {
  const FieldValue* at = values->begin() + PlaceOf(*values, &FieldValue::id, id);
  const bool held = at != values->end() && at->id == id;
  if (held) values->erase(at);
  if (value != nullptr) values->insert(at, {String(id), *value});
}

bool IsFieldType(const values::Type& type) { return IsFieldTypeWithin(type, Kind::kDyn, 4); }

bool HasRecord(const values::Type& type) {
  return type.kind == Kind::kRecord || (type.kind == Kind::kList && HasRecord(type.items[0]));
}

// Here, where Body is whole.
Template::Template(Shared<Body> body) : body_(std::move(body)) {}
Template::Template(const Template& other) = default;
Template::Template(Template&& other) noexcept = default;
Template& Template::operator=(const Template& other) = default;
Template& Template::operator=(Template&& other) noexcept = default;
Template::~Template() = default;
const Template::Body& Template::body() const { return *body_; }

size_t Template::Body::FieldIndex(std::string_view field) const {
  auto it =
      std::lower_bound(fields_by_id.begin(), fields_by_id.end(), field,
                       [this](uint32_t i, std::string_view name) { return fields[i].id < name; });
  return it != fields_by_id.end() && fields[*it].id == field ? *it : SIZE_MAX;
}

UnitIndex Template::Body::FindUnit(std::string_view unit) const {
  auto it =
      std::lower_bound(units_by_id.begin(), units_by_id.end(), unit,
                       [this](UnitIndex i, std::string_view name) { return units[i].id < name; });
  return it != units_by_id.end() && units[*it].id == unit ? *it : kNoUnit;
}

const String& Template::id() const { return body_->id; }
int64_t Template::version() const { return body_->version; }
const String& Template::title() const { return body_->title; }
const String& Template::locale() const { return body_->locale; }
const Vector<String>& Template::library() const { return body_->library; }
const String& Template::source_ref() const { return body_->source_ref; }
const String& Template::compiled_ref() const { return body_->compiled_ref; }
const Vector<Role>& Template::roles() const { return body_->roles; }
const Vector<Field>& Template::fields() const { return body_->fields; }
const Vector<Computed>& Template::computed() const { return body_->computed; }
const Vector<Validation>& Template::validations() const { return body_->validations; }
const std::optional<Consent>& Template::consent() const { return body_->consent; }
const std::optional<values::Period>& Template::expires() const { return body_->expires; }
const Vector<String>& Template::text_roles() const { return body_->text_roles; }
const json::Value& Template::approvals() const { return body_->approvals; }
const json::Value& Template::routing() const { return body_->routing; }
const Vector<String>& Template::locked_units() const { return body_->locked_units; }
bool Template::asks_seldom_work() const { return body_->seldom; }

const Field* Template::FindField(std::string_view id) const {
  size_t index = body_->FieldIndex(id);
  return index == SIZE_MAX ? nullptr : &body_->fields[index];
}

const Role* Template::FindRole(std::string_view id) const {
  for (const Role& role : body_->roles) {
    if (role.id == id) return &role;
  }
  return nullptr;
}

std::string_view Template::ExpressionText(ExpressionIndex expression) const {
  return expression == kNoExpression ? std::string_view()
                                     : std::string_view(body_->At(expression).source);
}

String Consent::Write() const {
  json::Object texts;
  for (const auto& [name, text] : slots) texts.push_back({name, Text(text)});
  return json::Write(json::Value::Make({{"format", Text("countersign-consent/v1")},
                                        {"id", Text(id)},
                                        {"version", Text(version)},
                                        {"locale", Text(locale)},
                                        {"summary", Text(summary)},
                                        {"slots", json::Value::Make(std::move(texts))}}));
}

Result<Values> ReadValues(const Template& contract, const json::Value& plain) {
  if (!plain.is_object()) return Error(ErrorCode::kSchemaWrongType, "an object of values by field");
  Values values;
  for (const json::Member& member : plain.members()) {
    String path = "/" + member.name;
    const Field* field = contract.FindField(member.name);
    if (field == nullptr) return Error(ErrorCode::kTemplateUnknownField, member.name, path);
    if (member.value.is_null()) continue;
    auto value = values::FromJson(member.value, field->type);
    if (!value) return std::move(value).error().Under(path);
    values.push_back({member.name, *std::move(value)});
  }
  return values;
}

json::Value WriteValues(const Values& values) {
  json::Object members;
  for (const FieldValue& entry : values) {
    auto plain = values::ToJson(entry.value);
    CS_CHECK(plain.has_value());  // fields have no types without a plain form
    members.push_back({entry.id, *std::move(plain)});
  }
  return json::Value::Make(std::move(members));
}

Result<void> CheckValue(const Field& field, const values::Value& value) {
  if (!values::Fits(value, field.type)) return ErrorCode::kFieldWrongType;
  if (field.kind == FieldKind::kFile && !IsFile(value)) return ErrorCode::kFieldWrongType;
  if (!field.options.empty()) {
    // Of a list, each item is one of them.
    const bool is_list = value.Is(Kind::kList);
    const size_t count = is_list ? value.items().size() : 1;
    for (size_t i = 0; i < count; ++i) {
      if (OptionOf(field, is_list ? value.items()[i] : value) == nullptr)
        return ErrorCode::kFieldNotAnOption;
    }
  }
  if (value.Is(Kind::kString)) {
    uint32_t limit = field.max_length != 0 ? field.max_length : kDefaultMaxLength;
    if (CodePoints(value.string_value()) > limit) return ErrorCode::kFieldTooLong;
  }
  if (value.Is(Kind::kList)) {
    size_t limit = field.max_length != 0 ? field.max_length : kMaxRepeats;
    if (value.items().size() > limit) return ErrorCode::kFieldTooLong;
  }
  if (field.min) {
    auto order = values::Order(value, *field.min);
    if (!order || *order < 0) return ErrorCode::kFieldTooSmall;
  }
  if (field.max) {
    auto order = values::Order(value, *field.max);
    if (!order || *order > 0) return ErrorCode::kFieldTooLarge;
  }
  return {};
}

namespace {

// The option as a value of the type, or of a list's items; nullopt where it is none.
std::optional<values::Value> OptionValue(const values::Type& type, const Option& option) {
  if (type.kind == Kind::kList) return OptionValue(type.items[0], option);
  json::Value plain = Text(option.value);
  if (type.kind == Kind::kMoney) {
    plain = json::Value::List({plain, Text(type.currency.Code())});
  }
  if (type.kind == Kind::kBool) plain = json::Value::Bool(option.value == "true");
  if (type.kind == Kind::kInt) {
    int64_t number = 0;
    if (auto decimal = values::Decimal::Parse(option.value)) {
      if (auto whole = decimal->ToInt()) number = *whole;
    }
    return values::Value::Int(number);
  }
  auto value = values::FromJson(plain, type);
  if (!value) return std::nullopt;
  return *std::move(value);
}

}  // namespace

const Option* OptionOf(const Field& field, const values::Value& value) {
  for (const Option& option : field.options) {
    const std::optional<values::Value> own = OptionValue(field.type, option);
    if (own && values::Equal(*own, value)) return &option;
  }
  return nullptr;
}

std::string_view KindWord(FieldKind kind) {
  return kind == FieldKind::kValue ? "input" : document::BlankKindName(kind);
}

String DisplayValue(const Template& contract, const Field& field, const values::Value& value) {
  if (TakesMark(field.kind)) return {};
  if (const Option* option = OptionOf(field, value)) return option->label;
  if (field.kind == FieldKind::kFile) return FileText(value, *contract.body().formats);
  if (value.Is(Kind::kBool))
    return value.bool_value() ? "\xE2\x98\x92" : "\xE2\x98\x90";  // U+2612, U+2610
  auto text = values::FormatValue(value, values::Format{}, *contract.body().formats);
  // Money with more digits than its currency has is shown as it was given.
  if (text) return *std::move(text);
  if (value.Is(Kind::kMoney)) return values::ToString(value.money_value());
  return {};
}

}  // namespace countersign::templates
