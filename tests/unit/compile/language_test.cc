// The language reference tells everything that the compiler knows, and what it shows works.
#include "compile/language.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compile/declarations.h"
#include "support/templates.h"
#include "values/format.h"

namespace countersign::compile {
namespace {

bool IsTold(WordPlace place, std::string_view name) {
  return std::any_of(Words().begin(), Words().end(),
                     [&](const Word& word) { return word.place == place && word.name == name; });
}

TEST(Language, TheReferenceInTheRepositoryIsTheOneThatIsMade) {
  auto kept = testing::ReadFile(CS_TESTS_DIR "/../core/LANGUAGE.md");
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(*kept == LanguageReference())
      << "run: build/countersign template reference > core/LANGUAGE.md";
}

TEST(Language, TellsEveryKeyOfTheFrontMatter) {
  constexpr std::pair<KeyPlace, WordPlace> kPlaces[] = {
      {KeyPlace::kTop, WordPlace::kTopKey},
      {KeyPlace::kRole, WordPlace::kRoleKey},
      {KeyPlace::kField, WordPlace::kFieldKey},
      {KeyPlace::kComputed, WordPlace::kComputedKey},
      {KeyPlace::kWorkflow, WordPlace::kWorkflowKey}};
  for (auto [keys, words] : kPlaces) {
    for (std::string_view key : KnownKeys(keys)) EXPECT_TRUE(IsTold(words, key)) << key;
    for (const Word& word : Words()) {
      if (word.place != words) continue;
      std::span<const std::string_view> known = KnownKeys(keys);
      EXPECT_NE(std::find(known.begin(), known.end(), word.name), known.end()) << word.name;
    }
  }
}

TEST(Language, TellsEveryFormatAndNoOther) {
  size_t told = 0;
  for (const Word& word : Words()) {
    if (word.place != WordPlace::kFormat) continue;
    EXPECT_TRUE(values::Format::Parse(word.name).has_value()) << word.name;
    ++told;
  }
  EXPECT_EQ(told, static_cast<size_t>(values::kFormatCount));
}

TEST(Language, EveryExampleCompiles) {
  size_t examples = 0;
  for (const Word& word : Words()) {
    bool needs_one = word.place == WordPlace::kTag || word.place == WordPlace::kAttribute ||
                     word.place == WordPlace::kFormat;
    EXPECT_EQ(needs_one, !word.example.empty()) << word.name;
    if (word.example.empty()) continue;
    Library library;
    library.Add("notices.md", "---\nclause: notices\nstatus: approved\n---\nText.\n");
    Compilation compilation =
        CompileTemplate(String(kExampleFront) + String(word.example), library);
    EXPECT_TRUE(compilation.ok()) << word.name << "\n" << testing::Problems(compilation);
    ++examples;
  }
  EXPECT_GT(examples, 20U);
}

TEST(Language, EveryMacroAndTypeIsUnderstood) {
  for (const Word& word : Words()) {
    String front(kExampleFront);
    if (word.place == WordPlace::kType) {
      String currency = word.name == "money" ? ", currency: EUR" : "";
      front.insert(front.rfind("---"),
                   "  more: { type: '" + String(word.name) + "'" + currency + " }\n");
    } else if (word.place == WordPlace::kMacro) {
      if (word.name == "has") continue;  // of records, which only `source` reads
      front.insert(front.rfind("---"), "computed: { more: \"" + String(word.form) + "\" }\n");
    } else {
      continue;
    }
    Compilation compilation = CompileTemplate(front + "Text.\n");
    EXPECT_TRUE(compilation.ok()) << word.name << "\n" << testing::Problems(compilation);
  }
}

TEST(Language, TellsEditorsTheSame) {
  json::Value told = DescribeLanguage();
  EXPECT_EQ(told.Find("words")->items().size(), Words().size());
  int everywhere = 0;
  for (int i = 0; i < expression::kFunctionCount; ++i) {
    everywhere += !IsWide(static_cast<expression::Function>(i));
  }
  EXPECT_EQ(told.Find("functions")->items().size(), static_cast<size_t>(everywhere));
  bool round = false;
  for (const json::Value& function : told.Find("functions")->items()) {
    if (function.Find("name")->string_value() != "round") continue;
    round = true;
    EXPECT_EQ(function.Find("style")->string_value(), "either");
    EXPECT_EQ(function.Find("forms")->items()[0].string_value(),
              "round(decimal, int, string): decimal");
  }
  EXPECT_TRUE(round);
}

TEST(Language, WordsAreRefusedWhereTheLocaleHasNone) {
  auto code = [](std::string_view locale) {
    String source(kExampleFront);
    source.insert(4, "locale: " + String(locale) + "\n");
    Compilation compilation = CompileTemplate(source + "{{= seats | words }}\n");
    for (const Diagnostic& found : compilation.diagnostics) {
      if (found.severity == Severity::kError) return String(DiagnosticName(found.code));
    }
    return String();
  };
  EXPECT_EQ(code("de-AT"), "");
  EXPECT_EQ(code("sv"), "T901");
}

// --- the guide -----------------------------------------------------------------------------------

struct Block {
  String kind;  // what stands behind ```
  String text;
  size_t line = 0;
};

Vector<Block> BlocksOf(std::string_view guide) {
  Vector<Block> blocks;
  bool inside = false;
  size_t line = 0;
  for (size_t i = 0; i < guide.size();) {
    size_t end = std::min(guide.find('\n', i), guide.size());
    std::string_view row = guide.substr(i, end - i);
    ++line;
    i = end + 1;
    if (row.starts_with("```")) {
      if (!inside) blocks.push_back({.kind = String(row.substr(3)), .text = {}, .line = line});
      inside = !inside;
    } else if (inside) {
      blocks.back().text.append(row).append("\n");
    }
  }
  EXPECT_FALSE(inside);
  return blocks;
}

// Kinds of block: "markdown clause" a file of the library from there on; "markdown template" a
// whole template without a problem; "markdown text" a body behind the front matter of the last
// whole one, without an error; "markdown wrong T402" a body that is refused so; "json values" and
// "text printed" what the last text gives with them.
TEST(Guide, EveryExampleInItDoesWhatItSays) {
  auto guide = testing::ReadFile(CS_TESTS_DIR "/../examples/templates/GUIDE.md");
  ASSERT_TRUE(guide.has_value());
  String front, last, bytes, values = "{}";
  Library library;
  size_t templates = 0, texts = 0, refused = 0, printed = 0;
  for (const Block& block : BlocksOf(*guide)) {
    SCOPED_TRACE("GUIDE.md:" + NumberText(block.line));
    if (block.kind == "markdown clause") {
      EXPECT_TRUE(library.Add("clause.md", block.text).empty());
    } else if (block.kind == "markdown template") {
      Compilation compilation = CompileTemplate(block.text);
      EXPECT_TRUE(compilation.ok() && compilation.diagnostics.empty())
          << testing::Problems(compilation);
      front = block.text.substr(0, block.text.find("\n---\n") + 5);
      last = block.text;
      bytes = compilation.bytes;
      ++templates;
    } else if (block.kind == "markdown text") {
      last = front + block.text;
      Compilation compilation = CompileTemplate(last, library);
      EXPECT_TRUE(compilation.ok()) << testing::Problems(compilation);
      bytes = compilation.bytes;
      ++texts;
    } else if (block.kind.starts_with("markdown wrong ")) {
      Compilation compilation = CompileTemplate(front + block.text, library);
      String code = block.kind.substr(block.kind.rfind(' ') + 1);
      EXPECT_TRUE(
          std::any_of(compilation.diagnostics.begin(), compilation.diagnostics.end(),
                      [&](const Diagnostic& found) { return DiagnosticName(found.code) == code; }))
          << testing::Problems(compilation);
      ++refused;
    } else if (block.kind == "json values") {
      values = block.text;
    } else if (block.kind == "text printed") {
      auto contract = templates::Template::Load(bytes);
      ASSERT_TRUE(contract.has_value());
      EXPECT_EQ(document::LinearText(testing::AssembleOrFail(*contract, values).document, {}),
                block.text);
      ++printed;
    } else {
      EXPECT_EQ(block.kind, "sh");
    }
  }
  EXPECT_GE(templates, 1U);
  EXPECT_GE(texts, 5U);
  EXPECT_GE(refused, 2U);
  EXPECT_GE(printed, 3U);
}

}  // namespace
}  // namespace countersign::compile
