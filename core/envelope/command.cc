// Long because every command's shape stands here, once, beside the body and the detail it becomes.
#include "envelope/command.h"

#include <algorithm>

#include "crypto/crypto.h"
#include "envelope/codec.h"
#include "envelope/fold.h"

namespace countersign::envelope {
namespace {

using json::Value;

constexpr std::string_view kTiePolicies[] = {"ownerWins", "signatureWins", "ownerSettles"};
constexpr std::string_view kAcceptances[] = {"auto", "owner"};
constexpr std::string_view kDeadlinePolicies[] = {"claim", "receipt"};
constexpr std::string_view kMarks[] = {"drawn", "typed"};
constexpr size_t kMaxChanges = 1000;

// Free text of people: reasons, names, labels.
bool IsNote(std::string_view text) { return !text.empty() && text.size() <= 16384; }

struct Verb {
  std::string_view name;
  EventType type;
};
constexpr Verb kVerbs[] = {
    {"create", EventType::kEnvelopeCreated},
    {"publishRevision", EventType::kRevisionPublished},
    {"invite", EventType::kRecipientInvited},
    {"join", EventType::kRecipientJoined},
    {"accept", EventType::kRecipientAccepted},
    {"send", EventType::kEnvelopeSent},
    {"present", EventType::kDocumentPresented},
    {"demonstrateAccess", EventType::kAccessDemonstrated},
    {"consent", EventType::kConsentGiven},
    {"commitFields", EventType::kFieldsCommitted},
    {"sign", EventType::kRecipientSigned},
    {"decline", EventType::kRecipientDeclined},
    {"recordCopy", EventType::kCopyDelivered},
    {"recordDelivery", EventType::kDeliveryRecorded},
    {"void", EventType::kEnvelopeVoided},
    {"expire", EventType::kEnvelopeExpired},
    {"complete", EventType::kEnvelopeCompleted},
};

Result<EventType> ParseVerb(const Value& command) {
  const Value* verb = command.Find("do");
  if (verb == nullptr) return Error(ErrorCode::kSchemaMissingMember, "do", "/do");
  for (const Verb& known : kVerbs) {
    if (verb->is_string() && verb->string_value() == known.name) return known.type;
  }
  return Error(ErrorCode::kSchemaBadValue, "not the name of a command", "/do");
}

bool IsForRecipientDevice(EventType type) {
  switch (type) {
    case EventType::kRecipientJoined:
    case EventType::kDocumentPresented:
    case EventType::kAccessDemonstrated:
    case EventType::kConsentGiven:
    case EventType::kFieldsCommitted:
    case EventType::kRecipientSigned:
    case EventType::kRecipientDeclined:
    case EventType::kCopyDelivered:
      return true;
    default:
      return false;
  }
}

// The author's newest event, and the heads that make the author's knowledge whole (as far as 16 can).
struct Parents {
  std::optional<EventId> prev;
  std::vector<EventId> seen;
  std::vector<EventId> All() const {
    std::vector<EventId> all = seen;
    if (prev) all.push_back(*prev);
    return all;
  }
};

std::optional<EventId> NewestOf(const Facts& facts, const KeyId& author) {
  std::optional<Place> newest;
  for (Place place = 0; place < facts.events.size(); ++place) {
    if (facts.events[place].author == author && (!newest || facts.Later(place, *newest))) newest = place;
  }
  if (!newest) return std::nullopt;
  return facts.id(*newest);
}

Parents ChooseParents(const Fold& fold, const KeyId& author) {
  const Facts& facts = fold.facts();
  Parents parents;
  parents.prev = NewestOf(facts, author);
  std::vector<EventId> heads = facts.causality.Heads();
  std::erase_if(heads, [&](const EventId& head) { return parents.prev == head; });
  if (heads.size() <= log::kMaxSeen) {
    parents.seen = std::move(heads);
    return parents;
  }
  // First the heads that know what decides.
  for (Place decision : fold.decision_heads()) {
    if (parents.seen.size() >= log::kMaxSeen || fold.ViewOf(parents.All()).Sees(decision)) continue;
    for (const EventId& head : heads) {
      const Place place = *facts.causality.PlaceOf(head);
      if (place != decision && !facts.Before(decision, place)) continue;
      parents.seen.push_back(head);
      break;
    }
  }
  for (const EventId& head : heads) {
    if (parents.seen.size() >= log::kMaxSeen) break;
    if (std::find(parents.seen.begin(), parents.seen.end(), head) == parents.seen.end()) parents.seen.push_back(head);
  }
  return parents;
}

class Preparation {
 public:
  Preparation(const Ledger& ledger, const Author& author, const Value& command, const Context& context)
      : ledger_(ledger), author_(author), command_(command), context_(context), c_(command, "") {}

