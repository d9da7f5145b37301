#include "envelope/rules.h"

#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "values/timestamp.h"

namespace countersign::envelope {
namespace {

using Code = std::optional<ErrorCode>;

// Why an envelope of this status takes no more of what sending started.
ErrorCode CodeOf(Status status) {
  switch (status) {
    case Status::kDraft:
      return ErrorCode::kEnvelopeNotSent;
    case Status::kSignedByAll:
      return ErrorCode::kEnvelopeSignedByAll;
    case Status::kCompleted:
      return ErrorCode::kEnvelopeAlreadyCompleted;
    case Status::kDeclined:
    case Status::kVoided:
    case Status::kExpired:
      return ErrorCode::kEnvelopeEnded;
    case Status::kContested:
      return ErrorCode::kEnvelopeContested;
    case Status::kFrozen:
      return ErrorCode::kEnvelopeFrozen;
    default:
      return ErrorCode::kEnvelopeWrongStatus;
  }
}

bool IsOpen(Status status) {
  return status == Status::kSent || status == Status::kInProgress || status == Status::kContested;
}

// Milliseconds since 1970. REQUIRES: the body's parser accepted the text.
int64_t Milliseconds(std::string_view time) {
  auto parsed = values::Timestamp::Parse(time);
  if (!parsed) return 0;
  return parsed->seconds() * 1000 + parsed->nanos() / 1000000;
}

class Law {
 public:
  Law(const View& view, const Resolution& now, const Question& question)
      : view_(view), facts_(view.facts()), now_(now), q_(question), body_(question.body) {}

  Code Judge() {
    switch (body_.type) {
      case EventType::kEnvelopeCreated:
        return ErrorCode::kEnvelopeAlreadyOpen;
      case EventType::kRevisionPublished:
        return Publish();
      case EventType::kRecipientInvited:
        return Invite();
      case EventType::kRecipientAccepted:
        return Accept();
      case EventType::kEnvelopeSent:
        return Send();
      case EventType::kEnvelopeVoided:
        return Void();
      case EventType::kEnvelopeExpired:
        return Expire();
      case EventType::kEnvelopeCompleted:
        return Complete();
      default:
        break;
    }
    own_ = facts_.Find(body_.recipient);
    if (own_ == nullptr || CurrentInvite(view_, *own_) == nullptr)
      return ErrorCode::kRecipientUnknown;
    switch (body_.type) {
      case EventType::kRecipientJoined:
        return Join();
      case EventType::kDeliveryRecorded:
        return RecordDelivery();
      default:
        break;
    }
    switch (BindingOf(view_, *own_, q_.author)) {
      case Binding::kNone:
        return ErrorCode::kRecipientKeyNotBound;
      case Binding::kNotAccepted:
        return ErrorCode::kRecipientNotAccepted;
      case Binding::kBound:
        break;
    }
    if (body_.type == EventType::kCopyDelivered) return RecordCopy();
    if (body_.type == EventType::kDocumentPresented) return Present();
    return ActAsSigner();
  }

 private:
  bool whole() const { return q_.scope == Question::Scope::kWhole; }
  bool IsOwner() const { return q_.author == facts_.owner; }
  bool IsRecovery() const { return facts_.recovery == q_.author; }
  bool IsService(ServiceRole role) const { return facts_.IsService(role, q_.author); }

  // ---- the owner ----

  // Before the end, and while the owner's own chain is one line.
  Code MayStillChange() const {
    if (now_.status == Status::kDraft || IsOpen(now_.status)) return std::nullopt;
    return CodeOf(now_.status);
  }

