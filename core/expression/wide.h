// The wide set: what CEL has and contracts do not. Unsigned and binary floating-point numbers,
// bytes, timestamps, durations and types, and the functions and conversions of these.
//
// No expression of a contract may need it: Verify refuses it under Reach::kContract, and the
// compiler says why. So a signer's phone never calls RunWide, and does not carry what is behind it.
// Who does: `countersign eval`, the compiler, and the `source:` expressions that fill fields from a
// record. Trees are stored, typed and lowered alike for both.
#ifndef COUNTERSIGN_EXPRESSION_WIDE_H_
#define COUNTERSIGN_EXPRESSION_WIDE_H_

#include <cstdint>
#include <span>

#include "expression/apply.h"
#include "expression/program.h"

namespace countersign::expression {

// As Run, where everything has its functions.
Outcome RunWide(const Program& program, const Bindings& bindings, Fuel& fuel);
// As Apply, for all kinds and functions. Errors: values.bad_timestamp, .bad_duration, .bad_offset
// besides.
Status ApplyWide(Function function, std::span<const values::Value* const> arguments, int64_t* fuel,
                 values::Value* out);

}  // namespace countersign::expression

#endif  // COUNTERSIGN_EXPRESSION_WIDE_H_
