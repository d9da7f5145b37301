// One event of a log: bytes that an author signed, read strictly, and the id that follows from
// them.
//
// An event is a JWS compact string (RFC 7515) signed with Ed25519 (RFC 8037); FORMAT.md section 2
// is the grammar. The promises of this room: an `Event` was read from bytes that have no second
// spelling; its id hashes what was signed and never the signature, so nobody without the key can
// mint a second id for it; a `VerifiedEvent` was also signed by the key it names. The room does not
// know what an envelope is: types are plain words, bodies are JSON objects.
#ifndef COUNTERSIGN_LOG_EVENT_H_
#define COUNTERSIGN_LOG_EVENT_H_

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/shared.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::log {

inline constexpr size_t kMaxStoredBytes = 98304;  // of the whole JWS; the payload's limit is json's
inline constexpr size_t kMaxSeen = 16;
inline constexpr size_t kMaxTypeLength = 64;
inline constexpr int64_t kEventVersion = 1;

// What an author says before it is signed.
struct EventDraft {
  std::optional<EventId> after;  // the newest receipt known
  int64_t at = 0;    // the device's clock, ms since 1970: a claim, never a reason to refuse
  json::Value body;  // an object
  ChainId chain;     // random, one per session of a device
  std::optional<EventId> env;   // the genesis; absent in it
  std::optional<EventId> prev;  // this author's previous event in the envelope
  Salt salt;                    // random, so that an id does not give away a guessable body
  Vector<EventId> seen;         // the other heads the author knew
  int64_t seq = 0;              // 0, 1, 2 ... within the chain: finds gaps, accuses nobody
  String type;                  // "recipient.signed"
  friend bool operator==(const EventDraft&, const EventDraft&) = default;
};

struct Event : EventDraft {
  EventId id;
  KeyId author;   // thumbprint that the header names
  String stored;  // the JWS

  // Errors: event.too_large, event.not_jws, event.bad_header, event.unknown_version,
  // event.bad_type, event.too_many_seen, event.bad_seen, event.bad_genesis, event.no_parents; those
  // of json::ReadCanonical; schema.* and bytes.* with the member's path.
  static Result<Event> Parse(std::string_view stored);

  // The bytes that are signed: header and payload with the dot between them. Points into `stored`.
  std::string_view SigningInput() const;
  Signature signature() const;
  // Of `stored`, hashed with every call.
  StoreId store_id() const;
  // What a device's own store keeps of an event whose signature this device verified:
  // H("countersign-verified/v1", id, signature bytes). The id is a hash of all else, so this one
  // binds every byte of `stored` and is over 96 of them.
  VerifiedNote verified_note() const;
  bool is_genesis() const { return !env.has_value(); }
  // prev and seen, sorted by bytes. (What a body names comes on top, from whoever reads bodies.)
  Vector<EventId> Parents() const;
  friend bool operator==(const Event&, const Event&) = default;
};

// H("countersign-event-id/v1", signing input).
EventId IdOfSigningInput(std::string_view signing_input);

// An event that only lacks its signature.
struct PreparedEvent {
  EventId id;
  String signing_input;
  friend bool operator==(const PreparedEvent&, const PreparedEvent&) = default;
};
// Sorts `seen`, and drops from it what stands twice or is prev. Errors: what Event::Parse would
// say.
Result<PreparedEvent> Prepare(EventDraft draft, const KeyId& author);
// The stored bytes. Whether the signature fits is for Verify to say.
String Attach(const PreparedEvent& prepared, const Signature& signature);

// A malicious author can sign one event twice with two valid signatures. It stays one event (one
// id); of two stored encodings the smaller one, compared as bytes, is the canonical one.
bool IsPreferredEncoding(const Event& candidate, const Event& current);

// A key with the name that events call it by: hashed once, however many events it signed.
class AuthorKey {
 public:
  AuthorKey(const PublicKey& key);  // NOLINT: wherever a key is wanted, it will do
  const PublicKey& key() const { return key_; }
  const KeyId& id() const { return id_; }

 private:
  PublicKey key_;
  KeyId id_;
};

// The only input of a fold. Cheap to copy.
class VerifiedEvent {
 public:
  // REQUIRES: the key went through crypto::AdmitKey.
  // Errors: event.wrong_key (its thumbprint is not the author), event.bad_signature.
  static Result<VerifiedEvent> Verify(Event event, const AuthorKey& key);
  // An event of which this device noted that it verified the signature (the caller vouches for the
  // note). Errors: event.wrong_key.
  static Result<VerifiedEvent> Remember(Event event, const AuthorKey& key);

  const Event& operator*() const { return *event_; }
  const Event* operator->() const { return event_.get(); }
  const EventId& id() const { return event_->id; }
  friend bool operator==(const VerifiedEvent& a, const VerifiedEvent& b) {
    return *a.event_ == *b.event_;
  }

 private:
  friend class VerifiedEventMaker;  // tests/support/verified_event_maker.h: models without
                                    // signatures
  explicit VerifiedEvent(Event event) : event_(Shared<Event>::Make(std::move(event))) {}
  Shared<Event> event_;
};

}  // namespace countersign::log

#endif  // COUNTERSIGN_LOG_EVENT_H_
