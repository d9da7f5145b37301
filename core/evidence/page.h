// A printable HTML page without script: what the report and the self-contained copy have in common.
//
// Inner to the room. Output is ASCII; the page's Content-Security-Policy allows its one style
// sheet, by hash, and nothing else.
#ifndef COUNTERSIGN_EVIDENCE_PAGE_H_
#define COUNTERSIGN_EVIDENCE_PAGE_H_

#include <string_view>

#include "base/string.h"
#include "json/value.h"

namespace countersign::evidence {

// `name` of an object as text, "" where it is absent or no string.
std::string_view TextOf(const json::Value& object, std::string_view name);
// The items of the array `name`, an empty array where it is absent.
const json::Array& ListOf(const json::Value& object, std::string_view name);
// The member, or an empty object.
const json::Value& ObjectOf(const json::Value& object, std::string_view name);

// From <!DOCTYPE html> to <body>. `generator` says what wrote the page.
void OpenPage(std::string_view title, std::string_view lang, std::string_view generator,
              String* html);
void ClosePage(String* html);
// Element with escaped content: Element("h2", "Signatures", html).
void Element(std::string_view name, std::string_view text, String* html);
// The certificate's sections as tables.
void AppendCertificate(const json::Value& certificate, String* html);
// Verdict, sentence and reasons.
void AppendVerdict(const json::Value& report, String* html);

// Bytes of the UTF-8 character that starts with `lead`.
inline size_t CharacterBytes(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  if (byte < 0xC0) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}
// What a stranger wrote, in quotation marks that it cannot end, so that nobody takes it for ours.
String Quoted(std::string_view text);
// "and 12 more …", "" where all reasons are listed.
String MoreReasons(const json::Value& report);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_PAGE_H_
