#include "evidence/verify.h"

#include <algorithm>

#include "evidence/findings.h"
#include "evidence/html_copy.h"
#include "values/date.h"

namespace countersign::evidence {
namespace {

using templates::FieldKind;

constexpr size_t kMaxDrawnPoints = 20'000;
constexpr int64_t kMaxCoordinate = 1'000'000;

}  // namespace

Vector<document::Stroke> StrokesOf(const json::Value& mark) {
  Vector<document::Stroke> strokes;
  const json::Value* list = mark.Find("strokes");
  if (list == nullptr || !list->is_array()) return strokes;
  size_t points = 0;
  for (const json::Value& item : list->items()) {
    if (!item.is_array()) continue;
    document::Stroke stroke;
    for (const json::Value& point : item.items()) {
      if (++points > kMaxDrawnPoints) return strokes;
      if (!point.is_array() || point.items().size() < 2) continue;
      const json::Value& x = point.items()[0];
      const json::Value& y = point.items()[1];
      if (!x.is_int() || !y.is_int()) continue;
      stroke.push_back(
          {static_cast<int32_t>(std::clamp(x.int_value(), -kMaxCoordinate, kMaxCoordinate)),
           static_cast<int32_t>(std::clamp(y.int_value(), -kMaxCoordinate, kMaxCoordinate))});
    }
    if (!stroke.empty()) strokes.push_back(std::move(stroke));
  }
  return strokes;
}

templates::Values FilledOf(const Findings& findings) {
  templates::Values filled = findings.values;
  EraseIf(filled, [&](const templates::FieldValue& value) {
    const templates::Field* field = findings.contract->FindField(value.id);
    if (field != nullptr && field->role.empty()) return false;
    for (size_t i = 0; i < findings.committed.size(); ++i) {
      if (findings.committed[i].field == value.id && findings.answers[i]) return false;
    }
    return true;
  });
  return filled;
}

document::Fills FillsOf(const Findings& findings) {
  if (!findings.contract) return {};
  const templates::Template& contract = *findings.contract;
  document::Fills fills = templates::FillsOf(contract, FilledOf(findings));
  for (const envelope::Recipient& recipient : findings.ledger.state().recipients) {
    const SignatureFinding* finding = findings.Find(recipient.id);
    if (finding == nullptr || !finding->content || !recipient.signature->counts()) continue;
    if (!FillsFields(findings, recipient)) continue;  // a place holds one mark
    const envelope::SignedContent& content = *finding->content;
    for (const templates::Field& field : contract.fields()) {
      if (field.role != RoleOf(findings, recipient)) continue;
      if (field.kind == FieldKind::kSignDate) {
        auto date = values::Date::Parse(content.local_date);
        if (!date) continue;
        fills.push_back(
            {field.id, templates::DisplayValue(contract, field, values::Value::Of(*date)), {}});
      } else if (templates::TakesMark(field.kind) && content.mark) {
        const json::Value* text = content.mark->Find("text");
        fills.push_back({field.id,
                         text != nullptr && text->is_string() ? text->string_value() : content.name,
                         StrokesOf(*content.mark)});
      }
    }
  }
  return fills;
}

Result<VerificationReport> Verify(ByteView file, const Recompiler* recompiler) {
  const Bundle bundle = CS_TRY(ReadBundle(file));
  Findings findings = Check(bundle, recompiler);
  const std::string_view text = AsText(file);
  if (IsCopy(text)) {
    // The page follows from the bundle: made again, it must be this one. The words of a page are
    // those of the version that wrote it, so a later version's page cannot be compared here.
    const Bytes inner = CS_TRY(FindBundle(text));
    auto page = WriteHtmlCopy(inner);
    if (!page || *page != text) {
      const std::optional<String> later = LaterGenerator(text);
      Reason& reason = findings.Add(ErrorCode::kCopyPageDiffers,
                                    later ? Severity::kNewer : Severity::kInvalid, "page");
      if (later) {
        reason.detail = "it was written by " + *later +
                        ", so its words were not compared; ask that version, or rely on this "
                        "report alone";
      }
    }
  }
  return Tell(findings);
}

}  // namespace countersign::evidence
