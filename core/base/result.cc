#include "base/result.h"

#include <cstdlib>

namespace countersign::internal {

void CheckFailed(const char*, const char*, int) {
  // The core prints nothing. Natively the abort leaves a stack for the debugger; in wasm it is a
  // trap that the boundary turns into CountersignPanic.
  std::abort();
}

}  // namespace countersign::internal
