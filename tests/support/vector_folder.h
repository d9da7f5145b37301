// A folder of vectors: one file, one fault, the expected verdict in its name after two underscores
// ("padding__event.not_jws.jws"). Other implementations read the files; here they are also compared
// with the code that explains how each was made. COUNTERSIGN_WRITE_VECTORS=1 writes them anew.
#ifndef COUNTERSIGN_TESTS_SUPPORT_VECTOR_FOLDER_H_
#define COUNTERSIGN_TESTS_SUPPORT_VECTOR_FOLDER_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/vector.h"
#include "support/files.h"

namespace countersign::testing {

struct VectorCase {
  std::string name;
  std::string bytes;
  std::string verdict;
};

inline std::string FileNameOf(const VectorCase& vector, const std::string& extension) {
  return vector.name + "__" + vector.verdict + extension;
}

// Expects the folder to hold these files and no others with the extension.
inline void ExpectFolder(const std::string& folder, const std::string& extension,
                         const Vector<VectorCase>& cases) {
  Vector<std::string> expected;
  for (const VectorCase& vector : cases) {
    const std::string name = FileNameOf(vector, extension);
    const std::string path = TestPath(folder) + "/" + name;
    expected.push_back(name);
    if (std::getenv("COUNTERSIGN_WRITE_VECTORS") != nullptr) {
      std::FILE* file = std::fopen(path.c_str(), "wb");
      ASSERT_NE(file, nullptr) << path;
      std::fwrite(vector.bytes.data(), 1, vector.bytes.size(), file);
      std::fclose(file);
    }
    const auto bytes = ReadFile(path);
    ASSERT_TRUE(bytes.has_value()) << path << " is missing";
    EXPECT_EQ(*bytes, vector.bytes) << path;
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(std::adjacent_find(expected.begin(), expected.end()), expected.end());
  Vector<std::string> found = ListFolder(TestPath(folder));
  EraseIf(found, [&](const std::string& name) { return !name.ends_with(extension); });
  EXPECT_EQ(found, expected);
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_VECTOR_FOLDER_H_
