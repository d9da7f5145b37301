// Copies and reports over the boundary: a module of its own, which signers fetch when they save a
// copy. The author module defines COUNTERSIGN_RECOMPILE and makes compiled templates again from
// their source; the proof module says "notRecompiled".
#include "boundary.h"
#include "evidence/html_copy.h"
#include "evidence/verify.h"
#ifdef COUNTERSIGN_RECOMPILE
#include "author_calls.h"
#endif

namespace countersign::boundary {

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
