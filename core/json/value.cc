#include "json/value.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/sort.h"

namespace countersign::json {
namespace {

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<uint8_t>(c) >= 0x80) return false;
  }
  return true;
}

bool NameLess(const Member& a, const Member& b) { return a.name < b.name; }

Object::const_iterator LowerBound(const Object& members, std::string_view name) {
  return std::lower_bound(members.begin(), members.end(), name,
                          [](const Member& m, std::string_view n) { return m.name < n; });
}

}  // namespace

Value Value::Bool(bool value) {
  Value out;
  out.kind_ = Kind::kBool;
  out.bool_ = value;
  return out;
}

Value Value::Int(int64_t value) {
  CS_CHECK(value >= -kMaxInt && value <= kMaxInt);
  Value out;
  out.kind_ = Kind::kInt;
  out.int_ = value;
  return out;
}

Value Value::String(const char* text, size_t size) { return Text(countersign::String(text, size)); }

Value Value::Text(countersign::String&& value) {
  CS_CHECK(IsUtf8(value));
  Value out;
  out.kind_ = Kind::kString;
  out.string_ = new countersign::String(std::move(value));
  return out;
}

Value Value::List(Array items) {
  Value out;
  out.kind_ = Kind::kArray;
  out.array_ = new Array(std::move(items));
  return out;
}

Value Value::Make(Object members) {
  Sort(&members, NameLess);
  for (size_t i = 0; i < members.size(); ++i) {
    CS_CHECK(IsAscii(members[i].name));
    CS_CHECK(i == 0 || members[i - 1].name != members[i].name);
  }
  Value out;
  out.kind_ = Kind::kObject;
  out.object_ = new Object(std::move(members));
  return out;
}

Value::Value(const Value& other) : kind_(other.kind_) {
  switch (kind_) {
    case Kind::kNull:
      break;
    case Kind::kBool:
      bool_ = other.bool_;
      break;
    case Kind::kInt:
      int_ = other.int_;
      break;
    case Kind::kString:
      string_ = new countersign::String(*other.string_);
      break;
    case Kind::kArray:
      array_ = new Array(*other.array_);
      break;
    case Kind::kObject:
      object_ = new Object(*other.object_);
      break;
  }
}

Value::Value(Value&& other) noexcept : kind_(other.kind_), int_(0) {
  switch (kind_) {
    case Kind::kNull:
      break;
    case Kind::kBool:
      bool_ = other.bool_;
      break;
    case Kind::kInt:
      int_ = other.int_;
      break;
    case Kind::kString:
      string_ = other.string_;
      break;
    case Kind::kArray:
      array_ = other.array_;
      break;
    case Kind::kObject:
      object_ = other.object_;
      break;
  }
  other.kind_ = Kind::kNull;
}

Value& Value::operator=(const Value& other) {
  if (this != &other) *this = Value(other);
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  if (this != &other) {
    // The old content goes last: `other` may live inside it.
    Value moved(std::move(other));
    Value old(std::move(*this));
    new (this) Value(std::move(moved));
  }
  return *this;
}

Value::~Value() {
  switch (kind_) {
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kInt:
      break;
    case Kind::kString:
      delete string_;
      break;
    case Kind::kArray:
      delete array_;
      break;
    case Kind::kObject:
      delete object_;
      break;
  }
}

bool Value::bool_value() const {
  CS_CHECK(kind_ == Kind::kBool);
  return bool_;
}

int64_t Value::int_value() const {
  CS_CHECK(kind_ == Kind::kInt);
  return int_;
}

const countersign::String& Value::string_value() const {
  CS_CHECK(kind_ == Kind::kString);
  return *string_;
}

const Array& Value::items() const {
  CS_CHECK(kind_ == Kind::kArray);
  return *array_;
}

Array& Value::items() {
  CS_CHECK(kind_ == Kind::kArray);
  return *array_;
}

const Object& Value::members() const {
  CS_CHECK(kind_ == Kind::kObject);
  return *object_;
}

const Value* Value::Find(const char* text, size_t size) const {
  const std::string_view name(text, size);
  if (kind_ != Kind::kObject) return nullptr;
  const auto found = LowerBound(*object_, name);
  if (found == object_->end() || found->name != name) return nullptr;
  return &found->value;
}

void Value::Set(const char* text, size_t size, Value&& value) {
  const std::string_view name(text, size);
  CS_CHECK(kind_ == Kind::kObject);
  CS_CHECK(IsAscii(name));
  const auto at = object_->begin() + (LowerBound(*object_, name) - object_->cbegin());
  if (at != object_->end() && at->name == name) {
    at->value = std::move(value);
  } else {
    object_->insert(at, Member{countersign::String(name), std::move(value)});
  }
}

void Value::Remove(std::string_view name) {
  CS_CHECK(kind_ == Kind::kObject);
  const auto found = LowerBound(*object_, name);
  if (found != object_->end() && found->name == name) object_->erase(found);
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return a.bool_ == b.bool_;
    case Kind::kInt:
      return a.int_ == b.int_;
    case Kind::kString:
      return *a.string_ == *b.string_;
    case Kind::kArray:
      return *a.array_ == *b.array_;
    case Kind::kObject:
      return *a.object_ == *b.object_;
  }
  return false;
}

}  // namespace countersign::json
