#include "values/type.h"

#include <gtest/gtest.h>

#include "base/string.h"
#include "unit/values/results.h"

namespace countersign::values {
namespace {

TEST(Type, TextComesBackAsWritten) {
  for (String text : {"null",
                      "bool",
                      "int",
                      "uint",
                      "double",
                      "string",
                      "bytes",
                      "timestamp",
                      "duration",
                      "decimal",
                      "money",
                      "money(EUR)",
                      "date",
                      "period",
                      "type",
                      "dyn",
                      "list(money(EUR))",
                      "map(string, list(int))",
                      "record()",
                      "record(amount: money, name: string)",
                      "list(record(a: dyn, b: map(int, date)))"}) {
    Type type = Get(Type::Parse(text));
    EXPECT_EQ(type.ToString(), text);
    EXPECT_EQ(Get(Type::Parse(type.ToString())), type);
  }
}

TEST(Type, RecordsAreSortedAndMayBeSpelledTight) {
  EXPECT_EQ(Get(Type::Parse("record(a:string,b:int)")).ToString(), "record(a: string, b: int)");
  EXPECT_EQ(CodeOf(Type::Parse("record(b: int, a: string)")), "values.bad_type");
  Type type =
      Get(Type::Record({"c", "a", "b"}, {Type(), Type::Of(Kind::kString), Type::Of(Kind::kInt)}));
  EXPECT_EQ(type.ToString(), "record(a: string, b: int, c: dyn)");
  for (std::string_view name : {"a", "b", "c"}) ASSERT_NE(type.Find(name), nullptr);
  EXPECT_EQ(type.Find("a")->kind, Kind::kString);
  EXPECT_EQ(type.Find("d"), nullptr);
  EXPECT_EQ(CodeOf(Type::Record({"a", "a"}, {Type(), Type()})), "values.bad_type");
  EXPECT_EQ(CodeOf(Type::Record({"a b"}, {Type()})), "values.bad_type");
}

TEST(Type, ListsAndMapsOfAnythingMayBeShort) {
  EXPECT_EQ(Get(Type::Parse("list")), Type::List(Type()));
  EXPECT_EQ(Get(Type::Parse("map")), Type::Map(Type(), Type()));
}

TEST(Type, WhatIsNoTypeIsRefused) {
  for (std::string_view text :
       {"", "Int", "int ", " int", "int()", "list()", "list(int", "list(int))", "map(int)",
        "map(int, int, int)", "record", "record(a)", "record(a: int, a: int)", "record(1a: int)",
        "record(: int)", "date(EUR)", "money()", "float"}) {
    EXPECT_NE(CodeOf(Type::Parse(text)), "ok") << text;
  }
  EXPECT_EQ(CodeOf(Type::Parse("float")), "values.bad_type");
  EXPECT_EQ(CodeOf(Type::Parse("money(EURO)")), "values.unknown_currency");
}

TEST(Type, DepthAndLengthAreBounded) {
  String deep = "int";
  for (int i = 0; i < Type::kMaxDepth - 1; ++i) deep = "list(" + deep + ")";
  EXPECT_EQ(CodeOf(Type::Parse(deep)), "ok");
  EXPECT_EQ(CodeOf(Type::Parse("list(" + deep + ")")), "values.bad_type");
  EXPECT_EQ(CodeOf(Type::Parse(String(100000, '('))), "values.bad_type");
}

}  // namespace
}  // namespace countersign::values
