// Keys that come and go, approvals, and people who come, go and are replaced, through commands.
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::Json;
using countersign::testing::kCustomerLaptop;
using countersign::testing::kCustomerLink;
using countersign::testing::KidOf;
using countersign::testing::kNewCustomerLink;
using countersign::testing::kStranger;
using countersign::testing::kViewerLink;
using countersign::testing::Party;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;
using countersign::testing::WithKey;
using countersign::testing::XOf;

constexpr uint8_t kSecond = 41, kTablet = 42, kApprover = 43, kAuditor = 44;

String Revoke(uint8_t number, std::string_view rest = "") {
  return "{\"do\":\"revokeDevice\",\"device\":\"" + KidOf(number) + "\"" + String(rest) + "}";
}

TEST(Devices, ABoundDeviceAddsAnotherThatSigns) {
  Scene scene;
  scene.customer.Must(WithKey("addDevice", scene.owner.state().id, "customer", kTablet));
  EXPECT_EQ(scene.customer.Try(WithKey("addDevice", scene.owner.state().id, "customer", kTablet)),
            "recipient.already_joined");
  EXPECT_EQ(scene.provider.Try(WithKey("addDevice", scene.owner.state().id, "provider",
                                       countersign::testing::kOwner)),
            "recipient.key_taken");
  Party tablet(kTablet, "customer");
  tablet.Read(scene.customer);
  tablet.Must(SignCommand());
  EXPECT_TRUE(tablet.recipient("customer").signature->counts());
}

TEST(Devices, WhatARevocationDoesNotNameDoesNotCount) {
  Scene scene;
  scene.laptop.Must(JoinCommand(scene.laptop, "customer", kCustomerLink));
  scene.Sync();
  const EventId before = scene.customer.state().heads[0];
  scene.laptop.Must(SignCommand());  // a thief's
  scene.Sync();
  scene.customer.Must(Revoke(kCustomerLaptop, ",\"heads\":[\"" + before.ToBase64Url() + "\"]"));
  scene.Sync();
  const Recipient& customer = scene.owner.recipient("customer");
  ASSERT_TRUE(customer.signature.has_value());
  EXPECT_EQ(customer.signature->code, ErrorCode::kSignatureRevoked);
  EXPECT_EQ(scene.owner.status(), Status::kSent);
  EXPECT_EQ(scene.laptop.CanDo("sign"), "device.revoked");
  EXPECT_EQ(scene.customer.Try(Revoke(kCustomerLaptop)), "device.revoked");
  scene.customer.Must(SignCommand());
  EXPECT_EQ(scene.customer.status(), Status::kInProgress);
}

TEST(Devices, WhatARevocationNamesStays) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.owner.Must(
      Revoke(countersign::testing::kCustomer, ",\"recipient\":\"customer\",\"reason\":\"lost\""));
  EXPECT_EQ(scene.owner.status(), Status::kInProgress);
  EXPECT_TRUE(scene.owner.recipient("customer").signature->counts());
  EXPECT_FALSE(scene.owner.recipient("customer").devices[0].bound);
  EXPECT_TRUE(scene.owner.recipient("customer").devices[0].revoked.has_value());
}

TEST(Devices, ARevocationNamesOnlyWhatItsAuthorKnows) {
  Scene scene;
  EXPECT_EQ(scene.customer.Try(Revoke(countersign::testing::kCustomer,
                                      ",\"heads\":[\"" + EventId().ToBase64Url() + "\"]")),
            "device.unknown_head");
  EXPECT_EQ(scene.customer.Try(Revoke(kStranger)), "recipient.key_not_bound");
}

