// The rules of FORMAT.md section 10 a second time: slow, obvious, over explicit sets of ancestors.
// Nothing is kept from one question to the next but answers; every answer is computed again from
// the definitions. Long because it is a second program; it shares only types, body shapes and
// hashes with core/envelope.
#ifndef COUNTERSIGN_TESTS_MODEL_NAIVE_ENVELOPE_H_
#define COUNTERSIGN_TESTS_MODEL_NAIVE_ENVELOPE_H_

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "crypto/crypto.h"
#include "envelope/blobs.h"
#include "envelope/event_types.h"
#include "log/event.h"
#include "values/timestamp.h"

namespace countersign::model {

using envelope::EventBody;
using envelope::EventType;
using Set = std::set<EventId>;

struct Said {
  EventId id;
  KeyId author;
  int64_t at = 0;
  EventBody body;
  Set parents;
  Vector<envelope::RoutingEntry> routing;  // of a revision
  Vector<envelope::FieldEntry> fields;
};

struct Outcome {
  String status;
  std::optional<EventId> revision;
  bool sent = false;
  bool race_open = false;
  bool disputed = false;           // completions differ
  std::map<String, EventId> mark;  // recipient -> the signature or decline that counts
  std::set<String> contested;
  std::set<std::tuple<String, String, Set>> contests;  // kind, settled, events
  Set completions;
  Set lost;  // voids and expiries that lost their race
};

class NaiveEnvelope {
 public:
  void Add(const log::VerifiedEvent& event, const envelope::BlobSet& blobs) {
    Said said;
    said.id = event->id;
    said.author = event->author;
    said.at = event->at;
    said.body = *envelope::ParseBody(*envelope::ParseEventType(event->type), event->body);
    for (const EventId& parent : event->Parents()) said.parents.insert(parent);
    if (said.body.type == EventType::kEnvelopeCompleted) {
      said.parents.insert(said.body.signatures.begin(), said.body.signatures.end());
    }
    if (said.body.inputs) {
      said.routing = *envelope::ParseRouting(*blobs.Find(said.body.inputs->routing));
      said.fields = *envelope::ParseFields(*blobs.Find(said.body.inputs->fields));
    }
    if (events_.empty()) {
      genesis_ = event->id;
      law_ = *said.body.genesis;
    }
    events_[event->id] = said;
  }

  Set All() const {
    Set all;
    for (const auto& [id, said] : events_) all.insert(id);
    return all;
  }

  Set Past(const EventId& id) {
    if (const auto known = pasts_.find(id); known != pasts_.end()) return known->second;
    Set past;
    for (const EventId& parent : events_.at(id).parents) {
      past.insert(parent);
      const Set older = Past(parent);
      past.insert(older.begin(), older.end());
    }
    return pasts_[id] = past;
  }

  bool InEffect(const EventId& id) {
    if (id == genesis_) return true;
    if (const auto known = effects_.find(id); known != effects_.end()) return known->second;
    return effects_[id] = Allowed(events_.at(id), Past(id));
  }

  Outcome OutcomeOf(const Set& seen) {
    Set completions = Of(seen, EventType::kEnvelopeCompleted);
    if (completions.empty()) return OutcomeUnder(seen, Sealing::kNo);
    // Of a completed envelope, what was sealed; of seals that differ, nothing.
    const EventBody& first = Body(*completions.begin());
    for (const EventId& id : completions) {
      const EventBody& other = Body(id);
      if (other.revision == first.revision && other.text == first.text &&
          other.signatures == first.signatures) {
        continue;
      }
      Outcome out = OutcomeUnder(seen, Sealing::kNo);
      out.contests.insert({"completion", "open", completions});
      out.race_open = out.disputed = true;
      out.status = "frozen";
      return out;
    }
    Set common = Past(*completions.begin());
    for (const EventId& id : completions) {
      const Set past = Past(id);
      for (const EventId& other : Set(common)) {
        if (!past.count(other)) common.erase(other);
      }
    }
    Outcome out = OutcomeUnder(common, Sealing::kYes);
    out.mark.clear();
    for (const EventId& mark : first.signatures) out.mark[Body(mark).recipient] = mark;
    for (const EventId& id : common) {
      if (Body(id).type == EventType::kRevisionPublished && InEffect(id) &&
          Body(id).revision == first.revision) {
        out.revision = id;
      }
    }
    out.completions = completions;
    out.status = "completed";
    return out;
  }

 private:
  using Policy = envelope::TiePolicy;
  enum class Sealing { kNo, kYes };

  // ---- the graph ----

