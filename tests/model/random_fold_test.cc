// Seeded random worlds: the fold agrees with the naive model, and any order gives the same State.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "model/compare.h"

namespace countersign::model {
namespace {

using envelope::TiePolicy;

class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {
    calm_ = Roll(2) == 0;
    terms_.policy = static_cast<TiePolicy>(Roll(3));
    terms_.acceptance = Roll(4) == 0 ? envelope::Acceptance::kOwner : envelope::Acceptance::kAuto;
    terms_.deadline_policy =
        Roll(4) == 0 ? envelope::DeadlinePolicy::kReceipt : envelope::DeadlinePolicy::kClaim;
    terms_.routing = static_cast<WorldTerms::Routing>(Roll(8) == 0 ? 2 : Roll(2));
    const log::VerifiedEvent genesis = MakeGenesis(terms_);
    devices_.emplace_back(kOwnerKey, "", 1, genesis);
    devices_.emplace_back(kOwnerKey, "", 2, genesis);  // a clone of the owner's device
    devices_.emplace_back(kCompleterKey, "", 3, genesis);
    devices_.emplace_back(kRecoveryKey, "", 4, genesis);
    devices_.emplace_back(kSchedulerKey, "", 5, genesis);
    devices_.emplace_back(kPhoneKey, "customer", 6, genesis);
    devices_.emplace_back(kLaptopKey, "customer", 7, genesis);
    devices_.emplace_back(kProviderKey, "provider", 8, genesis);
    devices_.emplace_back(kSecondKey, "", 11, genesis);
    devices_.emplace_back(kTabletKey, "customer", 12, genesis);
    devices_.emplace_back(kRecordsKey, "", 9, genesis);
    devices_.emplace_back(kAttestorKey, "", 10, genesis);
  }

  void Run() {
    Prepare();
    const uint32_t steps = 6 + Roll(22);
    for (uint32_t i = 0; i < steps; ++i) {
      if (calm_ && i == steps / 2) GetItSigned();
      // The clone acts rarely, or every world would freeze.
      size_t who = Roll(static_cast<uint32_t>(devices_.size()));
      if (who == 1 && Roll(8) != 0) who = 0;
      if (Roll(calm_ ? 2 : 3) == 0) {
        devices_[who].LearnFrom(devices_[Roll(static_cast<uint32_t>(devices_.size()))]);
      } else {
        Act(devices_[who]);
      }
    }
  }

  Vector<log::VerifiedEvent> Events() {
    Device all = devices_[0];
    for (const Device& device : devices_) all.LearnFrom(device);
    return all.known;
  }
  Vector<Device>& devices() { return devices_; }
  std::mt19937& random() { return random_; }

 private:
  uint32_t Roll(uint32_t sides) { return static_cast<uint32_t>(random_() % sides); }
  bool approved() const { return terms_.routing == WorldTerms::Routing::kApproved; }
  int ProviderOrder() const { return terms_.routing == WorldTerms::Routing::kInTurn ? 2 : 1; }
  EventBody InviteAgain(const String& recipient, int order, uint8_t link) const {
    EventBody body = InviteBody(recipient, order, link);
    if (approved() && recipient == "provider")
      body.recipient_type = envelope::RecipientType::kApprover;
    return body;
  }

  void Say(Device& by, const EventBody& body) {
    int64_t at = 1'700'000'000'000 + static_cast<int64_t>(++salt_);
    if (body.type == EventType::kEnvelopeExpired || Roll(40) == 0) at = kDeadlineMs + 1;
    (void)by.Say(body, at, salt_);
  }

