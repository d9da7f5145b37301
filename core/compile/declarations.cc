// Long because it knows every key of the front matter.
#include "compile/declarations.h"

#include <algorithm>
#include <unordered_set>

#include "template/file_value.h"
#include "template/template.h"
#include "values/locale.h"
#include "values/plain_json.h"

namespace countersign::compile {
namespace {

using values::Kind;

constexpr std::string_view kTopKeys[] = {
    "template", "version",  "title",       "locale",    "numbering", "bullets",  "roles",  "sides",
    "fields",   "computed", "validations", "approvals", "routing",   "workflow", "consent"};
constexpr std::string_view kRoleKeys[] = {"label", "signs", "order"};
constexpr std::string_view kFieldKeys[] = {
    "type",      "role",     "label",   "help",        "message",      "required",
    "show",      "check",    "source",  "options",     "min",          "max",
    "maxLength", "currency", "default", "placeholder", "autocomplete", "inputMode",
    "sensitive", "accept",   "of",      "fields"};
constexpr std::string_view kComputedKeys[] = {"value", "label"};
constexpr std::string_view kWorkflowKeys[] = {"expires"};
constexpr std::string_view kLaterWorkflowKeys[] = {"reminders", "retention", "autoArchive"};

// Words of the expression language (cel-spec langdef.md), and the record that `source` reads.
constexpr std::string_view kReservedNames[] = {
    "crm",      "true",      "false",  "null",     "in",   "as",     "break", "const",
    "continue", "else",      "for",    "function", "if",   "import", "let",   "loop",
    "package",  "namespace", "return", "var",      "void", "while"};

constexpr std::string_view kPlaceholderTypes[] = {"string", "date", "money", "period"};

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether the formats of the language are those of the country: nobody need be told.
bool IsUsualCountry(std::string_view locale) {
  constexpr std::string_view kUsual[] = {"de-DE", "en-US", "es-ES", "fr-FR", "it-IT",
                                         "nl-NL", "pl-PL", "pt-BR", "sv-SE"};
  return std::ranges::any_of(kUsual, [locale](std::string_view usual) {
    return std::ranges::equal(usual, locale, [](char a, char b) {
      return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b) ||
             (a >= 'a' && a <= 'z' && a - 'a' + 'A' == b);
    });
  });
}

// "There are de, de-AT …".
String AllLocales() {
  String text = "There are";
  for (size_t k = 0; !values::LocaleTag(k).empty(); ++k) {
    text += (k == 0 ? " " : ", ") + String(values::LocaleTag(k));
  }
  return text + ".";
}

// de_DE is de-DE, and german is de.
void SuggestLocale(Diagnostic& diagnostic, std::string_view written, ByteRange at) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"english", "en"},  {"german", "de"},     {"deutsch", "de"},    {"french", "fr"},
      {"francais", "fr"}, {"spanish", "es"},    {"espanol", "es"},    {"italian", "it"},
      {"italiano", "it"}, {"dutch", "nl"},      {"nederlands", "nl"}, {"polish", "pl"},
      {"polski", "pl"},   {"portuguese", "pt"}, {"swedish", "sv"},    {"svenska", "sv"},
      {"us", "en"},       {"uk", "en-GB"},      {"gb", "en-GB"},      {"at", "de-AT"},
      {"ch", "de-CH"}};
  String meant(written.substr(0, written.find('.')));  // en_US.UTF-8
  std::replace(meant.begin(), meant.end(), '_', '-');
  String lower = meant;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const auto& [name, tag] : kNames) {
    if (name == lower) meant = tag;
  }
  diagnostic.hint = AllLocales();
  if (meant == written || !values::Locale::Find(meant)) return;
  diagnostic.hint = "Write " + meant + ". " + diagnostic.hint;
  diagnostic.fix = Fix{at, meant};
}

bool IsFieldId(std::string_view id) {
  return id.size() <= 64 && document::IsId(id) && id.find('.') == std::string_view::npos;
}

}  // namespace

bool IsReservedName(std::string_view name) { return Contains(kReservedNames, name); }

