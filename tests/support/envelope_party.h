// Parties of an envelope for tests: real keys, real commands, a ledger of their own each, and a
// post between them that can be slow, doubled or out of order.
#ifndef COUNTERSIGN_TESTS_SUPPORT_ENVELOPE_PARTY_H_
#define COUNTERSIGN_TESTS_SUPPORT_ENVELOPE_PARTY_H_

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"
#include "envelope/command.h"
#include "envelope/ledger.h"
#include "log/blob.h"

namespace countersign::testing {

inline Bytes Seed(uint8_t number) { return Bytes(32, number); }

inline crypto::SigningKey KeyOf(uint8_t number) {
  auto secret = crypto::Secret::FromBytes(Seed(number));
  CS_CHECK(secret.has_value());
  return crypto::SigningKey::FromSeed(*secret);
}

inline json::Value Json(std::string_view text) {
  auto value = json::Read(text, json::kDocumentLimits);
  if (!value) ADD_FAILURE() << "test JSON: " << value.error().message() << "\n" << text;
  return value ? *value : json::Value();
}

inline String XOf(uint8_t number) { return KeyOf(number).public_key().ToBase64Url(); }
inline String KidOf(uint8_t number) {
  return crypto::Thumbprint(KeyOf(number).public_key()).ToBase64Url();
}
// A command that adds a key, with the key's own proof.
inline json::Value WithKey(const char* verb, const EventId& id, std::string_view recipient,
                           uint8_t number) {
  json::Value command = Json("{\"do\":\"" + String(verb) + "\"}");
  const PublicKey key = KeyOf(number).public_key();
  const Hash challenge = envelope::DeviceChallenge(id, recipient, key);
  command.Set("key", json::Value::String(key.ToBase64Url()));
  command.Set("proof", json::Value::String(KeyOf(number).Sign(challenge.view()).ToBase64Url()));
  return command;
}

inline String RefOfText(std::string_view text) { return log::ReferTo(AsBytes(text)).ToBase64Url(); }

// The numbers of keys are their seeds.
inline constexpr uint8_t kOwner = 1, kCompleter = 2, kRecovery = 3, kScheduler = 4, kMailer = 5;
inline constexpr uint8_t kCustomer = 11, kProvider = 12, kCustomerLaptop = 13, kStranger = 99;
inline constexpr uint8_t kCustomerLink = 21, kProviderLink = 22, kNewCustomerLink = 23,
                         kViewerLink = 24;

class Party {
 public:
  explicit Party(uint8_t number, String recipient = {})
      : key_(KeyOf(number)), recipient_(std::move(recipient)), number_(number) {
    context_.chain.bytes.fill(number);
    context_.at = 1'700'000'000'000;
  }

  envelope::Ledger& ledger() { return ledger_; }
  const envelope::State& state() const { return ledger_.state(); }
  envelope::Status status() const { return ledger_.state().status; }
  const envelope::Recipient& recipient(std::string_view id) const {
    const envelope::Recipient* found = ledger_.state().Find(id);
    CS_CHECK(found != nullptr);
    return *found;
  }
  const PublicKey& key() const { return key_.public_key(); }
  envelope::Author author() const { return {key_.public_key(), recipient_}; }
  envelope::Context& context() { return context_; }
  const EventId& last() const { return last_; }

