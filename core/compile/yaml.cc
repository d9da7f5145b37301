#include "compile/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <initializer_list>
#include <unordered_set>

namespace countersign::compile {
namespace {

// The bytes at which characters begin: libyaml counts characters.
Vector<uint32_t> CharacterStarts(std::string_view text) {
  Vector<uint32_t> starts;
  starts.reserve(text.size() + 1);
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
      starts.push_back(static_cast<uint32_t>(i));
  }
  starts.push_back(static_cast<uint32_t>(text.size()));
  return starts;
}

// Where a value stands: below which key, and whether in { } or [ ].
enum class Style : uint8_t { kBlock, kFlow };
struct Around {
  std::string_view key;
  Style style = Style::kBlock;
};

bool IsOneOf(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader {
 public:
  // `text`: that of the range, or what is read instead of it, as long.
  Reader(ByteRange range, String text, DiagnosticSink* sink)
      : range_(range), sink_(sink), text_(std::move(text)), starts_(CharacterStarts(text_)) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                 text_.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::optional<YamlNode> Read() {
    YamlNode root;
    root.kind = YamlKind::kMap;
    root.range = range_;
    for (bool done = false; !done;) {
      yaml_event_t event;
      if (!Next(&event)) return std::nullopt;
      yaml_event_type_t type = event.type;
      if (type == YAML_STREAM_END_EVENT) done = true;
      bool is_node = type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                     type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT;
      if (is_node && !ReadNode(event, 0, Around(), &root)) {
        yaml_event_delete(&event);
        return std::nullopt;
      }
      yaml_event_delete(&event);
    }
    if (failed_) return std::nullopt;
    return root;
  }

  // The value that needs quotes, where that is why nothing was read.
  const std::optional<ByteRange>& unquoted() const { return unquoted_; }

 private:
  uint32_t ByteOf(const yaml_mark_t& mark) const {
    return range_.begin + starts_[std::min(mark.index, starts_.size() - 1)];
  }

  bool Next(yaml_event_t* event) {
    if (yaml_parser_parse(&parser_, event)) return true;
    ReportProblem();
    return false;
  }

  // What YAML stumbles over is nearly always an expression that needs quotes: find it and offer
  // them.
  void ReportProblem() {
    if (unquoted_) return;  // the comment swallowed the brackets that it misses
    uint32_t at = std::min(ByteOf(parser_.problem_mark), range_.end);
    if (at == range_.end && at > range_.begin) --at;
    uint32_t begin = at, end = at;
    while (begin > range_.begin && text_[begin - 1 - range_.begin] != '\n') --begin;
    while (end < range_.end && text_[end - range_.begin] != '\n') ++end;
    std::string_view line = std::string_view(text_).substr(begin - range_.begin, end - begin);
    if (!OfferQuotes(line, begin) && !ReportOpenQuote(end)) {
      String message = "The front matter is not well-formed YAML: ";
      message += parser_.problem != nullptr ? parser_.problem : "it cannot be read";
      sink_->Report(DiagnosticCode::kYamlMalformed, {at, at + 1}, message);
    }
  }

  // A quotation mark that nothing closes on its line; YAML stumbles over what stands far behind it.
  bool ReportOpenQuote(uint32_t last) {
    const std::string_view text = std::string_view(text_).substr(0, last - range_.begin);
    for (size_t start = 0; start < text.size();) {
      const size_t stop = std::min(text.find('\n', start), text.size());
      std::string_view line = text.substr(start, stop - start);
      while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
      for (size_t i = line.find(": "); i != std::string_view::npos; i = line.find(": ", i + 1)) {
        const size_t quote = line.find_first_not_of(' ', i + 2);
        if (quote == std::string_view::npos || (line[quote] != '"' && line[quote] != '\''))
          continue;
        if (line.find(line[quote], quote + 1) != std::string_view::npos) break;
        const auto at = range_.begin + static_cast<uint32_t>(start + quote);
        Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kYamlMalformed, {at, at + 1},
                                               "The quotation mark is not closed on its line");
        diagnostic.hint = "Write it at the end of the value as at its beginning.";
        if (line.find('{') == std::string_view::npos) {
          const auto end = range_.begin + static_cast<uint32_t>(start + line.size());
          const bool other = line.ends_with('"') || line.ends_with('\'');
          diagnostic.fix = Fix{{other ? end - 1 : end, end}, String(1, line[quote])};
        }
        return true;
      }
      start = stop + 1;
    }
    return false;
  }

  bool OfferQuotes(std::string_view line, uint32_t begin) {
    size_t colon = line.find(": ");
    size_t question = line.find(" ? ");
    bool in_flow = line.find('{') != std::string_view::npos && line.find('{') < line.find(" ? ");
    if (question != std::string_view::npos) {
      colon = line.rfind(": ", question);
    } else {
      if (colon == std::string_view::npos) return false;
      std::string_view value = line.substr(colon + 2);
      while (value.starts_with(' ')) value.remove_prefix(1);
      // *x, &x, %x, @x, `x`, !x; "a" == b, [a].b; and a second ": ".
      bool starts_badly =
          !value.empty() && std::string_view("*&%@`!").find(value[0]) != std::string_view::npos;
      size_t closing = std::string_view::npos;
      if (value.starts_with('"') || value.starts_with('\'')) closing = value.find(value[0], 1);
      if (value.starts_with('[')) closing = value.rfind(']');
      if (closing != std::string_view::npos) {
        starts_badly = value.find_first_not_of(" \t\r", closing + 1) != std::string_view::npos;
      }
      if (!starts_badly && value.find(": ") == std::string_view::npos) return false;
      if (in_flow || line.find('{') != std::string_view::npos) return false;
    }
    if (colon == std::string_view::npos) return false;
    size_t from = colon + 2;
    while (from < line.size() && line[from] == ' ') ++from;
    size_t to = line.size();
    if (in_flow) {
      int depth = 0;
      for (to = from; to < line.size(); ++to) {
        char c = line[to];
        if (c == '(' || c == '[' || c == '{') ++depth;
        if ((c == ')' || c == ']' || c == '}') && depth-- == 0) break;
        if (c == ',' && depth == 0) break;
      }
    }
    while (to > from && (line[to - 1] == ' ' || line[to - 1] == '\r')) --to;
    if (to <= from) return false;
    String value(line.substr(from, to - from));
    ByteRange range{begin + static_cast<uint32_t>(from), begin + static_cast<uint32_t>(to)};
    unquoted_ = range;
    OfferQuotes(value, range, &sink_->Report(DiagnosticCode::kYamlNeedsQuotes, range));
    return true;
  }

  static void OfferQuotes(const String& value, ByteRange range, Diagnostic* diagnostic) {
    bool has_double = value.find('"') != String::npos || value.find('\\') != String::npos;
    bool has_single = value.find('\'') != String::npos;
    if (has_double && has_single) {
      diagnostic->hint =
          "Put the whole value in quotes, and use only the other kind of quotes inside.";
    } else {
      char quote = has_double ? '\'' : '"';
      String quoted = quote + value + quote;
      diagnostic->hint = "Write " + quoted;
      diagnostic->fix = Fix{range, quoted};
    }
  }

  ByteRange RangeOf(const yaml_event_t& event) const {
    return {ByteOf(event.start_mark), ByteOf(event.end_mark)};
  }

  bool Refuse(const yaml_event_t& event, std::string_view what) {
    ByteRange range = RangeOf(event);
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kYamlNeedsQuotes, range);
    diagnostic.hint = String(what) + " Put the whole value in quotes.";
    unquoted_ = range;
    failed_ = true;
    return false;
  }

