// What the template has against the values that somebody is about to sign, or has signed (FORMAT.md
// section 6, "Admissible").
//
// A signer's own device asks the same of its assembly as it fills in (room `ceremony`); this is for
// whoever looks at what others did: the verifier, and an author's program before it sends.
#ifndef COUNTERSIGN_TEMPLATE_ADMISSION_H_
#define COUNTERSIGN_TEMPLATE_ADMISSION_H_

#include <string_view>

#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "template/template.h"

namespace countersign::templates {

struct Objection {
  String field;       // "" for a validation that names none
  String validation;  // its id, "" where the field itself is at fault
  // field.wrong_type, field.not_an_option, field.too_small, field.too_large, field.too_long,
  // field.check_failed, field.required, field.not_shown; expression.* and values.* where a rule
  // could not be evaluated.
  Error error;
};

// Against the fields of `role` ("": the sender) and the validations, in the order of the template.
// `known`: the sender's values, those of the role, and of whoever signed before; what is not among
// them is unknown, and what depends on it no objection.
// `fuel`, where it is given, is what several such judgements have together, and is taken from.
// Errors: as Assemble; template.too_expensive where nothing of it is left.
Result<Vector<Objection>> Objections(const Template& contract, const Values& known,
                                     std::string_view role, int64_t* fuel = nullptr);

// Fields with a text that is not what it looks like (field.bad_text; base/bytes.h, Misleads): for
// who is about to send or print. No part of "Admissible": a log that was written stays what it is.
Vector<Objection> TextObjections(const Values& values);
// Whether such a text is in it, or in an item or member of it.
bool HasMisleadingText(const values::Value& value);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_ADMISSION_H_
