// LegalDown's templates: questions, conditions, choices, alternatives, drafting notes, each rule by
// a text of our own.
#include <gtest/gtest.h>

#include "support/legaldown.h"

namespace countersign::legaldown {
namespace {

// The questions of most cases: with kHead 32 lines, and one more for each of `more`.
constexpr std::string_view kQuestions =
    "questions:\n  pets:\n    type: boolean\n    prompt: Are pets allowed?\n  heating:\n"
    "    type: choice\n    choices:\n      gas: Gas\n      oil: Oil\n      none: None at all\n"
    "  deposit:\n    type: money\n  keys:\n    type: text\n    default: two\n";

String Asking(std::string_view body, std::string_view questions = kQuestions) {
  return String(kHead.substr(0, kHead.size() - 4)) + String(questions) + "---\n" + String(body);
}

// Of a body behind kQuestions, its lines counted from 1; what nothing uses is not told.
String ToldAsking(std::string_view body, const Texts& more = {}) {
  Texts texts = more;
  texts["main.lgd"] = Asking(body);
  compile::Compilation compilation = CompileTexts(texts).compilation;
  EraseIf(compilation.diagnostics, [](const compile::Diagnostic& diagnostic) {
    return diagnostic.rule == "question-unused";
  });
  for (compile::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.file == "main.lgd") diagnostic.span.line -= 31;
  }
  return Joined(Told(compilation));
}
// Of questions that a body with one section uses.
String ToldOfQuestions(std::string_view questions, std::string_view body) {
  compile::Compilation compilation =
      CompileTexts({{"main.lgd", Asking("# A {#a}\n\n" + String(body) + "\n", questions)}})
          .compilation;
  for (compile::Diagnostic& diagnostic : compilation.diagnostics) diagnostic.span.line -= 15;
  return Joined(Told(compilation));
}

struct Case {
  std::string_view body, told;
};

TEST(LegalDownTemplates, ConditionsAskForAnAnswerOfADecision) {
  constexpr Case kCases[] = {
      {"# A {#a when=pets}\n", ""},
      {"# A {when=!pets}\n", ""},
      {"# A {#a}\n\nText. {#p when=heating:gas}\n\n- one {when=!heating:oil}\n", ""},
      {"Before. {when=pets}\n\n# A {#a}\n", ""},
      {"# A {#a when=cats}\n", "condition-invalid:1"},
      {"# A {#a when=heating}\n", "condition-invalid:1"},
      {"# A {#a when=heating:coal}\n", "condition-invalid:1"},
      {"# A {#a when=pets:true}\n", "condition-invalid:1"},
      {"# A {#a when=deposit}\n", "condition-invalid:1"},
      {"# A {#a when=!}\n", "condition-invalid:1"},
      {"# A {#a}\n\nText. {when=pets} More.\n", "warning anchor-misplaced:3"},
      {"# A {#a}\n\nText. {when=pets when=!pets}\n", "warning anchor-misplaced:3"},
      {"# A {#a}\n\n> Text. {when=pets}\n", "warning anchor-misplaced:3"},
      {"Before. {#b when=pets}\n\n# A {#a}\n", "warning anchor-misplaced:1"},
      {"# A {#a}\n\nThe sign `{when=pets}`.\n", ""},
  };
  for (const Case& each : kCases) EXPECT_EQ(ToldAsking(each.body), each.told) << each.body;
}

TEST(LegalDownTemplates, AConditionThatCanNeverHoldIsTold) {
  EXPECT_EQ(ToldAsking("# A {#a when=heating:gas}\n\n- one {when=heating:oil}\n"),
            "warning condition-never-true:3");
  EXPECT_EQ(ToldAsking("# A {#a when=!heating:gas}\n\n## B {#b when=!heating:oil}\n\nText. "
                       "{when=!heating:none}\n\nText. {when=heating:none}\n"),
            "warning condition-never-true:5, warning T502:7");
  EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\n# B {#b when=!pets}\n\nText. {when=heating:gas}\n"),
            "");
}

