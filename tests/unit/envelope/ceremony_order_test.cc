// The way an envelope goes when everybody keeps the rules, and each rule when somebody does not.
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::CodeCommand;
using countersign::testing::ConsentCommand;
using countersign::testing::CreateCommand;
using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::Json;
using countersign::testing::kCustomerLink;
using countersign::testing::kNewCustomerLink;
using countersign::testing::kProviderLink;
using countersign::testing::kStranger;
using countersign::testing::kViewerLink;
using countersign::testing::Party;
using countersign::testing::PresentCommand;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;

constexpr const char* kSend = "{\"do\":\"send\"}";
constexpr const char* kVoid = "{\"do\":\"void\",\"reason\":\"wrong price\"}";
constexpr const char* kDecline = "{\"do\":\"decline\",\"reason\":\"too much\"}";
constexpr const char* kComplete = "{\"do\":\"complete\"}";
constexpr const char* kExpire = "{\"do\":\"expire\"}";
constexpr const char* kCommit = "{\"do\":\"commitFields\",\"values\":{\"seats\":7}}";

TEST(Envelope, GoesFromDraftToCompleted) {
  Scene scene(Terms(), Scene::Until::kPublished);
  EXPECT_EQ(scene.owner.status(), Status::kDraft);
  scene.owner.Must(kSend);
  EXPECT_EQ(scene.owner.status(), Status::kSent);
  scene.Sync();
  scene.customer.Must(JoinCommand(scene.customer, "customer", kCustomerLink));
  scene.provider.Must(JoinCommand(scene.provider, "provider", kProviderLink));
  GetReady(&scene.customer, "customer");
  scene.customer.Must(SignCommand());
  EXPECT_EQ(scene.customer.status(), Status::kInProgress);
  scene.Sync();
  GetReady(&scene.provider, "provider");
  scene.provider.Must(SignCommand());
  scene.Sync();
  EXPECT_EQ(scene.owner.status(), Status::kSignedByAll);
  scene.completer.Must(kComplete);
  scene.Sync();
  for (Party* party : scene.all()) EXPECT_EQ(party->status(), Status::kCompleted);
  const State& state = scene.owner.state();
  ASSERT_TRUE(state.completion.has_value());
  EXPECT_EQ(state.completion->by_role, "completer");
  EXPECT_EQ(state.completion->signatures.size(), 2u);
  EXPECT_EQ(state.refused.size(), 0u);
  EXPECT_TRUE(state.recipients[0].signature->counts());
  EXPECT_TRUE(state.contests.empty());
  // Taking a copy afterwards is a fact and no late act.
  scene.customer.Must("{\"do\":\"recordCopy\",\"form\":\"html\"}");
  EXPECT_EQ(scene.customer.recipient("customer").copies, 1);
  EXPECT_EQ(scene.customer.state().late.size(), 0u);
}

TEST(Envelope, SecondSignerCannotSignBeforeFirst) {
  Scene scene;
  EXPECT_EQ(scene.provider.Try(SignCommand()), "recipient.out_of_turn");
  EXPECT_EQ(scene.provider.recipient("provider").turn, Turn::kWaiting);
  EXPECT_EQ(scene.provider.recipient("provider").waiting_for, Vector<String>{"customer"});
  EXPECT_EQ(scene.provider.state().turn, Vector<String>{"customer"});
  scene.customer.Must(SignCommand());
  // Signed, but not yet known to the provider.
  EXPECT_EQ(scene.provider.CanDo("sign"), "recipient.out_of_turn");
  scene.Sync();
  EXPECT_EQ(scene.provider.Try(SignCommand()), "");
}

TEST(Envelope, ParallelSignersSignInAnyOrder) {
  Terms terms;
  terms.provider_order = 1;
  Scene scene(terms);
  scene.provider.Must(SignCommand());
  scene.customer.Must(SignCommand());
  scene.Sync();
  EXPECT_EQ(scene.owner.status(), Status::kSignedByAll);
}

