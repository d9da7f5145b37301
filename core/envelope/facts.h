// Long because every rule asks these facts, and each type of event adds a few lines to them.
//
// What the events in effect said, kept so that rules can ask about any causal past. Private to this
// room.
//
// A Place is an event's position in the order of application (parents first). Nothing that decides
// may depend on that order: `Facts::Later` is the total order to use where one of several must be
// shown.
#ifndef COUNTERSIGN_ENVELOPE_FACTS_H_
#define COUNTERSIGN_ENVELOPE_FACTS_H_

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "envelope/blobs.h"
#include "envelope/envelope.h"
#include "envelope/event_types.h"
#include "log/causality.h"

namespace countersign::envelope {

using Place = uint32_t;

// Every event of the log, in effect or not.
struct Occurrence {
  EventId id;
  KeyId author;
  int64_t at = 0;
  uint32_t depth = 0;             // the longest way from the genesis: an ancestor's is smaller
  std::optional<EventType> type;  // none where the type has no rules here
  String type_name;               // only where `type` is none
  std::optional<Hash> detail;
  String recipient;               // whom the event is about, "" for nobody
  std::optional<ErrorCode> code;  // why it has no effect
};

struct RevisionFact {
  Place place = 0;
  Hash hash;
  int64_t number = 0;
  RevisionInputs inputs;
  Vector<RoutingEntry> routing;
  Vector<FieldEntry> fields;
};
struct InviteFact {
  Place place = 0;
  String role;
  RecipientType type = RecipientType::kSigner;
  int order = 1;
  PublicKey key;
  String host;
  bool for_another = false;  // recipient.replaced: another person in the same place
};
struct JoinFact {
  Place place = 0;
  Place invite = 0;  // the invitation whose secret proved it, or that of the device that added it
  bool vouched = false;  // added by a bound device: nobody has to accept it
  PublicKey key;
  KeyId kid;
  Vector<Place> accepts;
};
// Acts of a bound device. `invite` is the invitation that bound it: evidence given by a device of a
// link that was replaced is no evidence for whoever holds the new link.
struct Act {
  Place place = 0;
  Place invite = 0;
  Hash revision;
};
// presented, access, consent (and its withdrawal) or fields; a type uses what its body has. (One
// type of fact is one vector's code.)
struct EvidenceFact : Act {
  EventType type = EventType::kDocumentPresented;
  Hash text;
  Hash rendering;
  String locale;
  int64_t units = 0;
  int64_t of = 0;
  ConsentIdentity consent;
  Vector<String> fields;
};
struct MarkFact : Act {  // a signature, decline or approval that counted in its own past
  Hash text;
  enum class Kind : uint8_t { kSignature, kDecline, kApproval } kind = Kind::kSignature;
};
struct DeliveryFact {
  Place place = 0;
  String outcome;
};
struct RecipientFacts {
  String id;
  Vector<InviteFact> invites;
  Vector<JoinFact> joins;
  Vector<EvidenceFact> evidence;
  Vector<MarkFact> marks;
  Vector<Place> removals;
  int64_t copies = 0;
  Vector<DeliveryFact> deliveries;
};
struct EndFact {
  Place place = 0;
  Status how = Status::kVoided;  // kVoided kExpired
  bool knew_fork = false;        // made to get out of a frozen envelope
  String deadline;               // of an expiry
};
// What somebody noted down: kept as it was said, for whoever shows it.
struct RecordFact {
  using MovesAsItLies = void;  // base/vector.h
  Place place = 0;
  EventType type = EventType::kCommentAdded;
  EventId about;             // what it settles
  Vector<Place> settled_by;  // what settles it
  json::Value said;          // the body without `detail`
};
// approval.requested, approval.granted or approval.refused.
struct ApprovalFact {
  Place place = 0;
  Place invite = 0;  // the recipient's then
  EventType type = EventType::kApprovalRequested;
  String recipient;
  Hash revision;
};
// A key that acts for the owner's side, from here on or no longer.
struct KeyChange {
  Place place = 0;
  std::optional<ServiceRole> role;  // none: the owner itself
  KeyId key;
  enum class How : uint8_t { kAdded, kRemoved, kHandedOver } how = How::kAdded;
  static constexpr size_t kRoot = SIZE_MAX;
  size_t through = kRoot;  // what had made its author the owner; the genesis and recovery need none
  Vector<Place> against = {};  // unordered with it: they take the owner's part from its author
  bool Gives() const { return how != How::kRemoved; }
  bool Takes(std::optional<ServiceRole> from, const KeyId& held) const {
    return role == from && (how == How::kRemoved      ? key == held
                            : how == How::kHandedOver ? key != held
                                                      : false);
  }
};
// Takes away what a device wrote as this recipient's, as far as it is not among these heads or
// before one of them.
struct Revocation {
  Place place = 0;
  String recipient;
  KeyId device;
  Vector<Place> heads;  // of the owner's also itself: what it knew stays
  bool ByOwner() const { return heads.back() == place; }
};
// Gives up what the owner's chain says beside this act, as far as the merge knew it.
struct Merge {
  Place place = 0;
  Place kept = 0;
};
struct RefusedMark {
  Place place = 0;
  Hash revision;
  Hash text;
};
struct CompletionFact {
  Place place = 0;
  String by_role;
  Hash revision;
  Hash text;
  Vector<EventId> signatures;
  int64_t count = 0;
  bool SealsTheSameAs(const CompletionFact& other) const {
    return revision == other.revision && text == other.text && signatures == other.signatures;
  }
};

class View;

struct Facts {
  explicit Facts(log::Causality graph) : causality(std::move(graph)) {}