TEST(LegalDownTemplates, OnlyWhatNeverStandsTogetherSharesAnId) {
  constexpr Case kCases[] = {
      {"# A {#a when=pets}\n\n# B {#a when=!pets}\n", ""},
      {"# A {#a when=pets}\n\n# B {#a}\n", "anchor-duplicate:3"},
      {"# A {#a when=heating:gas}\n\n- x {#b}\n\n# B {#c when=!heating:gas}\n\n- x {#b}\n", ""},
      {"# A {#a when=!heating:gas}\n\n# B {#a when=!heating:oil}\n", "anchor-duplicate:3"},
      {"# Heat {when=pets}\n\n# Heat {when=!pets}\n", ""},
      {"# Heat {when=pets}\n\n# Heat\n", "warning anchor-autogen-collision:3"},
      {"# A {#a}\n\n\"X\" {{def: x}}. {when=pets}\n\n\"Y\" {{def: x}}. {when=!pets}\n\n{{term: "
       "x}}\n",
       ""},
      {"# A {#a}\n\n\"X\" {{def: x}}. {when=pets}\n\n\"Y\" {{def: x}}. {{term: x}}\n",
       "def-duplicate-id:5"},
      {"# A {#a}\n\n\"X\" {{def:}}. {when=pets}\n\n\"x\" {{def:}}. {{term: x}} {when=pets}\n",
       "def-autogen-collision:5"},
  };
  for (const Case& each : kCases) EXPECT_EQ(ToldAsking(each.body), each.told) << each.body;
}

TEST(LegalDownTemplates, AReferenceIsCoveredInEveryCase) {
  constexpr Case kCases[] = {
      {"# A {#a when=pets}\n\n# B {#b}\n\nSee {{ref: a}}.\n", "condition-reference-unsafe:5"},
      {"# A {#a when=pets}\n\n# B {#b}\n\nSee {{ref: a}}. {when=pets}\n", ""},
      {"# A {#a when=pets}\n\n# B {#a when=!pets}\n\n# C {#c}\n\nSee {{ref: a}}.\n", ""},
      {"# A {#a when=heating:gas}\n\n# B {#a when=heating:oil}\n\n# C {#c}\n\nSee {{ref: a}}.\n",
       "condition-reference-unsafe:7, warning T506:3"},
      {"# A {#a when=heating:gas}\n\n# B {#a when=heating:oil}\n\n# C {#c}\n\nSee {{ref: a}}. "
       "{when=!heating:none}\n",
       "warning T506:3"},
      {"# A {#a}\n\n\"X\" {{def: x}}. {when=pets}\n\nThe {{term: x}}.\n",
       "condition-reference-unsafe:5"},
      {"# A {#a when=pets}\n\n> [!DRAFTING]\n> See {{ref: b}}.\n\n# B {#b when=!pets}\n", ""},
      {"# A {#a}\n\n> [!DRAFTING]\n> See {{ref: c}}.\n", "ref-broken:4"},
  };
  for (const Case& each : kCases) {
    String told = ToldAsking(each.body);
    // Our own warnings come of the template alone, of which there is none beside an error.
    String wanted(each.told);
    if (wanted.starts_with("condition")) wanted = wanted.substr(0, wanted.find(','));
    EXPECT_EQ(told, wanted) << each.body;
  }
}

TEST(LegalDownTemplates, AChoiceHasWordsForEachAnswer) {
  constexpr Case kCases[] = {
      {"# A {#a}\n\nHeat{{choose: pets, true=\" and cats\", false=\"\"}}.\n", ""},
      {"# A {#a}\n\nBy {{choose: heating, gas=gas, oil=\"oil, or so\", none=nothing}}.\n", ""},
      {"# A {#a}\n\nBy {{choose: heating, gas=a, oil=b}}.\n", "choose-invalid:3"},
      {"# A {#a}\n\nBy {{choose: heating, gas=a, oil=b, none=c, coal=d}}.\n", "choose-invalid:3"},
      {"# A {#a}\n\nBy {{choose: cats, true=a, false=b}}.\n", "choose-invalid:3"},
      {"# A {#a}\n\nBy {{choose: keys, true=a, false=b}}.\n", "choose-invalid:3"},
      {"# By {{choose: pets, true=a, false=b}} {#a}\n", "choose-invalid:1"},
      {"# A {#a}\n\n{{choose: pets, true=\"a {{ b\", false=c}}\n", "warning brace-stray:3"},
      {"# A {#a}\n\n| x |\n|---|\n| {{choose: pets, true=a, false=b}} |\n", ""},
  };
  for (const Case& each : kCases) EXPECT_EQ(ToldAsking(each.body), each.told) << each.body;
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{choose: pets, true=a, true=b, false=c}}\n"),
            "choose-invalid:3, directive-duplicate-param:3");
  const String front = Asking("# A {#a}\n\n{{choose: pets, true=a, false=b}}\n",
                              String(kQuestions) + "tags: [\"{{choose: pets, true=a}}\"]\n");
  EXPECT_NE(Joined(Told(CompileTexts({{"main.lgd", front}}).compilation)).find("choose-invalid:31"),
            String::npos);
}