// Expressions would read '-' as a subtraction.
String FieldOfPlaceholder(std::string_view id) {
  String name(id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

namespace {

// "unitPrice" -> "Unit price".
String Humanise(std::string_view id) {
  String text;
  for (char c : id) {
    bool upper = c >= 'A' && c <= 'Z';
    if (c == '_' || c == '-') {
      text += ' ';
    } else if (upper && !text.empty()) {
      text += ' ';
      text += static_cast<char>(c - 'A' + 'a');
    } else {
      text += c;
    }
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace

std::string_view MarkLabel(FieldKind kind, std::string_view locale) {
  struct Words {
    std::string_view language, signature, initials, date;
  };
  constexpr Words kWords[] = {
      {"en", "Signature", "Initials", "Date"},     {"de", "Unterschrift", "Initialen", "Datum"},
      {"es", "Firma", "Iniciales", "Fecha"},       {"fr", "Signature", "Initiales", "Date"},
      {"it", "Firma", "Iniziali", "Data"},         {"nl", "Handtekening", "Paraaf", "Datum"},
      {"pl", "Podpis", "Inicja\xC5\x82y", "Data"}, {"pt", "Assinatura", "Iniciais", "Data"},
      {"sv", "Underskrift", "Initialer", "Datum"}};
  const auto found = values::Locale::Find(locale);
  const std::string_view tag = found ? found->tag() : std::string_view("en");
  const Words* words = kWords;
  for (const Words& each : kWords) {
    if (tag.substr(0, tag.find('-')) == each.language) words = &each;
  }
  return kind == FieldKind::kInitial    ? words->initials
         : kind == FieldKind::kSignDate ? words->date
                                        : words->signature;
}

std::span<const std::string_view> KnownKeys(KeyPlace place) {
  constexpr std::span<const std::string_view> kKeys[] = {kTopKeys, kRoleKeys, kFieldKeys,
                                                         kComputedKeys, kWorkflowKeys};
  return kKeys[static_cast<size_t>(place)];
}

const SourceText* FieldDeclaration::Find(std::string_view name) const {
  for (const auto& [key, value] : settings) {
    if (key == name) return &value;
  }
  return nullptr;
}

FieldDeclaration* Declarations::FindField(std::string_view name) {
  for (FieldDeclaration& field : fields) {
    if (field.id == name) return &field;
  }
  return nullptr;
}

const RoleDeclaration* Declarations::FindRole(std::string_view name) const {
  for (const RoleDeclaration& role : roles) {
    if (role.id == name) return &role;
  }
  return nullptr;
}

bool Declarations::CheckName(std::string_view name, ByteRange at) {
  if (name.find('-') == std::string_view::npos) return CheckId(name, at);
  String better(name);
  std::replace(better.begin(), better.end(), '-', '_');
  Diagnostic& diagnostic =
      sink_->Report(DiagnosticCode::kIdInvalid, at,
                    "An expression would read '" + String(name) + "' as a subtraction");
  diagnostic.hint = "Write " + better + " here and wherever the name is used.";
  return false;
}

bool Declarations::CheckRoom(size_t count, ByteRange at) {
  if (count < templates::kMaxFields) return true;
  if (!full_)
    sink_->Report(DiagnosticCode::kTooManyUnits, at,
                  "A template has at most 1,000 fields and 1,000 computed values");
  full_ = true;
  return false;
}

bool Declarations::CheckId(std::string_view name, ByteRange at) {
  if (!IsFieldId(name)) {
    sink_->Report(DiagnosticCode::kIdInvalid, at);
    return false;
  }
  if (Contains(kReservedNames, name)) {
    sink_
        ->Report(DiagnosticCode::kIdTwice, at,
                 "The name '" + String(name) + "' is taken: expressions have it already")
        .hint = "Take a longer name.";
    return false;
  }
  std::optional<ByteRange> first;
  if (const FieldDeclaration* field = FindField(name)) first = field->at;
  for (const ComputedDeclaration& other : computed) {
    if (other.id == name) first = other.at;
  }
  if (!first) return true;
  sink_->Report(DiagnosticCode::kIdTwice, at, "The name '" + String(name) + "' is taken")
      .related.push_back({sink_->file().Locate(*first), "the first one"});
  return false;
}

void Declarations::ReportUnknownKey(const YamlNode& key, std::span<const std::string_view> known) {
  Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kKeyUnknown, key.range,
                                         "The key '" + key.text + "' is not known here");
  // As it is called elsewhere.
  constexpr std::pair<std::string_view, std::string_view> kMeant[] = {
      {"if", "check"},       {"condition", "check"},  {"rule", "check"},      {"assert", "check"},
      {"text", "message"},   {"error", "message"},    {"name", "label"},      {"title", "label"},
      {"hint", "help"},      {"description", "help"}, {"choices", "options"}, {"enum", "options"},
      {"values", "options"}, {"visible", "show"},     {"when", "show"},       {"items", "of"},
      {"minimum", "min"},    {"maximum", "max"}};
  for (const auto& [other, ours] : kMeant) {
    if (key.text != other || !Contains(known, ours)) continue;
    diagnostic.hint = "That is called '" + String(ours) + "' here";
    return;
  }
  SuggestName(diagnostic, NearestName(key.text, known), key.range);
}

String Declarations::Scalar(const YamlNode& node) {
  if (node.kind == YamlKind::kScalar) return node.text;
  sink_->Report(DiagnosticCode::kValueInvalid, node.range, "A text is expected here");
  return {};
}

void Declarations::CheckWritten(const YamlNode& node, const YamlNode& key,
                                std::string_view message) {
  if (node.kind != YamlKind::kScalar || node.text.find_first_not_of(" \t\n") != String::npos)
    return;
  // Nothing but what YAML takes for a comment was told.
  const std::string_view rest = std::string_view(sink_->file().text()).substr(key.range.end);
  if (!node.quoted && rest.substr(0, rest.find('\n')).find('#') != std::string_view::npos) return;
  sink_->Report(DiagnosticCode::kValueDoubtful, node.quoted ? node.range : key.range, message)
      .hint = "Write one, or leave the key out: then it is made from the id.";
}

String Declarations::Words(const YamlNode& node) {
  if (node.kind == YamlKind::kScalar) ReportTagsIn(FromYaml(node), sink_);
  return Scalar(node);
}

void Declarations::ReadFrontMatter(const YamlNode& yaml, ByteRange whole) {
  if (yaml.kind != YamlKind::kMap) {
    sink_->Report(DiagnosticCode::kYamlMalformed, yaml.range,
                  "The front matter must be a list of keys and values");
    return;
  }
  for (size_t i = 0; i + 1 < yaml.items.size(); i += 2) {
    const YamlNode& key = yaml.items[i];
    const YamlNode& value = yaml.items[i + 1];
    if (key.text == "template") {
      id = Scalar(value);
      if (!IsFieldId(id)) sink_->Report(DiagnosticCode::kIdInvalid, value.range);
    } else if (key.text == "version") {
      auto number = values::Decimal::Parse(Scalar(value));
      auto whole_number = number ? number->ToInt() : Result<int64_t>(number.error());
      if (!whole_number || *whole_number < 1 || *whole_number > 1'000'000'000) {
        sink_->Report(DiagnosticCode::kValueInvalid, value.range,
                      "A version is a whole number from 1");
      } else {
        version = *whole_number;
      }
    } else if (key.text == "title") {
      title = Words(value);
      CheckWritten(value, key, "The contract would have no title");
    } else if (key.text == "locale") {
      locale = Scalar(value);
      auto found = values::Locale::Find(locale);
      if (!found) {
        SuggestLocale(sink_->Report(DiagnosticCode::kLocaleUnknown, value.range,
                                    "There are no formats for the locale '" + locale + "'"),
                      locale, value.range);
        locale = "en";
      } else if (found->tag().size() != locale.size() && !IsUsualCountry(locale)) {
        Diagnostic& diagnostic =
            sink_->Report(DiagnosticCode::kLocaleNearest, value.range,
                          "There are no formats for '" + locale +
                              "': numbers and dates are those of '" + String(found->tag()) + "'");
        diagnostic.hint = "Write " + String(found->tag()) + " if that is meant. " + AllLocales();
      }
    } else if (key.text == "numbering") {
      if (!document::FindNumbering(Scalar(value), &numbering)) {
        sink_->Report(DiagnosticCode::kValueInvalid, value.range).hint =
            "sections, outline, mixed, items or none";
      }
    } else if (key.text == "bullets") {
      String bullets = Scalar(value);
      numbered_bullets = bullets == "numbered";
      if (!numbered_bullets && bullets != "plain") {
        sink_->Report(DiagnosticCode::kValueInvalid, value.range).hint = "plain or numbered";
      }
    } else if (key.text == "roles") {
      ReadRoles(value);
    } else if (key.text == "sides") {
      ReadSides(value);
    } else if (key.text == "fields") {
      ReadFields(value);
    } else if (key.text == "computed") {
      ReadComputed(value);
    } else if (key.text == "validations") {
      validations = &value;
    } else if (key.text == "approvals") {
      approvals = &value;
    } else if (key.text == "consent") {
      consent = &value;
    } else if (key.text == "workflow") {
      ReadWorkflow(value);
    } else if (key.text == "routing") {
      sink_
          ->Report(DiagnosticCode::kDirectiveUnsupported, key.range,
                   "'routing' rules are not supported in this version")
          .hint = "Give each role its order: customer: {signs: true, order: 1}";
    } else {
      ReportUnknownKey(key, kTopKeys);
    }
  }
  if (yaml.Find("title") == nullptr) title = Humanise(id);
  for (std::string_view key : {"template", "version"}) {
    if (yaml.Find(key) != nullptr) continue;
    sink_->Report(DiagnosticCode::kKeyMissing, whole, "The key '" + String(key) + "' is missing");
  }
}

void Declarations::ReadRoles(const YamlNode& node) {
  if (node.kind != YamlKind::kMap) {
    sink_->Report(DiagnosticCode::kValueInvalid, node.range,
                  "Roles are written as name: {label: …, signs: true}");
    return;
  }
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const YamlNode& key = node.items[i];
    const YamlNode& value = node.items[i + 1];
    RoleDeclaration role{.id = key.text, .label = Humanise(key.text), .at = key.range};
    if (!IsFieldId(role.id)) sink_->Report(DiagnosticCode::kIdInvalid, key.range);
    if (value.kind != YamlKind::kMap) {
      sink_->Report(DiagnosticCode::kValueInvalid, value.range,
                    "A role is written as {label: …, signs: true}");
      continue;
    }
    for (size_t k = 0; k + 1 < value.items.size(); k += 2) {
      const YamlNode& setting = value.items[k];
      const YamlNode& content = value.items[k + 1];
      if (setting.text == "label") {
        role.label = Words(content);
        CheckWritten(content, setting, "The role would have no name");
      } else if (setting.text == "signs") {
        String signs = Scalar(content);
        role.signs = signs == "true";
        if (signs != "true" && signs != "false") {
          SuggestTruth(
              sink_->Report(DiagnosticCode::kValueInvalid, content.range, "Either true or false"),
              signs, content.range);
        }
      } else if (setting.text == "order") {
        auto number = values::Decimal::Parse(Scalar(content));
        auto order = number ? number->ToInt() : Result<int64_t>(number.error());
        if (!order || *order < 1 || *order > 64) {
          sink_->Report(DiagnosticCode::kValueInvalid, content.range,
                        "The order of signing is a whole number from 1 to 64");
        } else {
          role.order = static_cast<int>(*order);
        }
      } else {
        ReportUnknownKey(setting, kRoleKeys);
      }
    }
    roles.push_back(std::move(role));
  }
}

void Declarations::ReadSides(const YamlNode& node) {
  if (node.kind != YamlKind::kMap) {
    sink_->Report(DiagnosticCode::kValueInvalid, node.range,
                  "Sides are written as name: {label: …}");
    return;
  }
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const YamlNode& key = node.items[i];
    const YamlNode& value = node.items[i + 1];
    if (!IsFieldId(key.text)) sink_->Report(DiagnosticCode::kIdInvalid, key.range);
    SideDeclaration side{.id = key.text, .label = Humanise(key.text)};
    if (value.kind == YamlKind::kScalar) {
      sink_->Report(DiagnosticCode::kValueInvalid, value.range, "A side is written as {label: …}");
    }
    for (size_t k = 0; k + 1 < value.items.size(); k += 2) {
      constexpr std::string_view kSideKeys[] = {"label"};
      if (value.items[k].text == "label") {
        side.label = Words(value.items[k + 1]);
        CheckWritten(value.items[k + 1], value.items[k], "The side would have no name");
      } else {
        ReportUnknownKey(value.items[k], kSideKeys);
      }
    }
    sides.push_back(std::move(side));
  }
}

void Declarations::ReadFields(const YamlNode& node) {
  if (node.kind != YamlKind::kMap) {
    sink_->Report(DiagnosticCode::kValueInvalid, node.range,
                  "Fields are written as name: {type: …, label: …}");
    return;
  }
  std::unordered_set<std::string_view> names;
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const YamlNode& key = node.items[i];
    const YamlNode& value = node.items[i + 1];
    if (!names.insert(key.text).second) continue;  // comes twice, which was reported
    if (!CheckRoom(fields.size(), key.range) || !CheckName(key.text, key.range)) continue;
    FieldDeclaration field;
    field.id = key.text;
    field.at = key.range;
    if (value.kind != YamlKind::kMap) {
      sink_->Report(DiagnosticCode::kValueInvalid, value.range,
                    "A field is written as {type: …, label: …}");
      continue;
    }
    for (size_t k = 0; k + 1 < value.items.size(); k += 2) {
      const YamlNode& setting = value.items[k];
      const YamlNode& content = value.items[k + 1];
      if (!Contains(kFieldKeys, setting.text)) {
        ReportUnknownKey(setting, kFieldKeys);
      } else if (setting.text == "options" && content.kind != YamlKind::kScalar) {
        field.options = &content;
      } else if (setting.text == "of" || setting.text == "fields") {
        field.members = &content;
        field.members_key = &setting;
      } else if (content.kind != YamlKind::kScalar) {
        Diagnostic& diagnostic =
            sink_->Report(DiagnosticCode::kValueInvalid, content.range, "A text is expected here");
        bool bound = setting.text == "default" || setting.text == "min" || setting.text == "max";
        if (bound && content.kind == YamlKind::kList)
          diagnostic.hint =
              "An amount is written without its currency here: " + setting.text + ": \"9.90\".";
      } else {
        if (setting.text == "label") CheckWritten(content, setting, "The field has no label");
        field.settings.emplace_back(setting.text, FromYaml(content));
      }
    }
    fields.push_back(std::move(field));
  }
}

void Declarations::ReadComputed(const YamlNode& node) {
  if (node.kind != YamlKind::kMap) {
    sink_->Report(DiagnosticCode::kValueInvalid, node.range,
                  "Computed values are written as name: expression");
    return;
  }
  std::unordered_set<std::string_view> names;
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const YamlNode& key = node.items[i];
    const YamlNode& value = node.items[i + 1];
    if (!names.insert(key.text).second) continue;  // comes twice, which was reported
    if (!CheckRoom(computed.size(), key.range) || !CheckName(key.text, key.range)) continue;
    ComputedDeclaration entry{
        .id = key.text, .label = Humanise(key.text), .at = key.range, .expression = {}};
    if (value.kind == YamlKind::kScalar) {
      entry.expression = FromYaml(value);
    } else if (const YamlNode* expression = value.Find("value");
               expression != nullptr && expression->kind == YamlKind::kScalar) {
      entry.expression = FromYaml(*expression);
      if (const YamlNode* label = value.Find("label")) {
        entry.label = Words(*label);
        entry.labelled = true;
        CheckWritten(*label, key, "The computed value has no label");
      }
      for (size_t k = 0; k + 1 < value.items.size(); k += 2) {
        if (!Contains(kComputedKeys, value.items[k].text))
          ReportUnknownKey(value.items[k], kComputedKeys);
      }
    } else {
      sink_->Report(DiagnosticCode::kValueInvalid, value.range,
                    "A computed value is an expression, or {value: expression, label: text}");
      continue;
    }
    computed.push_back(std::move(entry));
  }
}

