// Agreements of other tools become templates: what each thing turns into, that every change is
// listed, and that no word is lost.
#include "compile/import.h"

#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::compile {
namespace {

Imported Import(std::string_view text) {
  ImportFile files[] = {{"a.md", String(text)}};
  return ImportAgreement(files);
}
// What stands behind the front matter.
String BodyOf(const Imported& imported) {
  size_t end = imported.text.find("\n---\n");
  return end == String::npos ? "" : imported.text.substr(end + 5);
}
// Body and front matter of something that is signed by two parties anyway.
constexpr std::string_view kSigned = "\n\n| | A | B |\n|---|---|---|\n| Signature | | |\n";

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
bool Lists(const Imported& imported, std::string_view rule, uint32_t line) {
  for (const ImportChange& change : imported.changes) {
    if (change.rule == rule && change.line == line) return true;
  }
  return false;
}

struct Case {
  std::string_view before, after;
};

TEST(Import, TurnsWhatOtherToolsWriteIntoTemplates) {
  constexpr Case kCases[] = {
      // Terms of a cover page stay words of the text.
      {"The <span class=\"coverpage_link\">Purpose</span> counts.", "The Purpose counts."},
      {"a <b>bold</b> and <i>soft</i> word", "a **bold** and *soft* word"},
      {"one<br>two <u>three</u>", "one two three"},
      {"a <!-- secret --> b", "a  b"},
      // What would be read otherwise without its tag.
      {"10<sup>6</sup> pieces and 10<sup>-3</sup>", "10^6 pieces and 10^(-3)"},
      {"CO<sub>2</sub>, the 1<sup>st</sup> day", "CO_2, the 1st day"},
      {"<p>One</p><p>Two</p>", "One Two"},
      // Places to fill.
      {"Governing Law: [Fill in state]", "Governing Law: {{= governingLaw }}"},
      {"Paid by [Company Name] today", "Paid by {{= companyName }} today"},
      {"Start Date: ________", "Start Date: {{= startDate | date }}"},
      {"Dear {{ customer_name }},", "Dear {{= customerName }},"},
      {"a [link](https://a.example) stays", "a [link](https://a.example) stays"},
      // What would be ours is not.
      {"a {{#if x}}b{{/if}}", "a \\{{#if x}}b\\{{/if}}"},
      {"a {#id} b", "a \\{#id} b"},
      {"see [1] and [^2]", "see [1] and [^2]"},
      // Lists with letters and odd indentation.
      {"1. One\n   a. Two\n   b. Three\n2. Four", "1. One\n    1. Two\n    2. Three\n2. Four"},
      {"7. One\n9. Two", "1. One\n2. Two"},
      {"1. One\n\nbetween\n\n2. Two", "1. One\n\n    between\n\n2. Two"},
      // Structure that contracts do not have.
      {"> quoted\n> more", "quoted\nmore"},
      {"a\n\n---\n\nb", "a\n\nb"},
      {"| A | B |\n|---|---|\n| c | d |\n| e | f |", "- **A**: c; **B**: d\n- **A**: e; **B**: f"},
      {"```\nx\n```", "x"},
      {"## Deep\n\nx", "# Deep\n\nx"},
      {"Tom &amp; Ann", "Tom & Ann"},
  };
  for (const Case& c : kCases) {
    Imported imported = Import(String(c.before) + String(kSigned));
    EXPECT_TRUE(imported.compilation.ok())
        << c.before << "\n"
        << imported.text << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(BodyOf(imported), String(c.after) + "\n")) << c.before << "\nbecame\n"
                                                               << imported.text;
  }
}

TEST(Import, TermsAreListedOnACoverPageUnlessItIsThere) {
  Imported alone = Import(
      "# NDA\n\n1. The <span class=\"coverpage_link\">Purpose</span> from the <span "
      "class=\"keyterms_link\">Effective Date</span>.\n");
  EXPECT_TRUE(alone.compilation.ok());
  EXPECT_TRUE(Has(alone.text, "- **Purpose**: {{= purpose }}\n"));
  EXPECT_TRUE(Has(alone.text, "- **Effective Date**: {{= effectiveDate | date }}\n"));
  EXPECT_TRUE(Has(alone.text, "1. The Purpose from the Effective Date.\n"));
  EXPECT_TRUE(Lists(alone, "term", 3));
  EXPECT_TRUE(Lists(alone, "cover", 3));

  ImportFile both[] = {
      {"cover.md", "# NDA\n\n### Purpose\n<label>What for</label>\n\n[Evaluating a deal.]\n"},
      {"terms.md", "# Terms\n\n1. The <span class=\"coverpage_link\">Purpose</span>.\n"}};
  Imported together = ImportAgreement(both);
  EXPECT_TRUE(together.compilation.ok()) << testing::Problems(together.compilation);
  EXPECT_FALSE(Has(together.text, "**Cover Page**"));
  EXPECT_TRUE(Has(together.text, "## Purpose\n\n{{= purpose }}\n") ||
              Has(together.text, "# Purpose\n\n{{= purpose }}\n"))
      << together.text;
  EXPECT_TRUE(Has(together.text, "help: \"What for\"\n    default: \"Evaluating a deal.\"\n"));
}

