#include "values/format.h"

#include <gtest/gtest.h>

#include <set>

#include "base/string.h"
#include "base/vector.h"
#include "unit/values/results.h"

// The expected texts are written down by hand from CLDR's charts and from usage, not copied from
// the output.
namespace countersign::values {
namespace {

Locale WithItsWords(std::string_view tag) {
  const Locale locale = Get(Locale::Find(tag));
  return locale.WithWords(WordRules(locale.tag()));
}

Result<String> Try(const Value& value, std::string_view format, std::string_view tag) {
  return FormatValue(value, Get(Format::Parse(format)), WithItsWords(tag));
}

String Show(const Value& value, std::string_view format, std::string_view tag) {
  return Get(Try(value, format, tag));
}

Value Amount(std::string_view amount, std::string_view currency) {
  return Value::Of(Get(ParseMoney(amount, currency)));
}
Value Number(std::string_view text) { return Value::Of(Dec(text)); }
Value Texts(Vector<std::string_view> texts) {
  Vector<Value> items;
  for (std::string_view text : texts) items.push_back(Value::String(text));
  return Get(Value::List(std::move(items)));
}

TEST(FormatMoney, FollowsTheLocale) {
  struct Case {
    std::string_view tag;
    std::string_view text;
  };
  const Case kCases[] = {
      {"en", "€1,234,567.50"},
      {"en-GB", "€1,234,567.50"},
      {"en-IN", "€12,34,567.50"},
      {"de", "1.234.567,50\u00A0€"},
      {"de-AT", "€\u00A01.234.567,50"},
      {"de-CH", "EUR\u00A01’234’567.50"},
      {"fr", "1\u202F234\u202F567,50\u00A0€"},
      {"fr-CA", "1\u00A0234\u00A0567,50\u00A0€"},
      {"es", "1.234.567,50\u00A0€"},
      {"es-MX", "EUR\u00A01,234,567.50"},
      {"it", "1.234.567,50\u00A0€"},
      {"nl", "€\u00A01.234.567,50"},
      {"pl", "1\u00A0234\u00A0567,50\u00A0€"},
      {"pt", "€\u00A01.234.567,50"},
      {"pt-PT", "1\u00A0234\u00A0567,50\u00A0€"},
      {"sv", "1\u00A0234\u00A0567,50\u00A0€"},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(Show(Amount("1234567.5", "EUR"), "money", c.tag), c.text) << c.tag;
}

TEST(FormatMoney, NegativeAmountsFollowTheLocaleToo) {
  EXPECT_EQ(Show(Amount("-5.00", "USD"), "money", "en"), "-$5.00");
  EXPECT_EQ(Show(Amount("-5.00", "EUR"), "money", "de"), "-5,00\u00A0€");
  EXPECT_EQ(Show(Amount("-5.00", "CHF"), "money", "de-CH"), "CHF-5.00");
  EXPECT_EQ(Show(Amount("-5.00", "EUR"), "money", "nl"), "€\u00A0-5,00");
  EXPECT_EQ(Show(Amount("-5.00", "SEK"), "money", "sv"), "\u22125,00\u00A0kr");
}

TEST(FormatMoney, SmallAmountsOfSpainPolandAndPortugalAreNotGrouped) {
  EXPECT_EQ(Show(Amount("1234.50", "EUR"), "money", "es"), "1234,50\u00A0€");
  EXPECT_EQ(Show(Amount("12345.50", "EUR"), "money", "es"), "12.345,50\u00A0€");
  EXPECT_EQ(Show(Amount("1234.50", "PLN"), "money", "pl"), "1234,50\u00A0zł");
  EXPECT_EQ(Show(Amount("1234.50", "EUR"), "money", "pt-PT"), "1234,50\u00A0€");
  EXPECT_EQ(Show(Amount("1234.50", "EUR"), "money", "de"), "1.234,50\u00A0€");
}

TEST(FormatMoney, HasTheCurrencysOwnDecimals) {
  EXPECT_EQ(Show(Amount("1234", "JPY"), "money", "en"), "¥1,234");
  EXPECT_EQ(Show(Amount("1.5", "KWD"), "money", "en"), "KWD\u00A01.500");
  EXPECT_EQ(Show(Amount("5", "EUR"), "money", "en"), "€5.00");
  EXPECT_EQ(Show(Amount("5.000", "EUR"), "money", "en"), "€5.00");
}

TEST(FormatMoney, CodeInsteadOfSymbol) {
  EXPECT_EQ(Show(Amount("50000", "EUR"), "money(code)", "en"), "EUR\u00A050,000.00");
  EXPECT_EQ(Show(Amount("50000", "EUR"), "money(code)", "de"), "50.000,00\u00A0EUR");
  EXPECT_EQ(Show(Amount("50000", "CAD"), "money", "en"), "CA$50,000.00");
  EXPECT_EQ(Show(Amount("50000", "CAD"), "money", "fr-CA"), "50\u00A0000,00\u00A0$");
}

TEST(FormatMoney, NeverRoundsInSilence) {
  EXPECT_EQ(CodeOf(Try(Amount("5.005", "EUR"), "money", "en")), "values.inexact");
  Value third = Value::Of(Get(Divide(Eur("10.00"), Dec("3"))));
  EXPECT_EQ(CodeOf(Try(third, "money", "en")), "values.inexact");
  EXPECT_EQ(CodeOf(Try(third, "text", "en")), "values.inexact");
}

TEST(FormatNumber, GroupsAndKeepsTheDigits) {
  EXPECT_EQ(Show(Value::Int(5000), "number", "en"), "5,000");
  EXPECT_EQ(Show(Value::Int(-1234567), "number", "en-IN"), "-12,34,567");
  EXPECT_EQ(Show(Value::Int(INT64_MIN), "number", "en"), "-9,223,372,036,854,775,808");
  EXPECT_EQ(Show(Number("99.950"), "number", "de"), "99,950");
  EXPECT_EQ(Show(Number("99.9"), "number(2)", "de"), "99,90");
  EXPECT_EQ(Show(Number("1234.50"), "number", "de-AT"), "1\u00A0234,50")
      << "money has another mark there";
  EXPECT_EQ(Show(Number("-0.5"), "number", "sv"), "\u22120,5");
  EXPECT_EQ(Show(Number("2.00"), "number(0)", "en"), "2");
  EXPECT_EQ(Show(Number("999"), "number", "en"), "999");
  EXPECT_EQ(Show(Number("100000"), "number", "en-IN"), "1,00,000");
  EXPECT_EQ(CodeOf(Try(Number("99.95"), "number(1)", "de")), "values.inexact");
  EXPECT_EQ(CodeOf(Try(Value::Of(Get(Divide(Dec("1"), Dec("3")))), "number", "de")),
            "values.inexact");
  EXPECT_EQ(CodeOf(Try(Number("99999999999999999999999999999999999999"), "number(1)", "de")),
            "values.overflow");
}

TEST(FormatPercent, IsAHundredfold) {
  EXPECT_EQ(Show(Number("0.19"), "percent", "en"), "19%");
  EXPECT_EQ(Show(Number("0.19"), "percent", "de"), "19\u00A0%");
  EXPECT_EQ(Show(Number("0.1950"), "percent", "fr"), "19,50\u00A0%");
  EXPECT_EQ(Show(Number("0.195"), "percent(2)", "en"), "19.50%");
  EXPECT_EQ(Show(Value::Int(1), "percent", "en"), "100%");
  EXPECT_EQ(Show(Number("0.5"), "percent", "en"), "50%");
  EXPECT_EQ(Show(Number("-12.5"), "percent", "en"), "-1,250%");
  EXPECT_EQ(CodeOf(Try(Number("0.195"), "percent(0)", "en")), "values.inexact");
}

TEST(FormatDate, FollowsTheLocale) {
  struct Case {
    std::string_view tag;
    std::string_view long_text;
    std::string_view medium;
    std::string_view short_text;
  };
  const Case kCases[] = {
      {"en", "March 5, 2026", "Mar 5, 2026", "3/5/2026"},
      {"en-GB", "5 March 2026", "5 Mar 2026", "05/03/2026"},
      {"en-IN", "5 March 2026", "05-Mar-2026", "5/3/2026"},
      {"de", "5. März 2026", "05.03.2026", "5.3.2026"},
      {"fr", "5 mars 2026", "5 mars 2026", "05/03/2026"},
      {"fr-CA", "5 mars 2026", "5 mars 2026", "2026-03-05"},
      {"es", "5 de marzo de 2026", "5 mar 2026", "5/3/2026"},
      {"it", "5 marzo 2026", "5 mar 2026", "5/3/2026"},
      {"nl", "5 maart 2026", "5 mrt. 2026", "5-3-2026"},
      {"pl", "5 marca 2026", "5 mar 2026", "5.03.2026"},
      {"pt", "5 de março de 2026", "5 de mar. de 2026", "05/03/2026"},
      {"pt-PT", "5 de março de 2026", "05/03/2026", "05/03/2026"},
      {"sv", "5 mars 2026", "5 mars 2026", "2026-03-05"},
  };
  Value date = Value::Of(Day("2026-03-05"));
  for (const Case& c : kCases) {
    EXPECT_EQ(Show(date, "date", c.tag), c.long_text) << c.tag;
    EXPECT_EQ(Show(date, "date(long)", c.tag), c.long_text) << c.tag;
    EXPECT_EQ(Show(date, "date(medium)", c.tag), c.medium) << c.tag;
    EXPECT_EQ(Show(date, "date(short)", c.tag), c.short_text) << c.tag;
    EXPECT_EQ(Show(date, "date(iso)", c.tag), "2026-03-05") << c.tag;
  }
}

TEST(FormatDate, KnowsTheTraps) {
  EXPECT_EQ(Show(Value::Of(Day("2026-01-31")), "date", "de-AT"), "31. Jänner 2026");
  EXPECT_EQ(Show(Value::Of(Day("2026-01-01")), "date", "fr"), "1er janvier 2026");
  EXPECT_EQ(Show(Value::Of(Day("2026-01-01")), "date(short)", "fr"), "01/01/2026");
  EXPECT_EQ(Show(Value::Of(Day("2026-12-01")), "date", "en"), "December 1, 2026");
  EXPECT_EQ(Show(Value::Of(Day("0800-12-25")), "date", "en"), "December 25, 800");
}

TEST(FormatPeriod, HasPluralsAndSeparators) {
  EXPECT_EQ(Show(Value::Of(Span("P2Y3M")), "period", "en"), "2 years, 3 months");
  EXPECT_EQ(Show(Value::Of(Span("P1Y1M1D")), "period", "en"), "1 year, 1 month, 1 day");
  EXPECT_EQ(Show(Value::Of(Span("P2Y3M")), "period", "de"), "2 Jahre, 3 Monate");
  EXPECT_EQ(Show(Value::Of(Span("P2Y3M4D")), "period", "de"), "2 Jahre, 3 Monate und 4 Tage");
  EXPECT_EQ(Show(Value::Of(Span("P1Y2D")), "period", "es"), "1 año y 2 días");
  EXPECT_EQ(Show(Value::Of(Span("P0D")), "period", "fr"), "0\u00A0jour")
      << "zero is singular in French";
  EXPECT_EQ(Show(Value::Of(Span("P0D")), "period", "en"), "0 days");
  EXPECT_EQ(Show(Value::Of(Span("P0D")), "period", "pt"), "0 dia");
  EXPECT_EQ(Show(Value::Of(Span("P0D")), "period", "pt-PT"), "0 dias");
  EXPECT_EQ(Show(Value::Of(Span("P30D")), "period", "sv"), "30 dagar") << "calendar days, not dygn";
  EXPECT_EQ(Show(Value::Of(Span("P1500D")), "period", "en"), "1,500 days");
  EXPECT_EQ(Show(Value::Of(Span("-P1Y2M")), "period", "en"), "-1 year, -2 months");
  EXPECT_EQ(Show(Value::Of(Span("P18M")), "period", "nl"), "1 jaar en 6 maanden");
}

TEST(FormatPeriod, PolishHasFourClasses) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"P1Y", "1 rok"},    {"P2Y", "2 lata"},  {"P5Y", "5 lat"},   {"P12Y", "12 lat"},
      {"P22Y", "22 lata"}, {"P25Y", "25 lat"}, {"P1D", "1 dzień"}, {"P30D", "30 dni"}};
  for (const auto& [period, text] : kCases)
    EXPECT_EQ(Show(Value::Of(Span(period)), "period", "pl"), text);
}

