// Long because it is one argument: conditions to formulas over terms, terms to cells, cells to
// every combination that may decide something.
#include "compile/reasoning.h"

#include <algorithm>
#include <unordered_map>

#include "expression/program.h"
#include "values/plain_json.h"

namespace countersign::compile {
namespace {

using expression::Function;
using expression::Node;
using expression::Op;
using expression::Tree;
using values::Decimal;
using values::Kind;
using values::Value;

// A point of an ordered term (kNumber) or the name of a value that has no order (kToken).
enum class Scale : uint8_t { kNumber, kToken, kTruth };
struct Point {
  Decimal number;
  String token;
};
// kOpen: it rests on what is not chosen yet.
enum class Truth : uint8_t { kFalse, kTrue, kFailed, kOpen };

std::optional<Point> PointOf(const Value& value) {
  switch (value.kind()) {
    case Kind::kInt:
      return Point{Decimal::FromInt(value.int_value()), {}};
    case Kind::kDecimal:
    case Kind::kMoney:
      return Point{value.decimal_value(), {}};
    case Kind::kDate:
      return Point{Decimal::FromInt(value.date_value().days()), {}};
    case Kind::kString:
      return Point{{}, String(value.string_value())};
    case Kind::kPeriod:
      return Point{{}, value.period_value().ToString()};
    case Kind::kBool:
      return Point{{}, value.bool_value() ? "true" : "false"};
    default:
      return std::nullopt;
  }
}

std::optional<Scale> ScaleOf(const values::Type& type) {
  switch (type.kind) {
    case Kind::kInt:
    case Kind::kDecimal:
    case Kind::kDate:
      return Scale::kNumber;
    case Kind::kMoney:
      if (type.currency.IsNone()) return std::nullopt;
      return Scale::kNumber;
    case Kind::kString:
    case Kind::kPeriod:
      return Scale::kToken;
    case Kind::kBool:
      return Scale::kTruth;
    default:
      return std::nullopt;
  }
}

bool IsDiscrete(const values::Type& type) {
  return type.kind == Kind::kInt || type.kind == Kind::kDate;
}

String Show(const Value& value) {
  if (value.Is(Kind::kString)) return "'" + String(value.string_value()) + "'";
  if (value.Is(Kind::kDate)) return value.date_value().ToString();
  if (value.Is(Kind::kMoney)) return ToString(value.money_value());
  auto point = PointOf(value);
  if (!point) return "?";
  return point->token.empty() ? point->number.ToString() : point->token;
}

// The part of a tree below a node, as a tree of its own. REQUIRES: it reads no macro's variable
// from outside.
Tree Extract(const Tree& tree, uint32_t root) {
  Tree part;
  Vector<uint32_t> places(root + 1, UINT32_MAX);
  Vector<char> wanted(root + 1);
  wanted[root] = 1;
  for (uint32_t i = root + 1; i-- > 0;) {
    if (!wanted[i]) continue;
    for (uint32_t child : tree.Children(tree.nodes[i])) wanted[child] = 1;
  }
  for (uint32_t i = 0; i <= root; ++i) {
    if (!wanted[i]) continue;
    Node node = tree.nodes[i];
    auto first = static_cast<uint32_t>(part.links.size());
    for (uint32_t child : tree.Children(node)) part.links.push_back(places[child]);
    node.first = first;
    if (node.op == Op::kVariable) part.reads.push_back(node.name);
    places[i] = static_cast<uint32_t>(part.nodes.size());
    part.nodes.push_back(std::move(node));
  }
  std::sort(part.reads.begin(), part.reads.end());
  part.reads.erase(std::unique(part.reads.begin(), part.reads.end()), part.reads.end());
  return part;
}

// Two parts with one spelling mean the same.
void Spell(const Tree& tree, uint32_t index, String* out) {
  const Node& node = tree.nodes[index];
  *out += static_cast<char>('a' + static_cast<int>(node.op));
  if (node.op == Op::kCall) *out += expression::FunctionName(node.function);
  if (node.op == Op::kFold) {
    *out += expression::FoldName(node.fold);
    *out += static_cast<char>('0' + node.variables);
  }
  if (node.op == Op::kLocal) *out += NumberText(node.local);
  if (node.op == Op::kLiteral) {
    auto plain = values::ToJson(node.literal);
    *out += values::KindName(node.literal.kind());
    *out += plain ? json::Write(*plain) : "?" + NumberText(index);
  }
  *out += node.name;
  *out += '(';
  for (uint32_t child : tree.Children(node)) {
    Spell(tree, child, out);
    *out += ',';
  }
  *out += ')';
}

struct Bound {
  std::optional<Decimal> low, high;  // nothing: no end
};

using Operation = Result<Decimal> (*)(const Decimal&, const Decimal&);
std::optional<Decimal> Combine(const std::optional<Decimal>& a, const std::optional<Decimal>& b,
                               Operation operation) {
  if (!a || !b) return std::nullopt;
  auto result = operation(*a, *b);
  return result ? std::optional<Decimal>(*result) : std::nullopt;
}
std::optional<Decimal> Opposite(const std::optional<Decimal>& a) {
  return a ? std::optional<Decimal>(a->Negate()) : std::nullopt;
}
bool IsBelow(const Decimal& a, const Decimal& b) { return values::Compare(a, b) < 0; }

// What a condition is about: a field, a computed value, or a part that is not taken apart.
struct Term {
  String label;  // for people
  Scale scale = Scale::kTruth;
  bool discrete = false;
  Bound bound;
  Vector<Value> options;               // of a field: all it may be
  Vector<uint32_t> leaves;             // fields behind it
  std::optional<uint32_t> field;       // the term is this field
  std::optional<Tree> tree;            // otherwise: how it is computed
  bool tabled = false;                 // `table` was tried
  Vector<std::optional<Point>> table;  // by the combination of the leaves' values; empty: no
  Kind kind = Kind::kBool;
  String currency;
};

enum class Shape : uint8_t { kConstant, kAnd, kOr, kNot, kIf, kCompare, kTruth };
struct Formula {
  Shape shape = Shape::kConstant;
  Truth constant = Truth::kFalse;
  uint32_t a = 0, b = 0, c = 0;  // kAnd, kOr, kNot, kIf
  uint32_t term = 0;             // kCompare, kTruth
  Function function{};           // kCompare: == < <= > >= in
  Vector<uint32_t> points;       // kCompare, into State::points
  uint32_t depth = 1;
};
// Formulas through computed values are taken apart only so deep.
constexpr uint32_t kMaxFormulaDepth = 200;
// Terms of one question; more would be too many combinations anyway.
constexpr size_t kMaxTerms = 64;
constexpr int64_t kRunFuel = 10'000;  // of one value that is computed here

// One term in one question: the cells it may be in.
struct Axis {
  uint32_t term = 0;
  Vector<Decimal> numbers;  // sorted: constants and bounds
  Vector<String> tokens;    // constants; one cell more stands for anything else
  struct Cell {
    size_t position = 0;  // numbers: 2i + 1 is numbers[i], 2i below it; tokens: i
    const Value* value = nullptr;
    uint32_t option = 0;
  };
  Vector<Cell> cells;
  size_t at = 0;
};

}  // namespace

struct Reasoner::State {
  Vector<Domain> fields;
  Vector<Definition> computed;
  std::unordered_map<String, uint32_t> field_places, computed_places;
  Vector<Vector<Value>> listed;  // by field: all its values, where they are few
  Vector<String> slot_names;     // fields, then computed values
  Vector<std::optional<expression::Program>> programs;  // of the computed values
  Vector<Term> terms;
  std::unordered_map<String, uint32_t> term_places;
  Vector<Formula> formulas;
  Vector<Point> points;
  std::unordered_map<const Tree*, uint32_t> roots;
  std::unordered_map<const Node*, uint32_t> parts;
  std::unordered_map<String, Vector<uint32_t>> leaves_of;  // of computed values
  Vector<Bound> bounds;                                    // of computed values
  int64_t steps = kMaxReasoning;

