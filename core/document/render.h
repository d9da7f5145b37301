// A document made readable: as HTML for the eye, as linear text for the ear.
//
// HTML leaves as ASCII with character references, semantic (real headings, lists), every unit with
// `id="unit-<id>"` (and `data-keep` where no page may end in it), every blank with `data-field`.
// Whatever stands in the tree or in a fill is text: no content can open a tag, an attribute or a
// script. A document of the same bytes gives the same HTML.
#ifndef COUNTERSIGN_DOCUMENT_RENDER_H_
#define COUNTERSIGN_DOCUMENT_RENDER_H_

#include <cstdint>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "document/document.h"

namespace countersign::document {

struct Point {
  int32_t x = 0;  // in any unit; y grows downwards
  int32_t y = 0;
};
using Stroke = Vector<Point>;

// What stands in a blank: text as the contract prints it, or a drawn mark with the text that names
// it.
struct Fill {
  String field;
  String text;             // "" with strokes: the blank's label names the drawing
  Vector<Stroke> strokes;  // a drawn mark, else empty
};
// Looked up by field; the first entry for a field counts.
using Fills = Vector<Fill>;

// SVG path data: M and l commands with integers; a stroke of one point becomes a dot.
String PathFromStrokes(const Vector<Stroke>& strokes);

// <article class="countersign-document" lang="…"><h1>title</h1>…</article>
String RenderHtml(const Document& document, const Fills& fills);
// One unit with all it contains, as it stands in the whole.
void AppendHtml(const Block& block, const Fills& fills, String* html);
// The same in parts, for whoever has no Block: what stands in a unit goes between the two, and all
// units of a document between the other two.
struct Opening {
  BlockKind kind;
  ListStyle style;
  uint8_t level;
  bool keep;
  std::string_view id, number;
};
void AppendOpening(const Opening& unit, const Inlines& inlines, const Fills& fills, String* html);
std::string_view ClosingOf(BlockKind kind, ListStyle style, uint8_t level);
void AppendArticleOpening(std::string_view title, std::string_view locale, String* html);
inline constexpr std::string_view kArticleClosing = "</article>";
// Escapes for element content and quoted attributes; newlines become <br>.
void AppendEscaped(std::string_view text, String* html);

// What a screen reader gets, UTF-8: the title, then each heading, paragraph and item on a line of
// its own, numbers in front, "[Signature: Customer]" for a blank. Blank lines between blocks.
String LinearText(const Document& document, const Fills& fills);
// The hash that a statement binds as `rendering.text`: SHA-256 of the linear text with all blanks
// open.
Hash RenderingHash(const Document& document);

}  // namespace countersign::document

#endif  // COUNTERSIGN_DOCUMENT_RENDER_H_
