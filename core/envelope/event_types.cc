#include "envelope/event_types.h"

#include <iterator>

namespace countersign::envelope {
namespace {

// In the order of the enums.
constexpr std::string_view kTypeNames[] = {
    "envelope.created",    "revision.published",   "recipient.invited",  "recipient.joined",
    "recipient.accepted",  "envelope.sent",        "document.presented", "access.demonstrated",
    "consent.given",       "fields.committed",     "recipient.signed",   "recipient.declined",
    "copy.delivered",      "delivery.recorded",    "envelope.voided",    "envelope.expired",
    "envelope.completed",  "comment.added",        "change.proposed",    "change.resolved",
    "consent.withdrawn",   "delegation.requested", "identity.attested",  "reminder.sent",
    "schedule.set",        "automation.ran",       "copy.exported",      "envelope.exported",
    "envelope.archived",   "hold.placed",          "hold.released",      "content.shredded",
    "key.wrapped",         "device.added",         "device.revoked",     "owner.deviceAdded",
    "owner.deviceRevoked", "owner.handedOver",     "owner.merged",       "service.keyChanged",
    "approval.requested",  "approval.granted",     "approval.refused",   "recipient.removed",
    "recipient.replaced",  "access.granted",       "recipient.approved",
};
// Listed in FORMAT.md section 8, refused until their rules are written.
constexpr std::string_view kReservedNames[] = {"receipt.issued", "timestamp.issued"};
static_assert(std::size(kTypeNames) == kEventTypes);

constexpr std::string_view kTiePolicies[] = {"ownerWins", "signatureWins", "ownerSettles"};
constexpr std::string_view kRecipientTypes[] = {"signer",  "viewer",     "copy",    "approver",
                                                "witness", "formFiller", "inPerson"};
constexpr std::string_view kServiceRoles[] = {"attestor",  "mailer",    "scheduler",
                                              "registrar", "completer", "records"};

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view EventTypeName(EventType type) { return kTypeNames[static_cast<size_t>(type)]; }

Result<EventType> ParseEventType(std::string_view name) {
  for (size_t i = 0; i < std::size(kTypeNames); ++i) {
    if (kTypeNames[i] == name) return static_cast<EventType>(i);
  }
  for (std::string_view reserved : kReservedNames) {
    if (reserved == name) return ErrorCode::kEventReservedType;
  }
  return ErrorCode::kEventUnknownType;
}

std::string_view TiePolicyName(TiePolicy policy) {
  return kTiePolicies[static_cast<size_t>(policy)];
}
std::string_view AcceptanceName(Acceptance acceptance) {
  return acceptance == Acceptance::kAuto ? "auto" : "owner";
}
std::string_view DeadlinePolicyName(DeadlinePolicy policy) {
  return policy == DeadlinePolicy::kClaim ? "claim" : "receipt";
}
std::string_view RecipientTypeName(RecipientType type) {
  return kRecipientTypes[static_cast<size_t>(type)];
}
std::string_view ServiceRoleName(ServiceRole role) {
  return kServiceRoles[static_cast<size_t>(role)];
}

ServiceRole ServiceRoleOf(std::string_view name) {
  size_t index = 0;
  while (index + 1 < std::size(kServiceRoles) && kServiceRoles[index] != name) ++index;
  return static_cast<ServiceRole>(index);
}

std::span<const std::string_view> RecipientTypeNames() { return kRecipientTypes; }

bool Signs(RecipientType type) {
  return type == RecipientType::kSigner || type == RecipientType::kWitness ||
         type == RecipientType::kInPerson;
}
bool Approves(RecipientType type) {
  return type == RecipientType::kApprover || type == RecipientType::kFormFiller;
}

bool IsRecipientId(std::string_view text) {
  if (text.empty() || text.size() > 32 || text[0] < 'a' || text[0] > 'z') return false;
  for (char c : text) {
    if (!(c >= 'a' && c <= 'z') && !IsDigit(c) && c != '_' && c != '-') return false;
  }
  return true;
}

bool IsName(std::string_view text) {
  if (text.empty() || text.size() > 64 || !IsAlpha(text[0])) return false;
  for (char c : text) {
    if (!IsAlpha(c) && !IsDigit(c) && c != '_' && c != '-') return false;
  }
  return true;
}

}  // namespace countersign::envelope
