// The report: findings and state, told in the shape of verify.h.
#include <algorithm>

#include "crypto/crypto.h"
#include "envelope/trail.h"
#include "evidence/page.h"
#include "evidence/telling.h"
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
     "When anything happened: every time here is what a device claimed. The order of events is "
     "proven."},
    {"person",
     "Who a person is: the file shows which link's secret a key came from, not who held it."},
    {"screen",
     "What a screen showed: the text that was bound is proven; the honesty of the device is not."},
    {"tail", "Whether the other side holds later events that are not in this file."},
};

json::Value TellReasons(const Findings& findings) {
  std::vector<const Reason*> sorted;
  for (const Reason& reason : findings.reasons) sorted.push_back(&reason);
  std::sort(sorted.begin(), sorted.end(), [](const Reason* a, const Reason* b) {
    return a->severity != b->severity ? a->severity < b->severity
                                      : a < b;  // else in the order of finding
  });
  json::Array reasons;
  for (const Reason* reason : sorted) {
    json::Object members{{"code", Text(CodeName(reason->code))},
                         {"severity", Text(kSeverities[static_cast<size_t>(reason->severity)])},
                         {"message", Text(Error(reason->code, reason->detail).message())},
                         {"part", Text(reason->part)}};
    AddText("event", reason->event, &members);
    AddText("blob", reason->blob, &members);
    AddText("recipient", reason->recipient, &members);
    AddText("field", reason->field, &members);
    if (reason->line > 0)
      members.push_back({"line", json::Value::Int(static_cast<int64_t>(reason->line))});
    reasons.push_back(json::Value::Make(std::move(members)));
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
  json::Object members{
      {"id", IdText(state.id)},
      {"status", Text(envelope::StatusName(state.status))},
      {"owner", Text(crypto::Thumbprint(state.genesis.owner).ToBase64Url())},
      {"suite", Text("CSG-1")},
      {"tiePolicy", Text(envelope::TiePolicyName(state.genesis.tie_policy))},
      {"acceptance", Text(envelope::AcceptanceName(state.genesis.acceptance))},
      {"deadlinePolicy", Text(envelope::DeadlinePolicyName(state.genesis.deadline_policy))},
      {"createdAt", Text(TimeText(state.created.at))}};
  if (const auto detail = envelope::ReadDetailOf(findings.ledger, state.created.detail)) {
    AddText("title", TextOf(*detail, "title"), &members);
    if (const json::Value* sender = detail->Find("sender")) members.push_back({"sender", *sender});
  }
  if (state.revision) AddText("deadlineAt", state.revision->inputs.deadline_at, &members);
  return json::Value::Make(std::move(members));
}

json::Value TellRevision(const envelope::Revision& revision) {
  const envelope::RevisionInputs& inputs = revision.inputs;
  const envelope::TemplateIdentity& named = inputs.template_identity;
  return json::Value::Make(
      {{"hash", Text(revision.hash.ToBase64Url())},
       {"number", json::Value::Int(revision.number)},
       {"locale", Text(inputs.locale)},
       {"template", json::Value::Make({{"id", Text(named.id)},
                                       {"version", Text(named.version)},
                                       {"source", Text(named.source.ToBase64Url())},
                                       {"compiled", Text(named.compiled.ToBase64Url())}})},
       {"consent", envelope::WriteConsentIdentity(inputs.consent)},
       {"fields", Text(inputs.fields.ToBase64Url())},
       {"routing", Text(inputs.routing.ToBase64Url())}});
}

std::string DocumentMatch(Match match, std::string_view verb) {
  if (match != Match::kNotDone) return std::string(kMatches[static_cast<size_t>(match)]);
  return "not" + std::string(verb);
}

json::Value TellDocument(const Findings& findings) {
  const envelope::State& state = findings.ledger.state();
  json::Object members{{"rendered", Text(DocumentMatch(findings.rendered, "Rendered"))},
                       {"recompiled", Text(DocumentMatch(findings.recompiled, "Recompiled"))}};
  std::string text;
  if (state.completion) {
    text = state.completion->text.ToBase64Url();
  } else if (!findings.signatures.empty() && findings.signatures.front().content) {
    text = findings.signatures.front().content->statement.documents.front().text.ToBase64Url();
  } else if (findings.terms) {
    text = findings.terms->text.ToBase64Url();
  }
  members.push_back({"text", Text(text)});
  if (findings.terms) {
    AddText("title", findings.terms->document.title, &members);
    members.push_back(
        {"size", json::Value::Int(static_cast<int64_t>(findings.terms->bytes.size()))});
  }
  return json::Value::Make(std::move(members));
}

json::Value TellSignature(const Findings& findings, const envelope::Recipient& recipient) {
  const envelope::Mark& mark = *recipient.signature;
  json::Object members{{"event", IdText(mark.mention.event)},
                       {"key", Text(mark.key.ToBase64Url())},
                       {"claimedAt", Text(TimeText(mark.mention.at))},
                       {"counts", json::Value::Bool(mark.counts())}};
  if (mark.code) {
    members.push_back({"code", Text(CodeName(*mark.code))});
    if (*mark.code == ErrorCode::kSignatureLate)
      members.push_back({"late", json::Value::Bool(true)});
  }
  json::Array fields;
  if (const SignatureFinding* finding = findings.Find(recipient.id)) {
    for (const SignatureFinding::FieldFinding& field : finding->fields) {
      fields.push_back(
          json::Value::Make({{"id", Text(field.id)}, {"commitment", Text(field.commitment)}}));
    }
    if (finding->content) {
      const envelope::SignedContent& content = *finding->content;
      AddText("timeZone", content.statement.time_zone, &members);
      AddText("name", content.name, &members);
      members.push_back(
          {"intent", json::Value::Make({{"text", Text(content.statement.intent_text)},
                                        {"gesture", Text(content.statement.intent_gesture)}})});
      if (content.mark) members.push_back({"mark", *content.mark});
    }
  }
  members.push_back({"fields", json::Value::List(std::move(fields))});
  if (recipient.consent) {
    const envelope::Consent& consent = *recipient.consent;
    members.push_back({"consent", json::Value::Make({{"event", IdText(consent.mention.event)},
                                                     {"id", Text(consent.consent.id)},
                                                     {"version", Text(consent.consent.version)},
                                                     {"locale", Text(consent.consent.locale)}})});
  }
  if (recipient.presented)
    members.push_back({"presented", IdText(recipient.presented->mention.event)});
  if (recipient.access) members.push_back({"access", IdText(recipient.access->event)});
  return json::Value::Make(std::move(members));
}

json::Value TellRecipient(const Findings& findings, const envelope::Recipient& recipient) {
  json::Object members{
      {"id", Text(recipient.id)},
      {"role", Text(recipient.role)},
      {"recipientType", Text(envelope::RecipientTypeName(recipient.type))},
      {"order", json::Value::Int(recipient.order)},
      {"invitation", Text(crypto::Thumbprint(recipient.invitation).ToBase64Url())}};
  AddText("name", NameOf(findings, recipient), &members);
  AddText("contact", envelope::DetailText(findings.ledger, recipient.invited.detail, "contact"),
          &members);

  json::Array devices;
  const envelope::Device* used = nullptr;
  for (const envelope::Device& device : recipient.devices) {
    json::Object told{{"key", Text(device.key.ToBase64Url())},
                      {"joined", IdText(device.joined.event)},
                      {"bound", json::Value::Bool(device.bound)}};
    if (const auto detail = envelope::ReadDetailOf(findings.ledger, device.joined.detail)) {
      const json::Value& about = ObjectOf(*detail, "device");
      AddText("userAgent", TextOf(about, "userAgent"), &told);
      AddText("label", TextOf(about, "label"), &told);
    }
    devices.push_back(json::Value::Make(std::move(told)));
    if (used == nullptr && device.bound) used = &device;
  }
  if (recipient.signature) used = DeviceOf(recipient, recipient.signature->key);
  json::Array evidence;
  if (used != nullptr) {
    evidence.push_back(IdText(recipient.invited.event));
    evidence.push_back(IdText(used->joined.event));
    if (used->accepted) evidence.push_back(IdText(*used->accepted));
  }
  members.push_back({"level", Text(used != nullptr ? "L1" : "L0")});
  members.push_back({"levelEvidence", json::Value::List(std::move(evidence))});
  members.push_back({"devices", json::Value::List(std::move(devices))});
  if (recipient.signature) members.push_back({"signature", TellSignature(findings, recipient)});
  if (recipient.declined) {
    json::Object declined{{"event", IdText(recipient.declined->mention.event)},
                          {"claimedAt", Text(TimeText(recipient.declined->mention.at))}};
    AddText("reason",
            envelope::DetailText(findings.ledger, recipient.declined->mention.detail, "reason"),
            &declined);
    members.push_back({"declined", json::Value::Make(std::move(declined))});
  }
  return json::Value::Make(std::move(members));
}

json::Value TellValues(const Findings& findings) {
  json::Array values;
  const envelope::State& state = findings.ledger.state();
  const auto label_of = [&](std::string_view id, json::Object* members) {
    const templates::Field* field = findings.contract ? findings.contract->FindField(id) : nullptr;
    if (field != nullptr) AddText("label", field->label, members);
  };
  if (const auto sender = envelope::SenderValues(findings.ledger, *state.revision)) {
    for (const json::Member& member : sender->members()) {
      json::Object told{{"id", Text(member.name)},
                        {"value", member.value},
                        {"display", Text(DisplayPlain(findings, member.name, member.value))}};
      label_of(member.name, &told);
      values.push_back(json::Value::Make(std::move(told)));
    }
  }
  for (const envelope::CommittedValue& entry : findings.committed) {
    json::Object told{{"id", Text(entry.field)},
                      {"recipient", Text(entry.recipient)},
                      {"event", IdText(entry.event)},
                      {"value", entry.value.value_or(json::Value())},
                      {"withheld", json::Value::Bool(!entry.value)}};
    if (entry.value)
      told.push_back({"display", Text(DisplayPlain(findings, entry.field, *entry.value))});
    if (entry.was) told.push_back({"was", *entry.was});
    label_of(entry.field, &told);
    values.push_back(json::Value::Make(std::move(told)));
  }
  return json::Value::List(std::move(values));
}

json::Value TellCompletion(const envelope::Completion& completion) {
  json::Array signatures;
  for (const EventId& id : completion.signatures) signatures.push_back(IdText(id));
  return json::Value::Make({{"event", IdText(completion.mention.event)},
                            {"by", Text(completion.by.ToBase64Url())},
                            {"byRole", Text(completion.by_role)},
                            {"claimedAt", Text(TimeText(completion.mention.at))},
                            {"signatures", json::Value::List(std::move(signatures))},
                            {"count", json::Value::Int(completion.count)},
                            {"text", Text(completion.text.ToBase64Url())}});
}

}  // namespace

