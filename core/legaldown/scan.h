// One file of LegalDown as its rules see it: blocks with their places, directives, anchors, and
// what else stands in the text. Nothing is judged but the spelling of directives. Internal to the
// room.
#ifndef COUNTERSIGN_LEGALDOWN_SCAN_H_
#define COUNTERSIGN_LEGALDOWN_SCAN_H_

#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "compile/yaml.h"

namespace countersign::legaldown {

using compile::ByteRange;
using compile::Diagnostic;
using compile::DiagnosticCode;
using compile::DiagnosticSink;
using compile::Severity;
using compile::SourceFile;
using compile::YamlKind;
using compile::YamlNode;

enum class Rule : uint8_t {
#define CS_LEGALDOWN(name, rule, severity, code, text) name,
#include "legaldown/rules.def"
#undef CS_LEGALDOWN
};
// Reports a problem by LegalDown's rule. The reference is valid until the next report.
Diagnostic& Report(Rule rule, ByteRange range, DiagnosticSink* sink, std::string_view message = {});

struct Parameter {
  String name, value;
  ByteRange name_range, range;
  bool quoted = false;
};
// `{{name: value, parameter=value}}`.
struct Directive {
  String name, value;
  ByteRange range;        // braces included
  ByteRange value_range;  // empty where there is no value
  bool quoted = false;
  Vector<Parameter> parameters;

  const Parameter* Find(std::string_view name) const;
  ByteRange At() const { return value_range.begin < value_range.end ? value_range : range; }
};

struct Anchor {
  String id;
  ByteRange range;  // braces included
};

// Of a template: `when=q`, `when=!q`, `when=q:value`, `when=!q:value`.
struct Condition {
  String question, value;  // `value`: "" of a question that is answered with yes or no
  bool negated = false;
  bool good = false;  // is spelt in one of these forms
  ByteRange range;
};
Condition ParseCondition(std::string_view text, ByteRange range);

enum class Place : uint8_t { kHeading, kParagraph, kItem, kInner, kQuote, kTable };
inline constexpr uint32_t kNoBlock = UINT32_MAX;
struct Block {
  Place place = Place::kParagraph;
  int level = 0;         // kHeading
  ByteRange range;       // its text in the file; of a heading without its marks
  ByteRange lines;       // its lines
  bool ordered = false;  // kItem
  std::optional<Anchor> anchor;
  std::optional<Condition> when;
  ByteRange marker;           // that anchor and condition stand in, with its braces
  uint32_t item = kNoBlock;   // the first paragraph of the list item around it
  bool preamble = false;      // kParagraph: before the first heading
  bool include_only = false;  // nothing but one {{include}} and its marker
  bool note = false;          // in a drafting note
  Vector<Directive> directives;
  String text;  // kHeading: without marker
};

// What is not taken over into a template as it stands, in the order of the text.
enum class PieceKind : uint8_t {
  kComment,
  kHtml,
  kStrayBrace,   // {{ or }} that is text
  kStrayAnchor,  // {#x} that is text
  kQuotePrefix,  // "> "; at the beginning of a quotation with `first`
  kNoteOpen,     // the line of a drafting note that says so
  kNoteClose,    // behind its last line
  kNote,         // all of a drafting note in a list
  kRule,         // ---
  kCode,         // a line of a block of code
  kCodeFence,
  kCodeText,  // code in a line, with braces in it
  kImage,
  kLink,  // to an address that a contract cannot have
  kItemNumber,
  kEntity  // &nbsp; and the like
};
struct Piece {
  PieceKind kind = PieceKind::kComment;
  ByteRange range;
  ByteRange inner;  // kImage, kLink: the words; kCode: the line without its indentation
  ByteRange path;   // kImage
  bool first = false;
  bool last = false;
};

struct Scan {
  ByteRange whole, front, body;  // front: between the lines ---
  bool has_front = false;
  std::optional<YamlNode> yaml;
  Vector<Block> blocks;
  Vector<Piece> pieces;
  Vector<ByteRange> notes;  // the first lines of drafting notes

  // Whether it says anything that only templates say.
  bool IsTemplate() const;
};

// Reads `range` of the sink's file, the text of one LegalDown file; problems of spelling go to
// `sink`.
Scan ReadScan(ByteRange range, DiagnosticSink* sink);

// a lower-case letter, then lower-case letters, digits and hyphens.
bool IsIdentifier(std::string_view text);
// Whether a code point of more than one byte is a letter or a digit.
bool IsLetterSign(std::string_view sign);
// Spaces of all kinds off both ends (Unicode White_Space).
std::string_view TrimSpaces(std::string_view text);

// The term in quotation marks that ends right before `at`, on its line. nullopt where there is
// none.
struct QuotedTerm {
  String text;
  bool emphasis = false;
  bool ambiguous = false;  // single quotation marks with an apostrophe
};
std::optional<QuotedTerm> TermBefore(std::string_view file, uint32_t at, uint32_t begin);

}  // namespace countersign::legaldown

#endif  // COUNTERSIGN_LEGALDOWN_SCAN_H_
