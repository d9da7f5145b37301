// The YAML of a front matter as a tree that knows where everything stands.
//
// A subset: mappings, sequences, scalars. Anchors, aliases and tags are refused (they are how
// expressions such as `*x` or `!a` get lost), and all scalars are texts: types are read by whoever
// knows them, so that 0.10 stays "0.10". On libyaml.
#ifndef COUNTERSIGN_COMPILE_YAML_H_
#define COUNTERSIGN_COMPILE_YAML_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"

namespace countersign::compile {

enum class YamlKind : uint8_t { kScalar, kMap, kList };

struct YamlNode {
  static constexpr int kMaxDepth = 16;
  static constexpr size_t kMaxNodes = 50'000;

  YamlKind kind = YamlKind::kScalar;
  bool quoted = false;   // kScalar, in either quotes or as a block: "true" is then a text
  String text;           // kScalar
  ByteRange range;       // in the file, quotes included
  Vector<uint32_t> map;  // where text[i] stands in the file; empty: at `base` + i
  uint32_t base = 0;
  Vector<YamlNode> items;  // kList; kMap: key, value, key, value …

  // The value of a key, nullptr where there is none or this is no map.
  const YamlNode* Find(std::string_view key) const;
  // REQUIRES: kScalar.
  Fragment AsFragment() const { return {.text = text, .base = base, .map = map}; }
};

// Reads `range` of the sink's file. Problems are reported (T251, T252, T270, T752, T753); nullopt
// when there was one.
std::optional<YamlNode> ReadYaml(ByteRange range, DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_YAML_H_
