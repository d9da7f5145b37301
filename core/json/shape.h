// Reading a known shape out of a json::Value, so that each room names its members once.
//
//   Shape shape(value, "/body");
//   out.id = shape.Text("id");                       // schema.missing_member, schema.wrong_type
//   for (const Value& item : shape.List("parts")) {  // nothing where there is no such list
//     Shape part(shape, item, "parts", i++);         // its faults are the outer's
//     out.parts.push_back(part.Int("size", 0, 9));
//     part.Close();
//   }
//   CS_TRY(shape.Finish());                          // the first fault; schema.unknown_member
//
// Faults stick: the first one is kept, with the JSON Pointer of its member, and reading goes on
// with empty values. What must not go on with them (an index, a list's first item) asks ok()
// before. A branch and a clean-up behind each member would be a third of a phone's readers.
#ifndef COUNTERSIGN_JSON_SHAPE_H_
#define COUNTERSIGN_JSON_SHAPE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::json {

class Shape {
 public:
  // Keeps references: value and path (a JSON Pointer, "" for the whole) must outlive the Shape.
  Shape(const Value& value, std::string_view path);
  // A value that stands in `outer` under a name, or at a place of a list of that name.
  Shape(Shape& outer, const Value& value, std::string_view name)
      : Shape(outer, value, name.data(), name.size(), kNoIndex) {}
  Shape(Shape& outer, const Value& value, std::string_view list, size_t index)
      : Shape(outer, value, list.data(), list.size(), index) {}
  Shape(const Shape&) = delete;
  Shape& operator=(const Shape&) = delete;

  bool Has(std::string_view name) const;
  // nullptr where absent.
  [[gnu::always_inline]] const Value* OptionalAny(std::string_view name) {
    return OptionalAny(name.data(), name.size());
  }
  [[gnu::always_inline]] const Value& Any(std::string_view name) {
    return Any(name.data(), name.size());
  }
  [[gnu::always_inline]] const String& Text(std::string_view name) {
    return Text(name.data(), name.size());
  }
  // "" where absent.
  [[gnu::always_inline]] const String& OptionalText(std::string_view name) {
    return OptionalText(name.data(), name.size());
  }
  // schema.bad_value outside.
  [[gnu::always_inline]] int64_t Int(std::string_view name, int64_t min, int64_t max) {
    return Int(name.data(), name.size(), min, max);
  }
  // `absent` where absent.
  int64_t OptionalInt(std::string_view name, int64_t min, int64_t max, int64_t absent) {
    return Has(name) ? Int(name, min, max) : absent;
  }
  [[gnu::always_inline]] bool Bool(std::string_view name) { return Bool(name.data(), name.size()); }
  // False where absent.
  bool OptionalBool(std::string_view name) { return Has(name) && Bool(name); }
  // True or absent, so that there is one spelling: schema.bad_value for false.
  [[gnu::always_inline]] bool Flag(std::string_view name) { return Flag(name.data(), name.size()); }
  [[gnu::always_inline]] const Array& List(std::string_view name) {
    return List(name.data(), name.size());
  }
  // Empty where absent.
  [[gnu::always_inline]] const Array& OptionalList(std::string_view name) {
    return OptionalList(name.data(), name.size());
  }
  [[gnu::always_inline]] const Value& Object(std::string_view name) {
    return Object(name.data(), name.size());
  }
  Vector<String> Strings(std::string_view name);
  // A fixed-length base64url member: Hash, EventId, KeyId, ...
  template <class Fixed>
  Fixed Fixed64(std::string_view name) {
    Fixed value;
    Raw(name.data(), name.size(), value.bytes.data(), Fixed::kLength);
    return value;
  }
  template <class Fixed>
  std::optional<Fixed> OptionalFixed64(std::string_view name) {
    if (!Has(name)) return std::nullopt;
    return Fixed64<Fixed>(name);
  }

  // No fault so far, here or anywhere in the same reading.
  bool ok() const { return static_cast<bool>(*fault_); }
  // Keeps a fault at a member, "" for the object itself. A list's place: "parts/3".
  [[gnu::always_inline]] void Fail(ErrorCode code, std::string_view detail,
                                   std::string_view name = {}) {
    Fail(code, detail.data(), detail.size(), name.data(), name.size());
  }
  // The same with a fault found by somebody else, whose path continues the member's.
  void Adopt(Error error, std::string_view name = {});
  // The first fault so far.
  Result<void> Fault() const { return *fault_; }
  // Names a member that nobody asked for: schema.unknown_member; schema.wrong_type where the value
  // is no object.
  void Close();
  // Closes, and gives the first fault of the whole reading.
  Result<void> Finish();
  // The JSON Pointer of a member.
  String PathOf(std::string_view name) const;

 private:
  static constexpr size_t kNoIndex = SIZE_MAX;

  // The same with names as two numbers: in wasm a string_view by value is a copy in memory, and
  // names are the most frequent argument there is.
  Shape(Shape& outer, const Value& value, const char* name, size_t size, size_t index);
  const Value* OptionalAny(const char* name, size_t size);
  const Value& Any(const char* name, size_t size);
  const Value& Of(Kind kind, const char* name, size_t size);
  const String& Text(const char* name, size_t size);
  const String& OptionalText(const char* name, size_t size);
  int64_t Int(const char* name, size_t size, int64_t min, int64_t max);
  bool Bool(const char* name, size_t size);
  bool Flag(const char* name, size_t size);
  const Array& List(const char* name, size_t size);
  const Array& OptionalList(const char* name, size_t size);
  const Value& Object(const char* name, size_t size);
  void Raw(const char* name, size_t size, uint8_t* bytes, size_t length);
  void Fail(ErrorCode code, const char* detail, size_t detail_size, const char* name, size_t size);
  void Expect(const Value& value, Kind kind, std::string_view name);
  void AppendPath(String* path) const;

  const Value& value_;
  const Shape* outer_ = nullptr;
  std::string_view name_;  // in the outer shape; the whole path where there is none
  size_t index_ = kNoIndex;
  uint64_t asked_ = 0;  // a bit for each of the first 64 members
  Result<void> own_;
  Result<void>* fault_;
};

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_SHAPE_H_
