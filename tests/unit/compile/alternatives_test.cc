// Units and definitions that share an id because never two of them stand.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::CodesAndTexts;
using testing::Source;

constexpr std::string_view kKeys =
    "roles: { customer: { label: Customer, signs: true } }\nfields:\n"
    "  forum: { type: string, label: Forum, options: [courts, icc, other] }\n"
    "  late: { type: bool, label: Late }\n  seats: { type: int, label: Seats, min: 0, max: 9 }\n"
    "  tags: { type: list(string), label: Tags, max: 5 }\n";
// Uses every field, so that T508 stays out of the way.
constexpr std::string_view kUses =
    "\n\n# Uses {unnumbered}\n\n{{= forum }} {{= late ? 'a' : 'b' }} {{= seats }} {{= tags }} "
    "{{sign: s, role=customer}}\n";

String Found(std::string_view body) {
  return CodesAndTexts(Source(kKeys, String(body) + String(kUses)));
}
String Shown(std::string_view body, std::string_view forum, bool late = false) {
  String text = testing::LinearText(Source(kKeys, String(body) + String(kUses)),
                                    "{\"forum\":\"" + String(forum) + "\",\"late\":" +
                                        (late ? "true" : "false") + ",\"seats\":1,\"tags\":[]}");
  size_t from = text.find("\n\n") + 2;
  return text.substr(from, text.find("\n\nUses") - from);
}

constexpr std::string_view kForums =
    "# First {#first when=\"late\"}\n\nx\n\n# Scope\n\nx\n\n# Courts {#disputes when=\"forum == "
    "'courts'\"}\n\nx\n\n"
    "# Arbitration {#disputes when=\"forum == 'icc'\"}\n\nx\n\n# Else {#disputes else}\n\nx\n\n"
    "# Relief\n\nSee {{ref: disputes}}.";

TEST(Alternatives, AReferenceIsToTheOneThatStands) {
  EXPECT_EQ(Found(kForums), "");
  EXPECT_EQ(Shown(kForums, "courts"), "1. Scope\n\nx\n\n2. Courts\n\nx\n\n3. Relief\n\nSee 2.");
  EXPECT_EQ(Shown(kForums, "icc", true),
            "1. First\n\nx\n\n2. Scope\n\nx\n\n3. Arbitration\n\nx\n\n4. Relief\n\nSee 3.");
  EXPECT_EQ(Shown(kForums, "other"), "1. Scope\n\nx\n\n2. Else\n\nx\n\n3. Relief\n\nSee 2.");
}

TEST(Alternatives, MayBeOfDifferentKindsAndStandAnywhere) {
  const String body =
      "# Terms\n\nx\n\n1. one {#place when=\"late\"}\n\n# Other {#other when=\"!late\"}\n\n"
      "## Inner {#place}\n\nx\n\n# Last\n\nSee {{ref: place}}.";
  EXPECT_EQ(Found(body), "");
  EXPECT_EQ(Shown(body, "icc", true), "1. Terms\n\nx\n\n(a) one\n\n2. Last\n\nSee 1(a).");
  EXPECT_EQ(Shown(body, "icc", false),
            "1. Terms\n\nx\n\n2. Other\n\n2.1 Inner\n\nx\n\n3. Last\n\nSee 2.1.");
}

TEST(Alternatives, AReferenceWithinOneMeansThatOne) {
  const String body =
      "# A {#a when=\"late\"}\n\nThis is {{ref: a}}.\n\n# B {#a else}\n\nThis is {{ref: a}}.";
  EXPECT_EQ(Found(body), "");
  EXPECT_EQ(Shown(body, "icc", true), "1. A\n\nThis is 1.");
  EXPECT_EQ(Shown(body, "icc", false), "1. B\n\nThis is 1.");
}

TEST(Alternatives, SchedulesAndTermsChooseTheirWords) {
  const String schedules =
      "As {{attach: s}} or {{attach: s, label=\"it\"}} says.\n\n::: schedule {#s title=\"Schedule "
      "A: "
      "Courts\" when=\"late\"}\nx\n:::\n\n::: schedule {#s title=\"Schedule B: Other\" "
      "when=\"!late\"}\ny\n:::";
  EXPECT_EQ(Found(schedules), "");
  EXPECT_EQ(Shown(schedules, "icc", true),
            "As Schedule A: Courts or it says.\n\nSchedule A: Courts\n\nx");
  EXPECT_EQ(Shown(schedules, "icc", false),
            "As Schedule B: Other or it says.\n\nSchedule B: Other\n\ny");
  const String terms =
      "\"Fee\" {{def: price}} is due. {when=\"late\"}\n\n\"Price\" {{def: price}} is due. "
      "{when=\"!late\"}\n\nThe {{term: price}} is high, and {{term: price, label=\"prices\"}} are.";
  EXPECT_EQ(Found(terms), "");
  EXPECT_EQ(Shown(terms, "icc", true), "\"Fee\" is due.\n\nThe Fee is high, and prices are.");
  EXPECT_EQ(Shown(terms, "icc", false), "\"Price\" is due.\n\nThe Price is high, and prices are.");
}

