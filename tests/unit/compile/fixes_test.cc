// Fixes that a machine applies unasked: each takes a problem away, and none adds one.
#include "compile/fixes.h"

#include <gtest/gtest.h>

#include <random>

#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true }
fields:
  seats: { type: int, label: Seats }
  price1: { type: money, currency: EUR, label: Price }
  late: { type: bool, label: Late }
  date: { type: date, label: Date }
)";
String Body(std::string_view body) {
  return Source(kKeys, String(body) +
                           "\n\n{{= seats }} {{= price1 }} {{= date }} {{= late ? 'a' : 'b' }} "
                           "{{sign: mark, role=customer}}\n");
}
Fixed Fix(std::string_view source) { return ApplyFixes(source, "t.md", Library()); }

struct Case {
  std::string_view before, after;
};

TEST(Fixes, PutNoPartyFieldOrFunctionForAnotherThatIsOnlyAlike) {
  const auto fixed = [](std::string_view tag) {
    return Fix(Source("roles:\n  lessee: { label: Lessee, signs: true }\n"
                      "fields:\n  plan: { type: string, label: P, options: [Team, Pro] }\n"
                      "  team: { type: string, label: T }\n"
                      "  n: { type: record, label: N, fields: { net: int } }\n",
                      String(tag) + "\n\n{{= plan }} {{= team }} {{= n.net }} "
                                    "{{sign: s, role=lessee}}\n"))
        .text;
  };
  for (const std::string_view tag : {"{{party: lessor}}", "{{= n.rent }}", "{{= mean(n.net, 3) }}",
                                     "{{#if plan == Team}}x{{/if}}", "{{#if plan = tean}}x{{/if}}",
                                     "{{#if n.net => 3}}x{{/if}}"}) {
    const String text = fixed(tag);
    EXPECT_TRUE(text.find(tag) != String::npos || tag.find(" = ") != std::string_view::npos)
        << text;
    EXPECT_EQ(text.find("== team"), String::npos) << text;
  }
  EXPECT_NE(fixed("{{party: lesse}}").find("{{party: lessee}}"), String::npos);
}

TEST(Fixes, SayWhatTheAuthorMeant) {
  constexpr Case kCases[] = {
      {"{{= saets }}", "{{= seats }}"},
      {"{{seats}}", "{{=seats}}"},
      {"{{= seats }", "{{= seats }}"},
      {"{{= price1 | mony }}", "{{= price1 | money }}"},
      {"{{sing: b, role=customer}}", "{{sign: b, role=customer}}"},
      {"{{input: b, role=custmer}}", "{{input: b, role=customer}}"},
      {"{{input: b, role=customer, lable=B}}", "{{input: b, role=customer, label=B}}"},
      {"{{input: b, role=customer, type=number}}", "{{input: b, role=customer, type=decimal}}"},
      {"{{check: b, role=customer, default=Yes}}", "{{check: b, role=customer, default=true}}"},
      {"{{input: b, role=customer, sensitive=yes}}", "{{input: b, role=customer, sensitive=true}}"},
      {"x {when=\"seats = 1\"}", "x {when=\"seats == 1\"}"},
      {"x {when=\"seats > 1 and late\"}", "x {when=\"seats > 1 && late\"}"},
      {"x {when=\"not late\"}", "x {when=\"!late\"}"},
      {"x {when=\"not (late && seats > 1)\"}", "x {when=\"!(late && seats > 1)\"}"},
      {"x {when=\"date > '2026-01-01'\"}", "x {when=\"date > date('2026-01-01')\"}"},
      {"x {wehn=\"late\"}", "x {when=\"late\"}"},
      {"x {when=\"seats <> 1 | late\"}", "x {when=\"seats != 1 || late\"}"},
      {"{{= late ? \xE2\x80\x98yes\xE2\x80\x99 : 'no' }}", "{{= late ? 'yes' : 'no' }}"},
      {"# A {#alpha}\n\nsee {{ref: alhpa}}", "# A {#alpha}\n\nsee {{ref: alpha}}"},
      {"The <Company> pays.", "The \\<Company> pays."},
      {"a <b>bold</b> word", "a bold word"},
      {"x <!-- note -->", "x {{! note }}"},
      {"Tom &amp; Ann", "Tom & Ann"},
      {"Tom &amp;lt; Ann", "Tom \\&lt; Ann"},
      {"a &lt;b&gt; c", "a \\<b\\> c"},
      {"a <span class=\"x\">b</span> c", "a b c"},
      {"Line one<br>line two", "Line one line two"},
      {"Line one <br/> line two", "Line one  line two"},
      {"<p>One</p><p>Two</p>", "One  Two"},
      {"<div>One</div>\n\nTwo", "One\n\nTwo"},
      {"a\x01z", "az"},
      {"[Customer]: Acme", "\\[Customer]: Acme"},
      {"a\n\n***\n\nb", "a\n\n\n\nb"},
  };
  for (const Case& c : kCases) {
    Fixed fixed = Fix(Body(c.before));
    EXPECT_EQ(fixed.text, Body(c.after)) << c.before;
    EXPECT_TRUE(fixed.compilation.ok()) << testing::Problems(fixed.compilation);
    EXPECT_FALSE(fixed.changes.empty());
  }
}

