// The rules of assembly (FORMAT.md sections 6 and 7) written down as plainly as possible: a walk
// over the compiled JSON, everything from scratch, to compare the assembler with. Expressions are
// run by the reference evaluator; only formats, separators and letters of numbers are shared.
#ifndef COUNTERSIGN_TESTS_SUPPORT_NAIVE_ASSEMBLER_H_
#define COUNTERSIGN_TESTS_SUPPORT_NAIVE_ASSEMBLER_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/string.h"
#include "document/document.h"
#include "json/value.h"
#include "support/reference_evaluator.h"
#include "template/template.h"
#include "values/format.h"

namespace countersign::testing {

class NaiveAssembler {
 public:
  // nullopt where anything is unsettled.
  static std::optional<document::Document> Run(const json::Value& compiled,
                                               const templates::Values& values) {
    NaiveAssembler assembler(compiled);
    return assembler.Assemble(values);
  }

 private:
  using Value = json::Value;
  using Block = document::Block;
  using Inline = document::Inline;
  using BlockKind = document::BlockKind;
  using InlineKind = document::InlineKind;

  explicit NaiveAssembler(const Value& compiled)
      : compiled_(compiled), locale_(*values::Locale::Find(Get("locale").string_value())) {
    if (const Value* words = compiled.Find("words"))
      locale_ = locale_.WithWords(words->string_value());
  }

  const Value& Get(std::string_view name) const { return *compiled_.Find(name); }

  std::optional<document::Document> Assemble(const templates::Values& given) {
    for (const Value& field : Get("fields").items())
      types_[field.Find("id")->string_value()] =
          *values::Type::Parse(field.Find("type")->string_value());
    for (const templates::FieldValue& value : given) known_[value.id] = value.value;
    for (const Value& computed : Get("computed").items()) {
      const String& id = computed.Find("id")->string_value();
      auto result = Evaluate(*computed.Find("expression"));
      if (result.value) known_[id] = *result.value;
      types_[id] = *values::Type::Parse(computed.Find("type")->string_value());
    }
    document::Document document{
        .title = Get("title").string_value(), .locale = Get("locale").string_value(), .blocks = {}};
    for (const Value& unit : Get("units").items()) Place(unit, &document.blocks);
    NumberAll(&document.blocks, "", 0);
    FillReferences(document.blocks, &document.blocks);
    if (!settled_) return std::nullopt;
    return document;
  }

  ReferenceResult Evaluate(const Value& json) {
    expression::Variables variables{
        this, [](const void* self, std::string_view name) -> const values::Type* {
          const auto& types = static_cast<const NaiveAssembler*>(self)->types_;
          auto it = types.find(String(name));
          return it == types.end() ? nullptr : &it->second;
        }};
    auto tree = expression::Load(json, variables);
    EXPECT_TRUE(tree.has_value());
    expression::Bindings bindings(tree->reads.size());
    for (size_t i = 0; i < tree->reads.size(); ++i) {
      auto it = known_.find(tree->reads[i]);
      if (it != known_.end()) bindings.Set(static_cast<uint32_t>(i), it->second);
    }
    return ReferenceEvaluator(*tree, expression::SlotsOf(tree->reads), bindings).Run();
  }

  // Each item of a loop in its turn, with its number from 1. The number of items.
  template <class Body>
  size_t ForEach(const Value& each, Body body) {
    auto range = Evaluate(*each.Find("in"));
    if (!range.value || range.value->items().size() > 1000) {
      settled_ = false;
      return 0;
    }
    const String& name = each.Find("name")->string_value();
    types_[name] = values::Type::Parse(each.Find("in")->Find("type")->string_value())->items[0];
    size_t count = range.value->items().size();
    for (size_t i = 0; i < count; ++i) {
      known_[name] = range.value->items()[i];
      body(i, count);
    }
    known_.erase(name);
    types_.erase(name);
    return count;
  }

  // --- units

  void Place(const Value& unit, Vector<Block>* out) {
    const Value* each = unit.Find("each");
    if (each == nullptr) return PlaceOne(unit, out);
    String around = suffix_;
    ForEach(*each, [&](size_t i, size_t) {
      suffix_ = around + ".." + NumberText(i + 1);
      PlaceOne(unit, out);
    });
    suffix_ = around;
  }

