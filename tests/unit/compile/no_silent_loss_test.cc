// What an author wrote is in the document, or reported: nothing is cut off, printed raw or lost.
#include <gtest/gtest.h>

#include "compile/fixes.h"
#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::CodesAndTexts;
using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true }
fields:
  seats: { type: int, label: Seats }
  price: { type: money, currency: EUR, label: Price }
  late: { type: bool, label: Late }
  tags: { type: list(string), label: Tags }
)";

// Code and the text that each span covers, of the template around `body`.
String Found(std::string_view body) {
  return CodesAndTexts(
      Source(kKeys, String(body) + "\n\n{{= seats }} {{= price }} {{= tags }} "
                                   "{{= late ? 'a' : 'b' }} {{sign: mark, role=customer}}\n"));
}

TEST(NoSilentLoss, ABracketThatClosesNothingDoesNotEndAnExpression) {
  EXPECT_EQ(Found("{{= price) * 12 | money }}"), "T201:)");
  EXPECT_EQ(Found("{{= price] * 12 }}"), "T201:]");
  EXPECT_EQ(Found("{{= price} * 12 }}"), "T201:}");
  EXPECT_EQ(Found("{{#if late) && seats > 3}}x{{/if}}"), "T201:)");
  EXPECT_EQ(Found("{{#if late}}x{{#elif seats > 3] && late}}y{{/if}}"), "T201:]");
  EXPECT_EQ(Found("{{#each t in tags), join=and}}{{= t }}{{/each}}"), "T201:)");
  EXPECT_EQ(Found("x {when=\"late) && seats > 3\"}"), "T201:)");
  // One that closes something is no end either.
  EXPECT_EQ(Found("{{= (price * 12) | money }} {{= {'a': 1}['a'] }} {{= '}}' }}"), "");
}

TEST(NoSilentLoss, ALinkMayBeCalledByItsAddress) {
  for (std::string_view text : {"Write to [legal@a.example](mailto:legal@a.example).",
                                "_By mail: [a@b.example](mailto:a@b.example)_",
                                "[https://a.example](https://a.example) and <https://a.example>",
                                "[**https://a.example/b**](https://a.example/b)",
                                "# [https://a.example](https://a.example)\n\nx"})
    EXPECT_EQ(Found(text), "") << text;
  EXPECT_EQ(Found("[https://a.example](https://a.example 'Hidden')"), "T256:Hidden");
}

TEST(NoSilentLoss, AProblemOfTwoThatReadAlikeIsReportedWhereItStands) {
  // The places of what is found, too.
  auto at = [](std::string_view body) {
    String source = Source(kKeys, body);
    size_t begin = source.find(body);
    String text;
    for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
      if (diagnostic.span.byte.begin < begin) continue;  // that nothing uses the fields
      text += (text.empty() ? "" : " ") + String(DiagnosticName(diagnostic.code)) + "@" +
              NumberText(diagnostic.span.byte.begin - begin);
    }
    return text;
  };
  EXPECT_EQ(at("[x.md](https://x.md) and [a](x.md)"), "T259@29");
  EXPECT_EQ(at("One\ntwo\n![x](https://a.example)"), "T258@8");
  EXPECT_EQ(at("\\![x](https://a.example) ![x](https://a.example)"), "T258@25");
  EXPECT_EQ(at("`![` <https://a.example> [b](c)"), "T259@29");
}

TEST(NoSilentLoss, ALinkByNameIsReportedOnceAndItsDefinitionOnce) {
  EXPECT_EQ(Found("See [the terms][ref] now.\n\nMore text.\n\n[ref]: https://a.example/terms\n\n"
                  "And more.\n\nLast words."),
            "T256:See [the terms][ref] now. T256:[ref]: https://a.example/terms");
  EXPECT_EQ(Found("See [ref]\n\nMore text.\n\n[ref]: https://a.example/terms"),
            "T256:[ref]: https://a.example/terms");
}

TEST(NoSilentLoss, SignsThatMultiplyAreNoEmphasis) {
  EXPECT_EQ(Found("The area is 2*3*4 m, the fee a*b*c."), "T256:* T256:* T256:*");
  EXPECT_EQ(Found("Of 2*(3+4) and 2 * 3 * 4, of 2\\*3\\*4 and of a_b_c."), "");
  EXPECT_EQ(Found("*One*, **two**: ***three***, (*four*) \"**five**\" **S**ervice **L**evels."),
            "");
  EXPECT_EQ(Found("{{#if late}}*late*{{/if}} and **{{= seats }}** **1**st"), "");
  EXPECT_EQ(Found("\xE4\xB8\xAD*\xE6\x96\x87*\xE5\xAD\x97"), "") << "no blanks between words";
  Fixed fixed = ApplyFixes(Source("", "The area is 2*3*4 m and the fee is a*b*c."), "", Library());
  EXPECT_NE(fixed.text.find("2\\*3\\*4 m and the fee is a\\*b*c."), String::npos) << fixed.text;
  EXPECT_TRUE(fixed.compilation.ok());
}

