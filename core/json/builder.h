// Builds an object member by member, in little code: an initializer list of members costs a phone
// five times as much. Names may come in any order; none twice.
#ifndef COUNTERSIGN_JSON_BUILDER_H_
#define COUNTERSIGN_JSON_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "json/value.h"

namespace countersign::json {

class Builder {
 public:
  [[gnu::always_inline]] Builder& Text(std::string_view name, std::string_view text) {
    return Text(name.data(), name.size(), text.data(), text.size());  // REQUIRES: IsUtf8(text)
  }
  [[gnu::always_inline]] Builder& TextIfAny(std::string_view name, std::string_view text) {
    return TextIfAny(name.data(), name.size(), text.data(), text.size());  // not where it is empty
  }
  [[gnu::always_inline]] Builder& Int(std::string_view name, int64_t number) {
    return Int(name.data(), name.size(), number);  // REQUIRES: |number| <= kMaxInt
  }
  [[gnu::always_inline]] Builder& Flag(std::string_view name, int flag) {
    return Flag(name.data(), name.size(), flag);  // true where it is not 0
  }
  // base64url, as ids and hashes are written
  [[gnu::always_inline]] Builder& Base64(std::string_view name, ByteView bytes) {
    return Base64(name.data(), name.size(), bytes.data(), bytes.size());
  }
  [[gnu::always_inline]] Builder& Add(std::string_view name, Value value) {
    return Add(name.data(), name.size(), std::move(value));
  }
  [[gnu::always_inline]] Builder& AddList(std::string_view name, Array items) {
    return AddList(name.data(), name.size(), std::move(items));
  }
  // The object; the builder is empty after it.
  Value Take();

 private:
  // The same with texts as two numbers: in wasm a string_view by value is a copy in memory.
  Builder& Text(const char* name, size_t name_size, const char* text, size_t text_size);
  Builder& TextIfAny(const char* name, size_t name_size, const char* text, size_t text_size);
  Builder& Int(const char* name, size_t name_size, int64_t number);
  Builder& Flag(const char* name, size_t name_size, int flag);
  Builder& Base64(const char* name, size_t name_size, const uint8_t* bytes, size_t size);
  Builder& Add(const char* name, size_t name_size, Value&& value);
  Builder& AddList(const char* name, size_t name_size, Array&& items);

  Object members_;
};

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_BUILDER_H_
