// The clause library: approved texts that templates lock. A folder of Markdown files, one clause
// each:
//
//   ---
//   clause: liability
//   variant: gold               # where the clause has several, one file each
//   status: approved            # or draft, retired
//   approvedBy: Legal
//   why: Board decision of 2026
//   ---
//   # Limitation of liability
//   …
//
// {{include: liability}} puts the text into a template (include.h). A locked unit with the id of a
// clause must have its text, letter by letter (attributes and spaces at the ends of lines aside).
#ifndef COUNTERSIGN_COMPILE_LIBRARY_H_
#define COUNTERSIGN_COMPILE_LIBRARY_H_

#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"

namespace countersign::compile {

enum class Approval : uint8_t { kDraft, kApproved, kRetired };

struct Clause {
  String id, variant;  // variant: "" where the clause has one text
  Approval approval = Approval::kDraft;
  String approved_by, why;
  String text;  // as ClauseText gives it
  String file, source;
  uint32_t body = 0;  // where the text begins in `source`
};

class Library {
 public:
  static constexpr size_t kMaxClauses = 10'000;

  // Reads one file of the folder. What is wrong with it is returned; a file with errors adds
  // nothing.
  Vector<Diagnostic> Add(std::string_view file, std::string_view source);

  // nullptr where there is none; of a clause with variants, the first.
  const Clause* Find(std::string_view id) const;
  // All files of a clause, by the names of their variants.
  std::span<const Clause> Variants(std::string_view id) const;
  const Vector<Clause>& clauses() const { return clauses_; }
  bool empty() const { return clauses_.empty(); }
  // Whether a file of this clause had errors; of "", whether any had.
  bool Refused(std::string_view id) const;

 private:
  Vector<Diagnostic> Refuse(std::string_view id, DiagnosticSink* sink);

  Vector<Clause> clauses_;  // sorted by id and variant
  Vector<String> refused_;  // ids of files with errors, "" where it could not be read
};

// What a template pins of an approved clause: "sha256:" and the hex of the SHA-256 of its file; of
// a clause with variants, of the approved files' hex hashes in the order of the variants, each with
// a line feed. "" where nothing is approved.
String PinOf(std::span<const Clause> variants);

// A unit's source as it is compared and hashed: LF line ends, no attributes and no white space at
// the ends of lines, no empty lines at either end.
String ClauseText(std::string_view source);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_LIBRARY_H_
