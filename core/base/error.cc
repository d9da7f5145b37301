#include "base/error.h"

#include <array>
#include <cstddef>

namespace countersign {
namespace {

// Two tables: a program that never asks for the sentences does not carry them.
constexpr std::string_view kNames[] = {
#define CS_ERROR(name, code, text) code,
#include "base/error_codes.def"
#undef CS_ERROR
};
constexpr std::string_view kTexts[] = {
#define CS_ERROR(name, code, text) text,
#include "base/error_codes.def"
#undef CS_ERROR
};

}  // namespace

std::string_view CodeName(ErrorCode code) { return kNames[static_cast<size_t>(code)]; }

std::string_view CodeText(ErrorCode code) { return kTexts[static_cast<size_t>(code)]; }

bool FindCode(std::string_view name, ErrorCode* code) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) {
      *code = static_cast<ErrorCode>(i);
      return true;
    }
  }
  return false;
}

void Error::Delete::operator()(Details* details) const { delete details; }

Error::Error(ErrorCode code, std::string_view detail, std::string_view path)
    : code_(code), details_(new Details{std::string(detail), std::string(path)}) {}

Error::Error(const Error& other)
    : code_(other.code_), details_(other.details_ ? new Details(*other.details_) : nullptr) {}

Error& Error::operator=(const Error& other) {
  if (this != &other) *this = Error(other);
  return *this;
}

std::string Error::message() const {
  std::string text(CodeText(code_));
  if (details_ && !details_->detail.empty()) text.append(": ").append(details_->detail);
  return text;
}

std::string_view Error::detail() const { return details_ ? details_->detail : std::string_view(); }

std::string_view Error::path() const { return details_ ? details_->path : std::string_view(); }

Error Error::Under(std::string_view prefix) && {
  if (!details_) details_.reset(new Details);
  details_->path.insert(0, prefix);
  return std::move(*this);
}

bool operator==(const Error& a, const Error& b) {
  return a.code_ == b.code_ && a.detail() == b.detail() && a.path() == b.path();
}

}  // namespace countersign
