// Long because it is one pass over one text: front matter, CommonMark's blocks, and the marks in
// each.
#include "legaldown/scan.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "legaldown/legaldown.h"

namespace countersign::legaldown {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

uint32_t PointAt(std::string_view text, size_t i, size_t* width) {
  auto lead = static_cast<unsigned char>(text[i]);
  *width = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (i + *width > text.size()) *width = 1;
  if (*width == 1) return lead;
  uint32_t point = lead & (0x7Fu >> *width);
  for (size_t k = 1; k < *width; ++k)
    point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
  return point;
}

// What is left of a Latin letter without its marks, from Unicode's NFKD and LegalDown's table, for
// U+00A0 to U+024F and U+1E00 to U+1EFF: '.' for nothing, '*' for more than one letter.
constexpr std::string_view kLatin =
    "..........a.......23.....1o.***.aaaaaa*ceeeeiiiidnooooo.ouuuuy**aaaaaa*ceeeeiiiidnooooo."
    "ouuuuy*yaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkk.llllllllllnnnnnnn..oooooo**"
    "rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzzs................................oo.............uu"
    "...................*********aaiioouuuuuuuuuu.aaaa**..ggkkoooo..j***gg..nnaa**"
    "ooaaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............................";
constexpr std::string_view kLatinMore =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrr"
    "rr"
    "ssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas..*."
    "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy...."
    "..";

struct Letters {
  uint32_t point;
  std::string_view text;
};
constexpr Letters kLigatures[] = {
    {0xBC, "14"},   {0xBD, "12"},   {0xBE, "34"},    {0xC6, "ae"},   {0xDE, "th"},   {0xDF, "ss"},
    {0xE6, "ae"},   {0xFE, "th"},   {0x132, "ij"},   {0x133, "ij"},  {0x152, "oe"},  {0x153, "oe"},
    {0x1C4, "dz"},  {0x1C5, "dz"},  {0x1C6, "dz"},   {0x1C7, "lj"},  {0x1C8, "lj"},  {0x1C9, "lj"},
    {0x1CA, "nj"},  {0x1CB, "nj"},  {0x1CC, "nj"},   {0x1E2, "ae"},  {0x1E3, "ae"},  {0x1F1, "dz"},
    {0x1F2, "dz"},  {0x1F3, "dz"},  {0x1FC, "ae"},   {0x1FD, "ae"},  {0x1E9E, "ss"}, {0xFB00, "ff"},
    {0xFB01, "fi"}, {0xFB02, "fl"}, {0xFB03, "ffi"}, {0xFB04, "ffl"}};

std::string_view AsciiOf(uint32_t point) {
  for (const Letters& letters : kLigatures) {
    if (letters.point == point) return letters.text;
  }
  std::string_view one;
  if (point >= 0xA0 && point - 0xA0 < kLatin.size()) one = kLatin.substr(point - 0xA0, 1);
  if (point >= 0x1E00 && point - 0x1E00 < kLatinMore.size())
    one = kLatinMore.substr(point - 0x1E00, 1);
  return one == "." ? std::string_view() : one;
}

// Whether a character without an ASCII form is a letter or digit, not a sign: its loss changes what
// the identifier says.
bool IsLetterOrDigit(uint32_t point) {
  struct Span {
    uint32_t from, to;
  };
  constexpr Span kSigns[] = {{0x80, 0xB4},     {0xB6, 0xBF},     {0xD7, 0xD7},
                             {0xF7, 0xF7},     {0x2B9, 0x36F},   {0x2000, 0x20FF},
                             {0x2190, 0x245F}, {0x2500, 0x2BFF}, {0x3000, 0x3004},
                             {0x3008, 0x3020}, {0xFE00, 0xFE6F}, {0xFFF0, 0xFFFF}};
  for (const Span& span : kSigns) {
    if (point >= span.from && point <= span.to) return false;
  }
  return true;
}

}  // namespace

LegalDownSlug MakeLegalDownSlug(std::string_view text) {
  LegalDownSlug slug;
  String& id = slug.text;
  auto add = [&id](char c) {
    if (c == '-' ? !id.empty() && id.back() != '-' : true) id += c;
  };
  for (size_t i = 0; i < text.size();) {
    size_t width = 1;
    uint32_t point = PointAt(text, i, &width);
    i += width;
    if (point < 0x80) {
      char c = static_cast<char>(point);
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      if (c == ' ' || c == '\t' || c == '_') c = '-';
      if (IsLower(c) || IsDigit(c) || c == '-') add(c);
      continue;
    }
    std::string_view ascii = AsciiOf(point);
    for (char c : ascii) add(c);
    bool mark = point >= 0x300 && point <= 0x36F;
    slug.lossy = slug.lossy || (ascii.empty() && !mark && IsLetterOrDigit(point));
  }
  while (id.ends_with('-')) id.pop_back();
  if (id.size() > 64) id.resize(64);
  while (id.ends_with('-')) id.pop_back();
  if (id.empty()) id = "section";
  if (!IsLower(id[0])) id = "section-" + id;
  return slug;
}

