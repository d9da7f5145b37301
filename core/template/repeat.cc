// Units that stand once for each item of a list. A repeat is made whole, as blocks, whenever
// something that is read in it has changed, and then compared.
#include <algorithm>

#include "template/state.h"

namespace countersign::templates {

using document::Block;
using document::BlockKind;
using expression::Fuel;
using expression::Outcome;

size_t WrittenSize(std::string_view text) {
  size_t size = text.size();
  for (char c : text) {
    if (c == '"' || c == '\\') size += 1;
    if (static_cast<unsigned char>(c) < 0x20) size += 5;
  }
  return size;
}

size_t WrittenSize(const document::Inlines& inlines) {
  size_t size = 0;
  for (const Inline& piece : inlines) {
    size += kPieceBytes + WrittenSize(piece.text) + WrittenSize(piece.label) + piece.role.size() +
            WrittenSize(piece.inlines);
  }
  return size;
}

size_t MostWritten(const document::Inlines& inlines) {
  size_t size = 0;
  for (const Inline& piece : inlines) {
    size += kPieceBytes + 6 * (piece.text.size() + piece.label.size()) + piece.role.size() +
            MostWritten(piece.inlines);
  }
  return size;
}

void CopyNumbers(const Block& from, Block* to) {
  to->number = from.number;
  for (size_t i = 0; i < to->blocks.size(); ++i) CopyNumbers(from.blocks[i], &to->blocks[i]);
}

namespace {

const Block* FindBlock(const Vector<Block>& blocks, std::string_view id) {
  for (const Block& block : blocks) {
    if (block.id == id) return &block;
    if (const Block* inner = FindBlock(block.blocks, id)) return inner;
  }
  return nullptr;
}

}  // namespace

// A list of at most kMaxRepeats items, or why there is none.
Outcome Assembler::State::RangeOf(uint32_t loop, Fuel& fuel) const {
  Outcome outcome = expression::Run(body.At(body.loops[loop].range).program, bindings, fuel);
  if (outcome.IsValue() && outcome.value.items().size() > kMaxRepeats) {
    outcome.state = expression::State::kError;
    outcome.error = Error(ErrorCode::kTemplateTooManyItems, body.loops[loop].name);
  }
  return outcome;
}

// A few words may stand there a thousand million times: counted while they are made.
Result<void> Assembler::State::Count(size_t bytes, UnitState* state) {
  state->repeated += bytes;
  repeated_ += bytes;
  if (repeated_ > kMaxOutput) return ErrorCode::kTemplateOutputTooLarge;
  return {};
}

void Assembler::State::KeepOld(UnitState* state) {
  if (!state->changed) state->before = state->made;
  state->changed = true;
}

Result<void> Assembler::State::MakeRepeat(UnitIndex unit, Fuel& fuel) {
  UnitState& state = units[unit];
  // The second time in a round nothing but references differs.
  bool again = !state.text_dirty;
  if (again) repeated_ -= std::min(repeated_, state.repeated);
  most_ -= state.repeated;
  state.repeated = 0;
  state.text_dirty = false;
  state.text_waits.clear();
  state.text_error.reset();
  Vector<Block> made;
  CS_TRY(AppendInstances(unit, &state, fuel, &made));
  if (fuel.left <= 0) return ErrorCode::kTemplateTooExpensive;
  KeepOld(&state);
  for (size_t i = 0; again && i < made.size(); ++i) CopyNumbers(state.made[i], &made[i]);
  state.made = std::move(made);
  state.bytes = state.repeated;
  most_ += state.repeated;
  return {};
}

Result<void> Assembler::State::AppendInstances(UnitIndex i, UnitState* state, Fuel& fuel,
                                               Vector<Block>* out) {
  uint32_t loop = body.units[i].loop;
  if (loop == kNoLoop) return AppendInstance(i, state, fuel, out);
  Outcome outcome = RangeOf(loop, fuel);
  if (!outcome.IsValue()) {
    Unsettled(outcome, state);
    return {};
  }
  String around = suffixes_.back();
  for (size_t k = 0; k < outcome.value.items().size(); ++k) {
    bindings.Set(LoopSlot(loop), outcome.value.items()[k]);
    suffixes_.push_back(around + ".." + NumberText(k + 1));
    CS_TRY(AppendInstance(i, state, fuel, out));
    suffixes_.pop_back();
  }
  bindings.Forget(LoopSlot(loop));
  return {};
}

Result<void> Assembler::State::AppendInstance(UnitIndex i, UnitState* state, Fuel& fuel,
                                              Vector<Block>* out) {
  const Unit& unit = body.units[i];
  Block block = Shell(unit, Shown::kIn);
  block.id = unit.id + suffixes_.back();
  CS_TRY(Count(kUnitBytes + block.id.size(), state));
  if (unit.when != kNoExpression) {
    Outcome outcome = expression::Run(body.At(unit.when).program, bindings, fuel);
    if (!outcome.IsTrue()) {
      if (!outcome.IsFalse()) {
        Unsettled(outcome, state);
      } else if (unit.has_omitted) {
        String id = std::move(block.id);
        block = Shell(unit, Shown::kOmitted);
        block.id = std::move(id);
        if (!unit.omitted.empty()) block.inlines.push_back(document::Text(unit.omitted));
        CS_TRY(Count(WrittenSize(block.inlines), state));
        out->push_back(std::move(block));
      }
      return {};
    }
  }
  CS_TRY(AppendPieces(unit.pieces, state, fuel, &block.inlines));
  CS_TRY(Count(WrittenSize(block.inlines), state));
  for (UnitIndex child = i + 1; child < unit.end; child = body.units[child].end) {
    CS_TRY(AppendInstances(child, state, fuel, &block.blocks));
  }
  if (!document::IsHolder(unit.kind) || !block.blocks.empty()) out->push_back(std::move(block));
  return {};
}

String Assembler::State::NumberOf(UnitIndex unit) const {
  UnitIndex repeat = body.units[unit].repeat;
  if (repeat == kNoUnit) return units[unit].shown == Shown::kAbsent ? "" : units[unit].number;
  const Block* block =
      FindBlock(units[repeat].made, body.units[unit].id + suffixes_[body.units[unit].loops]);
  return block != nullptr ? block->number : String();
}

// --- patches

const Vector<Block>& Assembler::State::Old(UnitIndex unit) const {
  return units[unit].changed ? units[unit].before : units[unit].made;
}

// The first of the units [begin, end) that was there, "" where none was.
String Assembler::State::FirstOld(UnitIndex begin, UnitIndex end) const {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    if (body.units[i].loop != kNoLoop) {
      if (!Old(i).empty()) return Old(i)[0].id;
    } else if (units[i].was != Shown::kAbsent) {
      return body.units[i].id;
    }
  }
  return {};
}

