// Units: what the author said of each in its attributes, and what stands in it. Long because they
// are one pass over the tree of one text.
#include <algorithm>

#include "base/bytes.h"
#include "compile/compiler.h"
#include "template/lock.h"

namespace countersign::compile {

// Takes attributes off the end of a block's text.
const Attributes* Compiler::TakeAttributes(Vector<MdInline>* inlines) {
  if (inlines->empty() || inlines->back().kind != MdInlineKind::kAttributes) return nullptr;
  const Attributes* attributes = &markdown_->attributes[inlines->back().index];
  inlines->pop_back();
  if (!inlines->empty() && inlines->back().kind == MdInlineKind::kText) {
    String& text = inlines->back().text;
    while (text.ends_with(' ')) text.pop_back();
    if (text.empty()) inlines->pop_back();
  }
  return attributes;
}

// What is written instead of the words of other languages; "" where nobody knows.
static std::string_view HintForAttribute(String name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  constexpr std::pair<std::string_view, std::string_view> kHints[] = {
      {"if", "A condition is written when=\"…\"."},
      {"only", "A condition is written when=\"…\"."},
      {"unless", "A condition is written when=\"…\": when=\"!(…)\"."},
      {"elif", "Another condition is written {else when=\"…\"}."},
      {"elseif", "Another condition is written {else when=\"…\"}."},
      {"otherwise", "Where none of the conditions before it holds is written {else}."},
      {"endif", "A condition ends with its unit: nothing closes it."},
      {"omit", "What stands in its place is written omitted=\"…\"."},
      {"id", "An id is written {#fees}."},
  };
  for (const auto& [word, hint] : kHints) {
    if (word == name) return hint;
  }
  return {};
}

// Id, condition, lock and omission of a unit.
Compiler::Head Compiler::MakeHead(std::string_view kind, const Attributes* attributes,
                                  String automatic, const String& parent, ByteRange at,
                                  bool numbered) {
  bool schedule = kind == "schedule";
  Head head{.json = One("kind", Text(schedule ? "section" : kind)),
            .id = std::move(automatic),
            .written = {},
            .lock_why = {},
            .at = at,
            .id_at = at,
            .loop = {}};
  UnitFact fact{.id = {}, .at = at, .parent = PlaceOf(parent), .when_at = {}};
  bool has_unknown = false;
  SourceText when;
  const Attribute* otherwise = nullptr;
  if (attributes != nullptr) TakeEach(*attributes, &head, &fact);
  fact.loops = loop_places_;
  for (size_t i = 0; attributes != nullptr && i < attributes->items.size(); ++i) {
    const Attribute& attribute = attributes->items[i];
    for (size_t k = 0; k < i; ++k) {
      if (attributes->items[k].name != attribute.name) continue;
      sink_.Report(DiagnosticCode::kKeyTwice, attribute.name_range,
                   "The attribute '" + attribute.name + "' comes twice");
    }
    SourceText value{
        .text = attribute.value, .range = attribute.range, .map = attribute.map, .quoted = true};
    const auto set_flag = [&](bool allowed, std::string_view otherwise_told) {
      if (!allowed || attribute.has_value) {
        sink_.Report(DiagnosticCode::kAttributesMisplaced, attribute.name_range, otherwise_told);
      }
      head.json.Set(attribute.name, Value::Bool(true));
    };
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
      ReportTagsIn(value, &sink_);
      if (value.text.empty()) {
        sink_.Report(DiagnosticCode::kValueInvalid, attribute.name_range,
                     "What stands there instead? omitted=\"Intentionally omitted.\"");
      }
      head.json.Set("omitted", Text(value.text));
    } else if (attribute.name == "lock") {
      head.locked = true;
      head.lock_why = attribute.value;
    } else if (attribute.name == "each") {
      // Taken before all others, which may read its variable.
    } else if (attribute.name == "title" && schedule) {
      // CompileSchedule takes it.
    } else if (attribute.name == "restart") {
      set_flag(
          schedule,
          "Only a schedule's numbers begin again: ::: schedule {title=\"Schedule A\" restart}");
    } else if (attribute.name == "unnumbered") {
      set_flag(kind == "section",
               "Only a heading can go without its number: # Preamble {unnumbered}");
      numbered = false;
    } else if (attribute.name == "keep") {
      set_flag(true, "What is kept together has no value: {keep}");
    } else if (!attribute.has_value && has_unknown) {
      // The words behind one that was reported: {if late}.
    } else {
      constexpr std::string_view kNames[] = {"when",    "else",       "each", "lock",
                                             "omitted", "unnumbered", "keep", "restart"};
      has_unknown = true;
      Diagnostic& diagnostic =
          sink_.Report(DiagnosticCode::kAttributesMalformed, attribute.name_range,
                       "There is no attribute '" + attribute.name + "'");
      const String& name = attribute.name;
      const std::string_view hint = HintForAttribute(name);
      if (!hint.empty()) {
        diagnostic.hint = hint;
      } else {
        SuggestName(diagnostic, NearestName(name, kNames), attribute.name_range);
      }
    }
  }
  for (const VariantUse& use : variant_uses_) {
    fact.chosen = fact.chosen || (fact.conditional && use.expression.range == fact.when_at);
  }
  fact.chosen = fact.chosen || (attributes != nullptr && attributes->combined);
  if (fact.conditional) {
    fact.when = CompileWhen(when, otherwise, fact.parent);
    if (fact.when != nullptr) {
      text_uses_.push_back({fact.when->reads, fact.when_at});
      head.json.Set("when", expression::ToJson(*fact.when));
    }
  }
  if (!fact.conditional || fact.repeated) alternatives_.erase(RowOf(fact.parent, scope_));
  if (fact.omitted && !fact.conditional)
    sink_.Report(DiagnosticCode::kOmittedWithoutWhen, attributes->range);
  head.json.Set("id", Text(head.id));
  fact.id = head.written.empty() ? head.id : head.written;
  const auto place = static_cast<uint32_t>(facts_.units.size());
  unit_places_.emplace(head.id, place);
  unit_ids_.push_back(head.id);
  fact.id_at = head.id_at;
  if (!head.written.empty()) named_[head.written].push_back(place);
  facts_.units.push_back(std::move(fact));
  numbered_.push_back(numbered);
  return head;
}