  bool Before(const EventId& a, const EventId& b) { return Past(b).count(a) != 0; }
  bool Unordered(const EventId& a, const EventId& b) {
    return a != b && !Before(a, b) && !Before(b, a);
  }
  int Depth(const EventId& id) {
    int depth = 0;
    for (const EventId& parent : events_.at(id).parents) depth = std::max(depth, Depth(parent) + 1);
    return depth;
  }
  bool Later(const EventId& a, const EventId& b) {
    return std::pair(Depth(a), a) > std::pair(Depth(b), b);
  }
  const EventBody& Body(const EventId& id) { return events_.at(id).body; }
  bool ByRecovery(const KeyId& key) const {
    return law_.recovery && crypto::Thumbprint(*law_.recovery) == key;
  }
  // What makes the key the owner's (no role) or a service's, of what is seen; what takes that away.
  Set Givings(const Set& seen, std::optional<envelope::ServiceRole> role, const KeyId& key) {
    Set given;
    if (!role) {
      if (crypto::Thumbprint(law_.owner) == key) given.insert(genesis_);
      for (EventType type : {EventType::kOwnerDeviceAdded, EventType::kOwnerHandedOver}) {
        for (const EventId& id : Of(seen, type)) {
          if (crypto::Thumbprint(Body(id).key) == key) given.insert(id);
        }
      }
      return given;
    }
    for (const auto& service : law_.services) {
      if (service.role == *role && crypto::Thumbprint(service.key) == key) given.insert(genesis_);
    }
    for (const EventId& id : Of(seen, EventType::kServiceKeyChanged)) {
      if (ChangesService(id, *role, key, "added")) given.insert(id);
    }
    return given;
  }
  Set Removals(const Set& seen, std::optional<envelope::ServiceRole> role, const KeyId& key) {
    Set taken;
    if (role) {
      for (const EventId& id : Of(seen, EventType::kServiceKeyChanged)) {
        if (ChangesService(id, *role, key, "removed")) taken.insert(id);
      }
      return taken;
    }
    for (const EventId& id : Of(seen, EventType::kOwnerHandedOver)) {
      if (crypto::Thumbprint(Body(id).key) != key) taken.insert(id);
    }
    for (const EventId& id : Of(seen, EventType::kOwnerDeviceRevoked)) {
      if (Body(id).device == key) taken.insert(id);
    }
    return taken;
  }
  bool ChangesService(const EventId& id, envelope::ServiceRole role, const KeyId& key,
                      std::string_view how) {
    return envelope::ServiceRoleOf(Body(id).role) == role &&
           crypto::Thumbprint(Body(id).key) == key && Body(id).outcome == how;
  }
  // The latest that stands and that nothing took away since or beside it.
  std::optional<EventId> HeldBy(const Set& seen, std::optional<envelope::ServiceRole> role,
                                const KeyId& key) {
    Set held;
    for (const EventId& given : Givings(seen, role, key)) {
      bool stands = Stands(seen, given);
      for (const EventId& taken : Removals(seen, role, key))
        stands = stands && Before(taken, given);
      if (stands) held.insert(given);
    }
    return LatestOf(held);
  }
  bool Holds(const Set& seen, std::optional<envelope::ServiceRole> role, const KeyId& key) {
    return HeldBy(seen, role, key).has_value();
  }
  // Whether the author of what gives a key stood as owner: what had made them so stands, and
  // nothing took it from them beside this.
  bool Stands(const Set& seen, const EventId& giving) {
    if (giving == genesis_) return true;
    if (Hidden(seen, giving)) return false;
    const KeyId& author = events_.at(giving).author;
    const auto through = HeldBy(Past(giving), std::nullopt, author);
    if (!through) return ByRecovery(author);
    for (const EventId& taken : Removals(seen, std::nullopt, author)) {
      if (Unordered(taken, giving)) return false;
    }
    return Stands(seen, *through);
  }
  bool ByService(const Set& seen, envelope::ServiceRole role, const KeyId& key) {
    return Holds(seen, role, key);
  }
  // Whether a key was ever the owner's side's, or joined for another recipient, of what is seen.
  bool KeyTaken(const Set& seen, const KeyId& key, const String& recipient) {
    if (ByRecovery(key) || crypto::Thumbprint(law_.owner) == key) return true;
    for (const auto& service : law_.services) {
      if (crypto::Thumbprint(service.key) == key) return true;
    }
    for (const EventId& id : seen) {
      if (!InEffect(id)) continue;
      const EventBody& body = Body(id);
      const bool same = crypto::Thumbprint(body.key) == key;
      switch (body.type) {
        case EventType::kOwnerDeviceAdded:
        case EventType::kOwnerHandedOver:
        case EventType::kServiceKeyChanged:
          if (same) return true;
          break;
        case EventType::kOwnerDeviceRevoked:
          if (body.device == key) return true;
          break;
        case EventType::kRecipientJoined:
        case EventType::kDeviceAdded:
          if (same && body.recipient != recipient) return true;
          break;
        default:
          break;
      }
    }
    return false;
  }

  bool IsChain(const EventId& id) {
    switch (Body(id).type) {
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
        return Holds(Past(id), std::nullopt, events_.at(id).author);
      default:
        return false;
    }
  }
  // An act of the owner's chain that a merge of what is seen gives up, and no later one that merge.
  bool GivenUp(const Set& seen, const EventId& id) {
    for (const EventId& other : seen) {
      if (Body(other).type == EventType::kOwnerMerged && InEffect(other) && Before(id, other) &&
          Unordered(id, Body(other).about) && IsChain(id) && !GivenUp(seen, other)) {
        return true;
      }
    }
    return false;
  }
  bool IsMark(const EventId& id) {
    return Body(id).type == EventType::kRecipientSigned ||
           Body(id).type == EventType::kRecipientDeclined ||
           Body(id).type == EventType::kRecipientApproved ||
           Body(id).type == EventType::kApprovalGranted;
  }
  // Taken away by a revocation or a merge of what is seen.
  bool Hidden(const Set& seen, const EventId& id) {
    for (const EventId& other : seen) {
      const EventBody& body = Body(other);
      if (body.type != EventType::kDeviceRevoked || events_.at(id).author != body.device ||
          Body(id).recipient != body.recipient || !InEffect(other) || GivenUp(seen, other) ||
          IsChain(id)) {
        continue;
      }
      // The owner undoes nothing that they knew, and no mark; nobody undoes a decline.
      bool kept = Body(id).type == EventType::kRecipientDeclined ||
                  (IsChain(other) && (IsMark(id) || Before(id, other)));
      for (const EventId& head : body.heads) kept = kept || head == id || Before(id, head);
      if (!kept) return true;
    }
    return GivenUp(seen, id);
  }