TEST(LegalDownTemplates, QuestionsAreDeclaredWhole) {
  constexpr std::string_view kUse = "{{placeholder: q}}";
  constexpr Case kGood[] = {
      {"questions:\n  q:\n    type: text\n    default: some words\n", kUse},
      {"questions:\n  q:\n    type: date\n    default: 2026-03-01\n", kUse},
      {"questions:\n  q:\n    type: money\n    default:\n      amount: \"5.00\"\n      currency: "
       "EUR\n",
       kUse},
      {"questions:\n  q:\n    type: money\n    default: \"5.00\"\n",
       "{{placeholder: q, currency=EUR}}"},
      {"questions:\n  q:\n    type: duration\n    default:\n      value: 2\n      unit: MO\n",
       kUse},
      {"questions:\n  q:\n    type: duration\n    default: 2\n", "{{placeholder: q, unit=W}}"},
      {"questions:\n  q:\n    type: boolean\n    default: false\n", "Text. {when=q}"},
      {"questions:\n  q:\n    type: choice\n    choices:\n      a: A\n      b: B\n    default: b\n",
       "Text. {when=q:a}"},
  };
  for (const Case& each : kGood) EXPECT_EQ(ToldOfQuestions(each.body, each.told), "") << each.body;
  struct Wrong {
    std::string_view questions, body;
    int line;
  };
  constexpr Wrong kWrong[] = {
      {"questions:\n  Q:\n    type: text\n", "Text.", 2},
      {"questions:\n  yes:\n    type: text\n", "{{placeholder: yes}}", 2},
      {"questions:\n  q:\n    type: number\n", "Text.", 3},
      {"questions:\n  q:\n    prompt: What?\n", "Text.", 2},
      {"questions:\n  q:\n    type: choice\n    choices:\n      a: A\n", "Text. {when=q:a}", 2},
      {"questions:\n  q:\n    type: choice\n    choices:\n      a: A\n      on: B\n",
       "Text. {when=q:a}", 6},
      {"questions:\n  q:\n    type: choice\n    choices:\n      a: A\n      b: \"\"\n",
       "Text. {when=q:a}", 6},
      {"questions:\n  q:\n    type: text\n    choices:\n      a: A\n      b: B\n", kUse, 5},
      {"questions: { q: { type: text } }\n", kUse, 1},
      {"questions:\n  q:\n    type: text\n    default: \" x\"\n", kUse, 4},
      {"questions:\n  q:\n    type: date\n    default: 2026-02-30\n", kUse, 4},
      {"questions:\n  q:\n    type: money\n    default: \"5.00\"\n", kUse, 4},
      {"questions:\n  q:\n    type: money\n    default:\n      amount: \"5.00\"\n      currency: "
       "EUR\n",
       "{{placeholder: q, currency=USD}}", 5},
      {"questions:\n  q:\n    type: duration\n    default: 0\n", "{{placeholder: q, unit=D}}", 4},
      {"questions:\n  q:\n    type: boolean\n    default: \"true\"\n", "Text. {when=q}", 4},
      {"questions:\n  q:\n    type: choice\n    choices:\n      a: A\n      b: B\n    default: c\n",
       "Text. {when=q:a}", 7},
  };
  for (const Wrong& each : kWrong) {
    EXPECT_NE(ToldOfQuestions(each.questions, each.body)
                  .find("question-invalid:" + NumberText(each.line)),
              String::npos)
        << each.questions << ToldOfQuestions(each.questions, each.body);
  }
  EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\n{{placeholder: no}}\n"), "question-invalid:3");
  EXPECT_EQ(
      ToldOfQuestions("questions:\n  q:\n    type: text\nattachments:\n  - { id: s, title: S, "
                      "file: s.pdf }\n",
                      "{{placeholder: q}} {{attach: s}}"),
      "question-invalid:5, warning attachment-file-missing:5");
}

TEST(LegalDownTemplates, AQuestionThatNothingUsesIsTold) {
  EXPECT_EQ(ToldOfQuestions("questions:\n  q:\n    type: text\n", "Text."),
            "warning question-unused:2");
  EXPECT_EQ(ToldOfQuestions("questions:\n  q:\n    type: boolean\n", "Text. {when=!q}"), "");
}