TEST(FormatOrdinal, FollowsTheLanguage) {
  const std::pair<int64_t, std::string_view> kEnglish[] = {
      {1, "1st"},     {2, "2nd"},     {3, "3rd"},        {4, "4th"},   {10, "10th"},
      {11, "11th"},   {12, "12th"},   {13, "13th"},      {21, "21st"}, {101, "101st"},
      {111, "111th"}, {112, "112th"}, {1003, "1,003rd"}, {0, "0th"}};
  for (const auto& [number, text] : kEnglish)
    EXPECT_EQ(Show(Value::Int(number), "ordinal", "en"), text);
  EXPECT_EQ(Show(Value::Int(1), "ordinal", "fr"), "1er");
  EXPECT_EQ(Show(Value::Int(2), "ordinal", "fr"), "2e");
  EXPECT_EQ(Show(Value::Int(3), "ordinal", "de"), "3.");
  EXPECT_EQ(Show(Value::Int(3), "ordinal", "es"), "3.º");
  EXPECT_EQ(Show(Value::Int(3), "ordinal", "it"), "3º");
  EXPECT_EQ(Show(Value::Int(3), "ordinal", "nl"), "3e");
  EXPECT_EQ(Show(Value::Int(2), "ordinal", "sv"), "2:a");
  EXPECT_EQ(Show(Value::Int(12), "ordinal", "sv"), "12:e");
  EXPECT_EQ(Show(Value::Uint(UINT64_MAX / 2), "ordinal", "de"), "9.223.372.036.854.775.807.");
  EXPECT_EQ(CodeOf(Try(Number("1.5"), "ordinal", "en")), "values.inexact");
}

