// Long because one reader knows all of the syntax, and what it writes is run below.
#include "expression/pattern.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "base/string.h"

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

// Without \Q...\E: what stands between them, with a backslash before punctuation. In a class \Q is
// left, and refused.
String Unquote(std::string_view text) {
  String plain;
  bool in_class = false, first = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t named = in_class && text.substr(i, 2) == "[:" ? text.find(":]", i + 2) : text.npos;
    if (named != text.npos) {
      plain += text.substr(i, named + 2 - i);
      i = named + 1;
      first = false;
      continue;
    }
    const bool ends = in_class && !first && text[i] == ']';
    const bool begins = !in_class && text[i] == '[';
    first = begins || (first && text[i] == '^' && plain.ends_with('['));
    in_class = begins || (in_class && !ends);
    if (in_class || text[i] != '\\' || i + 1 == text.size() || text[i + 1] != 'Q') {
      plain += text[i];
      if (text[i] == '\\' && i + 1 < text.size()) plain += text[++i];
      continue;
    }
    const size_t end = std::min(text.find("\\E", i + 2), text.size());
    for (i += 2; i < end; ++i) {
      if (static_cast<unsigned char>(text[i]) < 0x80 && !IsWordByte(text[i])) plain += '\\';
      plain += text[i];
    }
    ++i;  // at the E
  }
  return plain;
}

// Pairs of first and last character, in order.
struct NamedClass {
  std::string_view name, ranges;
};
constexpr NamedClass kClasses[] = {{"alnum", "09AZaz"},
                                   {"alpha", "AZaz"},
                                   {"ascii", std::string_view("\0\x7F", 2)},
                                   {"blank", "\t\t  "},
                                   {"cntrl", std::string_view("\0\x1F\x7F\x7F", 4)},
                                   {"digit", "09"},
                                   {"graph", "!~"},
                                   {"lower", "az"},
                                   {"print", " ~"},
                                   {"punct", "!/:@[`{~"},
                                   {"space", "\t\r  "},
                                   {"upper", "AZ"},
                                   {"word", "09AZ__az"},
                                   {"xdigit", "09AFaf"}};

}  // namespace

