#include "values/plain_json.h"

#include <utility>

#include "base/string.h"

namespace countersign::values {
namespace {

// The form of JSON that the type is written in.
json::Kind FormOf(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return json::Kind::kNull;
    case Kind::kBool:
      return json::Kind::kBool;
    case Kind::kList:
    case Kind::kMoney:
      return json::Kind::kArray;
    case Kind::kMap:
    case Kind::kRecord:
      return json::Kind::kObject;
    default:
      return json::Kind::kString;
  }
}

// What a value of dyn is read as.
Kind KindOf(json::Kind form) {
  switch (form) {
    case json::Kind::kNull:
      return Kind::kNull;
    case json::Kind::kBool:
      return Kind::kBool;
    case json::Kind::kInt:
      return Kind::kInt;
    case json::Kind::kString:
      return Kind::kString;
    case json::Kind::kArray:
      return Kind::kList;
    case json::Kind::kObject:
      return Kind::kMap;
  }
  return Kind::kNull;
}

// Both directions say yes or no and keep the error aside: a Result at every level would double the
// code.
class Converter {
 public:
  explicit Converter(const WideForms* wide) : wide_(wide) {}

  bool Read(const json::Value& json, const Type& type, Value* value) {
    Kind kind = type.kind == Kind::kDyn ? KindOf(json.kind()) : type.kind;
    if (kind == Kind::kInt || kind == Kind::kUint) return ReadInteger(json, kind, value);
    if (json.kind() != FormOf(kind)) {
      if (kind == Kind::kMoney) return Fail(ErrorCode::kValuesBadMoney);
      return WrongType(type.ToString());
    }
    switch (kind) {
      case Kind::kNull:
        *value = Value();
        return true;
      case Kind::kBool:
        *value = Value::Bool(json.bool_value());
        return true;
      case Kind::kMoney:
        return ReadMoney(json.items(), type, value);
      case Kind::kList:
        return ReadList(json.items(), type, value);
      case Kind::kMap:
      case Kind::kRecord:
        return ReadMembers(json.members(), type, value);
      default:
        return ReadText(json.string_value(), kind, value);
    }
  }

  bool Write(const Value& value, json::Value* json) {
    String text;
    switch (value.kind()) {
      case Kind::kNull:
        *json = json::Value();
        return true;
      case Kind::kBool:
        *json = json::Value::Bool(value.bool_value());
        return true;
      case Kind::kInt:
        WriteInteger(value.int_value(), json);
        return true;
      case Kind::kUint:
        WriteInteger(value.uint_value(), json);
        return true;
      case Kind::kMoney: {
        json::Array pair(2);
        pair[0] = json::Value::String(value.decimal_value().ToString());
        pair[1] = json::Value::String(value.currency().Code());
        *json = json::Value::List(std::move(pair));
        return true;
      }
      case Kind::kList:
        return WriteList(value, json);
      case Kind::kMap:
        return WriteMembers(value, json);
      case Kind::kString:
        text = value.string_value();
        break;
      case Kind::kBytes:
        text = EncodeBase64Url(value.bytes_value());
        break;
      case Kind::kTimestamp:
      case Kind::kDuration:
        if (wide_ == nullptr) return WrongType(KindName(value.kind()));
        text = wide_->write(value);
        break;
      case Kind::kDate:
        text = value.date_value().ToString();
        break;
      case Kind::kPeriod:
        text = value.period_value().ToString();
        break;
      case Kind::kDecimal:
        text = value.decimal_value().ToString();
        break;
      default:
        return WrongType(KindName(value.kind()));
    }
    *json = json::Value::String(text);
    return true;
  }

  Error TakeError() { return std::move(error_); }

 private:
  bool Fail(Error error) {
    error_ = std::move(error);
    return false;
  }
  bool Fail(ErrorCode code) { return Fail(Error(code)); }
  bool WrongType(std::string_view detail) {
    return Fail(Error(ErrorCode::kValuesWrongType, detail));
  }
  // The failure happened in the member or item of this name.
  bool FailUnder(std::string_view name) {
    return Fail(std::move(error_).Under(json::PointerStep(name)));
  }
  bool FailUnder(size_t index) { return FailUnder(Decimal::FromUint(index).ToString()); }

  template <class T>
  bool Keep(Result<T> parsed, Value* value) {
    if (!parsed) return Fail(std::move(parsed.error()));
    *value = Value::Of(*parsed);
    return true;
  }
  bool KeepShared(Result<Value> made, Value* value) {
    if (!made) return Fail(std::move(made.error()));
    *value = *std::move(made);
    return true;
  }

