#include "values/locale.h"

namespace countersign::values {
namespace {

#include "values/locale_tables.inc"

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsSameTag(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

}  // namespace

std::string_view LocaleTableVersion() { return kLocaleTableVersion; }

std::string_view LocaleTag(size_t index) {
  return index < std::size(kLocaleTable) ? kLocaleTable[index].tag : std::string_view();
}

std::string_view WordRules(std::string_view tag) {
  for (std::string_view rest = tag; !rest.empty();) {
    for (const LocaleTableRow& row : kWordTable) {
      if (row.tag == rest) return row.fields;
    }
    size_t dash = rest.rfind('-');
    rest = rest.substr(0, dash == rest.npos ? 0 : dash);
  }
  return {};
}

Result<Locale> Locale::Find(std::string_view tag) {
  if (tag.size() <= kMaxTag) {
    for (std::string_view rest = tag; !rest.empty();) {
      for (const LocaleTableRow& row : kLocaleTable) {
        if (!IsSameTag(row.tag, rest)) continue;
        Locale locale;
        locale.tag_ = row.tag;
        std::string_view fields = row.fields;
        for (std::string_view& field : locale.fields_) {
          field = fields.substr(0, fields.find('\n'));
          if (field.size() < fields.size()) fields.remove_prefix(field.size() + 1);
        }
        return locale;
      }
      size_t dash = rest.rfind('-');
      rest = rest.substr(0, dash == rest.npos ? 0 : dash);
    }
  }
  return Error(ErrorCode::kValuesUnknownLocale, tag.substr(0, kMaxTag));
}

}  // namespace countersign::values
