// String: what std::string is, in one word. Long because it has that one's names, all in one class.
//
// A signer's phone downloads every instruction, and std::string's are everywhere: three words to
// move, and a byte to look at wherever a text is destroyed or viewed. Here a string is one word, as
// a Vector is (its size and its room stand before the characters), it travels in a register, and
// whatever is more than a few instructions is a call. The names are std::string's, so is the
// behaviour, but for what is said here:
//   - no NUL stands behind the characters;
//   - at most 2^32 - 1 characters; running out of memory stops the program.
// Builds with library assertions check every index.
#ifndef COUNTERSIGN_BASE_STRING_H_
#define COUNTERSIGN_BASE_STRING_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/vector.h"

namespace countersign {

class String;

namespace internal {
// What can be compared with a String and added to it: texts that know their size, and literals.
template <class T>
concept TextLike = std::is_convertible_v<const T&, std::string_view>;
extern const ItemKind kCharacters;
int CompareText(const char* a, size_t a_size, const char* b, size_t b_size);
}  // namespace internal

class [[clang::trivial_abi]] String {
 public:
  using value_type = char;
  using size_type = size_t;
  using difference_type = ptrdiff_t;
  using reference = char&;
  using const_reference = const char&;
  using reverse_iterator = std::reverse_iterator<char*>;
  using const_reverse_iterator = std::reverse_iterator<const char*>;
  static constexpr size_t npos = std::string_view::npos;

  [[gnu::always_inline]] String() : characters_(Empty()) {}
  [[gnu::always_inline]] String(const char* text) : String(std::string_view(text)) {}
  [[gnu::always_inline]] explicit String(std::string_view text)
      : characters_(New(text.data(), text.size())) {}
  [[gnu::always_inline]] String(const char* text, size_t size) : characters_(New(text, size)) {}
  String(size_t count, char character) : String() { append(count, character); }
  String(std::initializer_list<char> characters) : String(characters.begin(), characters.size()) {}
  template <std::input_iterator It>
    requires(!std::is_same_v<It, const char*>)
  String(It first, It last) : String() {
    append(first, last);
  }
  [[gnu::always_inline]] String(const char* first, const char* last)
      : String(first, static_cast<size_t>(last - first)) {}
  // From the standard library's, where that one has to be used.
  template <class T>
    requires std::is_same_v<T, std::string>
  String(const T& text) : String(std::string_view(text)) {}
  String(const String& other);
  [[gnu::always_inline]] String(String&& other) noexcept
      : characters_(std::exchange(other.characters_, Empty())) {}
  [[gnu::always_inline]] ~String() {
    if (!internal::IsKnown(characters_ == Empty())) Free(characters_);
  }
  String& operator=(const String& other);
  [[gnu::always_inline]] String& operator=(String&& other) noexcept {
    Take(other);
    return *this;
  }
  template <internal::TextLike T>
    requires(!std::is_same_v<T, String>)
  [[gnu::always_inline]] String& operator=(const T& text) {
    return assign(std::string_view(text));
  }

  [[gnu::always_inline]] operator std::string_view() const { return {data(), size()}; }
  template <class T>
    requires std::is_same_v<T, std::string>
  operator T() const {
    return std::string(data(), size());
  }

  size_t size() const { return internal::HeaderOf(characters_)->size; }
  size_t length() const { return size(); }
  size_t capacity() const { return internal::HeaderOf(characters_)->capacity; }
  bool empty() const { return size() == 0; }
  char* data() { return static_cast<char*>(characters_); }
  const char* data() const { return static_cast<const char*>(characters_); }
  char* begin() { return data(); }
  char* end() { return data() + size(); }
  const char* begin() const { return data(); }
  const char* end() const { return data() + size(); }
  const char* cbegin() const { return begin(); }
  const char* cend() const { return end(); }
  reverse_iterator rbegin() { return reverse_iterator(end()); }
  reverse_iterator rend() { return reverse_iterator(begin()); }
  const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
  const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }
  char& operator[](size_t index) { return Check(index), data()[index]; }
  const char& operator[](size_t index) const { return Check(index), data()[index]; }
  char& front() { return (*this)[0]; }
  char front() const { return (*this)[0]; }
  char& back() { return (*this)[size() - 1]; }
  char back() const { return (*this)[size() - 1]; }

  void reserve(size_t capacity);
  void clear() {
    if (!empty()) internal::HeaderOf(characters_)->size = 0;
  }
  void resize(size_t size, char character = '\0');
  void push_back(char character);
  void pop_back();

  [[gnu::always_inline]] String& append(std::string_view text) {
    return append(text.data(), text.size());
  }
  String& append(std::string_view text, size_t at, size_t count = npos) {
    return append(text.substr(at, count));
  }
  String& append(const char* text, size_t size);  // may be a part of this one
  String& append(size_t count, char character);
  template <std::input_iterator It>
  String& append(It first, It last) {
    for (; first != last; ++first) push_back(static_cast<char>(*first));
    return *this;
  }
  [[gnu::always_inline]] String& operator+=(std::string_view text) { return append(text); }
  String& operator+=(char character) {
    push_back(character);
    return *this;
  }
  [[gnu::always_inline]] String& assign(std::string_view text) {
    return assign(text.data(), text.size());
  }
  String& assign(const char* text, size_t size);  // may be a part of this one
  String& assign(size_t count, char character);
  template <std::input_iterator It>
    requires(!std::is_same_v<It, const char*>)
  String& assign(It first, It last) {
    clear();
    return append(first, last);
  }
  [[gnu::always_inline]] String& insert(size_t at, std::string_view text) {
    return replace(at, 0, text);
  }
  String& insert(size_t at, size_t count, char character);
  char* insert(const char* at, char character);
  template <std::input_iterator It>
  void insert(const char* at, It first, It last) {
    insert(static_cast<size_t>(at - begin()), String(first, last));
  }
  String& erase(size_t at = 0, size_t count = npos);
  char* erase(const char* at) { return erase(at, at + 1); }
  char* erase(const char* first, const char* last);
  [[gnu::always_inline]] String& replace(size_t at, size_t count, std::string_view text) {
    return replace(at, count, text.data(), text.size());
  }
  String& replace(size_t at, size_t count, const char* text, size_t size);

