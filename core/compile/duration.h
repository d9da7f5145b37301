// Durations as words: 4 hours, 1.5 months. Of authors only: the text that is signed holds the
// words.
#ifndef COUNTERSIGN_COMPILE_DURATION_H_
#define COUNTERSIGN_COMPILE_DURATION_H_

#include <optional>
#include <string_view>

#include "base/string.h"

namespace countersign::compile {

// A number above zero with a unit that the calendar does not count in (hours H, minutes MIN,
// seconds S) or in parts of one that it does (1.5 MO), in the words of the locale (CLDR's long unit
// patterns). nullopt for all others: whole days, weeks, months and years are periods.
std::optional<String> SpellDuration(std::string_view number, std::string_view unit,
                                    std::string_view locale);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_DURATION_H_
