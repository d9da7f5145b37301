// Agreements as they are found: forms, letters and texts that people and tools laid out by hand.
// What they name, tick, number and leave open is what the template asks for, in their words.
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

// --- blanks --------------------------------------------------------------------------------------

TEST(ImportFormBlanks, ABackslashInAVariableIsNoPartOfItsName) {
  constexpr Case kCases[] = {
      {"Due: \\${{RENT\\_SUM}} on {{ due\\_day }}, at {{RENT_SUM}}.",
       "Due: \\${{= due }} on {{= dueDay }}, at {{= due }}."},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormBlanks, TwoBracketsMaySayWhatKindOfThingBelongsThere) {
  constexpr Case kCases[] = {
      {"From [[DATE:first_day]] for [[TEXT:years]] years.",
       "From {{= firstDay | date }} for {{= years }} years."},
      {"From [[First Day: Date]] by [[Buyer | Uppercase]] for [[Term: Number(\"How long?\")]].",
       "From {{= firstDay | date }} by {{= buyer }} for {{= term }}."},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormBlanks, ANumberThatIsLeftOpenIsNoBox) {
  Imported open = Import("A penalty of [X]% is due within [X] days." + String(kSigned));
  EXPECT_TRUE(Has(open.text, "A penalty of {{= x }}% is due within {{= x }} days.")) << open.text;
  EXPECT_FALSE(Lists(open, "box", 1)) << Listed(open);
  Imported ticked = Import("- [x] days are counted\n- [ ] weeks are counted" + String(kSigned));
  EXPECT_TRUE(Has(ticked.text, "- days are counted {when=")) << ticked.text;
}

TEST(ImportFormBlanks, WhatANumberCountsIsReadInEveryLanguage) {
  for (std::string_view words :
       {"[15] jours", "[30] Tagen", "[2] a\u00F1os", "[6] mesi", "[10] dagen"}) {
    Imported imported = Import("## Frist\n\nEs gilt " + String(words) + "." + String(kSigned));
    EXPECT_TRUE(Has(imported.text, "Es gilt {{= frist }} ")) << imported.text;
  }
}

TEST(ImportFormBlanks, AWordThatJoinsWhatMayBeLeftOutIsNoBlank) {
  Imported imported = Import("Paid in [Euro/[or] Dollars]." + String(kSigned));
  EXPECT_TRUE(Has(imported.text, "Paid in [Euro/[or] Dollars].\n")) << imported.text;
  EXPECT_TRUE(Lists(imported, "undecided", 1)) << Listed(imported);
}

TEST(ImportFormBlanks, WideUnderscoresAreALineToWriteOn) {
  Imported imported = Import(
      "# Deal\n\nText.\n\nPrint Name: \uFF3F\uFF3F\uFF3F\uFF3F\n\nSign: "
      "\uFF3F\uFF3F\uFF3F\uFF3F\n");
  EXPECT_TRUE(Has(imported.text, "Sign: {{sign: party1Sign, role=party1")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "Print Name: {{input: party1PrintName")) << imported.text;
}

// --- names of fields -----------------------------------------------------------------------------

TEST(ImportFormNames, AVariableIsCalledByItsNameWhereverItStands) {
  constexpr Case kCases[] = {
      {"## Payments\n\n- To `{{PAYEE_NAME}}`\n\n{{bank}}\n\n{{payDay}}",
       "# Payments\n\n- To {{= payeeName }}\n\n{{= bank }}\n\n{{= payDay }}"},
      {"## Prices\n\n| Item | Price |\n|---|---|\n| Desk | {{desk_price}} |\n| Chair | 5 |",
       "| Desk | {{= desk }} |"},
  };
  ExpectBodies(kCases);
  Imported imported = Import("Begins {{startDate}}." + String(kSigned));
  EXPECT_TRUE(Has(imported.text, "    type: date\n    label: \"start date\"\n")) << imported.text;
}

TEST(ImportFormNames, ACurrencyIsNoPartOfALabel) {
  constexpr Case kCases[] = {
      {"## Term\n\n**Monthly Rent:** $______", "**Monthly Rent:** ${{= monthlyRent }}"},
      {"## Term\n\nFee: EUR ______", "Fee: EUR {{= fee }}"},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormNames, TheNameOfTheOneIsNotTheNameOfTheOther) {
  Imported imported = Import(
      "## Parties\n\n**Lender:**\nName: ______\n\n**Borrower:**\nName: ______" + String(kSigned));
  EXPECT_TRUE(
      Has(imported.text, "  borrowerName:\n    type: string\n    label: \"Borrower Name\"\n"))
      << imported.text;
}

TEST(ImportFormNames, TheLinesOfAnAddressAreNotCalledByTheHeading) {
  constexpr Case kCases[] = {
      {"## Parties\n\nAcme\n[Street]\n[Town of the buyer]",
       "Acme\\\n{{= street }}\\\n{{= townOfTheBuyer }}"},
      {"## Parties\n\n**Buyer:**\n[Legal Name]", "**Buyer:**\\\n{{= buyer }}"},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormNames, ItemsThatAskForTheSameAreAboutDifferentThings) {
  constexpr Case kCases[] = {
      {"- [Partner Name], [share]%\n- [Partner Name], [share]%",
       "- {{= partnerName }}, {{= share }}%\n- {{= partnerName2 }}, {{= share2 }}%"},
      // Sentences about one party are.
      {"- [Buyer Name] pays.\n- [Buyer Name] collects.",
       "- {{= buyerName }} pays.\n- {{= buyerName }} collects."},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormNames, ACellIsCalledByItsRowAndColumn) {
  Imported imported =
      Import("| Item | Price | Day |\n|---|---|---|\n| Desk | ____ | ____ |\n| Lamp | 5 | 1 May |" +
             String(kSigned));
  EXPECT_TRUE(Has(imported.text, "label: \"Desk, Price\"")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "label: \"Desk, Day\"")) << imported.text;
}

// --- boxes ---------------------------------------------------------------------------------------

TEST(ImportFormBoxes, WordsOfAChoiceHoldNoTag) {
  Imported imported =
      Import("## 3. Term\n\n- [ ] until {{END}}\n- [ ] without an end" + String(kSigned));
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "  termChoice:\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "option1: \"until END\"\n")) << imported.text;
}

TEST(ImportFormBoxes, ThingsThatStandBesideEachOtherAreNoChoiceOfOne) {
  Imported imported =
      Import("## Utilities\n\nThe following are included in the rent:\n\n- [ ] Heat\n- [ ] Light" +
             String(kSigned));
  EXPECT_TRUE(Has(imported.text,
                  "- Heat {when=\"utilitiesChoice1\"}\n- Light "
                  "{when=\"utilitiesChoice2\"}\n"))
      << imported.text;
}

TEST(ImportFormBoxes, BoxesBesideEachOtherAreNoBlanks) {
  Imported imported = Import("Pets are: [ ] Allowed  [ ] Not allowed" + String(kSigned));
  EXPECT_TRUE(Has(imported.text, "Pets are: [ ] Allowed  [ ] Not allowed\n")) << imported.text;
  EXPECT_TRUE(Lists(imported, "box", 1)) << Listed(imported);
}

// --- lines ---------------------------------------------------------------------------------------

TEST(ImportFormLines, LinesThatStoodBelowEachOtherStillDo) {
  constexpr Case kCases[] = {
      {"Name: Jane\nPhone: 12", "Name: Jane\\\nPhone: 12"},
      {"Each is a default:\n(a) a late payment;\n(b) a sale, or\n(c) a move.",
       "Each is a default:\\\n(a) a late payment;\\\n(b) a sale, or\\\n(c) a move."},
      {"1. Pay\n   (i) now,\n   (ii) well.", "1. Pay\\\n    (i) now,\\\n    (ii) well."},
      {"2.1 Pay.\n2.2 Deliver.", "2.1 Pay.\\\n2.2 Deliver."},
      {"Paid:\n\u2610 now\n\u2610 later", "Paid:\\\n\u2610 now\\\n\u2610 later"},
      {"\u2022 One\n\u2022 Two", "- One\n- Two"},
      // A text that was only wrapped is one.
      {"The parties say that this holds for both\nof them and (if so) for\nothers, too.",
       "The parties say that this holds for both\nof them and (if so) for\nothers, too."},
  };
  ExpectBodies(kCases);
  Imported imported = Import("Name: Jane\nPhone: 12" + String(kSigned));
  EXPECT_TRUE(Lists(imported, "line", 1)) << Listed(imported);
}

TEST(ImportFormLines, AListIsOneHoweverFarItStandsToTheRight) {
  constexpr Case kCases[] = {
      {"You may:\n\n     1. copy;\n\n     2. share.\n\nSay so:\n\n\"From Acme.\"\n\n     3. No "
       "names.",
       "1. copy;\n\n2. share.\n\n    Say so:\n\n    \"From Acme.\"\n\n3. No names."},
      {"     a. Grant.\n\n          1. Use.\n\n               A. here; and\n\n               B. "
       "there.\n\n"
       "          2. Limits.",
       "a. Grant.\n\n1. Use.\n\n    1. here; and\n\n    2. there.\n\n2. Limits."},
      // A number in an item is none of a list in it.
      {"* 6. Warranty\n* 7. Law", "- 6\\. Warranty\n- 7\\. Law"},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormLines, ABlockOfCodeKeepsItsLinesAndEndsWhereItEnds) {
  constexpr Case kCases[] = {
      {"```\nTotal      10\nTax         2\n```", "Total      10\\\nTax         2"},
      {"```\n- Rate: 5\n```\n\nMore.", "- Rate: 5\n\nMore."},
  };
  ExpectBodies(kCases);
}

TEST(ImportFormLines, DrawnLinesAndPlacesOfContentsSayNothing) {
  constexpr Case kCases[] = {
      {"One.\n\n\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\n\n[TOC]\n\nTwo.", "One.\n\nTwo."},
  };
  ExpectBodies(kCases);
}

// --- titles and numbers --------------------------------------------------------------------------

TEST(ImportFormTitles, AFirstLineThatIsCalledAsAgreementsAreIsTheTitle) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"HOSTING AGREEMENT\n\nText.", "HOSTING AGREEMENT"},
      {"HOSTING AGREEMENT\nThis Agreement is made today.", "HOSTING AGREEMENT"},
      {"**Hosting Agreement**\n\nText.", "Hosting Agreement"},
      {"## Hosting Agreement\n\n### Term\n\nText.", "Hosting Agreement"},
      {"The agreement is this.\n\nText.", "Agreement"},
  };
  for (const auto& [text, title] : kCases) {
    Imported imported = Import(String(text) + String(kSigned));
    EXPECT_TRUE(Has(imported.text, "\ntitle: \"" + String(title) + "\"\n")) << imported.text;
  }
}

