// LegalDown's rules over a document with all its files. Long because it is one list of rules.
#include <algorithm>

#include "compile/include.h"
#include "legaldown/document.h"
#include "values/date.h"
#include "values/decimal.h"
#include "values/money.h"

namespace countersign::legaldown {
namespace {

constexpr size_t kNoFile = static_cast<size_t>(-1);

// A block with the file it stands in, in the order of the whole document.
enum class Origin : uint8_t { kMain, kInclude, kAttachment };
struct Entry {
  const Block* block;
  size_t file;
  Origin origin;
  size_t attachment;  // kNoFile outside of attachments
  Presence presence;
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
    {"placeholder", " type note currency unit "},
    {"include", " "},
    {"attach", " label "},
    {"choose", ""},  // its parameters are answers
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
  Checker(const LegalDownFiles& files, const Vector<size_t>& parts, Readiness readiness,
          DiagnosticSink* sink)
      : files_(files),
        parts_(parts),
        readiness_(readiness),
        sink_(sink),
        text_(sink->file().text()),
        answers_(&document_.metadata.questions) {}

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
    Flatten(0, Origin::kMain, kNoFile, {}, &open);
    for (size_t i = 0; i < metadata.attachments.size(); ++i) FlattenAttachment(i);
    document_.is_template =
        main.IsTemplate() || std::ranges::any_of(entries_, [](const Entry& entry) {
          return entry.block->when || HasChoice(*entry.block);
        });
    CheckConditions();
    CheckHeadings();
    CollectAnchors();
    GenerateAnchors();
    ImportDefinitions();
    CollectDefinitions();
    PlaceholdersInFront();
    CheckDirectives();
    CheckQuestions();
    if (document_.is_template) CheckFragments();
    if (readiness_ == Readiness::kFinal) CheckFinal();
    CheckCircles();
    for (const auto& [id, definitions] : document_.definitions) {
      if (used_.find(id) != used_.end()) continue;
      for (const Definition& definition : definitions) Say(Rule::kDefUnreferenced, definition.at);
    }
    for (const Attachment& attachment : metadata.attachments) {
      if (IsAnchor(attachment.id, PresenceOf(attachment)))
        Say(Rule::kAttachmentIdCollision, attachment.at);
      if (!attachment.used) Say(Rule::kAttachmentUnreferenced, attachment.at);
    }
    CheckTranslations(files_, document_, sink_);
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

  static bool HasChoice(const Block& block) {
    return std::ranges::any_of(
        block.directives, [](const Directive& directive) { return directive.name == "choose"; });
  }

  // A condition takes along what is below a heading, up to the next one as high in the same file,
  // what is in a list item, and a whole fragment.
  void Flatten(size_t file, Origin origin, size_t attachment, const Presence& around,
               Vector<size_t>* open) {
    struct Section {
      int level;
      Presence presence;
    };
    Vector<Section> sections;
    const Vector<Block>& blocks = document_.scans[file].blocks;
    Vector<Presence> own;
    for (const Block& block : blocks) {
      const bool heading = block.place == Place::kHeading && !block.note;
      while (heading && !sections.empty() && sections.back().level >= block.level)
        sections.pop_back();
      Presence presence = block.item != kNoBlock ? own[block.item]
                          : sections.empty()     ? around
                                                 : sections.back().presence;
      if (block.when) presence.all.push_back(*block.when);
      if (heading) sections.push_back({block.level, presence});
      own.push_back(presence);
      entries_.push_back({&block, file, origin, attachment, presence});
      for (const Directive& directive : block.directives) {
        if (directive.name == "include") Include(directive, file, attachment, presence, open);
      }
    }
  }