  bool ReadNode(const yaml_event_t& event, int depth, const Around& around, YamlNode* node) {
    *node = YamlNode();
    node->range = RangeOf(event);
    if (depth > YamlNode::kMaxDepth) {
      sink_->Report(DiagnosticCode::kNestedTooDeep, node->range);
      return false;
    }
    if (++nodes_ > YamlNode::kMaxNodes) {
      sink_->Report(DiagnosticCode::kTooManyUnits, node->range,
                    "The front matter has too many values");
      return false;
    }
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return Refuse(event, "A '*' in front means something else in YAML.");
      case YAML_SCALAR_EVENT:
        if (!ReadScalar(event, node)) return false;
        if (event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) CheckComment(around, *node);
        return true;
      case YAML_SEQUENCE_START_EVENT:
        if (event.data.sequence_start.anchor || event.data.sequence_start.tag) {
          return Refuse(event, "A '&' or '!' in front means something else in YAML.");
        }
        node->kind = YamlKind::kList;
        return ReadChildren(
            YAML_SEQUENCE_END_EVENT, depth,
            Inside(around, event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE), node);
      default:
        if (event.data.mapping_start.anchor || event.data.mapping_start.tag) {
          return Refuse(event, "A '&' or '!' in front means something else in YAML.");
        }
        node->kind = YamlKind::kMap;
        return ReadChildren(
                   YAML_MAPPING_END_EVENT, depth,
                   Inside(around, event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE),
                   node) &&
               CheckKeys(*node);
    }
  }

  static Around Inside(const Around& around, bool flow) {
    return {around.key, flow ? Style::kFlow : around.style};
  }

  // The key that what follows in a node stands below; "" in front of a key.
  static std::string_view KeyIn(const YamlNode& node, const Around& around) {
    if (node.kind == YamlKind::kList) return around.key;
    if (node.items.size() % 2 == 0) return {};
    return IsOneOf({"options", "slots"}, around.key) ? around.key
                                                     : std::string_view(node.items.back().text);
  }

  // YAML ends a value at ' #'. `Order #5` is no comment to anybody who reads it; what may be one is
  // told where the value is a text that people read.
  void CheckComment(const Around& around, const YamlNode& node) {
    const std::string_view text = std::string_view(text_).substr(0, range_.end - range_.begin);
    const size_t sign = text.find_first_not_of(" \t", node.range.end - range_.begin);
    if (sign == std::string_view::npos || text[sign] != '#') return;
    std::string_view comment = text.substr(sign, text.find('\n', sign) - sign);
    if (around.style == Style::kFlow) comment = comment.substr(0, comment.find_first_of(",]}"));
    comment = comment.substr(0, comment.find_last_not_of(" \t\r") + 1);
    const std::string_view words = comment.substr(
        comment.find_first_not_of('#') == std::string_view::npos ? comment.size()
                                                                 : comment.find_first_not_of('#'));
    const bool joined = !words.empty() && words[0] != ' ' && words[0] != '\t';
    const size_t first = words.find_first_not_of(" \t");
    const bool counts =
        first != std::string_view::npos && words[first] >= '0' && words[first] <= '9';
    const bool is_text =
        IsOneOf({"title", "label", "help", "message", "placeholder", "summary", "why", "slots"},
                around.key) ||
        (counts && IsOneOf({"default", "options"}, around.key));
    if (!joined && (!is_text || first == std::string_view::npos)) return;
    const uint32_t begin =
        node.text.empty() ? range_.begin + static_cast<uint32_t>(sign) : node.range.begin;
    const ByteRange range{begin, range_.begin + static_cast<uint32_t>(sign + comment.size())};
    Diagnostic& diagnostic =
        sink_->Report(DiagnosticCode::kYamlNeedsQuotes, range,
                      "YAML takes what stands behind ' #' for a comment: it would be lost");
    OfferQuotes(String(text.substr(range.begin - range_.begin, range.end - range.begin)), range,
                &diagnostic);
    if (joined) {
      if (around.style == Style::kFlow && !unquoted_) unquoted_ = range;
      return;
    }
    diagnostic.hint += "; a comment stands on a line of its own.";
    diagnostic.fix.reset();
    sink_->Soften(&diagnostic, Severity::kWarning);
  }

  bool ReadChildren(yaml_event_type_t end, int depth, const Around& around, YamlNode* node) {
    for (;;) {
      yaml_event_t event;
      if (!Next(&event)) return false;
      if (event.type == end) {
        node->range.end = ByteOf(event.end_mark);
        // In block style the end is where the next thing begins.
        std::string_view file = sink_->file().text();
        while (node->range.end > node->range.begin + 1 &&
               std::string_view(" \t\r\n").find(file[node->range.end - 1]) !=
                   std::string_view::npos) {
          --node->range.end;
        }
        yaml_event_delete(&event);
        return true;
      }
      const Around inside{KeyIn(*node, around), around.style};
      node->items.emplace_back();
      YamlNode child;
      bool good = ReadNode(event, depth + 1, inside, &child);
      yaml_event_delete(&event);
      if (!good) return false;
      node->items.back() = std::move(child);
    }
  }

  bool CheckKeys(const YamlNode& map) {
    std::unordered_set<std::string_view> keys;
    for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
      const YamlNode& key = map.items[i];
      if (key.kind != YamlKind::kScalar) {
        sink_->Report(DiagnosticCode::kYamlMalformed, key.range, "A key must be a plain word");
        failed_ = true;
        continue;
      }
      if (!keys.insert(key.text).second) {
        sink_->Report(DiagnosticCode::kKeyTwice, key.range,
                      "The key '" + key.text + "' comes twice");
      }
    }
    return true;
  }

  bool ReadScalar(const yaml_event_t& event, YamlNode* node) {
    const auto& scalar = event.data.scalar;
    if (scalar.anchor != nullptr || scalar.tag != nullptr) {
      return Refuse(event, "A '&' or '!' in front means something else in YAML.");
    }
    node->kind = YamlKind::kScalar;
    node->quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    std::string_view file = sink_->file().text();
    std::string_view source = file.substr(node->range.begin, node->range.end - node->range.begin);
    uint32_t quote = scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                             scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE
                         ? 1
                         : 0;
    node->base = node->range.begin + quote;
    if (source.size() >= 2 * quote &&
        source.substr(quote, source.size() - 2 * quote) == node->text) {
      return true;
    }
    // Folded or escaped: follow the source as far as it agrees, which is exact up to the first
    // escape.
    uint32_t at = node->base;
    for (char c : node->text) {
      uint32_t found = at;
      while (found < node->range.end && file[found] != c && found - at < 16) ++found;
      if (found < node->range.end && file[found] == c) at = found;
      node->map.push_back(std::min(at, node->range.end));
      if (at < node->range.end) ++at;
    }
    node->map.push_back(std::min(at, node->range.end));  // in front of a quote or a line's end
    return true;
  }

  ByteRange range_;
  DiagnosticSink* sink_;
  String text_;
  Vector<uint32_t> starts_;
  std::optional<ByteRange> unquoted_;
  yaml_parser_t parser_;
  size_t nodes_ = 0;
  bool failed_ = false;
};

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  if (kind != YamlKind::kMap) return nullptr;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].kind == YamlKind::kScalar && items[i].text == key) return &items[i + 1];
  }
  return nullptr;
}

