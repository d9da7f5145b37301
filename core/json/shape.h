// Reading a known shape out of a json::Value, so that each room names its members once.
//
//   Shape shape(value, "/body");                     // schema.wrong_type if not an object
//   std::string id = CS_TRY(shape.String("id"));     // schema.missing_member, schema.wrong_type
//   auto note = CS_TRY(shape.OptionalString("note"));
//   CS_TRY(shape.Finish());                          // schema.unknown_member for any member not
//   asked for
//
// Every error carries the JSON Pointer of the member.
#ifndef COUNTERSIGN_JSON_SHAPE_H_
#define COUNTERSIGN_JSON_SHAPE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "json/value.h"

namespace countersign::json {

class Shape {
 public:
  // Keeps references: `value` must outlive the Shape.
  Shape(const Value& value, std::string_view path);

  bool Has(std::string_view name) const;
  Result<const Value*> Any(std::string_view name);
  const Value* OptionalAny(std::string_view name);  // nullptr where absent
  Result<std::string> String(std::string_view name);
  Result<std::optional<std::string>> OptionalString(std::string_view name);
  Result<int64_t> Int(std::string_view name, int64_t min, int64_t max);  // schema.bad_value outside
  Result<std::optional<int64_t>> OptionalInt(std::string_view name, int64_t min, int64_t max);
  Result<bool> Bool(std::string_view name);
  Result<std::optional<bool>> OptionalBool(std::string_view name);
  Result<const Array*> List(std::string_view name);
  Result<const Array*> OptionalList(std::string_view name);  // nullptr where absent
  Result<const Value*> Object(std::string_view name);
  Result<std::vector<std::string>> Strings(std::string_view name);
  // A fixed-length base64url member: Hash, EventId, KeyId, ...
  template <class Fixed>
  Result<Fixed> Fixed64(std::string_view name) {
    std::string text = CS_TRY(String(name));
    auto parsed = Fixed::FromBase64Url(text);
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
  std::string PathOf(std::string_view name) const;

 private:
  const Value& value_;
  std::string path_;
  std::vector<std::string_view> asked_;
};

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_SHAPE_H_
