// Typed trees in the stored form, core/FORMAT.md section 5 (tree.h).
#include <bit>
#include <utility>

#include "base/names.h"
#include "expression/tree.h"
#include "json/shape.h"
#include "values/plain_json.h"

namespace countersign::expression {
namespace {

using values::Kind;
using values::Type;
using values::Value;

constexpr Names kOpNames("lit|var|local|member|has|call|and|or|if|list|map|fold|let");

json::Value Text(std::string_view text) { return json::Value::String(text); }

// A double as the 16 hexadecimal digits of its IEEE 754 bits: exact, and no printing of fractions.
String WriteBits(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  String out;
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[bits >> shift & 15];
  return out;
}

bool ReadBits(std::string_view text, double* value) {
  if (text.size() != 16) return false;
  uint64_t bits = 0;
  for (const char c : text) {
    const size_t digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) return false;
    bits = bits << 4 | digit;
  }
  *value = std::bit_cast<double>(bits);
  return true;
}

json::Value LiteralJson(const Value& literal) {
  if (literal.Is(Kind::kDouble)) return Text(WriteBits(literal.double_value()));
  if (literal.Is(Kind::kType)) return Text(literal.string_value());
  Result<json::Value> plain = values::ToJson(literal);
  CS_CHECK(plain.has_value());  // scalars have a plain form
  return *std::move(plain);
}

Result<Value> ReadLiteral(const json::Value& json, const Type& type) {
  switch (type.kind) {
    case Kind::kDyn:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kTimestamp:
    case Kind::kDuration:
      return ErrorCode::kExpressionBadType;
    case Kind::kDouble: {
      double value;
      if (!json.is_string() || !ReadBits(json.string_value(), &value)) {
        return ErrorCode::kExpressionBadNode;
      }
      return Value::Double(value);
    }
    case Kind::kType:
      if (!json.is_string()) return ErrorCode::kExpressionBadNode;
      return Value::TypeNamed(json.string_value());
    default: {
      Value value = CS_TRY(values::FromJson(json, type));
      // One constant, one spelling: "P12M" is written "P1Y".
      if (LiteralJson(value) != json) return ErrorCode::kExpressionBadNode;
      return value;
    }
  }
}

// One node: [op, type, ...]. `links` grows by its children.
class NodeReader {
 public:
  NodeReader(const json::Value& json, Vector<uint32_t>* links) : json_(json), links_(links) {}

  Result<Node> Read() {
    if (!json_.is_array() || json_.items().size() < 2) return Bad();
    const std::string_view op = CS_TRY(TakeText());
    const size_t found = kOpNames.Find(op);
    if (found == Names::kNone) return Bad();
    Node node;
    node.op = static_cast<Op>(found);
    const std::string_view type = CS_TRY(TakeText());
    node.type = CS_TRY(Type::Parse(type));
    if (node.type.ToString() != type) return Error(ErrorCode::kExpressionBadType, type);
    node.first = static_cast<uint32_t>(links_->size());
    switch (node.op) {
      case Op::kLiteral:
        if (at_ == json_.items().size()) return Bad();
        node.literal = CS_TRY(ReadLiteral(json_.items()[at_++], node.type));
        break;
      case Op::kVariable:
        node.name = CS_TRY(TakeText());
        break;
      case Op::kLocal:
        node.local = static_cast<uint16_t>(CS_TRY(TakeInt(kMaxLocals)));
        break;
      case Op::kMember:
      case Op::kHas:
        CS_TRY(TakeChild());
        node.name = CS_TRY(TakeText());
        break;
      case Op::kCall: {
        const std::string_view name = CS_TRY(TakeText());
        const std::optional<Function> function = FindFunction(name);
        if (!function) {
          return Error(ErrorCode::kExpressionUnknownFunction, name.substr(0, 80));
        }
        node.function = *function;
        CS_TRY(TakeChildren());
        break;
      }
      case Op::kFold: {
        const std::string_view name = CS_TRY(TakeText());
        int fold = 0;
        while (fold <= static_cast<int>(Fold::kTransformMap) &&
               FoldName(static_cast<Fold>(fold)) != name) {
          ++fold;
        }
        if (fold > static_cast<int>(Fold::kTransformMap)) return Bad();
        node.fold = static_cast<Fold>(fold);
        node.variables = static_cast<uint8_t>(CS_TRY(TakeInt(2)));
        CS_TRY(TakeChildren());
        break;
      }
      default:
        CS_TRY(TakeChildren());
        break;
    }
    if (at_ != json_.items().size()) return Bad();
    node.count = static_cast<uint32_t>(links_->size()) - node.first;
    return node;
  }

