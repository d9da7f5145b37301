#include "log/event.h"

#include <gtest/gtest.h>

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

Event ParseOrDie(const String& stored) {
  auto event = Event::Parse(stored);
  EXPECT_TRUE(event.has_value()) << event.error().message() << " " << event.error().path();
  CS_CHECK(event.has_value());
  return *std::move(event);
}

EventId IdOf(uint8_t number) {
  EventId id;
  id.bytes.fill(number);
  return id;
}

EventDraft SomeDraft() {
  EventDraft draft;
  draft.after = IdOf(9);
  draft.at = 1763798400123;
  draft.body = Value::Make({{"recipient", Value::String("anna")}, {"n", Value::Int(-1)}});
  draft.chain.bytes.fill(1);
  draft.env = IdOf(2);
  draft.prev = IdOf(3);
  draft.salt.bytes.fill(4);
  draft.seen = {IdOf(5), IdOf(6)};
  draft.seq = 7;
  draft.type = "recipient.joined";
  return draft;
}

TEST(Event, SaysWhatTheDraftSaid) {
  const Author author(1);
  const Event event = ParseOrDie(author.Store(SomeDraft()));
  EXPECT_EQ(static_cast<const EventDraft&>(event), SomeDraft());
  EXPECT_EQ(event.author, author.kid());
  EXPECT_FALSE(event.is_genesis());
}

TEST(Event, PayloadIsCanonicalJsonInTheDocumentedOrder) {
  const Event event = ParseOrDie(Author(1).Store(SomeDraft()));
  const std::string_view input = event.SigningInput();
  const Bytes payload = *DecodeBase64Url(input.substr(input.find('.') + 1));
  EXPECT_EQ(
      AsText(payload),
      R"({"after":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk","at":1763798400123,)"
      R"("body":{"n":-1,"recipient":"anna"},"chain":"AQEBAQEBAQEBAQEBAQEBAQ",)"
      R"("env":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",)"
      R"("prev":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM",)"
      R"("salt":"BAQEBAQEBAQEBAQEBAQEBA",)"
      R"("seen":["BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU",)"
      R"("BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY"],"seq":7,"type":"recipient.joined","v":1})");
}

TEST(Event, HeaderIsExactlyThreeMembers) {
  const Author author(1);
  const Event event = ParseOrDie(author.Store(SomeDraft()));
  const Bytes header = *DecodeBase64Url(event.stored.substr(0, event.stored.find('.')));
  EXPECT_EQ(AsText(header), R"({"alg":"EdDSA","kid":")" + author.kid().ToBase64Url() +
                                R"(","typ":"countersign-event+jws"})");
}

TEST(Event, IdHashesWhatIsSignedAndNeverTheSignature) {
  const Author author(1);
  const PreparedEvent prepared = *Prepare(SomeDraft(), author.kid());
  EXPECT_EQ(prepared.id.bytes,
            crypto::TaggedHash("countersign-event-id/v1", AsBytes(prepared.signing_input)).bytes);
  const Event with = ParseOrDie(Attach(prepared, author.Sign(prepared.signing_input)));
  const Event without = ParseOrDie(Attach(prepared, Signature()));
  EXPECT_EQ(with.id, prepared.id);
  EXPECT_EQ(without.id, prepared.id);
  EXPECT_NE(with.store_id(), without.store_id());
  EXPECT_EQ(with.store_id(), crypto::HashStored(AsBytes(with.stored)));
}

TEST(Event, TheSameDraftOfAnotherAuthorIsAnotherEvent) {
  EXPECT_NE(Prepare(SomeDraft(), Author(1).kid())->id, Prepare(SomeDraft(), Author(2).kid())->id);
}

TEST(Event, ParentsArePrevAndSeenSorted) {
  EventDraft draft = SomeDraft();
  draft.prev = IdOf(8);
  draft.seen = {IdOf(10), IdOf(6)};
  const Event event = ParseOrDie(Author(1).Store(draft));
  EXPECT_EQ(event.Parents(), (Vector<EventId>{IdOf(6), IdOf(8), IdOf(10)}));
}

