// The assembler: marks what a changed value can change, evaluates that and no more, and compares.
// Long because the order of its passes is one argument: conditions, structure, numbers, references.
// What a form needs at a keystroke is in live.cc.
#include "template/assembly.h"

#include <algorithm>

#include "template/state.h"

namespace countersign::templates {

using document::Block;
using document::BlockKind;
using document::Inline;
using document::InlineKind;
using expression::Fuel;
using expression::Outcome;

namespace {

std::string_view FirstText(const document::Inlines& inlines) {
  if (inlines.empty()) return {};
  return inlines[0].inlines.empty() ? inlines[0].text : FirstText(inlines[0].inlines);
}

// The text at the end, which what is written next continues: neighbouring texts are one.
String* TextAt(document::Inlines* out) {
  if (out->empty() || out->back().kind != InlineKind::kText) out->push_back({});
  return &out->back().text;
}

void AppendText(std::string_view text, document::Inlines* out) {
  if (!text.empty()) TextAt(out)->append(text);
}

// REQUIRES: both have no neighbouring and no empty texts.
void AppendAll(document::Inlines* from, document::Inlines* out) {
  for (Inline& piece : *from) {
    if (piece.kind == InlineKind::kText) {
      AppendText(piece.text, out);
    } else {
      out->push_back(std::move(piece));
    }
  }
}

// About what the pieces will write, so that a text grows once.
size_t SizeOf(const Vector<Piece>& pieces) {
  size_t size = 0;
  for (const Piece& piece : pieces) size += piece.text.size() + 12;
  return size;
}

void AddAll(const Vector<Slot>& slots, Vector<Slot>* all) {
  all->insert(all->end(), slots.begin(), slots.end());
}

}  // namespace

Ruling Decide(const expression::Program& program, const expression::Bindings& bindings,
              Fuel& fuel) {
  Outcome outcome = expression::Run(program, bindings, fuel);
  Ruling ruling;
  if (outcome.state == expression::State::kUnknown) {
    ruling.waits = std::move(outcome.unknown);
  } else if (outcome.state == expression::State::kError) {
    ruling.error = std::move(outcome.error);
  } else {
    ruling.answer = outcome.IsTrue() ? Answer::kYes : Answer::kNo;
  }
  return ruling;
}

Assembler::State::State(Template loaded)
    : contract(std::move(loaded)),
      body(contract.body()),
      bindings(body.SlotCount() + body.loops.size()),
      computed(body.computed.size()),
      units(body.units.size()),
      said_(body.SlotCount()) {
  for (const Unit& unit : body.units) {
    most_ += kUnitBytes + kPieceBytes + unit.id.size() + 6 * unit.omitted.size();
  }
}

void Assembler::State::Mark(Slot slot) {
  const Dependents& dependents = body.dependents[slot];
  for (UnitIndex unit : dependents.when) units[unit].when_dirty = true;
  for (UnitIndex unit : dependents.text) units[unit].text_dirty = true;
  for (uint32_t index : dependents.computed) computed[index].dirty = true;
  marked_.insert(marked_.end(), dependents.when.begin(), dependents.when.end());
  marked_.insert(marked_.end(), dependents.text.begin(), dependents.text.end());
  said_[slot].text.clear();
}

void Assembler::State::Bind(uint32_t field, const values::Value* value) {
  PutValue(body.fields[field].id, value, &values);
  for (UnitIndex unit : body.placed[field]) {
    Change(unit);
    marked_.push_back(unit);
  }
  if (body.fields[field].kind != FieldKind::kValue) has_fills_ = false;
  if (IsFilledBySigning(body.fields[field].kind)) return;
  if (value == nullptr) {
    bindings.Forget(field);
  } else {
    bindings.Set(field, *value);
  }
  Mark(field);
}

Result<void> Assembler::State::RefreshComputed(Fuel& fuel) {
  auto first = static_cast<Slot>(body.fields.size());
  for (uint32_t i = 0; i < computed.size(); ++i) {
    ComputedState& state = computed[i];
    if (!state.dirty) continue;
    state.dirty = false;
    Slot slot = first + i;
    Outcome outcome = expression::Run(body.At(body.computed[i].expression).program, bindings, fuel);
    if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
    const values::Value* old = bindings.Find(slot);
    state.error.reset();
    state.waits.clear();
    if (outcome.IsValue()) {
      if (old != nullptr && *old == outcome.value) continue;  // early cut-off
      bindings.Set(slot, std::move(outcome.value));
      Mark(slot);
      continue;
    }
    if (outcome.state == expression::State::kError) {
      state.error = std::move(outcome.error);
    } else {
      state.waits = std::move(outcome.unknown);
    }
    // No cut-off here: the fields it waits for may be others, through other computed values.
    bindings.Forget(slot);
    Mark(slot);
  }
  return {};
}

Result<void> Assembler::State::EvaluateWhen(UnitIndex unit, Fuel& fuel) {
  UnitState& state = units[unit];
  state.when_dirty = false;
  Ruling ruling = Decide(body.At(body.units[unit].when).program, bindings, fuel);
  if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
  state.holds = ruling.answer;
  state.when_waits = std::move(ruling.waits);
  state.when_error = std::move(ruling.error);
  return {};
}

String Assembler::State::RefLabel(UnitIndex target) const {
  String label;
  for (UnitIndex at = target; at != kNoUnit && !body.units[at].Restarts();
       at = body.units[at].parent) {
    String number = NumberOf(at);
    if (number.empty()) continue;
    if (number.ends_with('.')) number.pop_back();
    label.insert(0, number);
    if (!number.starts_with('('))
      break;  // a section's or top item's number holds all in front of it
  }
  return label;
}

Inline Assembler::State::Unsettled(const Outcome& outcome, UnitState* state) const {
  Inline made;
  made.kind = InlineKind::kBlank;
  made.blank = FieldKind::kValue;
  made.text = "value";
  made.label = "?";
  if (outcome.state == expression::State::kError) {
    state->text_error = *outcome.error;
    return made;
  }
  const Error* failed = nullptr;
  Vector<String> fields = FieldsBehind(outcome.unknown, &failed);
  if (!fields.empty()) {
    made.text = fields.front();
    made.label = body.fields[body.FieldIndex(fields.front())].label;
  }
  AddAll(outcome.unknown, &state->text_waits);
  return made;
}

Result<void> Assembler::State::AppendEach(const Piece& piece, UnitState* state, Fuel& fuel,
                                          document::Inlines* out) {
  Outcome outcome = RangeOf(piece.index, fuel);
  if (!outcome.IsValue()) {
    out->push_back(Unsettled(outcome, state));
    return {};
  }
  Slot slot = LoopSlot(piece.index);
  size_t count = outcome.value.items().size();
  for (size_t i = 0; i < count; ++i) {
    bindings.Set(slot, outcome.value.items()[i]);
    document::Inlines item;
    CS_TRY(AppendPieces(piece.pieces, state, fuel, &item));
    CS_TRY(Count(kPieceBytes + WrittenSize(item), state));
    if (i > 0) {
      AppendText(values::ListSeparator(piece.text, i, count, FirstText(item), *body.formats), out);
    }
    AppendAll(&item, out);
  }
  bindings.Forget(slot);
  return {};
}

// Most values are a field's or a computed one, printed in many places: written once, kept until it
// changes.
Result<void> Assembler::State::AppendValue(const Piece& piece, UnitState* state, Fuel& fuel,
                                           document::Inlines* out) {
  const expression::Program& program = body.At(piece.index).program;
  Said* said =
      program.IsSlot() && program.slots()[0] < said_.size() ? &said_[program.slots()[0]] : nullptr;
  if (said != nullptr && !said->text.empty() && said->format == piece.format) {
    fuel.left -= expression::kSlotFuel;
    if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
    AppendText(said->text, out);
    return {};
  }
  Outcome outcome = expression::Run(program, bindings, fuel);
  if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
  if (outcome.IsValue()) {
    auto text = values::FormatValue(outcome.value, piece.format, *body.formats);
    if (text) {
      AppendText(*text, out);
      if (said != nullptr) *said = {piece.format, *std::move(text)};
      return {};
    }
    outcome.state = expression::State::kError;
    outcome.error = text.error();
  }
  out->push_back(Unsettled(outcome, state));
  return {};
}

Result<void> Assembler::State::AppendPieces(const Vector<Piece>& pieces, UnitState* state,
                                            Fuel& fuel, document::Inlines* out) {
  for (const Piece& piece : pieces) {
    if (piece.kind == PieceKind::kText) {
      if (out->empty() && !piece.text.empty()) TextAt(out)->reserve(SizeOf(pieces));
      AppendText(piece.text, out);
      continue;
    }
    if (piece.kind == PieceKind::kValue) {
      CS_TRY(AppendValue(piece, state, fuel, out));
      continue;
    }
    Inline made;
    switch (piece.kind) {
      case PieceKind::kCode:
        made.kind = InlineKind::kCode;
        made.text = piece.text;
        break;
      case PieceKind::kBreak:
        made.kind = InlineKind::kBreak;
        break;
      case PieceKind::kStrong:
      case PieceKind::kEm:
      case PieceKind::kLink:
        made.kind = piece.kind == PieceKind::kStrong ? InlineKind::kStrong
                    : piece.kind == PieceKind::kEm   ? InlineKind::kEm
                                                     : InlineKind::kLink;
        made.text = piece.text;
        CS_TRY(AppendPieces(piece.pieces, state, fuel, &made.inlines));
        break;
      case PieceKind::kBlank: {
        const Field& field = body.fields[piece.index];
        made.kind = InlineKind::kBlank;
        made.blank = field.kind;
        made.text = field.id;
        made.label = field.label;
        made.role = field.role;
        break;
      }
      case PieceKind::kRef:
        made.kind = InlineKind::kRef;
        if (body.units[piece.index].repeat != kNoUnit) {
          // Its number is looked for among all that the repeat made.
          fuel.left -= static_cast<int64_t>(units[body.units[piece.index].repeat].bytes / 64);
          if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
        }
        made.text = body.units[piece.index].id + suffixes_[body.units[piece.index].loops];
        made.label = RefLabel(piece.index);
        if (made.label.empty()) {
          state->text_error = Error(ErrorCode::kTemplateBadReference, made.text);
          made.label = "?";
        } else {
          made.label.insert(0, piece.text);
        }
        break;
      case PieceKind::kCell:
        made.kind = InlineKind::kCell;
        made.label = piece.text;
        CS_TRY(AppendPieces(piece.pieces, state, fuel, &made.inlines));
        break;
      case PieceKind::kIf:
        for (const Piece& branch : piece.pieces) {
          if (branch.index != kNoExpression) {
            Outcome outcome = expression::Run(body.At(branch.index).program, bindings, fuel);
            if (outcome.IsFalse()) continue;
            if (!outcome.IsTrue()) {
              out->push_back(Unsettled(outcome, state));
              break;
            }
          }
          CS_TRY(AppendPieces(branch.pieces, state, fuel, out));
          break;
        }
        continue;
      case PieceKind::kEach:
        CS_TRY(AppendEach(piece, state, fuel, out));
        continue;
      case PieceKind::kText:
      case PieceKind::kValue:
      case PieceKind::kBranch:
        continue;
    }
    out->push_back(std::move(made));
  }
  return {};
}

Result<void> Assembler::State::EvaluateText(UnitIndex unit, Fuel& fuel) {
  UnitState& state = units[unit];
  state.text_dirty = false;
  state.text_waits.clear();
  state.text_error.reset();
  most_ -= state.bytes + state.repeated;
  state.repeated = 0;
  document::Inlines inlines;
  CS_TRY(AppendPieces(body.units[unit].pieces, &state, fuel, &inlines));
  if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
  if (!(inlines == state.inlines)) {  // early cut-off
    state.inlines = std::move(inlines);
    state.bytes = MostWritten(state.inlines);
    Change(unit);
  }
  most_ += state.bytes + state.repeated;
  return {};
}

// Of the units [begin, end), siblings around which all is in: which are there now, and whether any
// is. `anew`: what is around them was not in before. Conditions under a unit that is out are not
// looked at: nothing depends on them.
Result<bool> Assembler::State::RefreshUnits(UnitIndex begin, UnitIndex end, bool anew, Fuel& fuel) {
  bool any = false;
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    const Unit& unit = body.units[i];
    UnitState& state = units[i];
    Shown now = state.shown;
    if (anew || state.touched) {
      state.touched = false;
      if (unit.loop != kNoLoop) {
        if (state.text_dirty) {
          CS_TRY(MakeRepeat(i, fuel));
          Move(i);
          restructured_ = true;
        }
        now = state.made.empty() ? Shown::kAbsent : Shown::kIn;
      } else {
        if (unit.when != kNoExpression && state.when_dirty) CS_TRY(EvaluateWhen(i, fuel));
        bool omitted = state.holds == Answer::kNo && unit.has_omitted;
        now = state.holds == Answer::kYes ? Shown::kIn : omitted ? Shown::kOmitted : Shown::kAbsent;
        if (now == Shown::kIn) {
          if (state.text_dirty && !unit.has_refs) CS_TRY(EvaluateText(i, fuel));
          bool inside = CS_TRY(RefreshUnits(i + 1, unit.end, state.shown != Shown::kIn, fuel));
          // A list is there while one of its items is, a table while one of its rows is.
          if (!inside && document::IsHolder(unit.kind)) now = Shown::kAbsent;
        }
      }
      if (now != state.shown) Show(i, now);
    }
    any = any || now != Shown::kAbsent;
  }
  return any;
}

