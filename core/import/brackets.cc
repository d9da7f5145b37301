// Words in square brackets: places to fill, remarks, links, boxes, and what is still to be decided.
#include <algorithm>

#include "import/importer.h"

namespace countersign::importing {

// " days", "%": what a number in front of it counts.
static bool CountsSomething(std::string_view behind) {
  if (behind.starts_with('%')) return true;
  if (!behind.starts_with(' ')) return false;
  String word = LowerText(behind.substr(1, 12));
  for (std::string_view begin :
       {"%",        "day",     "business",   "working",  "calendar", "week",  "month",      "year",
        "hour",     "percent", "per cent",   "minute",   "werktag",  "tage",  "woche",      "monat",
        "jahr",     "stunde",  "prozent",    "jour",     "semaine",  "mois",  "ann\u00E9e", "heure",
        "d\u00EDa", "semana",  "meses",      "a\u00F1o", "hora",     "giorn", "settiman",   "mesi",
        "anni",     "dagen",   "weken",      "maand",    "jaar",     "dni",   "tygod",      "miesi",
        "dagar",    "veck",    "m\u00E5nad", "\u00E5r"}) {
    if (word.starts_with(begin)) return true;
  }
  word.resize(std::min(word.find_first_of(" .,;:)"), word.size()));
  return word == "tag" || word == "ans" || word == "mes" || word == "lat" || word == "dias";
}

// "within [30] days", "$[20]": a number that is proposed; [1] alone is a note.
bool IsProposedNumber(std::string_view content, std::string_view before, std::string_view behind) {
  bool number = !content.empty() && content.size() < 12 &&
                content.find_first_not_of("0123456789.,%") == std::string_view::npos;
  bool money = before.ends_with('$') || before.ends_with("\u20AC") || before.ends_with("\u00A3");
  return number && (money || CountsSomething(behind));
}

// Whether brackets around it are a place to fill: [1] is a note, [2030] a year to fill in.
bool Importer::IsPlace(std::string_view content) {
  if (content.empty() || content[0] == '^') return false;
  bool blank = content.find_first_not_of("_ .\xE2\x80\xA2\x97\x8F") == std::string_view::npos;
  return blank || std::any_of(content.begin(), content.end(), IsLetter) ||
         std::count_if(content.begin(), content.end(), IsDigit) > 2;
}

// What brackets say to the reader, rather than to who fills in.
bool Importer::IsRemark(std::string_view content) {
  String lower = LowerText(Trim(content));
  for (std::string_view begin :
       {"sic", "reserved", "redacted", "omitted", "deleted", "not used", "not applicable", "n/a"}) {
    if (lower == begin) return true;
  }
  for (std::string_view begin : {"intentionally ", "remainder of ", "signature page", "signatures ",
                                 "end of ", "page break", "this page"}) {
    if (lower.starts_with(begin)) return true;
  }
  return false;
}

// "DATE:effective_date", "Effective Date: Date", "Fee | Currency": a name, and its kind.
static std::pair<std::string_view, std::string_view> SplitTyped(std::string_view content) {
  size_t bar = content.find('|');
  std::string_view format =
      bar == std::string_view::npos ? std::string_view() : Trim(content.substr(bar + 1));
  content = Trim(content.substr(0, bar));
  size_t colon = content.find(':');
  std::string_view name = Trim(content.substr(0, colon));
  if (colon == std::string_view::npos) return {name, format};
  std::string_view kind = Trim(content.substr(colon + 1));
  bool capitals = std::none_of(name.begin(), name.end(),
                               [](char c) { return (c >= 'a' && c <= 'z') || c == ' '; });
  if (capitals && kind.find_first_of(" (\"") == std::string_view::npos) std::swap(name, kind);
  return {name, format.empty() ? kind : format};
}

// "[[Effective Date: Date]]": a place to fill, or to sign, whose kind is said.
size_t Importer::TakeTyped(std::string_view text, size_t i, std::string_view content, String* out) {
  auto [name, kind] = SplitTyped(content);
  if (!IsName(name)) return 0;
  size_t length = text.find("]]", i) + 2 - i;
  String lower = LowerText(kind);
  if (lower == "signature" || lower == "sign") {
    if (!TakeSigned(content, out)) return 0;
    return length;
  }
  size_t before = out->size();
  TakePlace(text, i, length, name, out, Spelling::kVariable);
  Field* field = SharedField(name, {}, Spelling::kVariable);
  if (field == nullptr || !lower.starts_with("date")) return length;
  field->type = "date";
  out->resize(before);
  *out += Print(*field);
  return length;
}

size_t Importer::TakeBrackets(std::string_view text, size_t i, String* out) {
  std::string_view rest = text.substr(i);
  if (IsDraftingNote(rest.substr(1, 40))) {
    if (size_t length = TakeNote(rest, out); length != 0) return length;
  }
  if (rest.starts_with("[[")) {
    size_t end = rest.substr(0, kMaxPlaceholder).find("]]");
    std::string_view inside =
        end == std::string_view::npos ? std::string_view() : Trim(rest.substr(2, end - 2));
    if (IsName(inside) || (!inside.empty() && IsInstruction(inside)))
      return TakePlace(text, i, end + 2, inside, out);
    if (size_t length = TakeTyped(text, i, inside, out); length != 0) return length;
  }
  size_t end = rest.substr(0, kMaxPlaceholder).find(']');
  while (end != std::string_view::npos && rest[end - 1] == '\\')
    end = rest.substr(0, kMaxPlaceholder).find(']', end + 1);
  if (!out->empty() && out->back() == '^') {
    NoteUndecided(rest.substr(0, std::min(end, rest.size() - 1) + 1), "is a note at the foot");
    return 0;
  }
  bool image = !out->empty() && out->back() == '!';
  if (image) return 0;
  if (end == std::string_view::npos) {
    // Longer than a blank: words that are still to be decided on.
    return TakeLongBrackets(rest, "has more words than a blank", out);
  }
  std::string_view content = rest.substr(1, end - 1);
  // "[^1]" and "*[VAT]: …" say something about other words.
  if (content.starts_with('^') || (rest.substr(end).starts_with("]:") && out->ends_with('*'))) {
    NoteUndecided(rest.substr(0, end + 1),
                  content[0] == '^' ? "is a note at the foot" : "explains a short form");
    return 0;
  }
  if (size_t open = content.find('['); open != std::string_view::npos) {
    if (open > 0 && content[open - 1] == '\\') return TakeLink(rest, end, out);
    return TakeLongBrackets(rest, "has brackets in it", out);
  }
  if (size_t length = TakeConditional(rest, end, out); length != 0) return length;
  if (size_t length = TakeLink(rest, end, out); length != 0) return length;
  char next = end + 1 < rest.size() ? rest[end + 1] : ' ';
  // "a penalty of [X]% a month": a number that is left open.
  bool open_number = (content == "x" || content == "X") && CountsSomething(rest.substr(end + 1)) &&
                     !Trim(text.substr(0, i)).empty() && text.find("[ ]") == std::string_view::npos;
  if (open_number) return TakePlace(text, i, end + 1, content, out);
  if (content == "x" || content == "X" ||
      (content == " " && (HasBoxes(text) || HasBoxes(lines_[at_].text)))) {
    Note(at_, "box",
         "'" + String(rest.substr(0, end + 1)) +
             "' is a box to tick and stays as it is: {{check: …}} is one that is ticked");
    *out += content == " " ? "[ ]" : "[" + String(content) + "]";
    return end + 1;
  }
  if (next == '[') {
    // [Yes][No]: two blanks, or a choice.
    size_t all = end + 1;
    while (all < rest.size() && rest[all] == '[') {
      size_t close = rest.substr(all, kMaxPlaceholder).find(']');
      if (close == std::string_view::npos) break;
      all += close + 1;
    }
    Note(at_, "blank-maybe",
         "'" + String(rest.substr(0, all)) + "' may be blanks or a choice, and stays as it is");
    *out += EscapeBraces(rest.substr(0, all));
    return all;
  }
  if (content.empty() || !IsPlace(content) || IsRemark(content) || next == '(' ||
      (next == ':' && i == 0)) {
    if (!IsProposedNumber(content, *out, rest.substr(end + 1))) return 0;
    return TakePlace(text, i, end + 1, content, out);
  }
  // "[Euro/[or] Dollars]": whether both stand is to be decided, too.
  const String joiner = LowerText(Trim(content));
  if (joiner == "or" || joiner == "and" || joiner == "and/or" || joiner == "oder" ||
      joiner == "und") {
    NoteUndecided(rest.substr(0, end + 1), "joins what may be left out");
    *out += rest.substr(0, end + 1);
    return end + 1;
  }
  if (size_t length = TakeOptional(rest, content, out); length != 0) return length;
  if (size_t length = TakeMarkup(rest, content, out); length != 0) return length;
  if (content.find("{{") != std::string_view::npos ||
      content.find("${") != std::string_view::npos) {
    NoteUndecided(rest.substr(0, end + 1), "has a blank in it");
    return 0;
  }
  return TakePlace(text, i, end + 1, content, out);
}

// Whether "[ ]" in this line is a box: it begins with one, or another one is ticked.
bool Importer::HasBoxes(std::string_view text) {
  text = text.substr(0, kMaxFormLine);
  // "[ ] Allowed [ ] Not allowed": words in capitals behind each, unlike "this [ ] day of [ ]".
  size_t boxes = 0, named = 0;
  for (size_t i = text.find("[ ] "); i != std::string_view::npos; i = text.find("[ ] ", i + 3)) {
    ++boxes;
    named += i + 4 < text.size() && text[i + 4] >= 'A' && text[i + 4] <= 'Z';
  }
  if (boxes > 1 && named == boxes) return true;
  return Trim(text).starts_with("[ ] ") || text.find("[x]") != std::string_view::npos ||
         text.find("[X]") != std::string_view::npos;
}

}  // namespace countersign::importing
