#include "values/type.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/values/results.h"

namespace countersign::values {
namespace {

TEST(Type, TextComesBackAsWritten) {
  for (std::string text : {"null",
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
  EXPECT_EQ(Get(Type::Parse("record(b:int,a:string)")).ToString(), "record(a: string, b: int)");
  Type type = Get(Type::Parse("record(b: int, a: string)"));
  ASSERT_NE(type.Find("a"), nullptr);
  EXPECT_EQ(type.Find("a")->kind, Kind::kString);
  EXPECT_EQ(type.Find("c"), nullptr);
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
  std::string deep = "int";
  for (int i = 0; i < Type::kMaxDepth - 1; ++i) deep = "list(" + deep + ")";
  EXPECT_EQ(CodeOf(Type::Parse(deep)), "ok");
  EXPECT_EQ(CodeOf(Type::Parse("list(" + deep + ")")), "values.bad_type");
  EXPECT_EQ(CodeOf(Type::Parse(std::string(100000, '('))), "values.bad_type");
}

}  // namespace
}  // namespace countersign::values
