#include "values/date.h"

#include "values/digits.h"

namespace countersign::values {
namespace {

constexpr int32_t kFirstDay = -719162;  // 0001-01-01
constexpr int32_t kLastDay = 2932896;   // 9999-12-31

Date AddMonths(const CivilDate& civil, int64_t months, bool* fits) {
  int64_t total = int64_t{civil.year} * 12 + civil.month - 1 + months;
  *fits = total >= 12 && total < 10'000 * 12;
  if (!*fits) return Date();
  CivilDate moved{static_cast<int>(total / 12), static_cast<int>(total % 12) + 1, civil.day};
  int last = DaysInMonth(moved.year, moved.month);
  if (moved.day > last) moved.day = last;
  return *Date::FromDays(DaysFromCivil(moved));
}

Error BadPeriod(std::string_view text) {
  return Error(ErrorCode::kValuesBadPeriod, text.substr(0, Period::kMaxText));
}

}  // namespace

int DaysInMonth(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int32_t DaysFromCivil(const CivilDate& civil) {
  // Years begin in March here, so that the leap day is the last of its year.
  int32_t year = civil.year - (civil.month <= 2 ? 1 : 0);
  int32_t era = (year >= 0 ? year : year - 399) / 400;
  int32_t year_of_era = year - era * 400;
  int32_t day_of_year = (153 * (civil.month + (civil.month > 2 ? -3 : 9)) + 2) / 5 + civil.day - 1;
  int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilFromDays(int32_t days) {
  days += 719468;
  int32_t era = (days >= 0 ? days : days - 146096) / 146097;
  int32_t day_of_era = days - era * 146097;
  int32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int32_t shifted_month = (5 * day_of_year + 2) / 153;
  int32_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

Result<Date> Date::Make(int year, int month, int day) {
  if (year < 1 || year > 9999) return ErrorCode::kValuesOverflow;
  if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) {
    return ErrorCode::kValuesBadDate;
  }
  return Date(DaysFromCivil({year, month, day}));
}

Result<Date> Date::FromDays(int64_t days) {
  if (days < kFirstDay || days > kLastDay) return ErrorCode::kValuesOverflow;
  return Date(static_cast<int32_t>(days));
}

Result<Date> Date::Parse(std::string_view text) {
  std::string_view rest = text;
  CivilDate civil;
  if (TakeDigits(&rest, 4, &civil.year) && TakeChar(&rest, '-') &&
      TakeDigits(&rest, 2, &civil.month) && TakeChar(&rest, '-') &&
      TakeDigits(&rest, 2, &civil.day) && rest.empty()) {
    Result<Date> date = Make(civil.year, civil.month, civil.day);
    if (date) return date;
  }
  return Error(ErrorCode::kValuesBadDate, text.substr(0, 40));
}

String Date::ToString() const {
  CivilDate parts = civil();
  String text;
  AppendDigits(parts.year, 4, &text);
  text += '-';
  AppendDigits(parts.month, 2, &text);
  text += '-';
  AppendDigits(parts.day, 2, &text);
  return text;
}

int Date::Weekday() const {
  // 1970-01-01 was a Thursday; 719166 is the multiple of seven that makes the sum positive.
  return (days_ + 3 + 719166) % 7 + 1;
}

Result<Period> Period::Make(int64_t months, int64_t days) {
  if (months > kMaxMonths || months < -kMaxMonths || days > kMaxDays || days < -kMaxDays) {
    return ErrorCode::kValuesOverflow;
  }
  if ((months < 0 && days > 0) || (months > 0 && days < 0)) return ErrorCode::kValuesBadPeriod;
  return Period(static_cast<int32_t>(months), static_cast<int32_t>(days));
}

Result<Period> Period::Parse(std::string_view text) {
  if (text.size() > kMaxText) return BadPeriod(text);
  std::string_view rest = text;
  int sign = TakeChar(&rest, '-') ? -1 : 1;
  if (!TakeChar(&rest, 'P') || rest.empty()) return BadPeriod(text);
  struct Unit {
    char letter;
    int months;
    int days;
  };
  constexpr Unit kUnits[] = {{'Y', 12, 0}, {'M', 1, 0}, {'W', 0, 7}, {'D', 0, 1}};
  int64_t months = 0;
  int64_t days = 0;
  for (const Unit& unit : kUnits) {
    std::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
    if (digits.empty() || digits.size() > 7) break;
    std::string_view after = rest.substr(digits.size());
    if (!TakeChar(&after, unit.letter)) continue;
    int count = 0;
    TakeDigits(&rest, digits.size(), &count);
    months += int64_t{count} * unit.months;
    days += int64_t{count} * unit.days;
    rest = after;
  }
  if (!rest.empty()) return BadPeriod(text);
  return Make(sign * months, sign * days);
}

String Period::ToString() const {
  String text;
  int32_t months = months_;
  int32_t days = days_;
  if (months < 0 || days < 0) {
    text += '-';
    months = -months;
    days = -days;
  }
  text += 'P';
  auto put = [&text](int32_t count, char letter) {
    AppendDigits(count, 1, &text);
    text += letter;
  };
  if (months >= 12) put(months / 12, 'Y');
  if (months % 12 != 0) put(months % 12, 'M');
  if (days != 0 || months == 0) put(days, 'D');
  return text;
}

Result<Date> Add(const Date& date, const Period& period) {
  bool fits;
  Date moved = AddMonths(date.civil(), period.months(), &fits);
  if (!fits) return ErrorCode::kValuesOverflow;
  return Date::FromDays(int64_t{moved.days()} + period.days());
}

Result<Date> Subtract(const Date& date, const Period& period) { return Add(date, Negate(period)); }

Result<Period> Add(const Period& a, const Period& b) {
  return Period::Make(int64_t{a.months()} + b.months(), int64_t{a.days()} + b.days());
}

Result<Period> Multiply(const Period& period, int64_t factor) {
  // Either bound is below 2^22, so a larger factor can only be an overflow (or a multiple of
  // nothing).
  if (factor > Period::kMaxDays || factor < -Period::kMaxDays) {
    if (period == Period()) return period;
    return ErrorCode::kValuesOverflow;
  }
  return Period::Make(period.months() * factor, period.days() * factor);
}

Period Negate(const Period& period) { return *Period::Make(-period.months(), -period.days()); }

int32_t DaysBetween(const Date& a, const Date& b) { return a.days() - b.days(); }

Period PeriodBetween(const Date& from, const Date& to) {
  if (to < from) return Negate(PeriodBetween(to, from));
  CivilDate first = from.civil();
  CivilDate last = to.civil();
  int months = (last.year - first.year) * 12 + last.month - first.month;
  bool fits;
  Date reached = AddMonths(first, months, &fits);
  if (reached > to) reached = AddMonths(first, --months, &fits);
  return *Period::Make(months, DaysBetween(to, reached));
}

}  // namespace countersign::values
