// What an agreement is called.
#include <algorithm>

#include "import/importer.h"

namespace countersign::importing {

// Words that agreements are called by.
static bool NamesAgreement(std::string_view text) {
  constexpr std::string_view kAgreements[] = {
      "agreement", "contract",  "nda",        "deed",         "lease",
      "licen",     "terms of",  "terms and",  "policy",       "order",
      "addendum",  "amendment", "memorandum", "statement of", "letter",
      "offer",     "charter",   "vertrag",    "vereinbarung", "contrat",
      "accord",    "umowa",     "avtal",      "overeenkomst", "convention"};
  String words = LowerText(text);
  return std::any_of(std::begin(kAgreements), std::end(kAgreements),
                     [&](std::string_view word) { return words.find(word) != String::npos; });
}

// The level of the heading in a line, also of one that is underlined; 0 where there is none.
size_t Importer::LevelOf(size_t line) const {
  std::string_view text = Trim(lines_[line].text);
  bool underlined = line + 1 < lines_.size() && !text.empty() &&
                    Trim(lines_[line + 1].text).starts_with("==") &&
                    Trim(lines_[line + 1].text).find_first_not_of('=') == std::string_view::npos;
  return underlined ? 1 : HeadingLevel(text);
}

// Where no heading is of the first level: a first line that is called as agreements are, in bold,
// in capitals or as a smaller heading, is the title.
void Importer::FindTextTitle() {
  size_t first = 0;
  while (first < lines_.size() &&
         (Trim(lines_[first].text).empty() || IsRule(Trim(lines_[first].text))))
    ++first;
  if (first == lines_.size() || !front_title_.empty()) return;
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (LevelOf(i) == 1) return;
  }
  std::string_view text = Trim(lines_[first].text);
  const size_t level = HeadingLevel(text);
  std::string_view words = Trim(text.substr(level));
  String number;
  if (words.size() > 100 || !NamesAgreement(words) || HeadingNumber(Unbold(words), &number) != 0)
    return;
  bool capitals = words == UpperText(words) && words.find_first_of("[]{}<>_:;|") == words.npos &&
                  !words.ends_with('.') && !words.ends_with(',');
  std::string_view next = first + 1 < lines_.size() ? Trim(lines_[first + 1].text) : "";
  bool alone = next.empty() || IsRule(next);
  bool begins = LowerText(next.substr(0, 5)) == "this ";
  bool bold = alone && Unbold(words).size() < words.size();
  if (level != 0 || bold || (capitals && (alone || begins)))
    lines_[first].text = "# " + String(words);
}

// The first heading is the title where it is the only one of its level, nothing stands between it
// and the next, or its words are those of an agreement; else the first of several parts.
void Importer::FindTitle() {
  auto level = [&](size_t i) { return LevelOf(i); };
  size_t first = 0;
  while (first < lines_.size() && Trim(lines_[first].text).empty()) ++first;
  if (first == lines_.size() || level(first) != 1) return;
  if (NamesAgreement(lines_[first].text)) return;
  size_t others = 0, numbered = 0, next = first + 1;
  while (next < lines_.size() &&
         (Trim(lines_[next].text).empty() || Trim(lines_[next].text).starts_with("==")))
    ++next;
  if (next == lines_.size() || level(next) != 0) return;
  for (size_t i = next; i < lines_.size() && lines_[i].file == lines_[first].file; ++i) {
    if (level(i) != 1) continue;
    ++others;
    String number;
    std::string_view text = Trim(lines_[i].text);
    numbered += HeadingNumber(Unbold(Trim(text.substr(HeadingLevel(text)))), &number) != 0;
  }
  first_is_section_ = others > numbered;
}

// The title of the template; one with blanks is a line of the text, for titles are printed as they
// are.
void Importer::ConvertTitle(const String& text) {
  heading_.clear();
  String plain = Plain(Unbold(text)), printed = Inline(plain);
  title_ = plain;
  if (size_t tag = std::min(printed.find("{{"), printed.find("[^")); tag != String::npos) {
    title_ = printed.substr(0, tag);
    for (bool more = true; more;) {
      more = false;
      title_ = String(Trim(title_));
      for (std::string_view end :
           {" between", " for",      " with", " of",    " by",    " and",   " to", " dated",
            " from",    " zwischen", " von",  " entre", " tra",   " de",    ",",   ":",
            "(",        "-",         "$",     "\u2013", "\u2014", "\u201C", "\"",  "*"}) {
        if (!LowerText(title_).ends_with(end)) continue;
        title_.resize(title_.size() - end.size());
        more = true;
      }
    }
    if (title_.size() < 3) title_ = front_title_.empty() ? "Agreement" : front_title_;
    Emit("**" + printed + "**");
    Emit("");
    Note(at_, "heading",
         "'" + plain + "' has blanks and became a line of the text; the title is '" + title_ + "'");
  } else {
    Note(at_, "heading", "'" + title_ + "' became the title of the template");
  }
  ++at_;
}

}  // namespace countersign::importing
