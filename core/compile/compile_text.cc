// Tags: printed values, places to fill, references. Long because each of them has its own form.
#include <algorithm>

#include "compile/compiler.h"
#include "compile/duration.h"
#include "expression/program.h"
#include "values/format.h"

namespace countersign::compile {

using values::Kind;

namespace {

// LegalDown's values that are written out: a date, an amount, a period, a party, anything else.
constexpr std::string_view kLiterals[] = {"date", "money", "duration", "party", "side", "field"};
// What else becomes text.
constexpr std::string_view kTexts[] = {"=",      "ref",         "def",   "term",
                                       "attach", "placeholder", "choose"};
bool IsLiteral(std::string_view name) {
  return std::find(std::begin(kLiterals), std::end(kLiterals), name) != std::end(kLiterals);
}
constexpr std::string_view kBlockForms[] = {"#if", "#elif", "#else", "/if", "#each", "/each"};

// A text of one piece.
Value OneText(std::string_view text) {
  json::Array pieces;
  if (!text.empty()) pieces.push_back(Text(text));
  return Value::List(std::move(pieces));
}

bool IsBlockForm(std::string_view name) {
  return std::find(std::begin(kBlockForms), std::end(kBlockForms), name) != std::end(kBlockForms);
}

}  // namespace

void Compiler::ParseTags(const Markdown& markdown) {
  for (const Tag& tag : markdown.tags) {
    if (tag.fence) {
      directives_.push_back(std::nullopt);
      continue;
    }
    directives_.push_back(ParseDirective(tag.content, &sink_));
    auto& directive = directives_.back();
    if (directive && IsBlockForm(directive->name)) continue;
    if (directive && directive->name == "include") {
      if (!expanded_.contains(tag.range.begin)) {
        sink_.Report(DiagnosticCode::kIncludeMisplaced, tag.range).hint =
            "Put empty lines around it.";
      }
      directive.reset();
      continue;
    }
    bool is_text =
        directive && (IsLiteral(directive->name) || std::find(std::begin(kTexts), std::end(kTexts),
                                                              directive->name) != std::end(kTexts));
    if (!directive || is_text) continue;
    auto known =
        std::find(std::begin(kFieldDirectives), std::end(kFieldDirectives), directive->name);
    if (known != std::end(kFieldDirectives)) continue;
    ReportDirective(*directive);
    directive.reset();
  }
}

void Compiler::ReportDirective(const Directive& directive) {
  Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kDirectiveUnknown, directive.name_range,
                                        "There is no directive '" + directive.name + "'");
  constexpr std::pair<std::string_view, std::string_view> kMeant[] = {
      {"signature", "sign"},  {"initials", "initial"},    {"checkbox", "check"},
      {"tick", "check"},      {"text", "input"},          {"textfield", "input"},
      {"dropdown", "select"}, {"option", "select"},       {"reference", "ref"},
      {"link", "ref"},        {"datesigned", "signdate"}, {"today", "signdate"},
      {"definition", "def"},  {"clause", "include"},      {"period", "duration"},
      {"annex", "attach"},    {"schedule", "attach"},     {"blank", "placeholder"},
      {"#end", "/if"},        {"#endif", "/if"},          {"#for", "#each"},
      {"#elseif", "#elif"}};
  String lower = directive.name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const auto& [word, meant] : kMeant) {
    if (word == lower) {
      return SuggestName(diagnostic, Nearest{String(meant), {}}, directive.name_range);
    }
  }
  if (lower == "#unless") {
    diagnostic.hint = "Write {{#if !(…)}} … {{/if}}.";
    return;
  }
  if (lower == "#" || lower == "/") {
    diagnostic.hint = "No blank stands behind the sign: {{#if …}}, {{/if}}.";
    return;
  }
  SuggestName(diagnostic, NearestName(directive.name, DirectiveNames()), directive.name_range);
}