TEST(FormatList, JoinsWithAndOrOr) {
  Value three = Texts({"a", "b", "c"});
  EXPECT_EQ(Show(three, "list", "en"), "a, b, and c");
  EXPECT_EQ(Show(three, "list(and)", "en-GB"), "a, b and c");
  EXPECT_EQ(Show(three, "list(or)", "de"), "a, b oder c");
  EXPECT_EQ(Show(Texts({"a", "b"}), "list", "en"), "a and b");
  EXPECT_EQ(Show(Texts({"a"}), "list", "en"), "a");
  EXPECT_EQ(Show(Texts({}), "list", "en"), "");
  EXPECT_EQ(Show(Get(Value::List({Amount("1", "EUR"), Amount("2", "EUR")})), "list", "en"),
            "€1.00 and €2.00");
  EXPECT_EQ(CodeOf(Try(Get(Value::List({Texts({"a"})})), "list", "en")), "values.unknown_format");
}

TEST(FormatList, SpanishAvoidsTheSameSoundTwice) {
  const std::pair<std::string_view, std::string_view> kAnd[] = {
      {"Inés", "a e Inés"},   {"hijos", "a e hijos"}, {"hielo", "a y hielo"},
      {"hiato", "a y hiato"}, {"Íñigo", "a e Íñigo"}, {"yeso", "a y yeso"},
      {"Ávila", "a y Ávila"}, {"", "a y "},           {"ábaco", "a y ábaco"}};
  for (const auto& [next, text] : kAnd) EXPECT_EQ(Show(Texts({"a", next}), "list", "es-MX"), text);
  const std::pair<std::string_view, std::string_view> kOr[] = {
      {"otro", "a u otro"}, {"hotel", "a u hotel"}, {"óptica", "a u óptica"}, {"8", "a u 8"},
      {"11", "a u 11"},     {"110", "a o 110"},     {"1", "a o 1"},           {"uno", "a o uno"}};
  for (const auto& [next, text] : kOr) EXPECT_EQ(Show(Texts({"a", next}), "list(or)", "es"), text);
  EXPECT_EQ(Show(Texts({"x", "otro", "Inés"}), "list", "es"), "x, otro e Inés");
  EXPECT_EQ(Show(Texts({"a", "Ines"}), "list", "it"), "a e Ines");
  EXPECT_EQ(Show(Texts({"a", "Inés"}), "list", "pt"), "a e Inés");
}

