// Fields of the kind `file`: what the loader takes, what a value must say, how it is written.
#include "template/file_value.h"

#include <gtest/gtest.h>

#include <functional>

#include "support/templates.h"
#include "values/plain_json.h"

namespace countersign::templates {
namespace {

using json::Value;
using testing::CompileBytes;
using testing::LoadTemplate;
using testing::Plain;
using testing::Source;

constexpr std::string_view kKeys = "roles:\n  customer: { label: Customer, signs: true }\n";
constexpr std::string_view kBody =
    "Your card: {{file: idCard, role=customer, accept=\"image/*,.pdf\"}} {{sign: s, "
    "role=customer}}\n";

Bytes Blob(std::string_view content) {
  Bytes blob(Salt::kLength, 9);
  const ByteView bytes = AsBytes(content);
  blob.insert(blob.end(), bytes.begin(), bytes.end());
  return blob;
}

String CodeAfter(const std::function<void(Value*)>& change) {
  Value value = Plain(CompileBytes(Source(kKeys, kBody)));
  Value* field = &const_cast<Value*>(value.Find("fields"))->items()[0];
  change(field);
  auto loaded = Template::Load(json::Write(value));
  return loaded ? "" : String(loaded.error().name());
}

TEST(FileField, HasItsOwnTypeAndAsksForTheSeldomPart) {
  const Template contract = LoadTemplate(Source(kKeys, kBody));
  const Field& field = *contract.FindField("idCard");
  EXPECT_EQ(field.kind, FieldKind::kFile);
  EXPECT_EQ(field.type.ToString(), kFileType);
  EXPECT_EQ(field.autocomplete, "image/*,.pdf");
  EXPECT_TRUE(contract.asks_seldom_work());
  EXPECT_FALSE(LoadTemplate(Source(kKeys, "{{sign: s, role=customer}}\n")).asks_seldom_work());
}

TEST(FileField, IsReadAsOutsideData) {
  EXPECT_EQ(CodeAfter([](Value*) {}), "");
  const auto set = [](const char* name, std::string_view json) {
    return CodeAfter([=](Value* field) { field->Set(name, Plain(json)); });
  };
  EXPECT_EQ(set("type", "\"string\""), "template.wrong_type");
  EXPECT_EQ(set("type", "\"record(blob: string, name: string)\""), "template.wrong_type");
  EXPECT_EQ(set("kind", "\"input\""), "template.wrong_type") << "nobody types a record";
  for (const char* name : {"maxLength", "default", "min", "options", "autocomplete"}) {
    EXPECT_EQ(set(name, "1"), "schema.unknown_member") << name;
  }
  EXPECT_EQ(CodeAfter([](Value* field) { field->Remove("role"); }), "schema.bad_value");
}

TEST(FileField, StandsAtMostEightTimesInATemplate) {
  Value value = Plain(CompileBytes(Source(kKeys, kBody)));
  json::Array& fields = const_cast<Value*>(value.Find("fields"))->items();
  const Value file = fields[0];
  for (int i = 2; i <= 8; ++i) {
    Value more = file;
    more.Set("id", Value::String("idCard" + NumberText(i)));
    fields.push_back(more);
  }
  EXPECT_TRUE(Template::Load(json::Write(value)).has_value());
  Value ninth = file;
  ninth.Set("id", Value::String("idCard9"));
  fields.push_back(ninth);
  auto loaded = Template::Load(json::Write(value));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().name(), "template.too_many_fields");
}

TEST(FileValue, SaysNameSizeHashAndBlob) {
  const Bytes blob = Blob("abc");
  const auto value = FileOf("Ausweis.jpg", blob);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(json::Write(*value),
            "{\"blob\":\"iu1C70kxqaW0L7oZ8P4rIRqK1OdOOs4ulwfOXu6Cif8\",\"name\":\"Ausweis.jpg\","
            "\"sha256\":"
            "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"size\":3}");
  const Template contract = LoadTemplate(Source(kKeys, kBody));
  const Field& field = *contract.FindField("idCard");
  const auto read = values::FromJson(*value, field.type);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(CheckValue(field, *read).has_value());
  EXPECT_TRUE(HoldsFile(blob, *read));
  EXPECT_FALSE(HoldsFile(Blob("abd"), *read));
  EXPECT_FALSE(HoldsFile(Blob("abcd"), *read));
  EXPECT_FALSE(HoldsFile(Bytes(3, 9), *read));
  EXPECT_EQ(DisplayValue(contract, field, *read),
            "Ausweis.jpg, 3 B, SHA-256 "
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FileValue, IsTheOneOfTheVectorInTheFormat) {
  const String format = testing::ReadFile(testing::TestPath("../core/FORMAT.md")).value_or("");
  EXPECT_NE(format.find(json::Write(*FileOf("id.jpg", Blob("abc")))), String::npos);
}

TEST(FileValue, IsNoneWhereAMemberIsMissingOrSaysSomethingElse) {
  const Template contract = LoadTemplate(Source(kKeys, kBody));
  const Field& field = *contract.FindField("idCard");
  const Value good = *FileOf("a.pdf", Blob("abc"));
  const auto code = [&](const Value& plain) {
    const auto read = values::FromJson(plain, field.type);
    if (!read) return String(read.error().name());
    const auto checked = CheckValue(field, *read);
    return checked ? String() : String(checked.error().name());
  };
  EXPECT_EQ(code(good), "");
  for (const char* name : {"blob", "name", "sha256", "size"}) {
    Value less = good;
    less.Remove(name);
    EXPECT_EQ(code(less), "field.wrong_type") << name;
  }
  const auto with = [&](const char* name, const Value& value) {
    Value other = good;
    other.Set(name, value);
    return code(other);
  };
  EXPECT_EQ(with("size", Value::Int(-1)), "field.wrong_type");
  EXPECT_EQ(with("size", Value::Int(4'194'288)), "");
  EXPECT_EQ(with("size", Value::Int(4'194'289)), "field.wrong_type");
  EXPECT_EQ(with("name", Value::String("")), "field.wrong_type");
  EXPECT_EQ(with("name", Value::String(String(256, 'a'))), "field.wrong_type");
  EXPECT_EQ(with("name", Value::String("a\xE2\x80\xAEgpj.exe")), "field.wrong_type");
  EXPECT_EQ(with("blob", Value::String("abc")), "field.wrong_type");
  EXPECT_EQ(with("sha256", Value::String(String(64, 'A'))), "field.wrong_type");
  EXPECT_EQ(with("more", Value::Int(1)), "values.wrong_type");
}

TEST(FileValue, TooLargeIsRefusedAndSaysTheLimit) {
  EXPECT_TRUE(FileOf("a", Bytes(4'194'304, 0)).has_value());
  const auto refused = FileOf("a", Bytes(4'194'305, 0));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().name(), "blob.too_large");
  EXPECT_NE(String(refused.error().detail()).find("4194288"), String::npos);
  EXPECT_EQ(FileOf("a", Bytes(15, 0)).error().name(), "bytes.wrong_length");
}

TEST(FileValue, ANameOfTheDeviceLosesWhatMisleadsAndKeepsItsEnding) {
  const auto named = [](std::string_view name) {
    return FileOf(name, Blob(""))->Find("name")->string_value();
  };
  EXPECT_EQ(named("a\xE2\x80\xAEgpj.exe"), "agpj.exe");
  EXPECT_EQ(named("a\n\tb\x07.pdf"), "ab.pdf");
  EXPECT_EQ(named(""), "file");
  EXPECT_EQ(named("\x01"), "file");
  EXPECT_EQ(named("Kündigung – 2.pdf"), "Kündigung – 2.pdf");
  const String name = named(String(300, 'x') + ".jpeg");
  EXPECT_EQ(name.size(), 255u);
  EXPECT_TRUE(name.ends_with("x.jpeg"));
  String umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  EXPECT_TRUE(IsUtf8(named(umlauts)));
  EXPECT_EQ(named(umlauts).size(), 254u);
}

}  // namespace
}  // namespace countersign::templates
