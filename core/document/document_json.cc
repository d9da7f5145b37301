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

bool IsAlignment(std::string_view text) {
  return text == "left" || text == "center" || text == "right";
}
bool HasBlocks(BlockKind kind) {
  return kind == BlockKind::kSection || kind == BlockKind::kItem || kind == BlockKind::kGroup ||
         IsHolder(kind);
}
bool HasText(BlockKind kind) {
  return kind != BlockKind::kList && kind != BlockKind::kItem && kind != BlockKind::kGroup;
}

class Loader {
 public:
  // Cells, and nothing else, stand right in a table's header and rows.
  Result<Inlines> ReadInlines(const json::Array& items, int depth, const String& path,
                              BlockKind in = BlockKind::kParagraph) {
    if (depth > kMaxDepth) return Error(ErrorCode::kDocumentTooDeep, {}, path);
    Inlines inlines;
    inlines.reserve(items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      String at = path + "/" + NumberText(i);
      Inline piece = CS_TRY(ReadInline(items[i], depth, at));
      bool is_text = piece.kind == InlineKind::kText;
      bool cells = in == BlockKind::kTable || in == BlockKind::kRow;
      if ((piece.kind == InlineKind::kCell) != cells) {
        return Error(ErrorCode::kSchemaBadValue, "a cell belongs in a row", at);
      }
      if (is_text &&
          (piece.text.empty() || (!inlines.empty() && inlines.back().kind == InlineKind::kText))) {
        return Error(ErrorCode::kDocumentNotNormal, {}, at);
      }
      inlines.push_back(std::move(piece));
    }
    return inlines;
  }

  Result<Vector<Block>> ReadBlocks(const json::Array& items, int depth, const String& path,
                                   const Block* in) {
    if (depth > kMaxDepth) return Error(ErrorCode::kDocumentTooDeep, {}, path);
    Vector<Block> blocks;
    blocks.reserve(items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      String at = path + "/" + NumberText(i);
      Block block = CS_TRY(ReadBlock(items[i], depth, at));
      bool in_list = in != nullptr && in->kind == BlockKind::kList;
      bool in_table = in != nullptr && in->kind == BlockKind::kTable;
      if (IsItem(block.kind) != in_list || IsRow(block.kind) != in_table) {
        return Error(ErrorCode::kSchemaBadValue, "items belong in lists, rows in tables", at);
      }
      size_t columns = block.kind == BlockKind::kRow ? block.inlines.size() : block.level;
      if (in_table && columns != in->inlines.size()) {
        return Error(ErrorCode::kSchemaBadValue, "a row has as many cells as its table", at);
      }
      blocks.push_back(std::move(block));
    }
    return blocks;
  }

  Result<void> CheckIds() {
    Sort(&ids_);
    auto twice = std::adjacent_find(ids_.begin(), ids_.end());
    if (twice != ids_.end()) return Error(ErrorCode::kDocumentDuplicateId, *twice);
    return {};
  }

 private:
  Result<void> Count(const String& path) {
    if (++nodes_ > kMaxNodes) return Error(ErrorCode::kDocumentTooLarge, {}, path);
    return {};
  }

  static Result<String> ReadId(Shape* shape, std::string_view name) {
    String id = CS_TRY(shape->String(name));
    if (!IsId(id)) return Error(ErrorCode::kDocumentBadId, id, shape->PathOf(name));
    return id;
  }

  Result<Inline> ReadInline(const Value& value, int depth, const String& path) {
    CS_TRY(Count(path));
    Inline piece;
    if (value.is_string()) {
      piece.text = value.string_value();
      return piece;
    }
    if (!value.is_object() || value.members().size() != 1) {
      return Error(ErrorCode::kSchemaWrongType, "text, or an object with one member", path);
    }
    const String& name = value.members()[0].name;
    const Value& content = value.members()[0].value;
    String at = path + "/" + name;
    if (name == "strong" || name == "em") {
      piece.kind = name == "em" ? InlineKind::kEm : InlineKind::kStrong;
      Shape shape(value, path);
      const json::Array* inner = CS_TRY(shape.List(name));
      piece.inlines = CS_TRY(ReadInlines(*inner, depth + 1, at));
    } else if (name == "code") {
      piece.kind = InlineKind::kCode;
      Shape shape(value, path);
      piece.text = CS_TRY(shape.String(name));
    } else if (name == "break") {
      piece.kind = InlineKind::kBreak;
      if (!content.is_bool() || !content.bool_value())
        return Error(ErrorCode::kSchemaBadValue, {}, at);
    } else if (name == "link") {
      piece.kind = InlineKind::kLink;
      Shape shape(content, at);
      piece.text = CS_TRY(shape.String("address"));
      if (!IsSafeAddress(piece.text)) return Error(ErrorCode::kDocumentBadAddress, {}, at);
      const json::Array* inner = CS_TRY(shape.List("text"));
      piece.inlines = CS_TRY(ReadInlines(*inner, depth + 1, at));
      CS_TRY(shape.Finish());
    } else if (name == "blank") {
      piece.kind = InlineKind::kBlank;
      Shape shape(content, at);
      piece.text = CS_TRY(ReadId(&shape, "field"));
      String kind = CS_TRY(shape.String("kind"));
      if (!FindBlankKind(kind, &piece.blank)) return Error(ErrorCode::kSchemaBadValue, kind, at);
      piece.label = CS_TRY(shape.String("label"));
      if (shape.Has("role")) piece.role = CS_TRY(ReadId(&shape, "role"));
      CS_TRY(shape.Finish());
    } else if (name == "cell") {
      piece.kind = InlineKind::kCell;
      Shape shape(content, at);
      if (shape.Has("align")) {
        piece.label = CS_TRY(shape.String("align"));
        if (!IsAlignment(piece.label)) return Error(ErrorCode::kSchemaBadValue, piece.label, at);
      }
      const json::Array* inner = CS_TRY(shape.List("text"));
      piece.inlines = CS_TRY(ReadInlines(*inner, depth + 1, at));
      CS_TRY(shape.Finish());
    } else if (name == "ref") {
      piece.kind = InlineKind::kRef;
      Shape shape(content, at);
      piece.text = CS_TRY(ReadId(&shape, "unit"));
      piece.label = CS_TRY(shape.String("text"));
      CS_TRY(shape.Finish());
    } else {
      return Error(ErrorCode::kSchemaUnknownMember, {}, at);
    }
    return piece;
  }

