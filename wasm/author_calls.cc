// What only authors and full verifications need: the compiler. In author.wasm, beside everything
// that sign.wasm has.
#include "author_calls.h"

#include "boundary.h"
#include "compile/template_compiler.h"
#include "json/shape.h"

namespace countersign::boundary {

const evidence::Recompiler* Compiler() {
  static const evidence::Recompiler recompiler{.compile = compile::Recompile};
  return &recompiler;
}

namespace {

using json::Value;

void Append(const Vector<compile::Diagnostic>& diagnostics, json::Array* list) {
  for (const compile::Diagnostic& diagnostic : diagnostics)
    list->push_back(compile::ToJson(diagnostic));
}

Result<Value> CompileSource(const Value& request) {
  json::Shape shape(request, "");
  std::string source = CS_TRY(shape.String("source"));
  std::string file = CS_TRY(shape.String("file"));
  const Value* texts = CS_TRY(shape.Object("library"));
  CS_TRY(shape.Finish());
  json::Array diagnostics;
  compile::Library library;
  for (const json::Member& member : texts->members()) {
    if (!member.value.is_string())
      return Error(ErrorCode::kSchemaWrongType, member.name, "/library");
    Append(library.Add(member.name, member.value.string_value()), &diagnostics);
  }
  compile::Compilation compilation = compile::CompileTemplate(source, file, library);
  Append(compilation.diagnostics, &diagnostics);
  Value out = Value::Make({{"diagnostics", Value::List(std::move(diagnostics))}});
  if (compilation.ok()) out.Set("compiled", Value::String(compilation.bytes));
  return out;
}

}  // namespace

// JSON {"source","file","library":{file: text}} in, {"diagnostics":[…],"compiled"?: canonical text}
// out. Bad source is no error.
CS_EXPORT Answer cs_compile(const uint8_t* request, uint32_t size) {
  auto value = InJson(request, size);
  if (!value) return Fail(value.error());
  return Reply(CompileSource(*value));
}

}  // namespace countersign::boundary
