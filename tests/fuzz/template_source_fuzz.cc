// An author's text: it compiles or is reported, and fixing it makes nothing worse. What compiles
// loads, and compiles to the same bytes again.
#include <cstdlib>

#include "compile/fixes.h"
#include "template/assembly.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  compile::Compilation compilation = compile::CompileTemplate(text);
  for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.span.byte.end > size || diagnostic.span.byte.begin > diagnostic.span.byte.end)
      std::abort();
    if (diagnostic.fix && diagnostic.fix->byte.end > size) std::abort();
    compile::ToText(diagnostic);
  }
  if (size < 3000 && !compilation.diagnostics.empty()) {
    compile::Fixed fixed = compile::ApplyFixes(text, "", compile::Library());
    if (fixed.compilation.errors > compilation.errors) std::abort();
    if (!compile::ApplyFixes(fixed.text, "", compile::Library()).changes.empty()) std::abort();
  }
  if (!compilation.ok()) return 0;
  if (compile::CompileTemplate(text).bytes != compilation.bytes) std::abort();
  auto contract = templates::Template::Load(compilation.bytes);
  if (!contract) std::abort();
  (void)templates::Assemble(*contract, {}).has_value();
  return 0;
}
