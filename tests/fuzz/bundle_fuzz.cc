// Whatever the bytes are, reading and verifying them ends with a report or an error: never a trap,
// never a verdict "valid" for a file without a genesis, and the report can be told as text and
// HTML.
#include <cstdint>

#include "evidence/bundle.h"
#include "evidence/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace countersign;
  auto report = evidence::Verify({data, size});
  if (!report) return 0;
  CS_CHECK(report->verdict != evidence::Verdict::kValid ||
           report->json.Find("completion") != nullptr);
  evidence::ReportText(report->json);
  evidence::ReportHtml(report->json);
  return 0;
}
