// Result<T>: a value, or the Error that says why there is none.
//
// REQUIRES: look before you dereference. `*result` on an error is undefined; native builds run with
// library assertions and stop there. No monadic calls: libstdc++ 12 lacks them.
#ifndef COUNTERSIGN_BASE_RESULT_H_
#define COUNTERSIGN_BASE_RESULT_H_

#include <expected>
#include <utility>

#include "base/error.h"

namespace countersign {

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using Base = std::expected<T, Error>;
  using Base::Base;
  Result(Error error) : Base(std::unexpect, std::move(error)) {}
  Result(ErrorCode code) : Base(std::unexpect, Error(code)) {}
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using Base = std::expected<void, Error>;
  using Base::Base;
  Result() = default;
  Result(Error error) : Base(std::unexpect, std::move(error)) {}
  Result(ErrorCode code) : Base(std::unexpect, Error(code)) {}
};

namespace internal {
template <class T>
T Take(Result<T>&& result) {
  return *std::move(result);
}
inline void Take(Result<void>&&) {}
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace internal

}  // namespace countersign

// `auto x = CS_TRY(Parse(text));` is the value, or returns the error from the function it stands
// in. (A statement expression: GCC, Clang and Emscripten have it.)
#define CS_TRY(expression)                                       \
  __extension__({                                                \
    auto cs_try_result = (expression);                           \
    if (!cs_try_result) return std::move(cs_try_result).error(); \
    ::countersign::internal::Take(std::move(cs_try_result));     \
  })

// Our own bug: stops the program (in wasm, the engine is dead and JS sees CountersignPanic).
// Never for outside data.
#define CS_CHECK(condition)                                                 \
  do {                                                                      \
    if (!(condition)) [[unlikely]]                                          \
      ::countersign::internal::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)

#endif  // COUNTERSIGN_BASE_RESULT_H_
