// Every interleaving of what three parties do and learn, for the three races: void against the last
// signature, a new revision against a signature, two devices of one recipient; and seven events at
// once. Scripts are fixed; a party may leave out an act (its program would refuse it, or the person
// does not do it); knowledge passes whole from party to party at any moment. At each end, all
// events (at most seven beyond the common beginning) meet, the fold agrees with the naive model,
// and each order of delivery gives the same State.
//
// What is left out, and why nothing is lost by it. Knowledge shows only in what is written after
// it, so learning is not a step of its own: whoever acts does so with each set of events that he
// could have by then. These are the sets that contain, with an event, its past, and what he knew
// when he last acted: whoever wrote an event had just its past and it, and could pass that on at
// once, and what is passed on is a union of such. The test at the end takes every step singly, as
// the sentence above says, and comes to the same ends. In a delivery only the last State is looked
// at: what was delivered before is an end of its own, whose parties leave out the rest.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "model/compare.h"

namespace countersign::model {
namespace {

using envelope::Status;
using envelope::TiePolicy;

// An act is a body from what the device knows, none where it makes no sense now.
using Act = std::optional<EventBody> (*)(const Device&);

struct Actor {
  uint8_t key;
  String recipient;
  Vector<Act> script;
};

std::optional<EventBody> Sign(const Device& by) {
  return SignBody(by.recipient, *by.CurrentRevision(), "text",
                  by.recipient == "customer" ? Vector<String>{"seats"} : Vector<String>());
}
std::optional<EventBody> Decline(const Device& by) {
  return About(EventType::kRecipientDeclined, by.recipient, *by.CurrentRevision());
}
std::optional<EventBody> Void(const Device&) { return OfType(EventType::kEnvelopeVoided); }
std::optional<EventBody> Complete(const Device& by) { return CompleteBody(by); }
std::optional<EventBody> Publish(const Device& by) {
  return PublishBody(by, WorldTerms::Routing::kInTurn,
                     "revision " + NumberText(by.fold.facts().revisions.size() + 1));
}

std::optional<EventBody> Withdraw(const Device& by) {
  return About(EventType::kConsentWithdrawn, by.recipient, *by.CurrentRevision());
}
// At what the author knows.
std::optional<EventBody> RevokePhone(const Device& by) {
  EventBody body = OfType(EventType::kDeviceRevoked);
  body.recipient = "customer";
  body.device = FakeKid(kPhoneKey);
  body.heads = by.Heads();
  return body;
}
std::optional<EventBody> AddTablet(const Device&) {
  EventBody body = OfType(EventType::kDeviceAdded);
  body.recipient = "customer";
  body.key = FakeKey(kTabletKey);
  body.proof.bytes.fill(kTabletKey);
  return body;
}

class Explorer {
 public:
  Explorer(TiePolicy policy, Vector<Actor> actors) : actors_(std::move(actors)) {
    WorldTerms terms;
    terms.policy = policy;
    const log::VerifiedEvent genesis = MakeGenesis(terms);
    Device owner(kOwnerKey, "", 1, genesis);
    Begin(owner, PublishBody(owner, terms.routing, "revision 1"));
    Begin(owner, InviteBody("customer", 1, kCustomerLinkKey));
    Begin(owner, InviteBody("provider", 2, kProviderLinkKey));
    EventBody sent = OfType(EventType::kEnvelopeSent);
    sent.revision = *owner.CurrentRevision();
    Begin(owner, sent);
    Vector<Device> ready;
    for (const auto& [key, recipient, link] :
         {std::tuple(kPhoneKey, "customer", kCustomerLinkKey),
          std::tuple(kLaptopKey, "customer", kCustomerLinkKey),
          std::tuple(kProviderKey, "provider", kProviderLinkKey)}) {
      Device device(key, recipient, key, genesis);
      device.LearnFrom(owner);
      Begin(device, JoinBody(recipient, key, link));
      const Hash revision = *device.CurrentRevision();
      Begin(device, AccessBody(genesis.id(), recipient, revision));
      Begin(device, ConsentBody(recipient, revision));
      Begin(device, PresentBody(recipient, revision, "text"));
      if (key == kPhoneKey) Begin(device, CommitBody(recipient, revision));
      owner.LearnFrom(device);
      ready.push_back(std::move(device));
    }
    beginning_ = owner.known.size();
    for (const Actor& actor : actors_) {
      Device device(actor.key, actor.recipient, actor.key, genesis);
      for (const Device& known : ready) {
        if (known.key == actor.key) device = known;
      }
      if (actor.key == kOwnerKey) device = owner;
      device.LearnFrom(owner);
      start_.push_back(device);
    }
    base_ = owner.fold;
  }

