// Long because it is one function after the other, each for all kinds of a contract.
#include "expression/apply.h"

#include <algorithm>
#include <utility>

#include "base/string.h"
#include "expression/pattern.h"

namespace countersign::expression {
namespace {

using values::Date;
using values::Decimal;
using values::Kind;
using values::MapEntry;
using values::Money;
using values::Period;
using values::Value;

using Arguments = std::span<const Value* const>;

// The kinds of two arguments in one number, for switches.
constexpr int Pair(Kind a, Kind b) { return static_cast<int>(a) << 8 | static_cast<int>(b); }

// Another kind than the order has, or something about the values.
Status FailOrder(const Error& error) {
  return error.code() == ErrorCode::kValuesWrongType ? kNoOverload : Fail(error.code());
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

constexpr Status kIntOverflow = Fail(ErrorCode::kValuesOverflow);
constexpr Status kDivideByZero = Fail(ErrorCode::kValuesDivideByZero);

}  // namespace

Status AddNumbers(const Value& a, const Value& b, Value* out) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt): {
      int64_t sum;
      if (__builtin_add_overflow(a.int_value(), b.int_value(), &sum)) return kIntOverflow;
      return Give(Value::Int(sum), out);
    }
    case Pair(Kind::kMoney, Kind::kMoney):
      return Take(Add(a.money_value(), b.money_value()), out);
    case Pair(Kind::kDate, Kind::kPeriod):
      return Take(Add(a.date_value(), b.period_value()), out);
    case Pair(Kind::kPeriod, Kind::kDate):
      return Take(Add(b.date_value(), a.period_value()), out);
    case Pair(Kind::kPeriod, Kind::kPeriod):
      return Take(Add(a.period_value(), b.period_value()), out);
    default:
      break;
  }
  Decimal x, y;
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Take(Add(x, y), out);
  }
  return kNoOverload;
}

namespace {

Status Join(const Value& a, const Value& b, int64_t* fuel, Value* out) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kString, Kind::kString): {
      const std::string_view left = a.string_value();
      const std::string_view right = b.string_value();
      if (!Charge(fuel, left.size() + right.size())) return kStarved;
      String joined;
      joined.reserve(left.size() + right.size());
      joined.append(left).append(right);
      return Give(Value::String(joined), out);
    }
    case Pair(Kind::kList, Kind::kList): {
      const auto left = a.items();
      const auto right = b.items();
      if (!Charge(fuel, (left.size() + right.size()) * sizeof(Value))) {
        return kStarved;
      }
      Vector<Value> joined;
      joined.reserve(left.size() + right.size());
      joined.insert(joined.end(), left.begin(), left.end());
      joined.insert(joined.end(), right.begin(), right.end());
      return MakeList(std::move(joined), out);
    }
    default:
      return AddNumbers(a, b, out);
  }
}

Status SubtractNumbers(const Value& a, const Value& b, Value* out) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt): {
      int64_t rest;
      if (__builtin_sub_overflow(a.int_value(), b.int_value(), &rest)) return kIntOverflow;
      return Give(Value::Int(rest), out);
    }
    case Pair(Kind::kMoney, Kind::kMoney):
      return Take(Subtract(a.money_value(), b.money_value()), out);
    case Pair(Kind::kDate, Kind::kPeriod):
      return Take(Subtract(a.date_value(), b.period_value()), out);
    case Pair(Kind::kDate, Kind::kDate):
      return Give(Value::Int(DaysBetween(a.date_value(), b.date_value())), out);
    case Pair(Kind::kPeriod, Kind::kPeriod):
      return Take(Add(a.period_value(), Negate(b.period_value())), out);
    default:
      break;
  }
  Decimal x, y;
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Take(Subtract(x, y), out);
  }
  return kNoOverload;
}

Status Opposite(const Value& a, Value* out) {
  switch (a.kind()) {
    case Kind::kInt:
      if (a.int_value() == INT64_MIN) return kIntOverflow;
      return Give(Value::Int(-a.int_value()), out);
    case Kind::kDecimal:
      return Give(Value::Of(a.decimal_value().Negate()), out);
    case Kind::kMoney:
      return Give(Value::Of(Money{a.decimal_value().Negate(), a.currency()}), out);
    case Kind::kPeriod:
      return Give(Value::Of(Negate(a.period_value())), out);
    default:
      return kNoOverload;
  }
}

