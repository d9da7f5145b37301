// Secrets: signing, agreeing on a key, encrypting, stretching a passphrase, wrapping a key under
// it.
//
// Nothing here draws randomness: seeds, salts and nonces are handed in by whoever has a generator.
// Secrets are move-only and are wiped when they are moved from or destroyed. What is wiped is our
// copy: the caller's buffer, the stack of a called function and, in wasm, a grown memory's old
// pages are not. A page that can, signs through WebCrypto with a non-extractable key and never
// calls this.
#ifndef COUNTERSIGN_CRYPTO_KEYS_H_
#define COUNTERSIGN_CRYPTO_KEYS_H_

#include <string_view>

#include "base/bytes.h"

namespace countersign::crypto {

// 32 secret bytes: a seed or a symmetric key.
class Secret {
 public:
  static constexpr size_t kLength = 32;

  // Errors: bytes.wrong_length.
  static Result<Secret> FromBytes(ByteView bytes);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  ByteView view() const { return bytes_; }
  // Compares in constant time.
  friend bool operator==(const Secret& a, const Secret& b);

 private:
  Secret() = default;
  std::array<uint8_t, kLength> bytes_{};
};

// Ed25519 (RFC 8032). The public half follows from the seed.
class SigningKey {
 public:
  static SigningKey FromSeed(const Secret& seed);
  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey();

  const PublicKey& public_key() const { return public_key_; }
  // Deterministic: the same message has the same signature.
  Signature Sign(ByteView message) const;

 private:
  SigningKey() = default;
  std::array<uint8_t, 64> secret_{};  // libsodium's form: seed, then public key
  PublicKey public_key_;
};

using ExchangeKey = FixedBytes<struct ExchangeKeyTag, 32>;  // public, X25519
// X25519 (RFC 7748): the public key of a seed. Never use a signing seed here.
ExchangeKey ExchangeKeyOf(const Secret& seed);
// The shared secret, raw: put it through Hkdf before use. Errors: crypto.bad_key where the other
// key is of small order (the result would be known to everybody).
Result<Secret> Agree(const Secret& seed, const ExchangeKey& other);

using Nonce = FixedBytes<struct NonceTag, 24>;
inline constexpr size_t kSealOverhead = 16;  // bytes that Seal adds
// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). A nonce is used once per key; 24 random bytes
// will do. Not key-committing: two keys can open one ciphertext to different texts, so sign the
// plaintext's hash.
Bytes Seal(const Secret& key, const Nonce& nonce, ByteView context, ByteView plaintext);
// Errors: crypto.open_failed.
Result<Bytes> Open(const Secret& key, const Nonce& nonce, ByteView context, ByteView sealed);

// What stretching costs, to us and to whoever guesses. Bounds: 8 to 256 MiB, 1 to 10 passes, so
// that a wrapped key from outside cannot stop a phone.
struct StretchCost {
  uint32_t mebibytes = 64;
  uint32_t passes = 3;
  friend bool operator==(const StretchCost&, const StretchCost&) = default;
};
// Argon2id version 1.3 (RFC 9106), one lane. The passphrase is UTF-8 as bytes: whoever reads it
// from a person brings it to NFC first. Errors: crypto.bad_passphrase, crypto.bad_cost,
// crypto.out_of_memory.
Result<Secret> Stretch(std::string_view passphrase, const Salt& salt, StretchCost cost);

// Wrapped key, version 1: 132 bytes, see FORMAT.md "Wrapped key". Only Ed25519 seeds.
inline constexpr size_t kWrappedKeySize = 132;
// Errors: as Stretch.
Result<Bytes> WrapKey(const Secret& seed, std::string_view passphrase, const Salt& salt,
                      const Nonce& nonce, StretchCost cost);
// The seed. Errors: crypto.bad_wrapped_key, crypto.open_failed (also where the seed is not that of
// the public key in the clear part), and those of Stretch.
Result<Secret> UnwrapKey(ByteView wrapped, std::string_view passphrase);
// Whose key this is, from the clear part: a hint until UnwrapKey agrees.
// Errors: crypto.bad_wrapped_key.
Result<PublicKey> WrappedKeyOwner(ByteView wrapped);

}  // namespace countersign::crypto

#endif  // COUNTERSIGN_CRYPTO_KEYS_H_