  // Calls `check` with the State of each end.
  using Check = std::function<void(const envelope::State&)>;
  void Run(Check check) {
    check_ = std::move(check);
    Explore({{}, {}, Vector<Party>(actors_.size())});
    ::testing::Test::RecordProperty("situations", static_cast<int>(seen_.size()));
    ::testing::Test::RecordProperty("ends", static_cast<int>(ends_.size()));
    ::testing::Test::RecordProperty("ordersOfDelivery", static_cast<int>(orders_));
    std::printf("%zu situations, %zu ends of up to %zu events, %zu orders of delivery\n",
                seen_.size(), ends_.size(), most_events_, orders_);
    EXPECT_GT(orders_, ends_.size());
  }
  size_t most_events() const { return most_events_; }  // of one end

  // The sets of events that the parties can come to, by taking what is known into account, and by
  // taking every step singly.
  using Ends = std::set<std::set<EventId>>;
  Ends FindEnds() {
    delivers_ = false;
    Explore({{}, {}, Vector<Party>(actors_.size())});
    std::printf("%zu situations\n", seen_.size());
    return std::move(ends_);
  }
  Ends FindEndsStepByStep() {
    delivers_ = false;
    ExploreSteps({start_, Vector<size_t>(actors_.size())});
    std::printf("%zu situations, each step of learning taken singly\n", seen_.size());
    return std::move(ends_);
  }

 private:
  // Events by their place in `Situation::written`.
  using EventSet = uint32_t;

  struct Party {
    size_t next = 0;    // in its script
    EventSet knew = 0;  // when it last acted, and the act
    size_t acts = 0;
    std::optional<EventId> last;
  };
  struct Situation {
    Vector<log::VerifiedEvent> written;  // parents first
    Vector<EventSet> pasts;              // of each
    Vector<Party> parties;
    // Independent of the order in which they were written.
    String Name() const {
      std::set<EventId> ids;
      for (const log::VerifiedEvent& event : written) ids.insert(event.id());
      String name;
      for (const Party& party : parties) name += NumberText(party.next) + ";";
      for (const EventId& id : ids) name += AsText(id.view()).substr(0, 12);
      return name;
    }
    bool IsClosed(EventSet set) const {
      for (size_t i = 0; i < written.size(); ++i) {
        if ((set >> i & 1) != 0 && (pasts[i] & ~set) != 0) return false;
      }
      return true;
    }
  };

  void Begin(Device& device, const EventBody& body) {
    auto said = device.Say(body, 1'700'000'000'000, ++salt_);
    ASSERT_TRUE(said.has_value());
    ASSERT_FALSE(device.fold.facts().events.back().code.has_value());
  }

  // True where the device says what its script has at this place; an honest program does not say
  // what has no effect.
  bool Act(size_t actor, size_t place, Device* by) const {
    const auto body = actors_[actor].script[place](*by);
    return body && by->Say(*body, 1'700'000'000'000, 1000 + actor * 10 + place) &&
           !by->fold.facts().events.back().code;
  }

