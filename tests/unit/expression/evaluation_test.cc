// What expressions compute: the laws of CEL, with decimals, money and dates.
#include <gtest/gtest.h>

#include "support/expressions.h"

namespace countersign::expression {
namespace {

using testing::World;

World Contract() {
  World world;
  world.schema.constants = compile::Constants::kRun;  // what they give is the claim here
  world.Declare("seats", "int", "25")
      .Declare("unitPrice", "money(EUR)", R"(["12.50","EUR"])")
      .Declare("uptime", "decimal", R"("99.95")")
      .Declare("start", "date", R"("2026-01-31")")
      .Declare("term", "period", R"("P1M")")
      .Declare("country", "string", R"("DE")")
      .Declare("tags", "list(string)", R"(["vip","eu"])")
      .Declare("vip", "bool", "true")
      .Declare("note", "string", "null", compile::Presence::kOptional)
      .Declare("unanswered", "bool")
      .Declare("pending", "int")
      .Declare("crm", "dyn", R"({"account":{"seats":7,"name":"Acme"},"amounts":[1,2,3]})");
  return world;
}

TEST(Evaluation, LiteralsHaveTheirTypes) {
  World w;
  EXPECT_EQ(w.Evaluate("true"), "bool true");
  EXPECT_EQ(w.Evaluate("-9223372036854775808"), R"(int "-9223372036854775808")");
  EXPECT_EQ(w.Evaluate("0x1F"), "int 31");
  EXPECT_EQ(w.Evaluate("7u"), "uint 7");
  EXPECT_EQ(w.Evaluate("1.5e3"), "double 1500");
  EXPECT_EQ(w.Evaluate(R"('a\n\u00e9\U0001F600\x41\101')"), "string \"a\\n\u00e9\U0001F600AA\"");
  EXPECT_EQ(w.Evaluate(R"(r'a\n')"), R"(string "a\\n")");
  EXPECT_EQ(w.Evaluate("'''a\n'b'''"), R"(string "a\n'b")");
  EXPECT_EQ(w.Evaluate(R"(b'\xff\101')"), R"(bytes "_0E")");
  EXPECT_EQ(w.Evaluate("null"), "null null");
  EXPECT_EQ(w.Evaluate("[1, 2]"), "[int 1, int 2]");
  EXPECT_EQ(w.Evaluate("{'b': 1, 'a': 2}"), R"({string "a": int 2, string "b": int 1})");
}

TEST(Evaluation, PrecedenceIsCels) {
  World w;
  EXPECT_EQ(w.Evaluate("1 + 2 * 3 - 4 / 2"), "int 5");
  EXPECT_EQ(w.Evaluate("-7 % 3"), "int -1");
  EXPECT_EQ(w.Evaluate("2 - 1 - 1"), "int 0");
  EXPECT_EQ(w.Evaluate("true || false && false"), "bool true");
  EXPECT_EQ(w.Evaluate("!true || true"), "bool true");
  EXPECT_EQ(w.Evaluate("1 < 2 == true"), "bool true");
  EXPECT_EQ(w.Evaluate("false ? 1 : true ? 2 : 3"), "int 2");
}

TEST(Evaluation, ALiteralBesideADecimalIsExact) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("uptime * 0.1"), R"(decimal "9.995")");
  EXPECT_EQ(w.Evaluate("0.1 + 0.2 + uptime - uptime == 0.3"), "bool true");
  EXPECT_EQ(w.Evaluate("0.1 + 0.2 == 0.3"), "bool false");  // doubles: CEL's own
  EXPECT_EQ(w.Evaluate("uptime in [99.9, 99.95]"), "bool true");
  EXPECT_EQ(w.Evaluate("uptime >= 99.9"), "bool true");
  EXPECT_EQ(w.Evaluate("vip ? uptime : 99.0"), R"(decimal "99.95")");
  EXPECT_EQ(w.Evaluate("-0.05 + uptime"), R"(decimal "99.90")");
  EXPECT_EQ(w.Evaluate("0.1 + 0.2", "decimal"), R"(decimal "0.3")");
  EXPECT_EQ(w.Evaluate("decimal(0.1) + 0.2"), R"(decimal "0.3")");
}

TEST(Evaluation, AnIntWidensToDecimal) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("seats * uptime"), R"(decimal "2498.75")");
  EXPECT_EQ(w.Evaluate("seats", "decimal"), R"(decimal "25")");
  EXPECT_EQ(w.Evaluate("seats < uptime"), "bool true");
  EXPECT_EQ(w.Evaluate("vip ? seats : uptime"), R"(decimal "25")");
}

