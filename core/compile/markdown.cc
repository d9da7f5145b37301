// Long because it is one pipeline over one text: tags to sentinels, CommonMark, the tree, the check
// for loss.
#include "compile/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ranges>

#include "base/bytes.h"
#include "compile/html_tag.h"
#include "compile/inline_cursor.h"
#include "compile/lexer.h"
#include "document/document.h"

namespace countersign::compile {
namespace {

constexpr uint32_t kTagBase = 0xF0000;
constexpr uint32_t kAttributesBase = 0x100000;

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

size_t WidthOf(char c) {
  auto lead = static_cast<unsigned char>(c);
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

uint32_t DecodeAt(std::string_view text, size_t i) {
  size_t width = WidthOf(text[i]);
  if (i + width > text.size()) return static_cast<unsigned char>(text[i]);
  auto byte = [&](size_t k) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[i + k]));
  };
  if (width == 1) return byte(0);
  if (width == 2) return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
  if (width == 3) return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
  return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
}

void AppendSentinel(uint32_t point, String* text) {
  *text += static_cast<char>(0xF0 | point >> 18);
  *text += static_cast<char>(0x80 | (point >> 12 & 0x3F));
  *text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
  *text += static_cast<char>(0x80 | (point & 0x3F));
}
bool IsSentinel(uint32_t point) { return point >= kTagBase; }

constexpr std::string_view kAttributeNames[] = {"when", "each", "lock",       "omitted",
                                                "else", "keep", "unnumbered", "restart"};

class Reader {
 public:
  Reader(ByteRange range, DiagnosticSink* sink)
      : sink_(sink), file_(sink->file().text()), begin_(range.begin), end_(range.end) {}

  Markdown Read() {
    Lex();
    origin_.push_back(end_);
    FindLines();
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser* parser = cmark_parser_new(CMARK_OPT_SOURCEPOS);
    if (TablesFit()) {
      cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
    }
    cmark_parser_feed(parser, text_.data(), text_.size());
    cmark_node* root = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    ConvertBlocks(root, 0, &markdown_.blocks);
    GroupContainers();
    CollectText(root);
    cmark_node_free(root);
    CheckLoss();
    return std::move(markdown_);
  }

 private:
  // --- tags and attributes
  void Keep(uint32_t from, uint32_t to) {
    text_.append(file_.substr(from, to - from));
    const auto places = std::views::iota(from, to);
    origin_.insert(origin_.end(), places.begin(), places.end());
  }
  // Where the characters that mean nothing to us, which is most of them, end.
  uint32_t EndOfPlain(uint32_t i) const {
    while (i < end_) {
      const char c = file_[i];
      const bool plain = (c >= ' ' && c < 0x7f && c != '\\' && c != ':' && c != '{') || c == '\n';
      if (!plain) break;
      ++i;
    }
    return i;
  }
  void Put(uint32_t point, uint32_t from) {
    AppendSentinel(point, &text_);
    for (int i = 0; i < 4; ++i) origin_.push_back(from);
  }

  void Lex() {
    text_.reserve(end_ - begin_);
    origin_.reserve(end_ - begin_ + 1);
    for (uint32_t i = begin_; i < end_;) {
      if (uint32_t plain = EndOfPlain(i); plain > i) {
        Keep(i, plain);
        i = plain;
        continue;
      }
      char c = file_[i];
      if (c == '\\' && i + 1 < end_) {
        uint32_t width =
            file_.substr(i + 1, 2) == "{{" ? 3 : 1 + static_cast<uint32_t>(WidthOf(file_[i + 1]));
        Keep(i, std::min(i + width, end_));
        i += width;
      } else if (c == ':' && IsFenceInItem(i)) {
        i = RefuseFence(i);
      } else if (c == ':' && IsFence(i)) {
        i = LexFence(i);
      } else if (c == '{' && i + 1 < end_ && file_[i + 1] == '{') {
        i = LexTag(i);
      } else if (c == '{' && LooksLikeAttributes(i)) {
        i = LexAttributes(i);
      } else if (static_cast<unsigned char>(c) < 0x80) {
        CheckControl(i);
        Keep(i, i + 1);
        if (IsLoneReturn(file_, i)) text_.back() = '\n';  // what it is for CommonMark
        ++i;
      } else {
        i = LexWide(i);
      }
    }
  }

  // Whether one more has a sentinel of its own; that there are too many is said once.
  bool Fits(size_t held, ByteRange range) {
    if (held < kMaxTags) return true;
    if (!overfull_) sink_->Report(DiagnosticCode::kTooManyTags, range);
    overfull_ = true;
    return false;
  }

  void CheckControl(uint32_t i) {
    auto c = static_cast<unsigned char>(file_[i]);
    bool bad = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    if (IsLoneReturn(file_, i)) return ReportLoneReturn(i, sink_);
    if (bad) sink_->Report(DiagnosticCode::kControlCharacter, {i, i + 1}).fix = Fix{{i, i + 1}, ""};
  }

  uint32_t LexWide(uint32_t i) {
    auto width = static_cast<uint32_t>(WidthOf(file_[i]));
    uint32_t next = std::min(i + width, end_);
    uint32_t point = DecodeAt(file_, i);
    if ((point >= 0xE000 && point <= 0xF8FF) || IsSentinel(point)) {
      sink_->Report(DiagnosticCode::kPrivateUse, {i, next});
      return next;
    }
    TextFlags flags = InspectText(file_.substr(i, next - i));
    if (flags.control) {
      sink_->Report(DiagnosticCode::kControlCharacter, {i, next});
      return next;
    }
    const bool separates = point == 0x2028 || point == 0x2029;
    if (flags.Any() || separates) sink_->Report(DiagnosticCode::kBidiCharacter, {i, next});
    Keep(i, next);
    return next;
  }

  uint32_t EndOfLine(uint32_t i) const {
    size_t end = file_.find('\n', i);
    return end == std::string_view::npos || end > end_ ? end_ : static_cast<uint32_t>(end);
  }

