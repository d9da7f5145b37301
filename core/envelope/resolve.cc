// Races and what is left after them: see FORMAT.md section 10.
#include <algorithm>

#include "base/sort.h"
#include "envelope/facts.h"

namespace countersign::envelope {
namespace {

// Every mark the view sees, with its recipient.
struct Candidate {
  const RecipientFacts* recipient;
  const MarkFact* mark;
  std::optional<ErrorCode> code;  // set once something displaced it
};

class Resolver {
 public:
  Resolver(const View& view, Sealing sealing, Resolution* out)
      : view_(view), facts_(view.facts()), sealing_(sealing), out_(*out) {}

  void Run() {
    for (Place place : facts_.sent) {
      if (view_.Sees(place) && (!out_.sent || facts_.Later(*out_.sent, place))) out_.sent = place;
    }
    for (const RecipientFacts& recipient : facts_.recipients) {
      for (const MarkFact& mark : recipient.marks) {
        if (view_.Sees(mark.place)) {
          candidates_.push_back({&recipient, &mark, std::nullopt});
        } else if (view_.Reaches(mark.place)) {
          out_.displaced.push_back({mark.place, ErrorCode::kSignatureRevoked});
        }
      }
    }
    ChooseRevision();
    CheckInvitations();
    FillSlots();
    CompareTexts();
    CheckEnds();
    FindFork();
    Conclude();
  }

 private:
  // The owner's chain is one line; two acts of which neither knew the other are a fork.
  void FindFork() {
    Place last = 0;  // the genesis; in the order of application each act knows the one before it
    for (Place place : facts_.owner_chain) {
      if (!out_.IsOfChain(view_, place)) continue;
      out_.forked = out_.forked || !facts_.Before(last, place);
      last = place;
    }
  }

  Contest& Race(ContestKind kind, Place act) {
    const TiePolicy policy = facts_.genesis.tie_policy;
    Contest contest;
    contest.kind = kind;
    contest.settled = policy == TiePolicy::kOwnerWins ? Settled::kForOwner
                      : policy == TiePolicy::kSignatureWins || sealing_ == Sealing::kYes
                          ? Settled::kForSignature
                          : Settled::kOpen;
    contest.events.push_back(facts_.id(act));
    out_.contests.push_back(std::move(contest));
    return out_.contests.back();
  }
  // Where the owner settles, a later act of that kind that knows both sides does.
  template <class Act>
  void SettleByLater(const Vector<Act>& acts, const Vector<Place>& sides, Contest* contest) const {
    if (facts_.genesis.tie_policy != TiePolicy::kOwnerSettles) return;
    for (const Act& act : acts) {
      if (std::all_of(sides.begin(), sides.end(),
                      [&](Place side) { return facts_.Before(side, act.place); }) &&
          view_.Sees(act.place)) {
        contest->settled = Settled::kForOwner;
      }
    }
  }
  void Join(Contest& contest, const Candidate& candidate) {
    contest.events.push_back(facts_.id(candidate.mark->place));
    contest.recipients.push_back(candidate.recipient->id);
  }
  // Whoever lost one race is overruled, whatever else is open.
  static void Lose(const Contest& contest, Candidate* candidate) {
    if (contest.settled == Settled::kForSignature) return;
    if (contest.settled == Settled::kForOwner || !candidate->code) {
      candidate->code = contest.settled == Settled::kOpen ? ErrorCode::kSignatureContested
                                                          : ErrorCode::kSignatureOverruled;
    }
  }