  log::Causality causality;  // a place here is its place there
  Genesis genesis;
  KeyId owner;  // of the genesis; who is the owner now: Holds
  std::optional<KeyId> recovery;
  Vector<Occurrence> events;  // by place
  // Personal content that events name (details, files, the sender's values), and which event.
  Vector<Hash> contents;
  Vector<Place> content_places;
  Vector<RecipientFacts> recipients;  // by id
  Vector<RevisionFact> revisions;     // by number, then event id
  Vector<Place> sent;
  Vector<Place> owner_chain;  // acts of the owner that exclude each other where unordered
  Vector<EndFact> ends;
  Vector<CompletionFact> completions;
  Vector<RefusedMark> refused_marks;
  Vector<RecordFact> records;
  Vector<ApprovalFact> approvals;
  Vector<KeyChange> key_changes;
  Vector<Revocation> revocations;
  Vector<Merge> merges;
  // Of each act of the owner's chain, by its index there, which merges give it up: a set of bits,
  // behind the number of its first word.
  Vector<Vector<uint64_t>> given_up;

  [[gnu::noinline]] void AddContent(Place place, const Hash& ref) {
    contents.push_back(ref);
    content_places.push_back(place);
  }
  const EventId& id(Place place) const { return events[place].id; }
  bool Before(Place a, Place b) const { return causality.IsAncestorAt(a, b); }
  bool Unordered(Place a, Place b) const { return a != b && !Before(a, b) && !Before(b, a); }
  // A total order that every device computes alike and that agrees with causality.
  bool Later(Place a, Place b) const {
    const Occurrence& x = events[a];
    const Occurrence& y = events[b];
    return x.depth != y.depth ? x.depth > y.depth : x.id > y.id;
  }
  const RecipientFacts* Find(std::string_view recipient) const;
  RecipientFacts& FindOrAdd(std::string_view recipient);
  // True where something that stands in the view makes the key the owner's (no role) or a
  // service's, and no removal or hand-over that the view sees comes after that or beside it. What
  // gives a key stands while its author stood: no removal of the author is beside it.
  bool Holds(const View& view, std::optional<ServiceRole> role, const KeyId& key) const {
    return HeldBy(view, role, key) != KeyChange::kRoot;
  }
  // The index of what makes it so (the latest), KeyChange::kRoot where nothing does.
  size_t HeldBy(const View& view, std::optional<ServiceRole> role, const KeyId& key) const;
  // The same for an owner or service of any time.
  bool EverHeld(std::optional<ServiceRole> role, const KeyId& key) const;
  bool IsOfOwnersChain(Place place) const;
  size_t RecordAt(Place place) const;  // its index in records. REQUIRES: it is one.
  // The record of this type with this event's id, nullptr where the view has none.
  const RecordFact* FindRecord(const View& view, EventType type, const EventId& event) const;
  // True where a record that the view sees settles this one.
  static bool IsSettled(const View& view, const RecordFact& record);
};

// A set of events closed under causality: everything, or what some events have in their past.
class View {
 public:
  // kCommon: what all of them have in their pasts.
  enum class Tops : uint8_t { kIncluded, kExcluded, kCommon };
  static View All(const Facts& facts) { return View(facts, true, {}, Tops::kIncluded); }
  // What the event at this place knew.
  static View PastOf(const Facts& facts, Place place) {
    return Of(facts, {place}, Tops::kExcluded);
  }
  static View Of(const Facts& facts, Vector<Place> tops, Tops tops_are) {
    return View(facts, false, std::move(tops), tops_are);
  }
  // In the set, and not taken away by a revocation or merge that is in it: what counts.
  bool Sees(Place place) const { return Reaches(place) && !(hides_ && Hides(place)); }
  // In the set: where it matters that something was ever said (a key once named is never fresh
  // again).
  bool Reaches(Place place) const {
    if (all_) return true;
    for (Place top : tops_) {
      const bool reached = place == top ? tops_are_ == Tops::kIncluded : facts_->Before(place, top);
      if (reached != (tops_are_ == Tops::kCommon)) return reached;
    }
    return tops_are_ == Tops::kCommon;
  }
  // What a revocation says counts even where another one takes it away.
  bool Counts(const Revocation& revocation) const {
    return Reaches(revocation.place) && !GivesUp(revocation.place);
  }
  const Facts& facts() const { return *facts_; }
  bool is_all() const { return all_; }
  // The one that comes last of those that are seen and pass, nullptr where there is none.
  template <class Fact, class Passes>
  const Fact* Latest(const Vector<Fact>& list, Passes passes) const {
    const Fact* best = nullptr;
    for (const Fact& fact : list) {
      if (!Sees(fact.place) || !passes(fact)) continue;
      if (best == nullptr || facts_->Later(fact.place, best->place)) best = &fact;
    }
    return best;
  }

