#include "json/value.h"

#include <gtest/gtest.h>

namespace countersign::json {
namespace {

Value Sample() {
  return Value::Make(
      {{"b", Value::List({Value::Int(1), Value::String("x"), Value()})}, {"a", Value::Bool(true)}});
}

TEST(Value, MakeSortsItsMembers) {
  const Value value = Sample();
  ASSERT_EQ(value.members().size(), 2u);
  EXPECT_EQ(value.members()[0].name, "a");
  EXPECT_EQ(value.members()[1].name, "b");
}

TEST(Value, CopiesAreEqualAndIndependent) {
  Value first = Sample();
  const Value second = first;
  EXPECT_EQ(first, second);
  first.Set("c", Value::Int(2));
  EXPECT_NE(first, second);
  EXPECT_EQ(second, Sample());
}

TEST(Value, FindReadsOnlyObjectsAndOnlyWhatIsThere) {
  const Value value = Sample();
  ASSERT_NE(value.Find("a"), nullptr);
  EXPECT_TRUE(value.Find("a")->bool_value());
  EXPECT_EQ(value.Find("aa"), nullptr);
  EXPECT_EQ(value.Find(""), nullptr);
  EXPECT_EQ(Value::Int(1).Find("a"), nullptr);
}

TEST(Value, SetAndRemoveKeepTheOrder) {
  Value value = Value::Make({});
  for (const char* name : {"m", "a", "z", "b"}) value.Set(name, Value::String(name));
  value.Set("a", Value::Int(7));
  value.Remove("m");
  value.Remove("absent");
  EXPECT_EQ(Write(value), R"({"a":7,"b":"b","z":"z"})");
}

TEST(Value, AssignsAPartOfItselfToItself) {
  Value value = Sample();
  value = Value(value.Find("b")->items()[1]);
  EXPECT_EQ(value, Value::String("x"));
  Value list = Value::List({Value::List({Value::Int(5)})});
  list = std::move(list.items()[0]);
  EXPECT_EQ(Write(list), "[5]");
}

TEST(Value, DifferentKindsAreDifferentValues) {
  EXPECT_NE(Value::Int(0), Value::Bool(false));
  EXPECT_NE(Value::String(""), Value());
  EXPECT_NE(Value::List({}), Value::Make({}));
  EXPECT_NE(Value::List({Value()}), Value::List({}));
}

}  // namespace
}  // namespace countersign::json
