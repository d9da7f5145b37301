#include "base/string.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/vector.h"

namespace countersign {
namespace {

TEST(String, IsOneWordAndMovesWithoutAllocating) {
  static_assert(sizeof(String) == sizeof(void*));
  String text = "customer";
  const char* characters = text.data();
  const String moved = std::move(text);
  EXPECT_EQ(moved.data(), characters);
  EXPECT_EQ(text, "");  // NOLINT: what is moved from is empty
}

TEST(String, APartOfItselfIsAddedWhole) {
  String text = "abc";
  text.append(text);
  text.append(std::string_view(text).substr(1, 3));
  EXPECT_EQ(text, "abcabcbca");
  text.insert(1, std::string_view(text).substr(6));
  EXPECT_EQ(text, "abcabcabcbca");
  text = std::string_view(text).substr(3, 4);
  EXPECT_EQ(text, "abca");
  text.assign(text.data() + 1, 2);
  EXPECT_EQ(text, "bc");
}

TEST(String, HoldsAnyByteAndIsComparedByBytes) {
  const String with_nul(std::string_view("a\0b", 3));
  EXPECT_EQ(with_nul.size(), 3u);
  EXPECT_LT(String("a"), with_nul);
  EXPECT_LT(with_nul, "ab");
  EXPECT_LT(String("z"), "\xC3\xA4");  // unsigned, as UTF-8 orders code points
  EXPECT_EQ(String(), "");
  EXPECT_LT(String(), "a");
}

TEST(String, NumbersAreWrittenInDigits) {
  EXPECT_EQ(NumberText(0), "0");
  EXPECT_EQ(NumberText(-17), "-17");
  EXPECT_EQ(NumberText(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(NumberText(UINT64_MAX), "18446744073709551615");
}

TEST(String, TextsAreJoinedInAnyOrder) {
  const String name = "term";
  EXPECT_EQ("'" + name + "' of " + std::string_view("sla") + '!', "'term' of sla!");
  EXPECT_EQ('<' + name + '>', "<term>");
  EXPECT_EQ(name, "term");
}

// Beside the standard library's, on the same acts.
TEST(String, DoesWhatStdStringDoes) {
  std::mt19937 random(11);
  String ours;
  std::string theirs;
  for (int round = 0; round < 50'000; ++round) {
    const size_t at = random() % (theirs.size() + 1);
    const size_t count = random() % 6;
    const std::string piece(random() % 5, static_cast<char>('a' + random() % 4));
    switch (random() % 12) {
      case 0:
        ours.insert(at, piece);
        theirs.insert(at, piece);
        break;
      case 1:
        ours.erase(at, count);
        theirs.erase(at, count);
        break;
      case 2:
        ours.replace(at, count, piece);
        theirs.replace(at, count, piece);
        break;
      case 3:
        ours += piece;
        theirs += piece;
        break;
      case 4:
        ours.push_back('z');
        theirs.push_back('z');
        break;
      case 5:
        ours.resize(at, 'r');
        theirs.resize(at, 'r');
        break;
      case 6:
        ours.insert(at, count, 'i');
        theirs.insert(at, count, 'i');
        break;
      case 7:
        EXPECT_EQ(ours.find(piece, at), theirs.find(piece, at));
        EXPECT_EQ(ours.rfind(piece, at), theirs.rfind(piece, at));
        break;
      case 8:
        EXPECT_EQ(ours.substr(at, count), theirs.substr(at, count));
        break;
      case 9:
        ours.append(count, 'x');
        theirs.append(count, 'x');
        break;
      case 10:
        if (theirs.size() > 200) {
          ours.clear();
          theirs.clear();
        }
        break;
      default: {
        const String copy = ours;
        ours = piece;
        ours = copy;
        EXPECT_EQ(ours <=> piece, theirs <=> piece);
      }
    }
    ASSERT_EQ(std::string_view(ours), theirs);
  }
}

TEST(String, AVectorOfStringsKeepsThemAsItGrows) {
  Vector<String> texts;
  for (int i = 0; i < 100; ++i) texts.insert(texts.begin(), NumberText(i));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(texts[static_cast<size_t>(i)], NumberText(99 - i));
}

}  // namespace
}  // namespace countersign
