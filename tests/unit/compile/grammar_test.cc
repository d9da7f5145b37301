// Misuse of inline conditions, repeats, tables and containers, and what the analysis knows of them.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::CodesAndTexts;
using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true, order: 1 }
  provider: { label: Provider, signs: true, order: 2 }
fields:
  plan: { type: string, label: Plan, options: [Team, Solo] }
  tags: { type: list(string), label: Tags, max: 10 }
  n: { type: int, label: N, min: 0, max: 10 }
  late: { type: bool, role: provider, label: Late, required: false }
)";

// Code and the text that each span covers.
String Found(std::string_view body) {
  return CodesAndTexts(
      Source(kKeys, String(body) + "\n\n{{= plan }} {{= tags }} {{= n }} {{check: late}} "
                                   "{{sign: a, role=customer}} {{sign: b, role=provider}}\n"));
}

TEST(InlineDiagnostics, AConditionOpensAndClosesInOneText) {
  EXPECT_EQ(Found("A {{#if n > 3}}b."), "T276:{{#if n > 3}}");
  EXPECT_EQ(Found("A {{#if n > 3}}b.\n\nC {{/if}}."), "T276:{{#if n > 3}} T277:{{/if}}");
  EXPECT_EQ(Found("A **{{#if n > 3}}b** c{{/if}}."), "T276:{{#if n > 3}} T277:{{/if}}");
  EXPECT_EQ(Found("A {{#else}}b{{/if}}."), "T277:{{#else}} T277:{{/if}}");
  EXPECT_EQ(Found("A {{#elif n > 3}}b"), "T277:{{#elif n > 3}}");
  EXPECT_EQ(Found("{{#if n > 3}}a{{#else}}b{{#elif n > 4}}c{{/if}}"), "T277:{{#elif n > 4}}");
  EXPECT_EQ(Found("{{#each t in tags}}{{= t }}"), "T276:{{#each t in tags}}");
  EXPECT_EQ(Found("{{#each t in tags}}{{= t }}{{/if}}"), "T276:{{#each t in tags}}");
  EXPECT_EQ(Found("{{#if n > 3}}a{{/each}}"), "T276:{{#if n > 3}} T277:{{/each}}");
  EXPECT_EQ(Found("x {{/each}}"), "T277:{{/each}}");
}

TEST(InlineDiagnostics, ConditionsAndListsHaveTheirTypes) {
  EXPECT_EQ(Found("A {{#if n}}b{{/if}}."), "T303:n");
  EXPECT_EQ(Found("A {{#if }}b{{/if}}."), "T207:");
  EXPECT_EQ(Found("A {{#if m > 3}}b{{/if}}."), "T402:m");
  EXPECT_EQ(Found("{{#each t in plan}}{{= t }}{{/each}}"), "T352:plan");
  EXPECT_EQ(Found("{{#each t in plans}}{{= t | upper }}{{/each}}"), "T402:plans");
  EXPECT_EQ(Found("{{#each t tags}}x{{/each}}"), "T269:t");
  EXPECT_EQ(Found("{{#each n in tags}}{{= n }}{{/each}}"), "T453:n");
  EXPECT_EQ(Found("{{#each t in tags}}{{#each t in tags}}{{= t }}{{/each}}{{/each}}"), "T453:t");
  EXPECT_EQ(Found("{{#each t in tags}}x{{/each}} {{= t }}"), "T402:t");
  EXPECT_EQ(Found("{{#each t in tags, jion=and}}{{= t }}{{/each}}"), "T455:jion");
  EXPECT_EQ(Found("{{#if n > 3}}a{{#else n > 4}}b{{/if}}"), "T269:n");
}

TEST(InlineDiagnostics, ARepeatHasNoPlaceToFill) {
  EXPECT_EQ(Found("{{#each t in tags}}{{= t }} {{check: late}}{{/each}}"), "T278:{{check: late}}");
}

