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

}  // namespace
}  // namespace countersign::templates