  Result<Draft> Run() {
    body_.type = CS_TRY(ParseVerb(command_));
    (void)c_.Get("do");
    const KeyId kid = crypto::Thumbprint(author_.key);
    if (body_.type == EventType::kEnvelopeCreated) {
      if (ledger_.is_open()) return ErrorCode::kEnvelopeAlreadyOpen;
      DescribeCreate();
      CS_TRY(c_.Finish());
      return Finish(kid);
    }
    if (!ledger_.is_open()) return ErrorCode::kEnvelopeNotOpen;
    parents_ = ChooseParents(ledger_.fold(), kid);
    if (IsForRecipientDevice(body_.type)) body_.recipient = author_.recipient;
    // Whether it is possible at all comes first: nobody wants to hear about a missing member of what cannot be done.
    CS_TRY(Ask(kid, Question::Scope::kAct));
    CS_TRY(Describe());
    CS_TRY(Ask(kid, Question::Scope::kWhole));
    return Finish(kid);
  }

  // `at all`: the command says nothing but what to do.
  Result<void> AskAtAll() {
    body_.type = CS_TRY(ParseVerb(command_));
    if (body_.type == EventType::kEnvelopeCreated) {
      if (ledger_.is_open()) return ErrorCode::kEnvelopeAlreadyOpen;
      return {};
    }
    if (!ledger_.is_open()) return ErrorCode::kEnvelopeNotOpen;
    const KeyId kid = crypto::Thumbprint(author_.key);
    parents_ = ChooseParents(ledger_.fold(), kid);
    if (IsForRecipientDevice(body_.type)) body_.recipient = author_.recipient;
    if (const Value* recipient = command_.Find("recipient"); recipient != nullptr && recipient->is_string()) {
      body_.recipient = recipient->string_value();
    } else if (body_.type == EventType::kDeliveryRecorded && !ledger_.fold().facts().recipients.empty()) {
      body_.recipient = ledger_.fold().facts().recipients[0].id;
    }
    return Ask(kid, Question::Scope::kAct);
  }

 private:
  const Facts& facts() const { return ledger_.fold().facts(); }
  const Resolution& now() const { return ledger_.fold().Now(); }

  Result<void> Ask(const KeyId& kid, Question::Scope scope) const {
    if (scope == Question::Scope::kAct && body_.type == EventType::kDeliveryRecorded && body_.recipient.empty()) return {};
    Question question{kid, context_.at, body_, scope, nullptr, nullptr, nullptr};
    if (body_.type == EventType::kRevisionPublished && scope == Question::Scope::kWhole) {
      question.routing = &routing_;
      question.fields = &fields_;
    }
    if (const auto code = ledger_.fold().Ask(parents_.All(), question)) return *code;
    return {};
  }

  // ---- details: read from the command, written into a blob of their own ----

  void Note(std::string_view name, bool required) {
    std::string text;
    if (required) {
      c_.Text(name, &text, IsNote);
    } else {
      c_.OptionalText(name, &text, IsNote);
    }
    if (!text.empty()) detail_.push_back({std::string(name), Value::String(text)});
  }

  // A member object of required and optional texts, taken as it stands.
  template <size_t kRequired, size_t kOptional>
  void NoteObject(std::string_view name, const std::string_view (&required)[kRequired],
                  const std::string_view (&optional)[kOptional]) {
    c_.Object(name, [&](Codec& inner) {
      json::Object members;
      const auto keep = [&](std::string_view member, const std::string& text) {
        if (!text.empty()) members.push_back({std::string(member), Value::String(text)});
      };
      for (std::string_view member : required) {
        std::string text;
        inner.Text(member, &text, IsNote);
        keep(member, text);
      }
      for (std::string_view member : optional) {
        std::string text;
        inner.OptionalText(member, &text, IsNote);
        keep(member, text);
      }
      detail_.push_back({std::string(name), Value::Make(std::move(members))});
    });
  }

