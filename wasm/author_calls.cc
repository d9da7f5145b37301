// What only authors and full verifications need: the compiler. In author.wasm, beside everything
// that sign.wasm has.
#include "author_calls.h"

#include <emscripten/bind.h>

#include "boundary.h"
#include "compile/import.h"
#include "compile/language.h"
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

Value ToJson(const Vector<compile::Name>& names) {
  json::Array list;
  for (const compile::Name& name : names) list.push_back(compile::ToJson(name));
  return Value::List(std::move(list));
}

Result<Value> CompileSource(const Value& request) {
  json::Shape shape(request, "");
  const String& source = shape.Text("source");
  const String& file = shape.Text("file");
  const Value& texts = shape.Object("library");
  CS_TRY(shape.Finish());
  json::Array diagnostics;
  compile::Library library;
  for (const json::Member& member : texts.members()) {
    if (!member.value.is_string())
      return Error(ErrorCode::kSchemaWrongType, member.name, "/library");
    Append(library.Add(member.name, member.value.string_value()), &diagnostics);
  }
  compile::Compilation compilation = compile::CompileTemplate(source, file, library);
  Append(compilation.diagnostics, &diagnostics);
  Value out = Value::Make(
      {{"diagnostics", Value::List(std::move(diagnostics))}, {"names", ToJson(compilation.names)}});
  if (compilation.ok()) out.Set("compiled", Value::String(compilation.bytes));
  return out;
}

Result<Value> ImportFiles(const Value& request) {
  json::Shape shape(request, "");
  const Value& texts = shape.Object("files");
  CS_TRY(shape.Finish());
  Vector<compile::ImportFile> files;
  for (const json::Member& member : texts.members()) {
    if (!member.value.is_string()) return Error(ErrorCode::kSchemaWrongType, member.name, "/files");
    files.push_back({member.name, String(member.value.string_value())});
  }
  compile::Imported imported = compile::ImportAgreement(files);
  json::Array changes, diagnostics;
  for (const compile::ImportChange& change : imported.changes) {
    changes.push_back(Value::Make({{"rule", Value::String(change.rule)},
                                   {"message", Value::String(change.message)},
                                   {"file", Value::String(change.file)},
                                   {"line", Value::Int(change.line)}}));
  }
  Append(imported.compilation.diagnostics, &diagnostics);
  return Value::Make({{"source", Value::String(imported.text)},
                      {"changes", Value::List(std::move(changes))},
                      {"diagnostics", Value::List(std::move(diagnostics))}});
}

// JSON {"source","file","library":{file: text}} in, {"diagnostics":[…],"names":[…],
// "compiled"?: canonical text} out. Bad source is no error.
Answer Compile(const std::string& request) {
  auto value = InJson(request);
  if (!value) return Fail(value.error());
  return Reply(CompileSource(*value));
}
// JSON {"files":{name: text}} in, a template of an agreement written for other tools out:
// {"source","changes":[{"rule","message","file","line"}],"diagnostics"}.
Answer Import(const std::string& request) {
  auto value = InJson(request);
  if (!value) return Fail(value.error());
  return Reply(ImportFiles(*value));
}
// JSON, as `Language` in web/src/types.ts.
Answer Language() { return Json(compile::DescribeLanguage()); }

}  // namespace

// By the names that web/src/templates.ts calls.
EMSCRIPTEN_BINDINGS(countersign_author) {
  emscripten::function("cs_compile", &Compile);
  emscripten::function("cs_import", &Import);
  emscripten::function("cs_language", &Language);
}

}  // namespace countersign::boundary
