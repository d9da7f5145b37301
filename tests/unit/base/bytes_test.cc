#include "base/bytes.h"

#include <gtest/gtest.h>

namespace countersign {
namespace {

Bytes B(std::string_view text) { return Bytes(text.begin(), text.end()); }

void ExpectNotBase64Url(std::string_view text) {
  const auto decoded = DecodeBase64Url(text);
  ASSERT_FALSE(decoded.has_value()) << text;
  EXPECT_EQ(decoded.error().code(), ErrorCode::kBytesNotBase64Url) << text;
}

// RFC 4648 section 10, without padding.
TEST(Base64Url, EveryLengthComesBack) {
  Bytes bytes;
  for (size_t length = 0; length < 700; ++length) {
    const auto decoded = DecodeBase64Url(EncodeBase64Url(bytes));
    ASSERT_TRUE(decoded.has_value()) << length;
    ASSERT_EQ(*decoded, bytes) << length;
    bytes.push_back(static_cast<uint8_t>(length * 37));
  }
}

TEST(Base64Url, SpellsTheRfcVectors) {
  const std::pair<std::string_view, std::string_view> kVectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : kVectors) {
    EXPECT_EQ(EncodeBase64Url(AsBytes(plain)), text);
    const auto decoded = DecodeBase64Url(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(*decoded, B(plain));
  }
}

TEST(Base64Url, UsesTheUrlAlphabet) { EXPECT_EQ(EncodeBase64Url(Bytes{0xFB, 0xFF, 0xBF}), "-_-_"); }

TEST(Base64Url, EveryLengthAndByteComesBack) {
  Bytes bytes;
  for (int i = 0; i < 260; ++i) {
    const auto decoded = DecodeBase64Url(EncodeBase64Url(bytes));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded, bytes);
    bytes.push_back(static_cast<uint8_t>(i * 7 + 3));
  }
}

TEST(Base64Url, TrailingBitsThatAreNotZeroAreRefused) {
  // "Zg" is 'f'; the other 15 spellings of its last character carry the same byte.
  int accepted = 0;
  for (int c = 0; c < 128; ++c) {
    const String text = {'Z', static_cast<char>(c)};
    if (const auto decoded = DecodeBase64Url(text); decoded && *decoded == B("f")) ++accepted;
  }
  EXPECT_EQ(accepted, 1);
  ExpectNotBase64Url("Zh");
  ExpectNotBase64Url("Zm9");
}

TEST(Base64Url, PaddingWhiteSpaceAndTheOtherAlphabetAreRefused) {
  for (const std::string_view text : {"Zg==", "Zg=", " Zg", "Zg ", "Zm9v\n", "Zm\n9v", "-+", "//",
                                      "Z", "Zm9vY", "Zm9v\xC3\xA4"}) {
    ExpectNotBase64Url(text);
  }
  ExpectNotBase64Url(std::string_view("Zg\0", 3));
}

TEST(Hex, ComesBackAndHasOneSpelling) {
  const Bytes bytes = {0x00, 0x7f, 0xa0, 0xff};
  EXPECT_EQ(EncodeHex(bytes), "007fa0ff");
  EXPECT_EQ(*DecodeHex("007fa0ff"), bytes);
  for (const std::string_view text : {"0", "0G", "FF", "fF", " 00", "0x00"}) {
    const auto decoded = DecodeHex(text);
    ASSERT_FALSE(decoded.has_value()) << text;
    EXPECT_EQ(decoded.error().code(), ErrorCode::kBytesNotHex);
  }
}

TEST(Utf8, WellFormedTextIsAccepted) {
  for (const std::string_view text :
       {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "Z\xC3\xBCrich \xF0\x9F\x96\x8B"}) {
    EXPECT_TRUE(IsUtf8(text)) << EncodeHex(AsBytes(text));
  }
}

TEST(Utf8, OverlongSurrogateTruncatedAndTooLargeAreRefused) {
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF", "\xC2", "\xE2\x82", "\xF0\x9F\x96", "\xC2\x41", "a\xE2\x82z",
        "\xED\xA0\xBD\xED\xB8\x80"}) {
    EXPECT_FALSE(IsUtf8(text)) << EncodeHex(AsBytes(text));
  }
}

