// Where parties sign: lines, and lines with names below them.
#include <algorithm>

#include "base/bytes.h"
#include "import/importer.h"

namespace countersign::importing {

// "Signature", "By:", "**Signed**", "Unterschrift".
bool Importer::SignsHere(std::string_view label) const {
  return IsLabelToSign(label) || !SignerIn(label).empty();
}

// "Buyer Signature", "Seller's signature", "Signature of Buyer": who signs, else "".
String Importer::SignerIn(std::string_view label) const {
  if (IsLabelToSign(label)) return {};
  String plain = Plain(label);
  while (plain.ends_with(':') || plain.ends_with(' ')) plain.pop_back();
  String lower = LowerText(plain);
  if (String who = SignerBehind(plain); !who.empty()) return who;
  if (!lower.ends_with(" signature")) return {};
  bool possessive = false;
  String who = WithoutPossessive(plain.substr(0, plain.size() - 10), &possessive);
  for (std::string_view other : {"author", "electronic", "digital", "date", "your", "the "}) {
    if (lower.starts_with(other)) return {};
  }
  return who;
}

// The bytes of a blank that `text` begins with: ____, \_\_\_\_, ....., __/__/____, [date].
size_t Importer::BlankLength(std::string_view text) {
  if (size_t length = DateBlankLength(text); length != 0) return length;
  if (size_t length = YearBlankLength(text); length != 0) return length;
  size_t at = 0, signs = 0;
  while (at < text.size()) {
    bool escaped = text.substr(at).starts_with("\\_");
    if (!escaped && text[at] != '_') break;
    at += escaped ? 2 : 1;
    ++signs;
  }
  if (signs > 2) return at;
  size_t dots = std::min(text.find_first_not_of('.'), text.size());
  if (dots > 4) return dots;
  for (auto [open, close] :
       {std::pair<std::string_view, std::string_view>("\\[", "\\]"), {"{{", "}}"}, {"<", ">"}}) {
    if (!text.starts_with(open)) continue;
    size_t end = text.substr(0, 60).find(close);
    bool name = end != std::string_view::npos &&
                IsName(Trim(Unescaped(text.substr(open.size(), end - open.size()))));
    return name ? end + close.size() : 0;
  }
  if (!text.starts_with('[')) return 0;
  if (text.starts_with("[[")) {
    size_t end = text.substr(0, 80).find("]]");
    return end == std::string_view::npos ? 0 : end + 2;
  }
  size_t end = text.substr(0, 60).find(']');
  bool link = end != std::string_view::npos && end + 1 < text.size() &&
              std::string_view("([:").find(text[end + 1]) != std::string_view::npos;
  return end == std::string_view::npos || link ? 0 : end + 1;
}

// The words in a blank: "[Name]" -> "Name"; "" where it is a line to write on.
static std::string_view Inside(std::string_view blank) {
  size_t begin = blank.find_first_not_of("[\\{< _.");
  size_t end = blank.find_last_not_of("]\\}> _.");
  return begin == std::string_view::npos ? std::string_view()
                                         : blank.substr(begin, end + 1 - begin);
}

// The line "By: ____  Name: ____" as its places, each from its label to the end of its blank; empty
// where it says anything else.
Vector<Importer::FormPlace> Importer::FormPlaces(std::string_view text) const {
  Vector<FormPlace> places;
  for (size_t at = 0; at < text.size() && places.size() < 12;) {
    FormPlace place;
    size_t label = at;
    while (at < text.size() && text[at] != ':' && BlankLength(text.substr(at)) == 0) ++at;
    place.what = Plain(text.substr(label, at - label));
    place.what.erase(0, std::min(place.what.find_first_not_of(", "), place.what.size()));
    if (size_t remark = place.what.find(" ("); remark != String::npos && place.what.ends_with(')'))
      place.what.erase(remark);
    size_t words = std::count(place.what.begin(), place.what.end(), ' ') + 1;
    String name = place.what;  // "Ort, Datum"
    std::replace(name.begin(), name.end(), ',', ' ');
    if (name.empty() || name.size() > 40 || (words > 4 && !IsLabelToSign(name)) || !IsName(name))
      return {};
    while (at < text.size() && std::string_view(": *").find(text[at]) != std::string_view::npos)
      ++at;
    place.begin = at;
    at += BlankLength(text.substr(at));
    place.end = at;
    // "Signed by [NAME OF SIGNATORY]" says who signs, "[Signature]" where.
    String inside = LowerText(Inside(text.substr(place.begin, place.end - place.begin)));
    if (IsName(inside) && SignsHere(place.what)) {
      place.names = !inside.starts_with("sig") && inside.find("signature") == String::npos &&
                    !IsLabelToSign(inside);
    }
    // A variable may stand elsewhere, too.
    place.filled =
        (text.substr(place.begin).starts_with("{{") || text.substr(place.begin).starts_with('<')) &&
        !inside.empty() && !SignsHere(place.what) && !IsLabelOfDate(place.what);
    if (place.begin == place.end) {
      // Nothing, or words: "Date:", "Name: Jane Doe". Only the label tells that they belong here.
      bool colon = text.substr(label, at - label).find(':') != std::string_view::npos;
      bool known = SignsHere(place.what) || IsLabelOfDate(place.what);
      place.filled = at < text.size();
      if (place.filled && known) return {};
      known = known || IsLabelToFill(place.what);
      if (!colon || !known) return {};
      place.end = at = text.size();
      if (!place.filled) place.begin = at;
    }
    while (at < text.size() && (text[at] == ' ' || text[at] == '*')) ++at;
    places.push_back(std::move(place));
  }
  return places;
}

// The line with places of the parties in it. A label that comes again begins another column.
String Importer::Form(std::string_view text, const Vector<FormPlace>& places, size_t column) {
  String out;
  size_t at = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    const FormPlace& place = places[i];
    size_t same = column;
    for (size_t k = 0; k < i; ++k) same += places[k].what == place.what ? 1 : 0;
    if (same >= parties_here_.size()) return {};
    Party* party = AddParty(parties_here_[same]);
    if (party == nullptr) return {};
    out += EscapeBraces(text.substr(at, place.begin - at));
    if (!place.filled && place.begin == place.end && !out.ends_with(' ')) out += ' ';
    at = place.end;
    if (place.filled) {
      out += Inline(text.substr(place.begin, place.end - place.begin));
      continue;
    }
    bool signs = SignsHere(place.what);
    std::string_view blank = text.substr(place.begin, place.end - place.begin);
    if (place.names) {
      out += Inline(blank);
      if (i + 1 == places.size() && IsLineBelowName(at_ + 1)) continue;
      out += " ";
    }
    bool short_name = signs && (LowerText(place.what) == "x" || !SignerIn(place.what).empty());
    const String signature(Local().signature);
    // What stood in the brackets of "Title: [Director]" helps who fills it in.
    String help;
    if (!place.names && !blank.starts_with("[[") &&
        (blank.starts_with('[') || blank.starts_with('\\')))
      help = Plain(Inside(blank));
    bool says = !signs && std::any_of(help.begin(), help.end(), IsLetter) &&
                LowerText(help) != LowerText(place.what);
    out += PlaceOf(*party, short_name ? signature : place.what, says ? help : "");
    Note(at_, "signatures",
         "'" + place.what + "' became a place" + (signs ? " to sign" : "") + " of the role " +
             party->id + (says ? ", with the help '" + help + "'" : ""));
  }
  return out + Inline(text.substr(at));
}

