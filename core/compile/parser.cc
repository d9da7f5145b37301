// Long because it is one recursive descent: each rule of the grammar with its report and its
// recovery.
#include "compile/parser.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"
#include "compile/lexer.h"

namespace countersign::compile {
namespace {

using expression::Fold;

enum class FoldShape : uint8_t { kPredicate, kTransform, kFilter };

struct FoldWord {
  std::string_view name;
  uint8_t variables;
  FoldShape shape;
  Fold fold;
};
// One- and two-variable forms, by name and number of arguments.
constexpr FoldWord kFoldWords[] = {
    {"all", 1, FoldShape::kPredicate, Fold::kAll},
    {"exists", 1, FoldShape::kPredicate, Fold::kExists},
    {"exists_one", 1, FoldShape::kPredicate, Fold::kExistsOne},
    {"existsOne", 1, FoldShape::kPredicate, Fold::kExistsOne},
    {"filter", 1, FoldShape::kFilter, Fold::kFilter},
    {"map", 1, FoldShape::kTransform, Fold::kMap},
    {"all", 2, FoldShape::kPredicate, Fold::kAll},
    {"exists", 2, FoldShape::kPredicate, Fold::kExists},
    {"existsOne", 2, FoldShape::kPredicate, Fold::kExistsOne},
    {"exists_one", 2, FoldShape::kPredicate, Fold::kExistsOne},
    {"transformList", 2, FoldShape::kTransform, Fold::kMap},
    {"transformMap", 2, FoldShape::kTransform, Fold::kTransformMap},
};

struct BinaryOperator {
  int strength;  // 0: no binary operator
  std::string_view name;
};

BinaryOperator OperatorOf(Token token) {
  switch (token) {
    case Token::kOr:
      return {1, "||"};
    case Token::kAnd:
      return {2, "&&"};
    case Token::kLess:
      return {3, "<"};
    case Token::kLessEqual:
      return {3, "<="};
    case Token::kGreater:
      return {3, ">"};
    case Token::kGreaterEqual:
      return {3, ">="};
    case Token::kEqual:
      return {3, "=="};
    case Token::kNotEqual:
      return {3, "!="};
    case Token::kIn:
      return {3, "in"};
    case Token::kPlus:
      return {4, "+"};
    case Token::kMinus:
      return {4, "-"};
    case Token::kStar:
      return {5, "*"};
    case Token::kSlash:
      return {5, "/"};
    case Token::kPercent:
      return {5, "%"};
    default:
      return {0, {}};
  }
}

class Parser {
 public:
  Parser(const Fragment& in, OptionalSyntax syntax, DiagnosticSink* sink)
      : in_(in), sink_(sink), lexer_(in, sink), optionals_(syntax == OptionalSyntax::kOn) {
    ast_.nodes.reserve(32);
    ast_.links.reserve(48);
    ast_.texts.reserve(std::max<size_t>(in.text.size() + 16, 64));
  }

  Ast Parse() {
    Advance();
    if (token_.token == Token::kEnd) {
      sink_->Report(DiagnosticCode::kEmptyExpression, in_,
                    {0, static_cast<uint32_t>(in_.text.size())});
      ast_.root = Leaf(AstKind::kError, token_.range);
      return std::move(ast_);
    }
    ast_.root = Expression();
    if (token_.token != Token::kEnd && !stopped_ && !recovering_)
      Unexpected("an operator or the end");
    return std::move(ast_);
  }

 private:
  using Id = uint32_t;

  std::string_view Text(ByteRange range) const {
    return in_.text.substr(range.begin, range.end - range.begin);
  }

  void Advance() {
    last_end_ = token_.range.end;
    token_ = stopped_ ? Lexeme{Token::kEnd, {last_end_, last_end_}} : lexer_.Next();
  }

  // Nothing more is read: a bound was passed, and one report of that is enough.
  void Stop(DiagnosticCode code, ByteRange range) {
    if (!stopped_) sink_->Report(code, in_, range);
    stopped_ = true;
    token_ = {Token::kEnd, token_.range};
  }

