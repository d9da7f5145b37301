#include "compile/directive.h"

#include <algorithm>
#include <utility>

#include "compile/lexer.h"

namespace countersign::compile {
namespace {

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Whether a value may begin so, other than by a name: a bracket, a quote, a sign.
bool IsOperand(std::string_view content) {
  size_t at = content.find_first_not_of(" \t");
  return at != std::string_view::npos &&
         std::string_view("(['\"!-").find(content[at]) != std::string_view::npos;
}

class Parser {
 public:
  Parser(ByteRange content, DiagnosticSink* sink)
      : sink_(sink),
        text_(std::string_view(sink->file().text()).substr(0, content.end)),
        at_(content.begin),
        content_(content) {}

  std::optional<Directive> Parse() {
    Skip();
    Directive directive;
    uint32_t start = at_;
    if (at_ < text_.size() && text_[at_] == '=') {
      directive.name = "=";
      directive.name_range = {at_, at_ + 1};
      ++at_;
      ParseValue(&directive);
      return directive;
    }
    if (at_ < text_.size() && (text_[at_] == '#' || text_[at_] == '/')) ++at_;
    while (at_ < text_.size() && IsAlnum(text_[at_])) ++at_;
    directive.name = text_.substr(start, at_ - start);
    directive.name_range = {start, std::max(at_, start + 1)};
    if (directive.name.starts_with('#') || directive.name.starts_with('/')) {
      ReadElseIf(&directive);
      return ParseBlockForm(std::move(directive));
    }
    Skip();
    if (at_ >= text_.size() || text_[at_] != ':') {
      if (const std::string_view meant = BlockMeant(directive.name); !meant.empty()) {
        return ParseMeant(std::move(directive), meant);
      }
    }
    if (at_ >= text_.size() || text_[at_] != ':' || directive.name.empty()) {
      ReportNoDirective(directive);
      return std::nullopt;
    }
    ++at_;
    Skip();
    directive.value = ParseText();
    if (!directive.value.quoted && directive.value.text.find(' ') != String::npos) {
      sink_->Report(DiagnosticCode::kDirectiveMalformed, directive.value.range,
                    "A comma goes between parameters: {{input: id, role=customer}}");
      return std::nullopt;
    }
    if (!ParseParameters(&directive)) return std::nullopt;
    return directive;
  }

 private:
  void Skip() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  // {{else}}, {{if late}}: blocks as other languages write them. It is read as what was meant, so
  // that nothing else is told because of it.
  static std::string_view BlockMeant(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> kMeant[] = {
        {"if", "#if"},      {"else", "#else"},    {"elif", "#elif"},  {"elseif", "#elif"},
        {"elsif", "#elif"}, {"each", "#each"},    {"for", "#each"},   {"foreach", "#each"},
        {"endif", "/if"},   {"endeach", "/each"}, {"endfor", "/each"}};
    for (const auto& [word, meant] : kMeant) {
      if (word == name) return meant;
    }
    return {};
  }
  std::optional<Directive> ParseMeant(Directive directive, std::string_view meant) {
    ReadElseIf(&directive);
    if (directive.name == "#elif") return ParseBlockForm(std::move(directive));
    String whole(meant);
    const std::string_view rest = text_.substr(directive.name_range.end);
    if (meant != "/if" && meant != "/each" && meant != "#else") whole.append(rest);
    Diagnostic& diagnostic =
        sink_->Report(DiagnosticCode::kDirectiveMalformed, directive.name_range,
                      "'" + directive.name + "' is written " + String(meant));
    diagnostic.hint = "Write {{" + whole + "}}";
    diagnostic.fix = Fix{directive.name_range, String(meant)};
    directive.name = meant;
    return ParseBlockForm(std::move(directive));
  }

  // {{#else if late}} and {{else if late}}.
  void ReadElseIf(Directive* directive) {
    if (directive->name != "#else" && directive->name != "else") return;
    uint32_t at = at_;
    while (at < text_.size() && IsBlank(text_[at])) ++at;
    if (!text_.substr(at).starts_with("if ")) return;
    const ByteRange range{directive->name_range.begin, at + 2};
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kDirectiveMalformed, range,
                                           "Another condition is written #elif");
    diagnostic.hint = "Write {{#elif" + String(text_.substr(at + 2)) + "}}";
    diagnostic.fix = Fix{range, "#elif"};
    directive->name = "#elif";
    directive->name_range = range;
    at_ = at + 2;
  }

