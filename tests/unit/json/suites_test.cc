// Public suites, read where they lie: JSONTestSuite and the test data of JCS.
#include <gtest/gtest.h>

#include "base/string.h"
#include "json/value.h"
#include "support/files.h"

namespace countersign::json {
namespace {

using ::countersign::testing::ListFolder;
using ::countersign::testing::ReadFile;
using ::countersign::testing::SharedPath;

TEST(JsonTestSuite, EverythingThatMustBeRefusedIsRefused) {
  const String folder = SharedPath("json-test-suite/test_parsing");
  const auto names = ListFolder(folder);
  if (names.empty()) GTEST_SKIP() << "skipped: JSONTestSuite is not here";
  int refused = 0;
  for (const String& name : names) {
    if (!name.starts_with("n_")) continue;
    const auto text = ReadFile(folder + "/" + name);
    ASSERT_TRUE(text.has_value()) << name;
    EXPECT_FALSE(Read(*text, kDocumentLimits).has_value()) << name;
    ++refused;
  }
  EXPECT_EQ(refused, 188);
}

TEST(JsonTestSuite, WhatMustBeAcceptedIsAcceptedOrOutsideTheProfileByItsCode) {
  const String folder = SharedPath("json-test-suite/test_parsing");
  const auto names = ListFolder(folder);
  if (names.empty()) GTEST_SKIP() << "skipped: JSONTestSuite is not here";
  int seen = 0;
  int accepted = 0;
  for (const String& name : names) {
    if (!name.starts_with("y_")) continue;
    ++seen;
    const auto text = ReadFile(folder + "/" + name);
    ASSERT_TRUE(text.has_value()) << name;
    const auto value = Read(*text, kDocumentLimits);
    if (value) {
      ++accepted;
      const auto again = ReadCanonical(Write(*value), kDocumentLimits);
      ASSERT_TRUE(again.has_value()) << name;
      EXPECT_EQ(*again, *value) << name;
      continue;
    }
    // The profile is narrower than RFC 8259 in exactly these ways.
    const ErrorCode code = value.error().code();
    EXPECT_TRUE(code == ErrorCode::kJsonNumberNotInteger || code == ErrorCode::kJsonDuplicateName ||
                code == ErrorCode::kJsonNameNotAscii)
        << name << ": " << value.error().name();
  }
  EXPECT_EQ(seen, 95);
  EXPECT_GE(accepted, 70);
}

TEST(JsonTestSuite, UndefinedCasesAreDecidedWithoutHarm) {
  const String folder = SharedPath("json-test-suite/test_parsing");
  const auto names = ListFolder(folder);
  if (names.empty()) GTEST_SKIP() << "skipped: JSONTestSuite is not here";
  for (const String& name : names) {
    if (!name.starts_with("i_")) continue;
    // None of them has a canonical form in the profile: numbers that overflow, invalid Unicode,
    // depth, and two spellings.
    const auto text = ReadFile(folder + "/" + name);
    ASSERT_TRUE(text.has_value()) << name;
    EXPECT_FALSE(ReadCanonical(*text, kDocumentLimits).has_value()) << name;
  }
}

TEST(Jcs, InputsWithinTheProfileAreWrittenAsTheReferenceWritesThem) {
  const String folder = SharedPath("jcs/testdata/");
  const auto names = ListFolder(folder + "input");
  if (names.empty()) GTEST_SKIP() << "skipped: the JCS test data are not here";
  int compared = 0;
  for (const String& name : names) {
    const auto input = ReadFile(folder + "input/" + name);
    const auto output = ReadFile(folder + "output/" + name);
    ASSERT_TRUE(input.has_value() && output.has_value()) << name;
    const auto value = Read(*input, kDocumentLimits);
    if (!value) {
      // The others hold fractions, exponents or names outside ASCII.
      const ErrorCode code = value.error().code();
      EXPECT_TRUE(code == ErrorCode::kJsonNumberNotInteger || code == ErrorCode::kJsonNameNotAscii)
          << name << ": " << value.error().message();
      continue;
    }
    EXPECT_EQ(Write(*value), *output) << name;
    EXPECT_TRUE(ReadCanonical(*output, kDocumentLimits).has_value()) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 2);
}

}  // namespace
}  // namespace countersign::json