TEST(Prepare, SortsSeenAndDropsWhatStandsTwice) {
  EventDraft draft = SomeDraft();
  draft.seen = {IdOf(6), IdOf(5), IdOf(6), *draft.prev};
  EXPECT_EQ(*Prepare(draft, Author(1).kid()), *Prepare(SomeDraft(), Author(1).kid()));
}

TEST(Prepare, RefusesWhatAStrangerWouldRefuse) {
  const KeyId kid = Author(1).kid();
  const auto refused = [&](auto change) {
    EventDraft draft = SomeDraft();
    change(&draft);
    return CodeOf(Prepare(draft, kid));
  };
  EXPECT_EQ(refused([](EventDraft*) {}), "ok");
  EXPECT_EQ(refused([](EventDraft* d) { d->at = json::kMaxInt + 1; }), "schema.bad_value");
  EXPECT_EQ(refused([](EventDraft* d) { d->seq = -1; }), "schema.bad_value");
  EXPECT_EQ(refused([](EventDraft* d) { d->body = Value::List({}); }), "schema.wrong_type");
  EXPECT_EQ(refused([](EventDraft* d) { d->type = "x"; }), "event.bad_type");
  EXPECT_EQ(refused([](EventDraft* d) { d->type = "\xFF"; }), "event.bad_type");
  EXPECT_EQ(refused([](EventDraft* d) { d->env.reset(); }), "event.bad_genesis");
  EXPECT_EQ(refused([](EventDraft* d) { d->prev.reset(), d->seen.clear(); }), "event.no_parents");
  EXPECT_EQ(refused([](EventDraft* d) {
              d->body = Value::Make({{"x", Value::String(String(65536, 'x'))}});
            }),
            "json.too_large");
}

TEST(Event, TimeIsNeverAReasonToRefuse) {
  for (const int64_t at :
       {int64_t{0}, int64_t{-1}, -json::kMaxInt, json::kMaxInt, int64_t{4070908800000}}) {
    EventDraft draft = SomeDraft();
    draft.at = at;
    EXPECT_EQ(ParseOrDie(Author(1).Store(draft)).at, at);
  }
}

TEST(Event, TypesAreWordsJoinedByDots) {
  const auto outcome = [](String type) {
    EventDraft draft = SomeDraft();
    draft.type = std::move(type);
    return CodeOf(Prepare(draft, Author(1).kid()));
  };
  for (const char* type : {"a.b", "service.keyChanged", "a.b.c"})
    EXPECT_EQ(outcome(type), "ok") << type;
  for (const char* type :
       {"", "a", ".", "a.", ".a", "a..b", "A.b", "a.B", "a.b1", "a.b_c", "a b.c"}) {
    EXPECT_EQ(outcome(type), "event.bad_type") << type;
  }
  EXPECT_EQ(outcome("a." + String(62, 'b')), "ok");
  EXPECT_EQ(outcome("a." + String(63, 'b')), "event.bad_type");
}

TEST(Event, SixteenHeadsCanBeSeenAndNotSeventeen) {
  EventDraft draft = SomeDraft();
  draft.seen.clear();
  for (uint8_t i = 0; i < 16; ++i) draft.seen.push_back(IdOf(static_cast<uint8_t>(100 + i)));
  EXPECT_EQ(CodeOf(Prepare(draft, Author(1).kid())), "ok");
  draft.seen.push_back(IdOf(200));
  EXPECT_EQ(CodeOf(Prepare(draft, Author(1).kid())), "event.too_many_seen");
}