  // What was meant: a colon that is missing, a value, or nothing that anybody knows.
  void ReportNoDirective(const Directive& directive) {
    String whole(text_.substr(content_.begin, content_.end - content_.begin));
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kDirectiveMalformed, content_,
                                           "A tag is {{= value }} or {{name: …}}");
    std::span<const std::string_view> names = DirectiveNames();
    if (at_ < text_.size() &&
        std::find(names.begin(), names.end(), directive.name) != names.end()) {
      uint32_t behind = directive.name_range.end;
      diagnostic.hint = "Write {{" + directive.name + ": …}}";
      diagnostic.fix = Fix{{behind, behind}, ":"};
    } else if (!directive.name.empty() || IsOperand(whole)) {
      diagnostic.hint =
          "To print a value, write {{=" + (whole.starts_with(' ') ? whole : " " + whole) + "}}";
      diagnostic.fix = Fix{{content_.begin, content_.begin}, "="};
    }
  }

  bool ParseParameters(Directive* directive) {
    while (at_ < text_.size()) {
      if (text_[at_] != ',')
        return Fail("A comma goes between parameters: {{input: id, role=customer}}");
      ++at_;
      Skip();
      if (at_ >= text_.size()) return Fail("A parameter is missing after the comma");
      Parameter parameter;
      if (directive->name == "choose") {
        ParseOption(&parameter);
      } else {
        uint32_t start = at_;
        while (at_ < text_.size() && IsAlnum(text_[at_])) ++at_;
        parameter.name = text_.substr(start, at_ - start);
        parameter.name_range = {start, at_};
      }
      Skip();
      if (parameter.name.empty() || at_ >= text_.size() || text_[at_] != '=') {
        const bool is_number =
            !parameter.name.empty() && parameter.name[0] >= '0' && parameter.name[0] <= '9';
        return Fail("A parameter looks like name=value or name=\"some text\"",
                    is_number ? "Numbers have a point and no other signs: 1000.00" : "");
      }
      ++at_;
      Skip();
      parameter.value = ParseText();
      for (const Parameter& other : directive->parameters) {
        if (other.name == parameter.name) {
          sink_->Report(DiagnosticCode::kKeyTwice, parameter.name_range,
                        "The parameter '" + parameter.name + "' comes twice");
        }
      }
      directive->parameters.push_back(std::move(parameter));
    }
    return true;
  }

