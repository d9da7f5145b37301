#include "envelope/command_shape.h"

#include <algorithm>

#include "base/names.h"
#include "base/string.h"

namespace countersign::envelope {
namespace {

using json::Value;

constexpr size_t kMaxNote = 16384;  // bytes of a free text of people: reasons, names, labels
constexpr size_t kMaxChanges = 1000;

// In the order of EventType.
constexpr Names kCommands(
    "create|publishRevision|invite|join|accept|send|present|demonstrateAccess|"
    "consent|commitFields|sign|decline|recordCopy|recordDelivery|void|expire|"
    "complete|comment|proposeChange|resolveChange|withdrawConsent|"
    "requestDelegation|attest|recordReminder|setSchedule|recordAutomation|"
    "recordExportedCopy|recordExport|archive|placeHold|releaseHold|shred|"
    "wrapKey|addDevice|revokeDevice|addOwnerDevice|revokeOwnerDevice|handOver|"
    "merge|changeServiceKey|requestApproval|grantApproval|refuseApproval|"
    "removeRecipient|replaceRecipient|grantAccess|approve");
static_assert(kCommands.Count() == kEventTypes);
// For each: members taken into the body as they stand; texts and objects taken into the detail;
// members read by command.cc.
constexpr Names kMembers(
    "services tiePolicy acceptance deadlinePolicy workspace relatesTo keyCommitment ;!title "
    "!sender ;recovery |"
    ";changes why ;template library attachments consent deadlineAt locale values fields routing |"
    "!recipient role recipientType order host ;!name contact ;invitation |"
    "proof ;!device |"
    "!recipient join |"
    "|"
    "text rendering locale reached |"
    "code |"
    "consent |"
    ";!values |"
    ";!mark !name ;document evaluation locale timeZone intent rendering core |"
    ";reason |"
    "form sha256 |"
    "!recipient channel outcome ;to |"
    ";reason |"
    "|"
    "|"
    "unit about ;!text |"
    "unit variant ;text why |"
    "about outcome ;why |"
    ";reason |"
    ";!name contact reason |"
    "!recipient device level method ;address |"
    "!recipient channel ;to |"
    "hours channel |"
    "rule outcome ;what |"
    "form sha256 ;to |"
    "form sha256 ;to |"
    "retainUntil |"
    ";!reason |"
    "about ;reason |"
    "details ;reason |"
    "device epoch wrapped |"
    "proof ;label ;key |"
    "recipient device heads ;reason |"
    "proof ;label ;key |"
    "device ;reason |"
    "proof ;to reason ;key |"
    "kept ;reason |"
    "role change ;;key |"
    "!recipient |"
    ";note |"
    ";reason |"
    "!recipient ;reason |"
    "!recipient ;!name contact reason ;invitation |"
    "!recipient role recipientType order from ;!name contact ;invitation |"
    ";note ");
static_assert(kMembers.Count() == kEventTypes);
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

Result<void> FindVerb(const Value& command, Verb* verb) {
  const Value* name = command.Find("do");
  if (name == nullptr) return Error(ErrorCode::kSchemaMissingMember, "do", "/do");
  const size_t found = name->is_string() ? kCommands.Find(name->string_value()) : Names::kNone;
  if (found == Names::kNone) {
    return Error(ErrorCode::kSchemaBadValue, "not the name of a command", "/do");
  }
  verb->type = static_cast<EventType>(found);
  std::string_view rest = kMembers[found];
  for (std::string_view* part : {&verb->body, &verb->detail, &verb->special}) {
    *part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part->size() + 1));
  }
  return {};
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
