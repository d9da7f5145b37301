// The loader believes nothing: whatever is changed in a compiled template is refused, with a code.
#include <gtest/gtest.h>

#include <functional>

#include "crypto/crypto.h"
#include "support/templates.h"
#include "template/lock.h"

namespace countersign::templates {
namespace {

using json::Value;
using testing::CompileBytes;
using testing::Plain;
using testing::Source;

constexpr std::string_view kKeys = R"(roles:
  customer: { label: Customer, signs: true, order: 1 }
  provider: { label: Provider, signs: true, order: 2 }
fields:
  seats: { type: int, label: Seats }
  price: { type: money, currency: EUR, label: Price }
  late: { type: bool, role: provider, label: Late, required: false }
computed:
  total: price * seats
  annual: total * 12
validations:
  - { id: big, check: "seats <= 400", message: Too many seats., field: seats }
)";
constexpr std::string_view kBody = R"(# Price {#price-clause lock}

{{= total | money }} a month, {{= annual | money }} a year. {{sign: mark, role=customer}} {{check: late}}

- One {when="seats > 3"}
- See {{ref: price-clause}}
)";

String Good() { return CompileBytes(Source(kKeys, kBody)); }

ErrorCode CodeOf(const String& bytes) {
  auto loaded = Template::Load(bytes);
  EXPECT_FALSE(loaded.has_value());
  return loaded ? ErrorCode::kJsonSyntax : loaded.error().code();
}

// Changes the JSON of a good template.
ErrorCode After(const std::function<void(Value*)>& change) {
  Value value = Plain(Good());
  change(&value);
  return CodeOf(json::Write(value));
}

Value* At(Value* value, std::initializer_list<const char*> path) {
  for (const char* step : path) {
    if (value->is_array()) {
      value = &value->items()[static_cast<size_t>(std::atoi(step))];
    } else {
      value = const_cast<Value*>(value->Find(step));
    }
    if (value == nullptr) {
      ADD_FAILURE() << step;
      std::abort();
    }
  }
  return value;
}

TEST(Load, ReadsWhatTheCompilerWrites) {
  auto loaded = Template::Load(Good());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message() << loaded.error().path();
  EXPECT_EQ(loaded->id(), "sample");
  EXPECT_EQ(loaded->locked_units(), Vector<String>{"price-clause"});
  EXPECT_EQ(loaded->compiled_ref(), crypto::Sha256(AsBytes(Good())).ToBase64Url());
  EXPECT_EQ(loaded->source_ref(), crypto::Sha256(AsBytes(Source(kKeys, kBody))).ToBase64Url());
  EXPECT_EQ(loaded->computed().size(), 2u);
  EXPECT_EQ(loaded->FindField("mark")->unit, "price-clause.1");
  ASSERT_TRUE(loaded->consent().has_value());
  EXPECT_NE(loaded->consent()->Write().find("\"format\":\"countersign-consent/v1\""), String::npos);
}

