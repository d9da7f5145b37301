// Long because the rules for names, literals and types lean on each other, and each has its own
// report.
#include "compile/checker.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/sort.h"
#include "compile/extensions.h"
#include "compile/functions.h"
#include "expression/pattern.h"
#include "expression/real.h"
#include "expression/wide.h"

namespace countersign::compile {
namespace {

using expression::Fold;
using expression::Function;
using expression::Node;
using expression::Op;
using expression::Style;
using expression::Tree;
using values::Decimal;
using values::Kind;
using values::Type;
using values::Value;

// What the surroundings ask of a literal.
enum class Wish : uint8_t { kNone, kDecimal };

// Macros inside macros that `countersign eval` takes: what CEL asks of everybody. A contract's
// bound is expression::kMaxFolds; fuel ends either.
constexpr int kMaxEvalFolds = 12;

// Whether a node is made of number literals only, and whether one of them has a point or exponent;
// mixed, where one of the latter meets one of the former: 2 / 100.0 is nothing but exact.
enum class Literal : uint8_t { kNo, kWhole, kFraction, kMixed };

bool IsExact(const Type& type) { return type.kind == Kind::kDecimal || type.kind == Kind::kMoney; }
bool IsWhole(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kUint; }
// The innermost elements of lists and maps, or the type itself: what `x in [1, 2]` compares with.
const Type& LeafOf(const Type& type) {
  if (type.kind != Kind::kList && type.kind != Kind::kMap) return type;
  return LeafOf(type.items.back());
}
// Whether a decimal or money may be in there that the type does not tell of.
bool MayBeExact(const Type& type) {
  if (type.kind == Kind::kDyn) return true;
  return std::any_of(type.items.begin(), type.items.end(), MayBeExact);
}
// The functions with an argument opposite another one.
bool HasOpposites(Function function) {
  switch (function) {
    case Function::kEqual:
    case Function::kNotEqual:
    case Function::kLess:
    case Function::kLessEqual:
    case Function::kGreater:
    case Function::kGreaterEqual:
    case Function::kIn:
    case Function::kAdd:
    case Function::kSubtract:
    case Function::kMultiply:
    case Function::kDivide:
    case Function::kMin:
    case Function::kMax:
    case Function::kSum:
      return true;
    default:
      return false;
  }
}
// The elements of a list, or the type itself: what sum() adds.
const Type& ElementOf(const Type& type) { return type.kind == Kind::kList ? type.items[0] : type; }

String Quote(std::string_view text) {
  return "'" + String(WithoutCutCharacter(text.substr(0, 80))) + "'";
}

class Checker {
 public:
  using Id = uint32_t;

  Checker(const Ast& ast, const Fragment& in, const Schema& schema, DiagnosticSink* sink)
      : ast_(ast), in_(in), schema_(schema), sink_(sink) {
    tree_.nodes.reserve(ast.nodes.size() + 2);
    tree_.links.reserve(ast.nodes.size() + 2);
    errors_before_ = sink->ErrorCount();
    MarkLiterals();
  }

  Tree Check(const Type& expected) {
    const ByteRange whole = ast_.nodes[ast_.root].range;
    Id root = Visit(ast_.root, expected.kind == Kind::kDecimal ? Wish::kDecimal : Wish::kNone);
    if (expected.kind == Kind::kDecimal && IsWhole(TypeOf(root))) root = Widen(root);
    if (!expression::IsAssignable(TypeOf(root), expected))
      ReportExpected(whole, TypeOf(root), expected);
    CheckBounds(whole);
    return std::move(tree_);
  }

 private:
  struct Local {
    std::string_view name;
    Type type;
  };

  // --- nodes

  const Type& TypeOf(Id id) const { return tree_.nodes[id].type; }
  bool IsContract() const { return schema_.reach == expression::Reach::kContract; }
  bool IsChecked() const { return schema_.checking == Checking::kOn; }
  String NameOf(const Type& type) const { return type.ToString().substr(0, 120); }

  Id Last() const { return static_cast<Id>(tree_.nodes.size() - 1); }
  // A new last node, made in its place: the caller fills it before there is another.
  Node& Add(Op op, std::span<const Id> children = {}) {
    tree_.nodes.resize(tree_.nodes.size() + 1);
    Node& node = tree_.nodes.back();
    node.op = op;
    node.first = static_cast<uint32_t>(tree_.links.size());
    if (!children.empty()) {
      node.count = static_cast<uint32_t>(children.size());
      tree_.links.insert(tree_.links.end(), children.begin(), children.end());
    }
    return node;
  }
  // The last node's type is what its children give. REQUIRES: they give one.
  Id Typed() {
    Type type;
    if (TypeOfNode(tree_, tree_.nodes.back(), &type)) tree_.nodes.back().type = std::move(type);
    return Last();
  }
  Id AddCall(Function function, std::span<const Id> children) {
    Add(Op::kCall, children).function = function;
    return Typed();
  }
  Id Constant(Value value) {
    Node& node = Add(Op::kLiteral);
    if (value.Is(Kind::kMoney)) {
      node.type = Type::MoneyIn(value.currency());
    } else {
      node.type.kind = value.kind();  // no list or map: those are built by nodes
    }
    node.literal = std::move(value);
    return Last();
  }
  // Stands for what was reported: dyn, so that nothing else complains about it.
  Id Wrong() {
    Add(Op::kLiteral);
    return Last();
  }
  // Where nothing is checked before it runs: what is not there fails when it is reached, as a
  // missing member of all that there is.
  Id Missing(std::string_view name) {
    Add(Op::kMap);
    const std::array children{Last()};
    Add(Op::kMember, children).name = name.substr(0, expression::kMaxName);
    return Last();
  }
  Id Widen(Id id) {
    const std::array children{id};
    return AddCall(Function::kToDecimal, children);
  }

  Diagnostic& Report(DiagnosticCode code, ByteRange range, std::string_view message = {}) {
    return sink_->Report(code, in_, range, message);
  }
  void OfferFix(Diagnostic& d, ByteRange range, String text) {
    if (in_.IsPlain()) d.fix = Fix{in_.InFile(range), std::move(text)};
  }
  std::string_view Text(ByteRange range) const {
    return in_.text.substr(range.begin, range.end - range.begin);
  }

  void CheckBounds(ByteRange whole) {
    // The parser bounds what is written; widening adds a few nodes, and second forms of literals at
    // most as many as there are. So few are no deeper either.
    if (tree_.nodes.size() <= static_cast<size_t>(expression::kMaxDepth)) return;
    Vector<int> depths(tree_.nodes.size(), 1);
    int deepest = 0;
    for (size_t i = 0; i < tree_.nodes.size(); ++i) {
      for (const Id child : tree_.Children(tree_.nodes[i])) {
        depths[i] = std::max(depths[i], depths[child] + 1);
      }
      deepest = std::max(deepest, depths[i]);
    }
    if (sink_->ErrorCount() != errors_before_) return;
    const int most = expression::kMaxNodes * (schema_.opposite == Opposite::kEither ? 2 : 1);
    if (tree_.nodes.size() > static_cast<size_t>(most)) {
      Report(DiagnosticCode::kTooManyNodes, whole);
    } else if (deepest > expression::kMaxDepth) {
      Report(DiagnosticCode::kTooDeep, whole);
    }
  }

  // --- literals

  // Which nodes are made of number literals only: they take the type that stands opposite (rule
  // N1).
  void MarkLiterals() {
    literal_.assign(ast_.nodes.size(), Literal::kNo);
    for (size_t i = 0; i < ast_.nodes.size(); ++i) {
      const AstNode& node = ast_.nodes[i];
      auto children = ast_.Children(node);
      Literal literal = Literal::kWhole;
      switch (node.kind) {
        case AstKind::kInt:
          break;
        case AstKind::kDouble:
          literal = Literal::kFraction;
          break;
        case AstKind::kCall:
          if (node.text != "+" && node.text != "-" && node.text != "*" && node.text != "/" &&
              node.text != "dyn") {
            continue;
          }
          break;
        case AstKind::kConditional:
          children = children.subspan(1);
          break;
        case AstKind::kList:
        case AstKind::kMap:
          if (children.empty()) continue;
          break;
        default:
          continue;
      }
      for (size_t k = 0; k < children.size(); ++k) {
        const Id child = children[k];
        if (node.kind == AstKind::kMap && k % 2 == 0) {  // a key stays what it is
          if (!IsPlainKey(ast_.nodes[child].kind)) literal = Literal::kNo;
          continue;
        }
        if (literal_[child] == Literal::kNo || literal == Literal::kNo) {
          literal = Literal::kNo;
        } else {
          const bool meets = node.kind == AstKind::kCall || node.kind == AstKind::kConditional;
          if (meets && child != children[0] && literal != literal_[child]) {
            literal = Literal::kMixed;
          } else {
            literal = std::max(literal, literal_[child]);
          }
        }
      }
      literal_[i] = literal;
    }
  }
  bool IsLiteral(Id ast) const { return literal_[ast] != Literal::kNo; }
  static bool IsPlainKey(AstKind kind) {
    return kind == AstKind::kString || kind == AstKind::kInt || kind == AstKind::kUint ||
           kind == AstKind::kTrue || kind == AstKind::kFalse;
  }

