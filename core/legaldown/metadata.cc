// The front matter of a LegalDown document: who and what, and the rules about it.
#include <algorithm>

#include "compile/directive.h"
#include "legaldown/document.h"
#include "values/date.h"

namespace countersign::legaldown {
namespace {

bool HoldsPlaceholder(std::string_view text) {
  return text.find("{{placeholder:") != std::string_view::npos;
}

// ISO 639-1.
bool IsLanguage(std::string_view code) {
  constexpr std::string_view kCodes =
      " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv "
      "cy "
      "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht "
      "hu "
      "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la "
      "lb "
      "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj "
      "om "
      "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv "
      "sw "
      "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";
  return code.size() == 2 && kCodes.find(" " + String(code) + " ") != std::string_view::npos;
}

class Reader {
 public:
  Reader(const Scan& scan, DiagnosticSink* sink) : scan_(scan), sink_(sink) {}

  Metadata Read() {
    if (!scan_.yaml || scan_.yaml->kind != YamlKind::kMap) return std::move(metadata_);
    const YamlNode& yaml = *scan_.yaml;
    ByteRange head{scan_.front.begin, scan_.front.begin + 1};
    if (const YamlNode* questions = yaml.Find("questions")) {
      metadata_.questions = ReadQuestions(*questions, sink_);
      metadata_.questions_at = KeyOf(yaml, "questions");
      ConcreteWithin(*questions);
      if (sink_ != nullptr && IsFlow(*questions, sink_->file().text())) {
        Report(Rule::kQuestionInvalid, questions->range, sink_,
               "Questions are written one key a line, without braces and brackets");
      }
    }
    const YamlNode* title = yaml.Find("title");
    metadata_.title = TextOf(title);
    if (TrimSpaces(metadata_.title).empty())
      Say(Rule::kTitleMissing, title != nullptr && !title->text.empty() ? title->range : head);
    metadata_.language = TextOf(yaml.Find("language"));
    metadata_.authoritative = TextOf(yaml.Find("authoritative"));
    ReadType(yaml);
    ReadVersion(yaml);
    for (std::string_view key : {"effective_date", "adoption_date"})
      CheckDate(yaml.Find(key), Rule::kMetadataDateInvalid);
    ReadFieldTypes(yaml.Find("field_types"));
    ReadSides(yaml, head);
    ReadLanguages(yaml);
    ReadAmends(yaml);
    ReadAttachments(yaml.Find("attachments"));
    return std::move(metadata_);
  }

 private:
  void Say(Rule rule, ByteRange range) {
    if (sink_ != nullptr) Report(rule, range, sink_);
  }
  static String TextOf(const YamlNode* node) {
    return node != nullptr && node->kind == YamlKind::kScalar ? node->text : String();
  }
  // "~", "null" and nothing are no value.
  static bool IsEmpty(const YamlNode* node) {
    if (node == nullptr) return true;
    if (node->kind != YamlKind::kScalar) return node->items.empty();
    return TrimSpaces(node->text).empty() ||
           (!node->quoted && (node->text == "~" || node->text == "null"));
  }
  static ByteRange KeyOf(const YamlNode& map, std::string_view key) {
    for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
      if (map.items[i].text == key) return map.items[i].range;
    }
    return map.range;
  }
  static ByteRange AtOr(const YamlNode* node, ByteRange other) {
    return node != nullptr && node->range.begin < node->range.end ? node->range : other;
  }

  // Nothing in it is left open.
  void ConcreteWithin(const YamlNode& node) {
    Concrete(&node);
    for (const YamlNode& item : node.items) ConcreteWithin(item);
  }

  void Concrete(const YamlNode* node) {
    if (node == nullptr) return;
    if (node->kind == YamlKind::kScalar && HoldsPlaceholder(node->text))
      Say(Rule::kPlaceholderInStructuralField, node->range);
  }

  void ReadType(const YamlNode& yaml) {
    const YamlNode* type = yaml.Find("document_type");
    if (type == nullptr) return;
    Concrete(type);
    constexpr std::string_view kTypes[] = {"contract", "unilateral_act", "collective_act"};
    auto it = std::find(std::begin(kTypes), std::end(kTypes), TextOf(type));
    if (it != std::end(kTypes)) {
      metadata_.type = static_cast<DocumentType>(it - std::begin(kTypes));
    } else if (!HoldsPlaceholder(type->text)) {
      Say(Rule::kDocumentTypeInvalid, type->range);
      known_type_ = false;
    }
  }

