// Locks: a unit whose text and condition nobody may change carries the hash of what it is.
#ifndef COUNTERSIGN_TEMPLATE_LOCK_H_
#define COUNTERSIGN_TEMPLATE_LOCK_H_

#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "json/value.h"

namespace countersign::templates {

// The required parts of a consent disclosure (ESIGN 7001(c)), in the order they are read.
inline constexpr std::string_view kConsentSlots[] = {"paperOption",   "scope", "withdrawal",
                                                     "contactUpdate", "copy",  "requirements"};

// base64url of H("countersign-unit/v1", canonical JSON of the compiled unit without its member
// `lock`): text, condition, formats and everything inside.
String HashUnit(const json::Value& unit);
// The content hash of a locked unit: {"lock":{"source":<ref of its source
// text>,"content":<HashUnit>}}. Errors: schema.*, bytes.*, template.lock_broken.
Result<String> CheckLock(const json::Value& unit);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_LOCK_H_
