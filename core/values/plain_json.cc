#include "values/plain_json.h"

#include <string>
#include <utility>

namespace countersign::values {
namespace {

Error WrongType(const Type& type) {
  return Error(ErrorCode::kValuesWrongType, "expected " + type.ToString());
}

// RFC 6901.
std::string Pointer(std::string_view name) {
  std::string pointer = "/";
  for (char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::string Pointer(size_t index) { return "/" + Decimal::FromUint(index).ToString(); }

// An integer beyond 2^53-1 is a string, one within is not: one value, one spelling.
Result<Value> ReadInteger(const json::Value& json, const Type& type) {
  bool is_int = type.kind == Kind::kInt;
  if (json.is_int() && (is_int || json.int_value() >= 0)) {
    return is_int ? Value::Int(json.int_value())
                  : Value::Uint(static_cast<uint64_t>(json.int_value()));
  }
  if (!json.is_string()) return WrongType(type);
  Result<Decimal> parsed = Decimal::Parse(json.string_value());
  if (!parsed || parsed->scale() != 0) return WrongType(type);
  Int128 number = parsed->coefficient();
  if (number <= json::kMaxInt && number >= -json::kMaxInt) return WrongType(type);
  if (number > (is_int ? Int128{INT64_MAX} : Int128{UINT64_MAX}) ||
      number < (is_int ? Int128{INT64_MIN} : Int128{0})) {
    return Error(ErrorCode::kValuesOverflow, json.string_value().substr(0, 50));
  }
  return is_int ? Value::Int(static_cast<int64_t>(number))
                : Value::Uint(static_cast<uint64_t>(number));
}

json::Value WriteInteger(Int128 number) {
  if (number > json::kMaxInt || number < -json::kMaxInt) {
    return json::Value::String(Decimal::Make(number, 0)->ToString());
  }
  return json::Value::Int(static_cast<int64_t>(number));
}

Result<Value> ReadMoney(const json::Value& json, const Type& type) {
  if (!json.is_array() || json.items().size() != 2 || !json.items()[0].is_string() ||
      !json.items()[1].is_string()) {
    return ErrorCode::kValuesBadMoney;
  }
  Money money = CS_TRY(ParseMoney(json.items()[0].string_value(), json.items()[1].string_value()));
  if (!type.currency.IsNone() && type.currency != money.currency) {
    return Error(ErrorCode::kValuesCurrencyMix,
                 money.currency.Code() + " where " + type.currency.Code() + " is declared");
  }
  return Value::Of(money);
}

Result<Value> ReadItem(const json::Value& json, const Type& type, const std::string& pointer) {
  Result<Value> value = FromJson(json, type);
  if (!value) return std::move(value.error()).Under(pointer);
  return value;
}

Result<Value> ReadList(const json::Value& json, const Type& element) {
  std::vector<Value> items;
  items.reserve(json.items().size());
  for (const json::Value& item : json.items()) {
    items.push_back(CS_TRY(ReadItem(item, element, Pointer(items.size()))));
  }
  return Value::List(std::move(items));
}

// `type` is a record, or a map, whose keys are strings.
Result<Value> ReadMembers(const json::Value& json, const Type& type) {
  std::vector<MapEntry> entries;
  entries.reserve(json.members().size());
  for (const json::Member& member : json.members()) {
    const Type* declared = type.kind == Kind::kMap ? &type.items[1] : type.Find(member.name);
    if (declared == nullptr) {
      return Error(ErrorCode::kValuesWrongType, "the record declares no such member",
                   Pointer(member.name));
    }
    Value value = CS_TRY(ReadItem(member.value, *declared, Pointer(member.name)));
    entries.push_back({Value::String(member.name), std::move(value)});
  }
  return Value::Map(std::move(entries));
}

template <class T>
Result<Value> ReadText(Result<T> (*parse)(std::string_view), const json::Value& json) {
  T parsed = CS_TRY(parse(json.string_value()));
  return Value::Of(parsed);
}

Result<Value> ReadDyn(const json::Value& json) {
  switch (json.kind()) {
    case json::Kind::kNull:
      return Value();
    case json::Kind::kBool:
      return Value::Bool(json.bool_value());
    case json::Kind::kInt:
      return Value::Int(json.int_value());
    case json::Kind::kString:
      return Value::String(json.string_value());
    case json::Kind::kArray:
      return ReadList(json, Type());
    case json::Kind::kObject:
      return ReadMembers(json, Type::Of(Kind::kMap));
  }
  return Value();
}

// The form of JSON that the type is written in.
json::Kind FormOf(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return json::Kind::kNull;
    case Kind::kBool:
      return json::Kind::kBool;
    case Kind::kList:
      return json::Kind::kArray;
    case Kind::kMap:
    case Kind::kRecord:
      return json::Kind::kObject;
    default:
      return json::Kind::kString;
  }
}

}  // namespace

Result<Value> FromJson(const json::Value& json, const Type& type) {
  switch (type.kind) {
    case Kind::kDyn:
      return ReadDyn(json);
    case Kind::kInt:
    case Kind::kUint:
      return ReadInteger(json, type);
    case Kind::kMoney:
      return ReadMoney(json, type);
    default:
      break;
  }
  if (json.kind() != FormOf(type.kind)) return WrongType(type);
  switch (type.kind) {
    case Kind::kNull:
      return Value();
    case Kind::kBool:
      return Value::Bool(json.bool_value());
    case Kind::kString:
      return Value::String(json.string_value());
    case Kind::kBytes: {
      Result<Bytes> bytes = DecodeBase64Url(json.string_value());
      if (!bytes) return WrongType(type);
      return Value::Bytes(*bytes);
    }
    case Kind::kList:
      return ReadList(json, type.items[0]);
    case Kind::kMap:
      if (type.items[0].kind != Kind::kString && type.items[0].kind != Kind::kDyn) break;
      return ReadMembers(json, type);
    case Kind::kRecord:
      return ReadMembers(json, type);
    case Kind::kTimestamp:
      return ReadText(Timestamp::Parse, json);
    case Kind::kDuration:
      return ReadText(Duration::Parse, json);
    case Kind::kDecimal:
      return ReadText(Decimal::Parse, json);
    case Kind::kDate:
      return ReadText(Date::Parse, json);
    case Kind::kPeriod:
      return ReadText(Period::Parse, json);
    default:
      break;  // double, type: no plain form
  }
  return WrongType(type);
}

Result<json::Value> ToJson(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return json::Value();
    case Kind::kBool:
      return json::Value::Bool(value.bool_value());
    case Kind::kInt:
      return WriteInteger(value.int_value());
    case Kind::kUint:
      return WriteInteger(value.uint_value());
    case Kind::kString:
      return json::Value::String(value.string_value());
    case Kind::kBytes:
      return json::Value::String(EncodeBase64Url(value.bytes_value()));
    case Kind::kTimestamp:
      return json::Value::String(value.timestamp_value().ToString());
    case Kind::kDuration:
      return json::Value::String(value.duration_value().ToString());
    case Kind::kDate:
      return json::Value::String(value.date_value().ToString());
    case Kind::kPeriod:
      return json::Value::String(value.period_value().ToString());
    case Kind::kDecimal:
    case Kind::kMoney: {
      std::string text = value.decimal_value().ToString();
      if (value.Is(Kind::kDecimal)) return json::Value::String(text);
      json::Array pair;
      pair.push_back(json::Value::String(text));
      pair.push_back(json::Value::String(value.currency().Code()));
      return json::Value::List(std::move(pair));
    }
    case Kind::kList: {
      json::Array items;
      items.reserve(value.items().size());
      for (const Value& item : value.items()) {
        Result<json::Value> written = ToJson(item);
        if (!written) return std::move(written.error()).Under(Pointer(items.size()));
        items.push_back(*std::move(written));
      }
      return json::Value::List(std::move(items));
    }
    case Kind::kMap: {
      json::Object members;
      members.reserve(value.entries().size());
      for (const MapEntry& entry : value.entries()) {
        bool is_ascii = entry.key.Is(Kind::kString);
        if (is_ascii) {
          for (char c : entry.key.string_value()) is_ascii &= static_cast<unsigned char>(c) < 0x80;
        }
        if (!is_ascii)
          return Error(ErrorCode::kValuesWrongType, "a map key is not an ASCII string");
        Result<json::Value> written = ToJson(entry.value);
        if (!written) {
          return std::move(written.error()).Under(Pointer(entry.key.string_value()));
        }
        members.push_back({std::string(entry.key.string_value()), *std::move(written)});
      }
      return json::Value::Make(std::move(members));
    }
    default:
      break;
  }
  return Error(ErrorCode::kValuesWrongType,
               std::string("no plain form: ").append(KindName(value.kind())));
}

}  // namespace countersign::values
