#include "expression/tree.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/names.h"
#include "base/sort.h"

namespace countersign::expression {
namespace {

using values::Kind;
using values::Type;
using values::Value;

constexpr Names kFoldNames("all|exists|existsOne|map|filter|transformMap");

bool IsCondition(const Type& type) { return type.kind == Kind::kBool || type.kind == Kind::kDyn; }

bool IsKey(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kString:
    case Kind::kDyn:
      return true;
    default:
      return false;
  }
}

// A list of lists of lists ...: so deep that the type says no more than dyn, and stays well below
// Type::kMaxDepth.
constexpr int kMaxTypeDepth = 12;
int DepthOf(const Type& type) {
  int depth = 0;
  for (const Type& item : type.items) depth = std::max(depth, DepthOf(item));
  return depth + 1;
}
Type Element(Type type) {
  return DepthOf(type) >= kMaxTypeDepth ? Type::Of(Kind::kDyn) : std::move(type);
}

// What all of them may be; dyn where they have nothing in common, as CEL has it.
Type JoinAll(const Tree& tree, std::span<const uint32_t> children, size_t from, size_t step) {
  if (children.size() <= from) return Type::Of(Kind::kDyn);
  Type joined = tree.nodes[children[from]].type;
  for (size_t i = from + step; i < children.size(); i += step) {
    Type next;
    if (!JoinTypes(joined, tree.nodes[children[i]].type, &next)) return Type::Of(Kind::kDyn);
    joined = std::move(next);
  }
  return joined;
}

bool TypeOfMember(const Type& record, std::string_view name, Type* out) {
  switch (record.kind) {
    case Kind::kDyn:
      *out = record;
      return true;
    case Kind::kMap:
      *out = record.items[1];
      return record.items[0].kind == Kind::kString || record.items[0].kind == Kind::kDyn;
    case Kind::kRecord: {
      const Type* member = record.Find(name);
      if (member != nullptr) *out = *member;
      return member != nullptr;
    }
    default:
      return false;
  }
}

bool TypeOfFold(const Tree& tree, const Node& node, Type* out) {
  const auto children = tree.Children(node);
  const Type& range = tree.nodes[children[0]].type;
  const Type& body = tree.nodes[children.back()].type;
  std::array<Type, 2> variables;
  if (!TypesOfVariables(range, node.variables, variables.data())) return false;
  if (children.size() == 3 && !IsCondition(tree.nodes[children[1]].type)) return false;
  switch (node.fold) {
    case Fold::kAll:
    case Fold::kExists:
    case Fold::kExistsOne:
      *out = Type::Of(Kind::kBool);
      return IsCondition(body);
    case Fold::kFilter:
      *out = Type::List(variables[0]);
      return IsCondition(body);
    case Fold::kMap:
      *out = Type::List(Element(body));
      return true;
    case Fold::kTransformMap:
      *out = Type::Map(variables[0], Element(body));
      return true;
  }
  return false;
}

// The right number of children, and everything else that can be seen without types.
bool HasShape(const Node& node) {
  switch (node.op) {
    case Op::kLiteral:
    case Op::kLocal:
      return node.count == 0;
    case Op::kVariable:
      return node.count == 0 && !node.name.empty() && node.name.size() <= kMaxName;
    case Op::kMember:
    case Op::kHas:
      return node.count == 1 && !node.name.empty() && node.name.size() <= kMaxName;
    case Op::kCall:
      return node.count >= 1 && node.count <= 3;
    case Op::kAnd:
    case Op::kOr:
    case Op::kLet:
      return node.count == 2;
    case Op::kIf:
      return node.count == 3;
    case Op::kList:
      return true;
    case Op::kMap:
      return node.count % 2 == 0;
    case Op::kFold: {
      const bool transform = node.fold == Fold::kMap || node.fold == Fold::kTransformMap;
      if (node.variables != 1 && node.variables != 2) return false;
      // transformMap keeps keys, filter keeps elements: each has one form only.
      if (node.fold == Fold::kTransformMap && node.variables != 2) return false;
      if (node.fold == Fold::kFilter && node.variables != 1) return false;
      return node.count == 2 || (transform && node.count == 3);
    }
  }
  return false;
}

bool IsTypeName(std::string_view name) {
  constexpr Names kNames(
      "bool|int|uint|double|string|bytes|list|map|null_type|type|decimal|money|"
      "date|period|google.protobuf.Timestamp|google.protobuf.Duration");
  return kNames.Has(name);
}

bool IsLiteralOf(const Value& literal, const Type& type) {
  switch (literal.kind()) {
    case Kind::kList:
    case Kind::kMap:
      return false;  // built by nodes, so that their size is charged
    case Kind::kTimestamp:
    case Kind::kDuration:
      return false;  // CEL has no constants of these
    case Kind::kMoney:
      return type == Type::MoneyIn(literal.currency()) && !literal.decimal_value().IsInexact();
    case Kind::kDecimal:
      return type.kind == Kind::kDecimal && !literal.decimal_value().IsInexact();
    case Kind::kType:
      return type.kind == Kind::kType && IsTypeName(literal.string_value());
    default:
      return type == Type::Of(literal.kind());
  }
}

Error At(ErrorCode code, size_t node, std::string_view detail = {}) {
  return Error(code, detail, "/nodes/" + NumberText(node));
}

// The variables that are in sight at a node: a chain of scopes, one per macro.
struct Scope {
  using MovesAsItLies = void;  // base/vector.h
  int parent = -1;
  int first = 0;  // number of the first variable
  int count = 0;
  int folds = 0;
  std::array<Type, 2> types;
};

class Verifier {
 public:
  Verifier(Tree* tree, const Variables& variables) : tree_(*tree), variables_(variables) {}