  void Include(const Directive& directive, size_t from, size_t attachment, const Presence& presence,
               Vector<size_t>* open) {
    ByteRange at = directive.At();
    if (!IsRelativePath(directive.value)) return Say(Rule::kPathNotRelative, at);
    if (!IsLegalDown(directive.value)) return Say(Rule::kIncludeNotLegaldown, at);
    size_t file = FileAt(PathOf(from), directive.value);
    if (file == kNoFile) {
      return Missing(Rule::kIncludeFileMissing, at, "There is no file '" + directive.value + "'");
    }
    if (std::find(open->begin(), open->end(), file) != open->end())
      return Say(Rule::kIncludeCycle, at);
    if (++splices_ > kMaxLegalDownSplices || open->size() > compile::kMaxIncludeDepth) {
      if (!limited_) sink_->Report(DiagnosticCode::kIncludeLimit, at);
      limited_ = true;
      return;
    }
    const Scan& scan = document_.scans[file];
    if (scan.has_front) Say(Rule::kIncludeHasFrontmatter, {scan.front.begin, scan.front.begin + 1});
    open->push_back(file);
    Flatten(file, Origin::kInclude, attachment, presence, open);
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
    Flatten(file, Origin::kAttachment, index, PresenceOf(attachment), &open);
  }

  // --- headings and anchors
  void CheckHeadings() {
    for (const Entry& entry : entries_) {
      if (entry.block->place != Place::kHeading || entry.block->note) continue;
      int level = entry.block->level;
      ByteRange at = entry.block->range;
      if (level == 1 && entry.origin == Origin::kInclude) Say(Rule::kIncludeHasH1, at);
      if (level == 1 && entry.origin == Origin::kAttachment) Say(Rule::kAttachmentHasH1, at);
      if (level > 5) Say(Rule::kHeadingDepth, at);
    }
    // What is left out takes along what is below it, so that no heading skips a level because of
    // it; but a fragment that may be left out can end at any level.
    Vector<const Question*> deciding;
    for (const Entry& entry : entries_) {
      if (!entry.block->include_only) continue;
      for (const Condition& condition : entry.presence.all) {
        const Question* question =
            answers_.IsValid(condition) ? answers_.Find(condition.question) : nullptr;
        if (question != nullptr && std::ranges::find(deciding, question) == deciding.end())
          deciding.push_back(question);
      }
    }
    // Looks at a block, of all combinations; beyond, all of it is looked at once.
    constexpr size_t kMaxLooks = 1'000'000;
    const size_t most = kMaxLooks / (entries_.size() + 1);
    size_t combinations = 1;
    for (const Question* question : deciding)
      combinations = std::min(combinations * question->Answers().size(), most + 1);
    if (combinations > most) combinations = 1, deciding.clear();
    for (size_t i = 0; i < combinations; ++i) {
      Presence chosen;
      size_t rest = i;
      for (const Question* question : deciding) {
        const Vector<String> all = question->Answers();
        const String& answer = all[rest % all.size()];
        rest /= all.size();
        const bool truth = question->type == QuestionType::kBoolean;
        chosen.all.push_back({.question = question->id,
                              .value = truth ? String() : answer,
                              .negated = truth && answer == "false",
                              .good = true,
                              .range = {}});
      }
      CheckLevels(deciding.empty() ? nullptr : &chosen);
    }
  }

  // Of what stands with these answers; all of it without any.
  void CheckLevels(const Presence* chosen) {
    int before = document_.fragment ? 1 : 0;
    size_t attachment = kNoFile;
    bool behind_fragment = false;
    for (const Entry& entry : entries_) {
      if (chosen != nullptr && !entry.presence.all.empty() &&
          answers_.Exclude(entry.presence, *chosen)) {
        behind_fragment = behind_fragment || entry.origin == Origin::kInclude;
        continue;
      }
      if (entry.attachment != attachment) before = 1;  // below its title
      attachment = entry.attachment;
      const bool fragment = entry.origin == Origin::kInclude;
      behind_fragment = behind_fragment || fragment;
      if (entry.block->place != Place::kHeading || entry.block->note) continue;
      int level = entry.block->level;
      if (level > before + 1) {
        const bool because = fragment || (chosen != nullptr && behind_fragment);
        Say(because ? Rule::kIncludeHeadingSkip : Rule::kHeadingSkip, entry.block->range);
      }
      before = level;
      behind_fragment = fragment;
    }
  }

