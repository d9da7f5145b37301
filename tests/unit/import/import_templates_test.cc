// Agreements that were made to be filled in: what somebody has to say or decide waits for it, and
// nothing of it is lost or printed as it is.
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

// --- what is filled in ---------------------------------------------------------------------------

TEST(ImportPlaceholders, WhatStandsInABlankIsNeverItsValue) {
  for (std::string_view text :
       {"Customer: [Customer Name]", "Email: {{email}}", "Price: [price]", "Auto renew: [Yes/No]",
        "## Term\n\n[2 years]", "Paid within [30] days.", "For [10 days] more."}) {
    Imported imported = Import("# Order\n\n" + String(text) + String(kSigned));
    EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
    EXPECT_FALSE(Has(imported.text, "default:")) << imported.text;
    auto contract = testing::LoadTemplate(imported.text);
    EXPECT_FALSE(testing::AssembleOrFail(contract, "{}").pending.empty()) << imported.text;
  }
  Imported named = Import("Customer: [Customer Name]\n\nAuto renew: [Yes/No]" + String(kSigned));
  EXPECT_TRUE(Has(named.text, "    label: \"Customer\"\n    placeholder: \"Customer Name\"\n"))
      << named.text;
  EXPECT_TRUE(Has(named.text, "      yes: \"Yes\"\n      no: \"No\"\n")) << named.text;
}

TEST(ImportPlaceholders, TheSameWordsLaterInTheTextAreTheSameField) {
  constexpr Case kCases[] = {
      {"Customer: [Customer Name]\n\nFee: [Fee Amount]\n\n[Customer Name] pays [Fee Amount].",
       "Customer: {{= customer }}\n\nFee: {{= fee }}\n\n{{= customer }} pays {{= fee }}."},
      {"Customer: [Customer Name]\n\n[Customer] pays.",
       "Customer: {{= customer }}\n\n{{= customer }} pays."},
      {"Email: {{email}}, again {{ email }}", "Email: {{= email }}, again {{= email }}"},
      // Under labels that differ they are two.
      {"Provider: [Legal Name]\n\nCustomer: [Legal Name]",
       "Provider: {{= provider }}\n\nCustomer: {{= customer }}"},
  };
  ExpectBodies(kCases);
}

TEST(ImportPlaceholders, WordsThatNameAKindOfThingAreAFieldAtEachPlace) {
  constexpr Case kCases[] = {
      {"\"Start Date\" means [date]. It ends on [date]. Pay [amount] now and [amount] later.",
       "\"Start Date\" means {{= date | date }}. It ends on {{= date2 | date }}. Pay {{= amount }} "
       "now and {{= amount2 }} later."},
      // A variable of a tool has one value.
      {"On {{ date }} and {{ date }}.", "On {{= date | date }} and {{= date | date }}."},
  };
  ExpectBodies(kCases);
  Imported imported = Import("On [date] or [date]." + String(kSigned));
  EXPECT_TRUE(Has(Listed(imported), "date2, apart from the one of this name above"))
      << Listed(imported);
}

TEST(ImportPlaceholders, LettersOfEveryLanguageMakeNamesAndIds) {
  constexpr Case kCases[] = {
      {"In [Straße], [Prénom de l’acheteur] und [Größe].",
       "In {{= strasse }}, {{= prenomDeLacheteur }} und {{= grosse }}."},
  };
  ExpectBodies(kCases);
}

TEST(ImportPlaceholders, ANoteToWhoDraftsIsPrintedNowhereAndLostNowhere) {
  Imported alone =
      Import("# X\n\nText.\n\n[Note to drafter: delete [this] page.]\n\nMore." + String(kSigned));
  EXPECT_TRUE(alone.compilation.ok()) << testing::Problems(alone.compilation);
  EXPECT_TRUE(
      Has(alone.text, "Text.\n\n::: guide\nNote to drafter: delete [this] page.\n:::\n\nMore.\n"))
      << alone.text;
  EXPECT_FALSE(Has(testing::LinearText(alone.text, "{}"), "drafter"));
  EXPECT_TRUE(Lists(alone, "note", 5)) << Listed(alone);
  constexpr Case kCases[] = {
      {"Pay now. [NTD: check\nwith\nLegal.] Pay well.",
       "Pay now. {{! NTD: check with Legal. }}\n\nPay well."},
      {"1. One [Drafting note: two?]\n2. Two", "1. One {{! Drafting note: two? }}\n2. Two"},
      {"**Note to drafter:** ask\nLegal.\n\nMore.",
       "::: guide\nNote to drafter: ask Legal.\n:::\n\nMore."},
      {"Note that this is text.", "Note that this is text."},
  };
  ExpectBodies(kCases);
}