// A recursive descent that writes code as it reads. The code of a part is one block whose targets
// are relative, so a block can be moved (when an operator behind it needs an instruction in front)
// and copied (for {n}).
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  Result<Pattern> Read() {
    const std::string_view given = text_;
    const bool quotes = text_.find("\\Q") != std::string_view::npos;
    if (quotes) text_ = unquoted_ = Unquote(text_);
    if (!Alternatives(0) || at_ != text_.size()) {
      return Error(ErrorCode::kExpressionBadPattern, given.substr(0, 80));
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
      if (text_.substr(at_, 2) == "(?" && SetsFlags()) {
        if (AtRepeat()) return false;
        continue;
      }
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
    } else if (AtRepeat()) {
      if (!Counted(begin)) return false;
    } else {
      return true;
    }
    Take('?');  // as few as possible: the same texts match
    return !AtRepeat();
  }
  // A '{' that does not begin {n}, {n,} or {n,m} is a character.
  bool AtRepeat() const {
    if (!More()) return false;
    if (text_[at_] != '{') return text_[at_] == '*' || text_[at_] == '+' || text_[at_] == '?';
    size_t i = at_ + 1;
    const auto digits = [&] {
      const size_t begin = i;
      while (i < text_.size() && text_[i] >= '0' && text_[i] <= '9') ++i;
      return i > begin;
    };
    if (!digits()) return false;
    if (i < text_.size() && text_[i] == ',') {
      ++i;
      digits();
    }
    return i < text_.size() && text_[i] == '}';
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
    const size_t size =
        static_cast<size_t>(least) * block.size() +
        (endless ? block.size() + 2 : static_cast<size_t>(most - least) * (block.size() + 1));
    if (begin + size > Pattern::kMaxInstructions) return false;
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
      const Flags outer = flags_;
      if (Take('?') && !GroupName() && !(ReadFlags() && Take(':'))) return false;
      if (!Alternatives(depth + 1) || !Take(')')) return false;
      flags_ = outer;
      return true;
    }
    if (Take('^')) return Add({flags_.lines ? Op::kBeginLine : Op::kBegin}), true;
    if (Take('$')) return Add({flags_.lines ? Op::kEndLine : Op::kEnd}), true;
    const size_t first = out_.ranges_.size();
    bool negated = false;
    if (Take('[')) {
      if (!Class(&negated)) return false;
    } else if (Take('.')) {
      if (!flags_.any) out_.ranges_.push_back({'\n', '\n'});
      negated = true;
    } else if (Take('\\')) {
      if (Take('b')) return Add({Op::kWord}), true;
      if (Take('B')) return Add({Op::kNotWord}), true;
      if (Take('A')) return Add({Op::kBegin}), true;
      if (Take('z')) return Add({Op::kEnd}), true;
      if (!Escape(&negated)) return false;
    } else {
      if (AtRepeat()) return false;
      const uint32_t point = TakePoint(text_, &at_);
      if (!AddRange(point, point)) return false;
    }
    Add({Op::kSet, negated, Offset(first), Offset(out_.ranges_.size() - first)});
    return true;
  }

  struct Flags {
    bool fold = false;   // i
    bool lines = false;  // m
    bool any = false;    // s
  };

  // ims-ims, U among them, of which some or all may be missing.
  bool ReadFlags() {
    bool on = true, named = true;
    for (; More(); ++at_) {
      const char c = text_[at_];
      if (c == 'i') {
        flags_.fold = on;
      } else if (c == 'm') {
        flags_.lines = on;
      } else if (c == 's') {
        flags_.any = on;
      } else if (c == '-' && on) {
        on = named = false;
        continue;
      } else if (c != 'U') {
        break;
      }
      named = true;
    }
    return named;
  }
  // (?i) to the end of the brackets around it. False, and nothing is read, where it is no such.
  bool SetsFlags() {
    const Flags before = flags_;
    const size_t begin = at_;
    at_ += 2;
    if (ReadFlags() && Take(')')) return true;
    flags_ = before;
    at_ = begin;
    return false;
  }
  // P<name> or <name>, of which none may come twice.
  bool GroupName() {
    size_t i = at_ + (More() && text_[at_] == 'P' ? 1 : 0);
    if (i == text_.size() || text_[i] != '<') return false;
    const size_t begin = ++i;
    while (i < text_.size() && IsWordByte(text_[i])) ++i;
    if (i == begin || i == text_.size() || text_[i] != '>') return false;
    const std::string_view name = text_.substr(begin, i - begin);
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) return false;
    names_.push_back(name);
    at_ = i + 1;
    return true;
  }

  // Where case does not count: also with the other one, of ASCII letters and of what Unicode folds
  // to them.
  bool AddRange(uint32_t low, uint32_t high) {
    auto& ranges = out_.ranges_;
    ranges.push_back({low, high});
    if (!flags_.fold) return true;
    if (high >= 0x80) return false;
    for (uint32_t c = low; c <= high; ++c) {
      const uint32_t lower = c | 0x20;
      if (lower < 'a' || lower > 'z') continue;
      ranges.push_back({c ^ 0x20, c ^ 0x20});
      if (lower == 'k') ranges.push_back({0x212A, 0x212A});
      if (lower == 's') ranges.push_back({0x17F, 0x17F});
    }
    return true;
  }
  // Pairs of ASCII characters, in order; or everything else. What is not a letter of either case is
  // refused: it has to do with letters beyond ASCII.
  bool AddClass(std::string_view pairs, bool negated) {
    uint32_t next = 0;
    for (size_t i = 0; i < pairs.size(); i += 2) {
      const auto low = static_cast<unsigned char>(pairs[i]);
      const auto high = static_cast<unsigned char>(pairs[i + 1]);
      if (!negated) {
        if (!AddRange(low, high)) return false;
      } else {
        if (flags_.fold && HasLetter(low, high)) return false;
        if (low > next) out_.ranges_.push_back({next, low - 1u});
      }
      next = high + 1u;
    }
    if (negated) out_.ranges_.push_back({next, kLast});
    return true;
  }
  static bool HasLetter(uint32_t low, uint32_t high) {
    return (low <= 'Z' && high >= 'A') || (low <= 'z' && high >= 'a');
  }
  // The class of \d, \w or \s; empty for other letters.
  static std::string_view ClassOf(char lower) {
    return lower == 'd' ? "09" : lower == 'w' ? "09AZ__az" : lower == 's' ? "\t\n\f\r  " : "";
  }

  // \d and the like, or one character. `negated` is of the whole set.
  bool Escape(bool* negated) {
    if (!More()) return false;
    const char c = text_[at_];
    const char lower = static_cast<char>(c | 0x20);
    if (const std::string_view pairs = ClassOf(lower); !pairs.empty()) {
      ++at_;
      *negated = c != lower;
      return AddClass(pairs, false);
    }
    uint32_t point;
    return EscapedPoint(&point) && AddRange(point, point);
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
    if (c >= '0' && c <= '7') {  // octal; one digit alone, but 0, would refer to a group
      *point = static_cast<uint32_t>(c - '0');
      int digits = 1;
      for (; digits < 3 && More() && text_[at_] >= '0' && text_[at_] <= '7'; ++digits, ++at_)
        *point = *point << 3 | static_cast<uint32_t>(text_[at_] - '0');
      return c == '0' || digits > 1;
    }
    *point = static_cast<unsigned char>(c);
    return *point < 0x80 && (c == '_' || !IsWordByte(c));  // punctuation stands for itself
  }

  bool Class(bool* negated) {
    *negated = Take('^');
    // A bracket right at the beginning is a character.
    for (bool first = true; first || !Take(']'); first = false) {
      if (!More()) return false;
      uint32_t low;
      if (Take('\\')) {
        const char c = More() ? text_[at_] : '\0';
        const char lower = static_cast<char>(c | 0x20);
        if (const std::string_view pairs = ClassOf(lower); !pairs.empty()) {
          ++at_;
          if (!AddClass(pairs, c != lower)) return false;
          continue;
        }
        if (!EscapedPoint(&low)) return false;
      } else {
        if (text_.substr(at_, 2) == "[:") {
          if (!Named()) return false;
          continue;
        }
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
      if (!AddRange(low, high)) return false;
    }
    return true;
  }
  // [:alpha:] or [:^alpha:].
  bool Named() {
    const size_t end = text_.find(":]", at_ + 2);
    if (end == std::string_view::npos) return false;
    std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
    const bool negated = name.starts_with('^');
    name.remove_prefix(negated ? 1 : 0);
    at_ = end + 2;
    for (const NamedClass& named : kClasses) {
      if (named.name == name) return AddClass(named.ranges, negated);
    }
    return false;
  }

  std::string_view text_;
  String unquoted_;
  Flags flags_;
  Vector<std::string_view> names_;
  size_t at_ = 0;
  Pattern out_;
};

Result<Pattern> Pattern::Make(std::string_view text) { return PatternReader(text).Read(); }

bool Pattern::Occurs(std::string_view text, int64_t* fuel) const {
  Vector<uint32_t> now, next, pending;
  Vector<size_t> seen(code_.size(),
                      SIZE_MAX);  // the place of the text at which a state was reached
  bool matched = false;
  *fuel -= static_cast<int64_t>(code_.size() / 8);  // it was made for this one text

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
        case Op::kBeginLine:
          if (place == 0 || text[place - 1] == '\n') go(1);
          break;
        case Op::kEndLine:
          if (place == text.size() || text[place] == '\n') go(1);
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
