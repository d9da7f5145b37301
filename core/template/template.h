// A compiled template, loaded: what a contract says, and under which conditions.
//
// The compiled template is canonical JSON (FORMAT.md section 6), made by the room `compile` and
// treated as outside data here: every node, type, slot and constant is checked before anything
// runs. A Template that exists can be assembled; what it holds never changes. (The namespace is
// `templates`: `template` is a word of the language.)
//
// Texts and conditions may depend on the sender's fields, on computed values, and on the fields of
// the roles in `text_roles` alone. Every other place that a recipient fills is a blank of the
// document.
#ifndef COUNTERSIGN_TEMPLATE_TEMPLATE_H_
#define COUNTERSIGN_TEMPLATE_TEMPLATE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/shared.h"
#include "base/string.h"
#include "base/vector.h"
#include "document/document.h"
#include "json/value.h"
#include "values/type.h"
#include "values/value.h"

namespace countersign::templates {

inline constexpr std::string_view kFormat = "countersign-template/v1";
inline constexpr std::string_view kEngine = "countersign-template/1";

// Bounds of a compiled template (beside those of json::kDocumentLimits). Each has its code.
inline constexpr size_t kMaxFields = 1'000;        // template.too_many_fields
inline constexpr size_t kMaxComputed = 1'000;      // template.too_many_fields
inline constexpr size_t kMaxExpressions = 10'000;  // template.too_many_expressions
inline constexpr size_t kMaxUnits = 20'000;        // template.too_many_units
inline constexpr int kMaxDepth = 20;  // nested units and inlines together: template.too_deep
inline constexpr size_t kMaxPieces = 60'000;     // pieces of text: template.too_many_units
inline constexpr int kMaxLoops = 3;              // repeats inside repeats: template.too_deep
inline constexpr size_t kMaxPins = 1'024;        // files of a library: schema.bad_value
inline constexpr size_t kMaxJoin = 64;           // bytes of what stands between two items
inline constexpr size_t kMaxScheduleName = 256;  // bytes, at each reference: schema.bad_value
inline constexpr size_t kMaxRepeats =
    1'000;  // items that one repeat may go through: template.too_many_items

using ExpressionIndex = uint32_t;
inline constexpr ExpressionIndex kNoExpression = UINT32_MAX;

// What a field is filled with, and by whom it is placed. kValue belongs to the sender.
using FieldKind = document::BlankKind;
// A place for the signer's mark: sign, initial.
constexpr bool TakesMark(FieldKind kind) {
  return kind == FieldKind::kSign || kind == FieldKind::kInitial;
}
// What the act of signing fills, a mark or its date: nobody commits it, no expression reads it.
constexpr bool IsFilledBySigning(FieldKind kind) {
  return TakesMark(kind) || kind == FieldKind::kSignDate;
}
// Its word in views and blobs: as in document.h; a bare value is an "input".
std::string_view KindWord(FieldKind kind);

struct Option {
  String value;  // plain form of the field's type, as text
  String label;
  friend bool operator==(const Option&, const Option&) = default;
};

enum class Need : uint8_t { kOptional, kRequired, kConditional };
enum class Sensitivity : uint8_t { kPlain, kSensitive };

struct Field {
  using MovesAsItLies = void;  // base/vector.h
  String id;
  FieldKind kind = FieldKind::kValue;
  values::Type type;
  String role;                                    // "" for the sender
  String label;                                   // never empty
  String help, message, placeholder, input_mode;  // "" where not given
  String autocomplete;                            // HTML's; of a file HTML's `accept`
  String unit;  // where its blank stands (the first, in the order of the text), "" for none
  Vector<Option> options;
  std::optional<values::Value> min, max, initial;  // initial: the template's `default`
  // Code points of a string, 0: 10,000. Items of a list, 0: 1,000.
  uint32_t max_length = 0;
  Need need = Need::kOptional;
  Sensitivity sensitivity = Sensitivity::kPlain;
  ExpressionIndex required = kNoExpression;  // where need is kConditional
  ExpressionIndex show = kNoExpression;
  ExpressionIndex check = kNoExpression;
  ExpressionIndex source = kNoExpression;  // over `crm`
};
inline constexpr uint32_t kDefaultMaxLength = 10'000;

struct Computed {
  using MovesAsItLies = void;  // base/vector.h
  String id;
  String label;  // the id where none was given
  values::Type type;
  ExpressionIndex expression = kNoExpression;
};

enum class Part : uint8_t { kNone, kSigner };
struct Role {
  String id;
  String label;
  Part part = Part::kNone;  // signs or not
  int order = 1;            // default place in the routing, 1..64; equal means at the same time
};

enum class Level : uint8_t { kError, kWarning };
struct Validation {
  String id;
  ExpressionIndex check = kNoExpression;
  String message;
  String field;  // "" where it belongs to none
  Level level = Level::kError;
};

struct Consent {
  String id, version, locale, summary;
  // paperOption, scope, withdrawal, contactUpdate, copy, requirements: each present, none empty.
  Vector<std::pair<String, String>> slots;
  // The consent text blob, canonical (FORMAT.md section 8).
  String Write() const;
};

class Template {
 public:
  Template(const Template& other);  // cheap
  Template(Template&& other) noexcept;
  Template& operator=(const Template& other);
  Template& operator=(Template&& other) noexcept;
  ~Template();

