// The report for people: as text for a terminal and as one HTML page. Both only read the JSON
// shape.
#include <string_view>

#include "base/string.h"
#include "evidence/page.h"
#include "evidence/verify.h"

namespace countersign::evidence {
namespace {

constexpr size_t kLineWidth = 100;  // characters

// What strangers wrote, made harmless for a terminal: controls, bidi and invisible characters
// become "?", line ends become spaces. Flags matter here because a report is read as a judgement.
String Plain(std::string_view text) {
  String plain;
  for (size_t at = 0; at < text.size();) {
    const size_t length = CharacterBytes(text[at]);
    const std::string_view character = text.substr(at, length);
    at += length;
    if (character == "\n" || character == "\t") {
      plain.push_back(' ');
    } else if (InspectText(character).Any()) {
      plain.push_back('?');
    } else {
      plain.append(character);
    }
  }
  return plain;
}

// Appends `text` wrapped at words; the first line starts after `lead`, the others at its width.
void Line(std::string_view lead, std::string_view text, String* out) {
  out->append(lead);
  size_t column = 0;
  for (const char c : lead) column += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  const String indent(column, ' ');
  const String plain = Plain(text);
  bool first = true;
  for (size_t at = 0; at <= plain.size();) {
    size_t end = plain.find(' ', at);
    if (end == String::npos) end = plain.size();
    const std::string_view word = std::string_view(plain).substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    size_t width = 0;
    for (const char c : word) width += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
    if (!first && column + 1 + width > kLineWidth) {
      out->append("\n").append(indent);
      column = indent.size();
      first = true;
    }
    if (!first) {
      out->push_back(' ');
      ++column;
    }
    out->append(word);
    column += width;
    first = false;
  }
  out->push_back('\n');
}

void Heading(std::string_view title, String* out) {
  out->push_back('\n');
  out->append(Plain(title)).append("\n");
  out->append(String(title.size(), '-')).append("\n");
}

String Padded(std::string_view text, size_t width) {
  String padded = Plain(text);
  size_t columns = 0;
  for (const char c : padded) columns += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  if (columns < width) padded.append(width - columns, ' ');
  return padded;
}

// "Bob" (customer): whom a rule of law is about.
String WhoOf(const json::Value& report, std::string_view id) {
  for (const json::Value& recipient : ListOf(report, "recipients")) {
    const std::string_view name = TextOf(recipient, "name");
    if (id.empty() || TextOf(recipient, "id") != id || name.empty()) continue;
    return Quoted(name) + " (" + String(id) + ")";
  }
  return String(id);
}

// "claimed, refused: envelope.ended"
String StandingOf(const json::Value& event) {
  String standing(TextOf(event, "kind"));
  if (TextOf(event, "standing") != "applied") {
    standing.append(", ").append(TextOf(event, "standing"));
  }
  const std::string_view code = TextOf(event, "code");
  if (!code.empty()) standing.append(": ").append(code);
  return standing;
}

String Upper(std::string_view verdict) {
  String upper;
  for (const char c : verdict) {
    if (c >= 'A' && c <= 'Z') upper.push_back(' ');
    upper.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return upper;
}

}  // namespace

String ReportText(const json::Value& report) {
  String out = Upper(TextOf(report, "verdict"));
  out.push_back('\n');
  Line("", TextOf(report, "sentence"), &out);
  const json::Array& reasons = ListOf(report, "reasons");
  if (!reasons.empty()) {
    Heading("Reasons", &out);
    for (const json::Value& reason : reasons) {
      String text(TextOf(reason, "severity"));
      text.append(" ")
          .append(TextOf(reason, "code"))
          .append(": ")
          .append(TextOf(reason, "message"));
      for (const std::string_view place : {"event", "blob", "recipient", "field"}) {
        const std::string_view where = TextOf(reason, place);
        if (!where.empty()) text.append(" [").append(place).append(" ").append(where).append("]");
      }
      if (const json::Value* line = reason.Find("line")) {
        if (line->is_int())
          text.append(" [line ").append(NumberText(line->int_value())).append("]");
      }
      Line("- ", text, &out);
    }
    const String more = MoreReasons(report);
    if (!more.empty()) Line("- ", more, &out);
  }
  for (const json::Value& section : ListOf(ObjectOf(report, "certificate"), "sections")) {
    Heading(TextOf(section, "title"), &out);
    for (const json::Value& row : ListOf(section, "rows")) {
      // What is ours stands first: no name and no label of a field can look like it.
      Line(Padded(TextOf(row, "proof"), 8) + "  " + Padded(TextOf(row, "label"), 22) + "  ",
           TextOf(row, "value"), &out);
    }
  }
  const json::Array& laws = ListOf(report, "laws");
  if (!laws.empty()) {
    Heading("Rules of law that can be checked (not legal advice)", &out);
    for (const json::Value& law : laws) {
      String text(TextOf(law, "sentence"));
      text.append(" (").append(TextOf(law, "source")).append(")");
      const String who = WhoOf(report, TextOf(law, "recipient"));
      if (!who.empty()) text.append(" [").append(who).append("]");
      Line(Padded(TextOf(law, "holds"), 7) + "  ", text, &out);
    }
  }
  Heading("What happened", &out);
  for (const json::Value& event : ListOf(report, "trail")) {
    String text(TextOf(event, "text"));
    text.append(" (").append(StandingOf(event)).append(")");
    Line(Padded(TextOf(event, "claimedAt"), 24) + "  ", text, &out);
  }
  Heading("What this file cannot show", &out);
  for (const json::Value& limit : ListOf(report, "unknowable")) {
    Line("- ", TextOf(limit, "sentence"), &out);
  }
  return out;
}

String ReportHtml(const json::Value& report) {
  String html;
  String title = "Verification report";
  const std::string_view of = TextOf(ObjectOf(report, "envelope"), "title");
  if (!of.empty()) title.append(": ").append(of);
  OpenPage(title, "en", "countersign-report/1", &html);
  html.append("<main>\n");
  Element("h1", title, &html);
  AppendVerdict(report, &html);
  AppendCertificate(ObjectOf(report, "certificate"), &html);
  html.append("<table>\n");
  Element("caption", "Rules of law that can be checked (not legal advice)", &html);
  html.append("<tbody>\n");
  for (const json::Value& law : ListOf(report, "laws")) {
    html.append("<tr>");
    Element("td", WhoOf(report, TextOf(law, "recipient")), &html);
    for (const std::string_view member : {"sentence", "source", "holds"}) {
      Element("td", TextOf(law, member), &html);
    }
    html.append("</tr>\n");
  }
  html.append("</tbody>\n</table>\n<table>\n");
  Element("caption", "What happened, with times as the devices claim them", &html);
  html.append("<tbody>\n");
  for (const json::Value& event : ListOf(report, "trail")) {
    html.append("<tr>");
    for (const std::string_view member : {"claimedAt", "text"}) {
      Element("td", TextOf(event, member), &html);
    }
    Element("td", StandingOf(event), &html);
    html.append("</tr>\n");
  }
  html.append("</tbody>\n</table>\n");
  Element("h2", "What this file cannot show", &html);
  html.append("<ul>\n");
  for (const json::Value& limit : ListOf(report, "unknowable")) {
    Element("li", TextOf(limit, "sentence"), &html);
  }
  html.append("</ul>\n</main>\n");
  ClosePage(&html);
  return html;
}

}  // namespace countersign::evidence
