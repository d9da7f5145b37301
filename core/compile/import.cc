// Long because it is one reading of a page, line by line, with everything other tools write there.
#include "compile/import.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/bytes.h"
#include "compile/fixes.h"
#include "compile/markdown.h"

namespace countersign::compile {
namespace {

constexpr size_t kMaxFields = 900;       // below what a template may have
constexpr size_t kMaxTagLength = 400;    // bytes between < and >
constexpr size_t kMaxLookAhead = 300;    // lines that are read before they are reached
constexpr size_t kMaxTagStack = 64;      // open HTML tags
constexpr size_t kMaxListDepth = 6;      // deeper items stay at this depth
constexpr size_t kMaxPlaceholder = 300;  // bytes between brackets
constexpr size_t kMaxNotes = 20'000;     // listed changes; then one says that there are more

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
String LowerText(std::string_view text) {
  String lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

// "Term of Confidentiality" -> "termOfConfidentiality"; letters and digits of ASCII only.
String Identifier(std::string_view name) {
  String id;
  bool start = true;
  for (char c : name) {
    if (c == '\'' || static_cast<unsigned char>(c) >= 0x80) continue;
    if (!IsLetter(c) && !IsDigit(c)) {
      start = true;
      continue;
    }
    if (id.empty() && IsDigit(c)) id = "n";
    id += start && !id.empty() ? Upper(c) : id.empty() || start ? Lower(c) : c;
    start = false;
    if (id.size() >= 48) break;
  }
  // MNDA Term -> mndaTerm
  for (size_t i = 0; i + 1 < id.size() && id[i + 1] >= 'A' && id[i + 1] <= 'Z'; ++i) {
    if (i + 2 < id.size() && id[i + 2] >= 'a' && id[i + 2] <= 'z') break;
    id[i + 1] = Lower(id[i + 1]);
  }
  return id;
}

// What a person reads: without signs of Markdown.
String Plain(std::string_view text) {
  String plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '\\' || text[i] == '`') continue;
    plain += text[i];
  }
  return String(Trim(plain));
}

String Quoted(std::string_view text) {
  String quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' || c == '\t' ? ' ' : c;
  }
  return quoted + "\"";
}

bool IsTag(std::string_view inside) {
  if (inside.starts_with('/')) inside.remove_prefix(1);
  size_t end = 0;
  while (end < inside.size() && (IsLetter(inside[end]) || IsDigit(inside[end]))) ++end;
  constexpr std::string_view kTags[] = {"a",    "b",      "br",  "center", "div", "em", "font",
                                        "h1",   "h2",     "h3",  "i",      "li",  "ol", "label",
                                        "p",    "s",      "sub", "small",  "sup", "u",  "span",
                                        "mark", "strong", "ul",  "section"};
  String name = LowerText(inside.substr(0, end));
  bool ends_well = end == inside.size() || inside[end] == ' ' || inside[end] == '/';
  return ends_well && std::find(std::begin(kTags), std::end(kTags), name) != std::end(kTags);
}

String TagName(std::string_view inside) {
  if (inside.starts_with('/')) inside.remove_prefix(1);
  size_t end = 0;
  while (end < inside.size() && (IsLetter(inside[end]) || IsDigit(inside[end]))) ++end;
  return LowerText(inside.substr(0, end));
}

String AttributeOf(std::string_view inside, std::string_view name) {
  String wanted = String(name) + "=\"";
  size_t at = inside.find(wanted);
  if (at == std::string_view::npos) return {};
  at += wanted.size();
  size_t end = inside.find('"', at);
  return end == std::string_view::npos ? String() : String(inside.substr(at, end - at));
}

struct Field {
  String id, name, type = "string", help, hint, initial;
  Vector<std::pair<String, String>> options;
  bool on_cover = false;  // has no other place: is listed in front
};
struct Party {
  String id, label;
};

// A line of the source, and what became of it.
struct Line {
  String text;
  uint32_t number = 0;  // in its file
  size_t file = 0;
};
struct Output {
  String text;
  size_t line = 0;     // of lines_
  String path;         // of a numbered item or section: "8.1", "8.1(a)"; "" for others
  bool named = false;  // something refers to it
};

class Importer {
 public:
  explicit Importer(std::span<const ImportFile> files) : files_(files) {}

  Imported Run() {
    Imported imported;
    if (!ReadLines(&imported)) return imported;
    ConvertHtml();
    FindShape();
    for (at_ = 0; at_ < lines_.size();) ConvertBlock();
    FlushHelp();
    AddParties();
    Number();
    imported.text = FrontMatter() + Body();
    Fixed fixed = ApplyFixes(imported.text, "template.md", Library());
    for (const Change& change : fixed.changes) {
      Note(SIZE_MAX, "fix",
           String(DiagnosticText(change.code)) + ": '" + change.before + "' became '" +
               change.after + "'");
    }
    imported.text = std::move(fixed.text);
    imported.compilation = std::move(fixed.compilation);
    imported.changes = std::move(changes_);
    return imported;
  }

 private:
  // --- lines -----------------------------------------------------------------------------------

  bool ReadLines(Imported* imported) {
    size_t total = 0;
    for (size_t i = 0; i < files_.size(); ++i) {
      std::string_view text = files_[i].text;
      total += text.size() + 1;
      bool large = total > kMaxImportBytes;
      if (large || !IsUtf8(text)) {
        SourceFile file(files_[i].name, files_[i].text);
        DiagnosticSink sink(file);
        sink.Report(large ? DiagnosticCode::kTemplateTooLarge : DiagnosticCode::kNotUtf8, {0, 1});
        imported->compilation.diagnostics = sink.Take();
        imported->compilation.errors = 1;
        return false;
      }
      if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
      uint32_t number = 0;
      while (!text.empty()) {
        size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        String content;
        for (char c : line) {
          if (c == '\t') {
            content += "    ";
          } else if (c != kLabelSign) {
            content += c;
          }
        }
        lines_.push_back({std::move(content), ++number, i});
        text.remove_prefix(std::min(end + 1, text.size()));
      }
      lines_.push_back({"", number, i});
    }
    return true;
  }

  void Note(size_t line, std::string_view rule, String message) {
    if (changes_.size() > kMaxNotes) return;
    if (changes_.size() == kMaxNotes) {
      rule = "more";
      message = "There are more changes than are listed.";
      line = SIZE_MAX;
    }
    ImportChange change{.file = {}, .line = 0, .rule = String(rule), .message = {}};
    change.message = std::move(message);
    if (line < lines_.size()) {
      change.file = files_[lines_[line].file].name;
      change.line = lines_[line].number;
    }
    changes_.push_back(std::move(change));
  }

