#include <gtest/gtest.h>

#include "support/templates.h"
#include "template/template.h"

namespace countersign::templates {
namespace {

using testing::LoadTemplate;
using testing::Plain;
using testing::Source;

String Filled(const Prefill& prefill) { return json::Write(WriteValues(prefill.values)); }

String Problems(const Prefill& prefill) {
  String text;
  for (const PrefillProblem& problem : prefill.problems) {
    text += problem.field + ":" + String(problem.error.name()) + " ";
  }
  return text;
}

constexpr std::string_view kFields = R"(fields:
  name: { type: string, label: Name, source: "has(crm.account) ? crm.account.name : crm.company_name" }
  price: { type: money, currency: EUR, label: Price, source: crm.price }
  rate: { type: decimal, label: Rate, default: "1.5", source: crm.rate }
  start: { type: date, label: Start, source: crm.start }
  seats: { type: int, label: Seats, max: 10, source: crm.seats }
  plan: { type: string, label: Plan, default: Basic }
)";
constexpr std::string_view kBody =
    "{{= name }} {{= price }} {{= rate }} {{= start }} {{= seats }} {{= plan }}\n";

TEST(Prefill, ReadsRecordsOfTwoShapesByTheTemplateAlone) {
  Template contract = LoadTemplate(Source(kFields, kBody));
  Prefill nested = FillFromRecord(
      contract,
      Plain(
          R"({"account":{"name":"Acme"},"price":"12.50","rate":2,"start":"2026-01-31","seats":3})"));
  EXPECT_EQ(
      Filled(nested),
      R"({"name":"Acme","plan":"Basic","price":["12.50","EUR"],"rate":"2","seats":3,"start":"2026-01-31"})");
  EXPECT_EQ(Problems(nested), "");
  Prefill flat = FillFromRecord(
      contract,
      Plain(
          R"({"company_name":"Acme","price":["12.50","EUR"],"rate":"2.0","start":"2026-01-31","seats":3})"));
  EXPECT_EQ(
      Filled(flat),
      R"({"name":"Acme","plan":"Basic","price":["12.50","EUR"],"rate":"2.0","seats":3,"start":"2026-01-31"})");
}

TEST(Prefill, NamesEveryMemberThatIsMissingOrWrongAndFillsTheRest) {
  Template contract = LoadTemplate(Source(kFields, kBody));
  Prefill prefill = FillFromRecord(
      contract, Plain(R"({"company_name":7,"price":"cheap","start":"2026-02-30","seats":11})"));
  EXPECT_EQ(Problems(prefill),
            "name:prefill.wrong_type price:prefill.wrong_type rate:prefill.missing_member "
            "start:prefill.wrong_type seats:field.too_large ");
  EXPECT_EQ(Filled(prefill), R"({"plan":"Basic","rate":"1.5","seats":11})")
      << "a default stands in, nothing is guessed";
  EXPECT_NE(prefill.problems[2].error.detail().find("crm.rate"), std::string_view::npos);
}

TEST(Prefill, ReadsPointsInTimeAndSpansAsOnlySourceExpressionsMay) {
  Template contract = LoadTemplate(Source(
      R"J(fields:
  year: { type: int, label: Year, source: "timestamp(crm.at).getFullYear('+01:00')" }
  at: { type: string, label: At, source: "string(timestamp(crm.at) + duration('1h'))" }
  long: { type: bool, label: Long, source: "sum(crm.spans.map(s, duration(s))) > duration('2h')" }
  kind: { type: string, label: Kind, source: "type(crm.at) == string ? 'text' : 'other'" }
)J",
      "{{= year }} {{= at }} {{= long ? 'yes' : 'no' }} {{= kind }}\n"));
  Prefill prefill =
      FillFromRecord(contract, Plain(R"({"at":"2025-12-31T23:30:00Z","spans":["90m","1h"]})"));
  EXPECT_EQ(Problems(prefill), "");
  EXPECT_EQ(Filled(prefill),
            R"({"at":"2026-01-01T00:30:00Z","kind":"text","long":true,"year":2026})");
}

TEST(Prefill, NamesATextThatIsNotWhatItLooksLike) {
  Template contract = LoadTemplate(Source(
      "fields:\n  name: { type: string, label: Name, source: crm.name }\n", "{{= name }}\n"));
  EXPECT_EQ(Problems(FillFromRecord(contract, Plain(R"({"name":"A\u0007"})"))),
            "name:field.bad_text ");
}

TEST(Prefill, LineEndsOfAnotherSystemAreLineEnds) {
  Template contract = LoadTemplate(
      Source("fields:\n  address: { type: string, label: Address, source: \"crm.at[0].street\" }\n",
             "{{= address }}\n"));
  Prefill prefill =
      FillFromRecord(contract, Plain(R"({"at":[{"street":"1 Main\r\nHull\rUK\n"}]})"));
  EXPECT_EQ(Problems(prefill), "");
  EXPECT_EQ(Filled(prefill), R"({"address":"1 Main\nHull\nUK\n"})");
}

TEST(Prefill, ARecordThatIsNoObjectFillsNothing) {
  Template contract = LoadTemplate(Source(kFields, kBody));
  for (std::string_view record : {"[]", "null", "7", "\"x\""}) {
    Prefill prefill = FillFromRecord(contract, Plain(record));
    EXPECT_EQ(prefill.problems.size(), 5u) << record;
    EXPECT_EQ(Filled(prefill), R"({"plan":"Basic","rate":"1.5"})");
  }
}

}  // namespace
}  // namespace countersign::templates
