#include "json/shape.h"

#include <gtest/gtest.h>

namespace countersign::json {
namespace {

Value Parse(std::string_view text) {
  auto value = Read(text, kEventLimits);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : Value();
}

void ExpectFault(const Result<void>& fault, std::string_view code, std::string_view path) {
  ASSERT_FALSE(fault.has_value());
  EXPECT_EQ(fault.error().name(), code);
  EXPECT_EQ(fault.error().path(), path);
}
// The fault of one reading.
template <class Read>
void ExpectFault(const Value& value, Read read, std::string_view code, std::string_view path) {
  Shape shape(value, "/body");
  read(shape);
  ExpectFault(shape.Fault(), code, path);
}

TEST(Shape, ReadsWhatIsThere) {
  const Value value = Parse(
      R"({"s":"x","i":5,"b":true,"l":[1],"o":{},"t":["a","b"],"n":null,"h":"AAAAAAAAAAAAAAAAAAAAAA"})");
  Shape shape(value, "");
  EXPECT_EQ(shape.Text("s"), "x");
  EXPECT_EQ(shape.Int("i", 0, 5), 5);
  EXPECT_TRUE(shape.Bool("b"));
  EXPECT_EQ(shape.List("l").size(), 1u);
  EXPECT_TRUE(shape.Object("o").is_object());
  EXPECT_EQ(shape.Strings("t").size(), 2u);
  EXPECT_TRUE(shape.Any("n").is_null());
  EXPECT_EQ(shape.Fixed64<Salt>("h"), Salt());
  EXPECT_TRUE(shape.ok());
  EXPECT_TRUE(shape.Finish().has_value());
}

TEST(Shape, OptionalMembersMayBeAbsentButNotWrong) {
  const Value value = Parse(R"({"s":1,"i":"x","b":0,"l":{},"h":"AA"})");
  Shape shape(value, "/body");
  EXPECT_EQ(shape.OptionalText("absent"), "");
  EXPECT_EQ(shape.OptionalInt("absent", 0, 1, 7), 7);
  EXPECT_FALSE(shape.OptionalBool("absent"));
  EXPECT_TRUE(shape.OptionalList("absent").empty());
  EXPECT_EQ(shape.OptionalAny("absent"), nullptr);
  EXPECT_FALSE(shape.OptionalFixed64<Salt>("absent").has_value());
  EXPECT_TRUE(shape.ok());
  ExpectFault(value, [](Shape& s) { s.OptionalText("s"); }, "schema.wrong_type", "/body/s");
  ExpectFault(value, [](Shape& s) { s.OptionalInt("i", 0, 1, 0); }, "schema.wrong_type", "/body/i");
  ExpectFault(value, [](Shape& s) { s.OptionalBool("b"); }, "schema.wrong_type", "/body/b");
  ExpectFault(value, [](Shape& s) { s.OptionalList("l"); }, "schema.wrong_type", "/body/l");
  ExpectFault(
      value, [](Shape& s) { s.OptionalFixed64<Salt>("h"); }, "bytes.wrong_length", "/body/h");
}

TEST(Shape, MissingMembersAreNamedByTheirPlace) {
  const Value value = Parse("{}");
  ExpectFault(value, [](Shape& s) { s.Text("x/y"); }, "schema.missing_member", "/body/x~1y");
  ExpectFault(value, [](Shape& s) { s.Int("i", 0, 1); }, "schema.missing_member", "/body/i");
  ExpectFault(value, [](Shape& s) { s.Fixed64<Hash>("h"); }, "schema.missing_member", "/body/h");
}

TEST(Shape, IntegersOutsideTheirRangeAreRefusedAndReadAsTheLeast) {
  const Value value = Parse(R"({"i":6})");
  ExpectFault(
      value, [](Shape& s) { EXPECT_EQ(s.Int("i", 0, 5), 0); }, "schema.bad_value", "/body/i");
  ExpectFault(
      value, [](Shape& s) { EXPECT_EQ(s.Int("i", 7, 9), 7); }, "schema.bad_value", "/body/i");
}

TEST(Shape, AMemberNobodyAskedForIsRefused) {
  const Value value = Parse(R"({"a":"x","zz":1})");
  Shape shape(value, "/p");
  shape.Text("a");
  ExpectFault(shape.Finish(), "schema.unknown_member", "/p/zz");
}

TEST(Shape, AMemberNobodyAskedForIsRefusedAmongManyToo) {
  Object members;
  for (int i = 100; i < 200; ++i) members.push_back({"m" + NumberText(i), Value()});
  const Value value = Value::Make(std::move(members));
  Shape shape(value, "");
  for (int i = 100; i < 150; ++i) shape.Any("m" + NumberText(i));
  shape.Any("m199");
  ExpectFault(shape.Finish(), "schema.unknown_member", "/m150");
}

TEST(Shape, SomethingElseThanAnObjectIsRefused) {
  const Value value = Parse("[1]");
  ExpectFault(value, [](Shape& s) { s.Text("a"); }, "schema.wrong_type", "/body");
  ExpectFault(value, [](Shape& s) { s.Close(); }, "schema.wrong_type", "/body");
}

TEST(Shape, AListOfStringsHoldsOnlyStrings) {
  const Value value = Parse(R"({"t":["a",1]})");
  ExpectFault(value, [](Shape& s) { s.Strings("t"); }, "schema.wrong_type", "/body/t");
}

TEST(Shape, TheFirstFaultStaysAndTheRestIsEmpty) {
  const Value value = Parse(R"({"a":1,"b":2})");
  Shape shape(value, "");
  EXPECT_EQ(shape.Text("a"), "");
  EXPECT_TRUE(shape.List("b").empty());
  EXPECT_TRUE(shape.Object("c").is_object());
  EXPECT_TRUE(shape.Object("c").members().empty());
  EXPECT_EQ(shape.Fixed64<Hash>("d"), Hash());
  EXPECT_EQ(shape.Int("a", 0, 9), 1);
  ExpectFault(shape.Finish(), "schema.wrong_type", "/a");
}

TEST(Shape, FaultsInsideAreTheOuterOnesWithTheirPlace) {
  const Value value = Parse(R"({"list":[{"x":{"y":"one"}},{"x":{"y":2}}]})");
  Shape shape(value, "/top");
  const Array& items = shape.List("list");
  for (size_t i = 0; i < items.size(); ++i) {
    Shape item(shape, items[i], "list", i);
    Shape inner(item, item.Object("x"), "x");
    inner.Text("y");
    inner.Close();
    item.Close();
  }
  EXPECT_FALSE(shape.ok());
  ExpectFault(shape.Finish(), "schema.wrong_type", "/top/list/1/x/y");
}

TEST(Shape, AFaultOfSomebodyElseGoesUnderItsMember) {
  const Value value = Parse(R"({"a":"x"})");
  Shape shape(value, "/p");
  shape.Adopt(Error(ErrorCode::kSchemaBadValue, "why", "/deeper"), "a");
  ExpectFault(shape.Fault(), "schema.bad_value", "/p/a/deeper");
  Shape whole(value, "/p");
  whole.Fail(ErrorCode::kSchemaBadValue, "why");
  ExpectFault(whole.Fault(), "schema.bad_value", "/p");
}

}  // namespace
}  // namespace countersign::json
