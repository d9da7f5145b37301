#include "json/shape.h"

#include <gtest/gtest.h>

namespace countersign::json {
namespace {

Value Parse(std::string_view text) {
  auto value = Read(text, kEventLimits);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : Value();
}

template <class T>
void ExpectError(const Result<T>& result, std::string_view code, std::string_view path) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().name(), code);
  EXPECT_EQ(result.error().path(), path);
}

TEST(Shape, ReadsWhatIsThere) {
  const Value value = Parse(
      R"({"s":"x","i":5,"b":true,"l":[1],"o":{},"t":["a","b"],"n":null,"h":"AAAAAAAAAAAAAAAAAAAAAA"})");
  Shape shape(value, "");
  EXPECT_EQ(*shape.String("s"), "x");
  EXPECT_EQ(*shape.Int("i", 0, 5), 5);
  EXPECT_TRUE(*shape.Bool("b"));
  EXPECT_EQ((*shape.List("l"))->size(), 1u);
  EXPECT_TRUE((*shape.Object("o"))->is_object());
  EXPECT_EQ(shape.Strings("t")->size(), 2u);
  EXPECT_TRUE((*shape.Any("n"))->is_null());
  EXPECT_EQ(*shape.Fixed64<Salt>("h"), Salt());
  EXPECT_TRUE(shape.Finish().has_value());
}

TEST(Shape, OptionalMembersMayBeAbsentButNotWrong) {
  const Value value = Parse(R"({"s":1,"i":"x","b":0,"l":{},"h":"AA"})");
  Shape shape(value, "/body");
  EXPECT_FALSE(shape.OptionalString("absent")->has_value());
  EXPECT_FALSE(shape.OptionalInt("absent", 0, 1)->has_value());
  EXPECT_FALSE(shape.OptionalBool("absent")->has_value());
  EXPECT_EQ(*shape.OptionalList("absent"), nullptr);
  EXPECT_EQ(shape.OptionalAny("absent"), nullptr);
  EXPECT_FALSE(shape.OptionalFixed64<Salt>("absent")->has_value());
  ExpectError(shape.OptionalString("s"), "schema.wrong_type", "/body/s");
  ExpectError(shape.OptionalInt("i", 0, 1), "schema.wrong_type", "/body/i");
  ExpectError(shape.OptionalBool("b"), "schema.wrong_type", "/body/b");
  ExpectError(shape.OptionalList("l"), "schema.wrong_type", "/body/l");
  ExpectError(shape.OptionalFixed64<Salt>("h"), "bytes.wrong_length", "/body/h");
}

TEST(Shape, MissingMembersAreNamedByTheirPlace) {
  const Value value = Parse("{}");
  Shape shape(value, "/a");
  ExpectError(shape.String("x/y"), "schema.missing_member", "/a/x~1y");
  ExpectError(shape.Int("i", 0, 1), "schema.missing_member", "/a/i");
  ExpectError(shape.Fixed64<Hash>("h"), "schema.missing_member", "/a/h");
}

TEST(Shape, IntegersOutsideTheirRangeAreRefused) {
  const Value value = Parse(R"({"i":6})");
  Shape shape(value, "");
  ExpectError(shape.Int("i", 0, 5), "schema.bad_value", "/i");
  ExpectError(shape.Int("i", 7, 9), "schema.bad_value", "/i");
}

TEST(Shape, AMemberNobodyAskedForIsRefused) {
  const Value value = Parse(R"({"a":"x","zz":1})");
  Shape shape(value, "/p");
  EXPECT_TRUE(shape.String("a").has_value());
  ExpectError(shape.Finish(), "schema.unknown_member", "/p/zz");
}

TEST(Shape, SomethingElseThanAnObjectIsRefused) {
  const Value value = Parse("[1]");
  Shape shape(value, "/p");
  ExpectError(shape.String("a"), "schema.wrong_type", "/p");
  ExpectError(shape.Finish(), "schema.wrong_type", "/p");
}

TEST(Shape, AListOfStringsHoldsOnlyStrings) {
  const Value value = Parse(R"({"t":["a",1]})");
  Shape shape(value, "");
  ExpectError(shape.Strings("t"), "schema.wrong_type", "/t");
}

}  // namespace
}  // namespace countersign::json
