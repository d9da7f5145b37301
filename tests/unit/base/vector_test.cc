// Vector against std::vector: whatever is done to both, both hold the same.
#include "base/vector.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "base/string.h"

namespace countersign {
namespace {

// Counts itself, so that a leak or a second destruction shows without a sanitizer too.
class Counted {
 public:
  explicit Counted(int value = 0) : value_(std::make_unique<int>(value)) { ++alive; }
  Counted(const Counted& other) : Counted(other.value()) {}
  Counted(Counted&& other) noexcept : value_(std::move(other.value_)) { ++alive; }
  Counted& operator=(const Counted& other) {
    value_ = std::make_unique<int>(other.value());
    return *this;
  }
  Counted& operator=(Counted&&) noexcept = default;
  ~Counted() { --alive; }
  int value() const { return value_ ? *value_ : -1; }
  friend bool operator==(const Counted& a, const Counted& b) { return a.value() == b.value(); }

  static inline int alive = 0;

 private:
  std::unique_ptr<int> value_;
};

// Texts on both sides of what a String holds in itself.
template <class T>
T Make(int n);
template <>
int Make<int>(int n) {
  return n;
}
template <>
String Make<String>(int n) {
  return String(static_cast<size_t>(n % 40), static_cast<char>('a' + n % 26));
}
template <>
Counted Make<Counted>(int n) {
  return Counted(n);
}

template <class T>
class VectorOf : public testing::Test {};
using Kinds = testing::Types<int, String, Counted>;
TYPED_TEST_SUITE(VectorOf, Kinds);

TYPED_TEST(VectorOf, HoldsWhatTheStandardOneHoldsAfterTheSameThousandsOfCalls) {
  std::mt19937 random(7);
  const auto pick = [&](size_t below) { return below == 0 ? 0 : random() % below; };
  for (int run = 0; run < 50; ++run) {
    Vector<TypeParam> ours;
    std::vector<TypeParam> theirs;
    const auto at = [&](size_t index) { return theirs.begin() + static_cast<ptrdiff_t>(index); };
    for (int step = 0; step < 200; ++step) {
      const auto item = Make<TypeParam>(static_cast<int>(random() % 100));
      const size_t index = pick(theirs.size() + 1);
      const size_t last = index + pick(theirs.size() - index + 1);
      switch (random() % 12) {
        case 0:
          ours.insert(ours.begin() + index, item);
          theirs.insert(at(index), item);
          break;
        case 1:
          ours.erase(ours.begin() + index, ours.begin() + last);
          theirs.erase(at(index), at(last));
          break;
        case 2:
          if (theirs.empty()) break;
          ours.pop_back();
          theirs.pop_back();
          break;
        case 3:
          ours.resize(index);
          theirs.resize(index);
          break;
        case 4:
          ours.insert(ours.begin() + index, 3, item);
          theirs.insert(at(index), 3, item);
          break;
        case 5: {
          const std::vector<TypeParam> more(pick(5), item);
          ours.insert(ours.begin() + index, more.begin(), more.end());
          theirs.insert(at(index), more.begin(), more.end());
          break;
        }
        case 6: {
          const Vector<TypeParam> copy(ours);
          ours.clear();
          ours = copy;
          break;
        }
        case 7: {
          Vector<TypeParam> moved(std::move(ours));
          EXPECT_TRUE(ours.empty());
          ours = std::move(moved);
          EXPECT_TRUE(moved.empty());
          break;
        }
        case 8:
          if (theirs.empty()) break;
          ours.push_back(ours[pick(theirs.size())]);  // an item of its own, as it grows
          theirs.push_back(ours.back());
          break;
        default:
          ours.push_back(item);
          theirs.push_back(item);
      }
      ASSERT_EQ(ours.size(), theirs.size());
      ASSERT_TRUE(std::equal(theirs.begin(), theirs.end(), ours.begin()));
    }
  }
  EXPECT_EQ(Counted::alive, 0);
}

TEST(Vector, EraseIfTakesOutWhatTheStandardOneTakesOut) {
  Vector<int> ours = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(EraseIf(ours, [](int n) { return n % 2 == 0; }), 3u);
  EXPECT_EQ(ours, (Vector<int>{1, 3, 5}));
}

TEST(Vector, IsOneWordAndTakesNoMemoryWhileEmpty) {
  EXPECT_EQ(sizeof(Vector<String>), sizeof(void*));
  EXPECT_EQ(Vector<String>().capacity(), 0u);
}

TEST(Vector, KeepsItemsWhereTheirTypeWantsThem) {
  struct alignas(16) Wide {
    char bytes[16];
  };
  Vector<Wide> wide(3);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(wide.data()) % 16, 0u);
}

TEST(Vector, AddingOneAtATimeMovesEachItemAFewTimesOnly) {
  Vector<int> items;
  int grown = 0;
  for (int i = 0; i < 100'000; ++i) {
    const size_t before = items.capacity();
    items.push_back(i);
    if (items.capacity() != before) ++grown;
  }
  EXPECT_LE(grown, 20);
}

TEST(Vector, OrdersAsWordsInADictionary) {
  EXPECT_LT((Vector<int>{1, 2}), (Vector<int>{1, 3}));
  EXPECT_LT((Vector<int>{1}), (Vector<int>{1, 0}));
}

#ifdef _GLIBCXX_ASSERTIONS
TEST(VectorDeathTest, AnIndexBehindItsEndStopsTheProgram) {
  const Vector<int> items = {1, 2};
  EXPECT_DEATH(static_cast<void>(items[2]), "");
}
#endif

}  // namespace
}  // namespace countersign
