#include "compile/expression_compiler.h"

#include <utility>

#include "base/sort.h"
#include "compile/checker.h"
#include "compile/parser.h"

namespace countersign::compile {
namespace {

const values::Type* FindType(const void* context, std::string_view name) {
  const Variable* variable = static_cast<const Schema*>(context)->Find(name);
  return variable == nullptr ? nullptr : &variable->type;
}

}  // namespace

void Schema::Declare(Variable variable) {
  Variable* place = variables_.begin() + PlaceOf(variables_, &Variable::name, variable.name);
  if (place != variables_.end() && place->name == variable.name) {
    *place = std::move(variable);
  } else {
    variables_.insert(place, std::move(variable));
  }
}

const Variable* Schema::Find(std::string_view name) const {
  return FindSorted(variables_, &Variable::name, name);
}

expression::Variables Schema::AsVariables() const { return {this, FindType, reach}; }

std::optional<expression::Tree> CompileExpression(const Fragment& source, const Schema& schema,
                                                  const values::Type& expected,
                                                  DiagnosticSink* sink) {
  const size_t errors_before = sink->ErrorCount();
  const Ast ast = ParseExpression(source, sink);
  expression::Tree tree = CheckExpression(ast, source, schema, expected, sink);
  if (sink->ErrorCount() != errors_before) return std::nullopt;
  tree.source = source.text;
  return tree;
}

}  // namespace countersign::compile