// The words without the marker of an item in front.
static std::string_view WithoutBullet(std::string_view line) {
  line = Trim(line);
  for (std::string_view bullet : {"- ", "* ", "+ "}) {
    if (line.starts_with(bullet)) return Trim(line.substr(2));
  }
  return line;
}

// Whether a line is only for the signature of who is named at the end of the one above.
bool Importer::IsLineBelowName(size_t line) const {
  if (line == 0 || line >= lines_.size()) return false;
  std::string_view words = WithoutBullet(lines_[line].text);
  std::string_view above = WithoutBullet(lines_[line - 1].text);
  if (words.empty() || words.size() > kMaxFormLine || !Inside(words).empty() ||
      BlankLength(words) != words.size() || above.size() > kMaxFormLine)
    return false;
  Vector<FormPlace> places = FormPlaces(above);
  return !places.empty() && places.back().names;
}

// "VENDOR: [Legal Name]", and "Signed by [NAME]" some lines above the line to sign on: words about
// who signs below.
bool Importer::NamesWhoSigns(const Vector<FormPlace>& places, std::string_view words,
                             size_t line) const {
  if (places.size() != 1) return false;
  const FormPlace& place = places[0];
  if (place.names) {
    for (size_t i = line + 2; i < std::min(lines_.size(), line + 6); ++i) {
      std::string_view below = WithoutBullet(lines_[i].text);
      if (HeadingLevel(below) != 0) break;
      if (below.size() >= 15 && below.size() <= kMaxFormLine && Inside(below).empty() &&
          BlankLength(below) == below.size())
        return !IsLineBelowName(line + 1);
    }
    return false;
  }
  if (SignsHere(place.what) || IsLabelOfDate(place.what) || IsLabelToFill(place.what) ||
      Inside(words.substr(place.begin, place.end - place.begin)).empty())
    return false;
  // In the middle of a form, only right above the next place to sign.
  size_t below = line + 1;
  while (below < lines_.size() && Trim(lines_[below].text).empty()) ++below;
  if (line == at_ || below >= lines_.size()) return true;
  std::string_view next = WithoutBullet(lines_[below].text);
  Vector<FormPlace> below_it = next.size() <= kMaxFormLine ? FormPlaces(next) : Vector<FormPlace>();
  return !below_it.empty() && SignsHere(below_it[0].what);
}

