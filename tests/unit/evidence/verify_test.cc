#include "evidence/verify.h"

#include <gtest/gtest.h>

#include "evidence/page.h"
#include "support/bundle_lines.h"
#include "support/reports.h"
#include "support/signed_envelope.h"

namespace countersign::evidence {
namespace {

using testing::BundleLines;
using testing::HasReason;
using testing::Parsed;
using testing::Report;
using testing::SignedEnvelope;

// The newest event, a revision, once more and with something changed.
template <class Change>
void PublishAgain(SignedEnvelope* envelope, Change change) {
  auto event = log::Event::Parse(envelope->events().back());
  auto body = envelope::ParseBody(envelope::EventType::kRevisionPublished, event->body);
  change(&*body->inputs);
  body->revision = envelope::RevisionHash(*body->inputs);
  body->number = 2;
  body->detail.reset();
  envelope->AddRaw(envelope->owner, "revision.published", json::Write(envelope::WriteBody(*body)));
}
void PublishAgainWith(const json::Value& consent, SignedEnvelope* envelope) {
  const String text = json::Write(consent);
  envelope->AddBlob(Bytes(text.begin(), text.end()));
  PublishAgain(envelope, [&](envelope::RevisionInputs* inputs) {
    inputs->consent.text = crypto::Sha256(AsBytes(text));
  });
}

TEST(Verify, ACompletedEnvelopeIsValidAndExitsZero) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_EQ(ExitCode(report.verdict), 0);
  EXPECT_TRUE(ListOf(report.json, "reasons").empty()) << json::Write(report.json);
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "rendered"), "same");
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "recompiled"), "same");
}

// The fixture with a clause of a library before the signatures.
String SourceWithClause() {
  String source(testing::kFixtureTemplate);
  return source.insert(source.find("# Signatures"), "{{include: credits}}\n\n");
}
const String kCredits =
    "---\nclause: credits\nstatus: approved\napprovedBy: Legal\n---\n# Credits {#credits}\n\nTen "
    "percent.\n";

TEST(Verify, AClauseOfTheLibraryIsCompiledAgainFromItsFile) {
  const String source = SourceWithClause();
  SignedEnvelope envelope({.source = source, .library = {kCredits}});
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "recompiled"), "same");
}

TEST(Verify, WithoutTheFileOfAClauseTheBundleIsIncomplete) {
  const String source = SourceWithClause();
  SignedEnvelope envelope({.source = source, .library = {kCredits}});
  envelope.Complete();
  EraseIf(envelope.blobs(), [](const Bytes& blob) { return AsText(blob) == kCredits; });
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kIncomplete) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "blob.missing", "incomplete"));
}

TEST(Verify, AClauseThatTheRevisionDoesNotNameIsNoPartOfTheAgreement) {
  const String source = SourceWithClause();
  SignedEnvelope envelope({.source = source, .library = {kCredits}, .named = 0});
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_TRUE(HasReason(report, "template.differs", "invalid"));
}

TEST(Verify, WithoutACompilerTheReportSaysThatNothingWasRecompiled) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String bundle = envelope.Bundle();
  auto report = Verify(AsBytes(bundle));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->verdict, Verdict::kValid);
  EXPECT_EQ(TextOf(ObjectOf(report->json, "document"), "recompiled"), "notRecompiled");
}

TEST(Verify, EverySignerIsToldWithTheEvidence) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  const json::Array& recipients = ListOf(report.json, "recipients");
  ASSERT_EQ(recipients.size(), 2u);
  const json::Value& customer = recipients[0];
  EXPECT_EQ(TextOf(customer, "name"), "Ana Ansari");
  EXPECT_EQ(TextOf(customer, "level"), "L1");
  EXPECT_EQ(ListOf(customer, "levelEvidence").size(), 2u);
  const json::Value& signature = ObjectOf(customer, "signature");
  EXPECT_TRUE(signature.Find("counts")->bool_value());
  EXPECT_EQ(TextOf(ObjectOf(signature, "mark"), "kind"), "drawn");
  EXPECT_EQ(TextOf(ObjectOf(signature, "intent"), "text"), "Sign and finish");
  EXPECT_EQ(TextOf(signature, "timeZone"), "+01:00");
  EXPECT_FALSE(TextOf(signature, "presented").empty());
  EXPECT_FALSE(TextOf(signature, "access").empty());
  ASSERT_EQ(ListOf(signature, "fields").size(), 3u);
  for (const json::Value& field : ListOf(signature, "fields"))
    EXPECT_EQ(TextOf(field, "commitment"), "matches");
}

