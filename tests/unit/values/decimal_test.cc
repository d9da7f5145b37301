#include "values/decimal.h"

#include <gtest/gtest.h>

#include "base/string.h"
#include "unit/values/results.h"

namespace countersign::values {
namespace {

const char kNines[] = "99999999999999999999999999999999999999";  // 38 of them

TEST(Decimal, CanonicalTextComesBackAsWritten) {
  for (String text : {"0", "0.00", "1", "-1", "12.50", "-0.5", "100", "1000000",
                      "0.00000000000000000000000000000000000001"}) {
    EXPECT_EQ(Dec(text).ToString(), text);
  }
  EXPECT_EQ(Dec(kNines).ToString(), kNines);
  EXPECT_EQ(Dec("-" + String(kNines)).ToString(), "-" + String(kNines));
  EXPECT_EQ(Dec("0." + String(kNines)).ToString(), "0." + String(kNines));
}

TEST(Decimal, OneNumberAndScaleHasOneSpelling) {
  for (std::string_view text :
       {"",    "-",  ".",  "1.",  ".5",    "+1",  "01",   "00",    "-0",  "-0.00", "1e3",
        "1E3", " 1", "1 ", "1,5", "1.2.3", "--1", "0x10", "1_000", "NaN", "inf",   "\xD9\xA1"}) {
    EXPECT_EQ(CodeOf(Decimal::Parse(text)), "values.bad_decimal") << text;
  }
  EXPECT_EQ(CodeOf(Decimal::Parse("1" + String(500, ' '))), "values.bad_decimal");
}

TEST(Decimal, MoreThan38DigitsOrDecimalsAreAnOverflow) {
  EXPECT_EQ(CodeOf(Decimal::Parse(String(kNines) + "9")), "values.overflow");
  EXPECT_EQ(CodeOf(Decimal::Parse(String(1 << 20, '9'))), "values.overflow");
  EXPECT_EQ(CodeOf(Decimal::Parse("0." + String(39, '0'))), "values.overflow");
  EXPECT_EQ(CodeOf(Decimal::Make(1, 39)), "values.overflow");
  EXPECT_EQ(CodeOf(Decimal::Make(1, -1)), "values.overflow");
  EXPECT_EQ(CodeOf(Decimal::Make(Int128{1} << 126, 0)), "ok");
  EXPECT_EQ(CodeOf(Decimal::Make(Int128(Uint128{1} << 127), 0)), "values.overflow");
}

TEST(Decimal, LiteralsMayBeSpelledAsAuthorsDo) {
  EXPECT_EQ(Get(Decimal::ParseLiteral("007")).ToString(), "7");
  EXPECT_EQ(Get(Decimal::ParseLiteral(".5")).ToString(), "0.5");
  EXPECT_EQ(Get(Decimal::ParseLiteral("1e3")).ToString(), "1000");
  EXPECT_EQ(Get(Decimal::ParseLiteral("2.50E+1")).ToString(), "25.0");
  EXPECT_EQ(Get(Decimal::ParseLiteral("2.5e-2")).ToString(), "0.025");
  EXPECT_EQ(Get(Decimal::ParseLiteral("0e-99")).ToString(), "0." + String(38, '0'));
  EXPECT_EQ(Get(Decimal::ParseLiteral("10e-39")).ToString(), "0." + String(37, '0') + "1");
  for (std::string_view text : {"", ".", "e5", "1e", "1e+", "1e1.5", "1e99999", "-1"}) {
    EXPECT_EQ(CodeOf(Decimal::ParseLiteral(text)), "values.bad_decimal") << text;
  }
  EXPECT_EQ(CodeOf(Decimal::ParseLiteral("1e38")), "values.overflow");
  EXPECT_EQ(CodeOf(Decimal::ParseLiteral("1e-39")), "values.overflow");
}

TEST(Decimal, SumsAndProductsAreExact) {
  EXPECT_EQ(Get(Add(Dec("0.1"), Dec("0.2"))).ToString(), "0.3");
  EXPECT_EQ(Get(Add(Dec("1.50"), Dec("2"))).ToString(), "3.50");
  EXPECT_EQ(Get(Subtract(Dec("1.5"), Dec("1.50"))).ToString(), "0.00");
  EXPECT_EQ(Get(Multiply(Dec("19.99"), Dec("0.19"))).ToString(), "3.7981");
  EXPECT_EQ(Get(Multiply(Dec("-0.5"), Dec("0"))).ToString(), "0.0");
}

TEST(Decimal, ASumThatNeedsMoreDigitsOverflowsInsteadOfRounding) {
  EXPECT_EQ(CodeOf(Add(Dec(kNines), Dec("1"))), "values.overflow");
  EXPECT_EQ(CodeOf(Add(Dec(kNines), Dec("0.1"))), "values.overflow");
  EXPECT_EQ(CodeOf(Subtract(Dec("-" + String(kNines)), Dec("1"))), "values.overflow");
  EXPECT_EQ(CodeOf(Multiply(Dec(kNines), Dec("2"))), "values.overflow");
  EXPECT_EQ(CodeOf(Multiply(Dec(kNines), Dec(kNines))), "values.overflow");
  EXPECT_EQ(CodeOf(Multiply(Dec("0." + String(37, '0') + "1"), Dec("0.1"))), "values.overflow");
}

TEST(Decimal, TrailingZerosGiveWayBeforeAnythingOverflows) {
  EXPECT_EQ(Get(Add(Dec(kNines), Dec("0.00"))).ToString(), kNines);
  EXPECT_EQ(Get(Multiply(Dec("5" + String(36, '0') + ".0"), Dec("2.0"))).ToString(),
            "1" + String(37, '0'));
}

TEST(Decimal, DivisionIsExactWhereItCanBeAndTaggedWhereNot) {
  Decimal quarter = Get(Divide(Dec("1"), Dec("4")));
  EXPECT_EQ(quarter.ToString(), "0.25");
  EXPECT_FALSE(quarter.IsInexact());
  EXPECT_EQ(Get(Divide(Dec("1.00"), Dec("2"))).ToString(), "0.50");
  EXPECT_EQ(Get(Divide(Dec("100"), Dec("0.5"))).ToString(), "200");
  EXPECT_EQ(Get(Divide(Dec("6.00"), Dec("2.0"))).ToString(), "3.0");

  Decimal third = Get(Divide(Dec("1"), Dec("3")));
  EXPECT_EQ(third.ToString(), "0." + String(34, '3'));
  EXPECT_TRUE(third.IsInexact());
  EXPECT_EQ(Get(Divide(Dec("2"), Dec("-3"))).ToString(), "-0." + String(33, '6') + "7");

  EXPECT_EQ(CodeOf(Divide(Dec("1"), Dec("0.00"))), "values.divide_by_zero");
  EXPECT_EQ(CodeOf(Divide(Dec(kNines), Dec("0.001"))), "values.overflow");
  // As many digits as 38 decimals hold; none of them left is no 0.
  EXPECT_EQ(Get(Divide(Dec("7.2"), Dec("179139767501.3"))).ToString(),
            "0.00000000004019208074470538929906718224");
  EXPECT_EQ(Get(Divide(Dec("-1"), Dec("1" + String(37, '0')))).ToString(),
            "-0." + String(36, '0') + "1");
  EXPECT_EQ(CodeOf(Divide(Dec("0.000098"), Dec(String(35, '9') + ".98"))), "values.overflow");
  EXPECT_EQ(Get(Divide(Dec("0"), Dec(kNines))).ToString(), "0");
}

TEST(Decimal, TheInexactTagSticksUntilSomebodyRounds) {
  Decimal third = Get(Divide(Dec("1"), Dec("3")));
  EXPECT_TRUE(Get(Add(third, Dec("1"))).IsInexact());
  EXPECT_TRUE(Get(Subtract(Dec("1"), third)).IsInexact());
  EXPECT_TRUE(Get(Multiply(Dec("3"), third)).IsInexact());
  EXPECT_TRUE(Get(Divide(third, Dec("1"))).IsInexact());
  EXPECT_TRUE(third.Negate().IsInexact());
  EXPECT_TRUE(Get(third.Round(38, Rounding::kHalfEven)).IsInexact()) << "no digit was cut";
  EXPECT_FALSE(Get(third.Round(2, Rounding::kHalfEven)).IsInexact());
}

TEST(Decimal, EveryRoundingModeDoesWhatItsNameSays) {
  struct Case {
    std::string_view mode;
    std::string_view results[6];
  };
  constexpr std::string_view kInputs[] = {"2.5", "3.5", "-2.5", "2.4", "2.6", "-2.6"};
  const Case kCases[] = {{"half_even", {"2", "4", "-2", "2", "3", "-3"}},
                         {"half_up", {"3", "4", "-3", "2", "3", "-3"}},
                         {"half_down", {"2", "3", "-2", "2", "3", "-3"}},
                         {"up", {"3", "4", "-3", "3", "3", "-3"}},
                         {"down", {"2", "3", "-2", "2", "2", "-2"}},
                         {"ceiling", {"3", "4", "-2", "3", "3", "-2"}},
                         {"floor", {"2", "3", "-3", "2", "2", "-3"}}};
  for (const Case& c : kCases) {
    Rounding rounding = Get(ParseRounding(c.mode));
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(Get(Dec(kInputs[i]).Round(0, rounding)).ToString(), c.results[i])
          << c.mode << kInputs[i];
    }
  }
  EXPECT_EQ(CodeOf(ParseRounding("halfEven")), "values.unknown_rounding");
}

TEST(Decimal, RoundingGivesExactlyTheDigitsAskedFor) {
  EXPECT_EQ(Get(Dec("1.5").Round(3, Rounding::kDown)).ToString(), "1.500");
  EXPECT_EQ(Get(Dec("1250").Round(-2, Rounding::kHalfEven)).ToString(), "1200");
  EXPECT_EQ(Get(Dec("-0.4").Round(0, Rounding::kHalfUp)).ToString(), "0") << "no negative zero";
  EXPECT_EQ(CodeOf(Dec(kNines).Round(1, Rounding::kDown)), "values.overflow");
  EXPECT_EQ(CodeOf(Dec("1").Round(39, Rounding::kDown)), "values.overflow");
  EXPECT_EQ(CodeOf(Dec("1").Round(-38, Rounding::kUp)), "values.overflow");
}

TEST(Decimal, WithDigitsCutsZerosOnly) {
  EXPECT_EQ(Get(Dec("1.5").WithDigits(2)).ToString(), "1.50");
  EXPECT_EQ(Get(Dec("1.500").WithDigits(1)).ToString(), "1.5");
  EXPECT_EQ(CodeOf(Dec("1.55").WithDigits(1)), "values.inexact");
  EXPECT_EQ(CodeOf(Get(Divide(Dec("1"), Dec("3"))).WithDigits(34)), "values.inexact");
  EXPECT_EQ(CodeOf(Dec(kNines).WithDigits(1)), "values.overflow");
}

TEST(Decimal, ComparesByNumberAndEqualsBySpelling) {
  EXPECT_TRUE(Compare(Dec("2.5"), Dec("2.50")) == 0);
  EXPECT_FALSE(Dec("2.5") == Dec("2.50"));
  EXPECT_TRUE(Compare(Dec("-2.5"), Dec("-2.49")) < 0);
  EXPECT_TRUE(Compare(Dec("-1"), Dec("0.1")) < 0);
  EXPECT_TRUE(Compare(Dec(kNines), Dec("0." + String(kNines))) > 0);
}

TEST(Decimal, IntegersGoInAndOutExactly) {
  EXPECT_EQ(Decimal::FromInt(INT64_MIN).ToString(), "-9223372036854775808");
  EXPECT_EQ(Decimal::FromUint(UINT64_MAX).ToString(), "18446744073709551615");
  EXPECT_EQ(Get(Dec("12.00").ToInt()), 12);
  EXPECT_EQ(Get(Decimal::FromInt(INT64_MIN).ToInt()), INT64_MIN);
  EXPECT_EQ(CodeOf(Dec("12.01").ToInt()), "values.inexact");
  EXPECT_EQ(CodeOf(Decimal::FromUint(UINT64_MAX).ToInt()), "values.overflow");
  EXPECT_EQ(CodeOf(Get(Divide(Dec("2"), Dec("3"))).ToInt()), "values.inexact");
}

}  // namespace
}  // namespace countersign::values
