// Agreements of other tools become templates: numbers, references, places to sign, blanks, links,
// lines and boxes mean in the template what they meant before, or stay the words that they were.
#include <gtest/gtest.h>

#include "import/import.h"
#include "support/imports.h"
#include "support/templates.h"

namespace countersign::importing {
namespace {

using testing::BodyOf;
using testing::Case;
using testing::ExpectBodies;
using testing::Has;
using testing::Import;
using testing::kSigned;
using testing::Listed;
using testing::Lists;

// --- numbers and references ----------------------------------------------------------------------

TEST(ImportNumbers, NumbersOfHeadingsThatWouldComeOutOtherwiseStayAsTheyWereTyped) {
  Imported imported = Import(
      "# NDA\n\n## 1. Definitions\n\nTerms.\n\n## 2. Obligations\n\n2.1 Keep secret.\n\n2.2 Do not "
      "copy.\n\n### 2.2.1 Exceptions\n\nPublic information.\n\n## 3. General\n\nSection 2.2.1 does "
      "not limit Section 2.1.\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  EXPECT_TRUE(Has(text,
                  "1. Definitions\n\nTerms.\n\n2. Obligations\n\n2.1 Keep secret.\n\n2.2 Do not "
                  "copy.\n\n2.2.1 Exceptions\n\nPublic information.\n\n3. General\n\nSection 2.2.1 "
                  "does not limit Section 2.1.\n"))
      << text;
  EXPECT_TRUE(Lists(imported, "heading-number", 13)) << Listed(imported);
}

TEST(ImportNumbers, AHeadingWithoutANumberAmongNumberedOnesHasNone) {
  Imported imported = Import(
      "# Deal\n\n## Background\n\nWhy.\n\n## 1. Use\n\nSee Section 2.1.\n\n## 2. Law\n\n### 2.1 "
      "Courts\n\nx\n\n## Annex\n\ny\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  EXPECT_TRUE(Has(text,
                  "Background\n\nWhy.\n\n1. Use\n\nSee Section 2.1.\n\n2. Law\n\n2.1 "
                  "Courts\n\nx\n\nAnnex\n\ny\n"))
      << text;
  EXPECT_TRUE(Has(imported.text, "# Background {unnumbered}\n"));
  EXPECT_TRUE(Has(imported.text, "See Section {{ref: s2-1}}."));
}

