// Who fills a log on purpose makes nobody wait for long: twice as many facts of a kind cost at most
// four times the questions (who knew what) that the fold asks.
#ifndef __wasm__  // where nobody counts
#include "log/causality.h"
#include "model/unsigned_world.h"

namespace countersign::model {
namespace {

// Of a fold that takes all this in and settles it.
uint64_t QuestionsOf(const Device& by, const log::VerifiedEvent& genesis) {
  envelope::Fold fold = *envelope::Fold::Begin(genesis, CheckFakeProof);
  const uint64_t before = log::Causality::questions;
  for (const log::VerifiedEvent& event : by.known) EXPECT_TRUE(fold.Apply(event, Blobs().set));
  EXPECT_EQ(fold.Summarise().events, static_cast<int64_t>(by.known.size()));
  return log::Causality::questions - before;
}

struct World {
  log::VerifiedEvent genesis = MakeGenesis({});
  Device owner{kOwnerKey, "", 1, genesis};
  uint64_t salt = 0;
  uint64_t questions() const { return QuestionsOf(owner, genesis); }
  EventId Must(Device& by, const EventBody& body) {
    const auto said = by.Say(body, 1'700'000'000'000, ++salt);
    CS_CHECK(said.has_value());
    const auto& facts = by.fold.facts();
    const auto code = facts.events.back().code;
    EXPECT_FALSE(code.has_value()) << CodeName(*code);
    return said->id();
  }
  Hash Send() {
    const EventBody published = PublishBody(owner, WorldTerms::Routing::kInTurn, "one");
    Must(owner, published);
    Must(owner, InviteBody("customer", 1, kCustomerLinkKey));
    Must(owner, InviteBody("provider", 2, kProviderLinkKey));
    Must(owner, About(EventType::kEnvelopeSent, "", published.revision));
    return published.revision;
  }
  Device Joined() {
    Device phone(kPhoneKey, "customer", 2, genesis);
    phone.LearnFrom(owner);
    Must(phone, JoinBody("customer", kPhoneKey, kCustomerLinkKey));
    return phone;
  }
};

EventBody WithKey(EventType type, uint8_t key, const String& recipient = {}) {
  EventBody body = OfType(type);
  body.recipient = recipient;
  body.key = FakeKey(key);
  body.proof.bytes.fill(key);
  return body;
}

uint64_t Merges(int count) {
  World it;
  it.Must(it.owner, WithKey(EventType::kOwnerDeviceAdded, kSecondKey));
  Device second(kSecondKey, "", 2, it.genesis);
  for (int i = 0; i < count; ++i) {
    second.LearnFrom(it.owner);
    it.Must(second, InviteBody("provider", 2, kProviderLinkKey));
    EventBody merge = OfType(EventType::kOwnerMerged);
    merge.about = it.Must(it.owner, InviteBody("customer", 1, kCustomerLinkKey));
    it.owner.LearnFrom(second);
    it.Must(it.owner, merge);
  }
  return it.questions();
}

// So many acts of one key beside each other, and then as many that change keys.
uint64_t WideFork(int count) {
  World it;
  for (int i = 0; i < count; ++i) {
    Device clone(kOwnerKey, "", static_cast<uint8_t>(i + 2), it.genesis);
    it.Must(clone, InviteBody("customer", 1, kCustomerLinkKey));
    it.owner.Learn(clone.known.back());
  }
  while (it.owner.Heads().size() > 1) it.Must(it.owner, OfType(EventType::kHoldPlaced));
  for (int i = 0; i < count; ++i) {
    EventBody service = WithKey(EventType::kServiceKeyChanged, static_cast<uint8_t>(100 + i));
    service.role = "mailer";
    service.outcome = "added";
    it.Must(it.owner, service);
  }
  return it.questions();
}

uint64_t Revocations(int count) {
  World it;
  it.Send();
  Device phone = it.Joined();
  for (int i = 0; i < count; ++i) {
    const auto key = static_cast<uint8_t>(100 + i);
    EventBody revoked = OfType(EventType::kDeviceRevoked);
    revoked.heads = {it.Must(phone, WithKey(EventType::kDeviceAdded, key, "customer"))};
    revoked.recipient = "customer";
    revoked.device = FakeKid(key);
    it.owner.LearnFrom(phone);
    it.Must(it.owner, revoked);
    phone.LearnFrom(it.owner);
  }
  return it.questions();
}

// So many commits of a field, and then as many signatures that bind another one.
uint64_t Fields(int count) {
  World it;
  const Hash revision = it.Send();
  Device phone = it.Joined();
  it.Must(phone, AccessBody(it.genesis.id(), "customer", revision));
  it.Must(phone, ConsentBody("customer", revision));
  it.Must(phone, PresentBody("customer", revision, "text"));
  for (int i = 0; i < count; ++i) it.Must(phone, CommitBody("customer", revision));
  for (int i = 0; i < count; ++i)
    phone.Say(SignBody("customer", revision, "text", {"price"}), 0, i);
  it.owner.LearnFrom(phone);
  EXPECT_FALSE(it.owner.fold.Now().MarkOf("customer"));
  return it.questions();
}

uint64_t Holds(int count) {
  World it;
  it.Must(it.owner, OfType(EventType::kEnvelopeVoided));
  Vector<EventId> held;
  EventBody hold = OfType(EventType::kHoldPlaced);
  hold.detail = HashOf("why");
  for (int i = 0; i < count; ++i) held.push_back(it.Must(it.owner, hold));
  for (const EventId& about : held) {
    EventBody release = OfType(EventType::kHoldReleased);
    release.about = about;
    it.Must(it.owner, release);
  }
  EventBody shred = OfType(EventType::kContentShredded);
  shred.details = {*hold.detail};
  for (int i = 0; i < count; ++i) it.Must(it.owner, shred);
  return it.questions();
}

TEST(Work, TwiceTheFactsOfAKindAreAtMostFourTimesTheQuestions) {
  const std::pair<const char*, uint64_t (*)(int)> kinds[] = {
      {"merges", Merges}, {"wide fork", WideFork}, {"revocations", Revocations},
      {"fields", Fields}, {"holds", Holds},
  };
  for (const auto& [name, make] : kinds) {
    const uint64_t some = make(32);
    const uint64_t twice = make(64);
    EXPECT_LE(static_cast<double>(twice), 4.2 * static_cast<double>(some)) << name;
    RecordProperty(name, static_cast<int>(twice));
  }
}

}  // namespace
}  // namespace countersign::model
#endif  // __wasm__