  uint32_t LexTag(uint32_t i) {
    uint32_t line_end = EndOfLine(i);
    std::string_view line = file_.substr(0, line_end);
    uint32_t content = i + 2;
    uint32_t close = line_end;
    bool comment = content < line_end && file_[content] == '!';
    if (!comment) close = EndOfExpression(line, content, "");
    if (line.substr(std::min(close, line_end), 2) != "}}") {
      size_t found = line.find("}}", content);
      close = found == std::string_view::npos ? line_end : static_cast<uint32_t>(found);
    }
    if (close >= line_end) {
      Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kTagUnterminated, {i, i + 2});
      diagnostic.hint =
          "A tag begins with '{{' and ends with '}}' on the same line. Write \\{{ for the signs "
          "themselves.";
      // One of the two is there.
      size_t single = line.find('}', content);
      if (single != std::string_view::npos && line.find('}', single + 1) == std::string_view::npos)
        diagnostic.fix = Fix{{static_cast<uint32_t>(single), static_cast<uint32_t>(single)}, "}"};
      return line_end;
    }
    uint32_t end = close + 2;
    if (comment) return end;
    CheckBraceBehind(i, end);
    if (!Fits(markdown_.tags.size(), {i, end})) return end;
    Put(kTagBase + static_cast<uint32_t>(markdown_.tags.size()), i);
    markdown_.tags.push_back({{i, end}, {content, close}});
    return end;
  }

  // {{= seats }}}: a brace too many would be printed, where none in its line opens.
  void CheckBraceBehind(uint32_t tag, uint32_t end) {
    if (end >= end_ || file_[end] != '}') return;
    for (uint32_t at = tag; at > begin_ && file_[at - 1] != '\n'; --at) {
      if (file_[at - 1] == '}') break;
      if (file_[at - 1] == '{') return;
    }
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kTagUnterminated, {end, end + 1},
                                           "One brace too many stands behind the tag");
    diagnostic.hint = "Write \\} for the sign itself.";
    diagnostic.fix = Fix{{end, end + 1}, ""};
  }

  // `:::` at the beginning of a line that goes on with the item of a list above it.
  bool IsFenceInItem(uint32_t i) const {
    constexpr int kMaxLookBack = 200;  // lines
    if (file_.substr(i, 3) != ":::") return false;
    uint32_t start = i;
    while (start > begin_ && file_[start - 1] == ' ') --start;
    const uint32_t indent = i - start;
    if (indent < 2 || (start > begin_ && file_[start - 1] != '\n')) return false;
    for (int lines = 0; start > begin_ && lines < kMaxLookBack; ++lines) {
      const uint32_t end = start - 1;
      start = end;
      while (start > begin_ && file_[start - 1] != '\n') --start;
      std::string_view line = file_.substr(start, end - start);
      const size_t text = line.find_first_not_of(" \t\r");
      if (text == std::string_view::npos) continue;
      const size_t marker = MarkerLength(line.substr(text));
      if (marker != 0 && text + marker < indent) return true;
      if (marker == 0 && text == 0) return false;  // the list is over, or there was none
    }
    return false;
  }

  // Of `-`, `*`, `+`, `1.` or `1)` before a blank; 0 where there is none.
  static size_t MarkerLength(std::string_view line) {
    size_t length = line.find_first_not_of("0123456789");
    if (length == std::string_view::npos || length > 9) return 0;
    const bool ends =
        std::string_view(length == 0 ? "-*+" : ".)").find(line[length]) != std::string_view::npos;
    const bool blank = length + 1 >= line.size() || IsBlank(line[length + 1]);
    return ends && blank ? length + 1 : 0;
  }

  // It would end the list without a word; the end of one that was reported is no news.
  uint32_t RefuseFence(uint32_t i) {
    uint32_t line_end = EndOfLine(i);
    std::string_view line = file_.substr(i, line_end - i);
    const bool closes = line.find_first_not_of(": \t\r") == std::string_view::npos;
    const bool told = closes && refused_fences_ > 0;
    refused_fences_ += !closes ? 1 : told ? -1 : 0;
    if (!told) {
      sink_->Report(DiagnosticCode::kContainerMisplaced, {i, line_end}).hint =
          "Give each item its condition: {when=\"…\"} at its end. To end the list, begin the line "
          "with the colons.";
    }
    return line_end;
  }

  // `:::` at the beginning of a line, behind three spaces at most.
  bool IsFence(uint32_t i) const {
    if (file_.substr(i, 3) != ":::") return false;
    uint32_t start = i;
    while (start > begin_ && file_[start - 1] == ' ') --start;
    return i - start <= 3 && (start == begin_ || file_[start - 1] == '\n');
  }

  // The line becomes a paragraph of its own: a sign for the fence, and its attributes.
  uint32_t LexFence(uint32_t i) {
    uint32_t line_end = EndOfLine(i);
    uint32_t at = i;
    while (at < line_end && file_[at] == ':') ++at;
    uint32_t from = at;
    while (at < line_end && file_[at] != '{') ++at;
    uint32_t to = at;
    while (from < to && IsBlank(file_[from])) ++from;
    while (to > from && IsBlank(file_[to - 1])) --to;
    while (!text_.empty() && text_.back() == ' ') {
      text_.pop_back();
      origin_.pop_back();
    }
    Break(i);
    if (!Fits(markdown_.tags.size(), {i, line_end})) return line_end;
    Put(kTagBase + static_cast<uint32_t>(markdown_.tags.size()), i);
    markdown_.tags.push_back({{i, std::max(to, i + 3)}, {from, to}, true});
    if (at < line_end) at = LexAttributes(at);
    Break(i);
    return line_end;
  }
  void Break(uint32_t from) {
    text_ += '\n';
    origin_.push_back(from);
  }

  bool LooksLikeAttributes(uint32_t i) const {
    return BeginsAttributes(file_.substr(i + 1, EndOfLine(i) - i - 1));
  }

  uint32_t LexAttributes(uint32_t i) {
    uint32_t line_end = EndOfLine(i);
    Attributes attributes;
    uint32_t at = i + 1;
    auto fail = [&](std::string_view hint) {
      uint32_t end = line_end;
      Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kAttributesMalformed, {i, end});
      diagnostic.hint = hint;
      return line_end;
    };
    for (;;) {
      while (at < line_end && IsBlank(file_[at])) ++at;
      if (at >= line_end) return fail("Close the attributes with '}' on the same line.");
      if (file_[at] == '}') break;
      Attribute attribute;
      uint32_t start = at;
      if (file_[at] == '#') {
        attribute.name = "#";
        ++at;
        uint32_t from = at;
        while (at < line_end && (IsAlnum(file_[at]) || file_[at] == '_' || file_[at] == '-')) ++at;
        attribute.has_value = true;
        attribute.value = file_.substr(from, at - from);
        attribute.range = {from, at};
        attribute.name_range = {start, at};
        if (from == at) return fail("An id follows the '#': {#fees}.");
      } else {
        while (at < line_end && IsAlnum(file_[at])) ++at;
        attribute.name = file_.substr(start, at - start);
        attribute.name_range = attribute.range = {start, at};
        if (start == at)
          return fail(
              "Attributes look like {#id when=\"condition\" lock omitted=\"text\"}. Write \\{ for "
              "the sign itself.");
        if (at < line_end && file_[at] == '=') {
          ++at;
          if (!LexValue(line_end, &at, &attribute)) {
            return fail("Put the value in double quotes: when=\"uptime >= 99.9\".");
          }
        }
      }
      attributes.items.push_back(std::move(attribute));
    }
    ++at;
    attributes.range = {i, at};
    uint32_t rest = at;
    while (rest < line_end && IsBlank(file_[rest])) ++rest;
    if (rest != line_end) {
      Diagnostic& diagnostic =
          sink_->Report(DiagnosticCode::kAttributesMisplaced, attributes.range);
      diagnostic.hint = "Move them to the end of the line, or write \\{ for the sign itself.";
      return at;
    }
    if (!Fits(markdown_.attributes.size(), attributes.range)) return at;
    PutAttributes(kAttributesBase + static_cast<uint32_t>(markdown_.attributes.size()), i);
    markdown_.attributes.push_back(std::move(attributes));
    return at;
  }

  // Behind the last bar of a table's row they would be a cell of their own: they go in front of it.
  void PutAttributes(uint32_t point, uint32_t from) {
    size_t bar = text_.find_last_not_of(" \t");
    bool closes = bar != String::npos && text_[bar] == '|' && (bar == 0 || text_[bar - 1] != '\\');
    size_t line = text_.rfind('\n') + 1;  // 0 where there is none
    size_t first = text_.find_first_not_of(" \t", line);
    if (!closes || first >= bar || text_[first] != '|') return Put(point, from);
    String rest = text_.substr(bar);
    Vector<uint32_t> places(origin_.begin() + static_cast<long>(bar), origin_.end());
    text_.resize(bar);
    origin_.resize(bar);
    Put(point, from);
    text_ += rest;
    origin_.insert(origin_.end(), places.begin(), places.end());
  }

  bool LexValue(uint32_t line_end, uint32_t* at, Attribute* attribute) {
    attribute->has_value = true;
    if (*at >= line_end) return false;
    char quote = file_[*at];
    if (quote != '"' && quote != '\'') {  // a bare word: LegalDown's when=id
      uint32_t from = *at;
      while (*at < line_end && !IsBlank(file_[*at]) && file_[*at] != '}' && file_[*at] != '"')
        ++*at;
      attribute->value = file_.substr(from, *at - from);
      attribute->range = {from, *at};
      return *at > from;
    }
    uint32_t from = ++*at;
    bool escaped = false;
    for (; *at < line_end && file_[*at] != quote; ++*at) {
      bool escape = file_[*at] == '\\' && *at + 1 < line_end &&
                    (file_[*at + 1] == quote || file_[*at + 1] == '\\');
      if (escape) {
        escaped = true;
        ++*at;
      }
      attribute->value += file_[*at];
      attribute->map.push_back(*at);
    }
    if (*at >= line_end) return false;
    attribute->range = {from, *at};
    attribute->map.push_back(*at);
    if (!escaped) attribute->map.clear();
    ++*at;
    return true;
  }

  // --- positions
  void FindLines() {
    lines_.push_back(0);
    for (size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\n') lines_.push_back(static_cast<uint32_t>(i + 1));
    }
  }
  uint32_t LineStart(int line) const {  // from 1, in text_
    auto index = static_cast<size_t>(std::max(line, 1) - 1);
    return index < lines_.size() ? lines_[index] : static_cast<uint32_t>(text_.size());
  }
  uint32_t LineEnd(int line) const {
    uint32_t next = LineStart(line + 1);
    return next > LineStart(line) && next <= text_.size() && text_[next - 1] == '\n' ? next - 1
                                                                                     : next;
  }
  ByteRange InFile(uint32_t from, uint32_t to) const {
    from = std::min<uint32_t>(from, static_cast<uint32_t>(text_.size()));
    to = std::min<uint32_t>(std::max(from, to), static_cast<uint32_t>(text_.size()));
    ByteRange range{origin_[from], origin_[to]};
    if (range.end <= range.begin) range.end = std::min(range.begin + 1, end_);
    return range;
  }
  ByteRange RangeOf(cmark_node* node) const {
    int first = cmark_node_get_start_line(node);
    int last = std::max(first, cmark_node_get_end_line(node));
    return InFile(LineStart(first), LineEnd(last));
  }
  ByteRange FirstLineOf(cmark_node* node) const {
    int line = cmark_node_get_start_line(node);
    return InFile(LineStart(line), LineEnd(line));
  }

  static bool IsRuler(std::string_view row) {
    return row.find('-') != std::string_view::npos && row.find('|') != std::string_view::npos &&
           row.find_first_not_of("|:-> \t\r") == std::string_view::npos;
  }
  std::string_view Line(int line) const {
    return std::string_view(text_).substr(LineStart(line), LineEnd(line) - LineStart(line));
  }

  // Markdown fills every row up to the width of its table, so that a short text can ask for
  // thousand millions of cells. Reported before it does.
  bool TablesFit() {
    size_t cells = 0, columns = 0;
    for (int line = 1; line <= static_cast<int>(lines_.size()); ++line) {
      std::string_view row = Line(line);
      if (IsRuler(row)) {
        columns = static_cast<size_t>(std::count(row.begin(), row.end(), '|')) + 1;
      } else if (row.find_first_not_of(" \t\r") == std::string_view::npos) {
        columns = 0;
      }
      cells += columns;
      if (columns <= document::kMaxColumns + 2 && cells <= kMaxCells) continue;
      sink_->Report(DiagnosticCode::kTable, InFile(LineStart(line), LineEnd(line)),
                    "Tables have at most 50 columns, and a template at most 60,000 cells");
      return false;
    }
    return true;
  }

  // --- the tree
  void ConvertBlocks(cmark_node* parent, int depth, Vector<MdBlock>* blocks) {
    for (cmark_node* node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
      ConvertBlock(node, depth, blocks);
    }
  }

  void ConvertBlock(cmark_node* node, int depth, Vector<MdBlock>* blocks) {
    if (depth > kMaxNesting) {
      sink_->Report(DiagnosticCode::kNestedTooDeep, FirstLineOf(node));
      return;
    }
    MdBlock block;
    block.range = RangeOf(node);
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING || type == CMARK_NODE_PARAGRAPH) {
      block.kind = type == CMARK_NODE_HEADING ? MdKind::kHeading : MdKind::kParagraph;
      block.level = type == CMARK_NODE_HEADING ? cmark_node_get_heading_level(node) : 0;
      GoTo(node);
      CheckTable(node);
      ConvertInlines(node, 0, &block.inlines);
      blocks->push_back(std::move(block));
    } else if (type == CMARK_NODE_LIST) {
      block.kind = MdKind::kList;
      block.ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
      if (block.ordered) CheckNumbers(node);
      ConvertBlocks(node, depth + 1, &block.blocks);
      blocks->push_back(std::move(block));
    } else if (type == CMARK_NODE_ITEM) {
      block.kind = MdKind::kItem;
      ConvertBlocks(node, depth + 1, &block.blocks);
      blocks->push_back(std::move(block));
    } else if (std::strcmp(cmark_node_get_type_string(node), "table") == 0) {
      block.kind = MdKind::kTable;
      ConvertRows(node, &block.blocks);
      blocks->push_back(std::move(block));
    } else {
      Refuse(node, type);
    }
  }

  void ConvertRows(cmark_node* table, Vector<MdBlock>* rows) {
    uint16_t columns = cmark_gfm_extensions_get_table_columns(table);
    const uint8_t* aligns = cmark_gfm_extensions_get_table_alignments(table);
    for (cmark_node* line = cmark_node_first_child(table); line; line = cmark_node_next(line)) {
      MdBlock row;
      row.kind = MdKind::kRow;
      row.range = RangeOf(line);
      GoTo(line);
      if (!rows->empty()) CheckRow(line, columns);
      for (cmark_node* node = cmark_node_first_child(line); node; node = cmark_node_next(node)) {
        MdBlock cell;
        cell.kind = MdKind::kCell;
        cell.range = row.range;
        uint8_t align = row.blocks.size() < columns ? aligns[row.blocks.size()] : 0;
        cell.align = align == 'l' ? "left" : align == 'c' ? "center" : align == 'r' ? "right" : "";
        ConvertInlines(node, 0, &cell.inlines);
        row.blocks.push_back(std::move(cell));
      }
      rows->push_back(std::move(row));
    }
  }

  // The bars of a line that are no part of a text: \| is one.
  static size_t Bars(std::string_view line) {
    size_t count = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '|') {
        ++count;
      }
    }
    return count;
  }
  static std::string_view Trimmed(std::string_view line) {
    while (!line.empty() && IsBlank(line.front())) line.remove_prefix(1);
    while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
    return line;
  }

  // What Markdown takes for a row although nobody wrote one, or fills up without a word.
  void CheckRow(cmark_node* row, uint16_t columns) {
    const int line = cmark_node_get_start_line(row);
    const std::string_view text = Trimmed(Line(line));
    const size_t bars = Bars(text);
    const ByteRange range = FirstLineOf(row);
    if (bars == 0) {
      Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kTable, range,
                                             "This would become a row of the table above it");
      diagnostic.hint = "Put an empty line in front of it, or bars around its cells: | … |";
      diagnostic.fix = Fix{{range.begin, range.begin}, "\n"};
      return;
    }
    const bool opens = text.starts_with('|');
    const bool closes = text.size() > 1 && text.ends_with('|') && text[text.size() - 2] != '\\';
    const size_t cells = bars + 1 - (opens ? 1 : 0) - (closes ? 1 : 0);
    if (cells >= columns) return;
    sink_
        ->Report(DiagnosticCode::kRowShort, range,
                 "The row has " + NumberText(cells) + " of the table's " + NumberText(columns) +
                     " cells: the others would stay empty")
        .hint = "Write the empty cells, too: | … | |";
  }

  void Refuse(cmark_node* node, cmark_node_type type) {
    refused_ = true;
    ByteRange range = FirstLineOf(node);
    if (type == CMARK_NODE_THEMATIC_BREAK) {
      Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kThematicBreak, range);
      diagnostic.hint = "Remove the line.";
      diagnostic.fix = Fix{range, ""};
    } else if (type == CMARK_NODE_BLOCK_QUOTE) {
      sink_->Report(DiagnosticCode::kBlockQuote, range).hint =
          "Write a paragraph, or \\> for the sign itself.";
    } else if (type == CMARK_NODE_CODE_BLOCK) {
      sink_->Report(DiagnosticCode::kCodeBlock, range).hint =
          "Remove the spaces in front (four or more make code), or the fence.";
    } else if (type == CMARK_NODE_HTML_BLOCK) {
      const char* literal = cmark_node_get_literal(node);
      GoTo(node);
      ReportHtmlBlock(literal != nullptr ? literal : "");
    }
  }

  // A row of dashes and bars under a row with bars that is no table all the same: it would run
  // together into one paragraph.
  void CheckTable(cmark_node* node) {
    int first = cmark_node_get_start_line(node);
    int last = cmark_node_get_end_line(node);
    for (int line = first + 1; line <= last; ++line) {
      if (!IsRuler(Line(line)) || Line(line - 1).find('|') == std::string_view::npos) continue;
      sink_->Report(DiagnosticCode::kTable, InFile(LineStart(line - 1), LineEnd(line - 1))).hint =
          "The row of dashes needs as many cells as the row above it. Write \\| for the sign "
          "itself.";
      return;
    }
    CheckBareRows(first, last);
  }

  // Rows without the row of dashes. Where bars stand between words alone, it may be no table.
  void CheckBareRows(int first, int last) {
    size_t before = 0;  // bars of the line before
    bool framed_before = false;
    for (int line = first; line <= last; ++line) {
      const std::string_view text = Trimmed(Line(line));
      const size_t bars = text.find('`') == std::string_view::npos ? Bars(text) : 0;
      const bool framed = bars >= 2 && text.starts_with('|') && text.ends_with('|');
      const bool rows = bars > 0 && bars == before && framed == framed_before;
      if (rows || (framed && bars >= 3)) {
        const int from = rows ? line - 1 : line;
        Diagnostic& diagnostic =
            sink_->Report(DiagnosticCode::kTable, InFile(LineStart(from), LineEnd(from)));
        diagnostic.hint =
            "A table has a row of dashes below its header: |---|---|. Write \\| for the sign "
            "itself.";
        if (!framed) sink_->Soften(&diagnostic, Severity::kWarning);
        return;
      }
      before = bars;
      framed_before = framed;
    }
  }

  // What it begins with, and every tag in it: a fix for one alone would leave as many problems.
  void ReportHtmlBlock(std::string_view literal) {
    for (size_t at = literal.find('<'); at != std::string_view::npos; at = literal.find('<', at)) {
      std::string_view rest = literal.substr(at);
      std::optional<HtmlTag> tag = ReadHtmlTag(rest);
      bool comment = rest.starts_with("<!--");
      bool reported = comment || tag || literal.find('<') == at;
      size_t end = comment ? rest.find("-->") : std::string_view::npos;
      rest = rest.substr(0, tag ? tag->length : end == std::string_view::npos ? end : end + 3);
      if (reported) ReportHtml(rest);
      at += comment || tag ? rest.size() : 1;
    }
  }

  // Finds it and says what to do about it.
  void ReportHtml(std::string_view literal) {
    std::string_view first = literal.substr(0, literal.find('\n'));
    while (first.ends_with('\r')) first.remove_suffix(1);
    std::optional<uint32_t> found = cursor_.PassLiteral(first);
    for (size_t line = literal.find('\n'); found && line != std::string_view::npos;) {
      size_t next = literal.find('\n', line + 1);
      std::string_view part = literal.substr(line + 1, std::min(next, literal.size()) - line - 1);
      while (part.ends_with('\r')) part.remove_suffix(1);
      if (!part.empty()) cursor_.PassLiteral(part);
      line = next;
    }
    if (!found) {
      sink_->Report(DiagnosticCode::kRawHtml, InFile(cursor_.at(), cursor_.at() + 1));
      return;
    }
    uint32_t from = *found;
    std::optional<HtmlTag> tag = ReadHtmlTag(first);
    ByteRange range = InFile(from, from + static_cast<uint32_t>(first.size()));
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kRawHtml, range);
    if (first.starts_with("<!--")) {
      diagnostic.hint = "Comments look like {{! this }}, on one line.";
      if (first.size() < 7 || !first.ends_with("-->")) return;
      String inner(first.substr(4, first.size() - 7));
      if (inner.find("}}") == String::npos) diagnostic.fix = Fix{range, "{{!" + inner + "}}"};
    } else if (!tag || HasSentinel(first)) {
      diagnostic.hint = "Write \\< for the sign itself, or {{= field }} for a value.";
      diagnostic.fix = Fix{{range.begin, range.begin}, "\\"};
    } else if (tag->use == HtmlUse::kMeaning) {
      diagnostic.hint = tag->name == "a" ? "Write a link as [text](https://…)."
                        : tag->name == "sup" || tag->name == "sub"
                            ? "Without it 10<sup>6</sup> would be 106: write 10^6, or m²."
                            : "Write what is agreed: the tag says whether these words count.";
    } else {
      diagnostic.hint = tag->use == HtmlUse::kBreak
                            ? "Write \\ at the end of a line to break it there."
                            : "Remove the tag; what is between the tags stays.";
      if (auto instead = InsteadOf(*tag, from)) diagnostic.fix = Fix{range, *std::move(instead)};
    }
  }

  // What stands for a tag of HTML that is taken away: nothing, or a blank between two words.
  // nullopt where what follows would become something else at the beginning of its line.
  std::optional<String> InsteadOf(const HtmlTag& tag, uint32_t from) const {
    // Not the whole line: it may be long, with many tags in it.
    uint32_t blanks = from;
    while (blanks > 0 && IsBlank(text_[blanks - 1])) --blanks;
    bool first = blanks == 0 || text_[blanks - 1] == '\n';
    constexpr size_t kMarker = 12;  // as long as the number of an item can be
    std::string_view after = std::string_view(text_).substr(from + tag.length, kMarker);
    after = after.substr(0, after.find('\n'));
    bool joins = !first && blanks == from && !after.empty() && !IsBlank(after[0]);
    if (tag.use != HtmlUse::kLook && joins) return " ";
    size_t digits = after.find_first_not_of("0123456789");
    bool numbered = digits != 0 && digits != std::string_view::npos &&
                    (after[digits] == '.' || after[digits] == ')');
    bool turns = !after.empty() && (numbered || std::string_view(" \t#-+*>~`=|:").find(after[0]) !=
                                                    std::string_view::npos);
    if (first && turns) return std::nullopt;
    return String();
  }

  static bool HasSentinel(std::string_view text) {
    for (size_t i = 0; i < text.size(); i += WidthOf(text[i])) {
      if (IsSentinel(DecodeAt(text, i))) return true;
    }
    return false;
  }

  void GoTo(cmark_node* block) {
    int first = cmark_node_get_start_line(block);
    int last = std::max(first, cmark_node_get_end_line(block));
    cursor_ = InlineCursor(text_, {LineStart(first), LineEnd(last)});
    escaped_tags_ = 0;
  }

  // The part of `range` that reads so, else the whole.
  ByteRange PartOf(ByteRange range, std::string_view literal) const {
    std::string_view text = std::string_view(text_).substr(range.begin, range.end - range.begin);
    size_t at = text.find(literal);
    if (literal.empty() || at == std::string_view::npos) return InFile(range.begin, range.end);
    auto from = range.begin + static_cast<uint32_t>(at);
    return InFile(from, from + static_cast<uint32_t>(literal.size()));
  }

  // A number typed in front of an item is a marker; it must be the number that will be generated.
  void CheckNumbers(cmark_node* list) {
    int expected = 1;
    for (cmark_node* item = cmark_node_first_child(list); item;
         item = cmark_node_next(item), ++expected) {
      uint32_t from = LineStart(cmark_node_get_start_line(item)) +
                      static_cast<uint32_t>(std::max(0, cmark_node_get_start_column(item) - 1));
      uint32_t to = from;
      int64_t typed = 0;
      while (to < text_.size() && text_[to] >= '0' && text_[to] <= '9' && to - from < 10) {
        typed = typed * 10 + (text_[to] - '0');
        ++to;
      }
      markers_.push_back({from, to});
      if (typed == expected || typed == 1) continue;
      ByteRange range = InFile(from, to);
      Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kListNumber, range);
      diagnostic.hint = "This is item " + NumberText(expected) + " of its list. Write " +
                        NumberText(expected) + ", or a \\ in front of the dot if this is no list.";
      diagnostic.fix = expected == 1 ? Fix{InFile(to, to), "\\"} : Fix{range, NumberText(expected)};
      if (expected == 1) diagnostic.fix->byte.end = diagnostic.fix->byte.begin;
    }
  }

  void AppendText(std::string_view literal, Vector<MdInline>* inlines) {
    for (size_t i = 0; i < literal.size();) {
      uint32_t point = DecodeAt(literal, i);
      size_t width = WidthOf(literal[i]);
      if (IsSentinel(point)) {
        MdInline piece;
        bool is_tag = point < kAttributesBase;
        piece.kind = is_tag ? MdInlineKind::kTag : MdInlineKind::kAttributes;
        piece.index = point - (is_tag ? kTagBase : kAttributesBase);
        inlines->push_back(std::move(piece));
      } else {
        if (inlines->empty() || inlines->back().kind != MdInlineKind::kText)
          inlines->emplace_back();
        // All of ASCII that follows is text, too.
        size_t end = i + width;
        while (end < literal.size() && static_cast<unsigned char>(literal[end]) < 0x80) ++end;
        inlines->back().text.append(literal.substr(i, end - i));
        i = end;
        continue;
      }
      i += width;
    }
  }

  // Tags in places that are not text (code, addresses).
  bool ReportTags(std::string_view literal, std::string_view message = {}) {
    bool any = false;
    for (size_t i = 0; i < literal.size(); i += WidthOf(literal[i])) {
      uint32_t point = DecodeAt(literal, i);
      if (!IsSentinel(point)) continue;
      any = true;
      ByteRange range = point < kAttributesBase
                            ? markdown_.tags[point - kTagBase].range
                            : markdown_.attributes[point - kAttributesBase].range;
      sink_->Report(DiagnosticCode::kTagInCode, range, message).hint =
          "Move it out, or write \\{{ for the signs themselves.";
    }
    return any;
  }

  void ConvertInlines(cmark_node* parent, int depth, Vector<MdInline>* inlines) {
    for (cmark_node* node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
      ConvertInline(node, depth, inlines);
    }
  }

  void ConvertInline(cmark_node* node, int depth, Vector<MdInline>* inlines) {
    if (depth > kMaxNesting) {
      sink_->Report(DiagnosticCode::kNestedTooDeep, InFile(cursor_.at(), cursor_.at() + 1));
      return;
    }
    cmark_node_type type = cmark_node_get_type(node);
    const char* raw = cmark_node_get_literal(node);
    std::string_view literal = raw != nullptr ? std::string_view(raw) : std::string_view();
    if (type == CMARK_NODE_TEXT) {
      const uint32_t from = cursor_.at();
      cursor_.PassText(literal);
      if (literal.find_first_of("{}") != std::string_view::npos) CheckBraces(literal, from);
      return AppendText(literal, inlines);
    }
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) cursor_.PassBreak();
    if (type == CMARK_NODE_SOFTBREAK) return AppendText(" ", inlines);
    MdInline piece;
    if (type == CMARK_NODE_LINEBREAK) {
      piece.kind = MdInlineKind::kBreak;
    } else if (type == CMARK_NODE_CODE) {
      cursor_.PassCode();
      if (ReportTags(literal)) return;
      piece.kind = MdInlineKind::kCode;
      piece.text = literal;
    } else if (type == CMARK_NODE_EMPH || type == CMARK_NODE_STRONG) {
      piece.kind = type == CMARK_NODE_EMPH ? MdInlineKind::kEm : MdInlineKind::kStrong;
      CheckOpening();
      ConvertInlines(node, depth + 1, &piece.inlines);
      CheckClosing(type == CMARK_NODE_EMPH ? 1 : 2);
    } else if (type == CMARK_NODE_LINK) {
      if (!ConvertLink(node, depth, &piece)) return;
    } else if (type == CMARK_NODE_HTML_INLINE) {
      ReportHtml(literal);
      return;
    } else {
      refused_ = true;
      uint32_t from = cursor_.PassLiteral("![").value_or(cursor_.at());
      cursor_.PassAddress();
      sink_->Report(DiagnosticCode::kImage, InFile(from, from + 1)).hint =
          "Remove the image, or write \\! for the sign itself.";
      return;
    }
    inlines->push_back(std::move(piece));
  }

  // --- tags with a brace too few: {= fee }} would be printed as it stands

  bool IsEscaped(uint32_t at) const {
    uint32_t slashes = at;
    while (slashes > 0 && text_[slashes - 1] == '\\') --slashes;
    return (at - slashes) % 2 != 0;
  }

  // Of a text that the cursor passed from `from` on.
  void CheckBraces(std::string_view literal, uint32_t from) {
    const auto is_in = [](std::string_view text) {
      return text.find("}}") != std::string_view::npos ||
             text.find("{=") != std::string_view::npos || text.find("{{") != std::string_view::npos;
    };
    if (!is_in(literal)) return;
    if (cursor_.lost()) {
      ReportBraces(from, from + 1);
      return;
    }
    const std::string_view text = std::string_view(text_).substr(0, cursor_.at());
    uint32_t opens = UINT32_MAX;  // the last brace that may be a tag's
    bool bare = false;            // nothing but blanks and braces behind it
    for (uint32_t at = from; at < text.size(); ++at) {
      if (text[at] != '{' && text[at] != '}') {
        bare = bare && text[at] == ' ';
        continue;
      }
      if (IsEscaped(at)) {  // \{{ are both signs, and so are those that close them
        escaped_tags_ += text.substr(at, 2) == "{{" ? 1 : 0;
        at += text.substr(at, 2) == "{{" || text.substr(at, 2) == "}}" ? 1 : 0;
        continue;
      }
      if (text[at] == '{') {
        if (!bare) opens = at;
        bare = true;
        continue;
      }
      const bool twice = text.substr(at, 2) == "}}";
      if (twice && escaped_tags_ > 0) {
        --escaped_tags_;
        ++at;
        continue;
      }
      const bool prints = opens != UINT32_MAX && IsTagIn(text, opens);
      if (twice || prints) ReportBraces(opens == UINT32_MAX ? at : opens, at + (twice ? 2 : 1));
      at += twice ? 1 : 0;
      opens = UINT32_MAX;
      bare = false;
    }
    if (opens != UINT32_MAX && IsTagIn(text, opens)) ReportBraces(opens, opens + 1);
  }
  // Whether {= or { {= stands here.
  static bool IsTagIn(std::string_view text, uint32_t at) {
    const size_t next = text.find_first_not_of("{ ", at);
    return next != std::string_view::npos && text[next] == '=';
  }

  void ReportBraces(uint32_t from, uint32_t to) {
    const ByteRange range = InFile(from, to);
    const String written = text_.substr(from, to - from);
    const bool opens = written[0] == '{';
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kTagUnterminated, range,
                                           opens ? "A tag begins with '{{' and ends with '}}'"
                                                 : "'}}' ends a tag, and none begins here");
    const size_t name = written.find_first_not_of("{ ");
    const bool is_tag = opens && to - from == range.end - range.begin && name != String::npos &&
                        std::string_view("=#/").find(written[name]) != std::string_view::npos;
    const size_t end = written.find_last_not_of("} ");
    if (!is_tag || end == String::npos || !written.ends_with('}')) {
      diagnostic.hint = opens ? "Write \\{ and \\}} for the signs themselves."
                              : "Write \\}} for the signs themselves.";
      return;
    }
    const String whole =
        "{{" + written.substr(name, end + 1 - name) + (written[name] == '=' ? " }}" : "}}");
    diagnostic.hint = "Write " + whole + ", or \\{ and \\}} for the signs themselves.";
    diagnostic.fix = Fix{range, whole};
  }

  // --- signs that multiply: 2*3*4 would be 234

  // Whether the sign that ends at `end` is a letter, a digit or a printed value. Signs of scripts
  // without blanks between words are none: emphasis in them begins right behind another word.
  bool IsWordBefore(uint32_t end) const {
    if (end == 0) return false;
    uint32_t at = end - 1;
    while (at > 0 && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) --at;
    return IsWordAt(at);
  }
  bool IsWordAt(uint32_t at) const {
    if (at >= text_.size()) return false;
    const uint32_t point = DecodeAt(text_, at);
    if (point < 0x80) return IsAlnum(text_[at]);
    if (!IsSentinel(point)) return point >= 0xC0 && point < 0x2000;
    if (point >= kAttributesBase || point - kTagBase >= markdown_.tags.size()) return false;
    const ByteRange content = markdown_.tags[point - kTagBase].content;
    return content.begin < content.end && file_[content.begin] == '=';
  }

  // Emphasis that begins within a word, or right behind a number, is none: its signs are factors.
  void CheckOpening() {
    const uint32_t at = cursor_.at();
    if (cursor_.lost() || at >= text_.size() || text_[at] != '*' || !IsWordBefore(at)) return;
    ReportFactor(at);
  }
  // The same of one that ends between two digits.
  void CheckClosing(uint32_t signs) {
    const uint32_t at = cursor_.at();
    // Else they would be taken for those that open the emphasis behind them, in the next cell.
    cursor_.PassSigns(signs);
    const auto is_digit = [this](uint32_t i) {
      return i < text_.size() && text_[i] >= '0' && text_[i] <= '9';
    };
    const bool known = !cursor_.lost() && at != 0 && at < text_.size();
    if (!known || text_[at] != '*' || !is_digit(at - 1)) return;
    uint32_t end = at;
    while (end < text_.size() && text_[end] == '*') ++end;
    if (is_digit(end)) ReportFactor(at);
  }
  void ReportFactor(uint32_t at) {
    if (at == last_factor_) return;  // of emphasis in emphasis
    last_factor_ = at;
    const ByteRange range = InFile(at, at + 1);
    Diagnostic& diagnostic = sink_->Report(
        DiagnosticCode::kProseLost, range,
        "Markdown would take this sign and the next for emphasis, and leave both out");
    diagnostic.hint = "Write \\* for the sign itself; emphasis begins at the beginning of a word.";
    diagnostic.fix = Fix{{range.begin, range.begin}, "\\"};
  }

  // False where it was reported and is left out.
  bool ConvertLink(cmark_node* node, int depth, MdInline* link) {
    link->kind = MdInlineKind::kLink;
    link->text = cmark_node_get_url(node);
    uint32_t begin = cursor_.at();
    ConvertInlines(node, depth + 1, &link->inlines);
    ByteRange address{begin, cursor_.at()};  // <https://…>: it is the text
    if (!IsAutomatic(node)) {
      address = cursor_.PassAddress();
      // What [text][name] leads to stands in a line that is reported where it is lost.
      const bool apart = address.begin != address.end && text_[address.begin] == '(';
      cmark_node_set_user_data(node, apart ? static_cast<void*>(&cursor_) : this);
    }
    if (ReportTags(link->text, "A tag in the address of a link is not evaluated")) return false;
    if (std::string_view title = cmark_node_get_title(node); !title.empty()) {
      sink_
          ->Report(DiagnosticCode::kProseLost, PartOf(address, title),
                   "Nobody who reads the contract would see the title of a link")
          .hint = "Take it away, or write its words into the text.";
    }
    if (document::IsSafeAddress(link->text)) return true;
    refused_ = true;
    sink_->Report(DiagnosticCode::kLinkAddress, PartOf(address, link->text)).hint =
        "Write \\[ for the sign itself.";
    return false;
  }

  bool IsAutomatic(cmark_node* link) const {
    cmark_node* only = cmark_node_first_child(link);
    const char* shown = only != nullptr ? cmark_node_get_literal(only) : nullptr;
    return shown != nullptr && cmark_node_next(only) == nullptr && text_[cursor_.at()] == '>' &&
           std::string_view(cmark_node_get_url(link)).ends_with(shown);
  }

  // --- containers

  const Tag* FenceOf(const MdBlock& block) const {
    bool is_fence = block.kind == MdKind::kParagraph && !block.inlines.empty() &&
                    block.inlines[0].kind == MdInlineKind::kTag &&
                    markdown_.tags[block.inlines[0].index].fence;
    return is_fence ? &markdown_.tags[block.inlines[0].index] : nullptr;
  }

  // What stands between two fences becomes the content of a container.
  void GroupContainers() {
    Vector<MdBlock> done;
    Vector<MdBlock> open;
    int skipped = 0;
    auto close = [&] {
      MdBlock container = std::move(open.back());
      open.pop_back();
      (open.empty() ? done : open.back().blocks).push_back(std::move(container));
    };
    for (MdBlock& block : markdown_.blocks) {
      const Tag* fence = FenceOf(block);
      if (fence == nullptr) {
        (open.empty() ? done : open.back().blocks).push_back(std::move(block));
        continue;
      }
      std::string_view kind =
          file_.substr(fence->content.begin, fence->content.end - fence->content.begin);
      bool closes = kind.empty() && block.inlines.size() == 1;
      if (closes && skipped > 0) {
        --skipped;
      } else if (closes && open.empty()) {
        sink_->Report(DiagnosticCode::kContainerUnopened, fence->range);
      } else if (closes) {
        open.back().range.end = fence->range.end;
        close();
      } else if (open.size() >= kMaxContainers) {
        sink_->Report(DiagnosticCode::kNestedTooDeep, fence->range,
                      "Containers are nested more than 4 levels deep");
        ++skipped;
      } else {
        MdBlock container;
        container.kind = MdKind::kContainer;
        container.container = kind;
        container.range = fence->range;
        container.inlines.assign(block.inlines.begin() + 1, block.inlines.end());
        open.push_back(std::move(container));
      }
    }
    while (!open.empty()) {
      sink_->Report(DiagnosticCode::kContainerUnclosed, open.back().range);
      close();
    }
    markdown_.blocks = std::move(done);
  }

  // --- no silent loss
  void Collect(std::string_view text) {
    for (size_t i = 0, run = 0; i <= text.size(); ++i) {
      if (i < text.size() && (IsAlnum(text[i]) || static_cast<unsigned char>(text[i]) >= 0x80)) {
        continue;
      }
      seen_.append(text.substr(run, i - run));
      run = i + 1;
    }
  }

  // Every letter and digit that CommonMark kept, in its order. Iterative: outside data may nest
  // deeply.
  void CollectText(cmark_node* root) {
    cmark_iter* iter = cmark_iter_new(root);
    Vector<size_t> link_starts;
    for (cmark_event_type event = cmark_iter_next(iter); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iter)) {
      cmark_node* node = cmark_iter_get_node(iter);
      cmark_node_type type = cmark_node_get_type(node);
      if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
        if (event == CMARK_EVENT_ENTER) {
          link_starts.push_back(seen_.size());
          continue;
        }
        String shown = seen_.substr(link_starts.back());
        link_starts.pop_back();
        const void* written = cmark_node_get_user_data(node);
        if (written == this) continue;
        String before = std::move(seen_);
        seen_.clear();
        Collect(cmark_node_get_url(node));
        // [a@b.example](mailto:a@b.example) is written twice.
        bool is_auto = written == nullptr && (seen_ == shown || seen_ == "mailto" + shown);
        seen_ = is_auto ? before : before + seen_;
        if (!is_auto) Collect(cmark_node_get_title(node));
      } else if (event == CMARK_EVENT_ENTER) {
        if (type == CMARK_NODE_CODE_BLOCK) {
          if (const char* info = cmark_node_get_fence_info(node)) Collect(info);
        }
        if (const char* literal = cmark_node_get_literal(node)) Collect(literal);
      }
    }
    cmark_iter_free(iter);
  }

  void CheckLoss() {
    std::sort(markers_.begin(), markers_.end(),
              [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
    size_t at = 0, marker = 0;
    constexpr int kMaxEntities = 100;
    int reports = 0, entities = 0;
    for (uint32_t i = 0; i < text_.size();) {
      while (marker < markers_.size() && markers_[marker].end <= i) ++marker;
      if (marker < markers_.size() && i >= markers_[marker].begin) {
        i = markers_[marker].end;
        continue;
      }
      char c = text_[i];
      // An entity, unless its letters are there as they stand: in code, behind a backslash, or
      // where no character has that name.
      const uint32_t end = c == '&' && i + 1 < text_.size() ? EntityAround(text_, i + 1) : 0;
      if (end != 0 && !Shows(at, std::string_view(text_).substr(i + 1, end - i - 2))) {
        at = ReportEntity(i, end, at);
        i = end;
        if (++entities > kMaxEntities || refused_) return;
        continue;
      }
      bool counts = IsAlnum(c) || static_cast<unsigned char>(c) >= 0x80;
      if (!counts || (at < seen_.size() && seen_[at] == c)) {
        at += counts ? 1 : 0;
        ++i;
        continue;
      }
      i = ReportLoss(i);
      at = Resume(at, i, marker);
      if (++reports >= 5 || refused_) return;
    }
  }

  // Where `seen_` goes on with what stands behind a line that was reported.
  size_t Resume(size_t at, uint32_t from, size_t marker) const {
    constexpr size_t kEnough = 24;  // letters that are not there twice by chance
    String next;
    for (uint32_t i = from; i < text_.size() && next.size() < kEnough; ++i) {
      while (marker < markers_.size() && markers_[marker].end <= i) ++marker;
      if (marker < markers_.size() && i >= markers_[marker].begin) continue;
      char c = text_[i];
      if (c == '\n' && !next.empty()) break;  // the next line may be lost as well
      if (IsAlnum(c) || static_cast<unsigned char>(c) >= 0x80) next += c;
    }
    size_t found = seen_.find(next, at);
    return found == String::npos ? at : found;
  }

  // Whether the letters and digits of a text come next.
  bool Shows(size_t at, std::string_view text) const {
    for (char c : text) {
      if (!IsAlnum(c)) continue;
      if (at >= seen_.size() || seen_[at] != c) return false;
      ++at;
    }
    return true;
  }

  // `&name;` from `start` to `end`; where `seen_` goes on behind what it stands for.
  size_t ReportEntity(uint32_t start, uint32_t end, size_t at) {
    const ByteRange range = InFile(start, end);
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kProseLost, range,
                                           "Markdown would turn this into another character");
    diagnostic.hint = "Write the character itself.";
    String character = AsciiOf(start, end);
    size_t length = 0;
    if (character.empty() && at < seen_.size() && static_cast<unsigned char>(seen_[at]) >= 0x80) {
      length = std::min(WidthOf(seen_[at]), seen_.size() - at);
      character = seen_.substr(at, length);
    } else if (character.size() == 1 && IsAlnum(character[0])) {
      length = 1;
    }
    if (!character.empty()) diagnostic.fix = Fix{range, std::move(character)};
    return at + length;
  }

  // What an entity of ASCII stands for, written so that Markdown leaves it alone; "" for others.
  String AsciiOf(size_t start, uint32_t end) const {
    struct Entity {
      std::string_view name;
      char character;
    };
    constexpr Entity kKnown[] = {{"quot", '"'}, {"apos", '\''}, {"lt", '<'},  {"gt", '>'},
                                 {"amp", '&'},  {"num", '#'},   {"ast", '*'}, {"lowbar", '_'}};
    std::string_view name = std::string_view(text_).substr(start + 1, end - start - 2);
    uint32_t point = 0;
    for (const Entity& entity : kKnown) {
      if (entity.name == name) point = static_cast<unsigned char>(entity.character);
    }
    const bool hex = name.starts_with("#x") || name.starts_with("#X");
    if (name.starts_with('#')) {
      for (char c : name.substr(hex ? 2 : 1)) {
        const char low = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
        const int digit = low >= 'a' && low <= 'f' ? low - 'a' + 10 : low - '0';
        point = std::min(point * (hex ? 16 : 10) + static_cast<uint32_t>(digit), 0x110000u);
      }
    }
    if (point < ' ' || point >= 0x7f) return {};
    const char c = static_cast<char>(point);
    // What follows must not make an entity of the sign.
    const bool joined = end < text_.size() && (IsAlnum(text_[end]) || text_[end] == '#');
    const bool plain = c == ' ' || IsAlnum(c) || c == '"' || c == '\'' || (c == '&' && !joined);
    return plain ? String(1, c) : String("\\") + c;
  }

  uint32_t ReportLoss(uint32_t i) {
    auto line = std::upper_bound(lines_.begin(), lines_.end(), i) - lines_.begin();
    uint32_t from = LineStart(static_cast<int>(line)), to = LineEnd(static_cast<int>(line));
    while (from < to && IsBlank(text_[from])) ++from;
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kProseLost, InFile(from, to));
    std::string_view content = std::string_view(text_).substr(from, to - from);
    if (content.starts_with('[') && content.find("]:") != std::string_view::npos) {
      diagnostic.hint =
          "This reads as the definition of a link and would vanish. Write \\[ in front.";
      uint32_t at = InFile(from, to).begin;
      diagnostic.fix = Fix{{at, at}, "\\"};
    } else if (content.find("][") != std::string_view::npos) {
      diagnostic.hint = "Write the address of a link behind its text: [text](https://…).";
    } else if (content.starts_with('|')) {
      diagnostic.hint =
          "A row has as many cells as the table's header. Write \\| for the sign itself.";
    } else {
      diagnostic.hint =
          "Rewrite the line, or put a \\ in front of the sign that Markdown takes for its own.";
    }
    return to;
  }

  DiagnosticSink* sink_;
  std::string_view file_;
  uint32_t begin_, end_;
  String text_;                // the body as CommonMark sees it
  Vector<uint32_t> origin_;    // text_[i] stands at file_[origin_[i]]
  Vector<uint32_t> lines_;     // starts, in text_
  Vector<ByteRange> markers_;  // numbers in front of items, in text_
  String seen_;
  InlineCursor cursor_;
  uint32_t last_factor_ = UINT32_MAX;
  int refused_fences_ = 0;  // in items, and open
  int escaped_tags_ = 0;    // \{{ in a block, and open
  bool refused_ = false;
  bool overfull_ = false;
  Markdown markdown_;
};

}  // namespace

