// Long because each check is a question to one and the same reasoner.
#include "compile/analysis.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "expression/program.h"
#include "json/value.h"
#include "values/plain_json.h"

namespace countersign::compile {
namespace {

using expression::Tree;

Vector<Domain> DomainsOf(const Facts& facts) {
  Vector<Domain> domains;
  for (const FieldFact& field : facts.fields) domains.push_back(field.domain);
  return domains;
}

// What a record takes up: texts in it are taken as short.
int64_t SizeOfRecord(const values::Type& type) {
  if (type.kind == values::Kind::kString) return 200;
  int64_t size = 24;
  for (const values::Type& item : type.items) size += SizeOfRecord(item);
  return type.kind == values::Kind::kRecord ? size : 24;
}

String When(const String& example) {
  return example.empty() ? String() : ", for example where " + example;
}

class Analyst {
 public:
  Analyst(const Facts& facts, DiagnosticSink* sink)
      : facts_(facts), sink_(sink), reasoner_(DomainsOf(facts), facts.computed) {
    for (const FieldFact& field : facts.fields) fields_.emplace(field.domain.name, &field);
    for (const Definition& each : facts.computed)
      needed_by_.emplace(each.name, NeededBy(*each.tree));
  }

  void Run() {
    // Errors first: should the steps run out, they were looked for.
    for (const SharedFact& shared : facts_.shared) CheckShared(shared);
    for (const ReferenceFact& reference : facts_.references) CheckReference(reference);
    CheckNumbers();
    for (const ReferenceFact& term : facts_.terms) CheckTerm(term);
    for (const UnitFact& unit : facts_.units) CheckUnit(unit);
    for (const RuleFact& rule : facts_.rules) CheckRule(rule);
    for (const FieldFact& field : facts_.fields) CheckField(field);
    for (const RoleFact& role : facts_.signers) CheckSigner(role);
    for (const ValueFact& value : facts_.values) {
      if (value.unit != kNoUnit) CheckAnswered(*value.tree, value.at, value.unit, "text");
    }
    CheckAlternatives();
    for (const CaseFact& each : facts_.cases) CheckCase(each);
    for (const ChoiceFact& choice : facts_.choices) CheckChoice(choice);
    CheckOptions();
    CheckCost();
    if (cut_) sink_->Report(DiagnosticCode::kAnalysisCut, *cut_);
  }

 private:
  // --- where a unit is -----------------------------------------------------------------------

  // Conditions under which what stands in the unit is there. False where one did not compile.
  bool AddConditions(uint32_t unit, Vector<AnyOf>* all) const {
    for (uint32_t at = unit; at != kNoUnit; at = facts_.units[at].parent) {
      const UnitFact& fact = facts_.units[at];
      if (fact.when != nullptr) all->push_back({{fact.when, Sense::kHolds}});
      if (fact.conditional && fact.when == nullptr) return false;
    }
    return true;
  }
  // The same as one claim: that something of it fails. Empty: it is always there.
  static AnyOf Opposite(const Vector<AnyOf>& all) {
    AnyOf any;
    for (const AnyOf& one : all) any.push_back({one[0].condition, Sense::kFails});
    return any;
  }

  Verdict Ask(const Vector<AnyOf>& all, ByteRange at) {
    Verdict verdict = reasoner_.CanBe(all);
    if (verdict.chance == Chance::kTooMany && !cut_) cut_ = at;
    return verdict;
  }
  bool IsNever(const Vector<AnyOf>& all, ByteRange at) {
    return Ask(all, at).chance == Chance::kNever;
  }

  // --- conditions ----------------------------------------------------------------------------

  void CheckUnit(const UnitFact& unit) {
    if (unit.when != nullptr && unit.branch != Branch::kElse)
      CheckAnswered(*unit.when, unit.when_at, unit.parent, "condition");
    if (unit.when == nullptr || unit.chosen) return;
    bool& told = told_[unit.parent];
    if (unit.branch == Branch::kElse) {
      // Of a condition that is always or never true, that is enough to say.
      if (told || !IsNever({{{unit.when, Sense::kHolds}}}, unit.when_at)) return;
      sink_->Report(DiagnosticCode::kNeverTrue, unit.when_at,
                    "Nothing is left for this {{#else}}: one of the conditions before it is true");
      return;
    }
    told = true;
    String what = unit.branch == Branch::kNone ? "'" + unit.id + "' is" : "this text is";
    if (IsNever({{{unit.when, Sense::kHolds}}}, unit.when_at)) {
      Explain(sink_->Report(DiagnosticCode::kNeverTrue, unit.when_at,
                            "This is never true: " + what + " never there"),
              *unit.when, unit.loops);
      constant_.insert(unit.when_at.begin);
      return;
    }
    if (IsNever({{{unit.when, Sense::kFails}}}, unit.when_at)) {
      Explain(sink_->Report(DiagnosticCode::kAlwaysTrue, unit.when_at,
                            "This is always true: " + what + " always there"),
              *unit.when, unit.loops);
      constant_.insert(unit.when_at.begin);
      return;
    }
    told = false;
    Vector<AnyOf> around;
    if (unit.parent == kNoUnit || !AddConditions(unit.parent, &around) || around.empty()) return;
    // What the units around it ask for, and they do not contradict each other already.
    if (Ask(around, unit.when_at).chance != Chance::kPossible) return;
    around.push_back({{unit.when, Sense::kHolds}});
    const UnitFact* outer = &facts_.units[unit.parent];
    while (outer->when == nullptr) outer = &facts_.units[outer->parent];
    if (IsNever(around, unit.when_at)) {
      sink_
          ->Report(DiagnosticCode::kNeverTrue, unit.when_at,
                   "This is never true here: what is around it is there only where it is false")
          .related.push_back({sink_->file().Locate(outer->when_at), "the condition around it"});
      return;
    }
    around.back() = {{unit.when, Sense::kFails}};
    if (IsNever(around, unit.when_at)) {
      sink_
          ->Report(DiagnosticCode::kAlwaysTrue, unit.when_at,
                   "This is always true here: what is around it asks for it already")
          .related.push_back({sink_->file().Locate(outer->when_at), "the condition around it"});
    }
  }

