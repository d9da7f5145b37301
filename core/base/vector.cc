#include "base/vector.h"

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

void FreeBlock(void* items, const ItemKind& kind) {
  if (HeaderOf(items)->capacity != 0) std::free(static_cast<char*>(items) - kind.room_before);
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
  *HeaderOf(moved) = {static_cast<uint32_t>(capacity), header->size};
  Relocate(kind, moved, static_cast<char*>(*items), header->size);
  FreeBlock(*items, kind);
  *items = moved;
}

void* OpenGap(void** items, const ItemKind& kind, size_t index, size_t count) {
  const size_t size = HeaderOf(*items)->size;
  if (index > size) OutOfRange();
  if (count != 0) {
    const size_t capacity = HeaderOf(*items)->capacity;
    // Doubling: adding one at a time costs a constant number of moves each.
    if (size + count > capacity) Reserve(items, kind, std::max(size + count, capacity * 2));
    char* gap = At(*items, kind, index);
    Relocate(kind, gap + count * kind.size, gap, size - index);
    HeaderOf(*items)->size = static_cast<uint32_t>(size + count);
  }
  return At(*items, kind, index);
}

void* AddItem(void** items, const ItemKind& kind) {
  VectorHeader* header = HeaderOf(*items);
  if (header->size < header->capacity) return At(*items, kind, header->size++);
  return OpenGap(items, kind, header->size, 1);
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
  Erase(items, kind, 0, HeaderOf(items)->size);
  FreeBlock(items, kind);
}

}  // namespace countersign::internal