TEST(InlineDiagnostics, NestingIsBounded) {
  auto nested = [](int depth) {
    String body = "x ";
    for (int i = 0; i < depth; ++i) body += "{{#if n > " + NumberText(i % 9) + "}}";
    for (int i = 0; i < depth; ++i) body += "{{/if}}";
    return body;
  };
  EXPECT_EQ(Found(nested(16)).find("T752"), String::npos);
  EXPECT_NE(Found(nested(17)).find("T752"), String::npos);
  constexpr std::string_view kThree =
      "{{#each x in tags}}{{#each y in tags}}{{#each z in tags}}{{= x + y + z }}{{/each}}{{/each}}"
      "{{/each}}";
  EXPECT_EQ(Found(kThree), "");
  EXPECT_EQ(Found("{{#each w in tags}}" + String(kThree) + "{{= w }}{{/each}}"), "T752:z");
}

TEST(InlineAnalysis, KnowsConditionsInASentence) {
  EXPECT_EQ(Found("A{{#if n > 20}} b{{/if}}."), "T501:n > 20");
  EXPECT_EQ(Found("A{{#if n >= 0}} b{{#else}} c{{/if}}."), "T502:n >= 0");
  EXPECT_EQ(Found("A{{#if n > 5}} b{{#elif n > 7}} c{{/if}}."), "T501:n > 7");
  EXPECT_EQ(Found("A{{#if n > 5}} b{{#elif n > 3}} c{{#else}} d{{/if}}."), "");
  EXPECT_EQ(Found("A{{#if n > 5}} b{{/if}}. {when=\"n < 4\"}"), "T501:n > 5");
  EXPECT_EQ(Found("A{{#if n > 5}}{{#if n > 4}} b{{/if}}{{/if}}."), "T502:n > 4");
}

TEST(InlineAnalysis, AReferenceIsSafeUnderTheConditionOfItsTarget) {
  EXPECT_EQ(Found("# X {#x when=\"n > 5\"}\n\ny\n\n# Y\n\nSee{{#if n > 5}} {{ref: x}}{{/if}}."),
            "");
  EXPECT_EQ(Found("# X {#x when=\"n > 5\"}\n\ny\n\n# Y\n\nSee{{#if n > 4}} {{ref: x}}{{/if}}."),
            "T504:x");
}

TEST(InlineAnalysis, ALaterSignersFieldMayNotChangeASentence) {
  EXPECT_EQ(Found("A{{#if late}} b{{/if}}."), "T803:late");
  EXPECT_EQ(Found("A{{#each t in tags}}{{#if late}} b{{/if}}{{/each}}."), "T803:late");
}

TEST(InlineAnalysis, TheVariableOfARepeatMayBeAnything) {
  EXPECT_EQ(
      Found("{{#each t in tags}}{{#if t == 'x'}}y{{/if}}{{#if size(t) > 3}}z{{/if}}{{/each}}"), "");
  EXPECT_EQ(Found("{{#each t in ['a', 'b']}}{{#if t == 'a'}}y{{/if}}{{/each}}"), "");
}

TEST(RepeatDiagnostics, AnEachNamesItsVariableAndAList) {
  EXPECT_EQ(Found("a {{= t }} {each=\"t in tags\"}"), "");
  EXPECT_EQ(Found("a {each=\"tags\"}"), "T153:tags");
  EXPECT_EQ(Found("a {each=\"t of tags\"}"), "T153:t of tags");
  EXPECT_EQ(Found("a {each=\"t in plan\"}"), "T352:plan");
  EXPECT_EQ(Found("a {each=\"n in tags\"}"), "T453:n");
  EXPECT_EQ(Found("a {each=\"t in tags\"}\n\nb {{= t }}"), "T402:t");
  EXPECT_EQ(Found("a {{check: late}} {each=\"t in tags\"}"), "T278:{{check: late}}");
  EXPECT_EQ(Found("a {each=\"t in tags\" each=\"u in tags\"}"), "T270:each");
}

TEST(RepeatDiagnostics, AnElseBelongsToNoRepeat) {
  EXPECT_EQ(Found("a {each=\"t in tags\" when=\"t == 'x'\"}\n\nb {else}"), "T274:else");
}

TEST(RepeatDiagnostics, AReferenceFromOutsideDoesNotKnowWhichOne) {
  EXPECT_EQ(Found("1. a {{= t }} {#x each=\"t in tags\"}\n2. See {{ref: x}}"), "T512:x");
  EXPECT_EQ(Found("1. a {{= t }}, {{ref: x}} {#x each=\"t in tags\"}"), "");
}

