// What a text says to who drafts it: notes, and words in brackets that may be left out.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

// The bytes up to the bracket that closes the first one, and it; 0 where none does.
size_t Importer::ClosingBracket(std::string_view text) {
  size_t depth = 0;
  text = text.substr(0, kMaxRemark);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' && ++depth > 8) return 0;
    if (text[i] == ']' && --depth == 0) return i + 1;
  }
  return 0;
}

// Whether words are for who drafts: "Note to drafter: …", "NTD", "Delete as appropriate".
bool Importer::IsDraftingNote(std::string_view content) {
  String lower = LowerText(content.substr(0, 60));
  while (!lower.empty() && std::string_view(" *_[").find(lower[0]) != std::string_view::npos)
    lower.erase(0, 1);
  for (std::string_view begin : {"note to ",
                                 "note:",
                                 "notes:",
                                 "drafting note",
                                 "drafter's note",
                                 "drafter\xE2\x80\x99s note",
                                 "drafters note",
                                 "drafters' note",
                                 "drafter note",
                                 "drafting guidance",
                                 "drafting instruction",
                                 "ntd:",
                                 "ntd ",
                                 "guidance note",
                                 "guidance:",
                                 "instruction:",
                                 "instructions:",
                                 "comment:",
                                 "delete if",
                                 "delete as",
                                 "delete this",
                                 "delete where",
                                 "delete which",
                                 "remove if",
                                 "remove this",
                                 "hinweis:",
                                 "anmerkung:",
                                 "nota al ",
                                 "nota para ",
                                 "nota:",
                                 "note de r",
                                 "note au "}) {
    if (lower.starts_with(begin)) return true;
  }
  return false;
}

// Words for who prepares the contract, which are no part of it.
void Importer::EmitGuide(std::string_view words) {
  EmitBlank();
  Emit("::: guide");
  Emit(EscapeBraces(words));
  Emit(":::");
  Emit("");
}

// "[Note to drafter: …]" in the middle of a text: a comment of the template.
size_t Importer::TakeNote(std::string_view rest, String* out) {
  size_t length = ClosingBracket(rest);
  if (length == 0) return 0;
  String words(Trim(rest.substr(1, length - 2)));
  std::replace(words.begin(), words.end(), kBreakSign, ' ');
  bool fits = words.find("{{") == String::npos && words.find("}}") == String::npos;
  Note(at_, "note",
       fits ? "'" + words + "' is for who drafts and became a comment" : "Left out: " + words);
  if (fits) *out += "{{! " + words + " }}";
  return length;
}

// A paragraph that is nothing but a note to who drafts: a note to who prepares the contract.
bool Importer::ConvertNote(std::string_view text) {
  bool bracket = text.find('[') < 3;
  if (!IsDraftingNote(text)) return false;
  while (text.starts_with('*') || text.starts_with('_')) text.remove_prefix(1);
  while (text.ends_with('*') || text.ends_with('_')) text.remove_suffix(1);
  if (bracket) {
    if (ClosingBracket(text) != text.size()) return false;
    text = Trim(text.substr(1, text.size() - 2));
  }
  // Without brackets, only what says that it is for who drafts; the paragraph belongs to it.
  String begin = LowerText(text.substr(0, 20));
  if (!bracket && begin.find("draft") == String::npos && begin.find("redact") == String::npos)
    return false;
  Note(at_, "note", "'" + String(text) + "' is for who drafts and became a note beside the text");
  String words(text);
  size_t first = at_++;
  if (size_t bold = words.find("**"); !bracket && bold != String::npos) words.erase(bold, 2);
  while (!bracket && GoesOn(at_)) words += " " + String(Trim(lines_[at_++].text));
  bool more = GoesOn(at_);
  std::swap(first, at_);
  EmitGuide(words);
  at_ = first;
  if (more) EmitBlank();
  return true;
}

// A note to who drafts that goes on over several lines, on its first one. `line` is the second.
bool Importer::JoinNote(size_t line, size_t open) {
  std::string_view above = lines_[line - 1].text;
  if (!IsDraftingNote(above.substr(open + 1, 40))) return false;
  String joined(Trim(above)), rest;
  size_t from = joined.size() - Trim(above.substr(open)).size(), end = line, close = 0;
  for (; close == 0 && GoesOn(end) && joined.size() < from + kMaxRemark; ++end) {
    joined += " " + String(Trim(lines_[end].text));
    if (lines_[end].text.find(']') == String::npos) continue;
    close = ClosingBracket(std::string_view(joined).substr(from));
  }
  if (close == 0) return false;
  --end;
  rest = String(Trim(std::string_view(joined).substr(from + close)));
  joined.resize(from + close);
  lines_[line - 1].text =
      String(std::min(above.find_first_not_of(' '), above.size()), ' ') + joined;
  for (size_t i = line; i <= end; ++i) lines_[i].text.clear();
  lines_[end].text = std::move(rest);
  return true;
}

