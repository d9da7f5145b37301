// What checking found, before it is told. Inner to the room: check.cc finds, tell.cc makes the
// report of it, html_copy.cc draws it.
#ifndef COUNTERSIGN_EVIDENCE_FINDINGS_H_
#define COUNTERSIGN_EVIDENCE_FINDINGS_H_

#include <optional>

#include "base/string.h"
#include "base/vector.h"
#include "document/document.h"
#include "document/render.h"
#include "envelope/contents.h"
#include "envelope/ledger.h"
#include "evidence/bundle.h"
#include "evidence/people.h"
#include "evidence/verify.h"
#include "template/template.h"
#include "template/terms.h"

namespace countersign::evidence {

enum class Severity : uint8_t {
  kInvalid,
  kNewer,
  kContested,
  kIncomplete,
  kNotice
};  // worst first

struct Reason {
  ErrorCode code = ErrorCode::kBundleBadEvent;
  Severity severity = Severity::kNotice;
  std::string_view part;  // see verify.h
  String detail = {};     // added to the code's sentence
  String event = {}, blob = {}, recipient = {}, field = {};
  size_t line = 0;
};
inline constexpr size_t kMaxReasons = 500;  // told, the worst; the worst of all decides

enum class Match : uint8_t { kNotDone, kSame, kDiffers };

// One recipient's signature for the current revision, looked into.
struct SignatureFinding {
  String recipient;
  std::optional<envelope::SignedContent> content;
  struct FieldFinding {
    String id;
    std::string_view commitment;  // matches differs withheld
  };
  Vector<FieldFinding> fields;
};

// An event that is in the file and did not enter the log.
struct Outside {
  String event;
  String type;
  String key;
  int64_t at = 0;
  ErrorCode code;
  bool waits = false;
};

struct Findings {
  Findings() = default;
  Findings(Findings&&) = default;
  Findings& operator=(Findings&&) = default;

  envelope::Ledger ledger = envelope::Ledger::OfFile();
  Vector<Reason> reasons;
  bool unfit = false;       // a hash or signature does not fit, or what it binds
  bool unchecked = false;   // there is something that could not be checked so
  size_t more_reasons = 0;  // beyond the bound: the least of all
  Reason untold;            // one of them
  Severity worst = Severity::kNotice;
  Vector<Outside> outside;
  size_t events = 0;  // lines of the file
  size_t blobs = 0;

  People people;
  std::optional<templates::Template> contract;
  templates::Values values;  // in force
  Vector<envelope::CommittedValue> committed;
  // Of `committed`, by the types of the template; none where null, withheld, or not of its type.
  Vector<std::optional<values::Value>> answers;
  std::optional<templates::Values> given;  // the sender's, where they can be read
  std::optional<templates::Terms> terms;   // rendered again
  Match rendered = Match::kNotDone;
  bool text_waits = false;  // nothing is missing: what the text depends on is not answered yet
  Match recompiled = Match::kNotDone;
  Vector<SignatureFinding> signatures;
  Match consent_complete = Match::kNotDone;  // the consent blob has every slot
  // (earlier, later): causal order among the events that laws ask about.
  Vector<std::pair<EventId, Vector<EventId>>> pasts;  // of each signature, sorted

  // What a reason is about: the bytes (do they fit?), or what their author might not do.
  enum class About : uint8_t { kBytes, kRule };
  // The reason's other members may be filled in until the next one is added.
  Reason& Add(ErrorCode code, Severity severity, std::string_view part,
              About about = About::kBytes);
  bool IsBefore(const EventId& earlier, const EventId& later) const;
  const SignatureFinding* Find(std::string_view recipient) const;
};

// Replays, renders again and compares. Never stops at a fault.
Findings Check(const Bundle& bundle, const Recompiler* recompiler);
// Adds what the template has against the values of marks that count (FORMAT.md section 6). Asked
// once `given`, `committed` and `answers` are there.
void CheckAdmission(Findings* found);
// The signature or approval that counts; nullptr where there is none.
const envelope::Mark* CountingMark(const envelope::Recipient& recipient);
// Whether the recipient's are the role's places in the text: of several with one role, the first by
// id fills its fields.
bool FillsFields(const Findings& findings, const envelope::Recipient& recipient);
// Labels of the template's roles that sign and that nobody was asked to sign as.
Vector<String> UnsignedRoles(const Findings& findings);
// By the routing of the current revision, which is what was signed, where that names the recipient.
std::string_view RoleOf(const Findings& findings, const envelope::Recipient& recipient);
// The values in force that stand in a blank: the sender's own, and what recipients committed. What
// the sender gave for somebody else's field is a proposal.
templates::Values FilledOf(const Findings& findings);
// The lines of a mark from outside: what is no drawing is left out, as decoration may be.
Vector<document::Stroke> StrokesOf(const json::Value& mark);
// What stands in the blanks of `terms->document`: values, marks, dates.
document::Fills FillsOf(const Findings& findings);
// The report of findings, its verdict included.
VerificationReport Tell(const Findings& findings);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_FINDINGS_H_
