// The text of a unit: pieces in their order, with inline conditions and repeats.
#include <algorithm>

#include "compile/compiler.h"

namespace countersign::compile {

using values::Kind;

Value Compiler::PiecesJson(const Vector<MdInline>& inlines, uint32_t place) {
  size_t at = 0;
  return Value::List(Pieces(inlines, &at, place, 0));
}

const Directive* Compiler::DirectiveAt(const Vector<MdInline>& inlines, size_t at) const {
  const MdInline& piece = inlines[at];
  bool is_directive = piece.kind == MdInlineKind::kTag && piece.index < directives_.size() &&
                      directives_[piece.index].has_value();
  return is_directive ? &*directives_[piece.index] : nullptr;
}

// From *at to the end or, inside a condition or repeat, to the tag that ends its part.
json::Array Compiler::Pieces(const Vector<MdInline>& inlines, size_t* at, uint32_t place,
                             int depth) {
  json::Array pieces;
  while (*at < inlines.size()) {
    const MdInline& piece = inlines[*at];
    if (const Directive* directive = DirectiveAt(inlines, *at)) {
      const String& name = directive->name;
      if (name == "#if" || name == "#each") {
        if (depth >= kMaxNesting) {
          sink_.Report(DiagnosticCode::kNestedTooDeep, markdown_->tags[piece.index].range);
          *at = inlines.size();
          return pieces;
        }
        if (name == "#if") CompileIf(inlines, at, place, depth, &pieces);
        if (name == "#each") CompileEach(inlines, at, place, depth, &pieces);
        continue;
      }
      if (name == "#elif" || name == "#else" || name == "/if" || name == "/each") {
        if (depth > 0) return pieces;
        sink_.Report(DiagnosticCode::kBlockUnopened, markdown_->tags[piece.index].range).hint =
            name == "/each" ? "{{#each item in items, join=and}}{{= item }}{{/each}}"
                            : "{{#if condition}}one text{{#else}}another{{/if}}";
        ++*at;
        continue;
      }
    }
    ++*at;
    switch (piece.kind) {
      case MdInlineKind::kText:
        pieces.push_back(Text(piece.text));
        break;
      case MdInlineKind::kCode:
        pieces.push_back(One("code", Text(piece.text)));
        break;
      case MdInlineKind::kBreak:
        pieces.push_back(One("break", Value::Bool(true)));
        break;
      case MdInlineKind::kStrong:
        pieces.push_back(One("strong", PiecesJson(piece.inlines, place)));
        break;
      case MdInlineKind::kEm:
        pieces.push_back(One("em", PiecesJson(piece.inlines, place)));
        break;
      case MdInlineKind::kLink:
        pieces.push_back(One("link", Value::Make({{"address", Text(piece.text)},
                                                  {"text", PiecesJson(piece.inlines, place)}})));
        break;
      case MdInlineKind::kTag:
        CompileTag(piece.index, place, &pieces);
        break;
      case MdInlineKind::kAttributes:
        sink_.Report(DiagnosticCode::kAttributesMisplaced,
                     markdown_->attributes[piece.index].range);
        break;
    }
  }
  return pieces;
}

const expression::Tree* Compiler::Imagine(const String& condition, ByteRange at) {
  SourceText text{.text = condition, .range = at, .map = {}};
  for (size_t i = 0; i <= condition.size(); ++i) text.map.push_back(at.begin);
  DiagnosticSink quiet(file_);
  return Keep(CompileExpression(text.AsFragment(), declarations_.schema,
                                values::Type::Of(Kind::kBool), &quiet));
}

uint32_t Compiler::AddBranch(uint32_t place, ByteRange at, const expression::Tree* when,
                             Branch branch) {
  facts_.units.push_back({.id = {},
                          .at = at,
                          .parent = place,
                          .when = when,
                          .when_at = at,
                          .conditional = true,
                          .branch = branch,
                          .loops = loop_places_});
  numbered_.push_back(false);
  unit_ids_.emplace_back();
  return static_cast<uint32_t>(facts_.units.size() - 1);
}

// Whether a tag stands in emphasis or a link of this text.
bool Compiler::ClosesWithin(const Vector<MdInline>& inlines, std::string_view name) const {
  return std::ranges::any_of(inlines, [&](const MdInline& piece) {
    for (size_t i = 0; i < piece.inlines.size(); ++i) {
      const Directive* directive = DirectiveAt(piece.inlines, i);
      if (directive != nullptr && directive->name == name) return true;
    }
    return ClosesWithin(piece.inlines, name);
  });
}

void Compiler::CompileIf(const Vector<MdInline>& inlines, size_t* at, uint32_t place, int depth,
                         json::Array* pieces) {
  ByteRange opened = markdown_->tags[inlines[*at].index].range;
  const bool behind_blank = *at > 0 && inlines[*at - 1].kind == MdInlineKind::kText &&
                            inlines[*at - 1].text.ends_with(' ');
  ChoiceFact choice{
      .without = Without::kTwoBlanks, .unit = place, .nothing = {}, .at = opened, .fix = {}};
  json::Array branches;
  String before;  // that none of the branches before holds
  bool failed = false, had_else = false;
  for (;;) {
    const Directive& directive = *DirectiveAt(inlines, *at);
    ByteRange tag = markdown_->tags[inlines[*at].index].range;
    ++*at;
    bool is_else = directive.name == "#else";
    Value branch = Value::Make({});
    const expression::Tree* when = nullptr;
    ByteRange when_at = is_else ? tag : directive.value.range;
    if (!is_else) {
      when = CompileCondition(directive.value);
      failed = failed || when == nullptr;
      if (when != nullptr) {
        text_uses_.push_back({when->reads, directive.value.range});
        branch.Set("when", expression::ToJson(*when));
      }
    }
    String own = is_else ? String() : "(" + directive.value.text + ")";
    if (!before.empty() && !failed) {
      when = Imagine(before + (own.empty() ? "" : " && " + own), when_at);
    }
    before += (before.empty() ? "!(" : " && !(") + directive.value.text + ")";
    uint32_t inner =
        AddBranch(place, when_at, failed ? nullptr : when, is_else ? Branch::kElse : Branch::kIf);
    choice.nothing.push_back({{failed ? nullptr : when, Sense::kFails}});
    branch.Set("text", Value::List(Pieces(inlines, at, inner, depth + 1)));
    branches.push_back(std::move(branch));
    const Directive* next = *at < inlines.size() ? DirectiveAt(inlines, *at) : nullptr;
    if (next == nullptr || next->name == "/each") {
      sink_.Report(DiagnosticCode::kBlockUnclosed, opened, "This condition is not closed").hint =
          ClosesWithin(inlines, "/if")
              ? "Its {{/if}} stands within emphasis or a link that begins elsewhere: write "
                "{{#if …}}**words**{{/if}} or **{{#if …}}words{{/if}}**."
              : "Write {{/if}} in the same paragraph. For a whole paragraph, item or heading, put "
                "{when=\"…\"} at its end.";
      break;
    }
    if (next->name == "/if") {
      const ByteRange closed = markdown_->tags[inlines[*at].index].range;
      ++*at;
      const bool before_blank = *at < inlines.size() && inlines[*at].kind == MdInlineKind::kText &&
                                inlines[*at].text.starts_with(' ');
      const bool known = std::ranges::all_of(
          choice.nothing, [](const AnyOf& any) { return any[0].condition != nullptr; });
      if (!behind_blank || !before_blank || is_else || !known) break;
      const std::string_view text = file_.text();
      if (branches.size() == 1 && text[closed.begin - 1] != ' ' && text[closed.end] == ' ') {
        choice.fix = Fix{{closed.begin, closed.end + 1},
                         " " + String(text.substr(closed.begin, closed.end - closed.begin))};
      }
      facts_.choices.push_back(std::move(choice));
      break;
    }
    had_else = had_else || is_else;
    if (had_else) {
      sink_.Report(DiagnosticCode::kBlockUnopened, markdown_->tags[inlines[*at].index].range,
                   "{{#else}} is the last branch: nothing can come between it and {{/if}}");
    }
  }
  pieces->push_back(One("if", Value::List(std::move(branches))));
}

void Compiler::CheckWords(const Vector<MdInline>& inlines, uint32_t place, Without without,
                          ByteRange at) {
  int depth = 0;
  for (size_t i = 0; i < inlines.size(); ++i) {
    const Directive* directive = DirectiveAt(inlines, i);
    const bool opens = directive != nullptr && directive->name == "#if";
    const bool closes = directive != nullptr && directive->name == "/if";
    depth += opens ? 1 : closes ? -1 : 0;
    const bool blank = inlines[i].kind == MdInlineKind::kText &&
                       inlines[i].text.find_first_not_of(' ') == String::npos;
    if (depth == 0 && !closes && !blank) return;
  }
  ChoiceFact fact{.without = without, .unit = place, .nothing = {}, .at = at, .fix = {}};
  for (size_t i = place + 1; i < facts_.units.size(); ++i) {
    const UnitFact& branch = facts_.units[i];
    if (branch.parent != place || branch.branch == Branch::kNone) continue;
    if (branch.branch == Branch::kElse || branch.when == nullptr) return;
    fact.nothing.push_back({{branch.when, Sense::kFails}});
  }
  if (!fact.nothing.empty()) facts_.choices.push_back(std::move(fact));
}

Compiler::Loop Compiler::OpenLoop(const SourceText& variable, const SourceText& list,
                                  uint32_t place) {
  Loop loop{.range = nullptr, .outer = declarations_.schema};
  bool named = !variable.text.empty();  // else it was reported
  if (named) {
    loop.range = Keep(CompileIn(list, declarations_.schema, values::Type::Of(Kind::kDyn)));
    named = declarations_.CheckName(variable.text, variable.range);
    if (!named) mistaken_.push_back(variable.text);
  }
  values::Type item = values::Type::Of(Kind::kDyn);
  if (loop.range != nullptr && loop.range->type().kind != Kind::kList) {
    bool reported = loop.range->type().kind == Kind::kDyn && sink_.HasErrors();
    if (!reported) {
      sink_.Report(
          DiagnosticCode::kNotAList, list.range,
          "This is " + loop.range->type().ToString() + ", and only a list can be repeated over");
    }
    loop.range = nullptr;
  }
  if (++loops_ > templates::kMaxLoops) {
    sink_.Report(DiagnosticCode::kNestedTooDeep, variable.range,
                 "Repeats are nested more than 3 levels deep");
  }
  if (named && loops_ > 1 && open_loops_.find(" " + variable.text + " ") != String::npos) {
    sink_.Report(DiagnosticCode::kIdTwice, variable.range,
                 "The name '" + variable.text + "' is taken by a repeat around this one");
  }
  if (loop.range != nullptr) {
    item = loop.range->type().items[0];
    text_uses_.push_back({loop.range->reads, list.range});
    facts_.values.push_back({loop.range, list.range, place, loop_places_});
    loop_places_.push_back(static_cast<uint32_t>(facts_.loops.size()));
    loop.counted = true;
    facts_.loops.push_back({variable.text, loop.range});
  }
  open_loops_ += " " + variable.text + " ";
  declarations_.schema.Declare(Variable{.name = variable.text,
                                        .type = std::move(item),
                                        .presence = Presence::kRequired,
                                        .refused = {},
                                        .declared = variable.range});
  return loop;
}

void Compiler::CloseLoop(Loop loop) {
  declarations_.schema = std::move(loop.outer);
  if (loop.counted) loop_places_.pop_back();
  --loops_;
  open_loops_.resize(open_loops_.rfind(' ', open_loops_.size() - 2));
}

void Compiler::CompileEach(const Vector<MdInline>& inlines, size_t* at, uint32_t place, int depth,
                           json::Array* pieces) {
  ByteRange opened = markdown_->tags[inlines[*at].index].range;
  const Directive& directive = *DirectiveAt(inlines, *at);
  ++*at;
  Value each = One("name", Text(directive.variable.text));
  for (const Parameter& parameter : directive.parameters) {
    constexpr std::string_view kNames[] = {"join"};
    if (parameter.name == "join") ReportTagsIn(parameter.value, &sink_);
    if (parameter.name == "join" && parameter.value.text.size() <= templates::kMaxJoin) {
      each.Set("join", Text(parameter.value.text));
    } else if (parameter.name == "join") {
      sink_.Report(DiagnosticCode::kValueInvalid, parameter.value.range,
                   "What stands between two items has at most 64 bytes");
    } else {
      Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                                            "A repeat has no parameter '" + parameter.name + "'");
      SuggestName(diagnostic, NearestName(parameter.name, kNames), parameter.name_range);
    }
  }
  Loop loop = OpenLoop(directive.variable, directive.value, place);
  if (loop.range != nullptr) each.Set("in", expression::ToJson(*loop.range));
  each.Set("text", Value::List(Pieces(inlines, at, place, depth + 1)));
  CloseLoop(std::move(loop));
  const Directive* next = *at < inlines.size() ? DirectiveAt(inlines, *at) : nullptr;
  if (next == nullptr || next->name != "/each") {
    sink_.Report(DiagnosticCode::kBlockUnclosed, opened, "This repeat is not closed").hint =
        "Write {{/each}} in the same paragraph. For whole paragraphs, items or rows, put "
        "{each=\"item in items\"} at their end.";
    // An {{#else}} or {{/if}} in between belongs to nothing.
    if (next != nullptr && depth == 0) ++*at;
  } else {
    ++*at;
  }
  pieces->push_back(One("each", std::move(each)));
}

}  // namespace countersign::compile
