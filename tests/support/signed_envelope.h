// A real envelope for tests: a template compiled from its source, real keys, every event signed,
// every rule asked. Two signers in turn: the customer (whose answer adds a clause), then the
// provider.
#ifndef COUNTERSIGN_TESTS_SUPPORT_SIGNED_ENVELOPE_H_
#define COUNTERSIGN_TESTS_SUPPORT_SIGNED_ENVELOPE_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "ceremony/ceremony.h"
#include "compile/template_compiler.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"
#include "envelope/command.h"
#include "evidence/bundle.h"
#include "log/event.h"
#include "template/terms.h"

namespace countersign::testing {

inline constexpr std::string_view kFixtureTemplate = R"(---
template: support-upgrade
version: 3
title: Support upgrade
locale: en
roles:
  provider: { label: Provider, signs: true, order: 2 }
  customer: { label: Customer, signs: true, order: 1 }
fields:
  seats:         { type: int, label: Seats, min: 1, max: 5000 }
  price:         { type: money, currency: EUR, label: Price per seat }
  contactName:   { type: string, label: Contact name, role: customer, required: true, maxLength: 80 }
  phoneSupport:  { type: bool, label: Phone support, role: customer, required: true }
  budget:        { type: money, currency: EUR, label: Monthly budget, role: customer, required: false }
computed:
  total: seats * price
---
# Services {#services lock}

The customer may use {{= seats | number }} seats for {{= total | money }} a month.

# Phone support {#phone when="phoneSupport"}

The provider answers calls within one hour.

# Contact {#contact}

Contact: {{input: contactName, role=customer}}. Phone support wanted: {{check: phoneSupport, role=customer}}.
Budget: {{input: budget, role=customer}}.

# Signatures {#signatures}

Customer: {{sign: customerSignature, role=customer}} {{signdate: customerDate, role=customer}}

Provider: {{sign: providerSignature, role=provider}}
)";

inline json::Value Text(std::string_view text) { return json::Value::String(text); }
inline json::Value Parsed(std::string_view text) {
  auto value = json::Read(text, json::kDocumentLimits);
  CS_CHECK(value.has_value());
  return *std::move(value);
}

// A key holder in a test: device, owner or service.
class Party {
 public:
  Party(uint8_t number, String recipient)
      : key_(crypto::SigningKey::FromSeed(*crypto::Secret::FromBytes(Bytes(32, number)))),
        author_{key_.public_key(), std::move(recipient)} {
    chain_.bytes.fill(number);
  }
  const envelope::Author& author() const { return author_; }
  const crypto::SigningKey& key() const { return key_; }
  String x() const { return key_.public_key().ToBase64Url(); }
  Signature Sign(ByteView bytes) const { return key_.Sign(bytes); }

  ChainId chain_;
  int64_t seq_ = 0;

 private:
  crypto::SigningKey key_;
  envelope::Author author_;
};

struct EnvelopeOptions {
  std::string_view source = kFixtureTemplate;
  String create = "{}";  // members added to the create command
  String title = "Support upgrade for Example Ltd";
  String deadline_at = {};  // RFC 3339
  // Files of the clause library, and how many of them the revision names.
  Vector<String> library = {};
  size_t named = 1'000;
};

class SignedEnvelope {
 public:
  using Options = EnvelopeOptions;
  static constexpr int64_t kStart = 1763798400000;  // 2025-11-22T08:00:00Z

  explicit SignedEnvelope(Options options = {}) : options_(std::move(options)) {
    compile::Library library;
    for (const String& file : options_.library) {
      CS_CHECK(library.Add("clause.md", file).empty());
    }
    compilation_ = compile::CompileTemplate(options_.source, library);
    CS_CHECK(compilation_.ok());
    auto loaded = templates::Template::Load(compilation_.bytes);
    CS_CHECK(loaded.has_value());
    contract_ = std::make_unique<templates::Template>(*std::move(loaded));
  }

  Party owner{1, ""}, completer{2, ""}, recovery{3, ""};
  Party customer{11, "customer"}, provider{12, "provider"}, second_device{13, "customer"};
  Party customer_link{21, ""}, provider_link{22, ""};
  int64_t now = kStart;

  envelope::Ledger& ledger() { return ledger_; }
  const envelope::State& state() const { return ledger_.state(); }
  const templates::Template& contract() const { return *contract_; }
  const String& compiled() const { return compilation_.bytes; }
  Vector<String>& events() { return events_; }
  Vector<Bytes>& blobs() { return blobs_; }

  // Another device's copy of everything that happened so far.
  envelope::Ledger Replica() const {
    envelope::Ledger replica;
    for (const Bytes& blob : blobs_) replica.IngestBlob(blob);
    for (const String& event : events_) replica.IngestEvent(event);
    return replica;
  }

