// LegalDown's rules over a document with all its files. Long because it is one list of rules.
#include <algorithm>

#include "compile/include.h"
#include "compile/legaldown_document.h"
#include "values/date.h"
#include "values/decimal.h"
#include "values/money.h"

namespace countersign::compile::legaldown {
namespace {

constexpr size_t kNoFile = static_cast<size_t>(-1);

// A block with the file it stands in, in the order of the whole document.
enum class Origin : uint8_t { kMain, kInclude, kAttachment };
struct Entry {
  const Block* block;
  size_t file;
  Origin origin;
  size_t attachment;  // kNoFile outside of attachments
};

struct DirectiveInfo {
  std::string_view name;
  std::string_view parameters;  // each between spaces
};
constexpr DirectiveInfo kDirectives[] = {
    {"ref", " "},
    {"def", " "},
    {"term", " label "},
    {"date", " note "},
    {"money", " currency note "},
    {"party", " label note "},
    {"side", " label note "},
    {"duration", " unit note "},
    {"field", " type note "},
    {"placeholder", " type note currency "},
    {"include", " "},
    {"attach", " label "},
};

// A number without sign, separators and spaces.
bool IsPlainNumber(std::string_view text) {
  size_t digits = 0, points = 0;
  for (char c : text) {
    digits += c >= '0' && c <= '9' ? 1 : 0;
    points += c == '.' ? 1 : 0;
  }
  return digits > 0 && points <= 1 && digits + points == text.size() && text.front() != '.' &&
         text.back() != '.';
}

// Text without Markdown, HTML or directives.
bool IsPlainText(std::string_view text) {
  for (std::string_view sign : {"**", "__", "`", "{{", "}}", "](", "</"}) {
    if (text.find(sign) != std::string_view::npos) return false;
  }
  size_t star = text.find('*');
  return star == std::string_view::npos || text.find('*', star + 1) == std::string_view::npos;
}

class Checker {
 public:
  Checker(const LegalDownFiles& files, const Vector<size_t>& parts, DiagnosticSink* sink)
      : files_(files), parts_(parts), sink_(sink), text_(sink->file().text()) {}

  Document Run() {
    ReadFiles();
    document_.metadata = ReadMetadata(document_.scans[0], sink_);
    Metadata& metadata = document_.metadata;
    const Scan& main = document_.scans[0];
    bool headed = std::any_of(main.blocks.begin(), main.blocks.end(), [](const Block& block) {
      return block.place == Place::kHeading && block.level == 1;
    });
    document_.fragment = !main.has_front && !headed;
    if (!main.has_front) Say(Rule::kFrontmatterAbsent, {main.whole.begin, main.whole.begin + 1});
    CheckFiles();
    Vector<size_t> open = {0};
    Flatten(0, Origin::kMain, kNoFile, &open);
    for (size_t i = 0; i < metadata.attachments.size(); ++i) FlattenAttachment(i);
    CheckHeadings();
    CollectAnchors();
    GenerateAnchors();
    ImportDefinitions();
    CollectDefinitions();
    PlaceholdersInFront();
    CheckDirectives();
    CheckCircles();
    for (const auto& [id, definition] : document_.definitions) {
      if (used_.find(id) == used_.end()) Say(Rule::kDefUnreferenced, definition.at);
    }
    for (const Attachment& attachment : metadata.attachments) {
      if (document_.anchors.find(attachment.id) != document_.anchors.end())
        Say(Rule::kAttachmentIdCollision, attachment.at);
      if (!attachment.used) Say(Rule::kAttachmentUnreferenced, attachment.at);
    }
    CheckImplicit(main, metadata);
    CheckTranslations();
    return std::move(document_);
  }

 private:
  void Say(Rule rule, ByteRange range, std::string_view message = {}) {
    Report(rule, range, sink_, message);
  }
  // What is missing in a fragment may be in the document it belongs to.
  void Missing(Rule rule, ByteRange range, std::string_view message) {
    Diagnostic& diagnostic = Report(rule, range, sink_, message);
    if (!document_.fragment) return;
    sink_->Soften(&diagnostic, Severity::kInfo);
    diagnostic.hint = "This file is a fragment: check the document that it belongs to.";
  }

  size_t FileAt(std::string_view from, std::string_view path) const {
    String joined = JoinPath(from, path);
    for (size_t i = 0; i < files_.files().size(); ++i) {
      if (files_.files()[i].path == joined && files_.files()[i].there) return i;
    }
    return kNoFile;
  }
  const String& PathOf(size_t file) const { return files_.files()[file].path; }

