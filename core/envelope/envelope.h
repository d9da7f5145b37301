// Long because a State is one value: all that a log says, in one place.
//
// The state of an envelope: what its log says, as one plain value.
//
// A State is a pure function of the set of admitted events (and the structural blobs they name):
// the same set gives an equal State whatever the order, the duplicates or the steps in which it
// arrived. It is a summary; the audit trail, event by event, is trail.h. Times are what devices
// claim, in ms since 1970.
#ifndef COUNTERSIGN_ENVELOPE_ENVELOPE_H_
#define COUNTERSIGN_ENVELOPE_ENVELOPE_H_

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/string.h"
#include "base/vector.h"
#include "envelope/blobs.h"
#include "envelope/event_types.h"
#include "json/value.h"

namespace countersign::envelope {

enum class Status : uint8_t {
  kDraft,
  kAwaitingApproval,  // an approval was asked for and is not granted
  kSent,              // nobody has signed
  kInProgress,        // somebody has
  kSignedByAll,       // every signer's signature counts; nobody has sealed yet. Not final.
  kCompleted,
  kDeclined,
  kVoided,
  kExpired,
  kContested,  // two acts that exclude each other, and nothing says which came first
  kFrozen,     // the owner's chain forked
};
std::string_view StatusName(Status status);

// An event, when its device says it was made, and the detail blob it names.
struct Mention {
  EventId event;
  int64_t at = 0;
  std::optional<Hash> detail;
  friend bool operator==(const Mention&, const Mention&) = default;
};

struct Device {
  KeyId key;
  PublicKey public_key;
  Mention joined;
  std::optional<EventId> accepted;
  std::optional<EventId> revoked;
  bool vouched = false;  // added by another device of the recipient
  bool bound = false;  // joined by the invitation that is valid now, and accepted where the genesis
                       // asks for it
  friend bool operator==(const Device&, const Device&) = default;
};
struct Presented {
  Mention mention;
  Hash text;
  Hash rendering;
  String locale;
  int64_t units = 0;
  int64_t of = 0;
  friend bool operator==(const Presented&, const Presented&) = default;
};
struct Consent {
  Mention mention;
  ConsentIdentity consent;
  friend bool operator==(const Consent&, const Consent&) = default;
};
// The newest commit of one field for the current revision.
struct CommittedField {
  String id;
  Mention mention;
  bool conflict =
      false;  // two devices committed it, neither knowing of the other: commit it once more
  friend bool operator==(const CommittedField&, const CommittedField&) = default;
};
// A signature or a decline: it counts, or the code says why not.
struct Mark {
  Mention mention;
  KeyId key;
  Hash revision;
  Hash text;  // a signature's text ref
  std::optional<ErrorCode> code;
  bool counts() const { return !code.has_value(); }
  friend bool operator==(const Mark&, const Mark&) = default;
};
enum class Turn : uint8_t {
  kNone,
  kWaiting,
  kNow,
  kDone
};  // kNone: nothing to sign, or nothing more

struct Recipient {
  using MovesAsItLies = void;  // base/vector.h
  String id;
  String role;
  RecipientType type = RecipientType::kSigner;
  int order = 1;
  bool routed = false;  // named by the current revision's routing
  Mention invited;
  PublicKey invitation;
  String host;                         // of an inPerson signer, "" for the sender
  bool removed = false;                // invited no longer
  bool for_another = false;            // the newest invitation is for another person than before
  Vector<Device> devices;              // by event id of the join
  std::optional<Presented> presented;  // these four: the newest for the current revision
  std::optional<Consent> consent;
  std::optional<Mention> access;
  std::optional<Mention> withdrawn;  // the newest withdrawal, where no consent is left
  Vector<CommittedField> committed;
  Vector<String> missing;         // own fields that are always required and not committed yet
  std::optional<Mark> signature;  // for the current revision: the one that counts, else the newest
  std::optional<Mark> declined;   // the same for a decline
  std::optional<Mark> approved;   // and for an approval
  Vector<Mark> other_marks;  // signatures and declines that do not count or are of old revisions
  Turn turn = Turn::kNone;
  Vector<String> waiting_for;  // whose signatures come first
  int64_t copies = 0;          // copies this recipient took
  std::optional<Mention> last_delivery;
  String delivery;  // outcome of that delivery
  friend bool operator==(const Recipient&, const Recipient&) = default;
};

struct Revision {
  Mention mention;
  Hash hash;
  int64_t number = 0;
  RevisionInputs inputs;
  friend bool operator==(const Revision&, const Revision&) = default;
};

enum class ContestKind : uint8_t {
  kVoid,
  kExpiry,
  kRevision,
  kInvitation,
  kDevices,
  kText,
  kCompletion
};
enum class Settled : uint8_t { kOpen, kForOwner, kForSignature };
// Acts that exclude each other and are unordered.
struct Contest {
  ContestKind kind = ContestKind::kVoid;
  Settled settled = Settled::kOpen;
  Vector<EventId> events;     // sorted
  Vector<String> recipients;  // sorted
  friend bool operator==(const Contest&, const Contest&) = default;
};

struct Completion {
  Mention mention;
  KeyId by;
  String by_role;  // completer owner recovery
  Hash revision;
  Hash text;
  Vector<EventId> signatures;
  int64_t count = 0;
  friend bool operator==(const Completion&, const Completion&) = default;
};
struct Ending {
  Status how = Status::kVoided;  // kVoided kDeclined kExpired
  Mention mention;
  KeyId by;
  String recipient;  // who declined
  friend bool operator==(const Ending&, const Ending&) = default;
};
// An event that changes nothing any more, or never did, with the reason.
struct Inert {
  EventId event;
  String type;
  ErrorCode code;
  friend bool operator==(const Inert&, const Inert&) = default;
};
// An approval of the current revision that was asked for before sending, and the answer.
struct Approval {
  String recipient;
  Mention asked;
  std::optional<Mention> granted;
  std::optional<Mention> refused;
  friend bool operator==(const Approval&, const Approval&) = default;
};
// What somebody noted down (FORMAT.md section 10, "Records"), as it was said.
struct Record {
  using MovesAsItLies = void;  // base/vector.h
  EventType type = EventType::kCommentAdded;
  Mention mention;
  KeyId by;
  bool open = false;  // a proposal that nobody resolved, a hold that nobody released
  json::Value said;   // the body without `detail`
  friend bool operator==(const Record&, const Record&) = default;
};
// Numbers of a chain that are missing or, where `reused`, stand in two events. It accuses nobody.
struct Gap {
  ChainId chain;
  int64_t first = 0;
  int64_t last = 0;
  bool reused = false;
  friend bool operator==(const Gap&, const Gap&) = default;
};
inline constexpr size_t kMaxListed = 64;     // gaps in a State; late and refused in its JSON
inline constexpr size_t kMaxRecords = 1000;  // the newest listed in a State; the rest is counted

struct State {
  EventId id;
  Status status = Status::kDraft;
  Mention created;
  Genesis genesis;
  std::optional<Revision> revision;  // the current one
  Vector<Revision> revisions;        // all, by number then event id
  std::optional<Mention> sent;
  Vector<Recipient> recipients;  // by id
  Vector<String> turn;           // signers who may sign now, sorted
  std::optional<Completion> completion;
  Vector<EventId> completions;  // all that seal this, sorted; none where they differ (contests)
  std::optional<Ending> ending;
  Vector<Contest> contests;
  Vector<KeyId> owners;                            // the owner's devices now, sorted
  Vector<std::pair<ServiceRole, KeyId>> services;  // and the services', as they were named
  Vector<Approval> approvals;                      // asked for the current revision, by recipient
  Vector<EventId> fork;                            // heads of the owner's chain where it forked
  Vector<Inert> late;                              // would have mattered, arrived after completion
  Vector<Inert> refused;                           // in the log, without effect
  Vector<Record> records;                          // in effect, the newest first
  int64_t record_count = 0;
  Vector<Gap> gaps;
  Vector<EventId> heads;  // events no other event names as a parent, sorted
  int64_t events = 0;     // in the log, refused ones included
  bool needs_newer_version =
      false;  // an event of a type this version does not know or know rules for

