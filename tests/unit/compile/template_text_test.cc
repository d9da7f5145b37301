// What comes out of a source: text, structure, bytes.
#include <gtest/gtest.h>

#include "support/templates.h"
#include "template/lock.h"

namespace countersign::compile {
namespace {

using testing::CompileBytes;
using testing::LinearText;
using testing::Source;

constexpr std::string_view kField =
    "fields:\n  n: {type: int, label: N}\n  s: {type: string, label: S}\n";

TEST(CompileTemplate, WhatComesOutIsLoadedAsItsBytesAre) {
  Compilation compilation = CompileTemplate(
      "---\ntemplate: a\nversion: 1\ntitle: A\nroles: {r: {label: R, signs: true}}\n---\n# One\n\n"
      "{{sign: s, role=r}}\n");
  ASSERT_TRUE(compilation.ok()) << testing::Problems(compilation);
  auto loaded = templates::Template::Load(compilation.bytes);
  ASSERT_TRUE(loaded.has_value() && compilation.contract.has_value());
  EXPECT_EQ(compilation.contract->compiled_ref(), loaded->compiled_ref());
  EXPECT_EQ(compilation.contract->source_ref(), loaded->source_ref());
  EXPECT_FALSE(CompileTemplate("---\ntemplate: a\n").contract.has_value());
}

TEST(TemplateText, IsTheSameBytesEveryTime) {
  String source = testing::ExampleFile("templates/saas-upgrade.md");
  String first = CompileBytes(source);
  EXPECT_EQ(CompileBytes(source), first);
  EXPECT_EQ(*Recompile(source), first);
}

TEST(TemplateText, RecompileSaysWhyItCannot) {
  auto bytes = Recompile(Source("", "{{= x }}\n"));
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code(), ErrorCode::kTemplateDoesNotCompile);
  EXPECT_EQ(bytes.error().path(), "line 6");
}

TEST(TemplateText, KeepsMarkdownsInlinesAndNothingElse) {
  EXPECT_EQ(
      LinearText(Source("", "A **b** _c_ `d` [e](https://f.example)\nnext\\\nbroken\n"), "{}"),
      "Sample\n\nA b c d e (https://f.example) next\nbroken\n");
}

TEST(TemplateText, SignsInTagsMeanNothingToMarkdown) {
  EXPECT_EQ(LinearText(Source(kField, "{{= n * n * n }} and *{{= s }}* and {{= [n, n][0] }}\n"),
                       R"({"n":3,"s":"x"})"),
            "Sample\n\n27 and x and 3\n");
}

TEST(TemplateText, ATagEndsWhereItsExpressionEnds) {
  EXPECT_EQ(
      LinearText(Source(kField, "{{= '}}' + s + \"}}\" }} {{= {'a': {'b': n}}['a']['b'] }}\n"),
                 R"({"n":3,"s":"x"})"),
      "Sample\n\n}}x}} 3\n");
}

TEST(TemplateText, EscapedBracesAreText) {
  EXPECT_EQ(LinearText(Source("", "\\{{= n }} and \\{#x}\n"), "{}"),
            "Sample\n\n{{= n }} and {#x}\n");
}

TEST(TemplateText, CommentsLeaveNothing) {
  EXPECT_EQ(LinearText(Source("", "a{{! not for readers }} b\n"), "{}"), "Sample\n\na b\n");
}

TEST(TemplateText, CrlfIsTheSameText) {
  String source = Source("", "# A {#a}\n\none\ntwo {#b}\n\n1. x\n2. y\n");
  String crlf;
  for (char c : source) crlf += c == '\n' ? String("\r\n") : String(1, c);
  EXPECT_EQ(LinearText(source, "{}"), LinearText(crlf, "{}"));
}

TEST(TemplateText, AttributesBelongToTheirUnit) {
  auto contract = testing::LoadTemplate(Source(kField, R"(# Head {#h when="n > 0"}

Para {#p}

- item one {#i}
- item two

  second paragraph {#second}

1. {{= n }}
)"));
  auto assembly = testing::AssembleOrFail(contract, R"({"n":1})");
  const document::Block& section = assembly.document.blocks[0];
  EXPECT_EQ(section.id, "h");
  EXPECT_EQ(section.blocks[0].id, "p");
  EXPECT_EQ(section.blocks[1].blocks[0].id, "i");
  EXPECT_EQ(section.blocks[1].blocks[0].blocks[0].id, "i.1");
  EXPECT_EQ(section.blocks[1].blocks[1].blocks[1].id, "second");
  EXPECT_TRUE(testing::AssembleOrFail(contract, R"({"n":0})").document.blocks.empty());
}

TEST(TemplateText, ElseStandsWhereNothingBeforeItDoes) {
  String source = Source("fields:\n  n: {type: int, label: N}\n",
                         "a {when=\"n < 10\"}\n\nb {else when=\"n < 20 || n == 99\"}\n\n"
                         "c {#last else}\n\nd {when=\"n > 15\"}\n\n1. x {when=\"n == 1\"}\n2. y "
                         "{else}\n3. z\n");
  auto text = [&](int n) { return LinearText(source, "{\"n\":" + NumberText(n) + "}"); };
  EXPECT_EQ(text(1), "Sample\n\na\n\n(a) x\n\n(b) z\n");
  EXPECT_EQ(text(12), "Sample\n\nb\n\n(a) y\n\n(b) z\n");
  EXPECT_EQ(text(99), "Sample\n\nb\n\nd\n\n(a) y\n\n(b) z\n");
  EXPECT_EQ(text(50), "Sample\n\nc\n\nd\n\n(a) y\n\n(b) z\n");
}

TEST(TemplateText, TermsPrintWhatTheirDefinitionSays) {
  String source = Source(
      "",
      "The {{term: confidential-information}} of this Agreement (this \"Agreement\" {{def: "
      "agreement}}).\n\n**Fees** {{def: fees}} are due. \xC2\xAB Service \xC2\xBB {{def:}} and "
      "\xE2\x80\x9C"
      "Confidential Information\xE2\x80\x9D {{def: confidential-information}}: {{term: fees, "
      "label=Every fee}}, {{term: service}}, {{term: agreement}}.\n");
  EXPECT_EQ(
      LinearText(source, "{}"),
      "Sample\n\nThe Confidential Information of this Agreement (this \"Agreement\").\n\nFees are "
      "due. \xC2\xAB Service \xC2\xBB and \xE2\x80\x9C"
      "Confidential Information\xE2\x80\x9D: Every fee, Service, Agreement.\n");
  EXPECT_TRUE(CompileTemplate(source).diagnostics.empty())
      << testing::Problems(CompileTemplate(source));
}

TEST(TemplateText, ShortConditionsNeedNoQuotes) {
  String source = Source(
      "fields:\n  plan: {type: string, label: P, options: [team, pro-plus]}\n  vip: {type: bool, "
      "label: V}\n",
      "a {when=plan:pro-plus}\n\nb {when=vip}\n\nc {#c when=!vip}\n");
  EXPECT_EQ(LinearText(source, R"({"plan":"pro-plus","vip":true})"), "Sample\n\na\n\nb\n");
  EXPECT_EQ(LinearText(source, R"({"plan":"team","vip":false})"), "Sample\n\nc\n");
}

TEST(TemplateText, ElseOfTooMuchIsReportedWhereItStands) {
  String body;
  for (int i = 0; i < 300; ++i) body += "a {when=\"n == " + NumberText(i) + " && n > 0\"}\n\n";
  Compilation compilation = CompileTemplate(
      Source("fields:\n  n: {type: int, label: N}\n", "{{= n }}\n\n" + body + "b {else}\n"));
  ASSERT_FALSE(compilation.ok());
  EXPECT_EQ(DiagnosticName(compilation.diagnostics.back().code), "T701");
}

TEST(TemplateText, DecimalsStayAsTheyWereTyped) {
  String source =
      Source("fields:\n  d: {type: decimal, label: D, default: 0.10, options: [0.10, 99.950]}\n",
             "{{= d }}\n");
  auto contract = testing::LoadTemplate(source);
  EXPECT_EQ(contract.FindField("d")->initial->decimal_value().ToString(), "0.10");
  EXPECT_EQ(contract.FindField("d")->options[1].value, "99.950");
}

TEST(TemplateText, LiteralsWithAFractionAreExact) {
  EXPECT_EQ(
      LinearText(
          Source(kField, "{{= 0.1 + 0.2 }} {{= 0.1 + 0.2 == 0.3 ? 'same' : 'other' }} {{= n }}\n"),
          R"({"n":1})"),
      "Sample\n\n0.3 same 1\n");
}

TEST(TemplateText, DefaultConsentHasEveryPart) {
  auto contract = testing::LoadTemplate(Source("", "x\n"));
  ASSERT_TRUE(contract.consent().has_value());
  EXPECT_EQ(contract.consent()->slots.size(), std::size(templates::kConsentSlots));
}

// --- the clause library
// ------------------------------------------------------------------------------

constexpr std::string_view kClause =
    "---\nclause: liability\nstatus: approved\napprovedBy: Legal\nwhy: Board\n---\n# "
    "Liability\n\nNo more than the fees.\n";
constexpr std::string_view kLocked =
    "# Liability {#liability lock}\n\nNo more than the fees.\n\n# Next\n\nx\n";

Compilation WithLibrary(std::string_view clause, std::string_view body) {
  Library library;
  EXPECT_TRUE(library.Add("liability.md", clause).empty());
  return CompileTemplate(Source("", body), library);
}

TEST(Library, ALockedUnitMustBeTheApprovedText) {
  EXPECT_TRUE(WithLibrary(kClause, kLocked).ok());
  String changed(kLocked);
  changed.replace(changed.find("fees"), 4, "fines");
  Compilation compilation = WithLibrary(kClause, changed);
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  EXPECT_EQ(DiagnosticName(compilation.diagnostics[0].code), "T801");
  EXPECT_EQ(compilation.diagnostics[0].span.line, 6u);
}

TEST(Library, ADraftCannotBeLocked) {
  String draft(kClause);
  draft.replace(draft.find("approved"), 8, "draft");
  Compilation compilation = WithLibrary(draft, kLocked);
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  EXPECT_EQ(DiagnosticName(compilation.diagnostics[0].code), "T802");
}

TEST(Library, ALockOfNearlyAClausesNameIsReported) {
  String typo(kLocked);
  typo.replace(typo.find("#liability"), 10, "#liabilty");
  Compilation compilation = WithLibrary(kClause, typo);
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  EXPECT_EQ(DiagnosticName(compilation.diagnostics[0].code), "T470");
  EXPECT_EQ(compilation.diagnostics[0].hint, "Did you mean 'liability'?");
  EXPECT_EQ(compilation.diagnostics[0].excerpt.substr(compilation.diagnostics[0].caret, 8),
            "liabilty");
  // Words that are kept without a library, and a clause of another number.
  for (std::string_view id : {"#secrecy", "#liability-2"}) {
    String other(kLocked);
    other.replace(other.find("#liability"), 10, id);
    EXPECT_TRUE(WithLibrary(kClause, other).ok()) << id;
  }
  EXPECT_TRUE(CompileTemplate(Source("", typo)).ok());
}

TEST(Library, NamesWhatIsWrongWithAClause) {
  Library library;
  EXPECT_EQ(library.Add("a.md", "no front matter").size(), 1u);
  EXPECT_EQ(library.Add("a.md", "---\nstatus: approved\n---\nx\n").size(), 1u);
  EXPECT_EQ(library.Add("a.md", "---\nclause: a\nstatus: maybe\n---\nx\n").size(), 1u);
  EXPECT_TRUE(library.empty());
  EXPECT_TRUE(library.Add("a.md", kClause).empty());
  EXPECT_EQ(library.Add("b.md", kClause).size(), 1u) << "the same clause twice";
  EXPECT_EQ(library.Find("liability")->approved_by, "Legal");
}

TEST(Library, SpacesAndAttributesAtTheEndsOfLinesAreNoDifference) {
  EXPECT_EQ(ClauseText("# A {#a lock}  \r\n\r\nText.\t\r\n\r\n"), "# A\n\nText.\n");
  EXPECT_NE(ClauseText("The cap is {100}\n"), ClauseText("The cap is {200}\n"))
      << "braces in a text are text";
}

// --- a real agreement
// --------------------------------------------------------------------------------

TEST(CommonPaper, TheMutualNdaCompilesAndRendersWithFrontMatter) {
  auto body = testing::ReadFile(testing::SharedPath("agreements/common-paper-mutual-nda.md"));
  if (!body) GTEST_SKIP() << "skipped: common-paper-mutual-nda.md is not here";
  // The cover page's terms are spans in the original; here they become fields.
  constexpr std::pair<std::string_view, std::string_view> kTerms[] = {
      {"Purpose", "{{= purpose }}"},
      {"Effective Date", "{{= effective | date }}"},
      {"MNDA Term", "{{= term | period }}"},
      {"Term of Confidentiality", "{{= confidential | period }}"},
      {"Governing Law", "{{= law }}"},
      {"Jurisdiction", "{{= courts }}"}};
  String text = *body;
  for (const auto& [term, tag] : kTerms) {
    String span = "<span class=\"coverpage_link\">" + String(term) + "</span>";
    size_t count = 0;
    for (size_t at = text.find(span); at != String::npos; at = text.find(span, at)) {
      text.replace(at, span.size(), tag);
      ++count;
    }
    EXPECT_GT(count, 0u) << term;
  }
  String source =
      "---\ntemplate: mutual-nda\nversion: 1\ntitle: Mutual Non-Disclosure Agreement\nnumbering: "
      "items\n"
      "roles:\n  first: {label: First party, signs: true, order: 1}\n  second: {label: Second "
      "party, signs: true, order: 2}\n"
      "fields:\n  purpose: {type: string, label: Purpose}\n  effective: {type: date, label: "
      "Effective date}\n"
      "  term: {type: period, label: Term}\n  confidential: {type: period, label: Term of "
      "confidentiality}\n"
      "  law: {type: string, label: Governing law}\n  courts: {type: string, label: "
      "Jurisdiction}\n---\n" +
      text +
      "\n\nFirst party: {{sign: firstMark, role=first}}\n\nSecond party: {{sign: secondMark, "
      "role=second}}\n";
  Compilation compilation = CompileTemplate(source, "mutual-nda.md", Library());
  ASSERT_TRUE(compilation.ok()) << testing::Problems(compilation);
  EXPECT_TRUE(compilation.diagnostics.empty()) << testing::Problems(compilation);
  auto contract = templates::Template::Load(compilation.bytes);
  ASSERT_TRUE(contract.has_value());
  auto assembly = testing::AssembleOrFail(
      *contract,
      R"({"purpose":"talks about <b>robots</b>","effective":"2026-12-01","term":"P1Y","confidential":"P2Y","law":"Delaware","courts":"New Castle, DE"})");
  EXPECT_TRUE(assembly.IsFinal());
  String linear = document::LinearText(assembly.document, {});
  EXPECT_NE(linear.find("1. Introduction. This Mutual"), String::npos);
  EXPECT_NE(linear.find("11. General."), String::npos);
  EXPECT_NE(linear.find("laws of the State of Delaware"), String::npos);
  EXPECT_NE(linear.find("expires at the end of the 1 year"), String::npos);
}

TEST(CommonPaper, AsItIsEveryForeignPieceIsReported) {
  auto body = testing::ReadFile(testing::SharedPath("agreements/common-paper-mutual-nda.md"));
  if (!body) GTEST_SKIP() << "skipped: common-paper-mutual-nda.md is not here";
  Compilation compilation = CompileTemplate(Source("", *body));
  EXPECT_FALSE(compilation.ok());
  size_t html = 0;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    EXPECT_EQ(DiagnosticName(diagnostic.code), "T257") << diagnostic.message;
    EXPECT_TRUE(diagnostic.fix.has_value());
    ++html;
  }
  size_t tags = 0;
  for (size_t at = body->find("span"); at != String::npos; at = body->find("span", at + 1)) ++tags;
  EXPECT_EQ(html, tags) << "an opening and a closing tag for each term";
}

}  // namespace
}  // namespace countersign::compile
