// Records: what people and services note down, which changes neither status nor signatures; and
// consent that is taken back.
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::ConsentCommand;
using countersign::testing::JoinCommand;
using countersign::testing::Json;
using countersign::testing::Party;
using countersign::testing::PublishCommand;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;

constexpr const char* kWithdraw = "{\"do\":\"withdrawConsent\",\"reason\":\"paper, please\"}";
constexpr const char* kPropose =
    "{\"do\":\"proposeChange\",\"unit\":\"liability\",\"variant\":\"capped\",\"why\":\"policy\"}";

String Resolve(const EventId& proposal) {
  return "{\"do\":\"resolveChange\",\"about\":\"" + proposal.ToBase64Url() +
         "\",\"outcome\":\"accepted\",\"why\":\"usual\"}";
}
String Release(const EventId& hold) {
  return "{\"do\":\"releaseHold\",\"about\":\"" + hold.ToBase64Url() + "\"}";
}
String Shred(const Hash& detail) {
  return "{\"do\":\"shred\",\"details\":[\"" + detail.ToBase64Url() + "\"],\"reason\":\"asked\"}";
}

void Complete(Scene* scene) {
  scene->customer.Must(SignCommand());
  scene->Sync();
  scene->provider.Must(SignCommand());
  scene->Sync();
  scene->completer.Must("{\"do\":\"complete\"}");
  scene->Sync();
}

TEST(Records, AProposalIsDiscussedResolvedAndAgreedByANewRevision) {
  Scene scene;
  scene.customer.Must(SignCommand());
  scene.Sync();
  const EventId proposal = scene.provider.Must(kPropose);
  scene.Sync();
  EXPECT_TRUE(scene.owner.state().records[0].open);
  scene.owner.Must("{\"do\":\"comment\",\"text\":\"fine\",\"about\":\"" + proposal.ToBase64Url() +
                   "\"}");
  scene.owner.Must(Resolve(proposal));
  EXPECT_EQ(scene.owner.Try(Resolve(proposal)), "record.already_settled");
  EXPECT_EQ(scene.owner.status(), Status::kInProgress) << "agreeing changes nothing by itself";
  scene.owner.Must(PublishCommand(Terms(), "capped"));
  scene.Sync();
  const State& state = scene.customer.state();
  EXPECT_EQ(state.status, Status::kSent);
  ASSERT_EQ(state.record_count, 3);
  EXPECT_EQ(state.records[2].type, EventType::kChangeProposed);
  EXPECT_FALSE(state.records[2].open);
  EXPECT_EQ(*state.records[2].said.Find("variant"), json::Value::String("capped"));
  // The old signature stays visible and does not count.
  const Recipient& customer = *state.Find("customer");
  EXPECT_FALSE(customer.signature.has_value());
  ASSERT_EQ(customer.other_marks.size(), 1u);
  EXPECT_EQ(customer.other_marks[0].code, ErrorCode::kSignatureSuperseded);
}

TEST(Records, NobodyResolvesWhatNobodyProposed) {
  Scene scene;
  const EventId proposal = scene.customer.Must(kPropose);
  EXPECT_EQ(scene.owner.Try(Resolve(proposal)), "record.unknown") << "not known here yet";
  scene.Sync();
  EXPECT_EQ(scene.owner.Try(Release(proposal)), "record.unknown") << "it is no hold";
  EXPECT_EQ(scene.customer.Try(Resolve(proposal)), "envelope.not_owner");
  EXPECT_EQ(scene.owner.Try(Resolve(proposal)), "");
}

TEST(Records, CommentsAreOfWhoeverWritesThem) {
  Scene scene(Terms(), Scene::Until::kPublished);
  scene.owner.Must("{\"do\":\"comment\",\"text\":\"for later\",\"unit\":\"liability\"}");
  EXPECT_EQ(scene.owner.state().records[0].said.Find("recipient"), nullptr);
  Party stranger(countersign::testing::kStranger);
  stranger.Read(scene.owner);
  EXPECT_EQ(stranger.Try("{\"do\":\"comment\",\"text\":\"hello\"}"), "envelope.not_owner");
  Scene sent;
  sent.provider.Must("{\"do\":\"comment\",\"text\":\"hello\"}");
  EXPECT_EQ(*sent.provider.state().records[0].said.Find("recipient"),
            json::Value::String("provider"));
}