TEST(Verify, EveryLawIsToldForEverySigner) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  const auto holds = [&](std::string_view id) {
    for (const json::Value& law : ListOf(report.json, "laws")) {
      if (TextOf(law, "id") == id) return String(TextOf(law, "holds"));
    }
    return String("absent");
  };
  for (const std::string_view id :
       {"esign.c1.consent_before_signing", "esign.c1.disclosure_complete",
        "esign.c1.access_demonstrated", "esign.c1.not_withdrawn", "ueta.5b.agreement",
        "ueta.2_8.intent", "ueta.9.attribution", "ueta.10.error_correction",
        "ueta.12.accurate_record", "eidas.26a.uniquely_linked"}) {
    EXPECT_EQ(holds(id), "yes") << id;
  }
  EXPECT_EQ(holds("eidas.26b.identifies"), "no");
  EXPECT_EQ(holds("eidas.26c.sole_control"), "unknown");
  EXPECT_EQ(holds("esign.e.copy_retained"), "unknown");
}

String Holds(const VerificationReport& report, std::string_view id) {
  for (const json::Value& law : ListOf(report.json, "laws")) {
    if (TextOf(law, "id") == id) return String(TextOf(law, "holds"));
  }
  return "absent";
}

// A device that signs without the acts before it: its event is there, and satisfies no predicate.
TEST(Verify, LawsFailWhereTheEventsAreMissing) {
  SignedEnvelope whole;
  whole.Send();
  whole.Sign(whole.customer, whole.customer_link);
  const auto signing = log::Event::Parse(whole.events().back());
  ASSERT_EQ(signing->type, "recipient.signed");
  SignedEnvelope envelope;  // the same keys and salts: the same envelope id
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  ASSERT_EQ(envelope.state().id, whole.state().id);
  envelope.AddRaw(envelope.customer, "recipient.signed", json::Write(signing->body));
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  for (const std::string_view id :
       {"esign.c1.consent_before_signing", "esign.c1.access_demonstrated", "ueta.5b.agreement",
        "ueta.10.error_correction"}) {
    EXPECT_EQ(Holds(report, id), "no") << id;
  }
  // Whose key it was is true of any act, and every byte is what was signed.
  EXPECT_EQ(Holds(report, "ueta.12.accurate_record"), "yes");
  EXPECT_EQ(Holds(report, "ueta.9.attribution"), "yes");
  EXPECT_EQ(Holds(report, "eidas.26a.uniquely_linked"), "yes");
}

TEST(Verify, ConsentThatWasWithdrawnAndGivenAgainIsToldAsSuch) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  ceremony::Draft draft;
  envelope.Act(envelope.customer, draft, R"({"do":"start"})");
  envelope.Act(envelope.customer, draft,
               R"({"do":"typeCode","text":")" + envelope.CodeOf(envelope.customer) + R"("})");
  envelope.Act(envelope.customer, draft, R"({"do":"tickConsent","ticked":true})");
  envelope.Act(envelope.customer, draft, R"({"do":"giveConsent"})");
  envelope.Do(envelope.customer, R"({"do":"withdrawConsent"})");
  ceremony::Draft again;
  envelope.Prepare(envelope.customer, again);
  envelope.Act(envelope.customer, again, R"({"do":"sign","gesture":"tap","label":"Cancel"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(Holds(report, "esign.c1.not_withdrawn"), "yes");
  // The label is for the reader to judge.
  EXPECT_NE(ReportText(report.json).find("judge: \"Cancel\""), String::npos);
}