TEST(RepeatAnalysis, ConditionsOfItemsAreNotGuessed) {
  EXPECT_EQ(Found("a {{= t }} {each=\"t in tags\" when=\"t == 'x'\"}\n\nb {{= t }} {each=\"t in "
                  "tags\" when=\"t != 'x'\"}"),
            "");
  EXPECT_EQ(Found("a {{= t }} {each=\"t in tags\" when=\"n > 20\"}"), "T501:n > 20");
}

String Fields(std::string_view declarations) {
  String source = Source("fields:\n" + String(declarations), "Text.\n");
  String text;
  for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
    ByteRange byte = diagnostic.span.byte;
    if (diagnostic.code == DiagnosticCode::kFieldUnused) continue;
    text += (text.empty() ? "" : " ") + String(DiagnosticName(diagnostic.code)) + ":" +
            source.substr(byte.begin, byte.end - byte.begin);
  }
  return text;
}

TEST(RecordDiagnostics, ATypeIsSpeltOutOrRefused) {
  EXPECT_EQ(Fields("  a: { type: list, of: string }\n"), "");
  EXPECT_EQ(Fields("  a: { type: list, max: 9, of: { b: string, c: money(EUR) } }\n"), "");
  EXPECT_EQ(Fields("  a: { type: record, fields: { b: { type: list, of: int } } }\n"), "");
  EXPECT_EQ(Fields("  a: { type: list }\n"), "T351:list");
  EXPECT_EQ(Fields("  a: { type: record }\n"), "T351:record");
  EXPECT_EQ(Fields("  a: { type: string, of: int }\n"), "T255:of");
  EXPECT_EQ(Fields("  a: { type: list, of: { b: strng } }\n"), "T351:strng");
  EXPECT_EQ(Fields("  a: { type: list, of: { b-c: string } }\n"), "T457:b-c");
  EXPECT_EQ(Fields("  a: { type: list, max: 1000, of: int }\n"), "");
  EXPECT_EQ(Fields("  a: { type: list, max: 1001, of: int }\n"), "T255:1001");
  EXPECT_EQ(Fields("  a: { type: list, of: list(int) }\n"), "T351:list(int)");
}

TEST(TableDiagnostics, NothingOfARowIsLost) {
  EXPECT_EQ(Found("| a | b |\n|---|---|\n| 1 | 2 | 3 |"), "T256:| 1 | 2 | 3 |");
  EXPECT_EQ(Found("| a | b |\n|---|\n| 1 |"), "T261:| a | b |");
  EXPECT_EQ(Found("| a {when=\"n > 3\"} | b |\n|---|---|\n| 1 | 2 |"), "T267:{when=\"n > 3\"}");
  EXPECT_EQ(Found("| a | b |\n|---|---|\n| 1 | 2 | {when=\"n > 3\"}"), "");
  EXPECT_EQ(Found("| a | b |\n|---|---|\n| 1 | 2 {when=\"n > 20\"}"), "T501:n > 20");
  EXPECT_EQ(Found("| a | b |\n|---|---|\n| 1 | 2 | {else}"), "T274:else");
  EXPECT_EQ(Found("| a | b |\n|---|---|\n| 1 | 2 | {each=\"t in n\"}"), "T352:n");
  EXPECT_EQ(Found("| a | b |\n|---|---|\n| {{#if n > 3}}1 | 2{{/if}} |"),
            "T276:{{#if n > 3}} T277:{{/if}}");
}

TEST(TableDiagnostics, AlternativeRowsAreAnalysed) {
  EXPECT_EQ(
      Found("| a | b |\n|---|---|\n| 1 | 2 | {when=\"n > 3\"}\n| 1 | 2 | {else when=\"n > 5\"}"),
      "T501:n > 5 T506:n > 5");
}