  Result<envelope::Draft> Prepare(const json::Value& command) {
    ++salt_;
    context_.salt.bytes.fill(salt_);
    context_.detail_salt.bytes.fill(static_cast<uint8_t>(salt_ + 100));
    context_.values_salt.bytes.fill(static_cast<uint8_t>(salt_ + 200));
    context_.at += 1000;
    return envelope::Prepare(ledger_, author(), command, context_);
  }
  Result<Vector<envelope::Item>> Commit(const envelope::Draft& draft) {
    return envelope::Commit(ledger_, draft, key_.Sign(AsBytes(draft.signing_input)));
  }
  // Prepares, signs, commits and ingests.
  Result<EventId> Do(const json::Value& command) {
    const envelope::Draft draft = CS_TRY(Prepare(command));
    const Vector<envelope::Item> items = CS_TRY(Commit(draft));
    ++context_.seq;
    for (const envelope::Item& item : items) {
      const envelope::Receipt receipt = item.kind == envelope::ItemKind::kBlob
                                            ? ledger_.IngestBlob(item.bytes)
                                            : ledger_.IngestEvent(AsText(item.bytes));
      if (item.kind != envelope::ItemKind::kEvent) continue;
      EXPECT_EQ(receipt.reception, envelope::Reception::kAdmitted);
      EXPECT_FALSE(receipt.code.has_value())
          << CodeName(*receipt.code) << " for what Prepare allowed";
    }
    last_ = draft.id;
    return draft.id;
  }
  Result<EventId> Do(std::string_view command) { return Do(Json(command)); }
  // Does it, and the test fails where it is refused.
  EventId Must(const json::Value& command) {
    auto done = Do(command);
    if (!done) {
      ADD_FAILURE() << done.error().name() << ": " << done.error().message() << " "
                    << done.error().path() << "\n"
                    << json::Write(command);
      return EventId();
    }
    return *done;
  }
  EventId Must(std::string_view command) { return Must(Json(command)); }
  // The code that refuses it, "" where it is done.
  String Try(std::string_view command) { return Try(Json(command)); }
  String Try(const json::Value& command) {
    const auto can =
        envelope::Can(ledger_, author(), command, context_.at + 1000, &envelope::AddSendersPart);
    auto done = Do(command);
    const String code = done ? "" : String(done.error().name());
    EXPECT_EQ(can ? String(CodeName(*can)) : "", code) << "Can and Prepare disagree";
    return code;
  }
  String CanDo(std::string_view verb) {
    const auto code =
        envelope::Can(ledger_, author(), Json("{\"do\":\"" + String(verb) + "\"}"), context_.at);
    return code ? String(CodeName(*code)) : "";
  }

  // Everything the other has.
  void Read(const Party& other) {
    for (const auto& [ref, bytes] : other.ledger_.blobs().blobs()) ledger_.IngestBlob(bytes);
    for (size_t i = 0; i < other.ledger_.size(); ++i) {
      if (ledger_.Find(other.ledger_.fold().facts().events[i].id).empty())
        ledger_.IngestEvent(other.ledger_.jws(i));
    }
  }

  // Signs any body as this party would, with these parents: what a program that ignores the rules
  // could do.
  String Forge(envelope::EventBody body, std::optional<EventId> prev, Vector<EventId> seen,
               std::optional<String> type = std::nullopt,
               std::optional<json::Value> raw = std::nullopt) {
    log::EventDraft draft;
    draft.at = context_.at;
    draft.body = raw ? *raw : envelope::WriteBody(body);
    draft.chain = context_.chain;
    draft.env = ledger_.is_open() ? std::optional<EventId>(ledger_.state().id) : std::nullopt;
    draft.prev = prev;
    draft.seen = std::move(seen);
    draft.salt.bytes.fill(++salt_);
    draft.seq = context_.seq++;
    draft.type = type ? *type : String(envelope::EventTypeName(body.type));
    auto prepared = log::Prepare(draft, crypto::Thumbprint(key()));
    if (!prepared) {
      ADD_FAILURE() << prepared.error().message() << " " << prepared.error().path();
      return {};
    }
    return log::Attach(*prepared, key_.Sign(AsBytes(prepared->signing_input)));
  }
  // Forges an event after all the heads this party knows.
  String ForgeNow(const envelope::EventBody& body) {
    std::optional<EventId> prev;
    Vector<EventId> seen = ledger_.state().heads;
    const auto& facts = ledger_.fold().facts();
    for (size_t i = 0; i < facts.events.size(); ++i) {
      if (facts.events[i].author == crypto::Thumbprint(key())) prev = facts.events[i].id;
    }
    return Forge(body, prev, seen);
  }
  uint8_t number() const { return number_; }