TEST(ImportNumbers, AReferenceNamesTheItemOfItsSectionAndNoOther) {
  // The items of section 2 are 2.1 and 2.2, not sections 1 and 2.
  Imported imported = Import(
      "# D\n\n## 1. Fees\n\n1. Monthly.\n2. Yearly.\n\n## 2. Law\n\n1. Courts.\n2. Venue, see "
      "Section 1.2, Section 2 and Clauses 2.1 to 2.2.\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  EXPECT_TRUE(Has(text, "(b) Venue, see Section 1(b), Section 2 and Clauses 2(a) to 2(b).\n"))
      << text;
  // Below a number that is typed, an item is one of that number.
  Imported below = Import(
      "## 1. A\n\n1. One.\n\n1.5 Typed.\n\n1. Two.\n\n## 2. B\n\nSee Section 1.1 and Section "
      "1.5.1.\n");
  EXPECT_TRUE(Has(below.text, "1. One. {#s1-1}\n\n1.5 Typed.\n\n1. Two.\n")) << below.text;
  EXPECT_TRUE(Has(below.text, "See Section {{ref: s1-1}} and Section 1.5.1.\n")) << below.text;
  // Two lists have an item 1: nobody can tell which is meant.
  Imported two = Import("## A\n\n1. One.\n2. Two.\n\n## B\n\n1. Three.\n2. See Section 1.\n");
  EXPECT_TRUE(Has(two.text, "2. See Section 1.\n")) << two.text;
  EXPECT_TRUE(Lists(two, "reference-unknown", 9)) << Listed(two);
}

TEST(ImportNumbers, AReferenceIntoAnotherTextStaysAsItIs) {
  for (std::string_view words : {"Section 1.1 of the Companies Act", "Article 1 GDPR",
                                 "Section 1.1 of that agreement", "Section 1 of the Order Form"}) {
    Imported imported = Import("## 1. A\n\n### 1.1 B\n\nx\n\n## 2. C\n\nSee " + String(words) +
                               " and Section 1.1 of this Agreement.\n");
    EXPECT_TRUE(Has(imported.text,
                    "See " + String(words) + " and Section {{ref: s1-1}} of this Agreement.\n"))
        << imported.text;
    EXPECT_TRUE(Lists(imported, "reference-other", 9)) << Listed(imported);
  }
}

TEST(ImportNumbers, ANumberThatIsNotTheNextOfAListStaysAsItWasTyped) {
  constexpr Case kCases[] = {
      {"1986. That year the parties met.", "1986\\. That year the parties met."},
      {"The parties met in\n1986. That year mattered.",
       "The parties met in\n1986\\. That year mattered."},
      {"7. One\n9. Two", "7\\. One\n\n9\\. Two"},
      {"1. One\n2. Two\n4. Four\n5. Five", "1. One\n2. Two\n\n4\\. Four\n\n5\\. Five"},
      {"1. One\n2. Two\n1. Again\n2. More", "1. One\n2. Two\n\n1\\. Again\n\n2\\. More"},
      {"1. One\n1. Two\n1. Three", "1. One\n2. Two\n3. Three"},
      {"## A\n\n1. One\n\n## B\n\n2. Two", "# A\n\n1. One\n\n# B\n\n2\\. Two"},
      {"1. One\n   a. Two\n   b. Three\n   d. Four",
       "1. One\n    1. Two\n    2. Three\n\n    d. Four"},
      // What is in such an item is no list of its own.
      {"3. One\n   a. Two\n   b. Three\n4. Four\n   1. Five\n5. Six\n\n1. Seven",
       "3\\. One\n\na. Two\n\nb. Three\n\n4\\. Four\n\n1\\. Five\n\n5\\. Six\n\n1. Seven"},
      {"1) One\n2) Two", "1. One\n2. Two"},
      {"3) One", "3\\) One"},
      {"2030.", "2030\\."},
  };
  ExpectBodies(kCases);
  EXPECT_TRUE(Lists(Import("1986. That year.\n"), "list", 1));
  EXPECT_TRUE(Lists(Import("1) One\n2) Two\n"), "list", 1)) << "it is printed as 1.";
  EXPECT_TRUE(Lists(Import("1. One\n   1. Two\n"), "list", 2)) << "it is printed as (a)";
  EXPECT_TRUE(Import("1. One\n2. Two\n" + String(kSigned)).changes.size() == 3);
}

// --- places to sign ------------------------------------------------------------------------------

TEST(ImportSignatures, LinesToSignBelowAPartyAreItsPlaces) {
  Imported imported = Import(
      "# Agreement\n\nTerms.\n\n**PROVIDER**\n\nSignature: ____________________\n\nName: "
      "________\n\nDate: ____________________\n\n**CUSTOMER**\n\nSignature: "
      "____________________\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(imported.compilation.diagnostics.empty()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text,
                  "**PROVIDER**\n\nSignature: {{sign: providerSignature, role=provider, "
                  "label=\"Signature (Provider)\"}}\n\nName: {{input: providerName, "
                  "role=provider, label=\"Name (Provider)\"}}\n\nDate: {{signdate: providerDate, "
                  "role=provider, label=\"Date (Provider)\"}}\n\n**CUSTOMER**\n\nSignature: "
                  "{{sign: customerSignature, role=customer, label=\"Signature (Customer)\"}}\n"))
      << imported.text;
  EXPECT_FALSE(Has(imported.text, "Party 1"));
  EXPECT_FALSE(Has(imported.text, "fields:"));
  EXPECT_TRUE(Lists(imported, "signatures", 7)) << Listed(imported);
}