  void ReadVersion(const YamlNode& yaml) {
    const YamlNode* version = yaml.Find("legaldown");
    Concrete(version);
    String text = TextOf(version);
    size_t dot = text.find('.');
    auto number = [](std::string_view digits) {
      int value = 0;
      for (char c : digits.substr(0, 6)) {
        if (c < '0' || c > '9') return 0;
        value = value * 10 + (c - '0');
      }
      return value;
    };
    int major = number(text.substr(0, dot));
    int minor = dot == String::npos ? 0 : number(std::string_view(text).substr(dot + 1));
    metadata_.newer = major > 0 || minor > 2;
    if (metadata_.newer) Say(Rule::kLegaldownVersionNewer, version->range);
  }

  // A placeholder for a date may stand in its place.
  void CheckDate(const YamlNode* node, Rule rule) {
    if (node == nullptr) return;
    if (HoldsPlaceholder(node->text)) {
      const auto directive = PlaceholderIn(node->text);
      const Parameter* type = directive ? directive->Find("type") : nullptr;
      const Question* question =
          directive ? Answers(&metadata_.questions).Find(directive->value) : nullptr;
      if (type != nullptr ? type->value == "date"
                          : question != nullptr && question->type == QuestionType::kDate) {
        return;
      }
    }
    if (node->kind != YamlKind::kScalar || !values::Date::Parse(node->text)) Say(rule, node->range);
  }

  void ReadFieldTypes(const YamlNode* types) {
    if (types == nullptr) return;
    ConcreteWithin(*types);
    metadata_.has_field_types = true;
    if (types->kind != YamlKind::kMap) return;
    constexpr std::string_view kReserved[] = {"date", "money", "duration", "party", "text"};
    for (size_t i = 0; i + 1 < types->items.size(); i += 2) {
      const YamlNode& key = types->items[i];
      if (!IsIdentifier(key.text)) Say(Rule::kFieldTypeKeyFormat, key.range);
      if (std::find(std::begin(kReserved), std::end(kReserved), key.text) != std::end(kReserved))
        Say(Rule::kFieldTypeKeyReserved, key.range);
      metadata_.field_types.push_back(key.text);
    }
  }

  void CheckName(const YamlNode* name) {
    if (name == nullptr || name->kind != YamlKind::kScalar) return;
    if (HoldsPlaceholder(name->text)) return Say(Rule::kPlaceholderInStructuralField, name->range);
    if (!IsIdentifier(name->text)) Say(Rule::kSidePartyNameFormat, name->range);
  }

  void ReadSides(const YamlNode& yaml, ByteRange head) {
    const YamlNode* sides = yaml.Find("sides");
    if (sides == nullptr) return Say(Rule::kSidesAbsent, head);
    metadata_.has_sides = true;
    ByteRange key = KeyOf(yaml, "sides");
    Concrete(sides);
    size_t distinct = 0;
    bool issuer = false;
    if (sides->kind == YamlKind::kList) {
      for (const YamlNode& side : sides->items) {
        const YamlNode* name = side.Find("name");
        String text = TextOf(name);
        CheckName(name);
        if (name == nullptr) Say(Rule::kSidePartyNameFormat, side.range);
        bool taken = std::any_of(metadata_.sides.begin(), metadata_.sides.end(),
                                 [&](const Side& other) { return other.name == text; });
        if (taken && name != nullptr) Say(Rule::kSideNameDuplicate, name->range);
        distinct += taken ? 0 : 1;
        issuer = issuer || text == "issuer";
        metadata_.sides.push_back({text, TextOf(side.Find("label"))});
        ReadParties(side, metadata_.sides.size() - 1);
      }
    }
    if (!known_type_) return;
    size_t least = metadata_.type == DocumentType::kContract ? 2 : 1;
    if (distinct < least) Say(Rule::kSidesMinimum, key);
    if (metadata_.type != DocumentType::kContract && !issuer) {
      bool any = sides->kind == YamlKind::kList && !sides->items.empty();
      Say(Rule::kIssuerSideRequired, any ? sides->items[0].range : key);
    }
    if (metadata_.parties.size() < least) Say(Rule::kPartiesMinimum, key);
  }