void Assembler::State::Show(UnitIndex unit, Shown now) {
  UnitState& state = units[unit];
  restructured_ = true;
  Move(unit);
  if (state.shown == Shown::kIn) {  // nothing inside is there any more, and nobody asks for it
    for (UnitIndex i = unit + 1; i < body.units[unit].end; ++i) {
      units[i].shown = units[i].was = Shown::kAbsent;
    }
  }
  state.shown = now;
}

Block Shell(const Unit& unit, Shown shown) {
  Block block;
  block.kind = shown == Shown::kOmitted ? document::OmittedKind(unit.kind) : unit.kind;
  block.style = unit.style;
  block.level = unit.level;
  block.keep = unit.keep;
  if (block.kind == BlockKind::kOmittedRow) block.level = static_cast<uint8_t>(unit.pieces.size());
  return block;
}

void Assembler::State::NumberMade(document::Numbers* numbers, Vector<Block>* blocks,
                                  UnitState* state) {
  for (Block& block : *blocks) {
    std::string_view number = numbers->Open(block.kind, block.style, block.level);
    if (number != block.number) {
      KeepOld(state);
      block.number = number;
    }
    NumberMade(numbers, &block.blocks, state);
    numbers->Close();
  }
}

// Of the units [begin, end), which are siblings with all inside them.
void Assembler::State::NumberUnits(document::Numbers* numbers, UnitIndex begin, UnitIndex end) {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    UnitState& state = units[i];
    if (state.shown == Shown::kAbsent) continue;
    if (body.units[i].loop != kNoLoop) {
      NumberMade(numbers, &state.made, &state);
      if (state.changed) Move(i);
      continue;
    }
    const Unit& unit = body.units[i];
    std::string_view number =
        numbers->Open(state.shown == Shown::kOmitted ? document::OmittedKind(unit.kind) : unit.kind,
                      unit.style, unit.level);
    bool follow = state.moved || document::CountsOn(unit.kind, unit.style);
    if (number != state.number) {
      follow = follow || unit.numbers_inside;
      state.number = number;
      state.renumbered = true;
      state.html.clear();
      Move(unit.parent);
    }
    if (follow && state.shown != Shown::kOmitted) NumberUnits(numbers, i + 1, unit.end);
    numbers->Close();
  }
}

