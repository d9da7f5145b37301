#include "template/file_value.h"

#include <algorithm>

#include "crypto/crypto.h"
#include "json/builder.h"
#include "values/format.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using values::Kind;
using values::Value;

// The member as text, "" where it is none.
std::string_view TextOf(const Value& value, std::string_view name) {
  const Value* member = value.Find(name);
  return member != nullptr && member->Is(Kind::kString) ? member->string_value()
                                                        : std::string_view();
}
// -1 where it is no number.
int64_t SizeOf(const Value& value) {
  const Value* size = value.Find("size");
  return size != nullptr && size->Is(Kind::kInt) ? size->int_value() : -1;
}

bool IsFileName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFileName && !InspectText(name).Misleads();
}

// Character by character, for only some of them mislead.
String CleanName(std::string_view name) {
  String clean;
  for (size_t at = 0; at < name.size();) {
    size_t end = at + 1;
    while (end < name.size() && (static_cast<uint8_t>(name[end]) & 0xC0) == 0x80) ++end;
    const std::string_view character = name.substr(at, end - at);
    at = end;
    if (character != "\n" && character != "\t" && !InspectText(character).Misleads()) {
      clean.append(character);
    }
  }
  if (clean.size() > kMaxFileName) {  // the ending says what kind of file it is
    const size_t dot = clean.rfind('.');
    const String ending =
        dot != String::npos && clean.size() - dot <= 16 ? clean.substr(dot) : String();
    clean = String(
        WithoutCutCharacter(std::string_view(clean).substr(0, kMaxFileName - ending.size())));
    clean.append(ending);
  }
  return clean.empty() ? String("file") : clean;
}

}  // namespace

bool IsFile(const Value& value) {
  if (!value.Is(Kind::kMap)) return false;
  const std::string_view sha256 = TextOf(value, "sha256");
  const int64_t size = SizeOf(value);
  return sha256.size() == 2 * Hash::kLength && DecodeHex(sha256).has_value() &&
         Hash::FromBase64Url(TextOf(value, "blob")).has_value() &&
         IsFileName(TextOf(value, "name")) && size >= 0 &&
         size <= static_cast<int64_t>(kMaxFileBytes);
}

Result<Value> ReadFile(std::string_view text) {
  auto plain = json::Read(text, json::kEventLimits);
  if (!plain) return ErrorCode::kFieldWrongType;
  auto value = values::FromJson(*plain, *values::Type::Parse(kFileType));
  if (!value) return ErrorCode::kFieldWrongType;
  return value;
}

String FileText(const Value& value, const values::Locale& locale) {
  if (!IsFile(value)) return {};
  String text(TextOf(value, "name"));
  const values::Format number{.kind = values::FormatKind::kNumber};
  if (auto size = values::FormatValue(*value.Find("size"), number, locale)) {
    text.append(", ").append(*size).append(" B");
  }
  return text.append(", SHA-256 ").append(TextOf(value, "sha256")), text;
}

Result<json::Value> FileOf(std::string_view name, ByteView blob) {
  if (blob.size() < Salt::kLength) return ErrorCode::kBytesWrongLength;
  const ByteView bytes = BytesOfFile(blob);
  if (bytes.size() > kMaxFileBytes) {
    return Error(
        ErrorCode::kBlobTooLarge,
        "a file has at most " + NumberText(static_cast<int64_t>(kMaxFileBytes)) + " bytes");
  }
  return json::Builder()
      .Base64("blob", crypto::Sha256(blob).view())
      .Text("name", CleanName(name))
      .Text("sha256", EncodeHex(crypto::Sha256(bytes).view()))
      .Int("size", static_cast<int64_t>(bytes.size()))
      .Take();
}

ByteView BytesOfFile(ByteView blob) {
  return blob.subspan(std::min<size_t>(Salt::kLength, blob.size()));
}

bool HoldsFile(ByteView blob, const Value& value) {
  const ByteView bytes = BytesOfFile(blob);
  return blob.size() >= Salt::kLength && static_cast<int64_t>(bytes.size()) == SizeOf(value) &&
         EncodeHex(crypto::Sha256(bytes).view()) == TextOf(value, "sha256");
}

}  // namespace countersign::templates
