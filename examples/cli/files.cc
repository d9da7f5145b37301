#include "files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "commands.h"
#include "json/value.h"

namespace countersign::cli {
namespace {

constexpr size_t kMaxFile = 128u << 20;

}  // namespace

bool IsFile(std::string_view path) {
  std::error_code error;
  return std::filesystem::is_regular_file(std::string(path), error);
}

Result<std::string> ReadFile(std::string_view path) {
  const std::string name(path);
  std::error_code no_folder;
  if (std::filesystem::is_directory(name, no_folder)) {
    return Error(ErrorCode::kInputUnreadable, "it is a folder", path);
  }
  std::FILE* file = std::fopen(name.c_str(), "rb");
  if (file == nullptr) return Error(ErrorCode::kInputUnreadable, std::strerror(errno), path);
  std::string bytes;
  char buffer[1 << 16];
  size_t count = 0;
  while (bytes.size() <= kMaxFile && (count = std::fread(buffer, 1, sizeof buffer, file)) > 0) {
    bytes.append(buffer, count);
  }
  const int failed = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (failed != 0) return Error(ErrorCode::kInputUnreadable, std::strerror(failed), path);
  if (bytes.size() > kMaxFile) {
    return Error(ErrorCode::kInputUnreadable, "it is larger than 128 MiB", path);
  }
  return bytes;
}

Result<Vector<std::string>> ListFiles(std::string_view folder, std::string_view ending) {
  std::error_code error;
  Vector<std::string> files;
  std::filesystem::recursive_directory_iterator it(std::string(folder), error);
  for (; !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    std::string path = it->path().string();
    std::error_code gone;
    if (it->is_regular_file(gone) && path.ends_with(ending)) files.push_back(std::move(path));
  }
  if (error) return Error(ErrorCode::kInputUnreadable, error.message(), folder);
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> ReplaceFile(std::string_view path, std::string_view bytes) {
  std::error_code error;
  // Behind a link the file itself is replaced, not the link.
  std::filesystem::path target = std::filesystem::weakly_canonical(std::string(path), error);
  if (error) target = std::string(path);
  std::filesystem::path fresh = target;
  fresh += ".new";
  std::FILE* file = std::fopen(fresh.c_str(), "wbx");
  bool written =
      file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  int failed = errno;
  if (file != nullptr && std::fclose(file) != 0) {
    failed = errno;
    written = false;
  }
  if (written && std::filesystem::exists(target, error)) {
    std::filesystem::permissions(fresh, std::filesystem::status(target, error).permissions(),
                                 error);
  }
  if (written) std::filesystem::rename(fresh, target, error);
  if (written && !error) return {};
  const std::string why = error ? error.message() : std::strerror(failed);
  if (file != nullptr) std::filesystem::remove(fresh, error);
  return Error(ErrorCode::kOutputUnwritable, why, path);
}

void Print(std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); }

void PrintLine(std::string_view line) {
  Print(line);
  std::fputc('\n', stdout);
}

void Complain(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

void PrintError(const Error& error, std::string_view file) {
  auto text = [](std::string_view words) {
    // A path may quote what was read.
    return json::Value::String(IsUtf8(words) ? words : "");
  };
  json::Value inner =
      json::Value::Make({{"code", text(error.name())}, {"message", text(error.message())}});
  if (!error.path().empty()) inner.Set("path", text(error.path()));
  if (!file.empty()) inner.Set("file", text(file));
  PrintLine(json::Write(json::Value::Make({{"error", std::move(inner)}})));
}

int PrintFileError(const Error& error) {
  PrintError(Error(error.code(), error.detail()), error.path());
  Complain("countersign: " + std::string(error.path()) + ": " + error.message() + " (" +
           std::string(error.name()) + ")");
  return kExitUsage;
}

int PrintUsage(std::string_view problem, std::string_view usage) {
  Complain("countersign: " + std::string(problem) + " (" +
           std::string(Error(ErrorCode::kInputBadArgument).name()) + ")");
  Complain(usage);
  return kExitUsage;
}

bool FinishOutput() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  const Error error(ErrorCode::kOutputUnwritable, std::strerror(errno));
  Complain("countersign: " + error.message() + " (" + std::string(error.name()) + ")");
  return false;
}

}  // namespace countersign::cli
