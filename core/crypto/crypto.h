// Hashing and signature checking: all the cryptography that deciding needs.
//
// The one normative verifier (libsodium's Ed25519, RFC 8032, no cofactored batch): WebCrypto, noble
// and OpenSSL disagree with it on edge cases, so they may sign but never decide validity. Signing
// and encryption live in a target of their own (crypto/keys.h). No other room includes sodium.h.
#ifndef COUNTERSIGN_CRYPTO_CRYPTO_H_
#define COUNTERSIGN_CRYPTO_CRYPTO_H_

#include <string_view>

#include "base/bytes.h"

namespace countersign::crypto {

Hash Sha256(ByteView bytes);
// SHA-256(tag || 0x00 || bytes). Hashes of what we define have a tag, so that bytes of one kind can
// never stand for another; references to stored bytes and RFC 7638 thumbprints are plain SHA-256.
Hash TaggedHash(std::string_view tag, ByteView bytes);
StoreId HashStored(ByteView stored_bytes);

// RFC 7638 thumbprint of the Ed25519 key as JWK {"crv":"Ed25519","kty":"OKP","x":"<43>"}.
KeyId Thumbprint(const PublicKey& key);

// Errors: crypto.bad_key for a key of small or mixed order or a non-canonical encoding. Keys are
// checked once, when they are admitted.
Result<PublicKey> AdmitKey(ByteView key);

enum class Verdict : uint8_t { kValid, kInvalid };
// RFC 8032 Ed25519 over `message`, libsodium's rules (S < L, no small-order R or key).
Verdict VerifySignature(const PublicKey& key, ByteView message, const Signature& signature);

Hash HmacSha256(ByteView key, ByteView message);
// RFC 5869 with SHA-256. REQUIRES: length <= 255 * 32.
Bytes Hkdf(ByteView secret, ByteView salt, std::string_view info, size_t length);

}  // namespace countersign::crypto

#endif  // COUNTERSIGN_CRYPTO_CRYPTO_H_
