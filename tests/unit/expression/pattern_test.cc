// matches(): what the subset means, what it refuses, and that no pattern takes long.
#include "expression/pattern.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "support/expressions.h"

namespace countersign::expression {
namespace {

bool Occurs(std::string_view pattern, std::string_view text) {
  const Result<Pattern> made = Pattern::Make(pattern);
  EXPECT_TRUE(made.has_value()) << pattern;
  int64_t fuel = 1'000'000;
  return made && made->Occurs(text, &fuel);
}

TEST(Pattern, OccursAnywhereUnlessItIsAnchored) {
  EXPECT_TRUE(Occurs("ubb", "hubba"));
  EXPECT_TRUE(Occurs("", ""));
  EXPECT_FALSE(Occurs("^ubb", "hubba"));
  EXPECT_FALSE(Occurs("ubb$", "hubba"));
  EXPECT_TRUE(Occurs("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", "DE89370400440532013000"));
  EXPECT_FALSE(Occurs("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", "DE89 3704"));
  EXPECT_TRUE(Occurs("gr(a|e)y", "grey"));
  EXPECT_TRUE(Occurs("^(?:DE|FR|IT|)$", ""));
  EXPECT_TRUE(Occurs("a+\u00f1+a+", "ma\u00f1ana"));
  EXPECT_TRUE(Occurs("^(a|\U0001F600){2}$", "a\U0001F600"));
  EXPECT_TRUE(Occurs(R"(^\w+@\w+\.(?:com|de)$)", "a_1@b.de"));
  EXPECT_TRUE(Occurs(R"(\bcat\b)", "a cat sat"));
  EXPECT_FALSE(Occurs(R"(\bcat\b)", "concatenate"));
  EXPECT_TRUE(Occurs(R"(\Bcat\B)", "concatenate"));
  EXPECT_FALSE(Occurs("a.b", "a\nb"));
  EXPECT_TRUE(Occurs(R"([^\d\s]\x41\x{1F600}[\]a-c-])", "xA\U0001F600-"));
  EXPECT_TRUE(Occurs(R"(^\D\S\W$)", "ab!"));
  EXPECT_TRUE(Occurs("^(a*)*$", "aaaa"));
  EXPECT_TRUE(Occurs("^a{2,}?b{0}c{0,1}$", "aaa"));
}

TEST(Pattern, TheRestOfRe2ThatNeedsNoTables) {
  const std::pair<const char*, const char*> found[] = {{"(?i)abc", "ABC"},
                                                       {"(?i)[a-c]+$", "aBC"},
                                                       {"^(?i:k)$", "\u212a"},
                                                       {"(?i)\\w", "\u017f"},
                                                       {"(?i)[^\\S]\\D", " k"},
                                                       {"^[[:alpha:]]\\Q[\\E$", "a["},
                                                       {"^[]]\\Q[\\E[^]]\\Q]\\E$", "][a]"},
                                                       {"(?i)S", "\u017f"},
                                                       {"(?s)a.b", "a\nb"},
                                                       {"(?m)^b$", "a\nb\nc"},
                                                       {"(?P<n>a)(?<m_2>b)", "ab"},
                                                       {"(?U)a+", "a"},
                                                       {"^a(?i)b(?-i)c$", "aBc"},
                                                       {"^(?:a(?i)b)c$", "aBc"},
                                                       {"^(?i)a|b$", "B"},
                                                       {"^[[:alpha:]]+[[:^digit:]]$", "abc!"},
                                                       {"^[[:word:][:space:]]+$", "a_1 \v"},
                                                       {"^[\\D]$", "a"},
                                                       {"^[^\\W]+$", "a_1"},
                                                       {"^[]a]+$", "]a"},
                                                       {"^[^]a]$", "b"},
                                                       {"[a-b-c]", "-"},
                                                       {"^[--/]$", "."},
                                                       {"\\101\\07?\\0?", "A"},
                                                       {"\\Aa\\z", "a"},
                                                       {"^\\Qa.b*\\E$", "a.b*"},
                                                       {"^\\Qab\\E+$", "abb"},
                                                       {"^\\\\Q$", "\\Q"},
                                                       {"\\Q(", "("},
                                                       {"\\_", "_"},
                                                       {"{", "{"},
                                                       {"^a{,2}$", "a{,2}"},
                                                       {"^a{1$", "a{1"},
                                                       {"^a*{$", "aa{"},
                                                       {"^{a}$", "{a}"}};
  for (const auto& [pattern, text] : found) EXPECT_TRUE(Occurs(pattern, text)) << pattern;
  const std::pair<const char*, const char*> missed[] = {
      {"(?i)[^a]", "A"},   {"(?i-i)a", "A"},     {"(?:a(?i)b)c", "aBC"}, {"a.b", "a\nb"},
      {"^b$", "a\nb"},     {"(?m)\\Ab", "a\nb"}, {"[[:^alpha:]]", "a"},  {"^[^\\D]$", "a"},
      {"^(?i:a)b$", "AB"}, {"[[:upper:]]", "a"}, {"\\Q.\\E", "a"},       {"(?i)\\W", "\u017f"}};
  for (const auto& [pattern, text] : missed) EXPECT_FALSE(Occurs(pattern, text)) << pattern;
  EXPECT_TRUE(Occurs("^a{1000}$", String(1000, 'a')));
  EXPECT_FALSE(Occurs("^a{1000}$", String(999, 'a')));
  EXPECT_TRUE(Occurs("^x{256,900}$", String(900, 'x')));
}

TEST(Pattern, WhatItCannotDoIsRefused) {
  for (const char* text : {"(",
                           ")",
                           "a)",
                           "[",
                           "[]",
                           "[a",
                           "*",
                           "a**",
                           "+",
                           "?",
                           "{1}",
                           "a{2,1}",
                           "a{1001}",
                           "a{1}{2}",
                           "\\",
                           "\\q",
                           "\\1",
                           "(?i)\u00e9",
                           "(?i)[\u00e0-\u00ff]",
                           "(?i)*",
                           "(?i)[\\W]",
                           "(?i)[[:^upper:]]",
                           "[\\Qa\\E]",
                           "[[:punct:]\\Qa\\E]",
                           "(?x)a",
                           "(?-)a",
                           "(?i-s-m)a",
                           "(?i",
                           "(?P<n>a)(?<n>b)",
                           "(?P<>a)",
                           "(?P=n)",
                           "a{1}{2}",
                           "{1}",
                           "\\8",
                           "\\Z",
                           "\\E",
                           "\\Q(\\E)",
                           "(?=a)",
                           "\\pL",
                           "\\x4",
                           "\\x{110000}",
                           "[b-a]",
                           "[[:alfa:]]",
                           "[[:alpha]]",
                           "(((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))))"}) {
    const Result<Pattern> pattern = Pattern::Make(text);
    ASSERT_FALSE(pattern.has_value()) << text;
    EXPECT_EQ(pattern.error().code(), ErrorCode::kExpressionBadPattern);
  }
  EXPECT_TRUE(Pattern::Make(String(Pattern::kMaxInstructions, 'a')).has_value());
  EXPECT_FALSE(Pattern::Make(String(Pattern::kMaxInstructions + 1, 'a')).has_value());
  EXPECT_TRUE(Pattern::Make("a{255}").has_value());
  EXPECT_FALSE(Pattern::Make("(a{255}){255}").has_value());
}

TEST(Pattern, AgreesWithTheStandardLibraryOnRandomPatterns) {
  uint64_t state = 11;
  const auto below = [&](uint32_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 40) % bound;
  };
  const auto write = [&](auto&& self, int depth) -> String {
    if (depth == 0) return String(1, "ab."[below(3)]);
    switch (below(8)) {
      case 0:
        return self(self, depth - 1) + self(self, depth - 1);
      case 1:
        return "(" + self(self, depth - 1) + "|" + self(self, depth - 1) + ")";
      case 2:
        return "(?:" + self(self, depth - 1) + ")*";
      case 3:
        return "(?:" + self(self, depth - 1) + ")+";
      case 4:
        return "(?:" + self(self, depth - 1) + ")?";
      case 5:
        return "(?:" + self(self, depth - 1) + "){1,2}";
      case 6:
        return "[^a]" + self(self, depth - 1);
      default:
        return (below(2) == 0 ? "^" : "") + self(self, depth - 1) + (below(2) == 0 ? "$" : "");
    }
  };
  for (int i = 0; i < 2000; ++i) {
    const String pattern = write(write, 3);
    String text;
    for (uint32_t n = below(6); n > 0; --n) text += "abc"[below(3)];
    const bool expected = std::regex_search(std::string(text), std::regex(std::string(pattern)));
    ASSERT_EQ(Occurs(pattern, text), expected) << pattern << " in " << text;
  }
}

TEST(Pattern, NoPatternTakesLong) {
  const String text(2000, 'a');
  int64_t fuel = 100'000'000;
  EXPECT_FALSE(Pattern::Make("(a*)*(a*)*(a*)*b")->Occurs(text, &fuel));
  EXPECT_GT(fuel, 100'000'000 - 2000 * 100);
  fuel = 100;
  EXPECT_FALSE(Pattern::Make("(a*)*b")->Occurs(text, &fuel));
  EXPECT_EQ(fuel, 0);
  testing::World w;
  w.Bind("text", "string", values::Value::String(String(100'000, 'a')));
  EXPECT_EQ(w.Evaluate("text.matches('(a|aa|aaa|aaaa){50}b')"), "error expression.fuel");
}

TEST(Pattern, AWrongPatternIsTheAuthorsMistakeWhereItStands) {
  testing::World w;
  w.Declare("s", "string", R"("a(")");
  EXPECT_EQ(w.Problems("s.matches('(')"), "T611 1:11-1:14");
  EXPECT_EQ(w.Evaluate("'a('.matches(s)"), "error expression.bad_pattern");
  EXPECT_EQ(w.Evaluate("matches(s, '^a')"), "bool true");
}

}  // namespace
}  // namespace countersign::expression
