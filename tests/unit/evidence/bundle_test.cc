#include "evidence/bundle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/sort.h"
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
  auto wrong = ReadBundle(AsBytes(file));
  ASSERT_TRUE(wrong.has_value());
  EXPECT_EQ(wrong->ending, Ending::kWrong);
  EXPECT_TRUE(wrong->faults.empty());
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

// A JWS in form, of a version that is not there yet; nobody's signature.
String LaterLine(size_t number) {
  return "event " +
         EncodeBase64Url(AsBytes(R"({"alg":"EdDSA","kid":")" + KeyId{}.ToBase64Url() +
                                 R"(","typ":"countersign-event+jws"})")) +
         "." + EncodeBase64Url(AsBytes("{\"v\":2,\"w\":" + NumberText(number + 1000) + "}")) + "." +
         EncodeBase64Url(Bytes(64, 0));
}

TEST(Bundle, EventsOfALaterVersionTakeNoRoomFromFaults) {
  BundleLines lines(Sent());
  const auto blobs = std::find_if(lines.lines.begin(), lines.lines.end(),
                                  [](const String& line) { return line.starts_with("blob "); });
  Vector<String> later;
  for (size_t i = 0; i < kMaxBundleFaults + 1; ++i) later.push_back(LaterLine(i));
  SortUnique(&later);
  lines.lines.insert(blobs, later.begin(), later.end());
  EXPECT_EQ(OnlyFault(lines.Join() + "more\n"), ErrorCode::kBundleTrailing);
  auto bundle = ReadBundle(AsBytes(lines.Join()));
  ASSERT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->later.size(), kMaxBundleFaults + 1);
  EXPECT_TRUE(bundle->faults.empty());
}

TEST(Bundle, EventsOfALaterVersionStandBehindTheOthersOnceAndInOrder) {
  const BundleLines whole(Sent());
  const auto with = [&](size_t place, std::initializer_list<size_t> numbers) {
    BundleLines lines = whole;
    for (const size_t number : numbers) {
      lines.lines.insert(lines.lines.begin() + static_cast<ptrdiff_t>(place++), LaterLine(number));
    }
    return lines.Join();
  };
  const size_t behind = 1 + whole.EventCount();
  EXPECT_TRUE(ReadBundle(AsBytes(with(behind, {1, 2})))->faults.empty());
  EXPECT_EQ(OnlyFault(with(behind, {2, 1})), ErrorCode::kBundleOutOfOrder);
  EXPECT_EQ(OnlyFault(with(behind, {1, 1})), ErrorCode::kBundleDuplicate);
  EXPECT_EQ(OnlyFault(with(behind - 1, {1})), ErrorCode::kBundleOutOfOrder);
}

TEST(Bundle, TheOrderToReplayInHasParentsFirstWhateverTheFileSays) {
  BundleLines lines(Sent());
  const auto blobs = std::find_if(lines.lines.begin(), lines.lines.end(),
                                  [](const String& line) { return line.starts_with("blob "); });
  std::reverse(lines.lines.begin() + 1, blobs);
  lines.lines.insert(lines.lines.begin() + 1, lines.lines[2]);  // one of them twice
  auto bundle = ReadBundle(AsBytes(lines.Join()));
  ASSERT_TRUE(bundle.has_value());
  ASSERT_EQ(bundle->order.size(), bundle->events.size());
  Vector<EventId> met;
  for (const uint32_t place : bundle->order) {
    for (const EventId& parent : bundle->events[place].parents) {
      EXPECT_NE(std::find(met.begin(), met.end(), parent), met.end());
    }
    met.push_back(bundle->events[place].id);
  }
}

}  // namespace
}  // namespace countersign::evidence