Status MultiplyNumbers(const Value& a, const Value& b, Value* out) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt): {
      int64_t product;
      if (__builtin_mul_overflow(a.int_value(), b.int_value(), &product)) return kIntOverflow;
      return Give(Value::Int(product), out);
    }
    case Pair(Kind::kPeriod, Kind::kInt):
      return Take(Multiply(a.period_value(), b.int_value()), out);
    case Pair(Kind::kInt, Kind::kPeriod):
      return Take(Multiply(b.period_value(), a.int_value()), out);
    default:
      break;
  }
  Decimal x, y;
  if (a.Is(Kind::kMoney) && ToDecimal(b, &y)) return Take(Multiply(a.money_value(), y), out);
  if (b.Is(Kind::kMoney) && ToDecimal(a, &x)) return Take(Multiply(b.money_value(), x), out);
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Take(Multiply(x, y), out);
  }
  return kNoOverload;
}

Status DivideNumbers(const Value& a, const Value& b, Value* out) {
  switch (Pair(a.kind(), b.kind())) {
    case Pair(Kind::kInt, Kind::kInt):
      if (b.int_value() == 0) return kDivideByZero;
      if (a.int_value() == INT64_MIN && b.int_value() == -1) return kIntOverflow;
      return Give(Value::Int(a.int_value() / b.int_value()), out);
    case Pair(Kind::kMoney, Kind::kMoney):
      return Take(Ratio(a.money_value(), b.money_value()), out);
    default:
      break;
  }
  Decimal x, y;
  if (a.Is(Kind::kMoney) && ToDecimal(b, &y)) return Take(Divide(a.money_value(), y), out);
  if ((a.Is(Kind::kDecimal) || b.Is(Kind::kDecimal)) && ToDecimal(a, &x) && ToDecimal(b, &y)) {
    return Take(Divide(x, y), out);
  }
  return kNoOverload;
}

Status Remainder(const Value& a, const Value& b, Value* out) {
  if (!a.Is(Kind::kInt) || !b.Is(Kind::kInt)) return kNoOverload;
  if (b.int_value() == 0) return kDivideByZero;
  if (b.int_value() == -1) {
    return a.int_value() == INT64_MIN ? kIntOverflow : Give(Value::Int(0), out);
  }
  return Give(Value::Int(a.int_value() % b.int_value()), out);
}

Status Compare(Function function, Arguments all, int64_t* fuel, Value* out) {
  const Value& a = *all[0];
  const Value& b = *all[1];
  if (!Charge(fuel, std::min(a.DeepSize(), b.DeepSize()) / 8)) return kStarved;
  const Result<std::partial_ordering> order = values::Order(a, b);
  if (!order) return FailOrder(order.error());
  switch (function) {
    case Function::kLess:
      return Give(Value::Bool(*order < 0), out);
    case Function::kLessEqual:
      return Give(Value::Bool(*order <= 0), out);
    case Function::kGreater:
      return Give(Value::Bool(*order > 0), out);
    default:
      return Give(Value::Bool(*order >= 0), out);
  }
}

Status IsIn(Arguments all, int64_t* fuel, Value* out) {
  const Value& needle = *all[0];
  const Value& haystack = *all[1];
  if (haystack.Is(Kind::kMap)) {
    if (!Charge(fuel, needle.DeepSize() / 8)) return kStarved;
    return Give(Value::Bool(haystack.Find(needle) != nullptr), out);
  }
  if (!haystack.Is(Kind::kList)) return kNoOverload;
  for (const Value& item : haystack.items()) {
    if (!Charge(fuel, 1 + std::min(needle.DeepSize(), item.DeepSize()) / 8)) {
      return kStarved;
    }
    if (values::Equal(needle, item)) return Give(Value::Bool(true), out);
  }
  return Give(Value::Bool(false), out);
}

