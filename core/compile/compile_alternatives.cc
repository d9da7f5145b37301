// Alternatives: units, or definitions, of which never two stand may share an id. The compiled
// template knows nothing of it: each unit has an id of its own there, and a reference chooses by
// the conditions of the units.
#include <algorithm>

#include "compile/compiler.h"
#include "template/lock.h"

namespace countersign::compile {

void Compiler::CollectIds(const Vector<MdBlock>& blocks) {
  for (const MdBlock& block : blocks) {
    CollectIds(block.blocks);
    if (block.inlines.empty() || block.inlines.back().kind != MdInlineKind::kAttributes) continue;
    for (const Attribute& attribute : markdown_->attributes[block.inlines.back().index].items) {
      if (attribute.name == "#") ++written_ids_[attribute.value];
    }
  }
}

bool Compiler::IsShared(const String& id) const {
  const auto it = written_ids_.find(id);
  return it != written_ids_.end() && it->second > 1;
}

// One that no author wrote.
String Compiler::InnerId(const String& id) const {
  String inner;
  for (size_t n = 2; inner.empty() || PlaceOf(inner) != kNoUnit || written_ids_.contains(inner);
       ++n)
    inner = id + ".or" + NumberText(n);
  return inner;
}

// What stands in the text until the conditions of all alternatives are known.
Value Compiler::LeaveOpen(Either either) {
  eithers_.push_back(std::move(either));
  return One("either", Value::Int(static_cast<int64_t>(eithers_.size() - 1)));
}

// The conditions of a unit and of those around it that do not stand around `from` too, as one
// expression: "" where there are none, nullopt where one did not compile.
std::optional<String> Compiler::ConditionOf(uint32_t place, uint32_t from) const {
  String all;
  for (uint32_t at = place; at != kNoUnit; at = facts_.units[at].parent) {
    const UnitFact& unit = facts_.units[at];
    bool shared = false;
    for (uint32_t up = from; up != kNoUnit; up = facts_.units[up].parent) shared |= up == at;
    if (!unit.conditional || shared) continue;
    if (unit.when == nullptr) return std::nullopt;
    all = "(" + unit.when->source + ")" + (all.empty() ? "" : " && " + all);
  }
  return all;
}

Vector<uint32_t> Compiler::PlacesOf(const Either& either) const {
  if (either.names != Names::kTerm) {
    const auto named = named_.find(either.target);
    return named == named_.end() ? Vector<uint32_t>() : named->second;
  }
  const Term& term = terms_[term_places_.at(either.target)];
  Vector<uint32_t> places = {term.unit};
  for (uint32_t other : term.others) places.push_back(terms_[other].unit);
  return places;
}

Value Compiler::PieceFor(const Either& either, uint32_t place, size_t index) const {
  if (either.names == Names::kUnit) return One("ref", Text(unit_ids_[place]));
  if (either.names == Names::kSchedule) {
    const auto title = titles_.find(place);
    return Text(title == titles_.end() ? either.target : title->second);
  }
  const Term& first = terms_[term_places_.at(either.target)];
  return Text(index == 0 ? first.label : terms_[first.others[index - 1]].label);
}

// The pieces of a reference to alternatives. That one of them stands wherever it does is proven
// elsewhere (Analyse), so that the last one needs no condition.
json::Array Compiler::WriteOut(const Either& either) {
  const Vector<uint32_t> places = PlacesOf(either);
  json::Array pieces, branches;
  const bool fitted = chosen_ <= kMaxChosen;
  chosen_ += places.size();
  if (chosen_ > kMaxChosen) {
    if (fitted) sink_.Report(DiagnosticCode::kTooManyUnits, either.at);
    return pieces;
  }
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] == kNoUnit) return pieces;  // of a definition in what was refused
    const auto condition = ConditionOf(places[i], either.from);
    if (!condition) {
      if (!sink_.HasErrors()) {
        sink_.Report(DiagnosticCode::kReferenceUnsafe, either.at,
                     "Which of the alternatives stands here is too much to say");
      }
      return pieces;
    }
    const bool sure = condition->empty() || i + 1 == places.size();
    Value piece = PieceFor(either, places[i], i);
    if (sure && branches.empty()) {
      pieces.push_back(std::move(piece));
      return pieces;
    }
    Value branch = One("text", Value::List({std::move(piece)}));
    if (!sure) {
      SourceText text{.text = *condition, .range = either.at, .map = {}};
      for (size_t k = 0; k <= text.text.size(); ++k) text.map.push_back(either.at.begin);
      const expression::Tree* when = CompileCondition(text);
      if (when == nullptr) return pieces;  // which was reported
      text_uses_.push_back({when->reads, either.at});
      branch.Set("when", expression::ToJson(*when));
    }
    branches.push_back(std::move(branch));
    if (sure) break;
  }
  if (!branches.empty()) pieces.push_back(One("if", Value::List(std::move(branches))));
  return pieces;
}

// Everything that was left open below `json`; true where there was something. The text of a locked
// unit is then another, and so is its hash.
bool Compiler::WriteOut(Value* json) {
  bool changed = false;
  if (json->is_array()) {
    json::Array items;
    for (Value& item : json->items()) {
      if (const Value* open = item.Find("either"); open != nullptr && open->is_int()) {
        for (Value& piece : WriteOut(eithers_[static_cast<size_t>(open->int_value())]))
          items.push_back(std::move(piece));
        changed = true;
        continue;
      }
      changed = WriteOut(&item) || changed;
      items.push_back(std::move(item));
    }
    *json = Value::List(std::move(items));
    return changed;
  }
  if (!json->is_object()) return false;
  const Value before = *json;
  for (const json::Member& member : before.members()) {
    // What expressions are made of has none.
    const bool expression = member.name == "when" || member.name == "value" || member.name == "in";
    if (expression || member.name == "lock") continue;
    Value inner = member.value;
    if (!WriteOut(&inner)) continue;
    json->Set(member.name, std::move(inner));
    changed = true;
  }
  const Value* lock = json->Find("lock");
  if (!changed || lock == nullptr) return changed;
  Value closed = *lock;
  const String content = templates::HashUnit(*json);
  closed.Set("content", Text(content));
  json->Set("lock", std::move(closed));
  closed_locks_[json->Find("id")->string_value()] = content;
  return true;
}

// For the analysis: each two that share an id.
void Compiler::CheckShared() {
  for (uint32_t second = 0; second < facts_.units.size(); ++second) {
    const UnitFact& unit = facts_.units[second];
    const auto named = named_.find(unit.id);
    if (named == named_.end()) continue;
    for (uint32_t first : named->second) {
      if (first >= second) break;
      facts_.shared.push_back(
          {first, second, unit.id_at, facts_.units[first].at, "The id '" + unit.id + "' is taken"});
    }
  }
  for (const Term& term : terms_) {
    Vector<const Term*> all = {&term};
    for (uint32_t other : term.others) all.push_back(&terms_[other]);
    for (size_t i = 1; i < all.size(); ++i) {
      for (size_t k = 0; k < i; ++k) {
        if (all[k]->unit == kNoUnit || all[i]->unit == kNoUnit) continue;
        facts_.shared.push_back({all[k]->unit, all[i]->unit, all[i]->at, all[k]->at,
                                 "The term '" + term.id + "' is defined twice"});
      }
    }
  }
}

}  // namespace countersign::compile