namespace {

struct RuleInfo {
  std::string_view id;
  Severity severity;
  DiagnosticCode code;
  std::string_view text;
};
constexpr RuleInfo kRules[] = {
#define CS_LEGALDOWN(name, rule, severity, code, text) \
  {rule, Severity::severity, DiagnosticCode::code, text},
#include "legaldown/rules.def"
#undef CS_LEGALDOWN
};

// `{{` with a name and a colon begins a directive.
size_t NameLength(std::string_view after_braces) {
  size_t end = 0;
  while (end < after_braces.size() && IsLower(after_braces[end])) ++end;
  return end > 0 && end < after_braces.size() && after_braces[end] == ':' ? end : 0;
}

class Reader {
 public:
  Reader(ByteRange range, DiagnosticSink* sink)
      : sink_(sink), file_(std::string_view(sink->file().text()).substr(0, range.end)) {
    scan_.whole = scan_.body = range;
  }

  Scan Read() {
    ReadFront();
    FindLines();
    std::string_view body = file_.substr(scan_.body.begin, scan_.body.end - scan_.body.begin);
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser* parser = cmark_parser_new(CMARK_OPT_SOURCEPOS);
    if (TablesFit(body))
      cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
    cmark_parser_feed(parser, body.data(), body.size());
    cmark_node* root = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    Walk(root);
    cmark_node_free(root);
    std::sort(scan_.pieces.begin(), scan_.pieces.end(), [](const Piece& a, const Piece& b) {
      return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
    });
    return std::move(scan_);
  }

 private:
  void ReadFront() {
    uint32_t at = scan_.whole.begin;
    if (file_.substr(at).starts_with("\xEF\xBB\xBF")) at += 3;
    scan_.body.begin = at;
    uint32_t next = at;
    if (LineAt(at, &next) != "---") return;
    uint32_t begin = next;
    while (next < scan_.whole.end) {
      uint32_t line = next;
      std::string_view text = LineAt(line, &next);
      if (text != "---" && text != "...") continue;
      scan_.has_front = true;
      scan_.front = {begin, line};
      scan_.body.begin = next;
      DiagnosticSink quiet(sink_->file());
      scan_.yaml = ReadYaml(scan_.front, &quiet);
      for (const Diagnostic& problem : quiet.Take()) {
        if (problem.severity != Severity::kError && scan_.yaml) continue;
        ByteRange range = problem.span.byte;  // of the part it stands in
        uint32_t base = sink_->file().part(sink_->file().PartOf(begin)).range.begin;
        Report(Rule::kFrontmatterInvalidYaml, {range.begin + base, range.end + base}, sink_,
               problem.message)
            .hint = problem.hint;
      }
      return;
    }
    // Not closed: everything is text, and the line of dashes a rule.
  }

  std::string_view LineAt(uint32_t begin, uint32_t* next) const {
    size_t end = std::min<size_t>(file_.find('\n', begin), scan_.whole.end);
    *next = static_cast<uint32_t>(std::min<size_t>(end + 1, scan_.whole.end));
    std::string_view line = file_.substr(begin, end - begin);
    while (!line.empty() && (IsBlank(line.back()) || line.back() == '\r')) line.remove_suffix(1);
    return line;
  }

