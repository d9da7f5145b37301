// What formats are called and which types they take; the writing itself is in format.cc.
#include "values/digits.h"
#include "values/format.h"

namespace countersign::values {
namespace {

struct FormatName {
  std::string_view name;
  FormatKind kind;
};
constexpr FormatName kFormats[] = {
    {"text", FormatKind::kText},       {"money", FormatKind::kMoney},
    {"number", FormatKind::kNumber},   {"percent", FormatKind::kPercent},
    {"date", FormatKind::kDate},       {"period", FormatKind::kPeriod},
    {"ordinal", FormatKind::kOrdinal}, {"list", FormatKind::kList},
    {"upper", FormatKind::kUpper},     {"words", FormatKind::kWords}};

// The first style of a kind is its default.
struct StyleName {
  FormatKind kind;
  std::string_view name;
  FormatStyle style;
};
constexpr StyleName kStyles[] = {{FormatKind::kMoney, "symbol", FormatStyle::kSymbol},
                                 {FormatKind::kMoney, "code", FormatStyle::kCode},
                                 {FormatKind::kDate, "long", FormatStyle::kLong},
                                 {FormatKind::kDate, "medium", FormatStyle::kMedium},
                                 {FormatKind::kDate, "short", FormatStyle::kShort},
                                 {FormatKind::kDate, "iso", FormatStyle::kIso},
                                 {FormatKind::kList, "and", FormatStyle::kAnd},
                                 {FormatKind::kList, "or", FormatStyle::kOr}};

}  // namespace

Result<Format> Format::Parse(std::string_view text) {
  Error unknown(ErrorCode::kValuesUnknownFormat, text.substr(0, 40));
  size_t open = text.find('(');
  for (const FormatName& name : kFormats) {
    if (name.name != text.substr(0, open)) continue;
    Format format;
    format.kind = name.kind;
    if (open == text.npos) return format;
    std::string_view argument = text.substr(open + 1);
    if (!argument.ends_with(')')) return unknown;
    argument.remove_suffix(1);
    if (name.kind == FormatKind::kNumber || name.kind == FormatKind::kPercent) {
      int digits = 0;
      size_t length = argument.size();
      if (length < 1 || length > 2 || !TakeDigits(&argument, length, &digits)) return unknown;
      if (digits > kMaxDigits || (length == 2 && digits < 10)) return unknown;
      format.digits = static_cast<int8_t>(digits);
      return format;
    }
    FormatStyle first = FormatStyle::kDefault;
    for (const StyleName& style : kStyles) {
      if (style.kind != name.kind) continue;
      if (first == FormatStyle::kDefault) first = style.style;
      if (style.name != argument) continue;
      format.style = style.style == first ? FormatStyle::kDefault : style.style;
      return format;
    }
    return unknown;
  }
  return unknown;
}

String Format::ToString() const {
  String text(kFormats[static_cast<size_t>(kind)].name);
  if (digits >= 0) return text + "(" + Decimal::FromInt(digits).ToString() + ")";
  for (const StyleName& name : kStyles) {
    if (name.kind == kind && name.style == style) text.append("(").append(name.name).append(")");
  }
  return text;
}

bool Format::Takes(const Type& type) const {
  if (type.kind == Kind::kDyn) return true;
  bool is_number =
      type.kind == Kind::kInt || type.kind == Kind::kUint || type.kind == Kind::kDecimal;
  switch (kind) {
    case FormatKind::kText:
    case FormatKind::kList: {
      if (type.kind == Kind::kList) {
        return type.items[0].kind != Kind::kList && Format().Takes(type.items[0]);
      }
      return kind == FormatKind::kText &&
             (is_number || type.kind == Kind::kString || type.kind == Kind::kMoney ||
              type.kind == Kind::kDate || type.kind == Kind::kPeriod);
    }
    case FormatKind::kMoney:
      return type.kind == Kind::kMoney;
    case FormatKind::kDate:
      return type.kind == Kind::kDate;
    case FormatKind::kPeriod:
      return type.kind == Kind::kPeriod;
    case FormatKind::kUpper:
      return type.kind == Kind::kString;
    case FormatKind::kWords:
      return is_number || type.kind == Kind::kMoney;
    default:
      return is_number;
  }
}

}  // namespace countersign::values
