// What is filled in.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

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

// A variable as a label: "effective_date", "effectiveDate" -> "effective date".
static String Spelled(std::string_view variable) {
  String words;
  for (size_t i = 0; i < variable.size(); ++i) {
    char c = variable[i];
    bool begins = i > 0 && c >= 'A' && c <= 'Z' && variable[i - 1] >= 'a' && variable[i - 1] <= 'z';
    bool capitals = i + 1 < variable.size() && variable[i + 1] >= 'A' && variable[i + 1] <= 'Z';
    if (begins) words += ' ';
    words += c == '_' || c == '.' ? ' ' : begins && !capitals ? Lower(c) : c;
  }
  return words;
}

// Words in front of a blank that say nothing about what belongs there.
static bool SaysNothing(std::string_view label) {
  String lower = LowerText(Trim(label));
  for (std::string_view word :
       {"and", "between", "by and between", "und", "zwischen", "et", "entre", "y", "e", "tra"}) {
    if (lower == word) return true;
  }
  return std::none_of(label.begin(), label.end(),
                      [](char c) { return IsLetter(c) || static_cast<unsigned char>(c) >= 0x80; });
}

// The words in front of a blank where they end with a colon: "Fee: $", "**Fee:** ".
String Importer::LabelBefore(std::string_view before) {
  before = before.substr(before.size() - std::min<size_t>(before.size(), 200));
  size_t from = before.find_last_of(".;|]}");
  std::string_view head = Trim(before.substr(from == std::string_view::npos ? 0 : from + 1));
  for (bool more = true; more;) {
    more = false;
    for (std::string_view end :
         {"*", "\\", "$", "\u20AC", "\u00A3", "EUR", "USD", "GBP", "CHF", "US", "Rs"}) {
      if (!head.ends_with(end)) continue;
      std::string_view rest = Trim(head.substr(0, head.size() - end.size()));
      bool sign = end == "*" || end == "\\";
      if (!sign && !rest.ends_with(':') && !rest.ends_with('*') && !rest.ends_with('\\') &&
          !rest.ends_with("US"))
        continue;
      head = rest;
      more = true;
    }
  }
  if (!head.ends_with(':')) return {};
  String label = Plain(head.substr(0, head.size() - 1));
  label.erase(0, std::min(label.find_first_not_of("/,-_ "), label.size()));
  if (label.size() > 60 || SaysNothing(label)) return {};
  return label;
}

// "Place of work:" in the line above a blank that has its line for itself.
String Importer::LabelAbove() const {
  if (at_ == 0) return {};
  std::string_view above = Trim(lines_[at_ - 1].text);
  if (above.empty() || HeadingLevel(above) != 0 || MarkerOf(lines_[at_ - 1].text) ||
      MarkerOf(Here()) || above.find_first_of("[{<|") != std::string_view::npos)
    return {};
  return LabelBefore(above);
}

// Whether a line is a paragraph of its own: others may be an address, of which it is one line.
bool Importer::StandsApart(std::string_view text) const {
  if (Trim(Here()) != Trim(text)) return true;  // in an item or a cell
  std::string_view above = at_ == 0 ? std::string_view() : Trim(lines_[at_ - 1].text);
  std::string_view below = at_ + 1 < lines_.size() ? Trim(lines_[at_ + 1].text) : "";
  bool begins = above.empty() || HeadingLevel(above) != 0 || above[0] == kLabelSign;
  return begins && (below.empty() || HeadingLevel(below) != 0);
}

// What makes a name the name of one thing, where it comes again: who or what it belongs to.
String Importer::Belonging(const String& base) const {
  String around = caption_.empty() ? WithoutNumber(heading_) : caption_;
  if (size_t bracket = around.find(" ("); bracket != String::npos) around.resize(bracket);
  while (around.ends_with(':') || around.ends_with(' ')) around.pop_back();
  if (around.empty() || around.size() > 40 || LowerText(around) == LowerText(base)) return base;
  return around + " " + base;
}

