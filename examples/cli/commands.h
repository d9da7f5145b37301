// The sub-commands of `countersign`. Each gets what follows its name and answers the exit code.
#ifndef COUNTERSIGN_EXAMPLES_CLI_COMMANDS_H_
#define COUNTERSIGN_EXAMPLES_CLI_COMMANDS_H_

#include <string_view>

#include "base/vector.h"

namespace countersign::cli {

using Arguments = Vector<std::string_view>;

inline constexpr int kExitGood = 0;
inline constexpr int kExitBad = 1;      // the input says no
inline constexpr int kExitUsage = 2;    // wrong usage, or a file that cannot be read
inline constexpr int kExitPending = 3;  // template render: a unit waits for an answer

int RunTemplate(const Arguments& arguments);  // template_command.cc
int RunJson(const Arguments& arguments);      // json_command.cc
int RunEval(const Arguments& arguments);      // eval_command.cc
int RunVerify(const Arguments& arguments);    // verify_command.cc

}  // namespace countersign::cli

#endif  // COUNTERSIGN_EXAMPLES_CLI_COMMANDS_H_
