#include "ceremony/draft.h"

#include <algorithm>

#include "base/names.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::ceremony {
namespace {

constexpr Names kSteps("open|consent|review|fill|adopt|check|sign|copy");
constexpr size_t kMaxListed = 4096;

json::Value Text(std::string_view text) { return json::Value::String(text); }

auto Place(auto& texts, std::string_view field) {
  return std::lower_bound(
      texts.begin(), texts.end(), field,
      [](const TypedText& typed, std::string_view wanted) { return typed.field < wanted; });
}

Error BadMark(std::string_view detail) { return Error(ErrorCode::kCeremonyBadMark, detail); }

Result<void> CheckStrokes(const json::Value& strokes) {
  if (!strokes.is_array() || strokes.items().empty()) return BadMark("a drawing has strokes");
  if (strokes.items().size() > kMaxStrokes) return BadMark("too many strokes");
  size_t points = 0;
  for (const json::Value& stroke : strokes.items()) {
    if (!stroke.is_array() || stroke.items().empty()) return BadMark("a stroke has points");
    points += stroke.items().size();
    if (points > kMaxPoints) return BadMark("too many points");
    for (const json::Value& point : stroke.items()) {
      if (!point.is_array() || point.items().size() != 3) return BadMark("a point is [x, y, ms]");
      for (const json::Value& number : point.items()) {
        if (!number.is_int() || number.int_value() < -kMaxCoordinate ||
            number.int_value() > kMaxCoordinate * 100) {
          return BadMark("a point's numbers are integers in the pad's bounds");
        }
      }
    }
  }
  return {};
}

// A sorted list of names without repetition, as a draft of ours has it.
Vector<String> ReadNames(json::Shape& shape, std::string_view member) {
  Vector<String> names = shape.Strings(member);
  if (names.size() > kMaxListed || !std::is_sorted(names.begin(), names.end())) {
    shape.Fail(ErrorCode::kSchemaBadValue, {}, member);
  }
  return names;
}

}  // namespace

std::string_view StepName(Step step) { return kSteps[step]; }

bool FindStep(std::string_view name, Step* step) {
  const size_t found = kSteps.Find(name);
  if (found == Names::kNone) return false;
  *step = static_cast<Step>(found);
  return true;
}

const String* Draft::Find(std::string_view name) const {
  const auto at = Place(texts, name);
  return at != texts.end() && at->field == name ? &at->text : nullptr;
}

void Draft::SetText(std::string_view name, std::string_view text) {
  const auto at = Place(texts, name);
  if (at != texts.end() && at->field == name) {
    at->text = text;
  } else {
    texts.insert(at, TypedText{String(name), String(text)});
  }
}

bool Draft::IsPlaced(std::string_view name) const {
  return std::binary_search(placed.begin(), placed.end(), name);
}

Result<void> CheckMark(const json::Value& mark) {
  json::Shape shape(mark, "/mark");
  const String& kind = shape.Text("kind");
  const String& text = shape.OptionalText("text");
  CS_TRY(shape.Fault());
  if (text.size() > kMaxMarkText) return BadMark("the text is too long");
  if (InspectText(text).Any()) return BadMark("the text has characters that cannot be seen");
  if (kind == "typed") {
    CS_TRY(shape.Finish());
    if (text.find_first_not_of(" \t\n") == String::npos) return BadMark("a typed mark has a text");
    return {};
  }
  if (kind != "drawn") return BadMark("a mark is typed or drawn");
  const json::Value& strokes = shape.Any("strokes");
  CS_TRY(shape.Finish());
  return CheckStrokes(strokes);
}

Vector<document::Stroke> StrokesOf(const json::Value& mark) {
  Vector<document::Stroke> strokes;
  const json::Value* list = mark.Find("strokes");
  if (list == nullptr || !list->is_array()) return strokes;
  for (const json::Value& points : list->items()) {
    document::Stroke stroke;
    for (const json::Value& point : points.items()) {
      stroke.push_back({static_cast<int32_t>(point.items()[0].int_value()),
                        static_cast<int32_t>(point.items()[1].int_value())});
    }
    strokes.push_back(std::move(stroke));
  }
  return strokes;
}

Result<Draft> ReadDraft(const json::Value& value) {
  Draft draft;
  json::Shape shape(value, "");
  if (shape.Text("format") != "countersign-draft/1") {
    shape.Fail(ErrorCode::kSchemaBadValue, {}, "format");
  }
  draft.revision = shape.Fixed64<Hash>("revision");
  if (!FindStep(shape.Text("step"), &draft.step)) {
    shape.Fail(ErrorCode::kSchemaBadValue, {}, "step");
  }
  draft.opened = shape.Bool("opened");
  draft.ticked = shape.Bool("ticked");
  draft.reviewed = shape.Bool("reviewed");
  draft.checked = shape.Bool("checked");
  draft.code = shape.Text("code");
  draft.units = shape.Int("units", 0, json::kMaxInt);
  draft.of = shape.Int("of", 0, json::kMaxInt);
  draft.field = shape.Text("field");
  draft.placed = ReadNames(shape, "placed");
  const json::Value& typed = shape.Object("texts");
  json::Shape texts(shape, typed, "texts");
  for (const json::Member& member : typed.members()) {
    if (!member.value.is_string() || member.value.string_value().size() > kMaxText) {
      texts.Fail(ErrorCode::kSchemaBadValue, {}, member.name);
      break;
    }
    draft.texts.push_back({member.name, member.value.string_value()});
  }
  for (const json::Value& item : shape.List("changed")) {
    json::Shape change(shape, item, "changed");
    UnitChange unit{change.Text("unit"), change.Text("what"), change.Text("title")};
    change.Close();
    if (draft.changed.size() < kMaxChanges) draft.changed.push_back(std::move(unit));
  }
  if (const json::Value* mark = shape.OptionalAny("mark")) {
    const Result<void> checked = CheckMark(*mark);
    if (!checked) shape.Adopt(checked.error());
    draft.mark = *mark;
  }
  CS_TRY(shape.Finish());
  return draft;
}

json::Value WriteDraft(const Draft& draft) {
  json::Builder texts;
  for (const TypedText& typed : draft.texts) texts.Text(typed.field, typed.text);
  json::Array placed;
  for (const String& field : draft.placed) placed.push_back(Text(field));
  json::Array changed;
  for (const UnitChange& change : draft.changed) {
    changed.push_back(json::Builder()
                          .Text("unit", change.unit)
                          .Text("what", change.what)
                          .Text("title", change.title)
                          .Take());
  }
  json::Builder members;
  members.Text("format", "countersign-draft/1")
      .Base64("revision", draft.revision.view())
      .Text("step", StepName(draft.step))
      .Flag("opened", draft.opened)
      .Flag("ticked", draft.ticked)
      .Flag("reviewed", draft.reviewed)
      .Flag("checked", draft.checked)
      .Text("code", draft.code)
      .Int("units", draft.units)
      .Int("of", draft.of)
      .Text("field", draft.field)
      .Add("texts", texts.Take())
      .AddList("placed", std::move(placed))
      .AddList("changed", std::move(changed));
  if (draft.mark) members.Add("mark", *draft.mark);
  return members.Take();
}

}  // namespace countersign::ceremony