void Assembler::State::Change(UnitIndex unit) {
  units[unit].changed = true;
  units[unit].html.clear();
  Move(unit);
}

// Whether all that stands around the unit is in.
bool Assembler::State::IsReached(UnitIndex unit) const {
  for (UnitIndex at = body.units[unit].parent; at != kNoUnit; at = body.units[at].parent) {
    if (units[at].holds != Answer::kYes) return false;
  }
  return true;
}

// What the whole takes up in the canonical form, at most.
size_t Assembler::State::MostBytes() const {
  size_t bytes = 0;
  auto count = static_cast<UnitIndex>(body.units.size());
  for (UnitIndex i = 0; i < count;) {
    const Unit& unit = body.units[i];
    const UnitState& state = units[i];
    if (unit.loop != kNoLoop) {
      bytes += state.repeated;
      i = unit.end;
      continue;
    }
    if (state.shown != Shown::kAbsent) {
      bytes += kUnitBytes + unit.id.size();
      bytes += state.shown == Shown::kIn ? state.bytes + state.repeated
                                         : kPieceBytes + WrittenSize(unit.omitted);
    }
    // A list that is not there may have repeats that made nothing.
    bool open =
        state.shown == Shown::kIn || (document::IsHolder(unit.kind) &&
                                      state.shown == Shown::kAbsent && state.holds == Answer::kYes);
    i = open ? i + 1 : unit.end;
  }
  return bytes;
}