// An event names at most 16 heads beside its author's own; what decides is seen first.
TEST(Envelope, TwentyParallelSignersAreAllSeen) {
  Scene scene(Terms(), Scene::Until::kCreated);
  Vector<Party> signers;
  for (uint8_t i = 0; i < 20; ++i) {
    const String id = "r" + NumberText(i);
    signers.emplace_back(static_cast<uint8_t>(100 + i), id);
    scene.owner.Must(InviteCommand(id, "x", "signer", 1, static_cast<uint8_t>(150 + i)));
  }
  scene.owner.Must(InviteCommand("provider", "provider", "signer", 2, kProviderLink));
  json::Value publish = PublishCommand();
  publish.Remove("routing");
  publish.Set("fields", Json("[]"));
  scene.owner.Must(publish);
  scene.owner.Must(kSend);
  for (uint8_t i = 0; i < 20; ++i) {
    Party& signer = signers[i];
    const String id = "r" + NumberText(i);
    GiveBlobs(&signer);
    signer.Read(scene.owner);
    signer.Must(JoinCommand(signer, id, static_cast<uint8_t>(150 + i)));
    GetReady(&signer, id);
    signer.Must(SignCommand());
  }
  scene.provider.Read(scene.owner);
  for (const Party& signer : signers) scene.provider.Read(signer);
  EXPECT_EQ(scene.provider.state().heads.size(), 20u);
  scene.provider.Must(JoinCommand(scene.provider, "provider", kProviderLink));
  GetReady(&scene.provider, "provider");
  scene.provider.Must(SignCommand());
  EXPECT_EQ(scene.provider.status(), Status::kSignedByAll);
  scene.completer.Read(scene.provider);
  scene.completer.Must(kComplete);
  EXPECT_EQ(scene.completer.status(), Status::kCompleted);
}

TEST(Envelope, IsCreatedOnce) {
  Scene scene(Terms(), Scene::Until::kCreated);
  EXPECT_EQ(scene.owner.Try(CreateCommand()), "envelope.already_open");
  Party nobody(kStranger);
  EXPECT_EQ(nobody.Try(kSend), "envelope.not_open");
}

TEST(Envelope, OnlyTheOwnerChangesWhatIsAgreed) {
  Scene scene(Terms(), Scene::Until::kSent);
  EXPECT_EQ(scene.customer.Try(PublishCommand()), "envelope.not_owner");
  EXPECT_EQ(scene.customer.Try(InviteCommand("third", "x", "signer", 1, kViewerLink)),
            "envelope.not_owner");
  EXPECT_EQ(scene.customer.Try(kSend), "envelope.not_owner");
  EXPECT_EQ(scene.completer.Try(kVoid), "envelope.not_owner");
  EXPECT_EQ(scene.recovery.Try(kSend), "envelope.not_owner");
  EXPECT_EQ(scene.completer.CanDo("accept"), "envelope.not_owner");
  EXPECT_EQ(scene.recovery.Try(kVoid), "") << "the recovery key may void";
}

TEST(Envelope, IsSentOnceWithARevisionWhoseRoutingIsInvited) {
  Scene scene(Terms(), Scene::Until::kCreated);
  EXPECT_EQ(scene.owner.Try(kSend), "envelope.no_revision");
  scene.owner.Must(PublishCommand());
  EXPECT_EQ(scene.owner.Try(kSend), "envelope.routing_differs");
  scene.owner.Must(InviteCommand("customer", "customer", "signer", 1, kCustomerLink));
  scene.owner.Must(InviteCommand("provider", "provider", "viewer", 2, kProviderLink));
  EXPECT_EQ(scene.owner.Try(kSend), "envelope.routing_differs") << "a viewer is no signer";
  scene.owner.Must(InviteCommand("provider", "provider", "signer", 2, kProviderLink));
  scene.owner.Must(InviteCommand("third", "x", "copy", 1, kViewerLink));
  EXPECT_EQ(scene.owner.Try(kSend), "envelope.routing_differs")
      << "invited, and not in the routing";
  json::Value publish = PublishCommand();
  publish.Remove("routing");
  scene.owner.Must(publish);
  EXPECT_EQ(scene.owner.Try(kSend), "");
  EXPECT_EQ(scene.owner.Try(kSend), "envelope.wrong_status");
}

