// Every interleaving of what three parties do and learn, for the three races: void against the last
// signature, a new revision against a signature, two devices of one recipient. Scripts are fixed; a
// party may leave out an act (its program would refuse it, or the person does not do it); knowledge
// passes whole from party to party at any moment. At each end, all events (at most seven beyond the
// common beginning) meet, the fold agrees with the naive model, and each order of delivery gives
// the same State.
#include <cstdio>
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
      start_.devices.push_back(device);
      start_.next.push_back(0);
    }
    base_ = owner.fold;
  }

  // Calls `check` with each end: all events beyond the beginning, and the fold of all.
  using Check = std::function<void(const envelope::State&)>;
  void Run(Check check) {
    check_ = std::move(check);
    Explore(start_);
    ::testing::Test::RecordProperty("situations", static_cast<int>(seen_.size()));
    ::testing::Test::RecordProperty("ordersOfDelivery", static_cast<int>(orders_));
    std::printf("%zu situations, %zu ends, %zu orders of delivery\n", seen_.size(), ends_.size(),
                orders_);
    EXPECT_GT(orders_, ends_.size());
  }

 private:
  struct Situation {
    Vector<Device> devices;
    Vector<size_t> next;  // in each script
    // Devices' positions and knowledge, independent of the way there.
    String Name(size_t beginning) const {
      String name;
      for (size_t i = 0; i < devices.size(); ++i) {
        name += NumberText(next[i]) + ":";
        std::set<EventId> known;
        for (size_t k = beginning; k < devices[i].known.size(); ++k)
          known.insert(devices[i].known[k].id());
        for (const EventId& id : known) name += id.ToBase64Url().substr(0, 16);
        name += ";";
      }
      return name;
    }
  };

  void Begin(Device& device, const EventBody& body) {
    auto said = device.Say(body, 1'700'000'000'000, ++salt_);
    ASSERT_TRUE(said.has_value());
    ASSERT_FALSE(device.fold.facts().events.back().code.has_value());
  }

  void Explore(const Situation& now) {
    if (!seen_.insert(now.Name(beginning_)).second) return;
    bool over = true;
    for (size_t i = 0; i < actors_.size(); ++i) {
      if (now.next[i] >= actors_[i].script.size()) continue;
      over = false;
      Situation skipped = now;
      ++skipped.next[i];
      Explore(skipped);
      Situation done = skipped;
      Device& by = done.devices[i];
      const auto body = actors_[i].script[now.next[i]](by);
      if (!body) continue;
      const uint64_t salt = 1000 + i * 10 + now.next[i];
      if (!by.Say(*body, 1'700'000'000'000, salt)) continue;
      if (by.fold.facts().events.back().code) continue;  // an honest program would not have said it
      Explore(done);
    }
    for (size_t to = 0; to < actors_.size(); ++to) {
      for (size_t from = 0; from < actors_.size() && !over; ++from) {
        if (to == from) continue;
        Situation learnt = now;
        learnt.devices[to].LearnFrom(now.devices[from]);
        if (learnt.devices[to].known.size() != now.devices[to].known.size()) Explore(learnt);
      }
    }
    if (over) End(now);
  }

  void End(const Situation& now) {
    Vector<log::VerifiedEvent> events;
    std::set<EventId> ids;
    for (const Device& device : now.devices) {
      for (size_t k = beginning_; k < device.known.size(); ++k) {
        if (ids.insert(device.known[k].id()).second) events.push_back(device.known[k]);
      }
    }
    if (!ends_.insert(ids).second) return;
    ASSERT_LE(events.size(), 7u);
    std::optional<envelope::State> state;
    Deliver(*base_, events, 0, &state);
    check_(*state);
  }

  // All orders in which parents come first.
  void Deliver(const envelope::Fold& fold, const Vector<log::VerifiedEvent>& events, uint32_t done,
               std::optional<envelope::State>* state) {
    if (done + 1 == uint32_t{1} << events.size()) {
      ++orders_;
      if (!state->has_value()) {
        *state = fold.Summarise();
        Device all = start_.devices[0];
        for (const log::VerifiedEvent& event : events) all.known.push_back(event);
        ASSERT_EQ(Difference(all.known, fold), "");
        return;
      }
      ASSERT_EQ(fold.Summarise(), **state);
      return;
    }
    for (size_t i = 0; i < events.size(); ++i) {
      if (done >> i & 1) continue;
      if (!fold.causality().Missing(*events[i], envelope::Fold::NamedParents(*events[i])).empty())
        continue;
      envelope::Fold next = fold;
      ASSERT_TRUE(next.Apply(events[i], Blobs().set).has_value());
      ASSERT_EQ(testing::CheckState(next.Summarise()), "");
      Deliver(next, events, done | uint32_t{1} << i, state);
    }
  }

  Vector<Actor> actors_;
  Situation start_;
  size_t beginning_ = 0;
  std::optional<envelope::Fold> base_;
  std::set<String> seen_;
  std::set<std::set<EventId>> ends_;
  size_t orders_ = 0;
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

INSTANTIATE_TEST_SUITE_P(Policies, Races,
                         ::testing::Values(TiePolicy::kOwnerWins, TiePolicy::kSignatureWins,
                                           TiePolicy::kOwnerSettles));

}  // namespace
}  // namespace countersign::model