TEST(Evaluation, MoneyKeepsItsCurrency) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("seats * unitPrice * 12"), R"(money ["3750.00","EUR"])");
  EXPECT_EQ(w.Evaluate("unitPrice + money('0.50', 'EUR')"), R"(money ["13.00","EUR"])");
  EXPECT_EQ(w.Evaluate("unitPrice * 0.19"), R"(money ["2.3750","EUR"])");
  EXPECT_EQ(w.Evaluate("round(unitPrice * 0.19, 2, 'half_up')"), R"(money ["2.38","EUR"])");
  EXPECT_EQ(w.Evaluate("round(unitPrice * 0.19, 'half_even')"), R"(money ["2.38","EUR"])");
  EXPECT_EQ(w.Evaluate("unitPrice / money('2.50', 'EUR')"), R"(decimal "5")");
  EXPECT_EQ(w.Evaluate("unitPrice > money('12.5', 'EUR')"), "bool false");
  EXPECT_EQ(w.Evaluate("sum([unitPrice, unitPrice])"), R"(money ["25.00","EUR"])");
  EXPECT_EQ(w.Evaluate("sum([unitPrice].filter(p, false))"), R"(money ["0.00","EUR"])");
  EXPECT_EQ(w.Evaluate("unitPrice + money('1.00', country == 'US' ? 'USD' : 'CHF')"),
            "error values.currency_mix");
  EXPECT_EQ(w.Evaluate("amount(unitPrice)"), R"(decimal "12.50")");
  EXPECT_EQ(w.Evaluate("unitPrice.currency()"), R"(string "EUR")");
  EXPECT_EQ(w.Evaluate("-unitPrice"), R"(money ["-12.50","EUR"])");
}

TEST(Evaluation, DatesStayInTheirMonth) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("start + term"), R"(date "2026-02-28")");
  EXPECT_EQ(w.Evaluate("start + period('P1Y1M') - period('P1D')"), R"(date "2027-02-27")");
  EXPECT_EQ(w.Evaluate("start - date('2026-01-01')"), "int 30");
  EXPECT_EQ(w.Evaluate("term * 3"), R"(period "P3M")");
  EXPECT_EQ(w.Evaluate("start.year() * 10000 + start.month() * 100 + day(start)"), "int 20260131");
  EXPECT_EQ(w.Evaluate("weekday(start)"), "int 6");
  EXPECT_EQ(w.Evaluate("yearsBetween(date('2008-02-29'), date('2026-02-28'))"), "int 18");
  EXPECT_EQ(w.Evaluate("monthsBetween(start, date('2026-03-30'))"), "int 1");
  EXPECT_EQ(w.Evaluate("daysBetween(start, date('2026-02-01'))"), "int 1");
  EXPECT_EQ(w.Evaluate("start < date('2026-02-01')"), "bool true");
  EXPECT_EQ(w.Evaluate("date(2026, 2, 28) == start + term"), "bool true");
  EXPECT_EQ(w.Evaluate("months(period('P1Y2M3D'))"), "int 14");
}

TEST(Evaluation, TextsAndCollections) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("country + '-' + string(seats)"), R"(string "DE-25")");
  EXPECT_EQ(w.Evaluate("size('\u00e9\U0001F600')"), "int 2");
  EXPECT_EQ(w.Evaluate("tags.size() + size({'a': 1})"), "int 3");
  EXPECT_EQ(w.Evaluate("'vip' in tags && !('us' in tags)"), "bool true");
  EXPECT_EQ(w.Evaluate("'a' in {'a': 1}"), "bool true");
  EXPECT_EQ(w.Evaluate("tags[1]"), R"(string "eu")");
  EXPECT_EQ(w.Evaluate("tags[2]"), "error expression.out_of_range");
  EXPECT_EQ(w.Evaluate("tags[-1]"), "error expression.out_of_range");
  EXPECT_EQ(w.Evaluate("{'a': 1}['b']"), "error expression.no_such_key");
  EXPECT_EQ(w.Evaluate("tags + ['x'] == ['vip', 'eu', 'x']"), "bool true");
  EXPECT_EQ(w.Evaluate("country.startsWith('D') && country.endsWith('E') && country.contains('')"),
            "bool true");
  EXPECT_EQ(w.Evaluate("max(1, seats) + min([3, 2, 9])"), "int 27");
  EXPECT_EQ(w.Evaluate("{'a': 1, 'a': 2}"), "error values.duplicate_key");
}