std::string_view VerdictName(Verdict verdict) { return kVerdicts[static_cast<size_t>(verdict)]; }
int ExitCode(Verdict verdict) { return kExitCodes[static_cast<size_t>(verdict)]; }

void AddText(std::string_view name, std::string_view text, json::Object* members) {
  if (!text.empty()) members->push_back({std::string(name), Text(text)});
}

std::string TimeText(int64_t ms) {
  const int64_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  auto time = values::Timestamp::FromUnix(seconds, 0);
  return time ? time->ToString() : std::string();
}

std::string NameOf(const Findings& findings, const envelope::Recipient& recipient) {
  return envelope::DetailText(findings.ledger, recipient.invited.detail, "name");
}

std::string DisplayPlain(const Findings& findings, std::string_view id, const json::Value& plain) {
  const templates::Field* field = findings.contract ? findings.contract->FindField(id) : nullptr;
  if (field != nullptr) {
    auto value = values::FromJson(plain, field->type);
    if (value) return templates::DisplayValue(*findings.contract, *field, *value);
  }
  return plain.is_string() ? plain.string_value() : json::Write(plain);
}

const envelope::Device* DeviceOf(const envelope::Recipient& recipient, const KeyId& key) {
  for (const envelope::Device& device : recipient.devices) {
    if (device.key == key) return &device;
  }
  return nullptr;
}

