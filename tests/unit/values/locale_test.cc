#include "values/locale.h"

#include <gtest/gtest.h>

#include "base/string.h"
#include "unit/values/results.h"

namespace countersign::values {
namespace {

TEST(Locale, FallsBackByLeavingOutTheLastPart) {
  EXPECT_EQ(Get(Locale::Find("de")).tag(), "de");
  EXPECT_EQ(Get(Locale::Find("de-AT")).tag(), "de-AT");
  EXPECT_EQ(Get(Locale::Find("de-LI")).tag(), "de");
  EXPECT_EQ(Get(Locale::Find("en-US")).tag(), "en");
  EXPECT_EQ(Get(Locale::Find("fr-CA-u-ca-gregory")).tag(), "fr-CA");
  EXPECT_EQ(Get(Locale::Find("PT-br")).tag(), "pt") << "tags have no case";
}

TEST(Locale, AnUnknownLanguageIsAnErrorAndNeverTheHosts) {
  for (std::string_view tag : {"", "zz", "e", "english", "-de", "zh-Hant", "*"}) {
    EXPECT_EQ(CodeOf(Locale::Find(tag)), "values.unknown_locale") << tag;
  }
  EXPECT_EQ(CodeOf(Locale::Find("de-" + String(100, 'a'))), "values.unknown_locale");
}

TEST(Locale, TheTableIsVersionedAndSorted) {
  EXPECT_EQ(LocaleTableVersion(), "cldr-41-3");
  size_t count = 0;
  for (; !LocaleTag(count).empty(); ++count) {
    EXPECT_EQ(Get(Locale::Find(LocaleTag(count))).tag(), LocaleTag(count));
    if (count > 0) {
      EXPECT_LT(LocaleTag(count - 1), LocaleTag(count));
    }
  }
  EXPECT_EQ(count, 16u);
}

}  // namespace
}  // namespace countersign::values