TEST(Alternatives, ThatMayStandTogetherAreTwoUnitsWithOneId) {
  EXPECT_EQ(Found("# A {#a when=\"late\"}\n\nx\n\n# B {#a}\n\nx"), "T453:a");
  EXPECT_EQ(Found("# A {#a when=\"seats > 3\"}\n\nx\n\n# B {#a when=\"seats < 5\"}\n\nx"),
            "T453:a T505:seats < 5");
  EXPECT_EQ(Found("# A {#a when=\"late\" omitted=\"None\"}\n\nx\n\n# B {#a when=\"!late\"}\n\nx"),
            "T453:a")
      << "what stands in its place has its number";
  EXPECT_EQ(Found("- {{= t }} {#a each=\"t in tags\" when=\"late\"}\n- b {#a when=\"!late\"}"),
            "T453:a");
  EXPECT_EQ(Found("\"A\" {{def: a}} x. {when=\"late\"}\n\n\"B\" {{def: a}} y.\n\n{{term: a}}"),
            "T453:a");
  Compilation told = CompileTemplate(Source(
      kKeys,
      "# A {#a when=\"seats > 3\"}\n\nx\n\n# B {#a when=\"seats < 5\"}\n\nx" + String(kUses)));
  ASSERT_EQ(told.diagnostics.size(), 2U);
  EXPECT_EQ(told.diagnostics[0].message,
            "The id 'a' is taken: both may stand, for example where seats is between 3 and 5");
  ASSERT_EQ(told.diagnostics[0].related.size(), 1U);
}

TEST(Alternatives, AReferenceThatNoneOfThemCoversIsUnsafe) {
  constexpr std::string_view kTwo =
      "# A {#a when=\"forum == 'courts'\"}\n\nx\n\n# B {#a when=\"forum == 'icc'\"}\n\nx\n\n# "
      "C\n\n";
  EXPECT_EQ(Found(String(kTwo) + "See {{ref: a}}."), "T506:forum == 'icc' T504:a");
  EXPECT_EQ(Found(String(kTwo) + "See {{ref: a}}. {when=\"forum != 'other'\"}"),
            "T506:forum == 'icc'");
  EXPECT_EQ(Found("\"A\" {{def: a}} x. {when=\"forum == 'courts'\"}\n\n\"B\" {{def: a}} y. "
                  "{when=\"forum == 'icc' && late\"}\n\n{{term: a}}"),
            "T511:a");
}

TEST(Alternatives, OfALockedTextAreInItsHash) {
  const String body =
      "# A {#a when=\"late\"}\n\nx\n\n# B {#a else}\n\nx\n\n# C {#c lock}\n\nSee "
      "{{ref: a}}.";
  EXPECT_EQ(Found(body), "");
  EXPECT_EQ(Shown(body, "icc", true), "1. A\n\nx\n\n2. C\n\nSee 1.") << "and so it loads";
}

TEST(Alternatives, HaveTheirIdInTheOutlineAndOneEachInTheTemplate) {
  Compilation compilation = CompileTemplate(Source(kKeys, String(kForums) + String(kUses)));
  size_t named = 0;
  for (const Name& name : compilation.names) named += name.id == "disputes" ? 1 : 0;
  EXPECT_EQ(named, 3U);
  EXPECT_NE(compilation.bytes.find("\"id\":\"disputes\""), String::npos);
  EXPECT_NE(compilation.bytes.find("\"id\":\"disputes.or2\""), String::npos);
  EXPECT_EQ(Found("# A {#a when=\"late\"}\n\nx\n\n# B {#a else}\n\nx\n\n# C {#a.or2}\n\nx"),
            "T153:{#a.or2}");
}

TEST(Alternatives, HaveTheirBounds) {
  const auto told = [](int units, int references) {
    String body;
    for (int i = 0; i < units; ++i)
      body += "# A {#a when=\"seats == " + NumberText(i % 10) + " && late\"}\n\nx\n\n";
    body += "# B\n\n";
    for (int i = 0; i < references; ++i) body += "{{ref: a}} ";
    String codes;
    for (const Diagnostic& each :
         CompileTemplate(Source(kKeys, body + String(kUses))).diagnostics) {
      codes += each.message.starts_with("At most 64") ? "many " : "";
      codes += each.code == DiagnosticCode::kTooManyUnits ? "T753 " : "";
    }
    return codes;
  };
  EXPECT_EQ(told(65, 0), "many ");
  EXPECT_EQ(told(10, 900), "");
  EXPECT_EQ(told(10, 1100), "T753 ");
}

TEST(Alternatives, AShortConditionMayBeTheOpposite) {
  const String body = "A {when=forum:icc}\n\nB {when=!forum:icc}";
  EXPECT_EQ(Shown(body, "icc"), "A");
  EXPECT_EQ(Shown(body, "other"), "B");
}