  // Of one question:
  Vector<Axis> axes;
  Vector<uint32_t> axis_of;  // by term; UINT32_MAX: none
  Vector<uint32_t> asked;    // terms, in the order in which they were met
  size_t chosen = 0;         // axes that have a cell: the first ones
  int64_t question_steps = 0;

  State(Vector<Domain> domains, Vector<Definition> definitions)
      : fields(std::move(domains)), computed(std::move(definitions)) {
    for (uint32_t i = 0; i < fields.size(); ++i) {
      field_places.emplace(fields[i].name, i);
      slot_names.push_back(fields[i].name);
      listed.push_back(ListValues(fields[i]));
    }
    for (uint32_t i = 0; i < computed.size(); ++i) {
      computed_places.emplace(computed[i].name, i);
      slot_names.push_back(computed[i].name);
      leaves_of.emplace(computed[i].name, LeavesOf(computed[i].tree->reads));
    }
    programs.resize(computed.size());
    for (const Definition& definition : computed) {
      const Tree& tree = *definition.tree;
      bounds.push_back(BoundOf(tree, static_cast<uint32_t>(tree.nodes.size() - 1)));
      if (tree.type().kind == Kind::kBool) RootOf(tree);
    }
  }

  static Vector<Value> ListValues(const Domain& domain) {
    if (domain.type.kind == Kind::kBool) return {Value::Bool(false), Value::Bool(true)};
    if (domain.type.kind == Kind::kList) return {};
    if (!domain.options.empty()) return domain.options;
    Vector<Value> all;
    if (domain.type.kind != Kind::kInt || !domain.min || !domain.max) return all;
    int64_t low = domain.min->int_value(), high = domain.max->int_value();
    if (low > high || static_cast<uint64_t>(high) - static_cast<uint64_t>(low) >= 64) return all;
    for (int64_t i = low; i <= high; ++i) all.push_back(Value::Int(i));
    return all;
  }

  Vector<uint32_t> LeavesOf(const Vector<String>& reads) const {
    Vector<uint32_t> leaves;
    for (const String& name : reads) {
      if (auto it = field_places.find(name); it != field_places.end()) leaves.push_back(it->second);
      if (auto it = leaves_of.find(name); it != leaves_of.end())
        leaves.insert(leaves.end(), it->second.begin(), it->second.end());
    }
    std::sort(leaves.begin(), leaves.end());
    leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
    return leaves;
  }

  // --- from trees to formulas ----------------------------------------------------------------

  uint32_t Add(Formula formula) {
    formulas.push_back(std::move(formula));
    return static_cast<uint32_t>(formulas.size() - 1);
  }
  uint32_t Constant(Truth truth) { return Add({.constant = truth, .points = {}}); }
  uint32_t Join(Shape shape, uint32_t a, uint32_t b, uint32_t c) {
    uint32_t depth = std::max({formulas[a].depth, formulas[b].depth, formulas[c].depth});
    return Add({.shape = shape, .a = a, .b = b, .c = c, .points = {}, .depth = depth + 1});
  }
  uint32_t Not(uint32_t a) { return Join(Shape::kNot, a, a, a); }

