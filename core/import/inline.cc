// Words within a block: blanks in every spelling, boxes, signs, and what would be a tag of ours.
#include <algorithm>

#include "compile/markdown.h"
#include "import/importer.h"

namespace countersign::importing {

constexpr std::string_view kOpensQuote = "\xC2\xAB", kClosesQuote = "\xC2\xBB";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

static bool IsBox(std::string_view text) {
  return text.starts_with("\xE2\x98\x90") || text.starts_with("\xE2\x98\x91") ||
         text.starts_with("\xE2\x98\x92");
}

String Importer::EscapeBraces(std::string_view text) {
  String out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && (i == 0 || text[i - 1] != '\\') &&
        (text.substr(i).starts_with("{{") || compile::BeginsAttributes(text.substr(i + 1)))) {
      out += '\\';
      if (text.substr(i).starts_with("{{")) out += text[i++];
    }
    out += text[i];
  }
  return out;
}

// Placeholders to fields; what would be a tag or attributes of ours is escaped.
String Importer::Inline(std::string_view text) {
  String out;
  for (size_t i = 0; i < text.size();) {
    char c = text[i];
    std::string_view rest = text.substr(i);
    size_t taken = 0;
    if (c == kLabelSign) taken = TakeLabel(rest, &out);
    if (c == '_' || c == '\\' || c == '.' || c == kEllipsis[0]) taken = TakeBlank(text, i, &out);
    if (taken == 0 && c == '\\') taken = TakeEscape(text, i, &out);
    if (c == '{' || c == '$') taken = TakeBraces(text, i, &out);
    if (c == '[') taken = TakeBrackets(text, i, &out);
    if (c == '`') taken = TakeCode(text, i, &out);
    if (c == '<') taken = TakeAngles(text, i, &out);
    if (rest.starts_with("%%")) {
      size_t end = rest.substr(0, kMaxPlaceholder).find("%%", 2);
      if (end != std::string_view::npos && IsName(rest.substr(2, end - 2)))
        taken = TakePlace(text, i, end + 2, rest.substr(2, end - 2), &out, Spelling::kVariable);
    }
    if (c == '*') taken = TakeStar(text, i, &out);
    if (rest.starts_with("~~")) taken = TakeStruck(rest, &out);
    if (c == '^' || (c == '~' && taken == 0)) taken = TakeRaised(text, i, &out);
    if ((rest.starts_with("( ) ") || rest.starts_with("(x) ") || rest.starts_with("(X) ")) &&
        text.find("( ) ") != std::string_view::npos)
      Note(at_, "box",
           "'" + String(rest.substr(0, 3)) +
               "' is a box to tick and stays as it is: {{check: \u2026}} is one that is ticked");
    if (IsBox(rest))
      Note(at_, "box", "A box to tick stays as it is: {{check: …}} is one that is ticked");
    if (rest.starts_with(kOpensQuote)) taken = TakeQuotes(text, i, &out);
    if (taken == 0) out += c;
    i += std::max<size_t>(taken, 1);
  }
  return out;
}

// A text that is part of another one: what is filled in there is not all that its line says.
String Importer::InlineWithin(std::string_view text) {
  ++within_;
  String out = Inline(text);
  --within_;
  return out;
}

// Each Take… reads what begins at text[i], appends what became of it and returns its length; 0
// where it is only a character.

// A label in the middle of a text.
size_t Importer::TakeLabel(std::string_view rest, String* out) {
  size_t end = rest.find(kLabelSign, 1);
  if (end == std::string_view::npos) {
    Note(at_, "label", "A label that does not end was taken away");
    return 1;
  }
  String label = LabelAt(rest.substr(1, end - 1));
  if (!label.empty()) {
    Note(at_, "label", "'" + label + "' became text");
    *out += "(" + label + ")";
  }
  return end + 1;
}

// A field in place of `length` bytes at i.
size_t Importer::TakePlace(std::string_view text, size_t i, size_t length, std::string_view content,
                           String* out, Spelling spelling) {
  bool alone = within_ == 0 && text.substr(i, length) == Trim(text) &&
               (spelling == Spelling::kVariable || StandsApart(text) || !LabelAbove().empty());
  *out += Placeholder(content, *out, alone, spelling);
  return length;
}

