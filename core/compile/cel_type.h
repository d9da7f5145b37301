// CEL's own types, for `countersign eval`: those of the language, optional_type(T) and what a line
// declares, found as CEL's checker finds them. A tree's types leave open what an optional holds and
// what an empty list is of; nobody needs that to evaluate it, but it is CEL's answer to checkOnly.
#ifndef COUNTERSIGN_COMPILE_CEL_TYPE_H_
#define COUNTERSIGN_COMPILE_CEL_TYPE_H_

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/string.h"
#include "expression/tree.h"
#include "values/type.h"
#include "values/value.h"

namespace countersign::compile {

struct CelType {
  // "int", "list", "optional_type", "money(EUR)", "record(a: int)", and a declared function's own:
  // "tuple", "T" for a parameter.
  String name = "dyn";
  std::vector<CelType> parts;  // list: the element; map: key and value; optional_type: the content
  bool is_parameter = false;
};

// Which names a type may be made of.
enum class TypeNames : uint8_t {
  kKnown,
  kOwn,  // also "tuple(...)" and, with a capital letter in front, type parameters: of functions
};
// Blanks may stand anywhere between words. Errors: values.bad_type (also for a map with keys that
// none can have, and over values::Type's bounds), values.unknown_currency.
Result<CelType> ParseCelType(std::string_view text, TypeNames names);
// What the checker knows of it: optional_type and a function's own types are dyn.
values::Type ToValueType(const CelType& type);
// Whether the value is of the type, as values::Fits. Optionals are values of extensions.h.
bool FitsCelType(const values::Value& value, const CelType& type);

struct DeclaredOverload {
  std::vector<CelType> arguments;
  CelType result;
  bool is_member = false;  // x.f(y), x being the first argument
};
// A function that a line declares: it can be checked, and running it is an error.
struct DeclaredFunction {
  String name;
  std::vector<DeclaredOverload> overloads;
};
struct DeclaredVariable {
  String name;
  CelType type;
};

// The type of the tree as CEL writes it, "list(optional_type(int))": dyn for what stays open.
// REQUIRES: the checker made the tree, and reported no error.
String DeduceType(const expression::Tree& tree, std::span<const DeclaredVariable> variables,
                  std::span<const DeclaredFunction> functions);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_CEL_TYPE_H_
