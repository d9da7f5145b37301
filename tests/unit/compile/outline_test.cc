// What an editor learns of a template, also of one that does not compile yet.
#include "compile/outline.h"

#include <gtest/gtest.h>

#include "support/templates.h"

namespace countersign::compile {
namespace {

const Name* Find(const Compilation& compilation, NameKind kind, std::string_view id) {
  for (const Name& name : compilation.names) {
    if (name.kind == kind && name.id == id) return &name;
  }
  return nullptr;
}

constexpr std::string_view kSource =
    "---\n"
    "template: t\n"
    "version: 1\n"
    "roles: { customer: { label: Customer, signs: true } }\n"
    "fields:\n"
    "  plan: { type: string, label: Plan, options: [Team, Business] }\n"
    "  price: { type: money, currency: EUR, label: Price }\n"
    "computed:\n"
    "  double: { value: \"price * 2\", label: Twice }\n"
    "---\n"
    "\"Services\" {{def: services}} are {{term: services}}.\n"
    "\n"
    "# Ünder {#under when=\"plan == 'Team'\"}\n"
    "\n"
    "{{= double | money }} {{sign: sig, role=customer}}\n";

TEST(Outline, NamesEverythingThatCanBeReferredTo) {
  Compilation compilation = CompileTemplate(kSource);
  ASSERT_TRUE(compilation.ok()) << testing::Problems(compilation);
  EXPECT_EQ(Find(compilation, NameKind::kRole, "customer")->label, "Customer");
  const Name* plan = Find(compilation, NameKind::kField, "plan");
  EXPECT_EQ(plan->type, "string");
  EXPECT_EQ(plan->span.line, 6U);
  EXPECT_EQ(plan->options, (Vector<String>{"'Team'", "'Business'"}));
  EXPECT_EQ(Find(compilation, NameKind::kField, "price")->type, "money(EUR)");
  EXPECT_NE(Find(compilation, NameKind::kField, "sig"), nullptr);
  EXPECT_EQ(Find(compilation, NameKind::kComputed, "double")->type, "money(EUR)");
  EXPECT_EQ(Find(compilation, NameKind::kTerm, "services")->label, "Services");
  const Name* unit = Find(compilation, NameKind::kUnit, "under");
  EXPECT_EQ(unit->when, "plan == 'Team'");
  EXPECT_EQ(unit->span.line, 13U);
}

TEST(Outline, IsThereWhereTheTemplateHasErrors) {
  String broken(kSource);
  broken.insert(broken.size(), "{{= nobody }} {{= pri\n");
  Compilation compilation = CompileTemplate(broken);
  EXPECT_FALSE(compilation.ok());
  EXPECT_NE(Find(compilation, NameKind::kField, "price"), nullptr);
  EXPECT_NE(Find(compilation, NameKind::kUnit, "under"), nullptr);
}

TEST(Outline, OfWhatIsNoTemplateIsEmpty) {
  EXPECT_TRUE(CompileTemplate("").names.empty());
  EXPECT_TRUE(CompileTemplate("---\n[\n---\n").names.empty());
  EXPECT_TRUE(CompileTemplate("\xFF").names.empty());
}

TEST(Outline, IsToldAsJson) {
  Compilation compilation = CompileTemplate(kSource);
  json::Value told = ToJson(*Find(compilation, NameKind::kField, "plan"));
  EXPECT_EQ(told.Find("kind")->string_value(), "field");
  EXPECT_EQ(told.Find("options")->items().size(), 2U);
  EXPECT_EQ(told.Find("span")->Find("line")->int_value(), 6);
}

}  // namespace
}  // namespace countersign::compile
