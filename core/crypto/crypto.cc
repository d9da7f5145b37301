#include "crypto/crypto.h"

#include <sodium.h>

#include "base/string.h"

namespace countersign::crypto {
namespace {

// SHA-256 over several pieces, so that nothing is copied only to be hashed.
class Hashing {
 public:
  Hashing() { crypto_hash_sha256_init(&state_); }
  void Add(ByteView bytes) { crypto_hash_sha256_update(&state_, bytes.data(), bytes.size()); }
  void Finish(uint8_t* out) { crypto_hash_sha256_final(&state_, out); }

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace

Hash Sha256(ByteView bytes) {
  Hash hash;
  crypto_hash_sha256(hash.bytes.data(), bytes.data(), bytes.size());
  return hash;
}

Hash TaggedHash(std::string_view tag, ByteView bytes) {
  constexpr uint8_t kSeparator[] = {0};
  Hash hash;
  Hashing hashing;
  hashing.Add(AsBytes(tag));
  hashing.Add(kSeparator);
  hashing.Add(bytes);
  hashing.Finish(hash.bytes.data());
  return hash;
}

StoreId HashStored(ByteView stored_bytes) {
  StoreId id;
  crypto_hash_sha256(id.bytes.data(), stored_bytes.data(), stored_bytes.size());
  return id;
}

KeyId Thumbprint(const PublicKey& key) {
  // The one JWK spelling that RFC 7638 hashes: required members, sorted, no white space.
  String jwk = R"({"crv":"Ed25519","kty":"OKP","x":")";
  jwk.append(key.ToBase64Url()).append(R"("})");
  KeyId id;
  id.bytes = Sha256(AsBytes(jwk)).bytes;
  return id;
}

Result<PublicKey> AdmitKey(ByteView key) {
  PublicKey admitted = CS_TRY(PublicKey::FromBytes(key));
  // Canonical, on the curve, in the main subgroup, not of small order.
  if (crypto_core_ed25519_is_valid_point(admitted.bytes.data()) != 1) {
    return ErrorCode::kCryptoBadKey;
  }
  return admitted;
}

Verdict VerifySignature(const PublicKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_ed25519_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                             key.bytes.data()) == 0
             ? Verdict::kValid
             : Verdict::kInvalid;
}

Hash HmacSha256(ByteView key, ByteView message) {
  Hash mac;
  crypto_auth_hmacsha256_state state;
  // libsodium declares the key never null, and an empty view may be.
  const uint8_t* key_bytes = key.empty() ? mac.bytes.data() : key.data();
  crypto_auth_hmacsha256_init(&state, key_bytes, key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_final(&state, mac.bytes.data());
  return mac;
}

Bytes Hkdf(ByteView secret, ByteView salt, std::string_view info, size_t length) {
  CS_CHECK(length <= 255 * Hash::kLength);
  // Extract. RFC 5869 section 2.2: an absent salt is a string of zeros, which is what HMAC makes of
  // an empty key.
  const Hash key = HmacSha256(salt, secret);
  // Expand: T(n) = HMAC(key, T(n-1) || info || n).
  Bytes out;
  out.reserve(length + Hash::kLength);
  for (uint8_t round = 1; out.size() < length; ++round) {
    Bytes block;
    if (round > 1) block.assign(out.end() - Hash::kLength, out.end());
    const ByteView info_bytes = AsBytes(info);
    block.insert(block.end(), info_bytes.begin(), info_bytes.end());
    block.push_back(round);
    const Hash next = HmacSha256(key.view(), block);
    out.insert(out.end(), next.bytes.begin(), next.bytes.end());
  }
  out.resize(length);
  return out;
}

}  // namespace countersign::crypto
