// The ledger: everything this device holds of one envelope, and what follows from it.
//
// Bytes go in through `Ingest`, in any order, any number of times; the State comes out. An event is
// admitted once its parents, the key that signed it and the structural blobs it names are here and
// its signature verifies; until then it waits. An event that no rule lets count stays in the log
// without effect, with a code; bytes that are no event of this envelope are refused with a code.
// Nothing that is ingested can trap, or change what it has no right to change.
//
// A device that opens an envelope anew from its own store need not verify again what it verified
// before (`IngestVerified`): everything but the signature is checked as ever, the ids are computed
// from the bytes, and what anybody else hands in is always verified.
//
// Property: the same items give an equal State in any order, with any duplicates, in any steps, as
// long as no bound below was reached.
#ifndef COUNTERSIGN_ENVELOPE_LEDGER_H_
#define COUNTERSIGN_ENVELOPE_LEDGER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "envelope/blobs.h"
#include "envelope/envelope.h"
#include "envelope/fold.h"

namespace countersign::envelope {

// Bounds: those of log/causality.h and log/waiting.h (20,000 events; 1,000 events or 8 MiB that
// wait; of keys nobody introduced 64 events or 1 MiB), and of one recipient's devices together:
inline constexpr size_t kMaxEventsPerRecipient = 2000;  // recipient.too_many_events

enum class Reception : uint8_t {
  kAdmitted,  // in the log (`code` says why without effect, where it has none)
  kWaiting,   // kept; parents, blobs or the author's key are missing
  kRefused,  // `code` says why; keep the bytes: another version may know better, and a full waiting
             // room (log.*) only says "not now"
  kKnown,    // was here already
};
std::string_view ReceptionName(Reception reception);

struct Receipt {
  Reception reception = Reception::kRefused;
  std::optional<ErrorCode> code;
  String id;  // event id or blob ref, "" where the bytes have none
  // Events admitted by this call, this one and those that had waited for it, in order of admission.
  Vector<EventId> admitted;
  // Events that had waited and are refused for good or for now, as `reception` would say of them:
  // they are in no list of this ledger any more.
  struct Dropped {
    EventId event;
    ErrorCode code;
  };
  Vector<Dropped> dropped;
};

class Ledger {
 public:
  // A ledger of the envelope with this id, or (no id) of whatever genesis comes first.
  Ledger();
  explicit Ledger(const EventId& envelope);
  // Of a file, which has bounds of its own: none on one recipient's events, or the order in which
  // they are read would decide.
  static Ledger OfFile();
  ~Ledger();
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;

  Receipt IngestEvent(std::string_view jws);
  // The same from this device's own store, which kept this note of an event that it verified. Bytes
  // that the note does not fit are verified as anybody's.
  Receipt IngestVerified(std::string_view jws, const VerifiedNote& noted);
  Receipt IngestBlob(ByteView bytes);

  bool is_open() const;        // true once the genesis is admitted
  const State& state() const;  // REQUIRES: is_open(). Valid until the next call that is not const.
  const Fold& fold() const;
  const BlobSet& blobs() const;
  void Shred(const Hash& detail_ref);  // forgets a detail blob; the state stays

  // Admitted events as stored, in an order in which parents come first.
  size_t size() const;
  std::string_view jws(size_t index) const;
  // In this order: under which name a store has each of them, and the note for `IngestVerified`.
  struct Verified {
    StoreId name;
    VerifiedNote note;
    friend bool operator==(const Verified&, const Verified&) = default;
  };
  Vector<Verified> AllVerified() const;
  // The newest event that this key wrote; none where it wrote none.
  std::optional<EventId> NewestBy(const PublicKey& author) const;
  // As stored, "" where the event is not admitted.
  std::string_view Find(const EventId& event) const;

  // What is named and not here, so that the host can ask for it. Sorted.
  Vector<EventId> MissingParents() const;
  Vector<Hash> MissingBlobs() const;    // structural ones: events wait for them
  Vector<Hash> MissingDetails() const;  // details, files, inputs: withheld, or not fetched
  struct Waiting {
    EventId event;
    ErrorCode code;  // event.waits_for_parent, event.waits_for_blob, event.waits_for_key
  };
  Vector<Waiting> waiting() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_LEDGER_H_
