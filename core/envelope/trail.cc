#include "envelope/trail.h"

#include <algorithm>

#include "base/sort.h"
#include "envelope/blobs.h"
#include "envelope/fold.h"
#include "log/blob.h"

namespace countersign::envelope {
namespace {

using json::Value;

struct Standing {
  std::string_view word;
  std::optional<ErrorCode> code;
};

class Teller {
 public:
  explicit Teller(const Ledger& ledger)
      : ledger_(ledger), facts_(ledger.fold().facts()), state_(ledger.state()) {
    if (!state_.revision) return;
    const Bytes* blob = ledger.blobs().Find(state_.revision->inputs.fields);
    if (blob == nullptr) return;
    // The same bytes were read, and their form checked, before the revision took effect.
    if (auto read = json::ReadCanonical(AsText(*blob), json::kDocumentLimits)) {
      definitions_ = *std::move(read);
    }
  }

  Value Tell(Place place) const {
    const Occurrence& occurrence = facts_.events[place];
    auto event = log::Event::Parse(ledger_.jws(place));
    CS_CHECK(event.has_value());
    Value entry = Value::Make({});
    entry.Set("event", Value::String(occurrence.id.ToBase64Url()));
    entry.Set("type", Value::String(event->type));
    entry.Set("at", Value::Int(event->at));
    entry.Set("key", Value::String(event->author.ToBase64Url()));
    entry.Set("chain", Value::String(event->chain.ToBase64Url()));
    entry.Set("seq", Value::Int(event->seq));
    SetActor(occurrence, &entry);
    SetStanding(occurrence, &entry);
    SetContent(occurrence, event->body, &entry);
    return entry;
  }

 private:
  void SetActor(const Occurrence& occurrence, Value* entry) const {
    Value actor = Value::Make({});
    std::string_view kind = "unknown";
    std::string_view claim = "claimed";
    if (facts_.EverHeld(std::nullopt, occurrence.author)) {
      kind = "owner";
    } else if (facts_.recovery == occurrence.author) {
      kind = "recovery";
    }
    for (const RecipientFacts& recipient : facts_.recipients) {
      for (const JoinFact& join : recipient.joins) {
        if (kind != "unknown" || join.kid != occurrence.author) continue;
        kind = "recipient";
        actor.Set("recipient", Value::String(recipient.id));
      }
    }
    for (const KeyChange& change : facts_.key_changes) {
      if (kind != "unknown" || change.key != occurrence.author || !change.role) continue;
      kind = "service";
      claim = "attested";
      actor.Set("service", Value::String(ServiceRoleName(*change.role)));
    }
    actor.Set("kind", Value::String(kind));
    entry->Set("actor", std::move(actor));
    entry->Set("claim", Value::String(claim));
  }

  // What the State says of a mark: it counts, or the code.
  const Mark* FindMark(const Occurrence& occurrence) const {
    for (const Recipient& recipient : state_.recipients) {
      for (const auto* mark : {&recipient.signature, &recipient.declined, &recipient.approved}) {
        if (*mark && (*mark)->mention.event == occurrence.id) return &**mark;
      }
      for (const Mark& mark : recipient.other_marks) {
        if (mark.mention.event == occurrence.id) return &mark;
      }
    }
    return nullptr;
  }

  void SetStanding(const Occurrence& occurrence, Value* entry) const {
    Standing standing{"applied", occurrence.code};
    if (occurrence.code) standing.word = "refused";
    for (const Inert& late : state_.late) {
      if (late.event == occurrence.id) standing = {"late", late.code};
    }
    if (occurrence.type == EventType::kRecipientSigned ||
        occurrence.type == EventType::kRecipientDeclined ||
        occurrence.type == EventType::kRecipientApproved) {
      const Mark* mark = FindMark(occurrence);
      entry->Set("counts", Value::Bool(mark != nullptr && mark->counts()));
      if (mark != nullptr && mark->code && !standing.code) standing.code = mark->code;
    }
    entry->Set("standing", Value::String(standing.word));
    if (standing.code) entry->Set("code", Value::String(CodeName(*standing.code)));
  }

