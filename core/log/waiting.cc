#include "log/waiting.h"

#include <algorithm>

#include "base/sort.h"

namespace countersign::log {

Result<void> Orphans::Keep(const VerifiedEvent& event, std::span<const EventId> named) {
  for (const Orphan& orphan : waiting_) {
    if (orphan.event.id() == event.id()) return {};
  }
  if (waiting_.size() >= kMaxOrphans) return ErrorCode::kLogTooManyOrphans;
  if (event->stored.size() > kMaxOrphanBytes - bytes_) return ErrorCode::kLogOrphansTooLarge;
  bytes_ += event->stored.size();
  waiting_.push_back(Orphan{event, {named.begin(), named.end()}});
  return {};
}

Vector<Orphans::Orphan> Orphans::TakeReady(const Causality& causality) {
  Vector<Orphan> ready;
  Vector<Orphan> still;
  for (Orphan& orphan : waiting_) {
    const bool complete = causality.Missing(*orphan.event, orphan.named).empty();
    (complete ? ready : still).push_back(std::move(orphan));
  }
  waiting_ = std::move(still);
  for (const Orphan& orphan : ready) bytes_ -= orphan.event->stored.size();
  Sort(&ready, [](const Orphan& a, const Orphan& b) { return a.event.id() < b.event.id(); });
  return ready;
}

Vector<EventId> Orphans::Wanted(const Causality& causality) const {
  Vector<EventId> wanted;
  for (const Orphan& orphan : waiting_) {
    const Vector<EventId> missing = causality.Missing(*orphan.event, orphan.named);
    wanted.insert(wanted.end(), missing.begin(), missing.end());
  }
  SortUnique(&wanted);
  // What waits here itself need not be asked for.
  EraseIf(wanted, [&](const EventId& id) {
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [&](const Orphan& orphan) { return orphan.event.id() == id; });
  });
  return wanted;
}

Result<void> Quarantine::Keep(const Event& event) {
  for (const Event& other : waiting_) {
    if (other.stored == event.stored) return {};
  }
  if (waiting_.size() >= kMaxQuarantined) return ErrorCode::kLogQuarantineFull;
  if (event.stored.size() > kMaxQuarantineBytes - bytes_) {
    return ErrorCode::kLogQuarantineTooLarge;
  }
  bytes_ += event.stored.size();
  waiting_.push_back(event);
  return {};
}

Vector<Event> Quarantine::TakeOf(const KeyId& author) {
  Vector<Event> taken;
  Vector<Event> still;
  for (Event& event : waiting_) {
    if (event.author == author) bytes_ -= event.stored.size();
    (event.author == author ? taken : still).push_back(std::move(event));
  }
  waiting_ = std::move(still);
  Sort(&taken, [](const Event& a, const Event& b) { return a.stored < b.stored; });
  return taken;
}

}  // namespace countersign::log
