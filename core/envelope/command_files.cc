// The files that a commit hands in: which of them its values name (command.h, commitFields).
#include "base/sort.h"
#include "envelope/body_draft.h"
#include "envelope/command_shape.h"

namespace countersign::envelope {

using json::Value;

Result<void> AddFiles(const Ledger& ledger, const Vector<FieldEntry>& fields, const Value& values,
                      Value* said) {
  Vector<Hash> refs;
  for (const FieldEntry& field : fields) {
    if (field.kind != "file") continue;
    const Value* value = values.Find(field.id);
    const Value* blob = value != nullptr && value->is_object() ? value->Find("blob") : nullptr;
    if (blob == nullptr || !blob->is_string()) continue;
    const Hash ref = CS_TRY(Hash::FromBase64Url(blob->string_value()));
    if (!ledger.blobs().Has(ref)) return Fault(ErrorCode::kEnvelopeBlobMissing, field.id);
    refs.push_back(ref);
  }
  if (refs.empty()) return {};
  SortUnique(&refs);
  json::Array files;
  for (const Hash& ref : refs) files.push_back(Value::String(ref.ToBase64Url()));
  said->Set("files", Value::List(std::move(files)));
  return {};
}

}  // namespace countersign::envelope
