#include "log/causality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/crypto.h"
#include "support/author.h"
#include "support/verified_event_maker.h"

namespace countersign::log {
namespace {

using ::countersign::testing::Author;
using json::Value;

template <class T>
String CodeOf(const Result<T>& result) {
  return result ? "ok" : String(result.error().name());
}

// A small deterministic generator, so that a failure can be repeated.
class Dice {
 public:
  explicit Dice(uint32_t seed) : state_(seed * 2654435761u + 1) {}
  uint32_t Below(uint32_t limit) {
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 8) % limit;
  }

 private:
  uint32_t state_;
};

// Events taken at their word, for graphs that no honest author would make.
struct Graph {
  Vector<VerifiedEvent> events;  // [0] is the genesis; parents stand before children

  explicit Graph(uint32_t salt) {
    Event genesis;
    genesis.id = crypto_id(salt, 0);
    events.push_back(VerifiedEventMaker::Trust(genesis));
  }
  static EventId crypto_id(uint32_t salt, uint32_t number) {
    EventId id;
    const String text = NumberText(salt) + ":" + NumberText(number);
    id.bytes = crypto::Sha256(AsBytes(text)).bytes;
    return id;
  }
  void Append(uint8_t author, std::optional<EventId> prev, Vector<EventId> seen, uint8_t chain,
              int64_t seq, uint32_t salt) {
    Event event;
    event.id = crypto_id(salt, static_cast<uint32_t>(events.size()));
    event.env = events[0].id();
    event.author.bytes.fill(author);
    event.chain.bytes.fill(chain);
    event.prev = prev;
    std::sort(seen.begin(), seen.end());
    event.seen = std::move(seen);
    event.seq = seq;
    events.push_back(VerifiedEventMaker::Trust(event));
  }
};

// Random authors that see random events, sometimes from a restored state.
Graph RandomGraph(uint32_t seed, size_t size) {
  Dice dice(seed);
  Graph graph(seed);
  while (graph.events.size() < size) {
    const uint8_t author = static_cast<uint8_t>(1 + dice.Below(4));
    std::optional<EventId> prev;
    for (const VerifiedEvent& event : graph.events) {
      if (event->author.bytes[0] == author && dice.Below(4) != 0) prev = event.id();
    }
    std::set<EventId> seen;
    for (uint32_t i = dice.Below(4); i > 0; --i) {
      seen.insert(graph.events[dice.Below(static_cast<uint32_t>(graph.events.size()))].id());
    }
    if (prev) seen.erase(*prev);
    if (!prev && seen.empty()) seen.insert(graph.events[0].id());
    graph.Append(author, prev, {seen.begin(), seen.end()}, static_cast<uint8_t>(dice.Below(3)),
                 dice.Below(8), seed);
  }
  return graph;
}

// The slow and obvious model: parents by name, and walking.
bool WalksTo(const Graph& graph, const EventId& earlier, const EventId& later) {
  Vector<EventId> open = {later};
  std::set<EventId> visited;
  while (!open.empty()) {
    const EventId id = open.back();
    open.pop_back();
    for (const VerifiedEvent& event : graph.events) {
      if (event.id() != id) continue;
      for (const EventId& parent : event->Parents()) {
        if (parent == earlier) return true;
        if (visited.insert(parent).second) open.push_back(parent);
      }
    }
  }
  return false;
}

Causality AddAll(const Vector<VerifiedEvent>& events) {
  Causality causality = *Causality::Begin(events[0]);
  Vector<VerifiedEvent> open(events.begin(), events.end());
  while (!open.empty()) {
    Vector<VerifiedEvent> later;
    for (const VerifiedEvent& event : open) {
      const auto added = causality.Add(event);
      if (!added) {
        EXPECT_EQ(added.error().code(), ErrorCode::kLogMissingParent);
        later.push_back(event);
      }
    }
    CS_CHECK(later.size() < open.size());
    open = std::move(later);
  }
  return causality;
}

void ExpectSameAnswers(const Causality& a, const Causality& b) {
  EXPECT_EQ(a.size(), b.size());
  EXPECT_EQ(a.Heads(), b.Heads());
  EXPECT_EQ(a.Order(), b.Order());
  EXPECT_EQ(a.Forks(), b.Forks());
  EXPECT_EQ(a.Gaps(), b.Gaps());
  EXPECT_EQ(a.ReusedNumbers(), b.ReusedNumbers());
  for (const EventId& id : a.Order()) EXPECT_EQ(a.Past(id), b.Past(id));
}

TEST(PlaceSet, IsASetWhateverIsFullAtItsBeginning) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    Dice dice(seed);
    Vector<PlaceSet> sets(4);
    Vector<std::set<uint32_t>> expected(4);
    for (int step = 0; step < 60; ++step) {
      const uint32_t which = dice.Below(4);
      switch (dice.Below(4)) {
        case 0: {  // a run, as a chain makes them
          const uint32_t first = dice.Below(3) == 0 ? dice.Below(300) : 0;
          const uint32_t past = first + dice.Below(300);
          for (uint32_t place = first; place < past; ++place) {
            sets[which].Add(place);
            expected[which].insert(place);
          }
          break;
        }
        case 1: {
          const uint32_t other = dice.Below(4);
          sets[which].Unite(PlaceSet(sets[other]));
          expected[which].insert(expected[other].begin(), expected[other].end());
          break;
        }
        case 2:
          sets[which].Pack();
          break;
        default: {
          const uint32_t place = dice.Below(700);
          sets[which].Add(place);
          expected[which].insert(place);
        }
      }
    }
    for (size_t which = 0; which < sets.size(); ++which) {
      for (uint32_t place = 0; place < 800; ++place)
        ASSERT_EQ(sets[which].Has(place), expected[which].count(place) == 1)
            << "seed " << seed << " place " << place;
    }
  }
}

