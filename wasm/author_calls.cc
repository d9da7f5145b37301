// What only authors and full verifications need: the compiler. In author.wasm, beside everything
// that sign.wasm has.
#include "author_calls.h"

#include <emscripten/bind.h>

#include <memory>
#include <optional>

#include "boundary.h"
#include "compile/language.h"
#include "compile/template_compiler.h"
#include "import/import.h"
#include "json/shape.h"
#include "legaldown/legaldown.h"
#include "template_calls.h"

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

// LegalDown by its file's name; `texts` are then the files it names.
legaldown::LegalDownDocument CompileLegalDown(std::string_view file, std::string_view source,
                                              const Value& texts) {
  legaldown::LegalDownFiles files(file, source);
  for (Vector<String> wanted = files.Wanted(); !wanted.empty(); wanted = files.Wanted()) {
    for (const String& path : wanted) {
      const Value* text = texts.Find(path);
      files.Put(path, text == nullptr ? std::nullopt : std::optional(text->string_value()));
    }
  }
  return legaldown::CompileLegalDown(files);
}

Result<Value> CompileSource(const Value& request) {
  json::Shape shape(request, "");
  String source = shape.Text("source");
  const String& file = shape.Text("file");
  const Value& texts = shape.Object("library");
  CS_TRY(shape.Finish());
  for (const json::Member& member : texts.members()) {
    if (!member.value.is_string())
      return Error(ErrorCode::kSchemaWrongType, member.name, "/library");
  }
  json::Array diagnostics;
  compile::Compilation compilation;
  if (legaldown::IsLegalDown(file)) {
    legaldown::LegalDownDocument document = CompileLegalDown(file, source, texts);
    source = std::move(document.text);
    compilation = std::move(document.compilation);
  } else {
    compile::Library library;
    for (const json::Member& member : texts.members())
      Append(library.Add(member.name, member.value.string_value()), &diagnostics);
    compilation = compile::CompileTemplate(source, file, library);
  }
  Append(compilation.diagnostics, &diagnostics);
  Value out = Value::Make(
      {{"diagnostics", Value::List(std::move(diagnostics))}, {"names", ToJson(compilation.names)}});
  if (compilation.ok()) {
    auto contract = std::make_unique<templates::Template>(*std::move(compilation.contract));
    Value made = Value::Make({});
    made.Set("compiled", Value::String(compilation.bytes));
    made.Set("handle", Value::Int(Templates().Add(std::move(contract))));
    made.Set("source", Value::String(source));
    out.Set("made", std::move(made));
  }
  return out;
}

Result<Value> ImportFiles(const Value& request) {
  json::Shape shape(request, "");
  const Value& texts = shape.Object("files");
  CS_TRY(shape.Finish());
  Vector<importing::ImportFile> files;
  for (const json::Member& member : texts.members()) {
    if (!member.value.is_string()) return Error(ErrorCode::kSchemaWrongType, member.name, "/files");
    files.push_back({member.name, String(member.value.string_value())});
  }
  importing::Imported imported = importing::ImportAgreement(files);
  json::Array changes, diagnostics;
  for (const importing::ImportChange& change : imported.changes) {
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
// "made"?} out. What has no error made "compiled", canonical text, "handle", the same loaded, and
// "source": what was compiled, which of LegalDown is the template it became. Bad source is no
// error.
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
