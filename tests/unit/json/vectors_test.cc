// The kit of JSON texts in tests/vectors/json: what a reader of events accepts, and why it refuses.
#include <gtest/gtest.h>

#include "base/string.h"
#include "json/value.h"
#include "support/vector_folder.h"

namespace countersign::json {
namespace {

using ::countersign::testing::VectorCase;

String Nested(size_t depth) { return String(depth, '[') + String(depth, ']'); }

String WithCount(size_t count) {
  String text = "[0";
  for (size_t i = 1; i < count; ++i) text += ",0";
  return text + "]";
}

Vector<VectorCase> Cases() {
  return {
      {"empty-object", "{}", "canonical"},
      {"scalar", "7", "canonical"},
      {"every-kind", R"({"a":[null,true,false,-1,"x",{}],"b":{"c":[]}})", "canonical"},
      {"names-by-byte", R"({"":1,"1":2,"10":3,"A":4,"_":5,"a":6,"a0":7,"aa":8})", "canonical"},
      {"largest-integer", "9007199254740991", "canonical"},
      {"smallest-integer", "-9007199254740991", "canonical"},
      {"escapes", "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7F\"", "canonical"},
      {"text-as-typed", "\"\xC3\xA4 a\xCC\x88 \xE2\x80\xAE \xF0\x9F\x96\x8B\"", "canonical"},
      {"name-proto", R"({"__proto__":1,"constructor":2})", "canonical"},
      {"depth-16", Nested(16), "canonical"},
      {"items-4096", WithCount(4096), "canonical"},
      {"largest-text", '"' + String(65534, 'x') + '"', "canonical"},

      {"space", "{ }", "json.not_canonical"},
      {"newline-behind", "{}\n", "json.not_canonical"},
      {"unsorted", R"({"b":1,"a":2})", "json.not_canonical"},
      {"unsorted-by-length", R"({"aa":1,"b":2,"a":3})", "json.not_canonical"},
      {"needless-escape", R"("\u0061")", "json.not_canonical"},
      {"needless-escape-in-name", R"({"\u0061":1})", "json.not_canonical"},
      {"escaped-slash", R"("\/")", "json.not_canonical"},
      {"escaped-umlaut", R"("\u00e4")", "json.not_canonical"},
      {"long-escape-for-newline", R"("\u000a")", "json.not_canonical"},
      {"upper-case-escape", R"("\u001F")", "json.not_canonical"},
      {"escaped-pair", R"("\ud83d\ude00")", "json.not_canonical"},

      {"empty", "", "json.syntax"},
      {"nul-behind", String("{\"a\":1}\0garbage", 15), "json.syntax"},
      {"byte-order-mark", "\xEF\xBB\xBF{}", "json.syntax"},
      {"second-value", "{}{}", "json.syntax"},
      {"trailing-comma", "[1,]", "json.syntax"},
      {"comment", "/**/{}", "json.syntax"},
      {"leading-zero", "01", "json.syntax"},
      {"lone-high-surrogate", R"("\ud83d")", "json.syntax"},
      {"lone-low-surrogate", R"("\ude00")", "json.syntax"},
      {"raw-control", "\"\t\"", "json.syntax"},

      {"overlong", "\"\xC0\x80\"", "text.not_utf8"},
      {"cesu", "\"\xED\xA0\xBD\xED\xB8\x80\"", "text.not_utf8"},
      {"truncated-character", "\"\xE2\x82\"", "text.not_utf8"},

      {"duplicate", R"({"a":1,"b":2,"a":1})", "json.duplicate_name"},
      {"duplicate-by-escape", R"({"a":1,"\u0061":1})", "json.duplicate_name"},
      {"duplicate-inside", R"([{"x":{"a":1,"a":2}}])", "json.duplicate_name"},
      {"umlaut-name", "{\"\xC3\xA4\":1}", "json.name_not_ascii"},

      {"fraction", "1.5", "json.number_not_integer"},
      {"fraction-of-zero", "1.0", "json.number_not_integer"},
      {"exponent", "1e3", "json.number_not_integer"},
      {"minus-zero", "-0", "json.number_not_integer"},
      {"two-to-53", "9007199254740992", "json.number_not_integer"},
      {"minus-two-to-53", "-9007199254740992", "json.number_not_integer"},
      {"two-to-64", "18446744073709551616", "json.number_not_integer"},
      {"four-hundred-digits", String(400, '9'), "json.number_not_integer"},
      {"overflowing-exponent", "1e999", "json.number_not_integer"},

      {"depth-17", Nested(17), "json.too_deep"},
      {"depth-30000", Nested(30000), "json.too_deep"},
      {"items-4097", WithCount(4097), "json.too_many_items"},
      {"one-byte-more", '"' + String(65535, 'x') + '"', "json.too_large"},
  };
}

TEST(JsonVectors, AreTheFilesInTheFolder) {
  testing::ExpectFolder("vectors/json", ".json", Cases());
}

TEST(JsonVectors, AreDecidedAsTheirNamesSay) {
  for (const VectorCase& vector : Cases()) {
    const auto bytes =
        testing::ReadFile(testing::TestPath("vectors/json/") + FileNameOf(vector, ".json"));
    ASSERT_TRUE(bytes.has_value()) << vector.name;
    const auto value = ReadCanonical(*bytes, kEventLimits);
    EXPECT_EQ(value ? "canonical" : value.error().name(), vector.verdict) << vector.name;
    if (value) EXPECT_EQ(Write(*value), *bytes) << vector.name;
  }
}

}  // namespace
}  // namespace countersign::json
