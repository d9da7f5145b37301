// Every problem of a template, with the place it is reported at. Messages may change; codes and
// places may not.
#include <gtest/gtest.h>

#include "compile/markdown.h"
#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::Source;

struct Found {
  String code, at, text;
  String fix;  // what the fix writes, "-" for none
  String hint;
};

// Code and the text that the span covers.
Vector<Found> Check(const String& source, const Library& library = {}) {
  Vector<Found> found;
  for (const Diagnostic& diagnostic : CompileTemplate(source, library).diagnostics) {
    ByteRange byte = diagnostic.span.byte;
    EXPECT_LE(byte.end, source.size());
    found.push_back({String(DiagnosticName(diagnostic.code)),
                     NumberText(diagnostic.span.line) + ":" + NumberText(diagnostic.span.col),
                     source.substr(byte.begin, byte.end - byte.begin),
                     diagnostic.fix ? diagnostic.fix->text : "-", diagnostic.hint});
  }
  return found;
}

String Codes(const String& source, const Library& library = {}) {
  String codes;
  for (const Found& found : Check(source, library))
    codes += (codes.empty() ? "" : " ") + found.code;
  return codes;
}

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true, order: 1 }
  provider: { label: Provider, signs: true, order: 2 }
fields:
  seats: { type: int, label: Seats }
  price: { type: money, currency: EUR, label: Price }
  late: { type: bool, role: provider, label: Late, required: false }
)";
String Body(std::string_view body) {
  return Source(kKeys, String(body) + "\n\n{{= seats }} {{= price }} {{check: late}}\n");
}

TEST(TemplateDiagnostics, AGoodTemplateHasNone) { EXPECT_EQ(Codes(Body("Text.")), ""); }

struct Case {
  std::string_view body, code, text;
};