TEST(ImportSignatures, PartiesAreFoundInEveryShapeOfABlockOfSignatures) {
  constexpr std::string_view kTexts[] = {
      // As headings, as items, in columns, in tables, in the label itself.
      "## Buyer\n\nBy: ____\nName: ____\nTitle: ____\n\n## Seller\n\nBy: ____\nName: Jane "
      "Doe\nDate: ____\n",
      "Signed for and on behalf of **Buyer**:\n\n- Signature: \\_\\_\\_\\_\n- Date: [date]\n\nFor "
      "Seller\n\n- **Signature:** ___\n",
      "BUYER                  SELLER\n\nBy: ____________    By: ____________\n\nDate: __________  "
      "Date: __________\n",
      "| BUYER | SELLER |\n|---|---|\n| By: ________ | By: ________ |\n| Date: ________ | Date: "
      "________ |\n",
      "| BUYER | SELLER |\n|---|---|\n| By: ____<br>Name: ____ | By: ____<br>Name: ____ |\n",
      "|  |  |\n|---|---|\n| **Buyer** | **Seller** |\n| Signature: | Signature: |\n",
      "| | Buyer | Seller |\n|---|---|---|\n| Signature: | ____ | ____ |\n| Name: | Ann | |\n",
      "Buyer Signature: ____ Date: ____\n\nSeller's signature: ____ Date: ____\n",
      "For Buyer\n\nSigned: ............  Date: .........\n\nFor Seller\n\nSigned .........\n",
      "Buyer          Seller\n\n____________________     ____________________\n(Unterschrift)    "
      "(Unterschrift)\n",
      "Signature of Buyer: ____\n\nSignature of Seller: ____\n",
  };
  for (std::string_view text : kTexts) {
    Imported imported = Import("# D\n\nTerms.\n\n" + String(text));
    EXPECT_TRUE(imported.compilation.ok())
        << imported.text << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(imported.text,
                    "  buyer: { label: \"Buyer\", signs: true, order: 1 }\n  "
                    "seller: { label: \"Seller\", signs: true, order: 2 }\n"))
        << imported.text;
    EXPECT_TRUE(Has(imported.text, "{{sign: buyer")) << imported.text;
    EXPECT_TRUE(Has(imported.text, "{{sign: seller")) << imported.text;
    EXPECT_FALSE(Has(imported.text, "fields:") || Has(imported.text, "{{= ")) << imported.text;
  }
  // A name that is still to be filled in names them, too.
  Imported blank = Import(
      "[BUYER]          [SELLER]\n\nBy: ____          By: ____\n    Name: [NAME]      Name: "
      "[NAME]\n");
  EXPECT_TRUE(Has(blank.text, "{{= buyer }}          {{= seller }}\n")) << blank.text;
  EXPECT_TRUE(Has(blank.text, "{{sign: sellerBy, role=seller,"));
  EXPECT_TRUE(Has(blank.text, "{{input: sellerName, role=seller,"));
  EXPECT_TRUE(Lists(blank, "signatures", 4)) << Listed(blank);
  // Nobody is named.
  Imported unnamed = Import("We agree on this.\n\nSignature: ____\n\nSignature: ____\n");
  EXPECT_TRUE(unnamed.compilation.ok()) << testing::Problems(unnamed.compilation);
  EXPECT_TRUE(Has(unnamed.text, "{{sign: party1Signature, role=party1")) << unnamed.text;
  EXPECT_TRUE(Has(unnamed.text, "{{sign: party2Signature, role=party2"));
}