TEST(Load, RefusesOtherVersionsAndShapes) {
  EXPECT_EQ(CodeOf("{}"), ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(CodeOf(Good() + " "), ErrorCode::kJsonNotCanonical);
  EXPECT_EQ(After([](Value* v) { v->Set("engine", Value::String("countersign-template/2")); }),
            ErrorCode::kTemplateNeedsNewerEngine);
  EXPECT_EQ(After([](Value* v) { v->Set("format", Value::String("countersign-template/v2")); }),
            ErrorCode::kTemplateNeedsNewerEngine);
  EXPECT_EQ(After([](Value* v) { v->Set("extra", Value::Int(1)); }),
            ErrorCode::kSchemaUnknownMember);
  EXPECT_EQ(After([](Value* v) { v->Set("locale", Value::String("xx")); }),
            ErrorCode::kValuesUnknownLocale);
  EXPECT_EQ(After([](Value* v) { At(v, {"units", "0"})->Set("kind", Value::String("script")); }),
            ErrorCode::kSchemaBadValue);
}

TEST(Load, ALockedClauseThatWasChangedIsRefused) {
  auto change_text = [](Value* v) {
    Value* unit = At(v, {"units", "0"});
    unit->Set("text", Value::List({Value::String("Prize")}));
  };
  EXPECT_EQ(After(change_text), ErrorCode::kTemplateLockBroken);
  EXPECT_EQ(
      After([](Value* v) { At(v, {"units", "0", "units", "0"})->Set("text", Value::List({})); }),
      ErrorCode::kTemplateLockBroken)
      << "what is inside is locked too";
  EXPECT_EQ(After([&](Value* v) {
              change_text(v);
              Value* unit = At(v, {"units", "0"});
              At(unit, {"lock"})->Set("content", Value::String(HashUnit(*unit)));
            }),
            ErrorCode::kTemplateLockBroken)
      << "the pin at the top still differs";
  EXPECT_EQ(After([](Value* v) { At(v, {"units", "0"})->Remove("lock"); }),
            ErrorCode::kTemplateLockBroken);
  EXPECT_EQ(After([](Value* v) { v->Set("locks", Value::List({})); }),
            ErrorCode::kTemplateLockBroken);
}

TEST(Load, TellsWhetherATemplateAsksForWorkThatFewAskFor) {
  const auto asks = [](std::string_view format, std::string_view when) {
    String body = "# Price {when=\"";
    body.append(when).append("\"}\n\n{{= seats | ").append(format);
    body += "}} seats {{sign: mark, role=customer}} {{check: late}}\n";
    return testing::LoadTemplate(Source(kKeys, body)).asks_seldom_work();
  };
  EXPECT_FALSE(asks("number", "seats > 3 || string(seats).startsWith('1')"));
  EXPECT_TRUE(asks("words", "seats > 3"));
  EXPECT_TRUE(asks("number", "seats > 3 || string(seats).matches('^1')"));
}

// The rules of numbers in words are there exactly where a text says some.
TEST(Load, WordsComeWithTheTemplateThatSaysThem) {
  const String spoken = CompileBytes(Source(
      kKeys,
      "# Price\n\n{{= seats | words}} seats {{sign: mark, role=customer}} {{check: late}}\n"));
  auto loaded = Template::Load(spoken);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message() << loaded.error().path();
  const auto changed = [&](const std::function<void(Value*)>& change) {
    Value value = Plain(spoken);
    change(&value);
    return CodeOf(json::Write(value));
  };
  EXPECT_EQ(changed([](Value* v) { v->Remove("words"); }), ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(changed([](Value* v) { v->Set("words", Value::String("")); }),
            ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(changed([](Value* v) { v->Set("words", Value::String(String(4097, 'x'))); }),
            ErrorCode::kSchemaBadValue);
  EXPECT_EQ(After([](Value* v) { v->Set("words", Value::String("0:x;")); }),
            ErrorCode::kSchemaUnknownMember);
  Value longest = Plain(spoken);
  longest.Set("words", Value::String(String(4096, 'x')));
  EXPECT_TRUE(Template::Load(json::Write(longest)).has_value());
}

// A phone has not their functions, and nothing that is signed may need them.
TEST(Load, TheWideSetIsForSourceExpressionsOnly) {
  const String bytes = CompileBytes(Source(R"(fields:
  late: { type: bool, label: Late, source: "timestamp('2026-01-31T10:00:00Z').getHours() > 9" }
)",
                                           "{{= late ? 'a' : 'b' }}\n"));
  ASSERT_TRUE(Template::Load(bytes).has_value());
  Value moved = Plain(bytes);
  Value* field = At(&moved, {"fields", "0"});
  field->Set("show", *field->Find("source"));
  auto loaded = Template::Load(json::Write(moved));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), ErrorCode::kExpressionUnknownFunction);
  EXPECT_EQ(loaded.error().path(), "/fields/0/show/nodes/1");
}

TEST(Load, RefusesNamesThatAreNotThere) {
  EXPECT_EQ(After([](Value* v) {
              At(v, {"units", "0"})->Remove("lock");
              v->Set("locks", Value::List({}));
              At(v, {"units", "0", "units", "0"})
                  ->Set("text", Value::List({Plain(R"({"blank":"nobody"})")}));
            }),
            ErrorCode::kTemplateBadReference);
  EXPECT_EQ(After([](Value* v) {
              At(v, {"units", "0"})->Remove("lock");
              v->Set("locks", Value::List({}));
              At(v, {"units", "0", "units", "0"})
                  ->Set("text", Value::List({Plain(R"({"ref":"nobody"})")}));
            }),
            ErrorCode::kTemplateBadReference);
  EXPECT_EQ(After([](Value* v) { At(v, {"fields", "2"})->Set("role", Value::String("nobody")); }),
            ErrorCode::kTemplateBadReference);
  EXPECT_EQ(After([](Value* v) { At(v, {"fields", "1"})->Set("id", Value::String("seats")); }),
            ErrorCode::kTemplateDuplicateId);
  EXPECT_EQ(After([](Value* v) {
              At(v, {"units", "0"})->Remove("lock");
              v->Set("locks", Value::List({}));
              At(v, {"units", "0", "units", "0"})->Set("id", Value::String("price-clause"));
            }),
            ErrorCode::kTemplateDuplicateId);
}

TEST(Load, ComputedValuesStandInAnOrderWithoutCircles) {
  EXPECT_EQ(After([](Value* v) {
              json::Array& computed = At(v, {"computed"})->items();
              std::swap(computed[0], computed[1]);
            }),
            ErrorCode::kExpressionUnknownVariable);
}

TEST(Load, TypesAreCheckedAgain) {
  EXPECT_EQ(After([](Value* v) { At(v, {"fields", "0"})->Set("type", Value::String("double")); }),
            ErrorCode::kTemplateWrongType);
  EXPECT_EQ(After([](Value* v) { At(v, {"fields", "0"})->Set("type", Value::String("string")); }),
            ErrorCode::kExpressionBadType)
      << "an expression that reads it was compiled for an int";
  EXPECT_EQ(After([](Value* v) { At(v, {"computed", "1"})->Set("type", Value::String("int")); }),
            ErrorCode::kTemplateWrongType);
  EXPECT_EQ(After([](Value* v) {
              Value tree = *At(v, {"computed", "0", "expression"});
              At(v, {"validations", "0"})->Set("check", tree);
            }),
            ErrorCode::kTemplateWrongType)
      << "a check must be bool";
}

