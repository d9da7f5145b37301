// A document and its translations, file by file: what must be the same in all of them.
#include <algorithm>
#include <unordered_map>

#include "legaldown/document.h"

namespace countersign::legaldown {
namespace {

struct Outline {
  Vector<const Block*> headings;
  Vector<String> ids;
  Vector<Definition> definitions;
};

// A condition as its units have it, under what it is looked up by.
struct Conditional {
  String key, condition;
  ByteRange at;
};
// A placeholder or a choice, and all of it that is not translated.
struct Asked {
  String key, form;
  ByteRange at;
};
// What a template says that is no text.
struct Logic {
  Vector<Asked> questions, blanks, choices;
  Vector<Conditional> conditions;
  std::unordered_map<String, size_t> blank_places;
};

class Checker {
 public:
  Checker(const LegalDownFiles& files, const Document& document, DiagnosticSink* sink)
      : files_(files), document_(document), sink_(sink), text_(sink->file().text()) {}

  void Run() {
    const Metadata& metadata = document_.metadata;
    CheckImplicit(document_.scans[0], metadata);
    Outline own = OutlineOf(document_.scans[0]);
    for (const Metadata::Translation& each : metadata.translations) {
      const size_t file = FileAt(each.file);
      if (file == files_.files().size() || !IsLegalDown(each.file)) continue;
      const Scan& scan = document_.scans[file];
      Metadata other = ReadMetadata(scan, nullptr);
      CheckImplicit(scan, other);
      if (LanguagesOf(metadata) != LanguagesOf(other)) {
        Say(Rule::kTranslationLanguageSetMismatch, metadata.translations_at);
        if (other.translations_at.end != 0)
          Say(Rule::kTranslationLanguageSetMismatch, other.translations_at);
      }
      Compare(own, OutlineOf(scan), each.at);
      if (!document_.scans[0].IsTemplate() && !scan.IsTemplate()) continue;
      const Logic here = LogicOf(document_.scans[0], metadata), there = LogicOf(scan, other);
      CompareAsked(here.questions, there.questions);
      CompareAsked(here.blanks, there.blanks);
      CompareChoices(here.choices, there.choices, each.at);
      CompareConditions(here.conditions, there.conditions);
      CompareConditions(there.conditions, here.conditions);
      CheckAnchors(document_.scans[0]);
      CheckAnchors(scan);
    }
  }

 private:
  void Say(Rule rule, ByteRange range, std::string_view message = {}) {
    Report(rule, range, sink_, message);
  }
  size_t FileAt(std::string_view path) const {
    const String joined = JoinPath("", path);
    const Vector<LegalDownFiles::File>& all = files_.files();
    size_t i = 0;
    while (i < all.size() && (all[i].path != joined || !all[i].there)) ++i;
    return i;
  }

  void CheckImplicit(const Scan& scan, const Metadata& metadata) {
    if (metadata.translations.empty()) return;
    bool open = metadata.authoritative.empty();
    if (!open && metadata.language == metadata.authoritative) return;
    Rule rule = open ? Rule::kTranslationAuthoritativeAbsent : Rule::kTranslationImplicitId;
    for (const Block& block : scan.blocks) {
      if (block.place == Place::kHeading && !block.anchor) Say(rule, block.range);
      for (const Directive& directive : block.directives) {
        if (directive.name == "def" && directive.value.empty()) Say(rule, directive.range);
      }
    }
  }

  Outline OutlineOf(const Scan& scan) const {
    Outline outline;
    for (const Block& block : scan.blocks) {
      if (block.place == Place::kHeading) {
        outline.headings.push_back(&block);
        outline.ids.push_back(block.anchor ? block.anchor->id : MakeLegalDownSlug(block.text).text);
      }
      for (const Directive& directive : block.directives) {
        if (directive.name != "def") continue;
        auto term = TermBefore(text_, directive.range.begin, block.range.begin);
        if (!term) continue;
        String id = directive.value.empty() ? MakeLegalDownSlug(term->text).text : directive.value;
        outline.definitions.push_back({.id = id, .term = term->text, .at = directive.range});
      }
    }
    return outline;
  }

