// Defined terms: where they are defined, and where they are used.
#include <algorithm>

#include "compile/compiler.h"

namespace countersign::compile {

// Before the text is read, for a term may be used before it is defined.
void Compiler::CollectDefinitions(Vector<MdBlock>* blocks) {
  for (MdBlock& block : *blocks) {
    CollectIn(&block.inlines);
    CollectDefinitions(&block.blocks);
  }
}

void Compiler::AppendPlain(const MdInline& piece, String* text) {
  *text += piece.text;
  for (const MdInline& inner : piece.inlines) AppendPlain(inner, text);
}

// Bold, or bold in italics.
static bool IsBold(const MdInline& piece) {
  return piece.kind == MdInlineKind::kStrong ||
         (piece.kind == MdInlineKind::kEm && piece.inlines.size() == 1 && IsBold(piece.inlines[0]));
}

void Compiler::CollectIn(Vector<MdInline>* inlines) {
  String before;
  for (size_t i = 0; i < inlines->size(); ++i) {
    MdInline& piece = (*inlines)[i];
    CollectIn(&piece.inlines);
    bool is_definition = piece.kind == MdInlineKind::kTag && piece.index < directives_.size() &&
                         directives_[piece.index] && directives_[piece.index]->name == "def";
    if (!is_definition) {
      AppendPlain(piece, &before);
      continue;
    }
    // The space in front of the tag goes with it.
    bool strong = false;
    if (i > 0) {
      MdInline& last = (*inlines)[i - 1];
      while (last.kind == MdInlineKind::kText && last.text.ends_with(' ')) last.text.pop_back();
      strong = IsBold(last) || (last.kind == MdInlineKind::kText && last.text.empty() && i > 1 &&
                                IsBold((*inlines)[i - 2]));
      if (strong) {
        before.clear();
        AppendPlain((*inlines)[IsBold(last) ? i - 1 : i - 2], &before);
      }
    }
    String quoted = QuotedEnd(before);
    Define(*directives_[piece.index], piece.index, strong && quoted.empty() ? before : quoted);
  }
}

// What stands in quotes at the end of a text; "" where nothing does.
String Compiler::QuotedEnd(std::string_view text) {
  struct Quotes {
    std::string_view open, close;
  };
  constexpr Quotes kQuotes[] = {{"\"", "\""},
                                {"\xE2\x80\x9C", "\xE2\x80\x9D"},
                                {"\xE2\x80\x9E", "\xE2\x80\x9C"},
                                {"\xE2\x80\x9E", "\xE2\x80\x9D"},
                                {"\xC2\xAB", "\xC2\xBB"},
                                {"\xC2\xBB", "\xC2\xAB"},
                                {"\xE2\x80\xB9", "\xE2\x80\xBA"},
                                {"\xE2\x80\x9A", "\xE2\x80\x98"},
                                {"\xE2\x80\x98", "\xE2\x80\x99"},
                                {"'", "'"}};
  // Quotation marks may stand apart from the term: « Services ».
  auto trim = [](std::string_view part) {
    constexpr std::string_view kBlanks[] = {" ", "\xC2\xA0", "\xE2\x80\xAF"};
    for (bool again = true; again;) {
      again = false;
      for (std::string_view blank : kBlanks) {
        if (part.starts_with(blank)) part.remove_prefix(blank.size()), again = true;
        if (part.ends_with(blank)) part.remove_suffix(blank.size()), again = true;
      }
    }
    return part;
  };
  text = trim(text);
  for (const Quotes& quotes : kQuotes) {
    if (!text.ends_with(quotes.close)) continue;
    std::string_view inside = text.substr(0, text.size() - quotes.close.size());
    size_t open = inside.rfind(quotes.open);
    if (open == std::string_view::npos) continue;
    return String(trim(inside.substr(open + quotes.open.size())));
  }
  return {};
}

void Compiler::Define(const Directive& directive, uint32_t tag, const String& label) {
  for (const Parameter& parameter : directive.parameters) {
    sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                 "A definition has no parameters");
  }
  if (label.empty() || label.size() > 200) {
    sink_.Report(DiagnosticCode::kDefinitionWithoutTerm, directive.name_range).hint =
        "\"Services\" {{def: services}} means …";
    return;
  }
  String id = directive.value.text;
  if (id.empty()) {
    for (char c : label) {
      bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letter) id += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      if (!letter && !id.empty() && !id.ends_with('-')) id += '-';
    }
    while (id.ends_with('-')) id.pop_back();
  }
  ByteRange at = directive.value.text.empty() ? directive.name_range : directive.value.range;
  if (id.size() > 64 || !document::IsId(id)) {
    sink_.Report(DiagnosticCode::kIdInvalid, at);
  } else if (auto all = term_places_.find(id);
             all != term_places_.end() && terms_[all->second].others.size() >= kMaxAlternatives) {
    sink_.Report(DiagnosticCode::kIdTwice, at, "At most 64 alternatives share a term");
  } else {
    if (auto first = term_places_.find(id); first != term_places_.end())
      terms_[first->second].others.push_back(static_cast<uint32_t>(terms_.size()));
    term_places_.emplace(id, terms_.size());
    definition_places_.emplace(tag, terms_.size());
    terms_.push_back({.id = id, .label = label, .at = at});
  }
}

