// Parties that write unsigned events (through the maker for tests) with exactly the knowledge they
// have.
#ifndef COUNTERSIGN_TESTS_MODEL_UNSIGNED_WORLD_H_
#define COUNTERSIGN_TESTS_MODEL_UNSIGNED_WORLD_H_

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "crypto/crypto.h"
#include "envelope/fold.h"
#include "support/verified_event_maker.h"

namespace countersign::model {

using envelope::EventBody;
using envelope::EventType;

inline PublicKey FakeKey(uint8_t number) {
  PublicKey key;
  key.bytes.fill(number);
  return key;
}
inline KeyId FakeKid(uint8_t number) { return crypto::Thumbprint(FakeKey(number)); }
inline Hash HashOf(std::string_view text) { return crypto::Sha256(AsBytes(text)); }

// A proof of the fake link n begins with n.
inline bool CheckFakeProof(const PublicKey& invitation, const Hash&, const Signature& proof) {
  return invitation.bytes[0] == proof.bytes[0];
}

inline constexpr uint8_t kOwnerKey = 1, kCompleterKey = 2, kRecoveryKey = 3, kSchedulerKey = 4,
                         kRecordsKey = 5, kAttestorKey = 6, kSecondKey = 7;
inline constexpr uint8_t kPhoneKey = 11, kLaptopKey = 12, kProviderKey = 13, kTabletKey = 14;
inline constexpr uint8_t kCustomerLinkKey = 21, kProviderLinkKey = 22, kNewLinkKey = 23;
inline constexpr int64_t kDeadlineMs = 1'700'001'000'000;
inline constexpr const char* kDeadlineText = "2023-11-14T22:30:00Z";

inline envelope::ConsentIdentity Disclosure() { return {"d", "1", "en", HashOf("consent")}; }

// The blobs of the model: two routings (in turn, parallel) and one set of fields.
struct ModelBlobs {
  envelope::BlobSet set;
  Hash in_turn;
  Hash parallel;
  Hash approved;  // in turn, by an approver in the provider's place
  Hash fields;
  ModelBlobs() {
    const auto add = [this](const String& text) { return *set.Add(AsBytes(text)); };
    using envelope::RecipientType;
    in_turn = add(envelope::WriteRouting({{"customer", 1, RecipientType::kSigner, "customer"},
                                          {"provider", 2, RecipientType::kSigner, "provider"}}));
    approved = add(envelope::WriteRouting({{"customer", 2, RecipientType::kSigner, "customer"},
                                           {"provider", 1, RecipientType::kApprover, "provider"}}));
    parallel = add(envelope::WriteRouting({{"customer", 1, RecipientType::kSigner, "customer"},
                                           {"provider", 1, RecipientType::kSigner, "provider"}}));
    fields =
        add("{\"fields\":[{\"id\":\"price\",\"kind\":\"input\",\"required\":true},"
            "{\"id\":\"seats\",\"kind\":\"input\",\"recipient\":\"customer\",\"required\":true}],"
            "\"format\":\"countersign-fields/v1\"}");
  }
};

struct WorldTerms {
  envelope::TiePolicy policy = envelope::TiePolicy::kOwnerWins;
  envelope::Acceptance acceptance = envelope::Acceptance::kAuto;
  envelope::DeadlinePolicy deadline_policy = envelope::DeadlinePolicy::kClaim;
  enum class Routing { kInTurn, kParallel, kApproved } routing = Routing::kInTurn;
};

inline const ModelBlobs& Blobs() {
  static const ModelBlobs blobs;
  return blobs;
}

inline log::VerifiedEvent MakeGenesis(const WorldTerms& terms) {
  EventBody body;
  body.genesis.emplace();
  body.genesis->owner = FakeKey(kOwnerKey);
  body.genesis->recovery = FakeKey(kRecoveryKey);
  body.genesis->services = {{envelope::ServiceRole::kScheduler, FakeKey(kSchedulerKey)},
                            {envelope::ServiceRole::kCompleter, FakeKey(kCompleterKey)},
                            {envelope::ServiceRole::kRecords, FakeKey(kRecordsKey)},
                            {envelope::ServiceRole::kAttestor, FakeKey(kAttestorKey)}};
  body.genesis->tie_policy = terms.policy;
  body.genesis->acceptance = terms.acceptance;
  body.genesis->deadline_policy = terms.deadline_policy;
  log::EventDraft draft;
  draft.body = envelope::WriteBody(body);
  draft.type = "envelope.created";
  draft.at = 1'700'000'000'000;
  auto made = log::VerifiedEventMaker::Make(draft, FakeKid(kOwnerKey));
  CS_CHECK(made.has_value());
  return *made;
}

// One device, its key, what it knows, in the order in which it learnt it.
struct Device {
  uint8_t key;
  String recipient;  // "" for the owner's side
  uint8_t chain;     // of clones with one key
  envelope::Fold fold;
  Vector<log::VerifiedEvent> known;
  std::optional<EventId> last;
  int64_t seq = 0;

