#include "expression/apply.h"

#include <algorithm>
#include <string>
#include <utility>

namespace countersign::expression {
namespace {

using values::Date;
using values::Decimal;
using values::Duration;
using values::Kind;
using values::MapEntry;
using values::Money;
using values::Period;
using values::Timestamp;
using values::Value;

using Arguments = std::span<const Value* const>;

// The kinds of two arguments in one number, for switches.
constexpr int Pair(Kind a, Kind b) { return static_cast<int>(a) << 8 | static_cast<int>(b); }

template <class T>
Result<Value> Wrap(Result<T> result) {
  if (!result) return std::move(result).error();
  return Value::Of(*result);
}

bool IsWhole(const Value& value) { return value.Is(Kind::kInt) || value.Is(Kind::kUint); }

// The argument as a decimal where it is one or is widened to one.
bool ToDecimal(const Value& value, Decimal* out) {
  if (value.Is(Kind::kDecimal)) {
    *out = value.decimal_value();
  } else if (value.Is(Kind::kInt)) {
    *out = Decimal::FromInt(value.int_value());
  } else if (value.Is(Kind::kUint)) {
    *out = Decimal::FromUint(value.uint_value());
  } else {
    return false;
  }
  return true;
}

Result<Value> IntOverflow() { return ErrorCode::kValuesOverflow; }
Result<Value> DivideByZero() { return ErrorCode::kValuesDivideByZero; }

Result<Value> AddNumbers(const Value& a, const Value& b, Arguments all) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt): {
      int64_t sum;
      if (__builtin_add_overflow(a.int_value(), b.int_value(), &sum)) return IntOverflow();
      return Value::Int(sum);
    }
    case Pair(Kind::kUint, Kind::kUint): {
      uint64_t sum;
      if (__builtin_add_overflow(a.uint_value(), b.uint_value(), &sum)) return IntOverflow();
      return Value::Uint(sum);
    }
    case Pair(Kind::kDouble, Kind::kDouble):
      return Value::Double(a.double_value() + b.double_value());
    case Pair(Kind::kMoney, Kind::kMoney):
      return Wrap(Add(a.money_value(), b.money_value()));
    case Pair(Kind::kDate, Kind::kPeriod):
      return Wrap(Add(a.date_value(), b.period_value()));
    case Pair(Kind::kPeriod, Kind::kDate):
      return Wrap(Add(b.date_value(), a.period_value()));
    case Pair(Kind::kPeriod, Kind::kPeriod):
      return Wrap(Add(a.period_value(), b.period_value()));
    case Pair(Kind::kTimestamp, Kind::kDuration):
      return Wrap(Add(a.timestamp_value(), b.duration_value()));
    case Pair(Kind::kDuration, Kind::kTimestamp):
      return Wrap(Add(b.timestamp_value(), a.duration_value()));
    case Pair(Kind::kDuration, Kind::kDuration):
      return Wrap(Add(a.duration_value(), b.duration_value()));
    default:
      break;
  }
  Decimal x, y;
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Wrap(Add(x, y));
  }
  return NoOverload(Function::kAdd, all);
}

Result<Value> Join(const Value& a, const Value& b, Arguments all, int64_t* fuel) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kString, Kind::kString):
    case Pair(Kind::kBytes, Kind::kBytes): {
      const bool text = a.Is(Kind::kString);
      const std::string_view left = text ? a.string_value() : AsText(a.bytes_value());
      const std::string_view right = text ? b.string_value() : AsText(b.bytes_value());
      if (!Charge(fuel, left.size() + right.size())) return ErrorCode::kExpressionFuel;
      std::string joined;
      joined.reserve(left.size() + right.size());
      joined.append(left).append(right);
      return text ? Value::String(joined) : Value::Bytes(AsBytes(joined));
    }
    case Pair(Kind::kList, Kind::kList): {
      const auto left = a.items();
      const auto right = b.items();
      if (!Charge(fuel, (left.size() + right.size()) * sizeof(Value))) {
        return ErrorCode::kExpressionFuel;
      }
      std::vector<Value> joined;
      joined.reserve(left.size() + right.size());
      joined.insert(joined.end(), left.begin(), left.end());
      joined.insert(joined.end(), right.begin(), right.end());
      return MakeList(std::move(joined));
    }
    default:
      return AddNumbers(a, b, all);
  }
}

