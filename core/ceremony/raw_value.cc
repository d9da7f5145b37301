#include "ceremony/raw_value.h"

namespace countersign::ceremony {

using templates::Field;
using templates::FieldKind;
using values::Kind;
using values::Value;

std::optional<Value> Untouched(const Field& field) {
  // A tick box that nobody has to tick says "no" while it is left alone.
  if (field.kind == FieldKind::kCheck && field.need != templates::Need::kRequired) {
    return Value::Bool(false);
  }
  return std::nullopt;
}

String WriteRaw(const Field& field, const Value& value) {
  // A select finds its option by the option's own spelling.
  if (const templates::Option* option = templates::OptionOf(field, value)) return option->value;
  switch (value.kind()) {
    case Kind::kBool:
      return value.bool_value() ? "true" : "false";
    case Kind::kInt:
      return NumberText(value.int_value());
    case Kind::kMoney: {
      String text = value.decimal_value().ToString();
      if (field.type.currency.IsNone()) text.append(" ").append(value.currency().Code());
      return text;
    }
    case Kind::kDecimal:
      return value.decimal_value().ToString();
    case Kind::kDate:
      return value.date_value().ToString();
    case Kind::kPeriod:
      return value.period_value().ToString();
    case Kind::kString:
      return String(value.string_value());
    default:
      return {};
  }
}

}  // namespace countersign::ceremony