  void CheckRule(const RuleFact& rule) {
    const bool never = IsNever({{{rule.tree, Sense::kHolds}}}, rule.at);
    if (never) {
      Explain(sink_->Report(DiagnosticCode::kNeverTrue, rule.at,
                            "This is never true: " +
                                String(rule.what == "check"      ? "nothing can pass the check"
                                       : rule.what == "show"     ? "the field is never shown"
                                       : rule.what == "required" ? "the field is never required"
                                                                 : "the rule never applies")),
              *rule.tree, {});
    } else if (IsNever({{{rule.tree, Sense::kFails}}}, rule.at)) {
      Explain(sink_->Report(DiagnosticCode::kAlwaysTrue, rule.at,
                            "This is always true: " +
                                String(rule.what == "check"      ? "the check refuses nothing"
                                       : rule.what == "show"     ? "the field is always shown"
                                       : rule.what == "required" ? "the field is always required"
                                                                 : "the rule always applies")),
              *rule.tree, {});
    } else {
      return;
    }
    constant_.insert(rule.at.begin);
  }

  // --- what a field never is -----------------------------------------------------------------

  // A comparison with what is none of a field's options.
  struct Stranger {
    const FieldFact* field;
    String option;
  };

  // The field whose options a variable has, an item of a list those of the list.
  const FieldFact* Listed(const expression::Node& node, const Vector<uint32_t>& loops) const {
    if (node.op != expression::Op::kVariable) return nullptr;
    for (uint32_t loop : loops) {
      const Definition& definition = facts_.loops[loop];
      if (definition.name == node.name) return ListedIn(*definition.tree);
    }
    auto it = fields_.find(node.name);
    return it == fields_.end() || it->second->domain.options.empty() ? nullptr : it->second;
  }
  const FieldFact* ListedIn(const Tree& tree) const {
    const bool is_field = tree.nodes.size() == 1;
    return is_field ? Listed(tree.nodes[0], {}) : nullptr;
  }

  // `locals`: the fields that the variables of the macros around have their options from.
  void FindStrangers(const Tree& tree, uint32_t index, const Vector<uint32_t>& loops,
                     Vector<const FieldFact*>* locals, Vector<Stranger>* found) const {
    using expression::Op;
    const expression::Node& node = tree.nodes[index];
    const auto children = tree.Children(node);
    const auto listed = [&](uint32_t child) {
      const expression::Node& one = tree.nodes[child];
      if (one.op == Op::kLocal) return one.local < locals->size() ? (*locals)[one.local] : nullptr;
      return Listed(one, loops);
    };
    const auto compare = [&](const FieldFact* field, const expression::Node& other) {
      if (field == nullptr || other.op != Op::kLiteral) return;
      const auto& options = field->domain.options;
      const auto look_at = [&](const values::Value& value) {
        if (value.kind() != options[0].kind() ||
            std::ranges::any_of(options, [&](const values::Value& option) {
              return values::Equal(option, value);
            })) {
          return;
        }
        auto plain = values::ToJson(value);
        if (!plain) return;
        found->push_back({field, plain->is_string() ? String(plain->string_value())
                                                    : String(json::Write(*plain))});
      };
      if (!other.literal.Is(values::Kind::kList)) return look_at(other.literal);
      for (const values::Value& item : other.literal.items()) look_at(item);
    };
    if (node.op == Op::kCall && children.size() == 2) {
      const expression::Node& left = tree.nodes[children[0]];
      const expression::Node& right = tree.nodes[children[1]];
      if (node.function == expression::Function::kEqual ||
          node.function == expression::Function::kNotEqual) {
        compare(listed(children[0]), right);
        compare(listed(children[1]), left);
      } else if (node.function == expression::Function::kIn) {
        compare(listed(children[1]), left);  // 'EU' in regions
        compare(listed(children[0]), right);
        if (right.op == Op::kList) {
          for (uint32_t item : tree.Children(right)) compare(listed(children[0]), tree.nodes[item]);
        }
      }
    }
    const size_t around = locals->size();
    for (size_t i = 0; i < children.size(); ++i) {
      if (i == 1 && node.op == Op::kFold) {
        // The last variable is the element, one in front of it its place.
        if (node.variables == 2) locals->push_back(nullptr);
        locals->push_back(listed(children[0]));
      }
      if (i == 1 && node.op == Op::kLet) locals->push_back(listed(children[0]));
      FindStrangers(tree, children[i], loops, locals, found);
    }
    locals->resize(around);
  }
  Vector<Stranger> StrangersIn(const Tree& tree, const Vector<uint32_t>& loops) const {
    Vector<Stranger> found;
    Vector<const FieldFact*> locals;
    FindStrangers(tree, static_cast<uint32_t>(tree.nodes.size() - 1), loops, &locals, &found);
    return found;
  }

  static String Suggestion(const Stranger& stranger) {
    Vector<String> names;
    for (const values::Value& option : stranger.field->domain.options) {
      auto plain = values::ToJson(option);
      if (plain && plain->is_string()) names.emplace_back(plain->string_value());
    }
    const Vector<std::string_view> known(names.begin(), names.end());
    Diagnostic scratch;
    SuggestName(scratch, NearestName(stranger.option, known), std::nullopt);
    return scratch.hint;
  }

