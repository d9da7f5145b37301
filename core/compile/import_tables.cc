// Tables, and the parties that they name.
#include <algorithm>

#include "compile/importer.h"
#include "compile/markdown.h"

namespace countersign::compile::importing {

// --- tables

bool Importer::IsRuler(std::string_view line) {
  return line.find('-') != std::string_view::npos && line.find('|') != std::string_view::npos &&
         line.find_first_not_of("|:- ") == std::string_view::npos;
}

Vector<String> Importer::Cells(std::string_view row) {
  row = Trim(row);
  if (row.starts_with('|')) row.remove_prefix(1);
  if (row.ends_with('|')) row.remove_suffix(1);
  Vector<String> cells(1);
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') {
      cells.back() += row[++i];
    } else if (row[i] == '|') {
      cells.emplace_back();
    } else {
      cells.back() += row[i];
    }
  }
  for (String& cell : cells) cell = String(Trim(cell));
  return cells;
}

void Importer::ConvertTable() {
  FlushHelp();
  stack_.clear();
  Vector<String> header = Cells(Here());
  Vector<std::pair<size_t, Vector<String>>> rows;
  size_t begin = at_, end = at_ + 2;
  bool signatures = false;
  for (; end < lines_.size() && lines_[end].text.find('|') != String::npos; ++end) {
    rows.emplace_back(end, Cells(lines_[end].text));
    String first = LowerText(Plain(rows.back().second[0]));
    signatures = signatures || first == "signature" || first == "signed" || first == "by";
  }
  EmitBlank();
  if (signatures && header.size() > 1) {
    SignatureTable(header, rows);
  } else {
    Vector<String> titles;
    for (const String& title : header) titles.push_back(Inline(EscapeBars(title)));
    bool stays = StaysTable(header, rows);
    if (stays) {
      EmitRow(titles);
      Vector<String> rulers = Cells(lines_[begin + 1].text);
      rulers.resize(header.size());
      for (String& ruler : rulers) {
        bool left = ruler.starts_with(':'), right = ruler.size() > 1 && ruler.ends_with(':');
        ruler = String(left ? ":" : "-") + "-" + (right ? ":" : "-");
      }
      EmitRow(rulers);
    } else {
      Note(begin, "table", "A table became a list, one item for each row");
    }
    for (const auto& [line, cells] : rows) {
      at_ = line;
      row_.clear();
      Vector<String> texts;
      for (const String& cell : cells) {
        texts.push_back(Inline(stays ? EscapeBars(cell) : cell));
        if (row_.empty()) row_ = Plain(cell.substr(0, cell.find(kLabelSign)));
        if (row_.size() > 60) row_.clear();
      }
      row_.clear();
      if (stays) {
        texts.resize(header.size());
        EmitRow(texts);
        continue;
      }
      String item;
      for (size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].empty()) continue;
        bool titled = i < header.size() && !header[i].empty();
        item +=
            (item.empty() ? "" : "; ") + (titled ? "**" + titles[i] + "**: " : String()) + texts[i];
      }
      if (!item.empty()) Emit("- " + item);
    }
  }
  Emit("");
  at_ = std::max(end, begin + 1);
}

// A table that says something stays one. A cover page, whose rows are a name and a blank, a table
// without titles, and one that would be none of ours are lists.
bool Importer::StaysTable(const Vector<String>& header,
                          const Vector<std::pair<size_t, Vector<String>>>& rows) {
  bool titled =
      std::any_of(header.begin(), header.end(), [](const String& t) { return !t.empty(); });
  size_t cells = (header.size() + 2) * (rows.size() + 2);  // as markdown.cc counts them
  if (!titled || header.size() > document::kMaxColumns || table_cells_ + cells > kMaxCells)
    return false;
  bool blanks = false, words = false;
  for (const auto& [line, row] : rows) {
    for (size_t i = 1; i < row.size(); ++i) {
      if (row[i].empty()) continue;
      if (i >= header.size()) return false;  // Markdown would drop it
      bool blank = IsBlank(row[i]);
      blanks = blanks || blank;
      words = words || !blank;
    }
  }
  if (blanks && !words) return false;
  table_cells_ += cells;
  return true;
}

