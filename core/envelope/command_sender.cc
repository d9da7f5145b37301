// How an envelope begins and is revised: what those two bodies say beyond their commands. A part of
// its own, which the modules of signers do not carry.
#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/body_draft.h"
#include "envelope/command_shape.h"
#include "envelope/fold.h"

namespace countersign::envelope {
namespace {

using json::Value;

void AddGenesis(BodyDraft& draft) {
  SetText(&draft.said, "suite", "CSG-1");
  draft.said.Set("owner", KeyObject(Value::String(draft.author.key.ToBase64Url())));
  if (const Value* x = draft.command.Find("recovery")) draft.said.Set("recovery", KeyObject(*x));
  if (draft.said.Find("services") == nullptr) draft.said.Set("services", Value::Make({}));
  for (const auto& [name, usual] :
       {std::pair("tiePolicy", "ownerWins"), std::pair("acceptance", "auto"),
        std::pair("deadlinePolicy", "claim")}) {
    if (draft.said.Find(name) == nullptr) SetText(&draft.said, name, usual);
  }
}

// A blob that the command names and the ledger holds.
Result<const Bytes*> FindBlob(const BodyDraft& draft, const Value* ref, std::string_view name) {
  if (ref == nullptr) return Fault(ErrorCode::kSchemaMissingMember, name);
  if (!ref->is_string()) return Fault(ErrorCode::kSchemaWrongType, name);
  auto hash = Hash::FromBase64Url(ref->string_value());
  if (!hash) return Fault(hash.error().code(), name);
  const Bytes* bytes = draft.ledger.blobs().Find(*hash);
  if (bytes == nullptr) return Fault(ErrorCode::kEnvelopeBlobMissing, name);
  return bytes;
}

// The ref of a structural blob, given as one or as its list of entries, which are sorted by id.
Result<String> TakeList(BodyDraft& draft, const Value& given, std::string_view format,
                        std::string_view list, Bytes* bytes) {
  if (!given.is_array()) {
    *bytes = *CS_TRY(FindBlob(draft, &given, list));
    return given.string_value();
  }
  json::Array entries = given.items();
  const auto id_of = [](const Value& entry) {
    const Value* id = entry.Find("id");
    return id != nullptr && id->is_string() ? std::string_view(id->string_value())
                                            : std::string_view();
  };
  Sort(&entries, [&](const Value& a, const Value& b) { return id_of(a) < id_of(b); });
  Value blob = Value::Make({});
  SetText(&blob, "format", format);
  blob.Set(list, Value::List(std::move(entries)));
  const String text = json::Write(blob);
  *bytes = Bytes(AsBytes(text).begin(), AsBytes(text).end());
  return AddBlob(text, &draft.blobs);
}

Result<void> AddRevision(BodyDraft& draft) {
  Value inputs = Value::Make({});
  CS_TRY(TakeMembers(draft.command, "!template library attachments !consent deadlineAt !locale ",
                     &inputs));
  for (const char* name : {"library", "attachments"}) {
    if (inputs.Find(name) == nullptr) inputs.Set(name, Value::List({}));
  }
  const Value* values = draft.command.Find("values");
  const Value* fields = draft.command.Find("fields");
  const Value* routing = draft.command.Find("routing");
  if (values == nullptr) return Fault(ErrorCode::kSchemaMissingMember, "values");
  if (fields == nullptr) return Fault(ErrorCode::kSchemaMissingMember, "fields");
  if (!values->is_object()) return Fault(ErrorCode::kSchemaWrongType, "values");
  Value content = Value::Make({});
  content.Set("values", *values);
  SetText(&inputs, "values",
          AddBlob(CS_TRY(log::WriteDetail(std::move(content), draft.context.values_salt)),
                  &draft.blobs));
  Bytes bytes;
  SetText(&inputs, "fields",
          CS_TRY(TakeList(draft, *fields, "countersign-fields/v1", "fields", &bytes)));
  draft.fields = CS_TRY(ParseFields(bytes));
  if (routing != nullptr) {
    SetText(&inputs, "routing",
            CS_TRY(TakeList(draft, *routing, "countersign-routing/v1", "recipients", &bytes)));
    draft.routing = CS_TRY(ParseRouting(bytes));
  } else {
    const View view = draft.ledger.fold().ViewOf(draft.parents.All());
    for (const RecipientFacts& recipient : draft.ledger.fold().facts().recipients) {
      if (const InviteFact* invite = CurrentInvite(view, recipient)) {
        draft.routing.push_back({recipient.id, invite->order, invite->type, invite->role});
      }
    }
    SetText(&inputs, "routing", AddBlob(WriteRouting(draft.routing), &draft.blobs));
  }
  const RevisionInputs parsed = CS_TRY(ParseRevisionInputs(inputs, ""));
  CS_TRY(FindBlob(draft, inputs.Find("template")->Find("source"), "template/source"));
  CS_TRY(FindBlob(draft, inputs.Find("template")->Find("compiled"), "template/compiled"));
  CS_TRY(FindBlob(draft, inputs.Find("consent")->Find("text"), "consent/text"));
  for (const Value& ref : inputs.Find("attachments")->items())
    CS_TRY(FindBlob(draft, &ref, "attachments"));
  int64_t number = 0;
  const View view = draft.ledger.fold().ViewOf(draft.parents.All());
  for (const RevisionFact& revision : draft.ledger.fold().facts().revisions) {
    if (view.Sees(revision.place)) number = std::max(number, revision.number);
  }
  draft.said.Set("number", Value::Int(number + 1));
  SetId(&draft.said, "revision", RevisionHash(parsed));
  draft.said.Set("inputs", std::move(inputs));
  return {};
}

}  // namespace

Result<void> AddSendersPart(BodyDraft& draft, EventType type) {
  if (type == EventType::kRevisionPublished) return AddRevision(draft);
  AddGenesis(draft);
  return {};
}

}  // namespace countersign::envelope
