// The loaded templates, shared by the calls that read one.
#ifndef COUNTERSIGN_WASM_TEMPLATE_CALLS_H_
#define COUNTERSIGN_WASM_TEMPLATE_CALLS_H_

#include "boundary.h"
#include "document/render.h"
#include "template/assembly.h"
#include "template/template.h"

namespace countersign::boundary {

Handles<templates::Template>& Templates();

// A document and what stands in its blanks.
struct Drawn {
  document::Document document;
  document::Fills fills;
};
// With these values (JSON), before anybody was invited.
Result<Drawn> Draw(int32_t handle, const uint8_t* plain, uint32_t size);
Answer ReplyHtml(const Result<Drawn>& drawn);

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_TEMPLATE_CALLS_H_
