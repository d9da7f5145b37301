// Units that stand once for each item of a list.
#include <gtest/gtest.h>

#include "support/html_patches.h"
#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::AssembleOrFail;
using testing::LoadTemplate;
using testing::Source;

constexpr std::string_view kKeys = R"x(fields:
  rows: { type: list, max: 3, label: Rows, source: crm.lines, of: { name: string, price: money(EUR), parts: list(string) } }
  tags: { type: list(string), label: Tags }
  n: { type: int, label: N }
computed:
  total: "sum(rows.map(r, r.price), money('0.00', 'EUR'))"
)x";

String Text(std::string_view body, std::string_view values) {
  String text = testing::LinearText(Source(kKeys, body), values);
  text = text.substr(text.find("\n\n") + 2);  // without the title
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

constexpr std::string_view kRows =
    R"({"n":1,"rows":[{"name":"A","price":["2.00","EUR"],"parts":["x","y"]},)"
    R"({"name":"B","price":["0.50","EUR"],"parts":[]}]})";

TEST(Repeat, AParagraphStandsOnceForEachItem) {
  EXPECT_EQ(
      Text("{{= r.name }} at {{= r.price | money }}. {each=\"r in rows\"}\n\nIn all {{= total "
           "| money }}.",
           kRows),
      "A at €2.00.\n\nB at €0.50.\n\nIn all €2.50.");
}

TEST(Repeat, ItemsAndSectionsAreNumberedOneByOne) {
  EXPECT_EQ(
      Text("# {{= r.name }} {each=\"r in rows\"}\n\n1. Price {{= r.price | money }}\n2. End\n\n"
           "# Last\n\nEnd.",
           kRows),
      "1. A\n\n(a) Price €2.00\n\n(b) End\n\n2. B\n\n(a) Price €0.50\n\n(b) End\n\n3. "
      "Last\n\nEnd.");
  EXPECT_EQ(Text("1. First\n2. {{= t }} {each=\"t in tags\"}\n3. Last", R"({"tags":["x","y"]})"),
            "(a) First\n\n(b) x\n\n(c) y\n\n(d) Last");
  EXPECT_EQ(Text("A\n\n- {{= t }} {each=\"t in tags\"}", R"({"tags":[]})"), "A")
      << "a list without items is not there";
}

TEST(Repeat, ItsConditionIsAskedForEachItem) {
  constexpr std::string_view kBody =
      "1. {{= r.name }} {each=\"r in rows\" when=\"r.price > money('1.00', 'EUR')\" "
      "omitted=\"Nothing.\"}\n2. End";
  EXPECT_EQ(Text(kBody, kRows), "(a) A\n\n(b) Nothing.\n\n(c) End");
}

TEST(Repeat, RepeatsStandInRepeatsAndReferencesStayInTheirs) {
  constexpr std::string_view kBody =
      "# {{= r.name }} {#row each=\"r in rows\"}\n\n1. Part {{= p }} of {{= r.name }}, {{ref: "
      "part}} "
      "of {{ref: row}} {#part each=\"p in r.parts\"}";
  EXPECT_EQ(Text(kBody, kRows),
            "1. A\n\n(a) Part x of A, 1(a) of 1\n\n(b) Part y of A, 1(b) of 1\n\n2. B");
  document::Document document = AssembleOrFail(LoadTemplate(Source(kKeys, kBody)), kRows).document;
  EXPECT_EQ(document.blocks[0].id, "row..1");
  EXPECT_EQ(document.blocks[0].blocks[0].id, "row.1..1") << "the list in it";
  EXPECT_EQ(document.blocks[0].blocks[0].blocks[1].id, "part..1..2");
  EXPECT_TRUE(document::Load(document::Write(document)).has_value());
}

TEST(Repeat, WaitsForItsListAndNamesIt) {
  Template contract =
      LoadTemplate(Source(kKeys, "{{= t }} {#each-one each=\"t in tags\"}\n\nEnd."));
  Assembly assembly = AssembleOrFail(contract, "{}");
  ASSERT_EQ(assembly.pending.size(), 1u);
  EXPECT_EQ(assembly.pending[0].unit, "each-one");
  EXPECT_EQ(assembly.pending[0].fields, (Vector<String>{"tags"}));
}

TEST(Repeat, AMissingMemberIsAProblemOfItsUnit) {
  Template contract =
      LoadTemplate(Source(kKeys, "{{= r.name }} {#row each=\"r in rows\"}\n\nEnd {{= n }}."));
  Assembly assembly = AssembleOrFail(contract, R"({"n":1,"rows":[{"parts":[]}]})");
  ASSERT_EQ(assembly.problems.size(), 1u);
  EXPECT_EQ(assembly.problems[0].unit, "row");
  EXPECT_EQ(assembly.problems[0].error.code(), ErrorCode::kExpressionNoSuchKey);
}

TEST(Repeat, PatchesNameTheItemThatChanged) {
  Template contract =
      LoadTemplate(Source(kKeys, "{{= t }} {#tag each=\"t in tags\"}\n\nEnd. {#end}"));
  Assembler assembler(contract);
  ASSERT_TRUE(assembler.Reset(testing::ValuesOf(contract, R"({"tags":["a","b"]})")).has_value());
  auto set = [&](std::string_view plain) {
    auto values = testing::ValuesOf(contract, plain);
    auto patches = assembler.Set("tags", values[0].value);
    EXPECT_TRUE(patches.has_value());
    return json::Write(ToJson(*patches));
  };
  EXPECT_EQ(set(R"({"tags":["a","c"]})"),
            R"([{"html":"<p id=\"unit-tag..2\">c</p>","op":"replace","unit":"tag..2"}])");
  EXPECT_EQ(set(R"({"tags":["a","c","d"]})"),
            R"([{"before":"end","html":"<p id=\"unit-tag..3\">d</p>","op":"insert","parent":"",)"
            R"("unit":"tag..3"}])");
  EXPECT_EQ(set(R"({"tags":["a"]})"),
            R"([{"op":"remove","unit":"tag..2"},{"op":"remove","unit":"tag..3"}])");
  EXPECT_EQ(set(R"({"tags":["a"]})"), "[]");
}