TEST(LegalDownTemplates, APlaceholderIsOfItsQuestionsType) {
  constexpr Case kCases[] = {
      {"# A {#a when=pets}\n\n{{placeholder: deposit, currency=EUR}}\n", ""},
      {"# A {#a when=pets}\n\n{{placeholder: deposit, type=money}}\n", ""},
      {"# A {#a when=pets}\n\n{{placeholder: deposit, type=date}}\n",
       "placeholder-question-mismatch:3"},
      {"# A {#a}\n\n{{placeholder: pets}}\n", "placeholder-question-mismatch:3"},
      {"# A {#a}\n\n{{placeholder: x, type=duration, unit=MO}}\n", ""},
      {"# A {#a}\n\n{{placeholder: x, type=duration, unit=M}}\n", "duration-invalid-unit:3"},
      {"# A {#a}\n\n{{placeholder: x, unit=MO}}\n", "warning directive-unknown-param:3"},
      {"# A {#a}\n\n{{placeholder: x, type=money, currency=EUR}} {{placeholder: x, type=money, "
       "currency=USD}}\n",
       "placeholder-type-inconsistent:3"},
      {"# A {#a}\n\n{{placeholder: x, type=duration, unit=D}} {{placeholder: x, type=duration, "
       "unit=W}}\n",
       "placeholder-type-inconsistent:3"},
      {"# A {#a}\n\n{{placeholder: x, type=money, currency=EUR}} {{placeholder: x, type=money}}\n",
       ""},
  };
  for (const Case& each : kCases) EXPECT_EQ(ToldAsking(each.body), each.told) << each.body;
}

TEST(LegalDownTemplates, AnInsertionTouchesNoSignItCouldBecomePartOf) {
  constexpr std::string_view kGood[] = {"{{placeholder: keys}} x",
                                        "x ({{placeholder: keys}})",
                                        "\"{{placeholder: keys}}\"!",
                                        "a{{placeholder: keys}}b",
                                        "{{placeholder: keys}}{{placeholder: keys}}",
                                        "- {{placeholder: keys}}",
                                        "> {{placeholder: keys}}",
                                        "\xE2\x80\x9C{{placeholder: keys}}\xE2\x80\x9D",
                                        "\xC3\xA9{{placeholder: keys}}",
                                        "x/{{placeholder: keys}}; y",
                                        "A & {{placeholder: keys}}"};
  for (std::string_view text : kGood)
    EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\n" + String(text) + "\n"), "") << text;
  constexpr std::string_view kWrong[] = {
      "A&{{placeholder: keys}}",   "**{{placeholder: keys}}**",    "x\\\\{{placeholder: keys}}",
      "[{{placeholder: keys}}]",   "{{placeholder: keys}}*",       "<{{placeholder: keys}}>",
      "x={{placeholder: keys}}",   "[x](a {{placeholder: keys}})", "A&x{{placeholder: keys}}",
      "[x]({{placeholder: keys}})"};
  for (std::string_view text : kWrong)
    EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\n" + String(text) + "\n"), "insertion-boundary:3")
        << text;
  EXPECT_EQ(ToldOf("# A {#a}\n\nA&{{placeholder: keys}}\n"), "") << "in no template";
}

TEST(LegalDownTemplates, ADefinedTermIsTheSameForEveryAnswer) {
  EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\nThe \"{{placeholder: keys}}\" {{def: x}}.\n"),
            "def-term-variable:3");
  EXPECT_EQ(
      ToldAsking("# A {#a}\n\nThe \"{{choose: pets, true=\"a\", false=\"b\"}}\" {{def: x}}.\n"),
      "def-term-variable:3");
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{placeholder: keys}} \"Keys\" {{def: x}}, {{term: x}}.\n"),
            "");
}

TEST(LegalDownTemplates, DraftingNotesDefineNothingAndAreSpeltExactly) {
  constexpr Case kCases[] = {
      {"# A {#a}\n\n> [!DRAFTING]\n> Ask {{party: acme}} about {{term: x}}.\n\n\"X\" {{def: x}}.\n",
       "info definition-used-before-declaration:4"},
      {"# A {#a}\n\n> [!drafting]\n> Words.\n", ""},
      {"# A {#a}\n\n> [!DRAFTING]\n> \"X\" {{def: x}}.\n", "drafting-note-def:4"},
      {"# A {#a}\n\n> [!NOTE]\n> Words.\n", "warning drafting-note-unrecognized:3"},
      {"# A {#a}\n\n> [!DRAFTING] Words.\n", "warning drafting-note-unrecognized:3"},
      {"# A {#a}\n\n> [x] Words.\n", ""},
  };
  for (const Case& each : kCases) EXPECT_EQ(ToldAsking(each.body), each.told) << each.body;
}

