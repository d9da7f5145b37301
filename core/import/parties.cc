// Parties: who is named above, in or below a place to sign, and their roles.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

// "**PROVIDER**", "## Provider", "For Provider:", "BUYER        SELLER" in the line above; empty
// where it names nobody.
Vector<String> Importer::PartiesAbove() const {
  size_t above = at_;
  while (above > 0 && Trim(lines_[above - 1].text).empty()) --above;
  if (above == 0) return {};
  std::string_view line = Trim(lines_[above - 1].text);
  line.remove_prefix(HeadingLevel(line));
  if (line.starts_with("- ") || line.starts_with("* ")) line.remove_prefix(2);
  // "## For the Provider", and the name of who signs for it: the heading says whose place it is.
  if (line.find_first_of("[{<") != std::string_view::npos || line.starts_with("**")) {
    String lower = LowerText(heading_);
    for (std::string_view begin :
         {"for ", "f\u00FCr ", "pour ", "por el ", "por la ", "per il ", "per la ", "voor "}) {
      if (!lower.starts_with(begin)) continue;
      if (String label = PartyIn(heading_); !label.empty()) return {std::move(label)};
    }
  }
  if (line.size() > 160 || line.find('|') != std::string_view::npos) return {};
  Vector<String> parties;
  for (size_t at = 0; at < line.size();) {
    size_t end = std::min(line.find("  ", at), line.size());
    String label = PartyIn(line.substr(at, end - at));
    if (label.empty()) return {};
    parties.push_back(std::move(label));
    at = std::min(line.find_first_not_of(' ', end), line.size());
  }
  return parties;
}

String Importer::PartyIn(std::string_view words) {
  String label = Plain(words);
  // "[COMPANY]", "<Manager Name>, <Manager Title>"
  for (auto [open, close] :
       {std::pair<std::string_view, std::string_view>("[", "]"), {"{{", "}}"}, {"<", ">"}}) {
    size_t end = label.starts_with(open) ? label.find(close) : String::npos;
    if (end == String::npos) continue;
    String behind = label.substr(end + close.size());
    if (!behind.empty() && behind[0] != ',') continue;
    label = String(Trim(std::string_view(label).substr(open.size(), end - open.size())));
    for (char& c : label) c = c == '_' || c == '.' ? ' ' : c;
    if (LowerText(label).ends_with(" name")) label.resize(label.size() - 5);
    if (LowerText(label).ends_with(" legal")) label.resize(label.size() - 6);
  }
  while (label.ends_with(':') || label.ends_with(' ') || label.ends_with(',')) label.pop_back();
  for (std::string_view begin :
       {"signed for and on behalf of ", "for and on behalf of ", "signed on behalf of ",
        "on behalf of ", "signed by ", "signed for ", "for ", "f\u00FCr den ", "f\u00FCr die ",
        "f\u00FCr ", "por el ", "por la ", "pour le ", "pour la ", "pour ", "voor de ", "per il ",
        "per la "}) {
    if (LowerText(label).starts_with(begin)) label.erase(0, begin.size());
  }
  if (size_t colon = label.find(':'); colon != String::npos) label.erase(colon);
  if (LowerText(label).ends_with(" signature")) label.resize(label.size() - 10);
  while (label.ends_with(' ')) label.pop_back();
  String lower = LowerText(label);
  size_t spaces = std::count(label.begin(), label.end(), ' ');
  bool company = lower.ends_with("inc.") || lower.ends_with("ltd.") || lower.ends_with("co.") ||
                 lower.ends_with("corp.");
  if (label.empty() || label.size() > 60 || spaces > 5 || (label.ends_with('.') && !company) ||
      !(IsLetter(label[0]) || static_cast<unsigned char>(label[0]) >= 0xC3) ||
      label.find_first_of("[]{}<>_;") != String::npos)
    return {};
  for (std::string_view other :
       {"signature", "signed", "in witness", "execut", "agreed", "by ", "date", "terms", "parties",
        "unterschrift", "firmas", "podpisy", "assinatura", "handtekening", "underskrift"}) {
    if (lower.starts_with(other)) return {};
  }
  return RoleLabel(label);
}

// "BUYER" -> "Buyer".
String Importer::RoleLabel(const String& label) {
  bool company = label.find_first_of(",.&") != String::npos;  // "ACME, INC."
  if (label.size() < 2 || company || label != UpperText(label)) return label;
  return label.substr(0, 1) + LowerText(label.substr(1));
}

String Importer::UpperText(std::string_view text) {
  String upper(text);
  for (char& c : upper) c = Upper(c);
  return upper;
}

// Where nobody had a place to sign: two parties at the end.
void Importer::AddParties() {
  if (!parties_.empty()) return;
  Vector<String> labels;
  for (const TermUse& term : terms_) {
    if (term.possessive && labels.size() < 3) labels.push_back(term.name);
  }
  const LocalWords& words = Local();
  if (labels.size() != 2) labels = {String(words.party) + " 1", String(words.party) + " 2"};
  EmitBlank();
  Emit("**" + String(words.signatures) + "**");
  Emit("");
  for (const String& label : labels) {
    Party* party = AddParty(label);
    Emit("- " + EscapeBraces(label) + ": " + PlaceOf(*party, String(words.signature), "") + " " +
         PlaceOf(*party, String(words.name), "") + " " + PlaceOf(*party, String(words.date), ""));
  }
  Note(SIZE_MAX, "signatures", "Places to sign were added for " + labels[0] + " and " + labels[1]);
}

Party* Importer::AddParty(const String& label) {
  String id = Identifier(label);
  if (id.empty()) id = "party";
  for (Party& party : parties_) {
    if (party.id == id) return &party;
  }
  if (parties_.size() >= kMaxParties) return nullptr;
  parties_.push_back({id, label});
  return &parties_.back();
}

// A place of a party: where it signs, the date of signing, or something it fills in.
String Importer::PlaceOf(const Party& party, const String& what, const String& help) {
  std::string_view kind = SignsHere(what) ? "sign" : IsLabelOfDate(what) ? "signdate" : "input";
  String suffix = Identifier(what);
  if (suffix.empty()) suffix = "place";
  suffix[0] = Upper(suffix[0]);
  String id = party.id + suffix;
  if (placed_.size() >= kMaxFields) return {};
  // The agreement may have a blank of this name already, and a party sign twice.
  if (IsTaken(id)) {
    uint32_t& number = numbers_.emplace(id, 1).first->second;
    String first = id;
    do {
      id = first + (IsDigit(first.back()) ? "_" : "") + NumberText(++number);
    } while (IsTaken(id));
  }
  placed_.push_back(id);
  String tag = "{{" + String(kind) + ": " + id + ", role=" + party.id +
               ", label=" + Quoted(what + " (" + party.label + ")");
  if (!help.empty()) tag += ", help=" + Quoted(help);
  return tag + "}}";
}

}  // namespace countersign::importing
