#include "sync/wire.h"

#include "base/names.h"
#include "json/builder.h"
#include "json/shape.h"

namespace countersign::sync {
namespace {

constexpr Names kFailures("network|overload|epochChanged|unauthorized|gone|quota|store");
constexpr Names kPhases("idle|busy|waiting|stopped");
constexpr Names kTypes("put|get|list|persist|status");
constexpr Names kWakes("timer|online|user|hint");
constexpr Names kPutStates("stored|present|rejected");
constexpr Names kGetStates("stored|absent|mismatch");

static_assert(kFailures.ReachTo(Failure::kStore) && kPhases.ReachTo(Command::Phase::kStopped) &&
              kTypes.ReachTo(Command::Type::kStatus) && kWakes.ReachTo(Wake::kHint) &&
              kPutStates.ReachTo(PutState::kRejected) && kGetStates.ReachTo(GetState::kMismatch));

template <class Enum>
Enum OneOf(json::Shape& shape, std::string_view member, Names names) {
  const String& text = shape.Text(member);
  const size_t found = names.Find(text);
  if (found != Names::kNone) return static_cast<Enum>(found);
  shape.Fail(ErrorCode::kSchemaBadValue, text, member);
  return Enum();
}

StoreId ParseId(json::Shape& shape, std::string_view hex, std::string_view member) {
  const Result<Bytes> raw = DecodeHex(hex);
  if (!raw) return shape.Adopt(raw.error(), member), StoreId();
  const Result<StoreId> id = StoreId::FromBytes(*raw);
  if (!id) return shape.Adopt(id.error(), member), StoreId();
  return *id;
}

// Texts: "e" or "b" and the store id.
Vector<ItemRef> ParseItems(json::Shape& shape, std::string_view member) {
  Vector<ItemRef> refs;
  for (const String& text : shape.Strings(member)) {
    if (text.empty() || (text[0] != 'e' && text[0] != 'b')) {
      shape.Fail(ErrorCode::kSchemaBadValue, "an item begins with e or b", member);
      break;
    }
    refs.push_back({text[0] == 'e' ? ItemKind::kEvent : ItemKind::kBlob,
                    ParseId(shape, std::string_view(text).substr(1), member)});
  }
  return refs;
}

Result<void> Open(Engine& engine, json::Shape& shape, int64_t now) {
  const String& stream = shape.Text("stream");
  const String& cursor = shape.Text("cursor");
  const String& epoch = shape.Text("epoch");
  const Vector<ItemRef> held = ParseItems(shape, "held");
  const Vector<ItemRef> outbox = ParseItems(shape, "outbox");
  CS_TRY(shape.Finish());
  return engine.Open(stream, cursor, epoch, held, outbox, now);
}

Result<void> Put(Engine& engine, json::Shape& shape, OpId op, int64_t now) {
  Vector<PutResult> results;
  for (const json::Value& value : shape.List("results")) {
    json::Shape entry(shape, value, "results");
    PutResult result;
    result.id = ParseId(entry, entry.Text("id"), "id");
    result.state = OneOf<PutState>(entry, "state", kPutStates);
    entry.Close();
    results.push_back(result);
  }
  CS_TRY(shape.Finish());
  engine.OnPut(op, results, now);
  return {};
}

Result<void> Listed(Engine& engine, json::Shape& shape, OpId op, int64_t now) {
  Page page;
  page.epoch = shape.Text("epoch");
  page.next = shape.Text("next");
  page.more = shape.Bool("more") ? Page::More::kYes : Page::More::kNo;
  page.items = ParseItems(shape, "items");
  CS_TRY(shape.Finish());
  engine.OnList(op, page, now);
  return {};
}

}  // namespace

Result<void> Feed(Engine& engine, const json::Value& input) {
  json::Shape shape(input, "");
  const String& type = shape.Text("type");
  const int64_t now = shape.Int("now", 0, json::kMaxInt);
  if (type == "open") return Open(engine, shape, now);
  if (type == "close") {
    const String& stream = shape.Text("stream");
    CS_TRY(shape.Finish());
    engine.Close(stream);
    return {};
  }
  if (type == "added") {
    const String& stream = shape.Text("stream");
    const Vector<ItemRef> items = ParseItems(shape, "items");
    CS_TRY(shape.Finish());
    return engine.Added(stream, items, now);
  }
  if (type == "wake") {
    const Wake why = OneOf<Wake>(shape, "why", kWakes);
    const String& stream = shape.Text("stream");
    CS_TRY(shape.Finish());
    engine.OnWake(why, stream, now);
    return {};
  }
  const OpId op = static_cast<OpId>(shape.Int("op", 0, UINT32_MAX));
  if (type == "put") return Put(engine, shape, op, now);
  if (type == "listed") return Listed(engine, shape, op, now);
  if (type == "got") {
    const GetState state = OneOf<GetState>(shape, "state", kGetStates);
    CS_TRY(shape.Finish());
    engine.OnGet(op, state, now);
    return {};
  }
  if (type == "persisted") {
    CS_TRY(shape.Finish());
    engine.OnPersisted(op, now);
    return {};
  }
  if (type == "failed") {
    const Failure failure = OneOf<Failure>(shape, "failure", kFailures);
    const int64_t retry_after = shape.Int("retryAfter", 0, json::kMaxInt);
    CS_TRY(shape.Finish());
    engine.OnFailure(op, failure, retry_after, now);
    return {};
  }
  shape.Fail(ErrorCode::kSchemaBadValue, type, "type");
  return shape.Finish();
}

json::Value ToJson(const Command& command) {
  json::Builder out;
  out.Text("type", kTypes[command.type]).Text("stream", command.stream);
  if (command.type == Command::Type::kStatus) {
    return out.Text("phase", kPhases[command.phase])
        .Int("unsent", command.unsent)
        .Int("missing", command.missing)
        .Int("rejected", command.rejected)
        .Text("failure", kFailures[command.failure])
        .Take();
  }
  out.Int("op", command.op);
  if (command.type == Command::Type::kList || command.type == Command::Type::kPersist) {
    out.Text("cursor", command.cursor).Text("epoch", command.epoch);
  }
  if (command.type == Command::Type::kList) return out.Int("limit", command.limit).Take();
  json::Array items;
  for (const ItemRef& ref : command.items) {
    items.push_back(
        json::Value::String((ref.kind == ItemKind::kEvent ? "e" : "b") + EncodeHex(ref.id.view())));
  }
  return out.AddList("items", std::move(items)).Take();
}

}  // namespace countersign::sync
