// Conditions of other tools (Jinja, Handlebars, Mako): those whose meaning is certain become ours,
// and all others stand in double braces, so that the template is wrong there until somebody
// decides.
#include <algorithm>

#include "import/importer.h"

namespace countersign::importing {

static bool TakeWord(std::string_view* text, std::string_view word) {
  if (!text->starts_with(word)) return false;
  bool ends = text->size() == word.size() ||
              !(IsLetter((*text)[word.size()]) || IsDigit((*text)[word.size()]) ||
                (*text)[word.size()] == '_');
  if (ends) *text = Trim(text->substr(word.size()));
  return ends;
}

// "if x", "elif x", "else", "endif" and everything else that a tool may be told.
Importer::Control Importer::ReadControl(std::string_view words) {
  using Kind = Control::Kind;
  Control control;
  words = Trim(words);
  if (words.ends_with(':')) words = Trim(words.substr(0, words.size() - 1));
  if (TakeWord(&words, "if")) {
    control.kind = Kind::kIf;
  } else if (TakeWord(&words, "unless")) {
    control.kind = Kind::kIf;
    control.negated = true;
  } else if (TakeWord(&words, "elif") || TakeWord(&words, "elsif")) {
    control.kind = Kind::kElif;
  } else if (TakeWord(&words, "else")) {
    control.kind = words.empty()            ? Kind::kElse
                   : TakeWord(&words, "if") ? Kind::kElif
                                            : Kind::kOther;
  } else if (TakeWord(&words, "endif") || TakeWord(&words, "endunless")) {
    control.kind = words.empty() ? Kind::kEnd : Kind::kOther;
  } else {
    control.kind = Kind::kOther;
  }
  control.condition = String(words);
  return control;
}

// "{% if x %}", with the signs that Jinja and its kin allow behind "{%" and in front of "%}".
Importer::Control Importer::JinjaControl(std::string_view text) {
  size_t end = text.starts_with("{%") ? text.substr(0, kMaxPlaceholder).find("%}", 2)
                                      : std::string_view::npos;
  if (end == std::string_view::npos) return {};
  std::string_view inside = text.substr(2, end - 2);
  bool paragraph = inside.size() > 2 && inside[1] == ' ' &&  // {%p if x %} of documents
                   std::string_view("ptr").find(inside[0]) != std::string_view::npos;
  if (paragraph || inside.starts_with('-') || inside.starts_with('+')) inside.remove_prefix(1);
  if (inside.ends_with('-') || inside.ends_with('+')) inside.remove_suffix(1);
  Control control = ReadControl(inside);
  control.length = end + 2;
  return control;
}

// "{{#if x}}", "{{else}}", "{{/if}}", "{{#unless x}}"; none for a name alone.
Importer::Control Importer::HandlebarsControl(std::string_view text) {
  using Kind = Control::Kind;
  size_t end = text.starts_with("{{") ? text.substr(0, kMaxPlaceholder).find("}}", 2)
                                      : std::string_view::npos;
  if (end == std::string_view::npos) return {};
  std::string_view inside = Trim(text.substr(2, end - 2));
  while (inside.starts_with('~')) inside = Trim(inside.substr(1));
  while (inside.ends_with('~')) inside = Trim(inside.substr(0, inside.size() - 1));
  Control control;
  if (inside == "/if" || inside == "/unless") {
    control.kind = Kind::kEnd;
  } else if (inside == "else" || inside == "^") {
    control.kind = Kind::kElse;
  } else if (inside.starts_with("else if ")) {
    control = ReadControl(inside);
  } else if (inside.starts_with("#if ") || inside.starts_with("#unless ")) {
    control = ReadControl(inside.substr(1));
  }
  control.length = end + 2;
  return control;
}

// A line that is nothing but a condition, also Mako's "% if x:".
Importer::Control Importer::ControlLine(std::string_view line) {
  using Kind = Control::Kind;
  line = Trim(line);
  Control control = line.starts_with("{%") ? JinjaControl(line) : HandlebarsControl(line);
  if (control.kind != Kind::kNone) return control.length == line.size() ? control : Control();
  if (!line.starts_with('%') || line.starts_with("%%") || line.size() > kMaxPlaceholder) return {};
  std::string_view words = Trim(line.substr(1));
  control = ReadControl(words);
  control.length = line.size();
  bool opens = words.ends_with(':') && control.kind != Kind::kEnd;
  if (control.kind == Kind::kOther) {
    std::string_view first = words.substr(0, words.find(' '));
    bool loop = opens && (first == "for" || first == "while");
    if (!loop && first != "endfor" && first != "endwhile") return {};
  } else if (!opens && control.kind != Kind::kEnd) {
    return {};
  }
  return control;
}

// A name that conditions only ask: what is printed, too, is more than yes or no.
bool Importer::IsFieldOfCondition(std::string_view name) const {
  return IsName(name) && name.find_first_of(" '-/") == std::string_view::npos &&
         !printed_.contains(LowerText(name)) && name != "true" && name != "false";
}

// Names with and, or, not between them in our words; "" where it asks for anything else.
String Importer::Condition(const Control& control, size_t line) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"and", " && "}, {"or", " || "}, {"not", "!"}, {"&&", " && "}, {"||", " || "}};
  Vector<std::pair<String, bool>> parts;  // and whether it is a name
  std::string_view text = Trim(control.condition);
  bool value = false;  // a name stands in front
  while (!text.empty()) {
    if (text[0] == '!' && !value) {
      parts.emplace_back("!", false);
      text = Trim(text.substr(1));
      continue;
    }
    size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text = Trim(text.substr(end));
    auto known = std::find_if(std::begin(kWords), std::end(kWords),
                              [&](const auto& pair) { return pair.first == word; });
    bool is_not = word == "not";
    if (known != std::end(kWords)) {
      if (is_not == value) return {};
      parts.emplace_back(String(known->second), false);
      value = false;
      continue;
    }
    if (value || !IsFieldOfCondition(word) || parts.size() > 8) return {};
    parts.emplace_back(String(word), true);
    value = true;
  }
  if (!value) return {};
  String condition;
  for (const auto& [part, name] : parts) {
    if (!name) {
      condition += part;
      continue;
    }
    auto it = conditions_.find(LowerText(part));
    if (it == conditions_.end()) {
      String words = part;
      std::replace(words.begin(), words.end(), '_', ' ');
      Field* field = NewField(words);
      if (field == nullptr) return {};
      field->type = "bool";
      Note(line, "condition", "'" + part + "' became the field " + field->id + ", yes or no");
      it = conditions_.emplace(LowerText(part), field->id).first;
    }
    condition += it->second;
  }
  if (!control.negated) return condition;
  return parts.size() == 1 ? "!" + condition : "!(" + condition + ")";
}

