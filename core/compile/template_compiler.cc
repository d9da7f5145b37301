// Long because it holds the one order in which a template is understood: declarations, expressions,
// text, and the checks that need all of them.
#include "compile/template_compiler.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "base/bytes.h"
#include "compile/analysis.h"
#include "compile/declarations.h"
#include "compile/default_consent.h"
#include "compile/front_matter.h"
#include "compile/lexer.h"
#include "compile/markdown.h"
#include "crypto/crypto.h"
#include "template/lock.h"
#include "template/template.h"
#include "values/format.h"
#include "values/plain_json.h"

namespace countersign::compile {
namespace {

using json::Value;
using values::Kind;

Value Text(std::string_view text) { return Value::String(text); }
Value One(std::string_view name, Value value) {
  json::Object members;
  members.push_back({std::string(name), std::move(value)});
  return Value::Make(std::move(members));
}
std::string RefOf(std::string_view bytes) { return crypto::Sha256(AsBytes(bytes)).ToBase64Url(); }

constexpr std::string_view kFieldDirectives[] = {"sign",  "initial", "signdate",
                                                 "check", "input",   "select"};
struct LaterDirective {
  std::string_view name, hint;
};
constexpr LaterDirective kLater[] = {
    {"#if", "Put the condition on a paragraph, list item or heading: {when=\"…\"}."},
    {"#elif", "Put it on the next paragraph, list item or heading: {else when=\"…\"}."},
    {"#else", "Write a second paragraph right behind the first: {else}."},
    {"/if", "Put the condition on a paragraph, list item or heading: {when=\"…\"}."},
    {"#each", "Write the items out; repeats come in a later version."},
    {"/each", "Write the items out; repeats come in a later version."},
    {"include",
     "Copy the clause into the template and lock it; the library checks that it is the approved "
     "text."},
    {"party", "Write the name, or {{= field }}."},
    {"side", "Write the name, or {{= field }}."},
    {"date", "Declare a field of type date and write {{= field | date }}."},
    {"money", "Declare a field of type money and write {{= field | money }}."},
    {"duration", "Declare a field of type period and write {{= field | period }}."},
    {"placeholder", "Declare a field and write {{= field }}."},
    {"choose", "Write one paragraph for each choice, with {when=\"…\"}."},
    {"attach", "Attachments come in a later version."},
    {"file", "Attachments come in a later version."},
};
constexpr std::string_view kKnownDirectives[] = {"sign",   "initial", "signdate", "check", "input",
                                                 "select", "ref",     "def",      "term"};

// Where an expression that shapes text stands.
struct TextUse {
  Vector<std::string> reads;
  ByteRange at;
};
// A reference to a unit, checked when all units are known.
struct Reference {
  std::string target;
  ByteRange at;
  std::string from;
};

class Compiler {
 public:
  Compiler(const SourceFile& file, const Library& library)
      : library_(library), file_(file), sink_(file), declarations_(&sink_) {}

  Compilation Run() {
    Compilation result;
    if (file_.text().size() > kMaxTemplateBytes) {
      sink_.Report(DiagnosticCode::kTemplateTooLarge, {0, 1});
    } else if (!IsUtf8(file_.text())) {
      ReportNotUtf8();
    } else {
      Value compiled = Compile();
      if (!sink_.HasErrors()) result.bytes = json::Write(compiled);
    }
    if (!result.bytes.empty()) {
      // What the loader refuses must not go out; only its bounds can be met here.
      if (auto loaded = templates::Template::Load(result.bytes); !loaded) {
        sink_.Report(
            DiagnosticCode::kTooManyUnits, {0, 1},
            std::string(loaded.error().message()) + " " + std::string(loaded.error().path()));
        result.bytes.clear();
      }
    }
    result.errors = sink_.ErrorCount();
    result.diagnostics = sink_.Take();
    return result;
  }

