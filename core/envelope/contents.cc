#include "envelope/contents.h"

#include "base/sort.h"
#include "log/blob.h"
#include "log/event.h"
#include "values/timestamp.h"

namespace countersign::envelope {
namespace {

std::optional<json::Value> MemberOf(const json::Value& object, std::string_view name) {
  const json::Value* member = object.Find(name);
  if (member == nullptr) return std::nullopt;
  return *member;
}

}  // namespace

std::optional<json::Value> ReadDetailOf(const Ledger& ledger, const std::optional<Hash>& detail) {
  if (!detail) return std::nullopt;
  const Bytes* bytes = ledger.blobs().Find(*detail);
  if (bytes == nullptr) return std::nullopt;
  auto value = log::ReadDetail(AsText(*bytes));
  if (!value) return std::nullopt;
  return *std::move(value);
}

String DetailText(const Ledger& ledger, const std::optional<Hash>& detail, std::string_view name) {
  const std::optional<json::Value> content = ReadDetailOf(ledger, detail);
  if (!content) return {};
  const json::Value* member = content->Find(name);
  return member != nullptr && member->is_string() ? member->string_value() : String();
}

std::optional<json::Value> SenderValues(const Ledger& ledger, const Revision& revision) {
  const std::optional<json::Value> content = ReadDetailOf(ledger, revision.inputs.values);
  if (!content) return std::nullopt;
  const json::Value* values = content->Find("values");
  if (values == nullptr || !values->is_object()) return std::nullopt;
  return *values;
}

Vector<Record> RecordsOf(const Ledger& ledger, EventType type) {
  const Facts& facts = ledger.fold().facts();
  const View all = View::All(facts);
  Vector<const RecordFact*> found;
  for (const RecordFact& record : facts.records) {
    if (record.type == type && all.Sees(record.place)) found.push_back(&record);
  }
  Sort(&found,
       [&](const RecordFact* a, const RecordFact* b) { return facts.Later(a->place, b->place); });
  Vector<Record> records;
  for (const RecordFact* record : found) {
    const Occurrence& event = facts.events[record->place];
    records.push_back(
        {type, {event.id, event.at, event.detail}, event.author, false, record->said});
  }
  return records;
}

bool HasPart(const Ledger& ledger, const KeyId& author) {
  bool joined = false;
  for (const Recipient& recipient : ledger.state().recipients) {
    for (const Device& device : recipient.devices) {
      if (device.key != author) continue;
      joined = true;
      if (recipient.routed && (Signs(recipient.type) || Approves(recipient.type))) return true;
    }
  }
  for (const KeyChange& change : ledger.fold().facts().key_changes) {
    if (change.key == author) return true;
  }
  return !joined;
}

void ReadCommitted(const Ledger& ledger, Vector<std::optional<Hash>> details,
                   Vector<CommittedValue>* committed) {
  for (size_t i = 0; i < committed->size(); ++i) {
    const std::optional<Hash> detail = details[i];
    const auto content = ReadDetailOf(ledger, detail);
    if (!content) continue;
    std::optional<Salt> salt;
    if (const json::Value* text = content->Find("salt"); text != nullptr && text->is_string()) {
      auto parsed = Salt::FromBase64Url(text->string_value());
      if (parsed) salt = *parsed;
    }
    const json::Value* values = content->Find("values");
    const json::Value* were = content->Find("was");
    for (size_t j = i; j < committed->size(); ++j) {
      if (details[j] != detail) continue;
      details[j].reset();
      CommittedValue& entry = (*committed)[j];
      entry.salt = salt;
      if (values != nullptr) entry.value = MemberOf(*values, entry.field);
      if (were != nullptr) entry.was = MemberOf(*were, entry.field);
    }
  }
}

Vector<CommittedValue> CommittedValues(const Ledger& ledger) {
  Vector<CommittedValue> committed;
  Vector<std::optional<Hash>> details;
  for (const Recipient& recipient : ledger.state().recipients) {
    for (const CommittedField& field : recipient.committed) {
      committed.push_back({field.id, recipient.id, field.mention.event, {}, {}, {}});
      details.push_back(field.mention.detail);
    }
  }
  ReadCommitted(ledger, std::move(details), &committed);
  Sort(&committed,
       [](const CommittedValue& a, const CommittedValue& b) { return a.field < b.field; });
  return committed;
}

std::optional<SignedContent> ReadSigned(const Ledger& ledger, const Mark& mark) {
  auto event = log::Event::Parse(ledger.Find(mark.mention.event));
  if (!event) return std::nullopt;
  auto body = ParseBody(EventType::kRecipientSigned, event->body);
  if (!body || !body->statement) return std::nullopt;
  SignedContent content;
  content.statement = *std::move(body->statement);
  if (const auto detail = ReadDetailOf(ledger, mark.mention.detail)) {
    content.mark = MemberOf(*detail, "mark");
    if (const json::Value* name = detail->Find("name"); name != nullptr && name->is_string()) {
      content.name = name->string_value();
    }
  }
  const auto offset = values::ParseUtcOffset(content.statement.time_zone);
  const int64_t ms = mark.mention.at;
  const int64_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  const auto time = values::Timestamp::FromUnix(seconds, 0);
  if (offset && time) {
    const values::CivilDate civil = time->At(*offset).date;
    if (auto date = values::Date::Make(civil.year, civil.month, civil.day))
      content.local_date = date->ToString();
  }
  return content;
}

}  // namespace countersign::envelope
