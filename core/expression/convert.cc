// The conversions between types that CEL and contracts know: int(), string() and so on (apply.h).
#include <utility>

#include "base/string.h"
#include "expression/apply.h"

namespace countersign::expression {
namespace {

using values::Decimal;
using values::Kind;
using values::Value;

using Arguments = std::span<const Value* const>;

constexpr Status kBad = Fail(ErrorCode::kExpressionBadConversion);

}  // namespace

bool ReadWhole(std::string_view text, bool* negative, uint64_t* magnitude) {
  *negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 100) return false;  // leading zeros count
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    if (__builtin_mul_overflow(value, uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) {
      return false;
    }
  }
  *magnitude = value;
  return true;
}

namespace {

Status ToInt(const Value& a, Value* out) {
  switch (a.kind()) {
    case Kind::kInt:
      return Give(a, out);
    case Kind::kString: {
      bool negative;
      uint64_t magnitude;
      if (!ReadWhole(a.string_value(), &negative, &magnitude)) return kBad;
      if (magnitude > static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0)) {
        return Fail(ErrorCode::kValuesOverflow);
      }
      return Give(Value::Int(static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude)),
                  out);
    }
    case Kind::kDecimal: {
      const Result<int64_t> whole = a.decimal_value().ToInt();
      return whole ? Give(Value::Int(*whole), out) : Fail(whole.error().code());
    }
    default:
      return kNoOverload;
  }
}

Status ToBool(const Value& a, Value* out) {
  if (a.Is(Kind::kBool)) return Give(a, out);
  const std::string_view text = a.string_value();
  for (const std::string_view yes : {"true", "True", "TRUE", "t", "T", "1"}) {
    if (text == yes) return Give(Value::Bool(true), out);
  }
  for (const std::string_view no : {"false", "False", "FALSE", "f", "F", "0"}) {
    if (text == no) return Give(Value::Bool(false), out);
  }
  return kBad;
}

Status ToText(const Value& a, Value* out) {
  switch (a.kind()) {
    case Kind::kString:
      return Give(a, out);
    case Kind::kInt:
      return Give(Value::String(NumberText(a.int_value())), out);
    case Kind::kBool:
      return Give(Value::String(a.bool_value() ? "true" : "false"), out);
    case Kind::kDecimal:
      return Give(Value::String(a.decimal_value().ToString()), out);
    case Kind::kMoney:
      return Give(Value::String(values::ToString(a.money_value())), out);
    case Kind::kDate:
      return Give(Value::String(a.date_value().ToString()), out);
    case Kind::kPeriod:
      return Give(Value::String(a.period_value().ToString()), out);
    default:
      return kNoOverload;
  }
}

}  // namespace

// The conversions below rely on it.
bool Takes(Function function, Arguments all) {
  std::string_view rest = FunctionOverloads(function);
  while (!rest.empty()) {
    const std::string_view overload = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), overload.size() + 1));
    bool fits = overload.size() == all.size() + 1;
    for (size_t i = 0; fits && i < all.size(); ++i)
      fits = overload[i + 1] == KindLetter(all[i]->kind());
    if (fits) return true;
  }
  return false;
}

Status Convert(Function function, Arguments all, Value* out) {
  const Value& a = *all[0];
  if (function == Function::kToMoney && all.size() == 2 && all[1]->Is(Kind::kString) &&
      a.Is(Kind::kInt)) {
    const Value widened = Value::Of(Decimal::FromInt(a.int_value()));
    const Value* const arguments[] = {&widened, all[1]};
    return Convert(function, arguments, out);
  }
  if (!Takes(function, all)) return kNoOverload;
  const std::string_view text = a.Is(Kind::kString) ? a.string_value() : std::string_view();
  switch (function) {
    case Function::kToBool:
      return ToBool(a, out);
    case Function::kToInt:
      return ToInt(a, out);
    case Function::kToDecimal:
      if (a.Is(Kind::kString)) return Take(Decimal::Parse(text), out);
      if (a.Is(Kind::kInt)) return Give(Value::Of(Decimal::FromInt(a.int_value())), out);
      return a.Is(Kind::kDecimal) ? Give(a, out) : kNoOverload;
    case Function::kToString:
      return ToText(a, out);
    case Function::kToMoney: {
      if (a.Is(Kind::kString)) return Take(values::ParseMoney(text, all[1]->string_value()), out);
      const Result<values::Currency> currency = values::Currency::Parse(all[1]->string_value());
      if (!currency) return Fail(currency.error().code());
      return Give(Value::Of(values::Money{a.decimal_value(), *currency}), out);
    }
    case Function::kToDate: {
      if (a.Is(Kind::kString)) return Take(values::Date::Parse(text), out);
      if (a.Is(Kind::kDate)) return Give(a, out);
      int parts[3];
      for (int i = 0; i < 3; ++i) {
        const int64_t part = all[static_cast<size_t>(i)]->int_value();
        if (part < 0 || part > 9999) return Fail(ErrorCode::kValuesBadDate);
        parts[i] = static_cast<int>(part);
      }
      return Take(values::Date::Make(parts[0], parts[1], parts[2]), out);
    }
    case Function::kToPeriod:
      return a.Is(Kind::kPeriod) ? Give(a, out) : Take(values::Period::Parse(text), out);
    default:
      return kNoOverload;
  }
}

}  // namespace countersign::expression