  // --- HTML ------------------------------------------------------------------------------------

  struct Open {
    String name, kind;
    size_t from = 0;  // in the line's new text
  };

  void ConvertHtml() {
    Vector<String> spellings;
    for (size_t i = 0; i < lines_.size(); ++i) lines_[i].text = ConvertTags(i, &spellings);
    FlushTerms(spellings);
  }

  String ConvertTags(size_t index, Vector<String>* spellings) {
    const String line = std::move(lines_[index].text);
    String out;
    for (Open& open : open_) open.from = 0;
    size_t i = 0;
    while (in_comment_ && i < line.size()) {
      size_t end = line.find("-->", i);
      Note(index, "comment", "Left out: " + line.substr(i, std::min(end, line.size()) - i));
      in_comment_ = end == String::npos;
      i = in_comment_ ? line.size() : end + 3;
    }
    while (i < line.size()) {
      if (line.compare(i, 4, "<!--") == 0) {
        size_t end = line.find("-->", i + 4);
        in_comment_ = end == String::npos;
        size_t stop = in_comment_ ? line.size() : end;
        Note(index, "comment", "Left out: " + line.substr(i + 4, stop - i - 4));
        i = in_comment_ ? line.size() : end + 3;
        continue;
      }
      size_t end = String::npos;
      if (line[i] == '<') end = std::string_view(line).substr(i, kMaxTagLength).find('>');
      if (end != String::npos) end += i;
      if (end == String::npos || !IsTag(std::string_view(line).substr(i + 1, end - i - 1))) {
        out += line[i++];
        continue;
      }
      std::string_view inside = std::string_view(line).substr(i + 1, end - i - 1);
      i = end + 1;
      if (inside.starts_with('/')) {
        CloseTag(index, TagName(inside), &out, spellings);
      } else {
        OpenTag(index, inside, &out);
      }
    }
    return out;
  }

  void OpenTag(size_t index, std::string_view inside, String* out) {
    String name = TagName(inside);
    String css = AttributeOf(inside, "class");
    if (name == "br") {
      *out += ' ';
      Note(index, "tag", "<br> became a space");
      return;
    }
    if (open_.size() >= kMaxTagStack) return;
    Open open{.name = name, .kind = "tag", .from = out->size()};
    if (css.ends_with("_link")) open.kind = "term";
    bool bold = name == "b" || name == "strong" || css.starts_with("header");
    // Not inside bold text; who writes lines as long as that has no use for titles.
    if (bold) open.kind = out->size() < 20'000 && CountStars(*out) % 2 == 0 ? "bold" : "tag";
    if (name == "i" || name == "em") open.kind = "em";
    if (name == "label") open.kind = "label";
    if (open.kind == "bold") *out += "**";
    if (open.kind == "em") *out += "*";
    if (open.kind == "tag") {
      String href = AttributeOf(inside, "href");
      Note(index, "tag",
           "<" + String(inside) + "> was taken away" + (href.empty() ? "" : "; it led to " + href));
    }
    if (css.starts_with("header")) Note(index, "title", "A title became bold text");
    open_.push_back(std::move(open));
  }

  static size_t CountStars(std::string_view text) {
    size_t count = 0;
    for (size_t i = text.find("**"); i != std::string_view::npos; i = text.find("**", i + 2))
      ++count;
    return count;
  }

