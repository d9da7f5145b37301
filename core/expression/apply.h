// What the functions and operators compute, for any kinds of values. Of this room only: the VM has
// short cuts for the common kinds, and tests compare them with this.
#ifndef COUNTERSIGN_EXPRESSION_APPLY_H_
#define COUNTERSIGN_EXPRESSION_APPLY_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "expression/function.h"
#include "values/value.h"

namespace countersign::expression {

// Takes `amount` from the fuel; false (and nothing left) where there is not so much.
inline bool Charge(int64_t* fuel, uint64_t amount) {
  if (amount > static_cast<uint64_t>(*fuel < 0 ? 0 : *fuel)) {
    *fuel = 0;
    return false;
  }
  *fuel -= static_cast<int64_t>(amount);
  return true;
}

// Charges for bytes that are read or copied. Errors: expression.no_overload, .no_such_key,
// .out_of_range, .bad_conversion, .fuel, .too_large; values.* of the operation.
Result<values::Value> Apply(Function function, std::span<const values::Value* const> arguments,
                            int64_t* fuel);

// A value that is computed may stand for so many bytes (values::Value::DeepSize);
// expression.too_large.
inline constexpr uint32_t kMaxValueBytes = 8u << 20;

// The member of a record or map. Errors: expression.no_such_key, .no_overload.
Result<const values::Value*> FindMember(const values::Value& record, std::string_view name);
// Element or entry. Errors: expression.no_such_key, .out_of_range, .no_overload.
Result<const values::Value*> FindIndex(const values::Value& collection, const values::Value& index);
// A list or map as a value, if it is not too large. Errors: expression.too_large, .no_overload (a
// key of a wrong kind), values.*.
Result<values::Value> MakeList(std::vector<values::Value> items);
Result<values::Value> MakeMap(std::vector<values::MapEntry> entries);
// The conversions int(), string(), date(), ... REQUIRES: function is one of them.
Result<values::Value> Convert(Function function, std::span<const values::Value* const> arguments,
                              int64_t* fuel);
// No function for these kinds of values: "+(int, string)".
Error NoOverload(Function function, std::span<const values::Value* const> arguments);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_APPLY_H_