TEST(Causality, BeginsWithAGenesisOnly) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  EXPECT_EQ(CodeOf(Causality::Begin(second)), "log.not_genesis");
  const Causality causality = *Causality::Begin(genesis);
  EXPECT_EQ(causality.genesis(), genesis.id());
  EXPECT_EQ(causality.Heads(), Vector<EventId>{genesis.id()});
}

TEST(Causality, KnowsWhoHadSeenWhat) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent sent = anna.Say("a.sent", *genesis);
  const VerifiedEvent voided = anna.Say("a.voided", *genesis);
  const VerifiedEvent signed_event = bob.Say("a.signed", *genesis, {sent.id()});
  const Causality causality = AddAll({genesis, sent, voided, signed_event});
  EXPECT_TRUE(causality.IsAncestor(sent.id(), signed_event.id()));
  EXPECT_TRUE(causality.IsAncestor(genesis.id(), voided.id()));
  EXPECT_FALSE(causality.IsAncestor(signed_event.id(), sent.id()));
  EXPECT_FALSE(causality.IsAncestor(sent.id(), sent.id()));
  EXPECT_EQ(causality.Compare(voided.id(), signed_event.id()), Relation::kUnordered);
  EXPECT_EQ(causality.Compare(sent.id(), voided.id()), Relation::kBefore);
  EXPECT_EQ(causality.Compare(voided.id(), sent.id()), Relation::kAfter);
  EXPECT_EQ(causality.Compare(sent.id(), sent.id()), Relation::kSame);
  Vector<EventId> heads = {voided.id(), signed_event.id()};
  std::sort(heads.begin(), heads.end());
  EXPECT_EQ(causality.Heads(), heads);
}

TEST(Causality, AnUnknownEventIsNobodysAncestor) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const Causality causality = *Causality::Begin(genesis);
  EXPECT_FALSE(causality.IsAncestor(EventId(), genesis.id()));
  EXPECT_FALSE(causality.IsAncestor(genesis.id(), EventId()));
  EXPECT_EQ(causality.Compare(genesis.id(), EventId()), Relation::kUnordered);
  EXPECT_TRUE(causality.Past(EventId()).empty());
}

