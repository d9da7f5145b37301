// What stands in a view of the facts: the notions that rules and races are written in (facts.h).
#include "envelope/facts.h"

#include <algorithm>

#include "base/sort.h"

namespace countersign::envelope {

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

const RoutingEntry* FindRouting(const RevisionFact& revision, std::string_view recipient) {
  for (const RoutingEntry& entry : revision.routing) {
    if (entry.id == recipient) return &entry;
  }
  return nullptr;
}

const InviteFact* CurrentInvite(const View& view, const RecipientFacts& recipient) {
  const InviteFact* invite = view.Latest(recipient.invites, [](const InviteFact&) { return true; });
  return invite == nullptr || IsRemovedAfter(view, recipient, invite->place) ? nullptr : invite;
}

bool IsRemovedAfter(const View& view, const RecipientFacts& recipient, Place invite) {
  return std::any_of(recipient.removals.begin(), recipient.removals.end(), [&](Place removal) {
    return view.Sees(removal) && !view.facts().Before(removal, invite);
  });
}

Binding BindingOf(const View& view, const RecipientFacts& recipient, const KeyId& key) {
  const InviteFact* invite = CurrentInvite(view, recipient);
  if (invite == nullptr) return Binding::kNone;
  // A key that joined for two, or joined and was made the owner's, neither knowing of the other,
  // speaks for nobody.
  for (const KeyChange& change : view.facts().key_changes) {
    if (change.Gives() && !change.role && change.key == key && view.Sees(change.place))
      return Binding::kNone;
  }
  for (const RecipientFacts& other : view.facts().recipients) {
    if (&other == &recipient) continue;
    for (const JoinFact& join : other.joins) {
      if (join.kid == key && view.Sees(join.place)) return Binding::kNone;
    }
  }
  for (const Revocation& revocation : view.facts().revocations) {
    if (revocation.device == key && revocation.recipient == recipient.id && view.Counts(revocation))
      return Binding::kRevoked;
  }
  Binding best = Binding::kNone;
  for (const JoinFact& join : recipient.joins) {
    if (join.kid != key || join.invite != invite->place || !view.Sees(join.place)) continue;
    const bool accepted = join.vouched || view.facts().genesis.acceptance == Acceptance::kAuto ||
                          std::any_of(join.accepts.begin(), join.accepts.end(),
                                      [&](Place place) { return view.Sees(place); });
    if (accepted) return Binding::kBound;
    best = Binding::kNotAccepted;
  }
  return best;
}

const EvidenceFact* ConsentOf(const View& view, const RecipientFacts& recipient, Place invite,
                              const Hash& revision) {
  const auto is = [&](const EvidenceFact& fact, EventType type) {
    return fact.type == type && fact.invite == invite && fact.revision == revision &&
           view.Sees(fact.place);
  };
  return view.Latest(recipient.evidence, [&](const EvidenceFact& consent) {
    return is(consent, EventType::kConsentGiven) &&
           std::none_of(recipient.evidence.begin(), recipient.evidence.end(),
                        [&](const EvidenceFact& other) {
                          return is(other, EventType::kConsentWithdrawn) &&
                                 !view.facts().Before(other.place, consent.place);
                        });
  });
}

bool FieldState::IsMissing() const {
  return newest == nullptr && field->required == Required::kYes && !IsFilledBySigning(field->kind);
}

// Each commit is looked at once for all fields, either of which may be thousands. (What was
// committed is among the fields: the law asked.)
Vector<FieldState> StatesOfFields(const View& view, const RecipientFacts& recipient, Place invite,
                                  const RevisionFact& revision) {
  const Vector<FieldEntry>& fields = revision.fields;
  Vector<FieldState> states(fields.size());
  const Facts& facts = view.facts();
  for (const bool settled : {false, true}) {
    for (const EvidenceFact& commit : recipient.evidence) {
      if (commit.type != EventType::kFieldsCommitted || commit.invite != invite ||
          commit.revision != revision.hash || !view.Sees(commit.place)) {
        continue;
      }
      for (const String& id : commit.fields) {
        FieldState& state = states[PlaceOf(fields, &FieldEntry::id, id)];
        if (settled) {
          state.conflict = state.conflict || (&commit != state.newest &&
                                              !facts.Before(commit.place, state.newest->place));
        } else if (state.newest == nullptr || facts.Later(commit.place, state.newest->place)) {
          state.newest = &commit;
        }
      }
    }
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].recipient == recipient.id) states[i].field = &fields[i];
  }
  EraseIf(states, [](const FieldState& state) { return state.field == nullptr; });
  return states;
}

Vector<String> WaitingFor(const Resolution& resolution, std::string_view recipient) {
  Vector<String> waiting;
  if (resolution.revision == nullptr) return waiting;
  const RoutingEntry* own = FindRouting(*resolution.revision, recipient);
  if (own == nullptr) return waiting;
  for (const RoutingEntry& entry : resolution.revision->routing) {
    if (entry.order < own->order && !resolution.IsDone(entry)) waiting.push_back(entry.id);
  }
  return waiting;
}

}  // namespace countersign::envelope