void Declarations::ReadWorkflow(const YamlNode& node) {
  if (node.kind != YamlKind::kMap) {
    sink_->Report(DiagnosticCode::kValueInvalid, node.range,
                  "The workflow is written as {expires: P30D}");
    return;
  }
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const YamlNode& key = node.items[i];
    const YamlNode& value = node.items[i + 1];
    if (Contains(kLaterWorkflowKeys, key.text)) {
      sink_->Report(DiagnosticCode::kDirectiveUnsupported, key.range,
                    "'" + key.text + "' is not supported in this version");
    } else if (key.text != "expires") {
      ReportUnknownKey(key, kWorkflowKeys);
    } else if (auto period = values::Period::Parse(Scalar(value)); !period) {
      sink_->Report(DiagnosticCode::kBadPeriod, value.range).hint =
          "30 days are P30D, two months are P2M.";
    } else {
      if (period->months() < 0 || period->days() < 0 || *period == values::Period()) {
        sink_
            ->Report(DiagnosticCode::kValueInvalid, value.range,
                     "Nobody could sign it: it would expire as it is sent")
            .hint = "30 days are P30D, two months are P2M.";
      }
      expires = period->ToString();
    }
  }
}

void Declarations::Place(FieldKind kind, const Directive& directive) {
  const String& name = directive.value.text;
  ByteRange at = directive.value.range;
  if (at.begin == at.end) at = directive.name_range;
  FieldDeclaration* field = FindField(name);
  bool is_new = field == nullptr;
  if (is_new) {
    if (!CheckRoom(fields.size(), at) || !CheckId(name, at)) return;
    fields.emplace_back();
    field = &fields.back();
    field->id = name;
    field->at = at;
  }
  if (field->kind && *field->kind != kind) {
    sink_->Report(DiagnosticCode::kFieldConflict, at,
                  "'" + name + "' has another kind of place elsewhere");
    return;
  }
  field->kind = kind;
  field->placed = true;
  for (const Parameter& parameter : directive.parameters) {
    if (!Contains(kFieldKeys, parameter.name)) {
      Diagnostic& diagnostic =
          sink_->Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                        "There is no parameter '" + parameter.name + "'");
      SuggestName(diagnostic, NearestName(parameter.name, kFieldKeys), parameter.name_range);
      continue;
    }
    Set(parameter.name, parameter.value, field);
  }
}

