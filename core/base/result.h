// Result<T>: a value, or the Error that says why there is none.
//
// REQUIRES: look before you dereference. `*result` on an error is undefined; native builds run with
// library assertions and stop there.
#ifndef COUNTERSIGN_BASE_RESULT_H_
#define COUNTERSIGN_BASE_RESULT_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace countersign {

namespace internal {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace internal

// Our own and not std::expected: at -Oz the destructor of that one is a call, and these fold away.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  [[gnu::always_inline]] Result()
    requires std::is_default_constructible_v<T>
      : has_value_(true), value_() {}
  template <class U = T>
    requires(!std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, ErrorCode> && std::is_constructible_v<T, U>)
  [[gnu::always_inline]] explicit(!std::is_convertible_v<U, T>) Result(U&& value)
      : has_value_(true), value_(std::forward<U>(value)) {}
  [[gnu::always_inline]] Result(Error&& error) : has_value_(false), error_(std::move(error)) {}
  Result(const Error& error) : has_value_(false), error_(error) {}
  [[gnu::always_inline]] Result(ErrorCode code) : has_value_(false), error_(code) {}
  Result(const Result& other)
    requires std::is_copy_constructible_v<T>
      : has_value_(other.has_value_) {
    if (has_value_) {
      std::construct_at(&value_, other.value_);
    } else {
      std::construct_at(&error_, other.error_);
    }
  }
  Result(Result&& other) : has_value_(other.has_value_) {
    if (has_value_) {
      std::construct_at(&value_, std::move(other.value_));
    } else {
      std::construct_at(&error_, std::move(other.error_));
    }
  }
  Result& operator=(Result other) {
    std::destroy_at(this);
    std::construct_at(this, std::move(other));
    return *this;
  }
  [[gnu::always_inline]] ~Result() {
    if (has_value_) {
      value_.~T();
    } else {
      error_.~Error();
    }
  }

  [[gnu::always_inline]] explicit operator bool() const { return has_value_; }
  [[gnu::always_inline]] bool has_value() const { return has_value_; }
  [[gnu::always_inline]] T& operator*() & { return Seen(), value_; }
  [[gnu::always_inline]] const T& operator*() const& { return Seen(), value_; }
  [[gnu::always_inline]] T&& operator*() && { return Seen(), std::move(value_); }
  [[gnu::always_inline]] T* operator->() { return Seen(), std::addressof(value_); }
  [[gnu::always_inline]] const T* operator->() const { return Seen(), std::addressof(value_); }
  const T& value() const& { return **this; }
  T&& value() && { return *std::move(*this); }
  template <class U>
  T value_or(U&& other) const& {
    return has_value_ ? value_ : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  T value_or(U&& other) && {
    return has_value_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
  }
  [[gnu::always_inline]] Error& error() & { return error_; }
  [[gnu::always_inline]] const Error& error() const& { return error_; }
  [[gnu::always_inline]] Error&& error() && { return std::move(error_); }

  friend bool operator==(const Result& a, const Result& b) {
    if (a.has_value_ != b.has_value_) return false;
    return a.has_value_ ? a.value_ == b.value_ : a.error_ == b.error_;
  }
  friend bool operator==(const Result& a, const T& b) { return a.has_value_ && a.value_ == b; }

 private:
  [[gnu::always_inline]] void Seen() const {
#ifdef _GLIBCXX_ASSERTIONS
    if (!has_value_) internal::CheckFailed("has_value()", __FILE__, __LINE__);
#endif
  }

  bool has_value_;
  union {
    T value_;
    Error error_;
  };
};

// No error is the empty one: a word, and nothing to tell apart.
template <>
class [[nodiscard]] [[clang::trivial_abi]] Result<void> {
 public:
  using value_type = void;
  [[gnu::always_inline]] Result() : error_(Error::None()) {}
  [[gnu::always_inline]] Result(Error&& error) : error_(std::move(error)) {}
  Result(const Error& error) : error_(error) {}
  [[gnu::always_inline]] Result(ErrorCode code) : error_(code) {}
  [[gnu::always_inline]] explicit operator bool() const { return error_.is_none(); }
  [[gnu::always_inline]] bool has_value() const { return error_.is_none(); }
  [[gnu::always_inline]] Error& error() & { return error_; }
  [[gnu::always_inline]] const Error& error() const& { return error_; }
  [[gnu::always_inline]] Error&& error() && { return std::move(error_); }

 private:
  Error error_;
};

namespace internal {
template <class T>
[[gnu::always_inline]] inline T Take(Result<T>&& result) {
  return *std::move(result);
}
[[gnu::always_inline]] inline void Take(Result<void>&&) {}
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
