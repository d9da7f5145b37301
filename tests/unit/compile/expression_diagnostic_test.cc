// What authors are told: code and place of every problem, hints and fixes that can be applied.
#include <gtest/gtest.h>

#include "compile/lexer.h"
#include "support/expressions.h"

namespace countersign::compile {
namespace {

using testing::World;

World Contract() {
  World w;
  w.Declare("seats", "int", "25").Declare("unitPrice", "money(EUR)", R"(["12.50","EUR"])");
  w.Declare("dollars", "money(USD)").Declare("anyMoney", "money").Declare("uptime", "decimal");
  w.Declare("start", "date").Declare("country", "string").Declare("tags", "list(string)");
  w.Declare("vip", "bool")
      .Declare("order", "record(amount: money(EUR), name: string)")
      .Declare("crm", "dyn");
  w.Declare("amounts", "list(money)").Declare("ratio", "double");
  return w;
}

Diagnostic Only(const World& w, std::string_view text, std::string_view expected = "dyn") {
  const Vector<Diagnostic> all = w.Diagnose(text, expected);
  EXPECT_EQ(all.size(), 1u) << text << "\n" << w.Problems(text, expected);
  return all.empty() ? Diagnostic{} : all[0];
}

// The text with the fix of its only problem applied.
String Fixed(const World& w, String text, std::string_view expected = "dyn") {
  const Diagnostic d = Only(w, text, expected);
  if (!d.fix) return "no fix for " + text;
  return text.replace(d.fix->byte.begin, d.fix->byte.end - d.fix->byte.begin, d.fix->text);
}

TEST(Lexical, EveryCodeHasItsPlace) {
  const World w;
  EXPECT_EQ(w.Problems("1 # 2"), "T101 1:3-1:4");
  EXPECT_EQ(w.Problems("'abc"), "T102 1:1-1:5");
  EXPECT_EQ(w.Problems("'''abc''"), "T102 1:1-1:9");
  EXPECT_EQ(w.Problems("'a\\qb'"), "T103 1:3-1:5");
  EXPECT_EQ(w.Problems("'\\ud800'"), "T103 1:2-1:8");
  EXPECT_EQ(w.Problems("'\\x4'"), "T103 1:2-1:5");
  EXPECT_EQ(w.Problems("b'\\u0041'"), "T103 1:3-1:5");
  EXPECT_EQ(w.Problems("12abc"), "T105 1:1-1:6");
  EXPECT_EQ(w.Problems("0x"), "T105 1:1-1:3");
  EXPECT_EQ(w.Problems("1 + 0XFF"), "T105 1:5-1:9");
  EXPECT_EQ(w.Problems("-0XFFu"), "T105 1:2-1:7");
  EXPECT_EQ(Fixed(w, "1 + 0XfF"), "1 + 0xfF");
  EXPECT_EQ(w.Problems("9223372036854775808"), "T106 1:1-1:20");
  EXPECT_EQ(w.Problems("-9223372036854775809"), "T106 1:1-1:21");
  EXPECT_EQ(w.Problems("18446744073709551616u"), "T106 1:1-1:22");
  EXPECT_EQ(w.Problems("1e999"), "T106 1:1-1:6");
  EXPECT_EQ(w.Problems("decimal(1234567890123456789012345678901234567890)"), "T106 1:9-1:49");
  EXPECT_EQ(w.Problems("\xff + 1"), "T107 1:1-1:6");
}

TEST(Lexical, CurlyQuotesAreStraightenedByTheFix) {
  World w = Contract();
  EXPECT_EQ(w.Problems("country == \u201cDE\u201d"), "T104 1:12-1:16");
  EXPECT_EQ(Fixed(w, "country == \u201cDE\u201d"), "country == 'DE'");
  EXPECT_EQ(Fixed(w, "country\u00a0== 'DE'"), "country == 'DE'");
}

TEST(Structure, EveryCodeHasItsPlace) {
  World w = Contract();
  EXPECT_EQ(w.Problems("seats +"), "T201 1:8-1:8");
  EXPECT_EQ(w.Problems("seats seats"), "T201 1:7-1:12");
  EXPECT_EQ(w.Problems("vip ? 1"), "T201 1:8-1:8");
  EXPECT_EQ(w.Problems("(seats + 1"), "T202 1:1-1:2");
  EXPECT_EQ(w.Problems("[1, 2"), "T202 1:1-1:2");
  EXPECT_EQ(w.Problems("while"), "T203 1:1-1:6");
  EXPECT_EQ(w.Problems("has(seats)"), "T204 1:1-1:4");
  EXPECT_EQ(w.Problems("tags.all(1, true)"), "T204 1:10-1:11");
  EXPECT_EQ(w.Problems("tags.all(a, a, true)"), "T204 1:13-1:14");
  EXPECT_EQ(w.Problems("tags.map(x)"), "T204 1:6-1:9");
  EXPECT_EQ(w.Problems("tags.filter()"), "T204 1:6-1:12");
  EXPECT_EQ(w.Problems("seats = 1"), "T205 1:7-1:8");
  EXPECT_EQ(w.Problems("google.Thing{a: 1}"), "T206 1:1-1:13");
  EXPECT_EQ(w.Problems(""), "T207 1:1-1:1");
  EXPECT_EQ(w.Problems("  "), "T207 1:1-1:3");
  EXPECT_EQ(w.Problems("seats <> 1"), "T208 1:7-1:9");
  EXPECT_EQ(w.Problems("crm.?a"), "T201 1:5-1:6");
}

TEST(Structure, OperatorsOfOtherLanguagesAreCorrected) {
  World w = Contract();
  EXPECT_EQ(Fixed(w, "seats = 1"), "seats == 1");
  EXPECT_EQ(Fixed(w, "seats === 1"), "seats == 1");
  EXPECT_EQ(Fixed(w, "seats <> 1"), "seats != 1");
  EXPECT_EQ(Fixed(w, "vip and seats > 1"), "vip && seats > 1");
  EXPECT_EQ(Fixed(w, "vip or seats > 1"), "vip || seats > 1");
  EXPECT_EQ(Fixed(w, "vip & vip"), "vip && vip");
  EXPECT_EQ(Fixed(w, "not vip"), "!vip");
}

TEST(Types, EveryCodeHasItsPlace) {
  World w = Contract();
  EXPECT_EQ(w.Problems("seats + country"), "T301 1:1-1:16");
  EXPECT_EQ(w.Problems("seats", "date"), "T302 1:1-1:6");
  EXPECT_EQ(w.Problems("seats && vip"), "T303 1:1-1:6");
  EXPECT_EQ(w.Problems("country ? 1 : 2"), "T303 1:1-1:8");
  EXPECT_EQ(w.Problems("seats", "bool"), "T303 1:1-1:6");
  EXPECT_EQ(w.Problems("vip ? 1 : 'a'"), "T304 1:1-1:14");
  EXPECT_EQ(w.Problems("[1, 'a']"), "T305 1:5-1:8");
  EXPECT_EQ(w.Problems("seats.length"), "T306 1:7-1:13");
  EXPECT_EQ(w.Problems("{start: 1}"), "T307 1:2-1:7");
  EXPECT_EQ(w.Problems("seats.all(x, true)"), "T308 1:1-1:6");
  EXPECT_EQ(w.Problems("seats == null"), "T301 1:1-1:14");
  EXPECT_EQ(w.Problems("size()"), "T301 1:1-1:7");
  EXPECT_EQ(w.Problems("1 in 'abc'"), "T301 1:1-1:11");
}

TEST(Types, ASumOfWhatIsNoListIsReportedByItsOneArgument) {
  World w = Contract();
  EXPECT_EQ(w.Problems("sum(unitPrice)"), "T301 1:1-1:15");
  EXPECT_EQ(w.Problems("sum(money('1', 'EUR'))"), "T301 1:1-1:23");
  EXPECT_EQ(w.Problems("unitPrice.sum()"), "T301 1:1-1:16");
  EXPECT_EQ(w.Problems("sum(ratio)"), "T301 1:1-1:11");
  EXPECT_EQ(Only(w, "sum(unitPrice)").message, "'sum' does not take money(EUR)");
  EXPECT_EQ(Only(w, "sum(unitPrice)").hint.find("empty list"), String::npos);
  EXPECT_NE(Only(w, "sum(amounts)").hint.find("empty list"), String::npos);
}

TEST(Types, AMixedListIsLegalButNoticed) {
  const Diagnostic d = Only(World(), "[1, 'a']");
  EXPECT_EQ(d.severity, Severity::kWarning);
  EXPECT_EQ(World().Evaluate("[1, 'a'][0]"), "int 1");
}

TEST(Types, ANoOverloadSaysWhatIsAccepted) {
  World w = Contract();
  EXPECT_NE(Only(w, "start + seats").hint.find("date + period"), String::npos);
  EXPECT_EQ(Only(w, "seats * 1.5").hint, "Make the int exact with decimal(...)");
  EXPECT_EQ(Only(w, "amounts.sum()").hint,
            "Say what the sum of an empty list is: sum(xs, money('0.00', 'EUR'))");
  EXPECT_EQ(Only(w, "country && vip").hint, "Compare it: country != ''");
}

TEST(Names, EveryCodeHasItsPlace) {
  World w = Contract();
  EXPECT_EQ(w.Problems("launch(1)"), "T401 1:1-1:7");
  EXPECT_EQ(w.Problems("nothing"), "T402 1:1-1:8");
  EXPECT_EQ(w.Problems("order.nothing"), "T403 1:7-1:14");
  w.schema.Declare(Variable{"annual",
                            *values::Type::Parse("int"),
                            Presence::kRequired,
                            "A computed value cannot use itself",
                            {}});
  EXPECT_EQ(w.Problems("annual + 1"), "T404 1:1-1:7");
  EXPECT_EQ(Only(w, "annual + 1").message, "A computed value cannot use itself");
}

TEST(Names, NearMissesAreSuggestedAndFixed) {
  World w = Contract();
  EXPECT_EQ(Only(w, "contry == 'DE'").hint, "Did you mean 'country'?");
  EXPECT_EQ(Fixed(w, "contry == 'DE'"), "country == 'DE'");
  EXPECT_EQ(Fixed(w, "unitprice"), "unitPrice");
  EXPECT_EQ(Fixed(w, "order.nmae"), "order.name");
  EXPECT_EQ(Fixed(w, "rund(uptime, 2, 'half_up')"), "round(uptime, 2, 'half_up')");
  EXPECT_EQ(Fixed(w, "[1].map(seat, seet)"), "[1].map(seat, seat)");
  EXPECT_EQ(Only(World(), "zzzzzzzz").hint, "");
  EXPECT_EQ(Only(w, "zzzzzzzz").hint, "What the record holds begins with its name: crm.zzzzzzzz");
  EXPECT_EQ(Only(w, "now()").hint,
            "There is no clock in a contract: declare a date field and use that");
  EXPECT_EQ(Only(w, "contains(country, 'D')").hint, "Write x.contains(...)");
  EXPECT_EQ(Only(w, "seats.max(3)").hint, "Write max(x, ...)");
  EXPECT_EQ(Only(w, "size > 1").hint, "'size' is a function: write size(...)");
}

TEST(Names, WhatOtherLanguagesHaveIsToldAsItIsWrittenHere) {
  World w = Contract();
  w.Declare("rows", "list(record(fee: money(EUR)))").Declare("term", "period");
  const auto hint = [&w](std::string_view text) {
    const Vector<Diagnostic> all = w.Diagnose(text, "dyn");
    return all.empty() ? String() : all[0].hint;
  };
  EXPECT_EQ(Fixed(w, "country == France"), "country == 'France'");
  EXPECT_EQ(Fixed(w, "contry == 'France'"), "country == 'France'");
  EXPECT_EQ(hint("country == Tags"), "Did you mean 'tags'? A text stands in quotes: 'Tags'");
  EXPECT_FALSE(Only(w, "country == Tags").fix) << "either may be meant";
  EXPECT_EQ(Fixed(w, "money(100, EUR)"), "money(100, 'EUR')");

  EXPECT_EQ(Fixed(w, "vip && yes"), "vip && true");
  EXPECT_EQ(Fixed(w, "start > 2026-01-01"), "start > date('2026-01-01')");
  EXPECT_EQ(Fixed(w, "start + 30"), "start + period('P30D')");
  EXPECT_EQ(hint("term > period('P6M')"),
            "Periods have no order, for a month has 28 to 31 days: compare months(…) or days(…)");
  EXPECT_EQ(hint("start.addMonths(3)"), "Add a period: start + period('P3M')");
  EXPECT_EQ(hint("country.toUpperCase()"), "The format does that: {{= name | upper }}");
  EXPECT_EQ(hint("tags.join(', ')"), "The format does that: {{= names | list(and) }}");
  EXPECT_EQ(hint("country.length"), "Use size");
  EXPECT_EQ(hint("rows.fee"), "Each of its items has: go through it, as list.map(x, x.fee)");
  EXPECT_EQ(hint("seats => 3"),
            "At least is written '>='; what is done with each element, list.map(x, …)");
  EXPECT_FALSE(Only(w, "seats => 3").fix);
  EXPECT_EQ(hint("if vip"), "Write condition ? this : that");
  EXPECT_EQ(hint("unitPrice % 2"), "It takes int % int or uint % uint")
      << "an amount would not do either";
}

TEST(Numbers, EveryCodeHasItsPlace) {
  World w = Contract();
  EXPECT_EQ(w.Problems("9223372036854775807 + 1"), "T601 1:1-1:24");
  EXPECT_EQ(w.Problems("uptime * ratio"), "T603 1:10-1:15");
  EXPECT_EQ(w.Problems("ratio", "decimal"), "T603 1:1-1:6");
  EXPECT_EQ(w.Problems("unitPrice + dollars"), "T604 1:1-1:20");
  EXPECT_EQ(w.Problems("dollars", "money(EUR)"), "T604 1:1-1:8");
  EXPECT_EQ(w.Problems("seats / 2"), "T605 1:1-1:10");
  EXPECT_EQ(w.Problems("start < date('2026-02-30')"), "T606 1:14-1:26");
  EXPECT_EQ(w.Problems("start + period('1 month')"), "T607 1:16-1:25");
  EXPECT_EQ(w.Problems("decimal('1,5')"), "T608 1:9-1:14");
  EXPECT_EQ(w.Problems("money('1,5', 'EUR')"), "T609 1:7-1:12");
  EXPECT_EQ(w.Problems("money('1.5', 'XYZ')"), "T609 1:14-1:19");
  EXPECT_EQ(w.Problems("seats % 0"), "T610 1:1-1:10");
}

TEST(Numbers, AConstantThatGivesNoValueIsTheAuthorsMistake) {
  World w = Contract();
  EXPECT_EQ(w.Problems("round(uptime, 0, 'sideways')"), "T612 1:18-1:28");
  EXPECT_EQ(w.Problems("round(2.5, 0, \"sideways\")"), "T612 1:15-1:25");
  EXPECT_EQ(w.Problems("unitPrice.round('half')"), "T612 1:17-1:23");
  EXPECT_EQ(w.Problems("round(uptime, 39, 'up')"), "T612 1:15-1:17");
  EXPECT_EQ(Fixed(w, "round(uptime, 2, 'half_upp')"), "round(uptime, 2, 'half_up')");
  for (std::string_view mode :
       {"half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"}) {
    EXPECT_EQ(w.Problems("round(uptime, 2, '" + String(mode) + "')"), "") << mode;
  }
  EXPECT_EQ(w.Problems("int('x')"), "T612 1:5-1:8");
  EXPECT_EQ(w.Problems("int(decimal('2.5'))"), "T612 1:5-1:19");
  EXPECT_EQ(w.Problems("bool('x')"), "T612 1:6-1:9");
  EXPECT_EQ(w.Problems("int('3') == 3 && bool('true')"), "");
  EXPECT_EQ(w.Problems("[1, 2][2]"), "T612 1:8-1:9");
  EXPECT_EQ(w.Problems("[1, 2][-1]"), "T612 1:8-1:10");
  EXPECT_EQ(w.Problems("[1, 2][1]"), "");
  EXPECT_EQ(w.Problems("{'a': 1}['b']"), "T612 1:10-1:13");
  EXPECT_EQ(w.Problems("{'a': 1, country: 2}['b']"), "");
  EXPECT_EQ(w.Problems("{'a': 1}['a']"), "");
}

TEST(Numbers, ADoubleBesideADecimalIsFixedByWritingItExactly) {
  World w = Contract();
  EXPECT_EQ(Fixed(w, "uptime * double('0.19')"), "uptime * decimal(\"0.19\")");
  EXPECT_EQ(Fixed(w, "unitPrice * double(0.19)"), "unitPrice * decimal(\"0.19\")");
  EXPECT_EQ(w.Problems("uptime * decimal(\"0.19\")"), "");
  EXPECT_EQ(w.Problems("uptime * 0.19"), "");
}

TEST(Numbers, IntDivisionIsAllowedAndNoticed) {
  World w = Contract();
  EXPECT_EQ(Only(w, "seats / 2").severity, Severity::kWarning);
  EXPECT_EQ(Fixed(w, "seats / 2"), "decimal(seats) / 2");
  EXPECT_EQ(w.Evaluate("seats / 2"), "int 12");
  EXPECT_EQ(w.Problems("decimal(seats) / 2"), "");
}

TEST(Numbers, AnAmountBesideABareNumberNeedsItsCurrency) {
  World w = Contract();
  EXPECT_EQ(Fixed(w, "unitPrice > 50000"), "unitPrice > money('50000', 'EUR')");
  EXPECT_EQ(Only(w, "anyMoney > 5").hint, "Write money('5', 'EUR')");
}

TEST(Limits, EachAtTheLimitAndOnePast) {
  World w;
  const String longest = "true" + String(expression::kMaxSource - 4, ' ');
  EXPECT_EQ(w.Problems(longest), "");
  EXPECT_EQ(w.Problems(longest + " "), "T701 1:1-1:4098");

  // A list and its elements.
  const auto wide = [](int elements) {
    String text = "[";
    for (int i = 0; i < elements; ++i) text += i == 0 ? "1" : ",1";
    return text + "]";
  };
  EXPECT_EQ(w.Problems(wide(expression::kMaxNodes - 1)), "");
  EXPECT_EQ(w.Problems(wide(expression::kMaxNodes)).substr(0, 4), "T702");

  const auto deep = [](int levels) {
    return String(static_cast<size_t>(levels - 1), '!') + "true";
  };
  EXPECT_EQ(w.Problems(deep(expression::kMaxDepth)), "");
  EXPECT_EQ(w.Problems(deep(expression::kMaxDepth + 1)).substr(0, 4), "T703");
  EXPECT_EQ(w.Problems(String(63, '(') + "1" + String(63, ')')), "");
  EXPECT_EQ(w.Problems(String(2000, '(') + "1" + String(2000, ')')).substr(0, 4), "T703");
  EXPECT_EQ(w.Problems(String(4000, '[')).substr(0, 4), "T703");

  const auto folds = [](int levels) {
    String text = "true";
    for (int i = 0; i < levels; ++i) text = "[1].all(x" + NumberText(i) + ", " + text + ")";
    return text;
  };
  EXPECT_EQ(w.Problems(folds(expression::kMaxFolds)), "");
  EXPECT_EQ(w.Problems(folds(expression::kMaxFolds + 1)).substr(0, 4), "T704");
}

TEST(Limits, WideningCountsTowardsThem) {
  World w = Contract();
  // 33 levels of ?: with an int beside a decimal: the int is widened by one more level each.
  String text = "uptime";
  for (int i = 0; i < 62; ++i) text = "(vip ? seats : " + text + ")";
  const String problems = w.Problems(text);
  EXPECT_TRUE(problems.empty() || problems.substr(0, 4) == "T703") << problems;
  if (problems.empty()) EXPECT_EQ(w.Evaluate(text).find("loader"), String::npos);
}

TEST(All, ProblemsAreReportedAtOnce) {
  World w = Contract();
  EXPECT_EQ(w.Problems("seats + country > nothing && launch(order.nothing, [1 2], start == 5)"),
            "T301 1:1-1:16\nT402 1:19-1:26\nT401 1:30-1:36\nT403 1:43-1:50\nT201 1:55-1:56\n"
            "T301 1:59-1:69");
  EXPECT_EQ(w.Problems("f(1 +, nothing)"), "T401 1:1-1:2\nT201 1:6-1:7\nT402 1:8-1:15");
}

TEST(All, PositionsCountCodePointsBytesAndUtf16) {
  World w = Contract();
  const Diagnostic d = Only(w, "'\U0001F600\u00e9' ==\n  nothing");
  EXPECT_EQ(d.span.line, 2u);
  EXPECT_EQ(d.span.col, 3u);
  EXPECT_EQ(d.excerpt, "  nothing");
  EXPECT_EQ(d.caret, 2u);
  EXPECT_EQ(d.span.byte, (ByteRange{14, 21}));
  EXPECT_EQ(d.span.utf16, (ByteRange{11, 18}));
}

TEST(All, APieceOfAFileIsReportedWhereItStands) {
  World w = Contract();
  const SourceFile file("msa.md", "# Fees\nThe fee is {{= custmer | money }}.\n");
  DiagnosticSink sink(file);
  const std::string_view text = file.text();
  const auto base = static_cast<uint32_t>(text.find("custmer"));
  const Fragment fragment{.text = text.substr(base, 7), .base = base};
  w.schema.Declare("customer", *values::Type::Parse("string"));
  EXPECT_FALSE(CompileExpression(fragment, w.schema, values::Type::Of(values::Kind::kDyn), &sink));
  const Vector<Diagnostic> all = sink.Take();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(
      json::Write(ToJson(all[0])),
      R"({"caret":15,"code":"T402","excerpt":"The fee is {{= custmer | money }}.","file":"msa.md",)"
      R"("fix":{"byte":[22,29],"text":"customer"},"hint":"Did you mean 'customer'?",)"
      R"("message":"Unknown name 'custmer'","rule":"name-unknown","severity":"error",)"
      R"("span":{"byte":[22,29],"col":16,"endCol":23,"endLine":2,"line":2,"utf16":[22,29]}})");
  EXPECT_EQ(ToText(all[0]),
            "msa.md:2:16: error T402: Unknown name 'custmer' (Did you mean 'customer'?)\n"
            "  The fee is {{= custmer | money }}.\n"
            "                 ^^^^^^^\n");
}

TEST(All, UnescapedTextIsReportedWhereItStandsAndNotFixed) {
  const SourceFile file("t", "when=\"nme == \\\"x\\\"\"");
  // What the attribute says is: nme == "x"
  const String text = "nme == \"x\"";
  const Vector<uint32_t> map{6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18};
  DiagnosticSink sink(file);
  Schema schema;
  schema.Declare("name", *values::Type::Parse("string"));
  EXPECT_FALSE(CompileExpression({.text = text, .base = 0, .map = map}, schema,
                                 values::Type::Of(values::Kind::kBool), &sink));
  const Vector<Diagnostic> all = sink.Take();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].span.byte, (ByteRange{6, 9}));
  EXPECT_EQ(all[0].hint, "Did you mean 'name'?");
  EXPECT_FALSE(all[0].fix.has_value());
}