void Compiler::CompileTag(uint32_t index, uint32_t place, json::Array* pieces) {
  if (markdown_->tags[index].fence) {
    sink_.Report(DiagnosticCode::kContainerMisplaced, markdown_->tags[index].range);
  }
  if (index >= directives_.size() || !directives_[index]) return;
  const Directive& directive = *directives_[index];
  if (directive.name == "=") {
    CompileValue(directive, markdown_->tags[index].range, place, pieces);
  } else if (directive.name == "ref") {
    references_.push_back({directive.value.text, directive.value.range, place});
    for (const Parameter& parameter : directive.parameters) {
      sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                   "A reference has no parameters");
    }
    pieces->push_back(IsShared(directive.value.text) ? LeaveOpen({.names = Names::kUnit,
                                                                  .target = directive.value.text,
                                                                  .label = {},
                                                                  .at = directive.value.range,
                                                                  .from = place})
                                                     : One("ref", Text(directive.value.text)));
  } else if (directive.name == "attach") {
    CompileAttach(directive, place, pieces);
  } else if (directive.name == "placeholder") {
    Directive value = directive;
    value.value.text = FieldOfPlaceholder(directive.value.text);
    value.parameters.clear();
    if (declarations_.FindField(value.value.text) != nullptr)
      CompileValue(value, markdown_->tags[index].range, place, pieces);
  } else if (directive.name == "choose") {
    CompileChoose(directive, place, pieces);
  } else if (directive.name == "def") {
    auto term = definition_places_.find(index);
    if (term != definition_places_.end()) terms_[term->second].unit = place;
  } else if (directive.name == "term") {
    CompileTerm(directive, place, pieces);
  } else if (IsLiteral(directive.name)) {
    CompileLiteral(directive, pieces);
  } else if (loops_ > 0) {
    sink_.Report(DiagnosticCode::kBlankInRepeat, markdown_->tags[index].range).hint =
        "Let it stand once, outside the repeat.";
  } else if (declarations_.FindField(directive.value.text) != nullptr) {
    pieces->push_back(One("blank", Text(directive.value.text)));
    auto fact = fact_places_.find(directive.value.text);
    if (fact != fact_places_.end()) facts_.fields[fact->second].units.push_back(place);
  }
}

// {{attach: schedule-a}}: the schedule's title, or another label.
void Compiler::CompileAttach(const Directive& directive, uint32_t place, json::Array* pieces) {
  ByteRange at = directive.value.text.empty() ? directive.name_range : directive.value.range;
  String label;
  for (const Parameter& parameter : directive.parameters) {
    if (parameter.name == "label") {
      ReportTagsIn(parameter.value, &sink_);
      label = parameter.value.text;
      continue;
    }
    sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                 "A reference to a schedule has no parameter '" + parameter.name + "'");
  }
  auto schedule = schedules_.find(directive.value.text);
  if (schedule == schedules_.end()) {
    Vector<std::string_view> known;
    for (const auto& [id, title] : schedules_) known.push_back(id);
    Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kUnitUnknown, at,
                                          "There is no schedule '" + directive.value.text + "'");
    diagnostic.hint = "::: schedule {#" + directive.value.text + " title=\"Schedule A\"}";
    std::sort(known.begin(), known.end());
    SuggestName(diagnostic, NearestName(directive.value.text, known), at);
    return;
  }
  references_.push_back(
      {directive.value.text, at, place, label.empty() ? Shows::kTitle : Shows::kLabel});
  if (label.empty() && IsShared(directive.value.text)) {
    pieces->push_back(LeaveOpen({.names = Names::kSchedule,
                                 .target = directive.value.text,
                                 .label = {},
                                 .at = at,
                                 .from = place}));
    return;
  }
  pieces->push_back(Text(label.empty() ? schedule->second : label));
}

// The values that a field can have, as texts; empty where they are not written down.
Vector<String> Compiler::OptionsOf(const FieldDeclaration& field) {
  Vector<String> options;
  if (field.options != nullptr) {
    size_t step = field.options->kind == YamlKind::kMap ? 2 : 1;
    for (size_t i = 0; i < field.options->items.size(); i += step)
      options.push_back(field.options->items[i].text);
  } else if (const SourceText* text = field.Find("options")) {
    for (size_t at = 0; at <= text->text.size();) {
      size_t end = std::min(text->text.find('|', at), text->text.size());
      size_t first = at, last = end;
      while (first < last && text->text[first] == ' ') ++first;
      while (last > first && text->text[last - 1] == ' ') --last;
      options.push_back(text->text.substr(first, last - first));
      at = end + 1;
    }
  }
  return options;
}

