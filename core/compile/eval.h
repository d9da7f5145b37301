// Evaluates one expression from text: the engine of `countersign eval`, for people who try things
// and for conformance suites. Never part of an agreement: those run typed trees.
//
// A line is a JSON object: {"expr":…,"bindings":{name:value}} and optionally
//
//   "schema"        {"vars":{name:type},"functions":{name:{"overloads":[…]}}}: declared but not
//                   bound is unknown; types as values::Type has them, and optional_type(T). An
//                   overload is {"args":[type],"result":type,"member":true for x.f(y)}, where T is
//                   a type parameter and tuple(T) a type of its own; it is checked and never run
//
//   "container"     CEL's name space for unqualified names
//
//   "disableCheck"  true: nothing is checked before it runs, every type is dyn
//
//   "checkOnly"     true: nothing runs, the answer is {"type":…}
//
// Bound names need no declaration (they are dyn, and a number literal opposite one is exact where
// its value is a decimal or money). A value is plain JSON (an integer is an int, another number a
// double; where a type is declared, also the type's plain form, and any number of a double or
// decimal), or an object whose single member names a kind:
//   nullValue boolValue int64Value uint64Value doubleValue stringValue bytesValue (base64)
//   typeValue listValue {"values":[V…]} mapValue {"entries":[{"key":V,"value":V}…]} timestampValue
//   durationValue decimalValue moneyValue ["1.00","EUR"] dateValue periodValue
//   optionalValue {"value":V} or {}
// The answer is one line: {"value":V,"type":"int"}, {"unknown":["field"],"type":…} or
// {"error":{"code":…,"message":…}} with an error code or, for what the compiler refuses, a
// diagnostic's "Tnnn"; where a member of the line is at fault, with its "path".
// Bounds: those of every expression, but 12 macros inside macros.
#ifndef COUNTERSIGN_COMPILE_EVAL_H_
#define COUNTERSIGN_COMPILE_EVAL_H_

#include <optional>
#include <string_view>

#include "base/string.h"

namespace countersign::compile {

// Longer lines are refused (json.too_large).
inline constexpr size_t kMaxEvalLine = 1 << 20;
// Names that a line declares, and that it binds (json.too_many_items).
inline constexpr size_t kMaxEvalNames = 4096;

// The answer, without a line break. `line` may be anything.
String EvaluateLine(std::string_view line);
// The same for an expression and, where there are any, a JSON object of bindings.
String EvaluateExpression(std::string_view expression,
                          std::optional<std::string_view> bindings = std::nullopt);
// Whether an answer is a value (what a command line turns into its exit code).
bool IsValueAnswer(std::string_view answer);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_EVAL_H_
