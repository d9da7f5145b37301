#include "sync/engine.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::sync {
namespace {

ItemRef Item(uint8_t n, ItemKind kind = ItemKind::kEvent) {
  ItemRef ref;
  ref.kind = kind;
  ref.id.bytes[0] = n;
  return ref;
}

// Takes the next command that is not a status line.
bool Take(Engine& engine, Command* command, int64_t now = 0) {
  while (engine.Next(command, now)) {
    if (command->type != Command::Type::kStatus) return true;
  }
  return false;
}

Command LastStatus(Engine& engine, int64_t now) {
  Command command, status;
  while (engine.Next(&command, now)) {
    if (command.type == Command::Type::kStatus) status = command;
  }
  return status;
}

Page AnswerOf(String epoch, String next, Vector<ItemRef> items = {},
              Page::More more = Page::More::kNo) {
  Page page;
  page.epoch = std::move(epoch);
  page.next = std::move(next);
  page.items = std::move(items);
  page.more = more;
  return page;
}

Engine OpenOne(Vector<ItemRef> held = {}, Vector<ItemRef> outbox = {}, String cursor = "",
               String epoch = "") {
  Engine engine(7);
  EXPECT_TRUE(engine.Open("s", cursor, epoch, held, outbox, 0).has_value());
  return engine;
}

TEST(SyncEngine, SendsTheOutboxBeforeItListens) {
  Engine engine = OpenOne({}, {Item(1), Item(2)});
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  EXPECT_EQ(command.type, Command::Type::kPut);
  EXPECT_EQ(command.items.size(), 2u);
}

TEST(SyncEngine, AnItemLeavesTheOutboxOnlyAfterTheBackendAcknowledgedIt) {
  Engine engine = OpenOne({}, {Item(1)});
  Command put;
  ASSERT_TRUE(Take(engine, &put));
  engine.OnFailure(put.op, Failure::kNetwork, 0, 0);
  EXPECT_EQ(LastStatus(engine, 0).unsent, 1u);
  Command again;
  ASSERT_TRUE(Take(engine, &again, 100000));
  ASSERT_EQ(again.type, Command::Type::kPut);
  EXPECT_EQ(again.items, put.items);
  engine.OnPut(again.op, {{Item(1).id, PutState::kPresent}}, 100000);
  Command persist;
  ASSERT_TRUE(Take(engine, &persist, 100000));
  EXPECT_EQ(persist.type, Command::Type::kPersist);
  EXPECT_EQ(persist.items, put.items);
  EXPECT_EQ(LastStatus(engine, 100000).unsent, 0u);
}

TEST(SyncEngine, ARejectedItemIsKeptShownAndNotSentAgain) {
  Engine engine = OpenOne({}, {Item(1), Item(2)});
  Command put;
  ASSERT_TRUE(Take(engine, &put));
  engine.OnPut(put.op, {{Item(1).id, PutState::kRejected}, {Item(2).id, PutState::kStored}}, 0);
  Command command;
  while (Take(engine, &command)) {
    EXPECT_NE(command.type, Command::Type::kPut);
    if (command.type == Command::Type::kPersist) engine.OnPersisted(command.op, 0);
    if (command.type == Command::Type::kList)
      engine.OnList(command.op, AnswerOf("e", "1", {Item(2)}), 0);
  }
  engine.OnWake(Wake::kUser, "", 1);
  const Command status = LastStatus(engine, 1);
  EXPECT_EQ(status.rejected, 1u);
}

TEST(SyncEngine, AnAnswerAboutNothingWeSentCountsAsNoAnswer) {
  Engine engine = OpenOne({}, {Item(1)});
  Command put;
  ASSERT_TRUE(Take(engine, &put));
  engine.OnPut(put.op, {{Item(9).id, PutState::kStored}}, 0);
  const Command status = LastStatus(engine, 0);
  EXPECT_EQ(status.phase, Command::Phase::kWaiting);
  EXPECT_EQ(status.unsent, 1u);
}

TEST(SyncEngine, TheCursorIsStoredOnlyAfterWhatItCoversIsHere) {
  Engine engine = OpenOne();
  Command list;
  ASSERT_TRUE(Take(engine, &list));
  ASSERT_EQ(list.type, Command::Type::kList);
  engine.OnList(list.op, AnswerOf("e", "c1", {Item(1)}), 0);
  Command get;
  ASSERT_TRUE(Take(engine, &get));
  ASSERT_EQ(get.type, Command::Type::kGet);
  engine.OnGet(get.op, GetState::kStored, 0);
  Command persist;
  ASSERT_TRUE(Take(engine, &persist));
  ASSERT_EQ(persist.type, Command::Type::kPersist);
  EXPECT_EQ(persist.cursor, "c1");
  EXPECT_EQ(persist.epoch, "e");
}

TEST(SyncEngine, WithAnItemMissingTheStoredCursorStaysAtTheStart) {
  Engine engine = OpenOne();
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.OnList(command.op, AnswerOf("e", "c1", {Item(1), Item(2)}), 0);
  ASSERT_TRUE(Take(engine, &command));
  engine.OnGet(command.op, GetState::kAbsent, 0);
  ASSERT_TRUE(Take(engine, &command));
  ASSERT_EQ(command.type, Command::Type::kGet);  // the other item goes on
  engine.OnGet(command.op, GetState::kStored, 0);
  ASSERT_TRUE(Take(engine, &command));
  ASSERT_EQ(command.type, Command::Type::kPersist);
  EXPECT_EQ(command.cursor, "");
  engine.OnPersisted(command.op, 0);
  EXPECT_EQ(LastStatus(engine, 0).missing, 1u);
  // Later it is asked for again, and then the cursor moves.
  ASSERT_TRUE(Take(engine, &command, 10000));
  ASSERT_EQ(command.type, Command::Type::kGet);
  engine.OnGet(command.op, GetState::kStored, 10000);
  ASSERT_TRUE(Take(engine, &command, 10000));
  ASSERT_EQ(command.type, Command::Type::kPersist);
  EXPECT_EQ(command.cursor, "c1");
}

TEST(SyncEngine, AChangedEpochListsFromTheStartAndOffersAgainWhatTheBackendLost) {
  Engine engine = OpenOne({Item(1), Item(2)}, {}, "c9", "old");
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  ASSERT_EQ(command.type, Command::Type::kList);
  engine.OnFailure(command.op, Failure::kEpochChanged, 0, 0);
  ASSERT_TRUE(Take(engine, &command));
  if (command.type == Command::Type::kPersist) {
    EXPECT_EQ(command.cursor, "");
    engine.OnPersisted(command.op, 0);
    ASSERT_TRUE(Take(engine, &command));
  }
  ASSERT_EQ(command.type, Command::Type::kList);
  EXPECT_EQ(command.cursor, "");
  engine.OnList(command.op, AnswerOf("new", "c1", {Item(1)}), 0);
  bool offered = false;
  while (Take(engine, &command)) {
    if (command.type == Command::Type::kPersist) engine.OnPersisted(command.op, 0);
    if (command.type == Command::Type::kList) engine.OnList(command.op, AnswerOf("new", "c2"), 0);
    if (command.type == Command::Type::kPut) {
      ASSERT_EQ(command.items.size(), 1u);
      EXPECT_EQ(command.items[0], Item(2));
      offered = true;
      engine.OnPut(command.op, {{Item(2).id, PutState::kStored}}, 0);
    }
  }
  EXPECT_TRUE(offered);
}

TEST(SyncEngine, AnotherEpochInsideAPageIsNoticedToo) {
  Engine engine = OpenOne({Item(1)}, {}, "c9", "old");
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.OnList(command.op, AnswerOf("new", "c1"), 0);
  bool restarted = false;
  while (Take(engine, &command)) {
    if (command.type == Command::Type::kPersist) engine.OnPersisted(command.op, 0);
    if (command.type == Command::Type::kPut)
      engine.OnPut(command.op, {{Item(1).id, PutState::kStored}}, 0);
    if (command.type == Command::Type::kList) {
      restarted = restarted || command.cursor.empty();
      engine.OnList(command.op, AnswerOf("new", "c1"), 0);
    }
  }
  EXPECT_TRUE(restarted);
}

TEST(SyncEngine, ThePageThatNeverEndsStopsAfterOneRepeat) {
  Engine engine = OpenOne();
  int lists = 0;
  int64_t now = 0;
  Command command;
  for (; now < 60000; now += 1000) {
    while (Take(engine, &command, now)) {
      ASSERT_EQ(command.type, Command::Type::kList);
      ++lists;
      engine.OnList(command.op, AnswerOf("e", command.cursor, {}, Page::More::kYes), now);
    }
  }
  EXPECT_LE(lists, 3);
  engine.OnWake(Wake::kHint, "", now);  // asks for a status line
  EXPECT_EQ(LastStatus(engine, now).phase, Command::Phase::kWaiting);
}

TEST(SyncEngine, AWrongTokenStopsTheStreamUntilThePersonActs) {
  Engine engine = OpenOne({}, {Item(1)});
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.OnFailure(command.op, Failure::kUnauthorized, 0, 0);
  EXPECT_EQ(LastStatus(engine, 0).phase, Command::Phase::kStopped);
  EXPECT_FALSE(Take(engine, &command, 10000000));
  engine.OnWake(Wake::kUser, "", 10000001);
  ASSERT_TRUE(Take(engine, &command, 10000001));
  EXPECT_EQ(command.type, Command::Type::kPut);
}

TEST(SyncEngine, AFullBackendStopsTheWritingAndNotTheReading) {
  Engine engine = OpenOne({}, {Item(1)});
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.OnFailure(command.op, Failure::kQuota, 0, 0);
  ASSERT_TRUE(Take(engine, &command, 400000));
  EXPECT_EQ(command.type, Command::Type::kList);
}

TEST(SyncEngine, AFullBackendDoesNotWakeTheDeviceAgainAndAgain) {
  Engine engine = OpenOne({}, {Item(1)});
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.OnFailure(command.op, Failure::kQuota, 0, 0);
  int64_t now = 400000;
  ASSERT_TRUE(Take(engine, &command, now));
  ASSERT_EQ(command.type, Command::Type::kList);
  engine.OnList(command.op, AnswerOf("e", "1", {}, Page::More::kNo), now);
  while (Take(engine, &command, now)) {
    ASSERT_EQ(command.type, Command::Type::kPersist);
    engine.OnPersisted(command.op, now);
  }
  EXPECT_GT(engine.NextTimer(), now + 1000);
  // And where nothing had to be asked when the wait was over.
  engine.OnWake(Wake::kUser, "", now);
  while (Take(engine, &command, now)) {
    if (command.type != Command::Type::kList) engine.OnFailure(command.op, Failure::kQuota, 0, now);
    if (command.type == Command::Type::kList) {
      engine.OnList(command.op, AnswerOf("e", "1", {}, Page::More::kNo), now);
    }
  }
  const int64_t over = engine.NextTimer();
  for (now = over; Take(engine, &command, now);) {
    if (command.type == Command::Type::kList) {
      engine.OnList(command.op, AnswerOf("e", "1", {}, Page::More::kNo), now);
    } else {
      engine.OnPersisted(command.op, now);
    }
  }
  EXPECT_GT(engine.NextTimer(), now + 1000);
}

TEST(SyncEngine, RetryAfterIsObeyed) {
  Engine engine = OpenOne({}, {Item(1)});
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.OnFailure(command.op, Failure::kOverload, 3600000, 0);
  EXPECT_FALSE(Take(engine, &command, 3599999));
  EXPECT_EQ(engine.NextTimer(), 3600000);
  EXPECT_TRUE(Take(engine, &command, 3600000));
}

TEST(SyncEngine, ComingOnlineForgetsTheBackoff) {
  Engine engine = OpenOne({}, {Item(1)});
  Command command;
  for (int i = 0; i < 8; ++i) {
    if (Take(engine, &command, i * 1000000))
      engine.OnFailure(command.op, Failure::kNetwork, 0, i * 1000000);
  }
  engine.OnWake(Wake::kOnline, "", 7000001);
  EXPECT_TRUE(Take(engine, &command, 7000001));
}

TEST(SyncEngine, ALateAnswerAfterCloseIsIgnored) {
  Engine engine = OpenOne({}, {Item(1)});
  Command command;
  ASSERT_TRUE(Take(engine, &command));
  engine.Close("s");
  engine.OnPut(command.op, {{Item(1).id, PutState::kStored}}, 0);
  EXPECT_FALSE(engine.Next(&command, 0));
}

TEST(SyncEngine, ItsBoundsHaveCodes) {
  Engine engine(1);
  EXPECT_EQ(engine.Added("s", {Item(1)}, 0).error().code(), ErrorCode::kSyncUnknownStream);
  EXPECT_TRUE(engine.Open("s", String(kMaxCursor, 'x'), "", {}, {}, 0).has_value());
  EXPECT_EQ(engine.Open("s", String(kMaxCursor + 1, 'x'), "", {}, {}, 0).error().code(),
            ErrorCode::kSyncBadCursor);
  Vector<ItemRef> many(kMaxItems + 1);
  EXPECT_EQ(engine.Open("t", "", "", many, {}, 0).error().code(), ErrorCode::kSyncTooManyItems);
}

TEST(SyncEngine, OneStreamMoreThanItsLimitIsRefused) {
  Engine engine(1);
  for (size_t i = 0; i < kMaxStreams; ++i) {
    // Distinct short names; Open looks the name up, so this is the whole quadratic cost of the
    // bound.
    ASSERT_TRUE(engine.Open(NumberText(i), "", "", {}, {}, 0).has_value());
  }
  EXPECT_EQ(engine.Open("more", "", "", {}, {}, 0).error().code(), ErrorCode::kSyncTooManyStreams);
}

}  // namespace
}  // namespace countersign::sync