  void Explain(Diagnostic& diagnostic, const Tree& tree, const Vector<uint32_t>& loops) const {
    const Vector<Stranger> strangers = StrangersIn(tree, loops);
    if (strangers.empty()) return;
    const Stranger& first = strangers[0];
    const String suggestion = Suggestion(first);
    diagnostic.hint = "'" + first.field->domain.name + "' has no option '" + first.option + "'." +
                      (suggestion.empty() ? "" : " " + suggestion);
  }

  void CheckOptions() {
    for (const UnitFact& unit : facts_.units) {
      if (unit.when == nullptr || unit.chosen || unit.branch == Branch::kElse) continue;
      CheckOptions(*unit.when, unit.when_at, unit.loops);
    }
    for (const RuleFact& rule : facts_.rules) CheckOptions(*rule.tree, rule.at, {});
    for (const ValueFact& value : facts_.values) {
      if (CheckOptions(*value.tree, value.at, value.loops)) continue;
      Vector<AnyOf> around;
      if (HasIdleBranch(*value.tree, static_cast<uint32_t>(value.tree->nodes.size() - 1), &around,
                        value.at)) {
        sink_->Report(DiagnosticCode::kNeverTrue, value.at,
                      "One side of a '? :' in this is never taken: its condition has one answer");
      }
    }
  }

  // True where it was reported.
  bool CheckOptions(const Tree& tree, ByteRange at, const Vector<uint32_t>& loops) {
    const Vector<Stranger> strangers = StrangersIn(tree, loops);
    if (strangers.empty() || constant_.contains(at.begin)) return !strangers.empty();
    // Where the text stands in the file as it was compiled, so does the option; what is put
    // together of several conditions has been looked at in each.
    const bool plain =
        std::string_view(sink_->file().text()).substr(at.begin, tree.source.size()) == tree.source;
    for (const Stranger& stranger : strangers) {
      const String& name = stranger.field->domain.name;
      ByteRange place = at;
      const bool is_new = strangers_.insert(name + "\n" + stranger.option).second;
      if (!plain && !is_new) continue;
      for (std::string_view quote : {"'", "\""}) {
        const String written = String(quote) + stranger.option + String(quote);
        const size_t found = plain ? tree.source.find(written) : String::npos;
        if (found == String::npos) continue;
        place.begin = at.begin + static_cast<uint32_t>(found) + 1;
        place.end = place.begin + static_cast<uint32_t>(stranger.option.size());
      }
      Diagnostic& diagnostic =
          sink_->Report(DiagnosticCode::kOptionUnknown, place,
                        "'" + name + "' has no option '" + stranger.option + "'");
      diagnostic.hint = Suggestion(stranger);
      if (diagnostic.hint.empty()) {
        diagnostic.hint = "Compare it with one of its options, or add this one to them.";
      }
      diagnostic.related.push_back(
          {sink_->file().Locate(stranger.field->at), "the field is declared here"});
    }
    return true;
  }

  // A branch of `? :` that is never taken; nothing is claimed inside of macros.
  bool HasIdleBranch(const Tree& tree, uint32_t index, Vector<AnyOf>* around, ByteRange at) {
    using expression::Op;
    const expression::Node& node = tree.nodes[index];
    const auto children = tree.Children(node);
    if (node.op == Op::kFold || node.op == Op::kLet) return false;
    if (node.op != Op::kIf) {
      return std::ranges::any_of(
          children, [&](uint32_t child) { return HasIdleBranch(tree, child, around, at); });
    }
    if (HasIdleBranch(tree, children[0], around, at)) return true;
    for (size_t i = 1; i < 3; ++i) {
      around->push_back({{&tree, i == 1 ? Sense::kHolds : Sense::kFails, children[0]}});
      const bool idle = IsNever(*around, at) || HasIdleBranch(tree, children[i], around, at);
      around->pop_back();
      if (idle) return true;
    }
    return false;
  }

  // --- words that are left out ---------------------------------------------------------------

  void CheckCase(const CaseFact& fact) {
    Vector<AnyOf> around;
    if (!AddConditions(fact.unit, &around)) return;
    for (const CaseFact::Option& option : fact.open) {
      if (option.is_it != nullptr) {
        around.push_back({{option.is_it, Sense::kHolds}});
        const bool never = IsNever(around, fact.at);
        around.pop_back();
        if (never) continue;
      }
      sink_
          ->Report(DiagnosticCode::kCaseUncovered, fact.at,
                   "Nothing would stand here while '" + fact.field + "' is '" + option.name + "'")
          .hint = option.written + "=\"…\", or else=\"…\"";
      return;
    }
  }

  void CheckChoice(const ChoiceFact& choice) {
    Vector<AnyOf> all = choice.nothing;
    if (!AddConditions(choice.unit, &all)) return;
    const Verdict verdict = Ask(all, choice.at);
    if (verdict.chance != Chance::kPossible) return;
    if (choice.without == Without::kTwoBlanks) {
      Diagnostic& diagnostic =
          sink_->Report(DiagnosticCode::kBlankDoubled, choice.at,
                        "Two blanks would stand beside each other" + When(verdict.example));
      diagnostic.hint = "Put one of the blanks inside: {{#if …}}new {{/if}}plan.";
      diagnostic.fix = choice.fix;
      return;
    }
    const bool heading = choice.without == Without::kHeading;
    sink_
        ->Report(DiagnosticCode::kMayBeEmpty, choice.at,
                 String(heading ? "The heading" : "The item") + " would have no words" +
                     When(verdict.example))
        .hint = "Give all of it the condition, with {when=\"…\"} at its end, or write {{#else}}.";
  }

  // --- fields --------------------------------------------------------------------------------

  // All the ways in which the field is hidden, as claims that must all be met. Empty where it is
  // always there; nothing where that is not known.
  std::optional<Vector<Vector<AnyOf>>> WaysToHide(const FieldFact& field) const {
    Vector<Vector<AnyOf>> ways;
    if (field.show != nullptr) ways.push_back({{{field.show, Sense::kFails}}});
    Vector<AnyOf> nowhere;
    for (uint32_t unit : field.units) {
      Vector<AnyOf> there;
      if (!AddConditions(unit, &there)) return std::nullopt;
      if (there.empty()) return ways;
      nowhere.push_back(Opposite(there));
    }
    if (!nowhere.empty()) ways.push_back(std::move(nowhere));
    return ways;
  }

