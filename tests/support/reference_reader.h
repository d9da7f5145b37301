// JSON within the profile, read by nlohmann_json: the reference beside core/json's own reader.
#ifndef COUNTERSIGN_TESTS_SUPPORT_REFERENCE_READER_H_
#define COUNTERSIGN_TESTS_SUPPORT_REFERENCE_READER_H_

#include <string_view>

#include "json/value.h"

namespace countersign::testing {

// What json::Read answers, error and path included; only the detail of an error may differ.
Result<json::Value> ReferenceRead(std::string_view text, const json::Limits& limits);

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_REFERENCE_READER_H_