TEST(NoSilentLoss, EmphasisInCellsBesideEachOtherIsNone) {
  constexpr std::string_view kTables[] = {
      "| A | B |\n|---|---|\n| **Total** | **100** |",
      "| **A** | **B** | *C* |\n|---|---|---|\n| *x* | *y* | ***z*** |",
      "| A | B |\n|---|---|\n| **{{= seats }}** | **{{= price }}** |",
      "|*A*|**B**|\n|---|---|\n|**a** b|*c*|",
      "| A | B |\n|---|---|\n| __x__ | **y** |",
  };
  for (std::string_view table : kTables) EXPECT_EQ(Found(table), "") << table;
  EXPECT_EQ(Found("| A | B |\n|---|---|\n| **x** | a*b*c |"), "T256:*");
  EXPECT_EQ(Found("**5**6 and ***5***6"), "T256:* T256:*") << "but between digits";
  EXPECT_EQ(testing::LinearText(Source("", kTables[0]), "{}"), "Sample\n\nA | B\n\nTotal | 100\n");
}

TEST(NoSilentLoss, ATagWithABraceTooFewIsNoText) {
  EXPECT_EQ(Found("The fee is {= seats }} EUR, {= seats | number }}."),
            "T152:{= seats }} T152:{= seats | number }}");
  EXPECT_EQ(Found("a { {= seats }} b"), "T152:{ {= seats }}");
  EXPECT_EQ(Found("a }} b\n\n- c }}\n- d"), "T152:}} T152:}}");
  EXPECT_EQ(Found("{= seats } and | {= seats"), "T152:{= seats } T152:{");
  EXPECT_EQ(Found("x {#fees}\n\n{/if}}"), "T152:{/if}}");
  EXPECT_EQ(Found("| a |\n|---|\n| **{= seats }}** |"), "T152:{= seats }}");
  EXPECT_EQ(Found("`{= a }}` and \\{= a \\}} and \\{{= *b* }} and {a: {b}, c} and {{= seats }}{{= "
                  "price }}"),
            "");
  Fixed fixed = ApplyFixes(
      Source("fields: { k: { type: int } }", "{= k }} of { {= k | number }} and {= k }, {/if}}"),
      "", Library());
  EXPECT_NE(fixed.text.find("{{= k }} of {{= k | number }} and {{= k }}, {{/if}}"), String::npos)
      << fixed.text;
}

TEST(NoSilentLoss, EveryEntityIsToldAndTakesNothingElseAlong) {
  EXPECT_EQ(Found("&quot;q&quot; &hellip; &eacute;"),
            "T256:&quot; T256:&quot; T256:&hellip; T256:&eacute;");
  EXPECT_EQ(Found("&amp; &copy; &lt;b&gt; &#x41; &#65;\n\n[ref]: https://x.y\n\nMore."),
            "T256:&amp; T256:&copy; T256:&lt; T256:&gt; T256:&#x41; T256:&#65; T256:[ref]: "
            "https://x.y");
  EXPECT_EQ(Found("`&copy;` and \\&copy; and &nothing; and A&B; R & D."), "");
  Fixed fixed = ApplyFixes(
      Source(
          "",
          "&quot;q&quot; &hellip; &eacute;&ouml;\xC3\xA9 &#x41;&#65; &#42;a&#42; &nbsp;&sect; 1"),
      "", Library());
  EXPECT_NE(fixed.text.find("\"q\" \xE2\x80\xA6 \xC3\xA9\xC3\xB6\xC3\xA9 AA \\*a\\* "
                            "\xC2\xA0\xC2\xA7 1"),
            String::npos)
      << fixed.text;
  EXPECT_TRUE(fixed.compilation.ok());
}

TEST(NoSilentLoss, ATermMayBeBoldInItalics) {
  EXPECT_EQ(Found("***Services*** {{def: s}} are services. A {{term: s}}."), "");
}

TEST(NoSilentLoss, BracesThatAreNoAttributesAreText) {
  EXPECT_EQ(Found("{chairs} {if applicable} {...} {a, b} {x=1} {n}"), "");
  EXPECT_EQ(Found("One {see below}\n\nTwo {n}\n\nThree `{Else}`\n\nFour {Each party}"), "");
}

