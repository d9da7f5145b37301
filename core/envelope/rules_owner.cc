// What the owner's side may say: FORMAT.md section 10, "Owner's chain" to "Completion".
#include <algorithm>

#include "envelope/law.h"

namespace countersign::envelope {

Code Law::Publish() const {
  if (!whole()) return std::nullopt;
  int64_t last = 0;
  for (size_t i = facts_.revisions.size(); i-- > 0 && last == 0;) {  // by number
    if (view_.Sees(facts_.revisions[i].place)) last = facts_.revisions[i].number;
  }
  if (body_.number != last + 1) return ErrorCode::kRevisionWrongNumber;
  if (body_.revision != RevisionHash(*body_.inputs)) return ErrorCode::kRevisionWrongHash;
  // Marks name a revision by its hash: what was superseded would come back.
  if (!NamesKnownRevision()) return ErrorCode::kRevisionRepeated;
  if (q_.routing == nullptr || q_.fields == nullptr) return ErrorCode::kEnvelopeBlobMalformed;
  for (const FieldEntry& field : *q_.fields) {
    const bool known =
        field.recipient.empty() ||
        std::any_of(q_.routing->begin(), q_.routing->end(),
                    [&](const RoutingEntry& entry) { return entry.id == field.recipient; });
    if (!known) return ErrorCode::kEnvelopeBlobMalformed;
  }
  // Before sending, recipients may still be invited; afterwards the routing holds at once.
  return now_.sent ? CheckRouting(*q_.routing) : std::nullopt;
}

// Everybody in the routing was invited just so, and somebody signs.
Code Law::CheckRouting(const Vector<RoutingEntry>& routing) const {
  bool signer = false;
  for (const RoutingEntry& entry : routing) {
    const RecipientFacts* recipient = facts_.Find(entry.id);
    const InviteFact* invite = recipient == nullptr ? nullptr : CurrentInvite(view_, *recipient);
    if (invite == nullptr || invite->role != entry.role || invite->type != entry.type ||
        invite->order != entry.order) {
      return ErrorCode::kEnvelopeRoutingDiffers;
    }
    signer = signer || Signs(entry.type);
  }
  if (!signer) return ErrorCode::kEnvelopeNoSigner;
  return std::nullopt;
}

size_t Law::CountInvited() const {
  size_t count = 0;
  for (const RecipientFacts& recipient : facts_.recipients)
    count += CurrentInvite(view_, recipient) != nullptr;
  return count;
}

// A link of one's own: no other recipient has or had it.
Code Law::CheckLink() const {
  for (const RecipientFacts& other : facts_.recipients) {
    for (const InviteFact& invite : other.invites) {
      if (other.id != body_.recipient && invite.key == body_.key && view_.Sees(invite.place)) {
        return ErrorCode::kRecipientKeyTaken;
      }
    }
  }
  const RecipientFacts* recipient = facts_.Find(body_.recipient);
  const bool invited = recipient != nullptr && CurrentInvite(view_, *recipient) != nullptr;
  return invited || CountInvited() < kMaxRecipients ? Code()
                                                    : ErrorCode::kEnvelopeTooManyRecipients;
}

Code Law::Invite() const {
  if (!whole()) return std::nullopt;
  if (Code code = CheckLink()) return code;
  const RecipientFacts* recipient = facts_.Find(body_.recipient);
  const InviteFact* invite = recipient == nullptr ? nullptr : CurrentInvite(view_, *recipient);
  if (invite == nullptr) return std::nullopt;
  // A new link for somebody invited before. What was routed and sent stays; what was signed
  // stays.
  if (const MarkFact* mark = now_.MarkOf(body_.recipient)) return CodeOfMark(*mark);
  const bool same = invite->role == body_.role && invite->type == body_.recipient_type &&
                    invite->order == body_.order;
  if (!same && now_.sent && FindRouting(*now_.revision, body_.recipient) != nullptr) {
    return ErrorCode::kRecipientDiffers;
  }
  return std::nullopt;
}

// Another person in the same place: as invited again, with a link of their own.
Code Law::Replace() const {
  if (const MarkFact* mark = now_.MarkOf(body_.recipient)) return CodeOfMark(*mark);
  return whole() ? CheckLink() : Code();
}

// Whom the terms still name stays: first a revision without them.
Code Law::Remove() const {
  const bool routed = now_.sent && FindRouting(*now_.revision, body_.recipient) != nullptr;
  return routed ? ErrorCode::kRecipientStillRouted : Code();
}

// A party that comes later, also years after the end, and reads from a named revision on.
Code Law::GrantAccess() const {
  if (!whole()) return std::nullopt;
  const RecipientFacts* recipient = facts_.Find(body_.recipient);
  const auto any = [](const InviteFact&) { return true; };
  if (recipient != nullptr && view_.Latest(recipient->invites, any) != nullptr)
    return ErrorCode::kRecipientAlreadyInvited;
  if (body_.recipient_type != RecipientType::kViewer &&
      body_.recipient_type != RecipientType::kCopy) {
    return ErrorCode::kAccessOnlyReading;
  }
  if (Code code = CheckLink()) return code;
  return NamesKnownRevision();
}

Code Law::RequestApproval() const {
  if (now_.revision == nullptr) return ErrorCode::kEnvelopeNoRevision;
  if (CurrentInvite(view_, *own_)->type != RecipientType::kApprover)
    return ErrorCode::kRecipientNotAnApprover;
  return NamesCurrentRevision();
}

Code Law::Accept() const {
  if (!whole()) return std::nullopt;
  const RecipientFacts* recipient = facts_.Find(body_.recipient);
  const InviteFact* invite = recipient == nullptr ? nullptr : CurrentInvite(view_, *recipient);
  if (invite == nullptr) return ErrorCode::kRecipientUnknown;
  for (const JoinFact& join : recipient->joins) {
    if (facts_.id(join.place) != body_.about || join.vouched || !view_.Sees(join.place) ||
        join.invite != invite->place)
      continue;
    const bool accepted = std::any_of(join.accepts.begin(), join.accepts.end(),
                                      [&](Place place) { return view_.Sees(place); });
    return accepted ? Code(ErrorCode::kRecipientAlreadyAccepted) : Code();
  }
  return ErrorCode::kRecipientKeyNotBound;
}

Code Law::Send() const {
  if (now_.status == Status::kAwaitingApproval) return ErrorCode::kApprovalMissing;
  if (now_.status != Status::kDraft) {
    return IsOpen(now_.status) ? ErrorCode::kEnvelopeWrongStatus : CodeOf(now_.status);
  }
  if (now_.revision == nullptr) return ErrorCode::kEnvelopeNoRevision;
  if (whole() && body_.revision != now_.revision->hash) return ErrorCode::kEnvelopeStaleRevision;
  if (Code code = CheckRouting(now_.revision->routing)) return code;
  if (CountInvited() != now_.revision->routing.size()) return ErrorCode::kEnvelopeRoutingDiffers;
  return std::nullopt;
}

Code Law::Expire() const {
  // Under "receipt" nothing proves yet that the signatures came in time, so they do not hold off
  // the expiry.
  const bool unproven = now_.status == Status::kSignedByAll &&
                        facts_.genesis.deadline_policy == DeadlinePolicy::kReceipt &&
                        facts_.genesis.tie_policy != TiePolicy::kSignatureWins;
  if (!IsOpen(now_.status) && !unproven) return CodeOf(now_.status);
  const String& deadline = now_.revision->inputs.deadline_at;
  if (deadline.empty() || q_.at < Milliseconds(deadline) ||
      (whole() && body_.deadline_at != deadline)) {
    return ErrorCode::kEnvelopeDeadlineNotReached;
  }
  return std::nullopt;
}

Code Law::Complete() const {
  if (now_.status == Status::kCompleted) return ErrorCode::kEnvelopeAlreadyCompleted;
  const auto sealable = FindSealable(view_, now_, q_.author);
  if (!sealable) {
    return now_.status == Status::kSent || now_.status == Status::kInProgress
               ? ErrorCode::kEnvelopeWrongStatus
               : CodeOf(now_.status);
  }
  if (!whole()) return std::nullopt;
  if (body_.revision != sealable->revision) return ErrorCode::kEnvelopeStaleRevision;
  if (body_.signatures != sealable->signatures) return ErrorCode::kCompletionWrongSignatures;
  if (body_.text != sealable->text) return ErrorCode::kCompletionWrongText;
  return std::nullopt;
}

}  // namespace countersign::envelope
