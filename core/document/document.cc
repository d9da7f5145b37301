#include "document/document.h"

#include <iterator>

#include "base/names.h"
#include "crypto/crypto.h"

namespace countersign::document {
namespace {

constexpr Names kBlankNames("sign|initial|signdate|check|input|select|file|value");
constexpr Names kStyleNames("bullet|ordered|recitals");
constexpr Names kNumberingNames("sections|items|none|outline|mixed");
static_assert(kBlankNames.ReachTo(BlankKind::kValue) && kStyleNames.ReachTo(ListStyle::kRecitals) &&
              kNumberingNames.ReachTo(Numbering::kMixed));

template <class Kind>
bool FindName(Names names, std::string_view name, Kind* kind) {
  const size_t found = names.Find(name);
  if (found == Names::kNone) return false;
  *kind = static_cast<Kind>(found);
  return true;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// a, i, A, 1, I
enum Way : int { kAlpha, kRoman, kUpperAlpha, kDecimal, kUpperRoman };
String Ordinal(int way, uint32_t n) {
  if (way == kDecimal) return NumberText(n);
  String text = way == kRoman || way == kUpperRoman ? RomanNumber(n) : AlphaNumber(n);
  bool upper = way == kUpperAlpha || way == kUpperRoman;
  for (char& c : text) c = static_cast<char>(upper ? c - 'a' + 'A' : c);
  return text;
}

// The number of an ordered item, by how many ordered lists it stands in.
String ItemNumber(Numbering numbering, int depth, uint32_t n) {
  if (numbering == Numbering::kItems) {
    if (depth == 0) return NumberText(n) + ".";
    --depth;
  }
  return "(" + Ordinal(depth % 4, n) + ")";
}

void NumberAll(Numbers* numbers, Vector<Block>* blocks) {
  for (Block& block : *blocks) {
    block.number = numbers->Open(block.kind, block.style, block.level);
    NumberAll(numbers, &block.blocks);
    numbers->Close();
  }
}

}  // namespace

std::string_view BlankKindName(BlankKind kind) { return kBlankNames[kind]; }
bool FindBlankKind(std::string_view name, BlankKind* kind) {
  return FindName(kBlankNames, name, kind);
}
std::string_view ListStyleName(ListStyle style) { return kStyleNames[style]; }
bool FindListStyle(std::string_view name, ListStyle* style) {
  return FindName(kStyleNames, name, style);
}
std::string_view NumberingName(Numbering numbering) { return kNumberingNames[numbering]; }
bool FindNumbering(std::string_view name, Numbering* numbering) {
  return FindName(kNumberingNames, name, numbering);
}

BlockKind OmittedKind(BlockKind kind) {
  return kind == BlockKind::kItem  ? BlockKind::kOmittedItem
         : kind == BlockKind::kRow ? BlockKind::kOmittedRow
                                   : BlockKind::kOmitted;
}
bool IsHolder(BlockKind kind) { return kind == BlockKind::kList || kind == BlockKind::kTable; }
bool IsRow(BlockKind kind) { return kind == BlockKind::kRow || kind == BlockKind::kOmittedRow; }
bool IsItem(BlockKind kind) { return kind == BlockKind::kItem || kind == BlockKind::kOmittedItem; }

Inline Text(std::string_view text) {
  Inline piece;
  piece.text = text;
  return piece;
}

String AlphaNumber(uint32_t n) {
  CS_CHECK(n > 0);
  String text;
  for (; n > 0; n = (n - 1) / 26) text.insert(text.begin(), static_cast<char>('a' + (n - 1) % 26));
  return text;
}

String RomanNumber(uint32_t n) {
  CS_CHECK(n > 0);
  struct Step {
    uint32_t value;
    std::string_view text;
  };
  constexpr Step kSteps[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"},
                             {90, "xc"},  {50, "l"},   {40, "xl"}, {10, "x"},   {9, "ix"},
                             {5, "v"},    {4, "iv"},   {1, "i"}};
  String text;
  for (const Step& step : kSteps) {
    for (; n >= step.value; n -= step.value) text += step.text;
  }
  return text;
}

bool CountsOn(BlockKind kind, ListStyle style) {
  return kind == BlockKind::kGroup || (kind == BlockKind::kSection && style == kUnnumbered);
}

std::string_view Numbers::Open(BlockKind kind, ListStyle style, uint8_t level) {
  Place inner;
  std::string_view number;
  Place& around = places_.back();
  inner.lists = around.lists;
  inner.begin = inner.end = around.end;
  const bool is_section =
      kind == BlockKind::kSection || (kind == BlockKind::kOmitted && level != 0);
  if (around.kind == BlockKind::kList) {
    const uint32_t n = ++around.count;
    if (around.style == ListStyle::kOrdered) {
      number = number_ = ItemNumber(numbering_, around.lists, n);
      ++inner.lists;
    } else if (around.style == ListStyle::kRecitals) {
      number = number_ = ItemNumber(Numbering::kSections, 2, n);
    }
  } else if (is_section && style == kRestarting) {
    inner.lists = 0;  // all as at the top of a document
  } else if (CountsOn(kind, style) || (is_section && style == kUnnumbered)) {
    inner = around;
    inner.counts_on = true;
  } else if (is_section) {
    constexpr int kOutlineWays[] = {kUpperRoman, kUpperAlpha, kDecimal, kAlpha, kRoman};
    const bool mixed = numbering_ == Numbering::kMixed;
    const int depth = around.sections;
    const int way = numbering_ == Numbering::kOutline ? kOutlineWays[depth % 5] : kDecimal;
    path_.resize(around.end);
    path_.append(Ordinal(way, ++around.count)).push_back('.');
    inner.begin = around.begin;
    inner.end = path_.size();
    if (mixed && depth > 0) {
      number = number_ = "(" + Ordinal((depth - 1) % 4, around.count) + ")";
    } else if (NumbersSections(numbering_)) {
      // At the top the dot stands behind it.
      number = std::string_view(path_).substr(inner.begin);
      if (around.end != around.begin) number.remove_suffix(1);
    }
    inner.sections = depth + 1;
    inner.lists = mixed ? depth : 0;
  }
  inner.kind = kind;
  inner.style = style;
  places_.push_back(std::move(inner));
  return number;
}

void Numbers::Close() {
  const uint32_t count = places_.back().count;
  const bool counts_on = places_.back().counts_on;
  places_.pop_back();
  if (counts_on) places_.back().count = count;
}

void Number(Numbering numbering, Vector<Block>* blocks) {
  Numbers numbers(numbering);
  NumberAll(&numbers, blocks);
}

bool IsAlignment(std::string_view text) {
  constexpr Names kAlignments("left|center|right");
  return kAlignments.Has(text);
}

bool IsSafeAddress(std::string_view address) {
  if (address.empty() || address.size() > 2000) return false;
  for (char c : address) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
  }
  return address.starts_with("https://") || address.starts_with("http://") ||
         address.starts_with("mailto:");
}

bool IsId(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength || !IsLetter(id[0])) return false;
  for (char c : id) {
    if (!IsLetter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.') return false;
  }
  return true;
}

void Normalise(Inlines* inlines) {
  size_t kept = 0;
  for (size_t i = 0; i < inlines->size(); ++i) {
    Inline& piece = (*inlines)[i];
    if (piece.kind == InlineKind::kText) {
      if (piece.text.empty()) continue;
      if (kept > 0 && (*inlines)[kept - 1].kind == InlineKind::kText) {
        (*inlines)[kept - 1].text += piece.text;
        continue;
      }
    } else {
      Normalise(&piece.inlines);
    }
    if (kept != i) (*inlines)[kept] = std::move(piece);
    ++kept;
  }
  inlines->resize(kept);
}

Hash TextRef(std::string_view bytes) { return crypto::Sha256(AsBytes(bytes)); }

}  // namespace countersign::document
