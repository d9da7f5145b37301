// Tables: rows with conditions and repeats, and what a loader takes for one.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::LoadTemplate;
using testing::Source;

constexpr std::string_view kKeys = R"(fields:
  rows: { type: list, label: Rows, of: { name: string, price: money(EUR) } }
  n: { type: int, label: N }
)";
constexpr std::string_view kBody =
    "| Item | Price |\n|:-----|------:|\n"
    "| {{= r.name }} | **{{= r.price | money }}** | {#row each=\"r in rows\"}\n"
    "| Extra \\| once | {{= n }} | {#extra when=\"n > 1\" omitted=\"No extra.\"}\n"
    "| Short |\n";
constexpr std::string_view kRows =
    R"({"n":2,"rows":[{"name":"A","price":["2.00","EUR"]},{"name":"*b*|c","price":["0.50","EUR"]}]})";

String Html(std::string_view body, std::string_view values) {
  return document::RenderHtml(
      testing::AssembleOrFail(LoadTemplate(Source(kKeys, body)), values).document, {});
}

TEST(Table, HasAHeaderAndAlignedCellsAndNoTagSplitsOne) {
  EXPECT_EQ(
      Html(kBody, kRows),
      "<article class=\"countersign-document\" lang=\"en\"><h1>Sample</h1>"
      "<table id=\"unit-top.1\"><thead><tr><th scope=\"col\" class=\"left\">Item</th>"
      "<th scope=\"col\" class=\"right\">Price</th></tr></thead><tbody>"
      "<tr id=\"unit-row..1\"><td class=\"left\">A</td><td class=\"right\"><strong>&#x20AC;2.00"
      "</strong></td></tr><tr id=\"unit-row..2\"><td class=\"left\">*b*|c</td><td class=\"right\">"
      "<strong>&#x20AC;0.50</strong></td></tr><tr id=\"unit-extra\"><td class=\"left\">Extra | once"
      "</td><td class=\"right\">2</td></tr><tr id=\"unit-top.1.3\"><td class=\"left\">Short</td>"
      "<td class=\"right\"></td></tr></tbody></table></article>");
}

TEST(Table, ARowThatIsLeftOutKeepsItsPlace) {
  String html = Html(kBody, R"({"n":1,"rows":[]})");
  EXPECT_NE(html.find("<tr class=\"omitted\" id=\"unit-extra\"><td colspan=\"2\">No extra.</td>"),
            String::npos)
      << html;
}

TEST(Table, IsReadRowByRow) {
  EXPECT_EQ(
      testing::LinearText(Source(kKeys, kBody), kRows),
      "Sample\n\nItem | Price\n\nA | €2.00\n\n*b*|c | €0.50\n\nExtra | once | 2\n\nShort | \n");
}

TEST(Table, IsNotThereWithoutRowsAndHasItsOwnAttributes) {
  constexpr std::string_view kOwn =
      "Text {{= n }}.\n\n| A | B | {#prices when=\"n > 1\" omitted=\"No prices.\"}\n|---|---|\n"
      "| {{= r.name }} | x | {each=\"r in rows\"}\n";
  auto text = [&](std::string_view values) {
    return testing::LinearText(Source(kKeys, kOwn), values);
  };
  EXPECT_EQ(text(R"({"n":2,"rows":[]})"), "Sample\n\nText 2.\n");
  EXPECT_EQ(text(R"({"n":1,"rows":[]})"), "Sample\n\nText 1.\n\nNo prices.\n");
  EXPECT_EQ(text(kRows), "Sample\n\nText 2.\n\nA | B\n\nA | x\n\n*b*|c | x\n");
}

TEST(Table, IsReadBackFromItsCanonicalForm) {
  document::Document document =
      testing::AssembleOrFail(LoadTemplate(Source(kKeys, kBody)), kRows).document;
  auto again = document::Load(document::Write(document));
  ASSERT_TRUE(again.has_value()) << again.error().message() << again.error().path();
  EXPECT_EQ(*again, document);
}

