// Long because one reading of an agreement has one state, which all its parts share.
//
// An agreement of other tools becomes a template: one reading of a page, line by line, with
// everything that other tools write there. Internal to the room. import.cc has the order; the other
// files a part of the page each.
#ifndef COUNTERSIGN_IMPORT_IMPORTER_H_
#define COUNTERSIGN_IMPORT_IMPORTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "import/import.h"

namespace countersign::importing {

constexpr size_t kMaxFields = 900;       // below what a template may have
constexpr size_t kMaxTagLength = 400;    // bytes between < and >
constexpr size_t kMaxLookAhead = 300;    // lines that are read before they are reached
constexpr size_t kMaxTagStack = 64;      // open HTML tags
constexpr size_t kMaxListDepth = 6;      // deeper items stay at this depth
constexpr size_t kMaxPlaceholder = 300;  // bytes between brackets
constexpr size_t kMaxFormLine = 300;     // bytes of "Name: ____  Date: ____"
constexpr size_t kMaxCode = 2'000;       // bytes between backticks
constexpr size_t kMaxLinks = 500;        // addresses that links call by a name
constexpr size_t kMaxParties = 20;
constexpr size_t kMaxRemark = 2'000;  // bytes of a note to whoever drafts
constexpr size_t kMaxNotes = 20'000;  // listed changes; then one says that there are more

constexpr char kBreakSign = '\x03';      // where a line is broken in the text of an item
constexpr char kContainerSign = '\x04';  // in front of a line that begins or ends a container

bool IsDigit(char c);
bool IsLetter(char c);
char Lower(char c);
char Upper(char c);
String LowerText(std::string_view text);
std::string_view Trim(std::string_view text);
// "Term of Confidentiality" -> "termOfConfidentiality"; letters without their marks, and digits.
String Identifier(std::string_view name);
// What a person reads: without signs of Markdown.
String Plain(std::string_view text);
// "RENT\\_AMOUNT", as some tools write it -> "RENT_AMOUNT".
String Unescaped(std::string_view name);
String Quoted(std::string_view text);
String TagName(std::string_view inside);
String Raised(std::string_view text, bool up);
// "[30] days", "$[20]": whether a number in brackets is one that is proposed; [1] alone is a note.
bool IsProposedNumber(std::string_view content, std::string_view before, std::string_view behind);
String AttributeOf(std::string_view inside, std::string_view name);

struct Field {
  String id, name, type = "string", help, hint, initial;  // initial: only what was ticked
  Vector<std::pair<String, String>> options;
  bool on_cover = false;  // has no other place: is listed in front
};
// How a place to fill is written. A variable is one thing wherever it stands; words in brackets may
// be two.
enum class Spelling : uint8_t { kWords, kVariable };
// A name that places share.
struct Shared {
  size_t field = 0;
  String label;          // in front of its first place
  bool several = false;  // there are fields of this name under other labels
  size_t line = 0;       // of the last place
};
// What an import writes itself, in the language of the text.
struct LocalWords {
  std::string_view signatures, signature, name, date, party, choice;
};
struct Party {
  String id, label;
};

// A line of the source, and what became of it.
struct Line {
  String text;
  uint32_t number = 0;  // in its file
  size_t file = 0;
  bool breaks = false;  // the next one begins below it
};
struct Output {
  String text;
  size_t line = 0;          // of lines_
  String path;              // of a numbered item or section: "8.1", "8.1(a)"; "" for others
  bool named = false;       // something refers to it
  bool unnumbered = false;  // a heading that had no number among others that have one
  bool breaks = false;
  bool schedule = false;   // in a part that has numbers of its own
  bool paragraph = false;  // what follows without an empty line goes on in it
};

class Importer {
 public:
  Importer(std::span<const ImportFile> files, std::string_view name) : files_(files), name_(name) {}
  Imported Run();

 private:
  // The number of a heading that would not be generated, and why all of them stay typed.
  struct Differs {
    size_t line = 0;
    String message;
  };
  Importer(std::span<const ImportFile> files, std::string_view name, Differs differs)
      : files_(files), name_(name), differs_(std::move(differs)), keeps_numbers_(true) {}

  struct Open {
    String name, kind;
    size_t from = 0;  // in the line's new text
    size_t line = 0;
  };

  struct Marker {
    size_t indent = 0, length = 0;  // of the marker with its spaces
    char kind = 0;                  // '1' number, 'a' letter, '-' bullet
    int64_t value = 0;
  };

  struct Level {
    size_t indent = 0;
    char kind = 0;
    int64_t count = 0;
    bool section = false;
    bool lazy = false;  // every item has the number 1: who reads it as Markdown sees 1, 2, 3
  };

