// Included before everything else in wasm: the members of std::string_view are always inlined.
//
// At -Oz LLVM finds the constructor from a literal too dear, because strlen stands in it: each
// "name" that becomes a view is then a call that writes the address and the counted length to the
// stack, from where both are read back (twenty bytes of code), instead of two constants.
#ifndef COUNTERSIGN_INLINE_STRING_VIEW_H_
#define COUNTERSIGN_INLINE_STRING_VIEW_H_
#ifdef __cplusplus

// What <string_view> includes, so that the attribute meets its own members only.
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#pragma clang attribute push(__attribute__((always_inline)), apply_to = function(is_member))
#include <string_view>
#pragma clang attribute pop

#endif
#endif  // COUNTERSIGN_INLINE_STRING_VIEW_H_