  // The events of a type that took effect, of those that are seen.
  Set Of(const Set& seen, EventType type) {
    Set out;
    for (const EventId& id : seen) {
      if (Body(id).type == type && InEffect(id) && !Hidden(seen, id)) out.insert(id);
    }
    return out;
  }
  Set OfRecipient(const Set& seen, EventType type, const String& recipient) {
    Set out;
    for (const EventId& id : Of(seen, type)) {
      if (Body(id).recipient == recipient) out.insert(id);
    }
    return out;
  }
  std::optional<EventId> LatestOf(const Set& ids) {
    std::optional<EventId> latest;
    for (const EventId& id : ids) {
      if (!latest || Later(id, *latest)) latest = id;
    }
    return latest;
  }
  std::optional<EventId> Invite(const Set& seen, const String& recipient) {
    const auto invite = LatestOf(Invites(seen, recipient));
    for (const EventId& removal : OfRecipient(seen, EventType::kRecipientRemoved, recipient)) {
      if (invite && !Before(removal, *invite)) return std::nullopt;
    }
    return invite;
  }
  Set Invites(const Set& seen, const String& recipient) {
    Set invites = OfRecipient(seen, EventType::kRecipientInvited, recipient);
    for (EventType type : {EventType::kRecipientReplaced, EventType::kAccessGranted}) {
      for (const EventId& id : OfRecipient(seen, type, recipient)) invites.insert(id);
    }
    return invites;
  }
  Set Joins(const Set& seen, const String& recipient) {
    Set joins = OfRecipient(seen, EventType::kRecipientJoined, recipient);
    for (const EventId& id : OfRecipient(seen, EventType::kDeviceAdded, recipient))
      joins.insert(id);
    return joins;
  }
  // Role, type and order: a replacement has those of whom it replaces.
  const EventBody& TermsOf(EventId invite) {
    while (Body(invite).type == EventType::kRecipientReplaced) invite = InviteBehind(invite);
    return Body(invite);
  }
  // The invitation that was the newest when a device's event was made.
  EventId InviteBehind(const EventId& id) { return *Invite(Past(id), Body(id).recipient); }

  enum class Bond { kNone, kWaiting, kBound, kRevoked };
  Bond BondOf(const Set& seen, const String& recipient, const KeyId& key) {
    const auto invite = Invite(seen, recipient);
    Bond best = Bond::kNone;
    if (!invite) return best;
    for (const EventId& id : seen) {
      const EventBody& body = Body(id);
      const bool joins =
          body.type == EventType::kRecipientJoined || body.type == EventType::kDeviceAdded;
      if (joins && body.recipient != recipient && crypto::Thumbprint(body.key) == key &&
          InEffect(id) && !Hidden(seen, id)) {
        return Bond::kNone;
      }
      const bool gives =
          body.type == EventType::kOwnerDeviceAdded || body.type == EventType::kOwnerHandedOver;
      if (gives && crypto::Thumbprint(body.key) == key && InEffect(id) && !Hidden(seen, id))
        return Bond::kNone;
      if (body.type == EventType::kDeviceRevoked && body.device == key &&
          body.recipient == recipient && InEffect(id) && !GivenUp(seen, id)) {
        best = Bond::kRevoked;
      }
    }
    if (best == Bond::kRevoked) return best;
    for (const EventId& join : Joins(seen, recipient)) {
      if (crypto::Thumbprint(Body(join).key) != key || !invite || InviteBehind(join) != *invite)
        continue;
      bool accepted = law_.acceptance == envelope::Acceptance::kAuto ||
                      Body(join).type == EventType::kDeviceAdded;
      for (const EventId& accept : OfRecipient(seen, EventType::kRecipientAccepted, recipient)) {
        accepted = accepted || Body(accept).about == join;
      }
      if (accepted) return Bond::kBound;
      best = Bond::kWaiting;
    }
    return best;
  }

  const envelope::RoutingEntry* Route(const EventId& revision, const String& recipient) {
    for (const auto& entry : events_.at(revision).routing) {
      if (entry.id == recipient) return &entry;
    }
    return nullptr;
  }

  // ---- what a set of events amounts to ----

  bool Forked(const Set& seen, const Set& lost) {
    Set chain;
    for (const EventId& id : seen) {
      if (id != genesis_ && InEffect(id) && IsChain(id) && !Hidden(seen, id) && !lost.count(id))
        chain.insert(id);
    }
    for (const EventId& a : chain) {
      for (const EventId& b : chain) {
        if (Unordered(a, b)) return true;
      }
    }
    return false;
  }

  // `later`: whether an act of that kind knows both sides.
  String SettledBy(Sealing sealing, bool later) const {
    return law_.tie_policy == Policy::kOwnerWins       ? "owner"
           : law_.tie_policy == Policy::kSignatureWins ? "signature"
           : later                                     ? "owner"
           : sealing == Sealing::kYes                  ? "signature"
                                                       : "open";
  }
  bool KnowsAll(const EventId& later, const Set& sides) {
    for (const EventId& side : sides) {
      if (!Before(side, later)) return false;
    }
    return true;
  }

