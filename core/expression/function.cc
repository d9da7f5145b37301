#include "expression/function.h"

#include <algorithm>
#include <array>
#include <utility>

namespace countersign::expression {
namespace {

using values::Kind;
using values::Type;

// Texts one behind the other, each ended by '|', and where each begins: a table of string_views
// would take four times the room, and a search by counting would cost the checker its speed.
constexpr char kNames[] =
#define CS_FUNCTION(name, text, style, overloads, doc) text "|"
#include "expression/functions.def"
#undef CS_FUNCTION
    ;
constexpr char kOverloads[] =
#define CS_FUNCTION(name, text, style, overloads, doc) overloads "|"
#include "expression/functions.def"
#undef CS_FUNCTION
    ;
constexpr Style kStyles[] = {
#define CS_FUNCTION(name, text, style, overloads, doc) style,
#include "expression/functions.def"
#undef CS_FUNCTION
};

struct Places {
  uint16_t at[kFunctionCount + 1] = {};

  consteval explicit Places(const char* texts) {
    uint16_t offset = 0;
    for (int i = 0; i < kFunctionCount; ++i) {
      while (texts[offset++] != '|') {
      }
      at[i + 1] = offset;
    }
  }
  std::string_view Of(const char* texts, Function function) const {
    const auto i = static_cast<size_t>(function);
    return {texts + at[i], static_cast<size_t>(at[i + 1] - at[i] - 1)};
  }
};
constexpr Places kNamePlaces(kNames);
constexpr Places kOverloadPlaces(kOverloads);

constexpr std::string_view kLetters = "biufdmsytrDPY";
constexpr Kind kLetterKinds[] = {Kind::kBool,      Kind::kInt,      Kind::kUint,   Kind::kDouble,
                                 Kind::kDecimal,   Kind::kMoney,    Kind::kString, Kind::kBytes,
                                 Kind::kTimestamp, Kind::kDuration, Kind::kDate,   Kind::kPeriod,
                                 Kind::kType};

// The kind of a plain letter; kDyn for the letters that stand for more than a kind.
Kind KindOf(char letter) {
  const size_t i = kLetters.find(letter);
  return i == std::string_view::npos ? Kind::kDyn : kLetterKinds[i];
}

// What one overload binds while its arguments are matched.
struct Match {
  std::array<const Type*, 3> bound{};     // T K V
  std::array<Type, 3>* joined = nullptr;  // where those lie that no argument has
  values::Currency currency;
  bool has_currency = false;
  bool widened = false;
  bool dynamic = false;

