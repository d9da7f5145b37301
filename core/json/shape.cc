#include "json/shape.h"

#include <utility>

#include "base/names.h"

namespace countersign::json {
namespace {

constexpr Names kKindNames("null|a boolean|an integer|a string|a list|an object");

// What is read where there is nothing, or something else.
struct Nothing {
  Value value;
  Value text = Value::String("");
  Value list = Value::List({});
  Value object = Value::Make({});
};
const Nothing& None() {
  static const Nothing* const kNone = new Nothing;
  return *kNone;
}

}  // namespace

Shape::Shape(const Value& value, std::string_view path)
    : value_(value), name_(path), fault_(&own_) {}

Shape::Shape(Shape& outer, const Value& value, const char* name, size_t size, size_t index)
    : value_(value), outer_(&outer), name_(name, size), index_(index), fault_(outer.fault_) {}

void Shape::AppendPath(String* path) const {
  if (outer_ == nullptr) {
    path->append(name_);
    return;
  }
  outer_->AppendPath(path);
  path->append(PointerStep(name_));
  if (index_ != kNoIndex) path->append("/").append(NumberText(index_));
}

String Shape::PathOf(std::string_view name) const {
  String path;
  AppendPath(&path);
  if (!name.empty()) path.append(PointerStep(name));
  return path;
}

void Shape::Fail(ErrorCode code, const char* detail, size_t detail_size, const char* name,
                 size_t size) {
  if (ok()) *fault_ = Error(code, {detail, detail_size}, PathOf({name, size}));
}

void Shape::Adopt(Error error, std::string_view name) {
  if (ok()) *fault_ = std::move(error).Under(PathOf(name));
}

void Shape::Expect(const Value& value, Kind kind, std::string_view name) {
  if (value.kind() == kind) return;
  Fail(ErrorCode::kSchemaWrongType, String("must be ").append(kKindNames[kind]), name);
}

bool Shape::Has(std::string_view name) const { return value_.Find(name) != nullptr; }

const Value* Shape::OptionalAny(const char* name, size_t size) {
  const Value* found = value_.Find({name, size});
  if (found != nullptr) {
    const ptrdiff_t offset = reinterpret_cast<const char*>(found) -
                             reinterpret_cast<const char*>(&value_.members().front().value);
    const size_t place = static_cast<size_t>(offset) / sizeof(Member);
    if (place < 64) asked_ |= uint64_t{1} << place;
  }
  return found;
}

const Value& Shape::Any(const char* name, size_t size) {
  if (const Value* found = OptionalAny(name, size)) return *found;
  Expect(value_, Kind::kObject, {});
  Fail(ErrorCode::kSchemaMissingMember, name, size, name, size);
  return None().value;
}

// The member, or the nothing of its kind.
const Value& Shape::Of(Kind kind, const char* name, size_t size) {
  const Value& found = Any(name, size);
  if (found.kind() == kind) return found;
  Expect(found, kind, {name, size});
  switch (kind) {
    case Kind::kString:
      return None().text;
    case Kind::kArray:
      return None().list;
    default:
      return None().object;
  }
}

const String& Shape::Text(const char* name, size_t size) {
  return Of(Kind::kString, name, size).string_value();
}

const String& Shape::OptionalText(const char* name, size_t size) {
  return Has({name, size}) ? Text(name, size) : None().text.string_value();
}

int64_t Shape::Int(const char* name, size_t size, int64_t min, int64_t max) {
  const Value& found = Any(name, size);
  Expect(found, Kind::kInt, {name, size});
  const int64_t value = found.is_int() ? found.int_value() : min;
  if (value < min || value > max) {
    Fail(ErrorCode::kSchemaBadValue, "the integer is out of range", {name, size});
    return min;
  }
  return value;
}

bool Shape::Bool(const char* name, size_t size) {
  const Value& found = Any(name, size);
  Expect(found, Kind::kBool, {name, size});
  return found.is_bool() && found.bool_value();
}

bool Shape::Flag(const char* name, size_t size) {
  const bool there = Has({name, size});
  if (there && !Bool(name, size)) Fail(ErrorCode::kSchemaBadValue, {}, {name, size});
  return there;
}

const Array& Shape::List(const char* name, size_t size) {
  return Of(Kind::kArray, name, size).items();
}

const Array& Shape::OptionalList(const char* name, size_t size) {
  return Has({name, size}) ? List(name, size) : None().list.items();
}

const Value& Shape::Object(const char* name, size_t size) { return Of(Kind::kObject, name, size); }

Vector<String> Shape::Strings(std::string_view name) {
  const Array& items = List(name);
  Vector<String> out;
  out.reserve(items.size());
  for (const Value& item : items) {
    Expect(item, Kind::kString, name);
    out.push_back(item.is_string() ? item.string_value() : String());
  }
  return out;
}

void Shape::Raw(const char* name, size_t size, uint8_t* bytes, size_t length) {
  const String& text = Text(name, size);
  if (!ok()) return;
  Result<void> decoded = internal::DecodeFixed(text, bytes, length);
  if (!decoded) Adopt(std::move(decoded).error(), {name, size});
}

void Shape::Close() {
  Expect(value_, Kind::kObject, {});
  if (!ok()) return;
  // A member behind the 64th cannot be noted as asked for; nor can all 64 before it have been.
  uint64_t left = asked_;
  for (const Member& member : value_.members()) {
    if ((left & 1) == 0) return Fail(ErrorCode::kSchemaUnknownMember, member.name, member.name);
    left >>= 1;
  }
}

Result<void> Shape::Finish() {
  Close();
  return std::move(*fault_);
}

}  // namespace countersign::json
