// Exact decimal numbers, as contracts need them: 0.1 + 0.2 is 0.3, and 2.50 stays "2.50".
//
// A Decimal is coefficient / 10^scale with at most 38 digits, of which at most 38 stand after the
// point.
// `+ - *` are exact or fail with values.overflow. Only division may round: where the exact quotient
// has more than 34 digits it is rounded half to even there and tagged inexact. The tag sticks to
// whatever is computed from it until somebody rounds on purpose (`Round`), so that nothing is
// rounded in silence.
//
// Scales behave as in the General Decimal Arithmetic (and Python's decimal): a sum keeps the larger
// scale, a product adds the scales, a quotient has the smallest scale that is exact and not below
// the difference. When a result needs more than 38 digits or decimals, trailing zeros are dropped
// until it fits.
#ifndef COUNTERSIGN_VALUES_DECIMAL_H_
#define COUNTERSIGN_VALUES_DECIMAL_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/string.h"

namespace countersign::values {

using Int128 = __int128;
using Uint128 = unsigned __int128;

enum class Rounding : uint8_t { kHalfEven, kHalfUp, kHalfDown, kUp, kDown, kCeiling, kFloor };

// The spelling in expressions: "half_even", "half_up", "half_down", "up", "down", "ceiling",
// "floor". Errors: values.unknown_rounding.
Result<Rounding> ParseRounding(std::string_view name);

enum class Exactness : uint8_t { kExact, kInexact };

class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMaxScale = 38;
  static constexpr int kDivisionDigits = 34;
  // Longest text that is looked at; the longest canonical text has 41 characters.
  static constexpr size_t kMaxText = 100;

  constexpr Decimal() = default;  // 0
  static Decimal FromInt(int64_t value);
  static Decimal FromUint(uint64_t value);
  // Errors: values.overflow where |coefficient| >= 10^38 or scale is not in 0..38.
  static Result<Decimal> Make(Int128 coefficient, int scale);
  // Reads the canonical form only: -?(0|[1-9][0-9]*)(\.[0-9]+)?, no negative zero, the scale as
  // written. Errors: values.bad_decimal; values.overflow for more than 38 digits.
  static Result<Decimal> Parse(std::string_view text);
  // Reads a number as an author writes it in an expression, without a sign: 007, .5, 1e3, 2.5E-2.
  // Errors: as Parse.
  static Result<Decimal> ParseLiteral(std::string_view text);

  // The canonical form; `Parse` gives the same number, scale and spelling back (but not the tag).
  String ToString() const;

  Int128 coefficient() const { return static_cast<Int128>(Uint128{high_} << 64 | low_); }
  int scale() const { return scale_; }
  bool IsInexact() const { return exactness_ == Exactness::kInexact; }
  bool IsZero() const { return (high_ | low_) == 0; }
  bool IsNegative() const { return static_cast<int64_t>(high_) < 0; }

  // To `digits` after the point (before it, if negative; -38..38); the result has exactly that
  // scale, zeros included. Clears the inexact tag where digits were really cut. Errors:
  // values.overflow.
  Result<Decimal> Round(int digits, Rounding rounding) const;
  // With exactly so many digits after the point (0..38), if nothing has to be cut but zeros.
  // Errors: values.inexact (also for the tag), values.overflow.
  Result<Decimal> WithDigits(int digits) const;
  // Without trailing zeros after the point: 2.50 -> 2.5.
  Decimal Reduce() const;
  // Errors: values.inexact where there is a fraction or the tag, values.overflow outside int64.
  Result<int64_t> ToInt() const;
  Decimal Negate() const;
  Decimal Abs() const { return IsNegative() ? Negate() : *this; }

  // The same number, scale and tag. For the numeric comparison see Compare.
  friend bool operator==(const Decimal&, const Decimal&) = default;

 private:
  friend class Value;  // keeps the parts in its own 24 bytes
  friend struct DecimalParts;
  constexpr Decimal(Int128 coefficient, int scale, Exactness exactness)
      : low_(static_cast<uint64_t>(coefficient)),
        high_(static_cast<uint64_t>(static_cast<Uint128>(coefficient) >> 64)),
        scale_(static_cast<uint8_t>(scale)),
        exactness_(exactness) {}

  uint64_t low_ = 0;  // two's complement; two words keep the type at 24 bytes
  uint64_t high_ = 0;
  uint8_t scale_ = 0;
  Exactness exactness_ = Exactness::kExact;
};

// Errors: values.overflow.
Result<Decimal> Add(const Decimal& a, const Decimal& b);
Result<Decimal> Subtract(const Decimal& a, const Decimal& b);
Result<Decimal> Multiply(const Decimal& a, const Decimal& b);
// Half to even at 34 digits, and where a small quotient has fewer above 10^-38, at 38 decimals.
// Errors: values.divide_by_zero; values.overflow, also where nothing but 0 would be left of it.
Result<Decimal> Divide(const Decimal& a, const Decimal& b);
// By number: 2.5 and 2.50 are equivalent; tags do not count.
std::strong_ordering Compare(const Decimal& a, const Decimal& b);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_DECIMAL_H_
