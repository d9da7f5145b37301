// Who was who when. An act belongs to the invitation that bound its key then: whoever was replaced
// and whoever came in their place share an id and nothing else. And a key is what it was in the
// act's own past, whatever was said of it since. Inner to the room.
#ifndef COUNTERSIGN_EVIDENCE_PEOPLE_H_
#define COUNTERSIGN_EVIDENCE_PEOPLE_H_

#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "envelope/ledger.h"
#include "json/value.h"

namespace countersign::evidence {

struct Copy {
  EventId event;
  int64_t at = 0;
  String form;
  Hash revision;
};

// Whom one invitation of a recipient let in.
struct Person {
  String recipient;
  envelope::Place invite = 0;
  envelope::Mention invited;
  String name, contact;                        // "" where withheld
  Vector<EventId> joined;                      // the devices it bound, by their joins
  Vector<Copy> copies;                         // taken by these
  std::optional<envelope::Mention> delivered;  // the newest
  String outcome;
};

// What a service said of a person's device. The sender's side attests nobody, nor does who was no
// service's any more beside it; and what was said after a seal is no part of what was sealed.
struct Attestation {
  String recipient;
  envelope::Place invite = 0;
  EventId event;
  String device, level, method;
};
// Whether it vouches for this device of the person.
bool IsOf(const Attestation& attested, std::string_view recipient, const Person& person,
          const KeyId& device);

enum class ActorKind : uint8_t { kUnknown, kOwner, kRecovery, kService, kRecipient };
struct Actor {
  ActorKind kind = ActorKind::kUnknown;
  std::string_view service;               // role
  String recipient;                       // whose device it is or was
  std::optional<envelope::Place> invite;  // that bound it
  bool former = false;                    // it was the sender's, and is not in its own past
};

class People {
 public:
  People() = default;
  explicit People(const envelope::Ledger& ledger);

  const Vector<Person>& all() const { return people_; }  // by recipient, then as they were invited
  const Vector<Attestation>& attestations() const { return attestations_; }  // the newest first
  // Who is told as this recipient: nullptr where there is none.
  const Person* Of(const envelope::Recipient& recipient) const;
  const Person* Find(std::string_view recipient, envelope::Place invite) const;

 private:
  void AddActs(const envelope::Ledger& ledger);
  void AddAttestations(const envelope::Ledger& ledger);

  Vector<Person> people_;
  Vector<Attestation> attestations_;
};

// The invitation that was current in the event's own past, or is the event; none where there is
// none.
std::optional<envelope::Place> InviteThen(const envelope::Facts& facts, std::string_view recipient,
                                          envelope::Place place);
// The same, also where the event is one.
std::optional<envelope::Place> InviteBefore(const envelope::Facts& facts,
                                            std::string_view recipient, envelope::Place place);
// The one that bound the author's key.
std::optional<envelope::Place> InviteOfAuthor(const envelope::Facts& facts,
                                              std::string_view recipient, envelope::Place place);
// Whether what the author says there can matter: the owner's and the recovery key, a completer, and
// devices bound to whoever signs or approves.
bool HasPartThen(const envelope::Facts& facts, envelope::Place place);
Actor ActorOf(const envelope::Facts& facts, envelope::Place place);

}  // namespace countersign::evidence

#endif  // COUNTERSIGN_EVIDENCE_PEOPLE_H_