// Hostile case 44 and 53.
TEST(Causality, AnEventOfAnotherEnvelopeDoesNotEnter) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent other_genesis = bob.Begin();
  const VerifiedEvent other = bob.Say("a.b", *other_genesis);
  Causality causality = *Causality::Begin(genesis);
  EXPECT_EQ(CodeOf(causality.Add(other)), "log.wrong_envelope");
  EXPECT_EQ(CodeOf(causality.Add(other_genesis)), "log.wrong_envelope");
  // Its env is ours, its parent is theirs: it waits for ever.
  Author carol(3);
  const VerifiedEvent crossing = carol.Say("a.c", *genesis, {other.id()});
  EXPECT_EQ(CodeOf(causality.Add(crossing)), "log.missing_parent");
  EXPECT_EQ(causality.size(), 1u);
}

// Hostile case 46.
TEST(Causality, DeliveredTwiceIsThereOnce) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  Causality causality = *Causality::Begin(genesis);
  EXPECT_EQ(*causality.Add(second), Causality::Added::kNew);
  EXPECT_EQ(*causality.Add(second), Causality::Added::kKnown);
  EXPECT_EQ(*causality.Add(genesis), Causality::Added::kKnown);
  EXPECT_EQ(causality.size(), 2u);
}

// Hostile case 48 and 54: an id that is not here, whatever it claims to be.
TEST(Causality, AMissingMiddleIsReportedByName) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  const VerifiedEvent third = anna.Say("a.c", *genesis);
  Causality causality = *Causality::Begin(genesis);
  const auto added = causality.Add(third);
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code(), ErrorCode::kLogMissingParent);
  EXPECT_EQ(added.error().detail(), second.id().ToBase64Url());
  EXPECT_EQ(causality.Missing(*third), Vector<EventId>{second.id()});
  EXPECT_EQ(CodeOf(causality.Add(second)), "ok");
  EXPECT_TRUE(causality.Missing(*third).empty());
  EXPECT_EQ(CodeOf(causality.Add(third)), "ok");
}

TEST(Causality, PrevIsOnesOwn) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  EventDraft draft = bob.Draft("a.b", Value::Make({}), &*genesis);
  draft.prev = genesis.id();
  draft.seen.clear();
  Causality causality = *Causality::Begin(genesis);
  EXPECT_EQ(CodeOf(causality.Add(bob.Say(draft))), "log.prev_not_own");
  EXPECT_EQ(causality.size(), 1u);
}

TEST(Causality, ParentsThatABodyNamesAreAncestors) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent signature = bob.Say("a.signed", *genesis);
  const VerifiedEvent completed = anna.Say("a.completed", *genesis);
  Causality causality = AddAll({genesis, signature});
  const EventId named[] = {signature.id()};
  EXPECT_EQ(CodeOf(causality.Add(completed, named)), "ok");
  EXPECT_TRUE(causality.IsAncestor(signature.id(), completed.id()));
  EXPECT_EQ(causality.Heads(), Vector<EventId>{completed.id()});
}

TEST(Causality, AHundredAndTwentyEightParentsAndNoMore) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  Vector<VerifiedEvent> events = {genesis};
  Vector<EventId> named;
  for (uint8_t i = 0; i < kMaxParents; ++i) {
    Author author(static_cast<uint8_t>(10 + i));
    events.push_back(author.Say("a.b", *genesis));
    named.push_back(events.back().id());
  }
  Author last(200);
  const VerifiedEvent completed = last.Say("a.completed", *genesis);  // sees the genesis
  Causality causality = AddAll(events);
  EXPECT_EQ(CodeOf(causality.Add(completed, named)), "log.too_many_parents");
  named.pop_back();
  EXPECT_EQ(CodeOf(causality.Add(completed, named)), "ok");
}

