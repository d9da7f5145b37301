// Verification reports in tests, always made with the compiler linked.
#ifndef COUNTERSIGN_TESTS_SUPPORT_REPORTS_H_
#define COUNTERSIGN_TESTS_SUPPORT_REPORTS_H_

#include <string_view>

#include "base/string.h"
#include "compile/template_compiler.h"
#include "evidence/page.h"
#include "evidence/verify.h"

namespace countersign::testing {

// REQUIRES: the file holds a bundle.
inline evidence::VerificationReport Report(const String& file) {
  static constexpr evidence::Recompiler kRecompiler{&compile::Recompile};
  auto report = evidence::Verify(AsBytes(file), &kRecompiler);
  CS_CHECK(report.has_value());
  return *std::move(report);
}

inline const json::Value* FindReason(const evidence::VerificationReport& report,
                                     std::string_view code) {
  for (const json::Value& reason : evidence::ListOf(report.json, "reasons")) {
    if (evidence::TextOf(reason, "code") == code) return &reason;
  }
  return nullptr;
}
inline bool HasReason(const evidence::VerificationReport& report, std::string_view code,
                      std::string_view severity) {
  const json::Value* reason = FindReason(report, code);
  return reason != nullptr && evidence::TextOf(*reason, "severity") == severity;
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_REPORTS_H_
