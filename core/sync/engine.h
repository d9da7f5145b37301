// The sync engine: what to send, what to ask for, and when to try again. It does no I/O.
//
// The host tells the engine what happened (`On...`), then takes commands (`Next`) until there are
// none, performs each, and tells the engine the result. No clock and no randomness are read: every
// input brings a monotonic `now` in milliseconds, and the jitter comes from the seed. So the same
// engine runs in a browser, in Node and in the deterministic simulator of the tests, and a run can
// be replayed.
//
// Promises, whatever the backend does: an item leaves the outbox only after the backend
// acknowledged it; a cursor moves only after everything before it is stored or remembered as
// missing; a changed epoch is answered by listing from the start and offering again everything that
// is held; a backend that repeats itself, answers empty pages for ever or hides a body never makes
// the engine spin.
//
// Bounds: kMaxStreams streams an engine, kMaxItems items a stream, kPutBatch items a put,
// kPageLimit a page.
#ifndef COUNTERSIGN_SYNC_ENGINE_H_
#define COUNTERSIGN_SYNC_ENGINE_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"

namespace countersign::sync {

inline constexpr size_t kMaxStreams = 10000;
inline constexpr size_t kMaxItems = 60000;
inline constexpr size_t kPutBatch = 64;
inline constexpr int kPageLimit = 200;
inline constexpr size_t kMaxCursor = 128;       // bytes
inline constexpr int64_t kBackoffBase = 1000;   // ms; full jitter: random(0, min(cap, base * 2^n))
inline constexpr int64_t kBackoffCap = 300000;  // ms
inline constexpr int64_t kPollVisible =
    300000;  // ms between safety polls when nothing is known to wait

// 'e' an event, 'b' a blob.
enum class ItemKind : uint8_t { kEvent, kBlob };

struct ItemRef {
  ItemKind kind = ItemKind::kEvent;
  StoreId id;
  friend bool operator==(const ItemRef&, const ItemRef&) = default;
};

// Why an operation did not succeed, in the few classes the engine treats differently.
enum class Failure : uint8_t {
  kNetwork,  // no answer, or an answer that is not the protocol's (a captive portal): state unknown
  kOverload,      // 429 or 503: wait `retry_after`
  kEpochChanged,  // 409: the cursor is of another life of the backend
  kUnauthorized,  // 401 or 403: stop this stream and ask for a new link
  kGone,          // 404 for the stream, or 410
  kQuota,         // 507: stop writing, go on reading
  kStore,         // the device's own store refused
};

enum class PutState : uint8_t { kStored, kPresent, kRejected };
struct PutResult {
  StoreId id;
  PutState state = PutState::kStored;
};

enum class GetState : uint8_t {
  kStored,    // the bytes hashed to the id and are durable here
  kAbsent,    // listed, but not there (a lagging replica): asked for again later
  kMismatch,  // other bytes than the id says: not stored, asked for again later
};

struct Page {
  String epoch;
  String next;
  enum class More : uint8_t { kNo, kYes } more = More::kNo;
  Vector<ItemRef> items;
};

using OpId = uint32_t;

struct Command {
  enum class Type : uint8_t {
    kPut,      // send `items` of `stream`
    kGet,      // fetch `items[0]`, check its hash, store it
    kList,     // list `stream` after `cursor` ("" from the start), at most `limit`
    kPersist,  // store `cursor` and `epoch` for the stream and drop `items` from its outbox
    kStatus,   // what a person may be shown of `stream`
  };
  Type type = Type::kStatus;
  OpId op = 0;  // to be given back with the result; 0 for kStatus
  String stream;
  Vector<ItemRef> items;
  String cursor;
  String epoch;
  int limit = 0;

  // kStatus only.
  enum class Phase : uint8_t { kIdle, kBusy, kWaiting, kStopped } phase = Phase::kIdle;
  uint32_t unsent = 0;                  // items in the outbox
  uint32_t missing = 0;                 // listed, not yet here
  uint32_t rejected = 0;                // refused by the backend for good; kept here, shown
  Failure failure = Failure::kNetwork;  // meaningful while kWaiting or kStopped
};

enum class Wake : uint8_t { kTimer, kOnline, kUser, kHint };

class Engine {
 public:
  explicit Engine(uint32_t seed);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Starts to sync `stream` from what the store holds. A second Open of a stream replaces the
  // first. Errors: sync.too_many_streams, sync.too_many_items, sync.bad_cursor.
  Result<void> Open(std::string_view stream, std::string_view cursor, std::string_view epoch,
                    const Vector<ItemRef>& held, const Vector<ItemRef>& outbox, int64_t now);
  void Close(std::string_view stream);
  // New durable items of our own. Errors: sync.unknown_stream, sync.too_many_items.
  Result<void> Added(std::string_view stream, const Vector<ItemRef>& items, int64_t now);

  // Results. An op that is not in flight is ignored: a late answer after Close is no fault.
  void OnPut(OpId op, const Vector<PutResult>& results, int64_t now);
  void OnGet(OpId op, GetState state, int64_t now);
  void OnList(OpId op, const Page& page, int64_t now);
  void OnPersisted(OpId op, int64_t now);
  // `retry_after` in ms, 0 where the backend said nothing.
  void OnFailure(OpId op, Failure failure, int64_t retry_after, int64_t now);
  // kOnline and kUser forget the backoff of every stream; kHint asks `stream` ("" for all) to list.
  void OnWake(Wake wake, std::string_view stream, int64_t now);

  // The next thing to do; false when there is nothing until an input comes or `NextTimer` is
  // reached.
  bool Next(Command* command, int64_t now);
  // When to call OnWake(kTimer) at the latest; -1 for never.
  int64_t NextTimer() const;

 private:
  struct Stream;
  struct Item;
  Stream* Find(std::string_view name);
  Stream* Of(OpId op);
  void Fail(Stream& stream, Failure failure, int64_t retry_after, int64_t now);
  void ChangeEpoch(Stream& stream, int64_t now);
  bool NextOf(Stream& stream, Command* command, int64_t now);
  uint32_t Random();

  Vector<Stream> streams_;
  size_t turn_ = 0;  // round robin, so that one busy stream starves no other
  OpId last_op_ = 0;
  uint32_t random_;
};

}  // namespace countersign::sync

#endif  // COUNTERSIGN_SYNC_ENGINE_H_
