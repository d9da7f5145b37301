#include "compile/expression_compiler.h"

#include <algorithm>
#include <utility>

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
  const auto place =
      std::lower_bound(variables_.begin(), variables_.end(), variable.name,
                       [](const Variable& other, const String& name) { return other.name < name; });
  if (place != variables_.end() && place->name == variable.name) {
    *place = std::move(variable);
  } else {
    variables_.insert(place, std::move(variable));
  }
}

const Variable* Schema::Find(std::string_view name) const {
  const auto place = std::lower_bound(
      variables_.begin(), variables_.end(), name,
      [](const Variable& other, std::string_view wanted) { return other.name < wanted; });
  return place != variables_.end() && place->name == name ? &*place : nullptr;
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
