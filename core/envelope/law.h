// One question put to the law: its chapters are rules.cc (who and when), rules_owner.cc,
// rules_recipient.cc, rules_records.cc and rules_keys.cc. Private to this room.
#ifndef COUNTERSIGN_ENVELOPE_LAW_H_
#define COUNTERSIGN_ENVELOPE_LAW_H_

#include <optional>

#include "envelope/rules.h"

namespace countersign::envelope {

using Code = std::optional<ErrorCode>;

// Why an envelope of this status does not take the act.
ErrorCode CodeOf(Status status);
inline bool IsOpen(Status status) {
  return status == Status::kSent || status == Status::kInProgress || status == Status::kContested;
}
// Milliseconds since 1970. REQUIRES: the body's parser accepted the text.
int64_t Milliseconds(std::string_view time);

class Law {
 public:
  Law(const View& view, const Resolution& now, const Question& question)
      : view_(view), facts_(view.facts()), now_(now), q_(question), body_(question.body) {}
  Code Judge();

 private:
  Code Who(uint16_t who);
  Code Particular() const;
  bool whole() const { return q_.scope == Question::Scope::kWhole; }
  bool IsOwner() const { return facts_.Holds(view_, std::nullopt, q_.author); }
  bool IsRecovery() const { return facts_.recovery == q_.author; }

  // The owner's side.
  Code Publish() const;
  Code CheckRouting(const Vector<RoutingEntry>& routing) const;
  size_t CountInvited() const;
  Code CheckLink() const;
  Code Invite() const;
  Code Replace() const;
  Code Remove() const;
  Code GrantAccess() const;
  Code RequestApproval() const;
  Code Accept() const;
  Code Send() const;
  Code Expire() const;
  Code Complete() const;

  // Keys.
  Code CheckNewKey(const PublicKey& key) const;
  Code AddOwnerKey() const;
  Code RevokeOwnerKey() const;
  Code ChangeServiceKey() const;
  Code Merge() const;
  Code AddDevice() const;
  Code RevokeDevice() const;

  // Recipients' devices.
  Code Join() const;
  Code AnswerRequest() const;
  Code Approve() const;
  Code CheckFields(Place invite, Vector<String>* committed) const;
  Code NamesKnownRevision() const;
  Code RecordCopy() const;
  Code NamesCurrentRevision() const;
  Code Present() const;
  static ErrorCode CodeOfMark(const MarkFact& mark);
  Code ActAsSigner() const;
  Code CommitFields() const;
  Code Sign() const;
  bool FindEvidence(EventType type, Place invite, const Hash& revision,
                    const Statement* statement) const;
  Code CheckStatement(const Statement& statement, const Vector<String>& committed,
                      Place invite) const;

  // Records, which change neither status nor signatures.
  Code Comment() const;
  Code Settle(EventType asked) const;
  Code Attest() const;
  Code Shred() const;

  const View& view_;
  const Facts& facts_;
  const Resolution& now_;
  const Question& q_;
  const EventBody& body_;
  const RecipientFacts* own_ = nullptr;  // whom it is about, where somebody with that id is invited
};

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_LAW_H_
