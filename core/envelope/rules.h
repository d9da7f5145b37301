// The law of the envelope: may this author say this, given what came before?
//
// One function answers for the fold (given an event's own causal past: does the event take effect?)
// and for commands (given what the author knows now: would it?), so that no button promises what
// the log would not honour. FORMAT.md section 10 states the rules in words; the codes are in
// error_codes.def.
#ifndef COUNTERSIGN_ENVELOPE_RULES_H_
#define COUNTERSIGN_ENVELOPE_RULES_H_

#include <optional>

#include "envelope/facts.h"

namespace countersign::envelope {

// True if `proof` is the invitation key's signature over the raw challenge. (Handed in: models run
// without keys.)
using ProofCheck = bool (*)(const PublicKey& invitation, const Hash& challenge,
                            const Signature& proof);

struct Question {
  KeyId author;
  int64_t at = 0;
  const EventBody& body;
  enum class Scope : uint8_t {
    kWhole,  // everything the body says
    kAct,    // only whether an event of this type by this author for this recipient is possible
  } scope = Scope::kWhole;
  ProofCheck check_proof = nullptr;
  // revision.published: its structural blobs as read; none where they cannot be.
  const Vector<RoutingEntry>* routing = nullptr;
  const Vector<FieldEntry>* fields = nullptr;
};

// The code that refuses, none where the event takes effect. `resolution` is Resolve(view). For
// envelope.completed, whether count and digest fit its past is checked by the caller.
std::optional<ErrorCode> Judge(const View& view, const Resolution& resolution,
                               const Question& question);

// What a completion of the view would seal.
struct Sealable {
  Vector<EventId> signatures;  // sorted
  Hash revision;
  Hash text;
};
// None where it cannot be completed, or not by this author: where the owner settles races, the
// owner's sealing settles them for the signatures.
std::optional<Sealable> FindSealable(const View& view, const Resolution& resolution,
                                     const KeyId& author);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_RULES_H_
