#include "envelope/ledger.h"

#include <algorithm>
#include <utility>

#include "base/names.h"
#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/parents.h"
#include "log/waiting.h"

namespace countersign::envelope {
namespace {

bool CheckProof(const PublicKey& invitation, const Hash& challenge, const Signature& proof) {
  auto key = crypto::AdmitKey(invitation.view());
  return key && crypto::VerifySignature(*key, challenge.view(), proof) == crypto::Verdict::kValid;
}

// The key that signed a genesis, out of its own body, once every key it names is fit to be used.
Result<PublicKey> KeyOfGenesis(const log::Event& event) {
  const EventType type = CS_TRY(ParseEventType(event.type));
  if (type != EventType::kEnvelopeCreated) return ErrorCode::kEventNotPermitted;
  EventBody body;
  CS_TRY(ReadBody(type, event.body, &body));
  if (body.genesis->recovery) CS_TRY(crypto::AdmitKey(body.genesis->recovery->view()));
  for (const ServiceKey& service : body.genesis->services)
    CS_TRY(crypto::AdmitKey(service.key.view()));
  return crypto::AdmitKey(body.genesis->owner.view());
}

Receipt Refuse(ErrorCode code, String id = {}) {
  return {Reception::kRefused, code, std::move(id), {}, {}};
}

Result<log::VerifiedEvent> Accept(log::Event event, const log::AuthorKey& key,
                                  const VerifiedNote* noted) {
  return noted != nullptr && *noted == event.verified_note()
             ? log::VerifiedEvent::Remember(std::move(event), key)
             : log::VerifiedEvent::Verify(std::move(event), key);
}

}  // namespace

std::string_view ReceptionName(Reception reception) {
  constexpr Names kNames("admitted|waiting|refused|known");
  return kNames[reception];
}

struct Ledger::Impl {
  std::optional<EventId> expected;
  std::optional<Fold> fold;
  BlobSet blobs;
  Vector<String> stored;  // by place
  log::Orphans orphans;
  log::Quarantine quarantine;
  Vector<log::VerifiedEvent> blocked;  // all parents here, a structural blob is not
  size_t blocked_bytes = 0;
  Vector<std::pair<String, size_t>> counts;  // events per recipient, by id
  size_t most_of_recipient = kMaxEventsPerRecipient;
  mutable std::unique_ptr<State> state;

  Receipt Ingest(std::string_view jws, const VerifiedNote* noted);
  Receipt Begin(const log::Event& event, const VerifiedNote* noted);
  Receipt Place(log::Event event, const VerifiedNote* noted);
  Receipt Admit(const log::VerifiedEvent& event);
  Result<void> Block(const log::VerifiedEvent& event);
  Receipt Again(const log::Event& event);
  void TakeWaiting(Receipt* receipt);

