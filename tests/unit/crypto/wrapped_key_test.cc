#include <gtest/gtest.h>

#include <algorithm>

#include "base/string.h"
#include "crypto/keys.h"

#if !defined(__EMSCRIPTEN__)
#include <sys/resource.h>
#endif
#if defined(__has_feature)
#define CS_ADDRESS_SANITIZER __has_feature(address_sanitizer)
#else
#define CS_ADDRESS_SANITIZER 0
#endif

namespace countersign::crypto {
namespace {

constexpr StretchCost kCheap{.mebibytes = 8, .passes = 1};

Secret Seed() { return *Secret::FromBytes(Bytes(32, 0x42)); }
Salt SomeSalt() { return *Salt::FromBytes(Bytes(16, 0x17)); }
Nonce SomeNonce() { return *Nonce::FromBytes(Bytes(24, 0x2a)); }

Bytes Wrapped() { return *WrapKey(Seed(), "correct horse", SomeSalt(), SomeNonce(), kCheap); }

template <class T>
void ExpectError(const Result<T>& result, std::string_view code) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().name(), code);
}

// RFC 9106 section 5.3 uses a secret key and associated data, which libsodium does not offer; this
// is the vector "argon2id, t=3, m=2^16 KiB, one lane" computed with the Argon2 reference program:
//   printf %s "correct horse" | argon2 "somesaltsomesalt" -id -t 3 -k 65536 -p 1 -l 32 -r
TEST(Stretch, IsArgon2idVersion13WithOneLane) {
  const auto key =
      Stretch("correct horse", *Salt::FromBytes(AsBytes("somesaltsomesalt")), StretchCost{64, 3});
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(EncodeHex(key->view()),
            "1109fab9f3411da6d7f3de290b062101b22d827e7ff22eb2369510f025d115de");
}

TEST(Stretch, DependsOnEverything) {
  const auto stretched = [](std::string_view passphrase, const Salt& salt, StretchCost cost) {
    return EncodeHex(Stretch(passphrase, salt, cost)->view());
  };
  const String base = stretched("a", SomeSalt(), kCheap);
  EXPECT_EQ(stretched("a", SomeSalt(), kCheap), base);
  EXPECT_NE(stretched("b", SomeSalt(), kCheap), base);
  EXPECT_NE(stretched("a", Salt(), kCheap), base);
  EXPECT_NE(stretched("a", SomeSalt(), StretchCost{9, 1}), base);
  EXPECT_NE(stretched("a", SomeSalt(), StretchCost{8, 2}), base);
}

TEST(Stretch, PassphrasesHaveBounds) {
  ExpectError(Stretch("", SomeSalt(), kCheap), "crypto.bad_passphrase");
  ExpectError(Stretch("\xFF", SomeSalt(), kCheap), "crypto.bad_passphrase");
  ExpectError(Stretch(String(1025, 'x'), SomeSalt(), kCheap), "crypto.bad_passphrase");
  EXPECT_TRUE(Stretch(String(1024, 'x'), SomeSalt(), kCheap).has_value());
}

TEST(Stretch, CostHasBoundsSoThatBytesFromOutsideCannotStopAPhone) {
  for (const StretchCost cost : {StretchCost{7, 1}, StretchCost{257, 1}, StretchCost{65535, 1},
                                 StretchCost{8, 0}, StretchCost{8, 11}}) {
    ExpectError(Stretch("x", SomeSalt(), cost), "crypto.bad_cost");
  }
}

TEST(Stretch, SaysSoWhereMemoryIsShort) {
#if defined(__EMSCRIPTEN__) || defined(__SANITIZE_ADDRESS__) || CS_ADDRESS_SANITIZER
  GTEST_SKIP() << "skipped: memory cannot be made short here";
#else
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit small = before;
  small.rlim_cur = 128 << 20;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &small), 0);
  const auto key = Stretch("x", SomeSalt(), StretchCost{256, 1});
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  ExpectError(key, "crypto.out_of_memory");
#endif
}

TEST(WrappedKey, ComesBackWithThePassphrase) {
  const Bytes wrapped = Wrapped();
  EXPECT_EQ(wrapped.size(), kWrappedKeySize);
  const auto seed = UnwrapKey(wrapped, "correct horse");
  ASSERT_TRUE(seed.has_value());
  EXPECT_EQ(*seed, Seed());
  EXPECT_EQ(*WrappedKeyOwner(wrapped), SigningKey::FromSeed(Seed()).public_key());
}

TEST(WrappedKey, HasTheBytesOfTheFormat) {
  EXPECT_EQ(EncodeHex(Wrapped()),
            "4353574b0101000800010000"
            "17171717171717171717171717171717"
            "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a"
            "2152f8d19b791d24453242e15f2eab6cb7cffa7b6a5ed30097960e069881db12"
            "2fd4f9aeaec0a53f9056ff386d916697ec473370e2d57bf45eabbd29a7a6e420f44d6ac1e03b8bd1ad7118"
            "507f7c5dbe");
}

TEST(WrappedKey, AnotherPassphraseDoesNotOpenIt) {
  ExpectError(UnwrapKey(Wrapped(), "correct hors"), "crypto.open_failed");
  ExpectError(UnwrapKey(Wrapped(), "Correct horse"), "crypto.open_failed");
  ExpectError(UnwrapKey(Wrapped(), ""), "crypto.bad_passphrase");
}

TEST(WrappedKey, NoByteCanChange) {
  const Bytes wrapped = Wrapped();
  for (size_t i = 0; i < wrapped.size(); ++i) {
    Bytes changed = wrapped;
    changed[i] ^= 1;
    if (i == 9) changed[i] = 2;  // passes: 1 to 2, a cost within the bounds
    const auto seed = UnwrapKey(changed, "correct horse");
    ASSERT_FALSE(seed.has_value()) << i;
    if (i < 6 || i == 10 || i == 11) {
      EXPECT_EQ(seed.error().name(), "crypto.bad_wrapped_key") << i;
    } else if (i == 6 || i == 8) {
      EXPECT_EQ(seed.error().name(), "crypto.bad_cost") << i;
    } else {
      EXPECT_EQ(seed.error().name(), "crypto.open_failed") << i;
    }
  }
}

TEST(WrappedKey, OtherLengthsAreNotAWrappedKey) {
  Bytes wrapped = Wrapped();
  for (const size_t length : {size_t{0}, size_t{5}, kWrappedKeySize - 1}) {
    ExpectError(UnwrapKey(ByteView(wrapped).first(length), "x"), "crypto.bad_wrapped_key");
    ExpectError(WrappedKeyOwner(ByteView(wrapped).first(length)), "crypto.bad_wrapped_key");
  }
  wrapped.push_back(0);
  ExpectError(UnwrapKey(wrapped, "x"), "crypto.bad_wrapped_key");
}

// The cipher alone would let somebody who knows the passphrase show one owner and hold another's
// seed.
TEST(WrappedKey, TheOwnerShownIsTheOwnerOfTheSeed) {
  Bytes wrapped = Wrapped();
  const Secret key = *Stretch("correct horse", SomeSalt(), kCheap);
  wrapped[52] ^= 1;  // another public key, sealed again under the right passphrase
  const Bytes sealed = Seal(key, SomeNonce(), ByteView(wrapped).first(84), Seed().view());
  std::copy(sealed.begin(), sealed.end(), wrapped.begin() + 84);
  ExpectError(UnwrapKey(wrapped, "correct horse"), "crypto.open_failed");
}

}  // namespace
}  // namespace countersign::crypto
