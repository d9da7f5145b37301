#include "json/shape.h"

#include <algorithm>

namespace countersign::json {
namespace {

constexpr std::string_view kKindNames[] = {"null",     "a boolean", "an integer",
                                           "a string", "a list",    "an object"};

Error WrongType(Kind wanted, String path) {
  return Error(ErrorCode::kSchemaWrongType,
               String("must be ").append(kKindNames[static_cast<size_t>(wanted)]), path);
}

}  // namespace

Shape::Shape(const Value& value, std::string_view path) : value_(value), path_(path) {
  if (value.is_object()) asked_.reserve(value.members().size());
}

String Shape::PathOf(std::string_view name) const {
  countersign::String path = path_;
  path.push_back('/');
  for (const char c : name) {
    if (c == '~') {
      path.append("~0");
    } else if (c == '/') {
      path.append("~1");
    } else {
      path.push_back(c);
    }
  }
  return path;
}

bool Shape::Has(std::string_view name) const { return value_.Find(name) != nullptr; }

const Value* Shape::OptionalAny(const char* text, size_t size) {
  const std::string_view name(text, size);
  const Value* found = value_.Find(name);
  if (found != nullptr) asked_.push_back(name);
  return found;
}

Result<const Value*> Shape::Any(const char* text, size_t size) {
  const std::string_view name(text, size);
  if (!value_.is_object()) return WrongType(Kind::kObject, path_);
  const Value* found = OptionalAny(name);
  if (found == nullptr) return Error(ErrorCode::kSchemaMissingMember, name, PathOf(name));
  return found;
}

Result<std::string_view> Shape::TextOf(const char* text, size_t size) {
  const std::string_view name(text, size);
  const Value* found = CS_TRY(Any(name));
  if (!found->is_string()) return WrongType(Kind::kString, PathOf(name));
  return std::string_view(found->string_value());
}

Result<String> Shape::String(const char* text, size_t size) {
  return countersign::String(CS_TRY(TextOf(text, size)));
}

Result<std::optional<countersign::String>> Shape::OptionalString(const char* text, size_t size) {
  const std::string_view name(text, size);
  if (!Has(name)) return std::optional<countersign::String>();
  return std::optional<countersign::String>(CS_TRY(String(name)));
}

Result<int64_t> Shape::Int(const char* text, size_t size, int64_t min, int64_t max) {
  const std::string_view name(text, size);
  const Value* found = CS_TRY(Any(name));
  if (!found->is_int()) return WrongType(Kind::kInt, PathOf(name));
  const int64_t value = found->int_value();
  if (value < min || value > max) {
    return Error(ErrorCode::kSchemaBadValue, "the integer is out of range", PathOf(name));
  }
  return value;
}

Result<std::optional<int64_t>> Shape::OptionalInt(const char* text, size_t size, int64_t min,
                                                  int64_t max) {
  const std::string_view name(text, size);
  if (!Has(name)) return std::optional<int64_t>();
  return std::optional<int64_t>(CS_TRY(Int(name, min, max)));
}

Result<bool> Shape::Bool(const char* text, size_t size) {
  const std::string_view name(text, size);
  const Value* found = CS_TRY(Any(name));
  if (!found->is_bool()) return WrongType(Kind::kBool, PathOf(name));
  return found->bool_value();
}

Result<std::optional<bool>> Shape::OptionalBool(const char* text, size_t size) {
  const std::string_view name(text, size);
  if (!Has(name)) return std::optional<bool>();
  return std::optional<bool>(CS_TRY(Bool(name)));
}

Result<const Array*> Shape::List(const char* text, size_t size) {
  const std::string_view name(text, size);
  const Value* found = CS_TRY(Any(name));
  if (!found->is_array()) return WrongType(Kind::kArray, PathOf(name));
  return &found->items();
}

Result<const Array*> Shape::OptionalList(const char* text, size_t size) {
  const std::string_view name(text, size);
  if (!Has(name)) return static_cast<const Array*>(nullptr);
  return List(name);
}

Result<const Value*> Shape::Object(const char* text, size_t size) {
  const std::string_view name(text, size);
  const Value* found = CS_TRY(Any(name));
  if (!found->is_object()) return WrongType(Kind::kObject, PathOf(name));
  return found;
}

Result<Vector<String>> Shape::Strings(const char* text, size_t size) {
  const std::string_view name(text, size);
  const Array* items = CS_TRY(List(name));
  Vector<countersign::String> out;
  out.reserve(items->size());
  for (const Value& item : *items) {
    if (!item.is_string()) return WrongType(Kind::kString, PathOf(name));
    out.push_back(item.string_value());
  }
  return out;
}

Result<void> Shape::Finish() const {
  if (!value_.is_object()) return WrongType(Kind::kObject, path_);
  for (const Member& member : value_.members()) {
    if (std::find(asked_.begin(), asked_.end(), member.name) == asked_.end()) {
      return Error(ErrorCode::kSchemaUnknownMember, member.name, PathOf(member.name));
    }
  }
  return {};
}

}  // namespace countersign::json