  // Outside data: canonical bytes of a compiled template. Errors: json.*, schema.*, values.*,
  // expression.*, template.too_*, template.bad_reference (an index, id or slot that is not there,
  // or not in its order), template.duplicate_id, template.wrong_type (an expression of another type
  // than its place needs), template.lock_broken (a locked unit is not the one that was locked),
  // template.needs_newer_engine.
  static Result<Template> Load(std::string_view bytes);
  // The same where they were just written and need no reading.
  // REQUIRES: json::ReadCanonical(bytes, json::kDocumentLimits) gives `value`.
  static Result<Template> Load(const json::Value& value, std::string_view bytes);

  const String& id() const;
  int64_t version() const;
  const String& title() const;
  const String& locale() const;  // BCP 47
  // Blob references (43 characters): of the source text, and of the bytes that were loaded.
  const String& source_ref() const;
  const String& compiled_ref() const;
  // Blob references of the library's files that the text is made of; sorted.
  const Vector<String>& library() const;
  const Vector<Role>& roles() const;
  const Vector<Field>& fields() const;
  const Vector<Computed>& computed() const;  // in an order in which each needs earlier ones only
  const Vector<Validation>& validations() const;
  const std::optional<Consent>& consent() const;
  // A period such as P30D until an unsigned envelope expires; absent where the template says
  // nothing.
  const std::optional<values::Period>& expires() const;
  // Roles whose fields change the text. Each must be the only signer in the first order of the
  // routing.
  const Vector<String>& text_roles() const;
  // Rules that later versions act on, kept as written: canonical JSON, null where absent.
  const json::Value& approvals() const;
  const json::Value& routing() const;
  const Vector<String>& locked_units() const;
  // Whether it says numbers in words, looks for patterns (`matches`) or asks for files: work whose
  // code a page may have left out until a template asks for it.
  bool asks_seldom_work() const;

  const Field* FindField(std::string_view id) const;  // nullptr where there is none
  const Role* FindRole(std::string_view id) const;
  // How an expression was written, for people.
  std::string_view ExpressionText(ExpressionIndex expression) const;

  struct Body;
  const Body& body() const;

 private:
  explicit Template(Shared<Body> body);
  Shared<Body> body_;
};

// The types that a field or computed value may have: bool, int, decimal, money, date, period and
// string; records of these, of lists and of records; lists of all but lists. At most four levels.
bool IsFieldType(const values::Type& type);
// Whether the type is or holds a record: nobody types one, it comes as JSON.
bool HasRecord(const values::Type& type);

// Values by field id, sorted; a field that is not there is unanswered.
struct FieldValue {
  using MovesAsItLies = void;  // base/vector.h
  String id;
  values::Value value;
  friend bool operator==(const FieldValue&, const FieldValue&) = default;
};
using Values = Vector<FieldValue>;
// nullptr where there is none.
const values::Value* FindValue(const Values& values, std::string_view id);
// Sets the field's value, or (nullptr) clears it.
void PutValue(std::string_view id, const values::Value* value, Values* values);

// Reads {"field": plain value, …} by the declared types; null means unanswered. The path of an
// error is the field's. Errors: schema.wrong_type (no object), template.unknown_field, values.*.
Result<Values> ReadValues(const Template& contract, const json::Value& plain);
// The canonical plain form of the same.
json::Value WriteValues(const Values& values);

// The value as the contract prints it, in the contract's locale: money with currency, dates in
// words, the label of an option, a check mark. "" for a field of kind sign or initial.
String DisplayValue(const Template& contract, const Field& field, const values::Value& value);

// The option that has this value, however the template spells it ("P12M" is P1Y); nullptr where
// none.
const Option* OptionOf(const Field& field, const values::Value& value);

// Whether a value may stand in the field by its own rules (type, options, min, max, length):
// nothing, or field.wrong_type, field.not_an_option, field.too_small, field.too_large,
// field.too_long. `check` expressions are part of the assembly, for they may need other fields.
Result<void> CheckValue(const Field& field, const values::Value& value);

// The sender's values that a CRM record gives, by the `source` expressions.
struct PrefillProblem {
  String field;
  Error error;  // prefill.missing_member, prefill.wrong_type, field.*, expression.*
};
struct Prefill {
  Values values;
  Vector<PrefillProblem> problems;  // in the order of the fields
};
Prefill FillFromRecord(const Template& contract, const json::Value& record);

}  // namespace countersign::templates

#endif  // COUNTERSIGN_TEMPLATE_TEMPLATE_H_
