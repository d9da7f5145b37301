// Checks that need the whole template: references, whose fields shape the text, what nothing uses.
#include <algorithm>
#include <iterator>

#include "compile/compiler.h"

namespace countersign::compile {

// kNoUnit where there is none.
uint32_t Compiler::PlaceOf(std::string_view id) const {
  auto it = unit_places_.find(String(id));
  return it == unit_places_.end() ? kNoUnit : static_cast<uint32_t>(it->second);
}

const UnitFact* Compiler::FindUnit(std::string_view id) const {
  uint32_t place = PlaceOf(id);
  return place == kNoUnit ? nullptr : &facts_.units[place];
}

void Compiler::CheckReferences() {
  CheckShared();
  for (const Reference& reference : references_) {
    const auto named = named_.find(reference.target);
    if (named != named_.end()) {
      Vector<uint32_t> others(named->second.begin() + 1, named->second.end());
      if (!CheckReference(reference, named->second[0], others)) continue;
      for (uint32_t other : others) {
        if (!CheckReference(reference, other, {})) break;
        facts_.references.back().is_other = true;
      }
      continue;
    }
    uint32_t target = PlaceOf(reference.target);
    if (target == kNoUnit) {
      Vector<std::string_view> known;
      for (const UnitFact& unit : facts_.units) {
        if (unit.branch == Branch::kNone) known.push_back(unit.id);
      }
      Diagnostic& diagnostic =
          sink_.Report(DiagnosticCode::kUnitUnknown, reference.at,
                       "There is no unit with the id '" + reference.target + "'");
      const bool hash = reference.target.starts_with('#');
      if (const String bare = reference.target.substr(hash ? 1 : 0);
          hash && PlaceOf(bare) != kNoUnit) {
        diagnostic.hint = "Write " + bare + ": the # belongs to the unit alone.";
        diagnostic.fix = Fix{reference.at, bare};
        continue;
      }
      SuggestName(diagnostic, NearestName(reference.target, known), reference.at);
      continue;
    }
    CheckReference(reference, target, {});
  }
}

// False where it was reported that nobody can tell which unit is meant.
bool Compiler::CheckReference(const Reference& reference, uint32_t target,
                              Vector<uint32_t> others) {
  uint32_t repeat = target;
  while (repeat != kNoUnit && !facts_.units[repeat].repeated) repeat = facts_.units[repeat].parent;
  uint32_t from = reference.from;
  while (repeat != kNoUnit && from != kNoUnit && from != repeat) from = facts_.units[from].parent;
  if (repeat != kNoUnit && from == kNoUnit) {
    sink_
        .Report(DiagnosticCode::kReferenceIntoRepeat, reference.at,
                "'" + reference.target + "' stands once for each item: which one is meant?")
        .related.push_back({sink_.file().Locate(facts_.units[repeat].at), "the repeat"});
    return false;
  }
  if (reference.shows == Shows::kNumber && !numbered_[target])
    sink_.Report(DiagnosticCode::kReferenceUnnumbered, reference.at);
  facts_.references.push_back(
      {target, reference.from, reference.at, reference.shows, std::move(others)});
  return true;
}

void Compiler::AddFields(const Vector<String>& reads, FieldSet* set) const {
  for (const String& name : reads) {
    if (auto it = computed_fields_.find(name); it != computed_fields_.end()) {
      for (size_t i = 0; i < set->size(); ++i) (*set)[i] |= it->second[i];
    } else if (auto field = field_places_.find(name); field != field_places_.end()) {
      (*set)[field->second / 64] |= uint64_t{1} << field->second % 64;
    }
  }
}

Value Compiler::TextRolesJson() {
  const Vector<FieldDeclaration>& fields = declarations_.fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].role != nullptr) field_places_.emplace(fields[i].id, i);
  }
  const FieldSet none(fields.size() / 64 + 1);
  for (const auto& [id, reads] : computed_reads_) {  // in their order: what they read is there
    FieldSet set = none;
    AddFields(reads, &set);
    computed_fields_.emplace(id, std::move(set));
  }
  Vector<String> found;
  for (const TextUse& use : text_uses_) {
    FieldSet set = none;
    AddFields(use.reads, &set);
    for (size_t i = 0; i < fields.size(); ++i) {
      if ((set[i / 64] >> i % 64 & 1) == 0) continue;
      // What a repeat calls as a field is called is not that field.
      if (std::ranges::find(mistaken_, fields[i].id) != mistaken_.end()) continue;
      const String& role = fields[i].role->id;
      if (std::find(found.begin(), found.end(), role) == found.end()) found.push_back(role);
      CheckSigner(fields[i], use.at);
    }
  }
  CheckRules();
  std::sort(found.begin(), found.end());
  json::Array items;
  for (const String& role : found) items.push_back(Text(role));
  return Value::List(std::move(items));
}

