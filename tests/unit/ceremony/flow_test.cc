#include <gtest/gtest.h>

#include "ceremony/ceremony.h"
#include "evidence/page.h"
#include "support/signed_envelope.h"

namespace countersign::ceremony {
namespace {

using evidence::ListOf;
using evidence::ObjectOf;
using evidence::TextOf;
using testing::Parsed;
using testing::Party;
using testing::SignedEnvelope;

String CodeOf(const Result<void>& result) { return result ? "" : String(result.error().name()); }

String StateOfStep(const json::Value& view, std::string_view id) {
  for (const json::Value& step : ListOf(view, "steps")) {
    if (TextOf(step, "id") == id) return String(TextOf(step, "state"));
  }
  return "absent";
}
bool IsBlockedBy(const json::Value& view, std::string_view code, std::string_view field = "") {
  for (const json::Value& blocker : ListOf(view, "blockers")) {
    if (TextOf(blocker, "code") == code && TextOf(blocker, "field") == field) return true;
  }
  return false;
}
bool Allows(const json::Value& view, std::string_view act) {
  return ObjectOf(view, "allowed").Find(act)->bool_value();
}

class Flow : public ::testing::Test {
 protected:
  void SetUp() override {
    envelope.Send();
    envelope.Join(envelope.customer, envelope.customer_link);
  }
  void Act(std::string_view act) { envelope.Act(envelope.customer, draft, act); }
  String Refusal(std::string_view act) {
    return CodeOf(envelope.TryAct(envelope.customer, draft, Parsed(act)));
  }
  json::Value View() { return envelope.View(envelope.customer, draft); }
  void Consent() {
    Act(R"({"do":"start"})");
    Act(R"({"do":"typeCode","text":")" + envelope.CodeOf(envelope.customer) + R"("})");
    Act(R"({"do":"tickConsent","ticked":true})");
    Act(R"({"do":"giveConsent"})");
  }