// Hostile case 58.
TEST(Forks, ARestoredDeviceIsNotAccused) {
  Author anna(1);
  Author restored(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent again = restored.Begin();
  ASSERT_EQ(genesis.id(), again.id());
  const VerifiedEvent one = anna.Say("a.b", *genesis);
  restored.StartChain(77);
  const VerifiedEvent two = restored.Say("a.c", *genesis);
  const Causality causality = AddAll({genesis, one, two});
  const Vector<Fork> forks = causality.Forks();
  ASSERT_EQ(forks.size(), 1u);
  EXPECT_EQ(forks[0].kind, Fork::Kind::kSessions);
  EXPECT_EQ(forks[0].author, anna.kid());
  EXPECT_EQ(forks[0].prev, genesis.id());
  EXPECT_EQ(forks[0].events.size(), 2u);
  EXPECT_TRUE(causality.ReusedNumbers().empty());
  EXPECT_TRUE(causality.Gaps().empty());
}

// Hostile cases 57 and 59.
TEST(Forks, TwoEventsOfOneChainWithOneNumberAreShown) {
  Author anna(1);
  Author clone(1);
  const VerifiedEvent genesis = anna.Begin();
  clone.Begin();
  const VerifiedEvent one = anna.Say("a.b", *genesis);
  const VerifiedEvent two = clone.Say("a.c", *genesis);
  const Causality causality = AddAll({genesis, one, two});
  ASSERT_EQ(causality.Forks().size(), 1u);
  EXPECT_EQ(causality.Forks()[0].kind, Fork::Kind::kOneChain);
  const auto reused = causality.ReusedNumbers();
  ASSERT_EQ(reused.size(), 1u);
  EXPECT_EQ(reused[0].seq, 1);
  EXPECT_EQ(reused[0].events, causality.Forks()[0].events);
}

TEST(Forks, SeveralFirstEventsOfAnAuthorAreAForkWithoutPrev) {
  Author anna(1);
  Author bob(2);
  Author bob_elsewhere(2);
  const VerifiedEvent genesis = anna.Begin();
  bob_elsewhere.StartChain(78);
  const Causality causality =
      AddAll({genesis, bob.Say("a.b", *genesis), bob_elsewhere.Say("a.b", *genesis)});
  ASSERT_EQ(causality.Forks().size(), 1u);
  EXPECT_FALSE(causality.Forks()[0].prev.has_value());
}

TEST(Forks, TwoAuthorsAfterOneEventAreNoFork) {
  Author anna(1);
  Author bob(2);
  Author carol(3);
  const VerifiedEvent genesis = anna.Begin();
  EXPECT_TRUE(
      AddAll({genesis, bob.Say("a.b", *genesis), carol.Say("a.b", *genesis)}).Forks().empty());
}

// Hostile case 56.
TEST(Gaps, MissingNumbersAreShownAsRanges) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  EventDraft draft = anna.Draft("a.b", Value::Make({}), &*genesis);
  draft.seq = 3;
  const VerifiedEvent third = anna.Say(draft);
  draft = anna.Draft("a.b", Value::Make({}), &*genesis);
  draft.seq = json::kMaxInt;
  const VerifiedEvent last = anna.Say(draft);
  const auto gaps = AddAll({genesis, third, last}).Gaps();
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_EQ(gaps[0].first, 1);
  EXPECT_EQ(gaps[0].last, 2);
  EXPECT_EQ(gaps[1].first, 4);
  EXPECT_EQ(gaps[1].last, json::kMaxInt - 1);
}

TEST(Gaps, AChainThatStartsLateHasAGapAtItsStart) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  EventDraft draft = bob.Draft("a.b", Value::Make({}), &*genesis);
  draft.seq = 1;
  const auto gaps = AddAll({genesis, bob.Say(draft)}).Gaps();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].author, bob.kid());
  EXPECT_EQ(gaps[0].first, 0);
  EXPECT_EQ(gaps[0].last, 0);
}

TEST(Causality, PastOfADraftIsThePastTheEventWillHave) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent sent = anna.Say("a.sent", *genesis);
  const VerifiedEvent joined = bob.Say("a.joined", *genesis);
  Causality causality = AddAll({genesis, sent, joined});
  const VerifiedEvent both = anna.Say("a.both", *genesis, {joined.id()});
  const Vector<EventId> before = causality.PastOf(both->Parents());
  ASSERT_TRUE(causality.Add(both).has_value());
  EXPECT_EQ(causality.Past(both.id()), before);
  EXPECT_EQ(before.size(), 3u);
  EXPECT_TRUE(std::is_sorted(before.begin(), before.end()));
}

TEST(HashPast, IsTaggedAndOverTheIdsOneToALine) {
  EventId one;
  EventId two;
  one.bytes.fill(1);
  two.bytes.fill(2);
  const EventId ids[] = {one, two};
  EXPECT_EQ(HashPast(ids),
            crypto::TaggedHash("countersign-past/v1",
                               AsBytes(one.ToBase64Url() + "\n" + two.ToBase64Url())));
  EXPECT_EQ(HashPast({}), crypto::TaggedHash("countersign-past/v1", {}));
}