void Declarations::Set(std::string_view name, const SourceText& value, FieldDeclaration* field) {
  const SourceText* old = field->Find(name);
  if (old == nullptr) {
    field->settings.emplace_back(name, value);
  } else if (old->text != value.text) {
    Diagnostic& diagnostic = sink_->Report(
        DiagnosticCode::kFieldConflict, value.range,
        "'" + String(name) + "' of '" + field->id + "' is given differently elsewhere");
    diagnostic.related.push_back({sink_->file().Locate(old->range), "given here"});
  }
}

void Declarations::PlacePlaceholder(const Directive& directive) {
  String name = FieldOfPlaceholder(directive.value.text);
  ByteRange at = directive.value.range;
  if (at.begin == at.end) at = directive.name_range;
  FieldDeclaration* field = FindField(name);
  bool is_new = field == nullptr;
  if (is_new) {
    if (!CheckRoom(fields.size(), at) || !CheckId(name, at)) return;
    field = &fields.emplace_back();
    field->id = name;
    field->at = at;
  }
  field->placed = true;
  // The first place says what the others leave open; without any the field is a text.
  SourceText type{.text = "string", .range = at, .map = {}};
  const SourceText* unit = nullptr;
  bool typed = false;
  for (const Parameter& parameter : directive.parameters) {
    if (parameter.name == "type") {
      type = parameter.value;
      typed = true;
      if (type.text == "text") type.text = "string";
      if (type.text == "duration") type.text = "period";
      if (!Contains(kPlaceholderTypes, type.text)) {
        sink_
            ->Report(DiagnosticCode::kFieldTypeInvalid, type.range,
                     "A placeholder is a text, a date, money or a duration")
            .hint =
            "type=text, type=date, type=money or type=duration; declare a field for anything else";
        type.text = "string";
      }
    } else if (parameter.name == "note") {
      if (field->Find("help") == nullptr) field->settings.emplace_back("help", parameter.value);
    } else if (parameter.name == "currency") {
      Set("currency", parameter.value, field);
    } else if (parameter.name == "unit") {
      unit = &parameter.value;
    } else {
      constexpr std::string_view kNames[] = {"type", "currency", "unit", "note"};
      Diagnostic& diagnostic =
          sink_->Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                        "A placeholder has no parameter '" + parameter.name + "'");
      SuggestName(diagnostic, NearestName(parameter.name, kNames), parameter.name_range);
    }
  }
  if (unit != nullptr && type.text == "period" && !IsCalendarUnit(*unit)) type.text = "string";
  if (typed || is_new) Set("type", type, field);
}