// Few documents come near the limit: only then characters are counted, instead of taken for six
// bytes each.
Result<void> Assembler::State::CheckSize() {
  if (most_ <= kMaxOutput) return {};
  for (UnitIndex i = 0; i < units.size(); ++i) {
    if (body.units[i].loop != kNoLoop) continue;
    most_ -= units[i].bytes;
    units[i].bytes = WrittenSize(units[i].inlines);
    most_ += units[i].bytes;
  }
  if (MostBytes() > kMaxOutput) return ErrorCode::kTemplateOutputTooLarge;
  return {};
}

// It, and with it what stands around it, has something new to look for: numbers and patches pass by
// the others.
void Assembler::State::Move(UnitIndex unit) {
  for (; unit != kNoUnit && !units[unit].moved; unit = body.units[unit].parent) {
    units[unit].moved = true;
  }
}

Result<void> Assembler::State::Refresh(Fuel& fuel) {
  auto count = static_cast<UnitIndex>(body.units.size());
  restructured_ = false;
  CS_TRY(RefreshUnits(0, count, false, fuel));
  if (restructured_) {
    document::Numbers numbers(body.numbering);
    NumberUnits(&numbers, 0, count);
  }
  for (UnitIndex i : body.referring) {
    const Unit& unit = body.units[i];
    if (unit.loop != kNoLoop) {
      // Made a second time, now that all numbers are known.
      if (!restructured_ || unit.repeat != i || !IsReached(i)) continue;
      CS_TRY(MakeRepeat(i, fuel));
      Move(i);
    } else if (units[i].shown == Shown::kIn && (restructured_ || units[i].text_dirty)) {
      CS_TRY(EvaluateText(i, fuel));
    }
  }
  return CheckSize();
}

