#include "log/hash_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace countersign::log {
namespace {

// Some alike in all but the last byte, as whoever tries long enough can make them.
Hash MakeHash(std::mt19937& random) {
  Hash hash;
  if (random() % 3 != 0) {
    for (uint8_t& byte : hash.bytes) byte = static_cast<uint8_t>(random());
  }
  hash.bytes[31] = static_cast<uint8_t>(random() % 64);
  return hash;
}

TEST(HashIndex, FindsWhatASortedMapFinds) {
  std::mt19937 random(7);
  HashIndex index;
  std::map<Hash, uint32_t> map;
  for (uint32_t i = 0; i < 5000; ++i) {
    const Hash hash = MakeHash(random);
    index.Set(hash, i);
    map[hash] = i;
    const Hash other = MakeHash(random);
    const auto found = index.Find(other);
    ASSERT_EQ(found.has_value(), map.contains(other));
    if (found) ASSERT_EQ(*found, map[other]);
  }
  Vector<uint32_t> places;
  for (const auto& [hash, place] : map) {
    EXPECT_EQ(index.Find(hash), place);
    places.push_back(place);
  }
  EXPECT_EQ(index.Places(), places);
}

TEST(HashIndex, ACopyGoesItsOwnWay) {
  HashIndex one;
  one.Set(Hash(), 1);
  HashIndex two = one;
  two.Set(Hash(), 2);
  EXPECT_EQ(one.Find(Hash()), 1u);
  EXPECT_EQ(two.Find(Hash()), 2u);
}

}  // namespace
}  // namespace countersign::log
