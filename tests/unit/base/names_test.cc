#include "base/names.h"

#include <gtest/gtest.h>

#include <string_view>

namespace countersign {
namespace {

using namespace std::string_view_literals;

constexpr Names kNames("sent|se|sentence|void");

TEST(Names, AnIndexGivesTheNameAndTheNameItsIndex) {
  constexpr std::string_view kEach[] = {"sent", "se", "sentence", "void"};
  ASSERT_EQ(kNames.Count(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(kNames[i], kEach[i]);
    EXPECT_EQ(kNames.Find(kEach[i]), i);
  }
  enum class Kind { kSent, kSe };
  EXPECT_EQ(kNames[Kind::kSe], "se");
}

TEST(Names, OnlyAWholeNameIsFound) {
  for (std::string_view other :
       {""sv, "s"sv, "senten"sv, "voids"sv, "sent|se"sv, "|"sv, "void\0"sv, "void\0|x"sv, "\0"sv}) {
    EXPECT_FALSE(kNames.Has(other)) << other;
  }
}

}  // namespace
}  // namespace countersign