  // REQUIRES: at <= size().
  String substr(size_t at = 0, size_t count = npos) const;
  template <internal::TextLike T>
  size_t find(const T& text, size_t from = 0) const {
    return std::string_view(*this).find(std::string_view(text), from);
  }
  size_t find(char character, size_t from = 0) const {
    return std::string_view(*this).find(character, from);
  }
  template <internal::TextLike T>
  size_t rfind(const T& text, size_t from = npos) const {
    return std::string_view(*this).rfind(std::string_view(text), from);
  }
  size_t rfind(char character, size_t from = npos) const {
    return std::string_view(*this).rfind(character, from);
  }
  size_t find_first_of(std::string_view any, size_t from = 0) const {
    return std::string_view(*this).find_first_of(any, from);
  }
  size_t find_last_of(std::string_view any, size_t from = npos) const {
    return std::string_view(*this).find_last_of(any, from);
  }
  size_t find_first_not_of(std::string_view any, size_t from = 0) const {
    return std::string_view(*this).find_first_not_of(any, from);
  }
  size_t find_first_not_of(char other, size_t from = 0) const {
    return std::string_view(*this).find_first_not_of(other, from);
  }
  size_t find_last_not_of(std::string_view any, size_t from = npos) const {
    return std::string_view(*this).find_last_not_of(any, from);
  }
  bool starts_with(std::string_view text) const {
    return std::string_view(*this).starts_with(text);
  }
  bool ends_with(std::string_view text) const { return std::string_view(*this).ends_with(text); }
  bool starts_with(char first) const { return !empty() && front() == first; }
  bool ends_with(char last) const { return !empty() && back() == last; }
  int compare(std::string_view text) const { return std::string_view(*this).compare(text); }
  int compare(size_t at, size_t count, std::string_view text) const {
    return std::string_view(*this).compare(at, count, text);
  }
  void swap(String& other) noexcept { std::swap(characters_, other.characters_); }
  friend void swap(String& a, String& b) noexcept { a.swap(b); }

  template <internal::TextLike T>
  [[gnu::always_inline]] friend bool operator==(const String& a, const T& b) {
    const std::string_view other(b);
    return internal::CompareText(a.data(), a.size(), other.data(), other.size()) == 0;
  }
  template <internal::TextLike T>
  [[gnu::always_inline]] friend std::strong_ordering operator<=>(const String& a, const T& b) {
    const std::string_view other(b);
    return internal::CompareText(a.data(), a.size(), other.data(), other.size()) <=> 0;
  }

 private:
  static void* Empty() { return const_cast<internal::EmptyBlock*>(&internal::kEmptyBlock) + 1; }
  static void* New(const char* text, size_t size);
  static void Free(void* characters);
  void Take(String& other);
  void Check([[maybe_unused]] size_t index) const {
#ifdef _GLIBCXX_ASSERTIONS
    if (index >= size()) internal::OutOfRange();
#endif
  }

  void* characters_;
};

// Texts are joined in any order: "a" + name + "b".
namespace internal {
String Joined(const char* a, size_t a_size, const char* b, size_t b_size);
template <class T>
concept OwnText = std::is_same_v<T, String>;
}  // namespace internal

template <internal::TextLike T>
[[gnu::always_inline]] inline String operator+(String&& a, const T& b) {
  return std::move(a.append(std::string_view(b)));
}
template <internal::TextLike T>
[[gnu::always_inline]] inline String operator+(const String& a, const T& b) {
  const std::string_view other(b);
  return internal::Joined(a.data(), a.size(), other.data(), other.size());
}
template <internal::TextLike T>
  requires(!internal::OwnText<T>)
[[gnu::always_inline]] inline String operator+(const T& a, const String& b) {
  const std::string_view other(a);
  return internal::Joined(other.data(), other.size(), b.data(), b.size());
}
inline String operator+(String&& a, char b) {
  a.push_back(b);
  return std::move(a);
}
inline String operator+(const String& a, char b) { return String(a) + b; }
inline String operator+(char a, const String& b) {
  return internal::Joined(&a, 1, b.data(), b.size());
}

// The decimal digits of a whole number.
String ToDigits(int64_t number);
String ToDigits(uint64_t number);
template <std::integral T>
[[gnu::always_inline]] inline String NumberText(T number) {
  if constexpr (std::is_signed_v<T>) {
    return ToDigits(static_cast<int64_t>(number));
  } else {
    return ToDigits(static_cast<uint64_t>(number));
  }
}

// For native programs and GoogleTest's messages.
template <class Stream>
  requires requires(Stream& stream) { stream.rdbuf(); }
Stream& operator<<(Stream& stream, const String& text) {
  stream << std::string_view(text);
  return stream;
}
}  // namespace countersign

template <>
struct std::hash<countersign::String> {
  size_t operator()(const countersign::String& text) const {
    return std::hash<std::string_view>()(text);
  }
};

#endif  // COUNTERSIGN_BASE_STRING_H_
