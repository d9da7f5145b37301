// The three templates of the demo and the customers they are filled from.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/templates.h"

namespace countersign::templates {
namespace {

using testing::ExampleFile;
using testing::Plain;

constexpr std::string_view kNames[] = {"saas-upgrade", "telehealth-consent", "sla-amendment"};

Template Demo(std::string_view name) {
  compile::Compilation compilation =
      compile::CompileTemplate(ExampleFile("templates/" + String(name) + ".md"));
  EXPECT_TRUE(compilation.ok() && compilation.diagnostics.empty())
      << testing::Problems(compilation);
  return *Template::Load(compilation.bytes);
}

json::Value Customer(std::string_view id) {
  json::Value customers = Plain(ExampleFile("crm/customers.json"));
  for (const json::Value& entry : customers.items()) {
    if (entry.Find("id")->string_value() == id) return *entry.Find("record");
  }
  ADD_FAILURE() << id;
  return {};
}

void Put(const Template& contract, std::string_view plain, Values* values) {
  for (FieldValue& value : testing::ValuesOf(contract, plain)) {
    EraseIf(*values, [&](const FieldValue& other) { return other.id == value.id; });
    values->push_back(std::move(value));
  }
  std::sort(values->begin(), values->end(),
            [](const FieldValue& a, const FieldValue& b) { return a.id < b.id; });
}

TEST(Demo, EveryTemplateIsFilledFromBothShapesOfRecord) {
  for (std::string_view name : kNames) {
    Template contract = Demo(name);
    for (std::string_view id : {"acme", "harbor", "solaria"}) {
      Prefill prefill = FillFromRecord(contract, Customer(id));
      EXPECT_TRUE(prefill.problems.empty()) << name << " " << id << " " << prefill.problems[0].field
                                            << " " << prefill.problems[0].error.message();
    }
  }
}

TEST(Demo, ARecordWithGapsNamesThem) {
  Prefill prefill = FillFromRecord(Demo("saas-upgrade"), Customer("incomplete"));
  Vector<String> fields;
  for (const PrefillProblem& problem : prefill.problems) {
    fields.push_back(problem.field + " " + String(problem.error.name()));
  }
  EXPECT_EQ(fields, (Vector<String>{"customerAddress prefill.missing_member",
                                    "upgradeDate prefill.wrong_type", "seats prefill.wrong_type"}));
}

String SaasText(std::string_view customer, std::string_view changes) {
  Template contract = Demo("saas-upgrade");
  Values values = FillFromRecord(contract, Customer(customer)).values;
  Put(contract, changes, &values);
  auto assembly = Assemble(contract, values);
  EXPECT_TRUE(assembly.has_value() && assembly->IsFinal());
  for (const PendingUnit& pending : assembly->pending)
    ADD_FAILURE() << pending.unit << " " << pending.fields[0];
  return document::LinearText(assembly->document, {});
}

TEST(Demo, TheUpgradeDecidesByMoneyByTwoFieldsAndByTheSignersAnswer) {
  String small = SaasText("harbor", R"({"poRequired":false})");
  EXPECT_NE(small.find("invoiced monthly in advance"), String::npos);
  EXPECT_EQ(small.find("purchase order number ["), String::npos);
  String large = SaasText("acme", R"({"poRequired":true,"term":"P24M","newPlan":"Enterprise"})");
  EXPECT_NE(large.find("invoiced quarterly in advance"), String::npos)
      << "by the computed annual fee";
  EXPECT_NE(large.find("The price per seat does not rise before"), String::npos)
      << "by term and discount";
  EXPECT_NE(large.find("purchase order number [Purchase order number]"), String::npos)
      << "by the signer's answer";
  EXPECT_NE(large.find("the whole monthly fee, where availability was below 95.0"), String::npos);
  String abroad = SaasText("solaria", R"({"poRequired":false})");
  EXPECT_NE(abroad.find("standard contractual clauses"), String::npos)
      << "nested in data protection";
  EXPECT_EQ(SaasText("solaria", R"({"poRequired":false,"personalData":false})")
                .find("standard contractual"),
            String::npos);
}

TEST(Demo, TheUpgradeIsLockedAndLongEnough) {
  Template contract = Demo("saas-upgrade");
  EXPECT_GE(contract.locked_units().size(), 3u);
  EXPECT_EQ(contract.text_roles(), Vector<String>{"customer"});
  int conditions = 0;
  json::Value compiled =
      Plain(compile::CompileTemplate(ExampleFile("templates/saas-upgrade.md")).bytes);
  String text = json::Write(compiled);
  for (size_t at = text.find("\"when\":"); at != String::npos; at = text.find("\"when\":", at + 1))
    ++conditions;
  EXPECT_GE(conditions, 6);
  EXPECT_GE(SaasText("acme", R"({"poRequired":true})").size(), 4500u) << "two pages";
}

TEST(Demo, TheTelehealthConsentKnowsMinors) {
  Template contract = Demo("telehealth-consent");
  Values values = FillFromRecord(contract, Customer("harbor")).values;
  Put(contract, R"({"recording":"Yes","guardianName":"Ann Pritchard"})", &values);
  auto assembly = Assemble(contract, values);
  ASSERT_TRUE(assembly.has_value());
  EXPECT_TRUE(assembly->IsFinal());
  String text = document::LinearText(assembly->document, {});
  EXPECT_NE(text.find("The patient is 16 years old"), String::npos);
  EXPECT_NE(text.find("[Signature of the parent or guardian]"), String::npos);
  EXPECT_EQ(text.find("[Signature of the patient]"), String::npos);
  EXPECT_NE(text.find("kept for six months"), String::npos);
}

TEST(Demo, TheAmendmentComputesTheFeeAndTheDowntime) {
  Template contract = Demo("sla-amendment");
  Values values = FillFromRecord(contract, Customer("harbor")).values;
  Put(contract, R"({"effective":"2027-01-01","surcharge":"7.5","newUptime":"99.95"})", &values);
  auto assembly = Assemble(contract, values);
  ASSERT_TRUE(assembly.has_value());
  EXPECT_TRUE(assembly->IsFinal());
  String text = document::LinearText(assembly->document, {});
  EXPECT_NE(text.find("rises by \xE2\x82\xAC"
                      "59.40, from \xE2\x82\xAC"
                      "792.00 to \xE2\x82\xAC"
                      "851.40"),
            String::npos)
      << text;
  EXPECT_NE(text.find("no more than 21.6 minutes"), String::npos) << text;
}

}  // namespace
}  // namespace countersign::templates
