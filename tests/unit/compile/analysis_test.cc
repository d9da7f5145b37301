// What the analysis claims, and that it never claims too much: a slow search through all values
// must agree.
#include <gtest/gtest.h>

#include <random>

#include "compile/expression_compiler.h"
#include "compile/reasoning.h"
#include "support/reference_evaluator.h"
#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true }
fields:
  seats: { type: int, label: Seats, min: 1, max: 5000 }
  plan: { type: string, label: Plan, options: [Starter, Team, Business] }
  uptime: { type: decimal, label: Uptime, options: ["99.5", "99.9", "99.95"] }
  price: { type: money, currency: EUR, label: Price }
  start: { type: date, label: Start, min: "2026-01-01", max: "2026-12-31" }
  term: { type: period, label: Term, options: [P12M, P24M] }
  vip: { type: bool, label: VIP }
  note: { type: string, label: Note }
  years: { type: int, label: Years }
computed:
  total: { value: price * seats, label: Total }
  big: { value: seats >= 1000, label: Big }
)";
// Uses every field, so that T508 stays out of the way.
constexpr std::string_view kUses =
    "\n\n{{= seats }} {{= plan }} {{= uptime }} {{= price }} {{= start }} {{= term }} {{= note }} "
    "{{= vip ? 'a' : 'b' }} {{= years }} {{sign: mark, role=customer}}\n";

String Found(const String& source) {
  String found;
  for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
    ByteRange byte = diagnostic.span.byte;
    found += (found.empty() ? "" : "; ") + String(DiagnosticName(diagnostic.code)) + " " +
             source.substr(byte.begin, byte.end - byte.begin);
  }
  return found;
}
String InBody(std::string_view body) { return Found(Source(kKeys, String(body) + String(kUses))); }
String OfCondition(const String& condition) {
  String found = InBody("x {when=\"" + condition + "\"}");
  return found.substr(0, found.find(' '));
}

TEST(Analysis, NoticesWhatIsNeverTrue) {
  constexpr std::string_view kNever[] = {
      "false",
      "1 > 2",
      "seats > 5000",
      "seats < 1",
      "seats * 2 > 10000",
      "seats + 10 <= 10",
      "seats > 10 && seats < 11",
      "plan == 'Enterprise'",
      "plan == 'Team' && plan == 'Starter'",
      "plan in ['Pro', 'Enterprise']",
      "uptime > 99.95",
      "uptime == 99.8",
      "start < date('2026-01-01')",
      "start - date('2026-01-01') > 400",
      "term == period('P3Y')",
      "vip && !vip",
      "big && seats < 500",
      "price > money('10.00', 'EUR') && price < money('5.00', 'EUR')",
      "total > money('9.00', 'EUR') && total <= money('9.00', 'EUR')",
      "note.contains('x') && !note.contains('x')",
      "months(term) > 24",
      "size(note) < 0",
      "round(uptime, 0, 'half_up') < 99",
      "(vip ? seats : seats + 1) < 1",
  };
  for (std::string_view condition : kNever)
    EXPECT_EQ(OfCondition(String(condition)), "T501") << condition;
}

TEST(Analysis, NoticesWhatIsAlwaysTrue) {
  constexpr std::string_view kAlways[] = {
      "true",
      "seats >= 1",
      "plan != 'Enterprise'",
      "plan != 'Team' || plan != 'Starter'",
      "note != 'Water' || note != 'Mold' || note != 'Sewage'",
      "plan in ['Starter', 'Team', 'Business']",
      "vip || !vip",
      "uptime >= 99.5",
      "start <= date('2026-12-31')",
      "seats > 10 || seats < 11",
      "big || seats < 1000",
      "years > 3 || years <= 3",
      "size(note) >= 0",
  };
  for (std::string_view condition : kAlways)
    EXPECT_EQ(OfCondition(String(condition)), "T502") << condition;
}

TEST(Analysis, SaysNothingWhereBothCanBe) {
  constexpr std::string_view kFine[] = {
      "seats > 100",
      "plan == 'Team'",
      "uptime >= 99.9",
      "seats * 2 > 9999",
      "seats > 10 && seats < 12",
      "total > money('9.00', 'EUR')",
      "start > date('2026-06-30')",
      "note == 'x'",
      "years > 10 && years < 12",
      "price > money('1.00', 'EUR') && price < money('1.01', 'EUR')",
      "size(note) > 100",
      "big",
      "note.startsWith(plan)",
      "seats % 2 == 0",
  };
  for (std::string_view condition : kFine)
    EXPECT_EQ(OfCondition(String(condition)), "") << condition;
}

TEST(Analysis, LooksAtTheConditionsAroundAUnit) {
  EXPECT_EQ(InBody("# A {#a when=\"plan == 'Team'\"}\n\nx {when=\"plan == 'Business'\"}\n\n# B"),
            "T501 plan == 'Business'");
  EXPECT_EQ(InBody("# A {#a when=\"seats > 100\"}\n\nx {when=\"seats > 10\"}\n\n# B"),
            "T502 seats > 10");
  EXPECT_EQ(InBody("# A {#a when=\"seats > 100\"}\n\nx {when=\"seats > 200\"}\n\n# B"), "");
  EXPECT_EQ(InBody("- a {when=\"vip\"}\n  - b {when=\"!vip\"}\n"), "T501 !vip");
}