TEST(TemplateDiagnostics, NameTheProblemAndItsPlaceInTheText) {
  constexpr Case kCases[] = {
      {"a {{= seats b", "T152", "{{"},
      {"a {#x when=\"seats > 1}", "T153", "{#x when=\"seats > 1}"},
      {"a {#x wehn=\"p\"}", "T153", "wehn"},
      {"a {#x when=\"seats > 1\" whn=\"p\"}", "T153", "whn"},
      {"a {wehn=\"seats > 1\"}", "T153", "wehn"},
      {"a {if=\"seats > 1\"}", "T153", "if"},
      {"# A {unless=\"seats > 1\"}\n\nx", "T153", "unless"},
      {"a {omit=\"Reserved\" when=\"seats > 1\"}", "T153", "omit"},
      {"a {title=\"x\" when=\"seats > 1\"}", "T153", "title"},
      {"a {level=2 when=\"seats > 1\"}", "T153", "level"},
      {"a {when: \"seats > 1\"}", "T153", "{when: \"seats > 1\"}"},
      {"a {.class when=\"seats > 1\"}", "T153", "{.class when=\"seats > 1\"}"},
      {"a {unless = \"seats > 1\"}", "T153", "{unless = \"seats > 1\"}"},
      {"a {if: 'seats > 1'}", "T153", "{if: 'seats > 1'}"},
      {"a {if=\xE2\x80\x9Cseats\xE2\x80\x9D}", "T153", "if"},
      {"a {level=2 when=late}", "T153", "level"},
      {"# A {.unnumbered}\n\nx", "T153", "{.unnumbered}"},
      {"# A\n\nx\n\n::: schedule {#s title=\"S\"}\ny\n:::\n\n## B\n\nz", "T264", "## B"},
      {"# A\n\nx\n\n::: group {#g}\n# B\n:::\n\n## C\n\nz", "T264", "## C"},
      {"2*3*4 m", "T256", "*"},
      {"a*b*c", "T256", "*"},
      {"2**3**4", "T256", "*"},
      {"x *2*3 m", "T256", "*"},
      {"{{= seats }}*{{= seats }}*2 m", "T256", "*"},
      {"# A\n\n### B\n\nx", "T264", "### B"},
      {"###### F", "T264", "###### F"},
      {"# {#x}", "T272", "# {#x}"},
      {"<b>bold</b> x", "T257", "<b>"},
      {"The <Company> pays.", "T257", "<Company>"},
      {"<!-- cap -->", "T257", "<!-- cap -->"},
      {"![x](https://a.example/b.png)", "T258", "!"},
      {"[x](javascript:alert)", "T259", "javascript:alert"},
      {"[x](page.html)", "T259", "page.html"},
      {"x\n\n    code line", "T260", "    code line"},
      {"```\ncode\n```", "T260", "```"},
      {"| a | b |\n|---|\n| c | d |", "T261", "| a | b |"},
      {"> quoted", "T262", "> quoted"},
      {"a\n\n***\n\nb", "T263", "***"},
      {"1986. Was a good year", "T265", "1986"},
      {"1. a\n3. b\n9. c", "T265", "9"},
      {"see `{{= seats }}`", "T266", "{{= seats }}"},
      {"a {#x} b", "T267", "{#x}"},
      {"a {#x}\nb", "T267", "{#x}"},
      {"{#x}\n\nb", "T267", "{#x}"},
      {"{{include: sla/credits}}", "T470", "sla/credits"},
      {"{{def: services}}", "T275", "def"},
      {"word {{def: services}}", "T275", "def"},
      {"\"A\" {{def: a, label=x}} {{term: a}}", "T455", "label"},
      {"\"A\" {{def: a}} \"B\" {{def: a}} {{term: a}}", "T453", "a"},
      {"\"A\" {{def: 1a}}", "T457", "1a"},
      {"\"Services\" {{def: services}} {{term: servces}}", "T458", "servces"},
      {"\"A\" {{def: a}} {{term: a, lable=x}}", "T455", "lable"},
      {"\"A\" {{def: a}}", "T508", "a"},
      {"\"A\" {{def: a}} {when=\"seats > 1\"}\n\n{{term: a}}", "T511", "a"},
      {"{{seats}}", "T269", "seats"},
      {"{{input: a role=customer}}", "T269", "a role=customer"},
      {"{{= seats | }}", "T269", "}"},
      {"a {#x omitted=\"none\"}", "T271", "{#x omitted=\"none\"}"},
      {"a {else}", "T274", "else"},
      {"a {when=saets:big}", "T402", "saets"},
      {"a {when=\"seats > 1\"}\n\nb\n\nc {else}", "T274", "else"},
      {"a {when=\"seats > 1\"}\n\nb {else}\n\nc {else}", "T274", "else"},
      {"a {when=\"saets > 1\"}\n\nb {else}", "T402", "saets"},
      {"{{= seats | money }}", "T350", "money"},
      {"{{= seats > 1 }}", "T350", "{{= seats > 1 }}"},
      {"{{input: a, role=custmer}}", "T450", "custmer"},
      {"{{= seats | nummer }}", "T451", "nummer"},
      {"see {{ref: nowhere}}", "T452", "nowhere"},
      {"a {#x}\n\nb {#x}", "T453", "x"},
      {"{{input: seats2, role=customer, type=int}} {{sign: seats2, role=customer}}", "T454",
       "seats2"},
      {"{{input: a, role=customer, lable=x}}", "T455", "lable"},
      {"{{sing: a, role=customer}}", "T456", "sing"},
      {"{{input: 1a, role=customer}}", "T457", "1a"},
      {"{{input: a, role=customer, type=double}}", "T351", "double"},
      {"{{input: a, role=customer, type=list(string)}}", "T351", "a"},
      {"{{input: a}}", "T254", "a"},
      {"{{select: a, role=customer}}", "T254", "a"},
      {"{{file: a}}", "T254", "a"},
      {"{{file: a, role=customer, type=string}}", "T454", "string"},
      {"{{file: a, role=customer, max=100}}", "T255", "100"},
      {"{{file: a, role=customer, options=\"x|y\"}}", "T255", "x|y"},
      {"{{file: a, role=customer, default=x}}", "T255", "x"},
      {"{{file: a, role=customer, accept=image}}", "T255", "image"},
      {"{{file: a, role=customer, accept=\"image/*, .pdf\"}}", "T255", "image/*, .pdf"},
      {"{{input: a, role=customer, accept=.pdf}}", "T255", ".pdf"},
      {"{{file: a, role=customer, source=\"crm.a\"}}", "T454", "crm.a"},
      {"{{file: a, role=customer, check=\"a.width > 1\"}}", "T403", "width"},
      {"{{file: a, role=customer}} {{= a }}", "T350", "{{= a }}"},
      {"a {#p}\n\n{{ref: p}}", "T509", "p"},
      {"# A {#x when=\"seats > 1\"}\n\ny\n\n# B\n\nsee {{ref: x}}", "T504", "x"},
      {"{{= saets }}", "T402", "saets"},
      {"a {when=\"seats\"}", "T303", "seats"},
      {"a {when=\"seats + price > 1\"}", "T301", "seats + price"},
      {"a {{= sum(price) }}", "T301", "sum(price)"},
      {"x {when=\"late\"}", "T803", "late"},
      {"{{= late ? 'a' : 'b' }}", "T803", "late ? 'a' : 'b'"},
      {"{{sign: s, role=customer}} {{= s }}", "T404", "s"},
      {"a {when=\"double(seats) > double('1.5')\"}", "T404", "double"},
      {"a {when=\"timestamp(plan).getFullYear() > 2020\"}", "T404", "getFullYear"},
      {"a {when=\"duration('P30D') == duration('1h')\"}", "T404", "duration"},
      {"a {when=\"type(seats) == int\"}", "T404", "int"},
      {"a {when=\"1u in [1u]\"}", "T404", "1u"},
      {"a {when=\"size(b'abc') > seats\"}", "T404", "b'abc'"},
      {"a\xEE\x80\x80z", "T150", "\xEE\x80\x80"},
      {"a\x01z", "T151", "\x01"},
      {"a\xE2\x80\xAEz", "T154", "\xE2\x80\xAE"},
      {"[Customer]: https://a.example", "T256", "[Customer]: https://a.example"},
      {"Tom &amp; Ann", "T256", "&amp;"},
      {"***Services*** {{def: s}} and ***x*** y {{def: b}}", "T275", "def"},
      {"{{input: a, role=customer}} {{input: a, role=provider}}", "T454", "provider"},
      {"{{input: a, role=customer, source=\"crm.x\"}}", "T454", "crm.x"},
      {"{{input: a, role=customer, min=x, type=int}}", "T255", "x"},
      {"{{input: a, role=customer, role=customer}}", "T270", "role"},
  };
  for (const Case& c : kCases) {
    Vector<Found> found = Check(Body(c.body));
    bool seen = false;
    String all;
    for (const Found& each : found) {
      seen = seen || (each.code == c.code && each.text == c.text);
      all += each.code + " at " + each.at + " '" + each.text + "'\n";
    }
    EXPECT_TRUE(seen) << c.body << "\nwanted " << c.code << " '" << c.text << "'\ngot " << all;
  }
}

struct FrontCase {
  std::string_view source, code, text;
};

