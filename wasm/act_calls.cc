// What is done to an envelope, over the boundary: a ceremony's acts, and the two halves of every
// act that leaves an event. A page fetches this part once it has shown the agreement
// (wasm/parts.json).
#include "ceremony_calls.h"
#include "envelope/contents.h"
#include "items.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::boundary {
namespace {

using json::Value;

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

// JSON Outcome {"draft","commands","again"}.
CS_EXPORT Answer cs_ceremony_perform(int32_t envelope, int32_t contract, const uint8_t* scene,
                                     uint32_t size, const uint8_t* act, uint32_t act_size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  auto what = InJson(act, act_size);
  if (!what) return Fail(what.error());
  auto outcome = ceremony::Perform(play->scene(), play->draft, *what);
  if (!outcome) return Fail(outcome.error());
  return Json(ceremony::ToJson(*outcome));
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
// Text: the id of the newest event that this key (base64url) wrote, "" where it wrote none.
CS_EXPORT Answer cs_envelope_newest(int32_t handle, const uint8_t* key, uint32_t size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  auto author = PublicKey::FromBase64Url(InText(key, size));
  if (!author) return Fail(author.error());
  const auto newest = open->ledger.NewestBy(*author);
  return Text(newest ? newest->ToBase64Url() : String());
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
