// The clause library: approved texts that templates lock. A folder of Markdown files, one clause
// each:
//
//   ---
//   clause: liability
//   status: approved            # or draft, retired
//   approvedBy: Legal
//   why: Board decision of 2026
//   ---
//   # Limitation of liability
//   …
//
// A locked unit with the id of a clause must have its text, letter by letter (attributes and spaces
// at the ends of lines aside).
#ifndef COUNTERSIGN_COMPILE_LIBRARY_H_
#define COUNTERSIGN_COMPILE_LIBRARY_H_

#include <string>
#include <string_view>

#include "base/vector.h"
#include "compile/diagnostic.h"

namespace countersign::compile {

enum class Approval : uint8_t { kDraft, kApproved, kRetired };

struct Clause {
  std::string id;
  Approval approval = Approval::kDraft;
  std::string approved_by, why;
  std::string text;  // as ClauseText gives it
};

class Library {
 public:
  static constexpr size_t kMaxClauses = 10'000;

  // Reads one file of the folder. What is wrong with it is returned; a file with errors adds
  // nothing.
  Vector<Diagnostic> Add(std::string_view file, std::string_view source);

  // nullptr where there is none.
  const Clause* Find(std::string_view id) const;
  bool empty() const { return clauses_.empty(); }

 private:
  Vector<Clause> clauses_;  // sorted by id
};

// A unit's source as it is compared and hashed: LF line ends, no attributes and no white space at
// the ends of lines, no empty lines at either end.
std::string ClauseText(std::string_view source);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_LIBRARY_H_