TEST(NoSilentLoss, WhatWasMeantAsAttributesAtTheEndOfAUnitIsNoText) {
  EXPECT_EQ(Found("A {when=\"late\"}\n\nB {Else}"), "T153:Else");
  EXPECT_EQ(Found("A {if late}"), "T153:if");
  EXPECT_EQ(Found("A {otherwise}"), "T153:otherwise");
  EXPECT_EQ(Found("A {w-hen=\"late\"}"), "T153:{w-hen=\"late\"}");
  EXPECT_EQ(Found("A {only if=\"late\"}"), "T153:only T153:if");
  EXPECT_EQ(Found("# A {Lock}\n\nx"), "T153:Lock");
  EXPECT_EQ(Found("- A {id=x}"), "T153:id");
  EXPECT_EQ(Found("A {_when=\"late\"}"), "T153:{_when=\"late\"}");
  EXPECT_EQ(Found("| a |\n|---|\n| b | {Keep}"), "T153:Keep");
}

TEST(NoSilentLoss, TheTitleOfALinkIsReported) {
  EXPECT_EQ(Found("[e](https://x.y \"All fees double.\") and more"), "T256:All fees double.");
  EXPECT_EQ(Found("[e](https://x.y 'Fees') [f](<https://x.y/a> (Fees)) x"), "T256:Fees T256:Fees");
  EXPECT_EQ(Found("[e](https://x.y/a_(b)) and <https://x.y> and <a@b.example>"), "");
}

TEST(NoSilentLoss, ATagInWordsOfAnAttributeOrParameterIsReported) {
  EXPECT_EQ(Found("x {when=\"late\" omitted=\"none {{= seats }}\"}"), "T266:{{= seats }}");
  EXPECT_EQ(Found("::: schedule {#s title=\"Schedule {{= zz }}\"}\nx\n:::"), "T266:{{= zz }}");
  EXPECT_EQ(
      Found("{{attach: s, label=\"the {{= zz }}\"}}\n\n::: schedule {#s title=\"A\"}\nx\n:::"),
      "T266:{{= zz }}");
  EXPECT_EQ(Found("{{choose: late, yes=\"y {{= zz }}\", no=\"n\"}}"), "T266:{{= zz }}");
  EXPECT_EQ(Found("{{#each t in tags, join=\" {{= zz }} \"}}{{= t }}{{/each}}"), "T266:{{= zz }}");
  EXPECT_EQ(Found("{{party: customer, label=\"the {{= zz }}\"}}"), "T266:{{= zz }}");
  EXPECT_EQ(Found("{{input: i, role=customer, label=\"the {{= zz }}\", help=\"{{= zz\"}}"),
            "T266:{{= zz }} T266:{{= zz");
  EXPECT_EQ(Found("[t](https://x.example/{{= zz }})"), "T266:{{= zz }}");
}

// Code and the text that each span covers, of a template with these keys and no text.
String FoundInKeys(std::string_view keys) {
  String source = Source(keys, "Text.\n");
  String text;
  for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
    if (diagnostic.code == DiagnosticCode::kFieldUnused) continue;
    ByteRange byte = diagnostic.span.byte;
    text += (text.empty() ? "" : " ") + String(DiagnosticName(diagnostic.code)) + ":" +
            source.substr(byte.begin, byte.end - byte.begin);
  }
  return text;
}

TEST(NoSilentLoss, ATagWithABraceTooFewInWordsIsReported) {
  EXPECT_EQ(Found("x {when=\"late\" omitted=\"none {= seats }}\"}"), "T266:}}");
}

TEST(NoSilentLoss, WhatYamlWouldTakeForACommentIsReported) {
  const auto told = [](std::string_view front) {
    String source = "---\ntemplate: t\nversion: 1\n" + String(front) + "---\nx\n";
    String text;
    for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
      if (diagnostic.code == DiagnosticCode::kFieldUnused) continue;
      ByteRange byte = diagnostic.span.byte;
      text += (text.empty() ? "" : "; ") +
              String(diagnostic.severity == Severity::kWarning ? "warning " : "") +
              String(DiagnosticName(diagnostic.code)) + " " +
              source.substr(byte.begin, byte.end - byte.begin) +
              (diagnostic.fix ? " -> " + diagnostic.fix->text : "");
    }
    return text;
  };
  EXPECT_EQ(told("title: Order #5 of Acme\n"), "T252 Order #5 of Acme -> \"Order #5 of Acme\"");
  EXPECT_EQ(told("title: #5\n"), "T252 #5 -> \"#5\"");
  EXPECT_EQ(told("title: A\nfields:\n  z: { type: string, label: Unit #4, help: No #5 }\n"),
            "T252 Unit #4 -> \"Unit #4\"; T252 No #5 -> \"No #5\"");
  EXPECT_EQ(told("title: A\nfields:\n  z:\n    type: string\n    label: Z\n    default: Unit #4\n"
                 "    options:\n      - Unit #4\n      - B\n"),
            "T252 Unit #4 -> \"Unit #4\"; T252 Unit #4 -> \"Unit #4\"");
  EXPECT_EQ(told("title: Unit # 4\n"), "warning T252 Unit # 4");
  EXPECT_EQ(told("title: A\nfields:\n  z: # of the order\n    type: int # whole\n    label: Z\n"
                 "    default: 5 # five\n    options: [5, 6] # few\n# all\n"),
            "");
  EXPECT_EQ(told("title: 'Order #5' # A\nlocale: en # all\nnumbering: none  ##\n"), "");
}