TEST(ContainerDiagnostics, EachIsOpenedClosedAndKnown) {
  EXPECT_EQ(Found("::: group\nText.\n:::"), "");
  EXPECT_EQ(Found("::: {when=\"n > 3\"}\nText.\n:::"), "") << "a group needs no name";
  EXPECT_EQ(Found("::: group\nText."), "T279:::: group");
  EXPECT_EQ(Found("Text.\n\n:::"), "T280::::");
  EXPECT_EQ(Found("::: gruop\nText.\n:::"), "T281:::: gruop\nText.\n:::");
  EXPECT_EQ(Found("::: schedule\nText.\n:::"), "T254:::: schedule\nText.\n:::");
  EXPECT_EQ(Found("::: group {when=\"n > 20\"}\nText.\n:::"), "T501:n > 20");
  EXPECT_EQ(Found("::: group {wehn=\"n > 2\"}\nText.\n:::"), "T153:wehn");
  EXPECT_NE(Found("::: recitals\n# Heading\n\nText.\n:::").find("T282"), String::npos);
}

TEST(ContainerDiagnostics, GuidanceHoldsNothingOfTheContract) {
  EXPECT_EQ(Found("::: guide\nFill in {{= n }}.\n:::"), "");
  EXPECT_EQ(Found("::: guide\nFill in {{= m }}.\n:::"), "T402:m");
  EXPECT_EQ(Found("::: guide\nSee {{ref: x}}.\n:::"), "T282:{{ref: x}}");
}

TEST(ContainerDiagnostics, NestingIsBounded) {
  auto nested = [](int depth) {
    String body;
    for (int i = 0; i < depth; ++i) body += "::: group\n";
    body += "Text.\n";
    for (int i = 0; i < depth; ++i) body += ":::\n";
    return Found(body);
  };
  EXPECT_EQ(nested(4), "");
  EXPECT_EQ(nested(5).substr(0, 4), "T752");
}

TEST(LegalDownDirectives, PrintWhatTheySay) {
  String source = Source(
      "locale: de\nroles:\n  customer: { label: Kunde }\n",
      "{{date: 2026-07-01}}, {{money: 1500.50, currency=EUR}}, {{duration: 30, unit=D}}, "
      "{{duration: 12, unit=MO}}, {{party: customer}}, {{party: customer, label=\"dem Kunden\"}}.");
  String text = testing::LinearText(source, "{}");
  EXPECT_NE(
      text.find("1. Juli 2026, 1.500,50\xC2\xA0\xE2\x82\xAC, 30 Tage, 1 Jahr, Kunde, dem Kunden."),
      String::npos)
      << text;
}

TEST(LegalDownDirectives, WhatTheyDoNotMeanIsRefused) {
  EXPECT_EQ(Found("{{date: 2026-02-30}}"), "T606:2026-02-30");
  EXPECT_EQ(Found("{{money: 500}}"), "T609:500");
  EXPECT_EQ(Found("{{money: 0.555, currency=EUR}}"), "T609:0.555");
  EXPECT_EQ(Found("{{duration: 4, unit=H}}"), "");
  EXPECT_EQ(Found("{{duration: 0, unit=H}}"), "T607:0");
  EXPECT_EQ(Found("{{duration: 4, unit=M}}"), "T607:4");
  EXPECT_EQ(Found("{{party: custmer}}"), "T450:custmer");
  EXPECT_EQ(Found("{{party: customer, name=x}}"), "T455:name");
  EXPECT_EQ(Found("{{money: 5.00, currency=EUR, note=\"monthly\"}}"), "");
  EXPECT_EQ(Found("{{side: buyers}}"), "T450:buyers");
  EXPECT_EQ(Found("{{field: , type=x}}"), "T269:field");
}

TEST(LegalDownDirectives, DurationsThatNoCalendarCountsAreWords) {
  auto shown = [](std::string_view locale, std::string_view tag) {
    String text = testing::LinearText(
        Source("locale: " + String(locale) + "\n", "In " + String(tag) + "."), "{}");
    return text.substr(text.find("In ") + 3, text.rfind('.') - text.find("In ") - 3);
  };
  EXPECT_EQ(shown("en", "{{duration: 1, unit=H}}"), "1 hour");
  EXPECT_EQ(shown("en", "{{duration: 1.5, unit=MO}}"), "1.5 months");
  EXPECT_EQ(shown("en", "{{duration: 12000, unit=S}}"), "12,000 seconds");
  EXPECT_EQ(shown("de", "{{duration: 36, unit=H}}"), "36 Stunden");
  EXPECT_EQ(shown("fr", "{{duration: 1.5, unit=H}}"), "1,5 heure");
  EXPECT_EQ(shown("pl", "{{duration: 22, unit=MIN}}"), "22 minuty");
  EXPECT_EQ(shown("pl", "{{duration: 12, unit=MIN}}"), "12 minut");
}

