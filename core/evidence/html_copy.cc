#include "evidence/html_copy.h"

#include <array>

#include "evidence/findings.h"
#include "evidence/page.h"
#include "evidence/telling.h"

namespace countersign::evidence {
namespace {

// "major.minor.patch", plain numbers of at most six digits.
std::optional<std::array<int64_t, 3>> ReadVersion(std::string_view text) {
  std::array<int64_t, 3> version{};
  for (size_t i = 0; i < version.size(); ++i) {
    const size_t end = i + 1 < version.size() ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 6) return std::nullopt;
    if (end > 1 && text[0] == '0') return std::nullopt;
    for (const char digit : text.substr(0, end)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      version[i] = version[i] * 10 + (digit - '0');
    }
    text.remove_prefix(i + 1 < version.size() ? end + 1 : end);
  }
  return version;
}

}  // namespace

bool IsCopy(std::string_view file) { return !file.starts_with(kBundleStart); }

String Generator() { return String(kCopyFormat) + " " + String(templates::CoreVersion()); }

std::optional<String> LaterGenerator(std::string_view html) {
  constexpr std::string_view kOpens = "<meta name=\"generator\" content=\"";
  const size_t opens = html.find(kOpens);
  if (opens == std::string_view::npos) return std::nullopt;
  const std::string_view rest = html.substr(opens + kOpens.size());
  if (rest.find(kOpens) != std::string_view::npos) return std::nullopt;
  const std::string_view generator = rest.substr(0, rest.find('"'));
  const String format = String(kCopyFormat) + " ";
  if (!generator.starts_with(format)) return std::nullopt;
  const auto version = ReadVersion(generator.substr(format.size()));
  if (!version || *version <= *ReadVersion(templates::CoreVersion())) return std::nullopt;
  return String(generator);
}

Result<Bytes> FindBundle(std::string_view html) {
  const size_t opens = html.find(kCopyOpens);
  if (opens == std::string_view::npos) return ErrorCode::kBundleBadHeader;
  const size_t start = opens + kCopyOpens.size();
  if (html.find(kCopyOpens, start) != std::string_view::npos) return ErrorCode::kBundleBadHeader;
  const size_t end = html.find(kCopyCloses, start);
  if (end == std::string_view::npos) return ErrorCode::kBundleBadHeader;
  auto bytes = DecodeBase64Url(html.substr(start, end - start));
  if (!bytes) return Error(ErrorCode::kBundleBadHeader, bytes.error().name());
  return bytes;
}

Result<String> WriteHtmlCopy(ByteView file) {
  if (IsCopy(AsText(file))) return ErrorCode::kCopyNeedsBundle;
  const Bundle bundle = CS_TRY(ReadBundle(file));
  // Without a compiler on purpose: every build writes the same page.
  const Findings findings = Check(bundle, nullptr);

  String title;
  if (findings.ledger.is_open()) {
    title = envelope::DetailText(findings.ledger, findings.ledger.state().created.detail, "title");
  }
  if (title.empty() && findings.terms) title = findings.terms->document.title;
  if (title.empty()) title = "Agreement";
  const String lang = findings.terms ? findings.terms->document.locale : "en";
  String html;
  OpenPage(title, lang, Generator(), &html);
  html.append("<main>\n");
  if (findings.terms) {
    html.append(document::RenderHtml(findings.terms->document, FillsOf(findings))).append("\n");
  } else {
    Element("h1", title, &html);
    Element("p",
            "The text cannot be shown here: the template or the values it is made from are not in "
            "this file, or "
            "answers are missing.",
            &html);
  }
  html.append("</main>\n<section lang=\"en\">\n");
  Element("h2", "Signatures and certificate", &html);
  if (findings.ledger.is_open()) AppendCertificate(TellCertificate(findings), &html);
  Element("p",
          "This page's own words prove nothing. What it shows was made from the signed events "
          "inside this file: open "
          "the file at a Countersign verify page, or run \"countersign verify\" on it, with no "
          "network. Proven means "
          "that it follows from signed bytes; claimed, that a device or the sender said so.",
          &html);
  html.append("</section>\n");
  html.append(kCopyOpens).append(EncodeBase64Url(file)).append(kCopyCloses).append("\n");
  ClosePage(&html);
  return html;
}

}  // namespace countersign::evidence