  // All files; those that the document is made of once more, to report what is wrong in them.
  void ReadFiles() {
    DiagnosticSink quiet(sink_->file());
    for (size_t i = 0; i < files_.files().size(); ++i) {
      const bool readable = files_.files()[i].there && (i == 0 || IsLegalDown(PathOf(i)));
      document_.scans.push_back(readable ? ReadScan(sink_->file().part(parts_[i]).range, &quiet)
                                         : Scan());
    }
    Vector<size_t> own = {0};
    Metadata metadata = ReadMetadata(document_.scans[0], nullptr);
    for (const Attachment& attachment : metadata.attachments) {
      size_t file = FileAt("", attachment.file);
      if (file != kNoFile && IsLegalDown(attachment.file)) own.push_back(file);
    }
    for (size_t i = 0; i < own.size(); ++i) {
      for (const Block& block : document_.scans[own[i]].blocks) {
        for (const Directive& directive : block.directives) {
          size_t file = directive.name == "include" && IsLegalDown(directive.value)
                            ? FileAt(PathOf(own[i]), directive.value)
                            : kNoFile;
          if (file != kNoFile && std::find(own.begin(), own.end(), file) == own.end())
            own.push_back(file);
        }
      }
    }
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    for (size_t file : own)
      document_.scans[file] = ReadScan(sink_->file().part(parts_[file]).range, sink_);
    for (size_t file : own) {
      for (const Piece& piece : document_.scans[file].pieces) {
        if (piece.kind != PieceKind::kImage) continue;
        std::string_view path =
            std::string_view(text_).substr(piece.path.begin, piece.path.end - piece.path.begin);
        if (!IsRelativePath(path)) Say(Rule::kPathNotRelative, piece.range);
      }
    }
  }

  // --- other files
  // A file that is not LegalDown is never read: that it is not there changes nothing in the text.
  void FileMissing(Rule rule, ByteRange range, std::string_view path) {
    Diagnostic& diagnostic = Report(rule, range, sink_, "There is no file '" + String(path) + "'");
    if (IsLegalDown(path) || path.empty()) return;
    sink_->Soften(&diagnostic, Severity::kWarning);
  }

  void CheckFiles() {
    Metadata& metadata = document_.metadata;
    auto check = [&](Rule rule, ByteRange at, std::string_view path) {
      if (IsRelativePath(path) && FileAt("", path) == kNoFile) FileMissing(rule, at, path);
    };
    if (!metadata.amends_file.empty())
      check(Rule::kAmendsFileMissing, metadata.amends_file_at, metadata.amends_file);
    if (!metadata.supersedes_file.empty())
      check(Rule::kSupersedesFileMissing, metadata.supersedes_file_at, metadata.supersedes_file);
    for (const Metadata::Translation& each : metadata.translations)
      check(Rule::kTranslationFileMissing, each.at, each.file);
    for (Attachment& attachment : metadata.attachments) {
      size_t file = FileAt("", attachment.file);
      attachment.rendered = file != kNoFile && IsLegalDown(attachment.file);
      if (file == kNoFile && (attachment.file.empty() || IsRelativePath(attachment.file)))
        FileMissing(Rule::kAttachmentFileMissing, attachment.file_at, attachment.file);
    }
  }

  void Flatten(size_t file, Origin origin, size_t attachment, Vector<size_t>* open) {
    for (const Block& block : document_.scans[file].blocks) {
      entries_.push_back({&block, file, origin, attachment});
      for (const Directive& directive : block.directives) {
        if (directive.name == "include") Include(directive, file, attachment, open);
      }
    }
  }

  void Include(const Directive& directive, size_t from, size_t attachment, Vector<size_t>* open) {
    ByteRange at = directive.At();
    if (!IsRelativePath(directive.value)) return Say(Rule::kPathNotRelative, at);
    if (!IsLegalDown(directive.value)) return Say(Rule::kIncludeNotLegaldown, at);
    size_t file = FileAt(PathOf(from), directive.value);
    if (file == kNoFile) {
      return Missing(Rule::kIncludeFileMissing, at, "There is no file '" + directive.value + "'");
    }
    if (std::find(open->begin(), open->end(), file) != open->end())
      return Say(Rule::kIncludeCycle, at);
    if (++splices_ > kMaxLegalDownSplices || open->size() > kMaxIncludeDepth) {
      if (!limited_) sink_->Report(DiagnosticCode::kIncludeLimit, at);
      limited_ = true;
      return;
    }
    const Scan& scan = document_.scans[file];
    if (scan.has_front) Say(Rule::kIncludeHasFrontmatter, {scan.front.begin, scan.front.begin + 1});
    open->push_back(file);
    Flatten(file, Origin::kInclude, attachment, open);
    open->pop_back();
  }

