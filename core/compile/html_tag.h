// Which `<…>` in a text is a tag of HTML, and what it is for: `<br>` and `<span class="x">` are
// tags, `<Company>` and `<b and c>` are words that somebody put in such signs.
#ifndef COUNTERSIGN_COMPILE_HTML_TAG_H_
#define COUNTERSIGN_COMPILE_HTML_TAG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/string.h"

namespace countersign::compile {

enum class HtmlUse : uint8_t {
  kLook,     // <b>, <span>: without it the words are the same
  kBlock,    // <p>, <td>: the words on its two sides are not one word
  kBreak,    // <br>
  kMeaning,  // <sup>, <s>, <a>: the words say something else without it
};

struct HtmlTag {
  String name;  // in small letters
  HtmlUse use = HtmlUse::kLook;
  size_t length = 0;  // in bytes, from `<` to `>`
};

inline constexpr size_t kMaxTagBytes = 1'000;  // what is longer is none

// The tag that `text` begins with: `<`, a name of HTML in small or in capital letters, attributes
// with values, perhaps `/`, and `>`, all on one line. nullopt where it begins with anything else.
std::optional<HtmlTag> ReadHtmlTag(std::string_view text);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_HTML_TAG_H_
