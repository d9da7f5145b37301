// What only this device knows of a ceremony in progress: where the signer is, what was typed, the
// mark.
//
// The host keeps it in the store, as canonical JSON, after every act; a killed tab opens where it
// was. Drafts are not events: nobody else sees them, and nothing in them is believed. Typed text is
// kept raw, so that invalid input survives too; values are read from it each time.
#ifndef COUNTERSIGN_CEREMONY_DRAFT_H_
#define COUNTERSIGN_CEREMONY_DRAFT_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "document/render.h"
#include "json/value.h"

namespace countersign::ceremony {

enum class Step : uint8_t { kOpen, kConsent, kReview, kFill, kAdopt, kCheck, kSign, kCopy };
inline constexpr int kStepCount = 8;
std::string_view StepName(Step step);  // "open", "consent", …
[[nodiscard]] bool FindStep(std::string_view name, Step* step);

inline constexpr size_t kMaxText = 40'000;          // bytes of one field's raw text: field.too_long
inline constexpr size_t kMaxMarkText = 200;         // bytes: ceremony.bad_mark
inline constexpr size_t kMaxStrokes = 400;          // ceremony.bad_mark
inline constexpr size_t kMaxPoints = 4'000;         // of all strokes: ceremony.bad_mark
inline constexpr int64_t kMaxCoordinate = 100'000;  // either way: ceremony.bad_mark
inline constexpr int64_t kMaxStrokeMs = 10'000'000;  // since the drawing began: ceremony.bad_mark
inline constexpr size_t kMaxChanges = 1'000;  // units listed as changed; the rest is not listed
// A draft as stored: every field may hold its longest text.
inline constexpr json::Limits kDraftLimits{
    .max_bytes = 8 * 1024 * 1024, .max_depth = 16, .max_items = 4096};

struct TypedText {
  String field;
  String text;
  friend bool operator==(const TypedText&, const TypedText&) = default;
};

struct UnitChange {
  String unit;
  String what;   // added removed changed
  String title;  // "" where the unit has no heading
  friend bool operator==(const UnitChange&, const UnitChange&) = default;
};

struct Draft {
  Hash revision;  // the one this was made for
  Step step = Step::kOpen;
  bool opened = false;
  bool ticked = false;  // the consent box
  bool reviewed = false;
  bool checked = false;
  String code;        // the access code as typed
  int64_t units = 0;  // reached while reading, of so many
  int64_t of = 0;
  String field;                     // in focus, "" for none
  Vector<TypedText> texts;          // sorted by field
  std::optional<json::Value> mark;  // passed CheckMark
  Vector<String> placed;            // fields the mark was put on, sorted
  Vector<UnitChange> changed;       // since the signer last said "seen"
  friend bool operator==(const Draft&, const Draft&) = default;

  // The raw text of a field; nullptr where nothing was typed.
  const String* Find(std::string_view field) const;
  void SetText(std::string_view field, std::string_view text);
  bool IsPlaced(std::string_view field) const;
};

// Outside data: the store is not trusted either. Errors: schema.*, bytes.*, ceremony.bad_mark.
[[gnu::noinline]] Result<Draft> ReadDraft(const json::Value& value);
json::Value WriteDraft(const Draft& draft);

// A mark of the acts and statements: {"kind":"typed","text"} or {"kind":"drawn","text"?,"strokes":
// [[[x,y,ms since the stroke began],…],…]}. Errors: ceremony.bad_mark.
Result<void> CheckMark(const json::Value& mark);
// Its lines for drawing; none for a typed mark. REQUIRES: CheckMark(mark).
Vector<document::Stroke> StrokesOf(const json::Value& mark);

}  // namespace countersign::ceremony

#endif  // COUNTERSIGN_CEREMONY_DRAFT_H_