TEST(InspectText, PlainWritingOfAnyLanguageHasNoFlags) {
  for (const std::string_view text :
       {"Line one\n\tline two", "Z\xC3\xBCrich", "\xE6\x97\xA5\xE6\x9C\xAC",
        "\xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A", "\xF0\x9F\x96\x8B"}) {
    EXPECT_FALSE(InspectText(text).Any()) << text;
  }
}

TEST(InspectText, FlagsWhatAReaderDoesNotSee) {
  EXPECT_TRUE(InspectText("a\rb").control);
  EXPECT_TRUE(InspectText("\x7F").control);
  EXPECT_TRUE(InspectText("\xC2\x85").control);
  EXPECT_TRUE(InspectText(std::string_view("\0", 1)).control);
  EXPECT_TRUE(InspectText("100\xE2\x80\xAE"
                          "001")
                  .bidi);                                    // U+202E
  EXPECT_TRUE(InspectText("\xE2\x81\xA6").bidi);             // U+2066
  EXPECT_TRUE(InspectText("\xD8\x9C").bidi);                 // U+061C
  EXPECT_TRUE(InspectText("pay\xE2\x80\x8Bpal").invisible);  // U+200B
  EXPECT_TRUE(InspectText("\xEF\xBB\xBF").invisible);        // U+FEFF
  EXPECT_TRUE(InspectText("\xEE\x80\x80").invisible);        // U+E000
  EXPECT_TRUE(InspectText("\xF3\xA0\x81\x81").invisible);    // U+E0041, a tag character
  EXPECT_FALSE(InspectText("\xE2\x81\xA6").invisible);
}

TEST(InspectText, WhatTurnsTheDirectionMisleadsAndTheMarksOfWritersDoNot) {
  EXPECT_TRUE(InspectText("a\xE2\x80\xAA").Misleads());  // U+202A
  EXPECT_TRUE(InspectText("a\xE2\x80\xAE").Misleads());  // U+202E
  EXPECT_TRUE(InspectText("a\xE2\x81\xA9").Misleads());  // U+2069
  EXPECT_TRUE(InspectText("a\rb").Misleads());
  EXPECT_FALSE(InspectText("a\n\tb").Misleads());
  EXPECT_FALSE(InspectText("a\xE2\x80\x8F").Misleads());  // U+200F, as Hebrew is typed
  EXPECT_FALSE(InspectText("a\xD8\x9C\xE2\x80\x8D").Misleads());
}

TEST(FixedBytes, ReadsExactlyItsLength) {
  const String text = EncodeBase64Url(Bytes(32, 7));
  ASSERT_EQ(text.size(), 43u);
  const auto id = EventId::FromBase64Url(text);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->ToBase64Url(), text);
  const auto short_id = EventId::FromBase64Url(EncodeBase64Url(Bytes(31, 7)));
  ASSERT_FALSE(short_id.has_value());
  EXPECT_EQ(short_id.error().code(), ErrorCode::kBytesWrongLength);
  EXPECT_EQ(EventId::FromBytes(Bytes(33, 7)).error().code(), ErrorCode::kBytesWrongLength);
  EXPECT_EQ(EventId::FromBase64Url("*").error().code(), ErrorCode::kBytesNotBase64Url);
}

}  // namespace

TEST(Text, CutAnywhereItLosesTheCharacterThatTheCutWentThroughAndNoMore) {
  const String text = "a\u00e9\u20ac\U0001F600z";
  for (size_t size = 0; size <= text.size(); ++size) {
    const std::string_view cut = std::string_view(text).substr(0, size);
    const std::string_view kept = WithoutCutCharacter(cut);
    EXPECT_TRUE(IsUtf8(kept)) << size;
    EXPECT_TRUE(cut.starts_with(kept)) << size;
    EXPECT_LT(cut.size() - kept.size(), 4u) << size;
    EXPECT_EQ(kept.size() == cut.size(), IsUtf8(cut)) << size;
  }
}

}  // namespace countersign
