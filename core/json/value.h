// JSON as Countersign reads and writes it: a strict subset of RFC 8259 whose canonical form is a
// subset of RFC 8785 (JCS).
//
// The profile: ASCII member names, unique; integers within +-(2^53-1), no fractions or exponents
// (decimals and money are strings); well-formed Unicode, kept as typed; bounded depth, size and
// counts. Whatever `Read` accepts, `Write` spells in exactly one way, and `ReadCanonical` accepts
// that way only.
#ifndef COUNTERSIGN_JSON_VALUE_H_
#define COUNTERSIGN_JSON_VALUE_H_

#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"

namespace countersign::json {

class Value;
struct Member;
using Array = Vector<Value>;
// Sorted by name, no name twice. `Make` sorts; the reader refuses duplicates.
using Object = Vector<Member>;

enum class Kind : uint8_t { kNull, kBool, kInt, kString, kArray, kObject };

constexpr int64_t kMaxInt = (int64_t{1} << 53) - 1;

class Value {
 public:
  using MovesAsItLies = void;  // base/vector.h
  Value() = default;           // null
  static Value Bool(bool value);
  static Value Int(int64_t value);  // REQUIRES: |value| <= kMaxInt
  // REQUIRES: IsUtf8(value)
  [[gnu::always_inline]] static Value String(std::string_view value) {
    return String(value.data(), value.size());
  }
  // The same of a text that is not needed any more.
  static Value Text(countersign::String&& value);
  static Value List(Array items);
  // Sorts the members by name. REQUIRES: no name twice, names are ASCII.
  static Value Make(Object members);

  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_bool() const { return kind_ == Kind::kBool; }

  // REQUIRES: the kind fits.
  bool bool_value() const;
  int64_t int_value() const;
  const countersign::String& string_value() const;
  const Array& items() const;
  Array& items();
  const Object& members() const;

  // The member of an object, nullptr where there is none or this is no object.
  [[gnu::always_inline]] const Value* Find(std::string_view name) const {
    return Find(name.data(), name.size());
  }
  // Adds or replaces a member, keeping the order. REQUIRES: is_object().
  [[gnu::always_inline]] void Set(std::string_view name, Value value) {
    Set(name.data(), name.size(), std::move(value));
  }
  void Remove(std::string_view name);

  friend bool operator==(const Value&, const Value&);

 private:
  // The same with the text as two numbers: in wasm a string_view by value is a copy in memory.
  static Value String(const char* value, size_t size);
  const Value* Find(const char* name, size_t size) const;
  void Set(const char* name, size_t size, Value&& value);

  Kind kind_ = Kind::kNull;
  // The content, made in place: a text or list is one word, so that moving a value moves two.
  template <class T>
  T& Content() {
    static_assert(sizeof(T) <= sizeof(int_));
    return *std::launder(reinterpret_cast<T*>(&int_));
  }
  template <class T>
  const T& Content() const {
    return *std::launder(reinterpret_cast<const T*>(&int_));
  }
  template <class T>
  static Value Holding(Kind kind, T&& content);

  int64_t int_ = 0;
};

struct Member {
  using MovesAsItLies = void;
  String name;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

// Bounds of one reading. Each has its own error code.
struct Limits {
  size_t max_bytes = 64 * 1024;  // json.too_large
  int max_depth = 16;            // json.too_deep; a scalar has depth 0
  size_t max_items = 4096;       // json.too_many_items, per array or object
};
inline constexpr Limits kEventLimits{};
inline constexpr Limits kDetailLimits{.max_bytes = 256 * 1024, .max_depth = 16, .max_items = 4096};
// Compiled templates, frozen documents, field definitions, CRM records, boundary calls.
inline constexpr Limits kDocumentLimits{
    .max_bytes = 8 * 1024 * 1024, .max_depth = 128, .max_items = 200000};

// "/name": one step of a JSON Pointer (RFC 6901).
String PointerStep(std::string_view name);

// Reads any JSON text within the profile. Errors: json.*, text.not_utf8; the path is a JSON Pointer
// where one is known.
Result<Value> Read(std::string_view text, const Limits& limits);
// Reads a text only if it is already canonical: Write(Read(text)) == text. Errors: as Read,
// json.not_canonical.
Result<Value> ReadCanonical(std::string_view text, const Limits& limits);
// The canonical bytes: members sorted by name (ASCII, so byte order is JCS order), no white space,
// JCS string escapes.
String Write(const Value& value);

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_VALUE_H_
