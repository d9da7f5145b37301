// The working state of an assembly: what every unit and computed value is for the values of now.
// Internal to the room: assembly.cc, repeat.cc and live.cc move it, manifest.cc and explain.cc
// read it.
#ifndef COUNTERSIGN_TEMPLATE_STATE_H_
#define COUNTERSIGN_TEMPLATE_STATE_H_

#include <optional>

#include "base/string.h"
#include "base/vector.h"
#include "expression/program.h"
#include "template/assembly.h"
#include "template/body.h"

namespace countersign::templates {

using document::Inline;

enum class Shown : uint8_t { kAbsent, kIn, kOmitted };

struct UnitState {
  using MovesAsItLies = void;  // base/vector.h
  Shown shown = Shown::kAbsent;
  Answer holds = Answer::kYes;  // its own condition, where it was last evaluated
  bool when_dirty = true;       // evaluated only while the unit's parent is in
  bool text_dirty = true;       // evaluated only while the unit is in
  bool changed = false;         // since the last patches
  bool renumbered = false;
  bool moved = false;   // it, or something in it, came, went, changed or was made anew
  bool touched = true;  // it, or something in it that is reached, is to be looked at for units
  Shown was = Shown::kAbsent;  // what it was before this round
  Shown html_shown = Shown::kAbsent;
  String number;  // the last one that it had; NumberOf looks whether it is there
  String html;    // what OpeningOf answered, "" where that has to be made
  document::Inlines inlines;
  // That the inlines take up in the canonical form, at most; of a repeat, what it took to make it.
  size_t bytes = 0;
  size_t repeated = 0;  // that its repeats made on the way, at most
  Vector<Slot> when_waits;
  Vector<Slot> text_waits;
  // Of a unit with a loop: what stands for it, numbered, and what stood there before the changes
  // of this round (where `changed`).
  Vector<document::Block> made;
  Vector<document::Block> before;
  std::optional<Error> when_error;
  std::optional<Error> text_error;
};

struct ComputedState {
  using MovesAsItLies = void;  // base/vector.h
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
  // Brings all that is marked up to date, computed values first.
  Result<void> RefreshComputed(expression::Fuel& fuel);
  Result<void> Refresh(expression::Fuel& fuel);
  void Rest();
  // live.cc: both, and says what changed in the HTML.
  Result<void> Tell(Vector<Patch>* patches);
  void RefreshFills();
  void AppendHtml(UnitIndex begin, UnitIndex end, String* html);
  size_t html_size_ = 0;  // of the whole, the last time

  document::Block MakeBlock(UnitIndex unit) const;
  document::Document MakeDocument() const;

  // The fields behind slots, through computed values; sorted ids. `failed`: the error of a computed
  // value among them.
  Vector<String> FieldsBehind(const Vector<Slot>& slots, const Error** failed) const;
  // Whether the text of a unit that is in has the field's blank now.
  Answer HasPlace(UnitIndex unit, std::string_view field) const;
  // in, out, or (kUnknown) waiting, with all that stands around it.
  Answer Presence(UnitIndex unit) const;
  Assembly Snapshot() const;
  int64_t spent = 0;  // fuel, by Reset
  Result<json::Value> Explain(std::string_view unit) const;
  json::Value Trace() const;

 private:
  void Mark(Slot slot);
  // repeat.cc: units with a loop, and all that stands in them.
  expression::Outcome RangeOf(uint32_t loop, expression::Fuel& fuel) const;
  Slot LoopSlot(uint32_t loop) const { return static_cast<Slot>(body.SlotCount()) + loop; }
  Result<void> MakeRepeat(UnitIndex unit, expression::Fuel& fuel);
  Result<void> AppendInstances(UnitIndex unit, UnitState* state, expression::Fuel& fuel,
                               Vector<document::Block>* out);
  Result<void> AppendInstance(UnitIndex unit, UnitState* state, expression::Fuel& fuel,
                              Vector<document::Block>* out);
  Result<void> Count(size_t bytes, UnitState* state);
  String NumberOf(UnitIndex unit) const;
  const Vector<document::Block>& Old(UnitIndex unit) const;
  void AppendRepeatPatches(UnitIndex unit, UnitIndex end, Vector<Patch>* patches);
  String FirstOld(UnitIndex begin, UnitIndex end) const;
  void KeepOld(UnitState* state);
  void Change(UnitIndex unit);
  void Move(UnitIndex unit);
  void Touch(UnitIndex unit);
  void Show(UnitIndex unit, Shown now);
  void Rest(UnitIndex begin, UnitIndex end);
  size_t MostBytes() const;
  Result<void> CheckSize();
  bool IsReached(UnitIndex unit) const;
  Result<bool> RefreshTexts(expression::Fuel& fuel);
  void AppendTextPatches(Vector<Patch>* patches);
  const String& OpeningOf(UnitIndex unit);
  void AppendHtml(UnitIndex unit, String* html);
  Result<bool> RefreshUnits(UnitIndex begin, UnitIndex end, bool anew, expression::Fuel& fuel);
  Result<void> EvaluateWhen(UnitIndex unit, expression::Fuel& fuel);
  Result<void> EvaluateText(UnitIndex unit, expression::Fuel& fuel);
  Result<void> AppendPieces(const Vector<Piece>& pieces, UnitState* state, expression::Fuel& fuel,
                            document::Inlines* out);
  Result<void> AppendEach(const Piece& piece, UnitState* state, expression::Fuel& fuel,
                          document::Inlines* out);
  // What stands where a text cannot be settled: a blank that names what it waits for.
  Inline Unsettled(const expression::Outcome& outcome, UnitState* state) const;
  String RefLabel(UnitIndex target) const;
  Result<void> AppendValue(const Piece& piece, UnitState* state, expression::Fuel& fuel,
                           document::Inlines* out);
  void NumberUnits(document::Numbers* numbers, UnitIndex begin, UnitIndex end);
  void NumberMade(document::Numbers* numbers, Vector<document::Block>* blocks, UnitState* state);
  void AppendBlocks(UnitIndex begin, UnitIndex end, Vector<document::Block>* blocks) const;
  void AppendPatches(UnitIndex begin, UnitIndex end, Vector<Patch>* patches);
  String HtmlOf(UnitIndex unit);

  // What is appended to ids, by how many repeats they stand in; more than one while one is made.
  Vector<String> suffixes_ = {String()};
  size_t repeated_ = 0;        // of all units, in this round
  size_t most_ = 0;            // of all units, whether they are there or not
  bool restructured_ = false;  // in this round some unit came or went, or a repeat was made
  // What depends on the values that changed, in no order, some of it twice.
  Vector<UnitIndex> marked_;
  // The text of a slot's value, "" where it has to be written.
  struct Said {
    values::Format format;
    String text;
  };
  Vector<Said> said_;
  String html_;  // room to write in
  document::Fills fills_;
  bool has_fills_ = false;
};

// The canonical form of the document must be one that a reader takes (json::kDocumentLimits), so
// what is counted is what text takes up there.
inline constexpr size_t kMaxOutput = 8u << 20;
inline constexpr size_t kPieceBytes = 72;  // names and signs of the largest piece
inline constexpr size_t kUnitBytes = 96;   // of a unit, without its id
size_t WrittenSize(std::string_view text);
size_t WrittenSize(const document::Inlines& inlines);
size_t MostWritten(const document::Inlines& inlines);  // without a look at the characters
// Numbers of one block onto another of the same shape.
void CopyNumbers(const document::Block& from, document::Block* to);

// A block for the unit, or for what stands in its place: without its id, text and content.
document::Block Shell(const Unit& unit, Shown shown);

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
