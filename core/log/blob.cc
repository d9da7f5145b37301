#include "log/blob.h"

#include "crypto/crypto.h"
#include "json/shape.h"

namespace countersign::log {

Hash ReferTo(ByteView stored) { return crypto::Sha256(stored); }

StoreId StoreIdOf(const Hash& reference) {
  StoreId id;
  id.bytes = reference.bytes;
  return id;
}

Result<void> CheckBlob(const Hash& reference, ByteView stored, BlobKind kind) {
  if (stored.size() > (kind == BlobKind::kDetail ? kMaxDetailBytes : kMaxBlobBytes)) {
    return ErrorCode::kBlobTooLarge;
  }
  if (ReferTo(stored) != reference) return ErrorCode::kBlobWrongHash;
  return {};
}

Result<String> WriteDetail(json::Value content, const Salt& salt) {
  CS_CHECK(content.is_object() && content.Find("salt") == nullptr);
  content.Set("salt", json::Value::String(salt.ToBase64Url()));
  String stored = json::Write(content);
  CS_TRY(ReadDetail(stored));
  return stored;
}

Result<json::Value> ReadDetail(std::string_view stored) {
  if (stored.size() > kMaxDetailBytes) return ErrorCode::kBlobTooLarge;
  json::Value value = CS_TRY(json::ReadCanonical(stored, json::kDetailLimits));
  json::Shape shape(value, "");
  shape.Fixed64<Salt>("salt");
  CS_TRY(shape.Fault());
  return value;
}

}  // namespace countersign::log
