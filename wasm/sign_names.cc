// What signs gives no code of the pages, the backends, the compiler or the verifier, and carries no
// names for them; toolchain/check_codes.py holds the rooms to that.
#include "base/error.h"

namespace countersign {

std::string_view internal::OutsideCodeName(size_t) { return {}; }

}  // namespace countersign
