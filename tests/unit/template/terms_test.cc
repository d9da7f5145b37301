#include "template/terms.h"

#include <gtest/gtest.h>

#include "crypto/crypto.h"
#include "support/templates.h"

namespace countersign::templates {
namespace {

Template Order() {
  return testing::LoadTemplate(
      testing::Source("roles:\n  customer: {label: C, signs: true, order: 1}\n  provider: {label: "
                      "P, signs: true, order: 2}\n"
                      "fields:\n  n: {type: int, label: N}\n  po: {type: bool, role: customer, "
                      "label: Po, required: false}\n"
                      "  note: {type: string, role: provider, label: Note}\n",
                      "{{= n }}\n\nWith number. {when=po}\n\n{{check: po}} {{input: note}} {{sign: "
                      "s, role=customer}} {{sign: t, role=provider}}\n"));
}

TEST(Terms, OnlyWhatCanChangeTheTextIsUsed) {
  Template contract = Order();
  Values customer = testing::ValuesOf(contract, R"({"n":3,"po":true})");
  Values provider = testing::ValuesOf(contract, R"({"n":3,"po":true,"note":"later"})");
  auto first = Settle(contract, customer);
  auto second = Settle(contract, provider);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(first->text, second->text) << "two signers of one revision get the same terms";
  EXPECT_EQ(first->inputs, second->inputs);
  EXPECT_EQ(first->trace, second->trace);
  EXPECT_EQ(first->text, document::TextRef(first->bytes));
  auto other = Settle(contract, testing::ValuesOf(contract, R"({"n":4,"po":true})"));
  EXPECT_NE(other->text, first->text);
  EXPECT_NE(other->inputs, first->inputs);
}

// The example of FORMAT.md section 6: another implementation has to come to the same hash.
TEST(Terms, TheGroundsOfAConditionStandInTheTraceInTheOrderInWhichTheyAreMet) {
  Template contract = testing::LoadTemplate(testing::Source(
      "roles:\n  a: {label: A, signs: true, order: 1}\n"
      "fields:\n  x: {type: bool, label: X}\n  y: {type: bool, label: Y}\n"
      "  z: {type: int, label: Z}\n  w: {type: bool, label: W}\n"
      "computed:\n  p: {label: P, value: \"z > 1 && y\"}\n  q: {label: Q, value: \"p || w\"}\n"
      "  r: {label: R, value: \"z > 3\"}\n",
      "Said. {when=\"y && q && r && x && p\"}\n\n{{sign: s, role=a}}\n"));
  json::Value trace =
      Trace(contract, testing::ValuesOf(contract, R"({"x":true,"y":true,"z":5,"w":false})"));
  const json::Value& unit = trace.Find("units")->items().front();
  const auto ids = [&](std::string_view member) {
    String joined;
    for (const json::Value& ground : unit.Find(member)->items()) {
      joined.append(ground.Find("id")->string_value());
    }
    return joined;
  };
  EXPECT_EQ(ids("computed"), "pqr");
  EXPECT_EQ(ids("fields"), "xyzw");
  EXPECT_EQ(unit.Find("computed")->items()[1].Find("text")->string_value(), "p || w");
}

TEST(Terms, ATextThatWaitsCannotBeSettled) {
  Template contract = Order();
  auto terms = Settle(contract, testing::ValuesOf(contract, R"({"n":3})"));
  ASSERT_FALSE(terms.has_value());
  EXPECT_EQ(terms.error().code(), ErrorCode::kDocumentPending);
}

TEST(Terms, ARoutingMustLetTheTextBeSettledFirst) {
  Template contract = Order();
  auto code = [&](const Vector<RoutedSigner>& signers) {
    auto checked = CheckRouting(contract, signers);
    return checked ? String("good") : String(checked.error().name());
  };
  EXPECT_EQ(code({{"customer", 1}, {"provider", 2}}), "good");
  EXPECT_EQ(code({{"customer", 3}, {"provider", 7}}), "good");
  EXPECT_EQ(code({{"customer", 2}, {"provider", 1}}), "template.later_signer");
  EXPECT_EQ(code({{"customer", 1}, {"provider", 1}}), "template.later_signer");
  EXPECT_EQ(code({{"provider", 1}}), "template.later_signer") << "nobody would answer";
}

TEST(Terms, TheDeadlineIsTheTemplatesPeriodLaterByTheCalendar) {
  auto after = [](const String& period, std::string_view sent_at) {
    Template contract = testing::LoadTemplate(testing::Source(
        "roles:\n  customer: {label: C, signs: true, order: 1}\nworkflow: {expires: " + period +
            "}\n",
        "Text. {{sign: s, role=customer}}\n"));
    auto deadline = DeadlineOf(contract, sent_at);
    return deadline ? *deadline : String(deadline.error().name());
  };
  EXPECT_EQ(after("P30D", "2026-11-22T12:00:00.500Z"), "2026-12-22T12:00:00Z");
  EXPECT_EQ(after("P2W", "2026-12-24T08:15:00Z"), "2027-01-07T08:15:00Z");
  EXPECT_EQ(after("P1M", "2026-11-22T00:00:00Z"), "2026-12-22T00:00:00Z");
  EXPECT_EQ(after("P1Y2M10D", "2026-11-22T23:59:59Z"), "2028-02-01T23:59:59Z");
  EXPECT_EQ(after("P1M", "2027-01-31T12:00:00Z"), "2027-02-28T12:00:00Z");
  EXPECT_EQ(after("P1Y", "2028-02-29T12:00:00Z"), "2029-02-28T12:00:00Z");
  EXPECT_EQ(after("P1M1D", "2027-01-31T12:00:00Z"), "2027-03-01T12:00:00Z");
  EXPECT_EQ(after("P1D", "2026-11-22T23:00:00-02:00"), "2026-11-24T01:00:00Z") << "days of UTC";
  EXPECT_EQ(after("P1D", "1969-12-30T01:00:00Z"), "1969-12-31T01:00:00Z");
  EXPECT_EQ(after("P1Y", "9999-11-22T12:00:00Z"), "values.overflow");
  EXPECT_EQ(after("P1D", "22.11.2026"), "values.bad_timestamp");
  EXPECT_EQ(DeadlineOf(Order(), "2026-11-22T12:00:00Z").value(), "") << "none is set";
}

}  // namespace
}  // namespace countersign::templates
