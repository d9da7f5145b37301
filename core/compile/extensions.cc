// Long because it is four libraries and the walk that calls them.
#include "compile/extensions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/vector.h"
#include "expression/program.h"
#include "expression/real.h"
#include "expression/wide.h"

namespace countersign::compile {
namespace {

using expression::Fold;
using expression::Function;
using expression::Node;
using expression::Op;
using expression::Tree;
using values::Kind;
using values::MapEntry;
using values::Value;

// Overloads as in functions.def, where letters can say what they are.
struct LibraryFunction {
  std::string_view name, forms;
};
constexpr LibraryFunction kLibrary[] = {{"charAt", "ssi"},
                                        {"indexOf", "iss issi"},
                                        {"lastIndexOf", "iss issi"},
                                        {"lowerAscii", "ss"},
                                        {"upperAscii", "ss"},
                                        {"replace", "ssss ssssi"},
                                        {"split", "lss lssi"},
                                        {"substring", "ssi ssii"},
                                        {"trim", "ss"},
                                        {"join", "sl sls"},
                                        {"format", "ssl"},
                                        {"reverse", "ss"},
                                        {"hasValue", "ba"},
                                        {"value", "aa"},
                                        {"or", "aaa"},
                                        {"orValue", "aaa"},
                                        {"optMap", ""},
                                        {"optFlatMap", ""},
                                        {"unwrapOpt", "al"},
                                        {"first", "al"},
                                        {"last", "al"},
                                        {"transformMapEntry", ""},
                                        {"optional.none", "a"},
                                        {"optional.of", "aa"},
                                        {"optional.ofNonZeroValue", "aa"},
                                        {"optional.unwrap", "al"},
                                        {"strings.quote", "ss"},
                                        {"base64.encode", "sy"},
                                        {"base64.decode", "ys"},
                                        {"math.greatest", ""},
                                        {"math.least", ""},
                                        {"math.ceil", "ff"},
                                        {"math.floor", "ff"},
                                        {"math.round", "ff"},
                                        {"math.trunc", "ff"},
                                        {"math.isNaN", "bf"},
                                        {"math.isInf", "bf"},
                                        {"math.isFinite", "bf"},
                                        {"math.abs", "ii uu ff"},
                                        {"math.sign", "ii uu ff"},
                                        {"math.sqrt", "fi fu ff"},
                                        {"math.bitAnd", "iii uuu"},
                                        {"math.bitOr", "iii uuu"},
                                        {"math.bitXor", "iii uuu"},
                                        {"math.bitNot", "ii uu"},
                                        {"math.bitShiftLeft", "iii uui"},
                                        {"math.bitShiftRight", "iii uui"}};
const LibraryFunction* FindLibrary(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kLibrary), std::end(kLibrary),
                   [&](const LibraryFunction& function) { return function.name == name; });
  return found == std::end(kLibrary) ? nullptr : found;
}
// What the parser makes of the optional syntax.
constexpr std::string_view kOptionalMember = "_?._";
constexpr std::string_view kOptionalIndex = "_[?_]";
constexpr std::string_view kOptionalElement = "?_";

// An optional is a map with this key alone, whose value is a list of one or none: so it can stand
// in lists and maps, and equality is what it should be. No text can be the key: it is no UTF-8.
constexpr std::string_view kOptionalKey = "\xFFoptional";
constexpr int kMaxPrecision = 100;  // digits behind the point in format()

template <size_t n>
bool IsOneOf(const std::string_view (&names)[n], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Error NoOverload(std::string_view name) { return Error(ErrorCode::kExpressionNoOverload, name); }
Error NotFor(std::string_view name, const Value& value) {
  return NoOverload(String(name) + "(" + String(values::KindName(value.kind())) + ")");
}
Error OutOfRange(int64_t index) {
  return Error(ErrorCode::kExpressionOutOfRange, NumberText(index));
}

bool IsZero(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return !value.bool_value();
    case Kind::kInt:
      return value.int_value() == 0;
    case Kind::kUint:
      return value.uint_value() == 0;
    case Kind::kDouble:
      return value.double_value() == 0;
    case Kind::kString:
      return value.string_value().empty();
    case Kind::kBytes:
      return value.bytes_value().empty();
    case Kind::kList:
      return value.items().empty();
    case Kind::kMap:
      return value.entries().empty();
    case Kind::kDecimal:
    case Kind::kMoney:
      return value.decimal_value().IsZero();
    case Kind::kPeriod:
      return value.period_value() == values::Period();
    case Kind::kDuration:
      return value.duration_value() == values::Duration();
    default:  // days and points in time have no zero
      return false;
  }
}

// --- texts by code points ------------------------------------------------------------------------

using Points = std::vector<std::string_view>;
Points PointsOf(std::string_view text) {
  Points points;
  for (size_t i = 0; i < text.size();) {
    size_t width = 1;
    while (i + width < text.size() && (static_cast<unsigned char>(text[i + width]) & 0xC0) == 0x80)
      ++width;
    points.push_back(text.substr(i, width));
    i += width;
  }
  return points;
}
String Joined(std::span<const std::string_view> points) {
  String text;
  for (std::string_view point : points) text += point;
  return text;
}

