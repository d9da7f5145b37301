#include "values/format.h"

#include <utility>

#include "base/bytes.h"
#include "values/digits.h"

namespace countersign::values {

namespace {

constexpr std::string_view kNoBreakSpace = "\u00A0";
constexpr std::string_view kCurrencySign = "\u00A4";

Error DoesNotFit(std::string_view format, const Value& value) {
  return Error(ErrorCode::kValuesUnknownFormat,
               String(format).append(" of ").append(KindName(value.kind())));
}

// The part of a field with this index: "a|b|c". The last where there are fewer.
std::string_view Part(std::string_view field, size_t index) {
  for (;;) {
    size_t bar = field.find('|');
    if (bar == field.npos) return field;
    if (index == 0) return field.substr(0, bar);
    field.remove_prefix(bar + 1);
    --index;
  }
}

// The letter that begins the text, as a code point; 0 for none. REQUIRES: IsUtf8(text).
uint32_t FirstLetter(std::string_view text, size_t* length) {
  *length = 0;
  if (text.empty()) return 0;
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  *length = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  if (*length == 1) return byte(0);
  if (*length == 2) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  return 0x10000;  // no letter that anybody here asks for
}

// The simple upper-case mapping of Unicode, for the scripts named in the header.
uint32_t ToUpper(uint32_t c) {
  auto in = [c](uint32_t first, uint32_t last) { return c >= first && c <= last; };
  if (in('a', 'z')) return c - 32;
  if (c < 0xB5) return c;
  if (in(0xE0, 0xFE) && c != 0xF7) return c - 32;
  if (c == 0xFF) return 0x178;
  if (c == 0x131) return 'I';
  if (c == 0x17F) return 'S';
  if (in(0x100, 0x137) || in(0x14A, 0x177) || in(0x218, 0x21B)) return c & ~1u;
  if (in(0x139, 0x148) || in(0x179, 0x17E)) return c - (c % 2 == 0 ? 1 : 0);
  if (c == 0x3AC) return 0x386;
  if (in(0x3AD, 0x3AF)) return c - 37;
  if (c == 0x3C2) return 0x3A3;
  if (in(0x3B1, 0x3CB)) return c - 32;
  if (c == 0x3CC) return 0x38C;
  if (in(0x3CD, 0x3CE)) return c - 63;
  if (in(0x430, 0x44F)) return c - 32;
  if (in(0x450, 0x45F)) return c - 80;
  if (in(0x48A, 0x4BF)) return c & ~1u;
  return c;
}

void AppendUpper(std::string_view text, String* out) {
  while (!text.empty()) {
    size_t length;
    uint32_t letter = FirstLetter(text, &length);
    uint32_t upper = ToUpper(letter);
    if (letter == 0xDF) {
      *out += "SS";
    } else if (upper == letter) {
      out->append(text.substr(0, length));
    } else {
      AppendCodePoint(upper, out);
    }
    text.remove_prefix(length);
  }
}

// Spanish "y" becomes "e" before the sound i, "o" becomes "u" before the sound o (as ICU does, and
// with accents).
bool IsSpanishSameSound(std::string_view next, bool before_i) {
  // The first few letters are enough; a cut never splits one.
  size_t length = 0;
  for (int letters = 0; letters < 4 && length < next.size(); ++letters) {
    size_t letter;
    FirstLetter(next.substr(length), &letter);
    length += letter;
  }
  String upper;
  AppendUpper(next.substr(0, length), &upper);
  std::string_view text = upper;
  bool has_h = TakeChar(&text, 'H');
  if (before_i) {
    if (!TakeChar(&text, 'I') && !text.starts_with("\u00CD")) return false;
    return !has_h || !(text.starts_with('A') || text.starts_with('E'));
  }
  if (text.starts_with('O') || text.starts_with("\u00D3")) return true;
  return !has_h && (text.starts_with('8') || text == "11" || text.starts_with("11 "));
}

}  // namespace

// Writes into one text, in one locale.
class LocaleText {
 public:
  LocaleText(const Locale& locale, String* out) : locale_(locale), out_(out) {}

  Result<void> AppendValue(const Value& value, const Format& format);

