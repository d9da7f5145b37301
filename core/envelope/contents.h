// What the details of an envelope say, as far as their blobs are here: names, values, marks.
//
// No rule reads any of it (the state is the same where a detail is withheld); screens, the ceremony
// and the verifier do. Whether a content is the one that was signed is for the verifier to say.
#ifndef COUNTERSIGN_ENVELOPE_CONTENTS_H_
#define COUNTERSIGN_ENVELOPE_CONTENTS_H_

#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "envelope/ledger.h"
#include "json/value.h"

namespace countersign::envelope {

// The object of a detail blob; none where there is no ref, no blob, or no readable detail.
std::optional<json::Value> ReadDetailOf(const Ledger& ledger, const std::optional<Hash>& detail);
// Its member `name` as text, "" where it is not there.
String DetailText(const Ledger& ledger, const std::optional<Hash>& detail, std::string_view name);

// {field: plain value} of the revision's sender; none where the blob is not here.
std::optional<json::Value> SenderValues(const Ledger& ledger, const Revision& revision);

struct CommittedValue {
  using MovesAsItLies = void;  // base/vector.h
  String field;
  String recipient;
  EventId event;
  std::optional<Salt> salt;          // of the detail; absent where it is withheld
  std::optional<json::Value> value;  // plain; null means taken back; absent where it is withheld
  std::optional<json::Value> was;
};
// Gives each the salt, value and old value that its detail says (the i-th of `details` is that of
// the i-th), as far as it is here. Each detail is read once, however many fields it holds: it may
// be large, and come from anybody.
void ReadCommitted(const Ledger& ledger, Vector<std::optional<Hash>> details,
                   Vector<CommittedValue>* committed);
// What recipients committed for the current revision, the newest per field, sorted by field.
Vector<CommittedValue> CommittedValues(const Ledger& ledger);

// All records of this type that count, the newest first; `open` is not said. (A State lists the
// newest of all types.)
Vector<Record> RecordsOf(const Ledger& ledger, EventType type);

// False for a key that joined for recipients alone, none of whom signs or approves by the current
// routing: what a viewer says decides nothing, in no version.
bool HasPart(const Ledger& ledger, const KeyId& author);

// The state with what its details say, the values in force ("values"), and what is not here
// ("missing": events, blobs, details). REQUIRES: ledger.is_open().
json::Value Summarise(const Ledger& ledger);

// A signature's content.
struct SignedContent {
  Statement statement;
  std::optional<json::Value> mark;  // absent where the detail is withheld
  String name;                      // "" where it is withheld
  String local_date;                // "2026-11-22": the device's claim, in its own time zone
};
// REQUIRES: `mark` is of the ledger. None where its event is not admitted.
std::optional<SignedContent> ReadSigned(const Ledger& ledger, const Mark& mark);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_CONTENTS_H_