TEST(Event, PayloadOfSixtyFourKibibytesIsTheLargest) {
  const Author author(1);
  const auto with_body = [&](size_t size) {
    EventDraft draft = SomeDraft();
    draft.body = Value::Make({{"x", Value::String(String(size, 'x'))}});
    return draft;
  };
  const size_t frame = ParseOrDie(author.Store(with_body(0))).SigningInput().size();
  const size_t header = ParseOrDie(author.Store(with_body(0))).stored.find('.') + 1;
  const size_t payload = (frame - header) * 3 / 4;
  const EventDraft largest = with_body(65536 - payload);
  EXPECT_EQ(CodeOf(Prepare(largest, author.kid())), "ok");
  EXPECT_LE(author.Store(largest).size(), kMaxStoredBytes);
  EXPECT_TRUE(Event::Parse(author.Store(largest)).has_value());
  EXPECT_EQ(CodeOf(Prepare(with_body(65537 - payload), author.kid())), "json.too_large");
}

TEST(Event, StoredBytesHaveALimitBeforeAnythingElse) {
  EXPECT_EQ(CodeOf(Event::Parse(String(kMaxStoredBytes, 'A'))), "event.not_jws");
  EXPECT_EQ(CodeOf(Event::Parse(String(kMaxStoredBytes + 1, 'A'))), "event.too_large");
}

TEST(VerifiedEvent, NeedsTheKeyThatTheHeaderNames) {
  const Author anna(1);
  const Author bob(2);
  const Event event = ParseOrDie(anna.Store(SomeDraft()));
  EXPECT_EQ(CodeOf(VerifiedEvent::Verify(event, anna.key())), "ok");
  EXPECT_EQ(CodeOf(VerifiedEvent::Verify(event, bob.key())), "event.wrong_key");

  // Bob signs an event that says it is Anna's.
  const PreparedEvent prepared = *Prepare(SomeDraft(), anna.kid());
  const Event forged = ParseOrDie(Attach(prepared, bob.Sign(prepared.signing_input)));
  EXPECT_EQ(CodeOf(VerifiedEvent::Verify(forged, anna.key())), "event.bad_signature");
  EXPECT_EQ(CodeOf(VerifiedEvent::Verify(forged, bob.key())), "event.wrong_key");
}

TEST(VerifiedEvent, ASignatureOverBarePayloadOrOtherEventDoesNotFit) {
  const Author author(1);
  const PreparedEvent prepared = *Prepare(SomeDraft(), author.kid());
  EventDraft other = SomeDraft();
  other.seq = 8;
  const PreparedEvent another = *Prepare(other, author.kid());
  for (const Signature& signature :
       {author.Sign(another.signing_input), author.Sign(EncodeBase64Url(prepared.id.view())),
        author.Sign(prepared.signing_input + "."), author.Sign("")}) {
    EXPECT_EQ(CodeOf(VerifiedEvent::Verify(ParseOrDie(Attach(prepared, signature)), author.key())),
              "event.bad_signature");
  }
}

// Hostile case 26: every bit of every byte of a stored event.
TEST(VerifiedEvent, NoBitOfTheStoredBytesCanFlip) {
  const Author author(1);
  const String stored = author.Store(author.Draft("envelope.created", Value::Make({}), nullptr));
  for (size_t bit = 0; bit < 8 * stored.size(); ++bit) {
    String flipped = stored;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    auto event = Event::Parse(flipped);
    if (!event) continue;
    EXPECT_FALSE(VerifiedEvent::Verify(*event, author.key()).has_value()) << bit;
  }
}

TEST(VerifiedEvent, TheMakerOfTestsGivesRealIdsAndNoRealSignatures) {
  const Author author(1);
  const VerifiedEvent made = *VerifiedEventMaker::Make(SomeDraft(), author.kid());
  EXPECT_EQ(made.id(), Prepare(SomeDraft(), author.kid())->id);
  EXPECT_EQ(CodeOf(VerifiedEvent::Verify(*made, author.key())), "event.bad_signature");
}

}  // namespace
}  // namespace countersign::log
