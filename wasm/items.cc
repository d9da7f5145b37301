#include "items.h"

#include <cstddef>
#include <cstdint>

#include "crypto/crypto.h"
#include "json/builder.h"
#include "json/shape.h"
#include "json/value.h"

namespace countersign::boundary {
namespace {

constexpr size_t kLength = 4;  // bytes of the head's length

}  // namespace

String PackItems(const Vector<envelope::Item>& items) {
  json::Array head;
  size_t total = 0;
  for (const envelope::Item& item : items) {
    head.push_back(json::Builder()
                       .Text("kind", item.kind == envelope::ItemKind::kEvent ? "e" : "b")
                       .Text("id", EncodeHex(crypto::HashStored(item.bytes).view()))
                       .Text("name", item.name)
                       .Int("size", static_cast<int64_t>(item.bytes.size()))
                       .Take());
    total += item.bytes.size();
  }
  String text = json::Write(json::Value::List(std::move(head)));
  String packed;
  packed.reserve(kLength + text.size() + total);
  for (size_t i = 0; i < kLength; ++i) packed.push_back(static_cast<char>(text.size() >> (8 * i)));
  packed += text;
  for (const envelope::Item& item : items) packed += AsText(item.bytes);
  return packed;
}

Result<Vector<envelope::Item>> UnpackItems(ByteView packed) {
  size_t length = 0;
  for (size_t i = 0; i < kLength && i < packed.size(); ++i) length |= size_t{packed[i]} << (8 * i);
  if (packed.size() < kLength || packed.size() - kLength < length) {
    return Error(ErrorCode::kInputBadArgument, "head");
  }
  packed = packed.subspan(kLength);
  const json::Value head =
      CS_TRY(json::Read(AsText(packed.subspan(0, length)), json::kDocumentLimits));
  packed = packed.subspan(length);
  if (!head.is_array()) return Error(ErrorCode::kInputBadArgument, "head");
  Vector<envelope::Item> items;
  for (const json::Value& entry : head.items()) {
    json::Shape shape(entry, "");
    envelope::Item item;
    item.kind = shape.Text("kind") == "e" ? envelope::ItemKind::kEvent : envelope::ItemKind::kBlob;
    item.name = shape.Text("name");
    const auto size = static_cast<size_t>(shape.Int("size", 0, int64_t{1} << 30));
    CS_TRY(shape.Fault());
    if (size > packed.size()) return Error(ErrorCode::kInputBadArgument, "size");
    item.bytes.assign(packed.begin(), packed.begin() + size);
    packed = packed.subspan(size);
    items.push_back(std::move(item));
  }
  if (!packed.empty()) return Error(ErrorCode::kInputBadArgument, "bytes");
  return items;
}

}  // namespace countersign::boundary
