// What went wrong, as data.
//
// Countersign keeps three failure channels apart. `Error` (through `Result<T>`) says that data or
// state refuses an act. `Diagnostic` lists (room `compile`) say that an author's template is wrong.
// `CS_CHECK` says that Countersign itself is wrong, and aborts.
//
// A code is `area.reason`, stable for ever, and listed only in error_codes.def; the TypeScript
// union and the documentation are generated from that file. Messages are English, for developers;
// people read texts looked up by code in the locales.
#ifndef COUNTERSIGN_BASE_ERROR_H_
#define COUNTERSIGN_BASE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/string.h"

namespace countersign {

enum class ErrorCode : uint16_t {
#define CS_ERROR(name, code, text) name,
#include "base/error_codes.def"
#undef CS_ERROR
};

namespace internal {
std::string_view OutsideCodeName(size_t index);
}
// The stable spelling, for example "json.syntax".
std::string_view CodeName(ErrorCode code);
// The general sentence of the code, from error_codes.def.
std::string_view CodeText(ErrorCode code);

// Thin on purpose (one word): error paths are a third of a wasm module's bytes otherwise.
class [[clang::trivial_abi]] Error {
 public:
  [[gnu::always_inline]] explicit Error(ErrorCode code)
      : bits_(static_cast<uintptr_t>(code) * 2 + 1) {}
  // `detail` is added to the code's sentence; `path` is a JSON Pointer (RFC 6901) or another place
  // the reader can find, "" where there is none. A character cut at the end of `detail` is left
  // out. (In wasm a string_view by value is a copy in memory; two numbers are not.)
  [[gnu::always_inline]] Error(ErrorCode code, std::string_view detail, std::string_view path = {})
      : Error(code, detail.data(), detail.size(), path.data(), path.size()) {}
  Error(const Error& other);
  [[gnu::always_inline]] Error(Error&& other) noexcept : bits_(other.bits_) {
    other.bits_ = kEmpty;
  }
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;
  [[gnu::always_inline]] ~Error() {
    if ((bits_ & 1) == 0) Free();
  }
  // What Result<void> holds where all went well.
  static Error None() { return Error(); }
  [[gnu::always_inline]] bool is_none() const { return bits_ == kEmpty; }

  ErrorCode code() const;
  std::string_view name() const { return CodeName(code()); }
  // "<sentence of the code>: <detail>", or the sentence alone.
  String message() const;
  std::string_view detail() const;
  std::string_view path() const;
  // The same error seen from one level further out: `prefix` goes in front of the path.
  Error Under(std::string_view prefix) &&;

  // Two errors are equal when code, detail and path are.
  friend bool operator==(const Error& a, const Error& b);

 private:
  Error(ErrorCode code, const char* detail, size_t detail_size, const char* path, size_t path_size);
  struct Details {
    ErrorCode code;
    String detail;
    String path;
  };
  static constexpr uintptr_t kEmpty = ~uintptr_t{0};
  Error() : bits_(kEmpty) {}
  void Free();
  // nullptr where there is only a code.
  Details* details() const;

  // Odd: 2 * code + 1. Even: the address of Details, which are ours.
  uintptr_t bits_;
};

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_ERROR_H_
