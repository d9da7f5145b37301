#include "values/value.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "base/sort.h"

namespace countersign::values {

struct Value::Payload {
  uint32_t sharers = 1;
  uint32_t deep_size = 0;
  int depth = 0;  // of lists and maps: 1 where nothing nested is inside
};

// The text's bytes follow it.
struct Value::TextPayload : Payload {
  size_t size = 0;
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

struct Value::ListPayload : Payload {
  Vector<Value> items;
};

struct Value::MapPayload : Payload {
  Vector<MapEntry> entries;
};

namespace {

uint32_t AddSizes(uint32_t a, size_t b) {
  return b > UINT32_MAX - a ? UINT32_MAX : a + static_cast<uint32_t>(b);
}

bool IsInteger(const Value& value) { return value.Is(Kind::kInt) || value.Is(Kind::kUint); }

// An int or uint as sign and magnitude: 64 bits are enough for both, and doubles split the same
// way.
struct Integer {
  bool is_negative;
  uint64_t magnitude;

  explicit Integer(const Value& value)
      : is_negative(value.Is(Kind::kInt) && value.int_value() < 0),
        magnitude(is_negative ? 0 - value.uint_value() : value.uint_value()) {}

  Decimal ToDecimal() const {
    Decimal decimal = Decimal::FromUint(magnitude);
    return is_negative ? decimal.Negate() : decimal;
  }
};

std::strong_ordering OrderIntegers(const Integer& a, const Integer& b) {
  if (a.is_negative != b.is_negative) return b.is_negative <=> a.is_negative;
  return a.is_negative ? b.magnitude <=> a.magnitude : a.magnitude <=> b.magnitude;
}

// Without rounding the integer to a double.
std::partial_ordering OrderIntegerAndDouble(const Integer& integer, double real) {
  constexpr double kTwoTo64 = 18446744073709551616.0;
  if (real != real) return std::partial_ordering::unordered;
  if (integer.is_negative != (real < 0)) return (real < 0) <=> integer.is_negative;
  double size = real < 0 ? -real : real;
  std::partial_ordering order = std::partial_ordering::less;
  if (size < kTwoTo64) {
    uint64_t whole = static_cast<uint64_t>(size);
    order = integer.magnitude <=> whole;
    if (order == 0) order = static_cast<double>(whole) <=> size;
  }
  return integer.is_negative ? 0 <=> order : order;
}

// False where the two are not both numbers that can be compared.
bool OrderNumbers(const Value& a, const Value& b, std::partial_ordering* order) {
  bool is_a_integer = IsInteger(a);
  bool is_b_integer = IsInteger(b);
  if (is_a_integer && is_b_integer) {
    *order = OrderIntegers(Integer(a), Integer(b));
  } else if ((a.Is(Kind::kDecimal) || is_a_integer) && (b.Is(Kind::kDecimal) || is_b_integer)) {
    *order = Compare(is_a_integer ? Integer(a).ToDecimal() : a.decimal_value(),
                     is_b_integer ? Integer(b).ToDecimal() : b.decimal_value());
  } else if (a.Is(Kind::kDouble) && b.Is(Kind::kDouble)) {
    *order = a.double_value() <=> b.double_value();
  } else if (is_a_integer && b.Is(Kind::kDouble)) {
    *order = OrderIntegerAndDouble(Integer(a), b.double_value());
  } else if (a.Is(Kind::kDouble) && is_b_integer) {
    *order = 0 <=> OrderIntegerAndDouble(Integer(b), a.double_value());
  } else {
    return false;
  }
  return true;
}

// 0 bool, 1 number, 2 string; -1 where the value cannot be a key.
int KeyRank(const Value& key) {
  switch (key.kind()) {
    case Kind::kBool:
      return 0;
    case Kind::kInt:
    case Kind::kUint:
      return 1;
    case Kind::kString:
      return 2;
    default:
      return -1;
  }
}

// REQUIRES: both are keys.
std::partial_ordering OrderKeys(const Value& a, const Value& b) {
  int rank = KeyRank(a);
  if (rank != KeyRank(b)) return rank <=> KeyRank(b);
  if (rank == 0) return a.bool_value() <=> b.bool_value();
  if (rank == 1) return OrderIntegers(Integer(a), Integer(b));
  return a.string_value() <=> b.string_value();
}

}  // namespace

Value Value::Text(Kind kind, const void* bytes, size_t size) {
  void* memory = ::operator new(sizeof(TextPayload) + size);
  auto* text = new (memory) TextPayload;
  text->size = size;
  text->deep_size = AddSizes(sizeof(Value), size);
  if (size > 0) std::memcpy(text->bytes(), bytes, size);
  Value value(kind);
  value.payload_ = text;
  return value;
}

Value Value::Bool(bool value) { return Value(Kind::kBool, value ? 1 : 0); }
Value Value::Int(int64_t value) { return Value(Kind::kInt, static_cast<uint64_t>(value)); }
Value Value::Uint(uint64_t value) { return Value(Kind::kUint, value); }
Value Value::Double(double value) { return Value(Kind::kDouble, std::bit_cast<uint64_t>(value)); }
Value Value::String(std::string_view text) { return Text(Kind::kString, text.data(), text.size()); }
Value Value::Bytes(ByteView bytes) { return Text(Kind::kBytes, bytes.data(), bytes.size()); }
Value Value::TypeNamed(std::string_view name) {
  return Text(Kind::kType, name.data(), name.size());
}

void Value::Count(const Value& part, Payload* whole) {
  whole->deep_size = AddSizes(whole->deep_size, part.DeepSize());
  int depth = part.IsShared() ? part.payload_->depth : 0;
  if (whole->depth <= depth) whole->depth = depth + 1;
}

Result<Value> Value::List(Vector<Value> items) {
  auto* list = new ListPayload;
  Value value(Kind::kList);
  value.payload_ = list;
  list->depth = 1;
  list->deep_size = sizeof(Value);
  for (const Value& item : items) Count(item, list);
  if (list->depth > kMaxDepth) return ErrorCode::kValuesTooDeep;
  list->items = std::move(items);
  return value;
}

Result<Value> Value::Map(Vector<MapEntry> entries) {
  auto* map = new MapPayload;
  Value value(Kind::kMap);
  value.payload_ = map;
  map->depth = 1;
  map->deep_size = sizeof(Value);
  for (const MapEntry& entry : entries) {
    if (KeyRank(entry.key) < 0) {
      return Error(ErrorCode::kValuesWrongType, "a map key is a bool, an integer or a string");
    }
    Count(entry.key, map);
    Count(entry.value, map);
  }
  if (map->depth > kMaxDepth) return ErrorCode::kValuesTooDeep;
  Sort(&entries, [](const MapEntry& a, const MapEntry& b) { return OrderKeys(a.key, b.key) < 0; });
  for (size_t i = 1; i < entries.size(); ++i) {
    if (OrderKeys(entries[i - 1].key, entries[i].key) == 0) return ErrorCode::kValuesDuplicateKey;
  }
  map->entries = std::move(entries);
  return value;
}

Value Value::Of(const Timestamp& value) {
  return Value(Kind::kTimestamp, static_cast<uint64_t>(value.seconds()),
               static_cast<uint64_t>(value.nanos()));
}

Value Value::Of(const Duration& value) {
  return Value(Kind::kDuration, static_cast<uint64_t>(value.seconds()),
               static_cast<uint64_t>(value.nanos()));
}

Value Value::Of(const Decimal& decimal) {
  Value value(Kind::kDecimal, decimal.low_, decimal.high_);
  value.scale_ = decimal.scale_;
  value.exactness_ = decimal.exactness_;
  return value;
}

Value Value::Of(const Money& money) {
  Value value = Of(money.amount);
  value.kind_ = Kind::kMoney;
  value.currency_ = money.currency.packed_;
  return value;
}

Value Value::Of(const Date& value) {
  return Value(Kind::kDate, static_cast<uint64_t>(int64_t{value.days()}));
}

Value Value::Of(const Period& value) {
  return Value(Kind::kPeriod, static_cast<uint64_t>(int64_t{value.months()}),
               static_cast<uint64_t>(int64_t{value.days()}));
}

Value::Value(const Value& other, Share) noexcept
    : kind_(other.kind_),
      scale_(other.scale_),
      exactness_(other.exactness_),
      currency_(other.currency_),
      low_(0),
      high_(other.high_) {
  if (IsShared()) {
    payload_ = other.payload_;
    ++payload_->sharers;
  } else {
    low_ = other.low_;
  }
}

Value::Value(Value&& other) noexcept {
  std::memcpy(static_cast<void*>(this), &other, sizeof(Value));
  other.kind_ = Kind::kNull;
}

Value& Value::operator=(const Value& other) {
  if (this != &other) *this = Value(other);
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  if (this != &other) {
    if (IsShared()) Release();
    std::memcpy(static_cast<void*>(this), &other, sizeof(Value));
    other.kind_ = Kind::kNull;
  }
  return *this;
}

void Value::Release() {
  if (--payload_->sharers > 0) return;
  if (kind_ == Kind::kList) {
    delete static_cast<ListPayload*>(payload_);
  } else if (kind_ == Kind::kMap) {
    delete static_cast<MapPayload*>(payload_);
  } else {
    ::operator delete(payload_);
  }
}

double Value::double_value() const { return std::bit_cast<double>(low_); }

std::string_view Value::TextBytes() const {
  auto* text = static_cast<TextPayload*>(payload_);
  return {text->bytes(), text->size};
}

std::string_view Value::string_value() const {
  CS_CHECK(kind_ == Kind::kString || kind_ == Kind::kType);
  return TextBytes();
}

ByteView Value::bytes_value() const {
  CS_CHECK(kind_ == Kind::kBytes);
  return AsBytes(TextBytes());
}

std::partial_ordering Value::OrderScalars(const Value& a, const Value& b) {
  std::strong_ordering low = static_cast<int64_t>(a.low_) <=> static_cast<int64_t>(b.low_);
  if (low != 0) return low;
  return static_cast<int64_t>(a.high_) <=> static_cast<int64_t>(b.high_);
}

std::span<const Value> Value::items() const {
  CS_CHECK(kind_ == Kind::kList);
  return static_cast<ListPayload*>(payload_)->items;
}

std::span<const MapEntry> Value::entries() const {
  CS_CHECK(kind_ == Kind::kMap);
  return static_cast<MapPayload*>(payload_)->entries;
}

Decimal Value::decimal_value() const {
  Decimal decimal;
  decimal.low_ = low_;
  decimal.high_ = high_;
  decimal.scale_ = scale_;
  decimal.exactness_ = exactness_;
  return decimal;
}

const Value* Value::Find(const Value& key) const {
  if (kind_ != Kind::kMap) return nullptr;
  if (key.Is(Kind::kDouble)) {
    // The integer that the double equals, if any.
    double real = key.double_value();
    if (!(real >= -9223372036854775808.0 && real < 18446744073709551616.0)) return nullptr;
    Value integer = real < 0 ? Int(static_cast<int64_t>(real)) : Uint(static_cast<uint64_t>(real));
    return OrderIntegerAndDouble(Integer(integer), real) == 0 ? Find(integer) : nullptr;
  }
  if (KeyRank(key) < 0) return nullptr;
  auto all = entries();
  auto place = std::lower_bound(
      all.begin(), all.end(), key,
      [](const MapEntry& entry, const Value& k) { return OrderKeys(entry.key, k) < 0; });
  return place != all.end() && OrderKeys(place->key, key) == 0 ? &place->value : nullptr;
}

const Value* Value::Find(std::string_view key) const {
  if (kind_ != Kind::kMap) return nullptr;
  auto all = entries();
  auto place =
      std::lower_bound(all.begin(), all.end(), key, [](const MapEntry& entry, std::string_view k) {
        return !entry.key.Is(Kind::kString) || entry.key.string_value() < k;
      });
  return place != all.end() && place->key.string_value() == key ? &place->value : nullptr;
}

uint32_t Value::DeepSize() const {
  return IsShared() ? payload_->deep_size : static_cast<uint32_t>(sizeof(Value));
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  if (a.kind_ == Kind::kList) {
    return a.payload_ == b.payload_ || std::ranges::equal(a.items(), b.items());
  }
  if (a.kind_ == Kind::kMap) {
    return a.payload_ == b.payload_ || std::ranges::equal(a.entries(), b.entries());
  }
  if (a.IsShared()) return a.TextBytes() == b.TextBytes();
  return a.low_ == b.low_ && a.high_ == b.high_ && a.scale_ == b.scale_ &&
         a.exactness_ == b.exactness_ && a.currency_ == b.currency_;
}

bool Equal(const Value& a, const Value& b) {
  std::partial_ordering order = std::partial_ordering::unordered;
  if (OrderNumbers(a, b, &order)) return order == 0;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kMoney:
      return a.currency() == b.currency() && Compare(a.decimal_value(), b.decimal_value()) == 0;
    case Kind::kList:
      return std::ranges::equal(a.items(), b.items(), Equal);
    case Kind::kMap:
      return std::ranges::equal(a.entries(), b.entries(), [](const MapEntry& x, const MapEntry& y) {
        return Equal(x.key, y.key) && Equal(x.value, y.value);
      });
    default:
      return a == b;
  }
}

Result<std::partial_ordering> Order(const Value& a, const Value& b) {
  std::partial_ordering order = std::partial_ordering::unordered;
  if (OrderNumbers(a, b, &order)) return order;
  if (a.kind() == b.kind()) {
    switch (a.kind()) {
      case Kind::kBool:
      case Kind::kTimestamp:
      case Kind::kDuration:
      case Kind::kDate:
        return Value::OrderScalars(a, b);
      case Kind::kString:
      case Kind::kBytes:
        return a.TextBytes() <=> b.TextBytes();
      case Kind::kMoney:
        if (a.currency() == b.currency()) return Compare(a.decimal_value(), b.decimal_value());
        return ErrorCode::kValuesCurrencyMix;
      default:
        break;
    }
  }
  String kinds(KindName(a.kind()));
  return Error(ErrorCode::kValuesWrongType, kinds.append(" and ").append(KindName(b.kind())));
}

bool Fits(const Value& value, const Type& type) {
  switch (type.kind) {
    case Kind::kDyn:
      return true;
    case Kind::kMoney:
      return value.Is(Kind::kMoney) &&
             (type.currency.IsNone() || type.currency == value.currency());
    case Kind::kList:
      return value.Is(Kind::kList) && std::ranges::all_of(value.items(), [&](const Value& item) {
               return Fits(item, type.items[0]);
             });
    case Kind::kMap:
      return value.Is(Kind::kMap) &&
             std::ranges::all_of(value.entries(), [&](const MapEntry& entry) {
               return Fits(entry.key, type.items[0]) && Fits(entry.value, type.items[1]);
             });
    case Kind::kRecord:
      return value.Is(Kind::kMap) &&
             std::ranges::all_of(value.entries(), [&](const MapEntry& entry) {
               const Type* member =
                   entry.key.Is(Kind::kString) ? type.Find(entry.key.string_value()) : nullptr;
               return member != nullptr && Fits(entry.value, *member);
             });
    default:
      return value.Is(type.kind);
  }
}

}  // namespace countersign::values
