// A LegalDown document as a whole: its files, read and judged. What the checks found out is what
// the translation into a template goes by. Internal to the room.
#ifndef COUNTERSIGN_LEGALDOWN_DOCUMENT_H_
#define COUNTERSIGN_LEGALDOWN_DOCUMENT_H_

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "legaldown/legaldown.h"
#include "legaldown/scan.h"

namespace countersign::legaldown {

struct Party {
  String name, label, legal_name, type;
  Vector<String> representatives;  // "Jane Doe, General Counsel"
  size_t side = 0;
};
struct Side {
  String name, label;
};
struct Attachment {
  String id, title, file;
  ByteRange at, file_at;
  std::optional<Condition> when{};
  bool rendered = false;  // LegalDown, and there
  bool used = false;
};

enum class QuestionType : uint8_t { kText, kDate, kMoney, kDuration, kBoolean, kChoice };
std::optional<QuestionType> ParseQuestionType(std::string_view name);
// What a template asks, declared in its front matter.
struct Question {
  String id, prompt;
  QuestionType type = QuestionType::kText;
  ByteRange at;  // of its key
  struct Choice {
    String id, label;
  };
  Vector<Choice> choices;
  const YamlNode* fallback = nullptr;  // its default
  bool used = false;

  bool IsDecision() const {
    return type == QuestionType::kBoolean || type == QuestionType::kChoice;
  }
  // What can be answered, as {{choose}} names it.
  Vector<String> Answers() const;
};

// All conditions that must hold for something to be there.
struct Presence {
  Vector<Condition> all;
};
// What follows for the answers of the questions, whatever they are. Where a condition is wrong,
// which is reported, nothing is claimed.
class Answers {
 public:
  explicit Answers(const Vector<Question>* questions) : questions_(questions) {}
  const Question* Find(std::string_view id) const;
  // Whether the condition names a question and one of its answers, in the form for its type.
  bool IsValid(const Condition& condition) const;
  // True also where nothing is claimed, as in what follows.
  bool CanBe(const Presence& presence) const;
  bool Exclude(const Presence& one, const Presence& other) const;
  // Whether one of `some` is there wherever `presence` is.
  bool Cover(const Presence& presence, const Vector<Presence>& some) const;

 private:
  bool IsOpen(const Presence& presence) const;
  const Vector<Question>* questions_;
};

// A placeholder, in all its places.
struct Blank {
  QuestionType type = QuestionType::kText;
  String fixed;           // the currency or unit that they fix
  bool all_fix = true;    // each of them does
  bool in_front = false;  // one stands in the front matter
};

enum class DocumentType : uint8_t { kContract, kUnilateralAct, kCollectiveAct };

struct Metadata {
  String title, language, authoritative;
  DocumentType type = DocumentType::kContract;
  Vector<Side> sides;
  Vector<Party> parties;
  Vector<Attachment> attachments;
  Vector<Question> questions;
  ByteRange questions_at;  // their key; empty where there is none
  Vector<String> field_types;
  bool has_field_types = false, has_sides = false, has_amends = false, newer = false;
  String amends_file, supersedes_file;
  ByteRange amends_file_at, supersedes_file_at;
  struct Translation {
    String language, file;
    ByteRange at;
  };
  Vector<Translation> translations;
  ByteRange translations_at;
};

// The front matter of a file. With `sink` nullptr nothing is reported.
Metadata ReadMetadata(const Scan& scan, DiagnosticSink* sink);

// The value of `questions`. What is wrong with it goes to `sink`, where there is one.
Vector<Question> ReadQuestions(const YamlNode& node, DiagnosticSink* sink);
// Whether an answer is one to this question; `blank`: its placeholder, nullptr where it has none.
bool IsAnswer(const Question& question, const YamlNode& answer, const Blank* blank);
// The field that answers a question.
String FieldOf(std::string_view id);
// A number with a unit as a period, P6M; nullopt where the calendar does not count in that.
std::optional<String> PeriodOf(std::string_view number, std::string_view unit);
// Of anything else, "36 hours".
String DurationOf(std::string_view number, std::string_view unit, std::string_view locale);
// A word that YAML takes for a truth or for nothing.
bool IsYamlWord(std::string_view text);
// Whether a list or map is written in braces or brackets, or something in it is.
bool IsFlow(const YamlNode& node, std::string_view file);
// The placeholder that is all of a text; nullopt where there is none or more.
std::optional<Directive> PlaceholderIn(std::string_view text);

// The conditions of an attachment.
Presence PresenceOf(const Attachment& attachment);

// Whether a path may be opened: relative, and without a scheme.
bool IsRelativePath(std::string_view path);

// Every file that a scanned file names: includes, images, and what its front matter does.
Vector<String> PathsIn(const Scan& scan, const Metadata& metadata, std::string_view file);

struct Definition {
  String id, term;
  ByteRange at;
  bool generated = false;
  Presence presence{};
  size_t place = 0;  // among the blocks of the document
};

// Where an anchor stands, and what {{ref}} to it can name.
struct Target {
  Place place = Place::kHeading;
  String section;  // of a paragraph: the identifier of the heading above it
  Presence presence{};
};

struct Document {
  Metadata metadata;
  Vector<Scan> scans;  // by file, as in LegalDownFiles
  // Several of one identifier are alternatives, in the order of the text; so are definitions.
  std::unordered_map<String, Vector<Target>> anchors;
  // Identifiers of headings that have none written, by where the heading begins.
  std::unordered_map<uint32_t, String> generated;
  std::unordered_map<String, Vector<Definition>> definitions;
  std::unordered_map<String, Blank> blanks;
  std::unordered_map<String, String> imported;             // of the amended document: id, term
  std::unordered_map<uint32_t, Definition> definition_at;  // by where its directive begins
  bool fragment = false;
  bool is_template = false;
};

// Whether what is inserted at a directive can never become one sign with the text around it.
bool IsApart(std::string_view file, const Block& block, ByteRange directive);

// Whether a document and its translations have the same outline, terms, questions and conditions:
// told in the file where something differs.
void CheckTranslations(const LegalDownFiles& files, const Document& document, DiagnosticSink* sink);

// `file`: the texts of all files that are there, one part each (SourceFile::Append), in the order
// of `files`; `parts[i]` is the part of files.files()[i].
Document CheckDocument(const LegalDownFiles& files, const Vector<size_t>& parts,
                       Readiness readiness, DiagnosticSink* sink);

}  // namespace countersign::legaldown

#endif  // COUNTERSIGN_LEGALDOWN_DOCUMENT_H_
