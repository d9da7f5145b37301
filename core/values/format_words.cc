// Numbers in words, by CLDR's spell-out rules (rule-based number format, LDML part 3, section
// 6; ruleset spellout-numbering) in the notation of toolchain/generate_locales.py: a line for each
// ruleset, in it "value/radix:text;" in rising order. The last rule whose value is not above n says
// n. Its divisor is the highest power of the radix (10) that is not above the value; in its text
//   <  n / divisor     >  n % divisor     =  n     each with a digit behind it: by that ruleset
//   [ ]  is left out where divisor divides n
// "-" is what stands before a number below zero, "." what stands before its decimals, which are
// said one by one. Soft hyphens are left out.
#include "values/digits.h"
#include "values/format.h"

namespace countersign::values {
namespace {

constexpr int kMaxRules = 64;  // rulesets that lead to each other for one number; CLDR needs 20

std::string_view UpTo(char end, std::string_view* text) {
  std::string_view part = text->substr(0, text->find(end));
  text->remove_prefix(part.size() < text->size() ? part.size() + 1 : part.size());
  return part;
}

uint64_t ReadNumber(std::string_view* text) {
  uint64_t number = 0;
  for (; !text->empty() && (*text)[0] >= '0' && (*text)[0] <= '9'; text->remove_prefix(1)) {
    number = number * 10 + static_cast<uint64_t>((*text)[0] - '0');
  }
  return number;
}

void Append(std::string_view rules, char ruleset, uint64_t n, int depth, String* out) {
  if (depth > kMaxRules) return;
  std::string_view line = rules;
  for (char i = '0'; i < ruleset; ++i) UpTo('\n', &line);
  line = UpTo('\n', &line);
  std::string_view text;
  uint64_t divisor = 1;
  while (!line.empty()) {
    std::string_view rule = UpTo(';', &line);
    if (rule[0] < '0') continue;  // "-" and "."
    uint64_t value = ReadNumber(&rule), radix = 10;
    if (value > n) break;
    if (rule[0] == '/') {
      rule.remove_prefix(1);
      radix = ReadNumber(&rule);
    }
    text = rule.substr(1);
    for (divisor = 1; divisor * radix <= value;) divisor *= radix;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '[' && n % divisor == 0) i = text.find(']', i);
    if (c == '[' || c == ']') continue;
    if (c != '<' && c != '>' && c != '=') {
      *out += c;
      continue;
    }
    bool is_named = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    uint64_t part = c == '<' ? n / divisor : c == '>' ? n % divisor : n;
    Append(rules, is_named ? text[++i] : ruleset, part, depth + 1, out);
  }
}

}  // namespace

Result<void> AppendWords(const Decimal& number, std::string_view currency, const Locale& locale,
                         String* out) {
  std::string_view rules = locale.word_rules();
  if (rules.empty()) return Error(ErrorCode::kValuesUnknownFormat, "words");
  if (number.IsInexact()) return ErrorCode::kValuesInexact;
  String written = number.ToString();
  std::string_view digits = written;
  auto say = [&](char name) {
    std::string_view text = rules.substr(rules.find(name) + 2);
    *out += UpTo(';', &text);
  };
  if (number.IsNegative()) {
    say('-');
    digits.remove_prefix(1);
  }
  std::string_view whole = UpTo('.', &digits);  // and digits are those behind the point
  if (whole.size() > kMaxWordDigits) return ErrorCode::kValuesOverflow;
  Append(rules, '0', ReadNumber(&whole), 0, out);
  if (currency.empty()) {
    for (size_t i = 0; i < digits.size(); ++i) {
      if (i == 0) {
        say('.');
      } else {
        *out += ' ';
      }
      Append(rules, '0', static_cast<uint64_t>(digits[i] - '0'), 0, out);
    }
    return {};
  }
  constexpr std::string_view kNoBreakSpace = "\u00A0";
  if (!digits.empty()) {
    *out += kNoBreakSpace;
    *out += digits;
    *out += "/1";
    for (size_t i = 0; i < digits.size(); ++i) *out += '0';
  }
  *out += kNoBreakSpace;
  *out += currency;
  return {};
}

}  // namespace countersign::values
