// The canonical writer (RFC 8785 over our profile). It recurses: values from outside are no deeper
// than their Limits, and values of our own have the depth of our formats.
#include "json/value.h"

namespace countersign::json {
namespace {

void WriteString(std::string_view text, String* out) {
  constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  size_t plain = 0;  // start of the run that needs no escape
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text, plain, i - plain);
    plain = i + 1;
    out->push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out->push_back(c);
        break;
      case '\b':
        out->push_back('b');
        break;
      case '\t':
        out->push_back('t');
        break;
      case '\n':
        out->push_back('n');
        break;
      case '\f':
        out->push_back('f');
        break;
      case '\r':
        out->push_back('r');
        break;
      default:
        out->append("u00");
        out->push_back(kHex[c >> 4]);
        out->push_back(kHex[c & 15]);
    }
  }
  out->append(text, plain, text.size() - plain);
  out->push_back('"');
}

void WriteValue(const Value& value, String* out) {
  switch (value.kind()) {
    case Kind::kNull:
      out->append("null");
      return;
    case Kind::kBool:
      out->append(value.bool_value() ? "true" : "false");
      return;
    case Kind::kInt:
      out->append(NumberText(value.int_value()));
      return;
    case Kind::kString:
      WriteString(value.string_value(), out);
      return;
    case Kind::kArray: {
      char before = '[';
      for (const Value& item : value.items()) {
        out->push_back(before);
        before = ',';
        WriteValue(item, out);
      }
      if (value.items().empty()) out->push_back('[');
      out->push_back(']');
      return;
    }
    case Kind::kObject: {
      char before = '{';
      for (const Member& member : value.members()) {
        out->push_back(before);
        before = ',';
        WriteString(member.name, out);
        out->push_back(':');
        WriteValue(member.value, out);
      }
      if (value.members().empty()) out->push_back('{');
      out->push_back('}');
      return;
    }
  }
}

}  // namespace

String Write(const Value& value) {
  String out;
  WriteValue(value, &out);
  return out;
}

}  // namespace countersign::json
