#include "values/timestamp.h"

#include <gtest/gtest.h>

#include "unit/values/results.h"

namespace countersign::values {
namespace {

Timestamp At(std::string_view text) { return Get(Timestamp::Parse(text)); }
Duration For(std::string_view text) { return Get(Duration::Parse(text)); }

TEST(Timestamp, PrintsUtcWithAsManyDecimalsAsNeeded) {
  EXPECT_EQ(At("2026-02-28T12:00:00Z").ToString(), "2026-02-28T12:00:00Z");
  EXPECT_EQ(At("2026-02-28T12:00:00.500Z").ToString(), "2026-02-28T12:00:00.5Z");
  EXPECT_EQ(At("2026-02-28T01:30:00+02:00").ToString(), "2026-02-27T23:30:00Z");
  EXPECT_EQ(At("0001-01-01T00:00:00Z").seconds(), -62135596800);
  EXPECT_EQ(At("9999-12-31T23:59:59.999999999Z").ToString(), "9999-12-31T23:59:59.999999999Z");
  EXPECT_EQ(At("1969-12-31T23:59:59.25Z").ToString(), "1969-12-31T23:59:59.25Z");
}

TEST(Timestamp, RefusesOtherSpellings) {
  for (std::string_view text :
       {"", "2026-02-28", "2026-02-28T12:00Z", "2026-02-28 12:00:00Z", "2026-02-28t12:00:00z",
        "2026-02-28T12:00:00", "2026-02-28T24:00:00Z", "2026-02-28T12:60:00Z",
        "2026-02-28T12:00:60Z", "2026-02-28T12:00:00.Z", "2026-02-28T12:00:00.1234567890Z",
        "2026-02-28T12:00:00+2:00", "2026-02-28T12:00:00+24:00", "2026-02-28T12:00:00Zx",
        "2026-02-30T12:00:00Z"}) {
    EXPECT_EQ(CodeOf(Timestamp::Parse(text)), "values.bad_timestamp") << text;
  }
  EXPECT_EQ(CodeOf(Timestamp::Parse("0001-01-01T00:00:00+01:00")), "values.overflow");
  EXPECT_EQ(CodeOf(Timestamp::FromUnix(0, -1)), "values.overflow");
}

TEST(Timestamp, ShowsTheWallClockOfAnOffset) {
  CivilTime local = At("2026-01-01T00:30:00Z").At(-3600);
  EXPECT_EQ(local.date, (CivilDate{2025, 12, 31}));
  EXPECT_EQ(local.hour, 23);
  EXPECT_EQ(local.minute, 30);
  EXPECT_EQ(local.weekday, 3);
  EXPECT_EQ(local.day_of_year, 365);
  CivilTime before = At("0001-01-01T00:00:00Z").At(-60);
  EXPECT_EQ(before.date, (CivilDate{0, 12, 31}));
  EXPECT_EQ(before.weekday, 7);
}

TEST(Timestamp, OffsetsAreNumbersNotNames) {
  EXPECT_EQ(Get(ParseUtcOffset("UTC")), 0);
  EXPECT_EQ(Get(ParseUtcOffset("+02:30")), 9000);
  EXPECT_EQ(Get(ParseUtcOffset("-08:00")), -28800);
  EXPECT_EQ(Get(ParseUtcOffset("02:00")), 7200);
  for (std::string_view text : {"Europe/Berlin", "", "+2", "+25:00", "+02:60", "+02:00 "}) {
    EXPECT_EQ(CodeOf(ParseUtcOffset(text)), "values.bad_offset") << text;
  }
}

TEST(Timestamp, StaysWithinTheCalendar) {
  EXPECT_EQ(Get(Add(At("2026-02-28T23:59:59.5Z"), For("0.5s"))).ToString(), "2026-03-01T00:00:00Z");
  EXPECT_EQ(Get(Subtract(At("2026-03-01T00:00:00Z"), For("1ns"))).ToString(),
            "2026-02-28T23:59:59.999999999Z");
  EXPECT_EQ(CodeOf(Add(At("9999-12-31T23:59:59.999999999Z"), For("1ns"))), "values.overflow");
  EXPECT_EQ(CodeOf(Subtract(At("0001-01-01T00:00:00Z"), For("1ns"))), "values.overflow");
  EXPECT_EQ(Get(Subtract(At("2026-03-01T00:00:00Z"), At("2026-02-28T00:00:00.5Z"))).ToString(),
            "86399.5s");
}

TEST(Duration, ReadsUnitsAndPrintsSeconds) {
  EXPECT_EQ(For("1h30m").ToString(), "5400s");
  EXPECT_EQ(For("-1.5h").ToString(), "-5400s");
  EXPECT_EQ(For("100ms").ToString(), "0.1s");
  EXPECT_EQ(For("1us1ns").ToString(), "0.000001001s");
  EXPECT_EQ(For("-0.25s").ToString(), "-0.25s");
  EXPECT_EQ(For(".5s").ToString(), "0.5s");
  EXPECT_EQ(For("0").ToString(), "0s");
  EXPECT_EQ(For("+3\xC2\xB5s").nanos(), 3000);
}

TEST(Duration, RefusesOtherSpellings) {
  for (std::string_view text : {"", "-", "1", "s", "1d", "1.s.", "1 h", "1h ", "--1s", "1e3s", ".s",
                                "111111111111111111111s", "1.1111111111111111s"}) {
    EXPECT_EQ(CodeOf(Duration::Parse(text)), "values.bad_duration") << text;
  }
  EXPECT_EQ(CodeOf(Duration::Parse("315576000001s")), "values.overflow");
  EXPECT_EQ(CodeOf(Duration::Parse("99999999999999999999h")), "values.overflow");
}

TEST(Duration, SecondsAndNanosecondsShareTheirSign) {
  Duration mixed = Get(Duration::Make(1, -1));
  EXPECT_EQ(mixed.seconds(), 0);
  EXPECT_EQ(mixed.nanos(), 999999999);
  EXPECT_EQ(Get(Add(For("1.5s"), For("-2s"))).ToString(), "-0.5s");
  EXPECT_EQ(Get(Subtract(For("1s"), For("2.5s"))).ToString(), "-1.5s");
  EXPECT_TRUE(For("-2s") < For("-1.5s"));
  EXPECT_EQ(CodeOf(Add(For("315576000000s"), For("1ns"))), "ok");
  EXPECT_EQ(CodeOf(Add(For("315576000000s"), For("1s"))), "values.overflow");
  EXPECT_EQ(CodeOf(Duration::Make(INT64_MAX, INT64_MAX)), "values.overflow");
}

}  // namespace
}  // namespace countersign::values