  // Often everything up to a sent envelope that signers are ready to sign, so that races are
  // reached.
  void Prepare() {
    Device& owner = devices_[0];
    if (Roll(6) == 0) return;
    Say(owner, PublishBody(owner, terms_.routing, "one"));
    Say(owner, InviteAgain("customer", approved() ? 2 : 1, kCustomerLinkKey));
    Say(owner, InviteAgain("provider", ProviderOrder(), kProviderLinkKey));
    if (approved() && Roll(2) == 0) {
      EventBody ask = OfType(EventType::kApprovalRequested);
      ask.recipient = "provider";
      ask.revision = *owner.CurrentRevision();
      Say(owner, ask);
      Device& approver = devices_[7];
      approver.LearnFrom(owner);
      Say(approver, JoinBody("provider", kProviderKey, kProviderLinkKey));
      Say(approver, About(Roll(3) == 0 ? EventType::kApprovalRefused : EventType::kApprovalGranted,
                          "provider", *approver.CurrentRevision()));
      if (Roll(3) != 0) owner.LearnFrom(approver);
    }
    if (Roll(8) == 0) return;
    EventBody sent = OfType(EventType::kEnvelopeSent);
    sent.revision = *owner.CurrentRevision();
    Say(owner, sent);
    for (Device& device : devices_) device.LearnFrom(owner);
    if (terms_.acceptance == envelope::Acceptance::kOwner || Roll(6) == 0) return;
    for (Device& device : devices_) {
      if (device.recipient.empty()) continue;
      const uint8_t link = device.recipient == "customer" ? kCustomerLinkKey : kProviderLinkKey;
      Say(device, JoinBody(device.recipient, device.key, link));
      if (device.key == kLaptopKey && Roll(2) == 0) continue;
      const Hash revision = *device.CurrentRevision();
      GetReady(device, device.recipient, revision, "text");
    }
    if (Roll(3) != 0) {
      for (Device& device : devices_) device.LearnFrom(devices_[5]);
    }
  }

  // Customer and provider sign what is current, one after the other, and somebody seals; each may
  // be out of luck.
  void GetItSigned() {
    for (size_t who : {size_t{5}, size_t{7}, size_t{Roll(2) ? 2u : 0u}}) {
      Device& by = devices_[who];
      for (const Device& device : devices_) {
        if (device.chain != 2 && Roll(12) != 0) by.LearnFrom(device);
      }
      if (by.recipient.empty()) {
        Say(by, CompleteBody(by));
      } else if (const Hash* current = by.CurrentRevision()) {
        const Hash revision = *current;
        GetReady(by, by.recipient, revision, "text");
        if (approved() && by.recipient == "provider")
          Say(by, About(EventType::kRecipientApproved, by.recipient, revision));
        Say(by, SignBody(by.recipient, revision, "text", FieldsOf(by.recipient)));
      }
    }
  }

  static Vector<String> FieldsOf(const String& recipient) {
    return recipient == "customer" ? Vector<String>{"seats"} : Vector<String>();
  }

  void GetReady(Device& by, const String& recipient, const Hash& revision, const String& text) {
    Say(by, AccessBody(by.fold.causality().genesis(), recipient, revision));
    Say(by, ConsentBody(recipient, revision));
    Say(by, PresentBody(recipient, revision, text));
    // Two devices that commit the same field would block each other in nearly every world.
    if (by.key == kPhoneKey || (by.key == kLaptopKey && Roll(4) == 0))
      Say(by, Handing(CommitBody(recipient, revision)));
  }
  // With a file, at times.
  EventBody Handing(EventBody commit) {
    if (Roll(2) == 0) commit.details = {HashOf("id card")};
    return commit;
  }

  // A record of any type by anybody, mostly well formed and about something that is there.
  void Note(Device& by) {
    constexpr EventType kTypes[] = {EventType::kCommentAdded,        EventType::kChangeProposed,
                                    EventType::kChangeResolved,      EventType::kConsentWithdrawn,
                                    EventType::kDelegationRequested, EventType::kIdentityAttested,
                                    EventType::kReminderSent,        EventType::kScheduleSet,
                                    EventType::kAutomationRan,       EventType::kCopyExported,
                                    EventType::kEnvelopeExported,    EventType::kEnvelopeArchived,
                                    EventType::kHoldPlaced,          EventType::kHoldReleased,
                                    EventType::kContentShredded,     EventType::kKeyWrapped,
                                    EventType::kCopyDelivered,       EventType::kDeliveryRecorded};
    EventBody body = OfType(kTypes[Roll(std::size(kTypes))]);
    if (!by.recipient.empty() && Roll(2) == 0) body.type = EventType::kChangeProposed;
    if (by.key == kOwnerKey) by.LearnFrom(devices_[5 + Roll(3)]);
    const auto& facts = by.fold.facts();
    const auto any_event = [&] {
      return facts.id(Roll(static_cast<uint32_t>(facts.events.size())));
    };
    body.about = any_event();
    for (const auto& record : facts.records) {
      const bool hold = record.type == EventType::kHoldPlaced;
      if (!by.recipient.empty() || Roll(2) == 0) continue;
      if (!hold && record.type != EventType::kChangeProposed) continue;
      body.type = hold ? EventType::kHoldReleased : EventType::kChangeResolved;
      body.about = facts.id(record.place);
    }
    if (Roll(2) == 0 && body.type == EventType::kCommentAdded) body.answers = any_event();
    body.recipient = by.recipient.empty()
                         ? (body.type == EventType::kCommentAdded ? "" : "customer")
                         : by.recipient;
    if (const Hash* revision = by.CurrentRevision()) body.revision = *revision;
    body.unit = "liability";
    body.word = body.type == EventType::kIdentityAttested ? "email" : "html";
    if (body.type == EventType::kReminderSent || body.type == EventType::kScheduleSet)
      body.word = "email";
    if (body.type == EventType::kDeliveryRecorded) body.word = "email";
    body.outcome = body.type == EventType::kDeliveryRecorded ? "sent"
                   : body.type == EventType::kChangeResolved ? "accepted"
                   : body.type == EventType::kAutomationRan  ? "done"
                                                             : "L2";
    body.number = 48;
    body.device = FakeKid(Roll(2) ? kPhoneKey : kLaptopKey);
    body.details = {HashOf("values")};
    if (Roll(4) == 0) body.details = {HashOf("id card")};
    if (!facts.revisions.empty() && Roll(4) != 0) body.details = {facts.revisions[0].inputs.values};
    body.deadline_at.clear();
    Say(by, body);
  }

