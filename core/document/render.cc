#include "document/render.h"

#include <algorithm>

#include "base/names.h"
#include "crypto/crypto.h"

namespace countersign::document {
namespace {

constexpr std::string_view kReplacement = "&#xFFFD;";

const Fill* FindFill(const Fills& fills, std::string_view field) {
  for (const Fill& fill : fills) {
    if (fill.field == field) return &fill;
  }
  return nullptr;
}

// One code point of well-formed UTF-8, and how many bytes it has.
uint32_t DecodeAt(std::string_view text, size_t i, size_t* length) {
  auto byte = [&](size_t k) -> uint32_t {
    return k < text.size() ? static_cast<unsigned char>(text[k]) : 0x80;
  };
  uint32_t lead = byte(i);
  if (lead < 0x80) return *length = 1, lead;
  if (lead < 0xe0) return *length = 2, (lead & 0x1f) << 6 | (byte(i + 1) & 0x3f);
  if (lead < 0xf0) {
    return *length = 3, (lead & 0x0f) << 12 | (byte(i + 1) & 0x3f) << 6 | (byte(i + 2) & 0x3f);
  }
  return *length = 4, (lead & 0x07) << 18 | (byte(i + 1) & 0x3f) << 12 | (byte(i + 2) & 0x3f) << 6 |
                          (byte(i + 3) & 0x3f);
}

void AppendReference(uint32_t code_point, String* html) {
  // C1 references would be read as windows-1252 by a browser, and a NUL as nothing at all.
  if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
    html->append(kReplacement);
    return;
  }
  char text[] = "&#x\0\0\0\0\0\0;";
  char* end = text + sizeof text - 1;
  char* digit = end - 1;
  for (; code_point != 0; code_point >>= 4) *--digit = "0123456789ABCDEF"[code_point & 15];
  for (const char* sign = "x#&"; *sign != 0; ++sign) *--digit = *sign;
  html->append(digit, static_cast<size_t>(end - digit));
}

// ASCII that HTML shows as it stands: a bit for each.
constexpr uint64_t BitOf(char c) { return uint64_t{1} << (c & 63); }
constexpr uint64_t kPlain[] = {
    ~uint64_t{0xFFFFFFFF} & ~(BitOf('&') | BitOf('<') | BitOf('>') | BitOf('"') | BitOf('\'')),
    ~(uint64_t{1} << 63)};  // 0x7f
bool IsPlain(unsigned char c) { return c < 0x80 && (kPlain[c >> 6] >> (c & 63) & 1) != 0; }

enum class Newline : uint8_t { kBreak, kSpace };

void AppendEscapedAs(std::string_view text, Newline newline, String* html) {
  size_t start = 0;
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (IsPlain(c)) {
      ++i;
      continue;
    }
    html->append(text, start, i - start);
    size_t length = 1;
    switch (c) {
      case '&':
        html->append("&amp;");
        break;
      case '<':
        html->append("&lt;");
        break;
      case '>':
        html->append("&gt;");
        break;
      case '"':
        html->append("&quot;");
        break;
      case '\'':
        html->append("&#x27;");
        break;
      case '\t':
        html->push_back(' ');
        break;
      case '\n':
        html->append(newline == Newline::kBreak ? "<br>" : " ");
        break;
      default:
        AppendReference(DecodeAt(text, i, &length), html);
        break;
    }
    i += length;
    start = i;
  }
  if (start < text.size()) html->append(text, start, text.size() - start);
}

void AppendAttribute(std::string_view name, std::string_view value, String* html) {
  html->append(" ").append(name).append("=\"");
  AppendEscapedAs(value, Newline::kSpace, html);
  html->push_back('"');
}

void AppendNumber(std::string_view number, String* html) {
  if (number.empty()) return;
  html->append("<span class=\"number\">");
  AppendEscaped(number, html);
  html->append("</span> ");
}

void AppendStrokes(const Fill& fill, std::string_view label, String* html) {
  int64_t left = INT32_MAX, top = INT32_MAX, right = INT32_MIN, bottom = INT32_MIN;
  for (const Stroke& stroke : fill.strokes) {
    for (const Point& point : stroke) {
      left = std::min<int64_t>(left, point.x);
      right = std::max<int64_t>(right, point.x);
      top = std::min<int64_t>(top, point.y);
      bottom = std::max<int64_t>(bottom, point.y);
    }
  }
  if (left > right) left = right = top = bottom = 0;
  int64_t pen = std::max<int64_t>(1, std::max(right - left, bottom - top) / 80);
  html->append("<svg class=\"mark\" role=\"img\"");
  AppendAttribute("aria-label", fill.text.empty() ? label : std::string_view(fill.text), html);
  String box = NumberText(left - pen) + " " + NumberText(top - pen) + " " +
               NumberText(right - left + 2 * pen) + " " + NumberText(bottom - top + 2 * pen);
  AppendAttribute("viewBox", box, html);
  html->append(
      "><path fill=\"none\" stroke=\"currentColor\" stroke-linecap=\"round\" "
      "stroke-linejoin=\"round\"");
  AppendAttribute("stroke-width", NumberText(pen), html);
  AppendAttribute("d", PathFromStrokes(fill.strokes), html);
  html->append("/></svg>");
}

