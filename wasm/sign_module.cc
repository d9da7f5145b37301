// What every signer's device can ask: names and hashes, and whether the engine is fit to start.
#include "boundary.h"
#include "crypto/crypto.h"

#ifndef COUNTERSIGN_VERSION
#error "COUNTERSIGN_VERSION comes from the project's version in CMakeLists.txt"
#endif

namespace countersign::boundary {
namespace {

// RFC 6234's "abc", RFC 8032 7.1 test 2, and one canonical text: a miscompiled or half-loaded
// module must not get as far as a signature.
bool SelfTest() {
  if (EncodeHex(crypto::Sha256(AsBytes("abc")).view()) !=
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") {
    return false;
  }
  auto key = DecodeHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  auto signature = DecodeHex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  if (!key || !signature) return false;
  auto public_key = crypto::AdmitKey(*key);
  auto parsed = Signature::FromBytes(*signature);
  if (!public_key || !parsed) return false;
  const uint8_t message[] = {0x72};
  if (crypto::VerifySignature(*public_key, message, *parsed) != crypto::Verdict::kValid)
    return false;
  const uint8_t other[] = {0x73};
  if (crypto::VerifySignature(*public_key, other, *parsed) == crypto::Verdict::kValid) return false;
  auto value = json::Read("{ \"b\" : [1, \"\\u00e9\\u000a\"], \"a\" : null }", json::kEventLimits);
  return value && json::Write(*value) == "{\"a\":null,\"b\":[1,\"\xc3\xa9\\n\"]}";
}

}  // namespace

// JSON {"name","version"}.
CS_EXPORT Answer cs_version() {
  return Json(json::Value::Make({{"name", json::Value::String("countersign")},
                                 {"version", json::Value::String(COUNTERSIGN_VERSION)}}));
}
// Errors: engine.self_test.
CS_EXPORT Answer cs_self_test() {
  return SelfTest() ? Nothing() : Fail(Error(ErrorCode::kEngineSelfTest));
}
// 32 bytes.
CS_EXPORT Answer cs_sha256(const uint8_t* data, uint32_t size) {
  return Raw(crypto::Sha256(In(data, size)).view());
}
// Text: RFC 7638 thumbprint, base64url. Errors: crypto.bad_key.
CS_EXPORT Answer cs_thumbprint(const uint8_t* key, uint32_t size) {
  auto admitted = crypto::AdmitKey(In(key, size));
  if (!admitted) return Fail(admitted.error());
  return Text(crypto::Thumbprint(*admitted).ToBase64Url());
}
// Text: the canonical form of any JSON within the profile. Errors: json.*, text.not_utf8.
CS_EXPORT Answer cs_canonical_json(const uint8_t* text, uint32_t size) {
  return Reply(InJson(text, size));
}

}  // namespace countersign::boundary
