// How much work an expression may need at worst, before anybody answered anything: an estimate of
// the fuel that a run charges (expression/program.h), from the declared lengths.
#ifndef COUNTERSIGN_COMPILE_COST_H_
#define COUNTERSIGN_COMPILE_COST_H_

#include <cstdint>
#include <span>

#include "base/string.h"
#include "expression/tree.h"

namespace countersign::compile {

inline constexpr int64_t kAssumedItems = 1'000;    // of a list that nothing bounds
inline constexpr int64_t kAssumedLength = 10'000;  // code points of a text that nothing bounds
inline constexpr int64_t kEndlessCost = int64_t{1} << 50;  // estimates stop here

// How large a variable may be.
struct Extent {
  String name;
  int64_t bytes = 24;
  int64_t items = 0;  // of a list
};

struct Cost {
  int64_t fuel = 0;
  int64_t bytes = 0;  // of the result
  int64_t items = 0;  // where it is a list or map
  String largest;     // the variable that is looked through the longest, "" where there is none
};

// `extents` are sorted by name; a variable that is not there is taken as unbounded for its type.
Cost WorstCost(const expression::Tree& tree, std::span<const Extent> extents);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_COST_H_
