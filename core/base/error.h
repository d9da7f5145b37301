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

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace countersign {

enum class ErrorCode : uint16_t {
#define CS_ERROR(name, code, text) name,
#include "base/error_codes.def"
#undef CS_ERROR
};

// The stable spelling, for example "json.syntax".
std::string_view CodeName(ErrorCode code);
// The general sentence of the code, from error_codes.def.
std::string_view CodeText(ErrorCode code);
// The code with this spelling; false (and *code untouched) where there is none.
[[nodiscard]] bool FindCode(std::string_view name, ErrorCode* code);

// Thin on purpose (two words): error paths are a third of a wasm module's bytes otherwise.
class Error {
 public:
  explicit Error(ErrorCode code) : code_(code) {}
  // `detail` is added to the code's sentence; `path` is a JSON Pointer (RFC 6901) or another place
  // the reader can find, "" where there is none.
  Error(ErrorCode code, std::string_view detail, std::string_view path = {});
  Error(const Error& other);
  Error(Error&&) noexcept = default;
  Error& operator=(const Error& other);
  Error& operator=(Error&&) noexcept = default;
  ~Error() = default;

  ErrorCode code() const { return code_; }
  std::string_view name() const { return CodeName(code_); }
  // "<sentence of the code>: <detail>", or the sentence alone.
  std::string message() const;
  std::string_view detail() const;
  std::string_view path() const;
  // The same error seen from one level further out: `prefix` goes in front of the path.
  Error Under(std::string_view prefix) &&;

  // Two errors are equal when code, detail and path are.
  friend bool operator==(const Error& a, const Error& b);

 private:
  struct Details {
    std::string detail;
    std::string path;
  };
  // Out of line: an Error is destroyed in thousands of places.
  struct Delete {
    void operator()(Details* details) const;
  };
  ErrorCode code_;
  std::unique_ptr<Details, Delete> details_;
};

}  // namespace countersign

#endif  // COUNTERSIGN_BASE_ERROR_H_
