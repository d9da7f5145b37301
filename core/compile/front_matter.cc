#include "compile/front_matter.h"

#include <algorithm>

namespace countersign::compile {

FrontMatter FindFrontMatter(DiagnosticSink* sink) {
  std::string_view text = sink->file().own_text();
  auto size = static_cast<uint32_t>(text.size());
  FrontMatter front;
  uint32_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  front.body = {at, size};
  auto line_at = [&](uint32_t begin, uint32_t* next) {
    size_t end = text.find('\n', begin);
    *next = end == std::string_view::npos ? size : static_cast<uint32_t>(end + 1);
    std::string_view line =
        text.substr(begin, (end == std::string_view::npos ? size : end) - begin);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    return line;
  };
  uint32_t next = at;
  front.whole = {at, std::min(at + 3, size)};
  if (line_at(at, &next) != "---") {
    sink->Report(DiagnosticCode::kFrontMatterMissing, front.whole).hint =
        "Begin the file with a line ---, then template, version, title and fields, then a line "
        "---.";
    return front;
  }
  front.yaml.begin = next;
  while (next < size) {
    uint32_t begin = next;
    std::string_view line = line_at(begin, &next);
    if (line == "---" || line == "...") {
      front.yaml.end = begin;
      front.body = {next, size};
      front.found = true;
      return front;
    }
  }
  front.body = {size, size};
  sink->Report(DiagnosticCode::kFrontMatterMissing, front.whole, "The front matter is not closed")
      .hint = "Close it with a line ---.";
  return front;
}

}  // namespace countersign::compile
