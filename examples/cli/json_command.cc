// countersign json FILE: any JSON within the profile in, canonical bytes out.
#include "commands.h"
#include "files.h"
#include "json/value.h"

namespace countersign::cli {

int RunJson(const Arguments& arguments) {
  if (arguments.size() != 1) {
    Complain("usage: countersign json FILE");
    return kExitUsage;
  }
  auto bytes = ReadFile(arguments[0]);
  if (!bytes) return kExitUsage;
  auto value = json::Read(*bytes, json::kDocumentLimits);
  if (!value) {
    PrintError(value.error());
    return kExitBad;
  }
  Print(json::Write(*value));
  return kExitGood;
}

}  // namespace countersign::cli