Status Size(Arguments all, int64_t* fuel, Value* out) {
  const Value& a = *all[0];
  switch (a.kind()) {
    case Kind::kString: {
      const std::string_view text = a.string_value();
      if (!Charge(fuel, text.size() / 8)) return kStarved;
      int64_t points = 0;
      for (const char c : text) points += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      return Give(Value::Int(points), out);
    }
    case Kind::kList:
      return Give(Value::Int(static_cast<int64_t>(a.items().size())), out);
    case Kind::kMap:
      return Give(Value::Int(static_cast<int64_t>(a.entries().size())), out);
    default:
      return kNoOverload;
  }
}

Status RoundNumber(Arguments all, Value* out) {
  const Value& a = *all[0];
  const Value& mode = *all[all.size() - 1];
  const bool to_minor = all.size() == 2;
  Decimal number;
  if (!mode.Is(Kind::kString) || (!to_minor && !all[1]->Is(Kind::kInt)) ||
      (to_minor && !a.Is(Kind::kMoney)) || (!a.Is(Kind::kMoney) && !ToDecimal(a, &number))) {
    return kNoOverload;
  }
  const Result<values::Rounding> rounding = values::ParseRounding(mode.string_value());
  if (!rounding) return Fail(rounding.error().code());
  int64_t digits = to_minor ? a.currency().minor_digits() : all[1]->int_value();
  if (digits < -Decimal::kMaxScale || digits > Decimal::kMaxScale) {
    return Fail(ErrorCode::kValuesOverflow);
  }
  if (a.Is(Kind::kMoney)) {
    return Take(Round(a.money_value(), static_cast<int>(digits), *rounding), out);
  }
  return Take(number.Round(static_cast<int>(digits), *rounding), out);
}

Status Absolute(Arguments all, Value* out) {
  const Value& a = *all[0];
  switch (a.kind()) {
    case Kind::kInt:
      if (a.int_value() == INT64_MIN) return kIntOverflow;
      return Give(Value::Int(a.int_value() < 0 ? -a.int_value() : a.int_value()), out);
    case Kind::kDecimal:
      return Give(Value::Of(a.decimal_value().Abs()), out);
    case Kind::kMoney:
      return Give(Value::Of(Money{a.decimal_value().Abs(), a.currency()}), out);
    default:
      return kNoOverload;
  }
}

// Of two arguments or of a list; of equal ones the first.
Status Extreme(Function function, Arguments all, int64_t* fuel, Value* out) {
  const bool pair = all.size() == 2;
  if (!pair && !all[0]->Is(Kind::kList)) return kNoOverload;
  const std::span<const Value> items = pair ? std::span<const Value>() : all[0]->items();
  const size_t count = pair ? 2 : items.size();
  if (count == 0) return Fail(ErrorCode::kExpressionOutOfRange);
  const Value* best = pair ? all[0] : &items[0];
  for (size_t i = 1; i < count; ++i) {
    const Value& other = pair ? *all[1] : items[i];
    if (!Charge(fuel, 1 + std::min(best->DeepSize(), other.DeepSize()) / 8)) return kStarved;
    const Result<std::partial_ordering> order = values::Order(other, *best);
    if (!order) return FailOrder(order.error());
    if (function == Function::kMin ? *order < 0 : *order > 0) best = &other;
  }
  if (pair && all[0]->kind() != all[1]->kind()) {
    // An int that stands beside a decimal was widened.
    Decimal wide;
    if (!(all[0]->Is(Kind::kDecimal) || all[1]->Is(Kind::kDecimal)) || !ToDecimal(*best, &wide)) {
      return kNoOverload;
    }
    return Give(Value::Of(wide), out);
  }
  return Give(*best, out);
}

Status Sum(Arguments all, int64_t* fuel, Value* out) {
  if (!all[0]->Is(Kind::kList)) return kNoOverload;
  const auto items = all[0]->items();
  *out = items.empty() ? *all[1] : items[0];
  if (!Charge(fuel, items.size())) return kStarved;
  for (size_t i = 0; i < items.size(); ++i) {
    Value sum;  // the first one is only asked whether it can be added
    const Status status = AddNumbers(*out, items[i], &sum);
    if (status == kNoOverload || (i > 0 && status != kDone)) return status;
    if (i > 0) *out = std::move(sum);
  }
  return kDone;
}

