// A file that the signer picks: a draft keeps what it is, the commit names its blob.
#include <gtest/gtest.h>

#include "evidence/page.h"
#include "log/event.h"
#include "support/file_envelope.h"

namespace countersign::ceremony {
namespace {

using evidence::ListOf;
using evidence::ObjectOf;
using evidence::TextOf;
using testing::FileEnvelope;
using testing::Parsed;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    envelope.Send();
    envelope.Join(envelope.customer, envelope.customer_link);
  }
  json::Value Field() {
    for (const json::Value& field : ListOf(envelope.View(envelope.customer, draft), "fields")) {
      if (TextOf(field, "id") == "idCard") return field;
    }
    return json::Value::Make({});
  }

  FileEnvelope envelope;
  Draft draft;
};

TEST_F(Files, AreAskedForWithAControlOfTheirOwn) {
  const json::Value field = Field();
  EXPECT_EQ(TextOf(field, "kind"), "file");
  EXPECT_EQ(TextOf(ObjectOf(field, "input"), "control"), "file");
  EXPECT_EQ(TextOf(ObjectOf(field, "input"), "accept"), "image/*");
  EXPECT_EQ(TextOf(field, "state"), "empty");
}

TEST_F(Files, ArePickedReplacedAndTakenAway) {
  const json::Value first = FileEnvelope::ValueOf(FileEnvelope::BlobOf("first"));
  ASSERT_TRUE(envelope.Pick(draft, first).has_value());
  EXPECT_EQ(TextOf(Field(), "state"), "filled");
  EXPECT_EQ(*Field().Find("value"), first);
  EXPECT_TRUE(TextOf(Field(), "display").starts_with("id.jpg, 5 B, SHA-256 "));
  // Through the store and back.
  draft = *ReadDraft(*json::ReadCanonical(json::Write(WriteDraft(draft)), kDraftLimits));
  EXPECT_EQ(*Field().Find("value"), first);
  const json::Value second = FileEnvelope::ValueOf(FileEnvelope::BlobOf("second"), "other.png");
  ASSERT_TRUE(envelope.Pick(draft, second).has_value());
  EXPECT_EQ(*Field().Find("value"), second);
  ASSERT_TRUE(envelope.Pick(draft, json::Value()).has_value());
  EXPECT_EQ(TextOf(Field(), "state"), "empty");
}

TEST_F(Files, AreCheckedByTheTemplateAndSayWhy) {
  const Bytes blob = FileEnvelope::BlobOf(String(2001, 'x'));
  ASSERT_TRUE(envelope.Pick(draft, FileEnvelope::ValueOf(blob)).has_value());
  EXPECT_EQ(TextOf(Field(), "code"), "field.check_failed");
  EXPECT_EQ(TextOf(Field(), "message"), "At most 2 kB");
}

TEST_F(Files, AreNoTextThatSomebodyTypes) {
  for (const char* typed : {"id.jpg", "{}", R"({"name":"id.jpg"})", "[1]", "{"}) {
    json::Value act = Parsed(R"({"do":"setValue","field":"idCard"})");
    act.Set("text", testing::Text(typed));
    ASSERT_TRUE(envelope.TryAct(envelope.customer, draft, act).has_value());
    EXPECT_EQ(TextOf(Field(), "state"), "wrong") << typed;
  }
}

TEST_F(Files, StandInTheSummaryWithNameSizeAndHash) {
  ASSERT_TRUE(envelope.Pick(draft, FileEnvelope::ValueOf(FileEnvelope::BlobOf("abc"))).has_value());
  const json::Value view = envelope.View(envelope.customer, draft);
  String shown;
  for (const json::Value& value : ListOf(ObjectOf(view, "summary"), "values")) {
    if (TextOf(value, "id") == "idCard") shown = TextOf(value, "display");
  }
  EXPECT_EQ(shown,
            "id.jpg, 3 B, SHA-256 "
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Files, AreCommittedOnlyWithTheirBytesAndTheEventNamesThem) {
  const Bytes blob = FileEnvelope::BlobOf("abc");
  const json::Value value = FileEnvelope::ValueOf(blob);
  envelope.Prepare(envelope.customer, draft);
  ASSERT_TRUE(envelope.Pick(draft, value).has_value());
  const auto refused =
      envelope.TryAct(envelope.customer, draft, Parsed(R"({"do":"commitFields"})"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().name(), "envelope.blob_missing");
  envelope.AddBlob(blob);
  ASSERT_TRUE(
      envelope.TryAct(envelope.customer, draft, Parsed(R"({"do":"commitFields"})")).has_value());
  const auto event = log::Event::Parse(envelope.events().back());
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->type, "fields.committed");
  EXPECT_EQ(json::Write(*event->body.Find("files")), "[\"" + String(TextOf(value, "blob")) + "\"]");
  EXPECT_TRUE(Field().Find("committed")->bool_value());
}

TEST_F(Files, LeaveNoMemberInAnEventThatHasNone) {
  envelope.Prepare(envelope.customer, draft);
  envelope.Act(envelope.customer, draft, R"({"do":"commitFields"})");
  const auto event = log::Event::Parse(envelope.events().back());
  EXPECT_EQ(event->body.Find("files"), nullptr);
}

}  // namespace
}  // namespace countersign::ceremony
