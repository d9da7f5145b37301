// The fold: verified events in, State out. The law is in rules.h; this keeps its facts.
//
// `Apply` cannot fail. What it decides about an event depends on that event's own causal past and on
// nothing else, so it is decided once, when the event is applied, and holds for ever: an event is in
// effect, or it is in the log without effect and a code says why. The State then follows from the set of
// events in effect. No signature is checked here (log::VerifiedEvent is the proof that it was).
#ifndef COUNTERSIGN_ENVELOPE_FOLD_H_
#define COUNTERSIGN_ENVELOPE_FOLD_H_

#include "envelope/blobs.h"
#include "envelope/envelope.h"

#endif  // COUNTERSIGN_ENVELOPE_FOLD_H_