TEST(All, AFileGetsABoundedNumberOfDiagnostics) {
  const SourceFile file("t", "x");
  DiagnosticSink sink(file);
  for (size_t i = 0; i < DiagnosticSink::kMaxDiagnostics; ++i) {
    sink.Report(DiagnosticCode::kUnknownName, {0, 1}, NumberText(i));
  }
  EXPECT_EQ(sink.diagnostics().size(), DiagnosticSink::kMaxDiagnostics);
  sink.Report(DiagnosticCode::kUnknownName, {0, 1}, "one more").hint = "kept nowhere";
  sink.Report(DiagnosticCode::kUnknownName, {0, 1}, "and another");
  const Vector<Diagnostic> all = sink.Take();
  ASSERT_EQ(all.size(), DiagnosticSink::kMaxDiagnostics + 1);
  EXPECT_EQ(all.back().code, DiagnosticCode::kMoreDiagnostics);
}

TEST(Fragments, EndWhereTheTagGoesOn) {
  const auto end = [](std::string_view text, std::string_view stops) {
    return text.substr(0, EndOfExpression(text, 0, stops));
  };
  EXPECT_EQ(end("price | money }}", "|}"), "price ");
  EXPECT_EQ(end("a || b | money }}", "|}"), "a || b ");
  EXPECT_EQ(end("{'a': {'b': 1}}['a'] }} rest }}", "|}"), "{'a': {'b': 1}}['a'] ");
  EXPECT_EQ(end("'}}' + \"|\" }}", "|}"), "'}}' + \"|\" ");
  EXPECT_EQ(end("f(a, b), c", ","), "f(a, b)");
  EXPECT_EQ(end("r'\\' | x", "|"), "r'\\' ");
  EXPECT_EQ(end("a) + b", ","), "a");
}

