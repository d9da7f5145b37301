// Vector<T>: what std::vector is, in a third of the code. Long because it is that interface, whole.
//
// A signer's phone downloads every instruction, and a third of them were std::vector's: each
// element type brought its own growing, inserting, erasing and destroying, and each vector moved
// three words. Here a vector is one word (its size and its room stand before the items), and what
// does not depend on the type is one function for all of them, told by an ItemKind how to move and
// destroy an item. The names are std::vector's, so is the behaviour, but for what is said here:
//   - an item handed over by && and a range handed in may not be the vector's own;
//   - at most 2^32 - 1 items; running out of memory stops the program.
// Builds with library assertions check every index.
#ifndef COUNTERSIGN_BASE_VECTOR_H_
#define COUNTERSIGN_BASE_VECTOR_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace countersign {

namespace internal {

struct ItemKind {
  uint32_t size;
  uint32_t room_before;                    // for capacity and size, so that the items are aligned
  void (*destroy)(void* item);             // nullptr: nothing to do
  void (*relocate)(void* to, void* from);  // moves, and destroys what stood there; nullptr: memcpy
};

struct VectorHeader {
  uint32_t capacity;
  uint32_t size;
};
struct alignas(16) EmptyBlock {
  uint32_t padding[2];
  VectorHeader header;
};
extern const EmptyBlock kEmptyBlock;  // what every empty vector points behind; never written

// True where the compiler can tell that it holds: what was moved away needs no code that destroys
// it.
[[gnu::always_inline]] inline bool IsKnown(bool condition) {
  return __builtin_constant_p(condition) && condition;
}

inline VectorHeader* HeaderOf(void* items) { return static_cast<VectorHeader*>(items) - 1; }

// `items` is where the vector keeps the address of its first item.
void Reserve(void** items, const ItemKind& kind, size_t capacity);
// Opens a gap of `count` raw items before `index` and counts them in; its address.
void* OpenGap(void** items, const ItemKind& kind, size_t index, size_t count);
void* AddItem(void** items, const ItemKind& kind);
// Destroys the items from `first` to before `last`; those behind them move up.
void Erase(void* items, const ItemKind& kind, size_t first, size_t last);
void Free(void* items, const ItemKind& kind);
[[noreturn]] void OutOfRange();

template <class T>
void Destroy(void* item) {
  static_cast<T*>(item)->~T();
}
template <class T>
void Relocate(void* to, void* from) {
  T* old = static_cast<T*>(from);
  ::new (to) T(std::move(*old));
  old->~T();
}
// Whether moving an item and forgetting the old one is copying its bytes. A type says so of itself
// with `using MovesAsItLies = void;` (the attribute trivial_abi says it too, but then wasm copies
// the type wherever it is handed over by value).
template <class T>
inline constexpr bool kMovesAsItLies =
    __is_trivially_relocatable(T) || requires { typename T::MovesAsItLies; };
template <class T>
inline constexpr ItemKind kItemKind = {
    sizeof(T), alignof(T) > sizeof(VectorHeader) ? alignof(T) : sizeof(VectorHeader),
    std::is_trivially_destructible_v<T> ? nullptr : &Destroy<T>,
    kMovesAsItLies<T> ? nullptr : &Relocate<T>};

}  // namespace internal

template <class T>
class [[clang::trivial_abi]] Vector;

namespace internal {
// For functions that are one for all types (base/sort.h).
struct VectorAccess {
  template <class T>
  static void** Items(Vector<T>* vector) {
    return &vector->items_;
  }
};
}  // namespace internal

template <class T>
class [[clang::trivial_abi]] Vector {
 public:
  using value_type = T;
  using size_type = size_t;
  using difference_type = ptrdiff_t;
  using reference = T&;
  using const_reference = const T&;
  using iterator = T*;
  using const_iterator = const T*;
  using reverse_iterator = std::reverse_iterator<T*>;
  using const_reverse_iterator = std::reverse_iterator<const T*>;

  Vector() : items_(Empty()) {}
  explicit Vector(size_t count) : Vector() { resize(count); }
  Vector(size_t count, const T& item) : Vector() { resize(count, item); }
  Vector(std::initializer_list<T> items) : Vector(items.begin(), items.end()) {}
  template <std::input_iterator It>
  Vector(It first, It last) : Vector() {
    Append(first, last);
  }
  Vector(const Vector& other) : Vector() { CopyFrom(other); }
  [[gnu::always_inline]] Vector(Vector&& other) noexcept : items_(other.items_) {
    other.items_ = Empty();
  }
  Vector& operator=(const Vector& other) { return *this = Vector(other); }
  Vector& operator=(Vector&& other) noexcept {
    void* items = other.items_;
    other.items_ = Empty();
    internal::Free(items_, Items());
    items_ = items;
    return *this;
  }
  [[gnu::always_inline]] ~Vector() {
    if (!internal::IsKnown(items_ == Empty())) internal::Free(items_, Items());
  }

