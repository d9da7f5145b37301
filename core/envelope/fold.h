// The fold: verified events in, State out. The law is in rules.h; this keeps the facts it asks
// about.
//
// What is decided about an event depends on that event's own causal past and on nothing else, so it
// is decided once, when the event is applied, and holds for ever: it takes effect, or it stands in
// the log without effect and a code says why. The State follows from the set of events in effect;
// races among them are settled there (resolve.cc). No signature is checked here (a
// log::VerifiedEvent is the proof that it was), so models can run without keys.
#ifndef COUNTERSIGN_ENVELOPE_FOLD_H_
#define COUNTERSIGN_ENVELOPE_FOLD_H_

#include <memory>
#include <optional>
#include <span>

#include "base/vector.h"
#include "envelope/blobs.h"
#include "envelope/envelope.h"
#include "envelope/facts.h"
#include "envelope/rules.h"
#include "log/event.h"

namespace countersign::envelope {

class Fold {
 public:
  // Errors: log.not_genesis; event.unknown_type, event.reserved_type or event.not_permitted where
  // the first event is no envelope.created by the owner it names; those of ParseBody.
  static Result<Fold> Begin(const log::VerifiedEvent& genesis, ProofCheck check_proof);

  // Parents that an event names in its body. Empty for most types.
  static Vector<EventId> NamedParents(const log::Event& event);
  // Structural blobs that decide about an event. Empty for most types.
  static Vector<Hash> NeededBlobs(const log::Event& event);
  // The key that an event introduces by its own body (a joining device's), none for most types.
  static std::optional<PublicKey> IntroducedKey(const log::Event& event);

  struct Applied {
    enum class Novelty : uint8_t { kNew, kKnown } novelty = Novelty::kNew;
    std::optional<ErrorCode> code;  // why the event has no effect; none where it takes effect
  };
  // REQUIRES: NeededBlobs are in `blobs`.
  // Errors, where the event cannot stand in this log at all: log.wrong_envelope,
  // log.missing_parent, log.prev_not_own, log.too_many_parents, log.too_many_events;
  // recipient.key_not_bound for a key that nothing in the event's past introduced; for a join that
  // introduces its own key, whatever refuses it (so that nobody without a link fills the log).
  Result<Applied> Apply(const log::VerifiedEvent& event, const BlobSet& blobs);

  // A key by its thumbprint: the genesis names it, or a join in effect introduced it. nullptr for
  // others.
  const log::AuthorKey* FindKey(const KeyId& key) const;

  // What `author` would be told about an event with these parents. `question.check_proof` is filled
  // in.
  std::optional<ErrorCode> Ask(std::span<const EventId> parents, Question question) const;
  // The view that an event with these parents would have.
  View ViewOf(std::span<const EventId> parents) const;

  State Summarise() const;
  const Facts& facts() const { return facts_; }
  const log::Causality& causality() const { return facts_.causality; }
  // Everything seen, every race settled as far as it is. Valid until the next Apply.
  const Resolution& Now() const;
  // Counts the events in effect that decide (acts of the owner, marks, ends, completions).
  uint64_t decisions() const { return decisions_; }
  // Those of them that no other decision knows.
  const Vector<Place>& decision_heads() const { return decision_heads_; }

 private:
  explicit Fold(log::Causality causality, ProofCheck check_proof);
  void AddFact(Place place, const KeyId& author, const EventBody& body, const View& view,
               const Resolution& before, Vector<RoutingEntry> routing, Vector<FieldEntry> fields);
  Result<void> MayStand(const log::Event& event, const Vector<EventId>& parents) const;
  void AddKey(const PublicKey& key);
  void AddMerge(const Merge& merge);
  void AddKeyChange(KeyChange change, const View& view);
  void NoteDecision(Place place);
  bool SeesAllDecisions(const View& view) const;

  // Points into facts_: dropped by copying and by whatever decides.
  struct Cache {
    std::unique_ptr<Resolution> now;
    Cache() = default;
    Cache(const Cache&) {}
    Cache(Cache&&) = default;
    Cache& operator=(const Cache&) {
      now.reset();
      return *this;
    }
    Cache& operator=(Cache&&) = default;
  };

  Facts facts_;
  ProofCheck check_proof_;
  Vector<log::AuthorKey> keys_;   // sorted by id
  Vector<Place> decision_heads_;  // no other decision knows these
  uint64_t decisions_ = 0;
  mutable Cache cache_;
};

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_FOLD_H_
