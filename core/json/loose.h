// Any JSON, numbers as they were written, for `countersign eval` only: conformance suites hold
// doubles, which the product's own JSON (json/value.h) refuses on purpose.
#ifndef COUNTERSIGN_JSON_LOOSE_H_
#define COUNTERSIGN_JSON_LOOSE_H_

#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"

namespace countersign::json {

struct Loose {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  String text;           // a string's content, a number as it was written
  Vector<String> names;  // of an object's members, as many as items
  Vector<Loose> items;

  static constexpr int kMaxDepth = 100;

  bool IsString() const { return kind == Kind::kString; }
  bool IsObject() const { return kind == Kind::kObject; }
  const Loose* Find(std::string_view name) const;
};

// Errors: text.not_utf8; json.syntax, with the byte where reading ended; json.too_deep;
// json.duplicate_name.
Result<Loose> ReadLoose(std::string_view text);

}  // namespace countersign::json

#endif  // COUNTERSIGN_JSON_LOOSE_H_
