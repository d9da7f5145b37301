// Agreements as they are found: forms, letters and texts that people and tools laid out by hand.
// What they name, tick, number and leave open is what the template asks for, in their words.
#include <gtest/gtest.h>

#include "compile/import.h"
#include "support/imports.h"
#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::BodyOf;
using testing::Case;
using testing::ExpectBodies;
using testing::Has;
using testing::Import;
using testing::kSigned;
using testing::Listed;
using testing::Lists;

// --- lines ---------------------------------------------------------------------------------------

TEST(ImportFormLines, LinesThatStoodBelowEachOtherStillDo) {
  constexpr Case kCases[] = {
      {"Name: Jane\nPhone: 12", "Name: Jane\\\nPhone: 12"},
      {"Each is a default:\n(a) a late payment;\n(b) a sale, or\n(c) a move.",
       "Each is a default:\\\n(a) a late payment;\\\n(b) a sale, or\\\n(c) a move."},
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

}  // namespace
}  // namespace countersign::compile
