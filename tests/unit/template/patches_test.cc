// The incremental assembler against the whole one, and both against the naive one: random
// templates, random values, every keystroke.
#include <gtest/gtest.h>

#include <random>

#include "support/html_patches.h"
#include "support/naive_assembler.h"
#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::LoadTemplate;
using testing::Source;

class Author {
 public:
  explicit Author(uint32_t seed) : random_(seed) {}

  String Write() {
    String body;
    numbered_ = Below(2) == 0;
    for (int i = Below(3); i >= 0; --i) body += Paragraph();
    int sections = 1 + Below(5);
    for (int i = 0; i < sections; ++i) {
      body += Section(1);
      if (Below(4) == 0) body += Schedule();
    }
    constexpr std::string_view kSchemes[] = {"sections", "outline", "mixed"};
    String keys = "numbering: " + String(numbered_ ? kSchemes[Below(3)] : "items") +
                  (Below(3) == 0 ? "\nbullets: numbered" : "") +
                  "\nroles:\n  customer: {label: C, signs: true}\nfields:\n";
    for (char name = 'a'; name <= 'c'; ++name) {
      keys += "  " + String(1, name) + ": {type: int, label: Field " + String(1, name) + "}\n";
    }
    keys +=
        "  p: {type: bool, label: P}\n  q: {type: bool, label: Q}\n  s: {type: string, label: S}\n"
        "  l: {type: list(int), label: L}\n"
        "  r: {type: string, role: customer, label: R}\n"
        "computed:\n  sum: a + b\n  twice: sum * 2\n  odd: c % 2 == 1\n  ratio: a / b\n";
    return Source(keys, body);
  }

  String Value(char name) {
    if (name == 'p' || name == 'q') return Below(2) == 0 ? "true" : "false";
    if (name == 's' || name == 'r') {
      constexpr std::string_view kTexts[] = {"\"x\"", "\"<b>\"", "\"line\\nline\"", "\"\"",
                                             "\"yes\""};
      return String(kTexts[Below(5)]);
    }
    if (name == 'l') {
      constexpr std::string_view kLists[] = {"[]", "[1]", "[2,0]", "[3,1,2]"};
      return String(kLists[Below(4)]);
    }
    return NumberText(Below(6) - 1);
  }

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

 private:
  String Condition() {
    constexpr std::string_view kConditions[] = {
        "a > 2",  "p",        "!p",         "q || p", "sum > 4",   "odd",       "b == 1",
        "p && q", "s == 'x'", "twice >= 6", "c < 3",  "ratio > 1", "r == 'yes'"};
    return String(kConditions[Below(13)]);
  }

  // Opens a repeat where it says each: `loops_` names its variable and all around it.
  String Attributes(bool with_omitted) {
    int kind = Below(5);
    if (kind == 0) return Below(8) == 0 ? " {keep}" : "";
    String text = " {#u" + NumberText(++units_);
    if (kind == 4 && loops_.size() < 2) {
      String name = "v" + NumberText(units_);
      text += " each=\"" + name + " in " +
              (!loops_.empty() && Below(2) == 0 ? "[1, " + loops_.back() + "]" : "l") + "\"";
      loops_.push_back(name);
      if (Below(2) == 0) text += " when=\"" + name + (Below(2) == 0 ? " > a" : " < 3") + "\"";
    } else if (kind > 1) {
      text += " when=\"" + Condition() + "\"";
    }
    if (text.find(" when=") != String::npos && kind > 2 && with_omitted)
      text += " omitted=\"Left out.\"";
    return text + (Below(6) == 0 ? " keep}" : "}");
  }