TEST(Repeat, ExplainAndTraceKnowEachItem) {
  Template contract = LoadTemplate(Source(
      kKeys, "{{= r.name }} {#row each=\"r in rows\" when=\"r.price > money('1.00', 'EUR')\"}"));
  Values values = testing::ValuesOf(contract, kRows);
  auto explained = Explain(contract, values, "row..2");
  ASSERT_TRUE(explained.has_value());
  EXPECT_EQ(explained->Find("state")->string_value(), "out");
  const json::Value& why = explained->Find("because")->items()[0];
  EXPECT_EQ(why.Find("unit")->string_value(), "row..2");
  EXPECT_EQ(why.Find("computed")->items()[0].Find("id")->string_value(), "r");
  EXPECT_EQ(why.Find("fields")->items()[0].Find("id")->string_value(), "rows");
  EXPECT_EQ(Explain(contract, values, "row..1")->Find("state")->string_value(), "in");
  EXPECT_EQ(Explain(contract, values, "row..3")->Find("state")->string_value(), "out");
  EXPECT_EQ(Explain(contract, Values(), "row..1")->Find("state")->string_value(), "pending");
  json::Value trace = Trace(contract, values);
  ASSERT_EQ(trace.Find("units")->items().size(), 2u);
  EXPECT_EQ(trace.Find("units")->items()[1].Find("unit")->string_value(), "row..2");
}

TEST(Repeat, OutputIsBounded) {
  Template contract = LoadTemplate(
      Source(kKeys,
             "- {{= a }} {each=\"a in tags\"}\n  - {{= b }} {each=\"b in tags\"}\n    - {{= c }} "
             "{each=\"c in tags\"}\n"));
  String tags = "{\"tags\":[\"a\"";
  for (int i = 1; i < 1000; ++i) tags += ",\"a\"";
  auto assembly = Assemble(contract, testing::ValuesOf(contract, tags + "]}"));
  ASSERT_FALSE(assembly.has_value());
  EXPECT_EQ(assembly.error().code(), ErrorCode::kTemplateOutputTooLarge);
}

TEST(Records, AListHasAtMostSoManyItems) {
  Template contract = LoadTemplate(Source(kKeys, "{{= total }} {{= n }} {{= tags }}"));
  auto check = [&](std::string_view plain) {
    Values values = testing::ValuesOf(contract, plain);
    return CheckValue(*contract.FindField(values[0].id), values[0].value);
  };
  EXPECT_TRUE(check(R"({"rows":[{},{},{}]})").has_value());
  EXPECT_EQ(check(R"({"rows":[{},{},{},{}]})").error().code(), ErrorCode::kFieldTooLong);
}

TEST(Records, ComeFromACustomerRecordWithWhatTheTemplateAsksFor) {
  Template contract = LoadTemplate(Source(kKeys, "{{= total }} {{= n }} {{= tags }}"));
  Prefill prefill = FillFromRecord(
      contract, testing::Plain(R"({"lines":[{"id":7,"name":"A","price":"2.50","parts":null}]})"));
  EXPECT_TRUE(prefill.problems.empty());
  EXPECT_EQ(json::Write(WriteValues(prefill.values)),
            R"({"rows":[{"name":"A","price":["2.50","EUR"]}]})");
}

TEST(Records, AnUndeclaredMemberIsRefused) {
  Template contract = LoadTemplate(Source(kKeys, "{{= total }} {{= n }} {{= tags }}"));
  EXPECT_FALSE(ReadValues(contract, testing::Plain(R"({"rows":[{"nmae":"A"}]})")).has_value());
}

// --- the loader ---

ErrorCode Refused(std::string_view body, std::string_view from, std::string_view to) {
  return testing::RefusalOf(Source(kKeys, body), from, to);
}

TEST(RepeatLoader, BelievesNothing) {
  constexpr std::string_view kBody =
      "1. {{= t }}, {{ref: tag}} {#tag each=\"t in tags\"}\n2. End {#end}";
  EXPECT_EQ(Refused(kBody, R"("name":"t")", R"("name":"rows")"), ErrorCode::kTemplateDuplicateId);
  EXPECT_EQ(Refused(kBody, R"("text":["End"])", R"("text":[{"ref":"tag"}])"),
            ErrorCode::kTemplateBadReference);
  EXPECT_EQ(Refused(kBody, R"("id":"tag")", "\"id\":\"" + String(183, 'a') + "\""),
            ErrorCode::kTemplateBadReference);
  EXPECT_EQ(
      Refused(kBody, R"("style":"ordered")", R"("style":"ordered","each":{"in":0,"name":"x"})"),
      ErrorCode::kSchemaUnknownMember);
  constexpr std::string_view kPlain = "{{= tags }} {{= n }} {{= total }}";
  EXPECT_EQ(Refused(kPlain, R"x("required":true,"type":"list(string)")x",
                    R"x("required":true,"type":"list(list(string))")x"),
            ErrorCode::kTemplateWrongType);
}

}  // namespace
}  // namespace countersign::templates
