// The value of a field of the kind `file`: what a recipient's file is called, how large it is, its
// hash, and the blob that holds it (FORMAT.md sections 3 and 6). A page has this code where a
// template has such a field (Template::asks_seldom_work).
#ifndef COUNTERSIGN_TEMPLATE_FILE_VALUE_H_
#define COUNTERSIGN_TEMPLATE_FILE_VALUE_H_

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "json/value.h"
#include "values/locale.h"
#include "values/value.h"

namespace countersign::templates {

inline constexpr std::string_view kFileType =
    "record(blob: string, name: string, sha256: string, size: int)";
inline constexpr size_t kMaxFileFields = 8;  // of a template: all of them fit into one bundle
inline constexpr size_t kMaxFileName = 255;  // bytes
inline constexpr size_t kMaxFileBytes = 4 * 1024 * 1024 - Salt::kLength;

// Whether a value of the type says one file as section 6 has it.
[[gnu::noinline]] bool IsFile(const values::Value& value);
// "id.jpg, 48,213 B, SHA-256 9f86…" as the locale writes numbers. REQUIRES: the type is kFileType.
[[gnu::noinline]] String FileText(const values::Value& value, const values::Locale& locale);

// What FileOf gave, as text. Errors: field.wrong_type.
[[gnu::noinline]] Result<values::Value> ReadFile(std::string_view text);
// The plain value of a file blob: 16 random bytes, then the file. `name` as the device has it; what
// no name may hold is left out of it. Errors: blob.too_large, bytes.wrong_length (without the 16).
Result<json::Value> FileOf(std::string_view name, ByteView blob);
// The file in a file blob; nothing where the blob is too short to be one.
ByteView BytesOfFile(ByteView blob);
// Whether the blob holds the file that the value says. REQUIRES: IsFile(value).
bool HoldsFile(ByteView blob, const values::Value& value);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_FILE_VALUE_H_