  String Words() {
    constexpr std::string_view kPieces[] = {
        "plain words",
        "**strong {{= a }}**",
        "{{= sum | number }}",
        "{{= s }}",
        "_em_",
        "{{input: r}}",
        "{{= p ? 'yes' : 'no' }}",
        "`code`",
        "{{= twice }}",
        "{{#if p}}**{{= a }}**{{#elif sum > 3}}{{= b }}{{#else}}{{= s }}{{/if}}",
        "{{#each x in l, join=and}}_{{= x }}_{{#if x > a}}!{{/if}}{{/each}}",
        "{{#if q}}{{input: r}}{{/if}}",
        "{{#each x in l}}{{#each y in l, join=\"-\"}}{{= x * y + c }}{{/each}};{{/each}}"};
    String text = "Words";
    for (int i = Below(4); i > 0; --i) {
      String piece(kPieces[Below(13)]);
      if (!loops_.empty() && piece.find("{{input") != String::npos)
        piece = "{{= " + loops_.back() + " * 2 + b }}";
      if (loops_.size() == 2 && piece.find("y in l") != String::npos) continue;  // too deep
      text += " " + piece;
    }
    return text + ".";
  }

  // Attributes stand behind the words that may read their variable.
  String Line(bool with_omitted) {
    String attributes = Attributes(with_omitted);
    return Words() + attributes;
  }

  String Paragraph() {
    size_t open = loops_.size();
    String text = Line(true) + "\n\n";
    loops_.resize(open);
    return text;
  }

  String List() {
    String text;
    bool ordered = Below(2) == 0;
    int items = 1 + Below(4);
    for (int i = 1; i <= items; ++i) {
      size_t open = loops_.size();
      text += (ordered ? NumberText(i) + ". " : "- ") + Line(true) + "\n";
      if (Below(3) == 0) text += (ordered ? "   1. " : "  1. ") + Line(false) + "\n";
      loops_.resize(open);
    }
    return text + "\n";
  }

  String Table() {
    String text = "| Head " + NumberText(Below(9)) + " | {{= a }} |" + Attributes(false) +
                  "\n|---|" + (Below(2) == 0 ? "--:|" : ":-:|") + "\n";
    size_t open = loops_.size();
    for (int i = 1 + Below(3); i > 0; --i) {
      String attributes = Attributes(true);
      text += "| " + Words() + " | " + Words() + " |" + attributes + "\n";
      loops_.resize(open);
    }
    return text + "\n";
  }

  // Recitals, or a group of what else there is.
  String Container(int level) {
    size_t open = loops_.size();
    bool recitals = Below(2) == 0;
    String text = String("::: ") + (recitals ? "recitals" : "group");
    text += Attributes(true) + "\n";
    if (recitals) text += Paragraph() + Paragraph();
    if (!recitals) text += Paragraph() + (level < 3 ? Section(level + 1) : List());
    loops_.resize(open);
    return text + ":::\n\n";
  }

  // Half of them number anew, and some of these are referred to, from inside and from outside.
  String Schedule() {
    bool restarts = Below(2) == 0, referred = Below(2) == 0;
    size_t open = loops_.size();
    String name = "u" + NumberText(++units_), target = "u" + NumberText(++units_);
    String text = "::: schedule {#" + name + " title=\" Schedule " + NumberText(units_) +
                  (Below(2) == 0 ? " : Words\"" : "\"") + (restarts ? " restart" : "");
    if (!referred && Below(2) == 0) {
      text += " when=\"" + Condition() + "\"" + (Below(2) == 0 ? " omitted=\"Left out.\"" : "");
    } else if (!referred && Below(2) == 0) {
      loops_.push_back("v" + name);
      text += " each=\"v" + name + " in l\"";
    }
    text += String(Below(3) == 0 ? " keep" : "") + "}\n" + Paragraph();
    const String in = "In {{ref: " + target + "}}.\n\n";
    if (!numbered_) text += "1. Item {#" + target + "}\n\n" + in;
    if (Below(2) == 0) text += List() + "Behind.\n\n";
    if (Below(2) == 0) text += Section(2);
    if (numbered_) text += "## Heading {#" + target + "}\n\n" + in;
    loops_.resize(open);
    text += ":::\n\n";
    if (referred) text += "::: group\nSee {{ref: " + target + "}}.\n\n" + Paragraph() + ":::\n\n";
    return text;
  }

