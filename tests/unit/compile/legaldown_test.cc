// The examples of LegalDown, where they are: contract Markdown by other people. What is theirs and
// not ours (front matter, some directives, tables) is refused by name and place; everything else is
// read.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "support/templates.h"

namespace countersign::compile {
namespace {

constexpr std::string_view kFiles[] = {"simple/nda/mutual-nda.lgd",
                                       "simple/nda/attachments/confidential-categories.lgd",
                                       "simple/policy/remote-work-policy.lgd",
                                       "simple/amendment/first-amendment.lgd",
                                       "simple/notice/termination-notice.lgd",
                                       "advanced/amendment/first-amendment.lgd",
                                       "advanced/msa/includes/payment-terms.lgd",
                                       "advanced/msa/master-service-agreement.lgd",
                                       "advanced/msa/attachments/pricing.lgd",
                                       "advanced/msa/attachments/service-description.lgd",
                                       "advanced/bilingual/service-agreement-en.lgd",
                                       "advanced/bilingual/service-agreement-fr.lgd",
                                       "advanced/template/consulting-agreement-template.lgd"};

// What we refuse of theirs, each by its own code.
constexpr DiagnosticCode kDifferences[] = {
    DiagnosticCode::kDirectiveUnsupported,  // side, placeholder, attach … of a later version
    DiagnosticCode::kBadPeriod,             // hours and minutes
    DiagnosticCode::kRoleUnknown,           // parties of their front matter
    DiagnosticCode::kDirectiveUnknown,      // declared in their front matter
    DiagnosticCode::kTermUnknown,           // defined in the agreement that is amended
    DiagnosticCode::kUnitUnknown,
    DiagnosticCode::kClauseUnknown,  // an include by path
    DiagnosticCode::kReferenceUnnumbered,
    DiagnosticCode::kReferenceUnsafe,
    DiagnosticCode::kUnknownName,  // conditions on questions of their front matter
    DiagnosticCode::kTable,
    DiagnosticCode::kBlockQuote,
    DiagnosticCode::kRawHtml,       // line breaks
    DiagnosticCode::kLevelSkipped,  // of parts that stand below a heading elsewhere
    DiagnosticCode::kImage};

TEST(LegalDown, EveryExampleIsReadOrRefusedByName) {
  if (!testing::ReadFile(testing::SharedPath(String("legaldown/examples/") + String(kFiles[0])))) {
    GTEST_SKIP() << "skipped: the examples are not here";
  }
  for (std::string_view name : kFiles) {
    auto text = testing::ReadFile(testing::SharedPath("legaldown/examples/" + String(name)));
    ASSERT_TRUE(text.has_value()) << name;
    // Their front matter says other things than ours: the text alone.
    std::string_view body = *text;
    size_t end = body.starts_with("---") ? body.find("\n---", 3) : std::string_view::npos;
    if (end != std::string_view::npos) body.remove_prefix(body.find('\n', end + 1) + 1);
    Compilation compilation = CompileTemplate(testing::Source("", body), name, Library());
    String codes;
    for (const Diagnostic& diagnostic : compilation.diagnostics) {
      if (diagnostic.severity != Severity::kError) continue;
      String code(DiagnosticName(diagnostic.code));
      if (codes.find(code) == String::npos) codes += " " + code;
      bool known = std::find(std::begin(kDifferences), std::end(kDifferences), diagnostic.code) !=
                   std::end(kDifferences);
      EXPECT_TRUE(known) << ToText(diagnostic);
    }
    std::printf("      %s: %s\n", std::string(name).c_str(),
                codes.empty() ? "ok" : std::string("refused," + codes).c_str());
    EXPECT_FALSE(compilation.names.empty()) << name;
  }
}

}  // namespace
}  // namespace countersign::compile
