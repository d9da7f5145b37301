// HTML in the text, and words.
#include <algorithm>

#include "compile/html_tag.h"
#include "import/importer.h"

namespace countersign::importing {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

String LowerText(std::string_view text) {
  String lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

// A letter of Latin scripts without its marks: "é" -> "e"; "" where it has none.
static std::string_view Unmarked(std::string_view letter) {
  constexpr std::string_view kLetters =  // from U+00C0 on
      "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTsaaaaaaaceeeeiiiidnooooo ouuuuyty"
      "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
      "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
  if (letter.size() < 2) return {};
  auto first = static_cast<unsigned char>(letter[0]),
       second = static_cast<unsigned char>(letter[1]);
  if (first < 0xC3 || first > 0xC5) return {};
  if (letter.starts_with("\xC3\x9F")) return "ss";
  std::string_view plain = kLetters.substr((first - 0xC3U) * 64 + (second & 0x3FU), 1);
  return plain == " " ? std::string_view() : plain;
}

String Identifier(std::string_view name) {
  String id;
  bool start = true;
  // "NAME OF SIGNATORY" has words, too.
  bool capitals =
      std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  for (size_t i = 0; i < name.size() && id.size() < 48; ++i) {
    char c = name[i];
    std::string_view plain = name.substr(i, 1);
    if (static_cast<unsigned char>(c) >= 0x80) plain = Unmarked(name.substr(i));
    if (c == '\'' || plain.empty()) continue;
    c = plain[0];
    if (!IsLetter(c) && !IsDigit(c)) {
      start = true;
      continue;
    }
    if (id.empty() && IsDigit(c)) id = "n";
    id += start && !id.empty() ? Upper(c) : id.empty() || start || capitals ? Lower(c) : c;
    id += plain.substr(1);
    start = false;
  }
  // MNDA Term -> mndaTerm
  for (size_t i = 0; i + 1 < id.size() && id[i + 1] >= 'A' && id[i + 1] <= 'Z'; ++i) {
    if (i + 2 < id.size() && id[i + 2] >= 'a' && id[i + 2] <= 'z') break;
    id[i + 1] = Lower(id[i + 1]);
  }
  return id;
}

String Plain(std::string_view text) {
  String plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '\\' || text[i] == '`') continue;
    plain += text[i] == kBreakSign ? ' ' : text[i];
  }
  return String(Trim(plain));
}

String Unescaped(std::string_view name) {
  String plain;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!name.substr(i).starts_with("\\_")) plain += name[i];
  }
  return plain;
}

String Quoted(std::string_view text) {
  String quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' || c == '\t' ? ' ' : c;
  }
  return quoted + "\"";
}

static std::optional<compile::HtmlTag> ReadTag(std::string_view inside) {
  return compile::ReadHtmlTag("<" + String(inside) + ">");
}

// Tags of tables, and of words that somebody struck out or put in, are left to the author.
static bool IsLeft(const compile::HtmlTag& tag) {
  constexpr std::string_view kLeft[] = {"del",   "hr", "ins", "s",     "strike", "table",
                                        "tbody", "td", "th",  "thead", "tr"};
  return std::find(std::begin(kLeft), std::end(kLeft), tag.name) != std::end(kLeft);
}

// Tags of HTML besides those of html_tag.h: they say nothing here, and are left to the diagnostics.
static bool IsOtherTag(std::string_view name) {
  constexpr std::string_view kTags[] = {
      "abbr",       "address", "article", "aside",  "audio",    "base",   "blockquote", "body",
      "button",     "canvas",  "caption", "cite",   "code",     "col",    "colgroup",   "data",
      "dd",         "details", "dfn",     "dl",     "dt",       "embed",  "figure",     "footer",
      "form",       "head",    "header",  "html",   "iframe",   "img",    "input",      "kbd",
      "link",       "main",    "meta",    "nav",    "noscript", "object", "option",     "picture",
      "pre",        "q",       "samp",    "script", "select",   "source", "style",      "summary",
      "svg",        "tfoot",   "time",    "title",  "tt",       "var",    "video",      "wbr",
      "figcaption", "textarea"};
  return std::find(std::begin(kTags), std::end(kTags), name) != std::end(kTags);
}

