#include "evidence/verify.h"

#include <gtest/gtest.h>

#include "evidence/page.h"
#include "support/signed_envelope.h"

namespace countersign::evidence {
namespace {

using testing::Parsed;
using testing::SignedEnvelope;

constexpr Recompiler kRecompiler{&compile::Recompile};

VerificationReport Report(const std::string& bundle) {
  auto report = Verify(AsBytes(bundle), &kRecompiler);
  EXPECT_TRUE(report.has_value());
  return *std::move(report);
}

TEST(Verify, ACompletedEnvelopeIsValid) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_EQ(ExitCode(report.verdict), 0);
  EXPECT_TRUE(ListOf(report.json, "reasons").empty()) << json::Write(report.json);
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "rendered"), "same");
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "recompiled"), "same");
}

}  // namespace
}  // namespace countersign::evidence
