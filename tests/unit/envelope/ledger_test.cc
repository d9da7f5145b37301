// The ledger takes anybody's bytes, in any order, and gives one State.
#include <algorithm>
#include <random>

#include "envelope/trail.h"
#include "log/waiting.h"
#include "support/check_state.h"
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::CheckState;
using countersign::testing::CodeCommand;
using countersign::testing::ConsentCommand;
using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::Json;
using countersign::testing::kCustomer;
using countersign::testing::kCustomerLink;
using countersign::testing::KeyOf;
using countersign::testing::kOwner;
using countersign::testing::kProviderLink;
using countersign::testing::kStranger;
using countersign::testing::Party;
using countersign::testing::PresentCommand;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;

void Complete(Scene* scene) {
  scene->customer.Must(SignCommand());
  scene->Sync();
  scene->provider.Must(SignCommand());
  scene->Sync();
  scene->completer.Must("{\"do\":\"complete\"}");
  scene->Sync();
}

struct Everything {
  Vector<String> events;
  Vector<Bytes> blobs;
  State state;
};
Everything Take(const Party& party) {
  Party& from = const_cast<Party&>(party);
  Everything all{{}, {}, from.state()};
  for (size_t i = 0; i < from.ledger().size(); ++i) all.events.emplace_back(from.ledger().jws(i));
  for (const auto& [ref, bytes] : from.ledger().blobs().blobs()) all.blobs.push_back(bytes);
  return all;
}

String CodeOf(const Receipt& receipt) {
  return receipt.code ? String(CodeName(*receipt.code)) : "";
}

TEST(Ledger, AnyOrderAnyDuplicatesOneState) {
  Scene scene;
  scene.AddLaptop();
  Complete(&scene);
  const Everything all = Take(scene.owner);
  std::mt19937 random(7);
  for (int run = 0; run < 40; ++run) {
    Vector<std::pair<bool, size_t>> items;
    for (size_t i = 0; i < all.events.size(); ++i)
      items.insert(items.end(), {{true, i}, {true, i}});
    for (size_t i = 0; i < all.blobs.size(); ++i) items.emplace_back(false, i);
    std::shuffle(items.begin(), items.end(), random);
    Ledger ledger;
    for (const auto& [is_event, index] : items) {
      const Receipt receipt =
          is_event ? ledger.IngestEvent(all.events[index]) : ledger.IngestBlob(all.blobs[index]);
      ASSERT_NE(receipt.reception, Reception::kRefused) << CodeOf(receipt);
      if (ledger.is_open()) ASSERT_EQ(CheckState(ledger.state()), "");
    }
    ASSERT_TRUE(ledger.is_open());
    EXPECT_EQ(ledger.state(), all.state);
    EXPECT_TRUE(ledger.waiting().empty());
    EXPECT_TRUE(ledger.MissingParents().empty());
    EXPECT_EQ(json::Write(ToJson(ledger.state())), json::Write(ToJson(all.state)));
  }
}

TEST(Ledger, WithoutDetailsTheStateIsTheSame) {
  Scene scene;
  Complete(&scene);
  const Everything all = Take(scene.owner);
  Ledger ledger(all.state.id);
  for (const Bytes& blob : all.blobs) {
    if (AsText(blob).find("\"salt\"") == std::string_view::npos) ledger.IngestBlob(blob);
  }
  for (const String& event : all.events) ledger.IngestEvent(event);
  EXPECT_EQ(ledger.state(), all.state);
  EXPECT_FALSE(ledger.MissingDetails().empty());
  EXPECT_TRUE(scene.owner.ledger().MissingDetails().empty());
  const json::Value trail = ReadTrail(ledger, 0, 1000);
  EXPECT_NE(json::Write(trail).find("\"withheld\":true"), String::npos);
}

