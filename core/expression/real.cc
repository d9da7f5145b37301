#include "expression/real.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "base/vector.h"

namespace countersign::expression {
namespace {

// A natural number, least significant word first, no zero words at the end.
class Big {
 public:
  explicit Big(uint64_t value) {
    for (; value != 0; value >>= 32) words_.push_back(static_cast<uint32_t>(value));
  }
  void MultiplyAdd(uint32_t factor, uint32_t term) {
    uint64_t carry = term;
    for (uint32_t& word : words_) {
      carry += uint64_t{word} * factor;
      word = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) words_.push_back(static_cast<uint32_t>(carry));
  }
  void TimesPowerOfTen(int exponent) {
    for (; exponent >= 9; exponent -= 9) MultiplyAdd(1'000'000'000, 0);
    for (; exponent > 0; --exponent) MultiplyAdd(10, 0);
  }
  void ShiftLeft(int bits) {
    if (words_.empty()) return;
    words_.insert(words_.begin(), static_cast<size_t>(bits / 32), 0);
    if (bits % 32 != 0) MultiplyAdd(1u << (bits % 32), 0);
  }
  void Halve() {
    uint32_t carry = 0;
    for (size_t i = words_.size(); i-- > 0;) {
      const uint32_t word = words_[i];
      words_[i] = word >> 1 | carry << 31;
      carry = word & 1;
    }
    Trim();
  }
  // REQUIRES: other <= *this.
  void Subtract(const Big& other) {
    int64_t borrow = 0;
    for (size_t i = 0; i < words_.size(); ++i) {
      borrow += words_[i];
      if (i < other.words_.size()) borrow -= other.words_[i];
      words_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    Trim();
  }
  uint64_t Low() const {
    return (words_.empty() ? 0 : words_[0]) | (words_.size() < 2 ? 0 : uint64_t{words_[1]} << 32);
  }
  int Bits() const {
    return words_.empty() ? 0
                          : static_cast<int>(words_.size()) * 32 - std::countl_zero(words_.back());
  }
  int Compare(const Big& other) const {
    if (words_.size() != other.words_.size()) return words_.size() < other.words_.size() ? -1 : 1;
    for (size_t i = words_.size(); i-- > 0;) {
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    }
    return 0;
  }

 private:
  void Trim() {
    while (!words_.empty() && words_.back() == 0) words_.pop_back();
  }
  Vector<uint32_t> words_;
};

// numerator / denominator to the nearest whole number, half to even. REQUIRES: it is below 2^63.
uint64_t DivideRounded(Big numerator, const Big& denominator) {
  Big part = denominator;
  part.ShiftLeft(63);
  uint64_t quotient = 0;
  for (int i = 0; i < 64; ++i) {
    quotient <<= 1;
    if (numerator.Compare(part) >= 0) {
      numerator.Subtract(part);
      quotient |= 1;
    }
    if (i < 63) part.Halve();
  }
  numerator.ShiftLeft(1);
  const int half = numerator.Compare(denominator);
  return quotient + (half > 0 || (half == 0 && (quotient & 1) != 0) ? 1 : 0);
}

// digits * 10^exponent.
double Compose(const Big& digits, int exponent) {
  Big numerator = digits;
  Big denominator(1);
  if (exponent >= 0) {
    numerator.TimesPowerOfTen(exponent);
  } else {
    denominator.TimesPowerOfTen(-exponent);
  }
  if (numerator.Bits() == 0) return 0;
  // The quotient is to have 53 bits; subnormal numbers have fewer.
  int shift = 53 - (numerator.Bits() - denominator.Bits());
  for (;;) {
    const int limited = std::min(shift, 1074);
    Big n = numerator, d = denominator;
    if (limited >= 0) {
      n.ShiftLeft(limited);
    } else {
      d.ShiftLeft(-limited);
    }
    uint64_t mantissa = DivideRounded(std::move(n), d);
    if (mantissa > (uint64_t{1} << 53)) {  // one bit too many: the estimate above is short by one
      --shift;
      continue;
    }
    if (mantissa == 0) return 0;
    int power = -limited;
    if (mantissa == uint64_t{1} << 53) {
      mantissa >>= 1;
      ++power;
    }
    if (power > 971) return std::bit_cast<double>(uint64_t{0x7FF} << 52);
    const uint64_t implicit = uint64_t{1} << 52;
    if (mantissa < implicit) return std::bit_cast<double>(mantissa);  // power is -1074 here
    return std::bit_cast<double>((mantissa - implicit) | static_cast<uint64_t>(power + 1075) << 52);
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<double> ParseReal(std::string_view text) {
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  const double sign = negative ? -1.0 : 1.0;
  if (rest == "NaN") return __builtin_nan("");
  if (rest == "Infinity" || rest == "inf" || rest == "Inf") return sign * __builtin_inf();
  constexpr int kMaxDigits = 800;  // enough to decide between any two doubles
  Big digits(0);
  int used = 0, exponent = 0;
  bool seen = false, point = false;
  size_t i = 0;
  for (; i < rest.size() && (IsDigit(rest[i]) || (rest[i] == '.' && !point)); ++i) {
    if (rest[i] == '.') {
      point = true;
      continue;
    }
    seen = true;
    if (used < kMaxDigits) {
      digits.MultiplyAdd(10, static_cast<uint32_t>(rest[i] - '0'));
      if (used > 0 || rest[i] != '0') ++used;
      exponent -= point ? 1 : 0;
    } else {
      exponent += point ? 0 : 1;
    }
  }
  if (!seen) return std::nullopt;
  if (i < rest.size() && (rest[i] == 'e' || rest[i] == 'E')) {
    ++i;
    bool minus = false;
    if (i < rest.size() && (rest[i] == '-' || rest[i] == '+')) minus = rest[i++] == '-';
    if (i == rest.size()) return std::nullopt;
    int power = 0;
    for (; i < rest.size() && IsDigit(rest[i]); ++i) {
      power = std::min(power * 10 + (rest[i] - '0'), 100'000);
    }
    exponent += minus ? -power : power;
  }
  if (i != rest.size()) return std::nullopt;
  // Both parts are exact doubles, so one operation rounds correctly (W. Clinger, 1990).
  if (used <= 15 && exponent >= -22 && exponent <= 22) {
    double scale = 1;
    for (int k = exponent < 0 ? -exponent : exponent; k > 0; --k) scale *= 10;
    const auto whole = static_cast<double>(digits.Low());
    return sign * (exponent < 0 ? whole / scale : whole * scale);
  }
  if (used == 0 || exponent + used < -330) return sign * 0.0;
  if (exponent + used > 310) return sign * __builtin_inf();
  return sign * Compose(digits, exponent);
}

String FormatReal(double value) {
  if (value != value) return "NaN";
  const bool negative = __builtin_signbit(value);
  String out = negative ? "-" : "";
  const uint64_t bits = std::bit_cast<uint64_t>(negative ? -value : value);
  const int field = static_cast<int>(bits >> 52);
  if (field == 0x7FF) return out + "Infinity";
  if (bits == 0) return out + "0";
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  const uint64_t mantissa = field == 0 ? fraction : fraction | uint64_t{1} << 52;
  const int power = (field == 0 ? 1 : field) - 1075;
  // log10 from the binary exponent, possibly one too small.
  const int top = power + 63 - std::countl_zero(mantissa);
  int magnitude = (top * 30103) / 100000 - (top < 0 ? 1 : 0);
  String digits;
  int exponent = 0;
  for (int precision = 1; precision <= 17; ++precision) {
    const int scale = precision - 1 - magnitude;
    Big numerator(mantissa), denominator(1);
    if (power >= 0) numerator.ShiftLeft(power);
    if (power < 0) denominator.ShiftLeft(-power);
    if (scale >= 0) numerator.TimesPowerOfTen(scale);
    if (scale < 0) denominator.TimesPowerOfTen(-scale);
    const uint64_t rounded = DivideRounded(std::move(numerator), denominator);
    digits = NumberText(rounded);
    exponent = -scale;
    if (Compose(Big(rounded), exponent) == (negative ? -value : value)) break;
  }
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  const int count = static_cast<int>(digits.size());
  const int point = count + exponent;  // digits before the point
  if (point > 21 || point < -3) {
    out += digits[0];
    if (count > 1) out += "." + digits.substr(1);
    const int shown = point - 1;
    out += shown < 0 ? "e-" : "e+";
    const String number = NumberText(shown < 0 ? -shown : shown);
    return out + (number.size() < 2 ? "0" : "") + number;
  }
  if (point <= 0) return out + "0." + String(static_cast<size_t>(-point), '0') + digits;
  if (point >= count) return out + digits + String(static_cast<size_t>(point - count), '0');
  return out + digits.substr(0, static_cast<size_t>(point)) + "." +
         digits.substr(static_cast<size_t>(point));
}

uint64_t ReadWork(std::string_view text) {
  if (text.size() <= 15 && text.find_first_of("eE") == std::string_view::npos) return 1;
  return 100 + std::min<size_t>(text.size(), 800) + text.size() / 8;
}

uint64_t WriteWork(double value, std::string_view text) {
  const int power = static_cast<int>(std::bit_cast<uint64_t>(value) >> 52 & 0x7FF) - 1023;
  const auto words = static_cast<uint64_t>(power < 0 ? -power : power) / 16;
  return std::min<size_t>(text.size(), 24) * (30 + words * 2);  // a division for each digit
}

}  // namespace countersign::expression
