// What the parser makes of an expression, before anybody looks at names and types.
//
// Nodes lie in one vector, children before parents; child lists lie in `links`. Texts are views
// into the fragment's text or into `texts`.
#ifndef COUNTERSIGN_COMPILE_AST_H_
#define COUNTERSIGN_COMPILE_AST_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "expression/tree.h"

namespace countersign::compile {

enum class AstKind : uint8_t {
  kError,  // was reported; has any type
  kInt,
  kUint,
  kDouble,  // text: the literal as written, a minus in front included
  kString,
  kBytes,  // text: the decoded value
  kTrue,
  kFalse,
  kNull,
  kName,    // text: the identifier, with a leading dot where written
  kMember,  // child 0 `.` text
  kTest,    // has(child 0 . text)
  kCall,    // text(children), operators too: "+", "!", "==", "[]"
  kMethod,  // child 0 . text(other children)
  kAnd,
  kOr,
  kConditional,  // child 0 ? child 1 : child 2
  kList,
  kMap,   // key, value, key, value ...
  kFold,  // macro over child 0; its other children see the variables
  kLet,   // cel.bind(text, child 0, child 1)
};

struct AstNode {
  AstKind kind = AstKind::kError;
  expression::Fold fold = expression::Fold::kAll;
  uint16_t depth = 1;  // of the subtree: a leaf has 1
  bool in_brackets = false;
  ByteRange range;            // the whole, in the fragment
  ByteRange at;               // the name or operator
  std::string_view text{};    // see AstKind; kFold: the (first) variable
  std::string_view second{};  // kFold: the second variable, where there is one
  uint32_t first = 0;         // children: links[first, first + count)
  uint32_t count = 0;
};

struct Ast {
  Vector<AstNode> nodes;
  Vector<uint32_t> links;
  String texts;  // decoded strings; never grows past what was reserved for it
  uint32_t root = 0;

  std::span<const uint32_t> Children(const AstNode& node) const {
    return std::span(links).subspan(node.first, node.count);
  }
};

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_AST_H_