  Outcome OutcomeUnder(const Set& seen, Sealing sealing) {
    Outcome out;
    out.sent = !Of(seen, EventType::kEnvelopeSent).empty();
    Set marks = Of(seen, EventType::kRecipientSigned);
    for (EventType type : {EventType::kRecipientDeclined, EventType::kApprovalGranted,
                           EventType::kRecipientApproved}) {
      for (const EventId& id : Of(seen, type)) marks.insert(id);
    }
    const auto approves = [&](const EventId& id) {
      return Body(id).type == EventType::kApprovalGranted ||
             Body(id).type == EventType::kRecipientApproved;
    };
    const auto is_signature = [&](const EventId& id) {
      return Body(id).type == EventType::kRecipientSigned;
    };
    struct Race {
      String kind;
      String settled;
      Set events;
    };
    Vector<Race> races;
    Set dead;  // marks that lost a race, or wait for one to be settled

    // Revisions by number; one may lose against marks it did not know.
    Vector<EventId> revisions;
    for (const EventId& id : Of(seen, EventType::kRevisionPublished)) revisions.push_back(id);
    std::sort(revisions.begin(), revisions.end(), [&](const EventId& a, const EventId& b) {
      return std::pair(Body(a).number, a) < std::pair(Body(b).number, b);
    });
    for (const EventId& next : revisions) {
      Race race{"revision", "", {}};
      for (const EventId& mark : marks) {
        if (out.revision && !approves(mark) &&
            Body(mark).revision == Body(*out.revision).revision && Unordered(mark, next)) {
          race.events.insert(mark);
        }
      }
      bool later = false;
      for (const EventId& other : revisions)
        later = later || (Before(next, other) && KnowsAll(other, race.events));
      race.settled = SettledBy(sealing, later);
      if (!race.events.empty()) {
        if (race.settled != "signature") dead.insert(race.events.begin(), race.events.end());
        const bool lost = race.settled == "signature";
        race.events.insert(next);
        races.push_back(race);
        if (lost) continue;
      }
      out.revision = next;
    }
    out.sent = out.sent && out.revision;
    Set alive;
    for (const EventId& mark : marks) {
      bool removed = false;
      for (const EventId& id :
           OfRecipient(seen, EventType::kRecipientRemoved, Body(mark).recipient)) {
        removed = removed || !Before(id, InviteBehind(mark));
      }
      if (!dead.count(mark) && !removed && out.revision &&
          Body(mark).revision == Body(*out.revision).revision) {
        alive.insert(mark);
      }
    }

    // A newer link, or the owner's revocation, against a mark by a device of the older one.
    for (const EventId& mark : Set(alive)) {
      Set acts = Invites(seen, Body(mark).recipient);
      for (const EventId& id : OfRecipient(seen, EventType::kDeviceRevoked, Body(mark).recipient)) {
        if (IsChain(id) && Body(id).device == events_.at(mark).author) acts.insert(id);
      }
      for (const EventId& act : acts) {
        if (!Unordered(act, mark)) continue;
        bool later = false;
        for (const EventId& other : Invites(seen, Body(mark).recipient))
          later = later || KnowsAll(other, {act, mark});
        Race race{"invitation", SettledBy(sealing, later), {act, mark}};
        races.push_back(race);
        if (race.settled != "signature") dead.insert(mark);
      }
      if (dead.count(mark)) alive.erase(mark);
    }

    // One mark a recipient.
    std::map<String, Set> slots;
    for (const EventId& mark : alive) {
      bool replaced = false;  // in knowledge of it
      for (const EventId& invite : Invites(seen, Body(mark).recipient))
        replaced = replaced || Before(mark, invite);
      if (!replaced) slots[Body(mark).recipient].insert(mark);
    }
    for (const auto& [recipient, slot] : slots) {
      Set beside;
      // A withdrawn consent beside a signature excludes it as a second mark would.
      const EventId one = *slot.begin();
      for (const EventId& taken : OfRecipient(seen, EventType::kConsentWithdrawn, recipient)) {
        if (slot.size() == 1 && is_signature(one) && Unordered(one, taken) &&
            InviteBehind(one) == InviteBehind(taken) &&
            Body(taken).revision == Body(one).revision) {
          beside.insert(taken);
        }
      }
      if (slot.size() == 1 && beside.empty()) {
        out.mark[recipient] = *slot.begin();
      } else {
        beside.insert(slot.begin(), slot.end());
        races.push_back({"devices", "open", beside});
        out.contested.insert(recipient);
      }
    }

    // One text.
    Set signatures;
    std::set<Hash> texts;
    for (const auto& [recipient, mark] : out.mark) {
      if (!is_signature(mark)) continue;
      signatures.insert(mark);
      texts.insert(Body(mark).statement->documents[0].text);
    }
    if (texts.size() > 1) {
      races.push_back({"text", "open", signatures});
      for (const EventId& mark : signatures) {
        out.contested.insert(Body(mark).recipient);
        out.mark.erase(Body(mark).recipient);
      }
      signatures.clear();
    }

    // Voids and expiries.
    Set ends = Of(seen, EventType::kEnvelopeVoided);
    for (const EventId& id : Of(seen, EventType::kEnvelopeExpired)) ends.insert(id);
    Set standing;
    Vector<Race> end_races;
    Set opposed_marks;
    for (const EventId& end : ends) {
      const bool voids = Body(end).type == EventType::kEnvelopeVoided;
      if (!voids &&
          (!out.revision || Body(*out.revision).inputs->deadline_at != Body(end).deadline_at)) {
        continue;
      }
      Race race{voids ? "void" : "expiry", SettledBy(sealing, false), {}};
      for (const EventId& mark : signatures) {
        if (Unordered(end, mark)) race.events.insert(mark);
      }
      if (race.events.empty()) {
        standing.insert(end);
        continue;
      }
      if (race.settled != "signature") opposed_marks.insert(race.events.begin(), race.events.end());
      if (race.settled == "owner") standing.insert(end);
      if (race.settled == "signature") out.lost.insert(end);
      race.events.insert(end);
      end_races.push_back(race);
    }
    for (Race& race : end_races) {
      if (race.settled == "open" && !standing.empty()) race.settled = "owner";
      races.push_back(race);
    }
    for (const EventId& mark : opposed_marks) {
      out.mark.erase(Body(mark).recipient);
      signatures.erase(mark);
    }

    bool open = false;
    for (const Race& race : races) {
      out.contests.insert({race.kind, race.settled, race.events});
      if (race.settled != "open") continue;
      open = true;
      if (race.kind != "devices" && race.kind != "text") out.race_open = true;
    }
    bool knew_fork = false;
    bool voided = false;
    for (const EventId& end : standing) {
      knew_fork = knew_fork || OutcomeOf(Past(end)).status == "frozen";
      voided = voided || Body(end).type == EventType::kEnvelopeVoided;
    }
    bool declined = false;
    for (const auto& [recipient, mark] : out.mark)
      declined = declined || Body(mark).type == EventType::kRecipientDeclined;
    bool all_done = true;
    bool lacks_approval = false;
    if (out.revision) {
      for (const auto& entry : events_.at(*out.revision).routing)
        all_done = all_done && Done(out, entry);
      for (const EventId& asked : Of(seen, EventType::kApprovalRequested)) {
        const auto mark = out.mark.find(Body(asked).recipient);
        lacks_approval = lacks_approval || (Body(asked).revision == Body(*out.revision).revision &&
                                            Invite(seen, Body(asked).recipient) &&
                                            (mark == out.mark.end() || !approves(mark->second)));
      }
    }
    out.status = Forked(seen, out.lost) && !knew_fork ? "frozen"
                 : voided                             ? "voided"
                 : !standing.empty()                  ? "expired"
                 : declined                           ? "declined"
                 : !out.sent && lacks_approval        ? "awaitingApproval"
                 : !out.sent                          ? "draft"
                 : open                               ? "contested"
                 : !signatures.empty() && all_done    ? "signedByAll"
                 : !signatures.empty()                ? "inProgress"
                                                      : "sent";
    return out;
  }

