#include "base/vector.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace countersign::internal {

namespace {

char* At(void* items, const ItemKind& kind, size_t index) {
  return static_cast<char*>(items) + index * kind.size;
}

void Relocate(const ItemKind& kind, char* to, char* from, size_t count) {
  if (count == 0) return;  // the most frequent number
  if (kind.relocate == nullptr) {
    std::memmove(to, from, count * kind.size);
    return;
  }
  // From the end towards which they move, so that none is overwritten before it has moved.
  const bool up = to > from;
  for (size_t i = 0; i < count; ++i) {
    const size_t place = (up ? count - 1 - i : i) * kind.size;
    kind.relocate(to + place, from + place);
  }
}

}  // namespace

const EmptyBlock kEmptyBlock = {};

void OutOfRange() { std::abort(); }

void Reserve(void** items, const ItemKind& kind, size_t capacity) {
  VectorHeader* header = HeaderOf(*items);
  if (capacity <= header->capacity) return;
  if (capacity > (UINT32_MAX - kind.room_before) / kind.size) std::abort();
  // A multiple of the alignment, as aligned_alloc wants it: so are the room and an item's size.
  const size_t bytes = kind.room_before + capacity * kind.size;
  char* block = static_cast<char*>(kind.room_before > alignof(std::max_align_t)
                                       ? std::aligned_alloc(kind.room_before, bytes)
                                       : std::malloc(bytes));
  if (block == nullptr) std::abort();
  char* moved = block + kind.room_before;
  const uint32_t size = header->size;
  *HeaderOf(moved) = {static_cast<uint32_t>(capacity), size};
  if (header->capacity != 0) {
    Relocate(kind, moved, static_cast<char*>(*items), size);
    std::free(static_cast<char*>(*items) - kind.room_before);
  }
  *items = moved;
}

namespace {

// Doubling: adding one at a time costs a constant number of moves each. A few at first, since most
// vectors that get one item get another.
void Grow(void** items, const ItemKind& kind, size_t wanted) {
  constexpr size_t kFewest = 4;
  const size_t capacity = HeaderOf(*items)->capacity;
  if (wanted <= capacity) return;
  Reserve(items, kind, std::max(wanted, std::max(capacity * 2, kFewest)));
}

}  // namespace

void* OpenGap(void** items, const ItemKind& kind, size_t index, size_t count) {
  const size_t size = HeaderOf(*items)->size;
  if (index > size) OutOfRange();
  if (count != 0) {
    Grow(items, kind, size + count);
    char* gap = At(*items, kind, index);
    if (index != size) Relocate(kind, gap + count * kind.size, gap, size - index);
    HeaderOf(*items)->size = static_cast<uint32_t>(size + count);
  }
  return At(*items, kind, index);
}

void* AddItem(void** items, const ItemKind& kind) {
  VectorHeader* header = HeaderOf(*items);
  if (header->size == header->capacity) {
    Grow(items, kind, size_t{header->size} + 1);
    header = HeaderOf(*items);
  }
  return At(*items, kind, header->size++);
}

void Erase(void* items, const ItemKind& kind, size_t first, size_t last) {
  const size_t size = HeaderOf(items)->size;
  if (first > last || last > size) OutOfRange();
  if (first == last) return;
  if (kind.destroy != nullptr) {
    for (size_t i = first; i < last; ++i) kind.destroy(At(items, kind, i));
  }
  Relocate(kind, At(items, kind, first), At(items, kind, last), size - last);
  HeaderOf(items)->size = static_cast<uint32_t>(size - (last - first));
}

void Free(void* items, const ItemKind& kind) {
  const VectorHeader header = *HeaderOf(items);
  if (header.capacity == 0) return;
  if (kind.destroy != nullptr) {
    for (size_t i = 0; i < header.size; ++i) kind.destroy(At(items, kind, i));
  }
  std::free(static_cast<char*>(items) - kind.room_before);
}

}  // namespace countersign::internal
