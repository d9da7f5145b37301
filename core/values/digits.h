// Fixed-width digits and literal characters, for the readers and writers of dates and times.
// Internal to the room.
#ifndef COUNTERSIGN_VALUES_DIGITS_H_
#define COUNTERSIGN_VALUES_DIGITS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/string.h"

namespace countersign::values {

// Takes exactly `count` digits off the front; false (and *rest unspecified) where they are not
// there. REQUIRES: count <= 9.
inline bool TakeDigits(std::string_view* rest, size_t count, int* value) {
  if (rest->size() < count) return false;
  int number = 0;
  for (size_t i = 0; i < count; ++i) {
    char c = (*rest)[i];
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  rest->remove_prefix(count);
  *value = number;
  return true;
}

inline bool TakeChar(std::string_view* rest, char c) {
  if (!rest->starts_with(c)) return false;
  rest->remove_prefix(1);
  return true;
}

// At least `width` digits, with zeros in front. 32 bits, since wasm divides those several times
// faster. REQUIRES: width <= 10.
inline void AppendDigits(uint32_t value, size_t width, String* text) {
  char buffer[10];
  size_t used = 0;
  while (value != 0 || used < width) {
    buffer[sizeof buffer - ++used] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  text->append(buffer + sizeof buffer - used, used);
}
// REQUIRES: value >= 0.
inline void AppendDigits(int value, size_t width, String* text) {
  AppendDigits(static_cast<uint32_t>(value), width, text);
}

}  // namespace countersign::values

#endif  // COUNTERSIGN_VALUES_DIGITS_H_
