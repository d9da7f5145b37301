// The slow, general reader beside the gate (core/json/gate.cc), on nlohmann_json: what the gate
// accepts, refuses and says is compared with this.
//
// nlohmann_json 3.11 alone lets through a NUL with anything behind it, a byte order mark, duplicate
// names and 2^64 as a double, and its values recurse on depth. Here its tokenizer and grammar do
// the reading (without exceptions and without building its values); bytes are checked before it
// sees them, and every number, name, depth and count is checked as it is reported.
#include "support/reference_reader.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>  // before the macros below, which its headers would trip over

#include "base/vector.h"

#define JSON_NOEXCEPTION 1
#define JSON_NO_IO 1
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/sort.h"
#include "json/value.h"

namespace countersign::testing {
namespace {

using namespace countersign::json;  // NOLINT: the room it is compared with

String DecimalOf(size_t number) { return NumberText(number); }

// One step of a JSON Pointer (RFC 6901).
void AppendStep(std::string_view name, String* path) {
  path->push_back('/');
  for (const char c : name) {
    if (c == '~') {
      path->append("~0");
    } else if (c == '/') {
      path->append("~1");
    } else {
      path->push_back(c);
    }
  }
}

// Receives nlohmann's events; returning false stops the reading.
class Builder {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  bool null() { return Add(Value()); }
  bool boolean(bool value) { return Add(Value::Bool(value)); }
  bool number_integer(nlohmann::json::number_integer_t value) {
    // The lexer reports a number with a minus sign here; minus zero has a second spelling.
    if (value == 0 || value < -kMaxInt) return Fail(ErrorCode::kJsonNumberNotInteger);
    return Add(Value::Int(value));
  }
  bool number_unsigned(nlohmann::json::number_unsigned_t value) {
    if (value > static_cast<uint64_t>(kMaxInt)) return Fail(ErrorCode::kJsonNumberNotInteger);
    return Add(Value::Int(static_cast<int64_t>(value)));
  }
  bool number_float(nlohmann::json::number_float_t, const std::string&) {
    return Fail(ErrorCode::kJsonNumberNotInteger);
  }
  bool string(std::string& value) { return Add(Value::String(value)); }
  bool binary(nlohmann::json::binary_t&) { return Fail(ErrorCode::kJsonSyntax); }

  bool start_object(size_t) { return Open(Kind::kObject); }
  bool start_array(size_t) { return Open(Kind::kArray); }

  bool key(std::string& name) {
    Frame& frame = frames_.back();
    if (frame.members.size() >= limits_.max_items) return Fail(ErrorCode::kJsonTooManyItems);
    for (const char c : name) {
      if (static_cast<uint8_t>(c) >= 0x80) return Fail(ErrorCode::kJsonNameNotAscii, name);
    }
    frame.members.push_back(Member{std::move(name), Value()});
    return true;
  }

  bool end_object() {
    Object& members = frames_.back().members;
    Sort(&members, [](const Member& a, const Member& b) { return a.name < b.name; });
    for (size_t i = 1; i < members.size(); ++i) {
      if (members[i - 1].name == members[i].name) {
        const String name = members[i].name;
        frames_.back().members.clear();  // so that the path is the object's
        return Fail(ErrorCode::kJsonDuplicateName, name);
      }
    }
    Value value = Value::Make(std::move(members));
    frames_.pop_back();
    return Add(std::move(value));
  }

  bool end_array() {
    Value value = Value::List(std::move(frames_.back().items));
    frames_.pop_back();
    return Add(std::move(value));
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) {
    constexpr int kNumberNotFinite = 406;  // nlohmann's id
    if (error.id == kNumberNotFinite) return Fail(ErrorCode::kJsonNumberNotInteger);
    return Fail(ErrorCode::kJsonSyntax, "near byte " + DecimalOf(position));
  }

  Result<Value> Take() {
    if (error_) return std::move(*error_);
    return std::move(root_);
  }

 private:
  struct Frame {
    Kind kind;
    Array items;
    Object members;  // the last one waits for its value
  };

  bool Open(Kind kind) {
    if (frames_.size() >= static_cast<size_t>(limits_.max_depth)) {
      return Fail(ErrorCode::kJsonTooDeep);
    }
    frames_.push_back(Frame{kind, {}, {}});
    return true;
  }

  bool Add(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Frame& frame = frames_.back();
    if (frame.kind == Kind::kObject) {
      frame.members.back().value = std::move(value);
      return true;
    }
    if (frame.items.size() >= limits_.max_items) return Fail(ErrorCode::kJsonTooManyItems);
    frame.items.push_back(std::move(value));
    return true;
  }

  bool Fail(ErrorCode code, std::string_view detail = {}) {
    if (error_) return false;
    String path;
    for (const Frame& frame : frames_) {
      if (frame.kind == Kind::kArray) {
        AppendStep(DecimalOf(frame.items.size()), &path);
      } else if (!frame.members.empty()) {
        AppendStep(frame.members.back().name, &path);
      }
    }
    error_.emplace(code, detail, path);
    return false;
  }

  const Limits& limits_;
  Vector<Frame> frames_;
  Value root_;
  std::optional<Error> error_;
};

}  // namespace

Result<json::Value> ReferenceRead(std::string_view text, const json::Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error(ErrorCode::kJsonTooLarge, "at most " + DecimalOf(limits.max_bytes) + " bytes");
  }
  if (!IsUtf8(text)) return ErrorCode::kTextNotUtf8;
  // nlohmann takes NUL for the end of its input and skips a byte order mark.
  if (text.starts_with("\xEF\xBB\xBF")) return Error(ErrorCode::kJsonSyntax, "byte order mark");
  const size_t nul = text.find('\0');
  const std::string_view before = text.substr(0, nul);
  Builder builder(limits);
  nlohmann::json::sax_parse(before.begin(), before.end(), &builder);
  Result<Value> value = builder.Take();
  if (value && nul != std::string_view::npos) {
    return Error(ErrorCode::kJsonSyntax, "NUL at byte " + DecimalOf(nul));
  }
  return value;
}

}  // namespace countersign::testing