  void CheckField(const FieldFact& field) {
    if (!field.says_required) return;
    auto ways = WaysToHide(field);
    if (!ways) return;
    for (Vector<AnyOf>& way : *ways) {
      if (field.required != nullptr) way.push_back({{field.required, Sense::kHolds}});
      Verdict verdict = Ask(way, field.required_at);
      if (verdict.chance != Chance::kPossible) continue;
      sink_
          ->Report(DiagnosticCode::kRequiredHidden, field.required_at,
                   "'" + field.domain.name + "' is required, but may be hidden" +
                       When(verdict.example) + ": then nobody is asked")
          .hint = "Say when: give 'required' the condition under which it is shown.";
      return;
    }
  }

  // A signer must have a place to sign, whatever the answers are.
  void CheckSigner(const RoleFact& role) {
    Vector<AnyOf> nowhere;
    bool any = false;
    for (const FieldFact& field : facts_.fields) {
      if (field.signs != role.id || field.units.empty()) continue;
      any = true;
      for (uint32_t unit : field.units) {
        Vector<AnyOf> there;
        if (!AddConditions(unit, &there)) return;
        AnyOf hidden = Opposite(there);
        if (field.show != nullptr) hidden.push_back({field.show, Sense::kFails});
        if (hidden.empty()) return;
        nowhere.push_back(std::move(hidden));
      }
    }
    if (!any) return;
    Verdict verdict = Ask(nowhere, role.at);
    if (verdict.chance != Chance::kPossible) return;
    sink_->Report(
        DiagnosticCode::kRequiredHidden, role.at,
        role.label + " signs, but may have no place for a signature" + When(verdict.example));
  }

  // The fields without which a part of a tree has no value, those behind computed values too. What
  // may be passed over (a side of ? :, of && or of ||, what a macro does with elements) needs none.
  void AddNeeded(const Tree& tree, uint32_t index, Vector<const FieldFact*>* needed) const {
    const expression::Node& node = tree.nodes[index];
    if (node.op == expression::Op::kAnd || node.op == expression::Op::kOr) return;
    if (node.op == expression::Op::kVariable) {
      if (auto it = fields_.find(node.name); it != fields_.end()) needed->push_back(it->second);
      if (auto it = needed_by_.find(node.name); it != needed_by_.end())
        needed->insert(needed->end(), it->second.begin(), it->second.end());
    }
    auto children = tree.Children(node);
    if (node.op == expression::Op::kIf || node.op == expression::Op::kFold)
      children = children.first(1);
    if (node.op == expression::Op::kLet) children = children.last(1);
    for (uint32_t child : children) AddNeeded(tree, child, needed);
  }
  Vector<const FieldFact*> NeededBy(const Tree& tree) const {
    Vector<const FieldFact*> needed;
    AddNeeded(tree, static_cast<uint32_t>(tree.nodes.size() - 1), &needed);
    std::sort(needed.begin(), needed.end());
    needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
    return needed;
  }

  // `what` ("text", "condition") would wait for ever where an answer that it needs is not asked
  // for, or may be left out. Said once of each place, of the first such field.
  void CheckAnswered(const Tree& tree, ByteRange at, uint32_t unit, std::string_view what) {
    for (const FieldFact* field : NeededBy(tree)) {
      if (field->has_default) continue;
      auto ways = WaysToHide(*field);
      if (!ways) continue;
      const size_t hidden = ways->size();
      if (field->may_stay_open) {
        ways->push_back({});
        if (field->required != nullptr) ways->back().push_back({{field->required, Sense::kFails}});
      }
      for (size_t i = 0; i < ways->size(); ++i) {
        if (!AddConditions(unit, &(*ways)[i])) return;
        String example;
        if (const bool always = i == hidden && field->required == nullptr; !always) {
          Verdict verdict = Ask((*ways)[i], at);
          if (verdict.chance != Chance::kPossible) continue;
          example = When(verdict.example);
        }
        if (waiting_.insert(at.begin).second) ReportWaiting(*field, at, what, example, i < hidden);
        return;
      }
    }
  }
  void ReportWaiting(const FieldFact& field, ByteRange at, std::string_view what,
                     const String& example, bool may_be_hidden) {
    const String& name = field.domain.name;
    Diagnostic& diagnostic = sink_->Report(
        DiagnosticCode::kReadHidden, at,
        "This " + String(what) + " needs '" + name +
            (may_be_hidden ? "', which may be hidden" : "', which need not be answered") + example +
            ": it would wait for ever");
    if (may_be_hidden) {
      diagnostic.hint = "Give this text the condition under which the field is shown.";
    } else if (field.required != nullptr) {
      diagnostic.hint =
          "Give this text the condition under which the field is required, or the field a default.";
    } else if (field.domain.type.kind == values::Kind::kString) {
      diagnostic.hint =
          "Give the field default: \"\", and ask for that: {{#if " + name + " != ''}}.";
    } else {
      diagnostic.hint =
          "Give the field a default, or ask in a field of its own whether there is one.";
    }
    diagnostic.related.push_back({sink_->file().Locate(field.at), "the field is declared here"});
  }

  // --- references ----------------------------------------------------------------------------

