// The bundles of tests/vectors/bundles: written once, and still judged as their manifest says.
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/reports.h"

namespace countersign::evidence {
namespace {

using testing::Report;

TEST(BundleVectors, EachIsJudgedAsItsManifestSays) {
  const String folder = String(CS_TESTS_DIR) + "/vectors/bundles/";
  auto manifest =
      json::Read(testing::ReadFile(folder + "manifest.json").value_or(""), json::kDocumentLimits);
  ASSERT_TRUE(manifest.has_value());
  ASSERT_GE(manifest->items().size(), 9u);
  for (const json::Value& entry : manifest->items()) {
    const String name(TextOf(entry, "file"));
    const VerificationReport report = Report(testing::ReadFile(folder + name).value_or(""));
    EXPECT_EQ(VerdictName(report.verdict), TextOf(entry, "verdict")) << name;
    EXPECT_EQ(ExitCode(report.verdict), entry.Find("exitCode")->int_value()) << name;
    for (const json::Value& code : ListOf(entry, "codes")) {
      EXPECT_NE(testing::FindReason(report, code.string_value()), nullptr)
          << name << " " << code.string_value();
    }
  }
}

}  // namespace
}  // namespace countersign::evidence
