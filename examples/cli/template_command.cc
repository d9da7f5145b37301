// countersign template check FILE… [--library DIR] [--fix [--dry-run]] [--final]
// countersign template compile FILE [--library DIR]
// countersign template import FILE… [-o OUT]
// countersign template reference
// countersign template render FILE --values FILE [--library DIR] [--as text|html|json]
#include "base/bytes.h"
#include "commands.h"
#include "compile/declarations.h"
#include "compile/fixes.h"
#include "compile/language.h"
#include "compile/template_compiler.h"
#include "document/render.h"
#include "files.h"
#include "import/import.h"
#include "legaldown/legaldown.h"
#include "template/admission.h"
#include "template/assembly.h"
#include "template/body.h"

namespace countersign::cli {
namespace {

constexpr std::string_view kUsage =
    "usage: countersign template check FILE... [--library DIR] [--fix [--dry-run]] [--final]\n"
    "       countersign template compile FILE [--library DIR]\n"
    "       countersign template import FILE... [-o OUT]\n"
    "       countersign template reference\n"
    "       countersign template render FILE --values FILE [--library DIR] [--as text|html|json]";

int Usage(std::string_view problem) { return PrintUsage(problem, kUsage); }

struct Options {
  Vector<std::string_view> files;
  std::string_view library, values, as, out;
  bool fix = false, dry_run = false, is_final = false;
};

// What each sub-command takes, beside files.
struct Verb {
  std::string_view name;
  int (*run)(const Options&);
  std::string_view options;  // each with a space behind it
};

// Empty, or what is wrong with the options.
std::string ReadOptions(const Arguments& arguments, const Verb& verb, Options* options) {
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (!argument.starts_with("-")) {
      options->files.push_back(argument);
      continue;
    }
    std::string name(argument);
    if (verb.options.find(name + " ") == std::string_view::npos) {
      return name.append(" is no option of template ").append(verb.name);
    }
    if (argument == "--fix" || argument == "--dry-run" || argument == "--final") {
      (argument == "--fix"       ? options->fix
       : argument == "--dry-run" ? options->dry_run
                                 : options->is_final) = true;
      continue;
    }
    std::string_view* target = argument == "--library"  ? &options->library
                               : argument == "--values" ? &options->values
                               : argument == "--as"     ? &options->as
                                                        : &options->out;
    if (!target->empty()) return name + " is there twice";
    if (++i == arguments.size() || arguments[i].empty()) return name + " needs a value";
    *target = arguments[i];
  }
  return {};
}

// The exit code where the folder cannot be read; what is wrong with a clause is printed.
int ReadLibrary(std::string_view folder, compile::Library* library, bool* has_errors) {
  if (folder.empty()) return kExitGood;
  auto files = ListFiles(folder, ".md");
  if (!files) return PrintFileError(files.error());
  for (const std::string& path : *files) {
    auto source = ReadFile(path);
    if (!source) return PrintFileError(source.error());
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

// A LegalDown document with the files that it names, from the folder it lies in.
legaldown::LegalDownDocument CompileNearby(
    std::string_view path, std::string_view source,
    legaldown::Readiness readiness = legaldown::Readiness::kOpen) {
  legaldown::LegalDownFiles files(path, source);
  std::string folder(path.substr(0, path.rfind('/') + 1));  // "" where there is no slash
  for (;;) {
    const Vector<String> wanted = files.Wanted();
    if (wanted.empty()) break;
    for (const String& name : wanted) {
      const std::string at = folder + std::string(name);
      std::optional<String> text;
      if (IsFile(at)) {
        text.emplace();
        if (legaldown::IsLegalDown(name)) {
          if (auto read = ReadFile(at)) {
            *text = *read;
          } else {
            text.reset();
          }
        }
      }
      files.Put(name, std::move(text));
    }
  }
  return legaldown::CompileLegalDown(files, readiness);
}

compile::Compilation CompileFile(std::string_view path, std::string_view source,
                                 const compile::Library& library) {
  if (legaldown::IsLegalDown(path)) return CompileNearby(path, source).compilation;
  return compile::CompileTemplate(source, path, library);
}

int Check(const Options& options) {
  if (options.files.empty()) return Usage("which files?");
  if (options.dry_run && !options.fix) return Usage("--dry-run belongs to --fix");
  for (std::string_view path : options.files) {
    if (options.is_final && !legaldown::IsLegalDown(path))
      return Usage("--final is asked of LegalDown: " + std::string(path) + " is a template");
  }
  compile::Library library;
  bool has_errors = false;
  if (int code = ReadLibrary(options.library, &library, &has_errors); code != kExitGood)
    return code;
  int unread = kExitGood;
  for (std::string_view path : options.files) {
    auto source = ReadFile(path);
    if (!source) {  // the others are checked all the same
      unread = PrintFileError(source.error());
      continue;
    }
    compile::Compilation compilation;
    if (options.fix && !legaldown::IsLegalDown(path)) {
      compile::Fixed fixed = compile::ApplyFixes(*source, path, library);
      for (const compile::Change& change : fixed.changes) PrintChange(path, change);
      if (!options.dry_run && !fixed.changes.empty()) {
        if (auto written = ReplaceFile(path, fixed.text); !written) {
          unread = PrintFileError(written.error());
        }
      }
      compilation = std::move(fixed.compilation);
    } else if (options.is_final && legaldown::IsLegalDown(path)) {
      compilation = CompileNearby(path, *source, legaldown::Readiness::kFinal).compilation;
    } else {
      compilation = CompileFile(path, *source, library);
    }
    for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
      PrintLine(json::Write(compile::ToJson(diagnostic)));
    }
    has_errors = has_errors || !compilation.ok();
  }
  if (unread != kExitGood) return unread;
  return has_errors ? kExitBad : kExitGood;
}

// The canonical bytes that envelopes carry.
int Compile(const Options& options) {
  if (options.files.size() != 1) return Usage("one template");
  compile::Library library;
  bool has_errors = false;
  if (int code = ReadLibrary(options.library, &library, &has_errors); code != kExitGood)
    return code;
  auto source = ReadFile(options.files[0]);
  if (!source) return PrintFileError(source.error());
  compile::Compilation compilation = CompileFile(options.files[0], *source, library);
  if (compilation.ok() && !has_errors) {
    Print(compilation.bytes);
    return kExitGood;
  }
  for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
    PrintLine(json::Write(compile::ToJson(diagnostic)));
  }
  return kExitBad;
}

// On the error stream alone.
int Unread(const Error& error) {
  Complain("countersign: " + std::string(error.path()) + ": " + error.message() + " (" +
           std::string(error.name()) + ")");
  return kExitUsage;
}

// The template on standard output, or in a file; every change and what is still wrong as lines of
// JSON: on standard output beside a file, else on the error stream.
int Import(const Options& options) {
  if (options.files.empty()) return Usage("which files?");
  Vector<importing::ImportFile> files;
  for (std::string_view path : options.files) {
    auto source = ReadFile(path);
    // Standard output is the template's, where no file is named for it.
    if (!source)
      return options.out.empty() ? Unread(source.error()) : PrintFileError(source.error());
    files.push_back({std::string(path), *std::move(source)});
  }
  importing::Imported imported;
  if (files.size() == 1 && legaldown::IsLegalDown(files[0].name)) {
    legaldown::LegalDownDocument document = CompileNearby(files[0].name, files[0].text);
    imported.text = std::move(document.text);
    imported.compilation = std::move(document.compilation);
  } else {
    // Where the template goes is where its diagnostics are.
    imported = importing::ImportAgreement(
        files, options.out.empty() ? std::string_view("<stdout>") : std::string_view(options.out));
  }
  auto* say = options.out.empty() ? Complain : PrintLine;
  for (const importing::ImportChange& change : imported.changes) {
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
  } else if (auto written = ReplaceFile(options.out, imported.text); !written) {
    return PrintFileError(written.error());
  }
  return imported.compilation.ok() ? kExitGood : kExitBad;
}

// `file`: which of the two files it is about.
int Fail(const Error& error, std::string_view file) {
  PrintError(error, file);
  return kExitBad;
}

// Every printed value that fails among some pieces, with its expression; what stands in a repeat is
// not looked at again.
void FindProblems(const templates::Template& contract, const expression::Bindings& bindings,
                  const Vector<templates::Piece>& pieces, std::string_view unit,
                  std::vector<json::Value>* found) {
  using templates::PieceKind;
  for (const templates::Piece& piece : pieces) {
    // Which branch stands is not known here: a value in one that does not is no problem.
    if (piece.kind == PieceKind::kIf || piece.kind == PieceKind::kEach) continue;
    FindProblems(contract, bindings, piece.pieces, unit, found);
    if (piece.kind != PieceKind::kValue) continue;
    expression::Fuel fuel{expression::kExpressionFuel};
    const expression::Outcome outcome =
        expression::Run(contract.body().At(piece.index).program, bindings, fuel);
    std::optional<Error> error = outcome.error;
    if (outcome.IsValue()) {
      auto shown = values::FormatValue(outcome.value, piece.format, *contract.body().formats);
      if (!shown) error = shown.error();
    }
    if (!error) continue;
    auto text = [](std::string_view words) { return json::Value::String(words); };
    found->push_back(json::Value::Make({{"problem", text(unit)},
                                        {"expression", text(contract.ExpressionText(piece.index))},
                                        {"code", text(error->name())},
                                        {"message", text(error->message())}}));
  }
}

// The problems of one unit's text. An assembly has one for each unit; whoever writes the template
// wants to see all.
std::vector<json::Value> ProblemsOf(const templates::Template& contract,
                                    const templates::Values& values,
                                    const templates::Assembly& assembly, std::string_view unit) {
  const auto& body = contract.body();
  expression::Bindings bindings(body.SlotCount() + body.loops.size());
  for (const templates::FieldValue& entry : values) {
    bindings.Set(static_cast<uint32_t>(body.FieldIndex(entry.id)), entry.value);
  }
  for (size_t i = 0; i < assembly.computed.size(); ++i) {
    if (assembly.computed[i].value)
      bindings.Set(static_cast<uint32_t>(body.fields.size() + i), *assembly.computed[i].value);
  }
  std::vector<json::Value> found;
  for (const templates::Unit& each : body.units) {
    if (each.id == unit) FindProblems(contract, bindings, each.pieces, unit, &found);
  }
  return found;
}

// What the text does not say: on the error stream, as JSON lines. False where values were refused:
// one is no answer to its field, or a rule that stops sending does not hold.
bool ReportState(const templates::Template& contract, const templates::Values& values,
                 const templates::Assembly& assembly) {
  bool good = true;
  auto text = [](std::string_view words) { return json::Value::String(words); };
  for (const templates::PendingUnit& pending : assembly.pending) {
    json::Array fields;
    for (const auto& field : pending.fields) fields.push_back(text(field));
    Complain(json::Write(json::Value::Make(
        {{"pending", text(pending.unit)}, {"fields", json::Value::List(fields)}})));
  }
  for (const templates::Problem& problem : assembly.problems) {
    const auto all = ProblemsOf(contract, values, assembly, problem.unit);
    for (const json::Value& each : all) Complain(json::Write(each));
    if (!all.empty()) continue;
    Complain(json::Write(json::Value::Make({{"problem", text(problem.unit)},
                                            {"code", text(problem.error.name())},
                                            {"message", text(problem.error.message())}})));
  }
  for (const templates::FieldState& field : assembly.fields) {
    if (!field.error) continue;
    good = good && field.error->code() == ErrorCode::kFieldRequired;
    Complain(json::Write(json::Value::Make(
        {{"field", text(field.id)},
         {"code", text(field.error->name())},
         {"message", text(field.message.empty() ? field.error->message() : field.message)}})));
  }
  for (const templates::ValidationOutcome& outcome : assembly.validations) {
    if (outcome.holds != templates::Answer::kNo) continue;
    const bool stops = outcome.level == templates::Level::kError;
    good = good && !stops;
    Complain(
        json::Write(json::Value::Make({{"validation", text(outcome.id)},
                                       {"level", text(stops ? "error" : "warning")},
                                       {"code", text(Error(ErrorCode::kFieldCheckFailed).name())},
                                       {"message", text(outcome.message)}})));
  }
  return good;
}

// A file of another system ends its lines with two signs, in its texts too.
void TakeLineEnds(json::Value* value) {
  if (value->is_string()) {
    const String& text = value->string_value();
    String plain;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') plain += text[i];
    }
    *value = json::Value::String(plain);
  } else if (value->is_array()) {
    for (json::Value& item : value->items()) TakeLineEnds(&item);
  } else if (value->is_object()) {
    const json::Value before = *value;
    for (const json::Member& member : before.members()) {
      json::Value inner = member.value;
      TakeLineEnds(&inner);
      value->Set(member.name, std::move(inner));
    }
  }
}

