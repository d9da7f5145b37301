// Tags: printed values, places to fill, references.
#include <algorithm>

#include "compile/compiler.h"
#include "values/format.h"

namespace countersign::compile {

using values::Kind;

namespace {

struct LaterDirective {
  std::string_view name, hint;
};
constexpr LaterDirective kLater[] = {
    {"side", "Write the name, or {{= field }}."},
    {"placeholder", "Declare a field and write {{= field }}."},
    {"choose", "Write one paragraph for each choice, with {when=\"…\"}."},
    {"attach", "Attachments come in a later version."},
    {"file", "Attachments come in a later version."},
};
// LegalDown's values that are written out: a date, an amount, a period, a party.
constexpr std::string_view kLiterals[] = {"date", "money", "duration", "party"};
bool IsLiteral(std::string_view name) {
  return std::find(std::begin(kLiterals), std::end(kLiterals), name) != std::end(kLiterals);
}
constexpr std::string_view kKnownDirectives[] = {
    "date",  "money", "duration", "party", "sign", "initial", "signdate",
    "check", "input", "select",   "ref",   "def",  "term",    "include",
    "#if",   "#elif", "#else",    "#each", "/if",  "/each"};
constexpr std::string_view kBlockForms[] = {"#if", "#elif", "#else", "/if", "#each", "/each"};

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
    bool is_text = directive && (directive->name == "=" || directive->name == "ref" ||
                                 directive->name == "def" || directive->name == "term" ||
                                 IsLiteral(directive->name));
    if (!directive || is_text) continue;
    auto known =
        std::find(std::begin(kFieldDirectives), std::end(kFieldDirectives), directive->name);
    if (known != std::end(kFieldDirectives)) continue;
    ReportDirective(*directive);
    directive.reset();
  }
}

void Compiler::ReportDirective(const Directive& directive) {
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
    pieces->push_back(One("ref", Text(directive.value.text)));
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

// {{date: 2026-07-01}}, {{money: 500.00, currency=EUR}}, {{duration: 30, unit=D}} are printed as
// the locale writes them; {{party: customer}} is the role's label, or the one it is given.
void Compiler::CompileLiteral(const Directive& directive, json::Array* pieces) {
  const String& text = directive.value.text;
  ByteRange at = text.empty() ? directive.name_range : directive.value.range;
  std::string_view own = directive.name == "money"      ? "currency"
                         : directive.name == "duration" ? "unit"
                         : directive.name == "party"    ? "label"
                                                        : "";
  String setting;
  for (const Parameter& parameter : directive.parameters) {
    if (!own.empty() && parameter.name == own) setting = parameter.value.text;
    if (parameter.name == own || parameter.name == "note") continue;
    sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                 "'" + directive.name + "' has no parameter '" + parameter.name + "'");
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
    if (!value) {
      sink_.Report(DiagnosticCode::kBadMoney, at).hint = "{{money: 500.00, currency=EUR}}";
    }
  } else {
    constexpr std::string_view kUnits[] = {"Y", "MO", "W", "D"};
    bool known = std::find(std::begin(kUnits), std::end(kUnits), setting) != std::end(kUnits);
    auto period = values::Period::Parse("P" + text + (setting == "MO" ? "M" : setting));
    if (known && period) value = values::Value::Of(*period);
    if (!value) {
      sink_.Report(DiagnosticCode::kBadPeriod, at).hint =
          "{{duration: 30, unit=D}}; the units are Y, MO, W and D. Write hours and minutes as "
          "words.";
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

void Compiler::CompileValue(const Directive& directive, ByteRange whole, uint32_t place,
                            json::Array* pieces) {
  values::Format format;
  bool format_known = true;
  if (!directive.format.empty()) {
    auto parsed = values::Format::Parse(directive.format);
    format_known = parsed.has_value();
    if (parsed) {
      format = *parsed;
      auto locale = values::Locale::Find(declarations_.locale);
      if (format.kind == values::FormatKind::kWords && locale && locale->word_rules().empty()) {
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
  facts_.values.push_back({tree, directive.value.range, place});
  pieces->push_back(One("value", Value::Make({{"expression", expression::ToJson(*tree)},
                                              {"format", Text(format.ToString())}})));
}

}  // namespace countersign::compile