TEST(Fixes, TakeNoWordAwayThatSomebodyPutInAngleBrackets) {
  constexpr Case kCases[] = {
      {"The <Name of Company> shall pay <amount in EUR> to <Full Name>.",
       "The \\<Name of Company> shall pay \\<amount in EUR> to \\<Full Name>."},
      {"<b and c>", "\\<b and c>"},
      {"<p is=the price>", "\\<p is=the price>"},
      {"between <A> and <B>", "between \\<A> and \\<B>"},
      {"</Company>", "\\</Company>"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Fix(Body(c.before)).text, Body(c.after)) << c.before;
}

TEST(Fixes, LeaveTagsWithoutWhichTheWordsSaySomethingElse) {
  constexpr std::string_view kBodies[] = {
      "10<sup>6</sup> pieces", "CO<sub>2</sub>", "shall <s>not</s> pay",
      "see <a href=\"https://a.example\">this</a>", "<!-- of\nus -->"};
  for (std::string_view body : kBodies) {
    Fixed fixed = Fix(Body(body));
    EXPECT_EQ(fixed.text, Body(body)) << body;
    EXPECT_FALSE(fixed.compilation.ok()) << body;
  }
}

TEST(Fixes, TakeNoOtherNameThanOneLetterAwayAndChangeNoResult) {
  constexpr std::string_view kBodies[] = {
      "{{= saet }}",                                // of seats: two letters
      "# A {#alpha}\n\n# B\n\nsee {{ref: alqhb}}",  // of alpha
      "**Services** {{def: services}}\n\n{{term: srvces}}",
      "{{= seats / 2 }}",  // decimal(seats) / 2 is another amount
  };
  for (std::string_view body : kBodies) {
    Fixed fixed = Fix(Body(body));
    EXPECT_EQ(fixed.text, Body(body)) << body;
    EXPECT_FALSE(fixed.compilation.diagnostics.empty());
  }
  EXPECT_EQ(Fix(Body("{{= seatz }} {{= Seats }} {{= seas }}")).text,
            Body("{{= seats }} {{= seats }} {{= seats }}"));
}

TEST(Fixes, MakeNoItemAndNoHeadingOfWhatStandsBehindATag) {
  EXPECT_EQ(Fix(Body("<b>1. Fees</b> x")).text, Body("<b>1. Fees x"));
  EXPECT_EQ(Fix(Body("<b># Fees</b> x")).text, Body("<b># Fees x"));
}

TEST(Fixes, ChangeTheOneThatIsMeantAmongTextsThatReadAlike) {
  constexpr Case kCases[] = {
      {"Write \\<b> here, then <b>x</b>.", "Write \\<b> here, then x."},
      {"Code `<b>` and ``a`<b>`` then <b>x</b>.", "Code `<b>` and ``a`<b>`` then x."},
      {"A {{! <b> }} then <b>x</b>.", "A {{! <b> }} then x."},
      {"**\\<b>** [<b>](https://a.example/<b>) <b>x", "**\\<b>** [](https://a.example/<b>) x"},
      {"- \\*a\n  \\<i> &copy; <i>x</i>", "- \\*a\n  \\<i> \xC2\xA9 x"},
      {"| a | \\<i> |\n|---|---|\n| \\<i> \\| | <i>x</i> |",
       "| a | \\<i> |\n|---|---|\n| \\<i> \\| | x |"},
  };
  for (const Case& c : kCases) {
    Fixed fixed = Fix(Body(c.before));
    EXPECT_EQ(fixed.text, Body(c.after)) << testing::Problems(fixed.compilation);
  }
}

TEST(Fixes, ReachTheFrontMatter) {
  Fixed fixed =
      Fix("---\ntempalte: a\nversion: 1\nroles: { c: { sings: yes } }\nfields:\n  a: { type: text, "
          "lable: A }\n  b: { type: boolean }\ncomputed:\n  x: b ? 1 : 2\n---\n{{= a }} {{= x }} "
          "{{sign: s, role=c}}\n");
  EXPECT_TRUE(fixed.compilation.ok()) << fixed.text << testing::Problems(fixed.compilation);
  EXPECT_NE(fixed.text.find("x: \"b ? 1 : 2\""), String::npos) << fixed.text;
}

TEST(Fixes, QuoteWhatYamlWouldMisreadThoughMoreComesToLight) {
  Fixed fixed = Fix(
      "---\ntemplate: t\nversion: 1\ntitle: Loan: Terms\nfields: { b: { type: boolean, label: B } "
      "}\ncomputed:\n  x: b ? 1 : 2\n---\n{{= x | Number }}\n");
  EXPECT_TRUE(fixed.compilation.ok()) << fixed.text << testing::Problems(fixed.compilation);
  EXPECT_NE(fixed.text.find("title: \"Loan: Terms\""), String::npos) << fixed.text;
}

TEST(Fixes, LeaveWhatNobodyCanKnow) {
  constexpr std::string_view kBodies[] = {
      "{{= price2 }}",     // another number is another name
      "1. a\n3. b\n9. c",  // the text may speak of number 9
      "x {when=\"seats\"}", "### Deep", "![x](https://a.example/b.png)",
  };
  for (std::string_view body : kBodies) {
    String source = Body(body);
    Fixed fixed = Fix(source);
    EXPECT_EQ(fixed.text, source) << body;
    EXPECT_TRUE(fixed.changes.empty());
    EXPECT_FALSE(fixed.compilation.diagnostics.empty());
  }
  // Two names are as near as each other: a hint, no fix.
  auto two = CompileTemplate(
      Source("fields:\n  rate: { type: int, label: R }\n  date: { type: int, label: D }\n",
             "{{= rate }} {{= date }} {{= gate }}\n"));
  ASSERT_EQ(two.diagnostics.size(), 1u);
  EXPECT_FALSE(two.diagnostics[0].fix.has_value());
  EXPECT_EQ(two.diagnostics[0].hint, "Did you mean 'date' or 'rate'?");
}

TEST(Fixes, SayWhatWasChanged) {
  Fixed fixed = Fix(Body("{{= saets }}"));
  ASSERT_EQ(fixed.changes.size(), 1u);
  EXPECT_EQ(DiagnosticName(fixed.changes[0].code), "T402");
  EXPECT_EQ(fixed.changes[0].before, "saets");
  EXPECT_EQ(fixed.changes[0].after, "seats");
  EXPECT_EQ(fixed.changes[0].span.col, 5u);
}

TEST(Fixes, ManyProblemsAreFixedThoughOnlySomeAreReported) {
  String body;
  for (int i = 0; i < 450; ++i) body += "{{= saets }}\n\n";
  Fixed fixed = Fix(Body(body));
  EXPECT_TRUE(fixed.compilation.ok());
  EXPECT_EQ(fixed.changes.size(), 450u);
}

// Damaged templates: fixing never makes more errors, and fixing twice is fixing once.
TEST(Fixes, NeverMakeItWorseAndEndWhereTheyEnd) {
  const String good = Body(
      "# Services {#services when=\"seats > 10 && !late\"}\n\nUse {{= seats | number }} seats at "
      "{{= price1 | money }}.\n\n1. One of {{ref: more}}\n2. Two {when=\"late\"}\n\n# More "
      "{#more}\n\n**Bold** and {{input: name, role=customer, label=\"Name\", "
      "check=\"size(name) > 2\"}}.");
  constexpr std::string_view kPieces[] = {
      "{{", "}}",   "{", "}",     "\"",         "'",      "=",     "<b>",  "&amp;", "***",
      "- ", "\n\n", "&", "saets", "<!-- x -->", "[a]: b", " and ", "\x01", ":",     "| mony"};
  std::mt19937 random(11);
  int changed = 0;
  for (int round = 0; round < 300; ++round) {
    String source = good;
    for (uint32_t k = random() % 3 + 1; k > 0; --k) {
      size_t at = random() % source.size();
      switch (random() % 3) {
        case 0:
          source.erase(at, random() % 4 + 1);
          break;
        case 1:
          source.insert(at, kPieces[random() % std::size(kPieces)]);
          break;
        default:
          std::swap(source[at], source[(at + 1) % source.size()]);
      }
    }
    Compilation before = CompileTemplate(source, "t.md", Library());
    Fixed once = Fix(source);
    EXPECT_LE(once.compilation.errors, before.errors) << source;
    EXPECT_EQ(once.compilation.bytes, CompileTemplate(once.text, "t.md", Library()).bytes);
    Fixed twice = Fix(once.text);
    EXPECT_EQ(twice.text, once.text) << source;
    EXPECT_TRUE(twice.changes.empty());
    changed += once.changes.empty() ? 0 : 1;
  }
  EXPECT_GT(changed, 50);
}

}  // namespace
}  // namespace countersign::compile
