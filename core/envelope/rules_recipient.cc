// What a recipient's device may say: FORMAT.md section 10, "Invitation and binding" and the rules
// of a signature.
#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/law.h"

namespace countersign::envelope {

Code Law::Join() const {
  if (!whole()) return std::nullopt;
  if (q_.author != crypto::Thumbprint(body_.key)) return ErrorCode::kEventNotPermitted;
  if (BindingOf(view_, *own_, q_.author) != Binding::kNone)
    return ErrorCode::kRecipientAlreadyJoined;
  if (Code code = CheckNewKey(body_.key)) return code;
  const Hash challenge = JoinChallenge(facts_.id(0), body_.recipient, body_.key);
  const bool proven = q_.check_proof(CurrentInvite(view_, *own_)->key, challenge, body_.proof);
  return proven ? Code() : ErrorCode::kRecipientBadProof;
}

Code Law::RecordCopy() const {
  return now_.sent ? NamesKnownRevision() : ErrorCode::kEnvelopeNotSent;
}

Code Law::NamesKnownRevision() const {
  if (!whole()) return std::nullopt;
  for (const RevisionFact& revision : facts_.revisions) {
    if (revision.hash == body_.revision && view_.Sees(revision.place)) return std::nullopt;
  }
  return ErrorCode::kEnvelopeStaleRevision;
}

// The revision that the body names is the current one.
Code Law::NamesCurrentRevision() const {
  if (whole() && body_.revision != now_.revision->hash) return ErrorCode::kEnvelopeStaleRevision;
  return std::nullopt;
}

Code Law::Present() const {
  if (FindRouting(*now_.revision, body_.recipient) == nullptr) return ErrorCode::kRecipientUnknown;
  return NamesCurrentRevision();
}

ErrorCode Law::CodeOfMark(const MarkFact& mark) {
  constexpr ErrorCode kCodes[] = {ErrorCode::kRecipientAlreadySigned, ErrorCode::kRecipientDeclined,
                                  ErrorCode::kApprovalAlreadyGiven};
  return kCodes[static_cast<size_t>(mark.kind)];
}

Code Law::ActAsSigner() const {
  if (!now_.sent)
    return now_.status == Status::kDraft ? ErrorCode::kEnvelopeNotSent : CodeOf(now_.status);
  if (const MarkFact* mark = now_.MarkOf(body_.recipient)) return CodeOfMark(*mark);
  if (!IsOpen(now_.status)) return CodeOf(now_.status);
  const RoutingEntry* entry = FindRouting(*now_.revision, body_.recipient);
  if (body_.type == EventType::kRecipientApproved) {
    if (entry == nullptr || !Approves(entry->type)) return ErrorCode::kRecipientNotAnApprover;
  } else {
    // Whoever approves may decline, whoever fills in a form may do that.
    const bool may =
        entry != nullptr &&
        (Signs(entry->type) ||
         (body_.type == EventType::kRecipientDeclined && Approves(entry->type)) ||
         (body_.type == EventType::kFieldsCommitted && entry->type == RecipientType::kFormFiller));
    if (!may) return ErrorCode::kRecipientNotASigner;
  }
  if (Code code = NamesCurrentRevision()) return code;
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
    case EventType::kConsentWithdrawn:
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
  if (body_.type == EventType::kRecipientApproved) return Approve();
  return body_.type == EventType::kRecipientSigned ? Sign() : Code();
}

// Before sending: what was asked of this recipient for this revision, once.
Code Law::AnswerRequest() const {
  if (now_.revision == nullptr) return ErrorCode::kEnvelopeNoRevision;
  if (Code code = NamesCurrentRevision()) return code;
  bool asked = false;
  for (const ApprovalFact& fact : facts_.approvals) {
    if (fact.recipient != body_.recipient || fact.revision != now_.revision->hash ||
        !view_.Sees(fact.place)) {
      continue;
    }
    if (fact.type == EventType::kApprovalRequested) {
      asked = true;
    } else if (fact.invite == CurrentInvite(view_, *own_)->place) {
      return ErrorCode::kApprovalAlreadyGiven;
    }
  }
  return asked ? Code() : ErrorCode::kApprovalNotRequested;
}

// After sending: in turn, what was shown, and with every field that is required of one.
Code Law::Approve() const {
  if (!WaitingFor(now_, body_.recipient).empty()) return ErrorCode::kRecipientOutOfTurn;
  const Place invite = CurrentInvite(view_, *own_)->place;
  if (!FindEvidence(EventType::kDocumentPresented, invite, now_.revision->hash, nullptr))
    return ErrorCode::kRecipientNotPresented;
  Vector<String> committed;
  return CheckFields(invite, &committed);
}

// Every required field, and of each one commit that knows all others.
Code Law::CheckFields(Place invite, Vector<String>* committed) const {
  Code code;
  for (const FieldState& state : StatesOfFields(view_, *own_, invite, *now_.revision)) {
    if (state.IsMissing()) return ErrorCode::kRecipientFieldsIncomplete;
    if (state.conflict) code = ErrorCode::kRecipientFieldsConflict;
    if (state.newest != nullptr) committed->push_back(state.field->id);
  }
  return code;
}

Code Law::CommitFields() const {
  for (const String& id : body_.fields) {
    const auto& fields = now_.revision->fields;
    const FieldEntry* field = FindSorted(fields, &FieldEntry::id, id);
    if (field == nullptr || field->recipient != body_.recipient || IsFilledBySigning(field->kind))
      return ErrorCode::kRecipientFieldNotOwn;
  }
  return std::nullopt;
}

Code Law::Sign() const {
  const Hash& revision = now_.revision->hash;
  const String& deadline = now_.revision->inputs.deadline_at;
  if (!deadline.empty() && q_.at > Milliseconds(deadline))
    return ErrorCode::kEnvelopeDeadlinePassed;
  if (!WaitingFor(now_, body_.recipient).empty()) return ErrorCode::kRecipientOutOfTurn;
  // Evidence of one's own, by a device of the link that is valid now.
  const Place invite = CurrentInvite(view_, *own_)->place;
  const auto gave = [&](EventType type) { return FindEvidence(type, invite, revision, nullptr); };
  if (!gave(EventType::kAccessDemonstrated)) return ErrorCode::kRecipientAccessNotDemonstrated;
  if (ConsentOf(view_, *own_, invite, revision) == nullptr)
    return ErrorCode::kRecipientNotConsented;
  if (!gave(EventType::kDocumentPresented)) return ErrorCode::kRecipientNotPresented;
  Vector<String> committed;
  if (Code code = CheckFields(invite, &committed)) return code;
  return whole() ? CheckStatement(*body_.statement, committed, invite) : Code();
}

// Own evidence of this type for the revision; `statement`: with its text and rendering.
bool Law::FindEvidence(EventType type, Place invite, const Hash& revision,
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

Code Law::CheckStatement(const Statement& statement, const Vector<String>& committed,
                         Place invite) const {
  if (statement.revision != body_.revision) return ErrorCode::kStatementWrongRevision;
  if (statement.consent != now_.revision->inputs.consent) return ErrorCode::kStatementWrongConsent;
  const bool same_fields = std::equal(
      committed.begin(), committed.end(), statement.fields.begin(), statement.fields.end(),
      [](const String& id, const FieldCommitment& c) { return id == c.id; });
  if (!same_fields) return ErrorCode::kStatementWrongFields;
  const Hash& text = statement.documents[0].text;
  if (!FindEvidence(EventType::kDocumentPresented, invite, body_.revision, &statement)) {
    return ErrorCode::kStatementNotPresented;
  }
  for (const Resolution::Counted& counted : now_.counted) {
    if (counted.mark->kind == MarkFact::Kind::kSignature && counted.mark->text != text)
      return ErrorCode::kStatementTextDiffers;
  }
  return std::nullopt;
}

}  // namespace countersign::envelope
