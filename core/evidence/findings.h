// What checking found, before it is told. Inner to the room: verify.cc fills it, certificate.cc and
// html_copy.cc read it.
#ifndef COUNTERSIGN_EVIDENCE_FINDINGS_H_
#define COUNTERSIGN_EVIDENCE_FINDINGS_H_

#include <optional>

#include "document/document.h"
#include "document/render.h"
#include "evidence/bundle.h"
#include "evidence/verify.h"

namespace countersign::evidence {

struct Findings {
  VerificationReport report;
  std::optional<document::Document> document;  // with the values in force, where it could be rendered
  document::Fills fills;                       // what stands in its blanks: values, marks, dates
};

// Everything but the comparison of a copy's page with its bundle.
Findings Check(const Bundle& bundle, const Recompiler* recompiler);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_FINDINGS_H_
