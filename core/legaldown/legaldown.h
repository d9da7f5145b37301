// LegalDown (version 0.2, github.com/ForLegalAI/LegalDown): contract Markdown by other people,
// read, checked by its own rules, and turned into one of our templates.
//
// A document is a file and what it names: fragments that it includes, attachments, the original it
// amends, its translations. The caller hands those files in: the core reads none. Every rule of the
// specification's section 16 that a document can break is checked, on the whole of it (its level
// "Full"); a problem carries LegalDown's rule id, with the nearest code of ours. What has no error
// is a template: parties become roles that sign, placeholders fields of the sender, attachments
// schedules, and the diagnostics of that template are told at their places in LegalDown's files.
//
// A file without front matter and without a heading of level 1 is a fragment of another document:
// what it names of that document is then not missing, only not known.
#ifndef COUNTERSIGN_LEGALDOWN_LEGALDOWN_H_
#define COUNTERSIGN_LEGALDOWN_LEGALDOWN_H_

#include <optional>
#include <string_view>

#include "base/string.h"
#include "base/vector.h"
#include "compile/diagnostic.h"
#include "compile/template_compiler.h"

namespace countersign::legaldown {

inline constexpr size_t kMaxLegalDownFiles = 256;        // with the document itself; T770
inline constexpr size_t kMaxLegalDownBytes = 4'000'000;  // of all of them; T770
inline constexpr size_t kMaxLegalDownSplices = 1'000;    // as often as they are included; T770

// Whether a file's name says that it is LegalDown: .lgd, .legaldown, .legal.md.
bool IsLegalDown(std::string_view path);

// A document with the files it names. Their paths are relative to the document's folder, in their
// shortest form ("parts/a.lgd", "../nda.lgd").
class LegalDownFiles {
 public:
  // `name` is what diagnostics show; a path in it is the folder that the others are shown in.
  LegalDownFiles(std::string_view name, std::string_view text);

  // The files that those at hand name and nobody has answered for: of LegalDown the text is needed,
  // of all others whether they are there. Ask again after answering; ends with an empty list.
  Vector<String> Wanted() const;
  // nullopt: there is no such file. The text of a file that is not LegalDown is not looked at.
  void Put(std::string_view path, std::optional<String> text);

  struct File {
    String path;  // "" for the document itself
    String name;
    bool there = false;
    String text;
  };
  const Vector<File>& files() const { return files_; }
  // nullptr where nobody answered.
  const File* Find(std::string_view path) const;

 private:
  String folder_;  // of the name, with its slash
  Vector<File> files_;
};

// A question, or a placeholder without one, and the field that it is in the template.
struct LegalDownQuestion {
  String id, field;
  bool is_money = false, is_duration = false;
  bool is_text = false;  // a duration that is spelt out: "36 hours"
  String fixed{};        // the currency or unit that its places say
};

struct LegalDownDocument {
  String text;  // the template; "" where the document has errors
  Vector<LegalDownQuestion> questions;
  String locale;
  // Diagnostics in LegalDown's files; bytes of the template.
  compile::Compilation compilation;
};
// Whether something may still be asked, or the document must be fit to be signed: nothing is left
// to fill in or to decide.
enum class Readiness : uint8_t { kOpen, kFinal };
LegalDownDocument CompileLegalDown(const LegalDownFiles& files,
                                   Readiness readiness = Readiness::kOpen);

// An answers set of LegalDown as values of the template: its ids, amounts with their currency,
// durations. An answer to what the template does not print is left out; what is no answer stays as
// it is, for whoever reads the values to refuse.
json::Value ValuesOf(const LegalDownDocument& document, const json::Value& answers);

// The path that `path` means where it stands in the file `from`, without `.` and `..` in between.
String JoinPath(std::string_view from, std::string_view path);

// The identifier that a heading or term has by itself (the specification's section 5.3): lower-case
// ASCII letters, digits and single hyphens.
struct LegalDownSlug {
  String text;
  bool lossy = false;  // a letter or digit was dropped that has no ASCII form
};
LegalDownSlug MakeLegalDownSlug(std::string_view text);

}  // namespace countersign::legaldown

#endif  // COUNTERSIGN_LEGALDOWN_LEGALDOWN_H_
