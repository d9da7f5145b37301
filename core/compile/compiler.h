// Long because all parts of the compiler share one run.
//
// One run over one template: what the parts of the compiler know of each other. Internal to the
// room. The files compile_*.cc hold it, one for each part of a template; template_compiler.cc has
// the order.
#ifndef COUNTERSIGN_COMPILE_COMPILER_H_
#define COUNTERSIGN_COMPILE_COMPILER_H_

#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "compile/analysis.h"
#include "compile/declarations.h"
#include "compile/directive.h"
#include "compile/library.h"
#include "compile/markdown.h"
#include "compile/template_compiler.h"
#include "json/value.h"
#include "template/template.h"
#include "values/format.h"

namespace countersign::compile {

using json::Value;

Value Text(std::string_view text);
// {name: value}
Value One(std::string_view name, Value value);
// Blob reference: base64url of the SHA-256.
String RefOf(std::string_view bytes);

inline constexpr std::string_view kFieldDirectives[] = {"sign",  "initial", "signdate", "check",
                                                        "input", "select",  "file"};

// Where an expression that shapes text stands.
struct TextUse {
  Vector<String> reads;
  ByteRange at;
};
// A reference to a unit, checked when all units are known.
struct Reference {
  String target;
  ByteRange at;
  uint32_t from = kNoUnit;  // of Facts::units
  Shows shows = Shows::kNumber;
};
// A reference to one of several alternatives that share an id: which one stands is decided by their
// conditions, so that it is written out when all of them are known.
enum class Names : uint8_t { kUnit, kSchedule, kTerm };
struct Either {
  Names names = Names::kUnit;
  String target, label;
  ByteRange at;
  uint32_t from = kNoUnit;
};

inline constexpr size_t kMaxAlternatives = 64;  // that share an id: T453
inline constexpr size_t kMaxChosen = 10'000;    // branches of all references to alternatives: T753

class Compiler {
 public:
  Compiler(const SourceFile& file, const Library& library)
      : library_(library), file_(file), sink_(file), declarations_(&sink_) {}
  // `lone_returns`: line feeds of the file that were carriage returns.
  Compilation Run(std::span<const uint32_t> lone_returns);

 private:
  void Release(const Value& compiled, Compilation* result);
  void ReportNotUtf8();
  Value Compile();

  Vector<Name> Outline() const;  // outline.cc

  // --- expressions
  std::optional<expression::Tree> CompileIn(const SourceText& text, const Schema& schema,
                                            const values::Type& type);
  bool ReportHyphen(const SourceText& text, const Schema& schema);
  const expression::Tree* Keep(std::optional<expression::Tree> tree);
  const expression::Tree* CompileCondition(const SourceText& text);
  const expression::Tree* CompileRule(const SourceText& text, std::string_view what);

  // --- front matter
  Value RolesJson();
  static Vector<String> NamesIn(const String& expression);
  Vector<size_t> Mentions(const ComputedDeclaration& entry);
  // A computed value whose needs are being followed.
  struct OpenComputed {
    size_t index;
    size_t next;
  };
  Vector<size_t> ComputedOrder();
  void ReportCycle(size_t need, const Vector<OpenComputed>& path);
  Value ComputedJson();
  void SetLength(const FieldDeclaration& field, const SourceText* text, FieldFact* fact,
                 Value* json);
  Value FieldsJson();
  void SetText(const FieldDeclaration& field, std::string_view name, Value* json);
  void SetConstant(const FieldDeclaration& field, std::string_view name, FieldFact* fact,
                   Value* json);
  bool ReadFlag(const FieldDeclaration& field, std::string_view name, bool fallback);
  Value FieldJson(const FieldDeclaration& field, FieldFact* fact);
  void CheckOrder(const FieldDeclaration& field, FieldFact* fact);
  void CheckLimits(const FieldDeclaration& field);
  void CheckSource(const FieldDeclaration& field, const SourceText& text,
                   const expression::Tree& tree, const FieldFact& fact);
  void CheckDefault(const FieldDeclaration& field, const FieldFact& fact, const Value& json);
  void CheckDefault(const FieldDeclaration& field, const expression::Tree& check,
                    const Value& json);
  void SetOptions(const FieldDeclaration& field, FieldFact* fact, Value* json);
  Value ValidationsJson();
  Value WorkflowJson();
  Value ApprovalsJson();
  Value ConsentJson();
  std::string_view WordRules() const;

  // --- tags
  void ParseTags(const Markdown& markdown);
  void ReportDirective(const Directive& directive);
  void CompileLiteral(const Directive& directive, json::Array* pieces);
  void CompileAttach(const Directive& directive, uint32_t place, json::Array* pieces);
  static Vector<String> OptionsOf(const FieldDeclaration& field);
  void CompileChoose(const Directive& directive, uint32_t place, json::Array* pieces);
  void CompileTag(uint32_t index, uint32_t place, json::Array* pieces);