TEST(Verify, AWithdrawalThatThisVersionCannotJudgeLeavesConsentOpen) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Sign(envelope.customer, envelope.customer_link);
  envelope.AddRaw(envelope.customer, "consent.unsaid", "{}");
  EXPECT_EQ(Holds(Report(envelope.Bundle()), "esign.c1.not_withdrawn"), "unknown");
}

TEST(Verify, AWithdrawalBesideTheSignatureIsToldAndTheSlotIsContested) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Sign(envelope.customer, envelope.customer_link);
  EXPECT_EQ(Holds(Report(envelope.Bundle()), "esign.c1.not_withdrawn"), "yes");
  // The same device, as if restored from before the signature.
  const auto signing = log::Event::Parse(envelope.events().back());
  json::Value body = Parsed(R"({"recipient":"customer"})");
  body.Set("revision", json::Value::String(envelope.state().revision->hash.ToBase64Url()));
  envelope.AddRaw(envelope.customer, "consent.withdrawn", json::Write(body), signing->prev);
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kContested);
  EXPECT_EQ(Holds(report, "esign.c1.not_withdrawn"), "no");
}

TEST(Verify, ADisclosureWithoutItsPartsIsNotComplete) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Publish();
  // The sender publishes the same once more, with a consent text that leaves the paper option out.
  json::Value consent = Parsed(envelope.contract().consent()->Write());
  json::Value slots = *consent.Find("slots");
  slots.Remove("paperOption");
  consent.Set("slots", slots);
  PublishAgainWith(consent, &envelope);
  ASSERT_EQ(envelope.state().revision->number, 2);
  envelope.Do(envelope.owner, R"({"do":"send"})");
  envelope.Sign(envelope.customer, envelope.customer_link);
  EXPECT_EQ(Holds(Report(envelope.Bundle()), "esign.c1.disclosure_complete"), "no");
}

TEST(Verify, ADisclosureThatIsNamedAsTheTemplatesAndIsAnotherIsInvalid) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Publish();
  json::Value consent = Parsed(envelope.contract().consent()->Write());
  consent.Set("summary", json::Value::String("Something else."));
  PublishAgainWith(consent, &envelope);
  EXPECT_TRUE(HasReason(Report(envelope.Bundle()), "consent.differs", "invalid"));
}

TEST(Verify, ARevisionInAnotherLanguageThanItsTemplateIsInvalid) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  envelope.Publish();
  PublishAgain(&envelope, [](envelope::RevisionInputs* inputs) { inputs->locale = "de"; });
  EXPECT_TRUE(HasReason(Report(envelope.Bundle()), "template.differs", "invalid"));
}

TEST(Verify, ATakenCopyIsTold) {
  SignedEnvelope envelope;
  envelope.SignByAll();
  envelope.Do(envelope.customer, R"({"do":"recordCopy","form":"html"})");
  envelope.Do(envelope.completer, R"({"do":"complete"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid);
  bool told = false;
  for (const json::Value& law : ListOf(report.json, "laws")) {
    told = told || (TextOf(law, "id") == "esign.e.copy_retained" &&
                    TextOf(law, "recipient") == "customer" && TextOf(law, "holds") == "yes");
  }
  EXPECT_TRUE(told);
}

TEST(Verify, ClaimsAndProofsAreApartInTheCertificate) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report = Report(envelope.Bundle());
  size_t claimed_times = 0;
  for (const json::Value& section : ListOf(ObjectOf(report.json, "certificate"), "sections")) {
    for (const json::Value& row : ListOf(section, "rows")) {
      if (TextOf(row, "label") == "Signed" || TextOf(row, "label") == "Sealed") {
        EXPECT_EQ(TextOf(row, "proof"), "claimed");
        ++claimed_times;
      }
      if (TextOf(row, "label") == "Signature id") {
        EXPECT_EQ(TextOf(row, "proof"), "proven");
      }
    }
  }
  EXPECT_EQ(claimed_times, 3u);
}

