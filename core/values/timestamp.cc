#include "values/timestamp.h"

#include "values/decimal.h"
#include "values/digits.h"

namespace countersign::values {
namespace {

constexpr int64_t kGiga = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kFirstSecond = -62'135'596'800;
constexpr int64_t kLastSecond = 253'402'300'799;

// ".5" for 500000000; nothing for 0. REQUIRES: 0 <= nanos < 10^9.
void AppendFraction(int32_t nanos, String* text) {
  if (nanos == 0) return;
  *text += '.';
  AppendDigits(nanos, 9, text);
  while (text->back() == '0') text->pop_back();
}

bool TakeOffset(std::string_view* rest, int sign, int* seconds) {
  int hours = 0;
  int minutes = 0;
  if (!TakeDigits(rest, 2, &hours) || !TakeChar(rest, ':') || !TakeDigits(rest, 2, &minutes)) {
    return false;
  }
  *seconds = sign * (hours * 3600 + minutes * 60);
  return hours < 24 && minutes < 60;
}

// A number with a unit: "1.5h" in nanoseconds. False where there is none, or a silly one (over 15
// digits on one side of the point).
bool TakeUnit(std::string_view* rest, __int128* nanos) {
  __int128 whole = 0;
  __int128 fraction = 0;
  __int128 fraction_unit = 1;
  int digits = 0;
  int digit = 0;
  while (TakeDigits(rest, 1, &digit)) {
    whole = whole * 10 + digit;
    if (++digits > 20) return false;
  }
  if (TakeChar(rest, '.')) {
    int decimals = 0;
    while (TakeDigits(rest, 1, &digit)) {
      fraction = fraction * 10 + digit;
      fraction_unit *= 10;
      ++digits;
      if (++decimals > 15) return false;
    }
  }
  if (digits == 0) return false;
  struct Unit {
    std::string_view name;
    int64_t nanos;
  };
  // "ms" before "m".
  constexpr Unit kUnits[] = {{"ms", 1'000'000},    {"us", 1'000},       {"ns", 1},
                             {"h", 3'600 * kGiga}, {"m", 60 * kGiga},   {"s", kGiga},
                             {"\xC2\xB5s", 1'000}, {"\xCE\xBCs", 1'000}};
  for (const Unit& unit : kUnits) {
    if (!rest->starts_with(unit.name)) continue;
    rest->remove_prefix(unit.name.size());
    *nanos = whole * unit.nanos + fraction * unit.nanos / fraction_unit;
    return true;
  }
  return false;
}

// "hh:mm:ss" with up to nine decimals. False where something else stands there.
bool TakeTime(std::string_view* rest, int* seconds, int* nanos) {
  int hour = 0;
  int minute = 0;
  if (!TakeDigits(rest, 2, &hour) || !TakeChar(rest, ':') || !TakeDigits(rest, 2, &minute) ||
      !TakeChar(rest, ':') || !TakeDigits(rest, 2, seconds)) {
    return false;
  }
  if (hour > 23 || minute > 59 || *seconds > 59) return false;
  *seconds += hour * 3600 + minute * 60;
  if (!TakeChar(rest, '.')) return true;
  int decimals = 0;
  for (int digit = 0; TakeDigits(rest, 1, &digit); ++decimals) {
    if (decimals == 9) return false;
    *nanos = *nanos * 10 + digit;
  }
  if (decimals == 0) return false;
  for (; decimals < 9; ++decimals) *nanos *= 10;
  return true;
}

}  // namespace

Result<Duration> Duration::Make(int64_t seconds, int64_t nanos) {
  int64_t carry = nanos / kGiga;
  if (seconds > kMaxSeconds || seconds < -kMaxSeconds) return ErrorCode::kValuesOverflow;
  seconds += carry;
  nanos -= carry * kGiga;
  if (seconds > 0 && nanos < 0) {
    --seconds;
    nanos += kGiga;
  } else if (seconds < 0 && nanos > 0) {
    ++seconds;
    nanos -= kGiga;
  }
  if (seconds > kMaxSeconds || seconds < -kMaxSeconds) return ErrorCode::kValuesOverflow;
  return Duration(seconds, static_cast<int32_t>(nanos));
}

Result<Duration> Duration::Parse(std::string_view text) {
  std::string_view rest = text;
  bool negative = TakeChar(&rest, '-');
  if (!negative) TakeChar(&rest, '+');
  if (rest == "0") return Duration();
  bool is_well = !rest.empty() && text.size() <= kMaxText;
  __int128 total = 0;
  while (is_well && !rest.empty()) {
    __int128 nanos = 0;
    is_well = TakeUnit(&rest, &nanos);
    total += nanos;
  }
  if (!is_well) return Error(ErrorCode::kValuesBadDuration, text.substr(0, kMaxText));
  if (total > __int128{kMaxSeconds} * kGiga + kGiga) return ErrorCode::kValuesOverflow;
  if (negative) total = -total;
  return Make(static_cast<int64_t>(total / kGiga), static_cast<int64_t>(total % kGiga));
}

String Duration::ToString() const {
  String text;
  int64_t seconds = seconds_;
  int32_t nanos = nanos_;
  if (seconds < 0 || nanos < 0) {
    text += '-';
    seconds = -seconds;
    nanos = -nanos;
  }
  text += Decimal::FromInt(seconds).ToString();
  AppendFraction(nanos, &text);
  text += 's';
  return text;
}

Result<Timestamp> Timestamp::FromUnix(int64_t seconds, int32_t nanos) {
  if (seconds < kFirstSecond || seconds > kLastSecond || nanos < 0 || nanos >= kGiga) {
    return ErrorCode::kValuesOverflow;
  }
  return Timestamp(seconds, nanos);
}

Result<Timestamp> Timestamp::Parse(std::string_view text) {
  Result<Date> date = Date::Parse(text.substr(0, 10));
  std::string_view rest = text;
  rest.remove_prefix(date ? 10 : 0);
  int seconds = 0;
  int nanos = 0;
  int offset = 0;
  bool is_well = date && TakeChar(&rest, 'T') && TakeTime(&rest, &seconds, &nanos);
  if (is_well && !TakeChar(&rest, 'Z')) {
    int sign = TakeChar(&rest, '-') ? -1 : 1;
    is_well = (sign < 0 || TakeChar(&rest, '+')) && TakeOffset(&rest, sign, &offset);
  }
  if (!is_well || !rest.empty()) {
    return Error(ErrorCode::kValuesBadTimestamp, text.substr(0, 40));
  }
  return FromUnix(date->days() * kSecondsPerDay + seconds - offset, nanos);
}

String Timestamp::ToString() const {
  CivilTime time = At(0);
  String text = Date::FromDays(DaysFromCivil(time.date))->ToString();
  const char* separator = "T";
  for (int part : {time.hour, time.minute, time.second}) {
    text += separator;
    AppendDigits(part, 2, &text);
    separator = ":";
  }
  AppendFraction(nanos_, &text);
  text += 'Z';
  return text;
}

CivilTime Timestamp::At(int offset_seconds) const {
  // Counted from a moment before the range, so that the divisions round down.
  constexpr int64_t kDaysBefore = 719'166 + 7;
  int64_t local = seconds_ + offset_seconds + kDaysBefore * kSecondsPerDay;
  int32_t days = static_cast<int32_t>(local / kSecondsPerDay - kDaysBefore);
  int rest = static_cast<int>(local % kSecondsPerDay);
  CivilTime time;
  time.date = CivilFromDays(days);
  time.hour = rest / 3600;
  time.minute = rest / 60 % 60;
  time.second = rest % 60;
  time.nanos = nanos_;
  time.weekday = static_cast<int>((days + 3 + kDaysBefore) % 7) + 1;
  time.day_of_year = days - DaysFromCivil({time.date.year, 1, 1}) + 1;
  return time;
}

Result<int> ParseUtcOffset(std::string_view text) {
  if (text == "UTC" || text == "Z") return 0;
  std::string_view rest = text;
  int sign = rest.starts_with('-') ? -1 : 1;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  int seconds = 0;
  if (TakeOffset(&rest, sign, &seconds) && rest.empty()) return seconds;
  return Error(ErrorCode::kValuesBadOffset, text.substr(0, 40));
}

Result<Timestamp> Add(const Timestamp& time, const Duration& duration) {
  int64_t seconds = time.seconds() + duration.seconds();
  int32_t nanos = time.nanos() + duration.nanos();
  if (nanos < 0) {
    --seconds;
    nanos += static_cast<int32_t>(kGiga);
  } else if (nanos >= kGiga) {
    ++seconds;
    nanos -= static_cast<int32_t>(kGiga);
  }
  return Timestamp::FromUnix(seconds, nanos);
}

Result<Timestamp> Subtract(const Timestamp& time, const Duration& duration) {
  return Add(time, Negate(duration));
}

Result<Duration> Subtract(const Timestamp& a, const Timestamp& b) {
  return Duration::Make(a.seconds() - b.seconds(), int64_t{a.nanos()} - b.nanos());
}

Result<Duration> Add(const Duration& a, const Duration& b) {
  return Duration::Make(a.seconds() + b.seconds(), int64_t{a.nanos()} + b.nanos());
}

Result<Duration> Subtract(const Duration& a, const Duration& b) { return Add(a, Negate(b)); }

Duration Negate(const Duration& duration) {
  return *Duration::Make(-duration.seconds(), -int64_t{duration.nanos()});
}

}  // namespace countersign::values
