// Somebody who signs events in tests, with a real key.
#ifndef COUNTERSIGN_TESTS_SUPPORT_AUTHOR_H_
#define COUNTERSIGN_TESTS_SUPPORT_AUTHOR_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"
#include "log/event.h"

namespace countersign::testing {

class Author {
 public:
  // Equal numbers are equal keys.
  explicit Author(uint8_t number)
      : key_(crypto::SigningKey::FromSeed(*crypto::Secret::FromBytes(Bytes(32, number)))),
        kid_(crypto::Thumbprint(key_.public_key())) {
    chain_.bytes.fill(number);
  }

  const PublicKey& key() const { return key_.public_key(); }
  const KeyId& kid() const { return kid_; }
  Signature Sign(std::string_view input) const { return key_.Sign(AsBytes(input)); }
  void StartChain(uint8_t number) {
    chain_.bytes.fill(number);
    seq_ = 0;
  }

  // A draft with nothing wrong, which continues this author's own events.
  log::EventDraft Draft(String type, json::Value body, const log::Event* genesis) const {
    log::EventDraft draft;
    draft.at = 1763798400123;
    draft.body = std::move(body);
    draft.chain = chain_;
    draft.salt.bytes.fill(7);
    draft.seq = seq_;
    draft.prev = prev_;
    draft.type = std::move(type);
    if (genesis != nullptr) {
      draft.env = genesis->id;
      if (!prev_) draft.seen = {genesis->id};
    }
    return draft;
  }

  // The stored bytes of the draft, whatever it says; the author goes on from `prev_` unless told.
  String Store(const log::EventDraft& draft) const {
    const auto prepared = log::Prepare(draft, kid_);
    CS_CHECK(prepared.has_value());
    return log::Attach(*prepared, Sign(prepared->signing_input));
  }

  // Signs the draft and continues from it.
  log::VerifiedEvent Say(const log::EventDraft& draft) {
    auto event = log::Event::Parse(Store(draft));
    CS_CHECK(event.has_value());
    prev_ = event->id;
    seq_ = draft.seq + 1;
    auto verified = log::VerifiedEvent::Verify(*event, key());
    CS_CHECK(verified.has_value());
    return *verified;
  }
  log::VerifiedEvent Begin() {
    return Say(Draft("envelope.created", json::Value::Make({}), nullptr));
  }
  log::VerifiedEvent Say(String type, const log::Event& genesis, Vector<EventId> seen = {}) {
    log::EventDraft draft = Draft(std::move(type), json::Value::Make({}), &genesis);
    draft.seen.insert(draft.seen.end(), seen.begin(), seen.end());
    return Say(draft);
  }

 private:
  crypto::SigningKey key_;
  KeyId kid_;
  ChainId chain_;
  std::optional<EventId> prev_;
  int64_t seq_ = 0;
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_AUTHOR_H_