constexpr std::string_view kSides =
    "roles: { customer: { label: Customer, signs: true } }\nsides: { buyers: { label: the Buyers "
    "}, "
    "sellers: {} }\nfields:\n  plan: { type: string, label: Plan, options: [Team, Business] }\n"
    "  late: { type: bool, label: Late }\n";

// The codes of a text behind that front matter.
String CodesOf(std::string_view body) {
  return CodesAndTexts(Source(
      kSides,
      String(body) + "\n\n{{= plan }} {{= late ? 'a' : 'b' }} {{sign: a, role=customer}}\n"));
}
String ShownOf(std::string_view body, std::string_view values) {
  String text = testing::LinearText(
      Source(kSides,
             String(body) + "\n\n{{= plan }} {{= late ? 'a' : 'b' }} {{sign: a, role=customer}}\n"),
      values);
  size_t from = text.find("\n\n") + 2;
  return text.substr(from, text.rfind("\n\n") - from);
}

TEST(LegalDownDirectives, SidesAndValuesOfOnesOwnKindArePrinted) {
  EXPECT_EQ(ShownOf("By {{side: buyers}}, {{side: sellers}}, {{side: buyers, label=\"a Buyer\"}}.",
                    "{\"plan\":\"Team\",\"late\":true}"),
            "By the Buyers, Sellers, a Buyer.");
  EXPECT_EQ(ShownOf("{{field: \"25 Cdo 1234/2025\", type=case-number}}",
                    "{\"plan\":\"Team\",\"late\":true}"),
            "25 Cdo 1234/2025");
  EXPECT_EQ(CodesOf("{{side: byers}}"), "T450:byers");
}

TEST(Choose, PrintsTheWordsOfTheAnswer) {
  constexpr std::string_view kText =
      "For {{choose: plan, Team=\"ten users\", Business=\"all\"}}{{choose: late, yes=\", late\", "
      "no=\"\"}}.";
  EXPECT_EQ(ShownOf(kText, "{\"plan\":\"Team\",\"late\":false}"), "For ten users.");
  EXPECT_EQ(ShownOf(kText, "{\"plan\":\"Business\",\"late\":true}"), "For all, late.");
  EXPECT_EQ(ShownOf("For {{choose: plan, Team=\"ten\", else=\"more\"}}.",
                    "{\"plan\":\"Business\",\"late\":true}"),
            "For more.");
  EXPECT_EQ(testing::LinearText(Source("fields:\n  is_late: { type: bool, label: L }\n",
                                       "Sent{{choose: is-late, yes=\" late\", no=\"\"}}.\n"),
                                "{\"is_late\":true}"),
            "Sample\n\nSent late.\n");
}

TEST(Choose, TakesTrueAndFalseOfABool) {
  constexpr std::string_view kText = "Sent{{choose: late, true=\" late\", false=\"\"}}.";
  EXPECT_EQ(ShownOf(kText, "{\"plan\":\"Team\",\"late\":true}"), "Sent late.");
  EXPECT_EQ(ShownOf(kText, "{\"plan\":\"Team\",\"late\":false}"), "Sent.");
  EXPECT_EQ(CodesOf("{{choose: late, true=\"a\"}}"), "T506:late");
  EXPECT_EQ(CodesOf("{{choose: late, true=\"a\", yes=\"b\", no=\"c\"}}"), "T255:yes");
  EXPECT_EQ(CodesOf("{{choose: plan, Team=\"a\", Business=\"b\", true=\"c\"}}"), "T255:true");
}

