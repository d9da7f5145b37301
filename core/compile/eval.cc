// Long because every kind of value has its form going in and coming out.
#include "compile/eval.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/vector.h"
#include "compile/checker.h"
#include "compile/expression_compiler.h"
#include "compile/extensions.h"
#include "compile/parser.h"
#include "expression/real.h"
#include "expression/wide.h"
#include "json/loose.h"
#include "json/value.h"
#include "values/plain_json.h"

namespace countersign::compile {
namespace {

using values::Kind;
using values::MapEntry;
using values::Type;
using values::Value;

// What a batch hands in may be no text at all.
String Quote(std::string_view text) {
  text = WithoutCutCharacter(text);
  return json::Write(json::Value::String(IsUtf8(text) ? text : "?"));
}

String ErrorLine(std::string_view code, std::string_view message) {
  return "{\"error\":{\"code\":" + Quote(code) + ",\"message\":" + Quote(message) + "}}";
}
// Where an error has a place, the place is a member: {"error":{"code","message","path"}}.
String ErrorLine(const Error& error) {
  String line = ErrorLine(error.name(), error.message());
  if (error.path().empty()) return line;
  line.resize(line.size() - 2);
  return line + ",\"path\":" + Quote(error.path()) + "}}";
}

Result<Value> ReadValue(const json::Loose& json);

Error BadValue(std::string_view what) { return Error(ErrorCode::kSchemaBadValue, what); }

// Scalars whose plain form is a text.
Result<Value> ReadScalar(Kind kind, const json::Loose& json) {
  if (json.kind != json::Loose::Kind::kString && json.kind != json::Loose::Kind::kNumber) {
    return BadValue(values::KindName(kind));
  }
  Type type = Type::Of(kind);
  if (kind == Kind::kInt || kind == Kind::kUint) {
    // Both as text: plain JSON takes texts only for what no JSON number can hold.
    const bool negative = json.text.starts_with("-");
    std::string_view digits = std::string_view(json.text).substr(negative ? 1 : 0);
    // 1e3 and 1.0 are whole numbers, too.
    String whole;
    if (digits.find_first_of(".eE") != std::string_view::npos) {
      const Result<values::Decimal> number = values::Decimal::ParseLiteral(digits);
      if (number) whole = number->Reduce().ToString();
      digits = whole;
    }
    if (digits.empty()) return BadValue(json.text);
    uint64_t magnitude = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9' || __builtin_mul_overflow(magnitude, uint64_t{10}, &magnitude) ||
          __builtin_add_overflow(magnitude, static_cast<uint64_t>(c - '0'), &magnitude)) {
        return BadValue(json.text);
      }
    }
    if (kind == Kind::kUint) {
      if (negative) return BadValue(json.text);
      return Value::Uint(magnitude);
    }
    if (magnitude > static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0))
      return BadValue(json.text);
    return Value::Int(static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude));
  }
  return values::FromJson(json::Value::String(json.text), type, &values::kWideForms);
}

// The list that is the one member of a listValue or mapValue; nullptr where it is left out.
Result<const json::Loose*> OnlyList(const json::Loose& json, std::string_view name) {
  const json::Loose* list = json.Find(name);
  if (!json.IsObject() || json.names.size() != (list == nullptr ? 0u : 1u) ||
      (list != nullptr && list->kind != json::Loose::Kind::kArray)) {
    return BadValue(String(name) + " is a list, and the only member");
  }
  return list;
}

