// The bytecode of programs: a private matter of lower.cc and run.cc, never stored.
//
// Operands lie on a stack; each is a value or a fault (an error or an unknown). Instruction
// members: `a` a target or index, `other` and `count` as below, `node` the tree's node for errors.
#ifndef COUNTERSIGN_EXPRESSION_CODE_H_
#define COUNTERSIGN_EXPRESSION_CODE_H_

#include <cstdint>

namespace countersign::expression {

enum class Code : uint8_t {
  kReturn,
  kLiteral,  // push literal a
  kSlot,     // push the value of slot number a of the program, or unknown
  kLocal,    // push local a
  kMember,   // top = top . literal a
  kHas,      // top = has(top . literal a)
  kCall,     // `count` operands -> function `other`
  kCompare,  // two operands, usually ints or decimals -> function `other`
  kTest,     // slot a compared with literal `count` by function `other`; nothing popped, one pushed
  kJump,     // to a
  kIfFalse,  // to a if top is false, which stays
  kIfTrue,   // to a if top is true, which stays
  kAnd,
  kOr,         // two operands -> one
  kBranch,     // pop a condition: true goes on, false to a; a fault stays and goes to `other`
  kList,       // a operands -> list
  kMap,        // a operands -> map
  kFoldBegin,  // top is the range; fold frame `count`, described by `other`; to a if it is empty or
               // no range
  kFoldTest,  // pop the filter's answer; false goes on with the next element at a, or to `other` at
              // the end
  kFoldStep,  // pop the body's answer; next element at a, or the result replaces the range
  kLetBegin,  // pop into local a
  kLetEnd,    // top no longer depends on locals
};

// What a kFoldBegin needs: packed in `other`.
constexpr uint16_t PackFold(int fold, int variables, int first_local) {
  return static_cast<uint16_t>(fold | variables << 4 | first_local << 8);
}

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_CODE_H_
