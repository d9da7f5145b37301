#include "sync/engine.h"

#include <algorithm>

namespace countersign::sync {

// What is known of one item of one stream.
struct Engine::Item {
  StoreId id;
  ItemKind kind = ItemKind::kEvent;
  bool held = false;      // durable on this device
  bool outbox = false;    // ours, and the backend has not acknowledged it yet
  bool remote = false;    // the backend has it, in this epoch
  bool rejected = false;  // the backend refused it for good
  bool clear = false;     // acknowledged; the store's outbox does not know yet
  uint8_t misses = 0;     // how often a listed item was not there
  int64_t ask_at = 0;     // not before
};

struct Engine::Stream {
  String name;
  String cursor;
  String epoch;
  String repeated;     // a cursor that came back unchanged with `more`
  Vector<Item> items;  // sorted by id
  int empty_pages = 0;

  enum class Doing : uint8_t {
    kNothing,
    kPutting,
    kGetting,
    kListing,
    kPersisting
  } doing = Doing::kNothing;
  OpId op = 0;
  Vector<ItemRef> in_flight;

  bool want_list = true;
  bool dirty = false;        // the store does not know our cursor or our cleared outbox yet
  bool fresh = true;         // this epoch has not been listed to its end yet
  bool offer_again = false;  // it has: put what the backend turned out to lack
  bool writing_stopped = false;
  bool stopped = false;
  bool status_due = true;
  uint8_t failures = 0;
  Failure failure = Failure::kNetwork;
  bool failing = false;
  int64_t not_before = 0;
  int64_t poll_at = 0;

  Item& At(const ItemRef& ref) {
    auto it = std::lower_bound(items.begin(), items.end(), ref.id,
                               [](const Item& item, const StoreId& id) { return item.id < id; });
    if (it == items.end() || it->id != ref.id) {
      Item item;
      item.id = ref.id;
      item.kind = ref.kind;
      it = items.insert(it, item);
    }
    return *it;
  }
  Item* Known(const StoreId& id) {
    auto it = std::lower_bound(items.begin(), items.end(), id,
                               [](const Item& item, const StoreId& key) { return item.id < key; });
    return it == items.end() || it->id != id ? nullptr : &*it;
  }
  bool ToSend(const Item& item) const {
    if (!item.held || item.remote || item.rejected) return false;
    return item.outbox || offer_again;
  }
  void Finish() {
    doing = Doing::kNothing;
    op = 0;
    in_flight.clear();
    status_due = true;
  }
  void Succeed() {
    failures = 0;
    failing = false;
    not_before = 0;
  }
};

Engine::Engine(uint32_t seed) : random_(seed ? seed : 1) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

// xorshift32 (Marsaglia 2003): jitter needs no more.
uint32_t Engine::Random() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  return random_;
}

Engine::Stream* Engine::Find(std::string_view name) {
  for (Stream& stream : streams_) {
    if (stream.name == name) return &stream;
  }
  return nullptr;
}

Engine::Stream* Engine::Of(OpId op) {
  if (op == 0) return nullptr;
  for (Stream& stream : streams_) {
    if (stream.op == op) return &stream;
  }
  return nullptr;
}

Result<void> Engine::Open(std::string_view name, std::string_view cursor, std::string_view epoch,
                          const Vector<ItemRef>& held, const Vector<ItemRef>& outbox, int64_t now) {
  if (cursor.size() > kMaxCursor || epoch.size() > kMaxCursor) return ErrorCode::kSyncBadCursor;
  if (held.size() + outbox.size() > kMaxItems) return ErrorCode::kSyncTooManyItems;
  Close(name);
  if (streams_.size() >= kMaxStreams) return ErrorCode::kSyncTooManyStreams;
  Stream stream;
  stream.name = name;
  stream.cursor = cursor;
  stream.epoch = epoch;
  for (const ItemRef& ref : held) stream.At(ref).held = true;
  for (const ItemRef& ref : outbox) {
    Item& item = stream.At(ref);
    item.held = true;
    item.outbox = true;
  }
  stream.poll_at = now;
  streams_.push_back(std::move(stream));
  return {};
}

void Engine::Close(std::string_view name) {
  EraseIf(streams_, [&](const Stream& stream) { return stream.name == name; });
}

Result<void> Engine::Added(std::string_view name, const Vector<ItemRef>& items, int64_t) {
  Stream* stream = Find(name);
  if (stream == nullptr) return ErrorCode::kSyncUnknownStream;
  if (stream->items.size() + items.size() > kMaxItems) return ErrorCode::kSyncTooManyItems;
  for (const ItemRef& ref : items) {
    Item& item = stream->At(ref);
    item.held = true;
    if (!item.remote) item.outbox = true;
  }
  stream->status_due = true;
  return {};
}