bool IsSpace(std::string_view point) {
  if (point.size() == 1) return point[0] == ' ' || (point[0] >= '\t' && point[0] <= '\r');
  constexpr std::string_view kWide[] = {
      "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
      "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
      "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
      "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
  return IsOneOf(kWide, point);
}

String QuoteText(std::string_view text) {
  String quoted = "\"";
  constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\\"", kNames = "abfnrtv\\\"";
  for (char c : text) {
    size_t at = kPlain.find(c);
    if (at == std::string_view::npos) {
      quoted += c;
    } else {
      quoted += '\\';
      quoted += kNames[at];
    }
  }
  return quoted + "\"";
}

// With U+FFFD for each run of bytes that are no UTF-8.
String ReplaceInvalid(std::string_view bytes) {
  String text;
  bool replaced = false;
  for (size_t i = 0; i < bytes.size();) {
    size_t width = 1;
    while (width <= 4 && i + width <= bytes.size() && !IsUtf8(bytes.substr(i, width))) ++width;
    if (width <= 4 && i + width <= bytes.size()) {
      text += bytes.substr(i, width);
      i += width;
      replaced = false;
      continue;
    }
    if (!replaced) text += "\xEF\xBF\xBD";
    replaced = true;
    ++i;
  }
  return text;
}

// --- doubles as exact decimals -------------------------------------------------------------------

// The digits of a finite double's absolute value, and how many of them stand behind the point.
struct Digits {
  std::vector<uint8_t> digits;  // most significant first
  int scale = 0;
};
// p, where the double is m * 2^p and m a whole number of 53 bits.
int PowerOf(double value) {
  int exponent = static_cast<int>(std::bit_cast<uint64_t>(value) >> 52 & 0x7ff);
  return (exponent == 0 ? 1 : exponent) - 1075;
}
Digits DigitsOf(double value) {
  auto bits = std::bit_cast<uint64_t>(value);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  int power = PowerOf(value);
  if ((bits >> 52 & 0x7ff) != 0) mantissa |= uint64_t{1} << 52;
  std::vector<uint8_t> low;  // least significant first
  for (; mantissa != 0; mantissa /= 10) low.push_back(static_cast<uint8_t>(mantissa % 10));
  // m * 2^p, or m * 5^-p with -p digits behind the point.
  for (int i = 0; i < std::abs(power) && !low.empty(); ++i) {
    int carry = 0;
    for (uint8_t& digit : low) {
      int product = digit * (power > 0 ? 2 : 5) + carry;
      digit = static_cast<uint8_t>(product % 10);
      carry = product / 10;
    }
    if (carry != 0) low.push_back(static_cast<uint8_t>(carry));
  }
  Digits result{{low.rbegin(), low.rend()}, power < 0 ? -power : 0};
  return result;
}

// Keeps the first `count` digits, half to even; true where that made one more in front.
bool RoundDigits(std::vector<uint8_t>* digits, size_t count) {
  if (count >= digits->size()) return false;
  bool above = false;
  for (size_t i = count + 1; i < digits->size(); ++i) above = above || (*digits)[i] != 0;
  uint8_t next = (*digits)[count];
  bool odd = count > 0 && (*digits)[count - 1] % 2 == 1;
  bool up = next > 5 || (next == 5 && (above || odd));
  digits->resize(count);
  if (!up) return false;
  for (size_t i = count; i-- > 0;) {
    if ((*digits)[i] != 9) {
      ++(*digits)[i];
      return false;
    }
    (*digits)[i] = 0;
  }
  digits->insert(digits->begin(), 1);
  return true;
}

String NotFinite(double value) {
  return value != value ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
bool IsFinite(double value) { return value - value == 0; }

String FixedPoint(double value, int precision) {
  if (!IsFinite(value)) return NotFinite(value);
  Digits digits = DigitsOf(value);
  auto behind = static_cast<size_t>(precision);
  // At least one digit in front of the point, and as many behind it as are wanted.
  size_t scale = static_cast<size_t>(digits.scale);
  if (digits.digits.size() < scale + 1)
    digits.digits.insert(digits.digits.begin(), scale + 1 - digits.digits.size(), 0);
  if (scale < behind) digits.digits.insert(digits.digits.end(), behind - scale, 0);
  scale = std::max(scale, behind);
  size_t front = digits.digits.size() - scale;
  front += RoundDigits(&digits.digits, front + behind) ? 1 : 0;
  String text = std::signbit(value) ? "-" : "";
  for (size_t i = 0; i < digits.digits.size(); ++i) {
    if (i == front) text += '.';
    text += static_cast<char>('0' + digits.digits[i]);
  }
  return text;
}

String Scientific(double value, int precision) {
  if (!IsFinite(value)) return NotFinite(value);
  Digits digits = DigitsOf(value);
  auto count = static_cast<size_t>(precision) + 1;
  int exponent = static_cast<int>(digits.digits.size()) - digits.scale - 1;
  if (digits.digits.empty()) exponent = 0;
  if (RoundDigits(&digits.digits, count)) ++exponent;
  digits.digits.resize(count, 0);
  String text = std::signbit(value) ? "-" : "";
  for (size_t i = 0; i < count; ++i) {
    if (i == 1) text += '.';
    text += static_cast<char>('0' + digits.digits[i]);
  }
  String power = NumberText(std::abs(exponent));
  return text + (exponent < 0 ? "e-" : "e+") + (power.size() < 2 ? "0" : "") + power;
}

String InBase(uint64_t number, unsigned base) {
  String text;
  do {
    text += "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

// What of a strict operation's operands is no value: all unknowns together, or else the first error
// (FORMAT.md, section 5). An unknown travels as an error of its own code, which nothing that runs
// has otherwise; its detail is the names it waits for, a line each.
class Faults {
 public:
  static Error Unknown(std::string_view names) {
    return Error(ErrorCode::kExpressionUnknownVariable, names);
  }
  static bool IsUnknown(const Error& error) {
    return error.code() == ErrorCode::kExpressionUnknownVariable;
  }
  static std::vector<String> NamesOf(const Error& unknown) {
    std::vector<String> names;
    for (std::string_view rest = unknown.detail(); !rest.empty();) {
      std::string_view name = rest.substr(0, rest.find('\n'));
      names.emplace_back(name);
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    }
    return names;
  }

  void Add(const Error& fault) {
    if (!IsUnknown(fault)) {
      if (!error_) error_ = fault;
      return;
    }
    for (String& name : NamesOf(fault)) unknown_.push_back(std::move(name));
    std::sort(unknown_.begin(), unknown_.end());
    unknown_.erase(std::unique(unknown_.begin(), unknown_.end()), unknown_.end());
  }
  bool any() const { return error_ || !unknown_.empty(); }
  // REQUIRES: there is any.
  Error Together() const {
    if (unknown_.empty()) return *error_;
    String names;
    for (const String& name : unknown_) names += (names.empty() ? "" : "\n") + name;
    return Unknown(names);
  }

 private:
  std::optional<Error> error_;  // the first one
  std::vector<String> unknown_;
};

class Walk {
 public:
  Walk(const Tree& tree, std::span<const NamedValue> names) : tree_(tree) {
    for (const Node& node : tree.nodes) {
      const NamedValue* found = nullptr;
      if (node.op == Op::kVariable) {
        for (const NamedValue& named : names) {
          if (named.name == node.name) found = &named;
        }
      }
      variables_.push_back(found);
    }
  }

  Extended Run() {
    Result<Value> result = Eval(static_cast<Id>(tree_.nodes.size() - 1));
    Extended extended;
    if (starved_) {
      extended.error = Error(ErrorCode::kExpressionFuel);
    } else if (result) {
      extended.value = *std::move(result);
    } else if (Faults::IsUnknown(result.error())) {
      extended.unknown = Faults::NamesOf(result.error());
    } else {
      extended.error = result.error();
    }
    return extended;
  }

 private:
  using Id = uint32_t;

  // --- the language ------------------------------------------------------------------------------

  // Nothing absorbs the end of the fuel.
  bool Charge(uint64_t amount) {
    if (!expression::Charge(&fuel_, amount)) starved_ = true;
    return !starved_;
  }

  Result<Value> Eval(Id id) {
    if (!Charge(1)) return ErrorCode::kExpressionFuel;
    const Node& node = tree_.nodes[id];
    auto children = tree_.Children(node);
    switch (node.op) {
      case Op::kLiteral:
        return node.literal;
      case Op::kVariable:
        if (const NamedValue* named = variables_[id]; named != nullptr && named->value)
          return *named->value;
        return Faults::Unknown(node.name);
      case Op::kLocal:
        // Names of unknowns are copied at each use.
        if (const Result<Value>& local = locals_[node.local];
            local || Charge(local.error().detail().size()))
          return local;
        return ErrorCode::kExpressionFuel;
      case Op::kMember:
        return Member(CS_TRY(Eval(children[0])), node.name);
      case Op::kHas:
        return Has(CS_TRY(Eval(children[0])), node.name);
      case Op::kAnd:
      case Op::kOr:
        return Logic(node.op == Op::kOr, children[0], children[1]);
      case Op::kIf: {
        Value condition = CS_TRY(Condition(children[0], "?:"));
        return Eval(children[condition.bool_value() ? 1 : 2]);
      }
      case Op::kList:
        return List(children);
      case Op::kMap:
        return Map(children);
      case Op::kFold:
        return FoldOver(node, children);
      case Op::kLet: {
        // An init that is no value is only looked at where its local is used.
        locals_.push_back(Eval(children[0]));
        Result<Value> body = Eval(children[1]);
        locals_.pop_back();
        return body;
      }
      case Op::kCall:
        if (node.function == kLibraryCall) return Library(node, children);
        return Call(node.function, children);
    }
    return ErrorCode::kExpressionBadNode;
  }

  Result<Value> Condition(Id id, std::string_view what) {
    Value value = CS_TRY(Eval(id));
    if (!value.Is(Kind::kBool)) return NotFor(what, value);
    return value;
  }

  // An access to an optional gives an optional.
  Result<Value> Member(const Value& target, std::string_view name) {
    if (auto content = ReadOptional(target)) {
      if (!content->value) return MakeOptional(std::nullopt);
      return OptionalMember(*content->value, name);
    }
    expression::Status status = expression::kDone;
    const Value* member = expression::FindMember(target, name, &status);
    if (member == nullptr) {
      const Value text = Value::String(name);
      return expression::MakeError(status, Function::kIndex, std::array{&target, &text});
    }
    return *member;
  }
  Result<Value> OptionalMember(const Value& target, std::string_view name) {
    if (ReadOptional(target)) return Member(target, name);
    expression::Status status = expression::kDone;
    const Value* member = expression::FindMember(target, name, &status);
    if (member == nullptr && status == expression::kNoOverload)
      return Error(ErrorCode::kExpressionNoOverload, name);
    return MakeOptional(member == nullptr ? std::nullopt : std::optional<Value>(*member));
  }
  Result<Value> OptionalIndex(const Value& target, const Value& index) {
    if (auto content = ReadOptional(target)) {
      if (!content->value) return MakeOptional(std::nullopt);
      return OptionalIndex(*content->value, index);
    }
    expression::Status status = expression::kDone;
    const Value* item = expression::FindIndex(target, index, &status);
    if (item == nullptr && status == expression::kNoOverload) return NoOverload("[?]");
    return MakeOptional(item == nullptr ? std::nullopt : std::optional<Value>(*item));
  }

  Result<Value> Has(const Value& target, std::string_view name) {
    auto content = ReadOptional(target);
    if (content && !content->value) return Value::Bool(false);
    const Value& inner = content ? *content->value : target;
    if (!inner.Is(Kind::kMap)) return NoOverload("has");
    return Value::Bool(inner.Find(name) != nullptr);
  }

  Result<Value> Logic(bool is_or, Id left, Id right) {
    std::string_view what = is_or ? "||" : "&&";
    Faults faults;
    for (Id side : {left, right}) {
      Result<Value> value = Condition(side, what);
      if (!value) {
        faults.Add(value.error());
      } else if (value->bool_value() == is_or) {
        return value;
      }
    }
    if (faults.any()) return faults.Together();
    return Value::Bool(!is_or);
  }

  // An element of a list, or an entry of a map whose key is `key`: where it is marked with `?`,
  // what is in the optional, and nothing where that is empty.
  Result<std::optional<Value>> Element(Id id, Id key) {
    const bool optional = IsLibraryCall(key, kOptionalElement);
    if (id == key && optional) id = tree_.Children(tree_.nodes[id])[0];
    Value value = CS_TRY(Eval(id));
    if (!optional) return std::optional<Value>(std::move(value));
    auto content = ReadOptional(value);
    if (!content) return NoOverload("?");
    return std::move(content->value);
  }
  bool IsLibraryCall(Id id, std::string_view name) const {
    const Node& node = tree_.nodes[id];
    return node.op == Op::kCall && node.function == kLibraryCall && node.name == name;
  }

  Result<Value> List(std::span<const Id> children) {
    if (!Charge(children.size() * sizeof(Value))) return ErrorCode::kExpressionFuel;
    Vector<Value> items;
    Faults faults;
    for (Id child : children) {
      Result<std::optional<Value>> item = Element(child, child);
      if (!item) {
        faults.Add(item.error());
      } else if (*item) {
        items.push_back(**std::move(item));
      }
    }
    if (faults.any()) return faults.Together();
    return Made(std::move(items));
  }

  Result<Value> Map(std::span<const Id> children) {
    if (!Charge(children.size() * sizeof(Value))) return ErrorCode::kExpressionFuel;
    Vector<MapEntry> entries;
    Faults faults;
    for (size_t i = 0; i + 1 < children.size(); i += 2) {
      // `?key: value`: the mark stands at the key.
      Id key_id = children[i];
      if (IsLibraryCall(key_id, kOptionalElement)) key_id = tree_.Children(tree_.nodes[key_id])[0];
      Result<Value> key = Eval(key_id);
      if (!key) faults.Add(key.error());
      Result<std::optional<Value>> value = Element(children[i + 1], children[i]);
      if (!value) faults.Add(value.error());
      if (key && value && *value) entries.push_back({*std::move(key), **std::move(value)});
    }
    if (faults.any()) return faults.Together();
    return Made(std::move(entries));
  }

  static Result<Value> Done(expression::Status status, Value value) {
    if (status != expression::kDone) return static_cast<ErrorCode>(status);
    return value;
  }
  static Result<Value> Made(Vector<Value> items) {
    Value value;
    expression::Status status = expression::MakeList(std::move(items), &value);
    return Done(status, std::move(value));
  }
  static Result<Value> Made(Vector<MapEntry> entries) {
    Value value;
    expression::Status status = expression::MakeMap(std::move(entries), &value);
    return Done(status, std::move(value));
  }
  Result<Value> Text(String text) {
    if (!Charge(text.size() / 8)) return ErrorCode::kExpressionFuel;
    if (text.size() > expression::kMaxValueBytes) return ErrorCode::kExpressionTooLarge;
    return Value::String(text);
  }

  // --- macros ------------------------------------------------------------------------------------

  Result<Value> FoldOver(const Node& node, std::span<const Id> children) {
    std::string_view what = expression::FoldName(node.fold);
    Value range = CS_TRY(Eval(children[0]));
    if (!range.Is(Kind::kList) && (!range.Is(Kind::kMap) || ReadOptional(range)))
      return NotFor(what, range);
    bool is_list = range.Is(Kind::kList);
    size_t count = is_list ? range.items().size() : range.entries().size();
    bool two = node.variables == 2;
    bool transforms = node.fold == Fold::kMap || node.fold == Fold::kTransformMap;
    Faults faults;  // of all and exists, in case no element decides
    int64_t matches = 0;
    Vector<Value> items;
    Vector<MapEntry> entries;
    for (size_t i = 0; i < count; ++i) {
      Value key = is_list ? Value::Int(static_cast<int64_t>(i)) : range.entries()[i].key;
      const Value& value = is_list ? range.items()[i] : range.entries()[i].value;
      locals_.push_back(two || !is_list ? key : value);
      if (two) locals_.push_back(value);
      Result<Value> test = Value::Bool(true);
      Result<Value> body = Value();
      if (!transforms || children.size() == 3) test = Condition(children[1], what);
      if (transforms && test && test->bool_value()) body = Eval(children.back());
      locals_.resize(locals_.size() - (two ? 2 : 1), Value());
      if (!Charge(sizeof(MapEntry))) return ErrorCode::kExpressionFuel;
      bool holds = test && test->bool_value();
      if (node.fold == Fold::kAll || node.fold == Fold::kExists) {
        bool decisive = node.fold == Fold::kExists;
        if (test && holds == decisive) return Value::Bool(decisive);
        if (!test) faults.Add(test.error());
        continue;
      }
      if (!test) return test;
      if (!body) return body;
      matches += holds;
      if (!holds || node.fold == Fold::kExistsOne) continue;
      if (node.fold == Fold::kTransformMap) {
        entries.push_back({std::move(key), *std::move(body)});
      } else if (node.fold == Fold::kMap) {
        items.push_back(*std::move(body));
      } else {
        items.push_back(two || !is_list ? key : value);
      }
    }
    if (faults.any()) return faults.Together();
    switch (node.fold) {
      case Fold::kAll:
        return Value::Bool(true);
      case Fold::kExists:
        return Value::Bool(false);
      case Fold::kExistsOne:
        return Value::Bool(matches == 1);
      case Fold::kTransformMap:
        return Made(std::move(entries));
      default:
        return Made(std::move(items));
    }
  }

  // Puts together the maps that the body gives.
  Result<Value> EntryMacro(std::span<const Id> children) {
    Value range = CS_TRY(Eval(children[0]));
    bool is_list = range.Is(Kind::kList);
    if (!is_list && (!range.Is(Kind::kMap) || ReadOptional(range)))
      return NotFor("transformMapEntry", range);
    size_t count = is_list ? range.items().size() : range.entries().size();
    Vector<MapEntry> entries;
    for (size_t i = 0; i < count; ++i) {
      locals_.push_back(is_list ? Value::Int(static_cast<int64_t>(i)) : range.entries()[i].key);
      locals_.push_back(is_list ? range.items()[i] : range.entries()[i].value);
      Result<Value> test = Value::Bool(true);
      Result<Value> body = Value();
      if (children.size() == 3) test = Condition(children[1], "transformMapEntry");
      if (test && test->bool_value()) body = Eval(children.back());
      locals_.resize(locals_.size() - 2, Value());
      if (!test) return test;
      if (!test->bool_value()) continue;
      Value made = CS_TRY(std::move(body));
      if (!made.Is(Kind::kMap) || ReadOptional(made)) return NotFor("transformMapEntry", made);
      if (!Charge((1 + made.entries().size()) * sizeof(MapEntry)))
        return ErrorCode::kExpressionFuel;
      for (const MapEntry& entry : made.entries()) entries.push_back(entry);
    }
    return Made(std::move(entries));
  }

  // --- functions ---------------------------------------------------------------------------------

  Result<Value> ApplyFunction(Function function, const Vector<Value>& arguments) {
    std::vector<const Value*> pointers;
    for (const Value& argument : arguments) pointers.push_back(&argument);
    Value value;
    expression::Status status = ApplyEither(function, pointers, &fuel_, &value);
    if (status == expression::kStarved) starved_ = true;
    if (HasEither(function, pointers.size())) pointers.pop_back();
    if (status != expression::kDone) return expression::MakeError(status, function, pointers);
    return value;
  }

  Result<Vector<Value>> Arguments(std::span<const Id> children) {
    Vector<Value> arguments;
    Faults faults;
    for (Id child : children) {
      Result<Value> argument = Eval(child);
      if (argument) {
        arguments.push_back(*std::move(argument));
      } else {
        faults.Add(argument.error());
      }
    }
    if (faults.any()) return faults.Together();
    return arguments;
  }

  Result<Value> Call(Function function, std::span<const Id> children) {
    Vector<Value> arguments = CS_TRY(Arguments(children));
    // An optional is a map to the functions of the language: those that may see one do.
    if (ReadOptional(arguments[0])) {
      if (function == Function::kIndex) return OptionalIndex(arguments[0], arguments[1]);
      if (function == Function::kTypeOf) return Value::TypeNamed("optional_type");
    }
    bool any = function == Function::kEqual || function == Function::kNotEqual ||
               function == Function::kDyn;
    for (size_t i = 0; i < arguments.size() && !any; ++i) {
      bool needle = function == Function::kIn && i == 0;
      if (!needle && ReadOptional(arguments[i]))
        return NoOverload(expression::FunctionName(function));
    }
    return ApplyFunction(function, arguments);
  }

  Result<Value> Library(const Node& node, std::span<const Id> children) {
    std::string_view name = node.name;
    if (children.size() == 2) {
      if (name == "or" || name == "orValue") return Or(name, children);
      if (name == "optMap" || name == "optFlatMap") return OptionalMap(name, children);
    }
    if (name == "transformMapEntry") return EntryMacro(children);
    Vector<Value> arguments = CS_TRY(Arguments(children));
    if (FindLibrary(name) == nullptr && !IsOptionalSyntax(name))
      return Error(ErrorCode::kExpressionUnknownFunction, name);
    if (name == kOptionalElement) return NoOverload("?");
    if (name == kOptionalMember) return OptionalMember(arguments[0], arguments[1].string_value());
    if (name == kOptionalIndex) return OptionalIndex(arguments[0], arguments[1]);
    if (size_t dot = name.find('.'); dot != std::string_view::npos) {
      std::string_view space = name.substr(0, dot);
      name.remove_prefix(dot + 1);
      if (space == "math") return Math(name, arguments);
      if (space == "optional") return Optional(name, arguments);
      if (space == "base64") return Base64(name, arguments);
      if (name == "quote" && arguments.size() == 1 && arguments[0].Is(Kind::kString))
        return Text(QuoteText(arguments[0].string_value()));
      return NoOverload(name);
    }
    if (name == "unwrapOpt") return Unwrap(name, arguments);
    if (name == "first" || name == "last") return EndOfList(name, arguments);
    if (auto content = ReadOptional(arguments[0])) return OnOptional(name, *content, arguments);
    return OnText(name, arguments);
  }

  // --- optionals ---------------------------------------------------------------------------------

  Result<Value> Optional(std::string_view name, const Vector<Value>& arguments) {
    if (name == "none" && arguments.empty()) return MakeOptional(std::nullopt);
    if (name == "unwrap") return Unwrap(name, arguments);
    if (arguments.size() != 1) return NoOverload(name);
    if (name == "of") return MakeOptional(arguments[0]);
    if (name != "ofNonZeroValue") return NoOverload(name);
    return MakeOptional(IsZero(arguments[0]) ? std::nullopt : std::optional<Value>(arguments[0]));
  }

  // What the optionals of a list hold, without the empty ones.
  Result<Value> Unwrap(std::string_view name, const Vector<Value>& arguments) {
    if (arguments.size() != 1 || !arguments[0].Is(Kind::kList)) return NoOverload(name);
    Vector<Value> held;
    for (const Value& item : arguments[0].items()) {
      auto content = ReadOptional(item);
      if (!content) return NoOverload(name);
      if (content->value) held.push_back(*std::move(content->value));
    }
    if (!Charge(held.size())) return ErrorCode::kExpressionFuel;
    return Value::List(std::move(held));
  }

  static Result<Value> EndOfList(std::string_view name, const Vector<Value>& arguments) {
    if (arguments.size() != 1 || !arguments[0].Is(Kind::kList)) return NoOverload(name);
    const auto& items = arguments[0].items();
    if (items.empty()) return MakeOptional(std::nullopt);
    return MakeOptional(name == "first" ? items.front() : items.back());
  }

  static Result<Value> OnOptional(std::string_view name, const OptionalContent& content,
                                  const Vector<Value>& arguments) {
    if (name == "hasValue" && arguments.size() == 1) return Value::Bool(content.value.has_value());
    if (name == "value" && arguments.size() == 1) {
      if (!content.value) return Error(ErrorCode::kExpressionNoSuchKey, "optional.none()");
      return *content.value;
    }
    return NoOverload(name);
  }

  // What stands in for an empty optional is only looked at where it has to.
  Result<Value> Or(std::string_view name, std::span<const Id> children) {
    Value target = CS_TRY(Eval(children[0]));
    auto content = ReadOptional(target);
    if (!content) return NoOverload(name);
    if (content->value) return name == "or" ? std::move(target) : *std::move(content->value);
    Value other = CS_TRY(Eval(children[1]));
    if (name == "or" && !ReadOptional(other)) return NoOverload(name);
    return other;
  }

  Result<Value> OptionalMap(std::string_view name, std::span<const Id> children) {
    Value target = CS_TRY(Eval(children[0]));
    auto content = ReadOptional(target);
    if (!content) return NoOverload(name);
    if (!content->value) return target;
    locals_.push_back(*std::move(content->value));
    Result<Value> body = Eval(children[1]);
    locals_.pop_back();
    if (!body) return body;
    if (name == "optMap") return MakeOptional(*std::move(body));
    if (!ReadOptional(*body)) return NoOverload(name);
    return body;
  }

  // --- encoders ----------------------------------------------------------------------------------

  Result<Value> Base64(std::string_view name, const Vector<Value>& arguments) {
    if (arguments.size() != 1) return NoOverload(name);
    if (name == "encode" && arguments[0].Is(Kind::kBytes))
      return Text(ToBase64(arguments[0].bytes_value()));
    if (name != "decode" || !arguments[0].Is(Kind::kString)) return NoOverload(name);
    if (!Charge(arguments[0].string_value().size() / 4)) return ErrorCode::kExpressionFuel;
    auto bytes = FromBase64(String(arguments[0].string_value()));
    if (!bytes) return Error(ErrorCode::kExpressionBadConversion, "base64");
    return Value::Bytes(*bytes);
  }

  // --- math --------------------------------------------------------------------------------------

  static bool IsNumber(const Value& value) {
    return value.Is(Kind::kInt) || value.Is(Kind::kUint) || value.Is(Kind::kDouble);
  }

  Result<Value> Extreme(std::string_view name, const Vector<Value>& arguments) {
    bool one_list = arguments.size() == 1 && arguments[0].Is(Kind::kList);
    std::span<const Value> numbers = one_list ? arguments[0].items() : std::span(arguments);
    if (numbers.empty()) return NoOverload(name);
    if (!Charge(numbers.size())) return ErrorCode::kExpressionFuel;
    const Value* best = nullptr;
    for (const Value& number : numbers) {
      if (!IsNumber(number)) return NoOverload(name);
      if (best == nullptr) {
        best = &number;
        continue;
      }
      auto order = CS_TRY(values::Order(number, *best));
      if (name == "greatest" ? order > 0 : order < 0) best = &number;
    }
    return *best;
  }

  Result<Value> Math(std::string_view name, const Vector<Value>& arguments) {
    if (name == "greatest" || name == "least") return Extreme(name, arguments);
    if (arguments.empty() || arguments.size() > 2) return NoOverload(name);
    const Value& a = arguments[0];
    if (arguments.size() == 2) return Bits(name, a, arguments[1]);
    if (name == "bitNot") {
      if (a.Is(Kind::kInt)) return Value::Int(~a.int_value());
      if (a.Is(Kind::kUint)) return Value::Uint(~a.uint_value());
      return NoOverload(name);
    }
    if (name == "abs" || name == "sign") return Magnitude(name, a);
    if (name == "sqrt" && IsNumber(a)) {
      double number = a.Is(Kind::kDouble) ? a.double_value()
                      : a.Is(Kind::kInt)  ? static_cast<double>(a.int_value())
                                          : static_cast<double>(a.uint_value());
      return Value::Double(std::sqrt(number));
    }
    if (!a.Is(Kind::kDouble)) return NoOverload(name);
    double number = a.double_value();
    if (name == "ceil") return Value::Double(std::ceil(number));
    if (name == "floor") return Value::Double(std::floor(number));
    if (name == "round") return Value::Double(std::round(number));
    if (name == "trunc") return Value::Double(std::trunc(number));
    if (name == "isNaN") return Value::Bool(number != number);
    if (name == "isInf") return Value::Bool(number == number && !IsFinite(number));
    if (name == "isFinite") return Value::Bool(IsFinite(number));
    return NoOverload(name);
  }

  static Result<Value> Magnitude(std::string_view name, const Value& a) {
    bool abs = name == "abs";
    if (a.Is(Kind::kUint)) return abs ? a : Value::Uint(a.uint_value() != 0);
    if (a.Is(Kind::kInt)) {
      int64_t number = a.int_value();
      if (!abs) return Value::Int((number > 0) - (number < 0));
      if (number == INT64_MIN) return ErrorCode::kValuesOverflow;
      return Value::Int(number < 0 ? -number : number);
    }
    if (!a.Is(Kind::kDouble)) return NoOverload(name);
    double number = a.double_value();
    if (abs) return Value::Double(std::fabs(number));
    return Value::Double(number > 0 ? 1 : number < 0 ? -1 : number);
  }

  static Result<Value> Bits(std::string_view name, const Value& a, const Value& b) {
    bool both_int = a.Is(Kind::kInt) && b.Is(Kind::kInt);
    bool both_uint = a.Is(Kind::kUint) && b.Is(Kind::kUint);
    bool shift = name == "bitShiftLeft" || name == "bitShiftRight";
    if (!(both_int || both_uint || (shift && a.Is(Kind::kUint) && b.Is(Kind::kInt))))
      return NoOverload(name);
    // Both kinds keep their bits in the same way.
    auto bits = [](const Value& value) {
      return value.Is(Kind::kInt) ? static_cast<uint64_t>(value.int_value()) : value.uint_value();
    };
    uint64_t x = bits(a), y = bits(b), result = 0;
    if (shift) {
      if (!b.Is(Kind::kInt)) return NoOverload(name);
      if (b.int_value() < 0) return OutOfRange(b.int_value());
      if (y < 64) result = name == "bitShiftLeft" ? x << y : x >> y;
    } else if (name == "bitAnd") {
      result = x & y;
    } else if (name == "bitOr") {
      result = x | y;
    } else if (name == "bitXor") {
      result = x ^ y;
    } else {
      return NoOverload(name);
    }
    return a.Is(Kind::kInt) ? Value::Int(static_cast<int64_t>(result)) : Value::Uint(result);
  }

  // --- strings -----------------------------------------------------------------------------------

  // Whether the arguments are of these kinds: s text, i int, l list; what follows a '?' may be
  // missing.
  static bool Fit(const Vector<Value>& arguments, std::string_view kinds) {
    size_t i = 0;
    bool optional = false;
    for (char kind : kinds) {
      if (kind == '?') {
        optional = true;
        continue;
      }
      if (i == arguments.size()) return optional;
      Kind wanted = kind == 's' ? Kind::kString : kind == 'i' ? Kind::kInt : Kind::kList;
      if (!arguments[i++].Is(wanted)) return false;
    }
    return i == arguments.size();
  }

  Result<Value> OnText(std::string_view name, const Vector<Value>& all) {
    if (name == "join") return Join(all);
    if (all.empty() || !all[0].Is(Kind::kString)) return NoOverload(name);
    std::string_view text = all[0].string_value();
    if (!Charge(text.size() / 4)) return ErrorCode::kExpressionFuel;
    if (name == "format") {
      if (!Fit(all, "sl")) return NoOverload(name);
      return Format(text, all[1].items());
    }
    if (name == "lowerAscii" || name == "upperAscii") {
      if (!Fit(all, "s")) return NoOverload(name);
      String cased(text);
      for (char& c : cased) {
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
        if (name == "lowerAscii" ? upper : lower) c = static_cast<char>(c ^ 0x20);
      }
      return Text(std::move(cased));
    }
    Points points = PointsOf(text);
    auto size = static_cast<int64_t>(points.size());
    if (name == "charAt") {
      if (!Fit(all, "si")) return NoOverload(name);
      int64_t at = all[1].int_value();
      if (at < 0 || at > size) return OutOfRange(at);
      return Text(at == size ? "" : String(points[static_cast<size_t>(at)]));
    }
    if (name == "reverse" && Fit(all, "s")) {
      std::reverse(points.begin(), points.end());
      return Text(Joined(points));
    }
    if (name == "trim" && Fit(all, "s")) {
      size_t from = 0, to = points.size();
      while (from < to && IsSpace(points[from])) ++from;
      while (to > from && IsSpace(points[to - 1])) --to;
      return Text(Joined(std::span(points).subspan(from, to - from)));
    }
    if (name == "substring" && Fit(all, "si?i")) {
      int64_t from = all[1].int_value(), to = all.size() == 3 ? all[2].int_value() : size;
      if (from < 0 || from > size) return OutOfRange(from);
      if (to < from || to > size) return OutOfRange(to);
      return Text(Joined(
          std::span(points).subspan(static_cast<size_t>(from), static_cast<size_t>(to - from))));
    }
    if ((name == "indexOf" || name == "lastIndexOf") && Fit(all, "ss?i"))
      return IndexOf(name, points, all);
    if (name == "replace" && Fit(all, "sss?i")) return Replace(points, all);
    if (name == "split" && Fit(all, "ss?i")) return Split(points, all);
    return NoOverload(name);
  }

  Result<Value> IndexOf(std::string_view name, const Points& points, const Vector<Value>& all) {
    Points part = PointsOf(all[1].string_value());
    auto size = static_cast<int64_t>(points.size()), length = static_cast<int64_t>(part.size());
    bool first = name == "indexOf";
    int64_t at = all.size() == 3 ? all[2].int_value() : first ? 0 : size;
    if (at < 0 || at > size) return OutOfRange(at);
    if (!Charge(static_cast<uint64_t>(size * std::max<int64_t>(length, 1)) / 8))
      return ErrorCode::kExpressionFuel;
    auto matches = [&](int64_t from) {
      return std::equal(part.begin(), part.end(),
                        points.begin() + static_cast<std::ptrdiff_t>(from));
    };
    if (first) {
      for (; at + length <= size; ++at) {
        if (matches(at)) return Value::Int(at);
      }
    } else {
      for (at = std::min(at, size - length); at >= 0; --at) {
        if (matches(at)) return Value::Int(at);
      }
    }
    return Value::Int(-1);
  }

  Result<Value> Replace(const Points& points, const Vector<Value>& all) {
    std::string_view text = all[0].string_value(), old = all[1].string_value();
    std::string_view fresh = all[2].string_value();
    int64_t left = all.size() == 4 ? all[3].int_value() : -1;
    String out;
    // What is too large was work, too: an error may be absorbed.
    auto put = [&](std::string_view piece) {
      out += piece;
      return Charge(1 + piece.size() / 8) && out.size() <= expression::kMaxValueBytes;
    };
    if (old.empty()) {  // in front of every character, and at the end
      for (size_t i = 0; i <= points.size(); ++i) {
        if (left != 0 && !put(fresh)) return ErrorCode::kExpressionTooLarge;
        if (left > 0) --left;
        if (i < points.size()) out += points[i];
      }
      return Text(std::move(out));
    }
    if (!ChargeSearch(text, old)) return ErrorCode::kExpressionFuel;
    size_t at = 0;
    for (; left != 0; left -= left > 0) {
      size_t found = text.find(old, at);
      if (found == std::string_view::npos) break;
      if (!put(text.substr(at, found - at)) || !put(fresh)) return ErrorCode::kExpressionTooLarge;
      at = found + old.size();
    }
    put(text.substr(at));
    return Text(std::move(out));
  }

  // A plain search looks at each byte of the part at each place of the text, at worst.
  bool ChargeSearch(std::string_view text, std::string_view part) {
    return Charge(text.size() / 8 * (1 + part.size() / 8));
  }

  Result<Value> Split(const Points& points, const Vector<Value>& all) {
    std::string_view text = all[0].string_value(), separator = all[1].string_value();
    int64_t limit = all.size() == 3 ? all[2].int_value() : -1;
    Vector<Value> parts;
    if (limit == 0) return Made(std::move(parts));
    auto full = [&] { return limit > 0 && static_cast<int64_t>(parts.size()) == limit - 1; };
    constexpr uint64_t kPart = 8;  // a text of its own
    if (separator.empty()) {
      size_t i = 0;
      for (; i < points.size() && !full() && Charge(kPart); ++i)
        parts.push_back(Value::String(points[i]));
      if (i < points.size()) parts.push_back(Value::String(Joined(std::span(points).subspan(i))));
      return Made(std::move(parts));
    }
    if (!ChargeSearch(text, separator)) return ErrorCode::kExpressionFuel;
    size_t at = 0;
    while (!full()) {
      size_t found = text.find(separator, at);
      if (found == std::string_view::npos) break;
      if (!Charge(kPart)) return ErrorCode::kExpressionFuel;
      parts.push_back(Value::String(text.substr(at, found - at)));
      at = found + separator.size();
    }
    parts.push_back(Value::String(text.substr(at)));
    return Made(std::move(parts));
  }

  Result<Value> Join(const Vector<Value>& all) {
    if (!Fit(all, "l?s")) return NoOverload("join");
    String out;
    for (const Value& item : all[0].items()) {
      if (!item.Is(Kind::kString)) return NoOverload("join");
      const size_t before = out.size();
      if (&item != &all[0].items()[0] && all.size() == 2) out += all[1].string_value();
      out += item.string_value();
      if (!Charge(1 + (out.size() - before) / 8)) return ErrorCode::kExpressionFuel;
      if (out.size() > expression::kMaxValueBytes) return ErrorCode::kExpressionTooLarge;
    }
    return Text(std::move(out));
  }

  // --- format ------------------------------------------------------------------------------------

  // %s: what string() gives, and lists and maps. Each part is work, and so is each byte at each
  // level that it goes through.
  Result<String> Shown(const Value& value) {
    if (!Charge(1)) return ErrorCode::kExpressionFuel;
    switch (value.kind()) {
      case Kind::kNull:
        return String("null");
      case Kind::kBool:
        return String(value.bool_value() ? "true" : "false");
      case Kind::kDouble: {
        if (!IsFinite(value.double_value())) return NotFinite(value.double_value());
        String text = expression::FormatReal(value.double_value());
        if (!Charge(expression::WriteWork(value.double_value(), text)))
          return ErrorCode::kExpressionFuel;
        return text;
      }
      case Kind::kString:
      case Kind::kType:
        if (!Charge(value.string_value().size() / 8)) return ErrorCode::kExpressionFuel;
        return String(value.string_value());
      case Kind::kList: {
        String text = "[";
        for (const Value& item : value.items()) {
          if (&item != value.items().data()) text += ", ";
          text += CS_TRY(Shown(item));
        }
        if (!Charge(text.size() / 8)) return ErrorCode::kExpressionFuel;
        return text + "]";
      }
      case Kind::kMap: {
        if (ReadOptional(value)) return NoOverload("%s");
        std::vector<std::pair<String, String>> entries;
        for (const MapEntry& entry : value.entries()) {
          String key = CS_TRY(Shown(entry.key));
          entries.emplace_back(std::move(key), CS_TRY(Shown(entry.value)));
        }
        std::sort(entries.begin(), entries.end());
        String text;
        for (const auto& [key, content] : entries)
          text += (text.empty() ? "" : ", ") + key + ": " + content;
        if (!Charge(entries.size() * 8 + text.size() / 8)) return ErrorCode::kExpressionFuel;
        return "{" + text + "}";
      }
      case Kind::kBytes:
        if (!Charge(value.bytes_value().size() / 8)) return ErrorCode::kExpressionFuel;
        return ReplaceInvalid(AsText(value.bytes_value()));
      default: {
        Value text = CS_TRY(ApplyFunction(Function::kToString, {value}));
        return String(text.string_value());
      }
    }
  }

  Result<String> Clause(char clause, int precision, const Value& value) {
    bool is_int = value.Is(Kind::kInt), is_uint = value.Is(Kind::kUint);
    bool real = value.Is(Kind::kDouble);
    String name = {'%', clause};
    auto in_base = [&](unsigned base) {
      if (is_uint) return InBase(value.uint_value(), base);
      int64_t number = value.int_value();
      auto magnitude =
          number < 0 ? uint64_t{0} - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
      return (number < 0 ? "-" : "") + InBase(magnitude, base);
    };
    switch (clause) {
      case 's':
        return Shown(value);
      case 'd':
        if (real && !IsFinite(value.double_value())) return NotFinite(value.double_value());
        if (is_int || is_uint) return in_base(10);
        if (value.Is(Kind::kDecimal) || real) return Shown(value);
        return NoOverload(name);
      case 'f':
      case 'e': {
        if (!real && !is_int && !is_uint) return NoOverload(name);
        double number = real     ? value.double_value()
                        : is_int ? static_cast<double>(value.int_value())
                                 : static_cast<double>(value.uint_value());
        // A tiny one has 1074 digits behind the point, each made by going through those before it.
        auto behind = static_cast<uint64_t>(std::abs(PowerOf(number)));
        if (IsFinite(number) && !Charge(behind * behind / 64)) return ErrorCode::kExpressionFuel;
        return clause == 'f' ? FixedPoint(number, precision) : Scientific(number, precision);
      }
      case 'b':
        if (value.Is(Kind::kBool)) return String(value.bool_value() ? "1" : "0");
        [[fallthrough]];
      case 'o':
        if (is_int || is_uint) return in_base(clause == 'b' ? 2 : 8);
        return NoOverload(name);
      case 'x':
      case 'X': {
        String hex;
        if (is_int || is_uint) {
          hex = in_base(16);
        } else if (value.Is(Kind::kString) || value.Is(Kind::kBytes)) {
          ByteView bytes =
              value.Is(Kind::kBytes) ? value.bytes_value() : AsBytes(value.string_value());
          for (uint8_t byte : bytes) {
            hex += "0123456789abcdef"[byte >> 4];
            hex += "0123456789abcdef"[byte & 15];
          }
        } else {
          return NoOverload(name);
        }
        if (clause == 'X') {
          for (char& c : hex) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
        }
        return hex;
      }
      default:
        return Error(ErrorCode::kExpressionBadConversion, name);
    }
  }

  Result<Value> Format(std::string_view text, std::span<const Value> arguments) {
    String out;
    size_t next = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        out += text[i];
        continue;
      }
      if (++i == text.size()) return Error(ErrorCode::kExpressionBadConversion, "%");
      if (text[i] == '%') {
        out += '%';
        continue;
      }
      int precision = 6;
      if (text[i] == '.') {
        precision = 0;
        const size_t digits = i + 1;
        for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
          precision = precision * 10 + (text[i] - '0');
          if (precision > kMaxPrecision) return OutOfRange(precision);
        }
        if (i == text.size() || i == digits)
          return Error(ErrorCode::kExpressionBadConversion, "%.");
      }
      constexpr std::string_view kClauses = "sdfebxXo";
      if (kClauses.find(text[i]) == std::string_view::npos)
        return Error(ErrorCode::kExpressionBadConversion, String({'%', text[i]}));
      if (next == arguments.size()) return OutOfRange(static_cast<int64_t>(next));
      String piece = CS_TRY(Clause(text[i], precision, arguments[next++]));
      if (!Charge(piece.size())) return ErrorCode::kExpressionFuel;
      out += piece;
      if (out.size() > expression::kMaxValueBytes) return ErrorCode::kExpressionTooLarge;
    }
    return Text(std::move(out));
  }

  const Tree& tree_;
  std::vector<const NamedValue*> variables_;  // by node
  std::vector<Result<Value>> locals_;         // as they are numbered
  int64_t fuel_ = expression::kExpressionFuel;
  bool starved_ = false;
};

}  // namespace

