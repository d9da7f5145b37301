// From a template's source (Markdown with front matter) to the compiled template that envelopes
// carry.
//
// All problems are reported, never only the first; bytes come out only when there is no error. The
// same source and library always give the same bytes, and what comes out always passes
// Template::Load.
#ifndef COUNTERSIGN_COMPILE_TEMPLATE_COMPILER_H_
#define COUNTERSIGN_COMPILE_TEMPLATE_COMPILER_H_

#include <optional>
#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "compile/library.h"
#include "compile/outline.h"
#include "template/template.h"

namespace countersign::compile {

struct Compilation {
  String bytes;  // canonical JSON, FORMAT.md section 6; "" where there was an error
  std::optional<templates::Template> contract;  // the bytes, loaded: they were checked that way
  Vector<Diagnostic> diagnostics;               // in the order of the source; warnings too
  Vector<Name> names;  // of what was understood, also where there are errors
  size_t errors = 0;   // all of them, also those that were cut (T790)

  bool ok() const { return !bytes.empty(); }
};

// `file` is the name that diagnostics show.
Compilation CompileTemplate(std::string_view source, std::string_view file, const Library& library);
inline Compilation CompileTemplate(std::string_view source, const Library& library = {}) {
  return CompileTemplate(source, "template.md", library);
}

// For the verifier: the compiled bytes of a source with the library's files that it is made of.
// Errors: template.does_not_compile, with the first diagnostic.
Result<String> Recompile(std::string_view source, std::span<const std::string_view> library = {});

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_TEMPLATE_COMPILER_H_