TEST(Load, TextThatALaterSignerWouldChangeIsRefused) {
  // The condition on the item reads the provider's field, who signs second.
  String source = Source(kKeys, kBody);
  Value value = Plain(Good());
  compile::Compilation other =
      compile::CompileTemplate(Source("roles:\n  provider: {label: P, signs: true}\nfields:\n  "
                                      "late: {type: bool, role: provider, label: L}\n",
                                      "x {when=late}\n"));
  ASSERT_TRUE(other.ok()) << testing::Problems(other);
  Value tree = *At(const_cast<Value*>(&static_cast<const Value&>(value = Plain(other.bytes))),
                   {"units", "0", "when"});
  EXPECT_EQ(After([&](Value* v) {
              At(v, {"units", "0"})->Remove("lock");
              v->Set("locks", Value::List({}));
              At(v, {"units", "0", "units", "0"})->Set("when", tree);
              v->Set("textRoles", Value::List({Value::String("provider")}));
            }),
            ErrorCode::kTemplateLaterSigner);
  EXPECT_EQ(After([](Value* v) { v->Set("textRoles", Value::List({Value::String("customer")})); }),
            ErrorCode::kTemplateBadReference)
      << "the list is checked, not believed";
}

String WithUnits(std::string_view units) {
  Value value = Plain(CompileBytes(Source("", "x\n")));
  value.Set("units", Plain(units));
  return json::Write(value);
}

TEST(Load, NestsToItsDepthAndNotOneDeeper) {
  auto nested = [](int depth) {
    String text = R"({"id":"p","kind":"paragraph","text":["x"]})";
    for (int i = 0; i < depth; ++i) {
      text = R"({"id":"l)" + NumberText(i) +
             R"(","kind":"list","style":"bullet","units":[{"id":"i)" + NumberText(i) +
             R"(","kind":"item","units":[)" + text + "]}]}";
    }
    return WithUnits("[" + text + "]");
  };
  EXPECT_TRUE(Template::Load(nested(kMaxDepth / 2 - 1)).has_value());
  EXPECT_EQ(CodeOf(nested(kMaxDepth / 2)), ErrorCode::kTemplateTooDeep);
}

TEST(Load, ReadsAsManyUnitsAsAllowedAndNotOneMore) {
  auto many = [](size_t count) {
    String text = "[";
    for (size_t i = 0; i < count; ++i) {
      text += String(i == 0 ? "" : ",") + R"({"id":"p)" + NumberText(i) +
              R"(","kind":"paragraph","text":[]})";
    }
    return WithUnits(text + "]");
  };
  EXPECT_TRUE(Template::Load(many(kMaxUnits)).has_value());
  EXPECT_EQ(CodeOf(many(kMaxUnits + 1)), ErrorCode::kTemplateTooManyUnits);
}

TEST(Load, ReadsAsManyFieldsAsAllowedAndNotOneMore) {
  auto many = [](size_t count) {
    Value value = Plain(CompileBytes(Source("", "x\n")));
    json::Array fields;
    for (size_t i = 0; i < count; ++i) {
      fields.push_back(Plain(R"({"id":"f)" + NumberText(i) +
                             R"(","kind":"value","label":"F","required":true,"type":"int"})"));
    }
    value.Set("fields", Value::List(fields));
    return json::Write(value);
  };
  EXPECT_TRUE(Template::Load(many(kMaxFields)).has_value());
  EXPECT_EQ(CodeOf(many(kMaxFields + 1)), ErrorCode::kTemplateTooManyFields);
}

TEST(Load, ReadsAsManyExpressionsAsAllowedAndNotOneMore) {
  auto many = [](size_t count) {
    Value value =
        Plain(CompileBytes(Source("fields:\n  n: {type: int, label: N}\n", "{{= n }}\n")));
    Value piece = *At(&value, {"units", "0", "text", "0"});
    json::Array pieces(count, piece);
    At(&value, {"units", "0"})->Set("text", Value::List(pieces));
    return json::Write(value);
  };
  EXPECT_TRUE(Template::Load(many(kMaxExpressions)).has_value());
  EXPECT_EQ(CodeOf(many(kMaxExpressions + 1)), ErrorCode::kTemplateTooManyExpressions);
}

TEST(Load, AnyChangedByteIsRefusedOrMeansSomethingElse) {
  // Flips each byte once; a template that still loads must say so by another compiled ref. Nothing
  // may crash.
  String good = Good();
  int loaded = 0;
  for (size_t i = 0; i < good.size(); ++i) {
    String bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x01);
    auto other = Template::Load(bytes);
    if (!other) continue;
    ++loaded;
    EXPECT_NE(other->compiled_ref(), Template::Load(good)->compiled_ref());
  }
  EXPECT_GT(loaded, 0);
}

}  // namespace
}  // namespace countersign::templates