TEST(Envelope, SomebodyHasToSign) {
  Scene scene(Terms(), Scene::Until::kCreated);
  scene.owner.Must(InviteCommand("third", "x", "viewer", 1, kViewerLink));
  json::Value publish = PublishCommand();
  publish.Remove("routing");
  publish.Set("fields", Json("[]"));
  scene.owner.Must(publish);
  EXPECT_EQ(scene.owner.Try(kSend), "envelope.no_signer");
}

TEST(Envelope, ViewersDoNotHoldUpCompletion) {
  Scene scene(Terms(), Scene::Until::kPublished);
  scene.owner.Must(InviteCommand("third", "x", "viewer", 1, kViewerLink));
  json::Value publish = PublishCommand();
  publish.Remove("routing");
  scene.owner.Must(publish);
  scene.owner.Must(kSend);
  scene.Sync();
  scene.customer.Must(JoinCommand(scene.customer, "customer", kCustomerLink));
  scene.provider.Must(JoinCommand(scene.provider, "provider", kProviderLink));
  Party viewer(55, "third");
  viewer.Read(scene.owner);
  viewer.Must(JoinCommand(viewer, "third", kViewerLink));
  viewer.Must(PresentCommand());
  EXPECT_EQ(viewer.Try(ConsentCommand()), "recipient.not_a_signer");
  EXPECT_EQ(viewer.CanDo("sign"), "recipient.not_a_signer");
  EXPECT_EQ(viewer.CanDo("decline"), "recipient.not_a_signer");
  GetReady(&scene.customer, "customer");
  scene.customer.Must(SignCommand());
  scene.Sync();
  GetReady(&scene.provider, "provider");
  scene.provider.Must(SignCommand());
  EXPECT_EQ(scene.provider.status(), Status::kSignedByAll);
  EXPECT_EQ(scene.provider.recipient("third").turn, Turn::kNone);
}

TEST(Envelope, NothingIsDoneBySignersBeforeItIsSent) {
  Scene scene(Terms(), Scene::Until::kPublished);
  scene.customer.Must(JoinCommand(scene.customer, "customer", kCustomerLink));
  EXPECT_EQ(scene.customer.Try(PresentCommand()), "envelope.not_sent");
  EXPECT_EQ(scene.customer.Try(ConsentCommand()), "envelope.not_sent");
  EXPECT_EQ(scene.customer.CanDo("sign"), "envelope.not_sent");
  EXPECT_EQ(scene.customer.CanDo("recordCopy"), "envelope.not_sent");
  EXPECT_EQ(scene.completer.CanDo("complete"), "envelope.not_sent");
}

TEST(Envelope, ASignatureNeedsAccessConsentPresentationAndFields) {
  Scene scene(Terms(), Scene::Until::kJoined);
  Party& customer = scene.customer;
  EXPECT_EQ(customer.Try(SignCommand()), "recipient.access_not_demonstrated");
  EXPECT_EQ(customer.Try("{\"do\":\"demonstrateAccess\",\"code\":\"x\"}"), "schema.bad_value");
  json::Value wrong = CodeCommand(customer, "customer");
  wrong.Set("code",
            json::Value::String(wrong.Find("code")->string_value() == "0000" ? "0001" : "0000"));
  EXPECT_EQ(customer.Try(wrong), "recipient.wrong_code");
  customer.Must(CodeCommand(customer, "customer"));
  EXPECT_EQ(customer.Try(SignCommand()), "recipient.not_consented");
  json::Value other = ConsentCommand();
  json::Value consent = *other.Find("consent");
  consent.Set("version", json::Value::String("2"));
  other.Set("consent", consent);
  EXPECT_EQ(customer.Try(other), "recipient.consent_differs");
  customer.Must(ConsentCommand());
  EXPECT_EQ(customer.Try(SignCommand()), "recipient.not_presented");
  customer.Must(PresentCommand());
  EXPECT_EQ(customer.recipient("customer").missing, Vector<String>{"seats"});
  EXPECT_EQ(customer.Try(SignCommand()), "recipient.fields_incomplete");
  customer.Must(kCommit);
  EXPECT_EQ(customer.Try(SignCommand("another text")), "statement.not_presented");
  EXPECT_EQ(customer.Try(SignCommand(countersign::testing::kText, "another rendering")),
            "statement.not_presented");
  EXPECT_EQ(customer.Try(SignCommand()), "");
  EXPECT_EQ(customer.Try(SignCommand()), "recipient.already_signed");
  EXPECT_EQ(customer.Try(kCommit), "recipient.already_signed");
  EXPECT_EQ(customer.Try(kDecline), "recipient.already_signed");
}

