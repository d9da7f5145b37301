// countersign eval EXPR [--bindings FILE] | countersign eval --batch: expressions tried from a
// shell, and the way conformance suites come in (core/compile/eval.h has the form of the lines).
#include <cstdio>

#include "commands.h"
#include "compile/eval.h"
#include "files.h"

namespace countersign::cli {
namespace {

// One JSON line in, one line out, until the input ends. A line that is too long is answered with
// its error.
int RunBatch() {
  std::string line;
  for (int c = std::getchar();; c = std::getchar()) {
    if (c != '\n' && c != EOF) {
      if (line.size() <= compile::kMaxEvalLine) line += static_cast<char>(c);
      continue;
    }
    if (c == '\n' || !line.empty()) PrintLine(compile::EvaluateLine(line));
    line.clear();
    if (c == EOF) return kExitGood;
  }
}

}  // namespace

int RunEval(const Arguments& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--batch") return RunBatch();
  std::string bindings;
  if (arguments.size() == 3 && arguments[1] == "--bindings") {
    std::optional<std::string> bytes = ReadFile(arguments[2]);
    if (!bytes) return kExitUsage;
    bindings = *std::move(bytes);
  } else if (arguments.size() != 1) {
    Complain(
        "usage: countersign eval EXPR [--bindings FILE]\n"
        "       countersign eval --batch");
    return kExitUsage;
  }
  const std::string answer = compile::EvaluateExpression(arguments[0], bindings);
  PrintLine(answer);
  return compile::IsValueAnswer(answer) ? kExitGood : kExitBad;
}

}  // namespace countersign::cli
