// LegalDown documents in tests: files by name, and what is told of them in one line.
#ifndef COUNTERSIGN_TESTS_SUPPORT_LEGALDOWN_H_
#define COUNTERSIGN_TESTS_SUPPORT_LEGALDOWN_H_

#include <map>
#include <string_view>

#include "legaldown/legaldown.h"
#include "support/templates.h"

namespace countersign::legaldown {

using Texts = std::map<String, String>;

inline LegalDownDocument CompileTexts(const Texts& texts, const String& main = "main.lgd",
                                      Readiness readiness = Readiness::kOpen) {
  LegalDownFiles files(main, texts.at(main));
  for (Vector<String> wanted = files.Wanted(); !wanted.empty(); wanted = files.Wanted()) {
    for (const String& path : wanted) {
      auto it = texts.find(path);
      files.Put(path, it == texts.end() ? std::nullopt : std::optional(it->second));
    }
  }
  return CompileLegalDown(files, readiness);
}

// "anchor-format:3", with the file in front where it is not the document itself; errors as they
// are, "warning " and "info " in front of others.
inline Vector<String> Told(const compile::Compilation& compilation,
                           const String& main = "main.lgd") {
  Vector<String> told;
  for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
    String line;
    if (diagnostic.severity != compile::Severity::kError)
      line = String(compile::SeverityName(diagnostic.severity)) + " ";
    if (diagnostic.file != main) line += diagnostic.file + " ";
    line += diagnostic.rule.empty() ? compile::DiagnosticName(diagnostic.code) : diagnostic.rule;
    told.push_back(line + ":" + NumberText(diagnostic.span.line));
  }
  return told;
}

inline String Joined(const Vector<String>& told) {
  String text;
  for (const String& line : told) text += (text.empty() ? "" : ", ") + line;
  return text;
}

inline constexpr std::string_view kHead =  // 16 lines
    "---\ntitle: Contract\nsides:\n  - name: sellers\n    label: Seller\n    parties:\n"
    "      - name: acme\n        label: Acme\n        type: legal_entity\n"
    "        legal_name: Acme Ltd\n  - name: buyers\n    parties:\n      - name: beta\n"
    "        type: natural_person\n        legal_name: Beta Buyer\n---\n";

inline String With(std::string_view body) { return String(kHead) + String(body); }

// The lines of the body count from 1 here.
inline String ToldOf(std::string_view body) {
  compile::Compilation compilation = CompileTexts({{"main.lgd", With(body)}}).compilation;
  for (compile::Diagnostic& diagnostic : compilation.diagnostics) diagnostic.span.line -= 16;
  return Joined(Told(compilation));
}

inline String Shown(const LegalDownDocument& document, std::string_view values = "{}") {
  EXPECT_TRUE(document.compilation.ok()) << testing::Problems(document.compilation);
  if (!document.compilation.ok()) return {};
  auto contract = templates::Template::Load(document.compilation.bytes);
  return document::LinearText(testing::AssembleOrFail(*contract, values).document, {});
}

}  // namespace countersign::legaldown

#endif  // COUNTERSIGN_TESTS_SUPPORT_LEGALDOWN_H_