// each="item in items": the variable is seen by the unit's condition and by all that stands in it.
void Compiler::TakeEach(const Attributes& attributes, Head* head, UnitFact* fact) {
  for (const Attribute& attribute : attributes.items) {
    if (attribute.name != "each" || fact->repeated) continue;
    const String& text = attribute.value;
    size_t end = 0;
    while (end < text.size() && (document::IsId(text.substr(0, end + 1)))) ++end;
    size_t in = text.find_first_not_of(' ', end);
    fact->repeated = true;
    if (end == 0 || in == String::npos || text.compare(in, 3, "in ") != 0) {
      sink_.Report(DiagnosticCode::kAttributesMalformed, attribute.range,
                   "A repeat names its variable and its list: each=\"item in items\"");
      continue;
    }
    SourceText whole{.text = text, .range = attribute.range, .map = attribute.map, .quoted = true};
    size_t list = std::min(text.find_first_not_of(' ', in + 3), text.size());
    head->loop = OpenLoop(whole.Part(0, end), whole.Part(list, text.size()), fact->parent);
    Value each = One("name", Text(text.substr(0, end)));
    if (head->loop->range != nullptr) each.Set("in", expression::ToJson(*head->loop->range));
    head->json.Set("each", std::move(each));
  }
}

// LegalDown's short form, without quotes: when=plan:team is when="plan == 'team'", and
// when=!plan:team the opposite.
void Compiler::ReadBareCondition(SourceText* when) const {
  bool bare = when->range.begin > 0 && file_.text()[when->range.begin - 1] == '=';
  size_t colon = when->text.find(':');
  const size_t name = when->text.starts_with('!') ? 1 : 0;
  if (!bare || colon == String::npos || colon <= name) return;
  auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  for (size_t i = name; i < when->text.size(); ++i) {
    if (i != colon && !is_word(when->text[i])) return;
  }
  String field = when->text.substr(name, colon - name), choice = when->text.substr(colon + 1);
  when->text = field + (name == 0 ? " == '" : " != '") + choice + "'";
  when->map.clear();
  for (size_t i = 0; i <= when->text.size(); ++i) {
    // The field's name stands in both; what was added stands at the colon.
    auto place = static_cast<uint32_t>(std::min(i + name, colon));
    when->map.push_back(when->range.begin + place);
  }
  when->map.back() = when->range.end;
}

