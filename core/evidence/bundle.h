// The bundle: one file with everything needed to check an envelope, offline and without trusting
// anyone. FORMAT.md section 11 is the grammar.
//
// Writing is deterministic: the same events and blobs give the same file on every platform. Reading
// takes any bytes: it never stops at the first damaged line, names each fault with its line and
// what it is, and decides nothing about the contract (verify.h does).
#ifndef COUNTERSIGN_EVIDENCE_BUNDLE_H_
#define COUNTERSIGN_EVIDENCE_BUNDLE_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"

namespace countersign::evidence {

// The first line of every bundle.
inline constexpr std::string_view kBundleStart = "countersign-bundle/v1\n";

// Bounds of one file. Past one of them: bundle.too_large.
inline constexpr size_t kMaxBundleBytes = size_t{64} << 20;
inline constexpr size_t kMaxBundleEvents = 20000;
inline constexpr size_t kMaxBundleBlobs = 60000;
inline constexpr size_t kMaxBundleFaults =
    200;  // listed; of more than these the file is invalid all the same

struct Blob {
  Hash ref;     // SHA-256 of `bytes`
  Bytes bytes;  // as stored
  friend bool operator==(const Blob&, const Blob&) = default;
};

// An event line that could be read. Its signature has not been looked at.
struct BundledEvent {
  EventId id;
  String stored;            // the JWS
  Vector<EventId> parents;  // prev, seen, and what a completion names
};

// One line that is not what it should be. Codes: bundle.bad_line, bundle.bad_event (its detail is
// the event's own code), bundle.wrong_blob (the bytes are not the ones the reference names),
// bundle.duplicate, bundle.out_of_order, bundle.trailing (lines after the end line).
struct Fault {
  Error error;
  size_t line = 0;  // 1-based; the header is line 1
  String what;      // an event id or a blob reference where one can be read, else ""
};

// An event line that only a later version may know how to read.
struct LaterEvent {
  ErrorCode code;  // what is not known: IsOfLaterVersion
  size_t line = 0;
  String stored;  // the line's JWS
};

// Codes that say "this version does not know", not "this is wrong".
bool IsOfLaterVersion(ErrorCode code);

enum class Ending : uint8_t {
  kWhole,
  kMissing,
  kWrong
};  // the end line: fits, is not there, does not fit

struct Bundle {
  Vector<BundledEvent> events;  // in the order of the file; only lines that could be read
  Vector<Blob> blobs;           // only blobs whose bytes are the ones their reference names
  Vector<LaterEvent> later;     // bounded by the events, never by the faults
  Vector<Fault> faults;         // the first kMaxBundleFaults
  size_t more_faults = 0;       // beyond them
  // Events in causal order, each with its repetitions: places in `events`. Whoever replays in this
  // order meets every parent that is in the file before its children.
  Vector<uint32_t> order;
  Ending ending = Ending::kMissing;
  size_t end_line = 0;  // where the end line stands that is `kWrong`
};

// Writes the file. Events are put into causal order (parents first, ties by event id), blobs into
// the order of their references; duplicates are written once. Nothing is dropped: events that this
// version cannot read come last, by their bytes. Parents that are not among the events stay
// missing. Errors: bundle.too_large.
Result<String> WriteBundle(std::span<const String> events, std::span<const Bytes> blobs);

// Reads a bundle, or the bundle inside a self-contained HTML copy (html_copy.h).
// Errors: bundle.bad_header (no bundle at all), bundle.too_large. Everything else is a Fault.
Result<Bundle> ReadBundle(ByteView file);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_BUNDLE_H_