TEST(FormatUpper, ChangesLettersOnly) {
  EXPECT_EQ(Show(Value::String("Müller & Söhne Straße 5"), "upper", "de"),
            "MÜLLER & SÖHNE STRASSE 5");
  EXPECT_EQ(Show(Value::String("łódź çelik ÿ"), "upper", "pl"), "ŁÓDŹ ÇELIK Ÿ");
  EXPECT_EQ(Show(Value::String("αβγ ώ жлю ё"), "upper", "en"), "ΑΒΓ Ώ ЖЛЮ Ё");
  EXPECT_EQ(Show(Value::String("東京 😀 \u00A0÷"), "upper", "en"), "東京 😀 \u00A0÷");
}

TEST(FormatText, IsTheUsualFormOfTheType) {
  EXPECT_EQ(Show(Value::String("x"), "text", "de"), "x");
  EXPECT_EQ(Show(Value::Int(2026), "text", "de"), "2026") << "a year has no group mark";
  EXPECT_EQ(Show(Number("1234.50"), "text", "de"), "1234,50");
  EXPECT_EQ(Show(Amount("5", "EUR"), "text", "de"), "5,00\u00A0€");
  EXPECT_EQ(Show(Value::Of(Day("2026-03-05")), "text", "de"), "5. März 2026");
  EXPECT_EQ(Show(Value::Of(Span("P1M")), "text", "de"), "1 Monat");
  EXPECT_EQ(Show(Texts({"a", "b"}), "text", "de"), "a und b");
  for (const Value& value : {Value(), Value::Bool(true), Value::Double(1), Get(Value::Map({}))}) {
    EXPECT_EQ(CodeOf(Try(value, "text", "de")), "values.unknown_format");
  }
}

