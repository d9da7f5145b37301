// Files for tests: those under tests/, and the public suites that are not part of the project.
//
// The suites (JSONTestSuite, JCS, Wycheproof) are looked for in $COUNTERSIGN_SHARED, else in
// ../shared/data beside the source folder. A test that does not find its suite says "skipped".
#ifndef COUNTERSIGN_TESTS_SUPPORT_FILES_H_
#define COUNTERSIGN_TESTS_SUPPORT_FILES_H_

#include <dirent.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/vector.h"

namespace countersign::testing {

// The bytes of the file, nullopt where it cannot be read.
inline std::optional<std::string> ReadFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return std::nullopt;
  std::string bytes;
  char buffer[65536];
  size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) bytes.append(buffer, count);
  std::fclose(file);
  return bytes;
}

// The names in the folder, sorted; empty where there is no such folder.
inline Vector<std::string> ListFolder(const std::string& path) {
  Vector<std::string> names;
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

// A file of the project's tests, for example "vectors/json/canonical.json".
inline std::string TestPath(const std::string& name) {
  return std::string(CS_TESTS_DIR "/") + name;
}

inline std::string SharedPath(const std::string& name) {
  const char* shared = std::getenv("COUNTERSIGN_SHARED");
  if (shared != nullptr && *shared != '\0') return std::string(shared) + "/" + name;
  return std::string(CS_TESTS_DIR "/../../shared/data/") + name;
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_FILES_H_
