// Whom a new event follows: its author's newest event, and what else the author knows. Private to
// this room.
#ifndef COUNTERSIGN_ENVELOPE_PARENTS_H_
#define COUNTERSIGN_ENVELOPE_PARENTS_H_

#include <optional>

#include "base/bytes.h"
#include "base/vector.h"
#include "envelope/fold.h"

namespace countersign::envelope {

// The author's newest event, and the heads that make the author's knowledge whole (as far as 16
// can).
struct Parents {
  std::optional<EventId> prev;
  Vector<EventId> seen;
  Vector<EventId> All() const {
    Vector<EventId> all = seen;
    if (prev) all.push_back(*prev);
    return all;
  }
};

std::optional<EventId> NewestOf(const Facts& facts, const KeyId& author);
Parents ChooseParents(const Fold& fold, const KeyId& author);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_PARENTS_H_
