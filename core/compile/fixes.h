// Applying the changes that diagnostics offer, where they are safe: they say what the author must
// have meant, and the template has fewer problems afterwards.
#ifndef COUNTERSIGN_COMPILE_FIXES_H_
#define COUNTERSIGN_COMPILE_FIXES_H_

#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/template_compiler.h"

namespace countersign::compile {

inline constexpr size_t kMaxFixWork = 30'000'000;  // bytes that are compiled to see what helps

// Whether a machine may apply the diagnostic's fix unasked: it has one, and it leaves every word of
// the contract as it is. (A number typed in front of a list item may be referred to in words.)
bool IsSafe(const Diagnostic& diagnostic);

struct Change {
  DiagnosticCode code{};
  Span span;  // in the text as it was then; lines stay the same
  String before, after;
};
struct Fixed {
  String text;
  Vector<Change> changes;   // in the order in which they were made
  Compilation compilation;  // of `text`
};

// Applies safe fixes until there is none left that takes a problem away. Never ends with more
// errors than it began with; applied to its own result it changes nothing.
Fixed ApplyFixes(std::string_view source, std::string_view file, const Library& library);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_FIXES_H_