  // Whoever signs has a signature that counts, whoever approves an approval.
  bool Done(const Outcome& now, const envelope::RoutingEntry& entry) {
    const bool signs = envelope::Signs(entry.type);
    if (!signs && !envelope::Approves(entry.type)) return true;
    const auto mark = now.mark.find(entry.id);
    if (mark == now.mark.end()) return false;
    const EventType type = Body(mark->second).type;
    return signs ? type == EventType::kRecipientSigned
                 : type == EventType::kApprovalGranted || type == EventType::kRecipientApproved;
  }

  // ---- whether an event takes effect, given its past ----

  static bool Over(const String& status) {
    return status == "completed" || status == "declined" || status == "voided" ||
           status == "expired";
  }
  bool ByRecords(const Set& past, const KeyId& key) {
    return Holds(past, std::nullopt, key) || ByService(past, envelope::ServiceRole::kRecords, key);
  }
  bool LinkTaken(const Set& seen, const EventBody& body) {
    for (EventType type :
         {EventType::kRecipientInvited, EventType::kRecipientReplaced, EventType::kAccessGranted}) {
      for (const EventId& id : Of(seen, type)) {
        if (Body(id).recipient != body.recipient && Body(id).key == body.key) return true;
      }
    }
    return false;
  }
  bool Settled(const Set& seen, const EventId& asked) {
    Set answers = Of(seen, EventType::kChangeResolved);
    for (const EventId& id : Of(seen, EventType::kHoldReleased)) answers.insert(id);
    for (const EventId& id : answers) {
      if (Body(id).about == asked) return true;
    }
    return false;
  }
  bool KnowsRevision(const Set& seen, const Hash& revision) {
    for (const EventId& id : Of(seen, EventType::kRevisionPublished)) {
      if (Body(id).revision == revision) return true;
    }
    return false;
  }

  static bool Open(const String& status) {
    return status == "sent" || status == "inProgress" || status == "contested";
  }

  bool Invited(const Set& seen, const Vector<envelope::RoutingEntry>& routing) {
    bool signer = false;
    for (const auto& entry : routing) {
      const auto invite = Invite(seen, entry.id);
      if (!invite || TermsOf(*invite).role != entry.role ||
          TermsOf(*invite).recipient_type != entry.type || TermsOf(*invite).order != entry.order) {
        return false;
      }
      signer = signer || envelope::Signs(entry.type);
    }
    return signer;
  }

