// Reading files and writing lines, for the sub-commands.
#ifndef COUNTERSIGN_EXAMPLES_CLI_FILES_H_
#define COUNTERSIGN_EXAMPLES_CLI_FILES_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/vector.h"

namespace countersign::cli {

// nullopt, and a line on the error stream, where the file cannot be read or is larger than 512 MiB.
std::optional<std::string> ReadFile(std::string_view path);
// The files below a folder whose names end so, sorted. nullopt, and a line on the error stream,
// where it is no folder.
std::optional<Vector<std::string>> ListFiles(std::string_view folder, std::string_view ending);

// All of it or nothing: a new file beside it takes its place, with its permissions. False, and a
// line on the error stream, where that cannot be done.
bool ReplaceFile(std::string_view path, std::string_view bytes);

void Print(std::string_view bytes);  // as they are
void PrintLine(std::string_view line);
void Complain(std::string_view line);  // on the error stream
// {"error":{"code","message","path"?}} as a line.
void PrintError(const Error& error);

}  // namespace countersign::cli

#endif  // COUNTERSIGN_EXAMPLES_CLI_FILES_H_
