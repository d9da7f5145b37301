// The engine of `countersign eval`: what goes in and comes out as JSON lines.
#include <gtest/gtest.h>

#include "compile/eval.h"
#include "json/loose.h"

namespace countersign::compile {
namespace {

TEST(Eval, ALineInIsALineOut) {
  EXPECT_EQ(EvaluateLine(R"J({"expr":"1 + 2"})J"),
            R"J({"value":{"int64Value":"3"},"type":"int"})J");
  EXPECT_EQ(EvaluateLine(R"J({"expr":"x > 1 || y","bindings":{"x":5}})J"),
            R"J({"error":{"code":"T402","message":"Unknown name 'y'"}})J");
  EXPECT_EQ(
      EvaluateLine(
          R"J({"expr":"x && y","schema":{"vars":{"x":"bool","y":"bool"}},"bindings":{"x":true}})J"),
      R"J({"unknown":["y"],"type":"bool"})J");
  EXPECT_EQ(EvaluateLine(R"J({"expr":"1 / 0"})J"),
            R"J({"error":{"code":"values.divide_by_zero","message":"Division by zero"}})J");
  EXPECT_EQ(EvaluateLine(R"J({"expr":"[1, x]","schema":{"vars":{"x":"int"}},"checkOnly":true})J"),
            R"J({"type":"list(int)"})J");
}

TEST(Eval, EveryKindGoesInAndComesOut) {
  for (const char* value :
       {R"J({"nullValue":null})J",
        R"J({"boolValue":true})J",
        R"J({"int64Value":"-9223372036854775808"})J",
        R"J({"uint64Value":"18446744073709551615"})J",
        R"J({"doubleValue":1.5})J",
        R"J({"doubleValue":"NaN"})J",
        R"J({"doubleValue":"-Infinity"})J",
        R"J({"stringValue":"\"x\""})J",
        R"J({"bytesValue":"/+8="})J",
        R"J({"typeValue":"int"})J",
        R"J({"listValue":{"values":[{"int64Value":"1"}]}})J",
        R"J({"mapValue":{"entries":[{"key":{"boolValue":true},"value":{"nullValue":null}}]}})J",
        R"J({"decimalValue":"99.950"})J",
        R"J({"moneyValue":["1.00","EUR"]})J",
        R"J({"dateValue":"2026-01-31"})J",
        R"J({"periodValue":"P1M"})J",
        R"J({"timestampValue":"2026-01-31T00:00:00Z"})J",
        R"J({"durationValue":"1.500s"})J",
        R"J({"timestampValue":"2026-01-31T00:00:00.000001Z"})J",
        R"J({"optionalValue":{}})J",
        R"J({"optionalValue":{"value":{"nullValue":null}}})J"}) {
    const String answer = EvaluateLine(R"J({"expr":"x","bindings":{"x":)J" + String(value) + "}}");
    EXPECT_EQ(answer.substr(0, 9 + String(value).size()), R"J({"value":)J" + String(value))
        << answer;
    EXPECT_TRUE(IsValueAnswer(answer));
  }
}

TEST(Eval, PlainJsonIsTakenToo) {
  EXPECT_EQ(EvaluateExpression("x.a[1] + 1", R"J({"x":{"a":[1,2]}})J"),
            R"J({"value":{"int64Value":"3"},"type":"int"})J");
  EXPECT_EQ(EvaluateExpression("x", R"J({"x":2.5})J"),
            R"J({"value":{"doubleValue":2.5},"type":"double"})J");
  EXPECT_EQ(EvaluateExpression("decimal('0.1') + 0.2"),
            R"J({"value":{"decimalValue":"0.3"},"type":"decimal"})J");
}