  bool Allowed(const Said& event, const Set& past) {
    const EventBody& body = event.body;
    const Outcome now = OutcomeOf(past);
    const bool by_owner = Holds(past, std::nullopt, event.author);
    const bool unsent = now.status == "draft" || now.status == "awaitingApproval";
    const bool changeable = unsent || Open(now.status);
    const bool by_owner_side = by_owner || ByRecovery(event.author);
    std::set<String> invited;
    for (const EventId& id : past) {
      if (!Body(id).recipient.empty() && Invite(past, Body(id).recipient))
        invited.insert(Body(id).recipient);
    }
    switch (body.type) {
      case EventType::kEnvelopeCreated:
        return false;
      case EventType::kRevisionPublished: {
        int64_t last = 0;
        for (const EventId& id : Of(past, EventType::kRevisionPublished))
          last = std::max(last, Body(id).number);
        std::set<String> routed = {""};
        for (const auto& entry : event.routing) routed.insert(entry.id);
        for (const auto& field : event.fields) {
          if (!routed.count(field.recipient)) return false;
        }
        return by_owner && changeable && body.number == last + 1 &&
               body.revision == envelope::RevisionHash(*body.inputs) &&
               !KnowsRevision(past, body.revision) && (!now.sent || Invited(past, event.routing));
      }
      case EventType::kRecipientInvited: {
        if (!by_owner || !changeable || LinkTaken(past, body)) return false;
        const auto invite = Invite(past, body.recipient);
        if (!invite) return invited.size() < envelope::kMaxRecipients;
        if (now.mark.count(body.recipient)) return false;
        const EventBody& terms = TermsOf(*invite);
        const bool same = terms.role == body.role && terms.recipient_type == body.recipient_type &&
                          terms.order == body.order;
        return same || !now.sent || Route(*now.revision, body.recipient) == nullptr;
      }
      case EventType::kRecipientAccepted: {
        if (!by_owner || !(changeable || now.status == "signedByAll")) return false;
        const auto invite = Invite(past, body.recipient);
        if (!invite ||
            !OfRecipient(past, EventType::kRecipientJoined, body.recipient).count(body.about))
          return false;
        if (InviteBehind(body.about) != *invite) return false;
        for (const EventId& accept : Of(past, EventType::kRecipientAccepted)) {
          if (Body(accept).about == body.about) return false;
        }
        return true;
      }
      case EventType::kEnvelopeSent: {
        if (!by_owner || now.status != "draft" || !now.revision) return false;
        std::set<String> routed;
        for (const auto& entry : events_.at(*now.revision).routing) routed.insert(entry.id);
        return Body(*now.revision).revision == body.revision &&
               Invited(past, events_.at(*now.revision).routing) && routed == invited;
      }
      case EventType::kEnvelopeVoided:
        return (by_owner || ByRecovery(event.author)) && !now.disputed &&
               (changeable || now.status == "frozen");
      case EventType::kEnvelopeExpired: {
        if (!by_owner && !ByService(past, envelope::ServiceRole::kScheduler, event.author))
          return false;
        const bool unproven = now.status == "signedByAll" &&
                              law_.deadline_policy == envelope::DeadlinePolicy::kReceipt &&
                              law_.tie_policy != Policy::kSignatureWins;
        if (!Open(now.status) && !unproven) return false;
        const String& deadline = Body(*now.revision).inputs->deadline_at;
        return !deadline.empty() && deadline == body.deadline_at &&
               event.at >= Milliseconds(deadline);
      }
      case EventType::kEnvelopeCompleted:
        return Seals(event, past, now);
      case EventType::kRecipientReplaced:
        return by_owner && changeable && invited.count(body.recipient) &&
               !now.mark.count(body.recipient) && !LinkTaken(past, body);
      case EventType::kRecipientRemoved:
        return by_owner && changeable && invited.count(body.recipient) &&
               !(now.sent && Route(*now.revision, body.recipient));
      case EventType::kAccessGranted:
        return by_owner && (Open(now.status) || now.status == "signedByAll" || Over(now.status)) &&
               Invites(past, body.recipient).empty() && invited.size() < envelope::kMaxRecipients &&
               (body.recipient_type == envelope::RecipientType::kViewer ||
                body.recipient_type == envelope::RecipientType::kCopy) &&
               !LinkTaken(past, body) && KnowsRevision(past, body.revision);
      case EventType::kApprovalRequested: {
        const auto invite = Invite(past, body.recipient);
        return by_owner && unsent && invite && now.revision &&
               TermsOf(*invite).recipient_type == envelope::RecipientType::kApprover &&
               Body(*now.revision).revision == body.revision;
      }
      case EventType::kOwnerDeviceAdded:
      case EventType::kOwnerHandedOver: {
        const KeyId added = crypto::Thumbprint(body.key);
        const bool own =
            body.type == EventType::kOwnerHandedOver && Holds(past, std::nullopt, added);
        return by_owner_side && (own || !KeyTaken(past, added, "")) &&
               body.key.bytes[0] == body.proof.bytes[0];
      }
      case EventType::kOwnerDeviceRevoked:
        return by_owner_side && Holds(past, std::nullopt, body.device) &&
               body.device != event.author;
      case EventType::kServiceKeyChanged:
        return by_owner_side &&
               (body.outcome == "added" ? !KeyTaken(past, crypto::Thumbprint(body.key), "")
                                        : Holds(past, envelope::ServiceRoleOf(body.role),
                                                crypto::Thumbprint(body.key)));
      case EventType::kOwnerMerged: {
        if (!by_owner_side || now.status != "frozen" || now.disputed) return false;
        Set chain;
        for (const EventId& id : past) {
          if (id != genesis_ && InEffect(id) && IsChain(id) && !Hidden(past, id) &&
              !now.lost.count(id)) {
            chain.insert(id);
          }
        }
        if (!chain.count(body.about)) return false;
        bool gives_up = false;
        for (const EventId& id : chain) {
          if (!Unordered(id, body.about)) continue;
          gives_up = true;
          if (Body(id).type == EventType::kEnvelopeVoided ||
              Body(id).type == EventType::kEnvelopeExpired) {
            return false;
          }
          for (const auto& [recipient, mark] : now.mark) {
            if (Before(id, mark)) return false;
          }
        }
        return gives_up;
      }
      case EventType::kDeviceRevoked: {
        if (!invited.count(body.recipient)) return false;
        if (!by_owner && BondOf(past, body.recipient, event.author) != Bond::kBound) return false;
        bool joined = false;
        for (const EventId& id : past) {
          joined = joined || ((Body(id).type == EventType::kRecipientJoined ||
                               Body(id).type == EventType::kDeviceAdded) &&
                              Body(id).recipient == body.recipient &&
                              crypto::Thumbprint(Body(id).key) == body.device && InEffect(id));
        }
        for (const EventId& head : body.heads) joined = joined && past.count(head);
        return joined && BondOf(past, body.recipient, body.device) != Bond::kRevoked;
      }
      case EventType::kChangeResolved:
        return by_owner && (changeable || now.status == "signedByAll") &&
               Of(past, EventType::kChangeProposed).count(body.about) && !Settled(past, body.about);
      case EventType::kHoldReleased:
        return ByRecords(past, event.author) &&
               Of(past, EventType::kHoldPlaced).count(body.about) && !Settled(past, body.about);
      case EventType::kScheduleSet:
        return by_owner && changeable;
      case EventType::kKeyWrapped:
        return by_owner;
      case EventType::kAutomationRan:
        return ByRecords(past, event.author) ||
               ByService(past, envelope::ServiceRole::kScheduler, event.author);
      case EventType::kEnvelopeExported:
      case EventType::kHoldPlaced:
        return ByRecords(past, event.author);
      case EventType::kEnvelopeArchived:
        return ByRecords(past, event.author) && Over(now.status);
      case EventType::kContentShredded: {
        for (const EventId& hold : Of(past, EventType::kHoldPlaced)) {
          if (!Settled(past, hold)) return false;
        }
        for (const Hash& ref : body.details) {
          bool named = false;
          for (const EventId& id : past) {
            const EventBody& of = Body(id);
            named = named || of.detail == ref ||
                    (of.type == EventType::kFieldsCommitted &&
                     std::find(of.details.begin(), of.details.end(), ref) != of.details.end()) ||
                    (InEffect(id) && Body(id).inputs && Body(id).inputs->values == ref);
          }
          for (const EventId& id : past) {
            if (InEffect(id) && Body(id).inputs && !Hidden(past, id))
              named = named && !envelope::IsStructural(*Body(id).inputs, ref);
          }
          if (!named) return false;
        }
        return ByRecords(past, event.author) && Over(now.status);
      }
      case EventType::kCommentAdded: {
        const bool bound = body.recipient.empty()
                               ? by_owner
                               : BondOf(past, body.recipient, event.author) == Bond::kBound;
        Set answerable = Of(past, EventType::kCommentAdded);
        for (const EventId& id : Of(past, EventType::kChangeProposed)) answerable.insert(id);
        return bound && (changeable || now.status == "signedByAll" || now.status == "completed") &&
               KnowsRevision(past, body.revision) &&
               (!body.answers || answerable.count(*body.answers));
      }
      default:
        break;
    }
    if (!invited.count(body.recipient)) return false;
    if (body.type == EventType::kIdentityAttested) {
      bool owners = ByRecovery(event.author) || crypto::Thumbprint(law_.owner) == event.author;
      for (EventType type : {EventType::kOwnerDeviceAdded, EventType::kOwnerHandedOver}) {
        for (const EventId& id : past) {
          owners = owners || (Body(id).type == type && InEffect(id) &&
                              crypto::Thumbprint(Body(id).key) == event.author);
        }
      }
      return ByService(past, envelope::ServiceRole::kAttestor, event.author) && !owners &&
             BondOf(past, body.recipient, body.device) != Bond::kNone &&
             BondOf(past, body.recipient, body.device) != Bond::kRevoked;
    }
    if (body.type == EventType::kReminderSent) {
      return Open(now.status) &&
             (by_owner || ByService(past, envelope::ServiceRole::kMailer, event.author) ||
              ByService(past, envelope::ServiceRole::kScheduler, event.author));
    }
    if (body.type == EventType::kDeliveryRecorded) {
      return by_owner || ByService(past, envelope::ServiceRole::kMailer, event.author);
    }
    if (body.type == EventType::kRecipientJoined) {
      const bool named = KeyTaken(past, event.author, body.recipient);
      return !named && crypto::Thumbprint(body.key) == event.author &&
             BondOf(past, body.recipient, event.author) == Bond::kNone &&
             Body(*Invite(past, body.recipient)).key.bytes[0] ==
                 body.proof.bytes[0];  // CheckFakeProof
    }
    if (BondOf(past, body.recipient, event.author) != Bond::kBound) return false;
    if (body.type == EventType::kDeviceAdded) {
      const KeyId added = crypto::Thumbprint(body.key);
      for (const EventId& id : past) {
        if ((Body(id).type == EventType::kRecipientJoined ||
             Body(id).type == EventType::kDeviceAdded) &&
            Body(id).recipient == body.recipient && crypto::Thumbprint(Body(id).key) == added &&
            InEffect(id)) {
          return false;
        }
      }
      return !KeyTaken(past, added, body.recipient) && body.key.bytes[0] == body.proof.bytes[0];
    }
    if (body.type == EventType::kApprovalGranted || body.type == EventType::kApprovalRefused) {
      if (!unsent || !now.revision || Body(*now.revision).revision != body.revision) return false;
      bool asked = false;
      for (const EventId& id : OfRecipient(past, EventType::kApprovalRequested, body.recipient))
        asked = asked || Body(id).revision == body.revision;
      for (EventType type : {EventType::kApprovalGranted, EventType::kApprovalRefused}) {
        for (const EventId& id : OfRecipient(past, type, body.recipient)) {
          asked = asked && (Body(id).revision != body.revision ||
                            InviteBehind(id) != *Invite(past, body.recipient));
        }
      }
      return asked;
    }
    if (body.type == EventType::kCopyDelivered || body.type == EventType::kCopyExported)
      return now.sent && KnowsRevision(past, body.revision);
    if (!now.sent || Body(*now.revision).revision != body.revision) return false;
    if (body.type == EventType::kChangeProposed) return Open(now.status);
    if (body.type == EventType::kDelegationRequested)
      return Open(now.status) && !now.mark.count(body.recipient);
    const envelope::RoutingEntry* route = Route(*now.revision, body.recipient);
    if (body.type == EventType::kDocumentPresented) {
      return route != nullptr &&
             (Open(now.status) || now.status == "signedByAll" || now.status == "completed");
    }
    if (route == nullptr || now.mark.count(body.recipient) || !Open(now.status)) return false;
    const bool fits =
        body.type == EventType::kRecipientApproved ? envelope::Approves(route->type)
        : body.type == EventType::kRecipientDeclined
            ? envelope::Signs(route->type) || envelope::Approves(route->type)
        : body.type == EventType::kFieldsCommitted
            ? envelope::Signs(route->type) || route->type == envelope::RecipientType::kFormFiller
            : envelope::Signs(route->type);
    if (!fits) return false;
    switch (body.type) {
      case EventType::kAccessDemonstrated:
        return body.code == envelope::AccessCode(genesis_, body.recipient, body.revision);
      case EventType::kConsentGiven:
        return body.consent == Body(*now.revision).inputs->consent;
      case EventType::kConsentWithdrawn:
        return true;
      case EventType::kFieldsCommitted:
        for (const String& id : body.fields) {
          bool own = false;
          for (const auto& field : events_.at(*now.revision).fields) {
            own = own || (field.id == id && field.recipient == body.recipient &&
                          !envelope::IsFilledBySigning(field.kind));
          }
          if (!own) return false;
        }
        return true;
      default:
        break;
    }
    if (now.race_open || now.contested.count(body.recipient)) return false;
    if (body.type == EventType::kRecipientApproved) return Approves(body, past, now, *route);
    return body.type == EventType::kRecipientDeclined || Signs(event, past, now, *route);
  }