  // A short text can ask for thousand millions of cells: Markdown fills up every row.
  static bool TablesFit(std::string_view body) {
    size_t columns = 0, cells = 0;
    for (size_t at = 0; at < body.size();) {
      size_t end = std::min(body.find('\n', at), body.size());
      std::string_view row = body.substr(at, end - at);
      bool ruler = row.find('-') != std::string_view::npos &&
                   row.find_first_not_of("|:-> \t\r") == std::string_view::npos;
      if (ruler) columns = static_cast<size_t>(std::count(row.begin(), row.end(), '|')) + 1;
      if (row.find_first_not_of(" \t\r") == std::string_view::npos) columns = 0;
      cells += columns;
      if (columns > 60 || cells > 60'000) return false;
      at = end + 1;
    }
    return true;
  }

  void FindLines() {
    lines_.push_back(scan_.body.begin);
    for (uint32_t i = scan_.body.begin; i < scan_.body.end; ++i) {
      if (file_[i] == '\n') lines_.push_back(i + 1);
    }
    lines_.push_back(scan_.body.end);
  }
  uint32_t LineStart(int line) const {
    auto index = static_cast<size_t>(std::max(line, 1) - 1);
    return index < lines_.size() ? lines_[index] : scan_.body.end;
  }
  uint32_t LineEnd(int line) const {  // without the line break
    uint32_t end = LineStart(line + 1);
    while (end > LineStart(line) && (file_[end - 1] == '\n' || file_[end - 1] == '\r')) --end;
    return end;
  }
  ByteRange LinesOf(cmark_node* node) const {
    int first = cmark_node_get_start_line(node);
    int last = std::max(first, cmark_node_get_end_line(node));
    return {LineStart(first), LineEnd(last)};
  }

  // --- blocks
  void Walk(cmark_node* root) {
    cmark_iter* iter = cmark_iter_new(root);
    int lists = 0, quotes = 0;
    bool headed = false;
    items_.clear();
    Vector<bool> ordered;
    for (cmark_event_type event = cmark_iter_next(iter); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iter)) {
      cmark_node* node = cmark_iter_get_node(iter);
      cmark_node_type type = cmark_node_get_type(node);
      bool enter = event == CMARK_EVENT_ENTER;
      if (type == CMARK_NODE_LIST) {
        lists += enter ? 1 : -1;
        if (enter) ordered.push_back(cmark_node_get_list_type(node) == CMARK_ORDERED_LIST);
        if (!enter) ordered.pop_back();
      } else if (type == CMARK_NODE_ITEM) {
        if (enter) items_.push_back(kNoBlock);
        if (!enter) items_.pop_back();
        if (enter && !ordered.empty() && ordered.back()) TakeNumber(node);
      } else if (type == CMARK_NODE_BLOCK_QUOTE) {
        quotes += enter ? 1 : -1;
        if (enter && quotes == 1) note_ = TakeQuote(node, lists > 0);
        if (!enter && quotes == 0) note_ = false;
      } else if (!enter) {
        continue;
      } else if (type == CMARK_NODE_HEADING) {
        headed = true;
        TakeHeading(node);
      } else if (type == CMARK_NODE_PARAGRAPH) {
        cmark_node* parent = cmark_node_parent(node);
        bool first = parent != nullptr && cmark_node_get_type(parent) == CMARK_NODE_ITEM &&
                     cmark_node_previous(node) == nullptr;
        Place place = quotes > 0  ? Place::kQuote
                      : first     ? Place::kItem
                      : lists > 0 ? Place::kInner
                                  : Place::kParagraph;
        if (place == Place::kItem) items_.back() = static_cast<uint32_t>(scan_.blocks.size());
        TakeText(node, place, headed, !ordered.empty() && ordered.back());
      } else if (std::strcmp(cmark_node_get_type_string(node), "table_row") == 0 ||
                 std::strcmp(cmark_node_get_type_string(node), "table_header") == 0) {
        TakeText(node, Place::kTable, headed, false);
      } else if (type == CMARK_NODE_HTML_BLOCK) {
        TakeHtmlBlock(node);
      } else if (type == CMARK_NODE_THEMATIC_BREAK) {
        scan_.pieces.push_back(
            {.kind = PieceKind::kRule, .range = LinesOf(node), .inner = {}, .path = {}});
      } else if (type == CMARK_NODE_CODE_BLOCK) {
        TakeCode(node);
      }
    }
    cmark_iter_free(iter);
  }

  void TakeNumber(cmark_node* item) {
    uint32_t from = LineStart(cmark_node_get_start_line(item)) +
                    static_cast<uint32_t>(std::max(0, cmark_node_get_start_column(item) - 1));
    uint32_t to = from;
    while (to < scan_.body.end && IsDigit(file_[to])) ++to;
    if (to > from)
      scan_.pieces.push_back(
          {.kind = PieceKind::kItemNumber, .range = {from, to}, .inner = {}, .path = {}});
  }

  // The list item that the next block stands in, but for the one that it is the first paragraph of.
  uint32_t ItemAround() const {
    const auto next = static_cast<uint32_t>(scan_.blocks.size());
    for (size_t i = items_.size(); i-- > 0;) {
      if (items_[i] != kNoBlock && items_[i] != next) return items_[i];
    }
    return kNoBlock;
  }

  // Whether the quotation is a drafting note.
  bool TakeQuote(cmark_node* node, bool in_list) {
    int first = cmark_node_get_start_line(node);
    int last = std::max(first, cmark_node_get_end_line(node));
    auto column = static_cast<uint32_t>(std::max(0, cmark_node_get_start_column(node) - 1));
    const ByteRange head{std::min(LineStart(first) + column, LineEnd(first)), LineEnd(first)};
    const bool note = IsNote(head);
    if (note) {
      scan_.notes.push_back(head);
      scan_.pieces.push_back({.kind = in_list ? PieceKind::kNote : PieceKind::kNoteOpen,
                              .range = in_list ? ByteRange{head.begin, LineEnd(last)} : head,
                              .inner = {},
                              .path = {}});
      if (in_list) return true;
      scan_.pieces.push_back({.kind = PieceKind::kNoteClose,
                              .range = {LineEnd(last), LineEnd(last)},
                              .inner = {},
                              .path = {}});
    }
    for (int line = note ? first + 1 : first; line <= last; ++line) {
      uint32_t at = LineStart(line), end = LineEnd(line);
      if (line == first) at = std::min(at + column, end);
      while (at < end && IsBlank(file_[at])) ++at;
      uint32_t from = at;
      while (at < end && (file_[at] == '>' || (at > from && file_[at] == ' '))) ++at;
      if (at == from && line != first) continue;  // goes on without the sign
      scan_.pieces.push_back({.kind = PieceKind::kQuotePrefix,
                              .range = {from, at},
                              .inner = {},
                              .path = {},
                              .first = line == first,
                              .last = line == last});
    }
    return note;
  }

