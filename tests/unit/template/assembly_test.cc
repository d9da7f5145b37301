#include "template/assembly.h"

#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::AssembleOrFail;
using testing::LinearText;
using testing::LoadTemplate;
using testing::Source;
using testing::ValuesOf;

constexpr std::string_view kOrder = R"(roles:
  customer: { label: Customer, signs: true, order: 1 }
  provider: { label: Provider, signs: true, order: 2 }
fields:
  seats: { type: int, label: Seats, min: 1, max: 500 }
  price: { type: money, currency: EUR, label: Price }
  name: { type: string, label: Name, required: false, maxLength: 20 }
  vip: { type: bool, role: customer, label: Vip, required: false }
  code: { type: string, role: customer, label: Code, show: vip, required: vip, check: "size(code) == 4", message: Four letters. }
computed:
  total: price * seats
validations:
  - { id: big, check: "seats <= 400", message: Too many seats., field: seats }
)";

String OrderText(std::string_view body) { return Source(kOrder, body); }

constexpr std::string_view kBody = R"(Total {{= total | money }}. {{= name }} {{input: code}}

# Base {#base}

Text.

# Extra {#extra when="seats > 10"}

More for {{= seats }} seats.

## Inner {#inner when="vip"}

Inner text.

# Credits {#credits when="seats > 100" omitted="Left out."}

Credits.

# Signatures {#signatures}

{{check: vip}} {{sign: mark, role=customer}} {{sign: second, role=provider}}
)";

FieldState FieldOf(const Assembly& assembly, std::string_view id) {
  for (const FieldState& field : assembly.fields) {
    if (field.id == id) return field;
  }
  ADD_FAILURE() << id;
  return {};
}

TEST(Assembly, PutsInWhatHoldsAndNumbersWhatIsThere) {
  EXPECT_EQ(
      LinearText(OrderText(kBody),
                 R"({"seats":20,"price":["1.50","EUR"],"name":"Ada","vip":true})"),
      "Sample\n\nTotal \xE2\x82\xAC"
      "30.00. Ada [Code]\n\n1. Base\n\nText.\n\n2. Extra\n\nMore for 20 seats.\n\n2.1 Inner\n\n"
      "Inner text.\n\n3. Left out.\n\n4. Signatures\n\n[Vip] [Signature (Customer)] [Signature "
      "(Provider)]\n");
  EXPECT_EQ(
      LinearText(OrderText(kBody), R"({"seats":2,"price":["1.50","EUR"],"name":"Ada","vip":true})"),
      "Sample\n\nTotal \xE2\x82\xAC"
      "3.00. Ada [Code]\n\n1. Base\n\nText.\n\n2. Left out.\n\n3. Signatures\n\n"
      "[Vip] [Signature (Customer)] [Signature (Provider)]\n");
}

