// What a long log costs: admitting every event with all rules (gate, shape, signature, causality,
// law), the state that follows, and one more act. Prints
// {"curve":[{"events","admitMs","stateMs","appendUs","heapKb"}]} for tests/bench/log.mjs; with
// `--events N` the owner's public key and N events, one a line, for other libraries to verify.
// Built natively and to wasm.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "crypto/keys.h"
#include "envelope/command.h"
#include "envelope/ledger.h"
#include "json/value.h"
#include "log/blob.h"
#ifndef __wasm__
#include <sys/resource.h>
#endif

namespace {

using namespace countersign;  // NOLINT: a program of one file
using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// The most memory so far, of the whole program, in kB: it only grows, so the sizes run upwards.
long PeakKb() {
#ifdef __wasm__
  return static_cast<long>(__builtin_wasm_memory_size(0) * 64);  // pages of 64 kB
#else
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
#endif
}

json::Value Command(std::string_view text) {
  auto value = json::Read(text, json::kDocumentLimits);
  CS_CHECK(value.has_value());
  return *std::move(value);
}

// An owner who writes comments, each with its detail blob.
class Owner {
 public:
  Owner() : key_(crypto::SigningKey::FromSeed(*crypto::Secret::FromBytes(Bytes(32, 1)))) {
    context_.chain.bytes.fill(1);
    context_.at = 1'700'000'000'000;
    Act(Command(R"({"do":"create","title":"Bench","sender":{"name":"Ada"},"services":{},)"
                R"("tiePolicy":"ownerWins","acceptance":"auto","deadlinePolicy":"claim"})"));
    const String x = key_.public_key().ToBase64Url();
    Act(Command(
        R"({"do":"invite","recipient":"customer","role":"customer","recipientType":"signer",)"
        R"("order":1,"name":"Carla","contact":"c@example.org","invitation":")" +
        x + R"("})"));
    const String source = Blob("# Agreement\n");
    const String compiled = Blob(R"({"format":"compiled"})");
    const String consent = Blob(R"({"format":"countersign-consent/v1"})");
    Act(Command(
        R"({"do":"publishRevision","locale":"en","changes":[],"why":"first","fields":[{"id":)"
        R"("mark","kind":"sign","type":"string","recipient":"customer","required":true,)"
        R"("label":"Sign"}],"values":{},"routing":[{"id":"customer","order":1,)"
        R"("recipientType":"signer","role":"customer"}],"template":{"id":"t","version":"1",)"
        R"("source":")" +
        source + R"(","compiled":")" + compiled +
        R"("},"consent":{"id":"c","version":"1","locale":"en","text":")" + consent + R"("}})"));
  }
  void Comment(size_t number) {
    Act(Command(R"({"do":"comment","text":"A remark on clause )" + NumberText(number) +
                R"(, as long as people write them."})"));
  }
  const crypto::SigningKey& key() const { return key_; }
  const Vector<envelope::Item>& items() const { return items_; }
  envelope::Ledger& ledger() { return ledger_; }
  // Decides, canonicalises and applies one more act; the signature is made outside the clock.
  double AppendMicroseconds(size_t number) {
    const json::Value command =
        Command(R"({"do":"comment","text":"One more )" + NumberText(number) + R"("})");
    Next();
    auto start = Clock::now();
    auto draft = envelope::Prepare(ledger_, {key_.public_key(), ""}, command, context_);
    double spent = MillisecondsSince(start);
    CS_CHECK(draft.has_value());
    const Signature signature = key_.Sign(AsBytes(draft->signing_input));
    start = Clock::now();
    auto items = envelope::Commit(ledger_, *draft, signature);
    CS_CHECK(items.has_value());
    Keep(*items);
    return (spent + MillisecondsSince(start)) * 1000;
  }

 private:
  String Blob(std::string_view text) {
    const ByteView bytes = AsBytes(text);
    ledger_.IngestBlob(bytes);
    const String ref = log::ReferTo(bytes).ToBase64Url();
    items_.push_back({envelope::ItemKind::kBlob, ref, Bytes(bytes.begin(), bytes.end())});
    return ref;
  }
  void Next() {
    ++number_;
    context_.at += 1000;
    for (int i = 0; i < 4; ++i) {
      context_.salt.bytes[i] = static_cast<uint8_t>(number_ >> (8 * i));
      context_.detail_salt.bytes[i] = static_cast<uint8_t>(number_ >> (8 * i));
    }
  }
  void Act(const json::Value& command) {
    Next();
    auto draft = envelope::Prepare(ledger_, {key_.public_key(), ""}, command, context_);
    if (!draft) {
      std::fprintf(stderr, "%s\n", std::string(draft.error().message()).c_str());
      std::abort();
    }
    auto items = envelope::Commit(ledger_, *draft, key_.Sign(AsBytes(draft->signing_input)));
    CS_CHECK(items.has_value());
    Keep(*items);
  }
  void Keep(const Vector<envelope::Item>& items) {
    ++context_.seq;
    for (const envelope::Item& item : items) {
      if (item.kind == envelope::ItemKind::kBlob) {
        ledger_.IngestBlob(item.bytes);
      } else {
        ledger_.IngestEvent(AsText(item.bytes));
      }
      items_.push_back(item);
    }
  }

  crypto::SigningKey key_;
  envelope::Ledger ledger_;
  envelope::Context context_;
  Vector<envelope::Item> items_;
  uint32_t number_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::string_view(arguments[1]) == "--events") {
    Owner owner;
    const auto wanted = static_cast<size_t>(std::atoi(arguments[2]));
    while (owner.ledger().size() < wanted) owner.Comment(owner.ledger().size());
    std::printf("%s\n", std::string(owner.key().public_key().ToBase64Url()).c_str());
    for (size_t i = 0; i < wanted; ++i) {
      std::printf("%s\n", std::string(owner.ledger().jws(i)).c_str());
    }
    return 0;
  }
  Owner owner;
  std::printf("{\"curve\":[");
  for (size_t events : {100u, 200u, 1000u, 5000u, 10000u, 19900u}) {
    while (owner.ledger().size() < events) owner.Comment(owner.ledger().size());
    envelope::Ledger ledger;
    auto start = Clock::now();
    for (const envelope::Item& item : owner.items()) {
      if (item.kind == envelope::ItemKind::kBlob) {
        ledger.IngestBlob(item.bytes);
      } else {
        ledger.IngestEvent(AsText(item.bytes));
      }
    }
    const double admitted = MillisecondsSince(start);
    CS_CHECK(ledger.size() == owner.ledger().size());
    start = Clock::now();
    CS_CHECK(ledger.state().events == static_cast<int64_t>(ledger.size()));
    const double told = MillisecondsSince(start);
    Vector<double> appends;
    for (size_t i = 0; i < 9; ++i) appends.push_back(owner.AppendMicroseconds(events + i));
    std::sort(appends.begin(), appends.end());
    std::printf(
        "%s{\"events\":%zu,\"admitMs\":%.2f,\"stateMs\":%.2f,\"appendUs\":%.1f,"
        "\"heapKb\":%ld}",
        events == 100 ? "" : ",", ledger.size(), admitted, told, appends[4], PeakKb());
  }
  std::printf("]}\n");
  return 0;
}
