// The State in JSON: shape in envelope.h.
#include "base/names.h"
#include "crypto/crypto.h"
#include "envelope/contents.h"
#include "envelope/envelope.h"
#include "json/builder.h"

namespace countersign::envelope {
namespace {

using json::Value;

constexpr Names kStatusNames(
    "draft|awaitingApproval|sent|inProgress|signedByAll|completed|declined|"
    "voided|expired|contested|frozen");
constexpr Names kTurnNames("none|waiting|now|done");
constexpr Names kContestNames("void|expiry|revision|invitation|devices|text|completion");
constexpr Names kSettledNames("open|owner|signature");

static_assert(kStatusNames.ReachTo(Status::kFrozen) && kTurnNames.ReachTo(Turn::kDone) &&
              kContestNames.ReachTo(ContestKind::kCompletion) &&
              kSettledNames.ReachTo(Settled::kForSignature));

// Collects the members of one object.
class Members {
 public:
  Members& Put(std::string_view name, Value value) {
    builder_.Add(name, std::move(value));
    return *this;
  }
  Members& Text(std::string_view name, std::string_view text) {
    builder_.Text(name, text);
    return *this;
  }
  Members& Int(std::string_view name, int64_t value) {
    builder_.Int(name, value);
    return *this;
  }
  Members& Bool(std::string_view name, bool value) {
    builder_.Flag(name, value);
    return *this;
  }
  template <class Tag, size_t kSize>
  Members& Id(std::string_view name, const FixedBytes<Tag, kSize>& id) {
    builder_.Base64(name, id.view());
    return *this;
  }
  template <class List, class Each>
  Members& Many(std::string_view name, const List& list, Each each, size_t most = SIZE_MAX) {
    json::Array items;
    for (const auto& item : list) {
      if (items.size() < most) items.push_back(each(item));
    }
    builder_.AddList(name, std::move(items));
    return *this;
  }
  Members& Texts(std::string_view name, const Vector<String>& texts) {
    return Many(name, texts, [](const String& text) { return Value::String(text); });
  }
  template <class Id>
  Members& Ids(std::string_view name, const Vector<Id>& ids) {
    return Many(name, ids, [](const Id& id) { return Value::String(id.ToBase64Url()); });
  }
  Members& Mentioned(const Mention& mention) {
    Id("event", mention.event).Int("at", mention.at);
    if (mention.detail) Id("detail", *mention.detail);
    return *this;
  }
  // Members of an object in a detail, where they are there.
  Members& From(const Value* content, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const Value* said = content != nullptr ? content->Find(name) : nullptr;
      if (said != nullptr) Put(name, *said);
    }
    return *this;
  }
  Members& Said(const Ledger* ledger, const Mention& mention,
                std::initializer_list<const char*> names) {
    if (ledger == nullptr) return *this;
    const std::optional<Value> content = ReadDetailOf(*ledger, mention.detail);
    return From(content ? &*content : nullptr, names);
  }
  Value Take() { return builder_.Take(); }

