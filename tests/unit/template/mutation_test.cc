// Compiled templates that somebody rearranged: parts swapped, dropped, doubled and replaced by
// others of the same file. They load or are refused; what loads can be assembled, explained and
// written as a document that reads back.
#include <gtest/gtest.h>

#include <random>

#include "support/templates.h"

namespace countersign::templates {
namespace {

using json::Value;

// Every value inside, outermost first.
void Collect(Value* value, Vector<Value*>* all) {
  all->push_back(value);
  if (value->is_array()) {
    for (Value& item : value->items()) Collect(&item, all);
  } else if (value->is_object()) {
    for (const json::Member& member : value->members())
      Collect(const_cast<Value*>(&member.value), all);
  }
}

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  void Change(Value* root) {
    Vector<Value*> all;
    Collect(root, &all);
    Value* target = all[random_() % all.size()];
    Value other = *all[random_() % all.size()];
    switch (random_() % 6) {
      case 0:
        *target = std::move(other);
        break;
      case 1:
        if (target->is_array() && !target->items().empty()) {
          target->items().erase(target->items().begin() +
                                static_cast<long>(random_() % target->items().size()));
        }
        break;
      case 2:
        if (target->is_array() && !target->items().empty()) {
          target->items().push_back(target->items()[random_() % target->items().size()]);
        }
        break;
      case 3:
        if (target->is_object() && !target->members().empty()) {
          target->Remove(String(target->members()[random_() % target->members().size()].name));
        }
        break;
      case 4:
        if (target->is_int()) *target = Value::Int(static_cast<int64_t>(random_() % 2000) - 5);
        break;
      default:
        if (target->is_string()) *target = Value::String(kWords[random_() % std::size(kWords)]);
        break;
    }
  }

 private:
  static constexpr std::string_view kWords[] = {
      "seats", "bool", "money(EUR)", "",     "sections", "customer",    "fees",
      "9",     "P1Y",  "text",       "sign", "99.5",     "list(string)"};
  std::mt19937 random_;
};

TEST(Mutation, ARearrangedTemplateLoadsOrIsRefusedAndNeverMore) {
  int loaded = 0, changed = 0;
  constexpr std::string_view kCorpus = "../../tests/fuzz/corpus/template_source/";
  for (String name :
       {String("saas-upgrade"), String("telehealth-consent"), String("sla-amendment"),
        String(kCorpus) + "table", String(kCorpus) + "repeats", String(kCorpus) + "containers"}) {
    String good = testing::CompileBytes(testing::ExampleFile("templates/" + name + ".md"));
    Template original = *Template::Load(good);
    Values values =
        FillFromRecord(
            original,
            testing::Plain(
                R"({"company_name":"A","seat_count":3,"price_per_seat":"2.00","renews_on":"2026-01-01"})"))
            .values;
    if (original.FindField("n") != nullptr) {
      constexpr std::string_view kRows =
          R"("items":[{"description":"A","quantity":2},{"description":"B","quantity":0}])";
      bool has_items = original.FindField("items") != nullptr;
      values = testing::ValuesOf(original,
                                 "{" + (has_items ? String(kRows) + "," : String()) + "\"n\":3}");
    }
    const Value root = testing::Plain(good);
    for (uint32_t seed = 1; seed <= 400; ++seed, ++changed) {
      Mutator mutator(seed);
      Value value = root;
      for (uint32_t i = 0; i <= seed % 3; ++i) mutator.Change(&value);
      auto contract = Template::Load(json::Write(value));
      if (!contract) {
        EXPECT_FALSE(contract.error().name().empty());
        continue;
      }
      ++loaded;
      Assembler assembler(*contract);
      ASSERT_TRUE(assembler.Reset({}).has_value());
      for (const FieldValue& entry : values) (void)assembler.Set(entry.id, entry.value).has_value();
      Assembly assembly = assembler.Snapshot();
      auto reread = document::Load(document::Write(assembly.document));
      EXPECT_TRUE(reread.has_value())
          << name << " " << seed << " " << reread.error().message() << reread.error().path();
      assembler.Html();
      assembler.Trace();
    }
  }
  EXPECT_EQ(changed, 2400);
  EXPECT_GT(loaded, 20);
}

}  // namespace
}  // namespace countersign::templates
