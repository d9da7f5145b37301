// The gate: the only reader of the JSON that a signer's device takes from outside.
//
// A reader of one profile is a fifth of a general one, and every phone downloads it. What it
// accepts, refuses and says is compared with a reader on nlohmann_json
// (tests/support/reference_reader.h), on suites, by random texts and by the fuzzer.
#include "base/bytes.h"
#include "base/sort.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::json {
namespace {

bool InOrder(const Object& members) {
  for (size_t i = 1; i < members.size(); ++i) {
    if (!(members[i - 1].name < members[i].name)) return false;
  }
  return true;
}

// Each function answers false where it put an error; `at_` is then where it was noticed. It
// recurses, no deeper than the limit.
class Reader {
 public:
  Reader(std::string_view text, const Limits& limits)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), limits_(limits) {}

  Result<Value> Document() {
    Value value;
    if (!ReadValue(0, &value)) return std::move(error_);
    SkipBlank();
    if (at_ != end_) return WrongSyntax(), std::move(error_);
    return value;
  }
  // True where nothing was met that has a second spelling: no blank, no escape, no object out of
  // order. (A number has one spelling, and so has every other character.)
  bool is_plain() const { return plain_; }

 private:
  bool Fail(ErrorCode code, std::string_view detail = {}) {
    error_ = Error(code, detail);
    return false;
  }
  bool WrongSyntax() {
    return Fail(ErrorCode::kJsonSyntax, "near byte " + NumberText(at_ - begin_ + 1));
  }
  // The error was met in the part of a list or object that `step` names.
  bool FailedIn(std::string_view step) {
    error_ = std::move(error_).Under(step);
    return false;
  }

  int Next() const { return at_ < end_ ? static_cast<uint8_t>(*at_) : -1; }
  bool Take(char c) {
    if (Next() != c) return false;
    ++at_;
    return true;
  }
  // The next character that is not blank.
  int SkipBlank() {
    int next;
    while ((next = Next()) == ' ' || next == '\t' || next == '\n' || next == '\r') {
      ++at_;
      plain_ = false;
    }
    return next;
  }
  bool Word(std::string_view word) {
    if (!std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(word)) {
      return WrongSyntax();
    }
    at_ += word.size();
    return true;
  }

  bool ReadValue(int depth, Value* out) {
    const int next = SkipBlank();
    if (next == '{' || next == '[') {
      if (depth >= limits_.max_depth) return Fail(ErrorCode::kJsonTooDeep);
      ++at_;
      return next == '{' ? ReadObject(depth + 1, out) : ReadArray(depth + 1, out);
    }
    switch (next) {
      case '"': {
        String text;
        if (!ReadText(&text)) return false;
        *out = Value::Text(std::move(text));
        return true;
      }
      case 't':
      case 'f':
        *out = Value::Bool(next == 't');
        return Word(next == 't' ? "true" : "false");
      case 'n':
        return Word("null");
      default:
        return ReadNumber(out);
    }
  }

  bool ReadArray(int depth, Value* out) {
    Array items;
    if (SkipBlank() == ']') {
      ++at_;
    } else {
      while (true) {
        Value item;
        bool read = ReadValue(depth, &item);
        if (read && items.size() >= limits_.max_items) read = Fail(ErrorCode::kJsonTooManyItems);
        if (read) {
          items.push_back(std::move(item));
          SkipBlank();
          if (Take(']')) break;
          read = Take(',') || WrongSyntax();
        }
        if (!read) return FailedIn("/" + NumberText(items.size()));
      }
    }
    *out = Value::List(std::move(items));
    return true;
  }

  bool ReadObject(int depth, Value* out) {
    Object members;
    if (SkipBlank() == '}') {
      ++at_;
    } else {
      while (true) {
        if (!ReadMember(depth, &members)) {
          return members.empty() ? false : FailedIn(PointerStep(members.back().name));
        }
        if (Take('}')) break;
      }
    }
    if (!InOrder(members)) {
      plain_ = false;
      Sort(&members, [](const Member& a, const Member& b) { return a.name < b.name; });
      for (size_t i = 1; i < members.size(); ++i) {
        if (members[i - 1].name == members[i].name) {
          return Fail(ErrorCode::kJsonDuplicateName, members[i].name);
        }
      }
    }
    *out = Value::Make(std::move(members));
    return true;
  }