std::string TellSentence(const Findings& findings, Verdict verdict) {
  if (!findings.ledger.is_open())
    return "The file holds no envelope that can be read: its first event is missing.";
  const envelope::State& state = findings.ledger.state();
  size_t signers = 0;
  size_t counted = 0;
  for (const envelope::Recipient& recipient : state.recipients) {
    if (recipient.type != envelope::RecipientType::kSigner || !recipient.routed) continue;
    ++signers;
    if (recipient.signature && recipient.signature->counts()) ++counted;
  }
  const std::string count =
      std::to_string(counted) + " of " + std::to_string(signers) + " signatures count";
  std::string text = " The text is what the template and the values give.";
  if (findings.rendered == Match::kNotDone) {
    text = " The text could not be rendered again: a part it is made from is not in the file.";
  }
  if (findings.rendered == Match::kDiffers)
    text = " The text is not what the template and the values give.";
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
      return state.status == Status::kFrozen
                 ? "Frozen: the sender's chain of events forked, and nothing counts until that is "
                   "repaired."
                 : "Contested: two acts exclude each other, and nothing says which came first.";
    case Verdict::kEnded:
      return "Valid, and over: the envelope was " +
             std::string(envelope::StatusName(state.status)) + ". It is no agreement.";
    case Verdict::kNeedsNewerVersion:
      return "Cannot be judged: the file holds something that only a newer version of Countersign "
             "knows.";
  }
  return {};
}