static bool IsFrame(std::string_view name) {
  constexpr std::string_view kFrames[] = {"article", "aside",  "blockquote", "details",   "figure",
                                          "footer",  "header", "nav",        "figcaption"};
  return std::find(std::begin(kFrames), std::end(kFrames), name) != std::end(kFrames);
}

// "2" in <sup> is a sign of its own; anything else says how it stands.
String Raised(std::string_view text, bool up) {
  if (up && LowerText(text) == "tm") return "\xE2\x84\xA2";
  constexpr std::string_view kSigns = "0123456789+-=()";
  constexpr std::string_view kUp[] = {
      "\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",     "\xE2\x81\xB4",
      "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7", "\xE2\x81\xB8", "\xE2\x81\xB9",
      "\xE2\x81\xBA", "\xE2\x81\xBB", "\xE2\x81\xBC", "\xE2\x81\xBD", "\xE2\x81\xBE"};
  String signs;
  for (char c : text) {
    size_t at = kSigns.find(c);
    if (at == std::string_view::npos) {
      bool one = text.find(' ') == std::string_view::npos;
      return String(up ? "^" : "\\_") + (one ? "" : "(") + text + (one ? "" : ")");
    }
    if (up) {
      signs += kUp[at];
    } else {
      signs += "\xE2\x82";
      signs += static_cast<char>(0x80 + at);
    }
  }
  return signs;
}

String TagName(std::string_view inside) {
  if (inside.starts_with('/')) inside.remove_prefix(1);
  size_t end = 0;
  while (end < inside.size() && (IsLetter(inside[end]) || IsDigit(inside[end]))) ++end;
  return LowerText(inside.substr(0, end));
}

String AttributeOf(std::string_view inside, std::string_view name) {
  String wanted = String(name) + "=\"";
  size_t at = inside.find(wanted);
  if (at == std::string_view::npos) return {};
  at += wanted.size();
  size_t end = inside.find('"', at);
  return end == std::string_view::npos ? String() : String(inside.substr(at, end - at));
}

// --- HTML

void Importer::ConvertHtml() {
  for (const Line& line : lines_) {
    const String& text = line.text;
    for (size_t i = text.find("</"); i != String::npos; i = text.find("</", i + 2)) {
      closed_.insert(TagName(std::string_view(text).substr(i + 1, 20)));
    }
  }
  Vector<String> spellings;
  for (size_t i = 0; i < lines_.size(); ++i) lines_[i].text = ConvertTags(i, &spellings);
  for (const Open& open : open_) {
    bool raised = open.kind == "sup" || open.kind == "sub";
    if (raised) Note(open.line, "tag", "<" + open.kind + "> is never closed and was taken away");
  }
  FlushTerms(spellings);
}

// Whether what stands between < and > are words: <Company Name>, or <Address> where nothing closes
// an element of that name.
bool Importer::IsWords(std::string_view inside) const {
  if (inside.empty() || !IsLetter(inside[0]) || inside.find_first_of("=<:@") != String::npos)
    return false;
  String name = TagName(inside);
  bool html = ReadTag(name) || IsOtherTag(name);
  std::string_view behind = Trim(inside.substr(name.size()));
  if (!behind.empty() && behind != "/") return true;
  return !html || (name.size() > 3 && behind.empty() && !closed_.contains(name));
}

