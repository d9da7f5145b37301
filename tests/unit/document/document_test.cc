#include "document/document.h"

#include <gtest/gtest.h>

#include "crypto/crypto.h"

namespace countersign::document {
namespace {

Block Paragraph(std::string_view id, std::string_view text) {
  Block block;
  block.kind = BlockKind::kParagraph;
  block.id = id;
  if (!text.empty()) block.inlines = {Text(text)};
  return block;
}

Block Section(std::string_view id, uint8_t level, std::string_view heading) {
  Block block = Paragraph(id, heading);
  block.kind = BlockKind::kSection;
  block.level = level;
  return block;
}

Block Item(std::string_view id) {
  Block block;
  block.kind = BlockKind::kItem;
  block.id = id;
  block.blocks = {Paragraph(String(id) + ".1", "text of " + String(id))};
  return block;
}

Block List(std::string_view id, ListStyle style, Vector<Block> items) {
  Block block;
  block.kind = BlockKind::kList;
  block.style = style;
  block.id = id;
  block.blocks = std::move(items);
  return block;
}

Document Sample() {
  Document document{.title = "Order", .locale = "en", .blocks = {}};
  Block services = Section("services", 1, "Services");
  Inline strong;
  strong.kind = InlineKind::kStrong;
  strong.inlines = {Text("Customer")};
  Inline link;
  link.kind = InlineKind::kLink;
  link.text = "https://example.com/a";
  link.inlines = {Text("terms")};
  Inline blank;
  blank.kind = InlineKind::kBlank;
  blank.blank = BlankKind::kSign;
  blank.text = "signature";
  blank.label = "Signature";
  blank.role = "customer";
  Inline ref;
  ref.kind = InlineKind::kRef;
  ref.text = "services";
  ref.label = "section 1";
  Inline line_break;
  line_break.kind = InlineKind::kBreak;
  Inline code;
  code.kind = InlineKind::kCode;
  code.text = "x";
  Block text = Paragraph("services.1", "The ");
  text.inlines.insert(text.inlines.end(), {strong, Text(" agrees to "), link, line_break, code,
                                           Text(" "), ref, Text(": "), blank});
  services.blocks = {text, List("services.2", ListStyle::kOrdered, {Item("a"), Item("b")})};
  Block omitted = Paragraph("credits", "Intentionally omitted.");
  omitted.kind = BlockKind::kOmitted;
  omitted.level = 1;
  document.blocks = {services, omitted, Section("law", 1, "Law")};
  Number(Numbering::kSections, &document.blocks);
  return document;
}

ErrorCode CodeOf(const Result<Document>& result) {
  EXPECT_FALSE(result.has_value());
  return result.has_value() ? ErrorCode::kJsonSyntax : result.error().code();
}

String Wrap(std::string_view blocks) {
  return "{\"blocks\":" + String(blocks) +
         ",\"format\":\"countersign-document/v1\",\"locale\":\"en\",\"title\":\"T\"}";
}

TEST(Document, ReadsBackExactlyWhatItWrote) {
  Document document = Sample();
  String bytes = Write(document);
  auto loaded = Load(bytes);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message() << loaded.error().path();
  EXPECT_EQ(*loaded, document);
  EXPECT_EQ(Write(*loaded), bytes);
}

TEST(Document, TextRefIsTheHashOfItsStoredBytes) {
  String bytes = Write(Sample());
  EXPECT_EQ(TextRef(bytes), crypto::Sha256(AsBytes(bytes)));
}

TEST(Document, NumbersSectionsAndItemsAndKeepsTheNumberOfWhatIsOmitted) {
  Document document = Sample();
  EXPECT_EQ(document.blocks[0].number, "1.");
  EXPECT_EQ(document.blocks[1].number, "2.");
  EXPECT_EQ(document.blocks[2].number, "3.");
  EXPECT_EQ(document.blocks[0].blocks[1].blocks[0].number, "(a)");
  EXPECT_EQ(document.blocks[0].blocks[1].blocks[1].number, "(b)");
}

TEST(Document, NumbersNestedSectionsAndListsByTheirDepth) {
  Block inner = List("l2", ListStyle::kOrdered, {Item("x"), Item("y")});
  Block item = Item("a");
  item.blocks.push_back(inner);
  Block sub = Section("sub", 2, "Sub");
  sub.blocks = {List("l1", ListStyle::kOrdered, {item})};
  Block top = Section("top", 1, "Top");
  top.blocks = {sub};
  Vector<Block> blocks = {top};
  Number(Numbering::kSections, &blocks);
  const Block& numbered = blocks[0].blocks[0];
  EXPECT_EQ(numbered.number, "1.1");
  EXPECT_EQ(numbered.blocks[0].blocks[0].number, "(a)");
  EXPECT_EQ(numbered.blocks[0].blocks[0].blocks[1].blocks[1].number, "(ii)");
  Number(Numbering::kItems, &blocks);
  EXPECT_EQ(blocks[0].blocks[0].number, "");
  EXPECT_EQ(blocks[0].blocks[0].blocks[0].blocks[0].number, "1.");
  EXPECT_EQ(blocks[0].blocks[0].blocks[0].blocks[0].blocks[1].blocks[1].number, "(b)");
}

TEST(Document, SpellsNumbersAsLettersAndRomans) {
  EXPECT_EQ(AlphaNumber(1), "a");
  EXPECT_EQ(AlphaNumber(26), "z");
  EXPECT_EQ(AlphaNumber(27), "aa");
  EXPECT_EQ(AlphaNumber(703), "aaa");
  EXPECT_EQ(RomanNumber(4), "iv");
  EXPECT_EQ(RomanNumber(1994), "mcmxciv");
}

TEST(Document, NormaliseJoinsTextsAtEveryDepth) {
  Inline strong;
  strong.kind = InlineKind::kStrong;
  strong.inlines = {Text("a"), Text(""), Text("b")};
  Inlines inlines = {Text(""), Text("x"), Text("y"), strong, Text("")};
  Normalise(&inlines);
  ASSERT_EQ(inlines.size(), 2u);
  EXPECT_EQ(inlines[0].text, "xy");
  ASSERT_EQ(inlines[1].inlines.size(), 1u);
  EXPECT_EQ(inlines[1].inlines[0].text, "ab");
}

TEST(Document, RefusesWhatIsNotItsForm) {
  EXPECT_EQ(CodeOf(Load("{}")), ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"html\":{}}]"))), ErrorCode::kSchemaUnknownMember);
  EXPECT_EQ(CodeOf(Load(Wrap("[7]"))), ErrorCode::kSchemaWrongType);
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"item\":{\"blocks\":[],\"id\":\"a\"}}]"))),
            ErrorCode::kSchemaBadValue);
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"paragraph\":{\"id\":\"a\",\"onclick\":\"x\",\"text\":[]}}]"))),
            ErrorCode::kSchemaUnknownMember);
  EXPECT_EQ(CodeOf(Load(Write(Sample()) + " ")), ErrorCode::kJsonNotCanonical);
}

