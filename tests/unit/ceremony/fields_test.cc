#include <gtest/gtest.h>

#include "ceremony/ceremony.h"
#include "evidence/page.h"
#include "evidence/verify.h"
#include "support/signed_envelope.h"

namespace countersign::ceremony {
namespace {

using evidence::ListOf;
using evidence::ObjectOf;
using evidence::TextOf;
using testing::Parsed;
using testing::SignedEnvelope;

class Fields : public ::testing::Test {
 protected:
  void SetUp() override {
    envelope.Send();
    envelope.Join(envelope.customer, envelope.customer_link);
  }
  void Set(std::string_view field, std::string_view text) {
    json::Value act = Parsed(R"({"do":"setValue"})");
    act.Set("field", testing::Text(field));
    act.Set("text", testing::Text(text));
    const auto done = envelope.TryAct(envelope.customer, draft, act);
    ASSERT_TRUE(done.has_value()) << done.error().name();
  }
  String Refusal(std::string_view act) {
    const auto done = envelope.TryAct(envelope.customer, draft, Parsed(act));
    return done ? "" : String(done.error().name());
  }
  json::Value View() { return envelope.View(envelope.customer, draft); }
  json::Value Field(std::string_view id) {
    for (const json::Value& field : ListOf(View(), "fields")) {
      if (TextOf(field, "id") == id) return field;
    }
    return json::Value::Make({});
  }

