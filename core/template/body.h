// What a loaded template is inside: units in one vector, parents before children, with every
// expression lowered. Internal to the room.
#ifndef COUNTERSIGN_TEMPLATE_BODY_H_
#define COUNTERSIGN_TEMPLATE_BODY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/program.h"
#include "template/template.h"
#include "values/format.h"
#include "values/locale.h"

namespace countersign::templates {

using UnitIndex = uint32_t;
inline constexpr UnitIndex kNoUnit = UINT32_MAX;
using Slot = uint32_t;
inline constexpr Slot kNoSlot = UINT32_MAX;

enum class PieceKind : uint8_t { kText, kStrong, kEm, kCode, kBreak, kLink, kBlank, kValue, kRef };

struct Piece {
  PieceKind kind = PieceKind::kText;
  std::string text;       // kText, kCode; kLink: the address
  uint32_t index = 0;     // kBlank: the field; kValue: the expression; kRef: the unit
  values::Format format;  // kValue
  std::vector<Piece> pieces;
};

enum class Lock : uint8_t { kOpen, kLocked };

struct Unit {
  document::BlockKind kind = document::BlockKind::kParagraph;
  document::ListStyle style = document::ListStyle::kBullet;
  uint8_t level = 0;
  Lock lock = Lock::kOpen;
  std::string id;
  UnitIndex parent = kNoUnit;
  UnitIndex end = 0;  // one past the last unit inside
  ExpressionIndex when = kNoExpression;
  bool has_omitted = false;
  std::string omitted;
  bool has_refs = false;
  std::vector<Piece> pieces;
};

struct Expression {
  std::string source;
  expression::Program program;
};

// Which units depend on a slot, and how.
struct Dependents {
  std::vector<UnitIndex> when;
  std::vector<UnitIndex> text;
  std::vector<uint32_t> computed;
};

struct Template::Body {
  std::string id, title, locale, source_ref, compiled_ref;
  std::optional<values::Locale> formats;  // of the locale; never empty once loaded
  int64_t version = 0;
  document::Numbering numbering = document::Numbering::kSections;
  std::vector<Role> roles;
  std::vector<Field> fields;
  std::vector<Computed> computed;
  std::vector<Validation> validations;
  std::optional<Consent> consent;
  std::optional<values::Period> expires;
  std::vector<std::string> text_roles;
  json::Value approvals, routing;
  std::vector<std::string> locked_units;
  std::vector<Expression> expressions;
  std::vector<Unit> units;
  // Fields first, in their order, then computed values. Marks and dates of signing have a slot that
  // stays empty.
  std::vector<Dependents> dependents;
  std::vector<uint32_t> fields_by_id;          // sorted by id
  std::vector<UnitIndex> units_by_id;          // sorted by id
  std::vector<std::vector<UnitIndex>> placed;  // for each field, the units its blanks stand in

  size_t SlotCount() const { return fields.size() + computed.size(); }
  // Index of the field, SIZE_MAX where there is none.
  size_t FieldIndex(std::string_view field) const;
  UnitIndex FindUnit(std::string_view unit) const;  // kNoUnit where there is none
  const Expression& At(ExpressionIndex index) const { return expressions[index]; }
};

// A mark or a date of signing: no expression may read it, it comes last.
inline bool IsMark(FieldKind kind) {
  return kind == FieldKind::kSign || kind == FieldKind::kInitial || kind == FieldKind::kSignDate;
}

// The option as a value of the field's type; nullopt where it is none.
std::optional<values::Value> OptionValue(const Field& field, const Option& option);
bool OptionMatches(const Field& field, const Option& option, const values::Value& value);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_BODY_H_
