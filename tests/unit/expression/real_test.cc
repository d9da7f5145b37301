// Doubles as text: the nearest double in, the shortest text out, checked against the C library.
#include "expression/real.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace countersign::expression {
namespace {

TEST(Real, TheHardCasesAreRead) {
  for (const char* text : {"0",
                           "-0",
                           "0.1",
                           "5e-324",
                           "2.4703282292062327e-324",
                           "2.4703282292062328e-324",
                           "2.2250738585072014e-308",
                           "2.2250738585072011e-308",
                           "1.7976931348623157e308",
                           "1.7976931348623159e308",
                           "9007199254740993",
                           "9007199254740992.99999999999999999999999999999999999999999999",
                           "1e23",
                           "8.5e22",
                           ".5",
                           "5.",
                           "1e-400",
                           "1e400",
                           "123456789012345678901234567890",
                           "3.14159265358979323846264338327950288",
                           "1e22",
                           "1e-22"}) {
    const std::optional<double> value = ParseReal(text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(std::bit_cast<uint64_t>(*value), std::bit_cast<uint64_t>(std::strtod(text, nullptr)))
        << text;
  }
  for (const char* text :
       {"", ".", "1e", "1e+", "x", "1x", "--1", "1..2", "0x1", " 1", "1 ", "infinit"}) {
    EXPECT_FALSE(ParseReal(text).has_value()) << text;
  }
}

TEST(Real, RandomDoublesSurviveAndMatchTheCLibrary) {
  uint64_t state = 7;
  for (int i = 0; i < 3000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint64_t bits = state ^ state >> 29;
    if (i % 3 == 0) bits = (bits & ~(uint64_t{0x7FF} << 52)) | uint64_t{1003 + bits % 60} << 52;
    const double value = std::bit_cast<double>(bits);
    if (value != value || value == __builtin_inf() || value == -__builtin_inf()) continue;
    const String text = FormatReal(value);
    EXPECT_EQ(std::bit_cast<uint64_t>(*ParseReal(text)), bits) << text;
    EXPECT_EQ(std::bit_cast<uint64_t>(std::strtod(std::string(text).c_str(), nullptr)), bits)
        << text;
    char printed[64];
    std::snprintf(printed, sizeof printed, "%.17g", value);
    EXPECT_EQ(std::bit_cast<uint64_t>(*ParseReal(printed)), bits) << printed;
    EXPECT_LE(text.size(), sizeof printed);
  }
  EXPECT_EQ(FormatReal(0.1), "0.1");
  EXPECT_EQ(FormatReal(100), "100");
  EXPECT_EQ(FormatReal(123456789.25), "123456789.25");
  EXPECT_EQ(FormatReal(-0.0), "-0");
  EXPECT_EQ(FormatReal(5e-324), "5e-324");
  EXPECT_EQ(FormatReal(1e21), "1e+21");
  EXPECT_EQ(FormatReal(0.00001), "1e-05");
}

}  // namespace
}  // namespace countersign::expression
