// {{include: clause}}: approved texts of the library become part of a template.
//
//   {{include: liability, pin="sha256:…"}}
//   {{include: sla/credits, variant="uptime >= 99.95 ? 'gold' : 'standard'", pin="sha256:…"}}
//
// The tag stands alone in a paragraph; the clause's blocks stand in its place, with headings as
// written or beginning at `level=2`. Each block gets `lock`, with who approved it and why. With
// `variant` all approved variants are taken, each under the condition that the expression names it;
// every text that the expression may give must name an approved variant. `when` behind the tag is a
// condition of all that is included.
//
// The files that the text was made of are pinned in the compiled template (FORMAT.md section 6).
#ifndef COUNTERSIGN_COMPILE_INCLUDE_H_
#define COUNTERSIGN_COMPILE_INCLUDE_H_

#include "compile/diagnostic.h"
#include "compile/library.h"

namespace countersign::compile {

inline constexpr size_t kMaxIncludes = 1'000;           // of a template, in all; T770
inline constexpr size_t kMaxIncludeDepth = 8;           // clauses in clauses; T770
inline constexpr size_t kMaxIncludedBytes = 4'000'000;  // as often as they are included; T770

// Puts behind the file every file of the library that it names in includes, and that those name.
void AppendIncluded(const Library& library, SourceFile* file);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_INCLUDE_H_