  // The separator of a list, in front of a text that stands behind it.
  void AppendListSeparator(bool is_and, size_t index, size_t count, std::string_view next) {
    size_t before = out_->size();
    AppendSeparator(Get(is_and ? Locale::kListAnd : Locale::kListOr), index, count);
    if (index + 1 == count) SoundWell(next, before, is_and);
  }

 private:
  using Field = Locale::Field;
  std::string_view Get(Field field) const { return locale_.fields_[field]; }

  // "1234.50" with marks. REQUIRES: no sign.
  void AppendDigitsGrouped(std::string_view digits, std::string_view group_mark) {
    std::string_view whole = digits.substr(0, digits.find('.'));
    size_t least = static_cast<size_t>(Get(Locale::kGrouping)[0] - '0');
    size_t upper = static_cast<size_t>(Get(Locale::kGrouping)[1] - '0');
    bool is_grouped = whole.size() >= 3 + least && !group_mark.empty();
    std::string_view whole_left = whole;
    while (is_grouped && whole_left.size() > 3) {
      size_t first = (whole_left.size() - 3) % upper;
      if (first == 0) first = upper;
      out_->append(whole_left.substr(0, first));
      out_->append(group_mark);
      whole_left.remove_prefix(first);
    }
    out_->append(whole_left);
    if (whole.size() == digits.size()) return;
    out_->append(Get(Locale::kDecimalMark));
    out_->append(digits.substr(whole.size() + 1));
  }

  void AppendNumber(const Decimal& number, std::string_view group_mark) {
    if (number.IsNegative()) out_->append(Get(Locale::kMinusSign));
    AppendDigitsGrouped(number.Abs().ToString(), group_mark);
  }

  // -1: as it is, if it is exact.
  static Result<Decimal> WithDigits(const Decimal& number, int digits) {
    return number.WithDigits(digits < 0 ? number.scale() : digits);
  }

  Result<void> AppendPercent(const Decimal& number, int digits) {
    Decimal exact = CS_TRY(WithDigits(number, -1));
    int scale = exact.scale() > 2 ? exact.scale() - 2 : 0;
    Decimal hundredfold = CS_TRY(Multiply(exact, Decimal::FromInt(100)));
    hundredfold = CS_TRY(WithDigits(hundredfold, digits < 0 ? scale : digits));
    std::string_view pattern = Get(Locale::kPercentPattern);
    size_t place = pattern.find('N');
    out_->append(pattern.substr(0, place));
    AppendNumber(hundredfold, Get(Locale::kGroupMark));
    out_->append(pattern.substr(place + 1));
    return {};
  }

  String Symbol(String code, FormatStyle style) const {
    if (style == FormatStyle::kCode) return code;
    std::string_view pairs = Get(Locale::kCurrencySymbols);
    size_t place = pairs.find(code);
    // A code stands in front of its symbol; elsewhere its letters mean nothing.
    while (place != pairs.npos && place > 0 && pairs[place - 1] != '|')
      place = pairs.find(code, place + 1);
    if (place == pairs.npos) return code;
    return String(Part(pairs.substr(place + code.size()), 0));
  }

  Result<void> AppendMoney(const Money& money, FormatStyle style) {
    Money payable = CS_TRY(ToPayable(money));
    std::string_view patterns = Get(Locale::kCurrencyPattern);
    size_t semicolon = patterns.find(';');
    std::string_view pattern = payable.amount.IsNegative() ? patterns.substr(semicolon + 1)
                                                           : patterns.substr(0, semicolon);
    String symbol = Symbol(payable.currency.Code(), style);
    char last = symbol.back();
    bool ends_in_letter = (last >= 'A' && last <= 'Z') || (last >= 'a' && last <= 'z');
    while (!pattern.empty()) {
      if (pattern.starts_with(kCurrencySign)) {
        pattern.remove_prefix(kCurrencySign.size());
        out_->append(symbol);
        // "CHF 5.00" although the pattern is "$5.00" (CLDR, currencySpacing).
        if (pattern.starts_with('N') && ends_in_letter) out_->append(kNoBreakSpace);
      } else if (pattern.starts_with('N')) {
        pattern.remove_prefix(1);
        AppendDigitsGrouped(payable.amount.Abs().ToString(), Get(Locale::kCurrencyGroupMark));
      } else {
        *out_ += pattern.front();
        pattern.remove_prefix(1);
      }
    }
    return {};
  }

