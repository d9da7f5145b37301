// The fold and the naive model, asked about the same events.
#ifndef COUNTERSIGN_TESTS_MODEL_COMPARE_H_
#define COUNTERSIGN_TESTS_MODEL_COMPARE_H_

#include "base/string.h"
#include "base/vector.h"
#include "model/naive_envelope.h"
#include "model/unsigned_world.h"
#include "support/check_state.h"

namespace countersign::model {

inline String ContestName(envelope::ContestKind kind) {
  const char* kNames[] = {"void",    "expiry", "revision",  "invitation",
                          "devices", "text",   "completion"};
  return kNames[static_cast<size_t>(kind)];
}
inline String SettledName(envelope::Settled settled) {
  const char* kNames[] = {"open", "owner", "signature"};
  return kNames[static_cast<size_t>(settled)];
}

// "" where they agree, else the first difference.
inline String Difference(const Vector<log::VerifiedEvent>& events, const envelope::Fold& fold) {
  NaiveEnvelope naive;
  for (const log::VerifiedEvent& event : events) naive.Add(event, Blobs().set);
  const auto& facts = fold.facts();
  if (facts.events.size() != events.size()) return "another number of events";
  for (const auto& occurrence : facts.events) {
    const bool effect = !occurrence.code.has_value();
    if (naive.InEffect(occurrence.id) != effect) {
      return String(envelope::EventTypeName(*occurrence.type)) + " of " + occurrence.recipient +
             (effect ? ": the fold lets it count" : ": the fold refuses it with ") +
             (effect ? "" : String(CodeName(*occurrence.code)));
    }
  }
  const Outcome outcome = naive.OutcomeOf(naive.All());
  const envelope::State state = fold.Summarise();
  if (String problem = testing::CheckState(state); !problem.empty()) return "unsound: " + problem;
  if (outcome.status != envelope::StatusName(state.status)) {
    return "status " + String(envelope::StatusName(state.status)) + ", naively " + outcome.status;
  }
  if (Set(state.completions.begin(), state.completions.end()) != outcome.completions)
    return "completions";
  if (state.revision.has_value() != outcome.revision.has_value() ||
      (state.revision && state.revision->mention.event != *outcome.revision)) {
    return "current revision";
  }
  std::map<String, EventId> marks;
  for (const envelope::Recipient& recipient : state.recipients) {
    if (recipient.signature && recipient.signature->counts())
      marks[recipient.id] = recipient.signature->mention.event;
    if (recipient.declined && recipient.declined->counts())
      marks[recipient.id] = recipient.declined->mention.event;
    if (recipient.approved && recipient.approved->counts())
      marks[recipient.id] = recipient.approved->mention.event;
  }
  if (marks != outcome.mark) return "marks that count";
  std::set<std::tuple<String, String, Set>> contests;
  for (const envelope::Contest& contest : state.contests) {
    contests.insert({ContestName(contest.kind), SettledName(contest.settled),
                     Set(contest.events.begin(), contest.events.end())});
  }
  if (contests != outcome.contests) return "contests";
  return {};
}

}  // namespace countersign::model

#endif  // COUNTERSIGN_TESTS_MODEL_COMPARE_H_