TEST(Ledger, WaitsForStructuralBlobsAndNamesThem) {
  Scene scene(Terms(), Scene::Until::kSent);
  const Everything all = Take(scene.owner);
  Ledger ledger;
  for (const String& event : all.events) ledger.IngestEvent(event);
  EXPECT_EQ(ledger.size(), 1u);
  EXPECT_EQ(ledger.MissingBlobs().size(), 2u);
  bool waits_for_blob = false;
  for (const auto& waiting : ledger.waiting()) {
    waits_for_blob = waits_for_blob || waiting.code == ErrorCode::kEventWaitsForBlob;
  }
  EXPECT_TRUE(waits_for_blob);
  for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
  EXPECT_EQ(ledger.state(), all.state);
}

TEST(Ledger, ADroppedEventIsMissedAndNamed) {
  Scene scene;
  Complete(&scene);
  const Everything all = Take(scene.owner);
  for (size_t dropped = 0; dropped < all.events.size(); ++dropped) {
    const auto event = log::Event::Parse(all.events[dropped]);
    if (event->type == "envelope.completed") continue;  // the tail: only whoever saw it can miss it
    Ledger ledger(all.state.id);
    for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
    for (size_t i = 0; i < all.events.size(); ++i) {
      if (i != dropped) ledger.IngestEvent(all.events[i]);
    }
    bool waits = false;
    for (const auto& waiting : ledger.waiting()) {
      waits = waits || waiting.code == ErrorCode::kEventWaitsForParent ||
              waiting.code == ErrorCode::kEventWaitsForKey;
    }
    EXPECT_TRUE(waits);
    const Vector<EventId> missing = ledger.MissingParents();
    EXPECT_TRUE(std::find(missing.begin(), missing.end(), event->id) != missing.end())
        << event->type;
    if (ledger.is_open()) EXPECT_NE(ledger.state().status, Status::kCompleted);
  }
}

TEST(Ledger, AnOrphanWaitsForItsParent) {
  Scene scene(Terms(), Scene::Until::kSent);
  Ledger ledger;
  ledger.IngestEvent(scene.owner.ledger().jws(0));
  const Receipt receipt = ledger.IngestEvent(scene.owner.ledger().jws(3));
  EXPECT_EQ(receipt.reception, Reception::kWaiting);
  EXPECT_EQ(CodeOf(receipt), "event.waits_for_parent");
}

TEST(Ledger, ATransplantedEventBelongsToAnotherEnvelope) {
  Scene scene;
  scene.customer.Must(SignCommand());
  Party other_owner(kStranger);
  GiveBlobs(&other_owner);
  other_owner.Must(countersign::testing::CreateCommand());
  const Receipt receipt = other_owner.ledger().IngestEvent(
      scene.customer.ledger().jws(scene.customer.ledger().size() - 1));
  EXPECT_EQ(receipt.reception, Reception::kRefused);
  EXPECT_EQ(CodeOf(receipt), "log.wrong_envelope");
  const Receipt genesis = other_owner.ledger().IngestEvent(scene.owner.ledger().jws(0));
  EXPECT_EQ(CodeOf(genesis), "log.wrong_envelope");
  Ledger expecting(scene.owner.state().id);
  EXPECT_EQ(CodeOf(expecting.IngestEvent(other_owner.ledger().jws(0))), "log.wrong_envelope");
}

TEST(Ledger, AStatementTransplantedIntoAnotherEnvelopeDoesNotCount) {
  Scene scene;
  scene.customer.Must(SignCommand());
  const auto event =
      log::Event::Parse(scene.customer.ledger().jws(scene.customer.ledger().size() - 1));
  auto body = ParseBody(EventType::kRecipientSigned, event->body);
  ASSERT_TRUE(body.has_value());
  // Another envelope of the same parties; the same words, so the revision has other salts and
  // another hash.
  Scene other;
  other.owner.Must(PublishCommand(Terms(), "not the same"));
  other.Sync();
  GetReady(&other.customer, "customer");
  const Receipt receipt = other.customer.ledger().IngestEvent(other.customer.ForgeNow(*body));
  EXPECT_EQ(CodeOf(receipt), "envelope.stale_revision");
  EXPECT_FALSE(other.customer.recipient("customer").signature.has_value());
}