TEST(Analysis, LooksAtTheRulesOfFieldsAndValidations) {
  auto with = [](const String& rule) {
    return Found(Source(String(kKeys) + rule, "{{input: extra, role=customer}}" + String(kUses)));
  };
  EXPECT_EQ(with("validations:\n  - { check: \"seats < 1\", message: M }\n"), "T501 seats < 1");
  EXPECT_EQ(with("validations:\n  - { check: \"seats > 0\", message: M }\n"), "T502 seats > 0");
  EXPECT_EQ(with("approvals:\n  - { when: \"seats > 6000\", by: finance, why: x }\n"),
            "T273 - { when: \"seats > 6000\", by: finance, why: x }; T501 seats > 6000");
  auto field = [](const String& settings) {
    return InBody("{{input: extra, role=customer, " + settings + "}}");
  };
  EXPECT_EQ(field("show=\"plan == 'Pro'\""), "T501 plan == 'Pro'");
  EXPECT_EQ(field("required=\"seats > 0\""), "T502 seats > 0");
  EXPECT_EQ(field("check=\"size(extra) >= 0\""), "T502 size(extra) >= 0");
  EXPECT_EQ(field("type=int, min=1, max=9, check=\"extra > 9\""), "T501 extra > 9");
}

TEST(Analysis, NoticesWhatIsRequiredWhereNobodySeesIt) {
  // Its place is gone, its `show` is false, or both may be.
  EXPECT_EQ(InBody("{{check: ok, role=customer, required=true}} {when=\"vip\"}"), "T503 true");
  EXPECT_EQ(InBody("{{input: po, role=customer, show=\"vip\", required=\"seats > 10\"}}"),
            "T503 seats > 10");
  EXPECT_EQ(InBody("{{input: po, role=customer, required=\"seats > 10\"}} {when=\"seats > 20\"}"),
            "T503 seats > 10");
  // Required only where it is shown.
  EXPECT_EQ(InBody("{{input: po, role=customer, show=\"vip\", required=\"vip && seats > 9\"}}"),
            "");
  EXPECT_EQ(InBody("{{input: po, role=customer, required=\"seats > 20\"}} {when=\"seats > 10\"}"),
            "");
  EXPECT_EQ(InBody("{{input: po, role=customer}} {when=\"vip\"}"), "") << "nobody said required";
  EXPECT_EQ(InBody("a {{check: ok, role=customer, required=true}} {when=\"vip\"}\n\n"
                   "b {{check: ok}} {when=\"!vip\"}"),
            "")
      << "one of its places is always there";
}

TEST(Analysis, ASignerAlwaysHasAPlaceToSign) {
  auto with = [](std::string_view body) {
    return Found(
        Source("roles:\n  customer: { label: Customer, signs: true }\nfields:\n  vip: { "
               "type: bool, label: VIP }\n",
               body));
  };
  EXPECT_EQ(with("{{sign: a, role=customer}} {when=\"vip\"}\n"), "T503 customer");
  EXPECT_EQ(with("{{sign: a, role=customer}} {when=\"vip\"}\n\n{{sign: b, role=customer}} "
                 "{when=\"!vip\"}\n"),
            "");
}

TEST(Analysis, NoticesATextThatWouldWaitForEver) {
  auto with = [](std::string_view show, std::string_view body) {
    return Found(
        Source("fields:\n  vip: { type: bool, label: VIP }\n  code: { type: string, "
               "label: Code, show: \"" +
                   String(show) + "\" }\n",
               body));
  };
  EXPECT_EQ(with("vip", "Code {{= code }}.\n"), "T510 code");
  EXPECT_EQ(with("vip", "Code {{= code }}. {when=\"vip\"}\n"), "");
  EXPECT_EQ(with("vip", "Code {{= vip ? code : 'none' }}.\n"), "") << "not looked at when hidden";
}

TEST(Analysis, AReferenceIsSafeWhereTheConditionsAgree) {
  auto with = [](std::string_view target, std::string_view from) {
    return InBody("# Team {#t when=\"" + String(target) +
                  "\"}\n\ny\n\n# Other\n\nsee {{ref: t}}"
                  " {when=\"" +
                  String(from) + "\"}");
  };
  EXPECT_EQ(with("seats > 10", "seats > 100"), "");
  EXPECT_EQ(with("plan != 'Starter'", "plan == 'Team' || plan == 'Business'"), "");
  EXPECT_EQ(with("vip", "vip && seats > 7"), "");
  EXPECT_EQ(with("seats > 100", "seats > 10"), "T504 t");
  EXPECT_EQ(with("vip", "!vip"), "T504 t");
  EXPECT_EQ(InBody("# A {#a when=\"vip\" omitted=\"-\"}\n\n## B {#b}\n\n# C\n\nsee {{ref: b}}"),
            "T504 b")
      << "what leaves a text in its place still takes its parts away";
  EXPECT_EQ(InBody("# A {#a when=\"vip\" omitted=\"-\"}\n\n# C\n\nsee {{ref: a}}"), "");
}

