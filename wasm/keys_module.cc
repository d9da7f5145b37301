// Secrets, in a module of their own that is fetched only where it is needed: a browser without
// WebCrypto Ed25519, or a key under a passphrase. Randomness is handed in.
#include "boundary.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"

namespace countersign::boundary {
namespace {

Handles<crypto::SigningKey>& Keys() {
  static Handles<crypto::SigningKey> open;
  return open;
}

}  // namespace

// RFC 8032 7.1 test 2: the seed signs as it must, and the verifier agrees. Errors:
// engine.self_test.
CS_EXPORT Answer cs_self_test() {
  auto seed = DecodeHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  auto expected = DecodeHex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  auto secret =
      seed ? crypto::Secret::FromBytes(*seed) : Result<crypto::Secret>(ErrorCode::kEngineSelfTest);
  if (!secret || !expected) return Fail(Error(ErrorCode::kEngineSelfTest));
  crypto::SigningKey key = crypto::SigningKey::FromSeed(*secret);
  const uint8_t message[] = {0x72};
  Signature signature = key.Sign(message);
  bool same = Bytes(signature.bytes.begin(), signature.bytes.end()) == *expected;
  bool valid =
      crypto::VerifySignature(key.public_key(), message, signature) == crypto::Verdict::kValid;
  return same && valid ? Nothing() : Fail(Error(ErrorCode::kEngineSelfTest));
}
// Text: RFC 7638 thumbprint, base64url. Errors: crypto.bad_key.
CS_EXPORT Answer cs_thumbprint(const uint8_t* key, uint32_t size) {
  auto admitted = crypto::AdmitKey(In(key, size));
  if (!admitted) return Fail(admitted.error());
  return Text(crypto::Thumbprint(*admitted).ToBase64Url());
}
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
