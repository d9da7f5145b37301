// The compiler, where it is linked.
#ifndef COUNTERSIGN_WASM_AUTHOR_CALLS_H_
#define COUNTERSIGN_WASM_AUTHOR_CALLS_H_

#include "evidence/verify.h"

namespace countersign::boundary {

const evidence::Recompiler* Compiler();

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_AUTHOR_CALLS_H_
