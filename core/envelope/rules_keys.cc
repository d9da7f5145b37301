// Keys that act for the owner's side or for a recipient, added and taken away. FORMAT.md section
// 10, "Keys".
#include <algorithm>

#include "crypto/crypto.h"
#include "envelope/law.h"

namespace countersign::envelope {

// A key that nobody else has here, and that says itself that it is meant.
Code Law::CheckNewKey(const PublicKey& key) const {
  const KeyId kid = crypto::Thumbprint(key);
  bool taken = facts_.recovery == kid;
  for (const KeyChange& change : facts_.key_changes)
    taken = taken || (change.key == kid && view_.Reaches(change.place));
  for (const RecipientFacts& other : facts_.recipients) {
    for (const JoinFact& join : other.joins)
      taken = taken || (&other != own_ && join.kid == kid && view_.Reaches(join.place));
  }
  return taken ? ErrorCode::kRecipientKeyTaken : Code();
}

Code Law::AddOwnerKey() const {
  if (!whole()) return std::nullopt;
  // Whoever hands over may hand over to one of the owner's own devices.
  const bool own = body_.type == EventType::kOwnerHandedOver &&
                   facts_.Holds(view_, std::nullopt, crypto::Thumbprint(body_.key));
  if (Code code = own ? Code() : CheckNewKey(body_.key)) return code;
  const bool proven =
      q_.check_proof(body_.key, DeviceChallenge(facts_.id(0), {}, body_.key), body_.proof);
  return proven ? Code() : ErrorCode::kRecipientBadProof;
}

Code Law::RevokeOwnerKey() const {
  if (!whole()) return std::nullopt;
  if (!facts_.Holds(view_, std::nullopt, body_.device)) return ErrorCode::kOwnerUnknownKey;
  return body_.device == q_.author ? ErrorCode::kOwnerOwnKey : Code();
}

Code Law::ChangeServiceKey() const {
  if (!whole()) return std::nullopt;
  const ServiceRole role = ServiceRoleOf(body_.role);
  if (body_.outcome == "added") return CheckNewKey(body_.key);
  return facts_.Holds(view_, role, crypto::Thumbprint(body_.key)) ? Code()
                                                                  : ErrorCode::kOwnerUnknownKey;
}

// One branch of the owner's chain stays; no other one ends the envelope, and nothing that counts
// rests on one.
Code Law::Merge() const {
  if (!whole()) return std::nullopt;
  const auto kept = facts_.causality.PlaceOf(body_.about);
  if (!kept || !facts_.IsOfOwnersChain(*kept) || !now_.IsOfChain(view_, *kept))
    return ErrorCode::kOwnerNotAHead;
  Code code = ErrorCode::kOwnerNotAHead;  // unless something is given up
  for (Place place : facts_.owner_chain) {
    if (!now_.IsOfChain(view_, place) || !facts_.Unordered(place, *kept)) continue;
    if (code == ErrorCode::kOwnerNotAHead) code.reset();
    for (const EndFact& end : facts_.ends) {
      if (end.place == place) return ErrorCode::kEnvelopeEnded;
    }
    for (const Resolution::Counted& counted : now_.counted) {
      if (facts_.Before(place, counted.mark->place)) code = ErrorCode::kOwnerBranchSigned;
    }
  }
  return code;
}

// A bound device vouches for another one of the same recipient.
Code Law::AddDevice() const {
  if (!whole()) return std::nullopt;
  const KeyId kid = crypto::Thumbprint(body_.key);
  for (const JoinFact& join : own_->joins) {
    if (join.kid == kid && view_.Reaches(join.place)) return ErrorCode::kRecipientAlreadyJoined;
  }
  if (Code code = CheckNewKey(body_.key)) return code;
  const Hash challenge = DeviceChallenge(facts_.id(0), body_.recipient, body_.key);
  return q_.check_proof(body_.key, challenge, body_.proof) ? Code() : ErrorCode::kRecipientBadProof;
}

// What a lost device wrote stays as far as the revocation names it.
Code Law::RevokeDevice() const {
  if (!whole()) return std::nullopt;
  const bool joined = std::any_of(
      own_->joins.begin(), own_->joins.end(),
      [&](const JoinFact& join) { return join.kid == body_.device && view_.Reaches(join.place); });
  if (!joined) return ErrorCode::kRecipientKeyNotBound;
  if (BindingOf(view_, *own_, body_.device) == Binding::kRevoked) return ErrorCode::kDeviceRevoked;
  for (const EventId& head : body_.heads) {
    const auto place = facts_.causality.PlaceOf(head);
    if (!place || !view_.Reaches(*place)) return ErrorCode::kDeviceUnknownHead;
  }
  return std::nullopt;
}

}  // namespace countersign::envelope
