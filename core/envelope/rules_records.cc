// Records: what people and services note down. None of it changes a status or a signature.
// FORMAT.md section 10, "Records".
#include <algorithm>

#include "base/sort.h"
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
  if (facts_.FindRecord(view_, asked, body_.about) == nullptr) return ErrorCode::kRecordUnknown;
  return facts_.IsSettled(view_, body_.about) ? Code(ErrorCode::kRecordAlreadySettled) : Code();
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

// Only details that its author knew, and none while a hold is in force.
Code Law::Shred() const {
  for (const RecordFact& record : facts_.records) {
    if (record.type == EventType::kHoldPlaced && view_.Sees(record.place) &&
        !facts_.IsSettled(view_, facts_.id(record.place))) {
      return ErrorCode::kHoldInForce;
    }
  }
  Vector<Hash> structural;  // that somebody names as a detail, too
  for (const RevisionFact& revision : facts_.revisions) {
    if (!view_.Reaches(revision.place)) continue;
    const Vector<Hash> refs = StructuralBlobs(revision.inputs);
    structural.insert(structural.end(), refs.begin(), refs.end());
  }
  for (const RecipientFacts& recipient : facts_.recipients) {
    for (const MarkFact& mark : recipient.marks) {
      if (view_.Reaches(mark.place)) structural.push_back(mark.text);
    }
  }
  Sort(&structural);
  for (const Hash& ref : body_.details) {
    if (std::binary_search(structural.begin(), structural.end(), ref))
      return ErrorCode::kRecordUnknown;
    bool named = false;
    for (size_t i = 0; i < facts_.events.size() && !named; ++i) {
      named = facts_.events[i].detail == ref && view_.Sees(static_cast<Place>(i));
    }
    for (const RevisionFact& revision : facts_.revisions)
      named = named || (revision.inputs.values == ref && view_.Sees(revision.place));
    if (!named) return ErrorCode::kRecordUnknown;
  }
  return std::nullopt;
}

}  // namespace countersign::envelope
