#include "compile/lexer.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace countersign::compile {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr auto kNameCharacters = [] {
  std::array<bool, 256> of_names{};
  for (int c = 0; c < 256; ++c) {
    of_names[c] =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  return of_names;
}();
bool IsName(char c) { return kNameCharacters[static_cast<unsigned char>(c)]; }
bool IsNameStart(char c) { return IsName(c) && !IsDigit(c); }
uint32_t HexValue(char c) {
  return static_cast<uint32_t>(IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

// No names: literals, `in`, and what the CEL specification keeps free.
struct KeptWord {
  std::string_view word;
  Token token;
};
constexpr KeptWord kKeptWords[] = {{"true", Token::kTrue},          {"false", Token::kFalse},
                                   {"null", Token::kNull},          {"in", Token::kIn},
                                   {"as", Token::kReserved},        {"break", Token::kReserved},
                                   {"const", Token::kReserved},     {"continue", Token::kReserved},
                                   {"else", Token::kReserved},      {"for", Token::kReserved},
                                   {"function", Token::kReserved},  {"if", Token::kReserved},
                                   {"import", Token::kReserved},    {"let", Token::kReserved},
                                   {"loop", Token::kReserved},      {"package", Token::kReserved},
                                   {"namespace", Token::kReserved}, {"return", Token::kReserved},
                                   {"var", Token::kReserved},       {"void", Token::kReserved},
                                   {"while", Token::kReserved}};
// By their first two letters, so that most names are not compared with any.
constexpr size_t PlaceOfWord(std::string_view word) {
  return static_cast<unsigned char>(word[0] * 5 + word[1]);
}
constexpr auto kLettersOfWords = [] {
  std::array<bool, 256> kept{};
  for (const KeptWord& kept_word : kKeptWords) {
    kept[PlaceOfWord(kept_word.word)] = true;
  }
  return kept;
}();

// Bytes of the code point that starts with this byte.
uint32_t Width(char c) {
  const auto lead = static_cast<unsigned char>(c);
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

// U+2018..U+201F and the guillemets: what word processors make of ' and ".
bool IsCurlyQuote(std::string_view rest) {
  if (rest.size() >= 3 && rest.substr(0, 2) == "\xE2\x80") {
    return static_cast<unsigned char>(rest[2]) >= 0x98 &&
           static_cast<unsigned char>(rest[2]) <= 0x9F;
  }
  return rest.starts_with("\xC2\xAB") || rest.starts_with("\xC2\xBB");
}

bool IsBlankPoint(std::string_view rest) {  // no-break spaces: pasted from documents
  return rest.starts_with("\xC2\xA0") || rest.starts_with("\xE2\x80\xAF");
}

// The closing quote of a string that opens at `quote`: the first byte behind it, or npos.
// `triple` and `raw` as found by the caller.
size_t EndOfString(std::string_view text, uint32_t quote, bool* triple, bool raw) {
  const char q = text[quote];
  *triple = quote + 2 < text.size() && text[quote + 1] == q && text[quote + 2] == q;
  size_t i = quote + (*triple ? 3 : 1);
  while (i < text.size()) {
    const char c = text[i];
    if (c == '\\' && !raw) {
      i += 2;
    } else if (c == q) {
      if (!*triple) return i + 1;
      if (i + 2 < text.size() && text[i + 1] == q && text[i + 2] == q) return i + 3;
      ++i;
    } else if (!*triple && (c == '\n' || c == '\r')) {
      return std::string_view::npos;
    } else {
      ++i;
    }
  }
  return std::string_view::npos;
}

// r, b or br, of either case, in front of a quote: how many letters; 0 where they begin a name.
uint32_t PrefixLength(std::string_view text, uint32_t at) {
  uint32_t i = at;
  for (const char letter : {'b', 'r'}) {
    if (i < text.size() && (text[i] | 0x20) == letter) ++i;
  }
  return i < text.size() && (text[i] == '\'' || text[i] == '"') ? i - at : 0;
}

bool HasPrefix(std::string_view literal, char letter) {
  for (size_t i = 0; i < literal.size() && literal[i] != '\'' && literal[i] != '"'; ++i) {
    if ((literal[i] | 0x20) == letter) return true;
  }
  return false;
}

}  // namespace

void Lexer::SkipBlank() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '/' && At(at_ + 1, '/')) {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else {
      return;
    }
  }
}

