// The questions of a LegalDown template: how they are declared, and what answers them.
#include <algorithm>

#include "compile/declarations.h"
#include "compile/duration.h"
#include "legaldown/document.h"
#include "values/date.h"
#include "values/decimal.h"
#include "values/money.h"

namespace countersign::legaldown {
namespace {

constexpr size_t kMaxChoices = 100;

bool IsScalar(const YamlNode* node) { return node != nullptr && node->kind == YamlKind::kScalar; }
bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         values::Decimal::Parse(text).has_value();
}
// A text that YAML does not take for a number.
bool IsAmount(const YamlNode* node) {
  return IsScalar(node) && node->quoted && IsNumber(node->text);
}
bool IsPositive(const YamlNode* node) {
  return IsScalar(node) && IsNumber(node->text) &&
         node->text.find_first_of("123456789") != String::npos;
}
bool IsUnit(std::string_view unit) {
  constexpr std::string_view kUnits[] = {"S", "MIN", "H", "D", "W", "MO", "Y"};
  return std::find(std::begin(kUnits), std::end(kUnits), unit) != std::end(kUnits);
}

class Reader {
 public:
  Reader(const YamlNode& node, DiagnosticSink* sink) : node_(node), sink_(sink) {}

  Vector<Question> Read() {
    if (node_.kind != YamlKind::kMap) {
      Say(node_.range, "Questions are a map: each has an id, and a type below it");
      return {};
    }
    Vector<Question> questions;
    for (size_t i = 0; i + 1 < node_.items.size(); i += 2) {
      if (questions.size() == templates::kMaxFields) {
        Say(node_.items[i].range, "A template asks at most 1,000 questions");
        break;
      }
      const YamlNode& key = node_.items[i];
      const YamlNode& value = node_.items[i + 1];
      Question question{.id = key.text, .prompt = {}, .at = key.range, .choices = {}};
      if (!IsIdentifier(key.text)) {
        Say(key.range,
            "A question's id is a lower-case letter followed by lower-case letters, "
            "digits and hyphens");
      } else if (IsYamlWord(key.text)) {
        Say(key.range, "YAML does not read '" + key.text + "' as a name everywhere");
      }
      const YamlNode* type = value.Find("type");
      auto known = IsScalar(type) ? ParseQuestionType(type->text) : std::nullopt;
      if (!known) {
        Say(IsScalar(type) ? type->range : key.range,
            "A question's type is text, date, money, duration, boolean or choice");
      }
      question.type = known.value_or(QuestionType::kText);
      if (IsScalar(value.Find("prompt"))) question.prompt = value.Find("prompt")->text;
      question.fallback = value.Find("default");
      ReadChoices(value.Find("choices"), &question);
      if (known) questions.push_back(std::move(question));
    }
    return questions;
  }

 private:
  void Say(ByteRange range, std::string_view message) {
    if (sink_ != nullptr) Report(Rule::kQuestionInvalid, range, sink_, message);
  }

  void ReadChoices(const YamlNode* node, Question* question) {
    if (question->type != QuestionType::kChoice) {
      if (node != nullptr) Say(node->range, "Only a question of type choice has choices");
      return;
    }
    if (node == nullptr || node->kind != YamlKind::kMap || node->items.size() < 4) {
      Say(question->at, "A choice has two answers or more: choices, a map of ids and labels");
    }
    if (node == nullptr || node->kind != YamlKind::kMap) return;
    for (size_t i = 0; i + 1 < node->items.size(); i += 2) {
      if (question->choices.size() == kMaxChoices) {
        Say(node->items[i].range, "A choice has at most 100 answers");
        break;
      }
      const YamlNode& id = node->items[i];
      const YamlNode& label = node->items[i + 1];
      if (!IsIdentifier(id.text) || IsYamlWord(id.text)) {
        Say(id.range,
            "An answer's id is a lower-case letter followed by lower-case letters, "
            "digits and hyphens, and no word for a truth");
      }
      if (!IsScalar(&label) || TrimSpaces(label.text).empty())
        Say(id.range, "The answer '" + id.text + "' has no label");
      question->choices.push_back({id.text, label.text});
    }
  }

  const YamlNode& node_;
  DiagnosticSink* sink_;
};

}  // namespace

Vector<Question> ReadQuestions(const YamlNode& node, DiagnosticSink* sink) {
  return Reader(node, sink).Read();
}

