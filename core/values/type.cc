#include "values/type.h"

#include <cstddef>
#include <iterator>
#include <utility>

#include "base/names.h"
#include "values/digits.h"

namespace countersign::values {
namespace {

constexpr Names kNames(
    "null|bool|int|uint|double|timestamp|duration|decimal|money|date|period|"
    "string|bytes|list|map|type|record|dyn");

bool IsWordCharacter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsIdentifier(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (char c : name) {
    if (!IsWordCharacter(c)) return false;
  }
  return true;
}

std::string_view TakeWord(std::string_view* rest) {
  size_t length = 0;
  while (length < rest->size() && IsWordCharacter((*rest)[length])) ++length;
  std::string_view word = rest->substr(0, length);
  rest->remove_prefix(length);
  return word;
}

bool TakeSeparator(std::string_view* rest, char separator) {
  if (!TakeChar(rest, separator)) return false;
  TakeChar(rest, ' ');
  return true;
}

class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : rest_(text) {}

  // `depth` counts down. On false, code() says why.
  bool Parse(int depth, Type* type) {
    if (depth == 0) return false;
    std::string_view word = TakeWord(&rest_);
    const size_t kind = kNames.Find(word);
    if (kind == Names::kNone) return false;
    *type = Type::Of(static_cast<Kind>(kind));
    bool is_record = type->kind == Kind::kRecord;
    if (!TakeChar(&rest_, '(')) return !is_record;
    if (type->kind == Kind::kMoney) {
      Result<Currency> currency = Currency::Parse(TakeWord(&rest_));
      if (!currency) {
        code_ = currency.error().code();
        return false;
      }
      type->currency = *currency;
    } else if (is_record) {
      if (TakeChar(&rest_, ')')) return true;
      do {
        std::string_view name = TakeWord(&rest_);
        if (!IsIdentifier(name) || (!type->names.empty() && name <= type->names.back()))
          return false;
        Type member;
        if (!TakeSeparator(&rest_, ':') || !Parse(depth - 1, &member)) return false;
        type->names.emplace_back(name);
        type->items.push_back(std::move(member));
      } while (TakeSeparator(&rest_, ','));
    } else if (type->items.empty()) {
      return false;
    } else {
      for (Type& item : type->items) {
        if (&item != type->items.data() && !TakeSeparator(&rest_, ',')) return false;
        if (!Parse(depth - 1, &item)) return false;
      }
    }
    return TakeChar(&rest_, ')');
  }

  bool IsAtEnd() const { return rest_.empty(); }
  ErrorCode code() const { return code_; }

 private:
  std::string_view rest_;
  ErrorCode code_ = ErrorCode::kValuesBadType;
};

}  // namespace

Type::Type() = default;
Type::Type(const Type&) = default;
Type::Type(Type&&) noexcept = default;
Type& Type::operator=(const Type&) = default;
Type& Type::operator=(Type&&) noexcept = default;
Type::~Type() = default;

bool operator==(const Type& a, const Type& b) {
  return a.kind == b.kind && a.currency == b.currency && a.items == b.items && a.names == b.names;
}

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

Result<Type> Type::Record(Vector<String> names, Vector<Type> types) {
  CS_CHECK(names.size() == types.size());
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = i; j > 0 && names[j] <= names[j - 1]; --j) {
      if (names[j] == names[j - 1]) return Error(ErrorCode::kValuesBadType, names[j].substr(0, 80));
      names[j].swap(names[j - 1]);
      std::swap(types[j], types[j - 1]);
    }
  }
  for (const String& name : names) {
    if (!IsIdentifier(name)) return Error(ErrorCode::kValuesBadType, name.substr(0, 80));
  }
  Type type = Of(Kind::kRecord);
  type.names = std::move(names);
  type.items = std::move(types);
  return type;
}

Result<Type> Type::Parse(std::string_view text) {
  TypeParser parser(text);
  Type type;
  if (text.size() <= kMaxText && parser.Parse(kMaxDepth, &type) && parser.IsAtEnd()) return type;
  return Error(parser.code(), text.substr(0, 80));
}

String Type::ToString() const {
  String text(KindName(kind));
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
  size_t low = 0;
  size_t high = names.size();
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = name.compare(names[middle]);
    if (order == 0) return &items[middle];
    (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
  }
  return nullptr;
}

}  // namespace countersign::values
