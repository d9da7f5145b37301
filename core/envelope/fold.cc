// Events become facts, in any order in which their parents come first: see fold.h.
#include "envelope/fold.h"

#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"

namespace countersign::envelope {
namespace {

// True if the event is of this type and its body could be read.
bool ReadIf(const log::Event& event, EventType type, EventBody* body) {
  return event.type == EventTypeName(type) && ReadBody(type, event.body, body).has_value();
}

// What a State lists as it was said (FORMAT.md section 10, "Records").
bool IsRecord(EventType type) {
  return type >= EventType::kCommentAdded && type <= EventType::kKeyWrapped &&
         type != EventType::kConsentWithdrawn;
}

// Acts of the owner's chain, two of which exclude each other where neither knew the other.
bool IsOfChain(EventType type, bool by_owner) {
  switch (type) {
    case EventType::kRevisionPublished:
    case EventType::kRecipientInvited:
    case EventType::kRecipientAccepted:
    case EventType::kEnvelopeSent:
    case EventType::kOwnerDeviceAdded:
    case EventType::kOwnerDeviceRevoked:
    case EventType::kOwnerHandedOver:
    case EventType::kOwnerMerged:
    case EventType::kServiceKeyChanged:
    case EventType::kApprovalRequested:
    case EventType::kRecipientRemoved:
    case EventType::kRecipientReplaced:
    case EventType::kAccessGranted:
      return true;
    case EventType::kEnvelopeVoided:
    case EventType::kEnvelopeExpired:
    case EventType::kDeviceRevoked:
      return by_owner;
    default:
      return false;
  }
}

struct IdBefore {
  bool operator()(const log::AuthorKey& key, const KeyId& id) const { return key.id() < id; }
};

}  // namespace

Fold::Fold(log::Causality causality, ProofCheck check_proof)
    : facts_(std::move(causality)), check_proof_(check_proof) {}

Result<Fold> Fold::Begin(const log::VerifiedEvent& genesis, ProofCheck check_proof) {
  Fold fold(CS_TRY(log::Causality::Begin(genesis)), check_proof);
  const EventType type = CS_TRY(ParseEventType(genesis->type));
  if (type != EventType::kEnvelopeCreated) return ErrorCode::kEventNotPermitted;
  EventBody body;
  CS_TRY(ReadBody(type, genesis->body, &body));
  Facts& facts = fold.facts_;
  facts.genesis = *body.genesis;
  facts.owner = crypto::Thumbprint(facts.genesis.owner);
  if (facts.owner != genesis->author) return ErrorCode::kEventNotPermitted;
  fold.AddKey(facts.genesis.owner);
  facts.key_changes.push_back({0, std::nullopt, facts.owner});
  if (facts.genesis.recovery) {
    facts.recovery = crypto::Thumbprint(*facts.genesis.recovery);
    fold.AddKey(*facts.genesis.recovery);
  }
  for (const ServiceKey& service : facts.genesis.services) {
    facts.key_changes.push_back({0, service.role, crypto::Thumbprint(service.key)});
    fold.AddKey(service.key);
  }
  Occurrence created;
  created.id = genesis->id;
  created.author = genesis->author;
  created.at = genesis->at;
  created.type = type;
  created.detail = body.detail;
  facts.events.push_back(std::move(created));
  if (body.detail) facts.AddContent(0, *body.detail);
  return fold;
}

Vector<EventId> Fold::NamedParents(const log::Event& event) {
  EventBody body;
  if (!ReadIf(event, EventType::kEnvelopeCompleted, &body)) return {};
  return std::move(body.signatures);
}

Vector<Hash> Fold::NeededBlobs(const log::Event& event) {
  EventBody body;
  if (!ReadIf(event, EventType::kRevisionPublished, &body)) return {};
  return {body.inputs->fields, body.inputs->routing};
}

std::optional<PublicKey> Fold::IntroducedKey(const log::Event& event) {
  EventBody body;
  if (!ReadIf(event, EventType::kRecipientJoined, &body)) return std::nullopt;
  return body.key;
}

void Fold::AddKey(const PublicKey& key) {
  const log::AuthorKey added(key);
  const auto at = std::lower_bound(keys_.begin(), keys_.end(), added.id(), IdBefore());
  if (at == keys_.end() || at->id() != added.id()) keys_.insert(at, added);
}

const log::AuthorKey* Fold::FindKey(const KeyId& key) const {
  const auto at = std::lower_bound(keys_.begin(), keys_.end(), key, IdBefore());
  return at != keys_.end() && at->id() == key ? &*at : nullptr;
}

const Resolution& Fold::Now() const {
  if (!cache_.now) cache_.now.reset(new Resolution(Resolve(View::All(facts_))));
  return *cache_.now;
}

bool Fold::SeesAllDecisions(const View& view) const {
  return std::all_of(decision_heads_.begin(), decision_heads_.end(),
                     [&](Place place) { return view.Reaches(place); });
}

void Fold::NoteDecision(Place place) {
  EraseIf(decision_heads_, [&](Place head) { return facts_.Before(head, place); });
  decision_heads_.push_back(place);
  ++decisions_;
  cache_.now.reset();
}

View Fold::ViewOf(std::span<const EventId> parents) const {
  Vector<Place> tops;
  for (const EventId& parent : parents) {
    if (const auto place = facts_.causality.PlaceOf(parent)) tops.push_back(*place);
  }
  return View::Of(facts_, std::move(tops), View::Tops::kIncluded);
}

std::optional<ErrorCode> Fold::Ask(std::span<const EventId> parents, Question question) const {
  const View view = ViewOf(parents);
  question.check_proof = check_proof_;
  if (SeesAllDecisions(view)) return Judge(view, Now(), question);
  return Judge(view, Resolve(view), question);
}

Result<void> Fold::MayStand(const log::Event& event, const Vector<EventId>& parents) const {
  if (facts_.recovery == event.author) return {};
  const View view = ViewOf(parents);
  for (const KeyChange& change : facts_.key_changes) {
    if (change.key == event.author && view.Sees(change.place)) return {};
  }
  for (const RecipientFacts& recipient : facts_.recipients) {
    for (const JoinFact& join : recipient.joins) {
      if (join.kid == event.author && view.Sees(join.place)) return {};
    }
  }
  if (event.type != EventTypeName(EventType::kRecipientJoined))
    return ErrorCode::kRecipientKeyNotBound;
  EventBody body;
  CS_TRY(ReadBody(EventType::kRecipientJoined, event.body, &body));
  if (const auto code = Ask(parents, {event.author, event.at, body})) return *code;
  return {};
}

Result<Fold::Applied> Fold::Apply(const log::VerifiedEvent& event, const BlobSet& blobs) {
  const auto type = ParseEventType(event->type);
  EventBody said;
  Result<void> read;
  if (type) read = ReadBody(*type, event->body, &said);
  const bool completes = type && read && *type == EventType::kEnvelopeCompleted;
  if (!completes) said.signatures.clear();
  if (!facts_.causality.Contains(event->id) &&
      facts_.causality.Missing(*event, said.signatures).empty()) {
    Vector<EventId> parents = event->Parents();
    parents.insert(parents.end(), said.signatures.begin(), said.signatures.end());
    CS_TRY(MayStand(*event, parents));
  }
  const auto added = CS_TRY(facts_.causality.Add(event, said.signatures));
  if (added == log::Causality::Added::kKnown) {
    return Applied{Applied::Novelty::kKnown,
                   facts_.events[*facts_.causality.PlaceOf(event->id)].code};
  }
  const Place place = static_cast<Place>(facts_.events.size());
  Occurrence occurrence;
  occurrence.id = event->id;
  occurrence.author = event->author;
  occurrence.at = event->at;
  for (Place parent : facts_.causality.ParentsAt(place)) {
    occurrence.depth = std::max(occurrence.depth, facts_.events[parent].depth + 1);
  }
  if (!type) {
    occurrence.type_name = event->type;
    occurrence.code = type.error().code();
  } else {
    occurrence.type = *type;
    if (!read) occurrence.code = read.error().code();
  }
  if (occurrence.code) {
    facts_.events.push_back(std::move(occurrence));
    return Applied{Applied::Novelty::kNew, facts_.events.back().code};
  }
  occurrence.detail = said.detail;
  if (said.detail) facts_.AddContent(place, *said.detail);
  if (said.type == EventType::kFieldsCommitted) {
    for (const Hash& ref : said.details) facts_.AddContent(place, ref);
  }
  occurrence.recipient = said.recipient;

  Vector<RoutingEntry> routing;
  Vector<FieldEntry> fields;
  Question question{event->author, event->at, said,   Question::Scope::kWhole,
                    check_proof_,  nullptr,   nullptr};
  if (said.type == EventType::kRevisionPublished) {
    const Bytes* routing_blob = blobs.Find(said.inputs->routing);
    const Bytes* fields_blob = blobs.Find(said.inputs->fields);
    CS_CHECK(routing_blob != nullptr && fields_blob != nullptr);
    auto read_routing = ParseRouting(*routing_blob);
    auto read_fields = ParseFields(*fields_blob);
    if (read_routing) routing = std::move(*read_routing), question.routing = &routing;
    if (read_fields) fields = std::move(*read_fields), question.fields = &fields;
  }
  const View view = View::PastOf(facts_, place);
  std::unique_ptr<Resolution> other;
  if (!SeesAllDecisions(view)) other.reset(new Resolution(Resolve(view)));
  const Resolution& before = other ? *other : Now();
  occurrence.code = Judge(view, before, question);
  if (!occurrence.code && completes) {
    const Vector<EventId> past = facts_.causality.Past(event->id);
    if (said.count != static_cast<int64_t>(past.size()) || said.past != log::HashPast(past)) {
      occurrence.code = ErrorCode::kCompletionWrongPast;
    }
  }
  const std::optional<ErrorCode> code = occurrence.code;
  facts_.events.push_back(std::move(occurrence));
  if (!code) {
    AddFact(place, event->author, said, view, before, std::move(routing), std::move(fields));
    if (IsRecord(said.type)) {
      if (said.type == EventType::kChangeResolved || said.type == EventType::kHoldReleased) {
        const Place about = *facts_.causality.PlaceOf(said.about);
        facts_.records[facts_.RecordAt(about)].settled_by.push_back(place);
      }
      RecordFact record{place, said.type, said.about, {}, event->body};
      record.said.Remove("detail");
      facts_.records.push_back(std::move(record));
    }
  }
  if (code &&
      (said.type == EventType::kRecipientSigned || said.type == EventType::kRecipientDeclined)) {
    facts_.refused_marks.push_back(
        {place, said.revision, said.statement ? said.statement->documents[0].text : Hash()});
  }
  return Applied{Applied::Novelty::kNew, code};
}

void Fold::AddKeyChange(KeyChange change, const View& view) {
  const KeyId& author = facts_.events[change.place].author;
  change.through = facts_.HeldBy(view, std::nullopt, author);
  for (KeyChange& other : facts_.key_changes) {
    if (!facts_.Unordered(other.place, change.place)) continue;
    if (other.Takes(std::nullopt, author)) change.against.push_back(other.place);
    if (change.Takes(std::nullopt, facts_.events[other.place].author))
      other.against.push_back(change.place);
  }
  facts_.key_changes.push_back(std::move(change));
}

void Fold::AddMerge(const Merge& merge) {
  const uint64_t bit = facts_.merges.size();
  facts_.merges.push_back(merge);
  for (size_t i = 0; i < facts_.owner_chain.size(); ++i) {
    const Place act = facts_.owner_chain[i];
    if (!facts_.Before(act, merge.place) || !facts_.Unordered(act, merge.kept)) continue;
    Vector<uint64_t>& by = facts_.given_up[i];
    if (by.empty()) by.push_back(bit / 64);
    by.resize(std::max(by.size(), static_cast<size_t>(bit / 64 - by[0]) + 2));
    by.back() |= uint64_t{1} << (bit % 64);
  }
}

void Fold::AddFact(Place place, const KeyId& author, const EventBody& body, const View& view,
                   const Resolution& before, Vector<RoutingEntry> routing,
                   Vector<FieldEntry> fields) {
  const bool by_owner = facts_.Holds(view, std::nullopt, author);
  if (IsOfChain(body.type, by_owner)) {
    facts_.owner_chain.push_back(place);
    facts_.given_up.emplace_back();
  }
  switch (body.type) {
    case EventType::kEnvelopeCreated:
      return;
    case EventType::kRevisionPublished: {
      facts_.AddContent(place, body.inputs->values);
      RevisionFact fact{place,        body.revision,      body.number,
                        *body.inputs, std::move(routing), std::move(fields)};
      auto at = std::lower_bound(facts_.revisions.begin(), facts_.revisions.end(), fact,
                                 [&](const RevisionFact& a, const RevisionFact& b) {
                                   return a.number != b.number
                                              ? a.number < b.number
                                              : facts_.id(a.place) < facts_.id(b.place);
                                 });
      facts_.revisions.insert(at, std::move(fact));
      return NoteDecision(place);
    }
    case EventType::kEnvelopeSent:
      facts_.sent.push_back(place);
      return NoteDecision(place);
    case EventType::kEnvelopeVoided:
    case EventType::kEnvelopeExpired:
      facts_.ends.push_back(
          {place, body.type == EventType::kEnvelopeVoided ? Status::kVoided : Status::kExpired,
           before.status == Status::kFrozen, body.deadline_at});
      return NoteDecision(place);
    case EventType::kEnvelopeCompleted: {
      const char* role = by_owner ? "owner" : facts_.recovery == author ? "recovery" : "completer";
      facts_.completions.push_back(
          {place, role, body.revision, body.text, body.signatures, body.count});
      return NoteDecision(place);
    }
    case EventType::kOwnerMerged:
      AddMerge({place, *facts_.causality.PlaceOf(body.about)});
      return NoteDecision(place);
    case EventType::kOwnerDeviceAdded:
    case EventType::kOwnerHandedOver:
      AddKey(body.key);
      AddKeyChange({place, std::nullopt, crypto::Thumbprint(body.key),
                    body.type == EventType::kOwnerHandedOver ? KeyChange::How::kHandedOver
                                                             : KeyChange::How::kAdded},
                   view);
      return NoteDecision(place);
    case EventType::kOwnerDeviceRevoked:
      AddKeyChange({place, std::nullopt, body.device, KeyChange::How::kRemoved}, view);
      return NoteDecision(place);
    case EventType::kServiceKeyChanged:
      AddKey(body.key);
      AddKeyChange({place, ServiceRoleOf(body.role), crypto::Thumbprint(body.key),
                    body.outcome == "added" ? KeyChange::How::kAdded : KeyChange::How::kRemoved},
                   view);
      return NoteDecision(place);
    case EventType::kDeviceRevoked: {
      Revocation revocation{place, body.recipient, body.device, {}};
      for (const EventId& head : body.heads)
        revocation.heads.push_back(*facts_.causality.PlaceOf(head));
      if (by_owner) revocation.heads.push_back(place);
      facts_.revocations.push_back(std::move(revocation));
      return NoteDecision(place);
    }
    case EventType::kApprovalRequested:
    case EventType::kApprovalRefused:
      facts_.approvals.push_back({place, CurrentInvite(view, *facts_.Find(body.recipient))->place,
                                  body.type, body.recipient, body.revision});
      return NoteDecision(place);
    default:
      if (body.recipient.empty()) return;
      break;
  }
  RecipientFacts& recipient = facts_.FindOrAdd(body.recipient);
  switch (body.type) {
    case EventType::kRecipientInvited:
    case EventType::kAccessGranted:
      recipient.invites.push_back(
          {place, body.role, body.recipient_type, body.order, body.key, body.host, false});
      return NoteDecision(place);
    case EventType::kRecipientReplaced: {
      InviteFact invite = *CurrentInvite(view, recipient);
      invite.place = place;
      invite.key = body.key;
      invite.for_another = true;
      recipient.invites.push_back(std::move(invite));
      return NoteDecision(place);
    }
    case EventType::kRecipientRemoved:
      recipient.removals.push_back(place);
      return NoteDecision(place);
    case EventType::kDeviceAdded:
    case EventType::kRecipientJoined:
      recipient.joins.push_back({place,
                                 CurrentInvite(view, recipient)->place,
                                 body.type == EventType::kDeviceAdded,
                                 body.key,
                                 crypto::Thumbprint(body.key),
                                 {}});
      return AddKey(body.key);
    case EventType::kRecipientAccepted:
      for (JoinFact& join : recipient.joins) {
        if (facts_.id(join.place) == body.about) join.accepts.push_back(place);
      }
      return NoteDecision(place);
    case EventType::kDeliveryRecorded:
      return recipient.deliveries.push_back({place, body.outcome});
    default:
      break;
  }
  const Act act{place, CurrentInvite(view, recipient)->place, body.revision};
  switch (body.type) {
    case EventType::kCopyDelivered:
      ++recipient.copies;
      return;
    case EventType::kRecipientSigned:
      recipient.marks.push_back(
          {act, body.statement->documents[0].text, MarkFact::Kind::kSignature});
      return NoteDecision(place);
    case EventType::kRecipientDeclined:
      recipient.marks.push_back({act, Hash(), MarkFact::Kind::kDecline});
      return NoteDecision(place);
    case EventType::kApprovalGranted:
    case EventType::kRecipientApproved:
      if (body.type == EventType::kApprovalGranted)
        facts_.approvals.push_back({place, act.invite, body.type, body.recipient, body.revision});
      recipient.marks.push_back({act, Hash(), MarkFact::Kind::kApproval});
      return NoteDecision(place);
    case EventType::kConsentWithdrawn:
      NoteDecision(place);
      [[fallthrough]];
    case EventType::kDocumentPresented:
    case EventType::kAccessDemonstrated:
    case EventType::kConsentGiven:
    case EventType::kFieldsCommitted:
      recipient.evidence.push_back({act, body.type, body.text, body.rendering, body.locale,
                                    body.reached_units, body.reached_of, body.consent,
                                    body.fields});
      return;
    default:  // a record
      return;
  }
}

}  // namespace countersign::envelope