  uint32_t RootOf(const Tree& tree) {
    if (auto it = roots.find(&tree); it != roots.end()) return it->second;
    uint32_t root = Build(tree, static_cast<uint32_t>(tree.nodes.size() - 1));
    roots.emplace(&tree, root);
    return root;
  }

  uint32_t PartOf(const Tree& tree, uint32_t index) {
    const Node* node = &tree.nodes[index];
    if (auto it = parts.find(node); it != parts.end()) return it->second;
    const uint32_t part = Build(tree, index);
    parts.emplace(node, part);
    return part;
  }

  static bool ReadsNothing(const Tree& tree, uint32_t index) {
    const Node& node = tree.nodes[index];
    if (node.op == Op::kVariable || node.op == Op::kLocal) return false;
    for (uint32_t child : tree.Children(node)) {
      if (!ReadsNothing(tree, child)) return false;
    }
    return true;
  }

  std::optional<Value> ConstantOf(const Tree& tree, uint32_t index) {
    if (tree.nodes[index].op == Op::kLiteral) return tree.nodes[index].literal;
    if (steps < 0 || !ReadsNothing(tree, index)) return std::nullopt;
    auto program = expression::Lower(Extract(tree, index), {});
    if (!program) return std::nullopt;
    expression::Outcome outcome = RunOnce(*program, expression::Bindings(0));
    return outcome.IsValue() ? std::optional<Value>(outcome.value) : std::nullopt;
  }

  uint32_t Build(const Tree& tree, uint32_t index) {
    const Node& node = tree.nodes[index];
    auto children = tree.Children(node);
    if (node.op == Op::kAnd || node.op == Op::kOr) {
      uint32_t whole = Build(tree, children[0]);
      for (size_t i = 1; i < children.size(); ++i) {
        uint32_t next = Build(tree, children[i]);
        whole = Join(node.op == Op::kAnd ? Shape::kAnd : Shape::kOr, whole, next, next);
      }
      return whole;
    }
    if (node.op == Op::kIf && node.type.kind == Kind::kBool) {
      uint32_t condition = Build(tree, children[0]), yes = Build(tree, children[1]);
      return Join(Shape::kIf, condition, yes, Build(tree, children[2]));
    }
    if (node.op == Op::kVariable) {
      if (auto it = computed_places.find(node.name);
          it != computed_places.end() && node.type.kind == Kind::kBool) {
        // Earlier ones have their formulas already.
        uint32_t root = RootOf(*computed[it->second].tree);
        if (formulas[root].depth <= kMaxFormulaDepth) return root;
      }
      return Truthy(tree, index);
    }
    if (auto value = ConstantOf(tree, index)) {
      if (value->Is(Kind::kBool))
        return Constant(value->bool_value() ? Truth::kTrue : Truth::kFalse);
      return Truthy(tree, index);
    }
    if (node.op != Op::kCall) return Truthy(tree, index);
    switch (node.function) {
      case Function::kNot:
        return Not(Build(tree, children[0]));
      case Function::kEqual:
      case Function::kNotEqual: {
        uint32_t same = Equality(tree, index, children[0], children[1]);
        return node.function == Function::kEqual ? same : Not(same);
      }
      case Function::kLess:
      case Function::kLessEqual:
      case Function::kGreater:
      case Function::kGreaterEqual:
        return Comparison(tree, index, node.function, children[0], children[1]);
      case Function::kIn:
        return Membership(tree, index, children[0], children[1]);
      default:
        return Truthy(tree, index);
    }
  }

  uint32_t Equality(const Tree& tree, uint32_t whole, uint32_t left, uint32_t right) {
    bool both_bool =
        tree.nodes[left].type.kind == Kind::kBool && tree.nodes[right].type.kind == Kind::kBool;
    if (!both_bool) return Comparison(tree, whole, Function::kEqual, left, right);
    uint32_t a = Build(tree, left), b = Build(tree, right);
    return Join(Shape::kIf, a, b, Not(b));
  }

  static Function Mirrored(Function function) {
    switch (function) {
      case Function::kLess:
        return Function::kGreater;
      case Function::kLessEqual:
        return Function::kGreaterEqual;
      case Function::kGreater:
        return Function::kLess;
      case Function::kGreaterEqual:
        return Function::kLessEqual;
      default:
        return function;
    }
  }

  uint32_t Comparison(const Tree& tree, uint32_t whole, Function function, uint32_t left,
                      uint32_t right) {
    auto constant = ConstantOf(tree, right);
    if (!constant) {
      constant = ConstantOf(tree, left);
      function = Mirrored(function);
      std::swap(left, right);
    }
    const values::Type& type = tree.nodes[left].type;
    auto scale = ScaleOf(type);
    bool fits =
        constant && scale && Fit(type, *constant) &&
        (*scale == Scale::kNumber || (*scale == Scale::kToken && function == Function::kEqual));
    if (!fits) return Truthy(tree, whole);
    Formula formula{.shape = Shape::kCompare, .function = function, .points = {}};
    formula.points.push_back(AddPoint(*constant));
    formula.term = TermOf(tree, left);
    return Add(std::move(formula));
  }