TEST(ImportSignatures, ATableOfSignaturesKeepsTheWordsThatStandInIt) {
  Imported imported = Import(
      "| Parties | ACME GmbH | Beta Ltd |\n|---|---|---|\n| Signature | | |\n| Name | Jane Doe | "
      "____ |\n| | Vienna | Linz |\n| Date | | | and copies |\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  for (std::string_view words :
       {"Parties", "**ACME GmbH**", "- Name: Jane Doe\n", "- Vienna\n", "- Linz\n", "and copies"}) {
    EXPECT_TRUE(Has(imported.text, words)) << words << "\n" << imported.text;
  }
  EXPECT_TRUE(Has(imported.text, "{{input: betaLtdName, role=betaLtd")) << imported.text;
}

// --- blanks, boxes, links ------------------------------------------------------------------------

TEST(ImportBlanks, EverySpellingOfABlankIsAField) {
  constexpr Case kCases[] = {
      {"Pay \\_\\_\\_\\_\\_\\_ in ___ days.", "Pay {{= blank }} in {{= blank2 }} days."},
      {"By ___%, $___ or __ days, the ___th day",
       "By {{= blank }}%, ${{= blank2 }} or {{= blank3 }} days, the {{= blank4 }}th day"},
      {"On ___/___/_____ or __ . __ . ____", "On {{= date | date }} or {{= date2 | date }}"},
      {"Between ............ and \xE2\x80\xA6\xE2\x80\xA6\xE2\x80\xA6",
       "Between {{= blank }} and {{= blank2 }}"},
      {"Pay <<Buyer>> on [[Date]] for {{{goods}}}.",
       "Pay {{= buyer }} on {{= date | date }} for {{= goods }}."},
      {"Dear {name} of {company_name}", "Dear {{= name }} of {{= companyName }}"},
      {"Dear ${name}, pay ${amount}", "Dear {{= name }}, pay {{= amount }}"},
      // A dollar where braces alone are a blank already.
      {"Dear {name}, pay ${amount}", "Dear {{= name }}, pay ${{= amount }}"},
      {"Pay ${price} now", "Pay ${{= price }} now"},
      {"\xC2\xAB"
       "Company_Name"
       "\xC2\xBB and \xC2\xAB"
       "ClientName"
       "\xC2\xBB",
       "{{= companyName }} and {{= clientName }}"},
      {"By \\[Company Name\\] and \\<Buyer\\>", "By {{= companyName }} and {{= buyer }}"},
      {"**Landlord:** ____, *Rent*: ____", "**Landlord:** {{= landlord }}, *Rent*: {{= rent }}"},
      // Emphasis, a line of contents, remarks: none of these is a blank.
      {"___very___ and __so__ and snake_case__x", "___very___ and __so__ and snake_case__x"},
      {"Definitions ........ 3", "Definitions ........ 3"},
      {"[Reserved] and [sic] and \\[Signature page follows\\]",
       "[Reserved] and [sic] and \\[Signature page follows\\]"},
  };
  ExpectBodies(kCases);
  // French quotes are quotes, and may be a blank of a mail merge: the author is told.
  Imported quotes = Import(
      "The \xC2\xAB"
      "Client\xC2\xBB pays." +
      String(kSigned));
  EXPECT_TRUE(Has(quotes.text,
                  "The \xC2\xAB"
                  "Client\xC2\xBB pays."));
  EXPECT_TRUE(Lists(quotes, "blank-maybe", 1)) << Listed(quotes);
}

TEST(ImportBlanks, AWordingInBracketsStandsWhereSomebodySaysSo) {
  Imported imported =
      Import("An entity that controls [or is controlled by] a party." + String(kSigned));
  EXPECT_TRUE(Has(imported.text, "controls{{#if wording}} or is controlled by{{/if}} a party.\n"))
      << imported.text;
  EXPECT_TRUE(Has(imported.text, "  wording:\n    type: bool\n")) << imported.text;
  EXPECT_FALSE(Has(imported.text, "default:")) << imported.text;
  EXPECT_TRUE(Lists(imported, "optional", 1)) << Listed(imported);
}