  bool Bind(int variable, const Type& type) {
    if (bound[variable] == nullptr) {
      bound[variable] = &type;
      return true;
    }
    Type both;
    if (!JoinTypes(*bound[variable], type, &both)) return false;
    (*joined)[variable] = std::move(both);
    bound[variable] = &(*joined)[variable];
    return true;
  }
  // A type that no argument has.
  bool BindOwn(int variable, Type type) {
    if (bound[variable] != nullptr) return Bind(variable, type);
    (*joined)[variable] = std::move(type);
    bound[variable] = &(*joined)[variable];
    return true;
  }
};

bool MatchArgument(char letter, const Type& type, Match* match) {
  switch (letter) {
    case 'a':
      return true;
    case 'T':
      return match->Bind(0, type);
    case 'K':
      return match->Bind(1, type);
    case 'V':
      return match->Bind(2, type);
    case 'C':
      return match->Bind(0, type);  // looked at again when the list or map is known
    default:
      break;
  }
  if (type.kind == Kind::kDyn) {
    match->dynamic = true;
    if (letter == 'l') return match->Bind(0, type);
    if (letter == 'p') return match->Bind(1, type) && match->Bind(2, type);
    if (letter == 'm') match->has_currency = true, match->currency = {};
    return true;
  }
  if (letter == 'l') return type.kind == Kind::kList && match->Bind(0, type.items[0]);
  if (letter == 'p') {
    if (type.kind == Kind::kMap) {
      return match->Bind(1, type.items[0]) && match->Bind(2, type.items[1]);
    }
    return type.kind == Kind::kRecord && match->BindOwn(1, Type::Of(Kind::kString)) &&
           match->BindOwn(2, Type::Of(Kind::kDyn));
  }
  const Kind kind = KindOf(letter);
  if (letter == 'd' && (type.kind == Kind::kInt || type.kind == Kind::kUint)) {
    match->widened = true;
    return true;
  }
  if (kind != type.kind) return false;
  if (kind == Kind::kMoney) {
    if (match->has_currency && match->currency != type.currency) {
      // Two fixed currencies never meet; a fixed and an open one are looked at when it runs.
      if (!match->currency.IsNone() && !type.currency.IsNone()) return false;
      match->currency = {};
    } else {
      match->currency = type.currency;
    }
    match->has_currency = true;
  }
  return true;
}

// `x in list`: x is compared with the elements, so it need not have exactly their type.
bool MatchIn(char collection, const Type& needle, const Type& haystack, Match* match) {
  if (haystack.kind == Kind::kDyn) return match->dynamic = true;
  if (collection == 'l') {
    return haystack.kind == Kind::kList && AreComparable(needle, haystack.items[0]);
  }
  if (haystack.kind == Kind::kRecord) return AreComparable(needle, Type::Of(Kind::kString));
  return haystack.kind == Kind::kMap && AreComparable(needle, haystack.items[0]);
}

// The lists of min and max: what has an order, or may have.
bool HasOrder(Kind kind) {
  switch (kind) {
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
    case Kind::kDecimal:
    case Kind::kMoney:
    case Kind::kString:
    case Kind::kDate:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kDyn:
      return true;
    default:
      return false;
  }
}

bool HasSum(Kind kind) {
  return kind == Kind::kPeriod || (HasOrder(kind) && kind != Kind::kString && kind != Kind::kDate &&
                                   kind != Kind::kTimestamp);
}

Type ResultOf(char letter, const Match& match) {
  switch (letter) {
    case 'T':
      return *match.bound[0];
    case 'V':
      return *match.bound[2];
    case 'l':
      return Type::List(*match.bound[0]);
    case 'a':
      return Type::Of(Kind::kDyn);
    case 'm':
      return Type::MoneyIn(match.currency);
    default:
      return Type::Of(KindOf(letter));
  }
}

}  // namespace

std::string_view FunctionName(Function function) { return kNamePlaces.Of(kNames, function); }
Style FunctionStyle(Function function) { return kStyles[static_cast<size_t>(function)]; }
std::string_view FunctionOverloads(Function function) {
  return kOverloadPlaces.Of(kOverloads, function);
}

std::optional<Function> FindFunction(std::string_view name) {
  for (int i = 0; i < kFunctionCount; ++i) {
    if (FunctionName(static_cast<Function>(i)) == name) return static_cast<Function>(i);
  }
  return std::nullopt;
}

char KindLetter(Kind kind) {
  for (size_t i = 0; i < kLetters.size(); ++i) {
    if (kLetterKinds[i] == kind) return kLetters[i];
  }
  return ' ';
}

bool ResolveCall(Function function, std::span<const Type* const> arguments, Type* result) {
  if (function == Function::kEqual || function == Function::kNotEqual) {
    *result = Type::Of(Kind::kBool);
    return arguments.size() == 2 && AreComparable(*arguments[0], *arguments[1]);
  }
  bool exact_decimal = false;
  for (const Type* type : arguments) {
    exact_decimal |= type->kind == Kind::kDecimal || type->kind == Kind::kMoney;
  }
  bool found = false;
  std::array<Type, 3> joined;
  std::string_view rest = FunctionOverloads(function);
  while (!rest.empty()) {
    const std::string_view overload = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), overload.size() + 1));
    if (overload.size() != arguments.size() + 1) continue;
    Match match;
    match.joined = &joined;
    bool fits = true;
    if (function == Function::kIn) {
      fits = MatchIn(overload[2], *arguments[0], *arguments[1], &match);
    } else {
      for (size_t i = 0; i < arguments.size() && fits; ++i) {
        fits = MatchArgument(overload[i + 1], *arguments[i], &match);
      }
    }
    if (!fits) continue;
    // A conversion to decimal takes ints by an overload of its own, never by widening.
    if (match.widened && !exact_decimal && !match.dynamic) continue;
    if (function == Function::kSum && !HasSum(match.bound[0]->kind)) continue;
    if (overload == "Tl" && !HasOrder(match.bound[0]->kind)) continue;
    Type type = ResultOf(overload[0], match);
    if (!match.dynamic) {
      // Only dyn arguments leave a choice; otherwise the first overload that fits is the one.
      *result = std::move(type);
      return true;
    }
    if (!found) {
      *result = std::move(type);
      found = true;
    } else if (*result != type) {
      *result = Type::Of(Kind::kDyn);
    }
  }
  return found;
}

bool JoinTypes(const Type& a, const Type& b, Type* joined) {
  if (a == b) {
    *joined = a;
    return true;
  }
  if (a.kind == Kind::kDyn || b.kind == Kind::kDyn || a.kind == Kind::kNull ||
      b.kind == Kind::kNull) {
    *joined = Type::Of(Kind::kDyn);
    return true;
  }
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::kMoney) {
    *joined = Type::Of(Kind::kMoney);
    return true;
  }
  if (a.kind != Kind::kList && a.kind != Kind::kMap) return false;
  Type type = Type::Of(a.kind);
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!JoinTypes(a.items[i], b.items[i], &type.items[i])) return false;
  }
  *joined = std::move(type);
  return true;
}

bool AreComparable(const Type& a, const Type& b) {
  if (a.kind == Kind::kDyn || b.kind == Kind::kDyn || a.kind == Kind::kNull ||
      b.kind == Kind::kNull) {
    return true;
  }
  const auto exact = [](Kind kind) {
    return kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kDecimal;
  };
  if (a.kind != b.kind) {
    return exact(a.kind) && exact(b.kind) && (a.kind == Kind::kDecimal || b.kind == Kind::kDecimal);
  }
  if (a.kind == Kind::kMoney) {
    return a.currency == b.currency || a.currency.IsNone() || b.currency.IsNone();
  }
  if (a.kind == Kind::kList || a.kind == Kind::kMap) {
    for (size_t i = 0; i < a.items.size(); ++i) {
      if (!AreComparable(a.items[i], b.items[i])) return false;
    }
  }
  return true;
}

bool IsAssignable(const Type& from, const Type& to) {
  if (from.kind == Kind::kDyn || to.kind == Kind::kDyn) return true;
  if (from.kind != to.kind) return false;
  if (to.kind == Kind::kMoney) {
    return to.currency.IsNone() || from.currency.IsNone() || from.currency == to.currency;
  }
  if (from.kind == Kind::kRecord) return from == to;
  for (size_t i = 0; i < from.items.size(); ++i) {
    if (!IsAssignable(from.items[i], to.items[i])) return false;
  }
  return true;
}

}  // namespace countersign::expression