  String Section(int level) {
    String text = String(static_cast<size_t>(level), '#') + " Heading";
    size_t open = loops_.size();
    if (Below(4) == 0) text += " {{= b }}";
    String attributes = Attributes(true);
    String self = attributes.find("{#u") == 0 + 1
                      ? attributes.substr(3, attributes.find_first_of(" }", 3) - 3)
                      : "";
    if (Below(5) == 0) {  // without its number nothing can refer to it
      attributes = attributes.empty()
                       ? " {unnumbered}"
                       : attributes.substr(0, attributes.size() - 1) + " unnumbered}";
      self.clear();
    }
    text += attributes + "\n\n";
    if (!self.empty() && numbered_ && Below(3) == 0) text += "See {{ref: " + self + "}}.\n\n";
    for (int i = Below(3); i >= 0; --i) {
      size_t inner = loops_.size();
      if (Below(4) == 0) text += Table();
      loops_.resize(inner);
      bool list = Below(3) == 0 && !text.ends_with("- ");
      text += list ? List() + "Between.\n\n" : Paragraph();
    }
    if (Below(5) == 0) text += Container(level);
    if (level < 3 && Below(2) == 0) text += Section(level + 1);
    loops_.resize(open);
    return text;
  }

  std::mt19937 random_;
  int units_ = 0;
  bool numbered_ = true;
  Vector<String> loops_;
};

void ExpectSame(const Assembly& a, const Assembly& b) {
  EXPECT_EQ(document::Write(a.document), document::Write(b.document));
  EXPECT_EQ(a.pending, b.pending);
  EXPECT_EQ(a.computed, b.computed);
  EXPECT_EQ(a.validations, b.validations);
  EXPECT_EQ(a.fields, b.fields);
  EXPECT_EQ(a.problems, b.problems);
}

TEST(Patches, LeadToWhatTheWholeAssemblyGives) {
  int steps = 0, patches_seen = 0, settled = 0;
  for (uint32_t seed = 1; seed <= 120; ++seed) {
    Author author(seed);
    String source = author.Write();
    json::Value compiled = testing::Plain(testing::CompileBytes(source));
    Template contract = LoadTemplate(source);
    Assembler assembler(contract);
    ASSERT_TRUE(assembler.Reset({}).has_value());
    String html = assembler.Html();
    for (int step = 0; step < 40; ++step, ++steps) {
      char name = "abcpqsrl"[author.Below(8)];
      String id(1, name);
      std::optional<values::Value> value;
      if (author.Below(5) != 0) {
        auto parsed =
            ReadValues(contract, testing::Plain("{\"" + id + "\":" + author.Value(name) + "}"));
        ASSERT_TRUE(parsed.has_value());
        value = (*parsed)[0].value;
      }
      auto patches = assembler.Set(id, value);
      ASSERT_TRUE(patches.has_value());
      patches_seen += static_cast<int>(patches->size());
      testing::Apply(*patches, &html);
      auto whole = Assemble(contract, assembler.values());
      ASSERT_TRUE(whole.has_value());
      String expected =
          document::RenderHtml(whole->document, FillsOf(contract, assembler.values()));
      ASSERT_EQ(html, expected) << "seed " << seed << " step " << step << "\n" << source;
      ExpectSame(assembler.Snapshot(), *whole);
      ASSERT_EQ(assembler.Html(), expected);
      EXPECT_EQ(json::Write(assembler.Trace()), json::Write(Trace(contract, assembler.values())));
      auto naive = testing::NaiveAssembler::Run(compiled, assembler.values());
      ASSERT_EQ(naive.has_value(), whole->IsFinal()) << "seed " << seed << "\n" << source;
      if (naive) {
        ++settled;
        ASSERT_EQ(document::Write(*naive), document::Write(whole->document))
            << "seed " << seed << " step " << step << "\n"
            << source;
      }
      auto reread = document::Load(document::Write(whole->document));
      ASSERT_TRUE(reread.has_value()) << reread.error().message() << reread.error().path();
    }
  }
  EXPECT_EQ(steps, 4800);
  EXPECT_GT(patches_seen, 4800);
  EXPECT_GT(settled, 500);
}

