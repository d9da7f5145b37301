// A seeded simulation of several devices, one backend and a bad network, in virtual time: whatever
// is lost, repeated, killed or restored from an old backup, every device ends with every item.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "sync/engine.h"

namespace countersign::sync {
namespace {

ItemRef Item(uint32_t n) {
  ItemRef ref;
  for (int i = 0; i < 4; ++i) ref.id.bytes[i] = static_cast<uint8_t>(n >> (8 * i));
  return ref;
}

// The obvious backend: an ordered feed with an epoch.
struct Backend {
  String epoch = "e0";
  Vector<StoreId> feed;
  int lives = 0;

  PutState Put(const StoreId& id) {
    for (const StoreId& known : feed) {
      if (known == id) return PutState::kPresent;
    }
    feed.push_back(id);
    return PutState::kStored;
  }
  void RestoreFrom(Vector<StoreId> backup) {
    feed = std::move(backup);
    epoch = "e" + NumberText(++lives);
  }
};

struct Device {
  Engine engine{1};
  // What survives a kill.
  std::set<StoreId> held;
  std::set<StoreId> outbox;
  String cursor, epoch;
};

class World {
 public:
  World(uint32_t seed, int devices, bool restores) : random_(seed), restores_(restores) {
    devices_.resize(static_cast<size_t>(devices));
    for (Device& device : devices_) Start(device);
  }

  void Run() {
    Vector<StoreId> backup;
    for (int step = 0; step < 400; ++step) {
      now_ += static_cast<int64_t>(random_() % 2000);
      Device& device = devices_[random_() % devices_.size()];
      if (random_() % 4 == 0) Write(device);
      if (random_() % 20 == 0) Start(device);  // killed and opened again
      if (restores_ && step == 150) backup = backend_.feed;
      if (restores_ && (step == 250 || step == 320)) backend_.RestoreFrom(backup);
      Turn(device, 16);
    }
    // Quiescence: the network is good again.
    loss_ = 0;
    for (int round = 0; round < 60; ++round) {
      now_ += kPollVisible + 1;
      for (Device& device : devices_) {
        device.engine.OnWake(Wake::kOnline, "", now_);
        Turn(device, 100000);
      }
    }
  }

  void Check() const {
    for (const Device& device : devices_) {
      EXPECT_EQ(device.held.size(), written_);
      EXPECT_TRUE(device.outbox.empty());
    }
    EXPECT_EQ(backend_.feed.size(), written_) << "one row per item";
  }

 private:
  void Start(Device& device) {
    device.engine = Engine(static_cast<uint32_t>(random_()));
    Vector<ItemRef> held, outbox;
    for (const StoreId& id : device.held) held.push_back({ItemKind::kEvent, id});
    for (const StoreId& id : device.outbox) outbox.push_back({ItemKind::kEvent, id});
    ASSERT_TRUE(
        device.engine.Open("s", device.cursor, device.epoch, held, outbox, now_).has_value());
  }

  void Write(Device& device) {
    const ItemRef ref = Item(static_cast<uint32_t>(++written_));
    device.held.insert(ref.id);
    device.outbox.insert(ref.id);
    ASSERT_TRUE(device.engine.Added("s", {ref}, now_).has_value());
  }

  bool Lost() { return static_cast<int>(random_() % 100) < loss_; }

  void Turn(Device& device, int budget) {
    Command command;
    while (budget-- > 0 && device.engine.Next(&command, now_)) {
      if (command.type == Command::Type::kStatus) continue;
      if (command.type == Command::Type::kPersist) {
        device.cursor = command.cursor;
        device.epoch = command.epoch;
        for (const ItemRef& ref : command.items) device.outbox.erase(ref.id);
        device.engine.OnPersisted(command.op, now_);
        continue;
      }
      if (Lost()) {  // the request never arrived
        device.engine.OnFailure(command.op, Failure::kNetwork, 0, now_);
        continue;
      }
      Perform(device, command);
    }
  }

  void Perform(Device& device, const Command& command) {
    if (command.type == Command::Type::kPut) {
      Vector<PutResult> results;
      for (const ItemRef& ref : command.items) results.push_back({ref.id, backend_.Put(ref.id)});
      if (Lost()) return device.engine.OnFailure(command.op, Failure::kNetwork, 0, now_);
      return device.engine.OnPut(command.op, results, now_);
    }
    if (command.type == Command::Type::kGet) {
      for (const StoreId& id : backend_.feed) {
        if (id != command.items[0].id) continue;
        device.held.insert(id);
        return device.engine.OnGet(command.op, GetState::kStored, now_);
      }
      return device.engine.OnGet(command.op, GetState::kAbsent, now_);
    }
    if (!command.cursor.empty() && command.epoch != backend_.epoch) {
      return device.engine.OnFailure(command.op, Failure::kEpochChanged, 0, now_);
    }
    size_t at = command.cursor.empty() ? 0 : static_cast<size_t>(std::stoi(command.cursor));
    Page page;
    page.epoch = backend_.epoch;
    for (; at < backend_.feed.size() && page.items.size() < 5; ++at) {
      page.items.push_back({ItemKind::kEvent, backend_.feed[at]});
    }
    page.more = at < backend_.feed.size() ? Page::More::kYes : Page::More::kNo;
    page.next = NumberText(at);
    device.engine.OnList(command.op, page, now_);
  }

  std::mt19937 random_;
  bool restores_;
  int loss_ = 8;  // percent, of requests and of acknowledgements
  int64_t now_ = 1;
  size_t written_ = 0;
  Backend backend_;
  Vector<Device> devices_;
};

TEST(SyncSimulator, LostRequestsAcknowledgementsAndKilledDevicesLoseNothing) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed, 5, false);
    world.Run();
    world.Check();
    if (HasFailure()) return;
  }
}

TEST(SyncSimulator, ABackendRestoredFromBackupTwiceGetsEverythingBack) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed, 5, true);
    world.Run();
    world.Check();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace countersign::sync