// A value of another kind than its name says is refused: it is not the name's empty value.
Result<Value> ReadKind(std::string_view kind, const json::Loose& json) {
  using JsonKind = json::Loose::Kind;
  if (kind == "nullValue") {
    // Protobuf's JSON has it as the name of an enum's only value, too.
    if (json.kind != JsonKind::kNull && !(json.IsString() && json.text == "NULL_VALUE"))
      return BadValue(kind);
    return Value();
  }
  if (kind == "boolValue") {
    if (json.kind != JsonKind::kBool) return BadValue(kind);
    return Value::Bool(json.boolean);
  }
  if (kind == "int64Value") return ReadScalar(Kind::kInt, json);
  if (kind == "uint64Value") return ReadScalar(Kind::kUint, json);
  if (kind == "doubleValue") {
    if (!json.IsString() && json.kind != JsonKind::kNumber) return BadValue(kind);
    std::string_view text = json.text;
    const std::optional<double> real = expression::ParseReal(text);
    if (!real) return BadValue(text);
    return Value::Double(*real);
  }
  const bool is_text = kind == "stringValue" || kind == "bytesValue" || kind == "typeValue";
  if (is_text && !json.IsString()) return BadValue(kind);
  if (kind == "stringValue") return Value::String(json.text);
  if (kind == "bytesValue") {
    // Of either alphabet, as in protobuf's JSON; not of both.
    String text = json.text;
    if (text.find_first_of("+/") == String::npos)
      for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    std::optional<Bytes> bytes = FromBase64(std::move(text));
    if (!bytes) return BadValue(json.text);
    return Value::Bytes(*bytes);
  }
  if (kind == "typeValue") return Value::TypeNamed(json.text);
  if (kind == "listValue") {
    Vector<Value> items;
    const json::Loose* list = CS_TRY(OnlyList(json, "values"));
    if (list != nullptr) {
      for (const json::Loose& item : list->items) items.push_back(CS_TRY(ReadValue(item)));
    }
    return Value::List(std::move(items));
  }
  if (kind == "mapValue") {
    Vector<MapEntry> entries;
    const json::Loose* list = CS_TRY(OnlyList(json, "entries"));
    if (list != nullptr) {
      for (const json::Loose& entry : list->items) {
        const json::Loose* key = entry.Find("key");
        const json::Loose* value = entry.Find("value");
        if (key == nullptr || value == nullptr || entry.names.size() != 2) {
          return BadValue("an entry has key and value");
        }
        Value read_key = CS_TRY(ReadValue(*key));
        Value read_value = CS_TRY(ReadValue(*value));
        entries.push_back({std::move(read_key), std::move(read_value)});
      }
    }
    return Value::Map(std::move(entries));
  }
  if (kind == "optionalValue") {
    const json::Loose* content = json.Find("value");
    if (!json.IsObject() || json.names.size() != (content == nullptr ? 0u : 1u))
      return BadValue("optionalValue has a value, or none");
    if (content == nullptr) return MakeOptional(std::nullopt);
    return MakeOptional(CS_TRY(ReadValue(*content)));
  }
  if (kind == "moneyValue") {
    if (json.kind != JsonKind::kArray || json.items.size() != 2 || !json.items[0].IsString() ||
        !json.items[1].IsString()) {
      return BadValue("moneyValue is [amount, currency]");
    }
    const values::Money money = CS_TRY(values::ParseMoney(json.items[0].text, json.items[1].text));
    return Value::Of(money);
  }
  for (const Kind scalar :
       {Kind::kDecimal, Kind::kDate, Kind::kPeriod, Kind::kTimestamp, Kind::kDuration}) {
    if (kind == String(values::KindName(scalar)) + "Value") return ReadScalar(scalar, json);
  }
  return BadValue(kind);
}

bool IsKindName(std::string_view name) {
  for (const std::string_view known :
       {"nullValue", "boolValue", "int64Value", "uint64Value", "doubleValue", "stringValue",
        "bytesValue", "typeValue", "listValue", "mapValue", "moneyValue", "decimalValue",
        "optionalValue", "dateValue", "periodValue", "timestampValue", "durationValue"}) {
    if (name == known) return true;
  }
  return false;
}

