#include "envelope/event_types.h"

#include <algorithm>

#include "base/names.h"

namespace countersign::envelope {
namespace {

// In the order of the enums.
constexpr Names kTypeNames(
    "envelope.created|revision.published|recipient.invited|recipient.joined|"
    "recipient.accepted|envelope.sent|document.presented|access.demonstrated|"
    "consent.given|fields.committed|recipient.signed|recipient.declined|"
    "copy.delivered|delivery.recorded|envelope.voided|envelope.expired|"
    "envelope.completed|comment.added|change.proposed|change.resolved|"
    "consent.withdrawn|delegation.requested|identity.attested|reminder.sent|"
    "schedule.set|automation.ran|copy.exported|envelope.exported|"
    "envelope.archived|hold.placed|hold.released|content.shredded|key.wrapped|"
    "device.added|device.revoked|owner.deviceAdded|owner.deviceRevoked|"
    "owner.handedOver|owner.merged|service.keyChanged|approval.requested|"
    "approval.granted|approval.refused|recipient.removed|recipient.replaced|"
    "access.granted|recipient.approved");
// Listed in FORMAT.md section 8, refused until their rules are written.
constexpr Names kReservedNames("receipt.issued|timestamp.issued");
static_assert(kTypeNames.Count() == kEventTypes);

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view EventTypeName(EventType type) { return kTypeNames[type]; }

Result<EventType> ParseEventType(std::string_view name) {
  const size_t found = kTypeNames.Find(name);
  if (found != Names::kNone) return static_cast<EventType>(found);
  return kReservedNames.Has(name) ? ErrorCode::kEventReservedType : ErrorCode::kEventUnknownType;
}

std::string_view TiePolicyName(TiePolicy policy) { return kTiePolicies[policy]; }
std::string_view AcceptanceName(Acceptance acceptance) { return kAcceptances[acceptance]; }
std::string_view DeadlinePolicyName(DeadlinePolicy policy) { return kDeadlinePolicies[policy]; }
std::string_view RecipientTypeName(RecipientType type) { return kRecipientTypes[type]; }
std::string_view ServiceRoleName(ServiceRole role) { return kServiceRoles[role]; }

ServiceRole ServiceRoleOf(std::string_view name) {
  return static_cast<ServiceRole>(std::min(kServiceRoles.Find(name), kServiceRoles.Count() - 1));
}

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
