// What the front matter and the field directives of a template declare: read, merged and checked.
#ifndef COUNTERSIGN_COMPILE_DECLARATIONS_H_
#define COUNTERSIGN_COMPILE_DECLARATIONS_H_

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "compile/directive.h"
#include "compile/expression_compiler.h"
#include "compile/yaml.h"
#include "document/document.h"
#include "json/value.h"
#include "values/type.h"

namespace countersign::compile {

using FieldKind = document::BlankKind;

struct RoleDeclaration {
  String id, label;
  ByteRange at;
  bool signs = false;
  int order = 1;
};

struct SideDeclaration {
  String id, label;
};

struct FieldDeclaration {
  String id;
  ByteRange at;
  std::optional<FieldKind> kind;  // of its directive
  // "role", "type", "label" … as written, the first that was given.
  Vector<std::pair<String, SourceText>> settings;
  const YamlNode* options = nullptr;  // where the front matter has a list or map of them
  // `of` of a list or `fields` of a record, with their key.
  const YamlNode* members = nullptr;
  const YamlNode* members_key = nullptr;
  bool placed = false;
  // Filled in by Settle:
  FieldKind settled = FieldKind::kValue;
  values::Type type;
  const RoleDeclaration* role = nullptr;  // nullptr: the sender

  const SourceText* Find(std::string_view name) const;
  bool IsMark() const {
    return settled == FieldKind::kSign || settled == FieldKind::kInitial ||
           settled == FieldKind::kSignDate;
  }
};

struct ComputedDeclaration {
  String id, label;
  ByteRange at;
  SourceText expression;
  bool labelled = false;
};

// The id of the field that a placeholder is.
String FieldOfPlaceholder(std::string_view id);
// Whether no field can have this name, because expressions have a use for it.
bool IsReservedName(std::string_view name);

// What a place for a signature, initials or the day of signing is called in the language of a
// locale, where its author says nothing: it is printed beside the place.
std::string_view MarkLabel(FieldKind kind, std::string_view locale);

// What was meant by the name or the sign of a currency.
void SuggestCurrency(Diagnostic& diagnostic, std::string_view written, ByteRange at);

// The keys of one part of the front matter.
enum class KeyPlace : uint8_t { kTop, kRole, kField, kComputed, kWorkflow };
std::span<const std::string_view> KnownKeys(KeyPlace place);

class Declarations {
 public:
  explicit Declarations(DiagnosticSink* sink) : sink_(sink) {}

  // `yaml` must outlive this.
  void ReadFrontMatter(const YamlNode& yaml, ByteRange whole);
  // A field's place in the text; the first may declare it. Reported: T254, T450, T454, T455, T457.
  void Place(FieldKind kind, const Directive& directive);
  // {{placeholder: id, type=date}}: a field of the sender, declared where it is printed. Reported:
  // T254, T351, T454, T455, T457, T607.
  void PlacePlaceholder(const Directive& directive);
  // Kinds, types, roles and the schema; after this the fields are final.
  void Settle();

  FieldDeclaration* FindField(std::string_view id);
  const RoleDeclaration* FindRole(std::string_view id) const;
  // Reports an id that is malformed or taken.
  bool CheckId(std::string_view id, ByteRange at);
  // The same for a name that expressions use: without '-'.
  bool CheckName(std::string_view name, ByteRange at);
  // A name in the front matter of `names`, else T253 with a suggestion.
  void ReportUnknownKey(const YamlNode& key, std::span<const std::string_view> known);
  // The JSON of a constant of the type; nullopt when T255 was reported.
  std::optional<json::Value> ReadConstant(const SourceText& text, const values::Type& type);

  String id, title, locale = "en";
  int64_t version = 1;
  document::Numbering numbering = document::Numbering::kSections;
  bool numbered_bullets = false;
  Vector<RoleDeclaration> roles;
  Vector<SideDeclaration> sides;
  Vector<FieldDeclaration> fields;
  Vector<ComputedDeclaration> computed;
  const YamlNode* validations = nullptr;
  const YamlNode* approvals = nullptr;
  const YamlNode* consent = nullptr;
  std::optional<String> expires;
  Schema schema;  // of conditions, values, checks
  Schema record;  // of `source`: only `crm`

 private:
  void ReadRoles(const YamlNode& node);
  void ReadSides(const YamlNode& node);
  void Set(std::string_view name, const SourceText& value, FieldDeclaration* field);
  bool IsCalendarUnit(const SourceText& unit);
  void ReadFields(const YamlNode& node);
  void ReadComputed(const YamlNode& node);
  void ReadWorkflow(const YamlNode& node);
  void SettleField(FieldDeclaration* field);
  std::optional<values::Type> ReadType(const FieldDeclaration& field);
  // The type that is spelt in a text or as a map of members.
  std::optional<values::Type> ReadTypeNode(const YamlNode& node, int depth);
  std::optional<values::Type> ReadRecord(const YamlNode& node, int depth);
  std::optional<values::Type> ReadMembersOf(const FieldDeclaration& field, const SourceText& text);
  void ReportType(const SourceText& text);
  String Scalar(const YamlNode& node);
  // The same of one that people read: it has no tags (T266).
  String Words(const YamlNode& node);

  // Reports a text that is empty: T294.
  void CheckWritten(const YamlNode& node, const YamlNode& key, std::string_view message);

  // Reports T753, once, where there are as many fields or computed values as a template may have.
  bool CheckRoom(size_t count, ByteRange at);

  DiagnosticSink* sink_;
  bool full_ = false;
};

}  // namespace countersign::compile

#endif  // COUNTERSIGN_COMPILE_DECLARATIONS_H_