TEST(Ledger, AFlippedByteNeverVerifies) {
  Scene scene(Terms(), Scene::Until::kSent);
  const Everything all = Take(scene.owner);
  for (size_t at = 0; at < all.events[1].size(); ++at) {
    String flipped = all.events[1];
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    Ledger ledger;
    for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
    ledger.IngestEvent(all.events[0]);
    EXPECT_NE(ledger.IngestEvent(flipped).reception, Reception::kAdmitted) << at;
  }
}

TEST(Ledger, AForgedCopyOfAKnownEventIsRefused) {
  Scene scene(Terms(), Scene::Until::kSent);
  String forged(scene.owner.ledger().jws(1));
  const size_t dot = forged.rfind('.');
  forged[dot + 1] = forged[dot + 1] == 'A' ? 'B' : 'A';
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(forged)), "event.bad_signature");
  EXPECT_EQ(scene.owner.ledger().IngestEvent(scene.owner.ledger().jws(1)).reception,
            Reception::kKnown);
}

TEST(Ledger, StrangersStayOutside) {
  Scene scene;
  Party stranger(kStranger, "customer");
  stranger.Read(scene.owner);
  EventBody body;
  body.type = EventType::kRecipientDeclined;
  body.recipient = "customer";
  body.revision = scene.owner.state().revision->hash;
  const State before = scene.owner.state();
  const Receipt receipt = scene.owner.ledger().IngestEvent(stranger.ForgeNow(body));
  EXPECT_EQ(receipt.reception, Reception::kWaiting);
  EXPECT_EQ(CodeOf(receipt), "event.waits_for_key");
  EXPECT_EQ(scene.owner.state(), before);
  // A join without the secret of a link introduces nobody, however often it is tried.
  body = EventBody();
  body.type = EventType::kRecipientJoined;
  body.recipient = "customer";
  body.key = stranger.key();
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(stranger.ForgeNow(body))),
            "recipient.bad_proof");
  EXPECT_EQ(scene.owner.state(), before);
}

TEST(Ledger, ThereIsRoomFor64EventsOfUnknownKeys) {
  Scene scene;
  Party stranger(kStranger, "customer");
  stranger.Read(scene.owner);
  EventBody body;
  body.type = EventType::kRecipientDeclined;
  body.recipient = "customer";
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(scene.owner.ledger().IngestEvent(stranger.ForgeNow(body)).reception,
              Reception::kWaiting);
  }
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(stranger.ForgeNow(body))),
            "log.quarantine_full");
}

TEST(Ledger, ThereIsRoomFor8MebibytesOfEventsThatWaitForABlob) {
  Scene scene(Terms(), Scene::Until::kJoined);
  EventBody body;
  body.type = EventType::kRevisionPublished;
  body.number = 2;
  body.inputs = scene.owner.state().revision->inputs;
  body.inputs->library.resize(kMaxBodyList);
  body.inputs->fields.bytes.fill(7);
  body.revision = RevisionHash(*body.inputs);
  const std::optional<EventId> prev = scene.customer.last();
  size_t held = 0;
  Receipt receipt;
  for (int i = 0; i < 1000; ++i) {
    const String forged = scene.customer.Forge(body, prev, scene.owner.state().heads);
    receipt = scene.owner.ledger().IngestEvent(forged);
    if (receipt.reception != Reception::kWaiting) break;
    ASSERT_EQ(CodeOf(receipt), "event.waits_for_blob");
    held += forged.size();
  }
  EXPECT_EQ(CodeOf(receipt), "log.orphans_too_large");
  EXPECT_LE(held, log::kMaxOrphanBytes);
  EXPECT_GT(held, log::kMaxOrphanBytes - log::kMaxStoredBytes);
}

