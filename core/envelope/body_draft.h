// A body while a command becomes one: what command.cc and command_sender.cc share. Internal to this
// room.
#ifndef COUNTERSIGN_ENVELOPE_BODY_DRAFT_H_
#define COUNTERSIGN_ENVELOPE_BODY_DRAFT_H_

#include <string_view>

#include "envelope/command.h"
#include "envelope/parents.h"

namespace countersign::envelope {

struct BodyDraft {
  const Ledger& ledger;
  const Author& author;
  const json::Value& command;
  const Context& context;
  const Parents& parents;
  json::Value& said;  // the body
  Vector<Item>& blobs;
  // Of the revision that a publishRevision makes.
  Vector<RoutingEntry>& routing;
  Vector<FieldEntry>& fields;
};

// The new blob's ref, as text.
String AddBlob(std::string_view bytes, Vector<Item>* blobs);

// The blobs that the values of files name, as `files`. They are here: whoever has one stores it
// with the event. A page has this code where a template asks for files. Errors: bytes.*,
// envelope.blob_missing.
[[gnu::noinline]] Result<void> AddFiles(const Ledger& ledger, const Vector<FieldEntry>& fields,
                                        const json::Value& values, json::Value* said);

inline void SetText(json::Value* object, std::string_view name, std::string_view text) {
  object->Set(name, json::Value::String(text));
}
template <class Fixed>
void SetId(json::Value* object, std::string_view name, const Fixed& id) {
  SetText(object, name, id.ToBase64Url());
}
// {"x": key}
json::Value KeyObject(const json::Value& x);

}  // namespace countersign::envelope

#endif  // COUNTERSIGN_ENVELOPE_BODY_DRAFT_H_