// A period is made of years, months and days: hours are asked for as a text, "36 hours".
bool Declarations::IsCalendarUnit(const SourceText& unit) {
  constexpr std::string_view kCalendar[] = {"Y", "MO", "W", "D"};
  constexpr std::string_view kOthers[] = {"H", "MIN", "S"};
  if (Contains(kCalendar, unit.text)) return true;
  if (!Contains(kOthers, unit.text)) {
    sink_->Report(DiagnosticCode::kBadPeriod, unit.range, "There is no unit '" + unit.text + "'")
        .hint = "The units are Y, MO, W, D, H, MIN and S.";
  }
  return false;
}

void SuggestCurrency(Diagnostic& diagnostic, std::string_view written, ByteRange at) {
  constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
      {"EURO", "EUR"},     {"EUROS", "EUR"},    {"\xE2\x82\xAC", "EUR"}, {"$", "USD"},
      {"DOLLAR", "USD"},   {"US$", "USD"},      {"\xC2\xA3", "GBP"},     {"POUND", "GBP"},
      {"STERLING", "GBP"}, {"\xC2\xA5", "JPY"}, {"YEN", "JPY"},          {"FRANKEN", "CHF"}};
  String upper(written);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  String meant = values::Currency::Parse(upper) ? upper : String();
  for (const auto& [name, code] : kKnown) {
    if (name == upper) meant = code;
  }
  diagnostic.hint = "A currency is a code of three letters: EUR, USD, GBP.";
  if (meant.empty()) return;
  diagnostic.hint = "Did you mean '" + meant + "'?";
  diagnostic.fix = Fix{at, meant};
}

