#include "compile/fixes.h"

#include <algorithm>
#include <tuple>

namespace countersign::compile {
namespace {

// While YAML cannot be read, nobody looks for unknown names: repairing it may show more.
enum class Order : uint8_t { kYamlFirst, kPlain };

// Fewer errors first, then fewer reports: each step down is progress, so that rounds end.
auto Weight(const Compilation& compilation, Order order) {
  auto is_yaml = [](const Diagnostic& diagnostic) {
    return diagnostic.code == DiagnosticCode::kYamlNeedsQuotes ||
           diagnostic.code == DiagnosticCode::kYamlMalformed;
  };
  auto yaml = order == Order::kPlain ? 0
                                     : std::count_if(compilation.diagnostics.begin(),
                                                     compilation.diagnostics.end(), is_yaml);
  return std::tuple(yaml, compilation.errors, compilation.diagnostics.size());
}

struct Attempt {
  std::string text;
  std::vector<Change> changes;
};

// The text with these fixes applied, those that overlap an earlier one left out.
Attempt Apply(std::string_view source, const std::vector<const Diagnostic*>& diagnostics) {
  Attempt attempt;
  size_t at = 0;
  for (const Diagnostic* diagnostic : diagnostics) {
    ByteRange byte = diagnostic->fix->byte;
    bool again = !attempt.changes.empty() && byte.begin == at && byte.begin == byte.end;
    if (byte.begin < at || byte.end > source.size() || again) continue;
    attempt.text += source.substr(at, byte.begin - at);
    attempt.text += diagnostic->fix->text;
    at = byte.end;
    attempt.changes.push_back({diagnostic->code, diagnostic->span,
                               std::string(source.substr(byte.begin, byte.end - byte.begin)),
                               diagnostic->fix->text});
  }
  attempt.text += source.substr(at);
  return attempt;
}

Fixed ApplyIn(Order order, std::string_view file, const Library& library, Fixed fixed) {
  for (int round = 0; round < kMaxFixRounds; ++round) {
    std::vector<const Diagnostic*> safe;
    for (const Diagnostic& diagnostic : fixed.compilation.diagnostics) {
      if (IsSafe(diagnostic)) safe.push_back(&diagnostic);
    }
    std::sort(safe.begin(), safe.end(), [](const Diagnostic* a, const Diagnostic* b) {
      return std::tuple(a->fix->byte.begin, a) < std::tuple(b->fix->byte.begin, b);
    });
    auto take = [&](const std::vector<const Diagnostic*>& some) {
      Attempt attempt = Apply(fixed.text, some);
      if (attempt.changes.empty() || attempt.text == fixed.text) return false;
      Compilation next = CompileTemplate(attempt.text, file, library);
      if (Weight(next, order) >= Weight(fixed.compilation, order)) return false;
      fixed.text = std::move(attempt.text);
      fixed.compilation = std::move(next);
      fixed.changes.insert(fixed.changes.end(), attempt.changes.begin(), attempt.changes.end());
      return true;
    };
    if (safe.empty()) break;
    bool progress = take(safe);
    // One of them stands in the way of the others.
    for (size_t i = 0; !progress && safe.size() > 1 && i < safe.size(); ++i)
      progress = take({safe[i]});
    if (!progress) break;
  }
  return fixed;
}

}  // namespace

bool IsSafe(const Diagnostic& diagnostic) {
  return diagnostic.fix && diagnostic.code != DiagnosticCode::kListNumber;
}

Fixed ApplyFixes(std::string_view source, std::string_view file, const Library& library) {
  const Fixed begin{std::string(source), {}, CompileTemplate(source, file, library)};
  Fixed fixed = ApplyIn(Order::kYamlFirst, file, library, begin);
  if (fixed.compilation.errors <= begin.compilation.errors) return fixed;
  return ApplyIn(Order::kPlain, file, library, begin);
}

}  // namespace countersign::compile