  // An integer beyond 2^53-1 is a string, one within is not: one value, one spelling.
  bool ReadInteger(const json::Value& json, Kind kind, Value* value) {
    bool is_int = kind == Kind::kInt;
    Int128 number = 0;
    if (json.is_int()) {
      number = json.int_value();
      if (!is_int && number < 0) return WrongType(KindName(kind));
    } else {
      Result<Decimal> parsed = json.is_string() ? Decimal::Parse(json.string_value()) : Decimal();
      if (parsed) number = parsed->coefficient();
      bool is_small = number <= json::kMaxInt && number >= -json::kMaxInt;
      if (!parsed || parsed->scale() != 0 || is_small) return WrongType(KindName(kind));
      if (number > (is_int ? Int128{INT64_MAX} : Int128{UINT64_MAX}) ||
          number < (is_int ? Int128{INT64_MIN} : Int128{0})) {
        return Fail(ErrorCode::kValuesOverflow);
      }
    }
    *value = is_int ? Value::Int(static_cast<int64_t>(number))
                    : Value::Uint(static_cast<uint64_t>(number));
    return true;
  }

  static void WriteInteger(Int128 number, json::Value* json) {
    bool is_small = number <= json::kMaxInt && number >= -json::kMaxInt;
    *json = is_small ? json::Value::Int(static_cast<int64_t>(number))
                     : json::Value::String(Decimal::Make(number, 0)->ToString());
  }

  bool ReadMoney(const json::Array& pair, const Type& type, Value* value) {
    if (pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      return Fail(ErrorCode::kValuesBadMoney);
    }
    if (!Keep(ParseMoney(pair[0].string_value(), pair[1].string_value()), value)) return false;
    if (type.currency.IsNone() || type.currency == value->currency()) return true;
    return Fail(Error(ErrorCode::kValuesCurrencyMix, value->currency().Code() + " where " +
                                                         type.currency.Code() + " is declared"));
  }

  bool ReadText(const String& text, Kind kind, Value* value) {
    switch (kind) {
      case Kind::kString:
        *value = Value::String(text);
        return true;
      case Kind::kTimestamp:
      case Kind::kDuration:
        if (wide_ == nullptr) break;
        return KeepShared(wide_->read(text, kind), value);
      case Kind::kDecimal:
        return Keep(Decimal::Parse(text), value);
      case Kind::kDate:
        return Keep(Date::Parse(text), value);
      case Kind::kPeriod:
        return Keep(Period::Parse(text), value);
      case Kind::kBytes:
        if (Result<Bytes> bytes = DecodeBase64Url(text)) {
          *value = Value::Bytes(*bytes);
          return true;
        }
        break;
      default:
        break;  // double, type: no plain form
    }
    return WrongType(KindName(kind));
  }

  bool ReadList(const json::Array& array, const Type& type, Value* value) {
    // Of a dyn, everything inside is a dyn again.
    const Type& element = type.kind == Kind::kDyn ? type : type.items[0];
    Vector<Value> items(array.size());
    for (size_t i = 0; i < array.size(); ++i) {
      if (!Read(array[i], element, &items[i])) return FailUnder(i);
    }
    return KeepShared(Value::List(std::move(items)), value);
  }

  bool ReadMembers(const json::Object& object, const Type& type, Value* value) {
    if (type.kind == Kind::kMap && type.items[0].kind != Kind::kString &&
        type.items[0].kind != Kind::kDyn) {
      return WrongType(type.ToString());
    }
    Vector<MapEntry> entries(object.size());
    for (size_t i = 0; i < object.size(); ++i) {
      const String& name = object[i].name;
      const Type* declared = type.kind == Kind::kDyn   ? &type
                             : type.kind == Kind::kMap ? &type.items[1]
                                                       : type.Find(name);
      bool is_read = declared == nullptr ? WrongType("the record declares no such member")
                                         : Read(object[i].value, *declared, &entries[i].value);
      if (!is_read) return FailUnder(name);
      entries[i].key = Value::String(name);
    }
    return KeepShared(Value::Map(std::move(entries)), value);
  }

  bool WriteList(const Value& list, json::Value* json) {
    json::Array items(list.items().size());
    for (size_t i = 0; i < items.size(); ++i) {
      if (!Write(list.items()[i], &items[i])) return FailUnder(i);
    }
    *json = json::Value::List(std::move(items));
    return true;
  }

  bool WriteMembers(const Value& map, json::Value* json) {
    json::Object members(map.entries().size());
    for (size_t i = 0; i < members.size(); ++i) {
      const MapEntry& entry = map.entries()[i];
      if (!entry.key.Is(Kind::kString)) return WrongType("a map key is not a string");
      members[i].name = entry.key.string_value();
      for (char c : members[i].name) {
        if (static_cast<unsigned char>(c) >= 0x80) return WrongType("a map key is not ASCII");
      }
      if (!Write(entry.value, &members[i].value)) return FailUnder(members[i].name);
    }
    *json = json::Value::Make(std::move(members));
    return true;
  }

  const WideForms* wide_;
  Error error_{ErrorCode::kValuesWrongType};
};

}  // namespace

Result<Value> FromJson(const json::Value& json, const Type& type, const WideForms* wide) {
  Converter converter(wide);
  Value value;
  if (!converter.Read(json, type, &value)) return converter.TakeError();
  return value;
}

Result<json::Value> ToJson(const Value& value, const WideForms* wide) {
  Converter converter(wide);
  json::Value json;
  if (!converter.Write(value, &json)) return converter.TakeError();
  return json;
}

}  // namespace countersign::values