  void Explore(const Situation& now) {
    if (!seen_.insert(now.Name()).second) return;
    bool over = true;
    for (size_t i = 0; i < actors_.size(); ++i) {
      const Party& party = now.parties[i];
      if (party.next >= actors_[i].script.size()) continue;
      over = false;
      Situation skipped = now;
      ++skipped.parties[i].next;
      Explore(skipped);
      for (EventSet known = 0; known < EventSet{1} << now.written.size(); ++known) {
        if ((party.knew & ~known) != 0 || !now.IsClosed(known)) continue;
        Device by = start_[i];
        for (size_t k = 0; k < now.written.size(); ++k) {
          if ((known >> k & 1) != 0) by.Learn(now.written[k]);
        }
        if (party.last) by.last = party.last;
        by.seq += static_cast<int64_t>(party.acts);
        if (!Act(i, party.next, &by)) continue;
        Situation done = skipped;
        done.written.push_back(by.known.back());
        done.pasts.push_back(known);
        Party& acted = done.parties[i];
        acted.knew = known | EventSet{1} << now.written.size();
        acted.last = by.last;
        ++acted.acts;
        Explore(done);
      }
    }
    if (over) End(now.written);
  }

  // The same, with each step of learning.
  struct Steps {
    Vector<Device> devices;
    Vector<size_t> next;
    String Name(size_t beginning) const {
      String name;
      for (size_t i = 0; i < devices.size(); ++i) {
        name += NumberText(next[i]) + ":";
        std::set<EventId> known;
        for (size_t k = beginning; k < devices[i].known.size(); ++k)
          known.insert(devices[i].known[k].id());
        for (const EventId& id : known) name += AsText(id.view()).substr(0, 12);
        name += ";";
      }
      return name;
    }
  };
  void ExploreSteps(const Steps& now) {
    if (!seen_.insert(now.Name(beginning_)).second) return;
    bool over = true;
    for (size_t i = 0; i < actors_.size(); ++i) {
      if (now.next[i] >= actors_[i].script.size()) continue;
      over = false;
      Steps skipped = now;
      ++skipped.next[i];
      ExploreSteps(skipped);
      Steps done = skipped;
      if (Act(i, now.next[i], &done.devices[i])) ExploreSteps(done);
    }
    for (size_t to = 0; to < actors_.size() && !over; ++to) {
      for (size_t from = 0; from < actors_.size(); ++from) {
        if (to == from) continue;
        Steps learnt = now;
        learnt.devices[to].LearnFrom(now.devices[from]);
        if (learnt.devices[to].known.size() != now.devices[to].known.size()) ExploreSteps(learnt);
      }
    }
    if (!over) return;
    Vector<log::VerifiedEvent> events;
    for (const Device& device : now.devices) {
      events.insert(events.end(), device.known.begin() + static_cast<ptrdiff_t>(beginning_),
                    device.known.end());
    }
    End(events);
  }

  void End(const Vector<log::VerifiedEvent>& events) {
    std::set<EventId> ids;
    for (const log::VerifiedEvent& event : events) ids.insert(event.id());
    if (!ends_.insert(ids).second || !delivers_) return;
    ASSERT_LE(events.size(), 7u);
    most_events_ = std::max(most_events_, events.size());
    std::optional<envelope::State> state;
    Deliver(*base_, events, 0, &state);
    check_(*state);
  }

