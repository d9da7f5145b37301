// What a State says of the facts, once every race is settled as far as it is (envelope.h).
#include <algorithm>

#include "base/sort.h"
#include "envelope/fold.h"

namespace countersign::envelope {
namespace {

class Summary {
 public:
  // `settled` is the view that counts: what a completion sealed, else everything.
  Summary(const Facts& facts, const View& settled, const Resolution& now)
      : facts_(facts), settled_(settled), all_(View::All(facts)), now_(now) {}

  State Make() {
    State state;
    state.id = facts_.id(0);
    state.status = now_.status;
    state.created = MentionOf(0);
    state.genesis = facts_.genesis;
    for (const RevisionFact& fact : facts_.revisions) state.revisions.push_back(RevisionOf(fact));
    if (now_.revision != nullptr) state.revision = RevisionOf(*now_.revision);
    if (now_.sent) state.sent = MentionOf(*now_.sent);
    AddFork(&state);
    state.contests = now_.contests;
    AddCompletions(&state);
    AddEnding(&state);
    state.recipients.resize(facts_.recipients.size());
    for (size_t i = 0; i < state.recipients.size(); ++i) {
      Describe(facts_.recipients[i], state.status, &state.recipients[i]);
    }
    for (const Recipient& recipient : state.recipients) {
      if (recipient.turn == Turn::kNow) state.turn.push_back(recipient.id);
    }
    AddInert(&state);
    AddRecords(&state);
    AddKeys(&state);
    AddApprovals(&state);
    state.heads = facts_.causality.Heads();
    for (const log::Gap& gap : facts_.causality.Gaps()) {
      if (state.gaps.size() < kMaxListed)
        state.gaps.push_back({gap.chain, gap.first, gap.last, false});
    }
    for (const log::ReusedNumber& reused : facts_.causality.ReusedNumbers()) {
      if (state.gaps.size() < kMaxListed)
        state.gaps.push_back({reused.chain, reused.seq, reused.seq, true});
    }
    state.events = static_cast<int64_t>(facts_.events.size());
    return state;
  }

 private:
  Mention MentionOf(Place place) const {
    const Occurrence& event = facts_.events[place];
    return {event.id, event.at, event.detail};
  }
  Revision RevisionOf(const RevisionFact& fact) const {
    return {MentionOf(fact.place), fact.hash, fact.number, fact.inputs};
  }

  // Heads of the owner's chain.
  void AddFork(State* state) const {
    if (!now_.forked) return;
    Vector<Place> heads;
    for (size_t i = facts_.owner_chain.size(); i-- > 0;) {
      const Place place = facts_.owner_chain[i];
      if (now_.IsOfChain(settled_, place) &&
          std::none_of(heads.begin(), heads.end(),
                       [&](Place head) { return facts_.Before(place, head); })) {
        heads.push_back(place);
        state->fork.push_back(facts_.id(place));
      }
    }
    Sort(&state->fork);
  }

  void AddCompletions(State* state) const {
    for (const CompletionFact* fact : now_.completions)
      state->completions.push_back(facts_.id(fact->place));
    Sort(&state->completions);
    if (now_.completions.empty()) return;
    const CompletionFact& fact = *now_.completions[0];
    state->completion = Completion{MentionOf(fact.place),
                                   facts_.events[fact.place].author,
                                   fact.by_role,
                                   fact.revision,
                                   fact.text,
                                   fact.signatures,
                                   fact.count};
  }

  void AddEnding(State* state) const {
    const bool by_end = now_.status == Status::kVoided || now_.status == Status::kExpired;
    if (!by_end && now_.status != Status::kDeclined) return;
    const Place place = by_end ? now_.end->place : now_.decline->place;
    state->ending = Ending{now_.status, MentionOf(place), facts_.events[place].author,
                           facts_.events[place].recipient};
  }

