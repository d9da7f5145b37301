// Civil dates and periods: what contracts mean by "one month after 31 January".
//
// A Date is a day in the proleptic Gregorian calendar, years 0001 to 9999, without a time or a
// zone. A Period is a number of months and a number of days that are never turned into each other.
// Adding a period adds the months first, stays within the month (31 January + P1M is the last day
// of February), and then adds the days. There is no clock here: today is an input like any other.
#ifndef COUNTERSIGN_VALUES_DATE_H_
#define COUNTERSIGN_VALUES_DATE_H_

#include <compare>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/string.h"

namespace countersign::values {

struct CivilDate {
  int year = 1;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

// REQUIRES: 1 <= month <= 12.
int DaysInMonth(int year, int month);
// Days since 1970-01-01, and back (H. Hinnant, "chrono-compatible low-level date algorithms").
// REQUIRES: a real day, |year| <= 100000.
int32_t DaysFromCivil(const CivilDate& civil);
CivilDate CivilFromDays(int32_t days);

class Date {
 public:
  constexpr Date() = default;  // 1970-01-01
  // Errors: values.bad_date where there is no such day, values.overflow outside years 1..9999.
  static Result<Date> Make(int year, int month, int day);
  // Days since 1970-01-01. Errors: values.overflow outside years 1..9999.
  static Result<Date> FromDays(int64_t days);
  // YYYY-MM-DD, nothing else. Errors: values.bad_date.
  static Result<Date> Parse(std::string_view text);

  String ToString() const;
  CivilDate civil() const { return CivilFromDays(days_); }
  int32_t days() const { return days_; }
  // ISO 8601: Monday is 1, Sunday is 7.
  int Weekday() const;

  friend auto operator<=>(const Date&, const Date&) = default;

 private:
  friend class Value;
  explicit constexpr Date(int32_t days) : days_(days) {}
  int32_t days_ = 0;
};

class Period {
 public:
  static constexpr int32_t kMaxMonths = 120'000;
  static constexpr int32_t kMaxDays = 4'000'000;
  static constexpr size_t kMaxText = 40;

  constexpr Period() = default;  // P0D
  // Errors: values.bad_period for mixed signs, values.overflow beyond the bounds above.
  static Result<Period> Make(int64_t months, int64_t days);
  // ISO 8601 PnYnMnWnD (n in 1..7 digits, at least one part, in this order), a minus in front for
  // the opposite direction. A year is 12 months, a week 7 days. Errors: values.bad_period,
  // values.overflow.
  static Result<Period> Parse(std::string_view text);

  // The canonical form: years and months, then days: P1Y2M10D, -P3M, P0D.
  String ToString() const;
  int32_t months() const { return months_; }
  int32_t days() const { return days_; }

  // Periods have no order: whether P1M or P30D is longer depends on where one starts.
  friend bool operator==(const Period&, const Period&) = default;

 private:
  friend class Value;
  constexpr Period(int32_t months, int32_t days) : months_(months), days_(days) {}
  int32_t months_ = 0;
  int32_t days_ = 0;
};

// Errors: values.overflow.
Result<Date> Add(const Date& date, const Period& period);
Result<Date> Subtract(const Date& date, const Period& period);
// Errors: values.overflow, values.bad_period where the signs would mix.
Result<Period> Add(const Period& a, const Period& b);
Result<Period> Multiply(const Period& period, int64_t factor);
Period Negate(const Period& period);
// Days from b to a: a - b.
int32_t DaysBetween(const Date& a, const Date& b);
// Whole months and left-over days from `from` to `to`: the largest number of months that does not
// pass `to`, so an age in years is months / 12. Where `to` is earlier, the opposite of the way
// back.
Period PeriodBetween(const Date& from, const Date& to);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_DATE_H_
