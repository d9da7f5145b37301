#include "envelope/parents.h"

#include <algorithm>

namespace countersign::envelope {

std::optional<EventId> NewestOf(const Facts& facts, const KeyId& author) {
  std::optional<Place> newest;
  for (Place place = 0; place < facts.events.size(); ++place) {
    if (facts.events[place].author == author && (!newest || facts.Later(place, *newest)))
      newest = place;
  }
  if (!newest) return std::nullopt;
  return facts.id(*newest);
}

Parents ChooseParents(const Fold& fold, const KeyId& author) {
  const Facts& facts = fold.facts();
  Parents parents;
  parents.prev = NewestOf(facts, author);
  Vector<EventId> heads = facts.causality.Heads();
  EraseIf(heads, [&](const EventId& head) { return parents.prev == head; });
  if (heads.size() <= log::kMaxSeen) {
    parents.seen = std::move(heads);
    return parents;
  }
  // First the heads that know what decides.
  for (Place decision : fold.decision_heads()) {
    if (parents.seen.size() >= log::kMaxSeen || fold.ViewOf(parents.All()).Sees(decision)) continue;
    for (const EventId& head : heads) {
      const Place place = *facts.causality.PlaceOf(head);
      if (place != decision && !facts.Before(decision, place)) continue;
      parents.seen.push_back(head);
      break;
    }
  }
  for (const EventId& head : heads) {
    if (parents.seen.size() >= log::kMaxSeen) break;
    if (std::find(parents.seen.begin(), parents.seen.end(), head) == parents.seen.end())
      parents.seen.push_back(head);
  }
  return parents;
}

}  // namespace countersign::envelope