bool HasEither(Function function, size_t arguments) {
  return arguments == 3 && function != Function::kRound && function != Function::kToDate;
}

expression::Status ApplyEither(Function function, std::span<const Value* const> arguments,
                               int64_t* fuel, Value* out) {
  if (!HasEither(function, arguments.size()))
    return expression::ApplyWide(function, arguments, fuel, out);
  const Value *a = arguments[0], *b = arguments[1], *exact = arguments[2];
  auto apply = [&](const Value* left, const Value* right, Value* result) {
    const Value* const both[] = {left, right};
    return expression::ApplyWide(function, both, fuel, result);
  };
  auto is_exact = [](const Value& value) {
    return value.Is(Kind::kDecimal) || value.Is(Kind::kMoney);
  };
  if (function != Function::kEqual && function != Function::kNotEqual &&
      function != Function::kIn) {
    const bool sums = function == Function::kSum && a->Is(Kind::kList) && !a->items().empty();
    if (is_exact(sums ? a->items()[0] : *a)) return apply(a, exact, out);
    if (is_exact(*b)) return apply(exact, b, out);
    return apply(a, b, out);
  }
  // A double equals no decimal, so that only one of the forms can be meant.
  const bool decisive = function != Function::kNotEqual;
  expression::Status status = apply(a, b, out);
  if (status != expression::kDone || out->bool_value() == decisive) return status;
  Value second;
  status = apply(a, exact, &second);
  if (function == Function::kIn && (status != expression::kDone || !second.bool_value()) &&
      status != expression::kStarved) {
    status = apply(exact, b, &second);
  }
  if (status == expression::kStarved) return status;
  if (status == expression::kDone && second.bool_value() == decisive) *out = std::move(second);
  return expression::kDone;
}