  // Units that share an id must be alternatives. What repeats or leaves something in its place is
  // more than one, or always there.
  void CheckShared(const SharedFact& shared) {
    Vector<AnyOf> all;
    if (!AddConditions(shared.first, &all) || !AddConditions(shared.second, &all)) return;
    String why;
    for (uint32_t unit : {shared.first, shared.second}) {
      for (uint32_t at = unit; at != kNoUnit; at = facts_.units[at].parent) {
        if (facts_.units[at].repeated) why = "one of them stands once for each item of a list";
        if (facts_.units[at].omitted) why = "one of them leaves something in its place";
      }
    }
    if (why.empty() && all.empty()) why = "both always stand";
    if (why.empty()) {
      Verdict verdict = Ask(all, shared.at);
      if (verdict.chance == Chance::kNever) return;
      why = verdict.chance == Chance::kTooMany
                ? "whether their conditions exclude each other is too much to prove"
                : "both may stand" + When(verdict.example);
    }
    Diagnostic& diagnostic =
        sink_->Report(DiagnosticCode::kIdTwice, shared.at, shared.message + ": " + why);
    diagnostic.hint = "Only alternatives, of which never two stand, share an id.";
    diagnostic.related.push_back({sink_->file().Locate(shared.first_at), "the first one"});
  }

  // That a reference, or a use of a term, stands where none of the alternatives does. False where
  // that is not asked, or one of their conditions did not compile.
  bool AddNone(const ReferenceFact& reference, Vector<AnyOf>* from) const {
    Vector<uint32_t> all = {reference.target};
    all.insert(all.end(), reference.others.begin(), reference.others.end());
    if (reference.is_other || !AddConditions(reference.from, from)) return false;
    for (uint32_t target : all) {
      Vector<AnyOf> to;
      if (!AddConditions(target, &to)) return false;
      from->push_back(Opposite(to));
    }
    return true;
  }

  void CheckAlternatives(const ReferenceFact& reference) {
    Vector<AnyOf> none;
    if (!AddNone(reference, &none)) return;
    Verdict verdict = Ask(none, reference.at);
    if (verdict.chance == Chance::kNever) return;
    const UnitFact& target = facts_.units[reference.target];
    Diagnostic& diagnostic = sink_->Report(
        DiagnosticCode::kReferenceUnsafe, reference.at,
        "None of the alternatives '" + target.id + "' is there, but this reference is" +
            (verdict.chance == Chance::kTooMany ? ": whether one always is, is too much to prove"
                                                : When(verdict.example)));
    diagnostic.hint = "Give the last of them {else}, or this text a condition.";
    diagnostic.related.push_back({sink_->file().Locate(target.at), "the first of them"});
  }

  void CheckReference(const ReferenceFact& reference) {
    if (reference.is_other) return;
    if (!reference.others.empty()) return CheckAlternatives(reference);
    Vector<AnyOf> from, to;
    if (!AddConditions(reference.from, &from)) return;
    const UnitFact& target = facts_.units[reference.target];
    // A unit that leaves something in its place keeps its number, and has lost its title.
    if (target.conditional && (!target.omitted || reference.shows == Shows::kTitle)) {
      if (target.when == nullptr) return;
      to.push_back({{target.when, Sense::kHolds}});
    }
    if (target.parent != kNoUnit && !AddConditions(target.parent, &to)) return;
    EraseIf(to, [&](const AnyOf& any) {
      return std::any_of(from.begin(), from.end(), [&](const AnyOf& other) {
        return other[0].condition == any[0].condition;
      });
    });
    if (to.empty()) return;
    from.push_back(Opposite(to));
    Verdict verdict = Ask(from, reference.at);
    if (verdict.chance == Chance::kNever) return;
    const UnitFact* vanishing = &target;
    while (vanishing->when != to[0][0].condition) vanishing = &facts_.units[vanishing->parent];
    String message = "'" + vanishing->id + "' is not always there, but this reference is";
    message += verdict.chance == Chance::kTooMany
                   ? ": whether their conditions agree is too much to prove"
                   : When(verdict.example);
    Diagnostic& diagnostic = sink_->Report(DiagnosticCode::kReferenceUnsafe, reference.at, message);
    diagnostic.hint =
        vanishing == &target && target.omitted
            ? "Where it is left out its omitted text stands, under another title: give the same "
              "condition to this text, or call it by a label=\"…\" that suits both."
        : vanishing->omitted
            ? "Where it is left out only its omitted text stands, without what is in it: refer to "
              "'" +
                  vanishing->id + "' itself, or give the same condition to this text."
            : String(
                  "Give the unit omitted=\"Intentionally omitted.\", or the same condition to "
                  "this text.");
    diagnostic.related.push_back({sink_->file().Locate(vanishing->at), "may be left out"});
  }

  // --- numbers that are there twice ----------------------------------------------------------

  // One part of a number: what it counts in, and which numbers it may be, as units before it are
  // there or not. Two of one count are never the same.
  struct Step {
    uint32_t unit = 0, counter = 0;
    int way = 0;  // how it is written
    int64_t least = 0, most = 0;
  };
  // What a unit is called by a reference that stands in the same scope: the text, or a schedule
  // whose numbers begin again.
  struct Label {
    uint32_t scope = kNoUnit;
    int lists = 0;  // with numbers, that it stands in
    Vector<Step> steps;
  };
  struct Count {
    int64_t least = 0, most = 0;
  };

