#include "base/names.h"

namespace countersign {
namespace {

constexpr char kBetween = '|';

bool IsEnd(char c) { return c == kBetween || c == '\0'; }

}  // namespace

std::string_view Names::operator[](size_t index) const {
  const char* name = text_;
  for (; index > 0; ++name) index -= *name == kBetween;
  size_t length = 0;
  while (!IsEnd(name[length])) ++length;
  return {name, length};
}

size_t Names::Find(const char* name, size_t size) const {
  const char* at = text_;
  for (size_t index = 0;; ++index) {
    size_t same = 0;
    while (same < size && !IsEnd(at[same]) && at[same] == name[same]) ++same;
    if (same == size && IsEnd(at[same])) return index;
    at += same;
    while (!IsEnd(*at)) ++at;
    if (*at++ == '\0') return kNone;
  }
}

}  // namespace countersign