  // Whether one of these can stand beside it.
  bool IsAnchor(const String& id, const Presence& presence) const {
    auto it = document_.anchors.find(id);
    return it != document_.anchors.end() &&
           std::ranges::any_of(it->second, [&](const Target& other) {
             return !answers_.Exclude(other.presence, presence);
           });
  }
  bool IsTaken(const String& id, const Presence& presence) const {
    return IsAnchor(id, presence) ||
           std::ranges::any_of(document_.metadata.attachments, [&](const Attachment& other) {
             return other.id == id && !answers_.Exclude(PresenceOf(other), presence);
           });
  }

  void CollectAnchors() {
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      if (!entry.block->anchor) continue;
      const Anchor& anchor = *entry.block->anchor;
      const bool taken = IsAnchor(anchor.id, entry.presence);
      document_.anchors[anchor.id].push_back(
          {.place = entry.block->place, .section = {}, .presence = entry.presence});
      target_of_.emplace(i, document_.anchors[anchor.id].size() - 1);
      if (!taken) continue;
      Say(entry.origin == Origin::kMain      ? Rule::kAnchorDuplicate
          : entry.origin == Origin::kInclude ? Rule::kIncludeAnchorDuplicate
                                             : Rule::kAttachmentAnchorDuplicate,
          anchor.range, "The identifier '" + anchor.id + "' is taken");
    }
  }