 private:
  void ReportNotUtf8() {
    const std::string& text = file_.text();
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

  Value Compile() {
    FrontMatter front = FindFrontMatter(&sink_);
    std::optional<YamlNode> yaml;
    if (front.found) yaml = ReadYaml(front.yaml, &sink_);
    Markdown markdown = ReadMarkdown(front.body, &sink_);
    ParseTags(markdown);
    if (!yaml) return Value();  // names are unknown: their reports would say nothing new
    declarations_.ReadFrontMatter(*yaml, front.whole);
    for (const auto& directive : directives_) {
      if (!directive) continue;
      auto kind =
          std::find(std::begin(kFieldDirectives), std::end(kFieldDirectives), directive->name);
      if (kind != std::end(kFieldDirectives)) {
        declarations_.Place(static_cast<FieldKind>(kind - std::begin(kFieldDirectives)),
                            *directive);
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
    compiled.Set("source", Text(RefOf(file_.text())));
    compiled.Set("roles", RolesJson());
    compiled.Set("computed", ComputedJson());
    compiled.Set("fields", FieldsJson());
    compiled.Set("validations", ValidationsJson());
    compiled.Set("workflow", WorkflowJson());
    compiled.Set("consent", ConsentJson());
    compiled.Set("approvals", ApprovalsJson());
    CollectDefinitions(&markdown.blocks);
    markdown_ = &markdown;
    compiled.Set("units", UnitsJson());
    compiled.Set("locks", Value::List(std::move(locks_)));
    CheckReferences();
    CheckTerms();
    compiled.Set("textRoles", TextRolesJson());
    CheckUnused();
    for (const RoleDeclaration& role : declarations_.roles) {
      if (role.signs) facts_.signers.push_back({role.id, role.label, role.at});
    }
    if (!has_cycle_) Analyse(facts_, &sink_);
    return compiled;
  }

  // --- expressions
  // ---------------------------------------------------------------------------------
  std::optional<expression::Tree> CompileIn(const SourceText& text, const Schema& schema,
                                            const values::Type& type) {
    auto tree = CompileExpression(text.AsFragment(), schema, type, &sink_);
    if (tree) {
      for (const std::string& name : tree->reads) used_.insert(name);
    }
    return tree;
  }
  // Trees stay for the analysis. nullptr where an error was reported.
  const expression::Tree* Keep(std::optional<expression::Tree> tree) {
    if (!tree) return nullptr;
    trees_.push_back(*std::move(tree));
    return &trees_.back();
  }
  const expression::Tree* CompileCondition(const SourceText& text) {
    return Keep(CompileIn(text, declarations_.schema, values::Type::Of(Kind::kBool)));
  }
  // The same of a condition outside the text.
  const expression::Tree* CompileRule(const SourceText& text, std::string_view what) {
    const expression::Tree* tree = CompileCondition(text);
    if (tree != nullptr) facts_.rules.push_back({tree, text.range, what});
    return tree;
  }

  // --- front matter
  // --------------------------------------------------------------------------------
  Value RolesJson() {
    json::Array items;
    for (const RoleDeclaration& role : declarations_.roles) {
      items.push_back(Value::Make({{"id", Text(role.id)},
                                   {"label", Text(role.label)},
                                   {"signs", Value::Bool(role.signs)},
                                   {"order", Value::Int(role.order)}}));
    }
    return Value::List(std::move(items));
  }

  // Which other computed values an expression names (a superset: a macro's variable may hide one).
  Vector<size_t> Mentions(const ComputedDeclaration& entry) {
    SourceFile scratch("", entry.expression.text);
    DiagnosticSink quiet(scratch);
    Fragment fragment{.text = scratch.text()};
    Lexer lexer(fragment, &quiet);
    Vector<size_t> found;
    for (Lexeme lexeme = lexer.Next(); lexeme.token != Token::kEnd; lexeme = lexer.Next()) {
      if (lexeme.token != Token::kName) continue;
      std::string_view name =
          fragment.text.substr(lexeme.range.begin, lexeme.range.end - lexeme.range.begin);
      auto it = computed_places_.find(std::string(name));
      if (it != computed_places_.end()) found.push_back(it->second);
    }
    return found;
  }

  // In an order in which each needs earlier ones only; a circle is reported once, with its path.
  Vector<size_t> ComputedOrder() {
    const auto& computed = declarations_.computed;
    for (size_t i = 0; i < computed.size(); ++i) computed_places_.emplace(computed[i].id, i);
    Vector<Vector<size_t>> needs;
    for (const ComputedDeclaration& entry : computed) needs.push_back(Mentions(entry));
    Vector<size_t> order;
    Vector<char> state(computed.size());  // 0 new, 1 open, 2 done
    struct Open {
      size_t index;
      size_t next;
    };
    for (size_t start = 0; start < computed.size(); ++start) {
      if (state[start] != 0) continue;
      Vector<Open> path = {{start, 0}};
      state[start] = 1;
      while (!path.empty()) {
        Open& top = path.back();
        if (top.next == needs[top.index].size()) {
          state[top.index] = 2;
          order.push_back(top.index);
          path.pop_back();
          continue;
        }
        size_t need = needs[top.index][top.next++];
        if (state[need] == 1) {
          ReportCycle(need, path, [](const Open& open) { return open.index; });
        } else if (state[need] == 0) {
          state[need] = 1;
          path.push_back({need, 0});
        }
      }
    }
    return order;
  }

  template <class Path, class IndexOf>
  void ReportCycle(size_t need, const Path& path, IndexOf index_of) {
    const auto& computed = declarations_.computed;
    std::string text;
    bool inside = false;
    has_cycle_ = true;
    for (const auto& open : path) {
      inside = inside || index_of(open) == need;
      if (inside) text += computed[index_of(open)].id + " \xE2\x86\x92 ";
    }
    text += computed[need].id;
    sink_.Report(DiagnosticCode::kCycle, computed[need].at,
                 "Computed values depend on each other in a circle: " + text);
  }

  Value ComputedJson() {
    json::Array items;
    Schema& schema = declarations_.schema;
    Vector<size_t> order = ComputedOrder();
    for (const ComputedDeclaration& entry : declarations_.computed) {
      if (has_cycle_)
        schema.Declare(entry.id, values::Type::Of(Kind::kDyn));  // the circle is enough to report
    }
    for (size_t index : order) {
      const ComputedDeclaration& entry = declarations_.computed[index];
      const expression::Tree* tree =
          Keep(CompileIn(entry.expression, schema, values::Type::Of(Kind::kDyn)));
      values::Type type = values::Type::Of(Kind::kDyn);  // after an error: takes part in anything
      if (tree && has_cycle_ && tree->type().kind == Kind::kDyn) {
        // reads the circle
      } else if (tree && !IsPlainType(tree->type())) {
        sink_.Report(DiagnosticCode::kFieldTypeInvalid, entry.expression.range,
                     "A computed value cannot have the type " + tree->type().ToString());
      } else if (tree) {
        type = tree->type();
        items.push_back(Value::Make({{"id", Text(entry.id)},
                                     {"label", Text(entry.label)},
                                     {"type", Text(type.ToString())},
                                     {"expression", expression::ToJson(*tree)}}));
        computed_reads_.emplace_back(entry.id, tree->reads);
        facts_.computed.push_back({entry.id, tree});
        facts_.values.push_back({tree, entry.expression.range});
      }
      schema.Declare(Variable{.name = entry.id,
                              .type = std::move(type),
                              .presence = Presence::kRequired,
                              .refused = {},
                              .declared = entry.at});
    }
    return Value::List(std::move(items));
  }

  static bool IsPlainType(const values::Type& type) {
    const values::Type& inner = type.kind == Kind::kList ? type.items[0] : type;
    switch (inner.kind) {
      case Kind::kBool:
      case Kind::kInt:
      case Kind::kDecimal:
      case Kind::kMoney:
      case Kind::kDate:
      case Kind::kPeriod:
      case Kind::kString:
        return true;
      default:
        return false;
    }
  }

  Value FieldsJson() {
    json::Array items;
    facts_.fields.reserve(declarations_.fields.size());
    for (const FieldDeclaration& field : declarations_.fields) {
      FieldFact& fact = facts_.fields.emplace_back();
      fact.at = field.at;
      fact.domain.name = field.id;
      fact.domain.type = field.type;
      fact.has_default = field.Find("default") != nullptr;
      if (field.settled == FieldKind::kSign && field.role != nullptr) fact.signs = field.role->id;
      fact_places_.emplace(field.id, facts_.fields.size() - 1);
      items.push_back(FieldJson(field, &fact));
    }
    return Value::List(std::move(items));
  }

  void SetText(const FieldDeclaration& field, std::string_view name, Value* json) {
    const SourceText* text = field.Find(name);
    if (text != nullptr && !text->text.empty()) json->Set(name, Text(text->text));
  }
  void SetConstant(const FieldDeclaration& field, std::string_view name, FieldFact* fact,
                   Value* json) {
    const SourceText* text = field.Find(name);
    if (text == nullptr) return;
    auto value = declarations_.ReadConstant(*text, field.type);
    if (!value) return;
    if (auto bound = values::FromJson(*value, field.type)) {
      if (name == "min") fact->domain.min = *bound;
      if (name == "max") fact->domain.max = *bound;
    }
    json->Set(name, *std::move(value));
  }
  bool ReadFlag(const FieldDeclaration& field, std::string_view name, bool fallback) {
    const SourceText* text = field.Find(name);
    if (text == nullptr) return fallback;
    if (text->text != "true" && text->text != "false") {
      SuggestTruth(sink_.Report(DiagnosticCode::kValueInvalid, text->range, "Either true or false"),
                   text->text, text->range);
    }
    return text->text == "true";
  }

  Value FieldJson(const FieldDeclaration& field, FieldFact* fact) {
    Value json = One("id", Text(field.id));
    json.Set("kind", Text(document::BlankKindName(field.settled)));
    json.Set("type", Text(field.type.ToString()));
    if (field.role != nullptr) json.Set("role", Text(field.role->id));
    for (std::string_view name : {"help", "message", "placeholder", "autocomplete", "inputMode"}) {
      SetText(field, name, &json);
    }
    std::string label = field.Find("label")->text;
    json.Set("label", Text(label.empty() ? field.id : label));
    for (std::string_view name : {"min", "max", "default"}) SetConstant(field, name, fact, &json);
    SetOptions(field, fact, &json);
    if (const SourceText* text = field.Find("maxLength")) {
      auto number = values::Decimal::Parse(text->text);
      auto length = number ? number->ToInt() : Result<int64_t>(number.error());
      if (!length || *length < 1 || *length > int64_t{templates::kDefaultMaxLength}) {
        sink_.Report(DiagnosticCode::kValueInvalid, text->range,
                     "A length is a whole number from 1 to 10000");
      } else {
        json.Set("maxLength", Value::Int(*length));
        fact->domain.max_length = static_cast<uint32_t>(*length);
      }
    }
    if (ReadFlag(field, "sensitive", false)) json.Set("sensitive", Value::Bool(true));
    const SourceText* required = field.Find("required");
    bool fallback = field.settled != FieldKind::kCheck;
    if (required == nullptr || required->text == "true" || required->text == "false") {
      json.Set("required", Value::Bool(required == nullptr ? fallback : required->text == "true"));
    } else if (const expression::Tree* tree = CompileRule(*required, "required")) {
      json.Set("required", expression::ToJson(*tree));
      fact->required = tree;
    }
    if (required != nullptr) {
      fact->required_at = required->range;
      fact->says_required = required->text == "true" || fact->required != nullptr;
    }
    for (std::string_view name : {"show", "check"}) {
      const SourceText* text = field.Find(name);
      if (text == nullptr) continue;
      const expression::Tree* tree = CompileRule(*text, name);
      if (tree == nullptr) continue;
      json.Set(name, expression::ToJson(*tree));
      if (name == "show") fact->show = tree;
    }
    if (const SourceText* text = field.Find("source")) {
      if (field.role != nullptr) {
        sink_.Report(DiagnosticCode::kFieldConflict, text->range,
                     "Only the sender's fields are filled from a record; '" + field.id +
                         "' is filled by " + field.role->label);
      } else if (auto tree = CompileIn(*text, declarations_.record, values::Type::Of(Kind::kDyn))) {
        json.Set("source", expression::ToJson(*tree));
      }
    }
    return json;
  }

  void SetOptions(const FieldDeclaration& field, FieldFact* fact, Value* json) {
    Vector<std::pair<SourceText, std::string>> options;
    if (field.options != nullptr && field.options->kind == YamlKind::kList) {
      for (const YamlNode& item : field.options->items)
        options.emplace_back(FromYaml(item), item.text);
    } else if (field.options != nullptr) {
      for (size_t i = 0; i + 1 < field.options->items.size(); i += 2) {
        options.emplace_back(FromYaml(field.options->items[i]), field.options->items[i + 1].text);
      }
    } else if (const SourceText* text = field.Find("options")) {
      for (size_t i = 0; i <= text->text.size();) {
        size_t end = std::min(text->text.find('|', i), text->text.size());
        std::string value = text->text.substr(i, end - i);
        while (value.starts_with(' ')) value.erase(0, 1);
        while (value.ends_with(' ')) value.pop_back();
        options.emplace_back(SourceText{.text = value, .range = text->range, .map = {}}, value);
        i = end + 1;
      }
    }
    if (options.empty()) return;
    json::Array items;
    const values::Type& type = field.type.kind == Kind::kList ? field.type.items[0] : field.type;
    for (const auto& [value, label] : options) {
      auto constant = declarations_.ReadConstant(value, type);
      if (!constant) continue;
      if (auto option = values::FromJson(*constant, type)) fact->domain.options.push_back(*option);
      std::string shown = label.empty() ? value.text : label;
      items.push_back(Value::Make({{"value", Text(value.text)}, {"label", Text(shown)}}));
    }
    json->Set("options", Value::List(std::move(items)));
  }

  Value ValidationsJson() {
    json::Array items;
    const YamlNode* list = declarations_.validations;
    if (list == nullptr) return Value::List({});
    if (list->kind != YamlKind::kList) {
      sink_.Report(DiagnosticCode::kValueInvalid, list->range,
                   "Validations are a list of {check: …, message: …}");
      return Value::List({});
    }
    constexpr std::string_view kKeys[] = {"id", "check", "message", "level", "field"};
    for (const YamlNode& node : list->items) {
      Value json = One("id", Text("v" + std::to_string(items.size() + 1)));
      json.Set("level", Text("error"));
      for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
        const YamlNode& key = node.items[i];
        const YamlNode& value = node.items[i + 1];
        bool known = std::find(std::begin(kKeys), std::end(kKeys), key.text) != std::end(kKeys);
        if (!known) {
          declarations_.ReportUnknownKey(key, kKeys);
        } else if (key.text == "check") {
          if (const expression::Tree* tree = CompileRule(FromYaml(value), "check"))
            json.Set("check", expression::ToJson(*tree));
        } else if (key.text == "id" &&
                   (!document::IsId(value.text) || value.text.find('.') != std::string::npos)) {
          sink_.Report(DiagnosticCode::kIdInvalid, value.range);
        } else if (key.text == "level" && value.text != "error" && value.text != "warning") {
          sink_.Report(DiagnosticCode::kValueInvalid, value.range, "Either error or warning");
        } else if (key.text == "field" && declarations_.FindField(value.text) == nullptr) {
          sink_.Report(DiagnosticCode::kUnknownName, value.range,
                       "There is no field '" + value.text + "'");
        } else {
          json.Set(key.text, Text(value.text));
        }
      }
      for (std::string_view key : {"check", "message"}) {
        if (node.Find(key) != nullptr) continue;
        sink_.Report(DiagnosticCode::kKeyMissing, node.range,
                     "A validation needs '" + std::string(key) + "'");
      }
      items.push_back(std::move(json));
    }
    return Value::List(std::move(items));
  }

  Value WorkflowJson() {
    Value json = Value::Make({});
    if (declarations_.expires) json.Set("expires", Text(*declarations_.expires));
    return json;
  }

  Value ApprovalsJson() {
    json::Array items;
    const YamlNode* list = declarations_.approvals;
    if (list == nullptr) return Value::List({});
    if (list->kind != YamlKind::kList) {
      sink_.Report(DiagnosticCode::kValueInvalid, list->range,
                   "Approvals are a list of {when: …, by: …, why: …}");
      return Value::List({});
    }
    sink_.Report(DiagnosticCode::kKeptOnly, list->range,
                 "Approval rules are checked and kept, but nobody is asked in this version");
    for (const YamlNode& node : list->items) {
      const YamlNode* when = node.Find("when");
      const YamlNode* by = node.Find("by");
      const YamlNode* why = node.Find("why");
      if (when == nullptr || by == nullptr) {
        sink_.Report(DiagnosticCode::kKeyMissing, node.range, "An approval needs 'when' and 'by'");
        continue;
      }
      if (const expression::Tree* tree = CompileRule(FromYaml(*when), "approval")) {
        items.push_back(Value::Make({{"when", expression::ToJson(*tree)},
                                     {"by", Text(by->text)},
                                     {"why", Text(why != nullptr ? why->text : "")}}));
      }
    }
    return Value::List(std::move(items));
  }

  Value ConsentJson() {
    const YamlNode* node = declarations_.consent;
    if (node == nullptr) return DefaultConsent();
    constexpr std::string_view kKeys[] = {"id", "version", "locale", "summary", "slots"};
    Value json = One("locale", Text(declarations_.locale));
    for (size_t i = 0; i + 1 < node->items.size(); i += 2) {
      const YamlNode& key = node->items[i];
      if (std::find(std::begin(kKeys), std::end(kKeys), key.text) == std::end(kKeys)) {
        declarations_.ReportUnknownKey(key, kKeys);
      } else if (key.text != "slots") {
        json.Set(key.text, Text(node->items[i + 1].text));
      }
    }
    for (std::string_view key : {"id", "version", "summary", "slots"}) {
      if (node->Find(key) != nullptr) continue;
      sink_.Report(DiagnosticCode::kKeyMissing, node->range,
                   "The consent needs '" + std::string(key) + "'");
    }
    Value slots = Value::Make({});
    const YamlNode* texts = node->Find("slots");
    for (size_t i = 0; texts != nullptr && i + 1 < texts->items.size(); i += 2) {
      bool known =
          std::find(std::begin(templates::kConsentSlots), std::end(templates::kConsentSlots),
                    texts->items[i].text) != std::end(templates::kConsentSlots);
      if (!known) declarations_.ReportUnknownKey(texts->items[i], templates::kConsentSlots);
      if (known) slots.Set(texts->items[i].text, Text(texts->items[i + 1].text));
    }
    for (std::string_view name : templates::kConsentSlots) {
      const YamlNode* text = texts != nullptr ? texts->Find(name) : nullptr;
      if (texts == nullptr || (text != nullptr && !text->text.empty())) continue;
      sink_.Report(DiagnosticCode::kKeyMissing, texts->range,
                   "The disclosure needs the part '" + std::string(name) + "'");
    }
    json.Set("slots", std::move(slots));
    return json;
  }

  // --- tags
  // ----------------------------------------------------------------------------------------
  void ParseTags(const Markdown& markdown) {
    for (const Tag& tag : markdown.tags) {
      directives_.push_back(ParseDirective(tag.content, &sink_));
      auto& directive = directives_.back();
      bool is_text = directive && (directive->name == "=" || directive->name == "ref" ||
                                   directive->name == "def" || directive->name == "term");
      if (!directive || is_text) continue;
      auto known =
          std::find(std::begin(kFieldDirectives), std::end(kFieldDirectives), directive->name);
      if (known != std::end(kFieldDirectives)) continue;
      ReportDirective(*directive);
      directive.reset();
    }
  }

  void ReportDirective(const Directive& directive) {
    for (const LaterDirective& later : kLater) {
      if (later.name != directive.name) continue;
      sink_
          .Report(DiagnosticCode::kDirectiveUnsupported, directive.name_range,
                  "'" + directive.name + "' is not supported in this version")
          .hint = later.hint;
      return;
    }
    Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kDirectiveUnknown, directive.name_range,
                                          "There is no directive '" + directive.name + "'");
    SuggestName(diagnostic, NearestName(directive.name, kKnownDirectives), directive.name_range);
  }

  void CompileTag(uint32_t index, const std::string& unit, json::Array* pieces) {
    if (index >= directives_.size() || !directives_[index]) return;
    const Directive& directive = *directives_[index];
    if (directive.name == "=") {
      CompileValue(directive, markdown_->tags[index].range, unit, pieces);
    } else if (directive.name == "ref") {
      references_.push_back({directive.value.text, directive.value.range, unit});
      for (const Parameter& parameter : directive.parameters) {
        sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                     "A reference has no parameters");
      }
      pieces->push_back(One("ref", Text(directive.value.text)));
    } else if (directive.name == "def") {
      auto term = definition_places_.find(index);
      if (term != definition_places_.end()) terms_[term->second].unit = PlaceOf(unit);
    } else if (directive.name == "term") {
      CompileTerm(directive, unit, pieces);
    } else if (declarations_.FindField(directive.value.text) != nullptr) {
      pieces->push_back(One("blank", Text(directive.value.text)));
      auto fact = fact_places_.find(directive.value.text);
      if (fact != fact_places_.end()) facts_.fields[fact->second].units.push_back(PlaceOf(unit));
    }
  }

