// A command becomes a body by a table: which members go into the body as they stand, which into the
// detail, and what is added from the log. ParseBody then reads the body as strictly as any other.
#include "envelope/command.h"

#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/asking.h"
#include "envelope/body_draft.h"
#include "envelope/command_shape.h"
#include "envelope/contents.h"
#include "envelope/fold.h"

namespace countersign::envelope {
namespace {

using json::Value;

class Preparation : Asking {
 public:
  Preparation(const Ledger& ledger, const Author& author, const Value& command,
              const Context& context, AddPart add)
      : Asking(ledger, author, command, context.at), context_(context), add_(add) {}

  Result<Draft> Run() {
    CS_TRY(AskAtAll());
    CS_TRY(CheckMembers(command_, verb_));
    CS_TRY(TakeMembers(command_, verb_.body, &said_));
    CS_TRY(TakeMembers(command_, verb_.detail, &detail_));
    CS_TRY(CheckDetail(detail_));
    CS_TRY(AddFromLog());
    if (!detail_.members().empty()) {
      SetText(&said_, "detail", CS_TRY(AddDetail(detail_, context_.detail_salt)));
    }
    body_ = EventBody();
    CS_TRY(ReadBody(verb_.type, said_, &body_));
    if (ledger_.is_open()) CS_TRY(AskWhole());
    return Finish();
  }

 private:
  const Resolution& now() const { return ledger_.fold().Now(); }
  View Known() const { return ledger_.fold().ViewOf(parents_.All()); }

  // Whether the whole body may be said.
  Result<void> AskWhole() const {
    const bool revises = body_.type == EventType::kRevisionPublished;
    return Ask(Question::Scope::kWhole, revises ? &routing_ : nullptr,
               revises ? &fields_ : nullptr);
  }

  Result<String> AddDetail(Value content, const Salt& salt) {
    const String bytes = CS_TRY(log::WriteDetail(std::move(content), salt));
    return AddBlob(bytes, &blobs_);
  }

  // What the body says beyond the command's own words.
  Result<void> AddFromLog() {
    if (IsForRecipientDevice(verb_.type)) {
      if (!author_.recipient.empty()) SetText(&said_, "recipient", author_.recipient);
      if (verb_.type != EventType::kRecipientJoined && verb_.type != EventType::kDeviceAdded) {
        if (now().revision == nullptr) return ErrorCode::kEnvelopeNoRevision;
        SetId(&said_, "revision", now().revision->hash);
      }
    }
    switch (verb_.type) {
      case EventType::kEnvelopeCreated:
      case EventType::kRevisionPublished:
        if (add_ == nullptr) return ErrorCode::kEngineNeedsAuthor;
        {
          BodyDraft draft{ledger_, author_, command_, context_, parents_,
                          said_,   blobs_,  routing_, fields_};
          return add_(draft, verb_.type);
        }
      case EventType::kDeviceAdded:
      case EventType::kOwnerDeviceAdded:
      case EventType::kOwnerHandedOver:
      case EventType::kServiceKeyChanged:
        if (const Value* x = command_.Find("key")) said_.Set("key", KeyObject(*x));
        break;
      case EventType::kDeviceRevoked:
        AddHeads();
        break;
      case EventType::kApprovalRequested:
        SetId(&said_, "revision", now().revision->hash);
        break;
      case EventType::kRecipientInvited:
      case EventType::kRecipientReplaced:
      case EventType::kAccessGranted:
        SetText(&said_, "level", "link");
        if (const Value* x = command_.Find("invitation")) said_.Set("invitation", KeyObject(*x));
        break;
      case EventType::kRecipientJoined:
        said_.Set("key", KeyObject(Value::String(author_.key.ToBase64Url())));
        break;
      case EventType::kAccessDemonstrated:
        SetText(&said_, "method", "code");
        break;
      case EventType::kFieldsCommitted:
        return AddFields();
      case EventType::kRecipientSigned:
        return AddStatement();
      case EventType::kEnvelopeSent:
        SetId(&said_, "revision", now().revision->hash);
        break;
      case EventType::kEnvelopeExpired:
        SetText(&said_, "deadlineAt", now().revision->inputs.deadline_at);
        break;
      case EventType::kEnvelopeCompleted:
        AddSealed();
        break;
      default:
        break;
    }
    return {};
  }