Result<Value> ReadValue(const json::Loose& json) {
  switch (json.kind) {
    case json::Loose::Kind::kNull:
      return Value();
    case json::Loose::Kind::kBool:
      return Value::Bool(json.boolean);
    case json::Loose::Kind::kString:
      return Value::String(json.text);
    case json::Loose::Kind::kNumber: {
      if (json.text.find_first_of(".eE") == String::npos) return ReadScalar(Kind::kInt, json);
      const std::optional<double> real = expression::ParseReal(json.text);
      if (!real) return BadValue(json.text);
      return Value::Double(*real);
    }
    case json::Loose::Kind::kArray: {
      Vector<Value> items;
      for (const json::Loose& item : json.items) items.push_back(CS_TRY(ReadValue(item)));
      return Value::List(std::move(items));
    }
    case json::Loose::Kind::kObject:
      break;
  }
  if (json.names.size() == 1 && IsKindName(json.names[0])) {
    return ReadKind(json.names[0], json.items[0]);
  }
  Vector<MapEntry> entries;
  for (size_t i = 0; i < json.names.size(); ++i) {
    Value value = CS_TRY(ReadValue(json.items[i]));
    entries.push_back({Value::String(json.names[i]), std::move(value)});
  }
  return Value::Map(std::move(entries));
}

// Protobuf's JSON has 0, 3, 6 or 9 digits of a second: ".5s" is ".500s".
String WithFraction(const String& text) {
  const size_t point = text.find('.');
  if (point == String::npos) return text;
  const size_t digits = text.size() - 1 - (point + 1);  // a letter stands at the end
  return text.substr(0, text.size() - 1) + String((3 - digits % 3) % 3, '0') +
         text.substr(text.size() - 1);
}

// REQUIRES: values are nested at most Value::kMaxDepth deep (they cannot be deeper).
String WriteValue(const Value& value) {
  const auto member = [](std::string_view name, const String& content) {
    return "{\"" + String(name) + "\":" + content + "}";
  };
  switch (value.kind()) {
    case Kind::kNull:
      return member("nullValue", "null");
    case Kind::kBool:
      return member("boolValue", value.bool_value() ? "true" : "false");
    case Kind::kInt:
      return member("int64Value", "\"" + NumberText(value.int_value()) + "\"");
    case Kind::kUint:
      return member("uint64Value", "\"" + NumberText(value.uint_value()) + "\"");
    case Kind::kDouble: {
      const double real = value.double_value();
      const String text = expression::FormatReal(real);
      const bool finite = real == real && real - real == 0;
      return member("doubleValue", finite ? text : "\"" + text + "\"");
    }
    case Kind::kString:
      return member("stringValue", Quote(value.string_value()));
    case Kind::kBytes:
      return member("bytesValue", "\"" + ToBase64(value.bytes_value()) + "\"");
    case Kind::kType:
      return member("typeValue", Quote(value.string_value()));
    case Kind::kList: {
      String items;
      for (const Value& item : value.items())
        items += (items.empty() ? "" : ",") + WriteValue(item);
      return member("listValue", "{\"values\":[" + items + "]}");
    }
    case Kind::kMap: {
      if (const auto content = ReadOptional(value)) {
        const String inner = content->value ? "\"value\":" + WriteValue(*content->value) : "";
        return member("optionalValue", "{" + inner + "}");
      }
      String entries;
      for (const MapEntry& entry : value.entries()) {
        entries += entries.empty() ? "" : ",";
        entries +=
            "{\"key\":" + WriteValue(entry.key) + ",\"value\":" + WriteValue(entry.value) + "}";
      }
      return member("mapValue", "{\"entries\":[" + entries + "]}");
    }
    case Kind::kTimestamp:
      return member("timestampValue", Quote(WithFraction(value.timestamp_value().ToString())));
    case Kind::kDuration:
      return member("durationValue", Quote(WithFraction(value.duration_value().ToString())));
    default: {
      const Result<json::Value> plain = values::ToJson(value, &values::kWideForms);
      return member(String(values::KindName(value.kind())) + "Value",
                    plain ? json::Write(*plain) : "null");
    }
  }
}

// "+(string, double, decimal)" of a call that was given both forms of a literal (ApplyEither).
Error WithoutExact(const Error& error, const expression::Node& node) {
  const std::string_view detail = error.detail();
  const size_t comma = detail.rfind(", ");
  if (error.code() != ErrorCode::kExpressionNoOverload || node.op != expression::Op::kCall ||
      !HasEither(node.function, node.count) || comma == std::string_view::npos) {
    return error;
  }
  return Error(error.code(), String(detail.substr(0, comma)) + ")");
}

