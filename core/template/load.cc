// Reads a compiled template as outside data: everything is checked, then lowered. Long because it
// is one reader of one format; the checks that need the whole are at its end.
#include <algorithm>

#include "base/names.h"
#include "base/sort.h"
#include "crypto/crypto.h"
#include "json/shape.h"
#include "template/body.h"
#include "template/file_value.h"
#include "template/lock.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using json::Shape;
using json::Value;
using values::Kind;

bool IsFieldId(std::string_view id) {
  return id.size() <= 64 && document::IsId(id) && id.find('.') == std::string_view::npos;
}

enum class Scope : uint8_t { kFields, kRecord };

// Faults stick in the shapes (json/shape.h); whatever would go wrong with an empty value asks ok().
// A compiler wrote what is read here: a code and a place say enough of what somebody changed.
class Loader {
 public:
  explicit Loader(Template::Body* body) : body_(*body) {}

  Result<void> Read(const Value& value) {
    Shape shape(value, "");
    const String& format = shape.Text("format");
    if (format != kFormat) shape.Fail(ErrorCode::kTemplateNeedsNewerEngine, format, "format");
    const String& engine = shape.Text("engine");
    if (engine != kEngine) shape.Fail(ErrorCode::kTemplateNeedsNewerEngine, engine, "engine");
    body_.id = ReadId(shape, "id");
    body_.version = shape.Int("version", 1, 1'000'000'000);
    body_.title = shape.Text("title");
    body_.locale = shape.Text("locale");
    auto formats = values::Locale::Find(body_.locale);
    body_.words = shape.OptionalText("words");
    if (body_.words.size() > values::kMaxWordRules) {
      shape.Fail(ErrorCode::kSchemaBadValue, {}, "words");
    }
    if (formats) {
      body_.formats = formats->WithWords(body_.words);
    } else {
      shape.Adopt(std::move(formats).error(), "locale");
    }
    body_.source_ref = shape.Fixed64<Hash>("source").ToBase64Url();
    ReadLibrary(shape);
    const String& numbering = shape.Text("numbering");
    if (!document::FindNumbering(numbering, &body_.numbering)) {
      shape.Fail(ErrorCode::kSchemaBadValue, numbering, "numbering");
    }
    ReadRoles(shape);
    ReadFields(shape);
    ReadComputed(shape);
    ReadFieldExpressions(shape);
    ReadValidations(shape);
    ReadWorkflow(shape);
    ReadConsent(shape);
    ReadApprovals(shape);
    ReadUnits(shape, kNoUnit, document::BlockKind::kParagraph, 0);
    body_.seldom |= says_words_;
    if (says_words_ == body_.words.empty()) {
      shape.Fail(says_words_ ? ErrorCode::kSchemaMissingMember : ErrorCode::kSchemaUnknownMember,
                 "words", "words");
    }
    IndexUnits(shape);
    CheckReferences(shape);
    CheckLocks(shape);
    LinkAndCheckRoles(shape);
    return shape.Finish();
  }

 private:
  // --- ids, types, expressions
  static const String& ReadId(Shape& shape, std::string_view name) {
    const String& id = shape.Text(name);
    if (!IsFieldId(id)) shape.Fail(ErrorCode::kTemplateBadReference, id, name);
    return id;
  }

  static const values::Type* FindFieldType(const void* context, std::string_view name) {
    const auto* loader = static_cast<const Loader*>(context);
    Slot slot = loader->SlotOf(name);
    if (slot == kNoSlot) return nullptr;
    const Template::Body& body = loader->body_;
    if (slot >= body.SlotCount()) return &loader->loop_types_[slot - body.SlotCount()];
    if (slot < body.fields.size()) return &body.fields[slot].type;
    return &body.computed[slot - body.fields.size()].type;
  }
  static const values::Type* FindRecordType(const void*, std::string_view name) {
    static const values::Type kAny = values::Type::Of(Kind::kDyn);
    return name == "crm" ? &kAny : nullptr;
  }
  static std::optional<uint32_t> FindSlot(const void* context, std::string_view name) {
    Slot slot = static_cast<const Loader*>(context)->SlotOf(name);
    return slot == kNoSlot ? std::nullopt : std::optional<uint32_t>(slot);
  }
  static std::optional<uint32_t> FindRecordSlot(const void*, std::string_view name) {
    return name == "crm" ? std::optional<uint32_t>(0) : std::nullopt;
  }

  // A name that expressions may read. Marks come last and have none.
  Slot SlotOf(std::string_view name) const {
    size_t field = FindName(field_names_, name);
    if (field != SIZE_MAX) {
      uint32_t index = field_names_[field].second;
      return IsFilledBySigning(body_.fields[index].kind) ? kNoSlot : index;
    }
    size_t computed = FindName(computed_names_, name);
    if (computed == SIZE_MAX) return LoopSlot(name);
    return static_cast<Slot>(body_.fields.size()) + computed_names_[computed].second;
  }

  // A variable of a repeat that is open here.
  Slot LoopSlot(std::string_view name) const {
    for (uint32_t loop : open_loops_) {
      if (body_.loops[loop].name == name) return static_cast<Slot>(body_.SlotCount()) + loop;
    }
    return kNoSlot;
  }

  // {"name", "in"} of a repeat: what stands in it may read its variable until it is closed.
  // kNoLoop, and nothing to close, where it is at fault.
  uint32_t OpenLoop(Shape& shape) {
    Loop loop;
    loop.name = ReadId(shape, "name");
    if (SlotOf(loop.name) != kNoSlot || FindName(field_names_, loop.name) != SIZE_MAX) {
      shape.Fail(ErrorCode::kTemplateDuplicateId, loop.name, "name");
    }
    if (open_loops_.size() >= kMaxLoops) shape.Fail(ErrorCode::kTemplateTooDeep, {});
    values::Type type;
    loop.range = ReadExpression(shape, "in", Scope::kFields, Kind::kList, &type);
    if (!shape.ok()) return kNoLoop;
    loop_types_.push_back(type.items[0]);
    body_.loops.push_back(std::move(loop));
    open_loops_.push_back(static_cast<uint32_t>(body_.loops.size() - 1));
    return open_loops_.back();
  }

  using Names = Vector<std::pair<String, uint32_t>>;
  static size_t FindName(const Names& names, std::string_view name) {
    const size_t place = PlaceOf(names, &Names::value_type::first, name);
    return place < names.size() && names[place].first == name ? place : SIZE_MAX;
  }
  void AddName(Shape& shape, Names* names, std::string_view name, size_t index) {
    if (FindName(field_names_, name) != SIZE_MAX || FindName(computed_names_, name) != SIZE_MAX) {
      return shape.Fail(ErrorCode::kTemplateDuplicateId, name);
    }
    names->insert(names->begin() + PlaceOf(*names, &Names::value_type::first, name),
                  {String(name), static_cast<uint32_t>(index)});
  }

  static values::Type ReadType(Shape& shape, std::string_view name) {
    const String& text = shape.Text(name);
    auto type = values::Type::Parse(text);
    if (!type) return shape.Adopt(std::move(type).error(), name), values::Type();
    if (!IsFieldType(*type)) shape.Fail(ErrorCode::kTemplateWrongType, text, name);
    return *std::move(type);
  }

  // `wanted` kDyn: any type.
  ExpressionIndex ReadExpression(Shape& shape, std::string_view name, Scope scope, Kind wanted,
                                 values::Type* type = nullptr) {
    const Value& json = shape.Any(name);
    if (body_.expressions.size() >= kMaxExpressions) {
      shape.Fail(ErrorCode::kTemplateTooManyExpressions, {}, name);
    }
    if (!shape.ok()) return kNoExpression;
    // A phone has no functions of the wide set; records are the author's to read.
    expression::Variables variables{
        this, scope == Scope::kFields ? &FindFieldType : &FindRecordType,
        scope == Scope::kFields ? expression::Reach::kContract : expression::Reach::kWhole};
    auto tree = expression::Load(json, variables);
    if (!tree) return shape.Adopt(std::move(tree).error(), name), kNoExpression;
    if (wanted != Kind::kDyn && tree->type().kind != wanted) {
      shape.Fail(ErrorCode::kTemplateWrongType, tree->type().ToString(), name);
    }
    expression::Slots slots{this, scope == Scope::kFields ? &FindSlot : &FindRecordSlot};
    auto program = expression::Lower(*tree, slots);
    if (!program) return shape.Adopt(std::move(program).error(), name), kNoExpression;
    if (type != nullptr) *type = tree->type();
    body_.seldom |= program->Calls(expression::Function::kMatches);
    body_.expressions.push_back({std::move(tree->source), *std::move(program)});
    return static_cast<ExpressionIndex>(body_.expressions.size() - 1);
  }

  ExpressionIndex ReadCondition(Shape& shape, std::string_view name) {
    return shape.Has(name) ? ReadExpression(shape, name, Scope::kFields, Kind::kBool)
                           : kNoExpression;
  }

  // --- roles, fields, computed
  // Sorted and each once, so that there is one spelling.
  void ReadLibrary(Shape& shape) {
    const json::Array& pins = shape.OptionalList("library");
    bool good = !pins.empty() || !shape.Has("library");
    good = good && pins.size() <= kMaxPins;
    for (const Value& pin : pins) {
      good = good && pin.is_string() && Hash::FromBase64Url(pin.string_value()).has_value() &&
             (body_.library.empty() || body_.library.back() < pin.string_value());
      if (!good) break;
      body_.library.emplace_back(pin.string_value());
    }
    if (!good) shape.Fail(ErrorCode::kSchemaBadValue, {}, "library");
  }

  // The members of a list, each read by `read(entry, index)`; no more than `most`.
  template <class Each>
  static void ReadList(Shape& shape, std::string_view name, size_t most, ErrorCode too_many,
                       Each read) {
    const json::Array& items = shape.List(name);
    if (items.size() > most) shape.Fail(too_many, {}, name);
    for (size_t i = 0; i < items.size() && shape.ok(); ++i) {
      Shape entry(shape, items[i], name, i);
      read(entry, i);
      entry.Close();
    }
  }

  void ReadRoles(Shape& shape) {
    ReadList(shape, "roles", 64, ErrorCode::kTemplateTooManyFields, [&](Shape& entry, size_t) {
      Role role;
      role.id = ReadId(entry, "id");
      role.label = entry.Text("label");
      role.part = entry.Bool("signs") ? Part::kSigner : Part::kNone;
      role.order = static_cast<int>(entry.Int("order", 1, 64));
      if (FindRole(role.id) != nullptr)
        shape.Fail(ErrorCode::kTemplateDuplicateId, role.id, "roles");
      body_.roles.push_back(std::move(role));
    });
  }
  const Role* FindRole(std::string_view id) const {
    for (const Role& role : body_.roles) {
      if (role.id == id) return &role;
    }
    return nullptr;
  }

  static std::optional<values::Value> ReadConstant(Shape& shape, std::string_view name,
                                                   const values::Type& type) {
    const Value* json = shape.OptionalAny(name);
    if (json == nullptr || !shape.ok()) return std::nullopt;
    auto value = values::FromJson(*json, type);
    if (!value) return shape.Adopt(std::move(value).error(), name), std::nullopt;
    return *std::move(value);
  }

  void ReadFields(Shape& shape) {
    ReadList(shape, "fields", kMaxFields, ErrorCode::kTemplateTooManyFields,
             [&](Shape& entry, size_t i) {
               Field field;
               ReadField(entry, &field);
               AddName(entry, &field_names_, field.id, i);
               body_.fields.push_back(std::move(field));
             });
  }

  // All but its expressions, which may read fields that come later.
  void ReadField(Shape& shape, Field* field) {
    field->id = ReadId(shape, "id");
    const String& kind = shape.Text("kind");
    if (!document::FindBlankKind(kind, &field->kind)) {
      shape.Fail(ErrorCode::kSchemaBadValue, kind, "kind");
    }
    field->type = ReadType(shape, "type");
    field->role = shape.OptionalText("role");
    if (field->role.empty() != (field->kind == FieldKind::kValue)) {
      shape.Fail(ErrorCode::kSchemaBadValue, {}, "role");
    }
    if (!field->role.empty() && FindRole(field->role) == nullptr) {
      shape.Fail(ErrorCode::kTemplateBadReference, field->role, "role");
    }
    Kind needed = field->type.kind;
    if (field->kind == FieldKind::kCheck) needed = Kind::kBool;
    if (field->kind == FieldKind::kSignDate) needed = Kind::kDate;
    if (TakesMark(field->kind)) needed = Kind::kString;
    const bool is_file = field->kind == FieldKind::kFile;
    if (needed != field->type.kind ||
        (is_file ? shape.Text("type") != kFileType
                 : HasRecord(field->type) && field->kind != FieldKind::kValue)) {
      shape.Fail(ErrorCode::kTemplateWrongType, field->id, "type");
    }
    field->label = shape.Text("label");
    if (field->label.empty()) shape.Fail(ErrorCode::kSchemaBadValue, {}, "label");
    field->help = shape.OptionalText("help");
    field->message = shape.OptionalText("message");
    field->autocomplete = shape.OptionalText(is_file ? "accept" : "autocomplete");
    if (is_file) {
      body_.seldom = true;
      if (++files_ > kMaxFileFields) shape.Fail(ErrorCode::kTemplateTooManyFields, {}, "kind");
    } else {
      field->placeholder = shape.OptionalText("placeholder");
      field->input_mode = shape.OptionalText("inputMode");
      const json::Array& options = shape.OptionalList("options");
      for (size_t i = 0; i < options.size() && shape.ok(); ++i) {
        Shape option(shape, options[i], "options", i);
        field->options.push_back({option.Text("value"), option.Text("label")});
        option.Close();
      }
      field->min = ReadConstant(shape, "min", field->type);
      field->max = ReadConstant(shape, "max", field->type);
      field->initial = ReadConstant(shape, "default", field->type);
      int64_t longest = field->type.kind == Kind::kList ? kMaxRepeats : kDefaultMaxLength;
      field->max_length = static_cast<uint32_t>(shape.OptionalInt("maxLength", 1, longest, 0));
    }
    field->sensitivity =
        shape.OptionalBool("sensitive") ? Sensitivity::kSensitive : Sensitivity::kPlain;
    const Value& required = shape.Any("required");
    field->need = !required.is_bool()     ? Need::kConditional
                  : required.bool_value() ? Need::kRequired
                                          : Need::kOptional;
    for (std::string_view name : {"show", "check", "source"}) shape.OptionalAny(name);
  }

  void ReadFieldExpressions(Shape& whole) {
    const json::Array& items = whole.List("fields");
    for (size_t i = 0; i < items.size() && whole.ok(); ++i) {
      Shape shape(whole, items[i], "fields", i);
      Field& field = body_.fields[i];
      if (field.need == Need::kConditional) field.required = ReadCondition(shape, "required");
      field.show = ReadCondition(shape, "show");
      field.check = ReadCondition(shape, "check");
      if (shape.Has("source")) {
        field.source = ReadExpression(shape, "source", Scope::kRecord, Kind::kDyn);
      }
    }
  }

  void ReadComputed(Shape& shape) {
    ReadList(shape, "computed", kMaxComputed, ErrorCode::kTemplateTooManyFields,
             [&](Shape& entry, size_t i) {
               Computed computed;
               computed.id = ReadId(entry, "id");
               computed.label = entry.Text("label");
               computed.type = ReadType(entry, "type");
               values::Type type;
               // Only names that came before are known here, so the order is a topological one and
               // nothing is a circle.
               computed.expression =
                   ReadExpression(entry, "expression", Scope::kFields, Kind::kDyn, &type);
               if (type != computed.type) {
                 entry.Fail(ErrorCode::kTemplateWrongType, type.ToString(), "type");
               }
               AddName(entry, &computed_names_, computed.id, i);
               body_.computed.push_back(std::move(computed));
             });
  }

  // --- the rest of the front matter
  void ReadValidations(Shape& shape) {
    ReadList(
        shape, "validations", SIZE_MAX, ErrorCode::kTemplateTooManyFields,
        [&](Shape& entry, size_t) {
          Validation validation;
          validation.id = ReadId(entry, "id");
          validation.check = ReadExpression(entry, "check", Scope::kFields, Kind::kBool);
          validation.message = entry.Text("message");
          validation.field = entry.OptionalText("field");
          if (!validation.field.empty() && FindName(field_names_, validation.field) == SIZE_MAX) {
            entry.Fail(ErrorCode::kTemplateBadReference, validation.field, "field");
          }
          const String& level = entry.Text("level");
          if (level != "error" && level != "warning") {
            entry.Fail(ErrorCode::kSchemaBadValue, level, "level");
          }
          validation.level = level == "error" ? Level::kError : Level::kWarning;
          body_.validations.push_back(std::move(validation));
        });
  }

  void ReadWorkflow(Shape& shape) {
    Shape workflow(shape, shape.Object("workflow"), "workflow");
    const String& expires = workflow.OptionalText("expires");
    if (!expires.empty()) {
      auto period = values::Period::Parse(expires);
      if (!period) return workflow.Adopt(std::move(period).error(), "expires");
      body_.expires = *period;
    }
    workflow.Close();
  }

  void ReadConsent(Shape& shape) {
    const Value* json = shape.OptionalAny("consent");
    if (json == nullptr) return;
    Shape entry(shape, *json, "consent");
    Consent consent;
    consent.id = ReadId(entry, "id");
    consent.version = entry.Text("version");
    consent.locale = entry.Text("locale");
    consent.summary = entry.Text("summary");
    Shape texts(entry, entry.Object("slots"), "slots");
    for (std::string_view name : kConsentSlots) {
      const String& text = texts.Text(name);
      if (text.empty()) texts.Fail(ErrorCode::kSchemaBadValue, {}, name);
      consent.slots.emplace_back(name, text);
    }
    texts.Close();
    entry.Close();
    body_.consent = std::move(consent);
  }

  // Kept for later versions; their conditions are checked now, so that they can be trusted then.
  void ReadApprovals(Shape& shape) {
    ReadList(shape, "approvals", SIZE_MAX, ErrorCode::kTemplateTooManyFields,
             [&](Shape& entry, size_t) {
               ReadExpression(entry, "when", Scope::kFields, Kind::kBool);
               entry.Text("by");
               entry.Text("why");
             });
    body_.approvals = Value::List(shape.List("approvals"));
  }

  // --- units
  // "units" of the template or of a unit.
  void ReadUnits(Shape& outer, UnitIndex parent, document::BlockKind inside, int depth) {
    const json::Array& items = outer.List("units");
    if (depth > kMaxDepth) outer.Fail(ErrorCode::kTemplateTooDeep, {}, "units");
    for (size_t i = 0; i < items.size() && outer.ok(); ++i) {
      if (body_.units.size() >= kMaxUnits) {
        outer.Fail(ErrorCode::kTemplateTooManyUnits, {}, "units");
      }
      Shape shape(outer, items[i], "units", i);
      ReadUnit(shape, items[i], parent, inside, depth);
    }
  }

  static void ReadKind(Shape& shape, Unit* unit) {
    using document::BlockKind;
    constexpr countersign::Names kKinds("section|paragraph|list|item|group|table|row");
    constexpr BlockKind kKindOf[] = {BlockKind::kSection, BlockKind::kParagraph, BlockKind::kList,
                                     BlockKind::kItem,    BlockKind::kGroup,     BlockKind::kTable,
                                     BlockKind::kRow};
    const String& kind = shape.Text("kind");
    const size_t found = kKinds.Find(kind);
    if (found == countersign::Names::kNone) {
      return shape.Fail(ErrorCode::kSchemaBadValue, kind, "kind");
    }
    unit->kind = kKindOf[found];
    if (unit->kind == BlockKind::kSection) {
      unit->level = static_cast<uint8_t>(shape.Int("level", 1, document::kMaxLevel));
      if (shape.OptionalBool("unnumbered")) {
        unit->style = document::kUnnumbered;
        if (shape.Has("restart")) {
          unit->style = document::kRestarting;
          unit->name = shape.Text("restart");
          if (unit->name.size() - 1 >= kMaxScheduleName) {
            shape.Fail(ErrorCode::kSchemaBadValue, {}, "restart");
          }
        }
      }
    }
    if (unit->kind == BlockKind::kList) {
      const String& style = shape.Text("style");
      if (!document::FindListStyle(style, &unit->style)) {
        shape.Fail(ErrorCode::kSchemaBadValue, style);
      }
    }
  }

  void ReadUnit(Shape& shape, const Value& json, UnitIndex parent, document::BlockKind inside,
                int depth) {
    using document::BlockKind;
    Unit unit;
    unit.parent = parent;
    unit.id = shape.Text("id");
    if (!document::IsId(unit.id)) shape.Fail(ErrorCode::kTemplateBadReference, unit.id, "id");
    ReadKind(shape, &unit);
    if ((unit.kind == BlockKind::kItem) != (inside == BlockKind::kList) ||
        (unit.kind == BlockKind::kRow) != (inside == BlockKind::kTable) ||
        ((unit.kind == BlockKind::kSection || unit.kind == BlockKind::kGroup) &&
         inside == BlockKind::kItem)) {
      shape.Fail(ErrorCode::kSchemaBadValue, {});
    }
    const bool is_list = unit.kind == BlockKind::kList;
    const bool repeated = !is_list && shape.Has("each");
    if (repeated) {
      Shape each(shape, shape.Object("each"), "each");
      unit.loop = OpenLoop(each);
      each.Close();
      if (!shape.ok()) return;
    }
    unit.loops = static_cast<uint8_t>(open_loops_.size());
    if (unit.loops != 0 && unit.id.size() > kMaxRepeatedId) {
      shape.Fail(ErrorCode::kTemplateBadReference, unit.id, "id");
    }
    if (!is_list) {
      unit.when = ReadCondition(shape, "when");
      unit.has_omitted = shape.Has("omitted");
      unit.omitted = shape.OptionalText("omitted");
      if (unit.has_omitted && unit.when == kNoExpression) {
        shape.Fail(ErrorCode::kSchemaUnknownMember, {}, "omitted");
      }
    }
    unit.keep = shape.Flag("keep");
    if (shape.OptionalAny("lock") != nullptr) {
      unit.lock = Lock::kLocked;
      auto hash = CheckLock(json);
      if (!hash) return shape.Adopt(std::move(hash).error());
      locks_.push_back({unit.id, *hash});
    }
    const bool cells = unit.kind == BlockKind::kTable || unit.kind == BlockKind::kRow;
    if (cells || unit.kind == BlockKind::kSection || unit.kind == BlockKind::kParagraph) {
      ReadPieces(shape, "text", depth + 1, &unit.pieces, cells ? Cells::kOnly : Cells::kNone);
    }
    if (cells && shape.ok()) {
      const size_t columns =
          unit.kind == BlockKind::kTable ? unit.pieces.size() : body_.units[parent].pieces.size();
      if (columns == 0 || columns > document::kMaxColumns || unit.pieces.size() != columns) {
        shape.Fail(ErrorCode::kSchemaBadValue, {});
      }
    }
    const BlockKind own = unit.kind;
    const bool holds = own != BlockKind::kParagraph && own != BlockKind::kRow;
    if (holds) shape.List("units");
    shape.Close();
    if (!shape.ok()) return;
    const auto index = static_cast<UnitIndex>(body_.units.size());
    body_.units.push_back(std::move(unit));
    const bool continues =
        own == BlockKind::kSection || body_.numbering == document::Numbering::kMixed;
    for (UnitIndex at = parent; continues && at != kNoUnit && !body_.units[at].numbers_inside;
         at = body_.units[at].parent) {
      body_.units[at].numbers_inside = true;
    }
    const bool inside_repeat = parent != kNoUnit && body_.units[parent].repeat != kNoUnit;
    body_.units[index].repeat = inside_repeat ? body_.units[parent].repeat
                                : repeated    ? index
                                              : kNoUnit;
    if (holds) ReadUnits(shape, index, own, depth + 1);
    body_.units[index].end = static_cast<UnitIndex>(body_.units.size());
    if (repeated) open_loops_.pop_back();
  }

  // Cells stand right in a row, and nothing else does.
  enum class Cells : uint8_t { kNone, kOnly };
  void ReadPieces(Shape& outer, std::string_view list, int depth, Vector<Piece>* pieces,
                  Cells cells = Cells::kNone) {
    const json::Array& items = outer.List(list);
    if (depth > kMaxDepth) outer.Fail(ErrorCode::kTemplateTooDeep, {}, list);
    pieces->reserve(items.size());
    for (size_t i = 0; i < items.size() && outer.ok(); ++i) {
      Shape shape(outer, items[i], list, i);
      Piece piece;
      ReadPiece(shape, items[i], depth, &piece);
      if ((piece.kind == PieceKind::kCell) != (cells == Cells::kOnly)) {
        outer.Fail(ErrorCode::kSchemaBadValue, {}, list);
      }
      pieces->push_back(std::move(piece));
    }
  }

  // In the order of PieceKind, without the text before them and the branch that stands in an "if".
  static constexpr countersign::Names kPieces{
      "strong|em|code|break|link|blank|value|ref|if|each|cell"};
  static constexpr PieceKind kPieceOf[] = {PieceKind::kStrong, PieceKind::kEm,   PieceKind::kCode,
                                           PieceKind::kBreak,  PieceKind::kLink, PieceKind::kBlank,
                                           PieceKind::kValue,  PieceKind::kRef,  PieceKind::kIf,
                                           PieceKind::kEach,   PieceKind::kCell};

  void ReadPiece(Shape& outer, const Value& json, int depth, Piece* piece) {
    if (++pieces_ > kMaxPieces) return outer.Fail(ErrorCode::kTemplateTooManyUnits, {});
    if (json.is_string()) {
      piece->text = json.string_value();
      return;
    }
    if (!json.is_object() || json.members().size() != 1) {
      return outer.Fail(ErrorCode::kSchemaWrongType, {});
    }
    const String& name = json.members()[0].name;
    const size_t found = kPieces.Find(name);
    if (found == countersign::Names::kNone) {
      return outer.Fail(ErrorCode::kSchemaUnknownMember, {}, name);
    }
    piece->kind = kPieceOf[found];
    Shape shape(outer, json.members()[0].value, name);
    switch (piece->kind) {
      case PieceKind::kStrong:
      case PieceKind::kEm:
        return ReadPieces(outer, name, depth + 1, &piece->pieces);
      case PieceKind::kCode:
      case PieceKind::kRef:  // becomes an index when all units are known
        piece->text = outer.Text(name);
        return;
      case PieceKind::kBreak:
        outer.Flag(name);
        return;
      case PieceKind::kLink:
        piece->text = shape.Text("address");
        if (!document::IsSafeAddress(piece->text)) shape.Fail(ErrorCode::kDocumentBadAddress, {});
        ReadPieces(shape, "text", depth + 1, &piece->pieces);
        break;
      case PieceKind::kBlank:
        return ReadBlank(outer, name, piece);
      case PieceKind::kValue: {
        values::Type type;
        piece->index = ReadExpression(shape, "expression", Scope::kFields, Kind::kDyn, &type);
        ReadFormat(shape, type, &piece->format);
        break;
      }
      case PieceKind::kCell:
        piece->text = shape.OptionalText("align");
        if (shape.Has("align") && !document::IsAlignment(piece->text)) {
          shape.Fail(ErrorCode::kSchemaBadValue, piece->text);
        }
        ReadPieces(shape, "text", depth + 1, &piece->pieces);
        break;
      case PieceKind::kIf:
        return ReadBranches(outer, name, depth + 1, &piece->pieces);
      case PieceKind::kEach:
        piece->index = OpenLoop(shape);
        if (!shape.ok()) return;
        piece->text = shape.OptionalText("join");
        if (piece->text.size() > kMaxJoin) shape.Fail(ErrorCode::kSchemaBadValue, {}, "join");
        ReadPieces(shape, "text", depth + 1, &piece->pieces);
        open_loops_.pop_back();
        break;
      case PieceKind::kText:
      case PieceKind::kBranch:
        return;
    }
    shape.Close();
  }

  void ReadBlank(Shape& outer, std::string_view name, Piece* piece) {
    const String& id = outer.Text(name);
    const size_t field = FindName(field_names_, id);
    if (field == SIZE_MAX) return outer.Fail(ErrorCode::kTemplateBadReference, id, name);
    piece->index = field_names_[field].second;
    if (body_.fields[piece->index].kind == FieldKind::kValue || !open_loops_.empty()) {
      outer.Fail(ErrorCode::kTemplateBadReference, {}, name);
    }
  }

  void ReadFormat(Shape& shape, const values::Type& type, values::Format* format) {
    const String& text = shape.Text("format");
    auto parsed = values::Format::Parse(text);
    if (!parsed) return shape.Adopt(std::move(parsed).error(), "format");
    if (!parsed->Takes(type) || parsed->ToString() != text) {
      shape.Fail(ErrorCode::kTemplateWrongType, text, "format");
    }
    says_words_ |= parsed->kind == values::FormatKind::kWords;
    *format = *parsed;
  }

  // All but the last have a condition; the first one too.
  void ReadBranches(Shape& outer, std::string_view name, int depth, Vector<Piece>* branches) {
    const json::Array& items = outer.List(name);
    if (items.empty()) outer.Fail(ErrorCode::kSchemaBadValue, {}, name);
    for (size_t i = 0; i < items.size() && outer.ok(); ++i) {
      Shape shape(outer, items[i], name, i);
      Piece branch;
      branch.kind = PieceKind::kBranch;
      branch.index = ReadCondition(shape, "when");
      if (branch.index == kNoExpression && (i == 0 || i + 1 < items.size())) {
        shape.Fail(ErrorCode::kSchemaMissingMember, {}, "when");
      }
      ReadPieces(shape, "text", depth, &branch.pieces);
      shape.Close();
      branches->push_back(std::move(branch));
    }
  }

  // --- checks that need the whole, of what was read without a fault
  void IndexUnits(Shape& shape) {
    Vector<UnitIndex>& order = body_.units_by_id;
    for (UnitIndex i = 0; i < body_.units.size(); ++i) order.push_back(i);
    Sort(&order,
         [this](UnitIndex a, UnitIndex b) { return body_.units[a].id < body_.units[b].id; });
    for (size_t i = 1; i < order.size(); ++i) {
      const String& id = body_.units[order[i]].id;
      if (id == body_.units[order[i - 1]].id) {
        return shape.Fail(ErrorCode::kTemplateDuplicateId, id, "units");
      }
    }
    for (const auto& [name, index] : field_names_) body_.fields_by_id.push_back(index);
  }

  // What stands in front of the target's number, whose schedule begins again, outside of that.
  String ScheduleOf(UnitIndex target, UnitIndex from) const {
    while (target != kNoUnit && !body_.units[target].Restarts())
      target = body_.units[target].parent;
    if (target == kNoUnit || (from >= target && from < body_.units[target].end)) return {};
    return body_.units[target].name + ", ";
  }

  void ResolvePieces(Shape& shape, UnitIndex unit, Vector<Piece>* pieces) {
    for (Piece& piece : *pieces) {
      if (piece.kind == PieceKind::kRef) {
        UnitIndex target = body_.FindUnit(piece.text);
        if (target == kNoUnit) {
          return shape.Fail(ErrorCode::kTemplateBadReference, piece.text, "units");
        }
        piece.index = target;
        body_.units[body_.Assembled(unit)].has_refs = true;
        AddOnce(&body_.referring, body_.Assembled(unit));
        // What stands in a repeat is meant by what stands in the same one.
        while (target != kNoUnit && body_.units[target].loop == kNoLoop) {
          target = body_.units[target].parent;
        }
        if (target != kNoUnit && (unit < target || unit >= body_.units[target].end)) {
          return shape.Fail(ErrorCode::kTemplateBadReference, piece.text, "units");
        }
        piece.text = ScheduleOf(piece.index, unit);
      } else if (piece.kind == PieceKind::kBlank) {
        Vector<UnitIndex>& placed = body_.placed[piece.index];
        if (placed.empty()) body_.fields[piece.index].unit = body_.units[unit].id;
        if (placed.empty() || placed.back() != unit) placed.push_back(unit);
      } else if (piece.kind == PieceKind::kEach) {
        DependText(unit, body_.loops[piece.index].range);
      } else if (piece.kind == PieceKind::kValue || piece.kind == PieceKind::kBranch) {
        DependText(unit, piece.index);
      } else if (piece.kind == PieceKind::kIf) {
        body_.units[unit].has_branches = true;
      }
      ResolvePieces(shape, unit, &piece.pieces);
    }
  }
  void DependText(UnitIndex unit, ExpressionIndex expression) {
    if (expression == kNoExpression) return;
    for (Slot slot : body_.At(expression).program.slots()) {
      if (slot < body_.SlotCount()) {
        AddOnce(&body_.dependents[slot].text, body_.Assembled(unit));
      }
    }
  }
  static void AddOnce(Vector<uint32_t>* list, uint32_t index) {
    if (list->empty() || list->back() != index) list->push_back(index);
  }

  void CheckReferences(Shape& shape) {
    if (!shape.ok()) return;
    body_.placed.resize(body_.fields.size());
    body_.dependents.resize(body_.SlotCount());
    for (uint32_t i = 0; i < body_.computed.size(); ++i) {
      for (Slot slot : body_.At(body_.computed[i].expression).program.slots()) {
        AddOnce(&body_.dependents[slot].computed, i);
      }
    }
    for (UnitIndex i = 0; i < body_.units.size(); ++i) {
      if (body_.units[i].loop != kNoLoop) DependText(i, body_.loops[body_.units[i].loop].range);
      if (body_.units[i].repeat != kNoUnit) {
        DependText(i, body_.units[i].when);
      } else if (body_.units[i].when != kNoExpression) {
        for (Slot slot : body_.At(body_.units[i].when).program.slots())
          AddOnce(&body_.dependents[slot].when, i);
      }
      ResolvePieces(shape, i, &body_.units[i].pieces);
    }
  }

  // Every locked unit is pinned once more at the top, and nothing is pinned that is not locked: a
  // lock cannot be taken off a unit without a trace.
  void CheckLocks(Shape& shape) {
    const json::Array& pins = shape.List("locks");
    if (pins.size() != locks_.size()) shape.Fail(ErrorCode::kTemplateLockBroken, {}, "locks");
    for (size_t i = 0; i < pins.size() && shape.ok(); ++i) {
      Shape pin(shape, pins[i], "locks", i);
      const String& unit = pin.Text("unit");
      const String& content = pin.Text("content");
      pin.Close();
      if (unit != locks_[i].first || content != locks_[i].second) {
        pin.Fail(ErrorCode::kTemplateLockBroken, unit);
      }
      body_.locked_units.push_back(unit);
    }
  }

  bool ChangesText(Slot slot) const {
    const Dependents& dependents = body_.dependents[slot];
    return !dependents.when.empty() || !dependents.text.empty();
  }

  // Which roles' fields change the text, through computed values too: only the one that signs alone
  // and first may.
  void LinkAndCheckRoles(Shape& shape) {
    if (!shape.ok()) return;
    Vector<char> changes(body_.SlotCount());
    size_t field_count = body_.fields.size();
    for (size_t i = body_.computed.size(); i-- > 0;) {
      Slot own = static_cast<Slot>(field_count + i);
      changes[own] = changes[own] || ChangesText(own);
      if (!changes[own]) continue;
      for (Slot slot : body_.At(body_.computed[i].expression).program.slots()) changes[slot] = 1;
    }
    for (size_t i = 0; i < field_count; ++i) {
      if (!changes[i] && !ChangesText(static_cast<Slot>(i))) continue;
      const String& role = body_.fields[i].role;
      if (role.empty()) continue;
      InsertSorted(role, &body_.text_roles);
    }
    if (shape.Strings("textRoles") != body_.text_roles) {
      shape.Fail(ErrorCode::kTemplateBadReference, {}, "textRoles");
    }
    for (const String& id : body_.text_roles) {
      const Role* role = FindRole(id);
      for (const Role& other : body_.roles) {
        bool too_early =
            other.part == Part::kSigner && other.order <= role->order && other.id != id;
        if (too_early || role->part != Part::kSigner) {
          shape.Fail(ErrorCode::kTemplateLaterSigner, id, "textRoles");
        }
      }
    }
  }

  Template::Body& body_;
  Names field_names_;
  Names computed_names_;
  Vector<values::Type> loop_types_;  // of their variables
  Vector<uint32_t> open_loops_;
  Vector<std::pair<String, String>> locks_;
  size_t pieces_ = 0;
  bool says_words_ = false;  // some value is printed in words
  size_t files_ = 0;         // fields of the kind file
};

}  // namespace

Result<Template> Template::Load(std::string_view bytes) {
  return Load(CS_TRY(json::ReadCanonical(bytes, json::kDocumentLimits)), bytes);
}

Result<Template> Template::Load(const Value& value, std::string_view bytes) {
  auto body = Shared<Body>::Make();
  CS_TRY(Loader(&body.value()).Read(value));
  body.value().compiled_ref = crypto::Sha256(AsBytes(bytes)).ToBase64Url();
  return Template(std::move(body));
}

}  // namespace countersign::templates