  // Where the command names none: everything that this device knows stays.
  void AddHeads() {
    if (!author_.recipient.empty()) SetText(&said_, "recipient", author_.recipient);
    if (said_.Find("heads") != nullptr) return;
    Vector<EventId> known = parents_.All();
    Sort(&known);
    json::Array heads;
    for (const EventId& id : known) heads.push_back(Value::String(id.ToBase64Url()));
    said_.Set("heads", Value::List(std::move(heads)));
  }

  void AddSealed() {
    Vector<EventId> tops = parents_.All();
    auto sealable = FindSealable(Known(), now(), kid_);
    CS_CHECK(sealable.has_value());  // AskAtAll went well
    tops.insert(tops.end(), sealable->signatures.begin(), sealable->signatures.end());
    const Vector<EventId> past = facts().causality.PastOf(tops);
    json::Array signatures;
    for (const EventId& id : sealable->signatures)
      signatures.push_back(Value::String(id.ToBase64Url()));
    said_.Set("signatures", Value::List(std::move(signatures)));
    SetId(&said_, "revision", sealable->revision);
    SetId(&said_, "text", sealable->text);
    SetId(&said_, "past", log::HashPast(past));
    said_.Set("count", Value::Int(static_cast<int64_t>(past.size())));
  }

  // The own fields that have been committed, in the order of the revision, and of each the newest
  // commit's value and salt where the detail is here.
  Vector<CommittedValue> OwnCommitted() const {
    const RecipientFacts& own = *facts().Find(author_.recipient);
    const View view = Known();
    Vector<CommittedValue> committed;
    Vector<std::optional<Hash>> details;
    for (const FieldState& state :
         StatesOfFields(view, own, CurrentInvite(view, own)->place, *now().revision)) {
      if (state.newest == nullptr) continue;
      committed.push_back({state.field->id, own.id, facts().id(state.newest->place), {}, {}, {}});
      details.push_back(facts().events[state.newest->place].detail);
    }
    ReadCommitted(ledger_, std::move(details), &committed);
    return committed;
  }

  Result<void> AddFields() {
    const Value& values = *detail_.Find("values");
    if (!values.is_object()) return Fault(ErrorCode::kSchemaWrongType, "values");
    if (values.members().empty() || values.members().size() > kMaxBodyList) {
      return Fault(ErrorCode::kSchemaBadValue, "values");
    }
    json::Array ids;
    for (const json::Member& member : values.members()) ids.push_back(Value::String(member.name));
    Value was = Value::Make({});
    for (CommittedValue& before : OwnCommitted()) {
      if (before.value && values.Find(before.field) != nullptr) {
        was.Set(before.field, *std::move(before.value));
      }
    }
    said_.Set("fields", Value::List(std::move(ids)));
    detail_.Set("was", std::move(was));
    for (const FieldEntry& field : now().revision->fields) {
      if (field.kind != "file" || values.Find(field.id) == nullptr) continue;
      return AddFiles(ledger_, now().revision->fields, values, &said_);
    }
    return {};
  }

