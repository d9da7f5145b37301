// Compile, load, assemble, one keystroke: medians over the bench contract, as rows of a Markdown
// table. ./run bench prints them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/vector.h"
#include "compile/template_compiler.h"
#include "document/render.h"
#include "support/bench_contract.h"
#include "template/assembly.h"

namespace {

using namespace countersign;  // NOLINT: a program of one file

template <class Work>
double MedianMicroseconds(int rounds, Work work) {
  Vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    auto start = std::chrono::steady_clock::now();
    work();
    auto end = std::chrono::steady_clock::now();
    times.push_back(std::chrono::duration<double, std::micro>(end - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void Report(const char* what, int clauses, double microseconds, const char* target) {
  std::printf("| %s, %d clauses | %.1f us | %s |\n", what, clauses, microseconds,
              clauses == 60 ? target : "");
}

int Run(int clauses, int rounds) {
  String source = testing::BenchSource(clauses);
  compile::Compilation compilation = compile::CompileTemplate(source);
  auto contract = templates::Template::Load(compilation.bytes);
  auto plain = json::Read(testing::kBenchValues, json::kDocumentLimits);
  if (!contract || !plain) return 1;
  templates::Values values = *templates::ReadValues(*contract, *plain);
  std::printf("| source and compiled template, %d clauses | %zu and %zu bytes | |\n", clauses,
              source.size(), compilation.bytes.size());
  size_t sink = 0;
  Report("compile and check", clauses,
         MedianMicroseconds(rounds / 10 + 3,
                            [&] { sink += compile::CompileTemplate(source).bytes.size(); }),
         "2,000 us");
  Report(
      "load", clauses,
      MedianMicroseconds(rounds / 10 + 3,
                         [&] { sink += templates::Template::Load(compilation.bytes).has_value(); }),
      "");
  templates::Assembler assembler(*contract);
  if (!assembler.Reset(values)) return 1;
  Report("assemble from nothing", clauses,
         MedianMicroseconds(rounds, [&] { sink += assembler.Reset(values).has_value(); }), "");
  Report("whole document to HTML", clauses,
         MedianMicroseconds(rounds, [&] { sink += assembler.Html().size(); }), "20 us");
  int64_t seats = 0;
  Report(
      "keystroke that changes texts (seats)", clauses,
      MedianMicroseconds(
          rounds,
          [&] { sink += assembler.Set("seats", values::Value::Int(200 + seats++ % 100))->size(); }),
      "10 us");
  Report("keystroke that changes clauses (vip)", clauses,
         MedianMicroseconds(
             rounds,
             [&] { sink += assembler.Set("vip", values::Value::Bool(seats++ % 2 == 0))->size(); }),
         "10 us");
  Report("keystroke that changes one text (start)", clauses,
         MedianMicroseconds(rounds,
                            [&] {
                              sink += assembler
                                          .Set("start", values::Value::Of(*values::Date::FromDays(
                                                            20000 + seats++ % 100)))
                                          ->size();
                            }),
         "10 us");
  Report("snapshot with manifest", clauses,
         MedianMicroseconds(rounds, [&] { sink += assembler.Snapshot().fields.size(); }), "");
  return sink == 0;
}

}  // namespace

int main(int count, char** arguments) {
  // For documents.mjs, which gives other engines the same contract.
  if (count == 2 && std::string_view(arguments[1]) == "--source") {
    std::fputs(std::string(testing::BenchSource(60)).c_str(), stdout);
    return 0;
  }
  std::printf("| what | figure | target |\n|---|---|---|\n");
  for (int clauses : {60, 500, 2000}) {
    if (Run(clauses, clauses == 60 ? 2000 : 200) != 0) return 1;
  }
  return 0;
}