TEST(Ledger, OneRecipientWritesAtMost2000Events) {
  Scene scene(Terms(), Scene::Until::kJoined);
  EventBody body;
  body.type = EventType::kRecipientDeclined;
  body.recipient = "provider";  // not its own: stays without effect
  std::optional<EventId> prev = scene.customer.last();
  for (int i = 1; i < 2000; ++i) {
    const String forged = scene.customer.Forge(body, prev, {});
    const Receipt receipt = scene.owner.ledger().IngestEvent(forged);
    ASSERT_EQ(receipt.reception, Reception::kAdmitted) << i << CodeOf(receipt);
    ASSERT_EQ(CodeOf(receipt), "recipient.key_not_bound");
    prev = log::Event::Parse(forged)->id;
  }
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(scene.customer.Forge(body, prev, {}))),
            "recipient.too_many_events");
  EXPECT_EQ(scene.owner.state().refused.size(), 1999u);
  const json::Value told = ToJson(scene.owner.state());
  EXPECT_EQ(told.Find("refused")->items().size(), kMaxListed);
  EXPECT_EQ(told.Find("refusedCount")->int_value(), 1999);
  EXPECT_EQ(scene.owner.status(), Status::kSent);
}

TEST(Ledger, AnEventWithoutItsKeyInItsPastIsNotOfTheLog) {
  Scene scene(Terms(), Scene::Until::kJoined);
  EventBody body;
  body.type = EventType::kRecipientDeclined;
  body.recipient = "customer";
  body.revision = scene.owner.state().revision->hash;
  // After the genesis, not after the customer's own join.
  const String forged = scene.customer.Forge(body, std::nullopt, {scene.owner.state().id});
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(forged)), "recipient.key_not_bound");
}

TEST(Ledger, UnknownTypesAndMembersAreKeptForNewerVersions) {
  Scene scene;
  const auto ingest = [&](const char* type, const char* body) {
    const String forged = scene.owner.Forge(EventBody(), scene.owner.last(), {}, type, Json(body));
    return CodeOf(scene.owner.ledger().IngestEvent(forged));
  };
  const Status before = scene.owner.status();
  EXPECT_EQ(ingest("receipt.issued", "{}"), "event.reserved_type");
  EXPECT_TRUE(scene.owner.state().needs_newer_version);
  EXPECT_EQ(ingest("owner.danced", "{}"), "event.unknown_type");
  EXPECT_EQ(ingest("envelope.voided", "{\"because\":1}"), "schema.unknown_member");
  EXPECT_EQ(ingest("envelope.sent", "{}"), "schema.missing_member");
  EXPECT_EQ(scene.owner.status(), before);
  EXPECT_EQ(scene.owner.state().refused.size(), 4u);
}

TEST(Ledger, AGenesisOfAnotherSuiteNeedsANewerVersion) {
  Party owner(kOwner);
  EventBody body;
  body.genesis.emplace();
  body.genesis->owner = owner.key();
  json::Value raw = WriteBody(body);
  raw.Set("suite", json::Value::String("CSG-2"));
  Ledger ledger;
  const auto ingest = [&](const char* type, const json::Value& said) {
    owner.context().seq = 0;
    return CodeOf(ledger.IngestEvent(owner.Forge(body, std::nullopt, {}, type, said)));
  };
  EXPECT_EQ(ingest("envelope.created", raw), "event.unknown_suite");
  EXPECT_EQ(ingest("envelope.sent", raw), "event.not_permitted");
  body.genesis->owner = KeyOf(kStranger).public_key();
  EXPECT_EQ(ingest("envelope.created", WriteBody(body)), "event.wrong_key");
  body.genesis->owner = PublicKey();  // of small order
  EXPECT_EQ(ingest("envelope.created", WriteBody(body)), "crypto.bad_key");
  EXPECT_FALSE(ledger.is_open());
}

