// Typed expression trees: what an expression is once it has been compiled, and the only form in
// which it is stored (FORMAT.md, section 5).
//
// A signer's device reads trees from strangers. `Load` therefore believes nothing: every node,
// type, constant, arity and index is checked, and so is every type that the tree claims, against
// the same table of functions that the compiler uses. A Tree that exists is well-typed; running it
// needs no parser.
#ifndef COUNTERSIGN_EXPRESSION_TREE_H_
#define COUNTERSIGN_EXPRESSION_TREE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "expression/function.h"
#include "json/value.h"
#include "values/type.h"
#include "values/value.h"

namespace countersign::expression {

inline constexpr size_t kMaxSource = 4096;  // bytes of source text; expression.source_too_long
inline constexpr int kMaxNodes = 1000;      // expression.too_many_nodes
inline constexpr int kMaxDepth = 64;        // levels, a leaf has 1; expression.too_deep
inline constexpr int kMaxFolds = 3;         // macros inside macros; expression.too_deep
inline constexpr int kMaxLocals =
    64;  // variables of macros in sight at one place; expression.too_deep
inline constexpr size_t kMaxName = 256;  // bytes of a name; expression.bad_node

enum class Op : uint8_t {
  kLiteral,   // "lit"
  kVariable,  // "var"
  kLocal,     // "local": a variable of an enclosing macro
  kMember,    // "member": child . name, of a record or map; missing is an error
  kHas,       // "has": whether child has the member
  kCall,      // "call"
  kAnd,       // "and"
  kOr,        // "or"
  kIf,        // "if": condition, then, else
  kList,      // "list"
  kMap,       // "map": key, value, key, value ...
  kFold,      // "fold": range, [filter,] body
  kLet,       // "let": init, body
};

// What a macro makes of the elements of its range.
enum class Fold : uint8_t { kAll, kExists, kExistsOne, kMap, kFilter, kTransformMap };
std::string_view FoldName(
    Fold fold);  // "all", "exists", "existsOne", "map", "filter", "transformMap"

struct Node {
  using MovesAsItLies = void;  // base/vector.h
  Op op = Op::kLiteral;
  Function function{};    // kCall
  Fold fold{};            // kFold
  uint8_t variables = 0;  // kFold: 1 (element or key) or 2 (index and element, or key and value)
  uint16_t local = 0;  // kLocal: which; counted from the outermost macro, in order of declaration
  uint32_t first = 0;  // children: Tree::links[first, first + count)
  uint32_t count = 0;
  values::Type type;
  values::Value literal;  // kLiteral
  String name;            // kVariable, kMember, kHas
  friend bool operator==(const Node&, const Node&) = default;
};

struct Tree {
  String source;       // the author's text, for people; "" where there is none
  Vector<Node> nodes;  // children before parents; the last node is the root
  Vector<uint32_t> links;
  Vector<String> reads;  // the read set: names of variables it depends on, sorted, unique

  const values::Type& type() const { return nodes.back().type; }
  std::span<const uint32_t> Children(const Node& node) const {
    return std::span(links).subspan(node.first, node.count);
  }
  bool Reads(std::string_view name) const;
  // A tree that is one constant. REQUIRES: no list, map, timestamp, duration or inexact
  // decimal.
  static Tree Constant(values::Value literal);
  friend bool operator==(const Tree&, const Tree&) = default;
};

// What a tree may be made of: everything, or what contracts have, without the wide set (wide.h).
enum class Reach : uint8_t { kWhole, kContract };

// The types of the variables a tree may read: the template's declarations. `context` is handed
// back.
using FindVariable = const values::Type* (*)(const void* context, std::string_view name);
struct Variables {
  const void* context = nullptr;
  FindVariable find = nullptr;  // nullptr for a name that is not declared
  Reach reach = Reach::kWhole;
};

// The stored form: {"nodes":[...],"source":"...","type":"bool"}.
json::Value ToJson(const Tree& tree);
// Errors: expression.bad_node (shape, index, name), expression.bad_type (a type that is not what
// its parts give, a variable declared otherwise, or a constant beyond the reach),
// expression.unknown_function (also one beyond the reach), expression.unknown_variable,
// expression.too_many_nodes, expression.too_deep, expression.source_too_long, values.* for a
// constant; the path is "/nodes/<i>".
Result<Tree> Load(const json::Value& json, const Variables& variables);
// Checks a tree made by other means, as Load does, and fills in `reads`. Errors: as Load.
Result<void> Verify(Tree* tree, const Variables& variables);

// The type of a node, given its children's; what the compiler and the loader share. False: not
// well-typed. REQUIRES: not kLiteral, kVariable or kLocal; as many children as the op has.
bool TypeOfNode(const Tree& tree, const Node& node, values::Type* out);
// The types of a fold's variables over such a range: false where it is no list, map or dyn.
bool TypesOfVariables(const values::Type& range, int variables, values::Type out[2]);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_TREE_H_
