// The boundary between the core and JavaScript: one shape for every call, and nothing throws
// across.
//
// Numbers, texts and bytes go in; each text or byte argument is a pointer and a length into the
// buffer that `cs_reserve` hands out, valid during the call. A call returns a Status; its payload
// lies at `cs_result` until the next call and is copied out by JavaScript (memory growth detaches
// views). So the word "ok" is the status, and a document of 300 kB is not wrapped in JSON to say
// so. What a signer's phone downloads is exported plainly; the author module binds with embind,
// which hands texts over by itself and would cost a phone 8 kB of wasm and 6 kB of glue (brotli).
// Either way a call has one shape.
//
// What crosses: JSON text, bytes, int32, double, and handles (int32) for what lives longer than a
// call: a ledger, a template, an assembly, a sync engine. Handles are closed explicitly; web/ keeps
// a finalizer as a net. A handle that is not open answers engine.closed. Bugs of ours (CS_CHECK)
// trap: the engine is dead.
#ifndef COUNTERSIGN_WASM_BOUNDARY_H_
#define COUNTERSIGN_WASM_BOUNDARY_H_

#include <emscripten/em_macros.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

#define CS_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

namespace countersign::boundary {

enum class Status : int32_t {
  kValue = 0,  // the payload is the value: JSON, text or bytes, as the call says
  kError =
      1,  // the payload is {"code","detail","path"}; the codes' sentences are not in the modules
};
using Answer = int32_t;

// A text or byte argument.
inline ByteView In(const uint8_t* data, uint32_t size) { return {data, size}; }
inline std::string_view InText(const uint8_t* data, uint32_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
// A JSON argument, within the bounds of a document. Errors: json.*, text.not_utf8.
Result<json::Value> InJson(std::string_view text);
inline Result<json::Value> InJson(const uint8_t* data, uint32_t size) {
  return InJson(InText(data, size));
}

Answer Text(String text);  // also bytes
Answer Raw(ByteView bytes);
Answer Json(const json::Value& value);
Answer Number(int64_t value);  // as JSON
Answer Nothing();              // JSON null
Answer Fail(const Error& error);

// Answers with the value, or with the error.
template <class T, class Write>
Answer Reply(const Result<T>& result, Write write) {
  if (!result) return Fail(result.error());
  return write(*result);
}
inline Answer ReplyDone(const Result<void>& result) {
  return result ? Nothing() : Fail(result.error());
}
inline Answer Reply(const Result<json::Value>& result) {
  return result ? Json(*result) : Fail(result.error());
}
inline Answer Reply(Result<String> result) {
  return result ? Text(std::move(*result)) : Fail(result.error());
}

// Long-lived objects by number. Numbers are not used again, so that a late close harms nobody.
template <class T>
class Handles {
 public:
  int32_t Add(std::unique_ptr<T> object) {
    for (auto& [number, slot] : slots_) {
      if (slot) continue;
      number = ++last_;
      slot = std::move(object);
      return number;
    }
    slots_.emplace_back(++last_, std::move(object));
    return last_;
  }
  // nullptr where the handle is not open.
  T* Find(int32_t handle) {
    for (auto& [number, slot] : slots_) {
      if (number == handle) return slot.get();
    }
    return nullptr;
  }
  void Close(int32_t handle) {
    for (auto& [number, slot] : slots_) {
      if (number == handle) slot.reset();
    }
  }

 private:
  Vector<std::pair<int32_t, std::unique_ptr<T>>> slots_;
  int32_t last_ = 0;
};

inline Error Closed() { return Error(ErrorCode::kEngineClosed); }

}  // namespace countersign::boundary

#endif  // COUNTERSIGN_WASM_BOUNDARY_H_