  Result<void> AddStatement() {
    Value statement = Value::Make({});
    CS_TRY(TakeMembers(command_, "evaluation locale timeZone intent rendering core ", &statement));
    SetId(&statement, "revision", now().revision->hash);
    json::Array documents;
    if (const Value* document = command_.Find("document")) documents.push_back(*document);
    statement.Set("documents", Value::List(std::move(documents)));
    statement.Set("consent", WriteConsentIdentity(now().revision->inputs.consent));
    const Value& mark = *detail_.Find("mark");
    Value bound_mark = Value::Make({});
    bound_mark.Set("kind", *mark.Find("kind"));
    SetId(&bound_mark, "sha256", HashMark(mark));
    statement.Set("mark", std::move(bound_mark));
    json::Array fields;
    for (const CommittedValue& committed : OwnCommitted()) {
      if (!committed.value || !committed.salt) {
        return Fault(ErrorCode::kEnvelopeBlobMissing, committed.field);
      }
      Value bound = Value::Make({});
      SetText(&bound, "id", committed.field);
      SetId(&bound, "commitment", CommitField(committed.field, *committed.salt, *committed.value));
      fields.push_back(std::move(bound));
    }
    statement.Set("fields", Value::List(std::move(fields)));
    said_.Set("statement", std::move(statement));
    return {};
  }

  Result<Draft> Finish() {
    log::EventDraft event;
    event.at = context_.at;
    event.body = std::move(said_);
    event.chain = context_.chain;
    event.salt = context_.salt;
    event.seq = context_.seq;
    event.type = String(EventTypeName(verb_.type));
    if (ledger_.is_open()) event.env = facts().id(0);
    event.prev = parents_.prev;
    event.seen = parents_.seen;
    log::PreparedEvent prepared = CS_TRY(log::Prepare(std::move(event), kid_));
    Draft draft;
    draft.id = prepared.id;
    draft.type = verb_.type;
    draft.signing_input = std::move(prepared.signing_input);
    draft.blobs = std::move(blobs_);
    draft.author = author_;
    draft.prev = parents_.prev;
    draft.basis = ledger_.is_open() ? ledger_.fold().decisions() : 0;
    return draft;
  }

  const Context& context_;
  const AddPart add_;
  Value said_ = Value::Make({});    // the body
  Value detail_ = Value::Make({});  // the content of its detail blob
  Vector<Item> blobs_;
  Vector<RoutingEntry> routing_;
  Vector<FieldEntry> fields_;
};

}  // namespace

String AddBlob(std::string_view bytes, Vector<Item>* blobs) {
  const ByteView view = AsBytes(bytes);
  String ref = log::ReferTo(view).ToBase64Url();
  blobs->push_back({ItemKind::kBlob, ref, Bytes(view.begin(), view.end())});
  return ref;
}

Value KeyObject(const Value& x) {
  Value key = Value::Make({});
  key.Set("x", x);
  return key;
}

Result<Draft> Prepare(const Ledger& ledger, const Author& author, const json::Value& command,
                      const Context& context, AddPart add) {
  if (!command.is_object()) return ErrorCode::kSchemaWrongType;
  return Preparation(ledger, author, command, context, add).Run();
}

Result<Vector<Item>> Commit(const Ledger& ledger, const Draft& draft, const Signature& signature) {
  const String stored = log::Attach({draft.id, draft.signing_input}, signature);
  log::Event event = CS_TRY(log::Event::Parse(stored));
  const PublicKey key = CS_TRY(crypto::AdmitKey(draft.author.key.view()));
  CS_TRY(log::VerifiedEvent::Verify(std::move(event), key));
  if (draft.type == EventType::kEnvelopeCreated) {
    if (ledger.is_open()) return ErrorCode::kEnvelopeStale;
  } else {
    if (!ledger.is_open()) return ErrorCode::kEnvelopeNotOpen;
    const Fold& fold = ledger.fold();
    if (fold.decisions() != draft.basis ||
        NewestOf(fold.facts(), crypto::Thumbprint(key)) != draft.prev) {
      return ErrorCode::kEnvelopeStale;
    }
  }
  Vector<Item> items = draft.blobs;
  const ByteView bytes = AsBytes(stored);
  items.push_back({ItemKind::kEvent, draft.id.ToBase64Url(), Bytes(bytes.begin(), bytes.end())});
  return items;
}

}  // namespace countersign::envelope
