// What a loaded template is inside: units in one vector, parents before children, with every
// expression lowered. Internal to the room.
#ifndef COUNTERSIGN_TEMPLATE_BODY_H_
#define COUNTERSIGN_TEMPLATE_BODY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "expression/program.h"
#include "template/template.h"
#include "values/format.h"
#include "values/locale.h"

namespace countersign::templates {

using UnitIndex = uint32_t;
inline constexpr UnitIndex kNoUnit = UINT32_MAX;
inline constexpr uint32_t kNoLoop = UINT32_MAX;
// Ids in repeats become longer: "rows..12", in three repeats "rows..1000..1000..1000".
inline constexpr size_t kMaxRepeatedId = document::kMaxIdLength - 18;
using Slot = uint32_t;
inline constexpr Slot kNoSlot = UINT32_MAX;

enum class PieceKind : uint8_t {
  kText,
  kStrong,
  kEm,
  kCode,
  kBreak,
  kLink,
  kBlank,
  kValue,
  kRef,
  kIf,      // of kBranch: the first that holds
  kBranch,  // index: its condition, kNoExpression for the last
  kEach,    // index: the loop; text: what stands between two items
  kCell,    // text: how it is aligned
};

struct Piece {
  PieceKind kind = PieceKind::kText;
  // kText, kCode; kLink: the address; kRef: what stands in front of the number ("Schedule A, ").
  String text;
  uint32_t index = 0;     // kBlank: the field; kValue: the expression; kRef: the unit
  values::Format format;  // kValue
  Vector<Piece> pieces;
};

enum class Lock : uint8_t { kOpen, kLocked };

struct Unit {
  document::BlockKind kind = document::BlockKind::kParagraph;
  document::ListStyle style = document::ListStyle::kBullet;
  uint8_t level = 0;
  Lock lock = Lock::kOpen;
  bool keep = false;
  String id;
  UnitIndex parent = kNoUnit;
  UnitIndex end = 0;           // one past the last unit inside
  uint32_t loop = kNoLoop;     // it stands once for each item of it
  UnitIndex repeat = kNoUnit;  // the outermost unit with a loop that it stands in, or is
  uint8_t loops = 0;           // that it stands in, its own among them
  ExpressionIndex when = kNoExpression;
  bool has_omitted = false;
  String omitted;
  String name;  // of a schedule whose numbers begin again, else ""
  bool has_refs = false;
  bool numbers_inside = false;  // numbers of units in it go on from its own
  bool has_branches = false;    // its blanks may be out although it is in
  Vector<Piece> pieces;

  // A schedule whose numbers begin again.
  bool Restarts() const { return !name.empty(); }
};

struct Expression {
  String source;
  expression::Program program;
};

// A variable that goes through a list. Its slot is SlotCount() and its place among the loops.
struct Loop {
  String name;
  ExpressionIndex range = kNoExpression;
};

// Which units depend on a slot, and how.
struct Dependents {
  Vector<UnitIndex> when;
  Vector<UnitIndex> text;
  Vector<uint32_t> computed;
};

struct Template::Body {
  String id, title, locale, words, source_ref, compiled_ref;
  std::optional<values::Locale> formats;  // of the locale; never empty once loaded
  int64_t version = 0;
  bool seldom = false;  // Template::asks_seldom_work
  document::Numbering numbering = document::Numbering::kSections;
  Vector<Role> roles;
  Vector<Field> fields;
  Vector<Computed> computed;
  Vector<Validation> validations;
  std::optional<Consent> consent;
  std::optional<values::Period> expires;
  Vector<String> text_roles, library;
  json::Value approvals, routing;
  Vector<String> locked_units;
  Vector<Expression> expressions;
  Vector<Loop> loops;
  Vector<Unit> units;
  // Fields first, in their order, then computed values. Marks and dates of signing have a slot that
  // stays empty.
  Vector<Dependents> dependents;
  Vector<uint32_t> fields_by_id;     // sorted by id
  Vector<UnitIndex> units_by_id;     // sorted by id
  Vector<UnitIndex> referring;       // that have references, in their order
  Vector<Vector<UnitIndex>> placed;  // for each field, the units its blanks stand in

  // Without the loops, whose slots come behind.
  size_t SlotCount() const { return fields.size() + computed.size(); }
  // Index of the field, SIZE_MAX where there is none.
  size_t FieldIndex(std::string_view field) const;
  UnitIndex FindUnit(std::string_view unit) const;  // kNoUnit where there is none
  // The unit that is assembled when this one is: of what stands in a repeat the whole repeat.
  UnitIndex Assembled(UnitIndex unit) const {
    return units[unit].repeat != kNoUnit ? units[unit].repeat : unit;
  }
  const Expression& At(ExpressionIndex index) const { return expressions[index]; }
};

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_BODY_H_
