// A signed envelope whose customer hands in a file.
#ifndef COUNTERSIGN_TESTS_SUPPORT_FILE_ENVELOPE_H_
#define COUNTERSIGN_TESTS_SUPPORT_FILE_ENVELOPE_H_

#include <string_view>

#include "support/signed_envelope.h"
#include "template/file_value.h"

namespace countersign::testing {

inline const String& FileTemplate() {
  static const String source = [] {
    String text(kFixtureTemplate);
    return text.insert(text.find("# Signatures"),
                       "# Identity {#identity}\n\nA copy of the ID card: {{file: idCard, "
                       "role=customer, label=\"ID card\", accept=\"image/*\", required=false, "
                       "check=\"idCard.size <= 2000\", message=\"At most 2 kB\"}}\n\n");
  }();
  return source;
}

class FileEnvelope : public SignedEnvelope {
 public:
  FileEnvelope() : SignedEnvelope({.source = FileTemplate()}) {}

  static Bytes BlobOf(std::string_view content, uint8_t salt = 7) {
    Bytes blob(Salt::kLength, salt);
    const ByteView bytes = AsBytes(content);
    blob.insert(blob.end(), bytes.begin(), bytes.end());
    return blob;
  }
  static json::Value ValueOf(const Bytes& blob, std::string_view name = "id.jpg") {
    auto value = templates::FileOf(name, blob);
    CS_CHECK(value.has_value());
    return *std::move(value);
  }
  Result<void> Pick(ceremony::Draft& draft, const json::Value& value) {
    json::Value act = Parsed(R"({"do":"setValue","field":"idCard"})");
    act.Set("text", Text(value.is_null() ? String() : json::Write(value)));
    return TryAct(customer, draft, act);
  }
  // The customer signs with this as the file's value; blobs are put in before.
  void SignWith(const json::Value& value) {
    Send();
    Join(customer, customer_link);
    ceremony::Draft draft;
    Prepare(customer, draft);
    CS_CHECK(Pick(draft, value).has_value());
    Act(customer, draft, R"({"do":"sign","gesture":"tap","label":"Sign and finish"})");
  }
  void CompleteWith(const Bytes& blob) {
    AddBlob(blob);
    SignWith(ValueOf(blob));
    Sign(provider, provider_link);
    Do(completer, R"({"do":"complete"})");
  }
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_FILE_ENVELOPE_H_
