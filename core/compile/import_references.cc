// Numbers that are generated instead of typed, and references to what they number.
#include <algorithm>

#include "base/bytes.h"
#include "compile/importer.h"

namespace countersign::compile::importing {

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
    String begin = Plain(std::string_view(line.text).substr(0, 80));
    size_t number = ReferenceWord(begin), end = EndOfNumber(begin, number);
    bool title =
        number > 0 && end > number &&
        (end == begin.size() || std::string_view(".:)").find(begin[end]) != std::string_view::npos);
    if (title) typed_.insert(begin.substr(number, end - number));
  }
  for (size_t i = 0; i < output_.size(); ++i) output_[i].text = LinkReferences(output_[i]);
}

size_t Importer::EndOfNumber(std::string_view text, size_t from) {
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

// "Section ", "clauses ": how many bytes of `rest` the word in front of a number takes; else 0.
size_t Importer::ReferenceWord(std::string_view rest) {
  for (std::string_view word : {"section", "sub-section", "subsection", "clause", "sub-clause",
                                "subclause", "article", "paragraph"}) {
    if (rest.size() <= word.size() + 1 || Lower(rest[0]) != word[0]) continue;
    String begin = LowerText(rest.substr(0, word.size() + 2));
    if (!begin.starts_with(word)) continue;
    size_t end = word.size() + (begin[word.size()] == 's' ? 1 : 0);
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

// "Section 4 of the Act", "Article 28 GDPR": a place in another text.
bool Importer::IsElsewhere(std::string_view behind) {
  if (behind.starts_with(" (")) {
    size_t close = behind.substr(0, 80).find(')');
    if (close != std::string_view::npos) behind.remove_prefix(close + 1);
  }
  if (behind.starts_with(" of ") || behind.starts_with(" in ")) {
    String what = LowerText(behind.substr(4, 60));
    if (behind[1] == 'i') return what.starts_with("the ") && !what.starts_with("the event");
    for (std::string_view ours : {"this ", "these ", "section", "clause", "article"}) {
      if (what.starts_with(ours)) return false;
    }
    return true;
  }
  size_t capitals = 0;
  while (capitals + 1 < behind.size() && behind[capitals + 1] >= 'A' && behind[capitals + 1] <= 'Z')
    ++capitals;
  return behind.starts_with(' ') && capitals > 1;
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
    if (line.schedule || within || InSchedule(out, name.size()) || IsElsewhere(whole.substr(end))) {
      Note(
          line.line, "reference-other",
          "'" + name + text.substr(i, end - i) + "' is a place in another text and stays as it is");
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
  auto it = places_.find(number);
  bool typed = typed_.contains(number);
  if (it == places_.end() || it->second == SIZE_MAX || typed) {
    Note(line, "reference-unknown",
         "'" + name + number + "' " +
             (typed                 ? "names a number that is typed"
              : it == places_.end() ? "is not here"
                                    : "may be one of several") +
             " and stays as it is");
    return number;
  }
  output_[it->second].named = true;
  Note(line, "reference", "'" + name + number + "' became a reference that follows its section");
  return "{{ref: " + IdOf(number) + "}}";
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

}  // namespace countersign::compile::importing