// Every answer to `forum` and `late`; a set of them is a bit for each.
constexpr int kCases = 6;
struct Asked {
  String text;
  int cases;
};
String ValuesOf(int index) {
  constexpr std::string_view kForum[] = {"courts", "icc", "other"};
  return "{\"forum\":\"" + String(kForum[index % 3]) +
         "\",\"late\":" + (index < 3 ? "false" : "true") + ",\"seats\":1,\"tags\":[]}";
}
Asked AnyCondition(std::mt19937* random, int depth) {
  const Asked kAtoms[] = {{"forum == 'courts'", 0b001001},
                          {"forum == 'icc'", 0b010010},
                          {"forum != 'other'", 0b011011},
                          {"late", 0b111000},
                          {"!late", 0b000111},
                          {"forum in ['icc', 'other']", 0b110110}};
  const auto pick = [&](unsigned below) { return static_cast<int>((*random)() % below); };
  if (depth == 0 || pick(3) == 0) return kAtoms[pick(6)];
  const Asked a = AnyCondition(random, depth - 1), b = AnyCondition(random, depth - 1);
  if (pick(2) == 0) return {"(" + a.text + ") && (" + b.text + ")", a.cases & b.cases};
  return {"(" + a.text + ") || (" + b.text + ")", a.cases | b.cases};
}

// A slow look at every answer must agree with what was proven: whether two stand, whether one does,
// and whose number is printed.
TEST(Alternatives, WhatIsProvenOfThemIsTrueOfEveryAnswer) {
  std::mt19937 random(20261201);
  size_t good = 0, twice = 0, open = 0;
  for (int round = 0; round < 400; ++round) {
    const size_t count = 2 + random() % 2;
    Vector<Asked> asked, written;  // with what is around them, and alone
    String body;
    for (size_t i = 0; i < count; ++i) {
      asked.push_back(AnyCondition(&random, 1));
      // Often the opposite of those before.
      if (i > 0 && random() % 2 == 0) {
        asked.back() = {"", 0b111111};
        for (size_t k = 0; k < i; ++k) {
          asked.back().text += (k == 0 ? "!(" : " && !(") + written[k].text + ")";
          asked.back().cases &= ~written[k].cases;
        }
      }
      written.push_back(asked.back());
      // In a section of its own, or below one whose condition it shares.
      if (random() % 3 == 0) {
        const Asked outer = AnyCondition(&random, 0);
        body += "# Outer {when=\"" + outer.text + "\"}\n\nx\n\n#";
        asked.back().cases &= outer.cases;
      }
      body += "# Unit" + NumberText(i) + " {#a when=\"" + asked.back().text + "\"}\n\nx\n\n";
    }
    const Asked from = random() % 2 == 0 ? Asked{"", 0b111111} : AnyCondition(&random, 0);
    body += "# Last\n\nSee {{ref: a}}.";
    if (!from.text.empty()) body += " {when=\"" + from.text + "\"}";
    int any = 0;
    bool both = false;
    for (const Asked& each : asked) {
      both = both || (any & each.cases) != 0;
      any |= each.cases;
    }
    const String source = Source(kKeys, body + String(kUses));
    const Compilation compilation = CompileTemplate(source);
    const auto told = [&](DiagnosticCode code) {
      return std::ranges::any_of(compilation.diagnostics,
                                 [&](const Diagnostic& each) { return each.code == code; });
    };
    ASSERT_EQ(told(DiagnosticCode::kIdTwice), both) << source << testing::Problems(compilation);
    const bool uncovered = (from.cases & ~any) != 0;
    ASSERT_EQ(told(DiagnosticCode::kReferenceUnsafe), uncovered)
        << source << testing::Problems(compilation);
    twice += both ? 1 : 0;
    open += uncovered ? 1 : 0;
    if (both || uncovered) continue;
    ASSERT_TRUE(compilation.ok()) << source << testing::Problems(compilation);
    ++good;
    auto contract = templates::Template::Load(compilation.bytes);
    for (int index = 0; index < kCases; ++index) {
      const String text =
          document::LinearText(testing::AssembleOrFail(*contract, ValuesOf(index)).document, {});
      const size_t unit = text.find(" Unit");
      const size_t see = text.find("See ");
      if (see == String::npos) continue;
      ASSERT_NE(unit, String::npos) << source << text;
      String number = text.substr(text.rfind('\n', unit) + 1);
      number = number.substr(0, number.find(' '));
      if (number.ends_with('.')) number.pop_back();
      ASSERT_EQ(text.substr(see + 4, text.find(".\n", see) - see - 4), number) << source << text;
    }
  }
  EXPECT_GT(good, 20U);
  EXPECT_GT(twice, 20U);
  EXPECT_GT(open, 20U);
}

}  // namespace
}  // namespace countersign::compile
