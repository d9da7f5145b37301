// What conditions of LegalDown's templates can be: each asks for one answer to one question, of a
// few that are listed, so that everything about them can be decided.
#include <algorithm>

#include "legaldown/document.h"

namespace countersign::legaldown {
namespace {

constexpr std::string_view kTypes[] = {"text", "date", "money", "duration", "boolean", "choice"};
constexpr int kMaxSteps = 100'000;  // of one question about conditions
constexpr size_t kMaxTargets = 64;  // alternatives, as our own templates have

// For each question that is asked, which of its answers are still open.
struct Open {
  const Question* question;
  Vector<char> answers;
};

class Search {
 public:
  Search(const Answers& answers, const Presence& presence) : answers_(answers) {
    for (const Condition& condition : presence.all) possible_ = possible_ && Take(condition, true);
  }
  bool possible() const { return possible_; }

  // Whether there are answers with which none of `some`, from `at` on, is there. True where that
  // takes too long to find out.
  bool None(const Vector<Presence>& some, size_t at) {
    if (!possible_) return false;
    if (at == some.size() || ++steps_ > kMaxSteps) return true;
    for (const Condition& condition : some[at].all) {
      const Vector<Open> before = open_;
      const bool found = Take(condition, false) && None(some, at + 1);
      open_ = before;
      if (found) return true;
    }
    return false;
  }
  bool gave_up() const { return steps_ > kMaxSteps; }

 private:
  // That the condition holds, or does not. False where no answer is left.
  bool Take(const Condition& condition, bool holds) {
    if (!answers_.IsValid(condition)) return true;  // which was reported: it may be anything
    const Question* question = answers_.Find(condition.question);
    auto it =
        std::ranges::find_if(open_, [&](const Open& each) { return each.question == question; });
    if (it == open_.end()) {
      open_.push_back({question, Vector<char>(Count(*question), 1)});
      it = open_.end() - 1;
    }
    const bool truth = question->type == QuestionType::kBoolean;  // yes, then no
    bool left = false;
    for (size_t i = 0; i < it->answers.size(); ++i) {
      const bool is_it = truth ? i == 0 : question->choices[i].id == condition.value;
      const bool meets = is_it != condition.negated;
      if (meets != holds) it->answers[i] = 0;
      left = left || it->answers[i] != 0;
    }
    return left;
  }

  static size_t Count(const Question& question) {
    return question.type == QuestionType::kBoolean ? 2 : question.choices.size();
  }

  const Answers& answers_;
  Vector<Open> open_;
  bool possible_ = true;
  int steps_ = 0;
};

Presence Both(const Presence& one, const Presence& other) {
  Presence both = one;
  both.all.insert(both.all.end(), other.all.begin(), other.all.end());
  return both;
}

}  // namespace

std::optional<QuestionType> ParseQuestionType(std::string_view name) {
  const auto* it = std::find(std::begin(kTypes), std::end(kTypes), name);
  if (it == std::end(kTypes)) return std::nullopt;
  return static_cast<QuestionType>(it - std::begin(kTypes));
}

Vector<String> Question::Answers() const {
  if (type == QuestionType::kBoolean) return {"true", "false"};
  Vector<String> answers;
  for (const Choice& choice : choices) answers.push_back(choice.id);
  return answers;
}

const Question* Answers::Find(std::string_view id) const {
  auto it = std::ranges::find_if(*questions_, [&](const Question& each) { return each.id == id; });
  return it == questions_->end() ? nullptr : &*it;
}

bool Answers::IsValid(const Condition& condition) const {
  const Question* question = condition.good ? Find(condition.question) : nullptr;
  if (question == nullptr || !question->IsDecision()) return false;
  if (question->type == QuestionType::kBoolean) return condition.value.empty();
  return std::ranges::any_of(question->choices, [&](const Question::Choice& choice) {
    return choice.id == condition.value;
  });
}

Presence PresenceOf(const Attachment& attachment) {
  Presence presence;
  if (attachment.when) presence.all.push_back(*attachment.when);
  return presence;
}

bool Answers::IsOpen(const Presence& presence) const {
  return std::ranges::any_of(presence.all,
                             [&](const Condition& condition) { return !IsValid(condition); });
}

bool Answers::CanBe(const Presence& presence) const {
  return presence.all.empty() || IsOpen(presence) || Search(*this, presence).possible();
}

bool Answers::Exclude(const Presence& one, const Presence& other) const {
  return IsOpen(one) || IsOpen(other) || !Search(*this, Both(one, other)).possible();
}

bool Answers::Cover(const Presence& presence, const Vector<Presence>& some) const {
  // What is too much is left to the template that comes of it: it proves or refuses.
  if (IsOpen(presence) || some.size() > kMaxTargets) return true;
  for (const Presence& each : some) {
    if (IsOpen(each)) return true;
  }
  Search search(*this, presence);
  return !search.None(some, 0) || search.gave_up();
}

}  // namespace countersign::legaldown