  void ReadParties(const YamlNode& side, size_t index) {
    const YamlNode* parties = side.Find("parties");
    Concrete(parties);
    if (parties == nullptr || parties->kind != YamlKind::kList || parties->items.empty()) {
      return Say(Rule::kPartiesMinimum,
                 parties != nullptr ? KeyOf(side, "parties") : AtOr(side.Find("name"), side.range));
    }
    for (const YamlNode& node : parties->items) {
      Party party{.name = TextOf(node.Find("name")),
                  .label = TextOf(node.Find("label")),
                  .legal_name = TextOf(node.Find("legal_name")),
                  .type = TextOf(node.Find("type")),
                  .representatives = {},
                  .side = index};
      const YamlNode* name = node.Find("name");
      CheckName(name);
      if (name == nullptr) Say(Rule::kSidePartyNameFormat, node.range);
      bool taken = std::any_of(metadata_.parties.begin(), metadata_.parties.end(),
                               [&](const Party& other) { return other.name == party.name; });
      // LegalDown tells it where the side begins that the party is in.
      if (taken && name != nullptr) Say(Rule::kPartyNameDuplicate, side.range);
      const YamlNode* type = node.Find("type");
      Concrete(type);
      if (party.type != "legal_entity" && party.type != "natural_person" &&
          !HoldsPlaceholder(party.type)) {
        Say(Rule::kPartyTypeInvalid, AtOr(type, AtOr(name, node.range)));
      }
      CheckDate(node.Find("date_of_birth"), Rule::kDateOfBirthInvalid);
      ReadRepresentatives(node.Find("representatives"), &party);
      metadata_.parties.push_back(std::move(party));
    }
  }

  void ReadRepresentatives(const YamlNode* list, Party* party) {
    if (list == nullptr || list->kind != YamlKind::kList) return;
    for (const YamlNode& node : list->items) {
      const YamlNode* name = node.Find("name");
      if (IsEmpty(name)) Say(Rule::kRepresentativeNameEmpty, AtOr(name, node.range));
      String text = TextOf(name), title = TextOf(node.Find("title"));
      party->representatives.push_back(title.empty() ? text : text + ", " + title);
    }
  }

  void ReadLanguages(const YamlNode& yaml) {
    const YamlNode* language = yaml.Find("language");
    const YamlNode* authoritative = yaml.Find("authoritative");
    for (const YamlNode* node : {language, authoritative}) {
      Concrete(node);
      if (node != nullptr && !IsLanguage(TextOf(node)) && !HoldsPlaceholder(node->text))
        Say(Rule::kLanguageCodeInvalid, node->range);
    }
    const YamlNode* translations = yaml.Find("translations");
    if (translations != nullptr && translations->kind == YamlKind::kMap) {
      metadata_.translations_at = KeyOf(yaml, "translations");
      for (size_t i = 0; i + 1 < translations->items.size(); i += 2) {
        const YamlNode& key = translations->items[i];
        const YamlNode& path = translations->items[i + 1];
        Concrete(&key);
        if (!IsLanguage(key.text)) Say(Rule::kLanguageCodeInvalid, key.range);
        CheckPath(path);
        metadata_.translations.push_back({key.text, path.text, path.range});
      }
    }
    if (authoritative == nullptr || authoritative->text == metadata_.language) return;
    bool known =
        std::any_of(metadata_.translations.begin(), metadata_.translations.end(),
                    [&](const auto& each) { return each.language == authoritative->text; });
    if (!known) Say(Rule::kAuthoritativeNotDeclared, authoritative->range);
  }

  void CheckPath(const YamlNode& path) {
    Concrete(&path);
    if (path.kind == YamlKind::kScalar && !IsRelativePath(path.text) && !path.text.empty())
      Say(Rule::kPathNotRelative, path.range);
  }

