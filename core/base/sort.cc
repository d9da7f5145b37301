#include "base/sort.h"

#include <cstring>

namespace countersign {

void InsertSorted(std::string_view text, Vector<String>* texts) {
  const size_t place = PlaceOf(*texts, text);
  if (place < texts->size() && (*texts)[place] == text) return;
  texts->insert(texts->begin() + place, String(text));
}

namespace internal {

size_t PlaceOf(const void* texts, size_t stride, size_t count, std::string_view text) {
  const auto* first = static_cast<const char*>(texts);
  size_t place = 0;
  while (count > 0) {
    const size_t half = count / 2;
    const auto* at = reinterpret_cast<const String*>(first + (place + half) * stride);
    const bool before = *at < text;
    if (before) place += half + 1;
    count = before ? count - half - 1 : half;
  }
  return place;
}

Vector<uint32_t> SortedPlaces(size_t count, LessAt less, const void* context) {
  size_t out_of_order = 0;
  for (size_t i = 1; i < count && out_of_order == 0; ++i) {
    if (less(context, static_cast<uint32_t>(i), static_cast<uint32_t>(i - 1))) out_of_order = i;
  }
  if (out_of_order == 0) return {};  // in order already, which is what canonical data are

  Vector<uint32_t> from(count);
  Vector<uint32_t> into(count);
  for (size_t i = 0; i < count; ++i) from[i] = static_cast<uint32_t>(i);
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * width) {
      const size_t middle = begin + width < count ? begin + width : count;
      const size_t end = begin + 2 * width < count ? begin + 2 * width : count;
      size_t left = begin;
      size_t right = middle;
      for (size_t i = begin; i < end; ++i) {
        const bool take_right =
            left == middle || (right < end && less(context, from[right], from[left]));
        into[i] = take_right ? from[right++] : from[left++];
      }
    }
    from.swap(into);
  }
  return from;
}

void SortItems(void** items, const ItemKind& kind, Equal equal, LessAt less, const void* context) {
  const uint32_t count = HeaderOf(*items)->size;
  const auto at = [&](void* first, size_t place) {
    return static_cast<char*>(first) + place * kind.size;
  };
  Vector<uint32_t> places = SortedPlaces(count, less, context);
  if (equal == Equal::kOnce) {
    const bool in_order = places.empty();
    for (uint32_t i = 0; in_order && i < count; ++i) places.push_back(i);
    size_t kept = 0;
    for (const uint32_t place : places) {
      if (kept == 0 || less(context, places[kept - 1], place)) {
        places[kept++] = place;
      } else if (kind.destroy != nullptr) {
        kind.destroy(at(*items, place));
      }
    }
    if (in_order && kept == count) return;
    places.resize(kept);
  }
  if (places.empty()) return;  // in order already
  void* sorted = *items;
  *items = const_cast<EmptyBlock*>(&kEmptyBlock) + 1;
  Reserve(items, kind, count);
  for (size_t i = 0; i < places.size(); ++i) {
    if (kind.relocate != nullptr) {
      kind.relocate(at(*items, i), at(sorted, places[i]));
    } else {
      std::memcpy(at(*items, i), at(sorted, places[i]), kind.size);
    }
  }
  HeaderOf(*items)->size = static_cast<uint32_t>(places.size());
  HeaderOf(sorted)->size = 0;  // moved away or destroyed
  Free(sorted, kind);
}

}  // namespace internal
}  // namespace countersign
