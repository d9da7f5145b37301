// Long because the list of types is closed, and each has its members here.
//
// What an event of an envelope may say: the closed list of types, each with its strict body.
//
// FORMAT.md section 8 is the law of these shapes. `ParseBody` accepts exactly what it allows (a
// member it does not know is refused), `WriteBody` writes it, and writing what was parsed gives the
// same value. Only the shape is checked here; whether the author may say it, and whether it counts,
// is fold.h.
#ifndef COUNTERSIGN_ENVELOPE_EVENT_TYPES_H_
#define COUNTERSIGN_ENVELOPE_EVENT_TYPES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/names.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::envelope {

enum class EventType : uint8_t {
  kEnvelopeCreated,
  kRevisionPublished,
  kRecipientInvited,
  kRecipientJoined,
  kRecipientAccepted,
  kEnvelopeSent,
  kDocumentPresented,
  kAccessDemonstrated,
  kConsentGiven,
  kFieldsCommitted,
  kRecipientSigned,
  kRecipientDeclined,
  kCopyDelivered,
  kDeliveryRecorded,
  kEnvelopeVoided,
  kEnvelopeExpired,
  kEnvelopeCompleted,
  kCommentAdded,
  kChangeProposed,
  kChangeResolved,
  kConsentWithdrawn,
  kDelegationRequested,
  kIdentityAttested,
  kReminderSent,
  kScheduleSet,
  kAutomationRan,
  kCopyExported,
  kEnvelopeExported,
  kEnvelopeArchived,
  kHoldPlaced,
  kHoldReleased,
  kContentShredded,
  kKeyWrapped,
  kDeviceAdded,
  kDeviceRevoked,
  kOwnerDeviceAdded,
  kOwnerDeviceRevoked,
  kOwnerHandedOver,
  kOwnerMerged,
  kServiceKeyChanged,
  kApprovalRequested,
  kApprovalGranted,
  kApprovalRefused,
  kRecipientRemoved,
  kRecipientReplaced,
  kAccessGranted,
  kRecipientApproved,
};
inline constexpr size_t kEventTypes = static_cast<size_t>(EventType::kRecipientApproved) + 1;
std::string_view EventTypeName(EventType type);  // "envelope.created", ...
// Errors: event.reserved_type (listed, without rules yet), event.unknown_type.
Result<EventType> ParseEventType(std::string_view name);

// The words of an enum stand in its order.
enum class TiePolicy : uint8_t { kOwnerWins, kSignatureWins, kOwnerSettles };
inline constexpr Names kTiePolicies("ownerWins|signatureWins|ownerSettles");
enum class Acceptance : uint8_t { kAuto, kOwner };
inline constexpr Names kAcceptances("auto|owner");
enum class DeadlinePolicy : uint8_t { kClaim, kReceipt };
inline constexpr Names kDeadlinePolicies("claim|receipt");
enum class RecipientType : uint8_t {
  kSigner,
  kViewer,
  kCopy,
  kApprover,
  kWitness,
  kFormFiller,
  kInPerson
};
inline constexpr Names kRecipientTypes("signer|viewer|copy|approver|witness|formFiller|inPerson");
bool Signs(RecipientType type);     // signer, witness, inPerson
bool Approves(RecipientType type);  // approver, formFiller: done by recipient.approved
enum class ServiceRole : uint8_t {
  kAttestor,
  kMailer,
  kScheduler,
  kRegistrar,
  kCompleter,
  kRecords
};
inline constexpr Names kServiceRoles("attestor|mailer|scheduler|registrar|completer|records");
std::string_view TiePolicyName(TiePolicy policy);
std::string_view AcceptanceName(Acceptance acceptance);
std::string_view DeadlinePolicyName(DeadlinePolicy policy);
std::string_view RecipientTypeName(RecipientType type);
std::string_view ServiceRoleName(ServiceRole role);
ServiceRole ServiceRoleOf(std::string_view name);  // REQUIRES: the name of one

inline constexpr size_t kMaxRecipients = 64;
inline constexpr int kMaxOrder = 64;
inline constexpr size_t kMaxServiceKeys = 16;  // per role
inline constexpr size_t kMaxRelations = 64;
inline constexpr size_t kMaxBodyList = 1024;  // library pins, attachments, fields
inline constexpr size_t kMaxHeads = 32;       // that a revocation names
inline constexpr size_t kMaxShredded = 64;    // details that one event names
inline constexpr size_t kMaxFiles = 8;        // file blobs that one event names
inline constexpr int64_t kMaxReminderHours = 8760;
inline constexpr size_t kMaxShortText = 256;  // bytes: versions, locales, labels of controls

// Recipient ids match [a-z][a-z0-9_-]{0,31}; role and field ids [A-Za-z][A-Za-z0-9_-]{0,63}.
bool IsRecipientId(std::string_view text);
bool IsName(std::string_view text);

struct ServiceKey {
  ServiceRole role = ServiceRole::kCompleter;
  PublicKey key;
  friend bool operator==(const ServiceKey&, const ServiceKey&) = default;
};
struct Relation {
  EventId envelope;
  String how;  // amends renews replaces
  friend bool operator==(const Relation&, const Relation&) = default;
};