TEST(Ledger, AGapInAChainIsShownAndAccusesNobody) {
  Scene scene;
  scene.customer.context().seq += 3;
  scene.customer.Must(PresentCommand());
  ASSERT_EQ(scene.customer.state().gaps.size(), 1u);
  EXPECT_EQ(scene.customer.state().gaps[0].last - scene.customer.state().gaps[0].first, 2);
  EXPECT_EQ(scene.customer.status(), Status::kSent);
}

// ---- what a program that ignores the rules may write: it stands in the log without effect ----

struct Forgery {
  const char* code;
  EventBody body;
};

TEST(Ledger, ForgedActsStandInTheLogWithoutEffect) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  const State now = scene.owner.state();
  const auto signed_event =
      log::Event::Parse(scene.customer.ledger().jws(scene.customer.ledger().size() - 1));
  const EventBody own_signature = *ParseBody(EventType::kRecipientSigned, signed_event->body);
  EventBody b;

  b.type = EventType::kRevisionPublished;
  b.inputs = now.revision->inputs;
  b.revision = now.revision->hash;
  b.number = 3;
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(scene.owner.ForgeNow(b))),
            "revision.wrong_number");
  b.number = 2;
  b.revision.bytes[0] ^= 1;
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(scene.owner.ForgeNow(b))),
            "revision.wrong_hash");
  const char* kNoRouting = "{\"format\":\"something else\"}";
  scene.owner.ledger().IngestBlob(AsBytes(kNoRouting));
  b.inputs->routing = log::ReferTo(AsBytes(kNoRouting));
  b.revision = RevisionHash(*b.inputs);
  EXPECT_EQ(CodeOf(scene.owner.ledger().IngestEvent(scene.owner.ForgeNow(b))),
            "envelope.blob_malformed");

  const auto forge_as_provider = [&](const EventBody& body) {
    return CodeOf(scene.provider.ledger().IngestEvent(scene.provider.ForgeNow(body)));
  };
  EventBody signature = own_signature;
  EXPECT_EQ(forge_as_provider(signature), "recipient.key_not_bound")
      << "for the customer, by the provider's key";
  signature.recipient = "provider";
  EXPECT_EQ(forge_as_provider(signature), "statement.wrong_fields") << "the customer's statement";
  signature.statement->fields.clear();
  signature.statement->revision.bytes[0] ^= 1;
  EXPECT_EQ(forge_as_provider(signature), "statement.wrong_revision");
  signature.statement->revision = signature.revision;
  signature.statement->consent.version = "2";
  EXPECT_EQ(forge_as_provider(signature), "statement.wrong_consent");
  EXPECT_FALSE(scene.provider.recipient("provider").signature->counts()) << "shown, with its code";

  EventBody completed;
  completed.type = EventType::kEnvelopeCompleted;
  completed.revision = now.revision->hash;
  completed.count = 1;
  EXPECT_EQ(CodeOf(scene.completer.ledger().IngestEvent(scene.completer.ForgeNow(completed))),
            "envelope.wrong_status");
  EXPECT_EQ(forge_as_provider(completed), "event.not_permitted");
  EXPECT_EQ(CheckState(scene.provider.state()), "");
}

