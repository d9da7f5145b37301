// An author's text: it compiles or is reported, and fixing it makes nothing worse. What compiles
// loads, and compiles to the same bytes again. Behind lines "%%%%" stand files of a library.
#include <cstdlib>

#include "compile/fixes.h"
#include "template/assembly.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  constexpr std::string_view kNextFile = "%%%%\n";
  Vector<std::string_view> files;
  for (size_t at = text.rfind(kNextFile); at != std::string_view::npos;
       at = text.rfind(kNextFile)) {
    files.push_back(text.substr(at + kNextFile.size()));
    text = text.substr(0, at);
  }
  size = text.size();
  compile::Library library;
  for (std::string_view file : files) (void)library.Add("library.md", file);
  compile::Compilation compilation = compile::CompileTemplate(text, library);
  for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.file == "library.md") {
      if (diagnostic.fix) std::abort();
      compile::ToText(diagnostic);
      continue;
    }
    if (diagnostic.span.byte.end > size || diagnostic.span.byte.begin > diagnostic.span.byte.end)
      std::abort();
    if (diagnostic.fix && diagnostic.fix->byte.end > size) std::abort();
    compile::ToText(diagnostic);
  }
  if (size < 3000 && !compilation.diagnostics.empty()) {
    compile::Fixed fixed = compile::ApplyFixes(text, "", library);
    if (fixed.compilation.errors > compilation.errors) std::abort();
    if (!compile::ApplyFixes(fixed.text, "", library).changes.empty()) std::abort();
  }
  if (!compilation.ok()) return 0;
  // As a verifier does it: from the source and the files.
  auto again = compile::Recompile(text, files);
  if (!again || *again != compilation.bytes) std::abort();
  auto contract = templates::Template::Load(compilation.bytes);
  if (!contract) std::abort();
  (void)templates::Assemble(*contract, {}).has_value();
  return 0;
}