  static Vector<String> LanguagesOf(const Metadata& metadata) {
    Vector<String> languages = {metadata.language};
    for (const Metadata::Translation& each : metadata.translations)
      languages.push_back(each.language);
    std::sort(languages.begin(), languages.end());
    languages.erase(std::unique(languages.begin(), languages.end()), languages.end());
    return languages;
  }

  void Compare(const Outline& own, const Outline& other, ByteRange named_at) {
    size_t count = std::max(own.headings.size(), other.headings.size());
    for (size_t i = 0; i < count; ++i) {
      const Block* a = i < own.headings.size() ? own.headings[i] : nullptr;
      const Block* b = i < other.headings.size() ? other.headings[i] : nullptr;
      if (a == nullptr || b == nullptr || a->level != b->level) {
        Say(Rule::kTranslationHierarchyMismatch, a != nullptr ? a->range : named_at);
        if (b != nullptr) Say(Rule::kTranslationHierarchyMismatch, b->range);
        break;  // everything behind it would differ too
      }
      if (own.ids[i] == other.ids[i]) continue;
      Say(Rule::kTranslationAnchorMismatch, a->range,
          "The heading is '" + other.ids[i] + "' in the translation");
      Say(Rule::kTranslationAnchorMismatch, b->range,
          "The heading is '" + own.ids[i] + "' in the translation");
    }
    CompareDefinitions(own.definitions, other.definitions);
    CompareDefinitions(other.definitions, own.definitions);
  }

  void CompareDefinitions(const Vector<Definition>& here, const Vector<Definition>& there) {
    for (const Definition& definition : here) {
      bool known = std::any_of(there.begin(), there.end(),
                               [&](const Definition& other) { return other.id == definition.id; });
      if (!known) Say(Rule::kTranslationDefMismatch, definition.at);
    }
  }

  // --- templates
  static String Spelt(const Condition& condition) {
    return (condition.negated ? "!" : "") + condition.question +
           (condition.value.empty() ? "" : ":" + condition.value);
  }

  // What is not translated of a question: only a text's default is.
  static String FormOf(const Question& question) {
    String form = NumberText(static_cast<int>(question.type));
    Vector<String> answers = question.Answers();
    std::sort(answers.begin(), answers.end());
    for (const String& answer : answers) form += " " + answer;
    if (question.fallback == nullptr) return form;
    form += " =";
    if (question.type == QuestionType::kText) return form;
    form += question.fallback->text;
    for (const YamlNode& part : question.fallback->items) form += " " + part.text;
    return form;
  }

  static Logic LogicOf(const Scan& scan, const Metadata& metadata) {
    Logic logic;
    for (const Question& question : metadata.questions)
      logic.questions.push_back({question.id, FormOf(question), question.at});
    for (const Attachment& attachment : metadata.attachments) {
      if (attachment.when)
        logic.conditions.push_back({attachment.id, Spelt(*attachment.when), attachment.at});
    }
    if (scan.yaml) AddBlanks(*scan.yaml, metadata, &logic);
    String section;
    int preamble = 0, includes = 0;
    for (const Block& block : scan.blocks) {
      if (block.note) continue;
      if (block.place == Place::kHeading) {
        section = block.anchor ? block.anchor->id : MakeLegalDownSlug(block.text).text;
        includes = 0;
      }
      for (const Directive& directive : block.directives) AddAsked(directive, metadata, &logic);
      if (!block.when) continue;
      // What can have no anchor is told apart by its place among its like.
      String key = block.place == Place::kHeading ? section
                   : block.anchor                 ? block.anchor->id
                   : block.include_only ? "include " + section + " " + NumberText(++includes)
                   : block.preamble     ? "preamble " + NumberText(++preamble)
                                        : String();
      if (!key.empty())
        logic.conditions.push_back({std::move(key), Spelt(*block.when), block.range});
    }
    return logic;
  }

  static void AddBlanks(const YamlNode& node, const Metadata& metadata, Logic* logic) {
    for (const YamlNode& item : node.items) AddBlanks(item, metadata, logic);
    if (node.text.find("{{placeholder:") == String::npos) return;
    SourceFile scratch("", node.text);
    DiagnosticSink quiet(scratch);
    const Scan scan = ReadScan({0, static_cast<uint32_t>(node.text.size())}, &quiet);
    for (const Block& block : scan.blocks) {
      for (Directive directive : block.directives) {
        directive.range = node.range;
        if (directive.name == "placeholder") AddAsked(directive, metadata, logic);
      }
    }
  }