TEST(Choose, TakesOptionsOfEveryTypeAndSpelling) {
  struct Case {
    std::string_view field, tag, values, shown;
  };
  constexpr Case kCases[] = {
      {"type: period, options: { P12M: a, P24M: b }", "P12M=\"one\", P24M=\"two\"", "\"P24M\"",
       "two"},
      {"type: int, options: [\"1\", \"-2\"]", "1=\"one\", -2=\"two\"", "-2", "two"},
      {"type: date, options: [\"2026-01-31\", \"2026-02-28\"]",
       "2026-01-31=\"one\", 2026-02-28=\"two\"", "\"2026-01-31\"", "one"},
      {"type: decimal, options: [\"99.5\", \"99.9\"]", "99.5=\"low\", 99.9=\"high\"", "\"99.9\"",
       "high"},
      {"type: money, currency: EUR, options: [\"5.00\", \"9.90\"]", "5.00=\"low\", else=\"high\"",
       "[\"5.00\", \"EUR\"]", "low"},
      {"type: string, options: [\"Team A\", \"Gr\xC3\xB6\xC3\x9F"
       "e\", \"O'Brien\"]",
       "\"Team A\"=\"one\", Gr\xC3\xB6\xC3\x9F"
       "e=\"two\", \"O'Brien\"=\"three\"",
       "\"O'Brien\"", "three"},
      {"type: string, options: [\"Team A\", B]", "Team A=\"one\", B=\"two\"", "\"Team A\"", "one"},
  };
  for (const Case& c : kCases) {
    Compilation compilation =
        CompileTemplate(Source("fields:\n  x: { label: X, " + String(c.field) + " }\n",
                               "{{choose: x, " + String(c.tag) + "}}\n"));
    ASSERT_TRUE(compilation.ok()) << c.tag << testing::Problems(compilation);
    EXPECT_EQ(compilation.diagnostics.size(), 0U) << testing::Problems(compilation);
    auto contract = templates::Template::Load(compilation.bytes);
    auto made = testing::AssembleOrFail(*contract, "{\"x\":" + String(c.values) + "}");
    EXPECT_NE(document::LinearText(made.document, {}).find(c.shown), String::npos) << c.tag;
  }
  Compilation open =
      CompileTemplate(Source("fields:\n  x: { type: string, label: X, options: [\"Team A\", B] }\n",
                             "{{choose: x, B=\"two\"}}\n"));
  ASSERT_EQ(open.diagnostics.size(), 1U);
  EXPECT_EQ(open.diagnostics[0].hint, "\"Team A\"=\"…\", or else=\"…\"");
}

TEST(Choose, EveryAnswerHasItsWords) {
  EXPECT_EQ(CodesOf("{{choose: plan, Team=\"a\", Business=\"b\"}}"), "");
  EXPECT_EQ(CodesOf("{{choose: plan, Team=\"a\"}}"), "T506:plan");
  EXPECT_EQ(CodesOf("{{choose: plan, Team=\"a\"}} {when=\"plan == 'Team'\"}"), "T502:Team")
      << "nothing else is left here";
  EXPECT_EQ(CodesOf("{{choose: plan, Tem=\"a\", else=\"b\"}}"), "T506:plan T255:Tem");
  EXPECT_EQ(CodesOf("{{choose: plon, Team=\"a\"}}"), "T402:plon");
  EXPECT_EQ(CodesOf("{{choose: x}} {{placeholder: x}}"), "T350:x");
}

TEST(Placeholders, AreFieldsOfTheSenderWhereTheyArePrinted) {
  String source = Source(
      "",
      "In {{placeholder: forum-city, note=\"Where we are sued\"}} on {{placeholder: day, "
      "type=date}}, "
      "{{placeholder: fee, type=money, currency=EUR}}.\n\nNot in {{placeholder: forum-city}}. "
      "{when=\"forum_city != 'Rome'\"}\n");
  EXPECT_EQ(
      testing::LinearText(
          source, "{\"forum_city\":\"Graz\",\"day\":\"2026-07-01\",\"fee\":[\"5.00\",\"EUR\"]}"),
      "Sample\n\nIn Graz on July 1, 2026, \xE2\x82\xAC"
      "5.00.\n\nNot in Graz.\n");
  templates::Template contract = testing::LoadTemplate(source);
  EXPECT_NE(testing::CompileBytes(source).find("\"help\":\"Where we are sued\""), String::npos);
  EXPECT_EQ(CodesOf("{{placeholder: x, type=int}}"), "T351:int");
  EXPECT_EQ(CodesOf("{{placeholder: x, type=duration, unit=M}}"), "T607:M");
  EXPECT_EQ(CodesOf("{{placeholder: x, type=date}} {{placeholder: x, type=text}}"), "T454:text");
  EXPECT_EQ(CodesOf("{{placeholder: x, tpye=date}}"), "T455:tpye");
  EXPECT_EQ(CodesOf("{{placeholder: 9x}}"), "T457:9x");
}

