// CEL's extension libraries (cel-spec v0.25: strings, math, optionals, encoders), for
// `countersign eval` alone: contracts cannot need them, so neither the compiler of templates nor a
// signer's device knows them, and a template that uses one is refused (T401).
//
// An expression that uses one is evaluated by a plain walk over what the parser made of it, without
// types; everything else goes the way of templates.
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
#include "values/value.h"

namespace countersign::compile {

// Whether a function of the libraries or the optional syntax occurs in it.
bool UsesExtensions(const Ast& ast);

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
Extended EvaluateExtended(const Ast& ast, std::span<const NamedValue> names);

// An optional value is told by what is in it; nullopt where the value is none.
struct OptionalContent {
  std::optional<values::Value> value;
};
std::optional<OptionalContent> ReadOptional(const values::Value& value);

// Standard base64; encoding pads, decoding takes both.
String ToBase64(ByteView bytes);
std::optional<Bytes> FromBase64(String text);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_EXTENSIONS_H_
