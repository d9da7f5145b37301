#include "base/string.h"

#include <charconv>
#include <cstring>

namespace countersign {

namespace internal {

const ItemKind kCharacters = kItemKind<char>;

int CompareText(const char* a, size_t a_size, const char* b, size_t b_size) {
  const size_t common = a_size < b_size ? a_size : b_size;
  if (common != 0) {
    if (const int order = std::memcmp(a, b, common)) return order;
  }
  return a_size < b_size ? -1 : static_cast<int>(a_size != b_size);
}

String Joined(const char* a, size_t a_size, const char* b, size_t b_size) {
  String joined;
  joined.reserve(a_size + b_size);
  joined.append(a, a_size);
  joined.append(b, b_size);
  return joined;
}

}  // namespace internal

using internal::kCharacters;

void* String::New(const char* text, size_t size) {
  void* characters = Empty();
  if (size != 0) {
    internal::Reserve(&characters, kCharacters, size);
    internal::HeaderOf(characters)->size = static_cast<uint32_t>(size);
    std::memcpy(characters, text, size);
  }
  return characters;
}

void String::Free(void* characters) { internal::Free(characters, kCharacters); }

String::String(const String& other) : characters_(New(other.data(), other.size())) {}

String& String::operator=(const String& other) { return assign(other.data(), other.size()); }

void String::Take(String& other) {
  void* characters = std::exchange(other.characters_, Empty());
  internal::Free(characters_, kCharacters);
  characters_ = characters;
}

void String::reserve(size_t capacity) { internal::Reserve(&characters_, kCharacters, capacity); }

void String::resize(size_t size, char character) {
  if (size < this->size()) {
    internal::Erase(characters_, kCharacters, size, this->size());
  } else {
    append(size - this->size(), character);
  }
}

void String::push_back(char character) {
  *static_cast<char*>(internal::AddItem(&characters_, kCharacters)) = character;
}

void String::pop_back() { internal::Erase(characters_, kCharacters, size() - 1, size()); }

String& String::append(const char* text, size_t size) {
  internal::VectorHeader* header = internal::HeaderOf(characters_);
  if (size == 0) return *this;
  if (size <= header->capacity - header->size) {
    std::memcpy(data() + header->size, text, size);
    header->size += static_cast<uint32_t>(size);
  } else {
    // A part of this one moves along.
    const size_t place = reinterpret_cast<uintptr_t>(text) - reinterpret_cast<uintptr_t>(data());
    const bool own = place < this->size();
    void* gap = internal::OpenGap(&characters_, kCharacters, this->size(), size);
    std::memcpy(gap, own ? data() + place : text, size);
  }
  return *this;
}

String& String::append(size_t count, char character) { return insert(size(), count, character); }

String& String::assign(const char* text, size_t size) {
  if (size != 0 && size <= capacity()) {
    std::memmove(data(), text, size);
    internal::HeaderOf(characters_)->size = static_cast<uint32_t>(size);
    return *this;
  }
  String copy(text, size);
  Take(copy);
  return *this;
}

String& String::assign(size_t count, char character) {
  clear();
  return append(count, character);
}

String& String::insert(size_t at, size_t count, char character) {
  if (count != 0)
    std::memset(internal::OpenGap(&characters_, kCharacters, at, count), character, count);
  return *this;
}

char* String::insert(const char* at, char character) {
  char* place = static_cast<char*>(
      internal::OpenGap(&characters_, kCharacters, static_cast<size_t>(at - begin()), 1));
  *place = character;
  return place;
}

String& String::erase(size_t at, size_t count) {
  if (at > size()) internal::OutOfRange();
  const size_t rest = size() - at;
  internal::Erase(characters_, kCharacters, at, at + (count < rest ? count : rest));
  return *this;
}

char* String::erase(const char* first, const char* last) {
  const size_t at = static_cast<size_t>(first - begin());
  internal::Erase(characters_, kCharacters, at, static_cast<size_t>(last - begin()));
  return begin() + at;
}

String& String::replace(size_t at, size_t count, const char* text, size_t size) {
  const auto address = reinterpret_cast<uintptr_t>(text);
  const auto own = reinterpret_cast<uintptr_t>(characters_);
  if (size != 0 && address >= own && address < own + this->size()) {
    // A part of this one would move away under the copy.
    const String copy(text, size);
    return replace(at, count, copy.data(), size);
  }
  erase(at, count);
  if (size != 0) std::memcpy(internal::OpenGap(&characters_, kCharacters, at, size), text, size);
  return *this;
}

String String::substr(size_t at, size_t count) const {
  if (at > size()) internal::OutOfRange();
  const size_t rest = size() - at;
  return String(data() + at, count < rest ? count : rest);
}

namespace {
String Digits(char* end, uint64_t magnitude, bool negative) {
  char* digit = end;
  do {
    *--digit = static_cast<char>('0' + magnitude % 10);
    magnitude /= 10;
  } while (magnitude != 0);
  if (negative) *--digit = '-';
  return String(digit, static_cast<size_t>(end - digit));
}
}  // namespace

String ToDigits(uint64_t number) {
  char digits[20];
  return Digits(digits + sizeof digits, number, false);
}

String ToDigits(int64_t number) {
  char digits[20];
  const auto bits = static_cast<uint64_t>(number);
  return Digits(digits + sizeof digits, number < 0 ? 0 - bits : bits, number < 0);
}

}  // namespace countersign