  SignedEnvelope envelope;
  Draft draft;
};

TEST_F(Fields, StandInTheOrderOfTheTextWithTheirSentence) {
  const json::Value view = View();
  Vector<String> ids;
  for (const json::Value& field : ListOf(view, "fields")) ids.emplace_back(TextOf(field, "id"));
  EXPECT_EQ(ids, (Vector<String>{"contactName", "phoneSupport", "budget", "customerSignature",
                                 "customerDate"}));
  const json::Value name = Field("contactName");
  EXPECT_NE(TextOf(name, "context").find("Contact:"), std::string_view::npos);
  EXPECT_FALSE(TextOf(name, "unit").empty());
  EXPECT_TRUE(name.Find("required")->bool_value());
  EXPECT_EQ(TextOf(name, "state"), "empty");
  EXPECT_EQ(ObjectOf(name, "input").Find("maxLength")->int_value(), 80);
  EXPECT_EQ(TextOf(ObjectOf(Field("budget"), "input"), "inputMode"), "decimal");
  EXPECT_EQ(TextOf(ObjectOf(Field("phoneSupport"), "input"), "control"), "checkbox");
  EXPECT_EQ(TextOf(ObjectOf(Field("customerSignature"), "input"), "control"), "mark");
  EXPECT_TRUE(Field("customerDate").Find("readOnly")->bool_value());
}

TEST_F(Fields, NothingTypedIsLostInvalidInputLeastOfAll) {
  Set("budget", "about 1.234");
  json::Value budget = Field("budget");
  EXPECT_EQ(TextOf(budget, "text"), "about 1.234");
  EXPECT_EQ(TextOf(budget, "state"), "wrong");
  EXPECT_EQ(TextOf(budget, "code"), "field.bad_number");
  EXPECT_EQ(budget.Find("value"), nullptr);
  // Through the store and back.
  auto stored = json::ReadCanonical(json::Write(WriteDraft(draft)), kDraftLimits);
  ASSERT_TRUE(stored.has_value());
  draft = *ReadDraft(*stored);
  EXPECT_EQ(TextOf(Field("budget"), "text"), "about 1.234");
  Set("budget", "1.234,50");
  budget = Field("budget");
  EXPECT_EQ(TextOf(budget, "state"), "filled");
  EXPECT_EQ(json::Write(*budget.Find("value")), R"(["1234.50","EUR"])");
  EXPECT_EQ(TextOf(budget, "text"), "1.234,50");
  EXPECT_FALSE(TextOf(budget, "display").empty());
}

TEST_F(Fields, AnAnswerBringsItsClauseAndSaysSo) {
  json::Value view = View();
  EXPECT_EQ(ListOf(ObjectOf(view, "document"), "pending").size(), 1u);
  EXPECT_EQ(TextOf(ObjectOf(view, "document"), "text"), "");
  Set("phoneSupport", "true");
  view = View();
  EXPECT_TRUE(ListOf(ObjectOf(view, "document"), "pending").empty());
  EXPECT_EQ(TextOf(ObjectOf(view, "document"), "text").size(), 43u);
  bool clause = false;
  for (const json::Value& change : ListOf(ObjectOf(view, "document"), "changed")) {
    clause = clause || TextOf(change, "unit") == "phone";
  }
  EXPECT_TRUE(clause || ListOf(ObjectOf(view, "document"), "changed").empty());
  const String with_clause(TextOf(ObjectOf(view, "document"), "text"));
  ASSERT_EQ(Refusal(R"({"do":"seen"})"), "");
  EXPECT_TRUE(ListOf(ObjectOf(View(), "document"), "changed").empty());
}

TEST_F(Fields, OnlyOwnFieldsCanBeSet) {
  EXPECT_EQ(Refusal(R"({"do":"setValue","field":"seats","text":"1"})"), "field.not_yours");
  EXPECT_EQ(Refusal(R"({"do":"setValue","field":"providerSignature","text":"1"})"),
            "field.not_yours");
  EXPECT_EQ(Refusal(R"({"do":"setValue","field":"customerSignature","text":"1"})"),
            "field.not_yours");
  EXPECT_EQ(Refusal(R"({"do":"setValue","field":"nothing","text":"1"})"), "template.unknown_field");
  EXPECT_EQ(Refusal(R"({"do":"goToField","field":"nothing"})"), "template.unknown_field");
  EXPECT_EQ(Refusal(R"({"do":"goToField","field":"seats"})"), "field.not_shown");
  const String long_text(kMaxText + 1, 'x');
  EXPECT_EQ(Refusal(R"({"do":"setValue","field":"contactName","text":")" + long_text + R"("})"),
            "field.too_long");
}

TEST_F(Fields, TheMainTermsStandInTheTemplatesOrder) {
  Vector<String> ids;
  for (const json::Value& term : ListOf(ObjectOf(View(), "summary"), "terms")) {
    ids.emplace_back(TextOf(term, "id"));
  }
  EXPECT_EQ(ids, (Vector<String>{"seats", "price", "total"}));
}

TEST_F(Fields, NextGoesToWhatIsStillOpen) {
  Set("contactName", "Ana");
  json::Value view = View();
  EXPECT_EQ(TextOf(view, "field"), "contactName");
  EXPECT_EQ(view.Find("fieldIndex")->int_value(), 0);
  EXPECT_EQ(TextOf(view, "nextField"), "phoneSupport");
  ASSERT_EQ(Refusal(R"({"do":"goToField","field":"customerSignature"})"), "");
  view = View();
  EXPECT_EQ(TextOf(view, "previousField"), "budget");
  EXPECT_EQ(TextOf(view, "nextField"), "phoneSupport");
}

TEST_F(Fields, ValuesAreCommittedOnceAndAgainOnlyWhereTheyChanged) {
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  EXPECT_EQ(envelope.state().Find("customer")->committed.size(), 3u);
  EXPECT_TRUE(Field("budget").Find("committed")->bool_value());
  const size_t events = envelope.events().size();
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  EXPECT_EQ(envelope.events().size(), events);
  Set("budget", "99");
  EXPECT_FALSE(Field("budget").Find("committed")->bool_value());
  auto outcome =
      Perform(envelope.SceneOf(envelope.customer), draft, Parsed(R"({"do":"commitFields"})"));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(json::Write(*outcome->commands[0].Find("values")), R"({"budget":["99.00","EUR"]})");
}

TEST_F(Fields, ATakenBackValueIsCommittedAsNothing) {
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  Set("budget", "");
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  EXPECT_TRUE(Field("budget").Find("committed")->bool_value());
  EXPECT_EQ(Field("budget").Find("value"), nullptr);
}

TEST_F(Fields, AnotherDeviceGoesOnFromWhatWasCommitted) {
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  envelope.Join(envelope.second_device, envelope.customer_link);
  const Draft fresh;
  const json::Value view = envelope.View(envelope.second_device, fresh);
  for (const json::Value& field : ListOf(view, "fields")) {
    if (TextOf(field, "id") == "contactName") {
      EXPECT_EQ(TextOf(field, "text"), "Ana Ansari");
    }
    if (TextOf(field, "id") == "budget") {
      EXPECT_EQ(TextOf(field, "text"), "1234.50");
    }
  }
}

// The fixture with a clause that has a field of its own, required like any other, and a box that
// must be ticked and is not by default.
String SourceWithNumber() {
  String source(testing::kFixtureTemplate);
  source.insert(source.find("computed:"),
                "  number: { type: string, label: Number, role: customer }\n"
                "  read: { type: bool, label: Read, role: customer, required: true, default: "
                "false }\n");
  source.insert(source.find("The provider answers"), "Calls to {{input: number, role=customer}}. ");
  return source.insert(source.find("Budget:"), "{{check: read, role=customer}} Read. ");
}

TEST(FieldsOfAClause, ThatIsOutAreCommittedAsNothingWhereTheyAreAlwaysRequired) {
  const String source = SourceWithNumber();
  SignedEnvelope envelope({.source = source});
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  Draft draft;
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"setValue","field":"read","text":"true"})");
  const auto sign = Parsed(R"({"do":"sign","gesture":"tap","label":"Sign"})");
  auto refused = envelope.TryAct(envelope.customer, draft, sign);
  ASSERT_FALSE(refused.has_value()) << "the clause is in";
  EXPECT_EQ(refused.error().name(), "field.required");
  // The box of the fixture has to be ticked, so the clause goes by the sender's seats here.
  String by_seats = source;
  by_seats.replace(by_seats.find("when=\"phoneSupport\""), 19, "when=\"seats > 100\"");
  SignedEnvelope other({.source = by_seats});
  other.Send();
  other.Join(other.customer, other.customer_link);
  Draft second;
  other.Prepare(other.customer, second);
  other.Act(other.customer, second, R"({"do":"setValue","field":"read","text":"true"})");
  const auto done = other.TryAct(other.customer, second, sign);
  ASSERT_TRUE(done.has_value()) << done.error().name();
  EXPECT_TRUE(other.state().Find("customer")->signature->counts());
  other.Sign(other.provider, other.provider_link);
  other.Do(other.completer, R"({"do":"complete"})");
  const auto report = evidence::Verify(AsBytes(other.Bundle()));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->verdict, evidence::Verdict::kValid) << json::Write(report->json);
}

