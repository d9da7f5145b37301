// Stands in for libFuzzer where it is not built: runs every file of the named folders through the
// fuzz target once. Fails when a folder is missing or empty, so that a corpus cannot silently
// vanish.
#include <dirent.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

namespace {

std::vector<std::string> ListFiles(const std::string& folder) {
  std::vector<std::string> names;
  DIR* dir = opendir(folder.c_str());
  if (dir == nullptr) return names;
  while (const dirent* entry = readdir(dir)) {
    if (entry->d_name[0] != '.') names.push_back(folder + "/" + entry->d_name);
  }
  closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<uint8_t> ReadFile(const std::string& path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  uint8_t block[65536];
  while (size_t count = std::fread(block, 1, sizeof block, file))
    bytes.insert(bytes.end(), block, block + count);
  std::fclose(file);
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  int replayed = 0;
  for (int i = 1; i < argc; ++i) {
    const std::vector<std::string> files = ListFiles(argv[i]);
    if (files.empty()) {
      std::fprintf(stderr, "no corpus in %s\n", argv[i]);
      return 1;
    }
    for (const std::string& path : files) {
      const std::vector<uint8_t> bytes = ReadFile(path);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      ++replayed;
    }
  }
  std::printf("replayed %d inputs\n", replayed);
  return replayed > 0 ? 0 : 1;
}
