// The frozen document: what all parties sign, as a tree, in one canonical form.
//
// A Document is text with structure and nothing else: no styles, no scripts, no conditions. Places
// that a recipient fills are blanks with the field's id; their content never is part of the
// document. A Document that exists has been checked (`Load`) or built by us, and the same tree has
// the same bytes everywhere. Rendering (render.h) reads it; nothing writes into it.
#ifndef COUNTERSIGN_DOCUMENT_DOCUMENT_H_
#define COUNTERSIGN_DOCUMENT_DOCUMENT_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::document {

inline constexpr std::string_view kFormat = "countersign-document/v1";

// Bounds of a document from outside, each with its code (beside those of json::kDocumentLimits).
inline constexpr int kMaxDepth = 24;         // nested blocks or inlines: document.too_deep
inline constexpr int kMaxNodes = 100'000;    // blocks and inlines: document.too_large
inline constexpr size_t kMaxIdLength = 200;  // of a unit or a field
inline constexpr int kMaxLevel = 5;          // of a section
inline constexpr size_t kMaxColumns = 50;    // of a table

// kCell stands in rows and headers of tables only, and nothing else stands there.
enum class InlineKind : uint8_t { kText, kStrong, kEm, kCode, kBreak, kLink, kBlank, kRef, kCell };

// What a recipient does at a blank; kValue is a sender's value that is still missing (never in a
// document that is frozen).
enum class BlankKind : uint8_t {
  kSign,
  kInitial,
  kSignDate,
  kCheck,
  kInput,
  kSelect,
  kFile,
  kValue
};
std::string_view BlankKindName(BlankKind kind);  // "sign", "initial", "signdate", ...
[[nodiscard]] bool FindBlankKind(std::string_view name, BlankKind* kind);

struct Inline {
  InlineKind kind = InlineKind::kText;
  BlankKind blank = BlankKind::kInput;  // kBlank
  String
      text;  // kText, kCode: the characters; kLink: the address; kBlank: the field; kRef: the unit
  // kBlank: what to call it; kRef: its text ("section 2.1"); kCell: "", "left", "center", "right".
  String label;
  String role;             // kBlank: whose it is, "" for the sender
  Vector<Inline> inlines;  // kStrong, kEm, kLink, kCell
  friend bool operator==(const Inline&, const Inline&) = default;
};
using Inlines = Vector<Inline>;

Inline Text(std::string_view text);

// kOmitted stands for a paragraph or (with a level) a section that is left out, kOmittedItem for an
// item, kOmittedRow for a row of a table.
enum class BlockKind : uint8_t {
  kSection,
  kParagraph,
  kList,
  kItem,
  kOmitted,
  kOmittedItem,
  kTable,
  kRow,
  kOmittedRow,
  kGroup
};
// What stands in the place of such a unit.
BlockKind OmittedKind(BlockKind kind);
// Whether a unit of this kind is only there while something stands in it: a list, a table.
bool IsHolder(BlockKind kind);
// Whether this stands in tables, and nothing else does; the same of lists.
bool IsRow(BlockKind kind);
bool IsItem(BlockKind kind);

// kRecitals: (A), (B) whatever the numbering.
enum class ListStyle : uint8_t { kBullet, kOrdered, kRecitals };
// Of a section (and of what stands for one): it has no number.
inline constexpr ListStyle kUnnumbered = ListStyle::kRecitals;
// Of a section: it has no number, and those in it begin again at 1.
inline constexpr ListStyle kRestarting = ListStyle::kOrdered;
std::string_view ListStyleName(ListStyle style);  // "bullet", "ordered", "recitals"
[[nodiscard]] bool FindListStyle(std::string_view name, ListStyle* style);

