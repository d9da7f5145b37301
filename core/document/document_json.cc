// The canonical JSON form of a document, written and read.
#include <algorithm>
#include <utility>

#include "base/names.h"
#include "base/sort.h"
#include "document/document.h"
#include "json/shape.h"

namespace countersign::document {
namespace {

using json::Shape;
using json::Value;

constexpr Names kBlockNames(
    "section|paragraph|list|item|omitted|omittedItem|table|row|omittedRow|group");

Value One(std::string_view name, Value value) {
  json::Object members;
  members.push_back({String(name), std::move(value)});
  return Value::Make(std::move(members));
}

Value ToJson(const Inlines& inlines);

Value ToJson(const Inline& piece) {
  switch (piece.kind) {
    case InlineKind::kText:
      return Value::String(piece.text);
    case InlineKind::kStrong:
      return One("strong", ToJson(piece.inlines));
    case InlineKind::kEm:
      return One("em", ToJson(piece.inlines));
    case InlineKind::kCode:
      return One("code", Value::String(piece.text));
    case InlineKind::kBreak:
      return One("break", Value::Bool(true));
    case InlineKind::kLink: {
      Value link = One("text", ToJson(piece.inlines));
      link.Set("address", Value::String(piece.text));
      return One("link", std::move(link));
    }
    case InlineKind::kBlank: {
      Value blank = One("field", Value::String(piece.text));
      blank.Set("kind", Value::String(BlankKindName(piece.blank)));
      blank.Set("label", Value::String(piece.label));
      if (!piece.role.empty()) blank.Set("role", Value::String(piece.role));
      return One("blank", std::move(blank));
    }
    case InlineKind::kCell: {
      Value cell = One("text", ToJson(piece.inlines));
      if (!piece.label.empty()) cell.Set("align", Value::String(piece.label));
      return One("cell", std::move(cell));
    }
    case InlineKind::kRef: {
      Value ref = One("unit", Value::String(piece.text));
      ref.Set("text", Value::String(piece.label));
      return One("ref", std::move(ref));
    }
  }
  return Value();
}

Value ToJson(const Inlines& inlines) {
  json::Array items;
  items.reserve(inlines.size());
  for (const Inline& piece : inlines) items.push_back(ToJson(piece));
  return Value::List(std::move(items));
}

Value ToJson(const Vector<Block>& blocks) {
  json::Array items;
  items.reserve(blocks.size());
  for (const Block& block : blocks) items.push_back(document::ToJson(block));
  return Value::List(std::move(items));
}

bool HasBlocks(BlockKind kind) {
  return kind == BlockKind::kSection || kind == BlockKind::kItem || kind == BlockKind::kGroup ||
         IsHolder(kind);
}
bool HasText(BlockKind kind) {
  return kind != BlockKind::kList && kind != BlockKind::kItem && kind != BlockKind::kGroup;
}

// Faults stick in the shapes (json/shape.h).
class Loader {
 public:
  // Cells, and nothing else, stand right in a table's header and rows.
  void ReadInlines(Shape& outer, std::string_view list, int depth, Inlines* inlines,
                   BlockKind in = BlockKind::kParagraph) {
    const json::Array& items = outer.List(list);
    if (depth > kMaxDepth) outer.Fail(ErrorCode::kDocumentTooDeep, {}, list);
    const bool cells = in == BlockKind::kTable || in == BlockKind::kRow;
    for (size_t i = 0; i < items.size() && outer.ok(); ++i) {
      Shape shape(outer, items[i], list, i);
      Inline piece;
      ReadInline(shape, items[i], depth, &piece);
      if ((piece.kind == InlineKind::kCell) != cells) {
        shape.Fail(ErrorCode::kSchemaBadValue, "a cell belongs in a row");
      }
      const bool after_text = !inlines->empty() && inlines->back().kind == InlineKind::kText;
      if (piece.kind == InlineKind::kText && (piece.text.empty() || after_text)) {
        shape.Fail(ErrorCode::kDocumentNotNormal, {});
      }
      inlines->push_back(std::move(piece));
    }
  }

