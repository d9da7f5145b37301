// Blobs: immutable bytes beside the log, named by their hash from the bodies of events.
//
// A reference is the SHA-256 of the stored bytes, base64url in JSON; the store finds the blob under
// the same hash in hexadecimal. FORMAT.md section 3. A detail blob holds the personal content of
// one event: without it (withheld, shredded) the log still verifies.
#ifndef COUNTERSIGN_LOG_BLOB_H_
#define COUNTERSIGN_LOG_BLOB_H_

#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "json/value.h"

namespace countersign::log {

enum class BlobKind : uint8_t { kDetail, kStructural };
inline constexpr size_t kMaxDetailBytes = 256 * 1024;
inline constexpr size_t kMaxBlobBytes = 4 * 1024 * 1024;

// SHA-256 of the stored bytes.
Hash ReferTo(ByteView stored);
// The same hash as the store's name for the item.
StoreId StoreIdOf(const Hash& reference);
// Errors: blob.too_large, blob.wrong_hash.
Result<void> CheckBlob(const Hash& reference, ByteView stored, BlobKind kind);

// The stored bytes of a detail blob: `content` with the member "salt" added.
// REQUIRES: content is an object without "salt".
// Errors: blob.too_large; those of json::Read where the content is outside the profile's bounds.
Result<String> WriteDetail(json::Value content, const Salt& salt);
// The object, its salt included. Errors: blob.too_large, schema.* and bytes.* (no object, no salt
// of 22 characters); those of json::ReadCanonical.
Result<json::Value> ReadDetail(std::string_view stored);

}  // namespace countersign::log

#endif  // COUNTERSIGN_LOG_BLOB_H_