  Result<Block> ReadBlock(const Value& value, int depth, const String& path) {
    CS_TRY(Count(path));
    if (!value.is_object() || value.members().size() != 1) {
      return Error(ErrorCode::kSchemaWrongType, "an object with one member", path);
    }
    const String& name = value.members()[0].name;
    const size_t found = kBlockNames.Find(name);
    if (found == Names::kNone) {
      return Error(ErrorCode::kSchemaUnknownMember, {}, path + "/" + name);
    }
    Block block;
    block.kind = static_cast<BlockKind>(found);
    String at = path + "/" + name;
    Shape shape(value.members()[0].value, at);
    block.id = CS_TRY(ReadId(&shape, "id"));
    ids_.push_back(block.id);
    bool is_list = block.kind == BlockKind::kList;
    bool is_table = block.kind == BlockKind::kTable;
    bool is_omitted = block.kind == BlockKind::kOmitted;
    if (block.kind == BlockKind::kSection || (is_omitted && shape.Has("level"))) {
      block.level = static_cast<uint8_t>(CS_TRY(shape.Int("level", 1, kMaxLevel)));
    }
    if (block.kind == BlockKind::kOmittedRow) {
      block.level = static_cast<uint8_t>(CS_TRY(shape.Int("columns", 1, kMaxColumns)));
    }
    if (is_list) {
      String style = CS_TRY(shape.String("style"));
      if (!FindListStyle(style, &block.style)) {
        return Error(ErrorCode::kSchemaBadValue, style, at);
      }
    } else if (block.kind != BlockKind::kParagraph && block.kind != BlockKind::kGroup &&
               !is_table && !IsRow(block.kind) && shape.Has("number")) {
      block.number = CS_TRY(shape.String("number"));
      if (block.number.empty()) return Error(ErrorCode::kDocumentNotNormal, {}, at + "/number");
    }
    if (HasText(block.kind)) {
      const json::Array* text = CS_TRY(shape.List("text"));
      block.inlines = CS_TRY(ReadInlines(*text, depth + 1, at + "/text", block.kind));
      if (is_table && (block.inlines.empty() || block.inlines.size() > kMaxColumns)) {
        return Error(ErrorCode::kSchemaBadValue, {}, at + "/text");
      }
    }
    if (HasBlocks(block.kind)) {
      const json::Array* blocks = CS_TRY(shape.List("blocks"));
      block.blocks = CS_TRY(ReadBlocks(*blocks, depth + 1, at + "/blocks", &block));
    }
    CS_TRY(shape.Finish());
    return block;
  }

  int nodes_ = 0;
  Vector<String> ids_;
};

}  // namespace

Value ToJson(const Block& block) {
  Value inner = One("id", Value::String(block.id));
  std::string_view level = block.kind == BlockKind::kOmittedRow ? "columns" : "level";
  if (block.level != 0) inner.Set(level, Value::Int(block.level));
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
  String format = CS_TRY(shape.String("format"));
  if (format != kFormat) return Error(ErrorCode::kSchemaBadValue, format, "/format");
  Document document;
  document.title = CS_TRY(shape.String("title"));
  document.locale = CS_TRY(shape.String("locale"));
  Loader loader;
  const json::Array* blocks = CS_TRY(shape.List("blocks"));
  document.blocks = CS_TRY(loader.ReadBlocks(*blocks, 1, "/blocks", nullptr));
  CS_TRY(loader.CheckIds());
  CS_TRY(shape.Finish());
  return document;
}

}  // namespace countersign::document
