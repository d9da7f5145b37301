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

#include "base/string.h"
#include "base/vector.h"

namespace countersign::testing {

// The bytes of the file, nullopt where it cannot be read.
inline std::optional<String> ReadFile(const String& path) {
  std::FILE* file = std::fopen(std::string(path).c_str(), "rb");
  if (file == nullptr) return std::nullopt;
  String bytes;
  char buffer[65536];
  size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) bytes.append(buffer, count);
  std::fclose(file);
  return bytes;
}

// The names in the folder, sorted; empty where there is no such folder.
inline Vector<String> ListFolder(const String& path) {
  Vector<String> names;
  DIR* folder = opendir(std::string(path).c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = readdir(folder)) {
    const String name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

// A file of the project's tests, for example "vectors/json/canonical.json".
inline String TestPath(const String& name) { return String(CS_TESTS_DIR "/") + name; }

inline String SharedPath(const String& name) {
  const char* shared = std::getenv("COUNTERSIGN_SHARED");
  if (shared != nullptr && *shared != '\0') return String(shared) + "/" + name;
  return String(CS_TESTS_DIR "/../../shared/data/") + name;
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_FILES_H_