// The condition of a unit. With `else` the units in a row before it, each with a condition, must
// all be gone.
const expression::Tree* Compiler::CompileWhen(const SourceText& when, const Attribute* otherwise,
                                              uint32_t parent) {
  Alternatives& before = alternatives_[RowOf(parent, scope_)];
  const expression::Tree* own = nullptr;
  if (otherwise == nullptr || !when.text.empty()) own = CompileCondition(when);
  bool failed = before.failed || (own == nullptr && !when.text.empty());
  for (uint32_t inner = scope_; failed && inner != 0; inner = scopes_[inner - 1].outer) {
    alternatives_[RowOf(parent, scopes_[inner - 1].outer)].failed = true;
  }
  const expression::Tree* result = own;
  if (otherwise != nullptr && before.conditions.empty()) {
    sink_.Report(DiagnosticCode::kElseWithoutWhen, otherwise->name_range);
    result = nullptr;
  } else if (otherwise != nullptr && !failed) {
    SourceText all;
    for (const String& condition : before.conditions)
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
    alternatives_.erase(RowOf(parent, scope_));  // the last of its row
  } else {
    before.failed = failed;
    before.conditions.push_back(when.text);
  }
  return result;
}

void Compiler::TakeId(const Attribute& attribute, Head* head) {
  if (attribute.value.size() > 64 || !document::IsId(attribute.value)) {
    sink_.Report(DiagnosticCode::kIdInvalid, attribute.range);
    return;
  }
  head->id_at = attribute.range;
  const auto named = named_.find(attribute.value);
  if (named != named_.end() && named->second.size() >= kMaxAlternatives) {
    sink_.Report(DiagnosticCode::kIdTwice, attribute.range, "At most 64 alternatives share an id");
    return;
  }
  if (named != named_.end() && IsShared(attribute.value)) {
    head->id = InnerId(attribute.value);
    head->written = attribute.value;
    return;
  }
  if (const UnitFact* other = FindUnit(attribute.value)) {  // which has it by itself: top.1
    sink_
        .Report(DiagnosticCode::kIdTwice, attribute.range,
                "The id '" + attribute.value + "' is taken")
        .related.push_back({sink_.file().Locate(other->at), "by this unit"});
    return;
  }
  head->id = head->written = attribute.value;
}

// Closes a unit: a locked one gets its hashes. `source`: where its text stands.
Value Compiler::Close(Head head, ByteRange source) {
  if (head.loop) CloseLoop(*std::move(head.loop));
  if (!head.locked) return std::move(head.json);
  String text =
      ClauseText(std::string_view(file_.text()).substr(source.begin, source.end - source.begin));
  String content = templates::HashUnit(head.json);
  Value lock = One("source", Text(RefOf(text)));
  lock.Set("content", Text(content));
  if (!head.lock_why.empty()) lock.Set("why", Text(head.lock_why));
  head.json.Set("lock", std::move(lock));
  closed_locks_.emplace(head.id, content);
  // What was included is the library's own text.
  const String& name = head.written.empty() ? head.id : head.written;
  const Clause* clause = file_.PartOf(head.at.begin) == 0 ? library_.Find(name) : nullptr;
  if (clause != nullptr) {
    CheckClause(*clause, text, head.at);
  } else if (file_.PartOf(head.at.begin) == 0) {
    CheckLockName(head);
  }
  return std::move(head.json);
}

