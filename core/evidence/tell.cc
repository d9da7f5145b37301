// The report: findings and state, told in the shape of verify.h.
// Long because that shape has many members, each told by a short function that no other calls.
#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "envelope/trail.h"
#include "evidence/page.h"
#include "evidence/telling.h"
#include "json/builder.h"
#include "values/plain_json.h"
#include "values/timestamp.h"

namespace countersign::evidence {
namespace {

using envelope::Status;

constexpr std::string_view kSeverities[] = {"invalid", "newer", "contested", "incomplete",
                                            "notice"};
constexpr std::string_view kMatches[] = {"not", "same", "differs"};
constexpr std::string_view kVerdicts[] = {"valid",     "invalid", "incomplete",       "notSealed",
                                          "contested", "ended",   "needsNewerVersion"};
constexpr int kExitCodes[] = {0, 1, 3, 3, 4, 5, 6};

struct Limit {
  std::string_view id, sentence;
};
constexpr Limit kUnknowable[] = {
    {"clock",
     "When anything happened: every time here is what a device claimed. Proven is which events an "
     "author knew; of two of which neither author knew the other's, nothing says which was first, "
     "though a list names one of them first."},
    {"person",
     "Who a person is: the file shows which link's secret a key came from, not who held it. The "
     "sender made every link."},
    {"services",
     "Who runs a service: the sender named its key, and what is attested is that service's word."},
    {"screen",
     "What a screen showed: the text that was bound is proven; the honesty of the device is not."},
    {"tail",
     "Whether somebody holds events that are not in this file: a seal where none is here, or one "
     "that differs, would change the verdict."},
};

json::Value TellReasons(const Findings& findings) {
  Vector<const Reason*> sorted;
  for (const Reason& reason : findings.reasons) sorted.push_back(&reason);
  Sort(&sorted, [](const Reason* a, const Reason* b) { return a->severity < b->severity; });
  json::Array reasons;
  for (const Reason* reason : sorted) {
    json::Builder members;
    members.Text("code", CodeName(reason->code))
        .Text("severity", kSeverities[static_cast<size_t>(reason->severity)])
        .Text("message", Error(reason->code, reason->detail).message())
        .Text("part", reason->part);
    members.TextIfAny("event", reason->event);
    members.TextIfAny("blob", reason->blob);
    members.TextIfAny("recipient", reason->recipient);
    members.TextIfAny("field", reason->field);
    if (reason->line > 0) members.Int("line", static_cast<int64_t>(reason->line));
    reasons.push_back(members.Take());
  }
  return json::Value::List(std::move(reasons));
}

Verdict VerdictOf(const Findings& findings) {
  switch (findings.worst) {
    case Severity::kInvalid:
      return Verdict::kInvalid;
    case Severity::kNewer:
      return Verdict::kNeedsNewerVersion;
    case Severity::kContested:
      return Verdict::kContested;
    case Severity::kIncomplete:
      return Verdict::kIncomplete;
    case Severity::kNotice:
      break;
  }
  switch (findings.ledger.state().status) {
    case Status::kCompleted:
      return Verdict::kValid;
    case Status::kDeclined:
    case Status::kVoided:
    case Status::kExpired:
      return Verdict::kEnded;
    case Status::kContested:
    case Status::kFrozen:
      return Verdict::kContested;
    default:
      return Verdict::kNotSealed;
  }
}

json::Value TellEnvelope(const Findings& findings) {
  const envelope::State& state = findings.ledger.state();
  json::Builder members;
  members.Base64("id", state.id.view())
      .Text("status", envelope::StatusName(state.status))
      .Text("owner", crypto::Thumbprint(state.genesis.owner).ToBase64Url())
      .Text("suite", "CSG-1")
      .Text("tiePolicy", envelope::TiePolicyName(state.genesis.tie_policy))
      .Text("acceptance", envelope::AcceptanceName(state.genesis.acceptance))
      .Text("deadlinePolicy", envelope::DeadlinePolicyName(state.genesis.deadline_policy))
      .Text("createdAt", TimeText(state.created.at));
  if (const auto detail = envelope::ReadDetailOf(findings.ledger, state.created.detail)) {
    members.TextIfAny("title", TextOf(*detail, "title"));
    if (const json::Value* sender = detail->Find("sender")) members.Add("sender", *sender);
  }
  if (state.revision) members.TextIfAny("deadlineAt", state.revision->inputs.deadline_at);
  json::Array relates;
  for (const auto& other : state.genesis.relates_to) {
    relates.push_back(
        json::Builder().Base64("env", other.envelope.view()).Text("how", other.how).Take());
  }
  if (!relates.empty()) members.AddList("relatesTo", std::move(relates));
  json::Array owners;
  for (const KeyId& key : state.owners) owners.push_back(Text(key.ToBase64Url()));
  members.AddList("owners", std::move(owners));
  json::Array roles;
  for (const String& label : UnsignedRoles(findings)) roles.push_back(Text(label));
  if (!roles.empty()) members.AddList("unsignedRoles", std::move(roles));
  json::Array gaps;
  for (const envelope::Gap& gap : state.gaps) {
    gaps.push_back(json::Builder()
                       .Base64("chain", gap.chain.view())
                       .Int("first", gap.first)
                       .Int("last", gap.last)
                       .Flag("reused", gap.reused)
                       .Take());
  }
  if (!gaps.empty()) members.AddList("gaps", std::move(gaps));
  return members.Take();
}

json::Array RefsOf(const Vector<Hash>& refs) {
  json::Array told;
  for (const Hash& ref : refs) told.push_back(Text(ref.ToBase64Url()));
  return told;
}

json::Value TellRevision(const envelope::Revision& revision) {
  const envelope::RevisionInputs& inputs = revision.inputs;
  const envelope::TemplateIdentity& named = inputs.template_identity;
  return json::Builder()
      .Base64("hash", revision.hash.view())
      .Int("number", revision.number)
      .Text("locale", inputs.locale)
      .Add("template", json::Builder()
                           .Text("id", named.id)
                           .Text("version", named.version)
                           .Base64("source", named.source.view())
                           .Base64("compiled", named.compiled.view())
                           .Take())
      .Add("consent", envelope::WriteConsentIdentity(inputs.consent))
      .Base64("fields", inputs.fields.view())
      .Base64("routing", inputs.routing.view())
      .AddList("attachments", RefsOf(inputs.attachments))
      .AddList("library", RefsOf(inputs.library))
      .Take();
}

String DocumentMatch(Match match, std::string_view verb) {
  if (match != Match::kNotDone) return String(kMatches[static_cast<size_t>(match)]);
  return "not" + String(verb);
}

json::Value TellDocument(const Findings& findings) {
  const envelope::State& state = findings.ledger.state();
  json::Builder members;
  members.Text("rendered", DocumentMatch(findings.rendered, "Rendered"))
      .Text("recompiled", DocumentMatch(findings.recompiled, "Recompiled"));
  String text;
  if (state.completion) {
    text = state.completion->text.ToBase64Url();
  } else if (!findings.signatures.empty() && findings.signatures.front().content) {
    text = findings.signatures.front().content->statement.documents.front().text.ToBase64Url();
  } else if (findings.terms) {
    text = findings.terms->text.ToBase64Url();
  }
  members.Text("text", text);
  if (findings.terms) {
    members.TextIfAny("title", findings.terms->document.title);
    members.Int("size", static_cast<int64_t>(findings.terms->bytes.size()));
  }
  return members.Take();
}

std::optional<envelope::Place> InviteOfMark(const Findings& findings, std::string_view recipient,
                                            const EventId& event) {
  const envelope::Facts& facts = findings.ledger.fold().facts();
  const auto place = facts.causality.PlaceOf(event);
  return place ? InviteOfAuthor(facts, recipient, *place) : std::nullopt;
}

json::Value TellSignature(const Findings& findings, const envelope::Recipient& recipient) {
  const envelope::Mark& mark = *recipient.signature;
  json::Builder members;
  members.Base64("event", mark.mention.event.view())
      .Base64("key", mark.key.view())
      .Text("claimedAt", TimeText(mark.mention.at))
      .Flag("counts", mark.counts());
  if (mark.code) {
    members.Text("code", CodeName(*mark.code));
    if (*mark.code == ErrorCode::kSignatureLate) members.Flag("late", true);
  }
  json::Array fields;
  if (const SignatureFinding* finding = findings.Find(recipient.id)) {
    for (const SignatureFinding::FieldFinding& field : finding->fields) {
      fields.push_back(
          json::Builder().Text("id", field.id).Text("commitment", field.commitment).Take());
    }
    if (finding->content) {
      const envelope::SignedContent& content = *finding->content;
      members.TextIfAny("timeZone", content.statement.time_zone);
      members.TextIfAny("name", content.name);
      members.Add("intent", json::Builder()
                                .Text("text", content.statement.intent_text)
                                .Text("gesture", content.statement.intent_gesture)
                                .Take());
      if (content.mark) members.Add("mark", *content.mark);
    }
  }
  members.AddList("fields", std::move(fields));
  // What follows is the evidence of who has the link now, or signed by theirs.
  const Person& person = *findings.people.Of(recipient);
  if (!IsBy(findings, person, mark.mention.event)) {
    if (const auto by = InviteOfMark(findings, recipient.id, mark.mention.event)) {
      members.Base64("invited", findings.people.Find(recipient.id, *by)->invited.event.view());
    }
    return members.Take();
  }
  if (recipient.consent) {
    const envelope::Consent& consent = *recipient.consent;
    members.Add("consent", json::Builder()
                               .Base64("event", consent.mention.event.view())
                               .Text("id", consent.consent.id)
                               .Text("version", consent.consent.version)
                               .Text("locale", consent.consent.locale)
                               .Take());
  }
  if (recipient.presented) members.Base64("presented", recipient.presented->mention.event.view());
  if (recipient.access) members.Base64("access", recipient.access->event.view());
  return members.Take();
}

json::Array TellDevices(const Findings& findings, const envelope::Recipient& recipient,
                        const Person& person) {
  json::Array devices;
  for (const envelope::Device* device : DevicesOf(recipient, person)) {
    json::Builder told;
    told.Base64("key", device->key.view())
        .Base64("joined", device->joined.event.view())
        .Flag("bound", device->bound);
    if (const auto detail = envelope::ReadDetailOf(findings.ledger, device->joined.detail)) {
      const json::Value& about = ObjectOf(*detail, "device");
      told.TextIfAny("userAgent", TextOf(about, "userAgent"));
      told.TextIfAny("label", TextOf(about, "label"));
    }
    devices.push_back(told.Take());
  }
  return devices;
}

json::Array TellCopies(const Person& person) {
  json::Array copies;
  for (const Copy& copy : person.copies) {
    copies.push_back(json::Builder()
                         .Base64("event", copy.event.view())
                         .Text("form", copy.form)
                         .Text("claimedAt", TimeText(copy.at))
                         .Base64("revision", copy.revision.view())
                         .Take());
  }
  return copies;
}

// Whoever had another link of the same recipient: nothing of theirs is the others'.
json::Array TellEarlier(const Findings& findings, const envelope::Recipient& recipient,
                        const Person& told) {
  json::Array earlier;
  for (const Person& person : findings.people.all()) {
    if (person.recipient != recipient.id || person.invite == told.invite) continue;
    json::Builder members;
    members.Base64("invited", person.invited.event.view())
        .AddList("devices", TellDevices(findings, recipient, person))
        .AddList("copies", TellCopies(person));
    members.TextIfAny("name", person.name);
    members.TextIfAny("contact", person.contact);
    earlier.push_back(members.Take());
  }
  return earlier;
}

json::Value TellRecipient(const Findings& findings, const envelope::Recipient& recipient) {
  json::Builder members;
  const Person& person = *findings.people.Of(recipient);
  members.Text("id", recipient.id)
      .Text("role", recipient.role)
      .Text("recipientType", envelope::RecipientTypeName(recipient.type))
      .Int("order", recipient.order)
      .Text("invitation", crypto::Thumbprint(recipient.invitation).ToBase64Url());
  members.TextIfAny("name", person.name);
  members.TextIfAny("contact", person.contact);
  members.Flag("routed", recipient.routed);
  if (recipient.removed) members.Flag("removed", true);
  members.TextIfAny("host", recipient.host);

  const envelope::Device* used = nullptr;
  for (const envelope::Device* device : DevicesOf(recipient, person)) {
    if (used == nullptr && device->bound) used = device;
  }
  if (recipient.signature && IsBy(findings, person, recipient.signature->mention.event)) {
    used = DeviceOf(recipient, person, recipient.signature->key);
  }
  json::Array evidence;
  if (used != nullptr) {
    evidence.push_back(IdText(recipient.invited.event));
    evidence.push_back(IdText(used->joined.event));
    if (used->accepted) evidence.push_back(IdText(*used->accepted));
  }
  std::string_view level = used != nullptr ? "L1" : "L0";
  for (const Attestation& attested : findings.people.attestations()) {
    if (used == nullptr || attested.level < level ||
        !IsOf(attested, recipient.id, person, used->key)) {
      continue;
    }
    level = attested.level;
    evidence.push_back(IdText(attested.event));
  }
  members.Text("level", level);
  members.AddList("levelEvidence", std::move(evidence));
  members.AddList("devices", TellDevices(findings, recipient, person));
  members.AddList("copies", TellCopies(person));
  if (json::Array earlier = TellEarlier(findings, recipient, person); !earlier.empty()) {
    members.AddList("earlier", std::move(earlier));
  }
  if (recipient.signature) members.Add("signature", TellSignature(findings, recipient));
  if (recipient.approved) {
    json::Builder approved;
    approved.Base64("event", recipient.approved->mention.event.view())
        .Text("claimedAt", TimeText(recipient.approved->mention.at))
        .Flag("counts", recipient.approved->counts());
    if (recipient.approved->code) approved.Text("code", CodeName(*recipient.approved->code));
    members.Add("approved", approved.Take());
  }
  if (recipient.declined) {
    json::Builder declined;
    declined.Base64("event", recipient.declined->mention.event.view())
        .Text("claimedAt", TimeText(recipient.declined->mention.at));
    declined.TextIfAny(
        "reason",
        envelope::DetailText(findings.ledger, recipient.declined->mention.detail, "reason"));
    members.Add("declined", declined.Take());
  }
  return members.Take();
}

json::Value TellValues(const Findings& findings) {
  json::Array values;
  const envelope::State& state = findings.ledger.state();
  const auto label_of = [&](std::string_view id, json::Builder* told) {
    const templates::Field* field = findings.contract ? findings.contract->FindField(id) : nullptr;
    if (field != nullptr) told->TextIfAny("label", field->label);
  };
  if (const auto sender = envelope::SenderValues(findings.ledger, *state.revision)) {
    for (const json::Member& member : sender->members()) {
      json::Builder told;
      told.Text("id", member.name)
          .Add("value", member.value)
          .Text("display", DisplayPlain(findings, member.name, member.value));
      const templates::Field* field =
          findings.contract ? findings.contract->FindField(member.name) : nullptr;
      if (field != nullptr && !field->role.empty()) told.Flag("proposed", true);
      label_of(member.name, &told);
      values.push_back(told.Take());
    }
  }
  for (const envelope::CommittedValue& entry : findings.committed) {
    json::Builder told;
    told.Text("id", entry.field)
        .Text("recipient", entry.recipient)
        .Base64("event", entry.event.view())
        .Add("value", entry.value.value_or(json::Value()))
        .Flag("withheld", !entry.value);
    if (entry.value) told.Text("display", DisplayPlain(findings, entry.field, *entry.value));
    const templates::Field* field =
        findings.contract ? findings.contract->FindField(entry.field) : nullptr;
    if (field != nullptr && field->kind == templates::FieldKind::kFile && entry.value) {
      const auto ref = Hash::FromBase64Url(TextOf(*entry.value, "blob"));
      told.Flag("file", ref && findings.ledger.blobs().Has(*ref));
    }
    if (entry.was) told.Add("was", *entry.was);
    label_of(entry.field, &told);
    values.push_back(told.Take());
  }
  return json::Value::List(std::move(values));
}

json::Value TellCompletion(const envelope::Completion& completion) {
  json::Array signatures;
  for (const EventId& id : completion.signatures) signatures.push_back(IdText(id));
  return json::Builder()
      .Base64("event", completion.mention.event.view())
      .Base64("by", completion.by.view())
      .Text("byRole", completion.by_role)
      .Text("claimedAt", TimeText(completion.mention.at))
      .AddList("signatures", std::move(signatures))
      .Int("count", completion.count)
      .Base64("text", completion.text.view())
      .Take();
}

}  // namespace

std::string_view VerdictName(Verdict verdict) { return kVerdicts[static_cast<size_t>(verdict)]; }
int ExitCode(Verdict verdict) { return kExitCodes[static_cast<size_t>(verdict)]; }

String TimeText(int64_t ms) {
  const int64_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  auto time = values::Timestamp::FromUnix(seconds, 0);
  return time ? time->ToString() : String();
}

String NameOf(const Findings& findings, const envelope::Recipient& recipient) {
  const Person* person = findings.people.Of(recipient);
  return person == nullptr ? String() : person->name;
}

String DisplayPlain(const Findings& findings, std::string_view id, const json::Value& plain) {
  const templates::Field* field = findings.contract ? findings.contract->FindField(id) : nullptr;
  if (field != nullptr) {
    auto value = values::FromJson(plain, field->type);
    if (value) return templates::DisplayValue(*findings.contract, *field, *value);
  }
  return plain.is_string() ? plain.string_value() : json::Write(plain);
}

Vector<const envelope::Device*> DevicesOf(const envelope::Recipient& recipient,
                                          const Person& person) {
  Vector<const envelope::Device*> devices;
  for (const envelope::Device& device : recipient.devices) {
    const auto& joined = person.joined;
    if (std::find(joined.begin(), joined.end(), device.joined.event) != joined.end()) {
      devices.push_back(&device);
    }
  }
  return devices;
}

const envelope::Device* DeviceOf(const envelope::Recipient& recipient, const Person& person,
                                 const KeyId& key) {
  for (const envelope::Device* device : DevicesOf(recipient, person)) {
    if (device->key == key) return device;
  }
  return nullptr;
}

bool IsBy(const Findings& findings, const Person& person, const EventId& event) {
  const envelope::Facts& facts = findings.ledger.fold().facts();
  const auto place = facts.causality.PlaceOf(event);
  return place && InviteOfAuthor(facts, person.recipient, *place) == person.invite;
}

String TellSentence(const Findings& findings, Verdict verdict) {
  if (!findings.ledger.is_open()) {
    String text = "The file holds no envelope that can be read: its first event is ";
    switch (verdict) {
      case Verdict::kInvalid:
        return text +
               "missing, or not what it claims to be. Do not rely on it; the reasons say what.";
      case Verdict::kNeedsNewerVersion:
        return text + "missing, or one that only a newer version of Countersign knows.";
      default:
        return text + "missing.";
    }
  }
  const envelope::State& state = findings.ledger.state();
  size_t signers = 0;
  size_t counted = 0;
  size_t approvers = 0;
  size_t approved = 0;
  for (const envelope::Recipient& recipient : state.recipients) {
    if (recipient.routed && envelope::Approves(recipient.type)) {
      ++approvers;
      if (recipient.approved && recipient.approved->counts()) ++approved;
    }
    if (!envelope::Signs(recipient.type) || !recipient.routed) continue;
    ++signers;
    if (recipient.signature && recipient.signature->counts()) ++counted;
  }
  String count = NumberText(counted) + " of " + NumberText(signers) + " signatures";
  if (approvers > 0) {
    count += " and " + NumberText(approved) + " of " + NumberText(approvers) + " approvals";
  }
  count.append(" count");
  String text = " The text is what the template and the values give.";
  if (findings.rendered == Match::kNotDone) {
    text = !state.revision ? " No text has been published yet."
           : findings.text_waits
               ? " The text is not settled: a value it depends on is not given, or cannot be "
                 "evaluated."
               : " The text could not be rendered again: a part it is made from is "
                 "not in the file.";
  }
  if (findings.rendered == Match::kDiffers)
    text = " The text is not what the template and the values give.";
  for (const String& role : UnsignedRoles(findings)) {
    text += " Nobody was asked to sign as " + Quoted(role) + ".";
  }
  switch (verdict) {
    case Verdict::kValid:
      return "Valid and complete: " + count + ", and the envelope is sealed." + text;
    case Verdict::kInvalid:
      return "Invalid: something in this file is not what it claims to be. Do not rely on it; the "
             "reasons say what.";
    case Verdict::kIncomplete:
      return "Incomplete: a part that the rest names is not in this file. Ask for the whole file.";
    case Verdict::kNotSealed:
      return "Not final: " + count + ", and nobody has sealed the envelope yet." + text;
    case Verdict::kContested:
      return !state.fork.empty() && state.status == Status::kFrozen
                 ? "Frozen: the sender's chain of events forked, and there is no agreement until "
                   "that is repaired or voided, whichever signatures would count."
                 : "Contested: two acts exclude each other, and nothing says which came first.";
    case Verdict::kEnded:
      return "Valid, and over: the envelope was " + String(envelope::StatusName(state.status)) +
             ". It is no agreement.";
    case Verdict::kNeedsNewerVersion:
      return "Cannot be judged: the file holds something that only a newer version of Countersign "
             "knows.";
  }
  return {};
}

VerificationReport Tell(const Findings& findings) {
  VerificationReport report;
  json::Builder members;
  members.Text("format", "countersign-report/1")
      .Add("reasons", TellReasons(findings))
      .Int("moreReasons", static_cast<int64_t>(findings.more_reasons))
      .Add("core", json::Builder()
                       .Text("name", "countersign")
                       .Text("version", templates::CoreVersion())
                       .Take());
  size_t refused = 0;
  for (const Outside& event : findings.outside) refused += event.waits ? 0 : 1;
  const size_t waiting = findings.outside.size() - refused;
  json::Array recipients;
  json::Array withheld;
  json::Array unknowable;
  for (const Limit& limit : kUnknowable) {
    unknowable.push_back(
        json::Builder().Text("id", limit.id).Text("sentence", limit.sentence).Take());
  }
  size_t applied = 0;
  if (!findings.ledger.is_open()) {
    report.verdict = findings.worst == Severity::kInvalid ? Verdict::kInvalid
                     : findings.worst == Severity::kNewer ? Verdict::kNeedsNewerVersion
                                                          : Verdict::kIncomplete;
    for (const std::string_view name : {"values", "laws", "trail"}) {
      members.AddList(name, {});
    }
    members.Add("certificate", json::Builder().AddList("sections", {}).Take());
  } else {
    const envelope::State& state = findings.ledger.state();
    report.verdict = VerdictOf(findings);
    applied = findings.ledger.size() - state.refused.size();
    refused += state.refused.size();
    for (const envelope::Recipient& recipient : state.recipients) {
      recipients.push_back(TellRecipient(findings, recipient));
    }
    const Vector<envelope::Record> shredded =
        envelope::RecordsOf(findings.ledger, envelope::EventType::kContentShredded);
    for (const Hash& ref : findings.ledger.MissingDetails()) {
      json::Builder told;
      told.Base64("ref", ref.view());
      for (const envelope::Record& record : shredded) {
        const json::Array& refs = ListOf(record.said, "details");
        const json::Value text = json::Value::String(ref.ToBase64Url());
        if (std::find(refs.begin(), refs.end(), text) == refs.end()) continue;
        told.Base64("shredded", record.mention.event.view());
        break;
      }
      withheld.push_back(told.Take());
    }
    members.Add("envelope", TellEnvelope(findings));
    if (state.revision) {
      members.Add("revision", TellRevision(*state.revision));
      members.Add("document", TellDocument(findings));
      members.Add("values", TellValues(findings));
    } else {
      members.AddList("values", {});
    }
    if (state.completion) members.Add("completion", TellCompletion(*state.completion));
    if (report.verdict == Verdict::kEnded) {
      members.Text("ended", envelope::StatusName(state.status));
    }
    members.Add("laws", TellLaws(findings));
    members.Add("trail", TellTrail(findings));
    members.Add("certificate", TellCertificate(findings));
  }
  const auto number = [](size_t n) { return json::Value::Int(static_cast<int64_t>(n)); };
  members.Text("verdict", VerdictName(report.verdict));
  members.Int("exitCode", ExitCode(report.verdict));
  members.Text("sentence", TellSentence(findings, report.verdict));
  members.AddList("recipients", std::move(recipients));
  members.AddList("withheld", std::move(withheld));
  members.AddList("unknowable", std::move(unknowable));
  members.Add("counts", json::Builder()
                            .Add("events", number(findings.events))
                            .Add("blobs", number(findings.blobs))
                            .Add("applied", number(applied))
                            .Add("refused", number(refused))
                            .Add("waiting", number(waiting))
                            .Take());
  report.json = members.Take();
  return report;
}

}  // namespace countersign::evidence
