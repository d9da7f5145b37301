#include "base/error.h"

#include <array>
#include <cstddef>
#include <utility>

#include "base/bytes.h"
#include "base/names.h"

namespace countersign {
namespace {

// A table each: a program that never asks for the sentences does not carry them.
constexpr Names kNames(
#define CS_ERROR(name, code, text) code "|"
#define CS_ERROR_OUTSIDE(name, code, text)
#include "base/error_codes.def"
#undef CS_ERROR
    "");
constexpr Names kOutsideNames(
#define CS_ERROR(name, code, text)
#define CS_ERROR_OUTSIDE(name, code, text) code "|"
#include "base/error_codes.def"
#undef CS_ERROR
    "");
constexpr size_t kInside = kNames.Count() - 1;
constexpr std::string_view kTexts[] = {
#define CS_ERROR(name, code, text) text,
#include "base/error_codes.def"
#undef CS_ERROR
};

}  // namespace

// Weak: the module that signs gives none of these codes, and has no names for them.
[[gnu::weak]] std::string_view internal::OutsideCodeName(size_t index) {
  return kOutsideNames[index];
}

std::string_view CodeName(ErrorCode code) {
  const auto index = static_cast<size_t>(code);
  return index < kInside ? kNames[index] : internal::OutsideCodeName(index - kInside);
}

std::string_view CodeText(ErrorCode code) { return kTexts[static_cast<size_t>(code)]; }

Error::Details* Error::details() const {
  return (bits_ & 1) != 0 ? nullptr : reinterpret_cast<Details*>(bits_);
}

Error::Error(ErrorCode code, const char* detail, size_t detail_size, const char* path,
             size_t path_size)
    // Readers quote the first so many bytes of what they refuse; half a character at the end of
    // those would make the message no text, and an answer that carries it no JSON.
    : bits_(reinterpret_cast<uintptr_t>(new Details{
          code, String(WithoutCutCharacter({detail, detail_size})), String(path, path_size)})) {}

Error::Error(const Error& other) : bits_(other.bits_) {
  if (const Details* details = other.details())
    bits_ = reinterpret_cast<uintptr_t>(new Details(*details));
}

Error& Error::operator=(const Error& other) {
  if (this != &other) *this = Error(other);
  return *this;
}

Error& Error::operator=(Error&& other) noexcept {
  std::swap(bits_, other.bits_);
  return *this;
}

void Error::Free() { delete details(); }

ErrorCode Error::code() const {
  const Details* own = details();
  return own != nullptr ? own->code : static_cast<ErrorCode>(bits_ / 2);
}

String Error::message() const {
  String text(CodeText(code()));
  if (const std::string_view more = detail(); !more.empty()) text.append(": ").append(more);
  return text;
}

std::string_view Error::detail() const {
  const Details* own = details();
  return own != nullptr ? std::string_view(own->detail) : std::string_view();
}

std::string_view Error::path() const {
  const Details* own = details();
  return own != nullptr ? std::string_view(own->path) : std::string_view();
}

Error Error::Under(std::string_view prefix) && {
  if (details() == nullptr) return Error(code(), {}, prefix);
  details()->path.insert(0, prefix);
  return std::move(*this);
}

bool operator==(const Error& a, const Error& b) {
  return a.code() == b.code() && a.detail() == b.detail() && a.path() == b.path();
}

}  // namespace countersign