// A lock may keep words that no library has. But an id that is nearly a clause's was meant to be
// it, and nobody would compare the text.
void Compiler::CheckLockName(const Head& head) {
  Vector<std::string_view> known;
  for (const Clause& clause : library_.clauses()) known.push_back(clause.id);
  const String& id = head.written.empty() ? head.id : head.written;
  Nearest nearest = NearestName(id, known);
  auto marks = [](std::string_view id) {
    String found;
    for (char c : id) {
      if (c == '-' || c == '_' || c == '.' || (c >= '0' && c <= '9')) found += c;
    }
    return found;
  };
  if (nearest.name.empty() || marks(nearest.name) != marks(id)) return;
  Diagnostic& diagnostic =
      sink_.Report(DiagnosticCode::kClauseUnknown, head.id_at,
                   "The library has no clause '" + id + "' to compare the locked text with");
  SuggestName(diagnostic, nearest, std::nullopt);
}

void Compiler::CheckClause(const Clause& clause, const String& text, ByteRange at) {
  if (clause.approval != Approval::kApproved) {
    sink_.Report(DiagnosticCode::kLockNotApproved, at,
                 "The library's clause '" + clause.id + "' is not approved");
  } else if (clause.text != text) {
    size_t line = 1, same = 0;
    while (same < text.size() && same < clause.text.size() && text[same] == clause.text[same]) {
      line += text[same++] == '\n';
    }
    sink_
        .Report(DiagnosticCode::kLockDiffers, at,
                "The locked text of '" + clause.id + "' is not the text that the library approved")
        .hint = "It differs from line " + NumberText(line) +
                " of the clause on. Take the library's text, or have the new one approved.";
  }
}

Value Compiler::UnitsJson() {
  const Vector<MdBlock>& blocks = markdown_->blocks;
  size_t at = 0;
  int level = 0;
  json::Array units = Sections(blocks, &at, 0, "", &level);
  Value list = Value::List(std::move(units));
  if (!eithers_.empty()) WriteOut(&list);
  // The loader meets locks in the order of the text.
  for (const String& id : unit_ids_) {
    auto it = closed_locks_.find(id);
    if (it == closed_locks_.end()) continue;
    locks_.push_back(Value::Make({{"unit", Text(id)}, {"content", Text(it->second)}}));
  }
  return list;
}

String Compiler::Automatic(const String& parent, size_t index) {
  return (parent.empty() ? "top" : parent) + "." + NumberText(index + 1);
}

namespace {

// The level of the highest heading in a container, 0 where there is none.
int HighestHeading(const MdBlock& block) {
  if (block.container == "schedule") return 1;  // its title
  int highest = 0;
  for (const MdBlock& inner : block.blocks) {
    int level = inner.kind == MdKind::kHeading     ? inner.level
                : inner.kind == MdKind::kContainer ? HighestHeading(inner)
                                                   : 0;
    if (level != 0 && (highest == 0 || level < highest)) highest = level;
  }
  return highest;
}

}  // namespace

