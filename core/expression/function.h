// The functions and operators of expressions: one table, used by the compiler, the loader and the
// VM.
#ifndef COUNTERSIGN_EXPRESSION_FUNCTION_H_
#define COUNTERSIGN_EXPRESSION_FUNCTION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "values/type.h"

namespace countersign::expression {

enum class Function : uint8_t {
#define CS_FUNCTION(name, text, style, overloads, doc) name,
#include "expression/functions.def"
#undef CS_FUNCTION
};
inline constexpr int kFunctionCount = 0
#define CS_FUNCTION(name, text, style, overloads, doc) +1
#include "expression/functions.def"
#undef CS_FUNCTION
    ;
// The wide set (wide.h): functions.def has it at its end.
constexpr bool IsWide(Function function) { return function >= Function::kTypeOf; }
constexpr bool IsWide(values::Kind kind) {
  return kind == values::Kind::kUint || kind == values::Kind::kDouble ||
         kind == values::Kind::kBytes || kind == values::Kind::kTimestamp ||
         kind == values::Kind::kDuration || kind == values::Kind::kType;
}

// How a function is written: between or before its arguments, f(x), x.f(), or both of the last two.
enum class Style : uint8_t { kOperator, kCall, kMethod, kEither };

std::string_view FunctionName(Function function);
Style FunctionStyle(Function function);
// Overloads as letters, see functions.def: "iii ddd".
std::string_view FunctionOverloads(Function function);
std::optional<Function> FindFunction(std::string_view name);
// The letter of a kind in overloads; ' ' for null, list, map, record and dyn.
char KindLetter(values::Kind kind);

// Whether the function takes these types, and what it then gives: dyn where an argument is dyn and
// the answer depends on it. False: no overload.
bool ResolveCall(Function function, std::span<const values::Type* const> arguments,
                 values::Type* result);

// The type of what may be one or the other: dyn where one is dyn or null, money without a currency
// where two differ. False where they have nothing in common.
bool JoinTypes(const values::Type& a, const values::Type& b, values::Type* joined);
// Whether == makes sense between them: the same type, dyn, null, or numbers that are exact.
bool AreComparable(const values::Type& a, const values::Type& b);
// Whether a value of type `from` may stand where `to` is expected (dyn: decided when it runs).
bool IsAssignable(const values::Type& from, const values::Type& to);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_FUNCTION_H_