void Engine::OnPut(OpId op, const Vector<PutResult>& results, int64_t now) {
  Stream* stream = Of(op);
  if (stream == nullptr || stream->doing != Stream::Doing::kPutting) return;
  size_t answered = 0;
  for (const PutResult& result : results) {
    bool asked = false;
    for (const ItemRef& ref : stream->in_flight) asked = asked || ref.id == result.id;
    Item* item = stream->Known(result.id);
    if (!asked || item == nullptr) continue;
    ++answered;
    if (result.state == PutState::kRejected) {
      item->rejected = true;  // kept on the device and shown; never dropped silently
    } else {
      item->remote = true;
      item->clear = item->outbox;
      item->outbox = false;
      stream->dirty = stream->dirty || item->clear;
    }
  }
  if (answered == 0) {  // an answer about nothing we sent is no answer
    Fail(*stream, Failure::kNetwork, 0, now);
    return;
  }
  stream->Succeed();
  stream->want_list = true;
  stream->Finish();
}

void Engine::OnGet(OpId op, GetState state, int64_t now) {
  Stream* stream = Of(op);
  if (stream == nullptr || stream->doing != Stream::Doing::kGetting) return;
  Item* item = stream->Known(stream->in_flight[0].id);
  if (state == GetState::kStored) {
    item->held = true;
    if (item->misses > 0) stream->dirty = true;  // the stored cursor may move again
    stream->Succeed();
  } else {
    // Others go on; this one is asked for again, later and later.
    if (item->misses < 16) ++item->misses;
    const int64_t wait = std::min(kBackoffCap, kBackoffBase << std::min<int>(item->misses, 9));
    item->ask_at =
        now + wait / 2 + static_cast<int64_t>(Random() % static_cast<uint32_t>(wait / 2 + 1));
  }
  stream->Finish();
}

void Engine::ChangeEpoch(Stream& stream, int64_t now) {
  stream.cursor.clear();
  stream.epoch.clear();
  stream.repeated.clear();
  stream.empty_pages = 0;
  for (Item& item : stream.items) item.remote = false;
  stream.want_list = true;
  stream.fresh = true;
  stream.offer_again = false;
  stream.dirty = true;
  stream.not_before = now;
}

void Engine::OnList(OpId op, const Page& page, int64_t now) {
  Stream* stream = Of(op);
  if (stream == nullptr || stream->doing != Stream::Doing::kListing) return;
  const bool more = page.more == Page::More::kYes;
  if (page.epoch.empty() || page.epoch.size() > kMaxCursor || page.next.size() > kMaxCursor ||
      stream->items.size() + page.items.size() > kMaxItems) {
    Fail(*stream, Failure::kNetwork, 0, now);
    return;
  }
  const bool first_epoch = stream->epoch.empty();
  if (!first_epoch && stream->epoch != page.epoch) {
    stream->Finish();
    ChangeEpoch(*stream, now);
    return;
  }
  const bool unmoved = page.next == stream->cursor;
  if (more && (unmoved || page.items.empty())) {
    // The same page for ever, or nothing and "more": a few tries with backoff, never a spin.
    if (++stream->empty_pages > 3 || (unmoved && stream->repeated == page.next)) {
      stream->empty_pages = 0;
      stream->repeated.clear();
      Fail(*stream, Failure::kOverload, kBackoffCap, now);
      return;
    }
    stream->repeated = page.next;
    Fail(*stream, Failure::kNetwork, 0, now);
    return;
  }
  stream->repeated.clear();
  stream->empty_pages = 0;
  for (const ItemRef& ref : page.items) {
    Item& item = stream->At(ref);
    if (item.outbox) {
      item.outbox = false;
      item.clear = true;
    }
    item.remote = true;
  }
  stream->dirty =
      stream->dirty || stream->cursor != page.next || first_epoch || !page.items.empty();
  stream->cursor = page.next;
  stream->epoch = page.epoch;
  stream->want_list = more;
  // A listing from the very start, or of a new life of the backend, shows what it lacks.
  if (stream->fresh && !more) {
    stream->fresh = false;
    stream->offer_again = true;
  }
  stream->poll_at = now + kPollVisible;
  stream->Succeed();
  stream->Finish();
}

void Engine::OnPersisted(OpId op, int64_t) {
  Stream* stream = Of(op);
  if (stream == nullptr || stream->doing != Stream::Doing::kPersisting) return;
  for (const ItemRef& ref : stream->in_flight) {
    if (Item* item = stream->Known(ref.id)) item->clear = false;
  }
  stream->Finish();
  stream->status_due = true;
}

void Engine::Fail(Stream& stream, Failure failure, int64_t retry_after, int64_t now) {
  if (stream.doing == Stream::Doing::kPersisting) stream.dirty = true;
  if (stream.doing == Stream::Doing::kListing) stream.want_list = true;
  stream.Finish();
  stream.failure = failure;
  stream.failing = true;
  if (stream.failures < 30) ++stream.failures;
  switch (failure) {
    case Failure::kEpochChanged:
      stream.failing = false;
      ChangeEpoch(stream, now);
      // A backend that changes its epoch at every answer must not be asked without pause.
      if (stream.failures > 2) break;
      return;
    case Failure::kUnauthorized:
    case Failure::kGone:
      stream.stopped = true;
      return;
    case Failure::kQuota:
      stream.writing_stopped = true;
      break;
    default:
      break;
  }
  const int exponent = std::min<int>(stream.failures - 1, 12);
  const int64_t ceiling = std::min(kBackoffCap, kBackoffBase << exponent);
  const int64_t jitter = static_cast<int64_t>(Random() % static_cast<uint32_t>(ceiling)) + 1;
  stream.not_before = now + std::max(jitter, std::min(retry_after, int64_t{86400000}));
}

