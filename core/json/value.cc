#include "json/value.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

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

}  // namespace

template <class T>
Value Value::Holding(Kind kind, T&& content) {
  Value out;
  new (&out.int_) std::decay_t<T>(std::forward<T>(content));
  out.kind_ = kind;
  return out;
}

Value Value::Bool(bool value) { return Holding(Kind::kBool, int64_t{value}); }

Value Value::Int(int64_t value) {
  CS_CHECK(value >= -kMaxInt && value <= kMaxInt);
  return Holding(Kind::kInt, value);
}

Value Value::String(const char* text, size_t size) { return Text(countersign::String(text, size)); }

Value Value::Text(countersign::String&& value) {
  CS_CHECK(IsUtf8(value));
  return Holding(Kind::kString, std::move(value));
}

Value Value::List(Array items) { return Holding(Kind::kArray, std::move(items)); }

Value Value::Make(Object members) {
  Sort(&members, NameLess);
  for (size_t i = 0; i < members.size(); ++i) {
    CS_CHECK(IsAscii(members[i].name));
    CS_CHECK(i == 0 || members[i - 1].name != members[i].name);
  }
  return Holding(Kind::kObject, std::move(members));
}

Value::Value(const Value& other) : kind_(other.kind_) {
  switch (kind_) {
    case Kind::kNull:
    case Kind::kBool:
    case Kind::kInt:
      int_ = other.int_;
      break;
    case Kind::kString:
      new (&int_) countersign::String(other.Content<countersign::String>());
      break;
    case Kind::kArray:
      new (&int_) Array(other.Content<Array>());
      break;
    case Kind::kObject:
      new (&int_) Object(other.Content<Object>());
      break;
  }
}

Value::Value(Value&& other) noexcept : kind_(other.kind_) {
  // Whatever it is, it moves as it lies; `other` has forgotten it.
  std::memcpy(&int_, &other.int_, sizeof int_);
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
      Content<countersign::String>().~String();
      break;
    case Kind::kArray:
      Content<Array>().~Array();
      break;
    case Kind::kObject:
      Content<Object>().~Object();
      break;
  }
}

bool Value::bool_value() const {
  CS_CHECK(kind_ == Kind::kBool);
  return int_ != 0;
}

int64_t Value::int_value() const {
  CS_CHECK(kind_ == Kind::kInt);
  return int_;
}

const countersign::String& Value::string_value() const {
  CS_CHECK(kind_ == Kind::kString);
  return Content<countersign::String>();
}

const Array& Value::items() const {
  CS_CHECK(kind_ == Kind::kArray);
  return Content<Array>();
}

Array& Value::items() {
  CS_CHECK(kind_ == Kind::kArray);
  return Content<Array>();
}

const Object& Value::members() const {
  CS_CHECK(kind_ == Kind::kObject);
  return Content<Object>();
}

const Value* Value::Find(const char* text, size_t size) const {
  const std::string_view name(text, size);
  if (kind_ != Kind::kObject) return nullptr;
  const Object& object = Content<Object>();
  const Member* found = FindSorted(object, &Member::name, name);
  return found != nullptr ? &found->value : nullptr;
}

void Value::Set(const char* text, size_t size, Value&& value) {
  const std::string_view name(text, size);
  CS_CHECK(kind_ == Kind::kObject);
  CS_CHECK(IsAscii(name));
  Object& object = Content<Object>();
  Member* at = object.begin() + PlaceOf(object, &Member::name, name);
  if (at != object.end() && at->name == name) {
    at->value = std::move(value);
  } else {
    object.insert(at, Member{countersign::String(name), std::move(value)});
  }
}

void Value::Remove(std::string_view name) {
  CS_CHECK(kind_ == Kind::kObject);
  Object& object = Content<Object>();
  if (Member* found = FindSorted(object, &Member::name, name)) object.erase(found);
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
    case Kind::kInt:
      return a.int_ == b.int_;
    case Kind::kString:
      return a.string_value() == b.string_value();
    case Kind::kArray:
      return a.items() == b.items();
    case Kind::kObject:
      return a.members() == b.members();
  }
  return false;
}

String PointerStep(std::string_view name) {
  String step = "/";
  for (const char c : name) {
    if (c == '~') {
      step.append("~0");
    } else if (c == '/') {
      step.append("~1");
    } else {
      step.push_back(c);
    }
  }
  return step;
}

}  // namespace countersign::json
