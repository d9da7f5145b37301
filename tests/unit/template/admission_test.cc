#include "template/admission.h"

#include <gtest/gtest.h>

#include "expression/program.h"
#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::LoadTemplate;
using testing::Source;
using testing::ValuesOf;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true, order: 1 }
  provider: { label: Provider, signs: true, order: 2 }
fields:
  seats:  { type: int, label: Seats, min: 1, max: 50 }
  tags:   { type: list(string), label: Tags, required: false, max: 2, options: [red, blue] }
  phone:  { type: bool, label: Phone, role: customer, required: false }
  number: { type: string, label: Number, role: customer, maxLength: 4 }
  agreed: { type: bool, label: Agreed, role: customer, required: true }
  share:  { type: int, label: Share, role: customer, required: false, check: "100 / share > 10" }
  hint:   { type: string, label: Hint, role: customer, required: false, show: phone }
  copies: { type: int, label: Copies, role: provider, required: phone }
validations:
  - { check: "seats < 40 || copies > 1", message: Two copies, field: copies }
  - { check: "seats < 20", message: Many, level: warning }
)";
constexpr std::string_view kBody =
    "# Terms {#terms}\n\n{{= seats }} {{= tags | list }} {{check: phone, role=customer}} "
    "{{check: agreed, role=customer}} {{input: share, role=customer}} {{input: hint, "
    "role=customer}} {{input: copies, role=provider}} {{sign: mark, role=customer}} {{sign: "
    "seal, role=provider}}\n\n# Phone {#phone when=\"phone\"}\n\n{{input: number, "
    "role=customer}}\n";

// "field code", one after the other.
String Said(std::string_view values, std::string_view role) {
  static const Template contract = LoadTemplate(Source(kKeys, kBody));
  const auto objections = Objections(contract, ValuesOf(contract, values), role);
  EXPECT_TRUE(objections.has_value());
  String said;
  for (const Objection& objection : *objections) {
    said += objection.field + objection.validation + ":" + String(objection.error.name()) + " ";
  }
  return said;
}

TEST(Admission, JudgementsOfOneFileHaveTheirFuelTogether) {
  const Template contract = LoadTemplate(Source(kKeys, kBody));
  const Values values = ValuesOf(contract, R"({"seats":5})");
  int64_t fuel = expression::kDocumentFuel;
  ASSERT_TRUE(Objections(contract, values, "customer", &fuel).has_value());
  const int64_t one = expression::kDocumentFuel - fuel;
  EXPECT_GT(one, 0);
  EXPECT_LT(one, 1000) << "what a contract takes";
  ASSERT_TRUE(Objections(contract, values, "provider", &fuel).has_value());
  EXPECT_EQ(fuel, expression::kDocumentFuel - 2 * one);
  fuel = one - 1;
  ASSERT_TRUE(Objections(contract, values, "customer", &fuel).has_value()) << "begun is finished";
  const auto refused = Objections(contract, values, "provider", &fuel);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kTemplateTooExpensive);
}

TEST(Admission, WhatIsAnsweredAsTheTemplateWantsItMeetsNoObjection) {
  EXPECT_EQ(Said(R"({"seats":5,"agreed":true,"phone":false})", "customer"), "");
  EXPECT_EQ(
      Said(R"({"seats":5,"agreed":true,"phone":true,"number":"1234","hint":"x"})", "customer"), "");
  EXPECT_EQ(Said(R"({"seats":5,"phone":true,"copies":2})", "provider"), "");
  EXPECT_EQ(Said(R"({"seats":50,"tags":["red","blue"]})", ""), "");
}

TEST(Admission, ATextThatIsNotWhatItLooksLikeIsToldBeforeSendingAndNotByTheVerifier) {
  const Template contract =
      LoadTemplate(Source("fields:\n  name: { type: string, label: Name }\n  items: { type: list, "
                          "label: Items, max: 3, of: "
                          "{ what: string, count: int } }\n",
                          "{{= name }} {{= size(items) }}\n"));
  const auto said = [&](std::string_view plain) {
    String text;
    for (const Objection& objection : TextObjections(ValuesOf(contract, plain)))
      text += objection.field + ":" + String(objection.error.name()) + " ";
    return text;
  };
  EXPECT_EQ(said(R"({"name":"ACME\n\tGmbH","items":[{"what":"Desk","count":1}]})"), "");
  EXPECT_EQ(said(R"({"name":"ACME\u0000"})"), "name:field.bad_text ");
  EXPECT_EQ(said(R"({"name":"ACME\r\n"})"), "name:field.bad_text ");
  EXPECT_EQ(
      said(R"({"name":"\u202e","items":[{"what":"D","count":1},{"what":"\u2067","count":2}]})"),
      "items:field.bad_text name:field.bad_text ");
  const auto objections = Objections(contract, ValuesOf(contract, R"({"name":"\u202e"})"), "");
  ASSERT_TRUE(objections.has_value());
  EXPECT_TRUE(objections->empty());
}

TEST(Admission, EveryFaultIsNamedAndNotOnlyTheFirst) {
  EXPECT_EQ(Said(R"({"phone":true,"number":"12345","agreed":false,"share":50})", "customer"),
            "number:field.too_long agreed:field.required share:field.check_failed ");
}

TEST(Admission, AnAnswerToWhatIsNotThereIsAFaultOfASigner) {
  EXPECT_EQ(Said(R"({"agreed":true,"phone":false,"number":"1","hint":"x"})", "customer"),
            "number:field.not_shown hint:field.not_shown ");
}

TEST(Admission, WhatIsUnknownIsNoObjection) {
  EXPECT_EQ(Said(R"({"agreed":true})", "customer"), "") << "the clause is neither in nor out";
  EXPECT_EQ(Said(R"({"seats":5})", "provider"), "") << "copies may be required, or not";
  EXPECT_EQ(Said(R"({"seats":5,"phone":true})", "provider"), "copies:field.required ");
}

TEST(Admission, ARuleThatEndsInAnErrorHasNotBeenPassed) {
  EXPECT_EQ(Said(R"({"agreed":true,"phone":false,"share":0})", "customer"),
            "share:values.divide_by_zero ");
  EXPECT_EQ(Said(R"({"phone":false,"share":0})", "provider"), "") << "of another's field";
}

TEST(Admission, AValidationOfTheLevelErrorIsForEverybodyAndAWarningForNobody) {
  EXPECT_EQ(Said(R"({"seats":45,"phone":false,"copies":1})", "provider"),
            "copiesv1:field.check_failed ");
  EXPECT_EQ(Said(R"({"seats":45,"agreed":true,"phone":false,"copies":1})", "customer"),
            "copiesv1:field.check_failed ");
  EXPECT_EQ(Said(R"({"seats":45})", ""), "") << "copies are not known yet";
}

TEST(Admission, TheSendersFieldsAreTheSenders) {
  EXPECT_EQ(Said(R"({"seats":51,"tags":["red","green"]})", ""),
            "seats:field.too_large tags:field.not_an_option ");
  EXPECT_EQ(Said(R"({"tags":["red","red","red"]})", ""), "tags:field.too_long ")
      << "a text that needs the seats waits for them";
}

}  // namespace
}  // namespace countersign::templates