  // Everybody of a lower order who acts has done it.
  bool InTurn(const Outcome& now, const envelope::RoutingEntry& route) {
    for (const auto& entry : events_.at(*now.revision).routing) {
      if (entry.order < route.order && !Done(now, entry)) return false;
    }
    return true;
  }

  bool Approves(const EventBody& body, const Set& past, const Outcome& now,
                const envelope::RoutingEntry& route) {
    if (!InTurn(now, route)) return false;
    const EventId invite = *Invite(past, body.recipient);
    bool presented = false;
    for (const EventId& id : OfRecipient(past, EventType::kDocumentPresented, body.recipient)) {
      presented = presented || (Body(id).revision == body.revision && InviteBehind(id) == invite);
    }
    return presented && Committed(body, past, now).has_value();
  }

  // The own fields that were committed; none where a required one is not, or of one no commit knows
  // all the others.
  std::optional<std::set<String>> Committed(const EventBody& body, const Set& past,
                                            const Outcome& now) {
    std::set<String> committed;
    for (const auto& field : events_.at(*now.revision).fields) {
      if (field.recipient != body.recipient) continue;
      Set commits;
      for (const EventId& id : OfRecipient(past, EventType::kFieldsCommitted, body.recipient)) {
        if (Body(id).revision != body.revision ||
            InviteBehind(id) != *Invite(past, body.recipient)) {
          continue;
        }
        for (const String& name : Body(id).fields) {
          if (name == field.id) commits.insert(id);
        }
      }
      if (commits.empty()) {
        if (field.required == envelope::Required::kYes && !envelope::IsFilledBySigning(field.kind))
          return std::nullopt;
        continue;
      }
      bool one_knows_all = false;
      for (const EventId& newest : commits) {
        bool knows_all = true;
        for (const EventId& other : commits)
          knows_all = knows_all && (other == newest || Before(other, newest));
        one_knows_all = one_knows_all || knows_all;
      }
      if (!one_knows_all) return std::nullopt;
      committed.insert(field.id);
    }
    return committed;
  }