TEST(ImportPlaceholders, OptionalWordsWaitForADecision) {
  constexpr Case kCases[] = {
      {"A. [OPTIONAL: more text.]", "A.{{#if wording}} more text.{{/if}}"},
      {"[OPTIONAL: Pay [the Fee] now.] B.", "{{#if wording}}Pay {{= theFee }} now.{{/if}} B."},
  };
  ExpectBodies(kCases);
}

TEST(ImportPlaceholders, BracketsThatAreTooLongForABlankAreToldOf) {
  Imported imported = Import("A [" + String(400, 'x') + "] b [c [d] e].\n" + String(kSigned));
  EXPECT_TRUE(Lists(imported, "undecided", 1)) << Listed(imported);
  EXPECT_TRUE(Has(imported.text, "b [c {{= d }} e].\n")) << imported.text;
}

// --- who signs -----------------------------------------------------------------------------------

TEST(ImportSigners, TheNameOfWhoSignsIsKeptBesideThePlaceToSign) {
  constexpr Case kCases[] = {
      {"Signed by [NAME OF SIGNATORY]\n............................",
       "Signed by {{= nameOfSignatory }}\\\n{{sign: party1Signature, role=party1, "
       "label=\"Signature (Party 1)\"}}"},
      {"Signed by [Director]",
       "Signed by {{= director }} {{sign: party1SignedBy, role=party1, "
       "label=\"Signed by (Party 1)\"}}"},
      {"Signed by: [Signature]",
       "Signed by: {{sign: party1SignedBy, role=party1, label=\"Signed by (Party 1)\"}}"},
      {"By: ____\n\nTitle: [Managing Director]",
       "By: {{sign: party1By, role=party1, label=\"By (Party 1)\"}}\n\nTitle: {{input: "
       "party1Title, role=party1, label=\"Title (Party 1)\", help=\"Managing Director\"}}"},
  };
  for (const Case& c : kCases) {
    Imported imported = Import("# Deed\n\nText.\n\n" + String(c.before) + "\n");
    EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(imported.text, String(c.after) + "\n")) << c.before << "\nbecame\n"
                                                            << imported.text << Listed(imported);
  }
}

// --- what a reference names ----------------------------------------------------------------------

TEST(ImportReferences, WhatIsRenumberedTakesItsReferencesAlong) {
  Imported list = Import(
      "# NDA\n\n1.  Definitions\n    1.  \"Affiliate\" means an entity.\n    2.  \"Term\" means a "
      "year.\n2.  Obligations\n    1.  See Section 1.2 and Section 3.\n\n### 3. "
      "General\n\nText.\n\n"
      "4.  Law\n    1.  See Section 2.1.\n");
  ASSERT_TRUE(list.compilation.ok()) << list.text << testing::Problems(list.compilation);
  String text = testing::LinearText(list.text, "{}");
  EXPECT_TRUE(Has(text,
                  "\n(a) See Section 1(b) and Section 3.\n\n3. General\n\nText.\n\n4. Law\n\n"
                  "(a) See Section 2(a).\n"))
      << text << Listed(list);
  EXPECT_TRUE(Has(Listed(list), "'Definitions' became the heading of section 1\n")) << Listed(list);
  // A heading whose number is not the next keeps it, and what it is called by means it.
  Imported other = Import(
      "# NDA\n\n1.  Definitions\n    1.  \"A\" means a.\n2.  Duties\n    1.  See Section 1.1 and "
      "Section 7.\n\n### 7. General\n\nText.\n");
  EXPECT_TRUE(Has(other.text, "See Section {{ref: s1-1}} and Section 7.\n")) << other.text;
  EXPECT_TRUE(Has(Listed(other), "'Section 7' names a number that is typed and stays"))
      << Listed(other);
  EXPECT_FALSE(Has(Listed(other), "is not here"));
}

