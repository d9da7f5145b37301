// What is wrong with an author's text, said so that a person or an editor can act on it.
//
// A Diagnostic is for the author of a template; `Error` is for data and state, `CS_CHECK` for our
// own bugs. All problems are reported, never only the first. Codes ("T402") and rules
// ("name-unknown") are stable and listed only in diagnostic_codes.def; messages may change, tests
// assert code and span.
//
// Positions are kept as byte ranges of one file and turned into lines, columns and UTF-16 offsets
// (browser editors count those) when the diagnostic is reported. Text that was unquoted before it
// was compiled (a YAML string, an attribute) carries a map from its bytes to the file's (see
// Fragment).
#ifndef COUNTERSIGN_COMPILE_DIAGNOSTIC_H_
#define COUNTERSIGN_COMPILE_DIAGNOSTIC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "json/value.h"

namespace countersign::compile {

enum class Severity : uint8_t { kError, kWarning, kInfo };

enum class DiagnosticCode : uint16_t {
#define CS_DIAGNOSTIC(name, code, rule, severity, text) name,
#include "compile/diagnostic_codes.def"
#undef CS_DIAGNOSTIC
};

// "T402", "name-unknown", the severity it has where nothing else is said, the general sentence.
std::string_view DiagnosticName(DiagnosticCode code);
std::string_view DiagnosticRule(DiagnosticCode code);
Severity DiagnosticSeverity(DiagnosticCode code);
std::string_view DiagnosticText(DiagnosticCode code);
// "error", "warning", "info".
std::string_view SeverityName(Severity severity);

// Half open: [begin, end) in bytes.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Lines and columns count from 1, columns in code points; `end_line`, `end_col` are just behind the
// last character. `byte` and `utf16` count from 0, half open.
struct Span {
  uint32_t line = 1;
  uint32_t col = 1;
  uint32_t end_line = 1;
  uint32_t end_col = 1;
  ByteRange byte;
  ByteRange utf16;
  friend bool operator==(const Span&, const Span&) = default;
};

// A change that a machine may apply: replaces `byte` of the file by `text`.
struct Fix {
  ByteRange byte;
  String text;
  friend bool operator==(const Fix&, const Fix&) = default;
};

struct RelatedSpan {
  Span span;
  String note;
  friend bool operator==(const RelatedSpan&, const RelatedSpan&) = default;
};

struct Diagnostic {
  DiagnosticCode code{};
  Severity severity = Severity::kError;
  std::string_view rule;  // of another language's own list (LegalDown); "": the code's
  String file;
  Span span;
  // The line the span begins in (without its line break; at most kMaxExcerpt code points around the
  // span), and how many code points of it stand before the span.
  String excerpt;
  uint32_t caret = 0;
  String message;
  String hint;  // "" where there is none, as in the members below
  std::optional<Fix> fix;
  Vector<RelatedSpan> related;
  Vector<String> path;  // ids of the units around it, outermost first
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

// The JSON form:
// {"code","rule","severity","file","span":{"line","col","endLine","endCol","byte":[b,e],
// "utf16":[b,e]},"excerpt","caret","message"} and, where present, "hint", "fix", "related", "path".
json::Value ToJson(const Diagnostic& diagnostic);
// {"line","col","endLine","endCol","byte","utf16"}.
json::Value ToJson(const Span& span);
// Two or three lines for a terminal: `file:line:col: error T402: message`, the excerpt, the caret.
String ToText(const Diagnostic& diagnostic);

// One file's text with the way from byte offsets to lines, columns and UTF-16 offsets.
class SourceFile {
 public:
  static constexpr size_t kMaxExcerpt = 160;
  // Ill-formed UTF-8 is tolerated (each bad byte counts as one code point); texts are below 4 GiB.
  SourceFile(String name, String text);

  // Puts a file that this one includes behind it: its places are found like the others, and told as
  // places of that file. REQUIRES: nobody holds a view of text().
  void Append(String name, std::string_view text);

