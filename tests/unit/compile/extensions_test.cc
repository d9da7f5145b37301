// CEL's extension libraries: what the conformance suite leaves open.
#include "compile/extensions.h"

#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstdio>
#include <random>

#include "compile/eval.h"
#include "compile/parser.h"

namespace countersign::compile {
namespace {

String Answer(std::string_view expression) { return EvaluateExpression(expression); }
String TextOf(std::string_view expression) {
  String answer = Answer(expression);
  constexpr std::string_view kBegin = "{\"value\":{\"stringValue\":\"";
  if (!answer.starts_with(kBegin)) return answer;
  return answer.substr(kBegin.size(), answer.find("\"}", kBegin.size()) - kBegin.size());
}

TEST(Extensions, NumbersAreFormattedExactlyAndRoundedHalfToEven) {
  EXPECT_EQ(TextOf("'%.0f %.0f %.0f'.format([0.5, 1.5, 2.5])"), "0 2 2");
  EXPECT_EQ(TextOf("'%.2f'.format([1.005])"), "1.00");
  EXPECT_EQ(TextOf("'%.3f'.format([9.9996])"), "10.000");
  EXPECT_EQ(TextOf("'%.1e'.format([9.96])"), "1.0e+01");
  EXPECT_EQ(TextOf("'%e'.format([0.0])"), "0.000000e+00");
  EXPECT_EQ(TextOf("'%x %b'.format([-255, -9223372036854775808])"), "-ff -1" + String(63, '0'));
  std::mt19937_64 random(5);
  for (int i = 0; i < 3'000; ++i) {
    double number = i % 2 == 0 ? std::bit_cast<double>(random())
                               : static_cast<double>(random() % 2'000'000) / 1024;
    if (!(number - number == 0) || number > 1e200 || number < -1e200) continue;
    int precision = static_cast<int>(random() % 20);
    char line[600], format[64];
    std::snprintf(format, sizeof format, "'%%.%d%c'.format([x])", precision, "fe"[i / 2 % 2]);
    std::snprintf(line, sizeof line, i / 2 % 2 == 0 ? "%.*f" : "%.*e", precision, number);
    char bindings[64];
    std::snprintf(bindings, sizeof bindings, "{\"x\":{\"doubleValue\":\"%.17g\"}}", number);
    String answer = EvaluateExpression(format, bindings);
    EXPECT_NE(answer.find("\"" + String(line) + "\""), String::npos)
        << format << bindings << answer << line;
  }
}

TEST(Extensions, TextsAreCountedInCharacters) {
  EXPECT_EQ(TextOf("'\u00e9t\u00e9'.substring(1, 2) + 'tacocat'.reverse()"), "ttacocat");
  EXPECT_EQ(TextOf("'abc'.replace('', '-', 2) + 'abc'.split('', 2)[1]"), "-a-bcbc");
  EXPECT_EQ(TextOf("'a,b,c'.split(',', 2)[1]"), "b,c");
  EXPECT_EQ(Answer("'tacocat'.indexOf('a', 7)"),
            "{\"value\":{\"int64Value\":\"-1\"},\"type\":\"int\"}");
}

TEST(Extensions, LogicAbsorbsErrorsAndMacrosSeeTheirVariables) {
  EXPECT_EQ(Answer("'x'.charAt(9) == '' || true"),
            "{\"value\":{\"boolValue\":true},\"type\":\"bool\"}");
  EXPECT_EQ(Answer("[1, 2].exists(i, [i].map(j, j * 2)[0] == 4 && 'a'.trim() == 'a')"),
            "{\"value\":{\"boolValue\":true},\"type\":\"bool\"}");
  EXPECT_EQ(Answer("cel.bind(t, ' a '.trim(), {t: 1}.transformMap(k, v, v + 1)[t])"),
            "{\"value\":{\"int64Value\":\"2\"},\"type\":\"int\"}");
}

// The value or the error code of a line, or the names that it waits for.
String Outcome(std::string_view line) {
  String answer = EvaluateLine(line);
  constexpr std::string_view kCode = "{\"error\":{\"code\":\"";
  if (!answer.starts_with(kCode)) return answer.substr(0, answer.find(",\"type\"")) + "}";
  return answer.substr(kCode.size(), answer.find('"', kCode.size()) - kCode.size());
}
String OutcomeOf(std::string_view expression) {
  return Outcome("{\"expr\":\"" + String(expression) +
                 R"J(","schema":{"vars":{"x":"bool","y":"string","z":"string"}}})J");
}

TEST(Extensions, UnknownsAndErrorsComeOutAsWithoutThem) {
  EXPECT_EQ(OutcomeOf("(x || true) ? 'a'.charAt(9) : ''"), "expression.out_of_range");
  EXPECT_EQ(OutcomeOf("(x || 'a'.trim() == 'a') && 1 / 0 == 1"), "values.divide_by_zero");
  EXPECT_EQ(OutcomeOf("z.trim() + y.trim()"), R"J({"unknown":["y","z"]})J");
  EXPECT_EQ(OutcomeOf("['a'.charAt(9), z]"), R"J({"unknown":["z"]})J");
  EXPECT_EQ(OutcomeOf("{'a'.charAt(9): y, z: 1}"), R"J({"unknown":["y","z"]})J");
  EXPECT_EQ(OutcomeOf("'a'.replace(y, 'a'.charAt(9), dyn(z))"), R"J({"unknown":["y","z"]})J");
  EXPECT_EQ(OutcomeOf("x && y.trim() == ''"), R"J({"unknown":["x","y"]})J");
  EXPECT_EQ(OutcomeOf("[1, 2].all(i, y.trim() == z || 1 / 0 == i)"), R"J({"unknown":["y","z"]})J");
  EXPECT_EQ(OutcomeOf("['a', 'b'].all(i, i.charAt(9) == '' && x)"), R"J({"unknown":["x"]})J");
  EXPECT_EQ(OutcomeOf("int('a'.charAt(9)) + 1 / 0"), "expression.out_of_range");
}

TEST(Extensions, NamesLiteralsAndBoundsAreThoseOfEveryExpression) {
  EXPECT_EQ(Outcome(R"J({"expr":"x.trim()","container":"a.b","bindings":{"a.b.x":" v "}})J"),
            R"J({"value":{"stringValue":"v"}})J");
  EXPECT_EQ(Outcome(R"J({"expr":"x.c.trim()","container":"a.b","bindings":{"a.x":{"c":"v"}}})J"),
            R"J({"value":{"stringValue":"v"}})J");
  for (const char* holds :
       {"type(timestamp(0)) == google.protobuf.Timestamp", "type(duration('1s')) != decimal",
        "type(date('2026-01-31')) == date", ".int(1) == 1", "decimal('0.1') == 0.1",
        "decimal('0.1') in [0.1]", "1.5 + decimal('1') == 2.5", "[decimal('0.1'), 0.1][1] == 0.1",
        "cel.bind(v, 'a'.charAt(9), true)", "sum([1, 2]) == 3 && [decimal('1'), 2].sum() == 3",
        "sum(['1'.trim()].map(i, int(i))) == 1"}) {
    EXPECT_EQ(OutcomeOf("'a'.trim() == 'a' && (" + String(holds) + ")"),
              R"J({"value":{"boolValue":true}})J")
        << holds;
  }
  EXPECT_EQ(OutcomeOf("cel.bind(v, 'a'.charAt(9), v == '')"), "expression.out_of_range");
  EXPECT_EQ(OutcomeOf("'%f'.format([1e309])"), "T106");
  String deep = "'a'.trim()";
  for (int i = 0; i < 12; ++i) deep = "[1].map(v" + NumberText(i) + ", " + deep + ")";
  EXPECT_NE(OutcomeOf(deep), "T704");
  EXPECT_EQ(OutcomeOf("[1].map(v, " + deep + ")"), "T704");
  EXPECT_EQ(OutcomeOf("'a'.trim() + nobody"), "T402");
  EXPECT_EQ(OutcomeOf("'a'.trim() == 'a' && 1 + 'a' == 2"), "T301");
  EXPECT_EQ(OutcomeOf("size('a'.trim(), 1)"), "T301");
  EXPECT_EQ(OutcomeOf("'a'.trim() + [1"), "T202");
  EXPECT_EQ(OutcomeOf("size(optional.of(1))"), "expression.no_overload");
}

TEST(Extensions, WhatUsesThemCanBeCheckedWithoutRunning) {
  EXPECT_EQ(EvaluateLine(R"J({"expr":"'a'.trim() == y","schema":{"vars":{"y":"string"}},)J"
                         R"J("checkOnly":true})J"),
            R"J({"type":"bool"})J");
  EXPECT_EQ(Outcome(R"J({"expr":"'a'.trim() + nobody","checkOnly":true})J"), "T402");
}

String TypeOf(std::string_view expression, std::string_view schema = "{}") {
  return EvaluateLine("{\"checkOnly\":true,\"expr\":\"" + String(expression) +
                      "\",\"schema\":" + String(schema) + "}");
}
String Typed(std::string_view type) { return "{\"type\":\"" + String(type) + "\"}"; }

TEST(Extensions, TypesAreDeducedAsCelDoes) {
  const std::pair<const char*, const char*> types[] = {
      {"[optional.none(), optional.of(1)]", "list(optional_type(int))"},
      {"[optional.of(1), optional.none()]", "list(optional_type(int))"},
      {"[[], [[]], [[[]]], [[[[]]]]]", "list(list(list(list(list(dyn)))))"},
      {"[[[[[]]]], [], [[[]]]]", "list(list(list(list(list(dyn)))))"},
      {"true ? optional.of(dyn(1)) : optional.of(1)", "optional_type(dyn)"},
      {"[optional.of(1), optional.of(dyn(1))]", "list(optional_type(dyn))"},
      {"[optional.of(1), null][0]", "optional_type(int)"},
      {"[] + [1,2,3,] + [4]", "list(int)"},
      {"[1, 2] + []", "list(int)"},
      {"([].map(x,x))[0].foo", "dyn"},
      {"base64.encode(b'hello')", "string"},
      {"math.least(1, 1)", "int"},
      {"math.greatest([1.5])", "double"},
      {"math.isNaN(0.0)", "bool"},
      {"'a,b'.split(',')", "list(string)"},
      {"{'a': {'b': 1}}.?a.?b", "optional_type(int)"},
      {"[1].map(x, optional.of(x))", "list(optional_type(int))"},
      {"optional.of(1).optMap(x, x + 1).orValue(2)", "int"},
      {"{?'a': optional.of(1u)}", "map(string, uint)"},
      {"['a'].transformMapEntry(i, v, {v: i})", "map(string, int)"},
      {"{1: 'a'}.filter(k, true)", "list(int)"},
      {"[1, 'a']", "list(dyn)"}};
  for (const auto& [expression, type] : types)
    EXPECT_EQ(TypeOf(expression), Typed(type)) << expression;
  for (const char* wrong : {"false ? 'a'.trim() : 1", "true || 'a'.trim() == 1", "'a'.trim(1)",
                            "1.trim()", "math.ceil('a')", "math.greatest()", "math.abs(1, 2)"}) {
    EXPECT_NE(Answer(wrong).find("\"T30"), String::npos) << wrong << Answer(wrong);
  }
}

TEST(Extensions, DeclaredFunctionsAreCheckedAndNotRun) {
  constexpr std::string_view kTuple = R"J({"overloads":[{"args":["T","U","V"],)J"
                                      R"J("result":"tuple(T, U, V)"}]})J";
  const String schema =
      R"J({"functions":{"fn":{"overloads":[{"args":["string","int"],"result":"string"}]},)J"
      R"J("a.b.g":{"overloads":[{"args":[],"result":"list( int )"}]},)J"
      R"J("m":{"overloads":[{"args":["string"],"result":"bool","member":true}]},)J"
      R"J("sort":{"overloads":[{"args":["tuple(T,T,T)"],"result":"tuple(T,T,T)"}]},"tuple":)J" +
      String(kTuple) + "}}";
  EXPECT_EQ(TypeOf("fn('abc', 123)", schema), Typed("string"));
  EXPECT_EQ(TypeOf("a.b.g()", schema), Typed("list(int)"));
  EXPECT_EQ(TypeOf("'a'.m()", schema), Typed("bool"));
  EXPECT_EQ(TypeOf("[tuple(1, 2u, 3.0), tuple(dyn(1), dyn(2u), dyn(3.0))][0]", schema),
            Typed("tuple(dyn, dyn, dyn)"));
  EXPECT_EQ(TypeOf("sort(tuple(dyn(1), 2u, 3.0))", schema), Typed("tuple(dyn, dyn, dyn)"));
  EXPECT_EQ(TypeOf("tuple(1, 2u, 3.0) == tuple(1, dyn(2u), dyn(3.0))", schema), Typed("bool"));
  EXPECT_NE(TypeOf("fn(1, 2)", schema).find("T301"), String::npos);
  EXPECT_NE(TypeOf("'a'.fn(1)", schema).find("T301"), String::npos);
  const auto run = [&](std::string_view expression) {
    return Outcome("{\"expr\":\"" + String(expression) + "\",\"schema\":" + schema + "}");
  };
  EXPECT_EQ(run("fn('abc', 123)"), "expression.unknown_function");
  EXPECT_EQ(run("'a'.m() || true"), R"J({"value":{"boolValue":true})J"
                                    "}");
  for (const char* bad :
       {R"J({"functions":{"f":1}})J", R"J({"functions":[]})J", R"J({"functions":{"f":{}}})J",
        R"J({"functions":{"f":{"overloads":[{"args":["integer"],"result":"int"}]}}})J",
        R"J({"functions":{"f":{"overloads":[{"args":["int"]}]}}})J"}) {
    EXPECT_NE(TypeOf("1", bad).find("\"error\""), String::npos) << bad;
  }
  // Each call could double the type: its bounds hold.
  String deep = "1";
  for (int i = 0; i < 60; ++i) deep = "cel.bind(x, " + deep + ", tuple(x, x, x))";
  EXPECT_LT(TypeOf(deep, schema).size(), 20'000u);
}

TEST(Extensions, TypesOfVariablesAreCels) {
  const auto typed = [](std::string_view type) {
    return TypeOf("x", "{\"vars\":{\"x\":\"" + String(type) + "\"}}");
  };
  EXPECT_EQ(typed("optional_type(int)"), Typed("optional_type(int)"));
  EXPECT_EQ(typed("list(optional_type(int))"), Typed("list(optional_type(int))"));
  EXPECT_EQ(typed("type(int)"), Typed("type"));
  EXPECT_EQ(typed("null_type"), Typed("null"));
  EXPECT_EQ(typed("list( int )"), Typed("list(int)"));
  EXPECT_EQ(typed("map( string , list(money( EUR )) )"), Typed("map(string, list(money(EUR)))"));
  EXPECT_EQ(typed("list"), Typed("list(dyn)"));
  EXPECT_EQ(typed("list(record(b: int))"), Typed("list(record(b: int))"));
  for (const char* bad :
       {"map(double,int)", "map(list(int),int)", "tuple(int)", "T", "integer", "list(int",
        "map(int)", "record(a: map(double, int))", "optional_type(int, int)", "", "list()"}) {
    EXPECT_NE(typed(bad).find("values.bad_type"), String::npos) << bad << typed(bad);
  }
  EXPECT_EQ(TypeOf("x.?a", R"J({"vars":{"x":"optional_type(map(string, uint))"}})J"),
            Typed("optional_type(uint)"));
}

TEST(Extensions, AFunctionsFullNameMeansTheFunction) {
  EXPECT_EQ(Outcome(R"J({"expr":"math.abs(-1)","bindings":{"math":{"a":1}}})J"),
            R"J({"value":{"int64Value":"1"}})J");
  EXPECT_EQ(Outcome(R"J({"expr":"optional.of(math.a).value()","bindings":{"math":{"a":1}}})J"),
            R"J({"value":{"int64Value":"1"}})J");
  EXPECT_EQ(OutcomeOf(".math.sqrt(4)"), R"J({"value":{"doubleValue":2}})J");
  EXPECT_EQ(Outcome(R"J({"expr":"sqrt(4)","container":"math"})J"),
            R"J({"value":{"doubleValue":2}})J");
  EXPECT_EQ(
      Outcome(R"J({"expr":"type(timestamp(0)) == Timestamp","container":"google.protobuf"})J"),
      R"J({"value":{"boolValue":true}})J");
  EXPECT_EQ(OutcomeOf("sqrt(4)"), "T401");
}

TEST(Extensions, MapsArePutTogetherFromEntries) {
  EXPECT_EQ(OutcomeOf("[1, 2].transformMapEntry(i, v, {v: i}) == {1: 0, 2: 1}"),
            R"J({"value":{"boolValue":true}})J");
  EXPECT_EQ(OutcomeOf("{'a': 1, 'b': 2}.transformMapEntry(k, v, v > 1, {v: k}) == {2: 'b'}"),
            R"J({"value":{"boolValue":true}})J");
  EXPECT_EQ(OutcomeOf("[1, 1].transformMapEntry(i, v, {v: i})"), "values.duplicate_key");
  EXPECT_EQ(OutcomeOf("[1].transformMapEntry(i, v, v)"), "T301");
  EXPECT_EQ(OutcomeOf("[1].transformMapEntry(i, i, {i: i})"), "T204");
  EXPECT_EQ(OutcomeOf("[1, 2].existsOne(x, x == 1)"), R"J({"value":{"boolValue":true}})J");
}

TEST(Extensions, WhatStandsInForAnEmptyOptionalIsLookedAtOnlyThere) {
  EXPECT_EQ(OutcomeOf("optional.of(1).orValue(1 / 0)"), R"J({"value":{"int64Value":"1"}})J");
  EXPECT_EQ(OutcomeOf("optional.of(1).or(optional.of(1 / 0)).value()"),
            R"J({"value":{"int64Value":"1"}})J");
  EXPECT_EQ(OutcomeOf("optional.none().orValue(1 / 0)"), "values.divide_by_zero");
  EXPECT_EQ(OutcomeOf("optional.of(1).orValue(y)"), R"J({"value":{"int64Value":"1"}})J");
  EXPECT_EQ(OutcomeOf("optional.none().or(1)"), "expression.no_overload");
}

TEST(Extensions, OptionalsOfAListAreUnwrappedAndItsEndsMayBeMissing) {
  const auto is = [](std::string_view expression) {
    return OutcomeOf(expression) == R"J({"value":{"boolValue":true}})J";
  };
  EXPECT_TRUE(is("optional.unwrap([optional.of(1), optional.none(), optional.of(2)]) == [1, 2]"));
  EXPECT_TRUE(is("[optional.of('a'), optional.none()].unwrapOpt() == ['a']"));
  EXPECT_TRUE(is("dyn([]).unwrapOpt() == []"));
  EXPECT_TRUE(is("[1, 2].first() == optional.of(1) && [1, 2].last() == optional.of(2)"));
  EXPECT_TRUE(is("!dyn([]).first().hasValue() && dyn([]).last().orValue(7) == 7"));
  EXPECT_EQ(OutcomeOf("optional.unwrap(dyn([1]))"), "expression.no_overload");
  EXPECT_EQ(OutcomeOf("dyn('ab').first()"), "expression.no_overload");
}

TEST(Extensions, EveryKindWithAZeroHasAnEmptyOptionalOfIt) {
  for (const char* zero :
       {"null", "false", "0", "0u", "0.0", "-0.0", "''", "b''", "[]", "{}", "decimal('0.00')",
        "money('0.00', 'EUR')", "period('P0D')", "duration('0s')"}) {
    EXPECT_EQ(OutcomeOf("optional.ofNonZeroValue(" + String(zero) + ").hasValue()"),
              R"J({"value":{"boolValue":false}})J")
        << zero;
  }
  for (const char* other : {"' '", "decimal('0.01')", "duration('1ns')", "period('P1M')",
                            "timestamp(0)", "date('2026-01-31')"}) {
    EXPECT_EQ(OutcomeOf("optional.ofNonZeroValue(" + String(other) + ").hasValue()"),
              R"J({"value":{"boolValue":true}})J")
        << other;
  }
}

TEST(Extensions, Base64IsOfTheStandardAlphabetPaddedOrBare) {
  for (const char* good : {"", "+/8=", "+/8", "aGk=", "YQ==", "YQ", "aGkh"}) {
    EXPECT_TRUE(FromBase64(good).has_value()) << good;
  }
  for (const char* bad : {"-_8=", "-_8", "=", "==", "YQ=", "YQ===", "YQ====", "aGkh=", "aGkh====",
                          "Y", "Y===", "Y=Q=", "aG kh"}) {
    EXPECT_FALSE(FromBase64(bad).has_value()) << bad;
  }
  EXPECT_EQ(OutcomeOf("base64.decode('-_8=')"), "expression.bad_conversion");
}

TEST(Extensions, WhatIsOutOfRangeIsNotCalledAnElementOfAList) {
  for (const char* expression : {"'a'.charAt(9)", "math.bitShiftLeft(1, -1)",
                                 "'%.101f'.format([1.0])", "[1][int('9'.trim())]"}) {
    EXPECT_NE(Answer(expression).find("The index or number is out of range"), String::npos)
        << expression << Answer(expression);
  }
}

TEST(Extensions, NoTextMakesAnOptionalOfAMap) {
  EXPECT_EQ(Outcome(R"J({"expr":"{'\\u0001optional': [1]}"})J").substr(0, 12), R"J({"value":{"m)J");
  EXPECT_EQ(Outcome(R"J({"expr":"{'\\u00ffoptional': [1]}"})J").substr(0, 12), R"J({"value":{"m)J");
  EXPECT_EQ(Outcome(R"J({"expr":"{'\\xffoptional': [1]}"})J").substr(0, 12), R"J({"value":{"m)J");
  EXPECT_EQ(Outcome(R"J({"expr":"x","bindings":{"x":{"\u0001optional":[]}}})J").substr(0, 12),
            R"J({"value":{"m)J");
}

TEST(Extensions, TheDigitsOfTinyNumbersAreWork) {
  EXPECT_EQ(OutcomeOf("'%.3f'.format([4.9e-324])"), R"J({"value":{"stringValue":"0.000"}})J");
  const String ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
  for (const char* format : {"%.100f", "%e"}) {
    EXPECT_EQ(OutcomeOf(ten + ".map(a, " + ten + ".map(b, " + ten + ".map(c, '" + format +
                        "'.format([4.9e-324]))))"),
              "expression.fuel");
  }
}

TEST(Extensions, HostileExpressionsEndSoon) {
  String doubling = "cel.bind(a, '0123456789'.trim(), ";
  String end = "a";
  for (int i = 0; i < 12; ++i) doubling += "cel.bind(a, a.replace('', a), ";
  String answer = Answer(doubling + end + String(13, ')'));
  EXPECT_NE(answer.find("expression."), String::npos) << answer.substr(0, 200);
  EXPECT_NE(Answer("'" + String(3'000, 'a') + "'.split('').all(x, '" + String(900, 'b') +
                   "'.split('').all(y, x != y.trim()))")
                .find("expression.fuel"),
            String::npos);
  EXPECT_NE(Answer("'%.101f'.format([1.0])").find("expression.out_of_range"), String::npos);
}

// Whatever is read, searched or copied is charged: the end of the fuel comes soon.
TEST(Extensions, WorkThatALoopRepeatsIsCharged) {
  String numbers = "0", ones = "1", empties = "''";
  for (int i = 1; i < 1'000; ++i) numbers += "," + NumberText(i);
  for (int i = 1; i < 50'000; ++i) ones += ",1", empties += ",''";
  for (char& c : empties) c = c == '\'' ? '"' : c;
  const auto text = [](size_t size) { return "\"" + String(size, 'a') + "\""; };
  const auto ends_soon = [&](const String& body, const String& s, const String& t) {
    const auto start = std::chrono::steady_clock::now();
    const String answer =
        EvaluateExpression("l.all(x, l.all(y, " + body + " || true))",
                           "{\"l\":[" + numbers + "],\"s\":" + s + ",\"t\":" + t + "}");
    EXPECT_NE(answer.find("expression.fuel"), String::npos) << body << answer.substr(0, 200);
    // 100 ms is promised; a loaded machine and the sanitizers get time.
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(std::chrono::duration_cast<std::chrono::milliseconds>(took).count(), 8000) << body;
  };
  ends_soon("double(s) > 0.0", "\"1." + String(300'000, '1') + "\"", "0");
  ends_soon("double(s) > 0.0", "\"12345678901234567e-300\"", "0");
  ends_soon("string(s) == ''", "1.7976931348623157e308", "0");
  ends_soon("'%s'.format([s]) == ''", "1.7976931348623157e308", "0");
  ends_soon("'%s'.format([s]) == ''", "[" + empties + "]", "0");
  ends_soon("s.join('') == ''", "[" + empties + "]", "0");
  ends_soon("math.greatest(s) > 0", "[" + ones + "]", "0");
  ends_soon("base64.decode(s).size() > 0", text(200'000), "0");
  ends_soon("s.startsWith(t)", text(300'000), text(300'000));
  ends_soon("s.endsWith(t)", text(300'000), text(300'000));
  ends_soon("s.replace(t, 'x') == ''", text(300'000), "\"" + String(150'000, 'a') + "b\"");
  ends_soon("s.split(t).size() == 0", text(300'000), "\"" + String(150'000, 'a') + "b\"");
  ends_soon("s.replace('', t) == ''", text(1'000), text(9'000));
  ends_soon("s.split('').size() == 0", text(20'000), "0");
}

TEST(Extensions, EmptyTextsInAListAreShownAsElements) {
  EXPECT_EQ(TextOf("'%s'.format([['', 'a']])"), "[, a]");
  EXPECT_EQ(TextOf("'%s'.format([['', '', '']])"), "[, , ]");
  EXPECT_EQ(TextOf("'%s'.format([{'a': ['', 'x']}])"), "{a: [, x]}");
  EXPECT_EQ(TextOf("'%s%s'.format([[], {}])"), "[]{}");
}

TEST(Extensions, BytesThatAreNoTextAreReplacedRunByRun) {
  EXPECT_EQ(TextOf("'%s'.format([b'a\\xff\\xffb'])"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(TextOf("'%s'.format([b'\\xe2\\x82'])"), "\xEF\xBF\xBD");
  EXPECT_EQ(TextOf("'%s'.format([bytes('\u20ac')])"), "\u20ac");
  EXPECT_NE(Answer("string(b'\\xff')").find("expression.bad_conversion"), String::npos);
}

TEST(Extensions, APrecisionHasDigits) {
  EXPECT_NE(Answer("'%.f'.format([1.5])").find("expression.bad_conversion"), String::npos);
  EXPECT_EQ(TextOf("'%.0f'.format([1.5])"), "2");
  EXPECT_EQ(TextOf("'%d'.format([3.14])"), "3.14");
}

TEST(Extensions, AMessageDoesNotCutACharacterInTwo) {
  for (int length = 30; length < 50; ++length) {
    String answer = Answer("1 '" + String(static_cast<size_t>(length), 'a') + "\u00fc'");
    EXPECT_NE(answer.find("T201"), String::npos) << answer;
    EXPECT_EQ(answer.find("\"?\""), String::npos) << answer;
  }
}

TEST(Extensions, OptionalSyntaxIsForThemAlone) {
  SourceFile file("", "a.?b");
  DiagnosticSink sink(file);
  ParseExpression({.text = file.text()}, &sink);
  EXPECT_TRUE(sink.HasErrors());
}

}  // namespace
}  // namespace countersign::compile