TEST(FieldsOfAClause, ABoxThatMustBeTickedIsOpenWhereItsDefaultLeavesItEmpty) {
  const String source = SourceWithNumber();
  SignedEnvelope envelope({.source = source});
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  Draft draft;
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"setValue","field":"number","text":"12"})");
  const auto refused = envelope.TryAct(envelope.customer, draft,
                                       Parsed(R"({"do":"sign","gesture":"tap","label":"Sign"})"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().name(), "field.required");
}

// A first signer whose program lets him commit and sign what he likes.
TEST(ValuesOfAnEarlierSigner, ThatTheTemplateForbidsAreNotSignedOver) {
  for (const size_t length : {size_t{80}, size_t{81}}) {  // maxLength: 80
    SignedEnvelope envelope;
    envelope.Send();
    envelope.Join(envelope.customer, envelope.customer_link);
    Draft draft;
    envelope.Prepare(envelope.customer, draft);
    envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
    json::Value commit = Parsed(R"({"do":"commitFields"})");
    commit.Set("values", json::Value::Make({{"contactName", testing::Text(String(length, 'A'))}}));
    envelope.Do(envelope.customer, commit);
    const auto terms = templates::Settle(envelope.contract(),
                                         *ValuesOf(envelope.SceneOf(envelope.customer), Draft()));
    ASSERT_TRUE(terms.has_value());
    json::Value present = Parsed(R"({"do":"present","locale":"en","reached":{"units":1,"of":1}})");
    present.Set("text", testing::Text(terms->text.ToBase64Url()));
    present.Set("rendering", testing::Text(terms->rendering.ToBase64Url()));
    envelope.Do(envelope.customer, present);
    json::Value sign =
        Parsed(R"({"do":"sign","locale":{"contract":"en","interface":"en"},"timeZone":"+00:00",)"
               R"("intent":{"text":"Sign","gesture":"tap"},"mark":{"kind":"typed","text":"Ana"},)"
               R"("name":"Ana","core":{"name":"countersign","version":"0.1.0"}})");
    sign.Set(
        "document",
        json::Value::Make({{"sha256", testing::Text(terms->text.ToBase64Url())},
                           {"size", json::Value::Int(static_cast<int64_t>(terms->bytes.size()))}}));
    sign.Set("evaluation", templates::EvaluationOf(*terms));
    sign.Set("rendering",
             json::Value::Make({{"text", testing::Text(terms->rendering.ToBase64Url())}}));
    envelope.Do(envelope.customer, sign);
    ASSERT_TRUE(envelope.state().Find("customer")->signature->counts());

    envelope.Join(envelope.provider, envelope.provider_link);
    Draft second;
    envelope.Prepare(envelope.provider, second);
    const auto blockers = ListOf(envelope.View(envelope.provider, second), "blockers");
    const auto done = envelope.TryAct(envelope.provider, second,
                                      Parsed(R"({"do":"sign","gesture":"tap","label":"Sign"})"));
    if (length == 80) {
      EXPECT_TRUE(done.has_value()) << done.error().name();
      continue;
    }
    ASSERT_EQ(blockers.size(), 1u);
    EXPECT_EQ(TextOf(blockers[0], "code"), "field.too_long");
    EXPECT_EQ(TextOf(blockers[0], "field"), "contactName");
    EXPECT_EQ(TextOf(blockers[0], "recipient"), "customer");
    EXPECT_EQ(TextOf(blockers[0], "step"), "sign");
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().name(), "field.too_long");
    EXPECT_FALSE(envelope.state().Find("provider")->signature.has_value());
  }
}

}  // namespace
}  // namespace countersign::ceremony