  uint32_t Membership(const Tree& tree, uint32_t whole, uint32_t left, uint32_t right) {
    auto constant = ConstantOf(tree, right);
    const values::Type& type = tree.nodes[left].type;
    auto scale = ScaleOf(type);
    if (!constant || !constant->Is(Kind::kList) || !scale || *scale == Scale::kTruth)
      return Truthy(tree, whole);
    Formula formula{.shape = Shape::kCompare, .function = Function::kIn, .points = {}};
    for (const Value& item : constant->items()) {
      if (!Fit(type, item)) return Truthy(tree, whole);
      formula.points.push_back(AddPoint(item));
    }
    formula.term = TermOf(tree, left);
    return Add(std::move(formula));
  }

  static bool Fit(const values::Type& type, const Value& constant) {
    if (type.kind == Kind::kMoney)
      return constant.Is(Kind::kMoney) && constant.currency() == type.currency;
    if (type.kind == Kind::kInt || type.kind == Kind::kDecimal)
      return constant.Is(Kind::kInt) || constant.Is(Kind::kDecimal);
    return constant.Is(type.kind);
  }

  uint32_t AddPoint(const Value& value) {
    points.push_back(*PointOf(value));
    return static_cast<uint32_t>(points.size() - 1);
  }

  uint32_t Truthy(const Tree& tree, uint32_t index) {
    return Add({.shape = Shape::kTruth, .term = TermOf(tree, index), .points = {}});
  }

  uint32_t TermOf(const Tree& tree, uint32_t index) {
    String key;
    Spell(tree, index, &key);
    auto [it, is_new] = term_places.emplace(key, static_cast<uint32_t>(terms.size()));
    if (!is_new) return it->second;
    const Node& node = tree.nodes[index];
    Term term;
    term.kind = node.type.kind;
    term.scale = ScaleOf(node.type).value_or(Scale::kTruth);
    term.discrete = IsDiscrete(node.type);
    if (term.kind == Kind::kMoney) term.currency = node.type.currency.Code();
    if (node.op == Op::kVariable) term.label = node.name;
    auto field = node.op == Op::kVariable ? field_places.find(node.name) : field_places.end();
    if (field != field_places.end()) {
      term.field = field->second;
      term.leaves = {field->second};
      if (node.type.kind != Kind::kList) term.options = fields[field->second].options;
    } else {
      term.tree = Extract(tree, index);
      term.leaves = LeavesOf(term.tree->reads);
    }
    if (term.scale == Scale::kNumber) term.bound = BoundOf(tree, index);
    terms.push_back(std::move(term));
    return it->second;
  }

  // --- intervals -----------------------------------------------------------------------------

  Bound BoundOfField(const Domain& domain) const {
    Bound bound;
    auto number = [](const Value& value) { return PointOf(value)->number; };
    if (domain.min) bound.low = number(*domain.min);
    if (domain.max) bound.high = number(*domain.max);
    if (domain.options.empty()) return bound;
    bound.low = bound.high = number(domain.options[0]);
    for (const Value& option : domain.options) {
      if (IsBelow(number(option), *bound.low)) bound.low = number(option);
      if (IsBelow(*bound.high, number(option))) bound.high = number(option);
    }
    return bound;
  }

  static Bound Widest(const Bound& a, const Bound& b) {
    Bound bound;
    if (a.low && b.low) bound.low = IsBelow(*a.low, *b.low) ? a.low : b.low;
    if (a.high && b.high) bound.high = IsBelow(*a.high, *b.high) ? b.high : a.high;
    return bound;
  }

  static Bound Product(const Bound& a, const Bound& b) {
    if (!a.low || !a.high || !b.low || !b.high) {
      // Without an end only the sign is known.
      bool positive = a.low && b.low && !a.low->IsNegative() && !b.low->IsNegative();
      Bound bound;
      if (positive) bound.low = Combine(a.low, b.low, values::Multiply);
      return bound;
    }
    Bound bound;
    for (const auto& x : {a.low, a.high}) {
      for (const auto& y : {b.low, b.high}) {
        auto product = Combine(x, y, values::Multiply);
        if (!product) return {};
        if (!bound.low || IsBelow(*product, *bound.low)) bound.low = product;
        if (!bound.high || IsBelow(*bound.high, *product)) bound.high = product;
      }
    }
    return bound;
  }

