// The working state of an assembly: what every unit and computed value is for the values of now.
// Internal to the room: assembly.cc moves it, manifest.cc and explain.cc read it.
#ifndef COUNTERSIGN_TEMPLATE_STATE_H_
#define COUNTERSIGN_TEMPLATE_STATE_H_

#include <optional>
#include <string>

#include "base/vector.h"
#include "expression/program.h"
#include "template/assembly.h"
#include "template/body.h"

namespace countersign::templates {

using document::Inline;

enum class Shown : uint8_t { kAbsent, kIn, kOmitted };

struct UnitState {
  Shown shown = Shown::kAbsent;
  Answer holds = Answer::kYes;  // its own condition, where it was last evaluated
  bool when_dirty = true;       // evaluated only while the unit's parent is in
  bool text_dirty = true;       // evaluated only while the unit is in
  bool changed = false;         // since the last patches
  bool renumbered = false;
  std::string number;
  document::Inlines inlines;
  size_t bytes = 0;     // that the inlines take up in the canonical form, at most
  size_t repeated = 0;  // that its repeats made on the way, at most
  Vector<Slot> when_waits;
  Vector<Slot> text_waits;
  std::optional<Error> when_error;
  std::optional<Error> text_error;
};

struct ComputedState {
  bool dirty = true;
  std::optional<Error> error;
  Vector<Slot> waits;
};

struct Assembler::State {
  explicit State(Template loaded);

  Template contract;
  const Template::Body& body;
  Values values;
  expression::Bindings bindings;
  Vector<ComputedState> computed;
  Vector<UnitState> units;

  // Binds a field's value (or clears it) and marks what depends on it.
  void Bind(uint32_t field, const values::Value* value);
  // Brings everything up to date and, where asked for, says what changed in the HTML.
  Result<void> Refresh(expression::Fuel& fuel, Vector<Patch>* patches);

  document::Block MakeBlock(UnitIndex unit) const;
  document::Document MakeDocument() const;

  // The fields behind slots, through computed values; sorted ids. `failed`: the error of a computed
  // value among them.
  Vector<std::string> FieldsBehind(const Vector<Slot>& slots, const Error** failed) const;
  // Whether the text of a unit that is in has the field's blank now.
  Answer HasPlace(UnitIndex unit, std::string_view field) const;
  // in, out, or (kUnknown) waiting, with all that stands around it.
  Answer Presence(UnitIndex unit) const;
  Assembly Snapshot() const;
  Result<json::Value> Explain(std::string_view unit) const;
  json::Value Trace() const;

 private:
  void Mark(Slot slot);
  Result<void> RefreshComputed(expression::Fuel& fuel);
  Result<void> RefreshUnits(expression::Fuel& fuel, Vector<Shown>* next, bool* restructured);
  Result<void> EvaluateWhen(UnitIndex unit, expression::Fuel& fuel);
  Result<void> EvaluateText(UnitIndex unit, expression::Fuel& fuel);
  Result<void> AppendPieces(const Vector<Piece>& pieces, UnitState* state, expression::Fuel& fuel,
                            document::Inlines* out);
  Result<void> AppendEach(const Piece& piece, UnitState* state, expression::Fuel& fuel,
                          document::Inlines* out);
  // What stands where a text cannot be settled: a blank that names what it waits for.
  Inline Unsettled(const expression::Outcome& outcome, UnitState* state) const;
  std::string RefLabel(UnitIndex target) const;
  document::Block MakeSkeleton(UnitIndex unit) const;
  void Renumber();
  void TakeNumbers(const document::Block& block, UnitIndex unit);
  void AppendPatches(UnitIndex begin, UnitIndex end, const Vector<Shown>& before,
                     Vector<Patch>* patches);
  std::string HtmlOf(UnitIndex unit) const;

  size_t repeated_ = 0;  // of all units, in this round
  mutable document::Fills fills_;
};

// Runs and answers kUnknown for unknown slots and for an error.
struct Ruling {
  Answer answer = Answer::kUnknown;
  Vector<Slot> waits;
  std::optional<Error> error;
};
Ruling Decide(const expression::Program& program, const expression::Bindings& bindings,
              expression::Fuel& fuel);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_STATE_H_