Result<Value> SubtractNumbers(const Value& a, const Value& b, Arguments all) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt): {
      int64_t rest;
      if (__builtin_sub_overflow(a.int_value(), b.int_value(), &rest)) return IntOverflow();
      return Value::Int(rest);
    }
    case Pair(Kind::kUint, Kind::kUint): {
      uint64_t rest;
      if (__builtin_sub_overflow(a.uint_value(), b.uint_value(), &rest)) return IntOverflow();
      return Value::Uint(rest);
    }
    case Pair(Kind::kDouble, Kind::kDouble):
      return Value::Double(a.double_value() - b.double_value());
    case Pair(Kind::kMoney, Kind::kMoney):
      return Wrap(Subtract(a.money_value(), b.money_value()));
    case Pair(Kind::kDate, Kind::kPeriod):
      return Wrap(Subtract(a.date_value(), b.period_value()));
    case Pair(Kind::kDate, Kind::kDate):
      return Value::Int(DaysBetween(a.date_value(), b.date_value()));
    case Pair(Kind::kPeriod, Kind::kPeriod):
      return Wrap(Add(a.period_value(), Negate(b.period_value())));
    case Pair(Kind::kTimestamp, Kind::kDuration):
      return Wrap(Subtract(a.timestamp_value(), b.duration_value()));
    case Pair(Kind::kTimestamp, Kind::kTimestamp):
      return Wrap(Subtract(a.timestamp_value(), b.timestamp_value()));
    case Pair(Kind::kDuration, Kind::kDuration):
      return Wrap(Subtract(a.duration_value(), b.duration_value()));
    default:
      break;
  }
  Decimal x, y;
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Wrap(Subtract(x, y));
  }
  return NoOverload(Function::kSubtract, all);
}

Result<Value> Opposite(const Value& a, Arguments all) {
  switch (a.kind()) {
    case Kind::kInt:
      if (a.int_value() == INT64_MIN) return IntOverflow();
      return Value::Int(-a.int_value());
    case Kind::kDouble:
      return Value::Double(-a.double_value());
    case Kind::kDecimal:
      return Value::Of(a.decimal_value().Negate());
    case Kind::kMoney:
      return Value::Of(Money{a.decimal_value().Negate(), a.currency()});
    case Kind::kPeriod:
      return Value::Of(Negate(a.period_value()));
    case Kind::kDuration:
      return Value::Of(Negate(a.duration_value()));
    default:
      return NoOverload(Function::kSubtract, all);
  }
}

Result<Value> MultiplyNumbers(const Value& a, const Value& b, Arguments all) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt): {
      int64_t product;
      if (__builtin_mul_overflow(a.int_value(), b.int_value(), &product)) return IntOverflow();
      return Value::Int(product);
    }
    case Pair(Kind::kUint, Kind::kUint): {
      uint64_t product;
      if (__builtin_mul_overflow(a.uint_value(), b.uint_value(), &product)) return IntOverflow();
      return Value::Uint(product);
    }
    case Pair(Kind::kDouble, Kind::kDouble):
      return Value::Double(a.double_value() * b.double_value());
    case Pair(Kind::kPeriod, Kind::kInt):
      return Wrap(Multiply(a.period_value(), b.int_value()));
    case Pair(Kind::kInt, Kind::kPeriod):
      return Wrap(Multiply(b.period_value(), a.int_value()));
    default:
      break;
  }
  Decimal x, y;
  if (a.Is(Kind::kMoney) && ToDecimal(b, &y)) return Wrap(Multiply(a.money_value(), y));
  if (b.Is(Kind::kMoney) && ToDecimal(a, &x)) return Wrap(Multiply(b.money_value(), x));
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Wrap(Multiply(x, y));
  }
  return NoOverload(Function::kMultiply, all);
}