Status SearchText(Function function, Arguments all, int64_t* fuel, Value* out) {
  if (!all[0]->Is(Kind::kString) || !all[1]->Is(Kind::kString)) return kNoOverload;
  const std::string_view text = all[0]->string_value();
  const std::string_view part = all[1]->string_value();
  if (function == Function::kMatches) {
    if (!Charge(fuel, part.size() * 4)) return kStarved;
    const Result<Pattern> pattern = Pattern::Make(part);
    if (!pattern) return Fail(pattern.error().code());
    const bool occurs = pattern->Occurs(text, fuel);
    return *fuel == 0 ? kStarved : Give(Value::Bool(occurs), out);
  }
  if (!Charge(fuel, part.size() / 8)) return kStarved;
  switch (function) {
    case Function::kStartsWith:
      return Give(Value::Bool(text.starts_with(part)), out);
    case Function::kEndsWith:
      return Give(Value::Bool(text.ends_with(part)), out);
    default:
      break;
  }
  // A plain search looks at each byte of the part at each place of the text, at worst.
  if (!Charge(fuel, text.size() / 8 * (1 + part.size() / 8))) return kStarved;
  return Give(Value::Bool(text.find(part) != std::string_view::npos), out);
}

Status DatePart(Function function, Arguments all, Value* out) {
  const Value& a = *all[0];
  if (function == Function::kMonths || function == Function::kDays) {
    if (!a.Is(Kind::kPeriod)) return kNoOverload;
    const Period period = a.period_value();
    return Give(Value::Int(function == Function::kMonths ? period.months() : period.days()), out);
  }
  if (!a.Is(Kind::kDate)) return kNoOverload;
  const Date date = a.date_value();
  switch (function) {
    case Function::kYear:
      return Give(Value::Int(date.civil().year), out);
    case Function::kMonth:
      return Give(Value::Int(date.civil().month), out);
    case Function::kDay:
      return Give(Value::Int(date.civil().day), out);
    case Function::kWeekday:
      return Give(Value::Int(date.Weekday()), out);
    default:
      break;
  }
  if (!all[1]->Is(Kind::kDate)) return kNoOverload;
  const Date to = all[1]->date_value();
  switch (function) {
    case Function::kDaysBetween:
      return Give(Value::Int(DaysBetween(to, date)), out);
    case Function::kMonthsBetween:
      return Give(Value::Int(PeriodBetween(date, to).months()), out);
    default:
      return Give(Value::Int(PeriodBetween(date, to).months() / 12), out);
  }
}

}  // namespace

Error MakeError(Status status, Function function, Arguments arguments) {
  const auto code = static_cast<ErrorCode>(status);
  if (arguments.empty()) return Error(code);
  String detail;
  switch (code) {
    case ErrorCode::kExpressionNoOverload:
      detail = FunctionName(function);
      detail += '(';
      for (size_t i = 0; i < arguments.size(); ++i) {
        if (i > 0) detail += ", ";
        detail += KindName(arguments[i]->kind());
      }
      detail += ')';
      break;
    case ErrorCode::kExpressionNoSuchKey:
    case ErrorCode::kExpressionBadConversion:
    case ErrorCode::kValuesBadDate:
    case ErrorCode::kValuesBadDecimal: {
      const Value& about =
          *arguments[code == ErrorCode::kExpressionNoSuchKey ? arguments.size() - 1 : 0];
      if (about.Is(Kind::kString)) detail = about.string_value().substr(0, 80);
      break;
    }
    default:
      break;
  }
  return Error(code, detail);
}

const Value* FindMember(const Value& record, std::string_view name, Status* status) {
  const Value* found = record.Find(name);
  if (found == nullptr) {
    *status = record.Is(Kind::kMap) ? Fail(ErrorCode::kExpressionNoSuchKey) : kNoOverload;
  }
  return found;
}