  Id Add(AstNode node, std::span<const Id> children) {
    if (!children.empty()) {
      node.first = static_cast<uint32_t>(ast_.links.size());
      node.count = static_cast<uint32_t>(children.size());
      ast_.links.insert(ast_.links.end(), children.begin(), children.end());
    }
    for (const Id child : children) {
      node.depth = std::max<uint16_t>(node.depth, ast_.nodes[child].depth + 1);
    }
    if (node.depth > expression::kMaxDepth) {
      Stop(DiagnosticCode::kTooDeep, node.range);
      node = AstNode{.kind = AstKind::kError, .range = node.range, .at = node.range};
    }
    if (ast_.nodes.size() >= static_cast<size_t>(expression::kMaxNodes)) {
      Stop(DiagnosticCode::kTooManyNodes, node.range);
      // Still a node, so that ids stay good; the report above keeps it from being used.
    }
    ast_.nodes.push_back(node);
    return static_cast<Id>(ast_.nodes.size() - 1);
  }
  Id Leaf(AstKind kind, ByteRange range, std::string_view text = {}) {
    return Add({.kind = kind, .range = range, .at = range, .text = text}, {});
  }
  Id Call(std::string_view name, ByteRange at, std::initializer_list<Id> children) {
    const AstNode& first = ast_.nodes[*children.begin()];
    const AstNode& last = ast_.nodes[*(children.end() - 1)];
    const ByteRange range{std::min(first.range.begin, at.begin), std::max(last.range.end, at.end)};
    return Add({.kind = AstKind::kCall, .range = range, .at = at, .text = name}, children);
  }

  // Says what was expected, once until the parser has found its feet again.
  void Unexpected(std::string_view expected) {
    if (stopped_ || recovering_) return;
    recovering_ = true;
    if (token_.token == Token::kBad) return;  // the lexer has said it
    if (token_.token == Token::kReserved) {
      Diagnostic& d = sink_->Report(DiagnosticCode::kReservedWord, in_, token_.range,
                                    "'" + String(Text(token_.range)) + "' is a reserved word");
      if (Text(token_.range) == "if") d.hint = "Write condition ? this : that";
      return;
    }
    const std::string_view shown = WithoutCutCharacter(Text(token_.range).substr(0, 40));
    const String found =
        token_.token == Token::kEnd ? "the expression ends" : "'" + String(shown) + "' stands";
    Diagnostic& d = sink_->Report(DiagnosticCode::kUnexpectedToken, in_, token_.range,
                                  found + " where " + String(expected) + " is expected");
    const auto is_digit = [this](size_t at) {
      return at < in_.text.size() && in_.text[at] >= '0' && in_.text[at] <= '9';
    };
    if (shown == "," && token_.range.begin > 0 && is_digit(token_.range.begin - 1) &&
        is_digit(token_.range.end)) {
      d.hint = "Numbers have a point and no other signs: 1000, 1.5";
    }
  }

  // Behind a syntax error: to the next comma or closing bracket of this level.
  void Resynchronise() {
    int depth = 0;
    for (;; Advance()) {
      switch (token_.token) {
        case Token::kEnd:
          return;
        case Token::kLeftParen:
        case Token::kLeftBracket:
        case Token::kLeftBrace:
          ++depth;
          break;
        case Token::kRightParen:
        case Token::kRightBracket:
        case Token::kRightBrace:
          if (depth-- == 0) {
            recovering_ = false;
            return;
          }
          break;
        case Token::kComma:
          if (depth == 0) {
            recovering_ = false;
            return;
          }
          break;
        default:
          break;
      }
    }
  }

  bool Accept(Token token) {
    if (token_.token != token) return false;
    Advance();
    return true;
  }