TEST(Analysis, NoticesAlternativesThatOverlapOrLeaveAGap) {
  auto two = [](std::string_view a, std::string_view b) {
    return InBody("x {when=\"" + String(a) + "\"}\n\ny {when=\"" + String(b) + "\"}");
  };
  EXPECT_EQ(two("seats <= 100", "seats >= 100"), "T505 seats >= 100");
  EXPECT_EQ(two("plan != 'Team'", "plan in ['Team', 'Business']"),
            "T505 plan in ['Team', 'Business']");
  EXPECT_EQ(two("seats <= 10", "seats >= 10 && seats <= 20"), "T505 seats >= 10 && seats <= 20")
      << "and a gap behind them";
  EXPECT_EQ(two("plan in ['Team', 'Business']", "plan in ['Business', 'Starter']"),
            "T505 plan in ['Business', 'Starter']");
  EXPECT_EQ(two("seats < 100", "seats > 100"), "T506 seats > 100");
  EXPECT_EQ(two("plan == 'Team'", "plan == 'Business'"), "T506 plan == 'Business'");
  EXPECT_EQ(two("uptime == 99.5", "uptime == 99.9"), "T506 uptime == 99.9");
  EXPECT_EQ(two("total > money('9.00', 'EUR')", "total < money('9.00', 'EUR')"),
            "T506 total < money('9.00', 'EUR')");
  // As they should be, or on purpose.
  EXPECT_EQ(two("seats <= 100", "seats > 100"), "");
  EXPECT_EQ(two("seats > 100", "seats > 1000"), "") << "one inside the other";
  EXPECT_EQ(two("plan == 'Team'", "plan == 'Team'"), "") << "two parts of one alternative";
  EXPECT_EQ(two("plan == 'Team'", "vip"), "") << "of two fields";
  EXPECT_EQ(two("note == 'a'", "note == 'b'"), "") << "nobody can list all texts";
  EXPECT_EQ(InBody("x {when=\"plan == 'Team'\"}\n\nz\n\ny {when=\"plan == 'Business'\"}"), "")
      << "a text between them";
  EXPECT_EQ(InBody("x {when=\"plan == 'Team'\"}\n\ny {when=\"plan == 'Business'\"}\n\nz {else}"),
            "");
  EXPECT_EQ(InBody("x {when=\"seats <= 100\"}\n\ny {else when=\"seats >= 100\"}"), "");
  EXPECT_EQ(InBody("x {when=\"vip || seats > 0\"}\n\nz {else}"),
            "T502 vip || seats > 0; T501 else");
  EXPECT_EQ(InBody("x {when=\"plan == 'Team'\"}\n\ny {when=\"plan == 'Business'\"}\n\nz "
                   "{when=\"plan == 'Starter'\"}"),
            "");
}

TEST(Analysis, SaysForWhichValuesItIs) {
  String source =
      Source(kKeys, "x {when=\"seats < 100\"}\n\ny {when=\"seats > 100\"}" + String(kUses));
  auto diagnostics = CompileTemplate(source).diagnostics;
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_NE(diagnostics[0].message.find("where seats is 100"), String::npos)
      << diagnostics[0].message;
}

TEST(Analysis, ATermIsUsedWhereItsDefinitionStands) {
  auto with = [](std::string_view definition, std::string_view use) {
    return InBody("\"A\" {{def: a}} means x. {when=\"" + String(definition) +
                  "\"}\n\nb\n\nThe {{term: a}}. {when=\"" + String(use) + "\"}");
  };
  EXPECT_EQ(with("seats > 10", "seats > 20"), "");
  EXPECT_EQ(with("seats > 20", "seats > 10"), "T511 a");
  EXPECT_EQ(with("vip", "vip && seats > 9"), "");
}

TEST(Analysis, NoticesComputedValuesThatNothingUses) {
  EXPECT_EQ(Found(Source("computed:\n  x: 1 + 1\n  y: x + 1\n  z: { value: \"2\", label: Z }\n",
                         "Text.\n")),
            "T508 y");
}

TEST(Analysis, NoticesWorkWithoutABound) {
  auto list = [](std::string_view condition) {
    return Found(
        Source("fields:\n  xs: { type: list(int), label: X }\n  s: { type: string, label: "
               "S }\n  t: { type: string, label: T, maxLength: 100 }\n",
               "a {when=\"" + String(condition) + "\"}\n\n{{= s }} {{= t }} {{= xs }}\n"));
  };
  EXPECT_EQ(list("xs.exists(x, x > 1)"), "");
  EXPECT_EQ(list("xs.exists(x, xs.exists(y, xs.exists(z, x + y == z)))"),
            "T754 xs.exists(x, xs.exists(y, xs.exists(z, x + y == z)))");
  EXPECT_EQ(list("s.matches('[a-z]{200}@[a-z]{200}')"), "T754 s.matches('[a-z]{200}@[a-z]{200}')");
  EXPECT_EQ(list("t.matches('[a-z]{200}@[a-z]{200}')"), "");
  String body = "{{= xs }}";
  for (int i = 0; i < 60; ++i)
    body += "\n\nb {when=\"xs.exists(x, xs.exists(y, x + y == " + NumberText(i) + "))\"}";
  String found = Found(Source("fields:\n  xs: { type: list(int), label: X }\n", body + "\n"));
  EXPECT_NE(found.find("T755"), String::npos) << found;
}

