// An open envelope over the boundary: bytes in, state out, and the two halves of every act.
#include "envelope_calls.h"

#include <cstring>

#include "crypto/crypto.h"
#include "envelope/contents.h"
#include "envelope/trail.h"
#include "items.h"
#include "json/builder.h"
#include "json/shape.h"
#include "log/causality.h"

namespace countersign::boundary {

Handles<OpenEnvelope>& Envelopes() {
  static Handles<OpenEnvelope> envelopes;
  return envelopes;
}

namespace {

using envelope::Ledger;
using json::Value;

#ifdef COUNTERSIGN_SENDER
constexpr envelope::AddPart kSendersPart = &envelope::AddSendersPart;
#else
constexpr envelope::AddPart kSendersPart = nullptr;
#endif

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
// {"at","chain","seq","salt","detailSalt","valuesSalt"}.
Result<envelope::Context> ReadContext(const uint8_t* data, uint32_t size) {
  Value value = CS_TRY(InJson(data, size));
  json::Shape shape(value, "/context");
  envelope::Context context;
  context.at = shape.Int("at", 0, json::kMaxInt);
  context.chain = shape.Fixed64<ChainId>("chain");
  context.seq = shape.Int("seq", 0, json::kMaxInt);
  context.salt = shape.Fixed64<Salt>("salt");
  context.detail_salt = shape.Fixed64<Salt>("detailSalt");
  context.values_salt = shape.Fixed64<Salt>("valuesSalt");
  CS_TRY(shape.Finish());
  return context;
}

}  // namespace

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
// What this device's own store holds, many items at once: for each a byte of its kind, its size (4
// bytes, the lowest first) and its bytes. `noted` are store ids of 32 bytes, one for each of the
// first events: those that this device verified before, in the order in which it did. The others
// are verified, parents first. Errors: input.bad_argument where the sizes do not fit.
CS_EXPORT Answer cs_envelope_restore(int32_t handle, const uint8_t* packed, uint32_t size,
                                     const uint8_t* noted, uint32_t noted_size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  constexpr size_t kHead = 5;
  Vector<std::string_view> others;
  ByteView left = In(packed, size);
  ByteView notes = In(noted, noted_size);
  while (!left.empty()) {
    if (left.size() < kHead) return Fail(Error(ErrorCode::kInputBadArgument));
    const uint8_t kind = left[0];
    const size_t length = left[1] | left[2] << 8 | left[3] << 16 | size_t{left[4]} << 24;
    if (left.size() - kHead < length) return Fail(Error(ErrorCode::kInputBadArgument));
    const ByteView bytes = left.subspan(kHead, length);
    left = left.subspan(kHead + length);
    if (kind != 'e') {
      open->ledger.IngestBlob(bytes);
    } else if (notes.size() >= StoreId::kLength) {
      open->ledger.IngestVerified(AsText(bytes),
                                  *StoreId::FromBytes(notes.first(StoreId::kLength)));
      notes = notes.subspan(StoreId::kLength);
    } else {
      others.push_back(AsText(bytes));
    }
  }
  for (const uint32_t place : log::ParentsFirst(others)) open->ledger.IngestEvent(others[place]);
  return Nothing();
}
// The store ids of all events in the log, 32 bytes each: what cs_envelope_restore may be told.
CS_EXPORT Answer cs_envelope_verified(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  String ids;
  for (const StoreId& id : open->ledger.Verified()) ids += AsText(id.view());
  return Text(std::move(ids));
}
// JSON summary, null while the genesis is not here.
CS_EXPORT Answer cs_envelope_state(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  return open->ledger.is_open() ? Json(envelope::Summarise(open->ledger)) : Nothing();
}
CS_EXPORT Answer cs_envelope_trail(int32_t handle, int32_t offset, int32_t limit) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  if (offset < 0 || limit < 0) return Fail(Error(ErrorCode::kInputBadArgument));
  return Json(
      envelope::ReadTrail(open->ledger, static_cast<size_t>(offset), static_cast<size_t>(limit)));
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
// JSON {"id","type","signingInput"}; the draft waits for cs_envelope_commit. A second Prepare
// replaces the first.
CS_EXPORT Answer cs_envelope_prepare(int32_t handle, const uint8_t* author, uint32_t author_size,
                                     const uint8_t* command, uint32_t command_size,
                                     const uint8_t* context, uint32_t context_size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  open->draft.reset();
  auto who = ReadAuthor(author, author_size);
  if (!who) return Fail(who.error());
  auto what = InJson(command, command_size);
  if (!what) return Fail(what.error());
  auto impure = ReadContext(context, context_size);
  if (!impure) return Fail(impure.error());
  auto draft = envelope::Prepare(open->ledger, *who, *what, *impure, kSendersPart);
  if (!draft) return Fail(draft.error());
  Value out = json::Builder()
                  .Text("id", draft->id.ToBase64Url())
                  .Text("type", envelope::EventTypeName(draft->type))
                  .Text("signingInput", draft->signing_input)
                  .Take();
  open->draft = *std::move(draft);
  return Json(out);
}
// The items to store, packed (items.h); store them, then ingest them. Errors:
// crypto.bad_signature, envelope.stale, input.bad_argument where nothing was prepared.
CS_EXPORT Answer cs_envelope_commit(int32_t handle, const uint8_t* signature, uint32_t size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  if (!open->draft) return Fail(Error(ErrorCode::kInputBadArgument, "nothing was prepared"));
  auto parsed = Signature::FromBytes(In(signature, size));
  if (!parsed) return Fail(parsed.error());
  auto items = envelope::Commit(open->ledger, *open->draft, *parsed);
  open->draft.reset();
  if (!items) return Fail(items.error());
  return Text(PackItems(*items));
}

// Everything that the log holds, packed (items.h): what a bundle is made of.
CS_EXPORT Answer cs_envelope_items(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  Vector<envelope::Item> items;
  for (size_t i = 0; i < open->ledger.size(); ++i) {
    const ByteView jws = AsBytes(open->ledger.jws(i));
    items.push_back({envelope::ItemKind::kEvent, "", Bytes(jws.begin(), jws.end())});
  }
  for (const auto& [ref, bytes] : open->ledger.blobs().blobs()) {
    items.push_back({envelope::ItemKind::kBlob, "", bytes});
  }
  return Text(PackItems(items));
}

// 32 bytes: what the invitation key signs. JSON in: {"env","recipient","x"}.
CS_EXPORT Answer cs_join_challenge(const uint8_t* data, uint32_t size) {
  auto value = InJson(data, size);
  if (!value) return Fail(value.error());
  json::Shape shape(*value, "");
  const EventId env = shape.Fixed64<EventId>("env");
  const String& recipient = shape.Text("recipient");
  const PublicKey key = shape.Fixed64<PublicKey>("x");
  if (auto fault = shape.Fault(); !fault) return Fail(fault.error());
  return Raw(envelope::JoinChallenge(env, recipient, key).view());
}

}  // namespace countersign::boundary