  void PlaceOne(const Value& unit, Vector<Block>* out) {
    const String& kind = unit.Find("kind")->string_value();
    Block block;
    block.id = unit.Find("id")->string_value() + suffix_;
    if (const Value* level = unit.Find("level"))
      block.level = static_cast<uint8_t>(level->int_value());
    block.keep = unit.Find("keep") != nullptr;
    bool bare = unit.Find("unnumbered") != nullptr && unit.Find("unnumbered")->bool_value();
    if (bare) bare_.insert(block.id);
    if (unit.Find("restart") != nullptr)
      restarting_[block.id] = unit.Find("restart")->string_value();
    if (bare) block.style = document::kUnnumbered;  // as the assembler's, which compares equal
    if (const Value* when = unit.Find("when")) {
      auto holds = Evaluate(*when);
      if (!holds.IsBool(true) && !holds.IsBool(false)) settled_ = false;
      const Value* omitted = unit.Find("omitted");
      if (holds.IsBool(false) && omitted != nullptr) {
        block.kind = kind == "item" ? BlockKind::kOmittedItem : BlockKind::kOmitted;
        if (kind == "row") {
          block.kind = BlockKind::kOmittedRow;
          block.level = static_cast<uint8_t>(unit.Find("text")->items().size());
        }
        if (!omitted->string_value().empty())
          block.inlines.push_back(document::Text(omitted->string_value()));
        out->push_back(block);
      }
      if (!holds.IsBool(true)) return;
    }
    if (kind == "section") block.kind = BlockKind::kSection;
    if (kind == "paragraph") block.kind = BlockKind::kParagraph;
    if (kind == "list") block.kind = BlockKind::kList;
    if (kind == "item") block.kind = BlockKind::kItem;
    if (kind == "table") block.kind = BlockKind::kTable;
    if (kind == "row") block.kind = BlockKind::kRow;
    if (kind == "group") block.kind = BlockKind::kGroup;
    if (kind == "list" && unit.Find("style")->string_value() == "recitals")
      block.style = document::ListStyle::kRecitals;
    if (kind == "list" && unit.Find("style")->string_value() == "ordered")
      block.style = document::ListStyle::kOrdered;
    if (const Value* text = unit.Find("text")) {
      Write(*text, &block.inlines);
      document::Normalise(&block.inlines);
    }
    if (const Value* inner = unit.Find("units")) {
      for (const Value& child : inner->items()) Place(child, &block.blocks);
    }
    if ((kind == "list" || kind == "table") && block.blocks.empty()) return;
    out->push_back(std::move(block));
  }

  // --- text

  void Write(const Value& pieces, document::Inlines* out) {
    for (const Value& piece : pieces.items()) WritePiece(piece, out);
  }

  void WritePiece(const Value& piece, document::Inlines* out) {
    if (piece.is_string()) return out->push_back(document::Text(piece.string_value()));
    const String& name = piece.members()[0].name;
    const Value& content = piece.members()[0].value;
    Inline made;
    if (name == "if") {
      for (const Value& branch : content.items()) {
        const Value* when = branch.Find("when");
        if (when != nullptr) {
          auto holds = Evaluate(*when);
          if (holds.IsBool(false)) continue;
          if (!holds.IsBool(true)) {
            settled_ = false;
            return;
          }
        }
        return Write(*branch.Find("text"), out);
      }
      return;
    }
    if (name == "each") {
      const Value* join = content.Find("join");
      ForEach(content, [&](size_t i, size_t count) {
        document::Inlines item;
        Write(*content.Find("text"), &item);
        document::Normalise(&item);
        if (i > 0 && join != nullptr)
          out->push_back(document::Text(
              values::ListSeparator(join->string_value(), i, count, Beginning(item), locale_)));
        out->insert(out->end(), item.begin(), item.end());
      });
      return;
    }
    if (name == "cell") {
      made.kind = InlineKind::kCell;
      if (const Value* align = content.Find("align")) made.label = align->string_value();
      Write(*content.Find("text"), &made.inlines);
    } else if (name == "strong" || name == "em") {
      made.kind = name == "em" ? InlineKind::kEm : InlineKind::kStrong;
      Write(content, &made.inlines);
    } else if (name == "code") {
      made.kind = InlineKind::kCode;
      made.text = content.string_value();
    } else if (name == "break") {
      made.kind = InlineKind::kBreak;
    } else if (name == "link") {
      made.kind = InlineKind::kLink;
      made.text = content.Find("address")->string_value();
      Write(*content.Find("text"), &made.inlines);
    } else if (name == "blank") {
      made.kind = InlineKind::kBlank;
      for (const Value& field : Get("fields").items()) {
        if (field.Find("id")->string_value() != content.string_value()) continue;
        made.text = content.string_value();
        EXPECT_TRUE(document::FindBlankKind(field.Find("kind")->string_value(), &made.blank));
        made.label = field.Find("label")->string_value();
        made.role = field.Find("role")->string_value();
      }
    } else if (name == "ref") {
      made.kind = InlineKind::kRef;
      made.text = content.string_value() + suffix_;  // with too many items: cut when all is known
    } else {
      auto result = Evaluate(*content.Find("expression"));
      auto format = values::Format::Parse(content.Find("format")->string_value());
      auto text = result.value ? values::FormatValue(*result.value, *format, locale_)
                               : Result<String>(ErrorCode::kValuesInexact);
      if (!text) settled_ = false;
      if (text) made.text = *text;
    }
    out->push_back(std::move(made));
  }

  static String Beginning(const document::Inlines& inlines) {
    if (inlines.empty()) return "";
    return inlines[0].inlines.empty() ? inlines[0].text : Beginning(inlines[0].inlines);
  }

  // --- numbers and references