Block Assembler::State::MakeBlock(UnitIndex i) const {
  const Unit& unit = body.units[i];
  const UnitState& state = units[i];
  Block block = Shell(unit, state.shown);
  block.id = unit.id;
  block.number = state.number;
  if (state.shown == Shown::kOmitted) {
    if (!unit.omitted.empty()) block.inlines.push_back(document::Text(unit.omitted));
    return block;
  }
  block.inlines = state.inlines;
  AppendBlocks(i + 1, unit.end, &block.blocks);
  return block;
}

void Assembler::State::AppendBlocks(UnitIndex begin, UnitIndex end, Vector<Block>* blocks) const {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    if (units[i].shown == Shown::kAbsent) continue;
    if (body.units[i].loop == kNoLoop) {
      blocks->push_back(MakeBlock(i));
    } else {
      blocks->insert(blocks->end(), units[i].made.begin(), units[i].made.end());
    }
  }
}

document::Document Assembler::State::MakeDocument() const {
  document::Document document{.title = body.title, .locale = body.locale, .blocks = {}};
  AppendBlocks(0, static_cast<UnitIndex>(body.units.size()), &document.blocks);
  return document;
}

// --- the public face

Assembler::Assembler(Template contract) : state_(std::make_unique<State>(std::move(contract))) {}
Assembler::Assembler(Assembler&&) noexcept = default;
Assembler& Assembler::operator=(Assembler&&) noexcept = default;
Assembler::~Assembler() = default;

Result<void> Assembler::Reset(const Values& values) {
  auto fresh = std::make_unique<State>(state_->contract);
  for (const FieldValue& entry : values) {
    size_t field = fresh->body.FieldIndex(entry.id);
    if (field == SIZE_MAX) return Error(ErrorCode::kTemplateUnknownField, entry.id);
    fresh->Bind(static_cast<uint32_t>(field), &entry.value);
  }
  Fuel fuel{expression::kDocumentFuel};
  CS_TRY(fresh->RefreshComputed(fuel));
  CS_TRY(fresh->Refresh(fuel));
  fresh->spent = expression::kDocumentFuel - fuel.left;
  state_ = std::move(fresh);
  return {};
}

const Template& Assembler::contract() const { return state_->contract; }
const Values& Assembler::values() const { return state_->values; }
Assembly Assembler::Snapshot() const { return state_->Snapshot(); }
Result<json::Value> Assembler::Explain(std::string_view unit) const {
  return state_->Explain(unit);
}
json::Value Assembler::Trace() const { return state_->Trace(); }

Result<Assembly> Assemble(const Template& contract, const Values& values) {
  Assembler assembler(contract);
  CS_TRY(assembler.Reset(values));
  return assembler.Snapshot();
}

Result<json::Value> Explain(const Template& contract, const Values& values, std::string_view unit) {
  Assembler assembler(contract);
  CS_TRY(assembler.Reset(values));
  return assembler.Explain(unit);
}

json::Value Trace(const Template& contract, const Values& values) {
  Assembler assembler(contract);
  if (!assembler.Reset(values)) return json::Value();
  return assembler.Trace();
}

document::Fills FillsOf(const Template& contract, const Values& values) {
  document::Fills fills;
  for (const FieldValue& entry : values) {
    const Field* field = contract.FindField(entry.id);
    if (field == nullptr || field->kind == FieldKind::kValue) continue;
    if (TakesMark(field->kind)) continue;
    fills.push_back(
        {.field = entry.id, .text = DisplayValue(contract, *field, entry.value), .strokes = {}});
  }
  return fills;
}

}  // namespace countersign::templates