  // One command by one party, all the way. Errors: as envelope::Prepare and Commit.
  Result<void> TryDo(Party& party, const json::Value& command) {
    return TryDoOn(ledger_, party, command);
  }
  // The same by a device that knows only `known`.
  Result<void> TryDoOn(const envelope::Ledger& known, Party& party, const json::Value& command) {
    now += 60'000;
    ++salts_;
    envelope::Context context;
    context.at = now;
    context.chain = party.chain_;
    context.seq = party.seq_;
    context.salt.bytes.fill(salts_);
    context.detail_salt.bytes.fill(static_cast<uint8_t>(salts_ + 64));
    context.values_salt.bytes.fill(static_cast<uint8_t>(salts_ + 128));
    const envelope::Draft draft =
        CS_TRY(envelope::Prepare(known, party.author(), command, context));
    const Vector<envelope::Item> items =
        CS_TRY(envelope::Commit(known, draft, party.Sign(AsBytes(draft.signing_input))));
    ++party.seq_;
    for (const envelope::Item& item : items) {
      if (item.kind == envelope::ItemKind::kEvent) {
        events_.emplace_back(AsText(item.bytes));
        CS_CHECK(ledger_.IngestEvent(events_.back()).reception == envelope::Reception::kAdmitted);
      } else {
        AddBlob(item.bytes);
      }
    }
    return {};
  }
  void Do(Party& party, const json::Value& command) {
    const auto done = TryDo(party, command);
    if (!done) Complain(done.error());
    CS_CHECK(done.has_value());
  }
  void Do(Party& party, std::string_view command) { Do(party, Parsed(command)); }

  void DoOn(const envelope::Ledger& known, Party& party, std::string_view command) {
    const auto done = TryDoOn(known, party, Parsed(command));
    if (!done) Complain(done.error());
    CS_CHECK(done.has_value());
  }
  // An event that no rule was asked about, signed all the same. Returns its stored bytes.
  // `knows`: the author's own event after which it is written; none: after everything.
  String SignRaw(Party& party, std::string_view type, json::Value body,
                 std::optional<EventId> knows = std::nullopt) {
    log::EventDraft draft;
    draft.at = now += 60'000;
    draft.body = std::move(body);
    draft.chain = party.chain_;
    draft.seq = party.seq_++;
    draft.salt.bytes.fill(++salts_);
    draft.env = state().id;
    draft.type = type;
    if (!knows) draft.seen = state().heads;
    const KeyId kid = crypto::Thumbprint(party.author().key);
    for (size_t i = 0; i < ledger_.size(); ++i) {
      auto event = log::Event::Parse(ledger_.jws(i));
      if (event->author == kid && event->seq + 1 == draft.seq) draft.prev = event->id;
    }
    if (knows) draft.prev = knows;
    const auto prepared = log::Prepare(std::move(draft), kid);
    CS_CHECK(prepared.has_value());
    return log::Attach(*prepared, party.Sign(AsBytes(prepared->signing_input)));
  }
  // The same, put among the events whatever the ledger says to it.
  void AddRaw(Party& party, std::string_view type, std::string_view body,
              std::optional<EventId> knows = std::nullopt) {
    events_.push_back(SignRaw(party, type, Parsed(body), knows));
    ledger_.IngestEvent(events_.back());
  }

  void Create() {
    json::Value command = Parsed(options_.create);
    command.Set("do", Text("create"));
    command.Set("title", Text(options_.title));
    command.Set("sender", Parsed(R"({"name":"Sam Sender","organisation":"Example Services"})"));
    command.Set("recovery", Text(recovery.x()));
    command.Set("services",
                json::Value::Make({{"completer", json::Value::List({Text(completer.x())})}}));
    Do(owner, command);
  }
  void Invite() {
    for (auto& [id, order, link] :
         {std::tuple{"customer", 1, &customer_link}, std::tuple{"provider", 2, &provider_link}}) {
      json::Value command = Parsed(R"({"do":"invite","recipientType":"signer"})");
      command.Set("recipient", Text(id));
      command.Set("role", Text(id));
      command.Set("order", json::Value::Int(order));
      command.Set("invitation", Text(link->x()));
      command.Set("name", Text(id == std::string_view("customer") ? "Ana Ansari" : "Pat Provider"));
      Do(owner, command);
    }
  }
  // Publishes a revision with the sender's values, {"seats":…,"price":…}.
  void Publish(std::string_view values = R"({"seats":12,"price":["30.00","EUR"]})") {
    const String source(options_.source);
    const String consent = contract_->consent() ? contract_->consent()->Write() : String();
    CS_CHECK(!consent.empty());
    const String fields =
        templates::WriteFields(*contract_, {{"customer", "customer"}, {"provider", "provider"}});
    for (const String& blob : {source, compilation_.bytes, consent, fields})
      AddBlob(Bytes(blob.begin(), blob.end()));
    json::Value command = Parsed(R"({"do":"publishRevision","locale":"en"})");
    command.Set("template", json::Value::Make({{"id", Text(contract_->id())},
                                               {"version", Text(NumberText(contract_->version()))},
                                               {"source", Text(contract_->source_ref())},
                                               {"compiled", Text(contract_->compiled_ref())}}));
    json::Array pins;
    for (const String& file : options_.library) {
      AddBlob(Bytes(file.begin(), file.end()));
      if (pins.size() >= options_.named) continue;
      pins.push_back(Text(crypto::Sha256(AsBytes(file)).ToBase64Url()));
    }
    command.Set("library", json::Value::List(std::move(pins)));
    command.Set("values", Parsed(values));
    command.Set("fields", Text(crypto::Sha256(AsBytes(fields)).ToBase64Url()));
    command.Set("consent", json::Value::Make(
                               {{"id", Text(contract_->consent()->id)},
                                {"version", Text(contract_->consent()->version)},
                                {"locale", Text(contract_->consent()->locale)},
                                {"text", Text(crypto::Sha256(AsBytes(consent)).ToBase64Url())}}));
    if (!options_.deadline_at.empty()) command.Set("deadlineAt", Text(options_.deadline_at));
    Do(owner, command);
  }
  void Send() {
    Create();
    Invite();
    Publish();
    Do(owner, R"({"do":"send"})");
  }
  void Join(Party& party, Party& link) {
    const Hash challenge =
        envelope::JoinChallenge(state().id, party.author().recipient, party.author().key);
    json::Value command = Parsed(R"({"do":"join","device":{"userAgent":"Test browser 1.0"}})");
    command.Set("proof", Text(link.Sign(challenge.view()).ToBase64Url()));
    Do(party, command);
  }