TEST(Format, WordsSayWholeNumbersAsPeopleCount) {
  struct Case {
    std::string_view tag, number, words;
  };
  constexpr Case kCases[] = {
      {"en", "0", "zero"},
      {"en", "21", "twenty-one"},
      {"en", "100", "one hundred"},
      {"en", "1234567", "one million two hundred thirty-four thousand five hundred sixty-seven"},
      {"en-GB", "-12", "minus twelve"},
      {"en", "999999999999999999",
       "nine hundred ninety-nine quadrillion nine hundred ninety-nine trillion nine hundred "
       "ninety-nine billion nine hundred ninety-nine million nine hundred ninety-nine thousand "
       "nine "
       "hundred ninety-nine"},
      {"de", "1", "eins"},
      {"de", "16", "sechzehn"},
      {"de", "21", "einundzwanzig"},
      {"de", "101", "einhunderteins"},
      {"de-AT", "1234", "eintausendzweihundertvierunddreißig"},
      {"de-CH", "30", "dreissig"},
      {"de", "2000000", "zwei Millionen"},
      {"de", "21000001", "einundzwanzig Millionen eins"},
      {"fr", "71", "soixante-et-onze"},
      {"fr", "80", "quatre-vingts"},
      {"fr", "81", "quatre-vingt-un"},
      {"fr-CA", "99", "quatre-vingt-dix-neuf"},
      {"fr", "200", "deux cents"},
      {"fr", "201", "deux cent un"},
      {"fr", "80000", "quatre-vingt mille"},
      {"fr", "-5", "moins cinq"},
      {"es", "16", "dieciséis"},
      {"es", "21", "veintiuno"},
      {"es", "31", "treinta y uno"},
      {"es", "100", "cien"},
      {"es-MX", "101", "ciento uno"},
      {"es", "21000", "veintiún mil"},
      {"es", "1000000", "un millón"},
      {"pt", "16", "dezesseis"},
      {"pt-PT", "16", "dezasseis"},
      {"pt", "121", "cento e vinte e um"},
      {"pt", "1000000", "um milhão"},
      {"pt", "2000000", "dois milhões"},
      {"pt", "1001", "mil e um"}};
  for (const Case& c : kCases) {
    EXPECT_EQ(Show(Number(c.number), "words", c.tag), c.words) << c.tag << " " << c.number;
  }
}