std::string_view KindText(const Value& value) {
  return ReadOptional(value) ? std::string_view("optional_type") : values::KindName(value.kind());
}

struct Request {
  Request() {
    schema.constants = Constants::kRun;
    schema.opposite = Opposite::kEither;
  }

  String expression;
  Schema schema;
  std::vector<DeclaredVariable> declared;
  Vector<String> names;  // slots
  Vector<std::optional<Value>> bound;
  bool check_only = false;
};

// The value as the gate would have read it, for the plain forms of declared types; nullopt where it
// holds a fraction or another number that JSON of the product has not.
std::optional<json::Value> ToPlain(const json::Loose& loose) {
  switch (loose.kind) {
    case json::Loose::Kind::kNull:
      return json::Value();
    case json::Loose::Kind::kBool:
      return json::Value::Bool(loose.boolean);
    case json::Loose::Kind::kString:
      return json::Value::String(loose.text);
    case json::Loose::Kind::kNumber: {
      auto number = json::Read(loose.text, json::kEventLimits);
      if (!number) return std::nullopt;
      return *std::move(number);
    }
    case json::Loose::Kind::kArray: {
      json::Array items;
      for (const json::Loose& item : loose.items) {
        auto plain = ToPlain(item);
        if (!plain) return std::nullopt;
        items.push_back(*std::move(plain));
      }
      return json::Value::List(std::move(items));
    }
    case json::Loose::Kind::kObject:
      break;
  }
  json::Object members;
  for (size_t i = 0; i < loose.names.size(); ++i) {
    auto plain = ToPlain(loose.items[i]);
    if (!plain) return std::nullopt;
    members.push_back({loose.names[i], *std::move(plain)});
  }
  return json::Value::Make(std::move(members));
}

Result<Value> ReadDeclared(const json::Loose& json, const Type& type);

// JSON has one kind of number: what is declared says which one is meant, also inside of lists, maps
// and records. nullopt where this does not help.
std::optional<Value> ReadNumbers(const json::Loose& json, const Type& type) {
  using JsonKind = json::Loose::Kind;
  const auto given = [](Result<Value> value) -> std::optional<Value> {
    if (!value) return std::nullopt;
    return *std::move(value);
  };
  if (json.kind == JsonKind::kNumber && type.kind == Kind::kDouble) {
    const std::optional<double> real = expression::ParseReal(json.text);
    if (real) return Value::Double(*real);
  } else if (json.kind == JsonKind::kNumber && type.kind == Kind::kDecimal) {
    const bool negative = json.text.starts_with("-");
    const Result<values::Decimal> number =
        values::Decimal::ParseLiteral(std::string_view(json.text).substr(negative ? 1 : 0));
    if (number) return Value::Of(negative ? number->Negate() : *number);
  } else if (json.kind == JsonKind::kArray && type.kind == Kind::kList) {
    Vector<Value> items;
    for (const json::Loose& item : json.items) {
      std::optional<Value> read = given(ReadDeclared(item, type.items[0]));
      if (!read) return std::nullopt;
      items.push_back(*std::move(read));
    }
    return given(Value::List(std::move(items)));
  } else if (json.IsObject() && (type.kind == Kind::kMap || type.kind == Kind::kRecord)) {
    Vector<MapEntry> entries;
    for (size_t i = 0; i < json.names.size(); ++i) {
      const Type* member = type.kind == Kind::kMap ? &type.items[1] : type.Find(json.names[i]);
      std::optional<Value> read =
          member == nullptr ? std::nullopt : given(ReadDeclared(json.items[i], *member));
      if (!read) return std::nullopt;
      entries.push_back({Value::String(json.names[i]), *std::move(read)});
    }
    std::optional<Value> map = given(Value::Map(std::move(entries)));
    if (map && values::Fits(*map, type)) return map;
  }
  return std::nullopt;
}