TEST(Eval, AKindTakesTheFormsThatProtobufsJsonHasForIt) {
  const auto read = [](std::string_view value) {
    return EvaluateExpression("x", R"J({"x":)J" + String(value) + "}");
  };
  EXPECT_EQ(read(R"J({"nullValue":"NULL_VALUE"})J"), read("null"));
  EXPECT_EQ(read(R"J({"bytesValue":"YW-_"})J"), read(R"J({"bytesValue":"YW+/"})J"));
  EXPECT_EQ(read(R"J({"int64Value":1e3})J"), read("1000"));
  EXPECT_EQ(read(R"J({"int64Value":-1.0e1})J"), read("-10"));
  EXPECT_EQ(read(R"J({"uint64Value":"18446744073709551615.0"})J"),
            read(R"J({"uint64Value":"18446744073709551615"})J"));
  for (const char* bad :
       {R"J({"nullValue":"NULL"})J", R"J({"int64Value":1.5})J", R"J({"int64Value":1e30})J",
        R"J({"uint64Value":-1e0})J", R"J({"int64Value":"1e"})J", R"J({"bytesValue":"YW-+"})J",
        R"J({"optionalValue":1})J", R"J({"optionalValue":{"value":1,"x":2}})J",
        R"J({"optionalValue":{"x":2}})J"}) {
    EXPECT_NE(read(bad).find("schema.bad_value"), String::npos) << bad << read(bad);
  }
  EXPECT_EQ(EvaluateExpression("x.value() + 1", R"J({"x":{"optionalValue":{"value":1}}})J"),
            R"J({"value":{"int64Value":"2"},"type":"int"})J");
}

TEST(Eval, APlainNumberIsOfTheTypeThatIsDeclared) {
  const auto with = [](std::string_view type, std::string_view value) {
    return EvaluateLine(R"J({"expr":"x","schema":{"vars":{"x":")J" + String(type) +
                        R"J("}},"bindings":{"x":)J" + String(value) + "}}");
  };
  EXPECT_EQ(with("double", "1"), R"J({"value":{"doubleValue":1},"type":"double"})J");
  EXPECT_EQ(with("decimal", "1"), R"J({"value":{"decimalValue":"1"},"type":"decimal"})J");
  EXPECT_EQ(with("decimal", "-1.10"), R"J({"value":{"decimalValue":"-1.10"},"type":"decimal"})J");
  EXPECT_EQ(with("list(double)", "[1, 2.5]"),
            R"J({"value":{"listValue":{"values":[{"doubleValue":1},{"doubleValue":2.5}]}},)J"
            R"J("type":"list(double)"})J");
  EXPECT_EQ(with("record(a: decimal)", R"J({"a":0.1})J"),
            R"J({"value":{"mapValue":{"entries":[{"key":{"stringValue":"a"},)J"
            R"J("value":{"decimalValue":"0.1"}}]}},"type":"record(a: decimal)"})J");
  EXPECT_NE(with("decimal", "1e99").find("values.wrong_type"), String::npos);
  EXPECT_NE(with("record(a: decimal)", R"J({"b":0.1})J").find("values.wrong_type"), String::npos);
  EXPECT_NE(with("list(double)", R"J([1, "a"])J").find("values.wrong_type"), String::npos);
  EXPECT_NE(with("optional_type(int)", "1").find("values.wrong_type"), String::npos);
  EXPECT_NE(
      with("optional_type(int)", R"J({"optionalValue":{"value":"a"}})J").find("values.wrong_type"),
      String::npos);
  EXPECT_EQ(with("optional_type(int)", R"J({"optionalValue":{"value":1}})J").substr(0, 9),
            R"J({"value":)J");
}

TEST(Eval, WithoutChecksEverythingFailsWhenItIsReached) {
  EXPECT_EQ(EvaluateLine(R"J({"expr":"1 == 1.0","disableCheck":true})J"),
            R"J({"value":{"boolValue":true},"type":"bool"})J");
  EXPECT_EQ(EvaluateLine(R"J({"expr":"f(1) || x || true","disableCheck":true})J"),
            R"J({"value":{"boolValue":true},"type":"bool"})J");
  EXPECT_FALSE(IsValueAnswer(EvaluateLine(R"J({"expr":"f(1)","disableCheck":true})J")));
}

TEST(Eval, AWrongNumberOfArgumentsIsAnErrorWhetherTypesAreCheckedOrNot) {
  for (const char* call :
       {"matches('a')", "matches(1)", "round(1)", "'a'.contains()", "'a'.startsWith()",
        "'a'.endsWith()", "'a'.matches()", "daysBetween(date('2026-01-01'))",
        "monthsBetween(date('2026-01-01'))", "yearsBetween(date('2026-01-01'))", "sum('a')",
        "size()", "dyn()", "date('2026-01-01', 1)", "money('1', 'EUR', 2)", "type(1, 2, 3, 4)",
        "'a'.size(1)", "'a'.contains('a', 'b')"}) {
    for (const char* mode : {"", ",\"disableCheck\":true"}) {
      for (const char* beside : {"", " == 'a'.trim()"}) {
        const String answer =
            EvaluateLine("{\"expr\":\"" + String(call) + beside + "\"" + mode + "}");
        EXPECT_TRUE(answer.starts_with("{\"error\"")) << call << mode << beside << answer;
      }
    }
  }
  EXPECT_FALSE(IsValueAnswer(EvaluateExpression("'a'.trim().contains()")));
  EXPECT_FALSE(IsValueAnswer(EvaluateExpression("'a'.trim().contains('a', 'b')")));
  EXPECT_FALSE(IsValueAnswer(EvaluateExpression("round('a'.trim())")));
}

