#include "expression/pattern.h"

#include <cstddef>
#include <utility>

namespace countersign::expression {
namespace {

constexpr uint32_t kLast = 0x10FFFF;

// The code point at text[at], and at moves behind it. REQUIRES: IsUtf8(text), at < text.size().
uint32_t TakePoint(std::string_view text, size_t* at) {
  const auto lead = static_cast<unsigned char>(text[*at]);
  const int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  uint32_t point = more == 0 ? lead : lead & (0x3Fu >> more);
  for (int i = 1; i <= more; ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[*at + static_cast<size_t>(i)]) & 0x3Fu);
  }
  *at += static_cast<size_t>(more) + 1;
  return point;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

// A recursive descent that writes code as it reads. The code of a part is one block whose targets
// are relative, so a block can be moved (when an operator behind it needs an instruction in front)
// and copied (for {n}).
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  Result<Pattern> Read() {
    if (!Alternatives(0) || at_ != text_.size()) {
      return Error(ErrorCode::kExpressionBadPattern, text_.substr(0, 80));
    }
    Add({Op::kMatch});
    return std::move(out_);
  }

 private:
  using Op = Pattern::Op;
  using Instruction = Pattern::Instruction;

  bool More() const { return at_ < text_.size(); }
  bool Take(char c) {
    if (!More() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  size_t Size() const { return out_.code_.size(); }
  void Add(Instruction instruction) { out_.code_.push_back(instruction); }
  void Insert(size_t place, Instruction instruction) {
    out_.code_.insert(out_.code_.begin() + static_cast<std::ptrdiff_t>(place), instruction);
  }
  static int32_t Offset(size_t length) { return static_cast<int32_t>(length); }

  bool Alternatives(int depth) {
    if (depth > Pattern::kMaxDepth) return false;
    size_t begin = Size();
    if (!Sequence(depth)) return false;
    Vector<size_t> jumps;
    while (Take('|')) {
      // split this, next; this; jump to the end; next
      Insert(begin, {Op::kSplit, false, 1, Offset(Size() - begin + 2)});
      jumps.push_back(Size());
      Add({Op::kJump});
      begin = Size();
      if (!Sequence(depth)) return false;
    }
    for (const size_t jump : jumps) out_.code_[jump].a = Offset(Size() - jump);
    return true;
  }

  bool Sequence(int depth) {
    while (More() && text_[at_] != '|' && text_[at_] != ')') {
      const size_t begin = Size();
      if (!Atom(depth)) return false;
      if (!Repeats(begin) || Size() > Pattern::kMaxInstructions) return false;
    }
    return true;
  }

  bool Repeats(size_t begin) {
    const size_t length = Size() - begin;
    if (Take('*')) {
      Star(begin);
    } else if (Take('+')) {
      Add({Op::kSplit, false, -Offset(length), 1});
    } else if (Take('?')) {
      Insert(begin, {Op::kSplit, false, 1, Offset(length + 1)});
    } else if (More() && text_[at_] == '{') {
      if (!Counted(begin)) return false;
    } else {
      return true;
    }
    Take('?');  // as few as possible: the same texts match
    return !More() ||
           (text_[at_] != '*' && text_[at_] != '+' && text_[at_] != '?' && text_[at_] != '{');
  }

  void Star(size_t begin) {
    const size_t length = Size() - begin;
    Insert(begin, {Op::kSplit, false, 1, Offset(length + 2)});
    Add({Op::kJump, false, -Offset(length + 1)});
  }

  bool Number(int* out) {
    *out = 0;
    const size_t begin = at_;
    for (; More() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      *out = *out * 10 + (text_[at_] - '0');
      if (*out > Pattern::kMaxRepeat) return false;
    }
    return at_ > begin;
  }

  bool Counted(size_t begin) {
    int least, most;
    if (!Take('{') || !Number(&least)) return false;
    most = least;
    bool endless = false;
    if (Take(',')) {
      if (More() && text_[at_] == '}') {
        endless = true;
      } else if (!Number(&most) || most < least) {
        return false;
      }
    }
    if (!Take('}')) return false;
    const Vector<Instruction> block(out_.code_.begin() + static_cast<std::ptrdiff_t>(begin),
                                    out_.code_.end());
    const size_t copies = static_cast<size_t>(endless ? least + 1 : most);
    if (begin + copies * (block.size() + 2) > Pattern::kMaxInstructions) return false;
    out_.code_.resize(begin, Instruction{Op::kMatch});
    for (int i = 0; i < least; ++i) Append(block);
    if (endless) {
      const size_t star = Size();
      Append(block);
      Star(star);
    }
    for (int i = least; i < most; ++i) {
      Add({Op::kSplit, false, 1, Offset(block.size() + 1)});
      Append(block);
    }
    return true;
  }
  void Append(const Vector<Instruction>& block) {
    out_.code_.insert(out_.code_.end(), block.begin(), block.end());
  }

  bool Atom(int depth) {
    if (Take('(')) {
      if (Take('?') && !Take(':')) return false;
      return Alternatives(depth + 1) && Take(')');
    }
    if (Take('^')) return Add({Op::kBegin}), true;
    if (Take('$')) return Add({Op::kEnd}), true;
    const size_t first = out_.ranges_.size();
    bool negated = false;
    if (Take('[')) {
      if (!Class(&negated)) return false;
    } else if (Take('.')) {
      out_.ranges_.push_back({'\n', '\n'});
      negated = true;
    } else if (Take('\\')) {
      if (Take('b')) return Add({Op::kWord}), true;
      if (Take('B')) return Add({Op::kNotWord}), true;
      if (!Escape(&negated)) return false;
    } else {
      const char c = text_[at_];
      if (c == '*' || c == '+' || c == '?' || c == '{') return false;
      const uint32_t point = TakePoint(text_, &at_);
      out_.ranges_.push_back({point, point});
    }
    Add({Op::kSet, negated, Offset(first), Offset(out_.ranges_.size() - first)});
    return true;
  }

  // \d and the like, or one character. `negated` is of the whole set, so \D inside [ ] is refused
  // by Class.
  bool Escape(bool* negated) {
    if (!More()) return false;
    const char c = text_[at_];
    const char lower = static_cast<char>(c | 0x20);
    auto& ranges = out_.ranges_;
    if (lower == 'd' || lower == 'w' || lower == 's') {
      ++at_;
      *negated = c != lower;
      if (lower == 's') {
        ranges.insert(ranges.end(), {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}});
        return true;
      }
      ranges.push_back({'0', '9'});
      if (lower == 'w') ranges.insert(ranges.end(), {{'A', 'Z'}, {'_', '_'}, {'a', 'z'}});
      return true;
    }
    uint32_t point;
    if (!EscapedPoint(&point)) return false;
    ranges.push_back({point, point});
    return true;
  }

  bool EscapedPoint(uint32_t* point) {
    if (!More()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kLetters = "ntrfva", kMeanings = "\n\t\r\f\v\a";
    if (const size_t i = kLetters.find(c); i != std::string_view::npos) {
      *point = static_cast<unsigned char>(kMeanings[i]);
      return true;
    }
    if (c == 'x') {
      const bool braces = Take('{');
      *point = 0;
      int digits = 0;
      for (; More() && digits < (braces ? 6 : 2); ++digits, ++at_) {
        const char h = text_[at_];
        const char low = static_cast<char>(h | 0x20);
        if (h >= '0' && h <= '9') {
          *point = *point << 4 | static_cast<uint32_t>(h - '0');
        } else if (low >= 'a' && low <= 'f') {
          *point = *point << 4 | static_cast<uint32_t>(low - 'a' + 10);
        } else {
          break;
        }
      }
      if (braces) return digits > 0 && Take('}') && *point <= kLast;
      return digits == 2;
    }
    *point = static_cast<unsigned char>(c);
    return *point < 0x80 && !IsWordByte(c);  // punctuation stands for itself
  }

  bool Class(bool* negated) {
    *negated = Take('^');
    if (More() && text_[at_] == ']') return false;  // RE2 takes it as a character: write \]
    for (bool first = true; !Take(']'); first = false) {
      if (!More()) return false;
      uint32_t low;
      if (Take('\\')) {
        const char c = More() ? text_[at_] : '\0';
        if (c == 'd' || c == 'w' || c == 's') {
          bool ignored;
          if (!Escape(&ignored)) return false;
          continue;
        }
        if (!EscapedPoint(&low)) return false;
      } else {
        if (text_[at_] == '[' && at_ + 1 < text_.size() && text_[at_ + 1] == ':') return false;
        if (text_[at_] == '-' && !first && !(at_ + 1 < text_.size() && text_[at_ + 1] == ']'))
          return false;
        low = TakePoint(text_, &at_);
      }
      uint32_t high = low;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        ++at_;
        if (Take('\\')) {
          if (!EscapedPoint(&high)) return false;
        } else {
          high = TakePoint(text_, &at_);
        }
        if (high < low) return false;
      }
      out_.ranges_.push_back({low, high});
    }
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  Pattern out_;
};

Result<Pattern> Pattern::Make(std::string_view text) { return PatternReader(text).Read(); }

bool Pattern::Occurs(std::string_view text, int64_t* fuel) const {
  Vector<uint32_t> now, next, pending;
  Vector<size_t> seen(code_.size(),
                      SIZE_MAX);  // the place of the text at which a state was reached
  bool matched = false;

  // Follows all instructions that read nothing.
  const auto reach = [&](uint32_t state, size_t place, Vector<uint32_t>* states) {
    pending.assign(1, state);
    while (!pending.empty()) {
      const uint32_t at = pending.back();
      pending.pop_back();
      if (seen[at] == place) continue;
      seen[at] = place;
      if (--*fuel < 0) return;
      const Instruction& instruction = code_[at];
      const auto go = [&](int32_t offset) {
        pending.push_back(static_cast<uint32_t>(static_cast<int32_t>(at) + offset));
      };
      const bool before = place > 0 && IsWordByte(text[place - 1]);
      const bool after = place < text.size() && IsWordByte(text[place]);
      switch (instruction.op) {
        case Op::kSet:
          states->push_back(at);
          break;
        case Op::kJump:
          go(instruction.a);
          break;
        case Op::kSplit:
          go(instruction.b);
          go(instruction.a);
          break;
        case Op::kBegin:
          if (place == 0) go(1);
          break;
        case Op::kEnd:
          if (place == text.size()) go(1);
          break;
        case Op::kWord:
          if (before != after) go(1);
          break;
        case Op::kNotWord:
          if (before == after) go(1);
          break;
        case Op::kMatch:
          matched = true;
          return;
      }
    }
  };

  size_t place = 0;
  for (;;) {
    reach(0, place, &now);  // it may begin anywhere
    if (matched || *fuel < 0 || place == text.size()) break;
    const uint32_t point = TakePoint(text, &place);
    next.clear();
    for (const uint32_t state : now) {
      const Instruction& set = code_[state];
      bool inside = false;
      for (int32_t i = 0; i < set.b && !inside; ++i) {
        const Range& range = ranges_[static_cast<size_t>(set.a + i)];
        inside = point >= range.low && point <= range.high;
      }
      *fuel -= set.b / 8;  // a long class is looked through
      if (inside != set.negated) reach(state + 1, place, &next);
      if (matched || *fuel < 0) break;
    }
    std::swap(now, next);
    if (matched || *fuel < 0) break;
  }
  if (*fuel < 0) *fuel = 0;
  return matched;
}

}  // namespace countersign::expression