 private:
  crypto::SigningKey key_;
  String recipient_;
  envelope::Ledger ledger_;
  envelope::Context context_;
  EventId last_;
  uint8_t salt_ = 0;
  uint8_t number_;
};

inline void SyncAll(Vector<Party*> parties) {
  for (int round = 0; round < 2; ++round) {
    for (Party* to : parties) {
      for (Party* from : parties) {
        if (to != from) to->Read(*from);
      }
    }
  }
}

inline const char* kSourceBlob = "# Agreement\n";
inline const char* kCompiledBlob = "{\"format\":\"compiled\"}";
inline const char* kConsentBlob = "{\"format\":\"countersign-consent/v1\"}";
inline const char* kText = "text one";
inline const char* kRendering = "rendering one";

inline void GiveBlobs(Party* party) {
  for (const char* blob : {kSourceBlob, kCompiledBlob, kConsentBlob})
    party->ledger().IngestBlob(AsBytes(blob));
}

struct Terms {
  String tie_policy = "ownerWins";
  String acceptance = "auto";
  String deadline_policy = "claim";
  String deadline = "";  // RFC 3339
  int provider_order = 2;
};
inline Terms With(std::string_view tie_policy) {
  Terms terms;
  terms.tie_policy = tie_policy;
  return terms;
}

inline json::Value ConsentJson() {
  return Json("{\"id\":\"disclosure\",\"version\":\"1\",\"locale\":\"en\",\"text\":\"" +
              RefOfText(kConsentBlob) + "\"}");
}

inline json::Value CreateCommand(const Terms& terms = {}) {
  const auto x = [](uint8_t number) { return KeyOf(number).public_key().ToBase64Url(); };
  return Json(
      "{\"do\":\"create\",\"title\":\"Upgrade\",\"sender\":{\"name\":\"Ada\",\"organisation\":"
      "\"Acme\"},"
      "\"recovery\":\"" +
      x(kRecovery) + "\",\"services\":{\"completer\":[\"" + x(kCompleter) +
      "\"],\"scheduler\":[\"" + x(kScheduler) + "\"],\"mailer\":[\"" + x(kMailer) +
      "\"]},\"tiePolicy\":\"" + terms.tie_policy + "\",\"acceptance\":\"" + terms.acceptance +
      "\",\"deadlinePolicy\":\"" + terms.deadline_policy + "\"}");
}

inline json::Value InviteCommand(std::string_view id, std::string_view role, std::string_view type,
                                 int order, uint8_t link) {
  json::Value command =
      Json("{\"do\":\"invite\",\"name\":\"Somebody\",\"contact\":\"a@example.org\"}");
  command.Set("recipient", json::Value::String(id));
  command.Set("role", json::Value::String(role));
  command.Set("recipientType", json::Value::String(type));
  command.Set("order", json::Value::Int(order));
  command.Set("invitation", json::Value::String(KeyOf(link).public_key().ToBase64Url()));
  return command;
}

inline json::Value PublishCommand(const Terms& terms = {}, std::string_view title = "one") {
  json::Value command = Json(
      "{\"do\":\"publishRevision\",\"locale\":\"en\",\"changes\":[{\"what\":\"seats\",\"from\":5,"
      "\"to\":6}],\"why\":\"asked\","
      "\"fields\":[{\"id\":\"seats\",\"kind\":\"input\",\"type\":\"int\",\"recipient\":"
      "\"customer\",\"required\":true,\"label\":\"Seats\"},"
      "{\"id\":\"remark\",\"kind\":\"input\",\"type\":\"string\",\"recipient\":\"customer\","
      "\"required\":\"conditional\",\"label\":\"Remark\"},"
      "{\"id\":\"price\",\"kind\":\"input\",\"type\":\"money\",\"required\":true,\"label\":"
      "\"Price\"},"
      "{\"id\":\"approvedBy\",\"kind\":\"input\",\"type\":\"string\",\"recipient\":\"provider\","
      "\"required\":false,\"label\":\"Approved by\"},"
      "{\"id\":\"customerSignature\",\"kind\":\"sign\",\"type\":\"string\",\"recipient\":"
      "\"customer\",\"required\":true,\"label\":\"Sign\"}]}");
  command.Set("template",
              Json("{\"id\":\"upgrade\",\"version\":\"3\",\"source\":\"" + RefOfText(kSourceBlob) +
                   "\",\"compiled\":\"" + RefOfText(kCompiledBlob) + "\"}"));
  command.Set("values", Json("{\"title\":\"" + String(title) + "\"}"));
  command.Set("consent", ConsentJson());
  command.Set(
      "routing",
      Json("[{\"id\":\"customer\",\"order\":1,\"recipientType\":\"signer\",\"role\":\"customer\"},"
           "{\"id\":\"provider\",\"order\":" +
           NumberText(terms.provider_order) +
           ",\"recipientType\":\"signer\",\"role\":\"provider\"}]"));
  if (!terms.deadline.empty()) command.Set("deadlineAt", json::Value::String(terms.deadline));
  return command;
}

inline json::Value JoinCommand(const Party& party, std::string_view recipient, uint8_t link) {
  json::Value command = Json("{\"do\":\"join\",\"device\":{\"userAgent\":\"test phone\"}}");
  Party& mutable_party = const_cast<Party&>(party);
  const Hash challenge =
      envelope::JoinChallenge(mutable_party.ledger().state().id, recipient, mutable_party.key());
  command.Set("proof", json::Value::String(KeyOf(link).Sign(challenge.view()).ToBase64Url()));
  return command;
}

inline json::Value PresentCommand(std::string_view text = kText,
                                  std::string_view rendering = kRendering) {
  json::Value command =
      Json("{\"do\":\"present\",\"locale\":\"en\",\"reached\":{\"units\":9,\"of\":9}}");
  command.Set("text", json::Value::String(RefOfText(text)));
  command.Set("rendering", json::Value::String(RefOfText(rendering)));
  return command;
}

inline json::Value CodeCommand(Party& party, std::string_view recipient) {
  const envelope::State& state = party.state();
  json::Value command = Json("{\"do\":\"demonstrateAccess\"}");
  command.Set("code",
              json::Value::String(envelope::AccessCode(state.id, recipient, state.revision->hash)));
  return command;
}

inline json::Value ConsentCommand() {
  json::Value command = Json("{\"do\":\"consent\"}");
  command.Set("consent", ConsentJson());
  return command;
}

inline json::Value SignCommand(std::string_view text = kText,
                               std::string_view rendering = kRendering) {
  json::Value command = Json(
      "{\"do\":\"sign\",\"locale\":{\"contract\":\"en\",\"interface\":\"de\"},\"timeZone\":\"+02:"
      "00\","
      "\"intent\":{\"text\":\"Sign and "
      "finish\",\"gesture\":\"tap\"},\"mark\":{\"kind\":\"typed\",\"text\":\"C. Customer\"},"
      "\"name\":\"Carla Customer\",\"core\":{\"name\":\"countersign\",\"version\":\"0.1.0\"}}");
  const String ref = RefOfText(text);
  command.Set("document", Json("{\"sha256\":\"" + ref + "\",\"size\":8}"));
  command.Set("evaluation",
              Json("{\"engine\":\"countersign-template/1\",\"version\":\"0.1.0\",\"inputs\":\"" +
                   ref + "\",\"output\":\"" + ref + "\",\"trace\":\"" + ref + "\"}"));
  command.Set("rendering", Json("{\"text\":\"" + RefOfText(rendering) + "\"}"));
  return command;
}

// Everything before the signature.
inline void GetReady(Party* party, std::string_view recipient, std::string_view text = kText) {
  party->Must(CodeCommand(*party, recipient));
  party->Must(ConsentCommand());
  party->Must(PresentCommand(text));
  if (recipient == "customer") party->Must("{\"do\":\"commitFields\",\"values\":{\"seats\":6}}");
}

// An envelope that was sent to a customer (first) and a provider (second, or parallel by the
// terms), who both joined. Everybody knows everything.
struct Scene {
  Party owner{kOwner};
  Party completer{kCompleter};
  Party recovery{kRecovery};
  Party scheduler{kScheduler};
  Party mailer{kMailer};
  Party customer{kCustomer, "customer"};
  Party laptop{kCustomerLaptop, "customer"};
  Party provider{kProvider, "provider"};