  // As document::Numbers counts, with all that may be there.
  Vector<Label> Labels() const {
    const bool mixed = facts_.numbering == document::Numbering::kMixed;
    const bool items = facts_.numbering == document::Numbering::kItems;
    constexpr int kDotted = 100, kTop = 200;
    Vector<Label> labels;
    std::unordered_map<uint32_t, Count> counts;
    for (uint32_t i = 0; i < facts_.units.size(); ++i) {
      const UnitFact& unit = facts_.units[i];
      Label label;
      if (unit.parent != kNoUnit) label = labels[unit.parent];
      const bool is_section = unit.counts == Counts::kSection;
      if (unit.counts == Counts::kRestart) {
        label = Label();
        label.scope = i;
      }
      if (is_section || unit.counts == Counts::kItem || unit.counts == Counts::kRecital) {
        const uint32_t counter = is_section ? CounterOf(i) : unit.parent;
        Count& count = counts[counter];
        const auto depth = static_cast<int>(label.steps.size());
        int way = unit.counts == Counts::kRecital ? 2 : label.lists % 4;
        if (is_section) way = mixed && depth > 0 ? (depth - 1) % 4 : kDotted + depth;
        if (!is_section && items && unit.counts == Counts::kItem)
          way = label.lists == 0 ? kTop : (label.lists - 1) % 4;
        constexpr int64_t kMany = 1'000'000;
        const int64_t more = unit.repeated ? kMany : 1;
        label.steps.push_back({i, counter, way, count.least + 1, count.most + more});
        count.least += MayBeAway(i, counter) ? 0 : 1;
        count.most += more;
        if (is_section) label.lists = mixed ? depth : 0;
        if (unit.counts == Counts::kItem) ++label.lists;
      }
      labels.push_back(std::move(label));
    }
    return labels;
  }

  // What the number of a section, or of a list's first item, is counted in.
  uint32_t CounterOf(uint32_t unit) const {
    uint32_t at = facts_.units[unit].parent;
    while (at != kNoUnit && facts_.units[at].counts != Counts::kSection &&
           facts_.units[at].counts != Counts::kRestart) {
      at = facts_.units[at].parent;
    }
    return at;
  }

  // Whether the unit may leave no number behind; what holds the count itself does not matter.
  bool MayBeAway(uint32_t unit, uint32_t counter) const {
    for (uint32_t at = unit; at != kNoUnit && at != counter; at = facts_.units[at].parent) {
      const UnitFact& fact = facts_.units[at];
      if (fact.repeated || (fact.conditional && (at != unit || !fact.omitted))) return true;
    }
    return false;
  }

  static bool MayReadAlike(const Label& a, const Label& b) {
    for (size_t i = 0; i < a.steps.size(); ++i) {
      const Step& one = a.steps[i];
      const Step& other = b.steps[i];
      if (one.unit == other.unit) continue;
      if (one.counter == other.counter || one.way != other.way) return false;
      if (one.least > other.most || other.least > one.most) return false;
    }
    return true;
  }

  // A number that another unit has as well. Items count in their list, so that two lists of a
  // section both have an (a); the numbers of a schedule may begin again.
  void CheckNumbers() {
    if (facts_.references.empty()) return;
    const Vector<Label> labels = Labels();
    // Units that may read alike: what they are written with, and their numbers where these are
    // certain.
    const auto key_of = [](const Label& label, bool exact) {
      String key;
      for (const Step& step : label.steps) {
        key += NumberText(step.way) + "/";
        if (exact) key += NumberText(step.least) + ".";
      }
      return key;
    };
    const auto is_exact = [](const Label& label) {
      return std::ranges::all_of(label.steps,
                                 [](const Step& step) { return step.least == step.most; });
    };
    std::unordered_map<String, Vector<uint32_t>> exact, all, vague;
    for (uint32_t i = 0; i < labels.size(); ++i) {
      const bool ends = !labels[i].steps.empty() && labels[i].steps.back().unit == i;
      if (!ends) continue;
      const String ways = key_of(labels[i], false);
      all[ways].push_back(i);
      if (is_exact(labels[i])) {
        exact[key_of(labels[i], true)].push_back(i);
      } else {
        vague[ways].push_back(i);
      }
    }
    constexpr size_t kMaxCompared = 2'000'000;
    size_t compared = 0;
    for (const ReferenceFact& reference : facts_.references) {
      const Label& target = labels[reference.target];
      if (target.steps.empty() || target.steps.back().unit != reference.target) continue;
      const uint32_t from = reference.from == kNoUnit ? kNoUnit : labels[reference.from].scope;
      bool told = false;
      size_t asked = 0;
      const auto look_at = [&](const Vector<uint32_t>& some) {
        for (size_t i = 0; i < some.size() && !told && asked < kMaxTwins; ++i) {
          if (++compared > kMaxCompared) return;
          const Label& other = labels[some[i]];
          if (some[i] == reference.target || !ReadsAlikeFrom(from, target, other) ||
              !MayReadAlike(target, other)) {
            continue;
          }
          ++asked;
          told = ReportTwin(reference, some[i],
                            target.scope == other.scope ? Twin::kNear
                            : other.scope == from       ? Twin::kHere
                                                        : Twin::kSchedule);
        }
      };
      const String ways = key_of(target, false);
      if (is_exact(target)) {
        look_at(exact[key_of(target, true)]);
        look_at(vague[ways]);
      } else {
        look_at(all[ways]);
      }
      if (compared > kMaxCompared) {
        if (!cut_) cut_ = reference.at;
        return;
      }
    }
  }

  // Whether a reference puts the same words in front of both numbers: those of a schedule are
  // called by its name from outside. Within one, its own numbers are meant.
  bool ReadsAlikeFrom(uint32_t from, const Label& target, const Label& other) const {
    if (target.scope == other.scope) return true;
    if (target.scope == from) return false;
    const auto name = [&](uint32_t scope) {
      return scope == kNoUnit || scope == from ? String() : facts_.units[scope].name;
    };
    return name(target.scope) == name(other.scope);
  }

  // Where the other unit stands: in the same text or schedule, in that of the reference, or in a
  // schedule of the same name.
  enum class Twin : uint8_t { kNear, kHere, kSchedule };