TEST(LegalDownTemplates, FragmentsHaveOnePlaceAndNoConditions) {
  const Texts good = {{"f.lgd", "## F {#f}\n\nText of {{placeholder: keys}}.\n"}};
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{include: f.lgd}} {when=pets}\n", good), "");
  EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\n{{include: f.lgd}}\n\n{{include: f.lgd}}\n", good),
            "template-fragment-invalid:5, f.lgd include-anchor-duplicate:1");
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{include: f.lgd}} {when=pets}\n",
                       {{"f.lgd", "## F\n\nText. {when=pets}\n\n> [!DRAFTING]\n> Words.\n"}}),
            "f.lgd template-fragment-invalid:1, f.lgd template-fragment-invalid:3, f.lgd "
            "template-fragment-invalid:5");
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{include: f.lgd}} {when=pets}\n",
                       {{"f.lgd", "Text.\n\n{{include: g.lgd}}\n"}, {"g.lgd", "Text.\n"}}),
            "f.lgd template-fragment-invalid:3");
  EXPECT_EQ(ToldAsking("# A {#a when=pets}\n\n> [!DRAFTING]\n> {{include: f.lgd}}\n", good),
            "template-fragment-invalid:4");
  EXPECT_EQ(ToldOf("# A {#a}\n\n{{include: f.lgd}}\n"), "include-file-missing:3");
  // An anchor on an include is none, in any document.
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{include: f.lgd}} {#x when=pets}\n", good),
            "warning anchor-misplaced:3");
  const String attached =
      Asking("# A {#a when=pets}\n\n{{attach: s}} {{attach: t}}\n",
             String(kQuestions) +
                 "attachments:\n  - id: s\n    title: S\n    file: s.lgd\n  - id: "
                 "t\n    title: T\n    file: s.lgd\n");
  String told =
      Joined(Told(CompileTexts({{"main.lgd", attached}, {"s.lgd", "Text.\n"}}).compilation));
  EXPECT_NE(told.find("template-fragment-invalid:37"), String::npos) << told;
}

TEST(LegalDownTemplates, FragmentsThatMayBeLeftOutSkipNoLevel) {
  const Texts parts = {{"f.lgd", "## F {#f}\n\nText.\n"}, {"g.lgd", "### G {#g}\n\nText.\n"}};
  EXPECT_EQ(
      ToldAsking("# A {#a}\n\n{{include: f.lgd}} {when=pets}\n\n{{include: g.lgd}} {when=pets}\n",
                 parts),
      "");
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{include: f.lgd}} {when=pets}\n\n{{include: g.lgd}}\n", parts),
            "g.lgd include-heading-skip:1");
  EXPECT_EQ(ToldAsking("# A {#a}\n\n{{include: f.lgd}} {when=pets}\n\n### B {#b}\n", parts),
            "include-heading-skip:5");
  EXPECT_EQ(ToldAsking("# A {#a}\n\n### B {#b}\n\n{{include: f.lgd}} {when=pets}\n", parts),
            "heading-skip:3");
}

TEST(LegalDownTemplates, AttachmentsHaveConditionsToo) {
  const auto told = [](std::string_view attachments, std::string_view body) {
    const String main = Asking(body, String(kQuestions) + "attachments:\n" + String(attachments));
    compile::Compilation compilation =
        CompileTexts({{"main.lgd", main}, {"s.lgd", "Text.\n"}, {"t.pdf", ""}}).compilation;
    EraseIf(compilation.diagnostics, [](const compile::Diagnostic& diagnostic) {
      return diagnostic.rule == "question-unused";
    });
    return Joined(Told(compilation));
  };
  constexpr std::string_view kTwo =
      "  - id: s\n    title: S\n    file: s.lgd\n    when: pets\n  - id: s\n    title: T\n    "
      "file: "
      "t.pdf\n    when: \"!pets\"\n";
  EXPECT_EQ(told(kTwo, "# A {#a}\n\nAs {{attach: s}} says.\n"), "");
  EXPECT_EQ(told("  - id: s\n    title: S\n    file: s.lgd\n    when: pets\n",
                 "# A {#a}\n\nAs {{attach: s}} says.\n"),
            "condition-reference-unsafe:39");
  EXPECT_EQ(told("  - id: s\n    title: S\n    file: s.lgd\n    when: cats\n",
                 "# A {#a}\n\nAs {{attach: s}} says.\n"),
            "condition-invalid:35");
  EXPECT_EQ(told("  - id: s\n    title: S\n    file: s.lgd\n    when: pets\n  - id: s\n    title: "
                 "T\n    file: t.pdf\n",
                 "# A {#a}\n\nAs {{attach: s}} says.\n"),
            "attachment-id-duplicate:36, condition-reference-unsafe:42");
  EXPECT_EQ(told("  - id: s\n    title: S\n    file: t.pdf\n    when: pets\n",
                 "# A {#s when=!pets}\n\n# B {#b}\n\nAs {{attach: s}} says. {when=pets}\n"),
            "");
  EXPECT_EQ(told("  - id: s\n    title: S\n    file: t.pdf\n    when: pets\n",
                 "# A {#s}\n\nAs {{attach: s}} says. {when=pets}\n"),
            "attachment-id-collision:32");
}