  // Where a number, an amount or a date may lie.
  Bound BoundOf(const Tree& tree, uint32_t index) {
    const Node& node = tree.nodes[index];
    auto children = tree.Children(node);
    auto scale = ScaleOf(node.type);
    bool is_size = node.op == Op::kCall && node.function == Function::kSize;
    if (!scale || *scale != Scale::kNumber) return {};
    if (auto constant = ConstantOf(tree, index)) {
      auto point = PointOf(*constant);
      return point ? Bound{point->number, point->number} : Bound{};
    }
    if (node.op == Op::kVariable) {
      if (auto it = field_places.find(node.name); it != field_places.end())
        return BoundOfField(fields[it->second]);
      auto it = computed_places.find(node.name);
      if (it == computed_places.end()) return {};
      return it->second < bounds.size() ? bounds[it->second] : Bound{};
    }
    if (node.op == Op::kIf) {
      return Widest(BoundOf(tree, children[1]), BoundOf(tree, children[2]));
    }
    if (node.op != Op::kCall) return {};
    if (is_size) {
      Bound bound{Decimal::FromInt(0), std::nullopt};
      const Node& text = tree.nodes[children[0]];
      auto field = text.op == Op::kVariable ? field_places.find(text.name) : field_places.end();
      if (field != field_places.end() && fields[field->second].type.kind == Kind::kString &&
          fields[field->second].options.empty() && fields[field->second].max_length != 0) {
        bound.high = Decimal::FromInt(fields[field->second].max_length);
      }
      return bound;
    }
    auto of = [&](size_t i) { return BoundOf(tree, children[i]); };
    switch (node.function) {
      case Function::kAdd: {
        Bound a = of(0), b = of(1);
        return {Combine(a.low, b.low, values::Add), Combine(a.high, b.high, values::Add)};
      }
      case Function::kSubtract: {
        if (children.size() == 1) {
          Bound a = of(0);
          return {Opposite(a.high), Opposite(a.low)};
        }
        Bound a = of(0), b = of(1);
        return {Combine(a.low, b.high, values::Subtract), Combine(a.high, b.low, values::Subtract)};
      }
      case Function::kMultiply:
        return Product(of(0), of(1));
      case Function::kDivide: {
        auto divisor = ConstantOf(tree, children[1]);
        auto point = divisor ? PointOf(*divisor) : std::nullopt;
        bool exact = node.type.kind == Kind::kDecimal || node.type.kind == Kind::kMoney;
        if (!exact || !point || point->number.IsNegative() || point->number.IsZero()) return {};
        Bound a = of(0);
        std::optional<Decimal> by = point->number;
        return {Combine(a.low, by, values::Divide), Combine(a.high, by, values::Divide)};
      }
      case Function::kAmount:
      case Function::kToDecimal:
        return children.size() == 1 ? of(0) : Bound{};
      case Function::kRound: {
        if (children.size() != 3) return {};
        auto digits = ConstantOf(tree, children[1]), way = ConstantOf(tree, children[2]);
        if (!digits || !way || !digits->Is(Kind::kInt) || !way->Is(Kind::kString)) return {};
        auto rounding = values::ParseRounding(way->string_value());
        int64_t count = digits->int_value();
        if (!rounding || count < -38 || count > 38) return {};
        Bound a = of(0);
        auto round = [&](const std::optional<Decimal>& x) {
          auto rounded = x ? x->Round(static_cast<int>(count), *rounding)
                           : Result<Decimal>(ErrorCode::kValuesOverflow);
          return rounded ? std::optional<Decimal>(*rounded) : std::nullopt;
        };
        return {round(a.low), round(a.high)};
      }
      default:
        return {};
    }
  }

  // --- values, one by one --------------------------------------------------------------------

  // How many combinations the leaves of a term have; 0 where they are not few.
  size_t CombinationsOf(const Term& term) const {
    size_t count = 1;
    for (uint32_t leaf : term.leaves) {
      if (listed[leaf].empty()) return 0;
      count *= listed[leaf].size();
      if (count > kMaxComputedCombinations) return 0;
    }
    return count;
  }

  expression::Outcome RunOnce(const expression::Program& program,
                              const expression::Bindings& bindings) {
    expression::Fuel fuel{kRunFuel};
    expression::Outcome outcome = Run(program, bindings, fuel);
    steps -= 10 + (kRunFuel - fuel.left);
    return outcome;
  }

  // Computes the term for every combination of its leaves' values.
  void MakeTable(Term* term) {
    if (term->tabled) return;
    term->tabled = true;
    size_t count = term->field ? 0 : CombinationsOf(*term);
    if (count == 0 || steps < 0) return;
    expression::Slots slots = expression::SlotsOf(slot_names);
    auto program = expression::Lower(*term->tree, slots);
    if (!program) return;
    Vector<char> needed(computed.size());
    auto need = [&](const Vector<String>& reads) {
      for (const String& name : reads) {
        if (auto it = computed_places.find(name); it != computed_places.end())
          needed[it->second] = 1;
      }
    };
    need(term->tree->reads);
    for (size_t i = computed.size(); i-- > 0;) {
      if (needed[i]) need(computed[i].tree->reads);
    }
    for (size_t i = 0; i < computed.size(); ++i) {
      if (!needed[i] || programs[i]) continue;
      auto lowered = expression::Lower(*computed[i].tree, slots);
      if (!lowered) return;
      programs[i] = *std::move(lowered);
    }
    expression::Bindings bindings(slot_names.size());
    for (size_t entry = 0; entry < count; ++entry) {
      size_t rest = entry;
      for (uint32_t leaf : term->leaves) {
        bindings.Set(leaf, listed[leaf][rest % listed[leaf].size()]);
        rest /= listed[leaf].size();
      }
      for (size_t i = 0; i < computed.size(); ++i) {
        if (!needed[i]) continue;
        auto slot = static_cast<uint32_t>(fields.size() + i);
        expression::Outcome outcome = RunOnce(*programs[i], bindings);
        bindings.Forget(slot);
        if (outcome.IsValue()) bindings.Set(slot, std::move(outcome.value));
      }
      expression::Outcome outcome = RunOnce(*program, bindings);
      if (steps < 0 || (outcome.state == expression::State::kError &&
                        outcome.error->code() == ErrorCode::kExpressionFuel)) {
        term->table.clear();  // too long to be computed here: free
        return;
      }
      term->table.push_back(outcome.IsValue() ? PointOf(outcome.value) : std::nullopt);
    }
  }

  size_t EntryOf(const Term& term) const {
    size_t entry = 0, factor = 1;
    for (uint32_t leaf : term.leaves) {
      const Axis& axis = axes[leaf_axis[leaf]];
      entry += factor * axis.cells[axis.at].option;
      factor *= listed[leaf].size();
    }
    return entry;
  }

  // --- questions -----------------------------------------------------------------------------

