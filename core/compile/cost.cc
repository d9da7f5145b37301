#include "compile/cost.h"

#include <algorithm>

#include "base/vector.h"

namespace countersign::compile {
namespace {

using expression::Fold;
using expression::Function;
using expression::Node;
using expression::Op;
using values::Kind;

constexpr int64_t kScalar = 24;  // bytes of a value that stands in itself

int64_t Plus(int64_t a, int64_t b) { return std::min(a + b, kEndlessCost); }
int64_t Times(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return kEndlessCost;
  return std::min(product, kEndlessCost);
}

// States of a pattern at most: each character may be one, repeats stand for as many copies.
int64_t StatesOf(std::string_view pattern) {
  auto length = static_cast<int64_t>(pattern.size());
  int64_t copies = 1, number = 0;
  bool in_braces = false;
  for (char c : pattern) {
    if (c == '{') in_braces = true;
    if (c >= '0' && c <= '9' && in_braces) number = std::min<int64_t>(number * 10 + (c - '0'), 255);
    if (c == '}' || c == ',') {
      copies = std::max(copies, number);
      number = 0;
    }
    if (c == '}') in_braces = false;
  }
  return std::min<int64_t>(Times(2 * length, copies) + 2, 2'000);
}

class Estimate {
 public:
  Estimate(const expression::Tree& tree, std::span<const Extent> extents)
      : tree_(tree), extents_(extents) {}

  Cost Of(uint32_t index) {
    const Node& node = tree_.nodes[index];
    auto children = tree_.Children(node);
    switch (node.op) {
      case Op::kLiteral:
        return {
            1,
            static_cast<int64_t>(node.literal.DeepSize()),
            node.literal.Is(Kind::kList) ? static_cast<int64_t>(node.literal.items().size()) : 0,
            {}};
      case Op::kVariable:
        return OfVariable(node);
      case Op::kLocal: {
        Cost local = node.local < locals_.size() ? locals_[node.local] : OfType(node.type);
        local.fuel = 1;
        return local;
      }
      case Op::kFold:
        return OfFold(node, children);
      case Op::kLet: {
        Cost init = Of(children[0]);
        locals_.push_back(init);
        Cost body = Of(children[1]);
        locals_.pop_back();
        body.fuel = Plus(Plus(init.fuel, body.fuel), 2);
        return body;
      }
      default:
        break;
    }
    Vector<Cost> parts;
    Cost whole{1, kScalar, 0, {}};
    for (uint32_t child : children) {
      parts.push_back(Of(child));
      whole.fuel = Plus(whole.fuel, parts.back().fuel);
    }
    switch (node.op) {
      case Op::kIf:
        // One branch only.
        whole.fuel = Plus(parts[0].fuel, std::max(parts[1].fuel, parts[2].fuel) + 2);
        whole.bytes = std::max(parts[1].bytes, parts[2].bytes);
        whole.items = std::max(parts[1].items, parts[2].items);
        return whole;
      case Op::kList:
      case Op::kMap:
        whole.items = static_cast<int64_t>(parts.size());
        whole.fuel = Plus(whole.fuel, Times(whole.items, kScalar));
        for (const Cost& part : parts) whole.bytes = Plus(whole.bytes, part.bytes);
        return whole;
      case Op::kMember:
        whole.bytes = parts[0].bytes;
        whole.items = parts[0].items;
        return whole;
      case Op::kCall:
        return OfCall(node, parts, whole);
      default:
        return whole;
    }
  }

  String TakeLargest() { return std::move(largest_); }

 private:
  static Cost OfType(const values::Type& type) {
    Cost cost{1, kScalar, 0, {}};
    if (type.kind == Kind::kString || type.kind == Kind::kBytes) cost.bytes = kAssumedLength * 4;
    if (type.kind == Kind::kList || type.kind == Kind::kMap || type.kind == Kind::kDyn) {
      cost.items = kAssumedItems;
      bool texts = !type.items.empty() && type.items.back().kind == Kind::kString;
      cost.bytes = Times(kAssumedItems, texts ? kAssumedLength * 4 : kScalar);
    }
    return cost;
  }

  Cost OfVariable(const Node& node) {
    Cost cost = OfType(node.type);
    auto it = std::lower_bound(extents_.begin(), extents_.end(), node.name,
                               [](const Extent& a, const String& b) { return a.name < b; });
    if (it != extents_.end() && it->name == node.name) {
      cost.bytes = it->bytes;
      cost.items = it->items;
    }
    if (cost.bytes > kScalar && cost.bytes > largest_bytes_) {
      largest_bytes_ = cost.bytes;
      largest_ = node.name;
    }
    return cost;
  }

  Cost OfFold(const Node& node, std::span<const uint32_t> children) {
    Cost range = Of(children[0]);
    Cost element{1, range.items > 0 ? range.bytes / range.items : kScalar, 0, {}};
    for (int i = 0; i < node.variables; ++i) locals_.push_back(element);
    Cost body{4, 0, 0, {}};
    for (size_t i = 1; i < children.size(); ++i) {
      Cost part = Of(children[i]);
      body.fuel = Plus(body.fuel, part.fuel);
      body.bytes = part.bytes;
    }
    for (int i = 0; i < node.variables; ++i) locals_.pop_back();
    Cost whole{Plus(range.fuel, Times(range.items, Plus(body.fuel, 4))), kScalar, 0, {}};
    if (node.fold == Fold::kMap || node.fold == Fold::kFilter || node.fold == Fold::kTransformMap) {
      whole.items = range.items;
      whole.bytes = node.fold == Fold::kFilter ? range.bytes : Times(range.items, body.bytes);
      whole.fuel = Plus(whole.fuel, Times(range.items, kScalar));
    }
    return whole;
  }

  Cost OfCall(const Node& node, const Vector<Cost>& parts, Cost whole) {
    int64_t bytes = 0, items = 0, smallest = parts.empty() ? 0 : parts[0].bytes;
    for (const Cost& part : parts) {
      bytes = Plus(bytes, part.bytes);
      items = Plus(items, part.items);
      smallest = std::min(smallest, part.bytes);
    }
    auto add = [&whole](int64_t fuel) { whole.fuel = Plus(whole.fuel, fuel); };
    bool text_or_list = node.type.kind == Kind::kString || node.type.kind == Kind::kList ||
                        node.type.kind == Kind::kBytes;
    switch (node.function) {
      case Function::kAdd:
        if (!text_or_list) return whole;
        add(bytes);
        whole.bytes = bytes;
        whole.items = items;
        return whole;
      case Function::kIn:
        add(Plus(items, Plus(bytes / 8, Times(items, parts[0].bytes / 8))));
        return whole;
      case Function::kContains:
        add(Times(parts[0].bytes / 8, 1 + parts[1].bytes / 8));
        return whole;
      case Function::kMatches: {
        const Node& pattern = tree_.nodes[tree_.Children(node)[1]];
        bool known = pattern.op == Op::kLiteral && pattern.literal.Is(Kind::kString);
        int64_t states = known ? StatesOf(pattern.literal.string_value()) : 2'000;
        add(Plus(Times(parts[0].bytes / 4 + 1, states), Times(parts[1].bytes, 4)));
        return whole;
      }
      case Function::kSum:
      case Function::kMin:
      case Function::kMax:
        add(Plus(items, bytes / 8));
        whole.bytes = std::max(smallest, kScalar);
        return whole;
      case Function::kIndex:
        whole.bytes = parts[0].items > 0 ? parts[0].bytes / parts[0].items : parts[0].bytes;
        add(Times(parts[1].bytes / 8, 16));
        return whole;
      case Function::kToString:
      case Function::kToBytes:
      case Function::kDyn:
        whole.bytes = std::max<int64_t>(bytes, 64);
        whole.items = items;
        add(bytes / 8);
        return whole;
      case Function::kSize:
        add(bytes / 8);
        return whole;
      default:
        add(smallest / 8);  // comparisons look at the shorter one
        return whole;
    }
  }

  const expression::Tree& tree_;
  std::span<const Extent> extents_;
  Vector<Cost> locals_;
  String largest_;
  int64_t largest_bytes_ = 0;
};

}  // namespace

Cost WorstCost(const expression::Tree& tree, std::span<const Extent> extents) {
  Estimate estimate(tree, extents);
  Cost cost = estimate.Of(static_cast<uint32_t>(tree.nodes.size() - 1));
  cost.largest = estimate.TakeLargest();
  return cost;
}

}  // namespace countersign::compile
