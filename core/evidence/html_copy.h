// The self-contained HTML copy: one file that people read and print, and machines check.
//
// The page holds the contract with its marks as drawn lines, who signed and how that is known, and
// how to check it; the bundle is inside, base64url in an element that no browser runs. No script,
// no network, its own strict Content-Security-Policy, ASCII only. The page follows from the bundle
// alone, so the verifier makes it again and compares: a page that shows other words than its bundle
// is found.
#ifndef COUNTERSIGN_EVIDENCE_HTML_COPY_H_
#define COUNTERSIGN_EVIDENCE_HTML_COPY_H_

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"

namespace countersign::evidence {

inline constexpr std::string_view kCopyFormat = "countersign-copy/1";
// What stands before and after the bundle's base64url, exactly once in a copy.
inline constexpr std::string_view kCopyOpens =
    "<script type=\"application/vnd.countersign.bundle\" id=\"countersign-bundle\">";
inline constexpr std::string_view kCopyCloses = "</script>";

// `bundle` is a whole bundle file. A text that cannot be rendered (its template or values are not
// in the bundle) leaves a page that says so. Errors: as ReadBundle; copy.needs_bundle for a file
// that is a copy.
Result<String> WriteHtmlCopy(ByteView bundle);

// Whether a file is no bare bundle, and so can only be a copy.
bool IsCopy(std::string_view file);

// What a copy of this core names as its generator: its format and the core's version,
// "countersign-copy/1 0.1.0".
String Generator();
// The generator that `html` names, where it is a later version than this one, spelt exactly so, and
// the page names one only. Any page may name any, so that is all it may be excused for.
std::optional<String> LaterGenerator(std::string_view html);

// The bundle's bytes inside a copy. Errors: bundle.bad_header where there is none, or more than
// one.
Result<Bytes> FindBundle(std::string_view html);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_HTML_COPY_H_
