// A bundle taken apart into lines and put together again with a fitting end line: what somebody can
// do who recomputes every hash that needs no key.
#ifndef COUNTERSIGN_TESTS_SUPPORT_BUNDLE_LINES_H_
#define COUNTERSIGN_TESTS_SUPPORT_BUNDLE_LINES_H_

#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "crypto/crypto.h"

namespace countersign::testing {

struct BundleLines {
  explicit BundleLines(std::string_view file) {
    for (size_t at = 0; at < file.size();) {
      const size_t end = file.find('\n', at);
      if (end == std::string_view::npos) break;
      const std::string_view line = file.substr(at, end - at);
      if (!line.starts_with("end ")) lines.emplace_back(line);
      at = end + 1;
    }
  }
  enum class End : uint8_t { kFitting, kNone };
  String Join(End how = End::kFitting) const {
    String file;
    size_t events = 0;
    size_t blobs = 0;
    for (const String& line : lines) {
      if (line.starts_with("event ")) ++events;
      if (line.starts_with("blob ")) ++blobs;
      file.append(line).append("\n");
    }
    if (how == End::kNone) return file;
    const String digest = crypto::Sha256(AsBytes(file)).ToBase64Url();
    file.append("end " + NumberText(events) + " " + NumberText(blobs) + " " + digest + "\n");
    return file;
  }
  size_t EventCount() const {
    size_t events = 0;
    for (const String& line : lines) events += line.starts_with("event ") ? 1 : 0;
    return events;
  }

  Vector<String> lines;  // the header first, without the end line
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_BUNDLE_LINES_H_
