// Typed trees become bytecode (program.h).
#include <algorithm>
#include <utility>

#include "base/sort.h"
#include "expression/code.h"
#include "expression/program.h"

namespace countersign::expression {

using values::Kind;
using values::Value;

// Walks the tree (whose depth Verify has bounded) and writes instructions in the order of
// evaluation.
class Lowering {
 public:
  Lowering(const Tree& tree, const Slots& slots) : tree_(tree), find_(slots) {}

  Result<Program> Run() {
    for (const String& name : tree_.reads) {
      const std::optional<uint32_t> slot =
          find_.find == nullptr ? std::nullopt : find_.find(find_.context, name);
      if (!slot) return Error(ErrorCode::kExpressionUnknownVariable, name);
      slots_.push_back(*slot);
    }
    Write(static_cast<uint32_t>(tree_.nodes.size() - 1));
    Emit(Code::kReturn, 0);
    program_.slots_ = std::move(slots_);
    return std::move(program_);
  }

 private:
  // REQUIRES: the numbers fit; kMaxNodes nodes make at most five instructions each.
  size_t Emit(Code code, uint32_t node, size_t a = 0, size_t other = 0, size_t count = 0) {
    program_.code_.push_back({.code = static_cast<uint8_t>(code),
                              .count = static_cast<uint8_t>(count),
                              .other = static_cast<uint16_t>(other),
                              .a = static_cast<uint16_t>(a),
                              .node = static_cast<uint16_t>(node)});
    return program_.code_.size() - 1;
  }
  uint16_t Here() const { return static_cast<uint16_t>(program_.code_.size()); }
  void Push(uint32_t operands = 1) {
    depth_ += operands;
    program_.stack_ = std::max(program_.stack_, depth_);
  }
  void Pop(uint32_t operands = 1) { depth_ -= operands; }

  size_t Literal(Value value) {
    program_.literals_.push_back(std::move(value));
    return program_.literals_.size() - 1;
  }
  size_t Slot(std::string_view name) const { return PlaceOf(tree_.reads, name); }

  static bool IsComparison(Function function) {
    return function == Function::kEqual || function == Function::kNotEqual ||
           function == Function::kLess || function == Function::kLessEqual ||
           function == Function::kGreater || function == Function::kGreaterEqual;
  }

  // field == literal and the like: most of what contracts ask, in one instruction.
  bool WriteTest(uint32_t id, const Node& node) {
    const auto children = tree_.Children(node);
    if (!IsComparison(node.function) || children.size() != 2) return false;
    const Node& left = tree_.nodes[children[0]];
    const Node& right = tree_.nodes[children[1]];
    if (left.op != Op::kVariable || right.op != Op::kLiteral || program_.literals_.size() > 255) {
      return false;
    }
    const size_t literal = Literal(right.literal);
    Emit(Code::kTest, id, Slot(left.name), static_cast<size_t>(node.function), literal);
    Push();
    return true;
  }

  void Write(uint32_t id) {
    const Node& node = tree_.nodes[id];
    const auto children = tree_.Children(node);
    switch (node.op) {
      case Op::kLiteral:
        Emit(Code::kLiteral, id, Literal(node.literal));
        Push();
        return;
      case Op::kVariable:
        Emit(Code::kSlot, id, Slot(node.name));
        Push();
        return;
      case Op::kLocal:
        Emit(Code::kLocal, id, node.local);
        Push();
        return;
      case Op::kMember:
      case Op::kHas:
        Write(children[0]);
        Emit(node.op == Op::kMember ? Code::kMember : Code::kHas, id,
             Literal(Value::String(node.name)));
        return;
      case Op::kCall:
        if (WriteTest(id, node)) return;
        for (const uint32_t child : children) Write(child);
        Emit(IsComparison(node.function) && children.size() == 2 ? Code::kCompare : Code::kCall, id,
             0, static_cast<size_t>(node.function), children.size());
        Pop(static_cast<uint32_t>(children.size()) - 1);
        return;
      case Op::kAnd:
      case Op::kOr: {
        Write(children[0]);
        const size_t jump = Emit(node.op == Op::kAnd ? Code::kIfFalse : Code::kIfTrue, id);
        Write(children[1]);
        Emit(node.op == Op::kAnd ? Code::kAnd : Code::kOr, id);
        Pop();
        program_.code_[jump].a = Here();
        return;
      }
      case Op::kIf: {
        Write(children[0]);
        const size_t branch = Emit(Code::kBranch, id);
        Pop();
        Write(children[1]);
        const size_t jump = Emit(Code::kJump, id);
        Pop();
        program_.code_[branch].a = Here();
        Write(children[2]);
        program_.code_[branch].other = Here();
        program_.code_[jump].a = Here();
        return;
      }
      case Op::kList:
      case Op::kMap:
        for (const uint32_t child : children) Write(child);
        Emit(node.op == Op::kList ? Code::kList : Code::kMap, id, children.size());
        Pop(static_cast<uint32_t>(children.size()));
        Push();
        return;
      case Op::kFold:
        WriteFold(id, node);
        return;
      case Op::kLet:
        Write(children[0]);
        Emit(Code::kLetBegin, id, locals_);
        Pop();
        Enter(1);
        Write(children[1]);
        Leave(1);
        Emit(Code::kLetEnd, id);
        return;
    }
  }

  void WriteFold(uint32_t id, const Node& node) {
    const auto children = tree_.Children(node);
    Write(children[0]);
    const size_t begin = Emit(
        Code::kFoldBegin, id, 0,
        PackFold(static_cast<int>(node.fold), node.variables, static_cast<int>(locals_)), folds_);
    Enter(node.variables);
    ++folds_;
    program_.folds_ = std::max(program_.folds_, folds_);
    const uint16_t loop = Here();
    size_t test = 0;
    if (children.size() == 3) {
      Write(children[1]);
      test = Emit(Code::kFoldTest, id, loop, 0, folds_ - 1);
      Pop();
    }
    Write(children.back());
    Emit(Code::kFoldStep, id, loop, 0, folds_ - 1);
    Pop();
    program_.code_[begin].a = Here();
    if (test != 0) program_.code_[test].other = Here();
    --folds_;
    Leave(node.variables);
  }

  void Enter(uint32_t locals) {
    locals_ += locals;
    program_.locals_ = std::max(program_.locals_, locals_);
  }
  void Leave(uint32_t locals) { locals_ -= locals; }

  const Tree& tree_;
  const Slots& find_;
  Program program_;
  Vector<uint32_t> slots_;
  uint32_t depth_ = 0;
  uint32_t locals_ = 0;
  uint32_t folds_ = 0;
};

bool Program::IsSlot() const {
  return code_.size() == 2 && code_[0].code == static_cast<uint8_t>(Code::kSlot);
}

bool Program::Calls(Function function) const {
  return std::ranges::any_of(code_, [function](const Instruction& one) {
    return one.code == static_cast<uint8_t>(Code::kCall) &&
           one.other == static_cast<uint16_t>(function);
  });
}

Slots SlotsOf(const Vector<String>& names) {
  return {&names, [](const void* context, std::string_view name) -> std::optional<uint32_t> {
            const auto& all = *static_cast<const Vector<String>*>(context);
            const auto at = std::find(all.begin(), all.end(), name);
            if (at == all.end()) return std::nullopt;
            return static_cast<uint32_t>(at - all.begin());
          }};
}

Result<Program> Lower(const Tree& tree, const Slots& slots) { return Lowering(tree, slots).Run(); }

}  // namespace countersign::expression
