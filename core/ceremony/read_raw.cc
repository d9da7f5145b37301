// What a person typed, read as the type of its field (raw_value.h).
#include "ceremony/raw_value.h"
#include "template/file_value.h"
#include "values/plain_json.h"

namespace countersign::ceremony {
namespace {

using templates::Field;
using templates::FieldKind;
using values::Kind;
using values::Value;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The spaces that keyboards and spreadsheets put between digits: ASCII, U+00A0, U+202F, U+2009; and
// the apostrophes of Swiss numbers, ' and U+2019.
constexpr std::string_view kGroupMarks[] = {" ", "\xC2\xA0",    "\xE2\x80\xAF", "\xE2\x80\x89",
                                            "'", "\xE2\x80\x99"};

std::string_view Trim(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space :
         {std::string_view(" "), std::string_view("\t"), std::string_view("\n"),
          std::string_view("\r"), std::string_view("\xC2\xA0")}) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

// One to three digits, then groups of exactly three, all after the same mark: "1.234.567". Appends
// the digits. False where it is not so.
bool Ungroup(std::string_view text, std::string_view mark, String* digits) {
  size_t group = 0;
  bool first = true;
  for (size_t at = 0; at < text.size();) {
    if (IsDigit(text[at])) {
      digits->push_back(text[at]);
      ++group;
      ++at;
      continue;
    }
    if (!text.substr(at).starts_with(mark)) return false;
    if (first ? group < 1 || group > 3 : group != 3) return false;
    first = false;
    group = 0;
    at += mark.size();
  }
  return first ? group > 0 : group == 3;
}

bool AllDigits(std::string_view text) {
  for (const char c : text) {
    if (!IsDigit(c)) return false;
  }
  return !text.empty();
}

// Digits of the whole part, which may be grouped by any one mark that is not `decimal_mark`.
bool ReadWhole(std::string_view text, char decimal_mark, String* digits) {
  if (AllDigits(text)) {
    digits->append(text);
    return true;
  }
  for (const std::string_view mark : kGroupMarks) {
    String ungrouped;
    if (text.find(mark) == std::string_view::npos || !Ungroup(text, mark, &ungrouped)) continue;
    digits->append(ungrouped);
    return true;
  }
  const std::string_view other = decimal_mark == ',' ? "." : ",";
  String ungrouped;
  if (text.find(other) == std::string_view::npos || !Ungroup(text, other, &ungrouped)) return false;
  digits->append(ungrouped);
  return true;
}

// Canonical decimal text ("-1234.50") of what was typed. Errors: field.bad_number,
// field.ambiguous_number.
Result<String> ReadNumber(std::string_view raw) {
  std::string_view text = Trim(raw);
  String number;
  for (const std::string_view minus : {std::string_view("-"), std::string_view("\xE2\x88\x92")}) {
    if (number.empty() && text.starts_with(minus)) {
      number = "-";
      text = Trim(text.substr(minus.size()));
    }
  }
  const size_t dot = text.rfind('.');
  const size_t comma = text.rfind(',');
  size_t point = std::string_view::npos;
  if (dot != std::string_view::npos && comma != std::string_view::npos) {
    point = dot > comma ? dot : comma;
    if (text.find(text[point]) != point) return ErrorCode::kFieldBadNumber;  // 1.234,5.6
  } else if (dot != std::string_view::npos || comma != std::string_view::npos) {
    const size_t last = dot != std::string_view::npos ? dot : comma;
    if (text.find(text[last]) == last) {
      // One mark: a decimal mark, unless what stands there could as well be a group of thousands.
      const std::string_view whole = text.substr(0, last);
      const std::string_view after = text.substr(last + 1);
      if (after.size() == 3 && AllDigits(after) && AllDigits(whole) && whole.size() <= 3 &&
          whole != "0") {
        return ErrorCode::kFieldAmbiguousNumber;
      }
      point = last;
    }
  }
  String whole;
  const char decimal_mark = point == std::string_view::npos ? ' ' : text[point];
  std::string_view whole_text =
      text.substr(0, point == std::string_view::npos ? text.size() : point);
  if (whole_text.empty() && point != std::string_view::npos) whole_text = "0";  // ",5"
  if (point == std::string_view::npos &&
      (dot != std::string_view::npos || comma != std::string_view::npos)) {
    // Several of one mark: groups of thousands.
    if (!Ungroup(whole_text, dot != std::string_view::npos ? "." : ",", &whole)) {
      return ErrorCode::kFieldBadNumber;
    }
  } else if (!ReadWhole(whole_text, decimal_mark, &whole)) {
    return ErrorCode::kFieldBadNumber;
  }
  const size_t first = whole.find_first_not_of('0');
  number.append(first == String::npos ? "0" : whole.substr(first));
  if (point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (!AllDigits(fraction)) return ErrorCode::kFieldBadNumber;
    number.append(".").append(fraction);
  }
  if (number.find_first_not_of("-0.") == String::npos && number.front() == '-') number.erase(0, 1);
  return number;
}

Result<Value> ReadInt(std::string_view raw) {
  auto number = ReadNumber(raw);
  if (!number) {
    // For a whole number a single mark can only be a group: 1.234 is 1234, and 12.5 is wrong.
    if (number.error().code() != ErrorCode::kFieldAmbiguousNumber) return std::move(number).error();
    String digits;
    for (const char c : Trim(raw)) {
      if (IsDigit(c) || c == '-') digits.push_back(c);
    }
    number = digits;
  }
  auto decimal = values::Decimal::Parse(*number);
  if (!decimal) return ErrorCode::kFieldBadNumber;
  auto whole = decimal->Reduce().ToInt();
  if (!whole) return ErrorCode::kFieldBadNumber;
  return Value::Int(*whole);
}

Result<Value> ReadDecimal(std::string_view raw) {
  const String number = CS_TRY(ReadNumber(raw));
  auto decimal = values::Decimal::Parse(number);
  if (!decimal) return ErrorCode::kFieldBadNumber;
  return Value::Of(*decimal);
}

// The amount, with the currency's code before or after it or without one.
Result<Value> ReadMoney(std::string_view raw, values::Currency declared) {
  std::string_view text = Trim(raw);
  std::string_view code;
  const auto is_code = [](std::string_view word) {
    for (const char c : word) {
      if (c < 'A' || c > 'Z') return false;
    }
    return word.size() == 3;
  };
  if (text.size() > 3 && is_code(text.substr(0, 3))) {
    code = text.substr(0, 3);
    text = text.substr(3);
  } else if (text.size() > 3 && is_code(text.substr(text.size() - 3))) {
    code = text.substr(text.size() - 3);
    text = text.substr(0, text.size() - 3);
  }
  values::Currency currency = declared;
  if (!code.empty()) {
    auto parsed = values::Currency::Parse(code);
    if (!parsed || (!declared.IsNone() && *parsed != declared)) return ErrorCode::kFieldBadCurrency;
    currency = *parsed;
  }
  if (currency.IsNone()) return ErrorCode::kFieldBadCurrency;
  const String number = CS_TRY(ReadNumber(text));
  auto decimal = values::Decimal::Parse(number);
  if (!decimal) return ErrorCode::kFieldBadNumber;
  auto payable = values::ToPayable(values::Money{*decimal, currency});
  if (!payable) {
    return payable.error().code() == ErrorCode::kValuesInexact ? ErrorCode::kFieldTooPrecise
                                                               : ErrorCode::kFieldBadNumber;
  }
  return Value::Of(*payable);
}

// 2026-11-22 as date inputs give it, or 22.11.2026: with dots, day and month have one order
// everywhere.
Result<Value> ReadDate(std::string_view raw) {
  const std::string_view text = Trim(raw);
  if (auto date = values::Date::Parse(text)) return Value::Of(*date);
  int parts[3] = {0, 0, 0};
  size_t digits[3] = {0, 0, 0};
  size_t part = 0;
  for (const char c : text) {
    if (c == '.') {
      if (++part > 2) return ErrorCode::kFieldBadDate;
    } else if (IsDigit(c) && ++digits[part] <= 4) {
      parts[part] = parts[part] * 10 + (c - '0');
    } else {
      return ErrorCode::kFieldBadDate;
    }
  }
  if (part != 2 || digits[0] < 1 || digits[0] > 2 || digits[1] < 1 || digits[1] > 2 ||
      digits[2] != 4) {
    return ErrorCode::kFieldBadDate;
  }
  auto date = values::Date::Make(parts[2], parts[1], parts[0]);
  if (!date) return ErrorCode::kFieldBadDate;
  return Value::Of(*date);
}

Result<Value> ReadText(std::string_view raw) {
  if (!IsUtf8(raw) || InspectText(raw).Misleads()) return ErrorCode::kFieldBadText;
  return Value::String(raw);
}

// An option's value is the canonical text of the field's type: no second spelling, nothing
// ambiguous.
Result<Value> ReadChoice(const values::Type& type, std::string_view text) {
  Result<Value> value = ErrorCode::kFieldNotAnOption;
  switch (type.kind) {
    case Kind::kString:
      return Value::String(text);
    case Kind::kInt:
      value = values::FromJson(json::Value::String(text), type);  // large ones; small ones below
      if (auto decimal = values::Decimal::Parse(text)) {
        if (auto whole = decimal->ToInt()) value = Value::Int(*whole);
      }
      break;
    case Kind::kBool:
      if (text == "true" || text == "false") value = Value::Bool(text == "true");
      break;
    case Kind::kMoney:
      if (auto money = values::ParseMoney(text, type.currency.Code())) value = Value::Of(*money);
      break;
    default:
      value = values::FromJson(json::Value::String(text), type);
  }
  if (!value) return ErrorCode::kFieldNotAnOption;
  return value;
}

Result<Value> ReadByKind(const values::Type& type, std::string_view raw) {
  switch (type.kind) {
    case Kind::kBool: {
      const std::string_view word = Trim(raw);
      if (word == "true") return Value::Bool(true);
      if (word == "false") return Value::Bool(false);
      return ErrorCode::kFieldBadChoice;
    }
    case Kind::kInt:
      return ReadInt(raw);
    case Kind::kDecimal:
      return ReadDecimal(raw);
    case Kind::kMoney:
      return ReadMoney(raw, type.currency);
    case Kind::kDate:
      return ReadDate(raw);
    case Kind::kPeriod: {
      auto period = values::Period::Parse(Trim(raw));
      if (!period) return ErrorCode::kFieldBadPeriod;
      return Value::Of(*period);
    }
    case Kind::kString:
      return ReadText(raw);
    case Kind::kRecord:
      return templates::ReadFile(raw);
    default:
      return ErrorCode::kFieldWrongType;
  }
}

}  // namespace

Result<std::optional<Value>> ReadRaw(const Field& field, std::string_view raw) {
  if (Trim(raw).empty()) return Untouched(field);
  Value value =
      CS_TRY(field.options.empty() ? ReadByKind(field.type, raw) : ReadChoice(field.type, raw));
  if (field.kind == FieldKind::kCheck && field.need == templates::Need::kRequired &&
      value.Is(Kind::kBool) && !value.bool_value()) {
    return std::optional<Value>();
  }
  CS_TRY(templates::CheckValue(field, value));
  return std::optional<Value>(std::move(value));
}

}  // namespace countersign::ceremony