  // Keys that come and go, a fork repaired, people who come, go and take another's place.
  void ChangeKeys(Device& by) {
    constexpr EventType kTypes[] = {
        EventType::kDeviceRevoked,      EventType::kOwnerDeviceAdded, EventType::kOwnerMerged,
        EventType::kOwnerDeviceRevoked, EventType::kOwnerHandedOver,  EventType::kServiceKeyChanged,
        EventType::kApprovalRequested,  EventType::kRecipientRemoved, EventType::kRecipientReplaced,
        EventType::kAccessGranted,      EventType::kDeviceAdded,      EventType::kRecipientApproved,
        EventType::kApprovalGranted};
    EventBody body = OfType(kTypes[Roll(std::size(kTypes))]);
    if (!by.recipient.empty() && Roll(2) == 0)
      body.type = Roll(2) ? EventType::kDeviceAdded : EventType::kDeviceRevoked;
    const auto& facts = by.fold.facts();
    const Vector<EventId> fork = by.fold.Summarise().fork;
    if (by.recipient.empty() && !fork.empty() && Roll(2) == 0) body.type = EventType::kOwnerMerged;
    body.about = fork.empty() || Roll(8) == 0
                     ? facts.id(Roll(static_cast<uint32_t>(facts.events.size())))
                     : fork[Roll(static_cast<uint32_t>(fork.size()))];
    body.recipient = by.recipient.empty() ? (Roll(2) ? "customer" : "provider") : by.recipient;
    if (body.type == EventType::kAccessGranted && Roll(4) != 0) body.recipient = "auditor";
    if (const Hash* revision = by.CurrentRevision()) body.revision = *revision;
    const bool device = body.type == EventType::kDeviceAdded;
    const uint8_t added = device ? kTabletKey : Roll(6) == 0 ? kSchedulerKey : kSecondKey;
    body.key = FakeKey(added);
    body.proof.bytes.fill(Roll(12) == 0 ? added + 1 : added);
    if (body.type == EventType::kRecipientReplaced || body.type == EventType::kAccessGranted)
      body.key = FakeKey(Roll(2) ? kNewLinkKey : kCustomerLinkKey);
    body.recipient_type =
        Roll(4) == 0 ? envelope::RecipientType::kSigner : envelope::RecipientType::kViewer;
    body.role = body.type == EventType::kServiceKeyChanged ? "scheduler" : "auditor";
    body.outcome = Roll(2) ? "added" : "removed";
    const uint8_t lost[] = {kPhoneKey, kLaptopKey, kTabletKey, kProviderKey, kSecondKey, kOwnerKey};
    body.device = FakeKid(lost[Roll(std::size(lost))]);
    body.heads = by.Heads();
    if (Roll(2) == 0) body.heads = {facts.id(Roll(static_cast<uint32_t>(facts.events.size())))};
    Say(by, body);
  }

  void Act(Device& by) {
    const bool forked = by.recipient.empty() && by.fold.Now().forked;
    if (Roll(forked ? 2 : 8) == 0) return ChangeKeys(by);
    if (Roll(10) == 0) return Note(by);
    if (by.recipient.empty()) {
      ActForOwner(by);
    } else {
      ActForRecipient(by);
    }
  }

