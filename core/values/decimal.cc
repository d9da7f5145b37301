#include "values/decimal.h"

#include <array>
#include <utility>

#include "base/names.h"
#include "values/digits.h"

namespace countersign::values {

// Sign, magnitude and scale: the form in which the arithmetic is done.
struct DecimalParts {
  bool negative;
  Uint128 magnitude;
  int scale;
  Exactness exactness;

  explicit DecimalParts(const Decimal& d)
      : negative(d.IsNegative()),
        magnitude(negative ? -static_cast<Uint128>(d.coefficient())
                           : static_cast<Uint128>(d.coefficient())),
        scale(d.scale()),
        exactness(d.exactness_) {}
  DecimalParts(bool negative, Uint128 magnitude, int scale, Exactness exactness)
      : negative(negative), magnitude(magnitude), scale(scale), exactness(exactness) {}

  // REQUIRES: magnitude < 10^38, 0 <= scale <= 38.
  Decimal ToDecimal() const {
    return Decimal(static_cast<Int128>(negative ? -magnitude : magnitude), scale, exactness);
  }
};

namespace {

constexpr uint32_t k1e9 = 1'000'000'000;
constexpr uint64_t k1e19 = 10'000'000'000'000'000'000u;
constexpr Uint128 kLimit = Uint128{k1e19} * k1e19;  // 10^38

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

Exactness Either(Exactness a, Exactness b) { return a == Exactness::kExact ? b : a; }

// REQUIRES: 0 <= exponent <= 38.
Uint128 Pow10(int exponent) {
  Uint128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// magnitude * 10^exponent; false where that is 2 * 10^38 or more, so that the callers may still add
// or subtract another magnitude below 10^38.
bool Scale(Uint128* magnitude, int exponent) {
  if (*magnitude == 0) return true;
  for (int i = 0; i < exponent; ++i) {
    if (*magnitude >= 2 * (kLimit / 10)) return false;
    *magnitude *= 10;
  }
  return true;
}

void DropZeros(DecimalParts* parts) {
  while (parts->scale > 0 && parts->magnitude % 10 == 0) {
    parts->magnitude /= 10;
    --parts->scale;
  }
}

// Drops just enough trailing zeros for 38 digits and 38 decimals.
Result<Decimal> Fit(DecimalParts parts) {
  while (parts.magnitude >= kLimit || parts.scale > Decimal::kMaxScale) {
    if (parts.scale == 0 || parts.magnitude % 10 != 0) return ErrorCode::kValuesOverflow;
    parts.magnitude /= 10;
    --parts.scale;
  }
  return parts.ToDecimal();
}

// REQUIRES: both have the same scale.
DecimalParts AddAligned(const DecimalParts& a, const DecimalParts& b) {
  Exactness exactness = Either(a.exactness, b.exactness);
  if (a.negative == b.negative) {
    return {a.negative, a.magnitude + b.magnitude, a.scale, exactness};
  }
  if (a.magnitude >= b.magnitude) {
    return {a.negative, a.magnitude - b.magnitude, a.scale, exactness};
  }
  return {b.negative, b.magnitude - a.magnitude, a.scale, exactness};
}

bool AlignScales(DecimalParts* a, DecimalParts* b) {
  DecimalParts* coarse = a->scale < b->scale ? a : b;
  int scale = coarse == a ? b->scale : a->scale;
  if (!Scale(&coarse->magnitude, scale - coarse->scale)) return false;
  coarse->scale = scale;
  return true;
}

// Eight 32-bit limbs, least significant first: enough for 10^38 * 10^38, and divisions stay 64 bits
// wide.
using Wide = std::array<uint32_t, 8>;

Wide MultiplyWide(Uint128 a, Uint128 b) {
  Wide product{};
  for (size_t i = 0; i < 4; ++i) {
    uint64_t carry = 0;
    uint64_t limb = static_cast<uint32_t>(a >> (32 * i));
    for (size_t j = 0; j < 4; ++j) {
      carry += product[i + j] + limb * static_cast<uint32_t>(b >> (32 * j));
      product[i + j] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    product[i + 4] = static_cast<uint32_t>(carry);
  }
  return product;
}

uint32_t DivideByTen(Wide* value) {
  uint64_t rest = 0;
  for (size_t i = value->size(); i-- > 0;) {
    rest = rest << 32 | (*value)[i];
    (*value)[i] = static_cast<uint32_t>(rest / 10);
    rest %= 10;
  }
  return static_cast<uint32_t>(rest);
}

int CountDigits(Uint128 value) {
  int digits = 0;
  for (Uint128 power = 1; digits < 39 && value >= power; power *= 10) ++digits;
  return digits;
}

// Whether |x| goes up by one unit, where `cut` compares the part that was cut with half a unit.
bool RoundsUp(Rounding rounding, bool negative, bool odd, std::strong_ordering cut) {
  switch (rounding) {
    case Rounding::kHalfEven:
      return cut > 0 || (cut == 0 && odd);
    case Rounding::kHalfUp:
      return cut >= 0;
    case Rounding::kHalfDown:
      return cut > 0;
    case Rounding::kUp:
      return true;
    case Rounding::kDown:
      return false;
    case Rounding::kCeiling:
      return !negative;
    case Rounding::kFloor:
      return negative;
  }
  return false;
}

// The next digit of remainder / divisor: divides 10 * remainder, which may not fit 128 bits, by
// doubling. REQUIRES: *remainder < divisor < 10^38.
uint32_t NextDigit(Uint128* remainder, Uint128 divisor) {
  auto take = [divisor](Uint128* r) {
    if (*r < divisor) return 0u;
    *r -= divisor;
    return 1u;
  };
  Uint128 two = *remainder * 2;
  uint32_t digit_two = take(&two);
  Uint128 four = two * 2;
  uint32_t digit_four = digit_two * 2 + take(&four);
  Uint128 eight = four * 2;
  uint32_t digit_eight = digit_four * 2 + take(&eight);
  *remainder = eight + two;
  return digit_eight + digit_two + take(remainder);
}

// One scanner for two spellings; the error is made once, at the end.
enum class Scanned : uint8_t { kWell, kBadly, kTooWide };
enum class Spelling : uint8_t { kCanonical, kLiteral };

// Digits, and a point with digits, as many as there are. REQUIRES: *parts is 0.
Scanned ScanDigits(Spelling spelling, std::string_view* rest, DecimalParts* parts) {
  bool is_canonical = spelling == Spelling::kCanonical;
  int whole = 0;
  bool after_point = false;
  for (; !rest->empty(); rest->remove_prefix(1)) {
    char c = rest->front();
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!IsDigit(c)) break;
    if (is_canonical && whole == 1 && parts->magnitude == 0 && !after_point) return Scanned::kBadly;
    if (parts->magnitude >= kLimit / 10) return Scanned::kTooWide;
    parts->magnitude = parts->magnitude * 10 + static_cast<unsigned>(c - '0');
    ++(after_point ? parts->scale : whole);
  }
  if (whole + parts->scale == 0) return Scanned::kBadly;
  if (!is_canonical) return Scanned::kWell;
  if (whole == 0 || (after_point && parts->scale == 0)) return Scanned::kBadly;
  return parts->scale > Decimal::kMaxScale ? Scanned::kTooWide : Scanned::kWell;
}

// Nothing, or e with an exponent of up to four digits.
Scanned ScanExponent(std::string_view* rest, DecimalParts* parts) {
  if (rest->empty()) return Scanned::kWell;
  if (!TakeChar(rest, 'e') && !TakeChar(rest, 'E')) return Scanned::kBadly;
  bool is_below = TakeChar(rest, '-');
  if (!is_below) TakeChar(rest, '+');
  int exponent = 0;
  size_t digits = rest->size();
  if (digits < 1 || digits > 4 || !TakeDigits(rest, digits, &exponent)) return Scanned::kBadly;
  parts->scale += is_below ? exponent : -exponent;
  if (parts->scale < 0) {
    if (!Scale(&parts->magnitude, -parts->scale)) return Scanned::kTooWide;
    parts->scale = 0;
  }
  if (parts->magnitude == 0 && parts->scale > Decimal::kMaxScale) parts->scale = Decimal::kMaxScale;
  return Scanned::kWell;
}

Result<Decimal> Finish(Scanned scanned, std::string_view text, const DecimalParts& parts) {
  if (scanned == Scanned::kWell) {
    Result<Decimal> decimal = Fit(parts);
    if (decimal) return decimal;
    scanned = Scanned::kTooWide;
  }
  return Error(
      scanned == Scanned::kBadly ? ErrorCode::kValuesBadDecimal : ErrorCode::kValuesOverflow,
      text.substr(0, Decimal::kMaxText));
}

}  // namespace

Result<Rounding> ParseRounding(std::string_view name) {
  constexpr Names kNames("half_even|half_up|half_down|up|down|ceiling|floor");
  const size_t found = kNames.Find(name);
  if (found != Names::kNone) return static_cast<Rounding>(found);
  return Error(ErrorCode::kValuesUnknownRounding, name.substr(0, 40));
}

Decimal Decimal::FromInt(int64_t value) { return Decimal(value, 0, Exactness::kExact); }

Decimal Decimal::FromUint(uint64_t value) { return Decimal(value, 0, Exactness::kExact); }

Result<Decimal> Decimal::Make(Int128 coefficient, int scale) {
  if (scale < 0 || scale > kMaxScale || coefficient >= static_cast<Int128>(kLimit) ||
      coefficient <= -static_cast<Int128>(kLimit)) {
    return ErrorCode::kValuesOverflow;
  }
  return Decimal(coefficient, scale, Exactness::kExact);
}

Result<Decimal> Decimal::Parse(std::string_view text) {
  DecimalParts parts(false, 0, 0, Exactness::kExact);
  std::string_view rest = text.substr(0, kMaxText);
  parts.negative = TakeChar(&rest, '-');
  Scanned scanned = ScanDigits(Spelling::kCanonical, &rest, &parts);
  bool is_negative_zero = parts.negative && parts.magnitude == 0;
  if (scanned == Scanned::kWell && (!rest.empty() || is_negative_zero)) scanned = Scanned::kBadly;
  return Finish(scanned, text, parts);
}

Result<Decimal> Decimal::ParseLiteral(std::string_view text) {
  DecimalParts parts(false, 0, 0, Exactness::kExact);
  std::string_view rest = text.substr(0, kMaxText);
  Scanned scanned = ScanDigits(Spelling::kLiteral, &rest, &parts);
  if (scanned == Scanned::kWell) scanned = ScanExponent(&rest, &parts);
  return Finish(scanned, text, parts);
}

String Decimal::ToString() const {
  DecimalParts parts(*this);
  char buffer[48];  // "-0." and 39 digits at most
  char* end = buffer + sizeof buffer;
  char* out = end;
  int written = 0;
  while (parts.magnitude != 0 || written <= scale_) {
    // Nine digits at a time: wasm divides 32 bits much faster than 64 or 128.
    uint32_t chunk;
    uint64_t low = static_cast<uint64_t>(parts.magnitude);
    if (parts.magnitude == low) {
      chunk = static_cast<uint32_t>(low % k1e9);
      parts.magnitude = low / k1e9;
    } else {
      chunk = static_cast<uint32_t>(parts.magnitude % k1e9);
      parts.magnitude /= k1e9;
    }
    for (int i = 0; i < 9; ++i) {
      if (parts.magnitude == 0 && chunk == 0 && written > scale_) break;
      if (written == scale_ && scale_ > 0) *--out = '.';
      *--out = static_cast<char>('0' + chunk % 10);
      chunk /= 10;
      ++written;
    }
  }
  if (parts.negative) *--out = '-';
  return String(out, end);
}

Result<Decimal> Decimal::Round(int digits, Rounding rounding) const {
  if (digits < -kMaxScale || digits > kMaxScale) return ErrorCode::kValuesOverflow;
  DecimalParts parts(*this);
  int cut_digits = parts.scale - digits;
  if (cut_digits <= 0) {
    if (!Scale(&parts.magnitude, -cut_digits) || parts.magnitude >= kLimit) {
      return ErrorCode::kValuesOverflow;
    }
    parts.scale = digits;
    return parts.ToDecimal();
  }
  Uint128 cut = parts.magnitude;
  std::strong_ordering half = std::strong_ordering::less;
  parts.magnitude = 0;
  if (cut_digits <= kMaxDigits) {  // otherwise everything is cut, and less than half a unit
    Uint128 unit = Pow10(cut_digits);
    parts.magnitude = cut / unit;
    cut %= unit;
    half = cut <=> unit - cut;
  }
  if (cut != 0 && RoundsUp(rounding, parts.negative, (parts.magnitude & 1) != 0, half)) {
    ++parts.magnitude;
  }
  parts.scale = digits;
  parts.exactness = Exactness::kExact;
  if (digits < 0) {
    if (!Scale(&parts.magnitude, -digits)) return ErrorCode::kValuesOverflow;
    parts.scale = 0;
  }
  if (parts.magnitude >= kLimit) return ErrorCode::kValuesOverflow;
  return parts.ToDecimal();
}

Result<Decimal> Decimal::WithDigits(int digits) const {
  if (!IsInexact() && scale_ == digits) return *this;
  if (IsInexact() || (scale_ > digits && Reduce().scale() > digits)) {
    return Error(ErrorCode::kValuesInexact, ToString());
  }
  return Round(digits, Rounding::kDown);
}

Decimal Decimal::Reduce() const {
  DecimalParts parts(*this);
  DropZeros(&parts);
  return parts.ToDecimal();
}

Result<int64_t> Decimal::ToInt() const {
  Decimal whole = Reduce();
  if (IsInexact() || whole.scale() != 0) return Error(ErrorCode::kValuesInexact, ToString());
  Int128 value = whole.coefficient();
  if (value < INT64_MIN || value > INT64_MAX) return Error(ErrorCode::kValuesOverflow, ToString());
  return static_cast<int64_t>(value);
}

Decimal Decimal::Negate() const { return Decimal(-coefficient(), scale_, exactness_); }

Result<Decimal> Add(const Decimal& a, const Decimal& b) {
  DecimalParts x(a), y(b);
  int scale = x.scale > y.scale ? x.scale : y.scale;
  if (AlignScales(&x, &y)) {
    Result<Decimal> sum = Fit(AddAligned(x, y));
    if (sum) return sum;
  }
  // Too wide at the larger scale. Without trailing zeros the sum may still fit; then it keeps as
  // many of them as there is room for.
  x = DecimalParts(a);
  y = DecimalParts(b);
  DropZeros(&x);
  DropZeros(&y);
  if (!AlignScales(&x, &y)) return ErrorCode::kValuesOverflow;
  DecimalParts sum = AddAligned(x, y);
  while (sum.scale < scale && sum.magnitude < kLimit / 10) {
    sum.magnitude *= 10;
    ++sum.scale;
  }
  return Fit(sum);
}

Result<Decimal> Subtract(const Decimal& a, const Decimal& b) { return Add(a, b.Negate()); }

Result<Decimal> Multiply(const Decimal& a, const Decimal& b) {
  DecimalParts x(a), y(b);
  DecimalParts product(x.negative != y.negative, 0, x.scale + y.scale,
                       Either(x.exactness, y.exactness));
  if (x.magnitude == 0 || y.magnitude == 0) {
    product.negative = false;
    if (product.scale > Decimal::kMaxScale) product.scale = Decimal::kMaxScale;
    return product.ToDecimal();
  }
  if ((x.magnitude >> 64) == 0 && (y.magnitude >> 64) == 0) {
    product.magnitude = x.magnitude * y.magnitude;
    return Fit(product);
  }
  Wide wide = MultiplyWide(x.magnitude, y.magnitude);
  auto is_wide = [&wide] { return (wide[4] | wide[5] | wide[6] | wide[7]) != 0; };
  while (is_wide()) {
    if (product.scale == 0 || DivideByTen(&wide) != 0) return ErrorCode::kValuesOverflow;
    --product.scale;
  }
  for (size_t i = 4; i-- > 0;) product.magnitude = product.magnitude << 32 | wide[i];
  return Fit(product);
}

Result<Decimal> Divide(const Decimal& a, const Decimal& b) {
  DecimalParts x(a), y(b);
  if (y.magnitude == 0) return ErrorCode::kValuesDivideByZero;
  DecimalParts quotient(x.negative != y.negative, x.magnitude / y.magnitude, x.scale - y.scale,
                        Either(x.exactness, y.exactness));
  if (x.magnitude == 0) quotient.negative = false;
  Uint128 remainder = x.magnitude % y.magnitude;
  int digits = CountDigits(quotient.magnitude);
  while (remainder != 0 && digits < Decimal::kDivisionDigits &&
         quotient.scale < Decimal::kMaxScale) {
    quotient.magnitude = quotient.magnitude * 10 + NextDigit(&remainder, y.magnitude);
    ++quotient.scale;
    if (quotient.magnitude != 0) ++digits;
  }
  std::strong_ordering half = remainder <=> y.magnitude - remainder;
  bool is_cut = remainder != 0;
  if (digits > Decimal::kDivisionDigits) {
    Uint128 unit = Pow10(digits - Decimal::kDivisionDigits);
    Uint128 cut = quotient.magnitude % unit;
    half = cut <=> unit - cut;
    if (half == 0 && is_cut) half = std::strong_ordering::greater;
    is_cut |= cut != 0;
    quotient.magnitude /= unit;
    quotient.scale -= digits - Decimal::kDivisionDigits;
  }
  if (is_cut) {
    quotient.exactness = Exactness::kInexact;
    if (RoundsUp(Rounding::kHalfEven, quotient.negative, (quotient.magnitude & 1) != 0, half)) {
      ++quotient.magnitude;
    }
    if (quotient.scale > 0 && CountDigits(quotient.magnitude) > Decimal::kDivisionDigits) {
      quotient.magnitude /= 10;  // 99..9 went up to 10..0
      --quotient.scale;
    }
    if (quotient.magnitude == 0) return ErrorCode::kValuesOverflow;
  }
  if (quotient.scale < 0) {
    if (!Scale(&quotient.magnitude, -quotient.scale)) return ErrorCode::kValuesOverflow;
    quotient.scale = 0;
  }
  return Fit(quotient);
}

std::strong_ordering Compare(const Decimal& a, const Decimal& b) {
  DecimalParts x(a), y(b);
  if (x.negative != y.negative) return y.negative <=> x.negative;
  if (x.negative) {
    std::swap(x, y);
    x.negative = y.negative = false;
  }
  if (x.scale == y.scale) return x.magnitude <=> y.magnitude;
  // The finer number is split at the coarser one's last digit, so that nothing has to grow.
  if (x.scale > y.scale) return 0 <=> Compare(y.ToDecimal(), x.ToDecimal());
  Uint128 unit = Pow10(y.scale - x.scale);
  std::strong_ordering whole = x.magnitude <=> y.magnitude / unit;
  if (whole != 0) return whole;
  return 0 <=> (y.magnitude % unit == 0 ? 0 : 1);
}

}  // namespace countersign::values
