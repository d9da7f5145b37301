// Where a LegalDown template may insert an answer: its own rule for what stands before and behind.
#include <algorithm>

#include "legaldown/document.h"

namespace countersign::legaldown {
namespace {

// A code point of the file; the one that ends at `at`, or begins there.
std::string_view SignBefore(std::string_view text, uint32_t at, uint32_t from) {
  uint32_t begin = at;
  while (begin > from && (static_cast<unsigned char>(text[begin - 1]) & 0xC0) == 0x80) --begin;
  return text.substr(begin > from ? begin - 1 : from, at - (begin > from ? begin - 1 : from));
}
std::string_view SignAt(std::string_view text, uint32_t at, uint32_t end) {
  uint32_t to = std::min(at + 1, end);
  while (to < end && (static_cast<unsigned char>(text[to]) & 0xC0) == 0x80) ++to;
  return text.substr(at, to - at);
}
bool IsWordSign(std::string_view sign) {
  if (sign.size() != 1) return sign.size() > 1 && IsLetterSign(sign);
  const char c = sign[0];
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

// Answers are inserted as they are: no sign around one may become a part of it.
bool IsApart(std::string_view text, const Block& block, ByteRange at) {
  const uint32_t line = std::max<uint32_t>(
      block.range.begin,
      at.begin == 0 ? 0 : static_cast<uint32_t>(text.rfind('\n', at.begin - 1) + 1));
  uint32_t end = at.end;  // of what is looked at behind it
  while (end < block.range.end && end < at.end + 8 && text[end] != '\r' && text[end] != '\n') ++end;
  const auto is_one_of = [](std::string_view sign, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), sign) != all.end();
  };
  // A word or an address is not longer than that.
  constexpr uint32_t kNear = 2'000;
  const uint32_t near = at.begin - std::min(at.begin - line, kNear);
  const std::string_view in_front = text.substr(near, at.begin - near);
  const std::string_view before = SignBefore(text, at.begin, line);
  bool good = in_front.find_first_not_of(" \t>") == std::string_view::npos || IsWordSign(before) ||
              in_front.ends_with("}}") ||
              is_one_of(before, {" ", "\t", "(", "\"", "'", "\u201C", "\u2018", "\u201E", "\u00AB",
                                 "/", "-"});
  good = good && !in_front.ends_with("](");
  const size_t blank = in_front.find_last_of(" \t");
  const std::string_view run = in_front.substr(blank == std::string_view::npos ? 0 : blank + 1);
  good = good && run.find_first_of("&<\\") == std::string_view::npos;
  const std::string_view behind = text.substr(at.end, end - at.end);
  const std::string_view after = SignAt(text, at.end, end);
  good = good && (behind.empty() || IsWordSign(after) || behind.starts_with("{{") ||
                  is_one_of(after, {" ", "\t", ".", ",", ";", ":", ")", "!", "?", "\"", "'",
                                    "\u201D", "\u2019", "\u00BB", "/", "-"}));
  const size_t link = in_front.rfind("](");
  good = good &&
         (link == std::string_view::npos || in_front.find(')', link) != std::string_view::npos);
  return good;
}

}  // namespace countersign::legaldown
