// Events become facts, in any order in which their parents come first: see fold.h.
// Long because every kind of fact is added here, by the one place that knows what took effect.
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

const RecipientFacts* Facts::Find(std::string_view recipient) const {
  return FindSorted(recipients, &RecipientFacts::id, recipient);
}

RecipientFacts& Facts::FindOrAdd(std::string_view recipient) {
  auto at = recipients.begin() + PlaceOf(recipients, &RecipientFacts::id, recipient);
  if (at == recipients.end() || at->id != recipient) {
    at = recipients.insert(at, RecipientFacts());
    at->id = String(recipient);
  }
  return *at;
}

size_t Facts::HeldBy(const View& view, std::optional<ServiceRole> role, const KeyId& key) const {
  // What gives a key stands while its author stood, and so on back to the genesis or the recovery
  // key.
  const auto stands = [&](size_t i) {
    for (; i != KeyChange::kRoot; i = key_changes[i].through) {
      const KeyChange& given = key_changes[i];
      const auto sees = [&](Place place) { return view.Sees(place); };
      if (!sees(given.place)) return false;
      if (given.through != KeyChange::kRoot &&
          std::any_of(given.against.begin(), given.against.end(), sees)) {
        return false;
      }
    }
    return true;
  };
  size_t latest = KeyChange::kRoot;
  for (size_t i = 0; i < key_changes.size(); ++i) {
    const KeyChange& given = key_changes[i];
    if (!given.Gives() || given.role != role || given.key != key || !stands(i)) continue;
    const bool taken =
        std::any_of(key_changes.begin(), key_changes.end(), [&](const KeyChange& change) {
          return change.Takes(role, key) && view.Sees(change.place) &&
                 !Before(change.place, given.place);
        });
    if (!taken && (latest == KeyChange::kRoot || Later(given.place, key_changes[latest].place)))
      latest = i;
  }
  return latest;
}

bool Facts::IsOfOwnersChain(Place place) const {
  return std::binary_search(owner_chain.begin(), owner_chain.end(), place);
}

bool Facts::EverHeld(std::optional<ServiceRole> role, const KeyId& key) const {
  return std::any_of(key_changes.begin(), key_changes.end(), [&](const KeyChange& change) {
    return change.role == role && change.key == key && change.how != KeyChange::How::kRemoved;
  });
}

View::View(const Facts& facts, bool all, Vector<Place> tops, Tops tops_are)
    : facts_(&facts),
      all_(all),
      tops_are_(tops_are),
      hides_(!facts.revocations.empty() || !facts.merges.empty()),
      tops_(std::move(tops)) {
  // Only a later one gives up a merge: they stand in the order of application.
  merges_.resize((facts.merges.size() + 63) / 64);
  for (size_t i = facts.merges.size(); i-- > 0;) {
    const Place merge = facts.merges[i].place;
    if (Reaches(merge) && !GivesUp(merge)) merges_[i / 64] |= uint64_t{1} << (i % 64);
  }
}

bool View::GivesUp(Place place) const {
  if (merges_.empty()) return false;
  const Vector<Place>& chain = facts_->owner_chain;
  const auto at = std::lower_bound(chain.begin(), chain.end(), place);
  if (at == chain.end() || *at != place) return false;
  const Vector<uint64_t>& by = facts_->given_up[static_cast<size_t>(at - chain.begin())];
  for (size_t i = 1; i < by.size(); ++i) {
    if ((by[i] & merges_[static_cast<size_t>(by[0]) + i - 1]) != 0) return true;
  }
  return false;
}

bool View::Hides(Place place) const {
  const Facts& facts = *facts_;
  const Occurrence& event = facts.events[place];
  if (facts.IsOfOwnersChain(place)) return GivesUp(place);
  const bool declines = event.type == EventType::kRecipientDeclined;
  const bool is_mark = declines || event.type == EventType::kRecipientSigned ||
                       event.type == EventType::kRecipientApproved ||
                       event.type == EventType::kApprovalGranted;
  for (const Revocation& revocation : facts.revocations) {
    if (event.author != revocation.device || event.recipient != revocation.recipient || declines ||
        (is_mark && revocation.ByOwner()) || !Counts(revocation)) {
      continue;
    }
    const bool kept =
        std::any_of(revocation.heads.begin(), revocation.heads.end(),
                    [&](Place head) { return head == place || facts.Before(place, head); });
    if (!kept) return true;
  }
  return false;
}