TEST(TemplateDiagnostics, NameTheProblemAndItsPlaceInTheFrontMatter) {
  constexpr std::string_view kStart = "---\ntemplate: a\nversion: 1\ntitle: A\n";
  constexpr FrontCase kCases[] = {
      {"fields:\n  a: { type: int, lable: A }\n", "T253", "lable"},
      {"feilds:\n  a: { type: int }\n", "T253", "feilds"},
      {"roles:\n  c: { sings: true }\n", "T253", "sings"},
      {"fields:\n  a: { type: text }\n", "T351", "text"},
      {"fields:\n  a: { label: A }\n", "T254", "a"},
      {"fields:\n  a: { type: int }\n  a: { type: int }\n", "T270", "a"},
      {"fields:\n  9a: { type: int }\n", "T457", "9a"},
      {"fields:\n  unit-price: { type: int }\n", "T457", "unit-price"},
      {"fields:\n  package: { type: int }\n", "T453", "package"},
      {"fields:\n  a: { type: int, min: x }\n", "T255", "x"},
      {"fields:\n  a: { type: money, currency: EURO }\n", "T902", "EURO"},
      {"fields:\n  a: { type: int, role: nobody }\n", "T450", "nobody"},
      {"locale: tlh\n", "T901", "tlh"},
      {"locale: en-AU\n", "T903", "en-AU"},
      {"locale: fr-CH\n", "T903", "fr-CH"},
      {"fields:\n  a: { type: list(string), min: 2, label: A }\n", "T255", "2"},
      {"fields:\n  a: { type: string, min: 3, label: A }\n", "T255", "3"},
      {"fields:\n  a: { type: string, max: 3, label: A }\n", "T255", "3"},
      {"fields:\n  a: { type: int, maxLength: 3, label: A }\n", "T255", "3"},
      {"fields:\n  a: { type: list(string), maxLength: 3, label: A }\n", "T255", "3"},
      {"fields:\n  a: { type: bool, currency: EUR, label: A }\n", "T255", "EUR"},
      {"fields:\n  a: { type: money, currency: EUR, source: \"money(crm.p, 'USD')\" }\n", "T302",
       "money(crm.p, 'USD')"},
      {"fields:\n  a: { type: date, source: \"timestamp(crm.c).getFullYear()\" }\n", "T302",
       "timestamp(crm.c).getFullYear()"},
      {"fields:\n  a: { type: int, source: \"'text'\" }\n", "T302", "'text'"},
      {"fields:\n  a: { type: list(int), source: \"crm.xs.map(x, string(x))\" }\n", "T302",
       "crm.xs.map(x, string(x))"},
      {"fields:\n  a: { type: string, options: [A, B], source: \"crm.x ? 'A' : 'C'\" }\n", "T255",
       "crm.x ? 'A' : 'C'"},
      {"fields:\n  a: { type: date, source: \"'tomorrow'\" }\n", "T255", "'tomorrow'"},
      {"computed:\n  y: \"size(\\\"e\\\") + bb\"\n", "T402", "bb"},
      {"computed:\n  y: >-\n    1 +\n    bb\n", "T402", "bb"},
      {"numbering: roman\n", "T255", "roman"},
      {"computed:\n  x: y + 1\n  y: x + 1\n", "T507", "x"},
      {"computed:\n  x: nothing + 1\n", "T402", "nothing"},
      {"validations:\n  - { check: \"1 < 2\" }\n", "T254", "{ check: \"1 < 2\" }"},
      {"workflow: { expires: 30 days }\n", "T607", "30 days"},
      {"workflow: { reminders: P2D }\n", "T268", "reminders"},
      {"routing: []\n", "T268", "routing"},
      {"approvals:\n  - { when: \"1 < 2\", by: finance, why: x }\n", "T273",
       "- { when: \"1 < 2\", by: finance, why: x }"},
      {"consent: { id: a, version: \"1\", summary: s }\n", "T254",
       "{ id: a, version: \"1\", summary: s }"},
      {"computed:\n  x: a ? b : c\n", "T252", "a ? b : c"},
      {"fields:\n  a: { type: bool, show: a ? b : c, label: A }\n", "T252", "a ? b : c"},
      {"computed:\n  x: !a\n", "T252", "!a"},
      {"computed:\n  x: *a\n", "T252", "*a"},
      {"computed:\n  x: \"a\" == b\n", "T252", "\"a\" == b"},
      {"fields: [\n", "T251", ""},
      {"fields:\n  a: { type: int }\n", "T508", "a"},
      {"roles: { c: { signs: maybe } }\n", "T255", "maybe"},
      {"roles: { c: { order: 65 } }\n", "T255", "65"},
      {"version: 0\n", "T255", "0"},
  };
  for (const FrontCase& c : kCases) {
    String source = String(kStart) + String(c.source) + "---\nText.\n";
    bool seen = false;
    String all;
    for (const Found& each : Check(source)) {
      seen = seen || (each.code == c.code && (c.text.empty() || each.text == c.text));
      all += each.code + " at " + each.at + " '" + each.text + "'\n";
    }
    EXPECT_TRUE(seen) << c.source << "\nwanted " << c.code << " '" << c.text << "'\ngot " << all;
  }
}

TEST(TemplateDiagnostics, EveryValueThatNeedsQuotesIsToldAtOnce) {
  const Vector<Found> found = Check(
      "---\ntemplate: t\nversion: 1\ntitle: Loan: Terms\nfields: { b: { type: bool } }\n"
      "computed:\n  x: b ? 1 : 2\n  y: *b\n  z: !b\n---\n{{= x }}\n");
  Vector<String> texts;
  for (const Found& each : found) {
    EXPECT_EQ(each.code, "T252");
    texts.push_back(each.text);
  }
  EXPECT_EQ(texts, (Vector<String>{"Loan: Terms", "b ? 1 : 2", "*b", "!b"}));
}