TEST(Analysis, SaysWhereItStopped) {
  String keys = "fields:\n", condition, uses;
  for (int i = 0; i < 24; ++i) {
    String name = "b" + NumberText(i);
    keys += "  " + name + ": { type: bool, label: B }\n";
    condition = i == 0 ? name : "(" + condition + ") != " + name;
    uses += "{{= " + name + " ? '1' : '0' }} ";
  }
  auto with = [&](const String& text) {
    return Found(Source(keys, "x {when=\"" + text + "\"}\n\n" + uses + "\n"));
  };
  EXPECT_EQ(with(condition), "") << "one answer decides what the others left open";
  const String never = condition + " && !(" + condition + ")";
  EXPECT_EQ(with(never), "T791 " + never) << "every combination would have to be looked at";
}

TEST(Analysis, ManyOptionsAndFieldsAreNoReasonToStop) {
  String options, alternatives, ints, all;
  for (int i = 0; i < 40; ++i) {
    const String name = "S" + NumberText(i);
    options += (i > 0 ? ", " : "") + name;
    if (i > 0) alternatives += "In " + name + " {when=\"c == '" + name + "'\"}\n\n";
  }
  for (int i = 0; i < 10; ++i) {
    const String name = "k" + NumberText(i);
    ints += "  " + name + ": { type: int, label: K }\n";
    all += (i > 0 ? " && " : "") + name + " > 1";
  }
  const String keys = "fields:\n  c: { type: string, label: C, options: [" + options + "] }\n";
  EXPECT_EQ(Found(Source(keys, alternatives)), "T506 c == 'S39'");
  EXPECT_EQ(Found(Source(keys, alternatives + "In S0 {when=\"c == 'S0'\"}\n")), "");
  EXPECT_EQ(Found(Source("fields:\n" + ints, "x {when=\"" + all + "\"}\n")), "");
  EXPECT_EQ(Found(Source("fields:\n" + ints, "x {when=\"" + all + " && k9 < 1\"}\n")).substr(0, 4),
            "T501");
}

TEST(Analysis, NoticesAnOptionThatAFieldNeverHas) {
  const String keys =
      "fields:\n  p: { type: string, label: P, options: [Team, Enterprise] }\n"
      "  k: { type: int, label: K }\n  l: { type: list(string), label: L, options: [EU, US] }\n"
      "  u: { type: decimal, label: U, options: [\"99.5\", \"99.9\"] }\n";
  const auto with = [&](std::string_view body, std::string_view more = {}) {
    return Found(
        Source(keys + String(more), String(body) + "\n\n{{= p }} {{= k }} {{= l }} {{= u }}\n"));
  };
  EXPECT_EQ(with("{{= p == 'Entreprise' ? 'a' : 'b' }}"), "T514 Entreprise");
  EXPECT_EQ(with("x {when=\"p == 'Entreprise' || k > 100\"}"), "T514 Entreprise");
  EXPECT_EQ(with("x {when=\"k > 100 && p != \\\"Tem\\\"\"}"), "T514 k > 100 && p != \\\"Tem\\\"");
  EXPECT_EQ(with("x {when=\"p == 'Entreprise'\"}"), "T501 p == 'Entreprise'") << "said once";
  EXPECT_EQ(with("x {when=\"'EUU' in l\"}"), "T514 EUU");
  EXPECT_EQ(with("x {when=\"p in ['Team', 'Pro'] && k > 3\"}"), "T514 Pro");
  EXPECT_EQ(with("x {when=\"u == 99.8 || k > 3\"}"), "T514 u == 99.8 || k > 3");
  EXPECT_EQ(with("{{#each e in l}}{{#if e == 'EUU'}}q{{/if}}{{= e }}{{/each}}"), "T514 EUU");
  EXPECT_EQ(with("x {when=\"l.exists(e, e == 'EUU')\"}"), "T514 EUU");
  EXPECT_EQ(with("{{= c }}", "computed:\n  c: \"p == 'Tem' ? 1 : 2\"\n"), "T514 Tem");
  EXPECT_EQ(with("x {when=\"p == 'Team' || k > 1\"}\n\n{{#if l.exists(e, e == 'EU')}}y{{/if}}"),
            "");
}

TEST(Analysis, NoticesABranchThatIsNeverTaken) {
  EXPECT_EQ(InBody("{{= plan == 'Team' ? 'a' : plan == 'Team' ? 'b' : 'c' }}"),
            "T501 plan == 'Team' ? 'a' : plan == 'Team' ? 'b' : 'c'");
  EXPECT_EQ(InBody("{{= seats > 5000 ? 'a' : 'b' }}"), "T501 seats > 5000 ? 'a' : 'b'");
  EXPECT_EQ(InBody("{{= plan == 'Team' ? 'a' : plan == 'Starter' ? 'b' : 'c' }}"), "");
}

TEST(Analysis, WordsThatMayBeLeftOutLeaveNoHeadingEmptyAndNoBlankDoubled) {
  EXPECT_EQ(InBody("# {{#if vip}}Extras{{/if}}\n\nText."), "T516 # {{#if vip}}Extras{{/if}}");
  EXPECT_EQ(InBody("1. {{#if vip}}only{{/if}}\n2. last"), "T516 1. {{#if vip}}only{{/if}}");
  EXPECT_EQ(
      InBody("# {{#if vip}}A{{#else}}B{{/if}}\n\n# {{#if vip}}A{{/if}}{{#if !vip}}B{{/if}}\n\n"
             "# The {{#if vip}}A{{/if}}\n\n- {{#if vip}}x{{/if}} {when=\"vip && seats > 3\"}"),
      "T502 vip");
  EXPECT_EQ(InBody("the {{#if vip}}new{{/if}} plan"), "T517 {{#if vip}}");
  EXPECT_EQ(InBody("the {{#if vip}}new{{#elif seats > 3}}old{{/if}} plan"), "T517 {{#if vip}}");
  EXPECT_EQ(InBody("the {{#if vip}}new {{/if}}plan, {{#if vip}}a{{#else}}b{{/if}} plan and "
                   "{{#if vip}}a{{#elif !vip}}b{{/if}} plan"),
            "");
}

