// What nobody may do by writing events beside others: each of these was once possible.
#include "envelope/facts.h"
#include "support/check_state.h"
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::CheckState;
using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::Json;
using countersign::testing::kCustomer;
using countersign::testing::kCustomerLaptop;
using countersign::testing::kCustomerLink;
using countersign::testing::KidOf;
using countersign::testing::kNewCustomerLink;
using countersign::testing::kProvider;
using countersign::testing::kViewerLink;
using countersign::testing::Party;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;
using countersign::testing::With;
using countersign::testing::WithKey;

constexpr uint8_t kSecond = 41, kThird = 42, kFourth = 43;
constexpr const char* kComplete = "{\"do\":\"complete\"}";
constexpr const char* kVoid = "{\"do\":\"void\"}";

String Merge(const EventId& kept) {
  return "{\"do\":\"merge\",\"kept\":\"" + kept.ToBase64Url() + "\"}";
}
String RevokeDevice(uint8_t device, const EventId& head) {
  return "{\"do\":\"revokeDevice\",\"recipient\":\"customer\",\"device\":\"" + KidOf(device) +
         "\",\"heads\":[\"" + head.ToBase64Url() + "\"]}";
}
String RevokeOwner(uint8_t device) {
  return "{\"do\":\"revokeOwnerDevice\",\"device\":\"" + KidOf(device) + "\"}";
}

// An owner with two devices that both know everything so far.
struct TwoDevices {
  Scene scene;
  Party& owner = scene.owner;
  Party second{kSecond};
  explicit TwoDevices(const Terms& terms = {}, Scene::Until until = Scene::Until::kReady)
      : scene(terms, until) {
    owner.Must(WithKey("addOwnerDevice", owner.state().id, "", kSecond));
    GiveBlobs(&second);
    scene.Sync();
    second.Read(owner);
  }
};

TEST(Law, AMergeThatIsGivenUpGivesNothingUp) {
  TwoDevices it({}, Scene::Until::kCreated);
  it.owner.Must(PublishCommand());
  const EventId invited = it.second.Must(InviteCommand("viewer", "viewer", "viewer", 1, 99));
  Party third(kSecond);  // the second device as it was restored
  third.Read(it.second);
  third.Read(it.owner);
  third.Must(Merge(invited));
  it.owner.Must(InviteCommand("customer", "customer", "signer", 1, kCustomerLink));
  it.owner.Must(
      InviteCommand("provider", "provider", "signer", 2, countersign::testing::kProviderLink));
  const EventId sent = it.owner.Must("{\"do\":\"send\"}");
  it.owner.Read(third);
  ASSERT_EQ(it.owner.status(), Status::kFrozen);
  it.owner.Must(Merge(sent));
  EXPECT_EQ(it.owner.status(), Status::kSent);
  ASSERT_TRUE(it.owner.state().revision.has_value());
  EXPECT_EQ(CheckState(it.owner.state()), "");
}

TEST(Law, AForkIsMergedAlsoWhereAKeyWasTakenAwayInBetween) {
  TwoDevices it;
  const EventId kept = it.owner.Must(PublishCommand({}, "two"));
  it.second.Must(InviteCommand("viewer", "viewer", "viewer", 1, kViewerLink));
  it.owner.Read(it.second);
  it.owner.Must(RevokeOwner(kSecond));
  EXPECT_EQ(it.owner.status(), Status::kFrozen);
  it.owner.Must(Merge(kept));
  EXPECT_EQ(it.owner.status(), Status::kSent);
  EXPECT_EQ(it.owner.state().owners.size(), 1u) << "the revocation stays";
}

TEST(Law, NoMergeUndoesAVoid) {
  TwoDevices it;
  it.owner.Must(kVoid);
  const EventId beside = it.second.Must(PublishCommand({}, "two"));
  it.second.Read(it.owner);
  ASSERT_EQ(it.second.status(), Status::kFrozen);
  EXPECT_EQ(it.second.Try(Merge(beside)), "envelope.ended");
}