// Blocks up to the next heading of `level` or above.
json::Array Compiler::Sections(const Vector<MdBlock>& blocks, size_t* at, int level,
                               const String& parent, int* before) {
  json::Array units;
  const uint32_t scope = scope_;
  for (; *at < blocks.size(); scope_ = scope) {
    const MdBlock& block = blocks[*at];
    if (block.kind == MdKind::kContainer) {
      // One that begins with a heading as high as the section's stands behind the section.
      int highest = HighestHeading(block);
      if (highest != 0 && highest <= level) break;
      ++*at;
      if (block.container == "guide") {
        CheckGuide(block.blocks);
        continue;
      }
      EnterScope(block, parent);
      units.push_back(CompileContainer(block, parent, units.size(), level, before));
      // A heading behind it is none of those in it: it stands where the container does.
      if (highest != 0) *before = level;
      if (highest != 0) CheckBehind(block, blocks, *at);
      continue;
    }
    if (block.kind != MdKind::kHeading) {
      units.push_back(CompileBlock(block, parent, units.size()));
      ++*at;
      continue;
    }
    if (block.level <= level) break;
    EnterScope(block, parent);
    if (block.level > *before + 1) {
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kLevelSkipped, block.range);
      diagnostic.hint = "Use " + String(static_cast<size_t>(*before + 1), '#') + " here.";
    }
    if (block.level > document::kMaxLevel) {
      sink_.Report(DiagnosticCode::kLevelSkipped, block.range, "Headings have at most five levels");
    }
    *before = block.level;
    Vector<MdInline> inlines = block.inlines;
    const Attributes* attributes = TakeAttributes(&inlines);
    if (inlines.empty()) sink_.Report(DiagnosticCode::kHeadingEmpty, block.range);
    Head head = MakeHead("section", attributes, Automatic(parent, units.size()), parent,
                         block.range, document::NumbersSections(declarations_.numbering));
    if (numbered_[PlaceOf(head.id)]) facts_.units[PlaceOf(head.id)].counts = Counts::kSection;
    head.json.Set("level", Value::Int(std::min(block.level, document::kMaxLevel)));
    head.json.Set("text", PiecesJson(inlines, PlaceOf(head.id)));
    CheckWords(inlines, PlaceOf(head.id), Without::kHeading, block.range);
    ++*at;
    json::Array inside = Sections(blocks, at, block.level, head.id, before);
    *before = block.level;
    head.json.Set("units", Value::List(std::move(inside)));
    uint32_t end = EndOf(block.range.begin, *at < blocks.size() ? &blocks[*at] : nullptr);
    units.push_back(Close(std::move(head), {block.range.begin, end}));
  }
  return units;
}

// Places to fill and nothing else: a signature is no part of what stands before it.
bool Compiler::IsPlaceToSign(const MdBlock& block) const {
  for (size_t i = 0; i < block.inlines.size(); ++i) {
    const MdInline& piece = block.inlines[i];
    const Directive* directive = DirectiveAt(block.inlines, i);
    const bool blank =
        piece.kind == MdInlineKind::kBreak ||
        (piece.kind == MdInlineKind::kText && piece.text.find_first_not_of(' ') == String::npos);
    if (!blank && (directive == nullptr || std::ranges::find(kFieldDirectives, directive->name) ==
                                               std::end(kFieldDirectives))) {
      return false;
    }
  }
  return block.kind == MdKind::kParagraph;
}

// Text that follows a container with headings, which readers take for a part of the last of them.
void Compiler::CheckBehind(const MdBlock& container, const Vector<MdBlock>& blocks, size_t at) {
  const bool schedule = container.container == "schedule";
  const bool headed = std::ranges::any_of(container.blocks, [](const MdBlock& block) {
    return block.kind == MdKind::kHeading || HighestHeading(block) != 0;
  });
  while (at < blocks.size() && blocks[at].container == "guide") ++at;
  if (!headed || at == blocks.size() || blocks[at].kind == MdKind::kHeading ||
      HighestHeading(blocks[at]) != 0 || blocks[at].scope != container.scope ||
      IsPlaceToSign(blocks[at])) {
    return;
  }
  ByteRange line = blocks[at].range;
  line.end = std::min(line.end, static_cast<uint32_t>(file_.text().find('\n', line.begin)));
  Diagnostic& diagnostic =
      sink_.Report(DiagnosticCode::kContainerFollowed, line,
                   schedule ? "This stands behind the schedule and would read as a part of it"
                            : "This stands behind the group and would read as a part of the last "
                              "heading in it");
  diagnostic.hint = schedule ? "Put a heading in front of it, or move it before the schedule."
                             : "Put a heading in front of it, or move it before the group.";
  diagnostic.related.push_back({sink_.file().Locate(container.range), "the container"});
}

