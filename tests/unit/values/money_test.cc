#include "values/money.h"

#include <gtest/gtest.h>

#include "unit/values/results.h"

namespace countersign::values {
namespace {

Currency Code(std::string_view code) { return Get(Currency::Parse(code)); }

TEST(Currency, KnowsTheIsoMinorUnits) {
  EXPECT_EQ(Code("EUR").minor_digits(), 2);
  EXPECT_EQ(Code("JPY").minor_digits(), 0);
  EXPECT_EQ(Code("KWD").minor_digits(), 3);
  EXPECT_EQ(Code("CLF").minor_digits(), 4);
  // ISO 4217 says two here, where CLDR's display data say none.
  EXPECT_EQ(Code("ALL").minor_digits(), 2);
  EXPECT_EQ(Code("IQD").minor_digits(), 3);
  EXPECT_EQ(Code("CHF").Code(), "CHF");
}

TEST(Currency, RefusesWhatNobodyCanPayIn) {
  for (std::string_view code :
       {"", "EU", "eur", "EURO", "XAU", "XXX", "XTS", "DEM", "BTC", "UR ", "AED "}) {
    EXPECT_EQ(CodeOf(Currency::Parse(code)), "values.unknown_currency") << code;
  }
  // Two halves of neighbours in the table are not a currency.
  EXPECT_EQ(CodeOf(Currency::Parse("EDA")), "values.unknown_currency");
}

TEST(Money, AmountsOfOneCurrencyAddUp) {
  EXPECT_EQ(ToString(Get(Add(Eur("50.00"), Eur("0.5")))), "50.50 EUR");
  EXPECT_EQ(ToString(Get(Subtract(Eur("1.00"), Eur("2.50")))), "-1.50 EUR");
  EXPECT_EQ(ToString(Get(Multiply(Eur("19.99"), Dec("12")))), "239.88 EUR");
  EXPECT_EQ(ToString(Get(Divide(Eur("10.00"), Dec("4")))), "2.50 EUR");
  EXPECT_EQ(Get(Ratio(Eur("5.00"), Eur("2.00"))).ToString(), "2.5");
  EXPECT_TRUE(Get(Compare(Eur("1.0"), Eur("1.00"))) == 0);
}

TEST(Money, CurrenciesNeverMix) {
  Money yen = Get(ParseMoney("5", "JPY"));
  EXPECT_EQ(CodeOf(Add(Eur("1.00"), yen)), "values.currency_mix");
  EXPECT_EQ(CodeOf(Subtract(Eur("1.00"), yen)), "values.currency_mix");
  EXPECT_EQ(CodeOf(Ratio(Eur("1.00"), yen)), "values.currency_mix");
  EXPECT_EQ(CodeOf(Compare(Eur("1.00"), yen)), "values.currency_mix");
  EXPECT_EQ(Add(Eur("1.00"), yen).error().detail(), "EUR and JPY");
}

TEST(Money, IsPayableOnlyWhenNothingWouldBeRoundedInSilence) {
  EXPECT_EQ(ToString(Get(ToPayable(Eur("5")))), "5.00 EUR");
  EXPECT_EQ(ToString(Get(ToPayable(Eur("5.500")))), "5.50 EUR");
  EXPECT_EQ(CodeOf(ToPayable(Eur("5.505"))), "values.inexact");
  EXPECT_EQ(CodeOf(ToPayable(Get(ParseMoney("5.5", "JPY")))), "values.inexact");
  Money third = Get(Divide(Eur("10.00"), Dec("3")));
  EXPECT_EQ(CodeOf(ToPayable(third)), "values.inexact");
  EXPECT_EQ(ToString(Get(ToPayable(Get(Round(third, 2, Rounding::kHalfUp))))), "3.33 EUR");
}

TEST(Money, OverflowsLikeItsAmount) {
  Money most = Eur("99999999999999999999999999999999999999");
  EXPECT_EQ(CodeOf(Add(most, Eur("1"))), "values.overflow");
  EXPECT_EQ(CodeOf(ToPayable(most)), "values.overflow");
  EXPECT_EQ(CodeOf(Divide(most, Dec("0"))), "values.divide_by_zero");
  EXPECT_EQ(CodeOf(ParseMoney("1,00", "EUR")), "values.bad_decimal");
}

}  // namespace
}  // namespace countersign::values