TEST(OwnerKeys, AnotherDeviceOfTheOwnerDoesWhatTheOwnerDoes) {
  Scene scene(Terms(), Scene::Until::kPublished);
  const EventId id = scene.owner.state().id;
  scene.owner.Must(WithKey("addOwnerDevice", id, "", kSecond));
  EXPECT_EQ(scene.owner.Try(WithKey("addOwnerDevice", id, "", kSecond)), "recipient.key_taken");
  json::Value unproven = WithKey("addOwnerDevice", id, "", kTablet);
  unproven.Set("proof", *WithKey("addOwnerDevice", id, "", kSecond).Find("proof"));
  EXPECT_EQ(scene.owner.Try(unproven), "recipient.bad_proof");
  Party second(kSecond);
  second.Read(scene.owner);
  second.Must("{\"do\":\"send\"}");
  EXPECT_EQ(second.state().owners.size(), 2u);
  const String revoke = "{\"do\":\"revokeOwnerDevice\",\"device\":\"";
  EXPECT_EQ(second.Try(revoke + KidOf(kSecond) + "\"}"), "owner.own_key");
  EXPECT_EQ(second.Try(revoke + KidOf(kStranger) + "\"}"), "owner.unknown_key");
  second.Must(revoke + KidOf(countersign::testing::kOwner) + "\"}");
  scene.owner.Read(second);
  EXPECT_EQ(scene.owner.CanDo("void"), "envelope.not_owner");
  EXPECT_EQ(second.state().owners.size(), 1u);
}

TEST(OwnerKeys, TheRecoveryKeyHandsOver) {
  Scene scene;
  scene.recovery.Must(WithKey("handOver", scene.owner.state().id, "", kSecond));
  scene.Sync();
  EXPECT_EQ(scene.owner.CanDo("void"), "envelope.not_owner");
  Party second(kSecond);
  second.Read(scene.owner);
  EXPECT_EQ(second.Try("{\"do\":\"void\"}"), "");
}

TEST(OwnerKeys, AForkIsRepairedUnlessSomebodySignedTheBranchThatIsGivenUp) {
  for (const bool signed_branch : {false, true}) {
    Scene scene;
    scene.owner.Must(WithKey("addOwnerDevice", scene.owner.state().id, "", kSecond));
    Party second(kSecond);
    GiveBlobs(&second);
    second.Read(scene.owner);
    const EventId kept = scene.owner.Must(PublishCommand(Terms(), "two"));
    second.Must(InviteCommand("viewer", "viewer", "viewer", 1, kViewerLink));
    if (signed_branch) {
      scene.customer.Read(second);
      scene.customer.Must(SignCommand());
      second.Read(scene.customer);
    }
    scene.owner.Read(second);
    EXPECT_EQ(scene.owner.status(), Status::kFrozen);
    EXPECT_EQ(scene.owner.CanDo("publishRevision"), "envelope.frozen");
    const String merge = "{\"do\":\"merge\",\"kept\":\"";
    EXPECT_EQ(scene.owner.Try(merge + scene.owner.state().id.ToBase64Url() + "\"}"),
              "owner.not_a_head");
    EXPECT_EQ(scene.recovery.CanDo("merge"), "envelope.wrong_status") << "it knows of no fork";
    // A signature on the old revision lost against the new one: it does not count, so it is no
    // obstacle; what was signed and counts is.
    EXPECT_EQ(scene.owner.Try(merge + kept.ToBase64Url() + "\"}"), "");
    EXPECT_EQ(scene.owner.status(), Status::kSent);
    EXPECT_TRUE(scene.owner.state().fork.empty());
    EXPECT_TRUE(scene.owner.recipient("viewer").removed) << "who was invited on the other branch";
  }
}

TEST(OwnerKeys, AServiceIsReplaced) {
  Scene scene;
  const auto change = [](uint8_t key, const char* how) {
    return "{\"do\":\"changeServiceKey\",\"role\":\"scheduler\",\"key\":\"" + XOf(key) +
           "\",\"change\":\"" + how + "\"}";
  };
  EXPECT_EQ(scene.owner.Try(change(kSecond, "removed")), "owner.unknown_key");
  scene.owner.Must(change(countersign::testing::kScheduler, "removed"));
  scene.owner.Must(change(kSecond, "added"));
  EXPECT_EQ(scene.owner.Try(change(kSecond, "added")), "recipient.key_taken");
  scene.Sync();
  EXPECT_EQ(scene.scheduler.CanDo("expire"), "event.not_permitted");
  Party second(kSecond);
  second.Read(scene.owner);
  EXPECT_EQ(second.CanDo("expire"), "envelope.deadline_not_reached");
}