TEST(ImportReferences, ACitationOfALawIsNeverAReference) {
  constexpr std::string_view kCited[] = {
      "Article 1(2) of Regulation (EU) 2016/679",
      "Article 1 of Regulation (EU) 2016/679",
      "11 U.S.C. Section 1",
      "29 C.F.R. Section 1.1",
      "Section 1 of the Companies Act",
      "Section 1 Data Protection Act 2018",
      "the Companies Act 2006, Section 1",
      "the Delaware Code, Section 1.1",
      "GDPR, Article 1",
      "Regulation (EU) 2016/679, Article 1",
      "Article 1 GDPR",
      "Article 1 (1) and Article 2 of the Treaty",
      "Section 1A and Section 1-a",
      "Treas. Reg. Section 1.1",
      "Artikel 1 Abs. 2 DSGVO",
      "art\u00edculo 1 de la Ley 29/1994",
  };
  for (std::string_view words : kCited) {
    Imported imported =
        Import("# D\n\n## 1. A\n\n### 1.1 B\n\nx\n\n## 2. C\n\nUnder " + String(words) + ".\n");
    EXPECT_TRUE(Has(imported.text, "Under " + String(words) + ".\n")) << imported.text;
    EXPECT_TRUE(Lists(imported, "reference-other", 11)) << words << "\n" << Listed(imported);
  }
  constexpr Case kOurs[] = {
      {"By the terms of Schedule 1, Section 2 below applies.",
       "By the terms of Schedule 1, Section {{ref: s2}} below applies."},
      {"UNDER SECTION 2 THE PARTIES", "UNDER SECTION {{ref: s2}} THE PARTIES"},
      {"in the Act. Section 2 applies", "in the Act. Section {{ref: s2}} applies"},
      {"Sections 1 and 2 do not apply", "Sections {{ref: s1}} and {{ref: s2}} do not apply"},
      {"As Section 2 Customer says", "As Section {{ref: s2}} Customer says"},
      {"Ziffer 2 dieses Vertrags", "Ziffer {{ref: s2}} dieses Vertrags"},
      {"Schedule 1, Section 2 applies", "Schedule 1, Section 2 applies"},
      {"Section 1(2) and Section 1(1)(ii)", "Section {{ref: s1-2}} and Section {{ref: s1-1}}(ii)"},
  };
  for (const Case& c : kOurs) {
    Imported imported = Import("# D\n\n## 1. A\n\n1. x\n2. y\n\n## 2. C\n\n" + String(c.before) +
                               "\n" + String(kSigned));
    EXPECT_TRUE(Has(BodyOf(imported), String(c.after) + "\n")) << imported.text << Listed(imported);
  }
}

// --- what other tools are told -------------------------------------------------------------------

TEST(ImportConditions, WhatIsCertainBecomesAConditionOfOurs) {
  constexpr Case kCases[] = {
      {"{{#if has_fee}}The fee is due.{{else}}No fee.{{/if}} Dated {{ d | date }}.",
       "{{#if hasFee}}The fee is due.{{#else}}No fee.{{/if}} Dated {{= d | date }}."},
      {"{{#unless paid}}Pay.{{/unless}}", "{{#if !paid}}Pay.{{/if}}"},
      {"a {% if x and not y %}b{% elif z %}c{%- else -%}d{% endif %}",
       "a {{#if x && !y}}b{{#elif z}}c{{#else}}d{{/if}}"},
      {"% if pets:\nPets.\n% else:\n- None.\n% endif",
       "::: group {when=\"pets\"}\n\nPets.\n\n:::\n\n::: group {else}\n\n- None.\n\n:::"},
      {"{% if pets %}\n\n## Pets\n\nYes.\n\n{% endif %}",
       "::: group {when=\"pets\"}\n\n# Pets\n\nYes.\n\n:::"},
      {"{{#if a}}\nA.\n\n{{#if b}}\nB.\n{{/if}}\n{{/if}}",
       "::: group {when=\"a\"}\n\nA.\n\n::: group {when=\"b\"}\n\nB.\n\n:::\n\n:::"},
      {"${ tenant } pays ${ rent }.", "{{= tenant }} pays {{= rent }}."},
      {"a {# note #} b {{! c }} {{!-- {d} --}}e", "a {{! note }} b {{! c }} {{! {d} }}e"},
  };
  ExpectBodies(kCases);
  Imported fee = Import("{{#if has_fee}}Due.{{/if}}" + String(kSigned));
  EXPECT_TRUE(Has(fee.text, "  hasFee:\n    type: bool\n    label: \"has fee\"\n")) << fee.text;
  EXPECT_FALSE(testing::AssembleOrFail(testing::LoadTemplate(fee.text), "{}").pending.empty());
  EXPECT_TRUE(Lists(fee, "condition", 1)) << Listed(fee);
}