Value Compiler::CompileBlock(const MdBlock& block, const String& parent, size_t index) {
  const uint32_t scope = scope_;
  EnterScope(block, parent);
  Value json = block.kind == MdKind::kList    ? CompileList(block, parent, index)
               : block.kind == MdKind::kTable ? CompileTable(block, parent, index)
                                              : CompileParagraph(block, parent, index);
  scope_ = scope;
  return json;
}

// From the clause that the units before it came with into that of this block. For what stands
// around an include all of it is one unit, under the condition behind the tag: {else} behind it
// asks for that, whatever the clause itself consists of.
void Compiler::EnterScope(const MdBlock& block, const String& parent) {
  scope_ = block.scope;
  const uint32_t place = PlaceOf(parent);
  for (uint32_t inner = scope_; inner != 0; inner = scopes_[inner - 1].outer) {
    const Scope& scope = scopes_[inner - 1];
    const uint64_t row = RowOf(place, scope.outer);
    if (scope.condition.empty()) {
      alternatives_.erase(row);
      continue;
    }
    Vector<String>& conditions = alternatives_[row].conditions;
    if (conditions.empty() || conditions.back() != scope.condition)
      conditions.push_back(scope.condition);
  }
}

Value Compiler::CompileParagraph(const MdBlock& block, const String& parent, size_t index) {
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
  head.json.Set("text", PiecesJson(inlines, PlaceOf(head.id)));
  return Close(std::move(head), block.range);
}

Value Compiler::CompileList(const MdBlock& block, const String& parent, size_t index) {
  Head list = MakeHead("list", nullptr, Automatic(parent, index), parent, block.range, false);
  bool numbered = block.ordered || declarations_.numbered_bullets;
  list.json.Set("style", Text(numbered ? "ordered" : "bullet"));
  json::Array items;
  for (const MdBlock& entry : block.blocks) {
    // Attributes at the end of an item's first paragraph are the item's.
    Vector<MdBlock> content = entry.blocks;
    const Attributes* attributes = nullptr;
    if (!content.empty() && content[0].kind == MdKind::kParagraph)
      attributes = TakeAttributes(&content[0].inlines);
    Head item = MakeHead("item", attributes, Automatic(list.id, items.size()), list.id, entry.range,
                         numbered);
    if (numbered) facts_.units[PlaceOf(item.id)].counts = Counts::kItem;
    json::Array inside;
    const auto words = static_cast<uint32_t>(facts_.units.size());
    for (const MdBlock& child : content) {
      bool empty = child.kind == MdKind::kParagraph && child.inlines.empty();
      if (!empty) inside.push_back(CompileBlock(child, item.id, inside.size()));
    }
    if (inside.size() == 1 && !content.empty() && content[0].kind == MdKind::kParagraph)
      CheckWords(content[0].inlines, words, Without::kItem, content[0].range);
    item.json.Set("units", Value::List(std::move(inside)));
    items.push_back(Close(std::move(item), entry.range));
  }
  list.json.Set("units", Value::List(std::move(items)));
  return std::move(list.json);
}

Value Compiler::CompileContainer(const MdBlock& block, const String& parent, size_t index,
                                 int level, int* before) {
  constexpr std::string_view kKinds[] = {"group", "guide", "recitals", "schedule"};
  if (block.container == "schedule") return CompileSchedule(block, parent, index, before);
  bool known =
      block.container.empty() || block.container == "group" || block.container == "recitals";
  if (!known) {
    Diagnostic& diagnostic =
        sink_.Report(DiagnosticCode::kContainerUnknown, block.range,
                     "There is no container of the kind '" + block.container + "'");
    diagnostic.hint = "group, guide, recitals or schedule";
    SuggestName(diagnostic, NearestName(block.container, kKinds), std::nullopt);
  }
  Vector<MdInline> inlines = block.inlines;
  const Attributes* attributes = TakeAttributes(&inlines);
  Head head = MakeHead("group", attributes, Automatic(parent, index), parent, block.range, false);
  json::Array units;
  if (block.container == "recitals") {
    units.push_back(CompileRecitals(block, head.id));
  } else {
    size_t at = 0;
    units = Sections(block.blocks, &at, level, head.id, before);
  }
  head.json.Set("units", Value::List(std::move(units)));
  return Close(std::move(head), block.range);
}

