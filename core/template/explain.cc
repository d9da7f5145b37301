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

// The fields, computed values and items of lists that a condition rests on, each once, in the order
// they are met.
void AddGrounds(const Template::Body& body, const expression::Bindings& bindings,
                ExpressionIndex expression, Value* entry) {
  json::Array fields, computed;
  Vector<char> seen(bindings.size());
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
        bool is_loop = slot >= body.SlotCount();
        const String& id = is_loop ? body.loops[slot - body.SlotCount()].name
                                   : body.computed[slot - body.fields.size()].id;
        ExpressionIndex from = is_loop ? body.loops[slot - body.SlotCount()].range
                                       : body.computed[slot - body.fields.size()].expression;
        ground = Value::Make({{"id", Text(id)}, {"text", Text(body.At(from).source)}});
        open.push_back(from);
      }
      SetPlain(&ground, bindings.Find(slot));
      (is_field ? fields : computed).push_back(std::move(ground));
    }
  }
  entry->Set("fields", Value::List(std::move(fields)));
  entry->Set("computed", Value::List(std::move(computed)));
}

Value Entry(const Template::Body& body, const expression::Bindings& bindings, UnitIndex unit,
            const String& suffix, Answer* holds) {
  ExpressionIndex when = body.units[unit].when;
  expression::Fuel fuel;
  *holds = Decide(body.At(when).program, bindings, fuel).answer;
  Value entry = Value::Make({{"unit", Text(body.units[unit].id + suffix)},
                             {"when", Text(body.At(when).source)},
                             {"holds", Holds(*holds)}});
  AddGrounds(body, bindings, when, &entry);
  return entry;
}

// The conditions of the units [begin, end), which are siblings, and of all inside them.
void AddTrace(const Template::Body& body, UnitIndex begin, UnitIndex end, const String& suffix,
              expression::Bindings* bindings, json::Array* entries);

void TraceOne(const Template::Body& body, UnitIndex i, const String& suffix,
              expression::Bindings* bindings, json::Array* entries) {
  if (body.units[i].when != kNoExpression) {
    Answer holds = Answer::kUnknown;
    entries->push_back(Entry(body, *bindings, i, suffix, &holds));
    if (holds != Answer::kYes) return;
  }
  AddTrace(body, i + 1, body.units[i].end, suffix, bindings, entries);
}

void AddTrace(const Template::Body& body, UnitIndex begin, UnitIndex end, const String& suffix,
              expression::Bindings* bindings, json::Array* entries) {
  for (UnitIndex i = begin; i < end; i = body.units[i].end) {
    uint32_t loop = body.units[i].loop;
    if (loop == kNoLoop) {
      TraceOne(body, i, suffix, bindings, entries);
      continue;
    }
    expression::Fuel fuel;
    expression::Outcome range =
        expression::Run(body.At(body.loops[loop].range).program, *bindings, fuel);
    if (!range.IsValue() || range.value.items().size() > kMaxRepeats) continue;
    Slot slot = static_cast<Slot>(body.SlotCount()) + loop;
    for (size_t k = 0; k < range.value.items().size(); ++k) {
      bindings->Set(slot, range.value.items()[k]);
      TraceOne(body, i, suffix + ".." + NumberText(k + 1), bindings, entries);
    }
    bindings->Forget(slot);
  }
}

// The items that an id such as "rows..2..1" names, from 0; the first of each where it names none.
size_t TakeItem(std::string_view* suffix) {
  if (!suffix->starts_with("..")) return 0;
  suffix->remove_prefix(2);
  size_t number = 0;
  while (!suffix->empty() && (*suffix)[0] >= '0' && (*suffix)[0] <= '9' && number <= kMaxRepeats) {
    number = number * 10 + static_cast<size_t>((*suffix)[0] - '0');
    suffix->remove_prefix(1);
  }
  return number - 1;
}

}  // namespace

Result<Value> Assembler::State::Explain(std::string_view id) const {
  size_t dots = id.find("..");
  UnitIndex unit = body.FindUnit(id.substr(0, dots));
  std::string_view items = dots == std::string_view::npos ? "" : id.substr(dots);
  if (unit == kNoUnit) return Error(ErrorCode::kTemplateUnknownUnit, id);
  Vector<UnitIndex> chain;  // innermost first
  for (UnitIndex at = unit; at != kNoUnit; at = body.units[at].parent) chain.push_back(at);
  json::Array because;
  bool locked = false;
  String suffix;
  std::string_view word = "in";
  expression::Bindings local = bindings;
  for (size_t i = chain.size(); i-- > 0;) {
    const Unit& at = body.units[chain[i]];
    locked = locked || at.lock == Lock::kLocked;
    if (at.loop != kNoLoop) {
      expression::Fuel fuel;
      expression::Outcome range =
          expression::Run(body.At(body.loops[at.loop].range).program, local, fuel);
      size_t item = TakeItem(&items);
      suffix += ".." + NumberText(item + 1);
      bool there = range.IsValue() && item < range.value.items().size();
      if (there) local.Set(LoopSlot(at.loop), range.value.items()[item]);
      if (!there && word == "in") word = range.IsValue() ? "out" : "pending";
    }
    if (at.when == kNoExpression) continue;
    Answer holds = Answer::kUnknown;
    because.push_back(Entry(body, local, chain[i], suffix, &holds));
    if (word != "in" || holds == Answer::kYes) continue;
    if (holds == Answer::kUnknown) word = "pending";
    if (holds == Answer::kNo) word = i == 0 && at.has_omitted ? "omitted" : "out";
  }
  return Value::Make({{"unit", Text(id)},
                      {"state", Text(word)},
                      {"locked", Value::Bool(locked)},
                      {"because", Value::List(std::move(because))}});
}

Value Assembler::State::Trace() const {
  json::Array entries;
  expression::Bindings local = bindings;
  AddTrace(body, 0, static_cast<UnitIndex>(body.units.size()), "", &local, &entries);
  return Value::Make(
      {{"format", Text("countersign-trace/v1")}, {"units", Value::List(std::move(entries))}});
}

}  // namespace countersign::templates