  const String& name() const { return parts_[0].name; }
  // The file, and behind it those that were appended, each from the beginning of a line.
  const String& text() const { return text_; }
  std::string_view own_text() const {
    return std::string_view(text_).substr(0, parts_[0].range.end);
  }
  struct Part {
    String name;
    ByteRange range;
  };
  // The part that a byte stands in, and the number of it; 0 is the file itself.
  size_t PartOf(uint32_t byte) const;
  const Part& part(size_t index) const { return parts_[index]; }
  size_t part_count() const { return parts_.size(); }
  // Ranges past the end are cut to it; lines and offsets are those of the part.
  Span Locate(ByteRange range) const;

 private:
  friend class DiagnosticSink;
  uint32_t LineOf(uint32_t byte) const;  // from 0
  void AddLines(size_t from);
  Vector<Part> parts_;
  String text_;
  Vector<uint32_t> line_starts_;
  Vector<uint32_t> line_utf16_;  // UTF-16 units before each line
};

// A piece of a file that is compiled on its own: where its bytes are in the file.
struct Fragment {
  std::string_view text;
  uint32_t base = 0;  // text[i] is byte base + i of the file, unless `map` says otherwise:
  // For texts that were unescaped: map[i] is the file's byte of text[i]; text.size() + 1 entries,
  // not falling. Empty: use base.
  std::span<const uint32_t> map{};

  ByteRange InFile(ByteRange range) const;
  // Whether text written into `range` lands in the file as it is (no escapes in between): only then
  // a fix is offered.
  bool IsPlain() const { return map.empty(); }
};

// Collects the problems of one file.
class DiagnosticSink {
 public:
  // A file gets at most this many diagnostics; then one T790 says that there were more.
  static constexpr size_t kMaxDiagnostics = 200;

  // `file` must outlive the sink.
  explicit DiagnosticSink(const SourceFile& file) : file_(&file) {}

  // Adds a diagnostic at a range of the file. `message` "" means the code's own sentence. The
  // reference is for adding hint, fix, related spans and path; it is valid until the next report.
  Diagnostic& Report(DiagnosticCode code, ByteRange range, std::string_view message = {});
  // The same, in a fragment's own offsets.
  Diagnostic& Report(DiagnosticCode code, const Fragment& in, ByteRange range,
                     std::string_view message = {}) {
    return Report(code, in.InFile(range), message);
  }

  // The same by a rule of another language, with its severity. `rule` is a literal.
  Diagnostic& ReportAs(DiagnosticCode code, Severity severity, std::string_view rule,
                       ByteRange range, std::string_view message);
  // Makes an error that was just reported less than one. REQUIRES: severity is not kError.
  void Soften(Diagnostic* diagnostic, Severity severity);

  const SourceFile& file() const { return *file_; }
  const Vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  // In the order of their places; equal ones once.
  Vector<Diagnostic> Take();
  size_t ErrorCount() const { return errors_; }
  bool HasErrors() const { return errors_ != 0; }

 private:
  const SourceFile* file_;
  Vector<Diagnostic> diagnostics_;
  Diagnostic overflow_;
  size_t errors_ = 0;
};

// The known name nearest to a misspelt one: at most two edits away (one for names of up to four
// letters), letter case first; "" where there is none or the name is longer than 64 bytes. `other`
// is as near: then nobody can tell which was meant.
struct Nearest {
  String name;
  String other;
};
Nearest NearestName(std::string_view name, std::span<const std::string_view> known);
// Whether one letter is missing, too many, another one or changed places with its neighbour.
bool IsOneLetterOff(std::string_view name, std::string_view other);
// What the span covers, as far as the excerpt has it.
std::string_view WrittenAt(const Diagnostic& diagnostic);
// Adds hint "Did you mean 'x'?" and, where `fix_range` of the file is given and one name alone can
// be meant, the fix. Names that differ in a digit are two names (price1, price2): no fix.
void SuggestName(Diagnostic& diagnostic, const Nearest& nearest,
                 std::optional<ByteRange> fix_range);
// The fix for another word for true or false: yes, no, on, off, True …
void SuggestTruth(Diagnostic& diagnostic, std::string_view word, ByteRange range);

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_DIAGNOSTIC_H_