  // A name, its value, and what stands behind it: a comma is taken, a brace is left.
  bool ReadMember(int depth, Object* members) {
    String name;
    if (SkipBlank() != '"') return WrongSyntax();
    if (!ReadText(&name)) return false;
    if (members->size() >= limits_.max_items) return Fail(ErrorCode::kJsonTooManyItems);
    for (const char c : name) {
      if (static_cast<uint8_t>(c) >= 0x80) return Fail(ErrorCode::kJsonNameNotAscii, name);
    }
    members->push_back(Member{std::move(name), Value()});
    SkipBlank();
    if (!Take(':')) return WrongSyntax();
    if (!ReadValue(depth, &members->back().value)) return false;
    if (SkipBlank() == '}') return true;
    if (!Take(',')) return WrongSyntax();
    return SkipBlank() == '"' || WrongSyntax();
  }

  // The profile's numbers are whole; any other number of JSON is refused by name.
  bool ReadNumber(Value* out) {
    const bool negative = Take('-');
    const char* first = at_;
    int64_t number = 0;
    while (Next() >= '0' && Next() <= '9') {
      if (number <= kMaxInt) number = number * 10 + (*at_ - '0');
      ++at_;
      if (*first == '0') break;  // whatever digit comes behind it does not belong to it
    }
    if (at_ == first) return WrongSyntax();
    bool whole = number <= kMaxInt && !(negative && number == 0);
    if (Take('.')) {
      whole = false;
      if (!SkipDigits()) return WrongSyntax();
    }
    if (Next() == 'e' || Next() == 'E') {
      whole = false;
      ++at_;
      if (!Take('+')) Take('-');
      if (!SkipDigits()) return WrongSyntax();
    }
    if (!whole) return Fail(ErrorCode::kJsonNumberNotInteger);
    *out = Value::Int(negative ? -number : number);
    return true;
  }
  bool SkipDigits() {
    const char* first = at_;
    while (Next() >= '0' && Next() <= '9') ++at_;
    return at_ != first;
  }

  // REQUIRES: Next() == '"'.
  bool ReadText(String* out) {
    ++at_;
    while (true) {
      const char* plain = at_;
      while (Next() >= ' ' && Next() != '"' && Next() != '\\') ++at_;
      out->append(plain, static_cast<size_t>(at_ - plain));
      if (Take('"')) return true;
      if (!Take('\\') || !ReadEscape(out)) return WrongSyntax();
      plain_ = false;
    }
  }

  bool ReadEscape(String* out) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (at_ == end_) return false;
    const char escape = *at_++;
    const size_t place = kEscapes.find(escape);
    if (place != std::string_view::npos) {
      out->push_back(kMeanings[place]);
      return true;
    }
    uint32_t point = 0;
    if (escape != 'u' || !ReadHex(&point)) return false;
    if (point >= 0xD800 && point < 0xE000) {  // two halves make one (RFC 8259 section 7)
      uint32_t low = 0;
      if (point >= 0xDC00 || !Take('\\') || !Take('u') || !ReadHex(&low)) return false;
      if (low < 0xDC00 || low >= 0xE000) return false;
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendCodePoint(point, out);
    return true;
  }

  bool ReadHex(uint32_t* out) {
    for (int i = 0; i < 4; ++i) {
      const int c = Next();
      const int letter = c | 0x20;
      if (c >= '0' && c <= '9') {
        *out = *out << 4 | static_cast<uint32_t>(c - '0');
      } else if (letter >= 'a' && letter <= 'f') {
        *out = *out << 4 | static_cast<uint32_t>(letter - 'a' + 10);
      } else {
        return false;
      }
      ++at_;
    }
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const Limits& limits_;
  bool plain_ = true;
  Error error_ = Error::None();
};

Result<Value> ReadNoting(std::string_view text, const Limits& limits, bool* plain) {
  if (text.size() > limits.max_bytes) {
    return Error(ErrorCode::kJsonTooLarge, "at most " + NumberText(limits.max_bytes) + " bytes");
  }
  if (!IsUtf8(text)) return ErrorCode::kTextNotUtf8;
  Reader reader(text, limits);
  Result<Value> value = reader.Document();
  *plain = reader.is_plain();
  return value;
}

}  // namespace

Result<Value> Read(std::string_view text, const Limits& limits) {
  bool plain;
  return ReadNoting(text, limits, &plain);
}

Result<Value> ReadCanonical(std::string_view text, const Limits& limits) {
  bool plain;
  Value value = CS_TRY(ReadNoting(text, limits, &plain));
  // What is plain need not be written to be compared, and most of what comes is.
  if (!plain && Write(value) != text) return ErrorCode::kJsonNotCanonical;
  return value;
}

}  // namespace countersign::json