  Result<void> Check() {
    CS_TRY(CheckShape());
    CS_TRY(CheckScopes());
    for (size_t i = 0; i < tree_.nodes.size(); ++i) CS_TRY(CheckType(i));
    SortUnique(&reads_);
    tree_.reads = std::move(reads_);
    return {};
  }

 private:
  // A tree of bounded size and depth: every node but the last is the child of exactly one later
  // node.
  Result<void> CheckShape() {
    const size_t size = tree_.nodes.size();
    if (tree_.source.size() > kMaxSource) return ErrorCode::kExpressionSourceTooLong;
    if (size == 0) return At(ErrorCode::kExpressionBadNode, 0);
    if (size > static_cast<size_t>(kMaxNodes)) return ErrorCode::kExpressionTooManyNodes;
    parents_.assign(size, kNoParent);
    Vector<int> depths(size, 1);
    for (size_t i = 0; i < size; ++i) {
      const Node& node = tree_.nodes[i];
      if (!HasShape(node) || node.first > tree_.links.size() ||
          node.count > tree_.links.size() - node.first) {
        return At(ErrorCode::kExpressionBadNode, i);
      }
      for (const uint32_t child : tree_.Children(node)) {
        if (child >= i || parents_[child] != kNoParent) {
          return At(ErrorCode::kExpressionBadNode, i,
                    "a child must come before, and have one parent");
        }
        parents_[child] = static_cast<uint32_t>(i);
        depths[i] = std::max(depths[i], depths[child] + 1);
      }
      if (depths[i] > kMaxDepth) return At(ErrorCode::kExpressionTooDeep, i);
      if (i + 1 < size) continue;
      for (size_t k = 0; k < i; ++k) {
        if (parents_[k] == kNoParent)
          return At(ErrorCode::kExpressionBadNode, k, "nothing uses it");
      }
    }
    return {};
  }

  Result<void> CheckScopes() {
    scopes_.emplace_back();
    scope_of_.assign(tree_.nodes.size(), 0);
    // Parents come later in the list, so from the root downwards every scope is there when it is
    // needed.
    for (size_t i = tree_.nodes.size(); i-- > 0;) {
      const Node& node = tree_.nodes[i];
      const auto children = tree_.Children(node);
      const int outer = scope_of_[i];
      if (node.op != Op::kFold && node.op != Op::kLet) {
        for (const uint32_t child : children) scope_of_[child] = outer;
        continue;
      }
      Scope scope;
      scope.parent = outer;
      scope.first = scopes_[outer].first + scopes_[outer].count;
      scope.folds = scopes_[outer].folds;
      const Type& range = tree_.nodes[children[0]].type;
      if (node.op == Op::kLet) {
        scope.count = 1;
        scope.types[0] = range;
      } else {
        scope.count = node.variables;
        ++scope.folds;
        if (!TypesOfVariables(range, node.variables, scope.types.data())) {
          return At(ErrorCode::kExpressionBadType, i);
        }
      }
      if (scope.folds > kMaxFolds || scope.first + scope.count > kMaxLocals) {
        return At(ErrorCode::kExpressionTooDeep, i);
      }
      scopes_.push_back(std::move(scope));
      scope_of_[children[0]] = outer;
      for (const uint32_t child : children.subspan(1)) {
        scope_of_[child] = static_cast<int>(scopes_.size()) - 1;
      }
    }
    return {};
  }

  const Type* FindLocal(size_t i) const {
    const int local = tree_.nodes[i].local;
    for (int at = scope_of_[i]; at > 0; at = scopes_[at].parent) {
      const Scope& scope = scopes_[at];
      if (local >= scope.first + scope.count) return nullptr;
      if (local >= scope.first) return &scope.types[local - scope.first];
    }
    return nullptr;
  }