TEST(TemplateDiagnostics, ALocaleOfTheUsualCountryIsThatOfTheLanguage) {
  const auto with = [](std::string_view locale) {
    return Codes("---\ntemplate: a\nversion: 1\nlocale: " + String(locale) + "\n---\nText.\n");
  };
  for (std::string_view locale : {"en", "en-US", "EN-us", "en-GB", "de-DE", "de-AT", "pt-BR"})
    EXPECT_EQ(with(locale), "") << locale;
  for (std::string_view locale : {"en-NZ", "de-XX", "pt-AO"})
    EXPECT_EQ(with(locale), "T903") << locale;
}

TEST(TemplateDiagnostics, ASourceMayGiveWhatTheFieldCanHold) {
  EXPECT_EQ(Codes(Source("fields:\n"
                         "  a: { type: money, currency: EUR, source: \"money(crm.p, 'EUR')\" }\n"
                         "  b: { type: money, currency: EUR, source: \"decimal(crm.p)\" }\n"
                         "  c: { type: date, source: \"string(crm.c)\" }\n"
                         "  d: { type: decimal, source: \"size(crm.xs)\" }\n"
                         "  e: { type: string, options: [A, B], source: \"crm.x ? 'A' : 'B'\" }\n"
                         "  f: { type: list(string), source: \"crm.xs.map(x, x.name)\" }\n"
                         "  g: { type: record, fields: { h: string }, source: \"{'h': crm.h}\" }\n",
                         "{{= a }} {{= b }} {{= c }} {{= d }} {{= e }} {{= f }} {{= g.h }}\n")),
            "");
}

TEST(TemplateDiagnostics, AnEarlierSignerIsAskedNothingThatRestsOnALaterOne) {
  const auto with = [](std::string_view body) {
    String codes;
    for (const Found& found : Check(Source(
             "roles: { a: { label: A, signs: true, order: 1 }, b: { label: B, signs: true, order: "
             "2 "
             "}, c: { label: C, signs: true, order: 2 } }\ncomputed: { both: \"late && true\" }\n",
             String(body) + " {{check: late, role=b, required=false}} {{sign: sa, role=a}} {{sign: "
                            "sb, role=b}} {{sign: sc, role=c}}\n"))) {
      if (found.code == "T806") codes += (codes.empty() ? "" : " ") + found.text;
    }
    return codes;
  };
  EXPECT_EQ(with("{{input: q, role=a, show=\"late\"}}"), "late");
  EXPECT_EQ(with("{{input: q, role=a, required=\"both\"}}"), "both");
  EXPECT_EQ(with("{{input: q, role=c, check=\"late || q == ''\"}}"), "late || q == ''");
  EXPECT_EQ(with("{{input: q, role=b, show=\"late\"}}"), "");
  EXPECT_EQ(with("{{input: q, role=a}} {{input: r, role=b, check=\"r == q\"}}"), "");
}

TEST(TemplateDiagnostics, WhatTheSenderIsAskedRestsOnNoSignersAnswer) {
  const auto with = [](std::string_view field) {
    return Codes(
        Source("roles: { a: { label: A, signs: true } }\nfields:\n  own: { type: bool, label: "
               "O }\n  q: { type: string, label: Q, " +
                   String(field) + " }\n",
               "{{input: w, role=a}} {{= own ? q : 'b' }} {{sign: s, role=a}}\n"));
  };
  EXPECT_EQ(with("required: \"w == 'x'\""), "T806");
  EXPECT_EQ(with("required: \"own\""), "");
}

TEST(TemplateDiagnostics, AComputedValueMayBeCalledAsAMemberOrAMacrosVariable) {
  EXPECT_EQ(
      Codes(Source("fields:\n  shifts: { type: list, label: S, max: 9, of: { hours: decimal } }\n"
                   "  site: { type: record, label: S, fields: { city: string } }\n"
                   "computed:\n  hours: \"sum(shifts.map(s, s.hours), 0.0)\"\n"
                   "  city: \"site.city\"\n  x: \"shifts.exists(x, x.hours > 1.0)\"\n"
                   "  first: \"second + 1\"\n  second: \"[1].map(first, first)[0]\"\n",
                   "{{= hours | number }} {{= city }} {{= x ? 'a' : 'b' }} {{= first }}\n")),
      "");
  EXPECT_EQ(
      Codes(Source("computed:\n  a: \"[1].map(x, x + b)[0]\"\n  b: \"a + 1\"\n", "{{= a }}\n")),
      "T507");
}

TEST(TemplateDiagnostics, APlaceholderIsCalledByTheNameThatExpressionsHaveForIt) {
  const String source = Source("",
                               "{{placeholder: forum-city}} {{= forum-city | upper }} {{= "
                               "'forum-city' }}\n");
  const Vector<Found> found = Check(source);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code + found[0].text + found[0].fix, "T402forum-cityforum_city");
}

TEST(TemplateDiagnostics, OnlyUnitsThatNeverStandTogetherShareAnId) {
  EXPECT_EQ(Codes(Body("# A {#s when=\"seats > 1\"}\n\n# B {#s else}\n\n# C\n\nAs {{ref: s}}.")),
            "");
  const Vector<Found> found =
      Check(Body("# A {#s when=\"seats > 1\"}\n\n# B {#s when=\"seats < 9\"}\n\n# C\n\nx"));
  ASSERT_EQ(found.size(), 2U) << "and they overlap";
  EXPECT_EQ(found[0].code + found[0].text, "T453s");
  EXPECT_NE(found[0].hint.find("share an id"), String::npos);
}

TEST(TemplateDiagnostics, ACircleIsReportedOnceAndNothingElseBecauseOfIt) {
  EXPECT_EQ(Codes(Source("computed:\n  a: b + 1\n  b: c * 2\n  c: a\n  d: a + 1\n",
                         "{{= a | number }} {{= d }}\n")),
            "T507");
}