TEST(Ledger, ACompletionSaysExactlyWhatItSeals) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(SignCommand());
  scene.Sync();
  Party good(countersign::testing::kCompleter);
  good.Read(scene.completer);
  good.Must("{\"do\":\"complete\"}");
  const auto event = log::Event::Parse(good.ledger().jws(good.ledger().size() - 1));
  const EventBody right = *ParseBody(EventType::kEnvelopeCompleted, event->body);
  const auto forge = [&](const EventBody& body) {
    return CodeOf(scene.completer.ledger().IngestEvent(scene.completer.ForgeNow(body)));
  };
  EventBody b = right;
  b.signatures.pop_back();
  EXPECT_EQ(forge(b), "completion.wrong_signatures");
  b = right;
  b.text.bytes[0] ^= 1;
  EXPECT_EQ(forge(b), "completion.wrong_text");
  b = right;
  b.count += 1;
  EXPECT_EQ(forge(b), "completion.wrong_past");
  b = right;
  b.past.bytes[0] ^= 1;
  EXPECT_EQ(forge(b), "completion.wrong_past");
  EXPECT_EQ(scene.completer.status(), Status::kSignedByAll);
}

// ---- the trail ----

TEST(Trail, TellsWhoDidWhatAndWhatEachFieldWas) {
  Scene scene;
  scene.customer.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":9}}");
  Complete(&scene);
  const json::Value trail = ReadTrail(scene.owner.ledger(), 0, 1000);
  EXPECT_EQ(trail.Find("total")->int_value(), static_cast<int64_t>(scene.owner.ledger().size()));
  const json::Value* changed = nullptr;
  const json::Value* completed = nullptr;
  const json::Value* signature = nullptr;
  for (const json::Value& entry : trail.Find("entries")->items()) {
    const String& type = entry.Find("type")->string_value();
    if (type == "fields.committed") changed = &entry;
    if (type == "envelope.completed") completed = &entry;
    if (type == "recipient.signed") signature = &entry;
    EXPECT_EQ(entry.Find("standing")->string_value(), "applied");
  }
  ASSERT_TRUE(changed && completed && signature);
  EXPECT_EQ(json::Write(*changed->Find("fields")),
            "[{\"from\":6,\"id\":\"seats\",\"label\":\"Seats\",\"to\":9}]");
  EXPECT_EQ(json::Write(*changed->Find("actor")),
            "{\"kind\":\"recipient\",\"recipient\":\"customer\"}");
  EXPECT_EQ(changed->Find("claim")->string_value(), "claimed");
  EXPECT_EQ(completed->Find("claim")->string_value(), "attested");
  EXPECT_EQ(json::Write(*completed->Find("actor")),
            "{\"kind\":\"service\",\"service\":\"completer\"}");
  EXPECT_TRUE(signature->Find("counts")->bool_value());
  EXPECT_EQ(signature->Find("detail")->Find("name")->string_value(), "Carla Customer");
  EXPECT_EQ(json::Write(trail).find("\"salt\""), String::npos);
}

TEST(Trail, IsPagedAlikeOnEveryDevice) {
  Scene scene;
  Complete(&scene);
  String pages;
  for (size_t offset = 0; offset < scene.owner.ledger().size(); offset += 5) {
    const json::Value mine = ReadTrail(scene.owner.ledger(), offset, 5);
    EXPECT_LE(mine.Find("entries")->items().size(), 5u);
    EXPECT_EQ(json::Write(mine), json::Write(ReadTrail(scene.customer.ledger(), offset, 5)));
  }
  EXPECT_TRUE(ReadTrail(scene.owner.ledger(), 1000, 5).Find("entries")->items().empty());
}

TEST(Trail, ShreddedDetailsAreWithheldAndTheLogStillStands) {
  Scene scene;
  Complete(&scene);
  const State before = scene.owner.state();
  for (const Recipient& recipient : before.recipients) {
    scene.owner.ledger().Shred(*recipient.signature->mention.detail);
  }
  EXPECT_EQ(scene.owner.state(), before);
  const String trail = json::Write(ReadTrail(scene.owner.ledger(), 0, 1000));
  EXPECT_EQ(trail.find("Carla"), String::npos);
}

VerifiedNote NoteOf(std::string_view jws) {
  const auto event = log::Event::Parse(jws);
  return event ? event->verified_note() : VerifiedNote();
}

