#include "log/event.h"

#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::log {
namespace {

constexpr std::string_view kHeaderBeforeKid = R"({"alg":"EdDSA","kid":")";
constexpr std::string_view kHeaderAfterKid = R"(","typ":"countersign-event+jws"})";

String HeaderOf(const KeyId& author) {
  String header(kHeaderBeforeKid);
  return header.append(author.ToBase64Url()).append(kHeaderAfterKid);
}

// The header is compared, never parsed: it holds nothing but the key's name.
Result<KeyId> ReadHeader(std::string_view header) {
  constexpr size_t kKidLength = 43;
  if (header.size() != kHeaderBeforeKid.size() + kKidLength + kHeaderAfterKid.size() ||
      !header.starts_with(kHeaderBeforeKid) || !header.ends_with(kHeaderAfterKid)) {
    return ErrorCode::kEventBadHeader;
  }
  const auto author = KeyId::FromBase64Url(header.substr(kHeaderBeforeKid.size(), kKidLength));
  if (!author) return ErrorCode::kEventBadHeader;
  return *author;
}

// Words of letters joined by dots, the first letter of each small: "recipient.signed".
bool IsType(std::string_view type) {
  if (type.size() > kMaxTypeLength) return false;
  int words = 0;
  bool at_start = true;
  for (const char c : type) {
    const bool small = c >= 'a' && c <= 'z';
    const bool large = c >= 'A' && c <= 'Z';
    if (at_start) {
      if (!small) return false;
      ++words;
      at_start = false;
    } else if (c == '.') {
      at_start = true;
    } else if (!small && !large) {
      return false;
    }
  }
  return words >= 2 && !at_start;
}

void ReadSeen(json::Shape& shape, Vector<EventId>* seen) {
  const Vector<String> texts = shape.Strings("seen");
  if (texts.size() > kMaxSeen) return shape.Fail(ErrorCode::kEventTooManySeen, {}, "seen");
  for (const String& text : texts) {
    auto id = EventId::FromBase64Url(text);
    if (!id) return shape.Adopt(std::move(id).error(), "seen");
    if (!seen->empty() && !(seen->back() < *id)) {
      return shape.Fail(ErrorCode::kEventBadSeen, {}, "seen");
    }
    seen->push_back(*id);
  }
}

Result<EventDraft> ReadPayload(const json::Value& payload) {
  json::Shape shape(payload, "");
  // The version first: what a later one adds is for a later program to judge.
  if (shape.Int("v", 0, json::kMaxInt) != kEventVersion) {
    shape.Fail(ErrorCode::kEventUnknownVersion, {}, "v");
  }
  EventDraft draft;
  draft.after = shape.OptionalFixed64<EventId>("after");
  draft.at = shape.Int("at", -json::kMaxInt, json::kMaxInt);
  draft.body = shape.Object("body");
  draft.chain = shape.Fixed64<ChainId>("chain");
  draft.env = shape.OptionalFixed64<EventId>("env");
  if (!shape.Any("prev").is_null()) draft.prev = shape.Fixed64<EventId>("prev");
  draft.salt = shape.Fixed64<Salt>("salt");
  ReadSeen(shape, &draft.seen);
  draft.seq = shape.Int("seq", 0, json::kMaxInt);
  draft.type = shape.Text("type");
  CS_TRY(shape.Finish());

  if (!IsType(draft.type)) return Error(ErrorCode::kEventBadType, "", "/type");
  if (draft.prev && std::binary_search(draft.seen.begin(), draft.seen.end(), *draft.prev)) {
    return Error(ErrorCode::kEventBadSeen, "", "/seen");
  }
  const bool has_parents = draft.prev || !draft.seen.empty();
  if (!draft.env && (has_parents || draft.seq != 0 || draft.after)) {
    return ErrorCode::kEventBadGenesis;
  }
  if (draft.env && !has_parents) return ErrorCode::kEventNoParents;
  return draft;
}

json::Value PayloadOf(const EventDraft& draft) {
  json::Array seen;
  for (const EventId& id : draft.seen) seen.push_back(json::Value::String(id.ToBase64Url()));
  json::Builder members;
  if (draft.after) members.Base64("after", draft.after->view());
  members.Int("at", draft.at).Add("body", draft.body).Base64("chain", draft.chain.view());
  if (draft.env) members.Base64("env", draft.env->view());
  if (draft.prev) {
    members.Base64("prev", draft.prev->view());
  } else {
    members.Add("prev", json::Value());
  }
  return members.Base64("salt", draft.salt.view())
      .AddList("seen", std::move(seen))
      .Int("seq", draft.seq)
      .Text("type", draft.type)
      .Int("v", kEventVersion)
      .Take();
}

