// Secrets, in a module of their own that is fetched only where it is needed: a browser without
// WebCrypto Ed25519, or a key under a passphrase. Randomness is handed in.
#include "boundary.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"
#include "json/shape.h"

namespace countersign::boundary {
namespace {

Handles<crypto::SigningKey>& Keys() {
  static Handles<crypto::SigningKey> open;
  return open;
}

}  // namespace

// JSON handle of the key of a 32-byte seed. Errors: bytes.wrong_length.
CS_EXPORT Answer cs_key_open(const uint8_t* seed, uint32_t size) {
  auto secret = crypto::Secret::FromBytes(In(seed, size));
  if (!secret) return Fail(secret.error());
  return Number(
      Keys().Add(std::make_unique<crypto::SigningKey>(crypto::SigningKey::FromSeed(*secret))));
}
CS_EXPORT void cs_key_close(int32_t handle) { Keys().Close(handle); }
// 32 bytes.
CS_EXPORT Answer cs_key_public(int32_t handle) {
  crypto::SigningKey* key = Keys().Find(handle);
  return key ? Raw(key->public_key().view()) : Fail(Closed());
}
// 64 bytes.
CS_EXPORT Answer cs_key_sign(int32_t handle, const uint8_t* message, uint32_t size) {
  crypto::SigningKey* key = Keys().Find(handle);
  return key ? Raw(key->Sign(In(message, size)).view()) : Fail(Closed());
}
// 132 bytes (FORMAT.md section 13). JSON cost: {"mebibytes","passes"}. Errors: as WrapKey.
CS_EXPORT Answer cs_key_wrap(const uint8_t* seed, uint32_t seed_size, const uint8_t* passphrase,
                             uint32_t passphrase_size, const uint8_t* salt, uint32_t salt_size,
                             const uint8_t* nonce, uint32_t nonce_size, int32_t mebibytes,
                             int32_t passes) {
  auto secret = crypto::Secret::FromBytes(In(seed, seed_size));
  if (!secret) return Fail(secret.error());
  auto parsed_salt = Salt::FromBytes(In(salt, salt_size));
  if (!parsed_salt) return Fail(parsed_salt.error());
  auto parsed_nonce = crypto::Nonce::FromBytes(In(nonce, nonce_size));
  if (!parsed_nonce) return Fail(parsed_nonce.error());
  auto wrapped =
      crypto::WrapKey(*secret, InText(passphrase, passphrase_size), *parsed_salt, *parsed_nonce,
                      {static_cast<uint32_t>(mebibytes), static_cast<uint32_t>(passes)});
  return wrapped ? Raw(*wrapped) : Fail(wrapped.error());
}
// JSON handle of the unwrapped key; the seed never leaves the module. Errors: as UnwrapKey.
CS_EXPORT Answer cs_key_unwrap(const uint8_t* wrapped, uint32_t size, const uint8_t* passphrase,
                               uint32_t passphrase_size) {
  auto secret = crypto::UnwrapKey(In(wrapped, size), InText(passphrase, passphrase_size));
  if (!secret) return Fail(secret.error());
  return Number(
      Keys().Add(std::make_unique<crypto::SigningKey>(crypto::SigningKey::FromSeed(*secret))));
}

}  // namespace countersign::boundary