  SignedEnvelope envelope;
  Draft draft;
};

TEST_F(Flow, BeginsAtOpenWithWhatTheSignerShouldKnow) {
  const json::Value view = View();
  EXPECT_EQ(TextOf(view, "format"), "countersign-ceremony/1");
  EXPECT_EQ(TextOf(view, "step"), "open");
  EXPECT_EQ(TextOf(view, "nextStep"), "consent");
  EXPECT_EQ(TextOf(view, "nextBlocked"), "ceremony.not_opened");
  EXPECT_EQ(TextOf(ObjectOf(view, "envelope"), "title"), "Support upgrade for Example Ltd");
  EXPECT_EQ(TextOf(ObjectOf(ObjectOf(view, "envelope"), "sender"), "name"), "Sam Sender");
  EXPECT_EQ(TextOf(ObjectOf(view, "recipient"), "name"), "Ana Ansari");
  EXPECT_GE(ObjectOf(view, "estimate").Find("minutes")->int_value(), 1);
  EXPECT_EQ(ObjectOf(ObjectOf(view, "consent"), "slots").members().size(), 6u);
  EXPECT_EQ(TextOf(ObjectOf(view, "access"), "code"), envelope.CodeOf(envelope.customer));
}

TEST_F(Flow, TheAccessCodeIsAskedForBeforeConsent) {
  Act(R"({"do":"start"})");
  EXPECT_EQ(Refusal(R"({"do":"giveConsent"})"), "recipient.access_not_demonstrated");
  Act(R"({"do":"typeCode","text":"x1"})");
  EXPECT_EQ(Refusal(R"({"do":"giveConsent"})"), "recipient.wrong_code");
  EXPECT_EQ(TextOf(ObjectOf(View(), "access"), "typed"), "1");
  Act(R"({"do":"typeCode","text":")" + envelope.CodeOf(envelope.customer) + R"("})");
  EXPECT_EQ(TextOf(ObjectOf(View(), "access"), "state"), "typed");
  EXPECT_EQ(Refusal(R"({"do":"giveConsent"})"), "ceremony.not_ticked");
  Act(R"({"do":"tickConsent","ticked":true})");
  Act(R"({"do":"giveConsent"})");
  EXPECT_TRUE(envelope.state().Find("customer")->consent.has_value());
  EXPECT_TRUE(envelope.state().Find("customer")->access.has_value());
  EXPECT_EQ(TextOf(View(), "step"), "review");
}

TEST_F(Flow, AStepIsNotLeftBeforeItsWorkIsDone) {
  EXPECT_EQ(Refusal(R"({"do":"next"})"), "ceremony.not_opened");
  Act(R"({"do":"start"})");
  EXPECT_EQ(Refusal(R"({"do":"next"})"), "recipient.not_consented");
  EXPECT_EQ(Refusal(R"({"do":"goTo","step":"sign"})"), "recipient.not_consented");
  Consent();
  EXPECT_EQ(Refusal(R"({"do":"next"})"), "recipient.not_presented");
  Act(R"({"do":"present"})");
  EXPECT_EQ(TextOf(View(), "step"), "fill");
  EXPECT_EQ(Refusal(R"({"do":"next"})"), "field.required");
  Act(R"({"do":"previous"})");
  EXPECT_EQ(TextOf(View(), "step"), "review");
  EXPECT_EQ(Refusal(R"({"do":"goTo","step":"nowhere"})"), "schema.bad_value");
  EXPECT_EQ(Refusal(R"({"do":"fly"})"), "schema.bad_value");
  EXPECT_EQ(Refusal(R"({"do":"start","extra":1})"), "schema.unknown_member");
}

TEST_F(Flow, TheSummaryIsLookedAtBeforeSigningAndAfterEveryChange) {
  envelope.Prepare(envelope.customer, draft);
  EXPECT_EQ(Refusal(R"({"do":"goTo","step":"sign"})"), "ceremony.not_checked");
  Act(R"({"do":"goTo","step":"check"})");
  Act(R"({"do":"next"})");
  EXPECT_EQ(TextOf(View(), "step"), "sign");
  EXPECT_EQ(Refusal(R"({"do":"next"})"), "ceremony.not_signed");
  Act(R"({"do":"setValue","field":"budget","text":"5"})");
  EXPECT_EQ(Refusal(R"({"do":"goTo","step":"sign"})"), "ceremony.not_checked");
}

TEST_F(Flow, AStepThatDoesNotApplyIsNotThere) {
  envelope.Join(envelope.provider, envelope.provider_link);
  Draft second;
  envelope.Act(envelope.provider, second, R"({"do":"start"})");
  const auto refused =
      envelope.TryAct(envelope.provider, second, Parsed(R"({"do":"goTo","step":"fill"})"));
  EXPECT_EQ(CodeOf(refused), "ceremony.step_not_there");
}

TEST_F(Flow, AnUnansweredQuestionThatTheTextDependsOnIsPending) {
  EXPECT_TRUE(IsBlockedBy(View(), "document.pending", "phoneSupport"));
}

TEST_F(Flow, TheWholeWayToASignatureThatCounts) {
  envelope.Prepare(envelope.customer, draft);
  json::Value view = View();
  EXPECT_TRUE(Allows(view, "sign")) << json::Write(*view.Find("blockers"));
  EXPECT_EQ(ObjectOf(view, "progress").Find("done")->int_value(),
            ObjectOf(view, "progress").Find("of")->int_value());
  Act(R"({"do":"sign","gesture":"tap","label":"Sign and finish"})");
  const envelope::Recipient& customer = *envelope.state().Find("customer");
  ASSERT_TRUE(customer.signature.has_value());
  EXPECT_TRUE(customer.signature->counts());
  view = View();
  EXPECT_EQ(TextOf(view, "step"), "copy");
  EXPECT_EQ(TextOf(ObjectOf(view, "own"), "state"), "counted");
  EXPECT_FALSE(Allows(view, "sign"));
  EXPECT_TRUE(Allows(view, "recordCopy"));
  EXPECT_EQ(StateOfStep(view, "sign"), "done");
  EXPECT_EQ(Refusal(R"({"do":"setValue","field":"contactName","text":"Eve"})"),
            "ceremony.already_signed");
  EXPECT_EQ(Refusal(R"({"do":"sign","gesture":"tap","label":"Sign"})"), "ceremony.already_signed");
  Act(R"({"do":"recordCopy","form":"html"})");
  EXPECT_EQ(envelope.state().Find("customer")->copies, 1);
}

TEST_F(Flow, SigningPresentsTheFinalTextAndCommitsTheValuesFirst) {
  envelope.Prepare(envelope.customer, draft);
  auto outcome = Perform(envelope.SceneOf(envelope.customer), draft,
                         Parsed(R"({"do":"sign","gesture":"tap","label":"Sign"})"));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->again, Outcome::Again::kYes);
  ASSERT_EQ(outcome->commands.size(), 2u);
  EXPECT_EQ(TextOf(outcome->commands[0], "do"), "present");
  EXPECT_EQ(TextOf(outcome->commands[1], "do"), "commitFields");
  // A tab killed here loses nothing: the same act goes on from what is in the log.
  for (const json::Value& command : outcome->commands) envelope.Do(envelope.customer, command);
  outcome = Perform(envelope.SceneOf(envelope.customer), draft,
                    Parsed(R"({"do":"sign","gesture":"tap","label":"Sign"})"));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->again, Outcome::Again::kNo);
  ASSERT_EQ(outcome->commands.size(), 1u);
  EXPECT_EQ(TextOf(outcome->commands[0], "do"), "sign");
}

