#include <gtest/gtest.h>

#include "base/string.h"
#include "json/value.h"

namespace countersign::json {
namespace {

// The canonical text of what was read, or the name of the error.
String Outcome(std::string_view text, const Limits& limits = kEventLimits) {
  const auto value = Read(text, limits);
  return value ? Write(*value) : String(value.error().name());
}

String CanonicalOutcome(std::string_view text) {
  const auto value = ReadCanonical(text, kEventLimits);
  return value ? "accepted" : String(value.error().name());
}

String PathOfError(std::string_view text, const Limits& limits = kEventLimits) {
  const auto value = Read(text, limits);
  return value ? "no error" : String(value.error().path());
}

String Nested(size_t depth) { return String(depth, '[') + String(depth, ']'); }

TEST(Gate, ReadsWhatTheProfileHolds) {
  EXPECT_EQ(Outcome(" { \"b\" : [ 1 , -2 , true , null , \"\\u00e4\" ] , \"a\" : { } } "),
            "{\"a\":{},\"b\":[1,-2,true,null,\"\xC3\xA4\"]}");
  EXPECT_EQ(Outcome("7"), "7");
  EXPECT_EQ(Outcome("\"\""), "\"\"");
}

TEST(Gate, RefusesWhatIsNotJson) {
  for (const std::string_view text :
       {"",     " ",   "{",    "[1,]", "{\"a\":1,}", "[1 2]",  "{'a':1}",  "{a:1}", "nul",   "01",
        "+1",   ".5",  "1.",   "NaN",  "Infinity",   "\"\t\"", "\"\\x\"",  "\"",    "/**/1", "1//",
        "[1]]", "1 2", "{}{}", "]",    "{\"a\"}",    "{:1}",   "\"\\u12\""}) {
    EXPECT_EQ(Outcome(text), "json.syntax") << text;
  }
}

TEST(Gate, ANulTailIsNotTheEnd) {
  EXPECT_EQ(Outcome(std::string_view("{\"a\":1}\0garbage", 15)), "json.syntax");
  EXPECT_EQ(Outcome(std::string_view("{}\0", 3)), "json.syntax");
  EXPECT_EQ(Outcome(std::string_view("\0", 1)), "json.syntax");
}

TEST(Gate, AByteOrderMarkIsNotSkipped) {
  EXPECT_EQ(Outcome("\xEF\xBB\xBF{}"), "json.syntax");
  EXPECT_EQ(Outcome("{}\xEF\xBB\xBF"), "json.syntax");
}

TEST(Gate, AMemberNameStandsOnce) {
  EXPECT_EQ(Outcome(R"({"a":1,"b":2,"a":1})"), "json.duplicate_name");
  EXPECT_EQ(Outcome(R"({"a":1,"\u0061":2})"), "json.duplicate_name");
  EXPECT_EQ(Outcome(R"([{"x":{"a":1,"a":2}}])"), "json.duplicate_name");
  EXPECT_EQ(PathOfError(R"([0,{"x/~":{"a":1,"a":2}}])"), "/1/x~1~0");
  EXPECT_EQ(Outcome(R"({"a":{"b":1},"b":{"a":1}})"), R"({"a":{"b":1},"b":{"a":1}})");
}

TEST(Gate, MemberNamesAreAscii) {
  EXPECT_EQ(Outcome("{\"\xC3\xA4\":1}"), "json.name_not_ascii");
  EXPECT_EQ(Outcome("{\"\\u00e4\":1}"), "json.name_not_ascii");
  EXPECT_EQ(Outcome("{\"__proto__\":1,\"\":2}"), "{\"\":2,\"__proto__\":1}");
}

TEST(Gate, NumbersAreIntegersOfFiftyThreeBits) {
  EXPECT_EQ(Outcome("9007199254740991"), "9007199254740991");
  EXPECT_EQ(Outcome("-9007199254740991"), "-9007199254740991");
  EXPECT_EQ(Outcome("0"), "0");
  for (const std::string_view text :
       {"9007199254740992", "-9007199254740992", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "1.0", "1e3", "1E3", "0.5", "-0", "-0.0", "1e400", "-1e400",
        "1e-400", "0e0"}) {
    EXPECT_EQ(Outcome(text), "json.number_not_integer") << text;
  }
  EXPECT_EQ(Outcome(String(400, '9')), "json.number_not_integer");
  EXPECT_EQ(PathOfError(R"({"a":[1,{"b":1.5}]})"), "/a/1/b");
}

TEST(Gate, TextIsWellFormedUnicode) {
  EXPECT_EQ(Outcome("\"\xC0\x80\""), "text.not_utf8");
  EXPECT_EQ(Outcome("\"\xED\xA0\xBD\xED\xB8\x80\""), "text.not_utf8");
  EXPECT_EQ(Outcome("\"\xFF\""), "text.not_utf8");
  EXPECT_EQ(Outcome("\"\\ud83d\""), "json.syntax");
  EXPECT_EQ(Outcome("\"\\ude00\\ud83d\""), "json.syntax");
  EXPECT_EQ(Outcome("\"\\ud83dx\""), "json.syntax");
  EXPECT_EQ(Outcome("\"\\ud83d\\ude00\""), "\"\xF0\x9F\x98\x80\"");
}

TEST(Gate, TextIsKeptAsTyped) {
  // Composed and decomposed a-umlaut stay what they are.
  EXPECT_EQ(Outcome("\"\xC3\xA4 a\xCC\x88\""), "\"\xC3\xA4 a\xCC\x88\"");
}

TEST(Gate, DepthHasALimitAndIsNeverRecursion) {
  EXPECT_EQ(Outcome(Nested(16)), Nested(16));
  EXPECT_EQ(Outcome(Nested(17)), "json.too_deep");
  const Limits wide{.max_bytes = 1 << 20, .max_depth = 128, .max_items = 10};
  EXPECT_EQ(Outcome(Nested(128), wide), Nested(128));
  EXPECT_EQ(Outcome(Nested(129), wide), "json.too_deep");
  EXPECT_EQ(Outcome(Nested(200000), wide), "json.too_deep");
  EXPECT_EQ(Outcome(String(200000, '['), wide), "json.too_deep");
  String objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  EXPECT_EQ(Outcome(objects, wide), "json.too_deep");
  const Limits flat{.max_bytes = 100, .max_depth = 0, .max_items = 10};
  EXPECT_EQ(Outcome("1", flat), "1");
  EXPECT_EQ(Outcome("[]", flat), "json.too_deep");
}

TEST(Gate, SizeHasALimit) {
  const String fits = '"' + String(64 * 1024 - 2, 'x') + '"';
  EXPECT_EQ(Outcome(fits), fits);
  EXPECT_EQ(Outcome(fits + " "), "json.too_large");
}

TEST(Gate, CountsHaveALimitPerArrayAndObject) {
  const Limits three{.max_bytes = 1000, .max_depth = 4, .max_items = 3};
  EXPECT_EQ(Outcome("[1,2,3]", three), "[1,2,3]");
  EXPECT_EQ(Outcome("[1,2,3,4]", three), "json.too_many_items");
  EXPECT_EQ(Outcome("[1,2,3,[]]", three), "json.too_many_items");
  EXPECT_EQ(Outcome("[[1,2,3],[1,2,3],[1,2,3]]", three), "[[1,2,3],[1,2,3],[1,2,3]]");
  EXPECT_EQ(Outcome(R"({"a":1,"b":2,"c":3})", three), R"({"a":1,"b":2,"c":3})");
  EXPECT_EQ(Outcome(R"({"a":1,"b":2,"c":3,"d":4})", three), "json.too_many_items");
}

TEST(Gate, CanonicalReadingAcceptsOneSpelling) {
  EXPECT_EQ(CanonicalOutcome("{\"a\":[1,\"\xC3\xA4\\n\"],\"b\":null}"), "accepted");
  for (const std::string_view text :
       {"{\"b\":1,\"a\":2}", "{ }", "[1, 2]", " 1", "1\n", "\"\\u0061\"", "\"\\/\"", "\"\\u000a\"",
        "\"\\u001F\"", "\"\\u00e4\"", "{\"\\u0061\":1}"}) {
    EXPECT_EQ(CanonicalOutcome(text), "json.not_canonical") << text;
  }
  EXPECT_EQ(CanonicalOutcome("{\"a\":1,\"a\":1}"), "json.duplicate_name");
}

TEST(Gate, SyntaxErrorsSayWhere) {
  const auto value = Read("{\"a\":[1,2,}", kEventLimits);
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().detail(), "near byte 11");
}

// Property: whatever is accepted has one canonical text, which reads back as the same value.
TEST(Gate, WhatIsReadIsWrittenAndReadAgainAlike) {
  uint32_t state = 12345;
  const auto random = [&](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  constexpr std::string_view kPieces[] = {
      "{",    "}",    "[", "]",           ",",  ":",   "\"a\"",    "\"b\"", "1",   "-7",
      "true", "null", " ", "\"\\u0061\"", "\"", "\\n", "\xC3\xA4", "0",     "1.5", "\"x\":1"};
  int accepted = 0;
  for (int round = 0; round < 200000; ++round) {
    String text;
    const uint32_t count = 1 + random(7);
    for (uint32_t i = 0; i < count; ++i) text += kPieces[random(std::size(kPieces))];
    const auto value = Read(text, kEventLimits);
    if (!value) continue;
    ++accepted;
    const auto again = ReadCanonical(Write(*value), kEventLimits);
    ASSERT_TRUE(again.has_value()) << text;
    ASSERT_EQ(*again, *value) << text;
    ASSERT_EQ(ReadCanonical(text, kEventLimits).has_value(), Write(*value) == text) << text;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace countersign::json
