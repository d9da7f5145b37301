#include "crypto/crypto.h"

#include <gtest/gtest.h>

#include "base/string.h"
#include "unit/crypto/rfc8032.h"

namespace countersign::crypto {
namespace {

String HexOf(const Hash& hash) { return EncodeHex(hash.view()); }

Bytes FromHex(std::string_view text) {
  auto bytes = DecodeHex(text);
  EXPECT_TRUE(bytes.has_value()) << text;
  return bytes ? *bytes : Bytes();
}

PublicKey KeyFromHex(std::string_view text) { return *PublicKey::FromBytes(FromHex(text)); }

// FIPS 180-4 examples.
TEST(Sha256, HashesTheStandardsExamples) {
  EXPECT_EQ(HexOf(Sha256(AsBytes(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexOf(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexOf(Sha256(AsBytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(TaggedHash, IsTheHashOfTagZeroByteAndBytes) {
  EXPECT_EQ(TaggedHash("tag", AsBytes("bytes")),
            Sha256(AsBytes(std::string_view("tag\0bytes", 9))));
  EXPECT_NE(TaggedHash("ta", AsBytes("gbytes")), TaggedHash("tag", AsBytes("bytes")));
  EXPECT_NE(TaggedHash("a", AsBytes("x")), TaggedHash("b", AsBytes("x")));
}

TEST(HashStored, HasNoTagSoThatAnyToolCanNameAnItem) {
  EXPECT_EQ(EncodeHex(HashStored(AsBytes("abc")).view()), HexOf(Sha256(AsBytes("abc"))));
}

// RFC 8037 appendix A.3.
TEST(Thumbprint, IsThatOfTheRfc) {
  const auto key = PublicKey::FromBase64Url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(Thumbprint(*key).ToBase64Url(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

// RFC 8037 appendix A.4.
TEST(VerifySignature, AcceptsTheJwsOfTheRfc) {
  const PublicKey key = *PublicKey::FromBase64Url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  const Signature signature = *Signature::FromBase64Url(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  const std::string_view input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  EXPECT_EQ(VerifySignature(key, AsBytes(input), signature), Verdict::kValid);
  EXPECT_EQ(VerifySignature(key, AsBytes(input.substr(1)), signature), Verdict::kInvalid);
}

TEST(VerifySignature, AcceptsTheRfc8032Vectors) {
  for (const auto& vector : kRfc8032) {
    const PublicKey key = KeyFromHex(vector.public_key);
    EXPECT_TRUE(AdmitKey(key.view()).has_value());
    EXPECT_EQ(VerifySignature(key, FromHex(vector.message),
                              *Signature::FromBytes(FromHex(vector.signature))),
              Verdict::kValid);
  }
}

TEST(VerifySignature, NoBitOfTheSignatureOrTheMessageCanFlip) {
  const auto& vector = kRfc8032[2];
  const PublicKey key = KeyFromHex(vector.public_key);
  const Bytes message = FromHex(vector.message);
  const Signature signature = *Signature::FromBytes(FromHex(vector.signature));
  for (size_t bit = 0; bit < 8 * Signature::kLength; ++bit) {
    Signature flipped = signature;
    flipped.bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(VerifySignature(key, message, flipped), Verdict::kInvalid) << bit;
  }
  for (size_t bit = 0; bit < 8 * message.size(); ++bit) {
    Bytes flipped = message;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(VerifySignature(key, flipped, signature), Verdict::kInvalid) << bit;
  }
}

// S + L is the same number modulo the group's order: the malleability that RFC 8032 5.1.7 forbids.
TEST(VerifySignature, TheMalleableTwinIsRefused) {
  const Bytes order = FromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const auto& vector = kRfc8032[1];
  Signature twin = *Signature::FromBytes(FromHex(vector.signature));
  uint32_t carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += twin.bytes[32 + i] + order[i];
    twin.bytes[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0u);
  EXPECT_EQ(VerifySignature(KeyFromHex(vector.public_key), FromHex(vector.message), twin),
            Verdict::kInvalid);
}

// The eight points of small order and their non-canonical spellings.
constexpr std::string_view kSmallOrder[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};

void ExpectBadKey(std::string_view hex) {
  const auto key = AdmitKey(FromHex(hex));
  ASSERT_FALSE(key.has_value()) << hex;
  EXPECT_EQ(key.error().code(), ErrorCode::kCryptoBadKey) << hex;
}

TEST(AdmitKey, RefusesKeysOfSmallOrder) {
  for (const std::string_view hex : kSmallOrder) ExpectBadKey(hex);
}

TEST(VerifySignature, RefusesSmallOrderKeysAndRs) {
  // With A of small order and S = 0, R = identity fits every message whose hash is a multiple of 8.
  for (const std::string_view key : kSmallOrder) {
    for (const std::string_view r : kSmallOrder) {
      Bytes bytes = FromHex(r);
      bytes.resize(Signature::kLength);
      EXPECT_EQ(VerifySignature(KeyFromHex(key), AsBytes("terms"), *Signature::FromBytes(bytes)),
                Verdict::kInvalid);
    }
  }
}

// n*B + a point of order 8, 4 or 2, for n = 7 and n = 123456789.
TEST(AdmitKey, RefusesKeysOfMixedOrder) {
  for (const std::string_view hex :
       {"16b981d0b88cdf3ab9fa87190822fe4905b475efda3aec7c34abfa92c19320f4",
        "16030e0ff1d6226b8ad6ff918b288668c1c3e5e45269487f85479bb4a9fb11af",
        "359dbf604a3b3bedc20d5408b9d4770fbe52c922979b3178d02ab8d41c9c3a4e",
        "1dd960b291c53514fece1341fc0dcd8a648b3934c2c533666f737a654ff1e1bf",
        "0a4684505500762a255bdc1628716af9c8e2bf0fbb487cac2512fe0cf1c19781",
        "d600527f9723f2166ca2c99c90c52e4a21921cbec4edc771bac4fa0d5b3e2c24"}) {
    ExpectBadKey(hex);
  }
}

// Why keys are admitted and not only used: this signature of a mixed-order key passes the verifier,
// while one in eight messages would not. Whoever verifies with another equation sees it otherwise.
TEST(AdmitKey, IsWhatStopsAMixedOrderKeyThatVerifies) {
  const std::string_view key = "16b981d0b88cdf3ab9fa87190822fe4905b475efda3aec7c34abfa92c19320f4";
  const Signature signature = *Signature::FromBytes(
      FromHex("385a3c6fda7b31ddb960a916becf71bef035c571313e6a5e9d0a26b6aceb6c93"
              "4c44233b2400bfe2e8855b50e9189e2631ab250b81d20be9eada44c59b8f0d07"));
  EXPECT_EQ(VerifySignature(KeyFromHex(key), AsBytes("terms"), signature), Verdict::kValid);
  ExpectBadKey(key);
}

TEST(AdmitKey, RefusesNonCanonicalSpellings) {
  // y = p + 3, 4, 5, 6, 9, 10, 14, 15, 16, 18: points of large order with a second spelling.
  for (const std::string_view last : {"f0", "f1", "f2", "f3", "f6", "f7", "fb", "fc", "fd", "ff"}) {
    ExpectBadKey(String(last) + String(60, 'f') + "7f");
  }
}

TEST(AdmitKey, RefusesWhatIsNotOnTheCurveOrNotAKey) {
  ExpectBadKey("0200000000000000000000000000000000000000000000000000000000000000");
  EXPECT_EQ(AdmitKey(Bytes(31)).error().code(), ErrorCode::kBytesWrongLength);
  EXPECT_EQ(AdmitKey(Bytes(33)).error().code(), ErrorCode::kBytesWrongLength);
}

// RFC 4231 test cases 1, 2 and 6 (a key longer than the block).
TEST(HmacSha256, IsThatOfTheRfc) {
  EXPECT_EQ(HexOf(HmacSha256(Bytes(20, 0x0b), AsBytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HexOf(HmacSha256(AsBytes("Jefe"), AsBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexOf(HmacSha256(Bytes(131, 0xaa),
                             AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869 test cases 1 and 3.
TEST(Hkdf, IsThatOfTheRfc) {
  const Bytes secret(22, 0x0b);
  const Bytes info = FromHex("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(EncodeHex(Hkdf(secret, FromHex("000102030405060708090a0b0c"), AsText(info), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(EncodeHex(Hkdf(secret, {}, "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  EXPECT_TRUE(Hkdf(secret, {}, "", 0).empty());
  EXPECT_EQ(Hkdf(secret, {}, "", 255 * 32).size(), 255u * 32);
}

}  // namespace
}  // namespace countersign::crypto
