// Rules of law as predicates over the log: which hold, by which events. Not legal advice; a
// predicate says what the log shows and no more. Sources: 15 USC 7001 (ESIGN), Uniform Electronic
// Transactions Act (1999), Regulation (EU) 910/2014 (eIDAS) article 26.
#include <algorithm>

#include "evidence/page.h"
#include "evidence/telling.h"
#include "json/builder.h"

namespace countersign::evidence {
namespace {

enum class Holds : uint8_t { kYes, kNo, kUnknown };
constexpr std::string_view kHolds[] = {"yes", "no", "unknown"};

struct Predicate {
  std::string_view id, law, source, sentence;
};

constexpr Predicate kConsentBefore{
    "esign.c1.consent_before_signing", "ESIGN", "15 USC 7001(c)(1)(A)",
    "Consent to this text, version and language was given before signing"};
constexpr Predicate kDisclosure{
    "esign.c1.disclosure_complete", "ESIGN", "15 USC 7001(c)(1)(B)",
    "The disclosure names paper option, withdrawal, scope, contact updates, copies and "
    "requirements"};
constexpr Predicate kAccess{
    "esign.c1.access_demonstrated", "ESIGN", "15 USC 7001(c)(1)(C)(ii)",
    "A code shown in the document was typed back: the signer could open this form"};
constexpr Predicate kNotWithdrawn{
    "esign.c1.not_withdrawn", "ESIGN", "15 USC 7001(c)(1)(A)",
    "The consent that was given last before the signature was not withdrawn before or beside it"};
constexpr Predicate kCopy{"esign.e.copy_retained", "ESIGN", "15 USC 7001(d), (e); UETA 8, 12",
                          "The signer took a copy of this revision that can be kept and printed"};
constexpr Predicate kAgreement{"ueta.5b.agreement", "UETA", "UETA 5(b)",
                               "The party agreed to conduct this transaction by electronic means"};
constexpr Predicate kIntent{"ueta.2_8.intent", "UETA", "UETA 2(8)",
                            "The signature was made by a control of its own; what its label says "
                            "is for the reader to judge"};
constexpr Predicate kAttribution{
    "ueta.9.attribution", "UETA", "UETA 9(a)",
    "The signing key was bound by the secret of the link sent to this recipient, or by a device "
    "that was"};
constexpr Predicate kCorrection{"ueta.10.error_correction", "UETA", "UETA 10(2)",
                                "The final text was presented before the separate act of signing"};
constexpr Predicate kIntegrity{"ueta.12.accurate_record", "UETA", "UETA 12(a); eIDAS 26(d)",
                               "Every signature and hash in the file was checked and fits: no byte "
                               "that was signed is another"};
constexpr Predicate kUnique{"eidas.26a.uniquely_linked", "eIDAS",
                            "Regulation (EU) 910/2014, article 26(a)",
                            "Nobody else of this envelope used the signing key"};
constexpr Predicate kIdentified{
    "eidas.26b.identifies", "eIDAS", "Regulation (EU) 910/2014, article 26(b)",
    "A service that the sender named, by a key that never was the sender's, attested who holds "
    "the key"};
constexpr Predicate kControl{"eidas.26c.sole_control", "eIDAS",
                             "Regulation (EU) 910/2014, article 26(c)",
                             "The key was under the signer's sole control (no log can show it)"};

// `fact`: what the predicate rests on, in words.
json::Value Told(const Predicate& predicate, std::string_view recipient, Holds holds,
                 const EventId* first = nullptr, const EventId* second = nullptr,
                 std::string_view fact = {}) {
  json::Array ids;
  for (const EventId* id : {first, second}) {
    if (id != nullptr) ids.push_back(IdText(*id));
  }
  json::Builder members;
  members.Text("id", predicate.id)
      .Text("law", predicate.law)
      .Text("source", predicate.source)
      .Text("sentence", String(predicate.sentence) + String(fact))
      .Text("holds", kHolds[static_cast<size_t>(holds)])
      .AddList("events", std::move(ids));
  members.TextIfAny("recipient", recipient);
  return members.Take();
}

bool WasBound(const Findings& findings, std::string_view recipient, const EventId& event) {
  const envelope::Facts& facts = findings.ledger.fold().facts();
  const auto place = facts.causality.PlaceOf(event);
  const envelope::RecipientFacts* found = facts.Find(recipient);
  if (!place || found == nullptr) return false;
  const auto past = envelope::View::PastOf(facts, *place);
  return envelope::BindingOf(past, *found, facts.events[*place].author) ==
         envelope::Binding::kBound;
}

// A withdrawal of the person's consent that no consent before the signature knew.
std::optional<EventId> WithdrawalBy(const Findings& findings, const Person& person,
                                    const envelope::Mark& mark) {
  const envelope::Facts& facts = findings.ledger.fold().facts();
  const auto signing = facts.causality.PlaceOf(mark.mention.event);
  const envelope::RecipientFacts* recipient = facts.Find(person.recipient);
  if (!signing || recipient == nullptr) return std::nullopt;
  const auto is_own = [&](const envelope::EvidenceFact& fact, envelope::EventType type) {
    return fact.type == type && fact.invite == person.invite && fact.revision == mark.revision;
  };
  for (const envelope::EvidenceFact& taken : recipient->evidence) {
    if (!is_own(taken, envelope::EventType::kConsentWithdrawn)) continue;
    if (facts.Before(*signing, taken.place)) continue;
    const bool given_again = std::any_of(
        recipient->evidence.begin(), recipient->evidence.end(),
        [&](const envelope::EvidenceFact& given) {
          return is_own(given, envelope::EventType::kConsentGiven) &&
                 facts.Before(taken.place, given.place) && facts.Before(given.place, *signing);
        });
    if (!given_again) return facts.id(taken.place);
  }
  return std::nullopt;
}

// How many times the recipient became another person up to this invitation.
size_t PersonOf(const envelope::Facts& facts, const envelope::RecipientFacts& recipient,
                envelope::Place invite) {
  size_t persons = 0;
  for (const envelope::InviteFact& other : recipient.invites) {
    if (other.for_another && !facts.Later(other.place, invite)) ++persons;
  }
  return persons;
}

// By anything in the file, whether or not the signature knew it.
bool IsOfAnother(const Findings& findings, const Person& person, const KeyId& key) {
  const envelope::Facts& facts = findings.ledger.fold().facts();
  for (const envelope::RecipientFacts& recipient : facts.recipients) {
    for (const envelope::JoinFact& join : recipient.joins) {
      if (join.kid != key) continue;
      if (recipient.id != person.recipient) return true;
      // A new link for the same person is no other person's.
      if (join.invite != person.invite &&
          PersonOf(facts, recipient, join.invite) != PersonOf(facts, recipient, person.invite)) {
        return true;
      }
    }
  }
  for (const envelope::KeyChange& change : facts.key_changes) {
    if (change.key == key) return true;
  }
  return facts.owner == key || facts.recovery == key;
}

Holds If(bool holds) { return holds ? Holds::kYes : Holds::kNo; }

}  // namespace

json::Value TellLaws(const Findings& findings) {
  json::Array laws;
  const envelope::State& state = findings.ledger.state();
  for (const envelope::Recipient& recipient : state.recipients) {
    // By who is told as this recipient: what whoever had another link did is in the trail.
    const Person& person = *findings.people.Of(recipient);
    if (!recipient.signature || !IsBy(findings, person, recipient.signature->mention.event)) {
      continue;
    }
    const envelope::Mark& mark = *recipient.signature;
    const EventId& signing = mark.mention.event;
    const String& who = recipient.id;
    const auto before = [&](const auto& fact) {
      return fact && findings.IsBefore(fact->mention.event, signing);
    };

    const auto add = [&](const Predicate& predicate, Holds holds, const EventId* first = nullptr,
                         const EventId* second = nullptr, std::string_view fact = {}) {
      laws.push_back(Told(predicate, who, holds, first, second, fact));
    };
    const bool consented =
        before(recipient.consent) && recipient.consent->consent == state.revision->inputs.consent;
    const EventId* consent = consented ? &recipient.consent->mention.event : nullptr;
    add(kConsentBefore, If(consented), consent, &signing);
    add(kAgreement, If(consented), consent, &signing);
    Holds complete = If(findings.consent_complete == Match::kSame);
    if (findings.consent_complete == Match::kNotDone) complete = Holds::kUnknown;
    add(kDisclosure, complete, consent);
    const bool accessed = recipient.access && findings.IsBefore(recipient.access->event, signing);
    add(kAccess, If(accessed), accessed ? &recipient.access->event : nullptr);
    const std::optional<EventId> withdrawn = WithdrawalBy(findings, person, mark);
    const Holds kept = If(!withdrawn && before(recipient.consent));
    add(kNotWithdrawn, state.needs_newer_version ? Holds::kUnknown : kept,
        withdrawn ? &*withdrawn : consent);

    const SignatureFinding* finding = findings.Find(who);
    String label;
    if (finding != nullptr && finding->content) {
      label = finding->content->statement.intent_text;
    }
    add(kIntent, If(!label.empty()), &signing, nullptr,
        label.empty() ? String() : ": " + Quoted(label));
    const envelope::Device* device = DeviceOf(recipient, person, mark.key);
    const EventId* joined = device != nullptr ? &device->joined.event : nullptr;
    // Of the act, whatever became of the signature since.
    add(kAttribution, If(device != nullptr && WasBound(findings, who, signing)),
        &recipient.invited.event, joined);
    add(kUnique, If(device != nullptr && !IsOfAnother(findings, person, mark.key)),
        &recipient.invited.event, joined);
    const bool presented = before(recipient.presented) && recipient.presented->text == mark.text;
    // How much of it was reached is the device's claim, and may be nonsense.
    Holds shown = If(presented);
    String reached;
    if (presented) {
      const envelope::Presented& to = *recipient.presented;
      if (to.units != to.of || to.of < 1) shown = Holds::kUnknown;
      reached = " (" + NumberText(to.units) + " of " + NumberText(to.of) +
                " parts reached, as the device claims)";
    }
    add(kCorrection, shown, presented ? &recipient.presented->mention.event : nullptr, &signing,
        reached);
    const EventId* attested = nullptr;
    for (const Attestation& one : findings.people.attestations()) {
      if (IsOf(one, who, person, mark.key)) attested = &one.event;
    }
    add(kIdentified, If(attested != nullptr), attested);
    add(kControl, Holds::kUnknown);
    // Of what was signed; it may be taken after completion.
    const EventId* copied = nullptr;
    for (const Copy& copy : person.copies) {
      if (copied == nullptr && copy.revision == mark.revision) copied = &copy.event;
    }
    add(kCopy, copied != nullptr ? Holds::kYes : Holds::kUnknown, copied);
  }
  Holds fits = If(!findings.unfit);
  if (!findings.unfit && findings.unchecked) fits = Holds::kUnknown;
  laws.push_back(
      Told(kIntegrity, {}, fits, state.completion ? &state.completion->mention.event : nullptr));
  return json::Value::List(std::move(laws));
}

}  // namespace countersign::evidence
