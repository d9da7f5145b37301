// The gate: whatever it accepts has one canonical text, which reads back as the same value; and it
// accepts and refuses what the general reader does.
#include "base/bytes.h"
#include "json/value.h"
#include "support/reference_reader.h"

using namespace countersign;  // NOLINT: a program of one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  const std::string_view text = AsText(bytes);
  constexpr json::Limits kNarrow{.max_bytes = 4096, .max_depth = 3, .max_items = 5};
  for (const json::Limits& limits : {json::kEventLimits, kNarrow}) {
    const auto value = json::Read(text, limits);
    const auto canonical = json::ReadCanonical(text, limits);
    const auto reference = testing::ReferenceRead(text, limits);
    CS_CHECK(value.has_value() == reference.has_value());
    if (!value) {
      CS_CHECK(value.error().code() == reference.error().code());
      CS_CHECK(value.error().path() == reference.error().path());
      CS_CHECK(!canonical);
      continue;
    }
    CS_CHECK(*value == *reference);
    const String written = json::Write(*value);
    CS_CHECK(canonical.has_value() == (written == text));
    const auto again = json::ReadCanonical(written, json::kDocumentLimits);
    CS_CHECK(again && *again == *value);
  }
  if (const auto decoded = DecodeBase64Url(text)) CS_CHECK(EncodeBase64Url(*decoded) == text);
  if (const auto decoded = DecodeHex(text)) CS_CHECK(EncodeHex(*decoded) == text);
  if (IsUtf8(text)) (void)InspectText(text).Any();
  return 0;
}
