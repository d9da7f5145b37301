#include "ceremony/raw_value.h"

#include <gtest/gtest.h>

#include "values/plain_json.h"

namespace countersign::ceremony {
namespace {

using templates::Field;
using templates::FieldKind;
using values::Kind;
using values::Type;

Field Of(Type type, FieldKind kind = FieldKind::kInput) {
  Field field;
  field.id = "f";
  field.label = "F";
  field.kind = kind;
  field.type = std::move(type);
  field.role = "customer";
  return field;
}

// The plain form, or the error's code, or "nothing".
String Read(const Field& field, std::string_view raw) {
  auto value = ReadRaw(field, raw);
  if (!value) return String(value.error().name());
  if (!*value) return "nothing";
  return json::Write(*values::ToJson(**value));
}

TEST(RawValue, AmountsAreReadWhereTheyMeanOneThing) {
  const Field money = Of(Type::MoneyIn(*values::Currency::Parse("EUR")));
  EXPECT_EQ(Read(money, "50"), R"(["50.00","EUR"])");
  EXPECT_EQ(Read(money, " 1234,5 "), R"(["1234.50","EUR"])");
  EXPECT_EQ(Read(money, "1.234,50"), R"(["1234.50","EUR"])");
  EXPECT_EQ(Read(money, "1,234.50"), R"(["1234.50","EUR"])");
  EXPECT_EQ(Read(money, "1 234,50"), R"(["1234.50","EUR"])");
  EXPECT_EQ(Read(money,
                 "1\xC2\xA0"
                 "234,50"),
            R"(["1234.50","EUR"])");
  EXPECT_EQ(Read(money, "1'234.50"), R"(["1234.50","EUR"])");
  EXPECT_EQ(Read(money, "1.234.567"), R"(["1234567.00","EUR"])");
  EXPECT_EQ(Read(money, "EUR 50"), R"(["50.00","EUR"])");
  EXPECT_EQ(Read(money, "50 EUR"), R"(["50.00","EUR"])");
  EXPECT_EQ(Read(money, "-5"), R"(["-5.00","EUR"])");
  EXPECT_EQ(Read(money, ",5"), R"(["0.50","EUR"])");
  EXPECT_EQ(Read(money, "0.125"), "field.too_precise");
  EXPECT_EQ(Read(money, "1.234"), "field.ambiguous_number");
  EXPECT_EQ(Read(money, "1,234"), "field.ambiguous_number");
  EXPECT_EQ(Read(money, "50 USD"), "field.bad_currency");
  EXPECT_EQ(Read(Of(Type::Of(Kind::kMoney)), "50"), "field.bad_currency");
  for (const std::string_view wrong :
       {"abc", "1.2.3", "1,23,456.7", "12.34.567", "1e3", "--5", "5-", "1.234,5.6", "."}) {
    EXPECT_EQ(Read(money, wrong), "field.bad_number") << wrong;
  }
}

TEST(RawValue, NumbersKeepTheirScale) {
  const Field decimal = Of(Type::Of(Kind::kDecimal));
  EXPECT_EQ(Read(decimal, "99,950"), "field.ambiguous_number");
  EXPECT_EQ(Read(decimal, "99.95"), R"("99.95")");
  EXPECT_EQ(Read(decimal, "0,50"), R"("0.50")");
  EXPECT_EQ(Read(decimal, "007"), R"("7")");
  EXPECT_EQ(Read(decimal, "-0"), R"("0")");
  const Field whole = Of(Type::Of(Kind::kInt));
  EXPECT_EQ(Read(whole, "1.234"), "1234");
  EXPECT_EQ(Read(whole, "1 000"), "1000");
  EXPECT_EQ(Read(whole, "-12"), "-12");
  EXPECT_EQ(Read(whole, "12.5"), "field.bad_number");
  EXPECT_EQ(Read(whole, "99999999999999999999"), "field.bad_number");
}

TEST(RawValue, DatesHaveOneOrder) {
  const Field date = Of(Type::Of(Kind::kDate));
  EXPECT_EQ(Read(date, "2026-11-22"), R"("2026-11-22")");
  EXPECT_EQ(Read(date, "22.11.2026"), R"("2026-11-22")");
  EXPECT_EQ(Read(date, "1.2.2026"), R"("2026-02-01")");
  for (const std::string_view wrong :
       {"11/22/2026", "22.11.26", "31.02.2026", "2026-13-01", "tomorrow", "1.2.3.2026"}) {
    EXPECT_EQ(Read(date, wrong), "field.bad_date") << wrong;
  }
}

TEST(RawValue, TextStaysAsItWasTyped) {
  const Field text = Of(Type::Of(Kind::kString));
  EXPECT_EQ(Read(text, " Ana  "), R"(" Ana  ")");
  EXPECT_EQ(Read(text, "   "), "nothing");
  EXPECT_EQ(Read(text, std::string_view("a\0b", 3)), "field.bad_text");
  EXPECT_EQ(Read(text,
                 "a\xE2\x80\xAE"
                 "b"),
            "field.bad_text")
      << "U+202E";
  EXPECT_EQ(Read(text,
                 "a\xE2\x81\xA6"
                 "b"),
            "field.bad_text")
      << "U+2066";
  Field shorter = text;
  shorter.max_length = 3;
  EXPECT_EQ(Read(shorter, "Anna"), "field.too_long");
}

TEST(RawValue, ATickBoxThatNobodyHasToTickSaysNo) {
  Field check = Of(Type::Of(Kind::kBool), FieldKind::kCheck);
  EXPECT_EQ(Read(check, ""), "false");
  EXPECT_EQ(Read(check, "true"), "true");
  EXPECT_EQ(Read(check, "yes"), "field.bad_choice");
  check.need = templates::Need::kRequired;
  EXPECT_EQ(Read(check, ""), "nothing");
  EXPECT_EQ(Read(check, "true"), "true");
}

TEST(RawValue, PeriodsAndOtherTypes) {
  EXPECT_EQ(Read(Of(Type::Of(Kind::kPeriod)), "P1Y2M"), R"("P1Y2M")");
  EXPECT_EQ(Read(Of(Type::Of(Kind::kPeriod)), "a year"), "field.bad_period");
  EXPECT_EQ(Read(Of(Type::List(Type::Of(Kind::kInt))), "1"), "field.wrong_type");
}

TEST(RawValue, AChoiceIsReadExactlyAsItStands) {
  Field select = Of(Type::Of(Kind::kDecimal), FieldKind::kSelect);
  select.options = {{"99.5", "Good"}, {"99.950", "Better"}};
  EXPECT_EQ(Read(select, "99.950"), R"("99.950")");
  EXPECT_EQ(Read(select, "99.5"), R"("99.5")");
  EXPECT_EQ(Read(select, "98"), "field.not_an_option");
  Field term = Of(Type::Of(Kind::kPeriod), FieldKind::kSelect);
  term.options = {{"P12M", "One year"}, {"P24M", "Two years"}};
  auto year = ReadRaw(term, "P12M");
  ASSERT_TRUE(year && *year);
  EXPECT_EQ(WriteRaw(term, **year), "P12M");  // a period keeps itself as P1Y
}

TEST(RawValue, WhatIsWrittenReadsBack) {
  const Field money = Of(Type::MoneyIn(*values::Currency::Parse("EUR")));
  const Field any_money = Of(Type::Of(Kind::kMoney));
  const auto back = [](const Field& field, std::string_view raw) {
    auto value = ReadRaw(field, raw);
    const String written = WriteRaw(field, **value);
    EXPECT_EQ(**ReadRaw(field, written), **value) << written;
  };
  back(money, "1.234,50");
  back(any_money, "12 JPY");
  back(Of(Type::Of(Kind::kInt)), "12");
  back(Of(Type::Of(Kind::kDate)), "22.11.2026");
  back(Of(Type::Of(Kind::kPeriod)), "P1Y");
  back(Of(Type::Of(Kind::kBool)), "true");
  back(Of(Type::Of(Kind::kString)), "a b");
}

}  // namespace
}  // namespace countersign::ceremony