// A line to sign on with "Name:" or "Title:" below it, and whose it is above: "Signed for and on
// behalf of Buyer:".
bool Importer::IsLineAboveLabels() const {
  constexpr size_t kLong = 15;
  std::string_view line = Trim(Here());
  size_t below = at_ + 1;
  while (below < std::min(lines_.size(), at_ + 3) && Trim(lines_[below].text).empty()) ++below;
  if (line.size() < kLong || line.size() > kMaxFormLine || below >= lines_.size() ||
      line.find_first_not_of("_\\") != std::string_view::npos ||
      lines_[below].text.size() > kMaxFormLine)
    return false;
  Vector<FormPlace> places = FormPlaces(WithoutBullet(lines_[below].text));
  return !places.empty() && !SignsHere(places[0].what) &&
         (IsLabelToFill(places[0].what) || IsLabelOfDate(places[0].what)) &&
         PartiesAbove().size() == 1;
}

// Lines to fill in, one of which is a signature: the places of who is named above them.
bool Importer::ConvertForm() {
  if (at_ < no_form_before_) return false;
  size_t end = at_, last = at_;
  bool signs = false;
  size_t count = 0, blanks = 0;
  String first_signer;
  for (; end < std::min(lines_.size(), at_ + kMaxLookAhead); ++end) {
    std::string_view words = WithoutBullet(lines_[end].text);
    if (words.empty()) continue;
    Vector<FormPlace> places =
        words.size() <= kMaxFormLine ? FormPlaces(words) : Vector<FormPlace>();
    if (end == at_ && IsLineAboveLabels()) {
      signs = true;
      count += 2;  // with the labels below
      last = end + 1;
      continue;
    }
    if (places.empty() && last == end && end > at_ && IsLineBelowName(end)) {
      last = end + 1;
      continue;
    }
    if (places.empty()) break;
    // "COMPANY:" above the name of the company: who signs next.
    if (places[0].begin == places[0].end && end + 1 < lines_.size()) {
      std::string_view below = WithoutBullet(lines_[end + 1].text);
      if (!below.empty() && !SignsHere(places[0].what) &&
          (below.size() > kMaxFormLine || FormPlaces(below).empty()))
        break;
    }
    if (NamesWhoSigns(places, words, end)) {
      if (last == at_) return false;
      break;
    }
    for (const FormPlace& place : places) {
      ++count;
      blanks += place.begin < place.end;
      signs = signs || SignsHere(place.what);
      if (first_signer.empty()) first_signer = SignerIn(place.what);
    }
    last = end + 1;
  }
  // "Signed by:" alone says something about what follows.
  size_t behind = last;
  while (behind < lines_.size() && Trim(lines_[behind].text).empty()) ++behind;
  // but not "Signature:" with nothing right below it.
  bool apart = last > at_ && behind > last && IsNounToSign(WithoutBullet(lines_[last - 1].text));
  bool says = count == 1 && blanks == 0 && behind < lines_.size() && !apart;
  if (!signs || says || parties_.size() + 4 > kMaxParties) {
    no_form_before_ = end;
    return false;
  }
  FlushHelp();
  stack_.clear();
  parties_here_ = PartiesAbove();
  // Whose the lines above the first signature are.
  if (parties_here_.empty() && !first_signer.empty()) parties_here_ = {RoleLabel(first_signer)};
  bool signed_here = false;
  const bool below_item = !output_.empty() && output_.back().text.starts_with("- ");
  for (; at_ < last; ++at_) {
    std::string_view line = lines_[at_].text;
    std::string_view words = WithoutBullet(line);
    if (words.empty()) {
      EmitBlank();
      continue;
    }
    const bool item = words.data() != Trim(line).data();
    const String lead(!item ? "" : below_item && line.starts_with("  ") ? "    - " : "- ");
    const bool above_labels = !signed_here && BlankLength(words) == words.size();
    signed_here = signed_here || above_labels;
    if (above_labels || (at_ > 0 && signed_here && IsLineBelowName(at_))) {
      Party* party = AddParty(parties_here_[0]);
      Emit(lead + (party == nullptr ? String() : PlaceOf(*party, String(Local().signature), "")));
      output_.back().paragraph = !item;
      output_.back().breaks = lines_[at_].breaks;
      Note(at_, "signatures",
           "A line became the place to sign of the role " + Identifier(parties_here_[0]));
      continue;
    }
    Vector<FormPlace> places = FormPlaces(words);
    // Who signs is in the label, or nobody is named and a second one begins.
    String signer;
    size_t signatures = 0;
    for (const FormPlace& place : places) {
      if (signer.empty()) signer = SignerIn(place.what);
      signatures += SignsHere(place.what) ? 1 : 0;
    }
    if (!signer.empty()) {
      parties_here_ = {RoleLabel(signer)};
    } else if (signatures > 0 && signed_here) {
      parties_here_.clear();
    }
    signed_here = signed_here || signatures > 0;
    for (size_t n = parties_.size(); parties_here_.size() < std::max<size_t>(signatures, 1);)
      parties_here_.push_back(String(Local().party) + " " + NumberText(++n));
    String form = Form(words, places, 0);
    if (form.empty()) form = Inline(words);
    Emit(lead + form);
    output_.back().paragraph = !item;
    output_.back().breaks = lines_[at_].breaks;
  }
  parties_here_.clear();
  return true;
}

