// Running expressions: a typed tree is lowered once to bytecode (a private cache, never stored) and
// run many times.
//
// There are three outcomes: a value, an error, and unknown with the fields it waits for. `&&`,
// `||`, `?:`, `all` and `exists` absorb what cannot change their answer, in any order: false &&
// unknown is false, false && error is false. Where both would remain, unknown wins, since an answer
// may still decide.
//
// Running is bounded: every instruction and every byte copied, compared or searched is charged to
// Fuel, and no value may stand for more than 8 MiB (expression.too_large).
#ifndef COUNTERSIGN_EXPRESSION_PROGRAM_H_
#define COUNTERSIGN_EXPRESSION_PROGRAM_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "expression/tree.h"
#include "values/value.h"

namespace countersign::expression {

inline constexpr int64_t kExpressionFuel = 1'000'000;  // for one expression
inline constexpr int64_t kDocumentFuel = 20'000'000;   // for a whole assembly
inline constexpr int64_t kSlotFuel = 2;                // for an expression that is one variable

// What is left; a run takes at most kExpressionFuel of it. Running dry ends the run with
// expression.fuel, which nothing absorbs.
struct Fuel {
  int64_t left = kExpressionFuel;
};

// The values of the fields, by slot. A slot without a value is unknown.
class Bindings {
 public:
  explicit Bindings(size_t slots) : slots_(slots) {}

  size_t size() const { return slots_.size(); }
  // REQUIRES: slot < size().
  void Set(uint32_t slot, values::Value value) { slots_[slot] = {std::move(value), true}; }
  void Forget(uint32_t slot) { slots_[slot] = {}; }
  // nullptr where it is unknown.
  const values::Value* Find(uint32_t slot) const {
    return slot < slots_.size() && slots_[slot].known ? &slots_[slot].value : nullptr;
  }

 private:
  struct Slot {
    values::Value value;
    bool known = false;
  };
  Vector<Slot> slots_;
};

enum class State : uint8_t { kValue, kError, kUnknown };

struct Outcome {
  State state = State::kValue;
  values::Value value;         // kValue
  std::optional<Error> error;  // kError: expression.* or values.*
  uint32_t node = 0;           // kError: the tree's node that failed
  Vector<uint32_t> unknown;    // kUnknown: the slots it waits for, sorted, unique

  bool IsValue() const { return state == State::kValue; }
  bool IsTrue() const { return IsValue() && value.Is(values::Kind::kBool) && value.bool_value(); }
  bool IsFalse() const { return IsValue() && value.Is(values::Kind::kBool) && !value.bool_value(); }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// One instruction of the bytecode; program.cc knows what the parts mean.
struct Instruction {
  uint8_t code = 0;
  uint8_t count = 0;
  uint16_t other = 0;
  uint16_t a = 0;
  uint16_t node = 0;
};
static_assert(sizeof(Instruction) == 8);

class Program {
 public:
  // The slots of the tree's read set, in the order of its names: the edges of a dependency graph.
  std::span<const uint32_t> slots() const { return slots_; }
  // Whether it is nothing but the value of slots()[0]. Such a run costs kSlotFuel.
  bool IsSlot() const;
  // Whether the function is called anywhere in it.
  bool Calls(Function function) const;

 private:
  friend class Lowering;
  friend class Machine;
  Vector<Instruction> code_;
  Vector<values::Value> literals_;
  Vector<uint32_t> slots_;  // by the instruction's operand
  uint32_t stack_ = 0;      // operands at most
  uint32_t locals_ = 0;
  uint32_t folds_ = 0;
};

// Names to slots: called once for each name of the tree's read set. nullopt where there is no such
// slot.
using FindSlot = std::optional<uint32_t> (*)(const void* context, std::string_view name);
struct Slots {
  const void* context = nullptr;
  FindSlot find = nullptr;
};
// A list of names whose places are the slots: `Slots slots = SlotsOf(names);` (names must outlive
// it).
Slots SlotsOf(const Vector<String>& names);

// Errors: expression.unknown_variable for a name without a slot.
Result<Program> Lower(const Tree& tree, const Slots& slots);

// Never fails otherwise than by its outcome. Bindings of another type than declared give
// expression.no_overload, and so does what only the wide set computes (RunWide in wide.h).
Outcome Run(const Program& program, const Bindings& bindings, Fuel& fuel);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_PROGRAM_H_
