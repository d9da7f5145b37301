// What stands between `{{` and `}}`: a value, a directive with parameters, or a block form.
#ifndef COUNTERSIGN_COMPILE_DIRECTIVE_H_
#define COUNTERSIGN_COMPILE_DIRECTIVE_H_

#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "compile/yaml.h"

namespace countersign::compile {

// A text from the source that knows where it stands: of YAML, an attribute or a parameter.
struct SourceText {
  String text;
  ByteRange range;       // in the file, without quotes
  Vector<uint32_t> map;  // where text[i] stands; empty: at range.begin + i
  bool quoted = false;

  // The bytes [begin, end) of it.
  SourceText Part(size_t begin, size_t end) const;
  Fragment AsFragment() const { return {.text = text, .base = range.begin, .map = map}; }
};
SourceText FromYaml(const YamlNode& node);

struct Parameter {
  String name;
  ByteRange name_range;
  SourceText value;
};

struct Directive {
  String name;  // "=" for a value, "#if", "/if" … for block forms
  ByteRange name_range;
  SourceText value;  // of "=", "#if", "#elif", "#each": the expression; else what follows the colon
  SourceText variable;  // of "#each"
  String format;        // of "="
  ByteRange format_range;
  Vector<Parameter> parameters;
};

// Of those that there are, block forms too.
std::span<const std::string_view> DirectiveNames();

// T266 for each tag in a text that becomes part of the document, or of a form, as it is written.
void ReportTagsIn(const SourceText& text, DiagnosticSink* sink);

// Parses `content` (between the braces) of the sink's file. Problems are reported (T268, T269);
// nullopt where there is nothing to go on with.
std::optional<Directive> ParseDirective(ByteRange content, DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_DIRECTIVE_H_
