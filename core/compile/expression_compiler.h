// From an author's text to a typed tree: lexer, parser, checker.
//
// The checker reports every problem it finds, with a place, a reason and where possible a fix; a
// tree comes out only when there was no error. What it returns always passes expression::Load.
#ifndef COUNTERSIGN_COMPILE_EXPRESSION_COMPILER_H_
#define COUNTERSIGN_COMPILE_EXPRESSION_COMPILER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "base/string.h"
#include "base/vector.h"
#include "compile/cel_type.h"
#include "compile/diagnostic.h"
#include "expression/tree.h"
#include "values/type.h"

namespace countersign::compile {

// Whether a variable may be null (left empty on purpose). Any variable may be unknown (not answered
// yet).
enum class Presence : uint8_t { kRequired, kOptional };

struct Variable {
  String name;  // "seats", or dotted: "customer.name"
  values::Type type;
  Presence presence = Presence::kRequired;  // only optional ones may be compared with null
  // Why the name may not be used in this place ("a computed value cannot use itself"); reported as
  // T404.
  // "" where it may.
  String refused;
  // Where it was declared, for the related span of a report.
  std::optional<ByteRange> declared;
};

// How a literal with a fraction is read where no decimal stands next to it.
enum class Fractions : uint8_t {
  kCel,    // as CEL does: a double
  kExact,  // a decimal: templates, where nothing can hold a double
};

// Whether types are checked. Off is for CEL's own suites: every variable is dyn, what no overload
// takes is left to fail when it runs, and what comes out does not pass expression::Load.
enum class Checking : uint8_t { kOn, kOff };

// Whether there are CEL's extension libraries (extensions.h): a tree that calls them is for
// EvaluateExtended alone.
enum class Libraries : uint8_t { kOff, kOn };

// Whether what is written out and gives no value is reported (T612). CEL runs it: `||` may absorb
// its error.
enum class Constants : uint8_t { kChecked, kRun };

// What a literal with a fraction is that stands opposite a value whose type nobody knows.
enum class Opposite : uint8_t {
  kDeclared,  // what it is alone
  // Exact as well: the call has its decimal as a third argument, and ApplyEither (extensions.h)
  // takes it where the value is a decimal or money. What comes out is not for expression::Load.
  kEither,
};

// What the names in an expression mean.
class Schema {
 public:
  Schema() = default;
  // Replaces a variable of the same name.
  void Declare(Variable variable);
  void Declare(String name, values::Type type) {
    Declare(Variable{std::move(name), std::move(type), Presence::kRequired, {}, {}});
  }
  const Variable* Find(std::string_view name) const;
  const Vector<Variable>& variables() const { return variables_; }  // sorted by name
  // For expression::Load and Verify; the schema must outlive it.
  expression::Variables AsVariables() const;

  Fractions fractions = Fractions::kCel;
  Checking checking = Checking::kOn;
  Libraries libraries = Libraries::kOff;
  Constants constants = Constants::kChecked;
  Opposite opposite = Opposite::kDeclared;
  // What a line of `countersign eval` declares; called with Libraries::kOn alone.
  std::vector<DeclaredFunction> functions;
  // Of a contract's own expressions: no wide set (expression/wide.h), reported as T404.
  expression::Reach reach = expression::Reach::kWhole;
  // CEL's container: the prefix that unqualified names are also looked up with, longest first. ""
  // for none.
  String container;

 private:
  Vector<Variable> variables_;
};

// `expected` is the type its place asks for; Type::Of(Kind::kDyn) takes any. An int where a decimal
// is expected is widened, a literal is read as a decimal. nullopt when an error was reported. The
// tree's `source` is the fragment's text, its `reads` the names of the variables it depends on.
std::optional<expression::Tree> CompileExpression(const Fragment& source, const Schema& schema,
                                                  const values::Type& expected,
                                                  DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_EXPRESSION_COMPILER_H_