void Compiler::CompileTerm(const Directive& directive, uint32_t place, json::Array* pieces) {
  String label;
  for (const Parameter& parameter : directive.parameters) {
    if (parameter.name == "label") {
      label = parameter.value.text;
      continue;
    }
    constexpr std::string_view kNames[] = {"label"};
    Diagnostic& diagnostic = sink_.Report(DiagnosticCode::kParameterUnknown, parameter.name_range,
                                          "A term has no parameter '" + parameter.name + "'");
    SuggestName(diagnostic, NearestName(parameter.name, kNames), parameter.name_range);
  }
  ByteRange at = directive.value.text.empty() ? directive.name_range : directive.value.range;
  auto it = term_places_.find(directive.value.text);
  if (it == term_places_.end()) {
    Vector<std::string_view> known;
    for (const Term& term : terms_) known.push_back(term.id);
    Diagnostic& diagnostic =
        sink_.Report(DiagnosticCode::kTermUnknown, at,
                     "There is no definition of '" + directive.value.text + "'");
    diagnostic.hint = "\"Services\" {{def: services}} defines a term.";
    SuggestName(diagnostic, NearestName(directive.value.text, known), at);
    return;
  }
  Term& term = terms_[it->second];
  term.used = true;
  const auto index = static_cast<uint32_t>(it->second);
  term_uses_.push_back({index, place, at, Shows::kNumber, term.others});
  bool differ = false;
  for (uint32_t other : term.others) {
    terms_[other].used = true;
    differ = differ || terms_[other].label != term.label;
  }
  if (label.empty() && differ) {
    pieces->push_back(LeaveOpen(
        {.names = Names::kTerm, .target = term.id, .label = {}, .at = at, .from = place}));
    return;
  }
  pieces->push_back(Text(label.empty() ? term.label : label));
}

// Unused definitions, and for the analysis: where each use and its definition stand.
void Compiler::CheckTerms() {
  for (const Term& term : terms_) {
    if (!term.used)
      sink_.Report(DiagnosticCode::kFieldUnused, term.at,
                   "Nothing uses the definition '" + term.id + "' with {{term: " + term.id + "}}");
  }
  for (const ReferenceFact& use : term_uses_) {
    const Term& term = terms_[use.target];
    if (term.unit == kNoUnit) continue;
    ReferenceFact fact{term.unit, use.from, use.at};
    for (uint32_t other : use.others) fact.others.push_back(terms_[other].unit);
    if (std::ranges::find(fact.others, kNoUnit) == fact.others.end())
      facts_.terms.push_back(std::move(fact));
  }
}

}  // namespace countersign::compile