  void AppendDate(const Date& date, FormatStyle style) {
    if (style == FormatStyle::kIso) {
      out_->append(date.ToString());
      return;
    }
    CivilDate civil = date.civil();
    std::string_view pattern = Get(style == FormatStyle::kShort    ? Locale::kShortDate
                                   : style == FormatStyle::kMedium ? Locale::kMediumDate
                                                                   : Locale::kLongDate);
    size_t month = static_cast<size_t>(civil.month - 1);
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] != '%') {
        *out_ += pattern[i];
        continue;
      }
      switch (pattern[++i]) {
        case 'd':
          if (civil.day == 1 && style != FormatStyle::kShort) {
            out_->append(Get(Locale::kFirstDay));
          } else {
            AppendDigits(civil.day, 1, out_);
          }
          break;
        case 'D':
          AppendDigits(civil.day, 2, out_);
          break;
        case 'm':
          AppendDigits(civil.month, 1, out_);
          break;
        case 'M':
          AppendDigits(civil.month, 2, out_);
          break;
        case 'b':
          out_->append(Part(Get(Locale::kAbbreviatedMonths), month));
          break;
        case 'B':
          out_->append(Part(Get(Locale::kWideMonths), month));
          break;
        default:
          AppendDigits(civil.year, 1, out_);
      }
    }
  }

  // CLDR's plural rules for whole numbers: the index in "one|other" or "one|few|many|other".
  size_t PluralClass(int64_t n) const {
    switch (Get(Locale::kPluralRule)[0]) {
      case 'f':
        return n <= 1 ? 0 : 1;
      case 'p':
        if (n == 1) return 0;
        return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2;
      default:
        return n == 1 ? 0 : 1;
    }
  }

  void AppendPeriod(const Period& period) {
    struct UnitCount {
      int32_t count;
      Field names;
    };
    bool is_negative = period.months() < 0 || period.days() < 0;
    int32_t months = is_negative ? -period.months() : period.months();
    int32_t days = is_negative ? -period.days() : period.days();
    UnitCount units[3];
    size_t used = 0;
    if (months >= 12) units[used++] = {months / 12, Locale::kYears};
    if (months % 12 != 0) units[used++] = {months % 12, Locale::kMonths};
    if (days != 0 || used == 0) units[used++] = {days, Locale::kDays};
    for (size_t i = 0; i < used; ++i) {
      AppendSeparator(Get(Locale::kListUnits), i, used);
      if (is_negative) out_->append(Get(Locale::kMinusSign));
      AppendNumber(Decimal::FromInt(units[i].count), Get(Locale::kGroupMark));
      out_->append(Part(Get(units[i].names), PluralClass(units[i].count)));
    }
  }

  void AppendOrdinal(int64_t number) {
    Decimal absolute = Decimal::FromInt(number).Abs();
    uint64_t n = static_cast<uint64_t>(absolute.coefficient());
    std::string_view suffixes = Get(Locale::kOrdinals);
    size_t index = 0;
    bool is_teen = n % 100 >= 11 && n % 100 <= 13;
    switch (suffixes[0]) {
      case 'e':
        index = is_teen || n % 10 == 0 || n % 10 > 3 ? 3 : n % 10 - 1;
        break;
      case 'f':
        index = n == 1 ? 0 : 1;
        break;
      case 's':
        index = !is_teen && (n % 10 == 1 || n % 10 == 2) ? 0 : 1;
        break;
      default:
        break;
    }
    AppendNumber(Decimal::FromInt(number), Get(Locale::kGroupMark));
    out_->append(Part(suffixes.substr(1), index));
  }

  // What stands before the item: ", ", or the field's "between two|before the last of more".
  void AppendSeparator(std::string_view field, size_t index, size_t count) {
    if (index == 0) return;
    out_->append(index + 1 < count ? ", " : Part(field, count == 2 ? 0 : 1));
  }

  Result<void> AppendList(const Value& list, FormatStyle style) {
    std::string_view field = Get(style == FormatStyle::kOr ? Locale::kListOr : Locale::kListAnd);
    size_t count = list.items().size();
    for (size_t i = 0; i < count; ++i) {
      size_t before = out_->size();
      AppendSeparator(field, i, count);
      size_t start = out_->size();
      if (list.items()[i].Is(Kind::kList)) return DoesNotFit("list", list.items()[i]);
      CS_TRY(AppendText(list.items()[i]));
      if (i > 0 && i + 1 == count)
        SoundWell(std::string_view(*out_).substr(start), before, style != FormatStyle::kOr);
    }
    return {};
  }

  // The separator's word stands at `before`, behind a space.
  void SoundWell(std::string_view next, size_t before, bool is_and) {
    bool same = locale_.tag().starts_with("es") && IsSpanishSameSound(next, is_and);
    if (same) (*out_)[before + 1] = is_and ? 'e' : 'u';
  }

  Result<void> AppendText(const Value& value) {
    switch (value.kind()) {
      case Kind::kString:
        out_->append(value.string_value());
        return {};
      case Kind::kInt:
        AppendNumber(Decimal::FromInt(value.int_value()), {});
        return {};
      case Kind::kUint:
        AppendNumber(Decimal::FromUint(value.uint_value()), {});
        return {};
      case Kind::kDecimal:
        AppendNumber(CS_TRY(WithDigits(value.decimal_value(), -1)), {});
        return {};
      case Kind::kMoney:
        return AppendMoney(value.money_value(), FormatStyle::kSymbol);
      case Kind::kDate:
        AppendDate(value.date_value(), FormatStyle::kLong);
        return {};
      case Kind::kPeriod:
        AppendPeriod(value.period_value());
        return {};
      case Kind::kList:
        return AppendList(value, FormatStyle::kAnd);
      default:
        return DoesNotFit("text", value);
    }
  }

  const Locale& locale_;
  String* out_;
};