struct Approved {
  Scene scene{Terms(), Scene::Until::kCreated};
  Party approver{kApprover, "approver"};
  Approved() {
    scene.owner.Must(InviteCommand("approver", "law", "approver", 1, kViewerLink));
    scene.owner.Must(InviteCommand("customer", "customer", "signer", 2, kCustomerLink));
    Publish("one");
    GiveBlobs(&approver);
    approver.Read(scene.owner);
    approver.Must(JoinCommand(approver, "approver", kViewerLink));
    scene.owner.Read(approver);
  }
  void Publish(std::string_view title) {
    json::Value publish = PublishCommand(Terms(), title);
    publish.Remove("routing");
    publish.Set("fields", Json("[]"));
    scene.owner.Must(publish);
  }
  void Ask() {
    scene.owner.Must("{\"do\":\"requestApproval\",\"recipient\":\"approver\"}");
    approver.Read(scene.owner);
  }
};

TEST(Approvals, NothingIsSentWithoutTheApprovalThatWasAskedFor) {
  Approved it;
  EXPECT_EQ(it.approver.CanDo("grantApproval"), "approval.not_requested");
  EXPECT_EQ(it.scene.owner.Try("{\"do\":\"requestApproval\",\"recipient\":\"customer\"}"),
            "recipient.not_an_approver");
  it.Ask();
  EXPECT_EQ(it.scene.owner.status(), Status::kAwaitingApproval);
  EXPECT_EQ(it.scene.owner.CanDo("send"), "approval.missing");
  it.approver.Must("{\"do\":\"refuseApproval\",\"reason\":\"liability\"}");
  EXPECT_EQ(it.approver.CanDo("grantApproval"), "approval.already_given");
  it.scene.owner.Read(it.approver);
  EXPECT_EQ(it.scene.owner.status(), Status::kAwaitingApproval);
  EXPECT_TRUE(it.scene.owner.state().approvals[0].refused.has_value());
  it.Publish("two");
  EXPECT_EQ(it.scene.owner.status(), Status::kDraft) << "a new revision asks anew";
  it.Ask();
  it.approver.Must("{\"do\":\"grantApproval\"}");
  it.scene.owner.Read(it.approver);
  EXPECT_EQ(it.scene.owner.status(), Status::kDraft);
  it.scene.owner.Must("{\"do\":\"send\"}");
  EXPECT_EQ(it.scene.owner.status(), Status::kSent);
  EXPECT_EQ(it.scene.owner.recipient("approver").turn, Turn::kDone);
  EXPECT_EQ(it.scene.owner.recipient("customer").turn, Turn::kNow);
}

TEST(Approvals, AnApproverOfTheRoutingApprovesInTurn) {
  Approved it;
  it.scene.owner.Must("{\"do\":\"send\"}");
  it.approver.Read(it.scene.owner);
  EXPECT_EQ(it.approver.CanDo("sign"), "recipient.not_a_signer");
  EXPECT_EQ(it.approver.CanDo("approve"), "recipient.not_presented");
  it.scene.customer.Read(it.approver);
  it.scene.customer.Must(JoinCommand(it.scene.customer, "customer", kCustomerLink));
  EXPECT_EQ(it.scene.customer.CanDo("approve"), "recipient.not_an_approver");
  it.scene.customer.Must(countersign::testing::CodeCommand(it.scene.customer, "customer"));
  it.scene.customer.Must(countersign::testing::ConsentCommand());
  it.scene.customer.Must(countersign::testing::PresentCommand());
  EXPECT_EQ(it.scene.customer.Try(SignCommand()), "recipient.out_of_turn");
  it.approver.Must(countersign::testing::PresentCommand());
  it.approver.Must("{\"do\":\"approve\",\"note\":\"fine\"}");
  EXPECT_EQ(it.approver.CanDo("approve"), "approval.already_given");
  it.scene.customer.Read(it.approver);
  it.scene.customer.Must(SignCommand());
  EXPECT_EQ(it.scene.customer.status(), Status::kSignedByAll);
  it.scene.completer.Read(it.scene.customer);
  it.scene.completer.Must("{\"do\":\"complete\"}");
  EXPECT_EQ(it.scene.completer.state().completion->signatures.size(), 2u);
}

