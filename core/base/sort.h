// Sorting in little code.
//
// Every std::sort of another type costs 8 to 20 kB of wasm; the sort here is one function for all
// types, and each use adds some dozen bytes. It is a stable merge sort of places, then one move per
// item: n log n comparisons at worst.
#ifndef COUNTERSIGN_BASE_SORT_H_
#define COUNTERSIGN_BASE_SORT_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/vector.h"

namespace countersign {

namespace internal {
using LessAt = bool (*)(const void* context, uint32_t a, uint32_t b);
// The places 0 .. count-1 in the order of `less`; equal ones keep their order.
Vector<uint32_t> SortedPlaces(size_t count, LessAt less, const void* context);
}  // namespace internal

// Sorts by less(a, b), a strict weak order; equal items keep their order.
// REQUIRES: fewer than 2^32 items.
template <class T, class Less>
void Sort(Vector<T>* items, Less less) {
  struct Context {
    const T* items;
    const Less* less;
  };
  const Context context{items->data(), &less};
  const Vector<uint32_t> places = internal::SortedPlaces(
      items->size(),
      [](const void* opaque, uint32_t a, uint32_t b) -> bool {
        const Context& c = *static_cast<const Context*>(opaque);
        return (*c.less)(c.items[a], c.items[b]);
      },
      &context);
  if (places.empty()) return;  // in order already
  Vector<T> sorted;
  sorted.reserve(items->size());
  for (const uint32_t place : places) sorted.push_back(std::move((*items)[place]));
  *items = std::move(sorted);
}

template <class T>
void Sort(Vector<T>* items) {
  Sort(items, [](const T& a, const T& b) { return a < b; });
}

// Sorts, and keeps one of equal items.
template <class T>
void SortUnique(Vector<T>* items) {
  Sort(items);
  size_t kept = 0;
  for (size_t i = 0; i < items->size(); ++i) {
    if (kept > 0 && (*items)[kept - 1] == (*items)[i]) continue;
    if (kept != i) (*items)[kept] = std::move((*items)[i]);
    ++kept;
  }
  items->erase(items->begin() + static_cast<ptrdiff_t>(kept), items->end());
}

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_SORT_H_
