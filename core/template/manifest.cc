// What a form needs to know: which fields apply, which are required, what waits for what.

#include "base/sort.h"
#include "template/state.h"

namespace countersign::templates {

using expression::Fuel;

namespace {

bool HasBlank(const document::Inlines& inlines, std::string_view field) {
  for (const Inline& piece : inlines) {
    bool is_blank = piece.kind == document::InlineKind::kBlank && piece.text == field;
    if (is_blank || HasBlank(piece.inlines, field)) return true;
  }
  return false;
}

}  // namespace

Vector<String> Assembler::State::FieldsBehind(const Vector<Slot>& slots,
                                              const Error** failed) const {
  Vector<String> fields;
  if (slots.empty()) return fields;
  Vector<Slot> open = slots;
  Vector<char> seen(body.SlotCount());
  while (!open.empty()) {
    Slot slot = open.back();
    open.pop_back();
    if (seen[slot]) continue;
    seen[slot] = 1;
    if (slot < body.fields.size()) {
      InsertSorted(body.fields[slot].id, &fields);
      continue;
    }
    const ComputedState& state = computed[slot - body.fields.size()];
    if (state.error) *failed = &*state.error;
    open.insert(open.end(), state.waits.begin(), state.waits.end());
  }
  return fields;
}

Answer Assembler::State::Presence(UnitIndex unit) const {
  if (body.units[unit].parent != kNoUnit) {
    Answer around = Presence(body.units[unit].parent);
    if (around != Answer::kYes) return around;
  }
  return body.units[unit].when == kNoExpression ? Answer::kYes : units[unit].holds;
}

Answer Assembler::State::HasPlace(UnitIndex unit, std::string_view field) const {
  if (HasBlank(units[unit].inlines, field)) return Answer::kYes;
  return units[unit].text_waits.empty() ? Answer::kNo : Answer::kUnknown;
}

Assembly Assembler::State::Snapshot() const {
  Assembly assembly;
  assembly.document = MakeDocument();

  auto count = static_cast<UnitIndex>(body.units.size());
  for (UnitIndex i = 0; i < count;) {
    const UnitState& state = units[i];
    const String& id = body.units[i].id;
    Vector<Slot> waits = state.when_waits;
    // A repeat may be empty because it waits.
    bool repeats = body.units[i].loop != kNoLoop;
    if (state.shown == Shown::kIn || repeats)
      waits.insert(waits.end(), state.text_waits.begin(), state.text_waits.end());
    const Error* failed = nullptr;
    Vector<String> fields = FieldsBehind(waits, &failed);
    if (!fields.empty()) assembly.pending.push_back({id, std::move(fields)});
    if (state.when_error) failed = &*state.when_error;
    if ((state.shown == Shown::kIn || repeats) && state.text_error) failed = &*state.text_error;
    if (failed != nullptr) assembly.problems.push_back({id, *failed});
    bool is_empty_list = document::IsHolder(body.units[i].kind) && state.shown == Shown::kAbsent &&
                         state.holds == Answer::kYes;
    bool open = (state.shown == Shown::kIn && !repeats) || is_empty_list;
    i = open ? i + 1 : body.units[i].end;
  }

  for (size_t i = 0; i < computed.size(); ++i) {
    ComputedValue entry{.id = body.computed[i].id, .value = {}, .waits_for = {}};
    const values::Value* value = bindings.Find(static_cast<Slot>(body.fields.size() + i));
    if (value != nullptr) entry.value = *value;
    const Error* failed = nullptr;
    if (value == nullptr) entry.waits_for = FieldsBehind(computed[i].waits, &failed);
    assembly.computed.push_back(std::move(entry));
  }

  Fuel fuel{expression::kDocumentFuel};
  auto decide = [&](ExpressionIndex expression, const String& what) {
    Ruling ruling = Decide(body.At(expression).program, bindings, fuel);
    if (ruling.error) assembly.problems.push_back({what, *std::move(ruling.error)});
    return ruling.answer;
  };
  for (const Validation& validation : body.validations) {
    assembly.validations.push_back(
        {.id = validation.id,
         .message = validation.message,
         .field = validation.field,
         .level = validation.level,
         .holds = decide(validation.check, "validation:" + validation.id)});
  }

  for (size_t i = 0; i < body.fields.size(); ++i) {
    const Field& field = body.fields[i];
    FieldState state{.id = field.id,
                     .applies = Answer::kYes,
                     .required = Answer::kNo,
                     .answered = false,
                     .error = {},
                     .message = {}};
    if (!body.placed[i].empty()) {
      state.applies = Answer::kNo;
      for (UnitIndex unit : body.placed[i]) {
        Answer there = Presence(unit);
        if (there == Answer::kYes && body.units[unit].has_branches)
          there = HasPlace(unit, field.id);
        if (there == Answer::kYes) state.applies = there;
        if (there == Answer::kUnknown && state.applies == Answer::kNo) state.applies = there;
      }
    }
    if (field.show != kNoExpression && state.applies != Answer::kNo) {
      Answer show = decide(field.show, "field:" + field.id);
      if (show != Answer::kYes) state.applies = show;
    }
    if (state.applies != Answer::kNo && field.need != Need::kOptional) {
      Answer need = field.need == Need::kRequired ? Answer::kYes
                                                  : decide(field.required, "field:" + field.id);
      state.required =
          state.applies == Answer::kUnknown && need == Answer::kYes ? Answer::kUnknown : need;
    }
    const values::Value* value = FindValue(values, field.id);
    state.answered = value != nullptr;
    if (value != nullptr && state.applies != Answer::kNo) {
      if (auto checked = CheckValue(field, *value); !checked) {
        state.error = checked.error();
      } else if (field.check != kNoExpression &&
                 decide(field.check, "field:" + field.id) == Answer::kNo) {
        state.error = Error(ErrorCode::kFieldCheckFailed);
      }
      if (state.error) state.message = field.message;
    }
    // What must be ticked is not answered by an empty box.
    bool empty = value == nullptr ||
                 (field.kind == FieldKind::kCheck && value->Is(values::Kind::kBool) &&
                  !value->bool_value()) ||
                 (value->Is(values::Kind::kString) && value->string_value().empty());
    if (empty && state.required == Answer::kYes && !state.error)
      state.error = Error(ErrorCode::kFieldRequired);
    assembly.fields.push_back(std::move(state));
  }
  assembly.fuel = spent + expression::kDocumentFuel - fuel.left;
  return assembly;
}

}  // namespace countersign::templates