  Vector<uint32_t> leaf_axis;  // by field: its axis in this question

  Vector<uint32_t> seen;  // by formula: the question that met it
  uint32_t question = 0;

  void CollectTerms(uint32_t index, Vector<Vector<uint32_t>>* constants) {
    if (seen[index] == question || asked.size() > kMaxTerms) return;
    seen[index] = question;
    --steps;
    const Formula& formula = formulas[index];
    switch (formula.shape) {
      case Shape::kConstant:
        return;
      case Shape::kIf:
        CollectTerms(formula.c, constants);
        [[fallthrough]];
      case Shape::kAnd:
      case Shape::kOr:
        CollectTerms(formula.b, constants);
        [[fallthrough]];
      case Shape::kNot:
        CollectTerms(formula.a, constants);
        return;
      case Shape::kCompare:
      case Shape::kTruth:
        if (std::find(asked.begin(), asked.end(), formula.term) == asked.end())
          asked.push_back(formula.term);
        auto& list = (*constants)[formula.term];
        list.insert(list.end(), formula.points.begin(), formula.points.end());
    }
  }

  static void SortNumbers(Vector<Decimal>* numbers) {
    std::sort(numbers->begin(), numbers->end(), IsBelow);
    numbers->erase(
        std::unique(numbers->begin(), numbers->end(),
                    [](const Decimal& a, const Decimal& b) { return values::Compare(a, b) == 0; }),
        numbers->end());
  }
  static size_t PositionOf(const Vector<Decimal>& numbers, const Decimal& number) {
    auto it = std::lower_bound(numbers.begin(), numbers.end(), number, IsBelow);
    bool is_there = it != numbers.end() && values::Compare(*it, number) == 0;
    return 2 * static_cast<size_t>(it - numbers.begin()) + (is_there ? 1 : 0);
  }

  static bool IsWhole(const Decimal& number) { return number.Reduce().scale() == 0; }
  // Whether a whole number lies strictly between.
  static bool HasWholeBetween(const Decimal& a, const Decimal& b) {
    auto below = a.Round(0, values::Rounding::kFloor);
    if (!below) return true;
    auto next = values::Add(*below, Decimal::FromInt(1));
    return !next || IsBelow(*next, b);
  }

  // The cells of a term; those of a field whose values stand one by one where `values` are given.
  Axis MakeAxis(uint32_t index, const Vector<uint32_t>& constants, const Vector<Value>& each) {
    const Term& term = terms[index];
    Axis axis{.term = index, .numbers = {}, .tokens = {}, .cells = {}};
    if (term.scale == Scale::kTruth && each.empty()) {
      axis.cells = {{0, nullptr, 0}, {1, nullptr, 1}};
      return axis;
    }
    if (term.scale == Scale::kNumber) {
      for (uint32_t point : constants) axis.numbers.push_back(points[point].number);
      for (const Value& value : each) axis.numbers.push_back(PointOf(value)->number);
      if (term.bound.low) axis.numbers.push_back(*term.bound.low);
      if (term.bound.high) axis.numbers.push_back(*term.bound.high);
      SortNumbers(&axis.numbers);
    } else {
      for (uint32_t point : constants) axis.tokens.push_back(points[point].token);
      std::sort(axis.tokens.begin(), axis.tokens.end());
      axis.tokens.erase(std::unique(axis.tokens.begin(), axis.tokens.end()), axis.tokens.end());
    }
    for (uint32_t i = 0; i < each.size(); ++i) {
      axis.cells.push_back({PositionIn(axis, term, *PointOf(each[i])), &each[i], i});
    }
    if (!each.empty()) return axis;
    if (term.scale == Scale::kToken) {
      for (size_t i = 0; i <= axis.tokens.size(); ++i) axis.cells.push_back({i, nullptr, 0});
      return axis;
    }
    size_t from = term.bound.low ? PositionOf(axis.numbers, *term.bound.low) : 0;
    size_t to =
        term.bound.high ? PositionOf(axis.numbers, *term.bound.high) : 2 * axis.numbers.size();
    for (size_t i = from; i <= to; ++i) {
      if (term.discrete && i % 2 == 1 && !IsWhole(axis.numbers[i / 2])) continue;
      bool is_gap = i % 2 == 0 && i != 0 && i != 2 * axis.numbers.size();
      if (term.discrete && is_gap && !HasWholeBetween(axis.numbers[i / 2 - 1], axis.numbers[i / 2]))
        continue;
      axis.cells.push_back({i, nullptr, 0});
    }
    return axis;
  }

  static size_t PositionIn(const Axis& axis, const Term& term, const Point& point) {
    if (term.scale == Scale::kNumber) return PositionOf(axis.numbers, point.number);
    if (term.scale == Scale::kTruth) return point.token == "true" ? 1 : 0;
    auto it = std::lower_bound(axis.tokens.begin(), axis.tokens.end(), point.token);
    bool is_there = it != axis.tokens.end() && *it == point.token;
    return is_there ? static_cast<size_t>(it - axis.tokens.begin()) : axis.tokens.size();
  }

