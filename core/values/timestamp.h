// Points in time and spans of time, as CEL has them: seconds and nanoseconds, no calendar, no
// clock.
//
// A Timestamp lies between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z. There is no
// time-zone database: the local date of an act is its offset at that moment, which is recorded,
// never looked up.
#ifndef COUNTERSIGN_VALUES_TIMESTAMP_H_
#define COUNTERSIGN_VALUES_TIMESTAMP_H_

#include <compare>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "values/date.h"

namespace countersign::values {

class Duration {
 public:
  // About 10,000 years (the bound of google.protobuf.Duration).
  static constexpr int64_t kMaxSeconds = 315'576'000'000;
  static constexpr size_t kMaxText = 64;

  constexpr Duration() = default;
  // Any nanoseconds; they are carried into the seconds. Errors: values.overflow.
  static Result<Duration> Make(int64_t seconds, int64_t nanos);
  // As CEL and Go write it: [+-](number unit)+ with unit h, m, s, ms, us or ns and numbers such as
  // 1, 1.5 or .5; or 0. Errors: values.bad_duration, values.overflow.
  static Result<Duration> Parse(std::string_view text);

  // Seconds with as many decimals as needed: "5400s", "-0.25s".
  String ToString() const;
  // Both have the sign of the duration (or are 0); |nanos| < 10^9.
  int64_t seconds() const { return seconds_; }
  int32_t nanos() const { return nanos_; }

  friend auto operator<=>(const Duration&, const Duration&) = default;

 private:
  friend class Value;
  constexpr Duration(int64_t seconds, int32_t nanos) : seconds_(seconds), nanos_(nanos) {}
  int64_t seconds_ = 0;
  int32_t nanos_ = 0;
};

// What a wall clock with a fixed offset shows.
struct CivilTime {
  CivilDate date;  // year 0 or 10000 is possible at the ends of the range
  int hour = 0;
  int minute = 0;
  int second = 0;
  int32_t nanos = 0;
  int weekday = 1;      // Monday is 1, Sunday is 7
  int day_of_year = 1;  // 1..366
};

class Timestamp {
 public:
  constexpr Timestamp() = default;  // 1970-01-01T00:00:00Z
  // Seconds since 1970-01-01T00:00:00Z, without leap seconds. Errors: values.overflow outside the
  // range, or where nanos is not in 0..999999999.
  static Result<Timestamp> FromUnix(int64_t seconds, int32_t nanos);
  // RFC 3339 with upper-case T and Z, up to nine decimals, Z or an offset; no second 60.
  // Errors: values.bad_timestamp, values.overflow.
  static Result<Timestamp> Parse(std::string_view text);

  // RFC 3339 in UTC with as many decimals as needed: "2026-02-28T12:00:00.5Z".
  String ToString() const;
  int64_t seconds() const { return seconds_; }
  int32_t nanos() const { return nanos_; }
  // REQUIRES: |offset_seconds| <= 86400.
  CivilTime At(int offset_seconds) const;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;

 private:
  friend class Value;
  constexpr Timestamp(int64_t seconds, int32_t nanos) : seconds_(seconds), nanos_(nanos) {}
  int64_t seconds_ = 0;
  int32_t nanos_ = 0;  // 0..999999999, added to the seconds
};

// "UTC", "Z", "+hh:mm", "-hh:mm" or "hh:mm", in seconds east of Greenwich. Errors:
// values.bad_offset (also for names such as "Europe/Berlin").
Result<int> ParseUtcOffset(std::string_view text);

// Errors: values.overflow.
Result<Timestamp> Add(const Timestamp& time, const Duration& duration);
Result<Timestamp> Subtract(const Timestamp& time, const Duration& duration);
Result<Duration> Subtract(const Timestamp& a, const Timestamp& b);
Result<Duration> Add(const Duration& a, const Duration& b);
Result<Duration> Subtract(const Duration& a, const Duration& b);
Duration Negate(const Duration& duration);

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_TIMESTAMP_H_
