// Reading a known shape out of a json::Value, so that each room names its members once.
//
//   Shape shape(value, "/body");                     // schema.wrong_type if not an object
//   String id = CS_TRY(shape.String("id"));     // schema.missing_member, schema.wrong_type
//   auto note = CS_TRY(shape.OptionalString("note"));
//   CS_TRY(shape.Finish());                          // schema.unknown_member for any member not
//   asked for
//
// Every error carries the JSON Pointer of the member.
#ifndef COUNTERSIGN_JSON_SHAPE_H_
#define COUNTERSIGN_JSON_SHAPE_H_

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::json {

class Shape {
 public:
  // Keeps references: `value` must outlive the Shape.
  Shape(const Value& value, std::string_view path);

  bool Has(std::string_view name) const;
  [[gnu::always_inline]] Result<const Value*> Any(std::string_view name) {
    return Any(name.data(), name.size());
  }
  [[gnu::always_inline]] const Value* OptionalAny(std::string_view name) {
    return OptionalAny(name.data(), name.size());
  }  // nullptr where absent
  [[gnu::always_inline]] Result<countersign::String> String(std::string_view name) {
    return String(name.data(), name.size());
  }
  [[gnu::always_inline]] Result<std::optional<countersign::String>> OptionalString(
      std::string_view name) {
    return OptionalString(name.data(), name.size());
  }
  [[gnu::always_inline]] Result<int64_t> Int(std::string_view name, int64_t min, int64_t max) {
    return Int(name.data(), name.size(), min, max);
  }  // schema.bad_value outside
  [[gnu::always_inline]] Result<std::optional<int64_t>> OptionalInt(std::string_view name,
                                                                    int64_t min, int64_t max) {
    return OptionalInt(name.data(), name.size(), min, max);
  }
  [[gnu::always_inline]] Result<bool> Bool(std::string_view name) {
    return Bool(name.data(), name.size());
  }
  [[gnu::always_inline]] Result<std::optional<bool>> OptionalBool(std::string_view name) {
    return OptionalBool(name.data(), name.size());
  }
  [[gnu::always_inline]] Result<const Array*> List(std::string_view name) {
    return List(name.data(), name.size());
  }
  [[gnu::always_inline]] Result<const Array*> OptionalList(std::string_view name) {
    return OptionalList(name.data(), name.size());
  }  // nullptr where absent
  [[gnu::always_inline]] Result<const Value*> Object(std::string_view name) {
    return Object(name.data(), name.size());
  }
  [[gnu::always_inline]] Result<Vector<countersign::String>> Strings(std::string_view name) {
    return Strings(name.data(), name.size());
  }
  // A fixed-length base64url member: Hash, EventId, KeyId, ...
  template <class Fixed>
  Result<Fixed> Fixed64(std::string_view name) {
    auto parsed = Fixed::FromBase64Url(CS_TRY(TextOf(name.data(), name.size())));
    if (!parsed) return std::move(parsed.error()).Under(PathOf(name));
    return *parsed;
  }
  template <class Fixed>
  Result<std::optional<Fixed>> OptionalFixed64(std::string_view name) {
    if (!Has(name)) return std::optional<Fixed>();
    return std::optional<Fixed>(CS_TRY(Fixed64<Fixed>(name)));
  }
  // Errors: schema.unknown_member, or schema.wrong_type where the value was no object.
  Result<void> Finish() const;
  countersign::String PathOf(std::string_view name) const;

 private:
  // The same with the name as two numbers: in wasm a string_view by value is a copy in memory, and
  // names are the most frequent argument there is.
  Result<const Value*> Any(const char* name, size_t size);
  const Value* OptionalAny(const char* name, size_t size);
  Result<std::string_view> TextOf(const char* name, size_t size);
  Result<countersign::String> String(const char* name, size_t size);
  Result<std::optional<countersign::String>> OptionalString(const char* name, size_t size);
  Result<int64_t> Int(const char* name, size_t size, int64_t min, int64_t max);
  Result<std::optional<int64_t>> OptionalInt(const char* name, size_t size, int64_t min,
                                             int64_t max);
  Result<bool> Bool(const char* name, size_t size);
  Result<std::optional<bool>> OptionalBool(const char* name, size_t size);
  Result<const Array*> List(const char* name, size_t size);
  Result<const Array*> OptionalList(const char* name, size_t size);
  Result<const Value*> Object(const char* name, size_t size);
  Result<Vector<countersign::String>> Strings(const char* name, size_t size);

  const Value& value_;
  countersign::String path_;
  Vector<std::string_view> asked_;
};

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_SHAPE_H_
