// The consent disclosure of a template that brings none.
#ifndef COUNTERSIGN_COMPILE_DEFAULT_CONSENT_H_
#define COUNTERSIGN_COMPILE_DEFAULT_CONSENT_H_

#include "json/value.h"

namespace countersign::compile {

// {"id","version","locale","slots","summary"}. Its text never changes under the same version:
// compiled templates carry it. English: a template in another language should bring its own.
json::Value DefaultConsent();

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_DEFAULT_CONSENT_H_
