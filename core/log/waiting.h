// Events that cannot enter a log yet, in bounded rooms, so that nobody fills a phone with junk.
//
// A refusal here says "not now" and decides nothing: the stored item stays where it is and is
// offered again after something else has come in.
#ifndef COUNTERSIGN_LOG_WAITING_H_
#define COUNTERSIGN_LOG_WAITING_H_

#include "base/vector.h"
#include "log/causality.h"
#include "log/event.h"

namespace countersign::log {

inline constexpr size_t kMaxOrphans = 1000;
inline constexpr size_t kMaxOrphanBytes = 8 * 1024 * 1024;
inline constexpr size_t kMaxQuarantined = 64;
inline constexpr size_t kMaxQuarantineBytes = 1024 * 1024;

// Verified events whose parents have not come yet.
class Orphans {
 public:
  struct Orphan {
    VerifiedEvent event;
    Vector<EventId> named;  // further parents, from the body
  };

  // Keeping one that is here already is no error. Errors: log.too_many_orphans,
  // log.orphans_too_large.
  Result<void> Keep(const VerifiedEvent& event, std::span<const EventId> named = {});
  // Takes out those whose parents are all in `causality`, sorted by id. Call again after adding
  // them: they may have been what others waited for.
  Vector<Orphan> TakeReady(const Causality& causality);
  // The parents that are missing, sorted by bytes: what to ask other stores for.
  Vector<EventId> Wanted(const Causality& causality) const;
  const Vector<Orphan>& waiting() const { return waiting_; }
  size_t size() const { return waiting_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  Vector<Orphan> waiting_;
  size_t bytes_ = 0;
};

// Events of keys that nothing has bound yet: their signatures cannot be checked.
class Quarantine {
 public:
  // Keeping one that is here already is no error. Errors: log.quarantine_full,
  // log.quarantine_too_large.
  Result<void> Keep(const Event& event);
  // Takes out the events of this author, sorted by stored bytes.
  Vector<Event> TakeOf(const KeyId& author);
  const Vector<Event>& waiting() const { return waiting_; }
  size_t size() const { return waiting_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  Vector<Event> waiting_;
  size_t bytes_ = 0;
};

}  // namespace countersign::log

#endif  // COUNTERSIGN_LOG_WAITING_H_
