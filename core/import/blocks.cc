// Headings and paragraphs.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

// --- blocks

std::string_view Importer::Here() const { return lines_[at_].text; }

void Importer::Emit(String text, String path) {
  output_.push_back({.text = std::move(text), .line = at_, .path = std::move(path)});
  output_.back().schedule = in_schedule_;
}

void Importer::EmitBlank() {
  if (!output_.empty() && !output_.back().text.empty()) Emit("");
}

void Importer::ConvertBlock() {
  std::string_view trimmed = Trim(Here());
  if (trimmed.empty()) {
    EmitBlank();
    ++at_;
    return;
  }
  if (trimmed[0] == kContainerSign) return ConvertContainer(trimmed.substr(1));
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
  if (IsFence(trimmed)) {
    Note(at_, "code", "The fence of a block of code was taken away");
    ++at_;
    return;
  }
  if (IsRule(trimmed)) {
    Note(at_, "rule", "A horizontal line was taken away");
    EmitBlank();
    ++at_;
    return;
  }
  if (IsTask(trimmed)) return ConvertTasks();
  if (ConvertForm() || ConvertCaptions()) return;
  if (trimmed[0] == '%' && ControlLine(trimmed).kind != Control::Kind::kNone) {
    String told;
    TakeForeign(trimmed, "{{", " }}", &told);
    EmitBlank();
    Emit(std::move(told));
    Emit("");
    ++at_;
    return;
  }
  auto marker = MarkerOf(Here());
  if (marker && IsBelowTyped(*marker)) return ConvertTypedItem(*marker);
  if (marker && BeginsItem(*marker))
    return IsNext(*marker) ? ConvertItem(*marker) : ConvertTypedItem(*marker);
  ConvertParagraph();
}

// A line that begins or ends a container of ours; `else` ends the one before it.
void Importer::ConvertContainer(std::string_view line) {
  FlushHelp();
  stack_.clear();
  typed_indent_ = kNone;
  EmitBlank();
  if (line.starts_with("::: group {else")) {
    Emit(":::");
    Emit("");
  }
  Emit(String(line));
  Emit("");
  ++at_;
}

// "---", "* * *", and "===" where it underlines no title: a horizontal line. Underscores without
// spaces are a blank.
bool Importer::IsRule(std::string_view trimmed) {
  // Lines of U+2500, U+2501, U+2550 or dashes.
  for (std::string_view sign : {"\u2500", "\u2501", "\u2550", "\u2013", "\u2014"}) {
    if (!trimmed.starts_with(sign)) continue;
    size_t at = 0;
    while (trimmed.substr(at).starts_with(sign)) at += sign.size();
    return at == trimmed.size() && at > 4 * sign.size();
  }
  if (trimmed.empty() || std::string_view("-*_=").find(trimmed[0]) == std::string_view::npos ||
      trimmed.starts_with("____"))
    return false;
  size_t signs = 0;
  for (char c : trimmed) {
    if (c != trimmed[0] && c != ' ') return false;
    signs += c != ' ';
  }
  return signs > 2;
}

size_t Importer::HeadingLevel(std::string_view line) {
  size_t level = 0;
  while (level < line.size() && line[level] == '#') ++level;
  return level > 0 && level <= 6 && level < line.size() && line[level] == ' ' ? level : 0;
}

