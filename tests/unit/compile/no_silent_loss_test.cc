// What an author wrote is in the document, or reported: nothing is cut off, printed raw or lost.
#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::compile {
namespace {

using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true }
fields:
  seats: { type: int, label: Seats }
  price: { type: money, currency: EUR, label: Price }
  late: { type: bool, label: Late }
  tags: { type: list(string), label: Tags }
)";

// Code and the text that each span covers, of the template around `body`.
String Found(std::string_view body) {
  String source = Source(kKeys, String(body) +
                                    "\n\n{{= seats }} {{= price }} {{= tags }} "
                                    "{{= late ? 'a' : 'b' }} {{sign: mark, role=customer}}\n");
  String text;
  for (const Diagnostic& diagnostic : CompileTemplate(source).diagnostics) {
    ByteRange byte = diagnostic.span.byte;
    text += (text.empty() ? "" : " ") + String(DiagnosticName(diagnostic.code)) + ":" +
            source.substr(byte.begin, byte.end - byte.begin);
  }
  return text;
}

TEST(NoSilentLoss, ABracketThatClosesNothingDoesNotEndAnExpression) {
  EXPECT_EQ(Found("{{= price) * 12 | money }}"), "T201:)");
  EXPECT_EQ(Found("{{= price] * 12 }}"), "T201:]");
  EXPECT_EQ(Found("{{= price} * 12 }}"), "T201:}");
  EXPECT_EQ(Found("{{#if late) && seats > 3}}x{{/if}}"), "T201:)");
  EXPECT_EQ(Found("{{#if late}}x{{#elif seats > 3] && late}}y{{/if}}"), "T201:]");
  EXPECT_EQ(Found("{{#each t in tags), join=and}}{{= t }}{{/each}}"), "T201:)");
  EXPECT_EQ(Found("x {when=\"late) && seats > 3\"}"), "T201:)");
  // One that closes something is no end either.
  EXPECT_EQ(Found("{{= (price * 12) | money }} {{= {'a': 1}['a'] }} {{= '}}' }}"), "");
}

}  // namespace
}  // namespace countersign::compile