  void NumberAll(Vector<Block>* blocks, const String& outer, int lists) {
    uint32_t sections = 0;
    NumberAll(blocks, outer, lists, &sections);
  }
  void NumberAll(Vector<Block>* blocks, const String& outer, int lists, uint32_t* count) {
    const String& scheme = Get("numbering").string_value();
    uint32_t& sections = *count;
    for (Block& block : *blocks) {
      bool bare = bare_.count(block.id) != 0;
      if (restarting_.count(block.id) != 0)
        NumberAll(&block.blocks, "", 0);
      else if (block.kind == BlockKind::kGroup || bare)
        NumberAll(&block.blocks, outer, lists, count);
      if (!bare && (block.kind == BlockKind::kSection ||
                    (block.kind == BlockKind::kOmitted && block.level > 0))) {
        auto depth = static_cast<int>(std::count(outer.begin(), outer.end(), '.'));
        String own = NumberText(++sections);
        if (scheme == "outline") own = Outline(depth, sections);
        String number = outer + own;
        if (scheme == "sections" || scheme == "outline" || (scheme == "mixed" && depth == 0))
          block.number = number + (outer.empty() ? "." : "");
        if (scheme == "mixed" && depth > 0) block.number = Letter("none", depth - 1, sections);
        NumberAll(&block.blocks, number + ".", scheme == "mixed" ? depth : 0);
      }
      bool ordered = block.style == document::ListStyle::kOrdered;
      uint32_t n = 0;
      for (Block& item : block.blocks) {
        if (block.kind != BlockKind::kList) break;
        ++n;
        if (ordered) item.number = Letter(scheme, lists, n);
        if (block.style == document::ListStyle::kRecitals) item.number = Letter("none", 2, n);
        NumberAll(&item.blocks, "", lists + (ordered ? 1 : 0));
      }
    }
  }

  // I, A, 1, a, i
  static String Outline(int depth, uint32_t n) {
    String text = depth % 5 == 0 || depth % 5 == 4 ? document::RomanNumber(n)
                  : depth % 5 == 2                 ? NumberText(n)
                                                   : document::AlphaNumber(n);
    for (char& c : text) {
      if (depth % 5 < 2) c = static_cast<char>(c - 32);
    }
    return text;
  }

  static String Letter(const String& scheme, int lists, uint32_t n) {
    if (scheme == "items" && lists == 0) return NumberText(n) + ".";
    int way = (scheme == "items" ? lists - 1 : lists) % 4;
    String letters = document::AlphaNumber(n);
    if (way == 2) {
      for (char& c : letters) c = static_cast<char>(c - 32);
    }
    if (way == 1) letters = document::RomanNumber(n);
    if (way == 3) letters = NumberText(n);
    return "(" + letters + ")";
  }

  // The units on the way to a unit, outermost first.
  static bool PathTo(const Vector<Block>& blocks, std::string_view id, Vector<const Block*>* path) {
    for (const Block& block : blocks) {
      path->push_back(&block);
      if (block.id == id || PathTo(block.blocks, id, path)) return true;
      path->pop_back();
    }
    return false;
  }

  // The number of the last one, as it is said in one that stands in the units `around`.
  String LabelOf(const Vector<const Block*>& path, const std::set<String>& around) const {
    String names;
    size_t first = 0;  // behind the innermost schedule with numbers of its own
    for (size_t i = 0; i < path.size(); ++i) {
      auto restarting = restarting_.find(path[i]->id);
      if (restarting == restarting_.end()) continue;
      first = i + 1;
      names = around.count(path[i]->id) != 0 ? "" : restarting->second + ", ";
    }
    String label;
    for (size_t i = path.size(); i-- > first;) {
      String number = path[i]->number;
      if (number.empty()) continue;
      bool bracket = number[0] == '(';
      if (number.back() == '.') number.pop_back();
      label = number + label;
      if (!bracket) break;
    }
    return label.empty() ? label : names + label;
  }

  void FillReferences(const Vector<Block>& all, Vector<Block>* blocks) {
    for (Block& block : *blocks) {
      around_.insert(block.id);
      FillReferences(all, &block.inlines);
      FillReferences(all, &block.blocks);
      around_.erase(block.id);
    }
  }
  void FillReferences(const Vector<Block>& all, document::Inlines* inlines) {
    for (Inline& piece : *inlines) {
      FillReferences(all, &piece.inlines);
      if (piece.kind != InlineKind::kRef) continue;
      // The target stands in as many of the repeats around the reference as its id says.
      for (;;) {
        Vector<const Block*> path;
        if (PathTo(all, piece.text, &path)) {
          piece.label = LabelOf(path, around_);
          break;
        }
        size_t dots = piece.text.rfind("..");
        if (dots == String::npos) break;
        piece.text.resize(dots);
      }
      if (piece.label.empty()) settled_ = false;
    }
  }

  const Value& compiled_;
  values::Locale locale_;
  std::set<String> bare_;                // sections without a number
  std::map<String, String> restarting_;  // their names, of those whose numbers begin again
  std::set<String> around_;              // what a reference stands in
  std::map<String, values::Value> known_;
  std::map<String, values::Type> types_;
  String suffix_;
  bool settled_ = true;
};

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_NAIVE_ASSEMBLER_H_