// Whether a line stands alone, and not between the items of a list.
bool Importer::BeginsApart(size_t line) const {
  auto numbered = [&](size_t i) {
    auto marker = MarkerOf(lines_[i].text);
    return marker && marker->kind != '-';
  };
  size_t above = line, below = line + 1;
  while (above > 0 && Trim(lines_[above - 1].text).empty()) --above;
  while (below < lines_.size() && Trim(lines_[below].text).empty()) ++below;
  bool begins = above == 0 || above < line || lines_[line - 1].text.starts_with(kContainerSign) ||
                HeadingLevel(lines_[line - 1].text) != 0 ||
                ControlLine(lines_[line - 1].text).kind != Control::Kind::kNone;
  bool between = above > 0 && below < lines_.size() && numbered(above - 1) && numbered(below) &&
                 MarkerOf(lines_[below].text)->value != 1;
  return begins && !between && !lines_[line].text.starts_with(' ');
}

// Conditions of whole paragraphs: where every line of one is its own and nothing else is told
// between them, a group of ours.
void Importer::FindConditions() {
  using Kind = Control::Kind;
  struct Opened {
    Vector<size_t> lines;
    bool certain = true;
  };
  Vector<Opened> opened;
  Vector<Vector<size_t>> found;
  for (size_t i = 0; i < lines_.size(); ++i) {
    Control control = ControlLine(lines_[i].text);
    if (control.kind == Kind::kNone || control.kind == Kind::kOther) continue;
    if (control.kind == Kind::kIf) {
      opened.push_back({{i}, BeginsApart(i)});
      continue;
    }
    if (opened.empty()) continue;
    Opened& here = opened.back();
    here.lines.push_back(i);
    if (control.kind != Kind::kEnd) continue;
    if (here.certain && opened.size() <= 8) found.push_back(std::move(here.lines));
    opened.pop_back();
  }
  for (const Vector<size_t>& lines : found) {
    Vector<String> conditions;
    bool certain = true;
    for (size_t line : lines) {
      Control control = ControlLine(lines_[line].text);
      bool asks = control.kind == Kind::kIf || control.kind == Kind::kElif;
      conditions.push_back(asks ? Condition(control, line) : String());
      certain = certain && (!asks || !conditions.back().empty());
    }
    if (!certain) continue;
    for (size_t k = 0; k < lines.size(); ++k) {
      String& text = lines_[lines[k]].text;
      Kind kind = ControlLine(text).kind;
      Note(lines[k], "condition", "'" + text + "' became a condition of what stands below");
      String when = "when=\"" + conditions[k] + "\"";
      text = kind == Kind::kEnd    ? ":::"
             : kind == Kind::kElse ? "::: group {else}"
             : kind == Kind::kElif ? "::: group {else " + when + "}"
                                   : "::: group {" + when + "}";
      text = String(1, kContainerSign) + text;
    }
  }
}