  // The end of a bracketed list: its bracket, or a report that it is not closed.
  void Close(Token token, ByteRange opened) {
    if (recovering_) Resynchronise();
    if (Accept(token)) return;
    if (stopped_ || recovering_) return;
    if (token_.token == Token::kEnd) {
      sink_->Report(DiagnosticCode::kUnclosed, in_, opened);
      recovering_ = true;
      return;
    }
    Unexpected(token == Token::kRightParen     ? "',' or ')'"
               : token == Token::kRightBracket ? "',' or ']'"
                                               : "',' or '}'");
    Resynchronise();
    while (token_.token == Token::kComma) {  // the rest of the list is skipped
      Advance();
      Resynchronise();
    }
    Accept(token);
  }

  Id Expression() {
    if (++nesting_ > expression::kMaxDepth) {
      Stop(DiagnosticCode::kTooDeep, token_.range);
      --nesting_;
      return Leaf(AstKind::kError, token_.range);
    }
    Id result = Binary(1);
    if (token_.token == Token::kQuestion) {
      const ByteRange at = token_.range;
      Advance();
      const Id yes = Binary(1);
      Id no;
      if (Accept(Token::kColon)) {
        no = Expression();
      } else {
        Unexpected("':'");
        no = Leaf(AstKind::kError, token_.range);
      }
      const std::array children{result, yes, no};
      result = Add({.kind = AstKind::kConditional,
                    .range = {ast_.nodes[result].range.begin, ast_.nodes[no].range.end},
                    .at = at},
                   children);
    }
    --nesting_;
    return result;
  }

  // `and` and `or`, as people write them: reported with the fix, and understood.
  void SpellOperator() {
    if (token_.token != Token::kName) return;
    const std::string_view word = Text(token_.range);
    const bool is_and = word == "and" || word == "AND";
    if (!is_and && word != "or" && word != "OR") return;
    const String meant = is_and ? "&&" : "||";
    Diagnostic& d = sink_->Report(DiagnosticCode::kOperatorSpelling, in_, token_.range,
                                  "'" + String(word) + "' is spelt '" + meant + "' here");
    if (in_.IsPlain()) d.fix = Fix{in_.InFile(token_.range), meant};
    token_.token = is_and ? Token::kAnd : Token::kOr;
  }

  Id Binary(int strength) {
    Id left = Unary();
    for (;;) {
      SpellOperator();
      const BinaryOperator op = OperatorOf(token_.token);
      if (op.strength == 0 || op.strength < strength || recovering_) return left;
      if (op.strength <= 2) {
        left = Logic(left, op);
        continue;
      }
      const ByteRange at = token_.range;
      Advance();
      const Id right = Binary(op.strength + 1);
      left = Call(op.name, at, {left, right});
    }
  }

  // a && b && c: one balanced tree, so that fifty alternatives are not fifty levels deep.
  Id Logic(Id first, BinaryOperator op) {
    const Token token = token_.token;
    const AstKind kind = op.strength == 1 ? AstKind::kOr : AstKind::kAnd;
    const size_t outer = terms_.size();
    terms_.push_back({first, {}});
    while (token_.token == token && !recovering_) {
      terms_.back().behind = token_.range;
      Advance();
      const Id term = Binary(op.strength + 1);
      terms_.push_back({term, {}});
      SpellOperator();
    }
    const Id all = Balance(kind, outer, terms_.size() - 1);
    terms_.resize(outer);
    return all;
  }
  Id Balance(AstKind kind, size_t low, size_t high) {
    if (low == high) return terms_[low].id;
    const size_t middle = low + (high - low - 1) / 2;
    const Id left = Balance(kind, low, middle);
    const Id right = Balance(kind, middle + 1, high);
    const std::array children{left, right};
    return Add({.kind = kind,
                .range = {ast_.nodes[left].range.begin, ast_.nodes[right].range.end},
                .at = terms_[middle].behind},
               children);
  }

