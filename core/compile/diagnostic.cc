#include "compile/diagnostic.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/bytes.h"

namespace countersign::compile {
namespace {

struct CodeRow {
  std::string_view code, rule;
  Severity severity;
  std::string_view text;
};
constexpr CodeRow kCodes[] = {
#define CS_DIAGNOSTIC(name, code, rule, severity, text) {code, rule, Severity::severity, text},
#include "compile/diagnostic_codes.def"
#undef CS_DIAGNOSTIC
};

const CodeRow& Row(DiagnosticCode code) { return kCodes[static_cast<size_t>(code)]; }

// Bytes of the code point at text[i]; 1 for a byte that starts none.
size_t StepOf(std::string_view text, size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  size_t length = 1;
  if (lead >= 0xF0 && lead < 0xF8) {
    length = 4;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    length = 3;
  } else if (lead >= 0xC2 && lead < 0xE0) {
    length = 2;
  }
  if (i + length > text.size()) return 1;
  for (size_t k = 1; k < length; ++k) {
    if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return 1;
  }
  return length;
}

struct Count {
  uint32_t points = 0;
  uint32_t utf16 = 0;
};
Count CountText(std::string_view text) {
  Count count;
  for (size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++count.points, ++count.utf16, ++i;
      continue;
    }
    const size_t step = StepOf(text, i);
    ++count.points;
    count.utf16 += step == 4 ? 2 : 1;
    i += step;
  }
  return count;
}

json::Value RangeJson(ByteRange range) {
  return json::Value::List({json::Value::Int(range.begin), json::Value::Int(range.end)});
}

json::Value SpanJson(const Span& span) {
  return json::Value::Make({{"line", json::Value::Int(span.line)},
                            {"col", json::Value::Int(span.col)},
                            {"endLine", json::Value::Int(span.end_line)},
                            {"endCol", json::Value::Int(span.end_col)},
                            {"byte", RangeJson(span.byte)},
                            {"utf16", RangeJson(span.utf16)}});
}

// Author's text may be anything; JSON strings may not.
json::Value TextJson(std::string_view text) {
  if (IsUtf8(text)) return json::Value::String(text);
  String clean;
  for (size_t i = 0; i < text.size();) {
    const size_t step = StepOf(text, i);
    const std::string_view point = text.substr(i, step);
    clean += IsUtf8(point) ? point : std::string_view("\xEF\xBF\xBD");
    i += step;
  }
  return json::Value::String(clean);
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Edits (insert, drop, replace, swap neighbours) from a to b.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::array<std::array<size_t, 66>, 3> rows{};
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

String DigitsOf(std::string_view text) {
  String digits;
  for (char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

}  // namespace

std::string_view DiagnosticName(DiagnosticCode code) { return Row(code).code; }
std::string_view DiagnosticRule(DiagnosticCode code) { return Row(code).rule; }
Severity DiagnosticSeverity(DiagnosticCode code) { return Row(code).severity; }
std::string_view DiagnosticText(DiagnosticCode code) { return Row(code).text; }

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "info";
  }
  return "error";
}

json::Value ToJson(const Span& span) { return SpanJson(span); }

json::Value ToJson(const Diagnostic& diagnostic) {
  json::Value out = json::Value::Make(
      {{"code", json::Value::String(DiagnosticName(diagnostic.code))},
       {"rule", json::Value::String(diagnostic.rule.empty() ? DiagnosticRule(diagnostic.code)
                                                            : diagnostic.rule)},
       {"severity", json::Value::String(SeverityName(diagnostic.severity))},
       {"file", TextJson(diagnostic.file)},
       {"span", SpanJson(diagnostic.span)},
       {"excerpt", TextJson(diagnostic.excerpt)},
       {"caret", json::Value::Int(diagnostic.caret)},
       {"message", TextJson(diagnostic.message)}});
  if (!diagnostic.hint.empty()) out.Set("hint", TextJson(diagnostic.hint));
  if (diagnostic.fix) {
    out.Set("fix", json::Value::Make({{"byte", RangeJson(diagnostic.fix->byte)},
                                      {"text", TextJson(diagnostic.fix->text)}}));
  }
  if (!diagnostic.related.empty()) {
    json::Array related;
    for (const RelatedSpan& other : diagnostic.related) {
      related.push_back(
          json::Value::Make({{"span", SpanJson(other.span)}, {"note", TextJson(other.note)}}));
    }
    out.Set("related", json::Value::List(std::move(related)));
  }
  if (!diagnostic.path.empty()) {
    json::Array path;
    for (const String& id : diagnostic.path) path.push_back(TextJson(id));
    out.Set("path", json::Value::List(std::move(path)));
  }
  return out;
}

String ToText(const Diagnostic& diagnostic) {
  const Span& span = diagnostic.span;
  String out = diagnostic.file + ":" + NumberText(span.line) + ":" + NumberText(span.col) + ": ";
  out += SeverityName(diagnostic.severity);
  out += " ";
  out += DiagnosticName(diagnostic.code);
  out += ": " + diagnostic.message;
  if (!diagnostic.hint.empty()) out += " (" + diagnostic.hint + ")";
  out += "\n  " + diagnostic.excerpt + "\n  " + String(diagnostic.caret, ' ');
  const uint32_t width = span.line == span.end_line && span.end_col > span.col
                             ? std::min<uint32_t>(span.end_col - span.col,
                                                  static_cast<uint32_t>(SourceFile::kMaxExcerpt))
                             : 1;
  out += String(width, '^') + "\n";
  return out;
}

SourceFile::SourceFile(String name, String text) : text_(std::move(text)) {
  parts_.push_back({std::move(name), {0, static_cast<uint32_t>(text_.size())}});
  line_starts_.push_back(0);
  line_utf16_.push_back(0);
  AddLines(0);
}

void SourceFile::Append(String name, std::string_view text) {
  const size_t from = text_.size();
  if (!text_.ends_with('\n')) text_ += '\n';
  const auto begin = static_cast<uint32_t>(text_.size());
  text_ += text;
  parts_.push_back({std::move(name), {begin, static_cast<uint32_t>(text_.size())}});
  AddLines(from);
}

void SourceFile::AddLines(size_t from) {
  uint32_t utf16 =
      line_utf16_.back() +
      CountText(std::string_view(text_).substr(line_starts_.back(), from - line_starts_.back()))
          .utf16;
  for (size_t i = from; i < text_.size();) {
    const size_t step = static_cast<unsigned char>(text_[i]) < 0x80 ? 1 : StepOf(text_, i);
    utf16 += step == 4 ? 2 : 1;
    i += step;
    if (text_[i - 1] != '\n') continue;
    line_starts_.push_back(static_cast<uint32_t>(i));
    line_utf16_.push_back(utf16);
  }
}

size_t SourceFile::PartOf(uint32_t byte) const {
  size_t index = parts_.size() - 1;
  while (index > 0 && parts_[index].range.begin > byte) --index;
  return index;
}

uint32_t SourceFile::LineOf(uint32_t byte) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), byte);
  return static_cast<uint32_t>(after - line_starts_.begin()) - 1;
}

