// Nothing that a template can ask takes long or much: fuel and value sizes, at the limit and past
// it.
#include <gtest/gtest.h>

#include <chrono>

#include "expression/apply.h"
#include "support/expressions.h"

namespace countersign::expression {
namespace {

using testing::World;
using values::Value;

Outcome RunWith(const World& world, std::string_view text, int64_t fuel_left,
                int64_t* used = nullptr) {
  const std::optional<Tree> tree = world.Tree(text);
  EXPECT_TRUE(tree.has_value()) << text << world.Problems(text);
  const Program program = *Lower(*tree, world.slots());
  Fuel fuel{fuel_left};
  Outcome outcome = expression::RunWide(program, world.bindings(), fuel);
  if (used != nullptr) *used = fuel_left - fuel.left;
  return outcome;
}

World Lists(int size) {
  World w;
  Vector<Value> items;
  for (int i = 0; i < size; ++i) items.push_back(Value::Int(i));
  w.Bind("xs", "list(int)", *Value::List(items));
  w.Bind("text", "string", Value::String(String(100'000, 'a')));
  w.Declare("no", "dyn", "{}");
  return w;
}

TEST(Fuel, IsEnoughAtTheNumberItTookAndNotOneLess) {
  const World w = Lists(10);
  for (const char* text :
       {"1 + 2 * 3", "xs.map(x, x * 2)", "xs.exists(x, x == 9)", "text + text == text"}) {
    int64_t used = 0;
    EXPECT_TRUE(RunWith(w, text, kExpressionFuel, &used).IsValue()) << text;
    EXPECT_GT(used, 0);
    EXPECT_TRUE(RunWith(w, text, used).IsValue()) << text;
    const Outcome starved = RunWith(w, text, used - 1);
    EXPECT_EQ(starved.state, State::kError) << text;
    EXPECT_EQ(starved.error->code(), ErrorCode::kExpressionFuel) << text;
  }
}

TEST(Fuel, IsChargedForBytesAndNotOnlyInstructions) {
  const World w = Lists(10);
  int64_t small = 0, large = 0;
  RunWith(w, "'a' + 'b' == 'c'", kExpressionFuel, &small);
  RunWith(w, "text + 'b' == 'c'", kExpressionFuel, &large);
  EXPECT_GE(large - small, 100'000);
}

TEST(Fuel, OneExpressionTakesAtMostItsShareOfTheDocuments) {
  const World w = Lists(1000);
  int64_t used = 0;
  const Outcome outcome =
      RunWith(w, "xs.all(a, xs.all(b, xs.all(c, a + b + c >= 0)))", kDocumentFuel, &used);
  EXPECT_EQ(outcome.error->code(), ErrorCode::kExpressionFuel);
  EXPECT_EQ(used, kExpressionFuel);
}

TEST(Fuel, NothingAbsorbsRunningDry) {
  const World w = Lists(1000);
  EXPECT_EQ(
      RunWith(w, "xs.all(a, xs.all(b, xs.all(c, true))) || true", kDocumentFuel).error->code(),
      ErrorCode::kExpressionFuel);
}

TEST(Fuel, HostileExpressionsEndInTime) {
  const World w = Lists(1000);
  String doubling = "text";
  for (int i = 0; i < 40; ++i)
    doubling = "cel.bind(v" + NumberText(i) + ", " + doubling + ", v" + NumberText(i) + " + v" +
               NumberText(i) + ")";
  String nested = "xs";
  for (int i = 0; i < 40; ++i)
    nested = "cel.bind(v" + NumberText(i) + ", " + nested + ", [v" + NumberText(i) + ", v" +
             NumberText(i) + "])";
  const String hostile[] = {
      "xs.map(a, xs.map(b, xs.map(c, a * b * c)))",
      "xs.map(a, text).map(t, t + t)",
      "xs.exists(a, no.member || no.member)",
      "xs.exists(a, text.contains('aaaaaaaaaaaaaaaab'))",
      "xs.map(a, xs + xs)",
      doubling,
      nested,
      nested + " == " + nested,
  };
  for (const String& text : hostile) {
    const auto start = std::chrono::steady_clock::now();
    const std::optional<Tree> tree = w.Tree(text);
    if (!tree) continue;  // over a bound of the compiler
    const Outcome outcome = RunWith(w, text, kDocumentFuel);
    EXPECT_EQ(outcome.state, State::kError) << text.substr(0, 60);
    const auto took = std::chrono::steady_clock::now() - start;
    // 100 ms is promised; a loaded machine gets time.
    EXPECT_LT(std::chrono::duration_cast<std::chrono::milliseconds>(took).count(), 3000)
        << text.substr(0, 60);
  }
}

TEST(Values, AreAtMostEightMebibytes) {
  World w;
  // 24 bytes an element and for the list itself.
  const size_t most = kMaxValueBytes / 24 - 1;
  for (const size_t size : {most / 2, most / 2 + 1}) {
    Vector<Value> half(size, Value::Int(1));
    World lists;
    lists.Bind("xs", "list(int)", *Value::List(half));
    const Outcome outcome = RunWith(lists, "size(xs + xs)", 100'000'000);
    // The sum costs more fuel than an expression has, before it is too large.
    EXPECT_EQ(outcome.error->code(), ErrorCode::kExpressionFuel);
  }
  // Shared parts cost no memory, but count.
  const Value big = Value::String(String(kMaxValueBytes / 2 - 100, 'x'));
  w.Bind("big", "string", big);
  EXPECT_TRUE(RunWith(w, "[big, big]", kExpressionFuel).IsValue());
  EXPECT_EQ(RunWith(w, "[big, big, big]", kExpressionFuel).error->code(),
            ErrorCode::kExpressionTooLarge);
}

}  // namespace
}  // namespace countersign::expression
