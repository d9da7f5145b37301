#include "template/lock.h"

#include "crypto/crypto.h"
#include "json/shape.h"

namespace countersign::templates {

String HashUnit(const json::Value& unit) {
  json::Value bare = unit;
  bare.Remove("lock");
  return crypto::TaggedHash("countersign-unit/v1", AsBytes(json::Write(bare))).ToBase64Url();
}

Result<String> CheckLock(const json::Value& unit) {
  const json::Value* lock = unit.Find("lock");
  if (lock == nullptr) return Error(ErrorCode::kSchemaMissingMember, {}, "/lock");
  json::Shape shape(*lock, "/lock");
  shape.Fixed64<Hash>("source");
  const Hash content = shape.Fixed64<Hash>("content");
  shape.OptionalText("why");
  CS_TRY(shape.Finish());
  String found = HashUnit(unit);
  if (found != content.ToBase64Url())
    return Error(ErrorCode::kTemplateLockBroken, {}, "/lock/content");
  return found;
}

}  // namespace countersign::templates