  // `> [!DRAFTING]`, letters in any case; what is nearly that is told.
  bool IsNote(ByteRange line) {
    std::string_view text = file_.substr(line.begin, line.end - line.begin);
    while (!text.empty() && (IsBlank(text[0]) || text[0] == '>')) text.remove_prefix(1);
    while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
    if (!text.starts_with("[!")) return false;
    size_t end = 2;
    String word;
    for (; end < text.size(); ++end) {
      const auto lower = static_cast<char>(text[end] | 0x20);
      if (!IsLower(lower)) break;
      word += lower;
    }
    if (word.empty() || end == text.size() || text[end] != ']') return false;
    if (word == "drafting" && end + 1 == text.size()) return true;
    Report(Rule::kDraftingNoteUnrecognized, line, sink_);
    return false;
  }

  void TakeHtmlBlock(cmark_node* node) {
    // cmark counts a line too few where a comment's end closes the block.
    const char* raw = cmark_node_get_literal(node);
    std::string_view literal = raw != nullptr ? raw : "";
    while (literal.ends_with('\n')) literal.remove_suffix(1);
    int first = cmark_node_get_start_line(node);
    auto breaks = static_cast<int>(std::count(literal.begin(), literal.end(), '\n'));
    ByteRange lines{LineStart(first), LineEnd(first + breaks)};
    std::string_view text = file_.substr(lines.begin, lines.end - lines.begin);
    size_t start = std::min(text.find_first_not_of(" \t>"), text.size());
    bool comment = text.substr(start).starts_with("<!--");
    size_t close = text.find("-->", start);
    bool only = comment && close != std::string_view::npos &&
                text.find_first_not_of(" \t\r\n", close + 3) == std::string_view::npos;
    ByteRange range{lines.begin + static_cast<uint32_t>(start), lines.end};
    if (!only && !(comment && close == std::string_view::npos))
      Report(Rule::kRawHtml, range, sink_);
    scan_.pieces.push_back({.kind = only ? PieceKind::kComment : PieceKind::kHtml,
                            .range = range,
                            .inner = {},
                            .path = {}});
  }

  void TakeCode(cmark_node* node) {
    int first = cmark_node_get_start_line(node);
    int last = std::max(first, cmark_node_get_end_line(node));
    int fence_length = 0, fence_offset = 0;
    char fence = 0;
    bool fenced = cmark_node_get_fenced(node, &fence_length, &fence_offset, &fence) != 0;
    bool begun = false;
    for (int line = first; line <= last; ++line) {
      ByteRange range{LineStart(line), LineEnd(line)};
      uint32_t text = range.begin;
      while (text < range.end && IsBlank(file_[text])) ++text;
      std::string_view words = file_.substr(text, range.end - text);
      bool is_fence = fenced && (line == first || line == last) && words.size() >= 3 &&
                      words[0] == fence && words[1] == fence && words[2] == fence;
      Piece piece{.kind = is_fence ? PieceKind::kCodeFence : PieceKind::kCode,
                  .range = range,
                  .inner = {text, range.end},
                  .path = {}};
      piece.first = !is_fence && !begun;
      begun = begun || !is_fence;
      scan_.pieces.push_back(piece);
    }
    for (size_t i = scan_.pieces.size(); i-- > 0;) {
      if (scan_.pieces[i].kind != PieceKind::kCode) continue;
      scan_.pieces[i].last = true;
      break;
    }
  }

  void TakeHeading(cmark_node* node) {
    Block block;
    block.place = Place::kHeading;
    block.level = cmark_node_get_heading_level(node);
    block.lines = LinesOf(node);
    uint32_t from = block.lines.begin, to = block.lines.end;
    while (from < to && (IsBlank(file_[from]) || file_[from] == '>')) ++from;
    bool atx = from < to && file_[from] == '#';
    if (atx) {
      while (from < to && file_[from] == '#') ++from;
      uint32_t end = to;
      while (end > from && IsBlank(file_[end - 1])) --end;
      uint32_t closing = end;
      while (closing > from && file_[closing - 1] == '#') --closing;
      if (closing < end && closing > from && IsBlank(file_[closing - 1])) end = closing;
      to = end;
    } else {
      size_t underline = file_.substr(from, to - from).rfind('\n');
      if (underline != std::string_view::npos) to = from + static_cast<uint32_t>(underline);
    }
    while (from < to && IsBlank(file_[from])) ++from;
    while (to > from && (IsBlank(file_[to - 1]) || file_[to - 1] == '\r')) --to;
    block.range = {from, to};
    block.note = note_;
    block.item = ItemAround();
    Marks(&block, Marker::kBoth);
    uint32_t end = block.marker.end != 0 ? block.marker.begin : to;
    block.text = TrimSpaces(file_.substr(from, end - from));
    CheckNumber(block);
    scan_.blocks.push_back(std::move(block));
  }

