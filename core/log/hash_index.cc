#include "log/hash_index.h"

#include <algorithm>
#include <cstring>

namespace countersign::log {

const HashIndex::Entry* HashIndex::LowerBound(const Vector<Entry>& part, const uint8_t* hash) {
  return std::lower_bound(part.begin(), part.end(), hash,
                          [](const Entry& entry, const uint8_t* wanted) {
                            return std::memcmp(entry.hash, wanted, sizeof(entry.hash)) < 0;
                          });
}

bool HashIndex::Fits(const Vector<Entry>& part, const Entry* at, const uint8_t* hash) {
  return at != part.end() && std::memcmp(at->hash, hash, sizeof(at->hash)) == 0;
}

const uint32_t* HashIndex::PlaceOf(const uint8_t* hash) const {
  const Vector<Entry>& part = parts_[hash[0]];
  const Entry* at = LowerBound(part, hash);
  return Fits(part, at, hash) ? &at->place : nullptr;
}

void HashIndex::SetAt(const uint8_t* hash, uint32_t place) {
  Vector<Entry>& part = parts_[hash[0]];
  const Entry* at = LowerBound(part, hash);
  if (Fits(part, at, hash)) {
    part[static_cast<size_t>(at - part.begin())].place = place;
    return;
  }
  Entry entry;
  std::memcpy(entry.hash, hash, sizeof(entry.hash));
  entry.place = place;
  part.insert(at, entry);
}

void HashIndex::RemoveAt(const uint8_t* hash) {
  Vector<Entry>& part = parts_[hash[0]];
  const Entry* at = LowerBound(part, hash);
  if (Fits(part, at, hash)) part.erase(at);
}

Vector<uint32_t> HashIndex::Places() const {
  Vector<uint32_t> places;
  for (const Vector<Entry>& part : parts_) {
    for (const Entry& entry : part) places.push_back(entry.place);
  }
  return places;
}

}  // namespace countersign::log
