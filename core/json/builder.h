// Builds an object member by member, in little code: an initializer list of members costs a phone
// five times as much. Names may come in any order; none twice.
#ifndef COUNTERSIGN_JSON_BUILDER_H_
#define COUNTERSIGN_JSON_BUILDER_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "json/value.h"

namespace countersign::json {

class Builder {
 public:
  Builder& Text(std::string_view name, std::string_view text);       // REQUIRES: IsUtf8(text)
  Builder& TextIfAny(std::string_view name, std::string_view text);  // not where it is empty
  Builder& Int(std::string_view name, int64_t number);  // REQUIRES: |number| <= kMaxInt
  Builder& Flag(std::string_view name, int flag);       // true where it is not 0
  Builder& Base64(std::string_view name,
                  ByteView bytes);  // base64url, as ids and hashes are written
  Builder& Add(std::string_view name, Value value);
  Builder& AddList(std::string_view name, Array items);
  // The object; the builder is empty after it.
  Value Take();

 private:
  Object members_;
};

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_BUILDER_H_