String Importer::ConvertTags(size_t index, Vector<String>* spellings) {
  const String line = std::move(lines_[index].text);
  String out;
  for (Open& open : open_) open.from = 0;
  size_t i = 0;
  while (in_comment_ && i < line.size()) {
    size_t end = line.find("-->", i);
    Note(index, "comment", "Left out: " + line.substr(i, std::min(end, line.size()) - i));
    in_comment_ = end == String::npos;
    i = in_comment_ ? line.size() : end + 3;
  }
  while (i < line.size()) {
    if (line.compare(i, 4, "<!--") == 0) {
      size_t end = line.find("-->", i + 4);
      in_comment_ = end == String::npos;
      size_t stop = in_comment_ ? line.size() : end;
      Note(index, "comment", "Left out: " + line.substr(i + 4, stop - i - 4));
      i = in_comment_ ? line.size() : end + 3;
      continue;
    }
    size_t end = String::npos;
    if (line[i] == '<') end = std::string_view(line).substr(i, kMaxTagLength).find('>');
    if (end != String::npos) end += i;
    std::string_view inside;
    if (end != String::npos) inside = std::string_view(line).substr(i + 1, end - i - 1);
    auto tag = ReadTag(inside);
    // A frame around words, if something closes it: <Aside> alone may be words.
    if (!tag && IsFrame(TagName(inside)) && closed_.contains(TagName(inside)))
      tag = compile::HtmlTag{.name = TagName(inside), .use = compile::HtmlUse::kBlock, .length = 0};
    if (!tag || IsLeft(*tag) || IsWords(inside)) {
      out += line[i++];
      continue;
    }
    i = end + 1;
    // <li>a</li><li>b</li>: two words.
    const bool joins = !out.empty() && out.back() != ' ' && i < line.size() && line[i] != ' ';
    if (tag->use == compile::HtmlUse::kBlock && joins) out += ' ';
    if (inside.starts_with('/')) {
      CloseTag(index, TagName(inside), &out, spellings);
    } else {
      OpenTag(index, inside, &out);
    }
  }
  return out;
}

