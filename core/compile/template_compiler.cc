// The order in which a template is understood: declarations, expressions, text, and the checks that
// need all of them.
#include "compile/template_compiler.h"

#include <algorithm>

#include "base/bytes.h"
#include "compile/compiler.h"
#include "compile/front_matter.h"
#include "compile/include.h"
#include "crypto/crypto.h"
#include "template/template.h"

namespace countersign::compile {

using values::Kind;

Value Text(std::string_view text) { return Value::String(text); }
Value One(std::string_view name, Value value) {
  Value object = Value::Make({});
  object.Set(name, std::move(value));
  return object;
}
String RefOf(std::string_view bytes) { return crypto::Sha256(AsBytes(bytes)).ToBase64Url(); }

namespace {

// Whether a reader with these limits reads it.
bool IsWithin(const json::Limits& limits, const Value& value, int depth) {
  const auto fits = [&](size_t count) {
    return depth < limits.max_depth && count <= limits.max_items;
  };
  if (value.is_array()) {
    return fits(value.items().size()) && std::ranges::all_of(value.items(), [&](const Value& item) {
             return IsWithin(limits, item, depth + 1);
           });
  }
  if (!value.is_object()) return true;
  return fits(value.members().size()) &&
         std::ranges::all_of(value.members(), [&](const json::Member& member) {
           return IsWithin(limits, member.value, depth + 1);
         });
}
bool IsWithin(const json::Limits& limits, std::string_view bytes, const Value& value) {
  return bytes.size() <= limits.max_bytes && IsWithin(limits, value, 0);
}

}  // namespace

Compilation Compiler::Run(std::span<const uint32_t> lone_returns) {
  Compilation result;
  if (file_.own_text().size() > kMaxTemplateBytes) {
    sink_.Report(DiagnosticCode::kTemplateTooLarge, {0, 1});
  } else if (!IsUtf8(file_.text())) {
    ReportNotUtf8();
  } else {
    for (uint32_t i : lone_returns) ReportLoneReturn(i, &sink_);
    const Value compiled = Compile();
    if (!sink_.HasErrors()) Release(compiled, &result);
  }
  result.names = Outline();
  result.errors = sink_.ErrorCount();
  result.diagnostics = sink_.Take();
  return result;
}

// What the loader refuses must not go out; only its bounds can be met here.
void Compiler::Release(const Value& compiled, Compilation* result) {
  result->bytes = json::Write(compiled);
  Error problem(ErrorCode::kJsonTooLarge);
  if (IsWithin(json::kDocumentLimits, result->bytes, compiled)) {
    auto loaded = templates::Template::Load(compiled, result->bytes);
    if (loaded) {
      result->contract = *std::move(loaded);
      return;
    }
    problem = loaded.error();
  }
  sink_.Report(DiagnosticCode::kTooManyUnits, {0, 1},
               String(problem.message()) + " " + String(problem.path()));
  result->bytes.clear();
}

void Compiler::ReportNotUtf8() {
  const String& text = file_.text();
  uint32_t good = 0;
  auto size = static_cast<uint32_t>(text.size());
  uint32_t step = 1;
  while (step < size) step *= 2;
  for (; step > 0; step /= 2) {  // the longest prefix that is well-formed, up to three bytes
    for (uint32_t cut = 0; cut < 4; ++cut) {
      if (good + step + cut <= size &&
          IsUtf8(std::string_view(text).substr(0, good + step + cut))) {
        good += step + cut;
        break;
      }
    }
  }
  sink_.Report(DiagnosticCode::kNotUtf8, {good, std::min(good + 1, size)}).hint =
      "Save the file as UTF-8.";
}

Value Compiler::Compile() {
  FrontMatter front = FindFrontMatter(&sink_);
  std::optional<YamlNode> yaml;
  if (front.found) yaml = ReadYaml(front.yaml, &sink_);
  Markdown markdown = ReadMarkdown(front.body, &sink_);
  ExpandIncludes(&markdown);
  ParseTags(markdown);
  if (!yaml) return Value();  // names are unknown: their reports would say nothing new
  declarations_.ReadFrontMatter(*yaml, front.whole);
  for (const auto& directive : directives_) {
    if (!directive) continue;
    if (directive->name == "placeholder") {
      declarations_.PlacePlaceholder(*directive);
      const String& name = directive->value.text;
      const bool known = std::ranges::find(hyphened_, name) != hyphened_.end();
      if (name.find('-') != String::npos && !known) hyphened_.push_back(name);
    }
    auto kind =
        std::find(std::begin(kFieldDirectives), std::end(kFieldDirectives), directive->name);
    if (kind != std::end(kFieldDirectives)) {
      declarations_.Place(static_cast<FieldKind>(kind - std::begin(kFieldDirectives)), *directive);
    }
  }
  declarations_.Settle();

  Value compiled = One("format", Text(templates::kFormat));
  compiled.Set("engine", Text(templates::kEngine));
  compiled.Set("id", Text(declarations_.id));
  compiled.Set("version", Value::Int(declarations_.version));
  compiled.Set("title", Text(declarations_.title));
  compiled.Set("locale", Text(declarations_.locale));
  compiled.Set("numbering", Text(document::NumberingName(declarations_.numbering)));
  compiled.Set("source", Text(RefOf(file_.own_text())));
  if (!pinned_.empty()) compiled.Set("library", LibraryJson());
  compiled.Set("roles", RolesJson());
  compiled.Set("computed", ComputedJson());
  compiled.Set("fields", FieldsJson());
  compiled.Set("validations", ValidationsJson());
  compiled.Set("workflow", WorkflowJson());
  compiled.Set("consent", ConsentJson());
  compiled.Set("approvals", ApprovalsJson());
  CollectDefinitions(&markdown.blocks);
  markdown_ = &markdown;
  CollectSchedules(markdown.blocks);
  CollectIds(markdown.blocks);
  compiled.Set("units", UnitsJson());
  if (says_words_) compiled.Set("words", Text(WordRules()));
  compiled.Set("locks", Value::List(std::move(locks_)));
  CheckVariants();
  CheckReferences();
  CheckTerms();
  compiled.Set("textRoles", TextRolesJson());
  CheckShowCircles();
  CheckUnused();
  CheckForeignTags(front.body);
  for (const RoleDeclaration& role : declarations_.roles) {
    if (role.signs) facts_.signers.push_back({role.id, role.label, role.at});
  }
  facts_.numbering = declarations_.numbering;
  if (!has_cycle_) Analyse(facts_, &sink_);
  return compiled;
}

std::optional<expression::Tree> Compiler::CompileIn(const SourceText& text, const Schema& schema,
                                                    const values::Type& type) {
  if (ReportHyphen(text, schema)) return std::nullopt;
  auto tree = CompileExpression(text.AsFragment(), schema, type, &sink_);
  if (tree) {
    for (const String& name : tree->reads) used_.insert(name);
  } else {  // what it is wrong with is no reason to say that nothing uses the others
    for (String& name : NamesIn(text.text)) used_.insert(std::move(name));
  }
  return tree;
}

// {{placeholder: forum-city}} is forum_city in expressions, where '-' subtracts: true where it is
// written otherwise, which was reported.
bool Compiler::ReportHyphen(const SourceText& text, const Schema& schema) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  bool any = false;
  for (const String& name : hyphened_) {
    if (schema.Find(FieldOfPlaceholder(name)) == nullptr ||
        schema.Find(std::string_view(name).substr(0, name.find('-'))) != nullptr) {
      continue;
    }
    for (size_t at = text.text.find(name); at != String::npos;
         at = text.text.find(name, at + name.size())) {
      const size_t end = at + name.size();
      const bool whole = (at == 0 || !is_part(text.text[at - 1])) &&
                         (end == text.text.size() || !is_part(text.text[end]));
      const auto quotes = std::ranges::count_if(std::string_view(text.text).substr(0, at),
                                                [](char c) { return c == '\'' || c == '"'; });
      if (!whole || quotes % 2 != 0) continue;
      const String better = FieldOfPlaceholder(name);
      const ByteRange range = text.Part(at, end).range;
      Diagnostic& diagnostic =
          sink_.Report(DiagnosticCode::kUnknownName, range,
                       "'" + name + "' is written " + better + " in an expression: '-' subtracts");
      diagnostic.hint = "Write " + better;
      if (text.map.empty()) diagnostic.fix = Fix{range, better};
      any = true;
    }
  }
  return any;
}

