// What holds of every State, whatever was folded: called after each Apply in tests.
#ifndef COUNTERSIGN_TESTS_SUPPORT_CHECK_STATE_H_
#define COUNTERSIGN_TESTS_SUPPORT_CHECK_STATE_H_

#include <algorithm>

#include "base/string.h"
#include "envelope/envelope.h"

namespace countersign::testing {

// "" where everything holds, else the first thing that does not.
inline String CheckState(const envelope::State& state) {
  using namespace envelope;
  const bool open_contest =
      std::any_of(state.contests.begin(), state.contests.end(),
                  [](const Contest& contest) { return contest.settled == Settled::kOpen; });
  size_t signers = 0;
  size_t signed_count = 0;
  size_t approved_count = 0;
  for (size_t i = 0; i < state.recipients.size(); ++i) {
    const Recipient& recipient = state.recipients[i];
    if (i > 0 && !(state.recipients[i - 1].id < recipient.id))
      return "recipients are not sorted by id";
    const bool signer = recipient.routed && Signs(recipient.type);
    signers += signer || (recipient.routed && Approves(recipient.type));
    const bool counts = recipient.signature && recipient.signature->counts();
    const bool approved = recipient.approved && recipient.approved->counts();
    signed_count += counts;
    approved_count += approved;
    if (approved && (counts || !(recipient.routed && Approves(recipient.type))) && state.sent)
      return recipient.id + ": approved, and is nobody who approves";
    if (counts && !signer)
      return recipient.id + ": a signature counts of somebody who does not sign";
    if (counts && recipient.signature->revision != state.revision->hash) {
      return recipient.id + ": a signature counts for another revision";
    }
    if (counts && recipient.declined && recipient.declined->counts())
      return recipient.id + ": signed and declined";
    if (counts && !(recipient.consent && recipient.presented && recipient.access &&
                    recipient.missing.empty())) {
      return recipient.id + ": a signature counts without evidence";
    }
    for (const Mark& mark : recipient.other_marks) {
      if (mark.counts()) return recipient.id + ": two marks count";
    }
    if ((recipient.turn == Turn::kWaiting) != !recipient.waiting_for.empty()) {
      return recipient.id + ": waits for nobody, or has its turn while waiting";
    }
  }
  for (const Recipient& recipient : state.recipients) {
    if (!recipient.signature || !recipient.signature->counts()) continue;
    for (const Recipient& before : state.recipients) {
      // What a revocation takes away later was there when the next one signed.
      const bool revoked =
          std::any_of(before.devices.begin(), before.devices.end(),
                      [](const Device& device) { return device.revoked.has_value(); });
      // And so was what lost a race against an act of the owner that the next one did not know.
      const auto overruled = [](const Mark& mark) {
        return mark.code == ErrorCode::kSignatureOverruled;
      };
      const bool lost =
          (before.signature && overruled(*before.signature)) ||
          std::any_of(before.other_marks.begin(), before.other_marks.end(), overruled);
      if (before.routed && (Signs(before.type) || Approves(before.type)) && !revoked && !lost &&
          before.order < recipient.order && !(before.signature && before.signature->counts()) &&
          !(before.approved && before.approved->counts()) && state.status != Status::kVoided &&
          state.status != Status::kExpired && !open_contest) {
        return recipient.id + ": counts before the turn of " + before.id;
      }
    }
  }
  switch (state.status) {
    case Status::kCompleted:
      if (!state.completion) return "completed without a completion";
      if (signed_count + approved_count != signers ||
          signers != state.completion->signatures.size()) {
        return "completed with signatures missing";
      }
      if (!state.turn.empty()) return "completed, and it is somebody's turn";
      break;
    case Status::kSignedByAll:
      if (signed_count + approved_count != signers || signed_count == 0)
        return "signedByAll with signatures missing";
      break;
    case Status::kContested:
      if (!open_contest) return "contested without an open contest";
      break;
    case Status::kFrozen:
      if (state.fork.empty()) return "frozen without a fork";
      break;
    case Status::kDraft:
      if (state.sent) return "draft, but sent";
      break;
    case Status::kSent:
      if (signed_count != 0) return "sent, but somebody signed";
      break;
    case Status::kInProgress:
      if (signed_count == 0 || signed_count + approved_count == signers)
        return "inProgress with none or all signatures";
      break;
    case Status::kVoided:
    case Status::kDeclined:
    case Status::kExpired:
      if (!state.ending || state.ending->how != state.status) return "ended without an ending";
      break;
    case Status::kAwaitingApproval:
      if (state.sent) return "awaits an approval, but sent";
      if (std::all_of(state.approvals.begin(), state.approvals.end(),
                      [](const Approval& approval) { return approval.granted.has_value(); })) {
        return "awaits an approval that nobody lacks";
      }
      break;
  }
  if (!state.turn.empty() && state.status != Status::kSent && state.status != Status::kInProgress &&
      state.status != Status::kContested) {
    return "it is somebody's turn in an envelope that takes no signatures";
  }
  if (state.completion && state.status != Status::kCompleted)
    return "a completion, and not completed";
  return {};
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_CHECK_STATE_H_
