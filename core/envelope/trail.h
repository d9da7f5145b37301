// The audit trail: the log told event by event, for people and machines.
//
// Entries come in a fixed causal order (by the longest way from the genesis, then by event id), so
// a page is a page on every device. Claims of devices and facts attested by services are kept
// apart; content of details is there where the blob is, else "withheld".
//
// clang-format off: the shape stands in columns
// Entry, JSON ("?" = may be absent):
// {"event","type","at":ms claimed,"key":kid,"chain","seq",
//  "actor":{"kind":"owner|recovery|recipient|service|unknown","recipient"?,"service"?:role},
//  "claim":"claimed|attested",                     // attested: by the key of a service that the sender named
//  "standing":"applied|refused|late","code"?,      // code: why it has no effect
//  "counts"?:bool,                                 // of signatures and declines
//  "facts":{the body's members without detail and statement},
//  "statement"?:{…},"detail"?:{…},"withheld"?:true,
//  "fields"?:[{"id","label"?,"from"?,"to"?}]}      // fields.committed, and a revision's changes: what each field was and
//                                                  // became; label: as the current revision calls it
// clang-format on
#ifndef COUNTERSIGN_ENVELOPE_TRAIL_H_
#define COUNTERSIGN_ENVELOPE_TRAIL_H_

#include <cstddef>

#include "envelope/ledger.h"
#include "json/value.h"

namespace countersign::envelope {

// {"total":n,"offset":n,"entries":[…]}; at most kTrailPage entries a page.
inline constexpr size_t kTrailPage = 200;
json::Value ReadTrail(const Ledger& ledger, size_t offset, size_t limit);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_TRAIL_H_