  void ActForOwner(Device& by) {
    const bool owner = by.key == kOwnerKey || by.key == kSecondKey;
    if (calm_ && Roll(8) != 0) return Say(by, CompleteBody(by));
    switch (Roll(owner ? 9 : 3)) {
      case 0:
        return Say(by, CompleteBody(by));
      case 1:
        if (Roll(2) == 0) return Say(by, OfType(EventType::kEnvelopeVoided));
        return;
      case 2:
        return Say(by, OfType(EventType::kEnvelopeExpired));
      case 3:
      case 4: {
        EventBody body = PublishBody(by, terms_.routing, "values " + NumberText(Roll(1000)));
        if (Roll(20) == 0) ++body.number;
        if (Roll(20) == 0) body.revision.bytes[0] ^= 1;
        return Say(by, body);
      }
      case 5:
        return Say(by, InviteAgain(Roll(2) ? "customer" : "provider",
                                   Roll(4) == 0 ? 3
                                   : Roll(2)    ? 1
                                                : ProviderOrder(),
                                   Roll(2) ? kNewLinkKey : kCustomerLinkKey));
      case 6: {
        EventBody body = OfType(EventType::kEnvelopeSent);
        if (const Hash* revision = by.CurrentRevision()) body.revision = *revision;
        return Say(by, body);
      }
      default: {
        for (const auto& recipient : by.fold.facts().recipients) {
          if (recipient.joins.empty() || Roll(2) == 0) continue;
          EventBody body = OfType(EventType::kRecipientAccepted);
          body.recipient = recipient.id;
          body.about = by.fold.facts().id(
              recipient.joins[Roll(static_cast<uint32_t>(recipient.joins.size()))].place);
          return Say(by, body);
        }
        return Say(by, CompleteBody(by));
      }
    }
  }

  void ActForRecipient(Device& by) {
    const Hash* current = by.CurrentRevision();
    Hash revision = current == nullptr ? Hash() : *current;
    const auto& revisions = by.fold.facts().revisions;
    if (!revisions.empty() && Roll(12) == 0)
      revision = revisions[Roll(static_cast<uint32_t>(revisions.size()))].hash;
    const String recipient = Roll(25) == 0 ? "provider" : by.recipient;
    const String text = Roll(10) == 0 ? "other text" : "text";
    switch (calm_ && Roll(4) != 0 ? 8 : Roll(9)) {
      case 0:
      case 1:
        return Say(by, JoinBody(recipient, by.key,
                                Roll(2)                   ? kNewLinkKey
                                : recipient == "customer" ? kCustomerLinkKey
                                                          : kProviderLinkKey));
      case 2: {
        EventBody body = AccessBody(by.fold.causality().genesis(), recipient, revision);
        if (Roll(20) == 0) body.code = "0000";
        return Say(by, body);
      }
      case 3:
        return Say(by, ConsentBody(recipient, revision));
      case 4:
        return Say(by, PresentBody(recipient, revision, text));
      case 5:
        return Say(by, CommitBody(recipient, revision));
      case 6:
        if (Roll(4) == 0) return Say(by, About(EventType::kRecipientDeclined, recipient, revision));
        return;
      default: {
        // Whoever signs does what is still to do first, as a ceremony would.
        if (Roll(2) == 0) GetReady(by, recipient, revision, text);
        const Vector<String> fields = FieldsOf(Roll(20) != 0 ? recipient : "somebody else");
        return Say(by, SignBody(recipient, revision, text, fields));
      }
    }
  }