TEST(Law, AnOwnersRevocationUndoesNothingThatTheOwnerKnew) {
  Scene scene;
  const EventId before = scene.customer.state().heads[0];
  scene.customer.Must("{\"do\":\"decline\"}");
  scene.Sync();
  scene.owner.Must(RevokeDevice(kCustomer, before));
  EXPECT_EQ(scene.owner.status(), Status::kDeclined);
  EXPECT_FALSE(scene.owner.recipient("customer").devices[0].bound);
}

TEST(Law, WhoeverHandedOverTakesNoSignatureAwayBesideIt) {
  Scene scene;
  const EventId before = scene.owner.state().heads[0];
  Party old(countersign::testing::kOwner);
  old.Read(scene.owner);
  scene.customer.Must(SignCommand());
  scene.owner.Must(WithKey("handOver", scene.owner.state().id, "", kSecond));
  old.Must(RevokeDevice(kCustomer, before));
  scene.owner.Read(old);
  scene.owner.Read(scene.customer);
  EXPECT_EQ(scene.owner.status(), Status::kFrozen) << "the owner's chain forked";
}

TEST(Law, ARevokedOwnersDeviceKeepsNobodyThatItAddsBeside) {
  TwoDevices it;
  const EventId revocation = it.owner.Must(RevokeOwner(kSecond));
  const EventId id = it.owner.state().id;
  it.second.Must(WithKey("addOwnerDevice", id, "", kThird));
  Party third(kThird);
  third.Read(it.second);
  third.Must(WithKey("addOwnerDevice", id, "", kFourth));
  Party fourth(kFourth);
  fourth.Read(third);
  EXPECT_EQ(fourth.state().owners.size(), 4u) << "where nobody knows of the revocation";
  fourth.Read(it.owner);
  EXPECT_EQ(fourth.status(), Status::kFrozen);
  for (const char* act : {"merge", "void", "revokeOwnerDevice"})
    EXPECT_EQ(fourth.CanDo(act), "envelope.not_owner") << act;
  it.owner.Read(fourth);
  EXPECT_EQ(it.owner.state().owners.size(), 1u);
  it.owner.Must(Merge(revocation));
  EXPECT_EQ(it.owner.status(), Status::kSent);
  EXPECT_EQ(it.owner.state().owners.size(), 1u);
}

TEST(Law, AKeyThatJoinedAndWasMadeTheOwnersSpeaksForNobody) {
  Scene scene;
  scene.owner.Must(InviteCommand("viewer", "viewer", "viewer", 1, kViewerLink));
  Party second(kSecond, "viewer");
  GiveBlobs(&second);
  second.Read(scene.owner);
  second.Must(JoinCommand(second, "viewer", kViewerLink));
  scene.owner.Must(WithKey("addOwnerDevice", scene.owner.state().id, "", kSecond));
  scene.owner.Read(second);
  EXPECT_FALSE(scene.owner.recipient("viewer").devices[0].bound);
  EXPECT_EQ(scene.owner.state().owners.size(), 2u);
}

TEST(Law, WhatWasSupersededDoesNotComeBack) {
  Scene scene;
  const Revision first = *scene.owner.state().revision;
  scene.owner.Must(PublishCommand({}, "two"));
  EventBody body;
  body.type = EventType::kRevisionPublished;
  body.inputs = first.inputs;
  body.revision = first.hash;
  body.number = 3;
  body.detail = *scene.owner.state().revision->mention.detail;
  const Receipt receipt = scene.owner.ledger().IngestEvent(scene.owner.ForgeNow(body));
  ASSERT_TRUE(receipt.code.has_value());
  EXPECT_EQ(CodeName(*receipt.code), "revision.repeated");
}

TEST(Law, SealingSettlesOnlyWhatIsStillOpen) {
  Scene scene(With("ownerSettles"));
  scene.customer.Must(SignCommand());
  scene.owner.Must(PublishCommand(With("ownerSettles"), "two"));
  scene.Sync();
  ASSERT_EQ(scene.owner.status(), Status::kContested);
  const Fold& open = scene.owner.ledger().fold();
  EXPECT_EQ(Resolve(View::All(open.facts()), Sealing::kYes).revision->number, 1);
  scene.owner.Must(PublishCommand(With("ownerSettles"), "three"));
  const Fold& settled = scene.owner.ledger().fold();
  EXPECT_EQ(Resolve(View::All(settled.facts()), Sealing::kYes).revision->number, 3);
}

