// The plain forms of timestamps and durations.
#include "values/plain_json.h"

namespace countersign::values {
namespace {

template <class T>
Result<Value> Keep(const Result<T>& parsed) {
  if (!parsed) return parsed.error();
  return Value::Of(*parsed);
}

Result<Value> Read(std::string_view text, Kind kind) {
  return kind == Kind::kTimestamp ? Keep(Timestamp::Parse(text)) : Keep(Duration::Parse(text));
}

String Write(const Value& value) {
  return value.Is(Kind::kTimestamp) ? value.timestamp_value().ToString()
                                    : value.duration_value().ToString();
}

}  // namespace

const WideForms kWideForms{.read = Read, .write = Write};

}  // namespace countersign::values