void Importer::OpenTag(size_t index, std::string_view inside, String* out) {
  String name = TagName(inside);
  String css = AttributeOf(inside, "class");
  if (name == "br") {
    *out += ' ';
    Note(index, "tag", "<br> became a space");
    return;
  }
  // At the beginning of its line it says what the line is.
  bool begins = Trim(*out).empty();
  if (begins && name == "li") {
    auto list = std::find_if(open_.rbegin(), open_.rend(), [](const Open& open) {
      return open.name == "ol" || open.name == "ul";
    });
    *out += list != open_.rend() && list->name == "ol" ? "1. " : "- ";
  }
  if (begins && name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6')
    *out += String(static_cast<size_t>(name[1] - '0'), '#') + " ";
  if (open_.size() >= kMaxTagStack) return;
  Open open{.name = name, .kind = "tag", .from = out->size(), .line = index};
  if (css.ends_with("_link")) open.kind = "term";
  bool bold = name == "b" || name == "strong" || css.starts_with("header");
  // Not inside bold text; who writes lines as long as that has no use for titles.
  if (bold) open.kind = out->size() < 20'000 && CountStars(*out) % 2 == 0 ? "bold" : "tag";
  if (name == "i" || name == "em") open.kind = "em";
  // In a template, emphasis begins at the beginning of a word.
  const bool inside_word = !out->empty() && (IsLetter(out->back()) || IsDigit(out->back()));
  if ((open.kind == "bold" || open.kind == "em") && inside_word) open.kind = "tag";
  if (name == "label" || name == "sup" || name == "sub") open.kind = name;
  if (open.kind == "bold") *out += "**";
  if (open.kind == "em") *out += "*";
  if (open.kind == "tag") {
    String href = AttributeOf(inside, "href");
    Note(index, "tag",
         "<" + String(inside) + "> was taken away" + (href.empty() ? "" : "; it led to " + href));
  }
  if (css.starts_with("header")) Note(index, "title", "A title became bold text");
  open_.push_back(std::move(open));
}

size_t Importer::CountStars(std::string_view text) {
  size_t count = 0;
  for (size_t i = text.find("**"); i != std::string_view::npos; i = text.find("**", i + 2)) ++count;
  return count;
}

void Importer::CloseTag(size_t index, const String& name, String* out, Vector<String>* spellings) {
  size_t k = open_.size();
  while (k > 0 && open_[k - 1].name != name) --k;
  if (k == 0) {
    Note(index, "tag", "</" + name + "> closes nothing and was taken away");
    return;
  }
  Open open = open_[k - 1];
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(k - 1));
  open.from = std::min(open.from, out->size());
  if (open.kind == "bold" || open.kind == "em") {
    String spaces;
    while (out->ends_with(' ')) {
      out->pop_back();
      spaces += ' ';
    }
    *out += (open.kind == "bold" ? "**" : "*") + spaces;
  } else if (open.kind == "sup" || open.kind == "sub") {
    String text(Trim(out->substr(open.from)));
    bool here = open.line == index && !text.empty() && text.find(kLabelSign) == String::npos;
    String raised = here ? text : String();
    // "1st" reads as it is.
    constexpr std::string_view kEndings[] = {"st", "nd", "rd", "th", "e", "er", "re", "me"};
    bool ordinal = open.from > 0 && IsDigit((*out)[open.from - 1]) && name == "sup" &&
                   std::find(std::begin(kEndings), std::end(kEndings), text) != std::end(kEndings);
    if (here && !ordinal) raised = Raised(text, name == "sup");
    if (here) *out = out->substr(0, open.from) + raised;
    Note(open.line, "tag",
         here ? "<" + name + ">" + text + "</" + name + "> became '" + raised + "'"
              : "<" + name + "> was taken away");
  } else if (open.kind == "term") {
    String term = Plain(out->substr(open.from));
    if (term.empty() || term.size() > 120) return;
    bool known = std::find(spellings->begin(), spellings->end(), term) != spellings->end();
    if (!known && spellings->size() >= kMaxFields) return;
    if (!known) spellings->push_back(term);
    term_lines_.emplace_back(index, term);
  } else if (open.kind == "label") {
    String label = Plain(out->substr(open.from));
    out->erase(open.from);
    labels_.push_back(label);
    // Its place is kept by a sign that no text has: see TakeLabel.
    *out += kLabelSign + NumberText(labels_.size() - 1) + kLabelSign;
  }
}

// Quotations are no blocks of contracts: what stands in one is read like anything else.
void Importer::OpenQuotations() {
  for (size_t i = 0; i < lines_.size(); ++i) {
    String& text = lines_[i].text;
    size_t indent = 0;
    while (indent < text.size() && text[indent] == ' ') ++indent;
    size_t at = indent;
    while (at < text.size() && text[at] == '>') at += text.substr(at + 1, 1) == " " ? 2 : 1;
    if (at == indent) continue;
    Note(i, "quote", "The sign of a quotation was taken away");
    text = text.substr(0, indent) + text.substr(at);
  }
}

// Whether a line belongs to the paragraph of the one above.
bool Importer::GoesOn(size_t line) const {
  if (line == 0 || line >= lines_.size()) return false;
  std::string_view text = Trim(lines_[line].text);
  return !text.empty() && !Trim(lines_[line - 1].text).empty() && HeadingLevel(text) == 0 &&
         !MarkerOf(lines_[line].text) && !IsRule(text) && !IsTask(text) && !text.starts_with('|');
}

