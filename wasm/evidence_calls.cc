// Bundles, copies and reports over the boundary. The author module defines COUNTERSIGN_RECOMPILE
// and makes compiled templates again from their source; the sign module says "notRecompiled".
#include "boundary.h"
#include "envelope_calls.h"
#include "evidence/bundle.h"
#include "evidence/html_copy.h"
#include "evidence/verify.h"
#ifdef COUNTERSIGN_RECOMPILE
#include "author_calls.h"
#endif

namespace countersign::boundary {

// The bundle's bytes. Errors: as WriteBundle.
CS_EXPORT Answer cs_envelope_bundle(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  std::vector<std::string> events;
  for (size_t i = 0; i < open->ledger.size(); ++i) events.emplace_back(open->ledger.jws(i));
  std::vector<Bytes> blobs;
  for (const auto& [ref, bytes] : open->ledger.blobs().blobs()) blobs.push_back(bytes);
  return Reply(evidence::WriteBundle(events, blobs));
}
// A bundle in, one self-contained HTML file out.
CS_EXPORT Answer cs_html_copy(const uint8_t* bundle, uint32_t size) {
  return Reply(evidence::WriteHtmlCopy(In(bundle, size)));
}
// The items of a bundle or copy, packed as cs_envelope_commit does. Errors: as ReadBundle.
CS_EXPORT Answer cs_bundle_items(const uint8_t* file, uint32_t size) {
  auto bundle = evidence::ReadBundle(In(file, size));
  if (!bundle) return Fail(bundle.error());
  std::vector<envelope::Item> items;
  for (const evidence::Blob& blob : bundle->blobs) {
    items.push_back({envelope::ItemKind::kBlob, blob.ref.ToBase64Url(), blob.bytes});
  }
  for (const evidence::BundledEvent& event : bundle->events) {
    ByteView bytes = AsBytes(event.stored);
    items.push_back({envelope::ItemKind::kEvent, "", Bytes(bytes.begin(), bytes.end())});
  }
  return Text(PackItems(items));
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