TEST(Envelope, ARecipientCommitsOnlyItsOwnFields) {
  Scene scene(Terms(), Scene::Until::kJoined);
  const char* kOthers[] = {"approvedBy", "price", "customerSignature", "nothing"};
  for (const char* field : kOthers) {
    EXPECT_EQ(scene.customer.Try("{\"do\":\"commitFields\",\"values\":{\"" + String(field) +
                                 "\":\"x\"}}"),
              "recipient.field_not_own")
        << field;
  }
  EXPECT_EQ(scene.customer.Try("{\"do\":\"commitFields\",\"values\":{}}"), "schema.bad_value");
  EXPECT_EQ(scene.customer.Try(kCommit), "");
}

TEST(Envelope, AllSignaturesBindOneText) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(PresentCommand("text two"));
  EXPECT_EQ(scene.provider.Try(SignCommand("text two")), "statement.text_differs");
  EXPECT_EQ(scene.provider.Try(SignCommand()), "");
}

TEST(Envelope, ANewRevisionSupersedesWhatWasSigned) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.owner.Must(PublishCommand(Terms(), "two"));
  scene.Sync();
  EXPECT_EQ(scene.owner.status(), Status::kSent);
  const Recipient& customer = scene.owner.recipient("customer");
  EXPECT_FALSE(customer.signature.has_value());
  ASSERT_EQ(customer.other_marks.size(), 1u);
  EXPECT_EQ(customer.other_marks[0].code, ErrorCode::kSignatureSuperseded);
  EXPECT_TRUE(scene.owner.state().contests.empty()) << "the owner knew the signature";
  EXPECT_EQ(scene.customer.Try(SignCommand()), "recipient.access_not_demonstrated")
      << "evidence is per revision";
  GetReady(&scene.customer, "customer");
  EXPECT_EQ(scene.customer.Try(SignCommand()), "");
  EXPECT_EQ(scene.customer.state().revisions.size(), 2u);
}

TEST(Envelope, DecliningEndsIt) {
  Scene scene;
  scene.customer.Must(kDecline);
  EXPECT_EQ(scene.customer.status(), Status::kDeclined);
  ASSERT_TRUE(scene.customer.state().ending.has_value());
  EXPECT_EQ(scene.customer.state().ending->recipient, "customer");
  EXPECT_EQ(scene.customer.Try(SignCommand()), "recipient.declined");
  scene.Sync();
  EXPECT_EQ(scene.provider.Try(SignCommand()), "envelope.ended");
  EXPECT_EQ(scene.provider.Try(PresentCommand()), "envelope.ended");
  EXPECT_EQ(scene.owner.Try(PublishCommand()), "envelope.ended");
  EXPECT_EQ(scene.owner.Try(kVoid), "envelope.ended");
  EXPECT_EQ(scene.completer.Try(kComplete), "envelope.ended");
}

TEST(Envelope, VoidingEndsIt) {
  Scene scene;
  scene.owner.Must(kVoid);
  scene.Sync();
  EXPECT_EQ(scene.customer.status(), Status::kVoided);
  EXPECT_EQ(scene.customer.Try(SignCommand()), "envelope.ended");
  EXPECT_EQ(scene.owner.Try(kVoid), "envelope.ended");
}

TEST(Envelope, WhatEveryoneSignedCannotBeTakenBack) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(SignCommand());
  scene.Sync();
  EXPECT_EQ(scene.owner.Try(kVoid), "envelope.signed_by_all");
  EXPECT_EQ(scene.owner.Try(PublishCommand()), "envelope.signed_by_all");
  EXPECT_EQ(scene.customer.Try(kComplete), "event.not_permitted");
  EXPECT_EQ(scene.owner.Try(kComplete), "");
  EXPECT_EQ(scene.owner.Try(kComplete), "envelope.already_completed");
  EXPECT_EQ(scene.owner.Try(PublishCommand()), "envelope.already_completed");
  EXPECT_EQ(scene.owner.Try(InviteCommand("third", "x", "copy", 1, kViewerLink)),
            "envelope.already_completed");
}

