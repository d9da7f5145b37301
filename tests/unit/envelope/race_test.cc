// Acts that exclude each other, made without knowing of each other, under each tie policy.
#include "support/check_state.h"
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::CheckState;
using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::kNewCustomerLink;
using countersign::testing::kOwner;
using countersign::testing::Party;
using countersign::testing::PresentCommand;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;

constexpr const char* kVoid = "{\"do\":\"void\"}";
constexpr const char* kComplete = "{\"do\":\"complete\"}";
constexpr const char* kDecline = "{\"do\":\"decline\"}";

Terms With(const char* policy) {
  Terms terms = countersign::testing::With(policy);
  terms.deadline = "2023-11-14T22:30:00Z";
  return terms;
}

// Everybody agrees, and the state is sound.
Status Settled(Scene* scene) {
  scene->Sync();
  for (Party* party : scene->all()) {
    EXPECT_EQ(CheckState(party->state()), "");
    EXPECT_EQ(party->state(), scene->owner.state())
        << "two parties with the same events see different states";
  }
  return scene->owner.status();
}

ErrorCode CodeOfCustomer(Scene& scene) {
  const Recipient& customer = scene.owner.recipient("customer");
  if (customer.signature && customer.signature->code) return *customer.signature->code;
  for (const Mark& mark : customer.other_marks) {
    if (mark.code) return *mark.code;
  }
  return ErrorCode::kJsonSyntax;
}

TEST(Race, AVoidAgainstASignatureFollowsThePolicy) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    SCOPED_TRACE(policy);
    Scene scene(With(policy));
    scene.customer.Must(SignCommand());
    scene.owner.Must(kVoid);
    const Status status = Settled(&scene);
    ASSERT_EQ(scene.owner.state().contests.size(), 1u);
    const Contest& contest = scene.owner.state().contests[0];
    EXPECT_EQ(contest.kind, ContestKind::kVoid);
    EXPECT_EQ(contest.recipients, Vector<String>{"customer"});
    EXPECT_EQ(contest.events.size(), 2u);
    if (std::string_view(policy) == "ownerWins") {
      EXPECT_EQ(status, Status::kVoided);
      EXPECT_EQ(contest.settled, countersign::envelope::Settled::kForOwner);
      EXPECT_EQ(CodeOfCustomer(scene), ErrorCode::kSignatureOverruled);
    } else if (std::string_view(policy) == "signatureWins") {
      EXPECT_EQ(status, Status::kInProgress);
      EXPECT_EQ(contest.settled, countersign::envelope::Settled::kForSignature);
      EXPECT_EQ(scene.provider.Try(SignCommand()), "") << "the envelope goes on";
      EXPECT_EQ(Settled(&scene), Status::kSignedByAll);
    } else {
      EXPECT_EQ(status, Status::kContested);
      EXPECT_EQ(CodeOfCustomer(scene), ErrorCode::kSignatureContested);
      EXPECT_EQ(scene.provider.CanDo("sign"), "envelope.contested");
      EXPECT_EQ(scene.customer.CanDo("decline"), "envelope.contested");
      EXPECT_EQ(scene.completer.Try(kComplete), "envelope.contested");
      EXPECT_EQ(scene.owner.Try(kVoid), "") << "the owner settles by voiding once more";
      EXPECT_EQ(Settled(&scene), Status::kVoided);
      EXPECT_EQ(CodeOfCustomer(scene), ErrorCode::kSignatureOverruled);
    }
  }
}

TEST(Race, AVoidAgainstTheLastSignatureCanBeSettledBySealing) {
  Scene scene(With("ownerSettles"));
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(SignCommand());
  scene.owner.Must(kVoid);
  EXPECT_EQ(Settled(&scene), Status::kContested);
  EXPECT_EQ(scene.completer.CanDo("complete"), "envelope.contested") << "only the owner settles";
  EXPECT_EQ(scene.owner.Try(kComplete), "");
  EXPECT_EQ(Settled(&scene), Status::kCompleted);
}

