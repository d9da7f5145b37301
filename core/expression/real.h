// Doubles as text, exactly and the same on every machine (the library's functions are 40 kB of
// wasm). Only CEL's own conversions need them: contracts have no doubles.
#ifndef COUNTERSIGN_EXPRESSION_REAL_H_
#define COUNTERSIGN_EXPRESSION_REAL_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/string.h"

namespace countersign::expression {

// The nearest double (half to even) of -?digits[.digits][(e|E)[+-]digits], either side of the point
// may be empty; also NaN, Infinity, inf with a sign. Beyond the range: an infinity. nullopt for
// other texts.
std::optional<double> ParseReal(std::string_view text);
// The shortest digits that read back as the same double; an exponent below 1e-4 and from 1e21 on.
String FormatReal(double value);

// What reading such a text, and having written a double as such a text, costs in fuel: up to 60 and
// 110 µs, as long numbers are multiplied and divided.
uint64_t ReadWork(std::string_view text);
uint64_t WriteWork(double value, std::string_view text);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_REAL_H_