Result<void> LocaleText::AppendValue(const Value& value, const Format& format) {
  Decimal number;
  bool is_number = true;
  switch (value.kind()) {
    case Kind::kInt:
      number = Decimal::FromInt(value.int_value());
      break;
    case Kind::kUint:
      number = Decimal::FromUint(value.uint_value());
      break;
    case Kind::kDecimal:
      number = value.decimal_value();
      break;
    default:
      is_number = false;
  }
  switch (format.kind) {
    case FormatKind::kText:
      return AppendText(value);
    case FormatKind::kMoney:
      if (!value.Is(Kind::kMoney)) break;
      return AppendMoney(value.money_value(), format.style);
    case FormatKind::kNumber:
      if (!is_number) break;
      AppendNumber(CS_TRY(WithDigits(number, format.digits)), Get(Locale::kGroupMark));
      return {};
    case FormatKind::kPercent:
      if (!is_number) break;
      return AppendPercent(number, format.digits);
    case FormatKind::kDate:
      if (!value.Is(Kind::kDate)) break;
      AppendDate(value.date_value(), format.style);
      return {};
    case FormatKind::kPeriod:
      if (!value.Is(Kind::kPeriod)) break;
      AppendPeriod(value.period_value());
      return {};
    case FormatKind::kOrdinal:
      if (!is_number) break;
      AppendOrdinal(CS_TRY(number.ToInt()));
      return {};
    case FormatKind::kWords:
      if (value.Is(Kind::kMoney)) {
        Money payable = CS_TRY(ToPayable(value.money_value()));
        return AppendWords(payable.amount, payable.currency.Code(), locale_, out_);
      }
      if (!is_number) break;
      return AppendWords(number, {}, locale_, out_);
    case FormatKind::kList:
      if (!value.Is(Kind::kList)) break;
      return AppendList(value, format.style);
    case FormatKind::kUpper:
      if (!value.Is(Kind::kString)) break;
      AppendUpper(value.string_value(), out_);
      return {};
  }
  return DoesNotFit(format.ToString(), value);
}

Result<void> AppendFormatted(const Value& value, const Format& format, const Locale& locale,
                             String* out) {
  return LocaleText(locale, out).AppendValue(value, format);
}

String ListSeparator(std::string_view style, size_t index, size_t count, std::string_view next,
                     const Locale& locale) {
  if (style != "and" && style != "or") return String(style);
  String text;
  LocaleText(locale, &text).AppendListSeparator(style == "and", index, count, next);
  return text;
}

Result<String> FormatValue(const Value& value, const Format& format, const Locale& locale) {
  String text;
  CS_TRY(AppendFormatted(value, format, locale, &text));
  return text;
}

}  // namespace countersign::values