Span SourceFile::Locate(ByteRange range) const {
  const std::string_view text = text_;
  const auto size = static_cast<uint32_t>(text_.size());
  range.begin = std::min(range.begin, size);
  range.end = std::min(std::max(range.begin, range.end), size);
  Span span;
  const Part& part = parts_[PartOf(range.begin)];
  range.end = std::max(range.begin, std::min(range.end, part.range.end));  // of one file only
  const uint32_t base = part.range.begin;
  const uint32_t first_line = LineOf(base);
  span.byte = {range.begin - base, range.end - base};
  const uint32_t line = LineOf(range.begin);
  const uint32_t end_line = LineOf(range.end);
  const uint32_t start = line_starts_[line];
  const uint32_t end_start = line_starts_[end_line];
  const Count before = CountText(text.substr(start, range.begin - start));
  span.line = line - first_line + 1;
  span.col = before.points + 1;
  span.end_line = end_line - first_line + 1;
  const Count before_end = CountText(text.substr(end_start, range.end - end_start));
  span.end_col = before_end.points + 1;
  span.utf16.begin = line_utf16_[line] - line_utf16_[first_line] + before.utf16;
  span.utf16.end = line_utf16_[end_line] - line_utf16_[first_line] + before_end.utf16;
  return span;
}

ByteRange Fragment::InFile(ByteRange range) const {
  if (map.empty()) return {base + range.begin, base + range.end};
  const auto at = [&](uint32_t byte) { return map[std::min<size_t>(byte, map.size() - 1)]; };
  return {at(range.begin), at(range.end)};
}

Diagnostic& DiagnosticSink::ReportAs(DiagnosticCode code, Severity severity, std::string_view rule,
                                     ByteRange range, std::string_view message) {
  Diagnostic& diagnostic = Report(code, range, message);
  if (diagnostic.severity == Severity::kError) --errors_;
  if (severity == Severity::kError) ++errors_;
  diagnostic.severity = severity;
  diagnostic.rule = rule;
  return diagnostic;
}

void DiagnosticSink::Soften(Diagnostic* diagnostic, Severity severity) {
  if (diagnostic->severity == Severity::kError) --errors_;
  diagnostic->severity = severity;
}

