#include "evidence/bundle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/crypto.h"
#include "support/bundle_lines.h"
#include "support/signed_envelope.h"

namespace countersign::evidence {
namespace {

using testing::BundleLines;
using testing::SignedEnvelope;

const String& Sent() {
  static const String* const bundle = [] {
    SignedEnvelope envelope;
    envelope.Send();
    return new String(envelope.Bundle());
  }();
  return *bundle;
}

ErrorCode OnlyFault(const String& file) {
  auto bundle = ReadBundle(AsBytes(file));
  EXPECT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->faults.size(), 1u);
  return bundle->faults.empty() ? ErrorCode::kBundleBadHeader : bundle->faults.front().error.code();
}

TEST(Bundle, WhatIsWrittenIsReadBack) {
  auto bundle = ReadBundle(AsBytes(Sent()));
  ASSERT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->ending, Ending::kWhole);
  EXPECT_TRUE(bundle->faults.empty());
  EXPECT_EQ(bundle->events.size(), 5u);
  Vector<String> events;
  Vector<Bytes> blobs;
  for (const BundledEvent& event : bundle->events) events.push_back(event.stored);
  for (const Blob& blob : bundle->blobs) blobs.push_back(blob.bytes);
  auto again = WriteBundle(events, blobs);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, Sent());
}

TEST(Bundle, OneSetOfItemsHasOneFileInWhateverOrderAndHoweverOftenTheyCome) {
  SignedEnvelope envelope;
  envelope.Send();
  Vector<String> events = envelope.events();
  Vector<Bytes> blobs = envelope.blobs();
  std::reverse(events.begin(), events.end());
  std::reverse(blobs.begin(), blobs.end());
  events.push_back(events.front());
  blobs.push_back(blobs.front());
  auto file = WriteBundle(events, blobs);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(*file, envelope.Bundle());
}

TEST(Bundle, EventsThatCannotBeReadAreKept) {
  SignedEnvelope envelope;
  envelope.Send();
  envelope.events().push_back("from.the.future");
  const String file = envelope.Bundle();
  EXPECT_NE(file.find("event from.the.future\n"), String::npos);
  EXPECT_EQ(OnlyFault(file), ErrorCode::kBundleBadEvent);
}

TEST(Bundle, AFileThatIsNoBundleIsRefused) {
  for (const String file : {"", "countersign-bundle/v2\n", "<html></html>",
                            "\xEF\xBB\xBF"
                            "countersign-bundle/v1\n"}) {
    auto bundle = ReadBundle(AsBytes(file));
    ASSERT_FALSE(bundle.has_value());
    EXPECT_EQ(bundle.error().code(), ErrorCode::kBundleBadHeader);
  }
}

TEST(Bundle, AFileLargerThanItsBoundIsRefused) {
  String file = "countersign-bundle/v1\n";
  file.resize(kMaxBundleBytes + 1, 'x');
  auto bundle = ReadBundle(AsBytes(file));
  ASSERT_FALSE(bundle.has_value());
  EXPECT_EQ(bundle.error().code(), ErrorCode::kBundleTooLarge);

  Vector<String> events(kMaxBundleEvents + 1);
  for (size_t i = 0; i < events.size(); ++i) events[i] = NumberText(i);
  auto written = WriteBundle(events, {});
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), ErrorCode::kBundleTooLarge);
}

TEST(Bundle, AFileWithoutItsEndLineIsNotWhole) {
  BundleLines lines(Sent());
  const String file = lines.Join(BundleLines::End::kNone);
  auto bundle = ReadBundle(AsBytes(file));
  ASSERT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->ending, Ending::kMissing);
}

TEST(Bundle, AnEndLineThatDoesNotFitIsNamed) {
  String file = Sent();
  const size_t digit = file.rfind("end ") + 4;
  file[digit] = file[digit] == '5' ? '4' : '5';
  EXPECT_EQ(OnlyFault(file), ErrorCode::kBundleWrongEnd);
  // The last line feed belongs to the end line.
  String cut = Sent();
  cut.pop_back();
  auto bundle = ReadBundle(AsBytes(cut));
  ASSERT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->ending, Ending::kWrong);
}

TEST(Bundle, EachKindOfDamageHasItsCode) {
  const BundleLines whole(Sent());
  BundleLines lines = whole;
  lines.lines.insert(lines.lines.begin() + 2, "note hello");
  EXPECT_EQ(OnlyFault(lines.Join()), ErrorCode::kBundleBadLine);

  lines = whole;
  lines.lines.insert(lines.lines.begin() + 2, lines.lines[1]);
  EXPECT_EQ(OnlyFault(lines.Join()), ErrorCode::kBundleDuplicate);

  lines = whole;
  std::swap(lines.lines[1], lines.lines[2]);
  EXPECT_EQ(OnlyFault(lines.Join()), ErrorCode::kBundleOutOfOrder);

  lines = whole;
  std::swap(lines.lines[lines.lines.size() - 1], lines.lines[lines.lines.size() - 2]);
  EXPECT_EQ(OnlyFault(lines.Join()), ErrorCode::kBundleOutOfOrder);

  lines = whole;
  String& blob = lines.lines.back();
  blob[60] = blob[60] == 'A' ? 'B' : 'A';
  EXPECT_EQ(OnlyFault(lines.Join()), ErrorCode::kBundleWrongBlob);

  EXPECT_EQ(OnlyFault(whole.Join() + "more\n"), ErrorCode::kBundleTrailing);
}

TEST(Bundle, FaultsBeyondTheBoundAreCounted) {
  BundleLines lines(Sent());
  for (size_t i = 0; i < kMaxBundleFaults + 7; ++i) lines.lines.push_back("junk");
  auto bundle = ReadBundle(AsBytes(lines.Join()));
  ASSERT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->faults.size(), kMaxBundleFaults);
  EXPECT_EQ(bundle->more_faults, 7u);
}

}  // namespace
}  // namespace countersign::evidence
