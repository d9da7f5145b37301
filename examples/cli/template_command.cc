// countersign template check FILE… [--library DIR] [--fix [--dry-run]]
// countersign template compile FILE [--library DIR]
// countersign template import FILE… [-o OUT]
// countersign template reference
// countersign template render FILE --values FILE [--library DIR] [--as text|html|json]
#include "base/bytes.h"
#include "commands.h"
#include "compile/fixes.h"
#include "compile/import.h"
#include "compile/language.h"
#include "compile/template_compiler.h"
#include "document/render.h"
#include "files.h"
#include "template/assembly.h"

namespace countersign::cli {
namespace {

constexpr std::string_view kUsage =
    "usage: countersign template check FILE... [--library DIR] [--fix [--dry-run]]\n"
    "       countersign template compile FILE [--library DIR]\n"
    "       countersign template import FILE... [-o OUT]\n"
    "       countersign template reference\n"
    "       countersign template render FILE --values FILE [--library DIR] [--as text|html|json]";

int Usage(std::string_view problem) {
  Complain("countersign: " + std::string(problem));
  Complain(kUsage);
  return kExitUsage;
}

struct Options {
  Vector<std::string_view> files;
  std::string_view library, values, as, out;
  bool fix = false, dry_run = false;
};

// False where an option is not known or has no value.
bool ReadOptions(const Arguments& arguments, Options* options) {
  for (size_t i = 1; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (!argument.starts_with("-")) {
      options->files.push_back(argument);
      continue;
    }
    bool is_flag = argument == "--fix" || argument == "--dry-run";
    if (is_flag) {
      (argument == "--fix" ? options->fix : options->dry_run) = true;
      continue;
    }
    std::string_view* target = argument == "--library"  ? &options->library
                               : argument == "--values" ? &options->values
                               : argument == "--as"     ? &options->as
                               : argument == "-o"       ? &options->out
                                                        : nullptr;
    if (target == nullptr || ++i == arguments.size()) return false;
    *target = arguments[i];
  }
  return true;
}

// The exit code where the folder cannot be read; what is wrong with a clause is printed.
int ReadLibrary(std::string_view folder, compile::Library* library, bool* has_errors) {
  if (folder.empty()) return kExitGood;
  auto files = ListFiles(folder, ".md");
  if (!files) return kExitUsage;
  for (const std::string& path : *files) {
    auto source = ReadFile(path);
    if (!source) return kExitUsage;
    for (const compile::Diagnostic& diagnostic : library->Add(path, *source)) {
      PrintLine(json::Write(compile::ToJson(diagnostic)));
      *has_errors = *has_errors || diagnostic.severity == compile::Severity::kError;
    }
  }
  return kExitGood;
}

// {"changed":{"file","code","rule","line","col","before","after"}}
void PrintChange(std::string_view path, const compile::Change& change) {
  auto text = [](std::string_view words) { return json::Value::String(words); };
  json::Value what = json::Value::Make({{"file", text(path)},
                                        {"code", text(compile::DiagnosticName(change.code))},
                                        {"rule", text(compile::DiagnosticRule(change.code))},
                                        {"line", json::Value::Int(change.span.line)},
                                        {"col", json::Value::Int(change.span.col)},
                                        {"before", text(change.before)},
                                        {"after", text(change.after)}});
  PrintLine(json::Write(json::Value::Make({{"changed", std::move(what)}})));
}

int Check(const Options& options) {
  if (options.files.empty() || !options.values.empty() || !options.as.empty())
    return Usage("which files?");
  if (options.dry_run && !options.fix) return Usage("--dry-run belongs to --fix");
  compile::Library library;
  bool has_errors = false;
  if (int code = ReadLibrary(options.library, &library, &has_errors); code != kExitGood)
    return code;
  for (std::string_view path : options.files) {
    auto source = ReadFile(path);
    if (!source) return kExitUsage;
    compile::Compilation compilation;
    if (options.fix) {
      compile::Fixed fixed = compile::ApplyFixes(*source, path, library);
      for (const compile::Change& change : fixed.changes) PrintChange(path, change);
      bool write = !options.dry_run && !fixed.changes.empty();
      if (write && !ReplaceFile(path, fixed.text)) return kExitUsage;
      compilation = std::move(fixed.compilation);
    } else {
      compilation = compile::CompileTemplate(*source, path, library);
    }
    for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
      PrintLine(json::Write(compile::ToJson(diagnostic)));
    }
    has_errors = has_errors || !compilation.ok();
  }
  return has_errors ? kExitBad : kExitGood;
}

// The canonical bytes that envelopes carry.
int Compile(const Options& options) {
  if (options.files.size() != 1 || !options.values.empty() || !options.as.empty()) {
    return Usage("one template");
  }
  compile::Library library;
  bool has_errors = false;
  if (int code = ReadLibrary(options.library, &library, &has_errors); code != kExitGood)
    return code;
  auto source = ReadFile(options.files[0]);
  if (!source) return kExitUsage;
  compile::Compilation compilation = compile::CompileTemplate(*source, options.files[0], library);
  if (compilation.ok() && !has_errors) {
    Print(compilation.bytes);
    return kExitGood;
  }
  for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
    PrintLine(json::Write(compile::ToJson(diagnostic)));
  }
  return kExitBad;
}