void Engine::OnFailure(OpId op, Failure failure, int64_t retry_after, int64_t now) {
  if (Stream* stream = Of(op)) Fail(*stream, failure, retry_after, now);
}

void Engine::OnWake(Wake wake, std::string_view name, int64_t now) {
  for (Stream& stream : streams_) {
    if (!name.empty() && stream.name != name) continue;
    if (wake == Wake::kOnline || wake == Wake::kUser) {
      stream.Succeed();
      stream.writing_stopped = false;
      if (wake == Wake::kUser) stream.stopped = false;
      for (Item& item : stream.items) item.ask_at = 0;
      stream.want_list = true;
    } else if (wake == Wake::kHint) {
      stream.want_list = true;
    } else if (now >= stream.poll_at) {
      stream.want_list = true;
    }
    stream.status_due = true;
  }
}

bool Engine::NextOf(Stream& stream, Command* command, int64_t now) {
  auto emit = [&](Command::Type type, Stream::Doing doing) {
    *command = Command{};
    command->type = type;
    command->stream = stream.name;
    command->op = ++last_op_;
    stream.op = command->op;
    stream.doing = doing;
  };
  if (stream.doing == Stream::Doing::kNothing && now >= stream.not_before) {
    if (stream.dirty) {
      // The store learns of a cursor only when everything before it is here or is remembered as
      // missing (the store is asked on Open for what it holds; the rest is listed again after
      // ChangeEpoch).
      bool waiting = false;
      for (const Item& item : stream.items) {
        waiting = waiting || (item.remote && !item.held && item.misses == 0);
      }
      if (!waiting) {
        emit(Command::Type::kPersist, Stream::Doing::kPersisting);
        bool missing = false;
        for (const Item& item : stream.items) {
          if (item.clear) command->items.push_back({item.kind, item.id});
          missing = missing || (item.remote && !item.held);
        }
        // With something still missing the stored cursor stays at the start: after a restart the
        // listing names the missing items again.
        command->cursor = missing ? String() : stream.cursor;
        command->epoch = missing ? String() : stream.epoch;
        stream.in_flight = command->items;
        stream.dirty = false;
        return true;
      }
    }
    if (!stream.stopped) {
      if (!stream.writing_stopped) {
        Vector<ItemRef> batch;
        for (const Item& item : stream.items) {
          if (batch.size() == kPutBatch) break;
          if (stream.ToSend(item)) batch.push_back({item.kind, item.id});
        }
        if (!batch.empty()) {
          emit(Command::Type::kPut, Stream::Doing::kPutting);
          command->items = batch;
          stream.in_flight = std::move(batch);
          return true;
        }
      }
      for (Item& item : stream.items) {
        if (item.remote && !item.held && now >= item.ask_at) {
          emit(Command::Type::kGet, Stream::Doing::kGetting);
          command->items = {{item.kind, item.id}};
          stream.in_flight = command->items;
          return true;
        }
      }
      if (stream.want_list) {
        stream.want_list = false;
        emit(Command::Type::kList, Stream::Doing::kListing);
        command->cursor = stream.cursor;
        command->epoch = stream.epoch;
        command->limit = kPageLimit;
        return true;
      }
    }
    // Nothing was held back: whoever waits for this moment would be called again and again.
    stream.not_before = 0;
  }
  if (!stream.status_due) return false;
  stream.status_due = false;
  *command = Command{};
  command->type = Command::Type::kStatus;
  command->stream = stream.name;
  for (const Item& item : stream.items) {
    if (item.outbox) ++command->unsent;
    if (item.remote && !item.held) ++command->missing;
    if (item.rejected) ++command->rejected;
  }
  command->failure = stream.failure;
  command->phase = stream.stopped                            ? Command::Phase::kStopped
                   : stream.failing                          ? Command::Phase::kWaiting
                   : stream.doing != Stream::Doing::kNothing ? Command::Phase::kBusy
                                                             : Command::Phase::kIdle;
  return true;
}

bool Engine::Next(Command* command, int64_t now) {
  for (size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = streams_[(turn_ + i) % streams_.size()];
    if (NextOf(stream, command, now)) {
      turn_ = (turn_ + i + 1) % streams_.size();
      return true;
    }
  }
  return false;
}

int64_t Engine::NextTimer() const {
  int64_t at = -1;
  auto earlier = [&](int64_t time) {
    if (at < 0 || time < at) at = time;
  };
  for (const Stream& stream : streams_) {
    if (stream.stopped || stream.doing != Stream::Doing::kNothing) continue;
    if (stream.not_before > 0) earlier(stream.not_before);
    for (const Item& item : stream.items) {
      if (item.remote && !item.held) earlier(std::max(item.ask_at, stream.not_before));
    }
    earlier(std::max(stream.poll_at, stream.not_before));
  }
  return at;
}

}  // namespace countersign::sync