TEST(Analysis, FieldsThatAreShownOnlyAfterEachOtherAreTold) {
  const auto with = [](std::string_view body) {
    return Found(
        Source("roles: { a: { label: A, signs: true } }\n"
               "computed:\n  c: \"p2 == 'a'\"\n",
               String(body) + " {{sign: s, role=a}}\n\nx {when=\"c\"}\n"));
  };
  EXPECT_EQ(with("{{input: p1, role=a, show=\"p2 == 'a'\", required=false}} "
                 "{{input: p2, role=a, show=\"p1 == 'a'\"}}"),
            "T515 p2 == 'a'; T510 c");
  EXPECT_EQ(with("{{input: p2, role=a, show=\"p2 == 'a'\"}}"), "T515 p2 == 'a'; T510 c");
  EXPECT_EQ(with("{{input: p2, role=a, show=\"c\"}}"), "T515 c; T510 c");
  EXPECT_EQ(with("{{input: p2, role=a}} {{input: p1, role=a, show=\"c\"}}"), "");
}

TEST(Analysis, ManyConditionsEndSoon) {
  String keys = "fields:\n";
  for (int i = 0; i < 11; ++i) keys += "  b" + NumberText(i) + ": { type: bool, label: B }\n";
  keys += "computed:\n  c0: b0 && b1\n";
  for (int i = 1; i < 300; ++i) {
    String before = "c" + NumberText(i - 1);
    keys += "  c" + NumberText(i) + ": \"" + before + " && " + before + " || b" +
            NumberText(i % 11) + "\"\n";
  }
  String body;
  for (int i = 0; i < 300; ++i) body += "x {when=\"c" + NumberText(i) + "\"}\n\n";
  String found = Found(Source(keys, body));
  EXPECT_NE(found.find("T791"), String::npos);
}

// --- the oracle ------------------------------------------------------------------------------

// Four fields with few values, and a computed one: every world can be looked at.
struct Worlds {
  Schema schema;
  Vector<String> names = {"a", "b", "plan", "n", "twice", "odd"};
  Vector<Domain> domains;
  expression::Tree twice, odd;
  Vector<expression::Bindings> all;

  Worlds() {
    using values::Kind;
    using values::Type;
    using values::Value;
    schema.fractions = Fractions::kExact;
    schema.Declare("a", Type::Of(Kind::kBool));
    schema.Declare("b", Type::Of(Kind::kBool));
    schema.Declare("plan", Type::Of(Kind::kString));
    schema.Declare("n", Type::Of(Kind::kInt));
    twice = *Compile("n * 2 - 3", Type::Of(Kind::kInt));
    schema.Declare("twice", Type::Of(Kind::kInt));
    odd = *Compile("n % 2 == 1 || a", Type::Of(Kind::kBool));
    schema.Declare("odd", Type::Of(Kind::kBool));
    domains = {
        {.name = "a", .type = Type::Of(Kind::kBool)},
        {.name = "b", .type = Type::Of(Kind::kBool)},
        {.name = "plan",
         .type = Type::Of(Kind::kString),
         .options = {Value::String("S"), Value::String("M"), Value::String("L")}},
        {.name = "n", .type = Type::Of(Kind::kInt), .min = Value::Int(0), .max = Value::Int(5)}};
    for (int i = 0; i < 2 * 2 * 3 * 6; ++i) {
      expression::Bindings world(6);
      int64_t n = i / 12;
      world.Set(0, Value::Bool(i % 2 == 1));
      world.Set(1, Value::Bool(i / 2 % 2 == 1));
      world.Set(2, domains[2].options[static_cast<size_t>(i / 4 % 3)]);
      world.Set(3, Value::Int(n));
      world.Set(4, Value::Int(n * 2 - 3));
      world.Set(5, Value::Bool(n % 2 == 1 || i % 2 == 1));
      all.push_back(std::move(world));
    }
  }

  std::optional<expression::Tree> Compile(const String& text, const values::Type& type) const {
    SourceFile file("", text);
    DiagnosticSink sink(file);
    auto tree = CompileExpression({.text = file.text()}, schema, type, &sink);
    EXPECT_TRUE(tree.has_value()) << text;
    return tree;
  }
  bool IsTrue(const expression::Tree& tree, const expression::Bindings& world) const {
    return testing::ReferenceEvaluator(tree, expression::SlotsOf(names), world).Run().IsBool(true);
  }
};

class Conditions {
 public:
  explicit Conditions(uint32_t seed) : random_(seed) {}