TEST(Envelope, IsNotCompletedBeforeEveryoneSigned) {
  Scene scene;
  EXPECT_EQ(scene.completer.Try(kComplete), "envelope.wrong_status");
  scene.customer.Must(SignCommand());
  scene.Sync();
  EXPECT_EQ(scene.completer.Try(kComplete), "envelope.wrong_status");
}

TEST(Envelope, TheRecoveryKeyCanSeal) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(SignCommand());
  scene.Sync();
  scene.recovery.Must(kComplete);
  EXPECT_EQ(scene.recovery.state().completion->by_role, "recovery");
}

TEST(Envelope, DeadlinesAreClaims) {
  Terms terms;
  terms.deadline = "2023-11-14T22:30:00Z";  // 1,700,001,000,000 ms
  Scene scene(terms);
  scene.scheduler.context().at = 1'700'000'900'000;
  EXPECT_EQ(scene.scheduler.Try(kExpire), "envelope.deadline_not_reached");
  EXPECT_EQ(scene.customer.Try(kExpire), "event.not_permitted");
  scene.customer.context().at = 1'700'001'000'000;
  EXPECT_EQ(scene.customer.Try(SignCommand()), "envelope.deadline_passed");
  scene.customer.context().at = 1'700'000'900'000;
  EXPECT_EQ(scene.customer.Try(SignCommand()), "");
  scene.scheduler.context().at = 1'700'001'000'000;
  EXPECT_EQ(scene.scheduler.Try(kExpire), "");
  EXPECT_EQ(scene.scheduler.status(), Status::kExpired);
}

TEST(Envelope, WithoutADeadlineNothingExpires) {
  Scene scene;
  EXPECT_EQ(scene.scheduler.Try(kExpire), "envelope.deadline_not_reached");
}

TEST(Envelope, UnderReceiptUnprovenSignaturesDoNotHoldOffTheExpiry) {
  for (const char* policy : {"claim", "receipt"}) {
    Terms terms;
    terms.deadline = "2023-11-14T22:30:00Z";
    terms.deadline_policy = policy;
    Scene scene(terms);
    scene.customer.Must(SignCommand());
    scene.Sync();
    scene.provider.Must(SignCommand());
    scene.Sync();
    scene.scheduler.context().at = 1'700'001'000'000;
    EXPECT_EQ(scene.scheduler.Try(kExpire),
              std::string_view(policy) == "claim" ? "envelope.signed_by_all" : "");
  }
}

// ---- joining ----

TEST(Joining, NeedsTheSecretOfTheLink) {
  Scene scene(Terms(), Scene::Until::kSent);
  EXPECT_EQ(scene.customer.Try(JoinCommand(scene.customer, "customer", kProviderLink)),
            "recipient.bad_proof");
  EXPECT_EQ(scene.customer.Try(JoinCommand(scene.customer, "customer", kCustomerLink)), "");
  EXPECT_EQ(scene.customer.Try(JoinCommand(scene.customer, "customer", kCustomerLink)),
            "recipient.already_joined");
}

TEST(Joining, AKeyBelongsToOneRecipient) {
  Scene scene(Terms(), Scene::Until::kSent);
  scene.customer.Must(JoinCommand(scene.customer, "customer", kCustomerLink));
  Party same_key(countersign::testing::kCustomer, "provider");
  same_key.Read(scene.customer);
  EXPECT_EQ(same_key.Try(JoinCommand(same_key, "provider", kProviderLink)), "recipient.key_taken");
  Party owner_as_recipient(countersign::testing::kOwner, "provider");
  owner_as_recipient.Read(scene.customer);
  EXPECT_EQ(owner_as_recipient.Try(JoinCommand(owner_as_recipient, "provider", kProviderLink)),
            "recipient.key_taken");
  EXPECT_EQ(scene.owner.Try(InviteCommand("third", "x", "copy", 1, kCustomerLink)),
            "recipient.key_taken");
}

TEST(Joining, NobodyActsWithoutIt) {
  Scene scene(Terms(), Scene::Until::kSent);
  EXPECT_EQ(scene.customer.Try(PresentCommand()), "recipient.key_not_bound");
  EXPECT_EQ(scene.customer.CanDo("sign"), "recipient.key_not_bound");
  Party unknown(kStranger, "nobody");
  unknown.Read(scene.owner);
  EXPECT_EQ(unknown.Try(PresentCommand()), "recipient.unknown");
}

