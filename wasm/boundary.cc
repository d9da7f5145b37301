#include "boundary.h"

#include "json/builder.h"

namespace countersign::boundary {
namespace {

// Larger buffers are given back after the call, so that one bundle does not hold memory for a day.
constexpr size_t kKeptBytes = size_t{64} << 10;

Bytes& Arguments() {
  static Bytes bytes;
  return bytes;
}
String& Payload() {
  static String payload;
  return payload;
}

}  // namespace

Result<json::Value> InJson(std::string_view text) {
  return json::Read(text, json::kDocumentLimits);
}

Answer Text(String text) {
  Payload() = std::move(text);
  return static_cast<Answer>(Status::kValue);
}
Answer Raw(ByteView bytes) { return Text(String(AsText(bytes))); }
Answer Json(const json::Value& value) { return Text(json::Write(value)); }
Answer Number(int64_t value) { return Json(json::Value::Int(value)); }
Answer Nothing() { return Json(json::Value()); }
Answer Fail(const Error& error) {
  Payload() = json::Write(json::Builder()
                              .Text("code", error.name())
                              .Text("detail", error.detail())
                              .Text("path", error.path())
                              .Take());
  return static_cast<Answer>(Status::kError);
}

// Room for the arguments of the next call.
CS_EXPORT uint8_t* cs_reserve(uint32_t size) {
  Bytes& bytes = Arguments();
  if (size == 0 || bytes.size() < size) {
    Bytes().swap(bytes);
    bytes.resize(size == 0 ? 0 : size < kKeptBytes ? kKeptBytes : size);
  }
  return bytes.data();
}
CS_EXPORT const char* cs_result() { return Payload().data(); }
CS_EXPORT uint32_t cs_result_size() { return static_cast<uint32_t>(Payload().size()); }
// Frees what the last call left, where it is large.
CS_EXPORT void cs_release() {
  if (Payload().capacity() > kKeptBytes) String().swap(Payload());
  if (Arguments().capacity() > kKeptBytes) Bytes().swap(Arguments());
}

}  // namespace countersign::boundary
