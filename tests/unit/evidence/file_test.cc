// Files that somebody handed in, as the verifier finds them.
#include <gtest/gtest.h>

#include "evidence/html_copy.h"
#include "evidence/page.h"
#include "evidence/verify.h"
#include "support/file_envelope.h"
#include "support/reports.h"

namespace countersign::evidence {
namespace {

using testing::FileEnvelope;
using testing::FindReason;
using testing::HasReason;
using testing::Parsed;
using testing::Report;
using testing::SignedEnvelope;

json::Value IdCard(const VerificationReport& report) {
  for (const json::Value& value : ListOf(report.json, "values")) {
    if (TextOf(value, "id") == "idCard") return value;
  }
  return json::Value::Make({});
}

TEST(FileEvidence, AFileThatIsWhatItsValueSaysIsPartOfAValidEnvelope) {
  FileEnvelope envelope;
  envelope.CompleteWith(FileEnvelope::BlobOf("abc"));
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  EXPECT_TRUE(ListOf(report.json, "reasons").empty()) << json::Write(report.json);
  EXPECT_TRUE(IdCard(report).Find("file")->bool_value());
  EXPECT_TRUE(TextOf(IdCard(report), "display").starts_with("id.jpg, 3 B, SHA-256 ba7816bf"));
}

TEST(FileEvidence, TheSavedCopyShowsNameSizeAndHash) {
  FileEnvelope envelope;
  envelope.CompleteWith(FileEnvelope::BlobOf("abc"));
  const String bundle = envelope.Bundle();
  auto copy = WriteHtmlCopy(AsBytes(bundle));
  ASSERT_TRUE(copy.has_value());
  EXPECT_NE(copy->find("id.jpg, 3 B, SHA-256 ba7816bf8f01cfea"), String::npos);
  EXPECT_EQ(Report(*copy).verdict, Verdict::kValid);
}

TEST(FileEvidence, AFileThatASignatureBindsAndThatIsNotThereLeavesTheBundleIncomplete) {
  FileEnvelope envelope;
  const Bytes blob = FileEnvelope::BlobOf("abc");
  envelope.CompleteWith(blob);
  EraseIf(envelope.blobs(), [&](const Bytes& bytes) { return bytes == blob; });
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kIncomplete) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "detail.withheld", "incomplete"));
  EXPECT_FALSE(IdCard(report).Find("file")->bool_value());
  EXPECT_EQ(ListOf(report.json, "withheld").size(), 1u);
}

TEST(FileEvidence, AShreddedFileIsToldWithTheEventThatShreddedIt) {
  FileEnvelope envelope;
  const Bytes blob = FileEnvelope::BlobOf("abc");
  envelope.CompleteWith(blob);
  const String ref = log::ReferTo(blob).ToBase64Url();
  envelope.Do(envelope.owner, "{\"do\":\"shred\",\"details\":[\"" + ref + "\"]}");
  EraseIf(envelope.blobs(), [&](const Bytes& bytes) { return bytes == blob; });
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kValid) << json::Write(report.json);
  ASSERT_EQ(ListOf(report.json, "withheld").size(), 1u);
  EXPECT_EQ(TextOf(ListOf(report.json, "withheld")[0], "ref"), ref);
  EXPECT_FALSE(TextOf(ListOf(report.json, "withheld")[0], "shredded").empty());
}

// What a program that ignores the rules could sign.
VerificationReport ReportOf(const char* member, const json::Value& value) {
  FileEnvelope envelope;
  const Bytes blob = FileEnvelope::BlobOf("abc");
  envelope.AddBlob(blob);
  json::Value file = FileEnvelope::ValueOf(blob);
  file.Set(member, value);
  envelope.SignWith(file);
  return Report(envelope.Bundle());
}

TEST(FileEvidence, AFileOfAnotherSizeOrHashIsInvalid) {
  for (const VerificationReport& report :
       {ReportOf("size", json::Value::Int(4)),
        ReportOf("sha256", json::Value::String(String(64, '0')))}) {
    EXPECT_EQ(report.verdict, Verdict::kInvalid);
    EXPECT_TRUE(HasReason(report, "file.differs", "invalid")) << json::Write(report.json);
    EXPECT_EQ(TextOf(*FindReason(report, "file.differs"), "field"), "idCard");
  }
  EXPECT_EQ(ReportOf("name", json::Value::String("other.jpg")).verdict, Verdict::kNotSealed)
      << "nothing but the value says what a file is called";
}

TEST(FileEvidence, AFileThatItsEventDoesNotNameIsInvalidThoughItIsThere) {
  FileEnvelope envelope;
  const Bytes blob = FileEnvelope::BlobOf("abc");
  envelope.AddBlob(blob);
  envelope.Send();
  envelope.Join(envelope.customer, envelope.customer_link);
  const json::Value detail =
      json::Value::Make({{"values", json::Value::Make({{"idCard", FileEnvelope::ValueOf(blob)}})},
                         {"was", json::Value::Make({})}});
  auto bytes = log::WriteDetail(detail, Salt());
  ASSERT_TRUE(bytes.has_value());
  envelope.AddBlob(Bytes(AsBytes(*bytes).begin(), AsBytes(*bytes).end()));
  envelope.AddRaw(envelope.customer, "fields.committed",
                  R"({"fields":["idCard"],"recipient":"customer","revision":")" +
                      envelope.state().revision->hash.ToBase64Url() + R"(","detail":")" +
                      log::ReferTo(AsBytes(*bytes)).ToBase64Url() + R"("})");
  const VerificationReport report = Report(envelope.Bundle());
  EXPECT_EQ(report.verdict, Verdict::kInvalid) << json::Write(report.json);
  EXPECT_TRUE(HasReason(report, "file.differs", "invalid"));
}

}  // namespace
}  // namespace countersign::evidence
