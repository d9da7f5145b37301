// The verifier: given only a file, who signed exactly what, with which evidence, and what cannot be
// known.
//
// It trusts nothing outside the file and nothing in it that is not signed: events are replayed
// through the same fold as everywhere, the text is rendered again from the compiled template and
// the committed values, and (where a compiler is linked) the compiled template is made again from
// its source. It never stops at the first fault. Claims of a device and facts a service attested
// are kept apart.
//
// clang-format off: the shape stands in columns
// VerificationReport, JSON ("?" = may be absent; hashes and ids are base64url, 43 characters)
// {
//  "format": "countersign-report/1",
//  "verdict": "valid"|"invalid"|"incomplete"|"notSealed"|"contested"|"ended"|"needsNewerVersion",
//  "exitCode": 0,                      // of the command line: 0 1 3 3 4 5 6 in the order above
//  "sentence": "Valid and complete: 2 of 2 signatures …",  // English; people's words by verdict and reasons
//  "ended"?: "declined"|"voided"|"expired",
//  "reasons": [{"code","severity":"invalid"|"newer"|"contested"|"incomplete"|"notice","message",
//               "event"?:<id>,"blob"?:<ref>,"line"?:<of the file>,"recipient"?,"field"?,"part"?:<word>}],
//                                      // worst first; the verdict follows from the worst
//                                      // part: file event blob template document revision fields mark consent
//                                      // completion page
//  "moreReasons": n,                   // beyond 500, none of them worse
//  "envelope": {"id","status":<status word>,"title"?,"sender"?:{"name","organisation"?,"contact"?},"owner":<kid>,
//               "suite","tiePolicy","acceptance","deadlinePolicy","createdAt":<claimed, RFC 3339>,"deadlineAt"?,
//               "relatesTo"?:[{"env","how"}],
//               "owners":[<kid>],      // now
//               "unsignedRoles"?:[label],  // they sign, and nobody was asked to
//               "gaps"?:[{"chain","first","last","reused"}]},
//  "revision"?: {"hash","number","locale","template":{"id","version","source","compiled"},
//                "consent":{"id","version","locale","text"},"fields":<ref>,"routing":<ref>,"attachments":[ref],
//                "library":[ref]},
//  "document"?: {"title"?,"text":<text ref the signatures bind>,"size"?,
//                "rendered":"same"|"differs"|"notRendered",           // again, from compiled template and values
//                "recompiled":"same"|"differs"|"notRecompiled"},      // again, from the template's source
//  "recipients": [{"id","role","recipientType","order","name"?,"contact"?,"invitation":<kid>,
//      "devices":[{"key":<kid>,"joined":<event>,"bound":bool,"userAgent"?,"label"?}],
//                                      // of this invitation, as the copies
//      "copies":[{"event","form","claimedAt","revision"}],
//      "earlier"?:[{"invited":<event>,"name"?,"contact"?,"devices","copies"}],
//                                      // by other links of the recipient: another person, or the same one
//      "level":"L0"|"L1"|"L2"|"L3",    // L0 self-asserted, L1 held the secret of the link, L2 and L3 what
//                                      // identity.attested says of the device that signed (FORMAT.md section 10)
//      "levelEvidence":[<event>],
//      "signature"?:{"event","invited"?:<event: made under this other invitation>,"key":<kid>,"claimedAt",
//          "timeZone"?,"counts":bool,"code"?:<why not>,"late"?:bool,
//          "mark"?:{"kind","text"?,"strokes"?},"intent":{"text","gesture"},"name"?,
//          "fields":[{"id","commitment":"matches"|"differs"|"withheld"}],
//          "consent"?:{"event","id","version","locale"},"presented"?:<event>,"access"?:<event>},
//      "declined"?:{"event","claimedAt","reason"?},"approved"?:{"event","claimedAt","counts","code"?},
//      "routed":bool,"removed"?:true,"host"?}],
//  "completion"?: {"event","by":<kid>,"byRole":"completer"|"owner"|"recovery","claimedAt","signatures":[<event>],
//                  "count","text"},
//  "values": [{"id","label"?,"recipient"?:<absent for the sender>,
//              "proposed"?:true,       // by the sender, for a recipient's field
//              "value","display"?,"was"?,"event"?,"withheld"?:bool,
//              "file"?:bool}],         // of a field that is one: whether its bytes (value.blob) are here
//  "laws": [{"id":"esign.c1.consent_before_signing","law":"ESIGN"|"UETA"|"eIDAS","source","recipient"?,
//            "holds":"yes"|"no"|"unknown","events":[<event>],"sentence"}],
//  "trail": [{"event","type","who":"owner"|"recipient"|"completer"|"mailer"|"scheduler"|"recovery"|"unknown",
//             "recipient"?,"key":<kid>,"claimedAt","kind":"claimed"|"attested",
//             "standing":"applied"|"refused"|"waiting"|"late","code"?,"text"}],
//  "certificate": {                    // certificate of completion: rows to print, in order
//      "sections":[{"title","rows":[{"label","value","proof":"proven"|"claimed"|"attested"}]}]},
//  "withheld": [{"ref","shredded"?:event}],     // details that are not in the file: the log verifies without them
//  "unknowable": [{"id","sentence"}],           // what this file cannot show, e.g. "clock", "screen", "tail"
//  "counts": {"events","blobs","applied","refused","waiting"},
//  "core": {"name":"countersign","version"}
// }
// clang-format on
#ifndef COUNTERSIGN_EVIDENCE_VERIFY_H_
#define COUNTERSIGN_EVIDENCE_VERIFY_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "json/value.h"

namespace countersign::evidence {

// Makes the compiled template again from its source. Linked where the compiler is (the native
// program and author.wasm); sign.wasm has none and says "notRecompiled".
struct Recompiler {
  // The canonical bytes of the compiled template, from its source and the library's files that it
  // pins. Errors: any; a source that does not compile differs.
  Result<String> (*compile)(std::string_view source, std::span<const std::string_view> library);
};

enum class Verdict : uint8_t {
  kValid,             // complete, and everything fits
  kInvalid,           // something is not what it claims to be
  kIncomplete,        // a part is missing that the rest names
  kNotSealed,         // everything fits, and the envelope is not completed yet
  kContested,         // contested or frozen
  kEnded,             // declined, voided or expired, validly
  kNeedsNewerVersion  // the verdict depends on something this version does not know
};
std::string_view VerdictName(Verdict verdict);  // as in the JSON
int ExitCode(Verdict verdict);                  // 0 1 3 3 4 5 6

struct VerificationReport {
  Verdict verdict = Verdict::kInvalid;
  json::Value json;  // the shape above, whole
};

// Errors: as ReadBundle (the file is no bundle, or too large: exit code 2).
Result<VerificationReport> Verify(ByteView file, const Recompiler* recompiler = nullptr);

// The report for a terminal: UTF-8 without control characters, lines of at most 100 characters
// where words allow it.
String ReportText(const json::Value& report);
// The report as one printable HTML page: ASCII, no script, its own strict CSP.
String ReportHtml(const json::Value& report);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_VERIFY_H_
