// Misuse of inline conditions, repeats, tables and containers, and what the analysis knows of them.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true, order: 1 }
  provider: { label: Provider, signs: true, order: 2 }
fields:
  plan: { type: string, label: Plan, options: [Team, Solo] }
  tags: { type: list(string), label: Tags }
  n: { type: int, label: N, min: 0, max: 10 }
  late: { type: bool, role: provider, label: Late, required: false }
)";

// Code and the text that each span covers.
std::string Found(std::string_view body) {
  std::string source = Source(kKeys, std::string(body) +
                                         "\n\n{{= plan }} {{= tags }} {{= n }} {{check: late}} "
                                         "{{sign: a, role=customer}} {{sign: b, role=provider}}\n");
  std::string text;
  for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
    ByteRange byte = diagnostic.span.byte;
    text += (text.empty() ? "" : " ") + std::string(DiagnosticName(diagnostic.code)) + ":" +
            source.substr(byte.begin, byte.end - byte.begin);
  }
  return text;
}

TEST(InlineDiagnostics, AConditionOpensAndClosesInOneText) {
  EXPECT_EQ(Found("A {{#if n > 3}}b."), "T276:{{#if n > 3}}");
  EXPECT_EQ(Found("A {{#if n > 3}}b.\n\nC {{/if}}."), "T276:{{#if n > 3}} T277:{{/if}}");
  EXPECT_EQ(Found("A **{{#if n > 3}}b** c{{/if}}."), "T276:{{#if n > 3}} T277:{{/if}}");
  EXPECT_EQ(Found("A {{#else}}b{{/if}}."), "T277:{{#else}} T277:{{/if}}");
  EXPECT_EQ(Found("A {{#elif n > 3}}b"), "T277:{{#elif n > 3}}");
  EXPECT_EQ(Found("{{#if n > 3}}a{{#else}}b{{#elif n > 4}}c{{/if}}"), "T277:{{#elif n > 4}}");
  EXPECT_EQ(Found("{{#each t in tags}}{{= t }}"), "T276:{{#each t in tags}}");
  EXPECT_EQ(Found("{{#each t in tags}}{{= t }}{{/if}}"), "T276:{{#each t in tags}}");
  EXPECT_EQ(Found("{{#if n > 3}}a{{/each}}"), "T276:{{#if n > 3}} T277:{{/each}}");
  EXPECT_EQ(Found("x {{/each}}"), "T277:{{/each}}");
}

TEST(InlineDiagnostics, ConditionsAndListsHaveTheirTypes) {
  EXPECT_EQ(Found("A {{#if n}}b{{/if}}."), "T303:n");
  EXPECT_EQ(Found("A {{#if }}b{{/if}}."), "T207:");
  EXPECT_EQ(Found("A {{#if m > 3}}b{{/if}}."), "T402:m");
  EXPECT_EQ(Found("{{#each t in plan}}{{= t }}{{/each}}"), "T352:plan");
  EXPECT_EQ(Found("{{#each t in plans}}{{= t | upper }}{{/each}}"), "T402:plans");
  EXPECT_EQ(Found("{{#each t tags}}x{{/each}}"), "T269:t");
  EXPECT_EQ(Found("{{#each n in tags}}{{= n }}{{/each}}"), "T453:n");
  EXPECT_EQ(Found("{{#each t in tags}}{{#each t in tags}}{{= t }}{{/each}}{{/each}}"), "T453:t");
  EXPECT_EQ(Found("{{#each t in tags}}x{{/each}} {{= t }}"), "T402:t");
  EXPECT_EQ(Found("{{#each t in tags, jion=and}}{{= t }}{{/each}}"), "T455:jion");
  EXPECT_EQ(Found("{{#if n > 3}}a{{#else n > 4}}b{{/if}}"), "T269:n");
}

TEST(InlineDiagnostics, ARepeatHasNoPlaceToFill) {
  EXPECT_EQ(Found("{{#each t in tags}}{{= t }} {{check: late}}{{/each}}"), "T278:{{check: late}}");
}

TEST(InlineDiagnostics, NestingIsBounded) {
  auto nested = [](int depth) {
    std::string body = "x ";
    for (int i = 0; i < depth; ++i) body += "{{#if n > " + std::to_string(i % 9) + "}}";
    for (int i = 0; i < depth; ++i) body += "{{/if}}";
    return body;
  };
  EXPECT_EQ(Found(nested(16)).find("T752"), std::string::npos);
  EXPECT_NE(Found(nested(17)).find("T752"), std::string::npos);
  constexpr std::string_view kThree =
      "{{#each x in tags}}{{#each y in tags}}{{#each z in tags}}{{= x + y + z }}{{/each}}{{/each}}"
      "{{/each}}";
  EXPECT_EQ(Found(kThree), "");
  EXPECT_EQ(Found("{{#each w in tags}}" + std::string(kThree) + "{{= w }}{{/each}}"), "T752:z");
}

TEST(InlineAnalysis, KnowsConditionsInASentence) {
  EXPECT_EQ(Found("A{{#if n > 20}} b{{/if}}."), "T501:n > 20");
  EXPECT_EQ(Found("A{{#if n >= 0}} b{{#else}} c{{/if}}."), "T502:n >= 0");
  EXPECT_EQ(Found("A{{#if n > 5}} b{{#elif n > 7}} c{{/if}}."), "T501:n > 7");
  EXPECT_EQ(Found("A{{#if n > 5}} b{{#elif n > 3}} c{{#else}} d{{/if}}."), "");
  EXPECT_EQ(Found("A{{#if n > 5}} b{{/if}}. {when=\"n < 4\"}"), "T501:n > 5");
  EXPECT_EQ(Found("A{{#if n > 5}}{{#if n > 4}} b{{/if}}{{/if}}."), "T502:n > 4");
}

TEST(InlineAnalysis, AReferenceIsSafeUnderTheConditionOfItsTarget) {
  EXPECT_EQ(Found("# X {#x when=\"n > 5\"}\n\ny\n\n# Y\n\nSee{{#if n > 5}} {{ref: x}}{{/if}}."),
            "");
  EXPECT_EQ(Found("# X {#x when=\"n > 5\"}\n\ny\n\n# Y\n\nSee{{#if n > 4}} {{ref: x}}{{/if}}."),
            "T504:x");
}

TEST(InlineAnalysis, ALaterSignersFieldMayNotChangeASentence) {
  EXPECT_EQ(Found("A{{#if late}} b{{/if}}."), "T803:late");
  EXPECT_EQ(Found("A{{#each t in tags}}{{#if late}} b{{/if}}{{/each}}."), "T803:late");
}

TEST(InlineAnalysis, TheVariableOfARepeatMayBeAnything) {
  EXPECT_EQ(
      Found("{{#each t in tags}}{{#if t == 'x'}}y{{/if}}{{#if size(t) > 3}}z{{/if}}{{/each}}"), "");
  EXPECT_EQ(Found("{{#each t in ['a', 'b']}}{{#if t == 'a'}}y{{/if}}{{/each}}"), "");
}

}  // namespace
}  // namespace countersign::compile