 private:
  json::Builder builder_;
};

Value MentionJson(const Mention& mention) { return Members().Mentioned(mention).Take(); }

Value MarkJson(const Mark& mark, const Ledger* ledger = nullptr) {
  Members out;
  out.Mentioned(mark.mention)
      .Said(ledger, mark.mention, {"name", "reason"})
      .Id("key", mark.key)
      .Id("revision", mark.revision)
      .Bool("counts", mark.counts());
  if (mark.text != Hash()) out.Id("text", mark.text);
  if (mark.code) out.Text("code", CodeName(*mark.code));
  return out.Take();
}

Value RevisionJson(const Revision& revision, const RevisionInputs* inputs) {
  Members out;
  out.Mentioned(revision.mention).Id("hash", revision.hash).Int("number", revision.number);
  if (inputs != nullptr) out.Put("inputs", WriteRevisionInputs(*inputs));
  return out.Take();
}

Value DeviceJson(const Device& device, const Ledger* ledger) {
  Members out;
  if (const auto joined = ledger ? ReadDetailOf(*ledger, device.joined.detail) : std::nullopt) {
    out.From(joined->Find("device"), {"userAgent", "label"});
  }
  out.Id("key", device.key).Id("x", device.public_key).Put("joined", MentionJson(device.joined));
  if (device.accepted) out.Id("accepted", *device.accepted);
  if (device.revoked) out.Id("revoked", *device.revoked);
  return out.Bool("bound", device.bound).Take();
}

Value RecipientJson(const Recipient& recipient, const Ledger* ledger) {
  Members out;
  out.Said(ledger, recipient.invited, {"name", "contact"});
  out.Text("id", recipient.id)
      .Text("role", recipient.role)
      .Text("recipientType", RecipientTypeName(recipient.type));
  out.Int("order", recipient.order)
      .Bool("routed", recipient.routed)
      .Put("invited", MentionJson(recipient.invited));
  out.Id("invitation", recipient.invitation)
      .Many("devices", recipient.devices,
            [&](const Device& device) { return DeviceJson(device, ledger); });
  if (const auto& presented = recipient.presented) {
    Members inner;
    inner.Mentioned(presented->mention)
        .Id("text", presented->text)
        .Id("rendering", presented->rendering);
    inner.Text("locale", presented->locale);
    inner.Put("reached", Members().Int("units", presented->units).Int("of", presented->of).Take());
    out.Put("presented", inner.Take());
  }
  if (const auto& consent = recipient.consent) {
    out.Put("consent", Members()
                           .Mentioned(consent->mention)
                           .Put("consent", WriteConsentIdentity(consent->consent))
                           .Take());
  }
  if (recipient.access) out.Put("access", MentionJson(*recipient.access));
  if (recipient.withdrawn) out.Put("withdrawn", MentionJson(*recipient.withdrawn));
  out.Many("committed", recipient.committed, [](const CommittedField& field) {
    return Members()
        .Mentioned(field.mention)
        .Text("id", field.id)
        .Bool("conflict", field.conflict)
        .Take();
  });
  out.Texts("missing", recipient.missing);
  if (recipient.signature) out.Put("signature", MarkJson(*recipient.signature, ledger));
  if (recipient.declined) out.Put("declined", MarkJson(*recipient.declined, ledger));
  if (recipient.approved) out.Put("approved", MarkJson(*recipient.approved));
  if (!recipient.host.empty()) out.Text("host", recipient.host);
  if (recipient.removed) out.Bool("removed", true);
  if (recipient.for_another) out.Bool("forAnother", true);
  out.Many("otherMarks", recipient.other_marks, [](const Mark& mark) { return MarkJson(mark); });
  out.Text("turn", kTurnNames[recipient.turn]).Texts("waitingFor", recipient.waiting_for);
  out.Int("copies", recipient.copies);
  if (recipient.last_delivery) {
    out.Put(
        "delivery",
        Members().Mentioned(*recipient.last_delivery).Text("outcome", recipient.delivery).Take());
  }
  return out.Take();
}

Value InertJson(const Inert& inert) {
  return Members()
      .Id("event", inert.event)
      .Text("type", inert.type)
      .Text("code", CodeName(inert.code))
      .Take();
}

Value ContestJson(const Contest& contest) {
  return Members()
      .Text("kind", kContestNames[contest.kind])
      .Text("settled", kSettledNames[contest.settled])
      .Ids("events", contest.events)
      .Texts("recipients", contest.recipients)
      .Take();
}

void PutGenesis(const Genesis& genesis, Members* out) {
  out->Id("owner", crypto::Thumbprint(genesis.owner)).Text("suite", "CSG-1");
  if (genesis.recovery) out->Id("recovery", crypto::Thumbprint(*genesis.recovery));
  out->Text("tiePolicy", TiePolicyName(genesis.tie_policy))
      .Text("acceptance", AcceptanceName(genesis.acceptance));
  out->Text("deadlinePolicy", DeadlinePolicyName(genesis.deadline_policy));
  if (!genesis.workspace.empty()) out->Text("workspace", genesis.workspace);
  out->Many("relatesTo", genesis.relates_to, [](const Relation& relation) {
    return Members().Id("env", relation.envelope).Text("how", relation.how).Take();
  });
}

}  // namespace