  Mark MarkOf(const MarkFact& fact) const {
    Mark mark{MentionOf(fact.place), facts_.events[fact.place].author, fact.revision, fact.text,
              std::nullopt};
    if (now_.MarkOf(facts_.events[fact.place].recipient) == &fact) return mark;
    mark.code = ErrorCode::kSignatureLate;
    for (const Resolution::Displaced& displaced : now_.displaced) {
      if (displaced.place == fact.place) mark.code = displaced.code;
    }
    return mark;
  }

  void AddMarks(const RecipientFacts& facts, Recipient* out) const {
    struct Candidate {
      Place place;
      Mark mark;
      MarkFact::Kind kind;
    };
    Vector<Candidate> candidates;
    for (const MarkFact& fact : facts.marks) {
      candidates.push_back({fact.place, MarkOf(fact), fact.kind});
    }
    for (const RefusedMark& refused : facts_.refused_marks) {
      const Occurrence& event = facts_.events[refused.place];
      // A stranger's attempt says nothing about this recipient; the trail has it.
      if (event.recipient != facts.id || *event.code == ErrorCode::kRecipientKeyNotBound) continue;
      candidates.push_back(
          {refused.place,
           {MentionOf(refused.place), event.author, refused.revision, refused.text, event.code},
           event.type == EventType::kRecipientSigned ? MarkFact::Kind::kSignature
                                                     : MarkFact::Kind::kDecline});
    }
    // First what counts, then the newest.
    Sort(&candidates, [&](const Candidate& a, const Candidate& b) {
      if (a.mark.counts() != b.mark.counts()) return a.mark.counts();
      return facts_.Later(a.place, b.place);
    });
    for (Candidate& candidate : candidates) {
      std::optional<Mark>& slot = candidate.kind == MarkFact::Kind::kSignature ? out->signature
                                  : candidate.kind == MarkFact::Kind::kDecline ? out->declined
                                                                               : out->approved;
      if (!slot && now_.revision != nullptr && candidate.mark.revision == now_.revision->hash) {
        slot = std::move(candidate.mark);
      } else {
        out->other_marks.push_back(std::move(candidate.mark));
      }
    }
  }

  void AddDevices(const RecipientFacts& facts, Recipient* out) const {
    for (const JoinFact& join : facts.joins) {
      Device device;
      device.key = join.kid;
      device.public_key = join.key;
      device.joined = MentionOf(join.place);
      device.vouched = join.vouched;
      for (const Revocation& revocation : facts_.revocations) {
        const EventId& event = facts_.id(revocation.place);
        if (revocation.device == join.kid && (!device.revoked || event < *device.revoked))
          device.revoked = event;
      }
      for (Place place : join.accepts) {
        if (!device.accepted || facts_.id(place) < *device.accepted)
          device.accepted = facts_.id(place);
      }
      const InviteFact* invite = CurrentInvite(all_, facts);
      device.bound = invite != nullptr && all_.Sees(join.place) && invite->place == join.invite &&
                     BindingOf(all_, facts, join.kid) == Binding::kBound;
      out->devices.push_back(std::move(device));
    }
    Sort(&out->devices,
         [](const Device& a, const Device& b) { return a.joined.event < b.joined.event; });
  }

  // `view`: what a signature or approval that counts knew, else all that is settled.
  void AddEvidence(const RecipientFacts& facts, Place invite, const View& view,
                   Recipient* out) const {
    const Hash& revision = now_.revision->hash;
    const auto newest = [&](EventType type) {
      return view.Latest(facts.evidence, [&](const EvidenceFact& fact) {
        return fact.type == type && fact.invite == invite && fact.revision == revision;
      });
    };
    if (const EvidenceFact* fact = newest(EventType::kDocumentPresented)) {
      out->presented = Presented{MentionOf(fact->place), fact->text,  fact->rendering,
                                 fact->locale,           fact->units, fact->of};
    }
    if (const EvidenceFact* fact = ConsentOf(view, facts, invite, revision)) {
      out->consent = Consent{MentionOf(fact->place), fact->consent};
    } else if (const EvidenceFact* taken = newest(EventType::kConsentWithdrawn)) {
      out->withdrawn = MentionOf(taken->place);
    }
    if (const EvidenceFact* fact = newest(EventType::kAccessDemonstrated))
      out->access = MentionOf(fact->place);
    for (const FieldState& state : StatesOfFields(view, facts, invite, *now_.revision)) {
      if (state.IsMissing()) out->missing.push_back(state.field->id);
      if (state.newest == nullptr) continue;
      out->committed.push_back({state.field->id, MentionOf(state.newest->place), state.conflict});
    }
  }