TEST(ImportConditions, WhatIsNotCertainIsLeftLoudly) {
  for (std::string_view text :
       {"{{#each items}}x{{/each}}", "{% for a in b %}x{% endfor %}", "{{ total() }}", "{{> part}}",
        "{{ if x }}a{{ end }}", "${ currency(rent) } due", "{{#if count > 3}}x{{/if}}",
        "<% if x %>a", "{{ name | title }}", "% for a in b:\nx\n% endfor", "{% if x %}\n\na",
        "{{ d | date }} {{#if d}}x{{/if}}", "1. One\n{% if x %}\n2. Two\n{% endif %}\n3. Three",
        "{% set x = 1 %}"}) {
    Imported imported = Import("# A\n\n" + String(text) + "\n" + String(kSigned));
    EXPECT_FALSE(imported.compilation.ok()) << imported.text;
    bool told =
        Has(Listed(imported), "Left as text, please decide") || Has(Listed(imported), "condition");
    EXPECT_TRUE(told) << text << Listed(imported);
    for (char c : text) {
      if (c >= '0' && c <= '9')
        EXPECT_TRUE(Has(BodyOf(imported), std::string_view(&c, 1))) << imported.text;
    }
  }
  // Words with such signs are words.
  constexpr Case kCases[] = {{"10 % of it, {1, 2} and 5 %", "10 % of it, {1, 2} and 5 %"},
                             {"% of the price", "% of the price"}};
  ExpectBodies(kCases);
}

TEST(ImportBlanksOfDays, AYearThatIsHalfPrintedIsFilledIn) {
  constexpr Case kCases[] = {
      {"Date: ___________, 20__.", "Date: {{= date | date }}."},
      {"Dated as of ________ 20__", "Dated as of {{= date | date }}"},
      {"this ____ day of ________, 20__.",
       "this {{= blank }} day of {{= blank2 }}, 20{{= year }}."},
      {"On __/__/20__ or in 20__", "On {{= date | date }} or in 20{{= year }}"},
      {"Word20__x and 1920__", "Word20__x and 1920__"},
  };
  ExpectBodies(kCases);
  Imported signature = Import("By: ____\n\nDate: ________, 20__\n");
  EXPECT_TRUE(Has(signature.text, "Date: {{signdate: party1Date, role=party1")) << signature.text;
}

TEST(ImportBlanksOfDays, QuotesThatMayBeABlankAreToldOf) {
  Imported imported = Import("Zwischen «Straße Nr.» und «Name».\n" + String(kSigned));
  EXPECT_TRUE(Has(Listed(imported), "'«Straße Nr.»' may be a blank")) << Listed(imported);
  EXPECT_TRUE(Has(Listed(imported), "'«Name»' may be a blank"));
}

// --- titles, covers, languages -------------------------------------------------------------------

TEST(ImportTitles, TheFirstOfSeveralPartsIsNoTitle) {
  Imported parts = Import("# Introduction\n\nHello.\n\n# Body\n\nText.\n\n# Fees\n\nText.\n");
  EXPECT_TRUE(Has(parts.text, "title: \"Agreement\"\n")) << parts.text;
  EXPECT_TRUE(Has(parts.text, "---\n# Introduction\n\nHello.\n\n# Body\n")) << parts.text;
  EXPECT_TRUE(Lists(parts, "heading", 1)) << Listed(parts);
  for (std::string_view text :
       {"# Deal\n\nText.\n\n## Fees\n\nx\n", "# Deal\n\n# Fees\n\nx\n\n# Law\n\ny\n",
        "# Deal\n\nText.\n\n# 1. Fees\n\nx\n\n# 2. Law\n\ny\n", "Deal\n====\n\nText.\n"}) {
    EXPECT_TRUE(Has(Import(text).text, "title: \"Deal\"\n")) << Import(text).text;
  }
  EXPECT_TRUE(Has(Import("# Service Agreement\n\nText.\n\n# Fees\n\nx\n").text,
                  "title: \"Service Agreement\"\n"));
  EXPECT_TRUE(Has(Import("# __Licence__\n\nText.\n").text, "title: \"Licence\"\n"));
}

