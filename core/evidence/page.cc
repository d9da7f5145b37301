#include "evidence/page.h"

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "document/render.h"

namespace countersign::evidence {
namespace {

// Readable at 320 px, on paper, in the dark and with large text; only names that render.h and this
// file write.
constexpr std::string_view kStyle =
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem;"
    "overflow-wrap:anywhere;color:#1a1a1a;background:#fff}"
    "h1,h2,h3{line-height:1.25}table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}"
    "caption{text-align:start;font-weight:600;padding:.25rem 0}"
    "th,td{border-top:1px solid #ccc;padding:.35rem .5rem .35rem "
    "0;text-align:start;vertical-align:top;"
    "font-weight:400}th{width:34%;color:#555}td:last-child{width:6rem;color:#555}"
    "code{font-size:.85em}svg{height:3em;width:auto;max-width:100%;fill:none;stroke:currentColor;"
    "stroke-width:2;stroke-linecap:round;stroke-linejoin:round}"
    "article th,article td,article td:last-child{width:auto;color:inherit}"
    "article th{font-weight:600}.right{text-align:end}.center{text-align:center}"
    "article ol{list-style:none;padding:0}article ol>li{display:grid;"
    "grid-template-columns:auto minmax(0,1fr);column-gap:.6rem}"
    "article ol>li>.number{grid-column:1}article ol>li>:not(.number){grid-column:2}"
    ".verdict{border:2px solid;border-radius:.5rem;padding:.5rem 1rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td:last-child{color:#"
    "aaa}"
    "th,td{border-color:#444}}"
    "@media print{body{max-width:none;color:#000;background:#fff}section,table{break-inside:auto}"
    "tr,.verdict,[data-keep]{break-inside:avoid}h1,h2,h3,h4,h5,h6{break-after:avoid}}";

// RFC 4648 section 4, as a CSP source expression wants it.
String StyleHash() {
  String text = crypto::Sha256(AsBytes(kStyle)).ToBase64Url();
  for (char& c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  return text + "=";
}

const json::Value& EmptyObject() {
  static const json::Value* const empty = new json::Value(json::Value::Make({}));
  return *empty;
}

}  // namespace

std::string_view TextOf(const json::Value& object, std::string_view name) {
  const json::Value* member = object.Find(name);
  return member != nullptr && member->is_string() ? std::string_view(member->string_value())
                                                  : std::string_view();
}

const json::Array& ListOf(const json::Value& object, std::string_view name) {
  static const json::Array* const empty = new json::Array();
  const json::Value* member = object.Find(name);
  return member != nullptr && member->is_array() ? member->items() : *empty;
}

const json::Value& ObjectOf(const json::Value& object, std::string_view name) {
  const json::Value* member = object.Find(name);
  return member != nullptr && member->is_object() ? *member : EmptyObject();
}

void Element(std::string_view name, std::string_view text, String* html) {
  html->append("<").append(name).append(">");
  document::AppendEscaped(text, html);
  html->append("</").append(name).append(">\n");
}

void OpenPage(std::string_view title, std::string_view lang, std::string_view generator,
              String* html) {
  html->append("<!DOCTYPE html>\n<html lang=\"");
  document::AppendEscaped(lang, html);
  html->append(
      "\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'sha256-");
  html->append(StyleHash());
  html->append(
      "'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"");
  document::AppendEscaped(generator, html);
  html->append("\">\n");
  Element("title", title, html);
  html->append("<style>").append(kStyle).append("</style>\n</head>\n<body>\n");
}

void ClosePage(String* html) { html->append("</body>\n</html>\n"); }

void AppendCertificate(const json::Value& certificate, String* html) {
  for (const json::Value& section : ListOf(certificate, "sections")) {
    html->append("<table>\n");
    Element("caption", TextOf(section, "title"), html);
    html->append("<tbody>\n");
    for (const json::Value& row : ListOf(section, "rows")) {
      html->append("<tr><th scope=\"row\">");
      document::AppendEscaped(TextOf(row, "label"), html);
      html->append("</th><td>");
      document::AppendEscaped(TextOf(row, "value"), html);
      html->append("</td><td>");
      document::AppendEscaped(TextOf(row, "proof"), html);
      html->append("</td></tr>\n");
    }
    html->append("</tbody>\n</table>\n");
  }
}

String Quoted(std::string_view text) {
  String quoted("\"");
  for (const char c : text) quoted.push_back(c == '"' ? '\'' : c);
  quoted.push_back('"');
  return quoted;
}

String MoreReasons(const json::Value& report) {
  const json::Value* more = report.Find("moreReasons");
  if (more == nullptr || !more->is_int() || more->int_value() == 0) return {};
  return "and " + NumberText(more->int_value()) + " more, none of them worse than those listed";
}

void AppendVerdict(const json::Value& report, String* html) {
  html->append("<section class=\"verdict\">\n");
  Element("h2", TextOf(report, "verdict"), html);
  Element("p", TextOf(report, "sentence"), html);
  const json::Array& reasons = ListOf(report, "reasons");
  if (!reasons.empty()) {
    html->append("<ul>\n");
    for (const json::Value& reason : reasons) {
      html->append("<li><code>");
      document::AppendEscaped(TextOf(reason, "code"), html);
      html->append("</code> (");
      document::AppendEscaped(TextOf(reason, "severity"), html);
      html->append("): ");
      document::AppendEscaped(TextOf(reason, "message"), html);
      for (const std::string_view place : {"event", "blob", "recipient", "field"}) {
        const std::string_view where = TextOf(reason, place);
        if (where.empty()) continue;
        html->append(" ").append(place).append(" <code>");
        document::AppendEscaped(where, html);
        html->append("</code>");
      }
      html->append("</li>\n");
    }
    const String more = MoreReasons(report);
    if (!more.empty()) Element("li", more, html);
    html->append("</ul>\n");
  }
  html->append("</section>\n");
}

}  // namespace countersign::evidence