std::string_view StatusName(Status status) { return kStatusNames[status]; }

json::Value ToJson(const State& state, const Ledger* ledger) {
  Members out;
  out.Said(ledger, state.created, {"title", "sender"});
  out.Id("id", state.id)
      .Text("status", StatusName(state.status))
      .Put("created", MentionJson(state.created));
  PutGenesis(state.genesis, &out);
  out.Many("services", state.services, [](const std::pair<ServiceRole, KeyId>& service) {
    return Members().Text("role", ServiceRoleName(service.first)).Id("key", service.second).Take();
  });
  if (state.revision) out.Put("revision", RevisionJson(*state.revision, &state.revision->inputs));
  out.Many("revisions", state.revisions,
           [](const Revision& revision) { return RevisionJson(revision, nullptr); });
  if (state.sent) out.Put("sent", MentionJson(*state.sent));
  out.Texts("turn", state.turn)
      .Many("recipients", state.recipients,
            [&](const Recipient& recipient) { return RecipientJson(recipient, ledger); });
  if (const auto& completion = state.completion) {
    Members inner;
    inner.Mentioned(completion->mention)
        .Id("by", completion->by)
        .Text("byRole", completion->by_role);
    inner.Id("revision", completion->revision).Id("text", completion->text);
    out.Put("completion",
            inner.Ids("signatures", completion->signatures).Int("count", completion->count).Take());
  }
  out.Ids("completions", state.completions);
  if (const auto& ending = state.ending) {
    Members inner;
    inner.Mentioned(ending->mention)
        .Said(ledger, ending->mention, {"reason"})
        .Text("how", StatusName(ending->how))
        .Id("by", ending->by);
    if (!ending->recipient.empty()) inner.Text("recipient", ending->recipient);
    out.Put("ending", inner.Take());
  }
  out.Many("contests", state.contests, ContestJson).Ids("fork", state.fork);
  out.Ids("owners", state.owners);
  out.Many("approvals", state.approvals, [](const Approval& approval) {
    Members inner;
    inner.Text("recipient", approval.recipient).Put("asked", MentionJson(approval.asked));
    if (approval.granted) inner.Put("granted", MentionJson(*approval.granted));
    if (approval.refused) inner.Put("refused", MentionJson(*approval.refused));
    return inner.Take();
  });
  out.Many("late", state.late, InertJson, kMaxListed)
      .Many("refused", state.refused, InertJson, kMaxListed)
      .Int("lateCount", static_cast<int64_t>(state.late.size()))
      .Int("refusedCount", static_cast<int64_t>(state.refused.size()));
  out.Many("records", state.records, [](const Record& record) {
    Members inner;
    inner.Text("type", EventTypeName(record.type)).Mentioned(record.mention).Id("by", record.by);
    if (record.open) inner.Bool("open", true);
    return inner.Put("said", record.said).Take();
  });
  out.Int("recordCount", state.record_count);
  out.Many("gaps", state.gaps, [](const Gap& gap) {
    return Members()
        .Id("chain", gap.chain)
        .Int("first", gap.first)
        .Int("last", gap.last)
        .Bool("reused", gap.reused)
        .Take();
  });
  out.Ids("heads", state.heads)
      .Int("events", state.events)
      .Bool("needsNewerVersion", state.needs_newer_version);
  return out.Take();
}

json::Value Summarise(const Ledger& ledger) {
  Value summary = ToJson(ledger.state(), &ledger);
  Value values = Value::Make({});
  if (ledger.state().revision) {
    values = SenderValues(ledger, *ledger.state().revision).value_or(std::move(values));
    for (const CommittedValue& committed : CommittedValues(ledger)) {
      if (!committed.value) continue;
      if (committed.value->is_null()) {
        values.Remove(committed.field);
      } else {
        values.Set(committed.field, *committed.value);
      }
    }
  }
  summary.Set("values", std::move(values));
  summary.Set("missing", Members()
                             .Ids("events", ledger.MissingParents())
                             .Ids("blobs", ledger.MissingBlobs())
                             .Ids("details", ledger.MissingDetails())
                             .Take());
  return summary;
}

}  // namespace countersign::envelope
