#include "compile/functions.h"

#include <algorithm>

#include "base/vector.h"
#include "compile/diagnostic.h"

namespace countersign::compile {
namespace {

using expression::Function;
using expression::Style;

constexpr std::string_view kDocs[] = {
#define CS_FUNCTION(name, text, style, overloads, doc) doc,
#include "expression/functions.def"
#undef CS_FUNCTION
};

std::string_view LetterName(char letter) {
  switch (letter) {
    case 'b':
      return "bool";
    case 'i':
      return "int";
    case 'u':
      return "uint";
    case 'f':
      return "double";
    case 'd':
      return "decimal";
    case 'm':
      return "money";
    case 's':
      return "string";
    case 'y':
      return "bytes";
    case 't':
      return "timestamp";
    case 'r':
      return "duration";
    case 'D':
      return "date";
    case 'P':
      return "period";
    case 'l':
      return "list";
    case 'p':
      return "map";
    case 'K':
      return "key";
    case 'Y':
      return "type";
    default:
      return "any value";
  }
}

String Describe(Function function, std::string_view overload) {
  const String name(expression::FunctionName(function));
  const String first(LetterName(overload[1]));
  if (function == Function::kIndex) return first + "[" + String(LetterName(overload[2])) + "]";
  switch (expression::FunctionStyle(function)) {
    case Style::kOperator:
      if (overload.size() == 2) return name + first;
      return first + " " + name + " " + String(LetterName(overload[2]));
    case Style::kMethod: {
      String out = first + "." + name + "(";
      for (size_t i = 2; i < overload.size(); ++i) {
        if (i > 2) out += ", ";
        out += LetterName(overload[i]);
      }
      return out + ")";
    }
    default: {
      String out = name + "(";
      for (size_t i = 1; i < overload.size(); ++i) {
        if (i > 1) out += ", ";
        out += LetterName(overload[i]);
      }
      return out + ")";
    }
  }
}

}  // namespace

String DescribeOverloads(Function function, const values::Type& like) {
  constexpr size_t kMost = 6;
  Vector<String> near, far;
  std::string_view rest = expression::FunctionOverloads(function);
  while (!rest.empty()) {
    const std::string_view overload = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), overload.size() + 1));
    bool shares = false;
    for (const char letter : overload.substr(1))
      shares |= LetterName(letter) == KindName(like.kind);
    (shares ? near : far).push_back(Describe(function, overload));
  }
  near.insert(near.end(), far.begin(), far.end());
  String out;
  for (size_t i = 0; i < near.size() && i < kMost; ++i) {
    if (i > 0) out += i + 1 == std::min(near.size(), kMost) ? " or " : ", ";
    out += near[i];
  }
  return out;
}

Vector<String> FunctionForms(Function function, expression::Reach reach) {
  Vector<String> forms;
  std::string_view rest = expression::FunctionOverloads(function);
  while (!rest.empty()) {
    const std::string_view overload = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), overload.size() + 1));
    // Letters of kinds, see functions.def.
    const bool wide = overload.find_first_of("ufytrY") != std::string_view::npos;
    if (wide && reach == expression::Reach::kContract) continue;
    forms.push_back(Describe(function, overload) + ": " + String(LetterName(overload[0])));
  }
  return forms;
}

bool TakesCount(Function function, size_t count) {
  std::string_view rest = expression::FunctionOverloads(function);
  while (!rest.empty()) {
    const std::string_view overload = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), overload.size() + 1));
    if (overload.size() == count + 1) return true;
  }
  return false;
}

Nearest NearestFunction(std::string_view name) {
  Vector<std::string_view> known;
  for (int i = 0; i < expression::kFunctionCount; ++i) {
    const auto function = static_cast<Function>(i);
    if (expression::FunctionStyle(function) != Style::kOperator) {
      known.push_back(expression::FunctionName(function));
    }
  }
  for (const std::string_view macro : {"has", "all", "exists", "exists_one", "map", "filter"}) {
    known.push_back(macro);
  }
  return NearestName(name, known);
}

std::string_view FunctionDoc(Function function) { return kDocs[static_cast<size_t>(function)]; }

}  // namespace countersign::compile
