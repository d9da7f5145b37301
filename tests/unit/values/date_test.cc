#include "values/date.h"

#include <gtest/gtest.h>

#include "unit/values/results.h"

namespace countersign::values {
namespace {

TEST(Date, EveryDayOfTheRangeComesBack) {
  CivilDate expected{1, 1, 1};
  for (int32_t days = Day("0001-01-01").days(); days <= Day("9999-12-31").days(); ++days) {
    ASSERT_EQ(CivilFromDays(days), expected);
    ASSERT_EQ(DaysFromCivil(expected), days);
    if (++expected.day > DaysInMonth(expected.year, expected.month)) {
      expected.day = 1;
      if (++expected.month > 12) {
        expected.month = 1;
        ++expected.year;
      }
    }
  }
  EXPECT_EQ(expected, (CivilDate{10000, 1, 1}));
}

TEST(Date, KnowsLeapYearsAndWeekdays) {
  EXPECT_EQ(DaysInMonth(2024, 2), 29);
  EXPECT_EQ(DaysInMonth(1900, 2), 28);
  EXPECT_EQ(DaysInMonth(2000, 2), 29);
  EXPECT_EQ(Date().ToString(), "1970-01-01");
  EXPECT_EQ(Day("1970-01-01").Weekday(), 4);
  EXPECT_EQ(Day("2026-11-22").Weekday(), 7);
  EXPECT_EQ(Day("0001-01-01").Weekday(), 1);
}

TEST(Date, OneDayHasOneSpelling) {
  for (std::string_view text : {"", "2026-2-3", "2026-02-30", "2026-13-01", "2026-00-01",
                                "2026-01-00", "0000-01-01", "10000-01-01", "2026/01/01", "20260101",
                                "2026-01-01T", " 2026-01-01", "-001-01-01", "+026-01-01"}) {
    EXPECT_EQ(CodeOf(Date::Parse(text)), "values.bad_date") << text;
  }
  EXPECT_EQ(CodeOf(Date::Make(2026, 2, 29)), "values.bad_date");
  EXPECT_EQ(CodeOf(Date::Make(10000, 1, 1)), "values.overflow");
  EXPECT_EQ(CodeOf(Date::FromDays(1'000'000'000'000)), "values.overflow");
}

TEST(Date, APeriodOfMonthsStaysWithinTheMonth) {
  EXPECT_EQ(Get(Add(Day("2026-01-31"), Span("P1M"))).ToString(), "2026-02-28");
  EXPECT_EQ(Get(Add(Day("2024-01-31"), Span("P1M"))).ToString(), "2024-02-29");
  EXPECT_EQ(Get(Add(Day("2024-02-29"), Span("P1Y"))).ToString(), "2025-02-28");
  EXPECT_EQ(Get(Subtract(Day("2026-03-31"), Span("P1M"))).ToString(), "2026-02-28");
}

TEST(Date, MonthsComeBeforeDays) {
  EXPECT_EQ(Get(Add(Day("2026-01-31"), Span("P1M1D"))).ToString(), "2026-03-01");
  EXPECT_EQ(Get(Subtract(Day("2026-03-01"), Span("P1M1D"))).ToString(), "2026-01-31");
}

TEST(Date, LeavingTheCalendarIsAnOverflow) {
  EXPECT_EQ(CodeOf(Add(Day("9999-12-31"), Span("P1D"))), "values.overflow");
  EXPECT_EQ(CodeOf(Add(Day("9999-12-31"), Span("P1M"))), "values.overflow");
  EXPECT_EQ(CodeOf(Subtract(Day("0001-01-01"), Span("P1D"))), "values.overflow");
  EXPECT_EQ(CodeOf(Subtract(Day("0001-01-01"), Span("P9998Y"))), "values.overflow");
}

TEST(Date, DifferencesAreDaysOrWholeMonthsAndDays) {
  EXPECT_EQ(DaysBetween(Day("2026-03-01"), Day("2026-02-01")), 28);
  EXPECT_EQ(PeriodBetween(Day("2026-01-31"), Day("2026-02-28")).ToString(), "P1M");
  EXPECT_EQ(PeriodBetween(Day("2000-02-29"), Day("2026-02-28")).ToString(), "P26Y");
  EXPECT_EQ(PeriodBetween(Day("2026-01-15"), Day("2026-03-14")).ToString(), "P1M27D");
  EXPECT_EQ(PeriodBetween(Day("2026-03-14"), Day("2026-01-15")).ToString(), "-P1M27D");
}

TEST(Period, KeepsMonthsAndDaysApart) {
  EXPECT_EQ(Span("P14M").ToString(), "P1Y2M");
  EXPECT_EQ(Span("P2W").ToString(), "P14D");
  EXPECT_EQ(Span("P45D").ToString(), "P45D");
  EXPECT_EQ(Span("P1Y2M3W4D").ToString(), "P1Y2M25D");
  EXPECT_EQ(Span("-P3M").ToString(), "-P3M");
  EXPECT_EQ(Span("P0D").ToString(), "P0D");
  EXPECT_EQ(Span("P0M"), Period());
  EXPECT_FALSE(Span("P1M") == Span("P30D"));
}

TEST(Period, RefusesOtherSpellings) {
  for (std::string_view text : {"", "P", "-P", "1M", "P1", "PM", "P1D1M", "P1M1M", "P1.5M", "P-1M",
                                "PT1H", "P1DT1H", "p1m", "P12345678D", " P1M", "P1M "}) {
    EXPECT_EQ(CodeOf(Period::Parse(text)), "values.bad_period") << text;
  }
  EXPECT_EQ(CodeOf(Period::Parse("P9999999D")), "values.overflow");
  EXPECT_EQ(CodeOf(Period::Make(1, -1)), "values.bad_period");
}

TEST(Period, AddsAndMultipliesPartByPart) {
  EXPECT_EQ(Get(Add(Span("P1M"), Span("P10D"))).ToString(), "P1M10D");
  EXPECT_EQ(Get(Multiply(Span("P1M10D"), 3)).ToString(), "P3M30D");
  EXPECT_EQ(Get(Multiply(Span("P1M10D"), -1)), Negate(Span("P1M10D")));
  EXPECT_EQ(CodeOf(Add(Span("P1M"), Span("-P10D"))), "values.bad_period");
  EXPECT_EQ(CodeOf(Multiply(Span("P1D"), INT64_MAX)), "values.overflow");
  EXPECT_EQ(Get(Multiply(Period(), INT64_MIN)), Period());
}

}  // namespace
}  // namespace countersign::values
