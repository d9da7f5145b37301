// The reader of wrapped keys. Its cost is set to the least, or one input would take seconds.
#include "crypto/crypto.h"
#include "crypto/keys.h"

using namespace countersign;  // NOLINT: a program of one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes bytes(data, data + size);
  (void)crypto::WrappedKeyOwner(bytes).has_value();
  (void)crypto::AdmitKey(bytes).has_value();
  if (bytes.size() > 9) {
    bytes[6] = 0, bytes[7] = 8, bytes[8] = 0, bytes[9] = 1;
  }
  if (const auto seed = crypto::UnwrapKey(bytes, "correct horse")) {
    CS_CHECK(crypto::SigningKey::FromSeed(*seed).public_key() == *crypto::WrappedKeyOwner(bytes));
  }
  return 0;
}
