// A document while somebody types: one value changes, and what is shown follows by patches. A
// keystroke that opens or closes no unit costs what depends on the value, not the document. What
// HTML a unit begins with is kept from one keystroke to the next.
#include <algorithm>

#include "base/names.h"
#include "template/state.h"

namespace countersign::templates {

using document::BlockKind;
using expression::Fuel;

// What was changed until now has been told.
void Assembler::State::Rest() {
  Rest(0, static_cast<UnitIndex>(units.size()));
  marked_.clear();
}

// Of the units [begin, end), which are siblings with all inside them.
void Assembler::State::Rest(UnitIndex begin, UnitIndex end) {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    UnitState& state = units[i];
    state.renumbered = false;
    if (!state.moved) continue;
    state.changed = state.moved = false;
    state.was = state.shown;
    state.before.clear();
    Rest(i + 1, body.units[i].end);
  }
}

// It, and with it what stands around it, is looked at the next time that units may come or go.
void Assembler::State::Touch(UnitIndex unit) {
  for (; unit != kNoUnit && !units[unit].touched; unit = body.units[unit].parent) {
    units[unit].touched = true;
  }
}

// A round that changes texts alone. False: some unit may come or go, or a repeat change, and the
// whole has to be looked at (what was evaluated stays so).
Result<bool> Assembler::State::RefreshTexts(Fuel& fuel) {
  std::sort(marked_.begin(), marked_.end());
  marked_.erase(std::unique(marked_.begin(), marked_.end()), marked_.end());
  for (UnitIndex i : marked_) {
    if (body.units[i].loop != kNoLoop) return false;
    if (body.units[i].when == kNoExpression || !units[i].when_dirty || !IsReached(i)) continue;
    Answer held = units[i].holds;
    CS_TRY(EvaluateWhen(i, fuel));
    if (units[i].holds != held) return false;
  }
  for (UnitIndex i : marked_) {
    UnitState& state = units[i];
    bool is_read = body.units[i].has_refs ? state.shown == Shown::kIn
                                          : state.holds == Answer::kYes && IsReached(i);
    if (state.text_dirty && is_read) CS_TRY(EvaluateText(i, fuel));
  }
  CS_TRY(CheckSize());
  return true;
}

void Assembler::State::AppendTextPatches(Vector<Patch>* patches) {
  patches->reserve(marked_.size());
  for (UnitIndex i : marked_) {
    if (!units[i].changed || units[i].shown != Shown::kIn) continue;
    bool is_inside = false;  // of what is replaced as a whole
    for (UnitIndex at = body.units[i].parent; at != kNoUnit; at = body.units[at].parent) {
      is_inside = is_inside || units[at].changed;
    }
    if (!is_inside) {
      patches->push_back({.op = PatchOp::kReplace,
                          .unit = body.units[i].id,
                          .parent = {},
                          .before = {},
                          .html = HtmlOf(i)});
    }
  }
}

// The beginning of a unit's HTML, up to where its units stand.
const String& Assembler::State::OpeningOf(UnitIndex i) {
  const Unit& unit = body.units[i];
  UnitState& state = units[i];
  if (state.html.empty() || state.html_shown != state.shown) {
    state.html.clear();
    state.html_shown = state.shown;
    if (state.shown == Shown::kIn) {
      document::AppendOpening({unit.kind, unit.style, unit.level, unit.keep, unit.id, state.number},
                              state.inlines, fills_, &state.html);
    } else {
      document::Block block = Shell(unit, state.shown);
      document::Inlines omitted;
      if (!unit.omitted.empty()) omitted.push_back(document::Text(unit.omitted));
      document::AppendOpening(
          {block.kind, block.style, block.level, block.keep, unit.id, state.number}, omitted,
          fills_, &state.html);
    }
  }
  return state.html;
}

void Assembler::State::AppendHtml(UnitIndex i, String* html) {
  const Unit& unit = body.units[i];
  html->append(OpeningOf(i));
  BlockKind kind = unit.kind;
  if (units[i].shown == Shown::kOmitted) {
    kind = document::OmittedKind(kind);
  } else {
    AppendHtml(i + 1, unit.end, html);
  }
  html->append(document::ClosingOf(kind, unit.style, unit.level));
}

// Of the units [begin, end), which are siblings with all inside them.
void Assembler::State::AppendHtml(UnitIndex begin, UnitIndex end, String* html) {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    if (units[i].shown == Shown::kAbsent) continue;
    if (body.units[i].loop == kNoLoop) {
      AppendHtml(i, html);
    } else {
      for (const document::Block& block : units[i].made) document::AppendHtml(block, fills_, html);
    }
  }
}

String Assembler::State::HtmlOf(UnitIndex unit) {
  html_.clear();
  AppendHtml(unit, &html_);
  return html_;
}

