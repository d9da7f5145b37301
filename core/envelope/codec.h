// One description of a JSON object for both directions, so that what is written is what is read.
//
//   void Describe(Codec& c, Thing* thing) {
//     c.Text("id", &thing->id);
//     c.Int("size", &thing->size, 0, 9);
//   }
//
// Reading keeps the first error and goes on harmlessly; `Finish` gives it, or schema.unknown_member
// for a member that was not described. Writing collects the members. Private to this room.
#ifndef COUNTERSIGN_ENVELOPE_CODEC_H_
#define COUNTERSIGN_ENVELOPE_CODEC_H_

#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/names.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/shape.h"
#include "json/value.h"

namespace countersign::envelope {

class Codec {
 public:
  Codec() : writing_(true) {}
  // Keeps a reference to `value`.
  Codec(const json::Value& value, std::string_view path)
      : writing_(false), shape_(std::in_place, value, path) {}
  Codec(json::Shape& outer, const json::Value& value, std::string_view name)
      : writing_(false), shape_(std::in_place, outer, value, name) {}

  bool writing() const { return writing_; }
  Result<void> Finish();      // REQUIRES: reading
  json::Value TakeWritten();  // REQUIRES: writing

  using Check = bool (*)(std::string_view);
  // Texts pass `check` (none: 1 to kMaxShortText bytes). Errors: schema.*.
  void Text(std::string_view name, String* text, Check check = nullptr);
  // "" stands for absent; a present empty text is refused.
  void OptionalText(std::string_view name, String* text, Check check = nullptr);
  void Word(std::string_view name, String* word, Names allowed);
  // The index of the word. E is an enum whose values count from 0 in the order of the words.
  template <class E>
  void Enum(std::string_view name, E* value, Names words) {
    size_t index = static_cast<size_t>(*value);
    WordIndex(name, &index, words);
    *value = static_cast<E>(index);
  }
  void Int(std::string_view name, int64_t* value, int64_t min, int64_t max);
  void Texts(std::string_view name, Vector<String>* texts, Check check, size_t min, size_t max);
  template <class Tag, size_t kSize>
  void Fixed(std::string_view name, FixedBytes<Tag, kSize>* value) {
    Raw(name, value->bytes.data(), kSize);
  }
  template <class Tag, size_t kSize>
  void OptionalFixed(std::string_view name, std::optional<FixedBytes<Tag, kSize>>* value) {
    if (writing_ ? !value->has_value() : !Present(name)) return;
    if (!writing_) value->emplace();
    Raw(name, (*value)->bytes.data(), kSize);
  }
  // A list of fixed-size values; kSorted: strictly ascending by bytes.
  enum class Order : uint8_t { kAny, kSorted };
  template <class Tag>
  void FixedList(std::string_view name, Vector<FixedBytes<Tag, 32>>* values, Order order,
                 size_t max) {
    ListAt(name, values, values->size(), 0, max,
           [](Codec& c, void* list, size_t index, const json::Value* in) {
             auto& items = *static_cast<Vector<FixedBytes<Tag, 32>>*>(list);
             if (in != nullptr) items.emplace_back();
             return c.RawItem(in, items[index].bytes.data(), 32);
           });
    for (size_t i = 1; order == Order::kSorted && !writing_ && i < values->size(); ++i) {
      if (!((*values)[i - 1] < (*values)[i])) Fail(ErrorCode::kSchemaBadValue, name);
    }
  }
  // {"x": key}
  void Key(std::string_view name, PublicKey* key);
  // A member object, described by `describe(Codec&)`.
  template <class Describe>
  void Object(std::string_view name, Describe describe) {
    ObjectAt(name, &describe,
             [](Codec& inner, void* what) { (*static_cast<Describe*>(what))(inner); });
  }
  // A member list of objects, each described by `describe(Codec&, T*)` (which captures nothing).
  template <class T, class Describe>
  void Objects(std::string_view name, Vector<T>* values, size_t min, size_t max, Describe) {
    ListAt(name, values, values->size(), min, max,
           [](Codec& c, void* list, size_t index, const json::Value* in) {
             auto& items = *static_cast<Vector<T>*>(list);
             if (in != nullptr) items.emplace_back();
             return c.ObjectItem(in, &items[index], [](Codec& inner, void* item) {
               Describe()(inner, static_cast<T*>(item));
             });
           });
  }
  void Literal(std::string_view name, std::string_view text, ErrorCode otherwise);

  // For members that no method above fits.
  bool Present(std::string_view name);            // REQUIRES: reading
  const json::Value* Get(std::string_view name);  // nullptr, and the error kept, where absent
  void Put(std::string_view name, json::Value value);
  void Fail(ErrorCode code, std::string_view name);

 private:
  using Each = json::Value (*)(Codec& c, void* list, size_t index, const json::Value* in);
  using Inner = void (*)(Codec& inner, void* what);
  static Result<void> ReadRaw(const json::Value& value, uint8_t* bytes, size_t size);
  void Raw(std::string_view name, uint8_t* bytes, size_t size);
  void WordIndex(std::string_view name, size_t* index, Names words);
  void ObjectAt(std::string_view name, void* what, Inner describe);
  // Reading calls `each` with every item, writing with nullptr for each of `size`, and collects
  // what it returns.
  void ListAt(std::string_view name, void* list, size_t size, size_t min, size_t max, Each each);
  json::Value RawItem(const json::Value* in, uint8_t* bytes, size_t size);
  json::Value ObjectItem(const json::Value* in, void* item, Inner describe);

  bool writing_;
  std::optional<json::Shape> shape_;
  std::string_view list_;  // the list being read
  json::Object members_;
};

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_CODEC_H_
