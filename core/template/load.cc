// Reads a compiled template as outside data: everything is checked, then lowered. Long because it
// is one reader of one format; the checks that need the whole are at its end.
#include <algorithm>

#include "base/sort.h"
#include "crypto/crypto.h"
#include "json/shape.h"
#include "template/body.h"
#include "template/lock.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using json::Shape;
using json::Value;
using values::Kind;

Error Bad(ErrorCode code, std::string_view detail, std::string_view path) {
  return Error(code, detail, path);
}

bool IsFieldId(std::string_view id) {
  return id.size() <= 64 && document::IsId(id) && id.find('.') == std::string_view::npos;
}

enum class Scope : uint8_t { kFields, kRecord };

class Loader {
 public:
  explicit Loader(Template::Body* body) : body_(*body) {}

  Result<void> Read(const Value& value) {
    Shape shape(value, "");
    String format = CS_TRY(shape.String("format"));
    if (format != kFormat) return Bad(ErrorCode::kTemplateNeedsNewerEngine, format, "/format");
    String engine = CS_TRY(shape.String("engine"));
    if (engine != kEngine) return Bad(ErrorCode::kTemplateNeedsNewerEngine, engine, "/engine");
    body_.id = CS_TRY(ReadId(&shape, "id"));
    body_.version = CS_TRY(shape.Int("version", 1, 1'000'000'000));
    body_.title = CS_TRY(shape.String("title"));
    body_.locale = CS_TRY(shape.String("locale"));
    auto formats = values::Locale::Find(body_.locale);
    if (!formats) return std::move(formats).error().Under("/locale");
    body_.formats = *formats;
    Hash source = CS_TRY(shape.Fixed64<Hash>("source"));
    body_.source_ref = source.ToBase64Url();
    CS_TRY(ReadLibrary(&shape));
    String numbering = CS_TRY(shape.String("numbering"));
    if (!document::FindNumbering(numbering, &body_.numbering)) {
      return Bad(ErrorCode::kSchemaBadValue, numbering, "/numbering");
    }
    CS_TRY(ReadRoles(&shape));
    CS_TRY(ReadFields(&shape));
    CS_TRY(ReadComputed(&shape));
    CS_TRY(ReadFieldExpressions(&shape));
    CS_TRY(ReadValidations(&shape));
    CS_TRY(ReadWorkflow(&shape));
    CS_TRY(ReadConsent(&shape));
    CS_TRY(ReadApprovals(&shape));
    const json::Array* units = CS_TRY(shape.List("units"));
    CS_TRY(ReadUnits(*units, kNoUnit, document::BlockKind::kParagraph, 0, "/units"));
    CS_TRY(IndexUnits());
    CS_TRY(CheckReferences());
    CS_TRY(CheckLocks(&shape));
    CS_TRY(LinkAndCheckRoles(&shape));
    return shape.Finish();
  }

 private:
  // --- ids, types, expressions
  // ---------------------------------------------------------------------
  static Result<String> ReadId(Shape* shape, std::string_view name) {
    String id = CS_TRY(shape->String(name));
    if (!IsFieldId(id)) return Bad(ErrorCode::kTemplateBadReference, id, shape->PathOf(name));
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
      return IsMark(body_.fields[index].kind) ? kNoSlot : index;
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
  Result<uint32_t> OpenLoop(Shape* shape, const String& path) {
    Loop loop;
    loop.name = CS_TRY(ReadId(shape, "name"));
    if (SlotOf(loop.name) != kNoSlot || FindName(field_names_, loop.name) != SIZE_MAX) {
      return Bad(ErrorCode::kTemplateDuplicateId, loop.name, path + "/name");
    }
    if (open_loops_.size() >= kMaxLoops) return Bad(ErrorCode::kTemplateTooDeep, {}, path);
    const Value* range = CS_TRY(shape->Any("in"));
    values::Type type;
    loop.range = CS_TRY(ReadExpression(*range, Scope::kFields, Kind::kList, path + "/in", &type));
    loop_types_.push_back(type.items[0]);
    body_.loops.push_back(std::move(loop));
    open_loops_.push_back(static_cast<uint32_t>(body_.loops.size() - 1));
    return open_loops_.back();
  }

  using Names = Vector<std::pair<String, uint32_t>>;
  static size_t FindName(const Names& names, std::string_view name) {
    auto it = std::lower_bound(names.begin(), names.end(), name,
                               [](const auto& a, std::string_view b) { return a.first < b; });
    return it != names.end() && it->first == name ? static_cast<size_t>(it - names.begin())
                                                  : SIZE_MAX;
  }
  Result<void> AddName(Names* names, std::string_view name, uint32_t index, std::string_view path) {
    if (FindName(field_names_, name) != SIZE_MAX || FindName(computed_names_, name) != SIZE_MAX) {
      return Bad(ErrorCode::kTemplateDuplicateId, name, path);
    }
    auto it = std::lower_bound(names->begin(), names->end(), name,
                               [](const auto& a, std::string_view b) { return a.first < b; });
    names->insert(it, {String(name), index});
    return {};
  }

  static Result<values::Type> ReadType(Shape* shape, std::string_view name) {
    String text = CS_TRY(shape->String(name));
    auto type = values::Type::Parse(text);
    if (!type) return std::move(type).error().Under(shape->PathOf(name));
    if (!IsFieldType(*type)) return Bad(ErrorCode::kTemplateWrongType, text, shape->PathOf(name));
    return *type;
  }

  // `wanted` kDyn: any type.
  Result<ExpressionIndex> ReadExpression(const Value& json, Scope scope, Kind wanted,
                                         const String& path, values::Type* type = nullptr) {
    if (body_.expressions.size() >= kMaxExpressions) {
      return Bad(ErrorCode::kTemplateTooManyExpressions, {}, path);
    }
    // A phone has no functions of the wide set; records are the author's to read.
    expression::Variables variables{
        this, scope == Scope::kFields ? &FindFieldType : &FindRecordType,
        scope == Scope::kFields ? expression::Reach::kContract : expression::Reach::kWhole};
    auto tree = expression::Load(json, variables);
    if (!tree) return std::move(tree).error().Under(path);
    if (wanted != Kind::kDyn && tree->type().kind != wanted) {
      return Bad(ErrorCode::kTemplateWrongType, tree->type().ToString(), path);
    }
    expression::Slots slots{this, scope == Scope::kFields ? &FindSlot : &FindRecordSlot};
    auto program = expression::Lower(*tree, slots);
    if (!program) return std::move(program).error().Under(path);
    if (type != nullptr) *type = tree->type();
    body_.expressions.push_back({std::move(tree->source), *std::move(program)});
    return static_cast<ExpressionIndex>(body_.expressions.size() - 1);
  }

  Result<ExpressionIndex> ReadCondition(Shape* shape, std::string_view name,
                                        Scope scope = Scope::kFields) {
    const Value* json = shape->OptionalAny(name);
    if (json == nullptr) return kNoExpression;
    return ReadExpression(*json, scope, Kind::kBool, shape->PathOf(name));
  }

  // --- roles, fields, computed
  // ---------------------------------------------------------------------
  // Sorted and each once, so that there is one spelling.
  Result<void> ReadLibrary(Shape* shape) {
    const json::Array* pins = CS_TRY(shape->OptionalList("library"));
    if (pins != nullptr && pins->empty()) return Bad(ErrorCode::kSchemaBadValue, {}, "/library");
    for (size_t i = 0; pins != nullptr && i < pins->size(); ++i) {
      const Value& pin = (*pins)[i];
      bool good = pin.is_string() && Hash::FromBase64Url(pin.string_value()).has_value() &&
                  (i == 0 || body_.library.back() < pin.string_value()) && i < kMaxPins;
      if (!good) return Bad(ErrorCode::kSchemaBadValue, {}, "/library");
      body_.library.emplace_back(pin.string_value());
    }
    return {};
  }

  Result<void> ReadRoles(Shape* shape) {
    const json::Array* items = CS_TRY(shape->List("roles"));
    if (items->size() > 64) return Bad(ErrorCode::kTemplateTooManyFields, {}, "/roles");
    for (size_t i = 0; i < items->size(); ++i) {
      Shape entry((*items)[i], "/roles/" + NumberText(i));
      Role role;
      role.id = CS_TRY(ReadId(&entry, "id"));
      role.label = CS_TRY(entry.String("label"));
      bool signs = CS_TRY(entry.Bool("signs"));
      role.part = signs ? Part::kSigner : Part::kNone;
      role.order = static_cast<int>(CS_TRY(entry.Int("order", 1, 64)));
      CS_TRY(entry.Finish());
      if (FindRole(role.id) != nullptr)
        return Bad(ErrorCode::kTemplateDuplicateId, role.id, "/roles");
      body_.roles.push_back(std::move(role));
    }
    return {};
  }
  const Role* FindRole(std::string_view id) const {
    for (const Role& role : body_.roles) {
      if (role.id == id) return &role;
    }
    return nullptr;
  }

  static Result<String> TextOr(Shape* shape, std::string_view name) {
    std::optional<String> text = CS_TRY(shape->OptionalString(name));
    return text ? *std::move(text) : String();
  }
  static Result<std::optional<values::Value>> ReadConstant(Shape* shape, std::string_view name,
                                                           const values::Type& type) {
    const Value* json = shape->OptionalAny(name);
    if (json == nullptr) return std::optional<values::Value>();
    auto value = values::FromJson(*json, type);
    if (!value) return std::move(value).error().Under(shape->PathOf(name));
    return std::optional<values::Value>(*std::move(value));
  }

  Result<void> ReadFields(Shape* shape) {
    const json::Array* items = CS_TRY(shape->List("fields"));
    if (items->size() > kMaxFields) return Bad(ErrorCode::kTemplateTooManyFields, {}, "/fields");
    for (size_t i = 0; i < items->size(); ++i) {
      String path = "/fields/" + NumberText(i);
      Field field = CS_TRY(ReadField((*items)[i], path));
      CS_TRY(AddName(&field_names_, field.id, static_cast<uint32_t>(i), path));
      body_.fields.push_back(std::move(field));
    }
    return {};
  }

  // All but its expressions, which may read fields that come later.
  Result<Field> ReadField(const Value& json, const String& path) {
    Shape shape(json, path);
    Field field;
    field.id = CS_TRY(ReadId(&shape, "id"));
    String kind = CS_TRY(shape.String("kind"));
    if (!document::FindBlankKind(kind, &field.kind))
      return Bad(ErrorCode::kSchemaBadValue, kind, path + "/kind");
    field.type = CS_TRY(ReadType(&shape, "type"));
    field.role = CS_TRY(TextOr(&shape, "role"));
    if (field.role.empty() != (field.kind == FieldKind::kValue)) {
      return Bad(ErrorCode::kSchemaBadValue, "exactly the sender's fields have no role",
                 path + "/role");
    }
    if (!field.role.empty() && FindRole(field.role) == nullptr) {
      return Bad(ErrorCode::kTemplateBadReference, field.role, path + "/role");
    }
    Kind needed = field.type.kind;
    if (field.kind == FieldKind::kCheck) needed = Kind::kBool;
    if (field.kind == FieldKind::kSignDate) needed = Kind::kDate;
    if (field.kind == FieldKind::kSign || field.kind == FieldKind::kInitial) needed = Kind::kString;
    if (needed != field.type.kind)
      return Bad(ErrorCode::kTemplateWrongType, field.id, path + "/type");
    if (HasRecord(field.type) && field.kind != FieldKind::kValue) {
      return Bad(ErrorCode::kTemplateWrongType, field.id, path + "/type");
    }
    field.label = CS_TRY(shape.String("label"));
    if (field.label.empty()) return Bad(ErrorCode::kSchemaBadValue, "empty", path + "/label");
    field.help = CS_TRY(TextOr(&shape, "help"));
    field.message = CS_TRY(TextOr(&shape, "message"));
    field.placeholder = CS_TRY(TextOr(&shape, "placeholder"));
    field.autocomplete = CS_TRY(TextOr(&shape, "autocomplete"));
    field.input_mode = CS_TRY(TextOr(&shape, "inputMode"));
    const json::Array* options = CS_TRY(shape.OptionalList("options"));
    for (size_t i = 0; options != nullptr && i < options->size(); ++i) {
      Shape option((*options)[i], path + "/options/" + NumberText(i));
      String value = CS_TRY(option.String("value"));
      String label = CS_TRY(option.String("label"));
      CS_TRY(option.Finish());
      field.options.push_back({std::move(value), std::move(label)});
    }
    field.min = CS_TRY(ReadConstant(&shape, "min", field.type));
    field.max = CS_TRY(ReadConstant(&shape, "max", field.type));
    field.initial = CS_TRY(ReadConstant(&shape, "default", field.type));
    int64_t longest = field.type.kind == Kind::kList ? kMaxRepeats : kDefaultMaxLength;
    std::optional<int64_t> length = CS_TRY(shape.OptionalInt("maxLength", 1, longest));
    field.max_length = static_cast<uint32_t>(length.value_or(0));
    std::optional<bool> sensitive = CS_TRY(shape.OptionalBool("sensitive"));
    field.sensitivity = sensitive.value_or(false) ? Sensitivity::kSensitive : Sensitivity::kPlain;
    const Value* required = CS_TRY(shape.Any("required"));
    if (required->is_bool()) {
      field.need = required->bool_value() ? Need::kRequired : Need::kOptional;
    } else {
      field.need = Need::kConditional;
    }
    for (std::string_view name : {"show", "check", "source"}) shape.OptionalAny(name);
    CS_TRY(shape.Finish());
    return field;
  }

  Result<void> ReadFieldExpressions(Shape* whole) {
    const json::Array* items = CS_TRY(whole->List("fields"));
    for (size_t i = 0; i < items->size(); ++i) {
      Shape shape((*items)[i], "/fields/" + NumberText(i));
      Field& field = body_.fields[i];
      if (field.need == Need::kConditional)
        field.required = CS_TRY(ReadCondition(&shape, "required"));
      field.show = CS_TRY(ReadCondition(&shape, "show"));
      field.check = CS_TRY(ReadCondition(&shape, "check"));
      if (const Value* source = shape.OptionalAny("source")) {
        field.source =
            CS_TRY(ReadExpression(*source, Scope::kRecord, Kind::kDyn, shape.PathOf("source")));
      }
    }
    return {};
  }

  Result<void> ReadComputed(Shape* shape) {
    const json::Array* items = CS_TRY(shape->List("computed"));
    if (items->size() > kMaxComputed)
      return Bad(ErrorCode::kTemplateTooManyFields, {}, "/computed");
    for (size_t i = 0; i < items->size(); ++i) {
      String path = "/computed/" + NumberText(i);
      Shape entry((*items)[i], path);
      Computed computed;
      computed.id = CS_TRY(ReadId(&entry, "id"));
      computed.label = CS_TRY(entry.String("label"));
      computed.type = CS_TRY(ReadType(&entry, "type"));
      const Value* tree = CS_TRY(entry.Any("expression"));
      values::Type type;
      // Only names that came before are known here, so the order is a topological one and nothing
      // is a circle.
      computed.expression =
          CS_TRY(ReadExpression(*tree, Scope::kFields, Kind::kDyn, path + "/expression", &type));
      if (type != computed.type)
        return Bad(ErrorCode::kTemplateWrongType, type.ToString(), path + "/type");
      CS_TRY(entry.Finish());
      CS_TRY(AddName(&computed_names_, computed.id, static_cast<uint32_t>(i), path));
      body_.computed.push_back(std::move(computed));
    }
    return {};
  }

  // --- the rest of the front matter
  // ----------------------------------------------------------------
  Result<void> ReadValidations(Shape* shape) {
    const json::Array* items = CS_TRY(shape->List("validations"));
    for (size_t i = 0; i < items->size(); ++i) {
      String path = "/validations/" + NumberText(i);
      Shape entry((*items)[i], path);
      Validation validation;
      validation.id = CS_TRY(ReadId(&entry, "id"));
      validation.check = CS_TRY(ReadCondition(&entry, "check"));
      if (validation.check == kNoExpression)
        return Bad(ErrorCode::kSchemaMissingMember, {}, path + "/check");
      validation.message = CS_TRY(entry.String("message"));
      validation.field = CS_TRY(TextOr(&entry, "field"));
      if (!validation.field.empty() && FindName(field_names_, validation.field) == SIZE_MAX) {
        return Bad(ErrorCode::kTemplateBadReference, validation.field, path + "/field");
      }
      String level = CS_TRY(entry.String("level"));
      if (level != "error" && level != "warning")
        return Bad(ErrorCode::kSchemaBadValue, level, path + "/level");
      validation.level = level == "error" ? Level::kError : Level::kWarning;
      CS_TRY(entry.Finish());
      body_.validations.push_back(std::move(validation));
    }
    return {};
  }

  Result<void> ReadWorkflow(Shape* shape) {
    const Value* json = CS_TRY(shape->Object("workflow"));
    Shape workflow(*json, "/workflow");
    String expires = CS_TRY(TextOr(&workflow, "expires"));
    if (!expires.empty()) {
      auto period = values::Period::Parse(expires);
      if (!period) return std::move(period).error().Under("/workflow/expires");
      body_.expires = *period;
    }
    return workflow.Finish();
  }

  Result<void> ReadConsent(Shape* shape) {
    const Value* json = shape->OptionalAny("consent");
    if (json == nullptr) return {};
    Shape entry(*json, "/consent");
    Consent consent;
    consent.id = CS_TRY(ReadId(&entry, "id"));
    consent.version = CS_TRY(entry.String("version"));
    consent.locale = CS_TRY(entry.String("locale"));
    consent.summary = CS_TRY(entry.String("summary"));
    const Value* slots = CS_TRY(entry.Object("slots"));
    Shape texts(*slots, "/consent/slots");
    for (std::string_view name : kConsentSlots) {
      String text = CS_TRY(texts.String(name));
      if (text.empty()) return Bad(ErrorCode::kSchemaBadValue, "empty", texts.PathOf(name));
      consent.slots.emplace_back(name, std::move(text));
    }
    CS_TRY(texts.Finish());
    CS_TRY(entry.Finish());
    body_.consent = std::move(consent);
    return {};
  }

  // Kept for later versions; their conditions are checked now, so that they can be trusted then.
  Result<void> ReadApprovals(Shape* shape) {
    const json::Array* items = CS_TRY(shape->List("approvals"));
    for (size_t i = 0; i < items->size(); ++i) {
      String path = "/approvals/" + NumberText(i);
      Shape entry((*items)[i], path);
      const Value* when = CS_TRY(entry.Any("when"));
      CS_TRY(ReadExpression(*when, Scope::kFields, Kind::kBool, path + "/when"));
      CS_TRY(entry.String("by"));
      CS_TRY(entry.String("why"));
      CS_TRY(entry.Finish());
    }
    body_.approvals = Value::List(*items);
    return {};
  }

  // --- units
  // ---------------------------------------------------------------------------------------
  Result<void> ReadUnits(const json::Array& items, UnitIndex parent, document::BlockKind inside,
                         int depth, const String& path) {
    if (depth > kMaxDepth) return Bad(ErrorCode::kTemplateTooDeep, {}, path);
    for (size_t i = 0; i < items.size(); ++i) {
      if (body_.units.size() >= kMaxUnits) return Bad(ErrorCode::kTemplateTooManyUnits, {}, path);
      CS_TRY(ReadUnit(items[i], parent, inside, depth, path + "/" + NumberText(i)));
    }
    return {};
  }

  Result<void> ReadUnit(const Value& json, UnitIndex parent, document::BlockKind inside, int depth,
                        const String& path) {
    using document::BlockKind;
    Shape shape(json, path);
    Unit unit;
    unit.parent = parent;
    unit.id = CS_TRY(shape.String("id"));
    if (!document::IsId(unit.id))
      return Bad(ErrorCode::kTemplateBadReference, unit.id, path + "/id");
    String kind = CS_TRY(shape.String("kind"));
    if (kind == "section") {
      unit.kind = BlockKind::kSection;
      unit.level = static_cast<uint8_t>(CS_TRY(shape.Int("level", 1, document::kMaxLevel)));
      if (CS_TRY(shape.OptionalBool("unnumbered")).value_or(false))
        unit.style = document::kUnnumbered;
    } else if (kind == "paragraph") {
      unit.kind = BlockKind::kParagraph;
    } else if (kind == "list") {
      unit.kind = BlockKind::kList;
      String style = CS_TRY(shape.String("style"));
      if (!document::FindListStyle(style, &unit.style)) {
        return Bad(ErrorCode::kSchemaBadValue, style, path);
      }
    } else if (kind == "item") {
      unit.kind = BlockKind::kItem;
    } else if (kind == "group") {
      unit.kind = BlockKind::kGroup;
    } else if (kind == "table" || kind == "row") {
      unit.kind = kind == "row" ? BlockKind::kRow : BlockKind::kTable;
    } else {
      return Bad(ErrorCode::kSchemaBadValue, kind, path + "/kind");
    }
    if ((unit.kind == BlockKind::kItem) != (inside == BlockKind::kList) ||
        (unit.kind == BlockKind::kRow) != (inside == BlockKind::kTable) ||
        ((unit.kind == BlockKind::kSection || unit.kind == BlockKind::kGroup) &&
         inside == BlockKind::kItem)) {
      return Bad(ErrorCode::kSchemaBadValue, "a unit of this kind does not belong here", path);
    }
    bool repeated = unit.kind != BlockKind::kList && shape.Has("each");
    if (repeated) CS_TRY(OpenUnitLoop(&shape, path, &unit));
    unit.loops = static_cast<uint8_t>(open_loops_.size());
    if (unit.loops != 0 && unit.id.size() > kMaxRepeatedId) {
      return Bad(ErrorCode::kTemplateBadReference, unit.id, path + "/id");
    }
    if (unit.kind != BlockKind::kList) {
      unit.when = CS_TRY(ReadCondition(&shape, "when"));
      if (std::optional<String> omitted = CS_TRY(shape.OptionalString("omitted"))) {
        if (unit.when == kNoExpression)
          return Bad(ErrorCode::kSchemaUnknownMember, {}, path + "/omitted");
        unit.has_omitted = true;
        unit.omitted = *std::move(omitted);
      }
    }
    bool locked = shape.Has("lock");
    shape.OptionalAny("lock");
    unit.lock = locked ? Lock::kLocked : Lock::kOpen;
    if (locked) {
      auto hash = CheckLock(json);
      if (!hash) return std::move(hash).error().Under(path);
      locks_.push_back({unit.id, *hash});
    }
    bool cells = unit.kind == BlockKind::kTable || unit.kind == BlockKind::kRow;
    bool has_text = cells || unit.kind == BlockKind::kSection || unit.kind == BlockKind::kParagraph;
    if (has_text) {
      const json::Array* pieces = CS_TRY(shape.List("text"));
      unit.pieces = CS_TRY(
          ReadPieces(*pieces, depth + 1, path + "/text", cells ? Cells::kOnly : Cells::kNone));
    }
    if (cells) {
      size_t columns =
          unit.kind == BlockKind::kTable ? unit.pieces.size() : body_.units[parent].pieces.size();
      if (columns == 0 || columns > document::kMaxColumns || unit.pieces.size() != columns) {
        return Bad(ErrorCode::kSchemaBadValue, "a row has as many cells as its table", path);
      }
    }
    const json::Array* children = nullptr;
    if (unit.kind != BlockKind::kParagraph && unit.kind != BlockKind::kRow) {
      children = CS_TRY(shape.List("units"));
    }
    CS_TRY(shape.Finish());
    auto index = static_cast<UnitIndex>(body_.units.size());
    BlockKind own = unit.kind;
    body_.units.push_back(std::move(unit));
    bool inside_repeat = parent != kNoUnit && body_.units[parent].repeat != kNoUnit;
    body_.units[index].repeat = inside_repeat ? body_.units[parent].repeat
                                : repeated    ? index
                                              : kNoUnit;
    if (children != nullptr) CS_TRY(ReadUnits(*children, index, own, depth + 1, path + "/units"));
    body_.units[index].end = static_cast<UnitIndex>(body_.units.size());
    if (repeated) open_loops_.pop_back();
    return {};
  }

  Result<void> OpenUnitLoop(Shape* shape, const String& path, Unit* unit) {
    const Value* json = CS_TRY(shape->Object("each"));
    Shape each(*json, path + "/each");
    unit->loop = CS_TRY(OpenLoop(&each, path + "/each"));
    return each.Finish();
  }

  // Cells stand right in a row, and nothing else does.
  enum class Cells : uint8_t { kNone, kOnly };
  Result<Vector<Piece>> ReadPieces(const json::Array& items, int depth, const String& path,
                                   Cells cells = Cells::kNone) {
    if (depth > kMaxDepth) return Bad(ErrorCode::kTemplateTooDeep, {}, path);
    Vector<Piece> pieces;
    pieces.reserve(items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      Piece piece = CS_TRY(ReadPiece(items[i], depth, path + "/" + NumberText(i)));
      if ((piece.kind == PieceKind::kCell) != (cells == Cells::kOnly)) {
        return Bad(ErrorCode::kSchemaBadValue, "a cell belongs in a row", path);
      }
      pieces.push_back(std::move(piece));
    }
    return pieces;
  }

  Result<Piece> ReadPiece(const Value& json, int depth, const String& path) {
    if (++pieces_ > kMaxPieces) return Bad(ErrorCode::kTemplateTooManyUnits, {}, path);
    Piece piece;
    if (json.is_string()) {
      piece.text = json.string_value();
      return piece;
    }
    if (!json.is_object() || json.members().size() != 1) {
      return Bad(ErrorCode::kSchemaWrongType, "text, or an object with one member", path);
    }
    const String& name = json.members()[0].name;
    const Value& content = json.members()[0].value;
    String at = path + "/" + name;
    Shape outer(json, path);
    if (name == "strong" || name == "em") {
      piece.kind = name == "em" ? PieceKind::kEm : PieceKind::kStrong;
      const json::Array* inner = CS_TRY(outer.List(name));
      piece.pieces = CS_TRY(ReadPieces(*inner, depth + 1, at));
    } else if (name == "code") {
      piece.kind = PieceKind::kCode;
      piece.text = CS_TRY(outer.String(name));
    } else if (name == "break") {
      piece.kind = PieceKind::kBreak;
      if (!CS_TRY(outer.Bool(name))) return Bad(ErrorCode::kSchemaBadValue, {}, at);
    } else if (name == "link") {
      piece.kind = PieceKind::kLink;
      Shape shape(content, at);
      piece.text = CS_TRY(shape.String("address"));
      if (!document::IsSafeAddress(piece.text)) return Bad(ErrorCode::kDocumentBadAddress, {}, at);
      const json::Array* inner = CS_TRY(shape.List("text"));
      CS_TRY(shape.Finish());
      piece.pieces = CS_TRY(ReadPieces(*inner, depth + 1, at));
    } else if (name == "blank") {
      piece.kind = PieceKind::kBlank;
      String id = CS_TRY(outer.String(name));
      size_t field = FindName(field_names_, id);
      if (field == SIZE_MAX) return Bad(ErrorCode::kTemplateBadReference, id, at);
      piece.index = field_names_[field].second;
      if (body_.fields[piece.index].kind == FieldKind::kValue || !open_loops_.empty()) {
        return Bad(ErrorCode::kTemplateBadReference,
                   "the sender's fields have no blank, and no repeat has one", at);
      }
    } else if (name == "value") {
      piece.kind = PieceKind::kValue;
      Shape shape(content, at);
      const Value* tree = CS_TRY(shape.Any("expression"));
      values::Type type;
      piece.index =
          CS_TRY(ReadExpression(*tree, Scope::kFields, Kind::kDyn, at + "/expression", &type));
      String format = CS_TRY(shape.String("format"));
      CS_TRY(shape.Finish());
      auto parsed = values::Format::Parse(format);
      if (!parsed) return std::move(parsed).error().Under(at + "/format");
      if (!parsed->Takes(type) || parsed->ToString() != format) {
        return Bad(ErrorCode::kTemplateWrongType, format, at + "/format");
      }
      piece.format = *parsed;
    } else if (name == "ref") {
      piece.kind = PieceKind::kRef;
      piece.text = CS_TRY(outer.String(name));  // becomes an index when all units are known
    } else if (name == "cell") {
      piece.kind = PieceKind::kCell;
      Shape shape(content, at);
      piece.text = CS_TRY(TextOr(&shape, "align"));
      bool known = piece.text == "left" || piece.text == "center" || piece.text == "right";
      if (shape.Has("align") && !known) return Bad(ErrorCode::kSchemaBadValue, piece.text, at);
      const json::Array* inner = CS_TRY(shape.List("text"));
      CS_TRY(shape.Finish());
      piece.pieces = CS_TRY(ReadPieces(*inner, depth + 1, at));
    } else if (name == "if") {
      piece.kind = PieceKind::kIf;
      const json::Array* branches = CS_TRY(outer.List(name));
      CS_TRY(ReadBranches(*branches, depth + 1, at, &piece.pieces));
    } else if (name == "each") {
      piece.kind = PieceKind::kEach;
      CS_TRY(ReadEach(content, depth, at, &piece));
    } else {
      return Bad(ErrorCode::kSchemaUnknownMember, {}, at);
    }
    return piece;
  }

  // All but the last have a condition; the first one too.
  Result<void> ReadBranches(const json::Array& items, int depth, const String& path,
                            Vector<Piece>* branches) {
    if (items.empty()) return Bad(ErrorCode::kSchemaBadValue, "empty", path);
    for (size_t i = 0; i < items.size(); ++i) {
      String at = path + "/" + NumberText(i);
      Shape shape(items[i], at);
      Piece branch;
      branch.kind = PieceKind::kBranch;
      branch.index = CS_TRY(ReadCondition(&shape, "when"));
      if (branch.index == kNoExpression && (i == 0 || i + 1 < items.size())) {
        return Bad(ErrorCode::kSchemaMissingMember, {}, at + "/when");
      }
      const json::Array* text = CS_TRY(shape.List("text"));
      branch.pieces = CS_TRY(ReadPieces(*text, depth, at + "/text"));
      CS_TRY(shape.Finish());
      branches->push_back(std::move(branch));
    }
    return {};
  }

  Result<void> ReadEach(const Value& json, int depth, const String& path, Piece* each) {
    Shape shape(json, path);
    each->index = CS_TRY(OpenLoop(&shape, path));
    each->text = CS_TRY(TextOr(&shape, "join"));
    if (each->text.size() > kMaxJoin) return Bad(ErrorCode::kSchemaBadValue, {}, path + "/join");
    const json::Array* text = CS_TRY(shape.List("text"));
    each->pieces = CS_TRY(ReadPieces(*text, depth + 1, path + "/text"));
    open_loops_.pop_back();
    return shape.Finish();
  }

  // --- checks that need the whole
  // ------------------------------------------------------------------
  Result<void> IndexUnits() {
    Vector<UnitIndex>& order = body_.units_by_id;
    for (UnitIndex i = 0; i < body_.units.size(); ++i) order.push_back(i);
    Sort(&order,
         [this](UnitIndex a, UnitIndex b) { return body_.units[a].id < body_.units[b].id; });
    for (size_t i = 1; i < order.size(); ++i) {
      const String& id = body_.units[order[i]].id;
      if (id == body_.units[order[i - 1]].id)
        return Bad(ErrorCode::kTemplateDuplicateId, id, "/units");
    }
    for (const auto& [name, index] : field_names_) body_.fields_by_id.push_back(index);
    return {};
  }

  Result<void> ResolvePieces(UnitIndex unit, Vector<Piece>* pieces) {
    for (Piece& piece : *pieces) {
      if (piece.kind == PieceKind::kRef) {
        UnitIndex target = body_.FindUnit(piece.text);
        if (target == kNoUnit) return Bad(ErrorCode::kTemplateBadReference, piece.text, "/units");
        piece.index = target;
        body_.units[body_.Assembled(unit)].has_refs = true;
        // What stands in a repeat is meant by what stands in the same one.
        while (target != kNoUnit && body_.units[target].loop == kNoLoop) {
          target = body_.units[target].parent;
        }
        if (target != kNoUnit && (unit < target || unit >= body_.units[target].end)) {
          return Bad(ErrorCode::kTemplateBadReference, piece.text, "/units");
        }
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
      CS_TRY(ResolvePieces(unit, &piece.pieces));
    }
    return {};
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

  Result<void> CheckReferences() {
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
      CS_TRY(ResolvePieces(i, &body_.units[i].pieces));
    }
    return {};
  }

  // Every locked unit is pinned once more at the top, and nothing is pinned that is not locked: a
  // lock cannot be taken off a unit without a trace.
  Result<void> CheckLocks(Shape* shape) {
    const json::Array* pins = CS_TRY(shape->List("locks"));
    if (pins->size() != locks_.size()) return Bad(ErrorCode::kTemplateLockBroken, {}, "/locks");
    for (size_t i = 0; i < pins->size(); ++i) {
      Shape pin((*pins)[i], "/locks/" + NumberText(i));
      String unit = CS_TRY(pin.String("unit"));
      String content = CS_TRY(pin.String("content"));
      CS_TRY(pin.Finish());
      if (unit != locks_[i].first || content != locks_[i].second) {
        return Bad(ErrorCode::kTemplateLockBroken, unit, "/locks/" + NumberText(i));
      }
      body_.locked_units.push_back(std::move(unit));
    }
    return {};
  }

  bool ChangesText(Slot slot) const {
    const Dependents& dependents = body_.dependents[slot];
    return !dependents.when.empty() || !dependents.text.empty();
  }

  // Which roles' fields change the text, through computed values too: only the one that signs alone
  // and first may.
  Result<void> LinkAndCheckRoles(Shape* shape) {
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
      auto it = std::lower_bound(body_.text_roles.begin(), body_.text_roles.end(), role);
      if (it == body_.text_roles.end() || *it != role) body_.text_roles.insert(it, role);
    }
    Vector<String> claimed = CS_TRY(shape->Strings("textRoles"));
    if (claimed != body_.text_roles) return Bad(ErrorCode::kTemplateBadReference, {}, "/textRoles");
    for (const String& id : body_.text_roles) {
      const Role* role = FindRole(id);
      for (const Role& other : body_.roles) {
        bool too_early =
            other.part == Part::kSigner && other.order <= role->order && other.id != id;
        if (too_early || role->part != Part::kSigner)
          return Bad(ErrorCode::kTemplateLaterSigner, id, "/textRoles");
      }
    }
    return {};
  }

  Template::Body& body_;
  Names field_names_;
  Names computed_names_;
  Vector<values::Type> loop_types_;  // of their variables
  Vector<uint32_t> open_loops_;
  Vector<std::pair<String, String>> locks_;
  size_t pieces_ = 0;
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