  Result<Hash> AddBlob(std::string bytes) {
    const Hash ref = log::ReferTo(AsBytes(bytes));
    blobs_.push_back({ItemKind::kBlob, ref.ToBase64Url(), Bytes(bytes.begin(), bytes.end())});
    return ref;
  }
  Result<Hash> AddDetail(json::Object content, const Salt& salt) {
    return AddBlob(CS_TRY(log::WriteDetail(Value::Make(std::move(content)), salt)));
  }

  // ---- commands ----

  void DescribeCreate() {
    Genesis& genesis = body_.genesis.emplace();
    genesis.owner = author_.key;
    Note("title", true);
    static constexpr std::string_view kSender[] = {"name"};
    static constexpr std::string_view kMore[] = {"organisation", "contact"};
    NoteObject("sender", kSender, kMore);
    std::optional<PublicKey> recovery;
    c_.OptionalFixed("recovery", &recovery);
    genesis.recovery = recovery;
    if (c_.Present("services")) {
      c_.Object("services", [&](Codec& inner) {
        for (int i = 0; i <= static_cast<int>(ServiceRole::kRecords); ++i) {
          const ServiceRole role = static_cast<ServiceRole>(i);
          if (!inner.Present(ServiceRoleName(role))) continue;
          std::vector<PublicKey> keys;
          inner.FixedList(ServiceRoleName(role), &keys, Codec::Order::kAny, kMaxServiceKeys);
          for (const PublicKey& key : keys) genesis.services.push_back({role, key});
        }
      });
    }
    if (c_.Present("tiePolicy")) c_.Enum("tiePolicy", &genesis.tie_policy, kTiePolicies);
    if (c_.Present("acceptance")) c_.Enum("acceptance", &genesis.acceptance, kAcceptances);
    if (c_.Present("deadlinePolicy")) c_.Enum("deadlinePolicy", &genesis.deadline_policy, kDeadlinePolicies);
    c_.OptionalText("workspace", &genesis.workspace);
    static constexpr std::string_view kRelations[] = {"amends", "renews", "replaces"};
    if (c_.Present("relatesTo")) {
      c_.Objects("relatesTo", &genesis.relates_to, 1, kMaxRelations, [](Codec& inner, Relation* relation) {
        inner.Fixed("env", &relation->envelope);
        inner.Word("how", &relation->how, kRelations);
      });
    }
    c_.OptionalFixed("keyCommitment", &genesis.key_commitment);
  }