TEST(Eval, AConstantWithoutAValueRunsAndItsErrorIsAbsorbed) {
  EXPECT_TRUE(IsValueAnswer(EvaluateExpression("dyn([1, 2, 3][3]) || true")));
  EXPECT_TRUE(IsValueAnswer(EvaluateExpression("{1u: 1.0, 2: 2.0}[1]")));
  EXPECT_NE(EvaluateExpression("int('x')").find("expression.bad_conversion"), String::npos);
}

// The value alone: {"decimalValue":"1.5"}.
String ValueOf(std::string_view expression, std::string_view bindings) {
  String answer = EvaluateExpression(expression, bindings);
  constexpr std::string_view kBegin = "{\"value\":";
  if (!answer.starts_with(kBegin)) return answer;
  return answer.substr(kBegin.size(), answer.rfind(",\"type\":") - kBegin.size());
}

TEST(Eval, ALiteralIsExactOppositeADecimalThatNobodyDeclared) {
  constexpr std::string_view kBindings =
      R"J({"x":{"decimalValue":"0.1"},"m":{"moneyValue":["100.00","EUR"]},"y":0.1,"n":3,)J"
      R"J("xs":[{"decimalValue":"0.2"},{"decimalValue":"0.1"}],"ys":[0.1],"t":"a",)J"
      R"J("order":{"total":{"decimalValue":"99.9"}}})J";
  for (const char* holds : {"x == 0.1",
                            "0.1 == x",
                            "!(x != 0.1)",
                            "x in [0.1]",
                            "0.1 in xs",
                            "xs == [0.2, 0.1]",
                            "x < 0.100000000000000000000000001",
                            "order.total >= 99.9",
                            "xs.exists(p, p > 0.15)",
                            "decimal('1.5') == dyn(1.5)",
                            "order == {'total': 99.9}",
                            "min(x, 0.05) == 0.05",
                            "x + 0.5 == 0.6",
                            "0.5 - x == 0.4",
                            "x * (0.5 + 0.5) == x",
                            "sum(xs, 0.0) == 0.3",
                            "y == 0.1",
                            "0.1 == y",
                            "y in [0.1]",
                            "0.1 in ys",
                            "ys == [0.1]",
                            "y < 1e300",
                            "y < 1.0 / 0.0",
                            "y + 0.5 == 0.6",
                            "!(n in [0.5])",
                            "n != 3.5",
                            "!(x == (n == 3 ? 1 : 0.1))",
                            "!(x == (n == 3 ? 1.0 : 0.1))",
                            "x == (n == 3 ? 0.1 : 1)",
                            "{'a': 0.1} == {'a': x}",
                            "{'a': 0.1} == {'a': decimal('0.1')}",
                            "x == 0.1 && 'a'.trim() == 'a'"}) {
    EXPECT_EQ(ValueOf(holds, kBindings), R"J({"boolValue":true})J") << holds;
  }
  EXPECT_EQ(EvaluateExpression("x + 0.50", kBindings),
            R"J({"value":{"decimalValue":"0.60"},"type":"decimal"})J");
  EXPECT_EQ(ValueOf("m * 0.19", kBindings), R"J({"moneyValue":["19.0000","EUR"]})J");
  EXPECT_EQ(ValueOf("y * 2.0", kBindings), R"J({"doubleValue":0.2})J");
  EXPECT_NE(EvaluateExpression("t + 0.5", kBindings).find("types: +(string, double)\""),
            String::npos);
  EXPECT_NE(EvaluateExpression("t + 0.5 == 'a'.trim()", kBindings).find("types: +(string, double)"),
            String::npos);
  EXPECT_NE(EvaluateExpression("n + 0.5", kBindings).find("expression.no_overload"), String::npos);
  EXPECT_NE(EvaluateExpression("m + 0.5", kBindings).find("expression.no_overload"), String::npos);
  EXPECT_EQ(EvaluateLine(R"J({"expr":"x == 0.1","disableCheck":true,)J"
                         R"J("bindings":{"x":{"decimalValue":"0.1"}}})J"),
            R"J({"value":{"boolValue":true},"type":"bool"})J");
}

