#include "log/blob.h"

#include <gtest/gtest.h>

#include "crypto/crypto.h"

namespace countersign::log {
namespace {

using json::Value;

template <class T>
String CodeOf(const Result<T>& result) {
  return result ? "ok" : String(result.error().name());
}

TEST(Blob, IsFoundInTheStoreUnderTheHashThatNamesIt) {
  const Hash reference = ReferTo(AsBytes("abc"));
  EXPECT_EQ(reference.ToBase64Url(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  EXPECT_EQ(StoreIdOf(reference), crypto::HashStored(AsBytes("abc")));
  EXPECT_EQ(EncodeHex(StoreIdOf(reference).view()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Blob, OtherBytesAreRefused) {
  const Hash reference = ReferTo(AsBytes("terms"));
  EXPECT_EQ(CodeOf(CheckBlob(reference, AsBytes("terms"), BlobKind::kStructural)), "ok");
  for (const std::string_view bytes : {"Terms", "terms ", "term", ""}) {
    EXPECT_EQ(CodeOf(CheckBlob(reference, AsBytes(bytes), BlobKind::kStructural)),
              "blob.wrong_hash");
  }
}

TEST(Blob, SizesHaveLimitsAndTheLimitItselfFits) {
  const Bytes detail(kMaxDetailBytes, 1);
  const Bytes structural(kMaxBlobBytes, 1);
  EXPECT_EQ(CodeOf(CheckBlob(ReferTo(detail), detail, BlobKind::kDetail)), "ok");
  EXPECT_EQ(CodeOf(CheckBlob(ReferTo(structural), structural, BlobKind::kStructural)), "ok");
  const Bytes detail_more(kMaxDetailBytes + 1, 1);
  const Bytes structural_more(kMaxBlobBytes + 1, 1);
  EXPECT_EQ(CodeOf(CheckBlob(ReferTo(detail_more), detail_more, BlobKind::kDetail)),
            "blob.too_large");
  EXPECT_EQ(CodeOf(CheckBlob(ReferTo(detail_more), detail_more, BlobKind::kStructural)), "ok");
  EXPECT_EQ(CodeOf(CheckBlob(ReferTo(structural_more), structural_more, BlobKind::kStructural)),
            "blob.too_large");
}

Salt SomeSalt() { return *Salt::FromBytes(Bytes(16, 4)); }

TEST(Detail, ComesBackWithItsSalt) {
  const String stored = *WriteDetail(
      Value::Make({{"name", Value::String("Anna")}, {"zip", Value::String("8000")}}), SomeSalt());
  EXPECT_EQ(stored, R"({"name":"Anna","salt":"BAQEBAQEBAQEBAQEBAQEBA","zip":"8000"})");
  const auto read = ReadDetail(stored);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->Find("name")->string_value(), "Anna");
}

TEST(Detail, EqualContentWithOtherSaltHasAnotherName) {
  const Value content = Value::Make({{"name", Value::String("Anna")}});
  EXPECT_NE(ReferTo(AsBytes(*WriteDetail(content, SomeSalt()))),
            ReferTo(AsBytes(*WriteDetail(content, Salt()))));
}

TEST(Detail, NeedsASaltAndOneSpelling) {
  EXPECT_EQ(CodeOf(ReadDetail("{}")), "schema.missing_member");
  EXPECT_EQ(CodeOf(ReadDetail("[]")), "schema.wrong_type");
  EXPECT_EQ(CodeOf(ReadDetail(R"({"salt":"BAQEBA"})")), "bytes.wrong_length");
  EXPECT_EQ(CodeOf(ReadDetail(R"({"salt":"BAQEBAQEBAQEBAQEBAQEBB"})")), "bytes.not_base64url");
  EXPECT_EQ(CodeOf(ReadDetail(R"({"salt": "BAQEBAQEBAQEBAQEBAQEBA"})")), "json.not_canonical");
}

TEST(Detail, TwoHundredAndFiftySixKibibytesAreTheLargest) {
  const size_t frame = WriteDetail(Value::Make({{"x", Value::String("")}}), SomeSalt())->size();
  const auto with = [](size_t size) {
    return Value::Make({{"x", Value::String(String(size, 'x'))}});
  };
  EXPECT_EQ(WriteDetail(with(kMaxDetailBytes - frame), SomeSalt())->size(), kMaxDetailBytes);
  EXPECT_EQ(CodeOf(WriteDetail(with(kMaxDetailBytes - frame + 1), SomeSalt())), "blob.too_large");
}

}  // namespace
}  // namespace countersign::log
