// Acts beside each other: no id and no order decides, and nobody takes back what others rely on.
#include "support/check_state.h"
#include "support/envelope_party.h"

namespace countersign::envelope {
namespace {

using countersign::testing::GetReady;
using countersign::testing::InviteCommand;
using countersign::testing::JoinCommand;
using countersign::testing::kCustomer;
using countersign::testing::KidOf;
using countersign::testing::kNewCustomerLink;
using countersign::testing::Party;
using countersign::testing::Scene;
using countersign::testing::SignCommand;
using countersign::testing::Terms;

constexpr const char* kComplete = "{\"do\":\"complete\"}";
constexpr const char* kVoid = "{\"do\":\"void\"}";

Terms With(const char* policy) {
  Terms terms;
  terms.tie_policy = policy;
  return terms;
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

}  // namespace
}  // namespace countersign::envelope
