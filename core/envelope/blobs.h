// The blobs an envelope's events name, as far as rules read them, and the hashes that tie content
// to events.
//
// Structural blobs (routing, fields) decide: an event that names one waits until it is there.
// Detail blobs hold the personal content of one event with a salt of its own; no rule reads them,
// so the state is the same where they are withheld or shredded (log/blob.h reads and writes them).
// FORMAT.md sections 3, 8, 9.
#ifndef COUNTERSIGN_ENVELOPE_BLOBS_H_
#define COUNTERSIGN_ENVELOPE_BLOBS_H_

#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "envelope/event_types.h"
#include "json/value.h"
#include "log/blob.h"
#include "log/hash_index.h"

namespace countersign::envelope {

inline constexpr size_t kMaxBlobs = 60000;  // an envelope holds

// Immutable bytes found by their SHA-256.
class BlobSet {
 public:
  // Errors: blob.too_large (log::kMaxBlobBytes), blob.too_many.
  Result<Hash> Add(ByteView bytes);
  // The same for whoever has hashed them. REQUIRES: ref is log::ReferTo(bytes).
  Result<void> Add(const Hash& ref, ByteView bytes);
  const Bytes* Find(
      const Hash& ref) const;  // nullptr where it is not here; valid until the next Add
  bool Has(const Hash& ref) const { return Find(ref) != nullptr; }
  void Remove(const Hash& ref);  // shredding
  // In no order.
  const Vector<std::pair<Hash, Bytes>>& blobs() const { return blobs_; }

 private:
  Vector<std::pair<Hash, Bytes>> blobs_;
  log::HashIndex by_ref_;  // places in blobs_
};

struct RoutingEntry {
  String id;
  int order = 1;
  RecipientType type = RecipientType::kSigner;
  String role;
  friend bool operator==(const RoutingEntry&, const RoutingEntry&) = default;
};
// Sorted by id. Errors: json.*, schema.*.
Result<Vector<RoutingEntry>> ParseRouting(ByteView blob);
String WriteRouting(Vector<RoutingEntry> entries);

enum class Required : uint8_t { kNo, kYes, kConditional };
// What the rules need of a field definition; the blob says more (label, type, limits) for whoever
// renders.
struct FieldEntry {
  String id;
  String kind;       // input check select file sign initial signdate
  String recipient;  // "" for the sender
  Required required = Required::kNo;
  friend bool operator==(const FieldEntry&, const FieldEntry&) = default;
};
// Whether the blob is one that a revision needs: nobody shreds it.
bool IsStructural(const RevisionInputs& inputs, const Hash& ref);
// Fields of these kinds are filled by the act of signing itself and are never committed.
bool IsFilledBySigning(std::string_view kind);  // sign, initial, signdate
// Sorted by id. Errors: json.*, schema.*.
Result<Vector<FieldEntry>> ParseFields(ByteView blob);

Hash RevisionHash(const RevisionInputs& inputs);
// H("countersign-join/v1", {env, recipient, x}): the exact 32 bytes the invitation key signs, raw.
Hash JoinChallenge(const EventId& envelope, std::string_view recipient, const PublicKey& device);
// H("countersign-device/v1", {env, recipient?, x}): what a key that another device adds signs, raw.
// No recipient: a key of the owner's.
Hash DeviceChallenge(const EventId& envelope, std::string_view recipient, const PublicKey& added);
// Four digits shown inside the rendered document, typed back by the signer.
String AccessCode(const EventId& envelope, std::string_view recipient, const Hash& revision);
// `salt` as in the detail blob that holds the value.
Hash CommitField(std::string_view id, const Salt& salt, const json::Value& value);
Hash HashMark(const json::Value& mark);  // the detail's `mark` object

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_BLOBS_H_