// What became of the units [begin, end), which are siblings with all inside them.
void Assembler::State::AppendPatches(UnitIndex begin, UnitIndex end, Vector<Patch>* patches) {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    const Unit& unit = body.units[i];
    const UnitState& state = units[i];
    if (unit.loop != kNoLoop) {
      AppendRepeatPatches(i, end, patches);
      continue;
    }
    const Shown old = state.was;
    if (old == Shown::kAbsent && state.shown == Shown::kAbsent) continue;
    if (old == state.shown && (state.shown != Shown::kIn || !state.changed)) {
      if (state.renumbered) {
        patches->push_back(
            {.op = PatchOp::kRenumber, .unit = unit.id, .parent = {}, .before = {}, .html = {}});
        document::AppendEscaped(state.number, &patches->back().html);
      }
      if (state.shown != Shown::kIn || !state.moved) continue;
      size_t first = patches->size();
      AppendPatches(i + 1, unit.end, patches);
      bool moved = false;  // rows stand in a part of the table that has no name
      for (size_t k = first; k < patches->size(); ++k) {
        PatchOp op = (*patches)[k].op;
        moved = moved || op == PatchOp::kInsert || op == PatchOp::kRemove;
      }
      if (unit.kind != BlockKind::kTable || !moved) continue;
      patches->resize(first);
    }
    Patch patch{.op = PatchOp::kReplace, .unit = unit.id, .parent = {}, .before = {}, .html = {}};
    if (state.shown == Shown::kAbsent) {
      patch.op = PatchOp::kRemove;
    } else {
      if (old == Shown::kAbsent) {
        patch.op = PatchOp::kInsert;
        if (unit.parent != kNoUnit) patch.parent = body.units[unit.parent].id;
        patch.before = FirstOld(unit.end, end);
      }
      patch.html = HtmlOf(i);
    }
    patches->push_back(std::move(patch));
  }
}

// --- the public face

Result<Vector<Patch>> Assembler::Set(std::string_view id, std::optional<values::Value> value) {
  State& state = *state_;
  size_t field = state.body.FieldIndex(id);
  if (field == SIZE_MAX) return Error(ErrorCode::kTemplateUnknownField, id);
  state.Rest();
  const values::Value* held = FindValue(state.values, id);
  const std::optional<values::Value> old = held != nullptr ? std::optional(*held) : std::nullopt;
  state.Bind(static_cast<uint32_t>(field), value ? &*value : nullptr);
  Vector<Patch> patches;
  auto told = state.Tell(&patches);
  if (!told) {
    // As it was: what has been assembled once can be assembled again.
    Values values = std::move(state.values);
    PutValue(id, old ? &*old : nullptr, &values);
    CS_TRY(Reset(values));
    return std::move(told).error();
  }
  return patches;
}

Result<void> Assembler::State::Tell(Vector<Patch>* patches) {
  Fuel fuel{expression::kDocumentFuel};
  repeated_ = 0;
  CS_TRY(RefreshComputed(fuel));
  bool is_told = CS_TRY(RefreshTexts(fuel));
  RefreshFills();
  if (is_told) {
    AppendTextPatches(patches);
    return {};
  }
  for (UnitIndex unit : marked_) Touch(unit);
  CS_TRY(Refresh(fuel));
  AppendPatches(0, static_cast<UnitIndex>(units.size()), patches);
  return {};
}

void Assembler::State::RefreshFills() {
  if (!has_fills_) fills_ = FillsOf(contract, values);
  has_fills_ = true;
}

String Assembler::Html() const {
  State& state = *state_;
  state.RefreshFills();
  String html;
  html.reserve(state.html_size_);
  document::AppendArticleOpening(state.body.title, state.body.locale, &html);
  state.AppendHtml(0, static_cast<UnitIndex>(state.units.size()), &html);
  html.append(document::kArticleClosing);
  state.html_size_ = html.size();
  return html;
}

json::Value ToJson(const Vector<Patch>& patches) {
  constexpr Names kOps("insert|remove|replace|renumber");
  json::Array items;
  for (const Patch& patch : patches) {
    json::Object members = {{"op", json::Value::String(kOps[patch.op])},
                            {"unit", json::Value::String(patch.unit)}};
    if (patch.op == PatchOp::kInsert) {
      members.push_back({"parent", json::Value::String(patch.parent)});
      members.push_back({"before", json::Value::String(patch.before)});
    }
    if (patch.op != PatchOp::kRemove) members.push_back({"html", json::Value::String(patch.html)});
    items.push_back(json::Value::Make(std::move(members)));
  }
  return json::Value::List(std::move(items));
}

}  // namespace countersign::templates
