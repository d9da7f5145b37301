// Compile, load, assemble, one keystroke: medians over the bench contract, as rows of a Markdown
// table with the targets beside them. ./run bench prints them, natively and in wasm.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/template_compiler.h"
#include "document/render.h"
#include "support/bench_contract.h"
#include "template/assembly.h"

namespace {

using namespace countersign;  // NOLINT: a program of one file

// Of this thread alone where the system counts that: what else the machine does costs nothing here.
double NowMicroseconds() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec now;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0) {
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
  }
#endif
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// In groups of ten where there are many rounds: looking at the clock takes a while too.
template <class Work>
double MedianMicroseconds(int rounds, Work work) {
  const int group = rounds >= 200 ? 10 : 1;
  Vector<double> times;
  for (int i = 0; i < rounds; i += group) {
    double start = NowMicroseconds();
    for (int k = 0; k < group; ++k) work();
    times.push_back((NowMicroseconds() - start) / group);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

struct Figure {
  const char* what;
  int clauses;
  double microseconds;
};
Vector<Figure> figures;

// `target`: at most so many for 60 clauses, 0 where there is none.
void Report(const char* what, int clauses, double microseconds, double target = 0) {
  figures.push_back({what, clauses, microseconds});
  std::printf("| %s, %d clauses | %.1f us |", what, clauses, microseconds);
  if (clauses == 60 && target > 0) {
    std::printf(" at most %.0f us | %s |\n", target, microseconds <= target ? "met" : "missed");
  } else {
    std::printf(" | |\n");
  }
}

// Linear: a clause of the largest document costs at most twice what one of the smallest does (its
// memory does not fit the caches that the small one fits).
void ReportCurve(int small, int large) {
  for (const Figure& first : figures) {
    for (const Figure& last : figures) {
      if (first.clauses != small || last.clauses != large ||
          std::string_view(first.what) != last.what)
        continue;
      const double each = first.microseconds / small, then = last.microseconds / large;
      std::printf(
          "| %s: a clause of %d beside one of %d | %.2f us beside %.2f us | linear | %s |\n",
          first.what, large, small, then, each, then <= 2 * each ? "met" : "missed");
    }
  }
}

int Run(int clauses, int rounds) {
  String source = testing::BenchSource(clauses);
  compile::Compilation compilation = compile::CompileTemplate(source);
  auto contract = templates::Template::Load(compilation.bytes);
  auto plain = json::Read(testing::kBenchValues, json::kDocumentLimits);
  if (!contract || !plain) return 1;
  templates::Values values = *templates::ReadValues(*contract, *plain);
  std::printf("| source and compiled template, %d clauses | %zu and %zu bytes | | |\n", clauses,
              source.size(), compilation.bytes.size());
  size_t sink = 0;
  Report("compile and check", clauses,
         MedianMicroseconds(rounds / 10 + 3,
                            [&] { sink += compile::CompileTemplate(source).bytes.size(); }),
         2000);
  Report("load", clauses, MedianMicroseconds(rounds / 10 + 3, [&] {
           sink += templates::Template::Load(compilation.bytes).has_value();
         }));
  templates::Assembler assembler(*contract);
  if (!assembler.Reset(values)) return 1;
  Report("assemble from nothing", clauses,
         MedianMicroseconds(rounds, [&] { sink += assembler.Reset(values).has_value(); }));
  Report("whole document to HTML", clauses,
         MedianMicroseconds(rounds, [&] { sink += assembler.Html().size(); }), 20);
  Report("a value changes, and the whole to HTML", clauses,
         MedianMicroseconds(
             rounds,
             [&] {
               sink += assembler
                           .Set("seats", values::Value::Int(200 + static_cast<int64_t>(sink % 100)))
                           ->size();
               sink += assembler.Html().size();
             }),
         20);
  int64_t seats = 0;
  Report(
      "keystroke that changes texts (seats)", clauses,
      MedianMicroseconds(
          rounds,
          [&] { sink += assembler.Set("seats", values::Value::Int(200 + seats++ % 100))->size(); }),
      10);
  Report("keystroke that changes clauses (vip)", clauses,
         MedianMicroseconds(
             rounds,
             [&] { sink += assembler.Set("vip", values::Value::Bool(seats++ % 2 == 0))->size(); }),
         10);
  Report("keystroke that changes one text (start)", clauses,
         MedianMicroseconds(rounds,
                            [&] {
                              sink += assembler
                                          .Set("start", values::Value::Of(*values::Date::FromDays(
                                                            20000 + seats++ % 100)))
                                          ->size();
                            }),
         10);
  Report("snapshot with manifest", clauses,
         MedianMicroseconds(rounds, [&] { sink += assembler.Snapshot().fields.size(); }));
  return sink == 0;
}

// One thing alone, so many times: what a profiler is pointed at.
int RunAlone(std::string_view what, int clauses, int rounds) {
  String source = testing::BenchSource(clauses);
  String bytes = compile::CompileTemplate(source).bytes;
  auto contract = templates::Template::Load(bytes);
  auto plain = json::Read(testing::kBenchValues, json::kDocumentLimits);
  if (!contract || !plain) return 1;
  templates::Values values = *templates::ReadValues(*contract, *plain);
  templates::Assembler assembler(*contract);
  if (!assembler.Reset(values)) return 1;
  size_t sink = 0;
  for (int i = 0; i < rounds; ++i) {
    if (what == "compile") sink += compile::CompileTemplate(source).bytes.size();
    if (what == "load") sink += templates::Template::Load(bytes).has_value();
    if (what == "assemble") sink += assembler.Reset(values).has_value();
    if (what == "html") sink += assembler.Html().size();
    if (what == "seats") sink += assembler.Set("seats", values::Value::Int(200 + i % 100))->size();
    if (what == "vip") sink += assembler.Set("vip", values::Value::Bool(i % 2 == 0))->size();
  }
  return rounds > 0 && sink == 0;
}

}  // namespace

int main(int count, char** arguments) {
  // For documents.mjs, which gives other engines the same contract.
  if (count == 2 && std::string_view(arguments[1]) == "--source") {
    std::fputs(std::string(testing::BenchSource(60)).c_str(), stdout);
    return 0;
  }
  if (count == 5 && std::string_view(arguments[1]) == "--only") {
    return RunAlone(arguments[2], std::atoi(arguments[3]), std::atoi(arguments[4]));
  }
  std::printf("| what | figure | target | |\n|---|---|---|---|\n");
  for (int clauses : {60, 500, 2000}) {
    if (Run(clauses, clauses == 60 ? 2000 : 200) != 0) return 1;
  }
  ReportCurve(60, 2000);
  return 0;
}
