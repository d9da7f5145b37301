// What parses is printed so that it parses to the same value again; arithmetic and formats stand
// any operand. The first byte chooses a reader, the rest is its text.
#include <cstdlib>

#include "base/string.h"
#include "json/value.h"
#include "values/date.h"
#include "values/decimal.h"
#include "values/format.h"
#include "values/locale.h"
#include "values/money.h"
#include "values/plain_json.h"
#include "values/timestamp.h"
#include "values/type.h"
#include "values/value.h"

namespace countersign::values {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

template <class T>
void ComesBack(std::string_view text, Result<T> (*parse)(std::string_view)) {
  Result<T> value = parse(text);
  if (!value) return;
  String printed = value->ToString();
  Result<T> again = parse(printed);
  Require(again && *again == *value && again->ToString() == printed);
}

// Every format in a few locales: an error or well-formed text, never a crash.
void WriteForReaders(const Value& value) {
  for (std::string_view name : {"text", "money", "number(2)", "percent", "date", "date(medium)",
                                "period", "ordinal", "list", "list(or)", "upper", "words"}) {
    for (std::string_view tag : {"en-IN", "es", "pl", "sv"}) {
      Result<String> text =
          FormatValue(value, *Format::Parse(name), Locale::Find(tag)->WithWords(WordRules(tag)));
      Require(!text || IsUtf8(*text));
    }
  }
}

// Rules of numbers in words, as a template brings them.
void SayByRules(std::string_view rules) {
  String out;
  const Locale locale = Locale::Find("en")->WithWords(rules);
  (void)AppendWords(*Decimal::Parse("-120304050607080900.21"), {}, locale, &out).has_value();
  Require(out.size() < 1000 + 600 * rules.size());
}

void Calculate(std::string_view text) {
  size_t space = text.find(' ');
  if (space == text.npos) return;
  Result<Decimal> a = Decimal::ParseLiteral(text.substr(0, space));
  Result<Decimal> b = Decimal::Parse(text.substr(space + 1));
  if (!a || !b) return;
  if (Result<Decimal> sum = Add(*a, *b)) {
    Result<Decimal> back = Subtract(*sum, *b);
    Require(!back || Compare(*back, *a) == 0);
  }
  Result<Decimal> product = Multiply(*a, *b);
  if (product && !b->IsZero()) {
    Result<Decimal> back = Divide(*product, *b);
    Require(!back || back->IsInexact() || Compare(*back, *a) == 0);
  }
  if (Result<Decimal> quotient = Divide(*a, *b)) {
    Result<Decimal> back = Multiply(*quotient, *b);
    Require(!back || quotient->IsInexact() || Compare(*back, *a) == 0);
  }
  for (int digits : {-38, -2, 0, 2, 38}) {
    for (int mode = 0; mode < 7; ++mode) {
      Result<Decimal> rounded = a->Round(digits, static_cast<Rounding>(mode));
      Require(!rounded || rounded->scale() == (digits > 0 ? digits : 0));
    }
  }
}

// "<type> <json>"
void ReadByType(std::string_view text) {
  size_t split = text.find('\n');
  if (split == text.npos) return;
  Result<Type> type = Type::Parse(text.substr(0, split));
  Result<json::Value> json = json::Read(text.substr(split + 1), json::kEventLimits);
  if (!type || !json) return;
  Result<Value> value = FromJson(*json, *type, &kWideForms);
  if (!value) return;
  Require(Fits(*value, *type));
  Result<json::Value> written = ToJson(*value, &kWideForms);
  Require(written.has_value());
  Result<Value> again = FromJson(*written, *type, &kWideForms);
  Require(again && *again == *value && (Equal(*again, *value)));
  WriteForReaders(*value);
}

}  // namespace
}  // namespace countersign::values

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign::values;
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0]) {
    case 'd':
      ComesBack<Decimal>(text, Decimal::Parse);
      break;
    case 'l':
      ComesBack<Decimal>(text, Decimal::ParseLiteral);
      break;
    case 'D':
      ComesBack<Date>(text, Date::Parse);
      break;
    case 'p':
      ComesBack<Period>(text, Period::Parse);
      break;
    case 't':
      ComesBack<Timestamp>(text, Timestamp::Parse);
      break;
    case 'u':
      ComesBack<Duration>(text, Duration::Parse);
      break;
    case 'T':
      ComesBack<Type>(text, Type::Parse);
      break;
    case 'f':
      ComesBack<Format>(text, Format::Parse);
      break;
    case 'o':
      (void)ParseUtcOffset(text).has_value();
      break;
    case 'm':
      (void)Currency::Parse(text).has_value();
      break;
    case 'L':
      (void)Locale::Find(text).has_value();
      break;
    case 'w':
      SayByRules(text);
      break;
    case 'c':
      Calculate(text);
      break;
    case 'j':
      ReadByType(text);
      break;
    default:
      break;
  }
  return 0;
}
