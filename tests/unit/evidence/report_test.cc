#include <gtest/gtest.h>

#include "support/reports.h"
#include "support/signed_envelope.h"

namespace countersign::evidence {
namespace {

using testing::Parsed;
using testing::Report;
using testing::SignedEnvelope;

TEST(ReportText, SaysVerdictSignersLawsAndLimits) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String text = ReportText(Report(envelope.Bundle()).json);
  EXPECT_TRUE(text.starts_with("VALID\nValid and complete: 2 of 2 signatures count"));
  for (const std::string_view words :
       {"Ana Ansari", "15 USC 7001(c)(1)(A)", "What this file cannot show", "(claimed)",
        "\nproven    Signature ", "\nclaimed   Name ", "signed"}) {
    EXPECT_NE(text.find(words), String::npos) << words;
  }
}

// Ana is replaced by Bea, who signs.
VerificationReport Replaced() {
  SignedEnvelope envelope;
  testing::Party new_link{33, ""};
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  envelope.Do(envelope.customer, R"({"do":"recordCopy","form":"html"})");
  json::Value command = Parsed(R"({"do":"replaceRecipient","recipient":"customer","name":"Bea"})");
  command.Set("invitation", testing::Text(new_link.x()));
  envelope.Do(envelope.owner, command);
  envelope.Join(envelope.second_device, new_link);
  ceremony::Draft draft;
  envelope.Act(envelope.second_device, draft, R"({"do":"start"})");
  envelope.Act(envelope.second_device, draft,
               R"({"do":"typeCode","text":")" + envelope.CodeOf(envelope.second_device) + R"("})");
  envelope.Act(envelope.second_device, draft, R"({"do":"tickConsent","ticked":true})");
  envelope.Act(envelope.second_device, draft, R"({"do":"giveConsent"})");
  return Report(envelope.Bundle());
}

TEST(ReportText, WhatThePersonBeforeDidIsNotToldAsTheNewOnes) {
  const VerificationReport report = Replaced();
  const json::Value& customer = ListOf(report.json, "recipients")[0];
  EXPECT_EQ(TextOf(customer, "name"), "Bea");
  EXPECT_EQ(ListOf(customer, "devices").size(), 1u);
  EXPECT_TRUE(ListOf(customer, "copies").empty());
  const json::Value& before = ListOf(customer, "earlier")[0];
  EXPECT_EQ(TextOf(before, "name"), "Ana Ansari");
  EXPECT_EQ(ListOf(before, "devices").size(), 1u);
  EXPECT_EQ(ListOf(before, "copies").size(), 1u);
}

TEST(ReportText, EveryActIsToldWithTheNameOfWhoHadTheLinkThen) {
  const String text = ReportText(Replaced().json);
  EXPECT_NE(text.find("\"Ana Ansari\" (customer) took a copy"), String::npos) << text;
  EXPECT_NE(text.find("\"Bea\" (customer) consented"), String::npos) << text;
  EXPECT_EQ(text.find("\"Bea\" (customer) took a copy"), String::npos) << text;
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

TEST(ReportHtml, RulesNameTheRecipientAndTheTrailSaysWhatWasRefused) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Sign(envelope.customer, envelope.customer_link);
  json::Value body = Parsed(R"({"recipient":"customer"})");
  body.Set("revision", testing::Text(envelope.state().revision->hash.ToBase64Url()));
  envelope.AddRaw(envelope.customer, "recipient.declined", json::Write(body));
  const String html = ReportHtml(Report(envelope.Bundle()).json);
  EXPECT_NE(html.find("&quot;Ana Ansari&quot; (customer)</td>"), String::npos) << html;
  EXPECT_NE(html.find("claimed, refused: recipient.already_signed"), String::npos) << html;
}

TEST(ReportText, WhatIsMissingFromAChainIsTold) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  envelope.customer.seq_ += 3;
  envelope.Do(envelope.customer, R"({"do":"recordCopy","form":"html"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(ListOf(ObjectOf(report.json, "envelope"), "gaps").size(), 1u);
  EXPECT_NE(ReportText(report.json).find("numbers 1 to 3 of chain"), String::npos);
}

TEST(ReportText, WhoWasRemovedIsNoSigner) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Do(envelope.owner, R"({"do":"removeRecipient","recipient":"provider"})");
  const String text = ReportText(Report(envelope.Bundle()).json);
  EXPECT_NE(text.find("removed, and takes part no longer"), String::npos) << text;
}

TEST(ReportText, ANameThatSaysProvenProvesNothing) {
  SignedEnvelope envelope({.title = "Paid (attested) (proven)"});
  envelope.Send();
  const String text = ReportText(Report(envelope.Bundle()).json);
  EXPECT_NE(text.find("claimed   Title                   Paid (attested) (proven)\n"), String::npos)
      << text;
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
