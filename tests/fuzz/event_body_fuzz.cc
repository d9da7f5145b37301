// Bodies of events, structural blobs and commands: whatever the bytes, no crash, and what is
// accepted is written alike.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "envelope/blobs.h"
#include "envelope/command.h"
#include "envelope/event_types.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace countersign;
  using namespace countersign::envelope;
  if (size == 0) return 0;
  // The first byte chooses the reader: 'A' to 'C', and the types from 'a' on.
  const char reader = static_cast<char>(data[0]);
  const uint8_t choice = data[0] - 'a';
  const ByteView rest{data + 1, size - 1};
  if (choice < kEventTypes) {
    const auto value = json::Read(AsText(rest), json::kEventLimits);
    if (!value) return 0;
    const auto body = ParseBody(static_cast<EventType>(choice), *value);
    if (body) CS_CHECK(json::Write(WriteBody(*body)) == json::Write(*value));
  } else if (reader == 'A') {
    const auto routing = ParseRouting(rest);
    if (routing) CS_CHECK(WriteRouting(*routing) == AsText(rest));
  } else if (reader == 'B') {
    (void)ParseFields(rest);
  } else if (reader == 'C') {
    const auto value = json::Read(AsText(rest), json::kDocumentLimits);
    if (!value) return 0;
    const Ledger ledger;
    (void)Prepare(ledger, Author{PublicKey{}, "customer"}, *value, Context{});
    (void)Can(ledger, Author{PublicKey{}, ""}, *value, 0);
  }
  return 0;
}
