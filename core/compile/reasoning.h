// Whether conditions can hold together, decided without guessing.
//
// What conditions say about a field or a computed value is cut into cells within which nothing
// changes: the options of a list, true and false, the constants that are compared with and the gaps
// between them, within min and max. Combinations of cells are tried, those alone in which something
// is still undecided, up to a cap of work. What is not understood (a text function, a product of
// two fields) counts as free: it may hold or not, so `kNever` is always a proof. Where the fields
// behind it have few values, it is computed for each of them instead.
#ifndef COUNTERSIGN_COMPILE_REASONING_H_
#define COUNTERSIGN_COMPILE_REASONING_H_

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "expression/tree.h"
#include "values/value.h"

namespace countersign::compile {

inline constexpr int64_t kMaxQuestion = 100'000;         // steps for one question
inline constexpr int64_t kMaxReasoning = 2'000'000;      // steps for all questions of a template
inline constexpr size_t kMaxComputedCombinations = 512;  // of what is computed value by value

// What a field may hold, as far as it is declared.
struct Domain {
  String name;
  values::Type type;
  std::optional<values::Value> min{}, max{};
  Vector<values::Value> options{};  // none: any
  uint32_t max_length = 0;          // code points of a string
};
struct Definition {
  String name;
  const expression::Tree* tree = nullptr;  // must outlive the reasoner
};

// kFails: is false, or cannot be computed.
enum class Sense : uint8_t { kHolds, kFails };
struct Claim {
  const expression::Tree* condition = nullptr;
  Sense sense = Sense::kHolds;
  // The part of the tree that is the condition: one that is in no macro.
  uint32_t node = UINT32_MAX;  // all of it
};
using AnyOf = Vector<Claim>;

enum class Chance : uint8_t { kNever, kPossible, kTooMany };
struct Verdict {
  Chance chance = Chance::kNever;
  String example;  // kPossible: "plan is 'Team' and seats is above 100"
};

class Reasoner {
 public:
  // Definitions in an order in which each needs earlier ones only.
  Reasoner(Vector<Domain> fields, Vector<Definition> computed);
  ~Reasoner();
  Reasoner(Reasoner&&) noexcept;
  Reasoner& operator=(Reasoner&&) noexcept;

  // Whether there are values with which at least one claim of each AnyOf is met. Trees must outlive
  // the reasoner. kTooMany: a cap was hit, nothing is known.
  Verdict CanBe(std::span<const AnyOf> all);
  // The name of the field or computed value that the condition is about, where it is about one
  // alone and all its values are listed (options, true and false) or ordered; "" otherwise.
  String SubjectOf(const expression::Tree& condition);
  // Whether that has an order, in which a condition may take a part.
  bool IsOrdered(const expression::Tree& condition);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_REASONING_H_
