// A compiled template from a stranger: it loads or is refused; what loads can be assembled, and
// what comes out is a document.
#include <cstdlib>

#include "document/document.h"
#include "document/render.h"
#include "template/assembly.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace countersign;
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  auto contract = templates::Template::Load(text);
  if (!contract) return 0;
  templates::Assembler assembler(*contract);
  if (!assembler.Reset({})) return 0;
  for (const templates::Field& field : contract->fields()) {
    if (field.initial) (void)assembler.Set(field.id, *field.initial).has_value();
    if (field.min) (void)assembler.Set(field.id, *field.min).has_value();
  }
  templates::Assembly assembly = assembler.Snapshot();
  String written = document::Write(assembly.document);
  // The document's own bounds are tighter than the template's; everything else must be good.
  auto reread = document::Load(written);
  bool bounded = !reread && (reread.error().code() == ErrorCode::kDocumentTooDeep ||
                             reread.error().code() == ErrorCode::kDocumentTooLarge ||
                             reread.error().code() == ErrorCode::kJsonTooLarge);
  if (!reread && !bounded) std::abort();
  document::LinearText(assembly.document, {});
  if (assembler.Html().find('\0') != String::npos) std::abort();
  assembler.Trace();
  return 0;
}
