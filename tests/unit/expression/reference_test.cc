// The VM against a slow tree walker, on random well-typed expressions with some fields unanswered.
#include <gtest/gtest.h>

#include <array>

#include "support/expressions.h"
#include "support/reference_evaluator.h"

namespace countersign::expression {
namespace {

using testing::World;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint32_t Below(uint32_t bound) {  // splitmix64
    state_ += 0x9E3779B97F4A7C15;
    uint64_t z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return static_cast<uint32_t>((z ^ z >> 31) >> 33) % bound;
  }
  template <size_t kCount>
  const char* Pick(const std::array<const char*, kCount>& of) {
    return of[Below(kCount)];
  }

 private:
  uint64_t state_;
};

// Writes random expressions of a wanted type. Every one of them must compile.
class Writer {
 public:
  explicit Writer(Random* random) : random_(*random) {}

  String Bool(int depth) {
    if (depth <= 0) return random_.Pick<5>({"true", "false", "b1", "b2", "b3"});
    const int d = depth - 1;
    switch (random_.Below(15)) {
      case 0:
        return "(" + Bool(d) + " && " + Bool(d) + ")";
      case 1:
        return "(" + Bool(d) + " || " + Bool(d) + ")";
      case 2:
        return "!" + Bool(d);
      case 3:
        return "(" + Int(d) + Comparison() + Int(d) + ")";
      case 4:
        return "(" + Decimal(d) + Comparison() + Decimal(d) + ")";
      case 5:
        return "(" + Text(d) + Comparison() + Text(d) + ")";
      case 6:
        return "(" + Money(d) + Comparison() + Money(d) + ")";
      case 7:
        return "(" + Date(d) + Comparison() + Date(d) + ")";
      case 8:
        return "(" + Int(d) + " in " + List(d) + ")";
      case 9:
        return List(d) + random_.Pick<3>({".all", ".exists", ".exists_one"}) + Lambda(d);
      case 10:
        return "(" + Bool(d) + " ? " + Bool(d) + " : " + Bool(d) + ")";
      case 11:
        return Text(d) + random_.Pick<3>({".contains(", ".startsWith(", ".endsWith("}) + Text(d) +
               ")";
      case 12:
        return "has(crm." + String(random_.Pick<3>({"a", "b", "none"})) + ")";
      case 13:
        return "(crm." + String(random_.Pick<4>({"a", "b", "flag", "none"})) + " == " + Int(d) +
               ")";
      default:
        return "(crm.flag && " + Bool(d) + ")";
    }
  }
  String Int(int depth) {
    if (!variables_.empty() && random_.Below(3) == 0)
      return variables_[random_.Below(static_cast<uint32_t>(variables_.size()))];
    if (depth <= 0)
      return random_.Pick<8>({"0", "1", "-3", "7", "i1", "i2", "i3", "9223372036854775807"});
    const int d = depth - 1;
    switch (random_.Below(9)) {
      case 0:
        return "(" + Int(d) + " + " + Int(d) + ")";
      case 1:
        return "(" + Int(d) + " - " + Int(d) + ")";
      case 2:
        return "(" + Int(d) + " * " + Int(d) + ")";
      case 3:
        return "(" + Int(d) + " / " + Int(d) + ")";
      case 4:
        return "(" + Int(d) + " % " + Int(d) + ")";
      case 5:
        return "size(" + (random_.Below(2) == 0 ? Text(d) : List(d)) + ")";
      case 6:
        return List(d) + "[" + Int(d) + "]";
      case 7:
        return "(" + Bool(d) + " ? " + Int(d) + " : " + Int(d) + ")";
      default:
        return "year(" + Date(d) + ")";
    }
  }
  String Decimal(int depth) {
    if (depth <= 0)
      return random_.Pick<5>({"d1", "d2", "decimal('0.05')", "decimal('-12.340')", "d1"});
    const int d = depth - 1;
    switch (random_.Below(6)) {
      case 0:
        return "(" + Decimal(d) + " + " + Decimal(d) + ")";
      case 1:
        return "(" + Decimal(d) + " - 0.1)";
      case 2:
        return "(" + Decimal(d) + " * " + Int(d) + ")";
      case 3:
        return "(" + Decimal(d) + " / " + Decimal(d) + ")";
      case 4:
        return "round(" + Decimal(d) + ", 2, 'half_up')";
      default:
        return "(" + Money(d) + " / " + Money(d) + ")";
    }
  }
  String Money(int depth) {
    if (depth <= 0) return random_.Pick<3>({"m1", "m2", "money('19.99', 'EUR')"});
    const int d = depth - 1;
    switch (random_.Below(4)) {
      case 0:
        return "(" + Money(d) + " + " + Money(d) + ")";
      case 1:
        return "(" + Int(d) + " * " + Money(d) + ")";
      case 2:
        return "(" + Money(d) + " * " + Decimal(d) + ")";
      default:
        return "sum([" + Money(d) + ", " + Money(d) + "])";
    }
  }
  String Date(int depth) {
    if (depth <= 0) return random_.Pick<3>({"t1", "t2", "date('2024-02-29')"});
    switch (random_.Below(3)) {
      case 0:
        return "(" + Date(depth - 1) + " + p1)";
      case 1:
        return "(" + Date(depth - 1) + " - period('P3M2D'))";
      default:
        return "(" + Bool(depth - 1) + " ? " + Date(depth - 1) + " : t1)";
    }
  }
  String Text(int depth) {
    if (depth <= 0) return random_.Pick<5>({"''", "'ab'", "s1", "s2", "'a'"});
    switch (random_.Below(4)) {
      case 0:
        return "(" + Text(depth - 1) + " + " + Text(depth - 1) + ")";
      case 1:
        return "string(" + Int(depth - 1) + ")";
      case 2:
        return "string(" + Decimal(depth - 1) + ")";
      default:
        return "(" + Bool(depth - 1) + " ? " + Text(depth - 1) + " : " + Text(depth - 1) + ")";
    }
  }
  String List(int depth) {
    if (depth <= 0) return random_.Pick<3>({"l1", "l2", "[1, 2, 3]"});
    const int d = depth - 1;
    switch (random_.Below(5)) {
      case 0:
        return "[" + Int(d) + ", " + Int(d) + "]";
      case 1:
        return "(" + List(d) + " + " + List(d) + ")";
      case 2:
        return List(d) + ".filter" + Lambda(d);
      case 3:
        return List(d) + ".map" + Lambda(d, "int");
      default:
        return "cel.bind(z, " + List(d) + ", z + z)";
    }
  }

