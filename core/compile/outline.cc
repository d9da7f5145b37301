#include "compile/outline.h"

#include "compile/compiler.h"
#include "values/plain_json.h"

namespace countersign::compile {

std::string_view NameKindName(NameKind kind) {
  constexpr std::string_view kNames[] = {"role", "field", "computed", "term", "unit"};
  return kNames[static_cast<size_t>(kind)];
}

json::Value ToJson(const Name& name) {
  Value out = Value::Make({{"kind", Text(NameKindName(name.kind))},
                           {"id", Text(name.id)},
                           {"span", ToJson(name.span)}});
  if (!name.label.empty()) out.Set("label", Text(name.label));
  if (!name.type.empty()) out.Set("type", Text(name.type));
  if (!name.when.empty()) out.Set("when", Text(name.when));
  if (!name.options.empty()) {
    json::Array options;
    for (const String& option : name.options) options.push_back(Text(option));
    out.Set("options", Value::List(std::move(options)));
  }
  return out;
}

Vector<Name> Compiler::Outline() const {
  Vector<Name> names;
  auto add = [&](NameKind kind, std::string_view id, std::string_view label,
                 ByteRange at) -> Name& {
    Name name;
    name.kind = kind;
    name.id = id;
    name.label = label;
    name.span = file_.Locate(at);
    names.push_back(std::move(name));
    return names.back();
  };
  for (const RoleDeclaration& role : declarations_.roles) {
    add(NameKind::kRole, role.id, role.label, role.at);
  }
  for (const FieldDeclaration& field : declarations_.fields) {
    const SourceText* label = field.Find("label");
    Name& name = add(NameKind::kField, field.id, label != nullptr ? label->text : "", field.at);
    name.type = field.type.ToString();
    auto place = fact_places_.find(field.id);
    if (place == fact_places_.end()) continue;
    for (const values::Value& option : facts_.fields[place->second].domain.options) {
      // As an expression says it: texts in quotes.
      if (option.kind() == values::Kind::kString) {
        name.options.push_back("'" + String(option.string_value()) + "'");
      }
    }
  }
  for (const ComputedDeclaration& computed : declarations_.computed) {
    Name& name = add(NameKind::kComputed, computed.id, computed.label, computed.at);
    for (const auto& fact : facts_.computed) {
      if (fact.name == computed.id && fact.tree != nullptr)
        name.type = fact.tree->type().ToString();
    }
  }
  for (const Term& term : terms_) add(NameKind::kTerm, term.id, term.label, term.at);
  for (const UnitFact& unit : facts_.units) {
    if (file_.PartOf(unit.at.begin) != 0) continue;  // of the library: nothing to edit here
    Name& name = add(NameKind::kUnit, unit.id, "", unit.at);
    if (!unit.conditional) continue;
    name.when = file_.text().substr(unit.when_at.begin, unit.when_at.end - unit.when_at.begin);
  }
  return names;
}

}  // namespace countersign::compile
