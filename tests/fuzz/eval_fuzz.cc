// `countersign eval`: any text gets one line of JSON that says value, unknown or error; CEL's
// extension libraries are among what is called.
#include <cstdlib>

#include "base/bytes.h"
#include "compile/eval.h"
#include "json/loose.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  constexpr std::string_view kBindings =
      R"({"x":"tacocat","n":3,"d":{"doubleValue":2.5},"l":["a","b"],"m":{"k":{"s":1}}})";
  String answer = compile::EvaluateExpression(text, kBindings);
  auto json = json::ReadLoose(answer);
  if (!json || !json->IsObject()) std::abort();
  bool good = json->Find("value") != nullptr || json->Find("unknown") != nullptr ||
              json->Find("error") != nullptr;
  if (!good || answer.find('\n') != String::npos) std::abort();
  if (compile::EvaluateExpression(text, kBindings) != answer) std::abort();
  return 0;
}
