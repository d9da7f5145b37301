// The body of a template as a tree of blocks and inlines, with tags and attributes in their places.
//
// Tags `{{…}}` and unit attributes `{…}` are found first, by their own grammar, and stand as single
// characters (sentinels) in what CommonMark then sees: so a `*`, `|` or `_` in an expression
// changes nothing. What CommonMark would drop or turn into something that a contract does not have
// is reported: nothing that was written disappears in silence. On cmark-gfm.
#ifndef COUNTERSIGN_COMPILE_MARKDOWN_H_
#define COUNTERSIGN_COMPILE_MARKDOWN_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"

namespace countersign::compile {

inline constexpr size_t kMaxTemplateBytes = 1'000'000;  // T750
inline constexpr size_t kMaxTags = 20'000;              // T751; as many attributes
inline constexpr size_t kMaxCells = 60'000;             // of all tables: T261
inline constexpr size_t kMaxContainers = 4;             // in each other: T752
inline constexpr int kMaxNesting = 16;                  // T752, blocks and inlines each

// `{{…}}`, comments excluded: they are gone.
struct Tag {
  ByteRange range;    // in the file, braces included
  ByteRange content;  // in the file, between the braces
  // A line `::: kind` that opens a container or, without anything, closes one.
  bool fence = false;
};

// One `{#id when="…" lock omitted="…"}`.
struct Attribute {
  String name;  // "#", "when", "lock", "omitted", …
  ByteRange name_range;
  bool has_value = false;
  String value;     // unescaped
  ByteRange range;  // of the value in the file, without quotes; of the name where there is none
  Vector<uint32_t> map;  // where value[i] stands in the file; empty: at range.begin + i
};
struct Attributes {
  ByteRange range;
  Vector<Attribute> items;
  // The condition is that of an include and the clause's own: what they say together is no mistake
  // of either.
  bool combined = false;
};

enum class MdInlineKind : uint8_t { kText, kCode, kStrong, kEm, kLink, kBreak, kTag, kAttributes };
struct MdInline {
  MdInlineKind kind = MdInlineKind::kText;
  String text;         // kText, kCode; kLink: the address
  uint32_t index = 0;  // kTag, kAttributes
  Vector<MdInline> inlines;
};

// A table holds rows, the first of which is its header; a row holds cells.
enum class MdKind : uint8_t { kHeading, kParagraph, kList, kItem, kTable, kRow, kCell, kContainer };
struct MdBlock {
  MdKind kind = MdKind::kParagraph;
  int level = 0;         // kHeading: 1..6
  bool ordered = false;  // kList
  // kContainer: what was written behind the colons, with its attributes as `inlines`.
  String container{};
  String align{};        // kCell: "", "left", "center" or "right"
  ByteRange range;       // the lines it stands on, in the file
  uint32_t include = 0;  // of an included block: where its include begins in the template itself
  uint32_t scope = 0;    // of an included block: its clause, as include.cc counts them; else 0
  Vector<MdInline> inlines;
  Vector<MdBlock> blocks;  // kList, kItem, kTable, kRow
};

struct Markdown {
  Vector<Tag> tags;
  Vector<Attributes> attributes;
  Vector<MdBlock> blocks;
};

// Whether what follows a '{' begins attributes: an id, a name that is one of theirs, or any before
// ="…"; at the end of a line also what was nearly written so ({Else}, {if late}, {id=fees}).
// Everything else in braces is text.
bool BeginsAttributes(std::string_view after_brace);

// A carriage return that no line feed follows: for CommonMark the end of a line, for positions
// none.
bool IsLoneReturn(std::string_view text, size_t i);
// T151, with the line feed as its fix.
void ReportLoneReturn(uint32_t i, DiagnosticSink* sink);

// Reads `range` of the sink's file. Problems are reported (T15x, T25x, T26x, T75x) and left out of
// the tree.
Markdown ReadMarkdown(ByteRange range, DiagnosticSink* sink);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_MARKDOWN_H_
