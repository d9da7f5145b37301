// One function after the other, each for the kinds that contracts lack.
#include "expression/wide.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/string.h"
#include "expression/real.h"

namespace countersign::expression {
namespace {

using values::Decimal;
using values::Duration;
using values::Kind;
using values::Timestamp;
using values::Value;

using Arguments = std::span<const Value* const>;

constexpr Status kBad = Fail(ErrorCode::kExpressionBadConversion);
constexpr Status kIntOverflow = Fail(ErrorCode::kValuesOverflow);
constexpr Status kDivideByZero = Fail(ErrorCode::kValuesDivideByZero);
// What the functions below answer where the contract's own know better: never given out.
constexpr Status kNotHere = -2;

bool AreBoth(const Value& a, const Value& b, Kind kind) { return a.Is(kind) && b.Is(kind); }

Status AddBoth(const Value& a, const Value& b, Value* out) {
  if (AreBoth(a, b, Kind::kUint)) {
    uint64_t sum;
    if (__builtin_add_overflow(a.uint_value(), b.uint_value(), &sum)) return kIntOverflow;
    return Give(Value::Uint(sum), out);
  }
  if (AreBoth(a, b, Kind::kDouble)) {
    return Give(Value::Double(a.double_value() + b.double_value()), out);
  }
  if (a.Is(Kind::kTimestamp) && b.Is(Kind::kDuration)) {
    return Take(Add(a.timestamp_value(), b.duration_value()), out);
  }
  if (a.Is(Kind::kDuration) && b.Is(Kind::kTimestamp)) {
    return Take(Add(b.timestamp_value(), a.duration_value()), out);
  }
  if (AreBoth(a, b, Kind::kDuration)) {
    return Take(Add(a.duration_value(), b.duration_value()), out);
  }
  return kNotHere;
}

Status JoinBytes(const Value& a, const Value& b, int64_t* fuel, Value* out) {
  const std::string_view left = AsText(a.bytes_value());
  const std::string_view right = AsText(b.bytes_value());
  if (!Charge(fuel, left.size() + right.size())) return kStarved;
  String joined(left);
  joined.append(right);
  return Give(Value::Bytes(AsBytes(joined)), out);
}

Status Subtract(const Value& a, const Value& b, Value* out) {
  if (AreBoth(a, b, Kind::kUint)) {
    uint64_t rest;
    if (__builtin_sub_overflow(a.uint_value(), b.uint_value(), &rest)) return kIntOverflow;
    return Give(Value::Uint(rest), out);
  }
  if (AreBoth(a, b, Kind::kDouble)) {
    return Give(Value::Double(a.double_value() - b.double_value()), out);
  }
  if (a.Is(Kind::kTimestamp) && b.Is(Kind::kDuration)) {
    return Take(Subtract(a.timestamp_value(), b.duration_value()), out);
  }
  if (AreBoth(a, b, Kind::kTimestamp)) {
    const Result<Duration> between = Subtract(a.timestamp_value(), b.timestamp_value());
    // CEL's durations between two times are 64 bits of nanoseconds: 292 years.
    constexpr int64_t kMost = INT64_MAX / 1'000'000'000;
    if (between && (between->seconds() > kMost || between->seconds() < -kMost)) return kIntOverflow;
    return Take(between, out);
  }
  if (AreBoth(a, b, Kind::kDuration)) {
    return Take(Subtract(a.duration_value(), b.duration_value()), out);
  }
  return kNotHere;
}

Status Opposite(const Value& a, Value* out) {
  if (a.Is(Kind::kDouble)) return Give(Value::Double(-a.double_value()), out);
  return kNotHere;
}

Status Multiply(const Value& a, const Value& b, Value* out) {
  if (AreBoth(a, b, Kind::kUint)) {
    uint64_t product;
    if (__builtin_mul_overflow(a.uint_value(), b.uint_value(), &product)) return kIntOverflow;
    return Give(Value::Uint(product), out);
  }
  if (AreBoth(a, b, Kind::kDouble)) {
    return Give(Value::Double(a.double_value() * b.double_value()), out);
  }
  return kNotHere;
}

Status Divide(const Value& a, const Value& b, Value* out) {
  if (AreBoth(a, b, Kind::kUint)) {
    if (b.uint_value() == 0) return kDivideByZero;
    return Give(Value::Uint(a.uint_value() / b.uint_value()), out);
  }
  if (!AreBoth(a, b, Kind::kDouble)) return kNotHere;
  // IEEE 754 division by zero, spelt out: in C++ it is undefined.
  const double x = a.double_value(), y = b.double_value();
  if (y != 0) return Give(Value::Double(x / y), out);
  if (x == 0 || x != x) return Give(Value::Double(__builtin_nan("")), out);
  const bool positive = __builtin_signbit(x) == __builtin_signbit(y);
  return Give(Value::Double(positive ? __builtin_inf() : -__builtin_inf()), out);
}

Status Remainder(const Value& a, const Value& b, Value* out) {
  if (!AreBoth(a, b, Kind::kUint)) return kNotHere;
  if (b.uint_value() == 0) return kDivideByZero;
  return Give(Value::Uint(a.uint_value() % b.uint_value()), out);
}

bool IsWhole(const Value& value) { return value.Is(Kind::kInt) || value.Is(Kind::kUint); }

double AsDouble(const Value& number) {
  if (number.Is(Kind::kDouble)) return number.double_value();
  return number.Is(Kind::kInt) ? static_cast<double>(number.int_value())
                               : static_cast<double>(number.uint_value());
}

// CEL compares an int and a double as doubles, although 2^63 - 1 then equals 2^63. (Inside of lists
// and maps, values::Equal is exact.)
Status Compare(Function function, const Value& a, const Value& b, int64_t* fuel, Value* out) {
  const bool mixed = (a.Is(Kind::kDouble) && IsWhole(b)) || (IsWhole(a) && b.Is(Kind::kDouble));
  if (!mixed) return kNotHere;
  if (!Charge(fuel, std::min(a.DeepSize(), b.DeepSize()) / 8)) return kStarved;
  const double x = AsDouble(a), y = AsDouble(b);
  switch (function) {
    case Function::kEqual:
      return Give(Value::Bool(x == y), out);
    case Function::kNotEqual:
      return Give(Value::Bool(x != y), out);
    case Function::kLess:
      return Give(Value::Bool(x < y), out);
    case Function::kLessEqual:
      return Give(Value::Bool(x <= y), out);
    case Function::kGreater:
      return Give(Value::Bool(x > y), out);
    default:
      return Give(Value::Bool(x >= y), out);
  }
}

// Of lists of any numbers, amounts and spans.
Status Sum(Arguments all, int64_t* fuel, Value* out) {
  if (!all[0]->Is(Kind::kList)) return kNoOverload;
  const auto items = all[0]->items();
  *out = items.empty() ? *all[1] : items[0];
  if (out->Is(Kind::kNull))
    return items.empty() ? Fail(ErrorCode::kExpressionOutOfRange) : kNoOverload;
  if (!Charge(fuel, items.size())) return kStarved;
  for (size_t i = 0; i < items.size(); ++i) {
    Value sum;  // the first one is only asked whether it can be added
    Status status = AddBoth(*out, items[i], &sum);
    if (status == kNotHere) status = AddNumbers(*out, items[i], &sum);
    if (status == kNoOverload || (i > 0 && status != kDone)) return status;
    if (i > 0) *out = std::move(sum);
  }
  return kDone;
}

Status TimePart(Function function, Arguments all, Value* out) {
  const Value& a = *all[0];
  if (a.Is(Kind::kDuration) && all.size() == 1) {
    const Duration duration = a.duration_value();
    switch (function) {
      case Function::kGetHours:
        return Give(Value::Int(duration.seconds() / 3600), out);
      case Function::kGetMinutes:
        return Give(Value::Int(duration.seconds() / 60), out);
      case Function::kGetSeconds:
        return Give(Value::Int(duration.seconds()), out);
      case Function::kGetMilliseconds:
        return Give(Value::Int(duration.nanos() / 1'000'000), out);
      default:
        return kNoOverload;
    }
  }
  if (!a.Is(Kind::kTimestamp) || (all.size() == 2 && !all[1]->Is(Kind::kString))) {
    return kNoOverload;
  }
  int offset = 0;
  if (all.size() == 2) {
    const Result<int> parsed = values::ParseUtcOffset(all[1]->string_value());
    if (!parsed) return Fail(parsed.error().code());
    offset = *parsed;
  }
  const values::CivilTime time = a.timestamp_value().At(offset);
  switch (function) {
    case Function::kGetFullYear:
      return Give(Value::Int(time.date.year), out);
    case Function::kGetMonth:
      return Give(Value::Int(time.date.month - 1), out);
    case Function::kGetDate:
      return Give(Value::Int(time.date.day), out);
    case Function::kGetDayOfMonth:
      return Give(Value::Int(time.date.day - 1), out);
    case Function::kGetDayOfWeek:
      return Give(Value::Int(time.weekday % 7), out);
    case Function::kGetDayOfYear:
      return Give(Value::Int(time.day_of_year - 1), out);
    case Function::kGetHours:
      return Give(Value::Int(time.hour), out);
    case Function::kGetMinutes:
      return Give(Value::Int(time.minute), out);
    case Function::kGetSeconds:
      return Give(Value::Int(time.second), out);
    default:
      return Give(Value::Int(time.nanos / 1'000'000), out);
  }
}

constexpr double kTwoTo63 = 9223372036854775808.0;

Status ToInt(const Value& a, Value* out) {
  switch (a.kind()) {
    case Kind::kUint:
      if (a.uint_value() > static_cast<uint64_t>(INT64_MAX)) return kIntOverflow;
      return Give(Value::Int(static_cast<int64_t>(a.uint_value())), out);
    case Kind::kDouble: {
      const double real = a.double_value();
      if (!(real > -kTwoTo63 && real < kTwoTo63)) return kIntOverflow;
      return Give(Value::Int(static_cast<int64_t>(real)), out);
    }
    case Kind::kTimestamp:
      return Give(Value::Int(a.timestamp_value().seconds()), out);
    default:
      return kNotHere;
  }
}

Status ToUint(const Value& a, Value* out) {
  switch (a.kind()) {
    case Kind::kUint:
      return Give(a, out);
    case Kind::kInt:
      if (a.int_value() < 0) return kIntOverflow;
      return Give(Value::Uint(a.uint_value()), out);
    case Kind::kDouble: {
      const double real = a.double_value();
      if (!(real >= 0 && real < 2 * kTwoTo63)) return kIntOverflow;
      return Give(Value::Uint(static_cast<uint64_t>(real)), out);
    }
    default: {
      bool negative;
      uint64_t magnitude;
      if (!ReadWhole(a.string_value(), &negative, &magnitude) || negative) return kBad;
      return Give(Value::Uint(magnitude), out);
    }
  }
}

Status ToDouble(const Value& a, int64_t* fuel, Value* out) {
  if (!a.Is(Kind::kString)) return Give(Value::Double(AsDouble(a)), out);
  if (!Charge(fuel, ReadWork(a.string_value()))) return kStarved;
  const std::optional<double> real = ParseReal(a.string_value());
  if (!real) return kBad;
  return Give(Value::Double(*real), out);
}

Status ToText(const Value& a, int64_t* fuel, Value* out) {
  switch (a.kind()) {
    case Kind::kUint:
      return Give(Value::String(NumberText(a.uint_value())), out);
    case Kind::kDouble: {
      const String text = FormatReal(a.double_value());
      if (!Charge(fuel, WriteWork(a.double_value(), text))) return kStarved;
      return Give(Value::String(text), out);
    }
    case Kind::kBytes: {
      const std::string_view text = AsText(a.bytes_value());
      if (!Charge(fuel, text.size())) return kStarved;
      if (!IsUtf8(text)) return kBad;
      return Give(Value::String(text), out);
    }
    case Kind::kTimestamp:
      return Give(Value::String(a.timestamp_value().ToString()), out);
    case Kind::kDuration:
      return Give(Value::String(a.duration_value().ToString()), out);
    default:
      return kNotHere;
  }
}

// An argument that widens to decimal: then the contract's own conversion goes on.
Status FromUint(Function function, Arguments all, int64_t* fuel, Value* out) {
  if (!all[0]->Is(Kind::kUint)) return kNotHere;
  const Value widened = Value::Of(Decimal::FromUint(all[0]->uint_value()));
  Vector<const Value*> arguments(all.begin(), all.end());
  arguments[0] = &widened;
  return Apply(function, arguments, fuel, out);
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

// The functions of the wide set. REQUIRES: IsWide(function).
Status Own(Function function, Arguments all, int64_t* fuel, Value* out) {
  const Value& a = *all[0];
  if (function == Function::kTypeOf) return Give(TypeOf(a), out);
  if (function >= Function::kGetFullYear) return TimePart(function, all, out);
  if (!Takes(function, all)) return kNoOverload;
  switch (function) {
    case Function::kToUint:
      return ToUint(a, out);
    case Function::kToDouble:
      return ToDouble(a, fuel, out);
    case Function::kToBytes: {
      if (a.Is(Kind::kBytes)) return Give(a, out);
      if (!Charge(fuel, a.string_value().size())) return kStarved;
      return Give(Value::Bytes(AsBytes(a.string_value())), out);
    }
    case Function::kToTimestamp:
      if (a.Is(Kind::kInt)) return Take(Timestamp::FromUnix(a.int_value(), 0), out);
      return a.Is(Kind::kTimestamp) ? Give(a, out) : Take(Timestamp::Parse(a.string_value()), out);
    default:
      return a.Is(Kind::kDuration) ? Give(a, out) : Take(Duration::Parse(a.string_value()), out);
  }
}

// What the other functions do with the kinds of the wide set; kNotHere where they need not know.
Status Extend(Function function, Arguments all, int64_t* fuel, Value* out) {
  const Value& a = *all[0];
  const Value& b = *all[all.size() - 1];
  switch (function) {
    case Function::kEqual:
    case Function::kNotEqual:
    case Function::kLess:
    case Function::kLessEqual:
    case Function::kGreater:
    case Function::kGreaterEqual:
      return Compare(function, a, b, fuel, out);
    case Function::kAdd:
      return AreBoth(a, b, Kind::kBytes) ? JoinBytes(a, b, fuel, out) : AddBoth(a, b, out);
    case Function::kSubtract:
      return all.size() == 1 ? Opposite(a, out) : Subtract(a, b, out);
    case Function::kMultiply:
      return Multiply(a, b, out);
    case Function::kDivide:
      return Divide(a, b, out);
    case Function::kModulo:
      return Remainder(a, b, out);
    case Function::kAbs:
      if (!a.Is(Kind::kDouble)) return kNotHere;
      return Give(Value::Double(__builtin_fabs(a.double_value())), out);
    case Function::kSum:
      return Sum(all, fuel, out);
    case Function::kSize:
      if (!a.Is(Kind::kBytes)) return kNotHere;
      return Give(Value::Int(static_cast<int64_t>(a.bytes_value().size())), out);
    case Function::kToInt:
      return all.size() == 1 ? ToInt(a, out) : kNotHere;
    case Function::kToString:
      return all.size() == 1 ? ToText(a, fuel, out) : kNotHere;
    case Function::kToDecimal:
    case Function::kToMoney:
      return FromUint(function, all, fuel, out);
    default:
      return kNotHere;
  }
}

}  // namespace

Status ApplyWide(Function function, Arguments all, int64_t* fuel, Value* out) {
  if (IsWide(function)) return Own(function, all, fuel, out);
  const Status status = Extend(function, all, fuel, out);
  return status == kNotHere ? Apply(function, all, fuel, out) : status;
}

Outcome RunWide(const Program& program, const Bindings& bindings, Fuel& fuel) {
  return RunWith(program, bindings, fuel, ApplyWide);
}

}  // namespace countersign::expression
