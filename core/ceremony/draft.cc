#include "ceremony/draft.h"

#include "base/names.h"
#include "base/sort.h"
#include "json/shape.h"

namespace countersign::ceremony {
namespace {

constexpr Names kSteps("open|consent|review|fill|adopt|check|sign|copy");
static_assert(kSteps.Count() == kStepCount);

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
      for (size_t i = 0; i < 3; ++i) {
        const json::Value& number = point.items()[i];
        const int64_t least = i < 2 ? -kMaxCoordinate : 0;
        const int64_t most = i < 2 ? kMaxCoordinate : kMaxStrokeMs;
        if (!number.is_int() || number.int_value() < least || number.int_value() > most) {
          return BadMark("a point's numbers are integers in the pad's bounds");
        }
      }
    }
  }
  return {};
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
  const TypedText* typed = FindSorted(texts, &TypedText::field, name);
  return typed != nullptr ? &typed->text : nullptr;
}

void Draft::SetText(std::string_view name, std::string_view text) {
  TypedText* at = texts.begin() + PlaceOf(texts, &TypedText::field, name);
  if (at != texts.end() && at->field == name) {
    at->text = text;
  } else {
    texts.insert(at, TypedText{String(name), String(text)});
  }
}

bool Draft::IsPlaced(std::string_view name) const {
  const size_t place = PlaceOf(placed, name);
  return place < placed.size() && placed[place] == name;
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

}  // namespace countersign::ceremony