TEST_F(Flow, NothingCanBeSignedWhileSomethingIsOpen) {
  Consent();
  EXPECT_EQ(Refusal(R"({"do":"sign","gesture":"tap","label":"Sign"})"), "recipient.not_presented");
  Act(R"({"do":"present"})");
  EXPECT_EQ(Refusal(R"({"do":"sign","gesture":"tap","label":"Sign"})"), "field.required");
  Act(R"({"do":"setValue","field":"contactName","text":"Ana"})");
  Act(R"({"do":"setValue","field":"phoneSupport","text":"true"})");
  EXPECT_EQ(Refusal(R"({"do":"sign","gesture":"tap","label":"Sign"})"), "ceremony.no_mark");
  EXPECT_EQ(Refusal(R"({"do":"placeAll"})"), "ceremony.no_mark");
  Act(R"({"do":"adoptMark","mark":{"kind":"typed","text":"Ana"}})");
  EXPECT_EQ(Refusal(R"({"do":"sign","gesture":"tap","label":"Sign"})"), "ceremony.mark_not_placed");
  EXPECT_TRUE(IsBlockedBy(View(), "ceremony.mark_not_placed", "customerSignature"));
  Act(R"({"do":"placeMark","field":"customerSignature"})");
  EXPECT_TRUE(Allows(View(), "sign"));
  Act(R"({"do":"takeBack","field":"customerSignature"})");
  EXPECT_FALSE(Allows(View(), "sign"));
  EXPECT_EQ(Refusal(R"({"do":"placeMark","field":"contactName"})"), "field.not_yours");
  Act(R"({"do":"placeAll"})");
  Act(R"({"do":"clearMark"})");
  EXPECT_TRUE(IsBlockedBy(View(), "ceremony.no_mark"));
}

TEST_F(Flow, WhoIsNotInTurnMayPrepareAndIsToldWhoseSignatureIsMissing) {
  envelope.Join(envelope.provider, envelope.provider_link);
  Draft second;
  envelope.Prepare(envelope.provider, second);
  json::Value view = envelope.View(envelope.provider, second);
  EXPECT_FALSE(Allows(view, "sign"));
  EXPECT_EQ(StateOfStep(view, "sign"), "blocked");
  ASSERT_EQ(ListOf(view, "waitingFor").size(), 1u);
  EXPECT_EQ(TextOf(ListOf(view, "waitingFor")[0], "name"), "Ana Ansari");
  EXPECT_TRUE(IsBlockedBy(view, "recipient.out_of_turn") || IsBlockedBy(view, "document.pending"));
  EXPECT_EQ(StateOfStep(view, "fill"), "absent");  // nothing to fill

  envelope.Prepare(envelope.customer, draft);
  Act(R"({"do":"sign","gesture":"tap","label":"Sign"})");
  view = envelope.View(envelope.provider, second);
  EXPECT_TRUE(Allows(view, "sign")) << json::Write(*view.Find("blockers"));
  envelope.Act(envelope.provider, second, R"({"do":"sign","gesture":"tap","label":"Sign"})");
  EXPECT_EQ(envelope.state().status, envelope::Status::kSignedByAll);
}

TEST_F(Flow, DecliningEndsIt) {
  Act(R"({"do":"decline","reason":"Too expensive"})");
  EXPECT_EQ(envelope.state().status, envelope::Status::kDeclined);
  const json::Value view = View();
  EXPECT_EQ(TextOf(ObjectOf(view, "own"), "state"), "declined");
  EXPECT_FALSE(Allows(view, "sign"));
  EXPECT_FALSE(Allows(view, "decline"));
}

TEST_F(Flow, AVoidedEnvelopeIsBlockedByTheEnvelopesOwnRule) {
  envelope.Prepare(envelope.customer, draft);
  envelope.Do(envelope.owner, R"({"do":"void"})");
  const json::Value view = View();
  EXPECT_FALSE(Allows(view, "sign"));
  EXPECT_TRUE(IsBlockedBy(view, "envelope.ended")) << json::Write(*view.Find("blockers"));
}