  // --- includes (include.cc)
  struct IncludePath;
  void ExpandIncludes(Markdown* markdown);
  void Expand(Vector<MdBlock>* blocks, Markdown* all, const IncludePath& path);
  void Include(const Directive& directive, const MdBlock& block, const Attributes* attributes,
               Markdown* all, const IncludePath& path, Vector<MdBlock>* out);
  void Splice(const Clause& clause, const Directive& directive, const SourceText* variant,
              const Attributes* attributes, const MdBlock& place, Markdown* all,
              const IncludePath& path, Vector<MdBlock>* out);
  bool CheckPin(const Directive& directive, std::span<const Clause> variants);
  void CheckVariants();
  Value LibraryJson() const;
  // Where the text of a unit that begins here ends, with the block that follows it.
  uint32_t EndOf(uint32_t begin, const MdBlock* next) const;

  // --- defined terms
  struct Term {
    String id, label;
    ByteRange at;
    uint32_t unit = kNoUnit;
    bool used = false;
    Vector<uint32_t> others{};  // of terms_: later ones with the same id
  };
  void CollectDefinitions(Vector<MdBlock>* blocks);
  static void AppendPlain(const MdInline& piece, String* text);
  void CollectIn(Vector<MdInline>* inlines);
  static String QuotedEnd(std::string_view text);
  void Define(const Directive& directive, uint32_t tag, const String& label);
  void CompileTerm(const Directive& directive, uint32_t place, json::Array* pieces);
  void CheckTerms();
  // --- alternatives (compile_alternatives.cc)
  void CollectIds(const Vector<MdBlock>& blocks);
  bool IsShared(const String& id) const;
  String InnerId(const String& id) const;
  Value LeaveOpen(Either either);
  std::optional<String> ConditionOf(uint32_t place, uint32_t from) const;
  Vector<uint32_t> PlacesOf(const Either& either) const;
  Value PieceFor(const Either& either, uint32_t place, size_t index) const;
  json::Array WriteOut(const Either& either);
  bool WriteOut(Value* json);
  void CheckShared();
  void CheckPrinted(const expression::Tree& tree, const values::Format& format, ByteRange at);
  void CompileValue(const Directive& directive, ByteRange whole, uint32_t place,
                    json::Array* pieces);

  // --- text
  Value PiecesJson(const Vector<MdInline>& inlines, uint32_t place);
  // The directive of a tag that stands at a place; nullptr where it is none.
  const Directive* DirectiveAt(const Vector<MdInline>& inlines, size_t at) const;
  json::Array Pieces(const Vector<MdInline>& inlines, size_t* at, uint32_t place, int depth);
  bool ClosesWithin(const Vector<MdInline>& inlines, std::string_view name) const;
  void CompileIf(const Vector<MdInline>& inlines, size_t* at, uint32_t place, int depth,
                 json::Array* pieces);
  void CompileEach(const Vector<MdInline>& inlines, size_t* at, uint32_t place, int depth,
                   json::Array* pieces);
  // That a heading or an item whose words all stand in conditions may have none.
  void CheckWords(const Vector<MdInline>& inlines, uint32_t place, Without without, ByteRange at);
  // What a list is gone through for. Ends with CloseLoop, which brings back the names of before.
  struct Loop {
    const expression::Tree* range = nullptr;  // nullptr: an error was reported
    Schema outer;
    bool counted = false;  // is one of loop_places_
  };
  Loop OpenLoop(const SourceText& variable, const SourceText& list, uint32_t place);
  void CloseLoop(Loop loop);
  // A condition that is only thought about; nullptr where it is too long to be one.
  const expression::Tree* Imagine(const String& condition, ByteRange at);
  uint32_t AddBranch(uint32_t place, ByteRange at, const expression::Tree* when, Branch branch);
  const Attributes* TakeAttributes(Vector<MdInline>* inlines);
  struct Head {
    Value json;
    String id;
    String written;  // the id that the author gave it, where alternatives share it
    bool locked = false;
    String lock_why;
    ByteRange at, id_at;
    std::optional<Loop> loop;  // open until the unit is closed
  };
  Head MakeHead(std::string_view kind, const Attributes* attributes, String automatic,
                const String& parent, ByteRange at, bool numbered);
  void ReadBareCondition(SourceText* when) const;
  void TakeEach(const Attributes& attributes, Head* head, UnitFact* fact);
  const expression::Tree* CompileWhen(const SourceText& when, const Attribute* otherwise,
                                      uint32_t parent);
  void TakeId(const Attribute& attribute, Head* head);
  Value Close(Head head, ByteRange source);
  void CheckLockName(const Head& head);
  void CheckClause(const Clause& clause, const String& text, ByteRange at);