  String Make(int depth) {
    int kind = Pick(depth <= 0 ? 9 : 13);
    switch (kind) {
      case 0:
        return Pick(2) ? "a" : "b";
      case 1:
        return "odd";
      case 2:
        return "plan " + String(Pick(2) ? "==" : "!=") + " '" + Plan() + "'";
      case 3:
        return "plan in ['" + Plan() + "', '" + Plan() + "']";
      case 4:
      case 5:
        return "n " + Compare() + " " + NumberText(Pick(8) - 1);
      case 6:
        return "twice " + Compare() + " " + NumberText(Pick(14) - 4);
      case 7:
        return "n * n " + Compare() + " " + NumberText(Pick(28));
      case 8:
        return "10 / n " + Compare() + " " + NumberText(Pick(11));
      case 9:
      case 10:
        return "(" + Make(depth - 1) + (Pick(2) ? " && " : " || ") + Make(depth - 1) + ")";
      case 11:
        return "!(" + Make(depth - 1) + ")";
      default:
        return "(" + Make(depth - 1) + " ? " + Make(depth - 1) + " : " + Make(depth - 1) + ")";
    }
  }
  int Pick(int count) { return static_cast<int>(random_() % static_cast<uint32_t>(count)); }

 private:
  String Plan() { return String(1, "SMLX"[Pick(4)]); }
  String Compare() {
    constexpr std::string_view kAll[] = {"==", "!=", "<", "<=", ">", ">="};
    return String(kAll[Pick(6)]);
  }
  std::mt19937 random_;
};

TEST(AnalysisOracle, AgreesWithASearchThroughAllValues) {
  Worlds worlds;
  Conditions conditions(20261122);
  int never = 0, possible = 0;
  for (int round = 0; round < 600; ++round) {
    Vector<expression::Tree> trees;
    String text;
    for (int i = 0; i < 3; ++i) {
      String condition = conditions.Make(2);
      text += condition + "\n";
      trees.push_back(*worlds.Compile(condition, values::Type::Of(values::Kind::kBool)));
    }
    Reasoner reasoner(worlds.domains, {{"twice", &worlds.twice}, {"odd", &worlds.odd}});
    Vector<AnyOf> all;
    for (const expression::Tree& tree : trees) {
      Sense sense = conditions.Pick(3) == 0 ? Sense::kFails : Sense::kHolds;
      if (!all.empty() && conditions.Pick(3) == 0) {
        all.back().push_back({&tree, sense});
      } else {
        all.push_back({{&tree, sense}});
      }
    }
    bool found = false;
    for (const expression::Bindings& world : worlds.all) {
      bool holds = true;
      for (const AnyOf& any : all) {
        bool one = false;
        for (const Claim& claim : any) {
          one = one || worlds.IsTrue(*claim.condition, world) == (claim.sense == Sense::kHolds);
        }
        holds = holds && one;
      }
      found = found || holds;
    }
    Verdict verdict = reasoner.CanBe(all);
    EXPECT_EQ(verdict.chance, found ? Chance::kPossible : Chance::kNever)
        << text << verdict.example;
    (found ? possible : never)++;
  }
  EXPECT_GT(never, 100);
  EXPECT_GT(possible, 100);
}

TEST(AnalysisOracle, ReportsOfTemplatesAreThoseOfASearch) {
  Worlds worlds;
  Conditions conditions(7);
  int reports = 0;
  for (int round = 0; round < 100; ++round) {
    String outer = conditions.Make(1), inner = conditions.Make(1), needed = conditions.Make(1);
    String source = Source(
        "roles:\n  c: { label: C, signs: true }\nfields:\n  a: { type: bool, label: A }\n  b: { "
        "type: bool, label: B }\n  plan: { type: string, label: P, options: [S, M, L] }\n  n: { "
        "type: int, label: N, min: 0, max: 5 }\ncomputed:\n  twice: { value: n * 2 - 3, label: T "
        "}\n  odd: { value: n % 2 == 1 || a, label: O }\n",
        "# One {#one when=\"" + outer + "\"}\n\nx {{input: f, role=c, required=\"" + needed +
            "\"}} {#two when=\"" + inner + "\"}\n\n# Two\n\n{{sign: s, role=c}}\n");
    auto of_bool = values::Type::Of(values::Kind::kBool);
    auto first = *worlds.Compile(outer, of_bool), second = *worlds.Compile(inner, of_bool);
    auto third = *worlds.Compile(needed, of_bool);
    bool outer_on = false, outer_off = false, inner_on = false, inner_off = false;
    bool there = false, not_there = false, need_on = false, need_off = false, hidden = false;
    for (const expression::Bindings& world : worlds.all) {
      bool x = worlds.IsTrue(first, world), y = worlds.IsTrue(second, world);
      bool z = worlds.IsTrue(third, world);
      (x ? outer_on : outer_off) = true;
      (y ? inner_on : inner_off) = true;
      (z ? need_on : need_off) = true;
      if (x) (y ? there : not_there) = true;
      hidden = hidden || (z && !(x && y));
    }
    auto report = [](bool on, bool off) { return !on ? "T501 " : !off ? "T502 " : ""; };
    String in_context =
        inner_on && inner_off && outer_on ? report(there, not_there) : report(inner_on, inner_off);
    // In the order of the source: the section's condition, the field's, the paragraph's.
    String wanted = report(outer_on, outer_off);
    wanted += report(need_on, need_off);
    if (hidden) wanted += "T503 ";
    wanted += in_context;
    String got;
    for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
      String code(DiagnosticName(diagnostic.code));
      if (code.starts_with("T50") && code != "T508") got += code + " ";
    }
    EXPECT_EQ(got, wanted) << source;
    reports += wanted.empty() ? 0 : 1;
  }
  EXPECT_GT(reports, 50);
}