  // A heading, while the numbers of those in it are counted.
  struct Counter {
    size_t depth = 0;
    String prefix;
    int64_t count = 0;
    bool counts_on = false;  // without a number: what is in it counts on around it
  };

  // A label and its blank, where somebody fills in a form: "Name: ____".
  struct FormPlace {
    String what;
    size_t begin = 0, end = 0;  // of the blank
    bool filled = false;        // there are words instead
    bool names = false;         // of who signs, in brackets: "Signed by [NAME]"
  };

  struct Task {
    size_t line;
    String text;
    bool ticked;
    size_t indent = 0;
    Vector<std::pair<size_t, String>> below{};  // its lines and items, as they will stand
  };

  static constexpr char kLabelSign = '\x02';

  struct TermUse {
    String name;
    size_t line = 0;
    bool possessive = false;  // "Customer's": a person
  };

  // --- lines
  bool ReadLines(Imported* imported);
  static bool TakeBreak(String* line, std::string_view behind);
  size_t ReadFrontMatter(size_t file);
  void TakeFrontTitle();
  void Note(size_t line, std::string_view rule, String message);

  // --- HTML
  void ConvertHtml();
  bool IsWords(std::string_view inside) const;
  String ConvertTags(size_t index, Vector<String>* spellings);
  void OpenTag(size_t index, std::string_view inside, String* out);
  static size_t CountStars(std::string_view text);
  void CloseTag(size_t index, const String& name, String* out, Vector<String>* spellings);
  static String WithoutPossessive(std::string_view term, bool* possessive);
  void FlushTerms(const Vector<String>& spellings);

  // --- language
  void FindLanguage();
  const LocalWords& Local() const;
  bool IsLabelToSign(std::string_view label) const;
  static bool IsNounToSign(std::string_view label);
  bool IsLabelOfDate(std::string_view label) const;
  bool IsLabelToFill(std::string_view label) const;
  String SignerBehind(std::string_view label) const;

  // --- shape
  static std::optional<Marker> MarkerOf(std::string_view line);
  static bool IsShortTitle(std::string_view text);
  void FindShape();
  size_t LevelOf(size_t line) const;
  void FindTextTitle();
  void FindTitle();
  void ConvertTitle(const String& text);

  // --- blocks
  std::string_view Here() const;
  void Emit(String text, String path = {});
  void EmitBlank();
  void ConvertBlock();
  void ConvertContainer(std::string_view line);
  static bool IsRule(std::string_view trimmed);
  static size_t HeadingLevel(std::string_view line);
  void ConvertHeading(size_t level, std::string_view trimmed);
  static String WithoutNames(std::string_view text);
  static std::string_view Unbold(std::string_view text);
  static size_t HeadingNumber(std::string_view text, String* number);
  void CountHeading(size_t depth, const String& number);
  size_t Underline() const;

  // --- lists
  bool BeginsItem(const Marker& marker) const;
  bool IsNext(const Marker& marker);
  bool IsBelowTyped(const Marker& marker) const;
  bool IsLazy(const Level& level) const;
  void ConvertTypedItem(const Marker& marker);
  void ConvertItem(const Marker& marker);
  void NoteStyle(const Marker& marker);
  void EmitItem(const String& text);
  static bool IsTitleItem(const String& text);
  static std::pair<String, String> SplitTitle(const String& text);
  bool AllHaveTitles() const;
  String PathHere() const;
  void ConvertParagraph();
  size_t ToldLength(std::string_view text) const;
  bool AsksForText(std::string_view text) const;
  bool NumbersGoOn() const;

  // --- labels and fields
  void TakeLabels(String* text);
  String LabelAt(std::string_view digits) const;
  void FlushHelp();
  Field* FindField(std::string_view id);
  bool IsTaken(std::string_view id);
  Field* AddField(const String& id, const String& name);
  Field* FieldNamed(const String& name);
  Field* NewField(const String& base);
  static String Print(const Field& field);
  static String LabelBefore(std::string_view before);
  String LabelAbove() const;
  bool StandsApart(std::string_view text) const;
  String Belonging(const String& base) const;
  static String WithoutNumber(const String& heading);
  void GuessType(Field* field, std::string_view words) const;
  static bool IsInstruction(std::string_view content);
  static bool IsName(std::string_view content);
  String Placeholder(std::string_view content, std::string_view before, bool alone,
                     Spelling spelling);
  bool AsksAgain(size_t line) const;
  Field* SharedField(std::string_view content, const String& label, Spelling spelling);
  void ShareField(std::string_view content, const String& label);
  static bool IsGeneric(std::string_view words);

