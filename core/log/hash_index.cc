#include "log/hash_index.h"

#include <cstring>

namespace countersign::log {

size_t HashIndex::Search(const uint8_t* hash, bool* here) const {
  const Vector<Entry>& part = parts_[hash[0]];
  size_t first = 0;
  size_t last = part.size();
  *here = false;
  while (first < last) {
    const size_t middle = (first + last) / 2;
    const int order = std::memcmp(part[middle].hash, hash, sizeof(Entry::hash));
    if (order == 0) {
      *here = true;
      return middle;
    }
    (order < 0 ? first : last) = order < 0 ? middle + 1 : middle;
  }
  return first;
}

const uint32_t* HashIndex::PlaceOf(const uint8_t* hash) const {
  bool here;
  const size_t at = Search(hash, &here);
  return here ? &parts_[hash[0]][at].place : nullptr;
}

void HashIndex::SetAt(const uint8_t* hash, uint32_t place) {
  bool here;
  const size_t at = Search(hash, &here);
  Vector<Entry>& part = parts_[hash[0]];
  if (!here) {
    Entry entry;
    std::memcpy(entry.hash, hash, sizeof(entry.hash));
    part.insert(part.begin() + at, entry);
  }
  part[at].place = place;
}

Vector<uint32_t> HashIndex::Places() const {
  Vector<uint32_t> places;
  for (const Vector<Entry>& part : parts_) {
    for (const Entry& entry : part) places.push_back(entry.place);
  }
  return places;
}

}  // namespace countersign::log
