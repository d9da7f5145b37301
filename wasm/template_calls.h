// The loaded templates, shared by the calls that read one.
#ifndef COUNTERSIGN_WASM_TEMPLATE_CALLS_H_
#define COUNTERSIGN_WASM_TEMPLATE_CALLS_H_

#include "boundary.h"
#include "template/assembly.h"
#include "template/template.h"

namespace countersign::boundary {

Handles<templates::Template>& Templates();

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_TEMPLATE_CALLS_H_