bool IsLoneReturn(std::string_view text, size_t i) {
  return text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n');
}

void ReportLoneReturn(uint32_t i, DiagnosticSink* sink) {
  Diagnostic& diagnostic =
      sink->Report(DiagnosticCode::kControlCharacter, {i, i + 1},
                   "A carriage return alone ends a line in some programs, and in others none");
  diagnostic.hint = "Save the file with line feeds.";
  diagnostic.fix = Fix{{i, i + 1}, "\n"};
}

// `="…"`, as somebody writes it who does not know how: with blanks, a colon, or the quotes of a
// word processor.
static bool IsQuotedValue(std::string_view text) {
  const auto skip = [&text] {
    while (text.starts_with(' ')) text.remove_prefix(1);
  };
  skip();
  if (!text.starts_with('=') && !text.starts_with(':')) return false;
  text.remove_prefix(1);
  skip();
  // “ ” „ ‘ ’ ‚
  constexpr std::string_view kQuotes[] = {
      "\"",           "'",           "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xE2\x80\x98",
      "\xE2\x80\x99", "\xE2\x80\x9A"};
  return std::ranges::any_of(kQuotes,
                             [text](std::string_view quote) { return text.starts_with(quote); });
}

// At the end of a line, where attributes stand: {Else}, {otherwise}, {if late}, {only if="late"},
// {id=fees}, {w-hen="late"}. Other words in braces are text.
static bool IsNearlyAttributes(std::string_view rest) {
  const size_t close = rest.find_first_of("}\n");
  if (close == std::string_view::npos || rest[close] != '}') return false;
  std::string_view behind = rest.substr(close + 1);
  behind = behind.substr(0, behind.find('\n'));
  if (behind.find_first_not_of(" \t\r|") != std::string_view::npos) return false;
  rest = rest.substr(0, close);
  const auto is_part = [](char c) { return IsAlnum(c) || c == '_' || c == '-'; };
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '=' && is_part(rest[i - 1])) return true;
  }
  size_t end = 0;
  while (end < rest.size() && IsAlnum(rest[end])) ++end;
  String first(rest.substr(0, end));
  for (char& c : first) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const bool alone = rest.find_first_not_of(' ', end) == std::string_view::npos;
  const auto is_one_of = [&first](std::span<const std::string_view> names) {
    return std::ranges::find(names, first) != names.end();
  };
  constexpr std::string_view kConditions[] = {"if", "unless", "elif", "elseif"};
  constexpr std::string_view kOthers[] = {"otherwise", "endif"};
  return (alone && (is_one_of(kAttributeNames) || is_one_of(kOthers))) || is_one_of(kConditions);
}