TEST(Placeholders, OfADurationArePeriodsOrATextOfHours) {
  const String source = Source("",
                               "{{placeholder: notice, type=duration}}, {{placeholder: term-1, "
                               "type=duration, unit=MO}}, {{placeholder: reply, type=duration, "
                               "unit=H}}\n");
  EXPECT_EQ(testing::LinearText(source,
                                "{\"notice\":\"P30D\",\"term_1\":\"P6M\",\"reply\":\"36 hours\"}"),
            "Sample\n\n30 days, 6 months, 36 hours\n");
}

TEST(Schedules, StandUnderTheirTitleWithoutANumber) {
  EXPECT_EQ(
      ShownOf("# Terms {#terms}\n\nSee {{attach: prices}} and {{attach: prices, label=\"it\"}}.\n\n"
              "::: schedule {#prices title=\"Schedule A: Prices\"}\nWords.\n\n## Each "
              "{#each}\n\nOne.\n:::\n\n"
              "# More {#more}\n\nAs {{ref: each}} says.",
              "{\"plan\":\"Team\",\"late\":true}"),
      "1. Terms\n\nSee Schedule A: Prices and it.\n\nSchedule A: Prices\n\nWords.\n\n2. "
      "Each\n\nOne.\n\n"
      "3. More\n\nAs 2 says.");
  EXPECT_EQ(CodesOf("::: schedule {#a title=\"A\"}\n# B\n\nText.\n:::\n\n# C"), "T264:# B");
  EXPECT_EQ(CodesOf("{{attach: a}}\n\n::: schedule {#a title=\"A\"}\nText.\n:::"), "");
  EXPECT_EQ(CodesOf("{{attach: b}}\n\n::: schedule {#a title=\"A\"}\nText.\n:::"), "T452:b");
  EXPECT_EQ(CodesOf("{{attach: a, name=b}}\n\n::: schedule {#a title=\"A\"}\nText.\n:::"),
            "T455:name");
  EXPECT_EQ(CodesOf("{{ref: a}}\n\n::: schedule {#a title=\"A\"}\nText.\n:::"), "T509:a");
  EXPECT_EQ(CodesOf("{{attach: a}}\n\n::: schedule {#a title=\"A\" when=\"late\"}\nText.\n:::"),
            "T504:a");
  const String omitted = "::: schedule {#a title=\"A\" when=\"late\" omitted=\"None\"}\nText.\n:::";
  EXPECT_EQ(CodesOf("{{attach: a}}\n\n" + omitted), "T504:a") << "its title is not there";
  EXPECT_EQ(CodesOf("{{attach: a, label=\"Annex 1\"}}\n\n" + omitted), "");
  EXPECT_EQ(CodesOf("{{attach: a}} {when=\"late\"}\n\n" + omitted), "");
}

TEST(Containers, TextBehindOneWithHeadingsIsTold) {
  const String group = "# A\n\nx\n\n::: group {when=\"late\"}\n## B\n\ny\n:::\n\n";
  EXPECT_EQ(CodesOf(group + "1. z\n\n# C"), "T292:1. z");
  EXPECT_EQ(CodesOf(group + "## C\n\nz\n\n# D"), "");
  EXPECT_EQ(CodesOf(group + "::: guide\nx\n:::\n\n## C"), "");
  EXPECT_EQ(CodesOf("::: group {when=\"late\"}\ny\n:::\n\nz"), "");
  EXPECT_EQ(CodesOf("::: schedule {#s title=\"S\"}\n## B\n\ny\n:::\n\nz\n\n# C"), "T292:z");
  EXPECT_EQ(CodesOf("::: schedule {#s title=\"S\"}\ny\n:::\n\nz\n\n# C"), "");
  EXPECT_EQ(
      CodesOf("::: schedule {#s title=\"S\"}\n## B\n:::\n\n{{check: c, role=customer}}\n\n# C"),
      "");
}

