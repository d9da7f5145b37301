// `countersign eval`: any text gets one line of JSON that says value, unknown, type or error; CEL's
// extension libraries are among what is called. The text is an expression, the same one that is
// only checked, and a line of a batch.
#include <cstdlib>

#include "base/bytes.h"
#include "compile/eval.h"
#include "json/loose.h"
#include "json/value.h"

namespace {

using namespace countersign;  // NOLINT: a program of one file

void CheckAnswer(const String& answer) {
  auto json = json::ReadLoose(answer);
  if (!json || !json->IsObject() || answer.find('\n') != String::npos) std::abort();
  for (const char* name : {"value", "unknown", "type", "error"}) {
    if (json->Find(name) != nullptr) return;
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  constexpr std::string_view kBindings =
      R"({"x":"tacocat","n":3,"d":{"doubleValue":2.5},"l":["a","b"],"m":{"k":{"s":1}},)"
      R"("p":{"decimalValue":"0.10"},"q":[{"moneyValue":["1.00","EUR"]}]})";
  String answer = compile::EvaluateExpression(text, kBindings);
  CheckAnswer(answer);
  if (compile::EvaluateExpression(text, kBindings) != answer) std::abort();
  CheckAnswer(compile::EvaluateLine(text));
  if (!IsUtf8(text)) return 0;
  constexpr std::string_view kChecked =
      R"J({"checkOnly":true,"schema":{"vars":{"x":"string","p":"optional_type(int)"},)J"
      R"J("functions":{"t":{"overloads":[{"args":["T","U"],"result":"tuple(T, U)"}]}}},"expr":)J";
  CheckAnswer(
      compile::EvaluateLine(String(kChecked) + json::Write(json::Value::String(text)) + "}"));
  return 0;
}