  // The newest revision, but a revision published without knowing of a mark on the one before is in
  // a race with that mark.
  void ChooseRevision() {
    // Nothing before the oldest revision that a mark is on can be in a race: it begins there (every
    // event of a log of 12,000 revisions would look at all of them).
    const Vector<RevisionFact>& revisions = facts_.revisions;
    size_t first = revisions.size();
    for (const Candidate& candidate : candidates_) {
      for (size_t i = 0; i < first; ++i) {
        if (revisions[i].hash == candidate.mark->revision) first = i;
      }
    }
    for (size_t i = std::min(first + 1, revisions.size()); i-- > 0 && out_.revision == nullptr;) {
      if (view_.Sees(revisions[i].place)) out_.revision = &revisions[i];
    }
    for (size_t i = first + 1; i < revisions.size(); ++i) {
      const RevisionFact& next = revisions[i];
      if (!view_.Sees(next.place)) continue;
      Vector<Candidate*> opposed;
      Vector<Place> sides = {next.place};
      for (Candidate& candidate : candidates_) {
        if (out_.revision != nullptr && candidate.mark->kind != MarkFact::Kind::kApproval &&
            candidate.mark->revision == out_.revision->hash &&
            facts_.Unordered(candidate.mark->place, next.place)) {
          opposed.push_back(&candidate);
          sides.push_back(candidate.mark->place);
        }
      }
      if (!opposed.empty()) {
        Contest& contest = Race(ContestKind::kRevision, next.place);
        SettleByLater(revisions, sides, &contest);
        for (Candidate* candidate : opposed) {
          Join(contest, *candidate);
          Lose(contest, candidate);
        }
        if (contest.settled == Settled::kForSignature) continue;
      }
      out_.revision = &next;
    }
    if (out_.revision == nullptr) out_.sent.reset();
    for (Candidate& candidate : candidates_) {
      if (!candidate.code &&
          (out_.revision == nullptr || candidate.mark->revision != out_.revision->hash ||
           IsRemovedAfter(view_, *candidate.recipient, candidate.mark->invite))) {
        candidate.code = ErrorCode::kSignatureSuperseded;
      }
    }
  }

  // A mark by a device of the old link against a new link sent without knowing of the mark, or
  // against the owner's revocation of the device.
  void CheckInvitations() {
    for (Candidate& candidate : candidates_) {
      if (candidate.code) continue;
      const Vector<InviteFact>& invites = candidate.recipient->invites;
      const Place mark = candidate.mark->place;
      const auto race = [&](Place act) {  // the mark's own invitation is before it
        if (!view_.Sees(act) || !facts_.Unordered(act, mark)) return;
        Contest& contest = Race(ContestKind::kInvitation, act);
        SettleByLater(invites, {act, mark}, &contest);
        Join(contest, candidate);
        Lose(contest, &candidate);
      };
      for (const InviteFact& invite : invites) race(invite.place);
      for (const Revocation& revocation : facts_.revocations) {
        if (revocation.device == facts_.events[mark].author &&
            revocation.recipient == candidate.recipient->id && revocation.ByOwner()) {
          race(revocation.place);
        }
      }
    }
  }

  // Withdrawals of consent, by devices of the same link, that a signature did not know and that did
  // not know it.
  Vector<Place> WithdrawnBeside(const RecipientFacts& recipient, const MarkFact& mark) const {
    Vector<Place> beside;
    if (mark.kind != MarkFact::Kind::kSignature) return beside;
    for (const EvidenceFact& fact : recipient.evidence) {
      if (fact.type == EventType::kConsentWithdrawn && fact.revision == mark.revision &&
          fact.invite == mark.invite && view_.Sees(fact.place) &&
          facts_.Unordered(fact.place, mark.place)) {
        beside.push_back(fact.place);
      }
    }
    return beside;
  }

  // A link that was sent in knowledge of a mark that did not count there does without it, also
  // where sealing would settle for the mark.
  bool IsReplacedAfter(const RecipientFacts& recipient, Place mark) const {
    return std::any_of(recipient.invites.begin(), recipient.invites.end(), [&](const auto& invite) {
      return view_.Sees(invite.place) && facts_.Before(mark, invite.place);
    });
  }

  // One mark a recipient: two of which neither knew the other leave the slot contested, whatever
  // the policy.
  void FillSlots() {
    for (size_t i = 0; i < candidates_.size();) {
      const RecipientFacts* recipient = candidates_[i].recipient;
      Vector<Candidate*> slot;
      for (; i < candidates_.size() && candidates_[i].recipient == recipient; ++i) {
        Candidate& candidate = candidates_[i];
        if (!candidate.code && IsReplacedAfter(*recipient, candidate.mark->place))
          candidate.code = ErrorCode::kSignatureSuperseded;
        if (!candidate.code) slot.push_back(&candidate);
      }
      Vector<Place> withdrawn;
      if (slot.size() == 1) withdrawn = WithdrawnBeside(*recipient, *slot[0]->mark);
      if (slot.size() == 1 && withdrawn.empty()) out_.counted.push_back({recipient, slot[0]->mark});
      if (slot.size() + withdrawn.size() < 2) continue;
      Contest contest;
      contest.kind = ContestKind::kDevices;
      for (Place place : withdrawn) contest.events.push_back(facts_.id(place));
      for (Candidate* candidate : slot) {
        contest.events.push_back(facts_.id(candidate->mark->place));
        candidate->code = ErrorCode::kSignatureContested;
      }
      contest.recipients.push_back(recipient->id);
      out_.contested.push_back(recipient->id);
      out_.contests.push_back(std::move(contest));
    }
  }

