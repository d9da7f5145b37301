// Links: by their address, by a name, and into the text itself.
#include <algorithm>

#include "import/importer.h"

namespace countersign::importing {

// A link by its address or by a name, and what pandoc writes for underlined words, where the first
// bracket closes at `end`.
size_t Importer::TakeLink(std::string_view rest, size_t end, String* out) {
  const std::string_view words = rest.substr(1, end - 1);
  std::string_view behind = rest.substr(end + 1);
  if (behind.starts_with("{.") || behind.starts_with("{#")) {
    size_t close = behind.substr(0, kMaxPlaceholder).find('}');
    if (close == std::string_view::npos) return 0;
    Note(at_, "tag", "'" + String(behind.substr(0, close + 1)) + "' was taken away");
    *out += InlineWithin(words);
    return end + close + 2;
  }
  if (behind.starts_with('(')) {
    size_t close = behind.substr(0, kMaxPlaceholder).find(')');
    std::string_view address =
        close == std::string_view::npos ? std::string_view() : behind.substr(1, close - 1);
    // [Name](the "Buyer") is no link for who wrote it, whatever Markdown says.
    bool inside = address.starts_with('#') || address.starts_with('/') ||
                  address.starts_with("./") || address.starts_with("../") ||
                  address.ends_with(".md") || address.ends_with(".html");
    if (!inside || address.find_first_of(" (:") != std::string_view::npos) return 0;
    Note(at_, "link", "'" + String(words) + "' is no link any more; it led to " + String(address));
    *out += InlineWithin(words);
    return end + close + 2;
  }
  std::string_view name = words;
  size_t length = end + 1;
  if (behind.starts_with('[')) {
    size_t close = behind.substr(0, kMaxPlaceholder).find(']');
    if (close == std::string_view::npos) return 0;
    if (close > 1) name = behind.substr(1, close - 1);
    length += close + 1;
  } else if (behind.starts_with(':')) {
    return 0;
  }
  auto it = links_.find(LowerText(name));
  if (it == links_.end()) return 0;
  bool leads = it->second.find(':') != String::npos;
  Note(at_, "link",
       leads ? "'" + String(words) + "' became a link to " + it->second
             : "'" + String(words) + "' is no link any more; it led to " + it->second);
  String inside = InlineWithin(words);
  *out += leads ? "[" + inside + "](" + it->second + ")" : inside;
  return length;
}

// Addresses that links call by a name: "[policy]: https://…". Those that some link uses are no
// lines of the text.
void Importer::FindLinks() {
  std::unordered_map<String, size_t> found;
  for (size_t i = 0; i < lines_.size() && links_.size() < kMaxLinks; ++i) {
    std::string_view line = Trim(lines_[i].text);
    size_t close = line.substr(0, kMaxPlaceholder).find("]:");
    if (!line.starts_with('[') || line.starts_with("[^") || close == std::string_view::npos)
      continue;
    std::string_view behind = Trim(line.substr(close + 2));
    std::string_view address = behind.substr(0, behind.find(' '));
    behind = Trim(behind.substr(address.size()));
    if (address.starts_with('<') && address.ends_with('>'))
      address = address.substr(1, address.size() - 2);
    bool leads = address.starts_with("https://") || address.starts_with("http://") ||
                 address.starts_with("mailto:") || address.starts_with('#') ||
                 address.starts_with('/') || address.starts_with("./");
    bool titled = behind.empty() || behind[0] == '"' || behind[0] == '\'' || behind[0] == '(';
    if (!leads || !titled || address.find_first_of("()<>") != std::string_view::npos) continue;
    String name = LowerText(line.substr(1, close - 1));
    if (links_.emplace(name, String(address)).second) found.emplace(std::move(name), i);
  }
  if (found.empty()) return;
  std::unordered_set<String> used;
  for (const Line& line : lines_) {
    std::string_view text = line.text;
    for (size_t i = text.find('['); i != std::string_view::npos; i = text.find('[', i + 1)) {
      size_t close = text.substr(i, kMaxPlaceholder).find(']');
      if (close == std::string_view::npos || text.substr(i + close + 1).starts_with(':')) continue;
      String name = LowerText(text.substr(i + 1, close - 1));
      if (found.contains(name)) used.insert(std::move(name));
    }
  }
  for (const auto& [name, line] : found) {
    if (!used.contains(name)) {
      links_.erase(name);
      continue;
    }
    Note(line, "link", "'" + lines_[line].text + "' went into the links that name it");
    lines_[line].text.clear();
  }
}

}  // namespace countersign::importing
