// The sync engine over the boundary: its inputs and commands as JSON.
//
// Inputs (`now` in monotonic ms; ids are 64 lowercase hex; `kind` is "e" or "b"):
//   {"type":"open","stream","cursor","epoch","held":["e<id>"|"b<id>"…],"outbox":[…],"now"}
//   {"type":"close","stream","now"}            {"type":"added","stream","items":[…],"now"}
//   {"type":"put","op","results":[{"id","state":"stored"|"present"|"rejected"}],"now"}
//   {"type":"got","op","state":"stored"|"absent"|"mismatch","now"}
//   {"type":"listed","op","epoch","next","more","items":[…],"now"}
//   {"type":"persisted","op","now"}
//   {"type":"failed","op","failure":"network"|"overload"|"epochChanged"|"unauthorized"|"gone"|"quota"|"store","retryAfter","now"}
//   {"type":"wake","why":"timer"|"online"|"user"|"hint","stream","now"}
// Commands:
//   {"type":"put","op","stream","items":[…]}    {"type":"get","op","stream","items":[one]}
//   {"type":"list","op","stream","cursor","epoch","limit"}
//   {"type":"persist","op","stream","cursor","epoch","items":[…]}
//   {"type":"status","stream","phase":"idle"|"busy"|"waiting"|"stopped","unsent","missing","rejected","failure"}
#ifndef COUNTERSIGN_SYNC_WIRE_H_
#define COUNTERSIGN_SYNC_WIRE_H_

#include "json/value.h"
#include "sync/engine.h"

namespace countersign::sync {

// Room for the list of a full stream. 67 bytes an id.
inline constexpr json::Limits kInputLimits{
    .max_bytes = 5 * 1024 * 1024, .max_depth = 4, .max_items = kMaxItems};

// Feeds one input. Errors: schema.*, bytes.*, sync.*; the engine is unchanged then.
Result<void> Feed(Engine& engine, const json::Value& input);
json::Value ToJson(const Command& command);

}  // namespace countersign::sync

#endif  // COUNTERSIGN_SYNC_WIRE_H_