  // All counted signatures bind one text.
  void CompareTexts() {
    const MarkFact* first = nullptr;
    bool differs = false;
    for (const Resolution::Counted& counted : out_.counted) {
      if (counted.mark->kind != MarkFact::Kind::kSignature) continue;
      if (first == nullptr) first = counted.mark;
      differs = differs || counted.mark->text != first->text;
    }
    if (!differs) return;
    Contest contest;
    contest.kind = ContestKind::kText;
    EraseIf(out_.counted, [&](const Resolution::Counted& counted) {
      if (counted.mark->kind != MarkFact::Kind::kSignature) return false;
      contest.events.push_back(facts_.id(counted.mark->place));
      contest.recipients.push_back(counted.recipient->id);
      out_.contested.push_back(counted.recipient->id);
      Displace(counted.mark, ErrorCode::kSignatureContested);
      return true;
    });
    out_.contests.push_back(std::move(contest));
  }

  void Displace(const MarkFact* mark, ErrorCode code) {
    for (Candidate& candidate : candidates_) {
      if (candidate.mark == mark) candidate.code = code;
    }
  }

  // A void or expiry against a counted signature, neither knowing of the other. (Against a decline
  // there is no race: either way it is over.)
  void CheckEnds() {
    Vector<size_t> open;
    Vector<const MarkFact*> displaced;
    for (const EndFact& end : facts_.ends) {
      if (!view_.Sees(end.place)) continue;
      // One that an extension did not know has expired nothing.
      if (end.how == Status::kExpired &&
          (out_.revision == nullptr || out_.revision->inputs.deadline_at != end.deadline)) {
        continue;
      }
      Vector<Candidate> opposed;
      for (const Resolution::Counted& counted : out_.counted) {
        if (counted.mark->kind == MarkFact::Kind::kSignature &&
            facts_.Unordered(counted.mark->place, end.place)) {
          opposed.push_back({counted.recipient, counted.mark, std::nullopt});
        }
      }
      Settled settled = Settled::kForOwner;
      if (!opposed.empty()) {
        Contest& contest =
            Race(end.how == Status::kVoided ? ContestKind::kVoid : ContestKind::kExpiry, end.place);
        for (const Candidate& candidate : opposed) Join(contest, candidate);
        settled = contest.settled;
        if (settled == Settled::kOpen) open.push_back(out_.contests.size() - 1);
        if (settled != Settled::kForSignature) {
          for (const Candidate& candidate : opposed) displaced.push_back(candidate.mark);
        }
      }
      if (settled == Settled::kForOwner) ChooseEnd(end);
      if (settled == Settled::kForSignature) out_.lost.push_back(end.place);
    }
    for (size_t contest : open) {
      if (out_.end != nullptr) out_.contests[contest].settled = Settled::kForOwner;
    }
    for (const MarkFact* mark : displaced) {
      Displace(mark, out_.end != nullptr ? ErrorCode::kSignatureOverruled
                                         : ErrorCode::kSignatureContested);
      EraseIf(out_.counted,
              [&](const Resolution::Counted& counted) { return counted.mark == mark; });
    }
  }

  // A void is shown before an expiry, the earlier before the later.
  void ChooseEnd(const EndFact& end) {
    const bool better = out_.end == nullptr ||
                        (end.how != out_.end->how ? end.how == Status::kVoided
                                                  : facts_.Later(out_.end->place, end.place));
    if (better) out_.end = &end;
    if (end.knew_fork) knew_fork_ = true;
  }