  Id Unary() {
    if (token_.token != Token::kNot && token_.token != Token::kMinus) return Postfix(Primary());
    const size_t outer = signs_.size();
    while (token_.token == Token::kNot || token_.token == Token::kMinus) {
      if (signs_.size() - outer == expression::kMaxDepth) {
        signs_.resize(outer);
        Stop(DiagnosticCode::kTooDeep, token_.range);
        return Leaf(AstKind::kError, token_.range);
      }
      signs_.push_back(token_);
      Advance();
    }
    Id result;
    const bool number = token_.token == Token::kInt || token_.token == Token::kDouble;
    if (number && signs_.back().token == Token::kMinus) {
      // The minus belongs to the literal: -9223372036854775808 is an int.
      const Lexeme minus = signs_.back();
      signs_.pop_back();
      const Lexeme literal = token_;
      Advance();
      result = Postfix(Number(literal, minus.range.begin));
    } else {
      result = Postfix(Primary());
    }
    for (; signs_.size() > outer; signs_.pop_back()) {
      const Lexeme& sign = signs_.back();
      result = Call(sign.token == Token::kNot ? "!" : "-", sign.range, {result});
    }
    return result;
  }

  Id Number(Lexeme literal, uint32_t begin) {
    const ByteRange range{begin, literal.range.end};
    const AstKind kind = literal.token == Token::kInt    ? AstKind::kInt
                         : literal.token == Token::kUint ? AstKind::kUint
                                                         : AstKind::kDouble;
    if (Text(literal.range).starts_with("0X")) {
      Diagnostic& d = sink_->Report(DiagnosticCode::kBadNumber, in_, literal.range,
                                    "A hexadecimal number begins with 0x");
      const ByteRange sign{literal.range.begin, literal.range.begin + 2};
      if (in_.IsPlain()) d.fix = Fix{in_.InFile(sign), "0x"};
      return Leaf(AstKind::kError, range);
    }
    if (begin == literal.range.begin || literal.range.begin == begin + 1) {
      return Leaf(kind, range, Text(range));
    }
    // White space between the minus and its number.
    return Leaf(kind, range, Keep("-" + String(Text(literal.range))));
  }

  std::string_view Keep(std::string_view text) {
    const size_t start = ast_.texts.size();
    // What is kept is never longer than what was read, so the reserved space is enough.
    if (start + text.size() > ast_.texts.capacity()) return {};
    ast_.texts += text;
    return std::string_view(ast_.texts).substr(start);
  }

  // Arguments up to the closing bracket, which is read too.
  void Arguments(Token close, ByteRange opened, Vector<Id>* out) {
    if (close == Token::kRightBracket && token_.token == Token::kComma) {  // [,] is an empty list
      Advance();
      if (token_.token != close) Unexpected("']'");
    }
    while (token_.token != close && token_.token != Token::kEnd && !recovering_) {
      out->push_back(close == Token::kRightBracket ? Element() : Expression());
      if (recovering_) Resynchronise();
      if (!Accept(Token::kComma)) break;
      if (token_.token == close && close == Token::kRightParen) {
        Unexpected("an argument");
        break;
      }
    }
    Close(close, opened);
  }

  // An element of a list or a key of a map, which may be optional.
  Id Element() {
    if (!optionals_ || token_.token != Token::kQuestion) return Expression();
    const ByteRange at = token_.range;
    Advance();
    return Call("?_", at, {Expression()});
  }

