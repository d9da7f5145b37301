#include <string>
#include <utility>

#include "base/bytes.h"
#include "expression/apply.h"
#include "expression/real.h"

namespace countersign::expression {
namespace {

using values::Decimal;
using values::Kind;
using values::Value;

using Arguments = std::span<const Value* const>;

template <class T>
Result<Value> Wrap(Result<T> result) {
  if (!result) return std::move(result).error();
  return Value::Of(*result);
}

Error Bad(std::string_view text) {
  return Error(ErrorCode::kExpressionBadConversion, text.substr(0, 80));
}

// [+-]digits into 64 bits. REQUIRES: nothing; false where it is no such text or too large.
bool ReadWhole(std::string_view text, bool* negative, uint64_t* magnitude) {
  *negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 24) return false;
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

constexpr double kTwoTo63 = 9223372036854775808.0;

Result<Value> ToInt(const Value& a) {
  switch (a.kind()) {
    case Kind::kInt:
      return a;
    case Kind::kUint:
      if (a.uint_value() > static_cast<uint64_t>(INT64_MAX)) return ErrorCode::kValuesOverflow;
      return Value::Int(static_cast<int64_t>(a.uint_value()));
    case Kind::kDouble: {
      const double real = a.double_value();
      if (!(real > -kTwoTo63 && real < kTwoTo63)) return ErrorCode::kValuesOverflow;
      return Value::Int(static_cast<int64_t>(real));
    }
    case Kind::kString: {
      bool negative;
      uint64_t magnitude;
      if (!ReadWhole(a.string_value(), &negative, &magnitude)) return Bad(a.string_value());
      if (magnitude > static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0)) {
        return ErrorCode::kValuesOverflow;
      }
      return Value::Int(static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude));
    }
    case Kind::kDecimal:
      return Value::Int(CS_TRY(a.decimal_value().ToInt()));
    default:
      return Value::Int(a.timestamp_value().seconds());
  }
}

Result<Value> ToUint(const Value& a) {
  switch (a.kind()) {
    case Kind::kUint:
      return a;
    case Kind::kInt:
      if (a.int_value() < 0) return ErrorCode::kValuesOverflow;
      return Value::Uint(a.uint_value());
    case Kind::kDouble: {
      const double real = a.double_value();
      if (!(real >= 0 && real < 2 * kTwoTo63)) return ErrorCode::kValuesOverflow;
      return Value::Uint(static_cast<uint64_t>(real));
    }
    default: {
      bool negative;
      uint64_t magnitude;
      if (!ReadWhole(a.string_value(), &negative, &magnitude) || negative) {
        return Bad(a.string_value());
      }
      return Value::Uint(magnitude);
    }
  }
}

Result<Value> ToDouble(const Value& a) {
  switch (a.kind()) {
    case Kind::kDouble:
      return a;
    case Kind::kInt:
      return Value::Double(static_cast<double>(a.int_value()));
    case Kind::kUint:
      return Value::Double(static_cast<double>(a.uint_value()));
    default: {
      const std::optional<double> real = ParseReal(a.string_value());
      if (!real) return Bad(a.string_value());
      return Value::Double(*real);
    }
  }
}

Result<Value> ToBool(const Value& a) {
  if (a.Is(Kind::kBool)) return a;
  const std::string_view text = a.string_value();
  for (const std::string_view yes : {"true", "True", "TRUE", "t", "T", "1"}) {
    if (text == yes) return Value::Bool(true);
  }
  for (const std::string_view no : {"false", "False", "FALSE", "f", "F", "0"}) {
    if (text == no) return Value::Bool(false);
  }
  return Bad(text);
}

Result<Value> ToText(const Value& a, int64_t* fuel) {
  switch (a.kind()) {
    case Kind::kString:
      return a;
    case Kind::kInt:
      return Value::String(std::to_string(a.int_value()));
    case Kind::kUint:
      return Value::String(std::to_string(a.uint_value()));
    case Kind::kDouble:
      return Value::String(FormatReal(a.double_value()));
    case Kind::kBool:
      return Value::String(a.bool_value() ? "true" : "false");
    case Kind::kBytes: {
      const std::string_view text = AsText(a.bytes_value());
      if (!Charge(fuel, text.size())) return ErrorCode::kExpressionFuel;
      if (!IsUtf8(text)) return Bad("bytes that are not UTF-8");
      return Value::String(text);
    }
    case Kind::kTimestamp:
      return Value::String(a.timestamp_value().ToString());
    case Kind::kDuration:
      return Value::String(a.duration_value().ToString());
    case Kind::kDecimal:
      return Value::String(a.decimal_value().ToString());
    case Kind::kMoney:
      return Value::String(values::ToString(a.money_value()));
    case Kind::kDate:
      return Value::String(a.date_value().ToString());
    default:
      return Value::String(a.period_value().ToString());
  }
}

