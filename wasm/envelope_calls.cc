// An open envelope over the boundary: bytes in, state out. What is done to it is in act_calls.cc.
#include "envelope_calls.h"

#include "envelope/contents.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::boundary {

Handles<OpenEnvelope>& Envelopes() {
  static Handles<OpenEnvelope> envelopes;
  return envelopes;
}

namespace {

using envelope::Ledger;
using json::Value;

template <class Id>
Value Texts(const Vector<Id>& ids) {
  json::Array list;
  for (const Id& id : ids) list.push_back(Value::String(id.ToBase64Url()));
  return Value::List(std::move(list));
}

// Events that had waited and are refused now.
Value Dropped(const envelope::Receipt& receipt) {
  json::Array dropped;
  for (const auto& [event, code] : receipt.dropped) {
    dropped.push_back(
        json::Builder().Text("event", event.ToBase64Url()).Text("code", CodeName(code)).Take());
  }
  return Value::List(std::move(dropped));
}

}  // namespace

// {"x","recipient"}; recipient "" for owner, recovery and services.
Result<envelope::Author> ReadAuthor(const uint8_t* data, uint32_t size) {
  Value value = CS_TRY(InJson(data, size));
  json::Shape shape(value, "/author");
  envelope::Author author;
  author.key = shape.Fixed64<PublicKey>("x");
  author.recipient = shape.Text("recipient");
  CS_TRY(shape.Finish());
  return author;
}

// JSON handle of an empty ledger.
CS_EXPORT Answer cs_envelope_open() {
  return Number(Envelopes().Add(std::make_unique<OpenEnvelope>()));
}
CS_EXPORT void cs_envelope_close(int32_t handle) { Envelopes().Close(handle); }

// An event's JWS (`kind` 'e') or a blob. JSON {"reception","code"?,"id","admitted":[event id],
// "dropped":[{"event","code"}]}: events that had waited and are refused now;
// never fails for bad bytes.
CS_EXPORT Answer cs_envelope_ingest(int32_t handle, int32_t kind, const uint8_t* data,
                                    uint32_t size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  envelope::Receipt receipt = kind == 'e' ? open->ledger.IngestEvent(InText(data, size))
                                          : open->ledger.IngestBlob(In(data, size));
  return Json(json::Builder()
                  .Text("reception", envelope::ReceptionName(receipt.reception))
                  .Text("id", receipt.id)
                  .Add("admitted", Texts(receipt.admitted))
                  .TextIfAny("code", receipt.code ? CodeName(*receipt.code) : "")
                  .Add("dropped", Dropped(receipt))
                  .Take());
}
// JSON summary, null while the genesis is not here.
CS_EXPORT Answer cs_envelope_state(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  return open->ledger.is_open() ? Json(envelope::Summarise(open->ledger)) : Nothing();
}
// The bytes of a blob by ref. Errors: blob.missing.
CS_EXPORT Answer cs_envelope_blob(int32_t handle, const uint8_t* ref, uint32_t ref_size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  auto hash = Hash::FromBase64Url(InText(ref, ref_size));
  if (!hash) return Fail(hash.error());
  const Bytes* blob = open->ledger.blobs().Find(*hash);
  return blob ? Raw(*blob) : Fail(Error(ErrorCode::kEnvelopeBlobMissing, InText(ref, ref_size)));
}
// Text: the code that Prepare would refuse with, "" where it would go on.
CS_EXPORT Answer cs_envelope_can(int32_t handle, const uint8_t* author, uint32_t author_size,
                                 const uint8_t* command, uint32_t command_size, double now) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  auto who = ReadAuthor(author, author_size);
  if (!who) return Fail(who.error());
  auto what = InJson(command, command_size);
  if (!what) return Fail(what.error());
  auto code = envelope::Can(open->ledger, *who, *what, static_cast<int64_t>(now), kSendersPart);
  return Text(String(code ? CodeName(*code) : ""));
}

}  // namespace countersign::boundary