Result<Value> DivideNumbers(const Value& a, const Value& b, Arguments all) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt):
      if (b.int_value() == 0) return DivideByZero();
      if (a.int_value() == INT64_MIN && b.int_value() == -1) return IntOverflow();
      return Value::Int(a.int_value() / b.int_value());
    case Pair(Kind::kUint, Kind::kUint):
      if (b.uint_value() == 0) return DivideByZero();
      return Value::Uint(a.uint_value() / b.uint_value());
    case Pair(Kind::kDouble, Kind::kDouble): {
      // IEEE 754 division by zero, spelt out: in C++ it is undefined.
      const double x = a.double_value(), y = b.double_value();
      if (y == 0) {
        if (x == 0 || x != x) return Value::Double(__builtin_nan(""));
        return Value::Double(__builtin_signbit(x) == __builtin_signbit(y) ? __builtin_inf()
                                                                          : -__builtin_inf());
      }
      return Value::Double(x / y);
    }
    case Pair(Kind::kMoney, Kind::kMoney):
      return Wrap(Ratio(a.money_value(), b.money_value()));
    default:
      break;
  }
  Decimal x, y;
  if (a.Is(Kind::kMoney) && ToDecimal(b, &y)) return Wrap(Divide(a.money_value(), y));
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Wrap(Divide(x, y));
  }
  return NoOverload(Function::kDivide, all);
}

Result<Value> Remainder(const Value& a, const Value& b, Arguments all) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt):
      if (b.int_value() == 0) return DivideByZero();
      if (b.int_value() == -1) return a.int_value() == INT64_MIN ? IntOverflow() : Value::Int(0);
      return Value::Int(a.int_value() % b.int_value());
    case Pair(Kind::kUint, Kind::kUint):
      if (b.uint_value() == 0) return DivideByZero();
      return Value::Uint(a.uint_value() % b.uint_value());
    default:
      return NoOverload(Function::kModulo, all);
  }
}

Result<Value> Compare(Function function, Arguments all, int64_t* fuel) {
  const Value& a = *all[0];
  const Value& b = *all[1];
  if (!Charge(fuel, std::min(a.DeepSize(), b.DeepSize()) / 8)) return ErrorCode::kExpressionFuel;
  Result<std::partial_ordering> order = values::Order(a, b);
  if (!order) {
    if (order.error().code() == ErrorCode::kValuesWrongType) return NoOverload(function, all);
    return std::move(order).error();
  }
  switch (function) {
    case Function::kLess:
      return Value::Bool(*order < 0);
    case Function::kLessEqual:
      return Value::Bool(*order <= 0);
    case Function::kGreater:
      return Value::Bool(*order > 0);
    default:
      return Value::Bool(*order >= 0);
  }
}

