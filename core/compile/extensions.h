// CEL's extension libraries (cel-spec v0.25: strings, math, optionals, encoders), for
// `countersign eval` alone: contracts cannot need them, so neither the compiler of templates nor a
// signer's device knows them, and a template that uses one is refused (T401).
//
// An expression that uses one is checked as any other (Libraries::kOn), what a library's function
// takes and gives left open, and evaluated by a plain walk over the tree; everything else goes the
// way of templates.
#ifndef COUNTERSIGN_COMPILE_EXTENSIONS_H_
#define COUNTERSIGN_COMPILE_EXTENSIONS_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "compile/ast.h"
#include "compile/expression_compiler.h"
#include "expression/apply.h"
#include "expression/tree.h"
#include "values/value.h"

namespace countersign::compile {

// The function of a tree's call that is the libraries': its name is the node's. "trim", with the
// text first; "math.abs"; "_?._", "_[?_]" and "?_" of the optional syntax; "optMap" and
// "optFlatMap" with a body as second child, which sees the local of the node's number;
// "transformMapEntry" as a fold, which sees that one and the next.
inline constexpr auto kLibraryCall = static_cast<expression::Function>(expression::kFunctionCount);

bool IsLibraryMethod(std::string_view name);  // "trim"
bool IsOptionalSyntax(std::string_view name);
// The overloads of a function of the libraries, as letters like those of functions.def; "" where
// there is none of the name, or where the letters cannot say it.
std::string_view LibraryForms(std::string_view name);
// What f(x) or a.f(x) calls by its full name, the container's prefixes tried first: a function of
// the libraries ("math.sqrt") or one that the schema declares. "" where it is neither.
String QualifiedFunction(const Ast& ast, const AstNode& call, const Schema& schema);
const DeclaredFunction* FindDeclared(const Schema& schema, std::string_view name);
// Whether a function of the libraries, one that is declared or the optional syntax occurs in it.
bool UsesExtensions(const Ast& ast, const Schema& schema);
// The prefixes that a name is looked up with in a container, longest first: "a.b.", "a.", "".
std::vector<String> Prefixes(std::string_view container);

// Whether such a call has a literal in both forms: as CEL reads it, and exact as the third argument
// (Opposite::kEither). The literal is the second argument of == and !=, and either one of others.
bool HasEither(expression::Function function, size_t arguments);
// As ApplyWide; a literal in both forms is exact where a decimal or money stands opposite (rule
// N1), and CEL's where not. Errors: as ApplyWide.
expression::Status ApplyEither(expression::Function function,
                               std::span<const values::Value* const> arguments, int64_t* fuel,
                               values::Value* out);

// A name and its value; nothing: declared, but not known.
struct NamedValue {
  String name;
  std::optional<values::Value> value;
};
struct Extended {
  std::optional<values::Value> value;
  std::optional<Error> error;   // where there is neither: unknown
  std::vector<String> unknown;  // names that it waits for
};
// Takes at most expression::kExpressionFuel steps. Errors: expression.*, values.*.
// REQUIRES: the checker made the tree, and reported no error.
Extended EvaluateExtended(const expression::Tree& tree, std::span<const NamedValue> names);

// An optional value is told by what is in it; nullopt where the value is none.
struct OptionalContent {
  std::optional<values::Value> value;
};
std::optional<OptionalContent> ReadOptional(const values::Value& value);
// Errors: values.too_deep.
Result<values::Value> MakeOptional(std::optional<values::Value> content);

// Standard base64; encoding pads, decoding takes it padded or bare, and no other alphabet.
String ToBase64(ByteView bytes);
std::optional<Bytes> FromBase64(String text);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_EXTENSIONS_H_
