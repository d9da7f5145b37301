#include "log/causality.h"

#include <algorithm>

#include "base/sort.h"
#include "base/string.h"
#include "crypto/crypto.h"

namespace countersign::log {
namespace {

Vector<EventId> AllParents(const Event& event, std::span<const EventId> named) {
  Vector<EventId> parents = event.Parents();
  parents.insert(parents.end(), named.begin(), named.end());
  SortUnique(&parents);
  return parents;
}

}  // namespace

void PlaceSet::Fill(size_t full) {
  if (full <= full_) return;
  rest_.erase(rest_.begin(),
              rest_.begin() + static_cast<ptrdiff_t>(std::min(full - full_, rest_.size())));
  full_ = full;
}

void PlaceSet::Add(uint32_t place) {
  if (Has(place)) return;
  const size_t word = place / 64 - full_;
  if (word >= rest_.size()) rest_.resize(word + 1);
  rest_[word] |= uint64_t{1} << (place % 64);
}

void PlaceSet::Unite(const PlaceSet& other) {
  Fill(other.full_);
  const size_t skipped = full_ - other.full_;  // of the other's rest: full here
  if (other.rest_.size() <= skipped) return;
  const size_t words = other.rest_.size() - skipped;
  if (rest_.size() < words) rest_.resize(words);
  for (size_t i = 0; i < words; ++i) rest_[i] |= other.rest_[skipped + i];
}

void PlaceSet::Pack() {
  size_t full = 0;
  while (full < rest_.size() && rest_[full] == ~uint64_t{0}) ++full;
  Fill(full_ + full);
  rest_ = Vector(rest_);
}

Result<Causality> Causality::Begin(const VerifiedEvent& genesis) {
  if (!genesis->is_genesis()) return ErrorCode::kLogNotGenesis;
  Causality causality;
  causality.Insert(
      Node{genesis->id, genesis->author, genesis->chain, genesis->prev, genesis->seq, {}, {}});
  return causality;
}

void Causality::Insert(Node node) {
  CountInChain(node);
  by_id_.Set(node.id, static_cast<uint32_t>(nodes_.size()));
  for (const uint32_t parent : node.parents) has_child_.Add(parent);
  if (nodes_.size() % 64 == 0) has_child_.Pack();
  nodes_.push_back(Shared<Node>::Make(std::move(node)));
}

// REQUIRES: the node is not in nodes_ yet.
void Causality::CountInChain(const Node& node) {
  if (irregular_) return;
  const auto prev = node.prev ? PlaceOf(*node.prev) : std::nullopt;
  if (prev && nodes_[*prev]->SharesChainWith(node)) {
    irregular_ = node.seq != nodes_[*prev]->seq + 1 || continued_.Has(*prev);
    continued_.Add(*prev);
    return;
  }
  const auto before = [](const Node& a, const Node& b) {
    return a.author != b.author ? a.author < b.author : a.chain < b.chain;
  };
  const auto at = std::lower_bound(
      beginnings_.begin(), beginnings_.end(), node,
      [&](uint32_t place, const Node& wanted) { return before(*nodes_[place], wanted); });
  irregular_ = node.seq != 0 || (at != beginnings_.end() && nodes_[*at]->SharesChainWith(node));
  beginnings_.insert(at, static_cast<uint32_t>(nodes_.size()));
}

Result<Causality::Added> Causality::Add(const VerifiedEvent& event,
                                        std::span<const EventId> named) {
  if (Contains(event.id())) return Added::kKnown;
  if (event->env != genesis()) return ErrorCode::kLogWrongEnvelope;
  const Vector<EventId> parents = AllParents(*event, named);
  if (parents.size() > kMaxParents) return ErrorCode::kLogTooManyParents;

  Node node{event->id, event->author, event->chain, event->prev, event->seq, {}, {}};
  for (const EventId& id : parents) {
    const auto parent = PlaceOf(id);
    if (!parent) return Error(ErrorCode::kLogMissingParent, id.ToBase64Url());
    node.parents.push_back(*parent);
    node.ancestors.Unite(nodes_[*parent]->ancestors);
    node.ancestors.Add(*parent);
  }
  if (event->prev && nodes_[*PlaceOf(*event->prev)]->author != event->author) {
    return ErrorCode::kLogPrevNotOwn;
  }
  if (nodes_.size() >= kMaxEvents) return ErrorCode::kLogTooManyEvents;
  node.ancestors.Pack();
  Insert(std::move(node));
  return Added::kNew;
}

Vector<EventId> Causality::Missing(const Event& event, std::span<const EventId> named) const {
  Vector<EventId> missing = AllParents(event, named);
  EraseIf(missing, [&](const EventId& id) { return Contains(id); });
  return missing;
}

bool Causality::IsAncestor(const EventId& earlier, const EventId& later) const {
  const auto a = PlaceOf(earlier);
  const auto b = PlaceOf(later);
  return a && b && IsAncestorAt(*a, *b);
}

Relation Causality::Compare(const EventId& a, const EventId& b) const {
  if (a == b) return Relation::kSame;
  if (IsAncestor(a, b)) return Relation::kBefore;
  if (IsAncestor(b, a)) return Relation::kAfter;
  return Relation::kUnordered;
}

Vector<EventId> Causality::Heads() const {
  Vector<EventId> heads;
  for (uint32_t node = has_child_.full(); node < nodes_.size(); ++node) {
    if (!has_child_.Has(node)) heads.push_back(nodes_[node]->id);
  }
  Sort(&heads);
  return heads;
}

Vector<EventId> Causality::Order() const {
  // Kahn's algorithm with a heap of what may come next.
  Vector<uint32_t> open_parents(nodes_.size());
  Vector<Vector<uint32_t>> children(nodes_.size());
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    open_parents[i] = static_cast<uint32_t>(nodes_[i]->parents.size());
    for (const uint32_t parent : nodes_[i]->parents) children[parent].push_back(i);
  }
  const auto later = [&](uint32_t a, uint32_t b) { return nodes_[b]->id < nodes_[a]->id; };
  Vector<uint32_t> next = {0};  // the genesis is the only event without parents
  Vector<EventId> order;
  order.reserve(nodes_.size());
  while (!next.empty()) {
    std::pop_heap(next.begin(), next.end(), later);
    const uint32_t node = next.back();
    next.pop_back();
    order.push_back(nodes_[node]->id);
    for (const uint32_t child : children[node]) {
      if (--open_parents[child] > 0) continue;
      next.push_back(child);
      std::push_heap(next.begin(), next.end(), later);
    }
  }
  CS_CHECK(order.size() == nodes_.size());
  return order;
}