// The template on standard output, or in a file; every change and what is still wrong as lines of
// JSON: on standard output beside a file, else on the error stream.
int Import(const Options& options) {
  bool others = !options.values.empty() || !options.as.empty() || !options.library.empty();
  if (options.files.empty() || others) return Usage("which files?");
  Vector<compile::ImportFile> files;
  for (std::string_view path : options.files) {
    auto source = ReadFile(path);
    if (!source) return kExitUsage;
    files.push_back({std::string(path), *std::move(source)});
  }
  compile::Imported imported = compile::ImportAgreement(files);
  auto* say = options.out.empty() ? Complain : PrintLine;
  for (const compile::ImportChange& change : imported.changes) {
    auto text = [](std::string_view words) {
      return json::Value::String(IsUtf8(words) ? words : "");
    };
    json::Value what =
        json::Value::Make({{"rule", text(change.rule)}, {"message", text(change.message)}});
    if (!change.file.empty()) what.Set("file", text(change.file));
    if (change.line != 0) what.Set("line", json::Value::Int(change.line));
    say(json::Write(json::Value::Make({{"changed", std::move(what)}})));
  }
  for (const compile::Diagnostic& diagnostic : imported.compilation.diagnostics) {
    say(json::Write(compile::ToJson(diagnostic)));
  }
  if (imported.text.empty()) return kExitBad;
  if (options.out.empty()) {
    Print(imported.text);
  } else if (!ReplaceFile(options.out, imported.text)) {
    return kExitUsage;
  }
  return imported.compilation.ok() ? kExitGood : kExitBad;
}

int Fail(const Error& error) {
  PrintError(error);
  return kExitBad;
}

// What the text does not say: on the error stream, as JSON lines.
void ReportState(const templates::Assembly& assembly) {
  auto text = [](std::string_view words) { return json::Value::String(words); };
  for (const templates::PendingUnit& pending : assembly.pending) {
    json::Array fields;
    for (const auto& field : pending.fields) fields.push_back(text(field));
    Complain(json::Write(json::Value::Make(
        {{"pending", text(pending.unit)}, {"fields", json::Value::List(fields)}})));
  }
  for (const templates::Problem& problem : assembly.problems) {
    Complain(json::Write(json::Value::Make({{"problem", text(problem.unit)},
                                            {"code", text(problem.error.name())},
                                            {"message", text(problem.error.message())}})));
  }
  for (const templates::FieldState& field : assembly.fields) {
    if (!field.error) continue;
    Complain(json::Write(json::Value::Make(
        {{"field", text(field.id)},
         {"code", text(field.error->name())},
         {"message", text(field.message.empty() ? field.error->message() : field.message)}})));
  }
  for (const templates::ValidationOutcome& outcome : assembly.validations) {
    if (outcome.holds != templates::Answer::kNo) continue;
    Complain(json::Write(
        json::Value::Make({{"validation", text(outcome.id)}, {"message", text(outcome.message)}})));
  }
}

int Render(const Options& options) {
  if (options.files.size() != 1 || options.values.empty())
    return Usage("one template, and --values FILE");
  std::string_view as = options.as.empty() ? "text" : options.as;
  if (as != "text" && as != "html" && as != "json") return Usage("--as is text, html or json");
  compile::Library library;
  bool has_errors = false;
  if (int code = ReadLibrary(options.library, &library, &has_errors); code != kExitGood)
    return code;
  auto source = ReadFile(options.files[0]);
  auto plain = ReadFile(options.values);
  if (!source || !plain) return kExitUsage;
  compile::Compilation compilation = compile::CompileTemplate(*source, options.files[0], library);
  if (!compilation.ok() || has_errors) {
    for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
      PrintLine(json::Write(compile::ToJson(diagnostic)));
    }
    return kExitBad;
  }
  auto contract = templates::Template::Load(compilation.bytes);
  if (!contract) return Fail(contract.error());
  auto json = json::Read(*plain, json::kDocumentLimits);
  if (!json) return Fail(json.error());
  auto values = templates::ReadValues(*contract, *json);
  if (!values) return Fail(values.error());
  auto assembly = templates::Assemble(*contract, *values);
  if (!assembly) return Fail(assembly.error());
  document::Fills fills = templates::FillsOf(*contract, *values);
  if (as == "json") {
    Print(document::Write(assembly->document));
  } else if (as == "html") {
    PrintLine(document::RenderHtml(assembly->document, fills));
  } else {
    Print(document::LinearText(assembly->document, fills));
  }
  ReportState(*assembly);
  if (!assembly->pending.empty()) return kExitPending;
  return assembly->problems.empty() ? kExitGood : kExitBad;
}

}  // namespace

int RunTemplate(const Arguments& arguments) {
  Options options;
  if (arguments.empty()) return Usage("check, compile, import, reference or render?");
  if (!ReadOptions(arguments, &options)) return Usage("an option is not known, or has no value");
  if (!options.out.empty() && arguments[0] != "import") return Usage("-o belongs to import");
  if (arguments[0] == "check") return Check(options);
  if (options.fix || options.dry_run) return Usage("--fix belongs to check");
  if (arguments[0] == "import") return Import(options);
  if (arguments[0] == "compile") return Compile(options);
  if (arguments[0] == "render") return Render(options);
  if (arguments[0] == "reference") {
    if (arguments.size() > 1) return Usage("reference takes nothing");
    Print(compile::LanguageReference());
    return kExitGood;
  }
  return Usage("check, compile, import, reference or render?");
}

}  // namespace countersign::cli