  std::mt19937 random_;
  WorldTerms terms_;
  bool calm_ = false;  // people mostly sign, and nobody changes much: worlds that get to the end
  Vector<Device> devices_;
  uint64_t salt_ = 0;
};

// In an order in which parents come first, else at random.
Vector<log::VerifiedEvent> Shuffled(Vector<log::VerifiedEvent> events, std::mt19937& random) {
  const log::VerifiedEvent genesis = events[0];
  std::shuffle(events.begin() + 1, events.end(), random);
  Vector<log::VerifiedEvent> out = {genesis};
  std::set<EventId> placed = {genesis.id()};
  while (out.size() < events.size()) {
    for (const log::VerifiedEvent& event : events) {
      if (placed.count(event.id())) continue;
      Vector<EventId> parents = event->Parents();
      for (const EventId& named : envelope::Fold::NamedParents(*event)) parents.push_back(named);
      if (!std::all_of(parents.begin(), parents.end(),
                       [&](const EventId& id) { return placed.count(id) != 0; }))
        continue;
      out.push_back(event);
      placed.insert(event.id());
    }
  }
  return out;
}

// Ten thousand in wasm; the sanitizers, eight times slower, see two thousand of them, and all in
// ./run test-long.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CS_SLOW_WORLDS 1
#endif
#endif
#ifdef CS_SLOW_WORLDS
constexpr uint32_t kWorlds = 2000;
#else
constexpr uint32_t kWorlds = 10'000;
#endif

uint32_t Cases() {
  const char* wanted = std::getenv("COUNTERSIGN_MODEL_CASES");
  return wanted == nullptr ? kWorlds : static_cast<uint32_t>(std::atoi(wanted));
}

TEST(RandomFold, AgreesWithTheNaiveModelInAnyOrder) {
  std::map<String, int> reached;
  std::map<String, int> contests;
  std::map<EventType, int> noted;
  for (uint32_t seed = 1; seed <= Cases(); ++seed) {
    World world(seed);
    world.Run();
    const Vector<log::VerifiedEvent> events = world.Events();
    std::optional<envelope::State> first;
    for (int order = 0; order < 3; ++order) {
      const Vector<log::VerifiedEvent> shuffled =
          order == 0 ? events : Shuffled(events, world.random());
      envelope::Fold fold = *envelope::Fold::Begin(shuffled[0], CheckFakeProof);
      for (size_t i = 1; i < shuffled.size(); ++i) {
        auto applied = fold.Apply(shuffled[i], Blobs().set);
        ASSERT_TRUE(applied.has_value()) << "seed " << seed << " " << applied.error().message();
        if (order == 1)
          ASSERT_EQ(testing::CheckState(fold.Summarise()), "") << "seed " << seed << " step " << i;
      }
      if (order == 0) {
        ASSERT_EQ(Difference(shuffled, fold), "") << "seed " << seed;
        first = fold.Summarise();
        reached[String(envelope::StatusName(first->status))]++;
        for (const auto& occurrence : fold.facts().events)
          if (!occurrence.code) ++noted[*occurrence.type];
        for (const auto& contest : first->contests)
          contests[ContestName(contest.kind) + " " + SettledName(contest.settled)]++;
      } else {
        ASSERT_EQ(fold.Summarise(), *first) << "seed " << seed << " order " << order;
      }
    }
  }
  // The worlds are worth something only if they get everywhere; two thousand do not.
  if (Cases() < 10'000) return;
  for (const char* status : {"draft", "sent", "inProgress", "signedByAll", "completed", "declined",
                             "voided", "expired", "contested", "frozen", "awaitingApproval"}) {
    EXPECT_GT(reached[status], 0) << status;
  }
  for (const char* kind : {"void", "expiry", "revision", "invitation"}) {
    for (const char* settled : {"open", "owner", "signature"}) {
      EXPECT_GT(contests[String(kind) + " " + settled], 0) << kind << settled;
    }
  }
  for (size_t type = 0; type < envelope::kEventTypes; ++type) {
    const auto taken = static_cast<EventType>(type);
    EXPECT_GT(noted[taken], 0) << envelope::EventTypeName(taken);
  }
  EXPECT_GT(contests["devices open"], 0);
  EXPECT_GT(contests["text open"], 0);
  if (std::getenv("COUNTERSIGN_MODEL_CASES") == nullptr) return;
  for (const auto& [status, count] : reached)
    std::printf("%s %d\n", std::string(status).c_str(), count);
  for (const auto& [contest, count] : contests)
    std::printf("contest %s %d\n", std::string(contest).c_str(), count);
}

TEST(RandomFold, WhatIsCompletedStaysCompleted) {
  for (uint32_t seed = 1; seed <= Cases() / 3; ++seed) {
    World world(seed);
    world.Run();
    const Vector<log::VerifiedEvent> events = Shuffled(world.Events(), world.random());
    envelope::Fold fold = *envelope::Fold::Begin(events[0], CheckFakeProof);
    Vector<EventId> completed;
    for (size_t i = 1; i < events.size(); ++i) {
      ASSERT_TRUE(fold.Apply(events[i], Blobs().set).has_value());
      const Vector<EventId> now = fold.Summarise().completions;
      ASSERT_TRUE(std::includes(now.begin(), now.end(), completed.begin(), completed.end()))
          << "seed " << seed;
      completed = now;
    }
  }
}

}  // namespace
}  // namespace countersign::model
