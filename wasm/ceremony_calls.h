// What the calls of a ceremony share: the scene, put together from open handles for each of them.
#ifndef COUNTERSIGN_WASM_CEREMONY_CALLS_H_
#define COUNTERSIGN_WASM_CEREMONY_CALLS_H_

#include "ceremony/ceremony.h"
#include "document/render.h"
#include "envelope_calls.h"
#include "template_calls.h"

namespace countersign::boundary {

// {"author":{"x","recipient"},"now":ms,"locale","timeZone","draft":Draft|null}: what a ceremony's
// call begins with.
struct Play {
  OpenEnvelope* open = nullptr;
  templates::Template* contract = nullptr;
  envelope::Author author;
  int64_t now = 0;
  String locale;
  String time_zone;
  ceremony::Draft draft;

  ceremony::Scene scene() const {
    return {.ledger = open->ledger,
            .contract = *contract,
            .author = author,
            .now = now,
            .interface_locale = locale,
            .time_zone = time_zone};
  }
};

Result<Play> Enter(int32_t envelope_handle, int32_t template_handle, const uint8_t* data,
                   uint32_t size);

// The document with what this device knows in its blanks.
Result<Drawn> Draw(const Play& play);

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_CEREMONY_CALLS_H_