// Trees stay for the analysis. nullptr where an error was reported.
const expression::Tree* Compiler::Keep(std::optional<expression::Tree> tree) {
  if (!tree) return nullptr;
  trees_.push_back(*std::move(tree));
  return &trees_.back();
}

const expression::Tree* Compiler::CompileCondition(const SourceText& text) {
  return Keep(CompileIn(text, declarations_.schema, values::Type::Of(Kind::kBool)));
}

// The same of a condition outside the text.
const expression::Tree* Compiler::CompileRule(const SourceText& text, std::string_view what) {
  const expression::Tree* tree = CompileCondition(text);
  if (tree != nullptr) facts_.rules.push_back({tree, text.range, what});
  return tree;
}

Compilation CompileTemplate(std::string_view source, std::string_view file,
                            const Library& library) {
  String lines(source);
  Vector<uint32_t> returns;
  for (size_t i = lines.find('\r'); i != String::npos; i = lines.find('\r', i + 1)) {
    if (IsLoneReturn(lines, i)) returns.push_back(static_cast<uint32_t>(i));
  }
  // They are reported, and whatever else is wrong in its line: one byte for one byte.
  for (uint32_t i : returns) lines[i] = '\n';
  SourceFile text{String(file), std::move(lines)};
  AppendIncluded(library, &text);
  return Compiler(text, library).Run(returns);
}

Result<String> Recompile(std::string_view source, std::span<const std::string_view> library) {
  Library clauses;
  for (std::string_view text : library) clauses.Add("library.md", text);
  Compilation compilation = CompileTemplate(source, clauses);
  if (compilation.ok()) return std::move(compilation.bytes);
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity == Severity::kError) {
      return Error(ErrorCode::kTemplateDoesNotCompile, diagnostic.message,
                   "line " + NumberText(diagnostic.span.line));
    }
  }
  return ErrorCode::kTemplateDoesNotCompile;
}

}  // namespace countersign::compile