struct Block {
  BlockKind kind = BlockKind::kParagraph;
  ListStyle style = ListStyle::kBullet;  // kList; kSection, kOmitted while numbers are made
  // kSection: 1..kMaxLevel; kOmitted: of the section it stands for, or 0; kOmittedRow: the columns.
  uint8_t level = 0;
  bool keep = false;  // printed on one page, where it fits on one
  String id;          // of the unit it comes from; unique in the document
  String number;      // all but kParagraph and kList: as printed, "" where there is none
  Inlines inlines;    // kSection: the heading; kParagraph, kOmitted: the text; kTable, kRow: kCell
  Vector<Block> blocks;  // kSection, kItem: content; kList: kItem …; kTable: kRow …
  friend bool operator==(const Block&, const Block&) = default;
};

// How numbers are made. kSections: headings 1. / 1.1 / 1.1.1, ordered items (a) / (i) / (A) / (1).
// kItems: headings bare, ordered items 1. / (a) / (i) / (A). kNone: no numbers at headings, items
// as kSections. kOutline: headings I. / I.A / I.A.1, items as kSections. kMixed: headings 1. / (a)
// / (i) / (A), and items go on from the heading they stand under.
enum class Numbering : uint8_t { kSections, kItems, kNone, kOutline, kMixed };
std::string_view NumberingName(Numbering numbering);  // "sections", "items", "none", …
// Whether headings have numbers.
inline bool NumbersSections(Numbering numbering) {
  return numbering != Numbering::kItems && numbering != Numbering::kNone;
}
[[nodiscard]] bool FindNumbering(std::string_view name, Numbering* numbering);

struct Document {
  String title;
  String locale;  // BCP 47, of the contract
  Vector<Block> blocks;
  friend bool operator==(const Document&, const Document&) = default;
};

// Whether numbers count on through the block: a group, or a section that has no number.
bool CountsOn(BlockKind kind, ListStyle style);
// The numbers of a document's blocks, one after the other: each is opened, then all that stands in
// it, then it is closed.
class Numbers {
 public:
  explicit Numbers(Numbering numbering) : numbering_(numbering), places_(1) {}
  // What the next block is numbered, "" where it has no number; valid until the next call.
  std::string_view Open(BlockKind kind, ListStyle style, uint8_t level);
  void Close();

 private:
  // What a block is for the numbers of those in it.
  struct Place {
    size_t begin = 0;        // what the numbers of sections begin with: path_ from here
    size_t end = 0;          // to here
    uint32_t count = 0;      // of sections or items so far
    int sections = 0;        // that it stands in
    int lists = 0;           // ordered ones that it stands in
    bool counts_on = false;  // it has no number: the count around it goes on
    BlockKind kind = BlockKind::kSection;
    ListStyle style = ListStyle::kBullet;
  };
  Numbering numbering_;
  Vector<Place> places_;
  String path_;    // "3.1.", and behind it what the next block there adds
  String number_;  // the last one that is no beginning of others
};
// Writes every number anew, from the places of the blocks.
void Number(Numbering numbering, Vector<Block>* blocks);
// 1 -> "a", 27 -> "aa"; 4 -> "iv". REQUIRES: n > 0.
String AlphaNumber(uint32_t n);
String RomanNumber(uint32_t n);

// True for the addresses a link may have: http:, https: or mailto:, no control characters, at most
// 2,000 bytes.
bool IsSafeAddress(std::string_view address);
// True for what a cell may say of its alignment: left, center or right.
bool IsAlignment(std::string_view text);
// True for what the tree allows as id of a unit or a field: letter first, then letters, digits,
// '_', '-', '.'.
bool IsId(std::string_view id);

// Joins neighbouring texts and drops empty ones, so that equal text is an equal tree.
void Normalise(Inlines* inlines);

// The canonical bytes. REQUIRES: the texts are UTF-8 and normalised.
String Write(const Document& document);
json::Value ToJson(const Block& block);
// Outside data: reads bytes only if they are the canonical form of a document.
// Errors: json.*, schema.*, document.too_deep, document.too_large, document.bad_id,
// document.duplicate_id, document.bad_address, document.not_normal (empty or neighbouring texts).
Result<Document> Load(std::string_view bytes);

// The text ref: SHA-256 of the document's stored bytes.
Hash TextRef(std::string_view bytes);

}  // namespace countersign::document

#endif  // COUNTERSIGN_DOCUMENT_DOCUMENT_H_