std::optional<values::Type> Declarations::ReadType(const FieldDeclaration& field) {
  const SourceText* text = field.Find("type");
  if (text == nullptr) return std::nullopt;
  auto type = values::Type::Parse(text->text == "list" && field.members != nullptr ? "list(string)"
                                                                                   : text->text);
  if (type && type->kind == Kind::kMoney && type->currency.IsNone()) {
    if (const SourceText* currency = field.Find("currency")) {
      auto parsed = values::Currency::Parse(currency->text);
      if (parsed) {
        type = values::Type::MoneyIn(*parsed);
      } else {
        Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kCurrencyUnknown, currency->range,
                                               "There is no currency '" + currency->text + "'");
        SuggestCurrency(diagnostic, currency->text, currency->range);
      }
    }
  }
  if (field.members != nullptr) return ReadMembersOf(field, *text);
  if (!type || !templates::IsFieldType(*type)) {
    ReportType(*text);
    return values::Type::Of(Kind::kDyn);  // takes part in anything
  }
  return *type;
}

void Declarations::ReportType(const SourceText& text) {
  Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kFieldTypeInvalid, text.range,
                                         "A field cannot have the type '" + text.text + "'");
  constexpr std::string_view kNames[] = {"bool", "int",    "decimal", "money",
                                         "date", "period", "string"};
  // What other languages call them.
  constexpr std::pair<std::string_view, std::string_view> kMeant[] = {
      {"text", "string"},     {"str", "string"},     {"email", "string"},  {"number", "decimal"},
      {"double", "decimal"},  {"float", "decimal"},  {"real", "decimal"},  {"numeric", "decimal"},
      {"percent", "decimal"}, {"boolean", "bool"},   {"checkbox", "bool"}, {"integer", "int"},
      {"whole", "int"},       {"long", "int"},       {"datetime", "date"}, {"day", "date"},
      {"duration", "period"}, {"currency", "money"}, {"amount", "money"},  {"price", "money"},
      {"array", "list"},      {"object", "record"},  {"map", "record"},    {"struct", "record"}};
  String lower = text.text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  Nearest nearest = NearestName(text.text, kNames);
  for (const auto& [word, meant] : kMeant) {
    if (word == lower) nearest = {String(meant), {}};
  }
  if (lower == "enum" || lower == "select" || lower == "choice" || lower == "options") {
    diagnostic.hint = "One of several is {type: string, options: [A, B]}";
    return;
  }
  if (text.text == "list") {
    diagnostic.hint = "A list of what? {type: list, of: string} or {type: list(string)}";
  } else if (text.text == "record") {
    diagnostic.hint = "With which members? {type: record, fields: {street: string, city: string}}";
  } else if (nearest.name.empty()) {
    diagnostic.hint = "bool, int, decimal, money, date, period, string, list(string) or record";
  } else {
    const bool whole = nearest.name != "list" && nearest.name != "record";  // they say of what
    SuggestName(diagnostic, nearest, whole ? std::optional(text.range) : std::nullopt);
    if (lower == "number") diagnostic.hint += " A whole number is int.";
  }
}

