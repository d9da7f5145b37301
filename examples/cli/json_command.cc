// countersign json FILE: any JSON within the profile in, canonical bytes out.
#include "commands.h"
#include "files.h"
#include "json/value.h"

namespace countersign::cli {

int RunJson(const Arguments& arguments) {
  constexpr std::string_view kUsage = "usage: countersign json FILE";
  if (arguments.size() != 1) return PrintUsage("one file", kUsage);
  auto bytes = ReadFile(arguments[0]);
  if (!bytes) return PrintFileError(bytes.error());
  auto value = json::Read(*bytes, json::kDocumentLimits);
  if (!value) {
    PrintError(value.error());
    return kExitBad;
  }
  Print(json::Write(*value));
  return kExitGood;
}

}  // namespace countersign::cli