// An option as an expression has it: what it is compared with.
static String ConstantOf(const values::Type& type, const String& option) {
  String quoted = "'";
  for (char c : option) quoted += c == '\'' || c == '\\' ? String("\\") + c : String(1, c);
  quoted += "'";
  switch (type.kind) {
    case Kind::kInt:
    case Kind::kDecimal:
      return option;
    case Kind::kDate:
      return "date(" + quoted + ")";
    case Kind::kPeriod:
      return "period(" + quoted + ")";
    case Kind::kMoney: {
      const size_t space = option.find(' ');
      if (space == String::npos) return "money(" + quoted + ", '" + type.currency.Code() + "')";
      return "money('" + option.substr(0, space) + "', '" + option.substr(space + 1) + "')";
    }
    default:
      return quoted;
  }
}

// How an option is written in the tag: in quotes where it is more than a word.
static String WrittenOption(const String& option) {
  const bool plain = std::ranges::all_of(
      option, [](char c) { return c != ' ' && c != '=' && c != ',' && c != '"' && c != '\''; });
  return plain ? option : "\"" + option + "\"";
}

// {{choose: plan, Team="ten users", Business="any number of users"}}: words for each answer.
void Compiler::CompileChoose(const Directive& directive, uint32_t place, json::Array* pieces) {
  String name = directive.value.text;
  ByteRange at = name.empty() ? directive.name_range : directive.value.range;
  // LegalDown's questions have '-' in their names, as its placeholders do.
  if (declarations_.FindField(name) == nullptr &&
      declarations_.FindField(FieldOfPlaceholder(name)) != nullptr) {
    name = FieldOfPlaceholder(name);
  }
  const FieldDeclaration* field = declarations_.FindField(name);
  if (field == nullptr) {
    Vector<std::string_view> known;
    for (const FieldDeclaration& each : declarations_.fields) known.push_back(each.id);
    Diagnostic& diagnostic =
        sink_.Report(DiagnosticCode::kUnknownName, at, "There is no field '" + name + "'");
    SuggestName(diagnostic, NearestName(name, known), at);
    return;
  }
  bool is_bool = field->type.kind == Kind::kBool;
  Vector<String> options = OptionsOf(*field);
  if (is_bool) options = {"yes", "no"};
  if (field->type.kind == Kind::kList) options.clear();
  if (options.empty()) {
    sink_
        .Report(DiagnosticCode::kFormatType, at,
                "Only a field with options, or of type bool, has a choice of words")
        .hint = "{{#if " + name + " == …}}…{{/if}}";
    return;
  }
  Vector<std::string_view> open(options.begin(), options.end());
  const auto condition_of = [&](const String& option) {
    return is_bool ? (option == "yes" ? name : "!" + name)
                   : name + " == " + ConstantOf(field->type, option);
  };
  json::Array branches;
  const Parameter* otherwise = nullptr;
  for (const Parameter& parameter : directive.parameters) {
    ReportTagsIn(parameter.value, &sink_);
    if (parameter.name == "else") {
      otherwise = &parameter;
      continue;
    }
    // LegalDown says true and false.
    std::string_view meant = parameter.name;
    if (is_bool && meant == "true") meant = "yes";
    if (is_bool && meant == "false") meant = "no";
    auto option = std::find(open.begin(), open.end(), meant);
    if (option == open.end()) {
      Vector<std::string_view> known(options.begin(), options.end());
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kValueInvalid, parameter.name_range,
                                            "'" + name + "' is never '" + parameter.name + "'");
      SuggestName(diagnostic, NearestName(parameter.name, known), parameter.name_range);
      continue;
    }
    open.erase(option);
    SourceText condition{
        .text = condition_of(String(meant)), .range = parameter.name_range, .map = {}};
    for (size_t i = 0; i <= condition.text.size(); ++i)
      condition.map.push_back(parameter.name_range.begin);
    const expression::Tree* when = CompileCondition(condition);
    if (when == nullptr) return;
    text_uses_.push_back({when->reads, at});
    AddBranch(place, parameter.name_range, when, Branch::kIf);
    branches.push_back(Value::Make(
        {{"when", expression::ToJson(*when)}, {"text", OneText(parameter.value.text)}}));
  }
  if (otherwise != nullptr && !branches.empty()) {
    branches.push_back(Value::Make({{"text", OneText(otherwise->value.text)}}));
  } else if (!open.empty()) {
    CaseFact fact{.field = name, .unit = place, .at = at, .open = {}};
    // What stands around the tag may exclude the first ones.
    bool conditional = false;
    for (uint32_t unit = place; unit != kNoUnit; unit = facts_.units[unit].parent)
      conditional = conditional || facts_.units[unit].conditional;
    constexpr size_t kMaxAsked = 64;
    for (size_t i = 0; i < open.size() && i < (conditional ? kMaxAsked : 1); ++i) {
      const String option(open[i]);
      const bool asked = conditional && i + 1 < kMaxAsked;
      fact.open.push_back(
          {option, WrittenOption(option), asked ? Imagine(condition_of(option), at) : nullptr});
    }
    facts_.cases.push_back(std::move(fact));
  }
  if (!branches.empty()) pieces->push_back(One("if", Value::List(std::move(branches))));
}

