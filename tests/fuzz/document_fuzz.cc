// A document that loads is written back as the same bytes, and renders as ASCII.
#include <cstdlib>

#include "document/document.h"
#include "document/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  auto document = document::Load(text);
  if (!document) return 0;
  if (document::Write(*document) != text) std::abort();
  document::Fills fills = {{.field = "a", .text = "<b>", .strokes = {{{1, 2}, {3, 4}}}}};
  for (char c : document::RenderHtml(*document, fills)) {
    if (c < 0x20 || c >= 0x7f) std::abort();
  }
  document::LinearText(*document, fills);
  return 0;
}