// Properties over random graphs; the seed stands in a failure's trace.
TEST(Causality, AgreesWithWalkingTheGraph) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = RandomGraph(seed, 30);
    const Causality causality = AddAll(graph.events);
    ASSERT_EQ(causality.size(), graph.events.size());
    for (const VerifiedEvent& a : graph.events) {
      for (const VerifiedEvent& b : graph.events) {
        ASSERT_EQ(causality.IsAncestor(a.id(), b.id()), WalksTo(graph, a.id(), b.id()));
      }
    }
  }
}

// Hostile case 47.
TEST(Causality, AnyOrderOfDeliveryGivesTheSameAnswers) {
  for (uint32_t seed = 100; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = RandomGraph(seed, 40);
    const Causality expected = AddAll(graph.events);
    Dice dice(seed);
    for (int round = 0; round < 5; ++round) {
      Vector<VerifiedEvent> shuffled = graph.events;
      for (size_t i = shuffled.size() - 1; i > 0; --i) {
        std::swap(shuffled[i], shuffled[dice.Below(static_cast<uint32_t>(i + 1))]);
      }
      for (size_t i = 0; i < 10; ++i)
        shuffled.push_back(VerifiedEvent(shuffled[i]));  // and some again
      Causality causality = *Causality::Begin(graph.events[0]);
      for (size_t pass = 0; pass < graph.events.size() && causality.size() < graph.events.size();
           ++pass) {
        for (const VerifiedEvent& event : shuffled) (void)causality.Add(event).has_value();
      }
      ExpectSameAnswers(causality, expected);
    }
  }
}

TEST(Causality, OrderPutsParentsFirstAndTiesById) {
  for (uint32_t seed = 200; seed < 210; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = RandomGraph(seed, 40);
    const Causality causality = AddAll(graph.events);
    const Vector<EventId> order = causality.Order();
    ASSERT_EQ(order.size(), graph.events.size());
    std::set<EventId> done;
    for (const EventId& next : order) {
      // `next` is the smallest of all events whose ancestors are done.
      for (const VerifiedEvent& event : graph.events) {
        const auto parents = event->Parents();
        const bool ready = std::all_of(parents.begin(), parents.end(),
                                       [&](const EventId& id) { return done.contains(id); });
        if (ready && !done.contains(event.id())) ASSERT_LE(next, event.id());
        if (event.id() == next) ASSERT_TRUE(ready);
      }
      ASSERT_TRUE(done.insert(next).second);
    }
  }
}

TEST(Causality, AKeptCopyDoesNotChange) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  Causality causality = *Causality::Begin(genesis);
  const Causality before = causality;
  ASSERT_TRUE(causality.Add(second).has_value());
  EXPECT_EQ(before.size(), 1u);
  EXPECT_EQ(before.Heads(), Vector<EventId>{genesis.id()});
}

TEST(Causality, TwentyThousandEventsFitAndNoMore) {
  Graph graph(7);
  Dice dice(7);
  Causality causality = *Causality::Begin(graph.events[0]);
  for (uint32_t i = 1; i <= kMaxEvents; ++i) {
    // Two of the last hundred: wide enough that rows are full.
    const size_t back = std::min<size_t>(i, 100);
    const EventId parent = graph.events[i - 1 - dice.Below(static_cast<uint32_t>(back))].id();
    graph.Append(1, std::nullopt, {parent}, 1, i, 7);
    if (i < kMaxEvents) {
      ASSERT_EQ(CodeOf(causality.Add(graph.events.back())), "ok");
    }
  }
  EXPECT_EQ(causality.size(), kMaxEvents);
  EXPECT_EQ(CodeOf(causality.Add(graph.events.back())), "log.too_many_events");
  EXPECT_TRUE(causality.IsAncestor(graph.events[0].id(), graph.events[kMaxEvents - 1].id()));
  EXPECT_EQ(causality.Order().size(), kMaxEvents);
}

}  // namespace
}  // namespace countersign::log