// "[or is controlled by]", "[OPTIONAL: …]": words that stand or do not, which somebody decides.
size_t Importer::TakeOptional(std::string_view rest, std::string_view content, String* out) {
  String lower = LowerText(content.substr(0, 20));
  std::string_view words = content;
  bool optional = false;
  for (std::string_view begin : {"optional:", "optional -", "optional \xE2\x80\x93",
                                 "optional wording:", "optional text:", "optional clause:"}) {
    if (!lower.starts_with(begin)) continue;
    words = Trim(content.substr(begin.size()));
    optional = !words.empty();
  }
  for (std::string_view begin :
       {"or ", "and ", "and/or ", "but ", "not ", "if ", "unless ", "except ", "including ",
        "other than ", "with ", "without ", "as "}) {
    optional = optional || content.starts_with(begin);
  }
  if (!optional) return 0;
  Field* field = NewField(heading_.empty() ? "Wording" : heading_ + " wording");
  if (field == nullptr) return 0;
  field->type = "bool";
  field->name = Shortened("With \xE2\x80\x9C" + Plain(words) + "\xE2\x80\x9D");
  String id = field->id;  // its words may have fields of their own
  Note(at_, "optional", "'" + String(content) + "' stands where the field " + id + " says so");
  // The space in front goes with the words.
  size_t length = content.size() + 2;
  bool apart = out->ends_with(' ') &&
               (length == rest.size() || std::string_view(" .,;:").contains(rest[length]));
  if (apart) out->pop_back();
  *out += "{{#if " + id + "}}" + (apart ? " " : "") + InlineWithin(words) + "{{/if}}";
  return length;
}

// Brackets around more than a blank: optional words, or something to decide on.
size_t Importer::TakeLongBrackets(std::string_view rest, std::string_view why, String* out) {
  size_t close = ClosingBracket(rest);
  bool link = close < rest.size() && rest[close] == '(';
  if (close == 0 || link) return 0;
  if (size_t length = TakeOptional(rest, rest.substr(1, close - 2), out); length != 0)
    return length;
  NoteUndecided(rest.substr(0, close), why);
  return 0;
}

// "[SIGNATURE]" is where somebody signs, "[INDENT]" how docassemble sets a paragraph.
size_t Importer::TakeMarkup(std::string_view rest, std::string_view content, String* out) {
  constexpr std::string_view kSets =
      "|INDENT|NOINDENT|CENTER|BOLDCENTER|FLUSHLEFT|FLUSHRIGHT|PAGEBREAK|SKIPLINE|"
      "START_INDENTATION|STOP_INDENTATION|BEGIN_TWOCOL|BREAK|END_TWOCOL|TAB|BR|NBSP|TOC|";
  if (kSets.find("|" + String(content) + "|") != std::string_view::npos) {
    Note(at_, "tag", "'[" + String(content) + "]' was taken away");
    size_t length = content.size() + 2;
    bool apart = rest.substr(length).starts_with(' ') && (out->empty() || out->ends_with(' '));
    if (!apart && !out->empty()) *out += ' ';
    return length + (apart ? 1 : 0);
  }
  String lower = LowerText(content);
  if (content.size() < 5 || lower.starts_with("signed") || !IsLabelToSign(content)) return 0;
  return TakeSigned(content, out) ? content.size() + 2 : 0;
}

// A place to sign of who is named above, where `content` stood in brackets.
bool Importer::TakeSigned(std::string_view content, String* out) {
  Vector<String> above = PartiesAbove();
  String label =
      above.size() == 1 ? above[0] : String(Local().party) + " " + NumberText(parties_.size() + 1);
  Party* party = AddParty(label);
  if (party == nullptr) return false;
  *out += PlaceOf(*party, String(Local().signature), "");
  Note(at_, "signatures",
       "'" + String(content) + "' became a place to sign of the role " + party->id);
  return true;
}

// What an author has to decide on before the template is right.
void Importer::NoteUndecided(std::string_view words, std::string_view why) {
  String shown(words.substr(0, 60));
  while (!IsUtf8(shown)) shown.pop_back();
  Note(at_, "undecided",
       "Left as text, please decide: '" + shown +
           (shown.size() < words.size() ? "\xE2\x80\xA6" : "") + "' " + String(why));
}

}  // namespace countersign::importing