  // --- units
  Value UnitsJson();
  static String Automatic(const String& parent, size_t index);
  json::Array Sections(const Vector<MdBlock>& blocks, size_t* at, int level, const String& parent,
                       int* before);
  Value CompileBlock(const MdBlock& block, const String& parent, size_t index);
  Value CompileParagraph(const MdBlock& block, const String& parent, size_t index);
  void EnterScope(const MdBlock& block, const String& parent);
  static uint64_t RowOf(uint32_t parent, uint32_t scope) { return uint64_t{parent} << 32 | scope; }
  Value CompileList(const MdBlock& block, const String& parent, size_t index);
  Value CompileContainer(const MdBlock& block, const String& parent, size_t index, int level,
                         int* before);
  // What {{attach}} names, wherever it stands.
  void CollectSchedules(const Vector<MdBlock>& blocks);
  bool IsPlaceToSign(const MdBlock& block) const;
  void CheckBehind(const MdBlock& container, const Vector<MdBlock>& blocks, size_t at);
  Value CompileSchedule(const MdBlock& block, const String& parent, size_t index, int* before);
  Value CompileRecitals(const MdBlock& block, const String& parent);
  void CheckGuide(const Vector<MdBlock>& blocks);
  void CheckGuide(const Vector<MdInline>& inlines);
  Value CompileTable(const MdBlock& block, const String& parent, size_t index);
  Value CellsJson(const Vector<MdBlock>& cells, uint32_t place);
  const Attributes* TakeRowAttributes(Vector<MdBlock>* cells);

  // --- checks over the whole
  uint32_t PlaceOf(std::string_view id) const;
  const UnitFact* FindUnit(std::string_view id) const;
  void CheckReferences();
  bool CheckReference(const Reference& reference, uint32_t target, Vector<uint32_t> others);
  // The recipients' fields a text rests on, through computed values; each computed value is
  // followed once.
  using FieldSet = Vector<uint64_t>;  // a bit for each field
  void AddFields(const Vector<String>& reads, FieldSet* set) const;
  Value TextRolesJson();
  void CheckSigner(const FieldDeclaration& field, ByteRange at);
  void CheckRules();
  void CheckShowCircles();
  void CheckUnused();
  void CheckForeignTags(ByteRange body);

  const Library& library_;
  const SourceFile& file_;
  DiagnosticSink sink_;
  Declarations declarations_;
  const Markdown* markdown_ = nullptr;
  bool has_cycle_ = false;
  bool says_words_ = false;                      // some value is printed in words
  Vector<std::optional<Directive>> directives_;  // by tag
  std::unordered_set<String> used_;
  Vector<std::pair<String, Vector<String>>> computed_reads_;
  std::unordered_map<String, size_t> computed_places_;
  std::unordered_map<String, FieldSet> computed_fields_;
  std::unordered_map<String, size_t> field_places_;
  Vector<TextUse> text_uses_;
  Vector<Reference> references_;
  // What decides about a field: `show`, `check` or `required`.
  struct RuleUse {
    const FieldDeclaration* field;
    String what;
    TextUse use;
  };
  Vector<RuleUse> rule_uses_;
  Vector<uint32_t> loop_places_;  // of those that are open, in Facts::loops
  int loops_ = 0;                 // that are open
  String open_loops_;             // their names, each between two spaces
  Vector<String> mistaken_;       // names of repeats that are taken: T453 was said
  Vector<Term> terms_;
  std::unordered_map<String, size_t> term_places_;          // the first of each id
  std::unordered_map<uint32_t, size_t> definition_places_;  // by tag
  Vector<ReferenceFact> term_uses_;                         // target: of terms_
  struct VariantUse {
    String clause;
    SourceText expression;
  };
  Vector<VariantUse> variant_uses_;
  std::unordered_set<uint32_t> expanded_;  // tags of includes, by the place they begin at
  Vector<String> hyphened_;                // names of placeholders with '-'
  Vector<String> pinned_;                  // refs of the library's files that the text is made of
  size_t includes_ = 0, included_bytes_ = 0;
  Facts facts_;
  std::deque<expression::Tree> trees_;
  struct Alternatives {
    Vector<String> conditions;  // of units in a row
    bool failed = false;        // one of them did not compile
  };
  std::unordered_map<uint64_t, Alternatives> alternatives_;  // by parent and scope
  // A clause that stands where it was included: its conditions are a row of their own.
  struct Scope {
    uint32_t outer = 0;  // the scope that the include stands in
    String condition;    // behind the include; "" where there is none
  };
  Vector<Scope> scopes_;                            // counted from 1; 0 is the template
  uint32_t scope_ = 0;                              // of the unit that is compiled
  std::unordered_map<String, size_t> fact_places_;  // of fields
  Vector<char> numbered_;                           // by unit
  std::unordered_map<String, size_t> unit_places_;
  Vector<String> unit_ids_;                             // by unit; of alternatives one each
  std::unordered_map<String, size_t> written_ids_;      // how often the author gave each
  std::unordered_map<String, Vector<uint32_t>> named_;  // units, by the author's id
  std::unordered_map<uint32_t, String> titles_;         // of schedules, by unit
  Vector<Either> eithers_;
  size_t chosen_ = 0;                             // branches that were written out
  std::unordered_map<String, String> schedules_;  // titles, by id
  std::unordered_map<String, String> closed_locks_;
  json::Array locks_;
};

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_COMPILER_H_
