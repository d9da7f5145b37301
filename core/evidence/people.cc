#include "evidence/people.h"

#include <algorithm>

#include "base/sort.h"
#include "envelope/contents.h"
#include "evidence/page.h"
#include "log/event.h"

namespace countersign::evidence {
namespace {

using envelope::EventType;
using envelope::Facts;
using envelope::InviteFact;
using envelope::JoinFact;
using envelope::Place;
using envelope::RecipientFacts;
using envelope::View;

std::optional<Place> InviteThen(const Facts& facts, const RecipientFacts& recipient, Place place) {
  for (const InviteFact& invite : recipient.invites) {
    if (invite.place == place) return place;
  }
  if (recipient.invites.size() == 1 && recipient.removals.empty()) {  // as nearly always
    const Place only = recipient.invites[0].place;
    return facts.Before(only, place) ? std::optional(only) : std::nullopt;
  }
  const InviteFact* invite = CurrentInvite(View::PastOf(facts, place), recipient);
  return invite == nullptr ? std::nullopt : std::optional(invite->place);
}

}  // namespace

std::optional<Place> InviteThen(const Facts& facts, std::string_view recipient, Place place) {
  const RecipientFacts* found = facts.Find(recipient);
  return found == nullptr ? std::nullopt : InviteThen(facts, *found, place);
}

std::optional<Place> InviteBefore(const Facts& facts, std::string_view recipient, Place place) {
  const RecipientFacts* found = facts.Find(recipient);
  const InviteFact* invite =
      found == nullptr ? nullptr : CurrentInvite(View::PastOf(facts, place), *found);
  return invite == nullptr ? std::nullopt : std::optional(invite->place);
}

std::optional<Place> InviteOfAuthor(const Facts& facts, std::string_view recipient, Place place) {
  const RecipientFacts* found = facts.Find(recipient);
  if (found == nullptr) return std::nullopt;
  const std::optional<Place> current = InviteThen(facts, *found, place);
  const JoinFact* newest = nullptr;
  for (const JoinFact& join : found->joins) {
    if (join.kid != facts.events[place].author) continue;
    if (join.place != place && !facts.Before(join.place, place)) continue;
    if (current == join.invite) return current;
    if (newest == nullptr || facts.Later(join.place, newest->place)) newest = &join;
  }
  return newest == nullptr ? std::nullopt : std::optional(newest->invite);
}

bool IsOf(const Attestation& attested, std::string_view recipient, const Person& person,
          const KeyId& device) {
  return attested.recipient == recipient && attested.invite == person.invite &&
         attested.device == device.ToBase64Url();
}

Actor ActorOf(const Facts& facts, Place place) {
  const KeyId& author = facts.events[place].author;
  Actor actor;
  if (place == 0) {
    actor.kind = ActorKind::kOwner;
    return actor;
  }
  const View past = View::PastOf(facts, place);
  const bool owned = facts.EverHeld(std::nullopt, author);
  if (owned && facts.Holds(past, std::nullopt, author)) {
    actor.kind = ActorKind::kOwner;
    return actor;
  }
  if (facts.recovery == author) {
    actor.kind = ActorKind::kRecovery;
    return actor;
  }
  for (const envelope::KeyChange& change : facts.key_changes) {
    if (!change.role || change.key != author || !facts.Holds(past, change.role, author)) continue;
    actor.kind = ActorKind::kService;
    actor.service = envelope::ServiceRoleName(*change.role);
    return actor;
  }
  for (const RecipientFacts& recipient : facts.recipients) {
    const std::optional<Place> invite = InviteOfAuthor(facts, recipient.id, place);
    if (!invite) continue;
    // Of a key that joined for several, the one that the event is about.
    if (!actor.recipient.empty() && recipient.id != facts.events[place].recipient) continue;
    actor.kind = ActorKind::kRecipient;
    actor.recipient = recipient.id;
    actor.invite = invite;
  }
  actor.former = actor.kind == ActorKind::kUnknown && owned;
  return actor;
}

bool HasPartThen(const Facts& facts, Place place) {
  const KeyId& author = facts.events[place].author;
  const View past = View::PastOf(facts, place);
  if (facts.recovery == author) return true;
  for (const auto role :
       {std::optional<envelope::ServiceRole>(), std::optional(envelope::ServiceRole::kCompleter)}) {
    if (facts.EverHeld(role, author) && facts.Holds(past, role, author)) return true;
  }
  for (const RecipientFacts& recipient : facts.recipients) {
    const bool joined = std::any_of(recipient.joins.begin(), recipient.joins.end(),
                                    [&](const JoinFact& join) { return join.kid == author; });
    if (!joined) continue;
    const InviteFact* invite = CurrentInvite(past, recipient);
    if (invite != nullptr && (Signs(invite->type) || Approves(invite->type)) &&
        BindingOf(past, recipient, author) == envelope::Binding::kBound) {
      return true;
    }
  }
  return false;
}

People::People(const envelope::Ledger& ledger) {
  const Facts& facts = ledger.fold().facts();
  for (const RecipientFacts& recipient : facts.recipients) {
    Vector<Place> invites;
    for (const InviteFact& invite : recipient.invites) invites.push_back(invite.place);
    Sort(&invites, [&](Place a, Place b) { return facts.Later(b, a); });
    for (const Place invite : invites) {
      const envelope::Occurrence& event = facts.events[invite];
      Person person;
      person.recipient = recipient.id;
      person.invite = invite;
      person.invited = {event.id, event.at, event.detail};
      person.name = envelope::DetailText(ledger, event.detail, "name");
      person.contact = envelope::DetailText(ledger, event.detail, "contact");
      for (const JoinFact& join : recipient.joins) {
        if (join.invite == invite) person.joined.push_back(facts.id(join.place));
      }
      people_.push_back(std::move(person));
    }
  }
  AddActs(ledger);
  AddAttestations(ledger);
}

const Person* People::Find(std::string_view recipient, Place invite) const {
  for (const Person& person : people_) {
    if (person.invite == invite && person.recipient == recipient) return &person;
  }
  return nullptr;
}

const Person* People::Of(const envelope::Recipient& recipient) const {
  for (const Person& person : people_) {
    if (person.invited.event == recipient.invited.event) return &person;
  }
  return nullptr;
}

void People::AddActs(const envelope::Ledger& ledger) {
  const Facts& facts = ledger.fold().facts();
  const View all = View::All(facts);
  Vector<Place> places(facts.events.size());
  for (size_t i = 0; i < places.size(); ++i) places[i] = static_cast<Place>(i);
  EraseIf(places, [&](Place place) {
    const envelope::Occurrence& event = facts.events[place];
    return event.code || !event.type || !all.Sees(place) ||
           (*event.type != EventType::kCopyDelivered && *event.type != EventType::kCopyExported &&
            *event.type != EventType::kDeliveryRecorded);
  });
  Sort(&places, [&](Place a, Place b) { return facts.Later(b, a); });
  for (const Place place : places) {
    const envelope::Occurrence& event = facts.events[place];
    const std::optional<Place> invite = InviteThen(facts, event.recipient, place);
    if (!invite) continue;
    const auto person = std::find_if(people_.begin(), people_.end(), [&](const Person& one) {
      return one.invite == *invite && one.recipient == event.recipient;
    });
    auto parsed = log::Event::Parse(ledger.Find(event.id));
    if (person == people_.end() || !parsed) continue;
    if (*event.type == EventType::kDeliveryRecorded) {
      person->delivered = envelope::Mention{event.id, event.at, event.detail};
      person->outcome = TextOf(parsed->body, "outcome");
      continue;
    }
    auto revision = Hash::FromBase64Url(TextOf(parsed->body, "revision"));
    if (!revision) continue;
    person->copies.push_back({event.id, event.at, String(TextOf(parsed->body, "form")), *revision});
  }
}

void People::AddAttestations(const envelope::Ledger& ledger) {
  const Facts& facts = ledger.fold().facts();
  const View counts = ledger.fold().Now().Sealed(View::All(facts));
  for (const envelope::Record& record : envelope::RecordsOf(ledger, EventType::kIdentityAttested)) {
    const std::optional<Place> place = facts.causality.PlaceOf(record.mention.event);
    if (!place || !counts.Sees(*place)) continue;
    if (facts.EverHeld(std::nullopt, record.by) || facts.recovery == record.by) continue;
    const bool taken = std::any_of(
        facts.key_changes.begin(), facts.key_changes.end(), [&](const envelope::KeyChange& change) {
          return change.Takes(envelope::ServiceRole::kAttestor, record.by) &&
                 counts.Sees(change.place) && facts.Unordered(change.place, *place);
        });
    const std::string_view recipient = TextOf(record.said, "recipient");
    const std::optional<Place> invite = InviteThen(facts, recipient, *place);
    if (taken || !invite) continue;
    attestations_.push_back(
        {String(recipient), *invite, record.mention.event, String(TextOf(record.said, "device")),
         String(TextOf(record.said, "level")), String(TextOf(record.said, "method"))});
  }
}

}  // namespace countersign::evidence