  // Whether what is made of literals has a value where all of its numbers are exact: 1e-300 and
  // 1.0 / 0.0 have none. REQUIRES: IsLiteral(ast_id).
  bool HasExactValue(Id ast_id) const { return ExactValue(ast_id).has_value(); }
  // Its value, where it is a number.
  std::optional<Value> ExactValue(Id ast_id) const {
    const AstNode& node = ast_.nodes[ast_id];
    const auto children = ast_.Children(node);
    if (node.kind == AstKind::kInt || node.kind == AstKind::kDouble) {
      std::string_view digits = node.text;
      digits.remove_prefix(std::min(digits.find_first_not_of("- "), digits.size()));
      const Result<Decimal> value = Decimal::ParseLiteral(digits);
      if (!value) return std::nullopt;
      return Value::Of(node.text.starts_with("-") ? value->Negate() : *value);
    }
    std::array<Value, 2> values;
    std::array<const Value*, 2> arguments{&values[0], &values[1]};
    const bool computes = node.kind == AstKind::kCall && children.size() <= 2;
    for (size_t i = node.kind == AstKind::kConditional ? 1 : 0; i < children.size(); ++i) {
      if (node.kind == AstKind::kMap && i % 2 == 0) continue;
      std::optional<Value> value = ExactValue(children[i]);
      if (!value) return std::nullopt;
      values[computes ? i : 0] = *std::move(value);
    }
    const auto function = expression::FindFunction(node.text);
    if (!computes || !function || !TakesCount(*function, children.size())) return values[0];
    int64_t fuel = 10'000;
    Value value;
    if (ApplyWide(*function, std::span(arguments).first(children.size()), &fuel, &value) !=
        expression::kDone) {
      return std::nullopt;
    }
    return value;
  }

  Id Number(const AstNode& node, Wish wish) {
    const bool negative = node.text.starts_with("-");
    std::string_view digits = node.text.substr(negative ? 1 : 0);
    while (!digits.empty() && digits[0] == ' ') digits.remove_prefix(1);
    const bool hex = digits.starts_with("0x");
    const bool exact = node.kind != AstKind::kUint && !hex &&
                       (wish == Wish::kDecimal ||
                        (node.kind == AstKind::kDouble && schema_.fractions == Fractions::kExact));
    if (exact) {
      Result<Decimal> value = Decimal::ParseLiteral(digits);
      if (!value) {
        Report(DiagnosticCode::kNumberTooLarge, node.range, "The number has more than 38 digits");
        return Wrong();
      }
      return Constant(Value::Of(negative ? value->Negate() : *value));
    }
    if (node.kind == AstKind::kDouble) {
      const std::optional<double> value = expression::ParseReal(digits);
      if (!value || *value == __builtin_inf()) {
        Report(DiagnosticCode::kNumberTooLarge, node.range);
        return Wrong();
      }
      return Constant(Value::Double(negative ? -*value : *value));
    }
    const bool is_unsigned = node.kind == AstKind::kUint;
    if (is_unsigned) digits.remove_suffix(1);
    uint64_t value = 0;
    bool fits = true;
    for (const char c : hex ? digits.substr(2) : digits) {
      const auto digit = static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
      fits = fits && !__builtin_mul_overflow(value, uint64_t{hex ? 16u : 10u}, &value) &&
             !__builtin_add_overflow(value, digit, &value);
    }
    if (!is_unsigned) fits = fits && value <= static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
    if (!fits) {
      Diagnostic& d = Report(DiagnosticCode::kNumberTooLarge, node.range,
                             is_unsigned ? "The number does not fit uint (64 bits)"
                                         : "The number does not fit int (64 bits)");
      if (!is_unsigned) d.hint = "Write decimal('" + String(node.text) + "')";
      return Wrong();
    }
    if (is_unsigned && IsContract()) ReportWideLiteral(node.range, Kind::kUint);
    if (is_unsigned) return Constant(Value::Uint(value));
    return Constant(Value::Int(static_cast<int64_t>(negative ? uint64_t{0} - value : value)));
  }

  // --- names

  const Variable* FindVariable(std::string_view name, bool absolute) {
    if (!absolute && !schema_.container.empty()) {
      // a.b.c in container x.y: x.y.a.b.c, x.a.b.c, a.b.c
      for (const String& prefix : Prefixes(schema_.container)) {
        if (const Variable* found = schema_.Find(prefix + String(name))) return found;
      }
      return nullptr;
    }
    return schema_.Find(name);
  }

  Id VariableNode(const Variable& variable, ByteRange range) {
    if (!variable.refused.empty()) {
      Report(DiagnosticCode::kNotHere, range, variable.refused);
      return Wrong();
    }
    Node& node = Add(Op::kVariable);
    if (IsChecked()) node.type = variable.type;
    node.name = variable.name;
    InsertSorted(variable.name, &tree_.reads);
    return Last();
  }

  static Value TypeValue(std::string_view name) {
    for (const std::string_view known :
         {"bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
          "decimal", "money", "date", "period", "google.protobuf.Timestamp",
          "google.protobuf.Duration"}) {
      if (name == known) return Value::TypeNamed(known);
    }
    return {};
  }

  // a.b.c: a variable of a macro, or the longest declared prefix, or a type. The number of parts
  // that it used is added to `used`; kNone where there is nothing of the name.
  static constexpr Id kNone = UINT32_MAX;
  Id ResolvePath(std::span<const Id> path, size_t* used) {
    const AstNode& base = ast_.nodes[path[0]];
    const bool absolute = base.text.starts_with(".");
    const std::string_view first = base.text.substr(absolute ? 1 : 0);
    if (!absolute) {
      for (size_t i = locals_.size(); i-- > 0;) {
        if (locals_[i].name != first) continue;
        Node& node = Add(Op::kLocal);
        node.local = static_cast<uint16_t>(i);
        node.type = locals_[i].type;
        *used = 1;
        return Last();
      }
    }
    // All of it, then without its last part, and so on.
    String whole;
    if (path.size() > 1) whole = first;
    for (const Id part : path.subspan(1)) whole.append(".").append(ast_.nodes[part].text);
    std::string_view joined = path.size() > 1 ? std::string_view(whole) : first;
    for (size_t count = path.size(); count > 0; --count) {
      const AstNode& last = ast_.nodes[path[count - 1]];
      const ByteRange range{base.range.begin, last.range.end};
      if (count < path.size()) {
        joined.remove_suffix(1 + ast_.nodes[path[count]].text.size());
      }
      if (const Variable* variable = FindVariable(joined, absolute)) {
        *used = count;
        return VariableNode(*variable, range);
      }
      Value type = TypeValue(joined);
      if (!absolute && !schema_.container.empty()) {
        for (const String& prefix : Prefixes(schema_.container)) {
          if (!type.Is(Kind::kType)) type = TypeValue(prefix + String(joined));
        }
      }
      if (schema_.libraries == Libraries::kOn && joined == "optional_type")
        type = Value::TypeNamed(joined);
      if (type.Is(Kind::kType)) {
        *used = count;
        if (IsContract()) ReportWideLiteral(range, Kind::kType);
        return Constant(std::move(type));
      }
    }
    return kNone;
  }