  Code Publish() const {
    if (!IsOwner()) return ErrorCode::kEnvelopeNotOwner;
    if (Code code = MayStillChange()) return code;
    if (!whole()) return std::nullopt;
    int64_t last = 0;
    for (const RevisionFact& revision : facts_.revisions) {
      if (view_.Sees(revision.place)) last = std::max(last, revision.number);
    }
    if (body_.number != last + 1) return ErrorCode::kRevisionWrongNumber;
    if (body_.revision != RevisionHash(*body_.inputs)) return ErrorCode::kRevisionWrongHash;
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
  Code CheckRouting(const Vector<RoutingEntry>& routing) const {
    bool signer = false;
    for (const RoutingEntry& entry : routing) {
      const RecipientFacts* recipient = facts_.Find(entry.id);
      const InviteFact* invite = recipient == nullptr ? nullptr : CurrentInvite(view_, *recipient);
      if (invite == nullptr || invite->role != entry.role || invite->type != entry.type ||
          invite->order != entry.order) {
        return ErrorCode::kEnvelopeRoutingDiffers;
      }
      signer = signer || entry.type == RecipientType::kSigner;
    }
    if (!signer) return ErrorCode::kEnvelopeNoSigner;
    return std::nullopt;
  }

  size_t CountInvited() const {
    size_t count = 0;
    for (const RecipientFacts& recipient : facts_.recipients)
      count += CurrentInvite(view_, recipient) != nullptr;
    return count;
  }

  Code Invite() const {
    if (!IsOwner()) return ErrorCode::kEnvelopeNotOwner;
    if (Code code = MayStillChange()) return code;
    if (!whole()) return std::nullopt;
    for (const RecipientFacts& other : facts_.recipients) {
      for (const InviteFact& invite : other.invites) {
        if (other.id != body_.recipient && invite.key == body_.key && view_.Sees(invite.place)) {
          return ErrorCode::kRecipientKeyTaken;
        }
      }
    }
    const RecipientFacts* recipient = facts_.Find(body_.recipient);
    const InviteFact* invite = recipient == nullptr ? nullptr : CurrentInvite(view_, *recipient);
    if (invite == nullptr) {
      return CountInvited() < kMaxRecipients ? Code() : ErrorCode::kEnvelopeTooManyRecipients;
    }
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

  Code Accept() const {
    if (!IsOwner()) return ErrorCode::kEnvelopeNotOwner;
    if (now_.status != Status::kSignedByAll) {
      if (Code code = MayStillChange()) return code;
    }
    if (!whole()) return std::nullopt;
    const RecipientFacts* recipient = facts_.Find(body_.recipient);
    const InviteFact* invite = recipient == nullptr ? nullptr : CurrentInvite(view_, *recipient);
    if (invite == nullptr) return ErrorCode::kRecipientUnknown;
    for (const JoinFact& join : recipient->joins) {
      if (facts_.id(join.place) != body_.join || !view_.Sees(join.place) ||
          join.invite != invite->place)
        continue;
      const bool accepted = std::any_of(join.accepts.begin(), join.accepts.end(),
                                        [&](Place place) { return view_.Sees(place); });
      return accepted ? Code(ErrorCode::kRecipientAlreadyAccepted) : Code();
    }
    return ErrorCode::kRecipientKeyNotBound;
  }

  Code Send() const {
    if (!IsOwner()) return ErrorCode::kEnvelopeNotOwner;
    if (now_.status != Status::kDraft) {
      return IsOpen(now_.status) ? ErrorCode::kEnvelopeWrongStatus : CodeOf(now_.status);
    }
    if (now_.revision == nullptr) return ErrorCode::kEnvelopeNoRevision;
    if (whole() && body_.revision != now_.revision->hash) return ErrorCode::kEnvelopeStaleRevision;
    if (Code code = CheckRouting(now_.revision->routing)) return code;
    if (CountInvited() != now_.revision->routing.size()) return ErrorCode::kEnvelopeRoutingDiffers;
    return std::nullopt;
  }

  Code Void() const {
    if (!IsOwner() && !IsRecovery()) return ErrorCode::kEnvelopeNotOwner;
    if (now_.status == Status::kFrozen) return std::nullopt;
    return MayStillChange();
  }

  Code Expire() const {
    if (!IsOwner() && !IsService(ServiceRole::kScheduler)) return ErrorCode::kEventNotPermitted;
    // Under "receipt" nothing proves yet that the signatures came in time, so they do not hold off
    // the expiry.
    const bool unproven = now_.status == Status::kSignedByAll &&
                          facts_.genesis.deadline_policy == DeadlinePolicy::kReceipt &&
                          facts_.genesis.tie_policy != TiePolicy::kSignatureWins;
    if (!IsOpen(now_.status) && !unproven) return CodeOf(now_.status);
    const std::string& deadline = now_.revision->inputs.deadline_at;
    if (deadline.empty() || q_.at < Milliseconds(deadline) ||
        (whole() && body_.deadline_at != deadline)) {
      return ErrorCode::kEnvelopeDeadlineNotReached;
    }
    return std::nullopt;
  }

  Code Complete() const {
    if (!IsOwner() && !IsRecovery() && !IsService(ServiceRole::kCompleter))
      return ErrorCode::kEventNotPermitted;
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

  // ---- joining, and facts around it ----

  Code Join() const {
    if (!whole()) return std::nullopt;
    if (q_.author != crypto::Thumbprint(body_.key)) return ErrorCode::kEventNotPermitted;
    if (BindingOf(view_, *own_, q_.author) != Binding::kNone)
      return ErrorCode::kRecipientAlreadyJoined;
    bool taken = IsOwner() || IsRecovery();
    for (const auto& service : facts_.services) taken = taken || service.second == q_.author;
    for (const RecipientFacts& other : facts_.recipients) {
      for (const JoinFact& join : other.joins) {
        taken = taken || (&other != own_ && join.kid == q_.author && view_.Sees(join.place));
      }
    }
    if (taken) return ErrorCode::kRecipientKeyTaken;
    const Hash challenge = JoinChallenge(facts_.id(0), body_.recipient, body_.key);
    const bool proven = q_.check_proof(CurrentInvite(view_, *own_)->key, challenge, body_.proof);
    return proven ? Code() : ErrorCode::kRecipientBadProof;
  }

  Code RecordDelivery() const {
    if (IsOwner() || IsService(ServiceRole::kMailer)) return std::nullopt;
    return ErrorCode::kEventNotPermitted;
  }

  // ---- recipients; the key is bound ----

  Code RecordCopy() const {
    if (!now_.sent) return ErrorCode::kEnvelopeNotSent;
    if (!whole()) return std::nullopt;
    for (const RevisionFact& revision : facts_.revisions) {
      if (revision.hash == body_.revision && view_.Sees(revision.place)) return std::nullopt;
    }
    return ErrorCode::kEnvelopeStaleRevision;
  }

  // The revision that the body names is the current one.
  Code CheckRevision() const {
    if (whole() && body_.revision != now_.revision->hash) return ErrorCode::kEnvelopeStaleRevision;
    return std::nullopt;
  }

  Code Present() const {
    if (!IsOpen(now_.status) && now_.status != Status::kSignedByAll &&
        now_.status != Status::kCompleted) {
      return CodeOf(now_.status);
    }
    if (FindRouting(*now_.revision, body_.recipient) == nullptr)
      return ErrorCode::kRecipientUnknown;
    return CheckRevision();
  }

  static ErrorCode CodeOfMark(const MarkFact& mark) {
    return mark.kind == MarkFact::Kind::kSignature ? ErrorCode::kRecipientAlreadySigned
                                                   : ErrorCode::kRecipientDeclined;
  }

  Code ActAsSigner() const {
    if (!now_.sent)
      return now_.status == Status::kDraft ? ErrorCode::kEnvelopeNotSent : CodeOf(now_.status);
    if (const MarkFact* mark = now_.MarkOf(body_.recipient)) return CodeOfMark(*mark);
    if (!IsOpen(now_.status)) return CodeOf(now_.status);
    const RoutingEntry* entry = FindRouting(*now_.revision, body_.recipient);
    if (entry == nullptr || entry->type != RecipientType::kSigner)
      return ErrorCode::kRecipientNotASigner;
    if (Code code = CheckRevision()) return code;
    switch (body_.type) {
      case EventType::kAccessDemonstrated:
        if (whole() && body_.code != AccessCode(facts_.id(0), body_.recipient, body_.revision)) {
          return ErrorCode::kRecipientWrongCode;
        }
        return std::nullopt;
      case EventType::kConsentGiven:
        if (whole() && body_.consent != now_.revision->inputs.consent)
          return ErrorCode::kRecipientConsentDiffers;
        return std::nullopt;
      case EventType::kFieldsCommitted:
        return CommitFields();
      default:
        break;
    }
    // A signature or a decline. One's own contested slot, or a race with the sender, is for the
    // owner to settle.
    const bool own_contested = std::find(now_.contested.begin(), now_.contested.end(),
                                         body_.recipient) != now_.contested.end();
    if (now_.race_open || own_contested) return ErrorCode::kEnvelopeContested;
    return body_.type == EventType::kRecipientSigned ? Sign() : Code();
  }

  Code CommitFields() const {
    for (const std::string& id : body_.fields) {
      const auto& fields = now_.revision->fields;
      const bool own = std::any_of(fields.begin(), fields.end(), [&](const FieldEntry& field) {
        return field.id == id && field.recipient == body_.recipient &&
               !IsFilledBySigning(field.kind);
      });
      if (!own) return ErrorCode::kRecipientFieldNotOwn;
    }
    return std::nullopt;
  }

  Code Sign() const {
    const Hash& revision = now_.revision->hash;
    const std::string& deadline = now_.revision->inputs.deadline_at;
    if (!deadline.empty() && q_.at > Milliseconds(deadline))
      return ErrorCode::kEnvelopeDeadlinePassed;
    if (!WaitingFor(now_, body_.recipient).empty()) return ErrorCode::kRecipientOutOfTurn;
    // Evidence of one's own, by a device of the link that is valid now.
    const Place invite = CurrentInvite(view_, *own_)->place;
    const auto gave = [&](EventType type) { return FindEvidence(type, invite, revision, nullptr); };
    if (!gave(EventType::kAccessDemonstrated)) return ErrorCode::kRecipientAccessNotDemonstrated;
    if (!gave(EventType::kConsentGiven)) return ErrorCode::kRecipientNotConsented;
    if (!gave(EventType::kDocumentPresented)) return ErrorCode::kRecipientNotPresented;
    if (!MissingFields(view_, *own_, invite, *now_.revision).empty())
      return ErrorCode::kRecipientFieldsIncomplete;
    Vector<std::string> committed;
    for (const FieldEntry& field : now_.revision->fields) {
      if (field.recipient != body_.recipient) continue;
      const FieldState state = StateOfField(view_, *own_, invite, revision, field.id);
      if (state.conflict) return ErrorCode::kRecipientFieldsConflict;
      if (state.newest != nullptr) committed.push_back(field.id);
    }
    return whole() ? CheckStatement(*body_.statement, committed, invite) : Code();
  }

  // Own evidence of this type for the revision; `statement`: with its text and rendering.
  bool FindEvidence(EventType type, Place invite, const Hash& revision,
                    const Statement* statement) const {
    for (const EvidenceFact& fact : own_->evidence) {
      if (fact.type == type && fact.invite == invite && fact.revision == revision &&
          view_.Sees(fact.place) &&
          (statement == nullptr ||
           (fact.text == statement->documents[0].text && fact.rendering == statement->rendering))) {
        return true;
      }
    }
    return false;
  }

  Code CheckStatement(const Statement& statement, const Vector<std::string>& committed,
                      Place invite) const {
    if (statement.revision != body_.revision) return ErrorCode::kStatementWrongRevision;
    if (statement.consent != now_.revision->inputs.consent)
      return ErrorCode::kStatementWrongConsent;
    const bool same_fields = std::equal(
        committed.begin(), committed.end(), statement.fields.begin(), statement.fields.end(),
        [](const std::string& id, const FieldCommitment& c) { return id == c.id; });
    if (!same_fields) return ErrorCode::kStatementWrongFields;
    const Hash& text = statement.documents[0].text;
    if (!FindEvidence(EventType::kDocumentPresented, invite, body_.revision, &statement)) {
      return ErrorCode::kStatementNotPresented;
    }
    for (const Resolution::Counted& counted : now_.counted) {
      if (counted.mark->text != text) return ErrorCode::kStatementTextDiffers;
    }
    return std::nullopt;
  }

  const View& view_;
  const Facts& facts_;
  const Resolution& now_;
  const Question& q_;
  const EventBody& body_;
  const RecipientFacts* own_ = nullptr;
};

}  // namespace

Code Judge(const View& view, const Resolution& resolution, const Question& question) {
  return Law(view, resolution, question).Judge();
}

std::optional<Sealable> FindSealable(const View& view, const Resolution& resolution,
                                     const KeyId& author) {
  const Facts& facts = view.facts();
  if (resolution.status != Status::kSignedByAll) {
    if (facts.genesis.tie_policy != TiePolicy::kOwnerSettles || author != facts.owner ||
        resolution.status != Status::kContested) {
      return std::nullopt;
    }
    const Resolution settled = Resolve(view, TiePolicy::kSignatureWins);
    if (settled.status != Status::kSignedByAll) return std::nullopt;
    return FindSealable(view, settled, author);
  }
  Sealable sealable;
  sealable.revision = resolution.revision->hash;
  for (const Resolution::Counted& counted : resolution.counted) {
    sealable.signatures.push_back(facts.id(counted.mark->place));
    sealable.text = counted.mark->text;
  }
  Sort(&sealable.signatures);
  return sealable;
}

}  // namespace countersign::envelope
