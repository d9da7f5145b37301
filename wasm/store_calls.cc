// Packs a batch for the local store and hands it to the browser in one crossing.
#include <cstring>

#include "base/bytes.h"
#include "boundary.h"
#include "crypto/crypto.h"
#include "json/shape.h"

namespace countersign::boundary {
namespace {

// wasm/indexeddb_library.js: one transaction; settles the promise that waits under `ticket`.
extern "C" void countersign_store_commit(int32_t base, int32_t ticket, const uint8_t* data,
                                         uint32_t size);

constexpr size_t kMaxBatchItems = 20000;

// The batch as one buffer: uint32 length of the head, the head (JSON), the items' bytes. Every item
// is hashed again here: what enters the store under a name has that name.
Result<Bytes> Pack(const json::Value& head, ByteView items) {
  json::Shape shape(head, "");
  const json::Array& list = shape.List("items");
  if (list.size() > kMaxBatchItems) return Error(ErrorCode::kInputBadArgument, "items", "/items");
  size_t at = 0;
  for (const json::Value& entry : list) {
    json::Shape item(shape, entry, "items");
    const String& id = item.Text("id");
    const auto size = static_cast<size_t>(item.Int("size", 0, int64_t{1} << 30));
    CS_TRY(item.Fault());
    if (size > items.size() - at) return Error(ErrorCode::kInputBadArgument, "size", "/items");
    if (EncodeHex(crypto::HashStored(items.subspan(at, size)).view()) != id) {
      return Error(ErrorCode::kStoreWrongHash, id, "/items");
    }
    at += size;
  }
  CS_TRY(shape.Fault());
  if (at != items.size()) return Error(ErrorCode::kInputBadArgument, "bytes", "/items");
  String text = json::Write(head);
  Bytes packed(4 + text.size() + items.size());
  for (int i = 0; i < 4; ++i) packed[i] = static_cast<uint8_t>(text.size() >> (8 * i));
  std::memcpy(packed.data() + 4, text.data(), text.size());
  std::memcpy(packed.data() + 4 + text.size(), items.data(), items.size());
  return packed;
}

}  // namespace

// Head: {"stream","durability","version"?,"items":[{"kind","id","size"}],"enqueue":[{"kind","id"}],
// "dequeue":[id],"records":{key: JSON text | null}}. Errors: store.wrong_hash; the rest comes by
// the ticket.
CS_EXPORT Answer cs_store_commit(int32_t base, int32_t ticket, const uint8_t* head,
                                 uint32_t head_size, const uint8_t* items, uint32_t items_size) {
  auto parsed = InJson(head, head_size);
  if (!parsed) return Fail(parsed.error());
  auto packed = Pack(*parsed, In(items, items_size));
  if (!packed) return Fail(packed.error());
  countersign_store_commit(base, ticket, packed->data(), static_cast<uint32_t>(packed->size()));
  return Nothing();
}

}  // namespace countersign::boundary
