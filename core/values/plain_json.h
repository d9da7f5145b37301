// Values as plain JSON, read by their declared type (FORMAT.md, section "Values").
//
//   null bool   null, true, false                decimal     "12.50"
//   int uint    7, or "9007199254740992" when    money       ["50.00","EUR"]
//               |n| > 2^53-1                     date        "2026-02-28"
//   string      "text"                           period      "P2Y3M"
//   bytes       base64url without padding        timestamp   "2026-02-28T12:00:00Z"
//   list        [...]                            duration    "5400s"
//   record, map {"name": ...} (map keys: string)
#ifndef COUNTERSIGN_VALUES_PLAIN_JSON_H_
#define COUNTERSIGN_VALUES_PLAIN_JSON_H_

#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "json/value.h"
#include "values/type.h"
#include "values/value.h"

namespace countersign::values {

// The forms of what contracts do not have, timestamps and durations: whoever may meet one hands in
// kWideForms. A signer's phone does not, and does not carry it.
struct WideForms {
  Result<Value> (*read)(std::string_view text, Kind kind);
  String (*write)(const Value& value);
};
extern const WideForms kWideForms;

// dyn takes null, bool, int, string, list and map as JSON has them: a date stays a string. A member
// that a record does not declare is an error, a missing one is simply missing. Errors:
// values.wrong_type, values.bad_*, values.overflow, values.unknown_currency, values.currency_mix
// (money of another currency than the type's); the path is a JSON Pointer from `json` on.
Result<Value> FromJson(const json::Value& json, const Type& type, const WideForms* wide = nullptr);

// The inexact tag of a decimal is not written: its 34 digits show it well enough.
// Errors: values.wrong_type for what has no plain form: a double, a type, a map with keys that are
// not ASCII strings, and a timestamp or duration without `wide`.
Result<json::Value> ToJson(const Value& value, const WideForms* wide = nullptr);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_PLAIN_JSON_H_