  void CheckNumber(const Block& heading) {
    std::string_view text = heading.text;
    size_t at = 0;
    bool numbered = false;
    for (std::string_view word : {"Article ", "Section ", "Clause ", "\xC2\xA7"}) {
      if (!text.starts_with(word)) continue;
      at = word.size();
      while (at < text.size() && text[at] == ' ') ++at;
      size_t from = at;
      while (at < text.size() && (IsDigit(text[at]) || std::strchr("IVXLC.", text[at]) != nullptr))
        ++at;
      numbered = at > from && (at == text.size() || !(IsLower(text[at])));
    }
    at = 0;
    if (text.starts_with('(')) {
      size_t close = text.find(')');
      numbered = numbered || (close != std::string_view::npos && close > 1 && close <= 5);
    }
    bool dotted = false;
    while (at < text.size() && (IsDigit(text[at]) || (at > 0 && text[at] == '.'))) {
      dotted = dotted || text[at] == '.';
      ++at;
    }
    if (at > 0 && at < text.size()) {
      bool closed = dotted || text[at] == ')';
      numbered = numbered || (closed && (text[at] == ' ' || text[at] == ')'));
    }
    size_t roman = 0;
    while (roman < text.size() && std::strchr("IVXLC", text[roman]) != nullptr) ++roman;
    numbered = numbered || (roman > 0 && text.substr(roman).starts_with(". "));
    numbered = numbered || (text.size() > 2 && text[0] >= 'A' && text[0] <= 'Z' &&
                            text.substr(1).starts_with(". "));
    if (numbered) Report(Rule::kHeadingHardcodedNumber, heading.range, sink_);
  }

  void TakeText(cmark_node* node, Place place, bool headed, bool ordered) {
    Block block;
    block.place = place;
    block.ordered = ordered;
    block.lines = block.range = LinesOf(node);
    // On the first line of an item the text begins behind its marker.
    if (place == Place::kItem || place == Place::kInner || place == Place::kQuote) {
      auto column = static_cast<uint32_t>(std::max(0, cmark_node_get_start_column(node) - 1));
      block.range.begin = std::min(block.range.begin + column, block.range.end);
    }
    block.note = note_;
    block.item = ItemAround();
    block.preamble = place == Place::kParagraph && !headed;
    const bool both = place == Place::kItem || (place == Place::kParagraph && headed);
    Marks(&block, both ? Marker::kBoth : block.preamble ? Marker::kCondition : Marker::kNone);
    CheckInclude(&block);
    scan_.blocks.push_back(std::move(block));
  }

  // A paragraph that a fragment takes the place of has no anchor.
  void CheckInclude(Block* block) {
    if (block->place != Place::kParagraph || block->directives.size() != 1 ||
        block->directives[0].name != "include") {
      return;
    }
    const ByteRange directive = block->directives[0].range;
    for (uint32_t i = block->range.begin; i < block->range.end; ++i) {
      const bool inside = (i >= directive.begin && i < directive.end) ||
                          (i >= block->marker.begin && i < block->marker.end);
      const char c = file_[i];
      if (!inside && !IsBlank(c) && c != '\r' && c != '\n') return;
    }
    block->include_only = true;
    if (!block->anchor) return;
    Report(Rule::kAnchorMisplaced, block->marker, sink_,
           "The fragment takes the place of this paragraph: nothing can refer to it");
    block->anchor.reset();
  }

  // --- what stands in a text
  // What may stand in a marker at the end of a text.
  enum class Marker : uint8_t { kNone, kCondition, kBoth };

  void Marks(Block* block, Marker marker) {
    uint32_t end = block->range.end;
    for (uint32_t i = block->range.begin; i < end;) {
      char c = file_[i];
      if (c == '\\' && i + 1 < end) {
        i += 2;
      } else if (c == '`') {
        i = SkipCode(i, end);
      } else if (c == '<') {
        i = TakeHtml(i, end);
      } else if (c == '&') {
        i = TakeEntity(i, end);
      } else if (file_.substr(i, std::min<size_t>(2, end - i)) == "{{") {
        i = TakeDirective(i, end, block);
      } else if (file_.substr(i, std::min<size_t>(2, end - i)) == "}}") {
        scan_.pieces.push_back(
            {.kind = PieceKind::kStrayBrace, .range = {i, i + 2}, .inner = {}, .path = {}});
        i += 2;
      } else if (c == '{' && (file_.substr(i, 2) == "{#" || file_.substr(i, 6) == "{when=")) {
        i = TakeMarker(i, end, marker, block);
      } else if (c == '!' && i + 1 < end && file_[i + 1] == '[') {
        i = TakeLink(i, i + 1, end);
      } else if (c == '[') {
        i = TakeLink(i, i, end);
      } else {
        ++i;
      }
    }
  }

  uint32_t SkipCode(uint32_t i, uint32_t end) {
    uint32_t open = i;
    while (i < end && file_[i] == '`') ++i;
    uint32_t length = i - open;
    for (uint32_t at = i; at < end;) {
      if (file_[at] != '`') {
        ++at;
        continue;
      }
      uint32_t run = at;
      while (at < end && file_[at] == '`') ++at;
      if (at - run != length) continue;
      // Nothing in it means anything; our tags would.
      std::string_view words = file_.substr(i, run - i);
      if (words.find_first_of("{}") != std::string_view::npos)
        scan_.pieces.push_back(
            {.kind = PieceKind::kCodeText, .range = {open, at}, .inner = {i, run}, .path = {}});
      return at;
    }
    return i;  // no code: the sign itself
  }