TEST(Verify, AWithheldDetailIsSaidAndTheRestStillVerifies) {
  SignedEnvelope envelope;
  envelope.Complete();
  // The customer's name and contact.
  const String detail = envelope.state().Find("customer")->invited.detail->ToBase64Url();
  BundleLines lines(envelope.Bundle());
  EraseIf(lines.lines, [&](const String& line) { return line.starts_with("blob " + detail); });
  const VerificationReport report = Report(lines.Join());
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_TRUE(HasReason(report, "detail.withheld", "notice"));
  ASSERT_EQ(ListOf(report.json, "withheld").size(), 1u);
  EXPECT_EQ(TextOf(ListOf(report.json, "withheld")[0], "ref"), detail);
}

TEST(Verify, AWithheldMarkThatCountsMakesTheFileIncomplete) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String detail = envelope.state().Find("customer")->signature->mention.detail->ToBase64Url();
  BundleLines lines(envelope.Bundle());
  EraseIf(lines.lines, [&](const String& line) { return line.starts_with("blob " + detail); });
  const VerificationReport report = Report(lines.Join());
  EXPECT_EQ(report.verdict, Verdict::kIncomplete);
  EXPECT_TRUE(HasReason(report, "detail.withheld", "incomplete"));
}

TEST(Verify, WithheldValuesLeaveTheTextUnrenderedAndTheFileIncomplete) {
  SignedEnvelope envelope;
  envelope.Complete();
  const String values = envelope.state().revision->inputs.values.ToBase64Url();
  BundleLines lines(envelope.Bundle());
  EraseIf(lines.lines, [&](const String& line) { return line.starts_with("blob " + values); });
  const VerificationReport report = Report(lines.Join());
  EXPECT_EQ(report.verdict, Verdict::kIncomplete);
  EXPECT_TRUE(HasReason(report, "document.not_rendered", "incomplete"));
  EXPECT_EQ(TextOf(ObjectOf(report.json, "document"), "rendered"), "notRendered");
}

TEST(Verify, ShreddedValuesLeaveTheTextUnrenderedAndTheEnvelopeValid) {
  SignedEnvelope envelope;
  envelope.Complete();
  const Hash values = envelope.state().revision->inputs.values;
  envelope.Do(envelope.owner, R"({"do":"shred","details":[")" + values.ToBase64Url() + R"("]})");
  BundleLines lines(envelope.Bundle());
  EraseIf(lines.lines,
          [&](const String& line) { return line.starts_with("blob " + values.ToBase64Url()); });
  const VerificationReport report = Report(lines.Join());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "document.not_rendered", "notice"));
  EXPECT_NE(TextOf(report.json, "sentence").find("could not be rendered again"),
            std::string_view::npos);
}

TEST(Verify, AMissingTemplateMakesItIncomplete) {
  SignedEnvelope envelope;
  envelope.Complete();
  for (const String& ref : {envelope.contract().compiled_ref(), envelope.contract().source_ref()}) {
    BundleLines lines(envelope.Bundle());
    EraseIf(lines.lines, [&](const String& line) { return line.starts_with("blob " + ref); });
    const VerificationReport report = Report(lines.Join());
    EXPECT_EQ(report.verdict, Verdict::kIncomplete);
    EXPECT_TRUE(HasReason(report, "blob.missing", "incomplete"));
  }
}

// --- exit codes ----------------------------------------------------------------------------------

TEST(ExitCodes, UnreadableIsAnErrorAndNoVerdict) {
  auto report = Verify(AsBytes("not a bundle"));
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), ErrorCode::kBundleBadHeader);
}

