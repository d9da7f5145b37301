// One value of any kind: what a field holds and an expression computes.
//
// A Value is 24 bytes and cheap to copy: numbers, money, dates and times stand in it; texts, lists
// and maps are shared and never change. The counting of sharers is not atomic: values stay on one
// thread.
//
// Three comparisons, on purpose:
//   a == b        the same spelling: 1.5 and 1.50 differ (they print differently)
//   Equal(a, b)   CEL's ==: 1, 1u, 1.0 and the decimal 1.00 are equal, NaN equals nothing
//   Order(a, b)   CEL's < and >: only within the kinds that have an order
#ifndef COUNTERSIGN_VALUES_VALUE_H_
#define COUNTERSIGN_VALUES_VALUE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/vector.h"
#include "values/date.h"
#include "values/decimal.h"
#include "values/money.h"
#include "values/timestamp.h"
#include "values/type.h"

namespace countersign::values {

struct MapEntry;

class Value {
 public:
  using MovesAsItLies = void;  // base/vector.h
  // Nesting of lists and maps. Bounds every recursion over values.
  static constexpr int kMaxDepth = 256;

  Value() = default;  // null
  static Value Bool(bool value);
  static Value Int(int64_t value);
  static Value Uint(uint64_t value);
  static Value Double(double value);
  static Value String(std::string_view text);  // REQUIRES: IsUtf8(text)
  static Value Bytes(ByteView bytes);
  // Errors: values.too_deep.
  static Result<Value> List(Vector<Value> items);
  // Sorts the entries by key. Keys are bool, int, uint or string; 1 and 1u are one key.
  // Errors: values.wrong_type for another key, values.duplicate_key, values.too_deep.
  static Result<Value> Map(Vector<MapEntry> entries);
  static Value Of(const Timestamp& value);
  static Value Of(const Duration& value);
  static Value Of(const Decimal& value);
  static Value Of(const Money& value);
  static Value Of(const Date& value);
  static Value Of(const Period& value);
  // What CEL's type() answers: "int", "list", "google.protobuf.Timestamp", ...
  static Value TypeNamed(std::string_view name);

  Value(const Value& other) : Value(other, Share{}) {}
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (IsShared()) Release();
  }

  Kind kind() const { return kind_; }
  bool Is(Kind kind) const { return kind_ == kind; }

  // REQUIRES: the kind fits. (Checked where another kind would be read through a pointer.)
  bool bool_value() const { return low_ != 0; }
  int64_t int_value() const { return static_cast<int64_t>(low_); }
  uint64_t uint_value() const { return low_; }
  double double_value() const;
  std::string_view string_value() const;  // kString, kType
  ByteView bytes_value() const;
  std::span<const Value> items() const;
  // Sorted: false, true, numbers, strings (by bytes, which is by code points).
  std::span<const MapEntry> entries() const;
  Timestamp timestamp_value() const { return {int_value(), static_cast<int32_t>(high_)}; }
  Duration duration_value() const { return {int_value(), static_cast<int32_t>(high_)}; }
  Decimal decimal_value() const;  // kDecimal, and the amount of kMoney
  Money money_value() const { return {decimal_value(), Currency(currency_)}; }
  Currency currency() const { return Currency(currency_); }
  Date date_value() const { return Date(static_cast<int32_t>(low_)); }
  Period period_value() const { return {static_cast<int32_t>(low_), static_cast<int32_t>(high_)}; }

  // The value of a key, nullptr where it is missing or this is no map. A double finds the integer
  // it equals.
  const Value* Find(const Value& key) const;
  const Value* Find(std::string_view key) const;

  // Bytes this value stands for, with everything in it, counted once per mention (an upper bound of
  // what walking, comparing or printing it costs, for fuel). Stays at 2^32 - 1 when it would be
  // more.
  uint32_t DeepSize() const;

  friend bool operator==(const Value& a, const Value& b);
  friend Result<std::partial_ordering> Order(const Value& a, const Value& b);

 private:
  struct Payload;
  struct TextPayload;
  struct ListPayload;
  struct MapPayload;
  struct Share {};

  Value(const Value& other, Share) noexcept;
  explicit Value(Kind kind, uint64_t low = 0, uint64_t high = 0)
      : kind_(kind), low_(low), high_(high) {}
  static Value Text(Kind kind, const void* bytes, size_t size);
  bool IsShared() const { return kind_ >= Kind::kString; }
  void Release();
  std::string_view TextBytes() const;  // REQUIRES: a text, bytes or type
  // Of one kind that stands in two signed words: bool, timestamp, duration, date.
  static std::partial_ordering OrderScalars(const Value& a, const Value& b);
  // Adds the part's size and depth to those of the list or map it is in.
  static void Count(const Value& part, Payload* whole);

  Kind kind_ = Kind::kNull;
  uint8_t scale_ = 0;
  Exactness exactness_ = Exactness::kExact;
  uint32_t currency_ = 0;
  union {
    uint64_t low_ = 0;
    Payload* payload_;
  };
  uint64_t high_ = 0;
};
static_assert(sizeof(Value) == 24);

struct MapEntry {
  using MovesAsItLies = void;  // base/vector.h
  Value key;
  Value value;
  friend bool operator==(const MapEntry&, const MapEntry&) = default;
};

// CEL's ==. Values of unrelated kinds, money of two currencies, and a double beside a decimal are
// unequal.
bool Equal(const Value& a, const Value& b);
// CEL's < and >: among numbers (int, uint, double; int, uint, decimal), bools, strings, bytes,
// timestamps, durations, dates, and money of one currency. Unordered where a NaN is involved.
// Errors: values.wrong_type, values.currency_mix.
Result<std::partial_ordering> Order(const Value& a, const Value& b);
// Whether the value has the declared type, all the way down. A record's members may be missing; an
// int does not fit decimal.
bool Fits(const Value& value, const Type& type);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_VALUE_H_
