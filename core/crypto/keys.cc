#include "crypto/keys.h"

#include <sodium.h>

namespace countersign::crypto {

Result<Secret> Secret::FromBytes(ByteView bytes) {
  if (bytes.size() != kLength) return ErrorCode::kBytesWrongLength;
  Secret secret;
  for (size_t i = 0; i < kLength; ++i) secret.bytes_[i] = bytes[i];
  return secret;
}

Secret::Secret(Secret&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), kLength);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    sodium_memzero(other.bytes_.data(), kLength);
  }
  return *this;
}

Secret::~Secret() { sodium_memzero(bytes_.data(), kLength); }

bool operator==(const Secret& a, const Secret& b) {
  return sodium_memcmp(a.bytes_.data(), b.bytes_.data(), Secret::kLength) == 0;
}

SigningKey SigningKey::FromSeed(const Secret& seed) {
  SigningKey key;
  crypto_sign_ed25519_seed_keypair(key.public_key_.bytes.data(), key.secret_.data(),
                                   seed.view().data());
  return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : secret_(other.secret_), public_key_(other.public_key_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    secret_ = other.secret_;
    public_key_ = other.public_key_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::Sign(ByteView message) const {
  Signature signature;
  crypto_sign_ed25519_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                               secret_.data());
  return signature;
}

ExchangeKey ExchangeKeyOf(const Secret& seed) {
  ExchangeKey key;
  crypto_scalarmult_curve25519_base(key.bytes.data(), seed.view().data());
  return key;
}

Result<Secret> Agree(const Secret& seed, const ExchangeKey& other) {
  std::array<uint8_t, Secret::kLength> shared;
  if (crypto_scalarmult_curve25519(shared.data(), seed.view().data(), other.bytes.data()) != 0) {
    return ErrorCode::kCryptoBadKey;
  }
  Result<Secret> secret = Secret::FromBytes(shared);
  sodium_memzero(shared.data(), shared.size());
  return secret;
}

Bytes Seal(const Secret& key, const Nonce& nonce, ByteView context, ByteView plaintext) {
  Bytes sealed(plaintext.size() + kSealOverhead);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, plaintext.data(),
                                             plaintext.size(), context.data(), context.size(),
                                             nullptr, nonce.bytes.data(), key.view().data());
  return sealed;
}

Result<Bytes> Open(const Secret& key, const Nonce& nonce, ByteView context, ByteView sealed) {
  if (sealed.size() < kSealOverhead) return ErrorCode::kCryptoOpenFailed;
  Bytes plaintext(sealed.size() - kSealOverhead);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext.data(), nullptr, nullptr, sealed.data(),
                                                 sealed.size(), context.data(), context.size(),
                                                 nonce.bytes.data(), key.view().data()) != 0) {
    return ErrorCode::kCryptoOpenFailed;
  }
  return plaintext;
}

Result<Secret> Stretch(std::string_view passphrase, const Salt& salt, StretchCost cost) {
  constexpr size_t kMaxPassphrase = 1024;
  if (passphrase.empty() || passphrase.size() > kMaxPassphrase || !IsUtf8(passphrase)) {
    return ErrorCode::kCryptoBadPassphrase;
  }
  if (cost.mebibytes < 8 || cost.mebibytes > 256 || cost.passes < 1 || cost.passes > 10) {
    return ErrorCode::kCryptoBadCost;
  }
  std::array<uint8_t, Secret::kLength> key;
  if (crypto_pwhash_argon2id(key.data(), key.size(), passphrase.data(), passphrase.size(),
                             salt.bytes.data(), cost.passes, size_t{cost.mebibytes} << 20,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return ErrorCode::kCryptoOutOfMemory;  // its only failure within the bounds above
  }
  Result<Secret> secret = Secret::FromBytes(key);
  sodium_memzero(key.data(), key.size());
  return secret;
}

}  // namespace countersign::crypto
