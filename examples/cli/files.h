// Reading files and writing lines, for the sub-commands.
#ifndef COUNTERSIGN_EXAMPLES_CLI_FILES_H_
#define COUNTERSIGN_EXAMPLES_CLI_FILES_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "base/vector.h"

namespace countersign::cli {

// Errors: input.unreadable, with the reason and the file as path (also for one that is larger than
// 128 MiB, the largest that any of them may be: a bundle of 64 in a copy).
Result<std::string> ReadFile(std::string_view path);
// Whether there is a file, whatever is in it.
bool IsFile(std::string_view path);
// The files below a folder whose names end so, sorted. Errors: input.unreadable, where it is no
// folder or a part of it cannot be read.
Result<Vector<std::string>> ListFiles(std::string_view folder, std::string_view ending);

// All of it or nothing: a new file beside it takes its place, with its permissions. Errors:
// output.unwritable, with the file as path.
Result<void> ReplaceFile(std::string_view path, std::string_view bytes);

void Print(std::string_view bytes);  // as they are
void PrintLine(std::string_view line);
void Complain(std::string_view line);  // on the error stream
// {"error":{"code","message","path"?,"file"?}} as a line: `path` within the file.
void PrintError(const Error& error, std::string_view file = {});
// The same for a file that cannot be read or written, its name as `file`, and a line on the error
// stream. Answers kExitUsage.
int PrintFileError(const Error& error);
// A line of usage with what is wrong, on the error stream. Answers kExitUsage.
int PrintUsage(std::string_view problem, std::string_view usage);
// Whether all that was printed has arrived: a disk may be full. False, and a line on the error
// stream, where it has not.
bool FinishOutput();

}  // namespace countersign::cli

#endif  // COUNTERSIGN_EXAMPLES_CLI_FILES_H_