// {type: list, of: …} and {type: record, fields: {…}}.
std::optional<values::Type> Declarations::ReadMembersOf(const FieldDeclaration& field,
                                                        const SourceText& text) {
  bool is_list = text.text == "list";
  if (field.members_key->text != (is_list ? "of" : "fields") ||
      (!is_list && text.text != "record")) {
    sink_->Report(DiagnosticCode::kValueInvalid, field.members_key->range,
                  "'of' says what a list is of, 'fields' what a record has");
    return values::Type::Of(Kind::kDyn);
  }
  std::optional<values::Type> inner =
      is_list ? ReadTypeNode(*field.members, 1) : ReadRecord(*field.members, 1);
  if (!inner) return values::Type::Of(Kind::kDyn);  // takes part in anything
  values::Type type = is_list ? values::Type::List(*std::move(inner)) : *std::move(inner);
  if (templates::IsFieldType(type)) return type;
  sink_->Report(DiagnosticCode::kFieldTypeInvalid, field.members->range,
                "A list of lists is no type of a field, nor is what is nested more than four deep");
  return values::Type::Of(Kind::kDyn);
}

// Depth counts what is around it; four levels are the most.
std::optional<values::Type> Declarations::ReadTypeNode(const YamlNode& node, int depth) {
  if (node.kind == YamlKind::kMap) {
    const YamlNode* type = node.Find("type");
    bool spelt_out = type != nullptr && type->kind == YamlKind::kScalar &&
                     (type->text == "list" || type->text == "record");
    if (!spelt_out) return ReadRecord(node, depth);
    const YamlNode* inner = node.Find(type->text == "list" ? "of" : "fields");
    if (inner == nullptr || node.items.size() != 4 || depth > 4) {
      sink_->Report(DiagnosticCode::kFieldTypeInvalid, type->range);
      return std::nullopt;
    }
    if (type->text == "record") return ReadRecord(*inner, depth);
    auto item = ReadTypeNode(*inner, depth + 1);
    return item ? std::optional(values::Type::List(*std::move(item))) : std::nullopt;
  }
  if (node.kind != YamlKind::kScalar) {
    sink_->Report(DiagnosticCode::kFieldTypeInvalid, node.range, "A type is expected here");
    return std::nullopt;
  }
  auto type = values::Type::Parse(node.text);
  if (type && templates::IsFieldType(*type)) return *type;
  ReportType(FromYaml(node));
  return std::nullopt;
}

std::optional<values::Type> Declarations::ReadRecord(const YamlNode& node, int depth) {
  if (node.kind != YamlKind::kMap || node.items.empty() || depth > 4) {
    sink_->Report(DiagnosticCode::kFieldTypeInvalid, node.range,
                  "The members of a record are written as {name: type, …}");
    return std::nullopt;
  }
  Vector<String> names;
  Vector<values::Type> types;
  bool good = true;
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const YamlNode& key = node.items[i];
    auto type = ReadTypeNode(node.items[i + 1], depth + 1);
    good = good && type.has_value();
    if (!type) continue;
    bool is_word = IsFieldId(key.text) && key.text.find('-') == String::npos &&
                   !Contains(kReservedNames, key.text);
    if (!is_word) {
      sink_->Report(DiagnosticCode::kIdInvalid, key.range);
      good = false;
    }
    names.push_back(key.text);
    types.push_back(*std::move(type));
  }
  if (!good) return std::nullopt;
  auto made = values::Type::Record(std::move(names), std::move(types));
  if (made) return *std::move(made);
  sink_->Report(DiagnosticCode::kFieldTypeInvalid, node.range, made.error().message());
  return std::nullopt;
}