void Importer::ConvertHeading(size_t level, std::string_view trimmed) {
  FlushHelp();
  stack_.clear();
  typed_indent_ = kNone;
  below_typed_number_ = false;
  String text(Trim(trimmed));
  while (text.ends_with('#')) text.pop_back();
  text = String(Trim(text));
  TakeLabels(&text);
  if (String words = WithoutNames(text); words.size() != text.size()) {
    Note(at_, "tag", "'" + String(Trim(text.substr(words.size()))) + "' was taken away");
    text = std::move(words);
  }
  String number;
  if (size_t end = numbered_headings_ ? HeadingNumber(Unbold(text), &number) : 0; end != 0) {
    Note(at_, "heading", "The number in front of '" + text + "' was taken away: it is generated");
    text = String(Unbold(text).substr(end));
  } else if (String next; sections_) {
    // Among sections that were items of a list, the next one has its number in front.
    end = HeadingNumber(Unbold(text), &next);
    if (end != 0 && next == NumberText(section_count_ + 1)) {
      Note(at_, "heading", "The number in front of '" + text + "' was taken away: it is generated");
      text = String(Unbold(text).substr(end));
      number = std::move(next);
      level = 1;
      ++section_count_;
    }
  }
  bool first = title_.empty() && std::all_of(output_.begin(), output_.end(),
                                             [](const Output& o) { return o.text.empty(); });
  heading_ = Plain(Unbold(text));
  caption_.clear();
  choices_ = 0;
  String typed;
  bool section = !number.empty() || HeadingNumber(Unbold(text), &typed) != 0;
  if (first && level == 1 && !heading_.empty() && !section) {
    if (!first_is_section_) return ConvertTitle(text);
    Note(at_, "heading", "'" + heading_ + "' is the first of several parts, and no title");
  }
  while (!levels_.empty() && levels_.back() >= level) levels_.pop_back();
  levels_.push_back(level);
  size_t depth = std::min<size_t>(levels_.size(), 5);
  if (depth != level)
    Note(at_, "heading", "'" + heading_ + "' moved to level " + NumberText(depth));
  if (numbered_headings_) CountHeading(depth, number);
  heading_number_ = number;
  heading_typed_ = number.empty() && !typed.empty();
  if (heading_typed_) typed_.insert(typed);
  in_schedule_ = IsSchedule(heading_) || (in_schedule_ && depth > 1);
  EmitBlank();
  Emit(String(depth, '#') + " " + Inline(text), number);
  String lower = LowerText(heading_);
  if (lower == "cover page" || lower == "key terms") cover_line_ = output_.size() - 1;
  output_.back().unnumbered = number.empty() && (sections_ || numbered_headings_);
  Emit("");
  ++at_;
}

// A heading without what names it for links: "{#fees .unnumbered}", as pandoc writes it.
String Importer::WithoutNames(std::string_view text) {
  size_t brace = text.rfind(" {");
  if (brace == std::string_view::npos || !text.ends_with('}')) return String(text);
  std::string_view inside = text.substr(brace + 2);
  bool names = inside.starts_with('#') || inside.starts_with('.') || inside == "-}";
  return String(names ? Trim(text.substr(0, brace)) : text);
}

// "**2. Fees**", "__2. Fees__" -> "2. Fees": a heading is bold without signs.
std::string_view Importer::Unbold(std::string_view text) {
  for (std::string_view sign : {"**", "__"}) {
    if (text.size() > 4 && text.starts_with(sign) && text.find(sign, 2) == text.size() - 2)
      return text.substr(2, text.size() - 4);
  }
  return text;
}

// "2.1 Fees", "2. Fees", "Section 2: Fees": the bytes up to the words, and the number; 0 where
// there is none.
size_t Importer::HeadingNumber(std::string_view text, String* number) {
  size_t at = 0;
  for (std::string_view word : {"Section ", "Article ", "SECTION ", "ARTICLE "}) {
    if (text.starts_with(word)) at = word.size();
  }
  size_t begin = at;
  size_t end = EndOfNumber(text, at);
  if (end == begin || end >= text.size()) return 0;
  if (begin == 0 && end > 3 && text[end] == ' ' && text.substr(0, end).find('.') == text.npos)
    return 0;  // "2030 Budget"
  *number = String(text.substr(begin, end - begin));
  at = end;
  while (at < text.size() && std::string_view(".):\\").find(text[at]) != std::string_view::npos)
    ++at;
  bool spaced = at < text.size() && text[at] == ' ';
  while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
  for (std::string_view dash : {"\xE2\x80\x93 ", "\xE2\x80\x94 "}) {
    if (text.substr(at).starts_with(dash)) at += dash.size();
  }
  if (spaced && text.substr(at).starts_with(": ")) at += 2;  // "ARTICLE 1 : OBJET"
  if (spaced && at < text.size()) return at;
  number->clear();
  return 0;
}

