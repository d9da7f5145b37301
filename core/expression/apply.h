// What the functions and operators compute, for the kinds of values that contracts have. Of this
// room only: the VM has short cuts for the common kinds, and tests compare them with this.
#ifndef COUNTERSIGN_EXPRESSION_APPLY_H_
#define COUNTERSIGN_EXPRESSION_APPLY_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/vector.h"
#include "expression/function.h"
#include "expression/program.h"
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

// A value that is computed may stand for so many bytes (values::Value::DeepSize);
// expression.too_large.
inline constexpr uint32_t kMaxValueBytes = 8u << 20;

// How a computation ended: kDone, or an ErrorCode. A number and not a Result: a third of this
// room's bytes would be the handling of errors that a function hardly ever has.
using Status = int;
inline constexpr Status kDone = -1;
constexpr Status Fail(ErrorCode code) { return static_cast<Status>(code); }
inline constexpr Status kNoOverload = Fail(ErrorCode::kExpressionNoOverload);
inline constexpr Status kStarved = Fail(ErrorCode::kExpressionFuel);

inline Status Give(values::Value value, values::Value* out) {
  *out = std::move(value);
  return kDone;
}
template <class T>
Status Take(const Result<T>& result, values::Value* out) {
  if (!result) return Fail(result.error().code());
  return Give(values::Value::Of(*result), out);
}

// Of the kinds and functions that contracts have; ApplyWide (wide.h) is for all.
// Charges for bytes that are read or copied. Errors: expression.no_overload, .no_such_key,
// .out_of_range, .bad_conversion, .fuel, .too_large; values.* of the operation. `out` is not an
// argument.
Status Apply(Function function, std::span<const values::Value* const> arguments, int64_t* fuel,
             values::Value* out);
// The error with what is worth telling: "+(int, string)", the key, the text. REQUIRES: status is
// not kDone.
Error MakeError(Status status, Function function, std::span<const values::Value* const> arguments);

// The member of a record or map, or nullptr and why: expression.no_such_key, .no_overload.
const values::Value* FindMember(const values::Value& record, std::string_view name, Status* status);
// Element or entry, or nullptr and why: expression.no_such_key, .out_of_range, .no_overload.
const values::Value* FindIndex(const values::Value& collection, const values::Value& index,
                               Status* status);
// A list or map as a value, if it is not too large. Errors: expression.too_large, values.*.
Status MakeList(Vector<values::Value> items, values::Value* out);
Status MakeMap(Vector<values::MapEntry> entries, values::Value* out);
// The conversions int(), string(), date(), ... REQUIRES: function is one of them.
Status Convert(Function function, std::span<const values::Value* const> arguments,
               values::Value* out);

// A function that computes: Apply or ApplyWide.
using ApplyFunction = Status (*)(Function function, std::span<const values::Value* const> arguments,
                                 int64_t* fuel, values::Value* out);
// Run, with its functions. Errors: as Run.
Outcome RunWith(const Program& program, const Bindings& bindings, Fuel& fuel, ApplyFunction apply);

// Shared with wide.cc.
// a + b, without texts and lists.
Status AddNumbers(const values::Value& a, const values::Value& b, values::Value* out);
// Whether some overload takes exactly these kinds.
bool Takes(Function function, std::span<const values::Value* const> arguments);
// [+-]digits into 64 bits; false where it is no such text or too large.
bool ReadWhole(std::string_view text, bool* negative, uint64_t* magnitude);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_APPLY_H_
