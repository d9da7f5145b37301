// Money: an exact amount of one currency.
//
// Amounts of two currencies never meet: no sum, no order, no conversion. An amount may have more
// decimals than its currency while something is computed; it becomes payable only when it needs no
// rounding, or was rounded on purpose.
#ifndef COUNTERSIGN_VALUES_MONEY_H_
#define COUNTERSIGN_VALUES_MONEY_H_

#include <compare>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "values/decimal.h"

namespace countersign::values {

// An active ISO 4217 code that has a minor unit (so no metals, no testing codes), of the list of
// January 2026. Codes are added, never removed or changed: an old contract must still be read. Four
// bytes.
class Currency {
 public:
  // No currency at all: in a type it means any. No Money has it.
  constexpr Currency() = default;
  // Errors: values.unknown_currency.
  static Result<Currency> Parse(std::string_view code);

  bool IsNone() const { return packed_ == 0; }
  // Three upper-case letters, "" for none.
  String Code() const;
  // How many decimals a payable amount has, by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD, 4 for
  // CLF.
  int minor_digits() const { return static_cast<int>(packed_ & 0xff); }

  friend auto operator<=>(const Currency&, const Currency&) = default;

 private:
  friend class Value;
  explicit constexpr Currency(uint32_t packed) : packed_(packed) {}
  uint32_t packed_ = 0;  // the letters in the upper three bytes, minor_digits in the lowest
};

struct Money {
  Decimal amount;
  Currency currency;
  // The same spelling; for the comparison by number see Compare.
  friend bool operator==(const Money&, const Money&) = default;
};

// Reads an amount (Decimal::Parse) and a code. Errors: values.bad_decimal, values.overflow,
// values.unknown_currency.
Result<Money> ParseMoney(std::string_view amount, std::string_view currency);
// "50.00 EUR": for messages, the same on every machine. Text for readers is made by format.h.
String ToString(const Money& money);

// Errors: values.currency_mix, values.overflow.
Result<Money> Add(const Money& a, const Money& b);
Result<Money> Subtract(const Money& a, const Money& b);
// Errors: values.overflow; Divide also values.divide_by_zero.
Result<Money> Multiply(const Money& money, const Decimal& factor);
Result<Money> Divide(const Money& money, const Decimal& divisor);
// How many times b is in a. Errors: values.currency_mix, values.divide_by_zero, values.overflow.
Result<Decimal> Ratio(const Money& a, const Money& b);
// Errors: values.currency_mix.
Result<std::strong_ordering> Compare(const Money& a, const Money& b);
// To so many digits (Currency::minor_digits is the usual number). Errors: values.overflow.
Result<Money> Round(const Money& money, int digits, Rounding rounding);
// The amount with exactly the currency's decimals. Errors: values.inexact where that would cut a
// digit or the amount is tagged inexact, values.overflow.
Result<Money> ToPayable(const Money& money);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_MONEY_H_
