// Who may say what, and when: the law in one table. What else each type asks stands in the other
// chapters (law.h). FORMAT.md section 8, column "who", and section 10.
#include "envelope/rules.h"

#include <iterator>

#include "base/sort.h"
#include "envelope/law.h"
#include "values/timestamp.h"

namespace countersign::envelope {
namespace {

// Who. A clause with none of the first three and no service is for whoever can prove it (a join).
constexpr uint16_t kOwner = 1;
constexpr uint16_t kRecovery = 2;
constexpr uint16_t kDevice = 4;     // bound to the recipient that the event names
constexpr uint16_t kInvited = 8;    // whoever writes it, the recipient is invited
constexpr uint16_t kEither = 1024;  // with kOwner and kDevice: about the recipient, by one of them
constexpr uint16_t By(ServiceRole role) {
  return static_cast<uint16_t>(16 << static_cast<int>(role));
}
constexpr uint16_t kMailer = By(ServiceRole::kMailer);
constexpr uint16_t kScheduler = By(ServiceRole::kScheduler);
constexpr uint16_t kCompleter = By(ServiceRole::kCompleter);
constexpr uint16_t kRecords = By(ServiceRole::kRecords);
constexpr uint16_t kAttestor = By(ServiceRole::kAttestor);

// When: the statuses that allow it.
constexpr uint8_t kDraft = 1;
constexpr uint8_t kOpen = 2;  // sent, in progress, contested
constexpr uint8_t kSigned = 4;
constexpr uint8_t kSealed = 8;
constexpr uint8_t kEnded = 16;
constexpr uint8_t kFrozen = 32;
constexpr uint8_t kAlways = 63;
constexpr uint8_t kItsOwn = kAlways;  // the rule of the type says when

struct Clause {
  uint16_t who;
  uint8_t when;
};
// In the order of EventType.
constexpr Clause kLaw[] = {
    {0, kItsOwn},                                            // envelope.created
    {kOwner, kDraft | kOpen},                                // revision.published
    {kOwner, kDraft | kOpen},                                // recipient.invited
    {kInvited, kAlways},                                     // recipient.joined
    {kOwner, kDraft | kOpen | kSigned},                      // recipient.accepted
    {kOwner, kItsOwn},                                       // envelope.sent
    {kDevice, kOpen | kSigned | kSealed},                    // document.presented
    {kDevice, kItsOwn},                                      // access.demonstrated
    {kDevice, kItsOwn},                                      // consent.given
    {kDevice, kItsOwn},                                      // fields.committed
    {kDevice, kItsOwn},                                      // recipient.signed
    {kDevice, kItsOwn},                                      // recipient.declined
    {kDevice, kItsOwn},                                      // copy.delivered
    {kOwner | kMailer | kInvited, kAlways},                  // delivery.recorded
    {kOwner | kRecovery, kDraft | kOpen | kFrozen},          // envelope.voided
    {kOwner | kScheduler, kItsOwn},                          // envelope.expired
    {kOwner | kRecovery | kCompleter, kItsOwn},              // envelope.completed
    {kOwner | kDevice, kDraft | kOpen | kSigned | kSealed},  // comment.added
    {kDevice, kOpen},                                        // change.proposed
    {kOwner, kDraft | kOpen | kSigned},                      // change.resolved
    {kDevice, kItsOwn},                                      // consent.withdrawn
    {kDevice, kOpen},                                        // delegation.requested
    {kAttestor | kInvited, kAlways},                         // identity.attested
    {kOwner | kMailer | kScheduler | kInvited, kOpen},       // reminder.sent
    {kOwner, kDraft | kOpen},                                // schedule.set
    {kOwner | kScheduler | kRecords, kAlways},               // automation.ran
    {kDevice, kItsOwn},                                      // copy.exported
    {kOwner | kRecords, kAlways},                            // envelope.exported
    {kOwner | kRecords, kSealed | kEnded},                   // envelope.archived
    {kOwner | kRecords, kAlways},                            // hold.placed
    {kOwner | kRecords, kAlways},                            // hold.released
    {kOwner | kRecords, kSealed | kEnded},                   // content.shredded
    {kOwner, kAlways},                                       // key.wrapped
    {kDevice, kAlways},                                      // device.added
    {kOwner | kDevice | kEither, kAlways},                   // device.revoked
    {kOwner | kRecovery, kAlways},                           // owner.deviceAdded
    {kOwner | kRecovery, kAlways},                           // owner.deviceRevoked
    {kOwner | kRecovery, kAlways},                           // owner.handedOver
    {kOwner | kRecovery, kFrozen},                           // owner.merged
    {kOwner | kRecovery, kAlways},                           // service.keyChanged
    {kOwner | kInvited, kDraft},                             // approval.requested
    {kDevice, kDraft},                                       // approval.granted
    {kDevice, kDraft},                                       // approval.refused
    {kOwner | kInvited, kDraft | kOpen},                     // recipient.removed
    {kOwner | kInvited, kDraft | kOpen},                     // recipient.replaced
    {kOwner, kOpen | kSigned | kSealed | kEnded},            // access.granted
    {kDevice, kItsOwn},                                      // recipient.approved
};
static_assert(std::size(kLaw) == kEventTypes);

uint8_t MomentOf(Status status) {
  switch (status) {
    case Status::kDraft:
    case Status::kAwaitingApproval:
      return kDraft;
    case Status::kSignedByAll:
      return kSigned;
    case Status::kCompleted:
      return kSealed;
    case Status::kDeclined:
    case Status::kVoided:
    case Status::kExpired:
      return kEnded;
    case Status::kFrozen:
      return kFrozen;
    default:
      return kOpen;
  }
}

}  // namespace

ErrorCode CodeOf(Status status) {
  switch (status) {
    case Status::kDraft:
    case Status::kAwaitingApproval:
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

int64_t Milliseconds(std::string_view time) {
  auto parsed = values::Timestamp::Parse(time);
  if (!parsed) return 0;
  return parsed->seconds() * 1000 + parsed->nanos() / 1000000;
}

Code Law::Judge() {
  const Clause& clause = kLaw[static_cast<size_t>(body_.type)];
  if (Code code = Who(clause.who)) return code;
  // Seals that contradict each other are no fork that an end or a choice would repair.
  const uint8_t never = now_.disputed && clause.when != kAlways ? kFrozen : 0;
  if ((clause.when & ~never & MomentOf(now_.status)) == 0) return CodeOf(now_.status);
  return Particular();
}

Code Law::Who(uint16_t who) {
  // What owner and recipients may both say is said by a recipient's device where it names one.
  bool by_device = (who & kDevice) != 0 && ((who & kOwner) == 0 || !body_.recipient.empty());
  if (by_device || (who & kInvited) != 0) {
    own_ = facts_.Find(body_.recipient);
    if (own_ == nullptr || CurrentInvite(view_, *own_) == nullptr)
      return ErrorCode::kRecipientUnknown;
  }
  if ((who & kEither) != 0 && IsOwner()) by_device = false;
  if (by_device) {
    switch (BindingOf(view_, *own_, q_.author)) {
      case Binding::kNone:
        return ErrorCode::kRecipientKeyNotBound;
      case Binding::kNotAccepted:
        return ErrorCode::kRecipientNotAccepted;
      case Binding::kRevoked:
        return ErrorCode::kDeviceRevoked;
      case Binding::kBound:
        return std::nullopt;
    }
  }
  if ((who & ~kInvited) == 0) return std::nullopt;
  if ((who & kOwner) != 0 && IsOwner()) return std::nullopt;
  if ((who & kRecovery) != 0 && IsRecovery()) return std::nullopt;
  for (const KeyChange& change : facts_.key_changes) {
    if (change.role && change.key == q_.author && (who & By(*change.role)) != 0 &&
        facts_.Holds(view_, change.role, q_.author)) {
      return std::nullopt;
    }
  }
  const bool owners_only = (who & ~(kOwner | kRecovery | kDevice | kInvited | kEither)) == 0;
  return owners_only ? ErrorCode::kEnvelopeNotOwner : ErrorCode::kEventNotPermitted;
}

Code Law::Particular() const {
  switch (body_.type) {
    case EventType::kEnvelopeCreated:
      return ErrorCode::kEnvelopeAlreadyOpen;
    case EventType::kRevisionPublished:
      return Publish();
    case EventType::kRecipientInvited:
      return Invite();
    case EventType::kRecipientJoined:
      return Join();
    case EventType::kRecipientAccepted:
      return Accept();
    case EventType::kEnvelopeSent:
      return Send();
    case EventType::kEnvelopeExpired:
      return Expire();
    case EventType::kEnvelopeCompleted:
      return Complete();
    case EventType::kDocumentPresented:
      return Present();
    case EventType::kCopyDelivered:
    case EventType::kCopyExported:
      return RecordCopy();
    case EventType::kAccessDemonstrated:
    case EventType::kConsentGiven:
    case EventType::kConsentWithdrawn:
    case EventType::kFieldsCommitted:
    case EventType::kRecipientSigned:
    case EventType::kRecipientDeclined:
    case EventType::kRecipientApproved:
      return ActAsSigner();
    case EventType::kCommentAdded:
      return Comment();
    case EventType::kChangeProposed:
      return NamesCurrentRevision();
    case EventType::kDelegationRequested:
      if (const MarkFact* mark = now_.MarkOf(body_.recipient)) return CodeOfMark(*mark);
      return NamesCurrentRevision();
    case EventType::kChangeResolved:
      return Settle(EventType::kChangeProposed);
    case EventType::kHoldReleased:
      return Settle(EventType::kHoldPlaced);
    case EventType::kIdentityAttested:
      return Attest();
    case EventType::kContentShredded:
      return Shred();
    case EventType::kDeviceAdded:
      return AddDevice();
    case EventType::kDeviceRevoked:
      return RevokeDevice();
    case EventType::kOwnerDeviceAdded:
    case EventType::kOwnerHandedOver:
      return AddOwnerKey();
    case EventType::kOwnerDeviceRevoked:
      return RevokeOwnerKey();
    case EventType::kOwnerMerged:
      return Merge();
    case EventType::kServiceKeyChanged:
      return ChangeServiceKey();
    case EventType::kApprovalRequested:
      return RequestApproval();
    case EventType::kApprovalGranted:
    case EventType::kApprovalRefused:
      return AnswerRequest();
    case EventType::kRecipientRemoved:
      return Remove();
    case EventType::kRecipientReplaced:
      return Replace();
    case EventType::kAccessGranted:
      return GrantAccess();
    default:  // who and when is all
      return std::nullopt;
  }
}

Code Judge(const View& view, const Resolution& resolution, const Question& question) {
  return Law(view, resolution, question).Judge();
}

std::optional<Sealable> FindSealable(const View& view, const Resolution& resolution,
                                     const KeyId& author) {
  const Facts& facts = view.facts();
  if (resolution.status != Status::kSignedByAll) {
    if (facts.genesis.tie_policy != TiePolicy::kOwnerSettles ||
        !facts.Holds(view, std::nullopt, author) || resolution.status != Status::kContested) {
      return std::nullopt;
    }
    const Resolution settled = Resolve(view, Sealing::kYes);
    if (settled.status != Status::kSignedByAll) return std::nullopt;
    return FindSealable(view, settled, author);
  }
  Sealable sealable;
  sealable.revision = resolution.revision->hash;
  for (const Resolution::Counted& counted : resolution.counted) {
    sealable.signatures.push_back(facts.id(counted.mark->place));
    if (counted.mark->kind == MarkFact::Kind::kSignature) sealable.text = counted.mark->text;
  }
  Sort(&sealable.signatures);
  return sealable;
}

}  // namespace countersign::envelope