  uint32_t TakeEntity(uint32_t i, uint32_t end) {
    uint32_t at = i + 1;
    auto is_word = [](char c) { return IsLower(c) || (c >= 'A' && c <= 'Z') || IsDigit(c); };
    while (at < end && at - i < 32 && (is_word(file_[at]) || file_[at] == '#')) ++at;
    if (at >= end || file_[at] != ';' || at == i + 1) return i + 1;
    scan_.pieces.push_back(
        {.kind = PieceKind::kEntity, .range = {i, at + 1}, .inner = {i + 1, at}, .path = {}});
    return at + 1;
  }

  uint32_t TakeHtml(uint32_t i, uint32_t end) {
    std::string_view rest = file_.substr(i, end - i);
    if (rest.starts_with("<!--")) {
      size_t close = rest.find("-->", 4);
      if (close == std::string_view::npos) return i + 1;
      auto to = i + static_cast<uint32_t>(close) + 3;
      // With the space in front of it, where another or a sign follows.
      char next = to < end ? file_[to] : ' ';
      bool spare = i > scan_.body.begin && file_[i - 1] == ' ' &&
                   std::string_view(" .,;:)\n\r").find(next) != std::string_view::npos;
      scan_.pieces.push_back(
          {.kind = PieceKind::kComment, .range = {spare ? i - 1 : i, to}, .inner = {}, .path = {}});
      return to;
    }
    size_t at = rest.starts_with("</") ? 2 : 1;
    size_t name = at;
    auto is_letter = [](char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); };
    if (at >= rest.size() || !is_letter(rest[at])) return i + 1;
    while (at < rest.size() && (is_letter(rest[at]) || IsDigit(rest[at]) || rest[at] == '-')) ++at;
    bool is_tag = at > name && at < rest.size() &&
                  (rest[at] == '>' || rest[at] == '/' || IsBlank(rest[at]) || rest[at] == '\n');
    size_t close = rest.find('>', at);
    if (!is_tag || close == std::string_view::npos) return i + 1;
    ByteRange range{i, i + static_cast<uint32_t>(close) + 1};
    Report(Rule::kRawHtml, range, sink_);
    scan_.pieces.push_back({.kind = PieceKind::kHtml, .range = range, .inner = {}, .path = {}});
    return range.end;
  }

  // `open`: the bracket. A link stays what it is unless a contract cannot have its address.
  uint32_t TakeLink(uint32_t i, uint32_t open, uint32_t end) {
    std::string_view rest = file_.substr(0, end);
    size_t close = rest.find(']', open);
    if (close == std::string_view::npos || rest.substr(close + 1, 1) != "(") return open + 1;
    size_t until = rest.find(')', close);
    if (until == std::string_view::npos) return open + 1;
    size_t from = close + 2;
    while (from < until && IsBlank(rest[from])) ++from;
    size_t to = from;
    while (to < until && !IsBlank(rest[to]) && rest[to] != '\n') ++to;
    if (to > from + 1 && rest[from] == '<' && rest[to - 1] == '>') ++from, --to;
    std::string_view address = rest.substr(from, to - from);
    bool image = i != open;
    bool safe = address.starts_with("https://") || address.starts_with("http://") ||
                address.starts_with("mailto:");
    if (!image && safe) return open + 1;
    Piece piece{.kind = image ? PieceKind::kImage : PieceKind::kLink,
                .range = {i, static_cast<uint32_t>(until) + 1},
                .inner = {open + 1, static_cast<uint32_t>(close)},
                .path = {static_cast<uint32_t>(from), static_cast<uint32_t>(to)}};
    scan_.pieces.push_back(piece);
    return piece.range.end;
  }

  // {#id}, {when=question} or both.
  uint32_t TakeMarker(uint32_t i, uint32_t end, Marker allowed, Block* block) {
    uint32_t close = i;
    while (close < end && file_[close] != '}' && file_[close] != '\n') ++close;
    if (close >= end || file_[close] != '}') return i + 1;
    const ByteRange marker{i, close + 1};
    std::optional<Anchor> anchor;
    std::optional<Condition> when;
    bool twice = false;
    for (uint32_t at = i + 1; at < close;) {
      uint32_t to = at;
      while (to < close && !IsBlank(file_[to])) ++to;
      std::string_view word = file_.substr(at, to - at);
      if (word.starts_with('#')) {
        twice = twice || anchor.has_value();
        anchor = Anchor{String(word.substr(1)), marker};
      } else if (word.starts_with("when=")) {
        twice = twice || when.has_value();
        when = ParseCondition(word.substr(5), {at, to});
      }
      at = to + 1;
    }
    uint32_t rest = close + 1;
    while (rest < end && (IsBlank(file_[rest]) || file_[rest] == '\r' || file_[rest] == '\n'))
      ++rest;
    bool spaced = i == block->range.begin || IsBlank(file_[i - 1]) || file_[i - 1] == '\n';
    bool fits = allowed == Marker::kBoth || (allowed == Marker::kCondition && !anchor);
    if (!fits || twice || rest < end || !spaced) {
      Report(Rule::kAnchorMisplaced, marker, sink_);
      scan_.pieces.push_back(
          {.kind = PieceKind::kStrayAnchor, .range = marker, .inner = {}, .path = {}});
      return close + 1;
    }
    if (anchor && !IsIdentifier(anchor->id)) Report(Rule::kAnchorFormat, marker, sink_);
    block->anchor = std::move(anchor);
    block->when = std::move(when);
    block->marker = marker;
    return close + 1;
  }