  void ReadAmends(const YamlNode& yaml) {
    if (const YamlNode* amends = yaml.Find("amends")) {
      metadata_.has_amends = true;
      const YamlNode* title = amends->Find("title");
      if (IsEmpty(title))
        Say(Rule::kAmendsTitleEmpty, title != nullptr && title->range.begin < title->range.end
                                         ? title->range
                                         : KeyOf(yaml, "amends"));
      if (const YamlNode* file = amends->Find("file"); !IsEmpty(file)) {
        CheckPath(*file);
        metadata_.amends_file = file->text;
        metadata_.amends_file_at = file->range;
      }
    }
    const YamlNode* supersedes = yaml.Find("supersedes");
    if (supersedes == nullptr || supersedes->kind != YamlKind::kMap) return;
    const YamlNode* title = supersedes->Find("title");
    if (IsEmpty(title))
      Say(Rule::kSupersedesTitleEmpty, title != nullptr && title->range.begin < title->range.end
                                           ? title->range
                                           : KeyOf(yaml, "supersedes"));
    if (const YamlNode* file = supersedes->Find("file"); !IsEmpty(file)) {
      CheckPath(*file);
      metadata_.supersedes_file = file->text;
      metadata_.supersedes_file_at = file->range;
    }
  }

  void ReadAttachments(const YamlNode* list) {
    if (list == nullptr || list->kind != YamlKind::kList) return;
    if (sink_ != nullptr && scan_.IsTemplate()) CheckEntries(*list);
    const Answers answers(&metadata_.questions);
    for (const YamlNode& node : list->items) {
      const YamlNode* id = node.Find("id");
      Concrete(id);
      const YamlNode* title = node.Find("title");
      const YamlNode* file = node.Find("file");
      Attachment attachment{.id = TextOf(id),
                            .title = TextOf(title),
                            .file = TextOf(file),
                            .at = AtOr(id, node.range),
                            .file_at = AtOr(file, node.range)};
      if (const YamlNode* when = node.Find("when")) {
        Concrete(when);
        attachment.when = ParseCondition(TextOf(when), when->range);
      }
      if (!IsIdentifier(attachment.id) && !HoldsPlaceholder(attachment.id))
        Say(Rule::kAnchorFormat, attachment.at);
      if (IsEmpty(title)) Say(Rule::kAttachmentTitleEmpty, AtOr(title, attachment.at));
      if (file != nullptr) CheckPath(*file);
      bool taken = std::any_of(metadata_.attachments.begin(), metadata_.attachments.end(),
                               [&](const Attachment& other) {
                                 return other.id == attachment.id &&
                                        !answers.Exclude(PresenceOf(other), PresenceOf(attachment));
                               });
      if (taken) Say(Rule::kAttachmentIdDuplicate, attachment.at);
      if (!taken) metadata_.attachments.push_back(std::move(attachment));
    }
  }

  // Whoever assembles a template edits its lines.
  void CheckEntries(const YamlNode& list) {
    const std::string_view file = sink_->file().text();
    bool good = !IsFlow(list, file);
    for (const YamlNode& node : list.items) {
      good =
          good && node.kind == YamlKind::kMap && !node.items.empty() && node.items[0].text == "id";
    }
    if (good) return;
    Report(Rule::kQuestionInvalid, list.range, sink_,
           "In a template, attachments are written one key a line, each beginning with - id:");
  }

  const Scan& scan_;
  DiagnosticSink* sink_;
  Metadata metadata_;
  bool known_type_ = true;
};

}  // namespace

Metadata ReadMetadata(const Scan& scan, DiagnosticSink* sink) { return Reader(scan, sink).Read(); }

bool IsRelativePath(std::string_view path) {
  if (path.empty() || path[0] == '/' || path[0] == '\\') return false;
  size_t colon = path.find(':');
  if (colon == std::string_view::npos) return true;
  // A scheme: a letter, then letters, digits, '+', '-' and '.'; a drive's letter is one too.
  for (size_t i = 0; i < colon; ++i) {
    char c = path[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool more = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!letter && (i == 0 || !more)) return true;
  }
  return colon == 0;
}

Vector<String> PathsIn(const Scan& scan, const Metadata& metadata, std::string_view file) {
  Vector<String> paths;
  auto add = [&](std::string_view path) {
    if (IsRelativePath(path)) paths.push_back(JoinPath(file, path));
  };
  for (const Block& block : scan.blocks) {
    for (const Directive& directive : block.directives) {
      if (directive.name == "include" && IsLegalDown(directive.value)) add(directive.value);
    }
  }
  for (const Attachment& attachment : metadata.attachments) add(attachment.file);
  for (const Metadata::Translation& each : metadata.translations) add(each.file);
  add(metadata.amends_file);
  add(metadata.supersedes_file);
  return paths;
}

}  // namespace countersign::legaldown
