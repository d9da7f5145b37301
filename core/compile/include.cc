// Clauses of the library become part of the page: see include.h.
// Long because a clause is checked, numbered, scoped and placed in one pass over both sources.
#include "compile/include.h"

#include <algorithm>

#include "compile/compiler.h"
#include "template/template.h"
#include "values/value.h"

namespace countersign::compile {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsClauseChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

// Ids behind "{{include:", wherever it stands: what stands in a comment does no harm.
Vector<String> NamedIn(std::string_view text) {
  Vector<String> ids;
  for (size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    at += 2;
    auto skip = [&] {
      while (at < text.size() && IsBlank(text[at])) ++at;
    };
    skip();
    if (!text.substr(at).starts_with("include")) continue;
    at += 7;
    skip();
    if (!text.substr(at).starts_with(":")) continue;
    ++at;
    skip();
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
    size_t begin = at;
    while (at < text.size() && IsClauseChar(text[at])) ++at;
    ids.emplace_back(text.substr(begin, at - begin));
  }
  return ids;
}

// Copies of blocks count their tags and attributes on from those of the whole.
void Renumber(uint32_t tags, uint32_t attributes, Vector<MdInline>* inlines) {
  for (MdInline& piece : *inlines) {
    if (piece.kind == MdInlineKind::kTag) piece.index += tags;
    if (piece.kind == MdInlineKind::kAttributes) piece.index += attributes;
    Renumber(tags, attributes, &piece.inlines);
  }
}
void Renumber(uint32_t tags, uint32_t attributes, uint32_t include, uint32_t scope,
              Vector<MdBlock>* blocks) {
  for (MdBlock& block : *blocks) {
    block.include = include;
    block.scope = scope;
    Renumber(tags, attributes, &block.inlines);
    Renumber(tags, attributes, include, scope, &block.blocks);
  }
}

// The attributes of a block, or of each item of a list; made where there are none.
template <class Change>
void ForAttributes(MdBlock* block, Markdown* all, const Change& change) {
  if (block->kind == MdKind::kList) {
    for (MdBlock& item : block->blocks) {
      if (item.blocks.empty() || item.blocks[0].kind != MdKind::kParagraph) {
        MdBlock first{.range = item.range,
                      .include = item.include,
                      .scope = item.scope,
                      .inlines = {},
                      .blocks = {}};
        item.blocks.insert(item.blocks.begin(), std::move(first));
      }
      ForAttributes(&item.blocks[0], all, change);
    }
    return;
  }
  if (block->kind == MdKind::kTable) {
    // A table's attributes stand in its header: behind a cell that has some, or the last one.
    Vector<MdBlock>& cells = block->blocks[0].blocks;
    size_t at = cells.size() - 1;
    for (size_t i = 0; i < cells.size(); ++i) {
      const Vector<MdInline>& text = cells[i].inlines;
      if (!text.empty() && text.back().kind == MdInlineKind::kAttributes) at = i;
    }
    return ForAttributes(&cells[at], all, change);
  }
  Vector<MdInline>& inlines = block->inlines;
  if (inlines.empty() || inlines.back().kind != MdInlineKind::kAttributes) {
    inlines.push_back({.kind = MdInlineKind::kAttributes,
                       .text = {},
                       .index = static_cast<uint32_t>(all->attributes.size()),
                       .inlines = {}});
    all->attributes.push_back({.range = block->range, .items = {}});
  }
  change(&all->attributes[inlines.back().index]);
}

Attribute* FindAttribute(Attributes* attributes, std::string_view name) {
  for (Attribute& attribute : attributes->items) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

// A condition as text that knows where each of its characters stands.
struct Condition {
  String text;
  Vector<uint32_t> map;

  void Add(std::string_view more, uint32_t at) {
    text += more;
    map.insert(map.end(), more.size(), at);
  }
  void Add(std::string_view more, uint32_t begin, const Vector<uint32_t>& places) {
    for (size_t i = 0; i < more.size(); ++i) {
      map.push_back(places.empty() ? begin + static_cast<uint32_t>(i) : places[i]);
    }
    text += more;
  }
};

void AddCondition(const Condition& condition, ByteRange at, Attributes* attributes) {
  Attribute* own = FindAttribute(attributes, "when");
  if (own == nullptr) {
    attributes->combined = attributes->combined || FindAttribute(attributes, "else") != nullptr;
    Attribute when{
        .name = "when", .name_range = at, .has_value = true, .value = {}, .range = at, .map = {}};
    attributes->items.push_back(std::move(when));
    own = &attributes->items.back();
    own->value = condition.text;
    own->map = condition.map;
    own->map.push_back(at.end);
    return;
  }
  attributes->combined = true;
  Condition both = condition;
  both.Add(" && (", own->range.begin);
  both.Add(own->value, own->range.begin, own->map);
  both.Add(")", own->range.end);
  both.map.push_back(own->range.end);
  own->value = both.text;
  own->map = both.map;
  own->range = at;
}

// "Legal: Board decision of 2026".
String ApprovalOf(const Clause& clause) {
  String why = clause.approved_by;
  if (!clause.why.empty()) why += (why.empty() ? "" : ": ") + clause.why;
  return why;
}

// The texts that an expression may give: constants, the options of a field, and what `? :` chooses
// between. False where nobody can tell.
bool PossibleTexts(const expression::Tree& tree, const expression::Node& node,
                   const Declarations& declarations, Vector<String>* texts) {
  switch (node.op) {
    case expression::Op::kLiteral:
      texts->emplace_back(node.literal.string_value());
      return true;
    case expression::Op::kIf: {
      auto children = tree.Children(node);
      return PossibleTexts(tree, tree.nodes[children[1]], declarations, texts) &&
             PossibleTexts(tree, tree.nodes[children[2]], declarations, texts);
    }
    case expression::Op::kVariable: {
      for (const FieldDeclaration& field : declarations.fields) {
        if (field.id != node.name || field.options == nullptr) continue;
        const Vector<YamlNode>& items = field.options->items;
        size_t step = field.options->kind == YamlKind::kMap ? 2 : 1;
        for (size_t i = 0; i < items.size(); i += step) texts->push_back(items[i].text);
        return true;
      }
      return false;
    }
    default:
      return false;
  }
}

}  // namespace

void AppendIncluded(const Library& library, SourceFile* file) {
  Vector<String> done;
  Vector<String> open = NamedIn(file->own_text());
  size_t bytes = 0;
  for (size_t i = 0; i < open.size(); ++i) {
    String id = open[i];
    if (std::find(done.begin(), done.end(), id) != done.end()) continue;
    for (const Clause& clause : library.Variants(id)) {
      bytes += clause.source.size();
      if (bytes > kMaxIncludedBytes) return;  // what is not there is reported where it is missing
      file->Append(clause.file, clause.source);
      for (String& more : NamedIn(clause.source)) open.push_back(std::move(more));
    }
    done.push_back(std::move(id));
  }
}

// The clauses around a place, the innermost first.
struct Compiler::IncludePath {
  const IncludePath* outer = nullptr;
  std::string_view clause;
  uint32_t begin = 0;  // of the outermost include, in the template itself
  size_t depth = 0;