bool BeginsAttributes(std::string_view rest) {
  constexpr size_t kMaxLook = 4'096;  // as long as what a condition may be
  rest = rest.substr(0, kMaxLook);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.starts_with('#')) return true;
  // {.class}, as other programs write it: a sign of it in a contract is nobody's wish.
  if (rest.starts_with('.') && rest.size() > 1 && IsLetter(rest[1])) return true;
  const auto name_at = [&rest](size_t at) {
    size_t end = at;
    while (end < rest.size() && IsAlnum(rest[end])) ++end;
    return rest.substr(at, end - at);
  };
  const auto is_known = [](std::string_view name) {
    return std::ranges::find(kAttributeNames, name) != std::end(kAttributeNames);
  };
  std::string_view first = name_at(0);
  std::string_view after = rest.substr(first.size());
  if (is_known(first) &&
      (after.empty() || std::string_view("=: }").find(after[0]) != std::string_view::npos)) {
    return true;
  }
  // {wehn="…"}, {unless="…"}: a slip of the pen, or a word of another language, must not become
  // text, and its condition nothing. The same of an attribute that comes second.
  if (!first.empty() && IsQuotedValue(after)) return true;
  for (size_t i = 1; i < rest.size() && rest[i] != '}'; ++i) {
    if (rest[i - 1] != ' ') continue;
    std::string_view name = name_at(i);
    std::string_view value = rest.substr(i + name.size());
    if (is_known(name) && (value.starts_with('=') || IsQuotedValue(value))) return true;
  }
  return IsNearlyAttributes(rest);
}

Markdown ReadMarkdown(ByteRange range, DiagnosticSink* sink) { return Reader(range, sink).Read(); }

}  // namespace countersign::compile