  void ReportUnknownName(const AstNode& node) {
    Vector<std::string_view> known;
    for (const Variable& variable : schema_.variables()) known.push_back(variable.name);
    for (const Local& local : locals_) known.push_back(local.name);
    Diagnostic& d =
        Report(DiagnosticCode::kUnknownName, node.range, "Unknown name " + Quote(node.text));
    const Nearest nearest = NearestName(node.text, known);
    const bool is_text = IsComparedWithAName(node.range);
    if (is_text && IsOneLetterOff(node.text, nearest.name)) {
      // One of the two was meant, and nobody but the author knows which.
      d.hint =
          "Did you mean " + Quote(nearest.name) + "? A text stands in quotes: " + Quote(node.text);
      return;
    }
    if (is_text || values::Currency::Parse(node.text)) {
      d.hint = "A text stands in quotes: " + Quote(node.text);
      OfferFix(d, node.range, Quote(node.text));
      return;
    }
    if (node.text == "crm") {
      d.hint = "Records are read by 'source:' of a field; the text reads the field";
      return;
    }
    SuggestName(d, nearest, in_.IsPlain() ? std::optional(in_.InFile(node.range)) : std::nullopt);
    if (d.hint.empty() && expression::FindFunction(node.text)) {
      d.hint = Quote(node.text) + " is a function: write " + String(node.text) + "(...)";
    }
    if (d.hint.empty()) SuggestTruth(d, node.text, in_.InFile(node.range));
    if (d.hint.empty() && std::ranges::find(known, "crm") != known.end())
      d.hint = "What the record holds begins with its name: crm." + String(node.text);
  }

  // Whether '==', '!=' or what was meant by '=' stands beside this, and no text behind that.
  bool IsComparedWithAName(ByteRange range) const {
    const std::string_view text = in_.text;
    std::string_view before = text.substr(0, range.begin), after = text.substr(range.end);
    const auto trim = [&] {
      while (before.ends_with(' ')) before.remove_suffix(1);
      while (after.starts_with(' ')) after.remove_prefix(1);
    };
    const auto is_quote = [](char c) { return c == '\'' || c == '"'; };
    trim();
    if (before.ends_with('=') && !before.ends_with("<=") && !before.ends_with(">=")) {
      while (before.ends_with('=') || before.ends_with('!')) before.remove_suffix(1);
      trim();
      return !before.empty() && !is_quote(before.back());
    }
    if (!after.starts_with('=') && !after.starts_with("!=")) return false;
    while (after.starts_with('=') || after.starts_with('!')) after.remove_prefix(1);
    trim();
    return !after.empty() && !is_quote(after[0]) && (after[0] < '0' || after[0] > '9');
  }

  Id Path(Id ast_id) {
    // The chain from its first name to this member.
    std::array<Id, expression::kMaxDepth> chain;  // the parser bounds the depth
    size_t from = chain.size();
    Id at = ast_id;
    bool is_path = true;
    for (; ast_.nodes[at].kind == AstKind::kMember; at = ast_.Children(ast_.nodes[at])[0]) {
      chain[--from] = at;
      is_path = is_path && (at == ast_id || !ast_.nodes[at].in_brackets);
    }
    const bool bare = at == ast_id || !ast_.nodes[at].in_brackets;
    if (ast_.nodes[at].kind != AstKind::kName || !is_path || !bare) {
      const AstNode& node = ast_.nodes[ast_id];
      return Member(Visit(ast_.Children(node)[0], Wish::kNone), node, Op::kMember);
    }
    chain[--from] = at;
    const auto path = std::span<const Id>(chain).subspan(from);
    size_t used = 0;
    Id result = ResolvePath(path, &used);
    if (result == kNone && !IsChecked()) return Missing(ast_.nodes[path[0]].text);
    if (result == kNone) {
      ReportUnknownName(ast_.nodes[path[0]]);
      return Wrong();
    }
    for (size_t i = used; i < path.size(); ++i) {
      result = Member(result, ast_.nodes[path[i]], Op::kMember);
    }
    return result;
  }

  Id Member(Id record, const AstNode& ast, Op op) {
    const std::array children{record};
    Add(op, children).name = ast.text;
    const Id id = Last();
    const Type& type = TypeOf(record);
    Type result;
    if (TypeOfNode(tree_, tree_.nodes[id], &result) && ast.text.size() <= expression::kMaxName) {
      tree_.nodes[id].type = std::move(result);
      return id;
    }
    if (!IsChecked()) return id;
    if (type.kind == Kind::kRecord) {
      Vector<std::string_view> known(type.names.begin(), type.names.end());
      Diagnostic& d = Report(DiagnosticCode::kUnknownMember, ast.at,
                             "The record has no member " + Quote(ast.text));
      SuggestName(d, NearestName(ast.text, known),
                  in_.IsPlain() ? std::optional(in_.InFile(ast.at)) : std::nullopt);
    } else {
      Diagnostic& d = Report(DiagnosticCode::kNoMember, ast.at,
                             "A value of type " + NameOf(type) + " has no members");
      const auto function = expression::FindFunction(ast.text);
      if (function && expression::FunctionStyle(*function) != Style::kCall) {
        d.hint = Quote(ast.text) + " is a function: write ." + String(ast.text) + "()";
      } else if (ast.text == "length" || ast.text == "count") {
        d.hint = "Use size";
      } else if (type.kind == Kind::kList && ElementOf(type).kind == Kind::kRecord) {
        d.hint = "Each of its items has: go through it, as list.map(x, x." + String(ast.text) + ")";
      }
    }
    return id;  // its type is dyn
  }

  // --- calls

  // Arguments with rule N1: those that are not literals first, then the literals as what stands
  // opposite.
  // REQUIRES: at most 3, and `ids` has as many.
  void Arguments(std::span<const Id> asts, Function function, Wish wish, std::span<Id> ids) {
    bool exact = function == Function::kRound || function == Function::kToDecimal ||
                 function == Function::kToMoney;
    bool all_literal = true, fraction = false;
    for (size_t i = 0; i < asts.size(); ++i) {
      if (IsLiteral(asts[i])) {
        fraction = fraction || literal_[asts[i]] >= Literal::kFraction;
        continue;
      }
      all_literal = false;
      ids[i] = Visit(asts[i], Wish::kNone);
      exact = exact || IsExact(LeafOf(TypeOf(ids[i])));
    }
    if (all_literal) {
      // 7 / 2 is 3, wherever it stands.
      const bool whole = function == Function::kDivide && !fraction;
      exact = exact || (wish == Wish::kDecimal && !whole);
      exact = exact || (fraction && schema_.fractions == Fractions::kExact);
    } else if (fraction && schema_.fractions == Fractions::kExact) {
      exact = true;  // 1 and 1.5 in one call are both exact
    }
    for (size_t i = 0; i < asts.size(); ++i) {
      if (!IsLiteral(asts[i])) continue;
      // Places and digits are counted, never measured.
      const bool counts = (function == Function::kRound && i == 1) || function == Function::kIndex;
      const bool mixed = literal_[asts[i]] == Literal::kMixed && asts.size() == 2 && !all_literal &&
                         schema_.opposite == Opposite::kEither && HasOpposites(function) &&
                         MayBeExact(TypeOf(ids[1 - i]));
      ids[i] = Visit(asts[i], (exact || mixed) && !counts ? Wish::kDecimal : Wish::kNone);
    }
  }

  // A call of the extension libraries, or kNone: what it takes and gives is known when it runs.
  Id LibraryCall(const AstNode& ast) {
    auto asts = ast_.Children(ast);
    const bool is_method = ast.kind == AstKind::kMethod;
    // A function's full name means the function, whatever variables are called.
    String name = QualifiedFunction(ast_, ast, schema_);
    const bool is_member = name.empty();
    if (!is_member) {
      if (is_method) asts = asts.subspan(1);
    } else if (is_method ? !IsLibraryMethod(ast.text) && FindDeclared(schema_, ast.text) == nullptr
                         : !IsOptionalSyntax(ast.text)) {
      return kNone;
    } else if ((ast.text == "optMap" || ast.text == "optFlatMap") && asts.size() == 3) {
      return OptionalMacro(ast);
    } else if (ast.text == "transformMapEntry" && (asts.size() == 4 || asts.size() == 5)) {
      return EntryMacro(ast);
    } else {
      name = ast.text;
    }
    Vector<Id> ids;
    for (const Id child : asts) ids.push_back(Visit(child, Wish::kNone));
    Type type;
    if (IsChecked() && !IsOptionalSyntax(name) && !ResolveLibrary(name, is_member, ids, &type)) {
      String message = Quote(name) + " does not take ";
      for (size_t i = 0; i < ids.size(); ++i) {
        if (i > 0) message += i + 1 == ids.size() ? " and " : ", ";
        message += NameOf(TypeOf(ids[i]));
      }
      if (ids.empty()) message += "no arguments";
      Report(DiagnosticCode::kNoOverload, ast.range, message);
      return Wrong();
    }
    const Id id = AddLibraryCall(std::move(name), ids);
    tree_.nodes[id].type = std::move(type);
    return id;
  }
  Id AddLibraryCall(String name, std::span<const Id> ids) {
    Node& node = Add(Op::kCall, ids);
    node.function = kLibraryCall;
    node.name = std::move(name);
    return Last();  // its type is dyn
  }

