// The order in which an agreement is read, and the template that it becomes.
#include <algorithm>

#include "base/bytes.h"
#include "base/sort.h"
#include "compile/fixes.h"
#include "compile/front_matter.h"
#include "compile/yaml.h"
#include "import/importer.h"

namespace countersign::importing {

Imported Importer::Run() {
  Imported imported;
  if (!ReadLines(&imported)) return imported;
  ConvertHtml();
  OpenQuotations();
  OpenGrids();
  JoinDefinitions();
  JoinWrapped();
  KeepLines();
  FindLinks();
  FindBraces();
  FindConditions();
  FindLanguage();
  FindTextTitle();
  FindShape();
  FindTitle();
  for (at_ = 0; at_ < lines_.size();) ConvertBlock();
  FlushHelp();
  TakeFrontTitle();
  if (differs_ && !keeps_numbers_) return Importer(files_, name_, *std::move(differs_)).Run();
  AddParties();
  Number();
  imported.text = FrontMatter();
  origins_.assign(static_cast<size_t>(std::count(imported.text.begin(), imported.text.end(), '\n')),
                  SIZE_MAX);
  imported.text += Body();
  compile::Fixed fixed = compile::ApplyFixes(imported.text, name_, compile::Library());
  for (const compile::Change& change : fixed.changes) {
    size_t line = change.span.line - 1;  // no fix adds a line or takes one away
    Note(line < origins_.size() ? origins_[line] : SIZE_MAX, "fix",
         String(DiagnosticText(change.code)) + ": '" + change.before + "' became '" + change.after +
             "'");
  }
  imported.text = std::move(fixed.text);
  imported.compilation = std::move(fixed.compilation);
  // In the order of the text, what belongs to no place of it last.
  Sort(&changes_, [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [line, change] : changes_) imported.changes.push_back(std::move(change));
  return imported;
}

// --- lines

bool Importer::ReadLines(Imported* imported) {
  size_t total = 0;
  for (size_t i = 0; i < files_.size(); ++i) {
    std::string_view text = files_[i].text;
    total += text.size() + 1;
    bool large = total > kMaxImportBytes;
    if (large || !IsUtf8(text)) {
      compile::SourceFile file(files_[i].name, files_[i].text);
      compile::DiagnosticSink sink(file);
      sink.Report(
          large ? compile::DiagnosticCode::kTemplateTooLarge : compile::DiagnosticCode::kNotUtf8,
          {0, 1});
      imported->compilation.diagnostics = sink.Take();
      imported->compilation.errors = 1;
      return false;
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    auto number = static_cast<uint32_t>(ReadFrontMatter(i));
    for (uint32_t skip = 0; skip < number; ++skip) {
      text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    }
    while (!text.empty()) {
      size_t end = std::min(text.find_first_of("\r\n"), text.size());
      std::string_view line = text.substr(0, end);
      if (text.substr(end).starts_with("\r\n")) ++end;
      String content;
      for (size_t k = 0; k < line.size(); ++k) {
        char c = line[k];
        if (c == '\t') {
          content += "    ";
        } else if (line.substr(k).starts_with("\xEF\xBC\xBF")) {  // a wide one
          content += '_';
          k += 2;
        } else if (c != kLabelSign && c != kBreakSign && c != kContainerSign) {
          content += c;
        }
      }
      bool breaks = TakeBreak(&content, text.substr(std::min(end + 1, text.size())));
      lines_.push_back({std::move(content), ++number, i, breaks});
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    lines_.push_back({"", number, i});
  }
  return true;
}

// What other tools keep about a text stands in front of it and is no part of it: the title is
// taken, everything else left out and listed. Returns how many lines it has, which stay as empty
// ones.
size_t Importer::ReadFrontMatter(size_t file) {
  compile::SourceFile source(files_[file].name, files_[file].text);
  compile::DiagnosticSink sink(source);
  auto front = compile::FindFrontMatter(&sink);
  if (!front.found) return 0;
  std::string_view text = files_[file].text;
  std::string_view inside = text.substr(front.yaml.begin, front.yaml.end - front.yaml.begin);
  // Two rulers with words between them: a member comes first, no heading, sentence or list.
  std::string_view first = inside.substr(0, inside.find('\n'));
  size_t key = 0;
  while (key < first.size() &&
         (IsLetter(first[key]) || IsDigit(first[key]) || first[key] == '_' || first[key] == '-'))
    ++key;
  std::string_view behind = first.substr(key);
  if (key == 0 || !behind.starts_with(':') || !(Trim(behind.substr(1)).empty() || behind[1] == ' '))
    return 0;
  Vector<size_t> begins;
  String title;
  auto yaml = compile::ReadYaml(front.yaml, &sink);
  if (yaml && yaml->kind == compile::YamlKind::kMap) {
    for (size_t i = 0; i < yaml->items.size(); i += 2) begins.push_back(yaml->items[i].range.begin);
    if (const compile::YamlNode* node = yaml->Find("title"); node != nullptr)
      title = Plain(node->text);
  } else {
    // What is no YAML is left out line by line, if every line could be of a front matter.
    for (size_t at = 0; at < inside.size();) {
      size_t end = std::min(inside.find('\n', at), inside.size());
      std::string_view line = inside.substr(at, end - at);
      bool goes_on = Trim(line).empty() || std::string_view(" \t-#").contains(line[0]);
      if (!goes_on && !line.contains(':')) return 0;
      if (!goes_on) begins.push_back(front.yaml.begin + at);
      if (line.starts_with("title:")) title = Plain(line.substr(6));
      at = end + 1;
    }
  }
  size_t before = lines_.size(), line = before;
  for (size_t at = 0; at < front.body.begin; ++at) {
    if (text[at] != '\n' && at + 1 < front.body.begin) continue;
    lines_.push_back({"", static_cast<uint32_t>(lines_.size() - before + 1), file});
  }
  bool takes = !title.empty() && front_title_.empty();
  if (takes) front_title_ = title;
  begins.push_back(front.yaml.end);
  for (size_t i = 0, at = 0; i + 1 < begins.size(); ++i) {
    for (; at < begins[i]; ++at) line += text[at] == '\n';
    std::string_view member = text.substr(begins[i], begins[i + 1] - begins[i]);
    if (takes && member.starts_with("title:")) {
      front_title_line_ = line;
      continue;
    }
    String words;
    for (char c : member) {
      bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
      if (!space || !words.ends_with(' ')) words += space ? ' ' : c;
    }
    Note(line, "front-matter", "Left out: " + String(Trim(words)));
  }
  return lines_.size() - before;
}

// Two spaces or a backslash at the end break a line, where another one follows.
bool Importer::TakeBreak(String* line, std::string_view behind) {
  bool spaces = line->ends_with("  ");
  size_t slashes = 0;
  while (slashes < line->size() && (*line)[line->size() - 1 - slashes] == '\\') ++slashes;
  bool more = !Trim(behind.substr(0, behind.find_first_of("\r\n"))).empty();
  if (Trim(*line).empty() || !more || (!spaces && slashes % 2 == 0)) return false;
  if (!spaces) line->pop_back();
  return true;
}

void Importer::TakeFrontTitle() {
  if (front_title_.empty() || front_title_ == title_) return;
  bool taken = title_.empty();
  if (taken) title_ = front_title_;
  Note(front_title_line_, taken ? "heading" : "front-matter",
       taken ? "'" + front_title_ + "' became the title of the template"
             : "Left out: title: " + front_title_ + "; the heading '" + title_ + "' is the title");
}

void Importer::Note(size_t line, std::string_view rule, String message) {
  if (changes_.size() > kMaxNotes) return;
  if (changes_.size() == kMaxNotes) {
    rule = "more";
    message = "There are more changes than are listed.";
    line = SIZE_MAX;
  }
  ImportChange change{.file = {}, .line = 0, .rule = String(rule), .message = {}};
  change.message = std::move(message);
  if (line < lines_.size()) {
    change.file = files_[lines_[line].file].name;
    change.line = lines_[line].number;
  }
  changes_.emplace_back(std::min(line, lines_.size()), std::move(change));
}

// --- shape

std::optional<Importer::Marker> Importer::MarkerOf(std::string_view line) {
  Marker marker;
  while (marker.indent < line.size() && line[marker.indent] == ' ') ++marker.indent;
  std::string_view rest = line.substr(marker.indent);
  size_t end = 0;
  bool bracket = rest.starts_with('(');
  std::string_view word = bracket ? rest.substr(1) : rest;
  if (rest.starts_with("- ") || rest.starts_with("* ") || rest.starts_with("+ ")) {
    marker.kind = '-';
    end = 1;
  } else {
    size_t digits = 0;
    while (digits < word.size() && digits < 9 && IsDigit(word[digits])) {
      marker.value = marker.value * 10 + (word[digits++] - '0');
    }
    size_t width = digits;
    marker.kind = '1';
    if (digits == 0) {
      if (word.empty() || !IsLetter(word[0])) return std::nullopt;
      marker.kind = 'a';
      marker.value = Lower(word[0]) - 'a' + 1;
      width = 1;
    }
    if (width >= word.size()) return std::nullopt;
    bool closes = bracket ? word[width] == ')' : word[width] == '.' || word[width] == ')';
    if (!closes) return std::nullopt;
    end = width + 1 + (bracket ? 1 : 0);
  }
  if (end >= rest.size() || rest[end] != ' ') return std::nullopt;
  while (end < rest.size() && rest[end] == ' ') ++end;
  if (end == rest.size()) return std::nullopt;
  marker.length = end;
  return marker;
}

bool Importer::IsShortTitle(std::string_view text) {
  String plain = Plain(text);
  return !plain.empty() && plain.size() <= 80 && plain.find_first_of(".;:") == String::npos;
}

// Numbered titles with numbered paragraphs below them are sections; anything else is a list.
void Importer::FindShape() {
  size_t titles = 0, tops = 0, next_ones = 0, ones = 0, numbers = 0, continued = 0;
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (size_t level = HeadingLevel(Trim(lines_[i].text)); level != 0) {
      String number;
      String heading = WithoutNames(Trim(Trim(lines_[i].text).substr(level)));
      if (HeadingNumber(Unbold(heading), &number) == 0) continue;
      ++numbers;
      // "# 3. Law" behind two titles that are items goes on with them.
      if (tops == 0 || number != NumberText(static_cast<int64_t>(tops) + 1)) continue;
      ++continued;
      ++tops;
      ++next_ones;
      continue;
    }
    auto marker = MarkerOf(lines_[i].text);
    if (!marker || marker->indent != 0 || marker->kind != '1') continue;
    ++tops;
    next_ones += marker->value == static_cast<int64_t>(tops);
    ones += marker->value == 1;
    size_t next = i + 1;
    while (next < lines_.size() && Trim(lines_[next].text).empty()) ++next;
    auto below = next < lines_.size() ? MarkerOf(lines_[next].text) : std::nullopt;
    bool nested = below && below->indent >= 2 && below->kind == '1';
    if (nested && IsShortTitle(std::string_view(lines_[i].text).substr(marker->length))) ++titles;
  }
  // Sections are counted through the whole text.
  size_t items = tops - continued;
  bool counted = next_ones == tops || ones == items;
  bool alone = numbers < 2 || (numbers == continued && next_ones == tops);
  sections_ = alone && items > 1 && titles * 2 > items && counted;
  numbered_headings_ = numbers > 1 && !keeps_numbers_ && !sections_;
  if (keeps_numbers_) Note(differs_->line, "heading-number", differs_->message);
  if (sections_) {
    Note(SIZE_MAX, "sections",
         "Numbered titles became headings: sections are numbered 1. / 1.1, items (a)");
  }
}

// --- the whole

void Importer::FillCover() {
  // Terms that no field has yet are listed in front, with what they mean.
  for (const TermUse& term : terms_) {
    size_t before = fields_.size();
    Field* field = FieldNamed(term.name);
    if (field == nullptr || fields_.size() == before) continue;
    field->on_cover = true;
    Note(term.line, "cover", "The field " + field->id + " says what '" + term.name + "' is");
  }
}

String Importer::FrontMatter() {
  FillCover();
  if (title_.empty()) title_ = "Agreement";
  String id;
  for (char c : title_) {
    if (IsLetter(c) || IsDigit(c)) {
      id += Lower(c);
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  id.resize(std::min<size_t>(id.size(), 60));
  while (id.ends_with('-')) id.pop_back();
  if (id.empty() || !IsLetter(id[0])) id = "agreement" + (id.empty() ? "" : "-" + id);
  String text =
      "---\ntemplate: " + id + "\nversion: 1\ntitle: " + Quoted(title_) + "\nlocale: " + locale_ +
      "\nnumbering: " + (sections_ || numbered_headings_ ? "sections" : "items") + "\nroles:\n";
  int order = 1;
  for (const Party& party : parties_) {
    text += "  " + party.id + ": { label: " + Quoted(party.label) +
            ", signs: true, order: " + NumberText(order++) + " }\n";
  }
  if (!fields_.empty()) text += "fields:\n";
  for (const Field& field : fields_) {
    text += "  " + field.id + ":\n    type: " + field.type + "\n    label: " + Quoted(field.name) +
            "\n";
    if (!field.help.empty()) text += "    help: " + Quoted(field.help) + "\n";
    if (!field.hint.empty()) text += "    placeholder: " + Quoted(field.hint) + "\n";
    if (!field.options.empty()) text += "    options:\n";
    for (const auto& [key, label] : field.options)
      text += "      " + key + ": " + Quoted(label) + "\n";
    if (!field.initial.empty()) text += "    default: " + Quoted(field.initial) + "\n";
  }
  Note(SIZE_MAX, "front-matter",
       "Front matter was added: " + NumberText(fields_.size()) + " fields, " +
           NumberText(parties_.size()) + " roles" +
           (language_found_ ? "" : ", locale en: the words do not say which language they are"));
  return text + "---\n";
}

String Importer::Body() {
  String body, cover;
  for (const Field& field : fields_) {
    if (field.on_cover) cover += "- **" + EscapeBraces(field.name) + "**: " + Print(field) + "\n";
  }
  const bool has_page = cover_line_ < output_.size();
  if (!cover.empty() && !has_page) body = "**Cover Page**\n\n" + cover + "\n";
  origins_.resize(origins_.size() + static_cast<size_t>(std::count(body.begin(), body.end(), '\n')),
                  SIZE_MAX);
  bool blank = true;
  for (size_t i = 0; i < output_.size(); ++i) {
    const Output& line = output_[i];
    if (line.text.empty() && blank) continue;
    blank = line.text.empty();
    size_t indent = line.text.find_first_not_of(' ');
    for (char c : line.text) {
      if (c != kBreakSign) {
        body += c;
        continue;
      }
      // The rest of an item's paragraph.
      body += "\\\n" + String(indent + 4, ' ');
      origins_.push_back(line.line);
    }
    bool goes_on = i + 1 < output_.size() && output_[i + 1].paragraph;
    if (line.breaks && line.paragraph && goes_on) body += '\\';
    origins_.push_back(line.line);
    if (line.named || line.unnumbered) {
      body += String(" {") + (line.named ? "#" + IdOf(line.path) : String()) +
              (line.named && line.unnumbered ? " " : "") + (line.unnumbered ? "unnumbered}" : "}");
    }
    body += '\n';
    if (has_page && i == cover_line_ && !cover.empty()) {
      body += "\n" + cover;
      for (char c : "\n" + cover) {
        if (c == '\n') origins_.push_back(SIZE_MAX);
      }
    }
  }
  return body;
}

}  // namespace countersign::importing

namespace countersign::importing {

Imported ImportAgreement(std::span<const ImportFile> files, std::string_view name) {
  return Importer(files, name).Run();
}

}  // namespace countersign::importing