TEST(Analysis, AReferenceToANumberThatIsThereTwiceIsReported) {
  constexpr std::string_view kTwo =
      "# A\n\n1. one {#one}\n2. two\n\nBetween.\n\n1. first\n2. second {#second}\n\nSee {{ref: "
      "one}}.";
  EXPECT_EQ(InBody(kTwo), "T513 one");
  // Under headings of their own; bullets; a list that is shorter; and two that never stand
  // together.
  EXPECT_EQ(InBody("# A\n\n1. one {#one}\n\n# B\n\n1. first\n\nSee {{ref: one}}."), "");
  EXPECT_EQ(InBody("# A\n\n1. one {#one}\n\nBetween.\n\n- first\n\nSee {{ref: one}}."), "");
  EXPECT_EQ(InBody("# A\n\n1. one\n2. two {#two}\n\nBetween.\n\n1. first\n\nSee {{ref: two}}."),
            "");
  EXPECT_EQ(InBody("# A\n\n::: group {when=\"vip\"}\n1. one {#one}\n\nSee {{ref: one}}.\n:::\n\n"
                   "::: group {when=\"!vip\"}\n1. first\n:::\n"),
            "");
  EXPECT_EQ(
      InBody("# A\n\n1. one\n   1. inner {#inner}\n2. two\n   1. other\n\nSee {{ref: inner}}."),
      "");
  EXPECT_EQ(InBody("# A {#a}\n\n1. one\n\nBetween.\n\n1. first\n\nSee {{ref: a}}."), "");
  // Whatever stands in front of it: the second item may be the first.
  EXPECT_EQ(InBody("# A\n\n1. one {when=\"vip\"}\n2. two {#two}\n\nBetween.\n\n1. first\n\nSee "
                   "{{ref: two}}."),
            "T513 two");
  EXPECT_EQ(InBody("::: recitals\nOne. {#one}\n:::\n\nx\n\n::: recitals\nTwo.\n:::\n\nSee {{ref: "
                   "one}}."),
            "T513 one");
}

TEST(Analysis, WarnsOfNumbersOfASchedule) {
  const String start = "# Services {#a}\n\nx\n\n";
  const String schedule =
      "::: schedule {#s title=\"Schedule A: Prices\" restart}\n## Desks {#d}\n\n";
  EXPECT_EQ(InBody(start + schedule + "See {{ref: a}} and {{ref: d}}.\n:::\n\n# Last"), "T513 a");
  // Its own section is meant in it, and from outside its name stands in front.
  EXPECT_EQ(InBody(start + schedule + "See {{ref: d}}.\n:::\n\n# Last"), "");
  EXPECT_EQ(InBody(start + "See {{ref: a}} and {{ref: d}}.\n\n" + schedule + ":::\n\n# Last"), "");
  // The schedule has no second section.
  EXPECT_EQ(InBody("# First\n\n# Services {#b}\n\n" + schedule + "See {{ref: b}}.\n:::\n\n# Last"),
            "");
  // Two schedules that are called the same up to the colon.
  const auto two = [](std::string_view name) {
    return "::: schedule {#s1 title=\"Schedule A: X\" restart}\n1. i {#i1}\n:::\n\n"
           "::: schedule {#s2 title=\"" +
           String(name) + ": Y\" restart}\n1. j {#i2}\n:::\n\nSee {{ref: i1}} and {{ref: i2}}.\n";
  };
  EXPECT_EQ(InBody("# A\n\n" + two("Schedule A")), "T513 i1; T513 i2");
  EXPECT_EQ(InBody(two("Schedule B")), "");
}

TEST(Analysis, WarnsOfAnItemAndAHeadingWithOneNumber) {
  const auto with = [](std::string_view numbering) {
    return Found(Source("numbering: " + String(numbering) + "\n" + String(kKeys),
                        "# A {#a}\n\n1. Item {#it}\n\n## Sub {#sub}\n\nSee {{ref: it}} and {{ref: "
                        "sub}}." +
                            String(kUses)));
  };
  EXPECT_EQ(with("mixed"), "T513 it; T513 sub");
  EXPECT_EQ(with("sections"), "");
  EXPECT_EQ(with("outline"), "");
}

TEST(Analysis, WarnsOfTextThatRestsOnAnAnswerThatMayBeLeftOut) {
  const auto with = [](std::string_view field, std::string_view body) {
    return Found(
        Source("roles:\n  customer: { label: Customer, signs: true }\nfields:\n  po: { label: "
               "PO, " +
                   String(field) + " }\n  vip: { type: bool, label: V }\n",
               String(body) + "\n\n{{= vip ? 'a' : 'b' }} {{sign: s, role=customer}}"));
  };
  constexpr std::string_view kOpen = "type: string, required: false";
  EXPECT_EQ(with(kOpen, "{{#if po != ''}}yes{{/if}}"), "T510 po != ''");
  EXPECT_EQ(with(kOpen, "PO {{= po }}."), "T510 po");
  EXPECT_EQ(with(kOpen, "PO. {when=\"po.contains('x')\"}"), "T510 po.contains('x')");
  EXPECT_EQ(with(kOpen, "{{#if vip || po != ''}}yes{{/if}}"), "");
  EXPECT_EQ(
      with("type: string, required: false, default: \"\"", "{{#if po != ''}}PO {{= po }}.{{/if}}"),
      "");
  EXPECT_EQ(with("type: string", "PO {{= po }}."), "");
  const String null =
      Source("fields: { po: { type: string, required: false } }\n", "{{#if po == null}}x{{/if}}");
  String hints;
  for (const Diagnostic& diagnostic : CompileTemplate(null).diagnostics) hints += diagnostic.hint;
  EXPECT_NE(hints.find("default: \"\""), String::npos) << hints;
}

