// Lexer, parser, checker: any text ends in a tree or in diagnostics. A tree that comes out passes
// the loader, means the same when it is stored and read back, and the VM agrees with the slow tree
// walker on it.
#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "compile/lexer.h"
#include "support/expressions.h"
#include "support/reference_evaluator.h"

using namespace countersign;  // NOLINT: a program of one function

namespace {

testing::World* MakeWorld() {
  auto* w = new testing::World;
  w->Declare("b", "bool", "true").Declare("u", "bool").Declare("i", "int", "7").Declare("n", "int");
  w->Declare("d", "decimal", R"("99.95")").Declare("m", "money(EUR)", R"(["12.50","EUR"])");
  w->Declare("t", "date", R"("2026-01-31")")
      .Declare("p", "period", R"("P1M")")
      .Declare("s", "string", R"("ab")");
  w->Declare("l", "list(int)", "[1,2,3]").Declare("o", "record(a: int, b: string)", R"({"a":1})");
  w->Declare("crm", "dyn", R"({"a":{"b":[1,"x",null]},"f":true})").Declare("x.y", "int", "5");
  w->Declare("z", "string", "null", compile::Presence::kOptional);
  return w;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const testing::World& world = *MakeWorld();
  const String text(AsText(ByteView(data, size)));
  const compile::SourceFile file("fuzz", text);
  compile::DiagnosticSink sink(file);
  const std::optional<expression::Tree> tree = world.Compile(file.text(), "dyn", &sink);
  const size_t errors = sink.ErrorCount();
  const Vector<compile::Diagnostic> all = sink.Take();
  CS_CHECK(tree.has_value() == (errors == 0));
  CS_CHECK(all.size() <= compile::DiagnosticSink::kMaxDiagnostics + 1);
  for (const compile::Diagnostic& d : all) {
    CS_CHECK(d.span.byte.begin <= d.span.byte.end && d.span.byte.end <= text.size());
    CS_CHECK(!d.fix || (d.fix->byte.begin <= d.fix->byte.end && d.fix->byte.end <= text.size()));
    (void)ToText(d);
    CS_CHECK(!json::Write(ToJson(d)).empty());
  }
  CS_CHECK(compile::EndOfExpression(text, 0, "|,}") <= text.size());
  if (!tree) return 0;
  const auto stored = json::ReadCanonical(json::Write(ToJson(*tree)), json::kDocumentLimits);
  CS_CHECK(stored.has_value());
  const auto loaded = expression::Load(*stored, world.schema.AsVariables());
  CS_CHECK(loaded && *loaded == *tree);
  const auto program = Lower(*loaded, world.slots());
  CS_CHECK(program.has_value());
  const expression::Bindings bindings = world.bindings();
  expression::Fuel fuel{20'000};
  const expression::Outcome outcome = expression::RunWide(*program, bindings, fuel);
  CS_CHECK(fuel.left >= 0);
  if (outcome.error && outcome.error->code() == ErrorCode::kExpressionFuel) return 0;
  CS_CHECK(testing::ReferenceEvaluator(*tree, world.slots(), bindings).Run().Agrees(outcome));
  return 0;
}
