// countersign verify BUNDLE [--json|--html]: what a stranger's file proves, without a network.
//
// BUNDLE is a bundle or a self-contained HTML copy. The exit code is the verdict: 0 valid and
// complete, 1 invalid, 2 usage or unreadable, 3 incomplete or not sealed, 4 contested or frozen, 5
// valid but ended, 6 needs a newer version.
#include "commands.h"
#include "compile/template_compiler.h"
#include "evidence/verify.h"
#include "files.h"
#include "json/value.h"

namespace countersign::cli {
namespace {

constexpr std::string_view kVerifyUsage = "usage: countersign verify BUNDLE [--json|--html]";
constexpr evidence::Recompiler kRecompiler{&compile::Recompile};

enum class Form : uint8_t { kText, kJson, kHtml };

}  // namespace

int RunVerify(const Arguments& arguments) {
  std::string_view path;
  Form form = Form::kText;
  for (const std::string_view argument : arguments) {
    if (argument == "--json") {
      form = Form::kJson;
    } else if (argument == "--html") {
      form = Form::kHtml;
    } else if (argument.starts_with("-") || !path.empty()) {
      Complain(kVerifyUsage);
      return kExitUsage;
    } else {
      path = argument;
    }
  }
  if (path.empty()) {
    Complain(kVerifyUsage);
    return kExitUsage;
  }
  const auto file = ReadFile(path);
  if (!file) return kExitUsage;
  const auto report = evidence::Verify(AsBytes(*file), &kRecompiler);
  if (!report) {
    if (form == Form::kJson) {
      PrintError(report.error());
    } else {
      Complain(std::string(path) + ": " + report.error().message() + " (" +
               std::string(report.error().name()) + ")");
    }
    return kExitUsage;
  }
  switch (form) {
    case Form::kText:
      Print(evidence::ReportText(report->json));
      break;
    case Form::kJson:
      PrintLine(json::Write(report->json));
      break;
    case Form::kHtml:
      Print(evidence::ReportHtml(report->json));
      break;
  }
  return evidence::ExitCode(report->verdict);
}

}  // namespace countersign::cli