TEST(Race, AnExpiryAgainstASignatureFollowsThePolicy) {
  Scene scene(With("ownerWins"));
  scene.customer.Must(SignCommand());
  scene.scheduler.context().at = 1'700'001'000'000;
  scene.scheduler.Must("{\"do\":\"expire\"}");
  EXPECT_EQ(Settled(&scene), Status::kExpired);
  EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kExpiry);
}

TEST(Race, ARevisionAgainstASignatureFollowsThePolicy) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    SCOPED_TRACE(policy);
    Scene scene(With(policy));
    scene.customer.Must(SignCommand());
    scene.owner.Must(PublishCommand(With(policy), "two"));
    const Status status = Settled(&scene);
    ASSERT_EQ(scene.owner.state().contests.size(), 1u);
    EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kRevision);
    if (std::string_view(policy) == "ownerWins") {
      EXPECT_EQ(status, Status::kSent);
      EXPECT_EQ(scene.owner.state().revision->number, 2);
      EXPECT_EQ(CodeOfCustomer(scene), ErrorCode::kSignatureOverruled);
      GetReady(&scene.customer, "customer");
      EXPECT_EQ(scene.customer.Try(SignCommand()), "") << "for the new revision";
    } else if (std::string_view(policy) == "signatureWins") {
      EXPECT_EQ(status, Status::kInProgress);
      EXPECT_EQ(scene.owner.state().revision->number, 1);
      EXPECT_EQ(scene.provider.Try(SignCommand()), "");
    } else {
      EXPECT_EQ(status, Status::kContested);
      EXPECT_EQ(scene.owner.Try(PublishCommand(With(policy), "three")), "")
          << "the owner settles by publishing";
      EXPECT_EQ(Settled(&scene), Status::kSent);
      EXPECT_EQ(scene.owner.state().revision->number, 3);
      EXPECT_EQ(CodeOfCustomer(scene), ErrorCode::kSignatureOverruled);
    }
  }
}

TEST(Race, ANewLinkAgainstASignatureByTheOldOneFollowsThePolicy) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    SCOPED_TRACE(policy);
    Scene scene(With(policy));
    scene.customer.Must(SignCommand());
    scene.owner.Must(InviteCommand("customer", "customer", "signer", 1, kNewCustomerLink));
    const Status status = Settled(&scene);
    EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kInvitation);
    EXPECT_EQ(status, std::string_view(policy) == "ownerWins"       ? Status::kSent
                      : std::string_view(policy) == "signatureWins" ? Status::kInProgress
                                                                    : Status::kContested);
    if (status == Status::kContested) {
      scene.owner.Must(InviteCommand("customer", "customer", "signer", 1, kNewCustomerLink));
      EXPECT_EQ(Settled(&scene), Status::kSent);
    }
  }
}

TEST(Race, TwoDevicesThatSignAreContestedWhateverThePolicy) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    SCOPED_TRACE(policy);
    Scene scene(With(policy));
    scene.AddLaptop();
    scene.customer.Must(SignCommand());
    scene.laptop.Must(SignCommand());
    EXPECT_EQ(Settled(&scene), Status::kContested);
    EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kDevices);
    EXPECT_EQ(CodeOfCustomer(scene), ErrorCode::kSignatureContested);
    EXPECT_EQ(scene.customer.Try(SignCommand()), "envelope.contested")
        << "the owner settles it, not the devices";
    EXPECT_EQ(scene.provider.Try(SignCommand()), "recipient.out_of_turn");
    scene.owner.Must(PublishCommand(With(policy), "two"));
    EXPECT_EQ(Settled(&scene), Status::kSent);
  }
}

TEST(Race, OneDeviceSignsAndAnotherDeclines) {
  Scene scene;
  scene.AddLaptop();
  scene.customer.Must(SignCommand());
  scene.laptop.Must(kDecline);
  EXPECT_EQ(Settled(&scene), Status::kContested);
}

