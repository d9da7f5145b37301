// What a long log costs: admitting every event with all rules (gate, shape, signature, causality,
// law), opening it again from this device's store, the state that follows, and one more act.
//   --items N    a log of N events and their blobs, a line each ("e JWS", "b base64url")
//   --events N   the owner's public key and N events, a line each, for other libraries to verify
//   --admit      such lines from standard input into an empty ledger, as anybody's
//   --reopen     the same, as events that this device verified before
// The last two print {"events","admitMs","stateMs","appendUs","heapKb"} for tests/bench/log.mjs, in
// milliseconds of this process's own time, so that a busy machine costs them little. Built natively
// and to wasm.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "crypto/crypto.h"
#include "crypto/keys.h"
#include "envelope/command.h"
#include "envelope/ledger.h"
#include "json/value.h"
#include "log/blob.h"
#include "log/event.h"
#ifndef __wasm__
#include <sys/resource.h>
#endif

namespace {

using namespace countersign;  // NOLINT: a program of one file
// This process's own time; in wasm, where there is none (it stands still), the clock's.
double Milliseconds() {
#ifdef __wasm__
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#else
  constexpr clockid_t kClock = CLOCK_PROCESS_CPUTIME_ID;
#endif
  timespec now{};
  clock_gettime(kClock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
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
  }
  void Begin() {
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
  // Goes on with a log of its own that came in as bytes.
  void TakeOver() { context_.seq = number_ = static_cast<uint32_t>(ledger_.size()); }
  // Decides, canonicalises and applies one more act, whose signature is made (and checked, as part
  // of making it durable) outside the clock: microseconds.
  double AppendMicroseconds(size_t number) {
    const json::Value command =
        Command(R"({"do":"comment","text":"One more )" + NumberText(number) + R"("})");
    Next();
    double start = Milliseconds();
    auto draft = envelope::Prepare(ledger_, {key_.public_key(), ""}, command, context_);
    double spent = Milliseconds() - start;
    CS_CHECK(draft.has_value());
    const Signature signature = key_.Sign(AsBytes(draft->signing_input));
    auto items = envelope::Commit(ledger_, *draft, signature);
    CS_CHECK(items.has_value());
    ++context_.seq;
    start = Milliseconds();
    for (const envelope::Item& item : *items) {
      if (item.kind == envelope::ItemKind::kBlob) {
        ledger_.IngestBlob(item.bytes);
      } else {
        // Its signature was checked in Commit.
        const auto event = log::Event::Parse(AsText(item.bytes));
        ledger_.IngestVerified(AsText(item.bytes), event->verified_note());
      }
    }
    return (spent + Milliseconds() - start) * 1000;
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

// One line of standard input without its end, false where there is none left.
bool ReadLine(String* line) {
  line->clear();
  for (int c; (c = std::getchar()) != EOF;) {
    if (c == '\n') return true;
    line->push_back(static_cast<char>(c));
  }
  return false;
}

int Write(size_t wanted, bool all) {
  Owner owner;
  owner.Begin();
  while (owner.ledger().size() < wanted) owner.Comment(owner.ledger().size());
  if (!all) std::printf("%s\n", std::string(owner.key().public_key().ToBase64Url()).c_str());
  for (const envelope::Item& item : owner.items()) {
    const bool blob = item.kind == envelope::ItemKind::kBlob;
    if (blob && !all) continue;
    const String text = blob ? EncodeBase64Url(item.bytes) : String(AsText(item.bytes));
    std::printf("%s%s\n", all ? (blob ? "b " : "e ") : "", std::string(text).c_str());
  }
  return 0;
}

// What came in on one line, the name under which a store keeps it, and what the device noted of it.
struct Arrival {
  bool is_blob = false;
  Bytes bytes;
  StoreId name;
  VerifiedNote note;
};

// As many lines of standard input as a host hands over at once (web/src/restore.ts).
Vector<Arrival> ReadPortion() {
  constexpr size_t kPortion = 500;
  Vector<Arrival> portion;
  for (String line; portion.size() < kPortion && ReadLine(&line);) {
    Arrival arrival;
    arrival.is_blob = line[0] == 'b';
    const std::string_view text = std::string_view(line).substr(2);
    if (arrival.is_blob) {
      auto bytes = DecodeBase64Url(text);
      CS_CHECK(bytes.has_value());
      arrival.bytes = *std::move(bytes);
    } else {
      const ByteView bytes = AsBytes(text);
      arrival.bytes = Bytes(bytes.begin(), bytes.end());
      const auto event = log::Event::Parse(text);
      CS_CHECK(event.has_value());
      arrival.note = event->verified_note();
    }
    arrival.name = crypto::HashStored(arrival.bytes);
    portion.push_back(std::move(arrival));
  }
  return portion;
}

int Read(bool verified) {
  Owner owner;
  envelope::Ledger& ledger = owner.ledger();
  double admitted = 0;
  for (Vector<Arrival> portion; !(portion = ReadPortion()).empty();) {
    const double start = Milliseconds();
    for (const Arrival& arrival : portion) {
      // The store's own look at the bytes is part of opening again (web/src/store-browser.ts).
      CS_CHECK(!verified || crypto::HashStored(arrival.bytes) == arrival.name);
      if (arrival.is_blob) {
        ledger.IngestBlob(arrival.bytes);
        continue;
      }
      const std::string_view text = AsText(arrival.bytes);
      const envelope::Receipt receipt =
          verified ? ledger.IngestVerified(text, arrival.note) : ledger.IngestEvent(text);
      CS_CHECK(receipt.reception == envelope::Reception::kAdmitted && !receipt.code);
    }
    admitted += Milliseconds() - start;
  }
  const size_t events = ledger.size();
  double start = Milliseconds();
  CS_CHECK(ledger.state().events == static_cast<int64_t>(events));
  const double told = Milliseconds() - start;
  const long memory = PeakKb();
  owner.TakeOver();
  Vector<double> appends;
  for (size_t i = 0; i < 9; ++i) appends.push_back(owner.AppendMicroseconds(events + i));
  std::sort(appends.begin(), appends.end());
  std::printf(
      "{\"events\":%zu,\"admitMs\":%.2f,\"stateMs\":%.2f,\"appendUs\":%.1f,\"heapKb\":%ld}\n",
      events, admitted, told, appends[4], memory);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  const size_t wanted = count > 2 ? static_cast<size_t>(std::atoi(arguments[2])) : 0;
  if (what == "--items") return Write(wanted, true);
  if (what == "--events") return Write(wanted, false);
  if (what == "--admit" || what == "--reopen") return Read(what == "--reopen");
  std::fprintf(stderr, "one of --items N, --events N, --admit, --reopen\n");
  return 2;
}