  // False where the two never stand together.
  bool ReportTwin(const ReferenceFact& reference, uint32_t twin, Twin where) {
    Vector<AnyOf> all;
    bool known = AddConditions(reference.from, &all) && AddConditions(reference.target, &all) &&
                 AddConditions(twin, &all);
    if (!known || (!all.empty() && Ask(all, reference.at).chance != Chance::kPossible))
      return false;
    const UnitFact& target = facts_.units[reference.target];
    Diagnostic& diagnostic =
        sink_->Report(DiagnosticCode::kReferenceAmbiguous, reference.at,
                      "Another " + String(target.counts == Counts::kItem ? "item" : "unit") +
                          " has the number of '" + target.id + "', too");
    const bool two_lists =
        target.counts != Counts::kSection && facts_.units[twin].counts != Counts::kSection;
    diagnostic.hint =
        where == Twin::kHere ? "Here it reads as a number of this schedule: take its 'restart' "
                               "away, or say in words "
                               "which one is meant."
        : where == Twin::kSchedule
            ? "Give each schedule that restarts a name of its own in front of the colon."
        : two_lists
            ? "Give one of the lists a heading of its own, or make one list of them."
            : "Items and headings below this one count alike: give the list a heading of its "
              "own.";
    diagnostic.related.push_back({sink_->file().Locate(target.at), "meant"});
    diagnostic.related.push_back({sink_->file().Locate(facts_.units[twin].at), "the other one"});
    return true;
  }

  void CheckTerm(const ReferenceFact& term) {
    Vector<AnyOf> from, to;
    if (!term.others.empty()) {
      if (AddNone(term, &from)) ReportTerm(term, from);
      return;
    }
    if (!AddConditions(term.from, &from) || !AddConditions(term.target, &to)) return;
    bool within = std::all_of(to.begin(), to.end(), [&](const AnyOf& any) {
      return std::any_of(from.begin(), from.end(), [&](const AnyOf& other) {
        return other[0].condition == any[0].condition;
      });
    });
    if (within) return;
    from.push_back(Opposite(to));
    ReportTerm(term, from);
  }

  void ReportTerm(const ReferenceFact& term, const Vector<AnyOf>& without) {
    Verdict verdict = Ask(without, term.at);
    if (verdict.chance != Chance::kPossible) return;
    sink_
        ->Report(DiagnosticCode::kTermUnsafe, term.at,
                 "The term is used where its definition is left out" + When(verdict.example))
        .related.push_back(
            {sink_->file().Locate(facts_.units[term.target].at), "the definition is here"});
  }

  // --- alternatives --------------------------------------------------------------------------

  void CheckAlternatives() {
    // Siblings in a row whose conditions are about one and the same field or computed value.
    struct Row {
      String subject;
      Vector<uint32_t> units;
    };
    std::unordered_map<uint32_t, Row> rows;  // by parent
    Vector<Row> done;
    auto close = [&done](Row* row) {
      if (row->units.size() > 1) done.push_back(std::move(*row));
      *row = {};
    };
    for (uint32_t i = 0; i < facts_.units.size(); ++i) {
      const UnitFact& unit = facts_.units[i];
      if (unit.branch != Branch::kNone) continue;
      Row& row = rows[unit.parent];
      const bool apart = unit.when == nullptr || unit.repeated || unit.chosen;
      String subject = apart ? "" : reasoner_.SubjectOf(*unit.when);
      if (subject.empty() || subject != row.subject) close(&row);
      if (subject.empty()) continue;
      row.subject = subject;
      row.units.push_back(i);
    }
    Vector<uint32_t> parents;
    for (const auto& [parent, row] : rows) parents.push_back(parent);
    std::sort(parents.begin(), parents.end());
    for (uint32_t parent : parents) close(&rows[parent]);
    for (const Row& row : done) CheckRow(row.units, row.subject);
  }

  void CheckRow(const Vector<uint32_t>& units, const String& subject) {
    const UnitFact& first = facts_.units[units[0]];
    if (units.size() * (units.size() - 1) / 2 > kMaxPairs) {
      if (!cut_) cut_ = first.when_at;
      return;
    }
    Vector<AnyOf> around;
    if (first.parent != kNoUnit && !AddConditions(first.parent, &around)) return;
    auto with = [&](std::initializer_list<Claim> claims) {
      Vector<AnyOf> all = around;
      for (const Claim& claim : claims) all.push_back({claim});
      return all;
    };
    auto when = [&](size_t i) { return facts_.units[units[i]].when; };
    // How each two stand to each other.
    Vector<size_t> distinct;
    std::optional<std::pair<size_t, size_t>> crossing;
    String crossing_example;
    bool nested = false;
    for (size_t i = 0; i < units.size(); ++i) {
      ByteRange at = facts_.units[units[i]].when_at;
      bool same = false;
      for (size_t k : distinct) {
        Verdict both = Ask(with({{when(i)}, {when(k)}}), at);
        if (both.chance == Chance::kTooMany) return;
        if (both.chance == Chance::kNever) continue;
        bool inside = IsNever(with({{when(i)}, {when(k), Sense::kFails}}), at);
        bool outside = IsNever(with({{when(k)}, {when(i), Sense::kFails}}), at);
        same = same || (inside && outside);
        nested = nested || inside != outside;
        if (!inside && !outside && !crossing) {
          crossing = {k, i};
          crossing_example = both.example;
        }
      }
      if (!same) distinct.push_back(i);
    }
    if (distinct.size() < 2 || nested) return;
    Vector<AnyOf> none = around;
    for (size_t i : distinct) none.push_back({{when(i), Sense::kFails}});
    Verdict gap = Ask(none, first.when_at);
    // Of options somebody may mean both; a limit that two ranges share is a slip.
    if (crossing && (gap.chance == Chance::kNever || reasoner_.IsOrdered(*first.when))) {
      const UnitFact& second = facts_.units[units[crossing->second]];
      sink_
          ->Report(DiagnosticCode::kAlternativesOverlap, second.when_at,
                   "Both alternatives stand" + When(crossing_example))
          .related.push_back({sink_->file().Locate(facts_.units[units[crossing->first]].when_at),
                              "the other one"});
    }
    bool omitted = std::any_of(units.begin(), units.end(),
                               [&](uint32_t unit) { return facts_.units[unit].omitted; });
    if (!crossing && !omitted && gap.chance == Chance::kPossible) {
      const UnitFact& last = facts_.units[units[distinct.back()]];
      Diagnostic& diagnostic =
          sink_->Report(DiagnosticCode::kCaseUncovered, last.when_at,
                        "None of these " + NumberText(units.size()) + " alternatives about '" +
                            subject + "' stands" + When(gap.example));
      diagnostic.hint = "Should something stand there then? Write it behind them with {else}.";
      diagnostic.related.push_back({sink_->file().Locate(first.when_at), "the first of them"});
    }
  }