static size_t UnderscoresAt(std::string_view text, size_t from, size_t* signs) {
  size_t at = from;
  for (*signs = 0; at < text.size(); ++*signs) {
    bool escaped = text.substr(at).starts_with("\\_");
    if (!escaped && text[at] != '_') break;
    at += escaped ? 2 : 1;
  }
  return at;
}

// "___/___/_____", "__ . __ . ____": the bytes of a date to fill in, part by part; else 0.
size_t Importer::DateBlankLength(std::string_view text) {
  size_t at = 0, all = 0;
  char sign = 0;
  for (int part = 0; part < 3; ++part) {
    size_t signs = 0;
    if (part == 2 && (text.substr(at).starts_with("20") || text.substr(at).starts_with("19"))) {
      at += 2;  // "__/__/20__"
      all += 2;
    }
    at = UnderscoresAt(text, at, &signs);
    all += signs;
    if (signs == 0 || signs > 12) return 0;
    if (part == 2) break;
    while (at < text.size() && text[at] == ' ') ++at;
    if (at >= text.size() || std::string_view("/.-").find(text[at]) == std::string_view::npos ||
        (part == 1 && text[at] != sign))
      return 0;
    sign = text[at++];
    while (at < text.size() && text[at] == ' ') ++at;
  }
  return all > 4 ? at : 0;
}

// "________, 20__": the bytes of a day to fill in whose century is printed; else 0.
size_t Importer::YearBlankLength(std::string_view text) {
  size_t signs = 0, at = UnderscoresAt(text, 0, &signs);
  if (signs < 3) return 0;
  if (text.substr(at).starts_with(',')) ++at;
  while (at < text.size() && text[at] == ' ') ++at;
  if (!text.substr(at).starts_with("20") && !text.substr(at).starts_with("19")) return 0;
  at = UnderscoresAt(text, at + 2, &signs);
  return signs > 1 && signs < 5 ? at : 0;
}

