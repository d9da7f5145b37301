// Agreements of other tools become templates: what each thing turns into, that every change is
// listed, and that no word is lost.
#include "import/import.h"

#include <gtest/gtest.h>

#include "support/imports.h"
#include "support/templates.h"

namespace countersign::importing {
namespace {

using testing::BodyOf;
using testing::Case;
using testing::Has;
using testing::Import;
using testing::kSigned;
using testing::Lists;

TEST(Import, TurnsWhatOtherToolsWriteIntoTemplates) {
  constexpr Case kCases[] = {
      // Terms of a cover page stay words of the text.
      {"The <span class=\"coverpage_link\">Purpose</span> counts.", "The Purpose counts."},
      {"a <b>bold</b> and <i>soft</i> word", "a **bold** and *soft* word"},
      {"one<br>two <u>three</u>", "one two three"},
      {"a <!-- secret --> b", "a  b"},
      // What would be read otherwise without its tag.
      {"10<sup>6</sup> pieces and 10<sup>-3</sup>", "10\u2076 pieces and 10\u207b\u00b3"},
      {"CO<sub>2</sub>, the 1<sup>st</sup> day", "CO\u2082, the 1st day"},
      {"<p>One</p><p>Two</p>", "One Two"},
      // Places to fill.
      {"Governing Law: [Fill in state]", "Governing Law: {{= governingLaw }}"},
      {"Paid by [Company Name] today", "Paid by {{= companyName }} today"},
      {"Start Date: ________", "Start Date: {{= startDate | date }}"},
      {"Dear {{ customer_name }},", "Dear {{= customerName }},"},
      {"a [link](https://a.example) stays", "a [link](https://a.example) stays"},
      // Conditions are ours; what only looks like ours is not.
      {"a {{#if x}}b{{/if}}", "a {{#if x}}b{{/if}}"},
      {"a {#id} b", "a \\{#id} b"},
      {"see [1] and [^2]", "see [1] and [^2]"},
      // Lists with letters and odd indentation.
      {"1. One\n   a. Two\n   b. Three\n2. Four", "1. One\n    1. Two\n    2. Three\n2. Four"},
      {"7. One\n9. Two", "7\\. One\n\n9\\. Two"},
      {"1. One\n\nbetween\n\n2. Two", "1. One\n\n    between\n\n2. Two"},
      // Structure that contracts do not have.
      {"> quoted\n> more", "quoted\nmore"},
      {"a\n\n---\n\nb", "a\n\nb"},
      {"| | |\n|---|---|\n| c | d |\n| e | f |", "- c; d\n- e; f"},
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

TEST(Import, WordsThatSomebodyStruckOutAreLeftToTheAuthor) {
  const Imported imported = Import("It is <s>not</s> due." + String(kSigned));
  EXPECT_TRUE(Has(BodyOf(imported), "It is <s>not</s> due.")) << imported.text;
  EXPECT_TRUE(Has(testing::Problems(imported.compilation), "T257"));
}

TEST(Import, ABlankAndAnInstructionAreAFieldOfTheirOwnAndOnlyEqualNamesAreShared) {
  constexpr Case kCases[] = {
      {"The fee is $____ per hour and $____ per day. The deposit is ____ EUR.",
       "The fee is ${{= blank }} per hour and ${{= blank2 }} per day. The deposit is {{= blank3 }} "
       "EUR."},
      {"## Loan\n\nLent are [insert amount] from [insert date] at [enter rate].",
       "Lent are {{= loan }} from {{= loan2 | date }} at {{= loan3 }}."},
      {"Landlord: ____\n\nName: ____\n\nDate: ____\n\nTenant: ____\n\nName: ____\n\nDate: ____",
       "Landlord: {{= landlord }}\n\nName: {{= name }}\n\nDate: {{= date | date }}\n\nTenant: "
       "{{= tenant }}\n\nName: {{= name2 }}\n\nDate: {{= date2 | date }}"},
      {"From [\xE2\x97\x8F] to [\xE2\x97\x8F].", "From {{= blank }} to {{= blank2 }}."},
      {"Within [10 days] or [10 days] more.", "Within {{= blank }} or {{= blank2 }} more."},
      {"[Company Name] and {{ company_name }} and [Company Name].",
       "{{= companyName }} and {{= companyName }} and {{= companyName }}."},
      {"[Name of Landlord] and [Name of Tenant], for [Name of Landlord].",
       "{{= nameOfLandlord }} and {{= nameOfTenant }}, for {{= nameOfLandlord }}."},
      {"Party 1: ____\n\nParty 1: ____", "Party 1: {{= party1 }}\n\nParty 1: {{= party1_2 }}"},
  };
  for (const Case& c : kCases) {
    Imported imported = Import(String(c.before) + String(kSigned));
    EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(BodyOf(imported), String(c.after) + "\n")) << c.before << "\nbecame\n"
                                                               << imported.text;
  }
  Imported loan = Import("## Loan\n\nLent are [insert amount] from [insert date].");
  EXPECT_TRUE(Has(loan.text, "  loan:\n    type: string\n    label: \"insert amount\"\n"))
      << loan.text;
  EXPECT_TRUE(Has(loan.text, "  loan2:\n    type: date\n    label: \"insert date\"\n"));
}

TEST(Import, TwoListsOfBoxesUnderEqualTitlesAreTwoChoices) {
  Imported imported = Import(
      "# D\n\n## Term\n- [x] One\n- [ ] Two\n\n## Term\n- [x] Three\n- [ ] Four\n\n"
      "## Notes\nList the notes\n\n## Notes\nList the notes\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "- Two {when=\"termChoice == 'option2'\"}\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "- Three {when=\"termChoice2 == 'option1'\"}\n"));
  EXPECT_TRUE(Has(imported.text, "{{= notes }}"));
  EXPECT_TRUE(Has(imported.text, "{{= notes2 }}"));
}

TEST(Import, APlaceToSignNeverTakesTheNameOfABlank) {
  Imported blank = Import("{{ party1.name }} and {{ party2 date }} agree.\n");
  EXPECT_TRUE(blank.compilation.ok()) << blank.text << testing::Problems(blank.compilation);
  EXPECT_TRUE(Has(blank.text, "{{= party1Name }} and {{= party2Date | date }} agree.\n"));
  EXPECT_TRUE(Has(blank.text, "{{input: party1Name2, role=party1")) << blank.text;
  EXPECT_TRUE(Has(blank.text, "{{signdate: party2Date2, role=party2"));
  // Nor a blank that of a place which stands before it.
  Imported place = Import("|| A | B |\n|-|-|-|\n| Signature | | |\n\nFor [A Signature] here.\n");
  EXPECT_TRUE(place.compilation.ok()) << place.text << testing::Problems(place.compilation);
  EXPECT_TRUE(Has(place.text, "For {{= aSignature2 }} here.\n")) << place.text;
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
  EXPECT_TRUE(Has(together.text, "help: \"What for\"\n    placeholder: \"Evaluating a deal.\"\n"));
}

TEST(Import, TheFrontMatterOfAnotherToolGivesTheTitleAndIsNoTextOfTheContract) {
  Imported imported = Import(
      "---\ntitle: \"NDA\"\nauthor: X # who\ntags:\n  - a\n  - b\n---\n\nWe agree on [Purpose].\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "template: nda\nversion: 1\ntitle: \"NDA\"\n")) << imported.text;
  EXPECT_TRUE(BodyOf(imported).starts_with("We agree on {{= purpose }}.\n")) << imported.text;
  EXPECT_TRUE(Lists(imported, "heading", 2));
  EXPECT_TRUE(Lists(imported, "front-matter", 3));
  EXPECT_TRUE(Lists(imported, "front-matter", 4));
  EXPECT_TRUE(Lists(imported, "placeholder", 9)) << "lines count from the top of the file";
  for (const ImportChange& change : imported.changes) {
    EXPECT_TRUE(change.line != 3 || change.message == "Left out: author: X # who")
        << change.message;
    EXPECT_TRUE(change.line != 4 || change.message == "Left out: tags: - a - b") << change.message;
    EXPECT_NE(change.rule, "rule");
  }
  // A title that people read in the text is the one; what YAML cannot read is left out as well.
  Imported heading = Import("---\ntitle: a: b\nauthor: *x\n---\n# Deal\n\nText.\n");
  ASSERT_TRUE(heading.compilation.ok()) << testing::Problems(heading.compilation);
  EXPECT_TRUE(Has(heading.text, "title: \"Deal\"\n"));
  EXPECT_TRUE(BodyOf(heading).starts_with("Text.\n")) << heading.text;
  EXPECT_TRUE(Lists(heading, "front-matter", 2) && Lists(heading, "front-matter", 3));
  // Two rulers with words between them are none.
  for (std::string_view words : {"# Deal", "We agree.", "- a: b", "Note: this\nis text"}) {
    Imported text = Import("---\n" + String(words) + "\n\n---\n\nMore.\n");
    EXPECT_TRUE(Has(text.text, words.substr(2))) << words << "\n" << text.text;
    EXPECT_TRUE(Lists(text, "rule", 1)) << words;
  }
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

TEST(Import, WordsInAngleBracketsAndRaisedSignsKeepTheirMeaning) {
  constexpr Case kCases[] = {
      {"<Company Name> pays <insert amount> to <Address>.",
       "{{= companyName }} pays {{= blank }} to {{= address }}."},
      {"Deliver to <Buyer>; x<y and z>w; <5 % of it>, <all of it!>.",
       "Deliver to {{= buyer }}; x\\<y and z>w; <5 % of it>, \\<all of it!>."},
      {"See <https://a.example> and `<T>`.", "See <https://a.example> and `<T>`."},
      {"a <section>word</section> <center>here</center>", "a word here"},
      {"10 m<sup>2</sup>, CO<sub>2</sub>, 10<sup>-3</sup>, Brand<sup>TM</sup>, the 1<sup>st</sup> "
       "day",
       "10 m\xC2\xB2, CO\xE2\x82\x82, 10\xE2\x81\xBB\xC2\xB3, Brand\xE2\x84\xA2, the 1st day"},
      {"a<sup>n</sup>, V<sub>max</sub> and e<sup>x + y</sup>", "a^n, V\\_max and e^(x + y)"},
  };
  for (const Case& c : kCases) {
    Imported imported = Import(String(c.before) + String(kSigned));
    EXPECT_TRUE(imported.compilation.ok())
        << imported.text << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(BodyOf(imported), String(c.after) + "\n")) << c.before << "\nbecame\n"
                                                               << imported.text;
  }
  Imported area = Import("10 m<sup>2</sup>" + String(kSigned));
  EXPECT_TRUE(Lists(area, "tag", 1));
  EXPECT_TRUE(Lists(Import("Never <all of it!>" + String(kSigned)), "angle", 1));
  Imported open = Import("a<sup>2\n\nb" + String(kSigned));
  EXPECT_TRUE(Has(BodyOf(open), "a2\n")) << open.text;
  EXPECT_TRUE(Lists(open, "tag", 1));
}

TEST(Import, AnOrdinaryTableStaysOne) {
  constexpr Case kCases[] = {
      {"| A | B |\n|:--|--:|\n| c | d |\n| e | f |",
       "| A | B |\n| :-- | --: |\n| c | d |\n| e | f |"},
      {"A | B\n:-: | ---\nc | d", "| A | B |\n| :-: | --- |\n| c | d |"},
      // A bar, and what would be ours.
      {"| A | B |\n|---|---|\n| c \\| d | {#id} {{ x |",
       "| A | B |\n| --- | --- |\n| c \\| d | \\{#id} \\{{ x |"},
      // Blanks are called like their row, where the table says something else, too.
      {"| Part | Fee | From |\n|---|---|---|\n| Setup | [insert fee] | ____ |\n| Care | ____ | now "
       "|",
       "| Part | Fee | From |\n| --- | --- | --- |\n| Setup | {{= setupFee }} | {{= setupFrom "
       "}} |\n| Care | {{= careFee }} | now |"},
      // What is filled in by hand keeps its lines.
      {"| Item | Price |\n|---|---|\n| | |\n| Desk |",
       "| Item | Price |\n| --- | --- |\n| | |\n| Desk | |"},
      // A cover page, and a row that has more than its header.
      {"| Term | Meaning |\n|---|---|\n| Fee | ____ |\n| Start Date | [insert] |",
       "- **Term**: Fee; **Meaning**: {{= fee }}\n- **Term**: Start Date; **Meaning**: {{= "
       "startDate | date }}"},
      {"| A |\n|---|\n| c | d |", "- **A**: c; d"},
  };
  for (const Case& c : kCases) {
    Imported imported = Import(String(c.before) + String(kSigned));
    EXPECT_TRUE(imported.compilation.ok())
        << imported.text << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(BodyOf(imported), String(c.after) + "\n")) << c.before << "\nbecame\n"
                                                               << imported.text;
    EXPECT_EQ(Lists(imported, "table", 1), c.after[0] == '-') << c.before;
  }
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
  EXPECT_TRUE(Has(imported.text, "help: \"List any modifications\"\n    placeholder: \"None.\"\n"));
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
  String bars = "|A|\n|-|\n";
  for (int i = 0; i < 30'000; ++i) bars += "|[x" + NumberText(i) + "]|\n";
  String forms, items;
  for (int i = 0; i < 5'000; ++i) {
    forms += "A: ____\n";
    items += "1. a\n1. b\n2. c\n";
  }
  String notes, controls, names, quotes, blanks;
  for (int i = 0; i < 5'000; ++i) {
    notes += "[Note: x\ny\n";
    controls += "{% if x" + NumberText(i) + " %}\n\n{{#if a}}b\n";
    names += "Signed by [NAME]\n";
    quotes += "\u00ABa_b\u00BB [x {{y}}] ^[z] ~~a ${b()} ";
    blanks += "____, 20__ \\[a\\] Fait \u00E0 ____, ";
  }
  for (const String& text : {notes, controls, names, quotes, blanks, forms, items, bars, spans,
                             open, sections, labels, brackets, tasks, String(200'000, '<'),
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
}  // namespace countersign::importing