  // --- work ----------------------------------------------------------------------------------

  void CheckCost() {
    Vector<Extent> extents;
    for (const FieldFact& field : facts_.fields) {
      const Domain& domain = field.domain;
      Extent extent{.name = domain.name};
      bool is_list = domain.type.kind == values::Kind::kList;
      int64_t length = domain.max_length != 0 && !is_list ? domain.max_length : kAssumedLength;
      int64_t text = length * 4 + 24;
      const values::Type& type = is_list ? domain.type.items[0] : domain.type;
      if (type.kind == values::Kind::kString) extent.bytes = text;
      if (!domain.options.empty()) {
        extent.bytes = 24;
        for (const values::Value& option : domain.options)
          extent.bytes = std::max(extent.bytes, int64_t{option.DeepSize()});
      }
      extent.bytes = std::max(extent.bytes, SizeOfRecord(type));
      if (is_list) {
        extent.items = domain.max_length != 0   ? int64_t{domain.max_length}
                       : domain.options.empty() ? kAssumedItems
                                                : static_cast<int64_t>(domain.options.size());
        extent.bytes *= extent.items;
      }
      extents.push_back(std::move(extent));
    }
    auto by_name = [](const Extent& a, const Extent& b) { return a.name < b.name; };
    std::sort(extents.begin(), extents.end(), by_name);
    int64_t total = 0;
    Vector<int64_t> times;  // that each repeat goes round, by its place
    auto add = [&](const Tree* tree, ByteRange at, const Vector<uint32_t>& around) {
      Cost cost = WorstCost(*tree, extents);
      int64_t all = std::min(cost.fuel, expression::kExpressionFuel);  // where it stops
      for (uint32_t loop : around) all = std::min(all * times[loop], kEndlessCost);
      total = std::min(total + all, kEndlessCost);
      if (cost.fuel > expression::kExpressionFuel) ReportCost(cost, at);
      return cost;
    };
    for (const Definition& loop : facts_.loops) {
      Cost cost = WorstCost(*loop.tree, extents);
      times.push_back(std::clamp<int64_t>(cost.items, 1, kAssumedItems));
      int64_t bytes = cost.bytes / std::max<int64_t>(cost.items, 1);
      // Nothing limits the texts of a list one by one: they are taken as short.
      const values::Type& type = loop.tree->type();
      if (type.kind == values::Kind::kList) bytes = std::min(bytes, SizeOfRecord(type.items[0]));
      Extent extent{.name = loop.name, .bytes = bytes};
      extents.insert(std::upper_bound(extents.begin(), extents.end(), extent, by_name), extent);
    }
    for (const ValueFact& value : facts_.values) {
      Cost cost = add(value.tree, value.at, value.loops);
      if (value.unit != kNoUnit) continue;
      // What a computed value may be, for those that read it.
      for (const Definition& definition : facts_.computed) {
        if (definition.tree != value.tree) continue;
        Extent extent{.name = definition.name, .bytes = cost.bytes, .items = cost.items};
        extents.insert(std::upper_bound(extents.begin(), extents.end(), extent, by_name), extent);
      }
    }
    for (const UnitFact& unit : facts_.units) {
      if (unit.when != nullptr) add(unit.when, unit.when_at, unit.loops);
    }
    for (const RuleFact& rule : facts_.rules) add(rule.tree, rule.at, {});
    if (total > expression::kDocumentFuel) {
      sink_->Report(DiagnosticCode::kTemplateCost, {0, 1}).hint =
          "Lower max of long lists and maxLength of long texts, compute outside of a repeat what "
          "is "
          "the same for each item, or ask shorter questions.";
    }
  }

  void ReportCost(const Cost& cost, ByteRange at) {
    Diagnostic& diagnostic =
        sink_->Report(DiagnosticCode::kExpressionCost, at,
                      "At worst this takes more work than one expression may (1,000,000 steps)" +
                          (cost.largest.empty() ? "" : ": '" + cost.largest + "' may be long"));
    auto it = fields_.find(cost.largest);
    if (it == fields_.end()) return;
    diagnostic.hint = it->second->domain.type.kind == values::Kind::kList
                          ? "Give '" + cost.largest + "' a max, or go through it once."
                          : "Give '" + cost.largest + "' a maxLength.";
    diagnostic.related.push_back(
        {sink_->file().Locate(it->second->at), "the field is declared here"});
  }

  const Facts& facts_;
  DiagnosticSink* sink_;
  Reasoner reasoner_;
  std::unordered_map<String, const FieldFact*> fields_;
  std::unordered_map<String, Vector<const FieldFact*>> needed_by_;  // computed values
  std::unordered_set<uint32_t> constant_;    // where conditions stand that have one answer only
  std::unordered_set<uint32_t> waiting_;     // where T510 was said
  std::unordered_set<String> strangers_;     // fields, each with what is none of its options
  std::unordered_map<uint32_t, bool> told_;  // by parent: that the last condition decides nothing
  std::optional<ByteRange> cut_;
};

}  // namespace

void Analyse(const Facts& facts, DiagnosticSink* sink) { Analyst(facts, sink).Run(); }

}  // namespace countersign::compile
