#include "values/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "base/string.h"
#include "unit/values/results.h"

namespace countersign::values {
namespace {

Value List(Vector<Value> items) { return Get(Value::List(std::move(items))); }
Value Map(Vector<MapEntry> entries) { return Get(Value::Map(std::move(entries))); }
Value Text(std::string_view text) { return Value::String(text); }
const double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Value, KeepsWhatWasPutIn) {
  EXPECT_TRUE(Value().Is(Kind::kNull));
  EXPECT_TRUE(Value::Bool(true).bool_value());
  EXPECT_EQ(Value::Int(INT64_MIN).int_value(), INT64_MIN);
  EXPECT_EQ(Value::Uint(UINT64_MAX).uint_value(), UINT64_MAX);
  EXPECT_EQ(Value::Double(-0.5).double_value(), -0.5);
  EXPECT_EQ(Text("a\0b").string_value(), std::string_view("a\0b"));
  EXPECT_EQ(Value::Bytes(Bytes{0, 255}).bytes_value()[1], 255);
  EXPECT_EQ(Value::Of(Dec("-1.50")).decimal_value(), Dec("-1.50"));
  EXPECT_EQ(Value::Of(Eur("2.50")).money_value(), Eur("2.50"));
  EXPECT_EQ(Value::Of(Day("0001-02-03")).date_value(), Day("0001-02-03"));
  EXPECT_EQ(Value::Of(Span("-P1M2D")).period_value(), Span("-P1M2D"));
  Timestamp time = Get(Timestamp::Parse("1900-01-01T00:00:00.25Z"));
  EXPECT_EQ(Value::Of(time).timestamp_value(), time);
  Duration duration = Get(Duration::Parse("-1.5s"));
  EXPECT_EQ(Value::Of(duration).duration_value(), duration);
  EXPECT_EQ(Value::TypeNamed("int").string_value(), "int");
}

TEST(Value, CopiesShareAndMovesLeaveNull) {
  Value list = List({Text("one"), List({Text("two")})});
  Value copy = list;
  EXPECT_EQ(copy.items().data(), list.items().data());
  Value moved = std::move(list);
  EXPECT_TRUE(list.Is(Kind::kNull));  // NOLINT: that is the claim
  EXPECT_EQ(moved, copy);
  moved = Value::Int(1);
  EXPECT_EQ(copy.items()[0].string_value(), "one");
  Value& self = copy;
  copy = self;
  EXPECT_EQ(copy.items().size(), 2u);
  copy = copy.items()[1];  // a part of itself
  EXPECT_EQ(copy.items()[0].string_value(), "two");
}

TEST(Value, MapsAreSortedByKeyWhateverTheOrderOfEntries) {
  Value map = Map({{Text("b"), Value::Int(1)},
                   {Value::Uint(7), Value::Int(2)},
                   {Text("a"), Value::Int(3)},
                   {Value::Int(-1), Value::Int(4)},
                   {Value::Bool(true), Value::Int(5)}});
  String order;
  for (const MapEntry& entry : map.entries()) order += NumberText(entry.value.int_value());
  EXPECT_EQ(order, "54231");
}

TEST(Value, MapsFindKeysByNumberAcrossKinds) {
  Value map = Map({{Value::Int(1), Text("one")},
                   {Value::Uint(UINT64_MAX), Text("most")},
                   {Text("k"), Text("v")}});
  EXPECT_EQ(map.Find(Value::Uint(1))->string_value(), "one");
  EXPECT_EQ(map.Find(Value::Double(1.0))->string_value(), "one");
  EXPECT_EQ(map.Find("k")->string_value(), "v");
  EXPECT_EQ(map.Find(Text("k"))->string_value(), "v");
  for (const Value& missing :
       {Value::Double(1.5), Value::Double(kNan), Value::Double(1e300), Value::Double(-1e300),
        Value::Int(2), Text("l"), Value(), Value::Bool(true), Value::Of(Dec("1"))}) {
    EXPECT_EQ(map.Find(missing), nullptr);
  }
  EXPECT_EQ(map.Find("1"), nullptr);
  EXPECT_EQ(Value::Int(1).Find("k"), nullptr);
}

TEST(Value, MapsRefuseDuplicateAndUnorderedKeys) {
  EXPECT_EQ(CodeOf(Value::Map({{Value::Int(1), Value()}, {Value::Uint(1), Value()}})),
            "values.duplicate_key");
  EXPECT_EQ(CodeOf(Value::Map({{Text("a"), Value()}, {Text("a"), Value()}})),
            "values.duplicate_key");
  EXPECT_EQ(CodeOf(Value::Map({{Value::Double(1), Value()}})), "values.wrong_type");
}

TEST(Value, NestingIsBounded) {
  Value deep;
  for (int i = 0; i < Value::kMaxDepth; ++i) deep = List({deep});
  EXPECT_EQ(CodeOf(Value::List({deep})), "values.too_deep");
  EXPECT_EQ(CodeOf(Value::Map({{Text("k"), deep}})), "values.too_deep");
}

TEST(Value, DeepSizeCountsEveryMentionAndSaturates) {
  EXPECT_EQ(Value::Int(1).DeepSize(), 24u);
  EXPECT_EQ(Text("1234").DeepSize(), 28u);
  EXPECT_EQ(List({Text("1234"), Text("1234")}).DeepSize(), 80u);
  Value many = Text("x");
  for (int i = 0; i < 40; ++i) many = List({many, many});
  EXPECT_EQ(many.DeepSize(), UINT32_MAX);
}

TEST(Value, EqualFollowsCel) {
  EXPECT_TRUE(Equal(Value::Int(1), Value::Uint(1)));
  EXPECT_TRUE(Equal(Value::Int(1), Value::Double(1.0)));
  EXPECT_TRUE(Equal(Value::Int(1), Value::Of(Dec("1.00"))));
  EXPECT_TRUE(Equal(Value::Of(Dec("1.5")), Value::Of(Dec("1.50"))));
  EXPECT_TRUE(Equal(Value::Of(Eur("1.5")), Value::Of(Eur("1.50"))));
  EXPECT_TRUE(Equal(List({Value::Int(1)}), List({Value::Double(1.0)})));
  EXPECT_TRUE(
      Equal(Map({{Value::Int(1), Value::Int(2)}}), Map({{Value::Uint(1), Value::Double(2)}})));
  EXPECT_FALSE(Equal(Value::Double(kNan), Value::Double(kNan)));
  EXPECT_FALSE(Equal(List({Value::Double(kNan)}), List({Value::Double(kNan)})));
  EXPECT_FALSE(Equal(Value::Int(1), Value::Bool(true)));
  EXPECT_FALSE(Equal(Value::Int(1), Text("1")));
  EXPECT_FALSE(Equal(Text("a"), Value::Bytes(AsBytes("a"))));
  EXPECT_FALSE(Equal(Value::Double(1.0), Value::Of(Dec("1"))));
  EXPECT_FALSE(Equal(Value::Of(Eur("1")), Value::Of(Get(ParseMoney("1", "USD")))));
  EXPECT_FALSE(Equal(List({}), Map({})));
  EXPECT_TRUE(Equal(Value(), Value()));
}

TEST(Value, TheSameSpellingIsStricterThanEqual) {
  EXPECT_FALSE(Value::Of(Dec("1.5")) == Value::Of(Dec("1.50")));
  EXPECT_FALSE(Value::Int(1) == Value::Uint(1));
  EXPECT_TRUE(Value::Double(kNan) == Value::Double(kNan));
  EXPECT_FALSE(Value::Of(Get(Divide(Dec("1"), Dec("3")))) ==
               Value::Of(Dec(Get(Divide(Dec("1"), Dec("3"))).ToString())))
      << "the inexact tag is part of it";
}

TEST(Value, IntegersAndDoublesCompareWithoutRounding) {
  auto order = [](const Value& a, const Value& b) { return Get(Order(a, b)); };
  int64_t beyond = (int64_t{1} << 53) + 1;
  EXPECT_TRUE(order(Value::Int(beyond), Value::Double(9007199254740992.0)) > 0);
  EXPECT_TRUE(order(Value::Double(9007199254740992.0), Value::Int(beyond)) < 0);
  EXPECT_TRUE(order(Value::Int(INT64_MAX), Value::Double(9223372036854775808.0)) < 0);
  EXPECT_TRUE(order(Value::Uint(UINT64_MAX), Value::Double(18446744073709551616.0)) < 0);
  EXPECT_TRUE(order(Value::Uint(uint64_t{1} << 63), Value::Double(9223372036854775808.0)) == 0);
  EXPECT_TRUE(order(Value::Int(INT64_MIN), Value::Double(-9223372036854775808.0)) == 0);
  EXPECT_TRUE(order(Value::Int(-1), Value::Double(-1.5)) > 0);
  EXPECT_TRUE(order(Value::Int(1), Value::Double(1.5)) < 0);
  EXPECT_TRUE(order(Value::Int(-1), Value::Uint(UINT64_MAX)) < 0);
  EXPECT_TRUE(order(Value::Int(0), Value::Double(std::numeric_limits<double>::infinity())) < 0);
  EXPECT_TRUE(order(Value::Int(0), Value::Double(kNan)) == std::partial_ordering::unordered);
}

TEST(Value, OnlyOrderedKindsAreOrdered) {
  EXPECT_TRUE(Get(Order(Text("a"), Text("b"))) < 0);
  EXPECT_TRUE(Get(Order(Value::Bool(false), Value::Bool(true))) < 0);
  EXPECT_TRUE(Get(Order(Value::Of(Day("2026-01-01")), Value::Of(Day("2025-12-31")))) > 0);
  EXPECT_TRUE(Get(Order(Value::Of(Dec("99.95")), Value::Int(99))) > 0);
  EXPECT_TRUE(Get(Order(Value::Uint(5), Value::Of(Dec("5.0")))) == 0);
  EXPECT_EQ(CodeOf(Order(Value::Of(Span("P1M")), Value::Of(Span("P30D")))), "values.wrong_type");
  EXPECT_EQ(CodeOf(Order(Value::Int(1), Text("1"))), "values.wrong_type");
  EXPECT_EQ(CodeOf(Order(Value::Double(1), Value::Of(Dec("1")))), "values.wrong_type");
  EXPECT_EQ(CodeOf(Order(Value::Of(Eur("1")), Value::Of(Get(ParseMoney("1", "USD"))))),
            "values.currency_mix");
}

TEST(Value, FitsItsDeclaredTypeAllTheWayDown) {
  auto fits = [](const Value& value, std::string_view type) {
    return Fits(value, Get(Type::Parse(type)));
  };
  EXPECT_TRUE(fits(Value::Int(1), "dyn"));
  EXPECT_FALSE(fits(Value::Int(1), "decimal"));
  EXPECT_TRUE(fits(Value::Of(Eur("1")), "money"));
  EXPECT_FALSE(fits(Value::Of(Eur("1")), "money(USD)"));
  EXPECT_FALSE(fits(List({Value::Int(1), Text("x")}), "list(int)"));
  Value record = Map({{Text("name"), Text("Acme")}});
  EXPECT_TRUE(fits(record, "record(name: string, vat: string)"));
  EXPECT_FALSE(fits(record, "record(name: int)"));
  EXPECT_FALSE(fits(record, "record(vat: string)"));
  EXPECT_TRUE(fits(record, "map(string, string)"));
  EXPECT_FALSE(fits(record, "map(int, string)"));
}

}  // namespace
}  // namespace countersign::values