  bool Has(std::string_view id) const {
    return clause == id || (outer != nullptr && outer->Has(id));
  }
};

void Compiler::ExpandIncludes(Markdown* markdown) {
  Expand(&markdown->blocks, markdown, IncludePath());
}

void Compiler::Expand(Vector<MdBlock>* blocks, Markdown* all, const IncludePath& path) {
  Vector<MdBlock> out;
  // The level of the highest heading that the last include came with: what follows stands in its
  // section, but for a heading as high. 0 where none did.
  int headed = 0;
  auto check_behind = [&](const MdBlock& first, ByteRange at) {
    const bool apart = first.kind == MdKind::kHeading
                           ? first.level <= headed
                           : first.kind == MdKind::kContainer && first.container == "schedule";
    if (headed != 0 && !apart) {
      sink_.Report(DiagnosticCode::kIncludeFollowed, at).hint =
          "Put a heading in front of it, or move it before the include.";
    }
    headed = 0;
  };
  for (MdBlock& block : *blocks) {
    const Vector<MdInline>& inlines = block.inlines;
    bool is_include = false;
    std::optional<Directive> directive;
    const Attributes* attributes = nullptr;
    if (block.kind == MdKind::kParagraph && !inlines.empty() &&
        inlines[0].kind == MdInlineKind::kTag) {
      const Tag& tag = all->tags[inlines[0].index];
      std::string_view content =
          std::string_view(file_.text())
              .substr(tag.content.begin, tag.content.end - tag.content.begin);
      while (!content.empty() && IsBlank(content[0])) content.remove_prefix(1);
      bool alone = true;
      for (size_t i = 1; i < inlines.size(); ++i) {
        bool is_blank = inlines[i].kind == MdInlineKind::kText &&
                        inlines[i].text.find_first_not_of(' ') == String::npos;
        bool is_last = inlines[i].kind == MdInlineKind::kAttributes && i + 1 == inlines.size();
        if (is_last) attributes = &all->attributes[inlines[i].index];
        alone = alone && (is_blank || is_last);
      }
      is_include = alone && content.starts_with("include");
      if (is_include) directive = ParseDirective(tag.content, &sink_);
      is_include = directive && directive->name == "include";
      if (is_include) expanded_.insert(tag.range.begin);
    }
    if (is_include) {
      size_t before = out.size();
      std::optional<Attributes> kept;  // `all` grows while the clause is read
      if (attributes != nullptr) kept = *attributes;
      Include(*directive, block, kept ? &*kept : nullptr, all, path, &out);
      if (out.size() == before) continue;  // which was reported
      check_behind(out[before], block.range);
      for (size_t i = before; i < out.size(); ++i) {
        const bool higher = headed == 0 || out[i].level < headed;
        if (out[i].kind == MdKind::kHeading && higher) headed = out[i].level;
      }
      continue;
    }
    check_behind(block, block.range);
    Expand(&block.blocks, all, path);
    out.push_back(std::move(block));
  }
  *blocks = std::move(out);
}

void Compiler::Include(const Directive& directive, const MdBlock& block,
                       const Attributes* attributes, Markdown* all, const IncludePath& path,
                       Vector<MdBlock>* out) {
  const String& id = directive.value.text;
  ByteRange at = directive.value.range;
  if (at.begin == at.end) at = directive.name_range;
  const SourceText* variant = nullptr;
  for (const Parameter& parameter : directive.parameters) {
    constexpr std::string_view kNames[] = {"variant", "pin", "level"};
    if (parameter.name == "variant") variant = &parameter.value;
    if (std::find(std::begin(kNames), std::end(kNames), parameter.name) != std::end(kNames)) {
      continue;
    }
    Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                                          "An include has no parameter '" + parameter.name + "'");
    SuggestName(diagnostic, NearestName(parameter.name, kNames), parameter.name_range);
  }
  std::span<const Clause> variants = library_.Variants(id);
  if (variants.empty()) {
    Vector<std::string_view> known;
    for (const Clause& clause : library_.clauses()) known.push_back(clause.id);
    Diagnostic& diagnostic =
        sink_.Report(DiagnosticCode::kClauseUnknown, at, "The library has no clause '" + id + "'");
    SuggestName(diagnostic, NearestName(id, known), at);
    if (library_.Refused(id)) {
      diagnostic.hint = "Its file is there, but has errors of its own.";
    } else if (known.empty() && !library_.Refused("")) {
      diagnostic.hint = "There is no library: --library DIR names its folder.";
    }
    return;
  }
  if (path.Has(id)) {
    sink_.Report(DiagnosticCode::kIncludeCycle, at, "The clause '" + id + "' includes itself");
    return;
  }
  for (const Clause& clause : variants) included_bytes_ += clause.source.size();
  if (++includes_ > kMaxIncludes || path.depth >= kMaxIncludeDepth ||
      included_bytes_ > kMaxIncludedBytes) {
    if (includes_ <= kMaxIncludes + 1) sink_.Report(DiagnosticCode::kIncludeLimit, at);
    return;
  }
  if (variant == nullptr && (variants.size() > 1 || !variants[0].variant.empty())) {
    String names;
    const Clause* approved = nullptr;
    for (const Clause& clause : variants) {
      const bool good = clause.approval == Approval::kApproved;
      names +=
          (names.empty() ? "'" : ", '") + clause.variant + "'" + (good ? "" : " (not approved)");
      if (good && approved == nullptr) approved = &clause;
    }
    sink_
        .Report(DiagnosticCode::kVariantMissing, at,
                "The clause '" + id + "' has variants: " + names)
        .hint = approved == nullptr
                    ? "None of them is approved: only approved texts can be taken."
                    : "variant=\"'" + approved->variant + "'\", or an expression that names one.";
    return;
  }
  if (variant != nullptr && variants[0].variant.empty()) {
    sink_.Report(DiagnosticCode::kVariantUnknown, variant->range,
                 "The clause '" + id + "' has no variants");
    return;
  }
  if (variant == nullptr && variants[0].approval != Approval::kApproved) {
    sink_.Report(DiagnosticCode::kLockNotApproved, at,
                 "The library's clause '" + id + "' is not approved");
    return;
  }
  if (!CheckPin(directive, variants)) return;
  if (variant != nullptr) variant_uses_.push_back({id, *variant});
  IncludePath inner{.outer = &path,
                    .clause = id,
                    .begin = path.depth == 0 ? block.range.begin : path.begin,
                    .depth = path.depth + 1};
  for (const Clause& clause : variants) {
    if (clause.approval != Approval::kApproved) continue;
    Splice(clause, directive, variant, attributes, block, all, inner, out);
  }
}