// Text that a recipient's answer changes must have no signer before or beside that recipient.
void Compiler::CheckSigner(const FieldDeclaration& field, ByteRange at) {
  const RoleDeclaration& role = *field.role;
  const RoleDeclaration* earlier = nullptr;
  for (const RoleDeclaration& other : declarations_.roles) {
    if (other.signs && other.id != role.id && other.order <= role.order) earlier = &other;
  }
  if (role.signs && earlier == nullptr) return;
  String message = "'" + field.id + "' is filled by " + role.label;
  if (!role.signs) {
    message += ", who does not sign: it would change text that others sign";
  } else {
    message += (earlier->order < role.order ? " after " : " at the same time as ") +
               earlier->label +
               " signs: a later signer's field would change text an earlier signer signs";
  }
  Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kLaterSigner, at, message);
  diagnostic.hint =
      "Let the sender fill it, or let " + role.label + " sign first and alone (order: 1).";
  diagnostic.related.push_back({sink_.file().Locate(field.at), "the field is declared here"});
}

// A signer answers, and signs what follows from the answers of that day: what a later signer fills
// in cannot say whether, or what, an earlier one was asked. Needs computed_fields_.
void Compiler::CheckRules() {
  const Vector<FieldDeclaration>& fields = declarations_.fields;
  for (const RuleUse& rule : rule_uses_) {
    const RoleDeclaration* own = rule.field->role;
    FieldSet set(fields.size() / 64 + 1);
    AddFields(rule.use.reads, &set);
    for (size_t i = 0; i < fields.size(); ++i) {
      if ((set[i / 64] >> i % 64 & 1) == 0) continue;
      const RoleDeclaration& other = *fields[i].role;
      if (own == nullptr) {  // decided before anybody signs
        Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kLaterRule, rule.use.at,
                                              "'" + rule.what + "' of '" + rule.field->id +
                                                  "' rests on '" + fields[i].id + "', which " +
                                                  other.label + " fills in after the sender");
        diagnostic.hint = "Let " + other.label + " fill in '" + rule.field->id +
                          "', too (role: " + other.id + "), or let it rest on the sender's own.";
        diagnostic.related.push_back(
            {sink_.file().Locate(fields[i].at), "the field is declared here"});
        break;
      }
      if (other.id == own->id || other.order < own->order) continue;
      Diagnostic& diagnostic = sink_.Report(
          DiagnosticCode::kLaterRule, rule.use.at,
          "'" + rule.what + "' of '" + rule.field->id + "' rests on '" + fields[i].id +
              "', which " + other.label + " fills in " +
              (other.order > own->order ? "after " : "at the same time as ") + own->label);
      diagnostic.hint = "Let " + other.label + " sign first (order: 1), or let the sender fill it.";
      diagnostic.related.push_back(
          {sink_.file().Locate(fields[i].at), "the field is declared here"});
      break;
    }
  }
}

// A field that is shown only after an answer to one that is shown only after its own.
void Compiler::CheckShowCircles() {
  // What a name rests on: a field its `show`, a computed value its expression.
  std::unordered_map<String, const RuleUse*> shows;
  std::unordered_map<String, const Vector<String>*> needs;
  for (const RuleUse& rule : rule_uses_) {
    if (rule.what != "show") continue;
    shows.emplace(rule.field->id, &rule);
    needs.emplace(rule.field->id, &rule.use.reads);
  }
  for (const auto& [id, reads] : computed_reads_) needs.emplace(id, &reads);
  struct Open {
    String name;
    size_t next = 0;
  };
  std::unordered_map<String, char> state;  // 1 open, 2 done
  for (const FieldDeclaration& field : declarations_.fields) {
    if (!shows.contains(field.id) || state.contains(field.id)) continue;
    Vector<Open> path;
    path.push_back({field.id});
    state[field.id] = 1;
    while (!path.empty()) {
      Open& top = path.back();
      const auto reads = needs.find(top.name);
      if (reads == needs.end() || top.next == reads->second->size()) {
        state[top.name] = 2;
        path.pop_back();
        continue;
      }
      const String need = (*reads->second)[top.next++];
      char& seen = state[need];
      if (seen == 0) {
        seen = 1;
        path.push_back({need});
        continue;
      }
      if (seen != 1) continue;
      String circle;
      const RuleUse* first = nullptr;
      bool inside = false;
      for (const Open& open : path) {
        inside = inside || open.name == need;
        if (!inside) continue;
        circle += open.name + " \xE2\x86\x92 ";
        auto show = shows.find(open.name);
        if (first == nullptr && show != shows.end()) first = show->second;
      }
      if (first == nullptr) continue;  // of computed values, which was reported
      Diagnostic& diagnostic = sink_.Report(
          DiagnosticCode::kShowCircle, first->use.at,
          "'" + first->field->id + "' is shown only after its own answer: " + circle + need);
      diagnostic.hint = "Let one of them be shown always.";
      diagnostic.related.push_back(
          {sink_.file().Locate(first->field->at), "the field is declared here"});
    }
  }
}

