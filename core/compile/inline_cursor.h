// Where the inlines of a block stand, which CommonMark does not say.
//
// What it found stands in the order of the text, so the cursor passes each text, code, tag and
// address as the tree is walked. It is never behind what comes next, and in front of it by no more
// than signs such as `*`. Where something is not found the cursor stays for the rest of the block:
// places are less exact then, and the work stays in proportion to the text.
#ifndef COUNTERSIGN_COMPILE_INLINE_CURSOR_H_
#define COUNTERSIGN_COMPILE_INLINE_CURSOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "compile/diagnostic.h"

namespace countersign::compile {

class InlineCursor {
 public:
  InlineCursor() = default;
  // At the beginning of `block`. `text` must outlive the cursor.
  InlineCursor(std::string_view text, ByteRange block)
      : text_(text.substr(0, block.end)), at_(block.begin) {}

  // Never behind the end of the block.
  uint32_t at() const { return at_; }
  // Whether it does not know where it is any more.
  bool lost() const { return lost_; }

  // A text as CommonMark understood it: without backslashes, and with what entities stand for.
  void PassText(std::string_view literal);
  // The signs of emphasis that stand here, where there are any; `count` at most.
  void PassSigns(uint32_t count);
  // The end of a line.
  void PassBreak();
  // Code, from its backticks to as many again.
  void PassCode();
  // Something that stands there as it is, and not behind a backslash: where it begins.
  std::optional<uint32_t> PassLiteral(std::string_view literal);
  // What stands behind a link's text: its address in parentheses, a name in brackets, or nothing.
  ByteRange PassAddress();

 private:
  uint32_t End() const { return static_cast<uint32_t>(text_.size()); }
  bool Is(uint32_t at, char c) const { return at < text_.size() && text_[at] == c; }
  void Lose() { lost_ = true; }

  std::string_view text_;  // up to the end of the block
  uint32_t at_ = 0;
  bool lost_ = false;
};

// The end of the entity `&name;` that byte i of the text stands in, else 0.
uint32_t EntityAround(std::string_view text, uint32_t i);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_INLINE_CURSOR_H_