const Value* FindIndex(const Value& collection, const Value& index, Status* status) {
  if (collection.Is(Kind::kMap)) {
    const Value* found = collection.Find(index);
    if (found == nullptr) *status = Fail(ErrorCode::kExpressionNoSuchKey);
    return found;
  }
  *status = kNoOverload;
  if (!collection.Is(Kind::kList)) return nullptr;
  const auto items = collection.items();
  uint64_t place;
  if (IsWhole(index)) {
    place = index.uint_value();  // a negative int is far out of range
  } else if (index.Is(Kind::kDouble) && index.double_value() >= 0 && index.double_value() < 4e9 &&
             index.double_value() ==
                 static_cast<double>(static_cast<uint64_t>(index.double_value()))) {
    place = static_cast<uint64_t>(index.double_value());
  } else {
    return nullptr;
  }
  *status = Fail(ErrorCode::kExpressionOutOfRange);
  return place < items.size() ? &items[static_cast<size_t>(place)] : nullptr;
}

Status MakeList(Vector<Value> items, Value* out) {
  Result<Value> list = Value::List(std::move(items));
  if (!list) return Fail(list.error().code());
  if (list->DeepSize() > kMaxValueBytes) return Fail(ErrorCode::kExpressionTooLarge);
  return Give(*std::move(list), out);
}

Status MakeMap(Vector<MapEntry> entries, Value* out) {
  Result<Value> map = Value::Map(std::move(entries));
  if (!map) return Fail(map.error().code());
  if (map->DeepSize() > kMaxValueBytes) return Fail(ErrorCode::kExpressionTooLarge);
  return Give(*std::move(map), out);
}

Status Apply(Function function, Arguments all, int64_t* fuel, Value* out) {
  switch (function) {
    case Function::kEqual:
    case Function::kNotEqual:
      if (!Charge(fuel, std::min(all[0]->DeepSize(), all[1]->DeepSize()) / 8)) {
        return kStarved;
      }
      return Give(Value::Bool(values::Equal(*all[0], *all[1]) == (function == Function::kEqual)),
                  out);
    case Function::kLess:
    case Function::kLessEqual:
    case Function::kGreater:
    case Function::kGreaterEqual:
      return Compare(function, all, fuel, out);
    case Function::kIn:
      return IsIn(all, fuel, out);
    case Function::kAdd:
      return Join(*all[0], *all[1], fuel, out);
    case Function::kSubtract:
      return all.size() == 1 ? Opposite(*all[0], out) : SubtractNumbers(*all[0], *all[1], out);
    case Function::kMultiply:
      return MultiplyNumbers(*all[0], *all[1], out);
    case Function::kDivide:
      return DivideNumbers(*all[0], *all[1], out);
    case Function::kModulo:
      return Remainder(*all[0], *all[1], out);
    case Function::kNot:
      if (!all[0]->Is(Kind::kBool)) return kNoOverload;
      return Give(Value::Bool(!all[0]->bool_value()), out);
    case Function::kIndex: {
      Status status = kDone;
      const Value* found = FindIndex(*all[0], *all[1], &status);
      return found == nullptr ? status : Give(*found, out);
    }
    case Function::kDyn:
      return Give(*all[0], out);
    case Function::kRound:
      return RoundNumber(all, out);
    case Function::kAbs:
      return Absolute(all, out);
    case Function::kMin:
    case Function::kMax:
      return Extreme(function, all, fuel, out);
    case Function::kSum:
      return Sum(all, fuel, out);
    case Function::kAmount:
      if (!all[0]->Is(Kind::kMoney)) return kNoOverload;
      return Give(Value::Of(all[0]->decimal_value()), out);
    case Function::kCurrency:
      if (!all[0]->Is(Kind::kMoney)) return kNoOverload;
      return Give(Value::String(all[0]->currency().Code()), out);
    case Function::kSize:
      return Size(all, fuel, out);
    case Function::kContains:
    case Function::kStartsWith:
    case Function::kEndsWith:
    case Function::kMatches:
      return SearchText(function, all, fuel, out);
    case Function::kYear:
    case Function::kMonth:
    case Function::kDay:
    case Function::kWeekday:
    case Function::kMonths:
    case Function::kDays:
    case Function::kDaysBetween:
    case Function::kMonthsBetween:
    case Function::kYearsBetween:
      return DatePart(function, all, out);
    default:
      return IsWide(function) ? kNoOverload : Convert(function, all, out);
  }
}

}  // namespace countersign::expression
