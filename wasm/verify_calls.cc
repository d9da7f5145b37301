// The normative verifier by itself, for servers: no page of ours calls it, and the signing module
// has it in a part that few fetch (wasm/parts.json).
#include "boundary.h"
#include "crypto/crypto.h"

namespace countersign::boundary {

// JSON true or false: the normative verifier. Errors: crypto.bad_key, bytes.wrong_length.
CS_EXPORT Answer cs_verify_signature(const uint8_t* key, uint32_t key_size, const uint8_t* message,
                                     uint32_t message_size, const uint8_t* signature,
                                     uint32_t signature_size) {
  auto admitted = crypto::AdmitKey(In(key, key_size));
  if (!admitted) return Fail(admitted.error());
  auto parsed = Signature::FromBytes(In(signature, signature_size));
  if (!parsed) return Fail(parsed.error());
  return Json(json::Value::Bool(crypto::VerifySignature(*admitted, In(message, message_size),
                                                        *parsed) == crypto::Verdict::kValid));
}

}  // namespace countersign::boundary