  void AddTurn(const RecipientFacts& facts, Status status, Recipient* out) const {
    const RoutingEntry* entry = FindRouting(*now_.revision, facts.id);
    out->routed = entry != nullptr;
    if (entry == nullptr || !(Signs(entry->type) || Approves(entry->type)) || !now_.sent) return;
    if (const MarkFact* mark = now_.MarkOf(facts.id)) {
      if (mark->kind != MarkFact::Kind::kDecline) out->turn = Turn::kDone;
      return;
    }
    const bool open = status == Status::kSent || status == Status::kInProgress ||
                      (status == Status::kContested && !now_.race_open);
    const bool contested =
        std::find(now_.contested.begin(), now_.contested.end(), facts.id) != now_.contested.end();
    if (!open || contested) return;
    out->waiting_for = WaitingFor(now_, facts.id);
    out->turn = out->waiting_for.empty() ? Turn::kNow : Turn::kWaiting;
  }

  // Whether or not anything took it away.
  const InviteFact* NewestOf(const Vector<InviteFact>& invites) const {
    const InviteFact* newest = &invites[0];
    for (const InviteFact& invite : invites) {
      if (facts_.Later(invite.place, newest->place)) newest = &invite;
    }
    return newest;
  }

  void Describe(const RecipientFacts& facts, Status status, Recipient* to) const {
    Recipient& out = *to;
    out.id = facts.id;
    // What a completion sealed says who signed it: nothing beside it gives them another name.
    // Whoever was let in afterwards is not in there.
    const InviteFact* settled_invite = CurrentInvite(settled_, facts);
    const MarkFact* mark = now_.MarkOf(facts.id);
    const InviteFact* invite = settled_invite;
    for (const InviteFact& other : facts.invites) {
      if (mark != nullptr && other.place == mark->invite) invite = &other;
    }
    if (invite == nullptr) invite = CurrentInvite(all_, facts);
    out.removed = invite == nullptr;
    if (invite == nullptr) invite = NewestOf(facts.invites);
    out.host = invite->host;
    out.for_another = invite->for_another;
    out.role = invite->role;
    out.type = invite->type;
    out.order = invite->order;
    out.invited = MentionOf(invite->place);
    out.invitation = invite->key;
    AddDevices(facts, &out);
    AddMarks(facts, &out);
    if (now_.revision != nullptr && settled_invite != nullptr) {
      // What counts was given by devices of the link that was valid then, before the signature or
      // approval: what another device said beside it binds nobody.
      const bool signed_it = mark != nullptr && mark->kind != MarkFact::Kind::kDecline;
      AddEvidence(facts, mark != nullptr ? mark->invite : settled_invite->place,
                  signed_it ? View::PastOf(facts_, mark->place) : settled_, &out);
      AddTurn(facts, status, &out);
    }
    out.copies = facts.copies;
    const auto any = [](const DeliveryFact&) { return true; };
    if (const DeliveryFact* delivery = all_.Latest(facts.deliveries, any)) {
      out.last_delivery = MentionOf(delivery->place);
      out.delivery = delivery->outcome;
    }
  }