TEST(NoSilentLoss, ATagInWordsOfTheFrontMatterIsReported) {
  constexpr std::string_view kTitle =
      "---\ntemplate: a\nversion: 1\ntitle: \"Deal with {{= zz }}\"\n---\nx\n";
  Compilation compilation = CompileTemplate(kTitle);
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  EXPECT_EQ(compilation.diagnostics[0].code, DiagnosticCode::kTagInCode);
  EXPECT_EQ(FoundInKeys("roles:\n  c: { label: \"The {{= zz }}\" }\n"), "T266:{{= zz }}");
  EXPECT_EQ(FoundInKeys("sides:\n  c: { label: \"The {{= zz }}\" }\n"), "T266:{{= zz }}");
  EXPECT_EQ(
      FoundInKeys("fields:\n  c: { type: int, label: \"The {{= zz }}\", message: \"{{ y }}\" }\n"),
      "T266:{{= zz }} T266:{{ y }}");
  EXPECT_EQ(FoundInKeys("fields:\n  c: { type: string, options: { a: \"A {{= zz }}\" } }\n"),
            "T266:{{= zz }}");
  EXPECT_EQ(FoundInKeys("validations:\n  - { check: \"'{{' == '{{'\", message: \"{{= zz }}\" }\n"),
            "T502:'{{' == '{{' T266:{{= zz }}");
}

TEST(NoSilentLoss, ACarriageReturnAloneIsReportedAndEndsItsLine) {
  String source = Source(kKeys,
                         "One\n\n{{= seats }} {{= price }} {{= tags }} {{= late ? 'a' : 'b' }} "
                         "{{sign: mark, role=customer}}\n");
  String with = source;
  for (char& c : with) c = c == '\n' ? '\r' : c;
  Fixed fixed = ApplyFixes(with, "t.md", Library());
  EXPECT_EQ(fixed.text, source);
  EXPECT_TRUE(fixed.compilation.ok());
  with = source;
  with.insert(with.find("One"), "Zero\r");
  with += "{{= nothing }}\r\n";
  Compilation compilation = CompileTemplate(with);
  ASSERT_EQ(compilation.diagnostics.size(), 2u) << testing::Problems(compilation);
  EXPECT_EQ(compilation.diagnostics[0].code, DiagnosticCode::kControlCharacter);
  EXPECT_EQ(with.substr(compilation.diagnostics[1].span.byte.begin, 7), "nothing");
  EXPECT_EQ(compilation.bytes, "");
}

TEST(NoSilentLoss, AContainerInAnItemIsMisplacedAndSplitsNoList) {
  EXPECT_EQ(Found("1. a\n   ::: group {when=\"late\"}\n   b\n   :::\n2. c"),
            "T282:::: group {when=\"late\"}");
  EXPECT_EQ(Found("- a\n\n  - b\n\n    ::: group\n    c\n    :::\n"), "T282:::: group");
  EXPECT_EQ(Found("::: group {when=\"late\"}\n- a\n  :::\n"),
            "T503:customer T279:::: group T282::::");
  // Not in an item: behind the list, and around it.
  EXPECT_EQ(Found("- a\n\n::: group {when=\"late\"}\n- b\n:::\n\n- c"), "");
  EXPECT_EQ(Found("  ::: group {when=\"late\"}\n  - b\n  :::\n"), "");
}

TEST(NoSilentLoss, SeparatorsOfLinesThatNobodySeesAreReported) {
  EXPECT_EQ(Found("a\xE2\x80\xA8z\xE2\x80\xA9."), "T154:\xE2\x80\xA8 T154:\xE2\x80\xA9");
}

}  // namespace
}  // namespace countersign::compile
