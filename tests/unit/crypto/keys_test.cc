#include "crypto/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <type_traits>

#include "crypto/crypto.h"
#include "unit/crypto/rfc8032.h"

namespace countersign::crypto {
namespace {

Bytes FromHex(std::string_view text) { return *DecodeHex(text); }
Secret SecretFromHex(std::string_view text) { return *Secret::FromBytes(FromHex(text)); }

TEST(SigningKey, SignsTheRfc8032Vectors) {
  for (const auto& vector : kRfc8032) {
    const SigningKey key = SigningKey::FromSeed(SecretFromHex(vector.seed));
    EXPECT_EQ(EncodeHex(key.public_key().view()), vector.public_key);
    EXPECT_EQ(EncodeHex(key.Sign(FromHex(vector.message)).view()), vector.signature);
  }
}

TEST(SigningKey, SignaturesAreAcceptedByTheVerifierForThatMessageOnly) {
  const SigningKey key = SigningKey::FromSeed(*Secret::FromBytes(Bytes(32, 9)));
  const Signature signature = key.Sign(AsBytes("terms"));
  EXPECT_TRUE(AdmitKey(key.public_key().view()).has_value());
  EXPECT_EQ(VerifySignature(key.public_key(), AsBytes("terms"), signature), Verdict::kValid);
  EXPECT_EQ(VerifySignature(key.public_key(), AsBytes("other terms"), signature),
            Verdict::kInvalid);
}

TEST(SigningKey, MovesAndDoesNotCopy) {
  static_assert(!std::is_copy_constructible_v<SigningKey> &&
                !std::is_copy_assignable_v<SigningKey>);
  static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
  SigningKey first = SigningKey::FromSeed(*Secret::FromBytes(Bytes(32, 1)));
  const Signature signature = first.Sign(AsBytes("x"));
  SigningKey second = std::move(first);
  EXPECT_EQ(second.Sign(AsBytes("x")), signature);
  SigningKey third = SigningKey::FromSeed(*Secret::FromBytes(Bytes(32, 2)));
  third = std::move(second);
  EXPECT_EQ(third.Sign(AsBytes("x")), signature);
}

template <class T>
bool LeavesNoTrace(T value, ByteView trace) {
  alignas(T) unsigned char storage[sizeof(T)];
  T* placed = new (storage) T(std::move(value));
  const bool was_there = std::search(std::begin(storage), std::end(storage), trace.begin(),
                                     trace.end()) != std::end(storage);
  EXPECT_TRUE(was_there) << "the test looks for the wrong thing";
  placed->~T();
  asm volatile("" : : "r"(storage) : "memory");  // the bytes are looked at after the object's life
  return std::search(std::begin(storage), std::end(storage), trace.begin(), trace.end()) ==
         std::end(storage);
}

TEST(Secrets, AreWipedWhenDestroyedAndWhenMovedFrom) {
  const Bytes seed = FromHex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  EXPECT_TRUE(LeavesNoTrace(*Secret::FromBytes(seed), seed));
  EXPECT_TRUE(LeavesNoTrace(SigningKey::FromSeed(*Secret::FromBytes(seed)), seed));
  Secret first = *Secret::FromBytes(seed);
  const Secret second = std::move(first);
  EXPECT_EQ(Bytes(first.view().begin(), first.view().end()), Bytes(32));  // NOLINT: on purpose
  EXPECT_EQ(second, *Secret::FromBytes(seed));
}

TEST(Secret, HasThirtyTwoBytes) {
  EXPECT_EQ(Secret::FromBytes(Bytes(31)).error().code(), ErrorCode::kBytesWrongLength);
  EXPECT_EQ(Secret::FromBytes(Bytes(33)).error().code(), ErrorCode::kBytesWrongLength);
}

// RFC 7748 section 6.1.
TEST(Agree, GivesBothSidesTheSecretOfTheRfc) {
  const Secret alice =
      SecretFromHex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const Secret bob =
      SecretFromHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  EXPECT_EQ(EncodeHex(ExchangeKeyOf(alice).view()),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  const auto at_alice = Agree(alice, ExchangeKeyOf(bob));
  const auto at_bob = Agree(bob, ExchangeKeyOf(alice));
  ASSERT_TRUE(at_alice.has_value() && at_bob.has_value());
  EXPECT_EQ(EncodeHex(at_alice->view()),
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  EXPECT_EQ(*at_alice, *at_bob);
}

TEST(Agree, RefusesAKeyThatWouldGiveEverybodyTheSecret) {
  const Secret seed = *Secret::FromBytes(Bytes(32, 5));
  for (const std::string_view hex :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const auto shared = Agree(seed, *ExchangeKey::FromBytes(FromHex(hex)));
    ASSERT_FALSE(shared.has_value()) << hex;
    EXPECT_EQ(shared.error().code(), ErrorCode::kCryptoBadKey);
  }
}

Nonce SomeNonce() { return *Nonce::FromBytes(Bytes(24, 3)); }

TEST(Seal, OpensToWhatWasSealed) {
  const Secret key = *Secret::FromBytes(Bytes(32, 4));
  for (const std::string_view text : {std::string_view(), std::string_view("hello")}) {
    const Bytes sealed = Seal(key, SomeNonce(), AsBytes("context"), AsBytes(text));
    EXPECT_EQ(sealed.size(), text.size() + kSealOverhead);
    const auto opened = Open(key, SomeNonce(), AsBytes("context"), sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(AsText(*opened), text);
  }
}

TEST(Seal, NothingElseOpens) {
  const Secret key = *Secret::FromBytes(Bytes(32, 4));
  const Bytes sealed = Seal(key, SomeNonce(), AsBytes("context"), AsBytes("hello"));
  const auto expect_closed = [](const Result<Bytes>& opened) {
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), ErrorCode::kCryptoOpenFailed);
  };
  expect_closed(Open(*Secret::FromBytes(Bytes(32, 5)), SomeNonce(), AsBytes("context"), sealed));
  expect_closed(Open(key, *Nonce::FromBytes(Bytes(24, 4)), AsBytes("context"), sealed));
  expect_closed(Open(key, SomeNonce(), AsBytes("contexT"), sealed));
  for (size_t length = 0; length < sealed.size(); ++length) {
    expect_closed(Open(key, SomeNonce(), AsBytes("context"), ByteView(sealed).first(length)));
  }
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    Bytes flipped = sealed;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    expect_closed(Open(key, SomeNonce(), AsBytes("context"), flipped));
  }
}

}  // namespace
}  // namespace countersign::crypto
