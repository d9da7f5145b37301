// VerifiedEvents for models and tests of the fold, without keys and signatures.
#ifndef COUNTERSIGN_TESTS_SUPPORT_VERIFIED_EVENT_MAKER_H_
#define COUNTERSIGN_TESTS_SUPPORT_VERIFIED_EVENT_MAKER_H_

#include <utility>

#include "log/event.h"

namespace countersign::log {

class VerifiedEventMaker {
 public:
  // The event is prepared and parsed like any other, so its id is real; its signature is 64 zeros
  // and fits nothing. Errors: those of Prepare.
  static Result<VerifiedEvent> Make(EventDraft draft, const KeyId& author) {
    const PreparedEvent prepared = CS_TRY(Prepare(std::move(draft), author));
    Event event = CS_TRY(Event::Parse(Attach(prepared, Signature())));
    return VerifiedEvent(std::move(event));
  }
  // Takes the event at its word.
  static VerifiedEvent Trust(Event event) { return VerifiedEvent(std::move(event)); }
};

}  // namespace countersign::log

#endif  // COUNTERSIGN_TESTS_SUPPORT_VERIFIED_EVENT_MAKER_H_
