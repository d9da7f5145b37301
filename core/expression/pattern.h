// Patterns for matches(): a subset of RE2's syntax, found in time proportional to text times
// pattern, whatever the pattern is (Thompson's construction, all states at once).
//
//   .  \d \w \s \D \W \S  [a-z_]  [^...]  [[:alpha:]]  \n \t \r \f \v \a \x41 \x{1F600} \101
//   \ before punctuation  \Q...\E  ( )  (?: )  (?P<name> )  (?<name> )  (?i) (?ms-i: )
//   |  *  +  ?  {n} {n,} {n,m}  and these with ? behind  ^  $  \A  \z  \b  \B
// \d, \w, \s, \b and [:alpha:] know ASCII only, as in RE2; `.` is any character but a line feed,
// or with s any. ^ and $ are the ends of the text, or with m of lines. i takes ASCII letters of
// either case; other characters are refused beside it, since their case would take tables. U means
// nothing here. No back references, look-around or \p classes.
#ifndef COUNTERSIGN_EXPRESSION_PATTERN_H_
#define COUNTERSIGN_EXPRESSION_PATTERN_H_

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/vector.h"

namespace countersign::expression {

class Pattern {
 public:
  static constexpr size_t kMaxInstructions = 2000;
  static constexpr int kMaxRepeat = 1000;  // in { }
  static constexpr int kMaxDepth = 32;     // brackets inside brackets

  // Errors: expression.bad_pattern (also past one of the bounds). REQUIRES: IsUtf8(text).
  [[gnu::noinline]] static Result<Pattern> Make(std::string_view text);

  // Whether it occurs anywhere in the text. Takes from the fuel a unit for each state at each
  // character; with too little of it: false and *fuel is 0. REQUIRES: IsUtf8(text).
  [[gnu::noinline]] bool Occurs(std::string_view text, int64_t* fuel) const;

 private:
  friend class PatternReader;
  enum class Op : uint8_t {
    kSet,
    kSplit,
    kJump,
    kBegin,
    kEnd,
    kBeginLine,
    kEndLine,
    kWord,
    kNotWord,
    kMatch
  };
  struct Instruction {
    Op op;
    bool negated = false;  // kSet
    int32_t a = 0;         // kSet: first range; kSplit, kJump: where to, from here
    int32_t b = 0;         // kSet: number of ranges; kSplit: the other way
  };
  struct Range {
    uint32_t low, high;
  };
  Vector<Instruction> code_;
  Vector<Range> ranges_;
};

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_PATTERN_H_