  void MakeAxes(const Vector<Vector<uint32_t>>& constants) {
    axes.clear();
    axis_of.assign(terms.size(), UINT32_MAX);
    leaf_axis.assign(fields.size(), UINT32_MAX);
    // First what is computed value by value: it needs the values of its fields.
    Vector<char> one_by_one(fields.size());
    for (uint32_t term : asked) {
      MakeTable(&terms[term]);
      if (terms[term].table.empty()) continue;
      for (uint32_t leaf : terms[term].leaves) one_by_one[leaf] = 1;
    }
    for (uint32_t index : asked) {
      Term& term = terms[index];
      if (!term.table.empty()) continue;
      bool each = term.field && (one_by_one[*term.field] || !term.options.empty());
      axis_of[index] = static_cast<uint32_t>(axes.size());
      if (each) leaf_axis[*term.field] = axis_of[index];
      axes.push_back(
          MakeAxis(index, constants[index], each ? listed[*term.field] : Vector<Value>()));
      if (each) {  // cells point to the list that stays
        for (Axis::Cell& cell : axes.back().cells) cell.value = &listed[*term.field][cell.option];
      }
    }
    for (uint32_t field = 0; field < fields.size(); ++field) {
      if (!one_by_one[field] || leaf_axis[field] != UINT32_MAX) continue;
      leaf_axis[field] = static_cast<uint32_t>(axes.size());
      Axis axis{.term = UINT32_MAX, .numbers = {}, .tokens = {}, .cells = {}};
      for (uint32_t i = 0; i < listed[field].size(); ++i)
        axis.cells.push_back({i, &listed[field][i], i});
      axes.push_back(std::move(axis));
    }
  }

  static bool Holds(Function function, size_t position, size_t constant) {
    switch (function) {
      case Function::kLess:
        return position < constant;
      case Function::kLessEqual:
        return position <= constant;
      case Function::kGreater:
        return position > constant;
      case Function::kGreaterEqual:
        return position >= constant;
      default:
        return position == constant;
    }
  }

  // Whether all that the term rests on has its cell.
  bool IsChosen(uint32_t index) const {
    const Term& term = terms[index];
    if (term.table.empty()) return axis_of[index] < chosen;
    return std::ranges::all_of(term.leaves,
                               [this](uint32_t leaf) { return leaf_axis[leaf] < chosen; });
  }

  Truth Compare(const Formula& formula) {
    const Term& term = terms[formula.term];
    if (!IsChosen(formula.term)) return Truth::kOpen;
    if (term.table.empty()) {
      const Axis& axis = axes[axis_of[formula.term]];
      size_t position = axis.cells[axis.at].position;
      for (uint32_t point : formula.points) {
        if (Holds(formula.function, position, PositionIn(axis, term, points[point])))
          return Truth::kTrue;
      }
      return Truth::kFalse;
    }
    const std::optional<Point>& value = term.table[EntryOf(term)];
    if (!value) return Truth::kFailed;
    for (uint32_t point : formula.points) {
      auto order = term.scale == Scale::kNumber
                       ? values::Compare(value->number, points[point].number)
                       : value->token <=> points[point].token;
      if (Holds(formula.function, order < 0 ? 0 : order == 0 ? 1 : 2, 1)) return Truth::kTrue;
    }
    return Truth::kFalse;
  }

  Truth Eval(uint32_t index) {
    if (--steps < 0 || --question_steps < 0) return Truth::kFailed;
    const Formula& formula = formulas[index];
    switch (formula.shape) {
      case Shape::kConstant:
        return formula.constant;
      case Shape::kNot: {
        Truth a = Eval(formula.a);
        return a == Truth::kTrue ? Truth::kFalse : a == Truth::kFalse ? Truth::kTrue : a;
      }
      case Shape::kAnd:
      case Shape::kOr: {
        Truth decisive = formula.shape == Shape::kAnd ? Truth::kFalse : Truth::kTrue;
        Truth a = Eval(formula.a);
        if (a == decisive) return a;
        Truth b = Eval(formula.b);
        if (b == decisive || b == Truth::kOpen) return b;
        return a == Truth::kFailed || a == Truth::kOpen ? a : b;
      }
      case Shape::kIf: {
        Truth a = Eval(formula.a);
        if (a == Truth::kFailed || a == Truth::kOpen) return a;
        return Eval(a == Truth::kTrue ? formula.b : formula.c);
      }
      case Shape::kCompare:
        return Compare(formula);
      case Shape::kTruth: {
        const Term& term = terms[formula.term];
        if (!IsChosen(formula.term)) return Truth::kOpen;
        if (term.table.empty()) {
          const Axis& axis = axes[axis_of[formula.term]];
          return axis.cells[axis.at].position == 1 ? Truth::kTrue : Truth::kFalse;
        }
        const std::optional<Point>& value = term.table[EntryOf(term)];
        if (!value || (value->token != "true" && value->token != "false")) return Truth::kFailed;
        return value->token == "true" ? Truth::kTrue : Truth::kFalse;
      }
    }
    return Truth::kFailed;
  }

  // Begins a question: no term was met, no constant of any.
  Vector<Vector<uint32_t>> Begin() {
    asked.clear();
    ++question;
    seen.resize(formulas.size());
    return Vector<Vector<uint32_t>>(terms.size());
  }

  Verdict CanBe(std::span<const AnyOf> all) {
    Vector<Vector<uint32_t>> claims;
    for (const AnyOf& any : all) {
      claims.emplace_back();
      for (const Claim& claim : any) {
        claims.back().push_back(claim.node == UINT32_MAX ? RootOf(*claim.condition)
                                                         : PartOf(*claim.condition, claim.node));
      }
    }
    Vector<Vector<uint32_t>> constants = Begin();
    for (const auto& any : claims) {
      for (uint32_t claim : any) CollectTerms(claim, &constants);
    }
    if (asked.size() > kMaxTerms) return {Chance::kTooMany, {}};
    MakeAxes(constants);
    if (steps < 0) return {Chance::kTooMany, {}};
    for (const Axis& axis : axes) {
      if (axis.cells.empty()) return {Chance::kNever, {}};  // min above max: no value at all
    }
    question_steps = kMaxQuestion;
    chosen = 0;
    Vector<size_t> open(all.size());
    for (size_t i = 0; i < open.size(); ++i) open[i] = i;
    const bool found = Search(all, claims, open);
    if (steps < 0 || question_steps < 0) return {Chance::kTooMany, {}};
    return found ? Verdict{Chance::kPossible, Example()} : Verdict{Chance::kNever, {}};
  }