TEST_F(Flow, ANewRevisionKeepsWhatWasTypedAndNotWhatWasAgreedTo) {
  envelope.Prepare(envelope.customer, draft);
  envelope.Publish(R"({"seats":20,"price":["30.00","EUR"]})");
  const json::Value view = View();
  EXPECT_EQ(TextOf(view, "step"), "open");
  EXPECT_TRUE(IsBlockedBy(view, "recipient.not_consented"));
  bool kept = false;
  for (const json::Value& field : ListOf(view, "fields")) {
    kept = kept || (TextOf(field, "id") == "contactName" && TextOf(field, "text") == "Ana Ansari");
  }
  EXPECT_TRUE(kept);
  EXPECT_NE(view.Find("mark"), nullptr);
  EXPECT_FALSE(Allows(view, "sign"));
}

TEST_F(Flow, TheSummarySaysWhatIsSignedAndWhatMayHappen) {
  envelope.Prepare(envelope.customer, draft);
  const json::Value view = View();
  const json::Value& summary = ObjectOf(view, "summary");
  EXPECT_EQ(TextOf(ListOf(summary, "documents")[0], "title"), "Support upgrade");
  EXPECT_EQ(TextOf(ListOf(summary, "documents")[0], "text").size(), 43u);
  EXPECT_EQ(TextOf(ObjectOf(summary, "asWhom"), "name"), "Ana Ansari");
  EXPECT_EQ(TextOf(ObjectOf(summary, "asWhom"), "role"), "Customer");
  ASSERT_FALSE(ListOf(summary, "warnings").empty());
  EXPECT_EQ(ListOf(summary, "warnings")[0].string_value(), "ownerMayWithdraw");
  bool seats = false;
  for (const json::Value& term : ListOf(summary, "terms"))
    seats = seats || TextOf(term, "label") == "Seats";
  EXPECT_TRUE(seats);
  EXPECT_EQ(ListOf(summary, "values").size(), 3u);
}

TEST_F(Flow, TheBlanksAreFilledOnScreenAndAfterSigning) {
  envelope.Prepare(envelope.customer, draft);
  const auto has = [&](std::string_view field, std::string_view text) {
    const auto fills = FillsOf(envelope.SceneOf(envelope.customer), draft);
    EXPECT_TRUE(fills.has_value());
    for (const document::Fill& fill : *fills) {
      if (fill.field == field && (text.empty() ? !fill.strokes.empty() : fill.text == text))
        return true;
    }
    return false;
  };
  EXPECT_TRUE(has("contactName", "Ana Ansari"));
  EXPECT_TRUE(has("customerSignature", ""));
  Act(R"({"do":"sign","gesture":"tap","label":"Sign"})");
  EXPECT_TRUE(has("customerSignature", ""));
  const auto fills = FillsOf(envelope.SceneOf(envelope.customer), draft);
  bool dated = false;
  for (const document::Fill& fill : *fills)
    dated = dated || (fill.field == "customerDate" && !fill.text.empty());
  EXPECT_TRUE(dated);
}

TEST(Scene, IsCheckedBeforeItIsPlayed) {
  SignedEnvelope envelope;
  envelope.Create();
  EXPECT_EQ(CheckScene(envelope.SceneOf(envelope.customer)).error().code(),
            ErrorCode::kEnvelopeNoRevision);
  envelope.Invite();
  envelope.Publish();
  EXPECT_TRUE(CheckScene(envelope.SceneOf(envelope.customer)).has_value());
  const Party stranger(50, "nobody");
  EXPECT_EQ(CheckScene(envelope.SceneOf(stranger)).error().code(), ErrorCode::kRecipientUnknown);
  String source(testing::kFixtureTemplate);
  source.replace(source.find("one hour"), 8, "two days");
  const auto other = compile::CompileTemplate(source);
  auto contract = templates::Template::Load(other.bytes);
  ASSERT_TRUE(contract.has_value());
  const Scene scene{envelope.ledger(), *contract, envelope.customer.author()};
  EXPECT_EQ(CheckScene(scene).error().code(), ErrorCode::kTemplateDiffers);
}

TEST(Scene, WithoutTheSendersValuesThereIsNoText) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.ledger().Shred(envelope.state().revision->inputs.values);
  auto view = View(envelope.SceneOf(envelope.customer), Draft());
  ASSERT_FALSE(view.has_value());
  EXPECT_EQ(view.error().code(), ErrorCode::kDocumentMissing);
}

}  // namespace
}  // namespace countersign::ceremony
