#include "log/waiting.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/author.h"
#include "support/verified_event_maker.h"

namespace countersign::log {
namespace {

using ::countersign::testing::Author;
using json::Value;

template <class T>
String CodeOf(const Result<T>& result) {
  return result ? "ok" : String(result.error().name());
}

// An event with an id made from a number, taken at its word.
Event Junk(uint32_t number, size_t stored_size = 10) {
  Event event;
  event.id.bytes[0] = 0xEE;
  event.id.bytes[1] = static_cast<uint8_t>(number >> 8);
  event.id.bytes[2] = static_cast<uint8_t>(number);
  event.env = EventId();
  event.prev = EventId::FromBytes(Bytes(32, 0x77)).value();  // never here
  event.stored = NumberText(number);
  event.stored.resize(stored_size, 'x');
  return event;
}

TEST(Orphans, ComeOutWhenTheirParentsAreIn) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  const VerifiedEvent third = anna.Say("a.c", *genesis);
  Causality causality = *Causality::Begin(genesis);
  Orphans orphans;
  EXPECT_EQ(CodeOf(orphans.Keep(third)), "ok");
  EXPECT_TRUE(orphans.TakeReady(causality).empty());
  EXPECT_EQ(orphans.Wanted(causality), Vector<EventId>{second.id()});
  ASSERT_TRUE(causality.Add(second).has_value());
  const auto ready = orphans.TakeReady(causality);
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_EQ(ready[0].event, third);
  EXPECT_EQ(orphans.size(), 0u);
  EXPECT_EQ(orphans.bytes(), 0u);
}

TEST(Orphans, WaitForTheParentsThatABodyNamesToo) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  EventId named;
  named.bytes.fill(0x55);
  const Causality causality = *Causality::Begin(genesis);
  Orphans orphans;
  const EventId list[] = {named};
  EXPECT_EQ(CodeOf(orphans.Keep(second, list)), "ok");
  EXPECT_EQ(orphans.Wanted(causality), Vector<EventId>{named});
  EXPECT_TRUE(orphans.TakeReady(causality).empty());
}

TEST(Orphans, WhatWaitsIsNotAskedFor) {
  Author anna(1);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent second = anna.Say("a.b", *genesis);
  const VerifiedEvent third = anna.Say("a.c", *genesis);
  const VerifiedEvent fourth = anna.Say("a.d", *genesis);
  Orphans orphans;
  EXPECT_EQ(CodeOf(orphans.Keep(fourth)), "ok");
  EXPECT_EQ(CodeOf(orphans.Keep(third)), "ok");
  EXPECT_EQ(orphans.Wanted(*Causality::Begin(genesis)), Vector<EventId>{second.id()});
}

TEST(Orphans, AThousandCanWaitAndNoMore) {
  Orphans orphans;
  for (uint32_t i = 0; i < kMaxOrphans; ++i) {
    ASSERT_EQ(CodeOf(orphans.Keep(VerifiedEventMaker::Trust(Junk(i)))), "ok");
  }
  EXPECT_EQ(CodeOf(orphans.Keep(VerifiedEventMaker::Trust(Junk(0)))), "ok");  // here already
  EXPECT_EQ(CodeOf(orphans.Keep(VerifiedEventMaker::Trust(Junk(kMaxOrphans)))),
            "log.too_many_orphans");
  EXPECT_EQ(orphans.size(), kMaxOrphans);
}

TEST(Orphans, EightMebibytesCanWaitAndNotAByteMore) {
  constexpr size_t kEach = 65536;
  Orphans orphans;
  for (uint32_t i = 0; i < kMaxOrphanBytes / kEach; ++i) {
    ASSERT_EQ(CodeOf(orphans.Keep(VerifiedEventMaker::Trust(Junk(i, kEach)))), "ok");
  }
  EXPECT_EQ(orphans.bytes(), kMaxOrphanBytes);
  EXPECT_EQ(CodeOf(orphans.Keep(VerifiedEventMaker::Trust(Junk(999, 1)))), "log.orphans_too_large");
}

TEST(Quarantine, GivesOutTheEventsOfAKeyOnceItIsBound) {
  Author anna(1);
  Author bob(2);
  const VerifiedEvent genesis = anna.Begin();
  const VerifiedEvent one = bob.Say("a.b", *genesis);
  const VerifiedEvent two = bob.Say("a.c", *genesis);
  Quarantine quarantine;
  EXPECT_EQ(CodeOf(quarantine.Keep(*two)), "ok");
  EXPECT_EQ(CodeOf(quarantine.Keep(*one)), "ok");
  EXPECT_EQ(CodeOf(quarantine.Keep(*one)), "ok");  // here already
  EXPECT_EQ(CodeOf(quarantine.Keep(*anna.Say("a.d", *genesis))), "ok");
  EXPECT_EQ(quarantine.size(), 3u);
  const auto taken = quarantine.TakeOf(bob.kid());
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_LT(taken[0].stored, taken[1].stored);
  EXPECT_EQ(quarantine.size(), 1u);
  EXPECT_TRUE(quarantine.TakeOf(bob.kid()).empty());
}

TEST(Quarantine, SixtyFourEventsFitAndNoMore) {
  Quarantine quarantine;
  for (uint32_t i = 0; i < kMaxQuarantined; ++i) ASSERT_EQ(CodeOf(quarantine.Keep(Junk(i))), "ok");
  EXPECT_EQ(CodeOf(quarantine.Keep(Junk(kMaxQuarantined))), "log.quarantine_full");
  EXPECT_EQ(quarantine.TakeOf(KeyId()).size(), kMaxQuarantined);
  EXPECT_EQ(quarantine.bytes(), 0u);
  EXPECT_EQ(CodeOf(quarantine.Keep(Junk(kMaxQuarantined))), "ok");
}

TEST(Quarantine, AMebibyteFitsAndNotAByteMore) {
  constexpr size_t kEach = 65536;
  Quarantine quarantine;
  for (uint32_t i = 0; i < kMaxQuarantineBytes / kEach; ++i) {
    ASSERT_EQ(CodeOf(quarantine.Keep(Junk(i, kEach))), "ok");
  }
  EXPECT_EQ(CodeOf(quarantine.Keep(Junk(99, 1))), "log.quarantine_too_large");
}

}  // namespace
}  // namespace countersign::log