Value TypeOf(const Value& a) {
  switch (a.kind()) {
    case Kind::kNull:
      return Value::TypeNamed("null_type");
    case Kind::kTimestamp:
      return Value::TypeNamed("google.protobuf.Timestamp");
    case Kind::kDuration:
      return Value::TypeNamed("google.protobuf.Duration");
    default:
      return Value::TypeNamed(KindName(a.kind()));
  }
}

// Whether some overload takes exactly these kinds: the conversions below rely on it.
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

}  // namespace

Result<Value> Convert(Function function, Arguments all, int64_t* fuel) {
  const Value& a = *all[0];
  if (function == Function::kTypeOf) return TypeOf(a);
  if (function == Function::kToMoney && all.size() == 2 && all[1]->Is(Kind::kString) &&
      (a.Is(Kind::kInt) || a.Is(Kind::kUint))) {
    const Decimal amount =
        a.Is(Kind::kInt) ? Decimal::FromInt(a.int_value()) : Decimal::FromUint(a.uint_value());
    const Value widened = Value::Of(amount);
    const Value* const arguments[] = {&widened, all[1]};
    return Convert(function, arguments, fuel);
  }
  if (!Takes(function, all)) return NoOverload(function, all);
  const std::string_view text = a.Is(Kind::kString) ? a.string_value() : std::string_view();
  switch (function) {
    case Function::kToBool:
      return ToBool(a);
    case Function::kToInt:
      return ToInt(a);
    case Function::kToUint:
      return ToUint(a);
    case Function::kToDouble:
      return ToDouble(a);
    case Function::kToDecimal:
      if (a.Is(Kind::kString)) return Wrap(Decimal::Parse(text));
      if (a.Is(Kind::kInt)) return Value::Of(Decimal::FromInt(a.int_value()));
      if (a.Is(Kind::kUint)) return Value::Of(Decimal::FromUint(a.uint_value()));
      return a;
    case Function::kToString:
      return ToText(a, fuel);
    case Function::kToBytes:
      if (a.Is(Kind::kBytes)) return a;
      if (!Charge(fuel, text.size())) return ErrorCode::kExpressionFuel;
      return Value::Bytes(AsBytes(text));
    case Function::kToMoney: {
      if (a.Is(Kind::kString)) return Wrap(values::ParseMoney(text, all[1]->string_value()));
      const values::Currency currency = CS_TRY(values::Currency::Parse(all[1]->string_value()));
      return Value::Of(values::Money{a.decimal_value(), currency});
    }
    case Function::kToDate: {
      if (a.Is(Kind::kString)) return Wrap(values::Date::Parse(text));
      if (a.Is(Kind::kDate)) return a;
      int parts[3];
      for (int i = 0; i < 3; ++i) {
        const int64_t part = all[static_cast<size_t>(i)]->int_value();
        if (part < 0 || part > 9999) return ErrorCode::kValuesBadDate;
        parts[i] = static_cast<int>(part);
      }
      return Wrap(values::Date::Make(parts[0], parts[1], parts[2]));
    }
    case Function::kToPeriod:
      return a.Is(Kind::kPeriod) ? Result<Value>(a) : Wrap(values::Period::Parse(text));
    case Function::kToTimestamp:
      if (a.Is(Kind::kInt)) return Wrap(values::Timestamp::FromUnix(a.int_value(), 0));
      return a.Is(Kind::kTimestamp) ? Result<Value>(a) : Wrap(values::Timestamp::Parse(text));
    case Function::kToDuration:
      return a.Is(Kind::kDuration) ? Result<Value>(a) : Wrap(values::Duration::Parse(text));
    default:
      return NoOverload(function, all);
  }
}

}  // namespace countersign::expression
