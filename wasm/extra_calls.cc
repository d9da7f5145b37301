// What few pages ask for, over the boundary: the audit trail, linear text, explanations, files,
// everything packed, and opening a long log. Fetched when the first of it is asked for
// (wasm/parts.json).
#include "ceremony_calls.h"
#include "envelope/trail.h"
#include "items.h"
#include "log/causality.h"
#include "template/assembly.h"
#include "template/file_value.h"

namespace countersign::boundary {
namespace {

Answer ReplyText(const Result<Drawn>& drawn) {
  if (!drawn) return Fail(drawn.error());
  return Text(document::LinearText(drawn->document, drawn->fills));
}

}  // namespace

// What this device's own store holds, many items at once: for each a byte of its kind, its size (4
// bytes, the lowest first) and its bytes. `noted` are notes of 32 bytes, one for each of the first
// events: those that this device verified before, in the order in which it did. The others are
// verified, parents first. Errors: input.bad_argument where the sizes do not fit.
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
    } else if (notes.size() >= VerifiedNote::kLength) {
      open->ledger.IngestVerified(AsText(bytes),
                                  *VerifiedNote::FromBytes(notes.first(VerifiedNote::kLength)));
      notes = notes.subspan(VerifiedNote::kLength);
    } else {
      others.push_back(AsText(bytes));
    }
  }
  for (const uint32_t place : log::ParentsFirst(others)) open->ledger.IngestEvent(others[place]);
  return Nothing();
}
// Of all events in the log the store id and the note that cs_envelope_restore may be told, 64 bytes
// together each.
CS_EXPORT Answer cs_envelope_verified(int32_t handle) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  String notes;
  for (const auto& [name, note] : open->ledger.AllVerified()) {
    notes.append(AsText(name.view())).append(AsText(note.view()));
  }
  return Text(std::move(notes));
}
CS_EXPORT Answer cs_envelope_trail(int32_t handle, int32_t offset, int32_t limit) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  if (offset < 0 || limit < 0) return Fail(Error(ErrorCode::kInputBadArgument));
  return Json(
      envelope::ReadTrail(open->ledger, static_cast<size_t>(offset), static_cast<size_t>(limit)));
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

// Bytes that a file may have, a JSON number: nobody reads more of one.
CS_EXPORT Answer cs_file_limit() { return Number(static_cast<int64_t>(templates::kMaxFileBytes)); }
// JSON: the plain value of a field of the kind file (template/file_value.h), for setValue. Errors:
// template.unknown_field, field.wrong_type where it is of another kind, text.not_utf8,
// blob.too_large, bytes.wrong_length.
CS_EXPORT Answer cs_file_value(int32_t contract, const uint8_t* id, uint32_t id_size,
                               const uint8_t* name, uint32_t name_size, const uint8_t* blob,
                               uint32_t size) {
  const templates::Template* open = Templates().Find(contract);
  if (!open) return Fail(Closed());
  const templates::Field* field = open->FindField(InText(id, id_size));
  if (field == nullptr) return Fail(Error(ErrorCode::kTemplateUnknownField));
  if (field->kind != templates::FieldKind::kFile) return Fail(Error(ErrorCode::kFieldWrongType));
  if (!IsUtf8(InText(name, name_size))) return Fail(Error(ErrorCode::kTextNotUtf8));
  return Reply(templates::FileOf(InText(name, name_size), In(blob, size)));
}
// The bytes of a file that somebody handed in. Errors: envelope.blob_missing, bytes.*.
CS_EXPORT Answer cs_envelope_file(int32_t handle, const uint8_t* ref, uint32_t size) {
  OpenEnvelope* open = Envelopes().Find(handle);
  if (!open) return Fail(Closed());
  auto named = Hash::FromBase64Url(InText(ref, size));
  if (!named) return Fail(named.error());
  const Bytes* blob = open->ledger.blobs().Find(*named);
  if (blob == nullptr) return Fail(Error(ErrorCode::kEnvelopeBlobMissing));
  return Raw(templates::BytesOfFile(*blob));
}

// The document as linear text: with what this device knows in its blanks, or with these values and
// nothing else (JSON). Errors: values.*, template.*.
CS_EXPORT Answer cs_ceremony_text(int32_t envelope, int32_t contract, const uint8_t* scene,
                                  uint32_t size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  return ReplyText(Draw(*play));
}
// JSON Explanation of a unit, under the values as they stand on this screen.
CS_EXPORT Answer cs_ceremony_explain(int32_t envelope, int32_t contract, const uint8_t* scene,
                                     uint32_t size, const uint8_t* unit, uint32_t unit_size) {
  auto play = Enter(envelope, contract, scene, size);
  if (!play) return Fail(play.error());
  auto values = ceremony::ValuesOf(play->scene(), play->draft);
  if (!values) return Fail(values.error());
  return Reply(templates::Explain(*play->contract, *values, InText(unit, unit_size)));
}
CS_EXPORT Answer cs_template_text(int32_t handle, const uint8_t* plain, uint32_t size) {
  return ReplyText(Draw(handle, plain, size));
}

}  // namespace countersign::boundary