Lexeme Lexer::Next() {
  SkipBlank();
  const uint32_t b = at_;
  if (b >= text_.size()) return Make(Token::kEnd, b, b);
  const char c = text_[b];
  if (IsDigit(c) || (c == '.' && b + 1 < text_.size() && IsDigit(text_[b + 1]))) return Number(b);
  if (const uint32_t prefix = PrefixLength(text_, b)) return String(b, b + prefix);
  if (IsNameStart(c)) return Word(b);
  switch (c) {
    case '"':
    case '\'':
      return String(b, b);
    case '(':
      return Make(Token::kLeftParen, b, b + 1);
    case ')':
      return Make(Token::kRightParen, b, b + 1);
    case '[':
      return Make(Token::kLeftBracket, b, b + 1);
    case ']':
      return Make(Token::kRightBracket, b, b + 1);
    case '{':
      return Make(Token::kLeftBrace, b, b + 1);
    case '}':
      return Make(Token::kRightBrace, b, b + 1);
    case '.':
      return Make(Token::kDot, b, b + 1);
    case ',':
      return Make(Token::kComma, b, b + 1);
    case '?':
      return Make(Token::kQuestion, b, b + 1);
    case ':':
      return Make(Token::kColon, b, b + 1);
    case '-':
      return Make(Token::kMinus, b, b + 1);
    case '+':
      return Make(Token::kPlus, b, b + 1);
    case '*':
      return Make(Token::kStar, b, b + 1);
    case '/':
      return Make(Token::kSlash, b, b + 1);
    case '%':
      return Make(Token::kPercent, b, b + 1);
    case '!':
      return At(b + 1, '=') ? Make(Token::kNotEqual, b, b + 2) : Make(Token::kNot, b, b + 1);
    case '<':
      if (At(b + 1, '>')) {
        Diagnostic& d = sink_->Report(DiagnosticCode::kOperatorSpelling, in_, {b, b + 2},
                                      "'<>' is spelt '!=' here");
        if (in_.IsPlain()) d.fix = Fix{in_.InFile({b, b + 2}), "!="};
        return Make(Token::kNotEqual, b, b + 2);
      }
      return At(b + 1, '=') ? Make(Token::kLessEqual, b, b + 2) : Make(Token::kLess, b, b + 1);
    case '>':
      return At(b + 1, '=') ? Make(Token::kGreaterEqual, b, b + 2)
                            : Make(Token::kGreater, b, b + 1);
    case '=': {
      if (At(b + 1, '=')) {
        if (!At(b + 2, '=')) return Make(Token::kEqual, b, b + 2);
        Diagnostic& d = sink_->Report(DiagnosticCode::kOperatorSpelling, in_, {b, b + 3},
                                      "'===' is spelt '==' here");
        if (in_.IsPlain()) d.fix = Fix{in_.InFile({b, b + 3}), "=="};
        return Make(Token::kEqual, b, b + 3);
      }
      if (At(b + 1, '>')) {
        sink_->Report(DiagnosticCode::kOperatorSpelling, in_, {b, b + 2}, "'=>' is no operator")
            .hint = "At least is written '>='; what is done with each element, list.map(x, …)";
        return Make(Token::kGreaterEqual, b, b + 2);
      }
      Diagnostic& d = sink_->Report(DiagnosticCode::kAssignment, in_, {b, b + 1});
      if (in_.IsPlain()) d.fix = Fix{in_.InFile({b, b + 1}), "=="};
      return Make(Token::kEqual, b, b + 1);
    }
    case '&':
    case '|': {
      if (At(b + 1, c)) return Make(c == '&' ? Token::kAnd : Token::kOr, b, b + 2);
      const std::string_view meant = c == '&' ? "&&" : "||";
      Diagnostic& d = sink_->Report(
          DiagnosticCode::kOperatorSpelling, in_, {b, b + 1},
          countersign::String("'") + c + "' is spelt '" + countersign::String(meant) + "' here");
      if (in_.IsPlain()) d.fix = Fix{in_.InFile({b, b + 1}), countersign::String(meant)};
      return Make(c == '&' ? Token::kAnd : Token::kOr, b, b + 1);
    }
    case '`': {
      uint32_t end = b + 1;
      while (end < text_.size() && (IsName(text_[end]) || text_[end] == '.' || text_[end] == '-' ||
                                    text_[end] == '/' || text_[end] == ' ')) {
        ++end;
      }
      if (end > b + 1 && At(end, '`')) return Make(Token::kQuoted, b, end + 1);
      break;
    }
    default:
      break;
  }
  const std::string_view rest = text_.substr(b);
  const uint32_t end = std::min<uint32_t>(b + Width(c), static_cast<uint32_t>(text_.size()));
  if (IsCurlyQuote(rest)) {
    // Up to the next curly quote it was meant as a string; a fix for the whole of it.
    uint32_t stop = end;
    while (stop < text_.size() && !IsCurlyQuote(text_.substr(stop))) ++stop;
    const bool closed = stop < text_.size();
    const uint32_t behind = closed ? stop + Width(text_[stop]) : end;
    Diagnostic& d = sink_->Report(DiagnosticCode::kCurlyQuote, in_, {b, behind});
    if (closed && in_.IsPlain()) {
      const countersign::String inner(text_.substr(end, stop - end));
      if (inner.find_first_of("'\"\\\n") == String::npos) {
        d.fix = Fix{in_.InFile({b, behind}), "'" + inner + "'"};
      }
    }
    return Make(Token::kBad, b, behind);
  }
  if (IsBlankPoint(rest)) {
    Diagnostic& d = sink_->Report(DiagnosticCode::kBadCharacter, in_, {b, end},
                                  "A no-break space is not white space in an expression");
    if (in_.IsPlain()) d.fix = Fix{in_.InFile({b, end}), " "};
    at_ = end;
    return Next();
  }
  sink_->Report(DiagnosticCode::kBadCharacter, in_, {b, end});
  return Make(Token::kBad, b, end);
}