// A line under another that makes a heading of it.
size_t Importer::Underline() const {
  if (at_ + 1 >= lines_.size() || (at_ > 0 && !Trim(lines_[at_ - 1].text).empty())) return 0;
  std::string_view under = Trim(lines_[at_ + 1].text);
  if (under.size() < 2) return 0;
  if (under.find_first_not_of('=') == std::string_view::npos) return 1;
  return under.find_first_not_of('-') == std::string_view::npos ? 2 : 0;
}

// "ll. Fees", "@include terms.md": the bytes that tell Legal Markdown what to do; else 0.
size_t Importer::ToldLength(std::string_view text) const {
  if (text.starts_with("@include ")) return text.size();
  size_t end = legal_markdown_ ? std::min(text.find_first_not_of('l'), text.size()) : 0;
  return end > 0 && text.substr(end).starts_with(". ") ? end + 1 : 0;
}

void Importer::ConvertParagraph() {
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
  if (fresh && typed_indent_ != kNone && indent <= typed_indent_) typed_indent_ = kNone;
  if (fresh && stack_.empty() && indent >= 4)
    Note(at_, "indent", "Spaces in front were taken away");
  // "By: ____" and the like stay lines of their own paragraph.
  TakeLabels(&text);
  if (stack_.empty() && AsksForText(text)) {
    FlushHelp();
    if (Field* field = NewField(heading_)) {
      field->help = text;
      field->hint = "None.";
      Note(at_, "placeholder", "'" + text + "' became the field " + field->id);
      text = Print(*field);
      Emit(text);
      ++at_;
      return;
    }
  }
  if (text.empty()) {
    ++at_;
    return;
  }
  if (fresh && stack_.empty() && ConvertNote(text)) return;
  if (size_t length = ToldLength(text); length != 0) {
    String words;
    TakeForeign(std::string_view(text).substr(0, length), "{{", "}}", &words);
    Emit(String(4 * depth, ' ') + words + Inline(std::string_view(text).substr(length)));
    output_.back().paragraph = true;
    ++at_;
    return;
  }
  // "**Purpose**" alone is a heading to who reads it: what is filled in below is called by it.
  // So is "**Buyer:**" above the lines about who it is.
  std::string_view bold = Unbold(text);
  bool names = bold.size() < text.size() && bold.ends_with(':');
  if (names) bold.remove_suffix(1);
  if (fresh && stack_.empty() && bold.size() < text.size() && (names || !GoesOn(at_ + 1)) &&
      IsShortTitle(bold) && bold.find_first_of("[{<_$") == std::string_view::npos) {
    caption_ = Plain(bold);
    choices_ = 0;
  }
  size_t number = EndOfNumber(text, 0);
  // "2.1 Keep secret.", "**2. Fees**": a number of the text, which a reference may mean.
  if (fresh) {
    String plain = Plain(text.substr(0, 80));
    size_t end = EndOfNumber(plain, 0);
    bool typed = end > 0 && end < plain.size() && (plain.find('.') <= end || plain[end] == ')');
    if (typed) typed_.insert(plain.substr(0, end));
    below_typed_number_ = below_typed_number_ || typed;
  }
  bool marks = number > 0 && number + 1 == text.size() && text.find_last_of(".)") == number;
  if (marks) text.insert(number, "\\");  // "2030." alone would be an item without words
  Emit(String(4 * depth, ' ') + Inline(text));
  output_.back().paragraph = true;
  output_.back().breaks = lines_[at_].breaks;
  ++at_;
}

// "List any modifications": one short line alone under its heading, an order to who fills it in.
bool Importer::AsksForText(std::string_view text) const {
  if (heading_.empty() || text.empty() || !IsLetter(text[0]) || text.size() > 120 ||
      text.find_first_of(".[{<*_:") != String::npos)
    return false;
  size_t above = at_, below = at_ + 1;
  while (above > 0 && Trim(lines_[above - 1].text).empty()) --above;
  bool alone = above > 0 && HeadingLevel(Trim(lines_[above - 1].text)) != 0 &&
               (below >= lines_.size() || Trim(lines_[below].text).empty());
  return alone && IsInstruction(text);
}

}  // namespace countersign::importing