TEST(Eval, TwoIntsAreDividedAsIntsWhateverStandsOpposite) {
  constexpr std::string_view kBindings = R"J({"a":{"decimalValue":"1.50"},"n":7})J";
  const auto declared = [](std::string_view expression) {
    return EvaluateLine(R"J({"expr":")J" + String(expression) +
                        R"J(","bindings":{"a":{"decimalValue":"1.50"}},)J"
                        R"J("schema":{"vars":{"a":"decimal"}}})J");
  };
  EXPECT_EQ(ValueOf("a * (2/100)", kBindings), R"J({"decimalValue":"0.00"})J");
  EXPECT_EQ(declared("a * (2/100)"), R"J({"value":{"decimalValue":"0.00"},"type":"decimal"})J");
  EXPECT_EQ(declared("a * (2/100.0)"), R"J({"value":{"decimalValue":"0.0300"},"type":"decimal"})J");
  EXPECT_EQ(ValueOf("a * (2/100.0)", kBindings), R"J({"decimalValue":"0.0300"})J");
  EXPECT_EQ(declared("a * 0.5"), R"J({"value":{"decimalValue":"0.750"},"type":"decimal"})J");
  EXPECT_EQ(ValueOf("decimal('10') * (7/2)", kBindings), R"J({"decimalValue":"30"})J");
  EXPECT_EQ(ValueOf("decimal('10') * (n/2)", kBindings), R"J({"decimalValue":"30"})J");
  EXPECT_EQ(ValueOf("decimal('3') == 7/2", kBindings), R"J({"boolValue":true})J");
  EXPECT_EQ(ValueOf("decimal('3') in [1 + 7/2, 7/2]", kBindings), R"J({"boolValue":true})J");
  EXPECT_EQ(ValueOf("round(7/2, 0, 'half_up')", kBindings), R"J({"decimalValue":"3"})J");
  EXPECT_EQ(ValueOf("decimal(7/2)", kBindings), R"J({"decimalValue":"3"})J");
}

TEST(Eval, AListOfAnythingThatCanBeAddedHasASum) {
  constexpr std::string_view kBindings =
      R"J({"m":[{"moneyValue":["1","EUR"]},{"moneyValue":["2","EUR"]}],"f":[1.5,2.5],)J"
      R"J("u":[{"uint64Value":"1"},{"uint64Value":"2"}],"r":[{"durationValue":"1s"}],)J"
      R"J("p":[{"periodValue":"P1M"},{"periodValue":"P1D"}],"none":[],"t":["a"],)J"
      R"J("mixed":[{"moneyValue":["1","EUR"]},1]})J";
  EXPECT_EQ(ValueOf("sum(m)", kBindings), R"J({"moneyValue":["3","EUR"]})J");
  EXPECT_EQ(ValueOf("sum(f)", kBindings), R"J({"doubleValue":4})J");
  EXPECT_EQ(ValueOf("sum(u)", kBindings), R"J({"uint64Value":"3"})J");
  EXPECT_EQ(ValueOf("sum(r)", kBindings), R"J({"durationValue":"1s"})J");
  EXPECT_EQ(ValueOf("sum(p)", kBindings), R"J({"periodValue":"P1M1D"})J");
  EXPECT_EQ(ValueOf("sum(none)", kBindings), R"J({"int64Value":"0"})J");
  // The second argument is what an empty list gives.
  EXPECT_EQ(ValueOf("sum([1, 2], 10)", kBindings), R"J({"int64Value":"3"})J");
  EXPECT_EQ(ValueOf("sum([1].filter(x, x > 1), 10)", kBindings), R"J({"int64Value":"10"})J");
  EXPECT_EQ(ValueOf("sum([money('1','EUR'),money('2','EUR')])", kBindings),
            R"J({"moneyValue":["3","EUR"]})J");
  for (const char* wrong : {"sum(t)", "sum(mixed)", "sum([dyn(null)])"}) {
    EXPECT_NE(EvaluateExpression(wrong, kBindings).find("expression.no_overload"), String::npos)
        << wrong << EvaluateExpression(wrong, kBindings);
  }
  const auto amounts = [](std::string_view list) {
    return EvaluateLine(R"J({"expr":"sum(x)","schema":{"vars":{"x":"list(money)"}},"bindings":)J"
                        R"J({"x":)J" +
                        String(list) + "}}");
  };
  EXPECT_EQ(amounts(R"J([["1","EUR"]])J"),
            R"J({"value":{"moneyValue":["1","EUR"]},"type":"money"})J");
  EXPECT_NE(amounts("[]").find("expression.out_of_range"), String::npos) << amounts("[]");
}

