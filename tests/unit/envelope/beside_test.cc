// Acts beside each other: no id and no order decides, and nobody takes back what others rely on.
#include "envelope/facts.h"
#include "support/check_state.h"
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::CreateCommand;
using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::Json;
using countersign::testing::kCustomer;
using countersign::testing::kCustomerLink;
using countersign::testing::KidOf;
using countersign::testing::kNewCustomerLink;
using countersign::testing::kProviderLink;
using countersign::testing::kRecovery;
using countersign::testing::kViewerLink;
using countersign::testing::Party;
using countersign::testing::PresentCommand;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;
using countersign::testing::With;
using countersign::testing::WithKey;
using countersign::testing::XOf;

constexpr const char* kComplete = "{\"do\":\"complete\"}";
constexpr const char* kVoid = "{\"do\":\"void\"}";

constexpr uint8_t kNext = 44;

json::Value Replace() {
  json::Value command =
      Json("{\"do\":\"replaceRecipient\",\"recipient\":\"customer\",\"name\":\"Bob\"}");
  command.Set("invitation", json::Value::String(XOf(kNewCustomerLink)));
  return command;
}
String RevokeDevice(const EventId& head) {
  return "{\"do\":\"revokeDevice\",\"recipient\":\"customer\",\"device\":\"" + KidOf(kCustomer) +
         "\",\"heads\":[\"" + head.ToBase64Url() + "\"]}";
}

TEST(Beside, OfSealsThatAreEqualNoIdChoosesWhatWasSealed) {
  for (int salt = 0; salt < 8; ++salt) {
    Scene scene(With("signatureWins"));
    scene.customer.Must(SignCommand());
    scene.provider.Read(scene.customer);
    scene.provider.Must(SignCommand());
    scene.completer.Read(scene.provider);
    scene.completer.Must(kComplete);
    scene.owner.context().at += salt;
    scene.owner.Must(kVoid);
    scene.owner.Read(scene.provider);
    scene.owner.Must(kComplete);
    ASSERT_EQ(scene.owner.state().contests.size(), 1u) << "where only this seal is known";
    scene.Sync();
    const State& state = scene.owner.state();
    EXPECT_EQ(state.status, Status::kCompleted);
    EXPECT_EQ(state.completions.size(), 2u);
    EXPECT_TRUE(state.contests.empty()) << "the other seal did not know the void";
    EXPECT_EQ(state.late.size(), 1u);
    EXPECT_EQ(scene.completer.state(), state);
    EXPECT_TRUE(state.Find("customer")->signature->counts());
  }
}

TEST(Beside, AnAnswerBesideAnApprovalBindsNobody) {
  Scene scene({}, Scene::Until::kCreated);
  json::Value publish = PublishCommand();
  publish.Set("routing",
              Json("[{\"id\":\"customer\",\"order\":1,\"recipientType\":\"formFiller\",\"role\":"
                   "\"customer\"},{\"id\":\"provider\",\"order\":2,\"recipientType\":\"signer\","
                   "\"role\":\"provider\"}]"));
  scene.owner.Must(publish);
  scene.owner.Must(InviteCommand("customer", "customer", "formFiller", 1, kCustomerLink));
  scene.owner.Must(InviteCommand("provider", "provider", "signer", 2, kProviderLink));
  scene.owner.Must("{\"do\":\"send\"}");
  scene.Sync();
  for (Party* device : {&scene.customer, &scene.laptop})
    device->Must(JoinCommand(*device, "customer", kCustomerLink));
  scene.Sync();
  scene.customer.Must(PresentCommand());
  const EventId mine = scene.customer.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":6}}");
  scene.customer.Must("{\"do\":\"approve\"}");
  for (int seats : {7, 8, 9})
    scene.laptop.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":" + NumberText(seats) + "}}");
  scene.Sync();
  const Recipient& customer = scene.owner.recipient("customer");
  ASSERT_EQ(customer.committed.size(), 1u);
  EXPECT_EQ(customer.committed[0].mention.event, mine);
  EXPECT_FALSE(customer.committed[0].conflict);
}

TEST(Beside, WhoeverWasReplacedWithdrawsNoConsentOfTheNextPerson) {
  Scene scene;
  scene.customer.Must("{\"do\":\"withdrawConsent\"}");
  scene.owner.Must(Replace());
  Party next(kNext, "customer");
  GiveBlobs(&next);
  next.Read(scene.owner);
  next.Must(JoinCommand(next, "customer", kNewCustomerLink));
  GetReady(&next, "customer");
  next.Must(SignCommand());
  next.Read(scene.customer);
  EXPECT_EQ(next.status(), Status::kInProgress);
  EXPECT_TRUE(next.recipient("customer").signature->counts());
}

TEST(Beside, AVoidThatLostItsRaceIsNoFork) {
  Scene scene(With("signatureWins"));
  scene.customer.Must(SignCommand());
  Party same(countersign::testing::kOwner);
  same.Read(scene.owner);
  same.Must(kVoid);
  scene.owner.Must(InviteCommand("viewer", "viewer", "viewer", 1, kViewerLink));
  scene.owner.Read(same);
  EXPECT_EQ(scene.owner.status(), Status::kFrozen) << "nobody signed, as far as is known here";
  scene.owner.Read(scene.customer);
  EXPECT_EQ(scene.owner.status(), Status::kInProgress);
  EXPECT_TRUE(scene.owner.state().fork.empty());
}

