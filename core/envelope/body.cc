// Long because every event's shape stands here, once, for reading and writing: a table in all but
// syntax.
#include <iterator>

#include "base/names.h"
#include "envelope/codec.h"
#include "envelope/event_types.h"
#include "values/timestamp.h"

namespace countersign::envelope {
namespace {

constexpr Names kRelations("amends|renews|replaces");
constexpr Names kForms("html|bundle|print");
constexpr Names kChannels("link|email|sms");
constexpr Names kOutcomes("sent|delivered|bounced");
constexpr Names kKeyChanges("added|removed");
constexpr Names kAnswers("accepted|rejected");
constexpr Names kMethods("code|email|sms|oidc|eid");
constexpr Names kLevels("L2|L3");
constexpr Names kResults("done|failed");
constexpr Names kGestures("tap|hold|key");
constexpr Names kMarks("drawn|typed");
constexpr ServiceRole kRoles[] = {ServiceRole::kAttestor,  ServiceRole::kMailer,
                                  ServiceRole::kScheduler, ServiceRole::kRegistrar,
                                  ServiceRole::kCompleter, ServiceRole::kRecords};
constexpr int64_t kMaxCount = json::kMaxInt;

// RFC 3339 in UTC, so that one moment has one spelling of its zone.
bool IsUtcTime(std::string_view text) {
  return !text.empty() && text.size() <= 32 && text.back() == 'Z' &&
         values::Timestamp::Parse(text).has_value();
}
// "+02:00", "-11:30", and UTC as "+00:00".
bool IsOffset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  for (size_t i : {1, 2, 4, 5}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return text.substr(1, 2) <= "18" && text.substr(4, 2) <= "59";
}
bool IsAccessCode(std::string_view text) {
  if (text.size() != 4) return false;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}
bool IsWorkspace(std::string_view text) { return Hash::FromBase64Url(text).has_value(); }

void DescribeConsent(Codec& c, ConsentIdentity* consent) {
  c.Text("id", &consent->id);
  c.Text("version", &consent->version);
  c.Text("locale", &consent->locale);
  c.Fixed("text", &consent->text);
}

void DescribeServices(Codec& c, Vector<ServiceKey>* services) {
  for (ServiceRole role : kRoles) {
    const std::string_view name = ServiceRoleName(role);
    Vector<PublicKey> keys;
    if (c.writing()) {
      for (const ServiceKey& service : *services) {
        if (service.role == role) keys.push_back(service.key);
      }
      if (keys.empty()) continue;
    } else if (!c.Present(name)) {
      continue;
    }
    c.FixedList(name, &keys, Codec::Order::kAny, kMaxServiceKeys);
    if (c.writing()) continue;
    if (keys.empty()) c.Fail(ErrorCode::kSchemaBadValue, name);
    for (const PublicKey& key : keys) services->push_back({role, key});
  }
}

void DescribeGenesis(Codec& c, Genesis* genesis) {
  c.Literal("suite", "CSG-1", ErrorCode::kEventUnknownSuite);
  c.Key("owner", &genesis->owner);
  if (c.writing() ? genesis->recovery.has_value() : c.Present("recovery")) {
    if (!c.writing()) genesis->recovery.emplace();
    c.Key("recovery", &*genesis->recovery);
  }
  c.Object("services", [genesis](Codec& inner) { DescribeServices(inner, &genesis->services); });
  c.Enum("tiePolicy", &genesis->tie_policy, kTiePolicies);
  c.Enum("acceptance", &genesis->acceptance, kAcceptances);
  c.Enum("deadlinePolicy", &genesis->deadline_policy, kDeadlinePolicies);
  c.OptionalText("workspace", &genesis->workspace, IsWorkspace);
  if (c.writing() ? !genesis->relates_to.empty() : c.Present("relatesTo")) {
    c.Objects("relatesTo", &genesis->relates_to, 1, kMaxRelations,
              [](Codec& inner, Relation* relation) {
                inner.Fixed("env", &relation->envelope);
                inner.Word("how", &relation->how, kRelations);
              });
  }
  c.OptionalFixed("keyCommitment", &genesis->key_commitment);
}

void DescribeInputs(Codec& c, RevisionInputs* inputs) {
  c.Object("template", [inputs](Codec& inner) {
    TemplateIdentity& identity = inputs->template_identity;
    inner.Text("id", &identity.id);
    inner.Text("version", &identity.version);
    inner.Fixed("source", &identity.source);
    inner.Fixed("compiled", &identity.compiled);
  });
  c.FixedList("library", &inputs->library, Codec::Order::kAny, kMaxBodyList);
  c.Fixed("values", &inputs->values);
  c.Fixed("fields", &inputs->fields);
  c.Fixed("routing", &inputs->routing);
  c.FixedList("attachments", &inputs->attachments, Codec::Order::kAny, kMaxBodyList);
  c.Object("consent", [inputs](Codec& inner) { DescribeConsent(inner, &inputs->consent); });
  c.OptionalText("deadlineAt", &inputs->deadline_at, IsUtcTime);
  c.Text("locale", &inputs->locale);
}

void DescribeStatement(Codec& c, Statement* s) {
  c.Fixed("revision", &s->revision);
  c.Objects("documents", &s->documents, 1, 1, [](Codec& inner, DocumentBinding* document) {
    inner.Fixed("sha256", &document->text);
    inner.Int("size", &document->size, 0, kMaxCount);
  });
  c.Object("evaluation", [s](Codec& inner) {
    inner.Text("engine", &s->engine);
    inner.Text("version", &s->engine_version);
    inner.Fixed("inputs", &s->inputs);
    inner.Fixed("output", &s->output);
    inner.Fixed("trace", &s->trace);
  });
  c.Objects("fields", &s->fields, 0, kMaxBodyList, [](Codec& inner, FieldCommitment* field) {
    inner.Text("id", &field->id, IsName);
    inner.Fixed("commitment", &field->commitment);
  });
  c.Object("locale", [s](Codec& inner) {
    inner.Text("contract", &s->contract_locale);
    inner.Text("interface", &s->interface_locale);
  });
  c.Text("timeZone", &s->time_zone, IsOffset);
  c.Object("consent", [s](Codec& inner) { DescribeConsent(inner, &s->consent); });
  c.Object("intent", [s](Codec& inner) {
    inner.Text("text", &s->intent_text);
    inner.Word("gesture", &s->intent_gesture, kGestures);
  });
  c.Object("rendering", [s](Codec& inner) { inner.Fixed("text", &s->rendering); });
  c.Object("mark", [s](Codec& inner) {
    inner.Word("kind", &s->mark_kind, kMarks);
    inner.Fixed("sha256", &s->mark);
  });
  c.Object("core", [s](Codec& inner) {
    inner.Text("name", &s->core_name);
    inner.Text("version", &s->core_version);
  });
  for (size_t i = 1; !c.writing() && i < s->fields.size(); ++i) {
    if (!(s->fields[i - 1].id < s->fields[i].id)) c.Fail(ErrorCode::kSchemaBadValue, "fields");
  }
}

void DescribeFieldIds(Codec& c, Vector<String>* fields) {
  c.Texts("fields", fields, IsName, 1, kMaxBodyList);
  for (size_t i = 1; !c.writing() && i < fields->size(); ++i) {
    if (!((*fields)[i - 1] < (*fields)[i])) c.Fail(ErrorCode::kSchemaBadValue, "fields");
  }
}

void DescribeRefs(Codec& c, std::string_view name, size_t most, Vector<Hash>* refs) {
  c.FixedList(name, refs, Codec::Order::kSorted, most);
  if (!c.writing() && refs->empty()) c.Fail(ErrorCode::kSchemaBadValue, name);
}

// The members of each type's body, in the order of EventType: one letter a member, as in Describe.
constexpr std::string_view kMembers[] = {
    "dG",       // envelope.created
    "dIvn",     // revision.published
    "drNyoiQ",  // recipient.invited
    "drkp",     // recipient.joined
    "rj",       // recipient.accepted
    "v",        // envelope.sent
    "rvxgle",   // document.presented
    "rvm",      // access.demonstrated
    "rvC",      // consent.given
    "drvFB",    // fields.committed
    "drvS",     // recipient.signed
    "drv",      // recipient.declined
    "rvfh",     // copy.delivered
    "drcO",     // delivery.recorded
    "d",        // envelope.voided
    "t",        // envelope.expired
    "vsxq",     // envelope.completed
    "dRvUA",    // comment.added
    "drvuV",    // change.proposed
    "da1",      // change.resolved
    "drv",      // consent.withdrawn
    "drv",      // delegation.requested
    "drw2",     // identity.attested
    "drc",      // reminder.sent
    "cH",       // schedule.set
    "dY3",      // automation.ran
    "drvfh",    // copy.exported
    "dfh",      // envelope.exported
    "T",        // envelope.archived
    "d",        // hold.placed
    "da",       // hold.released
    "dZ",       // content.shredded
    "wEW",      // key.wrapped
    "drkp",     // device.added
    "drwD",     // device.revoked
    "dkp",      // owner.deviceAdded
    "dw",       // owner.deviceRevoked
    "dkp",      // owner.handedOver
    "dK",       // owner.merged
    "kX",       // service.keyChanged
    "rv",       // approval.requested
    "drv",      // approval.granted
    "drv",      // approval.refused
    "dr",       // recipient.removed
    "dri",      // recipient.replaced
    "drNyoiP",  // access.granted
    "drv",      // recipient.approved
};
static_assert(std::size(kMembers) == kEventTypes);

void DescribeMember(Codec& c, char letter, EventBody* b) {
  const bool reading = !c.writing();
  switch (letter) {
    case 'd':
      return c.OptionalFixed("detail", &b->detail);
    case 'r':
      return c.Text("recipient", &b->recipient, IsRecipientId);
    case 'R':
      return c.OptionalText("recipient", &b->recipient, IsRecipientId);
    case 'v':
      return c.Fixed("revision", &b->revision);
    case 'G':
      if (reading) b->genesis.emplace();
      return DescribeGenesis(c, &*b->genesis);
    case 'I':
      if (reading) b->inputs.emplace();
      return c.Object("inputs", [b](Codec& inner) { DescribeInputs(inner, &*b->inputs); });
    case 'n':
      return c.Int("number", &b->number, 1, kMaxCount);
    case 'N':
      return c.Text("role", &b->role, IsName);
    case 'y':
      return c.Enum("recipientType", &b->recipient_type, kRecipientTypes);
    case 'o': {
      int64_t order = b->order;
      c.Int("order", &order, 1, kMaxOrder);
      b->order = static_cast<int>(order);
      return;
    }
    case 'i':
      c.Literal("level", "link", ErrorCode::kSchemaBadValue);
      return c.Key("invitation", &b->key);
    case 'k':
      return c.Key("key", &b->key);
    case 'p':
      return c.Fixed("proof", &b->proof);
    case 'j':
      return c.Fixed("join", &b->about);
    case 'a':
      return c.Fixed("about", &b->about);
    case 'A':
      return c.OptionalFixed("about", &b->answers);
    case 'x':
      return c.Fixed("text", &b->text);
    case 'g':
      return c.Fixed("rendering", &b->rendering);
    case 'l':
      return c.Text("locale", &b->locale);
    case 'e':
      return c.Object("reached", [b](Codec& inner) {
        inner.Int("units", &b->reached_units, 0, kMaxCount);
        inner.Int("of", &b->reached_of, 0, kMaxCount);
      });
    case 'm':
      c.Literal("method", "code", ErrorCode::kSchemaBadValue);
      return c.Text("code", &b->code, IsAccessCode);
    case 'C':
      return c.Object("consent", [b](Codec& inner) { DescribeConsent(inner, &b->consent); });
    case 'F':
      return DescribeFieldIds(c, &b->fields);
    case 'S':
      if (reading) b->statement.emplace();
      return c.Object("statement", [b](Codec& inner) { DescribeStatement(inner, &*b->statement); });
    case 'f':
      return c.Word("form", &b->word, kForms);
    case 'h':
      return c.OptionalFixed("sha256", &b->sha256);
    case 'c':
      return c.Word("channel", &b->word, kChannels);
    case 'O':
      return c.Word("outcome", &b->outcome, kOutcomes);
    case '1':
      return c.Word("outcome", &b->outcome, kAnswers);
    case '2':
      c.Word("method", &b->word, kMethods);
      return c.Word("level", &b->outcome, kLevels);
    case '3':
      return c.Word("outcome", &b->outcome, kResults);
    case 't':
      return c.Text("deadlineAt", &b->deadline_at, IsUtcTime);
    case 'T':
      return c.OptionalText("retainUntil", &b->deadline_at, IsUtcTime);
    case 's':
      return c.FixedList("signatures", &b->signatures, Codec::Order::kSorted, kMaxRecipients);
    case 'q':
      c.Fixed("past", &b->past);
      return c.Int("count", &b->count, 1, kMaxCount);
    case 'u':
      return c.Text("unit", &b->unit);
    case 'U':
      return c.OptionalText("unit", &b->unit);
    case 'V':
      return c.OptionalText("variant", &b->variant);
    case 'Y':
      return c.Text("rule", &b->unit);
    case 'w':
      return c.Fixed("device", &b->device);
    case 'D':
      c.FixedList("heads", &b->heads, Codec::Order::kSorted, kMaxHeads);
      if (reading && b->heads.empty()) c.Fail(ErrorCode::kSchemaBadValue, "heads");
      return;
    case 'K':
      return c.Fixed("kept", &b->about);
    case 'X':
      c.Word("role", &b->role, kServiceRoles);
      return c.Word("change", &b->outcome, kKeyChanges);
    case 'P':
      return c.Fixed("from", &b->revision);
    case 'Q':
      c.OptionalText("host", &b->host, IsRecipientId);
      if (reading && !b->host.empty() && b->recipient_type != RecipientType::kInPerson)
        c.Fail(ErrorCode::kSchemaBadValue, "host");
      return;
    case 'H':
      return c.Int("hours", &b->number, 1, kMaxReminderHours);
    case 'E':
      return c.Int("epoch", &b->number, 0, kMaxCount);
    case 'W':
      return c.Fixed("wrapped", &b->text);
    case 'B':
      if (reading ? !c.Present("files") : b->details.empty()) return;
      return DescribeRefs(c, "files", kMaxFiles, &b->details);
    default:  // 'Z'
      DescribeRefs(c, "details", kMaxShredded, &b->details);
  }
}

void DescribeBody(Codec& c, EventBody* b) {
  for (char letter : kMembers[static_cast<size_t>(b->type)]) DescribeMember(c, letter, b);
}

template <class T, class Describe>
Result<T> ReadWhole(const json::Value& value, std::string_view path, Describe describe) {
  T out;
  Codec codec(value, path);
  describe(codec, &out);
  CS_TRY(codec.Finish());
  return out;
}

// A codec that writes changes nothing in what it is given.
template <class T, class Describe>
json::Value WriteWhole(const T& value, Describe describe) {
  Codec codec;
  describe(codec, const_cast<T*>(&value));
  return codec.TakeWritten();
}

}  // namespace

Result<EventBody> ParseBody(EventType type, const json::Value& body) {
  EventBody out;
  CS_TRY(ReadBody(type, body, &out));
  return out;
}

Result<void> ReadBody(EventType type, const json::Value& body, EventBody* out) {
  out->type = type;
  Codec codec(body, "/body");
  DescribeBody(codec, out);
  return codec.Finish();
}

json::Value WriteBody(const EventBody& body) { return WriteWhole<EventBody>(body, DescribeBody); }

Result<RevisionInputs> ParseRevisionInputs(const json::Value& value, std::string_view path) {
  return ReadWhole<RevisionInputs>(value, path, DescribeInputs);
}
json::Value WriteRevisionInputs(const RevisionInputs& inputs) {
  return WriteWhole<RevisionInputs>(inputs, DescribeInputs);
}

json::Value WriteConsentIdentity(const ConsentIdentity& consent) {
  return WriteWhole<ConsentIdentity>(consent, DescribeConsent);
}

}  // namespace countersign::envelope