TEST(Format, WordsEndAtTheirLimitAndWhereNobodyWroteTheRules) {
  EXPECT_EQ(CodeOf(Try(Number("1000000000000000000"), "words", "en")), "values.overflow");
  EXPECT_EQ(CodeOf(Try(Number("-1000000000000000000"), "words", "en")), "values.overflow");
  EXPECT_EQ(CodeOf(Try(Number("1000000000000000000.5"), "words", "en")), "values.overflow");
  EXPECT_NE(Show(Number("999999999999999999.5"), "words", "en").find(" point five"), String::npos);
  const Value third = Value::Of(Get(Divide(Get(Decimal::Parse("1")), Get(Decimal::Parse("3")))));
  EXPECT_EQ(CodeOf(Try(third, "words", "en")), "values.inexact");
  EXPECT_EQ(CodeOf(Try(Number("1"), "words", "sv")), "values.unknown_format");
  EXPECT_EQ(CodeOf(Try(Amount("1.00", "EUR"), "words", "sv")), "values.unknown_format");
  EXPECT_EQ(CodeOf(Try(Amount("1000000000000000000.00", "EUR"), "words", "en")), "values.overflow");
  EXPECT_EQ(CodeOf(Try(Amount("0.005", "EUR"), "words", "en")), "values.inexact");
}

// Every decimal that is written is said: 1.50 is not 1.5.
TEST(Format, WordsSayDecimalsOneByOne) {
  struct Case {
    std::string_view tag, number, words;
  };
  constexpr Case kCases[] = {{"en", "12.05", "twelve point zero five"},
                             {"en", "1.50", "one point five zero"},
                             {"en", "-0.1", "minus zero point one"},
                             {"en", "7.0", "seven point zero"},
                             {"de", "-2.75", "minus zwei Komma sieben fünf"},
                             {"de-CH", "0.3", "null Komma drei"},
                             {"fr", "1.25", "un virgule deux cinq"},
                             {"es", "3.14", "tres punto uno cuatro"},
                             {"pt", "0.02", "zero vírgula zero dois"},
                             {"pt-PT", "-16.1", "menos dezasseis vírgula um"}};
  for (const Case& c : kCases) {
    EXPECT_EQ(Show(Number(c.number), "words", c.tag), c.words) << c.tag << " " << c.number;
  }
}

// The rules come with a template, from anybody.
TEST(Words, AnyRulesEndSoonAndSafely) {
  const Locale locale = Get(Locale::Find("en"));
  const Decimal number = Get(Decimal::Parse("-999999999999999999.25"));
  for (std::string_view rules : {"-",        ".",
                                 "\n",       ";",
                                 "0",        "0:",
                                 "0;",       "-:",
                                 "0:[",      "0:x[y",
                                 "0/0:x",    "0/1:>",
                                 "1/:x",     "5/18446744073709551615:>",
                                 "0:=0;",    "0:=;",
                                 "0:>>;",    "0:>>>>>>>>=1;\n0:<<<<=0;",
                                 "0:=9;",    "99999999999999999999:x;",
                                 "9:x;0:y;", "0:<1=2>3;"}) {
    String out;
    Result<void> said = AppendWords(number, {}, locale.WithWords(rules), &out);
    EXPECT_TRUE(said || said.error().name() == "values.overflow") << rules;
    EXPECT_LT(out.size(), 5000u) << rules;
  }
  String out;
  EXPECT_EQ(AppendWords(number, {}, locale.WithWords("0:>>;"), &out).error().name(),
            "values.overflow");
}

