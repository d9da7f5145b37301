// A LegalDown document as one of our templates: the front matter anew, the text with what is spelt
// differently in its place. Every byte of the template knows the byte that it came from.
#include <algorithm>

#include "base/bytes.h"
#include "compile/legaldown_document.h"
#include "compile/markdown.h"
#include "document/document.h"
#include "values/locale.h"
#include "values/money.h"

namespace countersign::compile {
namespace {

using legaldown::Directive;
using legaldown::Document;
using legaldown::Parameter;
using legaldown::Piece;
using legaldown::PieceKind;
using legaldown::Place;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A text between double quotes, as YAML, tags and attributes read it.
String Quoted(std::string_view text) {
  String quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' || c == '\r' ? ' ' : c;
  }
  return quoted + "\"";
}

// A text that Markdown leaves as it is.
String Literal(std::string_view text) {
  String literal;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool sign = std::string_view("\\`*_{}[]<>#|~&!+-=").find(c) != std::string_view::npos;
    bool marker = (c == '.' || c == ')') && i > 0 && IsDigit(text[i - 1]);
    if (sign || marker) literal += '\\';
    literal += c == '\n' || c == '\r' ? ' ' : c;
  }
  return literal;
}

// What a document calls the place where it is signed.
std::string_view SignaturesIn(std::string_view locale) {
  struct Word {
    std::string_view language, word;
  };
  constexpr Word kWords[] = {{"de", "Unterschriften"}, {"es", "Firmas"},  {"it", "Firme"},
                             {"nl", "Handtekeningen"}, {"pl", "Podpisy"}, {"pt", "Assinaturas"},
                             {"sv", "Underskrifter"}};
  for (const Word& each : kWords) {
    if (locale.starts_with(each.language)) return each.word;
  }
  return "Signatures";
}

String Humanise(std::string_view name) {
  String text;
  bool begins = true;
  for (char c : name) {
    if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    begins = c == '-';
    text += begins ? ' ' : c;
  }
  return text;
}

class Translator {
 public:
  Translator(const LegalDownFiles& files, const Document& document, std::string_view source)
      : files_(files), document_(document), metadata_(document.metadata), source_(source) {}

  // Where bytes of the template come from: those from `out` on, from `source` on or, written by us,
  // all from that place.
  struct Run {
    uint32_t out = 0, source = 0;
    bool verbatim = false;
  };

  void Translate() {
    Front();
    if (document_.fragment) Say("# " + Literal(Title()) + " {unnumbered}\n\n", 0);
    Body(0);
    Signatures();
    for (const legaldown::Attachment& attachment : metadata_.attachments) {
      if (!attachment.rendered) continue;
      Say("\n\n::: schedule {#" + attachment.id + " title=" + Quoted(attachment.title) + "}\n\n",
          attachment.at.begin);
      Body(IndexOf("", attachment.file));
      Say("\n\n:::\n", attachment.at.begin);
    }
  }

  const String& text() const { return text_; }
  uint32_t SourceOf(uint32_t out) const {
    size_t i = runs_.size();
    while (i > 1 && runs_[i - 1].out > out) --i;
    if (i == 0) return 0;
    const Run& run = runs_[i - 1];
    return run.verbatim ? run.source + (out - run.out) : run.source;
  }

 private:
  void Say(std::string_view text, uint32_t from) {
    runs_.push_back({static_cast<uint32_t>(text_.size()), from, false});
    text_ += text;
  }
  void Copy(uint32_t begin, uint32_t end) {
    if (begin >= end) return;
    runs_.push_back({static_cast<uint32_t>(text_.size()), begin, true});
    text_ += source_.substr(begin, end - begin);
  }
  size_t IndexOf(std::string_view from, std::string_view path) const {
    String joined = JoinPath(from, path);
    for (size_t i = 0; i < files_.files().size(); ++i) {
      if (files_.files()[i].path == joined) return i;
    }
    return 0;
  }