TEST(Patches, AreTheSmallestListThatDoesIt) {
  Template contract = LoadTemplate(Source(
      "fields:\n  a: {type: int, label: A}\n  b: {type: int, label: B}\ncomputed:\n  big: a > 10\n",
      "{{= a }} {#one}\n\n{{= b }} {#two}\n\n# Big {#big-one when=\"big\"}\n\nText.\n\n# Rest "
      "{#rest}\n\nText.\n"));
  Assembler assembler(contract);
  ASSERT_TRUE(assembler.Reset(testing::ValuesOf(contract, R"({"a":1,"b":1})")).has_value());
  auto set = [&](std::string_view field, int64_t value) {
    auto patches = assembler.Set(field, values::Value::Int(value));
    EXPECT_TRUE(patches.has_value());
    return json::Write(ToJson(*patches));
  };
  EXPECT_EQ(set("b", 2), R"([{"html":"<p id=\"unit-two\">2</p>","op":"replace","unit":"two"}])");
  EXPECT_EQ(set("b", 2), "[]") << "nothing changed";
  EXPECT_EQ(set("a", 2), R"([{"html":"<p id=\"unit-one\">2</p>","op":"replace","unit":"one"}])")
      << "big stays false: cut off";
  EXPECT_EQ(
      set("a", 11),
      R"([{"html":"<p id=\"unit-one\">11</p>","op":"replace","unit":"one"},)"
      R"({"before":"rest","html":"<section id=\"unit-big-one\"><h2><span class=\"number\">1.</span> Big</h2>)"
      R"(<p id=\"unit-big-one.1\">Text.</p></section>","op":"insert","parent":"","unit":"big-one"},)"
      R"({"html":"2.","op":"renumber","unit":"rest"}])");
  EXPECT_EQ(
      set("a", 1),
      R"([{"html":"<p id=\"unit-one\">1</p>","op":"replace","unit":"one"},{"op":"remove","unit":"big-one"},)"
      R"({"html":"1.","op":"renumber","unit":"rest"}])");
}

TEST(Patches, AFailedKeystrokeChangesNothing) {
  Template contract = LoadTemplate(Source("fields:\n  n: {type: string, label: N}\n", [] {
    String body;
    for (int i = 0; i < 1025; ++i) body += "{{= n }}\n\n";
    return body;
  }()));
  Assembler assembler(contract);
  ASSERT_TRUE(assembler.Reset(testing::ValuesOf(contract, R"({"n":"x"})")).has_value());
  String before = assembler.Html();
  auto patches = assembler.Set("n", values::Value::String(String(8192, 'x')));
  ASSERT_FALSE(patches.has_value());
  EXPECT_EQ(patches.error().code(), ErrorCode::kTemplateOutputTooLarge);
  EXPECT_EQ(assembler.Html(), before);
  EXPECT_EQ(assembler.Set("zz", std::nullopt).error().code(), ErrorCode::kTemplateUnknownField);
}

TEST(Patches, ALongDocumentIsMeasuredByWhatItWritesNotByWhatItMight) {
  Template contract = LoadTemplate(Source("fields:\n  n: {type: string, label: N}\n", [] {
    String body;
    for (int i = 0; i < 300; ++i) body += "{{= n }}\n\n";
    return body;
  }()));
  Assembler assembler(contract);
  ASSERT_TRUE(assembler.Reset({}).has_value());
  auto set = [&](char c) {
    return assembler.Set("n", values::Value::String(String(8000, c))).has_value();
  };
  EXPECT_TRUE(set('x')) << "2.4 MB, which might be 14";
  EXPECT_TRUE(set('"')) << "4.8 MB";
  EXPECT_FALSE(set('\n')) << "14.4 MB";
  EXPECT_TRUE(set('y'));
  EXPECT_TRUE(Assemble(contract, assembler.values()).has_value());
}

}  // namespace
}  // namespace countersign::templates