TEST(ImportBlanks, BoxesInALineAndPairsOfBracketsStayWhatTheyAre) {
  constexpr Case kCases[] = {
      {"[x] Accept [ ] Decline, [Yes][No]", "[x] Accept [ ] Decline, [Yes][No]"},
      {"[ ] Accept [ ] Decline", "[ ] Accept [ ] Decline"},
      {"within [ ] days of [  ]", "within {{= blank }} days of {{= blank2 }}"},
  };
  ExpectBodies(kCases);
  Imported boxes = Import("[x] Accept [ ] Decline\n\n[Yes][No]" + String(kSigned));
  EXPECT_TRUE(Lists(boxes, "box", 1)) << Listed(boxes);
  EXPECT_TRUE(Lists(boxes, "blank-maybe", 3)) << Listed(boxes);
}

TEST(ImportBlanks, BoxesThatSayDifferentThingsAreQuestionsOfTheirOwn) {
  for (std::string_view text :
       {"# A\n\n- [x] I accept the terms\n- [ ] I want the newsletter\n",
        "# A\n\n## Consent\n\n- [x] I accept the terms\n- [ ] I want the newsletter\n",
        "# A\n\n## Add-ons\n\nCheck all that apply:\n\n- [x] Support\n- [ ] Hosting\n",
        "# A\n\n- [ ] Support\n- [ ] Hosting\n"}) {
    Imported imported = Import(text);
    EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(imported.text, "type: bool")) << imported.text;
    EXPECT_FALSE(Has(imported.text, "option1")) << imported.text;
  }
}

TEST(ImportLinks, ALinkByNameIsALinkAndNoBlank) {
  constexpr Case kCases[] = {
      {"See [the policy][pol], [Pol][] and [pol].\n\n[pol]: https://a.example/p \"Policy\"\n\nEnd.",
       "See [the policy](https://a.example/p), [Pol](https://a.example/p) and "
       "[pol](https://a.example/p).\n\nEnd."},
      {"See [the fees](#fees) and [terms](../terms.md).", "See the fees and terms."},
      {"See [a [Name] b](https://a.example).", "See [a {{= name }} b](https://a.example)."},
      {"[Customer]: Acme", "\\[Customer]: Acme"},
      // What pandoc writes.
      {"[Definitions]{.underline} and []{#anchor}more", "Definitions and more"},
      {"# Fees {#fees .unnumbered}\n\nx", "x"},
  };
  ExpectBodies(kCases);
  Imported imported = Import("See [it][p].\n\n[p]: https://a.example\n" + String(kSigned));
  EXPECT_TRUE(Lists(imported, "link", 1) && Lists(imported, "link", 3)) << Listed(imported);
  EXPECT_TRUE(Lists(Import("# T\n\n# Fees {#fees .unnumbered}\n\nx\n"), "tag", 3));
}

// --- lines and places ----------------------------------------------------------------------------

TEST(ImportLines, ALineThatSomebodyBrokeIsBrokenInTheTemplate) {
  constexpr Case kCases[] = {
      {"Acme GmbH  \nStreet 1  \n1010 Vienna", "Acme GmbH\\\nStreet 1\\\n1010 Vienna"},
      {"Acme GmbH\\\nStreet 1\\\n1010 Vienna", "Acme GmbH\\\nStreet 1\\\n1010 Vienna"},
      {"- Acme  \n  Street 1\\\n  Vienna\n- Two", "- Acme\\\n    Street 1\\\n    Vienna\n- Two"},
      {"1. Acme  \n   Street 1\n2. Two", "1. Acme\\\n    Street 1\n2. Two"},
      {"Signature: ____  \nDate: ____  \nVienna",
       "Signature: {{sign: party1Signature, role=party1, label=\"Signature (Party 1)\"}}\\\nDate: "
       "{{signdate: party1Date, role=party1, label=\"Date (Party 1)\"}}\\\nVienna"},
      // The ends of lines of any system.
      {"Acme  \r\nStreet\r\n\r\n1986. Year.", "Acme\\\nStreet\n\n1986\\. Year."},
      {"Acme  \rStreet\r\r1986. Year.", "Acme\\\nStreet\n\n1986\\. Year."},
      // Nothing follows in the same paragraph.
      {"One  \n\nTwo  \n- Three  \n\nFour", "One\n\nTwo\n\n- Three\n\nFour"},
      {"> Acme  \n> Street 1", "Acme\\\nStreet 1"},
      {"a\nb\n===\nc", "a\nb\n\nc"},
      {"a\n\n* * *\n\nb\n\n- - -\n\nc\n\n_ _ _\n\nd", "a\n\nb\n\nc\n\nd"},
  };
  ExpectBodies(kCases);
  EXPECT_TRUE(Lists(Import("a\n\n* * *\n\nb" + String(kSigned)), "rule", 3));
}