  // The words of a value of the front matter; a placeholder in it becomes `blank`, or the
  // directive.
  static String FrontValue(std::string_view value, std::string_view blank) {
    SourceFile scratch("", String(value));
    DiagnosticSink quiet(scratch);
    legaldown::Scan scan = legaldown::ReadScan({0, static_cast<uint32_t>(value.size())}, &quiet);
    String text;
    size_t at = 0;
    auto words = [&](std::string_view part) {
      text += blank.empty() ? Literal(part) : String(part);
    };
    for (const legaldown::Block& block : scan.blocks) {
      for (const Directive& directive : block.directives) {
        if (directive.name != "placeholder" || directive.range.begin < at) continue;
        words(value.substr(at, directive.range.begin - at));
        text += blank.empty() ? Placeholder(directive) : String(blank);
        at = directive.range.end;
      }
    }
    words(value.substr(at));
    return text;
  }

  String Title() const {
    if (!metadata_.title.empty()) return FrontValue(metadata_.title, "[_____]");
    std::string_view name = files_.files()[0].name;
    name.remove_prefix(name.rfind('/') + 1);  // 0 where there is none
    return Humanise(name.substr(0, name.find('.')));
  }

  String Locale() const {
    return values::Locale::Find(metadata_.language) ? metadata_.language : "en";
  }

  bool Signs(const legaldown::Party& party) const {
    return metadata_.type == legaldown::DocumentType::kContract ||
           metadata_.sides[party.side].name == "issuer";
  }
  static std::string_view Display(const legaldown::Party& party) {
    return party.label.empty() ? std::string_view(party.legal_name) : std::string_view(party.label);
  }

  void Front() {
    String title = Title();
    String front = "---\ntemplate: " + MakeLegalDownSlug(title).text +
                   "\nversion: 1\ntitle: " + Quoted(title) + "\nlocale: " + Locale() +
                   "\nbullets: numbered\n";
    if (!metadata_.parties.empty()) front += "roles:\n";
    for (const legaldown::Party& party : metadata_.parties) {
      String label(Display(party));
      if (label.empty() || label.find("{{") != String::npos) label = Humanise(party.name);
      front += "  " + party.name + ": { label: " + Quoted(label) +
               (Signs(party) ? ", signs: true }\n" : " }\n");
    }
    if (!metadata_.sides.empty()) front += "sides:\n";
    for (const legaldown::Side& side : metadata_.sides) {
      bool named = !side.label.empty() && side.label.find("{{") == String::npos;
      front += "  " + side.name + ": { label: " + Quoted(named ? side.label : Humanise(side.name)) +
               " }\n";
    }
    Say(front + "---\n", 0);
  }

  void Signatures() {
    bool any = std::any_of(metadata_.parties.begin(), metadata_.parties.end(),
                           [&](const legaldown::Party& party) { return Signs(party); });
    if (!any) return;
    String text = "\n\n# " + String(SignaturesIn(Locale())) + " {unnumbered}\n";
    for (const legaldown::Party& party : metadata_.parties) {
      if (!Signs(party)) continue;
      String name =
          FrontValue(party.legal_name.empty() ? Humanise(party.name) : party.legal_name, "");
      text += "\n" + name;
      for (const String& representative : party.representatives)
        text += "\\\n" + FrontValue(representative, "");
      text += "\\\n{{sign: " + party.name + "-signature, role=" + party.name +
              "}} {{signdate: " + party.name + "-date, role=" + party.name + "}}\n";
    }
    Say(text, 0);
  }

  // --- the text
  struct Edit {
    ByteRange range;
    String text;
    const Directive* include = nullptr;
  };