  void ReadBlocks(Shape& outer, int depth, const Block* in, Vector<Block>* blocks) {
    const json::Array& items = outer.List("blocks");
    if (depth > kMaxDepth) outer.Fail(ErrorCode::kDocumentTooDeep, {}, "blocks");
    const bool in_list = in != nullptr && in->kind == BlockKind::kList;
    const bool in_table = in != nullptr && in->kind == BlockKind::kTable;
    for (size_t i = 0; i < items.size() && outer.ok(); ++i) {
      Shape shape(outer, items[i], "blocks", i);
      Block block;
      ReadBlock(shape, items[i], depth, &block);
      if (IsItem(block.kind) != in_list || IsRow(block.kind) != in_table) {
        shape.Fail(ErrorCode::kSchemaBadValue, "items belong in lists, rows in tables");
      }
      const size_t columns =
          block.kind == BlockKind::kRow ? block.inlines.size() : size_t{block.level};
      if (in_table && columns != in->inlines.size()) {
        shape.Fail(ErrorCode::kSchemaBadValue, "a row has as many cells as its table");
      }
      blocks->push_back(std::move(block));
    }
  }

  Result<void> CheckIds() {
    Sort(&ids_);
    auto twice = std::adjacent_find(ids_.begin(), ids_.end());
    if (twice != ids_.end()) return Error(ErrorCode::kDocumentDuplicateId, *twice);
    return {};
  }

 private:
  void Count(Shape& shape) {
    if (++nodes_ > kMaxNodes) shape.Fail(ErrorCode::kDocumentTooLarge, {});
  }

  static const String& ReadId(Shape& shape, std::string_view name) {
    const String& id = shape.Text(name);
    if (!IsId(id)) shape.Fail(ErrorCode::kDocumentBadId, id, name);
    return id;
  }

  void ReadInline(Shape& outer, const Value& value, int depth, Inline* piece) {
    Count(outer);
    if (value.is_string()) {
      piece->text = value.string_value();
      return;
    }
    if (!value.is_object() || value.members().size() != 1) {
      return outer.Fail(ErrorCode::kSchemaWrongType, "text, or an object with one member");
    }
    const String& name = value.members()[0].name;
    Shape shape(outer, value.members()[0].value, name);
    if (name == "strong" || name == "em") {
      piece->kind = name == "em" ? InlineKind::kEm : InlineKind::kStrong;
      return ReadInlines(outer, name, depth + 1, &piece->inlines);
    }
    if (name == "code") {
      piece->kind = InlineKind::kCode;
      piece->text = outer.Text(name);
      return;
    }
    if (name == "break") {
      piece->kind = InlineKind::kBreak;
      outer.Flag(name);
      return;
    }
    if (name == "link") {
      piece->kind = InlineKind::kLink;
      piece->text = shape.Text("address");
      if (!IsSafeAddress(piece->text)) shape.Fail(ErrorCode::kDocumentBadAddress, {});
      ReadInlines(shape, "text", depth + 1, &piece->inlines);
    } else if (name == "blank") {
      piece->kind = InlineKind::kBlank;
      piece->text = ReadId(shape, "field");
      const String& kind = shape.Text("kind");
      if (!FindBlankKind(kind, &piece->blank)) shape.Fail(ErrorCode::kSchemaBadValue, kind);
      piece->label = shape.Text("label");
      if (shape.Has("role")) piece->role = ReadId(shape, "role");
    } else if (name == "cell") {
      piece->kind = InlineKind::kCell;
      if (shape.Has("align")) {
        piece->label = shape.Text("align");
        if (!IsAlignment(piece->label)) shape.Fail(ErrorCode::kSchemaBadValue, piece->label);
      }
      ReadInlines(shape, "text", depth + 1, &piece->inlines);
    } else if (name == "ref") {
      piece->kind = InlineKind::kRef;
      piece->text = ReadId(shape, "unit");
      piece->label = shape.Text("text");
    } else {
      return outer.Fail(ErrorCode::kSchemaUnknownMember, {}, name);
    }
    shape.Close();
  }