  Result<void> Describe() {
    switch (body_.type) {
      case EventType::kRevisionPublished:
        return DescribeRevision();
      case EventType::kRecipientInvited: {
        c_.Text("recipient", &body_.recipient, IsRecipientId);
        c_.Text("role", &body_.role, IsName);
        static constexpr std::string_view kTypes[] = {"signer", "viewer", "copy"};
        c_.Enum("recipientType", &body_.recipient_type, kTypes);
        int64_t order = 1;
        c_.Int("order", &order, 1, kMaxOrder);
        body_.order = static_cast<int>(order);
        c_.Fixed("invitation", &body_.key);
        Note("name", true);
        Note("contact", false);
        break;
      }
      case EventType::kRecipientJoined: {
        body_.key = author_.key;
        c_.Fixed("proof", &body_.proof);
        static constexpr std::string_view kAgent[] = {"userAgent"};
        static constexpr std::string_view kLabel[] = {"label"};
        NoteObject("device", kAgent, kLabel);
        break;
      }
      case EventType::kRecipientAccepted:
        c_.Text("recipient", &body_.recipient, IsRecipientId);
        c_.Fixed("join", &body_.join);
        break;
      case EventType::kEnvelopeSent:
      case EventType::kEnvelopeCompleted:
      case EventType::kEnvelopeExpired:
        DescribeFromState();
        break;
      case EventType::kEnvelopeVoided:
      case EventType::kRecipientDeclined:
        Note("reason", false);
        break;
      case EventType::kDeliveryRecorded: {
        static constexpr std::string_view kChannels[] = {"link", "email", "sms"};
        static constexpr std::string_view kOutcomes[] = {"sent", "delivered", "bounced"};
        c_.Text("recipient", &body_.recipient, IsRecipientId);
        c_.Word("channel", &body_.word, kChannels);
        c_.Word("outcome", &body_.outcome, kOutcomes);
        Note("to", false);
        break;
      }
      case EventType::kDocumentPresented:
        c_.Fixed("text", &body_.text);
        c_.Fixed("rendering", &body_.rendering);
        c_.Text("locale", &body_.locale);
        c_.Object("reached", [this](Codec& inner) {
          inner.Int("units", &body_.reached_units, 0, json::kMaxInt);
          inner.Int("of", &body_.reached_of, 0, json::kMaxInt);
        });
        break;
      case EventType::kAccessDemonstrated:
        c_.Text("code", &body_.code);
        break;
      case EventType::kConsentGiven:
        if (const Value* consent = c_.Get("consent")) body_.consent = CS_TRY(ParseConsentIdentity(*consent, "/consent"));
        break;
      case EventType::kFieldsCommitted:
        CS_TRY(DescribeValues());
        break;
      case EventType::kRecipientSigned:
        CS_TRY(DescribeSignature());
        break;
      case EventType::kCopyDelivered: {
        static constexpr std::string_view kForms[] = {"html", "bundle", "print"};
        c_.Word("form", &body_.word, kForms);
        c_.OptionalFixed("sha256", &body_.sha256);
        break;
      }
      case EventType::kEnvelopeCreated:
        break;
    }
    CS_TRY(c_.Finish());
    if (body_.recipient != "" && IsForRecipientDevice(body_.type) && now().revision != nullptr &&
        body_.type != EventType::kRecipientJoined) {
      body_.revision = now().revision->hash;
      if (body_.statement) body_.statement->revision = body_.revision;
    }
    return {};
  }

  // sent, completed, expired: everything they say follows from the log.
  void DescribeFromState() {
    if (now().revision == nullptr) return;
    if (body_.type == EventType::kEnvelopeExpired) {
      body_.deadline_at = now().revision->inputs.deadline_at;
      return;
    }
    body_.revision = now().revision->hash;
    if (body_.type == EventType::kEnvelopeSent) return;
    const Fold& fold = ledger_.fold();
    std::vector<EventId> tops = parents_.All();
    const KeyId kid = crypto::Thumbprint(author_.key);
    auto sealable = FindSealable(fold.ViewOf(tops), now(), kid);
    if (!sealable) return;  // the rules refuse it
    tops.insert(tops.end(), sealable->signatures.begin(), sealable->signatures.end());
    body_.signatures = std::move(sealable->signatures);
    body_.revision = sealable->revision;
    body_.text = sealable->text;
    const std::vector<EventId> past = facts().causality.PastOf(tops);
    body_.past = log::HashPast(past);
    body_.count = static_cast<int64_t>(past.size());
  }

  Result<void> NeedBlob(const Hash& ref, std::string_view what) const {
    if (!ledger_.blobs().Has(ref)) return Error(ErrorCode::kEnvelopeBlobMissing, what);
    return {};
  }

