#include "ceremony/draft.h"

#include <gtest/gtest.h>

#include "support/signed_envelope.h"

namespace countersign::ceremony {
namespace {

using testing::Parsed;

String MarkCode(std::string_view mark) {
  const auto checked = CheckMark(Parsed(mark));
  return checked ? "" : String(checked.error().name());
}

TEST(Draft, ComesBackFromTheStoreAsItWas) {
  Draft draft;
  draft.revision.bytes.fill(3);
  draft.step = Step::kAdopt;
  draft.opened = draft.ticked = draft.reviewed = draft.checked = true;
  draft.code = "0421";
  draft.units = 3;
  draft.of = 9;
  draft.field = "budget";
  draft.SetText("b", "12 \xC3\xA9\n");
  draft.SetText("a", "");
  draft.SetText("b", "13");
  draft.mark = Parsed(R"({"kind":"typed","text":"Ana"})");
  draft.placed = {"a", "b"};
  draft.changed = {{"phone", "added", "Phone support"}};
  auto stored = json::ReadCanonical(json::Write(WriteDraft(draft)), kDraftLimits);
  ASSERT_TRUE(stored.has_value());
  auto read = ReadDraft(*stored);
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(*read, draft);
  EXPECT_EQ(*read->Find("b"), "13");
  EXPECT_EQ(read->Find("c"), nullptr);
}

TEST(Draft, AStoreIsNotBelieved) {
  const json::Value good = WriteDraft(Draft());
  ASSERT_TRUE(ReadDraft(good).has_value());
  for (const auto& [member, value] :
       {std::pair{"step", R"("later")"}, std::pair{"opened", "1"}, std::pair{"texts", R"({"a":1})"},
        std::pair{"placed", R"(["b","a"])"}, std::pair{"mark", R"({"kind":"typed"})"},
        std::pair{"units", "-1"}, std::pair{"format", R"("countersign-draft/2")"},
        std::pair{"more", "1"}, std::pair{"revision", R"("x")"}}) {
    json::Value bad = good;
    bad.Set(member, Parsed(value));
    EXPECT_FALSE(ReadDraft(bad).has_value()) << member;
  }
}

TEST(Mark, IsTypedOrDrawnAndBounded) {
  EXPECT_EQ(MarkCode(R"({"kind":"typed","text":"Ana"})"), "");
  EXPECT_EQ(MarkCode(R"({"kind":"drawn","strokes":[[[1,2,3]]]})"), "");
  EXPECT_EQ(MarkCode(R"({"kind":"drawn","strokes":[[[-100000,100000,10000000]]]})"), "");
  EXPECT_EQ(MarkCode(R"({"kind":"drawn","text":"Ana","strokes":[[[1,2,3],[4,5,6]]]})"), "");
  for (const std::string_view mark :
       {R"({"kind":"typed","text":"  "})", R"({"kind":"typed","text":"A\u202EB"})",
        R"({"kind":"stamped","text":"A"})", R"({"kind":"drawn","strokes":[]})",
        R"({"kind":"drawn","strokes":[[]]})", R"({"kind":"drawn","strokes":[[[1,2]]]})",
        R"({"kind":"drawn","strokes":[[[1,2,"3"]]]})",
        R"({"kind":"drawn","strokes":[[[1,100001,3]]]})",
        R"({"kind":"drawn","strokes":[[[-100001,1,3]]]})",
        R"({"kind":"drawn","strokes":[[[1,2,-1]]]})",
        R"({"kind":"drawn","strokes":[[[1,2,10000001]]]})"}) {
    EXPECT_EQ(MarkCode(mark), "ceremony.bad_mark") << mark;
  }
  EXPECT_EQ(MarkCode(R"({"kind":"typed","text":")" + String(kMaxMarkText + 1, 'a') + R"("})"),
            "ceremony.bad_mark");
  String many = R"({"kind":"drawn","strokes":[[[0,0,0])";
  for (size_t i = 1; i < kMaxPoints; ++i) many += ",[1,1,1]";
  EXPECT_EQ(MarkCode(many + "]]}"), "");
  EXPECT_EQ(MarkCode(many + ",[1,1,1]]]}"), "ceremony.bad_mark");
  EXPECT_EQ(MarkCode(R"({"kind":"typed","text":"A","strokes":[]})"), "schema.unknown_member");
}

TEST(Mark, ItsLinesAreItsPoints) {
  const auto strokes =
      StrokesOf(Parsed(R"({"kind":"drawn","strokes":[[[1,2,3],[4,5,6]],[[7,8,9]]]})"));
  ASSERT_EQ(strokes.size(), 2u);
  EXPECT_EQ(strokes[0][1].x, 4);
  EXPECT_EQ(strokes[1][0].y, 8);
  EXPECT_TRUE(StrokesOf(Parsed(R"({"kind":"typed","text":"A"})")).empty());
}

}  // namespace
}  // namespace countersign::ceremony