TEST(LegalDownTemplates, TranslationsAskAndConditionTheSame) {
  const auto told = [](std::string_view here, std::string_view there, std::string_view questions) {
    const auto file = [](std::string_view language, std::string_view other, std::string_view asked,
                         std::string_view body) {
      return "---\ntitle: T\nlanguage: " + String(language) +
             "\nauthoritative: en\ntranslations:\n  " + String(other) + ": " + String(other) +
             ".lgd\nquestions:\n  q:\n    type: boolean\n" + String(asked) + "---\n" + String(body);
    };
    compile::Compilation compilation =
        CompileTexts({{"en.lgd", file("en", "fr", "", here)},
                      {"fr.lgd", file("fr", "en", questions, there)}},
                     "en.lgd")
            .compilation;
    EraseIf(compilation.diagnostics, [](const compile::Diagnostic& diagnostic) {
      return diagnostic.rule == "sides-absent";
    });
    return Joined(Told(compilation, "en.lgd"));
  };
  constexpr std::string_view kUse = "# A {#a when=q}\n\n{{choose: q, true=a, false=b}}\n";
  EXPECT_EQ(told(kUse, "# B {#a when=q}\n\n{{choose: q, true=c, false=d}}\n", ""), "");
  EXPECT_EQ(told(kUse, "# B {#a when=!q}\n\n{{choose: q, true=c, false=d}}\n", ""),
            "translation-template-mismatch:11, fr.lgd translation-template-mismatch:11");
  EXPECT_EQ(told(kUse, kUse, "    default: true\n"),
            "translation-template-mismatch:8, fr.lgd translation-template-mismatch:8");
  EXPECT_EQ(told(kUse, "# B {#a when=q}\n\n{{placeholder: x}}\n", ""),
            "translation-template-mismatch:13, fr.lgd translation-template-mismatch:13");
  EXPECT_EQ(told("# A {#a}\n\nx {when=q}\n", "# A {#a}\n\nx {when=q}\n", ""),
            "translation-template-mismatch:13, fr.lgd translation-template-mismatch:13");
  EXPECT_EQ(told("x {when=q}\n\n# A {#a}\n", "x {when=q}\n\n# A {#a}\n", ""), "");
}

TEST(LegalDownTemplates, TheFrontMattersFormsStayClosed) {
  const auto told = [](std::string_view front) {
    return Joined(
        Told(CompileTexts({{"main.lgd", "---\ntitle: T\n" + String(front) + "---\n\n# A {#a}\n"}})
                 .compilation));
  };
  EXPECT_EQ(told("effective_date: \"{{placeholder: d, type=date}}\"\n"), "warning sides-absent:2");
  EXPECT_EQ(told("effective_date: \"{{placeholder: d}}\"\n"),
            "warning sides-absent:2, metadata-date-invalid:3");
  EXPECT_EQ(told("effective_date: \"on {{placeholder: d, type=date}}\"\n"),
            "warning sides-absent:2, metadata-date-invalid:3");
  EXPECT_EQ(told("effective_date: \"{{placeholder: d}}\"\nquestions:\n  d:\n    type: date\n"),
            "warning sides-absent:2");
  EXPECT_EQ(told("language: \"{{placeholder: x}}\"\n"),
            "warning sides-absent:2, placeholder-in-structural-field:3");
  EXPECT_EQ(told("field_types:\n  a: \"{{placeholder: x}}\"\n"),
            "warning sides-absent:2, placeholder-in-structural-field:4");
  EXPECT_NE(told("questions:\n  q:\n    type: text\n    prompt: \"{{placeholder: q}}\"\n")
                .find("placeholder-in-structural-field:6"),
            String::npos);
}