  void FlattenAttachment(size_t index) {
    const Attachment& attachment = document_.metadata.attachments[index];
    if (!attachment.rendered) return;
    size_t file = FileAt("", attachment.file);
    const Scan& scan = document_.scans[file];
    if (scan.has_front)
      Say(Rule::kAttachmentHasFrontmatter, {scan.front.begin, scan.front.begin + 1});
    Vector<size_t> open = {0, file};
    Flatten(file, Origin::kAttachment, index, &open);
  }

  // --- headings and anchors
  void CheckHeadings() {
    int before = document_.fragment ? 1 : 0;
    size_t attachment = kNoFile;
    for (const Entry& entry : entries_) {
      if (entry.attachment != attachment) before = 1;  // below its title
      attachment = entry.attachment;
      if (entry.block->place != Place::kHeading) continue;
      int level = entry.block->level;
      ByteRange at = entry.block->range;
      if (level == 1 && entry.origin == Origin::kInclude) Say(Rule::kIncludeHasH1, at);
      if (level == 1 && entry.origin == Origin::kAttachment) Say(Rule::kAttachmentHasH1, at);
      if (level > 5) Say(Rule::kHeadingDepth, at);
      if (level > before + 1) {
        Say(entry.origin == Origin::kInclude ? Rule::kIncludeHeadingSkip : Rule::kHeadingSkip, at);
      }
      before = level;
    }
  }

  void CollectAnchors() {
    for (const Entry& entry : entries_) {
      if (!entry.block->anchor) continue;
      const Anchor& anchor = *entry.block->anchor;
      Target target{.place = entry.block->place, .section = {}};
      if (document_.anchors.emplace(anchor.id, target).second) continue;
      Say(entry.origin == Origin::kMain      ? Rule::kAnchorDuplicate
          : entry.origin == Origin::kInclude ? Rule::kIncludeAnchorDuplicate
                                             : Rule::kAttachmentAnchorDuplicate,
          anchor.range, "The identifier '" + anchor.id + "' is taken");
    }
  }

  bool IsTaken(const String& id) const {
    return document_.anchors.find(id) != document_.anchors.end() || FindAttachment(id) != kNoFile;
  }

  void GenerateAnchors() {
    String section;
    for (const Entry& entry : entries_) {
      const Block& block = *entry.block;
      if (block.place == Place::kHeading && block.anchor) section = block.anchor->id;
      if (block.place == Place::kHeading && !block.anchor) {
        LegalDownSlug slug = MakeLegalDownSlug(block.text);
        if (slug.lossy) Say(Rule::kAnchorLossySlug, block.range);
        String id = slug.text;
        bool taken = IsTaken(id);
        if (taken) Say(Rule::kAnchorAutogenCollision, block.range);
        for (int n = 2; taken && IsTaken(id); ++n) id = slug.text + "-" + NumberText(n);
        document_.anchors.emplace(id, Target{.place = Place::kHeading, .section = {}});
        document_.generated.emplace(block.range.begin, id);
        section = id;
      } else if (block.place != Place::kHeading && block.anchor) {
        document_.anchors[block.anchor->id].section = section;
      }
    }
  }

  // --- definitions
  // Of the file and what it includes and attaches, once each.
  void ImportDefinitions() {
    const Metadata& metadata = document_.metadata;
    if (metadata.amends_file.empty() || !IsLegalDown(metadata.amends_file)) return;
    size_t original = FileAt("", metadata.amends_file);
    if (original == kNoFile) return;
    has_original_ = true;
    Vector<size_t> open = {original};
    for (const Attachment& attachment :
         ReadMetadata(document_.scans[original], nullptr).attachments) {
      size_t file = FileAt(PathOf(original), attachment.file);
      if (file != kNoFile && IsLegalDown(attachment.file)) open.push_back(file);
    }
    for (size_t i = 0; i < open.size(); ++i) {
      for (const Block& block : document_.scans[open[i]].blocks) {
        for (const Directive& directive : block.directives) {
          if (directive.name == "include") {
            size_t file = FileAt(PathOf(open[i]), directive.value);
            if (file != kNoFile && std::find(open.begin(), open.end(), file) == open.end())
              open.push_back(file);
          }
          if (directive.name != "def") continue;
          auto term = TermBefore(text_, directive.range.begin, block.range.begin);
          if (!term) continue;
          String id =
              directive.value.empty() ? MakeLegalDownSlug(term->text).text : directive.value;
          document_.imported.emplace(std::move(id), term->text);
        }
      }
    }
  }