TEST(Eval, TheGrammarIsCels) {
  const std::pair<const char*, const char*> values[] = {
      {"1in[1]", R"J({"boolValue":true})J"},
      {"0x1in[1]", R"J({"boolValue":true})J"},
      {"[,]", R"J({"listValue":{"values":[]}})J"},
      {"{,}", R"J({"mapValue":{"entries":[]}})J"},
      {"br'\\n' == bR'\\n'", R"J({"boolValue":true})J"},
      {"a.b.c", R"J({"int64Value":"1"})J"},
      {"(a.b).c", R"J({"int64Value":"2"})J"},
      {"((a.b)).c", R"J({"int64Value":"2"})J"},
      {"(a.b.c)", R"J({"int64Value":"1"})J"}};
  for (const auto& [expression, value] : values)
    EXPECT_EQ(ValueOf(expression, R"J({"a.b.c":1,"a.b":{"c":2}})J"), value) << expression;
  for (const char* wrong : {"rb'\\n'", "RB''", "[,1]", "[,,]", "{,1:2}", "1inx", "f(,)"}) {
    EXPECT_NE(EvaluateExpression(wrong).find("\"error\":{\"code\":\"T"), String::npos) << wrong;
  }
}

TEST(Eval, WhatHasNoValueIsToldAsItIs) {
  EXPECT_EQ(EvaluateLine(R"J({"expr":"true || 'a'.matches('(')"})J"),
            R"J({"value":{"boolValue":true},"type":"bool"})J");
  EXPECT_NE(EvaluateExpression("'a'.matches('(')").find("expression.bad_pattern"), String::npos);
  EXPECT_NE(EvaluateLine(R"J({"expr":"nobody","disableCheck":true})J").find("member: nobody"),
            String::npos)
      << EvaluateLine(R"J({"expr":"nobody","disableCheck":true})J");
  EXPECT_NE(EvaluateExpression("period('P1M') - period('P1D')").find("one sign"), String::npos);
  EXPECT_NE(EvaluateExpression("-duration('1s')").find("T301"), String::npos);
  EXPECT_NE(EvaluateExpression("-dyn(duration('1s'))").find("expression.no_overload"),
            String::npos);
  EXPECT_EQ(ValueOf("int('" + String(99, '0') + "1') + int('-0001')", "{}"),
            R"J({"int64Value":"0"})J");
  EXPECT_EQ(ValueOf("uint('" + String(29, '0') + "1')", "{}"), R"J({"uint64Value":"1"})J");
}

// As cel-go: a <= b is a < b || a == b, though 2^63 - 1 and 2^63 are one double.
TEST(Eval, AnIntAndADoubleAreOrderedAsTheyAreEqual) {
  for (const char* holds :
       {"9223372036854775807 <= 9223372036854775808.0",
        "!(9223372036854775807 < 9223372036854775808.0)",
        "dyn(9223372036854775807) == 9223372036854775808.0",
        "9223372036854775808.0 == dyn(9223372036854775807)",
        "!(dyn(9007199254740993) != 9007199254740992.0)", "dyn(1) != 1.5", "dyn(3u) == 3.0"}) {
    EXPECT_EQ(ValueOf(holds, "{}"), R"J({"boolValue":true})J") << holds;
  }
}

TEST(Eval, BadLinesAreErrors) {
  for (const char* line :
       {"", "[]", "{", "{}", R"J({"expr":1})J", R"J({"expr":"x","bindings":[]})J",
        R"J({"expr":"x","bindings":{"x":{"int64Value":"x"}}})J",
        R"J({"expr":"x","bindings":{"x":{"int64Value":"9223372036854775808"}}})J",
        R"J({"expr":"x","schema":{"vars":{"x":"integer"}}})J", "{\"expr\":\"\xff\"}",
        R"J({"expr":"1"} 2)J", R"J({"expr":"\ud800"})J"}) {
    EXPECT_EQ(EvaluateLine(line).substr(0, 9), R"J({"error":)J") << line;
  }
  EXPECT_EQ(EvaluateLine(String(kMaxEvalLine + 1, ' ')).substr(0, 30),
            R"J({"error":{"code":"json.too_lar)J");
}