 private:
  String Comparison() { return random_.Pick<6>({" == ", " != ", " < ", " <= ", " > ", " >= "}); }
  String Lambda(int depth, std::string_view of = "bool") {
    if (variables_.size() >= 3) return of == "bool" ? "(q, q == 1)" : "(q, q * 2)";
    const String name = "x" + NumberText(variables_.size());
    variables_.push_back(name);
    String body = of == "bool" ? Bool(depth) : Int(depth);
    variables_.pop_back();
    return "(" + name + ", " + body + ")";
  }

  Random& random_;
  Vector<String> variables_;
};

World RandomWorld(Random* random) {
  World w;
  w.schema.constants = compile::Constants::kRun;
  const auto maybe = [&](std::string_view json) { return random->Below(4) == 0 ? "" : json; };
  w.Declare("b1", "bool", maybe("true"))
      .Declare("b2", "bool", maybe("false"))
      .Declare("b3", "bool", maybe("true"));
  w.Declare("i1", "int", maybe("0"))
      .Declare("i2", "int", maybe("12"))
      .Declare("i3", "int", maybe("-5"));
  w.Declare("d1", "decimal", maybe(R"("0.10")"))
      .Declare("d2", "decimal", maybe(R"("12345678901234567890.5")"));
  w.Declare("m1", "money(EUR)", maybe(R"(["0.00","EUR"])"))
      .Declare("m2", "money(EUR)", maybe(R"(["49.90","EUR"])"));
  w.Declare("t1", "date", maybe(R"("2026-01-31")")).Declare("t2", "date", maybe(R"("9999-12-31")"));
  w.Declare("p1", "period", maybe(R"("P1M")"));
  w.Declare("s1", "string", maybe(R"("ab")")).Declare("s2", "string", maybe("\"\u00e9\""));
  w.Declare("l1", "list(int)", maybe("[]")).Declare("l2", "list(int)", maybe("[5,0,-1]"));
  w.Declare("crm", "dyn", maybe(R"({"a":1,"b":"x","flag":true})"));
  return w;
}

TEST(Reference, AgreesWithTheMachineOnRandomExpressions) {
  Random random(20261122);
  int compiled = 0, values = 0, errors = 0, unknowns = 0;
  for (int round = 0; round < 4000; ++round) {
    const World world = RandomWorld(&random);
    Writer writer(&random);
    const int depth = 1 + static_cast<int>(random.Below(5));
    const String text = random.Below(3) == 0 ? writer.List(depth) : writer.Bool(depth);
    const std::optional<Tree> tree = world.Tree(text);
    if (!tree) {
      // Only the bounds may stand in the way.
      const String problems = world.Problems(text);
      ASSERT_TRUE(problems.find("T70") != String::npos) << text << "\n" << problems;
      continue;
    }
    ++compiled;
    Result<Tree> loaded = Load(ToJson(*tree), world.schema.AsVariables());
    ASSERT_TRUE(loaded.has_value()) << text << "\n"
                                    << loaded.error().message() << loaded.error().path();
    ASSERT_EQ(*loaded, *tree) << text;
    Result<Program> program = Lower(*tree, world.slots());
    ASSERT_TRUE(program.has_value()) << text;
    Fuel fuel;
    const Bindings bindings = world.bindings();
    const Outcome outcome = expression::RunWide(*program, bindings, fuel);
    const testing::ReferenceResult expected =
        testing::ReferenceEvaluator(*tree, world.slots(), bindings).Run();
    ASSERT_TRUE(expected.Agrees(outcome)) << text << "\n is " << world.Show(outcome);
    values += outcome.state == State::kValue;
    errors += outcome.state == State::kError;
    unknowns += outcome.state == State::kUnknown;
  }
  // The generator must reach all three outcomes often enough to mean something.
  EXPECT_GT(compiled, 3000);
  EXPECT_GT(values, 500);
  EXPECT_GT(errors, 300);
  EXPECT_GT(unknowns, 300);
}

}  // namespace
}  // namespace countersign::expression
