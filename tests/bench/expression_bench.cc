// One expression over many records that the engine holds, typed and dynamic, and how fast an
// expression is parsed and checked. Prints {"typed":…,"dynamic":…,"parsed":…,"matches":…}, in
// expressions a second (medians), for tests/bench/expressions.mjs, which makes the same records for
// other engines. Built natively and to wasm. `--once`: each thing once, for a profiler.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/expression_compiler.h"
#include "expression/program.h"
#include "values/decimal.h"
#include "values/value.h"

namespace {

using namespace countersign;  // NOLINT: a program of one file
using values::Kind;
using values::Type;
using values::Value;

constexpr int kRecords = 10'000;
int rounds = 31;
constexpr int kParses = 2'000;
double warm_up_seconds = 0.5;
constexpr std::string_view kSource =
    "country == \"DE\" && value > 50000 && (sla.uptime < 99.9 || term >= 24) && (\"vip\" in tags) "
    "== false";

// The same numbers as in expressions.mjs (Numerical Recipes' generator).
class Numbers {
 public:
  uint32_t Below(uint32_t bound) {
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 8) % bound;
  }

 private:
  uint32_t state_ = 42;
};

struct Records {
  Vector<String> names;
  Vector<expression::Bindings> rows;
};

Records MakeRecords() {
  Records records;
  for (const char* name : {"country", "sla.uptime", "tags", "term", "value"}) {
    records.names.push_back(name);
  }
  constexpr const char* kCountries[] = {"DE", "FR", "ES", "US"};
  Numbers numbers;
  for (int i = 0; i < kRecords; ++i) {
    expression::Bindings row(records.names.size());
    row.Set(0, Value::String(kCountries[numbers.Below(4)]));
    row.Set(4, Value::Int(numbers.Below(100'000)));
    const String uptime = "99." + NumberText(100 + numbers.Below(100)).substr(1);
    row.Set(1, Value::Of(*values::Decimal::Parse(uptime)));
    row.Set(3, Value::Int(numbers.Below(48)));
    Vector<Value> tags;
    if (numbers.Below(4) == 0) tags.push_back(Value::String("vip"));
    tags.push_back(Value::String("eu"));
    row.Set(2, *Value::List(std::move(tags)));
    records.rows.push_back(std::move(row));
  }
  return records;
}

compile::Schema MakeSchema(compile::Checking checking) {
  compile::Schema schema;
  schema.fractions = compile::Fractions::kExact;
  schema.checking = checking;
  schema.Declare("country", Type::Of(Kind::kString));
  schema.Declare("value", Type::Of(Kind::kInt));
  schema.Declare("sla.uptime", Type::Of(Kind::kDecimal));
  schema.Declare("term", Type::Of(Kind::kInt));
  schema.Declare("tags", Type::List(Type::Of(Kind::kString)));
  return schema;
}

template <class Work>
double MedianSeconds(Work work) {
  const auto since = [](std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  // A wasm engine compiles what is hot a second time, better, while it runs.
  const auto begin = std::chrono::steady_clock::now();
  while (since(begin) < warm_up_seconds) work();
  Vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(since(start));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// Evaluations a second; *matches: how many records hold.
double Evaluate(const Records& records, compile::Checking checking, int* matches) {
  const compile::Schema schema = MakeSchema(checking);
  const compile::SourceFile file("bench", String(kSource));
  compile::DiagnosticSink sink(file);
  auto tree =
      compile::CompileExpression({.text = file.text()}, schema, Type::Of(Kind::kBool), &sink);
  if (!tree) return 0;
  auto program = expression::Lower(*tree, expression::SlotsOf(records.names));
  if (!program) return 0;
  return kRecords / MedianSeconds([&] {
           int held = 0;
           for (const expression::Bindings& row : records.rows) {
             expression::Fuel fuel;
             held += expression::Run(*program, row, fuel).IsTrue() ? 1 : 0;
           }
           *matches = held;
         });
}

double Parse() {
  const compile::Schema schema = MakeSchema(compile::Checking::kOn);
  const compile::SourceFile file("bench", String(kSource));
  size_t nodes = 0;
  const double seconds = MedianSeconds([&] {
    for (int i = 0; i < kParses; ++i) {
      compile::DiagnosticSink sink(file);
      nodes +=
          compile::CompileExpression({.text = file.text()}, schema, Type::Of(Kind::kBool), &sink)
              ->nodes.size();
    }
  });
  return nodes == 0 ? 0 : kParses / seconds;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "--once") {
    rounds = 1;
    warm_up_seconds = 0;
  }
  const Records records = MakeRecords();
  int typed_matches = 0;
  int dynamic_matches = 0;
  const double typed = Evaluate(records, compile::Checking::kOn, &typed_matches);
  const double dynamic = Evaluate(records, compile::Checking::kOff, &dynamic_matches);
  if (typed == 0 || dynamic == 0 || typed_matches != dynamic_matches) return 1;
  std::printf("{\"typed\":%.0f,\"dynamic\":%.0f,\"parsed\":%.0f,\"matches\":%d}\n", typed, dynamic,
              Parse(), typed_matches);
  return 0;
}
