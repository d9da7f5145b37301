#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"

namespace countersign {
namespace {

constexpr ErrorCode kAll[] = {
#define CS_ERROR(name, code, text) ErrorCode::name,
#include "base/error_codes.def"
#undef CS_ERROR
};

TEST(ErrorCode, HasOneSpellingOfItsOwn) {
  std::set<std::string_view> names;
  for (const ErrorCode code : kAll) {
    const std::string_view name = CodeName(code);
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(CodeName(ErrorCode::kJsonSyntax), "json.syntax");
  EXPECT_EQ(CodeName(ErrorCode::kBackendBadName), "backend.bad_name");
}

TEST(ErrorCode, IsAreaDotReason) {
  for (const ErrorCode code : kAll) {
    const std::string_view name = CodeName(code);
    const size_t dot = name.find('.');
    ASSERT_NE(dot, std::string_view::npos) << name;
    EXPECT_EQ(name.find('.', dot + 1), std::string_view::npos) << name;
    for (const char c : name) {
      EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.') << name;
    }
    EXPECT_FALSE(CodeText(code).empty());
    EXPECT_NE(CodeText(code).back(), '.') << "a detail may follow: " << name;
  }
}

TEST(Error, IsTwoWords) { EXPECT_LE(sizeof(Error), 2 * sizeof(void*)); }

TEST(Error, MessageIsTheSentenceAndTheDetail) {
  EXPECT_EQ(Error(ErrorCode::kJsonSyntax).message(), CodeText(ErrorCode::kJsonSyntax));
  const Error error(ErrorCode::kJsonSyntax, "near byte 7", "/a");
  EXPECT_EQ(error.message(), String(CodeText(ErrorCode::kJsonSyntax)) + ": near byte 7");
  EXPECT_EQ(error.path(), "/a");
  EXPECT_EQ(error.name(), "json.syntax");
}

TEST(Error, UnderPutsTheOuterPathInFront) {
  EXPECT_EQ(Error(ErrorCode::kJsonSyntax, "", "/b").Under("/a").path(), "/a/b");
  EXPECT_EQ(Error(ErrorCode::kJsonSyntax).Under("/a").path(), "/a");
}

TEST(Error, CopiesAreEqualAndIndependent) {
  Error first(ErrorCode::kJsonSyntax, "x", "/y");
  const Error second = first;
  EXPECT_EQ(first, second);
  first = std::move(first).Under("/z");
  EXPECT_NE(first, second);
  EXPECT_EQ(second.path(), "/y");
}

TEST(Error, NeverEndsInTheMiddleOfACharacter) {
  const std::string_view text = "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80";  // café € 😀
  for (size_t end = 0; end <= text.size(); ++end) {
    const Error error(ErrorCode::kJsonSyntax, text.substr(0, end));
    EXPECT_TRUE(IsUtf8(error.detail())) << end;
    EXPECT_GE(error.detail().size() + 3, end);
    if (IsUtf8(text.substr(0, end))) EXPECT_EQ(error.detail(), text.substr(0, end));
  }
}

Result<int> Twice(Result<int> number) {
  const int value = CS_TRY(std::move(number));
  return 2 * value;
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(*Twice(21), 42);
  const auto failed = Twice(Error(ErrorCode::kJsonSyntax, "here"));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().detail(), "here");
}

}  // namespace
}  // namespace countersign
