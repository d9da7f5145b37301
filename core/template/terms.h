// The terms of a revision: what a template and values give everybody who signs, and the hashes that
// a statement binds of it (FORMAT.md sections 8 and 9).
//
// Only the sender's values and those of the roles in `text_roles` can change a text, so only they
// are *used*: two signers of one revision get the same terms, whatever else they have filled.
#ifndef COUNTERSIGN_TEMPLATE_TERMS_H_
#define COUNTERSIGN_TEMPLATE_TERMS_H_

#include <string_view>

#include "base/bytes.h"
#include "base/string.h"
#include "base/vector.h"
#include "template/assembly.h"
#include "template/template.h"

namespace countersign::templates {

// The version of this core, as statements and reports name it: "0.1.0".
std::string_view CoreVersion();

struct Terms {
  document::Document document;
  String bytes;  // canonical form of the document
  Hash text;     // the text ref
  // What a statement binds beside it (BindTerms).
  Hash inputs;  // H("countersign-evaluation-inputs/v1", canonical {"compiled": ref, "values": {id:
                // plain}})
  Hash trace;   // H("countersign-trace/v1", canonical explain trace)
  Hash rendering;  // SHA-256 of the linear text with all blanks open
};

// Those of `values` that can change the text.
Values UsedValues(const Template& contract, const Values& values);
// Errors: as Assemble; document.pending where a unit waits for an answer or could not be evaluated.
Result<Terms> Settle(const Template& contract, const Values& values);
// In two steps, for whoever shows a text many times before it is signed once.
Result<Terms> SettleText(const Template& contract, const Values& values);
void BindTerms(const Template& contract, const Values& values, Terms* terms);
// {"engine","version","inputs","output","trace"}
json::Value EvaluationOf(const Terms& terms);

// A recipient and the role it has, as in the routing.
struct RoleHolder {
  String recipient;
  String role;
};
// The fields blob, canonical: the sender's fields and those of roles that somebody has, sorted by
// id, with the recipient who fills each (of several with one role, the first by id).
// {"format":"countersign-fields/v1","fields":[{"id","kind",
// "type","recipient"?,"required":bool|"conditional","label"}]}
String WriteFields(const Template& contract, Vector<RoleHolder> holders);

// The value of a computed one as the contract prints it (DisplayValue).
String DisplayComputed(const Template& contract, const Computed& computed,
                       const values::Value& value);

// Somebody who signs, in the routing that is about to be sent.
struct RoutedSigner {
  String role;
  int order = 1;
};
// Whether all are among them whose answers change the text.
bool HasTextRoles(const Template& contract, const Vector<RoutedSigner>& signers);
// Whether this routing lets every text be settled before somebody else signs it: a role in
// `text_roles` must sign, and alone and first. (The roles' own orders are the template's proposal;
// a sender may change them.) Errors: template.later_signer, with the role.
Result<void> CheckRouting(const Template& contract, const Vector<RoutedSigner>& signers);

// Until when it can be signed if it is sent at `sent_at` (RFC 3339, any offset): the template's
// period later by the calendar of UTC (values/date.h), at the same time of day, in whole seconds:
// "2026-12-22T12:00:00Z". "" where the template sets no period. Errors: values.bad_timestamp,
// values.overflow.
Result<String> DeadlineOf(const Template& contract, std::string_view sent_at);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_TERMS_H_
