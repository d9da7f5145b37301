#include "document/render.h"

#include <gtest/gtest.h>

namespace countersign::document {
namespace {

constexpr std::string_view kHostile = "<script>alert('x')</script>&amp;\"on=1\x01\x7f\xC2\x85";

Document Hostile() {
  Document document{.title = String(kHostile), .locale = "\"><b>", .blocks = {}};
  Block block;
  block.kind = BlockKind::kParagraph;
  block.id = "p";
  Inline blank;
  blank.kind = InlineKind::kBlank;
  blank.text = "f";
  blank.label = kHostile;
  Inline link;
  link.kind = InlineKind::kLink;
  link.text = "https://example.com/\"onmouseover=\"x";
  link.inlines = {Text(kHostile)};
  block.inlines = {Text(kHostile), blank, link};
  document.blocks = {block};
  return document;
}

// Every '<' that is left opens or closes one of our own tags.
void ExpectOnlyOurTags(const String& html) {
  constexpr std::string_view kTags[] = {"article", "h1",      "h2",   "p",      "span", "bdi",
                                        "a",       "svg",     "path", "br",     "li",   "ol",
                                        "ul",      "section", "code", "strong", "em"};
  for (size_t i = html.find('<'); i != String::npos; i = html.find('<', i + 1)) {
    std::string_view rest = std::string_view(html).substr(i + 1);
    if (rest.starts_with('/')) rest.remove_prefix(1);
    std::string_view name = rest.substr(0, rest.find_first_of(" />"));
    bool known = false;
    for (std::string_view tag : kTags) known |= tag == name;
    EXPECT_TRUE(known) << html.substr(i, 40);
  }
  for (char c : html) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << html;
}

TEST(RenderHtml, NoTextOpensATagOrAnAttribute) {
  Fills fills = {{.field = "f", .text = String(kHostile), .strokes = {}}};
  ExpectOnlyOurTags(RenderHtml(Hostile(), {}));
  String html = RenderHtml(Hostile(), fills);
  ExpectOnlyOurTags(html);
  EXPECT_EQ(html.find("script>"), String::npos);
  EXPECT_EQ(html.find("\"onmouseover"), String::npos);
}

TEST(RenderHtml, LeavesAsAsciiWithCharacterReferences) {
  String html;
  AppendEscaped("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", &html);
  EXPECT_EQ(html, "&#xE9; &#x20AC; &#x1F600;");
}

TEST(RenderHtml, ControlsAreShownAsReplacementsNotAsWindows1252) {
  String html;
  AppendEscaped(std::string_view("a\x00\x1f\x7f\xC2\x85z", 7), &html);
  EXPECT_EQ(html, "a&#xFFFD;&#xFFFD;&#xFFFD;&#xFFFD;z");
}

TEST(RenderHtml, HasHeadingsListsAnchorsAndBlanks) {
  Block section;
  section.kind = BlockKind::kSection;
  section.level = 2;
  section.id = "s";
  section.number = "1.1";
  section.inlines = {Text("Fees")};
  Block item;
  item.kind = BlockKind::kItem;
  item.id = "i";
  item.number = "(a)";
  Block list;
  list.kind = BlockKind::kList;
  list.style = ListStyle::kOrdered;
  list.id = "l";
  list.blocks = {item};
  section.blocks = {list};
  String html;
  AppendHtml(section, {}, &html);
  EXPECT_EQ(html,
            "<section id=\"unit-s\"><h3><span class=\"number\">1.1</span> Fees</h3>"
            "<ol role=\"list\" id=\"unit-l\"><li id=\"unit-i\"><span class=\"number\">(a)</span> "
            "</li></ol></section>");
}

TEST(RenderHtml, SaysWhatStaysOnOnePage) {
  Block item;
  item.kind = BlockKind::kOmittedItem;
  item.id = "i";
  item.keep = true;
  String html;
  AppendHtml(item, {}, &html);
  EXPECT_EQ(html, "<li class=\"omitted\" id=\"unit-i\" data-keep></li>");
}

Document WithBlank() {
  Block block;
  block.kind = BlockKind::kParagraph;
  block.id = "p";
  Inline blank;
  blank.kind = InlineKind::kBlank;
  blank.blank = BlankKind::kSign;
  blank.text = "f";
  blank.label = "Signature";
  blank.role = "customer";
  block.inlines = {Text("Signed: "), blank};
  return {.title = "T", .locale = "en", .blocks = {block}};
}

TEST(RenderHtml, ABlankShowsItsLabelThenItsTextThenItsMark) {
  Document document = WithBlank();
  EXPECT_NE(
      RenderHtml(document, {})
          .find("<span class=\"blank\" data-field=\"f\" data-kind=\"sign\" data-role=\"customer\">"
                "[Signature]</span>"),
      String::npos);
  Fills typed = {{.field = "f", .text = "Ada", .strokes = {}}};
  EXPECT_NE(RenderHtml(document, typed).find("<bdi>Ada</bdi>"), String::npos);
  Fills drawn = {{.field = "f", .text = "Ada", .strokes = {{{0, 0}, {80, 40}}, {{5, 5}}}}};
  String html = RenderHtml(document, drawn);
  EXPECT_NE(html.find("aria-label=\"Ada\" viewBox=\"-1 -1 82 42\""), String::npos) << html;
  EXPECT_NE(html.find("d=\"M0 0l80 40M5 5l0 0\""), String::npos) << html;
}

TEST(RenderHtml, StrokesAtTheEdgeOfTheirRangeStayIntegers) {
  Fills drawn = {
      {.field = "f", .text = "", .strokes = {{{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}}}}};
  EXPECT_NE(RenderHtml(WithBlank(), drawn).find("l4294967295 4294967295"), String::npos);
}

TEST(LinearText, SaysNumbersTextsAndBlanksInReadingOrder) {
  Document document = WithBlank();
  Block section;
  section.kind = BlockKind::kSection;
  section.level = 1;
  section.id = "s";
  section.number = "1.";
  section.inlines = {Text("Fees")};
  Block item;
  item.kind = BlockKind::kItem;
  item.id = "i";
  item.number = "(a)";
  item.blocks = document.blocks;
  Block list;
  list.kind = BlockKind::kList;
  list.style = ListStyle::kOrdered;
  list.id = "l";
  list.blocks = {item};
  section.blocks = {list};
  document.blocks = {section};
  EXPECT_EQ(LinearText(document, {}), "T\n\n1. Fees\n\n(a) Signed: [Signature]\n");
  EXPECT_EQ(LinearText(document, {{.field = "f", .text = "Ada", .strokes = {}}}),
            "T\n\n1. Fees\n\n(a) Signed: Ada\n");
}

TEST(LinearText, TheRenderingHashDependsOnTheTextAndOnNoFill) {
  Document a = WithBlank();
  Document b = WithBlank();
  EXPECT_EQ(RenderingHash(a), RenderingHash(b));
  b.title = "U";
  EXPECT_NE(RenderingHash(a), RenderingHash(b));
}

}  // namespace
}  // namespace countersign::document