TEST(ImportLines, AFixIsListedWithTheLineOfItsSource) {
  Imported imported = Import("# T\n\nTerms.\n\nTom &amp; Ann.\n" + String(kSigned));
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Lists(imported, "fix", 5)) << Listed(imported);
}

TEST(ImportLines, ChangesAreListedInTheOrderOfTheText) {
  ImportFile files[] = {{"a.md", "See [p] and [Name].\n\n[p]: https://a.example\n\n[Street]\n"},
                        {"b.md", "[City] &amp; [Land]\n"}};
  uint32_t last = 0;
  String file = "a.md";
  for (const ImportChange& change : ImportAgreement(files).changes) {
    if (change.file != file) last = 0;
    EXPECT_GE(change.line, last) << change.message;
    EXPECT_TRUE(change.file == file || file == "a.md" || change.file.empty()) << change.message;
    file = change.file;
    last = change.line;
  }
  EXPECT_EQ(file, "") << "the front matter belongs to no place";
}

TEST(ImportLines, DiagnosticsNameTheFileThatTheTemplateGoesTo) {
  ImportFile files[] = {{"a.md", "It is <s>not</s> due." + String(kSigned)}};
  Imported imported = ImportAgreement(files, "out.md");
  ASSERT_FALSE(imported.compilation.diagnostics.empty());
  EXPECT_EQ(imported.compilation.diagnostics[0].file, "out.md");
}

// --- as other tools write them -------------------------------------------------------------------

TEST(ImportTools, NumbersInBoldAndBehindABackslashAreNumbers) {
  Imported imported = Import(
      "# **License** {#license}\n\n## **1\\. Grant** {#grant}\n\nSubject to [Section 3](#rules), "
      "granted.\n\n## **2\\. Fees**\n\n1. Monthly.\n2. Not as in Section 2\\.\n\n## **3\\. "
      "Rules**\n\nx\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  String text = testing::LinearText(imported.text, "{}");
  EXPECT_TRUE(Has(text,
                  "License\n\n1. Grant\n\nSubject to Section 3, granted.\n\n2. Fees\n\n(a) "
                  "Monthly.\n\n(b) Not as in Section 2.\n\n3. Rules\n"))
      << text;
  // Numbers in front of bold paragraphs are those that a reference means.
  Imported bold = Import("**1. Fees**\n\n1. a\n2. See Section 1.\n");
  EXPECT_TRUE(Has(bold.text, "2. See Section 1.\n")) << bold.text;
}

TEST(ImportTools, SignsBetweenNumbersAreNoEmphasis) {
  constexpr Case kCases[] = {
      {"The area is 2*3*4 m and the fee a*b*c.", "The area is 2\\*3\\*4 m and the fee a\\*b\\*c."},
      {"*all* of **it** and so on", "*all* of **it** and so on"},
      {"<b>2</b> and x<i>y</i>z1", "**2** and xyz1"},
  };
  ExpectBodies(kCases);
  EXPECT_TRUE(Lists(Import("2*3*4" + String(kSigned)), "star", 1));
}

TEST(ImportTools, HeadingsItemsAndFramesOfHtmlAreWhatTheySay) {
  Imported imported = Import(
      "<h1 "
      "align=\"center\">Deal</h1>\n\n<ol>\n<li>One</li>\n<li>Two</li>\n</ol>\n\n<h2>Law</h2>\n\n"
      "<ul>\n  <li>Three</li>\n</ul>\n\n<aside>\nSign soon.\n</aside>\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "title: \"Deal\"\n"));
  EXPECT_TRUE(BodyOf(imported).starts_with("1. One\n2. Two\n\n# Law\n\n- Three\n\nSign soon.\n"))
      << imported.text;
}