// Whether a cell is nothing but a place to fill.
bool Importer::IsBlank(std::string_view cell) {
  bool brackets = cell.starts_with('[') && cell.find(']') == cell.size() - 1;
  bool braces = cell.starts_with("{{") && cell.find("}}") == cell.size() - 2;
  return brackets || braces ||
         (cell.size() > 3 && cell.find_first_not_of('_') == std::string_view::npos);
}

// A bar in a cell that does not end it: Cells took its sign away.
String Importer::EscapeBars(std::string_view cell) {
  String out;
  for (char c : cell) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

void Importer::EmitRow(const Vector<String>& cells) {
  String row = "|";
  for (const String& cell : cells) row += " " + cell + (cell.empty() ? "|" : " |");
  Emit(row);
}

void Importer::SignatureTable(const Vector<String>& header,
                              const Vector<std::pair<size_t, Vector<String>>>& rows) {
  for (size_t column = 1; column < header.size(); ++column) {
    String label = Plain(header[column]);
    if (label.empty()) label = "Party " + NumberText(column);
    String lower = LowerText(label);
    if (label.size() > 1 && label == UpperText(label)) label = label.substr(0, 1) + lower.substr(1);
    Party* party = AddParty(label);
    if (party == nullptr) continue;
    Note(at_, "signature-table",
         "The column '" + header[column] + "' became the role " + party->id +
             " with its places to sign");
    Emit("**" + EscapeBraces(label) + "**");
    Emit("");
    for (const auto& [line, cells] : rows) {
      String what = cells[0], help;
      for (size_t from = what.find(kLabelSign); from != String::npos;
           from = what.find(kLabelSign)) {
        size_t stop = what.find(kLabelSign, from + 1);
        if (stop == String::npos) {
          what.erase(from, 1);
          continue;
        }
        help = LabelAt(what.substr(from + 1, stop - from - 1));
        what.erase(from, stop - from + 1);
      }
      what = Plain(what);
      if (what.empty()) continue;
      if (!help.empty() && column == 1)
        Note(line, "label", "'" + help + "' became the help of '" + what + "'");
      Emit("- " + EscapeBraces(what) + ": " + PlaceOf(*party, what, help));
    }
    Emit("");
  }
}

String Importer::UpperText(std::string_view text) {
  String upper(text);
  for (char& c : upper) c = Upper(c);
  return upper;
}

Party* Importer::AddParty(const String& label) {
  String id = Identifier(label);
  if (id.empty()) id = "party";
  for (Party& party : parties_) {
    if (party.id == id) return &party;
  }
  if (parties_.size() >= 20) return nullptr;
  parties_.push_back({id, label});
  return &parties_.back();
}

// A place of a party: where it signs, the date of signing, or something it fills in.
String Importer::PlaceOf(const Party& party, const String& what, const String& help) {
  String lower = LowerText(what);
  std::string_view kind = lower == "signature" || lower == "signed" || lower == "by" ? "sign"
                          : lower == "date" || lower == "date signed"                ? "signdate"
                                                                                     : "input";
  String suffix = Identifier(what);
  if (suffix.empty()) suffix = "place";
  suffix[0] = Upper(suffix[0]);
  String id = party.id + suffix;
  bool again = std::find(placed_.begin(), placed_.end(), id) != placed_.end();
  if (again || placed_.size() >= kMaxFields) return {};
  // The agreement may have a blank of this name already.
  String first = id;
  for (int i = 2; IsTaken(id); ++i) id = first + (IsDigit(first.back()) ? "_" : "") + NumberText(i);
  placed_.push_back(id);
  String tag = "{{" + String(kind) + ": " + id + ", role=" + party.id +
               ", label=" + Quoted(what + " (" + party.label + ")");
  if (!help.empty()) tag += ", help=" + Quoted(help);
  return tag + "}}";
}

}  // namespace countersign::compile::importing