// The unit of a duration that is written out as a word; "" where nobody knows.
static std::string_view UnitMeant(String word) {
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (word.size() > 3 && word.ends_with('s')) word.pop_back();
  constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
      {"year", "Y"},     {"y", "Y"},   {"month", "MO"}, {"mo", "MO"}, {"week", "W"}, {"w", "W"},
      {"day", "D"},      {"d", "D"},   {"hour", "H"},   {"h", "H"},   {"hr", "H"},   {"min", "MIN"},
      {"minute", "MIN"}, {"sec", "S"}, {"second", "S"}, {"s", "S"}};
  for (const auto& [name, unit] : kUnits) {
    if (name == word) return unit;
  }
  return {};
}

// {{date: 2026-07-01}}, {{money: 500.00, currency=EUR}}, {{duration: 30, unit=D}} are printed as
// the locale writes them; {{party: customer}} is the role's label, or the one it is given, and so
// is {{side: customers}} that of a side; {{field: INV-1, type=invoice}} is its own value.
void Compiler::CompileLiteral(const Directive& directive, json::Array* pieces) {
  const String& text = directive.value.text;
  ByteRange at = text.empty() ? directive.name_range : directive.value.range;
  std::string_view own = directive.name == "money"      ? "currency"
                         : directive.name == "duration" ? "unit"
                         : directive.name == "field"    ? "type"
                         : directive.name == "date"     ? ""
                                                        : "label";
  String setting;
  ByteRange setting_at = at;
  for (const Parameter& parameter : directive.parameters) {
    if (!own.empty() && parameter.name == own) {
      setting = parameter.value.text;
      setting_at = parameter.value.range;
    }
    if (own == "label") ReportTagsIn(parameter.value, &sink_);
    if (parameter.name == own || parameter.name == "note") continue;
    sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                 "'" + directive.name + "' has no parameter '" + parameter.name + "'");
  }
  if (directive.name == "field") {
    if (text.empty()) sink_.Report(DiagnosticCode::kDirectiveMalformed, at, "A field has a value");
    ReportTagsIn(directive.value, &sink_);
    pieces->push_back(Text(text));
    return;
  }
  if (directive.name == "side") {
    Vector<std::string_view> known;
    for (const SideDeclaration& side : declarations_.sides) {
      known.push_back(side.id);
      if (side.id != text) continue;
      pieces->push_back(Text(setting.empty() ? side.label : setting));
      return;
    }
    Diagnostic& diagnostic =
        sink_.Report(DiagnosticCode::kRoleUnknown, at, "There is no side '" + text + "'");
    SuggestName(diagnostic, NearestName(text, known), at);
    return;
  }
  if (directive.name == "party") {
    const RoleDeclaration* role = declarations_.FindRole(text);
    if (role == nullptr) {
      Vector<std::string_view> known;
      for (const RoleDeclaration& each : declarations_.roles) known.push_back(each.id);
      Diagnostic& diagnostic =
          sink_.Report(DiagnosticCode::kRoleUnknown, at, "There is no role '" + text + "'");
      SuggestName(diagnostic, NearestName(text, known), at);
      return;
    }
    pieces->push_back(Text(setting.empty() ? role->label : setting));
    return;
  }
  String format = directive.name == "duration" ? "period" : directive.name;
  std::optional<values::Value> value;
  if (directive.name == "date") {
    if (auto date = values::Date::Parse(text)) value = values::Value::Of(*date);
    if (!value) sink_.Report(DiagnosticCode::kBadDate, at);
  } else if (directive.name == "money") {
    if (auto money = values::ParseMoney(text, setting)) value = values::Value::Of(*money);
    if (!value && !setting.empty() && !values::Currency::Parse(setting)) {
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kCurrencyUnknown, setting_at,
                                            "There is no currency '" + setting + "'");
      SuggestCurrency(diagnostic, setting, setting_at);
    } else if (!value) {
      sink_.Report(DiagnosticCode::kBadMoney, at).hint = "{{money: 500.00, currency=EUR}}";
    }
  } else {
    auto spelt = SpellDuration(text, setting, declarations_.locale);
    if (spelt) {
      pieces->push_back(Text(*spelt));
      return;
    }
    constexpr std::string_view kUnits[] = {"Y", "MO", "W", "D"};
    bool known = std::find(std::begin(kUnits), std::end(kUnits), setting) != std::end(kUnits);
    auto period = values::Period::Parse("P" + text + (setting == "MO" ? "M" : setting));
    if (known && period) value = values::Value::Of(*period);
    if (const std::string_view unit = UnitMeant(setting);
        !value && !unit.empty() && unit != setting) {
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kBadPeriod, setting_at,
                                            "There is no unit '" + setting + "'");
      diagnostic.hint = "Write " + String(unit) + "; the units are Y, MO, W, D, H, MIN and S.";
      diagnostic.fix = Fix{setting_at, String(unit)};
    } else if (!value) {
      sink_.Report(DiagnosticCode::kBadPeriod, at).hint =
          "{{duration: 30, unit=D}}; the units are Y, MO, W, D, H, MIN and S.";
    }
  }
  if (!value) return;
  auto shown = values::FormatValue(*value, *values::Format::Parse(format),
                                   *values::Locale::Find(declarations_.locale));
  if (!shown) {
    sink_.Report(DiagnosticCode::kBadMoney, at, shown.error().message());
    return;
  }
  pieces->push_back(Text(*shown));
}

