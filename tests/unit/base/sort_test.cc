#include "base/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/string.h"

namespace countersign {
namespace {

TEST(Sort, SortsAsTheStandardLibraryDoesAndIsStable) {
  uint32_t state = 1;
  for (size_t size = 0; size < 200; ++size) {
    Vector<std::pair<uint32_t, size_t>> items;
    for (size_t i = 0; i < size; ++i) {
      state = state * 1664525u + 1013904223u;
      items.push_back({(state >> 8) % 20, i});
    }
    auto expected = items;
    std::sort(expected.begin(), expected.end());  // the second member is the place
    Sort(&items, [](const auto& a, const auto& b) { return a.first < b.first; });
    EXPECT_EQ(items, expected) << size;
  }
}

TEST(Sort, MovesWhatCannotBeCopied) {
  Vector<std::unique_ptr<String>> items;
  for (const char* text : {"c", "a", "b"}) items.push_back(std::make_unique<String>(text));
  Sort(&items, [](const auto& a, const auto& b) { return *a < *b; });
  EXPECT_EQ(*items[0] + *items[1] + *items[2], "abc");
}

TEST(Sort, KeepsOneOfEqualItemsWhereAsked) {
  Vector<String> items = {"b", "a", "b", "b", "a", "c"};
  SortUnique(&items);
  EXPECT_EQ(items, (Vector<String>{"a", "b", "c"}));
  Vector<String> none;
  SortUnique(&none);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace countersign
