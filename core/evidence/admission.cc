// Whether the values that signatures and approvals bind are such as may be signed (findings.h).
#include "template/admission.h"

#include <algorithm>

#include "evidence/findings.h"

namespace countersign::evidence {

const envelope::Mark* CountingMark(const envelope::Recipient& recipient) {
  for (const auto* mark : {&recipient.signature, &recipient.approved}) {
    if (*mark && (*mark)->counts()) return &**mark;
  }
  return nullptr;
}

std::string_view RoleOf(const Findings& findings, const envelope::Recipient& recipient) {
  const envelope::RevisionFact* revision = findings.ledger.fold().Now().revision;
  const envelope::RoutingEntry* entry =
      revision == nullptr ? nullptr : envelope::FindRouting(*revision, recipient.id);
  return entry == nullptr ? recipient.role : entry->role;
}

bool FillsFields(const Findings& findings, const envelope::Recipient& recipient) {
  const auto& all = findings.ledger.state().recipients;
  return std::none_of(all.begin(), all.end(), [&](const envelope::Recipient& other) {
    return other.routed && RoleOf(findings, other) == RoleOf(findings, recipient) &&
           other.id < recipient.id;
  });
}

Vector<String> UnsignedRoles(const Findings& findings) {
  Vector<String> labels;
  if (!findings.contract) return labels;
  const Vector<envelope::Recipient>& all = findings.ledger.state().recipients;
  for (const templates::Role& role : findings.contract->roles()) {
    const bool asked = std::any_of(all.begin(), all.end(), [&](const envelope::Recipient& one) {
      return one.routed && Signs(one.type) && RoleOf(findings, one) == role.id;
    });
    if (role.part == templates::Part::kSigner && !asked) labels.push_back(role.label);
  }
  return labels;
}

// An approval that was given before sending, when no recipient could fill a field.
static bool IsGrant(const Findings& findings, const envelope::Mark& mark) {
  const envelope::Facts& facts = findings.ledger.fold().facts();
  const auto place = facts.causality.PlaceOf(mark.mention.event);
  return place && facts.events[*place].type == envelope::EventType::kApprovalGranted;
}

// Of all judgements of a file. A contract's takes some thousands; 64 of a template that is made to
// take all it may would hold a verifier up for a minute.
static constexpr int64_t kJudgingFuel = 100'000'000;  // FORMAT.md section 5

void CheckAdmission(Findings* found) {
  if (!found->contract) return;
  const envelope::State& state = found->ledger.state();
  const log::Causality& order = found->ledger.fold().causality();

  int64_t fuel = kJudgingFuel;
  const auto tell = [&](const templates::Values& known, std::string_view role,
                        std::string_view recipient, const EventId& event,
                        const Vector<String>& unread) {
    if (fuel < 0) return;
    const auto objections = templates::Objections(*found->contract, known, role, &fuel);
    // More signers of a template made to be slow than can be judged: said once.
    if (fuel < 0) {
      found->Add(ErrorCode::kTemplateTooExpensive, Severity::kInvalid, "fields").recipient =
          recipient;
    }
    if (!objections) return;  // the text could not be made of these values either, and that is told
    for (const templates::Objection& objection : *objections) {
      if (std::find(unread.begin(), unread.end(), objection.field) != unread.end()) continue;
      Reason& reason =
          found->Add(objection.error.code(), Severity::kInvalid, "fields", Findings::About::kRule);
      reason.detail = objection.validation.empty() ? objection.error.detail()
                                                   : std::string_view(objection.validation);
      reason.event = event.ToBase64Url();
      reason.recipient = recipient;
      reason.field = objection.field;
    }
  };

  // A record may have answers for others' fields; they are proposals.
  templates::Values given = found->given ? *found->given : templates::Values();
  EraseIf(given, [&](const templates::FieldValue& value) {
    const templates::Field* field = found->contract->FindField(value.id);
    return field == nullptr || !field->role.empty();
  });
  bool any = false;
  for (const envelope::Recipient& recipient : state.recipients) {
    const envelope::Mark* mark = CountingMark(recipient);
    if (mark == nullptr || IsGrant(*found, *mark)) continue;
    any = true;
    // By a later evaluator, whose rules are not known here.
    const SignatureFinding* finding = found->Find(recipient.id);
    if (finding != nullptr && finding->content &&
        finding->content->statement.engine != templates::kEngine) {
      continue;
    }
    templates::Values known = given;
    Vector<String> unread;
    for (size_t i = 0; i < found->committed.size(); ++i) {
      const envelope::CommittedValue& entry = found->committed[i];
      const bool own = entry.recipient == recipient.id;
      if (!own) {
        // What others have not signed yet may still change, and this signer may not have seen it.
        const envelope::Recipient* other = state.Find(entry.recipient);
        if (other == nullptr || !other->signature || !other->signature->counts() ||
            !order.IsAncestor(other->signature->mention.event, mark->mention.event)) {
          continue;
        }
      }
      const bool is_read = entry.value && (entry.value->is_null() || found->answers[i]);
      if (own && (!is_read || !order.IsAncestor(entry.event, mark->mention.event))) {
        unread.push_back(entry.field);
        continue;
      }
      if (found->answers[i]) templates::PutValue(entry.field, &*found->answers[i], &known);
    }
    if (FillsFields(*found, recipient)) {
      tell(known, RoleOf(*found, recipient), recipient.id, mark->mention.event, unread);
    }
  }
  if (any && found->given) tell(given, "", "", state.revision->mention.event, {});
}

}  // namespace countersign::evidence