bool IsLibraryMethod(std::string_view name) {
  return name.find('.') == std::string_view::npos && FindLibrary(name) != nullptr;
}
std::string_view LibraryForms(std::string_view name) {
  const LibraryFunction* found = FindLibrary(name);
  return found == nullptr ? std::string_view() : found->forms;
}
bool IsOptionalSyntax(std::string_view name) {
  return name == kOptionalMember || name == kOptionalIndex || name == kOptionalElement;
}

std::vector<String> Prefixes(std::string_view container) {
  std::vector<String> prefixes;
  while (!container.empty()) {
    prefixes.push_back(String(container) + ".");
    container = container.substr(0, std::max<size_t>(container.rfind('.') + 1, 1) - 1);
  }
  prefixes.emplace_back();
  return prefixes;
}

const DeclaredFunction* FindDeclared(const Schema& schema, std::string_view name) {
  for (const DeclaredFunction& function : schema.functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

String QualifiedFunction(const Ast& ast, const AstNode& call, const Schema& schema) {
  String path(call.text);
  if (call.kind == AstKind::kMethod) {
    const AstNode* at = &ast.nodes[ast.Children(call)[0]];
    for (; at->kind == AstKind::kMember; at = &ast.nodes[ast.Children(*at)[0]])
      path = String(at->text) + "." + path;
    if (at->kind != AstKind::kName) return {};
    path = String(at->text) + "." + path;
  }
  const bool absolute = path.starts_with(".");
  if (absolute) path.erase(0, 1);
  for (const String& prefix : Prefixes(absolute ? std::string_view() : schema.container)) {
    const String name = prefix + path;
    if (const DeclaredFunction* declared = FindDeclared(schema, name)) {
      for (const DeclaredOverload& overload : declared->overloads) {
        if (!overload.is_member) return name;
      }
    }
    if (name.find('.') != String::npos && FindLibrary(name) != nullptr) return name;
  }
  return {};
}

bool UsesExtensions(const Ast& ast, const Schema& schema) {
  for (const AstNode& node : ast.nodes) {
    if (node.kind == AstKind::kName && node.text == "optional_type") return true;
    const bool is_method = node.kind == AstKind::kMethod;
    if (!is_method && node.kind != AstKind::kCall) continue;
    if (is_method ? IsLibraryMethod(node.text) || FindDeclared(schema, node.text) != nullptr
                  : IsOptionalSyntax(node.text)) {
      return true;
    }
    if (!QualifiedFunction(ast, node, schema).empty()) return true;
  }
  return false;
}

Result<Value> MakeOptional(std::optional<Value> content) {
  Vector<Value> items;
  if (content) items.push_back(*std::move(content));
  Value list = CS_TRY(Value::List(std::move(items)));
  Vector<MapEntry> entries;
  entries.push_back({Value::String(kOptionalKey), std::move(list)});
  return Value::Map(std::move(entries));
}

std::optional<OptionalContent> ReadOptional(const Value& value) {
  if (!value.Is(Kind::kMap) || value.entries().size() != 1) return std::nullopt;
  const MapEntry& entry = value.entries()[0];
  if (!entry.key.Is(Kind::kString) || entry.key.string_value() != kOptionalKey) return std::nullopt;
  if (!entry.value.Is(Kind::kList) || entry.value.items().size() > 1) return std::nullopt;
  OptionalContent content;
  if (!entry.value.items().empty()) content.value = entry.value.items()[0];
  return content;
}

Extended EvaluateExtended(const Tree& tree, std::span<const NamedValue> names) {
  return Walk(tree, names).Run();
}

std::optional<Bytes> FromBase64(String text) {
  if (text.find_first_of("-_") != String::npos) return std::nullopt;
  if (text.ends_with("=")) {
    if (text.size() % 4 != 0) return std::nullopt;
    text.resize(text.size() - (text.ends_with("==") ? 2 : 1));
  }
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  Result<Bytes> bytes = DecodeBase64Url(text);
  if (!bytes) return std::nullopt;
  return *std::move(bytes);
}

String ToBase64(ByteView bytes) {
  String text = EncodeBase64Url(bytes);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return text;
}

}  // namespace countersign::compile