  Id Postfix(Id target) {
    for (;;) {
      if (recovering_) return target;
      if (token_.token == Token::kDot) {
        Advance();
        const bool optional = token_.token == Token::kQuestion;
        if (optional) {
          if (!optionals_) {
            sink_->Report(DiagnosticCode::kUnexpectedToken, in_, token_.range,
                          "'.?' (optional access) is not available; test with has(...)");
          }
          Advance();
        }
        const Lexeme name = token_;
        if (name.token != Token::kName && name.token != Token::kReserved &&
            name.token != Token::kQuoted) {
          Unexpected("a name");
          return target;
        }
        Advance();
        std::string_view text = Text(name.range);
        if (name.token == Token::kQuoted) text = text.substr(1, text.size() - 2);
        if (optional && optionals_) {
          target = Call("_?._", name.range, {target, Leaf(AstKind::kString, name.range, text)});
        } else if (token_.token == Token::kLeftParen && name.token != Token::kQuoted) {
          target = Method(target, name.range, text);
        } else {
          const std::array children{target};
          target = Add({.kind = AstKind::kMember,
                        .range = {ast_.nodes[target].range.begin, last_end_},
                        .at = name.range,
                        .text = text},
                       children);
        }
      } else if (token_.token == Token::kLeftBracket) {
        const ByteRange opened = token_.range;
        Advance();
        const bool optional = token_.token == Token::kQuestion;
        if (optional) {
          if (!optionals_) {
            sink_->Report(DiagnosticCode::kUnexpectedToken, in_, token_.range,
                          "'[?' (optional access) is not available; test with 'in'");
          }
          Advance();
        }
        const Id index = Expression();
        Close(Token::kRightBracket, opened);
        const std::array children{target, index};
        target = Add({.kind = AstKind::kCall,
                      .range = {ast_.nodes[target].range.begin, last_end_},
                      .at = {opened.begin, last_end_},
                      .text = optional && optionals_ ? "_[?_]" : "[]"},
                     children);
      } else if (token_.token == Token::kLeftBrace && IsNamePath(target)) {
        sink_->Report(DiagnosticCode::kMessageLiteral, in_, ast_.nodes[target].range);
        const ByteRange opened = token_.range;
        Advance();
        recovering_ = true;
        Close(Token::kRightBrace, opened);
        target = Leaf(AstKind::kError, {ast_.nodes[target].range.begin, last_end_});
      } else {
        return target;
      }
    }
  }

  bool IsNamePath(Id id) const {
    while (ast_.nodes[id].kind == AstKind::kMember) id = ast_.Children(ast_.nodes[id])[0];
    return ast_.nodes[id].kind == AstKind::kName;
  }

  Id Method(Id target, ByteRange at, std::string_view name) {
    const ByteRange opened = token_.range;
    Advance();
    Vector<Id> arguments{target};
    Arguments(Token::kRightParen, opened, &arguments);
    const ByteRange range{ast_.nodes[target].range.begin, last_end_};
    if (std::optional<Id> macro = Macro(name, at, range, arguments)) return *macro;
    return Add({.kind = AstKind::kMethod, .range = range, .at = at, .text = name}, arguments);
  }

  // The name that a macro's variable argument is; reports and gives "" where it is none.
  std::string_view Variable(Id id) {
    const AstNode& node = ast_.nodes[id];
    if (node.kind == AstKind::kName && !node.text.starts_with(".")) return node.text;
    if (node.kind != AstKind::kError) {
      sink_->Report(DiagnosticCode::kBadMacro, in_, node.range,
                    "The macro's variable must be a simple name");
    }
    return {};
  }

