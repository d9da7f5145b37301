// Tokens of a Contract CEL expression (the lexical grammar of the Common Expression Language,
// cel-spec langdef.md), with every lexical problem reported and skipped.
#ifndef COUNTERSIGN_COMPILE_LEXER_H_
#define COUNTERSIGN_COMPILE_LEXER_H_

#include <cstdint>
#include <string_view>

#include "base/string.h"
#include "compile/diagnostic.h"

namespace countersign::compile {

enum class Token : uint8_t {
  kEnd,
  kInt,     // 12, 0x1F
  kUint,    // 12u
  kDouble,  // 1.5, .5, 1e3
  kString,  // 'x', "x", '''x''', r'x'
  kBytes,   // b'x'
  kName,    // an identifier that is not a word below
  kQuoted,  // `a name with-dashes`, after a dot only
  kTrue,
  kFalse,
  kNull,
  kIn,
  kReserved,  // as break const ... while: kept free by the CEL specification
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kDot,
  kComma,
  kQuestion,
  kColon,
  kNot,
  kMinus,
  kPlus,
  kStar,
  kSlash,
  kPercent,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kAnd,
  kOr,
  kBad,  // was reported; stands where an operand would
};

struct Lexeme {
  Token token = Token::kEnd;
  ByteRange range;  // in the fragment
};

class Lexer {
 public:
  // `in` and `sink` must outlive the lexer.
  Lexer(const Fragment& in, DiagnosticSink* sink) : in_(in), text_(in.text), sink_(sink) {}

  // The next token; white space and `//` comments are skipped, lexical errors reported (T1xx).
  Lexeme Next();

 private:
  Lexeme Number(uint32_t begin);
  Lexeme String(uint32_t begin, uint32_t quote);
  Lexeme Word(uint32_t begin);
  void SkipBlank();
  bool At(uint32_t i, char c) const { return i < text_.size() && text_[i] == c; }
  Lexeme Make(Token token, uint32_t begin, uint32_t end) {
    at_ = end;
    return {token, {begin, end}};
  }

  const Fragment& in_;
  std::string_view text_;
  DiagnosticSink* sink_;
  uint32_t at_ = 0;
};

// The value of a string or bytes literal (kString, kBytes) with its quotes and prefixes. `literal`
// begins at byte `begin` of the fragment. Escapes that are not valid are reported (T103) and left
// out. Never longer than the literal.
String DecodeString(std::string_view literal, uint32_t begin, const Fragment& in,
                    DiagnosticSink* sink);

// Where an expression inside other text ends: the first byte at or behind `begin` that is one of
// `stops` (of "|,)}\n") or a closing bracket, outside strings and brackets; `||` is an operator,
// never a stop. The end of the text where there is none. So `}}` in a string or a map does not end
// a template's tag.
uint32_t EndOfExpression(std::string_view text, uint32_t begin, std::string_view stops);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_LEXER_H_