TEST(ImportTools, ALineToSignOnMayHaveItsNameBelow) {
  constexpr std::string_view kTexts[] = {
      "Signed for and on behalf of Buyer:\n\nX_________________\nName "
      "(print):\nPosition:\n\nSigned "
      "for Seller:\n\nX_________________\n",
      "_________________________\nBuyer\n\n_________________________\nSeller\n",
      "_________________________          _________________________\nBuyer                         "
      "     "
      "Seller\n",
  };
  for (std::string_view text : kTexts) {
    Imported imported = Import("# D\n\nTerms.\n\n" + String(text));
    EXPECT_TRUE(imported.compilation.ok())
        << imported.text << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(imported.text, "{{sign: buyerSignature, role=buyer,")) << imported.text;
    EXPECT_TRUE(Has(imported.text, "{{sign: sellerSignature, role=seller,")) << imported.text;
    EXPECT_FALSE(Has(imported.text, "fields:") || Has(imported.text, "{{= ")) << imported.text;
  }
  // A short blank with words below is a blank.
  Imported blank = Import("Pay to\n\n________\nVienna\n" + String(kSigned));
  EXPECT_TRUE(Has(blank.text, "{{= blank }}\\\nVienna\n")) << blank.text;
}

TEST(ImportTools, BoxesOfATextAreListed) {
  Imported imported = Import("\xE2\x98\x90 Advance\n\xE2\x98\x92 Invoice\n" + String(kSigned));
  EXPECT_TRUE(Has(imported.text, "\xE2\x98\x90 Advance\\\n\xE2\x98\x92 Invoice\n"));
  EXPECT_TRUE(Lists(imported, "box", 1) && Lists(imported, "box", 2)) << Listed(imported);
}

TEST(ImportTools, WhatIsCalledSectionOneInFrontOfItsTextIsNoReference) {
  Imported imported = Import(
      "# D\n\n## 1. Scope\n\nSee Section 2, Schedule A, section 1, paragraph 1 and paragraph "
      "2.1.\n\n## 2. Law\n\n### 2.1 Courts\n\nx\n\n## Schedule A\n\nSection 1. Prices.\n\nSee "
      "Section "
      "2.\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(
      Has(imported.text,
          "See Section {{ref: s2}}, Schedule A, section 1, paragraph 1 and paragraph {{ref: "
          "s2-1}}.\n"))
      << imported.text;
  EXPECT_TRUE(Has(imported.text, "\nSection 1. Prices.\n\nSee Section 2.\n")) << imported.text;
  // A number that stands typed in front of its text is the one that is meant.
  Imported typed = Import("**Section 1.** First.\n\nSee Section 1.\n\n1. One.\n2. Two.\n");
  EXPECT_FALSE(Has(typed.text, "{{ref")) << typed.text;
}

TEST(ImportTools, WordsInAQuotationAreReadLikeAnyOthers) {
  constexpr Case kCases[] = {
      {"> ## Scope\n> These apply.\n>\n> 1. a\n> 3. b",
       "# Scope\n\nThese apply.\n\n1. a\n\n3\\. b"},
      {"> > twice", "twice"},
      {"1. One\n\n   > quoted\n\n2. Two", "1. One\n\n    quoted\n\n2. Two"},
  };
  ExpectBodies(kCases);
}

