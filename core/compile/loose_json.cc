#include "compile/loose_json.h"

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/sort.h"
#include "base/string.h"

namespace countersign::compile {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Document(LooseJson* out) {
    if (!Value(out, 0)) return false;
    Blank();
    return at_ == text_.size();
  }
  // Why Document said no.
  Error Refusal() const {
    if (refusal_) return *refusal_;
    return Error(ErrorCode::kJsonSyntax, "near byte " + NumberText(at_ + 1));
  }

 private:
  void Blank() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }
  bool Take(char c) {
    Blank();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool Word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool Value(LooseJson* out, int depth) {
    if (depth > LooseJson::kMaxDepth) return Refuse(ErrorCode::kJsonTooDeep);
    Blank();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        out->kind = LooseJson::Kind::kObject;
        return Sequence('}',
                        [&] {
                          Blank();
                          return String(&out->names.emplace_back()) && Take(':') &&
                                 Value(&out->items.emplace_back(), depth + 1);
                        }) &&
               NamesDiffer(*out);
      case '[':
        out->kind = LooseJson::Kind::kArray;
        return Sequence(']', [&] { return Value(&out->items.emplace_back(), depth + 1); });
      case '"':
        out->kind = LooseJson::Kind::kString;
        return String(&out->text);
      case 't':
      case 'f':
        out->kind = LooseJson::Kind::kBool;
        out->boolean = text_[at_] == 't';
        return Word(out->boolean ? "true" : "false");
      case 'n':
        return Word("null");
      default:
        return Number(out);
    }
  }

  template <class Element>
  bool Sequence(char close, Element element) {
    ++at_;
    if (Take(close)) return true;
    do {
      if (!element()) return false;
    } while (Take(','));
    return Take(close);
  }

  bool NamesDiffer(const LooseJson& object) {
    Vector<std::string_view> names(object.names.begin(), object.names.end());
    Sort(&names, [](std::string_view a, std::string_view b) { return a < b; });
    for (size_t i = 1; i < names.size(); ++i) {
      if (names[i] == names[i - 1]) return Refuse(ErrorCode::kJsonDuplicateName, names[i]);
    }
    return true;
  }

  bool Refuse(ErrorCode code, std::string_view detail = {}) {
    if (!refusal_) refusal_ = Error(code, detail);
    return false;
  }

  bool Number(LooseJson* out) {
    const size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view("+-.eE0123456789").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
    out->kind = LooseJson::Kind::kNumber;
    out->text = text_.substr(begin, at_ - begin);
    return at_ > begin;
  }

  bool Hex(uint32_t* out) {
    *out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const size_t digit = at_ < text_.size()
                               ? std::string_view("0123456789abcdefABCDEF").find(text_[at_])
                               : std::string_view::npos;
      if (digit == std::string_view::npos) return false;
      *out = *out << 4 | static_cast<uint32_t>(digit > 15 ? digit - 6 : digit);
    }
    return true;
  }

  bool String(String* out) {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] != '\\') {
        *out += text_[at_++];
        continue;
      }
      if (++at_ >= text_.size()) return false;
      const char escape = text_[at_++];
      constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
      if (const size_t i = kEscapes.find(escape); i != std::string_view::npos) {
        *out += kMeanings[i];
        continue;
      }
      uint32_t point, low;
      if (escape != 'u' || !Hex(&point)) return false;
      if (point >= 0xD800 && point < 0xDC00) {
        if (!Word("\\u") || !Hex(&low) || low < 0xDC00 || low > 0xDFFF) return false;
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      }
      if (point < 0x80) {
        *out += static_cast<char>(point);
      } else {
        const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        constexpr uint8_t kLeads[] = {0, 0xC0, 0xE0, 0xF0};
        *out += static_cast<char>(kLeads[more] | point >> (6 * more));
        for (int k = more - 1; k >= 0; --k)
          *out += static_cast<char>(0x80 | (point >> (6 * k) & 0x3F));
      }
    }
    return Take('"') && IsUtf8(*out);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::optional<Error> refusal_;
};

}  // namespace

const LooseJson* LooseJson::Find(std::string_view name) const {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

Result<LooseJson> ReadLooseJson(std::string_view text) {
  if (!IsUtf8(text)) return ErrorCode::kTextNotUtf8;
  if (text.starts_with("\xEF\xBB\xBF")) {
    return Error(ErrorCode::kJsonSyntax, "a byte order mark; save it without");
  }
  LooseJson out;
  Reader reader(text);
  if (!reader.Document(&out)) return reader.Refusal();
  return out;
}

}  // namespace countersign::compile