TEST(LegalDownTemplates, BeforeSigningNothingIsLeftToDecide) {
  const auto told = [](std::string_view text) {
    return Joined(Told(
        CompileTexts({{"main.lgd", String(text)}}, "main.lgd", Readiness::kFinal).compilation));
  };
  EXPECT_EQ(told(With("# A {#a}\n\n\"X\" {{def: x}} is {{term: x}}.\n")), "");
  EXPECT_EQ(told(With("# A {#a}\n\nBy {{placeholder: x}}.\n\n> [!DRAFTING]\n> Words.\n")),
            "placeholder-unfilled:19, template-construct-present:21");
  EXPECT_EQ(told(Asking("# A {#a when=q}\n\n{{choose: q, true=a, false=b}}\n",
                        "questions:\n  q:\n    type: boolean\n")),
            "template-construct-present:16, template-construct-present:20, "
            "template-construct-present:22");
}

// --- what it becomes

constexpr std::string_view kLease =
    "Between {{party: acme}} and {{party: beta}}, for {{placeholder: keys}} keys.\n\n"
    "> [!DRAFTING]\n> Ask **twice**, see {{ref: heat}}.\n>\n> - or once\n\n"
    "Both have a cat. {when=pets}\n\n"
    "# Heat {#heat when=heating:gas}\n\nIt burns gas.\n\n"
    "# Heat {#heat when=!heating:gas}\n\nIt burns {{choose: heating, gas=gas, oil=oil, "
    "none=\"nothing\"}}.\n\n- with care {#care when=heating:oil}\n  > [!DRAFTING]\n  > In a list.\n"
    "- and {{choose: pets, true=\"love\", false=\"\"}} respect\n\n"
    "# Money {when=!pets}\n\nSection {{ref: heat}} costs {{placeholder: deposit, currency=EUR, "
    "note=In full}}.\n\n"
    "# Money {when=pets}\n\nSection {{ref: heat}} costs more.\n";

TEST(LegalDownTemplates, ATemplateOfLegalDownIsOneOfOurs) {
  const LegalDownDocument document = CompileTexts({{"main.lgd", Asking(kLease)}});
  const auto shown = [&](std::string_view answers) {
    auto values = ValuesOf(document, testing::Plain(String(answers)));
    String text = Shown(document, json::Write(values));
    return text.substr(0, text.find("\n\nSignatures"));
  };
  EXPECT_EQ(shown("{\"pets\":true,\"heating\":\"oil\",\"keys\":\"three\"}"),
            "Contract\n\nBetween Acme and Beta Buyer, for three keys.\n\nBoth have a cat.\n\n"
            "1. Heat\n\nIt burns oil.\n\n(a) with care\n\n(b) and love respect\n\n"
            "2. Money\n\nSection 1 costs more.");
  EXPECT_EQ(shown("{\"pets\":false,\"heating\":\"gas\",\"keys\":\"three\",\"deposit\":\"90.50\"}"),
            "Contract\n\nBetween Acme and Beta Buyer, for three keys.\n\n"
            "1. Heat\n\nIt burns gas.\n\n"
            "2. Money\n\nSection 1 costs \xE2\x82\xAC"
            "90.50.");
  EXPECT_NE(document.text.find("::: guide\n\nAsk **twice**, see heat.\n\n- or once\n\n:::"),
            String::npos)
      << document.text;
  EXPECT_NE(document.text.find("pets: { type: bool, label: \"Are pets allowed?\" }"), String::npos);
  EXPECT_NE(document.text.find("default: \"two\""), String::npos);
}

TEST(LegalDownTemplates, AnswersMayBeSpeltAsLegalDownOrAsWeDo) {
  const LegalDownDocument document = CompileTexts(
      {{"main.lgd",
        Asking(
            "# A {#a}\n\n{{placeholder: due-date, type=date}}, {{placeholder: a-fee}}, "
            "{{placeholder: notice}}, {{placeholder: reply, type=duration, unit=H}}, "
            "{{placeholder: for}}.\n",
            "questions:\n  a-fee:\n    type: money\n  notice:\n    type: duration\n    default:\n"
            "      value: 6\n      unit: MO\n")}});
  const auto shown = [&](std::string_view answers) {
    auto values = ValuesOf(document, testing::Plain(String(answers)));
    String text = Shown(document, json::Write(values));
    size_t from = text.find("1. A\n\n") + 6;
    return text.substr(from, text.find("\n\nSignatures") - from);
  };
  EXPECT_EQ(
      shown("{\"due-date\":\"2026-03-01\",\"a-fee\":{\"amount\":\"5.00\",\"currency\":\"EUR\"},"
            "\"notice\":{\"value\":30,\"unit\":\"D\"},\"reply\":36,\"for\":\"you\"}"),
      "March 1, 2026, \xE2\x82\xAC"
      "5.00, 30 days, 36 hours, you.");
  EXPECT_EQ(shown("{\"due_date\":\"2026-03-01\",\"a_fee\":[\"5.00\",\"EUR\"],\"notice\":\"P6M\","
                  "\"reply\":\"soon\",\"for_\":\"us\"}"),
            "March 1, 2026, \xE2\x82\xAC"
            "5.00, 6 months, soon, us.");
}

