// Numbers in words, by CLDR's spell-out rules (rule-based number format, LDML part 3, section
// 6; ruleset spellout-numbering) in the notation of toolchain/generate_locales.py: a line for each
// ruleset, in it "value/radix:text;" in rising order. The last rule whose value is not above n says
// n. Its divisor is the highest power of the radix (10) that is not above the value; in its text
//   <  n / divisor     >  n % divisor     =  n     each with a digit behind it: by that ruleset
//   [ ]  is left out where divisor divides n
// "-" is what stands before a number below zero, "." what stands before its decimals, which are
// said one by one. Soft hyphens are left out.
#include <algorithm>

#include "values/digits.h"
#include "values/format.h"

namespace countersign::values {
namespace {

constexpr int kMaxSteps = 500;  // rules said for one number; CLDR's need 60 for 18 digits

std::string_view UpTo(char end, std::string_view* text) {
  std::string_view part = text->substr(0, text->find(end));
  text->remove_prefix(part.size() < text->size() ? part.size() + 1 : part.size());
  return part;
}

bool IsDigitAt(std::string_view text, size_t index) {
  return index < text.size() && text[index] >= '0' && text[index] <= '9';
}

uint64_t ReadNumber(std::string_view* text) {
  uint64_t number = 0;
  for (; IsDigitAt(*text, 0); text->remove_prefix(1)) {
    number = number * 10 + static_cast<uint64_t>((*text)[0] - '0');
  }
  return number;
}

// The rules come with a template, from anybody: every text ends here, soon.
struct Speller {
  std::string_view rules;
  String* out;
  int steps = 0;

  void Say(char ruleset, uint64_t n) {
    if (++steps > kMaxSteps) return;
    std::string_view line = rules;
    for (char i = '0'; i < ruleset; ++i) UpTo('\n', &line);
    line = UpTo('\n', &line);
    std::string_view text;
    uint64_t divisor = 1;
    while (!line.empty()) {
      std::string_view rule = UpTo(';', &line);
      if (!IsDigitAt(rule, 0)) continue;  // "-" and "."
      uint64_t value = ReadNumber(&rule), radix = 10;
      if (value > n) break;
      if (rule.starts_with('/')) {
        rule.remove_prefix(1);
        radix = std::max<uint64_t>(ReadNumber(&rule), 2);
      }
      text = rule.substr(std::min<size_t>(rule.size(), 1));
      for (divisor = 1; divisor <= value / radix;) divisor *= radix;
    }
    for (size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (c == '[' && n % divisor == 0) i = std::min(text.find(']', i), text.size());
      if (c == '[' || c == ']') continue;
      if (c != '<' && c != '>' && c != '=') {
        *out += c;
        continue;
      }
      const uint64_t part = c == '<' ? n / divisor : c == '>' ? n % divisor : n;
      Say(IsDigitAt(text, i + 1) ? text[++i] : ruleset, part);
    }
  }
  // The words before a sign or a point.
  void Say(char name) {
    const size_t found = rules.find(name);
    if (found >= rules.size() - 1) return;
    std::string_view text = rules.substr(found + 2);
    *out += UpTo(';', &text);
  }
};

}  // namespace

Result<void> AppendWords(const Decimal& number, std::string_view currency, const Locale& locale,
                         String* out) {
  Speller speller{locale.word_rules(), out};
  if (speller.rules.empty()) return Error(ErrorCode::kValuesUnknownFormat, "words");
  if (number.IsInexact()) return ErrorCode::kValuesInexact;
  String written = number.ToString();
  std::string_view digits = written;
  if (number.IsNegative()) {
    speller.Say('-');
    digits.remove_prefix(1);
  }
  std::string_view whole = UpTo('.', &digits);  // and digits are those behind the point
  if (whole.size() > kMaxWordDigits) return ErrorCode::kValuesOverflow;
  speller.Say('0', ReadNumber(&whole));
  constexpr std::string_view kNoBreakSpace = "\u00A0";
  if (currency.empty()) {
    for (size_t i = 0; i < digits.size(); ++i) {
      if (i == 0) {
        speller.Say('.');
      } else {
        *out += ' ';
      }
      speller.Say('0', static_cast<uint64_t>(digits[i] - '0'));
    }
  } else {
    if (!digits.empty()) {
      *out += kNoBreakSpace;
      *out += digits;
      *out += "/1";
      for (size_t i = 0; i < digits.size(); ++i) *out += '0';
    }
    *out += kNoBreakSpace;
    *out += currency;
  }
  if (speller.steps > kMaxSteps) return ErrorCode::kValuesOverflow;
  return {};
}

}  // namespace countersign::values
