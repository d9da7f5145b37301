// Numbers that are generated instead of typed, and references to what they number.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

// Goes through the headings as document::Numbers will. The first whose typed number is another one
// makes all of them stay as they were typed: a number that nobody typed would make references, and
// numbers in front of paragraphs, mean another clause.
void Importer::CountHeading(size_t depth, const String& number) {
  if (counters_.empty()) counters_.emplace_back();
  while (counters_.back().depth >= depth) {
    Counter closed = std::move(counters_.back());
    counters_.pop_back();
    if (closed.counts_on) counters_.back().count = closed.count;
  }
  Counter inner = counters_.back();
  inner.depth = depth;
  inner.counts_on = number.empty();
  if (!number.empty()) {
    String whole = inner.prefix + NumberText(++counters_.back().count);
    if (whole != number && !differs_) {
      differs_ = {at_, "The numbers in front of headings stay as they are typed: '" + number + " " +
                           heading_ + "' would be numbered " + whole};
    }
    inner.prefix = whole + ".";
    inner.count = 0;
  }
  counters_.push_back(std::move(inner));
}

// References by number to references by id.
void Importer::Number() {
  for (size_t i = 0; i < output_.size(); ++i) {
    if (output_[i].path.empty()) continue;
    auto [it, first] = places_.emplace(output_[i].path, i);
    if (!first) it->second = SIZE_MAX;
  }
  // "Section 1. Prices." and "**Section 1.**" in front of a text are its number, typed.
  for (const Output& line : output_) {
    std::string_view text = std::string_view(line.text).substr(0, 80);
    bool heading = HeadingLevel(text) != 0;
    String begin = Plain(text.substr(heading ? HeadingLevel(text) : 0));
    size_t number = ReferenceWord(begin), end = EndOfNumber(begin, number);
    bool title = number > 0 && end > number &&
                 (end == begin.size() || heading ||
                  std::string_view(".:)").find(begin[end]) != std::string_view::npos);
    if (title) typed_.insert(begin.substr(number, end - number));
  }
  for (size_t i = 0; i < output_.size(); ++i) output_[i].text = LinkReferences(output_[i]);
}

// "(a)", "(2)", "(iv)": the bytes of a part of a number at `at`; 0 where there is none.
static size_t PartInBrackets(std::string_view text, size_t at) {
  if (at >= text.size() || text[at] != '(') return 0;
  size_t end = at + 1;
  while (end < text.size() && end - at < 7 && (IsLetter(text[end]) || IsDigit(text[end]))) ++end;
  if (end == at + 1 || end >= text.size() || text[end] != ')') return 0;
  std::string_view part = text.substr(at + 1, end - at - 1);
  bool small = part.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
  bool roman = part.find_first_not_of("ivxl") == std::string_view::npos;
  bool digits = part.size() < 4 && std::all_of(part.begin(), part.end(), IsDigit);
  return digits || (small && (part.size() == 1 || roman)) ? end + 1 - at : 0;
}

size_t Importer::EndOfNumber(std::string_view text, size_t from) {
  size_t at = from;
  while (at < text.size() && IsDigit(text[at])) ++at;
  while (at + 1 < text.size() && text[at] == '.' && IsDigit(text[at + 1])) {
    ++at;
    while (at < text.size() && IsDigit(text[at])) ++at;
  }
  if (at == from) return at;
  while (size_t part = PartInBrackets(text, at)) at += part;
  return at;
}

// "Section ", "clauses ": how many bytes of `rest` the word in front of a number takes; else 0.
size_t Importer::ReferenceWord(std::string_view rest) {
  for (std::string_view word :
       {"section",   "sub-section", "subsection",    "clause",        "sub-clause",
        "subclause", "article",     "paragraph",     "abschnitt",     "artikel",
        "klausel",   "ziffer",      "cl\u00E1usula", "art\u00EDculo", "secci\u00F3n",
        "apartado",  "clausola",    "articolo",      "artigo",        "punkt"}) {
    if (rest.size() <= word.size() + 1 || Lower(rest[0]) != word[0]) continue;
    String begin = LowerText(rest.substr(0, word.size() + 2));
    if (!begin.starts_with(word)) continue;
    bool several = std::string_view("sne").find(begin[word.size()]) != std::string_view::npos;
    size_t end = word.size() + (several ? 1 : 0);
    if (end < rest.size() && rest[end] == ' ') return end + 1;
    if (rest.substr(end).starts_with("\xC2\xA0")) return end + 2;  // it keeps its number
  }
  return 0;
}

