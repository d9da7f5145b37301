// Who had seen what: the graph of a log's events, from one genesis.
//
// An event enters after all its parents, so a cycle cannot exist, and what is in never changes.
// Every answer is a function of the set of events alone: any order of delivery, with any
// repetitions, gives equal answers. Copies share their rows, so keeping an old state costs a
// pointer per event.
#ifndef COUNTERSIGN_LOG_CAUSALITY_H_
#define COUNTERSIGN_LOG_CAUSALITY_H_

#include <optional>
#include <span>
#include <string_view>

#include "base/shared.h"
#include "base/vector.h"
#include "log/event.h"
#include "log/hash_index.h"

namespace countersign::log {

inline constexpr size_t kMaxEvents = 20000;  // per log
inline constexpr size_t kMaxParents = 128;   // prev, seen, and those that a body names

enum class Relation : uint8_t { kSame, kBefore, kAfter, kUnordered };

// Several events of one author that name the same prev.
struct Fork {
  // kSessions: each in a chain of its own, as a restored or parallel device does honestly.
  // kOneChain: two of them in one chain, which no honest device does unless it was cloned while
  // running.
  enum class Kind : uint8_t { kSessions, kOneChain };
  KeyId author;
  std::optional<EventId> prev;  // absent: several first events
  Vector<EventId> events;       // sorted by bytes, two or more
  Kind kind = Kind::kSessions;
  friend bool operator==(const Fork&, const Fork&) = default;
};

// Sequence numbers of a chain that should be there and are not.
struct Gap {
  KeyId author;
  ChainId chain;
  int64_t first = 0;
  int64_t last = 0;
  friend bool operator==(const Gap&, const Gap&) = default;
};

// Two or more events with one number in one chain.
struct ReusedNumber {
  KeyId author;
  ChainId chain;
  int64_t seq = 0;
  Vector<EventId> events;  // sorted by bytes
  friend bool operator==(const ReusedNumber&, const ReusedNumber&) = default;
};

// A set of places. In a log whose authors know what came before, an event's past is all that came
// in earlier, but for a few: what is full from the beginning on is a number, so that a long log
// costs neither time nor memory by the square of its length.
class PlaceSet {
 public:
  bool Has(uint32_t place) const {
    const size_t word = place / 64;
    if (word < full_) return true;
    return word - full_ < rest_.size() && (rest_[word - full_] >> (place % 64) & 1) != 0;
  }
  // All places before this one are in it.
  uint32_t full() const { return static_cast<uint32_t>(full_ * 64); }
  void Add(uint32_t place);
  void Unite(const PlaceSet& other);
  void Pack();  // once it is whole: no room to spare

 private:
  void Fill(size_t full);  // all words before this one have all of their places
  size_t full_ = 0;        // so many words of 64 places are full
  Vector<uint64_t> rest_;  // those behind them
};

class Causality {
 public:
#ifndef __wasm__
  static inline thread_local uint64_t questions = 0;  // asked so far: tests hold work by them
#endif
  // Errors: log.not_genesis.
  static Result<Causality> Begin(const VerifiedEvent& genesis);

  enum class Added : uint8_t { kNew, kKnown };
  // `named` are parents that the body names (the signatures that a completion counts).
  // Errors, leaving this as it was: log.wrong_envelope (also a second genesis),
  // log.too_many_parents, log.missing_parent, log.prev_not_own, log.too_many_events.
  Result<Added> Add(const VerifiedEvent& event, std::span<const EventId> named = {});
  // The parents that are not here, sorted by bytes.
  Vector<EventId> Missing(const Event& event, std::span<const EventId> named = {}) const;

  size_t size() const { return nodes_.size(); }
  const EventId& genesis() const { return nodes_.front()->id; }
  bool Contains(const EventId& id) const { return by_id_.Find(id).has_value(); }

  // True if `earlier` is in the causal past of `later` (no event is its own ancestor). False where
  // either is not here. Constant time but for finding the two ids.
  bool IsAncestor(const EventId& earlier, const EventId& later) const;
  // The same by places: the n-th event that came in has place n, the genesis 0.
  std::optional<uint32_t> PlaceOf(const EventId& id) const { return by_id_.Find(id); }
  // REQUIRES: later < size().
  bool IsAncestorAt(uint32_t earlier, uint32_t later) const {
#ifndef __wasm__
    ++questions;
#endif
    return nodes_[later]->ancestors.Has(earlier);
  }
  std::span<const uint32_t> ParentsAt(uint32_t place) const { return nodes_[place]->parents; }
  // kUnordered also where either is not here and the ids differ.
  Relation Compare(const EventId& a, const EventId& b) const;
  // The events that nothing here has for a parent, sorted by bytes.
  Vector<EventId> Heads() const;
  // Every event, parents first; where several could come next, the smallest id by bytes.
  Vector<EventId> Order() const;
  // The causal past of an event with these parents: they and all their ancestors, sorted by bytes.
  // Parents that are not here are left out.
  Vector<EventId> PastOf(std::span<const EventId> parents) const;
  // The causal past of an event that is here, without it.
  Vector<EventId> Past(const EventId& id) const;

  // Sorted by author and prev.
  Vector<Fork> Forks() const;
  // Sorted by author, chain and number.
  Vector<Gap> Gaps() const;
  Vector<ReusedNumber> ReusedNumbers() const;

 private:
  struct Node {
    EventId id;
    KeyId author;
    ChainId chain;
    std::optional<EventId> prev;
    int64_t seq;
    Vector<uint32_t> parents;  // places in nodes_
    PlaceSet ancestors;        // an ancestor came in earlier: its place is smaller
    bool SharesChainWith(const Node& other) const {
      return author == other.author && chain == other.chain;
    }
  };
  void Insert(Node node);
  void CountInChain(const Node& node);
  // Sorted by author, chain, number and id.
  Vector<const Node*> ByChain() const;

  Vector<Shared<Node>> nodes_;  // in order of arrival
  HashIndex by_id_;             // places in nodes_
  PlaceSet has_child_;
  // As long as every event continues its author's chain or begins one, there is no gap and no
  // number twice, and nobody has to look. Beginnings of chains, sorted by author and chain:
  Vector<uint32_t> beginnings_;
  PlaceSet continued_;  // the next number of its chain is here
  bool irregular_ = false;
};

// An order of stored events, by place, in which parents come first, so that none has to wait for
// another: what a store or a file hands out by name would fill the waiting room. What is no event
// comes last. No graph of ids has a cycle, for an id is a hash over the parents'.
Vector<uint32_t> ParentsFirst(std::span<const std::string_view> stored);

// H("countersign-past/v1", ids joined by LF): what a completion says about its causal past.
// REQUIRES: sorted by bytes.
Hash HashPast(std::span<const EventId> sorted_ids);

}  // namespace countersign::log

#endif  // COUNTERSIGN_LOG_CAUSALITY_H_
