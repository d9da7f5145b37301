#include "envelope/codec.h"

#include "envelope/event_types.h"

namespace countersign::envelope {

Result<void> Codec::Finish() { return shape_->Finish(); }

json::Value Codec::TakeWritten() { return json::Value::Make(std::move(members_)); }

void Codec::Fail(ErrorCode code, std::string_view name) {
  if (shape_.has_value()) shape_->Fail(code, {}, name);
}

bool Codec::Present(std::string_view name) { return shape_->OptionalAny(name) != nullptr; }

const json::Value* Codec::Get(std::string_view name) {
  const json::Value& value = shape_->Any(name);
  return shape_->ok() ? &value : nullptr;
}

void Codec::Put(std::string_view name, json::Value value) {
  members_.push_back(json::Member{String(name), std::move(value)});
}

void Codec::Text(std::string_view name, String* text, Check check) {
  if (writing_) return Put(name, json::Value::String(*text));
  const json::Value* value = Get(name);
  if (value == nullptr) return;
  if (!value->is_string()) return Fail(ErrorCode::kSchemaWrongType, name);
  const String& read = value->string_value();
  if (check != nullptr ? !check(read) : (read.empty() || read.size() > kMaxShortText)) {
    return Fail(ErrorCode::kSchemaBadValue, name);
  }
  *text = read;
}

void Codec::OptionalText(std::string_view name, String* text, Check check) {
  if (writing_ ? text->empty() : !Present(name)) return;
  Text(name, text, check);
  if (!writing_ && text->empty()) Fail(ErrorCode::kSchemaBadValue, name);
}

void Codec::WordIndex(std::string_view name, size_t* index, Names words) {
  if (writing_) return Put(name, json::Value::String(words[*index]));
  String text;
  Text(name, &text);
  if (!shape_->ok()) return;
  const size_t found = words.Find(text);
  if (found == Names::kNone) return Fail(ErrorCode::kSchemaBadValue, name);
  *index = found;
}

void Codec::Word(std::string_view name, String* word, Names allowed) {
  if (writing_) return Put(name, json::Value::String(*word));
  size_t index = 0;
  WordIndex(name, &index, allowed);
  *word = String(allowed[index]);
}

void Codec::Int(std::string_view name, int64_t* value, int64_t min, int64_t max) {
  if (writing_) return Put(name, json::Value::Int(*value));
  *value = shape_->Int(name, min, max);
}

void Codec::Texts(std::string_view name, Vector<String>* texts, Check check, size_t min,
                  size_t max) {
  ListAt(name, texts, texts->size(), min, max,
         [](Codec& c, void* list, size_t index, const json::Value* in) {
           auto& items = *static_cast<Vector<String>*>(list);
           if (in == nullptr) return json::Value::String(items[index]);
           items.emplace_back();
           if (in->is_string()) {
             items.back() = in->string_value();
           } else {
             c.Fail(ErrorCode::kSchemaWrongType, c.list_);
           }
           return json::Value();
         });
  if (writing_) return;
  for (const String& text : *texts) {
    if (!check(text)) Fail(ErrorCode::kSchemaBadValue, name);
  }
}

void Codec::ListAt(std::string_view name, void* list, size_t size, size_t min, size_t max,
                   Each each) {
  if (writing_) {
    json::Array items;
    for (size_t i = 0; i < size; ++i) items.push_back(each(*this, list, i, nullptr));
    return Put(name, json::Value::List(std::move(items)));
  }
  const json::Value* value = Get(name);
  if (value == nullptr) return;
  if (!value->is_array()) return Fail(ErrorCode::kSchemaWrongType, name);
  const json::Array& items = value->items();
  if (items.size() < min || items.size() > max) return Fail(ErrorCode::kSchemaBadValue, name);
  list_ = name;
  for (size_t i = 0; i < items.size(); ++i) (void)each(*this, list, size + i, &items[i]);
}

json::Value Codec::RawItem(const json::Value* in, uint8_t* bytes, size_t size) {
  if (in == nullptr) return json::Value::String(EncodeBase64Url({bytes, size}));
  Result<void> read = ReadRaw(*in, bytes, size);
  if (!read) Fail(read.error().code(), list_);
  return {};
}

json::Value Codec::ObjectItem(const json::Value* in, void* item, Inner describe) {
  if (in == nullptr) {
    Codec inner;
    describe(inner, item);
    return inner.TakeWritten();
  }
  Codec inner(*shape_, *in, list_);
  describe(inner, item);
  inner.shape_->Close();
  return {};
}

void Codec::ObjectAt(std::string_view name, void* what, Inner describe) {
  if (writing_) {
    Codec inner;
    describe(inner, what);
    return Put(name, inner.TakeWritten());
  }
  const json::Value* value = Get(name);
  if (value == nullptr) return;
  Codec inner(*shape_, *value, name);
  describe(inner, what);
  inner.shape_->Close();
}

Result<void> Codec::ReadRaw(const json::Value& value, uint8_t* bytes, size_t size) {
  if (!value.is_string()) return ErrorCode::kSchemaWrongType;
  return internal::DecodeFixed(value.string_value(), bytes, size);
}

void Codec::Raw(std::string_view name, uint8_t* bytes, size_t size) {
  if (writing_) return Put(name, json::Value::String(EncodeBase64Url({bytes, size})));
  const json::Value* value = Get(name);
  if (value == nullptr) return;
  Result<void> read = ReadRaw(*value, bytes, size);
  if (!read) Fail(read.error().code(), name);
}

void Codec::Key(std::string_view name, PublicKey* key) {
  Object(name, [key](Codec& c) { c.Fixed("x", key); });
}

void Codec::Literal(std::string_view name, std::string_view text, ErrorCode otherwise) {
  if (writing_) return Put(name, json::Value::String(text));
  const json::Value* value = Get(name);
  if (value == nullptr) return;
  if (!value->is_string()) return Fail(ErrorCode::kSchemaWrongType, name);
  if (value->string_value() != text) Fail(otherwise, name);
}

}  // namespace countersign::envelope
