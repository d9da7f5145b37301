// The laws of evaluation written down as plainly as possible: a slow walk over the typed tree, to
// compare the VM with. Only what a function computes for given values is shared with it.
#ifndef COUNTERSIGN_TESTS_SUPPORT_REFERENCE_EVALUATOR_H_
#define COUNTERSIGN_TESTS_SUPPORT_REFERENCE_EVALUATOR_H_

#include <optional>
#include <set>

#include "base/string.h"
#include "base/vector.h"
#include "expression/wide.h"

namespace countersign::testing {

struct ReferenceResult {
  std::optional<values::Value> value;
  std::optional<ErrorCode> error;
  std::set<uint32_t> unknown;  // where there is neither value nor error

  static ReferenceResult Of(values::Value value) { return {std::move(value), std::nullopt, {}}; }
  static ReferenceResult Of(ErrorCode code) { return {std::nullopt, code, {}}; }
  bool IsUnknown() const { return !value && !error; }
  bool IsBool(bool wanted) const {
    return value && value->Is(values::Kind::kBool) && value->bool_value() == wanted;
  }

  bool Agrees(const expression::Outcome& outcome) const {
    switch (outcome.state) {
      case expression::State::kValue:
        return value && *value == outcome.value;
      case expression::State::kError:
        return error && *error == outcome.error->code();
      case expression::State::kUnknown:
        return IsUnknown() && Vector<uint32_t>(unknown.begin(), unknown.end()) == outcome.unknown;
    }
    return false;
  }
};

class ReferenceEvaluator {
 public:
  ReferenceEvaluator(const expression::Tree& tree, const expression::Slots& slots,
                     const expression::Bindings& bindings)
      : tree_(tree), slots_(slots), bindings_(bindings) {}

  ReferenceResult Run() { return Walk(static_cast<uint32_t>(tree_.nodes.size() - 1)); }

 private:
  using Op = expression::Op;
  using Fold = expression::Fold;
  using Value = values::Value;
  using R = ReferenceResult;

  // Strict operations: unknown beats error beats value.
  static std::optional<R> Faults(const Vector<R>& parts) {
    R unknown;
    bool is_unknown = false;
    for (const R& part : parts) {
      if (!part.IsUnknown()) continue;
      is_unknown = true;
      unknown.unknown.insert(part.unknown.begin(), part.unknown.end());
    }
    if (is_unknown) return unknown;
    for (const R& part : parts) {
      if (part.error) return part;
    }
    return std::nullopt;
  }
  // A condition: anything but a bool is an error.
  static R AsCondition(R part) {
    if (part.value && !part.value->Is(values::Kind::kBool))
      return R::Of(ErrorCode::kExpressionNoOverload);
    return part;
  }
  static R Lift(expression::Status status, const Value& value) {
    if (status == expression::kDone) return R::Of(value);
    return R::Of(static_cast<ErrorCode>(status));
  }
  static R MapOf(Vector<values::MapEntry> entries) {
    Value map;
    const expression::Status status = expression::MakeMap(std::move(entries), &map);
    return Lift(status, map);
  }
  // `decides` on any side is the answer.
  static R Decide(Vector<R> parts, bool decides) {
    for (R& part : parts) part = AsCondition(part);
    for (const R& part : parts) {
      if (part.IsBool(decides)) return part;
    }
    if (std::optional<R> fault = Faults(parts)) return *fault;
    return R::Of(Value::Bool(!decides));
  }

