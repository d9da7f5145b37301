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
    if (IsElsewhere(whole.substr(end))) {
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
