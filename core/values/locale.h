// What differs between languages and countries when values are written for readers.
//
// The table is generated from CLDR (toolchain/generate_locales.py) and part of the program: it
// never asks the host, whose answer changes from version to version while a signed text must not.
// A table that prints something otherwise makes another engine (core/FORMAT.md section 6,
// `engine`).
#ifndef COUNTERSIGN_VALUES_LOCALE_H_
#define COUNTERSIGN_VALUES_LOCALE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace countersign::values {

// "cldr-41-3": the release of CLDR, and the revision of our extract.
std::string_view LocaleTableVersion();
// The tags of all locales in the table, sorted; `index` counts from 0; "" beyond the last.
std::string_view LocaleTag(size_t index);

// The rules of numbers in words of a locale's language, as Locale::WithWords takes them; "" where
// the table has none. At most kMaxWordRules bytes.
std::string_view WordRules(std::string_view tag);
inline constexpr size_t kMaxWordRules = 4096;

class Locale {
 public:
  static constexpr size_t kMaxTag = 35;  // RFC 5646, section 4.4.1

  // Finds a BCP 47 tag, in any case; where it is not in the table, without its last part, and so
  // on: "de-LI" is "de", "en-US" is "en". Errors: values.unknown_locale.
  static Result<Locale> Find(std::string_view tag);

  // The tag that was found, which may be shorter than the one asked for.
  std::string_view tag() const { return tag_; }
  // The rules of numbers in words (format_words.cc), "" where there are none. They travel with the
  // text that needs them: a phone that formats no words carries no words.
  std::string_view word_rules() const { return word_rules_; }
  // Keeps a reference. Outside data: any text is safe.
  Locale WithWords(std::string_view rules) const {
    Locale locale = *this;
    locale.word_rules_ = rules;
    return locale;
  }

 private:
  friend class LocaleText;
  // The order is that of the fields in toolchain/generate_locales.py.
  enum Field : uint8_t {
    kDecimalMark,
    kGroupMark,
    kCurrencyGroupMark,
    kMinusSign,
    kGrouping,
    kCurrencyPattern,
    kPercentPattern,
    kCurrencySymbols,
    kLongDate,
    kMediumDate,
    kShortDate,
    kWideMonths,
    kAbbreviatedMonths,
    kFirstDay,
    kListAnd,
    kListOr,
    kListUnits,
    kYears,
    kMonths,
    kDays,
    kPluralRule,
    kOrdinals,
    kFieldCount,
  };

  Locale() = default;

  std::string_view tag_;
  std::string_view word_rules_;
  std::array<std::string_view, kFieldCount> fields_;
};

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_LOCALE_H_
