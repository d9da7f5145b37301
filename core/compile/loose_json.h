// JSON with fractions, for `countersign eval` only: conformance suites hold doubles, which the
// product's own JSON (json/value.h) refuses on purpose.
#ifndef COUNTERSIGN_COMPILE_LOOSE_JSON_H_
#define COUNTERSIGN_COMPILE_LOOSE_JSON_H_

#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"

namespace countersign::compile {

struct LooseJson {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  String text;           // a string's content, a number as it was written
  Vector<String> names;  // of an object's members, as many as items
  Vector<LooseJson> items;

  static constexpr int kMaxDepth = 100;

  bool IsString() const { return kind == Kind::kString; }
  bool IsObject() const { return kind == Kind::kObject; }
  const LooseJson* Find(std::string_view name) const;
};

// Errors: text.not_utf8; json.syntax, with the byte where reading ended; json.too_deep;
// json.duplicate_name.
Result<LooseJson> ReadLooseJson(std::string_view text);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_LOOSE_JSON_H_
