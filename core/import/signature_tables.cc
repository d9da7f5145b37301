// Tables in which parties sign.
#include <algorithm>

#include "import/importer.h"

namespace countersign::importing {

// Whose columns these are, where places to sign stand in the cells: "| By: ____ | By: ____ |".
void Importer::FindColumnParties(const Vector<String>& header,
                                 const Vector<std::pair<size_t, Vector<String>>>& rows) {
  bool signs = false;
  auto look = [&](const String& cell) {
    if (cell.size() > kMaxFormLine) return;
    for (const FormPlace& place : FormPlaces(cell)) signs = signs || SignsHere(place.what);
  };
  for (const String& cell : header) look(cell);
  for (const auto& [line, cells] : rows) {
    for (const String& cell : cells) look(cell);
  }
  parties_here_.clear();
  if (!signs || parties_.size() + header.size() > kMaxParties) return;
  for (size_t column = 0; column < header.size(); ++column) {
    String label = FormPlaces(header[column]).empty() ? PartyIn(header[column]) : String();
    for (const auto& [line, cells] : rows) {
      if (!label.empty() || column >= cells.size() || !FormPlaces(cells[column]).empty()) break;
      label = PartyIn(cells[column]);
    }
    if (label.empty()) label = String(Local().party) + " " + NumberText(column + 1);
    parties_here_.push_back(std::move(label));
  }
}

// "Value", "Details": a title that names nobody.
static bool IsValueTitle(std::string_view title) {
  constexpr std::string_view kTitles =
      "|value|values|detail|details|entry|response|information|info|answer|angabe|angaben|wert|"
      "eintrag|valor|dato|datos|valeur|informations|waarde|gegevens|valore|dati|warto\u015B\u0107|"
      "uppgift|";
  return kTitles.find("|" + LowerText(Plain(title)) + "|") != std::string_view::npos;
}

// A table of one party, which the line above names: "| Field | Value |".
void Importer::SignatureForm(const String& label, const Vector<String>& header,
                             const Vector<std::pair<size_t, Vector<String>>>& rows) {
  Party* party = AddParty(label);
  EmitRow({Inline(EscapeBars(header[0])), Inline(EscapeBars(header[1]))});
  EmitRow({"---", "---"});
  for (const auto& [line, cells] : rows) {
    at_ = line;
    String what = Plain(cells[0].substr(0, cells[0].find(kLabelSign)));
    while (what.ends_with(':') || what.ends_with(' ')) what.pop_back();
    const String cell = cells.size() > 1 ? cells[1] : String();
    bool blank = cell.empty() || IsBlank(cell) || BlankLength(cell) == cell.size();
    bool place = blank && party != nullptr && !what.empty();
    if (place)
      Note(line, "signatures",
           "'" + what + "' became a place" + (SignsHere(what) ? " to sign" : "") + " of the role " +
               party->id);
    EmitRow({Inline(EscapeBars(cells[0])),
             place ? PlaceOf(*party, what, "") : Inline(EscapeBars(cell))});
  }
}

void Importer::SignatureTable(const Vector<String>& header,
                              const Vector<std::pair<size_t, Vector<String>>>& rows) {
  if (header.size() == 2 && IsValueTitle(header[1])) {
    if (Vector<String> above = PartiesAbove(); above.size() == 1)
      return SignatureForm(above[0], header, rows);
  }
  if (!header[0].empty()) {
    Emit(Inline(header[0]));
    Emit("");
  }
  size_t columns = header.size();
  for (const auto& [line, cells] : rows) {
    for (size_t i = columns; i < cells.size(); ++i) columns = cells[i].empty() ? columns : i + 1;
  }
  size_t begin = at_;
  for (size_t column = 1; column < columns; ++column) {
    const String name = column < header.size() ? header[column] : String();
    String label = Plain(name);
    for (std::string_view sign : {"[", "]", "<", ">", "{", "}", "_"}) {
      for (size_t at = label.find(sign); at != String::npos; at = label.find(sign))
        label.replace(at, 1, sign == "_" ? " " : "");
    }
    label = RoleLabel(String(Trim(label)));
    if (label.empty()) label = String(Local().party) + " " + NumberText(column);
    // Behind the last title stand words, and nobody signs.
    Party* party = column < header.size() ? AddParty(label) : nullptr;
    if (party != nullptr) {
      Note(at_, "signature-table",
           "The column '" + name + "' became the role " + party->id + " with its places to sign");
    }
    if (column < header.size()) {
      // Who it is may be still to be filled in.
      Emit("**" + (name.empty() ? EscapeBraces(label) : Inline(Plain(name))) + "**");
      Emit("");
    }
    for (const auto& [line, cells] : rows) {
      at_ = line;
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
      while (what.ends_with(':') || what.ends_with(' ')) what.pop_back();
      if (!help.empty() && column == 1)
        Note(line, "label", "'" + help + "' became the help of '" + what + "'");
      const String cell = column < cells.size() ? cells[column] : String();
      bool blank = cell.empty() || IsBlank(cell) || BlankLength(cell) == cell.size();
      String title = what.empty() ? "- " : "- " + EscapeBraces(what) + ": ";
      if (!blank) {
        Emit(title + Inline(cell));
      } else if (party != nullptr && !what.empty()) {
        Emit(title + PlaceOf(*party, what, help));
      } else if (column < header.size() && (!what.empty() || !cell.empty())) {
        Emit(title + Inline(cell));
      }
    }
    at_ = begin;
    Emit("");
  }
}

}  // namespace countersign::importing
