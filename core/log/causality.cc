#include "log/causality.h"

#include <algorithm>

#include "base/sort.h"
#include "base/string.h"
#include "crypto/crypto.h"

namespace countersign::log {
namespace {

constexpr size_t kBits = 64;

bool TestBit(const Vector<uint64_t>& row, size_t bit) {
  return bit / kBits < row.size() && (row[bit / kBits] >> (bit % kBits) & 1) != 0;
}

void SetBit(Vector<uint64_t>* row, size_t bit) {
  if (bit / kBits >= row->size()) row->resize(bit / kBits + 1);
  (*row)[bit / kBits] |= uint64_t{1} << (bit % kBits);
}

void Unite(const Vector<uint64_t>& from, Vector<uint64_t>* into) {
  if (into->size() < from.size()) into->resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) (*into)[i] |= from[i];
}

Vector<EventId> AllParents(const Event& event, std::span<const EventId> named) {
  Vector<EventId> parents = event.Parents();
  parents.insert(parents.end(), named.begin(), named.end());
  SortUnique(&parents);
  return parents;
}

}  // namespace

Result<Causality> Causality::Begin(const VerifiedEvent& genesis) {
  if (!genesis->is_genesis()) return ErrorCode::kLogNotGenesis;
  Causality causality;
  causality.Insert(
      Node{genesis->id, genesis->author, genesis->chain, genesis->prev, genesis->seq, {}, {}});
  return causality;
}

std::optional<uint32_t> Causality::Find(const EventId& id) const {
  const auto found = std::lower_bound(
      by_id_.begin(), by_id_.end(), id,
      [&](uint32_t node, const EventId& wanted) { return nodes_[node]->id < wanted; });
  if (found == by_id_.end() || nodes_[*found]->id != id) return std::nullopt;
  return *found;
}

bool Causality::Contains(const EventId& id) const { return Find(id).has_value(); }

void Causality::Insert(Node node) {
  const auto at =
      std::lower_bound(by_id_.begin(), by_id_.end(), node.id,
                       [&](uint32_t other, const EventId& id) { return nodes_[other]->id < id; });
  by_id_.insert(at, static_cast<uint32_t>(nodes_.size()));
  nodes_.push_back(Shared<Node>::Make(std::move(node)));
}

Result<Causality::Added> Causality::Add(const VerifiedEvent& event,
                                        std::span<const EventId> named) {
  if (Contains(event.id())) return Added::kKnown;
  if (event->env != genesis()) return ErrorCode::kLogWrongEnvelope;
  const Vector<EventId> parents = AllParents(*event, named);
  if (parents.size() > kMaxParents) return ErrorCode::kLogTooManyParents;

  Node node{event->id, event->author, event->chain, event->prev, event->seq, {}, {}};
  for (const EventId& id : parents) {
    const auto parent = Find(id);
    if (!parent) return Error(ErrorCode::kLogMissingParent, id.ToBase64Url());
    node.parents.push_back(*parent);
    Unite(nodes_[*parent]->ancestors, &node.ancestors);
    SetBit(&node.ancestors, *parent);
  }
  if (event->prev && nodes_[*Find(*event->prev)]->author != event->author) {
    return ErrorCode::kLogPrevNotOwn;
  }
  if (nodes_.size() >= kMaxEvents) return ErrorCode::kLogTooManyEvents;
  node.ancestors = Vector(node.ancestors);  // no room to spare: one for each event
  Insert(std::move(node));
  return Added::kNew;
}

Vector<EventId> Causality::Missing(const Event& event, std::span<const EventId> named) const {
  Vector<EventId> missing = AllParents(event, named);
  EraseIf(missing, [&](const EventId& id) { return Contains(id); });
  return missing;
}

bool Causality::IsAncestor(const EventId& earlier, const EventId& later) const {
  const auto a = Find(earlier);
  const auto b = Find(later);
  return a && b && TestBit(nodes_[*b]->ancestors, *a);
}

Relation Causality::Compare(const EventId& a, const EventId& b) const {
  if (a == b) return Relation::kSame;
  if (IsAncestor(a, b)) return Relation::kBefore;
  if (IsAncestor(b, a)) return Relation::kAfter;
  return Relation::kUnordered;
}

Vector<EventId> Causality::Heads() const {
  Vector<uint64_t> has_child;
  for (const auto& node : nodes_) {
    for (const uint32_t parent : node->parents) SetBit(&has_child, parent);
  }
  Vector<EventId> heads;
  for (const uint32_t node : by_id_) {
    if (!TestBit(has_child, node)) heads.push_back(nodes_[node]->id);
  }
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
  Vector<uint64_t> row;
  for (const EventId& id : parents) {
    const auto parent = Find(id);
    if (!parent) continue;
    Unite(nodes_[*parent]->ancestors, &row);
    SetBit(&row, *parent);
  }
  Vector<EventId> past;
  for (const uint32_t node : by_id_) {
    if (TestBit(row, node)) past.push_back(nodes_[node]->id);
  }
  return past;
}

Vector<EventId> Causality::Past(const EventId& id) const {
  Vector<EventId> past;
  const auto found = Find(id);
  if (!found) return past;
  for (const uint32_t node : by_id_) {
    if (TestBit(nodes_[*found]->ancestors, node)) past.push_back(nodes_[node]->id);
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
