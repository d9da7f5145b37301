// Names and types: from an Ast to a typed tree, with every problem reported.
#ifndef COUNTERSIGN_COMPILE_CHECKER_H_
#define COUNTERSIGN_COMPILE_CHECKER_H_

#include "compile/ast.h"
#include "compile/expression_compiler.h"

namespace countersign::compile {

// The typed tree without `source`; what it is worth when an error was reported is nothing.
expression::Tree CheckExpression(const Ast& ast, const Fragment& in, const Schema& schema,
                                 const values::Type& expected, DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_CHECKER_H_
