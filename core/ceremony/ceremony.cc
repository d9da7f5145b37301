#include "ceremony/ceremony.h"

#include "ceremony/standing.h"
#include "values/date.h"

namespace countersign::ceremony {
namespace {

using templates::FieldKind;

String MarkText(const json::Value& mark, std::string_view name) {
  const json::Value* text = mark.Find("text");
  return text != nullptr && text->is_string() ? text->string_value() : String(name);
}

}  // namespace

Result<void> CheckScene(const Scene& scene) {
  const envelope::State& state = scene.ledger.state();
  if (!state.revision) return ErrorCode::kEnvelopeNoRevision;
  if (state.Find(scene.author.recipient) == nullptr) return ErrorCode::kRecipientUnknown;
  const envelope::TemplateIdentity& named = state.revision->inputs.template_identity;
  if (scene.contract.compiled_ref() != named.compiled.ToBase64Url())
    return ErrorCode::kTemplateDiffers;
  return {};
}

Result<templates::Values> ValuesOf(const Scene& scene, const Draft& draft) {
  return CS_TRY(Stand(scene, Adapt(scene, draft))).values;
}

Result<document::Fills> FillsOf(const Scene& scene, const Draft& stored) {
  const Draft draft = Adapt(scene, stored);
  const Standing standing = CS_TRY(Stand(scene, draft));
  document::Fills fills = templates::FillsOf(scene.contract, standing.values);
  const auto put = [&](const templates::Field& field, const json::Value* mark,
                       std::string_view name, std::string_view local_date) {
    if (field.kind == FieldKind::kSignDate) {
      auto date = values::Date::Parse(local_date);
      if (!date) return;
      fills.push_back(
          {field.id, templates::DisplayValue(scene.contract, field, values::Value::Of(*date)), {}});
    } else if (mark != nullptr) {
      fills.push_back({field.id, MarkText(*mark, name), StrokesOf(*mark)});
    }
  };
  for (const envelope::Recipient& recipient : scene.ledger.state().recipients) {
    if (!recipient.signature) continue;
    const auto content = envelope::ReadSigned(scene.ledger, *recipient.signature);
    if (!content) continue;
    const bool usable = content->mark && CheckMark(*content->mark).has_value();
    for (const templates::Field& field : scene.contract.fields()) {
      if (field.role != recipient.role) continue;
      if (!templates::IsFilledBySigning(field.kind)) continue;
      put(field, usable ? &*content->mark : nullptr, content->name, content->local_date);
    }
  }
  if (standing.signed_now || !draft.mark) return fills;
  for (const OwnField& entry : standing.fields) {
    if (draft.IsPlaced(entry.field->id)) put(*entry.field, &*draft.mark, "", "");
  }
  return fills;
}

}  // namespace countersign::ceremony
