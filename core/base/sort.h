// Sorting, and finding by a text in what is sorted, in little code.
//
// Every std::sort of another type costs 8 to 20 kB of wasm; the sort here is one function for all
// types, and each use adds some dozen bytes. It is a stable merge sort of places, then one move per
// item: n log n comparisons at worst.
#ifndef COUNTERSIGN_BASE_SORT_H_
#define COUNTERSIGN_BASE_SORT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/string.h"
#include "base/vector.h"

namespace countersign {

namespace internal {
using LessAt = bool (*)(const void* context, uint32_t a, uint32_t b);
// The places 0 .. count-1 in the order of `less`; equal ones keep their order.
Vector<uint32_t> SortedPlaces(size_t count, LessAt less, const void* context);
// Of `count` texts, `stride` bytes apart and sorted, the place of the first that is not before
// `text`.
size_t PlaceOf(const void* texts, size_t stride, size_t count, std::string_view text);
}  // namespace internal

// Where `text` stands or would stand in items that are sorted by a member.
template <class T>
size_t PlaceOf(const Vector<T>& items, String T::* member, std::string_view text) {
  return internal::PlaceOf(&(items.data()->*member), sizeof(T), items.size(), text);
}
inline size_t PlaceOf(const Vector<String>& items, std::string_view text) {
  return internal::PlaceOf(items.data(), sizeof(String), items.size(), text);
}
// The item whose member is `text`, nullptr where there is none.
template <class Items, class T>
auto FindSorted(Items& items, String T::* member, std::string_view text) -> decltype(items.data()) {
  const size_t place = PlaceOf(items, member, text);
  return place < items.size() && items[place].*member == text ? &items[place] : nullptr;
}
// Puts the text in its place, once.
void InsertSorted(std::string_view text, Vector<String>* texts);

namespace internal {
enum class Equal : uint8_t { kKept, kOnce };
void SortItems(void** items, const ItemKind& kind, Equal equal, LessAt less, const void* context);

template <Equal kEqual, class T, class Less>
void SortBy(Vector<T>* items, const Less& less) {
  struct Context {
    const T* items;
    const Less* less;
  };
  const Context context{items->data(), &less};
  SortItems(
      VectorAccess::Items(items), kItemKind<T>, kEqual,
      [](const void* opaque, uint32_t a, uint32_t b) -> bool {
        const Context& c = *static_cast<const Context*>(opaque);
        return (*c.less)(c.items[a], c.items[b]);
      },
      &context);
}
}  // namespace internal

// Sorts by less(a, b), a strict weak order; equal items keep their order.
// REQUIRES: fewer than 2^32 items.
template <class T, class Less>
void Sort(Vector<T>* items, Less less) {
  internal::SortBy<internal::Equal::kKept>(items, less);
}

template <class T>
void Sort(Vector<T>* items) {
  Sort(items, [](const T& a, const T& b) { return a < b; });
}

// Sorts, and keeps the first of equal items.
template <class T>
void SortUnique(Vector<T>* items) {
  internal::SortBy<internal::Equal::kOnce>(items, [](const T& a, const T& b) { return a < b; });
}

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_SORT_H_
