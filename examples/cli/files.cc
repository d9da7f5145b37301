#include "files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/bytes.h"
#include "json/value.h"

namespace countersign::cli {
namespace {

constexpr size_t kMaxFile = 512u << 20;

}  // namespace

std::optional<std::string> ReadFile(std::string_view path) {
  std::string name(path);
  std::error_code no_folder;
  std::FILE* file =
      std::filesystem::is_directory(name, no_folder) ? nullptr : std::fopen(name.c_str(), "rb");
  if (file == nullptr) {
    Complain("countersign: cannot read " + name);
    return std::nullopt;
  }
  std::string bytes;
  char buffer[1 << 16];
  size_t count = 0;
  while (bytes.size() <= kMaxFile && (count = std::fread(buffer, 1, sizeof buffer, file)) > 0) {
    bytes.append(buffer, count);
  }
  bool failed = std::ferror(file) != 0 || bytes.size() > kMaxFile;
  std::fclose(file);
  if (failed) {
    Complain("countersign: cannot read all of " + name);
    return std::nullopt;
  }
  return bytes;
}

std::optional<Vector<std::string>> ListFiles(std::string_view folder, std::string_view ending) {
  std::error_code error;
  Vector<std::string> files;
  std::filesystem::recursive_directory_iterator it(std::string(folder), error);
  if (error) {
    Complain("countersign: " + std::string(folder) + " is no folder that can be read");
    return std::nullopt;
  }
  for (; it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
    if (error) break;
    std::string path = it->path().string();
    if (it->is_regular_file(error) && path.ends_with(ending)) files.push_back(std::move(path));
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool ReplaceFile(std::string_view path, std::string_view bytes) {
  std::error_code error;
  // Behind a link the file itself is replaced, not the link.
  std::filesystem::path target = std::filesystem::weakly_canonical(std::string(path), error);
  if (error) target = std::string(path);
  std::filesystem::path fresh = target;
  fresh += ".new";
  std::FILE* file = std::fopen(fresh.c_str(), "wbx");
  bool written =
      file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  if (written && std::filesystem::exists(target, error)) {
    std::filesystem::permissions(fresh, std::filesystem::status(target, error).permissions(),
                                 error);
  }
  if (written) std::filesystem::rename(fresh, target, error);
  if (written && !error) return true;
  if (file != nullptr) std::filesystem::remove(fresh, error);
  Complain("countersign: cannot write " + std::string(path));
  return false;
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

void PrintError(const Error& error) {
  auto text = [](std::string_view words) {
    // A path may quote what was read.
    return json::Value::String(IsUtf8(words) ? words : "");
  };
  json::Value inner =
      json::Value::Make({{"code", text(error.name())}, {"message", text(error.message())}});
  if (!error.path().empty()) inner.Set("path", text(error.path()));
  PrintLine(json::Write(json::Value::Make({{"error", std::move(inner)}})));
}

}  // namespace countersign::cli