Result<Value> IsIn(Arguments all, int64_t* fuel) {
  const Value& needle = *all[0];
  const Value& haystack = *all[1];
  if (haystack.Is(Kind::kMap)) {
    if (!Charge(fuel, needle.DeepSize() / 8)) return ErrorCode::kExpressionFuel;
    return Value::Bool(haystack.Find(needle) != nullptr);
  }
  if (!haystack.Is(Kind::kList)) return NoOverload(Function::kIn, all);
  for (const Value& item : haystack.items()) {
    if (!Charge(fuel, 1 + std::min(needle.DeepSize(), item.DeepSize()) / 8)) {
      return ErrorCode::kExpressionFuel;
    }
    if (values::Equal(needle, item)) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Result<Value> Size(Arguments all, int64_t* fuel) {
  const Value& a = *all[0];
  switch (a.kind()) {
    case Kind::kString: {
      const std::string_view text = a.string_value();
      if (!Charge(fuel, text.size() / 8)) return ErrorCode::kExpressionFuel;
      int64_t points = 0;
      for (const char c : text) points += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      return Value::Int(points);
    }
    case Kind::kBytes:
      return Value::Int(static_cast<int64_t>(a.bytes_value().size()));
    case Kind::kList:
      return Value::Int(static_cast<int64_t>(a.items().size()));
    case Kind::kMap:
      return Value::Int(static_cast<int64_t>(a.entries().size()));
    default:
      return NoOverload(Function::kSize, all);
  }
}

Result<Value> RoundNumber(Arguments all) {
  const Value& a = *all[0];
  const Value& mode = *all[all.size() - 1];
  const bool to_minor = all.size() == 2;
  Decimal number;
  if (!mode.Is(Kind::kString) || (!to_minor && !all[1]->Is(Kind::kInt)) ||
      (to_minor && !a.Is(Kind::kMoney)) || (!a.Is(Kind::kMoney) && !ToDecimal(a, &number))) {
    return NoOverload(Function::kRound, all);
  }
  const values::Rounding rounding = CS_TRY(values::ParseRounding(mode.string_value()));
  int64_t digits = to_minor ? a.currency().minor_digits() : all[1]->int_value();
  if (digits < -Decimal::kMaxScale || digits > Decimal::kMaxScale) {
    return ErrorCode::kValuesOverflow;
  }
  if (a.Is(Kind::kMoney)) {
    return Wrap(Round(a.money_value(), static_cast<int>(digits), rounding));
  }
  return Wrap(number.Round(static_cast<int>(digits), rounding));
}

Result<Value> Absolute(Arguments all) {
  const Value& a = *all[0];
  switch (a.kind()) {
    case Kind::kInt:
      if (a.int_value() == INT64_MIN) return IntOverflow();
      return Value::Int(a.int_value() < 0 ? -a.int_value() : a.int_value());
    case Kind::kDouble:
      return Value::Double(__builtin_fabs(a.double_value()));
    case Kind::kDecimal:
      return Value::Of(a.decimal_value().Abs());
    case Kind::kMoney:
      return Value::Of(Money{a.decimal_value().Abs(), a.currency()});
    default:
      return NoOverload(Function::kAbs, all);
  }
}

// Of two arguments or of a list; of equal ones the first.
Result<Value> Extreme(Function function, Arguments all, int64_t* fuel) {
  const Value* best = all[0];
  const auto consider = [&](const Value& other) -> Result<void> {
    if (!Charge(fuel, 1 + std::min(best->DeepSize(), other.DeepSize()) / 8)) {
      return ErrorCode::kExpressionFuel;
    }
    const std::partial_ordering order = CS_TRY(values::Order(other, *best));
    if (function == Function::kMin ? order < 0 : order > 0) best = &other;
    return {};
  };
  const auto kinds = [&](Error error) -> Error {
    if (error.code() == ErrorCode::kValuesWrongType) return NoOverload(function, all);
    return error;
  };
  if (all.size() == 2) {
    if (Result<void> done = consider(*all[1]); !done) return kinds(std::move(done).error());
    // An int that stands beside a decimal was widened.
    Decimal wide;
    if (best->kind() != all[0]->kind() || best->kind() != all[1]->kind()) {
      if ((all[0]->Is(Kind::kDecimal) || all[1]->Is(Kind::kDecimal)) && ToDecimal(*best, &wide)) {
        return Value::Of(wide);
      }
      return NoOverload(function, all);
    }
    return *best;
  }
  if (!all[0]->Is(Kind::kList)) return NoOverload(function, all);
  const auto items = all[0]->items();
  if (items.empty()) {
    return Error(ErrorCode::kExpressionOutOfRange, "the smallest or greatest of an empty list");
  }
  best = &items[0];
  for (const Value& item : items) {
    if (Result<void> done = consider(item); !done) return kinds(std::move(done).error());
  }
  return *best;
}

Result<Value> Sum(Arguments all, int64_t* fuel) {
  if (!all[0]->Is(Kind::kList)) return NoOverload(Function::kSum, all);
  const auto items = all[0]->items();
  if (items.empty()) return *all[1];
  if (!Charge(fuel, items.size())) return ErrorCode::kExpressionFuel;
  Value sum = *all[1];
  for (const Value& item : items) {
    const Value* const pair[] = {&sum, &item};
    sum = CS_TRY(AddNumbers(sum, item, pair));
  }
  return sum;
}

Result<Value> SearchText(Function function, Arguments all, int64_t* fuel) {
  if (!all[0]->Is(Kind::kString) || !all[1]->Is(Kind::kString)) return NoOverload(function, all);
  const std::string_view text = all[0]->string_value();
  const std::string_view part = all[1]->string_value();
  switch (function) {
    case Function::kStartsWith:
      return Value::Bool(text.starts_with(part));
    case Function::kEndsWith:
      return Value::Bool(text.ends_with(part));
    default:
      break;
  }
  // A plain search looks at each byte of the part at each place of the text, at worst.
  if (!Charge(fuel, text.size() / 8 * (1 + part.size() / 8))) return ErrorCode::kExpressionFuel;
  return Value::Bool(text.find(part) != std::string_view::npos);
}

Result<Value> DatePart(Function function, Arguments all) {
  const Value& a = *all[0];
  if (function == Function::kMonths || function == Function::kDays) {
    if (!a.Is(Kind::kPeriod)) return NoOverload(function, all);
    const Period period = a.period_value();
    return Value::Int(function == Function::kMonths ? period.months() : period.days());
  }
  if (!a.Is(Kind::kDate)) return NoOverload(function, all);
  const Date date = a.date_value();
  switch (function) {
    case Function::kYear:
      return Value::Int(date.civil().year);
    case Function::kMonth:
      return Value::Int(date.civil().month);
    case Function::kDay:
      return Value::Int(date.civil().day);
    case Function::kWeekday:
      return Value::Int(date.Weekday());
    default:
      break;
  }
  if (!all[1]->Is(Kind::kDate)) return NoOverload(function, all);
  const Date to = all[1]->date_value();
  switch (function) {
    case Function::kDaysBetween:
      return Value::Int(DaysBetween(to, date));
    case Function::kMonthsBetween:
      return Value::Int(PeriodBetween(date, to).months());
    default:
      return Value::Int(PeriodBetween(date, to).months() / 12);
  }
}

Result<Value> TimePart(Function function, Arguments all) {
  const Value& a = *all[0];
  if (a.Is(Kind::kDuration) && all.size() == 1) {
    const Duration duration = a.duration_value();
    switch (function) {
      case Function::kGetHours:
        return Value::Int(duration.seconds() / 3600);
      case Function::kGetMinutes:
        return Value::Int(duration.seconds() / 60);
      case Function::kGetSeconds:
        return Value::Int(duration.seconds());
      case Function::kGetMilliseconds:
        return Value::Int(duration.nanos() / 1'000'000);
      default:
        return NoOverload(function, all);
    }
  }
  if (!a.Is(Kind::kTimestamp) || (all.size() == 2 && !all[1]->Is(Kind::kString))) {
    return NoOverload(function, all);
  }
  const int offset = all.size() == 2 ? CS_TRY(values::ParseUtcOffset(all[1]->string_value())) : 0;
  const values::CivilTime time = a.timestamp_value().At(offset);
  switch (function) {
    case Function::kGetFullYear:
      return Value::Int(time.date.year);
    case Function::kGetMonth:
      return Value::Int(time.date.month - 1);
    case Function::kGetDate:
      return Value::Int(time.date.day);
    case Function::kGetDayOfMonth:
      return Value::Int(time.date.day - 1);
    case Function::kGetDayOfWeek:
      return Value::Int(time.weekday % 7);
    case Function::kGetDayOfYear:
      return Value::Int(time.day_of_year - 1);
    case Function::kGetHours:
      return Value::Int(time.hour);
    case Function::kGetMinutes:
      return Value::Int(time.minute);
    case Function::kGetSeconds:
      return Value::Int(time.second);
    default:
      return Value::Int(time.nanos / 1'000'000);
  }
}

}  // namespace

Error NoOverload(Function function, Arguments arguments) {
  std::string detail(FunctionName(function));
  detail += '(';
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) detail += ", ";
    detail += KindName(arguments[i]->kind());
  }
  return Error(ErrorCode::kExpressionNoOverload, detail + ')');
}

