// countersign eval EXPR [--bindings FILE] | countersign eval --batch: expressions tried from a
// shell, and the way conformance suites come in (core/compile/eval.h has the form of the lines).
#include <cstdio>
#include <optional>
#include <string>

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
    if (c == '\n' || !line.empty()) {
      PrintLine(compile::EvaluateLine(line));
      std::fflush(stdout);  // who asks line by line reads the answer before asking on
    }
    line.clear();
    if (c == EOF) return kExitGood;
  }
}

// "--5" and "--x + 1" are expressions, "--bindigns" is somebody's option: two minus signs and a
// word.
bool IsMisspelt(std::string_view argument) {
  if (!argument.starts_with("--") || argument.size() < 4) return false;
  for (const char c : argument.substr(2)) {
    if ((c < 'a' || c > 'z') && c != '-') return false;
  }
  return true;
}

}  // namespace

int RunEval(const Arguments& arguments) {
  constexpr std::string_view kUsage =
      "usage: countersign eval EXPR [--bindings FILE]\n"
      "       countersign eval --batch";
  std::optional<std::string_view> expression, file;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--batch") {
      if (arguments.size() == 1) return RunBatch();
      return PrintUsage("--batch reads lines from the input and takes nothing beside it", kUsage);
    }
    if (arguments[i] == "--bindings") {
      if (++i == arguments.size()) return PrintUsage("--bindings needs a file", kUsage);
      file = arguments[i];
    } else if (IsMisspelt(arguments[i])) {
      return PrintUsage(std::string(arguments[i]) + " is no option", kUsage);
    } else if (expression) {
      return PrintUsage("one expression; quote it if it has spaces", kUsage);
    } else {
      expression = arguments[i];
    }
  }
  if (!expression) return PrintUsage("which expression?", kUsage);
  std::optional<std::string> bindings;
  if (file) {
    auto bytes = ReadFile(*file);
    if (!bytes) return PrintFileError(bytes.error());
    bindings = *std::move(bytes);
  }
  const std::string answer = compile::EvaluateExpression(*expression, bindings);
  PrintLine(answer);
  return compile::IsValueAnswer(answer) ? kExitGood : kExitBad;
}

}  // namespace countersign::cli
