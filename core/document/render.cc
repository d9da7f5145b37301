#include "document/render.h"

#include <algorithm>

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
  constexpr char kHex[] = "0123456789ABCDEF";
  char digits[8];
  size_t count = 0;
  for (; code_point != 0; code_point >>= 4) digits[count++] = kHex[code_point & 15];
  html->append("&#x");
  while (count > 0) html->push_back(digits[--count]);
  html->push_back(';');
}

enum class Newline : uint8_t { kBreak, kSpace };

void AppendEscapedAs(std::string_view text, Newline newline, String* html) {
  size_t start = 0;
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    bool plain = c >= 0x20 && c < 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
    if (plain) {
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

void AppendId(const Block& block, String* html) {
  html->append(" id=\"unit-");
  AppendEscapedAs(block.id, Newline::kSpace, html);
  html->push_back('"');
}

void AppendNumber(const Block& block, String* html) {
  if (block.number.empty()) return;
  html->append("<span class=\"number\">");
  AppendEscaped(block.number, html);
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

void AppendHeading(const Block& block, const Fills& fills, String* html) {
  char tag[] = {'h', static_cast<char>('1' + block.level), '>', '\0'};
  html->append("<").append(tag);
  AppendNumber(block, html);
  AppendInlines(block.inlines, fills, html);
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

void AppendChildren(const Block& block, const Fills& fills, String* html) {
  for (const Block& child : block.blocks) AppendHtml(child, fills, html);
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

void AppendHtml(const Block& block, const Fills& fills, String* html) {
  switch (block.kind) {
    case BlockKind::kSection:
      html->append("<section");
      AppendId(block, html);
      html->push_back('>');
      AppendHeading(block, fills, html);
      AppendChildren(block, fills, html);
      html->append("</section>");
      break;
    case BlockKind::kParagraph:
      html->append("<p");
      AppendId(block, html);
      html->push_back('>');
      AppendInlines(block.inlines, fills, html);
      html->append("</p>");
      break;
    case BlockKind::kList: {
      bool ordered = block.style != ListStyle::kBullet;
      html->append(ordered ? "<ol role=\"list\"" : "<ul");
      AppendId(block, html);
      html->push_back('>');
      AppendChildren(block, fills, html);
      html->append(ordered ? "</ol>" : "</ul>");
      break;
    }
    case BlockKind::kItem:
      html->append("<li");
      AppendId(block, html);
      html->push_back('>');
      AppendNumber(block, html);
      AppendChildren(block, fills, html);
      html->append("</li>");
      break;
    case BlockKind::kOmitted:
      if (block.level != 0) {
        html->append("<section class=\"omitted\"");
        AppendId(block, html);
        html->push_back('>');
        AppendHeading(block, fills, html);
        html->append("</section>");
        break;
      }
      html->append("<p class=\"omitted\"");
      AppendId(block, html);
      html->push_back('>');
      AppendInlines(block.inlines, fills, html);
      html->append("</p>");
      break;
    case BlockKind::kGroup:
      html->append("<div");
      AppendId(block, html);
      html->push_back('>');
      AppendChildren(block, fills, html);
      html->append("</div>");
      break;
    case BlockKind::kTable:
      html->append("<table");
      AppendId(block, html);
      html->append("><thead><tr>");
      for (const Inline& cell : block.inlines) AppendCell("th", cell, fills, html);
      html->append("</tr></thead><tbody>");
      AppendChildren(block, fills, html);
      html->append("</tbody></table>");
      break;
    case BlockKind::kRow:
      html->append("<tr");
      AppendId(block, html);
      html->push_back('>');
      AppendInlines(block.inlines, fills, html);
      html->append("</tr>");
      break;
    case BlockKind::kOmittedRow:
      html->append("<tr class=\"omitted\"");
      AppendId(block, html);
      html->append("><td colspan=\"").append(NumberText(block.level)).append("\">");
      AppendInlines(block.inlines, fills, html);
      html->append("</td></tr>");
      break;
    case BlockKind::kOmittedItem:
      html->append("<li class=\"omitted\"");
      AppendId(block, html);
      html->push_back('>');
      AppendNumber(block, html);
      AppendInlines(block.inlines, fills, html);
      html->append("</li>");
      break;
  }
}

String RenderHtml(const Document& document, const Fills& fills) {
  String html = "<article class=\"countersign-document\"";
  AppendAttribute("lang", document.locale, &html);
  html.append("><h1>");
  AppendEscaped(document.title, &html);
  html.append("</h1>");
  for (const Block& block : document.blocks) AppendHtml(block, fills, &html);
  html.append("</article>");
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
