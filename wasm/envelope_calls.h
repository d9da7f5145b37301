// The open ledgers, shared by the calls that read one.
#ifndef COUNTERSIGN_WASM_ENVELOPE_CALLS_H_
#define COUNTERSIGN_WASM_ENVELOPE_CALLS_H_

#include <optional>

#include "boundary.h"
#include "envelope/command.h"
#include "envelope/ledger.h"

namespace countersign::boundary {

struct OpenEnvelope {
  envelope::Ledger ledger;
  std::optional<envelope::Draft> draft;  // prepared, waiting for its signature
};
Handles<OpenEnvelope>& Envelopes();

Result<envelope::Author> ReadAuthor(const uint8_t* data, uint32_t size);

#ifdef COUNTERSIGN_SENDER
inline constexpr envelope::AddPart kSendersPart = &envelope::AddSendersPart;
#else
inline constexpr envelope::AddPart kSendersPart = nullptr;
#endif

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_ENVELOPE_CALLS_H_
