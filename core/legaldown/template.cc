// Long because it is one translation: what each word of LegalDown is in ours.
//
// A LegalDown document as one of our templates: the front matter anew, the text with what is spelt
// differently in its place. Every byte of the template knows the byte that it came from.
#include <algorithm>

#include "base/bytes.h"
#include "compile/markdown.h"
#include "document/document.h"
#include "legaldown/document.h"
#include "values/locale.h"
#include "values/money.h"

namespace countersign::legaldown {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
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
    for (const Attachment& attachment : metadata_.attachments) {
      if (!attachment.rendered) continue;
      Say("\n\n::: schedule {#" + attachment.id + " title=" + Quoted(attachment.title) +
              When(PresenceOf(attachment)) + "}\n\n",
          attachment.at.begin);
      Body(IndexOf("", attachment.file));
      Say("\n\n:::\n", attachment.at.begin);
    }
  }

  String Locale() const {
    return values::Locale::Find(metadata_.language) ? metadata_.language : "en";
  }

  // What is asked, by the ids that answers have.
  Vector<LegalDownQuestion> Questions() const {
    Vector<LegalDownQuestion> all;
    const auto add = [&](const String& id, QuestionType type) {
      auto blank = document_.blanks.find(id);
      LegalDownQuestion question{.id = id, .field = FieldOf(id)};
      question.is_money = type == QuestionType::kMoney;
      question.is_duration = type == QuestionType::kDuration;
      question.is_text = question.is_duration && IsSpelt(id);
      if (blank != document_.blanks.end()) question.fixed = blank->second.fixed;
      all.push_back(std::move(question));
    };
    for (const Question& question : metadata_.questions) add(question.id, question.type);
    for (const auto& [id, blank] : document_.blanks) {
      if (QuestionOf(id) == nullptr) add(id, blank.type);
    }
    return all;
  }

  const String& text() const { return text_; }
  // Whether a condition there is one that nobody wrote: a choice has words for each answer, also
  // where what is around it leaves one, and sections of a fragment have its condition each.
  bool IsOwn(uint32_t source) const {
    return source_.substr(source).starts_with("{{choose:") ||
           std::ranges::any_of(sectioned_, [&](ByteRange fragment) {
             return source >= fragment.begin && source < fragment.end;
           });
  }
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
  String FrontValue(std::string_view value, std::string_view blank) const {
    SourceFile scratch("", String(value));
    DiagnosticSink quiet(scratch);
    Scan scan = ReadScan({0, static_cast<uint32_t>(value.size())}, &quiet);
    String text;
    size_t at = 0;
    auto words = [&](std::string_view part) {
      text += blank.empty() ? Literal(part) : String(part);
    };
    for (const Block& block : scan.blocks) {
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

  bool Signs(const Party& party) const {
    return metadata_.type == DocumentType::kContract ||
           metadata_.sides[party.side].name == "issuer";
  }
  static std::string_view Display(const Party& party) {
    return party.label.empty() ? std::string_view(party.legal_name) : std::string_view(party.label);
  }

  void Front() {
    String title = Title();
    String front = "---\ntemplate: " + MakeLegalDownSlug(title).text +
                   "\nversion: 1\ntitle: " + Quoted(title) + "\nlocale: " + Locale() +
                   "\nbullets: numbered\n";
    if (!metadata_.parties.empty()) front += "roles:\n";
    for (const Party& party : metadata_.parties) {
      String label(Display(party));
      if (label.empty() || label.find("{{") != String::npos) label = Humanise(party.name);
      front += "  " + party.name + ": { label: " + Quoted(label) +
               (Signs(party) ? ", signs: true }\n" : " }\n");
    }
    if (!metadata_.sides.empty()) front += "sides:\n";
    for (const Side& side : metadata_.sides) {
      bool named = !side.label.empty() && side.label.find("{{") == String::npos;
      front += "  " + side.name + ": { label: " + Quoted(named ? side.label : Humanise(side.name)) +
               " }\n";
    }
    Say(front, 0);
    bool first = true;
    for (const Question& question : metadata_.questions) {
      const String field = FieldDeclarationOf(question);
      if (field.empty()) continue;
      if (first) Say("fields:\n", question.at.begin);
      Say(field, question.at.begin);
      first = false;
    }
    Say("---\n", 0);
  }

  // --- what is asked
  const Question* QuestionOf(std::string_view id) const {
    return Answers(&metadata_.questions).Find(id);
  }

  // Whether a duration is a text, because the calendar does not count in its unit.
  bool IsSpelt(const String& id) const {
    auto blank = document_.blanks.find(id);
    String unit = blank == document_.blanks.end() ? String() : blank->second.fixed;
    const Question* question = QuestionOf(id);
    String number = "1";
    if (question != nullptr && question->fallback != nullptr) {
      const YamlNode* value = question->fallback->Find("value");
      const YamlNode* own = question->fallback->Find("unit");
      number = value != nullptr ? value->text : question->fallback->text;
      if (unit.empty() && own != nullptr) unit = own->text;
    }
    return !unit.empty() && !PeriodOf(number, unit);
  }

  // "" where nothing uses it.
  String FieldDeclarationOf(const Question& question) const {
    auto found = document_.blanks.find(question.id);
    const Blank* blank = found == document_.blanks.end() ? nullptr : &found->second;
    if (question.IsDecision() ? !question.used : blank == nullptr) return {};
    constexpr std::string_view kTypes[] = {"string", "date", "money", "period", "bool", "string"};
    const bool spelt = question.type == QuestionType::kDuration && IsSpelt(question.id);
    String text =
        "  " + FieldOf(question.id) + ": { type: " +
        String(spelt ? std::string_view("string") : kTypes[static_cast<size_t>(question.type)]);
    const bool known = blank != nullptr && values::Currency::Parse(blank->fixed).has_value();
    if (question.type == QuestionType::kMoney && known) text += ", currency: " + blank->fixed;
    if (!question.prompt.empty() && IsPlain(question.prompt))
      text += ", label: " + Quoted(question.prompt);
    if (question.type == QuestionType::kChoice) {
      text += ", options: {";
      for (const Question::Choice& choice : question.choices) {
        text += (text.ends_with('{') ? " " : ", ") + Quoted(choice.id) + ": " +
                Quoted(IsPlain(choice.label) ? choice.label : choice.id);
      }
      text += " }";
    }
    if (question.fallback != nullptr)
      text += ", default: " + Quoted(DefaultOf(question, blank, known, spelt));
    return text + " }\n";
  }
  // Words that can stand where nothing is inserted.
  static bool IsPlain(std::string_view words) {
    return words.find("{{") == std::string_view::npos && words.find("}}") == std::string_view::npos;
  }

  String DefaultOf(const Question& question, const Blank* blank, bool known, bool spelt) const {
    const YamlNode& fallback = *question.fallback;
    if (question.type == QuestionType::kMoney) {
      const YamlNode* amount = fallback.Find("amount");
      const YamlNode* currency = fallback.Find("currency");
      const String number = amount != nullptr ? amount->text : fallback.text;
      return known || currency == nullptr ? number : number + " " + currency->text;
    }
    if (question.type != QuestionType::kDuration) return fallback.text;
    const YamlNode* value = fallback.Find("value");
    const YamlNode* unit = fallback.Find("unit");
    const String number = value != nullptr ? value->text : fallback.text;
    const String in = unit != nullptr ? unit->text : blank->fixed;
    return spelt ? DurationOf(number, in, Locale()) : PeriodOf(number, in).value_or(number);
  }

  // A condition as an expression.
  String Expression(const Condition& condition) const {
    const String field = FieldOf(condition.question);
    if (condition.value.empty()) return (condition.negated ? "!" : "") + field;
    return field + (condition.negated ? " != '" : " == '") + condition.value + "'";
  }
  String Expression(const Presence& presence) const {
    String all;
    for (const Condition& condition : presence.all)
      all += (all.empty() ? "" : " && ") + Expression(condition);
    return all;
  }
  String When(const Presence& presence) const {
    return presence.all.empty() ? String() : " when=\"" + Expression(presence) + "\"";
  }
  static Presence Own(const Block& block) {
    Presence own;
    if (block.when) own.all.push_back(*block.when);
    return own;
  }

  // What stands there of alternatives; one of them always does.
  struct Alternative {
    Presence presence;
    String text;
  };
  String OneOf(const Vector<Alternative>& all) const {
    bool same = true;
    for (const Alternative& each : all) same = same && each.text == all[0].text;
    if (same) return all[0].text;
    String text;
    for (size_t i = 0; i < all.size(); ++i) {
      const bool last = i + 1 == all.size();
      text += last ? String("{{#else}}")
                   : (i == 0 ? "{{#if " : "{{#elif ") + Expression(all[i].presence) + "}}";
      text += all[i].text;
    }
    return text + "{{/if}}";
  }

  void Signatures() {
    bool any = std::any_of(metadata_.parties.begin(), metadata_.parties.end(),
                           [&](const Party& party) { return Signs(party); });
    if (!any) return;
    String text = "\n\n# " + String(SignaturesIn(Locale())) + " {unnumbered}\n";
    for (const Party& party : metadata_.parties) {
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
    Presence presence{};  // of what is included
    int level = 0;        // of its headings that take the condition
  };

  // Headings of `level` stand only with `around`.
  void Body(size_t file, const Presence& around = {}, int level = 0) {
    const Scan& scan = document_.scans[file];
    if (level != 0) sectioned_.push_back(scan.whole);
    Vector<Edit> edits;
    for (size_t i = 0; i < scan.blocks.size(); ++i) {
      const Block& block = scan.blocks[i];
      if (block.place == Place::kHeading && !block.note) {
        Presence own = Own(block);
        if (block.level == level)
          own.all.insert(own.all.end(), around.all.begin(), around.all.end());
        EditHeading(block, own, &edits);
      }
      if (block.place != Place::kHeading && block.include_only && block.marker.end != 0) {
        edits.push_back({block.marker, {}, nullptr});
      } else if (block.place != Place::kHeading && block.when) {
        const String id = block.anchor ? "#" + block.anchor->id : String();
        edits.push_back(
            {block.marker, "{" + id + When(Own(block)).substr(id.empty() ? 1 : 0) + "}", nullptr});
      }
      for (const Directive& directive : block.directives) {
        edits.push_back({directive.range, {}, nullptr});
        Edit& edit = edits.back();
        if (block.note) {
          edit.text = Literal(WordsOf(directive));
        } else if (directive.name == "include") {
          edit.include = &directive;
          if (block.include_only) edit.presence = Own(block);
          if (block.when && EndsAtHeading(file, i)) edit.level = TopOf(file, directive);
        } else if (directive.name == "choose") {
          SpellChoice(block, directive, &edit);
        } else {
          edit.text = Spell(directive);
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
        const bool grouped = !edit.presence.all.empty() && edit.level == 0;
        Say(grouped ? "\n\n::: group {" + When(edit.presence).substr(1) + "}\n\n" : String("\n\n"),
            edit.range.begin);
        Body(IndexOf(files_.files()[file].path, edit.include->value), edit.presence, edit.level);
        Say(grouped ? "\n\n:::\n\n" : "\n\n", edit.range.begin);
      } else {
        Say(edit.text, edit.range.begin);
      }
    }
    Copy(at, scan.body.end);
  }

  // The level that a fragment begins with, where it is made of sections of that level: they take
  // its condition, each with all that is below it. 0: the fragment needs a group.
  int TopOf(size_t from, const Directive& directive) const {
    const size_t file = IndexOf(files_.files()[from].path, directive.value);
    const Vector<Block>& blocks = document_.scans[file].blocks;
    if (blocks.empty() || blocks[0].place != Place::kHeading) return 0;
    for (const Block& block : blocks) {
      if (block.place == Place::kHeading && block.level < blocks[0].level) return 0;
    }
    return blocks[0].level;
  }
  // Whether what stands behind an include begins with a heading, so that no text of the document
  // becomes a part of the fragment's last section.
  bool EndsAtHeading(size_t file, size_t include) const {
    const Vector<Block>& blocks = document_.scans[file].blocks;
    size_t next = include + 1;
    while (next < blocks.size() && blocks[next].note) ++next;
    if (next == blocks.size() || blocks[next].place == Place::kHeading) return true;
    return blocks[next].include_only && TopOf(file, blocks[next].directives[0]) != 0;
  }

  // An identifier that LegalDown makes up is written out; the signs that may close a heading go.
  void EditHeading(const Block& heading, const Presence& presence, Vector<Edit>* edits) const {
    std::string_view lines =
        source_.substr(heading.lines.begin, heading.lines.end - heading.lines.begin);
    bool one_line = lines.find('\n') == std::string_view::npos;
    auto generated = document_.generated.find(heading.range.begin);
    uint32_t end = one_line ? heading.lines.end : heading.range.end;
    if (!presence.all.empty()) {
      const String id =
          generated == document_.generated.end() ? heading.anchor->id : generated->second;
      const bool marked = heading.marker.end != 0;
      edits->push_back({{marked ? heading.marker.begin : heading.range.end, end},
                        String(marked ? "{#" : " {#") + id + When(presence) + "}",
                        nullptr});
      return;
    }
    String id = generated == document_.generated.end() ? String() : " {#" + generated->second + "}";
    if (!id.empty() || end > heading.range.end)
      edits->push_back({{heading.range.end, end}, id, nullptr});
  }

  // Words for each answer. Where an answer has none, the blanks around them would both stand: one
  // goes with the words.
  void SpellChoice(const Block& block, const Directive& directive, Edit* edit) const {
    const uint32_t from = block.range.begin;
    const uint32_t to = block.marker.end != 0 ? block.marker.begin : block.range.end;
    uint32_t begin = directive.range.begin, end = directive.range.end;
    while (begin > from && IsBlank(source_[begin - 1])) --begin;
    while (end < to && IsBlank(source_[end])) ++end;
    const bool before = begin == from || begin < directive.range.begin;
    const bool after = end == to || end > directive.range.end;
    const Question* question = QuestionOf(directive.value);
    if (question == nullptr) {  // in a fragment that is looked at alone
      edit->text = Literal("[INVALID CHOICE: " + directive.value + "]");
      return;
    }
    Vector<Alternative> all;
    bool silent = false, plain = true;
    for (const String& answer : question->Answers()) {
      const Parameter* words = directive.Find(answer);
      String text;
      for (char c : words->value) {
        const bool spare = IsBlank(c) && (text.empty() ? before : text.ends_with(' '));
        if (!spare) text += IsBlank(c) ? ' ' : c;
      }
      if (after && text.ends_with(' ')) text.pop_back();
      silent = silent || text.empty();
      plain = plain && IsPlain(text);
      const bool truth = question->type == QuestionType::kBoolean;
      Presence presence;
      presence.all.push_back({.question = question->id,
                              .value = truth ? String() : answer,
                              .negated = truth && answer == "false",
                              .good = true,
                              .range = {}});
      all.push_back({std::move(presence), std::move(text)});
    }
    if (silent && before && after) {
      const bool last = end == to;
      for (Alternative& each : all) {
        if (each.text.empty() || (last && begin == from)) continue;
        each.text = last ? " " + each.text : each.text + " ";
      }
      if (last) edit->range.begin = begin;
      if (!last) edit->range.end = end;
    }
    if (!plain) {  // our choice would take braces for a tag
      for (Alternative& each : all) each.text = Literal(each.text);
      edit->text = OneOf(all);
      return;
    }
    edit->text = "{{choose: " + FieldOf(question->id);
    const Vector<String> answers = question->Answers();
    for (size_t i = 0; i < all.size(); ++i)
      edit->text += ", \"" + answers[i] + "\"=" + Quoted(all[i].text);
    edit->text += "}}";
  }

  // What a note says of a directive: it is no part of the text.
  String WordsOf(const Directive& directive) const {
    if (directive.name == "placeholder" || directive.name == "choose") return "[_____]";
    if (const Parameter* label = directive.Find("label")) return label->value;
    if (directive.name == "term") {
      auto definition = document_.definitions.find(directive.value);
      if (definition != document_.definitions.end()) return definition->second[0].term;
    }
    for (const Party& party : metadata_.parties) {
      if (directive.name == "party" && party.name == directive.value)
        return FrontValue(Display(party), "[_____]");
    }
    String words = directive.value;
    for (std::string_view more : {"currency", "unit"}) {
      if (const Parameter* parameter = directive.Find(more)) words += " " + parameter->value;
    }
    return words;
  }

  String Spell(const Piece& piece) const {
    std::string_view range = source_.substr(piece.range.begin, piece.range.end - piece.range.begin);
    std::string_view inner = source_.substr(piece.inner.begin, piece.inner.end - piece.inner.begin);
    switch (piece.kind) {
      case PieceKind::kStrayBrace:
        return "\\" + String(range);
      case PieceKind::kStrayAnchor:
        return Literal(range);
      case PieceKind::kCodeText:
        return Literal(inner);
      case PieceKind::kQuotePrefix: {
        String text = piece.first ? "\n" : "";
        bool heading = source_.substr(piece.range.end, 1) == "#";
        return heading ? text + "\\" : text;
      }
      case PieceKind::kNoteOpen:
        return "\n::: guide\n";
      case PieceKind::kNoteClose:
        return "\n\n:::\n";
      case PieceKind::kNote:
        return {};
      case PieceKind::kCode:
        if (inner.empty()) return {};
        // Braces in our code would be tags.
        return (inner.find_first_of("{}") == std::string_view::npos ? Code(inner)
                                                                    : Literal(inner)) +
               "\n";
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

  String Placeholder(const Directive& directive) const {
    auto found = document_.blanks.find(directive.value);
    const QuestionType type =
        found == document_.blanks.end() ? QuestionType::kText : found->second.type;
    const Parameter* currency = directive.Find("currency");
    const bool is_money = type == QuestionType::kMoney;
    bool known = currency != nullptr && values::Currency::Parse(currency->value).has_value();
    if (is_money && currency != nullptr && !known)
      return Literal("[UNKNOWN CURRENCY: " + currency->value + "]");
    String text = "{{placeholder: " + FieldOf(directive.value);
    if (QuestionOf(directive.value) == nullptr) {
      const bool spelt = type == QuestionType::kDuration && IsSpelt(directive.value);
      if (spelt) {
        text += ", type=text";
      } else {
        text +=
            type == QuestionType::kDuration ? String(", type=duration") : With(directive, "type");
      }
      if (is_money) text += With(directive, "currency");
    }
    return text + With(directive, "note") + "}}";
  }

  String Spell(const Directive& directive) const {
    const String& name = directive.name;
    const String& value = directive.value;
    if (name == "ref") {
      auto targets = document_.anchors.find(value);
      if (targets == document_.anchors.end()) return Literal("[BROKEN REF: " + value + "]");
      Vector<Alternative> all;
      for (const Target& target : targets->second) {
        bool numbered = target.place != Place::kParagraph;
        all.push_back({target.presence, "{{ref: " + (numbered ? value : target.section) + "}}"});
      }
      return OneOf(all);
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
    Vector<Alternative> all;
    const Parameter* label = directive.Find("label");
    for (const Attachment& attachment : metadata_.attachments) {
      if (attachment.id != directive.value) continue;
      all.push_back({PresenceOf(attachment),
                     attachment.rendered
                         ? "{{attach: " + directive.value + With(directive, "label") + "}}"
                         : Literal(label != nullptr ? label->value : attachment.title)});
    }
    if (!all.empty()) return OneOf(all);
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
    for (const Party& party : metadata_.parties) {
      if (!is_party || party.name != directive.value) continue;
      bool open = Display(party).find("{{") != std::string_view::npos;
      if (open && directive.Find("label") == nullptr) return FrontValue(Display(party), "");
      return "{{party: " + party.name + With(directive, "label") + "}}";
    }
    for (const Side& side : metadata_.sides) {
      if (!is_party && side.name == directive.value)
        return "{{side: " + side.name + With(directive, "label") + "}}";
    }
    return Literal(String(is_party ? "[UNKNOWN PARTY: " : "[UNKNOWN SIDE: ") + directive.value +
                   "]");
  }

  const LegalDownFiles& files_;
  const Document& document_;
  const Metadata& metadata_;
  std::string_view source_;
  String text_;
  Vector<Run> runs_;
  Vector<ByteRange> sectioned_;  // fragments whose sections have its condition
};

// What the template says of itself that LegalDown's rules have said already.
bool IsSaid(DiagnosticCode code) {
  return code == DiagnosticCode::kFieldUnused || code == DiagnosticCode::kThematicBreak ||
         code == DiagnosticCode::kNeverTrue;
}

}  // namespace

LegalDownDocument CompileLegalDown(const LegalDownFiles& files, Readiness readiness) {
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
  if (all[0].text.size() > compile::kMaxTemplateBytes) {
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
    Document document = CheckDocument(files, parts, readiness, &sink);
    if (!sink.HasErrors()) {
      Translator translator(files, document, source.text());
      translator.Translate();
      compile::Compilation compiled =
          CompileTemplate(translator.text(), all[0].name, compile::Library());
      for (const Diagnostic& diagnostic : compiled.diagnostics) {
        if (IsSaid(diagnostic.code)) continue;
        uint32_t begin = translator.SourceOf(diagnostic.span.byte.begin);
        uint32_t end = translator.SourceOf(diagnostic.span.byte.end);
        if (diagnostic.code == DiagnosticCode::kAlwaysTrue && translator.IsOwn(begin)) continue;
        sink.Report(diagnostic.code, {begin, std::max(end, begin + 1)}, diagnostic.message).hint =
            diagnostic.hint;
      }
      if (!sink.HasErrors()) {
        result.questions = translator.Questions();
        result.locale = translator.Locale();
        result.text = translator.text();
        result.compilation.bytes = std::move(compiled.bytes);
        result.compilation.contract = std::move(compiled.contract);
      }
      for (compile::Name& name : compiled.names) {
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

}  // namespace countersign::legaldown
