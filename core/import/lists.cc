// Lists: which number of an item is the one that would be generated, and which titles are sections.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

bool Importer::BeginsItem(const Marker& marker) const {
  // However far it stands to the right: as a paragraph it would begin a list that nobody counted.
  if (marker.kind != 'a') return true;
  // A letter begins a list only below another item, from a on.
  for (const Level& level : stack_) {
    if (level.kind == 'a' && level.indent + 2 > marker.indent && marker.indent + 2 > level.indent)
      return true;
  }
  return !stack_.empty() && marker.indent >= stack_.back().indent + 2 && marker.value == 1;
}

void Importer::ConvertItem(const Marker& marker) {
  if (typed_indent_ != kNone && marker.indent < typed_indent_ + 2) typed_indent_ = kNone;
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
  bool top = sections_ && stack_.size() == 1 && marker.kind == '1';
  if (top && level.count == 0) level.count = section_count_;
  ++level.count;
  if (top) section_count_ = level.count;
  if (level.count == 1 && !sections_) NoteStyle(marker);
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
    if (IsTask(next) || IsRule(next) || IsFence(next) || next[0] == kContainerSign) break;
    if (ControlLine(next).kind != Control::Kind::kNone) break;
    text += (lines_[at_ - 1].breaks ? kBreakSign : ' ') + String(next);
  }
  std::swap(at_, begin);
  EmitItem(text);
  at_ = begin;
}

// Whether an item's number is the one that would be generated. Any other stays as it was typed.
bool Importer::IsNext(const Marker& marker) {
  if (marker.kind == '-') return true;
  size_t k = stack_.size();
  while (k > 0 && stack_[k - 1].indent >= marker.indent + 2) --k;
  bool joins = k > 0 && marker.indent < stack_[k - 1].indent + 2;
  if (joins && stack_[k - 1].kind != marker.kind) {
    // Below an item of another kind, at its place: a list of its own, or one around both.
    --k;
    joins = k > 0 && marker.indent < stack_[k - 1].indent + 2 && stack_[k - 1].kind == marker.kind;
  }
  bool section = sections_ && marker.kind == '1' && marker.indent == 0;
  if (!joins) return marker.value == 1 || (section && marker.value == section_count_ + 1);
  Level& level = stack_[k - 1];
  if (level.count == 1 && marker.value == 1) level.lazy = IsLazy(level);
  return marker.value == level.count + 1 || (marker.value == 1 && (level.lazy || section));
}

// Whether the list goes on with 1 behind its second item, or ends there: a list that begins again
// has a 2.
bool Importer::IsLazy(const Level& level) const {
  for (size_t i = at_ + 1; i < std::min(lines_.size(), at_ + kMaxLookAhead); ++i) {
    if (HeadingLevel(Trim(lines_[i].text)) != 0) break;
    auto marker = MarkerOf(lines_[i].text);
    if (!marker || marker->indent >= level.indent + 2) continue;
    return marker->kind != level.kind || marker->value == 1;
  }
  return true;
}

// Whether an item is one of an item whose own number stayed typed: it would begin a list, or go on
// with another one, that nobody wrote.
bool Importer::IsBelowTyped(const Marker& marker) const {
  return typed_indent_ != kNone && marker.kind != '-' && marker.indent >= typed_indent_ + 2 &&
         (stack_.empty() || stack_.back().indent <= typed_indent_);
}