TEST(Schedules, MayBeginAgainAndNothingElseMay) {
  EXPECT_EQ(CodesOf("::: schedule {#a title=\"A\" restart}\n## B {#b}\n\nText.\n:::\n\n# C\n\nSee "
                    "{{ref: b}}."),
            "");
  EXPECT_EQ(CodesOf("::: schedule {#a title=\"A\" restart}\nText.\n:::\n\nSee {{ref: a}}."),
            "T509:a")
      << "it has a name, and no number";
  const String longest(256, 'x');
  EXPECT_EQ(CodesOf("::: schedule {#a title=\"" + longest + "\" restart}\nText.\n:::"), "");
  EXPECT_EQ(
      CodesOf("::: schedule {#a title=\"" + longest + "y\" restart}\nText.\n:::").substr(0, 5),
      "T255:");
  EXPECT_EQ(CodesOf("# A {#a restart}\n\nText."), "T267:restart");
  EXPECT_EQ(CodesOf("Text. {restart}"), "T267:restart");
  EXPECT_EQ(CodesOf("::: group {restart}\nText.\n:::"), "T267:restart");
  EXPECT_EQ(CodesOf("::: schedule {#a title=\"A\" restart=\"1\"}\nText.\n:::"), "T267:restart");
  EXPECT_EQ(CodesOf("::: schedule {#a title=\"A\" restrat}\nText.\n:::"), "T153:restrat");
}

TEST(Unnumbered, AHeadingCanGoWithoutItsNumber) {
  EXPECT_EQ(
      ShownOf("# Preamble {unnumbered}\n\nWe meet.\n\n# Terms {#terms}\n\nSee {{ref: terms}}.",
              "{\"plan\":\"Team\",\"late\":true}"),
      "Preamble\n\nWe meet.\n\n1. Terms\n\nSee 1.");
  EXPECT_EQ(CodesOf("Text. {unnumbered}"), "T267:unnumbered");
  EXPECT_EQ(CodesOf("# A {#a unnumbered}\n\nSee {{ref: a}}."), "T509:a");
}

TEST(Keep, IsSaidWithoutAValue) {
  EXPECT_EQ(CodesOf("# A {#a keep}\n\nText. {keep}\n\n::: recitals {keep}\nWe meet.\n:::"), "");
  EXPECT_EQ(CodesOf("Text. {keep=\"yes\"}"), "T267:keep");
  EXPECT_EQ(CodesOf("Text. {#a keep keep}"), "T270:keep");
}

TEST(Numbering, OutlineAndMixedNumberEveryLevel) {
  auto shown = [](std::string_view scheme) {
    return testing::LinearText(Source("numbering: " + String(scheme) + "\nbullets: numbered\n",
                                      "# A {#a}\n\n## B {#b}\n\n### C {#c}\n\n- one {#one}\n\n# D "
                                      "{#d}\n\n- two\n  - three {#three}\n\n"
                                      "See {{ref: c}}, {{ref: one}}, {{ref: three}}.\n"),
                               "{}");
  };
  EXPECT_EQ(shown("outline"),
            "Sample\n\nI. A\n\nI.A B\n\nI.A.1 C\n\n(a) one\n\nII. D\n\n(a) two\n\n(i) three\n\n"
            "See I.A.1, I.A.1(a), II(a)(i).\n");
  EXPECT_EQ(shown("mixed"),
            "Sample\n\n1. A\n\n(a) B\n\n(i) C\n\n(A) one\n\n2. D\n\n(a) two\n\n(i) three\n\n"
            "See 1(a)(i), 1(a)(i)(A), 2(a)(i).\n");
}

}  // namespace
}  // namespace countersign::compile