TEST(Beside, TheOwnersRevocationAndASignatureAreARaceAsWithANewLink) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    SCOPED_TRACE(policy);
    Scene scene(With(policy));
    const EventId before = scene.owner.state().heads[0];
    scene.customer.Must(SignCommand());
    scene.owner.Must(RevokeDevice(before));
    scene.Sync();
    const String settled = policy;
    EXPECT_EQ(scene.owner.status(), settled == "ownerWins"       ? Status::kSent
                                    : settled == "signatureWins" ? Status::kInProgress
                                                                 : Status::kContested);
    ASSERT_EQ(scene.owner.state().contests.size(), 1u);
    EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kInvitation);
    EXPECT_FALSE(scene.owner.recipient("customer").devices[0].bound);
  }
}

TEST(Beside, NoRevocationTakesADeclineAway) {
  for (const bool knowing : {true, false}) {
    Scene scene;
    scene.AddLaptop();
    const EventId before = scene.owner.state().heads[0];
    scene.customer.Must("{\"do\":\"decline\"}");
    if (knowing) scene.laptop.Read(scene.customer);
    scene.laptop.Must(RevokeDevice(before));
    scene.Sync();
    EXPECT_EQ(scene.owner.status(), Status::kDeclined);
  }
}

TEST(Beside, SealingCountsNoSignatureOfSomebodyReplacedInItsKnowledge) {
  Scene scene(With("ownerSettles"));
  scene.customer.Must(SignCommand());
  scene.owner.Must(PublishCommand(With("ownerSettles"), "two"));
  scene.owner.Read(scene.customer);
  ASSERT_EQ(scene.owner.status(), Status::kContested);
  scene.owner.Must(Replace());
  const Fold& fold = scene.owner.ledger().fold();
  EXPECT_TRUE(Resolve(View::All(fold.facts()), Sealing::kYes).counted.empty());
}

TEST(Beside, WhatTheContractNeedsIsNotShreddedAsADetail) {
  Scene scene;
  EventBody comment;
  comment.type = EventType::kCommentAdded;
  comment.recipient = "customer";
  comment.revision = scene.owner.state().revision->hash;
  comment.detail = scene.owner.state().revision->inputs.template_identity.compiled;
  scene.customer.ledger().IngestEvent(scene.customer.ForgeNow(comment));
  scene.owner.Read(scene.customer);
  scene.owner.Must(kVoid);
  EventBody shred;
  shred.type = EventType::kContentShredded;
  shred.details = {*comment.detail};
  const Receipt receipt = scene.owner.ledger().IngestEvent(scene.owner.ForgeNow(shred));
  ASSERT_TRUE(receipt.code.has_value());
  EXPECT_EQ(CodeName(*receipt.code), "record.unknown");
}

TEST(Beside, WhoeverWasTheSenderOnceAttestsNothing) {
  for (const uint8_t number : {countersign::testing::kOwner, kRecovery}) {
    Party owner(countersign::testing::kOwner), attestor(number), customer(kCustomer, "customer");
    for (Party* party : {&owner, &customer}) GiveBlobs(party);
    json::Value create = CreateCommand();
    create.Set("services", Json("{\"attestor\":[\"" + XOf(number) + "\"]}"));
    owner.Must(create);
    owner.Must(InviteCommand("customer", "customer", "signer", 1, kCustomerLink));
    customer.Read(owner);
    customer.Must(JoinCommand(customer, "customer", kCustomerLink));
    owner.Read(customer);
    owner.Must(WithKey("handOver", owner.state().id, "", kNext));
    attestor.Read(owner);
    EventBody body;
    body.type = EventType::kIdentityAttested;
    body.recipient = "customer";
    body.device = owner.recipient("customer").devices[0].key;
    const json::Value raw =
        Json("{\"device\":\"" + KidOf(kCustomer) +
             "\",\"level\":\"L3\",\"method\":\"eid\",\"recipient\":\"customer\"}");
    const auto& facts = attestor.ledger().fold().facts();
    std::optional<EventId> prev;
    for (const Occurrence& event : facts.events) {
      if (event.author == crypto::Thumbprint(attestor.key())) prev = event.id;
    }
    Vector<EventId> seen = attestor.state().heads;
    const Receipt receipt = attestor.ledger().IngestEvent(
        attestor.Forge(body, prev, std::move(seen), std::nullopt, raw));
    ASSERT_TRUE(receipt.code.has_value());
    EXPECT_EQ(CodeName(*receipt.code), "event.not_permitted");
  }
}

TEST(Beside, ASenderUnbindsNobodyByNamingTheirKeyAsAServices) {
  Scene scene;
  EventBody body;
  body.type = EventType::kServiceKeyChanged;
  body.role = "attestor";
  body.key = scene.customer.key();
  body.outcome = "added";
  const EventId sent = scene.owner.state().sent->event;
  scene.owner.ledger().IngestEvent(scene.owner.Forge(body, sent, {}));
  EXPECT_TRUE(scene.owner.recipient("customer").devices[0].bound);
  scene.Sync();
  scene.customer.Must(SignCommand());
  EXPECT_EQ(scene.customer.status(), Status::kInProgress);
}

}  // namespace
}  // namespace countersign::envelope