TEST(Analysis, WarnsOfWhateverWaitsForAnAnswerThatIsNotAskedForOrMayBeLeftOut) {
  const auto with = [](std::string_view body) {
    return Found(Source(
        "roles:\n  customer: { label: Customer, signs: true }\nfields:\n"
        "  vip: { type: bool, label: V }\n"
        "  code: { type: string, label: C, show: vip, required: vip }\n"
        "  tag: { type: string, label: T, required: vip }\n"
        "  list: { type: list(string), label: L, max: 5, show: vip, required: vip }\n"
        "computed:\n  both: \"code + tag\"\n  either: \"vip ? code : 'none'\"\n",
        String(body) + "\n\n{{= vip ? code + tag : both + either + list[0] }} {when=\"vip\"}\n\n"
                       "{{sign: s, role=customer}}"));
  };
  EXPECT_EQ(with("Gold. {when=\"code == 'x'\"}"), "T510 code == 'x'");
  EXPECT_EQ(with("A {{#if code == 'x'}}gold {{/if}}one."), "T510 code == 'x'");
  EXPECT_EQ(with("Gold. {when=\"vip && code == 'x'\"}"), "") << "not looked at when hidden";
  EXPECT_EQ(with("Tag {{= tag }}."), "T510 tag") << "it may be left out";
  EXPECT_EQ(with("Tag {{= tag }}. {when=\"vip\"}"), "");
  EXPECT_EQ(with("Both {{= both }}."), "T510 both") << "through a computed value";
  EXPECT_EQ(with("Either {{= either }}."), "") << "which does without it";
  EXPECT_EQ(with("Each. {when=\"list.exists(l, l == code)\"}"), "T510 list.exists(l, l == code)");
  EXPECT_EQ(with("- {{= l }} {each=\"l in list\"}"), "T510 list");
  EXPECT_EQ(with("{{= code == 'x' ? 'gold' : 'none' }}."), "T510 code == 'x' ? 'gold' : 'none'");
}

TEST(Analysis, ARepeatTakesItsWorkForEachItem) {
  const auto with = [](std::string_view max, std::string_view body) {
    return Found(Source("fields:\n  r: { type: list, label: R, max: " + String(max) +
                            ", of: { b: int } }\ncomputed: { all: \"sum(r.map(q, q.b))\" }\n",
                        String(body) + "\n\n{{= all }}"))
        .substr(0, 4);
  };
  EXPECT_EQ(with("1000", "- {{= sum(r.map(q, q.b)) }} {each=\"x in r\"}"), "T755");
  EXPECT_EQ(with("1000", "- {{= x.b }} {each=\"x in r\" when=\"sum(r.map(q, q.b)) > x.b\"}"),
            "T755");
  EXPECT_EQ(with("1000", "{{#each x in r}}{{#if sum(r.map(q, q.b)) > x.b}}a{{/if}}{{/each}}"),
            "T755");
  EXPECT_EQ(with("1000", "- {{= all }} {{= x.b }} {each=\"x in r\"}"), "");
  EXPECT_EQ(with("50", "- {{= sum(r.map(q, q.b)) }} {each=\"x in r\"}"), "");
  EXPECT_EQ(Found(Source("fields: { tags: { type: list(string), label: T } }\n",
                         "- {{= t + '!' }} {each=\"t in tags\" when=\"t != ''\"}\n")),
            "");
}

TEST(Analysis, SaysThatNothingIsLeftForAnElse) {
  EXPECT_EQ(InBody("{{#if vip}}a{{#elif !vip}}b{{#else}}c{{/if}}"), "T501 {{#else}}");
  EXPECT_EQ(InBody("{{#if vip}}a{{#else}}c{{/if}}"), "");
  EXPECT_EQ(InBody("{{#if seats > 0}}a{{#else}}c{{/if}}"), "T502 seats > 0");
}

TEST(Analysis, TheOmittedTextOfAUnitIsNoPlaceForWhatStandsInIt) {
  Compilation compilation = CompileTemplate(Source(
      kKeys,
      "# A {#a when=\"vip\" omitted=\"None.\"}\n\n1. one {#one}\n\n# B\n\nSee {{ref: one}}." +
          String(kUses)));
  ASSERT_EQ(compilation.diagnostics.size(), 1u) << testing::Problems(compilation);
  EXPECT_EQ(compilation.diagnostics[0].code, DiagnosticCode::kReferenceUnsafe);
  EXPECT_NE(compilation.diagnostics[0].hint.find("refer to 'a' itself"), String::npos);
}

}  // namespace
}  // namespace countersign::compile