 private:
  static Error Bad() { return Error(ErrorCode::kExpressionBadNode); }

  Result<std::string_view> TakeText() {
    if (at_ == json_.items().size() || !json_.items()[at_].is_string()) return Bad();
    return std::string_view(json_.items()[at_++].string_value());
  }
  Result<int64_t> TakeInt(int64_t max) {
    if (at_ == json_.items().size() || !json_.items()[at_].is_int()) return Bad();
    const int64_t value = json_.items()[at_++].int_value();
    if (value < 0 || value > max) return Bad();
    return value;
  }
  Result<void> TakeChild() {
    const int64_t child = CS_TRY(TakeInt(kMaxNodes - 1));
    // No child twice: a tree has fewer links than nodes.
    if (links_->size() >= static_cast<size_t>(kMaxNodes)) return Bad();
    links_->push_back(static_cast<uint32_t>(child));
    return {};
  }
  Result<void> TakeChildren() {
    while (at_ < json_.items().size()) CS_TRY(TakeChild());
    return {};
  }

  const json::Value& json_;
  Vector<uint32_t>* links_;
  size_t at_ = 0;
};

json::Value NodeJson(const Tree& tree, const Node& node) {
  json::Array out{Text(kOpNames[node.op]), Text(node.type.ToString())};
  switch (node.op) {
    case Op::kLiteral:
      out.push_back(LiteralJson(node.literal));
      break;
    case Op::kVariable:
      out.push_back(Text(node.name));
      break;
    case Op::kLocal:
      out.push_back(json::Value::Int(node.local));
      break;
    case Op::kCall:
      out.push_back(Text(FunctionName(node.function)));
      break;
    case Op::kFold:
      out.push_back(Text(FoldName(node.fold)));
      out.push_back(json::Value::Int(node.variables));
      break;
    default:
      break;
  }
  for (const uint32_t child : tree.Children(node)) out.push_back(json::Value::Int(child));
  if (node.op == Op::kMember || node.op == Op::kHas) out.push_back(Text(node.name));
  return json::Value::List(std::move(out));
}

}  // namespace

json::Value ToJson(const Tree& tree) {
  json::Array nodes;
  for (const Node& node : tree.nodes) nodes.push_back(NodeJson(tree, node));
  json::Value out = json::Value::Make({});  // a list in braces would copy the nodes
  out.Set("nodes", json::Value::List(std::move(nodes)));
  out.Set("source", Text(tree.source));
  out.Set("type", Text(tree.type().ToString()));
  return out;
}

Result<Tree> Load(const json::Value& json, const Variables& variables) {
  json::Shape shape(json, "");
  const json::Array& nodes = shape.List("nodes");
  Tree tree;
  tree.source = shape.Text("source");
  const String& type = shape.Text("type");
  CS_TRY(shape.Finish());
  if (nodes.size() > static_cast<size_t>(kMaxNodes)) return ErrorCode::kExpressionTooManyNodes;
  tree.nodes.reserve(nodes.size());
  tree.links.reserve(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    Result<Node> node = NodeReader(nodes[i], &tree.links).Read();
    if (!node) return std::move(node).error().Under("/nodes/" + NumberText(i));
    tree.nodes.push_back(*std::move(node));
  }
  CS_TRY(Verify(&tree, variables));
  if (tree.type().ToString() != type) return Error(ErrorCode::kExpressionBadType, {}, "/type");
  return tree;
}

}  // namespace countersign::expression