 private:
  View(const Facts& facts, bool all, Vector<Place> tops, Tops tops_are);
  bool Hides(Place place) const;
  bool GivesUp(Place place) const;
  const Facts* facts_;
  bool all_;
  Tops tops_are_;
  bool hides_;  // there is something that could take events away
  Vector<Place> tops_;
  Vector<uint64_t> merges_;  // bits: those in the set that none of them gives up
};

// What a view amounts to once every race in it is settled as far as the tie policy settles it. Of a
// completed envelope that is what its completion sealed.
struct Resolution {
  Status status = Status::kDraft;
  const RevisionFact* revision = nullptr;  // the current one; points into the facts
  std::optional<Place> sent;
  bool forked = false;  // two acts of the owner's chain are unordered
  // Per recipient of the current routing that signed or declined so that it counts.
  struct Counted {
    const RecipientFacts* recipient;
    const MarkFact* mark;
  };
  Vector<Counted> counted;  // by recipient id
  struct Displaced {        // marks that counted in their own past and do not here
    Place place;
    ErrorCode code;
  };
  Vector<Displaced> displaced;
  Vector<Contest> contests;
  Vector<String> contested;  // recipients whose slot is contested
  bool race_open = false;    // with an act of the owner's side
  const EndFact* end = nullptr;
  Vector<Place> lost;  // ends that lost their race, as if they had not been
  const MarkFact* decline = nullptr;
  Vector<const CompletionFact*> completions;  // all that seal this; the one to show first
  bool disputed = false;                      // completions differ, and none is the envelope's

  const MarkFact* MarkOf(std::string_view recipient) const;
  // Seen as an act of the owner's chain.
  bool IsOfChain(const View& view, Place place) const {
    return view.Sees(place) && std::find(lost.begin(), lost.end(), place) == lost.end();
  }
  // Signed, or approved, by whoever has to do that; true for all others.
  bool IsDone(const RoutingEntry& entry) const;
  // What counts of the view: of a completed envelope, what all completions that seal it knew.
  View Sealed(const View& view) const;
};
// Where the owner settles races, sealing settles for the signatures those that are still open.
enum class Sealing : uint8_t { kNo, kYes };
Resolution Resolve(const View& view, Sealing sealing = Sealing::kNo);

const RoutingEntry* FindRouting(const RevisionFact& revision, std::string_view recipient);
// The newest invitation that the view sees, nullptr where there is none or the recipient was
// removed after it.
const InviteFact* CurrentInvite(const View& view, const RecipientFacts& recipient);
// True where the view sees a removal that is not before the invitation.
bool IsRemovedAfter(const View& view, const RecipientFacts& recipient, Place invite);
enum class Binding : uint8_t { kNone, kNotAccepted, kBound, kRevoked };
Binding BindingOf(const View& view, const RecipientFacts& recipient, const KeyId& key);
// The newest consent by devices of this invitation that no withdrawal took back, nullptr where
// there is none.
const EvidenceFact* ConsentOf(const View& view, const RecipientFacts& recipient, Place invite,
                              const Hash& revision);
// An own field, and its newest commit by devices of this invitation; `conflict` where that does not
// know all others.
struct FieldState {
  const FieldEntry* field = nullptr;
  const EvidenceFact* newest = nullptr;
  bool conflict = false;
  bool IsMissing() const;  // always required, and not committed
};
// In the order of the revision.
Vector<FieldState> StatesOfFields(const View& view, const RecipientFacts& recipient, Place invite,
                                  const RevisionFact& revision);
// Whoever acts in a lower order and has neither a signature nor an approval that counts in the
// view.
Vector<String> WaitingFor(const Resolution& resolution, std::string_view recipient);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_FACTS_H_
