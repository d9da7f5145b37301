// Units and definitions that share an id because never two of them stand.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::compile {
namespace {

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
  String source = Source(kKeys, String(body) + String(kUses));
  String text;
  for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
    ByteRange byte = diagnostic.span.byte;
    text += (text.empty() ? "" : " ") + String(DiagnosticName(diagnostic.code)) + ":" +
            source.substr(byte.begin, byte.end - byte.begin);
  }
  return text;
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

TEST(Alternatives, AShortConditionMayBeTheOpposite) {
  const String body = "A {when=forum:icc}\n\nB {when=!forum:icc}";
  EXPECT_EQ(Shown(body, "icc"), "A");
  EXPECT_EQ(Shown(body, "other"), "B");
}

}  // namespace
}  // namespace countersign::compile