void Compiler::CollectSchedules(const Vector<MdBlock>& blocks) {
  for (const MdBlock& block : blocks) {
    CollectSchedules(block.blocks);
    bool schedule = block.kind == MdKind::kContainer && block.container == "schedule" &&
                    !block.inlines.empty() &&
                    block.inlines.back().kind == MdInlineKind::kAttributes;
    if (!schedule) continue;
    String id, title;
    for (const Attribute& attribute : markdown_->attributes[block.inlines.back().index].items) {
      if (attribute.name == "#") id = attribute.value;
      if (attribute.name == "title") title = attribute.value;
    }
    if (!id.empty()) schedules_.emplace(id, title.empty() ? id : title);
  }
}

// "Schedule A: Prices" is called Schedule A.
static String NameOfTitle(std::string_view title) {
  std::string_view name = title.substr(0, title.find(':'));
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  return String(name.empty() ? title : name);
}

// A section of its own behind the text, under its title and without a number; what is numbered in
// it goes on counting, so that every number is there once; with `restart` it begins again, and the
// schedule's name stands in front of the numbers wherever they are referred to from outside.
Value Compiler::CompileSchedule(const MdBlock& block, const String& parent, size_t index,
                                int* before) {
  Vector<MdInline> inlines = block.inlines;
  const Attributes* attributes = TakeAttributes(&inlines);
  const Attribute* title = nullptr;
  for (size_t i = 0; attributes != nullptr && i < attributes->items.size(); ++i) {
    if (attributes->items[i].name == "title") title = &attributes->items[i];
  }
  if (title == nullptr || title->value.empty()) {
    sink_.Report(DiagnosticCode::kKeyMissing, block.range, "The schedule has no title").hint =
        "::: schedule {#schedule-a title=\"Schedule A: Prices\"}";
  }
  Head head =
      MakeHead("schedule", attributes, Automatic(parent, index), parent, block.range, false);
  head.json.Set("level", Value::Int(1));
  head.json.Set("unnumbered", Value::Bool(true));
  if (title != nullptr && head.json.Find("restart") != nullptr) {
    String name = NameOfTitle(title->value);
    if (name.size() > templates::kMaxScheduleName) {
      sink_.Report(DiagnosticCode::kValueInvalid, title->range,
                   "References repeat the title up to its colon: at most 256 bytes");
    }
    head.json.Set("restart", Text(name));
    facts_.units[PlaceOf(head.id)].counts = Counts::kRestart;
    facts_.units[PlaceOf(head.id)].name = name;
  }
  json::Array text;
  if (title != nullptr) {
    titles_.emplace(PlaceOf(head.id), title->value);
    ReportTagsIn({.text = title->value, .range = title->range, .map = title->map}, &sink_);
    text.push_back(Text(title->value));
  }
  head.json.Set("text", Value::List(std::move(text)));
  size_t at = 0;
  *before = 1;
  json::Array units = Sections(block.blocks, &at, 1, head.id, before);
  if (at < block.blocks.size()) {
    sink_.Report(DiagnosticCode::kLevelSkipped, block.blocks[at].range,
                 "The schedule's title is its heading: headings in it begin with ##");
  }
  head.json.Set("units", Value::List(std::move(units)));
  return Close(std::move(head), block.range);
}