// The code and path of a refusal.
String Refused(std::string_view line) {
  const auto answer = json::ReadLoose(EvaluateLine(line));
  const json::Loose* error = answer ? answer->Find("error") : nullptr;
  if (error == nullptr) return EvaluateLine(line);
  const json::Loose* path = error->Find("path");
  return error->Find("code")->text + (path == nullptr ? "" : " " + path->text);
}

TEST(Eval, AMemberOfTheWrongTypeIsRefusedAndNotOverlooked) {
  EXPECT_EQ(Refused("[]"), "schema.wrong_type");
  EXPECT_EQ(Refused(R"J({"expr":1})J"), "schema.wrong_type /expr");
  EXPECT_EQ(Refused(R"J({"expr":"1","container":7})J"), "schema.wrong_type /container");
  EXPECT_EQ(Refused(R"J({"expr":"1","disableCheck":"yes"})J"), "schema.wrong_type /disableCheck");
  EXPECT_EQ(Refused(R"J({"expr":"1","schema":7})J"), "schema.wrong_type /schema");
  EXPECT_EQ(Refused(R"J({"expr":"1","schema":{"vars":["a"]}})J"), "schema.wrong_type /vars");
  EXPECT_EQ(Refused(R"J({"expr":"1","schema":{"vars":{"a":1}}})J"),
            "schema.wrong_type /schema/vars/a");
  EXPECT_EQ(Refused(R"J({"expr":"1","schema":{"vars":{"a":"integer"}}})J"),
            "values.bad_type /schema/vars/a");
  EXPECT_EQ(Refused(R"J({"expr":"1","bindings":{"a":{"int64Value":"x"}}})J"),
            "schema.bad_value /bindings/a");
  EXPECT_EQ(Refused(R"J({"expr":"1","bindings":{"a":1,"a":2}})J"), "json.duplicate_name");
  EXPECT_EQ(Refused("\xEF\xBB\xBF{\"expr\":\"1\"}"), "json.syntax");
  EXPECT_EQ(Refused("{\"expr\":\"1\xff\"}"), "text.not_utf8");
  EXPECT_EQ(Refused(String(1000, '[')), "json.too_deep");
}

TEST(Eval, ABoundValueIsOfItsDeclaredTypeOrItsPlainForm) {
  const auto with = [](std::string_view type, std::string_view value) {
    return R"J({"expr":"x","schema":{"vars":{"x":")J" + String(type) + R"J("}},"bindings":{"x":)J" +
           String(value) + "}}";
  };
  EXPECT_EQ(Refused(with("int", R"J("x")J")), "values.wrong_type /bindings/x");
  EXPECT_EQ(Refused(with("bool", "1")), "values.wrong_type /bindings/x");
  EXPECT_EQ(Refused(with("list(record(b: int))", R"J([{"b":"zz"}])J")),
            "values.wrong_type /bindings/x");
  EXPECT_EQ(Refused(with("money(EUR)", R"J({"moneyValue":["1.00","USD"]})J")),
            "values.wrong_type /bindings/x");
  EXPECT_EQ(EvaluateLine(with("decimal", R"J("9.95")J")),
            R"J({"value":{"decimalValue":"9.95"},"type":"decimal"})J");
  EXPECT_EQ(EvaluateLine(with("date", R"J("2026-01-31")J")),
            R"J({"value":{"dateValue":"2026-01-31"},"type":"date"})J");
  EXPECT_EQ(EvaluateLine(with("money(EUR)", R"J(["1.00","EUR"])J")),
            R"J({"value":{"moneyValue":["1.00","EUR"]},"type":"money(EUR)"})J");
  EXPECT_EQ(
      EvaluateLine(with("list(int)", "[1,2]")),
      R"J({"value":{"listValue":{"values":[{"int64Value":"1"},{"int64Value":"2"}]}},"type":"list(int)"})J");
}

