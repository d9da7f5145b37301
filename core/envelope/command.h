// The only way to change an envelope: Command -> Prepare -> signing input -> the device signs ->
// Commit.
//
// `Prepare` asks the same rules as the fold (rules.h) with the state the author holds, so a refused
// command is one whose event would have had no effect. Nothing impure happens here: time, salts,
// chain and signature are handed in. `Commit` gives the items to store; store them, then Ingest
// them.
//
// clang-format off: one command a line
// Command, one JSON object, strict ("?" may be absent; refs and keys are base64url, 43 characters):
// {"do":"create","title","sender":{"name","organisation"?,"contact"?},"recovery"?:x,"services"?:{role:[x]},
//     "tiePolicy"?,"acceptance"?,"deadlinePolicy"?,"workspace"?,"relatesTo"?:[{"env","how"}],"keyCommitment"?}
// {"do":"publishRevision","template":{"id","version","source":ref,"compiled":ref},"library"?:[ref],"values":{id:plain},
//     "fields":ref|[definitions],"routing"?:ref|[{"id","order","recipientType","role"}] (absent: as invited),
//     "attachments"?:[ref],"consent":{"id","version","locale","text":ref},"deadlineAt"?,"locale",
//     "changes"?:[{"what","from"?,"to"?}],"why"?}     blobs named by ref are ingested before
// {"do":"invite","recipient","role","recipientType","order","invitation":x,"name","contact"?,"host"?}
//     for an id that is invited already: a new link; devices that joined by the old one are unbound
// {"do":"accept","recipient","join":event}
// {"do":"send"}
// {"do":"join","proof":base64url of 64 bytes,"device":{"userAgent","label"?}}     proof over JoinChallenge (blobs.h)
// {"do":"present","text":ref,"rendering":ref,"locale","reached":{"units","of"}}
// {"do":"demonstrateAccess","code"}
// {"do":"consent","consent":{"id","version","locale","text":ref}}
// {"do":"commitFields","values":{id:plain}}     file blobs that the values name are ingested before
// {"do":"sign","document":{"sha256":text ref,"size"},"evaluation":{"engine","version","inputs","output","trace"},
//     "locale":{"contract","interface"},"timeZone","intent":{"text","gesture"},"rendering":{"text"},
//     "mark":{"kind":"drawn"|"typed","text"?,"strokes"?},"name","core":{"name","version"}}
//     revision, consent, field commitments and the mark's hash are added from the log
// {"do":"decline","reason"?}
// {"do":"recordCopy","form","sha256"?}
// {"do":"recordDelivery","recipient","channel","outcome","to"?}
// {"do":"void","reason"?}   {"do":"expire"}   {"do":"complete"}
// {"do":"comment","text","unit"?,"about"?:event}
// {"do":"proposeChange","unit","variant"?,"text"?,"why"?}
// {"do":"resolveChange","about":event,"outcome":"accepted"|"rejected","why"?}
// {"do":"withdrawConsent","reason"?}   {"do":"requestDelegation","name","contact"?,"reason"?}
// {"do":"attest","recipient","device":kid,"level":"L2"|"L3","method","address"?}
// {"do":"recordReminder","recipient","channel","to"?}   {"do":"setSchedule","hours","channel"}
// {"do":"recordAutomation","rule","outcome":"done"|"failed","what"?}
// {"do":"recordExportedCopy","form","sha256"?,"to"?}   {"do":"recordExport","form","sha256"?,"to"?}
// {"do":"archive","retainUntil"?}   {"do":"placeHold","reason"}
// {"do":"releaseHold","about":event,"reason"?}
// {"do":"shred","details":[ref],"reason"?}     details and files; whoever holds them removes the bytes (Shred)
// {"do":"addDevice","key":x,"proof","label"?}     proof by the new key over DeviceChallenge (blobs.h)
// {"do":"revokeDevice","device":kid,"recipient"? (the owner says whose),"heads"?:[event]}
//     heads: what of that device stays; absent: what the author knows
// {"do":"addOwnerDevice","key":x,"proof","label"?}
// {"do":"revokeOwnerDevice","device":kid,"reason"?}
// {"do":"handOver","key":x,"proof","to"?,"reason"?}   {"do":"merge","kept":event,"reason"?}
// {"do":"changeServiceKey","role","key":x,"change":"added"|"removed"}
// {"do":"requestApproval","recipient"}   {"do":"grantApproval","note"?}
// {"do":"refuseApproval","reason"?}   {"do":"approve","note"?}
// {"do":"removeRecipient","recipient","reason"?}
// {"do":"replaceRecipient","recipient","invitation":x,"name","contact"?,"reason"?}
// {"do":"grantAccess","recipient","role","recipientType","order","invitation":x,"from":revision,"name","contact"?}
// {"do":"wrapKey","device":kid,"epoch","wrapped":ref}
// clang-format on
#ifndef COUNTERSIGN_ENVELOPE_COMMAND_H_
#define COUNTERSIGN_ENVELOPE_COMMAND_H_

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "envelope/envelope.h"
#include "envelope/ledger.h"
#include "json/value.h"