TEST(Assembly, ValuesAreTextAndNeverStructure) {
  Template contract = LoadTemplate(OrderText("{{= name }}\n"));
  Assembly assembly = AssembleOrFail(contract, R"({"name":"1. **x**\n# y {{z}}"})");
  ASSERT_EQ(assembly.document.blocks.size(), 1u);
  ASSERT_EQ(assembly.document.blocks[0].inlines.size(), 1u);
  EXPECT_EQ(assembly.document.blocks[0].inlines[0].text, "1. **x**\n# y {{z}}");
}

TEST(Assembly, WaitsForWhatIsNotAnswered) {
  Template contract = LoadTemplate(OrderText(kBody));
  Assembly assembly = AssembleOrFail(contract, R"({"price":["1.50","EUR"],"name":"Ada"})");
  EXPECT_FALSE(assembly.IsFinal());
  ASSERT_EQ(assembly.pending.size(), 3u);
  EXPECT_EQ(assembly.pending[0], (PendingUnit{"top.1", {"seats"}}));
  EXPECT_EQ(assembly.pending[1], (PendingUnit{"extra", {"seats"}}));
  EXPECT_EQ(assembly.pending[2], (PendingUnit{"credits", {"seats"}}));
  ASSERT_EQ(assembly.computed.size(), 1u);
  EXPECT_FALSE(assembly.computed[0].value.has_value());
  EXPECT_EQ(assembly.computed[0].waits_for, Vector<String>{"seats"});
  EXPECT_NE(document::LinearText(assembly.document, {}).find("Total [Seats]."), String::npos)
      << "what is missing is named, never blank";
}

TEST(Assembly, AConditionUnderAClauseThatIsOutWaitsForNothing) {
  Template contract = LoadTemplate(OrderText(kBody));
  Assembly assembly =
      AssembleOrFail(contract, R"({"seats":5,"price":["1.50","EUR"],"name":"Ada"})");
  EXPECT_TRUE(assembly.IsFinal()) << "vip is asked for by a clause that is not there";
}

TEST(Assembly, AnErrorInAClauseThatIsOutDoesNotMatter) {
  Template contract = LoadTemplate(
      Source("fields:\n  n: {type: int, label: N}\n",
             "A.\n\n{{= 10 / n }} {#b when=\"n != 0\"}\n\n{{= 10 / (n - 1) }} {#c}\n"));
  EXPECT_TRUE(AssembleOrFail(contract, R"({"n":0})").IsFinal());
  Assembly assembly = AssembleOrFail(contract, R"({"n":1})");
  ASSERT_EQ(assembly.problems.size(), 1u);
  EXPECT_EQ(assembly.problems[0].unit, "c");
  EXPECT_EQ(assembly.problems[0].error.code(), ErrorCode::kValuesDivideByZero);
}

TEST(Assembly, AFailedComputedValueIsAProblemWhereItIsUsed) {
  Template contract = LoadTemplate(Source(
      "fields:\n  n: {type: int, label: N}\ncomputed:\n  x: 10 / n\n", "A. {{= x }} {#a}\n"));
  Assembly assembly = AssembleOrFail(contract, R"({"n":0})");
  ASSERT_EQ(assembly.problems.size(), 1u);
  EXPECT_EQ(assembly.problems[0].unit, "a");
  EXPECT_TRUE(assembly.pending.empty());
}

TEST(Assembly, MoneyThatWouldNeedRoundingIsAProblem) {
  Template contract = LoadTemplate(OrderText("{{= price / 3 | money }}\n"));
  Assembly assembly = AssembleOrFail(contract, R"({"price":["1.00","EUR"]})");
  ASSERT_EQ(assembly.problems.size(), 1u);
  EXPECT_EQ(assembly.problems[0].error.code(), ErrorCode::kValuesInexact);
}

TEST(Manifest, AHiddenFieldIsNeverRequired) {
  Template contract = LoadTemplate(OrderText(kBody));
  Assembly hidden = AssembleOrFail(contract, R"({"seats":20,"vip":false})");
  EXPECT_EQ(FieldOf(hidden, "code").applies, Answer::kNo);
  EXPECT_EQ(FieldOf(hidden, "code").required, Answer::kNo);
  Assembly shown = AssembleOrFail(contract, R"({"seats":20,"vip":true})");
  EXPECT_EQ(FieldOf(shown, "code").applies, Answer::kYes);
  EXPECT_EQ(FieldOf(shown, "code").required, Answer::kYes);
  EXPECT_EQ(FieldOf(shown, "code").error->code(), ErrorCode::kFieldRequired);
  Assembly open = AssembleOrFail(contract, R"({"seats":20})");
  EXPECT_EQ(FieldOf(open, "code").applies, Answer::kUnknown);
}

TEST(Manifest, AFieldInAClauseThatIsOutDoesNotApply) {
  Template contract = LoadTemplate(
      OrderText("# A {#a when=\"seats > 5\"}\n\n{{input: code}} {{input: vat, role=customer}}\n"));
  EXPECT_EQ(FieldOf(AssembleOrFail(contract, R"({"seats":6})"), "vat").applies, Answer::kYes);
  EXPECT_EQ(FieldOf(AssembleOrFail(contract, R"({"seats":5})"), "vat").applies, Answer::kNo);
  EXPECT_EQ(FieldOf(AssembleOrFail(contract, "{}"), "vat").applies, Answer::kUnknown);
}

TEST(Manifest, ValuesAreCheckedByTheFieldsOwnRules) {
  Template contract = LoadTemplate(OrderText(kBody));
  Assembly assembly = AssembleOrFail(
      contract, R"({"seats":501,"name":"123456789012345678901","vip":true,"code":"abc"})");
  EXPECT_EQ(FieldOf(assembly, "seats").error->code(), ErrorCode::kFieldTooLarge);
  EXPECT_EQ(FieldOf(assembly, "name").error->code(), ErrorCode::kFieldTooLong);
  EXPECT_EQ(FieldOf(assembly, "code").error->code(), ErrorCode::kFieldCheckFailed);
  EXPECT_EQ(FieldOf(assembly, "code").message, "Four letters.");
  ASSERT_EQ(assembly.validations.size(), 1u);
  EXPECT_EQ(assembly.validations[0].holds, Answer::kNo);
  EXPECT_EQ(FieldOf(AssembleOrFail(contract, R"({"seats":0})"), "seats").error->code(),
            ErrorCode::kFieldTooSmall);
  Assembly good = AssembleOrFail(contract, R"({"seats":400,"name":"12345678901234567890"})");
  EXPECT_FALSE(FieldOf(good, "seats").error.has_value());
  EXPECT_FALSE(FieldOf(good, "name").error.has_value());
}

TEST(CheckValue, KnowsTypesAndOptions) {
  Template contract = LoadTemplate(
      Source("fields:\n  a: {type: decimal, label: A, options: [\"1.5\", \"2\"]}\n", "{{= a }}\n"));
  const Field& field = *contract.FindField("a");
  EXPECT_TRUE(CheckValue(field, values::Value::Of(*values::Decimal::Parse("1.50"))).has_value());
  EXPECT_EQ(CheckValue(field, values::Value::Of(*values::Decimal::Parse("3"))).error().code(),
            ErrorCode::kFieldNotAnOption);
  EXPECT_EQ(CheckValue(field, values::Value::String("1.5")).error().code(),
            ErrorCode::kFieldWrongType);
}

TEST(ReadValues, RefusesWhatIsNotDeclared) {
  Template contract = LoadTemplate(OrderText(kBody));
  auto unknown = ReadValues(contract, testing::Plain(R"({"saets":1})"));
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code(), ErrorCode::kTemplateUnknownField);
  auto wrong = ReadValues(contract, testing::Plain(R"({"seats":"many"})"));
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().path(), "/seats");
  EXPECT_EQ(ReadValues(contract, testing::Plain("[]")).error().code(), ErrorCode::kSchemaWrongType);
  EXPECT_TRUE(ReadValues(contract, testing::Plain(R"({"seats":null})"))->empty());
}

