// A list of names as one text: Names("draft|sent|voided"). A table of string_views costs a phone
// eight bytes beside each name.
#ifndef COUNTERSIGN_BASE_NAMES_H_
#define COUNTERSIGN_BASE_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace countersign {

class Names {
 public:
  static constexpr size_t kNone = SIZE_MAX;

  // Names parted by '|', which is in none of them. Keeps the text, which lives for ever: a literal.
  consteval explicit Names(const char* text) : text_(text) {}

  // REQUIRES: there are more than `index`. Linear: for the few, and for errors.
  std::string_view operator[](size_t index) const;
  // The same for an enum whose values count from 0 in the order of the names.
  template <class E>
    requires(__is_enum(E))
  std::string_view operator[](E value) const {
    return (*this)[static_cast<size_t>(value)];
  }
  // kNone where no name is this one.
  [[gnu::always_inline]] size_t Find(std::string_view name) const {
    return Find(name.data(), name.size());
  }
  bool Has(std::string_view name) const { return Find(name) != kNone; }
  // How many there are.
  consteval size_t Count() const {
    size_t count = 1;
    for (const char* at = text_; *at != '\0'; ++at) count += *at == '|';
    return count;
  }
  // Whether there is one for each value of an enum that ends with `last`.
  template <class E>
    requires(__is_enum(E))
  consteval bool ReachTo(E last) const {
    return Count() == static_cast<size_t>(last) + 1;
  }

 private:
  size_t Find(const char* name, size_t size) const;

  const char* text_;
};

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_NAMES_H_
