#include "template/admission.h"

#include "base/bytes.h"
#include "template/assembly.h"
#include "template/body.h"

namespace countersign::templates {

Result<Vector<Objection>> Objections(const Template& contract, const Values& known,
                                     std::string_view role, int64_t* fuel) {
  if (fuel != nullptr && *fuel < 0) return ErrorCode::kTemplateTooExpensive;
  const auto assembled = Assemble(contract, known);
  if (fuel != nullptr) *fuel -= assembled ? assembled->fuel : expression::kDocumentFuel;
  if (!assembled) return assembled.error();
  const Assembly& assembly = *assembled;
  Vector<Objection> objections;
  const auto is_own = [&](const Field* field) {
    return field != nullptr && field->role == role && !IsFilledBySigning(field->kind);
  };
  for (const FieldState& state : assembly.fields) {
    if (!is_own(contract.FindField(state.id))) continue;
    // The sender's values come from a record and a form, and a text that needs one waits for it. A
    // signer answers what was asked, all of it and nothing else.
    if (state.error && (!role.empty() || state.error->code() != ErrorCode::kFieldRequired)) {
      objections.push_back({state.id, "", *state.error});
    } else if (state.answered && state.applies == Answer::kNo && !role.empty()) {
      objections.push_back({state.id, "", Error(ErrorCode::kFieldNotShown)});
    }
  }
  for (const ValidationOutcome& outcome : assembly.validations) {
    if (outcome.level != Level::kError || outcome.holds != Answer::kNo) continue;
    objections.push_back({outcome.field, outcome.id, Error(ErrorCode::kFieldCheckFailed)});
  }
  // A rule that ends in an error has not been passed. Which rule an error belongs to stands in
  // front of its name (assembly.h).
  constexpr std::string_view kField = "field:", kValidation = "validation:";
  for (const Problem& problem : assembly.problems) {
    const std::string_view where = problem.unit;
    if (where.starts_with(kField) && is_own(contract.FindField(where.substr(kField.size())))) {
      objections.push_back({String(where.substr(kField.size())), "", problem.error});
    } else if (where.starts_with(kValidation)) {
      const std::string_view id = where.substr(kValidation.size());
      for (const Validation& validation : contract.validations()) {
        if (validation.id != id || validation.level != Level::kError) continue;
        objections.push_back({validation.field, validation.id, problem.error});
      }
    }
  }
  return objections;
}

bool HasMisleadingText(const values::Value& value) {
  if (value.Is(values::Kind::kString)) return InspectText(value.string_value()).Misleads();
  if (value.Is(values::Kind::kList)) {
    for (const values::Value& item : value.items()) {
      if (HasMisleadingText(item)) return true;
    }
  }
  if (value.Is(values::Kind::kMap)) {
    for (const values::MapEntry& entry : value.entries()) {
      if (HasMisleadingText(entry.value)) return true;
    }
  }
  return false;
}

Vector<Objection> TextObjections(const Values& values) {
  Vector<Objection> objections;
  for (const FieldValue& entry : values) {
    if (HasMisleadingText(entry.value))
      objections.push_back({entry.id, "", Error(ErrorCode::kFieldBadText)});
  }
  return objections;
}

}  // namespace countersign::templates