namespace countersign::envelope {

// Who acts. A recipient's device names its recipient; owner, recovery and services are known by
// their key.
struct Author {
  PublicKey key;
  String recipient;  // "" for owner, recovery key and services
};

// Everything impure that one event needs.
struct Context {
  int64_t at = 0;    // ms since 1970, the device's claim
  ChainId chain;     // random, one per session of a device
  int64_t seq = 0;   // 0, 1, 2 … within the chain
  Salt salt;         // random, of the event
  Salt detail_salt;  // random, of the detail blob
  Salt values_salt;  // random, of the values blob (publishRevision)
};

// Something to store: an event (JWS bytes) or a blob.
enum class ItemKind : uint8_t { kEvent, kBlob };
struct Item {
  ItemKind kind = ItemKind::kBlob;
  String name;  // event id or blob ref
  Bytes bytes;  // as stored
};

struct Draft {
  EventId id;
  EventType type = EventType::kEnvelopeCreated;
  String signing_input;  // ASCII; the device signs exactly these bytes (Ed25519)
  Vector<Item> blobs;    // to be stored with the event
  Author author;
  std::optional<EventId> prev;  // the author's newest event when this was prepared
  uint64_t basis = 0;           // the decisions in the log then (Fold::decisions)
};

// How an envelope begins (create) and is revised (publishRevision) is a part of its own
// (command_sender.cc): a module that only signers load leaves it out, and says so.
struct BodyDraft;
using AddPart = Result<void> (*)(BodyDraft& draft, EventType type);
Result<void> AddSendersPart(BodyDraft& draft, EventType type);

// Errors: schema.* where the command is no command; else the rules' codes (rules.h),
// envelope.blob_missing; engine.needs_author where the part that `add` names is left out (nullptr).
// For `create` the ledger is empty.
[[gnu::noinline]] Result<Draft> Prepare(const Ledger& ledger, const Author& author,
                                        const json::Value& command, const Context& context,
                                        AddPart add = &AddSendersPart);
// Errors: crypto.bad_signature; envelope.stale where the log moved since Prepare in a way that
// matters (another own event, or any act that decides): prepare again.
Result<Vector<Item>> Commit(const Ledger& ledger, const Draft& draft, const Signature& signature);

// The code Prepare would refuse with, so that buttons never lie; none where it would go on. An
// object with nothing but "do" and "recipient" asks whether the act is possible at all, whatever it
// would say (and without "recipient", for whomever); any other is checked whole. `at`: now, in ms
// since 1970, as in Context (deadlines).
std::optional<ErrorCode> Can(const Ledger& ledger, const Author& author, const json::Value& command,
                             int64_t at, AddPart add = nullptr);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_COMMAND_H_