TEST(Import, OnePersonHasOneTermWhateverTheEnding) {
  Imported imported = Import(
      "1. <span class=\"x_link\">Customer</span> and <span "
      "class=\"x_link\">Customer\xE2\x80\x99s</span> staff; each <span "
      "class=\"x_link\">Fee</span>, "
      "all <span class=\"x_link\">Fees</span>; <span class=\"x_link\">Provider's</span> own.\n");
  EXPECT_TRUE(imported.compilation.ok());
  EXPECT_TRUE(Has(imported.text, "- **Fee**: {{= fee }}\n"));
  EXPECT_FALSE(Has(imported.text, "{{= fees }}"));
  EXPECT_FALSE(Has(imported.text, "customers"));
  // Persons sign.
  EXPECT_TRUE(Has(imported.text, "{{sign: customerSignature, role=customer"));
  EXPECT_TRUE(Has(imported.text, "{{sign: providerSignature, role=provider"));
}

TEST(Import, BoxesToTickBecomeAChoice) {
  Imported imported = Import(
      "## Term\n<label>How long</label>\n- [x]  Ends after [1 year(s)].\n- [ ]  Never ends.\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(imported.compilation.diagnostics.empty());
  EXPECT_TRUE(Has(imported.text,
                  "- Ends after {{= term }}. {when=\"termChoice == 'option1'\"}\n"
                  "- Never ends. {when=\"termChoice == 'option2'\"}\n"))
      << imported.text;
  EXPECT_TRUE(Has(imported.text,
                  "    help: \"How long\"\n    options:\n      option1: \"Ends after "
                  "1 year(s).\"\n      option2: \"Never ends.\"\n    default: "
                  "\"option1\"\n"))
      << imported.text;
  // Several ticks: each box is a question of its own.
  Imported many = Import("## Rights\n- [x] Read\n- [x] Write\n- [ ] Sell\n");
  EXPECT_TRUE(many.compilation.ok());
  EXPECT_TRUE(Has(many.text, "- Sell {when=\"rightsChoice3\"}\n")) << many.text;
  EXPECT_TRUE(Has(many.text, "default: \"true\"\n"));
}

TEST(Import, ATableOfSignaturesBecomesPlacesToSign) {
  Imported imported = Import(
      "# Deal\n\n|| BUYER | SELLER |\n|:-|:-:|:-:|\n| Signature | | |\n| Print Name | |\n| Address "
      "<label>Street</label> | | |\n| Date | | |\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "  buyer: { label: \"Buyer\", signs: true, order: 1 }\n"));
  EXPECT_TRUE(Has(imported.text, "- Signature: {{sign: sellerSignature, role=seller"));
  EXPECT_TRUE(Has(imported.text, "- Date: {{signdate: buyerDate, role=buyer"));
  EXPECT_TRUE(Has(imported.text, "- Print Name: {{input: buyerPrintName, role=buyer"));
  EXPECT_TRUE(Has(imported.text, "help=\"Street\""));
  EXPECT_TRUE(Lists(imported, "signature-table", 3));
}

TEST(Import, ARowWithoutANameIsAPlaceToo) {
  Imported imported =
      Import("|| A | B |\n|-|-|-|\n| Signature | | |\n| # | | |\n| \xC3\xA9 | | |\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "{{input: aPlace, role=a"));
}

TEST(Import, NumberedTitlesBecomeSectionsAndReferencesFollowThem) {
  Imported imported = Import(
      "# T\n\n1. <span class=\"header_2\" id=\"1\">Use</span>\n    1. <span class=\"header_3\" "
      "id=\"1.1\">Access.</span>  Text.\n        a. <span id=\"1.1.a\">If</span> so;\n        b. "
      "or "
      "not.\n    2. <span class=\"header_3\">End.</span>  See Sections 1.1 (Access), 1.1(b) and 2, "
      "not Section 9.\n\n2. <span class=\"header_2\">Law</span>\n    1. \"A\" means a.\n    2. "
      "\"B\" "
      "means b, see Section 2.1.\n");
  ASSERT_TRUE(imported.compilation.ok())
      << imported.text << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  EXPECT_TRUE(Has(text,
                  "1. Use\n\n1.1 Access\n\nText.\n\n(a) If so;\n\n(b) or not.\n\n1.2 End\n\nSee "
                  "Sections 1.1 (Access), 1.1(b) and 2, not Section 9.\n\n2. Law\n\n(a) \"A\" "
                  "means a.\n\n(b) \"B\" means b, see Section 2(a).\n"))
      << text;
  EXPECT_TRUE(Lists(imported, "reference", 7));
  EXPECT_TRUE(Lists(imported, "reference-unknown", 7));
}

TEST(Import, NumbersInFrontOfHeadingsAreGeneratedInstead) {
  Imported imported =
      Import("Deal\n====\n\n## 1. Use\n\nSee Section 2.1.\n\n## 2. Law\n\n### 2.1 Courts\n\nx\n");
  ASSERT_TRUE(imported.compilation.ok())
      << imported.text << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  EXPECT_TRUE(Has(text, "Deal\n\n1. Use\n\nSee Section 2.1.\n\n2. Law\n\n2.1 Courts\n\nx\n"))
      << text;
}

TEST(Import, ALineThatAsksForTextIsAField) {
  Imported imported =
      Import("# D\n\n## Changes\nList any modifications\n\n## Other\nList prices.\n");
  EXPECT_TRUE(Has(imported.text, "{{= changes }}\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "help: \"List any modifications\"\n    default: \"None.\"\n"));
  EXPECT_TRUE(Has(imported.text, "\nList prices.\n"));
}

TEST(Import, ALabelThatNoFieldTakesStaysText) {
  Imported imported = Import("# D\n\n## A\n<label>About A</label>\n\nText of A.\n\n## B\n\nx\n");
  EXPECT_TRUE(imported.compilation.ok());
  EXPECT_TRUE(Has(BodyOf(imported), "\nAbout A\n\nText of A.\n")) << imported.text;
  EXPECT_TRUE(Lists(imported, "label", 4));
}

TEST(Import, RefusesWhatIsNoTextOrTooLarge) {
  Imported binary = Import("\xff\xfe");
  EXPECT_EQ(binary.text, "");
  ASSERT_EQ(binary.compilation.diagnostics.size(), 1u);
  EXPECT_EQ(DiagnosticName(binary.compilation.diagnostics[0].code), "T107");
  Imported fits = Import(String(kMaxImportBytes - 1, '\n'));
  EXPECT_TRUE(fits.compilation.ok()) << testing::Problems(fits.compilation);
  Imported large = Import(String(kMaxImportBytes, '\n'));
  EXPECT_EQ(large.text, "");
  ASSERT_EQ(large.compilation.diagnostics.size(), 1u);
  EXPECT_EQ(DiagnosticName(large.compilation.diagnostics[0].code), "T750");
}

TEST(Import, HostileTextsEndSoon) {
  String spans, open, sections = "1. A\n    1. b\n2. B\n    1. c\n", labels, brackets, tasks;
  for (int i = 0; i < 3'000; ++i) {
    spans += "<span class=\"a_link\">T" + NumberText(i) + "</span>";
    open += "<span class=\"header_2\">";
    sections += "\nSection 2.1 and Section " + NumberText(i) + "\n";
    labels += "<label>L" + NumberText(i) + "</label>\n";
    brackets += "[Name " + NumberText(i) + "] [";
    tasks += "- [ ] T\n\n";
  }
  for (const String& text : {spans, open, sections, labels, brackets, tasks, String(200'000, '<'),
                             String(200'000, '['), String(200'000, '{'), String(200'000, '_')}) {
    Imported imported = Import(text);
    EXPECT_FALSE(imported.text.empty());
  }
}

// --- the agreements of Common Paper, where they are ----------------------------------------------

std::optional<String> Agreement(const String& name) {
  return testing::ReadFile(testing::SharedPath("agreements/" + name));
}

// Letters and digits only, HTML and the markers of lists left out.
String Words(std::string_view line) {
  String words;
  size_t start = line.find_first_not_of(' ');
  size_t end = start == std::string_view::npos ? 0 : line.find(". ", start);
  if (start != std::string_view::npos && end != std::string_view::npos && end - start <= 2)
    line.remove_prefix(end + 2);
  bool inside = false;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '<' && !line.substr(i).starts_with("<http")) inside = true;
    bool counts = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (counts && !inside) words += c;
    if (c == '>') inside = false;
  }
  return words;
}
Vector<String> LinesOf(std::string_view text) {
  Vector<String> lines(1);
  for (char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

TEST(ImportCommonPaper, TheCloudServiceAgreementKeepsEveryWordAndItsNumbers) {
  auto source = Agreement("common-paper-cloud-service-agreement.md");
  if (!source) GTEST_SKIP() << "skipped: common-paper-cloud-service-agreement.md is not here";
  Imported imported = Import(*source);
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(imported.compilation.diagnostics.empty()) << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  String words = Words(text);
  for (const String& line : LinesOf(*source)) {
    EXPECT_NE(words.find(Words(line)), String::npos) << line;
  }
  EXPECT_TRUE(Has(text,
                  "\n8. Limitation of Liability\n\n8.1 Liability Caps\n\n(a) Except as provided "
                  "in Section 8.4 (Exceptions)"));
  EXPECT_TRUE(Has(text, "The liability cap in Section 8.1(a) does not apply"));
  size_t terms = 0;
  for (const ImportChange& change : imported.changes) terms += change.rule == "term";
  size_t spans = 0;
  for (size_t at = source->find("_link\""); at != String::npos;
       at = source->find("_link\"", at + 1))
    ++spans;
  EXPECT_EQ(terms, spans) << "every span is listed";
}

TEST(ImportCommonPaper, TheMutualNdaIsFilledAndRendered) {
  auto cover = Agreement("common-paper-mutual-nda-cover-page.md");
  auto terms = Agreement("common-paper-mutual-nda.md");
  if (!cover || !terms) GTEST_SKIP() << "skipped: common-paper-mutual-nda.md is not here";
  ImportFile files[] = {{"cover.md", *cover}, {"terms.md", *terms}};
  Imported imported = ImportAgreement(files);
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(imported.compilation.diagnostics.empty()) << testing::Problems(imported.compilation);
  auto contract = testing::LoadTemplate(imported.text);
  auto assembly = testing::AssembleOrFail(
      contract,
      R"({"purpose":"Exploring a merger","effectiveDate":"2026-03-01","mndaTermChoice":"option1",
          "mndaTerm":"2 years","termOfConfidentialityChoice":"option2",
          "termOfConfidentiality":"2 years","governingLaw":"Delaware","mndaModifications":"None.",
          "jurisdiction":"courts located in New Castle, DE"})");
  EXPECT_TRUE(assembly.pending.empty());
  EXPECT_TRUE(assembly.problems.empty());
  String text = document::LinearText(assembly.document, {});
  for (std::string_view part :
       {"Exploring a merger", "March 1, 2026", "Expires 2 years from Effective Date.",
        "In perpetuity.", "Governing Law: Delaware", "courts located in New Castle, DE",
        "1. Introduction. This Mutual Non-Disclosure Agreement", "11. General."}) {
    EXPECT_TRUE(Has(text, part)) << part << "\n" << text;
  }
  EXPECT_FALSE(Has(text, "Continues until terminated"));
  EXPECT_FALSE(Has(text, "<"));
  String words = Words(text);
  for (const String& line : LinesOf(*terms)) {
    EXPECT_NE(words.find(Words(line)), String::npos) << line;
  }
  EXPECT_EQ(contract.roles().size(), 2u);
}

TEST(ImportCommonPaper, TheStandardTermsAloneGetACoverPage) {
  auto terms = Agreement("common-paper-mutual-nda.md");
  if (!terms) GTEST_SKIP() << "skipped: common-paper-mutual-nda.md is not here";
  Imported imported = Import(*terms);
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(imported.compilation.diagnostics.empty());
  for (std::string_view field : {"purpose", "effectiveDate", "mndaTerm", "termOfConfidentiality",
                                 "governingLaw", "jurisdiction"}) {
    EXPECT_NE(testing::LoadTemplate(imported.text).FindField(field), nullptr) << field;
  }
}

}  // namespace
}  // namespace countersign::compile