void Declarations::SettleField(FieldDeclaration* field) {
  std::optional<values::Type> type = ReadType(*field);
  const SourceText* role = field->Find("role");
  if (role != nullptr) {
    field->role = FindRole(role->text);
    if (field->role == nullptr) {
      Vector<std::string_view> known;
      for (const RoleDeclaration& each : roles) known.push_back(each.id);
      Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kRoleUnknown, role->range,
                                             "There is no role '" + role->text + "'");
      SuggestName(diagnostic, NearestName(role->text, known), role->range);
    }
  } else if (field->kind) {
    sink_
        ->Report(DiagnosticCode::kKeyMissing, field->at,
                 "Who fills '" + field->id + "'? The parameter 'role' is missing")
        .hint = "{{sign: " + field->id + ", role=customer}}";
  }
  FieldKind kind = FieldKind::kValue;
  if (field->kind) {
    kind = *field->kind;
  } else if (role != nullptr) {
    bool has_options = field->options != nullptr || field->Find("options") != nullptr;
    kind = has_options ? FieldKind::kSelect : FieldKind::kInput;
    if (type && type->kind == Kind::kBool) kind = FieldKind::kCheck;
  }
  field->settled = kind;
  Kind fixed = Kind::kDyn;
  if (kind == FieldKind::kSign || kind == FieldKind::kInitial) fixed = Kind::kString;
  if (kind == FieldKind::kSignDate) fixed = Kind::kDate;
  if (kind == FieldKind::kCheck) fixed = Kind::kBool;
  if (kind == FieldKind::kFile) fixed = Kind::kRecord;
  if (fixed != Kind::kDyn) {
    const bool is_file = kind == FieldKind::kFile;
    if (type && (is_file || type->kind != fixed) && type->kind != Kind::kDyn) {
      sink_->Report(DiagnosticCode::kFieldConflict, field->Find("type")->range,
                    is_file
                        ? "A file has a type of its own: leave it out"
                        : "A field of this kind has the type " + String(values::KindName(fixed)));
    }
    type = is_file ? *values::Type::Parse(templates::kFileType) : values::Type::Of(fixed);
  }
  if (!type) {
    if (kind == FieldKind::kValue) {
      sink_->Report(DiagnosticCode::kKeyMissing, field->at,
                    "The field '" + field->id + "' has no type");
    }
    type = values::Type::Of(kind == FieldKind::kValue ? Kind::kDyn : Kind::kString);
  }
  field->type = *std::move(type);
  const bool has_record = templates::HasRecord(field->type);
  if (kind != FieldKind::kValue && kind != FieldKind::kFile &&
      (has_record || field->type.kind == Kind::kList)) {
    sink_
        ->Report(DiagnosticCode::kFieldTypeInvalid, field->at,
                 has_record ? "Only the sender's fields have records: nobody types one"
                            : "Only the sender's fields have lists: nobody types one")
        .hint = "leave out 'role', or ask for a text";
  }
  if (kind == FieldKind::kSelect && field->options == nullptr &&
      field->Find("options") == nullptr) {
    sink_
        ->Report(DiagnosticCode::kKeyMissing, field->at, "What can be chosen? 'options' is missing")
        .hint = "{{select: " + field->id + ", role=customer, options=\"yes|no\"}}";
  }
  if (field->Find("label") == nullptr) {
    String label = Humanise(field->id);
    if (field->role != nullptr && field->IsMark())
      label = String(MarkLabel(kind, locale)) + " (" + field->role->label + ")";
    field->settings.emplace_back(
        "label", SourceText{.text = std::move(label), .range = field->at, .map = {}});
  }
}

void Declarations::Settle() {
  schema.fractions = Fractions::kExact;
  record.fractions = Fractions::kExact;
  schema.reach = expression::Reach::kContract;
  record.Declare("crm", values::Type::Of(Kind::kDyn));
  for (FieldDeclaration& field : fields) {
    SettleField(&field);
    Variable variable{.name = field.id,
                      .type = field.type,
                      .presence = Presence::kRequired,
                      .refused = {},
                      .declared = field.at};
    if (field.IsMark()) {
      variable.refused =
          "a signature, initials or the date of signing come last and cannot decide or print text";
    }
    schema.Declare(std::move(variable));
  }
}

std::optional<json::Value> Declarations::ReadConstant(const SourceText& text,
                                                      const values::Type& type) {
  if (type.kind == Kind::kDyn) return std::nullopt;  // which was reported
  json::Value plain = json::Value::String(text.text);
  if (type.kind == Kind::kBool) {
    if (text.text == "true" || text.text == "false") plain = json::Value::Bool(text.text == "true");
  } else if (type.kind == Kind::kInt) {
    auto number = values::Decimal::Parse(text.text);
    auto whole = number ? number->ToInt() : Result<int64_t>(number.error());
    if (whole && *whole >= -json::kMaxInt && *whole <= json::kMaxInt)
      plain = json::Value::Int(*whole);
  } else if (type.kind == Kind::kMoney) {
    String amount = text.text;
    String currency = type.currency.Code();
    if (size_t space = amount.find(' '); space != String::npos) {
      currency = amount.substr(space + 1);
      amount.resize(space);
    }
    plain = json::Value::List({json::Value::String(amount), json::Value::String(currency)});
  }
  auto value = values::FromJson(plain, type);
  if (!value) {
    Diagnostic& diagnostic = sink_->Report(
        DiagnosticCode::kValueInvalid, text.range,
        "This is no value of the type " + type.ToString() + ": " + value.error().message());
    if (type.kind == Kind::kBool) SuggestTruth(diagnostic, text.text, text.range);
    return std::nullopt;
  }
  auto canonical = values::ToJson(*value);
  return canonical ? std::optional<json::Value>(*canonical) : std::nullopt;
}

}  // namespace countersign::compile
