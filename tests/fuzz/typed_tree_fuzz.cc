// Stored trees from strangers: loader, lowering and VM. What is accepted is written back as it was
// read, runs within its fuel, and does what the slow tree walker does. The input is the canonical
// JSON of a tree.
#include "base/bytes.h"
#include "support/expressions.h"
#include "support/reference_evaluator.h"

using namespace countersign;  // NOLINT: a program of one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const testing::World& world = *[] {
    auto* w = new testing::World;
    w->Declare("b", "bool", "true").Declare("u", "bool").Declare("i", "int", "7");
    w->Declare("d", "decimal", R"("99.95")").Declare("m", "money(EUR)", R"(["12.50","EUR"])");
    w->Declare("t", "date", R"("2026-01-31")").Declare("s", "string", R"("ab")");
    w->Declare("l", "list(int)", "[1,2,3]").Declare("o", "record(a: int, b: string)", R"({"a":1})");
    w->Declare("crm", "dyn", R"({"a":{"b":[1,"x",null]},"f":true})");
    return w;
  }();
  const auto json = json::Read(AsText(ByteView(data, size)), json::kDocumentLimits);
  if (!json) return 0;
  const auto tree = expression::Load(*json, world.schema.AsVariables());
  if (!tree) return 0;
  CS_CHECK(expression::ToJson(*tree) == *json);
  expression::Variables on_a_phone = world.schema.AsVariables();
  on_a_phone.reach = expression::Reach::kContract;
  const bool for_phones = expression::Load(*json, on_a_phone).has_value();
  const auto program = Lower(*tree, world.slots());
  CS_CHECK(program.has_value());
  const expression::Bindings bindings = world.bindings();
  expression::Fuel fuel{20'000};
  const expression::Outcome outcome = expression::RunWide(*program, bindings, fuel);
  CS_CHECK(fuel.left >= 0);
  if (for_phones) {  // what a phone loads, it computes alike
    expression::Fuel other{20'000};
    CS_CHECK(expression::Run(*program, bindings, other) == outcome && other.left == fuel.left);
  }
  if (outcome.error && outcome.error->code() == ErrorCode::kExpressionFuel) return 0;
  CS_CHECK(testing::ReferenceEvaluator(*tree, world.slots(), bindings).Run().Agrees(outcome));
  return 0;
}