  std::optional<Id> Macro(std::string_view name, ByteRange at, ByteRange range,
                          std::span<const Id> arguments) {
    if (name == "bind" && arguments.size() == 4 &&
        ast_.nodes[arguments[0]].kind == AstKind::kName && ast_.nodes[arguments[0]].text == "cel") {
      const std::string_view variable = Variable(arguments[1]);
      if (variable.empty()) return Leaf(AstKind::kError, range);
      return Add({.kind = AstKind::kLet, .range = range, .at = at, .text = variable},
                 arguments.subspan(2));
    }
    for (const FoldWord& word : kFoldWords) {
      if (word.name != name) continue;
      const size_t least = 2u + word.variables;  // range, variables, body
      const bool filtered = word.shape == FoldShape::kTransform && arguments.size() == least + 1;
      if (arguments.size() != least && !filtered) continue;
      // `xs.map(i, v)`: the form with one variable comes first and takes it.
      if (word.variables == 2 && word.fold == Fold::kMap && word.name == "map") continue;
      const std::string_view first = Variable(arguments[1]);
      const std::string_view second = word.variables == 2 ? Variable(arguments[2]) : "";
      if (first.empty() || (word.variables == 2 && second.empty())) {
        return Leaf(AstKind::kError, range);
      }
      if (first == second) {
        sink_->Report(DiagnosticCode::kBadMacro, in_, ast_.nodes[arguments[2]].range,
                      "The macro's two variables have the same name");
        return Leaf(AstKind::kError, range);
      }
      Vector<Id> children{arguments[0]};
      for (size_t i = 1u + word.variables; i < arguments.size(); ++i)
        children.push_back(arguments[i]);
      return Add({.kind = AstKind::kFold,
                  .fold = word.fold,
                  .range = range,
                  .at = at,
                  .text = first,
                  .second = second},
                 children);
    }
    return std::nullopt;
  }

  Id Has(ByteRange at, ByteRange range, std::span<const Id> arguments) {
    if (arguments.size() == 1 && ast_.nodes[arguments[0]].kind == AstKind::kMember) {
      const AstNode member = ast_.nodes[arguments[0]];
      const std::array children{ast_.Children(member)[0]};
      return Add({.kind = AstKind::kTest, .range = range, .at = member.at, .text = member.text},
                 children);
    }
    const bool reported = arguments.size() == 1 && ast_.nodes[arguments[0]].kind == AstKind::kError;
    if (!reported && !stopped_) {
      sink_->Report(DiagnosticCode::kBadMacro, in_, at,
                    "has(...) takes one member, for example has(order.discount)");
    }
    return Leaf(AstKind::kError, range);
  }

  Id Primary() {
    const Lexeme lexeme = token_;
    switch (lexeme.token) {
      case Token::kInt:
      case Token::kUint:
      case Token::kDouble:
        Advance();
        return Number(lexeme, lexeme.range.begin);
      case Token::kString:
      case Token::kBytes:
        Advance();
        return Leaf(lexeme.token == Token::kString ? AstKind::kString : AstKind::kBytes,
                    lexeme.range,
                    Keep(DecodeString(Text(lexeme.range), lexeme.range.begin, in_, sink_)));
      case Token::kTrue:
        Advance();
        return Leaf(AstKind::kTrue, lexeme.range);
      case Token::kFalse:
        Advance();
        return Leaf(AstKind::kFalse, lexeme.range);
      case Token::kNull:
        Advance();
        return Leaf(AstKind::kNull, lexeme.range);
      case Token::kDot:
      case Token::kName:
        return Name();
      case Token::kLeftParen: {
        Advance();
        const Id inner = Expression();
        Close(Token::kRightParen, lexeme.range);
        // The brackets belong to the operand, so that a fix around it stays well-formed; (a.b).c is
        // a member of what a.b is.
        ast_.nodes[inner].in_brackets = true;
        ast_.nodes[inner].range = {lexeme.range.begin, std::max(last_end_, lexeme.range.end)};
        return inner;
      }
      case Token::kLeftBracket: {
        Advance();
        Vector<Id> elements;
        Arguments(Token::kRightBracket, lexeme.range, &elements);
        return Add(
            {.kind = AstKind::kList, .range = {lexeme.range.begin, last_end_}, .at = lexeme.range},
            elements);
      }
      case Token::kLeftBrace:
        return MapLiteral();
      case Token::kBad:
        // Reported by the lexer; the rest is read as if it were an operand.
        Advance();
        return Leaf(AstKind::kError, lexeme.range);
      default:
        break;
    }
    Unexpected("a value");
    return Leaf(AstKind::kError, lexeme.range);
  }

