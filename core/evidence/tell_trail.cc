// The trail in the report: every event of the file in a sentence, claims and attested facts apart.
#include "envelope/trail.h"
#include "evidence/page.h"
#include "evidence/telling.h"
#include "json/builder.h"

namespace countersign::evidence {
namespace {

struct Phrase {
  std::string_view type, text;
};
constexpr Phrase kPhrases[] = {
    {"envelope.created", "created the envelope"},
    {"revision.published", "published a revision of the text"},
    {"recipient.invited", "invited"},
    {"recipient.joined", "opened the link and bound a device"},
    {"recipient.accepted", "accepted the device of"},
    {"envelope.sent", "sent the envelope"},
    {"document.presented", "was shown the document"},
    {"access.demonstrated", "typed back the code shown in the document"},
    {"consent.given", "consented to sign electronically"},
    {"fields.committed", "committed field values"},
    {"recipient.signed", "signed"},
    {"recipient.declined", "declined"},
    {"copy.delivered", "took a copy"},
    {"delivery.recorded", "recorded a delivery to"},
    {"envelope.voided", "voided the envelope"},
    {"envelope.expired", "recorded that the deadline passed"},
    {"envelope.completed", "sealed the envelope"},
    {"comment.added", "commented"},
    {"change.proposed", "proposed a change"},
    {"change.resolved", "answered a proposed change"},
    {"consent.withdrawn", "withdrew the consent to sign electronically"},
    {"delegation.requested", "asked that somebody else signs instead"},
    {"identity.attested", "vouched for the identity of"},
    {"reminder.sent", "reminded"},
    {"schedule.set", "set when reminders are sent"},
    {"automation.ran", "ran a rule"},
    {"copy.exported", "exported a copy"},
    {"envelope.exported", "exported the envelope"},
    {"envelope.archived", "archived the envelope"},
    {"hold.placed", "placed a hold: nothing may be shredded"},
    {"hold.released", "released a hold"},
    {"content.shredded", "shredded personal content"},
    {"device.added", "added another device"},
    {"device.revoked", "revoked a device of"},
    {"owner.deviceAdded", "added a device of the sender"},
    {"owner.deviceRevoked", "revoked a device of the sender"},
    {"owner.handedOver", "handed the envelope over to another key"},
    {"owner.merged", "repaired the sender's chain: one branch stays"},
    {"service.keyChanged", "changed the key of a service"},
    {"approval.requested", "asked for the approval of"},
    {"approval.granted", "approved before sending"},
    {"approval.refused", "refused to approve"},
    {"recipient.removed", "removed"},
    {"recipient.replaced", "invited another person in the place of"},
    {"access.granted", "gave access to"},
    {"recipient.approved", "approved"},
    {"key.wrapped", "handed a device the key of the content"},
};

// Members of a body that the sentence goes on with.
constexpr std::string_view kTold[] = {"unit", "rule", "outcome", "retainUntil"};

std::string_view PhraseOf(std::string_view type) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.type == type) return phrase.text;
  }
  return type;
}

// As who had the link then.
String PersonOf(const Findings& findings, std::string_view id,
                std::optional<envelope::Place> invite) {
  const Person* person = invite ? findings.people.Find(id, *invite) : nullptr;
  if (person == nullptr || person->name.empty()) return String(id);
  return Quoted(person->name) + " (" + String(id) + ")";
}

std::string_view WordOf(const Actor& actor) {
  switch (actor.kind) {
    case ActorKind::kOwner:
      return "owner";
    case ActorKind::kRecovery:
      return "recovery";
    case ActorKind::kService:
      return actor.service;
    case ActorKind::kRecipient:
      return "recipient";
    case ActorKind::kUnknown:
      break;
  }
  return "unknown";
}

String NameOfActor(const Findings& findings, const Actor& actor) {
  switch (actor.kind) {
    case ActorKind::kOwner:
      return "The sender";
    case ActorKind::kRecovery:
      return "The sender's recovery key";
    case ActorKind::kService:
      return "The " + String(actor.service);
    case ActorKind::kRecipient:
      return PersonOf(findings, actor.recipient, actor.invite);
    case ActorKind::kUnknown:
      break;
  }
  return actor.former ? "A former device of the sender" : "Somebody unknown";
}

json::Value TellEntry(const Findings& findings, const json::Value& entry) {
  const std::string_view type = TextOf(entry, "type");
  const envelope::Facts& facts = findings.ledger.fold().facts();
  const auto id = EventId::FromBase64Url(TextOf(entry, "event"));
  const envelope::Place place = *facts.causality.PlaceOf(*id);
  const Actor actor = ActorOf(facts, place);
  const String& recipient = actor.recipient;
  String text = NameOfActor(findings, actor);
  text.append(" ").append(PhraseOf(type));
  const std::string_view about = TextOf(ObjectOf(entry, "facts"), "recipient");
  if (!about.empty() && about != recipient) {
    // A replacement names whom it replaces.
    std::optional<envelope::Place> invite = InviteThen(facts, about, place);
    if (type == "recipient.replaced") invite = InviteBefore(facts, about, place);
    text.append(" ").append(PersonOf(findings, about, invite));
  }
  for (const std::string_view name : kTold) {
    const std::string_view said = TextOf(ObjectOf(entry, "facts"), name);
    if (!said.empty()) text.append(name == "unit" ? " to " : ": ").append(said);
  }
  json::Builder members;
  members.Text("event", TextOf(entry, "event"))
      .Text("type", type)
      .Text("who", WordOf(actor))
      .Text("key", TextOf(entry, "key"))
      .Text("kind", actor.kind == ActorKind::kService ? "attested" : "claimed")
      .Text("standing", TextOf(entry, "standing"))
      .Text("text", text);
  const json::Value* at = entry.Find("at");
  members.Text("claimedAt", at != nullptr && at->is_int() ? TimeText(at->int_value()) : String());
  members.TextIfAny("recipient", recipient.empty() ? about : std::string_view(recipient));
  members.TextIfAny("code", TextOf(entry, "code"));
  return members.Take();
}

}  // namespace

json::Value TellTrail(const Findings& findings) {
  json::Array trail;
  for (size_t offset = 0; offset < findings.ledger.size();) {
    const json::Value page = envelope::ReadTrail(findings.ledger, offset, envelope::kTrailPage);
    const json::Array& entries = ListOf(page, "entries");
    if (entries.empty()) break;
    for (const json::Value& entry : entries) trail.push_back(TellEntry(findings, entry));
    offset += entries.size();
  }
  for (const Outside& event : findings.outside) {
    String text = "Somebody unknown ";
    text.append(PhraseOf(event.type));
    trail.push_back(json::Builder()
                        .Text("event", event.event)
                        .Text("type", event.type)
                        .Text("who", "unknown")
                        .Text("key", event.key)
                        .Text("claimedAt", TimeText(event.at))
                        .Text("kind", "claimed")
                        .Text("standing", event.waits ? "waiting" : "refused")
                        .Text("code", CodeName(event.code))
                        .Text("text", text)
                        .Take());
  }
  return json::Value::List(std::move(trail));
}

}  // namespace countersign::evidence