// "Term" and below it ": what it means", as some tools write definitions: one line.
void Importer::JoinDefinitions() {
  for (size_t i = 1; i < lines_.size(); ++i) {
    std::string_view text = Trim(lines_[i].text);
    if (text.size() < 3 || (text[0] != ':' && text[0] != '~') || text[1] != ' ') continue;
    size_t above = i - 1;
    if (above > 0 && Trim(lines_[above].text).empty()) --above;
    std::string_view term = Trim(lines_[above].text);
    bool alone = above == 0 || Trim(lines_[above - 1].text).empty();
    if (term.empty() || term.size() > 80 || !alone || HeadingLevel(term) != 0 || IsRule(term) ||
        MarkerOf(lines_[above].text) || term.starts_with('|') || term.ends_with(':'))
      continue;
    Note(i, "definition",
         "'" + String(text.substr(0, 1)) + "' in front of what '" + Plain(term) +
             "' means became a colon behind it");
    String joined = lines_[above].text + ": " + String(Trim(text.substr(1)));
    lines_[above].text.clear();
    lines_[i].text = std::move(joined);
  }
}

// A blank, or "Section 2.1", that begins on one line and ends on the next: on one of them.
void Importer::JoinWrapped() {
  for (size_t i = 1; i < lines_.size(); ++i) {
    if (!GoesOn(i)) continue;
    String& above = lines_[i - 1].text;
    String& below = lines_[i].text;
    std::string_view trimmed = Trim(below);
    std::string_view words = Trim(above);
    std::string_view last = words.substr(words.rfind(' ') + 1);  // npos + 1 is 0
    if (last.size() < words.size() && IsDigit(trimmed[0]) &&
        ReferenceWord(String(last) + " 1") != 0) {
      String indent(below.find_first_not_of(' '), ' ');
      String joined = indent + String(last) + " " + String(trimmed);
      above = String(std::string_view(above).substr(0, above.rfind(' ' + String(last))));
      below = std::move(joined);
      continue;
    }
    size_t open = above.size() > kMaxPlaceholder ? above.find('[', above.size() - kMaxPlaceholder)
                                                 : above.find('[');
    while (open != String::npos && above.find('[', open + 1) != String::npos)
      open = above.find('[', open + 1);
    if (open != String::npos && JoinNote(i, open)) continue;
    size_t close = trimmed.substr(0, kMaxPlaceholder).find_first_of("[]");
    bool parted = open != String::npos && above.find(']', open) == String::npos &&
                  close != std::string_view::npos && trimmed[close] == ']';
    if (!parted) continue;
    // "[a]: b" and "[a](b)" keep what follows.
    while (close + 1 < trimmed.size() && trimmed[close + 1] != ' ') ++close;
    // A line that is left empty would part the paragraph.
    if (close + 1 == trimmed.size() && GoesOn(i + 1)) continue;
    std::string_view rest = Trim(trimmed.substr(close + 1));
    String joined = String(Trim(above)) + " " + String(trimmed.substr(0, close + 1));
    above = String(above.find_first_not_of(' '), ' ') + joined;
    below = String(rest.empty() ? 0 : below.find_first_not_of(' '), ' ') + String(rest);
  }
}

String Importer::WithoutPossessive(std::string_view term, bool* possessive) {
  for (std::string_view ending : {"\xE2\x80\x99s", "'s"}) {
    if (!term.ends_with(ending)) continue;
    *possessive = true;
    return String(term.substr(0, term.size() - ending.size()));
  }
  return String(term);
}

// Spellings to terms: "Customer's" and "Subscription Periods" are no terms of their own.
void Importer::FlushTerms(const Vector<String>& spellings) {
  auto known = [&](const String& term) {
    return std::find(spellings.begin(), spellings.end(), term) != spellings.end();
  };
  for (const auto& [line, spelling] : term_lines_) {
    bool possessive = false;
    String term = WithoutPossessive(spelling, &possessive);
    if (term.ends_with('s') && known(term.substr(0, term.size() - 1))) term.pop_back();
    auto it = std::find_if(terms_.begin(), terms_.end(),
                           [&](const TermUse& use) { return use.name == term; });
    if (it == terms_.end()) it = terms_.insert(terms_.end(), {term, line, false});
    it->possessive = it->possessive || possessive;
    Note(line, "term",
         "'" + spelling + "' stays as the name of a term; the cover page says what it is");
  }
}

}  // namespace countersign::importing