Lexeme Lexer::Number(uint32_t begin) {
  uint32_t i = begin;
  Token token = Token::kInt;
  if (text_[i] == '0' && (At(i + 1, 'x') || At(i + 1, 'X'))) {
    i += 2;
    const uint32_t digits = i;
    while (i < text_.size() && IsHex(text_[i])) ++i;
    if (i == digits) {
      sink_->Report(DiagnosticCode::kBadNumber, in_, {begin, i});
      return Make(Token::kBad, begin, i);
    }
  } else {
    while (i < text_.size() && IsDigit(text_[i])) ++i;
    // `1.size()` is no number; `1.5` and `1.5.x` begin with one.
    if (At(i, '.') && i + 1 < text_.size() && IsDigit(text_[i + 1])) {
      token = Token::kDouble;
      ++i;
      while (i < text_.size() && IsDigit(text_[i])) ++i;
    }
    if (At(i, 'e') || At(i, 'E')) {
      uint32_t k = i + 1;
      if (At(k, '+') || At(k, '-')) ++k;
      if (k < text_.size() && IsDigit(text_[k])) {
        token = Token::kDouble;
        while (k < text_.size() && IsDigit(text_[k])) ++k;
        i = k;
      }
    }
  }
  if (token == Token::kInt && (At(i, 'u') || At(i, 'U'))) {
    token = Token::kUint;
    ++i;
  }
  if (i < text_.size() && IsName(text_[i])) {
    uint32_t end = i;
    while (end < text_.size() && IsName(text_[end])) ++end;
    if (text_.substr(i, end - i) == "in") return Make(token, begin, i);  // 1in[1, 2]
    sink_->Report(DiagnosticCode::kBadNumber, in_, {begin, end});
    return Make(Token::kBad, begin, end);
  }
  return Make(token, begin, i);
}

Lexeme Lexer::String(uint32_t begin, uint32_t quote) {
  const std::string_view prefix = text_.substr(begin, quote - begin);
  const bool raw = prefix.find_first_of("rR") != std::string_view::npos;
  bool triple = false;
  const size_t end = EndOfString(text_, quote, &triple, raw);
  if (end == std::string_view::npos) {
    // A one-line string ends with its line, so that what follows is still looked at.
    size_t stop = triple ? text_.size() : text_.find_first_of("\r\n", quote);
    stop = std::min(stop, text_.size());
    sink_->Report(DiagnosticCode::kUnterminatedString, in_, {begin, static_cast<uint32_t>(stop)});
    return Make(Token::kBad, begin, static_cast<uint32_t>(stop));
  }
  const bool bytes = prefix.find_first_of("bB") != std::string_view::npos;
  return Make(bytes ? Token::kBytes : Token::kString, begin, static_cast<uint32_t>(end));
}

Lexeme Lexer::Word(uint32_t begin) {
  uint32_t i = begin;
  while (i < text_.size() && IsName(text_[i])) ++i;
  const std::string_view word = text_.substr(begin, i - begin);
  if (word.size() < 2 || !kLettersOfWords[PlaceOfWord(word)]) {
    return Make(Token::kName, begin, i);
  }
  const auto kept = std::find_if(std::begin(kKeptWords), std::end(kKeptWords),
                                 [&](const KeptWord& other) { return other.word == word; });
  return Make(kept == std::end(kKeptWords) ? Token::kName : kept->token, begin, i);
}

