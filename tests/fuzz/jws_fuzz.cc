// The reader of stored events: the input as a JWS, as the payload of a well-made JWS, and as a
// detail blob.
#include "crypto/crypto.h"
#include "log/blob.h"
#include "log/event.h"

using namespace countersign;  // NOLINT: a program of one function

namespace {

void CheckEvent(std::string_view stored) {
  const auto event = log::Event::Parse(stored);
  if (!event) return;
  // What was accepted says the same when it is written again: there is no second spelling.
  CS_CHECK(event->stored == stored);
  const auto prepared = log::Prepare(*event, event->author);
  CS_CHECK(prepared && prepared->id == event->id);
  CS_CHECK(log::Attach(*prepared, event->signature()) == stored);
  CS_CHECK(!log::VerifiedEvent::Verify(*event, PublicKey()).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  CheckEvent(AsText(bytes));
  const String header =
      R"({"alg":"EdDSA","kid":")" + KeyId().ToBase64Url() + R"(","typ":"countersign-event+jws"})";
  CheckEvent(EncodeBase64Url(AsBytes(header)) + "." + EncodeBase64Url(bytes) + "." +
             Signature().ToBase64Url());
  if (const auto detail = log::ReadDetail(AsText(bytes))) {
    CS_CHECK(json::Write(*detail) == AsText(bytes));
  }
  return 0;
}