  void Body(size_t file) {
    const legaldown::Scan& scan = document_.scans[file];
    Vector<Edit> edits;
    for (const legaldown::Block& block : scan.blocks) {
      if (block.place == Place::kHeading) EditHeading(block, &edits);
      for (const Directive& directive : block.directives) {
        edits.push_back({directive.range, {}, nullptr});
        if (directive.name == "include") {
          edits.back().include = &directive;
        } else {
          edits.back().text = Spell(directive);
        }
      }
    }
    for (const Piece& piece : scan.pieces) edits.push_back({piece.range, Spell(piece), nullptr});
    std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
      return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
    });
    uint32_t at = scan.body.begin;
    for (const Edit& edit : edits) {
      if (edit.range.begin < at) continue;
      Copy(at, edit.range.begin);
      at = edit.range.end;
      if (edit.include != nullptr) {
        Say("\n\n", edit.range.begin);
        Body(IndexOf(files_.files()[file].path, edit.include->value));
        Say("\n\n", edit.range.begin);
      } else {
        Say(edit.text, edit.range.begin);
      }
    }
    Copy(at, scan.body.end);
  }

  // An identifier that LegalDown makes up is written out; the signs that may close a heading go.
  void EditHeading(const legaldown::Block& heading, Vector<Edit>* edits) const {
    std::string_view lines =
        source_.substr(heading.lines.begin, heading.lines.end - heading.lines.begin);
    bool one_line = lines.find('\n') == std::string_view::npos;
    auto generated = document_.generated.find(heading.range.begin);
    String id = generated == document_.generated.end() ? String() : " {#" + generated->second + "}";
    uint32_t end = one_line ? heading.lines.end : heading.range.end;
    if (!id.empty() || end > heading.range.end)
      edits->push_back({{heading.range.end, end}, id, nullptr});
  }

  String Spell(const Piece& piece) const {
    std::string_view range = source_.substr(piece.range.begin, piece.range.end - piece.range.begin);
    std::string_view inner = source_.substr(piece.inner.begin, piece.inner.end - piece.inner.begin);
    switch (piece.kind) {
      case PieceKind::kStrayBrace:
        return "\\{{";
      case PieceKind::kStrayAnchor:
        return Literal(range);
      case PieceKind::kCodeText:
        return Literal(inner);
      case PieceKind::kQuotePrefix: {
        String text = piece.first ? "\n" : "";
        bool heading = source_.substr(piece.range.end, 1) == "#";
        return heading ? text + "\\" : text;
      }
      case PieceKind::kCode:
        if (inner.empty()) return {};
        // Braces in our code would be tags.
        return (inner.find('{') == std::string_view::npos ? Code(inner) : Literal(inner)) + "\n";
      case PieceKind::kEntity:
        return Entity(inner, range);
      case PieceKind::kImage:
      case PieceKind::kLink:
        return String(inner);
      case PieceKind::kItemNumber:
        return "1";
      case PieceKind::kComment:
      case PieceKind::kHtml:
      case PieceKind::kRule:
      case PieceKind::kCodeFence:
        return {};
    }
    return {};
  }

  // The character that `&name;` stands for; of rare names what was written, which is then refused.
  static String Entity(std::string_view name, std::string_view written) {
    struct Known {
      std::string_view name, character;
    };
    constexpr Known kKnown[] = {{"amp", "\\&"},
                                {"lt", "\\<"},
                                {"gt", "\\>"},
                                {"quot", "\""},
                                {"apos", "'"},
                                {"nbsp", "\xC2\xA0"},
                                {"sect", "\xC2\xA7"},
                                {"copy", "\xC2\xA9"},
                                {"reg", "\xC2\xAE"},
                                {"trade", "\xE2\x84\xA2"},
                                {"euro", "\xE2\x82\xAC"},
                                {"ndash", "\xE2\x80\x93"},
                                {"mdash", "\xE2\x80\x94"},
                                {"lsquo", "\xE2\x80\x98"},
                                {"rsquo", "\xE2\x80\x99"},
                                {"ldquo", "\xE2\x80\x9C"},
                                {"rdquo", "\xE2\x80\x9D"},
                                {"hellip", "\xE2\x80\xA6"},
                                {"laquo", "\xC2\xAB"},
                                {"raquo", "\xC2\xBB"}};
    for (const Known& known : kKnown) {
      if (known.name == name) return String(known.character);
    }
    return String(written);
  }

  static String Code(std::string_view text) {
    String fence = "`";
    while (text.find(fence) != std::string_view::npos) fence += '`';
    bool apart = text.starts_with('`') || text.ends_with('`');
    return fence + (apart ? " " : "") + String(text) + (apart ? " " : "") + fence;
  }

  static String With(const Directive& directive, std::string_view name) {
    const Parameter* parameter = directive.Find(name);
    return parameter == nullptr ? String() : ", " + String(name) + "=" + Quoted(parameter->value);
  }

  static String Placeholder(const Directive& directive) {
    const Parameter* type = directive.Find("type");
    const Parameter* currency = directive.Find("currency");
    bool is_money = type != nullptr && type->value == "money";
    bool known = currency != nullptr && values::Currency::Parse(currency->value).has_value();
    if (is_money && currency != nullptr && !known)
      return Literal("[UNKNOWN CURRENCY: " + currency->value + "]");
    return "{{placeholder: " + directive.value + With(directive, "type") +
           (is_money ? With(directive, "currency") : "") + With(directive, "note") + "}}";
  }

  String Spell(const Directive& directive) const {
    const String& name = directive.name;
    const String& value = directive.value;
    if (name == "ref") {
      auto target = document_.anchors.find(value);
      if (target == document_.anchors.end()) return Literal("[BROKEN REF: " + value + "]");
      bool numbered = target->second.place != Place::kParagraph;
      return "{{ref: " + (numbered ? value : target->second.section) + "}}";
    }
    if (name == "def") {
      auto definition = document_.definition_at.find(directive.range.begin);
      return definition == document_.definition_at.end() ? ""
                                                         : "{{def: " + definition->second.id + "}}";
    }
    if (name == "term") return SpellTerm(directive);
    if (name == "attach") return SpellAttachment(directive);
    if (name == "placeholder") return Placeholder(directive);
    if (name == "field") return "{{field: " + Quoted(value) + With(directive, "type") + "}}";
    if (name == "date") return "{{date: " + value + "}}";
    if (name == "duration") return "{{duration: " + value + With(directive, "unit") + "}}";
    if (name == "money") return SpellMoney(directive);
    if (name == "party" || name == "side") return SpellParty(directive);
    return Literal("[UNKNOWN DIRECTIVE: " + name + "]");
  }

  String SpellTerm(const Directive& directive) const {
    if (document_.definitions.find(directive.value) != document_.definitions.end())
      return "{{term: " + directive.value + With(directive, "label") + "}}";
    auto imported = document_.imported.find(directive.value);
    if (imported == document_.imported.end())
      return Literal("[UNDEFINED: " + directive.value + "]");
    const Parameter* label = directive.Find("label");
    return Literal(label != nullptr ? label->value : imported->second);
  }

  String SpellAttachment(const Directive& directive) const {
    for (const legaldown::Attachment& attachment : metadata_.attachments) {
      if (attachment.id != directive.value) continue;
      if (attachment.rendered)
        return "{{attach: " + directive.value + With(directive, "label") + "}}";
      const Parameter* label = directive.Find("label");
      return Literal(label != nullptr ? label->value : attachment.title);
    }
    return Literal("[UNKNOWN ATTACHMENT: " + directive.value + "]");
  }

  static String SpellMoney(const Directive& directive) {
    const Parameter* currency = directive.Find("currency");
    if (currency == nullptr) return Literal(directive.value);
    auto known = values::Currency::Parse(currency->value);
    if (!known) return Literal("[UNKNOWN CURRENCY: " + currency->value + "]");
    // Prices for parts of a unit may be finer than what can be paid; nothing is rounded.
    size_t point = directive.value.find('.');
    bool finer = point != String::npos &&
                 directive.value.size() - point - 1 > static_cast<size_t>(known->minor_digits());
    if (finer) return Literal(directive.value + " " + currency->value);
    return "{{money: " + directive.value + With(directive, "currency") + "}}";
  }

  String SpellParty(const Directive& directive) const {
    bool is_party = directive.name == "party";
    for (const legaldown::Party& party : metadata_.parties) {
      if (!is_party || party.name != directive.value) continue;
      bool open = Display(party).find("{{") != std::string_view::npos;
      if (open && directive.Find("label") == nullptr) return FrontValue(Display(party), "");
      return "{{party: " + party.name + With(directive, "label") + "}}";
    }
    for (const legaldown::Side& side : metadata_.sides) {
      if (!is_party && side.name == directive.value)
        return "{{side: " + side.name + With(directive, "label") + "}}";
    }
    return Literal(String(is_party ? "[UNKNOWN PARTY: " : "[UNKNOWN SIDE: ") + directive.value +
                   "]");
  }

  const LegalDownFiles& files_;
  const Document& document_;
  const legaldown::Metadata& metadata_;
  std::string_view source_;
  String text_;
  Vector<Run> runs_;
};