  // What the log holds without effect, and what came too late for the completion.
  void AddInert(State* state) const {
    Vector<Place> refused;
    for (Place place = 0; place < facts_.events.size(); ++place) {
      const Occurrence& event = facts_.events[place];
      if (!event.code) continue;
      refused.push_back(place);
      state->needs_newer_version = state->needs_newer_version ||
                                   *event.code == ErrorCode::kEventUnknownType ||
                                   *event.code == ErrorCode::kEventReservedType ||
                                   *event.code == ErrorCode::kSchemaUnknownMember;
    }
    Vector<Place> late;
    if (!settled_.is_all()) {
      for (const RecipientFacts& recipient : facts_.recipients) {
        for (const MarkFact& mark : recipient.marks) late.push_back(mark.place);
      }
      for (const EndFact& end : facts_.ends) late.push_back(end.place);
      for (const RevisionFact& revision : facts_.revisions) late.push_back(revision.place);
      EraseIf(late, [&](Place place) { return settled_.Reaches(place) || !all_.Sees(place); });
    }
    List(refused, &state->refused);
    List(late, &state->late);
  }

  void AddKeys(State* state) const {
    for (const KeyChange& change : facts_.key_changes) {
      if (change.how == KeyChange::How::kRemoved || !facts_.Holds(all_, change.role, change.key))
        continue;
      if (!change.role) {
        state->owners.push_back(change.key);
      } else {
        const std::pair<ServiceRole, KeyId> service(*change.role, change.key);
        state->services.push_back(service);
      }
    }
    SortUnique(&state->owners);
    SortUnique(&state->services);
  }

  void AddApprovals(State* state) const {
    if (now_.revision == nullptr) return;
    for (const RecipientFacts& recipient : facts_.recipients) {
      const auto newest = [&](EventType type) {
        return settled_.Latest(facts_.approvals, [&](const ApprovalFact& fact) {
          return fact.type == type && fact.recipient == recipient.id &&
                 fact.revision == now_.revision->hash;
        });
      };
      const ApprovalFact* asked = newest(EventType::kApprovalRequested);
      if (asked == nullptr) continue;
      Approval approval{recipient.id, MentionOf(asked->place), std::nullopt, std::nullopt};
      const MarkFact* mark = now_.MarkOf(recipient.id);
      if (mark != nullptr && mark->kind == MarkFact::Kind::kApproval)
        approval.granted = MentionOf(mark->place);
      if (const auto* fact = newest(EventType::kApprovalRefused))
        approval.refused = MentionOf(fact->place);
      state->approvals.push_back(std::move(approval));
    }
  }

  void AddRecords(State* state) const {
    Vector<const RecordFact*> newest;
    for (const RecordFact& record : facts_.records) {
      if (all_.Sees(record.place)) newest.push_back(&record);
    }
    state->record_count = static_cast<int64_t>(newest.size());
    Sort(&newest, [&](const RecordFact* a, const RecordFact* b) {
      return facts_.Later(a->place, b->place);
    });
    if (newest.size() > kMaxRecords) newest.resize(kMaxRecords);
    for (const RecordFact* record : newest) {
      const Occurrence& event = facts_.events[record->place];
      const bool asks =
          record->type == EventType::kChangeProposed || record->type == EventType::kHoldPlaced;
      const bool open = asks && !Facts::IsSettled(all_, *record);
      state->records.push_back(
          {record->type, MentionOf(record->place), event.author, open, record->said});
    }
  }

  // In the order that every device computes alike.
  void List(Vector<Place> places, Vector<Inert>* out) const {
    Sort(&places, [&](Place a, Place b) { return facts_.Later(b, a); });
    for (Place place : places) {
      const Occurrence& event = facts_.events[place];
      out->push_back({event.id, event.type ? String(EventTypeName(*event.type)) : event.type_name,
                      event.code.value_or(ErrorCode::kSignatureLate)});
    }
  }

  const Facts& facts_;
  const View& settled_;
  const View all_;
  const Resolution& now_;
};

}  // namespace

State Fold::Summarise() const {
  const View settled = Now().Sealed(View::All(facts_));
  return Summary(facts_, settled, Now()).Make();
}

const Recipient* State::Find(std::string_view recipient) const {
  for (const Recipient& one : recipients) {
    if (one.id == recipient) return &one;
  }
  return nullptr;
}

}  // namespace countersign::envelope
