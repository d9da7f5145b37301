// Clauses of the library in a template: what stands there, what is refused, what is pinned.
#include "compile/include.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::Source;

constexpr std::string_view kFields =
    "roles: { customer: { label: Customer, signs: true } }\n"
    "fields:\n"
    "  uptime: { type: decimal, label: Uptime, options: [\"99.5\", \"99.9\"] }\n"
    "  tier: { type: string, label: Tier, options: [gold, standard] }\n";

String File(std::string_view head, std::string_view text) {
  return "---\n" + String(head) + "\n---\n" + String(text);
}

Library Filled(std::initializer_list<std::string_view> files) {
  Library library;
  int number = 0;
  for (std::string_view file : files) {
    auto problems = library.Add("clauses/" + NumberText(++number) + ".md", file);
    EXPECT_TRUE(problems.empty()) << ToText(problems[0]);
  }
  return library;
}

const String kLiability =
    File("clause: liability\nstatus: approved\napprovedBy: Legal\nwhy: Board decision of 2026",
         "# Limitation of liability {#liability}\n\nEach party is liable for intent.\n");
const String kGold = File("clause: sla/credits\nvariant: gold\nstatus: approved",
                          "Ten percent, where uptime was below {{= uptime | number }} %.\n");
const String kStandard = File("clause: sla/credits\nvariant: standard\nstatus: approved",
                              "Five percent.\n\nOnce a year. {else when=\"uptime > 99.5\"}\n");

Compilation Compile(std::string_view body, const Library& library) {
  return CompileTemplate(Source(kFields, body), "t.md", library);
}

String Codes(const Compilation& compilation) {
  String codes;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.code == DiagnosticCode::kFieldUnused) continue;
    codes += (codes.empty() ? "" : " ") + String(DiagnosticName(diagnostic.code));
  }
  return codes;
}

String TextWith(const Compilation& compilation, std::string_view values) {
  EXPECT_TRUE(compilation.ok()) << testing::Problems(compilation);
  if (!compilation.ok()) return {};
  auto contract = templates::Template::Load(compilation.bytes);
  return document::LinearText(testing::AssembleOrFail(*contract, values).document, {});
}

TEST(Include, TheClausesTextStandsThereLockedWithWhoApprovedIt) {
  Library library = Filled({kLiability});
  Compilation compilation = Compile(
      "# First\n\nText.\n\n{{include: liability}}\n\n# Last\n\nSee {{ref: liability}}.\n", library);
  EXPECT_EQ(Codes(compilation), "T805");
  EXPECT_EQ(TextWith(compilation, "{}"),
            "Sample\n\n1. First\n\nText.\n\n2. Limitation of liability\n\nEach party is liable for "
            "intent.\n\n3. Last\n\nSee 2.\n");
  auto contract = templates::Template::Load(compilation.bytes);
  EXPECT_EQ(contract->locked_units(), (Vector<String>{"liability"}));
  EXPECT_NE(compilation.bytes.find("Legal: Board decision of 2026"), String::npos);
  EXPECT_EQ(contract->library().size(), 1U);
}

TEST(Include, ATemplateThatIncludesNothingPinsNothing) {
  Compilation compilation = Compile("Text.\n", Filled({kLiability}));
  EXPECT_EQ(compilation.bytes.find("\"library\""), String::npos);
}

TEST(Include, AVariantStandsWhereTheExpressionNamesIt) {
  Library library = Filled({kGold, kStandard});
  String body = "{{include: sla/credits, variant=\"uptime >= 99.9 ? 'gold' : 'standard'\", pin=\"" +
                PinOf(library.Variants("sla/credits")) + "\"}}\n";
  Compilation compilation = Compile(body, library);
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.9"})"),
            "Sample\n\nTen percent, where uptime was below 99.9 %.\n");
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.5"})"), "Sample\n\nFive percent.\n");
  compilation = Compile("{{include: sla/credits, variant=\"tier\"}}\n", library);
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.5","tier":"gold"})"),
            "Sample\n\nTen percent, where uptime was below 99.5 %.\n");
}

