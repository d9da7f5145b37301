// The certificate of completion: what rivals print, and what is proven, claimed or attested of it.
//
// Proven: follows from signed bytes in this file. Claimed: a device or the sender says so (every
// clock, every name). Attested: a service that the envelope named says so. No address of a network
// is printed as proof.

#include "crypto/crypto.h"
#include "evidence/page.h"
#include "evidence/telling.h"
#include "json/builder.h"

namespace countersign::evidence {
namespace {

constexpr std::string_view kProven = "proven";
constexpr std::string_view kClaimed = "claimed";
constexpr std::string_view kAttested = "attested";

class Section {
 public:
  explicit Section(String title) : title_(std::move(title)) {}
  void Row(std::string_view label, std::string_view value, std::string_view proof) {
    if (value.empty()) return;
    rows_.push_back(
        json::Builder().Text("label", label).Text("value", value).Text("proof", proof).Take());
  }
  // Every time is a device's claim.
  void Time(std::string_view label, int64_t ms) { Row(label, TimeText(ms), kClaimed); }
  void Id(std::string_view label, ByteView id) { Row(label, EncodeBase64Url(id), kProven); }
  json::Value Take() {
    return json::Builder().Text("title", title_).AddList("rows", std::move(rows_)).Take();
  }

 private:
  String title_;
  json::Array rows_;
};

json::Value EnvelopeSection(const Findings& findings) {
  const envelope::State& state = findings.ledger.state();
  Section section("Envelope");
  section.Row("Title", envelope::DetailText(findings.ledger, state.created.detail, "title"),
              kClaimed);
  section.Row("Status", envelope::StatusName(state.status), kProven);
  section.Id("Envelope id", state.id.view());
  if (const auto detail = envelope::ReadDetailOf(findings.ledger, state.created.detail)) {
    const json::Value& sender = ObjectOf(*detail, "sender");
    section.Row("Sender", TextOf(sender, "name"), kClaimed);
    section.Row("Organisation", TextOf(sender, "organisation"), kClaimed);
    section.Row("Sender's contact", TextOf(sender, "contact"), kClaimed);
  }
  section.Id("Sender's key (x)", state.genesis.owner.view());
  const KeyId first = crypto::Thumbprint(state.genesis.owner);
  section.Id("Sender's key (id)", first.view());
  if (state.owners.size() != 1 || state.owners[0] != first) {
    for (const KeyId& key : state.owners) section.Id("Sender's key now (id)", key.view());
  }
  for (const auto& other : state.genesis.relates_to) {
    section.Row("This " + other.how, other.envelope.ToBase64Url(), kClaimed);
  }
  section.Time("Created", state.created.at);
  if (state.sent) section.Time("Sent", state.sent->at);
  if (state.completion) {
    section.Time("Sealed", state.completion->mention.at);
    section.Row("Sealed by", state.completion->by_role, kProven);
    section.Id("Sealing event", state.completion->mention.event.view());
  }
  if (state.ending) {
    section.Time("Ended", state.ending->mention.at);
    section.Row("Reason",
                envelope::DetailText(findings.ledger, state.ending->mention.detail, "reason"),
                kClaimed);
  }
  if (state.revision) {
    const envelope::RevisionInputs& inputs = state.revision->inputs;
    section.Row("Revision",
                NumberText(state.revision->number) + ", " + state.revision->hash.ToBase64Url(),
                kProven);
    section.Row("Template",
                inputs.template_identity.id + ", version " + inputs.template_identity.version,
                kProven);
    section.Row("Language", inputs.locale, kProven);
    section.Row("Deadline", inputs.deadline_at, kProven);
    if (!inputs.deadline_at.empty()) {
      section.Row("Deadline holds by",
                  state.genesis.deadline_policy == envelope::DeadlinePolicy::kReceipt
                      ? "receipts: none proves yet that the signatures came in time"
                      : "what the devices claim",
                  kProven);
    }
    for (const Hash& ref : inputs.attachments) section.Id("Attachment SHA-256", ref.view());
  }
  for (const String& role : UnsignedRoles(findings)) {
    section.Row("Nobody signs as", role, kProven);
  }
  for (const envelope::Gap& gap : state.gaps) {
    const String chain = gap.chain.ToBase64Url();
    section.Row(gap.reused ? "Written twice" : "Missing events",
                gap.reused ? "number " + NumberText(gap.first) + " of chain " + chain +
                                 ": the device was cloned, or lied"
                           : "numbers " + NumberText(gap.first) + " to " + NumberText(gap.last) +
                                 " of chain " + chain,
                kProven);
  }
  if (findings.terms) {
    section.Row("Document", findings.terms->document.title, kProven);
    section.Id("Document SHA-256", findings.terms->text.view());
  }
  section.Row("If acts cross", envelope::TiePolicyName(state.genesis.tie_policy), kProven);
  return section.Take();
}

void DeviceRows(const Findings& findings, const envelope::Recipient& recipient,
                const Person& person, Section* section) {
  for (const envelope::Device* device : DevicesOf(recipient, person)) {
    String text = TimeText(device->joined.at);
    if (const auto detail = envelope::ReadDetailOf(findings.ledger, device->joined.detail)) {
      const std::string_view agent = TextOf(ObjectOf(*detail, "device"), "userAgent");
      if (!agent.empty()) text.append(", ").append(agent);
    }
    section->Row("Device joined", text, kClaimed);
  }
}

void MarkRow(std::string_view label, const envelope::Mark& mark, Section* section) {
  section->Row(label,
               mark.counts() ? "counts" : String("does not count: ").append(CodeName(*mark.code)),
               kProven);
}

// Whoever had another link of this recipient, with what is theirs.
json::Value EarlierSection(const Findings& findings, const envelope::Recipient& recipient,
                           const Person& person) {
  Section section((person.name.empty() ? recipient.id : Quoted(person.name)) +
                  ", by another link for the same place");
  section.Row("Name", person.name, kClaimed);
  section.Row("Contact", person.contact, kClaimed);
  section.Row("In the place of", recipient.id, kProven);
  section.Time("Invited", person.invited.at);
  if (person.delivered) section.Time("Link " + person.outcome, person.delivered->at);
  DeviceRows(findings, recipient, person, &section);
  const auto tell = [&](std::string_view label, const envelope::Mark& mark) {
    if (!IsBy(findings, person, mark.mention.event)) return;
    MarkRow(label, mark, &section);
    section.Time("Made", mark.mention.at);
  };
  if (recipient.signature) tell("Signature", *recipient.signature);
  if (recipient.declined) tell("Decline", *recipient.declined);
  if (recipient.approved) tell("Approval", *recipient.approved);
  for (const envelope::Mark& mark : recipient.other_marks) tell("Signature or decline", mark);
  if (!person.copies.empty()) {
    section.Row("Copies taken", NumberText(person.copies.size()), kClaimed);
  }
  return section.Take();
}

std::string_view StandingOf(const envelope::Recipient& recipient) {
  if (recipient.removed) return "; removed, and takes part no longer";
  return recipient.routed ? "" : "; not in the current revision";
}

json::Value RecipientSection(const Findings& findings, const envelope::Recipient& recipient) {
  const Person& person = *findings.people.Of(recipient);
  const String& name = person.name;
  const templates::Role* role =
      findings.contract ? findings.contract->FindRole(recipient.role) : nullptr;
  Section section((name.empty() ? recipient.id : Quoted(name)) + ", " +
                  (role != nullptr ? role->label : recipient.role));
  section.Row("Name", name, kClaimed);
  section.Row("Contact", person.contact, kClaimed);
  section.Row("Takes part as",
              String(envelope::RecipientTypeName(recipient.type)) + ", order " +
                  NumberText(recipient.order) + StandingOf(recipient),
              kProven);
  if (role == nullptr && findings.contract) {
    section.Row("Role", recipient.role + ": the text has no such role", kProven);
  }
  if (recipient.type == envelope::RecipientType::kInPerson) {
    const envelope::Recipient* host = findings.ledger.state().Find(recipient.host);
    const String with = host == nullptr ? String("the sender") : NameOf(findings, *host);
    section.Row("Signs beside", with.empty() ? recipient.host : with, kClaimed);
  }
  section.Time("Invited", recipient.invited.at);
  if (person.delivered) section.Time("Link " + person.outcome, person.delivered->at);
  DeviceRows(findings, recipient, person, &section);
  if (recipient.presented) section.Time("Document shown", recipient.presented->mention.at);
  if (recipient.access) section.Time("Access demonstrated", recipient.access->at);
  if (recipient.consent) {
    section.Time("Disclosure accepted", recipient.consent->mention.at);
    section.Row("Disclosure",
                recipient.consent->consent.id + ", version " + recipient.consent->consent.version +
                    ", " + recipient.consent->consent.locale,
                kProven);
  }
  const SignatureFinding* finding = findings.Find(recipient.id);
  if (recipient.signature && IsBy(findings, person, recipient.signature->mention.event)) {
    const envelope::Mark& mark = *recipient.signature;
    MarkRow("Signature", mark, &section);
    if (mark.counts() && findings.contract && !FillsFields(findings, recipient)) {
      section.Row("Place in the text", "none: the role's places are somebody else's", kProven);
    }
    section.Id("Signature id", mark.mention.event.view());
    section.Time("Signed", mark.mention.at);
    section.Id("Signing key", mark.key.view());
    if (const envelope::Device* device = DeviceOf(recipient, person, mark.key)) {
      section.Row(
          "Key bound by",
          String(device->vouched ? "a device that the recipient had joined with, event "
                                 : "the secret of the recipient's link (level L1), event ") +
              device->joined.event.ToBase64Url(),
          kProven);
    }
    for (const Attestation& one : findings.people.attestations()) {
      if (!IsOf(one, recipient.id, person, mark.key)) continue;
      section.Row("Key holder",
                  "level " + one.level + " by " + one.method + ", event " + one.event.ToBase64Url(),
                  kAttested);
    }
    if (finding != nullptr && finding->content) {
      const envelope::SignedContent& content = *finding->content;
      section.Row("Signed as", content.name, kClaimed);
      String kind = content.statement.mark_kind;
      if (kind == "drawn" && content.mark && StrokesOf(*content.mark).empty()) {
        kind.append(", without a line");
      }
      section.Row("Signature is", kind, kProven);
      section.Row("Pressed", content.statement.intent_text, kClaimed);
      section.Row("Time zone", content.statement.time_zone, kClaimed);
      section.Id("Text read, SHA-256", content.statement.rendering.view());
    }
  }
  if (recipient.approved && IsBy(findings, person, recipient.approved->mention.event)) {
    MarkRow("Approval", *recipient.approved, &section);
    section.Id("Approval id", recipient.approved->mention.event.view());
    section.Time("Approved", recipient.approved->mention.at);
  }
  if (recipient.declined && IsBy(findings, person, recipient.declined->mention.event)) {
    section.Time("Declined", recipient.declined->mention.at);
    section.Row("Reason",
                envelope::DetailText(findings.ledger, recipient.declined->mention.detail, "reason"),
                kClaimed);
  }
  if (!person.copies.empty()) {
    section.Row("Copies taken", NumberText(person.copies.size()), kClaimed);
  }
  return section.Take();
}

json::Value ValuesSection(const Findings& findings) {
  Section section("Values");
  const templates::Values filled = FilledOf(findings);
  for (const templates::FieldValue& value : findings.values) {
    const templates::Field* field = findings.contract->FindField(value.id);
    if (field == nullptr) continue;
    const bool is_filled = templates::FindValue(filled, value.id) != nullptr;
    std::string_view proof = kProven;  // the sender's: part of the revision's hash
    if (!field->role.empty()) {
      proof = kClaimed;  // until a signature binds it
      for (const SignatureFinding& signature : findings.signatures) {
        for (const SignatureFinding::FieldFinding& bound : signature.fields) {
          if (bound.id == value.id && bound.commitment == "matches") proof = kProven;
        }
      }
    }
    const String label = is_filled ? field->label : field->label + " (proposed, not answered)";
    section.Row(label, templates::DisplayValue(*findings.contract, *field, value.value), proof);
  }
  return section.Take();
}

}  // namespace

json::Value TellCertificate(const Findings& findings) {
  json::Array sections;
  sections.push_back(EnvelopeSection(findings));
  for (const envelope::Recipient& recipient : findings.ledger.state().recipients) {
    sections.push_back(RecipientSection(findings, recipient));
    for (const Person& person : findings.people.all()) {
      if (person.recipient == recipient.id && &person != findings.people.Of(recipient)) {
        sections.push_back(EarlierSection(findings, recipient, person));
      }
    }
  }
  if (findings.contract && !findings.values.empty()) sections.push_back(ValuesSection(findings));
  Section check("How to check this");
  check.Row("Offline",
            "Open this file at a Countersign verify page, or run: countersign verify FILE", "");
  check.Row("Events",
            NumberText(findings.ledger.size()) + " signed events, chained by their hashes",
            kProven);
  if (findings.ledger.state().completion) {
    check.Row("Sealed events", NumberText(findings.ledger.state().completion->count), kProven);
  }
  sections.push_back(check.Take());
  return json::Builder().AddList("sections", std::move(sections)).Take();
}

}  // namespace countersign::evidence
