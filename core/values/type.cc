#include "values/type.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "values/digits.h"

namespace countersign::values {
namespace {

constexpr std::string_view kNames[] = {
    "null",      "bool",     "int",     "uint",  "double", "string", "bytes", "list",   "map",
    "timestamp", "duration", "decimal", "money", "date",   "period", "type",  "record", "dyn"};

bool IsIdentifier(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (char c : name) {
    if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      return false;
    }
  }
  return true;
}

std::string_view TakeWord(std::string_view* rest) {
  size_t length = 0;
  while (length < rest->size() && IsIdentifier("_" + std::string(1, (*rest)[length]))) ++length;
  std::string_view word = rest->substr(0, length);
  rest->remove_prefix(length);
  return word;
}

bool TakeSeparator(std::string_view* rest, char separator) {
  if (!TakeChar(rest, separator)) return false;
  TakeChar(rest, ' ');
  return true;
}

// `depth` counts down; the caller reports a failure with the whole text.
Result<Type> ParseType(std::string_view* rest, int depth) {
  Error bad(ErrorCode::kValuesBadType);
  if (depth == 0) return bad;
  std::string_view word = TakeWord(rest);
  const auto* name = std::find(std::begin(kNames), std::end(kNames), word);
  if (name == std::end(kNames)) return bad;
  Type type = Type::Of(static_cast<Kind>(name - std::begin(kNames)));
  if (!TakeChar(rest, '(')) {
    if (type.kind == Kind::kRecord) return bad;
    return type;
  }
  switch (type.kind) {
    case Kind::kMoney:
      type.currency = CS_TRY(Currency::Parse(TakeWord(rest)));
      break;
    case Kind::kList:
      type.items[0] = CS_TRY(ParseType(rest, depth - 1));
      break;
    case Kind::kMap:
      type.items[0] = CS_TRY(ParseType(rest, depth - 1));
      if (!TakeSeparator(rest, ',')) return bad;
      type.items[1] = CS_TRY(ParseType(rest, depth - 1));
      break;
    case Kind::kRecord: {
      std::vector<std::string> names;
      std::vector<Type> types;
      if (TakeChar(rest, ')')) return type;
      do {
        names.emplace_back(TakeWord(rest));
        if (!TakeSeparator(rest, ':')) return bad;
        types.push_back(CS_TRY(ParseType(rest, depth - 1)));
      } while (TakeSeparator(rest, ','));
      type = CS_TRY(Type::Record(std::move(names), std::move(types)));
      break;
    }
    default:
      return bad;
  }
  if (!TakeChar(rest, ')')) return bad;
  return type;
}

}  // namespace

std::string_view KindName(Kind kind) { return kNames[static_cast<size_t>(kind)]; }

Type Type::Of(Kind kind) {
  Type type;
  type.kind = kind;
  if (kind == Kind::kList) type.items.resize(1);
  if (kind == Kind::kMap) type.items.resize(2);
  return type;
}

Type Type::MoneyIn(Currency currency) {
  Type type = Of(Kind::kMoney);
  type.currency = currency;
  return type;
}

Type Type::List(Type element) {
  Type type = Of(Kind::kList);
  type.items[0] = std::move(element);
  return type;
}

Type Type::Map(Type key, Type value) {
  Type type = Of(Kind::kMap);
  type.items[0] = std::move(key);
  type.items[1] = std::move(value);
  return type;
}

Result<Type> Type::Record(std::vector<std::string> names, std::vector<Type> types) {
  CS_CHECK(names.size() == types.size());
  Type type = Of(Kind::kRecord);
  // Insertion keeps the two lists parallel; records are declared by hand and small.
  for (size_t i = 0; i < names.size(); ++i) {
    auto place = std::lower_bound(type.names.begin(), type.names.end(), names[i]);
    if (!IsIdentifier(names[i]) || (place != type.names.end() && *place == names[i])) {
      return Error(ErrorCode::kValuesBadType, names[i].substr(0, 80));
    }
    type.items.insert(type.items.begin() + (place - type.names.begin()), std::move(types[i]));
    type.names.insert(place, std::move(names[i]));
  }
  return type;
}

Result<Type> Type::Parse(std::string_view text) {
  std::string_view rest = text;
  if (text.size() <= kMaxText) {
    Result<Type> type = ParseType(&rest, kMaxDepth);
    if (type ? rest.empty() : type.error().code() != ErrorCode::kValuesBadType) return type;
  }
  return Error(ErrorCode::kValuesBadType, text.substr(0, 80));
}

std::string Type::ToString() const {
  std::string text(KindName(kind));
  if (kind == Kind::kMoney && !currency.IsNone()) text += "(" + currency.Code() + ")";
  if (items.empty() && kind != Kind::kRecord) return text;
  text += '(';
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += ", ";
    if (!names.empty()) text += names[i] + ": ";
    text += items[i].ToString();
  }
  return text += ')';
}

const Type* Type::Find(std::string_view name) const {
  auto place = std::lower_bound(names.begin(), names.end(), name);
  if (place == names.end() || *place != name) return nullptr;
  return &items[static_cast<size_t>(place - names.begin())];
}

}  // namespace countersign::values