Diagnostic& DiagnosticSink::Report(DiagnosticCode code, ByteRange range, std::string_view message) {
  const bool full = diagnostics_.size() >= kMaxDiagnostics;
  if (full && !(diagnostics_.back().code == DiagnosticCode::kMoreDiagnostics)) {
    // One above the limit, and the last.
    diagnostics_.push_back(overflow_);
    Diagnostic& more = diagnostics_.back();
    more = {};
    more.code = DiagnosticCode::kMoreDiagnostics;
    more.severity = DiagnosticSeverity(more.code);
    more.file = file_->name();
    more.span = file_->Locate(range);
    more.message = DiagnosticText(more.code);
  }
  Diagnostic& out = full ? overflow_ : diagnostics_.emplace_back();
  out = {};
  out.code = code;
  out.severity = DiagnosticSeverity(code);
  if (out.severity == Severity::kError) ++errors_;
  out.file = file_->part(file_->PartOf(range.begin)).name;
  out.message = message.empty() ? DiagnosticText(code) : message;
  if (full) return out;
  out.span = file_->Locate(range);

  // The line, or the part of it around the span.
  const std::string_view text = file_->text();
  const uint32_t start =
      file_->line_starts_[file_->LineOf(std::min(range.begin, static_cast<uint32_t>(text.size())))];
  size_t stop = std::min(text.find('\n', start), text.size());
  if (stop > start && text[stop - 1] == '\r') --stop;
  std::string_view line = text.substr(start, stop - start);
  uint32_t before = out.span.col - 1;
  const uint32_t skip = before > SourceFile::kMaxExcerpt / 2
                            ? before - static_cast<uint32_t>(SourceFile::kMaxExcerpt) / 2
                            : 0;
  size_t from = 0;
  for (uint32_t i = 0; i < skip && from < line.size(); ++i) from += StepOf(line, from);
  size_t to = from;
  for (size_t i = 0; i < SourceFile::kMaxExcerpt && to < line.size(); ++i) to += StepOf(line, to);
  out.excerpt = line.substr(from, to - from);
  out.caret = before - skip;
  return out;
}

Vector<Diagnostic> DiagnosticSink::Take() {
  // Of another file nobody repairs anything from here: a fix is told in bytes of this one.
  for (Diagnostic& diagnostic : diagnostics_) {
    if (diagnostic.file != file_->name()) diagnostic.fix.reset();
  }
  const auto order = [&](const Diagnostic& d) {  // the notice that there are more stays last
    return std::tuple(d.code == DiagnosticCode::kMoreDiagnostics, d.file != file_->name(),
                      std::string_view(d.file), d.span.byte.begin, d.span.byte.end, d.code,
                      std::string_view(d.message));
  };
  std::sort(diagnostics_.begin(), diagnostics_.end(),
            [&](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  diagnostics_.erase(std::unique(diagnostics_.begin(), diagnostics_.end()), diagnostics_.end());
  errors_ = 0;
  return std::move(diagnostics_);
}

Nearest NearestName(std::string_view name, std::span<const std::string_view> known) {
  if (name.empty() || name.size() > 64) return {};
  String lower(name);
  for (char& c : lower) c = Lower(c);
  size_t best = name.size() <= 4 ? 2 : 3;  // exclusive
  Nearest nearest;
  for (const std::string_view candidate : known) {
    if (candidate.size() > 64 || candidate.size() + best <= name.size() ||
        name.size() + best <= candidate.size()) {
      continue;
    }
    String other(candidate);
    for (char& c : other) c = Lower(c);
    const size_t distance = EditDistance(lower, other);
    // A whole name replaced is no suggestion.
    if (distance >= std::max(name.size(), candidate.size())) continue;
    if (distance < best) {
      best = distance;
      nearest = {String(candidate), {}};
    } else if (distance == best && !nearest.name.empty() && candidate != nearest.name) {
      nearest.other = candidate;
    }
  }
  return nearest;
}

bool IsOneLetterOff(std::string_view name, std::string_view other) {
  if (name.size() > 64 || other.size() > 64) return false;
  String a(name), b(other);
  for (char& c : a) c = Lower(c);
  for (char& c : b) c = Lower(c);
  return EditDistance(a, b) <= 1;
}

static std::string_view Written(const Diagnostic& diagnostic, uint32_t bytes) {
  std::string_view line = diagnostic.excerpt;
  size_t from = 0;
  for (uint32_t i = 0; i < diagnostic.caret && from < line.size(); ++i) from += StepOf(line, from);
  return line.substr(from).substr(0, bytes);
}

std::string_view WrittenAt(const Diagnostic& diagnostic) {
  return Written(diagnostic, diagnostic.span.byte.end - diagnostic.span.byte.begin);
}

void SuggestName(Diagnostic& diagnostic, const Nearest& nearest,
                 std::optional<ByteRange> fix_range) {
  if (nearest.name.empty()) return;
  diagnostic.hint = "Did you mean '" + nearest.name +
                    (nearest.other.empty() ? "'?" : "' or '" + nearest.other + "'?");
  if (!nearest.other.empty() || !fix_range) return;
  std::string_view written = Written(diagnostic, fix_range->end - fix_range->begin);
  if (DigitsOf(written) != DigitsOf(nearest.name)) return;
  diagnostic.fix = Fix{*fix_range, nearest.name};
}

void SuggestTruth(Diagnostic& diagnostic, std::string_view word, ByteRange range) {
  String lower(word);
  for (char& c : lower) c = Lower(c);
  bool yes = lower == "true" || lower == "yes" || lower == "on";
  bool no = lower == "false" || lower == "no" || lower == "off";
  if (!yes && !no) return;
  String truth = yes ? "true" : "false";
  diagnostic.hint = "Write " + truth;
  diagnostic.fix = Fix{range, truth};
}

}  // namespace countersign::compile