void AppendBlank(const Inline& blank, const Fills& fills, String* html) {
  const Fill* fill = FindFill(fills, blank.text);
  html->append(fill != nullptr ? "<span class=\"blank filled\"" : "<span class=\"blank\"");
  AppendAttribute("data-field", blank.text, html);
  AppendAttribute("data-kind", BlankKindName(blank.blank), html);
  if (!blank.role.empty()) AppendAttribute("data-role", blank.role, html);
  html->push_back('>');
  if (fill == nullptr) {
    html->append("[");
    AppendEscaped(blank.label, html);
    html->append("]");
  } else if (!fill->strokes.empty()) {
    AppendStrokes(*fill, blank.label, html);
  } else {
    html->append("<bdi>");
    AppendEscaped(fill->text, html);
    html->append("</bdi>");
  }
  html->append("</span>");
}

void AppendInlines(const Inlines& inlines, const Fills& fills, String* html);

void AppendCell(std::string_view tag, const Inline& cell, const Fills& fills, String* html) {
  html->append("<").append(tag);
  if (tag == "th") html->append(" scope=\"col\"");
  if (!cell.label.empty()) AppendAttribute("class", cell.label, html);
  html->push_back('>');
  AppendInlines(cell.inlines, fills, html);
  html->append("</").append(tag).append(">");
}

void AppendInlines(const Inlines& inlines, const Fills& fills, String* html) {
  for (const Inline& piece : inlines) {
    switch (piece.kind) {
      case InlineKind::kText:
        AppendEscaped(piece.text, html);
        break;
      case InlineKind::kStrong:
        html->append("<strong>");
        AppendInlines(piece.inlines, fills, html);
        html->append("</strong>");
        break;
      case InlineKind::kEm:
        html->append("<em>");
        AppendInlines(piece.inlines, fills, html);
        html->append("</em>");
        break;
      case InlineKind::kCode:
        html->append("<code>");
        AppendEscaped(piece.text, html);
        html->append("</code>");
        break;
      case InlineKind::kBreak:
        html->append("<br>");
        break;
      case InlineKind::kLink:
        html->append("<a rel=\"noopener noreferrer\"");
        AppendAttribute("href", piece.text, html);
        html->push_back('>');
        AppendInlines(piece.inlines, fills, html);
        html->append("</a>");
        break;
      case InlineKind::kBlank:
        AppendBlank(piece, fills, html);
        break;
      case InlineKind::kCell:
        AppendCell("td", piece, fills, html);
        break;
      case InlineKind::kRef:
        html->append("<a class=\"ref\"");
        AppendAttribute("href", "#unit-" + piece.text, html);
        html->push_back('>');
        AppendEscaped(piece.label, html);
        html->append("</a>");
        break;
    }
  }
}

void AppendHeading(const Opening& unit, const Inlines& inlines, const Fills& fills, String* html) {
  char tag[] = {'h', static_cast<char>('1' + unit.level), '>', '\0'};
  html->append("<").append(tag);
  AppendNumber(unit.number, html);
  AppendInlines(inlines, fills, html);
  html->append("</").append(tag);
}

void AppendText(const Inlines& inlines, const Fills& fills, String* text) {
  for (const Inline& piece : inlines) {
    switch (piece.kind) {
      case InlineKind::kText:
      case InlineKind::kCode:
        text->append(piece.text);
        break;
      case InlineKind::kCell:
        if (&piece != &inlines[0]) text->append(" | ");
        AppendText(piece.inlines, fills, text);
        break;
      case InlineKind::kStrong:
      case InlineKind::kEm:
        AppendText(piece.inlines, fills, text);
        break;
      case InlineKind::kBreak:
        text->push_back('\n');
        break;
      case InlineKind::kLink: {
        size_t start = text->size();
        AppendText(piece.inlines, fills, text);
        if (std::string_view(*text).substr(start) != piece.text) {
          text->append(" (").append(piece.text).append(")");
        }
        break;
      }
      case InlineKind::kBlank: {
        const Fill* fill = FindFill(fills, piece.text);
        bool named = fill != nullptr && !fill->text.empty();
        if (named) {
          text->append(fill->text);
        } else {
          text->append("[").append(piece.label).append("]");
        }
        break;
      }
      case InlineKind::kRef:
        text->append(piece.label);
        break;
    }
  }
}

void AppendText(const Block& block, const Fills& fills, String* text);

void AppendText(const Vector<Block>& blocks, const Fills& fills, String* text) {
  for (const Block& block : blocks) AppendText(block, fills, text);
}