Result<const Value*> FindMember(const Value& record, std::string_view name) {
  if (!record.Is(Kind::kMap)) {
    return Error(ErrorCode::kExpressionNoOverload,
                 std::string(KindName(record.kind())) + " has no members");
  }
  const Value* found = record.Find(name);
  if (found == nullptr) return Error(ErrorCode::kExpressionNoSuchKey, name.substr(0, 80));
  return found;
}

Result<const Value*> FindIndex(const Value& collection, const Value& index) {
  const Value* const arguments[] = {&collection, &index};
  if (collection.Is(Kind::kMap)) {
    const Value* found = collection.Find(index);
    if (found == nullptr) {
      if (index.Is(Kind::kString)) {
        return Error(ErrorCode::kExpressionNoSuchKey, index.string_value().substr(0, 80));
      }
      return ErrorCode::kExpressionNoSuchKey;
    }
    return found;
  }
  if (!collection.Is(Kind::kList)) return NoOverload(Function::kIndex, arguments);
  const auto items = collection.items();
  uint64_t place;
  if (IsWhole(index)) {
    place = index.uint_value();  // a negative int is far out of range
  } else if (index.Is(Kind::kDouble) && index.double_value() >= 0 && index.double_value() < 4e9 &&
             index.double_value() ==
                 static_cast<double>(static_cast<uint64_t>(index.double_value()))) {
    place = static_cast<uint64_t>(index.double_value());
  } else {
    return NoOverload(Function::kIndex, arguments);
  }
  if (place >= items.size()) return ErrorCode::kExpressionOutOfRange;
  return &items[static_cast<size_t>(place)];
}