size_t Facts::RecordAt(Place place) const {
  const auto at = std::lower_bound(records.begin(), records.end(), place,
                                   [](const RecordFact& a, Place b) { return a.place < b; });
  return static_cast<size_t>(at - records.begin());
}

const RecordFact* Facts::FindRecord(const View& view, EventType type, const EventId& event) const {
  const auto place = causality.PlaceOf(event);
  if (!place || events[*place].type != type || events[*place].code || !view.Sees(*place))
    return nullptr;
  return &records[RecordAt(*place)];
}

bool Facts::IsSettled(const View& view, const RecordFact& record) {
  return std::any_of(record.settled_by.begin(), record.settled_by.end(),
                     [&](Place place) { return view.Sees(place); });
}

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

void Fold::Decide(Place place) {
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
      return Decide(place);
    }
    case EventType::kEnvelopeSent:
      facts_.sent.push_back(place);
      return Decide(place);
    case EventType::kEnvelopeVoided:
    case EventType::kEnvelopeExpired:
      facts_.ends.push_back(
          {place, body.type == EventType::kEnvelopeVoided ? Status::kVoided : Status::kExpired,
           before.status == Status::kFrozen, body.deadline_at});
      return Decide(place);
    case EventType::kEnvelopeCompleted: {
      const char* role = by_owner ? "owner" : facts_.recovery == author ? "recovery" : "completer";
      facts_.completions.push_back(
          {place, role, body.revision, body.text, body.signatures, body.count});
      return Decide(place);
    }
    case EventType::kOwnerMerged:
      AddMerge({place, *facts_.causality.PlaceOf(body.about)});
      return Decide(place);
    case EventType::kOwnerDeviceAdded:
    case EventType::kOwnerHandedOver:
      AddKey(body.key);
      AddKeyChange({place, std::nullopt, crypto::Thumbprint(body.key),
                    body.type == EventType::kOwnerHandedOver ? KeyChange::How::kHandedOver
                                                             : KeyChange::How::kAdded},
                   view);
      return Decide(place);
    case EventType::kOwnerDeviceRevoked:
      AddKeyChange({place, std::nullopt, body.device, KeyChange::How::kRemoved}, view);
      return Decide(place);
    case EventType::kServiceKeyChanged:
      AddKey(body.key);
      AddKeyChange({place, ServiceRoleOf(body.role), crypto::Thumbprint(body.key),
                    body.outcome == "added" ? KeyChange::How::kAdded : KeyChange::How::kRemoved},
                   view);
      return Decide(place);
    case EventType::kDeviceRevoked: {
      Revocation revocation{place, body.recipient, body.device, {}};
      for (const EventId& head : body.heads)
        revocation.heads.push_back(*facts_.causality.PlaceOf(head));
      if (by_owner) revocation.heads.push_back(place);
      facts_.revocations.push_back(std::move(revocation));
      return Decide(place);
    }
    case EventType::kApprovalRequested:
    case EventType::kApprovalRefused:
      facts_.approvals.push_back({place, CurrentInvite(view, *facts_.Find(body.recipient))->place,
                                  body.type, body.recipient, body.revision});
      return Decide(place);
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
      return Decide(place);
    case EventType::kRecipientReplaced: {
      InviteFact invite = *CurrentInvite(view, recipient);
      invite.place = place;
      invite.key = body.key;
      invite.for_another = true;
      recipient.invites.push_back(std::move(invite));
      return Decide(place);
    }
    case EventType::kRecipientRemoved:
      recipient.removals.push_back(place);
      return Decide(place);
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
      return Decide(place);
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
      return Decide(place);
    case EventType::kRecipientDeclined:
      recipient.marks.push_back({act, Hash(), MarkFact::Kind::kDecline});
      return Decide(place);
    case EventType::kApprovalGranted:
    case EventType::kRecipientApproved:
      if (body.type == EventType::kApprovalGranted)
        facts_.approvals.push_back({place, act.invite, body.type, body.recipient, body.revision});
      recipient.marks.push_back({act, Hash(), MarkFact::Kind::kApproval});
      return Decide(place);
    case EventType::kConsentWithdrawn:
      Decide(place);
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
