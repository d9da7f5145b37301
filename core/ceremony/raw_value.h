// What people type, read as the value a field declares; and a value as text to type over.
//
// Unambiguous or not at all: "1.234,50" and "1,234.50" are read, "1.234" as an amount is not (it
// is 1.234 to some and 1234 to others). White space around a value is dropped; a text keeps what
// was typed.
#ifndef COUNTERSIGN_CEREMONY_RAW_VALUE_H_
#define COUNTERSIGN_CEREMONY_RAW_VALUE_H_

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "template/template.h"

namespace countersign::ceremony {

// Nothing where nothing was typed (and for a required tick box that is not ticked). The value went
// through templates::CheckValue. Errors: field.bad_number, field.ambiguous_number,
// field.too_precise, field.bad_date, field.bad_period, field.bad_choice, field.bad_text (characters
// that cannot be seen), field.wrong_type (a type nobody can type), and those of CheckValue.
[[gnu::noinline]] Result<std::optional<values::Value>> ReadRaw(const templates::Field& field,
                                                               std::string_view raw);
// ReadRaw of what nobody typed: none, and false for a tick box that nobody has to tick.
std::optional<values::Value> Untouched(const templates::Field& field);
// ReadRaw of it gives the value back; of a file it is "", for nobody types one; of a decimal that
// could be two numbers ("1.234") it refuses.
String WriteRaw(const templates::Field& field, const values::Value& value);

}  // namespace countersign::ceremony

#endif  // COUNTERSIGN_CEREMONY_RAW_VALUE_H_