Vector<EventId> Causality::PastOf(std::span<const EventId> parents) const {
  PlaceSet row;
  for (const EventId& id : parents) {
    const auto parent = PlaceOf(id);
    if (!parent) continue;
    row.Unite(nodes_[*parent]->ancestors);
    row.Add(*parent);
  }
  Vector<EventId> past;
  for (const uint32_t node : by_id_.Places()) {
    if (row.Has(node)) past.push_back(nodes_[node]->id);
  }
  return past;
}

Vector<EventId> Causality::Past(const EventId& id) const {
  Vector<EventId> past;
  const auto found = PlaceOf(id);
  if (!found) return past;
  for (const uint32_t node : by_id_.Places()) {
    if (IsAncestorAt(node, *found)) past.push_back(nodes_[node]->id);
  }
  return past;
}

Vector<Fork> Causality::Forks() const {
  Vector<const Node*> sorted;
  sorted.reserve(nodes_.size());
  for (const auto& node : nodes_) sorted.push_back(node.get());
  const auto same = [](const Node* a, const Node* b) {
    return a->author == b->author && a->prev == b->prev;
  };
  Sort(&sorted, [](const Node* a, const Node* b) {
    if (a->author != b->author) return a->author < b->author;
    if (a->prev != b->prev) return a->prev < b->prev;
    return a->id < b->id;
  });
  Vector<Fork> forks;
  for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    for (end = begin + 1; end < sorted.size() && same(sorted[begin], sorted[end]);) ++end;
    if (end - begin < 2) continue;
    Fork fork{sorted[begin]->author, sorted[begin]->prev, {}, Fork::Kind::kSessions};
    Vector<ChainId> chains;
    for (size_t i = begin; i < end; ++i) {
      fork.events.push_back(sorted[i]->id);
      chains.push_back(sorted[i]->chain);
    }
    SortUnique(&chains);
    if (chains.size() < fork.events.size()) fork.kind = Fork::Kind::kOneChain;
    forks.push_back(std::move(fork));
  }
  return forks;
}