  // --- defined terms
  // -------------------------------------------------------------------------------
  struct Term {
    std::string id, label;
    ByteRange at;
    uint32_t unit = kNoUnit;
    bool used = false;
  };

  // Before the text is read, for a term may be used before it is defined.
  void CollectDefinitions(Vector<MdBlock>* blocks) {
    for (MdBlock& block : *blocks) {
      CollectIn(&block.inlines);
      CollectDefinitions(&block.blocks);
    }
  }

  static void AppendPlain(const MdInline& piece, std::string* text) {
    *text += piece.text;
    for (const MdInline& inner : piece.inlines) AppendPlain(inner, text);
  }

  void CollectIn(Vector<MdInline>* inlines) {
    std::string before;
    for (size_t i = 0; i < inlines->size(); ++i) {
      MdInline& piece = (*inlines)[i];
      CollectIn(&piece.inlines);
      bool is_definition = piece.kind == MdInlineKind::kTag && piece.index < directives_.size() &&
                           directives_[piece.index] && directives_[piece.index]->name == "def";
      if (!is_definition) {
        AppendPlain(piece, &before);
        continue;
      }
      // The space in front of the tag goes with it.
      bool strong = false;
      if (i > 0) {
        MdInline& last = (*inlines)[i - 1];
        while (last.kind == MdInlineKind::kText && last.text.ends_with(' ')) last.text.pop_back();
        strong = last.kind == MdInlineKind::kStrong ||
                 (last.text.empty() && i > 1 && (*inlines)[i - 2].kind == MdInlineKind::kStrong);
        if (strong) {
          before.clear();
          AppendPlain((*inlines)[last.kind == MdInlineKind::kStrong ? i - 1 : i - 2], &before);
        }
      }
      Define(*directives_[piece.index], piece.index, strong ? before : QuotedEnd(before));
    }
  }