  void Conclude() {
    bool contested = false;
    for (Contest& contest : out_.contests) {
      Sort(&contest.events);
      SortUnique(&contest.recipients);
      if (contest.settled != Settled::kOpen) continue;
      contested = true;
      if (contest.kind != ContestKind::kDevices && contest.kind != ContestKind::kText)
        out_.race_open = true;
    }
    Sort(&out_.contests, [](const Contest& a, const Contest& b) {
      return a.kind != b.kind ? a.kind < b.kind : a.events < b.events;
    });
    for (const Candidate& candidate : candidates_) {
      if (candidate.code) out_.displaced.push_back({candidate.mark->place, *candidate.code});
    }
    bool any = false;
    for (const Resolution::Counted& counted : out_.counted) {
      any = any || counted.mark->kind == MarkFact::Kind::kSignature;
      if (counted.mark->kind == MarkFact::Kind::kDecline &&
          (out_.decline == nullptr || facts_.Later(out_.decline->place, counted.mark->place))) {
        out_.decline = counted.mark;
      }
    }
    if (!out_.completions.empty()) {
      out_.status = Status::kCompleted;
    } else if (out_.disputed || (out_.forked && !knew_fork_)) {
      out_.status = Status::kFrozen;
    } else if (out_.end != nullptr) {
      out_.status = out_.end->how;
    } else if (out_.decline != nullptr) {
      out_.status = Status::kDeclined;
    } else if (!out_.sent) {
      out_.status = LacksApproval() ? Status::kAwaitingApproval : Status::kDraft;
    } else if (contested) {
      out_.status = Status::kContested;
    } else if (any && std::all_of(out_.revision->routing.begin(), out_.revision->routing.end(),
                                  [&](const RoutingEntry& entry) { return out_.IsDone(entry); })) {
      out_.status = Status::kSignedByAll;
    } else {
      out_.status = any ? Status::kInProgress : Status::kSent;
    }
  }

  // Somebody was asked to approve the current revision and has not granted it.
  bool LacksApproval() const {
    for (const ApprovalFact& asked : facts_.approvals) {
      if (asked.type != EventType::kApprovalRequested || !view_.Sees(asked.place) ||
          out_.revision == nullptr || asked.revision != out_.revision->hash ||
          CurrentInvite(view_, *facts_.Find(asked.recipient)) == nullptr) {
        continue;
      }
      const MarkFact* mark = out_.MarkOf(asked.recipient);
      if (mark == nullptr || mark->kind != MarkFact::Kind::kApproval) return true;
    }
    return false;
  }

  const View& view_;
  const Facts& facts_;
  Sealing sealing_;
  bool knew_fork_ = false;
  Vector<Candidate> candidates_;  // grouped by recipient
  Resolution& out_;
};

// Those that differ exclude each other, and none of them is the envelope's.
void FindCompletions(const View& view, Resolution* out) {
  const Facts& facts = view.facts();
  Contest contest;
  contest.kind = ContestKind::kCompletion;
  for (const CompletionFact& completion : facts.completions) {
    if (!view.Sees(completion.place)) continue;
    Vector<const CompletionFact*>& all = out->completions;
    if (!all.empty() && !all[0]->SealsTheSameAs(completion)) out->disputed = true;
    all.push_back(&completion);
    if (facts.Later(all[0]->place, completion.place)) std::swap(all[0], all.back());
    contest.events.push_back(facts.id(completion.place));
  }
  if (!out->disputed) return;
  out->completions.clear();
  out->contests.push_back(std::move(contest));
}

// What counts is what the completions name, whatever else they have in common.
void NameSealed(const View& settled, const CompletionFact& seal, Resolution* out) {
  const Facts& facts = settled.facts();
  for (const RevisionFact& revision : facts.revisions) {
    if (revision.hash == seal.revision && settled.Reaches(revision.place))
      out->revision = &revision;
  }
  out->counted.clear();
  for (const RecipientFacts& recipient : facts.recipients) {
    for (const MarkFact& mark : recipient.marks) {
      if (std::binary_search(seal.signatures.begin(), seal.signatures.end(), facts.id(mark.place)))
        out->counted.push_back({&recipient, &mark});
    }
  }
}

}  // namespace

Resolution Resolve(const View& view, Sealing sealing) {
  Resolution out;
  FindCompletions(view, &out);
  const View settled = out.Sealed(view);
  Resolver(settled, out.completions.empty() ? sealing : Sealing::kYes, &out).Run();
  if (!out.completions.empty()) NameSealed(settled, *out.completions[0], &out);
  return out;
}

View Resolution::Sealed(const View& view) const {
  if (completions.empty()) return view;
  Vector<Place> seals;
  for (const CompletionFact* completion : completions) seals.push_back(completion->place);
  return View::Of(view.facts(), std::move(seals), View::Tops::kCommon);
}

bool Resolution::IsDone(const RoutingEntry& entry) const {
  if (!Signs(entry.type) && !Approves(entry.type)) return true;
  const MarkFact* mark = MarkOf(entry.id);
  return mark != nullptr &&
         mark->kind == (Signs(entry.type) ? MarkFact::Kind::kSignature : MarkFact::Kind::kApproval);
}

const MarkFact* Resolution::MarkOf(std::string_view recipient) const {
  for (const Counted& one : counted) {
    if (one.recipient->id == recipient) return one.mark;
  }
  return nullptr;
}

}  // namespace countersign::envelope