// Lines and dots to write on. Three underscores may be emphasis, two are a blank only apart.
size_t Importer::TakeBlank(std::string_view text, size_t i, String* out) {
  std::string_view rest = text.substr(i);
  if (rest[0] == '.' || rest[0] == kEllipsis[0]) {
    size_t end = 0, dots = 0;
    for (;; ++dots) {
      bool three = rest.substr(end).starts_with(kEllipsis);
      if (!three && (end >= rest.size() || rest[end] != '.')) break;
      dots += three ? 2 : 0;
      end += three ? kEllipsis.size() : 1;
    }
    // "Definitions ........ 3" is a line of contents.
    std::string_view behind = Trim(rest.substr(end));
    bool page = !behind.empty() && std::all_of(behind.begin(), behind.end(), IsDigit);
    if (dots > 4 && !page) return TakePlace(text, i, end, "....", out);
    *out += rest.substr(0, end);
    return end;
  }
  if (size_t length = DateBlankLength(rest); length != 0)
    return TakePlace(text, i, length, rest.substr(0, length), out);
  // "this ___ day of ______, 20__" has a month there.
  if (size_t length = out->ends_with("day of ") ? 0 : YearBlankLength(rest); length != 0)
    return TakePlace(text, i, length, rest.substr(0, length), out);
  size_t signs = 0;
  size_t end = UnderscoresAt(rest, 0, &signs);
  // "20__": the rest of a year.
  auto digit = [&](size_t back) { return i >= back && IsDigit(text[i - back]); };
  bool year = signs > 1 && signs < 5 && digit(1) && digit(2) && !digit(3) &&
              (text[i - 2] == '2' || text[i - 2] == '1') &&
              !(end < rest.size() && (IsLetter(rest[end]) || IsDigit(rest[end])));
  if (Field* field = year ? NewField("Year") : nullptr; field != nullptr) {
    field->name = "Year, its last digits";
    Note(at_, "placeholder",
         "'" + String(text.substr(i - 2, end + 2)) + "' became the field " + field->id);
    *out += Print(*field);
    return end;
  }
  auto is_word = [](char c) {
    return IsLetter(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("\"'*[({").find(c) != std::string_view::npos;
  };
  bool escaped = rest[0] == '\\';
  bool opens = end < rest.size() && is_word(rest[end]);
  bool closes = i > 0 && is_word(text[i - 1]) && text[i - 1] != '(';
  if (signs == 3 && !escaped) {
    if (opens && rest.find("___", end) != std::string_view::npos) return 0;
    if (closes && out->find("___") != String::npos) return 0;
  }
  bool apart =
      !opens && !closes && !escaped && (i == 0 || text[i - 1] == ' ') &&
      (end == rest.size() || std::string_view(" %,;").find(rest[end]) != std::string_view::npos);
  if (signs < 2 || (signs == 2 && !apart)) {
    // Not the second half of it, when the next character is looked at.
    if (signs == 0 || escaped) return 0;
    *out += rest.substr(0, end);
    return end;
  }
  return TakePlace(text, i, end, String(std::min<size_t>(signs, 8), '_'), out);
}

// "\[Name\]" and "\<Name\>", as pandoc writes them; any other sign stays behind its backslash.
size_t Importer::TakeEscape(std::string_view text, size_t i, String* out) {
  std::string_view rest = text.substr(i);
  if (rest.size() < 2) return 0;
  if (rest[1] == '[' || rest[1] == '<') {
    size_t end = rest.substr(0, kMaxPlaceholder).find(rest[1] == '[' ? "\\]" : "\\>");
    std::string_view content =
        end == std::string_view::npos ? std::string_view() : Trim(rest.substr(2, end - 2));
    bool place = rest[1] == '[' ? IsPlace(content) : IsName(content);
    if (rest[1] == '[' && end != std::string_view::npos)
      place = place || IsProposedNumber(content, *out, rest.substr(end + 2));
    if (place && content.find('[') == std::string_view::npos && !IsRemark(content))
      return TakePlace(text, i, end + 2, content, out);
  }
  *out += rest.substr(0, 2);
  return 2;
}

// {{ name }}, {{{name}}}, {name} and ${name}; and what a tool is told in braces.
size_t Importer::TakeBraces(std::string_view text, size_t i, String* out) {
  std::string_view rest = text.substr(i);
  bool dollar = rest[0] == '$';
  if (dollar && (!rest.starts_with("${") || rest.starts_with("${{"))) return 0;
  if (size_t taken = dollar ? 0 : TakeTold(rest, out); taken != 0) return taken;
  size_t open = 0;
  while (open < 3 && rest.substr(dollar ? 1 : 0).substr(open).starts_with('{')) ++open;
  size_t begin = open + (dollar ? 1 : 0);
  std::string_view closing = std::string_view("}}}").substr(0, open);
  size_t end = rest.substr(0, kMaxPlaceholder).find(closing, begin);
  const String unescaped =
      end == std::string_view::npos ? String() : Unescaped(rest.substr(begin, end - begin));
  std::string_view content = Trim(unescaped);
  if (dollar) {
    bool words = std::any_of(content.begin(), content.end(), IsLetter);
    if (words && !IsName(content)) return TakeForeign(rest.substr(0, end + 1), "{{", "}}", out);
    if (!dollar_braces_) return 0;
  }
  bool ours = open == 1 && compile::BeginsAttributes(rest.substr(begin));
  bool told = open == 2 && IsTold(content);
  if (IsName(content) && !ours && !told)
    return TakePlace(text, i, end + open, content, out, Spelling::kVariable);
  if (open < 2 && !ours) {
    if (rest.starts_with("{%")) NoteUndecided(rest.substr(0, 20), "does not end");
    return 0;
  }
  if (open == 2 && !content.empty()) {
    if (size_t taken = TakeFormatted(text, i, end + open, content, out); taken != 0) return taken;
    return TakeForeign(rest.substr(0, end + open), "", "", out);
  }
  Note(at_, "brace", "Braces were escaped");
  *out += open < 2 ? "\\{" : "\\{{";
  return open < 2 ? 1 : 2;
}

// A piece of code, as it is; a tag of ours would be none in it, so that such a piece is code no
// more.
size_t Importer::TakeCode(std::string_view text, size_t i, String* out) {
  size_t ticks = std::min(text.find_first_not_of('`', i), text.size()) - i;
  size_t end = std::string_view::npos;
  for (size_t at = text.find('`', i + ticks); at < text.size() && at - i < kMaxCode;) {
    size_t run = std::min(text.find_first_not_of('`', at), text.size()) - at;
    if (run == ticks) {
      end = at;
      break;
    }
    at = text.find('`', at + run);
  }
  if (end == std::string_view::npos) {
    *out += text.substr(i, ticks);
    return ticks;
  }
  std::string_view code = text.substr(i + ticks, end - i - ticks);
  if (code.find("{{") == std::string_view::npos &&
      code.find(kLabelSign) == std::string_view::npos) {
    *out += text.substr(i, end + ticks - i);
    return end + ticks - i;
  }
  Note(at_, "code", "The signs of code around '" + String(code) + "' were taken away");
  *out += code == Trim(text) ? Inline(code) : InlineWithin(code);
  return end + ticks - i;
}

// "2*3*4", "a*b*c": signs, of which emphasis would take two away.
size_t Importer::TakeStar(std::string_view text, size_t i, String* out) {
  auto part = [&](size_t at) {
    return at < text.size() && (IsLetter(text[at]) || IsDigit(text[at]) || text[at] == '*');
  };
  if (i == 0 || !part(i - 1) || !part(i + 1) || text[i - 1] == '*' || text[i + 1] == '*') return 0;
  bool digits = IsDigit(text[i - 1]) && IsDigit(text[i + 1]);
  size_t begin = i, end = i + 1;  // of the signs and words around
  while (begin > 0 && i - begin < 64 && part(begin - 1)) --begin;
  while (end - i < 64 && part(end)) ++end;
  // One letter, one sign, one letter: a product of names.
  bool names = (end - begin) % 2 == 1;
  for (size_t k = begin; k < end; ++k) names = names && (text[k] == '*') == ((k - begin) % 2 == 1);
  if (!digits && !names) return 0;
  Note(at_, "star", "'" + String(text.substr(begin, end - begin)) + "' keeps its signs");
  *out += "\\*";
  return 1;
}

// <Name>, <<Name>>; any other words in such signs are escaped.
size_t Importer::TakeAngles(std::string_view text, size_t i, String* out) {
  std::string_view rest = text.substr(i);
  bool apart = out->empty() || !(IsLetter(out->back()) || IsDigit(out->back()));
  if (rest.starts_with("<<")) {
    size_t end = rest.substr(0, kMaxPlaceholder).find(">>");
    std::string_view inside =
        end == std::string_view::npos ? std::string_view() : Trim(rest.substr(2, end - 2));
    std::string_view bare = inside;
    if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
    if (IsName(bare)) return TakePlace(text, i, end + 2, bare, out, Spelling::kVariable);
  }
  if (rest.starts_with("<%")) {
    size_t begin = rest.starts_with("<%=") ? 3 : 2;
    size_t end = rest.substr(0, kMaxPlaceholder).find("%>");
    std::string_view inside = end == std::string_view::npos || end < begin
                                  ? std::string_view()
                                  : Trim(rest.substr(begin, end - begin));
    if (IsName(inside) && !IsTold(inside))
      return TakePlace(text, i, end + 2, inside, out, Spelling::kVariable);
    if (!inside.empty()) return TakeForeign(rest.substr(0, end + 2), "{{", "}}", out);
  }
  size_t end = rest.substr(0, kMaxPlaceholder).find('>');
  std::string_view content =
      end == std::string_view::npos ? std::string_view() : rest.substr(1, end - 1);
  if (IsWords(content) && apart && (IsName(content) || IsInstruction(content)))
    return TakePlace(text, i, end + 1, content, out);
  if (!IsWords(content) && !(content.starts_with('/') && IsWords(content.substr(1)))) return 0;
  Note(at_, "angle", "'<" + String(content) + ">' is no HTML and was escaped");
  *out += "\\<";
  return 1;
}

// "~~struck out~~": words that stand, or do not.
size_t Importer::TakeStruck(std::string_view rest, String* out) {
  size_t end = rest.substr(0, kMaxRemark).find("~~", 2);
  if (end == std::string_view::npos || end == 2) return 0;
  return TakeForeign(rest.substr(0, end + 2), "{{", "}}", out);
}

// "m^2^", "H~2~O": digits above or below the line.
size_t Importer::TakeRaised(std::string_view text, size_t i, String* out) {
  size_t end = text.substr(0, i + 6).find(text[i], i + 1);
  if (i == 0 || end == std::string_view::npos || end == i + 1) return 0;
  std::string_view digits = text.substr(i + 1, end - i - 1);
  bool word = IsLetter(text[i - 1]) || IsDigit(text[i - 1]) || text[i - 1] == ')';
  if (!word || !std::all_of(digits.begin(), digits.end(), IsDigit)) return 0;
  String raised = Raised(digits, text[i] == '^');
  Note(at_, "tag", "'" + String(text.substr(i, end + 1 - i)) + "' became '" + raised + "'");
  *out += raised;
  return end + 1 - i;
}

// French quotes around a name that nobody would write: «Company_Name», «ClientName». Around a word
// they are quotes, or a field of a mail merge.
size_t Importer::TakeQuotes(std::string_view text, size_t i, String* out) {
  std::string_view rest = text.substr(i);
  size_t end = rest.substr(0, kMaxPlaceholder).find(kClosesQuote);
  if (end == std::string_view::npos) return 0;
  std::string_view content = rest.substr(2, end - 2);
  if (!IsName(content)) return 0;
  bool made_up = content.find('_') != std::string_view::npos;
  for (size_t k = 1; k < content.size(); ++k) {
    bool small = content[k - 1] >= 'a' && content[k - 1] <= 'z';
    made_up = made_up || (small && content[k] >= 'A' && content[k] <= 'Z');
  }
  made_up = made_up && content.find(' ') == std::string_view::npos;
  if (made_up) return TakePlace(text, i, end + 2, content, out, Spelling::kVariable);
  if (mail_merge_ && content.find(' ') == std::string_view::npos)
    return TakeForeign(rest.substr(0, end + 2), "{{", "}}", out);
  Note(at_, "blank-maybe",
       "'" + String(rest.substr(0, end + 2)) + "' may be a blank, and stays as it is");
  return 0;
}

// Whether ${name} is a blank of its own: braces alone are none here, and not every name is one of
// an amount, of which the dollar would be the currency.
void Importer::FindBraces() {
  bool plain = false, other = false;
  for (const Line& line : lines_) {
    std::string_view text = line.text;
    legal_markdown_ = legal_markdown_ || text.starts_with("ll. ");
    for (size_t i = text.find(kOpensQuote); i != std::string_view::npos && !mail_merge_;
         i = text.find(kOpensQuote, i + 2)) {
      size_t end = text.substr(i, kMaxPlaceholder).find(kClosesQuote);
      std::string_view name = end == std::string_view::npos ? "" : text.substr(i + 2, end - 2);
      mail_merge_ = IsName(name) && name.find('_') != std::string_view::npos;
    }
    for (size_t i = text.find('{'); i != std::string_view::npos; i = text.find('{', i + 1)) {
      size_t end = text.substr(i, kMaxPlaceholder).find('}');
      if (end == std::string_view::npos) continue;
      std::string_view inside = text.substr(i + 1, end - 1);
      while (inside.starts_with('{')) inside.remove_prefix(1);
      const String unescaped = Unescaped(inside.substr(0, inside.find('|')));
      String name = LowerText(Trim(unescaped));
      if (!IsName(Trim(unescaped))) continue;
      if (i > 0 && text[i - 1] == ']') continue;  // a condition of Legal Markdown
      printed_.insert(name);
      if (text.substr(i + 1).starts_with('{')) continue;
      // Nobody writes "$ { rent }": a space within says that it is a tool's.
      bool dollar = i > 0 && text[i - 1] == '$', spaced = dollar && text[i + 1] == ' ';
      bool money = false;
      for (std::string_view word : {"amount", "price", "fee", "cost", "total", "sum", "rent",
                                    "salary", "deposit", "rate", "value", "cap", "payment"}) {
        money = money || name.find(word) != String::npos;
      }
      plain = plain || (!dollar && (i == 0 || text[i - 1] != '{'));
      other = other || (dollar && (!money || spaced));
    }
  }
  dollar_braces_ = other && !plain;
}

}  // namespace countersign::importing
