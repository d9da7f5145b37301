// A LegalDown document with the files it names: it becomes a template or is refused, and every
// place that is told lies in its file. Behind lines "%%%% name" stand the other files.
#include <cstdlib>
#include <map>

#include "legaldown/legaldown.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  constexpr std::string_view kNextFile = "%%%% ";
  std::map<String, String> texts;
  for (size_t at = text.rfind(kNextFile); at != std::string_view::npos;
       at = text.rfind(kNextFile)) {
    std::string_view file = text.substr(at + kNextFile.size());
    size_t line = std::min(file.find('\n'), file.size());
    texts.emplace(file.substr(0, line), file.substr(std::min(line + 1, file.size())));
    text = text.substr(0, at);
  }
  legaldown::LegalDownFiles files("main.lgd", text);
  for (Vector<String> wanted = files.Wanted(); !wanted.empty(); wanted = files.Wanted()) {
    for (const String& path : wanted) {
      auto it = texts.find(path);
      files.Put(path, it == texts.end() ? std::nullopt : std::optional(it->second));
    }
  }
  legaldown::LegalDownDocument document = legaldown::CompileLegalDown(files);
  for (const compile::Diagnostic& diagnostic : document.compilation.diagnostics) {
    size_t length = text.size();
    for (const auto& [name, other] : texts) {
      if (legaldown::JoinPath("", name) == diagnostic.file) length = other.size();
    }
    if (diagnostic.span.byte.begin > diagnostic.span.byte.end) std::abort();
    if (diagnostic.file == "main.lgd" && diagnostic.span.byte.end > length) std::abort();
    compile::ToText(diagnostic);
  }
  if (document.compilation.ok() != !document.text.empty()) std::abort();
  if (!document.compilation.ok() && document.compilation.errors == 0) std::abort();
  if (!document.compilation.ok()) return 0;
  if (compile::CompileTemplate(document.text).bytes != document.compilation.bytes) std::abort();
  return 0;
}