TEST(Race, ASecondDeviceThatKnowsTheSignatureCannotSign) {
  Scene scene;
  scene.AddLaptop();
  scene.customer.Must(SignCommand());
  scene.Sync();
  EXPECT_EQ(scene.laptop.Try(SignCommand()), "recipient.already_signed");
}

TEST(Race, TwoDevicesThatCommitOneFieldAskForOneMoreCommit) {
  Scene scene;
  scene.AddLaptop();
  scene.customer.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":8}}");
  scene.laptop.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":9}}");
  scene.Sync();
  EXPECT_TRUE(scene.customer.recipient("customer").committed[0].conflict);
  EXPECT_EQ(scene.customer.Try(SignCommand()), "recipient.fields_conflict");
  scene.customer.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":9}}");
  EXPECT_EQ(scene.customer.Try(SignCommand()), "");
}

TEST(Race, ParallelSignersOfDifferentTextsAreContested) {
  Terms terms;
  terms.provider_order = 1;
  Scene scene(terms);
  scene.provider.Must(PresentCommand("text two"));
  scene.provider.Must(SignCommand("text two"));
  scene.customer.Must(SignCommand());
  EXPECT_EQ(Settled(&scene), Status::kContested);
  EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kText);
  EXPECT_EQ(scene.completer.Try(kComplete), "envelope.contested");
}

TEST(Race, AVoidAgainstADeclineIsNone) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    Scene scene(With(policy));
    scene.customer.Must(kDecline);
    scene.owner.Must(kVoid);
    EXPECT_EQ(Settled(&scene), Status::kVoided);
    EXPECT_TRUE(scene.owner.state().contests.empty());
  }
}

TEST(Race, AVoidThatKnewTheSignatureIsNone) {
  Scene scene(With("signatureWins"));
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.owner.Must(kVoid);
  EXPECT_EQ(Settled(&scene), Status::kVoided);
  EXPECT_TRUE(scene.owner.state().contests.empty());
}

// ---- after completion nothing changes it ----

TEST(Completion, IsNotUndoneByWhatArrivesLater) {
  Scene scene;
  scene.AddLaptop();
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(SignCommand());
  scene.completer.Read(scene.provider);
  // Made without knowing of the last signature, delivered after the completion.
  scene.recovery.Must(kVoid);
  scene.completer.Must(kComplete);
  EXPECT_EQ(Settled(&scene), Status::kCompleted);
  ASSERT_EQ(scene.owner.state().late.size(), 1u);
  EXPECT_EQ(scene.owner.state().late[0].type, "envelope.voided");
  EXPECT_EQ(scene.owner.state().late[0].code, ErrorCode::kSignatureLate);
}

TEST(Completion, TwoEqualOnesAreOne) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  scene.provider.Must(SignCommand());
  scene.Sync();
  scene.completer.Must(kComplete);
  scene.owner.Must(kComplete);
  EXPECT_EQ(Settled(&scene), Status::kCompleted);
  EXPECT_EQ(scene.owner.state().completions.size(), 2u);
  EXPECT_EQ(scene.owner.state().completion->signatures.size(), 2u);
  EXPECT_TRUE(scene.owner.state().fork.empty()) << "sealing twice is no fork";
}

TEST(Completion, ALateDeclineIsShownAsLate) {
  Scene scene;
  scene.AddLaptop();
  scene.customer.Must(SignCommand());
  scene.provider.Read(scene.customer);
  scene.provider.Must(SignCommand());
  scene.completer.Read(scene.provider);
  scene.completer.Must(kComplete);
  scene.laptop.Must(kDecline);
  EXPECT_EQ(Settled(&scene), Status::kCompleted);
  const Recipient& customer = scene.owner.recipient("customer");
  EXPECT_TRUE(customer.signature->counts());
  ASSERT_TRUE(customer.declined.has_value());
  EXPECT_EQ(customer.declined->code, ErrorCode::kSignatureLate);
}

