#include "compile/language.h"

#include <algorithm>

#include "base/vector.h"
#include "compile/diagnostic.h"
#include "compile/functions.h"
#include "values/locale.h"

namespace countersign::compile {
namespace {

using expression::Function;
using expression::Style;
using json::Value;
using enum WordPlace;

constexpr Word kWords[] = {
    {kTopKey, "template", "template: order", "The template's id. Required", ""},
    {kTopKey, "version", "version: 3", "Whole number from 1. Required", ""},
    {kTopKey, "title", "title: Order", "The document's title; without it, made from the id", ""},
    {kTopKey, "locale", "locale: de",
     "Language and country of numbers and dates; en. One without formats of its own has those of "
     "the "
     "nearest, with a warning",
     ""},
    {kTopKey, "numbering", "numbering: sections",
     "sections (1. 1.1, items (a) (i)), outline (I. I.A I.A.1), mixed (1. (a) (i), items go on "
     "from "
     "there), items (only list items: 1. (a)) or none",
     ""},
    {kTopKey, "bullets", "bullets: numbered",
     "plain, or numbered: lists written with dashes count as ordered ones do", ""},
    {kTopKey, "roles", "roles: { customer: { label: Customer, signs: true, order: 1 } }",
     "Who takes part. The sender needs no role", ""},
    {kTopKey, "sides", "sides: { sellers: { label: Sellers } }",
     "What several parties are called together, for {{side: sellers}}", ""},
    {kTopKey, "fields", "fields: { seats: { type: int, label: Seats } }",
     "What the sender or a recipient fills in", ""},
    {kTopKey, "computed", "computed: { fee: \"price * seats\" }",
     "Values that follow from others, in any order, never in a circle", ""},
    {kTopKey, "validations", "validations: [{ check: \"seats > 0\", message: … }]",
     "What must hold before sending", ""},
    {kTopKey, "approvals", "approvals: [{ when: \"fee > money('9.00', 'EUR')\", by: finance }]",
     "Checked and kept; nothing acts on it yet", ""},
    {kTopKey, "workflow", "workflow: { expires: P30D }", "What happens around signing", ""},
    {kTopKey, "consent", "consent: { id: …, version: \"1\", summary: …, slots: { … } }",
     "Own disclosure for electronic signing, instead of the one that comes with Countersign", ""},
    {kTopKey, "routing", "", "Reserved: the order of signing is each role's `order`", ""},

    {kRoleKey, "label", "label: Customer", "What the role is called on screen", ""},
    {kRoleKey, "signs", "signs: true", "Whether this role must sign; false", ""},
    {kRoleKey, "order", "order: 2", "1 to 64: lower ones sign first, equal ones side by side", ""},

    {kFieldKey, "type", "type: money", "What may be filled in; see Types", ""},
    {kFieldKey, "role", "role: customer", "Who fills it in; without a role, the sender", ""},
    {kFieldKey, "label", "label: Seats", "What it is called on screen", ""},
    {kFieldKey, "help", "help: As on the order form.", "A line below the input", ""},
    {kFieldKey, "message", "message: At least one seat.", "Said when `check` or a limit fails", ""},
    {kFieldKey, "required", "required: \"plan == 'Team'\"", "true, false or a condition; true", ""},
    {kFieldKey, "show", "show: \"poRequired\"", "Asked for only while this is true", ""},
    {kFieldKey, "check", "check: \"size(poNumber) >= 3\"", "Must be true of the answer", ""},
    {kFieldKey, "source", "source: \"crm.account.name\"",
     "How it is filled from a customer record; only of the sender's fields", ""},
    {kFieldKey, "options", "options: { P12M: 12 months, P24M: 24 months }",
     "What can be chosen: a list, or values with labels; in a tag \"yes|no\"", ""},
    {kFieldKey, "min", "min: \"1.00\"", "The least that is allowed: of a number, an amount, a date",
     ""},
    {kFieldKey, "max", "max: \"500.00\"", "The most that is allowed; of a list the number of items",
     ""},
    {kFieldKey, "maxLength", "maxLength: 40", "Characters of a text; 10000", ""},
    {kFieldKey, "of", "of: { item: string, price: money(EUR) }",
     "What a list is of: a type, or the members of a record", ""},
    {kFieldKey, "fields", "fields: { street: string, city: string }", "Members of a record", ""},
    {kFieldKey, "currency", "currency: EUR", "Of a field of type money", ""},
    {kFieldKey, "default", "default: Business", "What stands there until somebody changes it", ""},
    {kFieldKey, "placeholder", "placeholder: PO-1234", "A grey example in an empty input", ""},
    {kFieldKey, "autocomplete", "autocomplete: email", "For browsers: HTML's autocomplete", ""},
    {kFieldKey, "inputMode", "inputMode: email", "For phones: which keyboard", ""},
    {kFieldKey, "accept", "accept: image/*,application/pdf",
     "Of a file: what is offered to pick, as HTML's accept", ""},
    {kFieldKey, "sensitive", "sensitive: true", "Kept out of lists and copies for others", ""},

    {kComputedKey, "value", "value: \"price * seats\"", "The expression", ""},
    {kComputedKey, "label", "label: Fee", "Shown beside the form under this name", ""},

    {kValidationKey, "check", "check: \"newPlan != plan\"", "Must be true", ""},
    {kValidationKey, "message", "message: That is the plan it has.", "Said where it is not", ""},
    {kValidationKey, "level", "level: warning", "error (the default) stops sending", ""},
    {kValidationKey, "field", "field: newPlan", "Where it is shown", ""},
    {kValidationKey, "id", "id: largerPlan", "Its name in reports", ""},

    {kWorkflowKey, "expires", "expires: P30D", "How long it can be signed after sending", ""},

    {kConsentKey, "id", "id: acme-esign", "Its name in the evidence", ""},
    {kConsentKey, "version", "version: \"2\"", "Its version in the evidence", ""},
    {kConsentKey, "locale", "locale: en", "Its language; the template's", ""},
    {kConsentKey, "summary", "summary: I agree to …", "The sentence beside the box to tick", ""},
    {kConsentKey, "slots", "slots: { paperOption: …, scope: … }",
     "paperOption, scope, withdrawal, contactUpdate, copy, requirements: all six", ""},

    {kType, "bool", "default: \"true\"", "Yes or no", ""},
    {kType, "int", "max: 5000", "Whole number", ""},
    {kType, "decimal", "min: \"0.5\"", "Exact decimal number, up to 38 digits; never rounded", ""},
    {kType, "money", "currency: EUR", "Exact amount of one currency; money(EUR) in short", ""},
    {kType, "date", "default: \"2026-01-31\"", "Day of the calendar, without time or zone", ""},
    {kType, "period", "default: P1Y6M", "Months and days: P12M, P30D, P1Y", ""},
    {kType, "string", "maxLength: 40", "Text", ""},
    {kType, "list(string)", "type: list(string)", "List of one of the types above", ""},
    {kType, "record(city: string)", "type: record, fields: { city: string }",
     "Named members; the sender's fields only. {{= seat.city }}", ""},
    {kType, "list(record(price: decimal))", "type: list, of: { price: decimal }",
     "Rows of an order, for each=\"row in rows\"; they come as JSON", ""},

    {kTag, "=", "{{= price * seats | money }}", "Prints a value, in a format",
     "{{= price * seats | money }}\n"},
    {kTag, "ref", "{{ref: fees}}", "Number of another unit, as a link",
     "# Fees {#fees}\n\nAs section {{ref: fees}} says.\n"},
    {kTag, "def", "\"Services\" {{def: services}}", "Defines the term in front of it",
     "\"**Services**\" {{def: services}} are what section 1 says.\n\nThe {{term: services}} are "
     "good.\n"},
    {kTag, "term", "{{term: services}}", "Writes a defined term; label=\"service\" bends it",
     "\"Services\" {{def: services}} are all.\n\nOne {{term: services, label=\"Service\"}} "
     "more.\n"},
    {kTag, "date", "{{date: 2026-07-01}}", "A day, as the locale writes it",
     "From {{date: 2026-07-01}}.\n"},
    {kTag, "money", "{{money: 500.00, currency=EUR}}", "An amount, as the locale writes it",
     "For {{money: 500.00, currency=EUR}}.\n"},
    {kTag, "duration", "{{duration: 30, unit=D}}",
     "A duration; the units are Y, MO, W, D, H, MIN and S", "Within {{duration: 30, unit=D}}.\n"},
    {kTag, "party", "{{party: customer}}", "A role's label, or label=\"the Customer\"",
     "Paid by {{party: customer, label=\"the Customer\"}}.\n"},
    {kTag, "side", "{{side: customers}}", "A side's label, or label=\"the Customers\"",
     "Paid by the {{side: customers}}.\n"},
    {kTag, "field", "{{field: INV-2026-1, type=invoice}}",
     "A value of a kind of your own, printed as it is",
     "See {{field: INV-2026-1, type=invoice}}.\n"},
    {kTag, "placeholder", "{{placeholder: forum-city}}",
     "A field of the sender, declared where it is printed: type=text, date, money with "
     "currency=\"EUR\", or duration with unit=\"MO\" (of H, MIN and S a text); note=\"…\" for its "
     "help. In expressions its name has _ for -",
     "The courts of {{placeholder: forum-city, note=\"Where we are sued\"}} decide.\n"},
    {kTag, "choose", "{{choose: plan, Team=\"ten users\", else=\"all\"}}",
     "Words for each option of a field, or for yes and no (or true and false) of a bool; an option "
     "of several words stands in quotes: \"Team A\"=\"ten users\"",
     "For {{choose: plan, Team=\"ten users\", Business=\"any number of users\"}}.\n"},
    {kTag, "attach", "{{attach: schedule-a}}", "A schedule's title, or label=\"Schedule A\"",
     "As {{attach: prices, label=\"the schedule\"}} says.\n\n::: schedule {#prices "
     "title=\"Schedule "
     "A: Prices\"}\nText.\n:::\n"},
    {kTag, "#if", "{{#if seats > 100}}…{{/if}}", "Words that stand only while this is true",
     "There are {{#if seats > 100}}many{{#elif seats > 10}}some{{#else}}few{{/if}} seats.\n"},
    {kTag, "#elif", "{{#elif seats > 10}}", "Another condition, where none before it holds",
     "{{#if seats > 100}}Many{{#elif seats > 10}}Some{{/if}} seats.\n"},
    {kTag, "#else", "{{#else}}", "Where none of the conditions holds",
     "{{#if seats > 100}}Many{{#else}}Few{{/if}} seats.\n"},
    {kTag, "#each", "{{#each r in regions, join=and}}…{{/each}}",
     "Words once for each item of a list; join is and, or, or what stands between two",
     "In {{#each r in regions, join=and}}**{{= r }}**{{/each}}.\n"},
    {kTag, "include", "{{include: notices, pin=\"sha256:…\"}}",
     "A clause of the library, alone in its paragraph; variant=\"…\" names one of several, level=2 "
     "lowers its headings",
     "{{include: notices}}\n"},
    {kTag, "sign", "{{sign: sig, role=customer}}", "Where a role signs",
     "{{sign: sig, role=customer}}\n"},
    {kTag, "initial", "{{initial: ini, role=customer}}", "Where a role puts initials",
     "{{initial: ini, role=customer}} {{sign: sig, role=customer}}\n"},
    {kTag, "signdate", "{{signdate: day, role=customer}}", "The day of signing, filled by itself",
     "{{sign: sig, role=customer}} {{signdate: day, role=customer}}\n"},
    {kTag, "check", "{{check: agreed, role=customer}}", "A box to tick",
     "{{check: agreed, role=customer, required=true}} I agree.\n"},
    {kTag, "input", "{{input: iban, role=customer}}", "A text, number or date to fill in",
     "Account {{input: iban, role=customer, maxLength=34}}\n"},
    {kTag, "select", "{{select: pay, role=customer, options=\"card|invoice\"}}", "One of a list",
     "Paid by {{select: pay, role=customer, options=\"card|invoice\"}}\n"},
    {kTag, "file", "{{file: idCard, role=customer}}",
     "A file to hand in, or a photo, of at most 4 MB; accept=\"image/*,application/pdf\" says what "
     "is offered. Expressions read idCard.name, idCard.size and idCard.sha256",
     "A copy of the ID card: {{file: idCard, role=customer, accept=\"image/*\", "
     "check=\"idCard.size <= 2000000\"}}\n"},
    {kTag, "!", "{{! for authors }}", "A comment: it leaves nothing", "A{{! why }} word.\n"},

    {kAttribute, "#", "{#fees}",
     "The unit's id, for references and the library. Units of which never two stand may share one: "
     "a "
     "reference is to the one that does",
     "# Fees {#fees}\n"},
    {kAttribute, "when", "{when=\"seats > 100\"}", "The unit is there only while this is true",
     "Many seats. {when=\"seats > 100\"}\n"},
    {kAttribute, "else", "{else} or {else when=\"…\"}",
     "Instead of the conditional units right before it",
     "Many. {when=\"seats > 100\"}\n\nSome. {else when=\"seats > 10\"}\n\nFew. {else}\n"},
    {kAttribute, "each", "{each=\"r in regions\"}",
     "The unit stands once for each item of a list, its condition asked for each",
     "1. Region {{= r }} {each=\"r in regions\" when=\"r != ''\"}\n"},
    {kAttribute, "each", "| {{= r }} | {each=\"r in regions\"}",
     "A row of a table for each item; at the end of the header it is the table's",
     "| Region | Seats |\n|:--|--:|\n| {{= r }} | {{= seats | number }} | {each=\"r in "
     "regions\"}\n"},
    {kAttribute, "when", "::: group {when=\"seats > 100\"}",
     "Several blocks under one condition or repeat, up to a line `:::`; headings in it too",
     "::: group {when=\"seats > 100\"}\n# Many seats\n\nText.\n:::\n"},
    {kAttribute, "#", "::: recitals {#reasons}",
     "Paragraphs numbered (A), (B) … up to a line `:::`",
     "::: recitals {#reasons}\nThe customer needs seats.\n\nThe provider has seats.\n:::\n"},
    {kAttribute, "#", "::: guide", "Words for whoever prepares the contract; never part of it",
     "::: guide\nAsk Legal for more than {{= seats }} seats.\n:::\n\n# Seats "
     "{#seats-1}\n\nText.\n"},
    {kAttribute, "title", "::: schedule {#prices title=\"Schedule A: Prices\"}",
     "What is attached, under its title and without a number, up to a line `:::`; headings in it "
     "begin with ##",
     "As {{attach: prices}} says.\n\n::: schedule {#prices title=\"Schedule A: Prices\"}\n## Seats "
     "{#seat-prices}\n\nText.\n:::\n"},
    {kAttribute, "restart", "::: schedule {#prices title=\"Schedule A: Prices\" restart}",
     "The numbers in the schedule begin again at 1. Outside, a reference has the title up to its "
     "colon in front: Schedule A, 1",
     "As {{ref: seat-prices}} says.\n\n::: schedule {#prices title=\"Schedule A: Prices\" "
     "restart}\n## Seats {#seat-prices}\n\nText.\n:::\n"},
    {kAttribute, "unnumbered", "# Preamble {unnumbered}", "The heading has no number",
     "# Preamble {unnumbered}\n\nText.\n"},
    {kAttribute, "keep", "Signed in Graz. {keep}",
     "On paper no page ends in the unit, where it fits on one; at a heading, in its section",
     "# Signatures {keep}\n\nSigned in Graz.\n"},
    {kAttribute, "omitted", "{when=\"…\" omitted=\"Intentionally omitted.\"}",
     "What stands in its place, with its number, while the condition is false",
     "# Extra {when=\"seats > 100\" omitted=\"Intentionally omitted.\"}\n\nText.\n"},
    {kAttribute, "lock", "{#liability lock=\"Approved by Legal\"}",
     "The text must be the library's, letter by letter",
     "# Liability {#liability lock}\n\nText.\n"},

    {kFormat, "text", "{{= name }}", "The usual form of the type; what stands without a format",
     "{{= name | text }}\n"},
    {kFormat, "money", "{{= price | money(code) }}",
     "money(symbol), money(code); an amount is never rounded: say round(x, 2, 'half_up')",
     "{{= price | money(code) }}\n"},
    {kFormat, "number", "{{= rate | number(2) }}", "Grouped; with so many decimals",
     "{{= rate | number(2) }}\n"},
    {kFormat, "percent", "{{= rate | percent(1) }}", "0.19 is 19 %", "{{= rate | percent(1) }}\n"},
    {kFormat, "date", "{{= start | date(long) }}",
     "date(long), date(medium), date(short), date(iso)", "{{= start | date(medium) }}\n"},
    {kFormat, "period", "{{= term | period }}", "2 years, 3 months", "{{= term | period }}\n"},
    {kFormat, "ordinal", "{{= seats | ordinal }}", "3rd", "{{= seats | ordinal }}\n"},
    {kFormat, "list", "{{= regions | list(or) }}", "list(and): a, b and c; list(or): a, b or c",
     "{{= regions | list(or) }}\n"},
    {kFormat, "upper", "{{= name | upper }}", "In capital letters", "{{= name | upper }}\n"},

    {kFormat, "words", "{{= seats | words }}",
     "twelve; one point two five; of money as on a cheque: twelve 50/100 EUR (en, de, fr, es, pt "
     "and "
     "what belongs to them)",
     "{{= seats | words }}\n"},

    {kMacro, "has", "has(crm.account)", "Whether the member is there", ""},
    {kMacro, "all", "regions.all(r, r != '')", "Whether it is true of all elements", ""},
    {kMacro, "exists", "regions.exists(r, r == 'EU')", "Whether it is true of one or more", ""},
    {kMacro, "exists_one", "regions.exists_one(r, r == 'EU')", "Whether it is true of one only",
     ""},
    {kMacro, "map", "regions.map(r, r + '!')", "A list of what each element gives", ""},
    {kMacro, "filter", "regions.filter(r, r != 'US')", "The elements of which it is true", ""},
};

constexpr std::string_view kPlaceNames[] = {
    "topKey",     "roleKey", "fieldKey", "computedKey", "validationKey", "workflowKey",
    "consentKey", "type",    "tag",      "attribute",   "format",        "macro"};
constexpr std::string_view kStyleNames[] = {"operator", "call", "method", "either"};

Value Text(std::string_view text) { return Value::String(text); }

// Every diagnostic of diagnostic_codes.def.
constexpr DiagnosticCode kDiagnostics[] = {
#define CS_DIAGNOSTIC(name, code, rule, severity, text) DiagnosticCode::name,
#include "compile/diagnostic_codes.def"
#undef CS_DIAGNOSTIC
};
Vector<DiagnosticCode> SortedDiagnostics() {
  Vector<DiagnosticCode> codes(std::begin(kDiagnostics), std::end(kDiagnostics));
  std::sort(codes.begin(), codes.end(), [](DiagnosticCode a, DiagnosticCode b) {
    return DiagnosticName(a) < DiagnosticName(b);
  });
  return codes;
}

// A cell of a table: a bar would end it.
String Cell(std::string_view text) {
  String out;
  for (char c : text) out += c == '|' ? String("\\|") : String(1, c);
  return out;
}
String Code(std::string_view text) { return text.empty() ? "" : "`" + Cell(text) + "`"; }

void AppendWords(WordPlace place, std::string_view heading, std::string_view before, String* out) {
  out->append("\n## ").append(heading).append("\n");
  if (!before.empty()) out->append(before).append("\n");
  out->append("\n| | written | |\n|---|---|---|\n");
  for (const Word& word : kWords) {
    if (word.place != place) continue;
    *out += "| " + Code(word.name) + " | " + Code(word.form) + " | " + Cell(word.doc) + " |\n";
  }
}

// What an expression of a contract may be made of, and what only `source:` may call besides.
enum class Part : uint8_t { kContract, kSourceOnly };

void AppendFunctions(std::string_view heading, std::span<const Style> styles, Part part,
                     String* out) {
  out->append("\n### ").append(heading).append("\n\n| forms | |\n|---|---|\n");
  const bool wide = part == Part::kSourceOnly;
  for (int i = 0; i < expression::kFunctionCount; ++i) {
    const auto function = static_cast<Function>(i);
    if (std::find(styles.begin(), styles.end(), FunctionStyle(function)) == styles.end()) continue;
    if (IsWide(function) != wide) continue;
    String forms;
    for (const String& form :
         FunctionForms(function, wide ? expression::Reach::kWhole : expression::Reach::kContract)) {
      forms += (forms.empty() ? "" : ", ") + Code(form);
    }
    *out += "| " + forms + " | " + Cell(FunctionDoc(function)) + " |\n";
  }
}

}  // namespace

std::span<const Word> Words() { return kWords; }

std::string_view WordPlaceName(WordPlace place) { return kPlaceNames[static_cast<size_t>(place)]; }

Value DescribeLanguage() {
  json::Array words, functions, diagnostics, locales;
  for (const Word& word : kWords) {
    words.push_back(Value::Make({{"place", Text(WordPlaceName(word.place))},
                                 {"name", Text(word.name)},
                                 {"form", Text(word.form)},
                                 {"doc", Text(word.doc)}}));
  }
  for (int i = 0; i < expression::kFunctionCount; ++i) {
    const auto function = static_cast<Function>(i);
    if (IsWide(function)) continue;  // too rare to be offered everywhere
    json::Array forms;
    for (const String& form : FunctionForms(function, expression::Reach::kContract))
      forms.push_back(Text(form));
    functions.push_back(
        Value::Make({{"name", Text(FunctionName(function))},
                     {"style", Text(kStyleNames[static_cast<size_t>(FunctionStyle(function))])},
                     {"forms", Value::List(std::move(forms))},
                     {"doc", Text(FunctionDoc(function))}}));
  }
  for (const DiagnosticCode code : SortedDiagnostics()) {
    diagnostics.push_back(Value::Make({{"code", Text(DiagnosticName(code))},
                                       {"rule", Text(DiagnosticRule(code))},
                                       {"severity", Text(SeverityName(DiagnosticSeverity(code)))},
                                       {"text", Text(DiagnosticText(code))}}));
  }
  for (size_t i = 0; !values::LocaleTag(i).empty(); ++i) {
    locales.push_back(Text(values::LocaleTag(i)));
  }
  return Value::Make({{"words", Value::List(std::move(words))},
                      {"functions", Value::List(std::move(functions))},
                      {"diagnostics", Value::List(std::move(diagnostics))},
                      {"locales", Value::List(std::move(locales))}});
}

String LanguageReference() {
  String out =
      "# The template language\n\n"
      "<!-- Made by `countersign template reference` from the compiler's own tables. Do not edit. "
      "-->\n\n"
      "Everything that a template may say, as the compiler knows it. To learn it, read\n"
      "[the guide](../examples/templates/GUIDE.md) first.\n";
  AppendWords(kTopKey, "Front matter", "", &out);
  AppendWords(kRoleKey, "A role", "", &out);
  AppendWords(kFieldKey, "A field",
              "The same names are parameters of the tags that fields stand in:\n"
              "`{{input: poNumber, role=customer, maxLength=40}}`.",
              &out);
  AppendWords(kType, "Types", "", &out);
  AppendWords(kComputedKey, "A computed value",
              "An expression alone, `fee: \"price * seats\"`, or with these keys:", &out);
  AppendWords(kValidationKey, "A validation", "", &out);
  AppendWords(kWorkflowKey, "The workflow", "", &out);
  AppendWords(kConsentKey, "The consent", "", &out);
  AppendWords(kTag, "Tags", "A tag stands in a line of text and is closed on that line.", &out);
  AppendWords(kFormat, "Formats", "", &out);
  AppendWords(kAttribute, "Attributes",
              "At the end of a heading, a paragraph or a list item: `{#id when=\"…\"}`.", &out);
  out += "\nThere are formats for the locales ";
  for (size_t i = 0; !values::LocaleTag(i).empty(); ++i) {
    if (i > 0) out += ", ";
    out += Code(values::LocaleTag(i));
  }
  out +=
      ".\n\n## Expressions\n\n"
      "The grammar is CEL's (`a ? b : c`, `&&`, `||`, `!`, comparisons, `in`, `+ - * / %`, lists "
      "`[a, b]`,\nmaps `{'a': b}`, texts in single or double quotes). Numbers with a point are "
      "exact decimals: `0.1 + 0.2`\nis `0.3`. A value that nobody has filled in yet makes "
      "what rests on it wait; it is never taken for\nzero or empty.\n";
  constexpr Style kOperators[] = {Style::kOperator};
  constexpr Style kFunctions[] = {Style::kCall, Style::kMethod, Style::kEither};
  AppendFunctions("Operators", kOperators, Part::kContract, &out);
  AppendFunctions("Functions", kFunctions, Part::kContract, &out);
  AppendWords(kMacro, "Macros", "", &out);
  out +=
      "\n## Only in `source:`\n\nA record may hold points in time and the like; a contract has "
      "days and exact numbers. What reads them is called in\n`source:` only (T404 elsewhere), and "
      "must end in a type that the field has. The operators take these types as CEL's do.\n";
  AppendFunctions("More functions", kFunctions, Part::kSourceOnly, &out);
  out +=
      "\n## Diagnostics\n\nWhat `countersign template check` may say. Errors stop compiling. Codes "
      "keep their meaning for ever.\n\n| code | rule | | |\n|---|---|---|---|\n";
  for (const DiagnosticCode code : SortedDiagnostics()) {
    out += "| " + String(DiagnosticName(code)) + " | " + String(DiagnosticRule(code)) + " | " +
           String(SeverityName(DiagnosticSeverity(code))) + " | " + Cell(DiagnosticText(code)) +
           " |\n";
  }
  return out;
}

}  // namespace countersign::compile
