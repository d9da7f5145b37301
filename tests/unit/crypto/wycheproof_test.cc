// Project Wycheproof's vectors, read where they lie, by our own JSON reader.
#include <gtest/gtest.h>

#include "base/string.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"
#include "json/value.h"
#include "support/files.h"

namespace countersign::crypto {
namespace {

json::Value ReadVectors(const String& name) {
  const auto text = testing::ReadFile(testing::SharedPath("wycheproof/" + name));
  if (!text) return json::Value();
  auto value = json::Read(*text, json::kDocumentLimits);
  EXPECT_TRUE(value.has_value()) << name << ": " << value.error().message();
  return value ? *value : json::Value();
}

const String& Text(const json::Value& object, std::string_view name) {
  const json::Value* found = object.Find(name);
  EXPECT_NE(found, nullptr) << name;
  return found->string_value();
}

Bytes Hex(const json::Value& object, std::string_view name) {
  auto bytes = DecodeHex(Text(object, name));
  EXPECT_TRUE(bytes.has_value()) << name;
  return *bytes;
}

// Calls visit(group, test) for each test; returns how many there were.
template <class Visit>
int ForEachTest(const json::Value& vectors, Visit visit) {
  int count = 0;
  for (const json::Value& group : vectors.Find("testGroups")->items()) {
    for (const json::Value& test : group.Find("tests")->items()) {
      SCOPED_TRACE("tcId " + json::Write(*test.Find("tcId")));
      visit(group, test);
      ++count;
    }
  }
  return count;
}

TEST(Wycheproof, Ed25519SignaturesAreDecidedAsTheVectorsSay) {
  const json::Value vectors = ReadVectors("ed25519_test.json");
  if (vectors.is_null()) GTEST_SKIP() << "skipped: Wycheproof is not here";
  const int count = ForEachTest(vectors, [](const json::Value& group, const json::Value& test) {
    const PublicKey key = *PublicKey::FromBytes(Hex(*group.Find("publicKey"), "pk"));
    EXPECT_TRUE(AdmitKey(key.view()).has_value());
    const auto signature = Signature::FromBytes(Hex(test, "sig"));
    const bool valid =
        signature && VerifySignature(key, Hex(test, "msg"), *signature) == Verdict::kValid;
    EXPECT_EQ(valid, Text(test, "result") == "valid") << Text(test, "comment");
  });
  EXPECT_EQ(count, 151);
}

TEST(Wycheproof, HmacIsThatOfTheVectors) {
  const json::Value vectors = ReadVectors("hmac_sha256_test.json");
  if (vectors.is_null()) GTEST_SKIP() << "skipped: Wycheproof is not here";
  const int count = ForEachTest(vectors, [](const json::Value&, const json::Value& test) {
    const Bytes tag = Hex(test, "tag");
    const Hash mac = HmacSha256(Hex(test, "key"), Hex(test, "msg"));
    const bool same = std::equal(tag.begin(), tag.end(), mac.bytes.begin());  // tags may be cut
    EXPECT_EQ(same, Text(test, "result") == "valid") << Text(test, "comment");
  });
  EXPECT_EQ(count, 174);
}

TEST(Wycheproof, HkdfIsThatOfTheVectors) {
  const json::Value vectors = ReadVectors("hkdf_sha256_test.json");
  if (vectors.is_null()) GTEST_SKIP() << "skipped: Wycheproof is not here";
  int too_long = 0;
  const int count = ForEachTest(vectors, [&](const json::Value&, const json::Value& test) {
    const auto size = static_cast<size_t>(test.Find("size")->int_value());
    if (size > 255 * 32) {  // refused by our REQUIRES
      EXPECT_EQ(Text(test, "result"), "invalid");
      ++too_long;
      return;
    }
    const Bytes info = Hex(test, "info");
    EXPECT_EQ(Hkdf(Hex(test, "ikm"), Hex(test, "salt"), AsText(info), size), Hex(test, "okm"));
  });
  EXPECT_EQ(count, 86);
  EXPECT_EQ(too_long, 3);
}

TEST(Wycheproof, X25519AgreesAsTheVectorsSayAndRefusesTheZeroSecret) {
  const json::Value vectors = ReadVectors("x25519_test.json");
  if (vectors.is_null()) GTEST_SKIP() << "skipped: Wycheproof is not here";
  int zeros = 0;
  const int count = ForEachTest(vectors, [&](const json::Value&, const json::Value& test) {
    const auto shared = Agree(*Secret::FromBytes(Hex(test, "private")),
                              *ExchangeKey::FromBytes(Hex(test, "public")));
    const Bytes expected = Hex(test, "shared");
    if (expected == Bytes(32)) {
      EXPECT_FALSE(shared.has_value());
      ++zeros;
      return;
    }
    ASSERT_TRUE(shared.has_value()) << Text(test, "comment");
    EXPECT_EQ(Bytes(shared->view().begin(), shared->view().end()), expected);
  });
  EXPECT_EQ(count, 518);
  EXPECT_GT(zeros, 10);
}

TEST(Wycheproof, XChaCha20Poly1305SealsAndOpensAsTheVectorsSay) {
  const json::Value vectors = ReadVectors("xchacha20_poly1305_test.json");
  if (vectors.is_null()) GTEST_SKIP() << "skipped: Wycheproof is not here";
  const int count = ForEachTest(vectors, [](const json::Value&, const json::Value& test) {
    const bool valid = Text(test, "result") == "valid";
    const auto key = Secret::FromBytes(Hex(test, "key"));
    const auto nonce = Nonce::FromBytes(Hex(test, "iv"));
    if (!key || !nonce) {  // wrong sizes cannot be expressed
      EXPECT_FALSE(valid);
      return;
    }
    const Bytes context = Hex(test, "aad");
    const Bytes message = Hex(test, "msg");
    Bytes sealed = Hex(test, "ct");
    const Bytes tag = Hex(test, "tag");
    sealed.insert(sealed.end(), tag.begin(), tag.end());
    const auto opened = Open(*key, *nonce, context, sealed);
    EXPECT_EQ(opened.has_value(), valid) << Text(test, "comment");
    if (!valid) return;
    EXPECT_EQ(*opened, message);
    EXPECT_EQ(Seal(*key, *nonce, context, message), sealed);
  });
  EXPECT_EQ(count, 315);
}

}  // namespace
}  // namespace countersign::crypto