TEST(ImportFormTitles, AColonBehindANumberIsNoWordOfAHeading) {
  Imported imported = Import(
      "# Contrat\n\n## ARTICLE 1 : OBJET\n\nTexte.\n\n## ARTICLE 2 : LOI\n\nVoir article 1.\n");
  EXPECT_TRUE(Has(imported.text, "# OBJET {#s1}\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "# LOI\n\nVoir article {{ref: s1}}.\n")) << imported.text;
}

TEST(ImportFormTitles, AHeadingIsNoReferenceToItself) {
  Imported imported =
      Import("# Deal\n\n## Article 1: Fees\n\nText.\n\n## Article 5: Law\n\nSee Article 1.\n");
  EXPECT_FALSE(Lists(imported, "reference-unknown", 3)) << Listed(imported);
  EXPECT_TRUE(Lists(imported, "reference-unknown", 9)) << Listed(imported);
}

// --- conditions ----------------------------------------------------------------------------------

TEST(ImportFormConditions, WordsOfLegalMarkdownThatMayStandWaitForADecision) {
  constexpr Case kCases[] = {
      {"It ends. [Support goes on.]{with_support}",
       "It ends. {{#if withSupport}}Support goes on.{{/if}}"},
  };
  ExpectBodies(kCases);
}

// --- who signs -----------------------------------------------------------------------------------

TEST(ImportFormSigners, TwoBracketsMayBeAPlaceToSign) {
  Imported signs = Import(
      "# Deal\n\nText.\n\n**Buyer**\n\nSignature: [[SIGNATURE:b]]\n\nDate: "
      "[[DATE:signed]]\n");
  EXPECT_TRUE(Has(signs.text, "Signature: {{sign: buyerSignature, role=buyer")) << signs.text;
  EXPECT_TRUE(Has(signs.text, "Date: {{signdate: buyerDate, role=buyer")) << signs.text;
}

TEST(ImportFormSigners, WhoSignsNextIsNoLineOfWhoSignedBefore) {
  Imported imported = Import(
      "# Deal\n\nText.\n\n**SELLER:**\nAcme\n\nSignature: ______\n\nDate: ______\n\n**COMPANY:**\n"
      "[Buyer Name]\n\nSignature: ______\n\nDate: ______\n");
  EXPECT_TRUE(Has(imported.text, "**COMPANY:**\\\n{{= company }}\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "role=acme")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "{{sign: buyerSignature, role=buyer")) << imported.text;
}

TEST(ImportFormSigners, ATableOfFieldsAndValuesIsOfThePartyAboveIt) {
  Imported imported = Import(
      "# Vertrag\n\nDer Text des Vertrags ist f\u00FCr die Parteien und das Amt.\n\n## "
      "Unterschriften\n\n### Kunde\n\n"
      "| Feld | Angabe |\n|---|---|\n| Ort, Datum | ______ |\n| Unterschrift | ______ |\n\n### "
      "Anbieter\n\n| Feld | Angabe |\n|---|---|\n| Name | Jo |\n| Unterschrift | ______ |\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "| Unterschrift | {{sign: kundeUnterschrift, role=kunde"))
      << imported.text;
  EXPECT_TRUE(Has(imported.text,
                  "| Name | Jo |\n| Unterschrift | {{sign: anbieterUnterschrift, role=anbieter"))
      << imported.text;
}

TEST(ImportFormSigners, WhoSignsIsNamedByTheLineAboveRatherThanByAVariable) {
  Imported imported = Import(
      "# Deal\n\nText.\n\n**TENANT**\n________________\n{{tenant_name}}\n\n**OWNER SIGNATURE**\n\n"
      "Signature: ______\n");
  EXPECT_TRUE(Has(imported.text, "  tenant: { label: \"Tenant\"")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "  owner: { label: \"Owner\"")) << imported.text;
}

TEST(ImportFormSigners, ALabelAloneIsAPlaceToSignWhereNothingStandsBehindIt) {
  Imported imported = Import(
      "# Contrat\n\nLe texte est dans le contrat pour les parties et une loi.\n\n### Pour le "
      "Client :\n\n**[Nom]**\n\nSignature :\n\nLu et approuv\u00E9\n");
  EXPECT_TRUE(Has(imported.text, "{{sign: clientSignature, role=client")) << imported.text;
  EXPECT_FALSE(Has(Listed(imported), "Places to sign were added")) << Listed(imported);
}

TEST(ImportFormSigners, WhereAStampGoesTooSomebodySigns) {
  Imported imported = Import(
      "# Vertrag\n\nDer Text des Vertrags ist f\u00FCr die Parteien und das "
      "Amt.\n\n**Kunde**\n\nUnterschrift und Stempel: ______\n\nDatum: ______\n");
  EXPECT_TRUE(Has(imported.text, "{{sign: kundeUnterschriftUndStempel, role=kunde"))
      << imported.text;
}

TEST(ImportFormSigners, ALineAboveNamesIsWhereTheOneAboveItSigns) {
  Imported imported = Import(
      "# Deal\n\nText.\n\nSigned for and on behalf of "
      "**Buyer**:\n\n________________\nName:\nTitle:\n\nSigned "
      "for and on behalf of **Seller**:\n\n________________\nName: ______\nDate: ______\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  for (std::string_view part :
       {"{{sign: buyerSignature, role=buyer", "Title: {{input: buyerTitle, role=buyer",
        "{{sign: sellerSignature, role=seller", "Date: {{signdate: sellerDate, role=seller"})
    EXPECT_TRUE(Has(imported.text, part)) << imported.text;
  EXPECT_FALSE(Has(imported.text, "{{= ")) << imported.text;
}

TEST(ImportFormSigners, ItemsBelowAPartyStayBelowIt) {
  Imported imported = Import(
      "# Deal\n\nText.\n\n- SELLER: Acme\n  - Signature:\n  - Date:\n\n- BUYER: Jo\n  - "
      "Signature:\n  - Date:\n");
  EXPECT_TRUE(
      Has(imported.text, "- SELLER: Acme\n    - Signature: {{sign: sellerSignature, role=seller"))
      << imported.text;
  EXPECT_TRUE(
      Has(imported.text, "- BUYER: Jo\n    - Signature: {{sign: buyerSignature, role=buyer"))
      << imported.text;
}

}  // namespace
}  // namespace countersign::importing