// A value of a declared variable is of its type, as it stands or by the type's plain form
// ("2026-01-31" of a date).
Result<Value> ReadDeclared(const json::Loose& json, const Type& type) {
  Result<Value> value = ReadValue(json);
  if (value && (value->Is(Kind::kNull) || values::Fits(*value, type))) return value;
  if (const auto plain = ToPlain(json)) {
    if (auto read = values::FromJson(*plain, type, &values::kWideForms)) return *std::move(read);
  }
  if (std::optional<Value> read = ReadNumbers(json, type)) return *std::move(read);
  if (!value) return value;
  return Error(ErrorCode::kValuesWrongType, String(values::KindName(value->kind())) + " where " +
                                                type.ToString() + " is declared");
}

Error TooMany(std::string_view what) {
  return Error(ErrorCode::kJsonTooManyItems,
               String(what) + ": at most " + NumberText(kMaxEvalNames));
}

Result<void> AddBindings(const json::Loose& bindings, Request* request) {
  if (!bindings.IsObject()) return BadValue("bindings must be an object");
  if (bindings.names.size() > kMaxEvalNames) return TooMany("bindings");
  for (size_t i = 0; i < bindings.names.size(); ++i) {
    const String& name = bindings.names[i];
    size_t slot = 0;
    while (slot < request->names.size() && request->names[slot] != name) ++slot;
    Result<Value> value = ErrorCode::kSchemaBadValue;
    if (const Variable* declared = request->schema.Find(name)) {
      value = ReadDeclared(bindings.items[i], declared->type);
      // What an optional holds, the checker's type does not say.
      if (value && !value->Is(Kind::kNull) && slot < request->declared.size() &&
          !FitsCelType(*value, request->declared[slot].type)) {
        value = Error(ErrorCode::kValuesWrongType, KindText(*value));
      }
    } else {
      value = ReadValue(bindings.items[i]);
      request->schema.Declare(name, Type::Of(Kind::kDyn));
    }
    if (!value) return std::move(value).error().Under("/bindings/" + name);
    if (slot == request->names.size()) {
      request->names.push_back(name);
      request->bound.emplace_back();
    }
    request->bound[slot] = *std::move(value);
  }
  return {};
}

// A member of the line that, where it is there, is of this kind.
Result<const json::Loose*> MemberOf(const json::Loose& line, std::string_view name,
                                    json::Loose::Kind kind, std::string_view wanted) {
  const json::Loose* member = line.Find(name);
  if (member == nullptr || member->kind == kind) return member;
  return Error(ErrorCode::kSchemaWrongType, wanted, "/" + String(name));
}

// {"overloads":[{"args":["string","int"],"result":"bool","member":true}]}
Result<DeclaredFunction> ReadFunction(std::string_view name, const json::Loose& json) {
  using JsonKind = json::Loose::Kind;
  DeclaredFunction function{String(name), {}};
  if (!json.IsObject()) return Error(ErrorCode::kSchemaWrongType, "an object with overloads");
  auto* overloads = CS_TRY(MemberOf(json, "overloads", JsonKind::kArray, "a list of overloads"));
  if (overloads == nullptr) return Error(ErrorCode::kSchemaMissingMember, "overloads");
  for (const json::Loose& one : overloads->items) {
    DeclaredOverload overload;
    auto* arguments = CS_TRY(MemberOf(one, "args", JsonKind::kArray, "a list of types"));
    auto* result = CS_TRY(MemberOf(one, "result", JsonKind::kString, "the name of a type"));
    auto* member = CS_TRY(MemberOf(one, "member", JsonKind::kBool, "true or false"));
    if (arguments == nullptr) return Error(ErrorCode::kSchemaMissingMember, "args");
    if (result == nullptr) return Error(ErrorCode::kSchemaMissingMember, "result");
    for (const json::Loose& argument : arguments->items) {
      if (!argument.IsString()) return Error(ErrorCode::kSchemaWrongType, "the name of a type");
      overload.arguments.push_back(CS_TRY(ParseCelType(argument.text, TypeNames::kOwn)));
    }
    overload.result = CS_TRY(ParseCelType(result->text, TypeNames::kOwn));
    overload.is_member = member != nullptr && member->boolean;
    function.overloads.push_back(std::move(overload));
  }
  return function;
}