  const Recipient* Find(std::string_view recipient) const;
  friend bool operator==(const State&, const State&) = default;
};

// clang-format off: the shape stands in columns
// The summary for JavaScript; "?" = may be absent, every id base64url, `at` in ms.
// A Mention is {"event","at","detail"?}; a Mark is {"event","at","detail"?,"key","revision","text"?,"counts","code"?}.
// {"id","status","created":Mention,"owner":kid,"recovery"?:kid,"services":[{"role","key":kid}],"suite":"CSG-1",
//  "tiePolicy","acceptance","deadlinePolicy","workspace"?,"relatesTo":[{"env","how"}],
//  "revision"?:Revision,"revisions":[Revision without inputs],"sent"?:Mention,"turn":[recipient id],
//  "recipients":[{"id","role","recipientType","order","routed","invited":Mention,"invitation":x,
//    "devices":[{"key":kid,"x","joined":Mention,"accepted"?:event,"revoked"?:event,"bound"}],
//    "host"?,"removed"?:true,"forAnother"?:true,"approved"?:Mark,
//    "presented"?:Mention+{"text","rendering","locale","reached":{"units","of"}},
//    "consent"?:Mention+{"consent":{…}},"access"?:Mention,"withdrawn"?:Mention,
//    "committed":[Mention+{"id","conflict"}],"missing":[field id],"signature"?:Mark,"declined"?:Mark,
//    "otherMarks":[Mark],"turn":"none|waiting|now|done","waitingFor":[recipient id],"copies":n,
//    "delivery"?:Mention+{"outcome"}}],
//  "completion"?:Mention+{"by":kid,"byRole","revision","text","signatures":[event],"count"},
//  "completions":[event],"ending"?:Mention+{"how","by":kid,"recipient"?},
//  "contests":[{"kind":"void|expiry|revision|invitation|devices|text|completion",
//    "settled":"open|owner|signature","events","recipients"}],
//  "owners":[kid],"approvals":[{"recipient","asked":Mention,"granted"?:Mention,"refused"?:Mention}],
//  "fork":[event],"late":[{"event","type","code"}],"refused":[…same],"lateCount","refusedCount",
//  "records":[Mention+{"type","by":kid,"open"?:true,"said":{the body without detail}}],"recordCount",
//  "gaps":[{"chain","first","last","reused"}],"heads":[event],"events":n,"needsNewerVersion":bool}
// Revision: Mention+{"hash","number","inputs":{FORMAT.md section 8}}.
// clang-format on
class Ledger;
// With `ledger`, names, contacts, titles and reasons too, as far as their details are in it.
json::Value ToJson(const State& state, const Ledger* ledger = nullptr);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_ENVELOPE_H_