  // What a field may be is no name: P12M, 99.5, "Team A".
  void ParseOption(Parameter* parameter) {
    uint32_t start = at_;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      SourceText option = ParseText();
      parameter->name = std::move(option.text);
      parameter->name_range = option.range;
      return;
    }
    while (at_ < text_.size() &&
           std::string_view("=,\"'").find(text_[at_]) == std::string_view::npos)
      ++at_;
    uint32_t end = at_;
    while (end > start && IsBlank(text_[end - 1])) --end;
    parameter->name = text_.substr(start, end - start);
    parameter->name_range = {start, std::max(end, start)};
  }

  // {{#if condition}}, {{#elif condition}}, {{#each name in list, join=and}}; the others have
  // nothing behind their name.
  std::optional<Directive> ParseBlockForm(Directive directive) {
    bool is_each = directive.name == "#each";
    if (!is_each && directive.name != "#if" && directive.name != "#elif") {
      Skip();
      // Of another name nobody knows what stands behind it.
      std::span<const std::string_view> names = DirectiveNames();
      bool known = std::find(names.begin(), names.end(), directive.name) != names.end();
      if (at_ >= text_.size() || !known) return directive;
      Fail("Nothing stands behind '" + directive.name + "'");
      return directive;
    }
    Skip();
    if (is_each) {
      uint32_t from = at_;
      while (at_ < text_.size() && IsAlnum(text_[at_])) ++at_;
      directive.variable = {.text = String(text_.substr(from, at_ - from)),
                            .range = {from, std::max(at_, from + 1)},
                            .map = {}};
      Skip();
      bool has_in = text_.substr(at_).starts_with("in ");
      if (directive.variable.text.empty() || !has_in) {
        Fail("A repeat names its variable and its list: {{#each item in items}}");
        directive.variable.text.clear();
        return directive;  // it opens something all the same
      }
      at_ += 3;
      Skip();
    }
    directive.value = ParseExpression(is_each ? "," : "");
    directive.value.range.end =
        std::max(directive.value.range.end, directive.value.range.begin + 1);
    if (is_each) ParseParameters(&directive);
    return directive;
  }

  // Always false.
  bool Fail(std::string_view message, std::string_view hint = "") {
    sink_
        ->Report(DiagnosticCode::kDirectiveMalformed, {std::min(at_, content_.end), at_ + 1},
                 message)
        .hint = hint;
    return false;
  }

  // Up to `stop`, or all of it. A bracket that closes nothing ends no expression: what stands
  // behind it belongs to it, so that somebody looks at it (T201).
  SourceText ParseExpression(std::string_view stop) {
    uint32_t start = at_;
    at_ = EndOfExpression(text_, start, stop);
    if (at_ < text_.size() && stop.find(text_[at_]) == std::string_view::npos) {
      at_ = static_cast<uint32_t>(text_.size());
    }
    uint32_t end = at_;
    while (end > start && IsBlank(text_[end - 1])) --end;
    return {.text = String(text_.substr(start, end - start)), .range = {start, end}, .map = {}};
  }

  void ParseValue(Directive* directive) {
    Skip();
    directive->value = ParseExpression("|");
    if (at_ >= text_.size()) return;
    ++at_;
    Skip();
    uint32_t from = at_;
    auto to = static_cast<uint32_t>(text_.size());
    while (to > from && IsBlank(text_[to - 1])) --to;
    directive->format = text_.substr(from, to - from);
    directive->format_range = {from, std::max(to, from + 1)};
    if (directive->format.empty()) {
      sink_->Report(DiagnosticCode::kDirectiveMalformed, directive->format_range,
                    "A format is missing after '|'");
    }
    at_ = static_cast<uint32_t>(text_.size());
  }

  // "text" or 'text' with \" and \\, or bare up to the next comma.
  SourceText ParseText() {
    SourceText value;
    uint32_t start = at_;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      char quote = text_[at_++];
      bool escaped = false;
      start = at_;
      for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size() &&
            (text_[at_ + 1] == quote || text_[at_ + 1] == '\\')) {
          escaped = true;
          ++at_;
        }
        value.text += text_[at_];
        value.map.push_back(at_);
      }
      value.map.push_back(at_);
      if (!escaped) value.map.clear();
      value.range = {start, at_};
      value.quoted = true;
      if (at_ < text_.size()) {
        ++at_;
      } else {
        sink_->Report(DiagnosticCode::kDirectiveMalformed, {start - 1, start},
                      "The quotation mark is not closed");
      }
      Skip();
      return value;
    }
    uint32_t end = EndOfExpression(text_, at_, ",");
    at_ = end;
    while (end > start && IsBlank(text_[end - 1])) --end;
    value.text = text_.substr(start, end - start);
    value.range = {start, end};
    return value;
  }

  DiagnosticSink* sink_;
  std::string_view text_;
  uint32_t at_;
  ByteRange content_;
};

}  // namespace

SourceText SourceText::Part(size_t begin, size_t end) const {
  auto place = [this](size_t i) {
    return map.empty() ? range.begin + static_cast<uint32_t>(i) : map[i];
  };
  SourceText part{.text = text.substr(begin, end - begin),
                  .range = {place(begin), std::max(place(end), place(begin) + 1)},
                  .map = {},
                  .quoted = quoted};
  for (size_t i = begin; i <= end && !map.empty(); ++i) part.map.push_back(map[i]);
  return part;
}

SourceText FromYaml(const YamlNode& node) {
  SourceText text{.text = node.text, .range = node.range, .map = node.map, .quoted = node.quoted};
  if (node.map.empty()) {
    text.range = {node.base, node.base + static_cast<uint32_t>(node.text.size())};
  }
  return text;
}

std::span<const std::string_view> DirectiveNames() {
  static constexpr std::string_view kNames[] = {
      "date",  "money", "duration", "party",       "sign",   "initial", "signdate",
      "check", "input", "select",   "ref",         "def",    "term",    "include",
      "side",  "field", "attach",   "placeholder", "choose", "file",    "#if",
      "#elif", "#else", "#each",    "/if",         "/each"};
  return kNames;
}

void ReportTagsIn(const SourceText& text, DiagnosticSink* sink) {
  const auto report = [&](size_t from, size_t to) {
    sink->Report(DiagnosticCode::kTagInCode, text.Part(from, to).range,
                 "A tag in this text is not evaluated")
        .hint = "The words stand there as they are written: a value can stand in a paragraph only.";
  };
  for (size_t at = 0; at < text.text.size();) {
    const size_t open = text.text.find("{{", at), close = text.text.find("}}", at);
    if (open == String::npos && close == String::npos) return;
    if (close < open) {  // of a tag with a brace too few: {= fee }}
      report(close, close + 2);
      at = close + 2;
      continue;
    }
    at = close == String::npos ? text.text.size() : close + 2;
    report(open, at);
  }
}

std::optional<Directive> ParseDirective(ByteRange content, DiagnosticSink* sink) {
  return Parser(content, sink).Parse();
}

}  // namespace countersign::compile
