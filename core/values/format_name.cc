// What formats are called and which types they take; the writing itself is in format.cc.
#include "base/names.h"
#include "values/digits.h"
#include "values/format.h"

namespace countersign::values {
namespace {

constexpr Names kFormats("text|money|number|percent|date|period|ordinal|list|upper|words");
static_assert(kFormats.Count() == kFormatCount);
constexpr Names kStyles("|symbol|code|long|medium|short|iso|and|or");

// The kind whose style it is.
FormatKind KindOf(FormatStyle style) {
  return style >= FormatStyle::kAnd    ? FormatKind::kList
         : style >= FormatStyle::kLong ? FormatKind::kDate
                                       : FormatKind::kMoney;
}
// What a format of the kind is without a style; kDefault where it has none.
FormatStyle DefaultOf(FormatKind kind) {
  return kind == FormatKind::kMoney  ? FormatStyle::kSymbol
         : kind == FormatKind::kDate ? FormatStyle::kLong
         : kind == FormatKind::kList ? FormatStyle::kAnd
                                     : FormatStyle::kDefault;
}

}  // namespace

Result<Format> Format::Parse(std::string_view text) {
  Error unknown(ErrorCode::kValuesUnknownFormat, text.substr(0, 40));
  size_t open = text.find('(');
  const size_t found = kFormats.Find(text.substr(0, open));
  if (found == Names::kNone) return unknown;
  Format format;
  format.kind = static_cast<FormatKind>(found);
  if (open == text.npos) return format;
  std::string_view argument = text.substr(open + 1);
  if (!argument.ends_with(')')) return unknown;
  argument.remove_suffix(1);
  if (format.kind == FormatKind::kNumber || format.kind == FormatKind::kPercent) {
    int digits = 0;
    size_t length = argument.size();
    if (length < 1 || length > 2 || !TakeDigits(&argument, length, &digits)) return unknown;
    if (digits > kMaxDigits || (length == 2 && digits < 10)) return unknown;
    format.digits = static_cast<int8_t>(digits);
    return format;
  }
  const size_t styled = kStyles.Find(argument);
  const auto style = static_cast<FormatStyle>(styled);
  if (argument.empty() || styled == Names::kNone || KindOf(style) != format.kind) return unknown;
  if (style != DefaultOf(format.kind)) format.style = style;
  return format;
}

String Format::ToString() const {
  String text(kFormats[kind]);
  if (digits >= 0) return text + "(" + Decimal::FromInt(digits).ToString() + ")";
  if (style != FormatStyle::kDefault) text.append("(").append(kStyles[style]).append(")");
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
