// LegalDown: its examples become templates, its rules are kept. The examples and half of its rule
// fixtures lie beside the repository and are read where they are; what is told of each rule here is
// told without them.
#include "legaldown/legaldown.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "compile/yaml.h"
#include "support/legaldown.h"
#include "values/plain_json.h"

namespace countersign::legaldown {
namespace {

namespace fs = std::filesystem;

// --- rules, each by a text of our own

struct Case {
  std::string_view body, told;
};

TEST(LegalDownRules, OfTheTextAreToldAtTheirLines) {
  const Case kCases[] = {
      {"# A {#a}\n", ""},
      {"# A {#a}\n\n### B {#b}\n", "heading-skip:3"},
      {"## A {#a}\n", "heading-skip:1"},
      {"# A {#a}\n\n# B {#a}\n", "anchor-duplicate:3"},
      {"# A {#a}\n\n- one {#a}\n", "anchor-duplicate:3"},
      {"# A {#A}\n", "anchor-format:1"},
      {"# A {#a}\n\nSome {#x} text.\n", "warning anchor-misplaced:3"},
      {"Text. {#x}\n\n# A {#a}\n", "warning anchor-misplaced:1"},
      {"# A {#a}\n\n> Text. {#x}\n", "warning anchor-misplaced:3"},
      {"# A {#a}\n\nThe sign `{#x}` and <!-- {#y} -->.\n", ""},
      {"# One\n\n# One\n", "warning anchor-autogen-collision:3"},
      {"# \xD0\x9E\xD0\xBF\n", "warning anchor-lossy-slug:1"},
      {"# 1. Scope {#a}\n", "warning heading-hardcoded-number:1"},
      {"# Article IV {#a}\n", "warning heading-hardcoded-number:1"},
      {"# 30 Days {#a}\n", ""},
      {"# A {#a}\n\nSee {{ref: a\n", "directive-malformed:3"},
      {"# A {#a}\n\nSee {{field: \"x, type=y}}\n", "directive-malformed:3"},
      {"# A {#a}\n\nOn {{date: 2026-01-01, 2026-01-02}}.\n", "directive-malformed:3"},
      {"# A {#a}\n\nOn {{date: 2026-01-01, note=a, note=b}}.\n", "directive-duplicate-param:3"},
      {"# A {#a}\n\nOn {{dates: 2026-01-01}}.\n", "directive-unknown:3"},
      {"# A {#a}\n\nOn {{date: 2026-01-01, x=y}}.\n", "warning directive-unknown-param:3"},
      {"# A {#a}\n\nA {{ brace.\n", "warning brace-stray:3"},
      {"# A {#a}\n\nA }} brace and `}}`.\n", ""},
      {"# A {#a}\n\nA \\{{ref: x}} and `{{ref: y}}`.\n", ""},
      {"# A {#a}\n\nOf {{party: acme, label=\xE2\x80\x9C"
       "x\xE2\x80\x9D}}.\n",
       "warning value-curly-quote:3"},
      {"# A {#a}\n\n{{include: https://x.example/a.lgd}}\n", "path-not-relative:3"},
      {"# A {#a}\n\n![x](/etc/a.png)\n", "path-not-relative:3"},
      {"# A {#a}\n\nA <b>word</b>.\n", "warning raw-html:3, warning raw-html:3"},
      {"# A {#a}\n\n<div>\nx\n</div>\n", "warning raw-html:3"},
      {"# A {#a}\n\n<!-- of\nus -->\n", ""},
      {"# A {#a}\n\nSee {{ref: b}}.\n", "ref-broken:3"},
      {"# A {#a}\n\nText. {#p}\n\nSee {{ref: p}}.\n", "warning ref-not-enumerated:5"},
      {"# A {#a}\n\nThe {{term: x}}.\n", "term-undefined:3"},
      {"# A {#a}\n\n\"X\" {{def: x}} is a {{term: y}}.\n\n\"Y\" {{def: y}} is an {{term: x}}.\n",
       "warning definition-circular:3, info definition-used-before-declaration:3, "
       "warning definition-circular:5"},
      {"# A {#a}\n\n\"X\" {{def: x}} and \"X\" {{def: x}}. {{term: x}}\n", "def-duplicate-id:3"},
      {"# A {#a}\n\n\"X\" {{def:}} and \"x\" {{def:}}. {{term: x}}\n", "def-autogen-collision:3"},
      {"# A {#a}\n\nX {{def: x}}. {{term: x}}\n", "def-no-quoted-span:3, term-undefined:3"},
      {"# A {#a}\n\n\"X\"\n{{def: x}}.\n", "def-no-quoted-span:4"},
      {"# A {#a}\n\n**\"X\"** {{def: x}}. {{term: x}}\n", "warning def-emphasis:3"},
      {"# A {#a}\n\n\xE2\x80\x98"
       "Buyer\xE2\x80\x99s\xE2\x80\x99 {{def: x}}. {{term: x}}\n",
       "warning def-single-quote-ambiguous:3"},
      {"# A {#a}\n\n\"\xD0\x9E\xD0\xBF\" {{def:}}. {{term: section}}\n",
       "warning def-lossy-slug:3"},
      {"# A {#a}\n\n\"X\" {{def: x}}.\n", "warning def-unreferenced:3"},
      {"# A {#a}\n\n{{date: 2026-02-30}}\n", "date-invalid:3"},
      {"# A {#a}\n\n{{money: -1, currency=EUR}}\n", "money-invalid-amount:3"},
      {"# A {#a}\n\n{{money: 1,000, currency=EUR}}\n", "directive-malformed:3"},
      {"# A {#a}\n\n{{money: 1, currency=XQZ}}\n", "warning money-unknown-currency:3"},
      {"# A {#a}\n\n{{money: 1}}\n", "warning money-missing-currency:3"},
      {"# A {#a}\n\n{{party: 9a}}\n", "party-name-malformed:3"},
      {"# A {#a}\n\n{{party: nobody}}\n", "party-unknown:3"},
      {"# A {#a}\n\n{{side: 9a}}\n", "side-name-malformed:3"},
      {"# A {#a}\n\n{{side: nobody}}\n", "side-unknown:3"},
      {"# A {#a}\n\n{{duration: 0, unit=D}}\n", "duration-invalid-value:3"},
      {"# A {#a}\n\n{{duration: 3, unit=M}}\n", "duration-invalid-unit:3"},
      {"# A {#a}\n\n{{duration: 3}}\n", "duration-invalid-unit:3"},
      {"# A {#a}\n\n{{field: x}}\n", "field-type-missing:3"},
      {"# A {#a}\n\n{{placeholder: 9a}}\n", "placeholder-id-malformed:3"},
      {"# A {#a}\n\n{{placeholder: a, type=int}}\n", "placeholder-type-invalid:3"},
      {"# A {#a}\n\n{{placeholder: a}} {{placeholder: a, type=date}}\n",
       "placeholder-type-inconsistent:3"},
      {"# A {#a}\n\n{{placeholder: a, type=money, currency=XQZ}}\n",
       "warning placeholder-unknown-currency:3"},
      {"# A {#a}\n\n{{date: 2026-01-01, note=**x**}}\n", "note-invalid:3"},
      {"# A {#a}\n\n{{attach: x}}\n", "attach-undeclared:3"},
      {"# A {#a}\n\n{{include: a.pdf}}\n", "include-not-legaldown:3"},
      {"# A {#a}\n\n{{include: a.lgd}}\n", "include-file-missing:3"},
  };
  for (const Case& each : kCases) EXPECT_EQ(ToldOf(each.body), each.told) << each.body;
  EXPECT_EQ(ToldOf("# A {#a}\n\n## B {#b}\n\n### C {#c}\n\n#### D {#d}\n\n##### E {#e}\n\n"
                   "###### F {#f}\n"),
            "heading-depth:11");
}

TEST(LegalDownRules, OfTheFrontMatterAreToldAtTheirLines) {
  auto told = [](std::string_view front) {
    return Joined(Told(
        CompileTexts({{"main.lgd", "---\n" + String(front) + "---\n\n# A {#a}\n"}}).compilation));
  };
  constexpr std::string_view kSides =
      "sides:\n  - name: a\n    parties: [{ name: x, type: legal_entity, legal_name: X }]\n"
      "  - name: b\n    parties: [{ name: y, type: natural_person, legal_name: Y }]\n";
  auto more = [&](std::string_view front) { return told(String(kSides) + String(front)); };
  EXPECT_EQ(more("title: T\n"), "");
  EXPECT_EQ(more(""), "title-missing:2");
  EXPECT_EQ(told("title: T\n"), "warning sides-absent:2");
  EXPECT_EQ(told("title: [\n"), "frontmatter-invalid-yaml:2");
  EXPECT_EQ(more("title: T\neffective_date: 2026-13-01\n"), "metadata-date-invalid:8");
  EXPECT_EQ(more("title: T\neffective_date: \"{{placeholder: d, type=date}}\"\n"), "");
  EXPECT_EQ(more("title: T\nlanguage: xx\n"), "warning language-code-invalid:8");
  EXPECT_EQ(more("title: T\nlanguage: en\nauthoritative: de\n"),
            "warning authoritative-not-declared:9");
  EXPECT_EQ(more("title: T\nlegaldown: \"0.3\"\n"), "warning legaldown-version-newer:8");
  EXPECT_EQ(more("title: T\nlegaldown: \"0.2\"\n"), "");
  EXPECT_EQ(more("title: T\ndocument_type: lease\n"), "document-type-invalid:8");
  EXPECT_EQ(more("title: T\ndocument_type: unilateral_act\n"), "issuer-side-required:3");
  EXPECT_EQ(more("title: T\nfield_types:\n  A_b: x\n"), "field-type-key-format:9");
  EXPECT_EQ(more("title: T\nfield_types:\n  date: x\n"), "field-type-key-reserved:9");
  EXPECT_EQ(more("title: T\nsupersedes:\n  file: x.pdf\n"),
            "supersedes-title-empty:8, warning supersedes-file-missing:9");
  EXPECT_EQ(more("title: T\namends:\n  file: x.lgd\n"),
            "amends-title-empty:8, amends-file-missing:9");
  EXPECT_EQ(told("title: T\nsides:\n  - name: a\n    parties: [{ name: x, type: legal_entity }]\n"),
            "parties-minimum:3, sides-minimum:3");
  EXPECT_EQ(told("title: T\ndocument_type: \"{{placeholder: x}}\"\n"),
            "warning sides-absent:2, placeholder-in-structural-field:3");
  EXPECT_EQ(
      told("title: T\nsides:\n  - name: a\n    parties: [{ name: x, type: firm }]\n  - name: a\n"
           "    parties: [{ name: x, type: natural_person, date_of_birth: x }]\n  - name: B\n"
           "    parties: [{ name: z, type: legal_entity, representatives: [{ name: \"\" }] }]\n"),
      "party-type-invalid:5, party-name-duplicate:6, side-name-duplicate:6, "
      "date-of-birth-invalid:7, side-party-name-format:8, representative-name-empty:9");
  EXPECT_EQ(Joined(Told(CompileTexts({{"main.lgd", "# A {#a}\n"}}).compilation)),
            "warning frontmatter-absent:1");
}

TEST(LegalDownRules, OfSeveralFilesAreToldInTheirFile) {
  auto told = [](const Texts& texts) { return Joined(Told(CompileTexts(texts).compilation)); };
  String front = String(kHead.substr(0, kHead.size() - 4));
  String attached =
      front +
      "attachments:\n  - id: s\n    title: S\n    file: s.lgd\n---\n\n# A {#a}\n\n{{attach: s}}\n";
  EXPECT_EQ(told({{"main.lgd", attached}, {"s.lgd", "Text.\n\n## B {#b}\n"}}), "");
  EXPECT_EQ(told({{"main.lgd", attached}}), "attachment-file-missing:19");
  EXPECT_EQ(told({{"main.lgd", attached}, {"s.lgd", "---\nx: y\n---\n\n# B {#a}\n"}}),
            "s.lgd attachment-has-frontmatter:2, s.lgd attachment-has-h1:5, "
            "s.lgd attachment-anchor-duplicate:5");
  EXPECT_EQ(
      told({{"main.lgd",
             front + "attachments: [{ id: a, title: \"\", file: s.pdf }, { id: a, "
                     "title: T, file: s.pdf }]\n---\n\n# A {#a}\n\n{{ref: b}} {{ref: a}}\n"},
            {"s.pdf", ""}}),
      "attachment-id-collision:16, warning attachment-unreferenced:16, attachment-title-empty:16, "
      "attachment-id-duplicate:16, ref-broken:21");
  EXPECT_EQ(told({{"main.lgd", With("# A {#a}\n\n{{include: p/a.lgd}}\n")},
                  {"p/a.lgd", "Text.\n\n### B {#a}\n\n{{include: ../p/a.lgd}}\n"}}),
            "p/a.lgd include-heading-skip:3, p/a.lgd include-anchor-duplicate:3, p/a.lgd "
            "include-cycle:5");
  EXPECT_EQ(told({{"main.lgd", With("# A {#a}\n\n{{include: a.lgd}}\n")},
                  {"a.lgd", "---\nx: y\n---\n# B {#b}\n"}}),
            "a.lgd include-has-frontmatter:2, a.lgd include-has-h1:4");
  String amends = front + "amends:\n  title: O\n  file: o.lgd\n---\n\n# A {#a}\n\n";
  Texts amended = {{"main.lgd", amends + "{{term: x}} {{term: y}}\n"},
                   {"o.lgd", "---\ntitle: O\n---\n\n\"X\" {{def: x}}.\n"}};
  EXPECT_EQ(told(amended), "amend-term-undefined:23");
  amended["main.lgd"] = amends + "\"X\" {{def: x}} {{term: x}}\n";
  EXPECT_EQ(told(amended), "warning amend-def-override:23");
  EXPECT_EQ(told({{"main.lgd", front + "amends:\n  title: O\n---\n\n# A {#a}\n\n{{term: y}}\n"}}),
            "info amend-term-unresolvable:22");
}

TEST(LegalDownRules, OfTranslationsAreToldInBothFiles) {
  auto told = [](std::string_view body, std::string_view other,
                 std::string_view languages = "fr: fr.lgd") {
    String front = String(kHead.substr(0, kHead.size() - 4)) + "authoritative: en\nlanguage: ";
    return Joined(
        Told(CompileTexts(
                 {{"main.lgd",
                   front + "en\ntranslations: { " + String(languages) + " }\n---\n" + String(body)},
                  {"fr.lgd", front + "fr\ntranslations: { en: main.lgd }\n---\n" + String(other)}})
                 .compilation));
  };
  EXPECT_EQ(told("# A {#a}\n", "# B {#a}\n"), "");
  EXPECT_EQ(told("# A {#a}\n", "# B {#b}\n"),
            "translation-anchor-mismatch:20, fr.lgd translation-anchor-mismatch:20");
  EXPECT_EQ(told("# A {#a}\n\n## C {#c}\n", "# B {#a}\n\n# C {#c}\n"),
            "translation-hierarchy-mismatch:22, fr.lgd translation-hierarchy-mismatch:22");
  EXPECT_EQ(told("# A {#a}\n\n\"X\" {{def: x}} {{term: x}}\n", "# B {#a}\n"),
            "translation-def-mismatch:22");
  EXPECT_EQ(told("# A {#a}\n", "# A\n"), "fr.lgd translation-implicit-id:20");
  EXPECT_EQ(told("# A {#a}\n", "# A {#a}\n", "fr: fr.lgd, de: fr.lgd"),
            "translation-language-set-mismatch:18, fr.lgd translation-language-set-mismatch:18");
  EXPECT_EQ(told("# A {#a}\n", "# A {#a}\n", "fr: gone.lgd"), "translation-file-missing:18");
}

TEST(LegalDown, IdentifiersAreMadeAsItsSpecificationSays) {
  auto slug = [](std::string_view text) { return MakeLegalDownSlug(text).text; };
  EXPECT_EQ(slug("Confidential Information & Trade Secrets"),
            "confidential-information-trade-secrets");
  EXPECT_EQ(slug("D\xC3\xA9"
                 "finitions G\xC3\xA9n\xC3\xA9rales"),
            "definitions-generales");
  EXPECT_EQ(slug("Smluvn\xC3\xAD pokuta"), "smluvni-pokuta");
  EXPECT_EQ(slug("Haftungsausschlu\xC3\x9F"), "haftungsausschluss");
  EXPECT_EQ(slug("\xD0\x9E\xD0\xBF"), "section");
  EXPECT_EQ(slug("30 Days"), "section-30-days");
  EXPECT_TRUE(MakeLegalDownSlug("\xD0\x9E").lossy);
  EXPECT_FALSE(MakeLegalDownSlug("A \xE2\x80\x94 B\xE2\x80\x99s").lossy);
  EXPECT_EQ(slug(String(63, 'a') + " b"), String(63, 'a'));
}

TEST(LegalDown, PathsAreToldInTheirShortestForm) {
  EXPECT_EQ(JoinPath("", "a/../b.lgd"), "b.lgd");
  EXPECT_EQ(JoinPath("parts/a.lgd", "../b.lgd"), "b.lgd");
  EXPECT_EQ(JoinPath("parts/a.lgd", "./c/d.lgd"), "parts/c/d.lgd");
  EXPECT_EQ(JoinPath("", "../../x.lgd"), "../../x.lgd");
}

// --- what it becomes

TEST(LegalDown, BecomesATemplateThatPartiesSign) {
  LegalDownDocument document = CompileTexts(
      {{"main.lgd", String(kHead.substr(0, kHead.size() - 4)) +
                        "attachments:\n  - id: prices\n    title: \"Schedule A: Prices\"\n    "
                        "file: p.lgd\n---\n"
                        "Between {{party: acme}} and the {{side: buyers}} <!-- both -->.\n\n"
                        "> WHEREAS things are sold;\n\n# Goods\n\n\"Goods\" {{def:}} are in "
                        "{{attach: prices}}.\n\n"
                        "- within {{duration: 36, unit=H}} {#when}\n- by {{placeholder: carrier, "
                        "note=Who drives}}\n\n"
                        "As {{ref: when}} says, {{term: goods, label=a good}} costs {{money: "
                        "0.045, currency=EUR}}.\n"
                        "{{include: more.lgd}}\n"},
       {"p.lgd", "Prices of {{term: goods}}.\n\n## Each\n\nOne.\n"},
       {"more.lgd", "## More\n\nWords.\n"}});
  EXPECT_EQ(Shown(document, "{\"carrier\":\"Cargo Ltd\"}"),
            "Contract\n\nBetween Acme and the Buyers.\n\nWHEREAS things are sold;\n\n1. Goods\n\n"
            "\"Goods\" are in Schedule A: Prices.\n\n(a) within 36 hours\n\n(b) by Cargo Ltd\n\n"
            "As 1(a) says, a good costs 0.045 EUR.\n\n1.1 More\n\nWords.\n\nSignatures\n\n"
            "Acme Ltd\n[Signature (Acme)] [Date (Acme)]\n\n"
            "Beta Buyer\n[Signature (Beta Buyer)] [Date (Beta Buyer)]\n\n"
            "Schedule A: Prices\n\nPrices of Goods.\n\n2. Each\n\nOne.\n");
}

TEST(LegalDown, CodeAndEntitiesKeepTheirCharacters) {
  LegalDownDocument document = CompileTexts(
      {{"main.lgd",
        With("# A {#a}\n\nA &amp; b `{{x}}` c&nbsp;d.\n\n```\none {{ref: y}}\n\ntwo\n```\n\n"
             "5. five\n6. six\n")}});
  EXPECT_EQ(Shown(document),
            "Contract\n\n1. A\n\nA & b {{x}} c\xC2\xA0"
            "d.\n\none {{ref: y}}\n\ntwo\n\n(a) five\n\n(b) six\n\n"
            "Signatures\n\nAcme Ltd\n[Signature (Acme)] [Date (Acme)]\n\n"
            "Beta Buyer\n[Signature (Beta Buyer)] [Date (Beta Buyer)]\n");
}

TEST(LegalDown, WhatTheTemplateSaysIsToldInLegalDownsFile) {
  LegalDownDocument document = CompileTexts({{"main.lgd", With("# A {#a}\n\n{{include: b.lgd}}\n")},
                                             {"b.lgd", "Text.\n\nA &hearts; b.\n"}});
  EXPECT_EQ(Joined(Told(document.compilation)), "b.lgd T256:3");
}

TEST(LegalDown, AFragmentMissesNothingOfItsDocument) {
  LegalDownDocument document = CompileTexts({{"main.lgd",
                                              "Of the {{term: services}}, see {{ref: there}}, "
                                              "{{party: x}}.\n\n## Sub {#sub}\n\nText.\n"}});
  EXPECT_TRUE(document.compilation.ok()) << testing::Problems(document.compilation);
  EXPECT_EQ(Joined(Told(document.compilation)),
            "warning frontmatter-absent:1, info term-undefined:1, info ref-broken:1, info "
            "party-unknown:1");
}

TEST(LegalDown, ItsBoundsHold) {
  Texts texts = {{"main.lgd", With("# A {#a}\n\n{{include: f0.lgd}}\n")}};
  for (int i = 0; i < 12; ++i)
    texts["f" + NumberText(i) + ".lgd"] = "Text.\n\n{{include: f" + NumberText(i + 1) + ".lgd}}\n";
  texts["f12.lgd"] = "End.\n";
  String told = Joined(Told(CompileTexts(texts).compilation));
  EXPECT_NE(told.find("T770"), String::npos) << told;
  Texts wide = {{"main.lgd", With("# A {#a}\n")}};
  String all;
  for (size_t i = 0; i < kMaxLegalDownFiles + 10; ++i)
    all += "{{include: w" + NumberText(i) + ".lgd}}\n\n";
  LegalDownFiles files("main.lgd", With(all));
  size_t put = 0;
  for (Vector<String> wanted = files.Wanted(); !wanted.empty(); wanted = files.Wanted()) {
    for (const String& path : wanted) files.Put(path, "Text.\n"), ++put;
  }
  EXPECT_LE(put, kMaxLegalDownFiles);
  EXPECT_FALSE(CompileLegalDown(files).compilation.ok());
}

TEST(LegalDown, ANameOfTheTemplateIsToldWhereTheDocumentHasIt) {
  const String text = With("# Goods {#goods}\n\nSold. {{include: more.lgd}}\n");
  LegalDownDocument document =
      CompileTexts({{"main.lgd", text}, {"more.lgd", "## Elsewhere {#elsewhere}\n\nText.\n"}});
  ASSERT_TRUE(document.compilation.ok()) << Joined(Told(document.compilation));
  bool found = false;
  for (const compile::Name& name : document.compilation.names) {
    EXPECT_LE(name.span.byte.end, text.size()) << name.id;
    EXPECT_NE(name.id, "elsewhere") << "it is in another file";
    if (name.kind != compile::NameKind::kUnit || name.id != "goods") continue;
    found = true;
    EXPECT_TRUE(text.substr(name.span.byte.begin).starts_with("# Goods"));
  }
  EXPECT_TRUE(found);
}

// --- the files beside the repository

std::optional<LegalDownDocument> CompileShared(const fs::path& path,
                                               Readiness readiness = Readiness::kOpen) {
  auto text = testing::ReadFile(path.string());
  if (!text) return std::nullopt;
  LegalDownFiles files(path.filename().string(), *text);
  for (Vector<String> wanted = files.Wanted(); !wanted.empty(); wanted = files.Wanted()) {
    for (const String& name : wanted) {
      files.Put(name, testing::ReadFile((path.parent_path() / std::string(name)).string()));
    }
  }
  return CompileLegalDown(files, readiness);
}

Vector<fs::path> SharedFiles(const String& folder, std::string_view ending) {
  Vector<fs::path> paths;
  fs::path root = std::string(testing::SharedPath(folder));
  if (!fs::exists(root)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(LegalDown, EveryExampleBecomesATemplate) {
  Vector<fs::path> paths = SharedFiles("legaldown/examples", ".lgd");
  if (paths.empty()) GTEST_SKIP() << "skipped: the examples are not here";
  size_t good = 0;
  for (const fs::path& path : paths) {
    auto document = CompileShared(path);
    ASSERT_TRUE(document.has_value()) << path;
    good += document->compilation.ok() ? 1 : 0;
    String told = Joined(Told(document->compilation, path.filename().string()));
    std::printf("      %s: %s%s%s\n",
                fs::relative(path, std::string(testing::SharedPath("legaldown/examples"))).c_str(),
                document->compilation.ok() ? "ok" : "refused", told.empty() ? "" : ", ",
                std::string(told).c_str());
    EXPECT_TRUE(document->compilation.ok()) << testing::Problems(document->compilation);
    EXPECT_EQ(compile::CompileTemplate(document->text).bytes, document->compilation.bytes);
  }
  std::printf("      %zu of %zu examples\n", good, paths.size());
}

// Where we say less than LegalDown, and why.
struct Difference {
  std::string_view fixture, reason;
};
constexpr Difference kDifferences[] = {
    {"invalid/supersedes-file-missing/main.lgd",
     "a file that is not LegalDown is never read: that it is not there is a warning"},
    {"invalid/authoritative-not-declared/basic.lgd",
     "the translation that it names is not there, an error of LegalDown's full level"}};

TEST(LegalDown, EveryFixtureIsToldAtItsLine) {
  size_t passed = 0, total = 0;
  for (const char* ending : {"expected.json"}) {
    for (const fs::path& path : SharedFiles("legaldown/fixtures", ending)) {
      auto expected = testing::Plain(*testing::ReadFile(path.string()));
      const json::Value* entry = expected.Find("entry");
      const json::Value* config = expected.Find("requires_config");
      // A directory that is the root, and answers, are nothing that a check is given.
      const bool is_final = config != nullptr && config->Find("final") != nullptr;
      if (config != nullptr && !is_final) continue;
      String name = path.filename().string();
      String main = entry != nullptr
                        ? entry->string_value()
                        : name.substr(0, name.size() - String(".expected.json").size()) + ".lgd";
      auto document = CompileShared(path.parent_path() / std::string(main),
                                    is_final ? Readiness::kFinal : Readiness::kOpen);
      ASSERT_TRUE(document.has_value()) << path;
      const auto& told = document->compilation.diagnostics;
      const json::Array& wanted = expected.Find("diagnostics")->items();
      String missing;
      for (const json::Value& each : wanted) {
        const json::Value* file = each.Find("file");
        bool found =
            std::any_of(told.begin(), told.end(), [&](const compile::Diagnostic& diagnostic) {
              return diagnostic.rule == each.Find("rule")->string_value() &&
                     compile::SeverityName(diagnostic.severity) ==
                         each.Find("level")->string_value() &&
                     (each.Find("line") == nullptr ||
                      diagnostic.span.line == each.Find("line")->int_value()) &&
                     (file == nullptr || diagnostic.file == file->string_value());
            });
        if (!found) missing += json::Write(each) + " ";
      }
      bool wrong = false;  // an error where none is expected
      for (const compile::Diagnostic& diagnostic : told) {
        if (diagnostic.severity != compile::Severity::kError) continue;
        bool known = std::any_of(wanted.begin(), wanted.end(), [&](const json::Value& each) {
          return each.Find("level")->string_value() == "error";
        });
        wrong = wrong || !known;
      }
      ++total;
      if (missing.empty() && !wrong) {
        ++passed;
        continue;
      }
      String label = String(fs::relative(path.parent_path(),
                                         std::string(testing::SharedPath("legaldown/fixtures")))
                                .string()) +
                     "/" + main;
      std::string_view reason;
      for (const Difference& difference : kDifferences) {
        if (label == difference.fixture) reason = difference.reason;
      }
      std::printf("      %s: %s\n", std::string(label).c_str(), std::string(reason).c_str());
      EXPECT_FALSE(reason.empty()) << label << " wants " << missing << "and is told "
                                   << Joined(Told(document->compilation, main));
    }
  }
  if (total == 0) GTEST_SKIP() << "skipped: the fixtures are not here";
  std::printf("      %zu of %zu fixtures\n", passed, total);
}

// An answers set in YAML, as far as it has texts, truths, counts and maps of them.
json::Value AnswersIn(const compile::YamlNode& node) {
  if (node.kind == compile::YamlKind::kScalar) {
    if (!node.quoted && (node.text == "true" || node.text == "false"))
      return json::Value::Bool(node.text == "true");
    return json::Value::String(node.text);
  }
  json::Value all = json::Value::Make({});
  for (size_t i = 0; i + 1 < node.items.size(); i += 2)
    all.Set(node.items[i].text, AnswersIn(node.items[i + 1]));
  return all;
}

// Without what a template fixes when it is made: its title, and what its signers are called.
String WithoutNames(const String& text) {
  String plain = text.substr(std::min(text.find('\n'), text.size()));
  for (size_t at = plain.find(" ("); at != String::npos; at = plain.find(" (", at + 1)) {
    const bool mark =
        plain.substr(0, at).ends_with("[Signature") || plain.substr(0, at).ends_with("[Date");
    const size_t close = plain.find(")]", at);
    if (mark && close != String::npos) plain = plain.substr(0, at) + plain.substr(close + 1);
  }
  return plain;
}

// What LegalDown's own assembly makes of a template and answers is, rendered, what we render.
TEST(LegalDown, AnAssembledDocumentIsTheOneThatIsRendered) {
  constexpr Difference kOpenBlanks[] = {
      {"draft-and-line-starts", "a blank is called by its question, which assembly takes out"}};
  size_t passed = 0, total = 0;
  for (const fs::path& path : SharedFiles("legaldown/fixtures/assembly", "answers.yaml")) {
    const fs::path folder = path.parent_path();
    fs::path other = folder / "expected.lgd";
    if (!fs::exists(other)) other = folder / "expected" / "template.lgd";
    auto document = CompileShared(folder / "template.lgd");
    auto expected = CompileShared(other);
    ASSERT_TRUE(document && expected) << folder;
    compile::SourceFile source("answers.yaml", *testing::ReadFile(path.string()));
    compile::DiagnosticSink sink(source);
    auto yaml = compile::ReadYaml({0, static_cast<uint32_t>(source.text().size())}, &sink);
    ASSERT_TRUE(yaml.has_value()) << path;
    json::Value values = ValuesOf(*document, AnswersIn(*yaml));
    ASSERT_TRUE(document->compilation.ok()) << testing::Problems(document->compilation);
    for (const templates::Field& field : document->compilation.contract->fields()) {
      if (field.initial && values.Find(field.id) == nullptr)
        values.Set(field.id, *values::ToJson(*field.initial));
    }
    const String ours = WithoutNames(Shown(*document, json::Write(values)));
    const String theirs = WithoutNames(Shown(*expected));
    ++total;
    passed += ours == theirs ? 1 : 0;
    if (ours == theirs) continue;
    std::string_view reason;
    for (const Difference& difference : kOpenBlanks) {
      if (folder.filename().string() == difference.fixture) reason = difference.reason;
    }
    std::printf("      %s: %s\n", folder.filename().c_str(), std::string(reason).c_str());
    EXPECT_FALSE(reason.empty()) << folder << "\n" << ours << "\n--- wanted\n" << theirs;
  }
  if (total == 0) GTEST_SKIP() << "skipped: the assembled documents are not here";
  std::printf("      %zu of %zu assembled documents\n", passed, total);
}

}  // namespace
}  // namespace countersign::legaldown
