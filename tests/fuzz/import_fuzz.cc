// An agreement from outside: it becomes a template or is refused, and what comes out is text whose
// diagnostics are its own.
#include <cstdlib>

#include "base/bytes.h"
#include "import/import.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  // A zero byte parts two files.
  size_t half = std::min(text.find('\0'), text.size());
  Vector<importing::ImportFile> files = {{"a.md", String(text.substr(0, half))}};
  if (half < text.size()) files.push_back({"b.md", String(text.substr(half + 1))});
  importing::Imported imported = importing::ImportAgreement(files);
  if (imported.text.empty()) {
    if (imported.compilation.diagnostics.empty()) std::abort();
    return 0;
  }
  if (!IsUtf8(imported.text)) std::abort();
  if (imported.text.size() > 4'000 + size * 300) std::abort();
  compile::Compilation again =
      compile::CompileTemplate(imported.text, "template.md", compile::Library());
  if (again.bytes != imported.compilation.bytes || again.errors != imported.compilation.errors)
    std::abort();
  for (const importing::ImportChange& change : imported.changes) {
    if (change.rule.empty() || change.message.empty()) std::abort();
  }
  return 0;
}
