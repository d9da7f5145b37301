// The byte format is FORMAT.md, section "Wrapped key".
#include <sodium.h>

#include <algorithm>

#include "crypto/keys.h"

namespace countersign::crypto {
namespace {

constexpr uint8_t kMagic[] = {'C', 'S', 'W', 'K', 1 /* version */, 1 /* an Ed25519 seed */};
constexpr size_t kCostAt = 6;       // mebibytes, 2 bytes big-endian; passes, 2 bytes big-endian
constexpr size_t kReservedAt = 10;  // 2 zero bytes
constexpr size_t kSaltAt = 12;
constexpr size_t kNonceAt = 28;
constexpr size_t kPublicKeyAt = 52;
constexpr size_t kSealedAt = 84;  // what precedes is the context of the sealed part
static_assert(kSealedAt + Secret::kLength + kSealOverhead == kWrappedKeySize);

void AppendBig16(uint32_t value, Bytes* out) {
  out->push_back(static_cast<uint8_t>(value >> 8));
  out->push_back(static_cast<uint8_t>(value));
}

uint32_t ReadBig16(ByteView bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 8 | bytes[at + 1];
}

Result<void> CheckFrame(ByteView wrapped) {
  if (wrapped.size() != kWrappedKeySize ||
      !std::equal(std::begin(kMagic), std::end(kMagic), wrapped.begin()) ||
      wrapped[kReservedAt] != 0 || wrapped[kReservedAt + 1] != 0) {
    return ErrorCode::kCryptoBadWrappedKey;
  }
  return {};
}

}  // namespace

Result<Bytes> WrapKey(const Secret& seed, std::string_view passphrase, const Salt& salt,
                      const Nonce& nonce, StretchCost cost) {
  const Secret key = CS_TRY(Stretch(passphrase, salt, cost));
  const PublicKey public_key = SigningKey::FromSeed(seed).public_key();
  Bytes wrapped(std::begin(kMagic), std::end(kMagic));
  AppendBig16(cost.mebibytes, &wrapped);
  AppendBig16(cost.passes, &wrapped);
  AppendBig16(0, &wrapped);
  wrapped.insert(wrapped.end(), salt.bytes.begin(), salt.bytes.end());
  wrapped.insert(wrapped.end(), nonce.bytes.begin(), nonce.bytes.end());
  wrapped.insert(wrapped.end(), public_key.bytes.begin(), public_key.bytes.end());
  const Bytes sealed = Seal(key, nonce, wrapped, seed.view());
  wrapped.insert(wrapped.end(), sealed.begin(), sealed.end());
  return wrapped;
}

Result<Secret> UnwrapKey(ByteView wrapped, std::string_view passphrase) {
  CS_TRY(CheckFrame(wrapped));
  const Salt salt = *Salt::FromBytes(wrapped.subspan(kSaltAt, Salt::kLength));
  const Nonce nonce = *Nonce::FromBytes(wrapped.subspan(kNonceAt, Nonce::kLength));
  const StretchCost cost{.mebibytes = ReadBig16(wrapped, kCostAt),
                         .passes = ReadBig16(wrapped, kCostAt + 2)};
  const Secret key = CS_TRY(Stretch(passphrase, salt, cost));
  Bytes opened = CS_TRY(Open(key, nonce, wrapped.first(kSealedAt), wrapped.subspan(kSealedAt)));
  Result<Secret> seed = Secret::FromBytes(opened);
  sodium_memzero(opened.data(), opened.size());
  // Binds the ciphertext to one seed, which the cipher alone does not.
  const PublicKey public_key = SigningKey::FromSeed(*seed).public_key();
  if (!std::equal(public_key.bytes.begin(), public_key.bytes.end(),
                  wrapped.begin() + kPublicKeyAt)) {
    return ErrorCode::kCryptoOpenFailed;
  }
  return seed;
}

Result<PublicKey> WrappedKeyOwner(ByteView wrapped) {
  CS_TRY(CheckFrame(wrapped));
  return PublicKey::FromBytes(wrapped.subspan(kPublicKeyAt, PublicKey::kLength));
}

}  // namespace countersign::crypto
