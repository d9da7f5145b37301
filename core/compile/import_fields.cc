// What is filled in or ticked.
#include <algorithm>

#include "base/bytes.h"
#include "compile/importer.h"

namespace countersign::compile::importing {

// --- labels and fields

// Labels say how a field is filled: the next field under the heading takes them.
void Importer::TakeLabels(String* text) {
  for (size_t from = text->find(kLabelSign); from != String::npos; from = text->find(kLabelSign)) {
    size_t end = text->find(kLabelSign, from + 1);
    if (end == String::npos) {
      text->erase(from, 1);
      continue;
    }
    String label = LabelAt(text->substr(from + 1, end - from - 1));
    text->erase(from, end - from + 1);
    FlushHelp();
    help_ = label;
    help_line_ = at_;
    help_place_ = output_.size();
  }
  *text = String(Trim(*text));
}

String Importer::LabelAt(std::string_view digits) const {
  size_t index = 0;
  for (char c : digits) {
    if (!IsDigit(c) || index > labels_.size()) return {};
    index = index * 10 + static_cast<size_t>(c - '0');
  }
  return index < labels_.size() && !digits.empty() ? labels_[index] : String();
}

// A label that no field took is text.
void Importer::FlushHelp() {
  if (help_.empty()) return;
  size_t place = std::min(help_place_, output_.size());
  Note(help_line_, "label", "'" + help_ + "' became a paragraph");
  Vector<Output> paragraph(2);
  paragraph[0].text = EscapeBraces(help_);
  for (Output& line : paragraph) line.line = help_line_;
  output_.insert(output_.begin() + static_cast<std::ptrdiff_t>(place), paragraph.begin(),
                 paragraph.end());
  help_.clear();
}

Field* Importer::FindField(std::string_view id) {
  for (Field& field : fields_) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

// Fields and the places of parties share their ids.
bool Importer::IsTaken(std::string_view id) {
  return FindField(id) != nullptr || std::find(placed_.begin(), placed_.end(), id) != placed_.end();
}

void Importer::GuessType(Field* field, std::string_view words) const {
  String lower = " " + LowerText(words) + " ";
  bool date = lower.find(" date ") != String::npos || IsLabelOfDate(words) ||
              lower.find(" datum ") != String::npos || lower.find(" fecha ") != String::npos;
  date = date && words.find(',') == std::string_view::npos;  // "Place, date"
  field->type = date ? "date" : "string";
}

Field* Importer::AddField(const String& id, const String& name) {
  if (fields_.size() >= kMaxFields) return nullptr;
  Field field;
  field.id = id;
  field.name = name;
  GuessType(&field, name);
  fields_.push_back(std::move(field));
  return &fields_.back();
}

static String FieldId(const String& name) {
  constexpr std::string_view kTaken[] = {
      "crm",      "true",      "false",  "null",     "in",   "as",     "break", "const",
      "continue", "else",      "for",    "function", "if",   "import", "let",   "loop",
      "package",  "namespace", "return", "var",      "void", "while"};
  String id = Identifier(name);
  if (id.empty() || std::find(std::begin(kTaken), std::end(kTaken), id) != std::end(kTaken))
    id += id.empty() ? "blank" : "Field";
  return id;
}

// The field of this name; a new one where there is none.
Field* Importer::FieldNamed(const String& name) {
  Field* field = FindField(FieldId(name));
  return field != nullptr ? field : NewField(name);
}

// A field of its own: `base`, or with the next free number behind it.
Field* Importer::NewField(const String& base) {
  if (fields_.size() >= kMaxFields) return nullptr;
  String first = FieldId(base);
  if (!IsTaken(first)) return AddField(first, base);
  uint32_t& number = numbers_.emplace(first, 1).first->second;
  String id;
  do {
    id = first + (IsDigit(first.back()) ? "_" : "") + NumberText(++number);
  } while (IsTaken(id));
  return AddField(id, base + " " + NumberText(number));
}

String Importer::Print(const Field& field) {
  return "{{= " + field.id + (field.type == "date" ? " | date" : "") + " }}";
}

bool Importer::IsInstruction(std::string_view content) {
  String lower = LowerText(content);
  for (std::string_view begin :
       {"fill in", "insert", "enter", "name of", "describe", "list ", "today", "specify", "add "}) {
    if (lower.starts_with(begin)) return true;
  }
  return lower.find_first_not_of("_ ./\xE2\x80\xA2\x97\x8F\xA6-") == String::npos;
}

// The bytes of a letter outside ASCII at the beginning of `text`; 0 where it is a sign: quotes,
// dashes and currencies stand in two blocks of their own.
static size_t LetterBytes(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0xC3 || (first == 0xE2 && text.substr(1, 1) <= "\x83")) return 0;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

bool Importer::IsName(std::string_view content) {
  if (content.empty() || content.size() > 60) return false;
  size_t words = 1;
  for (size_t i = 0; i < content.size();) {
    char c = content[i];
    words += c == ' ';
    size_t letter = IsLetter(c) ? 1 : LetterBytes(content.substr(i));
    bool good =
        letter != 0 || IsDigit(c) || std::string_view(" -'_/.").find(c) != std::string_view::npos;
    if (content.substr(i).starts_with("\xE2\x80\x99")) letter = 3;  // an apostrophe
    if ((!good && letter == 0) || (i == 0 && letter == 0)) return false;
    i += std::max<size_t>(letter, 1);
  }
  return words <= 5;
}

// What two spellings of a name have in common: "Company Name", "company_name".
static String Words(std::string_view name) {
  String words;
  for (char c : name) {
    bool part = IsLetter(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80;
    if (part || !words.ends_with(' ')) words += part ? Lower(c) : ' ';
  }
  return words;
}

// Words that name a kind of thing and no one thing: "[date]" twice may be two days.
bool Importer::IsGeneric(std::string_view words) {
  constexpr std::string_view kGeneric =
      "|date|day|month|year|time|name|full name|amount|sum|number|no|address|title|email|e mail|"
      "phone|telephone|place|city|state|country|percentage|percent|rate|period|text|description|"
      "details|party|company|signature|insert|tbd|tbc|datum|fecha|data|betrag|importe|montant|"
      "nombre|nom|nome|naam|ort|lugar|lieu|luogo|adresse|anschrift|anzahl|n\u00FAmero|numero|dni|";
  return kGeneric.find("|" + String(Trim(words)) + "|") != std::string_view::npos;
}

// The field that these words name already; null where they may mean another thing.
Field* Importer::SharedField(std::string_view content, const String& label, Spelling spelling) {
  auto it = named_.find(Words(content));
  if (it == named_.end()) return nullptr;
  Shared& shared = it->second;
  bool same = label.empty() || shared.label.empty() || shared.label == label;
  if (spelling == Spelling::kWords && (IsGeneric(it->first) || shared.several || !same)) {
    shared.several = shared.several || !same;
    return nullptr;
  }
  if (shared.label.empty()) shared.label = label;
  return &fields_[shared.field];
}

// From here on these words mean the last field.
void Importer::ShareField(std::string_view content, const String& label) {
  named_.emplace(Words(content), Shared{fields_.size() - 1, label, false});
}

// A place to fill: `content` is what stood in the brackets, `before` the text in front of them.
// Equal names are one field; a blank, an instruction and a proposed wording are each their own,
// for nothing says that two of them mean the same. What stood there is a hint, never a value: the
// contract waits until somebody fills it in.
String Importer::Placeholder(std::string_view content, std::string_view before, bool alone,
                             Spelling spelling) {
  content = Trim(content);
  bool instruction = IsInstruction(content);
  bool letters = std::any_of(content.begin(), content.end(), IsLetter);
  bool sentence = content.ends_with('.') && std::count(content.begin(), content.end(), ' ') > 1;
  bool named =
      IsName(content) && !sentence && (!instruction || LowerText(content).starts_with("name of "));
  // Of a date: "__/__/____", "________, 20__".
  bool parts = content.find('_') != std::string_view::npos && !letters &&
               content.find_first_of("/.-,90") != std::string_view::npos;
  // "§ 2 Fees" is called Fees.
  String above = heading_;
  if (!above.empty() && !IsLetter(above[0]))
    above.erase(
        0, std::min(above.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                    above.size()));
  String base, label;
  size_t from = before.find_last_of(".;|]}");
  String head(Trim(before.substr(from == std::string_view::npos ? 0 : from + 1)));
  while (head.ends_with('*')) head.pop_back();  // "**Fee:** ____"
  if (head.ends_with(':')) label = Plain(head.substr(0, head.size() - 1));
  label.erase(0, std::min(label.find_first_not_of("/,- "), label.size()));
  if (label.size() > 60) label.clear();
  if (label.empty() && alone && row_alone_) label = row_;
  // "Fait \u00E0 ____, le ____"
  std::string_view tail = Trim(std::string_view(head).substr(head.rfind(',') + 1));
  if (label.empty() && !letters && (IsLabelToFill(tail) || IsLabelOfDate(tail)))
    label = Plain(tail);
  bool told = true;  // the page says what belongs here
  if (!label.empty()) {
    base = label;
  } else if (!row_.empty() && !named) {
    base = row_;
  } else if (alone && !(caption_.empty() && above.empty())) {
    base = caption_.empty() ? above : caption_;
  } else if (named) {
    base = content;
    if (spelling == Spelling::kVariable) {
      for (char& c : base) c = c == '_' || c == '.' ? ' ' : c;
    }
  } else {
    base = parts ? "Date" : above.empty() ? "Blank" : above;
    told = parts;
  }
  Field* field = named ? SharedField(content, label, spelling) : nullptr;
  bool apart = named && field == nullptr && named_.contains(Words(content));
  if (field == nullptr) {
    field = NewField(base);
    if (field == nullptr) {
      Note(at_, "placeholder", "'" + String(content) + "' stays text: there are too many fields");
      return String(content);
    }
    if (named) ShareField(content, label);
    // "Customer: [Customer Name]": "[Customer]" is the same.
    if (named && !label.empty() && !IsGeneric(Words(label))) ShareField(label, label);
    bool says = letters || std::any_of(content.begin(), content.end(), IsDigit);
    bool asks = instruction && letters;
    if (!told && says && (asks || above.empty()) && content.size() <= 60) {
      field->name = Plain(content);
      GuessType(field, field->name);
    }
    if (parts) field->type = "date";
    if (named && field->type != "date") GuessType(field, content);
    String lower = LowerText(content);
    if (lower == "yes/no" || lower == "yes / no" || lower == "y/n") {
      field->options = {{"yes", "Yes"}, {"no", "No"}};
    } else if (says && !parts && Words(field->name) != Words(content)) {
      field->hint = Plain(content);
    }
  }
  if (!help_.empty()) {
    Note(help_line_, "label", "'" + help_ + "' became the help of the field " + field->id);
    field->help = help_;
    help_.clear();
  }
  Note(
      at_, "placeholder",
      "'" + String(content) + "' became the field " + field->id +
          (apart ? ", apart from the one of this name above: they may mean different things" : ""));
  return Print(*field);
}

// --- task lists

bool Importer::IsTask(std::string_view trimmed) {
  if (trimmed.size() < 6) return false;
  bool bullet = trimmed[0] == '-' || trimmed[0] == '*' || trimmed[0] == '+';
  size_t box = trimmed.find('[');
  return bullet && box != std::string_view::npos && box >= 2 &&
         Trim(trimmed.substr(1, box - 1)).empty() && box + 3 < trimmed.size() &&
         trimmed[box + 2] == ']' && trimmed[box + 3] == ' ' &&
         (trimmed[box + 1] == ' ' || Lower(trimmed[box + 1]) == 'x');
}

// A label for a list of choices: without brackets, cut at a word.
String Importer::Shortened(const String& text) {
  String label;
  for (char c : text) {
    if (c != '[' && c != ']' && c != kLabelSign) label += c;
  }
  if (label.size() <= 120) return label;
  label.resize(label.rfind(' ', 120) == String::npos ? 120 : label.rfind(' ', 120));
  while (!IsUtf8(label)) label.pop_back();
  return label + " \xE2\x80\xA6";
}

// Whether boxes are no choice of one: nothing above calls them a choice, the words above ask for
// all that apply, or each is a declaration of its own. As a choice, what is said beside one box
// would disappear with the other.
bool Importer::AreApart(const Vector<Task>& tasks) const {
  for (const Task& task : tasks) {
    for (std::string_view begin : {"I ", "We ", "I'", "We'"}) {
      if (task.text.starts_with(begin)) return true;
    }
  }
  size_t above = tasks[0].line;
  while (above > 0 && Trim(lines_[above - 1].text).empty()) --above;
  bool named = !heading_.empty() || !caption_.empty();
  if (above == 0) return !named;
  String words = LowerText(heading_ + " " + lines_[above - 1].text);
  for (std::string_view one : {"choose one", "select one", "check one", "tick one", "pick one"}) {
    if (words.find(one) != String::npos) return false;
  }
  return !named || words.find("all that apply") != String::npos ||
         words.find("any of") != String::npos || words.find("one or more") != String::npos;
}

void Importer::ConvertTasks() {
  Vector<Task> tasks;
  size_t end = at_;
  Vector<std::pair<size_t, int64_t>> indents;  // of the items below a box, and their last number
  for (; end < lines_.size(); ++end) {
    std::string_view trimmed = Trim(lines_[end].text);
    size_t indent = std::min(lines_[end].text.find_first_not_of(' '), lines_[end].text.size());
    size_t next = end;
    while (next < lines_.size() && next - end < 3 && Trim(lines_[next].text).empty()) ++next;
    bool inside = !tasks.empty() && next < lines_.size() &&
                  HeadingLevel(Trim(lines_[next].text)) == 0 &&
                  lines_[next].text.starts_with(String(tasks.back().indent + 2, ' '));
    auto marker = MarkerOf(lines_[end].text);
    // Words and items below a box stand or fall with it.
    bool begins = marker || (!tasks.empty() && !tasks.back().below.empty());
    if (inside && (trimmed.empty() || begins)) {
      if (trimmed.empty()) {
        tasks.back().below.emplace_back(end, String());
        continue;
      }
      size_t depth = indents.size() + 1;
      if (marker) {
        while (!indents.empty() && indents.back().first > indent) indents.pop_back();
        if (indents.empty() || indents.back().first < indent) indents.emplace_back(indent, 0);
        depth = indents.size();
      }
      bool bullet = marker && marker->kind == '-';
      // The last number is 0 where there is none yet, and below that in a list of bullets.
      int64_t last = marker ? indents.back().second : 0;
      bool next_one = marker && marker->kind == '1' && last >= 0 && marker->value == last + 1 &&
                      IsDigit(trimmed[0]);
      if (marker) indents.back().second = bullet ? -1 : next_one ? marker->value : last;
      if (marker && !bullet && !next_one && last == 0) indents.pop_back();  // no list
      String words((bullet ? "- " : "") + String(bullet ? Trim(trimmed.substr(2)) : trimmed));
      if (marker && !bullet && !next_one) {
        // Not a number of a list: words in a paragraph of their own.
        if (marker->kind == '1' && IsDigit(words[0])) words.insert(words.find_first_of(".)"), "\\");
        if (tasks.back().below.empty() || !tasks.back().below.back().second.empty())
          tasks.back().below.emplace_back(end, String());
      }
      tasks.back().below.emplace_back(end, String(4 * depth, ' ') + words);
      continue;
    }
    if (!IsTask(trimmed)) {
      // The rest of a box's paragraph.
      bool goes_on = !trimmed.empty() && !tasks.empty() && !MarkerOf(lines_[end].text) &&
                     HeadingLevel(trimmed) == 0 && lines_[end].text.starts_with(' ');
      if (!goes_on) break;
      tasks.back().text += " " + String(trimmed);
      continue;
    }
    size_t box = trimmed.find('[');
    indents.clear();
    tasks.push_back({.line = end,
                     .text = String(Trim(trimmed.substr(box + 3))),
                     .ticked = trimmed[box + 1] != ' ',
                     .indent = indent});
  }
  stack_.clear();
  size_t ticked = 0;
  for (const Task& task : tasks) ticked += task.ticked ? 1 : 0;
  ++choices_;
  String above = caption_.empty() ? heading_ : caption_;
  String name = (above.empty() ? title_.empty() ? "Options" : title_ : above) + " choice" +
                (choices_ > 1 ? " " + NumberText(choices_) : "");
  bool one_of = tasks.size() > 1 && ticked <= 1 && !AreApart(tasks);
  Field* field = nullptr;
  String choice;
  if (one_of && (field = NewField(name)) != nullptr) {
    choice = field->id;
    field->type = "string";
    field->help = help_;
    if (!help_.empty()) Note(help_line_, "label", "'" + help_ + "' became the help of " + choice);
    help_.clear();
    Note(at_, "choice",
         "Boxes to tick became the field " + choice + ", one of " + NumberText(tasks.size()));
  }
  EmitBlank();
  for (size_t i = 0; i < tasks.size(); ++i) {
    at_ = tasks[i].line;
    String key = "option" + NumberText(i + 1);
    String condition = choice + " == '" + key + "'";
    String label = Shortened(Plain(tasks[i].text));
    if (choice.empty()) {
      Field* box = NewField(name + " " + NumberText(i + 1));
      condition = box == nullptr ? "true" : box->id;
      if (box != nullptr) {
        box->type = "bool";
        box->name = label;
        box->initial = tasks[i].ticked ? "true" : "false";
        Note(at_, "choice", "A box to tick became the field " + box->id);
      }
    } else {
      FindField(choice)->options.emplace_back(key, label);
      if (tasks[i].ticked) FindField(choice)->initial = key;
    }
    Emit("- " + Inline(tasks[i].text) + " {when=\"" + condition + "\"}");
    for (auto& [line, text] : tasks[i].below) {
      at_ = line;
      Emit(Inline(text));
    }
  }
  Emit("");
  at_ = end;
}

}  // namespace countersign::compile::importing
