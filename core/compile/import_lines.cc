// What a line is by its signs: of a block that was laid out by hand, of a form, of a list without a
// list's signs. Markdown would run such lines into one paragraph.
#include <algorithm>

#include "compile/importer.h"

namespace countersign::compile::importing {

// "```", "~~~ markdown": a line that begins or ends a block of code.
bool Importer::IsFence(std::string_view trimmed) {
  return trimmed.starts_with("```") || trimmed.starts_with("~~~");
}

// "(a) ", "(ii) ", "b) ": whether a line begins a part of an enumeration.
static bool BeginsPart(std::string_view text) {
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
    bool part = BeginsPart(next) && (EndsThought(text) || BeginsPart(text));
    if (fenced ? next[0] == '|' && text[0] == '|' : !plain || !(form || address || part)) continue;
    lines_[i].breaks = true;
    Note(i, "line", "The line below stays a line of its own");
  }
}

}  // namespace countersign::compile::importing