TEST(ImportTitles, ATitleWithBlanksIsALineWithFields) {
  Imported imported = Import("# Agreement between [Customer] and [Provider]\n\n[Customer] pays.\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "title: \"Agreement\"\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text,
                  "**Agreement between {{= customer }} and {{= provider }}**\n\n{{= customer }} "
                  "pays.\n"))
      << imported.text;
  EXPECT_TRUE(Lists(imported, "heading", 1)) << Listed(imported);
  Imported column = Import("| | [Customer] | B |\n|---|---|---|\n| Signature | | |\n");
  EXPECT_TRUE(Has(column.text, "**{{= customer }}**\n")) << column.text;
  EXPECT_TRUE(Has(column.text, "customer: { label: \"Customer\", signs")) << column.text;
}

TEST(ImportTitles, ACoverPageThatIsThereIsNotAddedASecondTime) {
  Imported imported = Import(
      "# NDA\n\n## Cover Page\n\n**Purpose**\n\n[Evaluating a deal.]\n\n**Governing Law**\n\n[Fill "
      "in state]\n\n## Terms\n\nUse for the <span class=\"coverpage_link\">Purpose</span> under "
      "<span class=\"coverpage_link\">Governing Law</span> until the <span "
      "class=\"coverpage_link\">End Date</span>.\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text, "**Purpose**\n\n{{= purpose }}\n")) << imported.text;
  EXPECT_TRUE(Has(imported.text, "**Governing Law**\n\n{{= governingLaw }}\n"));
  EXPECT_FALSE(Has(imported.text, "**Cover Page**"));
  EXPECT_TRUE(Has(imported.text, "# Cover Page\n\n- **End Date**: {{= endDate | date }}\n"));
}

TEST(ImportLanguages, LinesToSignAreFoundInTheLanguageOfTheText) {
  constexpr Case kCases[] = {
      {"# Contrato\n\nEntre [Nombre del arrendador] y [Nombre del arrendatario], con fecha "
       "[fecha].\n\nFirma del arrendador: ____________ Fecha: ____________\n",
       "Firma del arrendador: {{sign: arrendadorFirma, role=arrendador, label=\"Firma "
       "(arrendador)\"}} Fecha: {{signdate: arrendadorFecha, role=arrendador"},
      {"# Mietvertrag\n\nDer Vertrag wird zwischen den Parteien geschlossen und ist mit der "
       "Unterschrift g\u00fcltig.\n\nVermieter\n\nFirma: ____\n\nOrt, Datum: ____\n\nUnterschrift: "
       "____\n",
       "Firma: {{input: vermieterFirma, role=vermieter, label=\"Firma (Vermieter)\"}}\n\nOrt, "
       "Datum: {{input: vermieterOrtDatum, role=vermieter, label=\"Ort, Datum "
       "(Vermieter)\"}}\n\nUnterschrift: {{sign: vermieterUnterschrift, role=vermieter"},
      {"# Bail\n\nLe contrat est fait par les parties et pour la dur\u00e9e du bail entre "
       "elles.\n\nFait \u00e0 ____, le ____\n\nSignature du Bailleur : ____\n",
       "Fait \u00e0 {{input: bailleurFaitA, role=bailleur, label=\"Fait \u00e0 (Bailleur)\"}}, le "
       "{{signdate: bailleurLe, role=bailleur, label=\"le (Bailleur)\"}}\n\nSignature du Bailleur "
       ": {{sign: bailleurSignature, role=bailleur"},
      {"# Umowa\n\nUmowa si\u0119 zawiera na rok oraz nie do ko\u0144ca, i w tym.\n\nPodpis: "
       "____\n",
       "Podpis: {{sign: strona1Podpis, role=strona1"},
  };
  constexpr std::string_view kLocales[] = {"es", "de", "fr", "pl"};
  for (size_t i = 0; i < std::size(kCases); ++i) {
    Imported imported = Import(kCases[i].before);
    EXPECT_TRUE(imported.compilation.ok())
        << imported.text << testing::Problems(imported.compilation);
    EXPECT_TRUE(Has(imported.text, kCases[i].after)) << imported.text << Listed(imported);
    EXPECT_TRUE(Has(imported.text, "\nlocale: " + String(kLocales[i]) + "\n")) << imported.text;
    EXPECT_TRUE(Lists(imported, "locale", 0)) << Listed(imported);
  }
}

TEST(ImportLanguages, AnUnclearTextIsEnglishAndTheListSaysSo) {
  Imported unclear = Import("Acme GmbH, 1010 Wien\n");
  EXPECT_TRUE(Has(unclear.text, "\nlocale: en\n"));
  EXPECT_TRUE(Has(Listed(unclear), "the words do not say which language they are"));
  Imported mixed = Import(
      "Der Vertrag ist von den Parteien und mit dem Anwalt. The contract is by the parties and "
      "with "
      "any of the others under this.\n");
  EXPECT_TRUE(Has(mixed.text, "\nlocale: en\n")) << mixed.text;
  // A company is no signature.
  Imported company = Import("We agree.\n\nFirma: ____\n");
  EXPECT_TRUE(Has(company.text, "Firma: {{= firma }}\n")) << company.text;
}

// --- as other tools write them -------------------------------------------------------------------

TEST(ImportStyles, WhatOtherToolsWriteIsReadOrToldOf) {
  constexpr Case kCases[] = {
      // pandoc and Google Docs.
      {"Due within \\[30\\] days, $[20], see [1].",
       "Due within {{= blank }} days, ${{= blank2 }}, see [1]."},
      {"## Who\n\nBy [\\[CUSTOMER NAME\\]]{.smallcaps} (**C**).",
       "# Who\n\nBy {{= customerName }} (**C**)."},
      {"+------+-----+\n| Item | Fee |\n+======+=====+\n| A    | 1   |\n| b    |     "
       "|\n+------+-----+\n| C    | 2   |\n+------+-----+",
       "| Item | Fee |\n| --- | --- |\n| A b | 1 |\n| C | 2 |"},
      {"10 m^2^ and H~2~O, x^y", "10 m\u00b2 and H\u2082O, x^y"},
      // Definitions.
      {"**Licensor**\n:   [Licensor Name].\n\n*Fee*\n\n~ 5 EUR",
       "**Licensor**: {{= licensor }}.\n\n*Fee*: 5 EUR"},
      // docassemble.
      {"[INDENT] A [BR] b.", "A b."},
      // A cover page in two columns.
      {"| | |\n|---|---|\n| **Term** | [3] years |\n| **Law** | [England and Wales] |",
       "- **Term**; {{= term }} years\n- **Law**; {{= law }}"},
      {"**Purpose**\n\n[To talk.]", "**Purpose**\n\n{{= purpose }}"},
      {"Start: [Date], owned by {{ owner_name }}",
       "Start: {{= start | date }}, owned by {{= ownerName }}"},
      {"Place, date: ____", "Place, date: {{= placeDate }}"},
  };
  ExpectBodies(kCases);
  // Two of a choice.
  EXPECT_TRUE(Has(Import("**Plan** (choose one)\n\n- [ ] A\n- [x] B\n").text, "option2"));
  for (std::string_view text :
       {"A[^1].\n\n[^1]: note", "a^[words at the foot]", "*[VAT]: Value added tax",
        "[{{x}} some words]", "+---+---+\n| a | b |\n+---+---+\n| a |\n+---+---+"}) {
    Imported imported = Import(String(text) + String(kSigned));
    EXPECT_TRUE(Has(Listed(imported), "Left as text, please decide")) << text << imported.text;
    EXPECT_FALSE(Has(imported.text, "default:")) << imported.text;
  }
  EXPECT_TRUE(Has(Listed(Import("( ) Yes (x) No")), "'(x)' is a box to tick"));
  for (std::string_view text : {"It is ~~not~~ due.", "ll. One\n\nl. Two", "@include a.md",
                                "\u00abA_B\u00bb, \u00abOrt\u00bb"}) {
    EXPECT_FALSE(Import(String(text) + String(kSigned)).compilation.ok()) << text;
  }
}

TEST(ImportStyles, WhoSignsIsWhoIsNamedThere) {
  Imported imported = Import(
      "# SOW\n\nText.\n\nCLIENT: [Client Legal Name]\n\nBy: {{signature_1}}\nName: "
      "{{signer_name}}\nDate: {{date_1}}\n\nVENDOR: [Vendor Legal Name]\n\nBy: "
      "________\nTitle: \\[Title\\]\n");
  EXPECT_TRUE(imported.compilation.ok()) << testing::Problems(imported.compilation);
  EXPECT_TRUE(Has(imported.text,
                  "CLIENT: {{= client }}\n\nBy: {{sign: clientBy, role=client, label=\"By "
                  "(Client)\"}}\\\nName: {{= signerName }}\\\nDate: {{signdate: clientDate, "
                  "role=client, label=\"Date (Client)\"}}\n\nVENDOR: {{= vendor }}\n\nBy: "
                  "{{sign: vendorBy, role=vendor, label=\"By (Vendor)\"}}\\\nTitle: {{input: "
                  "vendorTitle, role=vendor"))
      << imported.text;
  Imported lines = Import(
      "# Offer\n\nText.\n\n_______________________________\n<Manager Name>, <Manager "
      "Title>\n\n_______________________________          ______________\n<Candidate Name>         "
      " "
      "                Date\n");
  EXPECT_TRUE(lines.compilation.ok()) << testing::Problems(lines.compilation);
  EXPECT_TRUE(Has(lines.text, "{{sign: managerSignature, role=manager")) << lines.text;
  EXPECT_TRUE(Has(lines.text,
                  "role=candidate, label=\"Signature (Candidate)\"}}  {{signdate: "
                  "candidateDate, role=candidate"))
      << lines.text;
  Imported deed = Import(
      "# Deed\n\nText.\n\nSigned by \\[NAME OF DIRECTOR\\]\nfor **ACME LIMITED**\n\n"
      "\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\nDirector\n");
  EXPECT_TRUE(Has(deed.text, "Signed by {{= nameOfDirector }}\nfor **ACME LIMITED**")) << deed.text;
  EXPECT_TRUE(Has(deed.text, "{{sign: directorSignature, role=director")) << deed.text;
  // A title above a table of places is none of its own.
  Imported table = Import(
      "# D\n\nText.\n\n**Signed by:**\n\n| One | Two |\n|---|---|\n| Signature: | Signature: |\n");
  EXPECT_FALSE(Has(table.text, "Party 1")) << table.text;
  Imported mark = Import("# D\n\nText.\n\nLandlord:\n\n[SIGNATURE]\n");
  EXPECT_TRUE(Has(mark.text, "{{sign: landlordSignature, role=landlord")) << mark.text;
}

TEST(ImportStyles, WhatElseIsFilledInStaysInItsBlockOfSignatures) {
  Imported phone = Import("# D\n\nText.\n\nFor Buyer\n\nBy: ____\nPager: [pager]\nDate: ____\n");
  EXPECT_TRUE(Has(phone.text, "Pager: {{input: buyerPager, role=buyer")) << phone.text;
  EXPECT_TRUE(Has(phone.text, "Date: {{signdate: buyerDate, role=buyer")) << phone.text;
  Imported german = Import(
      "# Vertrag zwischen [Name des Auftraggebers] und ______\n\n## \u00a7 2 Verg\u00fctung\n\nDer "
      "Preis ist von der Partei und mit dem Datum ______ zu zahlen, \u00a7 1.\n\n"
      "______________________\n(Unterschrift Auftraggeber)\n\n______________________\nUnterschrift "
      "Auftragnehmer\n");
  EXPECT_TRUE(german.compilation.ok()) << testing::Problems(german.compilation);
  EXPECT_TRUE(Has(german.text, "title: \"Vertrag\"\nlocale: de\n")) << german.text;
  EXPECT_TRUE(Has(german.text, "  vergutung:\n    type: string\n    label: \"Verg\u00fctung\"\n"));
  EXPECT_TRUE(Has(german.text, "{{sign: auftraggeberUnterschrift, role=auftraggeber"));
  EXPECT_TRUE(Has(german.text, "{{sign: auftragnehmerUnterschrift, role=auftragnehmer"));
  EXPECT_TRUE(Has(Import("A [not used] b." + String(kSigned)).text, "A [not used] b."));
}

}  // namespace
}  // namespace countersign::importing