  Result<void> DescribeRevision() {
    RevisionInputs& inputs = body_.inputs.emplace();
    c_.Object("template", [&](Codec& inner) {
      inner.Text("id", &inputs.template_identity.id);
      inner.Text("version", &inputs.template_identity.version);
      inner.Fixed("source", &inputs.template_identity.source);
      inner.Fixed("compiled", &inputs.template_identity.compiled);
    });
    if (c_.Present("library")) c_.FixedList("library", &inputs.library, Codec::Order::kAny, kMaxBodyList);
    if (c_.Present("attachments")) c_.FixedList("attachments", &inputs.attachments, Codec::Order::kAny, kMaxBodyList);
    if (const Value* consent = c_.Get("consent")) {
      inputs.consent = CS_TRY(ParseConsentIdentity(*consent, "/consent"));
    }
    c_.OptionalText("deadlineAt", &inputs.deadline_at);
    c_.Text("locale", &inputs.locale);
    const Value* values = c_.Get("values");
    const Value* fields = c_.Get("fields");
    const Value* routing = c_.Present("routing") ? c_.Get("routing") : nullptr;
    if (c_.Present("changes")) {
      const Value* changes = c_.Get("changes");
      if (!changes->is_array() || changes->items().size() > kMaxChanges) c_.Fail(ErrorCode::kSchemaWrongType, "changes");
      detail_.push_back({"changes", *changes});
    }
    Note("why", false);
    CS_TRY(c_.Finish());
    if (!values->is_object()) return Error(ErrorCode::kSchemaWrongType, {}, "/values");
    inputs.values = CS_TRY(AddDetail({{"values", *values}}, context_.values_salt));
    CS_TRY(TakeFields(*fields, &inputs.fields));
    CS_TRY(TakeRouting(routing, &inputs.routing));
    CS_TRY(NeedBlob(inputs.template_identity.source, "template source"));
    CS_TRY(NeedBlob(inputs.template_identity.compiled, "compiled template"));
    CS_TRY(NeedBlob(inputs.consent.text, "consent text"));
    for (const Hash& attachment : inputs.attachments) CS_TRY(NeedBlob(attachment, "attachment"));
    body_.revision = RevisionHash(inputs);
    const View view = ledger_.fold().ViewOf(parents_.All());
    for (const RevisionFact& revision : facts().revisions) {
      if (view.Sees(revision.place)) body_.number = std::max(body_.number, revision.number);
    }
    ++body_.number;
    // The bodies that go into the log are read as strictly as those that come out of it.
    CS_TRY(ParseRevisionInputs(WriteRevisionInputs(inputs), ""));
    return {};
  }

  Result<void> TakeFields(const Value& fields, Hash* ref) {
    if (fields.is_array()) {
      json::Array sorted = fields.items();
      const auto id_of = [](const Value& field) {
        const Value* id = field.Find("id");
        return id != nullptr && id->is_string() ? std::string_view(id->string_value()) : std::string_view();
      };
      std::sort(sorted.begin(), sorted.end(), [&](const Value& a, const Value& b) { return id_of(a) < id_of(b); });
      const std::string blob = json::Write(Value::Make(
          {{"format", Value::String("countersign-fields/v1")}, {"fields", Value::List(std::move(sorted))}}));
      fields_ = CS_TRY(ParseFields(AsBytes(blob)));
      *ref = CS_TRY(AddBlob(blob));
      return {};
    }
    *ref = CS_TRY(ReadRef(fields, "/fields"));
    CS_TRY(NeedBlob(*ref, "field definitions"));
    fields_ = CS_TRY(ParseFields(*ledger_.blobs().Find(*ref)));
    return {};
  }

  Result<void> TakeRouting(const Value* routing, Hash* ref) {
    if (routing != nullptr && !routing->is_array()) {
      *ref = CS_TRY(ReadRef(*routing, "/routing"));
      CS_TRY(NeedBlob(*ref, "routing"));
      routing_ = CS_TRY(ParseRouting(*ledger_.blobs().Find(*ref)));
      return {};
    }
    std::string blob;
    if (routing != nullptr) {
      json::Array entries = routing->items();
      std::sort(entries.begin(), entries.end(), [](const Value& a, const Value& b) { return json::Write(a) < json::Write(b); });
      blob = json::Write(Value::Make({{"format", Value::String("countersign-routing/v1")},
                                      {"recipients", Value::List(std::move(entries))}}));
      routing_ = CS_TRY(ParseRouting(AsBytes(blob)));
    } else {
      const View view = ledger_.fold().ViewOf(parents_.All());
      for (const RecipientFacts& recipient : facts().recipients) {
        if (const InviteFact* invite = CurrentInvite(view, recipient)) {
          routing_.push_back({recipient.id, invite->order, invite->type, invite->role});
        }
      }
      blob = WriteRouting(routing_);
    }
    *ref = CS_TRY(AddBlob(std::move(blob)));
    return {};
  }

  static Result<Hash> ReadRef(const Value& value, std::string_view path) {
    if (!value.is_string()) return Error(ErrorCode::kSchemaWrongType, {}, path);
    auto ref = Hash::FromBase64Url(value.string_value());
    if (!ref) return std::move(ref.error()).Under(path);
    return *ref;
  }

