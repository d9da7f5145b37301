// Expressions for tests: declare fields with types and plain JSON values, evaluate a text, get the
// outcome as one line: `int 5`, `decimal "2.50"`, `unknown seats`, `error values.overflow`, `T301
// 1:3-1:8`.
#ifndef COUNTERSIGN_TESTS_SUPPORT_EXPRESSIONS_H_
#define COUNTERSIGN_TESTS_SUPPORT_EXPRESSIONS_H_

#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/expression_compiler.h"
#include "expression/real.h"
#include "expression/wide.h"
#include "json/value.h"
#include "values/plain_json.h"

namespace countersign::testing {

inline String Show(const values::Value& value) {
  using values::Kind;
  String kind(KindName(value.kind()));
  switch (value.kind()) {
    case Kind::kDouble:
      return kind + " " + expression::FormatReal(value.double_value());
    case Kind::kType:
      return kind + " " + String(value.string_value());
    case Kind::kList: {
      String out = "[";
      for (const values::Value& item : value.items())
        out += (out.size() > 1 ? ", " : "") + Show(item);
      return out + "]";
    }
    case Kind::kMap: {
      String out = "{";
      for (const values::MapEntry& entry : value.entries()) {
        out += (out.size() > 1 ? ", " : "") + Show(entry.key) + ": " + Show(entry.value);
      }
      return out + "}";
    }
    default:
      return kind + " " + json::Write(*values::ToJson(value, &values::kWideForms));
  }
}

class World {
 public:
  World() = default;

  // A field; `json` is its plain value, "" for not answered.
  World& Declare(String name, std::string_view type, std::string_view json = "",
                 compile::Presence presence = compile::Presence::kRequired) {
    const values::Type parsed = *values::Type::Parse(type);
    schema.Declare(compile::Variable{name, parsed, presence, {}, {}});
    names_.push_back(name);
    values_.emplace_back();
    known_.push_back(!json.empty());
    if (!json.empty()) {
      const json::Value value = *json::Read(json, json::kDocumentLimits);
      values_.back() =
          value.is_null() ? values::Value() : *values::FromJson(value, parsed, &values::kWideForms);
    }
    return *this;
  }
  World& Bind(String name, std::string_view type, values::Value value) {
    Declare(std::move(name), type);
    values_.back() = std::move(value);
    known_.back() = true;
    return *this;
  }

  // Every diagnostic as "T301 1:3-1:8", one per line.
  String Problems(std::string_view text, std::string_view expected = "dyn") const {
    String out;
    for (const compile::Diagnostic& d : Diagnose(text, expected)) {
      if (!out.empty()) out += "\n";
      out += String(DiagnosticName(d.code)) + " " + NumberText(d.span.line) + ":" +
             NumberText(d.span.col) + "-" + NumberText(d.span.end_line) + ":" +
             NumberText(d.span.end_col);
    }
    return out;
  }
  Vector<compile::Diagnostic> Diagnose(std::string_view text,
                                       std::string_view expected = "dyn") const {
    compile::SourceFile file("expression", String(text));
    compile::DiagnosticSink sink(file);
    Compile(file.text(), expected, &sink);
    return sink.Take();
  }
  std::optional<expression::Tree> Compile(std::string_view text, std::string_view expected,
                                          compile::DiagnosticSink* sink) const {
    const compile::Fragment fragment{.text = text};
    return CompileExpression(fragment, schema, *values::Type::Parse(expected), sink);
  }
  std::optional<expression::Tree> Tree(std::string_view text,
                                       std::string_view expected = "dyn") const {
    compile::SourceFile file("expression", String(text));
    compile::DiagnosticSink sink(file);
    return Compile(file.text(), expected, &sink);
  }

  expression::Slots slots() const { return expression::SlotsOf(names_); }
  expression::Bindings bindings() const {
    expression::Bindings bindings(names_.size());
    for (uint32_t i = 0; i < names_.size(); ++i) {
      if (known_[i]) bindings.Set(i, values_[i]);
    }
    return bindings;
  }
  const String& NameOf(uint32_t slot) const { return names_[slot]; }

  String Show(const expression::Outcome& outcome) const {
    switch (outcome.state) {
      case expression::State::kValue:
        return countersign::testing::Show(outcome.value);
      case expression::State::kError:
        return "error " + String(outcome.error->name());
      case expression::State::kUnknown:
        break;
    }
    String out = "unknown";
    for (const uint32_t slot : outcome.unknown) out += " " + names_[slot];
    return out;
  }

  // Compiles, goes through the stored form, and runs.
  String Evaluate(std::string_view text, std::string_view expected = "dyn") const {
    const std::optional<expression::Tree> tree = Tree(text, expected);
    if (!tree) return Problems(text, expected);
    const String stored = json::Write(ToJson(*tree));
    Result<json::Value> read = json::ReadCanonical(stored, json::kDocumentLimits);
    if (!read) return "stored form: " + read.error().message();
    Result<expression::Tree> loaded = expression::Load(*read, schema.AsVariables());
    if (!loaded)
      return "loader: " + loaded.error().message() + " at " + String(loaded.error().path());
    if (*loaded != *tree) return "loader: another tree";
    Result<expression::Program> program = Lower(*loaded, slots());
    if (!program) return "lowering: " + program.error().message();
    expression::Fuel fuel;
    return Show(RunWide(*program, bindings(), fuel));
  }

  compile::Schema schema;

 private:
  Vector<String> names_;
  Vector<values::Value> values_;
  Vector<bool> known_;
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_EXPRESSIONS_H_