struct Segments {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

// Exactly two dots; the decoder refuses everything else that is no base64url.
Result<Segments> Split(std::string_view stored) {
  const size_t first = stored.find('.');
  if (first == std::string_view::npos) return ErrorCode::kEventNotJws;
  const size_t second = stored.find('.', first + 1);
  if (second == std::string_view::npos) return ErrorCode::kEventNotJws;
  return Segments{stored.substr(0, first), stored.substr(first + 1, second - first - 1),
                  stored.substr(second + 1)};
}

Result<Bytes> DecodeSegment(std::string_view segment) {
  auto decoded = DecodeBase64Url(segment);
  if (!decoded || decoded->empty()) return ErrorCode::kEventNotJws;
  return *std::move(decoded);
}

}  // namespace

EventId IdOfSigningInput(std::string_view signing_input) {
  EventId id;
  id.bytes = crypto::TaggedHash("countersign-event-id/v1", AsBytes(signing_input)).bytes;
  return id;
}

Result<Event> Event::Parse(std::string_view stored) {
  if (stored.size() > kMaxStoredBytes) return ErrorCode::kEventTooLarge;
  const Segments segments = CS_TRY(Split(stored));
  const Bytes header = CS_TRY(DecodeSegment(segments.header));
  const Bytes payload = CS_TRY(DecodeSegment(segments.payload));
  if (!Signature::FromBase64Url(segments.signature)) return ErrorCode::kEventNotJws;

  Event event;
  event.author = CS_TRY(ReadHeader(AsText(header)));
  const json::Value value = CS_TRY(json::ReadCanonical(AsText(payload), json::kEventLimits));
  static_cast<EventDraft&>(event) = CS_TRY(ReadPayload(value));
  event.stored = stored;
  event.id = IdOfSigningInput(event.SigningInput());
  return event;
}

std::string_view Event::SigningInput() const {
  return std::string_view(stored).substr(0, stored.rfind('.'));
}

Signature Event::signature() const {
  const auto signature =
      Signature::FromBase64Url(std::string_view(stored).substr(stored.rfind('.') + 1));
  CS_CHECK(signature.has_value());
  return *signature;
}

StoreId Event::store_id() const { return crypto::HashStored(AsBytes(stored)); }

VerifiedNote Event::verified_note() const {
  uint8_t both[EventId::kLength + Signature::kLength];
  const Signature sig = signature();
  std::copy(id.bytes.begin(), id.bytes.end(), both);
  std::copy(sig.bytes.begin(), sig.bytes.end(), both + EventId::kLength);
  VerifiedNote note;
  note.bytes = crypto::TaggedHash("countersign-verified/v1", both).bytes;
  return note;
}

Vector<EventId> Event::Parents() const {
  Vector<EventId> parents = seen;
  if (prev) parents.insert(std::lower_bound(parents.begin(), parents.end(), *prev), *prev);
  return parents;
}

Result<PreparedEvent> Prepare(EventDraft draft, const KeyId& author) {
  SortUnique(&draft.seen);
  if (draft.prev) EraseIf(draft.seen, [&](const EventId& seen) { return seen == *draft.prev; });
  if (draft.at < -json::kMaxInt || draft.at > json::kMaxInt) {
    return Error(ErrorCode::kSchemaBadValue, "the integer is out of range", "/at");
  }
  if (draft.seq < 0 || draft.seq > json::kMaxInt) {
    return Error(ErrorCode::kSchemaBadValue, "the integer is out of range", "/seq");
  }
  if (!IsType(draft.type)) return Error(ErrorCode::kEventBadType, "", "/type");

  // What is written is read again by the rules for strangers: there is one list of rules.
  const String payload = json::Write(PayloadOf(draft));
  const json::Value reread = CS_TRY(json::ReadCanonical(payload, json::kEventLimits));
  CS_TRY(ReadPayload(reread));
  PreparedEvent prepared;
  prepared.signing_input = EncodeBase64Url(AsBytes(HeaderOf(author)));
  prepared.signing_input.append(".").append(EncodeBase64Url(AsBytes(payload)));
  prepared.id = IdOfSigningInput(prepared.signing_input);
  return prepared;
}

String Attach(const PreparedEvent& prepared, const Signature& signature) {
  return prepared.signing_input + "." + signature.ToBase64Url();
}

bool IsPreferredEncoding(const Event& candidate, const Event& current) {
  return candidate.stored < current.stored;
}

AuthorKey::AuthorKey(const PublicKey& key) : key_(key), id_(crypto::Thumbprint(key)) {}

Result<VerifiedEvent> VerifiedEvent::Remember(Event event, const AuthorKey& key) {
  if (key.id() != event.author) return ErrorCode::kEventWrongKey;
  return VerifiedEvent(std::move(event));
}

Result<VerifiedEvent> VerifiedEvent::Verify(Event event, const AuthorKey& key) {
  if (key.id() != event.author) return ErrorCode::kEventWrongKey;
  if (crypto::VerifySignature(key.key(), AsBytes(event.SigningInput()), event.signature()) !=
      crypto::Verdict::kValid) {
    return ErrorCode::kEventBadSignature;
  }
  return VerifiedEvent(std::move(event));
}

}  // namespace countersign::log