TEST(ReadValues, WriteValuesGivesTheSamePlainForm) {
  Template contract = LoadTemplate(OrderText(kBody));
  String plain = R"({"name":"Ada","price":["1.50","EUR"],"seats":20,"vip":true})";
  EXPECT_EQ(json::Write(WriteValues(ValuesOf(contract, plain))), plain);
}

TEST(Explain, ShowsTheChainFromFieldToClause) {
  Template contract = LoadTemplate(OrderText(kBody));
  Values values = ValuesOf(contract, R"({"seats":20,"price":["1.50","EUR"],"vip":false})");
  auto explained = Explain(contract, values, "inner");
  ASSERT_TRUE(explained.has_value());
  EXPECT_EQ(
      json::Write(*explained),
      R"({"because":[{"computed":[],"fields":[{"id":"seats","label":"Seats","value":20}],"holds":true,)"
      R"("unit":"extra","when":"seats > 10"},{"computed":[],"fields":[{"id":"vip","label":"Vip",)"
      R"("value":false}],"holds":false,"unit":"inner","when":"vip"}],"locked":false,"state":"out","unit":"inner"})");
  EXPECT_EQ(Explain(contract, values, "credits")->Find("state")->string_value(), "omitted");
  EXPECT_EQ(Explain(contract, {}, "credits")->Find("state")->string_value(), "pending");
  EXPECT_EQ(Explain(contract, values, "base")->Find("state")->string_value(), "in");
  EXPECT_EQ(Explain(contract, values, "nothing").error().code(), ErrorCode::kTemplateUnknownUnit);
}

