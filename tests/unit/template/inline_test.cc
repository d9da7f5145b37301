// Conditions and repeats inside a sentence.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::AssembleOrFail;
using testing::LinearText;
using testing::LoadTemplate;
using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true }
fields:
  plan: { type: string, label: Plan, options: [Team, Solo, Big] }
  tags: { type: list(string), label: Tags }
  sums: { type: list(money(EUR)), label: Sums }
  n: { type: int, label: N }
)";

String Text(std::string_view body, std::string_view values) {
  String text = LinearText(Source(kKeys, body), values);
  text = text.substr(text.find("\n\n") + 2);  // without the title
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

TEST(InlineCondition, TheFirstBranchThatHoldsStands) {
  constexpr std::string_view kBody =
      "For {{#if plan == 'Team'}}**teams**{{#elif n > 3}}{{= n }} people{{#else}}one{{/if}}.";
  EXPECT_EQ(Text(kBody, R"({"plan":"Team","n":9})"), "For teams.");
  EXPECT_EQ(Text(kBody, R"({"plan":"Solo","n":4})"), "For 4 people.");
  EXPECT_EQ(Text(kBody, R"({"plan":"Solo","n":3})"), "For one.");
  EXPECT_EQ(Text("A{{#if n > 3}} and B{{/if}}.", R"({"n":1})"), "A.") << "no branch is no text";
}

TEST(InlineCondition, WaitsForItsFieldsAndNamesThem) {
  Template contract = LoadTemplate(Source(kKeys, "A{{#if n > 3}} and B{{/if}}. {#here}"));
  Assembly assembly = AssembleOrFail(contract, "{}");
  EXPECT_FALSE(assembly.IsFinal());
  ASSERT_EQ(assembly.pending.size(), 1u);
  EXPECT_EQ(assembly.pending[0].unit, "here");
  EXPECT_EQ(assembly.pending[0].fields, (Vector<String>{"n"}));
}

TEST(InlineCondition, AnErrorInItLeavesTheDocumentUnsettled) {
  Template contract = LoadTemplate(Source(kKeys, "A{{#if 6 / n > 3}} and B{{/if}}. {#here}"));
  Assembly assembly = AssembleOrFail(contract, R"({"n":0})");
  ASSERT_EQ(assembly.problems.size(), 1u);
  EXPECT_EQ(assembly.problems[0].unit, "here");
  EXPECT_FALSE(assembly.IsFinal());
}

TEST(InlineCondition, AFieldAppliesOnlyWhereItsBranchStands) {
  Template contract = LoadTemplate(
      Source(kKeys, "Name{{#if n > 3}} and number {{input: number, role=customer}}{{/if}}."));
  auto applies = [&](std::string_view values) {
    for (const FieldState& state : AssembleOrFail(contract, values).fields) {
      if (state.id == "number") return state.applies;
    }
    return Answer::kUnknown;
  };
  EXPECT_EQ(applies(R"({"n":4})"), Answer::kYes);
  EXPECT_EQ(applies(R"({"n":3})"), Answer::kNo);
  EXPECT_EQ(applies("{}"), Answer::kUnknown);
}

TEST(InlineRepeat, GoesThroughAListInItsOrder) {
  EXPECT_EQ(Text("Tags: {{#each t in tags}}({{= t }}){{/each}}.", R"({"tags":["b","a"]})"),
            "Tags: (b)(a).");
  EXPECT_EQ(Text("Tags: {{#each t in tags}}({{= t }}){{/each}}.", R"({"tags":[]})"), "Tags: .");
}

TEST(InlineRepeat, JoinsAsTheLocaleJoinsLists) {
  auto joined = [](std::string_view locale, std::string_view join, std::string_view tags) {
    String keys = "locale: " + String(locale) + "\n" + String(kKeys);
    String body = "{{#each t in tags, join=" + String(join) + "}}**{{= t }}**{{/each}}";
    String text = LinearText(Source(keys, body), tags);
    text = text.substr(text.find("\n\n") + 2);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  };
  constexpr std::string_view kThree = R"({"tags":["a","b","c"]})";
  EXPECT_EQ(joined("en", "and", kThree), "a, b, and c");
  EXPECT_EQ(joined("de", "or", kThree), "a, b oder c");
  EXPECT_EQ(joined("de", "\"; \"", kThree), "a; b; c");
  EXPECT_EQ(joined("es", "and", R"({"tags":["padre","hija"]})"), "padre e hija");
  EXPECT_EQ(joined("en", "and", R"({"tags":["a"]})"), "a");
}

TEST(InlineRepeat, ItsVariableIsSeenInsideAndEachItemHasItsType) {
  EXPECT_EQ(Text("{{#each s in sums, join=and}}{{= s * 2 | money }}{{#if s > money('1.00', "
                 "'EUR')}}!{{/if}}{{/each}}",
                 R"({"sums":[["1.00","EUR"],["2.00","EUR"]]})"),
            "€2.00 and €4.00!");
  EXPECT_EQ(Text("{{#each a in tags}}{{#each b in tags}}{{= a + b }} {{/each}}{{/each}}",
                 R"({"tags":["x","y"]})"),
            "xx xy yx yy ");
}

TEST(InlineRepeat, WhatATextHoldsNeverBecomesATag) {
  EXPECT_EQ(
      Text("{{#each t in tags, join=and}}{{= t }}{{/each}}", R"({"tags":["{{= n }}","*b*"]})"),
      "{{= n }} and *b*");
}

TEST(InlineRepeat, AListOfAThousandItemsIsTheLongest) {
  Template contract = LoadTemplate(Source(kKeys, "{{#each t in tags}}x{{/each}} {#here}"));
  auto tags = [](int count) {
    String text = "{\"tags\":[\"a\"";
    for (int i = 1; i < count; ++i) text += ",\"a\"";
    return text + "]}";
  };
  EXPECT_TRUE(AssembleOrFail(contract, tags(1000)).IsFinal());
  Assembly assembly = AssembleOrFail(contract, tags(1001));
  ASSERT_EQ(assembly.problems.size(), 1u);
  EXPECT_EQ(assembly.problems[0].error.code(), ErrorCode::kTemplateTooManyItems);
}

TEST(InlineRepeat, RepeatsInRepeatsEndInACodedError) {
  Template contract = LoadTemplate(
      Source(kKeys,
             "{{#each a in tags}}{{#each b in tags}}{{#each c in tags}}{{/each}}{{/each}}"
             "{{/each}}"));
  String tags = "{\"tags\":[\"a\"";
  for (int i = 1; i < 1000; ++i) tags += ",\"a\"";
  auto assembly = Assemble(contract, testing::ValuesOf(contract, tags + "]}"));
  ASSERT_FALSE(assembly.has_value());
  EXPECT_EQ(assembly.error().code(), ErrorCode::kTemplateOutputTooLarge);
}

// --- the loader ---

ErrorCode Refused(std::string_view body, std::string_view from, std::string_view to) {
  return testing::RefusalOf(Source(kKeys, body), from, to);
}

TEST(SectionLoader, BelievesNoNumberThatIsNeitherThereNorNot) {
  EXPECT_EQ(Refused("# A {unnumbered}\n\n{{= n }} {{= tags | list(and) }}", R"("unnumbered":true)",
                    R"("unnumbered":"yes")"),
            ErrorCode::kSchemaWrongType);
  EXPECT_EQ(Refused("A. {#a}\n\n{{= n }} {{= tags | list(and) }}", R"("id":"a",)",
                    R"("id":"a","unnumbered":true,)"),
            ErrorCode::kSchemaUnknownMember);
}

TEST(SectionLoader, BelievesNoScheduleThatBeginsAgain) {
  constexpr std::string_view kBody =
      "{{= n }} {{= tags | list(and) }}\n\n::: schedule {#a title=\"A: B\" restart}\nText.\n:::";
  EXPECT_EQ(Refused(kBody, R"("restart":"A")", R"("restart":true)"), ErrorCode::kSchemaWrongType);
  EXPECT_EQ(Refused(kBody, R"("restart":"A")", R"("restart":"")"), ErrorCode::kSchemaBadValue);
  EXPECT_EQ(Refused(kBody, R"("restart":"A")", "\"restart\":\"" + String(257, 'x') + "\""),
            ErrorCode::kSchemaBadValue)
      << "it stands at every reference";
  EXPECT_EQ(Refused(kBody, R"("unnumbered":true)", R"("unnumbered":false)"),
            ErrorCode::kSchemaUnknownMember)
      << "a section with a number counts as all do";
  EXPECT_EQ(Refused("A. {#a}\n\n{{= n }} {{= tags | list(and) }}", R"("id":"a",)",
                    R"("id":"a","restart":"A",)"),
            ErrorCode::kSchemaUnknownMember);
}

TEST(InlineLoader, BelievesNothing) {
  constexpr std::string_view kIf = "{{#if n > 3}}a{{#else}}b{{/if}} {{= n }}";
  constexpr std::string_view kEach = "{{#each t in tags, join=and}}{{= t }}{{/each}}";
  EXPECT_EQ(Refused(kIf, R"({"if":[{)", R"({"if":[{"text":[]},{)"),
            ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(Refused(kIf, R"("text":["b"])", R"("txet":["b"])"), ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(Refused(kEach, R"("name":"t")", R"("name":"n")"), ErrorCode::kTemplateDuplicateId);
  EXPECT_EQ(Refused(kEach, R"("name":"t")", R"("name":"u")"),
            ErrorCode::kExpressionUnknownVariable);
  EXPECT_EQ(Refused(kEach, R"x("list(string)","tags")x", R"x("string","tags")x"),
            ErrorCode::kExpressionBadType);
  EXPECT_EQ(Refused(kEach, R"("join":"and")", "\"join\":\"" + String(65, 'x') + "\""),
            ErrorCode::kSchemaBadValue);
}

TEST(InlineLoader, AVariableEndsWithItsRepeat) {
  String bytes =
      testing::CompileBytes(Source(kKeys, "{{#each t in tags}}{{= t }}{{/each}} {{= plan }}"));
  size_t at = bytes.rfind("\"plan\"]]");
  ASSERT_NE(at, String::npos) << bytes;
  bytes.replace(at, 6, "\"t\"");
  auto loaded = Template::Load(bytes);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), ErrorCode::kExpressionUnknownVariable);
}

}  // namespace
}  // namespace countersign::templates