// Each paragraph is an item, (A), (B) …, with the lists and tables behind it.
Value Compiler::CompileRecitals(const MdBlock& block, const String& parent) {
  Head list = MakeHead("list", nullptr, Automatic(parent, 0), parent, block.range, false);
  list.json.Set("style", Text("recitals"));
  json::Array items;
  for (size_t i = 0; i < block.blocks.size();) {
    MdBlock first = block.blocks[i];
    if (first.kind == MdKind::kHeading || first.kind == MdKind::kContainer) {
      sink_.Report(DiagnosticCode::kContainerMisplaced, first.range,
                   "Recitals are paragraphs: put the heading in front of them");
    }
    const Attributes* attributes = TakeAttributes(&first.inlines);
    Head item =
        MakeHead("item", attributes, Automatic(list.id, items.size()), list.id, first.range, true);
    facts_.units[PlaceOf(item.id)].counts = Counts::kRecital;
    json::Array inside;
    ByteRange range = first.range;
    inside.push_back(CompileBlock(first, item.id, 0));
    for (++i; i < block.blocks.size() &&
              (block.blocks[i].kind == MdKind::kList || block.blocks[i].kind == MdKind::kTable);
         ++i) {
      inside.push_back(CompileBlock(block.blocks[i], item.id, inside.size()));
      range.end = block.blocks[i].range.end;
    }
    item.json.Set("units", Value::List(std::move(inside)));
    items.push_back(Close(std::move(item), range));
  }
  list.json.Set("units", Value::List(std::move(items)));
  return std::move(list.json);
}

// Guidance for whoever prepares the contract is checked and left out of it.
void Compiler::CheckGuide(const Vector<MdBlock>& blocks) {
  for (const MdBlock& block : blocks) {
    CheckGuide(block.inlines);
    CheckGuide(block.blocks);
  }
}

void Compiler::CheckGuide(const Vector<MdInline>& inlines) {
  for (size_t i = 0; i < inlines.size(); ++i) {
    CheckGuide(inlines[i].inlines);
    const Directive* directive = DirectiveAt(inlines, i);
    if (directive == nullptr) continue;
    if (directive->name == "=") {
      (void)CompileIn(directive->value, declarations_.schema, values::Type::Of(values::Kind::kDyn));
    } else {
      sink_.Report(
          DiagnosticCode::kContainerMisplaced, markdown_->tags[inlines[i].index].range,
          "Guidance is not part of the contract: nothing is filled, defined or referred to "
          "in it");
    }
  }
}

// Of the last cell that the row was written with: Markdown fills up the others.
const Attributes* Compiler::TakeRowAttributes(Vector<MdBlock>* cells) {
  for (size_t i = cells->size(); i-- > 0;) {
    if (const Attributes* attributes = TakeAttributes(&(*cells)[i].inlines)) return attributes;
    if (!(*cells)[i].inlines.empty()) break;
  }
  return nullptr;
}

Value Compiler::CellsJson(const Vector<MdBlock>& cells, uint32_t place) {
  json::Array items;
  for (const MdBlock& cell : cells) {
    Value json = One("text", PiecesJson(cell.inlines, place));
    if (!cell.align.empty()) json.Set("align", Text(cell.align));
    items.push_back(One("cell", std::move(json)));
  }
  return Value::List(std::move(items));
}

// Attributes of the first row are the table's.
Value Compiler::CompileTable(const MdBlock& block, const String& parent, size_t index) {
  Vector<MdBlock> header = block.blocks[0].blocks;
  if (header.size() > document::kMaxColumns) {
    sink_.Report(DiagnosticCode::kTable, block.blocks[0].range, "A table has at most 50 columns");
  }
  const Attributes* attributes = TakeRowAttributes(&header);
  Head table = MakeHead("table", attributes, Automatic(parent, index), parent, block.range, false);
  table.json.Set("text", CellsJson(header, PlaceOf(table.id)));
  json::Array rows;
  for (size_t i = 1; i < block.blocks.size(); ++i) {
    Vector<MdBlock> cells = block.blocks[i].blocks;
    const Attributes* own = TakeRowAttributes(&cells);
    Head row = MakeHead("row", own, Automatic(table.id, rows.size()), table.id,
                        block.blocks[i].range, false);
    row.json.Set("text", CellsJson(cells, PlaceOf(row.id)));
    rows.push_back(Close(std::move(row), block.blocks[i].range));
  }
  table.json.Set("units", Value::List(std::move(rows)));
  return Close(std::move(table), block.range);
}

}  // namespace countersign::compile