Result<Request> ReadRequest(const json::Loose& line) {
  using JsonKind = json::Loose::Kind;
  Request request;
  if (line.Find("expr") == nullptr) return Error(ErrorCode::kSchemaMissingMember, "expr");
  request.expression = CS_TRY(MemberOf(line, "expr", JsonKind::kString, "a string"))->text;
  if (auto* container = CS_TRY(MemberOf(line, "container", JsonKind::kString, "a string"))) {
    if (container->text.size() > expression::kMaxName)
      return Error(ErrorCode::kSchemaBadValue, "at most 256 bytes", "/container");
    request.schema.container = container->text;
  }
  if (auto* off = CS_TRY(MemberOf(line, "disableCheck", JsonKind::kBool, "true or false"));
      off != nullptr && off->boolean) {
    request.schema.checking = Checking::kOff;
  }
  if (auto* only = CS_TRY(MemberOf(line, "checkOnly", JsonKind::kBool, "true or false")))
    request.check_only = only->boolean;
  if (auto* schema = CS_TRY(MemberOf(line, "schema", JsonKind::kObject, "an object"))) {
    if (auto* vars = CS_TRY(MemberOf(*schema, "vars", JsonKind::kObject, "an object of types"))) {
      if (vars->names.size() > kMaxEvalNames) return TooMany("vars");
      for (size_t i = 0; i < vars->names.size(); ++i) {
        const String& name = vars->names[i];
        const String path = "/schema/vars/" + name;
        if (!vars->items[i].IsString())
          return Error(ErrorCode::kSchemaWrongType, "the name of a type", path);
        auto type = ParseCelType(vars->items[i].text, TypeNames::kKnown);
        if (!type) return std::move(type).error().Under(path);
        request.schema.Declare(Variable{name, ToValueType(*type), Presence::kOptional, {}, {}});
        request.declared.push_back({name, *std::move(type)});
        request.names.push_back(name);
        request.bound.emplace_back();
      }
    }
    if (auto* functions =
            CS_TRY(MemberOf(*schema, "functions", JsonKind::kObject, "an object of functions"))) {
      if (functions->names.size() > kMaxEvalNames) return TooMany("functions");
      for (size_t i = 0; i < functions->names.size(); ++i) {
        auto function = ReadFunction(functions->names[i], functions->items[i]);
        if (!function)
          return std::move(function).error().Under("/schema/functions/" + functions->names[i]);
        request.schema.functions.push_back(*std::move(function));
      }
    }
  }
  if (const json::Loose* bindings = line.Find("bindings")) CS_TRY(AddBindings(*bindings, &request));
  return request;
}

// What the compiler refuses; nullopt where it refused nothing.
std::optional<String> RefusalLine(DiagnosticSink* sink) {
  if (!sink->HasErrors()) return std::nullopt;
  for (const Diagnostic& d : sink->Take()) {
    if (d.severity == Severity::kError) return ErrorLine(DiagnosticName(d.code), d.message);
  }
  return std::nullopt;
}

// "type":"list(int)"}, as CEL finds it.
String DeducedType(const Request& request, const expression::Tree& tree) {
  return "\"type\":" + Quote(DeduceType(tree, request.declared, request.schema.functions)) + "}";
}

// An expression that uses CEL's extension libraries; nullopt for any other.
std::optional<String> EvaluateWithExtensions(const Request& request) {
  const SourceFile file("expr", request.expression);
  DiagnosticSink sink(file);
  const Fragment fragment{.text = file.text()};
  const Ast ast = ParseExpression(fragment, OptionalSyntax::kOn, &sink);
  if (!UsesExtensions(ast, request.schema)) return std::nullopt;
  if (auto refused = RefusalLine(&sink)) return refused;
  Schema schema = request.schema;
  schema.libraries = Libraries::kOn;
  const expression::Tree tree = CheckExpression(ast, fragment, schema, Type::Of(Kind::kDyn), &sink);
  if (auto refused = RefusalLine(&sink)) return refused;
  const String type = DeducedType(request, tree);
  if (request.check_only) return "{" + type;
  std::vector<NamedValue> names;
  for (size_t slot = 0; slot < request.names.size(); ++slot)
    names.push_back({request.names[slot], request.bound[slot]});
  const Extended result = EvaluateExtended(tree, names);
  if (result.error) return ErrorLine(*result.error);
  if (!result.value) {
    String unknown;
    for (const String& name : request.names) {  // in the order of slots, as everywhere
      if (std::find(result.unknown.begin(), result.unknown.end(), name) == result.unknown.end())
        continue;
      unknown += (unknown.empty() ? "" : ",") + Quote(name);
    }
    return "{\"unknown\":[" + unknown + "]," + type;
  }
  return "{\"value\":" + WriteValue(*result.value) + ",\"type\":" + Quote(KindText(*result.value)) +
         "}";
}