  void SetContent(const Occurrence& occurrence, const Value& body, Value* entry) const {
    Value facts = body;
    facts.Remove("detail");
    if (const Value* statement = body.Find("statement")) {
      entry->Set("statement", *statement);
      facts.Remove("statement");
    }
    entry->Set("facts", std::move(facts));
    std::optional<Value> detail;
    if (occurrence.detail) {
      if (const Bytes* blob = ledger_.blobs().Find(*occurrence.detail)) {
        if (auto read = log::ReadDetail(AsText(*blob))) detail = std::move(*read);
      }
      if (detail) {
        detail->Remove("salt");
        entry->Set("detail", *detail);
      } else {
        entry->Set("withheld", Value::Bool(true));
      }
    }
    if (occurrence.type == EventType::kRevisionPublished && detail) {
      if (const Value* changes = detail->Find("changes")) SetChanges(*changes, entry);
    }
    if (occurrence.type != EventType::kFieldsCommitted) return;
    const Value* ids = body.Find("fields");
    if (ids == nullptr || !ids->is_array()) return;
    json::Array fields;
    for (const Value& id : ids->items()) {
      if (!id.is_string()) continue;
      Value field = Value::Make({{"id", id}});
      for (const auto& [part, name] : {std::pair("was", "from"), std::pair("values", "to")}) {
        const Value* values = detail ? detail->Find(part) : nullptr;
        const Value* value = values != nullptr ? values->Find(id.string_value()) : nullptr;
        if (value != nullptr) field.Set(name, *value);
      }
      SetLabel(&field);
      fields.push_back(std::move(field));
    }
    entry->Set("fields", Value::List(std::move(fields)));
  }

  // What the sender changed by a revision, in the form of what recipients fill in.
  void SetChanges(const Value& changes, Value* entry) const {
    if (!changes.is_array() || changes.items().empty()) return;
    json::Array fields;
    for (const Value& change : changes.items()) {
      const Value* what = change.Find("what");
      if (what == nullptr || !what->is_string()) continue;
      Value field = Value::Make({{"id", *what}});
      for (const std::string_view name : {"from", "to"}) {
        if (const Value* value = change.Find(name)) field.Set(name, *value);
      }
      SetLabel(&field);
      fields.push_back(std::move(field));
    }
    entry->Set("fields", Value::List(std::move(fields)));
  }

  // As the current revision's definitions, which are sorted by id, call the field.
  void SetLabel(Value* field) const {
    if (definitions_.is_null()) return;
    const auto id = [](const Value& value) -> std::string_view {
      return value.Find("id")->string_value();
    };
    const json::Array& all = definitions_.Find("fields")->items();
    const auto* found = std::lower_bound(
        all.begin(), all.end(), id(*field),
        [&](const Value& one, std::string_view wanted) { return id(one) < wanted; });
    if (found == all.end() || id(*found) != id(*field)) return;
    if (const Value* label = found->Find("label")) field->Set("label", *label);
  }

  const Ledger& ledger_;
  const Facts& facts_;
  const State& state_;
  Value definitions_;  // the fields blob; null where it is not here
};

}  // namespace

json::Value ReadTrail(const Ledger& ledger, size_t offset, size_t limit) {
  json::Array entries;
  size_t total = 0;
  if (ledger.is_open()) {
    const Facts& facts = ledger.fold().facts();
    Vector<Place> order(facts.events.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Place>(i);
    Sort(&order, [&](Place a, Place b) { return facts.Later(b, a); });
    total = order.size();
    const Teller teller(ledger);
    limit = std::min(limit, kTrailPage);
    for (size_t i = offset; i < total && i - offset < limit; ++i)
      entries.push_back(teller.Tell(order[i]));
  }
  return json::Value::Make(
      {{"total", json::Value::Int(static_cast<int64_t>(total))},
       {"offset", json::Value::Int(static_cast<int64_t>(std::min(offset, total)))},
       {"entries", json::Value::List(std::move(entries))}});
}

}  // namespace countersign::envelope
