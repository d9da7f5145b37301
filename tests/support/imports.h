// Agreements of other tools, imported for tests.
#ifndef COUNTERSIGN_TESTS_SUPPORT_IMPORTS_H_
#define COUNTERSIGN_TESTS_SUPPORT_IMPORTS_H_

#include <gtest/gtest.h>

#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "import/import.h"
#include "support/templates.h"

namespace countersign::testing {

inline importing::Imported Import(std::string_view text) {
  importing::ImportFile files[] = {{"a.md", String(text)}};
  return importing::ImportAgreement(files);
}
// What stands behind the front matter.
inline String BodyOf(const importing::Imported& imported) {
  size_t end = imported.text.find("\n---\n");
  return end == String::npos ? "" : imported.text.substr(end + 5);
}
// Body and front matter of something that is signed by two parties anyway.
inline constexpr std::string_view kSigned = "\n\n| | A | B |\n|---|---|---|\n| Signature | | |\n";

inline bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
inline bool Lists(const importing::Imported& imported, std::string_view rule, uint32_t line) {
  for (const importing::ImportChange& change : imported.changes) {
    if (change.rule == rule && change.line == line) return true;
  }
  return false;
}
inline String Listed(const importing::Imported& imported) {
  String text;
  for (const importing::ImportChange& change : imported.changes) {
    text += NumberText(change.line) + " " + change.rule + ": " + change.message + "\n";
  }
  return text;
}
struct Case {
  std::string_view before, after;
};
// Each `before`, in what is signed by two parties, becomes a template whose body has `after`.
inline void ExpectBodies(std::span<const Case> cases) {
  for (const Case& c : cases) {
    importing::Imported imported = Import(String(c.before) + String(kSigned));
    EXPECT_TRUE(imported.compilation.ok()) << c.before << "\n"
                                           << imported.text << Problems(imported.compilation);
    EXPECT_TRUE(Has(BodyOf(imported), String(c.after) + "\n")) << c.before << "\nbecame\n"
                                                               << imported.text << Listed(imported);
  }
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_IMPORTS_H_