  R Walk(uint32_t id) {
    const expression::Node& node = tree_.nodes[id];
    const auto children = tree_.Children(node);
    switch (node.op) {
      case Op::kLiteral:
        return R::Of(node.literal);
      case Op::kVariable: {
        const uint32_t slot = *slots_.find(slots_.context, node.name);
        const Value* value = bindings_.Find(slot);
        if (value != nullptr) return R::Of(*value);
        R unknown;
        unknown.unknown.insert(slot);
        return unknown;
      }
      case Op::kLocal:
        return locals_[node.local];
      case Op::kMember:
      case Op::kHas: {
        const R record = Walk(children[0]);
        if (!record.value) return record;
        expression::Status status = expression::kDone;
        const Value* found = expression::FindMember(*record.value, node.name, &status);
        const bool missing = status == expression::Fail(ErrorCode::kExpressionNoSuchKey);
        if (node.op == Op::kHas && (found != nullptr || missing))
          return R::Of(Value::Bool(found != nullptr));
        if (found == nullptr) return R::Of(static_cast<ErrorCode>(status));
        return R::Of(*found);
      }
      case Op::kCall: {
        Vector<R> parts;
        for (const uint32_t child : children) parts.push_back(Walk(child));
        if (std::optional<R> fault = Faults(parts)) return *fault;
        Vector<const Value*> arguments;
        for (const R& part : parts) arguments.push_back(&*part.value);
        int64_t fuel = 1'000'000'000;
        Value value;
        const expression::Status status = ApplyWide(node.function, arguments, &fuel, &value);
        return Lift(status, value);
      }
      case Op::kAnd:
      case Op::kOr: {
        const bool decides = node.op == Op::kOr;
        const R left = Walk(children[0]);
        if (left.IsBool(decides)) return left;  // saves time only
        return Decide({left, Walk(children[1])}, decides);
      }
      case Op::kIf: {
        const R condition = AsCondition(Walk(children[0]));
        if (!condition.value) return condition;
        return Walk(children[condition.IsBool(true) ? 1 : 2]);
      }
      case Op::kList: {
        Vector<R> parts;
        for (const uint32_t child : children) parts.push_back(Walk(child));
        if (std::optional<R> fault = Faults(parts)) return *fault;
        Vector<Value> items;
        for (const R& part : parts) items.push_back(*part.value);
        Value list;
        const expression::Status status = expression::MakeList(std::move(items), &list);
        return Lift(status, list);
      }
      case Op::kMap: {
        Vector<R> parts;
        for (const uint32_t child : children) parts.push_back(Walk(child));
        if (std::optional<R> fault = Faults(parts)) return *fault;
        Vector<values::MapEntry> entries;
        for (size_t i = 0; i + 1 < parts.size(); i += 2) {
          entries.push_back({*parts[i].value, *parts[i + 1].value});
        }
        return MapOf(std::move(entries));
      }
      case Op::kFold:
        return WalkFold(node);
      case Op::kLet: {
        locals_.push_back(Walk(children[0]));
        R result = Walk(children[1]);
        locals_.pop_back();
        return result;
      }
    }
    return R::Of(ErrorCode::kExpressionBadNode);
  }

  R WalkFold(const expression::Node& node) {
    const auto children = tree_.Children(node);
    const R range = Walk(children[0]);
    if (!range.value) return range;
    Vector<std::pair<Value, Value>> elements;  // first and second variable
    if (range.value->Is(values::Kind::kList)) {
      int64_t index = 0;
      for (const Value& item : range.value->items()) {
        elements.push_back(node.variables == 1 ? std::pair(item, item)
                                               : std::pair(Value::Int(index), item));
        ++index;
      }
    } else if (range.value->Is(values::Kind::kMap)) {
      for (const values::MapEntry& entry : range.value->entries())
        elements.push_back({entry.key, entry.value});
    } else {
      return R::Of(ErrorCode::kExpressionNoOverload);
    }
    Vector<R> answers;
    Vector<Value> kept;
    Vector<values::MapEntry> entries;
    for (const auto& [first, second] : elements) {
      const size_t outer = locals_.size();
      locals_.push_back(R::Of(first));
      if (node.variables == 2) locals_.push_back(R::Of(second));
      bool taken = true;
      if (children.size() == 3) {
        const R filter = AsCondition(Walk(children[1]));
        if (!filter.value) {
          locals_.resize(outer);
          return filter;
        }
        taken = filter.IsBool(true);
      }
      if (taken) {
        R answer = Walk(children.back());
        if (node.fold == Fold::kMap || node.fold == Fold::kTransformMap) {
          if (!answer.value) {
            locals_.resize(outer);
            return answer;
          }
          kept.push_back(*answer.value);
          entries.push_back({first, *answer.value});
        } else {
          answer = AsCondition(answer);
          if (node.fold == Fold::kFilter || node.fold == Fold::kExistsOne) {
            if (!answer.value) {
              locals_.resize(outer);
              return answer;
            }
            if (answer.IsBool(true)) kept.push_back(first);
          }
          answers.push_back(answer);
          if ((node.fold == Fold::kAll && answer.IsBool(false)) ||
              (node.fold == Fold::kExists && answer.IsBool(true))) {
            locals_.resize(outer);
            break;  // saves time only
          }
        }
      }
      locals_.resize(outer);
    }
    switch (node.fold) {
      case Fold::kAll:
        return Decide(answers, false);
      case Fold::kExists:
        return Decide(answers, true);
      case Fold::kExistsOne:
        return R::Of(Value::Bool(kept.size() == 1));
      case Fold::kMap:
      case Fold::kFilter: {
        Value list;
        const expression::Status status = expression::MakeList(std::move(kept), &list);
        return Lift(status, list);
      }
      case Fold::kTransformMap:
        return MapOf(std::move(entries));
    }
    return R::Of(ErrorCode::kExpressionBadNode);
  }

  const expression::Tree& tree_;
  const expression::Slots slots_;
  const expression::Bindings& bindings_;
  Vector<ReferenceResult> locals_;
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_REFERENCE_EVALUATOR_H_