// ---- the owner's chain ----

TEST(OwnerChain, AForkFreezesTheEnvelope) {
  Scene scene;
  Party clone(kOwner);  // a second device with the owner's key, restored from a copy
  clone.context().chain.bytes.fill(200);
  GiveBlobs(&clone);
  clone.Read(scene.owner);
  scene.owner.Must(PublishCommand(Terms(), "two"));
  clone.Must(PublishCommand(Terms(), "other two"));
  scene.owner.Read(clone);
  EXPECT_EQ(Settled(&scene), Status::kFrozen);
  EXPECT_EQ(scene.owner.state().fork.size(), 2u);
  EXPECT_EQ(scene.customer.Try(PresentCommand()), "envelope.frozen");
  EXPECT_EQ(scene.customer.CanDo("sign"), "envelope.frozen");
  EXPECT_EQ(scene.owner.Try(PublishCommand(Terms(), "three")), "envelope.frozen");
  EXPECT_EQ(scene.owner.Try("{\"do\":\"send\"}"), "envelope.frozen");
  EXPECT_EQ(scene.recovery.Try(kVoid), "") << "the one way out until forks can be merged";
  EXPECT_EQ(Settled(&scene), Status::kVoided);
}

TEST(OwnerChain, RecordsOfDeliveriesDoNotFork) {
  Scene scene;
  Party clone(kOwner);
  clone.context().chain.bytes.fill(200);
  clone.Read(scene.owner);
  const char* kRecord =
      "{\"do\":\"recordDelivery\",\"recipient\":\"customer\",\"channel\":\"link\",\"outcome\":"
      "\"sent\"}";
  scene.owner.Must(kRecord);
  clone.Must(kRecord);
  scene.owner.Read(clone);
  EXPECT_EQ(Settled(&scene), Status::kSent);
}

TEST(Race, AKeyThatJoinsForTwoAtOnceSpeaksForNeither) {
  Scene scene(Terms{.provider_order = 1}, Scene::Until::kSent);
  Party twice(testing::kCustomer, "provider");
  twice.context().chain.bytes.fill(201);
  twice.Read(scene.owner);
  scene.customer.Must(testing::JoinCommand(scene.customer, "customer", testing::kCustomerLink));
  twice.Must(testing::JoinCommand(twice, "provider", testing::kProviderLink));
  EXPECT_EQ(scene.customer.Try(testing::CodeCommand(scene.customer, "customer")), "");
  twice.Read(scene.customer);
  scene.customer.Read(twice);
  EXPECT_EQ(scene.customer.Try(testing::ConsentCommand()), "recipient.key_not_bound");
  EXPECT_EQ(twice.Try(testing::ConsentCommand()), "recipient.key_not_bound");
}

TEST(Race, WhatAnotherDeviceAnswersBesideASignatureBindsNobody) {
  Scene scene;
  scene.AddLaptop();
  scene.customer.Must(SignCommand());
  for (const char* seats : {"7", "8", "9"}) {  // later in any order that can be shown
    scene.laptop.Must("{\"do\":\"commitFields\",\"values\":{\"seats\":" + String(seats) + "}}");
  }
  scene.Sync();
  const envelope::Recipient& customer = scene.owner.recipient("customer");
  ASSERT_TRUE(customer.signature && customer.signature->counts());
  ASSERT_EQ(customer.committed.size(), 1u);
  EXPECT_NE(customer.committed[0].mention.event, scene.laptop.last());
  const envelope::Occurrence& said =
      scene.owner.ledger()
          .fold()
          .facts()
          .events[*scene.owner.ledger().fold().facts().causality.PlaceOf(
              customer.committed[0].mention.event)];
  EXPECT_EQ(said.author, crypto::Thumbprint(scene.customer.key()));
  EXPECT_FALSE(customer.committed[0].conflict);
}

}  // namespace
}  // namespace countersign::envelope
