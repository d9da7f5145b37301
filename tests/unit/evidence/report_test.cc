#include <gtest/gtest.h>

#include "support/reports.h"
#include "support/signed_envelope.h"

namespace countersign::evidence {
namespace {

using testing::Report;
using testing::SignedEnvelope;

TEST(ReportText, SaysVerdictSignersLawsAndLimits) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String text = ReportText(Report(envelope.Bundle()).json);
  EXPECT_TRUE(text.starts_with("VALID\nValid and complete: 2 of 2 signatures count"));
  for (const std::string_view words :
       {"Ana Ansari", "15 USC 7001(c)(1)(A)", "What this file cannot show", "(claimed)", "(proven)",
        "signed"}) {
    EXPECT_NE(text.find(words), String::npos) << words;
  }
}

TEST(ReportText, NeverSaysWhatItCannotKnow) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  const String all = ReportText(report.json) + ReportHtml(report.json) + json::Write(report.json);
  for (const std::string_view words : {"tamper-proof", "Tamper-proof", "blockchain",
                                       "legally binding", "signed at", "identity verified"}) {
    EXPECT_EQ(all.find(words), String::npos) << words;
  }
}

TEST(ReportText, StrangersTextCannotSteerATerminal) {
  SignedEnvelope envelope({.title = "A\xE2\x80\xAE"
                                    "B\x1B[2J"});
  envelope.Send();
  const String text = ReportText(Report(envelope.Bundle()).json);
  EXPECT_NE(text.find("A?B?[2J"), String::npos);
  for (const char c : text) ASSERT_TRUE(c == '\n' || static_cast<uint8_t>(c) >= ' ');
}

TEST(ReportHtml, IsAsciiWithoutScript) {
  SignedEnvelope envelope({.title = "<script>alert(1)</script> \xC3\xA9"});
  envelope.Complete();
  const String html = ReportHtml(Report(envelope.Bundle()).json);
  EXPECT_EQ(html.find("<script"), String::npos);
  EXPECT_NE(html.find("default-src 'none'"), String::npos);
  for (const char c : html) ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

}  // namespace
}  // namespace countersign::evidence