TEST(Table, RowsThatComeAndGoReplaceTheTable) {
  Template contract = LoadTemplate(Source(kKeys, kBody));
  Assembler assembler(contract);
  ASSERT_TRUE(assembler.Reset(testing::ValuesOf(contract, kRows)).has_value());
  auto patches = assembler.Set(
      "rows",
      testing::ValuesOf(contract, R"({"rows":[{"name":"A","price":["3.00","EUR"]}]})")[0].value);
  ASSERT_TRUE(patches.has_value());
  ASSERT_EQ(patches->size(), 1u);
  EXPECT_EQ((*patches)[0].unit, "top.1");
  EXPECT_EQ((*patches)[0].op, PatchOp::kReplace);
  patches = assembler.Set(
      "rows",
      testing::ValuesOf(contract, R"({"rows":[{"name":"A","price":["4.00","EUR"]}]})")[0].value);
  ASSERT_EQ(patches->size(), 1u);
  EXPECT_EQ((*patches)[0].unit, "row..1");
}

ErrorCode Refused(std::string_view from, std::string_view to) {
  return testing::RefusalOf(Source(kKeys, kBody), from, to);
}

TEST(TableLoader, BelievesNothing) {
  constexpr std::string_view kShort = R"({"cell":{"align":"left","text":["Short"]}})";
  EXPECT_EQ(Refused(kShort, R"("Short")"), ErrorCode::kSchemaBadValue) << "no cell";
  EXPECT_EQ(Refused(String(kShort) + ",", ""), ErrorCode::kSchemaBadValue) << "a cell is gone";
  EXPECT_EQ(Refused(R"("align":"left")", R"("align":"middle")"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(Refused(R"("text":["Short"])", R"("text":[{"cell":{"text":[]}}])"),
            ErrorCode::kSchemaBadValue);
  EXPECT_EQ(Refused(R"("kind":"row")", R"("kind":"paragraph")"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(Refused(R"("kind":"table")", R"("kind":"section","level":1)"),
            ErrorCode::kSchemaBadValue);
}

TEST(TableDocument, BelievesNothing) {
  String good = document::Write(
      testing::AssembleOrFail(LoadTemplate(Source(kKeys, kBody)), R"({"n":1,"rows":[]})").document);
  auto refused = [&](std::string_view from, std::string_view to) {
    String bytes = good;
    size_t at = bytes.find(from);
    EXPECT_NE(at, String::npos) << bytes;
    bytes.replace(at, from.size(), to);
    auto loaded = document::Load(json::Write(testing::Plain(bytes)));
    EXPECT_FALSE(loaded.has_value()) << bytes;
    return loaded ? ErrorCode::kJsonSyntax : loaded.error().code();
  };
  EXPECT_EQ(refused(R"("columns":2)", R"("columns":3)"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"("columns":2)", R"("columns":0)"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"({"cell":{"align":"right","text":[]}})", R"({"strong":[]})"),
            ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"(,{"cell":{"align":"right","text":[]}})", ""), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"("text":["Short"])", R"("text":[{"cell":{"text":[]}}])"),
            ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"({"row":)", R"({"paragraph":)"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(refused(R"("text":["No extra."])", R"("number":"1","text":["No extra."])"),
            ErrorCode::kSchemaUnknownMember);
}

TEST(Table, FiftyColumnsAreTheMost) {
  auto table = [](int columns) {
    String head = "|", ruler = "|", row = "|";
    for (int i = 0; i < columns; ++i) head += " h |", ruler += "---|", row += " c |";
    return Source(kKeys, head + "\n" + ruler + "\n" + row + "\n\n{{= n }} {{= rows[0].name }}\n");
  };
  EXPECT_TRUE(compile::CompileTemplate(table(50)).ok());
  EXPECT_FALSE(compile::CompileTemplate(table(51)).ok());
}

}  // namespace
}  // namespace countersign::templates