bool Compiler::CheckPin(const Directive& directive, std::span<const Clause> variants) {
  String actual = PinOf(variants);
  for (const Parameter& parameter : directive.parameters) {
    if (parameter.name != "pin") continue;
    if (parameter.value.text == actual) return true;
    sink_
        .Report(DiagnosticCode::kPinDiffers, parameter.value.range,
                "The clause '" + directive.value.text + "' in the library is not the one pinned")
        .hint = "Read what changed. To take it as it is now, pin " + actual + ".";
    return false;
  }
  Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kPinMissing, directive.value.range);
  diagnostic.hint = "pin=\"" + actual + "\"";
  // Behind the last parameter, or the name.
  uint32_t end = directive.value.range.end + (directive.value.quoted ? 1 : 0);
  if (!directive.parameters.empty()) {
    const SourceText& last = directive.parameters.back().value;
    end = last.range.end + (last.quoted ? 1 : 0);
  }
  diagnostic.fix = Fix{{end, end}, ", pin=\"" + actual + "\""};
  return true;
}

void Compiler::Splice(const Clause& clause, const Directive& directive, const SourceText* variant,
                      const Attributes* attributes, const MdBlock& place, Markdown* all,
                      const IncludePath& path, Vector<MdBlock>* out) {
  size_t part = 1;
  auto is_there = [&](size_t index) {
    ByteRange range = file_.part(index).range;
    return std::string_view(file_.text()).substr(range.begin, range.end - range.begin) ==
           clause.source;
  };
  while (part < file_.part_count() && !is_there(part)) ++part;
  if (part == file_.part_count()) {
    sink_.Report(DiagnosticCode::kIncludeLimit, directive.name_range);
    return;
  }
  ByteRange range = file_.part(part).range;
  Markdown inner = ReadMarkdown({range.begin + clause.body, range.end}, &sink_);
  // What the clause around the include was given along is none of what stands behind the tag.
  const auto is_own = [attributes](const Attribute& attribute) {
    return attribute.name_range.begin >= attributes->range.begin &&
           attribute.name_range.end <= attributes->range.end;
  };
  String asked;
  for (size_t i = 0; attributes != nullptr && i < attributes->items.size(); ++i) {
    const Attribute& attribute = attributes->items[i];
    if (attribute.name == "when" && is_own(attribute)) asked = attribute.value;
  }
  scopes_.push_back({place.scope, std::move(asked)});
  Renumber(static_cast<uint32_t>(all->tags.size()), static_cast<uint32_t>(all->attributes.size()),
           path.begin, static_cast<uint32_t>(scopes_.size()), &inner.blocks);
  all->tags.insert(all->tags.end(), inner.tags.begin(), inner.tags.end());
  all->attributes.insert(all->attributes.end(), inner.attributes.begin(), inner.attributes.end());
  String ref = RefOf(clause.source);
  if (std::find(pinned_.begin(), pinned_.end(), ref) == pinned_.end()) pinned_.push_back(ref);
  if (pinned_.size() > templates::kMaxPins) {
    sink_.Report(DiagnosticCode::kIncludeLimit, directive.name_range);
    return;
  }

  int top = 0;
  for (const MdBlock& block : inner.blocks) {
    if (block.kind == MdKind::kHeading && (top == 0 || block.level < top)) top = block.level;
  }
  int shift = 0;
  for (const Parameter& parameter : directive.parameters) {
    if (parameter.name != "level") continue;
    const String& text = parameter.value.text;
    if (text.size() != 1 || text[0] < '1' || text[0] > '5') {
      sink_.Report(DiagnosticCode::kValueInvalid, parameter.value.range, "A level is 1 to 5");
    } else if (top != 0) {
      shift = text[0] - '0' - top;
    }
  }
  ByteRange at = directive.name_range;
  for (MdBlock& block : inner.blocks) {
    if (block.kind == MdKind::kHeading) block.level += shift;
    // Below a heading a block stands under its condition and its lock.
    bool below = block.kind != MdKind::kHeading && &block != inner.blocks.data() &&
                 std::any_of(inner.blocks.data(), &block,
                             [](const MdBlock& before) { return before.kind == MdKind::kHeading; });
    bool nested = block.kind == MdKind::kHeading && block.level > top + shift;
    if (below || nested) continue;
    ForAttributes(&block, all, [&](Attributes* own) {
      if (FindAttribute(own, "lock") == nullptr) {
        own->items.push_back({.name = "lock",
                              .name_range = at,
                              .has_value = true,
                              .value = ApprovalOf(clause),
                              .range = at,
                              .map = {}});
      }
      for (size_t i = 0; attributes != nullptr && i < attributes->items.size(); ++i) {
        const Attribute& attribute = attributes->items[i];
        if (attribute.name != "when") continue;
        Condition condition;
        condition.Add("(", attribute.range.begin);
        condition.Add(attribute.value, attribute.range.begin, attribute.map);
        condition.Add(")", attribute.range.end);
        AddCondition(condition, attribute.range, own);
      }
      if (variant != nullptr) {
        Condition condition;
        condition.Add("(", variant->range.begin);
        condition.Add(variant->text, variant->range.begin, variant->map);
        condition.Add(") == '" + clause.variant + "'", variant->range.end);
        AddCondition(condition, variant->range, own);
      }
    });
  }
  for (size_t i = 0; attributes != nullptr && i < attributes->items.size(); ++i) {
    if (attributes->items[i].name == "when" || !is_own(attributes->items[i])) continue;
    sink_
        .Report(DiagnosticCode::kAttributesMisplaced, attributes->items[i].name_range,
                "Behind an include stands a condition and nothing else")
        .hint = "Put a heading with an id around it.";
  }
  Expand(&inner.blocks, all, path);
  for (MdBlock& block : inner.blocks) out->push_back(std::move(block));
}

