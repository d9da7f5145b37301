#include "compile/fixes.h"

#include <algorithm>
#include <span>
#include <tuple>

namespace countersign::compile {
namespace {

// While the front matter cannot be read, nobody looks for unknown names: repairing it may show
// more.
enum class Order : uint8_t { kYamlFirst, kPlain };

// Fewer errors first, then fewer reports: each step down is progress, so that rounds end.
auto Weight(const Compilation& compilation, Order order) {
  auto is_yaml = [](const Diagnostic& diagnostic) {
    return diagnostic.code == DiagnosticCode::kYamlNeedsQuotes ||
           diagnostic.code == DiagnosticCode::kYamlMalformed ||
           diagnostic.code == DiagnosticCode::kFrontMatterMissing;
  };
  auto yaml = order == Order::kPlain ? 0
                                     : std::count_if(compilation.diagnostics.begin(),
                                                     compilation.diagnostics.end(), is_yaml);
  return std::tuple(yaml, compilation.errors, compilation.diagnostics.size());
}

struct Attempt {
  String text;
  Vector<Change> changes;
};

// The text with these fixes applied, those that overlap an earlier one left out.
Attempt Apply(std::string_view source, std::span<const Diagnostic* const> diagnostics) {
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
                               String(source.substr(byte.begin, byte.end - byte.begin)),
                               diagnostic->fix->text});
  }
  attempt.text += source.substr(at);
  return attempt;
}

class Fixer {
 public:
  Fixer(Order order, std::string_view file, const Library& library, Fixed fixed)
      : order_(order), file_(file), library_(library), fixed_(std::move(fixed)) {}

  Fixed Run() {
    for (bool progress = true; progress;) {
      Vector<const Diagnostic*> safe;
      for (const Diagnostic& diagnostic : fixed_.compilation.diagnostics) {
        if (IsSafe(diagnostic)) safe.push_back(&diagnostic);
      }
      std::sort(safe.begin(), safe.end(), [](const Diagnostic* a, const Diagnostic* b) {
        return std::tuple(a->fix->byte.begin, a) < std::tuple(b->fix->byte.begin, b);
      });
      progress = Take(safe);
    }
    return std::move(fixed_);
  }

 private:
  // All of them, or as many as do not stand in each other's way. False where none helps.
  bool Take(std::span<const Diagnostic* const> some) {
    if (some.empty() || work_ > kMaxFixWork) return false;
    Attempt attempt = Apply(fixed_.text, some);
    if (attempt.text != fixed_.text) {
      work_ += attempt.text.size() + 1'000;
      Compilation next = CompileTemplate(attempt.text, file_, library_);
      if (Weight(next, order_) < Weight(fixed_.compilation, order_)) {
        fixed_.text = std::move(attempt.text);
        fixed_.compilation = std::move(next);
        fixed_.changes.insert(fixed_.changes.end(), attempt.changes.begin(), attempt.changes.end());
        return true;
      }
    }
    if (some.size() == 1) return false;
    // What the diagnostics point to is gone after the first that helped.
    return Take(some.first(some.size() / 2)) || Take(some.subspan(some.size() / 2));
  }

  Order order_;
  std::string_view file_;
  const Library& library_;
  Fixed fixed_;
  size_t work_ = 0;  // bytes that were compiled
};

}  // namespace

bool IsSafe(const Diagnostic& diagnostic) {
  if (!diagnostic.fix) return false;
  switch (diagnostic.code) {
    case DiagnosticCode::kListNumber:   // the text may speak of that number
    case DiagnosticCode::kIntDivision:  // another result
      return false;
    case DiagnosticCode::kUnknownName:
    case DiagnosticCode::kUnknownMember:
    case DiagnosticCode::kUnknownFunction:
    case DiagnosticCode::kUnitUnknown:
    case DiagnosticCode::kTermUnknown:
    case DiagnosticCode::kRoleUnknown:  // a lessor is no lessee
    case DiagnosticCode::kClauseUnknown:
    case DiagnosticCode::kVariantUnknown:
      // Another field, unit, party or clause is another agreement: only where one letter went
      // wrong.
      return IsOneLetterOff(WrittenAt(diagnostic), diagnostic.fix->text);
    default:
      return true;
  }
}

Fixed ApplyFixes(std::string_view source, std::string_view file, const Library& library) {
  const Fixed begin{String(source), {}, CompileTemplate(source, file, library)};
  Fixed fixed = Fixer(Order::kYamlFirst, file, library, begin).Run();
  if (fixed.compilation.errors <= begin.compilation.errors) return fixed;
  return Fixer(Order::kPlain, file, library, begin).Run();
}

}  // namespace countersign::compile