  // What the libraries' or a declared function gives: dyn where the arguments leave it open. False
  // where no overload takes them.
  bool ResolveLibrary(std::string_view name, bool is_member, std::span<const Id> ids, Type* type) {
    if (const DeclaredFunction* declared = FindDeclared(schema_, name)) {
      bool found = false;
      for (const DeclaredOverload& overload : declared->overloads) {
        bool fits = overload.is_member == is_member && overload.arguments.size() == ids.size();
        for (size_t i = 0; fits && i < ids.size(); ++i)
          fits = expression::IsAssignable(TypeOf(ids[i]), ToValueType(overload.arguments[i]));
        if (!fits) continue;
        const Type result = ToValueType(overload.result);
        *type = !found || *type == result ? result : Type::Of(Kind::kDyn);
        found = true;
      }
      return found;
    }
    if (name == "math.greatest" || name == "math.least") return ResolveExtreme(ids, type);
    bool found = false;
    for (std::string_view rest = LibraryForms(name); !rest.empty();) {
      const std::string_view form = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), form.size() + 1));
      bool fits = form.size() == ids.size() + 1;
      for (size_t i = 0; fits && i < ids.size(); ++i)
        fits = form[i + 1] == 'a' || FitsLetter(TypeOf(ids[i]), form[i + 1]);
      if (!fits) continue;
      Type result;
      if (form[0] == 'l') {
        result = Type::List(Type::Of(Kind::kString));
      } else if (form[0] != 'a') {
        result = Type::Of(KindOfLetter(form[0]));
      }
      *type = !found || *type == result ? result : Type::Of(Kind::kDyn);
      found = true;
    }
    return found;
  }
  static bool FitsLetter(const Type& type, char letter) {
    if (type.kind == Kind::kDyn) return true;
    return letter == 'l' ? type.kind == Kind::kList : expression::KindLetter(type.kind) == letter;
  }
  static Kind KindOfLetter(char letter) {
    for (const Kind kind : {Kind::kBool, Kind::kInt, Kind::kUint, Kind::kDouble, Kind::kString}) {
      if (expression::KindLetter(kind) == letter) return kind;
    }
    return Kind::kBytes;
  }
  // Of any number of numbers, or a list of them.
  bool ResolveExtreme(std::span<const Id> ids, Type* type) const {
    for (size_t i = 0; i < ids.size(); ++i) {
      const Type& one = ids.size() == 1 ? ElementOf(TypeOf(ids[0])) : TypeOf(ids[i]);
      if (!IsWhole(one) && one.kind != Kind::kDouble && one.kind != Kind::kDyn) return false;
      *type = i == 0 || *type == one ? one : Type::Of(Kind::kDyn);
      if (type->kind == Kind::kDyn && ids.size() == 1) return true;
    }
    return !ids.empty();
  }

  // xs.transformMapEntry(k, v, [filter,] {key: value}): children range, filter and body.
  Id EntryMacro(const AstNode& ast) {
    const auto asts = ast_.Children(ast);
    for (size_t i = 1; i < 3; ++i) {
      const AstNode& variable = ast_.nodes[asts[i]];
      if (variable.kind == AstKind::kName && !variable.text.starts_with(".") &&
          (i == 1 || variable.text != ast_.nodes[asts[1]].text)) {
        continue;
      }
      Report(DiagnosticCode::kBadMacro, variable.range,
             "The macro's two variables must be simple names that differ");
      return Wrong();
    }
    Id range = Visit(asts[0], Wish::kNone);
    std::array<Type, 2> types;
    if (!expression::TypesOfVariables(TypeOf(range), 2, types.data()) && IsChecked()) {
      Report(DiagnosticCode::kNotIterable, ast_.nodes[asts[0]].range,
             "'transformMapEntry' needs a list or a map; this is " + NameOf(TypeOf(range)));
      range = Wrong();
    }
    EnterFold(ast);
    const size_t local = locals_.size();
    locals_.push_back({ast_.nodes[asts[1]].text, types[0]});
    locals_.push_back({ast_.nodes[asts[2]].text, types[1]});
    Vector<Id> ids{range};
    if (asts.size() == 5) ids.push_back(Condition(asts[3]));
    ids.push_back(Visit(asts.back(), Wish::kNone));
    locals_.resize(local);
    --folds_;
    Type type = TypeOf(ids.back());
    if (type.kind != Kind::kMap && type.kind != Kind::kDyn && IsChecked()) {
      Report(DiagnosticCode::kNoOverload, ast_.nodes[asts.back()].range,
             "'transformMapEntry' puts maps together; this is " + NameOf(type));
    }
    const Id id = AddLibraryCall(String(ast.text), ids);
    tree_.nodes[id].local = static_cast<uint16_t>(local);
    tree_.nodes[id].type = std::move(type);
    return id;
  }
  void EnterFold(const AstNode& ast) {
    const bool runs_here = schema_.constants == Constants::kRun;
    if (++folds_ <= (runs_here ? kMaxEvalFolds : expression::kMaxFolds)) return;
    Report(DiagnosticCode::kMacrosTooDeep, ast.range,
           runs_here ? "Macros are nested more than 12 levels deep" : "");
  }
  // x.optMap(v, body): children x and body.
  Id OptionalMacro(const AstNode& ast) {
    const auto asts = ast_.Children(ast);
    const AstNode& variable = ast_.nodes[asts[1]];
    if (variable.kind != AstKind::kName || variable.text.starts_with(".")) {
      Report(DiagnosticCode::kBadMacro, variable.range,
             "The macro's variable must be a simple name");
      return Wrong();
    }
    const Id target = Visit(asts[0], Wish::kNone);
    const size_t local = locals_.size();
    locals_.push_back({variable.text, Type::Of(Kind::kDyn)});
    const Id body = Visit(asts[2], Wish::kNone);
    locals_.resize(local);
    const std::array ids{target, body};
    const Id id = AddLibraryCall(String(ast.text), ids);
    tree_.nodes[id].local = static_cast<uint16_t>(local);
    return id;
  }

  Id Call(const AstNode& ast, Wish wish) {
    if (schema_.libraries == Libraries::kOn) {
      if (const Id id = LibraryCall(ast); id != kNone) return id;
    }
    std::string_view name = ast.text;
    if (name.starts_with(".")) name.remove_prefix(1);
    const auto function = expression::FindFunction(name);
    const bool is_method = ast.kind == AstKind::kMethod;
    const auto asts = ast_.Children(ast);
    if (!function || !FitsStyle(*function, ast)) {
      if (!IsChecked()) return Missing(name);
      if (ReportMacro(ast, name)) return Wrong();
      for (const Id child : asts) VisitQuietly(child, is_method && child == asts[0]);
      ReportUnknownFunction(ast, name, function);
      return Wrong();
    }
    if (IsWide(*function) && IsContract()) {
      for (const Id child : asts) Visit(child, Wish::kNone);
      ReportWide(ast.at, *function);
      return Wrong();
    }
    if (asts.empty() || asts.size() > 3) {
      if (!IsChecked()) return Missing(name);
      for (const Id child : asts) Visit(child, Wish::kNone);
      ReportNoOverload(ast, *function, {});
      return Wrong();
    }
    std::array<Id, 3> visited;
    std::span<Id> ids = std::span(visited).first(asts.size());
    Arguments(asts, *function, wish, ids);
    if (*function == Function::kSum && ids.size() == 1) {
      const Type& list = TypeOf(ids[0]);
      const bool any_amounts = list.kind == Kind::kList && ElementOf(list).kind == Kind::kMoney;
      visited[1] = ZeroOf(ElementOf(list));
      // What runs here may fail: of no amounts at all there is no sum.
      if (visited[1] == kNone && any_amounts && schema_.constants == Constants::kRun)
        visited[1] = Constant(Value());
      if (visited[1] != kNone) ids = std::span(visited).first(2);
    }
    if (*function == Function::kRound && IsLiteral(asts[0]) && IsWhole(TypeOf(ids[0])))
      ids[0] = Widen(ids[0]);
    const Id exact = ExactForm(*function, asts, ids);
    std::array<const Type*, 3> types;
    for (size_t i = 0; i < ids.size(); ++i) types[i] = &TypeOf(ids[i]);
    Type result;
    bool resolved = ResolveCall(*function, std::span(types).first(ids.size()), &result);
    if (exact != kNone) {
      types[IsLiteral(asts[0]) ? 0 : 1] = &TypeOf(exact);
      Type other;
      const bool fits = ResolveCall(*function, std::span(types).first(2), &other);
      if (resolved && fits && other != result) result = Type::Of(Kind::kDyn);
      if (!resolved) result = other;
      resolved = resolved || fits;
    }
    if (!IsChecked()) {
      // No function looks how many arguments it has.
      if (!TakesCount(*function, ids.size())) return Missing(name);
      if (!resolved) result = Type::Of(Kind::kDyn);
    } else if (!resolved || ComparesNull(*function, asts, ids)) {
      ReportNoOverload(ast, *function, ids.first(asts.size()));  // as written: no added zero
      return Wrong();
    }
    Lint(ast, *function, ids);
    if (const Id folded = FoldConstant(ast, *function, ids); folded != kNone) return folded;
    if (exact != kNone) {
      const bool equality = *function == Function::kEqual || *function == Function::kNotEqual;
      if (equality && IsLiteral(asts[0])) std::swap(visited[0], visited[1]);
      visited[2] = exact;
      ids = visited;
    }
    Node& node = Add(Op::kCall, ids);
    node.function = *function;
    node.type = std::move(result);
    return Last();
  }

  // The exact form of the argument that is a literal, where only running tells whether it is
  // wanted; kNone where there is none.
  Id ExactForm(Function function, std::span<const Id> asts, std::span<const Id> ids) {
    if (schema_.opposite != Opposite::kEither || asts.size() != 2 || !HasOpposites(function))
      return kNone;
    for (size_t i = 0; i < 2; ++i) {
      if (literal_[asts[i]] != Literal::kFraction || IsLiteral(asts[1 - i]) ||
          !MayBeExact(TypeOf(ids[1 - i])) || !HasExactValue(asts[i])) {
        continue;
      }
      return Visit(asts[i], Wish::kDecimal);
    }
    return kNone;
  }

  static bool FitsStyle(Function function, const AstNode& ast) {
    switch (expression::FunctionStyle(function)) {
      case Style::kOperator:
        // The parser's own names for operators: never an identifier, except `in`, which is no name.
        return ast.kind == AstKind::kCall;
      case Style::kCall:
        return ast.kind == AstKind::kCall;
      case Style::kMethod:
        return ast.kind == AstKind::kMethod;
      case Style::kEither:
        return true;
    }
    return false;
  }

  // The parts of something that was reported; the namespace of an unknown a.b() is no second
  // problem.
  void VisitQuietly(Id child, bool may_be_namespace) {
    if (may_be_namespace) {
      Id at = child;
      while (ast_.nodes[at].kind == AstKind::kMember) at = ast_.Children(ast_.nodes[at])[0];
      if (ast_.nodes[at].kind == AstKind::kName) return;
    }
    Visit(child, Wish::kNone);
  }

  // A macro with the wrong arguments, which are not looked at: what in them is a variable of it?
  bool ReportMacro(const AstNode& ast, std::string_view name) {
    constexpr std::string_view kMacros[] = {"all", "exists", "exists_one", "filter", "map"};
    if (std::ranges::find(kMacros, name) == std::end(kMacros)) return false;
    if (ast.kind == AstKind::kMethod) VisitQuietly(ast_.Children(ast)[0], true);
    Report(DiagnosticCode::kBadMacro, ast.at,
           Quote(name) + " takes a name for the element, and an expression with it")
        .hint = "Write list." + String(name) + "(x, …)";
    return true;
  }

  void ReportUnknownFunction(const AstNode& ast, std::string_view name,
                             std::optional<Function> function) {
    Diagnostic& d =
        Report(DiagnosticCode::kUnknownFunction, ast.at, "Unknown function " + Quote(name));
    const String called(name);
    if (function) {
      const bool is_method = expression::FunctionStyle(*function) == Style::kMethod;
      d.message = Quote(name) + (is_method ? " is written behind its first argument"
                                           : " takes its first argument in its brackets");
      d.hint = is_method ? "Write x." + called + "(...)" : "Write " + called + "(x, ...)";
      return;
    }
    constexpr std::string_view kClock =
        "There is no clock in a contract: declare a date field and use that";
    constexpr std::string_view kAdd = "Add a period: start + period('P3M')";
    constexpr std::string_view kCapitals = "The format does that: {{= name | upper }}";
    constexpr std::string_view kJoin = "The format does that: {{= names | list(and) }}";
    constexpr std::pair<std::string_view, std::string_view> kMeant[] = {
        {"length", "Use size"},
        {"len", "Use size"},
        {"count", "Use size"},
        {"includes", "Use contains"},
        {"now", kClock},
        {"today", kClock},
        {"if", "Use ?:"},
        {"concat", "Use +"},
        {"addDays", kAdd},
        {"addMonths", kAdd},
        {"addYears", kAdd},
        {"plusDays", kAdd},
        {"plusMonths", kAdd},
        {"plusYears", kAdd},
        {"upper", kCapitals},
        {"uppercase", kCapitals},
        {"toUpperCase", kCapitals},
        {"upperAscii", kCapitals},
        {"join", kJoin}};
    for (const auto& [other, ours] : kMeant) {
      if (name != other) continue;
      d.hint = ours;
      return;
    }
    SuggestName(d, NearestFunction(name),
                in_.IsPlain() ? std::optional(in_.InFile(ast.at)) : std::nullopt);
  }

  // What only a `source:` may call.
  void ReportWide(ByteRange range, Function function) {
    Diagnostic& d = Report(DiagnosticCode::kNotHere, range,
                           Quote(FunctionName(function)) +
                               " is for 'source:' only: no text of a contract may depend on it");
    switch (function) {
      case Function::kToDouble:
        d.hint = "Numbers with a point are exact here: write decimal(...)";
        break;
      case Function::kToUint:
        d.hint = "Write int(...)";
        break;
      case Function::kToDuration:
        d.hint = "Write period('P30D'): days and months";
        break;
      case Function::kToTimestamp:
        d.hint = "Write date('2026-01-31'): days, without time of day";
        break;
      case Function::kGetFullYear:
        d.hint = "Of a date, use year";
        break;
      case Function::kGetMonth:
        d.hint = "Of a date, use month, which counts from 1";
        break;
      case Function::kGetDate:
      case Function::kGetDayOfMonth:
        d.hint = "Of a date, use day, which counts from 1";
        break;
      case Function::kGetDayOfWeek:
        d.hint = "Of a date, use weekday: Monday is 1";
        break;
      default:
        break;
    }
  }
  void ReportWideLiteral(ByteRange range, Kind kind) {
    Report(DiagnosticCode::kNotHere, range,
           "A value of type " + String(KindName(kind)) + " has no place in a contract");
  }

  // What sum() of nothing is; kNone where that cannot be known.
  Id ZeroOf(const Type& type) {
    switch (type.kind) {
      case Kind::kInt:
      case Kind::kDyn:
        return Constant(Value::Int(0));
      case Kind::kUint:
        return Constant(Value::Uint(0));
      case Kind::kDouble:
        return Constant(Value::Double(0));
      case Kind::kDecimal:
        return Constant(Value::Of(Decimal()));
      case Kind::kDuration: {  // there are no constants of it
        const std::array children{Constant(Value::String("0s"))};
        return AddCall(Function::kToDuration, children);
      }
      case Kind::kPeriod:
        return Constant(Value::Of(values::Period()));
      case Kind::kMoney: {
        if (type.currency.IsNone()) return kNone;
        Result<Decimal> zero = Decimal::Make(0, type.currency.minor_digits());
        return Constant(Value::Of(values::Money{zero ? *zero : Decimal(), type.currency}));
      }
      default:
        return kNone;
    }
  }

  bool MayBeNull(Id id) const {
    const Node& node = tree_.nodes[id];
    if (node.type.kind == Kind::kDyn || node.type.kind == Kind::kNull) return true;
    const Variable* variable = node.op == Op::kVariable ? schema_.Find(node.name) : nullptr;
    return variable != nullptr && variable->presence == Presence::kOptional;
  }
  // seats == null, where seats is never null: true in no world, so a mistake.
  bool ComparesNull(Function function, std::span<const Id> asts, std::span<const Id> ids) const {
    if (function != Function::kEqual && function != Function::kNotEqual) return false;
    for (size_t i = 0; i < 2; ++i) {
      if (ast_.nodes[asts[i]].kind == AstKind::kNull && !MayBeNull(ids[1 - i])) return true;
    }
    return false;
  }

  // `ids`: the arguments as they were written, or none of them.
  void ReportNoOverload(const AstNode& ast, Function function, std::span<const Id> ids) {
    const auto asts = ast_.Children(ast);
    const String name(expression::FunctionName(function));
    const String shown = function == Function::kIndex ? "[ ]" : name;
    if (ids.size() == 2) {
      const Type& a = TypeOf(ids[0]);
      const Type& b = TypeOf(ids[1]);
      if (a.kind == Kind::kMoney && b.kind == Kind::kMoney && a.currency != b.currency &&
          !a.currency.IsNone() && !b.currency.IsNone()) {
        Report(DiagnosticCode::kCurrencyMix, ast.range,
               "An amount in " + a.currency.Code() + " and one in " + b.currency.Code() +
                   " do not mix: '" + shown + "' needs one currency");
        return;
      }
      for (size_t i = 0; i < 2; ++i) {
        const Type& one = TypeOf(ids[i]);
        const Type& other = TypeOf(ids[1 - i]);
        if (one.kind == Kind::kDouble && IsExact(LeafOf(other))) {
          ReportDouble(asts[i], other);
          return;
        }
        if (one.kind == Kind::kNull && other.kind != Kind::kNull) {
          Diagnostic& d = Report(DiagnosticCode::kNoOverload, ast.range,
                                 "A value of type " + NameOf(other) + " is never null");
          d.hint = schema_.reach == expression::Reach::kContract
                       ? "A field that may stay empty has default: \"\", or another that says so: "
                         "compare with that"
                       : "Only optional fields can be null";
          return;
        }
      }
      for (size_t i = 0; i < 2; ++i) {
        const Type& amount = TypeOf(ids[i]);
        if (amount.kind != Kind::kMoney || function == Function::kModulo ||
            !IsLiteral(asts[1 - i]) || tree_.nodes[ids[1 - i]].op != Op::kLiteral) {
          continue;
        }
        const ByteRange range = ast_.nodes[asts[1 - i]].range;
        const String code = amount.currency.IsNone() ? "EUR" : amount.currency.Code();
        const String fixed = "money('" + String(Text(range)) + "', '" + code + "')";
        Diagnostic& d = Report(DiagnosticCode::kNoOverload, ast.range,
                               "'" + shown + "' does not take " + NameOf(TypeOf(ids[0])) + " and " +
                                   NameOf(TypeOf(ids[1])) + ": an amount needs a currency");
        d.hint = "Write " + fixed;
        if (!amount.currency.IsNone()) OfferFix(d, range, fixed);
        return;
      }
    }
    String message = "'" + shown + "' does not take ";
    if (ids.empty()) message += NumberText(asts.size()) + " arguments";
    for (size_t i = 0; i < ids.size(); ++i) {
      if (i > 0) message += i + 1 == ids.size() ? " and " : ", ";
      message += NameOf(TypeOf(ids[i]));
    }
    Diagnostic& d = Report(DiagnosticCode::kNoOverload, ast.range, message);
    if (function == Function::kSum && ids.size() == 1 && TypeOf(ids[0]).kind == Kind::kList &&
        ElementOf(TypeOf(ids[0])).kind == Kind::kMoney) {
      d.hint = "Say what the sum of an empty list is: sum(xs, money('0.00', 'EUR'))";
      return;
    }
    if (function == Function::kSum && ids.size() == 3) {
      d.hint = "Write sum(list.map(x, …), what an empty list gives)";
      return;
    }
    if (ids.size() == 2 && SuggestForDays(d, function, asts, ids)) return;
    const bool int_and_double =
        ids.size() == 2 &&
        ((TypeOf(ids[0]).kind == Kind::kInt && TypeOf(ids[1]).kind == Kind::kDouble) ||
         (TypeOf(ids[0]).kind == Kind::kDouble && TypeOf(ids[1]).kind == Kind::kInt));
    if (int_and_double) {
      d.hint = "Make the int exact with decimal(...)";
      return;
    }
    // start > '2026-01-01': a text beside a date.
    for (size_t i = 0; ids.size() == 2 && i < 2; ++i) {
      const AstNode& text = ast_.nodes[asts[i]];
      const Kind other = TypeOf(ids[1 - i]).kind;
      if (text.kind != AstKind::kString) continue;
      const bool is_date = other == Kind::kDate && values::Date::Parse(text.text).has_value();
      const bool is_period = other == Kind::kPeriod && values::Period::Parse(text.text).has_value();
      if (!is_date && !is_period) continue;
      const String meant = String(is_date ? "date(" : "period(") + String(Text(text.range)) + ")";
      d.hint = "Write " + meant;
      OfferFix(d, text.range, meant);
      return;
    }
    if (function == Function::kEqual || function == Function::kNotEqual) {
      d.hint = "Both sides must have the same type";
    } else {
      d.hint = "It takes " +
               DescribeOverloads(function, ids.empty() ? Type::Of(Kind::kDyn) : TypeOf(ids[0]));
    }
  }

  // Periods that are put in an order, days that are added as a number, a date without its quotes.
  bool SuggestForDays(Diagnostic& d, Function function, std::span<const Id> asts,
                      std::span<const Id> ids) {
    const Kind a = TypeOf(ids[0]).kind, b = TypeOf(ids[1]).kind;
    const bool orders = function == Function::kLess || function == Function::kLessEqual ||
                        function == Function::kGreater || function == Function::kGreaterEqual;
    if (orders && (a == Kind::kPeriod || b == Kind::kPeriod)) {
      d.hint = "Periods have no order, for a month has 28 to 31 days: compare months(…) or days(…)";
      return true;
    }
    if (b != Kind::kInt || a != Kind::kDate) return false;
    const ByteRange range = ast_.nodes[asts[1]].range;
    const String written(Text(range));
    if (values::Date::Parse(written)) {
      d.hint = "Write date('" + written + "')";
      OfferFix(d, range, "date('" + written + "')");
      return true;
    }
    const bool moves = function == Function::kAdd || function == Function::kSubtract;
    if (!moves || ast_.nodes[asts[1]].kind != AstKind::kInt) return false;
    d.hint = "Write period('P" + written + "D'): days";
    OfferFix(d, range, "period('P" + written + "D')");
    return true;
  }

  // A double beside a decimal or money (rule N2), with the fix where the number stands in the text.
  void ReportDouble(Id ast_id, const Type& other) {
    const AstNode& ast = ast_.nodes[ast_id];
    Diagnostic& d = Report(DiagnosticCode::kDoubleWithDecimal, ast.range,
                           "A double does not mix with " + NameOf(other) + ", which is exact");
    String number;
    if (ast.kind == AstKind::kDouble) number = ast.text;
    if (ast.kind == AstKind::kCall && ast.text == "double" && ast.count == 1) {
      const AstNode& argument = ast_.nodes[ast_.Children(ast)[0]];
      if (argument.kind == AstKind::kDouble || argument.kind == AstKind::kString ||
          argument.kind == AstKind::kInt) {
        number = argument.text;
      }
    }
    if (number.empty() || !Decimal::Parse(number)) {
      d.hint = "Declare the number as decimal, or write it as decimal(\"...\")";
      return;
    }
    d.hint = "Write decimal(\"" + number + "\")";
    OfferFix(d, ast.range, "decimal(\"" + number + "\")");
  }

  // What is allowed and yet probably not meant.
  void Lint(const AstNode& ast, Function function, std::span<const Id> ids) {
    if (IsChecked() && schema_.constants == Constants::kChecked) CheckConstants(ast, function, ids);
    if (function == Function::kMatches && tree_.nodes[ids[1]].op == Op::kLiteral && IsChecked() &&
        schema_.constants == Constants::kChecked) {
      const Value& pattern = tree_.nodes[ids[1]].literal;
      if (pattern.Is(Kind::kString) && !expression::Pattern::Make(pattern.string_value())) {
        Report(DiagnosticCode::kBadPattern, ast_.nodes[ast_.Children(ast)[1]].range);
      }
      return;
    }
    if (ids.size() == 2 && tree_.nodes[ids[0]].op == Op::kLiteral &&
        tree_.nodes[ids[1]].op == Op::kLiteral &&
        (function == Function::kAdd || function == Function::kSubtract ||
         function == Function::kMultiply)) {
      const Value* const literals[] = {&tree_.nodes[ids[0]].literal, &tree_.nodes[ids[1]].literal};
      int64_t fuel = 10'000;
      Value ignored;
      if (ApplyWide(function, literals, &fuel, &ignored) ==
          expression::Fail(ErrorCode::kValuesOverflow)) {
        Report(DiagnosticCode::kOverflow, ast.range);
      }
      return;
    }
    if ((function != Function::kDivide && function != Function::kModulo) || ids.size() != 2) return;
    const Node& divisor = tree_.nodes[ids[1]];
    const bool zero =
        divisor.op == Op::kLiteral &&
        ((IsWhole(divisor.type) && divisor.literal.uint_value() == 0) ||
         (divisor.type.kind == Kind::kDecimal && divisor.literal.decimal_value().IsZero()));
    if (zero) {
      Report(DiagnosticCode::kDivideByZero, ast.range);
    } else if (function == Function::kDivide && IsWhole(TypeOf(ids[0])) && IsWhole(divisor.type)) {
      const ByteRange left = ast_.nodes[ast_.Children(ast)[0]].range;
      Diagnostic& d = Report(DiagnosticCode::kIntDivision, ast.range,
                             "Dividing two ints drops the remainder: 7 / 2 is 3");
      d.hint = "Write decimal(" + String(Text(left)) + ") to keep it";
      OfferFix(d, left, "decimal(" + String(Text(left)) + ")");
    }
  }

  // What is written out and has no value is the author's mistake: who renders would see [?].
  void CheckConstants(const AstNode& ast, Function function, std::span<const Id> ids) {
    const auto asts = ast_.Children(ast);
    const auto literal = [&](size_t i) {
      const Node& node = tree_.nodes[ids[i]];
      return node.op == Op::kLiteral ? &node.literal : nullptr;
    };
    if (function == Function::kRound) {
      constexpr std::string_view kModes[] = {"half_even", "half_up", "half_down", "up",
                                             "down",      "ceiling", "floor"};
      const Value* mode = literal(ids.size() - 1);
      if (mode != nullptr && mode->Is(Kind::kString) &&
          !values::ParseRounding(mode->string_value())) {
        const ByteRange range = ast_.nodes[asts.back()].range;
        Diagnostic& d =
            Report(DiagnosticCode::kBadConstant, range, "There is no such way to round");
        const Nearest nearest = NearestName(mode->string_value(), kModes);
        d.hint = "Write 'half_even', 'half_up', 'half_down', 'up', 'down', 'ceiling' or 'floor'";
        if (!nearest.name.empty() && nearest.other.empty())
          OfferFix(d, range, "'" + nearest.name + "'");
      }
      const Value* digits = ids.size() == 3 ? literal(1) : nullptr;
      if (digits != nullptr && digits->Is(Kind::kInt) &&
          (digits->int_value() < -Decimal::kMaxScale || digits->int_value() > Decimal::kMaxScale)) {
        Report(DiagnosticCode::kBadConstant, ast_.nodes[asts[1]].range,
               "A number has at most 38 digits behind its point");
      }
      return;
    }
    if (function == Function::kToInt || function == Function::kToBool) {
      const std::array<const Value*, 1> argument{literal(0)};
      if (argument[0] == nullptr || TypeOf(ids[0]).kind == Kind::kDyn) return;
      int64_t fuel = 10'000;
      Value ignored;
      const expression::Status status = ApplyWide(function, argument, &fuel, &ignored);
      if (status == expression::kDone) return;
      Report(DiagnosticCode::kBadConstant, ast_.nodes[asts[0]].range,
             MakeError(status, function, argument).message());
      return;
    }
    if (function != Function::kIndex) return;
    const Node& whole = tree_.nodes[ids[0]];
    const Value* place = literal(1);
    if (place == nullptr) return;
    if (whole.op == Op::kList && place->Is(Kind::kInt)) {
      if (place->int_value() >= 0 && place->int_value() < whole.count) return;
      Report(DiagnosticCode::kBadConstant, ast_.nodes[asts[1]].range,
             "The list has " + NumberText(whole.count) + " elements, counted from 0");
    } else if (whole.op == Op::kMap) {
      const auto entries = tree_.Children(whole);
      for (size_t i = 0; i < entries.size(); i += 2) {
        const Node& key = tree_.nodes[entries[i]];
        if (key.op != Op::kLiteral || values::Equal(key.literal, *place)) return;
      }
      Report(DiagnosticCode::kBadConstant, ast_.nodes[asts[1]].range, "The map has no such key");
    }
  }

  // date('2026-01-31') and the like are computed here: a wrong one is the author's mistake, and a
  // phone need not read texts.
  Id FoldConstant(const AstNode& ast, Function function, std::span<const Id> ids) {
    DiagnosticCode code;
    switch (function) {
      case Function::kToDate:
        code = DiagnosticCode::kBadDate;
        break;
      case Function::kToPeriod:
        code = DiagnosticCode::kBadPeriod;
        break;
      case Function::kToDecimal:
        code = DiagnosticCode::kBadDecimal;
        break;
      case Function::kToMoney:
        code = DiagnosticCode::kBadMoney;
        break;
      default:
        return kNone;
    }
    std::array<const Value*, 3> arguments;
    for (size_t i = 0; i < ids.size(); ++i) {
      if (tree_.nodes[ids[i]].op != Op::kLiteral || TypeOf(ids[i]).kind == Kind::kDyn) return kNone;
      arguments[i] = &tree_.nodes[ids[i]].literal;
    }
    int64_t fuel = 10'000;
    Value value;
    const auto used = std::span(arguments).first(ids.size());
    const expression::Status status = ApplyWide(function, used, &fuel, &value);
    if (status != expression::kDone) {
      const Error error = MakeError(status, function, used);
      const bool about_currency = error.code() == ErrorCode::kValuesUnknownCurrency;
      const auto asts = ast_.Children(ast);
      Report(code, ast_.nodes[about_currency ? asts.back() : asts[0]].range, error.message());
      return Wrong();
    }
    // The arguments are the last nodes, or the only ones: what was added for them goes again.
    const Id lowest = *std::min_element(ids.begin(), ids.end());
    if (tree_.nodes.size() - lowest == ids.size())
      tree_.nodes.resize(lowest);
    else
      return kNone;
    return Constant(std::move(value));
  }

  // --- everything else

  void ReportExpected(ByteRange range, const Type& type, const Type& expected) {
    if (expected.kind == Kind::kBool) {
      ReportNotBool(range, type);
    } else if (type.kind == Kind::kMoney && expected.kind == Kind::kMoney) {
      Report(DiagnosticCode::kCurrencyMix, range,
             "This is an amount in " + type.currency.Code() + ", but " + expected.currency.Code() +
                 " is expected");
    } else if (type.kind == Kind::kDouble && IsExact(expected)) {
      Report(DiagnosticCode::kDoubleWithDecimal, range,
             "This is a double, but " + NameOf(expected) + " is expected, which is exact");
    } else {
      Report(DiagnosticCode::kWrongType, range,
             "This is " + NameOf(type) + ", but " + NameOf(expected) + " is expected");
    }
  }

  void ReportNotBool(ByteRange range, const Type& type) {
    Diagnostic& d = Report(DiagnosticCode::kNotBool, range,
                           "A condition must be bool; this is " + NameOf(type));
    const String text(Text(range));
    if (text.size() > 60) return;
    switch (type.kind) {
      case Kind::kString:
        d.hint = "Compare it: " + text + " != ''";
        break;
      case Kind::kInt:
        d.hint = "Compare it: " + text + " != 0";
        break;
      case Kind::kList:
      case Kind::kMap:
        d.hint = "Ask for its size: size(" + text + ") > 0";
        break;
      default:
        break;
    }
  }

  Id Condition(Id ast_id) {
    const Id id = Visit(ast_id, Wish::kNone);
    const Type& type = TypeOf(id);
    if (type.kind == Kind::kBool || type.kind == Kind::kDyn || !IsChecked()) return id;
    ReportNotBool(ast_.nodes[ast_id].range, type);
    return Wrong();
  }

  // Values that are to have one type: ints beside decimals are widened.
  void WidenTogether(std::span<Id> ids) {
    bool decimal = false, whole = false;
    for (const Id id : ids) {
      decimal = decimal || TypeOf(id).kind == Kind::kDecimal;
      whole = whole || IsWhole(TypeOf(id));
    }
    if (!decimal || !whole) return;
    for (Id& id : ids) {
      if (IsWhole(TypeOf(id))) id = Widen(id);
    }
  }

  Id Visit(Id ast_id, Wish wish) {
    const AstNode& ast = ast_.nodes[ast_id];
    const auto children = ast_.Children(ast);
    switch (ast.kind) {
      case AstKind::kError:
        return Wrong();
      case AstKind::kInt:
      case AstKind::kUint:
      case AstKind::kDouble:
        return Number(ast, wish);
      case AstKind::kString:
        return Constant(Value::String(ast.text));
      case AstKind::kBytes:
        if (IsContract()) ReportWideLiteral(ast.range, Kind::kBytes);
        return Constant(Value::Bytes(AsBytes(ast.text)));
      case AstKind::kTrue:
      case AstKind::kFalse:
        return Constant(Value::Bool(ast.kind == AstKind::kTrue));
      case AstKind::kNull:
        return Constant(Value());
      case AstKind::kName:
      case AstKind::kMember:
        return Path(ast_id);
      case AstKind::kTest:
        return Member(Visit(children[0], Wish::kNone), ast, Op::kHas);
      case AstKind::kCall:
        if (ast.text == "!") return Not(ast);
        return Call(ast, wish);
      case AstKind::kMethod:
        return Call(ast, wish);
      case AstKind::kAnd:
      case AstKind::kOr: {
        const std::array ids{Condition(children[0]), Condition(children[1])};
        Add(ast.kind == AstKind::kAnd ? Op::kAnd : Op::kOr, ids);
        return Typed();
      }
      case AstKind::kConditional:
        return Conditional(ast, wish);
      case AstKind::kList:
        return List(ast, wish);
      case AstKind::kMap:
        return Map(ast, wish);
      case AstKind::kFold:
        return Macro(ast);
      case AstKind::kLet:
        return Let(ast, wish);
    }
    return Wrong();
  }

  Id Not(const AstNode& ast) {
    const std::array ids{Condition(ast_.Children(ast)[0])};
    return AddCall(Function::kNot, ids);
  }

  Id Conditional(const AstNode& ast, Wish wish) {
    const auto children = ast_.Children(ast);
    const Id condition = Condition(children[0]);
    const Vector<Id> branches = Alternatives(children.subspan(1), wish);
    std::array ids{condition, branches[0], branches[1]};
    Type joined;
    const bool joins = expression::JoinTypes(TypeOf(ids[1]), TypeOf(ids[2]), &joined);
    if (!joins && IsChecked()) {
      Report(DiagnosticCode::kBranchTypes, ast.range,
             "One branch of '?:' is " + NameOf(TypeOf(ids[1])) + ", the other is " +
                 NameOf(TypeOf(ids[2])));
      return Wrong();
    }
    Add(Op::kIf, ids).type = std::move(joined);
    return Last();
  }

  // Values of which one is taken, or which stand in one list: literals among them follow the
  // others.
  Vector<Id> Alternatives(std::span<const Id> asts, Wish wish) {
    Vector<Id> ids(asts.size());
    bool exact = wish == Wish::kDecimal, fraction = false, double_seen = false;
    for (size_t i = 0; i < asts.size(); ++i) {
      if (IsLiteral(asts[i])) {
        fraction = fraction || literal_[asts[i]] >= Literal::kFraction;
        continue;
      }
      ids[i] = Visit(asts[i], wish);
      exact = exact || TypeOf(ids[i]).kind == Kind::kDecimal;
      double_seen = double_seen || TypeOf(ids[i]).kind == Kind::kDouble;
    }
    exact = exact || (fraction && schema_.fractions == Fractions::kExact && !double_seen);
    for (size_t i = 0; i < asts.size(); ++i) {
      if (IsLiteral(asts[i])) ids[i] = Visit(asts[i], exact ? Wish::kDecimal : Wish::kNone);
    }
    WidenTogether(ids);
    return ids;
  }

  Id List(const AstNode& ast, Wish wish) {
    const Vector<Id> ids = Alternatives(ast_.Children(ast), wish);
    for (size_t i = 1; i < ids.size(); ++i) {
      Type joined;
      if (expression::JoinTypes(TypeOf(ids[0]), TypeOf(ids[i]), &joined)) continue;
      ReportMixed(ast_.Children(ast)[i], TypeOf(ids[0]), TypeOf(ids[i]));
      break;
    }
    Add(Op::kList, ids);
    return Typed();
  }

  // Legal in CEL (the elements are dyn), but nobody checks them any more.
  void ReportMixed(Id ast_id, const Type& first, const Type& other) {
    Report(DiagnosticCode::kMixedList, ast_.nodes[ast_id].range,
           "This is " + NameOf(other) + ", the one before is " + NameOf(first) +
               ": their types are not checked");
  }

  Id Map(const AstNode& ast, Wish wish) {
    const auto children = ast_.Children(ast);
    Vector<Id> keys, values;
    for (size_t i = 0; i + 1 < children.size(); i += 2) {
      const Id key = Visit(children[i], Wish::kNone);
      keys.push_back(key);
      const Kind kind = TypeOf(key).kind;
      if (kind != Kind::kBool && kind != Kind::kInt && kind != Kind::kUint &&
          kind != Kind::kString && kind != Kind::kDyn && IsChecked()) {
        Report(DiagnosticCode::kBadMapKey, ast_.nodes[children[i]].range,
               "A map key cannot be " + NameOf(TypeOf(key)));
      }
      values.push_back(children[i + 1]);
    }
    const Vector<Id> ids = Alternatives(values, wish);
    Vector<Id> entries;
    for (size_t i = 0; i < ids.size(); ++i) {
      entries.push_back(keys[i]);
      entries.push_back(ids[i]);
    }
    Add(Op::kMap, entries);
    return Typed();
  }

  Id Macro(const AstNode& ast) {
    const auto children = ast_.Children(ast);
    const int variables = ast.second.empty() ? 1 : 2;
    Id range = Visit(children[0], Wish::kNone);
    std::array<Type, 2> types;
    if (!expression::TypesOfVariables(TypeOf(range), variables, types.data()) && IsChecked()) {
      Report(DiagnosticCode::kNotIterable, ast_.nodes[children[0]].range,
             "'" + String(ast.at.end > ast.at.begin ? Text(ast.at) : "macro") +
                 "' needs a list or a map; this is " + NameOf(TypeOf(range)));
      range = Wrong();
    }
    EnterFold(ast);
    const size_t outer = locals_.size();
    locals_.push_back({ast.text, types[0]});
    if (variables == 2) locals_.push_back({ast.second, types[1]});
    Vector<Id> ids{range};
    const bool asks = ast.fold != Fold::kMap && ast.fold != Fold::kTransformMap;
    for (size_t i = 1; i < children.size(); ++i) {
      const bool is_filter = i + 1 < children.size();
      ids.push_back(asks || is_filter ? Condition(children[i]) : Visit(children[i], Wish::kNone));
    }
    locals_.resize(outer);
    --folds_;
    Node& node = Add(Op::kFold, ids);
    node.fold = ast.fold;
    node.variables = static_cast<uint8_t>(variables);
    return Typed();
  }

  Id Let(const AstNode& ast, Wish wish) {
    const auto children = ast_.Children(ast);
    const Id init = Visit(children[0], Wish::kNone);
    locals_.push_back({ast.text, TypeOf(init)});
    const Id body = Visit(children[1], wish);
    locals_.pop_back();
    const std::array ids{init, body};
    Add(Op::kLet, ids);
    return Typed();
  }

  const Ast& ast_;
  const Fragment& in_;
  const Schema& schema_;
  DiagnosticSink* sink_;
  Tree tree_;
  Vector<Literal> literal_;  // by ast node
  Vector<Local> locals_;
  int folds_ = 0;
  size_t errors_before_ = 0;
};

}  // namespace

Tree CheckExpression(const Ast& ast, const Fragment& in, const Schema& schema, const Type& expected,
                     DiagnosticSink* sink) {
  return Checker(ast, in, schema, sink).Check(expected);
}

}  // namespace countersign::compile