bool IsYamlWord(std::string_view text) {
  constexpr std::string_view kWords[] = {"y",   "n",    "yes",   "no",  "on",
                                         "off", "true", "false", "null"};
  return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

bool IsFlow(const YamlNode& node, std::string_view file) {
  if (node.kind == YamlKind::kScalar) return false;
  const char first = node.range.begin < file.size() ? file[node.range.begin] : ' ';
  return first == '{' || first == '[' ||
         std::ranges::any_of(node.items, [&](const YamlNode& item) { return IsFlow(item, file); });
}

bool IsAnswer(const Question& question, const YamlNode& answer, const Blank* blank) {
  // Of a map the part of that name, else nothing; a unit or currency must be that of the places.
  const bool is_map = answer.kind == YamlKind::kMap;
  const bool fixed = blank != nullptr && !blank->fixed.empty() && blank->all_fix;
  const auto fits = [&](const YamlNode* unit) {
    return blank == nullptr || blank->fixed.empty() || blank->fixed == unit->text;
  };
  switch (question.type) {
    case QuestionType::kText:
      return IsScalar(&answer) && !answer.text.empty() &&
             answer.text.find_first_of("\r\n") == String::npos &&
             std::string_view(" \t").find(answer.text.front()) == std::string_view::npos &&
             std::string_view(" \t").find(answer.text.back()) == std::string_view::npos &&
             (blank == nullptr || !blank->in_front || answer.text.find("{{") == String::npos);
    case QuestionType::kDate:
      return IsScalar(&answer) && values::Date::Parse(answer.text).has_value();
    case QuestionType::kMoney: {
      if (!is_map) return fixed && IsAmount(&answer);
      const YamlNode* currency = answer.Find("currency");
      return IsAmount(answer.Find("amount")) && IsScalar(currency) &&
             values::Currency::Parse(currency->text).has_value() && fits(currency);
    }
    case QuestionType::kDuration: {
      if (!is_map) return fixed && IsPositive(&answer);
      const YamlNode* unit = answer.Find("unit");
      return IsPositive(answer.Find("value")) && IsScalar(unit) && IsUnit(unit->text) && fits(unit);
    }
    case QuestionType::kBoolean:
      return IsScalar(&answer) && !answer.quoted &&
             (answer.text == "true" || answer.text == "false");
    case QuestionType::kChoice: {
      const Vector<String> all = question.Answers();
      return IsScalar(&answer) && std::ranges::find(all, answer.text) != all.end();
    }
  }
  return false;
}

std::optional<Directive> PlaceholderIn(std::string_view text) {
  SourceFile scratch("", String(text));
  DiagnosticSink quiet(scratch);
  const Scan scan = ReadScan({0, static_cast<uint32_t>(text.size())}, &quiet);
  if (quiet.HasErrors() || scan.blocks.size() != 1 || scan.blocks[0].directives.size() != 1)
    return std::nullopt;
  const Directive& directive = scan.blocks[0].directives[0];
  const bool whole = directive.range.begin == 0 && directive.range.end == text.size();
  return whole && directive.name == "placeholder" ? std::optional(directive) : std::nullopt;
}

// Some words mean something in expressions.
String FieldOf(std::string_view id) {
  const String name = compile::FieldOfPlaceholder(id);
  return compile::IsReservedName(name) ? name + "_" : name;
}

std::optional<String> PeriodOf(std::string_view number, std::string_view unit) {
  const bool counts = unit == "Y" || unit == "MO" || unit == "W" || unit == "D";
  if (!counts || number.find('.') != std::string_view::npos) return std::nullopt;
  return "P" + String(number) + (unit == "MO" ? 'M' : unit[0]);
}
String DurationOf(std::string_view number, std::string_view unit, std::string_view locale) {
  return compile::SpellDuration(number, unit, locale).value_or(String(number) + " " + String(unit));
}

static bool IsCount(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

json::Value ValuesOf(const LegalDownDocument& document, const json::Value& answers) {
  if (!answers.is_object()) return answers;
  json::Value values = json::Value::Make({});
  for (const json::Member& member : answers.members()) {
    const auto it = std::ranges::find_if(
        document.questions, [&](const LegalDownQuestion& each) { return each.id == member.name; });
    if (it == document.questions.end()) {
      values.Set(member.name, member.value);
      continue;
    }
    // A blank of the front matter alone, an address for instance, is printed nowhere.
    const auto& contract = document.compilation.contract;
    if (contract && contract->FindField(it->field) == nullptr) continue;
    json::Value value = member.value;
    const auto part = [&](std::string_view name) {
      const json::Value* found = value.Find(name);
      if (found == nullptr && name != "unit" && name != "currency") found = &value;
      return found == nullptr     ? it->fixed
             : found->is_string() ? String(found->string_value())
             : found->is_int()    ? NumberText(found->int_value())
                                  : String();
    };
    if (it->is_money && (value.is_string() || value.is_object())) {
      value = json::Value::List(
          {json::Value::String(part("amount")), json::Value::String(part("currency"))});
    } else if (it->is_duration && (value.is_int() || value.is_object() ||
                                   (value.is_string() && IsCount(value.string_value())))) {
      const String number = part("value"), unit = part("unit");
      const auto period = PeriodOf(number, unit);
      value = json::Value::String(it->is_text || !period ? DurationOf(number, unit, document.locale)
                                                         : *period);
    }
    values.Set(it->field, std::move(value));
  }
  return values;
}

}  // namespace countersign::legaldown