  void CollectDefinitions() {
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Block& block = *entries_[i].block;
      for (const Directive& directive : block.directives) {
        if (directive.name == "def") Define(block, directive, i);
      }
    }
  }

  void Define(const Block& block, const Directive& directive, size_t entry) {
    auto term = TermBefore(text_, directive.range.begin, block.range.begin);
    if (!term) return Say(Rule::kDefNoQuotedSpan, directive.range);
    if (term->emphasis) Say(Rule::kDefEmphasis, directive.range);
    if (term->ambiguous) Say(Rule::kDefSingleQuoteAmbiguous, directive.range);
    Definition definition{.id = directive.value, .term = term->text, .at = directive.range};
    definition.generated = directive.value.empty();
    if (definition.generated) {
      LegalDownSlug slug = MakeLegalDownSlug(term->text);
      if (slug.lossy) Say(Rule::kDefLossySlug, directive.range);
      definition.id = slug.text;
    } else if (!IsIdentifier(definition.id)) {
      Say(Rule::kAnchorFormat, directive.value_range);
    }
    document_.definition_at.emplace(directive.range.begin, definition);
    auto [it, is_new] = document_.definitions.emplace(definition.id, definition);
    if (!is_new) {
      bool both = it->second.generated && definition.generated;
      Say(both ? Rule::kDefAutogenCollision : Rule::kDefDuplicateId, directive.range,
          "The term '" + definition.id + "' is defined twice");
      return;
    }
    defined_in_.emplace(definition.id, entry);
    if (document_.imported.find(definition.id) != document_.imported.end())
      Say(Rule::kAmendDefOverride, directive.range);
  }

  // A definition's explanation is its paragraph.
  void CheckCircles() {
    std::unordered_map<String, Vector<String>> needs;
    for (const Entry& entry : entries_) {
      Vector<String> defined, terms;
      for (const Directive& directive : entry.block->directives) {
        auto it = document_.definition_at.find(directive.range.begin);
        if (directive.name == "def" && it != document_.definition_at.end())
          defined.push_back(it->second.id);
        if (directive.name == "term") terms.push_back(directive.value);
      }
      for (const String& id : defined) {
        for (const String& term : terms) {
          if (term != id && document_.definitions.find(term) != document_.definitions.end())
            needs[id].push_back(term);
        }
      }
    }
    // Whether a definition is reached from what it needs.
    for (const auto& [id, definition] : document_.definitions) {
      Vector<String> open = needs[id];
      std::unordered_map<String, bool> seen;
      bool circle = false;
      while (!open.empty() && !circle && seen.size() < 2'000) {
        String next = std::move(open.back());
        open.pop_back();
        circle = next == id;
        if (!seen.emplace(next, true).second) continue;
        for (const String& more : needs[next]) open.push_back(more);
      }
      if (circle) Say(Rule::kDefinitionCircular, definition.at);
    }
  }

  // --- directives
  void CheckDirectives() {
    for (size_t i = 0; i < entries_.size(); ++i) {
      for (const Directive& directive : entries_[i].block->directives) CheckDirective(directive, i);
    }
  }

  void CheckDirective(const Directive& directive, size_t entry) {
    const String& name = directive.name;
    const DirectiveInfo* info = nullptr;
    for (const DirectiveInfo& each : kDirectives) {
      if (each.name == name) info = &each;
    }
    if (info == nullptr) {
      Diagnostic& diagnostic = Report(Rule::kDirectiveUnknown, directive.range, sink_,
                                      "There is no directive '" + name + "'");
      Vector<std::string_view> known;
      for (const DirectiveInfo& each : kDirectives) known.push_back(each.name);
      SuggestName(diagnostic, NearestName(name, known), std::nullopt);
      if (document_.metadata.newer) {
        sink_->Soften(&diagnostic, Severity::kWarning);
      }
      return;
    }
    for (const Parameter& parameter : directive.parameters) {
      bool known = info->parameters.find(" " + parameter.name + " ") != std::string_view::npos;
      const Parameter* type = directive.Find("type");
      if (name == "placeholder" && parameter.name == "currency")
        known = type != nullptr && type->value == "money";
      if (!known) {
        Say(Rule::kDirectiveUnknownParam, parameter.name_range,
            "'" + name + "' has no parameter '" + parameter.name + "'");
      } else if (parameter.name == "note" && !IsPlainText(parameter.value)) {
        Say(Rule::kNoteInvalid, parameter.range);
      }
    }
    if (name == "ref") CheckRef(directive);
    if (name == "attach") CheckAttach(directive);
    if (name == "term") CheckTerm(directive, entry);
    if (name == "date" && !values::Date::Parse(directive.value))
      Say(Rule::kDateInvalid, directive.At());
    if (name == "money") CheckMoney(directive);
    if (name == "duration") CheckDuration(directive);
    if (name == "party" || name == "side") CheckParty(directive);
    if (name == "field") CheckField(directive);
    if (name == "placeholder") CheckPlaceholder(directive);
  }