  // The detail of an event that is here, if its blob is.
  std::optional<Value> DetailOf(Place place) const {
    const std::optional<Hash>& ref = facts().events[place].detail;
    const Bytes* blob = ref ? ledger_.blobs().Find(*ref) : nullptr;
    if (blob == nullptr) return std::nullopt;
    auto detail = log::ReadDetail(AsText(*blob));
    if (!detail) return std::nullopt;
    return std::move(*detail);
  }

  // A committed value and the salt of its detail; none where the detail is not here.
  struct Committed {
    Value value;
    Salt salt;
  };
  std::optional<Committed> CommittedValue(const std::string& field) const {
    const RecipientFacts* own = facts().Find(body_.recipient);
    const View view = ledger_.fold().ViewOf(parents_.All());
    const FieldState state =
        StateOfField(view, *own, CurrentInvite(view, *own)->place, now().revision->hash, field);
    if (state.newest == nullptr) return std::nullopt;
    const std::optional<Value> detail = DetailOf(state.newest->place);
    const Value* values = detail ? detail->Find("values") : nullptr;
    const Value* value = values != nullptr ? values->Find(field) : nullptr;
    if (value == nullptr) return std::nullopt;
    auto salt = Salt::FromBase64Url(detail->Find("salt")->string_value());
    if (!salt) return std::nullopt;
    return Committed{*value, *salt};
  }

  Result<void> DescribeValues() {
    const Value* values = c_.Get("values");
    if (values == nullptr) return {};
    if (!values->is_object()) return Error(ErrorCode::kSchemaWrongType, {}, "/values");
    if (values->members().empty() || values->members().size() > kMaxBodyList) {
      return Error(ErrorCode::kSchemaBadValue, {}, "/values");
    }
    json::Object was;
    for (const json::Member& member : values->members()) {
      body_.fields.push_back(member.name);
      if (auto before = CommittedValue(member.name)) was.push_back({member.name, std::move(before->value)});
    }
    detail_.push_back({"values", *values});
    detail_.push_back({"was", Value::Make(std::move(was))});
    return {};
  }

  Result<void> DescribeSignature() {
    Statement& s = body_.statement.emplace();
    s.documents.resize(1);
    c_.Object("document", [&](Codec& inner) {
      inner.Fixed("sha256", &s.documents[0].text);
      inner.Int("size", &s.documents[0].size, 0, json::kMaxInt);
    });
    c_.Object("evaluation", [&](Codec& inner) {
      inner.Text("engine", &s.engine);
      inner.Text("version", &s.engine_version);
      inner.Fixed("inputs", &s.inputs);
      inner.Fixed("output", &s.output);
      inner.Fixed("trace", &s.trace);
    });
    c_.Object("locale", [&](Codec& inner) {
      inner.Text("contract", &s.contract_locale);
      inner.Text("interface", &s.interface_locale);
    });
    c_.Text("timeZone", &s.time_zone);
    c_.Object("intent", [&](Codec& inner) {
      static constexpr std::string_view kGestures[] = {"tap", "hold", "key"};
      inner.Text("text", &s.intent_text);
      inner.Word("gesture", &s.intent_gesture, kGestures);
    });
    c_.Object("rendering", [&](Codec& inner) { inner.Fixed("text", &s.rendering); });
    c_.Object("core", [&](Codec& inner) {
      inner.Text("name", &s.core_name);
      inner.Text("version", &s.core_version);
    });
    c_.Object("mark", [&](Codec& inner) {
      std::string text;
      inner.Word("kind", &s.mark_kind, kMarks);
      inner.OptionalText("text", &text, IsNote);
      if (inner.Present("strokes")) (void)inner.Get("strokes");
    });
    const Value* mark = c_.Get("mark");
    Note("name", true);
    CS_TRY(c_.Finish());
    s.mark = HashMark(*mark);
    detail_.push_back({"mark", *mark});
    s.consent = now().revision->inputs.consent;
    const View view = ledger_.fold().ViewOf(parents_.All());
    const RecipientFacts* own = facts().Find(body_.recipient);
    for (const FieldEntry& field : now().revision->fields) {
      if (field.recipient != body_.recipient) continue;
      const Place invite = CurrentInvite(view, *own)->place;
      if (StateOfField(view, *own, invite, now().revision->hash, field.id).newest == nullptr) continue;
      const auto committed = CommittedValue(field.id);
      if (!committed) return Error(ErrorCode::kEnvelopeBlobMissing, field.id);
      s.fields.push_back({field.id, CommitField(field.id, committed->salt, committed->value)});
    }
    CS_TRY(ParseStatement(WriteStatement(s), "/statement"));
    return {};
  }