// The same event with another signature of the right form.
String WithForgedSignature(std::string_view jws) {
  String forged(jws);
  char& first = forged[forged.rfind('.') + 1];
  first = first == 'A' ? 'B' : 'A';
  return forged;
}

TEST(Reopening, AnEventThatThisDeviceVerifiedIsTakenByItsNoteAndGivesTheSameState) {
  Scene scene;
  Complete(&scene);
  const Everything all = Take(scene.owner);
  Ledger ledger;
  for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
  const Vector<Ledger::Verified> verified = scene.owner.ledger().AllVerified();
  ASSERT_EQ(verified.size(), all.events.size());
  for (size_t i = 0; i < all.events.size(); ++i) {
    EXPECT_EQ(verified[i].name, crypto::HashStored(AsBytes(all.events[i])));
    EXPECT_EQ(verified[i].note, NoteOf(all.events[i]));
    EXPECT_EQ(ledger.IngestVerified(all.events[i], verified[i].note).reception,
              Reception::kAdmitted);
  }
  EXPECT_EQ(ledger.state(), all.state);
  EXPECT_EQ(ledger.AllVerified(), verified);
}

TEST(Ledger, TheNewestEventOfAKeyIsTheLastThatItWrote) {
  Scene scene(Terms(), Scene::Until::kSent);
  EXPECT_EQ(Ledger().NewestBy(scene.owner.key()), std::nullopt);
  const Ledger& ledger = scene.owner.ledger();
  const auto newest = [&](const Party& party) { return ledger.NewestBy(party.key()); };
  EXPECT_EQ(newest(scene.customer), std::nullopt);
  const std::optional<EventId> before = newest(scene.owner);
  ASSERT_TRUE(before.has_value());
  scene.owner.Must("{\"do\":\"comment\",\"text\":\"Soon.\"}");
  const std::optional<EventId> after = newest(scene.owner);
  ASSERT_TRUE(after.has_value());
  EXPECT_NE(after, before);
  EXPECT_EQ(ledger.fold().causality().Heads(), (Vector<EventId>{*after}));
}

// That the signature is the only thing that is not looked at again shows where it is wrong.
TEST(Reopening, OnlyTheSignatureIsNotVerifiedAgainAndOnlyUnderTheNoteOfTheBytes) {
  Scene scene;
  Complete(&scene);
  const Everything all = Take(scene.owner);
  const size_t last = all.events.size() - 1;
  const auto before_last = [&] {
    Ledger ledger;
    for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
    for (size_t i = 0; i < last; ++i) ledger.IngestEvent(all.events[i]);
    return ledger;
  };
  const String forged = WithForgedSignature(all.events[last]);
  Ledger stranger = before_last();
  EXPECT_EQ(CodeOf(stranger.IngestEvent(forged)), "event.bad_signature");
  // A note about other bytes is none: what changed in the store is verified as anybody's.
  EXPECT_EQ(CodeOf(stranger.IngestVerified(forged, NoteOf(all.events[last]))),
            "event.bad_signature");
  EXPECT_EQ(stranger.size(), last);
  // Whoever can write the note, too, is this device (SECURITY.md).
  Ledger own = before_last();
  EXPECT_EQ(own.IngestVerified(forged, NoteOf(forged)).reception, Reception::kAdmitted);
}

TEST(Reopening, ANoteMakesNoStrangerAnAuthorAndNoActLawful) {
  Scene scene;
  Complete(&scene);
  Party stranger(kStranger);
  stranger.Read(scene.owner);
  const String outsider = stranger.Forge(
      [] {
        EventBody body;
        body.type = EventType::kEnvelopeVoided;
        return body;
      }(),
      std::nullopt, {scene.owner.state().id});
  Ledger& ledger = scene.owner.ledger();
  const Receipt receipt = ledger.IngestVerified(outsider, NoteOf(outsider));
  EXPECT_NE(receipt.reception, Reception::kAdmitted);
  EXPECT_EQ(ledger.state().status, Status::kCompleted);
}

