// Answers questions about decimals, dates and periods, one line each, so that values_python_test.py
// can compare them with Python's decimal and datetime. Not a test by itself.
//
//   add 1.50 2          ->  3.50
//   div 1 3             ->  ~0.3333333333333333333333333333333333      (~: inexact)
//   add 99..9 1         ->  !values.overflow
//   pay 1.5 EUR         ->  1.50 EUR
//   upper straße        ->  STRASSE
#include <iostream>
#include <sstream>
#include <string>

#include "values/date.h"
#include "values/decimal.h"
#include "values/format.h"
#include "values/money.h"
#include "values/timestamp.h"

namespace countersign::values {
namespace {

std::string Show(const Error& error) { return "!" + std::string(error.name()); }

std::string Show(const Result<Decimal>& result) {
  if (!result) return Show(result.error());
  return std::string(result->IsInexact() ? "~" : "").append(result->ToString());
}

template <class T>
std::string Show(const Result<T>& result) {
  return result ? std::string(result->ToString()) : Show(result.error());
}

std::string AnswerDecimal(const std::string& verb, const Decimal& a, std::istringstream& rest) {
  std::string word;
  rest >> word;
  if (verb == "round") {
    Result<Rounding> rounding = ParseRounding(word);
    int digits = 0;
    rest >> digits;
    return rounding ? Show(a.Round(digits, *rounding)) : Show(rounding.error());
  }
  if (verb == "pay") {
    Result<Currency> currency = Currency::Parse(word);
    if (!currency) return Show(currency.error());
    Result<Money> payable = ToPayable({a, *currency});
    return payable ? std::string(ToString(*payable)) : Show(payable.error());
  }
  if (verb == "toint") {
    Result<int64_t> whole = a.ToInt();
    return whole ? std::to_string(*whole) : Show(whole.error());
  }
  if (verb == "reduce") return Show(Result<Decimal>(a.Reduce()));
  Result<Decimal> b = Decimal::Parse(word);
  if (!b) return Show(b.error());
  if (verb == "add") return Show(Add(a, *b));
  if (verb == "sub") return Show(Subtract(a, *b));
  if (verb == "mul") return Show(Multiply(a, *b));
  if (verb == "div") return Show(Divide(a, *b));
  if (verb == "cmp") return Compare(a, *b) < 0 ? "<" : Compare(a, *b) > 0 ? ">" : "=";
  return "?";
}

std::string AnswerDate(const std::string& verb, const Date& date, std::istringstream& rest) {
  std::string word;
  rest >> word;
  if (verb == "weekday") return std::to_string(date.Weekday());
  if (verb == "plus" || verb == "minus") {
    Result<Period> period = Period::Parse(word);
    if (!period) return Show(period.error());
    return verb == "plus" ? Show(Add(date, *period)) : Show(Subtract(date, *period));
  }
  Result<Date> other = Date::Parse(word);
  if (!other) return Show(other.error());
  if (verb == "days") return std::to_string(DaysBetween(date, *other));
  if (verb == "between") return PeriodBetween(date, *other).ToString();
  if (verb == "months") return std::to_string(PeriodBetween(date, *other).months());
  return "?";
}

std::string Answer(const std::string& line) {
  std::istringstream words(line);
  std::string verb, first;
  words >> verb >> first;
  if (verb == "upper") {
    Result<Format> format = Format::Parse(verb);
    Result<Locale> locale = Locale::Find("en");
    return *FormatValue(Value::String(first), *format, *locale);
  }
  if (verb == "literal") return Show(Decimal::ParseLiteral(first));
  if (verb == "date") return Show(Date::Parse(first));
  if (verb == "period") return Show(Period::Parse(first));
  if (verb == "timestamp") return Show(Timestamp::Parse(first));
  if (Result<Date> date = Date::Parse(first)) return AnswerDate(verb, *date, words);
  if (Result<Decimal> decimal = Decimal::Parse(first)) return AnswerDecimal(verb, *decimal, words);
  return "!unreadable";
}

}  // namespace
}  // namespace countersign::values

int main() {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << countersign::values::Answer(line) << '\n';
}
