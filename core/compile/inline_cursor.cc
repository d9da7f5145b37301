#include "compile/inline_cursor.h"

#include <algorithm>

namespace countersign::compile {
namespace {

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool IsPunctuation(char c) { return c > ' ' && c < 0x7f && !IsAlnum(c); }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

size_t WidthOf(char c) {
  auto lead = static_cast<unsigned char>(c);
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

}  // namespace

uint32_t EntityAround(std::string_view text, uint32_t i) {
  size_t start = text.rfind('&', i);
  if (start == std::string_view::npos || i - start > 32) return 0;
  for (size_t k = start + 1; k < text.size() && k - start < 34; ++k) {
    if (text[k] == ';') return k > i ? static_cast<uint32_t>(k + 1) : 0;
    if (!IsAlnum(text[k]) && text[k] != '#') return 0;
  }
  return 0;
}

void InlineCursor::PassText(std::string_view literal) {
  uint32_t at = at_;
  for (size_t i = 0; i < literal.size();) {
    if (lost_ || at >= End()) return Lose();
    const uint32_t entity = text_[at] == '&' && literal[i] != '&' ? EntityAround(text_, at) : 0;
    if (text_[at] == '\\' && Is(at + 1, literal[i]) && IsPunctuation(literal[i])) {
      at += 2;
      ++i;
    } else if (text_[at] == literal[i]) {
      ++at;
      ++i;
    } else if (entity != 0) {
      at = entity;
      i += WidthOf(literal[i]);
    } else {
      ++at;
    }
  }
  at_ = at;
}

void InlineCursor::PassSigns(uint32_t count) {
  const char sign = lost_ || at_ >= End() ? ' ' : text_[at_];
  if (sign != '*' && sign != '_') return;
  while (count-- > 0 && Is(at_, sign)) ++at_;
}

void InlineCursor::PassBreak() {
  size_t end = lost_ ? std::string_view::npos : text_.find('\n', at_);
  if (end == std::string_view::npos) return Lose();
  at_ = static_cast<uint32_t>(end + 1);
}

void InlineCursor::PassCode() {
  if (lost_) return;
  auto at = static_cast<uint32_t>(std::min<size_t>(text_.find('`', at_), End()));
  uint32_t count = 0;
  while (Is(at, '`')) ++at, ++count;
  for (uint32_t run = 0; count != 0 && at <= End(); ++at) {
    if (Is(at, '`')) {
      ++run;
    } else if (run == count) {
      at_ = at;
      return;
    } else {
      run = 0;
    }
  }
  Lose();
}

std::optional<uint32_t> InlineCursor::PassLiteral(std::string_view literal) {
  for (size_t at = at_; !lost_ && !literal.empty(); ++at) {
    at = text_.find(literal, at);
    if (at == std::string_view::npos) break;
    size_t slashes = at;
    while (slashes > at_ && text_[slashes - 1] == '\\') --slashes;
    if ((at - slashes) % 2 != 0) continue;
    at_ = static_cast<uint32_t>(at + literal.size());
    return static_cast<uint32_t>(at);
  }
  Lose();
  return std::nullopt;
}

ByteRange InlineCursor::PassAddress() {
  auto to_bracket = [this](uint32_t at) {
    while (at < End() && text_[at] != ']') at += text_[at] == '\\' ? 2 : 1;
    return at;
  };
  const uint32_t bracket = lost_ ? End() : to_bracket(at_);
  if (bracket >= End()) {
    Lose();
    return {at_, at_};
  }
  const uint32_t begin = bracket + 1;
  uint32_t at = begin;
  if (Is(at, '[')) {
    at = to_bracket(at) + 1;
  } else if (Is(at, '(')) {
    char closes = '\0';  // the quote, or the `>`, that a part of it ends with
    for (int depth = 0; at < End(); ++at) {
      const char c = text_[at];
      const bool begins = text_[at - 1] == '(' || IsSpace(text_[at - 1]);
      if (c == '\\') {
        ++at;
      } else if (closes != '\0') {
        if (c == closes) closes = '\0';
      } else if (begins && (c == '"' || c == '\'' || c == '<')) {
        closes = c == '<' ? '>' : c;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        ++at;
        break;
      }
    }
  }
  at_ = std::min(at, End());
  return {begin, at_};
}

}  // namespace countersign::compile