// What the genesis fixes for the envelope's whole life.
struct Genesis {
  PublicKey owner;
  std::optional<PublicKey> recovery;
  Vector<ServiceKey> services;  // sorted by role, then as written
  TiePolicy tie_policy = TiePolicy::kOwnerWins;
  Acceptance acceptance = Acceptance::kAuto;
  DeadlinePolicy deadline_policy = DeadlinePolicy::kClaim;
  String workspace;  // "" where absent
  Vector<Relation> relates_to;
  std::optional<Hash> key_commitment;
  friend bool operator==(const Genesis&, const Genesis&) = default;
};

struct TemplateIdentity {
  String id;
  String version;
  Hash source;
  Hash compiled;
  friend bool operator==(const TemplateIdentity&, const TemplateIdentity&) = default;
};
struct ConsentIdentity {
  String id;
  String version;
  String locale;
  Hash text;  // ref of the consent text blob
  friend bool operator==(const ConsentIdentity&, const ConsentIdentity&) = default;
};
// What a revision is a hash over: inputs only, no evaluated output.
struct RevisionInputs {
  TemplateIdentity template_identity;
  Vector<Hash> library;
  Hash values;
  Hash fields;
  Hash routing;
  Vector<Hash> attachments;
  ConsentIdentity consent;
  String deadline_at;  // RFC 3339 UTC, "" where there is none
  String locale;
  friend bool operator==(const RevisionInputs&, const RevisionInputs&) = default;
};

struct DocumentBinding {
  Hash text;  // the text ref
  int64_t size = 0;
  friend bool operator==(const DocumentBinding&, const DocumentBinding&) = default;
};
struct FieldCommitment {
  String id;
  Hash commitment;
  friend bool operator==(const FieldCommitment&, const FieldCommitment&) = default;
};
// What a signature binds (FORMAT.md section 9).
struct Statement {
  Hash revision;
  Vector<DocumentBinding> documents;  // exactly one in version 1
  String engine;
  String engine_version;
  Hash inputs;
  Hash output;
  Hash trace;
  Vector<FieldCommitment> fields;  // sorted by id
  String contract_locale;
  String interface_locale;
  String time_zone;  // "+02:00"
  ConsentIdentity consent;
  String intent_text;
  String intent_gesture;  // tap hold key
  Hash rendering;
  String mark_kind;  // drawn typed
  Hash mark;
  String core_name;
  String core_version;
  friend bool operator==(const Statement&, const Statement&) = default;
};

// One body, flat: a type uses the members FORMAT.md gives it, the others keep their defaults. (A
// variant of as many alternatives visited everywhere costs more code than it gives certainty.)
struct EventBody {
  EventType type = EventType::kEnvelopeCreated;
  std::optional<Hash> detail;  // the ref of the detail blob

  String recipient;
  String role;
  RecipientType recipient_type = RecipientType::kSigner;
  int order = 1;
  PublicKey key;  // invited: the invitation's; joined, added, handed over, changed: the device's or
                  // service's
  Signature proof;  // by that key, or of a join by the invitation's
  EventId about;    // the event it answers: accepted (the join), resolved, released; kept
  String host;      // invited: who is with an inPerson signer, "" for the sender
  std::optional<EventId> answers;  // comment.added
  Hash revision;                   // every type that names one
  int64_t number = 0;          // revision.published; hours of schedule.set; epoch of key.wrapped
  std::optional<Hash> sha256;  // of a copy or export
  Hash text;                   // presented, completed: the text ref; wrapped: the key's blob
  Hash rendering;              // presented
  String locale;               // presented: of the interface
  int64_t reached_units = 0;
  int64_t reached_of = 0;
  String code;  // access.demonstrated
  ConsentIdentity consent;
  Vector<String> fields;                 // fields.committed; sorted, unique
  String word;                           // a channel, form or method
  String outcome;                        // of a delivery, change or automation; an attested level
  String unit;                           // what a comment or proposal is about; a rule's name
  String variant;                        // change.proposed
  KeyId device;                          // attested, wrapped: for whom; revoked
  Vector<EventId> heads;                 // device.revoked: what stays; sorted, unique
  Vector<Hash> details;                  // content.shredded; `files` committed; sorted, unique
  String deadline_at;                    // expired; archived: until when it is kept
  Vector<EventId> signatures;            // completed; sorted, unique
  Hash past;                             // completed
  int64_t count = 0;                     // completed
  std::optional<Genesis> genesis;        // created, and only there
  std::optional<RevisionInputs> inputs;  // revision.published
  std::optional<Statement> statement;    // recipient.signed
  friend bool operator==(const EventBody&, const EventBody&) = default;
};

// Errors: schema.* and bytes.* with the member's path under "/body"; event.unknown_suite.
Result<EventBody> ParseBody(EventType type, const json::Value& body);
// The same into a body that is there; what stands in it after an error is of no use.
// REQUIRES: *out is as new.
Result<void> ReadBody(EventType type, const json::Value& body, EventBody* out);
json::Value WriteBody(const EventBody& body);

// Parts that other rooms and the boundary read and write too. `path` is where `value` stands.
Result<RevisionInputs> ParseRevisionInputs(const json::Value& value, std::string_view path);
json::Value WriteRevisionInputs(const RevisionInputs& inputs);
json::Value WriteConsentIdentity(const ConsentIdentity& consent);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_EVENT_TYPES_H_