TEST(Law, ARaceBeforeSendingLeavesADraft) {
  Scene scene({}, Scene::Until::kCreated);
  scene.owner.Must(InviteCommand("approver", "law", "approver", 1, kViewerLink));
  scene.owner.Must(InviteCommand("customer", "customer", "signer", 2, kCustomerLink));
  json::Value publish = PublishCommand();
  publish.Remove("routing");
  publish.Set("fields", Json("[]"));
  scene.owner.Must(publish);
  scene.owner.Must("{\"do\":\"requestApproval\",\"recipient\":\"approver\"}");
  Party phone(kThird, "approver");
  Party tablet(kFourth, "approver");
  for (Party* device : {&phone, &tablet}) {
    GiveBlobs(device);
    device->Read(scene.owner);
    device->Must(JoinCommand(*device, "approver", kViewerLink));
    device->Must("{\"do\":\"grantApproval\"}");
  }
  scene.owner.Read(phone);
  scene.owner.Read(tablet);
  EXPECT_EQ(scene.owner.status(), Status::kAwaitingApproval);
  EXPECT_EQ(scene.owner.state().contests.size(), 1u);
  EXPECT_EQ(scene.owner.Try(
                "{\"do\":\"recordReminder\",\"recipient\":\"customer\",\"channel\":\"email\"}"),
            "envelope.not_sent");
  EXPECT_EQ(scene.owner.Try("{\"do\":\"send\"}"), "approval.missing");
}

TEST(Law, AnExpiryThatAnExtensionDidNotKnowExpiresNothing) {
  Terms terms;
  terms.deadline = "2023-11-14T22:30:00Z";
  Scene scene(terms);
  scene.scheduler.context().at = 1'700'009'000'000;
  scene.scheduler.Must("{\"do\":\"expire\"}");
  Terms longer = terms;
  longer.deadline = "2023-12-14T22:30:00Z";
  scene.owner.Must(PublishCommand(longer, "two"));
  EXPECT_EQ(scene.scheduler.status(), Status::kExpired);
  scene.Sync();
  EXPECT_EQ(scene.owner.status(), Status::kSent);
  EXPECT_EQ(scene.scheduler.state(), scene.owner.state());
}

TEST(Law, NobodyIsNamedAnewBesideASeal) {
  TwoDevices it(With("signatureWins"));
  const EventId invited = it.owner.recipient("customer").invited.event;
  it.scene.customer.Must(SignCommand());
  it.scene.provider.Read(it.scene.customer);
  it.scene.provider.Must(SignCommand());
  it.scene.completer.Read(it.scene.provider);
  it.scene.completer.Must(kComplete);
  it.second.Must(InviteCommand("customer", "customer", "signer", 1, kNewCustomerLink));
  it.scene.completer.Read(it.second);
  EXPECT_EQ(it.scene.completer.status(), Status::kCompleted);
  EXPECT_EQ(it.scene.completer.recipient("customer").invited.event, invited);
}

TEST(Law, CompletionsThatDifferSealNothing) {
  Scene scene;
  Party carla(kCustomer, "customer"), paul(kProvider, "provider");
  for (Party* party : {&carla, &paul}) GiveBlobs(party);
  scene.customer.Must(SignCommand());
  scene.provider.Read(scene.customer);
  scene.provider.Must(SignCommand());
  scene.completer.Read(scene.provider);
  scene.completer.Must(kComplete);
  // The owner, as if nothing had come in.
  scene.owner.Must(PublishCommand({}, "two"));
  carla.Read(scene.owner);
  GetReady(&carla, "customer");
  carla.Must(SignCommand());
  paul.Read(carla);
  GetReady(&paul, "provider");
  paul.Must(SignCommand());
  scene.owner.Read(paul);
  scene.owner.Must(kComplete);
  ASSERT_EQ(scene.owner.status(), Status::kCompleted);
  scene.Sync();
  EXPECT_EQ(scene.owner.status(), Status::kFrozen);
  EXPECT_FALSE(scene.owner.state().completion.has_value());
  ASSERT_FALSE(scene.owner.state().contests.empty());
  const Contest& last = scene.owner.state().contests.back();
  EXPECT_EQ(last.kind, ContestKind::kCompletion);
  EXPECT_EQ(last.events.size(), 2u);
  const json::Value told = ToJson(scene.owner.state());
  EXPECT_EQ(told.Find("contests")->items().back().Find("kind")->string_value(), "completion");
  EXPECT_EQ(scene.owner.Try(kVoid), "envelope.frozen") << "no choice repairs it";
}