std::optional<YamlNode> ReadYaml(ByteRange range, DiagnosticSink* sink) {
  String text = sink->file().text().substr(range.begin, range.end - range.begin);
  std::optional<ByteRange> unquoted;
  {
    Reader reader(range, text, sink);
    std::optional<YamlNode> root = reader.Read();
    if (root) return root;
    unquoted = reader.unquoted();
  }
  // YAML ends with its first problem. What else needs quotes is found with a plain word in the
  // place of that: all at once, so that repairing one brings no other to light.
  constexpr int kMaxUnquoted = 20;
  for (int i = 0; unquoted && i < kMaxUnquoted; ++i) {
    for (uint32_t at = unquoted->begin; at < unquoted->end && at < range.end; ++at) {
      char& c = text[at - range.begin];
      if (c != '\n' && c != '\r') c = 'x';
    }
    DiagnosticSink more(sink->file());
    Reader reader(range, text, &more);
    if (reader.Read()) break;
    const uint32_t before = unquoted->begin;
    unquoted = reader.unquoted();
    if (!unquoted || unquoted->begin <= before) break;
    for (const Diagnostic& found : more.Take()) {
      if (found.code != DiagnosticCode::kYamlNeedsQuotes || found.span.byte != *unquoted) continue;
      Diagnostic& diagnostic = sink->Report(found.code, *unquoted, found.message);
      diagnostic.hint = found.hint;
      diagnostic.fix = found.fix;
    }
  }
  return std::nullopt;
}

}  // namespace countersign::compile
