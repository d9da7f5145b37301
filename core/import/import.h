// Agreements in Markdown that were written for other tools, turned into templates.
//
// What is understood: HTML spans for the terms of a cover page (class "…_link") and for titles
// (class "header_…"), <label> tags, blanks ([placeholders], <placeholders>, {{ names }}, {names},
// ____ …), optional words, notes to who drafts, conditions of Jinja, Handlebars and Mako, task
// lists, tables, lines and cells to sign in nine languages, lists numbered 1. / a. / (a) with any
// indentation, links by name, and references such as "Section 8.1(a)", which become real ones.
//
// The words of the agreement stay and mean what they meant; every change is listed. Numbers are
// generated only where they come out as they were typed, and a reference only where one place has
// that number: all others stay words. What stood in a blank is a hint and never a value. What may
// be one thing or another ("blank-maybe", "box", "undecided", "reference-unknown" …) is listed and
// left as it is; what is told to another tool stands in double braces, so that the template is
// refused there until somebody decides; what is no part of a template is left to the diagnostics.
#ifndef COUNTERSIGN_IMPORT_IMPORT_H_
#define COUNTERSIGN_IMPORT_IMPORT_H_

#include <span>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/template_compiler.h"

namespace countersign::importing {

inline constexpr size_t kMaxImportBytes = 1'000'000;  // of all files together: T750

struct ImportFile {
  String name;
  String text;
};

struct ImportChange {
  String file;        // "" for what belongs to no place of a file
  uint32_t line = 0;  // from 1 in that file, 0 where there is none
  String rule;        // "term", "label", "choice", "signature-table", … stable
  String message;
};

struct Imported {
  String text;  // a template; "" where the files could not be read at all (T107, T750)
  Vector<ImportChange> changes;
  compile::Compilation compilation;  // of the text
};

// Several files become one template, one after the other: a cover page and its standard terms.
// `name` is the file that the template goes to, for its diagnostics.
Imported ImportAgreement(std::span<const ImportFile> files, std::string_view name = "template.md");

}  // namespace countersign::importing

#endif  // COUNTERSIGN_IMPORT_IMPORT_H_
