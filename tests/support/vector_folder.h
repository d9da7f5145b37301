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

#include "base/string.h"
#include "base/vector.h"
#include "support/files.h"

namespace countersign::testing {

struct VectorCase {
  String name;
  String bytes;
  String verdict;
};

inline String FileNameOf(const VectorCase& vector, const String& extension) {
  return vector.name + "__" + vector.verdict + extension;
}

// Expects the folder to hold these files and no others with the extension.
inline void ExpectFolder(const String& folder, const String& extension,
                         const Vector<VectorCase>& cases) {
  Vector<String> expected;
  for (const VectorCase& vector : cases) {
    const String name = FileNameOf(vector, extension);
    const String path = TestPath(folder) + "/" + name;
    expected.push_back(name);
    if (std::getenv("COUNTERSIGN_WRITE_VECTORS") != nullptr) {
      std::FILE* file = std::fopen(std::string(path).c_str(), "wb");
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
  Vector<String> found = ListFolder(TestPath(folder));
  EraseIf(found, [&](const String& name) { return !name.ends_with(extension); });
  EXPECT_EQ(found, expected);
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_VECTOR_FOLDER_H_