TEST(Records, NobodyCommentsBeforeThereIsARevision) {
  Scene scene(Terms(), Scene::Until::kCreated);
  EXPECT_EQ(scene.owner.Do("{\"do\":\"comment\",\"text\":\"hello\"}").error().name(),
            "envelope.no_revision");
}

TEST(Consent, OnceWithdrawnNobodySignsUntilItIsGivenAgain) {
  Scene scene;
  scene.customer.Must(kWithdraw);
  EXPECT_FALSE(scene.customer.recipient("customer").consent.has_value());
  EXPECT_EQ(scene.customer.Try(SignCommand()), "recipient.not_consented");
  scene.customer.Must(ConsentCommand());
  EXPECT_TRUE(scene.customer.recipient("customer").consent.has_value());
  scene.customer.Must(SignCommand());
  EXPECT_EQ(scene.customer.Try(kWithdraw), "recipient.already_signed")
      << "a signature is not taken back by it";
}

TEST(Consent, WithdrawnBesideASignatureLeavesTheSlotContested) {
  for (const char* policy : {"ownerWins", "signatureWins", "ownerSettles"}) {
    Terms terms;
    terms.tie_policy = policy;
    Scene scene(terms);
    scene.laptop.Must(JoinCommand(scene.laptop, "customer", countersign::testing::kCustomerLink));
    scene.Sync();
    scene.customer.Must(SignCommand());
    scene.laptop.Must(kWithdraw);
    scene.Sync();
    EXPECT_EQ(scene.owner.status(), Status::kContested) << policy;
    EXPECT_EQ(scene.owner.state().contests[0].kind, ContestKind::kDevices);
    EXPECT_FALSE(scene.owner.recipient("customer").signature->counts());
    scene.owner.Must(PublishCommand(Terms(), "again"));
    EXPECT_EQ(scene.owner.status(), Status::kSent) << "a new revision settles it";
  }
}

TEST(Records, ADelegationIsAskedForAndChangesNothing) {
  Scene scene;
  scene.customer.Must("{\"do\":\"requestDelegation\",\"name\":\"Dora\",\"reason\":\"away\"}");
  scene.Sync();
  EXPECT_EQ(scene.owner.state().records[0].type, EventType::kDelegationRequested);
  EXPECT_EQ(scene.customer.Try(SignCommand()), "");
  EXPECT_EQ(scene.customer.CanDo("requestDelegation"), "recipient.already_signed");
}

TEST(Records, ServicesNoteOnlyWhatIsTheirs) {
  Scene scene;
  const char* remind =
      "{\"do\":\"recordReminder\",\"recipient\":\"customer\",\"channel\":\"email\"}";
  EXPECT_EQ(scene.completer.Try(remind), "event.not_permitted");
  EXPECT_EQ(scene.mailer.Try(remind), "");
  EXPECT_EQ(scene.scheduler.Try(remind), "");
  EXPECT_EQ(scene.scheduler.CanDo("setSchedule"), "envelope.not_owner");
  scene.owner.Must("{\"do\":\"setSchedule\",\"hours\":48,\"channel\":\"email\"}");
  scene.scheduler.Must("{\"do\":\"recordAutomation\",\"rule\":\"remind\",\"outcome\":\"done\"}");
  EXPECT_EQ(scene.mailer.CanDo("recordAutomation"), "event.not_permitted");
  EXPECT_EQ(scene.owner.CanDo("attest"), "event.not_permitted");
  EXPECT_EQ(scene.owner.CanDo("archive"), "envelope.wrong_status");
  Complete(&scene);
  EXPECT_EQ(scene.mailer.Try(remind), "envelope.already_completed");
  scene.owner.Must("{\"do\":\"archive\",\"retainUntil\":\"2033-11-22T00:00:00Z\"}");
  scene.owner.Must("{\"do\":\"recordExport\",\"form\":\"bundle\"}");
  scene.customer.Must("{\"do\":\"recordExportedCopy\",\"form\":\"html\",\"to\":\"drive\"}");
  EXPECT_EQ(scene.owner.status(), Status::kCompleted);
  EXPECT_EQ(scene.owner.state().late.size(), 0u);
}

