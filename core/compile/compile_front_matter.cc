// Roles, fields, computed values, rules and the consent: the front matter as it is stored.
// Long because each part of it has its own form.
#include <algorithm>

#include "compile/compiler.h"
#include "compile/default_consent.h"
#include "compile/parser.h"
#include "expression/program.h"
#include "template/file_value.h"
#include "template/lock.h"
#include "template/template.h"
#include "values/locale.h"
#include "values/plain_json.h"

namespace countersign::compile {

using values::Kind;

Value Compiler::RolesJson() {
  json::Array items;
  for (const RoleDeclaration& role : declarations_.roles) {
    items.push_back(Value::Make({{"id", Text(role.id)},
                                 {"label", Text(role.label)},
                                 {"signs", Value::Bool(role.signs)},
                                 {"order", Value::Int(role.order)}}));
  }
  return Value::List(std::move(items));
}

// The names that an expression reads, but for the variables of its macros: `hidden` are those of
// the macros around it. The parser bounds the depth.
static void NamesIn(const Ast& ast, uint32_t at, Vector<std::string_view>* hidden,
                    Vector<std::string_view>* names) {
  const AstNode& node = ast.nodes[at];
  if (node.kind == AstKind::kName) {
    const bool absolute = node.text.starts_with('.');
    const std::string_view name = node.text.substr(absolute ? 1 : 0);
    if (absolute || std::ranges::find(*hidden, name) == hidden->end()) names->push_back(name);
    return;
  }
  const size_t around = hidden->size();
  const bool binds = node.kind == AstKind::kFold || node.kind == AstKind::kLet;
  for (size_t i = 0; i < node.count; ++i) {
    if (binds && i == 1) {
      hidden->push_back(node.text);
      if (!node.second.empty()) hidden->push_back(node.second);
    }
    NamesIn(ast, ast.Children(node)[i], hidden, names);
  }
  while (hidden->size() > around) hidden->pop_back();
}

Vector<String> Compiler::NamesIn(const String& expression) {
  const SourceFile scratch("", expression);
  DiagnosticSink quiet(scratch);
  const Ast ast = ParseExpression(Fragment{.text = scratch.text()}, &quiet);
  Vector<std::string_view> hidden, names;
  countersign::compile::NamesIn(ast, ast.root, &hidden, &names);
  return Vector<String>(names.begin(), names.end());
}

// Which other computed values an expression names.
Vector<size_t> Compiler::Mentions(const ComputedDeclaration& entry) {
  Vector<size_t> found;
  for (const String& name : NamesIn(entry.expression.text)) {
    auto it = computed_places_.find(name);
    if (it != computed_places_.end()) found.push_back(it->second);
  }
  return found;
}

// In an order in which each needs earlier ones only; a circle is reported once, with its path.
Vector<size_t> Compiler::ComputedOrder() {
  const auto& computed = declarations_.computed;
  for (size_t i = 0; i < computed.size(); ++i) computed_places_.emplace(computed[i].id, i);
  Vector<Vector<size_t>> needs;
  for (const ComputedDeclaration& entry : computed) needs.push_back(Mentions(entry));
  Vector<size_t> order;
  Vector<char> state(computed.size());  // 0 new, 1 open, 2 done
  for (size_t start = 0; start < computed.size(); ++start) {
    if (state[start] != 0) continue;
    Vector<OpenComputed> path = {{start, 0}};
    state[start] = 1;
    while (!path.empty()) {
      OpenComputed& top = path.back();
      if (top.next == needs[top.index].size()) {
        state[top.index] = 2;
        order.push_back(top.index);
        path.pop_back();
        continue;
      }
      size_t need = needs[top.index][top.next++];
      if (state[need] == 1) {
        ReportCycle(need, path);
      } else if (state[need] == 0) {
        state[need] = 1;
        path.push_back({need, 0});
      }
    }
  }
  return order;
}

void Compiler::ReportCycle(size_t need, const Vector<OpenComputed>& path) {
  const auto& computed = declarations_.computed;
  String text;
  bool inside = false;
  has_cycle_ = true;
  for (const OpenComputed& open : path) {
    inside = inside || open.index == need;
    if (inside) text += computed[open.index].id + " \xE2\x86\x92 ";
  }
  text += computed[need].id;
  sink_.Report(DiagnosticCode::kCycle, computed[need].at,
               "Computed values depend on each other in a circle: " + text);
}

Value Compiler::ComputedJson() {
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
    if (tree && sink_.HasErrors() && tree->type().kind == Kind::kDyn) {
      // reads the circle, or a field whose type was reported
    } else if (tree && !templates::IsFieldType(tree->type())) {
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

Value Compiler::FieldsJson() {
  json::Array items;
  size_t files = 0;
  facts_.fields.reserve(declarations_.fields.size());
  for (const FieldDeclaration& field : declarations_.fields) {
    FieldFact& fact = facts_.fields.emplace_back();
    fact.at = field.at;
    fact.domain.name = field.id;
    fact.domain.type = field.type;
    fact.has_default = field.Find("default") != nullptr;
    if (field.settled == FieldKind::kSign && field.role != nullptr) fact.signs = field.role->id;
    fact_places_.emplace(field.id, facts_.fields.size() - 1);
    if (field.settled == FieldKind::kFile && ++files == templates::kMaxFileFields + 1) {
      sink_.Report(DiagnosticCode::kTooManyUnits, field.at, "A template asks for at most 8 files");
    }
    items.push_back(FieldJson(field, &fact));
  }
  return Value::List(std::move(items));
}

void Compiler::SetText(const FieldDeclaration& field, std::string_view name, Value* json) {
  const SourceText* text = field.Find(name);
  if (text == nullptr || text->text.empty()) return;
  ReportTagsIn(*text, &sink_);
  json->Set(name, Text(text->text));
}

void Compiler::SetConstant(const FieldDeclaration& field, std::string_view name, FieldFact* fact,
                           Value* json) {
  const SourceText* text = field.Find(name);
  if (text == nullptr) return;
  auto value = declarations_.ReadConstant(*text, field.type);
  if (!value) return;
  if (auto bound = values::FromJson(*value, field.type)) {
    if (name != "default" && !values::Order(*bound, *bound)) {
      sink_.Report(DiagnosticCode::kValueInvalid, text->range,
                   "Values of the type " + field.type.ToString() +
                       " have no order: none is the smallest or the largest");
      return;
    }
    if (name == "min") fact->domain.min = *bound;
    if (name == "max") fact->domain.max = *bound;
  }
  json->Set(name, *std::move(value));
}

bool Compiler::ReadFlag(const FieldDeclaration& field, std::string_view name, bool fallback) {
  const SourceText* text = field.Find(name);
  if (text == nullptr) return fallback;
  if (text->text != "true" && text->text != "false") {
    SuggestTruth(sink_.Report(DiagnosticCode::kValueInvalid, text->range, "Either true or false"),
                 text->text, text->range);
  }
  return text->text == "true";
}

Value Compiler::FieldJson(const FieldDeclaration& field, FieldFact* fact) {
  Value json = One("id", Text(field.id));
  json.Set("kind", Text(document::BlankKindName(field.settled)));
  json.Set("type", Text(field.type.ToString()));
  if (field.role != nullptr) json.Set("role", Text(field.role->id));
  for (std::string_view name :
       {"help", "message", "placeholder", "autocomplete", "inputMode", "accept"}) {
    SetText(field, name, &json);
  }
  ReportTagsIn(*field.Find("label"), &sink_);
  String label = field.Find("label")->text;
  json.Set("label", Text(label.empty() ? field.id : label));
  CheckLimits(field);
  const bool is_list = field.type.kind == Kind::kList;
  const bool is_text = field.type.kind == Kind::kString;
  const bool is_file = field.settled == FieldKind::kFile;
  for (std::string_view name : {"min", "max", "default"}) {
    if (is_file) break;  // CheckLimits reported them
    if ((!is_list && !is_text) || name == "default") SetConstant(field, name, fact, &json);
  }
  if (is_list || is_text) SetLength(field, field.Find(is_list ? "max" : "maxLength"), fact, &json);
  CheckOrder(field, fact);
  if (!is_file) SetOptions(field, fact, &json);
  CheckDefault(field, *fact, json);
  if (ReadFlag(field, "sensitive", false)) json.Set("sensitive", Value::Bool(true));
  const SourceText* required = field.Find("required");
  bool fallback = field.settled != FieldKind::kCheck;
  if (required == nullptr || required->text == "true" || required->text == "false") {
    json.Set("required", Value::Bool(required == nullptr ? fallback : required->text == "true"));
  } else if (const expression::Tree* tree = CompileRule(*required, "required")) {
    json.Set("required", expression::ToJson(*tree));
    fact->required = tree;
    rule_uses_.push_back({&field, "required", {tree->reads, required->range}});
  }
  if (required != nullptr) {
    fact->required_at = required->range;
    fact->says_required = required->text == "true" || fact->required != nullptr;
    // A box that nobody ticks is false.
    fact->may_stay_open = field.settled != FieldKind::kCheck &&
                          (required->text == "false" || fact->required != nullptr);
  }
  for (std::string_view name : {"show", "check"}) {
    const SourceText* text = field.Find(name);
    if (text == nullptr) continue;
    const expression::Tree* tree = CompileRule(*text, name);
    if (tree == nullptr) continue;
    json.Set(name, expression::ToJson(*tree));
    if (name == "show") fact->show = tree;
    if (name == "check") CheckDefault(field, *tree, json);
    rule_uses_.push_back({&field, String(name), {tree->reads, text->range}});
  }
  if (const SourceText* text = field.Find("source")) {
    if (field.role != nullptr) {
      sink_.Report(DiagnosticCode::kFieldConflict, text->range,
                   "Only the sender's fields are filled from a record; '" + field.id +
                       "' is filled by " + field.role->label);
    } else if (auto tree = CompileIn(*text, declarations_.record, values::Type::Of(Kind::kDyn))) {
      CheckSource(field, *text, *tree, *fact);
      json.Set("source", expression::ToJson(*tree));
    }
  }
  return json;
}

// Whether what a record gives may become a value of the field, as prefill.cc fills it in: a text
// may be a date or an amount; what is of another kind never is.
static bool MayFill(const values::Type& found, const values::Type& wanted) {
  const auto one_of = [&found](std::initializer_list<Kind> kinds) {
    return std::ranges::find(kinds, found.kind) != kinds.end();
  };
  if (found.kind == Kind::kDyn) return true;
  switch (wanted.kind) {
    case Kind::kString:
      return one_of({Kind::kString, Kind::kDecimal, Kind::kDate, Kind::kPeriod, Kind::kTimestamp,
                     Kind::kDuration, Kind::kBytes});
    case Kind::kInt:
      return one_of({Kind::kInt, Kind::kUint});
    case Kind::kDecimal:
      return one_of({Kind::kDecimal, Kind::kString, Kind::kInt, Kind::kUint});
    case Kind::kMoney:
      if (found.kind == Kind::kMoney) {
        return found.currency == wanted.currency || found.currency.IsNone() ||
               wanted.currency.IsNone();
      }
      return one_of({Kind::kDecimal, Kind::kString, Kind::kInt, Kind::kUint});
    case Kind::kDate:
      return one_of({Kind::kDate, Kind::kString});
    case Kind::kPeriod:
      return one_of({Kind::kPeriod, Kind::kString});
    case Kind::kList:
      return found.kind == Kind::kList && MayFill(found.items[0], wanted.items[0]);
    case Kind::kRecord:
      return one_of({Kind::kRecord, Kind::kMap});
    default:
      return found.kind == wanted.kind;
  }
}

// The texts that it may give, where they are written out in it.
static void ConstantTexts(const expression::Tree& tree, const expression::Node& node,
                          Vector<String>* texts) {
  if (node.op == expression::Op::kLiteral && node.literal.Is(Kind::kString)) {
    texts->emplace_back(node.literal.string_value());
  } else if (node.op == expression::Op::kIf) {
    const auto children = tree.Children(node);
    ConstantTexts(tree, tree.nodes[children[1]], texts);
    ConstantTexts(tree, tree.nodes[children[2]], texts);
  }
}

// The currency that it writes out for an amount, "" where it does not.
static std::string_view CurrencyIn(const expression::Tree& tree, const expression::Node& node) {
  const auto children = tree.Children(node);
  const bool is_money = node.op == expression::Op::kCall && children.size() == 2 &&
                        node.function == expression::Function::kToMoney;
  if (!is_money) return {};
  const expression::Node& currency = tree.nodes[children[1]];
  const bool written =
      currency.op == expression::Op::kLiteral && currency.literal.Is(Kind::kString);
  return written ? currency.literal.string_value() : std::string_view();
}

// `source` may give only what the field can hold.
void Compiler::CheckSource(const FieldDeclaration& field, const SourceText& text,
                           const expression::Tree& tree, const FieldFact& fact) {
  const std::string_view currency = CurrencyIn(tree, tree.nodes.back());
  const bool of_another = !currency.empty() && field.type.kind == Kind::kMoney &&
                          !field.type.currency.IsNone() && currency != field.type.currency.Code();
  if (of_another || !MayFill(tree.type(), field.type)) {
    const String given =
        of_another ? "money(" + String(currency) + ")" : String(tree.type().ToString());
    sink_.Report(DiagnosticCode::kWrongType, text.range,
                 "This gives " + given + ", which no field of the type " + field.type.ToString() +
                     " can hold");
    return;
  }
  Vector<String> texts;
  ConstantTexts(tree, tree.nodes.back(), &texts);
  for (const String& given : texts) {
    const Kind kind = field.type.kind;
    const bool read = kind == Kind::kString || kind == Kind::kDate || kind == Kind::kPeriod ||
                      kind == Kind::kDecimal;
    if (!read) continue;
    auto value = values::FromJson(Value::String(given), field.type);
    const auto& options = fact.domain.options;
    const bool offered = value && (options.empty() || std::ranges::any_of(options, [&](auto& one) {
                                     return values::Equal(one, *value);
                                   }));
    if (offered) continue;
    Diagnostic& diagnostic =
        sink_.Report(DiagnosticCode::kValueInvalid, text.range,
                     "'" + given + "' is no answer to the field '" + field.id + "'");
    if (value) diagnostic.hint = "It is none of the field's options.";
  }
}

// HTML's `accept`: endings and media types, with commas between them.
static bool IsAccept(std::string_view text) {
  while (true) {
    const std::string_view one = text.substr(0, text.find(','));
    const size_t slash = one.find('/');
    const bool plain = std::ranges::all_of(one, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-' ||
             c == '+' || c == '*';
    });
    const bool good = one.size() > 1 && one.size() <= 100 &&
                      (one[0] == '.' ? slash == std::string_view::npos
                                     : slash != std::string_view::npos && slash > 0 &&
                                           slash + 1 < one.size() && one.rfind('/') == slash);
    if (!plain || !good) return false;
    if (one.size() == text.size()) return true;
    text.remove_prefix(one.size() + 1);
  }
}

// What a field of its type has no use for is told: nobody would keep to it.
void Compiler::CheckLimits(const FieldDeclaration& field) {
  const Kind kind = field.type.kind;
  if (kind == Kind::kDyn) return;  // was reported
  const auto refuse = [&](std::string_view name, std::string_view message, std::string_view hint) {
    const SourceText* text = field.Find(name);
    if (text != nullptr) {
      sink_.Report(DiagnosticCode::kValueInvalid, text->range, message).hint = hint;
    }
  };
  if (field.settled == FieldKind::kFile) {
    for (std::string_view name : {"min", "max", "maxLength", "default", "options", "placeholder",
                                  "autocomplete", "inputMode"}) {
      refuse(name, "A file has no '" + String(name) + "'",
             "check=\"" + field.id + ".size <= 1000000\" limits its bytes.");
    }
    if (field.options != nullptr) {
      sink_.Report(DiagnosticCode::kValueInvalid, field.options->range,
                   "There is nothing to choose");
    }
    const SourceText* accept = field.Find("accept");
    if (accept != nullptr && !IsAccept(accept->text)) {
      sink_
          .Report(DiagnosticCode::kValueInvalid, accept->range,
                  "This does not say which files are offered")
          .hint = "accept=\"image/*,application/pdf\" or accept=\".pdf\"";
    }
    return;
  }
  refuse("accept", "Only a file says what is offered to pick", "{{file: idCard, role=customer}}");
  if (kind == Kind::kList) {
    refuse("min", "Nothing keeps to the least number of items of a list",
           "A validation says so: { check: \"size(" + field.id + ") >= 2\", message: … }");
  }
  if (kind == Kind::kString) {
    for (std::string_view name : {"min", "max"}) {
      refuse(name, "A text has no least or most: it would be one of the alphabet",
             "maxLength limits its length; check=\"size(" + field.id + ") >= 3\" does the rest.");
    }
  } else {
    refuse("maxLength", "Only a text has a length",
           kind == Kind::kList ? "The number of items is limited with max." : "");
  }
  if (kind != Kind::kMoney) refuse("currency", "Only an amount has a currency", "type: money");
}

// The longest that a text or a list may be.
void Compiler::SetLength(const FieldDeclaration& field, const SourceText* text, FieldFact* fact,
                         Value* json) {
  if (text == nullptr) return;
  bool is_list = field.type.kind == Kind::kList;
  int64_t longest = is_list ? int64_t{templates::kMaxRepeats} : templates::kDefaultMaxLength;
  auto number = values::Decimal::Parse(text->text);
  auto length = number ? number->ToInt() : Result<int64_t>(number.error());
  if (!length || *length < 1 || *length > longest) {
    sink_.Report(DiagnosticCode::kValueInvalid, text->range,
                 is_list ? "A list has at most so many items: a whole number from 1 to 1000"
                         : "A length is a whole number from 1 to 10000");
    return;
  }
  json->Set("maxLength", Value::Int(*length));
  fact->domain.max_length = static_cast<uint32_t>(*length);
}

// Limits that leave nothing to answer.
void Compiler::CheckOrder(const FieldDeclaration& field, FieldFact* fact) {
  Domain& domain = fact->domain;
  if (!domain.min || !domain.max) return;
  auto order = values::Order(*domain.min, *domain.max);
  if (order && *order <= 0) return;
  sink_.Report(DiagnosticCode::kValueInvalid, field.Find("max")->range,
               "The largest value is smaller than the smallest: nobody could answer");
  domain.min = domain.max = std::nullopt;
}

// The limits of a field as the field of a template; without its options.
static templates::Field RuleOf(const values::Type& type, const Domain& domain) {
  templates::Field rule;
  rule.type = type;
  rule.min = domain.min;
  rule.max = domain.max;
  rule.max_length = domain.max_length;
  return rule;
}

void Compiler::SetOptions(const FieldDeclaration& field, FieldFact* fact, Value* json) {
  Vector<std::pair<SourceText, String>> options;
  const SourceText* text = field.options == nullptr ? field.Find("options") : nullptr;
  if (field.options != nullptr && field.options->kind == YamlKind::kList) {
    for (const YamlNode& item : field.options->items)
      options.emplace_back(FromYaml(item), item.text);
  } else if (field.options != nullptr) {
    for (size_t i = 0; i + 1 < field.options->items.size(); i += 2) {
      options.emplace_back(FromYaml(field.options->items[i]), field.options->items[i + 1].text);
      ReportTagsIn(FromYaml(field.options->items[i + 1]), &sink_);
    }
  } else if (text != nullptr) {
    for (size_t i = 0; i <= text->text.size();) {
      size_t end = std::min(text->text.find('|', i), text->text.size());
      size_t first = i, last = end;
      while (first < last && text->text[first] == ' ') ++first;
      while (last > first && text->text[last - 1] == ' ') --last;
      SourceText value = text->Part(first, last);
      options.emplace_back(value, value.text);
      i = end + 1;
    }
    if (options.size() == 1 && text->text.find(',') != String::npos) {
      String meant;
      for (size_t i = 0; i < text->text.size(); ++i) {
        meant += text->text[i] == ',' ? '|' : text->text[i];
        while (text->text[i] == ',' && text->text.substr(i + 1, 1) == " ") ++i;
      }
      sink_
          .Report(DiagnosticCode::kValueDoubtful, text->range,
                  "This is one option, with a comma in it: there would be nothing to choose")
          .hint = "A bar stands between options: options=\"" + meant + "\"";
    }
  }
  if (options.empty()) {
    if (field.options != nullptr) {
      sink_.Report(DiagnosticCode::kValueInvalid, field.options->range,
                   "There is nothing to choose");
    }
    return;
  }
  json::Array items;
  const bool is_list = field.type.kind == Kind::kList;
  const values::Type& type = is_list ? field.type.items[0] : field.type;
  // How many items a list has says nothing of each.
  const templates::Field rule = RuleOf(type, is_list ? Domain() : fact->domain);
  for (const auto& [value, label] : options) {
    if (value.text.empty()) {
      sink_.Report(DiagnosticCode::kValueInvalid, value.range, "An option is empty").hint =
          "Take it away; who need not choose leaves the field empty: required: false.";
      continue;
    }
    ReportTagsIn(value, &sink_);
    auto constant = declarations_.ReadConstant(value, type);
    if (!constant) continue;
    if (auto option = values::FromJson(*constant, type)) {
      auto& known = fact->domain.options;
      constexpr size_t kMaxCompared = 1'000;  // that each option is compared with
      const auto end = known.begin() + static_cast<long>(std::min(known.size(), kMaxCompared));
      if (std::any_of(known.begin(), end,
                      [&](const values::Value& other) { return values::Equal(other, *option); })) {
        sink_.Report(DiagnosticCode::kValueInvalid, value.range,
                     "The option '" + value.text + "' comes twice");
        continue;
      }
      if (auto checked = templates::CheckValue(rule, *option); !checked) {
        sink_.Report(
            DiagnosticCode::kValueInvalid, value.range,
            "Nobody could choose '" + value.text + "': " + String(checked.error().message()));
      }
      known.push_back(*option);
    }
    String shown = label.empty() ? value.text : label;
    items.push_back(Value::Make({{"value", Text(value.text)}, {"label", Text(shown)}}));
  }
  json->Set("options", Value::List(std::move(items)));
}

// What the template begins with must be an answer, by the rule that answers are held to.
void Compiler::CheckDefault(const FieldDeclaration& field, const FieldFact& fact,
                            const Value& json) {
  const Value* plain = json.Find("default");
  auto value = plain != nullptr ? values::FromJson(*plain, field.type)
                                : Result<values::Value>(ErrorCode::kFieldRequired);
  if (!value) return;  // there is none, or it was reported
  templates::Field rule = RuleOf(field.type, fact.domain);
  if (const Value* options = json.Find("options")) {
    for (const Value& option : options->items()) {
      rule.options.push_back({.value = option.Find("value")->string_value(),
                              .label = option.Find("label")->string_value()});
    }
  }
  if (auto checked = templates::CheckValue(rule, *value); !checked) {
    sink_.Report(DiagnosticCode::kValueInvalid, field.Find("default")->range,
                 "The default is no answer to its own field: " + String(checked.error().message()));
  }
}

// The same by the field's own check. An empty text is no answer yet.
void Compiler::CheckDefault(const FieldDeclaration& field, const expression::Tree& check,
                            const Value& json) {
  const Value* plain = json.Find("default");
  auto value = plain != nullptr ? values::FromJson(*plain, field.type)
                                : Result<values::Value>(ErrorCode::kFieldRequired);
  if (!value || check.reads != Vector<String>{field.id}) return;
  if (value->Is(Kind::kString) && value->string_value().empty()) return;
  const Vector<String> names = {field.id};
  auto program = expression::Lower(check, expression::SlotsOf(names));
  if (!program) return;
  expression::Bindings bindings(1);
  bindings.Set(0, *value);
  expression::Fuel fuel{10'000};
  if (!expression::Run(*program, bindings, fuel).IsFalse()) return;
  sink_
      .Report(DiagnosticCode::kValueInvalid, field.Find("default")->range,
              "The default is no answer to its own field: it does not pass the field's check")
      .related.push_back({sink_.file().Locate(field.Find("check")->range), "the check"});
}

Value Compiler::ValidationsJson() {
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
    Value json = One("id", Text("v" + NumberText(items.size() + 1)));
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
                 (!document::IsId(value.text) || value.text.find('.') != String::npos)) {
        sink_.Report(DiagnosticCode::kIdInvalid, value.range);
      } else if (key.text == "level" && value.text != "error" && value.text != "warning") {
        sink_.Report(DiagnosticCode::kValueInvalid, value.range, "Either error or warning");
      } else if (key.text == "field" && declarations_.FindField(value.text) == nullptr) {
        sink_.Report(DiagnosticCode::kUnknownName, value.range,
                     "There is no field '" + value.text + "'");
      } else {
        if (key.text == "message") ReportTagsIn(FromYaml(value), &sink_);
        json.Set(key.text, Text(value.text));
      }
    }
    for (std::string_view key : {"check", "message"}) {
      if (node.Find(key) != nullptr) continue;
      sink_.Report(DiagnosticCode::kKeyMissing, node.range,
                   "A validation needs '" + String(key) + "'");
    }
    items.push_back(std::move(json));
  }
  return Value::List(std::move(items));
}

