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
    } else if (argument.starts_with("-")) {
      return PrintUsage(std::string(argument) + " is no option of verify", kVerifyUsage);
    } else if (!path.empty()) {
      return PrintUsage("one bundle at a time", kVerifyUsage);
    } else {
      path = argument;
    }
  }
  if (path.empty()) return PrintUsage("which bundle?", kVerifyUsage);
  const auto say = [&](const Error& error) {
    if (form == Form::kJson) PrintError(Error(error.code(), error.detail()), path);
    Complain("countersign: " + std::string(path) + ": " + error.message() + " (" +
             std::string(error.name()) + ")");
    return kExitUsage;
  };
  const auto file = ReadFile(path);
  if (!file) return say(file.error());
  const auto report = evidence::Verify(AsBytes(*file), &kRecompiler);
  if (!report) return say(report.error());
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