TEST(Records, NothingIsShreddedUnderAHoldOrBeforeTheEnd) {
  Scene scene;
  const Hash detail = *scene.owner.recipient("customer").committed[0].mention.detail;
  EXPECT_EQ(scene.owner.Try(Shred(detail)), "envelope.wrong_status");
  const EventId hold = scene.owner.Must("{\"do\":\"placeHold\",\"reason\":\"dispute\"}");
  Complete(&scene);
  EXPECT_EQ(scene.owner.Try(Shred(detail)), "hold.in_force");
  EXPECT_EQ(scene.customer.CanDo("shred"), "event.not_permitted");
  scene.owner.Must(Release(hold));
  EXPECT_EQ(scene.owner.Try(Release(hold)), "record.already_settled");
  EXPECT_EQ(scene.owner.Try(Shred(Hash())), "record.unknown") << "nobody named it";
  scene.owner.Must(Shred(detail));
  const State before = scene.owner.state();
  scene.owner.ledger().Shred(detail);
  EXPECT_EQ(scene.owner.ledger().MissingDetails(), Vector<Hash>{detail});
  EXPECT_EQ(scene.owner.state(), before) << "no rule reads what is gone";
}

TEST(Records, AFileThatARecipientHandedInIsShreddedLikeADetail) {
  Scene scene;
  const Bytes file(20, 7);
  const Hash ref = log::ReferTo(file);
  scene.customer.ledger().IngestBlob(file);
  EventBody body;
  body.type = EventType::kFieldsCommitted;
  body.recipient = "customer";
  body.revision = scene.customer.state().revision->hash;
  body.fields = {"remark"};
  body.details = {ref};
  auto detail = log::WriteDetail(
      json::Value::Make({{"values", json::Value::Make({{"remark", json::Value::String("x")}})}}),
      Salt());
  ASSERT_TRUE(detail.has_value());
  scene.customer.ledger().IngestBlob(AsBytes(*detail));
  body.detail = log::ReferTo(AsBytes(*detail));
  const String jws = scene.customer.ForgeNow(body);
  ASSERT_EQ(scene.customer.ledger().IngestEvent(jws).reception, Reception::kAdmitted);
  scene.Sync();
  EXPECT_TRUE(scene.owner.ledger().MissingDetails().empty());
  Complete(&scene);
  scene.owner.Must(Shred(ref));
  const State before = scene.owner.state();
  scene.owner.ledger().Shred(ref);
  EXPECT_EQ(scene.owner.ledger().MissingDetails(), Vector<Hash>{ref});
  EXPECT_EQ(scene.owner.state(), before);
}

TEST(Records, TheNewestThousandAreListedAndAllAreCounted) {
  Scene scene(Terms(), Scene::Until::kPublished);
  EventBody body;
  body.type = EventType::kAutomationRan;
  body.unit = "sweep";
  body.outcome = "done";
  EventId last = scene.owner.last();
  for (size_t i = 0; i <= kMaxRecords; ++i) {
    body.number = static_cast<int64_t>(i);
    scene.owner.context().at += 1;
    const String jws = scene.owner.Forge(body, last, {});
    const Receipt receipt = scene.owner.ledger().IngestEvent(jws);
    ASSERT_EQ(receipt.reception, Reception::kAdmitted);
    if (i + 1 == kMaxRecords) EXPECT_EQ(scene.owner.state().records.size(), kMaxRecords);
    last = receipt.admitted[0];
  }
  EXPECT_EQ(scene.owner.state().records.size(), kMaxRecords);
  EXPECT_EQ(scene.owner.state().record_count, static_cast<int64_t>(kMaxRecords) + 1);
  EXPECT_EQ(scene.owner.state().records[0].mention.event, last);
}

}  // namespace
}  // namespace countersign::envelope