  void CloseTag(size_t index, const String& name, String* out, Vector<String>* spellings) {
    size_t k = open_.size();
    while (k > 0 && open_[k - 1].name != name) --k;
    if (k == 0) {
      Note(index, "tag", "</" + name + "> closes nothing and was taken away");
      return;
    }
    Open open = open_[k - 1];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(k - 1));
    open.from = std::min(open.from, out->size());
    if (open.kind == "bold" || open.kind == "em") {
      String spaces;
      while (out->ends_with(' ')) {
        out->pop_back();
        spaces += ' ';
      }
      *out += (open.kind == "bold" ? "**" : "*") + spaces;
    } else if (open.kind == "term") {
      String term = Plain(out->substr(open.from));
      if (term.empty() || term.size() > 120) return;
      bool known = std::find(spellings->begin(), spellings->end(), term) != spellings->end();
      if (!known && spellings->size() >= kMaxFields) return;
      if (!known) spellings->push_back(term);
      term_lines_.emplace_back(index, term);
    } else if (open.kind == "label") {
      String label = Plain(out->substr(open.from));
      out->erase(open.from);
      labels_.push_back(label);
      // Its place is kept by a sign that no text has: see TakeLabel.
      *out += kLabelSign + NumberText(labels_.size() - 1) + kLabelSign;
    }
  }

  static String WithoutPossessive(std::string_view term, bool* possessive) {
    for (std::string_view ending : {"\xE2\x80\x99s", "'s"}) {
      if (!term.ends_with(ending)) continue;
      *possessive = true;
      return String(term.substr(0, term.size() - ending.size()));
    }
    return String(term);
  }

  // Spellings to terms: "Customer's" and "Subscription Periods" are no terms of their own.
  void FlushTerms(const Vector<String>& spellings) {
    auto known = [&](const String& term) {
      return std::find(spellings.begin(), spellings.end(), term) != spellings.end();
    };
    for (const auto& [line, spelling] : term_lines_) {
      bool possessive = false;
      String term = WithoutPossessive(spelling, &possessive);
      if (term.ends_with('s') && known(term.substr(0, term.size() - 1))) term.pop_back();
      auto it = std::find_if(terms_.begin(), terms_.end(),
                             [&](const TermUse& use) { return use.name == term; });
      if (it == terms_.end()) it = terms_.insert(terms_.end(), {term, line, false});
      it->possessive = it->possessive || possessive;
      Note(line, "term",
           "'" + spelling + "' stays as the name of a term; the cover page says what it is");
    }
  }

  // --- shape -----------------------------------------------------------------------------------

  struct Marker {
    size_t indent = 0, length = 0;  // of the marker with its spaces
    char kind = 0;                  // '1' number, 'a' letter, '-' bullet
    int64_t value = 0;
  };

  static std::optional<Marker> MarkerOf(std::string_view line) {
    Marker marker;
    while (marker.indent < line.size() && line[marker.indent] == ' ') ++marker.indent;
    std::string_view rest = line.substr(marker.indent);
    size_t end = 0;
    bool bracket = rest.starts_with('(');
    std::string_view word = bracket ? rest.substr(1) : rest;
    if (rest.starts_with("- ") || rest.starts_with("* ") || rest.starts_with("+ ")) {
      marker.kind = '-';
      end = 1;
    } else {
      size_t digits = 0;
      while (digits < word.size() && digits < 9 && IsDigit(word[digits])) {
        marker.value = marker.value * 10 + (word[digits++] - '0');
      }
      size_t width = digits;
      marker.kind = '1';
      if (digits == 0) {
        if (word.empty() || !IsLetter(word[0])) return std::nullopt;
        marker.kind = 'a';
        marker.value = Lower(word[0]) - 'a' + 1;
        width = 1;
      }
      if (width >= word.size()) return std::nullopt;
      bool closes = bracket ? word[width] == ')' : word[width] == '.' || word[width] == ')';
      if (!closes) return std::nullopt;
      end = width + 1 + (bracket ? 1 : 0);
    }
    if (end >= rest.size() || rest[end] != ' ') return std::nullopt;
    while (end < rest.size() && rest[end] == ' ') ++end;
    if (end == rest.size()) return std::nullopt;
    marker.length = end;
    return marker;
  }

  static bool IsShortTitle(std::string_view text) {
    String plain = Plain(text);
    return !plain.empty() && plain.size() <= 80 && plain.find_first_of(".;:") == String::npos;
  }

  // Numbered titles with numbered paragraphs below them are sections; anything else is a list.
  void FindShape() {
    size_t titles = 0, tops = 0;
    for (size_t i = 0; i < lines_.size(); ++i) {
      auto marker = MarkerOf(lines_[i].text);
      if (!marker || marker->indent != 0 || marker->kind != '1') continue;
      ++tops;
      size_t next = i + 1;
      while (next < lines_.size() && Trim(lines_[next].text).empty()) ++next;
      auto below = next < lines_.size() ? MarkerOf(lines_[next].text) : std::nullopt;
      bool nested = below && below->indent >= 2 && below->kind == '1';
      if (nested && IsShortTitle(std::string_view(lines_[i].text).substr(marker->length))) ++titles;
    }
    size_t headings = 0, numbers = 0;
    for (const Line& line : lines_) {
      size_t level = HeadingLevel(Trim(line.text));
      if (level == 0) continue;
      String number;
      ++headings;
      numbers += HeadingNumber(Trim(Trim(line.text).substr(level)), &number) != 0;
    }
    numbered_headings_ = numbers > 1 && numbers * 2 >= headings;
    sections_ = !numbered_headings_ && tops > 1 && titles * 2 > tops;
    if (sections_) {
      Note(SIZE_MAX, "sections",
           "Numbered titles became headings: sections are numbered 1. / 1.1, items (a)");
    }
  }

  // --- blocks ----------------------------------------------------------------------------------

  std::string_view Here() const { return lines_[at_].text; }

  void Emit(String text, String path = {}) {
    output_.push_back({std::move(text), at_, std::move(path), false});
  }
  void EmitBlank() {
    if (!output_.empty() && !output_.back().text.empty()) Emit("");
  }

  void ConvertBlock() {
    std::string_view trimmed = Trim(Here());
    if (trimmed.empty()) {
      EmitBlank();
      ++at_;
      return;
    }
    if (size_t level = HeadingLevel(trimmed); level != 0)
      return ConvertHeading(level, trimmed.substr(level));
    if (size_t level = MarkerOf(Here()) ? 0 : Underline(); level != 0) {
      ConvertHeading(level, trimmed);
      ++at_;
      return;
    }
    if (at_ + 1 < lines_.size() && Here().find('|') != std::string_view::npos &&
        IsRuler(lines_[at_ + 1].text)) {
      return ConvertTable();
    }
    if (trimmed.starts_with("```") || trimmed.starts_with("~~~")) {
      Note(at_, "code", "The fence of a block of code was taken away");
      ++at_;
      return;
    }
    if (IsTask(trimmed)) return ConvertTasks();
    auto marker = MarkerOf(Here());
    if (marker && BeginsItem(*marker)) return ConvertItem(*marker);
    ConvertParagraph();
  }

  static size_t HeadingLevel(std::string_view line) {
    size_t level = 0;
    while (level < line.size() && line[level] == '#') ++level;
    return level > 0 && level <= 6 && level < line.size() && line[level] == ' ' ? level : 0;
  }

  void ConvertHeading(size_t level, std::string_view trimmed) {
    FlushHelp();
    stack_.clear();
    String text(Trim(trimmed));
    while (text.ends_with('#')) text.pop_back();
    text = String(Trim(text));
    TakeLabels(&text);
    String number;
    if (size_t end = numbered_headings_ ? HeadingNumber(text, &number) : 0; end != 0) {
      Note(at_, "heading", "The number in front of '" + text + "' was taken away: it is generated");
      text.erase(0, end);
    }
    bool first = title_.empty() && std::all_of(output_.begin(), output_.end(),
                                               [](const Output& o) { return o.text.empty(); });
    heading_ = Plain(text);
    choices_ = 0;
    if (first && level == 1 && !heading_.empty()) {
      title_ = heading_;
      Note(at_, "heading", "'" + heading_ + "' became the title of the template");
      heading_.clear();
      ++at_;
      return;
    }
    while (!levels_.empty() && levels_.back() >= level) levels_.pop_back();
    levels_.push_back(level);
    size_t depth = std::min<size_t>(levels_.size(), 5);
    if (depth != level)
      Note(at_, "heading", "'" + heading_ + "' moved to level " + NumberText(depth));
    EmitBlank();
    Emit(String(depth, '#') + " " + Inline(text), number);
    Emit("");
    ++at_;
  }

  // "2.1 Fees", "2. Fees", "Section 2: Fees": the bytes up to the words, and the number; 0 where
  // there is none.
  static size_t HeadingNumber(std::string_view text, String* number) {
    size_t at = 0;
    for (std::string_view word : {"Section ", "Article ", "SECTION ", "ARTICLE "}) {
      if (text.starts_with(word)) at = word.size();
    }
    size_t begin = at;
    size_t end = EndOfNumber(text, at);
    if (end == begin || end >= text.size()) return 0;
    *number = String(text.substr(begin, end - begin));
    at = end;
    while (at < text.size() && (text[at] == '.' || text[at] == ')' || text[at] == ':')) ++at;
    bool spaced = at < text.size() && text[at] == ' ';
    while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
    if (spaced && at < text.size()) return at;
    number->clear();
    return 0;
  }

  // A line under another that makes a heading of it.
  size_t Underline() const {
    if (at_ + 1 >= lines_.size() || (at_ > 0 && !Trim(lines_[at_ - 1].text).empty())) return 0;
    std::string_view under = Trim(lines_[at_ + 1].text);
    if (under.size() < 2) return 0;
    if (under.find_first_not_of('=') == std::string_view::npos) return 1;
    return under.find_first_not_of('-') == std::string_view::npos ? 2 : 0;
  }

  // --- lists -----------------------------------------------------------------------------------

  struct Level {
    size_t indent = 0;
    char kind = 0;
    int64_t count = 0;
    bool section = false;
  };

  bool BeginsItem(const Marker& marker) const {
    if (marker.kind != 'a') return marker.indent < 4 || !stack_.empty();
    // A letter begins a list only below another item, from a on.
    for (const Level& level : stack_) {
      if (level.kind == 'a' && level.indent + 2 > marker.indent && marker.indent + 2 > level.indent)
        return true;
    }
    return !stack_.empty() && marker.indent >= stack_.back().indent + 2 && marker.value == 1;
  }

  void ConvertItem(const Marker& marker) {
    size_t begin = at_;
    while (!stack_.empty() && stack_.back().indent >= marker.indent + 2) stack_.pop_back();
    bool deeper = stack_.empty() || marker.indent >= stack_.back().indent + 2;
    if (!deeper && stack_.back().kind != marker.kind) stack_.pop_back();
    if ((deeper || stack_.empty() || stack_.back().kind != marker.kind) &&
        stack_.size() < kMaxListDepth) {
      stack_.push_back({marker.indent, marker.kind, 0, false});
    } else if (deeper) {
      Note(at_, "list", "An item nested too deep was moved up");
    }
    Level& level = stack_.back();
    ++level.count;
    if (marker.kind == 'a') Note(at_, "list", "A lettered line became an item of a numbered list");
    if (marker.kind == '1' && marker.value != level.count) {
      Note(at_, "list",
           "Number " + NumberText(marker.value) + " is item " + NumberText(level.count) +
               " of its list: numbers are generated");
    }
    // The item's paragraph: lines that are no item of their own belong to it.
    String text(Trim(Here().substr(marker.indent + marker.length)));
    for (++at_; at_ < lines_.size(); ++at_) {
      std::string_view next = Trim(Here());
      auto other = MarkerOf(Here());
      if (next.empty() || HeadingLevel(next) != 0 || (other && BeginsItem(*other))) break;
      if (IsTask(next)) break;
      text += " " + String(next);
    }
    std::swap(at_, begin);
    EmitItem(text);
    at_ = begin;
  }

  void EmitItem(const String& text) {
    Level& level = stack_.back();
    String path = PathHere();
    size_t sections = 0;
    while (sections < stack_.size() && stack_[sections].section) ++sections;
    // Titles of the first level, and run-in titles of the second where all of them have one.
    bool top = sections_ && stack_.size() == 1 && level.kind == '1' && IsTitleItem(text);
    bool second = sections_ && stack_.size() == 2 && stack_[0].section && level.kind == '1' &&
                  (level.count == 1 ? AllHaveTitles() : level.section);
    if (top || second) {
      level.section = true;
      auto [title, rest] = SplitTitle(text);
      Note(at_, "section", "'" + Plain(title) + "' became the heading of section " + path);
      levels_.assign(1, 1);
      if (second) levels_.push_back(2);
      EmitBlank();
      Emit(String(stack_.size(), '#') + " " + Inline(title), path);
      Emit("");
      if (!rest.empty()) {
        Emit(Inline(rest));
        Emit("");
      }
      return;
    }
    size_t depth = stack_.size() - 1 - sections;
    if (depth == 0 && level.count == 1) EmitBlank();
    String marker = level.kind == '-' ? "- " : NumberText(level.count) + ". ";
    Emit(String(4 * depth, ' ') + marker + Inline(text), level.kind == '-' ? "" : path);
  }

  static bool IsTitleItem(const String& text) { return IsShortTitle(text); }

  // "**Fees.** Unless …" -> "Fees", "Unless …".
  static std::pair<String, String> SplitTitle(const String& text) {
    if (!text.starts_with("**")) return {text, {}};
    size_t end = text.find("**", 2);
    if (end == String::npos) return {text, {}};
    String title(Trim(std::string_view(text).substr(2, end - 2)));
    while (title.ends_with('.') || title.ends_with(':')) title.pop_back();
    return {title, String(Trim(std::string_view(text).substr(end + 2)))};
  }

  // Whether the items from here on at this level each begin with a title.
  bool AllHaveTitles() const {
    size_t indent = stack_.back().indent;
    for (size_t i = at_; i < std::min(lines_.size(), at_ + kMaxLookAhead); ++i) {
      auto marker = MarkerOf(lines_[i].text);
      if (!marker || marker->kind != '1') {
        if (HeadingLevel(Trim(lines_[i].text)) != 0) break;
        continue;
      }
      if (marker->indent + 2 <= indent) break;
      if (marker->indent >= indent + 2) continue;
      std::string_view text =
          std::string_view(lines_[i].text).substr(marker->indent + marker->length);
      size_t end = text.starts_with("**") ? text.find("**", 2) : std::string_view::npos;
      // "Affiliate" in quotes is the beginning of a sentence, no title.
      if (end == std::string_view::npos || end <= 2 || end > 90 || text[2] == '"') return false;
    }
    return true;
  }

  // "8.1(a)": how other parts refer to the item.
  String PathHere() const {
    String path;
    for (size_t i = 0; i < stack_.size(); ++i) {
      const Level& level = stack_[i];
      if (level.kind == '-') return {};
      if (level.kind == 'a') {
        if (level.count > 26) return {};
        path += "(" + String(1, static_cast<char>('a' + level.count - 1)) + ")";
      } else {
        path += (i > 0 ? "." : "") + NumberText(level.count);
      }
    }
    return path;
  }

  void ConvertParagraph() {
    std::string_view line = Here();
    size_t indent = line.find_first_not_of(' ');
    String text(Trim(line));
    // An indented paragraph belongs to the item above; one at the margin ends the lists, unless the
    // numbers go on behind it.
    while (!stack_.empty() && stack_.back().indent >= indent) {
      if (stack_.size() == 1 && NumbersGoOn()) break;
      stack_.pop_back();
    }
    size_t sections = 0;
    while (sections < stack_.size() && stack_[sections].section) ++sections;
    size_t depth = stack_.size() - sections;
    bool fresh = output_.empty() || output_.back().text.empty();
    if (fresh && stack_.empty() && indent >= 4)
      Note(at_, "indent", "Spaces in front were taken away");
    while (text.starts_with('>')) {
      text = String(Trim(std::string_view(text).substr(1)));
      Note(at_, "quote", "The sign of a quotation was taken away");
    }
    bool rule = text.size() >= 3 && text.find_first_not_of("-*_ ") == String::npos;
    if (rule && text.find("____") == String::npos) {
      Note(at_, "rule", "A horizontal line was taken away");
      ++at_;
      return;
    }
    // "By: ____" and the like stay lines of their own paragraph.
    TakeLabels(&text);
    if (stack_.empty() && AsksForText(text)) {
      FlushHelp();
      if (Field* field = FieldNamed(heading_)) {
        field->help = text;
        field->initial = "None.";
        Note(at_, "placeholder", "'" + text + "' became the field " + field->id);
        text = Print(*field);
        Emit(text);
        ++at_;
        return;
      }
    }
    if (!text.empty()) Emit(String(4 * depth, ' ') + Inline(text));
    ++at_;
  }

  // "List any modifications": one short line alone under its heading, an order to who fills it in.
  bool AsksForText(std::string_view text) const {
    if (heading_.empty() || text.empty() || !IsLetter(text[0]) || text.size() > 120 ||
        text.find_first_of(".[{<*_:") != String::npos)
      return false;
    size_t above = at_, below = at_ + 1;
    while (above > 0 && Trim(lines_[above - 1].text).empty()) --above;
    bool alone = above > 0 && HeadingLevel(Trim(lines_[above - 1].text)) != 0 &&
                 (below >= lines_.size() || Trim(lines_[below].text).empty());
    return alone && IsInstruction(text);
  }

  bool NumbersGoOn() const {
    const Level& level = stack_.back();
    if (level.kind != '1' || level.section) return false;
    for (size_t i = at_ + 1; i < std::min(lines_.size(), at_ + kMaxLookAhead); ++i) {
      std::string_view text = lines_[i].text;
      if (HeadingLevel(Trim(text)) != 0) return false;
      auto marker = MarkerOf(text);
      if (marker && marker->indent <= level.indent)
        return marker->kind == '1' && marker->value == level.count + 1;
    }
    return false;
  }

  // --- labels and fields -----------------------------------------------------------------------

  static constexpr char kLabelSign = '\x02';

  // Labels say how a field is filled: the next field under the heading takes them.
  void TakeLabels(String* text) {
    for (size_t from = text->find(kLabelSign); from != String::npos;
         from = text->find(kLabelSign)) {
      size_t end = text->find(kLabelSign, from + 1);
      if (end == String::npos) {
        text->erase(from, 1);
        continue;
      }
      String label = LabelAt(text->substr(from + 1, end - from - 1));
      text->erase(from, end - from + 1);
      FlushHelp();
      help_ = label;
      help_line_ = at_;
      help_place_ = output_.size();
    }
    *text = String(Trim(*text));
  }
  String LabelAt(std::string_view digits) const {
    size_t index = 0;
    for (char c : digits) {
      if (!IsDigit(c) || index > labels_.size()) return {};
      index = index * 10 + static_cast<size_t>(c - '0');
    }
    return index < labels_.size() && !digits.empty() ? labels_[index] : String();
  }

  // A label that no field took is text.
  void FlushHelp() {
    if (help_.empty()) return;
    size_t place = std::min(help_place_, output_.size());
    Note(help_line_, "label", "'" + help_ + "' became a paragraph");
    Vector<Output> paragraph = {{EscapeBraces(help_), help_line_, {}, false},
                                {"", help_line_, {}, false}};
    output_.insert(output_.begin() + static_cast<std::ptrdiff_t>(place), paragraph.begin(),
                   paragraph.end());
    help_.clear();
  }

  Field* FindField(std::string_view id) {
    for (Field& field : fields_) {
      if (field.id == id) return &field;
    }
    return nullptr;
  }

  // The field of this name; a new one where there is none.
  Field* FieldNamed(const String& name) {
    String id = Identifier(name);
    constexpr std::string_view kTaken[] = {
        "crm",      "true",      "false",  "null",     "in",   "as",     "break", "const",
        "continue", "else",      "for",    "function", "if",   "import", "let",   "loop",
        "package",  "namespace", "return", "var",      "void", "while"};
    if (id.empty() || std::find(std::begin(kTaken), std::end(kTaken), id) != std::end(kTaken))
      id += id.empty() ? "blank" : "Field";
    if (Field* field = FindField(id)) return field;
    if (fields_.size() >= kMaxFields) return nullptr;
    Field field;
    field.id = id;
    field.name = name;
    String lower = " " + LowerText(name) + " ";
    if (lower.find(" date ") != String::npos) field.type = "date";
    fields_.push_back(std::move(field));
    return &fields_.back();
  }

  static String Print(const Field& field) {
    return "{{= " + field.id + (field.type == "date" ? " | date" : "") + " }}";
  }

  static bool IsInstruction(std::string_view content) {
    String lower = LowerText(content);
    for (std::string_view begin : {"fill in", "insert", "enter", "name of", "describe", "list ",
                                   "today", "specify", "add "}) {
      if (lower.starts_with(begin)) return true;
    }
    return lower.find_first_not_of("_ .\xE2\x80\xA2\x97\x8F-") == String::npos;
  }

  static bool IsName(std::string_view content) {
    if (content.empty() || !IsLetter(content[0]) || content.size() > 60) return false;
    size_t words = 1;
    for (char c : content) {
      words += c == ' ';
      bool good = IsLetter(c) || IsDigit(c) || c == ' ' || c == '-' || c == '\'' || c == '_' ||
                  c == '/' || c == '.';
      if (!good) return false;
    }
    return words <= 5;
  }

  // A place to fill: `content` is what stood in the brackets, `before` the text in front of them.
  String Placeholder(std::string_view content, std::string_view before, bool alone) {
    content = Trim(content);
    bool instruction = IsInstruction(content);
    String name, label;
    size_t from = before.find_last_of(".;|]}");
    String head(Trim(before.substr(from == std::string_view::npos ? 0 : from + 1)));
    if (head.ends_with(':')) label = Plain(head.substr(0, head.size() - 1));
    if (!label.empty() && label.size() <= 60) {
      name = label;
    } else if (alone && !heading_.empty()) {
      name = heading_;
    } else if (IsName(content) && !instruction) {
      name = content;
    } else if (!heading_.empty()) {
      name = heading_;
    } else {
      name = "Blank";
    }
    bool keeps = !instruction && name != content;
    String initial = keeps ? Plain(content) : String();
    String base = name;
    Field* field = FieldNamed(name);
    // Another default is another field, unless a term has the name already and nothing more.
    for (int i = 2; field != nullptr && i < 100 && name != content &&
                    std::find(filled_.begin(), filled_.end(), field->id) != filled_.end() &&
                    field->initial != initial;
         ++i) {
      name = base + " " + NumberText(i);
      field = FieldNamed(name);
    }
    if (field == nullptr) return String(content);
    if (std::find(filled_.begin(), filled_.end(), field->id) == filled_.end())
      filled_.push_back(field->id);
    if (field->type != "date") field->initial = initial;
    if (instruction && IsLetter(content.empty() ? ' ' : content[0])) field->hint = Plain(content);
    if (!help_.empty()) {
      Note(help_line_, "label", "'" + help_ + "' became the help of the field " + field->id);
      field->help = help_;
      help_.clear();
    }
    Note(at_, "placeholder", "'" + String(content) + "' became the field " + field->id);
    return Print(*field);
  }

  static String EscapeBraces(std::string_view text) {
    String out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '{' && (i == 0 || text[i - 1] != '\\') &&
          (text.substr(i).starts_with("{{") || BeginsAttributes(text.substr(i + 1)))) {
        out += '\\';
        if (text.substr(i).starts_with("{{")) out += text[i++];
      }
      out += text[i];
    }
    return out;
  }

  // Placeholders to fields; what would be a tag or attributes of ours is escaped.
  String Inline(std::string_view text) {
    String out;
    std::string_view whole = Trim(text);
    for (size_t i = 0; i < text.size();) {
      char c = text[i];
      std::string_view rest = text.substr(i);
      if (c == kLabelSign) {  // a label in the middle of a text
        size_t end = rest.find(kLabelSign, 1);
        String label = end == std::string_view::npos ? "" : LabelAt(rest.substr(1, end - 1));
        if (!label.empty()) {
          Note(at_, "label", "'" + label + "' became text");
          out += "(" + label + ")";
        }
        i += end == std::string_view::npos ? 1 : end + 1;
        continue;
      }
      if (c == '\\' && rest.size() > 1) {
        out += rest.substr(0, 2);
        i += 2;
        continue;
      }
      if (rest.starts_with("{{")) {
        size_t end = rest.substr(0, kMaxPlaceholder).find("}}");
        std::string_view content =
            end == std::string_view::npos ? std::string_view() : Trim(rest.substr(2, end - 2));
        if (IsName(content)) {
          out += Placeholder(content, out, rest.substr(0, end + 2) == whole);
          i += end + 2;
          continue;
        }
        Note(at_, "brace", "Braces were escaped");
        out += "\\{{";
        i += 2;
        continue;
      }
      if (c == '{' && BeginsAttributes(rest.substr(1))) {
        Note(at_, "brace", "Braces were escaped");
        out += "\\{";
        ++i;
        continue;
      }
      if (c == '[') {
        size_t end = rest.substr(0, kMaxPlaceholder).find(']');
        bool whole_pair = end != std::string_view::npos && end > 1 &&
                          rest.substr(1, end - 1).find('[') == std::string_view::npos;
        char next = whole_pair && end + 1 < rest.size() ? rest[end + 1] : ' ';
        std::string_view content = whole_pair ? rest.substr(1, end - 1) : std::string_view();
        bool blank = content.find_first_not_of("_ .\xE2\x80\xA2\x97\x8F") == std::string_view::npos;
        // [1] is a note, [2030] a year to fill in.
        bool text_like = std::any_of(content.begin(), content.end(), IsLetter) || blank ||
                         std::count_if(content.begin(), content.end(), IsDigit) > 2;
        bool image = !out.empty() && out.back() == '!';
        if (whole_pair && next != '(' && next != '[' && next != ':' && text_like && !image &&
            content[0] != '^') {
          out += Placeholder(content, out, rest.substr(0, end + 1) == whole);
          i += end + 1;
          continue;
        }
      }
      if (rest.starts_with("____")) {
        size_t end = std::min(rest.find_first_not_of('_'), rest.size());
        out += Placeholder(rest.substr(0, std::min<size_t>(end, 8)), out,
                           rest.substr(0, end) == whole);
        i += end;
        continue;
      }
      out += c;
      ++i;
    }
    return out;
  }

  // --- task lists ------------------------------------------------------------------------------

  static bool IsTask(std::string_view trimmed) {
    if (trimmed.size() < 6) return false;
    bool bullet = trimmed[0] == '-' || trimmed[0] == '*' || trimmed[0] == '+';
    size_t box = trimmed.find('[');
    return bullet && box != std::string_view::npos && box >= 2 &&
           Trim(trimmed.substr(1, box - 1)).empty() && box + 3 < trimmed.size() &&
           trimmed[box + 2] == ']' && trimmed[box + 3] == ' ' &&
           (trimmed[box + 1] == ' ' || Lower(trimmed[box + 1]) == 'x');
  }

  // A label for a list of choices: without brackets, cut at a word.
  static String Shortened(const String& text) {
    String label;
    for (char c : text) {
      if (c != '[' && c != ']' && c != kLabelSign) label += c;
    }
    if (label.size() <= 120) return label;
    label.resize(label.rfind(' ', 120) == String::npos ? 120 : label.rfind(' ', 120));
    while (!IsUtf8(label)) label.pop_back();
    return label + " \xE2\x80\xA6";
  }

  void ConvertTasks() {
    struct Task {
      size_t line;
      String text;
      bool ticked;
    };
    Vector<Task> tasks;
    size_t end = at_;
    for (; end < lines_.size(); ++end) {
      std::string_view trimmed = Trim(lines_[end].text);
      if (!IsTask(trimmed)) {
        // The rest of a box's paragraph.
        bool goes_on = !trimmed.empty() && !tasks.empty() && !MarkerOf(lines_[end].text) &&
                       HeadingLevel(trimmed) == 0 && lines_[end].text.starts_with(' ');
        if (!goes_on) break;
        tasks.back().text += " " + String(trimmed);
        continue;
      }
      size_t box = trimmed.find('[');
      tasks.push_back({end, String(Trim(trimmed.substr(box + 3))), trimmed[box + 1] != ' '});
    }
    stack_.clear();
    size_t ticked = 0;
    for (const Task& task : tasks) ticked += task.ticked ? 1 : 0;
    ++choices_;
    String name = (heading_.empty() ? title_.empty() ? "Options" : title_ : heading_) + " choice" +
                  (choices_ > 1 ? " " + NumberText(choices_) : "");
    bool one_of = tasks.size() > 1 && ticked <= 1;
    Field* field = nullptr;
    String choice;
    if (one_of && (field = FieldNamed(name)) != nullptr) {
      choice = field->id;
      field->type = "string";
      field->help = help_;
      if (!help_.empty()) Note(help_line_, "label", "'" + help_ + "' became the help of " + choice);
      help_.clear();
      Note(at_, "choice",
           "Boxes to tick became the field " + choice + ", one of " + NumberText(tasks.size()));
    }
    EmitBlank();
    for (size_t i = 0; i < tasks.size(); ++i) {
      at_ = tasks[i].line;
      String key = "option" + NumberText(i + 1);
      String condition = choice + " == '" + key + "'";
      String label = Shortened(Plain(tasks[i].text));
      if (choice.empty()) {
        Field* box = FieldNamed(name + " " + NumberText(i + 1));
        condition = box == nullptr ? "true" : box->id;
        if (box != nullptr) {
          box->type = "bool";
          box->name = label;
          box->initial = tasks[i].ticked ? "true" : "false";
          Note(at_, "choice", "A box to tick became the field " + box->id);
        }
      } else {
        FindField(choice)->options.emplace_back(key, label);
        if (tasks[i].ticked) FindField(choice)->initial = key;
      }
      Emit("- " + Inline(tasks[i].text) + " {when=\"" + condition + "\"}");
    }
    Emit("");
    at_ = end;
  }

  // --- tables ----------------------------------------------------------------------------------

  static bool IsRuler(std::string_view line) {
    return line.find('-') != std::string_view::npos && line.find('|') != std::string_view::npos &&
           line.find_first_not_of("|:- ") == std::string_view::npos;
  }

  static Vector<String> Cells(std::string_view row) {
    row = Trim(row);
    if (row.starts_with('|')) row.remove_prefix(1);
    if (row.ends_with('|')) row.remove_suffix(1);
    Vector<String> cells(1);
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') {
        cells.back() += row[++i];
      } else if (row[i] == '|') {
        cells.emplace_back();
      } else {
        cells.back() += row[i];
      }
    }
    for (String& cell : cells) cell = String(Trim(cell));
    return cells;
  }

  void ConvertTable() {
    FlushHelp();
    stack_.clear();
    Vector<String> header = Cells(Here());
    Vector<std::pair<size_t, Vector<String>>> rows;
    size_t begin = at_, end = at_ + 2;
    bool signatures = false;
    for (; end < lines_.size() && lines_[end].text.find('|') != String::npos; ++end) {
      rows.emplace_back(end, Cells(lines_[end].text));
      String first = LowerText(Plain(rows.back().second[0]));
      signatures = signatures || first == "signature" || first == "signed" || first == "by";
    }
    EmitBlank();
    if (signatures && header.size() > 1) {
      SignatureTable(header, rows);
    } else {
      Note(begin, "table", "A table became a list, one item for each row");
      for (const auto& [line, cells] : rows) {
        at_ = line;
        String item;
        for (size_t i = 0; i < cells.size(); ++i) {
          if (cells[i].empty()) continue;
          bool titled = i < header.size() && !header[i].empty();
          item += (item.empty() ? "" : "; ") +
                  (titled ? "**" + Inline(header[i]) + "**: " : String()) + Inline(cells[i]);
        }
        if (!item.empty()) Emit("- " + item);
      }
    }
    Emit("");
    at_ = std::max(end, begin + 1);
  }

  void SignatureTable(const Vector<String>& header,
                      const Vector<std::pair<size_t, Vector<String>>>& rows) {
    for (size_t column = 1; column < header.size(); ++column) {
      String label = Plain(header[column]);
      if (label.empty()) label = "Party " + NumberText(column);
      String lower = LowerText(label);
      if (label.size() > 1 && label == UpperText(label))
        label = label.substr(0, 1) + lower.substr(1);
      Party* party = AddParty(label);
      if (party == nullptr) continue;
      Note(at_, "signature-table",
           "The column '" + header[column] + "' became the role " + party->id +
               " with its places to sign");
      Emit("**" + EscapeBraces(label) + "**");
      Emit("");
      for (const auto& [line, cells] : rows) {
        String what = cells[0], help;
        for (size_t from = what.find(kLabelSign); from != String::npos;
             from = what.find(kLabelSign)) {
          size_t stop = what.find(kLabelSign, from + 1);
          if (stop == String::npos) {
            what.erase(from, 1);
            continue;
          }
          help = LabelAt(what.substr(from + 1, stop - from - 1));
          what.erase(from, stop - from + 1);
        }
        what = Plain(what);
        if (what.empty()) continue;
        if (!help.empty() && column == 1)
          Note(line, "label", "'" + help + "' became the help of '" + what + "'");
        Emit("- " + EscapeBraces(what) + ": " + PlaceOf(*party, what, help));
      }
      Emit("");
    }
  }

  static String UpperText(std::string_view text) {
    String upper(text);
    for (char& c : upper) c = Upper(c);
    return upper;
  }

  Party* AddParty(const String& label) {
    String id = Identifier(label);
    if (id.empty()) id = "party";
    for (Party& party : parties_) {
      if (party.id == id) return &party;
    }
    if (parties_.size() >= 20) return nullptr;
    parties_.push_back({id, label});
    return &parties_.back();
  }

  // A place of a party: where it signs, the date of signing, or something it fills in.
  String PlaceOf(const Party& party, const String& what, const String& help) {
    String lower = LowerText(what);
    std::string_view kind = lower == "signature" || lower == "signed" || lower == "by" ? "sign"
                            : lower == "date" || lower == "date signed"                ? "signdate"
                                                                                       : "input";
    String suffix = Identifier(what);
    if (suffix.empty()) suffix = "place";
    suffix[0] = Upper(suffix[0]);
    String id = party.id + suffix;
    bool again = std::find(placed_.begin(), placed_.end(), id) != placed_.end();
    if (again || placed_.size() >= kMaxFields) return {};
    placed_.push_back(id);
    String tag = "{{" + String(kind) + ": " + id + ", role=" + party.id +
                 ", label=" + Quoted(what + " (" + party.label + ")");
    if (!help.empty()) tag += ", help=" + Quoted(help);
    return tag + "}}";
  }

  // --- the whole -------------------------------------------------------------------------------

  // Where nobody had a place to sign: two parties at the end.
  void AddParties() {
    if (!parties_.empty()) return;
    Vector<String> labels;
    for (const TermUse& term : terms_) {
      if (term.possessive && labels.size() < 3) labels.push_back(term.name);
    }
    if (labels.size() != 2) labels = {"Party 1", "Party 2"};
    EmitBlank();
    Emit("**Signatures**");
    Emit("");
    for (const String& label : labels) {
      Party* party = AddParty(label);
      Emit("- " + EscapeBraces(label) + ": " + PlaceOf(*party, "Signature", "") + " " +
           PlaceOf(*party, "Name", "") + " " + PlaceOf(*party, "Date", ""));
    }
    Note(SIZE_MAX, "signatures",
         "Places to sign were added for " + labels[0] + " and " + labels[1]);
  }

  // References by number to references by id.
  void Number() {
    for (size_t i = 0; i < output_.size(); ++i) {
      if (!output_[i].path.empty()) places_.emplace(output_[i].path, i);
    }
    for (size_t i = 0; i < output_.size(); ++i) output_[i].text = LinkReferences(output_[i]);
  }

  static size_t EndOfNumber(std::string_view text, size_t from) {
    size_t at = from;
    while (at < text.size() && IsDigit(text[at])) ++at;
    while (at + 1 < text.size() && text[at] == '.' && IsDigit(text[at + 1])) {
      ++at;
      while (at < text.size() && IsDigit(text[at])) ++at;
    }
    while (at + 2 < text.size() && text[at] == '(' && text[at + 1] >= 'a' && text[at + 1] <= 'z' &&
           text[at + 2] == ')') {
      at += 3;
    }
    return at;
  }

  String LinkReferences(const Output& line) {
    const String& text = line.text;
    String out;
    size_t i = 0;
    while (i < text.size()) {
      bool word = i == 0 || !(IsLetter(text[i - 1]) || IsDigit(text[i - 1]));
      std::string_view rest = std::string_view(text).substr(i);
      bool many = word && rest.starts_with("Sections ");
      if (!word || !(many || rest.starts_with("Section "))) {
        out += text[i++];
        continue;
      }
      size_t at = i + (many ? 9 : 8);
      out += text.substr(i, at - i);
      i = at;
      for (int guard = 0; guard < 20 && i < text.size() && IsDigit(text[i]); ++guard) {
        size_t end = EndOfNumber(text, i);
        out += Refer(text.substr(i, end - i), line.line);
        i = end;
        if (!many) break;
        // "8.1 (Liability Caps) and 8.2": what stands between two numbers.
        size_t gap = i;
        if (text.compare(gap, 2, " (") == 0) {
          size_t close = std::string_view(text).substr(gap, 80).find(')');
          if (close != std::string_view::npos) gap += close + 1;
        }
        size_t joint = 0;
        for (std::string_view joiner : {", and ", ", ", " and ", " or "}) {
          if (joint == 0 && text.compare(gap, joiner.size(), joiner) == 0) joint = joiner.size();
        }
        if (joint == 0 || gap + joint >= text.size() || !IsDigit(text[gap + joint])) break;
        out += text.substr(i, gap + joint - i);
        i = gap + joint;
      }
    }
    return out;
  }

  String Refer(const String& number, size_t line) {
    auto it = places_.find(number);
    if (it == places_.end()) {
      Note(line, "reference-unknown", "'Section " + number + "' is not here and stays as it is");
      return number;
    }
    output_[it->second].named = true;
    Note(line, "reference", "'Section " + number + "' became a reference that follows its section");
    return "{{ref: " + IdOf(number) + "}}";
  }

  // "8.1(a)" -> "s8-1-a".
  static String IdOf(std::string_view path) {
    String id = "s";
    for (char c : path) {
      if (c == '.' || c == '(') id += '-';
      if (IsDigit(c) || IsLetter(c)) id += c;
    }
    return id;
  }

  void FillCover() {
    // Terms that no field has yet are listed in front, with what they mean.
    for (const TermUse& term : terms_) {
      size_t before = fields_.size();
      Field* field = FieldNamed(term.name);
      if (field == nullptr || fields_.size() == before) continue;
      field->on_cover = true;
      Note(term.line, "cover", "The field " + field->id + " says what '" + term.name + "' is");
    }
  }

  String FrontMatter() {
    FillCover();
    if (title_.empty()) title_ = "Agreement";
    String id;
    for (char c : title_) {
      if (IsLetter(c) || IsDigit(c)) {
        id += Lower(c);
      } else if (!id.empty() && id.back() != '-') {
        id += '-';
      }
    }
    id.resize(std::min<size_t>(id.size(), 60));
    while (id.ends_with('-')) id.pop_back();
    if (id.empty() || !IsLetter(id[0])) id = "agreement" + (id.empty() ? "" : "-" + id);
    String text =
        "---\ntemplate: " + id + "\nversion: 1\ntitle: " + Quoted(title_) +
        "\nlocale: en\nnumbering: " + (sections_ || numbered_headings_ ? "sections" : "items") +
        "\nroles:\n";
    int order = 1;
    for (const Party& party : parties_) {
      text += "  " + party.id + ": { label: " + Quoted(party.label) +
              ", signs: true, order: " + NumberText(order++) + " }\n";
    }
    if (!fields_.empty()) text += "fields:\n";
    for (const Field& field : fields_) {
      text += "  " + field.id + ":\n    type: " + field.type +
              "\n    label: " + Quoted(field.name) + "\n";
      if (!field.help.empty()) text += "    help: " + Quoted(field.help) + "\n";
      if (!field.hint.empty()) text += "    placeholder: " + Quoted(field.hint) + "\n";
      if (!field.options.empty()) text += "    options:\n";
      for (const auto& [key, label] : field.options)
        text += "      " + key + ": " + Quoted(label) + "\n";
      if (!field.initial.empty()) text += "    default: " + Quoted(field.initial) + "\n";
    }
    Note(SIZE_MAX, "front-matter",
         "Front matter was added: " + NumberText(fields_.size()) + " fields, " +
             NumberText(parties_.size()) + " roles");
    return text + "---\n";
  }

  String Body() {
    String body, cover;
    for (const Field& field : fields_) {
      if (field.on_cover) cover += "- **" + EscapeBraces(field.name) + "**: " + Print(field) + "\n";
    }
    if (!cover.empty()) body = "**Cover Page**\n\n" + cover + "\n";
    bool blank = true;
    for (const Output& line : output_) {
      if (line.text.empty() && blank) continue;
      blank = line.text.empty();
      body += line.text;
      if (line.named) body += " {#" + IdOf(line.path) + "}";
      body += '\n';
    }
    return body;
  }

  struct TermUse {
    String name;
    size_t line = 0;
    bool possessive = false;  // "Customer's": a person
  };

  std::span<const ImportFile> files_;
  Vector<Line> lines_;
  size_t at_ = 0;
  Vector<ImportChange> changes_;
  Vector<Open> open_;
  bool in_comment_ = false;
  Vector<String> labels_;
  Vector<std::pair<size_t, String>> term_lines_;
  Vector<TermUse> terms_;
  bool sections_ = false;           // numbered titles in a list become headings
  bool numbered_headings_ = false;  // headings have their numbers typed in front
  Vector<Output> output_;
  String title_, heading_;
  int choices_ = 0;  // task lists under the heading
  Vector<size_t> levels_;
  Vector<Level> stack_;
  String help_;
  size_t help_line_ = 0, help_place_ = 0;
  Vector<Field> fields_;
  Vector<String> filled_, placed_;
  std::unordered_map<String, size_t> places_;  // by path
  Vector<Party> parties_;
};

}  // namespace

Imported ImportAgreement(std::span<const ImportFile> files) { return Importer(files).Run(); }

}  // namespace countersign::compile