TEST(Evaluation, RecordsOfNoDeclaredShapeAreDynamic) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("crm.account.seats * seats"), "int 175");
  EXPECT_EQ(w.Evaluate("crm.account.name + '!'"), R"(string "Acme!")");
  EXPECT_EQ(w.Evaluate("crm['account']['seats'] > 6.5"), "bool true");
  EXPECT_EQ(w.Evaluate("crm.amounts[2] * uptime"), R"(decimal "299.85")");
  EXPECT_EQ(w.Evaluate("has(crm.account.name) && !has(crm.contact)"), "bool true");
  EXPECT_EQ(w.Evaluate("crm.contact"), "error expression.no_such_key");
  EXPECT_EQ(w.Evaluate("crm.account + 1"), "error expression.no_overload");
  EXPECT_EQ(w.Evaluate("crm.account.seats", "decimal"), "int 7");
  EXPECT_EQ(w.Evaluate("sum(crm.amounts)"), "int 6");
  EXPECT_EQ(w.Evaluate("has(crm.account.name.first)"), "error expression.no_overload");
}

TEST(Evaluation, AnUnansweredFieldIsUnknownUnlessNothingDependsOnIt) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("unanswered"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("pending > 3"), "unknown pending");
  EXPECT_EQ(w.Evaluate("unanswered && pending == 1"), "unknown unanswered pending");
  EXPECT_EQ(w.Evaluate("false && unanswered"), "bool false");
  EXPECT_EQ(w.Evaluate("unanswered && false"), "bool false");
  EXPECT_EQ(w.Evaluate("true || unanswered"), "bool true");
  EXPECT_EQ(w.Evaluate("unanswered || true"), "bool true");
  EXPECT_EQ(w.Evaluate("true && unanswered"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("unanswered ? 1 : pending"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("vip ? 1 : pending"), "int 1");
  EXPECT_EQ(w.Evaluate("!unanswered"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("[1, pending]"), "unknown pending");
  EXPECT_EQ(w.Evaluate("pending + pending"), "unknown pending");
  EXPECT_EQ(w.Evaluate("[1, 2].exists(x, x == 1 || unanswered)"), "bool true");
  EXPECT_EQ(w.Evaluate("[1, 2].all(x, x == 1 || unanswered)"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("[1, 2].exists(x, x == pending)"), "unknown pending");
  EXPECT_EQ(w.Evaluate("[1, 2].filter(x, x == pending)"), "unknown pending");
}

TEST(Evaluation, ErrorsAreAbsorbedLikeUnknowns) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("crm.no && false"), "bool false");
  EXPECT_EQ(w.Evaluate("false && crm.no"), "bool false");
  EXPECT_EQ(w.Evaluate("crm.no || true"), "bool true");
  EXPECT_EQ(w.Evaluate("crm.no && true"), "error expression.no_such_key");
  EXPECT_EQ(w.Evaluate("crm.no && unanswered"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("unanswered && crm.no"), "unknown unanswered");
  EXPECT_EQ(w.Evaluate("crm.account && false"), "bool false");
  EXPECT_EQ(w.Evaluate("crm.account && true"), "error expression.no_overload");
  EXPECT_EQ(w.Evaluate("crm.no ? 1 : 2"), "error expression.no_such_key");
  EXPECT_EQ(w.Evaluate("crm.account ? 1 : 2"), "error expression.no_overload");
  EXPECT_EQ(w.Evaluate("[0, 2].exists(x, 4 % x == 0)"), "bool true");
  EXPECT_EQ(w.Evaluate("[0, 3].all(x, 4 % x == 0)"), "bool false");
  EXPECT_EQ(w.Evaluate("[0, 2].all(x, 4 % x == 0)"), "error values.divide_by_zero");
  EXPECT_EQ(w.Evaluate("[0, 2].exists_one(x, 4 % x == 0)"), "error values.divide_by_zero");
}

TEST(Evaluation, ArithmeticNeverWraps) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("9223372036854775807 + 1"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("-9223372036854775808 - 1"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("9223372036854775807 * 2"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("-(-9223372036854775808)"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("-9223372036854775808 / -1"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("-9223372036854775808 % -1"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("0u - 1u"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("seats / 0"), "error values.divide_by_zero");
  EXPECT_EQ(w.Evaluate("uptime / 0"), "error values.divide_by_zero");
  EXPECT_EQ(w.Evaluate("1.0 / 0.0"), "double Infinity");
}

TEST(Evaluation, MacrosGoThroughListsAndMaps) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("tags.all(t, size(t) > 1)"), "bool true");
  EXPECT_EQ(w.Evaluate("tags.exists_one(t, t == 'vip')"), "bool true");
  EXPECT_EQ(w.Evaluate("[1, 2, 3].map(x, x * seats)"), "[int 25, int 50, int 75]");
  EXPECT_EQ(w.Evaluate("[1, 2, 3].map(x, x > 1, x * 2)"), "[int 4, int 6]");
  EXPECT_EQ(w.Evaluate("[1, 2, 3].filter(x, x % 2 == 1)"), "[int 1, int 3]");
  EXPECT_EQ(w.Evaluate("{'a': 1, 'b': 2}.filter(k, k != 'a')"), R"([string "b"])");
  EXPECT_EQ(w.Evaluate("{'a': 1, 'b': 2}.exists(k, v, v == 2 && k == 'b')"), "bool true");
  EXPECT_EQ(w.Evaluate("[5, 6].transformList(i, v, i * 10 + v)"), "[int 5, int 16]");
  EXPECT_EQ(w.Evaluate("{'a': 1}.transformMap(k, v, v + 1)"), R"({string "a": int 2})");
  EXPECT_EQ(w.Evaluate("[].all(x, false) && ![].exists(x, true)"), "bool true");
  EXPECT_EQ(w.Evaluate("[[1, 2], [3]].map(x, x.map(y, y * size(x)))"), "[[int 2, int 4], [int 3]]");
  EXPECT_EQ(w.Evaluate("cel.bind(a, seats * 2, a + a)"), "int 100");
  EXPECT_EQ(w.Evaluate("cel.bind(x, [1], x) + cel.bind(x, [2], x)"), "[int 1, int 2]");
  EXPECT_EQ(w.Evaluate("crm.amounts.filter(x, x > 1).map(x, x + 1)"), "[int 3, int 4]");
  EXPECT_EQ(w.Evaluate("crm.account.seats.all(x, true)"), "error expression.no_overload");
}

TEST(Evaluation, OptionalFieldsMayBeNull) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("note == null ? 'none' : note"), R"(string "none")");
  EXPECT_EQ(w.Evaluate("note != null && note.startsWith('x')"), "bool false");
  EXPECT_EQ(w.Evaluate("note + 'x'"), "error expression.no_overload");
}

TEST(Evaluation, Conversions) {
  World w = Contract();
  EXPECT_EQ(w.Evaluate("int('42') + int(7u) + int(3.9)"), "int 52");
  EXPECT_EQ(w.Evaluate("int('4x')"), "error expression.bad_conversion");
  EXPECT_EQ(w.Evaluate("int(uptime)"), "error values.inexact");
  EXPECT_EQ(w.Evaluate("int(1e19)"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("uint(-1)"), "error values.overflow");
  EXPECT_EQ(w.Evaluate("double('1.5') + double(2)"), "double 3.5");
  EXPECT_EQ(w.Evaluate("string(uptime) + string(unitPrice) + string(start) + string(term)"),
            R"(string "99.9512.50 EUR2026-01-31P1M")");
  EXPECT_EQ(w.Evaluate("string(0.1) + string(1e21) + string(-4.5e-3) + string(5e-324)"),
            R"(string "0.11e+21-0.00455e-324")");
  EXPECT_EQ(w.Evaluate("string(b'abc')"), R"(string "abc")");
  EXPECT_EQ(w.Evaluate("string(b'\\xff')"), "error expression.bad_conversion");
  EXPECT_EQ(w.Evaluate("bool('true')"), "bool true");
  EXPECT_EQ(w.Evaluate("type(1) == int && type(start) == date && type('') != type(1)"),
            "bool true");
  EXPECT_EQ(w.Evaluate("decimal(country)"), "error values.bad_decimal");
  EXPECT_EQ(w.Evaluate("timestamp('2026-02-28T12:00:00Z').getHours('+02:00')"), "int 14");
  EXPECT_EQ(w.Evaluate("sum([duration('1h'), duration('30m')])"), R"(duration "5400s")");
  EXPECT_EQ(w.Evaluate("sum([duration('1h')].filter(d, false))"), R"(duration "0s")");
  EXPECT_EQ(w.Evaluate("timestamp('2026-02-28T12:00:00Z') - duration('1h30m')"),
            R"(timestamp "2026-02-28T10:30:00Z")");
}

// A phone has no function of the wide set: what needs one is an error there, never another value.
TEST(Evaluation, WithoutTheWideSetItsFunctionsAreMissingAndTheOthersAgree) {
  World w;
  w.Declare("crm", "dyn", R"({"n":3,"s":"2026-01-31T10:00:00Z"})");
  for (const auto& [text, on_a_phone] : {
           std::pair("timestamp(crm.s).getMonth() == 0", "error expression.no_overload"),
           std::pair("uint(crm.n) + 1u == 4u", "error expression.no_overload"),
           std::pair("1.5 + 1.5 == 3.0", "error expression.no_overload"),
           std::pair("crm.n + 1 == 4", "bool true"),
           std::pair("decimal(crm.n) / 2 > 1", "bool true"),
       }) {
    const Program program = *Lower(*w.Tree(text), w.slots());
    Fuel fuel;
    EXPECT_EQ(w.Show(RunWide(program, w.bindings(), fuel)), "bool true") << text;
    EXPECT_EQ(w.Show(expression::Run(program, w.bindings(), fuel)), on_a_phone) << text;
  }
}

}  // namespace
}  // namespace countersign::expression