TEST(ImportTools, CodeStaysAsItIsUnlessATagOfOursWouldStandInIt) {
  constexpr Case kCases[] = {
      {"Write `[Code]` and ``a ` [b]``.", "Write `[Code]` and ``a ` [b]``."},
      {"Pay `{{name}}` now.", "Pay {{= name }} now."},
      {"a ` b [Name]", "a ` b {{= name }}"},
  };
  ExpectBodies(kCases);
}

TEST(ImportTools, WhatStandsBelowABoxGoesWithIt) {
  Imported imported = Import(
      "# O\n\n## Plan\n\n- [ ] Basic\n  - 10 users\n    - named\n- [x] Pro\n\n  No "
      "limit.\n\nEnd.\n" +
      String(kSigned));
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(
      Has(imported.text,
          "- Basic {when=\"planChoice == 'option1'\"}\n    - 10 users\n        - named\n- Pro "
          "{when=\"planChoice == 'option2'\"}\n\n    No limit.\n\nEnd.\n"))
      << imported.text;
  Imported typed =
      Import("# O\n\n- [ ] Box\n  1. One\n  2. Two\n  7. Seven\n  b. Letter\n" + String(kSigned));
  EXPECT_TRUE(typed.compilation.ok()) << typed.text << testing::Problems(typed.compilation);
  EXPECT_TRUE(Has(typed.text, "\n    1. One\n    2. Two\n\n    7\\. Seven\n\n    b. Letter\n"))
      << typed.text;
  String text = testing::LinearText(imported.text, R"({"planChoice":"option2"})");
  EXPECT_FALSE(Has(text, "10 users")) << text;
  EXPECT_TRUE(Has(text, "No limit.")) << text;
}

TEST(ImportTools, MoreSpellingsOfBlanks) {
  constexpr Case kCases[] = {
      {"By <<[name]>>, <%= buyer %>, %%Company%% and __% of",
       "By {{= name }}, {{= buyer }}, {{= company }} and {{= blank }}% of"},
      {"| A | Yes | No |\n|---|---|---|\n| b | [x] | [ ] |",
       "| A | Yes | No |\n| --- | --- | --- |\n| b | [x] | [ ] |"},
  };
  ExpectBodies(kCases);
}

TEST(ImportTools, AWrappedLineParsesAsOneThing) {
  constexpr Case kCases[] = {
      {"Made by the [name of the\nTenant] and [name\nof the Landlord] on\nmonday.",
       "Made by the {{= nameOfTheTenant }}\nand {{= nameOfTheLandlord }}\non\nmonday."},
      {"[insert\nname]", "{{= blank }}"},
      {"a [b\n\nc] d", "a [b\n\nc] d"},
      {"a [b\n- c] d", "a [b\n\n- c] d"},
      {"1. Name [x  \n   y z]: ____", "1. Name {{= xyz }}:\\\n    {{= blank }}"},
  };
  ExpectBodies(kCases);
  Imported reference = Import(
      "## 1. A\n\n1. b\n2. c\n\n## 2. D\n\nAs said in Section\n1.2 and in "
      "Section\xC2\xA0"
      "1.1.\n");
  EXPECT_TRUE(
      Has(reference.text, "in\nSection {{ref: s1-2}} and in Section\xC2\xA0{{ref: s1-1}}.\n"))
      << reference.text;
}

TEST(ImportTools, AHeadingWithANumberIsNoTitle) {
  Imported imported = Import(
      "# 1. Definitions\n\nx\n\n# 2. Use\n\nSee Section 1.\n\n# Article 3 \xE2\x80\x93 Law\n\ny\n");
  ASSERT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text,
                  "# Definitions {#s1}\n\nx\n\n# Use\n\nSee Section {{ref: s1}}.\n\n# Law\n"))
      << imported.text;
}

}  // namespace
}  // namespace countersign::importing