TEST(People, WhoeverIsRemovedBeforeSendingIsNotSentTo) {
  Scene scene(Terms(), Scene::Until::kPublished);
  scene.owner.Must("{\"do\":\"removeRecipient\",\"recipient\":\"provider\"}");
  EXPECT_EQ(scene.owner.CanDo("send"), "envelope.routing_differs");
  json::Value publish = PublishCommand();
  publish.Set("fields", Json("[]"));
  publish.Remove("routing");
  scene.owner.Must(publish);
  scene.owner.Must("{\"do\":\"send\"}");
  EXPECT_TRUE(scene.owner.recipient("provider").removed);
  EXPECT_EQ(scene.owner.Try("{\"do\":\"removeRecipient\",\"recipient\":\"customer\"}"),
            "recipient.still_routed");
}

TEST(People, ADelegateSignsWithALinkOfTheirOwn) {
  Scene scene;
  scene.owner.Must(
      "{\"do\":\"replaceRecipient\",\"recipient\":\"customer\",\"name\":\"Dora\","
      "\"invitation\":\"" +
      XOf(kNewCustomerLink) + "\"}");
  scene.Sync();
  EXPECT_EQ(scene.customer.CanDo("sign"), "recipient.key_not_bound");
  Party delegate(kTablet, "customer");
  GiveBlobs(&delegate);
  delegate.Read(scene.owner);
  delegate.Must(JoinCommand(delegate, "customer", kNewCustomerLink));
  EXPECT_EQ(delegate.CanDo("sign"), "recipient.access_not_demonstrated")
      << "nothing that was done before binds another person";
  GetReady(&delegate, "customer");
  delegate.Must(SignCommand());
  EXPECT_TRUE(delegate.recipient("customer").for_another);
  scene.owner.Read(delegate);
  EXPECT_EQ(
      scene.owner.Try("{\"do\":\"replaceRecipient\",\"recipient\":\"customer\",\"name\":\"X\","
                      "\"invitation\":\"" +
                      XOf(kAuditor) + "\"}"),
      "recipient.already_signed");
}

TEST(People, AccessIsGrantedForReadingAlsoAfterTheEnd) {
  Scene scene;
  const auto grant = [&](const char* id, const char* type) {
    return "{\"do\":\"grantAccess\",\"recipient\":\"" + String(id) +
           "\",\"role\":\"auditor\",\"recipientType\":\"" + type +
           "\",\"order\":1,\"name\":\"Audrey\",\"invitation\":\"" + XOf(kAuditor) +
           "\",\"from\":\"" + scene.owner.state().revision->hash.ToBase64Url() + "\"}";
  };
  scene.owner.Must("{\"do\":\"void\"}");
  EXPECT_EQ(scene.owner.Try(grant("auditor", "signer")), "access.only_reading");
  EXPECT_EQ(scene.owner.Try(grant("customer", "viewer")), "recipient.already_invited");
  scene.owner.Must(grant("auditor", "viewer"));
  Party auditor(kStranger, "auditor");
  auditor.Read(scene.owner);
  auditor.Must(JoinCommand(auditor, "auditor", kAuditor));
  auditor.Must("{\"do\":\"recordCopy\",\"form\":\"bundle\"}");
  EXPECT_EQ(auditor.status(), Status::kVoided);
}

}  // namespace
}  // namespace countersign::envelope