TEST(Joining, WaitsForTheOwnerWhereTheGenesisSaysSo) {
  Terms terms;
  terms.acceptance = "owner";
  Scene scene(terms, Scene::Until::kJoined);
  EXPECT_EQ(scene.customer.Try(PresentCommand()), "recipient.not_accepted");
  EXPECT_FALSE(scene.customer.recipient("customer").devices[0].bound);
  scene.Accept("customer", scene.customer.last());
  const String again = "{\"do\":\"accept\",\"recipient\":\"customer\",\"join\":\"" +
                       scene.customer.last().ToBase64Url() + "\"}";
  EXPECT_EQ(scene.owner.Try(again), "recipient.already_accepted");
  const String wrong = "{\"do\":\"accept\",\"recipient\":\"provider\",\"join\":\"" +
                       scene.customer.last().ToBase64Url() + "\"}";
  EXPECT_EQ(scene.owner.Try(wrong), "recipient.key_not_bound");
  EXPECT_EQ(scene.owner.Try("{\"do\":\"accept\",\"recipient\":\"nobody\",\"join\":\"" +
                            scene.customer.last().ToBase64Url() + "\"}"),
            "recipient.unknown");
  scene.Sync();
  EXPECT_TRUE(scene.customer.recipient("customer").devices[0].bound);
  EXPECT_EQ(scene.customer.Try(PresentCommand()), "");
}

TEST(Joining, SeveralDevicesOfOneRecipientShareTheirEvidence) {
  Scene scene;
  scene.laptop.Must(JoinCommand(scene.laptop, "customer", kCustomerLink));
  EXPECT_EQ(scene.laptop.Try(SignCommand()), "");
  EXPECT_EQ(scene.laptop.recipient("customer").devices.size(), 2u);
}

TEST(Joining, ANewLinkUnbindsTheDevicesOfTheOldOne) {
  Scene scene;
  scene.owner.Must(InviteCommand("customer", "customer", "signer", 1, kNewCustomerLink));
  scene.Sync();
  EXPECT_EQ(scene.customer.Try(SignCommand()), "recipient.key_not_bound");
  EXPECT_EQ(scene.laptop.Try(JoinCommand(scene.laptop, "customer", kCustomerLink)),
            "recipient.bad_proof");
  scene.laptop.Must(JoinCommand(scene.laptop, "customer", kNewCustomerLink));
  EXPECT_EQ(scene.laptop.Try(SignCommand()), "recipient.access_not_demonstrated")
      << "what the wrong person gave is no evidence for the right one";
  GetReady(&scene.laptop, "customer");
  EXPECT_EQ(scene.laptop.Try(SignCommand()), "");
  scene.Sync();
  EXPECT_EQ(scene.owner.Try(InviteCommand("customer", "customer", "signer", 1, kCustomerLink)),
            "recipient.already_signed");
}

TEST(Joining, RoleTypeAndOrderStayAsSent) {
  Scene scene;
  EXPECT_EQ(scene.owner.Try(InviteCommand("customer", "customer", "viewer", 1, kNewCustomerLink)),
            "recipient.differs");
  EXPECT_EQ(scene.owner.Try(InviteCommand("customer", "customer", "signer", 3, kNewCustomerLink)),
            "recipient.differs");
}

TEST(Joining, ThereAreAtMost64Recipients) {
  Scene scene(Terms(), Scene::Until::kCreated);
  for (int i = 0; i < 64; ++i) {
    scene.owner.Must(
        InviteCommand("r" + NumberText(i), "x", "copy", 1, static_cast<uint8_t>(100 + i)));
  }
  EXPECT_EQ(scene.owner.Try(InviteCommand("r64", "x", "copy", 1, kViewerLink)),
            "envelope.too_many_recipients");
}

