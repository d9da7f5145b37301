// Template + values -> document, and everything a form needs to know beside it.
//
// Same template, same values, same bytes: natively, in wasm, in every browser. Values are inserted
// into the tree and never parsed. A condition or text that waits for an unanswered field makes its
// unit *pending*; such a document is a preview and must not be signed (`IsFinal`).
//
// `Assemble` is the whole way. `Assembler` keeps state and answers each keystroke with the smallest
// list of patches; both always agree.
#ifndef COUNTERSIGN_TEMPLATE_ASSEMBLY_H_
#define COUNTERSIGN_TEMPLATE_ASSEMBLY_H_

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "document/document.h"
#include "document/render.h"
#include "json/value.h"
#include "template/template.h"
#include "values/value.h"

namespace countersign::templates {

// A unit whose presence or text waits for fields.
struct PendingUnit {
  String unit;
  Vector<String> fields;  // sorted
  friend bool operator==(const PendingUnit&, const PendingUnit&) = default;
};

enum class Answer : uint8_t { kNo, kYes, kUnknown };

// A field as it stands now.
struct FieldState {
  using MovesAsItLies = void;  // base/vector.h
  String id;
  Answer applies =
      Answer::kYes;  // its unit is in, and its `show` holds; kUnknown waits for other fields
  Answer required = Answer::kNo;  // never of a field that does not apply
  bool answered = false;
  // CheckValue, or field.check_failed, field.required.
  std::optional<Error> error;
  String message;  // the template's own words for the error, "" where it has none
  friend bool operator==(const FieldState&, const FieldState&) = default;
};

struct ComputedValue {
  using MovesAsItLies = void;  // base/vector.h
  String id;
  std::optional<values::Value> value;  // absent while it waits, or failed
  Vector<String> waits_for;            // sorted
  friend bool operator==(const ComputedValue&, const ComputedValue&) = default;
};

struct ValidationOutcome {
  String id, message, field;
  Level level = Level::kError;
  Answer holds = Answer::kUnknown;
  friend bool operator==(const ValidationOutcome&, const ValidationOutcome&) = default;
};

// An evaluation that failed (division by zero, overflow, an amount that would need rounding).
struct Problem {
  String unit;  // or the computed value, field or validation: "computed:annual"
  Error error;
  friend bool operator==(const Problem&, const Problem&) = default;
};

struct Assembly {
  document::Document document;
  Vector<PendingUnit> pending;     // in the order of the text
  Vector<ComputedValue> computed;  // in the template's order
  Vector<ValidationOutcome> validations;
  Vector<FieldState> fields;  // in the template's order
  Vector<Problem> problems;
  int64_t fuel = 0;  // that it took since the values were set

  // The text is settled: nothing pending, no problem. (Fields may still be empty or wrong.)
  bool IsFinal() const { return pending.empty() && problems.empty(); }
};

// Errors: template.too_expensive (fuel of a document: 2e7), template.output_too_large (8 MiB of
// text).
Result<Assembly> Assemble(const Template& contract, const Values& values);

// Why a unit is where it is:
// {"unit","state":"in"|"out"|"omitted"|"pending","because":[{"unit","when":<text>,
// "holds":true|false|null,"fields":[{"id","label","value"|absent}],"computed":[{"id","text","value"|absent}]}],
// "locked":bool}; outermost condition first. Errors: template.unknown_unit.
Result<json::Value> Explain(const Template& contract, const Values& values, std::string_view unit);

// The same for every conditional unit, with the values used: what the statement's `trace` hash is
// over.
json::Value Trace(const Template& contract, const Values& values);

// The blanks' content for rendering: display texts of the recipients' values. Marks are added by
// the caller.
document::Fills FillsOf(const Template& contract, const Values& values);

enum class PatchOp : uint8_t { kInsert, kRemove, kReplace, kRenumber };
struct Patch {
  PatchOp op = PatchOp::kReplace;
  String unit;    // the element has id "unit-<unit>"
  String parent;  // kInsert: the unit it goes into, "" for the article
  String before;  // kInsert: the unit it goes in front of, "" for the end
  String html;    // kInsert, kReplace: the element; kRenumber: content of its span.number
  friend bool operator==(const Patch&, const Patch&) = default;
};
// [{"op":"insert","unit","parent","before","html"},{"op":"remove","unit"},…]
json::Value ToJson(const Vector<Patch>& patches);

// Apply the patches in order: removals and replacements name what is there, insertions stand in the
// order of the text.
class Assembler {
 public:
  explicit Assembler(Template contract);
  Assembler(Assembler&&) noexcept;
  Assembler& operator=(Assembler&&) noexcept;
  ~Assembler();

  // Sets all fields anew. Errors: as Assemble; template.unknown_field.
  Result<void> Reset(const Values& values);
  // Sets one field, or clears it. Errors: as Assemble, and nothing changed; template.unknown_field.
  Result<Vector<Patch>> Set(std::string_view field, std::optional<values::Value> value);

  const Template& contract() const;
  const Values& values() const;
  // All of it, as Assemble would answer for the same values.
  Assembly Snapshot() const;
  String Html() const;  // blanks filled with the recipients' values
  Result<json::Value> Explain(std::string_view unit) const;
  json::Value Trace() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_ASSEMBLY_H_
