// What is wrong with a template although each part of it is right: conditions that are never or
// always true, what is required where nobody sees it, references to what may not be there,
// alternatives that overlap or leave a gap, work without a bound.
//
// Everything reported is proven (reasoning.h). Where a cap is hit, T791 says so and nothing is
// claimed; a reference that could not be proven safe stays an error.
#ifndef COUNTERSIGN_COMPILE_ANALYSIS_H_
#define COUNTERSIGN_COMPILE_ANALYSIS_H_

#include <optional>

#include "base/string.h"
#include "base/vector.h"
#include "compile/cost.h"
#include "compile/diagnostic.h"
#include "compile/reasoning.h"
#include "document/document.h"

namespace countersign::compile {

inline constexpr uint32_t kNoUnit = UINT32_MAX;
inline constexpr size_t kMaxTwins = 16;  // units with a number that are compared for one reference
// Pairs of siblings that are compared with each other, of one row.
inline constexpr size_t kMaxPairs = 4'000;

// Of an inline condition, which stands in a unit as a unit of its own: {{#if}}, {{#else}}.
enum class Branch : uint8_t { kNone, kIf, kElse };

// What a unit's number is made of: an item of an ordered list counts in its list, and numbers begin
// again in a section with a number of its own, and in a schedule that restarts.
enum class Counts : uint8_t { kNothing, kItem, kRecital, kSection, kRestart };

struct UnitFact {
  String id;  // as the author gave it; "" of a branch
  ByteRange at;
  ByteRange id_at{};          // of an id that the author gave
  uint32_t parent = kNoUnit;  // before it
  const expression::Tree* when = nullptr;
  ByteRange when_at;
  bool conditional = false;  // has `when`, even one that did not compile
  bool omitted = false;      // something stands there in its place
  bool repeated = false;     // stands once for each item of a list
  // Its condition takes one of a clause's variants: they all are in the template, needed or not.
  bool chosen = false;
  Branch branch = Branch::kNone;
  Vector<uint32_t> loops{};  // that its condition is asked in, of Facts::loops
  Counts counts = Counts::kNothing;
  String name{};  // of a schedule that restarts: what stands in front of its numbers
};

// A condition outside the text: of a field, a validation, an approval.
struct RuleFact {
  const expression::Tree* tree = nullptr;
  ByteRange at;
  std::string_view what;  // "check", "show", "required", "approval"
};

struct FieldFact {
  Domain domain;
  ByteRange at;
  Vector<uint32_t> units;  // where its places are; none: it is asked for beside the text
  const expression::Tree* show = nullptr;
  const expression::Tree* required = nullptr;
  ByteRange required_at;
  bool says_required = false;  // `required: true` was written, or an expression
  bool has_default = false;
  bool may_stay_open = false;  // `required: false` was written, or an expression
  String signs;                // the role whose signature it is, "" for other fields
};

struct RoleFact {
  String id, label;
  ByteRange at;
};

// What a reference prints: a title, or words of the author's own, too.
enum class Shows : uint8_t { kNumber, kTitle, kLabel };
struct ReferenceFact {
  uint32_t target = 0, from = 0;  // units; `from` may be kNoUnit
  ByteRange at;
  Shows shows = Shows::kNumber;
  // Alternatives that share the target's id: one of all must stand.
  Vector<uint32_t> others{};
  bool is_other = false;  // of a reference that has such: nothing more is asked of it
};
// Two units, or definitions in them, that share an id: they must never stand together.
struct SharedFact {
  uint32_t first = 0, second = 0;
  ByteRange at, first_at;
  String message;
};

// A value that is printed, or a computed value (unit: kNoUnit).
struct ValueFact {
  const expression::Tree* tree = nullptr;
  ByteRange at;
  uint32_t unit = kNoUnit;
  Vector<uint32_t> loops{};  // that it stands in, of Facts::loops
};

// Words that stand only where one of the conditions holds, and what it would be without them.
enum class Without : uint8_t {
  kHeading,   // a heading without words
  kItem,      // an item without words
  kTwoBlanks  // two blanks beside each other
};
struct ChoiceFact {
  Without without{};
  uint32_t unit = kNoUnit;
  Vector<AnyOf> nothing;  // that no words stand
  ByteRange at;
  std::optional<Fix> fix{};
};
// {{choose}}: the options that it has no words for.
struct CaseFact {
  String field;
  uint32_t unit = kNoUnit;
  ByteRange at;
  struct Option {
    String name, written;                     // `written` as in the tag
    const expression::Tree* is_it = nullptr;  // that it is this one; nullptr: it may be
  };
  Vector<Option> open;
};

struct Facts {
  document::Numbering numbering = document::Numbering::kSections;
  Vector<UnitFact> units;  // in the order of the text
  Vector<RuleFact> rules;
  Vector<FieldFact> fields;
  Vector<RoleFact> signers;
  Vector<ReferenceFact> references;
  Vector<ReferenceFact> terms;  // from a use to the unit of the definition
  Vector<SharedFact> shared;
  Vector<ValueFact> values;
  Vector<Definition> computed;  // each needs earlier ones only
  Vector<Definition> loops;     // variables of repeats, with the lists they go through
  Vector<ChoiceFact> choices;
  Vector<CaseFact> cases;
};

// Reports T453 of alternatives that may stand together, T501 to T506, T510, T511, T513, T514, T516,
// T517, T754, T755 and T791. Trees must outlive the call.
void Analyse(const Facts& facts, DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_ANALYSIS_H_