  size_t size() const { return internal::HeaderOf(items_)->size; }
  size_t capacity() const { return internal::HeaderOf(items_)->capacity; }
  bool empty() const { return size() == 0; }
  T* data() { return static_cast<T*>(items_); }
  const T* data() const { return static_cast<const T*>(items_); }
  T* begin() { return data(); }
  T* end() { return data() + size(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  const T* cbegin() const { return begin(); }
  const T* cend() const { return end(); }
  reverse_iterator rbegin() { return reverse_iterator(end()); }
  reverse_iterator rend() { return reverse_iterator(begin()); }
  const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
  const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }
  T& operator[](size_t index) { return Check(index), data()[index]; }
  const T& operator[](size_t index) const { return Check(index), data()[index]; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size() - 1]; }
  const T& back() const { return (*this)[size() - 1]; }

  void reserve(size_t capacity) { internal::Reserve(&items_, Items(), capacity); }
  void push_back(T&& item) { ::new (internal::AddItem(&items_, Items())) T(std::move(item)); }
  void push_back(const T& item) {
    T copy(item);  // it may be one of ours, and ours may move
    push_back(std::move(copy));
  }
  template <class... Args>
  T& emplace_back(Args&&... args) {
    push_back(T(std::forward<Args>(args)...));
    return back();
  }
  void pop_back() { internal::Erase(items_, Items(), size() - 1, size()); }
  void clear() { internal::Erase(items_, Items(), 0, size()); }
  void resize(size_t count) {
    const size_t before = size();
    if (count < before) return internal::Erase(items_, Items(), count, before);
    T* place = Gap(before, count - before);
    for (size_t i = 0; i < count - before; ++i) ::new (place + i) T();
  }
  void resize(size_t count, const T& item) {
    const size_t before = size();
    if (count < before) return internal::Erase(items_, Items(), count, before);
    insert(end(), count - before, item);
  }
  void assign(size_t count, const T& item) {
    clear();
    resize(count, item);
  }
  template <std::input_iterator It>
  void assign(It first, It last) {
    clear();
    Append(first, last);
  }
  T* insert(const T* at, T item) {
    return ::new (Gap(static_cast<size_t>(at - begin()), 1)) T(std::move(item));
  }
  template <std::forward_iterator It>
  T* insert(const T* at, It first, It last) {
    const auto count = static_cast<size_t>(std::distance(first, last));
    T* place = Gap(static_cast<size_t>(at - begin()), count);
    for (T* item = place; first != last; ++first, ++item) ::new (item) T(*first);
    return place;
  }
  T* insert(const T* at, size_t count, const T& item) {
    const T copy(item);
    T* place = Gap(static_cast<size_t>(at - begin()), count);
    for (size_t i = 0; i < count; ++i) ::new (place + i) T(copy);
    return place;
  }
  T* insert(const T* at, std::initializer_list<T> items) {
    return insert(at, items.begin(), items.end());
  }
  T* erase(const T* at) { return erase(at, at + 1); }
  T* erase(const T* first, const T* last) {
    const auto index = static_cast<size_t>(first - begin());
    internal::Erase(items_, Items(), index, static_cast<size_t>(last - begin()));
    return begin() + index;
  }
  void swap(Vector& other) noexcept { std::swap(items_, other.items_); }
  friend void swap(Vector& a, Vector& b) noexcept { a.swap(b); }

  friend bool operator==(const Vector& a, const Vector& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
  }
  friend auto operator<=>(const Vector& a, const Vector& b)
    requires std::three_way_comparable<T>
  {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  friend internal::VectorAccess;
  static void* Empty() {
    // Never written: only what has room is.
    return const_cast<internal::EmptyBlock*>(&internal::kEmptyBlock) + 1;
  }
  static const internal::ItemKind& Items() {
    static_assert(alignof(T) <= alignof(internal::EmptyBlock));
    return internal::kItemKind<T>;
  }
  // Raw items, to be made at once.
  T* Gap(size_t index, size_t count) {
    return static_cast<T*>(internal::OpenGap(&items_, Items(), index, count));
  }
  template <class It>
  void Append(It first, It last) {
    for (; first != last; ++first) push_back(T(*first));
  }
  void CopyFrom(const Vector& other) {
    T* place = Gap(0, other.size());
    for (const T& item : other) ::new (place++) T(item);
  }
  void Check([[maybe_unused]] size_t index) const {
#ifdef _GLIBCXX_ASSERTIONS
    if (index >= size()) internal::OutOfRange();
#endif
  }

  void* items_;
};

// Takes out what `remove` says yes to; how many.
template <class T, class Remove>
size_t EraseIf(Vector<T>& items, Remove remove) {
  size_t kept = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (remove(items[i])) continue;
    if (kept != i) items[kept] = std::move(items[i]);
    ++kept;
  }
  const size_t erased = items.size() - kept;
  items.erase(items.begin() + kept, items.end());
  return erased;
}

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_VECTOR_H_