TEST(TemplateDiagnostics, MissingOrOpenFrontMatter) {
  EXPECT_EQ(Codes("# Just text\n"), "T250");
  EXPECT_EQ(Codes("---\ntemplate: a\n"), "T250");
  EXPECT_EQ(Codes("---\nlocale: en\n---\nx\n"), "T254 T254");
  EXPECT_EQ(Codes("\xff\xfe"), "T107");
}

TEST(TemplateDiagnostics, OffersQuotesThatMakeTheFrontMatterReadable) {
  String source =
      Source("fields:\n  a: {type: bool, label: A}\ncomputed:\n  x: a ? 1 : 2\n", "{{= x }}\n");
  CompileTemplate(source);
  Compilation compilation = CompileTemplate(source);
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  const Fix& fix = *compilation.diagnostics[0].fix;
  source.replace(fix.byte.begin, fix.byte.end - fix.byte.begin, fix.text);
  EXPECT_TRUE(CompileTemplate(source).ok()) << source;
}

TEST(TemplateDiagnostics, FixesLeadToATemplateThatCompiles) {
  constexpr std::string_view kBodies[] = {"{{seats}}",
                                          "<b>bold</b> x",
                                          "<!-- cap -->",
                                          "{{= saets }}",
                                          "{{sing: a, role=customer}}",
                                          "The <Company> pays.",
                                          "1986. Was a good year",
                                          "[Customer]: Acme",
                                          "{{= price | mony }}",
                                          "{{input: a, role=custmer}}"};
  for (std::string_view body : kBodies) {
    String source = Body(body);
    for (int round = 0; round < 4 && !CompileTemplate(source).ok(); ++round) {
      for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
        if (!diagnostic.fix) continue;
        const Fix& fix = *diagnostic.fix;
        source.replace(fix.byte.begin, fix.byte.end - fix.byte.begin, fix.text);
        break;
      }
    }
    Compilation compilation = CompileTemplate(source);
    EXPECT_TRUE(compilation.ok()) << body << "\n" << testing::Problems(compilation);
  }
}

TEST(TemplateDiagnostics, AreAllReportedAtOnceInTheOrderOfTheSource) {
  String source = Body("{{= saets }} {{= pirce }}\n\n<b>x</b>\n\n### C\n\n{{ref: q}}");
  Vector<Found> found = Check(source);
  String codes;
  for (const Found& each : found) codes += each.code + " ";
  EXPECT_EQ(codes, "T402 T402 T257 T257 T264 T452 ");
}

TEST(TemplateDiagnostics, ASuggestionComesWithTheUnknownName) {
  Vector<Found> found = Check(Body("{{= saets }}"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].hint, "Did you mean 'seats'?");
  EXPECT_EQ(found[0].fix, "seats");
}

TEST(TemplateDiagnostics, PlacesInAttributesAndYamlAreThoseOfTheFile) {
  String source = Source("fields:\n  a: {type: int, label: A, check: \"a > zero\"}\n",
                         "x {#u when=\"a > nul\"}\n\n{{= a }}\n");
  Vector<Found> found = Check(source);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].text, "zero");
  EXPECT_EQ(found[1].text, "nul");
}

TEST(TemplateDiagnostics, ComputedValuesCarryTheirFieldsIntoTheSignersRule) {
  String keys = String(kKeys) + "computed:\n  x: \"late ? 1 : 2\"\n";
  EXPECT_EQ(Codes(Source(keys, "{{= x }} {{= seats }} {{= price }} {{check: late}}\n")), "T803");
  String alone = keys;
  alone.replace(alone.find("signs: true, order: 2"), 21, "signs: true, order: 1");
  EXPECT_EQ(Codes(Source(alone, "{{= x }} {{= seats }} {{= price }} {{check: late}}\n")), "T803")
      << "parallel counts as later";
  String first = keys;
  first.replace(first.find("order: 1"), 8, "order: 3");
  EXPECT_EQ(Codes(Source(first, "{{= x }} {{= seats }} {{= price }} {{check: late}}\n")), "")
      << "alone and first";
}

// --- bounds
// -----------------------------------------------------------------------------------------

TEST(TemplateBounds, SizeOfTheSource) {
  String source = Source("", "x\n");
  source.append(kMaxTemplateBytes - source.size(), '\n');
  EXPECT_EQ(Codes(source), "");
  EXPECT_EQ(Codes(source + "\n"), "T750");
}