Value Compiler::WorkflowJson() {
  Value json = Value::Make({});
  if (declarations_.expires) json.Set("expires", Text(*declarations_.expires));
  return json;
}

Value Compiler::ApprovalsJson() {
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

// Of the template's locale; "" where there are none.
std::string_view Compiler::WordRules() const {
  const auto locale = values::Locale::Find(declarations_.locale);
  return locale ? values::WordRules(locale->tag()) : std::string_view();
}

Value Compiler::ConsentJson() {
  const YamlNode* node = declarations_.consent;
  if (node == nullptr) return DefaultConsent();
  constexpr std::string_view kKeys[] = {"id", "version", "locale", "summary", "slots"};
  Value json = One("locale", Text(declarations_.locale));
  for (size_t i = 0; i + 1 < node->items.size(); i += 2) {
    const YamlNode& key = node->items[i];
    if (std::find(std::begin(kKeys), std::end(kKeys), key.text) == std::end(kKeys)) {
      declarations_.ReportUnknownKey(key, kKeys);
    } else if (key.text != "slots") {
      if (key.text == "summary") ReportTagsIn(FromYaml(node->items[i + 1]), &sink_);
      json.Set(key.text, Text(node->items[i + 1].text));
    }
  }
  for (std::string_view key : {"id", "version", "summary", "slots"}) {
    if (node->Find(key) != nullptr) continue;
    sink_.Report(DiagnosticCode::kKeyMissing, node->range,
                 "The consent needs '" + String(key) + "'");
  }
  Value slots = Value::Make({});
  const YamlNode* texts = node->Find("slots");
  for (size_t i = 0; texts != nullptr && i + 1 < texts->items.size(); i += 2) {
    bool known = std::find(std::begin(templates::kConsentSlots), std::end(templates::kConsentSlots),
                           texts->items[i].text) != std::end(templates::kConsentSlots);
    if (!known) declarations_.ReportUnknownKey(texts->items[i], templates::kConsentSlots);
    if (known) ReportTagsIn(FromYaml(texts->items[i + 1]), &sink_);
    if (known) slots.Set(texts->items[i].text, Text(texts->items[i + 1].text));
  }
  for (std::string_view name : templates::kConsentSlots) {
    const YamlNode* text = texts != nullptr ? texts->Find(name) : nullptr;
    if (texts == nullptr || (text != nullptr && !text->text.empty())) continue;
    sink_.Report(DiagnosticCode::kKeyMissing, texts->range,
                 "The disclosure needs the part '" + String(name) + "'");
  }
  json.Set("slots", std::move(slots));
  return json;
}

}  // namespace countersign::compile
