#include <gtest/gtest.h>

#include "json/value.h"

namespace countersign::json {
namespace {

TEST(Write, SpellsEveryKind) {
  EXPECT_EQ(Write(Value()), "null");
  EXPECT_EQ(Write(Value::Bool(true)), "true");
  EXPECT_EQ(Write(Value::Bool(false)), "false");
  EXPECT_EQ(Write(Value::List({})), "[]");
  EXPECT_EQ(Write(Value::Make({})), "{}");
  EXPECT_EQ(Write(Value::List({Value::Int(1), Value::List({}), Value::Make({})})), "[1,[],{}]");
}

TEST(Write, SpellsTheExtremeIntegers) {
  EXPECT_EQ(Write(Value::Int(0)), "0");
  EXPECT_EQ(Write(Value::Int(-1)), "-1");
  EXPECT_EQ(Write(Value::Int(kMaxInt)), "9007199254740991");
  EXPECT_EQ(Write(Value::Int(-kMaxInt)), "-9007199254740991");
}

// RFC 8785 section 3.2.2.2.
TEST(Write, EscapesOnlyWhatJcsEscapes) {
  String all;
  for (int c = 0; c < 0x20; ++c) all.push_back(static_cast<char>(c));
  all.append("\"\\/\x7F\xE2\x80\xA8\xC3\xA4");
  EXPECT_EQ(
      Write(Value::String(all)),
      "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e"
      "\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a"
      "\\u001b\\u001c\\u001d\\u001e\\u001f\\\"\\\\/\x7F\xE2\x80\xA8\xC3\xA4\"");
}

TEST(Write, EscapesMemberNamesToo) {
  EXPECT_EQ(Write(Value::Make({{"a\"\n", Value()}})), "{\"a\\\"\\n\":null}");
}

}  // namespace
}  // namespace countersign::json