Result<Value> MakeList(std::vector<Value> items) {
  Value list = CS_TRY(Value::List(std::move(items)));
  if (list.DeepSize() > kMaxValueBytes) return ErrorCode::kExpressionTooLarge;
  return list;
}

Result<Value> MakeMap(std::vector<MapEntry> entries) {
  Value map = CS_TRY(Value::Map(std::move(entries)));
  if (map.DeepSize() > kMaxValueBytes) return ErrorCode::kExpressionTooLarge;
  return map;
}

Result<Value> Apply(Function function, Arguments all, int64_t* fuel) {
  switch (function) {
    case Function::kEqual:
    case Function::kNotEqual:
      if (!Charge(fuel, std::min(all[0]->DeepSize(), all[1]->DeepSize()) / 8)) {
        return ErrorCode::kExpressionFuel;
      }
      return Value::Bool(values::Equal(*all[0], *all[1]) == (function == Function::kEqual));
    case Function::kLess:
    case Function::kLessEqual:
    case Function::kGreater:
    case Function::kGreaterEqual:
      return Compare(function, all, fuel);
    case Function::kIn:
      return IsIn(all, fuel);
    case Function::kAdd:
      return Join(*all[0], *all[1], all, fuel);
    case Function::kSubtract:
      return all.size() == 1 ? Opposite(*all[0], all) : SubtractNumbers(*all[0], *all[1], all);
    case Function::kMultiply:
      return MultiplyNumbers(*all[0], *all[1], all);
    case Function::kDivide:
      return DivideNumbers(*all[0], *all[1], all);
    case Function::kModulo:
      return Remainder(*all[0], *all[1], all);
    case Function::kNot:
      if (!all[0]->Is(Kind::kBool)) return NoOverload(function, all);
      return Value::Bool(!all[0]->bool_value());
    case Function::kIndex:
      return *CS_TRY(FindIndex(*all[0], *all[1]));
    case Function::kDyn:
      return *all[0];
    case Function::kRound:
      return RoundNumber(all);
    case Function::kAbs:
      return Absolute(all);
    case Function::kMin:
    case Function::kMax:
      return Extreme(function, all, fuel);
    case Function::kSum:
      return Sum(all, fuel);
    case Function::kAmount:
      if (!all[0]->Is(Kind::kMoney)) return NoOverload(function, all);
      return Value::Of(all[0]->decimal_value());
    case Function::kCurrency:
      if (!all[0]->Is(Kind::kMoney)) return NoOverload(function, all);
      return Value::String(all[0]->currency().Code());
    case Function::kSize:
      return Size(all, fuel);
    case Function::kContains:
    case Function::kStartsWith:
    case Function::kEndsWith:
      return SearchText(function, all, fuel);
    case Function::kYear:
    case Function::kMonth:
    case Function::kDay:
    case Function::kWeekday:
    case Function::kMonths:
    case Function::kDays:
    case Function::kDaysBetween:
    case Function::kMonthsBetween:
    case Function::kYearsBetween:
      return DatePart(function, all);
    case Function::kGetFullYear:
    case Function::kGetMonth:
    case Function::kGetDate:
    case Function::kGetDayOfMonth:
    case Function::kGetDayOfWeek:
    case Function::kGetDayOfYear:
    case Function::kGetHours:
    case Function::kGetMinutes:
    case Function::kGetSeconds:
    case Function::kGetMilliseconds:
      return TimePart(function, all);
    default:
      return Convert(function, all, fuel);
  }
}

}  // namespace countersign::expression
