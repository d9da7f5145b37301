// Rules of law as predicates over the log: which hold, by which events. Not legal advice; a
// predicate says what the log shows and no more. Sources: 15 USC 7001 (ESIGN), Uniform Electronic
// Transactions Act (1999), Regulation (EU) 910/2014 (eIDAS) article 26.
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
constexpr Predicate kNotWithdrawn{"esign.c1.not_withdrawn", "ESIGN", "15 USC 7001(c)(1)(A)",
                                  "No withdrawal of consent is in the log before the signature"};
constexpr Predicate kCopy{"esign.e.copy_retained", "ESIGN", "15 USC 7001(d), (e); UETA 8, 12",
                          "The signer took a copy that can be kept and printed"};
constexpr Predicate kAgreement{"ueta.5b.agreement", "UETA", "UETA 5(b)",
                               "The party agreed to conduct this transaction by electronic means"};
constexpr Predicate kIntent{
    "ueta.2_8.intent", "UETA", "UETA 2(8)",
    "The signature was made by a control of its own, whose label is recorded"};
constexpr Predicate kAttribution{
    "ueta.9.attribution", "UETA", "UETA 9(a)",
    "The signing key was bound by the secret of the link sent to this recipient, or by a device "
    "that was"};
constexpr Predicate kCorrection{"ueta.10.error_correction", "UETA", "UETA 10(2)",
                                "The final text was presented before the separate act of signing"};
constexpr Predicate kIntegrity{
    "ueta.12.accurate_record", "UETA", "UETA 12(a); eIDAS 26(d)",
    "Every hash and signature in the file fits: any later change would be seen"};
constexpr Predicate kUnique{"eidas.26a.uniquely_linked", "eIDAS",
                            "Regulation (EU) 910/2014, article 26(a)",
                            "No other recipient of this envelope used the signing key"};
constexpr Predicate kIdentified{"eidas.26b.identifies", "eIDAS",
                                "Regulation (EU) 910/2014, article 26(b)",
                                "Somebody other than the sender attested who holds the key"};
constexpr Predicate kControl{"eidas.26c.sole_control", "eIDAS",
                             "Regulation (EU) 910/2014, article 26(c)",
                             "The key was under the signer's sole control (no log can show it)"};

json::Value Told(const Predicate& predicate, std::string_view recipient, Holds holds,
                 const EventId* first = nullptr, const EventId* second = nullptr) {
  json::Array ids;
  for (const EventId* id : {first, second}) {
    if (id != nullptr) ids.push_back(IdText(*id));
  }
  json::Builder members;
  members.Text("id", predicate.id)
      .Text("law", predicate.law)
      .Text("source", predicate.source)
      .Text("sentence", predicate.sentence)
      .Text("holds", kHolds[static_cast<size_t>(holds)])
      .AddList("events", std::move(ids));
  members.TextIfAny("recipient", recipient);
  return members.Take();
}

Holds If(bool holds) { return holds ? Holds::kYes : Holds::kNo; }

}  // namespace

json::Value TellLaws(const Findings& findings) {
  json::Array laws;
  const envelope::State& state = findings.ledger.state();
  for (const envelope::Recipient& recipient : state.recipients) {
    if (!recipient.signature) continue;
    const envelope::Mark& mark = *recipient.signature;
    const EventId& signing = mark.mention.event;
    const String& who = recipient.id;
    const auto before = [&](const auto& fact) {
      return fact && findings.IsBefore(fact->mention.event, signing);
    };

    const auto add = [&](const Predicate& predicate, Holds holds, const EventId* first = nullptr,
                         const EventId* second = nullptr) {
      laws.push_back(Told(predicate, who, holds, first, second));
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
    add(kNotWithdrawn,
        state.needs_newer_version ? Holds::kUnknown : If(!recipient.withdrawn.has_value()),
        recipient.withdrawn ? &recipient.withdrawn->event : nullptr);

    const SignatureFinding* finding = findings.Find(who);
    add(kIntent,
        If(finding != nullptr && finding->content &&
           !finding->content->statement.intent_text.empty()),
        &signing);
    const envelope::Device* device = DeviceOf(recipient, mark.key);
    const EventId* joined = device != nullptr ? &device->joined.event : nullptr;
    const Holds bound = If(device != nullptr && mark.counts());
    add(kAttribution, bound, &recipient.invited.event, joined);
    add(kUnique, bound, &recipient.invited.event, joined);
    const bool presented = before(recipient.presented) && recipient.presented->text == mark.text;
    add(kCorrection, If(presented), presented ? &recipient.presented->mention.event : nullptr,
        &signing);
    const EventId* attested = nullptr;
    for (const envelope::Record& record : findings.attestations) {
      if (TextOf(record.said, "recipient") == who &&
          TextOf(record.said, "device") == mark.key.ToBase64Url()) {
        attested = &record.mention.event;
      }
    }
    add(kIdentified, If(attested != nullptr), attested);
    add(kControl, Holds::kUnknown);
    // A copy is taken after signing and may be taken after completion; the trail names the events.
    add(kCopy, recipient.copies > 0 ? Holds::kYes : Holds::kUnknown);
  }
  laws.push_back(Told(kIntegrity, {}, If(findings.worst != Severity::kInvalid),
                      state.completion ? &state.completion->mention.event : nullptr));
  return json::Value::List(std::move(laws));
}

}  // namespace countersign::evidence