  Result<void> CheckType(size_t i) {
    const Node& node = tree_.nodes[i];
    Type type;
    switch (node.op) {
      case Op::kLiteral:
        if (!IsLiteralOf(node.literal, node.type) || IsBeyond(IsWide(node.type.kind))) {
          return At(ErrorCode::kExpressionBadType, i);
        }
        return {};
      case Op::kVariable: {
        const Type* declared =
            variables_.find == nullptr ? nullptr : variables_.find(variables_.context, node.name);
        if (declared == nullptr) return At(ErrorCode::kExpressionUnknownVariable, i, node.name);
        type = *declared;
        reads_.push_back(node.name);
        break;
      }
      case Op::kLocal: {
        const Type* declared = FindLocal(i);
        if (declared == nullptr) return At(ErrorCode::kExpressionBadNode, i, "no such local");
        type = *declared;
        break;
      }
      default:
        if (node.op == Op::kCall && IsBeyond(IsWide(node.function))) {
          return At(ErrorCode::kExpressionUnknownFunction, i, FunctionName(node.function));
        }
        if (!TypeOfNode(tree_, node, &type)) return At(ErrorCode::kExpressionBadType, i);
        break;
    }
    if (type != node.type) {
      return At(ErrorCode::kExpressionBadType, i, "it is " + type.ToString());
    }
    return {};
  }

  bool IsBeyond(bool wide) const { return wide && variables_.reach == Reach::kContract; }

  static constexpr uint32_t kNoParent = UINT32_MAX;
  Tree& tree_;
  const Variables& variables_;
  Vector<uint32_t> parents_;
  Vector<Scope> scopes_;
  Vector<int> scope_of_;
  Vector<String> reads_;
};

}  // namespace

std::string_view FoldName(Fold fold) { return kFoldNames[fold]; }

bool Tree::Reads(std::string_view name) const {
  return std::binary_search(reads.begin(), reads.end(), name);
}

Tree Tree::Constant(Value literal) {
  Type type =
      literal.Is(Kind::kMoney) ? Type::MoneyIn(literal.currency()) : Type::Of(literal.kind());
  Tree tree;
  tree.nodes.push_back(
      Node{.op = Op::kLiteral, .type = std::move(type), .literal = std::move(literal), .name = {}});
  return tree;
}

Result<void> Verify(Tree* tree, const Variables& variables) {
  return Verifier(tree, variables).Check();
}

bool TypesOfVariables(const Type& range, int variables, Type out[2]) {
  switch (range.kind) {
    case Kind::kList:
      out[0] = variables == 1 ? range.items[0] : Type::Of(Kind::kInt);
      out[1] = range.items[0];
      return true;
    case Kind::kMap:
      out[0] = range.items[0];
      out[1] = range.items[1];
      return true;
    case Kind::kDyn:
      out[0] = out[1] = range;
      return true;
    default:
      return false;
  }
}

bool TypeOfNode(const Tree& tree, const Node& node, Type* out) {
  const auto children = tree.Children(node);
  const auto type_of = [&](size_t i) -> const Type& { return tree.nodes[children[i]].type; };
  switch (node.op) {
    case Op::kLiteral:
    case Op::kVariable:
    case Op::kLocal:
      return false;
    case Op::kMember:
      return TypeOfMember(type_of(0), node.name, out);
    case Op::kHas: {
      if (!TypeOfMember(type_of(0), node.name, out)) return false;
      *out = Type::Of(Kind::kBool);
      return true;
    }
    case Op::kCall: {
      std::array<const Type*, 3> arguments;
      for (size_t i = 0; i < children.size(); ++i) arguments[i] = &type_of(i);
      return ResolveCall(node.function, std::span(arguments).first(children.size()), out);
    }
    case Op::kAnd:
    case Op::kOr:
      *out = Type::Of(Kind::kBool);
      return IsCondition(type_of(0)) && IsCondition(type_of(1));
    case Op::kIf:
      return IsCondition(type_of(0)) && JoinTypes(type_of(1), type_of(2), out);
    case Op::kList:
      *out = Type::List(Element(JoinAll(tree, children, 0, 1)));
      return true;
    case Op::kMap:
      *out = Type::Map(JoinAll(tree, children, 0, 2), Element(JoinAll(tree, children, 1, 2)));
      for (size_t i = 0; i < children.size(); i += 2) {
        if (!IsKey(type_of(i))) return false;
      }
      return true;
    case Op::kFold:
      return TypeOfFold(tree, node, out);
    case Op::kLet:
      *out = type_of(1);
      return true;
  }
  return false;
}

}  // namespace countersign::expression
