// Tables.
#include <algorithm>

#include "compile/markdown.h"
#include "import/importer.h"

namespace countersign::importing {

// --- tables

// "+---+---+": a line of a table that is drawn.
static bool IsGridLine(std::string_view line) {
  return line.size() > 4 && line.starts_with("+-") && line.ends_with('+') &&
         line.find_first_not_of("+-:") == std::string_view::npos;
}
static bool IsGridHead(std::string_view line) {
  return line.size() > 4 && line.starts_with("+=") && line.ends_with('+') &&
         line.find_first_not_of("+=:") == std::string_view::npos;
}

// A table that is drawn with lines, as pandoc writes it, becomes one with bars. One that is drawn
// in any other way is told of and stays.
void Importer::OpenGrids() {
  for (size_t begin = 0; begin < lines_.size(); ++begin) {
    if (!IsGridLine(Trim(lines_[begin].text))) continue;
    size_t end = begin + 1, head = 0;
    Vector<Vector<String>> rows(1);
    bool plain = true;
    for (; end < lines_.size(); ++end) {
      std::string_view line = Trim(lines_[end].text);
      if (IsGridLine(line) || IsGridHead(line)) {
        if (IsGridHead(line)) head = rows.size();
        if (!rows.back().empty()) rows.emplace_back();
        continue;
      }
      if (!line.starts_with('|')) break;
      Vector<String> cells = Cells(line);
      Vector<String>& row = rows.back();
      plain = plain && (row.empty() || row.size() == cells.size());
      row.resize(std::max(row.size(), cells.size()));
      for (size_t i = 0; i < cells.size(); ++i)
        row[i] += (row[i].empty() || cells[i].empty() ? "" : " ") + EscapeBars(cells[i]);
    }
    plain = plain && rows.back().empty();  // the last line closes it
    rows.pop_back();
    for (const Vector<String>& row : rows) plain = plain && row.size() == rows[0].size();
    // Its rows need less lines than it was drawn with.
    if (!plain || rows.empty() || head > 1) {
      Note(begin, "undecided", "Left as text, please decide: a table that is drawn with lines");
      begin = end;
      continue;
    }
    Note(begin, "table", "A table that is drawn with lines became one with bars");
    if (head == 0) rows.insert(rows.begin(), Vector<String>(rows[0].size()));
    size_t at = begin;
    for (size_t i = 0; i < rows.size(); ++i) {
      String text = "|", ruler = "|";
      for (const String& cell : rows[i]) {
        text += " " + cell + " |";
        ruler += "---|";
      }
      lines_[at++].text = std::move(text);
      if (i == 0) lines_[at++].text = std::move(ruler);
    }
    while (at < end) lines_[at++].text.clear();
    begin = end;
  }
}

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
  for (; end < lines_.size() && lines_[end].text.find('|') != String::npos &&
         lines_[end].text[0] != kContainerSign;
       ++end) {
    rows.emplace_back(end, Cells(lines_[end].text));
    // "Signature" in front, and not a column of its own: "| By: ____ | By: ____ |".
    const Vector<String>& cells = rows.back().second;
    bool apart = cells.size() < 2 || cells[1].size() > kMaxFormLine || FormPlaces(cells[1]).empty();
    signatures = signatures || (apart && SignsHere(cells[0]));
  }
  EmitBlank();
  if (signatures && header.size() > 1) {
    SignatureTable(header, rows);
  } else {
    FindColumnParties(header, rows);
    auto convert = [&](const String& cell, size_t column) {
      auto places = column < parties_here_.size() ? Form(cell, FormPlaces(cell), column) : "";
      return places.empty() ? Inline(cell) : places;
    };
    Vector<String> titles;
    for (size_t i = 0; i < header.size(); ++i) titles.push_back(convert(EscapeBars(header[i]), i));
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
      row_alone_ = cells.size() == 2;
      Vector<String> texts;
      String name;  // of the row: its first cell
      for (const String& cell : cells) {
        size_t column = texts.size();
        String title = column < header.size() ? Plain(header[column]) : String();
        // "Price" of "Desk", where a row has several cells to fill.
        row_ = name.empty()                         ? title
               : cells.size() == 2 || title.empty() ? name
                                                    : name + ", " + title;
        if (row_.size() > 60) row_.clear();
        texts.push_back(convert(stays ? EscapeBars(cell) : cell, column));
        if (column > 0) continue;
        name = Plain(cell.substr(0, cell.find(kLabelSign)));
        if (std::none_of(name.begin(), name.end(), IsLetter)) name.clear();
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
  row_alone_ = false;
  parties_here_.clear();
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
  if (!titled || header.size() > document::kMaxColumns || table_cells_ + cells > compile::kMaxCells)
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
  if (LowerText(cell) == "[x]") return false;  // a box
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

}  // namespace countersign::importing