  // What stands in quotes at the end of a text; "" where nothing does.
  static std::string QuotedEnd(std::string_view text) {
    struct Quotes {
      std::string_view open, close;
    };
    constexpr Quotes kQuotes[] = {{"\"", "\""},
                                  {"\xE2\x80\x9C", "\xE2\x80\x9D"},
                                  {"\xE2\x80\x9E", "\xE2\x80\x9C"},
                                  {"\xE2\x80\x9E", "\xE2\x80\x9D"},
                                  {"\xC2\xAB", "\xC2\xBB"},
                                  {"\xE2\x80\x98", "\xE2\x80\x99"},
                                  {"'", "'"}};
    auto trim = [](std::string_view part) {
      auto is_blank = [&part](bool front) {
        return front ? part.starts_with(' ') || part.starts_with("\xC2\xA0")
                     : part.ends_with(' ') || part.ends_with("\xC2\xA0");
      };
      while (is_blank(true)) part.remove_prefix(part.starts_with(' ') ? 1 : 2);
      while (is_blank(false)) part.remove_suffix(part.ends_with(' ') ? 1 : 2);
      return part;
    };
    text = trim(text);
    for (const Quotes& quotes : kQuotes) {
      if (!text.ends_with(quotes.close)) continue;
      std::string_view inside = text.substr(0, text.size() - quotes.close.size());
      size_t open = inside.rfind(quotes.open);
      if (open == std::string_view::npos) continue;
      return std::string(trim(inside.substr(open + quotes.open.size())));
    }
    return {};
  }

