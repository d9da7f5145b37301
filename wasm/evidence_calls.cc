// Bundles over the boundary. What judges them is in proof_calls.cc.
#include "boundary.h"
#include "envelope_calls.h"
#include "evidence/bundle.h"

namespace countersign::boundary {

// The bundle's bytes. Errors: as WriteBundle.
CS_EXPORT Answer cs_envelope_bundle(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  Vector<std::string> events;
  for (size_t i = 0; i < open->ledger.size(); ++i) events.emplace_back(open->ledger.jws(i));
  Vector<Bytes> blobs;
  for (const auto& [ref, bytes] : open->ledger.blobs().blobs()) blobs.push_back(bytes);
  return Reply(evidence::WriteBundle(events, blobs));
}
// The items of a bundle or copy, packed as cs_envelope_commit does. Errors: as ReadBundle.
CS_EXPORT Answer cs_bundle_items(const uint8_t* file, uint32_t size) {
  auto bundle = evidence::ReadBundle(In(file, size));
  if (!bundle) return Fail(bundle.error());
  Vector<envelope::Item> items;
  for (const evidence::Blob& blob : bundle->blobs) {
    items.push_back({envelope::ItemKind::kBlob, blob.ref.ToBase64Url(), blob.bytes});
  }
  for (const evidence::BundledEvent& event : bundle->events) {
    ByteView bytes = AsBytes(event.stored);
    items.push_back({envelope::ItemKind::kEvent, "", Bytes(bytes.begin(), bytes.end())});
  }
  return Text(PackItems(items));
}

}  // namespace countersign::boundary