  size_t FindAttachment(std::string_view id) const {
    const Vector<Attachment>& all = document_.metadata.attachments;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].id == id) return i;
    }
    return kNoFile;
  }

  void CheckRef(const Directive& directive) {
    auto target = document_.anchors.find(directive.value);
    if (target == document_.anchors.end()) {
      if (FindAttachment(directive.value) != kNoFile)
        return Say(Rule::kRefTargetsAttachment, directive.At());
      return Missing(Rule::kRefBroken, directive.At(),
                     "There is no section, item or paragraph '" + directive.value + "'");
    }
    if (target->second.place == Place::kParagraph) Say(Rule::kRefNotEnumerated, directive.At());
  }

  void CheckAttach(const Directive& directive) {
    size_t attachment = FindAttachment(directive.value);
    if (attachment != kNoFile) {
      document_.metadata.attachments[attachment].used = true;
    } else {
      Missing(Rule::kAttachUndeclared, directive.At(),
              "There is no attachment '" + directive.value + "'");
    }
  }

  void CheckTerm(const Directive& directive, size_t entry) {
    const String& id = directive.value;
    used_.emplace(id, true);
    auto definition = document_.definitions.find(id);
    if (definition != document_.definitions.end()) {
      auto place = defined_in_.find(id);
      bool later = place != defined_in_.end() &&
                   (place->second > entry || (place->second == entry &&
                                              definition->second.at.begin > directive.range.begin));
      if (later) Say(Rule::kDefinitionUsedBeforeDeclaration, directive.At());
      return;
    }
    if (document_.imported.find(id) != document_.imported.end()) return;
    String message = "There is no definition of '" + id + "'";
    if (document_.metadata.has_amends && !has_original_)
      return Say(Rule::kAmendTermUnresolvable, directive.At(), message);
    Missing(has_original_ ? Rule::kAmendTermUndefined : Rule::kTermUndefined, directive.At(),
            message);
  }

  void CheckMoney(const Directive& directive) {
    if (!IsPlainNumber(directive.value)) Say(Rule::kMoneyInvalidAmount, directive.At());
    const Parameter* currency = directive.Find("currency");
    if (currency == nullptr) return Say(Rule::kMoneyMissingCurrency, directive.range);
    if (!values::Currency::Parse(currency->value))
      Say(Rule::kMoneyUnknownCurrency, currency->range);
  }

  void CheckDuration(const Directive& directive) {
    bool positive = IsPlainNumber(directive.value) &&
                    directive.value.find_first_of("123456789") != String::npos;
    if (!positive) Say(Rule::kDurationInvalidValue, directive.At());
    constexpr std::string_view kUnits[] = {"S", "MIN", "H", "D", "W", "MO", "Y"};
    const Parameter* unit = directive.Find("unit");
    bool known = unit != nullptr &&
                 std::find(std::begin(kUnits), std::end(kUnits), unit->value) != std::end(kUnits);
    if (known) return;
    ByteRange at = unit != nullptr ? unit->range : directive.range;
    bool bare = unit != nullptr && unit->value == "M";
    Say(Rule::kDurationInvalidUnit, at,
        bare ? "M can be minutes or months: write MIN or MO" : std::string_view());
  }

  void CheckParty(const Directive& directive) {
    bool is_party = directive.name == "party";
    const String& name = directive.value;
    if (!IsIdentifier(name)) {
      return Say(is_party ? Rule::kPartyNameMalformed : Rule::kSideNameMalformed, directive.At());
    }
    const Metadata& metadata = document_.metadata;
    bool known = is_party ? std::any_of(metadata.parties.begin(), metadata.parties.end(),
                                        [&](const Party& party) { return party.name == name; })
                          : std::any_of(metadata.sides.begin(), metadata.sides.end(),
                                        [&](const Side& side) { return side.name == name; });
    if (known) return;
    Missing(is_party ? Rule::kPartyUnknown : Rule::kSideUnknown, directive.At(),
            "There is no " + String(is_party ? "party" : "side") + " '" + name + "'");
  }

  void CheckField(const Directive& directive) {
    const Parameter* type = directive.Find("type");
    if (type == nullptr || !IsIdentifier(type->value)) {
      return Say(Rule::kFieldTypeMissing, type != nullptr ? type->range : directive.range);
    }
    const Vector<String>& types = document_.metadata.field_types;
    if (document_.metadata.has_field_types &&
        std::find(types.begin(), types.end(), type->value) == types.end()) {
      Say(Rule::kFieldTypeUndeclared, type->range);
    }
  }

  void CheckPlaceholder(const Directive& directive) {
    if (!IsIdentifier(directive.value)) Say(Rule::kPlaceholderIdMalformed, directive.At());
    const Parameter* parameter = directive.Find("type");
    String type = parameter != nullptr ? parameter->value : "text";
    ByteRange at = parameter != nullptr ? parameter->range : directive.range;
    if (type != "text" && type != "date" && type != "money") Say(Rule::kPlaceholderTypeInvalid, at);
    auto [it, is_new] = placeholders_.emplace(directive.value, type);
    if (!is_new && it->second != type) Say(Rule::kPlaceholderTypeInconsistent, at);
    const Parameter* currency = directive.Find("currency");
    if (currency != nullptr && type == "money" && !values::Currency::Parse(currency->value))
      Say(Rule::kPlaceholderUnknownCurrency, currency->range);
  }

  // Those in the values of the front matter count as the others do.
  void PlaceholdersInFront() {
    const Scan& main = document_.scans[0];
    if (main.yaml) PlaceholdersIn(*main.yaml);
  }
  void PlaceholdersIn(const YamlNode& node) {
    for (const YamlNode& item : node.items) PlaceholdersIn(item);
    if (node.kind != YamlKind::kScalar) return;
    if (node.text.find("{{placeholder:") == String::npos) return;
    SourceFile scratch("", node.text);
    DiagnosticSink quiet(scratch);
    Scan scan = ReadScan({0, static_cast<uint32_t>(node.text.size())}, &quiet);
    if (quiet.HasErrors()) Say(Rule::kDirectiveMalformed, node.range);
    for (const Block& block : scan.blocks) {
      for (Directive directive : block.directives) {
        if (directive.name != "placeholder") continue;
        directive.range = directive.value_range = node.range;
        for (Parameter& parameter : directive.parameters)
          parameter.range = parameter.name_range = node.range;
        CheckPlaceholder(directive);
      }
    }
  }

  // --- translations
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

  struct Outline {
    Vector<const Block*> headings;
    Vector<String> ids;
    Vector<Definition> definitions;
  };
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

  void CheckTranslations() {
    const Metadata& metadata = document_.metadata;
    Outline own = OutlineOf(document_.scans[0]);
    for (const Metadata::Translation& each : metadata.translations) {
      size_t file = FileAt("", each.file);
      if (file == kNoFile || !IsLegalDown(each.file)) continue;
      const Scan& scan = document_.scans[file];
      Metadata other = ReadMetadata(scan, nullptr);
      CheckImplicit(scan, other);
      if (LanguagesOf(metadata) != LanguagesOf(other)) {
        Say(Rule::kTranslationLanguageSetMismatch, metadata.translations_at);
        if (other.translations_at.end != 0)
          Say(Rule::kTranslationLanguageSetMismatch, other.translations_at);
      }
      Compare(own, OutlineOf(scan), each.at);
    }
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

  const LegalDownFiles& files_;
  const Vector<size_t>& parts_;
  DiagnosticSink* sink_;
  const String& text_;
  Document document_;
  Vector<Entry> entries_;
  size_t splices_ = 0;
  bool limited_ = false, has_original_ = false;
  std::unordered_map<String, size_t> defined_in_;  // entries, by definition
  std::unordered_map<String, bool> used_;
  std::unordered_map<String, String> placeholders_;  // types
};

}  // namespace

Document CheckDocument(const LegalDownFiles& files, const Vector<size_t>& parts,
                       DiagnosticSink* sink) {
  return Checker(files, parts, sink).Run();
}

}  // namespace countersign::compile::legaldown