TEST(Include, AVariantThatIsNamedByItsNameAloneIsNothingToWarnOf) {
  Library library = Filled({kGold, kStandard});
  String pin = PinOf(library.Variants("sla/credits"));
  Compilation compilation =
      Compile("{{= tier }}.\n\n{{include: sla/credits, variant=\"'gold'\", pin=\"" + pin + "\"}}\n",
              library);
  EXPECT_EQ(Codes(compilation), "");
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.9","tier":"gold"})"),
            "Sample\n\ngold.\n\nTen percent, where uptime was below 99.9 %.\n");
}

TEST(Include, AnElseOfTheClauseBelongsToTheClause) {
  String clause = File("clause: c\nvariant: a\nstatus: approved",
                       "Low. {when=\"uptime < 99.9\"}\n\nHigh. {else}\n");
  Library library = Filled({clause});
  Compilation compilation = Compile("{{include: c, variant=\"'a'\"}}\n", library);
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.5"})"), "Sample\n\nLow.\n");
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.9"})"), "Sample\n\nHigh.\n");
}

TEST(Include, AConditionBehindTheTagIsOneOfAllThatIsIncluded) {
  String clause = File("clause: c\nstatus: approved", "- one\n- two {when=\"tier == 'gold'\"}\n");
  Compilation compilation =
      Compile("Always.\n\n{{include: c}} {when=\"uptime > 99.5\"}\n", Filled({clause}));
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.5","tier":"gold"})"), "Sample\n\nAlways.\n");
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.9","tier":"standard"})"),
            "Sample\n\nAlways.\n\n\xE2\x80\xA2 one\n");
}

TEST(Include, AnElseBehindAnIncludeAsksForItsConditionWhateverTheClauseIsMadeOf) {
  constexpr std::string_view kClauses[] = {
      "Extra. {when=\"uptime > 99.5\"}\n",
      "Premium.\n\nExtra. {when=\"uptime > 99.5\"}\n",
      "Low. {when=\"uptime < 99.9\"}\n\nHigh. {else}\n",
      "1. one\n2. two\n",
      "| A |\n|---|\n| b |\n",
      "::: group {#g}\nIn a group.\n:::\n",
  };
  for (std::string_view text : kClauses) {
    Library library = Filled({File("clause: c\nstatus: approved", text)});
    Compilation compilation = Compile(
        "{{= uptime }}\n\n{{include: c}} {when=\"tier == 'gold'\"}\n\nNothing. {else}\n", library);
    EXPECT_EQ(Codes(compilation), "T805") << text;
    EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.5","tier":"gold"})").find("Nothing"),
              String::npos)
        << text;
    EXPECT_NE(TextWith(compilation, R"({"uptime":"99.5","tier":"standard"})").find("Nothing"),
              String::npos)
        << text;
  }
  // Nothing stands there in its place: it is always there.
  Library library =
      Filled({File("clause: c\nstatus: approved", "Extra. {when=\"uptime > 99.5\"}\n"),
              File("clause: d\nstatus: approved", "Other. {else}\n")});
  EXPECT_EQ(Codes(Compile("{{include: c}}\n\nNothing. {else}\n", library)), "T805 T274");
  // Nor does a clause go on with what stands in front of it.
  EXPECT_EQ(Codes(Compile("A. {when=\"uptime > 99.5\"}\n\n{{include: d}}\n", library)),
            "T805 T274");
}

TEST(Include, AConditionAndThatOfTheClauseAreNoAlternativesOfTheTemplate) {
  Library library = Filled(
      {File("clause: c\nstatus: approved", "Low. {when=\"uptime < 99.9\"}\n\nHigh. {else}\n"),
       File("clause: v\nvariant: b\nstatus: approved",
            "Low. {when=\"uptime < 99.9\"}\n\nHigh. {else}\n"),
       File("clause: v\nvariant: c\nstatus: draft", "Later.\n")});
  EXPECT_EQ(Codes(Compile("{{include: c}} {when=\"uptime > 99.5\"}\n", library)), "T805");
  EXPECT_EQ(Codes(Compile("{{= uptime }}\n\n{{include: v, variant=\"'c'\"}}\n", library)),
            "T805 T802");
}

