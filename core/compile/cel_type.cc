// Long because reading types, and finding them as CEL does, share what a type is.
#include "compile/cel_type.h"

#include <algorithm>
#include <optional>

#include "compile/extensions.h"

namespace countersign::compile {
namespace {

using expression::Fold;
using expression::Function;
using expression::Node;
using expression::Op;
using expression::Tree;
using values::Kind;
using values::Type;
using values::Value;

bool IsWordCharacter(char c) {
  return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}
bool IsKeyType(std::string_view name) {
  return name == "bool" || name == "int" || name == "uint" || name == "string" || name == "dyn";
}

class CelTypeParser {
 public:
  CelTypeParser(std::string_view text, TypeNames names) : text_(text), names_(names) {}

  Result<CelType> Parse() {
    CelType type;
    if (text_.size() <= Type::kMaxText && Read(Type::kMaxDepth, &type) && AtEnd()) return type;
    return Error(code_, text_.substr(0, 80));
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool AtEnd() {
    SkipBlanks();
    return at_ == text_.size();
  }
  bool Take(char c) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view Word() {
    SkipBlanks();
    const size_t begin = at_;
    while (at_ < text_.size() && IsWordCharacter(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool Read(int depth, CelType* type) {
    if (depth == 0) return false;
    const std::string_view word = Word();
    if (word == "record" || word == "money") return ReadWhole(word, type);
    type->name = word == "null_type"                   ? "null"
                 : word == "google.protobuf.Timestamp" ? "timestamp"
                 : word == "google.protobuf.Duration"  ? "duration"
                                                       : word;
    const bool is_list = word == "list", is_map = word == "map",
               is_optional = word == "optional_type";
    const bool is_type = word == "type";
    if (!is_list && !is_map && !is_optional && Type::Parse(type->name)) {
      // type(int) is the type of a type; its parameter says nothing about the value.
      if (!is_type || !Take('(')) return true;
      CelType ignored;
      return Read(depth - 1, &ignored) && Take(')');
    }
    const bool is_known = is_list || is_map || is_optional;
    if (Take('(')) {
      if (!is_known && (names_ == TypeNames::kKnown || word.empty())) return false;
      do {
        if (!Read(depth - 1, &type->parts.emplace_back())) return false;
      } while (Take(','));
      if (!Take(')')) return false;
      if (!is_known) return true;
      if (type->parts.size() != (is_map ? 2u : 1u)) return false;
      return !is_map || IsKeyType(type->parts[0].name) || type->parts[0].is_parameter;
    }
    type->parts.resize(is_map ? 2 : is_known ? 1 : 0);
    if (is_known) return true;
    type->is_parameter =
        names_ == TypeNames::kOwn && !word.empty() && word[0] >= 'A' && word[0] <= 'Z';
    return type->is_parameter;
  }

  // record(...) and money(...) are read as the types that they are.
  bool ReadWhole(std::string_view word, CelType* type) {
    String whole(word);
    int depth = 0;
    SkipBlanks();
    if (at_ < text_.size() && text_[at_] == '(') {
      do {
        const char c = text_[at_++];
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c != ' ') whole += c;
      } while (depth > 0 && at_ < text_.size());
    }
    const Result<Type> parsed = Type::Parse(whole);
    if (!parsed) {
      code_ = parsed.error().code();
      return false;
    }
    type->name = parsed->ToString();
    return HasGoodKeys(*parsed);
  }
  static bool HasGoodKeys(const Type& type) {
    if (type.kind == Kind::kMap && !IsKeyType(values::KindName(type.items[0].kind))) return false;
    return std::all_of(type.items.begin(), type.items.end(), HasGoodKeys);
  }

  std::string_view text_;
  TypeNames names_;
  size_t at_ = 0;
  ErrorCode code_ = ErrorCode::kValuesBadType;
};

// Types as terms, unified as cel-go's checker does it: a variable takes the first type that it
// meets, and the more general one later.
class Deduction {
 public:
  Deduction(const Tree& tree, std::span<const DeclaredVariable> variables,
            std::span<const DeclaredFunction> functions)
      : tree_(tree), variables_(variables), functions_(functions), dyn_(Make("dyn")) {}

  String Run() {
    const Id root = Of(static_cast<uint32_t>(tree_.nodes.size() - 1));
    String text;
    Write(root, &text);
    return text;
  }

 private:
  using Id = size_t;
  struct Term {
    String name;  // "" of a variable
    std::vector<Id> parts;
    Id bound = kUnbound;
  };
  static constexpr Id kUnbound = SIZE_MAX;
  // A declared function can double a type at each call; past the bounds everything is dyn.
  static constexpr size_t kMaxSteps = 200'000;
  static constexpr size_t kMaxWritten = Type::kMaxText;

  Id Make(std::string_view name, std::vector<Id> parts = {}) {
    terms_.push_back({String(name), std::move(parts), kUnbound});
    return terms_.size() - 1;
  }
  Id Fresh() { return Make(""); }
  Id ListOf(Id element) { return Make("list", {element}); }
  Id OptionalOf(Id content) { return Make("optional_type", {content}); }
  bool IsVariable(Id id) const { return terms_[id].name.empty(); }
  bool IsDyn(Id id) const { return terms_[id].name == "dyn"; }
  Id Resolve(Id id) const {
    while (IsVariable(id) && terms_[id].bound != kUnbound) id = terms_[id].bound;
    return id;
  }
  bool Spend() { return ++steps_ < kMaxSteps; }

  void Write(Id id, String* text) {
    id = Resolve(id);
    const Term term = terms_[id];
    if (term.name.empty() || text->size() > kMaxWritten) {
      *text += "dyn";
      return;
    }
    *text += term.name;
    for (size_t i = 0; i < term.parts.size(); ++i) {
      *text += i == 0 ? "(" : ", ";
      Write(term.parts[i], text);
    }
    if (!term.parts.empty()) *text += ')';
  }

  Id From(const Type& type) {
    if (type.kind == Kind::kList) return ListOf(From(type.items[0]));
    if (type.kind == Kind::kMap) {
      const Id key = From(type.items[0]);
      return Make("map", {key, From(type.items[1])});
    }
    return Make(type.ToString());
  }
  // With one variable for each type parameter of the declaration.
  Id From(const CelType& type, std::vector<std::pair<String, Id>>* parameters) {
    if (type.is_parameter) {
      for (const auto& [name, id] : *parameters) {
        if (name == type.name) return id;
      }
      parameters->emplace_back(type.name, Fresh());
      return parameters->back().second;
    }
    std::vector<Id> parts;
    for (const CelType& part : type.parts) parts.push_back(From(part, parameters));
    return Make(type.name, std::move(parts));
  }
  // For the functions of the language; dyn where they have no such type.
  Type ToType(Id id, int depth = 0) {
    id = Resolve(id);
    const Term term = terms_[id];
    if (term.name.empty() || depth == Type::kMaxDepth || !Spend()) return Type::Of(Kind::kDyn);
    if (term.name == "list") return Type::List(ToType(term.parts[0], depth + 1));
    if (term.name == "map") {
      Type key = ToType(term.parts[0], depth + 1);
      return Type::Map(std::move(key), ToType(term.parts[1], depth + 1));
    }
    Result<Type> type = Type::Parse(term.name);
    return type ? *std::move(type) : Type::Of(Kind::kDyn);
  }

  bool Occurs(Id variable, Id in) {
    in = Resolve(in);
    if (in == variable || !Spend()) return true;
    const std::vector<Id> parts = terms_[in].parts;
    return std::any_of(parts.begin(), parts.end(), [&](Id part) { return Occurs(variable, part); });
  }
  // Null stands for a missing message: and for an optional, a point in time, a span.
  bool MayBeNull(Id id) const {
    const Term& term = terms_[id];
    return term.name == "optional_type" || term.name == "timestamp" || term.name == "duration" ||
           term.name == "null";
  }

  // Whether a is the other's equal or says less: dyn of anything.
  bool SaysLess(Id a, Id b) {
    a = Resolve(a);
    b = Resolve(b);
    if (!Spend() || IsVariable(a) || IsDyn(a)) return true;
    if (IsVariable(b) || IsDyn(b)) return false;
    if (terms_[b].name == "null" && MayBeNull(a)) return true;
    const std::vector<Id> x = terms_[a].parts, y = terms_[b].parts;
    if (terms_[a].name != terms_[b].name || x.size() != y.size()) return false;
    for (size_t i = 0; i < x.size(); ++i) {
      if (!SaysLess(x[i], y[i])) return false;
    }
    return true;
  }
  Id MostGeneral(Id a, Id b) { return SaysLess(a, b) ? a : b; }

  // Whether a may stand where b does, variables being bound; undone where not.
  bool Unify(Id a, Id b) {
    const size_t mark = trail_.size();
    if (Match(a, b)) return true;
    while (trail_.size() > mark) {
      terms_[trail_.back().first].bound = trail_.back().second;
      trail_.pop_back();
    }
    return false;
  }
  void Bind(Id variable, Id to) {
    trail_.emplace_back(variable, terms_[variable].bound);
    terms_[variable].bound = to;
  }
  // The last variable of a chain, and what it is bound to: a variable may be bound anew, to a type
  // that says less.
  Id LastVariable(Id id) const {
    while (terms_[id].bound != kUnbound && IsVariable(terms_[id].bound)) id = terms_[id].bound;
    return id;
  }
  bool Match(Id a, Id b) {
    if (!Spend()) return true;
    for (const auto& [variable, other] : {std::pair(b, a), std::pair(a, b)}) {
      if (!IsVariable(variable)) continue;
      const Id last = LastVariable(variable);
      const Id bound = terms_[last].bound;
      const Id met = Resolve(other);
      if (met == last) return true;
      if (bound == kUnbound) {
        if (Occurs(last, met)) return false;
        Bind(last, met);
        return true;
      }
      if (!Match(variable == a ? bound : met, variable == a ? met : bound)) return false;
      const Id general = MostGeneral(bound, met);
      if (general != bound && !IsVariable(general) && !Occurs(last, general)) Bind(last, general);
      return true;
    }
    if (IsDyn(a) || IsDyn(b)) return true;
    if (terms_[a].name == "null") return MayBeNull(b);
    if (terms_[b].name == "null") return MayBeNull(a);
    const std::vector<Id> x = terms_[a].parts, y = terms_[b].parts;
    if (terms_[a].name != terms_[b].name || x.size() != y.size()) return false;
    for (size_t i = 0; i < x.size(); ++i) {
      if (!Match(x[i], y[i])) return false;
    }
    return true;
  }
  // Of what is one or the other. Binding makes parts more general where they are variables; others
  // are joined here.
  Id Join(Id a, Id b) {
    if (!Unify(a, b)) return dyn_;
    return MostGeneral(a, b);
  }
  // What a list, map or optional holds: a new variable where nobody knows yet.
  Id PartOf(Id whole, std::string_view name, size_t part) {
    const Id id = Resolve(whole);
    if (terms_[id].name == name) return terms_[id].parts[part];
    if (!IsVariable(id)) return dyn_;
    std::vector<Id> parts{Fresh()};
    if (name == "map") parts.push_back(Fresh());
    const Id found = parts[part];
    Bind(id, Make(name, std::move(parts)));
    return found;
  }

  Id Of(uint32_t id) {
    const Node& node = tree_.nodes[id];
    const auto children = tree_.Children(node);
    switch (node.op) {
      case Op::kLiteral:
        return From(node.type);
      case Op::kVariable:
        for (const DeclaredVariable& variable : variables_) {
          std::vector<std::pair<String, Id>> none;
          if (variable.name == node.name) return From(variable.type, &none);
        }
        return From(node.type);
      case Op::kLocal:
        return node.local < locals_.size() ? locals_[node.local] : dyn_;
      case Op::kMember:
        return Member(Of(children[0]), node.name, node.type);
      case Op::kHas:
      case Op::kAnd:
      case Op::kOr:
        for (const uint32_t child : children) Of(child);
        return Make("bool");
      case Op::kIf: {
        Of(children[0]);
        const Id yes = Of(children[1]);
        return Join(yes, Of(children[2]));
      }
      case Op::kList: {
        Id element = Fresh();
        for (size_t i = 0; i < children.size(); ++i) {
          const Id one = Element(children[i], children[i]);
          element = i == 0 ? one : Join(element, one);
        }
        return ListOf(element);
      }
      case Op::kMap: {
        Id key = Fresh(), value = Fresh();
        for (size_t i = 0; i + 1 < children.size(); i += 2) {
          const bool marked = IsElement(children[i]);
          const Id one = Of(marked ? tree_.Children(tree_.nodes[children[i]])[0] : children[i]);
          const Id other = Element(children[i + 1], children[i]);
          key = i == 0 ? one : Join(key, one);
          value = i == 0 ? other : Join(value, other);
        }
        return Make("map", {key, value});
      }
      case Op::kFold:
        return Macro(node, children);
      case Op::kLet: {
        locals_.push_back(Of(children[0]));
        const Id body = Of(children[1]);
        locals_.pop_back();
        return body;
      }
      case Op::kCall:
        return node.function == kLibraryCall ? Library(node, children) : Call(node, children);
    }
    return dyn_;
  }

  bool IsElement(uint32_t id) const {
    const Node& node = tree_.nodes[id];
    return node.op == Op::kCall && node.function == kLibraryCall && node.name == "?_";
  }
  // An element of a list, or the value of a key that may be marked as optional.
  Id Element(uint32_t id, uint32_t marked) {
    if (!IsElement(marked)) return Of(id);
    const uint32_t inner = id == marked ? tree_.Children(tree_.nodes[id])[0] : id;
    return PartOf(Of(inner), "optional_type", 0);
  }

  Id Member(Id target, std::string_view name, const Type& plain) {
    target = Resolve(target);
    const Term term = terms_[target];
    if (term.name == "optional_type") return OptionalOf(Member(term.parts[0], name, plain));
    if (term.name == "map") return term.parts[1];
    if (term.name.starts_with("record(")) {
      const Result<Type> record = Type::Parse(term.name);
      const Type* member = record ? record->Find(name) : nullptr;
      if (member != nullptr) return From(*member);
    }
    return plain.kind == Kind::kDyn ? dyn_ : From(plain);
  }

  Id Macro(const Node& node, std::span<const uint32_t> children) {
    const Id range = Resolve(Of(children[0]));
    const bool is_map = terms_[range].name == "map";
    const bool two = node.variables == 2;
    const Id first = is_map ? PartOf(range, "map", 0)
                     : two  ? Make("int")
                            : PartOf(range, "list", 0);
    const size_t outer = locals_.size();
    locals_.push_back(first);
    if (two) locals_.push_back(is_map ? PartOf(range, "map", 1) : PartOf(range, "list", 0));
    const Id value = locals_.back();
    Id body = dyn_;
    for (size_t i = 1; i < children.size(); ++i) body = Of(children[i]);
    locals_.resize(outer);
    switch (node.fold) {
      case Fold::kMap:
        return ListOf(body);
      case Fold::kFilter:
        return is_map || two ? ListOf(first) : ListOf(value);
      case Fold::kTransformMap:
        return Make("map", {is_map ? first : Make("int"), body});
      default:
        return Make("bool");
    }
  }

  Id Call(const Node& node, std::span<const uint32_t> children) {
    std::vector<Id> arguments;
    for (const uint32_t child : children) arguments.push_back(Resolve(Of(child)));
    if (HasEither(node.function, arguments.size())) return From(node.type);
    const Id a = arguments[0];
    const String name = terms_[a].name;
    switch (node.function) {
      case Function::kAdd:
        if (name == "list" || terms_[arguments[1]].name == "list") return Join(a, arguments[1]);
        break;
      case Function::kIndex:
        if (name == "optional_type") {
          const Id inner = Resolve(PartOf(a, "optional_type", 0));
          return OptionalOf(terms_[inner].name == "map" ? PartOf(inner, "map", 1)
                                                        : PartOf(inner, "list", 0));
        }
        if (name == "map") return PartOf(a, "map", 1);
        if (name == "list" || IsVariable(a)) return PartOf(a, "list", 0);
        break;
      case Function::kDyn:
        return dyn_;
      case Function::kEqual:
      case Function::kNotEqual:
        Unify(a, arguments[1]);
        return Make("bool");
      case Function::kIn:
        return Make("bool");
      default:
        break;
    }
    std::vector<Type> types;
    std::vector<const Type*> pointers;
    for (const Id argument : arguments) types.push_back(ToType(argument));
    for (const Type& type : types) pointers.push_back(&type);
    Type result;
    if (!ResolveCall(node.function, pointers, &result)) result = node.type;
    return From(result);
  }

  Id Library(const Node& node, std::span<const uint32_t> children) {
    const std::string_view name = node.name;
    std::vector<Id> arguments;
    const bool binds = name == "optMap" || name == "optFlatMap";
    if (name == "transformMapEntry") return EntryMacro(node, children);
    for (const uint32_t child : children) {
      arguments.push_back(Of(child));
      if (binds && arguments.size() == 1)
        locals_.push_back(PartOf(arguments[0], "optional_type", 0));
    }
    if (binds) {
      locals_.pop_back();
      return name == "optMap" ? OptionalOf(arguments[1]) : arguments[1];
    }
    if (name == "optional.none") return OptionalOf(Fresh());
    if (name == "optional.of" || name == "optional.ofNonZeroValue") return OptionalOf(arguments[0]);
    if (name == "value") return PartOf(arguments[0], "optional_type", 0);
    if (name == "optional.unwrap" || name == "unwrapOpt")
      return ListOf(PartOf(PartOf(arguments[0], "list", 0), "optional_type", 0));
    if (name == "first" || name == "last") return OptionalOf(PartOf(arguments[0], "list", 0));
    if (name == "or") return Join(arguments[0], arguments[1]);
    if (name == "orValue") return Join(PartOf(arguments[0], "optional_type", 0), arguments[1]);
    if (name == "_?._" || name == "_[?_]") {
      Id target = Resolve(arguments[0]);
      if (terms_[target].name == "optional_type") target = Resolve(terms_[target].parts[0]);
      const bool is_list = terms_[target].name == "list" && name == "_[?_]";
      return OptionalOf(is_list                        ? PartOf(target, "list", 0)
                        : terms_[target].name == "map" ? PartOf(target, "map", 1)
                                                       : dyn_);
    }
    for (const DeclaredFunction& function : functions_) {
      if (function.name == name) return Declared(function, arguments);
    }
    if (name == "math.greatest" || name == "math.least") {
      const Id only = Resolve(arguments[0]);
      if (arguments.size() == 1 && terms_[only].name == "list") return PartOf(only, "list", 0);
      Id joined = arguments[0];
      for (const Id argument : arguments) joined = Join(joined, argument);
      return joined;
    }
    return From(node.type);
  }

  // The result of the overloads that take the arguments; dyn where they differ.
  Id Declared(const DeclaredFunction& function, const std::vector<Id>& arguments) {
    std::optional<Id> result;
    for (const DeclaredOverload& overload : function.overloads) {
      if (overload.arguments.size() != arguments.size()) continue;
      std::vector<std::pair<String, Id>> parameters;
      bool fits = true;
      const size_t mark = trail_.size();
      for (size_t i = 0; i < arguments.size() && fits; ++i)
        fits = Unify(arguments[i], From(overload.arguments[i], &parameters));
      if (!fits) {
        while (trail_.size() > mark) {
          terms_[trail_.back().first].bound = trail_.back().second;
          trail_.pop_back();
        }
        continue;
      }
      const Id one = From(overload.result, &parameters);
      result = result ? (SaysLess(*result, one) && SaysLess(one, *result) ? *result : dyn_) : one;
    }
    return result.value_or(dyn_);
  }

  Id EntryMacro(const Node& node, std::span<const uint32_t> children) {
    const Id range = Resolve(Of(children[0]));
    const bool is_map = terms_[range].name == "map";
    locals_.resize(std::max<size_t>(locals_.size(), node.local));
    locals_.push_back(is_map ? PartOf(range, "map", 0) : Make("int"));
    locals_.push_back(is_map ? PartOf(range, "map", 1) : PartOf(range, "list", 0));
    Id body = dyn_;
    for (const uint32_t child : children.subspan(1)) body = Of(child);
    locals_.resize(locals_.size() - 2);
    return body;
  }

  const Tree& tree_;
  std::span<const DeclaredVariable> variables_;
  std::span<const DeclaredFunction> functions_;
  std::vector<Term> terms_;
  std::vector<std::pair<Id, Id>> trail_;  // variables, and what they were bound to before
  std::vector<Id> locals_;
  size_t steps_ = 0;
  Id dyn_;
};

}  // namespace

Result<CelType> ParseCelType(std::string_view text, TypeNames names) {
  return CelTypeParser(text, names).Parse();
}

Type ToValueType(const CelType& type) {
  if (type.name == "list") return Type::List(ToValueType(type.parts[0]));
  if (type.name == "map") return Type::Map(ToValueType(type.parts[0]), ToValueType(type.parts[1]));
  if (type.is_parameter || !type.parts.empty()) return Type::Of(Kind::kDyn);
  Result<Type> plain = Type::Parse(type.name);
  return plain ? *std::move(plain) : Type::Of(Kind::kDyn);
}

bool FitsCelType(const Value& value, const CelType& type) {
  const auto content = ReadOptional(value);
  if (type.name == "optional_type") {
    return content && (!content->value || FitsCelType(*content->value, type.parts[0]));
  }
  if (type.name == "dyn") return true;
  if (content) return false;
  if (type.name == "list" && value.Is(Kind::kList)) {
    const auto items = value.items();
    return std::all_of(items.begin(), items.end(),
                       [&](const Value& item) { return FitsCelType(item, type.parts[0]); });
  }
  if (type.name == "map" && value.Is(Kind::kMap)) {
    const auto entries = value.entries();
    return std::all_of(entries.begin(), entries.end(), [&](const values::MapEntry& entry) {
      return FitsCelType(entry.key, type.parts[0]) && FitsCelType(entry.value, type.parts[1]);
    });
  }
  return values::Fits(value, ToValueType(type));
}

String DeduceType(const Tree& tree, std::span<const DeclaredVariable> variables,
                  std::span<const DeclaredFunction> functions) {
  return Deduction(tree, variables, functions).Run();
}

}  // namespace countersign::compile