  // All orders in which parents come first.
  void Deliver(envelope::Fold fold, const Vector<log::VerifiedEvent>& events, uint32_t done,
               std::optional<envelope::State>* state) {
    if (done + 1 == uint32_t{1} << events.size()) {
      ++orders_;
      if (!state->has_value()) {
        *state = fold.Summarise();
        Device all = start_[0];
        for (const log::VerifiedEvent& event : events) all.known.push_back(event);
        ASSERT_EQ(Difference(all.known, fold), "");
        return;
      }
      ASSERT_EQ(fold.Summarise(), **state);
      return;
    }
    Vector<size_t> ready;
    for (size_t i = 0; i < events.size(); ++i) {
      if (done >> i & 1) continue;
      if (fold.causality().Missing(*events[i], envelope::Fold::NamedParents(*events[i])).empty())
        ready.push_back(i);
    }
    for (const size_t i : ready) {
      // The last one needs no copy of it.
      envelope::Fold next = i == ready.back() ? std::move(fold) : fold;
      ASSERT_TRUE(next.Apply(events[i], Blobs().set).has_value());
      Deliver(std::move(next), events, done | uint32_t{1} << i, state);
    }
  }

  Vector<Actor> actors_;
  Vector<Device> start_;  // by actor
  size_t beginning_ = 0;
  std::optional<envelope::Fold> base_;
  std::set<String> seen_;
  Ends ends_;
  bool delivers_ = true;
  size_t orders_ = 0;
  size_t most_events_ = 0;
  uint64_t salt_ = 0;
  Check check_;
};

bool HasContest(const envelope::State& state, envelope::ContestKind kind) {
  for (const auto& contest : state.contests) {
    if (contest.kind == kind) return true;
  }
  return false;
}

class Races : public ::testing::TestWithParam<TiePolicy> {};

TEST_P(Races, AVoidAgainstTheLastSignature) {
  std::map<Status, int> reached;
  Explorer(GetParam(), {{kOwnerKey, "", {Void, Complete, Void}},
                        {kPhoneKey, "customer", {Sign, Decline}},
                        {kProviderKey, "provider", {Sign, Decline}}})
      .Run([&](const envelope::State& state) {
        ++reached[state.status];
        // Nothing was lost or won behind anybody's back: where the void and a signature did not
        // know of each other, the contest says so and the genesis' policy settled it.
        if (!HasContest(state, envelope::ContestKind::kVoid)) return;
        if (GetParam() == TiePolicy::kOwnerWins) {
          EXPECT_EQ(state.status, Status::kVoided);
        } else if (GetParam() == TiePolicy::kSignatureWins) {
          EXPECT_NE(state.status, Status::kContested);
        } else {
          EXPECT_NE(state.status, Status::kSignedByAll);
        }
      });
  EXPECT_GT(reached[Status::kCompleted], 0);
  EXPECT_GT(reached[Status::kVoided], 0);
  EXPECT_GT(reached[Status::kDeclined], 0);
  EXPECT_EQ(reached[Status::kContested] > 0, GetParam() == TiePolicy::kOwnerSettles);
  EXPECT_EQ(reached[Status::kFrozen], 0);
}

TEST_P(Races, ARevisionAgainstASignature) {
  std::map<Status, int> reached;
  Explorer(GetParam(), {{kOwnerKey, "", {Publish, Complete, Publish}},
                        {kPhoneKey, "customer", {Sign}},
                        {kProviderKey, "provider", {Sign, Decline}}})
      .Run([&](const envelope::State& state) {
        ++reached[state.status];
        if (!HasContest(state, envelope::ContestKind::kRevision)) return;
        if (GetParam() == TiePolicy::kOwnerWins) EXPECT_GT(state.revision->number, 1);
        if (GetParam() != TiePolicy::kOwnerSettles) EXPECT_NE(state.status, Status::kContested);
      });
  EXPECT_GT(reached[Status::kCompleted], 0);
  EXPECT_GT(reached[Status::kSent], 0);
  EXPECT_EQ(reached[Status::kContested] > 0, GetParam() == TiePolicy::kOwnerSettles);
}

TEST_P(Races, TwoDevicesOfOneRecipient) {
  std::map<Status, int> reached;
  Explorer(GetParam(), {{kPhoneKey, "customer", {Sign, Decline}},
                        {kLaptopKey, "customer", {Decline, Sign}},
                        {kOwnerKey, "", {Publish, Void}}})
      .Run([&](const envelope::State& state) {
        ++reached[state.status];
        size_t counting = 0;
        const envelope::Recipient& customer = *state.Find("customer");
        counting += customer.signature && customer.signature->counts();
        counting += customer.declined && customer.declined->counts();
        EXPECT_LE(counting, 1u);
        if (state.status == Status::kSent) EXPECT_EQ(counting, 0u);
      });
  EXPECT_GT(reached[Status::kContested], 0);
  EXPECT_GT(reached[Status::kDeclined], 0);
  EXPECT_GT(reached[Status::kInProgress], 0);
}

// One device is revoked, by another one and by the owner, while it signs, and its owner withdraws.
TEST_P(Races, ARevokedDeviceAgainstItsSignature) {
  std::map<Status, int> reached;
  std::map<String, int> codes;
  Explorer(GetParam(), {{kPhoneKey, "customer", {Sign, AddTablet}},
                        {kLaptopKey, "customer", {RevokePhone, Withdraw}},
                        {kOwnerKey, "", {RevokePhone}}})
      .Run([&](const envelope::State& state) {
        ++reached[state.status];
        const envelope::Recipient& customer = *state.Find("customer");
        if (customer.signature && customer.signature->code)
          ++codes[String(CodeName(*customer.signature->code))];
        for (const envelope::Device& device : customer.devices)
          EXPECT_FALSE(device.revoked && device.bound);
      });
  EXPECT_GT(reached[Status::kInProgress], 0);
  EXPECT_GT(reached[Status::kContested], 0);
  EXPECT_GT(codes["signature.revoked"], 0);
}

// Seven events that no rule makes anybody leave out, two or three by each party. With all orders of
// knowledge that is too much for every run: ./run test takes four of them, ./run test-long all.
TEST_P(Races, EverythingAtOnce) {
  const bool all = std::getenv("COUNTERSIGN_MODEL_CASES") != nullptr;
  Vector<Actor> actors = {{kPhoneKey, "customer", {AddTablet, Sign}},
                          {kLaptopKey, "customer", {RevokePhone, Withdraw, Decline}},
                          {kOwnerKey, "", {Publish, Void}}};
  if (!all) {
    actors = {{kPhoneKey, "customer", {Sign}},
              {kLaptopKey, "customer", {RevokePhone, Decline}},
              {kOwnerKey, "", {Publish}}};
  }
  std::map<Status, int> reached;
  Explorer explorer(GetParam(), std::move(actors));
  explorer.Run([&](const envelope::State& state) {
    ++reached[state.status];
    const envelope::Recipient& customer = *state.Find("customer");
    EXPECT_FALSE(customer.signature && customer.signature->counts() && customer.declined &&
                 customer.declined->counts());
    if (state.status == Status::kVoided) EXPECT_TRUE(state.ending.has_value());
  });
  EXPECT_EQ(explorer.most_events(), all ? 7u : 4u);
  EXPECT_GT(reached[Status::kSent], 0);
  EXPECT_EQ(reached[Status::kVoided] > 0, all);
}

INSTANTIATE_TEST_SUITE_P(Policies, Races,
                         ::testing::Values(TiePolicy::kOwnerWins, TiePolicy::kSignatureWins,
                                           TiePolicy::kOwnerSettles));

TEST(RacesLeftOut, ThatLearningIsNoStepLosesNoEnd) {
  const Vector<Actor> actors = {{kPhoneKey, "customer", {Sign}},
                                {kLaptopKey, "customer", {RevokePhone, Decline}},
                                {kOwnerKey, "", {Publish}}};
  const auto ends = Explorer(TiePolicy::kOwnerSettles, actors).FindEnds();
  EXPECT_EQ(ends, Explorer(TiePolicy::kOwnerSettles, actors).FindEndsStepByStep());
  EXPECT_GT(ends.size(), 50u);
}

}  // namespace
}  // namespace countersign::model