  uint32_t TakeDirective(uint32_t i, uint32_t end, Block* block) {
    uint32_t line_end = i;
    while (line_end < end && file_[line_end] != '\n') ++line_end;
    if (line_end > i && file_[line_end - 1] == '\r') --line_end;
    std::string_view line = file_.substr(0, line_end);
    size_t name = NameLength(line.substr(i + 2));
    if (name == 0) {
      Report(Rule::kBraceStray, {i, i + 2}, sink_);
      scan_.pieces.push_back(
          {.kind = PieceKind::kStrayBrace, .range = {i, i + 2}, .inner = {}, .path = {}});
      return i + 2;
    }
    Directive directive;
    directive.name = line.substr(i + 2, name);
    uint32_t at = i + 3 + static_cast<uint32_t>(name);
    std::string_view problem = ParseArguments(line, &at, &directive);
    if (!problem.empty()) {
      size_t close = line.find("}}", i);
      uint32_t to = close == std::string_view::npos ? line_end : static_cast<uint32_t>(close) + 2;
      Report(Rule::kDirectiveMalformed, {i, to}, sink_, problem);
      return to;
    }
    directive.range = {i, at};
    for (size_t k = 0; k < directive.parameters.size(); ++k) {
      for (size_t before = 0; before < k; ++before) {
        if (directive.parameters[before].name == directive.parameters[k].name)
          Report(Rule::kDirectiveDuplicateParam, directive.parameters[k].name_range, sink_);
      }
      if (directive.name == "choose" && directive.parameters[k].value.find("{{") != String::npos)
        Report(Rule::kBraceStray, directive.parameters[k].range, sink_);
    }
    block->directives.push_back(std::move(directive));
    return at;
  }

  // Up to and with the closing braces. What is wrong, "" where nothing is.
  std::string_view ParseArguments(std::string_view line, uint32_t* at, Directive* directive) {
    auto skip = [&] {
      while (*at < line.size() && IsBlank(line[*at])) ++*at;
    };
    auto closes = [&] { return line.substr(*at).starts_with("}}"); };
    bool first = true;
    for (;; first = false) {
      skip();
      if (first && closes()) break;
      uint32_t start = *at;
      uint32_t word = start;
      if (word < line.size() && IsLower(line[word])) {
        while (word < line.size() &&
               (IsLower(line[word]) || IsDigit(line[word]) || line[word] == '-'))
          ++word;
      }
      Parameter parameter;
      bool named = word > start && word < line.size() && line[word] == '=';
      if (named) {
        parameter.name = line.substr(start, word - start);
        parameter.name_range = {start, word};
        *at = word + 1;
        skip();
      }
      std::string_view problem = ParseValue(line, at, &parameter);
      if (!problem.empty()) return problem;
      if (named) {
        directive->parameters.push_back(std::move(parameter));
      } else if (!first || parameter.range.begin == parameter.range.end) {
        return "A directive has one value, and parameters behind it";
      } else {
        directive->value = std::move(parameter.value);
        directive->value_range = parameter.range;
        directive->quoted = parameter.quoted;
      }
      skip();
      if (closes()) break;
      if (*at >= line.size() || line[*at] != ',')
        return "The directive is not complete on its line";
      ++*at;
    }
    *at += 2;
    return {};
  }

  std::string_view ParseValue(std::string_view line, uint32_t* at, Parameter* parameter) {
    uint32_t start = *at;
    if (start < line.size() && line[start] == '"') {
      parameter->quoted = true;
      for (++*at; *at < line.size() && line[*at] != '"'; ++*at) {
        bool escape = line[*at] == '\\' && *at + 1 < line.size() &&
                      (line[*at + 1] == '"' || line[*at + 1] == '\\');
        if (escape) ++*at;
        parameter->value += line[*at];
      }
      if (*at >= line.size()) return "The quotation mark is not closed";
      ++*at;
      parameter->range = {start, *at};
      return {};
    }
    while (*at < line.size() && line[*at] != ',' && !line.substr(*at).starts_with("}}")) ++*at;
    uint32_t end = *at;
    while (end > start && IsBlank(line[end - 1])) --end;
    parameter->value = line.substr(start, end - start);
    parameter->range = {start, end};
    for (std::string_view quote :
         {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xC2\xAB", "\xC2\xBB", "\xE2\x80\x98",
          "\xE2\x80\x99", "\xE2\x80\x9A", "\xE2\x80\xB9", "\xE2\x80\xBA"}) {
      if (!parameter->value.starts_with(quote)) continue;
      Report(Rule::kValueCurlyQuote, parameter->range, sink_);
      break;
    }
    return {};
  }

  DiagnosticSink* sink_;
  std::string_view file_;
  Vector<uint32_t> lines_;
  Vector<uint32_t> items_;  // that are open: their first paragraphs, of scan_.blocks
  bool note_ = false;       // in a drafting note
  Scan scan_;
};

