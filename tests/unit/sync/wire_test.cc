#include "sync/wire.h"

#include <gtest/gtest.h>

namespace countersign::sync {
namespace {

json::Value Parse(std::string_view text) { return *json::Read(text, kInputLimits); }

const String kId(64, 'a');

TEST(SyncWire, AWholeExchangeCrossesAsJson) {
  Engine engine(3);
  ASSERT_TRUE(
      Feed(engine,
           Parse(R"({"type":"open","stream":"s","cursor":"","epoch":"","held":[],"outbox":["e)" +
                 kId + R"("],"now":1})"))
          .has_value());
  Command command;
  ASSERT_TRUE(engine.Next(&command, 1));
  EXPECT_EQ(json::Write(ToJson(command)),
            R"({"items":["e)" + kId + R"("],"op":1,"stream":"s","type":"put"})");
  ASSERT_TRUE(Feed(engine, Parse(R"({"type":"put","op":1,"results":[{"id":")" + kId +
                                 R"(","state":"stored"}],"now":2})"))
                  .has_value());
  ASSERT_TRUE(engine.Next(&command, 2));
  EXPECT_EQ(command.type, Command::Type::kPersist);
  ASSERT_TRUE(Feed(engine, Parse(R"({"type":"persisted","op":2,"now":3})")).has_value());
  while (engine.Next(&command, 3) && command.type != Command::Type::kList) {
  }
  ASSERT_EQ(command.type, Command::Type::kList);
  ASSERT_TRUE(
      Feed(engine,
           Parse(R"({"type":"listed","op":3,"epoch":"e","next":"1","more":false,"items":["b)" +
                 String(64, 'b') + R"("],"now":4})"))
          .has_value());
  while (engine.Next(&command, 4) && command.type != Command::Type::kGet) {
  }
  ASSERT_EQ(command.type, Command::Type::kGet);
  EXPECT_EQ(command.items[0].kind, ItemKind::kBlob);
  EXPECT_TRUE(Feed(engine, Parse(R"({"type":"got","op":4,"state":"absent","now":5})")).has_value());
  EXPECT_TRUE(
      Feed(engine, Parse(R"({"type":"failed","op":4,"failure":"quota","retryAfter":0,"now":5})"))
          .has_value());
  EXPECT_TRUE(
      Feed(engine, Parse(R"({"type":"wake","why":"user","stream":"","now":6})")).has_value());
  EXPECT_TRUE(Feed(engine, Parse(R"({"type":"close","stream":"s","now":7})")).has_value());
}

TEST(SyncWire, MalformedInputIsNamedAndChangesNothing) {
  Engine engine(3);
  EXPECT_EQ(Feed(engine, Parse(R"({"type":"fly","op":1,"now":1})")).error().code(),
            ErrorCode::kSchemaBadValue);
  EXPECT_EQ(Feed(engine, Parse(R"({"type":"close","now":1})")).error().code(),
            ErrorCode::kSchemaMissingMember);
  EXPECT_EQ(Feed(engine, Parse(R"({"type":"wake","why":"user","stream":"","now":1,"x":1})"))
                .error()
                .code(),
            ErrorCode::kSchemaUnknownMember);
  EXPECT_EQ(
      Feed(engine, Parse(R"({"type":"added","stream":"s","items":["x"],"now":1})")).error().code(),
      ErrorCode::kSchemaBadValue);
  EXPECT_EQ(Feed(engine, Parse(R"({"type":"added","stream":"s","items":["eZZ"],"now":1})"))
                .error()
                .code(),
            ErrorCode::kBytesNotHex);
  Command command;
  EXPECT_FALSE(engine.Next(&command, 1));
}

}  // namespace
}  // namespace countersign::sync
