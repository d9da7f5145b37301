// Reads a Contract CEL expression: the grammar of cel-spec langdef.md (without message literals and
// optional syntax, which are refused), the macros has, all, exists, exists_one, map, filter, their
// forms with two variables, and cel.bind.
#ifndef COUNTERSIGN_COMPILE_PARSER_H_
#define COUNTERSIGN_COMPILE_PARSER_H_

#include "compile/ast.h"
#include "compile/diagnostic.h"

namespace countersign::compile {

// Whether `a.?b`, `a[?i]`, `[?x]` and `{?k: v}` are read (as calls of "_?._", "_[?_]" and "?_") or
// refused with a hint.
enum class OptionalSyntax : uint8_t { kOff, kOn };

// The expression, with kError nodes where something was reported (T1xx, T2xx, T7xx): the parser
// goes on behind the next comma or bracket, so that later problems are found too. The views in it
// live as long as `in.text` and the Ast (which may be moved). Bounds: expression::kMaxSource bytes,
// expression::kMaxNodes nodes, expression::kMaxDepth levels.
Ast ParseExpression(const Fragment& in, OptionalSyntax syntax, DiagnosticSink* sink);
inline Ast ParseExpression(const Fragment& in, DiagnosticSink* sink) {
  return ParseExpression(in, OptionalSyntax::kOff, sink);
}

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_PARSER_H_