// What is written out is printed alike in every contract, or in none.
void Compiler::CheckPrinted(const expression::Tree& tree, const values::Format& format,
                            ByteRange at) {
  constexpr int64_t kFuel = 10'000;  // what takes longer is left to those who print it
  auto program = expression::Lower(tree, {});
  if (!program) return;
  expression::Fuel fuel{kFuel};
  const expression::Outcome outcome = expression::Run(*program, expression::Bindings(0), fuel);
  std::optional<Error> problem = outcome.error;
  if (problem && problem->code() == ErrorCode::kExpressionFuel) return;
  if (outcome.IsValue() && format.kind != values::FormatKind::kWords) {  // whose words come later
    auto shown =
        values::FormatValue(outcome.value, format, *values::Locale::Find(declarations_.locale));
    if (!shown) problem = shown.error();
  }
  if (!problem) return;
  Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kBadConstant, at,
                                        "This can never be printed: " + String(problem->message()));
  if (problem->code() == ErrorCode::kValuesInexact) {
    diagnostic.hint = "Round it to what is printed: round(x, 2, 'half_up').";
  }
}

void Compiler::CompileValue(const Directive& directive, ByteRange whole, uint32_t place,
                            json::Array* pieces) {
  values::Format format;
  bool format_known = true;
  if (!directive.format.empty()) {
    auto parsed = values::Format::Parse(directive.format);
    format_known = parsed.has_value();
    if (parsed) {
      format = *parsed;
      const bool words = format.kind == values::FormatKind::kWords;
      says_words_ |= words;
      if (words && WordRules().empty()) {
        sink_.Report(DiagnosticCode::kLocaleUnknown, directive.format_range,
                     "There are no numbers in words for the locale '" + declarations_.locale + "'");
      }
    } else {
      constexpr std::string_view kNames[] = {"text",   "money",   "number", "percent", "date",
                                             "period", "ordinal", "list",   "upper",   "words"};
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kFormatUnknown, directive.format_range,
                                            "There is no format '" + directive.format + "'");
      Nearest nearest = NearestName(directive.format, kNames);
      if (nearest.name.empty()) {
        diagnostic.hint =
            "money, number(2), percent, date(long), period, ordinal, list(and), upper, words or "
            "text";
      } else {
        SuggestName(diagnostic, nearest, directive.format_range);
      }
    }
  }
  const size_t reported = sink_.diagnostics().size();
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
    if (type.kind == Kind::kList)
      diagnostic.hint = "Go through it: {{#each x in " + directive.value.text + "}}…{{/each}}";
    return;
  }
  if (tree->reads.empty() && sink_.diagnostics().size() == reported)
    CheckPrinted(*tree, format, directive.value.range);
  text_uses_.push_back({tree->reads, directive.value.range});
  facts_.values.push_back({tree, directive.value.range, place, loop_places_});
  Value value = One("expression", expression::ToJson(*tree));
  value.Set("format", Text(format.ToString()));
  pieces->push_back(One("value", std::move(value)));
}

}  // namespace countersign::compile
