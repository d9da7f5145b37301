#include "sync/wire.h"

#include <iterator>

#include "base/names.h"
#include "json/shape.h"

namespace countersign::sync {
namespace {

constexpr Names kFailures("network|overload|epochChanged|unauthorized|gone|quota|store");
constexpr Names kPhases("idle|busy|waiting|stopped");
constexpr Names kTypes("put|get|list|persist|status");
constexpr Names kWakes("timer|online|user|hint");
constexpr Names kPutStates("stored|present|rejected");
constexpr Names kGetStates("stored|absent|mismatch");

template <class Enum>
Result<Enum> OneOf(json::Shape& shape, std::string_view member, Names names) {
  const String text = CS_TRY(shape.String(member));
  const size_t found = names.Find(text);
  if (found != Names::kNone) return static_cast<Enum>(found);
  return Error(ErrorCode::kSchemaBadValue, text, shape.PathOf(member));
}

Result<StoreId> ParseId(std::string_view hex) {
  const Bytes raw = CS_TRY(DecodeHex(hex));
  return StoreId::FromBytes(raw);
}

Result<ItemRef> ParseItem(const json::Value& value, std::string_view path) {
  if (!value.is_string()) return Error(ErrorCode::kSchemaWrongType, "an item is a string", path);
  const String& text = value.string_value();
  if (text.empty() || (text[0] != 'e' && text[0] != 'b')) {
    return Error(ErrorCode::kSchemaBadValue, "an item begins with e or b", path);
  }
  ItemRef ref;
  ref.kind = text[0] == 'e' ? ItemKind::kEvent : ItemKind::kBlob;
  ref.id = CS_TRY(ParseId(std::string_view(text).substr(1)));
  return ref;
}

Result<Vector<ItemRef>> ParseItems(json::Shape& shape, std::string_view member) {
  const json::Array* list = CS_TRY(shape.List(member));
  Vector<ItemRef> refs;
  refs.reserve(list->size());
  for (const json::Value& value : *list)
    refs.push_back(CS_TRY(ParseItem(value, shape.PathOf(member))));
  return refs;
}

Result<void> Open(Engine& engine, json::Shape& shape, int64_t now) {
  const String stream = CS_TRY(shape.String("stream"));
  const String cursor = CS_TRY(shape.String("cursor"));
  const String epoch = CS_TRY(shape.String("epoch"));
  const Vector<ItemRef> held = CS_TRY(ParseItems(shape, "held"));
  const Vector<ItemRef> outbox = CS_TRY(ParseItems(shape, "outbox"));
  CS_TRY(shape.Finish());
  return engine.Open(stream, cursor, epoch, held, outbox, now);
}

Result<void> Put(Engine& engine, json::Shape& shape, OpId op, int64_t now) {
  const json::Array* list = CS_TRY(shape.List("results"));
  CS_TRY(shape.Finish());
  Vector<PutResult> results;
  for (const json::Value& value : *list) {
    json::Shape entry(value, "/results");
    PutResult result;
    const String id = CS_TRY(entry.String("id"));
    result.id = CS_TRY(ParseId(id));
    result.state = CS_TRY((OneOf<PutState>(entry, "state", kPutStates)));
    CS_TRY(entry.Finish());
    results.push_back(result);
  }
  engine.OnPut(op, results, now);
  return {};
}

Result<void> Listed(Engine& engine, json::Shape& shape, OpId op, int64_t now) {
  Page page;
  page.epoch = CS_TRY(shape.String("epoch"));
  page.next = CS_TRY(shape.String("next"));
  page.more = CS_TRY(shape.Bool("more")) ? Page::More::kYes : Page::More::kNo;
  page.items = CS_TRY(ParseItems(shape, "items"));
  CS_TRY(shape.Finish());
  engine.OnList(op, page, now);
  return {};
}

}  // namespace

Result<void> Feed(Engine& engine, const json::Value& input) {
  json::Shape shape(input, "");
  const String type = CS_TRY(shape.String("type"));
  const int64_t now = CS_TRY(shape.Int("now", 0, json::kMaxInt));
  if (type == "open") return Open(engine, shape, now);
  if (type == "close") {
    const String stream = CS_TRY(shape.String("stream"));
    CS_TRY(shape.Finish());
    engine.Close(stream);
    return {};
  }
  if (type == "added") {
    const String stream = CS_TRY(shape.String("stream"));
    const Vector<ItemRef> items = CS_TRY(ParseItems(shape, "items"));
    CS_TRY(shape.Finish());
    return engine.Added(stream, items, now);
  }
  if (type == "wake") {
    const Wake why = CS_TRY((OneOf<Wake>(shape, "why", kWakes)));
    const String stream = CS_TRY(shape.String("stream"));
    CS_TRY(shape.Finish());
    engine.OnWake(why, stream, now);
    return {};
  }
  const OpId op = static_cast<OpId>(CS_TRY(shape.Int("op", 0, UINT32_MAX)));
  if (type == "put") return Put(engine, shape, op, now);
  if (type == "listed") return Listed(engine, shape, op, now);
  if (type == "got") {
    const GetState state = CS_TRY((OneOf<GetState>(shape, "state", kGetStates)));
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
    const Failure failure = CS_TRY((OneOf<Failure>(shape, "failure", kFailures)));
    const int64_t retry_after = CS_TRY(shape.Int("retryAfter", 0, json::kMaxInt));
    CS_TRY(shape.Finish());
    engine.OnFailure(op, failure, retry_after, now);
    return {};
  }
  return Error(ErrorCode::kSchemaBadValue, type, "/type");
}

json::Value ToJson(const Command& command) {
  using json::Value;
  Value out = Value::Make({});
  out.Set("type", Value::String(kTypes[command.type]));
  out.Set("stream", Value::String(command.stream));
  if (command.type == Command::Type::kStatus) {
    out.Set("phase", Value::String(kPhases[command.phase]));
    out.Set("unsent", Value::Int(command.unsent));
    out.Set("missing", Value::Int(command.missing));
    out.Set("rejected", Value::Int(command.rejected));
    out.Set("failure", Value::String(kFailures[command.failure]));
    return out;
  }
  out.Set("op", Value::Int(command.op));
  if (command.type == Command::Type::kList || command.type == Command::Type::kPersist) {
    out.Set("cursor", Value::String(command.cursor));
    out.Set("epoch", Value::String(command.epoch));
  }
  if (command.type == Command::Type::kList) {
    out.Set("limit", Value::Int(command.limit));
    return out;
  }
  json::Array items;
  for (const ItemRef& ref : command.items) {
    items.push_back(
        Value::String((ref.kind == ItemKind::kEvent ? "e" : "b") + EncodeHex(ref.id.view())));
  }
  out.Set("items", Value::List(std::move(items)));
  return out;
}

}  // namespace countersign::sync