void Compiler::CheckUnused() {
  for (const FieldDeclaration& field : declarations_.fields) {
    bool used = field.placed || used_.contains(field.id);
    if (!used)
      sink_.Report(DiagnosticCode::kFieldUnused, field.at,
                   "Nothing uses the field '" + field.id + "'");
  }
  for (const ComputedDeclaration& entry : declarations_.computed) {
    // One with a label is there to be shown beside the text.
    if (used_.contains(entry.id) || entry.labelled || has_cycle_) continue;
    sink_.Report(DiagnosticCode::kFieldUnused, entry.at,
                 "Nothing uses the computed value '" + entry.id + "'");
  }
}

// What looks like a tag of another tool is printed as it stands: told where it can be nothing else,
// or names a field.
void Compiler::CheckForeignTags(ByteRange body) {
  struct Form {
    std::string_view opens, closes;
    bool of_fields;  // otherwise of anything
  };
  constexpr Form kForms[] = {{"{%", "%}", false}, {"<%", "%>", false}, {"${", "}", true},
                             {"[[", "]]", true},  {"[", "]", true},    {"{", "}", true}};
  Vector<ByteRange> ours;
  for (const auto& tag : markdown_->tags) ours.push_back(tag.range);
  for (const auto& attributes : markdown_->attributes) ours.push_back(attributes.range);
  std::ranges::sort(ours, {}, &ByteRange::begin);
  const std::string_view text = std::string_view(file_.text()).substr(0, body.end);
  auto next = ours.begin();
  // Looked for once, however often something opens: a line may be the whole text.
  size_t line_end = body.begin;
  size_t closers[std::size(kForms)] = {};  // in this line, the next of each; its end where none is
  for (size_t i = body.begin; i < text.size();) {
    while (next != ours.end() && next->end <= i) ++next;
    if (next != ours.end() && next->begin <= i) {
      i = next->end;
      continue;
    }
    if (i >= line_end) line_end = std::min(text.find('\n', i), text.size());
    const std::string_view rest = text.substr(i, line_end - i);
    size_t length = 1;
    if (rest.starts_with('\\')) length = 2;
    if (rest.starts_with("{{!")) length = std::min(rest.size(), rest.find("}}"));  // a comment
    for (const Form& form : kForms) {
      if (!rest.starts_with(form.opens)) continue;
      const size_t behind = i + form.opens.size();
      size_t& closer = closers[&form - kForms];
      if (closer < behind)
        closer = std::min(text.substr(0, line_end).find(form.closes, behind), line_end);
      if (closer == line_end) continue;
      const size_t close = closer - i;
      const std::string_view inside = rest.substr(form.opens.size(), close - form.opens.size());
      const size_t end = close + form.closes.size();
      if (form.of_fields) {
        const bool is_link = form.opens == "[" && rest.substr(end).starts_with('(');
        if (is_link || declarations_.schema.Find(inside) == nullptr) continue;
      }
      Diagnostic& diagnostic = sink_.Report(
          DiagnosticCode::kValueDoubtful,
          {static_cast<uint32_t>(i), static_cast<uint32_t>(i + end)},
          "'" + String(WithoutCutCharacter(rest.substr(0, std::min<size_t>(end, 60)))) +
              "' is no tag here: it is printed as it stands");
      diagnostic.hint = form.of_fields
                            ? "Write {{= " + String(inside) + " }}, or a \\ in front if it is text."
                            : String(
                                  "A value is printed by {{= … }}, a condition is {{#if …}} … "
                                  "{{/if}}; or write a \\ in front.");
      length = end;
      break;
    }
    i += length;
  }
}

}  // namespace countersign::compile