// "[These words]{with_support}", as Legal Markdown writes words that stand or do not; the first
// bracket closes at `end`.
size_t Importer::TakeConditional(std::string_view rest, size_t end, String* out) {
  std::string_view behind = rest.substr(end + 1);
  size_t close = behind.starts_with('{') ? behind.substr(0, 80).find('}') : std::string_view::npos;
  if (close == std::string_view::npos) return 0;
  Control control{.kind = Control::Kind::kIf, .condition = String(behind.substr(1, close - 1))};
  String condition = Condition(control, at_);
  if (condition.empty()) return 0;
  size_t length = end + close + 2;
  Note(at_, "condition",
       "'" + String(rest.substr(0, length)) + "' became words that stand where it says so");
  *out += "{{#if " + condition + "}}" + InlineWithin(rest.substr(1, end - 1)) + "{{/if}}";
  return length;
}

// A condition within a text, in our words; else as what has to be decided on.
size_t Importer::TakeControl(const Control& control, std::string_view rest, String* out) {
  using Kind = Control::Kind;
  String words(rest.substr(0, control.length)), ours;
  if (control.kind == Kind::kIf || control.kind == Kind::kElif) {
    String condition = Condition(control, at_);
    if (!condition.empty())
      ours = (control.kind == Kind::kIf ? "{{#if " : "{{#elif ") + condition + "}}";
  } else {
    ours = control.kind == Kind::kElse ? "{{#else}}" : "{{/if}}";
  }
  if (ours.empty()) return 0;
  Note(at_, "condition", "'" + words + "' became " + ours);
  *out += ours;
  return control.length;
}

// "if x", "end", "range .items": words to a tool, rather than the name of something.
bool Importer::IsTold(std::string_view words) {
  std::string_view first = words.substr(0, words.find(' '));
  bool alone = first.size() == words.size();
  for (std::string_view word : {"else", "end", "endif", "endfor", "endwith", "endunless"}) {
    if (words == word) return true;
  }
  for (std::string_view word : {"if", "elif", "else", "unless", "for", "each", "range", "while",
                                "set", "include", "block", "extends", "end", "case", "when"}) {
    if (!alone && first == word) return true;
  }
  return false;
}

// What another tool is told, in braces that make a tag of it which is none of ours: the template is
// refused there.
size_t Importer::TakeForeign(std::string_view words, std::string_view before,
                             std::string_view behind, String* out) {
  NoteUndecided(words, "is for another tool, and the template is wrong there until then");
  *out += String(before) + String(words) + String(behind);
  return words.size();
}

// "{% if x %}", "{# a remark #}", "{{#if x}}", "{{! a remark }}": what is told with braces, and no
// name.
size_t Importer::TakeTold(std::string_view rest, String* out) {
  if (rest.starts_with("{%")) {
    Control control = JinjaControl(rest);
    if (control.length == 0) return 0;
    size_t taken = control.kind == Control::Kind::kOther ? 0 : TakeControl(control, rest, out);
    return taken != 0 ? taken : TakeForeign(rest.substr(0, control.length), "{", "}", out);
  }
  bool jinja = rest.starts_with("{# ");
  bool long_remark = rest.starts_with("{{!--");
  if (jinja || rest.starts_with("{{!")) {
    std::string_view closing = jinja ? "#}" : long_remark ? "--}}" : "}}";
    size_t begin = jinja ? 2 : long_remark ? 5 : 3;
    size_t end = rest.substr(0, kMaxRemark).find(closing, begin);
    if (end == std::string_view::npos) return 0;
    String words(Trim(rest.substr(begin, end - begin)));
    std::replace(words.begin(), words.end(), kBreakSign, ' ');
    bool fits = words.find("{{") == String::npos && words.find("}}") == String::npos;
    Note(at_, "comment",
         fits ? "'" + words + "' is a comment and stays one" : "Left out: " + words);
    if (fits) *out += "{{! " + words + " }}";
    return end + closing.size();
  }
  if (!rest.starts_with("{{") || rest.starts_with("{{{")) return 0;
  Control control = HandlebarsControl(rest);
  return control.kind == Control::Kind::kNone || control.kind == Control::Kind::kOther
             ? 0
             : TakeControl(control, rest, out);
}

// "{{ start | date }}": a name in a form that both know.
size_t Importer::TakeFormatted(std::string_view text, size_t i, size_t length,
                               std::string_view content, String* out) {
  size_t bar = content.find('|');
  if (bar == std::string_view::npos) return 0;
  std::string_view name = Trim(content.substr(0, bar)), format = Trim(content.substr(bar + 1));
  if (!IsName(name) || (format != "date" && format != "upper")) return 0;
  size_t before = out->size();
  TakePlace(text, i, length, name, out, Spelling::kVariable);
  Field* field = SharedField(name, {}, Spelling::kVariable);
  if (field == nullptr) return length;
  if (format == "date" && field->options.empty()) field->type = "date";
  out->resize(before);
  *out += format == "date" ? Print(*field) : "{{= " + field->id + " | upper }}";
  return length;
}

}  // namespace countersign::importing