TEST(Explain, GoesThroughComputedValues) {
  Template contract = LoadTemplate(OrderText("A. {#a when=\"total > money('5.00', 'EUR')\"}\n"));
  auto explained =
      Explain(contract, ValuesOf(contract, R"({"seats":2,"price":["1.50","EUR"]})"), "a");
  String text = json::Write(*explained);
  EXPECT_NE(
      text.find(R"("computed":[{"id":"total","text":"price * seats","value":["3.00","EUR"]}])"),
      String::npos)
      << text;
  EXPECT_NE(text.find(R"({"id":"seats","label":"Seats","value":2})"), String::npos) << text;
}

TEST(Assembly, IsTheSameBytesEveryTime) {
  Template contract = LoadTemplate(OrderText(kBody));
  String plain = R"({"seats":20,"price":["1.50","EUR"],"name":"Ada","vip":true})";
  String first = document::Write(AssembleOrFail(contract, plain).document);
  EXPECT_EQ(document::Write(AssembleOrFail(LoadTemplate(OrderText(kBody)), plain).document), first);
  auto loaded = document::Load(first);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message() << loaded.error().path();
}

TEST(Assembly, PrintsByTheContractsLocale) {
  String body = "{{= price | money }} {{= seats | number }}\n";
  String source = OrderText(body);
  source.insert(source.find("roles:"), "locale: de\n");
  EXPECT_EQ(LinearText(source, R"({"seats":1234,"price":["1234.50","EUR"]})"),
            "Sample\n\n1.234,50\xC2\xA0\xE2\x82\xAC 1.234\n");
}

TEST(Assembly, ReferencesShowTheNumberThatIsThereNow) {
  String body =
      "See {{ref: fees}} and {{ref: late}}.\n\n# A {when=\"seats > 10\"}\n\nx\n\n# Fees "
      "{#fees}\n\n1. one\n2. two {#late}\n";
  EXPECT_NE(LinearText(OrderText(body), R"({"seats":20})").find("See 2 and 2(b)."), String::npos);
  EXPECT_NE(LinearText(OrderText(body), R"({"seats":2})").find("See 1 and 1(b)."), String::npos);
}

TEST(Fills, ShowRecipientsValuesInTheirBlanks) {
  Template contract = LoadTemplate(OrderText(kBody));
  Values values = ValuesOf(
      contract, R"({"seats":20,"price":["1.50","EUR"],"name":"<Ada>","vip":true,"code":"<b>"})");
  Assembly assembly = *Assemble(contract, values);
  String html = document::RenderHtml(assembly.document, FillsOf(contract, values));
  EXPECT_NE(html.find("<bdi>&lt;b&gt;</bdi>"), String::npos);
  EXPECT_EQ(document::Write(assembly.document).find("<b>"), String::npos)
      << "blanks stay blanks in what is signed";
}

TEST(Assembly, FuelEndsATemplateThatCostsTooMuch) {
  // Each text copies a long string many times, and prints nothing.
  String body;
  for (int i = 0; i < 100; ++i) {
    body += "{{= size(name + name + name + name + name + name + name + name) }}\n\n";
  }
  Template contract = LoadTemplate(Source("fields:\n  name: {type: string, label: N}\n", body));
  String value(10'000, 'x');
  auto assembly = Assemble(contract, ValuesOf(contract, "{\"name\":\"" + value + "\"}"));
  ASSERT_FALSE(assembly.has_value());
  EXPECT_EQ(assembly.error().code(), ErrorCode::kTemplateTooExpensive);
  EXPECT_TRUE(Assemble(contract, ValuesOf(contract, R"({"name":"x"})")).has_value());
}

TEST(Assembly, OutputEndsAtItsBoundAndWhatFitsCanBeRead) {
  auto assemble = [](int count) {
    String body;
    for (int i = 0; i < count; ++i) body += "{{= name }}\n\n";
    Template contract = LoadTemplate(Source("fields:\n  name: {type: string, label: N}\n", body));
    String plain = "{\"name\":\"" + String(8192, 'x') + "\"}";
    return Assemble(contract, ValuesOf(contract, plain));
  };
  auto fits = assemble(1002);
  ASSERT_TRUE(fits.has_value());
  EXPECT_TRUE(document::Load(document::Write(fits->document)).has_value());
  auto over = assemble(1003);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code(), ErrorCode::kTemplateOutputTooLarge);
}

}  // namespace
}  // namespace countersign::templates
