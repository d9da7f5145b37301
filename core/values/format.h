// Values as text for readers, in the locale of the template: the `| money` and `| date(long)` of a
// template.
//
// The same value, format and locale give the same bytes on every machine. No format rounds: a
// number with more digits than the format shows is an error (values.inexact), so that the author
// says how to round.
//
//   text            the usual form of the type: what {{= expr}} without a format writes
//   money           1.234,50 €    (money(code): 1.234,50 EUR), with the currency's own decimals
//   number          grouped, digits as they are; number(2): padded to two decimals
//   percent         0.19 is 19 %; percent(1): 19,0 %
//   date            date(long): 28. Februar 2026; date(medium), date(short): numeric, with the
//   whole year;
//                   date(iso): 2026-02-28
//   period          2 Jahre, 3 Monate
//   ordinal         3rd, 3., 3e, 3.º (the masculine form where there are several)
//   list            list(and): a, b und c; list(or): a, b oder c; the items by `text`
//   words           a number below 10^18 in words: twelve, one point two five; of money the minor
//                   units as on a cheque: twelve 50/100 EUR (English, German, French, Spanish,
//                   Portuguese; the form that counting uses: eins, uno, un)
//   upper           Latin, Greek and Cyrillic letters; everything else as it is
#ifndef COUNTERSIGN_VALUES_FORMAT_H_
#define COUNTERSIGN_VALUES_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "values/locale.h"
#include "values/type.h"
#include "values/value.h"

namespace countersign::values {

enum class FormatKind : uint8_t {
  kText,
  kMoney,
  kNumber,
  kPercent,
  kDate,
  kPeriod,
  kOrdinal,
  kList,
  kUpper,
  kWords,
};
inline constexpr int kFormatCount = static_cast<int>(FormatKind::kWords) + 1;
enum class FormatStyle : uint8_t {
  kDefault,
  kSymbol,
  kCode,
  kLong,
  kMedium,
  kShort,
  kIso,
  kAnd,
  kOr
};

struct Format {
  static constexpr int kMaxDigits = 20;

  FormatKind kind = FormatKind::kText;
  FormatStyle style = FormatStyle::kDefault;  // money: symbol; date: long; list: and
  int8_t digits = -1;                         // number, percent: decimals; -1: as they are

  // Reads "name" or "name(argument)". Errors: values.unknown_format.
  static Result<Format> Parse(std::string_view text);
  // The shortest text that gives this format: "money" for money(symbol).
  String ToString() const;
  // Whether values of the type can be written so; dyn may be anything and is seen when it is
  // written.
  bool Takes(const Type& type) const;

  friend bool operator==(const Format&, const Format&) = default;
};

// Appends the value's text. Errors: values.unknown_format where the format does not take the value,
// values.inexact where digits would be cut, values.overflow. On an error *out may hold a part of
// the text.
Result<void> AppendFormatted(const Value& value, const Format& format, const Locale& locale,
                             String* out);
// What stands between the items `index - 1` and `index` of `count`, from 1: with the style "and" or
// "or" as in a list, else the style itself. `next` is the text of the item behind it.
String ListSeparator(std::string_view style, size_t index, size_t count, std::string_view next,
                     const Locale& locale);
// The same, as a text of its own.
Result<String> FormatValue(const Value& value, const Format& format, const Locale& locale);

// A number in words; of an amount of money (`currency` not "") the whole units in words, the minor
// ones as a fraction and the code, as on a cheque. Errors: values.unknown_format where the locale
// has no rules for it, values.overflow from 10^18 on, values.inexact.
inline constexpr size_t kMaxWordDigits = 18;
[[gnu::noinline]] Result<void> AppendWords(const Decimal& number, std::string_view currency,
                                           const Locale& locale, String* out);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_FORMAT_H_
