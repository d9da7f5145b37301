#include "envelope/blobs.h"

#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/codec.h"

namespace countersign::envelope {
namespace {

constexpr size_t kMaxFields = 4096;
constexpr uint32_t kRemoved = UINT32_MAX;  // no blob's place

Hash HashObject(std::string_view tag, json::Object members) {
  return crypto::TaggedHash(tag, AsBytes(json::Write(json::Value::Make(std::move(members)))));
}

json::Value TextOf(std::string_view text) { return json::Value::String(text); }

void DescribeRouting(Codec& c, Vector<RoutingEntry>* entries) {
  c.Literal("format", "countersign-routing/v1", ErrorCode::kSchemaBadValue);
  c.Objects("recipients", entries, 0, kMaxRecipients, [](Codec& inner, RoutingEntry* entry) {
    inner.Text("id", &entry->id, IsRecipientId);
    int64_t order = entry->order;
    inner.Int("order", &order, 1, kMaxOrder);
    entry->order = static_cast<int>(order);
    inner.Enum("recipientType", &entry->type, kRecipientTypes);
    inner.Text("role", &entry->role, IsName);
  });
}

Result<Required> ReadRequired(const json::Value* value) {
  if (value == nullptr) return ErrorCode::kSchemaMissingMember;
  if (value->is_bool()) return value->bool_value() ? Required::kYes : Required::kNo;
  if (value->is_string() && value->string_value() == "conditional") return Required::kConditional;
  return ErrorCode::kSchemaBadValue;
}

// Strict in what rules read; what else a definition says is for whoever renders it.
Result<FieldEntry> ReadField(const json::Value& value) {
  FieldEntry entry;
  const json::Value* id = value.Find("id");
  const json::Value* kind = value.Find("kind");
  if (id == nullptr || kind == nullptr) return ErrorCode::kSchemaMissingMember;
  if (!id->is_string() || !kind->is_string()) return ErrorCode::kSchemaWrongType;
  if (!IsName(id->string_value()) || kind->string_value().empty())
    return ErrorCode::kSchemaBadValue;
  entry.id = id->string_value();
  entry.kind = kind->string_value();
  if (const json::Value* recipient = value.Find("recipient"); recipient != nullptr) {
    if (!recipient->is_string()) return ErrorCode::kSchemaWrongType;
    if (!IsRecipientId(recipient->string_value())) return ErrorCode::kSchemaBadValue;
    entry.recipient = recipient->string_value();
  }
  entry.required = CS_TRY(ReadRequired(value.Find("required")));
  return entry;
}

template <class T>
Result<void> CheckSorted(const Vector<T>& entries) {
  for (size_t i = 1; i < entries.size(); ++i) {
    if (!(entries[i - 1].id < entries[i].id)) return ErrorCode::kSchemaBadValue;
  }
  return {};
}

}  // namespace

Result<Hash> BlobSet::Add(ByteView bytes) {
  const Hash ref = log::ReferTo(bytes);
  CS_TRY(Add(ref, bytes));
  return ref;
}

Result<void> BlobSet::Add(const Hash& ref, ByteView bytes) {
  if (bytes.size() > log::kMaxBlobBytes) return ErrorCode::kBlobTooLarge;
  if (Has(ref)) return {};
  if (blobs_.size() >= kMaxBlobs) return ErrorCode::kBlobTooMany;
  by_ref_.Set(ref, static_cast<uint32_t>(blobs_.size()));
  blobs_.push_back({ref, {}});
  Bytes& kept = blobs_.back().second;
  kept.insert(kept.end(), bytes.begin(), bytes.end());  // at once, not one by one
  return {};
}

const Bytes* BlobSet::Find(const Hash& ref) const {
  const auto place = by_ref_.Find(ref);
  return place && *place != kRemoved ? &blobs_[*place].second : nullptr;
}

void BlobSet::Remove(const Hash& ref) {
  const auto place = by_ref_.Find(ref);
  if (!place || *place == kRemoved) return;
  // The last one takes its place.
  by_ref_.Set(blobs_.back().first, *place);
  by_ref_.Set(ref, kRemoved);
  std::swap(blobs_[*place], blobs_.back());
  blobs_.pop_back();
}

Result<Vector<RoutingEntry>> ParseRouting(ByteView blob) {
  const json::Value value = CS_TRY(json::ReadCanonical(AsText(blob), json::kDocumentLimits));
  Vector<RoutingEntry> entries;
  Codec codec(value, "");
  DescribeRouting(codec, &entries);
  CS_TRY(codec.Finish());
  CS_TRY(CheckSorted(entries));
  return entries;
}

String WriteRouting(Vector<RoutingEntry> entries) {
  Sort(&entries, [](const RoutingEntry& a, const RoutingEntry& b) { return a.id < b.id; });
  Codec codec;
  DescribeRouting(codec, &entries);
  return json::Write(codec.TakeWritten());
}

bool IsStructural(const RevisionInputs& inputs, const Hash& ref) {
  const TemplateIdentity& identity = inputs.template_identity;
  bool is = ref == identity.source || ref == identity.compiled || ref == inputs.consent.text ||
            ref == inputs.fields || ref == inputs.routing;
  for (const Vector<Hash>* list : {&inputs.library, &inputs.attachments})
    is = is || std::find(list->begin(), list->end(), ref) != list->end();
  return is;
}

bool IsFilledBySigning(std::string_view kind) {
  return kind == "sign" || kind == "initial" || kind == "signdate";
}

Result<Vector<FieldEntry>> ParseFields(ByteView blob) {
  const json::Value value = CS_TRY(json::ReadCanonical(AsText(blob), json::kDocumentLimits));
  json::Shape shape(value, "");
  const String& format = shape.Text("format");
  const json::Array& list = shape.List("fields");
  CS_TRY(shape.Finish());
  if (format != "countersign-fields/v1" || list.size() > kMaxFields) {
    return ErrorCode::kSchemaBadValue;
  }
  Vector<FieldEntry> entries;
  for (const json::Value& item : list) entries.push_back(CS_TRY(ReadField(item)));
  CS_TRY(CheckSorted(entries));
  return entries;
}

Hash RevisionHash(const RevisionInputs& inputs) {
  return crypto::TaggedHash("countersign-revision/v1",
                            AsBytes(json::Write(WriteRevisionInputs(inputs))));
}

Hash JoinChallenge(const EventId& envelope, std::string_view recipient, const PublicKey& device) {
  return HashObject("countersign-join/v1", {{"env", TextOf(envelope.ToBase64Url())},
                                            {"recipient", TextOf(recipient)},
                                            {"x", TextOf(device.ToBase64Url())}});
}

Hash DeviceChallenge(const EventId& envelope, std::string_view recipient, const PublicKey& added) {
  json::Value content = json::Value::Make(
      {{"env", TextOf(envelope.ToBase64Url())}, {"x", TextOf(added.ToBase64Url())}});
  if (!recipient.empty()) content.Set("recipient", TextOf(recipient));
  return crypto::TaggedHash("countersign-device/v1", AsBytes(json::Write(content)));
}

String AccessCode(const EventId& envelope, std::string_view recipient, const Hash& revision) {
  const Hash hash =
      HashObject("countersign-access/v1", {{"env", TextOf(envelope.ToBase64Url())},
                                           {"recipient", TextOf(recipient)},
                                           {"revision", TextOf(revision.ToBase64Url())}});
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | hash.bytes[i];
  number %= 10000;
  String code(4, '0');
  for (size_t i = 4; i-- > 0; number /= 10) code[i] = static_cast<char>('0' + number % 10);
  return code;
}

Hash CommitField(std::string_view id, const Salt& salt, const json::Value& value) {
  return HashObject("countersign-field/v1",
                    {{"id", TextOf(id)}, {"salt", TextOf(salt.ToBase64Url())}, {"value", value}});
}

Hash HashMark(const json::Value& mark) {
  return crypto::TaggedHash("countersign-mark/v1", AsBytes(json::Write(mark)));
}

}  // namespace countersign::envelope
