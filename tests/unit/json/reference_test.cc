// The gate against the general reader on nlohmann_json: the same values, the same refusals, the
// same paths.
#include <gtest/gtest.h>

#include <iterator>
#include <random>

#include "base/string.h"
#include "json/value.h"
#include "support/reference_reader.h"

namespace countersign::json {
namespace {

// What a reader says, as one text.
String Told(const Result<Value>& result) {
  if (result) return Write(*result);
  return String(result.error().name()) + " at " + result.error().path();
}

constexpr Limits kNarrow{.max_bytes = 200, .max_depth = 3, .max_items = 4};

void CompareOn(std::string_view text) {
  for (const Limits& limits : {kEventLimits, kNarrow}) {
    ASSERT_EQ(Told(Read(text, limits)), Told(testing::ReferenceRead(text, limits))) << text;
  }
}

TEST(GateAgainstReference, TextsOfRandomPiecesAreReadOrRefusedAlike) {
  constexpr std::string_view kPieces[] = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ":",
                                          "\"a\"",
                                          "\"b\"",
                                          "\"\\u0061\"",
                                          "\"\\n\"",
                                          "\"\\ud83d\\ude00\"",
                                          "\"\\ud83d\"",
                                          "\"\\ude00\"",
                                          "\"\xC3\xA4\"",
                                          "0",
                                          "-0",
                                          "-1",
                                          "7",
                                          "01",
                                          "1.5",
                                          "1e3",
                                          "1E-2",
                                          "-",
                                          "1.",
                                          "2e",
                                          "9007199254740991",
                                          "9007199254740992",
                                          "-9007199254740991",
                                          "18446744073709551616",
                                          "true",
                                          "false",
                                          "null",
                                          "nul",
                                          " ",
                                          "\t",
                                          "\r\n",
                                          "\"",
                                          "\\",
                                          "\"\x1F\"",
                                          "\x7F",
                                          "\xEF\xBB\xBF",
                                          "/",
                                          "\"\\/\""};
  std::mt19937 random(20261130);
  for (int round = 0; round < 40'000; ++round) {
    String text;
    for (uint32_t count = random() % 14; count > 0; --count) {
      text.append(kPieces[random() % std::size(kPieces)]);
    }
    CompareOn(text);
    if (HasFatalFailure()) return;
  }
}

// Valid texts, so that what stands deep inside is reached; one byte of every second one is another.
void AppendValue(std::mt19937& random, int depth, String* out) {
  switch (random() % (depth > 0 ? 7 : 5)) {
    case 0:
      out->append(random() % 2 ? "true" : "null");
      return;
    case 1:
      out->append(NumberText(static_cast<int64_t>(random()) - 2'000'000'000));
      return;
    case 2:
      out->append("\"x\\u00e4\\\"\"");
      return;
    case 3:
    case 4:
      out->append("\"y\"");
      return;
    default: {
      const bool object = random() % 2 == 0;
      out->push_back(object ? '{' : '[');
      for (uint32_t i = 0, count = random() % 5; i < count; ++i) {
        if (i > 0) out->append(random() % 8 ? "," : " ,\n");
        if (object) {
          out->push_back('"');
          out->push_back(static_cast<char>('a' + random() % 12));
          out->append("\":");
        }
        AppendValue(random, depth - 1, out);
      }
      out->push_back(object ? '}' : ']');
    }
  }
}

TEST(GateAgainstReference, WholeTextsAndTextsWithOneOtherByteAreReadOrRefusedAlike) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    String text;
    AppendValue(random, 4, &text);
    if (round % 2 == 1) text[random() % text.size()] = "\"{}[],:\\0a \xC3"[random() % 12];
    CompareOn(text);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace countersign::json
