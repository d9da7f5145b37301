// The shape of commands as a table: what goes into an event's body as it stands, what into its
// detail. Private to this room.
#ifndef COUNTERSIGN_ENVELOPE_COMMAND_SHAPE_H_
#define COUNTERSIGN_ENVELOPE_COMMAND_SHAPE_H_

#include <string_view>

#include "envelope/event_types.h"
#include "json/value.h"

namespace countersign::envelope {

// Members are named one after the other, each followed by a space; "!" before a name: it has to be
// there.
struct Verb {
  EventType type{};
  std::string_view body;     // taken into the body as they stand
  std::string_view detail;   // texts and objects taken into the detail
  std::string_view special;  // read by command*.cc
};

// Errors: schema.missing_member, schema.bad_value for {"do"}.
Result<void> FindVerb(const json::Value& command, Verb* verb);
// An error at a member of the command.
Error Fault(ErrorCode code, std::string_view name);
// Takes the listed members that are there. Errors: schema.missing_member.
Result<void> TakeMembers(const json::Value& from, std::string_view list, json::Value* into);
// Errors: schema.unknown_member for one that the verb does not list.
Result<void> CheckMembers(const json::Value& command, const Verb& verb);
// A detail says texts of a bounded length, and objects of a known shape. Errors: schema.*.
Result<void> CheckDetail(const json::Value& detail);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_COMMAND_SHAPE_H_
