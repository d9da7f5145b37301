// Templates for tests: compiled from source, so that no test carries a compiled form that has grown
// old.
#ifndef COUNTERSIGN_TESTS_SUPPORT_TEMPLATES_H_
#define COUNTERSIGN_TESTS_SUPPORT_TEMPLATES_H_

#include <gtest/gtest.h>

#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/template_compiler.h"
#include "document/render.h"
#include "json/value.h"
#include "support/files.h"
#include "template/assembly.h"
#include "template/template.h"

namespace countersign::testing {

inline String Problems(const compile::Compilation& compilation) {
  String text;
  for (const compile::Diagnostic& diagnostic : compilation.diagnostics)
    text += compile::ToText(diagnostic) + "\n";
  return text;
}

// The compiled bytes. The test fails where the source has an error.
inline String CompileBytes(std::string_view source) {
  compile::Compilation compilation = compile::CompileTemplate(source);
  EXPECT_TRUE(compilation.ok()) << Problems(compilation);
  return compilation.bytes;
}

inline templates::Template LoadTemplate(std::string_view source) {
  auto contract = templates::Template::Load(CompileBytes(source));
  EXPECT_TRUE(contract.has_value());
  return *std::move(contract);
}

// Front matter with the given keys (each line indented as YAML needs it), and a body.
inline String Source(std::string_view keys, std::string_view body) {
  String source = "---\ntemplate: sample\nversion: 1\ntitle: Sample\n";
  source.append(keys);
  if (!keys.empty() && !keys.ends_with('\n')) source += '\n';
  return source.append("---\n").append(body);
}

inline json::Value Plain(std::string_view text) {
  auto value = json::Read(text, json::kDocumentLimits);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : json::Value();
}

inline templates::Values ValuesOf(const templates::Template& contract, std::string_view plain) {
  auto values = templates::ReadValues(contract, Plain(plain));
  EXPECT_TRUE(values.has_value()) << plain << (values ? "" : values.error().message());
  return values ? *values : templates::Values();
}

inline templates::Assembly AssembleOrFail(const templates::Template& contract,
                                          std::string_view plain) {
  auto assembly = templates::Assemble(contract, ValuesOf(contract, plain));
  EXPECT_TRUE(assembly.has_value());
  return assembly ? *std::move(assembly) : templates::Assembly();
}

inline String LinearText(std::string_view source, std::string_view plain) {
  return document::LinearText(AssembleOrFail(LoadTemplate(source), plain).document, {});
}

// Of each diagnostic its code and the text that its span covers: "T401:launch T276:{{#if n}}".
inline String CodesAndTexts(const String& source) {
  String text;
  for (const compile::Diagnostic& diagnostic : compile::CompileTemplate(source).diagnostics) {
    const compile::ByteRange byte = diagnostic.span.byte;
    text += (text.empty() ? "" : " ") + String(compile::DiagnosticName(diagnostic.code)) + ":" +
            source.substr(byte.begin, byte.end - byte.begin);
  }
  return text;
}

// "examples/templates/saas-upgrade.md" and the like.
inline String ExampleFile(const String& name) {
  auto text = ReadFile(String(CS_TESTS_DIR "/../examples/") + name);
  EXPECT_TRUE(text.has_value()) << name;
  return text.value_or("");
}

// Compiles a source, changes its compiled bytes in one place, and answers what the loader refuses
// them with.
inline ErrorCode RefusalOf(std::string_view source, std::string_view from, std::string_view to) {
  String bytes = CompileBytes(source);
  const size_t at = bytes.find(from);
  EXPECT_NE(at, String::npos) << bytes;
  bytes.replace(at, from.size(), to);
  auto loaded = templates::Template::Load(json::Write(Plain(bytes)));
  EXPECT_FALSE(loaded.has_value()) << bytes;
  return loaded ? ErrorCode::kJsonSyntax : loaded.error().code();
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_TEMPLATES_H_
