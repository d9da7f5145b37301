// Records: what people and services note down. None of it changes a status or a signature.
// FORMAT.md section 10, "Records".
#include "envelope/law.h"

namespace countersign::envelope {

// On a revision that its author knew, and in answer to something that was said.
Code Law::Comment() const {
  if (!whole()) return std::nullopt;
  if (Code code = NamesKnownRevision()) return code;
  if (!body_.answers) return std::nullopt;
  for (const EventType type : {EventType::kCommentAdded, EventType::kChangeProposed}) {
    if (facts_.FindRecord(view_, type, *body_.answers) != nullptr) return std::nullopt;
  }
  return ErrorCode::kRecordUnknown;
}

// A proposal is resolved once, a hold released once.
Code Law::Settle(EventType asked) const {
  if (!whole()) return std::nullopt;
  const RecordFact* record = facts_.FindRecord(view_, asked, body_.about);
  if (record == nullptr) return ErrorCode::kRecordUnknown;
  return Facts::IsSettled(view_, *record) ? Code(ErrorCode::kRecordAlreadySettled) : Code();
}

// A level is vouched for one device that joined for the recipient, by somebody who never was the
// sender.
Code Law::Attest() const {
  bool owners = IsRecovery();
  for (const KeyChange& change : facts_.key_changes)
    owners = owners || (!change.role && change.key == q_.author && view_.Reaches(change.place));
  if (owners) return ErrorCode::kEventNotPermitted;
  if (!whole()) return std::nullopt;
  const Binding binding = BindingOf(view_, *own_, body_.device);
  if (binding == Binding::kRevoked) return ErrorCode::kDeviceRevoked;
  return binding == Binding::kNone ? ErrorCode::kRecipientKeyNotBound : Code();
}

// Only content that its author knew to be named, and none while a hold is in force.
Code Law::Shred() const {
  for (const RecordFact& record : facts_.records) {
    if (record.type == EventType::kHoldPlaced && view_.Sees(record.place) &&
        !Facts::IsSettled(view_, record)) {
      return ErrorCode::kHoldInForce;
    }
  }
  for (const Hash& ref : body_.details) {
    bool named = false;
    for (size_t i = 0; i < facts_.contents.size() && !named; ++i) {
      named = facts_.contents[i] == ref && view_.Sees(facts_.content_places[i]);
    }
    for (const RevisionFact& revision : facts_.revisions) {
      named = named && !(view_.Sees(revision.place) && IsStructural(revision.inputs, ref));
    }
    if (!named) return ErrorCode::kRecordUnknown;
  }
  return std::nullopt;
}

}  // namespace countersign::envelope