// As on a cheque: the whole units in words, the minor ones as a fraction, always all of them, so
// that nothing can be put in between.
TEST(Format, WordsOfMoneySayTheMinorUnitsAsAFraction) {
  EXPECT_EQ(Show(Amount("1200.50", "EUR"), "words", "en"),
            "one thousand two hundred\u00A050/100\u00A0EUR");
  EXPECT_EQ(Show(Amount("1200", "EUR"), "words", "de"),
            "eintausendzweihundert\u00A000/100\u00A0EUR");
  EXPECT_EQ(Show(Amount("-0.05", "USD"), "words", "es"), "menos cero\u00A005/100\u00A0USD");
  EXPECT_EQ(Show(Amount("80.1", "CHF"), "words", "fr"), "quatre-vingts\u00A010/100\u00A0CHF");
  EXPECT_EQ(Show(Amount("16.000", "KWD"), "words", "pt"), "dezesseis\u00A0000/1000\u00A0KWD");
  EXPECT_EQ(Show(Amount("21", "JPY"), "words", "en"), "twenty-one\u00A0JPY");
}

// Every number of a range has words of its own, and none but letters, spaces and hyphens.
TEST(Format, NoTwoNumbersHaveTheSameWords) {
  for (std::string_view tag : {"en", "de", "de-CH", "fr", "es", "pt", "pt-PT"}) {
    std::set<String> seen;
    for (int64_t n = 0; n < 20'000; ++n) {
      String words;
      const Decimal number = Decimal::FromInt(n < 10'000 ? n : n * 104'729);
      ASSERT_TRUE(AppendWords(number, {}, WithItsWords(tag), &words));
      EXPECT_EQ(words.find_first_of("0123456789<>=[]:;/\n"), String::npos) << words;
      EXPECT_TRUE(seen.insert(words).second) << tag << " " << n << " " << words;
    }
  }
}

TEST(Format, TextComesBackShort) {
  for (String text :
       {"text", "money", "money(code)", "number", "number(2)", "percent(0)", "date", "date(iso)",
        "date(medium)", "period", "ordinal", "list", "list(or)", "upper", "words"}) {
    EXPECT_EQ(Get(Format::Parse(text)).ToString(), text);
  }
  EXPECT_EQ(Get(Format::Parse("money(symbol)")).ToString(), "money");
  EXPECT_EQ(Get(Format::Parse("date(long)")), Get(Format::Parse("date")));
}

TEST(Format, UnknownOnesAreRefused) {
  for (std::string_view text :
       {"", "Money", "spoken", "money(", "money()", "money(x)", "money(code", "number(-1)",
        "number(21)", "number(02)", "number(999)", "number(long)", "date(full)", "date(2)",
        "period(x)", "upper()", "list(xor)", "date(code)"}) {
    EXPECT_EQ(CodeOf(Format::Parse(text)), "values.unknown_format") << text;
  }
}

TEST(Format, TakesTheTypesItCanWrite) {
  const Value kValues[] = {Value(),
                           Value::Bool(true),
                           Value::Int(1),
                           Value::Uint(1),
                           Value::Double(1),
                           Value::String("a"),
                           Value::Bytes({}),
                           Texts({"a"}),
                           Get(Value::Map({})),
                           Value::Of(Timestamp()),
                           Value::Of(Duration()),
                           Number("1"),
                           Amount("1", "EUR"),
                           Value::Of(Date()),
                           Value::Of(Period())};
  for (std::string_view name : {"text", "money", "number", "percent", "date", "period", "ordinal",
                                "list", "upper", "words"}) {
    Format format = Get(Format::Parse(name));
    EXPECT_TRUE(format.Takes(Type()));
    for (const Value& value : kValues) {
      Type type =
          value.Is(Kind::kList) ? Type::List(Type::Of(Kind::kString)) : Type::Of(value.kind());
      EXPECT_EQ(format.Takes(type), CodeOf(Try(value, name, "en")) == "ok")
          << name << " " << type.ToString();
    }
  }
}

}  // namespace
}  // namespace countersign::values