// Both lists are in the order of the items.
void Assembler::State::AppendRepeatPatches(UnitIndex i, UnitIndex end, Vector<Patch>* patches) {
  if (!units[i].changed) return;
  const Vector<Block>& old = units[i].before;
  const Vector<Block>& now = units[i].made;
  auto find = [](const Vector<Block>& blocks, size_t from, std::string_view id) {
    while (from < blocks.size() && blocks[from].id != id) ++from;
    return from;
  };
  auto add = [&](PatchOp op, const Block& block) -> Patch& {
    Patch patch{.op = op, .unit = block.id, .parent = {}, .before = {}, .html = {}};
    if (op != PatchOp::kRemove) document::AppendHtml(block, fills_, &patch.html);
    patches->push_back(std::move(patch));
    return patches->back();
  };
  size_t at = 0;
  for (const Block& block : old) {
    size_t found = find(now, at, block.id);
    if (found == now.size()) add(PatchOp::kRemove, block);
    if (found != now.size()) at = found + 1;
  }
  at = 0;
  for (size_t k = 0; k < now.size(); ++k) {
    size_t found = find(old, at, now[k].id);
    if (found != old.size()) {
      at = found + 1;
      if (old[found] != now[k]) add(PatchOp::kReplace, now[k]);
      continue;
    }
    String behind;
    for (size_t later = k + 1; later < now.size() && behind.empty(); ++later) {
      if (find(old, at, now[later].id) != old.size()) behind = now[later].id;
    }
    if (behind.empty()) behind = FirstOld(body.units[i].end, end);
    Patch& patch = add(PatchOp::kInsert, now[k]);
    if (body.units[i].parent != kNoUnit) patch.parent = body.units[body.units[i].parent].id;
    patch.before = std::move(behind);
  }
}

}  // namespace countersign::templates