  // --- words
  static String EscapeBraces(std::string_view text);
  String Inline(std::string_view text);
  size_t TakeLabel(std::string_view rest, String* out);
  size_t TakePlace(std::string_view text, size_t i, size_t length, std::string_view content,
                   String* out, Spelling spelling = Spelling::kWords);
  size_t TakeBlank(std::string_view text, size_t i, String* out);
  size_t TakeEscape(std::string_view text, size_t i, String* out);
  size_t TakeBraces(std::string_view text, size_t i, String* out);
  size_t TakeBrackets(std::string_view text, size_t i, String* out);
  size_t TakeTyped(std::string_view text, size_t i, std::string_view content, String* out);
  size_t TakeMarkup(std::string_view rest, std::string_view content, String* out);
  bool TakeSigned(std::string_view content, String* out);
  String InlineWithin(std::string_view text);
  size_t TakeLink(std::string_view rest, size_t end, String* out);
  size_t TakeCode(std::string_view text, size_t i, String* out);
  size_t TakeStar(std::string_view text, size_t i, String* out);
  size_t TakeAngles(std::string_view text, size_t i, String* out);
  size_t TakeStruck(std::string_view rest, String* out);
  size_t TakeRaised(std::string_view text, size_t i, String* out);
  size_t TakeQuotes(std::string_view text, size_t i, String* out);
  static size_t DateBlankLength(std::string_view text);
  static size_t YearBlankLength(std::string_view text);
  static bool IsPlace(std::string_view content);
  static bool IsRemark(std::string_view content);
  static bool IsDraftingNote(std::string_view content);
  static size_t ClosingBracket(std::string_view text);
  size_t TakeNote(std::string_view rest, String* out);
  size_t TakeOptional(std::string_view rest, std::string_view content, String* out);
  size_t TakeLongBrackets(std::string_view rest, std::string_view why, String* out);
  bool ConvertNote(std::string_view text);
  void EmitGuide(std::string_view words);
  void NoteUndecided(std::string_view words, std::string_view why);
  static bool HasBoxes(std::string_view text);
  static bool IsFence(std::string_view trimmed);
  void KeepLines();
  void OpenQuotations();
  bool GoesOn(size_t line) const;
  void JoinWrapped();
  void JoinDefinitions();
  bool JoinNote(size_t line, size_t open);
  void FindLinks();
  void FindBraces();

  // --- conditions of other tools
  struct Control {
    enum class Kind : uint8_t { kNone, kIf, kElif, kElse, kEnd, kOther };
    Kind kind = Kind::kNone;
    String condition;      // as it is written there
    bool negated = false;  // unless
    size_t length = 0;
  };
  static Control ReadControl(std::string_view words);
  static Control JinjaControl(std::string_view text);
  static Control HandlebarsControl(std::string_view text);
  static Control ControlLine(std::string_view line);
  String Condition(const Control& control, size_t line);
  bool IsFieldOfCondition(std::string_view name) const;
  bool BeginsApart(size_t line) const;
  void FindConditions();
  size_t TakeConditional(std::string_view rest, size_t end, String* out);
  size_t TakeControl(const Control& control, std::string_view rest, String* out);
  size_t TakeForeign(std::string_view words, std::string_view before, std::string_view behind,
                     String* out);
  static bool IsTold(std::string_view words);
  size_t TakeTold(std::string_view rest, String* out);
  size_t TakeFormatted(std::string_view text, size_t i, size_t length, std::string_view content,
                       String* out);

  // --- task lists
  bool AreApart(const Vector<Task>& tasks) const;
  static bool IsTask(std::string_view trimmed);
  static String Shortened(const String& text);
  void ConvertTasks();

  // --- tables
  void OpenGrids();
  static bool IsRuler(std::string_view line);
  static Vector<String> Cells(std::string_view row);
  void ConvertTable();
  bool StaysTable(const Vector<String>& header,
                  const Vector<std::pair<size_t, Vector<String>>>& rows);
  static bool IsBlank(std::string_view cell);
  static String EscapeBars(std::string_view cell);
  void EmitRow(const Vector<String>& cells);

  // --- signatures
  bool SignsHere(std::string_view label) const;
  String SignerIn(std::string_view label) const;
  static size_t BlankLength(std::string_view text);
  Vector<FormPlace> FormPlaces(std::string_view text) const;
  String Form(std::string_view text, const Vector<FormPlace>& places, size_t column);
  bool IsLineBelowName(size_t line) const;
  bool IsLineAboveLabels() const;
  bool NamesWhoSigns(const Vector<FormPlace>& places, std::string_view words, size_t line) const;
  bool ConvertForm();
  bool ConvertCaptions();
  Vector<String> PartiesAbove() const;
  static String PartyIn(std::string_view words);
  static String RoleLabel(const String& label);
  void FindColumnParties(const Vector<String>& header,
                         const Vector<std::pair<size_t, Vector<String>>>& rows);
  void SignatureForm(const String& label, const Vector<String>& header,
                     const Vector<std::pair<size_t, Vector<String>>>& rows);
  void SignatureTable(const Vector<String>& header,
                      const Vector<std::pair<size_t, Vector<String>>>& rows);
  static String UpperText(std::string_view text);
  Party* AddParty(const String& label);
  String PlaceOf(const Party& party, const String& what, const String& help);