TEST(Schema, FindsQualifiedNamesInTheirContainer) {
  World w;
  w.Declare("a.b.c", "int", "1").Declare("x.y", "int", "2").Declare("x.a.z", "int", "3");
  EXPECT_EQ(w.Evaluate("a.b.c + x.y"), "int 3");
  w.schema.container = "x.a";
  EXPECT_EQ(w.Evaluate("z + y"), "int 5");
  EXPECT_EQ(w.Problems(".z"), "T402 1:1-1:3");
  EXPECT_EQ(w.Evaluate(".x.y"), "int 2");
}

TEST(Schema, FractionsCanBeExactEverywhere) {
  World w = Contract();
  w.schema.fractions = Fractions::kExact;
  EXPECT_EQ(w.Evaluate("0.1 + 0.2 == 0.3"), "bool true");
  EXPECT_EQ(w.Evaluate("seats * 1.5"), R"(decimal "37.5")");
  EXPECT_EQ(w.Evaluate("1 + 0.5"), R"(decimal "1.5")");
  EXPECT_EQ(w.Evaluate("[1, 2.5]"), R"([decimal "1", decimal "2.5"])");
  EXPECT_EQ(w.Evaluate("[1, 2, 3][1]"), "int 2");
}

}  // namespace
}  // namespace countersign::compile