TEST(Law, WhatIsPossibleForSomebodyIsPossibleWhereNobodyIsNamed) {
  Scene scene({}, Scene::Until::kPublished);
  EXPECT_EQ(scene.owner.CanDo("removeRecipient"), "");
  // "customer" comes first; what is true of it is not true of all.
  scene.owner.Must("{\"do\":\"removeRecipient\",\"recipient\":\"customer\"}");
  EXPECT_EQ(scene.owner.CanDo("removeRecipient"), "");
  EXPECT_EQ(scene.owner.CanDo("replaceRecipient"), "");
  scene.owner.Must("{\"do\":\"removeRecipient\",\"recipient\":\"provider\"}");
  EXPECT_EQ(scene.owner.CanDo("removeRecipient"), "recipient.unknown");
}

TEST(Law, TheApprovalOfSomebodyWhoWasRemovedIsNobodysSignature) {
  Scene scene({}, Scene::Until::kPublished);
  scene.owner.Must(InviteCommand("approver", "law", "approver", 1, kViewerLink));
  Party approver(kThird, "approver");
  GiveBlobs(&approver);
  scene.owner.Must("{\"do\":\"requestApproval\",\"recipient\":\"approver\"}");
  approver.Read(scene.owner);
  approver.Must(JoinCommand(approver, "approver", kViewerLink));
  approver.Must("{\"do\":\"grantApproval\"}");
  scene.owner.Read(approver);
  scene.owner.Must("{\"do\":\"removeRecipient\",\"recipient\":\"approver\"}");
  scene.owner.Must("{\"do\":\"send\"}");
  scene.customer.Read(scene.owner);
  scene.customer.Must(JoinCommand(scene.customer, "customer", kCustomerLink));
  GetReady(&scene.customer, "customer");
  scene.customer.Must(SignCommand());
  EXPECT_EQ(scene.customer.status(), Status::kInProgress);
}

TEST(Law, AnIdIsNeverGivenToAnotherPerson) {
  Scene scene;
  scene.owner.Must(InviteCommand("viewer", "viewer", "viewer", 1, kViewerLink));
  scene.owner.Must("{\"do\":\"removeRecipient\",\"recipient\":\"viewer\"}");
  json::Value grant = InviteCommand("viewer", "viewer", "viewer", 1, 77);
  grant.Set("do", json::Value::String("grantAccess"));
  grant.Set("from", json::Value::String(scene.owner.state().revision->hash.ToBase64Url()));
  EXPECT_EQ(scene.owner.Try(grant), "recipient.already_invited");
}

TEST(Law, OnlyAJoinIsAccepted) {
  Terms terms;
  terms.acceptance = "owner";
  Scene scene(terms);
  const EventId added =
      scene.customer.Must(WithKey("addDevice", scene.owner.state().id, "customer", kThird));
  scene.owner.Read(scene.customer);
  EventBody body;
  body.type = EventType::kRecipientAccepted;
  body.recipient = "customer";
  body.about = added;
  const Receipt receipt = scene.owner.ledger().IngestEvent(scene.owner.ForgeNow(body));
  ASSERT_TRUE(receipt.code.has_value());
  EXPECT_EQ(CodeName(*receipt.code), "recipient.key_not_bound");
}

}  // namespace
}  // namespace countersign::envelope