struct Quotes {
  std::string_view open, close;
  bool single = false;
};
constexpr Quotes kQuotes[] = {
    {"\"", "\""},
    {"\xE2\x80\x9C", "\xE2\x80\x9D"},
    {"\xC2\xAB", "\xC2\xBB"},
    {"\xC2\xBB", "\xC2\xAB"},
    {"\xE2\x80\x9E", "\xE2\x80\x9C"},
    {"\xE2\x80\x98", "\xE2\x80\x99", true},
    {"\xE2\x80\x9A", "\xE2\x80\x98", true},
    {"\xE2\x80\xB9", "\xE2\x80\xBA"},
};

}  // namespace

Diagnostic& Report(Rule rule, ByteRange range, DiagnosticSink* sink, std::string_view message) {
  const RuleInfo& info = kRules[static_cast<size_t>(rule)];
  range.end = std::max(range.end, range.begin + 1);
  return sink->ReportAs(info.code, info.severity, info.id, range,
                        message.empty() ? info.text : message);
}

const Parameter* Directive::Find(std::string_view wanted) const {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == wanted) return &parameter;
  }
  return nullptr;
}

bool IsLetterSign(std::string_view sign) {
  size_t width = 1;
  const uint32_t point = PointAt(sign, 0, &width);
  return point >= 0xC0 && IsLetterOrDigit(point);
}

Condition ParseCondition(std::string_view text, ByteRange range) {
  Condition condition{.question = {}, .value = {}, .range = range};
  condition.negated = text.starts_with('!');
  if (condition.negated) text.remove_prefix(1);
  const size_t colon = text.find(':');
  condition.question = text.substr(0, colon);
  condition.good = IsIdentifier(condition.question);
  if (colon == std::string_view::npos) return condition;
  condition.value = text.substr(colon + 1);
  condition.good = condition.good && IsIdentifier(condition.value);
  return condition;
}

bool Scan::IsTemplate() const {
  if (yaml && yaml->Find("questions") != nullptr) return true;
  const YamlNode* attachments = yaml ? yaml->Find("attachments") : nullptr;
  if (attachments != nullptr && std::ranges::any_of(attachments->items, [](const YamlNode& each) {
        return each.Find("when") != nullptr;
      })) {
    return true;
  }
  return std::ranges::any_of(blocks, [](const Block& block) {
    return block.when || std::ranges::any_of(block.directives, [](const Directive& directive) {
             return directive.name == "choose";
           });
  });
}

bool IsIdentifier(std::string_view text) {
  if (text.empty() || !IsLower(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

std::string_view TrimSpaces(std::string_view text) {
  constexpr std::string_view kSpaces[] = {" ",
                                          "\t",
                                          "\n",
                                          "\r",
                                          "\x0B",
                                          "\x0C",
                                          "\xC2\x85",
                                          "\xC2\xA0",
                                          "\xE1\x9A\x80",
                                          "\xE2\x80\x80",
                                          "\xE2\x80\x81",
                                          "\xE2\x80\x82",
                                          "\xE2\x80\x83",
                                          "\xE2\x80\x84",
                                          "\xE2\x80\x85",
                                          "\xE2\x80\x86",
                                          "\xE2\x80\x87",
                                          "\xE2\x80\x88",
                                          "\xE2\x80\x89",
                                          "\xE2\x80\x8A",
                                          "\xE2\x80\xA8",
                                          "\xE2\x80\xA9",
                                          "\xE2\x80\xAF",
                                          "\xE2\x81\x9F",
                                          "\xE3\x80\x80"};
  for (bool again = true; again;) {
    again = false;
    for (std::string_view space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), again = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), again = true;
    }
  }
  return text;
}

std::optional<QuotedTerm> TermBefore(std::string_view file, uint32_t at, uint32_t begin) {
  size_t line = file.substr(0, at).rfind('\n');
  size_t from = line == std::string_view::npos ? begin : std::max<size_t>(begin, line + 1);
  std::string_view text = file.substr(from, at - from);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  QuotedTerm term;
  while (!text.empty() && (text.back() == '*' || text.back() == '_')) {
    text.remove_suffix(1);
    term.emphasis = true;
  }
  for (const Quotes& quotes : kQuotes) {
    if (!text.ends_with(quotes.close)) continue;
    std::string_view inside = text.substr(0, text.size() - quotes.close.size());
    size_t open = inside.rfind(quotes.open);
    if (open == std::string_view::npos) return std::nullopt;
    std::string_view words = TrimSpaces(inside.substr(open + quotes.open.size()));
    if (words.empty()) return std::nullopt;
    while (!words.empty() && (words.front() == '*' || words.front() == '_')) {
      words.remove_prefix(1);
      term.emphasis = true;
    }
    while (!words.empty() && (words.back() == '*' || words.back() == '_')) words.remove_suffix(1);
    term.text = words;
    term.ambiguous = quotes.single && (words.find("\xE2\x80\x99") != std::string_view::npos ||
                                       words.find('\'') != std::string_view::npos);
    return term;
  }
  return std::nullopt;
}

Scan ReadScan(ByteRange range, DiagnosticSink* sink) { return Reader(range, sink).Read(); }

}  // namespace countersign::legaldown
