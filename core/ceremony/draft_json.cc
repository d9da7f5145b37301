// A draft as stored. Apart from draft.cc: nobody has a draft who has not acted yet.
#include <algorithm>

#include "ceremony/draft.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::ceremony {
namespace {

constexpr size_t kMaxListed = 4096;

json::Value Text(std::string_view text) { return json::Value::String(text); }

// A sorted list of names without repetition, as a draft of ours has it.
Vector<String> ReadNames(json::Shape& shape, std::string_view member) {
  Vector<String> names = shape.Strings(member);
  if (names.size() > kMaxListed || !std::is_sorted(names.begin(), names.end())) {
    shape.Fail(ErrorCode::kSchemaBadValue, {}, member);
  }
  return names;
}

}  // namespace

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