TEST(Document, SaysOfAUnitThatItIsKeptTogetherOrNothing) {
  Document document = Sample();
  document.blocks[0].keep = document.blocks[0].blocks[1].blocks[0].keep = true;
  document.blocks[1].keep = true;  // what stands in its place
  String bytes = Write(document);
  auto loaded = Load(bytes);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message() << loaded.error().path();
  EXPECT_EQ(*loaded, document);
  EXPECT_EQ(Write(*loaded), bytes);
  EXPECT_NE(TextRef(bytes), TextRef(Write(Sample())));
  auto with = [](std::string_view keep) {
    return CodeOf(
        Load(Wrap("[{\"paragraph\":{\"id\":\"a\",\"keep\":" + String(keep) + ",\"text\":[]}}]")));
  };
  EXPECT_EQ(with("false"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(with("1"), ErrorCode::kSchemaWrongType);
}

TEST(Document, RefusesIdsThatAreNotIdsAndIdsThatComeTwice) {
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"paragraph\":{\"id\":\"a b\",\"text\":[]}}]"))),
            ErrorCode::kDocumentBadId);
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"paragraph\":{\"id\":\"a\",\"text\":[]}},"
                             "{\"paragraph\":{\"id\":\"a\",\"text\":[]}}]"))),
            ErrorCode::kDocumentDuplicateId);
}

TEST(Document, RefusesTextThatIsSplitOrEmpty) {
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"paragraph\":{\"id\":\"a\",\"text\":[\"x\",\"y\"]}}]"))),
            ErrorCode::kDocumentNotNormal);
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"paragraph\":{\"id\":\"a\",\"text\":[\"\"]}}]"))),
            ErrorCode::kDocumentNotNormal);
}

TEST(Document, RefusesAddressesThatRun) {
  EXPECT_TRUE(IsSafeAddress("https://example.com"));
  EXPECT_TRUE(IsSafeAddress("mailto:a@example.com"));
  EXPECT_FALSE(IsSafeAddress("javascript:alert(1)"));
  EXPECT_FALSE(IsSafeAddress("JavaScript:alert(1)"));
  EXPECT_FALSE(IsSafeAddress("https://a\nb"));
  EXPECT_FALSE(IsSafeAddress("https://" + String(1993, 'a')));
  EXPECT_TRUE(IsSafeAddress("https://" + String(1992, 'a')));
  EXPECT_EQ(CodeOf(Load(Wrap("[{\"paragraph\":{\"id\":\"a\",\"text\":[{\"link\":{\"address\":"
                             "\"javascript:x\",\"text\":[\"y\"]}}]}}]"))),
            ErrorCode::kDocumentBadAddress);
}

String Nested(int depth) {
  String inner = "[]";
  for (int i = 0; i < depth; ++i) {
    inner = "[{\"section\":{\"blocks\":" + inner + ",\"id\":\"s" + NumberText(i) +
            "\",\"level\":1,\"text\":[]}}]";
  }
  return Wrap(inner);
}

TEST(Document, ReadsToItsDepthAndNotOneDeeper) {
  EXPECT_TRUE(Load(Nested(kMaxDepth - 1)).has_value());
  EXPECT_EQ(CodeOf(Load(Nested(kMaxDepth))), ErrorCode::kDocumentTooDeep);
}

String ManyBreaks(int count) {
  String text = "[{\"paragraph\":{\"id\":\"a\",\"text\":[";
  for (int i = 0; i < count; ++i) text += i == 0 ? "{\"break\":true}" : ",{\"break\":true}";
  return Wrap(text + "]}}]");
}

TEST(Document, ReadsToItsSizeAndNotOneNodeMore) {
  EXPECT_TRUE(Load(ManyBreaks(kMaxNodes - 1)).has_value());
  EXPECT_EQ(CodeOf(Load(ManyBreaks(kMaxNodes))), ErrorCode::kDocumentTooLarge);
}

}  // namespace
}  // namespace countersign::document