  void Define(const Directive& directive, uint32_t tag, const std::string& label) {
    for (const Parameter& parameter : directive.parameters) {
      sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                   "A definition has no parameters");
    }
    if (label.empty() || label.size() > 200) {
      sink_.Report(DiagnosticCode::kDefinitionWithoutTerm, directive.name_range).hint =
          "\"Services\" {{def: services}} means …";
      return;
    }
    std::string id = directive.value.text;
    if (id.empty()) {
      for (char c : label) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter) id += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if (!letter && !id.empty() && !id.ends_with('-')) id += '-';
      }
      while (id.ends_with('-')) id.pop_back();
    }
    ByteRange at = directive.value.text.empty() ? directive.name_range : directive.value.range;
    if (id.size() > 64 || !document::IsId(id)) {
      sink_.Report(DiagnosticCode::kIdInvalid, at);
    } else if (auto other = term_places_.find(id); other != term_places_.end()) {
      sink_.Report(DiagnosticCode::kIdTwice, at, "The term '" + id + "' is defined twice")
          .related.push_back({sink_.file().Locate(terms_[other->second].at), "the first time"});
    } else {
      term_places_.emplace(id, terms_.size());
      definition_places_.emplace(tag, terms_.size());
      terms_.push_back({id, label, at});
    }
  }

  void CompileTerm(const Directive& directive, const std::string& unit, json::Array* pieces) {
    std::string label;
    for (const Parameter& parameter : directive.parameters) {
      if (parameter.name == "label") {
        label = parameter.value.text;
        continue;
      }
      constexpr std::string_view kNames[] = {"label"};
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                                            "A term has no parameter '" + parameter.name + "'");
      SuggestName(diagnostic, NearestName(parameter.name, kNames), parameter.name_range);
    }
    ByteRange at = directive.value.text.empty() ? directive.name_range : directive.value.range;
    auto it = term_places_.find(directive.value.text);
    if (it == term_places_.end()) {
      Vector<std::string_view> known;
      for (const Term& term : terms_) known.push_back(term.id);
      Diagnostic& diagnostic =
          sink_.Report(DiagnosticCode::kTermUnknown, at,
                       "There is no definition of '" + directive.value.text + "'");
      diagnostic.hint = "\"Services\" {{def: services}} defines a term.";
      SuggestName(diagnostic, NearestName(directive.value.text, known), at);
      return;
    }
    Term& term = terms_[it->second];
    term.used = true;
    term_uses_.push_back({static_cast<uint32_t>(it->second), PlaceOf(unit), at});
    pieces->push_back(Text(label.empty() ? term.label : label));
  }

  // Unused definitions, and for the analysis: where each use and its definition stand.
  void CheckTerms() {
    for (const Term& term : terms_) {
      if (!term.used)
        sink_.Report(
            DiagnosticCode::kFieldUnused, term.at,
            "Nothing uses the definition '" + term.id + "' with {{term: " + term.id + "}}");
    }
    for (const ReferenceFact& use : term_uses_) {
      uint32_t unit = terms_[use.target].unit;
      if (unit != kNoUnit) facts_.terms.push_back({unit, use.from, use.at});
    }
  }

  void CompileValue(const Directive& directive, ByteRange whole, const std::string& unit,
                    json::Array* pieces) {
    values::Format format;
    bool format_known = true;
    if (!directive.format.empty()) {
      auto parsed = values::Format::Parse(directive.format);
      format_known = parsed.has_value();
      if (parsed) {
        format = *parsed;
      } else {
        constexpr std::string_view kNames[] = {"text",   "money",   "number", "percent", "date",
                                               "period", "ordinal", "list",   "upper"};
        Diagnostic& diagnostic =
            sink_.Report(DiagnosticCode::kFormatUnknown, directive.format_range,
                         "There is no format '" + directive.format + "'");
        Nearest nearest = NearestName(directive.format, kNames);
        if (nearest.name.empty()) {
          diagnostic.hint =
              "money, number(2), percent, date(long), period, ordinal, list(and), upper or text";
        } else {
          SuggestName(diagnostic, nearest, directive.format_range);
        }
      }
    }
    const expression::Tree* tree =
        Keep(CompileIn(directive.value, declarations_.schema, values::Type::Of(Kind::kDyn)));
    if (tree == nullptr || !format_known) return;
    const values::Type& type = tree->type();
    if (type.kind == Kind::kDyn && sink_.HasErrors())
      return;  // of a computed value that was reported
    if (!format.Takes(type) || type.kind == Kind::kDyn) {
      bool is_bool = type.kind == Kind::kBool;
      ByteRange at = directive.format.empty() ? whole : directive.format_range;
      Diagnostic& diagnostic =
          sink_.Report(DiagnosticCode::kFormatType, at,
                       "The format '" + format.ToString() + "' does not take " + type.ToString());
      if (is_bool)
        diagnostic.hint = "Say what it means: {{= " + directive.value.text + " ? 'yes' : 'no' }}";
      return;
    }
    text_uses_.push_back({tree->reads, directive.value.range});
    facts_.values.push_back({tree, directive.value.range, PlaceOf(unit)});
    pieces->push_back(One("value", Value::Make({{"expression", expression::ToJson(*tree)},
                                                {"format", Text(format.ToString())}})));
  }

  // --- text
  // ----------------------------------------------------------------------------------------
  Value PiecesJson(const Vector<MdInline>& inlines, const std::string& unit) {
    json::Array pieces;
    for (const MdInline& piece : inlines) {
      switch (piece.kind) {
        case MdInlineKind::kText:
          pieces.push_back(Text(piece.text));
          break;
        case MdInlineKind::kCode:
          pieces.push_back(One("code", Text(piece.text)));
          break;
        case MdInlineKind::kBreak:
          pieces.push_back(One("break", Value::Bool(true)));
          break;
        case MdInlineKind::kStrong:
          pieces.push_back(One("strong", PiecesJson(piece.inlines, unit)));
          break;
        case MdInlineKind::kEm:
          pieces.push_back(One("em", PiecesJson(piece.inlines, unit)));
          break;
        case MdInlineKind::kLink:
          pieces.push_back(One("link", Value::Make({{"address", Text(piece.text)},
                                                    {"text", PiecesJson(piece.inlines, unit)}})));
          break;
        case MdInlineKind::kTag:
          CompileTag(piece.index, unit, &pieces);
          break;
        case MdInlineKind::kAttributes:
          sink_.Report(DiagnosticCode::kAttributesMisplaced,
                       markdown_->attributes[piece.index].range);
          break;
      }
    }
    return Value::List(std::move(pieces));
  }

  // Takes attributes off the end of a block's text.
  const Attributes* TakeAttributes(Vector<MdInline>* inlines) {
    if (inlines->empty() || inlines->back().kind != MdInlineKind::kAttributes) return nullptr;
    const Attributes* attributes = &markdown_->attributes[inlines->back().index];
    inlines->pop_back();
    if (!inlines->empty() && inlines->back().kind == MdInlineKind::kText) {
      std::string& text = inlines->back().text;
      while (text.ends_with(' ')) text.pop_back();
      if (text.empty()) inlines->pop_back();
    }
    return attributes;
  }

  struct Head {
    Value json;
    std::string id;
    bool locked = false;
    std::string lock_why;
    ByteRange at;
  };

  // Id, condition, lock and omission of a unit.
  Head MakeHead(std::string_view kind, const Attributes* attributes, std::string automatic,
                const std::string& parent, ByteRange at, bool numbered) {
    Head head{
        .json = One("kind", Text(kind)), .id = std::move(automatic), .lock_why = {}, .at = at};
    UnitFact fact{.id = {}, .at = at, .parent = PlaceOf(parent), .when_at = {}};
    SourceText when;
    const Attribute* otherwise = nullptr;
    for (size_t i = 0; attributes != nullptr && i < attributes->items.size(); ++i) {
      const Attribute& attribute = attributes->items[i];
      for (size_t k = 0; k < i; ++k) {
        if (attributes->items[k].name != attribute.name) continue;
        sink_.Report(DiagnosticCode::kKeyTwice, attribute.name_range,
                     "The attribute '" + attribute.name + "' comes twice");
      }
      SourceText value{
          .text = attribute.value, .range = attribute.range, .map = attribute.map, .quoted = true};
      if (attribute.name == "#") {
        TakeId(attribute, &head);
      } else if (attribute.name == "when") {
        fact.conditional = true;
        fact.when_at = attribute.range;
        when = std::move(value);
        ReadBareCondition(&when);
      } else if (attribute.name == "else" && !attribute.has_value) {
        otherwise = &attribute;
        if (!fact.conditional) fact.when_at = attribute.range;
        fact.conditional = true;
      } else if (attribute.name == "omitted") {
        fact.omitted = true;
        if (value.text.empty()) {
          sink_.Report(DiagnosticCode::kValueInvalid, attribute.name_range,
                       "What stands there instead? omitted=\"Intentionally omitted.\"");
        }
        head.json.Set("omitted", Text(value.text));
      } else if (attribute.name == "lock") {
        head.locked = true;
        head.lock_why = attribute.value;
      } else if (attribute.name == "each" || attribute.name == "keep" ||
                 attribute.name == "unnumbered") {
        sink_.Report(DiagnosticCode::kDirectiveUnsupported, attribute.name_range,
                     "The attribute '" + attribute.name + "' is not supported in this version");
      } else {
        constexpr std::string_view kNames[] = {"when", "else", "lock", "omitted"};
        Diagnostic& diagnostic =
            sink_.Report(DiagnosticCode::kAttributesMalformed, attribute.name_range,
                         "There is no attribute '" + attribute.name + "'");
        SuggestName(diagnostic, NearestName(attribute.name, kNames), attribute.name_range);
      }
    }
    if (fact.conditional) {
      fact.when = CompileWhen(when, otherwise, fact.parent);
      if (fact.when != nullptr) {
        text_uses_.push_back({fact.when->reads, fact.when_at});
        head.json.Set("when", expression::ToJson(*fact.when));
      }
    } else {
      alternatives_.erase(fact.parent);
    }
    if (fact.omitted && !fact.conditional)
      sink_.Report(DiagnosticCode::kOmittedWithoutWhen, attributes->range);
    head.json.Set("id", Text(head.id));
    fact.id = head.id;
    unit_places_.emplace(head.id, facts_.units.size());
    facts_.units.push_back(std::move(fact));
    numbered_.push_back(numbered);
    return head;
  }

  // LegalDown's short form, without quotes: when=plan:team is when="plan == 'team'".
  void ReadBareCondition(SourceText* when) const {
    bool bare = when->range.begin > 0 && file_.text()[when->range.begin - 1] == '=';
    size_t colon = when->text.find(':');
    if (!bare || colon == std::string::npos || colon == 0) return;
    auto is_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-';
    };
    for (size_t i = 0; i < when->text.size(); ++i) {
      if (i != colon && !is_word(when->text[i])) return;
    }
    std::string field = when->text.substr(0, colon), choice = when->text.substr(colon + 1);
    when->text = field + " == '" + choice + "'";
    when->map.clear();
    for (size_t i = 0; i <= when->text.size(); ++i) {
      // The field's name stands in both; what was added stands at the colon.
      auto place = static_cast<uint32_t>(std::min(i, colon));
      when->map.push_back(when->range.begin + place);
    }
    when->map.back() = when->range.end;
  }

  // The condition of a unit. With `else` the units in a row before it, each with a condition, must
  // all be gone.
  const expression::Tree* CompileWhen(const SourceText& when, const Attribute* otherwise,
                                      uint32_t parent) {
    Alternatives& before = alternatives_[parent];
    const expression::Tree* own = nullptr;
    if (otherwise == nullptr || !when.text.empty()) own = CompileCondition(when);
    bool failed = before.failed || (own == nullptr && !when.text.empty());
    const expression::Tree* result = own;
    if (otherwise != nullptr && before.conditions.empty()) {
      sink_.Report(DiagnosticCode::kElseWithoutWhen, otherwise->name_range);
      result = nullptr;
    } else if (otherwise != nullptr && !failed) {
      SourceText all;
      for (const std::string& condition : before.conditions)
        all.text += (all.text.empty() ? "!(" : " && !(") + condition + ")";
      if (own != nullptr) all.text += " && (" + when.text + ")";
      // What is wrong with it is wrong with the `else`: it is too long.
      all.range = otherwise->range;
      for (size_t i = 0; i <= all.text.size(); ++i) all.map.push_back(otherwise->range.begin);
      result = CompileCondition(all);
    } else if (otherwise != nullptr) {
      result = nullptr;  // was reported where it stands
    }
    if (otherwise != nullptr && when.text.empty()) {
      alternatives_.erase(parent);  // the last of its row
    } else {
      before.failed = failed;
      before.conditions.push_back(when.text);
    }
    return result;
  }

  void TakeId(const Attribute& attribute, Head* head) {
    if (attribute.value.size() > 64 || !document::IsId(attribute.value)) {
      sink_.Report(DiagnosticCode::kIdInvalid, attribute.range);
      return;
    }
    if (const UnitFact* other = FindUnit(attribute.value)) {
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kIdTwice, attribute.range,
                                            "The id '" + attribute.value + "' is taken");
      diagnostic.related.push_back({sink_.file().Locate(other->at), "by this unit"});
      return;
    }
    head->id = attribute.value;
  }

  // Closes a unit: a locked one gets its hashes. `source`: where its text stands.
  Value Close(Head head, ByteRange source) {
    if (!head.locked) return std::move(head.json);
    std::string text =
        ClauseText(std::string_view(file_.text()).substr(source.begin, source.end - source.begin));
    std::string content = templates::HashUnit(head.json);
    Value lock = One("source", Text(RefOf(text)));
    lock.Set("content", Text(content));
    if (!head.lock_why.empty()) lock.Set("why", Text(head.lock_why));
    head.json.Set("lock", std::move(lock));
    closed_locks_.emplace(head.id, content);
    if (const Clause* clause = library_.Find(head.id)) CheckClause(*clause, text, head.at);
    return std::move(head.json);
  }

  void CheckClause(const Clause& clause, const std::string& text, ByteRange at) {
    if (clause.approval != Approval::kApproved) {
      sink_.Report(DiagnosticCode::kLockNotApproved, at,
                   "The library's clause '" + clause.id + "' is not approved");
    } else if (clause.text != text) {
      size_t line = 1, same = 0;
      while (same < text.size() && same < clause.text.size() && text[same] == clause.text[same]) {
        line += text[same++] == '\n';
      }
      sink_
          .Report(
              DiagnosticCode::kLockDiffers, at,
              "The locked text of '" + clause.id + "' is not the text that the library approved")
          .hint = "It differs from line " + std::to_string(line) +
                  " of the clause on. Take the library's text, or have the new one approved.";
    }
  }

  // --- units
  // ---------------------------------------------------------------------------------------
  Value UnitsJson() {
    const Vector<MdBlock>& blocks = markdown_->blocks;
    size_t at = 0;
    int level = 0;
    json::Array units = Sections(blocks, &at, 0, "", &level);
    // The loader meets locks in the order of the text.
    for (const UnitFact& unit : facts_.units) {
      auto it = closed_locks_.find(unit.id);
      if (it == closed_locks_.end()) continue;
      locks_.push_back(Value::Make({{"unit", Text(unit.id)}, {"content", Text(it->second)}}));
    }
    return Value::List(std::move(units));
  }

  static std::string Automatic(const std::string& parent, size_t index) {
    return (parent.empty() ? "top" : parent) + "." + std::to_string(index + 1);
  }

  // Blocks up to the next heading of `level` or above.
  json::Array Sections(const Vector<MdBlock>& blocks, size_t* at, int level,
                       const std::string& parent, int* before) {
    json::Array units;
    while (*at < blocks.size()) {
      const MdBlock& block = blocks[*at];
      if (block.kind != MdKind::kHeading) {
        units.push_back(CompileBlock(block, parent, units.size()));
        ++*at;
        continue;
      }
      if (block.level <= level) break;
      if (block.level > *before + 1) {
        Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kLevelSkipped, block.range);
        diagnostic.hint = "Use " + std::string(static_cast<size_t>(*before + 1), '#') + " here.";
      }
      if (block.level > document::kMaxLevel) {
        sink_.Report(DiagnosticCode::kLevelSkipped, block.range,
                     "Headings have at most five levels");
      }
      *before = block.level;
      Vector<MdInline> inlines = block.inlines;
      const Attributes* attributes = TakeAttributes(&inlines);
      if (inlines.empty()) sink_.Report(DiagnosticCode::kHeadingEmpty, block.range);
      Head head = MakeHead("section", attributes, Automatic(parent, units.size()), parent,
                           block.range, declarations_.numbering == document::Numbering::kSections);
      head.json.Set("level", Value::Int(std::min(block.level, document::kMaxLevel)));
      head.json.Set("text", PiecesJson(inlines, head.id));
      ++*at;
      json::Array inside = Sections(blocks, at, block.level, head.id, before);
      *before = block.level;
      head.json.Set("units", Value::List(std::move(inside)));
      uint32_t end = *at < blocks.size() ? blocks[*at].range.begin
                                         : static_cast<uint32_t>(file_.text().size());
      units.push_back(Close(std::move(head), {block.range.begin, end}));
    }
    return units;
  }

  Value CompileBlock(const MdBlock& block, const std::string& parent, size_t index) {
    if (block.kind == MdKind::kList) return CompileList(block, parent, index);
    if (block.kind == MdKind::kHeading) {
      sink_.Report(DiagnosticCode::kLevelSkipped, block.range,
                   "A heading cannot stand in a list item");
    }
    Vector<MdInline> inlines = block.inlines;
    const Attributes* attributes = TakeAttributes(&inlines);
    if (attributes != nullptr && inlines.empty()) {
      sink_.Report(DiagnosticCode::kAttributesMisplaced, attributes->range);
    }
    Head head =
        MakeHead("paragraph", attributes, Automatic(parent, index), parent, block.range, false);
    head.json.Set("text", PiecesJson(inlines, head.id));
    return Close(std::move(head), block.range);
  }

  Value CompileList(const MdBlock& block, const std::string& parent, size_t index) {
    Head list = MakeHead("list", nullptr, Automatic(parent, index), parent, block.range, false);
    list.json.Set("style", Text(block.ordered ? "ordered" : "bullet"));
    json::Array items;
    for (const MdBlock& entry : block.blocks) {
      // Attributes at the end of an item's first paragraph are the item's.
      Vector<MdBlock> content = entry.blocks;
      const Attributes* attributes = nullptr;
      if (!content.empty() && content[0].kind == MdKind::kParagraph)
        attributes = TakeAttributes(&content[0].inlines);
      Head item = MakeHead("item", attributes, Automatic(list.id, items.size()), list.id,
                           entry.range, block.ordered);
      json::Array inside;
      for (const MdBlock& child : content) {
        bool empty = child.kind == MdKind::kParagraph && child.inlines.empty();
        if (!empty) inside.push_back(CompileBlock(child, item.id, inside.size()));
      }
      item.json.Set("units", Value::List(std::move(inside)));
      items.push_back(Close(std::move(item), entry.range));
    }
    list.json.Set("units", Value::List(std::move(items)));
    return std::move(list.json);
  }

  // --- checks over the whole
  // -----------------------------------------------------------------------
  // kNoUnit where there is none.
  uint32_t PlaceOf(std::string_view id) const {
    auto it = unit_places_.find(std::string(id));
    return it == unit_places_.end() ? kNoUnit : static_cast<uint32_t>(it->second);
  }
  const UnitFact* FindUnit(std::string_view id) const {
    uint32_t place = PlaceOf(id);
    return place == kNoUnit ? nullptr : &facts_.units[place];
  }

  void CheckReferences() {
    for (const Reference& reference : references_) {
      uint32_t target = PlaceOf(reference.target);
      if (target == kNoUnit) {
        Vector<std::string_view> known;
        for (const UnitFact& unit : facts_.units) known.push_back(unit.id);
        Diagnostic& diagnostic =
            sink_.Report(DiagnosticCode::kUnitUnknown, reference.at,
                         "There is no unit with the id '" + reference.target + "'");
        SuggestName(diagnostic, NearestName(reference.target, known), reference.at);
        continue;
      }
      if (!numbered_[target]) sink_.Report(DiagnosticCode::kReferenceUnnumbered, reference.at);
      facts_.references.push_back({target, PlaceOf(reference.from), reference.at});
    }
  }

  // The recipients' fields a text rests on, through computed values; each computed value is
  // followed once.
  using FieldSet = Vector<uint64_t>;  // a bit for each field
  void AddFields(const Vector<std::string>& reads, FieldSet* set) const {
    for (const std::string& name : reads) {
      if (auto it = computed_fields_.find(name); it != computed_fields_.end()) {
        for (size_t i = 0; i < set->size(); ++i) (*set)[i] |= it->second[i];
      } else if (auto field = field_places_.find(name); field != field_places_.end()) {
        (*set)[field->second / 64] |= uint64_t{1} << field->second % 64;
      }
    }
  }

  Value TextRolesJson() {
    const Vector<FieldDeclaration>& fields = declarations_.fields;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].role != nullptr) field_places_.emplace(fields[i].id, i);
    }
    const FieldSet none(fields.size() / 64 + 1);
    for (const auto& [id, reads] : computed_reads_) {  // in their order: what they read is there
      FieldSet set = none;
      AddFields(reads, &set);
      computed_fields_.emplace(id, std::move(set));
    }
    Vector<std::string> found;
    for (const TextUse& use : text_uses_) {
      FieldSet set = none;
      AddFields(use.reads, &set);
      for (size_t i = 0; i < fields.size(); ++i) {
        if ((set[i / 64] >> i % 64 & 1) == 0) continue;
        const std::string& role = fields[i].role->id;
        if (std::find(found.begin(), found.end(), role) == found.end()) found.push_back(role);
        CheckSigner(fields[i], use.at);
      }
    }
    std::sort(found.begin(), found.end());
    json::Array items;
    for (const std::string& role : found) items.push_back(Text(role));
    return Value::List(std::move(items));
  }

  // Text that a recipient's answer changes must have no signer before or beside that recipient.
  void CheckSigner(const FieldDeclaration& field, ByteRange at) {
    const RoleDeclaration& role = *field.role;
    const RoleDeclaration* earlier = nullptr;
    for (const RoleDeclaration& other : declarations_.roles) {
      if (other.signs && other.id != role.id && other.order <= role.order) earlier = &other;
    }
    if (role.signs && earlier == nullptr) return;
    std::string message = "'" + field.id + "' is filled by " + role.label;
    if (!role.signs) {
      message += ", who does not sign: it would change text that others sign";
    } else {
      message += (earlier->order < role.order ? " after " : " at the same time as ") +
                 earlier->label +
                 " signs: a later signer's field would change text an earlier signer signs";
    }
    Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kLaterSigner, at, message);
    diagnostic.hint =
        "Let the sender fill it, or let " + role.label + " sign first and alone (order: 1).";
    diagnostic.related.push_back({sink_.file().Locate(field.at), "the field is declared here"});
  }

  void CheckUnused() {
    for (const FieldDeclaration& field : declarations_.fields) {
      bool used = field.placed || used_.contains(field.id);
      if (!used)
        sink_.Report(DiagnosticCode::kFieldUnused, field.at,
                     "Nothing uses the field '" + field.id + "'");
    }
    for (const ComputedDeclaration& entry : declarations_.computed) {
      // One with a label is there to be shown beside the text.
      if (used_.contains(entry.id) || entry.labelled || has_cycle_) continue;
      sink_.Report(DiagnosticCode::kFieldUnused, entry.at,
                   "Nothing uses the computed value '" + entry.id + "'");
    }
  }

  const Library& library_;
  const SourceFile& file_;
  DiagnosticSink sink_;
  Declarations declarations_;
  const Markdown* markdown_ = nullptr;
  bool has_cycle_ = false;
  Vector<std::optional<Directive>> directives_;  // by tag
  std::unordered_set<std::string> used_;
  Vector<std::pair<std::string, Vector<std::string>>> computed_reads_;
  std::unordered_map<std::string, size_t> computed_places_;
  std::unordered_map<std::string, FieldSet> computed_fields_;
  std::unordered_map<std::string, size_t> field_places_;
  Vector<TextUse> text_uses_;
  Vector<Reference> references_;
  Vector<Term> terms_;
  std::unordered_map<std::string, size_t> term_places_;
  std::unordered_map<uint32_t, size_t> definition_places_;  // by tag
  Vector<ReferenceFact> term_uses_;                         // target: of terms_
  Facts facts_;
  std::deque<expression::Tree> trees_;
  struct Alternatives {
    Vector<std::string> conditions;  // of units in a row
    bool failed = false;             // one of them did not compile
  };
  std::unordered_map<uint32_t, Alternatives> alternatives_;  // by parent
  std::unordered_map<std::string, size_t> fact_places_;      // of fields
  Vector<char> numbered_;                                    // by unit
  std::unordered_map<std::string, size_t> unit_places_;
  std::unordered_map<std::string, std::string> closed_locks_;
  json::Array locks_;
};

}  // namespace

Compilation CompileTemplate(std::string_view source, std::string_view file,
                            const Library& library) {
  SourceFile text{std::string(file), std::string(source)};
  return Compiler(text, library).Run();
}

Result<std::string> Recompile(std::string_view source) {
  Compilation compilation = CompileTemplate(source, Library());
  if (compilation.ok()) return std::move(compilation.bytes);
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity == Severity::kError) {
      return Error(ErrorCode::kTemplateDoesNotCompile, diagnostic.message,
                   "line " + std::to_string(diagnostic.span.line));
    }
  }
  return ErrorCode::kTemplateDoesNotCompile;
}

}  // namespace countersign::compile