String DecodeString(std::string_view literal, uint32_t begin, const Fragment& in,
                    DiagnosticSink* sink) {
  const bool raw = HasPrefix(literal, 'r');
  const bool bytes = HasPrefix(literal, 'b');
  const auto quote = static_cast<uint32_t>(literal.find_first_of("'\""));
  const bool triple = literal.size() >= quote + 6 && literal[quote + 1] == literal[quote] &&
                      literal[quote + 2] == literal[quote];
  const uint32_t first = quote + (triple ? 3 : 1);
  const uint32_t last = static_cast<uint32_t>(literal.size()) - (triple ? 3 : 1);
  if (raw) return String(literal.substr(first, last - first));
  String out;
  out.reserve(literal.size());
  for (uint32_t i = first; i < last;) {
    if (literal[i] != '\\') {
      // A carriage return in a multi-line string is a line break, as in the Go and Python readers.
      if (literal[i] == '\r') {
        out += '\n';
        i += i + 1 < last && literal[i + 1] == '\n' ? 2 : 1;
      } else {
        out += literal[i++];
      }
      continue;
    }
    const uint32_t escape = i;
    const char c = i + 1 < last ? literal[i + 1] : '\0';
    i += 2;
    uint32_t value = 0;
    uint32_t digits = 0;
    switch (c) {
      case 'a':
        out += '\a';
        continue;
      case 'b':
        out += '\b';
        continue;
      case 'f':
        out += '\f';
        continue;
      case 'n':
        out += '\n';
        continue;
      case 'r':
        out += '\r';
        continue;
      case 't':
        out += '\t';
        continue;
      case 'v':
        out += '\v';
        continue;
      case '\\':
      case '\'':
      case '"':
      case '`':
      case '?':
        out += c;
        continue;
      case 'x':
      case 'X':
        digits = 2;
        break;
      case 'u':
        digits = bytes ? 0 : 4;
        break;
      case 'U':
        digits = bytes ? 0 : 8;
        break;
      default:
        break;
    }
    bool good = false;
    if (digits != 0) {
      good = true;
      for (uint32_t k = 0; k < digits; ++k) {
        if (i >= last || !IsHex(literal[i])) {
          good = false;
          break;
        }
        value = value << 4 | HexValue(literal[i++]);
      }
    } else if (c >= '0' && c <= '3') {  // three octal digits, \000 to \377
      --i;
      good = true;
      for (int k = 0; k < 3; ++k) {
        if (i >= last || literal[i] < '0' || literal[i] > '7') {
          good = false;
          break;
        }
        value = value << 3 | static_cast<uint32_t>(literal[i++] - '0');
      }
    }
    if (good && !bytes) good = value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    if (!good) {
      i = std::max(i, escape + 2);
      sink->Report(DiagnosticCode::kBadEscape, in, {begin + escape, begin + std::min(i, last)});
    } else if (bytes) {
      out += static_cast<char>(value);
    } else {
      AppendCodePoint(value, &out);
    }
  }
  return out;
}

uint32_t EndOfExpression(std::string_view text, uint32_t begin, std::string_view stops) {
  uint32_t depth = 0;
  for (uint32_t i = begin; i < text.size();) {
    const char c = text[i];
    const bool word_before = i > begin && IsName(text[i - 1]);
    if (const uint32_t prefix = word_before ? 0 : PrefixLength(text, i);
        prefix != 0 || c == '\'' || c == '"') {
      bool triple = false;
      const bool raw = (text.substr(i, prefix)).find_first_of("rR") != std::string_view::npos;
      const size_t end = EndOfString(text, i + prefix, &triple, raw);
      if (end == std::string_view::npos) {
        ++i;  // not closed: an ordinary character here, reported by the lexer
        continue;
      }
      i = static_cast<uint32_t>(end);
      continue;
    }
    if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      if (depth == 0) return i;
      --depth;
    } else if (c == '|' && i + 1 < text.size() && text[i + 1] == '|') {
      i += 2;
      continue;
    } else if (depth == 0 && stops.find(c) != std::string_view::npos) {
      return i;
    }
    ++i;
  }
  return static_cast<uint32_t>(text.size());
}

}  // namespace countersign::compile