TEST(TemplateBounds, NumberOfTags) {
  auto with = [](size_t tags) {
    String body;
    for (size_t i = 0; i < tags; ++i) body += i % 10 == 9 ? "{{= n }}\n\n" : "{{! x }}{{= n }} ";
    return Source("fields:\n  n: {type: int, label: N}\n", body);
  };
  EXPECT_EQ(Codes(with(10'000)), "");
  EXPECT_EQ(Codes(with(10'001)), "T753") << "more expressions than a compiled template may have";
  String body;
  for (size_t i = 0; i < 20'001; ++i)
    body += i % 10 == 9 ? "{{! c }}{{ref: s}}\n\n" : "{{ref: s}} ";
  EXPECT_EQ(Codes(Source("", "# S {#s}\n\n" + body)), "T751");
}

TEST(TemplateBounds, NumberOfAttributes) {
  // Many items of few lists, so that no other bound is met first.
  String body;
  for (size_t i = 0; i < 20'001; ++i) body += "- x {#a" + NumberText(i) + "}\n";
  EXPECT_NE((" " + Codes(Source("", body))).find(" T751"), String::npos);
  String hostile;
  for (size_t i = 0; i < 70'000; ++i) hostile += "{lock}\n";
  EXPECT_NE((" " + Codes(Source("", hostile))).find(" T751"), String::npos);
}

TEST(TemplateBounds, DepthOfLists) {
  auto nested = [](int depth) {
    String body;
    for (int i = 0; i < depth; ++i) body += String(static_cast<size_t>(2 * i), ' ') + "- x\n";
    return Source("", body);
  };
  EXPECT_EQ(Codes(nested(8)), "");
  EXPECT_EQ(Codes(nested(9)), "T752");
}

TEST(TemplateBounds, HostileTextsEndSoon) {
  String brackets(100'000, '[');
  String stars(100'000, '*');
  String quotes;
  for (int i = 0; i < 5'000; ++i) quotes += "> ";
  String braces(100'000, '{');
  String tags;
  for (int i = 0; i < 50'000; ++i) tags += "{{";
  String table;
  for (int i = 0; i < 2'000; ++i) table += "|a";
  table += "\n";
  for (int i = 0; i < 2'000; ++i) table += "|-";
  for (int i = 0; i < 20'000; ++i) table += "\n|b";
  String block = "<div>" + String(300'000, '<');
  String attributes = "<div>";
  for (int i = 0; i < 50'000; ++i) attributes += "<b a=\"";
  String inlines;
  for (int i = 0; i < 30'000; ++i) inlines += "\\<b> `<b>` <b>x [a](b) ";
  String fences = "- a\n";
  for (int i = 0; i < 30'000; ++i) fences += "  ::: group\n  b\n";
  const String line(900'000, 'a');  // nothing may look for its end at every character
  String openings;
  for (int i = 0; i < 200'000; ++i) openings += "[ ";
  for (const String& body : {brackets, stars, quotes, braces, tags, table, block, attributes,
                             inlines, fences, line, openings}) {
    Compilation compilation = CompileTemplate(Source("", body + "\n"));
    EXPECT_LE(compilation.diagnostics.size(), DiagnosticSink::kMaxDiagnostics + 1);
  }
}

TEST(TemplateDiagnostics, ALimitIsOfATypeThatHasAnOrder) {
  EXPECT_EQ(
      Codes(Source("fields:\n  p: { type: period, label: P, min: P1M, max: P1Y }\n", "{{= p }}\n")),
      "T255 T255")
      << "whether P1M or P30D is longer depends on where one starts";
  EXPECT_EQ(
      Codes(Source("fields:\n  d: { type: date, label: D, min: 2026-01-01 }\n", "{{= d }}\n")), "");
}

TEST(TemplateDiagnostics, LimitsAndDefaultsOfAFieldAgree) {
  auto codes = [](std::string_view field) {
    return Codes(Source("fields:\n  f: { label: F, " + String(field) + " }\n", "{{= f }}\n"));
  };
  EXPECT_EQ(codes("type: int, min: 5, max: 3, default: 9"), "T255");
  EXPECT_EQ(codes("type: int, min: 5, max: 5, default: 5"), "");
  EXPECT_EQ(codes("type: int, min: 5, default: 4"), "T255");
  EXPECT_EQ(codes("type: money, currency: EUR, max: \"10\", default: \"10.01\""), "T255");
  EXPECT_EQ(codes("type: string, options: [a, b], default: c"), "T255");
  EXPECT_EQ(codes("type: string, options: [a, b], default: b"), "");
  EXPECT_EQ(codes("type: string, maxLength: 3, default: abcdef"), "T255");
  EXPECT_EQ(codes("type: string, options: [a, a]"), "T255");
  EXPECT_EQ(codes("type: decimal, options: [\"1.0\", \"1.00\"]"), "T255");
  EXPECT_EQ(codes("type: string, options: []"), "T255");
  EXPECT_EQ(codes("type: string, options: \"a|a|\""), "T255 T255");
  EXPECT_EQ(codes("type: int, max: 3, options: [2, 4]"), "T255");
  EXPECT_EQ(codes("type: list(string), max: 1, options: [a, b]"), "");
}

TEST(TemplateDiagnostics, AKeyThatComesTwiceIsReportedOnce) {
  EXPECT_EQ(Codes(Source("fields:\n  a: { type: int, label: A }\n  a: { type: int, label: B }\n",
                         "{{= a }}\n")),
            "T270");
}

TEST(TemplateDiagnostics, WhatIsNoDirectiveIsMendedAsItWasMeantOrNotAtAll) {
  auto first = [](std::string_view body) {
    Vector<Found> found = Check(Body(body));
    EXPECT_EQ(found.size(), 1u) << body;
    return found.empty() ? String() : found[0].code + " " + found[0].fix;
  };
  EXPECT_EQ(first("{{ref nope}}"), "T269 :");
  EXPECT_EQ(first("{{> x}}"), "T269 -");
  EXPECT_EQ(first("{{{= seats }}"), "T269 -");
  EXPECT_EQ(first("{{seats}}"), "T269 =");
  EXPECT_EQ(first("{{ (seats + 1) }}"), "T269 =");
  EXPECT_EQ(Codes(Body("{{#unless late}}x")), "T456");
  EXPECT_EQ(first("{{#if seats > 1}}a{{else}}b{{/if}}"), "T269 #else");
  EXPECT_EQ(first("{{if seats > 1}}a{{/if}}"), "T269 #if");
  EXPECT_EQ(first("{{#if seats > 1}}a{{#else if seats > 0}}b{{/if}}"), "T269 #elif");
  EXPECT_EQ(first("{{#if seats > 1}}a{{else if seats > 0}}b{{/if}}"), "T269 #elif");
  EXPECT_EQ(first("{{#if seats > 1}}a{{endif}}"), "T269 /if");
  EXPECT_EQ(first("{{signature: q, role=customer}}"), "T456 sign");
  EXPECT_EQ(first("{{duration: 5, unit=days}}"), "T607 D");
  EXPECT_EQ(first("{{money: 5, currency=EURO}}"), "T902 EUR");
  EXPECT_EQ(first("# A {#a}\n\n{{ref: #a}}"), "T452 a");
}

TEST(TemplateDiagnostics, HintsSayWhatToDo) {
  const auto hint = [](const String& source, std::string_view code) {
    for (const Found& found : Check(source)) {
      if (found.code == code) return found.hint + " [" + found.text + "]" + found.fix;
    }
    return String();
  };
  EXPECT_NE(hint(Body("{{#if seats > 1}}**x{{/if}}**"), "T276").find("within emphasis"),
            String::npos);
  const auto locale = [&](std::string_view tag) {
    return hint(Source("locale: " + String(tag), "x"), "T901");
  };
  EXPECT_EQ(locale("en_US").substr(0, 12), "Write en-US.");
  EXPECT_EQ(locale("german").substr(0, 9), "Write de.");
  EXPECT_EQ(locale("zh").substr(0, 9), "There are");
  EXPECT_EQ(
      hint(
          Source("fields:\n  p: { type: money, currency: EUR, label: P, default: ['9.90', EUR] }\n",
                 "{{= p | money }}"),
          "T255"),
      "An amount is written without its currency here: default: \"9.90\". [['9.90', EUR]]-");
  const String open = "---\ntemplate: t\nversion: 1\ntitle: \"T\nlocale: en\n---\nx\n";
  EXPECT_EQ(hint(open, "T251"), "Write it at the end of the value as at its beginning. [\"]\"");
  EXPECT_EQ(Codes("---\ntemplate: t\nversion: 1\ntitle: T\ncomputed:\n  c: \"k * 2'\n---\nx\n"),
            "T251");
}

TEST(TemplateDiagnostics, AnUnknownTypeIsToldOnceAndAsItIsCalledElsewhere) {
  const auto with = [](std::string_view type) {
    String text;
    for (const Found& found :
         Check(Source("fields:\n  k: { type: " + String(type) +
                          ", label: K, min: 1, default: 2 }\n"
                          "computed:\n  c: \"k * 2\"\n",
                      "{{= c }} {{= k * 2 }} {{= k + 1 | number }} x {when=\"k > 3\"}\n"))) {
      text += (text.empty() ? "" : " ") + found.code + " " + found.fix;
    }
    return text;
  };
  EXPECT_EQ(with("integer"), "T351 int");
  EXPECT_EQ(with("float"), "T351 decimal");
  EXPECT_EQ(with("number"), "T351 decimal");
  EXPECT_EQ(with("enum"), "T351 -");
  EXPECT_EQ(with("tensor"), "T351 -");
  EXPECT_EQ(Codes(Source("fields:\n  a: { type: int, label: A }\n", "{{= a + }} {{= a.b }}\n")),
            "T201 T306")
      << "what is written wrong uses its fields";
}

TEST(TemplateDiagnostics, RowsThatMarkdownMakesOrLeavesAreTold) {
  const String table = "| a | b |\n|---|---|\n| x | y |\n";
  const auto found = [](const String& body) {
    String text;
    for (const Found& each : Check(Body(body))) text += each.code + " " + each.text + ";";
    return text;
  };
  EXPECT_EQ(found(table + "The prices above are net."), "T261 The prices above are net.;");
  EXPECT_EQ(found(table + "| only one |"), "T293 | only one |;");
  EXPECT_EQ(found(table + "| one | |\n| a \\| b | c |\nx | y"), "");
  EXPECT_EQ(found("| Item | Price |\n| Desk | 10 |"), "T261 | Item | Price |;");
  EXPECT_EQ(found("Item | Price\nDesk | 10"), "T261 Item | Price;");
  EXPECT_EQ(found("| a | b |\n\n|---|---|\n\n| x | y |").substr(0, 15), "T261 | a | b |;");
  EXPECT_EQ(found("Either a | b or {{= seats | number }}\nand `c | d` or\na \\| b"), "");
  EXPECT_EQ(Codes(Body("Either a | b\nor c | d")), "T261");
}

TEST(TemplateDiagnostics, WhatIsWrittenOutAndCanNeverBePrintedIsTold) {
  EXPECT_EQ(Codes(Body("{{= 0.00123 | percent(2) }}")), "T612");
  EXPECT_EQ(Codes(Body("{{= money('1.00','EUR') * 0.333 | money }}")), "T612");
  EXPECT_EQ(Codes(Body("{{= round(0.00123, 4, 'half_up') | percent(2) }} {{= 12 | words }}")), "");
  EXPECT_EQ(Codes(Body("{{= 1 / 0 }}")), "T610") << "once";
}

TEST(TemplateDiagnostics, ValuesThatAreHardlyMeantAreTold) {
  const auto front = [](std::string_view more) {
    return Codes("---\ntemplate: t\nversion: 1\n" + String(more) + "---\nx\n");
  };
  EXPECT_EQ(front("title: T\nworkflow: { expires: P0D }\n"), "T255");
  EXPECT_EQ(front("title: T\nworkflow: { expires: -P5D }\n"), "T255");
  EXPECT_EQ(front("title: T\nworkflow: { expires: P5D }\n"), "");
  EXPECT_EQ(front("title:\n"), "T294");
  EXPECT_EQ(front("title: \" \"\n"), "T294");
  EXPECT_EQ(front("title: T\nroles: { a: { label: \"\" } }\n"), "T294");
  EXPECT_EQ(Codes(Body("{{select: p, role=customer, options=\"card,invoice\"}}")), "T294");
  EXPECT_EQ(Codes(Body("{{select: p, role=customer, options=\"card, or so|invoice\"}}")), "");
  const auto field = [](std::string_view more) {
    return Codes(Source("fields:\n  f: { label: F, " + String(more) + " }\n", "{{= f }}\n"));
  };
  EXPECT_EQ(field("type: int, check: \"f > 3\", default: 2"), "T255");
  EXPECT_EQ(field("type: int, check: \"f > 3\", default: 4"), "");
  EXPECT_EQ(field("type: string, check: \"size(f) > 3\", default: \"\""), "");
}

TEST(TemplateDiagnostics, ATagOfAnotherToolIsToldAndNotTakenForText) {
  const auto told = [](std::string_view body) {
    String all;
    for (const Found& found : Check(Body(body))) all += found.code + " " + found.text + ";";
    return all;
  };
  EXPECT_EQ(told("{% if late %}x{% endif %}"), "T294 {% if late %};T294 {% endif %};");
  EXPECT_EQ(told("<%= seats %> seats"), "T294 <%= seats %>;");
  EXPECT_EQ(told("${seats}, [[seats]] and [seats]"), "T294 ${seats};T294 [[seats]];T294 [seats];");
  EXPECT_EQ(told("{seats} {#x when=\"seats > 1\"}"), "T294 {seats};");
  EXPECT_EQ(told("[chairs], {chairs}, \\[seats], \\{seats}, {{! [seats] }} [seats](https://x.org)"),
            "")
      << "other words, escaped ones, comments and links";
}

TEST(TemplateDiagnostics, ABraceTooManyIsNotPrinted) {
  const Vector<Found> found = Check(Body("{{= seats }}} seats"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code + found[0].text + found[0].fix, "T152}");
  EXPECT_EQ(Codes(Body("{at most {{= seats }}} and {{= seats }}\\}")), "");
}

TEST(TemplateDiagnostics, NumbersOfOtherCountriesAreToldHowTheyAreWritten) {
  const auto hint = [](std::string_view body) {
    for (const Found& found : Check(Body(body))) {
      if (found.code == "T269" || found.code == "T201") return found.hint;
    }
    return String();
  };
  EXPECT_EQ(hint("{{money: 5,00, currency=EUR}}"),
            "Numbers have a point and no other signs: 1000.00");
  EXPECT_EQ(hint("{{= seats > 1,5 ? 1 : 2 }}"),
            "Numbers have a point and no other signs: 1000, 1.5");
  EXPECT_EQ(hint("{{money: 5.00, EUR}}"), "");
}

TEST(TemplateDiagnostics, KeysAreToldAsTheyAreCalledHere) {
  const auto told = [](std::string_view keys) {
    String all;
    for (const Found& found : Check(Source(String(kKeys) + String(keys), "x\n"))) {
      if (found.code == "T253" || found.code == "T402") all += found.hint + " " + found.fix + ";";
    }
    return all;
  };
  EXPECT_EQ(told("validations: [{ if: \"seats > 1\", text: x }]\n"),
            "That is called 'check' here -;That is called 'message' here -;");
  EXPECT_EQ(told("  plan: { type: string, name: P, choices: [a, b] }\n"),
            "That is called 'label' here -;That is called 'options' here -;");
  EXPECT_EQ(
      told("  plan: { type: string, lable: P, source: account.name }\n"),
      "Did you mean 'label'? label;What the record holds begins with its name: crm.account -;");
}

TEST(TemplateDiagnostics, ATakenNameSaysByWhatItIsTaken) {
  const auto first = [](std::string_view body) {
    for (const Diagnostic& diagnostic : CompileTemplate(Body(body)).diagnostics) {
      if (diagnostic.message.find("is taken") == String::npos) continue;
      return diagnostic.message + " " + diagnostic.hint +
             (diagnostic.related.empty() ? "" : " " + NumberText(diagnostic.related[0].span.line));
    }
    return String();
  };
  EXPECT_EQ(first("{{sign: as, role=customer}}"),
            "The name 'as' is taken: expressions have it already Take a longer name.");
  EXPECT_EQ(first("{{#each seats in seats}}x{{/each}}"), "The name 'seats' is taken  9");
}

TEST(TemplateDiagnostics, ARepeatCalledLikeALaterSignersFieldIsNotThatField) {
  const String keys = String(kKeys) + "  tags: { type: list(string), label: Tags, max: 5 }\n";
  EXPECT_EQ(Codes(Source(keys,
                         "{{#each late in tags}}{{= late }}{{/each}}\n\n{{= seats }} "
                         "{{= price }} {{check: late}}\n")),
            "T453");
}

TEST(TemplateDiagnostics, PlacesToSignAreCalledInTheLanguageOfTheTemplate) {
  const auto label = [](std::string_view locale) {
    const String bytes = testing::CompileBytes(
        Source("locale: " + String(locale) + "\nroles: { a: { label: A, signs: true } }\n",
               "{{sign: s, role=a}} {{signdate: d, role=a}} {{initial: i, role=a}}\n"));
    String found;
    for (size_t at = bytes.find(" (A)\""); at != String::npos; at = bytes.find(" (A)\"", at + 1)) {
      const size_t from = bytes.rfind('"', at - 1) + 1;
      found += (found.empty() ? "" : ", ") + bytes.substr(from, at - from);
    }
    return found;
  };
  EXPECT_EQ(label("en-GB"), "Signature, Date, Initials");
  EXPECT_EQ(label("de-AT"), "Unterschrift, Datum, Initialen");
  EXPECT_EQ(label("fr-CA"), "Signature, Date, Initiales");
  EXPECT_EQ(label("es-MX"), "Firma, Fecha, Iniciales");
  EXPECT_EQ(label("it"), "Firma, Data, Iniziali");
  EXPECT_EQ(label("nl"), "Handtekening, Datum, Paraaf");
  EXPECT_EQ(label("pl"), "Podpis, Data, Inicja\xC5\x82y");
  EXPECT_EQ(label("pt-PT"), "Assinatura, Data, Iniciais");
  EXPECT_EQ(label("sv"), "Underskrift, Datum, Initialer");
}

}  // namespace
}  // namespace countersign::compile