  Device(uint8_t the_key, String the_recipient, uint8_t the_chain,
         const log::VerifiedEvent& genesis)
      : key(the_key),
        recipient(std::move(the_recipient)),
        chain(the_chain),
        fold(*envelope::Fold::Begin(genesis, CheckFakeProof)),
        known{genesis} {
    if (key == kOwnerKey) last = genesis.id(), seq = 1;
  }

  void Learn(const log::VerifiedEvent& event) {
    auto applied = fold.Apply(event, Blobs().set);
    ASSERT_TRUE(applied.has_value()) << applied.error().message();
    if (applied->novelty == envelope::Fold::Applied::Novelty::kNew) known.push_back(event);
  }
  void LearnFrom(const Device& other) {
    for (const log::VerifiedEvent& event : other.known) {
      if (!fold.causality().Contains(event.id())) Learn(event);
    }
  }
  Vector<EventId> Heads() const { return fold.causality().Heads(); }
  const Hash* CurrentRevision() const {
    const envelope::Resolution& now = fold.Now();
    return now.revision == nullptr ? nullptr : &now.revision->hash;
  }

  // Writes the event after everything known, applies it here; none where it may not even stand in
  // the log. `salt`: the same words after the same past with the same salt are the same event.
  std::optional<log::VerifiedEvent> Say(EventBody body, int64_t at, uint64_t salt) {
    log::EventDraft draft;
    draft.env = fold.causality().genesis();
    draft.at = at;
    draft.body = envelope::WriteBody(body);
    draft.type = String(envelope::EventTypeName(body.type));
    draft.prev = last;
    for (const EventId& head : Heads()) {
      if (head != last && draft.seen.size() < log::kMaxSeen) draft.seen.push_back(head);
    }
    draft.chain.bytes.fill(chain);
    draft.seq = last ? seq : 0;
    for (size_t i = 0; i < 8; ++i) draft.salt.bytes[i] = static_cast<uint8_t>(salt >> (8 * i));
    auto made = log::VerifiedEventMaker::Make(draft, FakeKid(key));
    CS_CHECK(made.has_value());
    auto applied = fold.Apply(*made, Blobs().set);
    if (!applied || applied->novelty != envelope::Fold::Applied::Novelty::kNew) return std::nullopt;
    known.push_back(*made);
    last = made->id();
    ++seq;
    return *made;
  }
};

// ---- bodies ----

inline EventBody About(EventType type, const String& recipient, const Hash& revision) {
  EventBody body;
  body.type = type;
  body.recipient = recipient;
  body.revision = revision;
  return body;
}

inline EventBody PublishBody(const Device& by, WorldTerms::Routing routing,
                             std::string_view values) {
  EventBody body;
  body.type = EventType::kRevisionPublished;
  envelope::RevisionInputs inputs;
  inputs.template_identity = {"t", "1", HashOf("source"), HashOf("compiled")};
  inputs.values = HashOf(values);
  inputs.fields = Blobs().fields;
  inputs.routing = routing == WorldTerms::Routing::kInTurn     ? Blobs().in_turn
                   : routing == WorldTerms::Routing::kParallel ? Blobs().parallel
                                                               : Blobs().approved;
  inputs.consent = Disclosure();
  inputs.deadline_at = kDeadlineText;
  inputs.locale = "en";
  body.revision = envelope::RevisionHash(inputs);
  body.inputs = inputs;
  for (const auto& revision : by.fold.facts().revisions)
    body.number = std::max(body.number, revision.number);
  ++body.number;
  return body;
}

inline EventBody InviteBody(const String& recipient, int order, uint8_t link) {
  EventBody body;
  body.type = EventType::kRecipientInvited;
  body.recipient = recipient;
  body.role = recipient;
  body.order = order;
  body.key = FakeKey(link);
  return body;
}

inline EventBody JoinBody(const String& recipient, uint8_t key, uint8_t link) {
  EventBody body;
  body.type = EventType::kRecipientJoined;
  body.recipient = recipient;
  body.key = FakeKey(key);
  body.proof.bytes.fill(link);
  return body;
}

inline EventBody PresentBody(const String& recipient, const Hash& revision, std::string_view text) {
  EventBody body = About(EventType::kDocumentPresented, recipient, revision);
  body.text = HashOf(text);
  body.rendering = HashOf(String(text) + " rendered");
  body.locale = "en";
  return body;
}

inline EventBody AccessBody(const EventId& envelope, const String& recipient,
                            const Hash& revision) {
  EventBody body = About(EventType::kAccessDemonstrated, recipient, revision);
  body.code = envelope::AccessCode(envelope, recipient, revision);
  return body;
}

inline EventBody ConsentBody(const String& recipient, const Hash& revision) {
  EventBody body = About(EventType::kConsentGiven, recipient, revision);
  body.consent = Disclosure();
  return body;
}

inline EventBody CommitBody(const String& recipient, const Hash& revision) {
  EventBody body = About(EventType::kFieldsCommitted, recipient, revision);
  body.fields = {"seats"};
  return body;
}

// `fields`: those the statement binds.
inline EventBody SignBody(const String& recipient, const Hash& revision, std::string_view text,
                          const Vector<String>& fields) {
  EventBody body = About(EventType::kRecipientSigned, recipient, revision);
  envelope::Statement& s = body.statement.emplace();
  s.revision = revision;
  s.documents = {{HashOf(text), 8}};
  s.engine = "countersign-template/1";
  s.engine_version = "0.1.0";
  s.contract_locale = s.interface_locale = "en";
  s.time_zone = "+00:00";
  s.consent = Disclosure();
  s.intent_text = "Sign";
  s.intent_gesture = "tap";
  s.rendering = HashOf(String(text) + " rendered");
  s.mark_kind = "typed";
  s.core_name = "countersign";
  s.core_version = "0.1.0";
  for (const String& field : fields) s.fields.push_back({field, HashOf(field)});
  return body;
}

inline EventBody OfType(EventType type) {
  EventBody body;
  body.type = type;
  if (type == EventType::kEnvelopeExpired) body.deadline_at = kDeadlineText;
  return body;
}

// What this device would seal now; a guess that cannot count where there is nothing to seal.
inline EventBody CompleteBody(const Device& by) {
  EventBody body = OfType(EventType::kEnvelopeCompleted);
  Vector<EventId> tops;
  for (const EventId& head : by.Heads()) tops.push_back(head);
  const auto sealable =
      envelope::FindSealable(by.fold.ViewOf(tops), by.fold.Now(), FakeKid(by.key));
  if (sealable) {
    body.signatures = sealable->signatures;
    body.revision = sealable->revision;
    body.text = sealable->text;
  }
  const Vector<EventId> past = by.fold.causality().PastOf(tops);
  body.past = log::HashPast(past);
  body.count = static_cast<int64_t>(past.size());
  return body;
}

}  // namespace countersign::model

#endif  // COUNTERSIGN_TESTS_MODEL_UNSIGNED_WORLD_H_
