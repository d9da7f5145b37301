// The only file of the core that includes nlohmann_json: its tokenizer and grammar do the reading,
// without exceptions and without its values, which recurse on depth and read numbers as doubles.
#include "json/loose.h"

#include <cstdint>
#include <optional>
#include <string>

#define JSON_NOEXCEPTION 1
#define JSON_NO_IO 1
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/sort.h"

namespace countersign::json {
namespace {

bool NamesDiffer(const Loose& object, String* twice) {
  Vector<std::string_view> names(object.names.begin(), object.names.end());
  Sort(&names);
  for (size_t i = 1; i < names.size(); ++i) {
    if (names[i - 1] != names[i]) continue;
    *twice = names[i];
    return false;
  }
  return true;
}

// Receives nlohmann's events; returning false stops the reading.
class Builder {
 public:
  bool null() { return Add({}); }
  bool boolean(bool value) {
    Loose out;
    out.kind = Loose::Kind::kBool;
    out.boolean = value;
    return Add(std::move(out));
  }
  // Only a number with a minus sign comes here: 0 was written -0.
  bool number_integer(int64_t value) { return Number(value == 0 ? "-0" : NumberText(value)); }
  bool number_unsigned(uint64_t value) { return Number(NumberText(value)); }
  bool number_float(double, const std::string& written) { return Number(written); }
  bool string(std::string& value) {
    Loose out;
    out.kind = Loose::Kind::kString;
    out.text = value;
    return Add(std::move(out));
  }
  bool binary(nlohmann::json::binary_t&) { return Fail(Error(ErrorCode::kJsonSyntax)); }

  bool start_object(size_t) { return Open(Loose::Kind::kObject); }
  bool start_array(size_t) { return Open(Loose::Kind::kArray); }
  bool key(std::string& name) {
    open_.back().names.push_back(name);
    return true;
  }
  bool end_object() {
    String twice;
    if (!NamesDiffer(open_.back(), &twice)) {
      return Fail(Error(ErrorCode::kJsonDuplicateName, twice));
    }
    return Close();
  }
  bool end_array() { return Close(); }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) {
    return Fail(Error(ErrorCode::kJsonSyntax, "near byte " + NumberText(position)));
  }

  Result<Loose> Take() {
    if (error_) return *std::move(error_);
    return std::move(root_);
  }

 private:
  bool Number(String written) {
    Loose out;
    out.kind = Loose::Kind::kNumber;
    out.text = std::move(written);
    return Add(std::move(out));
  }
  bool Open(Loose::Kind kind) {
    if (open_.size() > static_cast<size_t>(Loose::kMaxDepth)) {
      return Fail(Error(ErrorCode::kJsonTooDeep));
    }
    Loose out;
    out.kind = kind;
    open_.push_back(std::move(out));
    return true;
  }
  bool Close() {
    Loose closed = std::move(open_.back());
    open_.pop_back();
    return Add(std::move(closed));
  }
  bool Add(Loose value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }
  bool Fail(Error error) {
    if (!error_) error_ = std::move(error);
    return false;
  }

  Vector<Loose> open_;
  Loose root_;
  std::optional<Error> error_;
};

}  // namespace

const Loose* Loose::Find(std::string_view name) const {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

Result<Loose> ReadLoose(std::string_view text) {
  if (!IsUtf8(text)) return ErrorCode::kTextNotUtf8;
  if (text.starts_with("\xEF\xBB\xBF")) {
    return Error(ErrorCode::kJsonSyntax, "a byte order mark; save it without");
  }
  // nlohmann takes NUL for the end of its input.
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Error(ErrorCode::kJsonSyntax, "near byte " + NumberText(nul + 1));
  }
  Builder builder;
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return builder.Take();
}

}  // namespace countersign::json