// A year that begins a sentence, item 7 of a list whose first items are elsewhere, a number that
// comes twice: words of the text, each in a paragraph of its own.
void Importer::ConvertTypedItem(const Marker& marker) {
  std::string_view line = Here();
  std::string_view sign = Trim(line.substr(marker.indent, marker.length));
  // Markdown begins a list in the middle of a paragraph with 1 only.
  bool goes_on = at_ > 0 && stack_.empty() && typed_line_ != at_ - 1 &&
                 !Trim(lines_[at_ - 1].text).empty() && !output_.empty() &&
                 output_.back().paragraph;
  if (!goes_on && !IsBelowTyped(marker)) typed_indent_ = marker.indent;
  while (!stack_.empty() && stack_.back().indent + 2 > marker.indent) stack_.pop_back();
  size_t sections = 0;
  while (sections < stack_.size() && stack_[sections].section) ++sections;
  Note(at_, "list",
       "'" + String(sign) + "' is not the next number of a list and stays as it is typed");
  if (marker.kind == '1') typed_.insert(NumberText(marker.value));
  typed_line_ = at_;
  if (!goes_on) EmitBlank();
  String typed(sign);
  if (typed[0] != '(' && marker.kind == '1') typed.insert(typed.size() - 1, "\\");
  String indent(4 * (stack_.size() - sections), ' ');
  Emit(indent + typed + " " + Inline(Trim(line.substr(marker.indent + marker.length))));
  output_.back().paragraph = true;
  output_.back().breaks = lines_[at_].breaks;
  ++at_;
}

// How a list is numbered, where that is not how it was typed: "(1)", "2.1" and letters below
// letters are signs that words elsewhere may use.
void Importer::NoteStyle(const Marker& marker) {
  constexpr std::string_view kShown[] = {"1., 2.", "(a), (b)", "(i), (ii)"};
  size_t depth = heading_number_.empty() ? 0 : 1;
  for (size_t i = 0; i + 1 < stack_.size(); ++i) depth += stack_[i].kind == '-' ? 0 : 1;
  std::string_view sign = Trim(Trim(Here()).substr(0, marker.length));
  bool plain = depth == 0 && marker.kind == '1' && sign.ends_with('.');
  bool letters = depth == 1 && marker.kind == 'a';
  if (marker.kind == '-' || plain || letters) return;
  Note(at_, "list",
       "The items from '" + String(sign) + "' on are printed as " +
           (depth < std::size(kShown) ? kShown[depth] : "items of items"));
}

void Importer::EmitItem(const String& text) {
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
    std::replace(title.begin(), title.end(), kBreakSign, ' ');
    std::replace(rest.begin(), rest.end(), kBreakSign, ' ');
    Note(at_, "section",
         "'" + Plain(title) + "' became the heading of section " +
             (path.empty() ? NumberText(level.count) : path));
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
  // "- 6. Warranty" would be an item of a list in the item.
  String words = text;
  auto inner = MarkerOf(words);
  if (inner && IsDigit(words[0])) words.insert(words.find_first_of(".)"), "\\");
  Emit(String(4 * depth, ' ') + marker + Inline(words), level.kind == '-' ? "" : path);
}

bool Importer::IsTitleItem(const String& text) { return IsShortTitle(text); }

// "**Fees.** Unless …" -> "Fees", "Unless …".
std::pair<String, String> Importer::SplitTitle(const String& text) {
  if (!text.starts_with("**")) return {text, {}};
  size_t end = text.find("**", 2);
  if (end == String::npos) return {text, {}};
  String title(Trim(std::string_view(text).substr(2, end - 2)));
  while (title.ends_with('.') || title.ends_with(':')) title.pop_back();
  return {title, String(Trim(std::string_view(text).substr(end + 2)))};
}

// Whether the items from here on at this level each begin with a title.
bool Importer::AllHaveTitles() const {
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
String Importer::PathHere() const {
  // Numbers that stay typed, or a heading without one, are in no number of an item.
  if (keeps_numbers_ || heading_typed_ || below_typed_number_ ||
      (numbered_headings_ && heading_number_.empty()))
    return {};
  String path = heading_number_;
  for (size_t i = 0; i < stack_.size(); ++i) {
    const Level& level = stack_[i];
    if (level.kind == '-') return {};
    if (level.kind == 'a') {
      if (level.count > 26) return {};
      path += "(" + String(1, static_cast<char>('a' + level.count - 1)) + ")";
    } else {
      path += (path.empty() ? "" : ".") + NumberText(level.count);
    }
  }
  return path;
}

bool Importer::NumbersGoOn() const {
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

}  // namespace countersign::importing