Vector<const Causality::Node*> Causality::ByChain() const {
  Vector<const Node*> sorted;
  sorted.reserve(nodes_.size());
  for (const auto& node : nodes_) sorted.push_back(node.get());
  Sort(&sorted, [](const Node* a, const Node* b) {
    if (a->author != b->author) return a->author < b->author;
    if (a->chain != b->chain) return a->chain < b->chain;
    if (a->seq != b->seq) return a->seq < b->seq;
    return a->id < b->id;
  });
  return sorted;
}

Vector<Gap> Causality::Gaps() const {
  Vector<Gap> gaps;
  if (!irregular_) return gaps;
  const Node* before = nullptr;  // in the same chain
  for (const Node* node : ByChain()) {
    if (before != nullptr && !before->SharesChainWith(*node)) before = nullptr;
    const int64_t expected = before == nullptr ? 0 : before->seq + 1;
    if (node->seq > expected) gaps.push_back({node->author, node->chain, expected, node->seq - 1});
    before = node;
  }
  return gaps;
}

Vector<ReusedNumber> Causality::ReusedNumbers() const {
  Vector<ReusedNumber> reused;
  if (!irregular_) return reused;
  const Node* before = nullptr;
  bool continues = false;  // `before` is in the last entry of `reused`
  for (const Node* node : ByChain()) {
    const bool same =
        before != nullptr && before->SharesChainWith(*node) && before->seq == node->seq;
    if (same && !continues) {
      reused.push_back({node->author, node->chain, node->seq, {before->id}});
    }
    if (same) reused.back().events.push_back(node->id);
    continues = same;
    before = node;
  }
  return reused;
}

Vector<uint32_t> ParentsFirst(std::span<const std::string_view> stored) {
  struct Entry {
    EventId id;
    uint32_t place;
    uint32_t open = 0;  // parents that have not come yet
    Vector<EventId> parents;
    Vector<uint32_t> children;  // places in `entries`
  };
  Vector<Entry> entries;
  Vector<uint32_t> order;
  Vector<uint32_t> others;
  for (uint32_t i = 0; i < stored.size(); ++i) {
    const auto event = Event::Parse(stored[i]);
    if (event) {
      entries.push_back({event->id, i, 0, event->Parents(), {}});
    } else {
      others.push_back(i);
    }
  }
  Sort(&entries, [](const Entry& a, const Entry& b) { return a.id < b.id; });
  for (uint32_t i = 0; i < entries.size(); ++i) {
    for (const EventId& parent : entries[i].parents) {
      // Two encodings of one event stand beside each other: either will do.
      const auto at = std::lower_bound(entries.begin(), entries.end(), parent,
                                       [](const Entry& a, const EventId& id) { return a.id < id; });
      if (at == entries.end() || at->id != parent) continue;
      at->children.push_back(i);
      ++entries[i].open;
    }
  }
  Vector<uint32_t> ready;
  for (uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].open == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const uint32_t next = ready.back();
    ready.pop_back();
    order.push_back(entries[next].place);
    for (const uint32_t child : entries[next].children) {
      if (--entries[child].open == 0) ready.push_back(child);
    }
  }
  order.insert(order.end(), others.begin(), others.end());
  return order;
}

Hash HashPast(std::span<const EventId> sorted_ids) {
  CS_CHECK(std::is_sorted(sorted_ids.begin(), sorted_ids.end()));
  String text;
  text.reserve(sorted_ids.size() * 44);
  for (const EventId& id : sorted_ids) {
    if (!text.empty()) text.push_back('\n');
    text.append(id.ToBase64Url());
  }
  return crypto::TaggedHash("countersign-past/v1", AsBytes(text));
}

}  // namespace countersign::log