TEST(Reopening, EveryByteThatChangedInTheStoreIsCaughtThoughItIsNoted) {
  Scene scene(Terms(), Scene::Until::kSent);
  const Everything all = Take(scene.owner);
  const size_t last = all.events.size() - 1;
  for (size_t at = 0; at < all.events[last].size(); at += 7) {
    String changed = all.events[last];
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed == all.events[last]) continue;
    Ledger ledger;
    for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
    for (size_t i = 0; i < last; ++i) ledger.IngestVerified(all.events[i], NoteOf(all.events[i]));
    ledger.IngestVerified(changed, NoteOf(all.events[last]));
    ASSERT_EQ(ledger.size(), last) << "byte " << at;
  }
}

// A store hands events out by their hashes. Most of them would wait, and the room is bounded.
TEST(Reopening, MoreEventsThanMayWaitComeBackInAnyOrder) {
  Scene scene(Terms(), Scene::Until::kSent);
  for (int i = 0; i < 1200; ++i) {
    scene.owner.context().at += 1;
    scene.owner.Must(R"({"do":"comment","text":"one of many"})");
  }
  Everything all = Take(scene.owner);
  std::sort(all.events.begin(), all.events.end(), [](const String& a, const String& b) {
    return crypto::HashStored(AsBytes(a)) < crypto::HashStored(AsBytes(b));
  });
  Vector<std::string_view> by_name(all.events.begin(), all.events.end());
  const Vector<uint32_t> order = log::ParentsFirst(by_name);
  ASSERT_EQ(order.size(), by_name.size());
  Ledger ledger;
  for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
  for (uint32_t place : order) {
    const Receipt receipt = ledger.IngestVerified(by_name[place], NoteOf(by_name[place]));
    ASSERT_EQ(receipt.reception, Reception::kAdmitted) << CodeOf(receipt);
  }
  EXPECT_EQ(ledger.state(), all.state);
  Ledger waiting;
  size_t refused = 0;
  for (const std::string_view jws : by_name) {
    refused += waiting.IngestVerified(jws, NoteOf(jws)).reception == Reception::kRefused;
  }
  EXPECT_GT(refused, 0u);
}

TEST(Ledger, AnEventThatIsRefusedAfterItWaitedIsNamedInTheReceipt) {
  Scene scene;
  const Everything all = Take(scene.owner);
  // The customer's device writes before anybody has heard of it; one signature is not its own.
  const KeyId kid = crypto::Thumbprint(KeyOf(kCustomer).public_key());
  String join;
  String forged;
  for (const String& jws : all.events) {
    const auto event = log::Event::Parse(jws);
    if (event->author != kid) continue;
    if (event->type == "recipient.joined") join = jws;
    if (event->type == "consent.given") forged = WithForgedSignature(jws);
  }
  ASSERT_FALSE(join.empty() || forged.empty());
  Ledger ledger;
  for (const Bytes& blob : all.blobs) ledger.IngestBlob(blob);
  for (const String& jws : all.events) {
    if (log::Event::Parse(jws)->author == log::Event::Parse(all.events[0])->author)
      ledger.IngestEvent(jws);
  }
  const Receipt waits = ledger.IngestEvent(forged);
  EXPECT_EQ(waits.reception, Reception::kWaiting);
  EXPECT_TRUE(waits.dropped.empty());
  const Receipt receipt = ledger.IngestEvent(join);
  EXPECT_EQ(receipt.reception, Reception::kAdmitted);
  ASSERT_EQ(receipt.dropped.size(), 1u);
  EXPECT_EQ(receipt.dropped[0].event, log::Event::Parse(forged)->id);
  EXPECT_EQ(CodeName(receipt.dropped[0].code), "event.bad_signature");
  EXPECT_TRUE(ledger.waiting().empty());
}

}  // namespace
}  // namespace countersign::envelope