VerificationReport Tell(const Findings& findings) {
  VerificationReport report;
  json::Object members{{"format", Text("countersign-report/1")},
                       {"reasons", TellReasons(findings)},
                       {"core", json::Value::Make({{"name", Text("countersign")},
                                                   {"version", Text(templates::CoreVersion())}})}};
  size_t refused = 0;
  for (const Outside& event : findings.outside) refused += event.waits ? 0 : 1;
  const size_t waiting = findings.outside.size() - refused;
  json::Array recipients;
  json::Array withheld;
  json::Array unknowable;
  for (const Limit& limit : kUnknowable) {
    unknowable.push_back(
        json::Value::Make({{"id", Text(limit.id)}, {"sentence", Text(limit.sentence)}}));
  }
  size_t applied = 0;
  if (!findings.ledger.is_open()) {
    report.verdict = findings.worst == Severity::kInvalid ? Verdict::kInvalid
                     : findings.worst == Severity::kNewer ? Verdict::kNeedsNewerVersion
                                                          : Verdict::kIncomplete;
    for (const std::string_view name : {"values", "laws", "trail"}) {
      members.push_back({std::string(name), json::Value::List({})});
    }
    members.push_back({"certificate", json::Value::Make({{"sections", json::Value::List({})}})});
  } else {
    const envelope::State& state = findings.ledger.state();
    report.verdict = VerdictOf(findings);
    applied = findings.ledger.size() - static_cast<size_t>(state.refused_count);
    refused += static_cast<size_t>(state.refused_count);
    for (const envelope::Recipient& recipient : state.recipients) {
      recipients.push_back(TellRecipient(findings, recipient));
    }
    for (const Hash& ref : findings.ledger.MissingDetails()) {
      withheld.push_back(json::Value::Make({{"ref", Text(ref.ToBase64Url())}}));
    }
    members.push_back({"envelope", TellEnvelope(findings)});
    if (state.revision) {
      members.push_back({"revision", TellRevision(*state.revision)});
      members.push_back({"document", TellDocument(findings)});
      members.push_back({"values", TellValues(findings)});
    } else {
      members.push_back({"values", json::Value::List({})});
    }
    if (state.completion) members.push_back({"completion", TellCompletion(*state.completion)});
    if (report.verdict == Verdict::kEnded) {
      members.push_back({"ended", Text(envelope::StatusName(state.status))});
    }
    members.push_back({"laws", TellLaws(findings)});
    members.push_back({"trail", TellTrail(findings)});
    members.push_back({"certificate", TellCertificate(findings)});
  }
  const auto number = [](size_t n) { return json::Value::Int(static_cast<int64_t>(n)); };
  members.push_back({"verdict", Text(VerdictName(report.verdict))});
  members.push_back({"exitCode", json::Value::Int(ExitCode(report.verdict))});
  members.push_back({"sentence", Text(TellSentence(findings, report.verdict))});
  members.push_back({"recipients", json::Value::List(std::move(recipients))});
  members.push_back({"withheld", json::Value::List(std::move(withheld))});
  members.push_back({"unknowable", json::Value::List(std::move(unknowable))});
  members.push_back({"counts", json::Value::Make({{"events", number(findings.events)},
                                                  {"blobs", number(findings.blobs)},
                                                  {"applied", number(applied)},
                                                  {"refused", number(refused)},
                                                  {"waiting", number(waiting)}})});
  report.json = json::Value::Make(std::move(members));
  return report;
}

}  // namespace countersign::evidence
