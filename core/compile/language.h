// The template language, told from the compiler's own tables: for the language reference
// (core/LANGUAGE.md) and for an editor's completion and hover.
//
// Every entry that has an example has one that compiles (a test sees to it), and every key, format,
// function and diagnostic that the compiler knows is told.
#ifndef COUNTERSIGN_COMPILE_LANGUAGE_H_
#define COUNTERSIGN_COMPILE_LANGUAGE_H_

#include <span>
#include <string_view>

#include "base/string.h"
#include "json/value.h"

namespace countersign::compile {

// Where a word of the language may stand.
enum class WordPlace : uint8_t {
  kTopKey,
  kRoleKey,
  kFieldKey,  // and parameter of a field's tag
  kComputedKey,
  kValidationKey,
  kWorkflowKey,
  kConsentKey,
  kType,
  kTag,        // between {{ and }}
  kAttribute,  // between { and } at the end of a unit
  kFormat,     // behind | in {{= value | format }}
  kMacro,
};

struct Word {
  WordPlace place;
  std::string_view name;
  std::string_view form;  // how it is written
  std::string_view doc;   // one line
  // kTag, kAttribute, kFormat: a body that compiles under kExampleFront. Else "".
  std::string_view example;
};
// In the order of the reference.
std::span<const Word> Words();
// "topKey", "fieldKey" …, as in the JSON.
std::string_view WordPlaceName(WordPlace place);

// The front matter that the examples stand behind.
inline constexpr std::string_view kExampleFront =
    "---\n"
    "template: example\n"
    "version: 1\n"
    "roles: { customer: { label: Customer, signs: true } }\n"
    "sides: { customers: { label: Customers } }\n"
    "fields:\n"
    "  name: { type: string, label: Name }\n"
    "  seats: { type: int, label: Seats }\n"
    "  rate: { type: decimal, label: Rate }\n"
    "  price: { type: money, currency: EUR, label: Price }\n"
    "  start: { type: date, label: Start }\n"
    "  term: { type: period, label: Term }\n"
    "  plan: { type: string, label: Plan, options: [Team, Business] }\n"
    "  regions: { type: list(string), label: Regions }\n"
    "---\n";

// For editors: {"words":[{"place","name","form","doc"}…],
// "functions":[{"name","style":"operator"∣"call"∣"method"∣"either","forms":[…],"doc"}…],
// "diagnostics":[{"code","rule","severity","text"}…], "locales":[tag…]}.
json::Value DescribeLanguage();

// core/LANGUAGE.md.
String LanguageReference();

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_LANGUAGE_H_
