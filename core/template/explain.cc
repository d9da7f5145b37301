// "Why is this clause here?": the chain field -> condition -> clause, for people and for the trace
// that a statement binds.
#include "template/state.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using json::Value;

Value Text(std::string_view text) { return Value::String(text); }

Value Holds(Answer answer) {
  return answer == Answer::kUnknown ? Value() : Value::Bool(answer == Answer::kYes);
}

void SetPlain(Value* entry, const values::Value* value) {
  if (value == nullptr) return;
  if (auto plain = values::ToJson(*value)) entry->Set("value", *std::move(plain));
}

// The fields and computed values that a condition rests on, each once, in the order they are met.
void AddGrounds(const Template::Body& body, const expression::Bindings& bindings,
                ExpressionIndex expression, Value* entry) {
  json::Array fields, computed;
  Vector<char> seen(body.SlotCount());
  Vector<ExpressionIndex> open = {expression};
  while (!open.empty()) {
    ExpressionIndex at = open.back();
    open.pop_back();
    for (Slot slot : body.At(at).program.slots()) {
      if (seen[slot]) continue;
      seen[slot] = 1;
      bool is_field = slot < body.fields.size();
      Value ground;
      if (is_field) {
        const Field& field = body.fields[slot];
        ground = Value::Make({{"id", Text(field.id)}, {"label", Text(field.label)}});
      } else {
        const Computed& value = body.computed[slot - body.fields.size()];
        ground =
            Value::Make({{"id", Text(value.id)}, {"text", Text(body.At(value.expression).source)}});
        open.push_back(value.expression);
      }
      SetPlain(&ground, bindings.Find(slot));
      (is_field ? fields : computed).push_back(std::move(ground));
    }
  }
  entry->Set("fields", Value::List(std::move(fields)));
  entry->Set("computed", Value::List(std::move(computed)));
}

}  // namespace

Result<Value> Assembler::State::Explain(std::string_view id) const {
  UnitIndex unit = body.FindUnit(id);
  if (unit == kNoUnit) return Error(ErrorCode::kTemplateUnknownUnit, id);
  json::Array because;
  bool locked = false;
  for (UnitIndex at = unit; at != kNoUnit; at = body.units[at].parent) {
    locked = locked || body.units[at].lock == Lock::kLocked;
    ExpressionIndex when = body.units[at].when;
    if (when == kNoExpression) continue;
    expression::Fuel fuel;
    Ruling ruling = Decide(body.At(when).program, bindings, fuel);
    Value entry = Value::Make({{"unit", Text(body.units[at].id)},
                               {"when", Text(body.At(when).source)},
                               {"holds", Holds(ruling.answer)}});
    AddGrounds(body, bindings, when, &entry);
    because.insert(because.begin(), std::move(entry));
  }
  std::string_view word = "in";
  Answer there = Presence(unit);
  if (there == Answer::kUnknown) word = "pending";
  if (there == Answer::kNo) word = units[unit].shown == Shown::kOmitted ? "omitted" : "out";
  return Value::Make({{"unit", Text(id)},
                      {"state", Text(word)},
                      {"locked", Value::Bool(locked)},
                      {"because", Value::List(std::move(because))}});
}

Value Assembler::State::Trace() const {
  json::Array entries;
  auto count = static_cast<UnitIndex>(body.units.size());
  for (UnitIndex i = 0; i < count;) {
    const Unit& unit = body.units[i];
    if (unit.when != kNoExpression) {
      Value entry = Value::Make({{"unit", Text(unit.id)},
                                 {"when", Text(body.At(unit.when).source)},
                                 {"holds", Holds(units[i].holds)}});
      AddGrounds(body, bindings, unit.when, &entry);
      entries.push_back(std::move(entry));
      if (units[i].holds != Answer::kYes) {
        i = unit.end;
        continue;
      }
    }
    ++i;
  }
  return Value::Make(
      {{"format", Text("countersign-trace/v1")}, {"units", Value::List(std::move(entries))}});
}

}  // namespace countersign::templates