  Id Name() {
    Lexeme name = token_;
    uint32_t begin = name.range.begin;
    bool absolute = false;
    if (name.token == Token::kDot) {
      Advance();
      name = token_;
      absolute = true;
      if (name.token != Token::kName) {
        Unexpected("a name");
        return Leaf(AstKind::kError, name.range);
      }
    }
    Advance();
    const std::string_view bare = Text(name.range);
    const ByteRange whole{begin, name.range.end};
    // ". x" with white space between is rare enough to be kept apart.
    const std::string_view text = !absolute                       ? bare
                                  : name.range.begin == begin + 1 ? Text(whole)
                                                                  : Keep("." + String(bare));
    if (token_.token != Token::kLeftParen) {
      if (bare == "not" && !absolute && StartsOperand(token_.token)) {
        Diagnostic& d = sink_->Report(DiagnosticCode::kOperatorSpelling, in_, name.range,
                                      "'not' is spelt '!' here");
        if (in_.IsPlain()) d.fix = Fix{in_.InFile({begin, token_.range.begin}), "!"};
        return Call("!", name.range, {Unary()});
      }
      return Leaf(AstKind::kName, whole, text);
    }
    const ByteRange opened = token_.range;
    Advance();
    Vector<Id> arguments;
    Arguments(Token::kRightParen, opened, &arguments);
    const ByteRange range{begin, last_end_};
    if (bare == "not" && !absolute && arguments.size() == 1) {
      Diagnostic& d = sink_->Report(DiagnosticCode::kOperatorSpelling, in_, name.range,
                                    "'not' is spelt '!' here");
      if (in_.IsPlain()) d.fix = Fix{in_.InFile({begin, opened.begin}), "!"};
      return Call("!", name.range, {arguments[0]});
    }
    if (bare == "has" && !absolute) return Has(name.range, range, arguments);
    return Add({.kind = AstKind::kCall, .range = range, .at = name.range, .text = text}, arguments);
  }

  static bool StartsOperand(Token token) {
    return token == Token::kName || token == Token::kTrue || token == Token::kFalse;
  }

  Id MapLiteral() {
    const ByteRange opened = token_.range;
    Advance();
    Vector<Id> entries;
    if (token_.token == Token::kComma) {  // {,} is an empty map
      Advance();
      if (token_.token != Token::kRightBrace) Unexpected("'}'");
    }
    while (token_.token != Token::kRightBrace && token_.token != Token::kEnd && !recovering_) {
      entries.push_back(Element());
      if (!recovering_ && Accept(Token::kColon)) {
        entries.push_back(Expression());
      } else {
        Unexpected("':'");
        entries.push_back(Leaf(AstKind::kError, token_.range));
      }
      if (recovering_) Resynchronise();
      if (!Accept(Token::kComma)) break;
    }
    Close(Token::kRightBrace, opened);
    return Add({.kind = AstKind::kMap, .range = {opened.begin, last_end_}, .at = opened}, entries);
  }

  const Fragment& in_;
  DiagnosticSink* sink_;
  Lexer lexer_;
  Ast ast_;
  struct Term {
    Id id;
    ByteRange behind;  // the operator that follows
  };
  Vector<Term> terms_;    // of && and || that are being read, innermost last
  Vector<Lexeme> signs_;  // ! and - whose operand is being read
  Lexeme token_;
  uint32_t last_end_ = 0;  // end of the token before
  int nesting_ = 0;
  bool optionals_ = false;
  bool recovering_ = false;
  bool stopped_ = false;
};

}  // namespace

Ast ParseExpression(const Fragment& in, OptionalSyntax syntax, DiagnosticSink* sink) {
  const auto size = static_cast<uint32_t>(in.text.size());
  const bool too_long = in.text.size() > expression::kMaxSource;
  if (too_long || !IsUtf8(in.text)) {
    sink->Report(too_long ? DiagnosticCode::kExpressionTooLong : DiagnosticCode::kNotUtf8, in,
                 {0, size});
    Ast ast;
    ast.nodes.push_back({});
    return ast;
  }
  return Parser(in, syntax, sink).Parse();
}

}  // namespace countersign::compile