// "\u00A7 2 Fees", "Article 2: Fees" -> "Fees"; no longer than a label may be.
String Importer::WithoutNumber(const String& heading) {
  String number, words = Shortened(heading);
  if (size_t end = HeadingNumber(words, &number); end != 0) words = words.substr(end);
  if (!words.empty() && !IsLetter(words[0])) {
    size_t begin = words.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t wide = 0;
    while (wide < words.size() && LetterBytes(std::string_view(words).substr(wide)) == 0) ++wide;
    words.erase(0, std::min({begin, wide, words.size()}));
  }
  while (words.ends_with(':') || words.ends_with(' ')) words.pop_back();
  return words;
}

// Whether an item or a row asks for all that the one above, in `line`, asks for: "- (a) [Partner
// Name], [address]" is about another partner than "- (b) [Partner Name], [address]".
bool Importer::AsksAgain(size_t line) const {
  if (line >= at_ || at_ - line > 2) return false;
  auto part = [&](size_t i) -> std::string_view {
    std::string_view text = lines_[i].text;
    if (!MarkerOf(text) && !Trim(text).starts_with('|')) return {};
    return Trim(text.substr(std::min(text.find('['), text.size())));
  };
  return !part(at_).empty() && part(at_) == part(line);
}

// The field that these words name already; null where they may mean another thing.
Field* Importer::SharedField(std::string_view content, const String& label, Spelling spelling) {
  auto it = named_.find(Words(content));
  if (it == named_.end()) return nullptr;
  Shared& shared = it->second;
  const bool again = spelling == Spelling::kWords && AsksAgain(shared.line);
  shared.line = at_;
  if (again) {
    shared.several = true;
    return nullptr;
  }
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
  named_.emplace(Words(content), Shared{fields_.size() - 1, label, false, at_});
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
  const String above = WithoutNumber(heading_);
  const bool variable = named && spelling == Spelling::kVariable;
  String base, label = LabelBefore(before);
  if (label.empty() && alone && row_alone_) label = row_;
  if (label.empty() && alone && row_.empty()) label = LabelAbove();
  // A sentence in front of a variable says less than its name.
  if (variable && std::count(label.begin(), label.end(), ' ') > 4) label.clear();
  // "Fait \u00E0 ____, le ____"
  std::string_view tail = Trim(before.substr(before.find_last_of(".;|]},") + 1));
  if (label.empty() && !letters && (IsLabelToFill(tail) || IsLabelOfDate(tail)))
    label = Plain(tail);
  bool told = true;  // the page says what belongs here
  if (!label.empty()) {
    base = label;
  } else if (!row_.empty() && !named) {
    base = row_;
  } else if (variable && !IsGeneric(Words(content))) {
    base = Spelled(content);
  } else if (alone && !(caption_.empty() && above.empty())) {
    base = caption_.empty() ? above : caption_;
  } else if (named) {
    base = variable ? Spelled(content) : String(content);
  } else {
    base = parts ? "Date" : above.empty() ? "Blank" : above;
    told = parts;
  }
  Field* field = named ? SharedField(content, label, spelling) : nullptr;
  bool apart = named && field == nullptr && named_.contains(Words(content));
  if (field == nullptr) {
    // "Name" of the one and "Name" of the other.
    if (!label.empty() && IsTaken(FieldId(base)) && !IsTaken(FieldId(Belonging(base))))
      base = Belonging(base);
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
    if (named && field->type != "date")
      GuessType(field, variable ? Spelled(content) : String(content));
    String lower = LowerText(content);
    if (lower == "yes/no" || lower == "yes / no" || lower == "y/n") {
      field->options = {{"yes", "Yes"}, {"no", "No"}};
    } else if (says && !parts && Words(field->name) != Words(content) &&
               Words(field->name) != Words(Spelled(content))) {
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

}  // namespace countersign::importing