  Result<Draft> Finish(const KeyId& kid) {
    if (!detail_.empty()) body_.detail = CS_TRY(AddDetail(std::move(detail_), context_.detail_salt));
    const Value body = WriteBody(body_);
    CS_TRY(ParseBody(body_.type, body));  // nothing leaves that would not come back in
    log::EventDraft event;
    event.at = context_.at;
    event.body = body;
    event.chain = context_.chain;
    event.salt = context_.salt;
    event.seq = context_.seq;
    event.type = std::string(EventTypeName(body_.type));
    if (ledger_.is_open()) event.env = facts().id(0);
    event.prev = parents_.prev;
    event.seen = parents_.seen;
    log::PreparedEvent prepared = CS_TRY(log::Prepare(std::move(event), kid));
    Draft draft;
    draft.id = prepared.id;
    draft.type = body_.type;
    draft.signing_input = std::move(prepared.signing_input);
    draft.blobs = std::move(blobs_);
    draft.author = author_;
    draft.prev = parents_.prev;
    draft.basis = ledger_.is_open() ? ledger_.fold().decisions() : 0;
    return draft;
  }

  const Ledger& ledger_;
  const Author& author_;
  const Value& command_;
  const Context& context_;
  Codec c_;
  Parents parents_;
  EventBody body_;
  json::Object detail_;
  std::vector<Item> blobs_;
  std::vector<RoutingEntry> routing_;
  std::vector<FieldEntry> fields_;
};

// True where the object says nothing but what to do, and for whom.
bool OnlyAsks(const Value& command) {
  for (const json::Member& member : command.members()) {
    if (member.name != "do" && member.name != "recipient") return false;
  }
  return true;
}

}  // namespace

Result<Draft> Prepare(const Ledger& ledger, const Author& author, const json::Value& command, const Context& context) {
  if (!command.is_object()) return ErrorCode::kSchemaWrongType;
  return Preparation(ledger, author, command, context).Run();
}

Result<std::vector<Item>> Commit(const Ledger& ledger, const Draft& draft, const Signature& signature) {
  const std::string stored = log::Attach({draft.id, draft.signing_input}, signature);
  log::Event event = CS_TRY(log::Event::Parse(stored));
  const PublicKey key = CS_TRY(crypto::AdmitKey(draft.author.key.view()));
  CS_TRY(log::VerifiedEvent::Verify(std::move(event), key));
  if (draft.type == EventType::kEnvelopeCreated) {
    if (ledger.is_open()) return ErrorCode::kEnvelopeStale;
  } else {
    if (!ledger.is_open()) return ErrorCode::kEnvelopeNotOpen;
    const Fold& fold = ledger.fold();
    if (fold.decisions() != draft.basis || NewestOf(fold.facts(), crypto::Thumbprint(key)) != draft.prev) {
      return ErrorCode::kEnvelopeStale;
    }
  }
  std::vector<Item> items = draft.blobs;
  const ByteView bytes = AsBytes(stored);
  items.push_back({ItemKind::kEvent, draft.id.ToBase64Url(), Bytes(bytes.begin(), bytes.end())});
  return items;
}

std::optional<ErrorCode> Can(const Ledger& ledger, const Author& author, const json::Value& command, int64_t at) {
  if (!command.is_object()) return ErrorCode::kSchemaWrongType;
  Context context;
  context.at = at;
  Preparation preparation(ledger, author, command, context);
  if (OnlyAsks(command)) {
    const Result<void> asked = preparation.AskAtAll();
    return asked ? std::nullopt : std::optional<ErrorCode>(asked.error().code());
  }
  const Result<Draft> prepared = preparation.Run();
  return prepared ? std::nullopt : std::optional<ErrorCode>(prepared.error().code());
}

}  // namespace countersign::envelope