  void ReadBlock(Shape& outer, const Value& value, int depth, Block* block) {
    Count(outer);
    if (!value.is_object() || value.members().size() != 1) {
      return outer.Fail(ErrorCode::kSchemaWrongType, "an object with one member");
    }
    const String& name = value.members()[0].name;
    const size_t found = kBlockNames.Find(name);
    if (found == Names::kNone) return outer.Fail(ErrorCode::kSchemaUnknownMember, {}, name);
    block->kind = static_cast<BlockKind>(found);
    Shape shape(outer, value.members()[0].value, name);
    block->id = ReadId(shape, "id");
    ids_.push_back(block->id);
    const bool is_list = block->kind == BlockKind::kList;
    const bool is_table = block->kind == BlockKind::kTable;
    const bool is_omitted = block->kind == BlockKind::kOmitted;
    if (block->kind == BlockKind::kSection || (is_omitted && shape.Has("level"))) {
      block->level = static_cast<uint8_t>(shape.Int("level", 1, kMaxLevel));
    }
    if (block->kind == BlockKind::kOmittedRow) {
      block->level = static_cast<uint8_t>(shape.Int("columns", 1, kMaxColumns));
    }
    if (is_list) {
      const String& style = shape.Text("style");
      if (!FindListStyle(style, &block->style)) shape.Fail(ErrorCode::kSchemaBadValue, style);
    } else if (block->kind != BlockKind::kParagraph && block->kind != BlockKind::kGroup &&
               !is_table && !IsRow(block->kind) && shape.Has("number")) {
      block->number = shape.Text("number");
      if (block->number.empty()) shape.Fail(ErrorCode::kDocumentNotNormal, {}, "number");
    }
    block->keep = shape.Flag("keep");
    if (HasText(block->kind)) {
      ReadInlines(shape, "text", depth + 1, &block->inlines, block->kind);
      if (is_table && (block->inlines.empty() || block->inlines.size() > kMaxColumns)) {
        shape.Fail(ErrorCode::kSchemaBadValue, {}, "text");
      }
    }
    if (HasBlocks(block->kind)) ReadBlocks(shape, depth + 1, block, &block->blocks);
    shape.Close();
  }

  int nodes_ = 0;
  Vector<String> ids_;
};

}  // namespace

Value ToJson(const Block& block) {
  Value inner = One("id", Value::String(block.id));
  std::string_view level = block.kind == BlockKind::kOmittedRow ? "columns" : "level";
  if (block.level != 0) inner.Set(level, Value::Int(block.level));
  if (block.keep) inner.Set("keep", Value::Bool(true));
  if (!block.number.empty()) inner.Set("number", Value::String(block.number));
  if (HasText(block.kind)) {
    inner.Set("text", ToJson(block.inlines));
  }
  if (block.kind == BlockKind::kList) {
    inner.Set("style", Value::String(ListStyleName(block.style)));
  }
  if (HasBlocks(block.kind)) {
    inner.Set("blocks", ToJson(block.blocks));
  }
  return One(kBlockNames[block.kind], std::move(inner));
}

String Write(const Document& document) {
  Value value = One("format", Value::String(kFormat));
  value.Set("title", Value::String(document.title));
  value.Set("locale", Value::String(document.locale));
  value.Set("blocks", ToJson(document.blocks));
  return json::Write(value);
}

Result<Document> Load(std::string_view bytes) {
  Value value = CS_TRY(json::ReadCanonical(bytes, json::kDocumentLimits));
  Shape shape(value, "");
  const String& format = shape.Text("format");
  if (format != kFormat) shape.Fail(ErrorCode::kSchemaBadValue, format, "format");
  Document document;
  document.title = shape.Text("title");
  document.locale = shape.Text("locale");
  Loader loader;
  loader.ReadBlocks(shape, 1, nullptr, &document.blocks);
  CS_TRY(shape.Fault());
  CS_TRY(loader.CheckIds());
  CS_TRY(shape.Finish());
  return document;
}

}  // namespace countersign::document