// What stands between two numbers of one reference: " and ", " (Liability Caps) to "; 0 where
// nothing more comes.
size_t Importer::Joint(std::string_view text, size_t from) {
  size_t at = from;
  if (text.substr(at).starts_with(" (")) {
    size_t close = text.substr(at, 80).find(')');
    if (close != std::string_view::npos) at += close + 1;
  }
  for (std::string_view joiner : {", and ", ", or ", ", ", " and ", " or ", " and/or ", " to ",
                                  " through ", " & ", "-", "\xE2\x80\x93"}) {
    if (!text.substr(at).starts_with(joiner)) continue;
    at += joiner.size();
    return at < text.size() && IsDigit(text[at]) ? at - from : 0;
  }
  return 0;
}

// Words that laws are called by.
static bool IsLaw(std::string_view word) {
  while (!word.empty() && std::string_view(".,;:)").find(word.back()) != std::string_view::npos)
    word.remove_suffix(1);
  for (std::string_view law :
       {"Act",         "Acts",         "Code",       "Codes",    "Regulation",
        "Regulations", "Directive",    "Statute",    "Statutes", "Treaty",
        "Convention",  "Constitution", "Ordinance",  "Reg",      "Regs",
        "Stat",        "Rules",        "GDPR",       "Law",      "Gesetz",
        "Verordnung",  "Ley",          "Reglamento", "Loi",      "Legge"}) {
    if (word == law) return true;
  }
  return false;
}