  bool HasBlobs(const log::Event& event) const {
    const Vector<Hash> needed = Fold::NeededBlobs(event);
    return std::all_of(needed.begin(), needed.end(),
                       [&](const Hash& ref) { return blobs.Has(ref); });
  }
  // Whose device wrote it, "" for owner and services.
  String RecipientOf(const log::Event& event) const {
    for (const RecipientFacts& recipient : fold->facts().recipients) {
      for (const JoinFact& join : recipient.joins) {
        if (join.kid == event.author) return recipient.id;
      }
    }
    return {};
  }
  size_t& CountOf(std::string_view recipient) {
    for (auto& [id, count] : counts) {
      if (id == recipient) return count;
    }
    return counts.emplace_back(String(recipient), 0).second;
  }
};

Receipt Ledger::Impl::Ingest(std::string_view jws, const VerifiedNote* noted) {
  auto event = log::Event::Parse(jws);
  if (!event) return Refuse(event.error().code());
  const String id = event->id.ToBase64Url();
  const EventId& envelope = event->is_genesis() ? event->id : *event->env;
  if (expected && envelope != *expected) return Refuse(ErrorCode::kLogWrongEnvelope, id);
  Receipt receipt = Refuse(ErrorCode::kEventNotPermitted, id);
  if (fold && fold->causality().Contains(event->id)) {
    receipt = Again(*event);
  } else if (event->is_genesis()) {
    receipt = Begin(*event, noted);
  } else {
    receipt = Place(std::move(*event), noted);
  }
  receipt.id = id;
  if (receipt.reception == Reception::kAdmitted) TakeWaiting(&receipt);
  return receipt;
}

Receipt Ledger::Impl::Begin(const log::Event& event, const VerifiedNote* noted) {
  auto key = KeyOfGenesis(event);
  if (!key) return Refuse(key.error().code());
  auto verified = Accept(event, *key, noted);
  if (!verified) return Refuse(verified.error().code());
  auto begun = Fold::Begin(*verified, CheckProof);
  if (!begun) return Refuse(begun.error().code());
  fold.emplace(std::move(*begun));
  expected = event.id;
  stored.push_back(event.stored);
  return {Reception::kAdmitted, std::nullopt, {}, {event.id}, {}};
}

// Bytes of an event that is here: a copy, a second encoding, or somebody's forgery of it.
Receipt Ledger::Impl::Again(const log::Event& event) {
  const uint32_t place = *fold->causality().PlaceOf(event.id);
  if (stored[place] == event.stored)
    return {Reception::kKnown, fold->facts().events[place].code, {}, {}, {}};
  const log::AuthorKey* key = fold->FindKey(event.author);
  auto verified =
      log::VerifiedEvent::Verify(event, key == nullptr ? log::AuthorKey(PublicKey()) : *key);
  if (!verified) return Refuse(verified.error().code());
  auto current = log::Event::Parse(stored[place]);
  CS_CHECK(current.has_value());
  if (log::IsPreferredEncoding(event, *current)) stored[place] = event.stored;
  return {Reception::kKnown, fold->facts().events[place].code, {}, {}, {}};
}

Receipt Ledger::Impl::Place(log::Event event, const VerifiedNote* noted) {
  std::optional<log::AuthorKey> key;
  if (fold) {
    if (const log::AuthorKey* known = fold->FindKey(event.author)) key = *known;
    if (const auto introduced = Fold::IntroducedKey(event); !key && introduced) {
      auto admitted = crypto::AdmitKey(introduced->view());
      if (!admitted) return Refuse(admitted.error().code());
      key = *admitted;
    }
  }
  if (!key) {
    Result<void> kept = quarantine.Keep(event);
    if (!kept) return Refuse(kept.error().code());
    return {Reception::kWaiting, ErrorCode::kEventWaitsForKey, {}, {}, {}};
  }
  auto verified = Accept(std::move(event), *key, noted);
  if (!verified) return Refuse(verified.error().code());
  return Admit(*verified);
}

// Keeps what waits for a blob; the bounds are those of what waits for a parent.
Result<void> Ledger::Impl::Block(const log::VerifiedEvent& event) {
  for (const log::VerifiedEvent& other : blocked) {
    if (other.id() == event.id()) return {};
  }
  if (blocked.size() >= log::kMaxOrphans) return ErrorCode::kLogTooManyOrphans;
  if (event->stored.size() > log::kMaxOrphanBytes - blocked_bytes) {
    return ErrorCode::kLogOrphansTooLarge;
  }
  blocked_bytes += event->stored.size();
  blocked.push_back(event);
  return {};
}

Receipt Ledger::Impl::Admit(const log::VerifiedEvent& event) {
  const Vector<EventId> named = Fold::NamedParents(*event);
  if (!fold->causality().Missing(*event, named).empty()) {
    Result<void> kept = orphans.Keep(event, named);
    if (!kept) return Refuse(kept.error().code());
    return {Reception::kWaiting, ErrorCode::kEventWaitsForParent, {}, {}, {}};
  }
  if (!HasBlobs(*event)) {
    if (Result<void> kept = Block(event); !kept) return Refuse(kept.error().code());
    return {Reception::kWaiting, ErrorCode::kEventWaitsForBlob, {}, {}, {}};
  }
  String recipient = RecipientOf(*event);
  if (!recipient.empty() && CountOf(recipient) >= most_of_recipient) {
    return Refuse(ErrorCode::kRecipientTooManyEvents);
  }
  auto applied = fold->Apply(event, blobs);
  if (!applied) return Refuse(applied.error().code());
  if (applied->novelty == Fold::Applied::Novelty::kKnown)
    return {Reception::kKnown, applied->code, {}, {}, {}};
  if (recipient.empty()) recipient = RecipientOf(*event);  // a join that has just taken effect
  if (!recipient.empty()) ++CountOf(recipient);
  stored.push_back(event->stored);
  state.reset();
  return {Reception::kAdmitted, applied->code, {}, {event.id()}, {}};
}

// Whatever can go on now that something came in.
void Ledger::Impl::TakeWaiting(Receipt* receipt) {
  for (bool moved = true; moved;) {
    moved = false;
    const auto take = [&](const EventId& event, const Receipt& taken) {
      if (taken.reception == Reception::kRefused) receipt->dropped.push_back({event, *taken.code});
      if (taken.reception != Reception::kAdmitted) return;
      receipt->admitted.insert(receipt->admitted.end(), taken.admitted.begin(),
                               taken.admitted.end());
      moved = true;
    };
    Vector<KeyId> authors;
    for (const log::Event& event : quarantine.waiting()) {
      if (fold->FindKey(event.author) != nullptr || Fold::IntroducedKey(event))
        authors.push_back(event.author);
    }
    SortUnique(&authors);
    for (const KeyId& author : authors) {
      for (log::Event& event : quarantine.TakeOf(author)) {
        const EventId id = event.id;
        take(id, event.env == expected ? Place(std::move(event), nullptr)
                                       : Refuse(ErrorCode::kLogWrongEnvelope));
      }
    }
    for (const log::Orphans::Orphan& orphan : orphans.TakeReady(fold->causality()))
      take(orphan.event.id(), Admit(orphan.event));
    Vector<log::VerifiedEvent> ready;
    EraseIf(blocked, [&](const log::VerifiedEvent& event) {
      if (!HasBlobs(*event)) return false;
      blocked_bytes -= event->stored.size();
      ready.push_back(event);
      return true;
    });
    for (const log::VerifiedEvent& event : ready) take(event.id(), Admit(event));
  }
}

Ledger::Ledger() : impl_(std::make_unique<Impl>()) {}
Ledger::Ledger(const EventId& envelope) : Ledger() { impl_->expected = envelope; }
Ledger Ledger::OfFile() {
  Ledger ledger;
  ledger.impl_->most_of_recipient = SIZE_MAX;
  return ledger;
}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

Receipt Ledger::IngestEvent(std::string_view jws) { return impl_->Ingest(jws, nullptr); }
Receipt Ledger::IngestVerified(std::string_view jws, const VerifiedNote& noted) {
  return impl_->Ingest(jws, &noted);
}

Receipt Ledger::IngestBlob(ByteView bytes) {
  const Hash ref = log::ReferTo(bytes);
  Receipt receipt{Reception::kKnown, std::nullopt, ref.ToBase64Url(), {}, {}};
  if (impl_->blobs.Has(ref)) return receipt;
  const Result<void> added = impl_->blobs.Add(ref, bytes);
  if (!added) return Refuse(added.error().code(), receipt.id);
  receipt.reception = Reception::kAdmitted;
  if (!impl_->blocked.empty()) impl_->TakeWaiting(&receipt);
  return receipt;
}

bool Ledger::is_open() const { return impl_->fold.has_value(); }

const State& Ledger::state() const {
  CS_CHECK(is_open());
  if (!impl_->state) impl_->state.reset(new State(impl_->fold->Summarise()));
  return *impl_->state;
}

const Fold& Ledger::fold() const {
  CS_CHECK(is_open());
  return *impl_->fold;
}

const BlobSet& Ledger::blobs() const { return impl_->blobs; }
void Ledger::Shred(const Hash& detail_ref) { impl_->blobs.Remove(detail_ref); }
size_t Ledger::size() const { return impl_->stored.size(); }
std::string_view Ledger::jws(size_t index) const { return impl_->stored[index]; }

Vector<Ledger::Verified> Ledger::AllVerified() const {
  Vector<Verified> all;
  for (const String& jws : impl_->stored) {
    const auto event = log::Event::Parse(jws);
    CS_CHECK(event.has_value());
    all.push_back({event->store_id(), event->verified_note()});
  }
  return all;
}

std::optional<EventId> Ledger::NewestBy(const PublicKey& author) const {
  if (!is_open()) return std::nullopt;
  return NewestOf(impl_->fold->facts(), crypto::Thumbprint(author));
}

std::string_view Ledger::Find(const EventId& event) const {
  if (!is_open()) return {};
  const auto place = impl_->fold->causality().PlaceOf(event);
  return place ? std::string_view(impl_->stored[*place]) : std::string_view();
}

Vector<EventId> Ledger::MissingParents() const {
  Vector<EventId> missing;
  if (is_open()) missing = impl_->orphans.Wanted(impl_->fold->causality());
  for (const log::Event& event : impl_->quarantine.waiting()) {
    if (!is_open()) {
      missing.push_back(*event.env);
      continue;
    }
    const Vector<EventId> parents = impl_->fold->causality().Missing(event);
    missing.insert(missing.end(), parents.begin(), parents.end());
  }
  SortUnique(&missing);
  return missing;
}

Vector<Hash> Ledger::MissingBlobs() const {
  Vector<Hash> missing;
  for (const log::VerifiedEvent& event : impl_->blocked) {
    for (const Hash& ref : Fold::NeededBlobs(*event)) {
      if (!impl_->blobs.Has(ref)) missing.push_back(ref);
    }
  }
  SortUnique(&missing);
  return missing;
}

Vector<Hash> Ledger::MissingDetails() const {
  if (!is_open()) return {};
  const Facts& facts = impl_->fold->facts();
  Vector<Hash> named = facts.contents;
  for (const RevisionFact& revision : facts.revisions) {
    const RevisionInputs& inputs = revision.inputs;
    for (const Hash& ref : {inputs.template_identity.source, inputs.template_identity.compiled,
                            inputs.consent.text}) {
      named.push_back(ref);
    }
    named.insert(named.end(), inputs.library.begin(), inputs.library.end());
    named.insert(named.end(), inputs.attachments.begin(), inputs.attachments.end());
  }
  EraseIf(named, [&](const Hash& ref) { return impl_->blobs.Has(ref); });
  SortUnique(&named);
  return named;
}

Vector<Ledger::Waiting> Ledger::waiting() const {
  Vector<Waiting> out;
  for (const auto& orphan : impl_->orphans.waiting()) {
    out.push_back({orphan.event.id(), ErrorCode::kEventWaitsForParent});
  }
  for (const log::VerifiedEvent& event : impl_->blocked)
    out.push_back({event.id(), ErrorCode::kEventWaitsForBlob});
  for (const log::Event& event : impl_->quarantine.waiting())
    out.push_back({event.id, ErrorCode::kEventWaitsForKey});
  Sort(&out, [](const Waiting& a, const Waiting& b) { return a.event < b.event; });
  return out;
}

}  // namespace countersign::envelope