TEST(Include, ACircleOrAFileWithErrorsIsCalledByItsName) {
  Library library = Filled({File("clause: one\nstatus: approved", "{{include: two}}\n"),
                            File("clause: two\nstatus: approved", "{{include: one}}\n")});
  const String codes = Codes(Compile("{{include: one}}\n", library));
  EXPECT_NE(codes.find("T771"), String::npos);
  EXPECT_EQ(codes.find("T267"), String::npos) << codes;
  Library wrong;
  EXPECT_FALSE(wrong.Add("bad.md", File("clause: bad\nstatus: Approved", "x\n")).empty());
  const auto hint = [](std::string_view body, const Library& given) {
    String text = "none";
    for (const Diagnostic& diagnostic : Compile(body, given).diagnostics) {
      if (diagnostic.code == DiagnosticCode::kClauseUnknown) text = diagnostic.hint;
    }
    return text;
  };
  EXPECT_EQ(hint("{{include: bad}}\n", wrong), "Its file is there, but has errors of its own.");
  EXPECT_EQ(hint("{{include: other}}\n", wrong), "");
  EXPECT_NE(hint("{{include: bad}}\n", Library()).find("no library"), String::npos);
}

TEST(Include, ATableStandsUnderTheConditionOfItsVariant) {
  String clause = File("clause: c\nvariant: gold\nstatus: approved",
                       "| Uptime | Credit |\n|---|---|\n| 99 | {{= uptime | number }} |\n");
  String other = File("clause: c\nvariant: standard\nstatus: approved", "None.\n");
  Compilation compilation = Compile("{{include: c, variant=\"tier\"}}\n", Filled({clause, other}));
  EXPECT_NE(TextWith(compilation, R"({"uptime":"99.5","tier":"gold"})").find("99.5"), String::npos);
  EXPECT_EQ(TextWith(compilation, R"({"uptime":"99.5","tier":"standard"})"), "Sample\n\nNone.\n");
}

TEST(Include, ClausesMayIncludeClausesAndHeadingsMayBeginLower) {
  String outer =
      File("clause: outer\nstatus: approved", "# Outer\n\n{{include: liability, level=2}}\n");
  Compilation compilation = Compile("{{include: outer}}\n", Filled({outer, kLiability}));
  EXPECT_EQ(
      TextWith(compilation, "{}"),
      "Sample\n\n1. Outer\n\n1.1 Limitation of liability\n\nEach party is liable for intent.\n");
}

TEST(Include, ALockAroundAnIncludeEndsWhereItsOwnTextEnds) {
  Library library = Filled({kLiability});
  Compilation one = Compile("# A {#a lock}\n\nx\n\n{{include: liability}}\n\n# B\n\ny\n", library);
  Compilation two = Compile("# A {#a lock}\n\nx\n\n{{include: liability}}\n\n# B\n\nz\n", library);
  ASSERT_TRUE(one.ok() && two.ok());
  auto lock = [](const Compilation& compilation) {
    size_t at = compilation.bytes.find("\"lock\"");
    return compilation.bytes.substr(at, 150);
  };
  EXPECT_EQ(lock(one), lock(two));
}

TEST(Include, AProblemOfTheClauseIsToldInTheClausesFile) {
  String clause = File("clause: c\nstatus: approved", "\xC3\x9C {{= uptme | number }}\n");
  Compilation compilation = Compile("{{include: c}}\n", Filled({clause}));
  EXPECT_EQ(Codes(compilation), "T805 T402");
  const Diagnostic* unknown = nullptr;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.code == DiagnosticCode::kUnknownName) unknown = &diagnostic;
  }
  ASSERT_NE(unknown, nullptr);
  EXPECT_EQ(unknown->file, "clauses/1.md");
  EXPECT_EQ(unknown->span.line, 5U);
  EXPECT_EQ(unknown->span.col, 7U);
  EXPECT_EQ(unknown->excerpt, "\xC3\x9C {{= uptme | number }}");
  EXPECT_FALSE(unknown->fix.has_value()) << "a fix is one of the template's own bytes";
}