TEST(Eval, APointInTimeAndASpanAreTakenInTheirPlainForm) {
  EXPECT_EQ(
      EvaluateLine(
          R"J({"expr":"x","schema":{"vars":{"x":"timestamp"}},"bindings":{"x":"2026-01-01T00:00:00Z"}})J"),
      R"J({"value":{"timestampValue":"2026-01-01T00:00:00Z"},"type":"timestamp"})J");
  EXPECT_EQ(
      EvaluateLine(
          R"J({"expr":"x[0]","schema":{"vars":{"x":"list(duration)"}},"bindings":{"x":["90s"]}})J"),
      R"J({"value":{"durationValue":"90s"},"type":"duration"})J");
  EXPECT_EQ(
      Refused(R"J({"expr":"x","schema":{"vars":{"x":"timestamp"}},"bindings":{"x":"yesterday"}})J"),
      "values.wrong_type /bindings/x");
}

TEST(Eval, AKindTakesItsOwnFormAlone) {
  for (const char* value : {R"J({"boolValue":"true"})J",
                            R"J({"boolValue":1})J",
                            R"J({"nullValue":5})J",
                            R"J({"int64Value":""})J",
                            R"J({"int64Value":"-"})J",
                            R"J({"uint64Value":""})J",
                            R"J({"int64Value":true})J",
                            R"J({"doubleValue":true})J",
                            R"J({"doubleValue":null})J",
                            R"J({"stringValue":true})J",
                            R"J({"stringValue":null})J",
                            R"J({"stringValue":5})J",
                            R"J({"stringValue":["a"]})J",
                            R"J({"bytesValue":true})J",
                            R"J({"typeValue":5})J",
                            R"J({"listValue":[1,2]})J",
                            R"J({"listValue":{"items":[1]}})J",
                            R"J({"listValue":{"values":{"a":1}}})J",
                            R"J({"mapValue":{"fields":{"a":1}}})J",
                            R"J({"mapValue":[]})J",
                            R"J({"mapValue":{"entries":{}}})J",
                            R"J({"mapValue":{"entries":[{"key":1,"value":2,"more":3}]}})J",
                            R"J({"moneyValue":"1.00 EUR"})J",
                            R"J({"moneyValue":[1,"EUR"]})J"}) {
    EXPECT_EQ(Refused(R"J({"expr":"x","bindings":{"x":)J" + String(value) + "}}"),
              "schema.bad_value /bindings/x")
        << value;
  }
  // What protobuf's JSON leaves out where it is empty.
  EXPECT_EQ(EvaluateLine(R"J({"expr":"size(x)","bindings":{"x":{"listValue":{}}}})J"),
            R"J({"value":{"int64Value":"0"},"type":"int"})J");
  EXPECT_EQ(EvaluateLine(R"J({"expr":"size(x)","bindings":{"x":{"mapValue":{}}}})J"),
            R"J({"value":{"int64Value":"0"},"type":"int"})J");
}

TEST(Eval, NamesAreBounded) {
  const auto many = [](size_t count) {
    String bindings, vars;
    for (size_t i = 0; i < count; ++i) {
      const String name = (i == 0 ? "\"a" : ",\"a") + NumberText(i) + "\":";
      bindings += name + "1";
      vars += name + "\"int\"";
    }
    return std::pair(R"J({"expr":"a0","bindings":{)J" + bindings + "}}",
                     R"J({"expr":"1","schema":{"vars":{)J" + vars + "}}}");
  };
  EXPECT_TRUE(IsValueAnswer(EvaluateLine(many(kMaxEvalNames).first)));
  EXPECT_TRUE(IsValueAnswer(EvaluateLine(many(kMaxEvalNames).second)));
  EXPECT_EQ(Refused(many(kMaxEvalNames + 1).first), "json.too_many_items");
  EXPECT_EQ(Refused(many(kMaxEvalNames + 1).second), "json.too_many_items");
}

TEST(LooseJson, IsBoundedInDepth) {
  const auto nested = [](int depth) {
    return String(static_cast<size_t>(depth), '[') + String(static_cast<size_t>(depth), ']');
  };
  EXPECT_TRUE(json::ReadLoose(nested(json::Loose::kMaxDepth + 1)).has_value());
  EXPECT_FALSE(json::ReadLoose(nested(json::Loose::kMaxDepth + 2)).has_value());
  EXPECT_EQ(json::ReadLoose(R"J("\u00e9\ud83d\ude00\n")J")->text, "\u00e9\U0001F600\n");
}

}  // namespace
}  // namespace countersign::compile