TEST(Delivery, IsRecordedByMailerOrOwner) {
  Scene scene;
  const char* kRecord =
      "{\"do\":\"recordDelivery\",\"recipient\":\"customer\",\"channel\":\"email\",\"outcome\":"
      "\"bounced\",\"to\":\"a@b\"}";
  EXPECT_EQ(scene.mailer.Try(kRecord), "");
  EXPECT_EQ(scene.customer.Try(kRecord), "event.not_permitted");
  EXPECT_EQ(scene.mailer.recipient("customer").delivery, "bounced");
  EXPECT_EQ(scene.mailer.CanDo("recordDelivery"), "");
}

// ---- committing ----

TEST(Commit, IsStaleWhereSomethingWasDecidedMeanwhile) {
  Scene scene;
  auto draft = scene.customer.Prepare(SignCommand());
  ASSERT_TRUE(draft.has_value());
  scene.owner.Must(PublishCommand(Terms(), "two"));
  scene.customer.Read(scene.owner);
  auto committed = scene.customer.Commit(*draft);
  ASSERT_FALSE(committed.has_value());
  EXPECT_EQ(committed.error().name(), "envelope.stale");
}

TEST(Commit, IsNotStaleWhereOthersOnlyRead) {
  Scene scene;
  auto draft = scene.customer.Prepare(SignCommand());
  ASSERT_TRUE(draft.has_value());
  scene.provider.Must(PresentCommand());
  scene.customer.Read(scene.provider);
  EXPECT_TRUE(scene.customer.Commit(*draft).has_value());
}

TEST(Commit, IsStaleAfterAnotherOwnEvent) {
  Scene scene;
  auto draft = scene.customer.Prepare(SignCommand());
  ASSERT_TRUE(draft.has_value());
  scene.customer.Must(PresentCommand());
  auto committed = scene.customer.Commit(*draft);
  ASSERT_FALSE(committed.has_value());
  EXPECT_EQ(committed.error().name(), "envelope.stale");
}

TEST(Commit, TakesOnlyTheAuthorsSignature) {
  Scene scene;
  auto draft = scene.customer.Prepare(SignCommand());
  ASSERT_TRUE(draft.has_value());
  auto committed = Commit(scene.customer.ledger(), *draft, Signature());
  ASSERT_FALSE(committed.has_value());
  EXPECT_EQ(committed.error().name(), "event.bad_signature");
}

TEST(Prepare, RefusesCommandsThatAreNone) {
  Scene scene;
  EXPECT_EQ(scene.customer.Try("{\"do\":\"dance\",\"x\":1}"), "schema.bad_value");
  EXPECT_EQ(scene.customer.Try("{\"x\":1}"), "schema.missing_member");
  EXPECT_EQ(scene.customer.Try("[]"), "schema.wrong_type");
  EXPECT_EQ(scene.owner.Try("{\"do\":\"void\",\"why\":\"x\"}"), "schema.unknown_member");
  EXPECT_EQ(scene.customer.Try("{\"do\":\"recordCopy\",\"form\":\"pdf\"}"), "schema.bad_value");
  json::Value publish = PublishCommand();
  publish.Set("consent", Json("{\"id\":\"d\",\"version\":\"1\",\"locale\":\"en\",\"text\":\"" +
                              countersign::testing::RefOfText("not here") + "\"}"));
  EXPECT_EQ(scene.owner.Try(publish), "envelope.blob_missing");
}

TEST(Prepare, WithoutTheSendersPartNothingBeginsAndNothingIsRevised) {
  Scene scene;
  const auto without = [&](Party& party, const json::Value& command) {
    auto draft =
        envelope::Prepare(party.ledger(), party.author(), command, party.context(), nullptr);
    return draft ? String("ok") : String(draft.error().name());
  };
  EXPECT_EQ(without(scene.owner, PublishCommand()), "engine.needs_author");
  EXPECT_EQ(without(scene.owner, Json("{\"do\":\"void\"}")), "ok");
  EXPECT_EQ(without(scene.customer, SignCommand()), "ok");
  Party stranger(9);
  EXPECT_EQ(without(stranger, CreateCommand()), "engine.needs_author");
}

TEST(Prepare, CannotBindAValueThatIsNotHere) {
  Scene scene;
  for (const CommittedField& field : scene.customer.recipient("customer").committed) {
    scene.customer.ledger().Shred(*field.mention.detail);
  }
  EXPECT_EQ(scene.customer.Try(SignCommand()), "envelope.blob_missing");
}

}  // namespace
}  // namespace countersign::envelope
