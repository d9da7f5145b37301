// countersign: what Countersign does, from a shell. Reads files, writes to the standard streams,
// needs no network.
#include "commands.h"
#include "files.h"

namespace {

using countersign::cli::Arguments;

constexpr std::string_view kUsage =
    "usage: countersign template check FILE... [--library DIR]\n"
    "       countersign template compile FILE [--library DIR]\n"
    "       countersign template render FILE --values FILE [--library DIR] [--as text|html|json]\n"
#ifdef COUNTERSIGN_HAS_VERIFY
    "       countersign verify BUNDLE [--json]\n"
#endif
    "       countersign eval EXPR [--bindings FILE]\n"
    "       countersign eval --batch\n"
    "       countersign json FILE\n"
    "       countersign version";

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  std::string_view command = arguments.empty() ? std::string_view() : arguments[0];
  Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (command == "template") return countersign::cli::RunTemplate(rest);
  if (command == "eval") return countersign::cli::RunEval(rest);
  if (command == "json") return countersign::cli::RunJson(rest);
#ifdef COUNTERSIGN_HAS_VERIFY
  if (command == "verify") return countersign::cli::RunVerify(rest);
#endif
  if (command == "version" || command == "--version") {
    countersign::cli::PrintLine("countersign " COUNTERSIGN_VERSION);
    return countersign::cli::kExitGood;
  }
  countersign::cli::Complain(kUsage);
  return command == "help" || command == "--help" ? countersign::cli::kExitGood
                                                  : countersign::cli::kExitUsage;
}