  bool Signs(const Said& event, const Set& past, const Outcome& now,
             const envelope::RoutingEntry& route) {
    const EventBody& body = event.body;
    const envelope::Statement& statement = *body.statement;
    const Said& revision = events_.at(*now.revision);
    const String& deadline = revision.body.inputs->deadline_at;
    if (!deadline.empty() && event.at > Milliseconds(deadline)) return false;
    if (!InTurn(now, route)) return false;
    // Own evidence for this revision, given under the link that is valid now.
    const EventId invite = *Invite(past, body.recipient);
    const auto own = [&](EventType type) {
      Set out;
      for (const EventId& id : OfRecipient(past, type, body.recipient)) {
        if (Body(id).revision == body.revision && InviteBehind(id) == invite) out.insert(id);
      }
      return out;
    };
    bool consented = false;
    for (const EventId& consent : own(EventType::kConsentGiven)) {
      bool stands = true;
      for (const EventId& withdrawn : own(EventType::kConsentWithdrawn))
        stands = stands && Before(withdrawn, consent);
      consented = consented || stands;
    }
    if (own(EventType::kAccessDemonstrated).empty() || !consented) return false;
    bool presented = false;
    for (const EventId& id : own(EventType::kDocumentPresented)) {
      presented = presented || (Body(id).text == statement.documents[0].text &&
                                Body(id).rendering == statement.rendering);
    }
    if (!presented) return false;
    const auto committed = Committed(body, past, now);
    if (!committed) return false;
    std::set<String> stated;
    for (const auto& field : statement.fields) stated.insert(field.id);
    if (stated != *committed || statement.revision != body.revision ||
        statement.consent != revision.body.inputs->consent) {
      return false;
    }
    for (const auto& [recipient, mark] : now.mark) {
      if (Body(mark).type == EventType::kRecipientSigned &&
          Body(mark).statement->documents[0].text != statement.documents[0].text) {
        return false;
      }
    }
    return true;
  }

  bool Seals(const Said& event, const Set& past, const Outcome& before) {
    const bool by_owner = Holds(past, std::nullopt, event.author);
    if (!by_owner && !ByRecovery(event.author) &&
        !ByService(past, envelope::ServiceRole::kCompleter, event.author)) {
      return false;
    }
    Outcome now = before;
    if (now.status == "contested" && by_owner && law_.tie_policy == Policy::kOwnerSettles) {
      now = OutcomeUnder(past, Sealing::kYes);
    }
    if (now.status != "signedByAll") return false;
    Set signatures;
    std::optional<Hash> text;
    for (const auto& [recipient, mark] : now.mark) {
      signatures.insert(mark);
      if (Body(mark).statement) text = Body(mark).statement->documents[0].text;
    }
    const Set named(event.body.signatures.begin(), event.body.signatures.end());
    String joined;
    for (const EventId& id : past) joined += (joined.empty() ? "" : "\n") + id.ToBase64Url();
    return named == signatures && event.body.text == *text &&
           event.body.revision == Body(*now.revision).revision &&
           event.body.count == static_cast<int64_t>(past.size()) &&
           event.body.past == crypto::TaggedHash("countersign-past/v1", AsBytes(joined));
  }

  static int64_t Milliseconds(const String& time) {
    return values::Timestamp::Parse(time)->seconds() * 1000;
  }

  EventId genesis_;
  envelope::Genesis law_;
  std::map<EventId, Said> events_;
  std::map<EventId, Set> pasts_;
  std::map<EventId, bool> effects_;
};

}  // namespace countersign::model

#endif  // COUNTERSIGN_TESTS_MODEL_NAIVE_ENVELOPE_H_
