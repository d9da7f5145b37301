#include "envelope/command_shape.h"

#include "base/string.h"

namespace countersign::envelope {
namespace {

using json::Value;

constexpr size_t kMaxNote = 16384;  // bytes of a free text of people: reasons, names, labels
constexpr size_t kMaxChanges = 1000;

constexpr Verb kVerbs[] = {
    {"create", EventType::kEnvelopeCreated,
     "services tiePolicy acceptance deadlinePolicy workspace relatesTo keyCommitment ",
     "!title !sender ", "recovery "},
    {"publishRevision", EventType::kRevisionPublished, "", "changes why ",
     "template library attachments consent deadlineAt locale values fields routing "},
    {"invite", EventType::kRecipientInvited, "!recipient role recipientType order host ",
     "!name contact ", "invitation "},
    {"join", EventType::kRecipientJoined, "proof ", "!device ", ""},
    {"accept", EventType::kRecipientAccepted, "!recipient join ", "", ""},
    {"send", EventType::kEnvelopeSent, "", "", ""},
    {"present", EventType::kDocumentPresented, "text rendering locale reached ", "", ""},
    {"demonstrateAccess", EventType::kAccessDemonstrated, "code ", "", ""},
    {"consent", EventType::kConsentGiven, "consent ", "", ""},
    {"commitFields", EventType::kFieldsCommitted, "", "!values ", ""},
    {"sign", EventType::kRecipientSigned, "", "!mark !name ",
     "document evaluation locale timeZone intent rendering core "},
    {"decline", EventType::kRecipientDeclined, "", "reason ", ""},
    {"recordCopy", EventType::kCopyDelivered, "form sha256 ", "", ""},
    {"recordDelivery", EventType::kDeliveryRecorded, "!recipient channel outcome ", "to ", ""},
    {"void", EventType::kEnvelopeVoided, "", "reason ", ""},
    {"expire", EventType::kEnvelopeExpired, "", "", ""},
    {"complete", EventType::kEnvelopeCompleted, "", "", ""},
    {"comment", EventType::kCommentAdded, "unit about ", "!text ", ""},
    {"proposeChange", EventType::kChangeProposed, "unit variant ", "text why ", ""},
    {"resolveChange", EventType::kChangeResolved, "about outcome ", "why ", ""},
    {"withdrawConsent", EventType::kConsentWithdrawn, "", "reason ", ""},
    {"requestDelegation", EventType::kDelegationRequested, "", "!name contact reason ", ""},
    {"attest", EventType::kIdentityAttested, "!recipient device level method ", "address ", ""},
    {"recordReminder", EventType::kReminderSent, "!recipient channel ", "to ", ""},
    {"setSchedule", EventType::kScheduleSet, "hours channel ", "", ""},
    {"recordAutomation", EventType::kAutomationRan, "rule outcome ", "what ", ""},
    {"recordExportedCopy", EventType::kCopyExported, "form sha256 ", "to ", ""},
    {"recordExport", EventType::kEnvelopeExported, "form sha256 ", "to ", ""},
    {"archive", EventType::kEnvelopeArchived, "retainUntil ", "", ""},
    {"placeHold", EventType::kHoldPlaced, "", "!reason ", ""},
    {"releaseHold", EventType::kHoldReleased, "about ", "reason ", ""},
    {"shred", EventType::kContentShredded, "details ", "reason ", ""},
    {"addDevice", EventType::kDeviceAdded, "proof ", "label ", "key "},
    {"revokeDevice", EventType::kDeviceRevoked, "recipient device heads ", "reason ", ""},
    {"addOwnerDevice", EventType::kOwnerDeviceAdded, "proof ", "label ", "key "},
    {"revokeOwnerDevice", EventType::kOwnerDeviceRevoked, "device ", "reason ", ""},
    {"handOver", EventType::kOwnerHandedOver, "proof ", "to reason ", "key "},
    {"merge", EventType::kOwnerMerged, "kept ", "reason ", ""},
    {"changeServiceKey", EventType::kServiceKeyChanged, "role change ", "", "key "},
    {"requestApproval", EventType::kApprovalRequested, "!recipient ", "", ""},
    {"grantApproval", EventType::kApprovalGranted, "", "note ", ""},
    {"refuseApproval", EventType::kApprovalRefused, "", "reason ", ""},
    {"removeRecipient", EventType::kRecipientRemoved, "!recipient ", "reason ", ""},
    {"replaceRecipient", EventType::kRecipientReplaced, "!recipient ", "!name contact reason ",
     "invitation "},
    {"grantAccess", EventType::kAccessGranted, "!recipient role recipientType order from ",
     "!name contact ", "invitation "},
    {"approve", EventType::kRecipientApproved, "", "note ", ""},
    {"wrapKey", EventType::kKeyWrapped, "device epoch wrapped ", "", ""},
};
// What an object in a detail may say.
struct Note {
  std::string_view name;
  std::string_view members;
};
constexpr Note kNotes[] = {{"sender", "!name organisation contact "},
                           {"device", "!userAgent label "},
                           {"mark", "!kind text strokes "}};

// The next name of a list, without its "!"; "" at the end.
struct Name {
  std::string_view text;
  bool required = false;
};
Name TakeName(std::string_view* list) {
  const size_t end = list->find(' ');
  if (end == std::string_view::npos) return {};
  Name name{list->substr(0, end)};
  list->remove_prefix(end + 1);
  name.required = name.text[0] == '!';
  if (name.required) name.text.remove_prefix(1);
  return name;
}

bool Lists(std::string_view list, std::string_view wanted) {
  for (Name name = TakeName(&list); !name.text.empty(); name = TakeName(&list)) {
    if (name.text == wanted) return true;
  }
  return false;
}

// Errors: schema.unknown_member.
Result<void> CheckListed(const Value& object, std::string_view list, std::string_view more = {},
                         std::string_view even_more = {}) {
  for (const json::Member& member : object.members()) {
    if (!Lists(list, member.name) && !Lists(more, member.name) && !Lists(even_more, member.name) &&
        member.name != "do") {
      return Fault(ErrorCode::kSchemaUnknownMember, member.name);
    }
  }
  return {};
}

}  // namespace

Result<const Verb*> FindVerb(const Value& command) {
  const Value* verb = command.Find("do");
  if (verb == nullptr) return Error(ErrorCode::kSchemaMissingMember, "do", "/do");
  for (const Verb& known : kVerbs) {
    if (verb->is_string() && verb->string_value() == known.name) return &known;
  }
  return Error(ErrorCode::kSchemaBadValue, "not the name of a command", "/do");
}

Error Fault(ErrorCode code, std::string_view name) {
  return Error(code, {}, String("/").append(name));
}

Result<void> TakeMembers(const Value& from, std::string_view list, Value* into) {
  for (Name name = TakeName(&list); !name.text.empty(); name = TakeName(&list)) {
    const Value* member = from.Find(name.text);
    if (member != nullptr) {
      into->Set(name.text, *member);
    } else if (name.required) {
      return Fault(ErrorCode::kSchemaMissingMember, name.text);
    }
  }
  return {};
}

Result<void> CheckMembers(const Value& command, const Verb& verb) {
  return CheckListed(command, verb.body, verb.detail, verb.special);
}

Result<void> CheckDetail(const Value& detail) {
  for (const json::Member& member : detail.members()) {
    if (member.name == "values" || member.name == "was" || member.name == "strokes") continue;
    if (member.name == "changes") {
      if (!member.value.is_array()) return Fault(ErrorCode::kSchemaWrongType, member.name);
      if (member.value.items().size() > kMaxChanges)
        return Fault(ErrorCode::kSchemaBadValue, member.name);
      continue;
    }
    const Note* note = nullptr;
    for (const Note& known : kNotes) {
      if (known.name == member.name) note = &known;
    }
    if (note == nullptr) {
      if (!member.value.is_string()) return Fault(ErrorCode::kSchemaWrongType, member.name);
      const size_t size = member.value.string_value().size();
      if (size == 0 || size > kMaxNote) return Fault(ErrorCode::kSchemaBadValue, member.name);
      continue;
    }
    if (!member.value.is_object()) return Fault(ErrorCode::kSchemaWrongType, member.name);
    CS_TRY(CheckListed(member.value, note->members));
    Value scratch = Value::Make({});
    CS_TRY(TakeMembers(member.value, note->members, &scratch));
    CS_TRY(CheckDetail(scratch));
  }
  return {};
}

}  // namespace countersign::envelope