  ceremony::Scene SceneOf(const Party& party) const {
    return {ledger_, *contract_, party.author(), now + 1000, "en", "+01:00"};
  }
  // One act of the ceremony, with everything it leads to.
  Result<void> TryAct(Party& party, ceremony::Draft& draft, const json::Value& act) {
    for (int round = 0; round < 4; ++round) {
      ceremony::Outcome outcome = CS_TRY(ceremony::Perform(SceneOf(party), draft, act));
      draft = std::move(outcome.draft);
      for (const json::Value& command : outcome.commands) CS_TRY(TryDo(party, command));
      if (outcome.again == ceremony::Outcome::Again::kNo) return {};
    }
    CS_CHECK(false);
    return {};
  }
  void Act(Party& party, ceremony::Draft& draft, std::string_view act) {
    const auto done = TryAct(party, draft, Parsed(act));
    if (!done) Complain(done.error());
    CS_CHECK(done.has_value());
  }
  json::Value View(const Party& party, const ceremony::Draft& draft) const {
    auto view = ceremony::View(SceneOf(party), draft);
    if (!view) Complain(view.error());
    CS_CHECK(view.has_value());
    return *std::move(view);
  }
  String CodeOf(const Party& party) const {
    return envelope::AccessCode(state().id, party.author().recipient, state().revision->hash);
  }

  // Up to (not including) the signature. The customer's answers are given.
  void Prepare(Party& party, ceremony::Draft& draft) {
    Act(party, draft, R"({"do":"start"})");
    Act(party, draft, R"({"do":"typeCode","text":")" + CodeOf(party) + R"("})");
    Act(party, draft, R"({"do":"tickConsent","ticked":true})");
    Act(party, draft, R"({"do":"giveConsent"})");
    Act(party, draft, R"({"do":"reach","units":5,"of":5})");
    Act(party, draft, R"({"do":"present"})");
    if (party.author().recipient == "customer") {
      Act(party, draft, R"({"do":"setValue","field":"contactName","text":"Ana Ansari"})");
      Act(party, draft, R"({"do":"setValue","field":"phoneSupport","text":"true"})");
      Act(party, draft, R"({"do":"setValue","field":"budget","text":"1.234,50"})");
      Act(party, draft,
          R"({"do":"adoptMark","mark":{"kind":"drawn","strokes":[[[0,0,0],[40,20,16],[80,0,32]],[[10,30,400]]]}})");
    } else {
      Act(party, draft, R"({"do":"adoptMark","mark":{"kind":"typed","text":"Pat Provider"}})");
    }
    Act(party, draft, R"({"do":"placeAll"})");
  }
  void Sign(Party& party, Party& link) {
    Join(party, link);
    ceremony::Draft draft;
    Prepare(party, draft);
    Act(party, draft, R"({"do":"sign","gesture":"tap","label":"Sign and finish"})");
  }
  void SignByAll() {
    Send();
    Sign(customer, customer_link);
    Sign(provider, provider_link);
  }
  void Complete() {
    SignByAll();
    Do(completer, R"({"do":"complete"})");
  }

  void AddBlob(const Bytes& bytes) {
    CS_CHECK(ledger_.IngestBlob(bytes).reception != envelope::Reception::kRefused);
    blobs_.push_back(bytes);
  }
  String Bundle() const {
    auto bundle = evidence::WriteBundle(events_, blobs_);
    CS_CHECK(bundle.has_value());
    return *std::move(bundle);
  }

 private:
  static void Complain(const Error& error) {
    std::fprintf(stderr, "%s: %s %s\n", std::string(error.name()).c_str(),
                 std::string(error.message()).c_str(), std::string(error.path()).c_str());
  }

  Options options_;
  compile::Compilation compilation_;
  std::unique_ptr<templates::Template> contract_;
  envelope::Ledger ledger_;
  Vector<String> events_;
  Vector<Bytes> blobs_;
  uint8_t salts_ = 0;
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_SIGNED_ENVELOPE_H_
