// Parts of the report that are told in files of their own. Inner to the room.
#ifndef COUNTERSIGN_EVIDENCE_TELLING_H_
#define COUNTERSIGN_EVIDENCE_TELLING_H_

#include <string_view>

#include "base/string.h"
#include "evidence/findings.h"
#include "json/value.h"

namespace countersign::evidence {

inline json::Value Text(std::string_view text) { return json::Value::String(text); }
inline json::Value IdText(const EventId& id) { return Text(id.ToBase64Url()); }
// "2026-11-22T10:00:00Z", "" outside the years 1 to 9999.
String TimeText(int64_t ms);
String NameOf(const Findings& findings,
              const envelope::Recipient& recipient);  // "" where withheld
// A plain value as people read it: by its field's rules where the template is there.
String DisplayPlain(const Findings& findings, std::string_view field, const json::Value& plain);
// The devices that this person joined with, in the order of the recipient's.
Vector<const envelope::Device*> DevicesOf(const envelope::Recipient& recipient,
                                          const Person& person);
// The one of them with this key; nullptr where there is none.
const envelope::Device* DeviceOf(const envelope::Recipient& recipient, const Person& person,
                                 const KeyId& key);
// Whether a key that the person's invitation bound wrote it.
bool IsBy(const Findings& findings, const Person& person, const EventId& event);

json::Value TellLaws(const Findings& findings);                  // laws.cc
json::Value TellCertificate(const Findings& findings);           // certificate.cc
json::Value TellTrail(const Findings& findings);                 // tell_trail.cc
String TellSentence(const Findings& findings, Verdict verdict);  // tell.cc

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_TELLING_H_
