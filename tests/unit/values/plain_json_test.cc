#include "values/plain_json.h"

#include <gtest/gtest.h>

#include "base/string.h"
#include "unit/values/results.h"

namespace countersign::values {
namespace {

Result<Value> Read(std::string_view json, std::string_view type) {
  return FromJson(Get(json::Read(json, json::kDocumentLimits)), Get(Type::Parse(type)),
                  &kWideForms);
}

// The JSON again, after reading it as the type.
String Again(std::string_view json, std::string_view type) {
  return json::Write(Get(ToJson(Get(Read(json, type)), &kWideForms)));
}

TEST(PlainJson, EveryTypeComesBackAsWritten) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"null", "null"},
      {"true", "bool"},
      {"-7", "int"},
      {"9007199254740991", "int"},
      {R"("9007199254740992")", "int"},
      {R"("-9223372036854775808")", "int"},
      {R"("18446744073709551615")", "uint"},
      {R"("Müller & Söhne")", "string"},
      {R"("AP8")", "bytes"},
      {R"("12.50")", "decimal"},
      {R"(["50.00","EUR"])", "money"},
      {R"("2026-02-28")", "date"},
      {R"("P2Y3M")", "period"},
      {R"("2026-02-28T12:00:00Z")", "timestamp"},
      {R"("5400s")", "duration"},
      {R"([["1.00","EUR"],["2.00","EUR"]])", "list(money(EUR))"},
      {R"({"amount":["1.00","EUR"],"name":"x"})", "record(amount: money, name: string)"},
      {R"({"a":1,"b":2})", "map(string, int)"},
      {R"({"a":[1,"2026-02-28",null,true,{}]})", "dyn"},
  };
  for (const auto& [json, type] : kCases) EXPECT_EQ(Again(json, type), json) << type;
}

TEST(PlainJson, AnotherTypeIsRefused) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"1", "bool"},
      {"1", "string"},
      {"1", "decimal"},
      {"-1", "uint"},
      {R"("7")", "int"},
      {R"("1.5")", "int"},
      {R"("a")", "int"},
      {"null", "int"},
      {"[]", "map"},
      {"{}", "list"},
      {"\"1.5\"", "double"},
      {"1", "double"},
      {R"("int")", "type"},
      {"{}", "map(int, int)"},
      {R"("=")", "bytes"},
      {R"("9007199254740991")", "int"},
      {R"({"a":1})", "record()"},
  };
  for (const auto& [json, type] : kCases)
    EXPECT_EQ(CodeOf(Read(json, type)), "values.wrong_type") << json << type;
  EXPECT_EQ(CodeOf(Read(R"("9223372036854775808")", "int")), "values.overflow");
  EXPECT_EQ(CodeOf(Read(R"("-9007199254740993")", "uint")), "values.overflow");
}

TEST(PlainJson, ABadTextIsNamedByItsType) {
  EXPECT_EQ(CodeOf(Read(R"("1,5")", "decimal")), "values.bad_decimal");
  EXPECT_EQ(CodeOf(Read(R"("50.00 EUR")", "money")), "values.bad_money");
  EXPECT_EQ(CodeOf(Read(R"(["50.00"])", "money")), "values.bad_money");
  EXPECT_EQ(CodeOf(Read(R"([50,"EUR"])", "money")), "values.bad_money");
  EXPECT_EQ(CodeOf(Read(R"(["50.00","EURO"])", "money")), "values.unknown_currency");
  EXPECT_EQ(CodeOf(Read(R"(["50.00","USD"])", "money(EUR)")), "values.currency_mix");
  EXPECT_EQ(CodeOf(Read(R"("2026-02-30")", "date")), "values.bad_date");
  EXPECT_EQ(CodeOf(Read(R"("2 months")", "period")), "values.bad_period");
  EXPECT_EQ(CodeOf(Read(R"("noon")", "timestamp")), "values.bad_timestamp");
  EXPECT_EQ(CodeOf(Read(R"("soon")", "duration")), "values.bad_duration");
}

TEST(PlainJson, ErrorsPointAtTheirPlace) {
  auto nested = Read(R"({"items":[{"price":["1.00","EUR"]},{"price":["x","EUR"]}]})",
                     "record(items: list(record(price: money)))");
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().path(), "/items/1/price");
  auto unknown = Read(R"({"a/b~c":1})", "record(a: int)");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().path(), "/a~1b~0c");
}

TEST(PlainJson, WhatHasNoPlainFormIsRefused) {
  EXPECT_EQ(CodeOf(ToJson(Value::Double(1.5))), "values.wrong_type");
  EXPECT_EQ(CodeOf(ToJson(Value::TypeNamed("int"))), "values.wrong_type");
  EXPECT_EQ(CodeOf(ToJson(Get(Value::Map({{Value::Int(1), Value()}})))), "values.wrong_type");
  EXPECT_EQ(CodeOf(ToJson(Get(Value::Map({{Value::String("\xC3\xA4"), Value()}})))),
            "values.wrong_type");
  auto nested = ToJson(Get(Value::List({Value(), Value::Double(1)})));
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().path(), "/1");
}

TEST(PlainJson, TimestampsAndDurationsAreReadAndWrittenOnlyWithTheWideForms) {
  for (const auto& [type, text] :
       {std::pair("timestamp", "2026-02-28T12:00:00Z"), std::pair("duration", "5400s")}) {
    const json::Value json = json::Value::List({json::Value::String(text)});
    const Type list = Type::List(Get(Type::Parse(type)));
    EXPECT_EQ(CodeOf(FromJson(json, list)), "values.wrong_type");
    const Value value = Get(FromJson(json, list, &kWideForms));
    EXPECT_EQ(CodeOf(ToJson(value)), "values.wrong_type");
    EXPECT_EQ(Get(ToJson(value, &kWideForms)), json);
  }
}

}  // namespace
}  // namespace countersign::values
