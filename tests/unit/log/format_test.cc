// The worked vectors of FORMAT.md are computed here and must stand there.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/string.h"
#include "crypto/crypto.h"
#include "log/blob.h"
#include "log/causality.h"
#include "support/author.h"
#include "support/files.h"

namespace countersign::log {
namespace {

using ::countersign::testing::Author;
using json::Value;

void ExpectInFormat(const String& what, std::string_view text) {
  static const String format =
      testing::ReadFile(testing::TestPath("../core/FORMAT.md")).value_or("");
  EXPECT_NE(format.find("`" + String(text) + "`"), String::npos)
      << "FORMAT.md lacks the " << what << ":\n`" << text << "`";
}

String PayloadOf(const Event& event) {
  const std::string_view input = event.SigningInput();
  return String(AsText(*DecodeBase64Url(input.substr(input.find('.') + 1))));
}

TEST(Format, CanonicalJsonVectorIsTrue) {
  const std::string_view input =
      R"({ "b" : [ 1, -2, "\u00e4\u20ac\/\n\u001F" ], "a" : { "10": null, "2": true } })";
  ExpectInFormat("input", input);
  ExpectInFormat("canonical text", json::Write(*json::Read(input, json::kEventLimits)));
}

TEST(Format, EventVectorsAreTrue) {
  Author anna(1);
  ExpectInFormat("public key", anna.key().ToBase64Url());
  ExpectInFormat("key id", anna.kid().ToBase64Url());

  const VerifiedEvent genesis = anna.Say(
      anna.Draft("envelope.created", Value::Make({{"suite", Value::String("CSG-1")}}), nullptr));
  ExpectInFormat("payload of the genesis", PayloadOf(*genesis));
  ExpectInFormat("genesis", genesis->stored);
  ExpectInFormat("id of the genesis", genesis.id().ToBase64Url());
  ExpectInFormat("store id of the genesis", EncodeHex(genesis->store_id().view()));

  Author bob(2);
  const VerifiedEvent joined = bob.Say("recipient.joined", *genesis);
  ExpectInFormat("id of Bob's event", joined.id().ToBase64Url());

  EventDraft draft = anna.Draft("envelope.voided", Value::Make({}), &*genesis);
  draft.seen = {joined.id()};
  const VerifiedEvent voided = anna.Say(draft);
  ExpectInFormat("payload of the third event", PayloadOf(*voided));
  ExpectInFormat("third event", voided->stored);
  ExpectInFormat("id of the third event", voided.id().ToBase64Url());

  Vector<EventId> past = {genesis.id(), joined.id()};
  std::sort(past.begin(), past.end());
  ExpectInFormat("hash of the past", HashPast(past).ToBase64Url());
}

TEST(Format, LinkVectorIsTrue) {
  const Bytes stream = *DecodeHex("000102030405060708090a0b0c0d0e0f");
  const Bytes secret = *DecodeBase64Url("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  ExpectInFormat("seed of the invitation",
                 EncodeHex(crypto::Hkdf(secret, stream, "countersign-invitation/v1", 32)));
  ExpectInFormat("token",
                 EncodeBase64Url(crypto::Hkdf(secret, stream, "countersign-token/v1", 32)));
}

TEST(Format, DetailBlobVectorIsTrue) {
  Salt salt;
  salt.bytes.fill(4);
  const String stored =
      *WriteDetail(Value::Make({{"name", Value::String("Anna \xC3\x96st")}}), salt);
  ExpectInFormat("detail blob", stored);
  ExpectInFormat("reference", ReferTo(AsBytes(stored)).ToBase64Url());
  ExpectInFormat("store id", EncodeHex(StoreIdOf(ReferTo(AsBytes(stored))).view()));
}

}  // namespace
}  // namespace countersign::log
