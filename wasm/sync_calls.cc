// The sync engine over the boundary: inputs in, commands out (sync/wire.h). The host performs them.
#include "boundary.h"
#include "json/builder.h"
#include "sync/engine.h"
#include "sync/wire.h"

namespace countersign::boundary {
namespace {

Handles<sync::Engine>& Engines() {
  static Handles<sync::Engine> open;
  return open;
}

}  // namespace

// JSON handle. `seed` spreads the waiting times of many devices.
CS_EXPORT Answer cs_sync_open(int32_t seed) {
  return Number(Engines().Add(std::make_unique<sync::Engine>(static_cast<uint32_t>(seed))));
}
CS_EXPORT void cs_sync_close(int32_t handle) { Engines().Close(handle); }
// One input. Errors: schema.*, sync.*; the engine is unchanged then.
CS_EXPORT Answer cs_sync_feed(int32_t handle, const uint8_t* input, uint32_t size) {
  sync::Engine* engine = Engines().Find(handle);
  if (!engine) return Fail(Closed());
  auto value = json::Read(InText(input, size), sync::kInputLimits);
  if (!value) return Fail(value.error());
  return ReplyDone(sync::Feed(*engine, *value));
}
// JSON {"commands":[…],"timer":ms or -1}: everything there is to do now, and when to wake the
// engine next.
CS_EXPORT Answer cs_sync_next(int32_t handle, double now) {
  sync::Engine* engine = Engines().Find(handle);
  if (!engine) return Fail(Closed());
  json::Array commands;
  sync::Command command;
  while (commands.size() < 1000 && engine->Next(&command, static_cast<int64_t>(now))) {
    commands.push_back(sync::ToJson(command));
  }
  return Json(json::Builder()
                  .AddList("commands", std::move(commands))
                  .Int("timer", engine->NextTimer())
                  .Take());
}

}  // namespace countersign::boundary
