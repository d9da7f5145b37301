// Bundles, copies and reports over the boundary: a module of its own, which signers fetch when they
// save a copy. The author module defines COUNTERSIGN_RECOMPILE and makes compiled templates again
// from their source; the proof module says "notRecompiled".
#include "boundary.h"
#include "evidence/bundle.h"
#include "evidence/html_copy.h"
#include "evidence/verify.h"
#include "items.h"
#include "template/file_value.h"
#ifdef COUNTERSIGN_RECOMPILE
#include "author_calls.h"
#endif

namespace countersign::boundary {

// The items of an envelope (packed: items.h) in, the bundle's bytes out. Errors: as UnpackItems and
// WriteBundle.
CS_EXPORT Answer cs_bundle(const uint8_t* packed, uint32_t size) {
  auto items = UnpackItems(In(packed, size));
  if (!items) return Fail(items.error());
  Vector<String> events;
  Vector<Bytes> blobs;
  for (envelope::Item& item : *items) {
    if (item.kind == envelope::ItemKind::kEvent) {
      events.emplace_back(AsText(item.bytes));
    } else {
      blobs.push_back(std::move(item.bytes));
    }
  }
  return Reply(evidence::WriteBundle(events, blobs));
}
// The items of a bundle or copy, packed. Errors: as ReadBundle.
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
// The bytes of a file that somebody handed in, by its blob's reference. Errors: as ReadBundle,
// bytes.*, blob.missing.
CS_EXPORT Answer cs_bundle_file(const uint8_t* file, uint32_t size, const uint8_t* ref,
                                uint32_t ref_size) {
  auto bundle = evidence::ReadBundle(In(file, size));
  if (!bundle) return Fail(bundle.error());
  auto named = Hash::FromBase64Url(InText(ref, ref_size));
  if (!named) return Fail(named.error());
  for (const evidence::Blob& blob : bundle->blobs) {
    if (blob.ref == *named) return Raw(templates::BytesOfFile(blob.bytes));
  }
  return Fail(Error(ErrorCode::kBlobMissing));
}
// A bundle in, one self-contained HTML file out.
CS_EXPORT Answer cs_html_copy(const uint8_t* bundle, uint32_t size) {
  return Reply(evidence::WriteHtmlCopy(In(bundle, size)));
}
// JSON VerificationReport (evidence/verify.h). Errors: bundle.bad_header, bundle.too_large.
CS_EXPORT Answer cs_verify(const uint8_t* file, uint32_t size) {
#ifdef COUNTERSIGN_RECOMPILE
  auto report = evidence::Verify(In(file, size), Compiler());
#else
  auto report = evidence::Verify(In(file, size));
#endif
  if (!report) return Fail(report.error());
  return Json(report->json);
}
// The report as one printable HTML page. JSON report in.
CS_EXPORT Answer cs_report_html(const uint8_t* report, uint32_t size) {
  auto value = InJson(report, size);
  if (!value) return Fail(value.error());
  return Text(evidence::ReportHtml(*value));
}

}  // namespace countersign::boundary