// What the template says of itself that LegalDown's rules have said already.
bool IsSaid(DiagnosticCode code) {
  return code == DiagnosticCode::kFieldUnused || code == DiagnosticCode::kThematicBreak;
}

}  // namespace

LegalDownDocument CompileLegalDown(const LegalDownFiles& files) {
  const Vector<LegalDownFiles::File>& all = files.files();
  SourceFile source(all[0].name, all[0].text);
  Vector<size_t> parts = {0};
  size_t bytes = all[0].text.size();
  for (size_t i = 1; i < all.size(); ++i) {
    bool readable = all[i].there && IsLegalDown(all[i].path);
    parts.push_back(readable ? source.part_count() : 0);
    bytes += readable ? all[i].text.size() : 0;
    if (readable) source.Append(all[i].name, all[i].text);
  }
  DiagnosticSink sink(source);
  LegalDownDocument result;
  if (all[0].text.size() > kMaxTemplateBytes) {
    sink.Report(DiagnosticCode::kTemplateTooLarge, {0, 1});
  } else if (bytes > kMaxLegalDownBytes || all.size() > kMaxLegalDownFiles) {
    sink.Report(DiagnosticCode::kIncludeLimit, {0, 1});
  } else if (!IsUtf8(source.text())) {
    for (size_t i = 0; i < all.size(); ++i) {
      if (!IsUtf8(all[i].text))
        sink.Report(DiagnosticCode::kNotUtf8,
                    {source.part(parts[i]).range.begin, source.part(parts[i]).range.begin + 1});
    }
  } else {
    Document document = legaldown::CheckDocument(files, parts, &sink);
    if (!sink.HasErrors()) {
      Translator translator(files, document, source.text());
      translator.Translate();
      Compilation compiled = CompileTemplate(translator.text(), all[0].name, Library());
      for (const Diagnostic& diagnostic : compiled.diagnostics) {
        if (IsSaid(diagnostic.code)) continue;
        uint32_t begin = translator.SourceOf(diagnostic.span.byte.begin);
        uint32_t end = translator.SourceOf(diagnostic.span.byte.end);
        sink.Report(diagnostic.code, {begin, std::max(end, begin + 1)}, diagnostic.message).hint =
            diagnostic.hint;
      }
      if (!sink.HasErrors()) {
        result.text = translator.text();
        result.compilation.bytes = std::move(compiled.bytes);
        result.compilation.contract = std::move(compiled.contract);
      }
      for (Name& name : compiled.names) {
        uint32_t begin = translator.SourceOf(name.span.byte.begin);
        uint32_t end = translator.SourceOf(name.span.byte.end);
        if (source.PartOf(begin) != 0) continue;  // of another file: not to be edited here
        name.span = source.Locate({begin, std::max(end, begin)});
        result.compilation.names.push_back(std::move(name));
      }
    }
  }
  result.compilation.errors = sink.ErrorCount();
  result.compilation.diagnostics = sink.Take();
  return result;
}

}  // namespace countersign::compile
