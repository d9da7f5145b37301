// Applies patches to HTML text as a browser applies them to its tree. Only for the HTML that the
// core writes: lower-case tags, quoted attributes, no '<' or '>' in text.
#ifndef COUNTERSIGN_TESTS_SUPPORT_HTML_PATCHES_H_
#define COUNTERSIGN_TESTS_SUPPORT_HTML_PATCHES_H_

#include <gtest/gtest.h>

#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "template/assembly.h"

namespace countersign::testing {

struct Extent {
  size_t begin = String::npos;  // of '<'
  size_t content = 0;           // behind the opening tag
  size_t close = 0;             // of the closing tag
  size_t end = 0;               // behind it
  bool found() const { return begin != String::npos; }
};

inline Extent ExtentAt(const String& html, size_t begin) {
  Extent extent{.begin = begin};
  extent.content = html.find('>', begin) + 1;
  size_t depth = 1;
  size_t at = extent.content;
  while (depth > 0) {
    size_t tag = html.find('<', at);
    if (tag == String::npos) return {};
    size_t end = html.find('>', tag) + 1;
    bool closes = html[tag + 1] == '/';
    bool is_void = html.compare(tag, 4, "<br>") == 0 || html[end - 2] == '/';
    if (closes && --depth == 0) {
      extent.close = tag;
      extent.end = end;
    } else if (!closes && !is_void) {
      ++depth;
    }
    at = end;
  }
  return extent;
}

inline Extent FindUnit(const String& html, std::string_view unit) {
  size_t id = html.find(" id=\"unit-" + String(unit) + "\"");
  if (id == String::npos) return {};
  return ExtentAt(html, html.rfind('<', id));
}

inline void Apply(const Vector<templates::Patch>& patches, String* html) {
  using templates::PatchOp;
  for (const templates::Patch& patch : patches) {
    if (patch.op == PatchOp::kInsert) {
      ASSERT_FALSE(FindUnit(*html, patch.unit).found()) << patch.unit;
      size_t at = 0;
      if (!patch.before.empty()) {
        Extent sibling = FindUnit(*html, patch.before);
        ASSERT_TRUE(sibling.found()) << patch.unit << " before " << patch.before;
        at = sibling.begin;
      } else {
        Extent parent = patch.parent.empty() ? ExtentAt(*html, 0) : FindUnit(*html, patch.parent);
        ASSERT_TRUE(parent.found()) << patch.unit << " in " << patch.parent;
        at = parent.close;
      }
      html->insert(at, patch.html);
      continue;
    }
    Extent extent = FindUnit(*html, patch.unit);
    ASSERT_TRUE(extent.found()) << patch.unit;
    if (patch.op == PatchOp::kRenumber) {
      std::string_view open = "<span class=\"number\">";
      size_t number = html->find(open, extent.content);
      ASSERT_LT(number, extent.close) << patch.unit;
      size_t from = number + open.size();
      html->replace(from, html->find("</span>", from) - from, patch.html);
    } else {
      html->replace(extent.begin, extent.end - extent.begin,
                    patch.op == PatchOp::kRemove ? String() : patch.html);
    }
  }
}

}  // namespace countersign::testing

#endif  // COUNTERSIGN_TESTS_SUPPORT_HTML_PATCHES_H_