// The values of a file and, of fields that it does not name, what stands there until somebody
// changes it; nullopt where some are refused, each of which was told. Of LegalDown an answers set
// is taken, too.
std::optional<templates::Values> ReadAllValues(const templates::Template& contract,
                                               const legaldown::LegalDownDocument& document,
                                               std::string_view plain, std::string_view file) {
  if (plain.starts_with("\xEF\xBB\xBF")) plain.remove_prefix(3);  // as templates may begin
  auto json = json::Read(plain, json::kDocumentLimits);
  if (json) TakeLineEnds(&*json);
  if (json) *json = legaldown::ValuesOf(document, *json);
  bool good = json && json->is_object();
  if (!json) Fail(json.error(), file);
  if (json && !good) Fail(templates::ReadValues(contract, *json).error(), file);
  if (!good) return std::nullopt;
  templates::Values values;
  for (const json::Member& member : json->members()) {
    auto one = templates::ReadValues(contract, json::Value::Make({member}));
    if (one) values.insert(values.end(), one->begin(), one->end());
    if (!one && one.error().code() == ErrorCode::kTemplateUnknownField &&
        contract.FindField(compile::FieldOfPlaceholder(member.name)) != nullptr) {
      Fail(Error(one.error().code(), "its name is " + compile::FieldOfPlaceholder(member.name),
                 one.error().path()),
           file);
    } else if (!one) {
      Fail(one.error(), file);
    }
    good = good && one;
  }
  for (const templates::Objection& text : templates::TextObjections(values)) {
    Fail(Error(text.error.code(), "", "/" + text.field), file);
    good = false;
  }
  if (!good) return std::nullopt;
  for (const templates::Field& field : contract.fields()) {
    if (field.initial && json->Find(field.id) == nullptr)
      values.push_back({field.id, *field.initial});
  }
  return values;
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
  if (!source) return PrintFileError(source.error());
  auto plain = ReadFile(options.values);
  if (!plain) return PrintFileError(plain.error());
  legaldown::LegalDownDocument document;  // without questions where it is a template of ours
  if (legaldown::IsLegalDown(options.files[0])) {
    document = CompileNearby(options.files[0], *source);
  } else {
    document.compilation = compile::CompileTemplate(*source, options.files[0], library);
  }
  const compile::Compilation& compilation = document.compilation;
  if (!compilation.ok() || has_errors) {
    for (const compile::Diagnostic& diagnostic : compilation.diagnostics) {
      PrintLine(json::Write(compile::ToJson(diagnostic)));
    }
    return kExitBad;
  }
  auto contract = templates::Template::Load(compilation.bytes);
  if (!contract) return Fail(contract.error(), options.files[0]);
  auto values = ReadAllValues(*contract, document, *plain, options.values);
  if (!values) return kExitBad;
  auto assembly = templates::Assemble(*contract, *values);
  if (!assembly) return Fail(assembly.error(), options.files[0]);
  document::Fills fills = templates::FillsOf(*contract, *values);
  if (as == "json") {
    Print(document::Write(assembly->document));
  } else if (as == "html") {
    PrintLine(document::RenderHtml(assembly->document, fills));
  } else {
    Print(document::LinearText(assembly->document, fills));
  }
  if (!ReportState(*contract, *values, *assembly)) return kExitBad;
  if (!assembly->pending.empty()) return kExitPending;
  return assembly->problems.empty() ? kExitGood : kExitBad;
}

int Reference(const Options& options) {
  if (!options.files.empty()) return Usage("reference takes nothing");
  Print(compile::LanguageReference());
  return kExitGood;
}

}  // namespace

int RunTemplate(const Arguments& arguments) {
  constexpr Verb kVerbs[] = {{"check", Check, "--library --fix --dry-run --final "},
                             {"compile", Compile, "--library "},
                             {"import", Import, "-o "},
                             {"reference", Reference, ""},
                             {"render", Render, "--values --library --as "}};
  for (const Verb& verb : kVerbs) {
    if (arguments.empty() || arguments[0] != verb.name) continue;
    Options options;
    const std::string problem = ReadOptions(arguments, verb, &options);
    return problem.empty() ? verb.run(options) : Usage(problem);
  }
  return Usage("check, compile, import, reference or render?");
}

}  // namespace countersign::cli
