// countersign: what Countersign does, from a shell. Reads files, writes to the standard streams,
// needs no network.
#include <string>

#include "commands.h"
#include "files.h"

namespace {

using countersign::cli::Arguments;

constexpr std::string_view kUsage =
    "usage: countersign template check FILE... [--library DIR] [--fix [--dry-run]]\n"
    "       countersign template compile FILE [--library DIR]\n"
    "       countersign template import FILE... [-o OUT]\n"
    "       countersign template reference\n"
    "       countersign template render FILE --values FILE [--library DIR] [--as text|html|json]\n"
#ifdef COUNTERSIGN_HAS_VERIFY
    "       countersign verify BUNDLE [--json|--html]\n"
#endif
    "       countersign eval EXPR [--bindings FILE]\n"
    "       countersign eval --batch\n"
    "       countersign json FILE\n"
    "       countersign version";

int Run(std::string_view command, const Arguments& rest) {
  namespace cli = countersign::cli;
  if (command == "template") return cli::RunTemplate(rest);
  if (command == "eval") return cli::RunEval(rest);
  if (command == "json") return cli::RunJson(rest);
#ifdef COUNTERSIGN_HAS_VERIFY
  if (command == "verify") return cli::RunVerify(rest);
#endif
  if (command == "version" || command == "--version") {
    cli::PrintLine("countersign " COUNTERSIGN_VERSION);
    return cli::kExitGood;
  }
  if (command == "help" || command == "--help") {
    cli::PrintLine(kUsage);
    return cli::kExitGood;
  }
  if (command.empty()) return cli::PrintUsage("which command?", kUsage);
  return cli::PrintUsage(std::string(command) + " is no command", kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  std::string_view command = arguments.empty() ? std::string_view() : arguments[0];
  Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  const int code = Run(command, rest);
  // What did not arrive was not answered, whatever it said.
  return countersign::cli::FinishOutput() ? code : countersign::cli::kExitUsage;
}
