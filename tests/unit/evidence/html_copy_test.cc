#include "evidence/html_copy.h"

#include <gtest/gtest.h>

#include "support/bundle_lines.h"
#include "support/reports.h"
#include "support/signed_envelope.h"

namespace countersign::evidence {
namespace {

using testing::HasReason;
using testing::Report;
using testing::SignedEnvelope;

String CopyOf(SignedEnvelope& envelope) {
  const String bundle = envelope.Bundle();
  auto copy = WriteHtmlCopy(AsBytes(bundle));
  CS_CHECK(copy.has_value());
  return *std::move(copy);
}

TEST(HtmlCopy, IsAcceptedByTheVerifier) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(CopyOf(envelope));
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_TRUE(ListOf(report.json, "reasons").empty());
}

TEST(HtmlCopy, ShowsTheTextTheValuesTheMarksAndTheCertificate) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String copy = CopyOf(envelope);
  for (const std::string_view words :
       {"one hour", "Ana Ansari", "Pat Provider", "<svg", "Signatures and certificate",
        "countersign verify", "1,234.50"}) {
    EXPECT_NE(copy.find(words), String::npos) << words;
  }
}

TEST(HtmlCopy, RunsNothingAndLoadsNothing) {
  SignedEnvelope envelope(
      {.title = "</title><script>alert(1)</script><img src=x onerror=alert(1)>"});
  envelope.Complete();
  const String copy = CopyOf(envelope);
  EXPECT_NE(copy.find("default-src 'none'; style-src 'sha256-"), String::npos);
  size_t scripts = 0;
  for (size_t at = copy.find("<script"); at != String::npos; at = copy.find("<script", at + 1))
    ++scripts;
  EXPECT_EQ(scripts, 1u);  // the bundle's own element, of a type that no browser runs
  EXPECT_EQ(copy.find("<img"), String::npos);
  EXPECT_EQ(copy.find("http"), copy.find("http-equiv"));
  for (const char c : copy) ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

TEST(HtmlCopy, EndsNoPageInWhatIsKeptTogether) {
  SignedEnvelope envelope;
  envelope.Complete();
  EXPECT_NE(CopyOf(envelope).find("[data-keep]{break-inside:avoid}"), String::npos);
}

TEST(HtmlCopy, IsThereBeforeSealingToo) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Sign(envelope.customer, envelope.customer_link);
  const VerificationReport report = Report(CopyOf(envelope));
  EXPECT_EQ(report.verdict, Verdict::kNotSealed) << json::Write(report.json);
}

TEST(HtmlCopy, APageThatShowsOtherWordsThanItsBundleIsFound) {
  SignedEnvelope envelope;
  envelope.Complete();
  String copy = CopyOf(envelope);
  copy.replace(copy.find("one hour"), 8, "one year");
  const VerificationReport report = Report(copy);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_TRUE(HasReason(report, "copy.page_differs", "invalid"));
}

TEST(HtmlCopy, APageOfALaterVersionIsNotComparedAndThatIsSaid) {
  SignedEnvelope envelope;
  envelope.Complete();
  String copy = CopyOf(envelope);
  EXPECT_EQ(LaterGenerator(copy), std::nullopt);
  copy.replace(copy.find(Generator()), Generator().size(), "countersign-copy/1 9.9.9");
  EXPECT_EQ(LaterGenerator(copy), "countersign-copy/1 9.9.9");
  const VerificationReport report = Report(copy);
  EXPECT_EQ(report.verdict, Verdict::kNeedsNewerVersion);
  EXPECT_TRUE(HasReason(report, "copy.page_differs", "newer"));
}

TEST(HtmlCopy, NothingButOnePlainLaterVersionExcusesAPageThatDiffers) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String copy = CopyOf(envelope);
  for (const std::string_view generator :
       {"something else entirely!", "countersign-copy/", "countersign-copy/1 ",
        "countersign-copy/1 9.9", "countersign-copy/1 9.9.9 ", "countersign-copy/1 9.9.9.9",
        "countersign-copy/1 09.9.9", "countersign-copy/1 9..9", "countersign-copy/1 9.9.x",
        "countersign-copy/1 9.9.9999999", "countersign-copy/2 9.9.9", "countersign-copy/1 0.0.9",
        "countersign-copy/1 \xff\xfe"}) {
    String other = copy;
    other.replace(other.find(Generator()), Generator().size(), generator);
    const VerificationReport report = Report(other);
    EXPECT_EQ(report.verdict, Verdict::kInvalid) << generator;
    EXPECT_TRUE(HasReason(report, "copy.page_differs", "invalid")) << generator;
  }
  String two = copy;
  two.insert(two.find("<meta name=\"generator\""),
             "<!-- <meta name=\"generator\" content=\"countersign-copy/1 9.9.9\"> -->");
  EXPECT_EQ(Report(two).verdict, Verdict::kInvalid);
}

TEST(HtmlCopy, WithoutTheValuesItSaysThatTheTextIsNotThere) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String values = envelope.state().revision->inputs.values.ToBase64Url();
  testing::BundleLines lines(envelope.Bundle());
  EraseIf(lines.lines, [&](const String& line) { return line.starts_with("blob " + values); });
  const String bundle = lines.Join();
  auto copy = WriteHtmlCopy(AsBytes(bundle));
  ASSERT_TRUE(copy.has_value());
  EXPECT_NE(copy->find("The text cannot be shown here"), String::npos);
}

TEST(HtmlCopy, IsMadeOfABundleOnly) {
  SignedEnvelope envelope;
  envelope.Send();
  const String copy = CopyOf(envelope);
  auto again = WriteHtmlCopy(AsBytes(copy));
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code(), ErrorCode::kCopyNeedsBundle);
}

TEST(HtmlCopy, TwoBundlesInOnePageAreRefused) {
  SignedEnvelope envelope;
  envelope.Send();
  const String copy = CopyOf(envelope);
  auto bundle = FindBundle(copy + copy);
  ASSERT_FALSE(bundle.has_value());
  EXPECT_EQ(bundle.error().code(), ErrorCode::kBundleBadHeader);
}

TEST(HtmlCopy, WhatTheSenderProposedForARecipientsFieldStandsInNoBlank) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Publish(R"({"seats":12,"price":["30.00","EUR"],"budget":["987.00","EUR"]})");
  envelope.Do(envelope.owner, R"({"do":"send"})");
  envelope.Join(envelope.customer, envelope.customer_link);
  envelope.Do(envelope.customer,
              R"({"do":"commitFields","values":{"contactName":"Ana","phoneSupport":true}})");
  const auto main_of = [&] {
    const auto page = WriteHtmlCopy(AsBytes(envelope.Bundle()));
    CS_CHECK(page.has_value());
    return page->substr(0, page->find("</main>"));
  };
  EXPECT_NE(main_of().find("Ana"), String::npos);
  EXPECT_EQ(main_of().find("987"), String::npos) << main_of();
  envelope.Do(envelope.customer, R"({"do":"commitFields","values":{"budget":["987.00","EUR"]}})");
  EXPECT_NE(main_of().find("987"), String::npos);
}

}  // namespace
}  // namespace countersign::evidence