static bool IsCapitals(std::string_view word) {
  return word.size() > 2 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

static std::string_view TakeLastWord(std::string_view* text) {
  while (text->ends_with(' ') || text->ends_with(',')) text->remove_suffix(1);
  size_t space = text->rfind(' ');
  std::string_view word = text->substr(space == std::string_view::npos ? 0 : space + 1);
  text->remove_suffix(word.size());
  return word;
}

// "11 U.S.C. Section 1", "the Companies Act 2006, Section 5", "GDPR, Article 28": whether what
// stands in front of the reference `name` says that it is one into another text.
bool Importer::IsCited(std::string_view before, std::string_view name) {
  before = before.substr(before.size() - std::min<size_t>(before.size(), 120));
  std::string_view word = TakeLastWord(&before);
  std::string_view above = TakeLastWord(&before);
  bool number = !above.empty() && std::all_of(above.begin(), above.end(), IsDigit);
  bool year = word.size() == 4 && std::all_of(word.begin(), word.end(), IsDigit);
  size_t dots = static_cast<size_t>(std::count(word.begin(), word.end(), '.'));
  bool short_form = dots > 1 && word[0] >= 'A' && word[0] <= 'Z' && (number || dots > 2);
  bool filed = word.find('/') != std::string_view::npos && word.size() > 4 && IsDigit(word.back());
  // "THE ACT. SECTION 2": a sentence ends.
  bool ends = word.ends_with('.') && !word.ends_with("Reg.") && !word.ends_with("Regs.") &&
              !word.ends_with("Stat.");
  bool loud = IsCapitals(Trim(name));
  return short_form || filed || (!ends && IsLaw(word)) || (year && IsLaw(above)) ||
         (!loud && IsCapitals(word));
}

// What the words behind a reference say about whose place it is.
enum class Whose : uint8_t { kUnsaid, kOurs, kOther };

static Whose WhoseBehind(std::string_view behind, std::string_view name) {
  for (std::string_view ours :
       {" below", " above", " hereof", " herein", " of this ", " of these "}) {
    if (behind.starts_with(ours)) return Whose::kOurs;
  }
  if (behind.starts_with(" of ") || behind.starts_with(" in ")) {
    String what = LowerText(behind.substr(4, 60));
    if (behind[1] == 'i')
      return what.starts_with("the ") && !what.starts_with("the event") ? Whose::kOther
                                                                        : Whose::kUnsaid;
    for (std::string_view ours : {"section", "clause", "article"}) {
      if (what.starts_with(ours)) return Whose::kUnsaid;
    }
    return Whose::kOther;
  }
  for (std::string_view of :
       {" des ", " der ", " del ", " de la ", " de los ", " du ", " de l", " della ", " dell"}) {
    if (!behind.starts_with(of)) continue;
    String what = LowerText(behind.substr(of.size(), 20));
    for (std::string_view ours :
         {"dieses", "dieser", "vertrag", "presente", "pr\u00E9sent", "contrat", "vorliegend"}) {
      if (what.starts_with(ours)) return Whose::kOurs;
    }
    return Whose::kOther;
  }
  for (std::string_view part : {" Abs", " Satz ", " lit", " Nr"}) {
    if (behind.starts_with(part)) return Whose::kOther;
  }
  // "Section 5 Companies Act", "Article 28 GDPR": capitals up to the name of a law.
  for (int words = 0; words < 6 && behind.starts_with(' '); ++words) {
    behind.remove_prefix(1);
    size_t end = std::min(behind.find(' '), behind.size());
    std::string_view word = behind.substr(0, end);
    size_t capitals = 0;
    while (capitals < word.size() && word[capitals] >= 'A' && word[capitals] <= 'Z') ++capitals;
    if ((words == 0 && capitals > 1 && !IsCapitals(Trim(name))) || (capitals > 0 && IsLaw(word)))
      return Whose::kOther;
    bool goes_on = capitals > 0 || word == "of" || word == "and";
    if (!goes_on || word.ends_with('.') || word.ends_with(',') || word.ends_with(';')) break;
    behind.remove_prefix(end);
  }
  return Whose::kUnsaid;
}

// "Section 4 of the Act", "Section 5 or Article 6 of Regulation …", "Section 401k": a place in
// another text. `ours` is set where the words say that it is one of this.
bool Importer::IsElsewhere(std::string_view behind, std::string_view name, bool* ours) {
  for (int more = 0; more < 6; ++more) {
    if (!behind.empty() && (IsLetter(behind[0]) || behind.starts_with("-"))) return true;
    if (behind.starts_with(" (")) {
      size_t close = behind.substr(0, 80).find(')');
      if (close != std::string_view::npos) behind.remove_prefix(close + 1);
    }
    Whose whose = WhoseBehind(behind, name);
    *ours = whose == Whose::kOurs;
    if (whose != Whose::kUnsaid) return whose == Whose::kOther;
    // The next reference says whose both are.
    size_t at = 0;
    for (std::string_view joiner : {", and ", ", or ", ", ", " and ", " or ", " and/or "}) {
      if (!behind.starts_with(joiner)) continue;
      at = joiner.size();
      break;
    }
    size_t word = at == 0 ? 0 : ReferenceWord(behind.substr(at));
    size_t end = word == 0 ? 0 : EndOfNumber(behind, at + word);
    if (word == 0 || end == at + word) return false;
    behind.remove_prefix(end);
  }
  return false;
}

// "Schedule A, section ": whether a schedule stands in front of the last `length` bytes.
bool Importer::InSchedule(std::string_view text, size_t length) {
  text = Trim(text.substr(0, text.size() - std::min(length, text.size())));
  if (!text.ends_with(',')) return false;
  text.remove_suffix(1);
  size_t space = text.rfind(' ');
  if (space == std::string_view::npos || text.size() - space > 12) return false;
  text = text.substr(0, space);
  size_t word = text.rfind(' ');
  return IsSchedule(text.substr(word == std::string_view::npos ? 0 : word + 1));
}

// A heading, or a word, that begins a part of the text with numbers of its own.
bool Importer::IsSchedule(std::string_view text) {
  String lower = LowerText(text);
  for (std::string_view word : {"schedule", "annex", "appendix", "exhibit", "attachment"}) {
    if (lower.starts_with(word)) return true;
  }
  return false;
}

String Importer::LinkReferences(const Output& line) {
  const String& text = line.text;
  std::string_view whole = text;
  String out;
  for (size_t i = 0; i < text.size();) {
    bool word = i == 0 || !(IsLetter(text[i - 1]) || IsDigit(text[i - 1]) || text[i - 1] == '-');
    size_t length = word ? ReferenceWord(whole.substr(i)) : 0;
    if (length == 0 || i + length >= text.size() || !IsDigit(text[i + length])) {
      out += text[i++];
      continue;
    }
    String name = text.substr(i, length);
    out += name;
    i += length;
    // All its numbers first: what stands behind the last says whose they are.
    Vector<std::pair<size_t, size_t>> numbers;
    size_t end = i;
    for (size_t at = i; numbers.size() < 20;) {
      end = EndOfNumber(text, at);
      numbers.emplace_back(at, end);
      size_t joint = Joint(text, end);
      if (joint == 0) break;
      at = end + joint;
    }
    // Paragraphs are counted in a section or schedule.
    bool within = LowerText(name).starts_with("paragraph") && numbers.size() == 1 &&
                  whole.substr(i, end - i).find('.') == std::string_view::npos;
    bool ours = false;
    bool other = IsElsewhere(whole.substr(end), name, &ours) ||
                 IsCited(std::string_view(out).substr(0, out.size() - name.size()), name);
    bool schedule = line.schedule || (InSchedule(out, name.size()) && !ours);
    if (other || within || schedule) {
      Note(line.line, "reference-other",
           "'" + name + text.substr(i, end - i) + "' is a place " +
               (other      ? "in another text"
                : schedule ? "that may be one of a schedule"
                           : "within its section") +
               " and stays as it is");
      out += text.substr(i, end - i);
      i = end;
      continue;
    }
    // "Article 2: Fees": what the line itself is called.
    std::string_view title = std::string_view(out).substr(0, out.size() - name.size());
    String number = text.substr(numbers[0].first, numbers[0].second - numbers[0].first);
    bool own = title.find_first_not_of("#* ") == std::string_view::npos &&
               typed_.contains(number) && (title.starts_with('#') || title.starts_with("**"));
    if (own) {
      out += text.substr(i, end - i);
      i = end;
      continue;
    }
    for (auto [from, to] : numbers) {
      out += text.substr(i, from - i);
      out += Refer(name, text.substr(from, to - from), line.line);
      i = to;
    }
  }
  return out;
}

String Importer::Refer(const String& name, const String& number, size_t line) {
  // "1(2)" is the second item of 1; "(iv)" below an item is a sign of its words.
  String wanted, rest;
  for (size_t i = 0; i < number.size(); ++i) {
    bool digits = i + 1 < number.size() && number[i] == '(' && IsDigit(number[i + 1]);
    bool closes = number[i] == ')' && IsDigit(number[i - 1]);
    if (!closes) wanted += digits ? '.' : number[i];
  }
  auto it = places_.find(wanted);
  if (size_t open = wanted.rfind('('); it == places_.end() && open != String::npos) {
    rest = wanted.size() - open > 3 ? wanted.substr(open) : String();
    wanted.erase(wanted.size() - rest.size());
    it = places_.find(wanted);
  }
  bool typed = typed_.contains(number) || typed_.contains(wanted);
  if (it == places_.end() || it->second == SIZE_MAX || typed) {
    Note(line, "reference-unknown",
         "'" + name + number + "' " +
             (typed                 ? "names a number that is typed"
              : it == places_.end() ? "is no number that is generated here"
                                    : "may be one of several") +
             " and stays as it is");
    return number;
  }
  output_[it->second].named = true;
  Note(line, "reference", "'" + name + number + "' became a reference that follows its section");
  return "{{ref: " + IdOf(wanted) + "}}" + rest;
}

// "8.1(a)" -> "s8-1-a".
String Importer::IdOf(std::string_view path) {
  String id = "s";
  for (char c : path) {
    if (c == '.' || c == '(') id += '-';
    if (IsDigit(c) || IsLetter(c)) id += c;
  }
  return id;
}

}  // namespace countersign::importing
