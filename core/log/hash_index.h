// Where things stand that are found by a hash: of events by id, of blobs by reference.
//
// A sorted list in parts, one for each first byte of the hash, because the hashes come in any order
// and each moves what stands behind it: in one list of 20,000 that is half a megabyte for every
// event. Whoever makes hashes to begin alike gets a longer part, and no more than that. The hashes
// stand in the lists themselves, so that a search stays in one place of the memory.
#ifndef COUNTERSIGN_LOG_HASH_INDEX_H_
#define COUNTERSIGN_LOG_HASH_INDEX_H_

#include <optional>

#include "base/bytes.h"
#include "base/vector.h"

namespace countersign::log {

class HashIndex {
 public:
  HashIndex() : parts_(256) {}

  template <class Tag>
  std::optional<uint32_t> Find(const FixedBytes<Tag, 32>& hash) const {
    const uint32_t* place = PlaceOf(hash.bytes.data());
    if (place == nullptr) return std::nullopt;
    return *place;
  }
  // A hash that is here gets the new place.
  template <class Tag>
  void Set(const FixedBytes<Tag, 32>& hash, uint32_t place) {
    SetAt(hash.bytes.data(), place);
  }
  // All of them, sorted by hash.
  Vector<uint32_t> Places() const;

 private:
  struct Entry {
    uint8_t hash[32];
    uint32_t place;
  };
  // The number in its part of the hash's entry, or, where it is not `here`, of the one that it
  // would stand before.
  size_t Search(const uint8_t* hash, bool* here) const;
  const uint32_t* PlaceOf(const uint8_t* hash) const;
  void SetAt(const uint8_t* hash, uint32_t place);

  Vector<Vector<Entry>> parts_;  // by the first byte
};

}  // namespace countersign::log

#endif  // COUNTERSIGN_LOG_HASH_INDEX_H_