  static void AddAsked(const Directive& directive, const Metadata& metadata, Logic* logic) {
    if (directive.name == "choose") {
      Vector<String> names;
      for (const Parameter& parameter : directive.parameters) names.push_back(parameter.name);
      std::sort(names.begin(), names.end());
      String form = directive.value;
      for (const String& name : names) form += " " + name;
      logic->choices.push_back({directive.value, std::move(form), directive.range});
    }
    if (directive.name != "placeholder") return;
    const Parameter* type = directive.Find("type");
    const Question* question = Answers(&metadata.questions).Find(directive.value);
    auto effective = type != nullptr ? ParseQuestionType(type->value) : std::nullopt;
    if (!effective && question != nullptr) effective = question->type;
    String fixed;
    for (std::string_view name : {"currency", "unit"}) {
      if (const Parameter* parameter = directive.Find(name)) fixed += " " + parameter->value;
    }
    const String form =
        NumberText(static_cast<int>(effective.value_or(QuestionType::kText))) + fixed;
    // Of several places of one blank the one that says most.
    auto [place, is_new] = logic->blank_places.emplace(directive.value, logic->blanks.size());
    if (is_new) {
      logic->blanks.push_back({directive.value, form, directive.range});
    } else if (logic->blanks[place->second].form.size() < form.size()) {
      logic->blanks[place->second].form = form;
    }
  }

  void CompareAsked(const Vector<Asked>& here, const Vector<Asked>& there) {
    const auto look = [this](const Vector<Asked>& one, const Vector<Asked>& other) {
      std::unordered_map<String, const String*> forms;
      for (const Asked& each : other) forms.emplace(each.key, &each.form);
      for (const Asked& asked : one) {
        auto it = forms.find(asked.key);
        if (it != forms.end() && *it->second == asked.form) continue;
        Say(Rule::kTranslationTemplateMismatch, asked.at,
            "'" + asked.key + "' is " +
                (it == forms.end() ? "not asked in the other language"
                                   : "another question in the other language"));
      }
    };
    look(here, there);
    look(there, here);
  }

  void CompareChoices(const Vector<Asked>& here, const Vector<Asked>& there, ByteRange named_at) {
    for (size_t i = 0; i < std::max(here.size(), there.size()); ++i) {
      const Asked* a = i < here.size() ? &here[i] : nullptr;
      const Asked* b = i < there.size() ? &there[i] : nullptr;
      if (a != nullptr && b != nullptr && a->form == b->form) continue;
      Say(Rule::kTranslationTemplateMismatch, a != nullptr ? a->at : named_at);
      if (b != nullptr) Say(Rule::kTranslationTemplateMismatch, b->at);
      return;  // everything behind it would differ too
    }
  }

  void CompareConditions(const Vector<Conditional>& here, const Vector<Conditional>& there) {
    const auto by_key = [](const Vector<Conditional>& all) {
      std::unordered_map<String, Vector<String>> conditions;
      for (const Conditional& each : all) conditions[each.key].push_back(each.condition);
      for (auto& [key, some] : conditions) std::sort(some.begin(), some.end());
      return conditions;
    };
    auto own = by_key(here), other = by_key(there);
    for (const Conditional& each : here) {
      const Vector<String>& some = other[each.key];
      if (own[each.key] == some) continue;
      Say(Rule::kTranslationTemplateMismatch, each.at,
          some.empty() ? String("This has no condition in the other language")
                       : "The condition is " + some[0] + " in the other language");
    }
  }

  // What is conditional is found in the other language by its anchor.
  void CheckAnchors(const Scan& scan) {
    for (const Block& block : scan.blocks) {
      const bool named = block.place == Place::kHeading || block.anchor || block.preamble ||
                         block.include_only || block.note;
      if (block.when && !named)
        Say(Rule::kTranslationTemplateMismatch, block.marker,
            "In a template with translations, what is conditional has an {#id}");
    }
  }

  const LegalDownFiles& files_;
  const Document& document_;
  DiagnosticSink* sink_;
  const String& text_;
};

}  // namespace

void CheckTranslations(const LegalDownFiles& files, const Document& document,
                       DiagnosticSink* sink) {
  Checker(files, document, sink).Run();
}

}  // namespace countersign::legaldown
