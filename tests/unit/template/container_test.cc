// Groups and recitals: several blocks under one condition, and paragraphs with letters.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::LoadTemplate;
using testing::Source;

constexpr std::string_view kKeys =
    "fields:\n  n: { type: int, label: N }\n  tags: { type: list(string), label: T }\n";

String Text(std::string_view body, std::string_view values) {
  String text = testing::LinearText(Source(kKeys, body), values);
  text = text.substr(text.find("\n\n") + 2);  // without the title
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

TEST(Group, SeveralBlocksStandUnderOneCondition) {
  constexpr std::string_view kBody =
      "# One\n\nText.\n\n::: group {#more when=\"n > 2\"}\nInside.\n\n- x\n:::\n\nEnd.";
  EXPECT_EQ(Text(kBody, R"({"n":3})"), "1. One\n\nText.\n\nInside.\n\n• x\n\nEnd.");
  EXPECT_EQ(Text(kBody, R"({"n":2})"), "1. One\n\nText.\n\nEnd.");
}

TEST(Group, SectionsInItGoOnCounting) {
  constexpr std::string_view kBody =
      "# One\n\na\n\n::: {when=\"n > 2\"}\n# Two\n\nb\n\n## Sub\n\nc\n\n# Three\n\nd\n:::\n\n# "
      "Four "
      "{#four}\n\nSee {{ref: four}}.";
  EXPECT_EQ(Text(kBody, R"({"n":3})"),
            "1. One\n\na\n\n2. Two\n\nb\n\n2.1 Sub\n\nc\n\n3. Three\n\nd\n\n4. Four\n\nSee 4.");
  EXPECT_EQ(Text(kBody, R"({"n":2})"), "1. One\n\na\n\n2. Four\n\nSee 2.");
}

TEST(Group, StandsOnceForEachItem) {
  EXPECT_EQ(
      Text("::: {each=\"t in tags\"}\nA {{= t }}.\n\nB {{= t }}.\n:::", R"({"tags":["x","y"]})"),
      "A x.\n\nB x.\n\nA y.\n\nB y.");
}

TEST(Group, IsWrittenAndReadBack) {
  document::Document document =
      testing::AssembleOrFail(
          LoadTemplate(Source(kKeys, "::: {#g}\nText.\n:::\n\n::: recitals\nOne.\n:::\n")), "{}")
          .document;
  EXPECT_EQ(document::RenderHtml(document, {}),
            "<article class=\"countersign-document\" lang=\"en\"><h1>Sample</h1><div id=\"unit-g\">"
            "<p id=\"unit-g.1\">Text.</p></div><div id=\"unit-top.2\"><ol role=\"list\" "
            "id=\"unit-top.2.1\"><li id=\"unit-top.2.1.1\"><span class=\"number\">(A)</span> <p "
            "id=\"unit-top.2.1.1.1\">One.</p></li></ol></div></article>");
  auto again = document::Load(document::Write(document));
  ASSERT_TRUE(again.has_value()) << again.error().message() << again.error().path();
  EXPECT_EQ(*again, document);
}

TEST(Recitals, AreLetteredAndCanBeReferredTo) {
  constexpr std::string_view kBody =
      "::: recitals\nFirst.\n\n1. Inner\n\nSecond. {#second when=\"n > 2\" omitted=\"Left "
      "out.\"}\n\n"
      "Third, after {{ref: second}}.\n:::\n\n1. Own";
  EXPECT_EQ(Text(kBody, R"({"n":3})"),
            "(A) First.\n\n(a) Inner\n\n(B) Second.\n\n(C) Third, after (B).\n\n(a) Own");
  EXPECT_EQ(Text(kBody, R"({"n":2})"),
            "(A) First.\n\n(a) Inner\n\n(B) Left out.\n\n(C) Third, after (B).\n\n(a) Own");
}

TEST(Guide, IsNoPartOfTheContract) {
  String bytes = testing::CompileBytes(
      Source(kKeys, "::: guide\nSecret advice about {{= n }}.\n:::\n\nText {{= tags }}."));
  EXPECT_EQ(bytes.find("advice"), String::npos);
}

TEST(Keep, ReachesTheDocumentItsHtmlAndWhatStandsInThePlaceOfAUnit) {
  constexpr std::string_view kBody =
      "# One {#one keep}\n\nText. {#two keep when=\"n > 2\" omitted=\"Left out.\"}\n\n- item "
      "{#three keep}\n\n| A |\n|---|\n| b | {#four keep}\n\n::: {#five keep}\nFree. {#six}\n:::\n\n"
      "Each {{= t }} {#seven keep each=\"t in tags\"}";
  auto shown = [&](std::string_view values) {
    return testing::AssembleOrFail(LoadTemplate(Source(kKeys, kBody)), values).document;
  };
  document::Document document = shown(R"({"n":3,"tags":["x"]})");
  String html = document::RenderHtml(document, {});
  for (std::string_view id : {"one", "two", "three", "four", "five", "seven..1"})
    EXPECT_NE(html.find("id=\"unit-" + String(id) + "\" data-keep>"), String::npos) << id << html;
  EXPECT_NE(html.find("id=\"unit-six\">"), String::npos) << "what stands in it says nothing";
  EXPECT_NE(document::RenderHtml(shown(R"({"n":2,"tags":[]})"), {})
                .find("<p class=\"omitted\" id=\"unit-two\" data-keep>Left out."),
            String::npos);
  auto again = document::Load(document::Write(document));
  ASSERT_TRUE(again.has_value()) << again.error().message() << again.error().path();
  EXPECT_EQ(*again, document);
}

TEST(Keep, ChangesNoNumberAndNoWord) {
  String with =
      "1. One {keep}\n2. Two {keep}\n\n# A {keep}\n\n## B {#b keep}\n\nSee {{ref: b}}. {keep}";
  String without = with;
  for (size_t at; (at = without.find("keep")) != String::npos;) {
    const size_t begin = without[at - 1] == '{' ? at - 2 : at - 1;
    without.replace(begin, without[at - 1] == '{' ? 7 : 5, "");
  }
  EXPECT_EQ(Text(with, "{}"), Text(without, "{}"));
}

TEST(KeepLoader, HasOneSpelling) {
  auto refused = [](std::string_view to) {
    return testing::RefusalOf(Source(kKeys, "Text {{= n }} {{= tags | list(and) }}. {keep}"),
                              R"("keep":true)", to);
  };
  EXPECT_EQ(refused(R"("keep":false)"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"("keep":1)"), ErrorCode::kSchemaWrongType);
}

TEST(KeepLoader, ALockedUnitIsKeptAsItWasLocked) {
  EXPECT_EQ(
      testing::RefusalOf(Source(kKeys, "Text {{= n }} {{= tags | list(and) }}. {#a lock keep}"),
                         R"("keep":true,)", ""),
      ErrorCode::kTemplateLockBroken);
}

// --- schedules

constexpr std::string_view kSchedules =
    "# One {#one}\n\nSee {{ref: seats}}, {{ref: sub}}, {{ref: item}}, {{ref: other}}.\n\n"
    "::: schedule {#a title=\"Schedule A: Prices: all\" restart}\n## Extra {#extra when=\"n > "
    "2\"}\n\nx\n\n## Seats {#seats}\n\nSee {{ref: sub}} and {{ref: one}}.\n\n### Sub "
    "{#sub}\n\n1. y {#item}\n\nSee {{ref: item}}.\n:::\n\n"
    "::: schedule {#b title=\"The other one\" restart}\n## Other {#other}\n\nSee {{ref: "
    "seats}}.\n:::\n\n"
    "::: schedule {#c title=\"Schedule C\"}\n## More {#more}\n\nAs {{ref: more}} says.\n:::\n\n"
    "# Two {#two}\n\nSee {{ref: two}} and {{ref: more}}.";

TEST(Schedules, ThatRestartNumberAsADocumentOfTheirOwn) {
  EXPECT_EQ(
      Text(kSchedules, R"({"n":3})"),
      "1. One\n\nSee Schedule A, 2, Schedule A, 2.1, Schedule A, 2.1(a), The other one, 1.\n\n"
      "Schedule A: Prices: all\n\n1. Extra\n\nx\n\n2. Seats\n\nSee 2.1 and 1.\n\n2.1 "
      "Sub\n\n(a) y\n\nSee 2.1(a).\n\n"
      "The other one\n\n1. Other\n\nSee Schedule A, 2.\n\n"
      "Schedule C\n\n2. More\n\nAs 2 says.\n\n3. Two\n\nSee 3 and 2.");
  String without = Text(kSchedules, R"({"n":2})");
  EXPECT_EQ(without.find("See Schedule A, 1, Schedule A, 1.1, Schedule A, 1.1(a), The other"),
            String("1. One\n\n").size())
      << "numbers and references follow what is left out\n"
      << without;
}

TEST(Schedules, ThatRestartDoSoUnderEveryScheme) {
  auto shown = [](std::string_view scheme) {
    String text = testing::LinearText(
        Source("numbering: " + String(scheme) + "\n",
               "# A\n\n## B\n\n1. one\n\n::: schedule {#s title=\" S : T\" restart}\n## C\n\n"
               "### D\n\n1. two {#two}\n:::\n\nSee {{ref: two}}."),
        "{}");
    return text.substr(text.find("\n\n") + 2);
  };
  EXPECT_EQ(shown("outline"),
            "I. A\n\nI.A B\n\n(a) one\n\n S : T\n\nI. C\n\nI.A D\n\n(a) two\n\nSee S, I.A(a).\n");
  EXPECT_EQ(shown("mixed"),
            "1. A\n\n(a) B\n\n(i) one\n\n S : T\n\n1. C\n\n(a) D\n\n(i) two\n\nSee S, 1(a)(i).\n");
  EXPECT_EQ(shown("items"), "A\n\nB\n\n1. one\n\n S : T\n\nC\n\nD\n\n1. two\n\nSee S, 1.\n");
  EXPECT_EQ(shown("none"), "A\n\nB\n\n(a) one\n\n S : T\n\nC\n\nD\n\n(a) two\n\nSee S, (a).\n");
}

TEST(Schedules, KeepTheirNumbersWhileWhatStandsBeforeThemComesAndGoes) {
  Template contract = LoadTemplate(Source(kKeys,
                                          "# One {#one when=\"n > 2\"}\n\nx\n\n::: schedule {#s "
                                          "title=\"S\" restart}\n## In {#in}\n\ny\n\n"
                                          "## Big {#big when=\"n > 5\"}\n\nz\n\n## Last "
                                          "{#last}\n\nw\n:::\n\n# Two {#two}\n\nSee {{ref: "
                                          "last}}. {#see}"));
  Assembler assembler(contract);
  ASSERT_TRUE(assembler.Reset(testing::ValuesOf(contract, R"({"n":1,"tags":[]})")).has_value());
  auto set = [&](int64_t n) {
    return json::Write(ToJson(*assembler.Set("n", values::Value::Int(n))));
  };
  String came = set(3);
  EXPECT_NE(came.find(R"({"html":"2.","op":"renumber","unit":"two"})"), String::npos) << came;
  EXPECT_EQ(came.find(R"("unit":"in")"), String::npos) << "it counts for itself";
  EXPECT_EQ(came.find(R"("unit":"see")"), String::npos);
  String grown = set(6);
  EXPECT_NE(grown.find(R"({"html":"3.","op":"renumber","unit":"last"})"), String::npos) << grown;
  EXPECT_NE(grown.find("S, 3"), String::npos) << grown;
  EXPECT_EQ(grown.find(R"("unit":"two")"), String::npos) << grown;
}

TEST(Schedules, AreNamedInEveryInstanceOfARepeat) {
  EXPECT_EQ(
      Text("::: {each=\"t in tags\"}\nSee {{ref: in}}.\n\n::: schedule {#s title=\": Odd\" "
           "restart}\n## In {#in}\n\nSee {{ref: in}} of {{= t }}.\n:::\n:::",
           R"({"tags":["x","y"]})"),
      "See : Odd, 1.\n\n: Odd\n\n1. In\n\nSee 1 of x.\n\nSee : Odd, 1.\n\n: Odd\n\n1. In\n\nSee 1 "
      "of y.");
}

TEST(GroupLoader, BelievesNothing) {
  String bytes =
      testing::CompileBytes(Source(kKeys, "1. Item\n\n::: {#g}\nText {{= n }} {{= tags }}.\n:::"));
  size_t at = bytes.find("\"kind\":\"paragraph\"");
  ASSERT_NE(at, String::npos);
  json::Value root = testing::Plain(bytes);
  // The group moves into the item.
  json::Value* units = const_cast<json::Value*>(root.Find("units"));
  json::Value group = units->items()[1];
  json::Value* item = const_cast<json::Value*>(units->items()[0].Find("units"));
  const_cast<json::Value*>(item->items()[0].Find("units"))->items().push_back(group);
  units->items().erase(units->items().begin() + 1);
  auto loaded = Template::Load(json::Write(root));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), ErrorCode::kSchemaBadValue);
}

}  // namespace
}  // namespace countersign::templates