  Vector<Party*> all() {
    return {&owner, &completer, &recovery, &scheduler, &mailer, &customer, &laptop, &provider};
  }
  void Sync() { SyncAll(all()); }

  enum class Until { kCreated, kPublished, kSent, kJoined, kReady } until;
  explicit Scene(const Terms& terms = {}, Until goal = Until::kReady) : until(goal) {
    for (Party* party : all()) GiveBlobs(party);
    owner.Must(CreateCommand(terms));
    if (goal >= Until::kPublished) {
      owner.Must(PublishCommand(terms));
      owner.Must(InviteCommand("customer", "customer", "signer", 1, kCustomerLink));
      owner.Must(
          InviteCommand("provider", "provider", "signer", terms.provider_order, kProviderLink));
    }
    if (goal >= Until::kSent) owner.Must("{\"do\":\"send\"}");
    Sync();
    if (goal >= Until::kJoined) {
      customer.Must(JoinCommand(customer, "customer", kCustomerLink));
      provider.Must(JoinCommand(provider, "provider", kProviderLink));
      Sync();
    }
    if (goal >= Until::kReady) {
      if (terms.acceptance == "owner") {
        Accept("customer", customer.last());
        Accept("provider", provider.last());
        Sync();
      }
      GetReady(&customer, "customer");
      GetReady(&provider, "provider");
      Sync();
    }
  }
  void Accept(std::string_view recipient, const EventId& join) {
    owner.Must("{\"do\":\"accept\",\"recipient\":\"" + String(recipient) + "\",\"join\":\"" +
               join.ToBase64Url() + "\"}");
  }
  // The laptop, too, is ready to sign for the customer.
  void AddLaptop() {
    laptop.Must(JoinCommand(laptop, "customer", kCustomerLink));
    laptop.Must(CodeCommand(laptop, "customer"));
    laptop.Must(ConsentCommand());
    laptop.Must(PresentCommand());
    Sync();
  }
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_ENVELOPE_PARTY_H_
