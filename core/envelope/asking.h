// What a command is, and whether it is possible at all: asked before every act, and by every button
// beforehand. Private to this room.
#ifndef COUNTERSIGN_ENVELOPE_ASKING_H_
#define COUNTERSIGN_ENVELOPE_ASKING_H_

#include "envelope/command.h"
#include "envelope/command_shape.h"
#include "envelope/fold.h"
#include "envelope/parents.h"

namespace countersign::envelope {

// Events that only a recipient's own device writes.
bool IsForRecipientDevice(EventType type);

class Asking {
 public:
  Asking(const Ledger& ledger, const Author& author, const json::Value& command, int64_t at);

  // Finds out what it is, and whether it is possible at all, whatever it would say. Nobody wants to
  // hear about a missing member of what cannot be done.
  Result<void> AskAtAll();

 protected:
  Result<void> AskForAnybody();
  const Facts& facts() const { return ledger_.fold().facts(); }
  Result<void> Ask(Question::Scope scope, const Vector<RoutingEntry>* routing,
                   const Vector<FieldEntry>* fields) const;

  const Ledger& ledger_;
  const Author& author_;
  const json::Value& command_;
  const int64_t at_;
  const KeyId kid_;
  Verb verb_;
  Parents parents_;
  EventBody body_;
};

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_ASKING_H_
