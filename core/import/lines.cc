// What a line is by its signs: of a block that was laid out by hand, of a form, of a list without a
// list's signs. Markdown would run such lines into one paragraph.
#include <algorithm>

#include "import/importer.h"

namespace countersign::importing {

// "```", "~~~ markdown": a line that begins or ends a block of code.
bool Importer::IsFence(std::string_view trimmed) {
  return trimmed.starts_with("```") || trimmed.starts_with("~~~");
}

// Signs of items that Markdown does not know, as word processors write them: the bytes of one.
static size_t BulletLength(std::string_view text) {
  for (std::string_view sign :
       {"\u2022", "\u25CF", "\u25AA", "\u25E6", "\u2023", "\u00B7", "\u25A0"}) {
    if (text.starts_with(sign) && text.substr(sign.size()).starts_with(' ')) return sign.size();
  }
  return 0;
}

// "\u2610 Yes", "[ ] Yes", "( ) Yes": a box to tick in front of its words.
static bool BeginsWithBox(std::string_view text) {
  for (std::string_view box :
       {"\u2610", "\u2611", "\u2612", "[ ] ", "[x] ", "[X] ", "( ) ", "(x) "}) {
    if (text.starts_with(box)) return true;
  }
  return false;
}

// "(a) ", "(ii) ", "b) ", "2.1 ": whether a line begins a part of an enumeration.
static bool BeginsPart(std::string_view text) {
  size_t number = 0, dots = 0;
  for (;
       number < std::min<size_t>(text.size(), 12) && (IsDigit(text[number]) || text[number] == '.');
       ++number)
    dots += number > 0 && text[number] == '.' && IsDigit(text[number - 1]);
  bool last = number > 0 && IsDigit(text[number - 1]);
  if (dots > (last ? 0 : 1) && text.substr(number).starts_with(' ')) return true;
  bool bracket = text.starts_with('(');
  size_t begin = bracket ? 1 : 0, end = begin;
  while (end < text.size() && end - begin < 5 && (IsLetter(text[end]) || IsDigit(text[end]))) ++end;
  if (end == begin || !text.substr(end).starts_with(") ")) return false;
  std::string_view part = text.substr(begin, end - begin);
  bool digits = part.size() < 3 && std::all_of(part.begin(), part.end(), IsDigit);
  bool roman = part.find_first_not_of("ivx") == std::string_view::npos;
  return digits || part.size() == 1 || roman;
}

// "Name: Jane Doe", "**Owner (Lessor):** ____": whether a line is one of a form.
static bool BeginsWithLabel(std::string_view text) {
  size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon > 44) return false;
  String label = Plain(text.substr(0, colon));
  std::string_view behind = text.substr(colon + 1);
  while (behind.starts_with('*')) behind.remove_prefix(1);
  bool capital = !label.empty() && (static_cast<unsigned char>(label[0]) >= 0xC3 ||
                                    (label[0] >= 'A' && label[0] <= 'Z'));
  return capital && (behind.empty() || behind[0] == ' ') &&
         std::count(label.begin(), label.end(), ' ') < 5 &&
         label.find_first_of(".;,!?") == String::npos;
}

static bool EndsThought(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view(";:.,").find(text.back()) != std::string_view::npos) return true;
  std::string_view word = text.substr(text.rfind(' ') + 1);  // npos + 1 is 0
  for (std::string_view joiner : {"and", "or", "and/or", "und", "oder", "et", "ou", "y", "o"}) {
    if (word == joiner) return true;
  }
  return false;
}

// Lines that whoever wrote them saw below each other stay so.
void Importer::KeepLines() {
  for (size_t i = 0; i < lines_.size(); ++i) {
    String& text = lines_[i].text;
    size_t indent = std::min(text.find_first_not_of(' '), text.size());
    size_t length = BulletLength(std::string_view(text).substr(indent));
    if (length == 0) continue;
    Note(i, "list", "'" + text.substr(indent, length) + "' became the sign of an item");
    text = text.substr(0, indent) + "-" + text.substr(indent + length);
  }
  bool fenced = false;
  for (size_t i = 0; i + 1 < lines_.size(); ++i) {
    std::string_view text = Trim(lines_[i].text), next = Trim(lines_[i + 1].text);
    if (IsFence(text)) fenced = !fenced;
    // "Signature:", and the line to sign on below it.
    bool labels = text.ends_with(':') && next.size() > 3 &&
                  next.find_first_not_of('_') == std::string_view::npos &&
                  (IsLabelToSign(text) || IsLabelOfDate(text) || IsLabelToFill(text));
    if (labels && !fenced) {
      String joined = lines_[i].text + " " + String(next);
      lines_[i].text = std::move(joined);
      lines_[i + 1].text.clear();
      continue;
    }
    if (IsFence(text) || text.empty() || next.empty() || lines_[i].breaks || IsFence(next))
      continue;
    bool plain = HeadingLevel(text) == 0 && HeadingLevel(next) == 0 && !IsRule(text) &&
                 !IsRule(next) && text[0] != '|' && next[0] != '|' && !IsTask(text) &&
                 !IsTask(next);
    auto marker = MarkerOf(lines_[i + 1].text);
    bool form = BeginsWithLabel(next) && !marker &&
                (BeginsWithLabel(text) || text.ends_with(':') || text.ends_with(":**"));
    bool whole = BlankLength(text) == text.size() || BlankLength(next) == next.size();
    bool address = whole && !marker && text.size() <= 80 && next.size() <= 80;
    bool more = i + 2 < lines_.size() && BeginsPart(Trim(lines_[i + 2].text));
    bool part = (BeginsPart(next) && (more || EndsThought(text) || BeginsPart(text))) ||
                (BeginsWithBox(next) && (EndsThought(text) || BeginsWithBox(text)));
    if (fenced ? next[0] == '|' && text[0] == '|' : !plain || !(form || address || part)) continue;
    lines_[i].breaks = true;
    Note(i, "line", "The line below stays a line of its own");
  }
}

}  // namespace countersign::importing