TEST(LegalDownTemplates, AnAnswerToWhatIsPrintedNowhereIsNoError) {
  String head(kHead.substr(0, kHead.size() - 4));
  head += "governing_law: \"{{placeholder: law}}\"\n---\n# A {#a}\n\nText.\n";
  const LegalDownDocument document = CompileTexts({{"main.lgd", head}});
  EXPECT_EQ(json::Write(ValuesOf(document, testing::Plain("{\"law\":\"Austria\",\"low\":\"x\"}"))),
            "{\"low\":\"x\"}");
}

TEST(LegalDownTemplates, FragmentsAndAttachmentsStandWhereTheirConditionHolds) {
  const LegalDownDocument document = CompileTexts(
      {{"main.lgd",
        Asking(
            "# A {#a}\n\nText.\n\n{{include: f.lgd}} {when=pets}\n\n# B {#b}\n\nAs {{attach: s}} "
            "says.\n",
            String(kQuestions) +
                "attachments:\n  - id: s\n    title: Rules\n    file: s.lgd\n    when: pets\n"
                "  - id: s\n    title: No rules\n    file: t.pdf\n    when: \"!pets\"\n")},
       {"f.lgd", "## F {#f}\n\nFragment.\n"},
       {"s.lgd", "Rule one.\n\n## More {when=heating:gas}\n\nRule two.\n"},
       {"t.pdf", ""}});
  const auto shown = [&](std::string_view answers) {
    String text = Shown(document, answers);
    return text.substr(text.find("1. A"));
  };
  constexpr std::string_view kSigned =
      "Signatures\n\nAcme Ltd\n[Signature (Acme)] [Date (Acme)]\n\nBeta Buyer\n[Signature (Beta "
      "Buyer)] [Date (Beta Buyer)]\n";
  EXPECT_EQ(shown("{\"pets\":true,\"heating\":\"oil\"}"),
            "1. A\n\nText.\n\n1.1 F\n\nFragment.\n\n2. B\n\nAs Rules says.\n\n" + String(kSigned) +
                "\nRules\n\nRule one.\n");
  EXPECT_EQ(shown("{\"pets\":false,\"heating\":\"gas\"}"),
            "1. A\n\nText.\n\n2. B\n\nAs No rules says.\n\n" + String(kSigned));
}

TEST(LegalDownTemplates, WhereNoWordsStandOneBlankIsLeft) {
  const auto shown = [](std::string_view line) {
    const LegalDownDocument document =
        CompileTexts({{"main.lgd", Asking("# A {#a when=!pets}\n\n" + String(line) + "\n")}});
    String text = Shown(document, "{\"pets\":false}");
    size_t from = text.find("1. A\n\n") + 6;
    return text.substr(from, text.find("\n\nSignatures") - from);
  };
  EXPECT_EQ(shown("one {{choose: pets, true=\"x\", false=\"\"}} two"), "one two");
  EXPECT_EQ(shown("one\n{{choose: pets, true=\"x\", false=\"\"}}\ntwo"), "one two");
  EXPECT_EQ(shown("{{choose: pets, true=\"x\", false=\"\"}} two"), "two");
  EXPECT_EQ(shown("one {{choose: pets, true=\"x\", false=\"\"}}"), "one");
  EXPECT_EQ(shown("one {{choose: pets, true=\"x\", false=\" a  b \"}} two"), "one a b two");
  EXPECT_EQ(shown("one{{choose: pets, true=\"x\", false=\" *a*\"}}."), "one *a*.");
  EXPECT_EQ(shown("one {{choose: pets, true=\"x\", false=\"}} *a*\"}}."), "one }} *a*.");
}

}  // namespace
}  // namespace countersign::legaldown