  // --- the whole
  void AddParties();
  void Number();
  static size_t EndOfNumber(std::string_view text, size_t from);
  static size_t ReferenceWord(std::string_view rest);
  static size_t Joint(std::string_view text, size_t from);
  static bool InSchedule(std::string_view text, size_t length);
  static bool IsSchedule(std::string_view text);
  static bool IsElsewhere(std::string_view behind, std::string_view name, bool* ours);
  static bool IsCited(std::string_view before, std::string_view name);
  String LinkReferences(const Output& line);
  String Refer(const String& name, const String& number, size_t line);
  static String IdOf(std::string_view path);
  void FillCover();
  String FrontMatter();
  String Body();

  std::span<const ImportFile> files_;
  std::string_view name_;   // of the file that the template goes to
  Vector<size_t> origins_;  // of each of its lines: which of lines_ it came from
  Vector<Line> lines_;
  size_t at_ = 0;
  Vector<std::pair<size_t, ImportChange>> changes_;  // with their line of lines_
  Vector<Open> open_;
  std::unordered_set<String> closed_;  // elements that something closes
  bool in_comment_ = false;
  Vector<String> labels_;
  Vector<std::pair<size_t, String>> term_lines_;
  Vector<TermUse> terms_;
  std::optional<Differs> differs_;
  bool keeps_numbers_ = false;      // of headings: a first reading found that they differ
  bool sections_ = false;           // numbered titles in a list become headings
  bool numbered_headings_ = false;  // headings have their numbers typed in front
  bool in_schedule_ = false;
  String heading_number_;            // of the heading above, where it is generated
  bool heading_typed_ = false;       // it has one that is not
  Vector<Counter> counters_;         // of the headings around
  int64_t section_count_ = 0;        // of numbered titles that became headings
  bool below_typed_number_ = false;  // "2.1 Fees" in front of a paragraph
  static constexpr size_t kNone = SIZE_MAX;
  size_t typed_indent_ = kNone;   // of an item whose number stayed typed, while others are in it
  size_t typed_line_ = SIZE_MAX;  // the last line with a number that stayed typed
  std::unordered_set<String> typed_;  // numbers in front of paragraphs
  Vector<Output> output_;
  String locale_ = "en";
  bool language_found_ = false;  // the words say which language it is
  bool first_is_section_ = false;
  size_t cover_line_ = SIZE_MAX;  // of output_: the heading of a cover page
  String title_, heading_;
  String caption_;      // words in bold alone in a line: what is filled in below is called by them
  size_t within_ = 0;   // texts that are read within others
  String front_title_;  // of a front matter: where no heading is the title
  size_t front_title_line_ = 0;
  int choices_ = 0;  // task lists under the heading
  Vector<size_t> levels_;
  Vector<Level> stack_;
  bool row_alone_ = false;                         // there is one cell behind the first
  String row_;                                     // the first cell, while the others are read
  size_t table_cells_ = 0;                         // of the tables that stay
  std::unordered_map<String, String> links_;       // addresses by name
  std::unordered_set<String> printed_;             // names in braces
  std::unordered_map<String, String> conditions_;  // fields that only conditions ask, by name
  bool mail_merge_ = false;                        // «Company_Name» stands somewhere
  bool legal_markdown_ = false;                    // lines begin with "ll."
  bool dollar_braces_ = false;                     // ${name} is a blank, rather than $ and {name}
  String help_;
  size_t help_line_ = 0, help_place_ = 0;
  Vector<Field> fields_;
  std::unordered_map<String, Shared> named_;  // fields that several places share, by their words
  std::unordered_map<String, uint32_t> numbers_;  // the last number of each id that has some
  Vector<String> placed_;
  std::unordered_map<String, size_t> places_;  // by path; SIZE_MAX: of several
  Vector<Party> parties_;
  size_t no_form_before_ = 0;    // the line up to which nobody signs
  Vector<String> parties_here_;  // whose places the lines, or the columns, at hand are
};

}  // namespace countersign::importing

#endif  // COUNTERSIGN_IMPORT_IMPORTER_H_