TEST(ExitCodes, ThreeForAnEnvelopeThatNobodyHasSealed) {
  SignedEnvelope envelope;
  envelope.Send();
  VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kNotSealed) << json::Write(report.json);
  EXPECT_EQ(ExitCode(report.verdict), 3);
  EXPECT_TRUE(HasReason(report, "envelope.not_sealed", "notice"));
  envelope.Sign(envelope.customer, envelope.customer_link);
  envelope.Sign(envelope.provider, envelope.provider_link);
  report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kNotSealed);
  EXPECT_EQ(TextOf(ObjectOf(report.json, "envelope"), "status"), "signedByAll");
}

TEST(ExitCodes, ThreeForABundleCutShort) {
  SignedEnvelope envelope;
  envelope.Complete();
  const VerificationReport report =
      Report(BundleLines(envelope.Bundle()).Join(BundleLines::End::kNone));
  EXPECT_EQ(report.verdict, Verdict::kIncomplete);
  EXPECT_EQ(ExitCode(report.verdict), 3);
  EXPECT_TRUE(HasReason(report, "bundle.truncated", "incomplete"));
}

TEST(ExitCodes, FourForAnOpenContest) {
  SignedEnvelope envelope({.create = R"({"tiePolicy":"ownerSettles"})"});
  envelope.Send();
  const envelope::Ledger before = envelope.Replica();
  envelope.Sign(envelope.customer, envelope.customer_link);
  envelope.DoOn(before, envelope.owner, R"({"do":"void","reason":"Sent by mistake"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kContested) << json::Write(report.json);
  EXPECT_EQ(ExitCode(report.verdict), 4);
  EXPECT_TRUE(HasReason(report, "envelope.contested", "contested"));
}

TEST(ExitCodes, FourForAForkedOwner) {
  SignedEnvelope envelope;
  envelope.Create();
  envelope.Invite();
  const envelope::Ledger before = envelope.Replica();
  envelope.Publish(R"({"seats":12,"price":["30.00","EUR"]})");
  // The same owner, restored from a copy, invites somebody else at the same place of the chain.
  envelope.owner.chain_.bytes.fill(77);
  envelope.owner.seq_ = 0;
  envelope.DoOn(
      before, envelope.owner,
      R"({"do":"invite","recipient":"watcher","role":"watcher","recipientType":"viewer","order":1,"name":"W","invitation":")" +
          testing::Party(60, "").x() + R"("})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kContested) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "envelope.frozen", "contested"));
}

TEST(ExitCodes, FiveForAnEnvelopeThatWasDeclined) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  envelope.Do(envelope.customer, R"({"do":"decline","reason":"Too expensive"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kEnded) << json::Write(report.json);
  EXPECT_EQ(ExitCode(report.verdict), 5);
  EXPECT_EQ(TextOf(report.json, "ended"), "declined");
  EXPECT_TRUE(HasReason(report, "envelope.ended", "notice"));
}

TEST(ExitCodes, FiveForAnEnvelopeThatWasVoided) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.Do(envelope.owner, R"({"do":"void","reason":"Sent by mistake"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(ExitCode(report.verdict), 5);
  EXPECT_EQ(TextOf(report.json, "ended"), "voided");
}

TEST(ExitCodes, FiveForAnEnvelopeThatExpired) {
  SignedEnvelope envelope({.deadline_at = "2025-11-22T09:00:00Z"});
  envelope.Send();
  envelope.now += 2 * 3600'000;
  envelope.Do(envelope.owner, R"({"do":"expire"})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(ExitCode(report.verdict), 5) << json::Write(report.json);
  EXPECT_EQ(TextOf(report.json, "ended"), "expired");
}

TEST(ExitCodes, SixForAnEventWhoseRulesAreNotWrittenYet) {
  for (const std::string_view type : {"receipt.issued", "mind.read"}) {
    SignedEnvelope envelope;
    envelope.Send();
    envelope.AddRaw(envelope.owner, type, "{}");
    const VerificationReport report = Report(envelope.Bundle());
    EXPECT_EQ(report.verdict, Verdict::kNeedsNewerVersion) << json::Write(report.json);
    EXPECT_EQ(ExitCode(report.verdict), 6);
  }
}

}  // namespace
}  // namespace countersign::evidence