String Evaluate(const Request& request) {
  const SourceFile file("expr", request.expression);
  DiagnosticSink sink(file);
  const Fragment fragment{.text = file.text()};
  const std::optional<expression::Tree> tree =
      CompileExpression(fragment, request.schema, Type::Of(Kind::kDyn), &sink);
  if (!tree || request.schema.checking == Checking::kOff) {
    if (auto line = EvaluateWithExtensions(request)) return *std::move(line);
  }
  if (!tree) {
    if (auto refused = RefusalLine(&sink)) return *std::move(refused);
  }
  if (request.check_only) return "{" + DeducedType(request, *tree);
  const Result<expression::Program> program =
      expression::Lower(*tree, expression::SlotsOf(request.names));
  if (!program) return ErrorLine(program.error());
  expression::Bindings bindings(request.names.size());
  for (uint32_t slot = 0; slot < request.names.size(); ++slot) {
    if (request.bound[slot]) bindings.Set(slot, *request.bound[slot]);
  }
  expression::Fuel fuel;
  const expression::Outcome outcome =
      expression::RunWith(*program, bindings, fuel, expression::ApplyFunction(ApplyEither));
  switch (outcome.state) {
    case expression::State::kError:
      return ErrorLine(WithoutExact(*outcome.error, tree->nodes[outcome.node]));
    case expression::State::kUnknown: {
      String names;
      for (const uint32_t slot : outcome.unknown) {
        names += (names.empty() ? "" : ",") + Quote(request.names[slot]);
      }
      return "{\"unknown\":[" + names + "]," + DeducedType(request, *tree);
    }
    case expression::State::kValue:
      break;
  }
  return "{\"value\":" + WriteValue(outcome.value) + ",\"type\":" +
         Quote(tree->type().kind == Kind::kDyn ? KindText(outcome.value)
                                               : tree->type().ToString()) +
         "}";
}

}  // namespace

String EvaluateLine(std::string_view line) {
  if (line.size() > kMaxEvalLine) return ErrorLine(Error(ErrorCode::kJsonTooLarge));
  const Result<json::Loose> json = json::ReadLoose(line);
  if (!json) return ErrorLine(json.error());
  if (!json->IsObject()) {
    return ErrorLine(Error(ErrorCode::kSchemaWrongType, "a line is an object with expr"));
  }
  Result<Request> request = ReadRequest(*json);
  if (!request) return ErrorLine(request.error());
  return Evaluate(*request);
}

String EvaluateExpression(std::string_view expression, std::optional<std::string_view> bindings) {
  if (!IsUtf8(expression)) return ErrorLine(Error(ErrorCode::kTextNotUtf8));
  Request request;
  request.expression = expression;
  if (bindings) {
    if (bindings->size() > kMaxEvalLine) {
      return ErrorLine(Error(ErrorCode::kJsonTooLarge, "the bindings"));
    }
    const Result<json::Loose> json = json::ReadLoose(*bindings);
    if (!json) return ErrorLine(Error(json.error().code(), json.error().detail(), "/bindings"));
    if (Result<void> added = AddBindings(*json, &request); !added) return ErrorLine(added.error());
  }
  return Evaluate(request);
}

bool IsValueAnswer(std::string_view answer) { return answer.starts_with("{\"value\":"); }

}  // namespace countersign::compile