void Compiler::CheckVariants() {
  for (const VariantUse& use : variant_uses_) {
    const expression::Tree* tree = Keep(
        CompileIn(use.expression, declarations_.schema, values::Type::Of(values::Kind::kString)));
    if (tree == nullptr) continue;
    Vector<String> texts;
    if (!PossibleTexts(*tree, tree->nodes.back(), declarations_, &texts)) {
      sink_.Report(DiagnosticCode::kVariantOpen, use.expression.range).hint =
          "Use texts in quotes with '? :', or a field with options.";
      continue;
    }
    for (const String& text : texts) {
      Vector<std::string_view> known;
      const Clause* found = nullptr;
      for (const Clause& clause : library_.Variants(use.clause)) {
        known.push_back(clause.variant);
        if (clause.variant == text) found = &clause;
      }
      if (found == nullptr) {
        Diagnostic& diagnostic =
            sink_.Report(DiagnosticCode::kVariantUnknown, use.expression.range,
                         "The clause '" + use.clause + "' has no variant '" + text + "'");
        SuggestName(diagnostic, NearestName(text, known), std::nullopt);
      } else if (found->approval != Approval::kApproved) {
        sink_.Report(DiagnosticCode::kLockNotApproved, use.expression.range,
                     "The variant '" + text + "' of '" + use.clause + "' is not approved");
      }
    }
  }
}

Value Compiler::LibraryJson() const {
  Vector<String> refs = pinned_;
  std::sort(refs.begin(), refs.end());
  json::Array items;
  for (const String& ref : refs) items.push_back(Text(ref));
  return Value::List(std::move(items));
}

uint32_t Compiler::EndOf(uint32_t begin, const MdBlock* next) const {
  ByteRange part = file_.part(file_.PartOf(begin)).range;
  if (next == nullptr) return part.end;
  for (uint32_t stop : {next->range.begin, next->include}) {
    if (stop > begin && stop < part.end) return stop;
  }
  return part.end;
}

}  // namespace countersign::compile