TEST(Include, IsRefusedWhereItCannotStand) {
  struct Case {
    std::string_view body, codes;
  };
  String draft = File("clause: draft", "Text.\n");
  String circle = File("clause: circle\nstatus: approved", "{{include: circle}}\n");
  String half = File("clause: half\nvariant: a\nstatus: approved", "A.\n");
  String other = File("clause: half\nvariant: b\nstatus: draft", "B.\n");
  String plain = File("clause: plain\nstatus: approved", "Pay now.\n");
  Library library = Filled({kLiability, kGold, kStandard, draft, circle, half, other, plain});
  constexpr Case kCases[] = {
      {"{{include: liabilty}}\n", "T470"},
      {"Inline {{include: liability}}\n", "T290"},
      {"{{include: draft}}\n", "T802"},
      {"{{include: liability, pin=\"sha256:00\"}}\n", "T804"},
      {"{{include: liability, variant=\"'a'\"}}\n", "T471"},
      {"{{include: liability, colour=red}}\n", "T455 T805"},
      {"{{include: liability, level=7}}\n", "T255 T805"},
      {"{{include: liability}} {#x}\n", "T805 T267"},
      {"{{include: liability}}\n\nSwallowed.\n", "T805 T291"},
      {"{{include: liability}}\n\n{{include: plain}}\n", "T805 T291"},
      {"{{include: liability}}\n\n## Below it\n", "T805 T291"},
      {"{{include: sla/credits}}\n", "T472"},
      {"{{include: sla/credits, variant=\"'silver'\"}}\n", "T471"},
      {"{{include: sla/credits, variant=\"tier + 'x'\"}}\n", "T473"},
      {"{{include: half, variant=\"tier == 'gold' ? 'a' : 'b'\"}}\n", "T802"},
  };
  for (const Case& refused : kCases) {
    String codes = Codes(Compile(refused.body, library));
    for (std::string_view rest = refused.codes; !rest.empty();) {
      std::string_view code = rest.substr(0, 4);
      EXPECT_NE(codes.find(code), String::npos) << refused.body << codes;
      rest.remove_prefix(std::min<size_t>(rest.size(), 5));
    }
  }
  EXPECT_NE(Codes(Compile("{{include: circle}}\n", library)).find("T771"), String::npos);
  EXPECT_EQ(Codes(Compile("{{include: liability}}\n", Library())), "T470");
  EXPECT_EQ(
      Codes(Compile("{{include: liability}}\n\n::: schedule {#s title=\"S\"}\nx\n:::\n", library)),
      "T805");
  EXPECT_EQ(Codes(Compile("{{include: plain}}\n\n{{include: liability}}\n", library)), "T805 T805");
}

TEST(Include, AVariantThatIsNotApprovedIsNotSuggested) {
  const auto hint = [](const Library& library) {
    for (const Diagnostic& diagnostic : Compile("{{include: c}}\n", library).diagnostics) {
      if (diagnostic.code == DiagnosticCode::kVariantMissing) return diagnostic.hint;
    }
    return String();
  };
  const String draft = File("clause: c\nvariant: a\nstatus: draft", "A.\n");
  const String good = File("clause: c\nvariant: b\nstatus: approved", "B.\n");
  EXPECT_NE(hint(Filled({draft, good})).find("variant=\"'b'\""), String::npos);
  EXPECT_NE(hint(Filled({draft})).find("None of them is approved"), String::npos);
}

