#include "json/builder.h"

#include <utility>

namespace countersign::json {

Builder& Builder::Text(const char* name, size_t name_size, const char* text, size_t text_size) {
  return Add(name, name_size, Value::String(std::string_view(text, text_size)));
}

Builder& Builder::TextIfAny(const char* name, size_t name_size, const char* text,
                            size_t text_size) {
  return text_size == 0 ? *this : Text(name, name_size, text, text_size);
}

Builder& Builder::Int(const char* name, size_t name_size, int64_t number) {
  return Add(name, name_size, Value::Int(number));
}

Builder& Builder::Flag(const char* name, size_t name_size, int flag) {
  return Add(name, name_size, Value::Bool(flag != 0));
}

Builder& Builder::AddList(const char* name, size_t name_size, Array&& items) {
  return Add(name, name_size, Value::List(std::move(items)));
}

Builder& Builder::Base64(const char* name, size_t name_size, const uint8_t* bytes, size_t size) {
  return Text(std::string_view(name, name_size), EncodeBase64Url(ByteView(bytes, size)));
}

Builder& Builder::Add(const char* name, size_t name_size, Value&& value) {
  members_.push_back({String(name, name_size), std::move(value)});
  return *this;
}

Value Builder::Take() { return Value::Make(std::move(members_)); }

}  // namespace countersign::json