void AppendText(const Block& block, const Fills& fills, String* text) {
  if (block.kind == BlockKind::kList || block.kind == BlockKind::kGroup)
    return AppendText(block.blocks, fills, text);
  if (block.kind == BlockKind::kItem) {
    // The number goes in front of the item's first line.
    text->append(block.number.empty() ? "\xE2\x80\xA2" : block.number).append(" ");
    if (block.blocks.empty()) text->append("\n\n");
    return AppendText(block.blocks, fills, text);
  }
  if (!block.number.empty()) text->append(block.number).append(" ");
  AppendText(block.inlines, fills, text);
  text->append("\n\n");
  AppendText(block.blocks, fills, text);
}

}  // namespace

String PathFromStrokes(const Vector<Stroke>& strokes) {
  String path;
  for (const Stroke& stroke : strokes) {
    if (stroke.empty()) continue;
    path.append("M").append(NumberText(stroke[0].x)).append(" ");
    path.append(NumberText(stroke[0].y));
    for (size_t i = 1; i < stroke.size(); ++i) {
      int64_t dx = int64_t{stroke[i].x} - stroke[i - 1].x;
      int64_t dy = int64_t{stroke[i].y} - stroke[i - 1].y;
      path.append("l").append(NumberText(dx)).append(" ").append(NumberText(dy));
    }
    if (stroke.size() == 1) path.append("l0 0");
  }
  return path;
}

void AppendEscaped(std::string_view text, String* html) {
  AppendEscapedAs(text, Newline::kBreak, html);
}

void AppendOpening(const Opening& unit, const Inlines& inlines, const Fills& fills, String* html) {
  // By kind, up to the id: as the tags begin in ClosingOf.
  constexpr Names kTags(
      "<section|<p|<ol role=\"list\"|<li|<p class=\"omitted\"|"
      "<li class=\"omitted\"|<table|<tr|<tr class=\"omitted\"|<div");
  std::string_view tag = kTags[unit.kind];
  bool is_heading =
      unit.kind == BlockKind::kSection || (unit.kind == BlockKind::kOmitted && unit.level != 0);
  if (is_heading && unit.kind == BlockKind::kOmitted) tag = "<section class=\"omitted\"";
  if (unit.kind == BlockKind::kList && unit.style == ListStyle::kBullet) tag = "<ul";
  html->append(tag).append(" id=\"unit-");
  AppendEscapedAs(unit.id, Newline::kSpace, html);
  html->append(unit.keep ? "\" data-keep>" : "\">");
  if (is_heading) return AppendHeading(unit, inlines, fills, html);
  switch (unit.kind) {
    case BlockKind::kItem:
      return AppendNumber(unit.number, html);
    case BlockKind::kOmittedItem:
      AppendNumber(unit.number, html);
      break;
    case BlockKind::kTable:
      html->append("<thead><tr>");
      for (const Inline& cell : inlines) AppendCell("th", cell, fills, html);
      html->append("</tr></thead><tbody>");
      return;
    case BlockKind::kOmittedRow:
      html->append("<td colspan=\"").append(NumberText(unit.level)).append("\">");
      break;
    default:
      break;
  }
  AppendInlines(inlines, fills, html);
}

std::string_view ClosingOf(BlockKind kind, ListStyle style, uint8_t level) {
  switch (kind) {
    case BlockKind::kSection:
      return "</section>";
    case BlockKind::kParagraph:
      return "</p>";
    case BlockKind::kList:
      return style == ListStyle::kBullet ? "</ul>" : "</ol>";
    case BlockKind::kItem:
    case BlockKind::kOmittedItem:
      return "</li>";
    case BlockKind::kOmitted:
      return level != 0 ? "</section>" : "</p>";
    case BlockKind::kTable:
      return "</tbody></table>";
    case BlockKind::kRow:
      return "</tr>";
    case BlockKind::kOmittedRow:
      return "</td></tr>";
    case BlockKind::kGroup:
      return "</div>";
  }
  return {};
}

void AppendHtml(const Block& block, const Fills& fills, String* html) {
  AppendOpening({block.kind, block.style, block.level, block.keep, block.id, block.number},
                block.inlines, fills, html);
  for (const Block& child : block.blocks) AppendHtml(child, fills, html);
  html->append(ClosingOf(block.kind, block.style, block.level));
}

void AppendArticleOpening(std::string_view title, std::string_view locale, String* html) {
  html->append("<article class=\"countersign-document\"");
  AppendAttribute("lang", locale, html);
  html->append("><h1>");
  AppendEscaped(title, html);
  html->append("</h1>");
}

String RenderHtml(const Document& document, const Fills& fills) {
  String html;
  AppendArticleOpening(document.title, document.locale, &html);
  for (const Block& block : document.blocks) AppendHtml(block, fills, &html);
  html.append(kArticleClosing);
  return html;
}

String LinearText(const Document& document, const Fills& fills) {
  String text = document.title;
  text.append("\n\n");
  AppendText(document.blocks, fills, &text);
  text.pop_back();
  return text;
}

Hash RenderingHash(const Document& document) {
  return crypto::Sha256(AsBytes(LinearText(document, {})));
}

}  // namespace countersign::document