  // Whether the axes that have no cell yet can be given one with which all that is `open` is met.
  // Those that have one keep it, for the example.
  bool Search(std::span<const AnyOf> all, const Vector<Vector<uint32_t>>& claims,
              const Vector<size_t>& open) {
    Vector<size_t> left;
    for (size_t i : open) {
      bool met = false, may = false;
      for (size_t k = 0; !met && k < all[i].size(); ++k) {
        const Truth truth = Eval(claims[i][k]);
        may = may || truth == Truth::kOpen;
        met =
            truth != Truth::kOpen && (truth == Truth::kTrue) == (all[i][k].sense == Sense::kHolds);
      }
      if (steps < 0 || question_steps < 0 || (!met && !may)) return false;
      if (!met) left.push_back(i);
    }
    if (left.empty()) return true;
    Axis& axis = axes[chosen];  // something is open, so one is left
    ++chosen;
    for (axis.at = 0; axis.at < axis.cells.size(); ++axis.at) {
      if (Search(all, claims, left)) return true;
      if (steps < 0 || question_steps < 0) return false;
    }
    --chosen;
    return false;
  }

  String ShowNumber(const Term& term, const Decimal& number) const {
    if (term.kind == Kind::kDate) {
      auto days = number.ToInt();
      auto date = days ? values::Date::FromDays(*days) : Result<values::Date>(days.error());
      if (date) return date->ToString();
    }
    return number.ToString() + (term.currency.empty() ? "" : " " + term.currency);
  }

  String Example() const {
    String text;
    int shown = 0;
    for (const Axis& axis : std::span(axes).first(chosen)) {
      const Axis::Cell& cell = axis.cells[axis.at];
      const Term* term = axis.term == UINT32_MAX ? nullptr : &terms[axis.term];
      String part;
      if (cell.value != nullptr) {
        String name = term != nullptr ? term->label : String();
        for (size_t i = 0; i < fields.size(); ++i) {
          if (leaf_axis[i] != UINT32_MAX && &axes[leaf_axis[i]] == &axis) name = fields[i].name;
        }
        part = name + " is " + Show(*cell.value);
      } else if (term->label.empty()) {
        continue;  // a part without a name would take more words than it explains
      } else if (term->scale == Scale::kTruth) {
        part = term->label + " is " + (cell.position == 1 ? "true" : "false");
      } else if (term->scale == Scale::kToken) {
        bool other = cell.position == axis.tokens.size();
        String token = other ? String() : axis.tokens[cell.position];
        part = term->label + " is " +
               (other                         ? "anything else"
                : term->kind == Kind::kString ? "'" + token + "'"
                                              : token);
      } else if (axis.numbers.empty()) {
        continue;
      } else {
        const Vector<Decimal>& numbers = axis.numbers;
        size_t i = cell.position / 2;
        part = term->label + " is " +
               (cell.position % 2 == 1 ? ShowNumber(*term, numbers[i])
                : i == 0               ? "below " + ShowNumber(*term, numbers[0])
                : i == numbers.size()  ? "above " + ShowNumber(*term, numbers[i - 1])
                                       : "between " + ShowNumber(*term, numbers[i - 1]) + " and " +
                                            ShowNumber(*term, numbers[i]));
      }
      if (++shown > 4) return text + " and so on";
      text += (text.empty() ? "" : " and ") + part;
    }
    return text;
  }

  // The one term that a condition is about.
  std::optional<uint32_t> TermAlone(const Tree& condition) {
    uint32_t root = RootOf(condition);
    Vector<Vector<uint32_t>> constants = Begin();
    CollectTerms(root, &constants);
    return asked.size() == 1 ? std::optional(asked[0]) : std::nullopt;
  }

  String SubjectOf(const Tree& condition) {
    const auto alone = TermAlone(condition);
    if (!alone) return {};
    const Term& term = terms[*alone];
    bool whole = term.scale == Scale::kNumber || !term.options.empty() ||
                 (term.scale == Scale::kTruth && term.field);
    return whole ? term.label : String();
  }
  bool IsOrdered(const Tree& condition) {
    const auto alone = TermAlone(condition);
    return alone && terms[*alone].scale == Scale::kNumber;
  }
};

Reasoner::Reasoner(Vector<Domain> fields, Vector<Definition> computed)
    : state_(std::make_unique<State>(std::move(fields), std::move(computed))) {}
Reasoner::~Reasoner() = default;
Reasoner::Reasoner(Reasoner&&) noexcept = default;
Reasoner& Reasoner::operator=(Reasoner&&) noexcept = default;

Verdict Reasoner::CanBe(std::span<const AnyOf> all) { return state_->CanBe(all); }
String Reasoner::SubjectOf(const expression::Tree& condition) {
  return state_->SubjectOf(condition);
}
bool Reasoner::IsOrdered(const expression::Tree& condition) { return state_->IsOrdered(condition); }

}  // namespace countersign::compile
