// Boxes to tick: a choice of one, or questions of their own.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

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

// A label for a list of choices: without brackets and braces, which would be a tag in it, cut at a
// word.
String Importer::Shortened(const String& text) {
  String label;
  for (char c : text) {
    if (std::string_view("[]{}").find(c) == std::string_view::npos && c != kLabelSign) label += c;
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
  // "The following are included:" lists things that stand beside each other.
  for (std::string_view several :
       {"all that apply", "any of", "one or more", "the following are", "are included",
        "includes the following", "include the following", "attached", "mehrere",
        "folgende anlagen", "bestandteil", "toutes les", "les annexes suivantes", "todas las",
        "anexos siguientes"}) {
    if (words.find(several) != String::npos) return true;
  }
  return !named;
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
  String above = WithoutNumber(caption_.empty() ? heading_ : caption_);
  while (above.ends_with(':') || above.ends_with(' ')) above.pop_back();
  String name = (above.empty() ? title_.empty() ? "Options" : title_ : above) + " " +
                String(Local().choice) + (choices_ > 1 ? " " + NumberText(choices_) : "");
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

}  // namespace countersign::importing
