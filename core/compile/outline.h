// The names of a template, for an editor: what can be completed, hovered over and jumped to. Also
// of a template with errors, as far as it was understood.
#ifndef COUNTERSIGN_COMPILE_OUTLINE_H_
#define COUNTERSIGN_COMPILE_OUTLINE_H_

#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "json/value.h"

namespace countersign::compile {

enum class NameKind : uint8_t { kRole, kField, kComputed, kTerm, kUnit };
std::string_view NameKindName(NameKind kind);  // "role", "field", "computed", "term", "unit"

struct Name {
  NameKind kind = NameKind::kField;
  String id;
  String label;  // "" of a unit
  String type;   // kField, kComputed: as values::Type::ToString
  Span span;     // where it is declared; of a unit, the lines it begins on
  // kField: what it may be, in the language's spelling. kUnit: its condition, as written.
  Vector<String> options;
  String when;
  friend bool operator==(const Name&, const Name&) = default;
};

// {"kind","id","span"} and, where there is one, "label", "type", "options", "when".
json::Value ToJson(const Name& name);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_OUTLINE_H_