TEST(Include, HasALimitOfDepthAndOfNumber) {
  Library library;
  for (size_t i = 0; i <= kMaxIncludeDepth; ++i) {
    String next = i == 0 ? "Deepest.\n" : "{{include: c" + NumberText(i - 1) + "}}\n";
    library.Add("c.md", File("clause: c" + NumberText(i) + "\nstatus: approved", next));
  }
  auto include = [&](size_t depth) {
    return Codes(Compile("{{include: c" + NumberText(depth - 1) + "}}\n", library));
  };
  EXPECT_EQ(include(kMaxIncludeDepth).find("T770"), String::npos);
  EXPECT_NE(include(kMaxIncludeDepth + 1).find("T770"), String::npos);
  String one = "{{include: c0, pin=\"" + PinOf(library.Variants("c0")) + "\"}}\n\n";
  String many;
  for (size_t i = 0; i < kMaxIncludes; ++i) many += one;
  EXPECT_EQ(Codes(Compile(many, library)), "");
  EXPECT_EQ(Codes(Compile(many + one, library)), "T770");
  String large(kMaxIncludedBytes / 4, 'x');
  Library wide;
  wide.Add("w.md", File("clause: w\nstatus: approved", large + "\n"));
  EXPECT_NE(
      Codes(Compile("{{include: w}}\n\n{{include: w}}\n\n{{include: w}}\n\n{{include: w}}\n", wide))
          .find("T770"),
      String::npos);
}

TEST(Include, TheFixForAMissingPinPinsIt) {
  Library library = Filled({kLiability});
  String source = Source(kFields, "{{include: liability, level=1}}\n");
  Compilation compilation = CompileTemplate(source, "t.md", library);
  const Diagnostic* missing = nullptr;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.code == DiagnosticCode::kPinMissing) missing = &diagnostic;
  }
  ASSERT_TRUE(missing != nullptr && missing->fix.has_value());
  source.replace(missing->fix->byte.begin, 0, missing->fix->text);
  EXPECT_EQ(Codes(CompileTemplate(source, "t.md", library)), "");
  Library changed;
  changed.Add("l.md", kLiability + "\nMore.\n");
  EXPECT_EQ(Codes(CompileTemplate(source, "t.md", changed)), "T804");
}

TEST(Include, TheSameBytesComeFromTheSourceAndTheFilesItPins) {
  Library library = Filled({kLiability, kGold, kStandard});
  String source =
      Source(kFields, "{{include: sla/credits, variant=\"tier\"}}\n\n{{include: liability}}\n");
  Compilation compilation = CompileTemplate(source, "t.md", library);
  ASSERT_TRUE(compilation.ok()) << testing::Problems(compilation);
  // Of the files, in any order, under any name.
  std::string_view files[] = {kStandard, kLiability, kGold};
  EXPECT_EQ(*Recompile(source, files), compilation.bytes);
  EXPECT_FALSE(Recompile(source, std::span(files).first(1)).has_value());
  EXPECT_FALSE(Recompile(source).has_value());
  String other = kGold + "\nMore.\n";
  files[2] = other;
  EXPECT_NE(*Recompile(source, files), compilation.bytes);
}

TEST(Include, ThePinsOfACompiledTemplateAreSortedAndWellFormed) {
  Compilation compilation =
      Compile("{{include: sla/credits, variant=\"tier\"}}\n", Filled({kGold, kStandard}));
  ASSERT_TRUE(compilation.ok());
  json::Value good = testing::Plain(compilation.bytes);
  auto with = [&](json::Array pins) {
    json::Value changed = good;
    changed.Set("library", json::Value::List(std::move(pins)));
    auto loaded = templates::Template::Load(json::Write(changed));
    return loaded ? "" : String(loaded.error().name()) + String(loaded.error().path());
  };
  json::Array pins = good.Find("library")->items();
  ASSERT_EQ(pins.size(), 2U);
  EXPECT_EQ(with(pins), "");
  EXPECT_EQ(with({pins[1], pins[0]}), "schema.bad_value/library");
  EXPECT_EQ(with({pins[0], pins[0]}), "schema.bad_value/library");
  EXPECT_EQ(with({}), "schema.bad_value/library");
  EXPECT_EQ(with({json::Value::String("x")}), "schema.bad_value/library");
  EXPECT_EQ(with({json::Value::Int(1)}), "schema.bad_value/library");
}

TEST(Outline, LeavesOutWhatTheLibraryWrote) {
  Compilation compilation =
      Compile("# Own {#own}\n\n{{include: liability}}\n", Filled({kLiability}));
  size_t units = 0;
  for (const Name& name : compilation.names) {
    if (name.kind == NameKind::kUnit) ++units;
  }
  EXPECT_EQ(units, 1U);
}

}  // namespace
}  // namespace countersign::compile
