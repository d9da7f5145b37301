#include "json/builder.h"

#include <utility>

namespace countersign::json {

Builder& Builder::Text(std::string_view name, std::string_view text) {
  return Add(name, Value::String(text));
}

Builder& Builder::TextIfAny(std::string_view name, std::string_view text) {
  return text.empty() ? *this : Text(name, text);
}

Builder& Builder::Int(std::string_view name, int64_t number) {
  return Add(name, Value::Int(number));
}

Builder& Builder::Flag(std::string_view name, int flag) {
  return Add(name, Value::Bool(flag != 0));
}

Builder& Builder::AddList(std::string_view name, Array items) {
  return Add(name, Value::List(std::move(items)));
}

Builder& Builder::Base64(std::string_view name, ByteView bytes) {
  return Text(name, EncodeBase64Url(bytes));
}

Builder& Builder::Add(std::string_view name, Value value) {
  members_.push_back({std::string(name), std::move(value)});
  return *this;
}

Value Builder::Take() { return Value::Make(std::move(members_)); }

}  // namespace countersign::json
