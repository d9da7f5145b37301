// The kinds of values, and the types that fields, members and expressions are declared with.
#ifndef COUNTERSIGN_VALUES_TYPE_H_
#define COUNTERSIGN_VALUES_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "values/money.h"

namespace countersign::values {

enum class Kind : uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,  // for CEL's own suites only: schemas may not declare it, and it has no plain JSON form
  kTimestamp,
  kDuration,
  kDecimal,
  kMoney,
  kDate,
  kPeriod,
  kString,  // from here on the content is shared (Value::IsShared)
  kBytes,
  kList,
  kMap,
  kType,
  // Of types only; a value's kind is one of the above.
  kRecord,  // a map with declared members; the value is a map with string keys
  kDyn,     // anything
};
// "null", "bool", ..., "dyn".
std::string_view KindName(Kind kind);

struct Type {
  using MovesAsItLies = void;  // base/vector.h
  static constexpr size_t kMaxText = 4096;
  static constexpr int kMaxDepth = 16;

  Kind kind = Kind::kDyn;
  Currency currency;     // of money: the only one allowed; none allows any
  Vector<Type> items;    // list: the element; map: key and value; record: the members
  Vector<String> names;  // record: the members' names, sorted, as many as items

  // Out of line, since types are copied and dropped in many places.
  Type();
  Type(const Type&);
  Type(Type&&) noexcept;
  Type& operator=(const Type&);
  Type& operator=(Type&&) noexcept;
  ~Type();

  static Type Of(Kind kind);
  static Type MoneyIn(Currency currency);
  static Type List(Type element);
  static Type Map(Type key, Type value);
  // Sorts the members. Errors: values.bad_type where a name comes twice or is no identifier.
  static Result<Type> Record(Vector<String> names, Vector<Type> types);

  // Reads what ToString writes (members sorted by name); spaces after ',' and ':' may be left out.
  // Errors: values.bad_type (also over kMaxText or kMaxDepth), values.unknown_currency.
  static Result<Type> Parse(std::string_view text);
  // "int", "money(EUR)", "list(money)", "map(string, int)", "record(amount: money, name: string)".
  // The element type dyn may be left out of list and map: "list" is list(dyn).
  String ToString() const;

  // The type of a record's member, nullptr where there is none.
  const Type* Find(std::string_view name) const;

  friend bool operator==(const Type& a, const Type& b);
};

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_TYPE_H_