// Long lines with the names of those below who sign on them.
bool Importer::ConvertCaptions() {
  constexpr size_t kLong = 15;
  std::string_view line = Trim(Here());
  if (at_ + 1 >= lines_.size() || line.size() > kMaxFormLine ||
      lines_[at_ + 1].text.size() > kMaxFormLine)
    return false;
  auto columns = [](std::string_view text) {
    Vector<String> parts;
    for (size_t at = 0; at < text.size();) {
      size_t end = std::min(text.find("  ", at), text.size());
      parts.emplace_back(text.substr(at, end - at));
      at = std::min(text.find_first_not_of(' ', end), text.size());
    }
    return parts;
  };
  Vector<String> blanks = columns(line), names = columns(Trim(lines_[at_ + 1].text));
  // "(Signature)" below, and the names above.
  bool remarks = std::all_of(names.begin(), names.end(), [&](const String& name) {
    String lower = LowerText(name);
    bool bracketed = lower.size() > 2 && lower.starts_with('(') && lower.ends_with(')');
    return bracketed && IsLabelToSign(lower.substr(1, lower.size() - 2));
  });
  if (remarks) names = PartiesAbove();
  // The name of who signs is still to be filled in: the line above says whose it is.
  if (std::all_of(names.begin(), names.end(),
                  [](const String& name) { return BlankLength(name) == name.size(); })) {
    if (Vector<String> above = PartiesAbove(); above.size() == names.size())
      names = std::move(above);
  }
  for (String& name : names) {
    // "(Signature of Buyer)"
    bool bracketed = name.size() > 2 && name.starts_with('(') && name.ends_with(')');
    String signer = SignerIn(bracketed ? name.substr(1, name.size() - 2) : name);
    if (!signer.empty()) name = std::move(signer);
  }
  if (names.empty() || blanks.size() != names.size() ||
      parties_.size() + names.size() > kMaxParties)
    return false;
  for (size_t i = 0; i < blanks.size(); ++i) {
    bool blank = blanks[i].size() >= kLong && BlankLength(blanks[i]) == blanks[i].size() &&
                 blanks[i].find_first_not_of("_\\") == String::npos;
    // What is filled in on it is not who signs: a day, or a name, of who signs beside it.
    bool other = std::any_of(names[i].begin(), names[i].end(), IsDigit);
    for (std::string_view begin :
         {"name", "title", "place", "city", "ort", "datum", "unterschrift"})
      other = other || LowerText(names[i]).starts_with(begin);
    bool beside = i > 0 && (IsLabelOfDate(names[i]) || IsLabelToFill(names[i]));
    blank = blank ||
            (beside && blanks[i].size() > 4 && blanks[i].find_first_not_of("_\\") == String::npos);
    if (!blank || (!beside && (other || PartyIn(names[i]).empty()))) return false;
  }
  FlushHelp();
  stack_.clear();
  String places;
  Party* party = nullptr;
  for (const String& name : names) {
    bool beside = party != nullptr && (IsLabelOfDate(name) || IsLabelToFill(name));
    if (!beside) party = AddParty(PartyIn(name));
    places += (places.empty() ? "" : "  ") +
              PlaceOf(*party, beside ? Plain(name) : String(Local().signature), "");
    Note(at_, "signatures",
         beside ? "A line became a place of the role " + party->id
                : "A line became the place to sign of the role " + party->id);
  }
  Emit(std::move(places));
  output_.back().paragraph = true;
  output_.back().breaks = true;
  ++at_;
  ConvertParagraph();
  return true;
}

}  // namespace countersign::importing