  void GenerateAnchors() {
    String section;
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Block& block = *entries_[i].block;
      const Presence& presence = entries_[i].presence;
      if (block.note) continue;
      if (block.place == Place::kHeading && block.anchor) section = block.anchor->id;
      if (block.place == Place::kHeading && !block.anchor) {
        LegalDownSlug slug = MakeLegalDownSlug(block.text);
        if (slug.lossy) Say(Rule::kAnchorLossySlug, block.range);
        String id = slug.text;
        bool taken = IsTaken(id, presence);
        if (taken) Say(Rule::kAnchorAutogenCollision, block.range);
        // What was taken for these conditions stays so.
        String key = slug.text;
        for (const Condition& each : presence.all)
          key += (each.negated ? " !" : " ") + each.question + ":" + each.value;
        int& next = next_suffix_.emplace(std::move(key), 2).first->second;
        while (taken && IsTaken(id, presence)) id = slug.text + "-" + NumberText(next++);
        document_.anchors[id].push_back(
            {.place = Place::kHeading, .section = {}, .presence = presence});
        document_.generated.emplace(block.range.begin, id);
        section = id;
      } else if (block.place != Place::kHeading && block.anchor) {
        auto target = target_of_.find(i);
        if (target != target_of_.end())
          document_.anchors[block.anchor->id][target->second].section = section;
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
    if (block.note) return Say(Rule::kDraftingNoteDef, directive.range);
    auto term = TermBefore(text_, directive.range.begin, block.range.begin);
    if (!term) return Say(Rule::kDefNoQuotedSpan, directive.range);
    if (term->emphasis) Say(Rule::kDefEmphasis, directive.range);
    if (term->ambiguous) Say(Rule::kDefSingleQuoteAmbiguous, directive.range);
    // The last quotation marks of a choice are those of its words.
    for (std::string_view sign : {"{{placeholder:", "{{choose:", "}}"}) {
      if (term->text.find(sign) == String::npos) continue;
      return Say(Rule::kDefTermVariable, directive.range);
    }
    Definition definition{.id = directive.value,
                          .term = term->text,
                          .at = directive.range,
                          .presence = entries_[entry].presence,
                          .place = entry};
    definition.generated = directive.value.empty();
    if (definition.generated) {
      LegalDownSlug slug = MakeLegalDownSlug(term->text);
      if (slug.lossy) Say(Rule::kDefLossySlug, directive.range);
      definition.id = slug.text;
    } else if (!IsIdentifier(definition.id)) {
      Say(Rule::kAnchorFormat, directive.value_range);
    }
    document_.definition_at.emplace(directive.range.begin, definition);
    Vector<Definition>& all = document_.definitions[definition.id];
    for (const Definition& other : all) {
      if (answers_.Exclude(other.presence, definition.presence)) continue;
      bool both = other.generated && definition.generated;
      Say(both ? Rule::kDefAutogenCollision : Rule::kDefDuplicateId, directive.range,
          "The term '" + definition.id + "' is defined twice");
      break;
    }
    if (all.empty() && document_.imported.find(definition.id) != document_.imported.end())
      Say(Rule::kAmendDefOverride, directive.range);
    all.push_back(std::move(definition));
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
    for (const auto& [id, definitions] : document_.definitions) {
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
      for (const Definition& definition : definitions) {
        if (circle) Say(Rule::kDefinitionCircular, definition.at);
      }
    }
  }

  // --- directives
  void CheckDirectives() {
    for (size_t i = 0; i < entries_.size(); ++i) {
      for (const Directive& directive : entries_[i].block->directives) {
        CheckDirective(directive, i);
        const bool inserts = directive.name == "placeholder" || directive.name == "choose";
        if (inserts && document_.is_template && !entries_[i].block->note &&
            !IsApart(text_, *entries_[i].block, directive.range)) {
          Say(Rule::kInsertionBoundary, directive.range);
        }
      }
    }
    if (document_.is_template) CheckLinks();
  }

  // An address is no text that something is inserted into.
  void CheckLinks() {
    Vector<size_t> seen;
    for (const Entry& entry : entries_) {
      if (std::ranges::find(seen, entry.file) != seen.end()) continue;
      seen.push_back(entry.file);
      for (const Piece& piece : document_.scans[entry.file].pieces) {
        if (piece.kind != PieceKind::kLink && piece.kind != PieceKind::kImage) continue;
        const std::string_view address =
            std::string_view(text_).substr(piece.inner.end, piece.range.end - piece.inner.end);
        for (std::string_view sign : {"{{placeholder:", "{{choose:"}) {
          if (address.find(sign) != std::string_view::npos)
            Say(Rule::kInsertionBoundary, piece.range);
        }
      }
    }
  }

  // --- what only templates say
  void CheckConditions() {
    const auto check = [&](const Condition& condition) {
      for (Question& question : document_.metadata.questions)
        question.used = question.used || question.id == condition.question;
      if (answers_.IsValid(condition)) return;
      Missing(Rule::kConditionInvalid, condition.range, WrongIn(condition));
    };
    for (const Attachment& attachment : document_.metadata.attachments) {
      if (attachment.when) check(*attachment.when);
    }
    for (const Entry& entry : entries_) {
      if (!entry.block->when) continue;
      check(*entry.block->when);
      if (answers_.CanBe(entry.presence)) continue;
      Presence around = entry.presence;
      around.all.pop_back();
      if (answers_.CanBe(around)) Say(Rule::kConditionNeverTrue, entry.block->when->range);
    }
  }

  String WrongIn(const Condition& condition) const {
    const Question* question = answers_.Find(condition.question);
    if (!condition.good) return {};
    if (question == nullptr) return "There is no question '" + condition.question + "'";
    if (!question->IsDecision())
      return "'" + question->id + "' is a blank: conditions ask for a boolean or a choice";
    if (question->type == QuestionType::kBoolean)
      return "'" + question->id + "' is answered with yes or no: write " + question->id + " or !" +
             question->id;
    if (condition.value.empty())
      return "Which answer to '" + question->id + "'? Write " + question->id + ":" +
             question->Answers()[0];
    return "'" + question->id + "' has no answer '" + condition.value + "'";
  }

  void CheckQuestions() {
    for (const Question& question : document_.metadata.questions) {
      if (!question.used) Say(Rule::kQuestionUnused, question.at);
      if (question.fallback == nullptr) continue;
      auto blank = document_.blanks.find(question.id);
      if (IsAnswer(question, *question.fallback,
                   blank == document_.blanks.end() ? nullptr : &blank->second)) {
        continue;
      }
      const ByteRange range = question.fallback->range;
      Say(Rule::kQuestionInvalid, range.begin < range.end ? range : question.at,
          "The default is no answer to '" + question.id + "'");
    }
  }

  void CheckChoose(const Directive& directive, const Entry& entry) {
    const auto wrong = [&](const String& message) {
      Missing(Rule::kChooseInvalid, directive.range, message);
    };
    Question* question = nullptr;
    for (Question& each : document_.metadata.questions) {
      if (each.id == directive.value) question = &each;
    }
    if (question != nullptr) question->used = true;
    if (entry.block->place == Place::kHeading) return wrong("A heading has no choices in it");
    if (question == nullptr || !question->IsDecision()) {
      return wrong("There is no boolean or choice '" + directive.value + "' among the questions");
    }
    const Vector<String> all = question->Answers();
    for (const String& answer : all) {
      if (directive.Find(answer) == nullptr)
        return wrong("There are no words for '" + answer + "': \"\" says nothing");
    }
    for (const Parameter& parameter : directive.parameters) {
      if (std::ranges::find(all, parameter.name) == all.end())
        return wrong("'" + question->id + "' has no answer '" + parameter.name + "'");
    }
    if (directive.parameters.size() != all.size()) wrong("An answer has its words twice");
  }

  // What only drafts and templates have.
  void CheckFinal() {
    const Metadata& metadata = document_.metadata;
    if (metadata.questions_at.end != 0) Say(Rule::kTemplateConstructPresent, metadata.questions_at);
    for (const Attachment& attachment : metadata.attachments) {
      if (attachment.when) Say(Rule::kTemplateConstructPresent, attachment.when->range);
    }
    Vector<size_t> noted;
    for (const Entry& entry : entries_) {
      if (entry.block->when) Say(Rule::kTemplateConstructPresent, entry.block->marker);
      for (const Directive& directive : entry.block->directives) {
        if (directive.name == "choose") Say(Rule::kTemplateConstructPresent, directive.range);
        if (directive.name == "placeholder") Say(Rule::kPlaceholderUnfilled, directive.range);
      }
      if (std::ranges::find(noted, entry.file) != noted.end()) continue;
      noted.push_back(entry.file);
      for (ByteRange note : document_.scans[entry.file].notes)
        Say(Rule::kTemplateConstructPresent, note);
    }
  }

  // Each fragment and each attachment of a template has one place and one condition.
  void CheckFragments() {
    Vector<size_t> included;
    for (const Entry& entry : entries_) {
      const Block& block = *entry.block;
      if (entry.origin == Origin::kInclude) {
        if (block.when)
          Say(Rule::kTemplateFragmentInvalid, block.marker, "A fragment has no conditions");
        if (block.place == Place::kHeading && !block.anchor && !block.note)
          Say(Rule::kTemplateFragmentInvalid, block.range, "A fragment's heading has an {#id}");
      }
      for (const Directive& directive : block.directives) {
        if (directive.name != "include") continue;
        const size_t file = FileAt(PathOf(entry.file), directive.value);
        if (entry.file != 0 || block.note) {
          Say(Rule::kTemplateFragmentInvalid, directive.range,
              "Only the document itself includes something");
        } else if (file != kNoFile && std::ranges::find(included, file) != included.end()) {
          Say(Rule::kTemplateFragmentInvalid, directive.range, "The fragment is included twice");
        }
        included.push_back(file);
      }
    }
    for (size_t file : included) {
      if (file == kNoFile) continue;
      for (ByteRange note : document_.scans[file].notes)
        Say(Rule::kTemplateFragmentInvalid, note, "A fragment has no drafting notes");
    }
    for (const Attachment& attachment : document_.metadata.attachments) {
      const size_t file = attachment.rendered ? FileAt("", attachment.file) : kNoFile;
      if (file == kNoFile) continue;
      if (std::ranges::find(included, file) != included.end())
        Say(Rule::kTemplateFragmentInvalid, attachment.file_at,
            "The file is an attachment, or a fragment, and only once");
      included.push_back(file);
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
      SuggestName(diagnostic, compile::NearestName(name, known), std::nullopt);
      if (document_.metadata.newer) {
        sink_->Soften(&diagnostic, Severity::kWarning);
      }
      return;
    }
    for (const Parameter& parameter : directive.parameters) {
      bool known = info->parameters.find(" " + parameter.name + " ") != std::string_view::npos;
      if (name == "placeholder" && parameter.name == "currency")
        known = TypeOf(directive) == "money";
      if (name == "placeholder" && parameter.name == "unit")
        known = TypeOf(directive) == "duration";
      if (name == "choose") known = true;
      if (!known) {
        Say(Rule::kDirectiveUnknownParam, parameter.name_range,
            "'" + name + "' has no parameter '" + parameter.name + "'");
      } else if (parameter.name == "note" && !IsPlainText(parameter.value)) {
        Say(Rule::kNoteInvalid, parameter.range);
      }
    }
    if (name == "ref") CheckRef(directive, entries_[entry]);
    if (name == "attach") CheckAttach(directive, entries_[entry]);
    if (name == "choose") CheckChoose(directive, entries_[entry]);
    if (name == "term") CheckTerm(directive, entry);
    if (name == "date" && !values::Date::Parse(directive.value))
      Say(Rule::kDateInvalid, directive.At());
    if (name == "money") CheckMoney(directive);
    if (name == "duration") CheckDuration(directive);
    if (name == "party" || name == "side") CheckParty(directive);
    if (name == "field") CheckField(directive);
    if (name == "placeholder") CheckPlaceholder(directive, Where::kText);
  }

  size_t FindAttachment(std::string_view id) const {
    const Vector<Attachment>& all = document_.metadata.attachments;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].id == id) return i;
    }
    return kNoFile;
  }

  // Something must be there wherever the reference is; a drafting note is never part of the text.
  void CheckSafe(const Directive& directive, const Entry& entry, const Vector<Presence>& targets) {
    if (entry.block->note) return;
    String key = directive.name + ":" + directive.value;
    for (const Condition& each : entry.presence.all)
      key += (each.negated ? " !" : " ") + each.question + ":" + each.value;
    const auto known = covered_.find(key);
    const bool safe =
        known != covered_.end() ? known->second : answers_.Cover(entry.presence, targets);
    if (known == covered_.end()) covered_.emplace(std::move(key), safe);
    if (safe) return;
    Say(Rule::kConditionReferenceUnsafe, directive.At(),
        "'" + directive.value + "' is not always there, but this reference is");
  }

  void CheckRef(const Directive& directive, const Entry& entry) {
    auto found = document_.anchors.find(directive.value);
    if (found == document_.anchors.end()) {
      if (FindAttachment(directive.value) != kNoFile)
        return Say(Rule::kRefTargetsAttachment, directive.At());
      return Missing(Rule::kRefBroken, directive.At(),
                     "There is no section, item or paragraph '" + directive.value + "'");
    }
    Vector<Presence> targets;
    bool paragraph = false;
    for (const Target& target : found->second) {
      targets.push_back(target.presence);
      paragraph = paragraph || target.place == Place::kParagraph;
    }
    if (paragraph) Say(Rule::kRefNotEnumerated, directive.At());
    CheckSafe(directive, entry, targets);
  }

  void CheckAttach(const Directive& directive, const Entry& entry) {
    Vector<Presence> targets;
    for (Attachment& attachment : document_.metadata.attachments) {
      if (attachment.id != directive.value) continue;
      attachment.used = true;
      targets.push_back(PresenceOf(attachment));
    }
    if (targets.empty()) {
      return Missing(Rule::kAttachUndeclared, directive.At(),
                     "There is no attachment '" + directive.value + "'");
    }
    CheckSafe(directive, entry, targets);
  }

  void CheckTerm(const Directive& directive, size_t entry) {
    const String& id = directive.value;
    used_.emplace(id, true);
    const bool imported = document_.imported.find(id) != document_.imported.end();
    auto found = document_.definitions.find(id);
    if (found != document_.definitions.end()) {
      Vector<Presence> targets;
      bool later = true;
      for (const Definition& definition : found->second) {
        targets.push_back(definition.presence);
        later =
            later && (definition.place > entry ||
                      (definition.place == entry && definition.at.begin > directive.range.begin));
      }
      if (later) Say(Rule::kDefinitionUsedBeforeDeclaration, directive.At());
      if (!imported) CheckSafe(directive, entries_[entry], targets);
      return;
    }
    if (imported) return;
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
    CheckUnit(directive);
  }

  void CheckUnit(const Directive& directive) {
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

  // What a placeholder's answer is: as it says itself, or as its question does.
  String TypeOf(const Directive& directive) const {
    if (const Parameter* type = directive.Find("type")) return type->value;
    constexpr std::string_view kNames[] = {"text", "date", "money", "duration"};
    const Question* question = answers_.Find(directive.value);
    return question == nullptr || question->IsDecision()
               ? "text"
               : String(kNames[static_cast<size_t>(question->type)]);
  }

  enum class Where : uint8_t { kText, kFront };
  void CheckPlaceholder(const Directive& directive, Where where) {
    if (!IsIdentifier(directive.value)) Say(Rule::kPlaceholderIdMalformed, directive.At());
    const Parameter* parameter = directive.Find("type");
    const String type = TypeOf(directive);
    ByteRange at = parameter != nullptr ? parameter->range : directive.range;
    auto known = ParseQuestionType(type);
    if (!known || *known > QuestionType::kDuration) {
      Say(Rule::kPlaceholderTypeInvalid, at);
      known = QuestionType::kText;
    }
    for (Question& question : document_.metadata.questions) {
      if (question.id != directive.value) continue;
      question.used = true;
      if (question.IsDecision() || (parameter != nullptr && question.type != *known)) {
        Say(Rule::kPlaceholderQuestionMismatch, at,
            question.IsDecision()
                ? "'" + question.id + "' is a decision: nothing is filled in for it"
                : String());
        return;
      }
    }
    if (document_.is_template && answers_.Find(directive.value) == nullptr &&
        IsYamlWord(directive.value)) {
      Say(Rule::kQuestionInvalid, directive.At(),
          "YAML does not read '" + directive.value + "' as a name everywhere");
    }
    const Parameter* currency =
        known == QuestionType::kMoney ? directive.Find("currency") : nullptr;
    const Parameter* unit = known == QuestionType::kDuration ? directive.Find("unit") : nullptr;
    if (currency != nullptr && !values::Currency::Parse(currency->value))
      Say(Rule::kPlaceholderUnknownCurrency, currency->range);
    if (unit != nullptr) CheckUnit(directive);
    const Parameter* fixes = currency != nullptr ? currency : unit;
    auto [it, is_new] =
        document_.blanks.emplace(directive.value, Blank{.type = *known, .fixed = {}});
    Blank& blank = it->second;
    if (!is_new && blank.type != *known) Say(Rule::kPlaceholderTypeInconsistent, at);
    if (fixes != nullptr && !blank.fixed.empty() && blank.fixed != fixes->value)
      Say(Rule::kPlaceholderTypeInconsistent, fixes->range);
    if (fixes != nullptr && blank.fixed.empty()) blank.fixed = fixes->value;
    blank.all_fix = blank.all_fix && fixes != nullptr;
    blank.in_front = blank.in_front || where == Where::kFront;
  }

  // Those in the values of the front matter count as the others do.
  void PlaceholdersInFront() {
    const Scan& main = document_.scans[0];
    if (main.yaml) PlaceholdersIn(*main.yaml);
  }
  void PlaceholdersIn(const YamlNode& node) {
    for (const YamlNode& item : node.items) PlaceholdersIn(item);
    if (node.kind != YamlKind::kScalar) return;
    if (node.text.find("{{choose:") != String::npos)
      Say(Rule::kChooseInvalid, node.range, "The front matter has no choices in it");
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
        CheckPlaceholder(directive, Where::kFront);
        if (readiness_ == Readiness::kFinal) Say(Rule::kPlaceholderUnfilled, node.range);
      }
    }
  }

  const LegalDownFiles& files_;
  const Vector<size_t>& parts_;
  Readiness readiness_;
  DiagnosticSink* sink_;
  const String& text_;
  Document document_;
  Answers answers_;
  Vector<Entry> entries_;
  size_t splices_ = 0;
  bool limited_ = false, has_original_ = false;
  std::unordered_map<String, bool> covered_;      // references, with their conditions
  std::unordered_map<String, int> next_suffix_;   // of generated identifiers
  std::unordered_map<size_t, size_t> target_of_;  // of Document::anchors, by entry
  std::unordered_map<String, bool> used_;
};

}  // namespace

Document CheckDocument(const LegalDownFiles& files, const Vector<size_t>& parts,
                       Readiness readiness, DiagnosticSink* sink) {
  return Checker(files, parts, readiness, sink).Run();
}

}  // namespace countersign::legaldown
